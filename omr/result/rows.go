package result

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/mark"
)

// Row is a key and its value, as every format carries it (spec/markup.md 12).
type Row struct{ Name, Value string }

// Rows are the answers of a sheet in their order (spec/markup.md 12.2).
func Rows(s *Sheet) []Row {
	rows := make([]Row, len(s.Answers))
	for i, a := range s.Answers {
		rows[i] = Row{a.Name, a.Value}
	}
	return rows
}

// sortAnswers orders by key, without regard to case, runs of digits as numbers,
// stable; totals of score groups come after everything else.
func sortAnswers[T any](answers []T, of func(*T) *mark.Answer) {
	slices.SortStableFunc(answers, func(x, y T) int {
		a, b := of(&x), of(&y)
		if at, bt := a.Kind == mark.Total, b.Kind == mark.Total; at != bt {
			if bt {
				return -1
			}
			return 1
		}
		return compareKeys(a.Name, b.Name)
	})
}

// compareKeys is negative when a comes before b.
func compareKeys(a, b string) int {
	for a != "" && b != "" {
		if isDigit(a[0]) && isDigit(b[0]) {
			na, nb := digits(a), digits(b)
			if c := compareNumbers(a[:na], b[:nb]); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra, rb = fold(ra), fold(rb); ra != rb {
			return int(ra) - int(rb)
		}
		a, b = a[na:], b[nb:]
	}
	return len(a) - len(b)
}

// fold is the letter that stands for both cases; by way of the upper one, which
// brings the two lower sigmas together.
func fold(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// compareNumbers compares runs of digits of any length by value.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
