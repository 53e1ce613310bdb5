package markup

import (
	"slices"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// Convert writes a source in the other markup, in canonical style, so that Parse
// reads the same tree; a source that is in it already is formatted. What the
// other side cannot hold is told with its place: a warning (LM761) where it means
// nothing to the form, such as comments and unknown properties of JSON, an error
// (LM762) and no output where the form would change. The list holds the warnings
// of the source too: they name what the reader ignores, which is not carried over.
func Convert(source []byte, to Syntax) ([]byte, fault.List) {
	if SyntaxOf(source) == to {
		return Format(source)
	}
	f, list := Parse(source)
	if f == nil || list.Failed() {
		return nil, list
	}
	w := &writer{r: &report{}}
	if to == TXT {
		text, _ := decode(source, &report{})
		w.lost(readCST(text))
	}
	out := w.write(f, to)
	list = append(slices.Clone(list), w.r.sorted()...)
	slices.SortStableFunc(list, func(a, b *fault.Error) int {
		if a.Where.Line != b.Where.Line {
			return a.Where.Line - b.Where.Line
		}
		return a.Where.Column - b.Where.Column
	})
	if out == nil {
		return nil, list
	}
	return out, list
}

// lost reports what of a JSON source has no place in TXT: comments, and
// properties that are no attributes. The last report of many counts the rest.
func (w *writer) lost(src jsonSource) {
	const most = maxReports - 10 // leaves room for what the tree cannot keep
	count := 0
	var first form.Pos
	drop := func(pos form.Pos, format, what string) {
		if count++; count <= most {
			w.drop(nil, pos, format, what)
		} else if count == most+1 {
			first = pos
		}
	}
	comment := func(c remark) { drop(c.pos, "TXT has no comments, %s is left out", quote(c.text)) }
	for _, c := range src.before {
		comment(c)
	}
	src.root.remarks(comment)
	for _, c := range src.after {
		comment(c)
	}
	src.root.elements(func(n *jsonNode) {
		s, ok := form.Lookup(n.kindOf())
		if !ok {
			return
		}
		for _, m := range n.members {
			if prettyMember(n, m, s).rank == rankUnknown {
				drop(m.key.pos, "the property %s is none of the form's, it is left out", quote(m.key.text))
			}
		}
	})
	if count > most {
		w.r.warn(nil, first, "LM761", "Keep the source if you need them.", "%d more comments and properties are left out", count-most)
	}
}
