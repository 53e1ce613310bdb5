package form

import (
	"maps"
	"slices"
	"strings"
)

// Placeholder is a ${field} in a text of a form (spec/markup.md 3.9).
type Placeholder struct {
	Field string // between the braces, blanks around it dropped
	Pos   Pos    // of the text that holds it, or of the element for its name
}

// Placeholders lists the ${field} of a form in document order, in names, texts
// and symbols. Numbers, colours and enumerations hold none: they are no texts in
// the tree, and readers report what cannot be read as one.
func Placeholders(f *Form) []Placeholder {
	var out []Placeholder
	expand(f, func(field string, pos Pos) (string, bool) {
		out = append(out, Placeholder{field, pos})
		return "", false
	})
	return out
}

// Expand is a copy of the form with each ${field} replaced by what value gives
// for it; where ok is false it stays as it is. The replacement is text alone: no
// element can come out of it, and what looks like a placeholder in it is not
// looked at again. The form itself is not changed.
func Expand(f *Form, value func(field string) (text string, ok bool)) *Form {
	return expand(f, func(field string, _ Pos) (string, bool) { return value(field) })
}

func expand(f *Form, value func(field string, pos Pos) (string, bool)) *Form {
	out := *f
	out.Pages = make([]*Element, len(f.Pages))
	for i, p := range f.Pages {
		out.Pages[i] = expandElement(p, value)
	}
	return &out
}

func expandElement(e *Element, value func(field string, pos Pos) (string, bool)) *Element {
	out := *e
	out.Name = fill(e.Name, e.Pos, value)
	if len(e.Attrs) > 0 {
		out.Attrs = maps.Clone(e.Attrs)
		for _, name := range slices.Sorted(maps.Keys(e.Attrs)) {
			v := e.Attrs[name]
			at := v.Pos
			if at == (Pos{}) {
				at = e.Pos
			}
			v.Str = fill(v.Str, at, value)
			v.List = fillList(v.List, at, value)
			if v.Rows != nil {
				v.Rows = slices.Clone(v.Rows)
				for i, row := range v.Rows {
					v.Rows[i] = fillList(row, at, value)
				}
			}
			out.Attrs[name] = v
		}
	}
	if e.Children != nil {
		out.Children = make([]*Element, len(e.Children))
		for i, c := range e.Children {
			out.Children[i] = expandElement(c, value)
		}
	}
	return &out
}

func fillList(list []string, pos Pos, value func(string, Pos) (string, bool)) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fill(s, pos, value)
	}
	return out
}

// fill replaces the placeholders of one text, left to right.
func fill(s string, pos Pos, value func(string, Pos) (string, bool)) string {
	const opening = "${"
	if !strings.Contains(s, opening) {
		return s
	}
	var b strings.Builder
	for {
		head, rest, found := strings.Cut(s, opening)
		field, tail, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String() + s
		}
		b.WriteString(head)
		if text, ok := value(strings.TrimSpace(field), pos); ok {
			b.WriteString(text)
			s = tail
			continue
		}
		b.WriteString(opening)
		s = rest // ${a${b}} holds b
	}
}
