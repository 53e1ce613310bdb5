package markup

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/leafmark/leafmark/omr/fault"
)

// Excerpts show the places of diagnostics in their source, as compilers do: the
// line, below it a caret under each character concerned, parted by a line break.
// TABs are kept, so that the carets line up under any tab stops, and long lines
// are cut around the place. A diagnostic without a place in the source gets "".
// Characters that would act on a terminal are shown as U+FFFD.
func Excerpts(source []byte, list fault.List) []string {
	wanted := map[int]string{}
	for _, e := range list {
		if e.Where.Line > 0 {
			wanted[e.Where.Line] = ""
		}
	}
	out := make([]string, len(list))
	if len(wanted) == 0 || len(source) > maxSource {
		return out
	}
	text, _ := decode(source, &report{})
	found := 0
	eachLine(text, func(number int, line string) bool {
		if _, ok := wanted[number]; ok {
			wanted[number] = line
			found++
		}
		return found < len(wanted)
	})
	for i, e := range list {
		if line := wanted[e.Where.Line]; e.Where.Line > 0 && line != "" {
			out[i] = excerpt(line, e.Where.Column, e.Where.Span)
		}
	}
	return out
}

// Excerpt is Excerpts for one diagnostic.
func Excerpt(source []byte, e *fault.Error) string { return Excerpts(source, fault.List{e})[0] }

// excerpt cuts a line and marks span characters from a column on.
func excerpt(line string, column, span int) string {
	const before, longest = 40, 100 // characters
	const cut = '…'
	// Only what can be shown is turned into characters: lines may have megabytes.
	from, to := 0, 0
	for i := range line {
		if to == column-1-before && column > longest {
			from = i
		}
		if to++; to >= max(column-1-before, 0)+2*longest {
			line = line[:i]
			break
		}
	}
	chars := []rune(line[from:])
	at := max(column-1, 0)
	if from > 0 {
		at = before
		chars[0] = cut
	}
	if len(chars) > longest {
		chars = append(chars[:longest-1], cut)
	}
	at = min(at, len(chars))
	marked := min(max(span, 1), max(len(chars)-at, 1))
	var shown, carets strings.Builder
	for i, c := range chars {
		c = harmless(c)
		shown.WriteRune(c)
		switch {
		case i < at && c == '\t':
			carets.WriteByte('\t')
		case i < at:
			carets.WriteString(strings.Repeat(" ", columns(c)))
		case i < at+marked:
			carets.WriteString(strings.Repeat("^", columns(c)))
		}
	}
	if at == len(chars) {
		carets.WriteByte('^')
	}
	return shown.String() + "\n" + carets.String()
}

// harmless keeps controls, and what turns the direction of text, off terminals.
func harmless(c rune) rune {
	if c != '\t' && unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
		return unicode.ReplacementChar
	}
	return c
}

// columns is the width of a character in a terminal.
func columns(c rune) int {
	if unicode.In(c, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}
