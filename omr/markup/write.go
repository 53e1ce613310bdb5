package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// Syntax is one of the two markups that a form can be written in.
type Syntax uint8

// The markups of spec/markup.md 3 and 4.
const (
	TXT Syntax = iota + 1
	JSON
)

// String is the syntax as file names end: txt or json.
func (s Syntax) String() string {
	switch s {
	case TXT:
		return "txt"
	case JSON:
		return "json"
	default:
		return "unknown"
	}
}

// SyntaxOf tells which markup Parse takes a source for (spec/markup.md 2.2).
func SyntaxOf(source []byte) Syntax {
	text, _ := decode(source, &report{})
	if isJSON(text) {
		return JSON
	}
	return TXT
}

// Write writes a form in canonical style, so that Parse reads the same tree. What
// the syntax cannot say is an error (LM762) with the place that the tree has for
// it, and nothing is written then; what it cannot keep although it means nothing,
// such as the name of a Template in TXT, is a warning (LM761).
func Write(f *form.Form, to Syntax) ([]byte, fault.List) {
	w := &writer{r: &report{}}
	out := w.write(f, to)
	return out, w.r.sorted()
}

// writer writes trees and reports what cannot be written.
type writer struct{ r *report }

func (w *writer) write(f *form.Form, to Syntax) []byte {
	var out []byte
	if to == JSON {
		out = w.json(f)
	} else {
		out = printTXT(w.nodes(f))
	}
	if w.r.list.Failed() || !w.same(f, out) {
		return nil
	}
	return out
}

// same reads back what was written: a form that would silently become another
// one is not worth having. Errors of the form itself, such as two footers, are
// for its reader to tell; they do not keep it from being written.
func (w *writer) same(f *form.Form, out []byte) bool {
	if len(out) > maxSource {
		w.cannot(nil, form.Pos{Line: 1, Column: 1}, "in canonical style the form would have more than %d bytes, the limit of sources", maxSource)
		return false
	}
	again, list := Parse(out)
	at, what := form.Pos{Line: 1, Column: 1}, "it could not be read back"
	if again != nil {
		at, what = difference(f, again)
	}
	if what == "" {
		return true
	}
	for _, e := range list {
		if e.Severity == fault.SeverityError {
			what += ", " + e.Code + ": " + e.Cause
			break
		}
	}
	w.cannot(nil, at, "the form cannot be written without changing it: %s", what)
	return false
}

// cannot reports what the syntax has no way to say.
func (w *writer) cannot(n *node, pos form.Pos, format string, args ...any) {
	w.r.fail(n, pos, "LM762", "Change it, or keep the form in its own markup.", format, args...)
}

// drop reports what is left out because it means nothing.
func (w *writer) drop(n *node, pos form.Pos, format string, args ...any) {
	w.r.warn(n, pos, "LM761", "Keep the source if you need it.", format, args...)
}

// oneLine makes line breaks blanks.
func oneLine(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s))
}

func broken(s string) bool { return strings.ContainsAny(s, "\r\n") }
