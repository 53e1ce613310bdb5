package markup

import (
	"bytes"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// printTXT writes nodes as TXT markup in canonical style: a line an opening,
// attribute or closing, attributes after one TAB in the order of the schema, a
// blank line where one means an empty line.
func printTXT(root *node) []byte {
	p := &txtPrinter{}
	elements := root.children
	if root.written != nil {
		elements = slices.DeleteFunc(slices.Clone(root.written), func(n *node) bool {
			return n.implicit // beside pages a blank line means nothing
		})
	}
	for _, n := range elements {
		p.element(n)
	}
	if strings.Trim(p.b.String(), "\n") == "" { // an empty source is none
		return []byte("?page=\n&page\n")
	}
	return p.b.Bytes()
}

type txtPrinter struct{ b bytes.Buffer }

func (p *txtPrinter) line(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
	p.b.WriteByte('\n')
}

func (p *txtPrinter) element(n *node) {
	s, ok := form.Lookup(n.kind)
	switch {
	case !ok:
		return
	case n.implicit && n.kind == form.EmptyLine:
		p.line()
		return
	case n.implicit: // the page of a source without pages
		p.elements(n)
		return
	case n.answers != nil:
		p.question(n, s)
		return
	}
	indent := ""
	if n.kind == form.Option {
		indent = "\t" // as everybody writes them
	}
	name := n.name
	if s.Name != form.NameVisible && s.Name != form.NameLabel && n.kind != form.ChoiceBox {
		name = strings.TrimSpace(name)
	}
	p.text(indent+"?"+s.TXT+"=", name)
	p.attributes(n, s, n.attrs, indent+"\t")
	if s.Closing {
		p.elements(n)
		p.line("&", s.TXT)
	}
}

func (p *txtPrinter) elements(n *node) {
	for _, child := range n.children {
		p.element(child)
	}
}

// text writes a text of one or more lines; further ones that look like something
// else are escaped (spec/markup.md 3.7).
func (p *txtPrinter) text(opening, name string) {
	first, more, several := strings.Cut(name, "\n")
	p.line(opening, first)
	if !several {
		return
	}
	for line := range strings.SplitSeq(more, "\n") {
		if line != "" && strings.IndexByte("?&#", line[0]) >= 0 {
			line = `\` + line
		}
		p.line(line)
	}
}

// question writes the short form of a choice box.
func (p *txtPrinter) question(n *node, s *form.Schema) {
	p.text("#", n.name)
	p.attributes(n, s, n.attrs, "\t")
	option, _ := form.Lookup(form.Option)
	for _, row := range n.answers {
		p.line("\t", answerText(row.marks))
		own := *option
		for _, name := range []form.Attr{form.AttrDisplayNumber, form.AttrMultiselect} {
			if spec, ok := s.Attr(string(name)); ok {
				own.Attrs = append(slices.Clip(own.Attrs), *spec)
			}
		}
		p.attributes(n, &own, row.attrs, "\t")
	}
}

// answerText is a line of answers (spec/markup.md 3.8).
func answerText(marks []answerMark) string {
	var b strings.Builder
	scale := true
	for _, m := range marks {
		scale = scale && m.text == ""
	}
	for i, m := range marks {
		if i > 0 && !scale {
			b.WriteByte(' ')
		}
		b.WriteString("(" + m.symbol + ")")
		if m.text != "" {
			b.WriteString(" " + escapeMarkers(m.text))
		}
	}
	return b.String()
}

// escapeMarkers keeps parentheses in the text of an answer from being markers.
func escapeMarkers(text string) string {
	if strings.IndexByte(text, '(') < 0 {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if text[i] == '(' {
			_, size := marker(text[i:], true)
			if size > 0 || i > 0 && text[i-1] == '\\' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// attributes writes attributes in the order of the schema, equal ones in the
// order of the source: the last one counts, and rows add up.
func (p *txtPrinter) attributes(n *node, s *form.Schema, written []raw, indent string) {
	rank := func(a raw) int {
		if a.key == "name" && n.kind == form.ChoiceBox {
			return -1
		}
		return attributeRank(s, a.key, n.json)
	}
	sorted := slices.Clone(written)
	slices.SortStableFunc(sorted, func(a, b raw) int { return rank(a) - rank(b) })
	for _, a := range sorted {
		spec, ok := attributeSpec(s, a.key, false)
		if !ok {
			p.line(indent, a.written, "=", a.val.text)
			continue
		}
		for _, v := range canonicalTXT(n, spec, a) {
			p.line(indent, txtAttribute(spec), "=", v)
		}
	}
}

// attributeSpec describes an attribute as a markup knows it: the text of a
// question is none in TXT.
func attributeSpec(s *form.Schema, key string, json bool) (*form.AttrSpec, bool) {
	spec, ok := s.Attr(key)
	if ok && !json && spec.Name == form.AttrQuestionText {
		return nil, false
	}
	return spec, ok
}

// attributeRank is the place of an attribute in the schema; unknown ones are last.
func attributeRank(s *form.Schema, key string, json bool) int {
	spec, ok := attributeSpec(s, key, json)
	if !ok {
		return len(s.Attrs)
	}
	return slices.IndexFunc(s.Attrs, func(a form.AttrSpec) bool { return a.Name == spec.Name })
}

// txtAttribute is the name of an attribute in TXT (spec/markup.md 5.1).
func txtAttribute(spec *form.AttrSpec) string {
	switch spec.Name {
	case form.AttrContainerType, form.AttrParagraphType:
		return "type"
	default:
		return string(spec.Name)
	}
}

// canonicalTXT is a written value in canonical spelling, as written where it
// cannot be used or would not be read as the same value.
func canonicalTXT(n *node, spec *form.AttrSpec, a raw) []string {
	read := func(text string) (form.Value, verdict) {
		return reading{r: &report{}, n: n, spec: spec, key: a.written}.read(value{kind: vWord, text: text})
	}
	asWritten := []string{a.val.text}
	v, got := read(a.val.text)
	if got != usable {
		return asWritten
	}
	lines, why := txtValue(v)
	if why != "" || len(lines) != 1 {
		return asWritten
	}
	if again, got := read(lines[0]); got != usable || !sameValue(v, again) {
		return asWritten
	}
	return lines
}
