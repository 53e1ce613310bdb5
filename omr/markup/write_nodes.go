package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// nodes makes of a form the nodes that TXT would have for it, and reports what
// TXT cannot say.
func (w *writer) nodes(f *form.Form) *node {
	root := &node{kind: form.Template, pos: form.Pos{Line: 1, Column: 1}}
	if f.Name != "" {
		w.drop(nil, root.pos, "TXT has no place for the name of the Template, %s", quote(f.Name))
	}
	for _, p := range f.Pages {
		w.node(root, p)
	}
	if len(root.children) == 1 {
		p := root.children[0]
		p.implicit = p.name == "" && len(p.attrs) == 0 && len(p.children) > 0
	}
	return root
}

func (w *writer) node(parent *node, e *form.Element) *node {
	n := &node{kind: e.Kind, name: e.Name, pos: e.Pos, namePos: e.Pos, parent: parent, index: len(parent.children)}
	parent.children = append(parent.children, n)
	s, ok := form.Lookup(e.Kind)
	if !ok {
		w.cannot(n, n.pos, "there is no element %s", quote(string(e.Kind)))
		return n
	}
	if e.Kind == form.ChoiceBox {
		w.choice(n, e, s)
		return n
	}
	w.name(n, s)
	n.attrs = w.attributes(n, s, e.Attrs)
	for i, child := range e.Children {
		w.node(n, child).implicit = blankLine(e, i)
	}
	return n
}

// name checks that TXT can hold the name of n: only texts have several lines.
func (w *writer) name(n *node, s *form.Schema) {
	switch {
	case n.kind == form.Text:
		if why := w.badLines(n.name); why != "" {
			w.cannot(n, n.pos, "TXT cannot say %s: %s", quote(n.name), why)
		}
	case !broken(n.name):
	case s.Name == form.NameComment:
		w.drop(n, n.pos, "TXT has no line breaks in the comment %s, they become blanks", quote(n.name))
		n.name = oneLine(n.name)
	default:
		w.cannot(n, n.pos, "TXT cannot say %s: only text and # have line breaks", quote(n.name))
	}
}

// badLines says what keeps a text from having its lines in TXT, if anything does.
func (w *writer) badLines(text string) string {
	lines := strings.Split(text, "\n")
	for _, line := range lines[1:] {
		switch {
		case strings.Trim(line, " \t") == "":
			return "a line is blank, which would end the text"
		case line[0] == '\t':
			return "a line starts with a TAB"
		case len(line) > 1 && line[0] == '\\' && strings.IndexByte("?&#", line[1]) >= 0:
			return "a line starts with " + quote(line[:2])
		case strings.IndexByte("?&#", line[0]) >= 0: // escaped
		case !plainLine(classify(1, line)):
			return "the line " + quote(line) + " would be an element"
		}
	}
	if strings.IndexByte(text, '\r') >= 0 {
		return "it has a carriage return"
	}
	return ""
}

// plainLine tells whether a further line of a text is read as one; ?word without
// an equals sign is, unless the word is an element's.
func plainLine(l parsedLine) bool {
	half := l.class == lineHalfOpen && kindOfTXT(canonical(l.word)) == "" && strings.Trim(l.rest, " \t") != ""
	return half || l.class == linePlain
}

// blankLine tells whether child i of e can be the blank line that it is in TXT
// (spec/markup.md 3.6).
func blankLine(e *form.Element, i int) bool {
	child := e.Children[i]
	if child.Kind != form.EmptyLine || child.Name != "" || len(child.Attrs) > 0 || i == 0 {
		return false
	}
	switch e.Kind {
	case form.Page:
		return i < len(e.Children)-1
	case form.Block, form.Paragraph, form.PositionedBlock:
		return true
	default:
		return false
	}
}

// attributes are the attributes of n as TXT writes them, in the schema's order.
func (w *writer) attributes(n *node, s *form.Schema, attrs map[form.Attr]form.Value) []raw {
	var out []raw
	known := 0
	for i := range s.Attrs {
		spec := &s.Attrs[i]
		v, ok := attrs[spec.Name]
		if !ok {
			continue
		}
		known++
		out = append(out, w.attribute(n, spec, v)...)
	}
	w.strangers(n, s, attrs, known)
	return out
}

// strangers reports attributes that the element has none of; readers make none.
func (w *writer) strangers(n *node, s *form.Schema, attrs map[form.Attr]form.Value, known int) {
	if known == len(attrs) {
		return
	}
	for name, v := range attrs {
		if spec, ok := s.Attr(string(name)); !ok || spec.Name != name {
			w.cannot(n, v.Pos, "%s has no attribute %s", n.label(), quote(string(name)))
		}
	}
}

func (w *writer) attribute(n *node, spec *form.AttrSpec, v form.Value) []raw {
	if silent(v) {
		w.drop(n, v.Pos, "%s says nothing, it is left out", spec.Name)
		return nil
	}
	if v.Side.Disable && (v.Side.Size != nil || v.Side.Color != nil) {
		w.drop(n, v.Pos, "%s is none, which in TXT has neither width nor colour", spec.Name)
	}
	lines, why := txtValue(v)
	if why == "" && v.Type == form.TypeText && len(lines[0]) != len(strings.Trim(lines[0], " \t")) {
		why = lostBlanks(n, spec, lines[0])
	}
	if why != "" {
		w.cannot(n, v.Pos, "TXT cannot say %s of %s: %s", spec.Name, n.label(), why)
		return nil
	}
	out := make([]raw, 0, 1)
	for _, line := range lines {
		out = append(out, raw{key: string(spec.Name), written: string(spec.Name), pos: v.Pos, val: value{kind: vWord, text: line, pos: v.Pos}})
	}
	return out
}

// lostBlanks says so when TXT drops blanks at the ends of a text.
func lostBlanks(n *node, spec *form.AttrSpec, text string) string {
	root := readTXT("?"+n.label()+"=\n\t"+txtAttribute(spec)+"="+text+"\n", &report{})
	for _, page := range root.children {
		for _, e := range page.children {
			if v, ok := e.last(txtAttribute(spec)); ok && v.text == text {
				return ""
			}
		}
	}
	return "it has blanks at its ends"
}

// choice writes a choice box in the short form where that says it all.
func (w *writer) choice(n *node, e *form.Element, s *form.Schema) {
	n.name, _ = e.Str(form.AttrQuestionText)
	own := make(map[form.Attr]form.Value, len(e.Attrs))
	for a, v := range e.Attrs {
		if a != form.AttrQuestionText {
			own[a] = v
		}
	}
	n.attrs = w.attributes(n, s, own)
	if e.Name != "" {
		if broken(e.Name) {
			w.cannot(n, n.pos, "TXT cannot say the name %s: it has a line break", quote(e.Name))
		}
		n.attrs = append(n.attrs, raw{key: "name", written: "name", pos: n.pos, val: value{kind: vWord, text: e.Name}})
	}
	why := w.badLines(n.name)
	if n.name != strings.TrimLeft(n.name, " \t") {
		why = "it starts with a blank"
	}
	rows, ok := answerRows(e)
	if ok && why == "" {
		n.answers = []answerLine{}
		option, _ := form.Lookup(form.Option)
		for _, row := range rows {
			n.answers = append(n.answers, answerLine{marks: row.marks, attrs: w.attributes(n, option, row.attrs)})
		}
		return
	}
	if broken(n.name) {
		if why == "" {
			why = "its answers need the long form, which has no line breaks"
		}
		w.cannot(n, n.pos, "TXT cannot say the question %s: %s", quote(n.name), why)
		return
	}
	w.options(n, e)
}

// options writes answers as elements of their own.
func (w *writer) options(n *node, e *form.Element) {
	s, _ := form.Lookup(form.Option)
	row := 0
	for _, option := range e.Children {
		child := &node{kind: form.Option, name: option.Name, pos: option.Pos, namePos: option.Pos, parent: n, index: len(n.children)}
		n.children = append(n.children, child)
		w.name(child, s)
		w.symbol(child, option)
		own, next := optionAttributes(option, row)
		row = next
		child.attrs = w.attributes(child, s, own)
	}
}

// symbol checks the symbol of an answer that is an element: numbers stand only
// in a scale, which is a line of answers (spec/markup.md 3.8).
func (w *writer) symbol(n *node, option *form.Element) {
	v, ok := option.Attrs[form.AttrBubbleValue]
	if ok && v.Str != "yes" && v.Str != "no" && !oneCharacter(v.Str) {
		w.cannot(n, option.Pos, "the symbol %s stands only in a plain line of answers, without fonts and colours of its own", quote(v.Str))
	}
}

// optionAttributes are the attributes of an answer after one in row, without the
// row that follows by itself, and the row it is in.
func optionAttributes(option *form.Element, row int) (attrs map[form.Attr]form.Value, own int) {
	attrs = make(map[form.Attr]form.Value, len(option.Attrs))
	for a, v := range option.Attrs {
		attrs[a] = v
	}
	own, ok := option.Int(form.AttrRowIndex)
	if !ok {
		own = row + 1
	}
	if own == row+1 {
		delete(attrs, form.AttrRowIndex)
	}
	return attrs, own
}

// answerRow is a line of answers with what all of them share.
type answerRow struct {
	marks []answerMark
	attrs map[form.Attr]form.Value
}

// answerRows are the answers of a choice box as lines, if lines can say them.
func answerRows(e *form.Element) ([]answerRow, bool) {
	var rows []answerRow
	for _, option := range e.Children {
		at, ok := option.Int(form.AttrRowIndex)
		if !ok || option.Kind != form.Option || len(option.Children) > 0 {
			return nil, false
		}
		symbol, _ := option.Str(form.AttrBubbleValue)
		mark := answerMark{symbol: symbol, text: option.Name}
		attrs := map[form.Attr]form.Value{}
		for a, v := range option.Attrs {
			if a != form.AttrBubbleValue && a != form.AttrRowIndex {
				attrs[a] = v
			}
		}
		switch {
		case at == len(rows)+1:
			rows = append(rows, answerRow{marks: []answerMark{mark}, attrs: attrs})
		case at == len(rows) && at > 0 && sameAttributes(rows[at-1].attrs, attrs):
			rows[at-1].marks = append(rows[at-1].marks, mark)
		default:
			return nil, false
		}
	}
	for _, row := range rows {
		if !readBack(row.marks) {
			return nil, false
		}
	}
	return rows, true
}

func sameAttributes(a, b map[form.Attr]form.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for name, v := range a {
		if other, ok := b[name]; !ok || !sameValue(v, other) {
			return false
		}
	}
	return true
}

// readBack tells whether a line of answers says these and no others.
func readBack(marks []answerMark) bool {
	text := answerText(marks)
	if broken(text) {
		return false
	}
	r := &report{}
	again := readAnswers(text, form.Pos{Line: 1, Column: 1}, 0, &node{kind: form.ChoiceBox}, r)
	if len(r.list) > 0 || len(again.marks) != len(marks) {
		return false
	}
	for i, m := range again.marks {
		if m.symbol != marks[i].symbol || m.text != marks[i].text {
			return false
		}
	}
	return true
}
