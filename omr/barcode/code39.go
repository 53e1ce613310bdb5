package barcode

import "strings"

// expandCode39 undoes the pairs of full ASCII Code 39 (ISO/IEC 16388, annex A):
// a shift character and a letter. What is no pair stays.
func expandCode39(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if i+1 < len(text) {
			if c, ok := code39Pair(text[i], text[i+1]); ok {
				b.WriteByte(c)
				i++
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func code39Pair(shift, letter byte) (byte, bool) {
	if letter < 'A' || letter > 'Z' {
		return 0, false
	}
	switch shift {
	case '+':
		return letter + 'a' - 'A', true
	case '$':
		return letter - 'A' + 1, true
	case '/':
		if letter == 'Z' {
			return ':', true
		}
		return letter - 'A' + '!', letter <= 'O'
	case '%':
		switch {
		case letter <= 'E':
			return letter - 'A' + 27, true
		case letter <= 'J':
			return letter - 'F' + ';', true
		case letter <= 'O':
			return letter - 'K' + '[', true
		case letter <= 'T':
			return letter - 'P' + '{', true
		case letter == 'U':
			return 0, true
		case letter == 'V':
			return '@', true
		case letter == 'W':
			return '`', true
		}
		return 0x7f, true
	}
	return 0, false
}
