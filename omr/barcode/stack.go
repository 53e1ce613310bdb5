package barcode

import "strings"

// ofWidths is a linear symbol of bars and spaces in turn, a bar first; each
// digit of widths is one of them in modules.
func ofWidths(widths, text string, quiet int) *Symbol {
	s := &Symbol{Height: 1, QuietX: quiet, Text: text, dark: modulesOf(widths)}
	s.Width = len(s.dark)
	return s
}

// modulesOf writes widths, a bar first, as modules.
func modulesOf(widths string) []bool {
	var row []bool
	for i := range len(widths) {
		for range widths[i] - '0' {
			row = append(row, i%2 == 0)
		}
	}
	return row
}

// stack collects the rows of a symbol that has several.
type stack struct {
	width int
	dark  []bool
}

// add puts a row below the others, so many modules high. A row shorter than the
// first ends in white.
func (s *stack) add(row []bool, high int) {
	if s.width == 0 {
		s.width = len(row)
	}
	full := make([]bool, s.width)
	copy(full, row)
	for range high {
		s.dark = append(s.dark, full...)
	}
}

// symbol is the finished stack.
func (s *stack) symbol(text string, quietX, quietY int) *Symbol {
	return &Symbol{
		Matrix: true, Width: s.width, Height: len(s.dark) / s.width,
		QuietX: quietX, QuietY: quietY, Text: text, dark: s.dark,
	}
}

// firstOutside is the first character of value that alphabet lacks, and its
// place counted from 1; place 0: there is none.
func firstOutside(value, alphabet string) (r rune, place int) {
	for _, r := range value {
		place++
		if !strings.ContainsRune(alphabet, r) {
			return r, place
		}
	}
	return 0, 0
}
