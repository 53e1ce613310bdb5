package markup

import (
	"bytes"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// json writes a form as JSON markup in canonical style: two blanks a level,
// element_type first, then the name, attributes in the order of the schema,
// children last.
func (w *writer) json(f *form.Form) []byte {
	p := &jsonPrinter{}
	p.members(0, []jsonPair{{"element_type", jsonString(string(form.Template))}}, f.Name, true, func() {
		p.children(1, f.Pages, w)
	})
	p.b.WriteByte('\n')
	return p.b.Bytes()
}

type jsonPrinter struct{ b bytes.Buffer }

type jsonPair struct{ key, val string }

// members writes an object: pairs of which the first is the type, the name after
// it where there is one, and the children where the element holds some.
func (p *jsonPrinter) members(depth int, pairs []jsonPair, name string, holds bool, children func()) {
	if name != "" {
		pairs = append([]jsonPair{pairs[0], {"name", jsonString(name)}}, pairs[1:]...)
	}
	indent := strings.Repeat("  ", depth)
	p.b.WriteString("{\n")
	for i, m := range pairs {
		if i > 0 {
			p.b.WriteString(",\n")
		}
		p.b.WriteString(indent + `  "` + m.key + `": ` + m.val)
	}
	if holds {
		p.b.WriteString(",\n" + indent + `  "children": `)
		children()
	}
	p.b.WriteString("\n" + indent + "}")
}

func (p *jsonPrinter) children(depth int, list []*form.Element, w *writer) {
	if len(list) == 0 {
		p.b.WriteString("[]")
		return
	}
	indent := strings.Repeat("  ", depth)
	p.b.WriteString("[\n")
	for i, e := range list {
		if i > 0 {
			p.b.WriteString(",\n")
		}
		p.b.WriteString(indent + "  ")
		p.element(depth+1, e, w)
	}
	p.b.WriteString("\n" + indent + "]")
}

func (p *jsonPrinter) element(depth int, e *form.Element, w *writer) {
	s, ok := form.Lookup(e.Kind)
	if !ok {
		w.cannot(nil, e.Pos, "there is no element %s", quote(string(e.Kind)))
		return
	}
	pairs := []jsonPair{{"element_type", jsonString(jsonKind(e.Kind))}}
	name := e.Name
	if s.Name == form.NameVisible || s.Name == form.NameLabel {
		name = keptBreaks(name)
		if name == "" && s.NameRequired {
			pairs = append(pairs, jsonPair{"name", `""`})
		}
	}
	if e.Kind == form.ChoiceBox {
		p.choice(depth, e, s, pairs, w)
		return
	}
	pairs = append(pairs, w.pairs(e, s, e.Attrs)...)
	p.members(depth, pairs, name, s.Closing, func() { p.children(depth+1, e.Children, w) })
}

// choice writes a choice box with its answers as one string where that says it
// all, else as elements (spec/markup.md 5.2).
func (p *jsonPrinter) choice(depth int, e *form.Element, s *form.Schema, pairs []jsonPair, w *writer) {
	question, _ := e.Str(form.AttrQuestionText)
	pairs = append(pairs, jsonPair{string(form.AttrQuestionText), jsonString(keptBreaks(question))})
	own := make(map[form.Attr]form.Value, len(e.Attrs))
	for a, v := range e.Attrs {
		if a != form.AttrQuestionText {
			own[a] = v
		}
	}
	rest := w.pairs(e, s, own)
	if answers, ok := answersString(e); ok {
		pairs = append(append(pairs, jsonPair{"answers_string", jsonString(answers)}), rest...)
		p.members(depth, pairs, e.Name, false, nil)
		return
	}
	options := make([]*form.Element, 0, len(e.Children))
	row := 0
	for _, option := range e.Children {
		w.symbol(&node{kind: form.Option, parent: &node{kind: form.Template}}, option)
		plain := *option
		plain.Attrs, row = optionAttributes(option, row)
		options = append(options, &plain)
	}
	p.members(depth, append(pairs, rest...), e.Name, true, func() { p.children(depth+1, options, w) })
}

// answersString are the answers of a choice box in one string.
func answersString(e *form.Element) (string, bool) {
	rows, ok := answerRows(e)
	if !ok {
		return "", false
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		if len(row.attrs) > 0 {
			return "", false // lines of answers have no attributes in JSON
		}
		lines[i] = answerText(row.marks)
	}
	return strings.Join(lines, "\n"), true
}

// pairs are the attributes of an element in the order of the schema.
func (w *writer) pairs(e *form.Element, s *form.Schema, attrs map[form.Attr]form.Value) []jsonPair {
	var out []jsonPair
	n := &node{kind: e.Kind, json: true}
	for i := range s.Attrs {
		spec := &s.Attrs[i]
		v, ok := attrs[spec.Name]
		if !ok {
			continue
		}
		if numeric(v.Type) && (reading{n: n, spec: spec}).unset(v.Num) {
			w.cannot(nil, v.Pos, "JSON cannot say %s=%s of %s: the number means that it is not set", spec.Name, decimal(v.Num), jsonKind(e.Kind))
			continue
		}
		out = append(out, jsonPair{string(spec.Name), jsonValue(v)})
	}
	for name, v := range attrs {
		if spec, ok := s.Attr(string(name)); !ok || spec.Name != name {
			w.cannot(nil, v.Pos, "%s has no attribute %s", jsonKind(e.Kind), quote(string(name)))
		}
	}
	return out
}

func numeric(t form.Type) bool {
	switch t {
	case form.TypePx, form.TypePt, form.TypeCount, form.TypeInt, form.TypePercent:
		return true
	default:
		return false
	}
}

// jsonKind is the type of an element as JSON documents it (spec/markup.md 0.3).
func jsonKind(k form.Kind) string {
	if k == form.TextInput || k == form.FreeTextInput {
		s, _ := form.Lookup(k)
		return s.TXT
	}
	return string(k)
}
