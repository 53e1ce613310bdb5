package barcode

import (
	"math/big"
	"strings"
	"unicode/utf8"
)

// The compaction modes of PDF417 (ISO/IEC 15438 5.4), shared with MicroPDF417.
const (
	textLatch    = 900
	byteLatch    = 901 // a count that is no multiple of 6
	numberLatch  = 902
	byteShift    = 913
	byteLatchSix = 924
	eciCharset   = 927
	utf8Charset  = 26
)

// The submodes of text compaction; where a character is missing there, a blank
// of the string keeps its place.
const (
	alphaSet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ "
	lowerSet = "abcdefghijklmnopqrstuvwxyz "
	mixedSet = "0123456789&\r\t,:#-.$/+%*=^"
	punctSet = ";<>@[\\]_`~!\r\t,:\n-.$/\"|*()?{}'"
)

const (
	alphaMode = iota
	lowerMode
	mixedMode
	punctMode
)

// Switches of the submodes.
const (
	toLower, toMixed, toPunct   = 27, 28, 29 // from alpha: latch, latch, shift
	lowerToAlpha                = 27         // shift
	mixedToPunct, mixedToAlpha  = 25, 28     // latches
	punctToAlpha                = 29         // latch
	mixedBlank                  = 26
	leastDigits, leastText      = 13, 5 // shorter runs do not pay a latch
	digitsAGroup, wordsOfDigits = 44, 15
)

// pdf417Message is value in codewords, each stretch in the mode that suits it.
// Text beyond ASCII is UTF-8, which it says.
func pdf417Message(value string) []int {
	var words []int
	if !ascii(value) {
		words = append(words, eciCharset, utf8Charset)
	}
	for rest := value; rest != ""; {
		if n := runOf(rest, isDigit); n >= leastDigits {
			words = append(append(words, numberLatch), numbersOf(rest[:n])...)
			rest = rest[n:]
			continue
		}
		if n := textRun(rest); n >= leastText || n == len(rest) {
			words = append(append(words, textLatch), textsOf(rest[:n])...)
			rest = rest[n:]
			continue
		}
		n := 0
		for n < len(rest) {
			if runOf(rest[n:], isDigit) >= leastDigits || textRun(rest[n:]) >= leastText {
				break
			}
			n++
		}
		words = append(words, bytesOf(rest[:n])...)
		rest = rest[n:]
	}
	return words
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isText(c byte) bool {
	return c == ' ' || strings.IndexByte(alphaSet, c) >= 0 || strings.IndexByte(lowerSet, c) >= 0 ||
		strings.IndexByte(mixedSet, c) >= 0 || strings.IndexByte(punctSet, c) >= 0
}

func runOf(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

// textRun is the length of the text before the next long number.
func textRun(s string) int {
	n := 0
	for n < len(s) && isText(s[n]) {
		if isDigit(s[n]) {
			d := runOf(s[n:], isDigit)
			if d >= leastDigits {
				return n
			}
			n += d
			continue
		}
		n++
	}
	return n
}

// numbersOf writes digits to the base of 900, 44 at a time behind a 1.
func numbersOf(digits string) []int {
	var words []int
	for digits != "" {
		n := min(len(digits), digitsAGroup)
		v, _ := new(big.Int).SetString("1"+digits[:n], 10)
		var group []int
		for rest := new(big.Int); v.Sign() > 0; {
			v.QuoRem(v, big.NewInt(900), rest)
			group = append([]int{int(rest.Int64())}, group...)
		}
		words = append(words, group...)
		digits = digits[n:]
	}
	return words
}

// bytesOf writes six bytes as five codewords, the rest one each.
func bytesOf(s string) []int {
	words := []int{byteLatch}
	if len(s)%6 == 0 {
		words[0] = byteLatchSix
	}
	for ; len(s) >= 6; s = s[6:] {
		v := uint64(0)
		for i := range 6 {
			v = v<<8 | uint64(s[i])
		}
		var group [5]int
		for i := 4; i >= 0; i-- {
			group[i] = int(v % 900)
			v /= 900
		}
		words = append(words, group[:]...)
	}
	for i := range len(s) {
		words = append(words, int(s[i]))
	}
	return words
}

// textsOf writes text as pairs to the base of 30, beginning in the submode alpha.
func textsOf(s string) []int {
	var values []int
	mode := alphaMode
	for i := 0; i < len(s); i++ {
		c := s[i]
		if v := textValue(mode, c); v >= 0 {
			values = append(values, v)
			continue
		}
		a, l, m := textValue(alphaMode, c), textValue(lowerMode, c), textValue(mixedMode, c)
		more := i+1 < len(s)
		switch {
		case a >= 0:
			switch {
			case mode == lowerMode && more && textValue(lowerMode, s[i+1]) >= 0:
				values = append(values, lowerToAlpha, a) // a shift
			case mode == lowerMode:
				values = append(values, toMixed, mixedToAlpha, a)
				mode = alphaMode
			case mode == mixedMode:
				values = append(values, mixedToAlpha, a)
				mode = alphaMode
			default:
				values = append(values, punctToAlpha, a)
				mode = alphaMode
			}
		case l >= 0:
			if mode == punctMode {
				values = append(values, punctToAlpha)
			}
			values = append(values, toLower, l) // the same number latches from alpha and from mixed
			mode = lowerMode
		case m >= 0:
			if mode == punctMode {
				values = append(values, punctToAlpha)
			}
			values = append(values, toMixed, m)
			mode = mixedMode
		default:
			p := textValue(punctMode, c)
			if mode == mixedMode && more && textValue(punctMode, s[i+1]) >= 0 && textValue(mixedMode, s[i+1]) < 0 {
				values = append(values, mixedToPunct, p)
				mode = punctMode
			} else {
				values = append(values, toPunct, p) // a shift
			}
		}
	}
	if len(values)%2 == 1 {
		values = append(values, toPunct)
	}
	var words []int
	for i := 0; i < len(values); i += 2 {
		words = append(words, values[i]*30+values[i+1])
	}
	return words
}

// textValue is the character's number in a submode; -1: not there.
func textValue(mode int, c byte) int {
	switch mode {
	case alphaMode:
		return strings.IndexByte(alphaSet, c)
	case lowerMode:
		return strings.IndexByte(lowerSet, c)
	case mixedMode:
		if c == ' ' {
			return mixedBlank
		}
		return strings.IndexByte(mixedSet, c)
	}
	return strings.IndexByte(punctSet, c)
}

// pdf417Value undoes pdf417Message; ok is false where the codewords make no
// sense. Macro control blocks and what follows them are left out.
func pdf417Value(words []int) (text string, ok bool) {
	var out []byte
	charset := 0
	mode := textLatch
	for i := 0; i < len(words); {
		w := words[i]
		if w >= 900 {
			i++
		}
		switch {
		case w < 900, w == byteShift:
		case w == textLatch, w == byteLatch, w == numberLatch, w == byteLatchSix:
			mode = w
		case w == eciCharset && i < len(words):
			charset = words[i]
			i++
			continue
		case w == 926 && i+1 < len(words): // other interpretations
			i += 2
			continue
		case w == 925 && i < len(words):
			i++
			continue
		case w == 928, w == 922, w == 923:
			i = len(words)
			continue
		default:
			return "", false // reserved, or reader programming
		}
		if w == byteShift {
			if i >= len(words) || words[i] > 255 {
				return "", false
			}
			out = append(out, byte(words[i]))
			i++
			continue
		}
		n := i
		for n < len(words) && words[n] < 900 {
			n++
		}
		var part []byte
		var good bool
		switch mode {
		case textLatch:
			// A byte shift inside leaves text compaction as it was only for its
			// one byte; the submode goes on, so the stretch is read with it.
			for n < len(words) && words[n] == byteShift && n+1 < len(words) {
				n += 2
				for n < len(words) && words[n] < 900 {
					n++
				}
			}
			part, good = textOf(words[i:n])
		case numberLatch:
			part, good = digitsOf(words[i:n])
		default:
			part, good = packedOf(words[i:n], mode == byteLatchSix)
		}
		if !good {
			return "", false
		}
		out = append(out, part...)
		i = n
	}
	if charset != utf8Charset && !utf8.Valid(out) {
		return fromLatin1(string(out)), true
	}
	return string(out), utf8.Valid(out)
}

// textOf undoes textsOf; 913 shifts to one byte.
func textOf(words []int) ([]byte, bool) {
	var out []byte
	mode, back := alphaMode, -1
	value := func(v int) bool {
		now := mode
		if back >= 0 {
			now, mode, back = mode, back, -1
		}
		set := [...]string{alphaSet, lowerSet, mixedSet, punctSet}[now]
		if v < len(set) {
			out = append(out, set[v])
			return true
		}
		switch {
		case now == mixedMode && v == mixedToPunct:
			mode = punctMode
		case now == mixedMode && v == mixedBlank:
			out = append(out, ' ')
		case now == punctMode && v == punctToAlpha:
			mode = alphaMode
		case now == alphaMode && v == toLower, now == mixedMode && v == 27:
			mode = lowerMode
		case now == lowerMode && v == lowerToAlpha:
			mode, back = alphaMode, lowerMode
		case (now == alphaMode || now == lowerMode) && v == toMixed:
			mode = mixedMode
		case now == mixedMode && v == mixedToAlpha:
			mode = alphaMode
		case v == toPunct:
			mode, back = punctMode, now
		default:
			return false
		}
		return true
	}
	for i := 0; i < len(words); i++ {
		if words[i] == byteShift {
			i++
			if i >= len(words) || words[i] > 255 {
				return nil, false
			}
			out = append(out, byte(words[i]))
			continue
		}
		if !value(words[i]/30) || !value(words[i]%30) {
			return nil, false
		}
	}
	return out, true
}

// digitsOf undoes numbersOf.
func digitsOf(words []int) ([]byte, bool) {
	var out []byte
	for len(words) > 0 {
		n := min(len(words), wordsOfDigits)
		v := new(big.Int)
		for _, w := range words[:n] {
			v.Mul(v, big.NewInt(900)).Add(v, big.NewInt(int64(w)))
		}
		digits := v.String()
		if digits[0] != '1' {
			return nil, false
		}
		out = append(out, digits[1:]...)
		words = words[n:]
	}
	return out, true
}

// packedOf undoes bytesOf; exact: all codewords are in groups of five.
func packedOf(words []int, exact bool) ([]byte, bool) {
	var out []byte
	for len(words) > 5 || exact && len(words) == 5 {
		v := uint64(0)
		for _, w := range words[:5] {
			v = v*900 + uint64(w)
		}
		if v>>48 != 0 {
			return nil, false
		}
		for i := 5; i >= 0; i-- {
			out = append(out, byte(v>>(8*i)))
		}
		words = words[5:]
	}
	for _, w := range words {
		if w > 255 {
			return nil, false
		}
		out = append(out, byte(w))
	}
	return out, !exact || len(words) == 0
}
