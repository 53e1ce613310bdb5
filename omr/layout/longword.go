package layout

import (
	"strings"
	"unicode"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/typeset"
)

// softHyphen is a place where a word may be broken with a hyphen.
const softHyphen = "\u00ad"

// Letters that stay together before and after a hyphen.
const (
	beforeHyphen = 2
	afterHyphen  = 2
)

// breakable is a text in which words wider than w px may be broken with a hyphen,
// where the settings ask for that (spec/markup.md 7.1, LongWordHandling). w of 0
// breaks nothing.
func (l *layouter) breakable(s string, k look, w int) string {
	if l.settings.Writing.LongWords != form.Hyphenate || w <= 0 {
		return s
	}
	font := k.font()
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexFunc(s, unicode.IsSpace)
		if n < 0 {
			n = len(s)
		}
		word := s[:n]
		if l.faces.Width(word, font) > float64(w) {
			word = hyphenable(word)
		}
		b.WriteString(word)
		s = s[n:]
		n = strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) })
		if n < 0 {
			n = len(s)
		}
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String()
}

// hyphenable allows a hyphen between any two letters of a script that has
// hyphens, but not near the ends of the word.
func hyphenable(word string) string {
	chars := typeset.Characters(word)
	var b strings.Builder
	for i, c := range chars {
		if i >= beforeHyphen && len(chars)-i >= afterHyphen && hyphens(chars[i-1]) && hyphens(c) {
			b.WriteString(softHyphen)
		}
		b.WriteString(c)
	}
	return b.String()
}

// hyphens tells of letters and digits of scripts that break words with hyphens.
func hyphens(char string) bool {
	for _, r := range char {
		return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian) || unicode.IsDigit(r)
	}
	return false
}
