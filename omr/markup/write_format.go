package markup

import (
	"bytes"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// Format writes a source anew in canonical style, in its own markup: UTF-8, LF,
// a line an attribute, in the order of the schema. Everything written is kept:
// comments, unknown attributes and properties, values that are not used. The tree
// stays the same, and formatting again changes nothing. A source with errors
// gives nil and its diagnostics; else the list holds its warnings.
func Format(source []byte) ([]byte, fault.List) {
	f, list := Parse(source)
	if f == nil || list.Failed() {
		return nil, list
	}
	text, _ := decode(source, &report{})
	var out []byte
	if SyntaxOf(source) == JSON {
		out = formatJSON(text)
	} else {
		out = printTXT(readTXT(text, &report{}))
	}
	w := &writer{r: &report{}}
	if !w.same(f, out) {
		return nil, w.r.sorted()
	}
	return out, list
}

// formatJSON writes a source that was read without an error.
func formatJSON(text string) []byte {
	src := readCST(text)
	p := &cstPrinter{}
	for _, c := range src.before {
		p.b.WriteString(c.text + "\n")
	}
	p.element(0, src.root)
	p.b.WriteByte('\n')
	for _, c := range src.after {
		p.b.WriteString(c.text + "\n")
	}
	return p.b.Bytes()
}

// cstPrinter writes JSON as it was written, but for blanks, the order of the
// members of elements, and the spelling of what the schema knows.
type cstPrinter struct{ b bytes.Buffer }

// pretty is a member ready to be written: rank is its place among the others.
type pretty struct {
	jsonMember
	name string // as it is written, with quotes; "" in arrays
	rank int
	spec *form.AttrSpec // of an attribute
}

// Places of members that are no attributes.
const (
	rankType = iota
	rankName
	rankQuestion
	rankAnswers
	rankAttribute
	rankUnknown  = 1 << 20
	rankChildren = 1 << 21
)

func (p *cstPrinter) element(depth int, n *jsonNode) {
	kind := n.kindOf()
	s, ok := form.Lookup(kind)
	if !ok {
		p.plain(depth, n)
		return
	}
	self := &node{kind: kind, json: true}
	members := make([]pretty, len(n.members))
	for i, m := range n.members {
		members[i] = prettyMember(n, m, s)
		if name := canonical(m.key.text); properties[name] {
			self.attrs = append(self.attrs, raw{key: name, val: m.val.value()})
		}
	}
	slices.SortStableFunc(members, func(a, b pretty) int { return a.rank - b.rank })
	p.block(depth, '{', members, n.loose, func(m *pretty) {
		switch {
		case m.rank == rankType:
			p.b.WriteString(jsonString(jsonKind(kind)))
		case m.rank == rankChildren && m.val.open == '[':
			p.children(depth+1, m.val)
		case m.spec != nil:
			p.attribute(depth+1, self, m)
		default:
			p.plain(depth+1, m.val)
		}
	})
}

// prettyMember finds the place and the name of a member of an element.
func prettyMember(n *jsonNode, m jsonMember, s *form.Schema) pretty {
	name := canonical(m.key.text)
	out := pretty{jsonMember: m, name: jsonString(name)}
	texts := &form.AttrSpec{Name: form.Attr(name), Type: form.TypeText}
	switch {
	case name == "element_type":
		out.rank = rankType
		if m.val.value().kind != vString {
			out.rank = rankUnknown
		}
	case name == "children":
		out.rank = rankChildren
	case name == "name":
		out.rank, out.spec = rankName, texts
	case name == "image_path" && s.Kind == form.Image:
		out.rank, out.spec = rankName, texts
		if n.last("name") == nil {
			out.name = `"name"`
		}
	case name == "answers_string" && s.Kind == form.ChoiceBox:
		out.rank, out.spec = rankAnswers, texts
	default:
		spec, ok := s.Attr(name)
		switch {
		case !ok:
			out.name, out.rank = m.label(), rankUnknown
		case spec.Name == form.AttrQuestionText:
			out.rank, out.name, out.spec = rankQuestion, jsonString(string(spec.Name)), spec
		default:
			out.rank, out.name, out.spec = rankAttribute+attributeRank(s, name, true), jsonString(string(spec.Name)), spec
		}
	}
	return out
}

// attribute writes a value in canonical spelling where the reader can use it and
// nothing written would be lost.
func (p *cstPrinter) attribute(depth int, self *node, m *pretty) {
	if m.val.open == '{' || m.val.remarked {
		p.plain(depth, m.val)
		return
	}
	read := func(v value) (form.Value, verdict) {
		return reading{r: &report{}, n: self, spec: m.spec, key: m.key.text}.read(v)
	}
	v, got := read(m.val.value())
	if got == usable {
		text := jsonValue(v)
		if again, got := read(newScanner(text, &report{}).value(true)); got == usable && sameValue(v, again) {
			p.b.WriteString(text)
			return
		}
	}
	p.plain(depth, m.val)
}

func (p *cstPrinter) children(depth int, n *jsonNode) {
	members := make([]pretty, len(n.members))
	for i, m := range n.members {
		members[i] = pretty{jsonMember: m}
	}
	p.block(depth, '[', members, n.loose, func(m *pretty) {
		if m.val.open == '{' {
			p.element(depth+1, m.val)
		} else {
			p.plain(depth+1, m.val)
		}
	})
}

// block writes what stands between two brackets, a line a member.
func (p *cstPrinter) block(depth int, open byte, members []pretty, loose []remark, val func(*pretty)) {
	p.b.WriteByte(open)
	if len(members) == 0 && len(loose) == 0 {
		p.b.WriteByte(open + 2)
		return
	}
	indent := "\n" + strings.Repeat("  ", depth)
	for i := range members {
		if p.b.Len() > maxSource {
			return // nobody would read it; deep levels would fill the memory with blanks
		}
		m := &members[i]
		for _, c := range m.before {
			p.b.WriteString(indent + "  " + c.text)
		}
		p.b.WriteString(indent + "  ")
		if open == '{' {
			p.b.WriteString(m.name + ": ")
		}
		val(m)
		if i < len(members)-1 {
			p.b.WriteByte(',')
		}
		for _, c := range m.after {
			p.b.WriteString(" " + c.text)
		}
	}
	for _, c := range loose {
		p.b.WriteString(indent + "  " + c.text)
	}
	p.b.WriteString(indent)
	p.b.WriteByte(open + 2)
}

// widest is how long a list or an object on one line may be, in bytes.
const widest = 80

// plain writes a value that means nothing to the schema.
func (p *cstPrinter) plain(depth int, n *jsonNode) {
	if n.open == 0 {
		p.b.WriteString(scalar(n))
		return
	}
	if !n.remarked {
		var line strings.Builder
		if inline(&line, n, flat(n)) {
			p.b.WriteString(line.String())
			return
		}
	}
	members := make([]pretty, len(n.members))
	for i, m := range n.members {
		members[i] = pretty{jsonMember: m, name: m.label()}
	}
	p.block(depth, n.open, members, n.loose, func(m *pretty) { p.plain(depth+1, m.val) })
}

// flat tells of lists of plain values.
func flat(n *jsonNode) bool {
	return n.open == '[' && !slices.ContainsFunc(n.members, func(m jsonMember) bool { return m.val.open != 0 })
}

// inline writes a value on one line; false when that would be too long.
func inline(b *strings.Builder, n *jsonNode, anyLength bool) bool {
	if n.open == 0 {
		b.WriteString(scalar(n))
		return anyLength || b.Len() <= widest
	}
	b.WriteByte(n.open)
	for i := range n.members {
		m := &n.members[i]
		if i > 0 {
			b.WriteString(", ")
		}
		if n.open == '{' {
			b.WriteString(m.label() + ": ")
		}
		if !inline(b, m.val, anyLength) {
			return false
		}
	}
	b.WriteByte(n.open + 2)
	return anyLength || b.Len() <= widest
}

// scalar is a string with the escapes that it needs, and all else as written.
func scalar(n *jsonNode) string {
	if n.text[0] != '"' {
		return n.text
	}
	if v := n.value(); v.flaw == nil {
		return jsonString(v.text)
	}
	return n.text
}
