package markup_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/markup"
)

// Carets stand under the place, whatever is before it and however long the line.
func TestExcerpt(t *testing.T) {
	at := func(line, column, span int) fault.Where { return fault.Where{Line: line, Column: column, Span: span} }
	long := strings.Repeat("x", 300)
	tests := []struct {
		name, source string
		where        fault.Where
		want         string
	}{
		{"word", "?text=a\n\tcolour=red", at(2, 2, 6), "\tcolour=red\n\t^^^^^^"},
		{"TABs between", "?text=a\tb c", at(1, 9, 1), "?text=a\tb c\n       \t^"},
		{"no span", "&block", at(1, 1, 0), "&block\n^"},
		{"span beyond the line", "&block", at(1, 5, 9), "&block\n    ^^"},
		{"behind the end", "{\"a\":", at(1, 6, 0), "{\"a\":\n     ^"},
		{"line ends", "a\r\nb\rc", at(3, 1, 1), "c\n^"},
		{"mark before", "\ufeff?x", at(1, 2, 1), "?x\n ^"},
		{"Windows-1252", "\xe9\xe9 ?x", at(1, 4, 1), "éé ?x\n   ^"},
		{"wide and combining", "漢e\u0301x", at(1, 4, 1), "漢e\u0301x\n   ^"},
		{"wide ones marked", "a漢字b", at(1, 2, 2), "a漢字b\n ^^^^"},
		{"controls", "a\x1b[2J\u202eb", at(1, 2, 1), "a\ufffd[2J\ufffdb\n ^"},
		{"long line", long + "?y" + long, at(1, 302, 1), "…" + strings.Repeat("x", 38) + "?y" + strings.Repeat("x", 58) + "…\n" + strings.Repeat(" ", 40) + "^"},
		{"long line, near its start", long, at(1, 3, 2), strings.Repeat("x", 99) + "…\n  ^^"},
		{"long line, its end", long + "?", at(1, 301, 1), "…" + strings.Repeat("x", 39) + "?\n" + strings.Repeat(" ", 40) + "^"},
		{"no line", "a", at(9, 1, 1), ""},
		{"no place", "a", fault.Where{Path: "settings"}, ""},
	}
	for _, tt := range tests {
		if got := markup.Excerpt([]byte(tt.source), &fault.Error{Where: tt.where}); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// FuzzExcerpts: places of diagnostics are shown in two lines that end a terminal's
// wits nowhere.
func FuzzExcerpts(f *testing.F) {
	seed(f, ".txt")
	seed(f, ".json")
	f.Add([]byte("?tetx=\x1b\u202e\n\t\t漢=1"))
	f.Fuzz(func(t *testing.T, source []byte) {
		_, list := markup.Parse(source)
		for i, s := range markup.Excerpts(source, list) {
			if s == "" {
				continue
			}
			line, carets, ok := strings.Cut(s, "\n")
			if !ok || !utf8.ValidString(s) || utf8.RuneCountInString(line) > 100 || strings.Trim(carets, " \t^") != "" || !strings.HasSuffix(carets, "^") && strings.Contains(carets, "^") {
				t.Errorf("%v is shown as\n%s", list[i], s)
			}
			if strings.ContainsAny(line, "\x1b\x00\u202e") {
				t.Errorf("%q acts on a terminal", line)
			}
		}
	})
}
