// Package markup reads form sources, TXT or JSON, into one common tree with
// diagnostics, and page settings from JSON.
//
// In: the bytes of a source. Out: a form.Form, the same for both markups but for
// positions, and a fault.List in the order of positions: code, severity, line,
// column and span in characters, tree path (JSON: and pointer), cause, cure.
// A list that Failed means that nothing may be produced from the form, which is
// still returned, as far as it could be read, for previews. Where.File stays
// empty. Source: spec/markup.md. Pure; safe for concurrent use; time and memory
// are linear in the source, which may have 4 MiB.
package markup

import (
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// Parse reads a form source, telling TXT from JSON by its first character
// (spec/markup.md 2.2). The form is nil when nothing can be laid out.
func Parse(source []byte) (*form.Form, fault.List) {
	r := &report{}
	text, ok := decode(source, r)
	if !ok {
		return nil, r.sorted()
	}
	var root *node
	if isJSON(text) {
		root = readJSON(text, r)
	} else {
		root = readTXT(text, r)
	}
	if root == nil || r.stop {
		return nil, r.sorted()
	}
	f := check(root, r)
	if r.stop {
		return nil, r.sorted()
	}
	return f, r.sorted()
}

// isJSON tells JSON from TXT by its first character (spec/markup.md 2.2). Comments
// before it count as blanks: published skeletons start so, and no TXT does.
func isJSON(text string) bool {
	s := newScanner(text, &report{})
	s.space()
	return s.peek() == '{'
}
