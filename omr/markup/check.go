package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// check turns nodes into a form: values get their types, containment, required
// parts and the rules of each kind are checked (spec/markup.md 10, 13, 16).
func check(root *node, r *report) *form.Form {
	c := &checker{r: r, nodes: map[*form.Element]*node{}, hints: map[string]string{}}
	if len(root.children) > maxPages {
		r.fatal(root, root.children[maxPages].pos, "LM106", "Split the form into several.",
			"the form has %d pages, the limit is %d", len(root.children), maxPages)
		return nil
	}
	f := &form.Form{Name: c.name(root, c.schema(root))}
	for _, n := range root.children {
		c.footer = nil
		if e := c.element(n); e != nil {
			f.Pages = append(f.Pages, e)
		}
	}
	if !r.stop {
		c.keys(f)
	}
	return f
}

type checker struct {
	r        *report
	nodes    map[*form.Element]*node // where elements come from
	bubbles  float64
	repeated float64           // bytes, see maxRepeated
	footer   *node             // of the page being checked
	hints    map[string]string // by kind and misspelt name
}

func (c *checker) schema(n *node) *form.Schema {
	s, _ := form.Lookup(n.kind)
	return s
}

// element checks n and what it holds; nil when it has no place in the form.
func (c *checker) element(n *node) *form.Element {
	if c.r.stop {
		return nil
	}
	if n.kind == "" { // what stands in it may have faults of its own
		for _, child := range n.children {
			c.element(child)
		}
		return nil
	}
	s := c.schema(n)
	fits := c.fits(n)
	e := &form.Element{Kind: n.kind, Pos: n.pos, Name: c.name(n, s)}
	c.nodes[e] = n
	e.Attrs = c.attributes(n, s, n.attrs)
	if s.NeedsChildren && n.json && !n.listed {
		c.r.fail(n, n.pos, "LM302", `Give it "children", an empty array if there are none.`, "%s has no children", n.label())
	}
	c.inside(n, e)
	c.rules(n, e)
	if !fits {
		return nil
	}
	return e
}

// inside checks the children of n.
func (c *checker) inside(n *node, e *form.Element) {
	s := c.schema(n)
	if !s.Closing && n.kind != form.ChoiceBox {
		if len(n.children) > 0 {
			c.r.warn(n, n.children[0].pos, "LM206", "Remove the children.", "%s holds no children, they are ignored", n.label())
		}
		return
	}
	if n.kind == form.ChoiceBox {
		c.options(n, e)
		return
	}
	for _, child := range n.children {
		child.kind = published(n, child.kind)
		if ce := c.element(child); ce != nil {
			e.Children = append(e.Children, ce)
		}
	}
}

// published is the kind of a child of n by its documented name: published JSON
// calls the header of a custom answer sheet, and its columns, otherwise
// (spec/markup.md 4.4).
func published(n *node, child form.Kind) form.Kind {
	switch {
	case n.json && n.kind == form.CustomAnswerSheet && child == form.TableHeader:
		return form.Header
	case n.json && n.kind == form.Header && child == form.Content:
		return form.Column
	}
	return child
}

// fits tells whether n may stand in its parent, and reports if not.
func (c *checker) fits(n *node) bool {
	parent := n.parent
	if parent.kind == "" || n.implicit {
		return true
	}
	switch form.Allowed(parent.kind, n.kind) {
	case form.Accepted:
		return true
	case form.Warned:
		code, cure := "LM222", "Put it into a block."
		switch n.kind {
		case form.Text:
			code, cure = "LM221", "Use content inside of other elements."
		case form.Content:
			code, cure = "LM221", "Use text outside of other elements."
		default:
		}
		c.r.warn(n, n.pos, code, cure, "%s is not meant to stand directly in %s", n.label(), parent.label())
		return true
	case form.Refused:
	}
	if s := c.schema(n); s.Parents != nil {
		c.r.fail(n, n.pos, "LM212", "Put it where it belongs.",
			"%s is an element only inside %s, not in %s", n.label(), labels(s.Parents, n.json), parent.label())
		return false
	}
	cure := "Nothing may stand in it."
	if kinds := form.ChildrenOf(parent.kind); len(kinds) > 0 {
		cure = "Allowed are " + labels(kinds, n.json) + "."
	}
	e := c.r.fail(n, n.pos, "LM220", cure, "%s is not allowed in %s", n.label(), parent.label())
	e.related(parent.pos)
	return false
}

func labels(kinds []form.Kind, json bool) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = (&node{kind: k, json: json}).label()
	}
	return strings.Join(names, ", ")
}

// name is the name of an element as its role wants it (spec/markup.md 3.4).
func (c *checker) name(n *node, s *form.Schema) string {
	name, pos := n.name, n.namePos
	if n.json || n.kind == form.ChoiceBox {
		key, given, ok := c.given(n)
		if !ok {
			if s.NameRequired {
				c.r.fail(n, n.pos, "LM302", `Give it a "name".`, "%s has no name", n.label())
			}
			return ""
		}
		if name, ok = c.textual(n, key, given); !ok {
			return ""
		}
		pos = given.pos
	}
	c.placeholder(n, name, pos)
	if s.Name == form.NameVisible || s.Name == form.NameLabel {
		if n.json {
			return textBreaks(name)
		}
		return name
	}
	name = strings.TrimSpace(name)
	if s.Name == form.NameFile && name == "" {
		c.r.fail(n, n.pos, "LM302", "Write the name of one of the images that come with the form.", "%s has no name", n.label())
	}
	return name
}

// given is the property name of an element, or image_path where an image has no
// name (spec/markup.md 4.4).
func (c *checker) given(n *node) (key string, v value, ok bool) {
	if v, ok := n.last("name"); ok {
		return "name", v, true
	}
	if n.kind == form.Image {
		v, ok := n.last("image_path")
		return "image_path", v, ok
	}
	return "", value{}, false
}

// textual is a value that must be a text; numbers and flags are used as written.
func (c *checker) textual(n *node, key string, v value) (string, bool) {
	spec := form.AttrSpec{Name: form.Attr(key), Type: form.TypeText, Required: c.schema(n).NameRequired || key == "answers_string"}
	got, verdict := reading{r: c.r, n: n, spec: &spec, key: key}.read(v)
	return got.Str, verdict == usable
}

// textBreaks makes line breaks one kind and drops one at the end, which
// serialisers always write (spec/markup.md 4.5).
func textBreaks(s string) string {
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimSuffix(s, "\n")
}

// placeholder warns of ${…}, which only a batch fills in.
func (c *checker) placeholder(n *node, s string, pos form.Pos) {
	start := strings.Index(s, "${")
	if start < 0 {
		return
	}
	if end := strings.IndexByte(s[start:], '}'); end >= 0 {
		c.r.warn(n, pos, "LM105", "Fill it in, or generate the form with the data of people.",
			"the placeholder %s stays as it is", quote(s[start:start+end+1]))
	}
}

// placeholders looks into all texts of a value.
func (c *checker) placeholders(n *node, v value) {
	c.placeholder(n, v.text, v.pos)
	for _, entry := range v.list {
		c.placeholders(n, entry)
	}
}

// attributes gives the written attributes of n their types. The last usable one
// of a name counts.
func (c *checker) attributes(n *node, s *form.Schema, written []raw) map[form.Attr]form.Value {
	attrs := map[form.Attr]form.Value{}
	last := map[form.Attr]int{}
	for i := range written {
		if spec, ok := s.Attr(written[i].key); ok {
			last[spec.Name] = i
		}
	}
	first := map[form.Attr]form.Pos{}
	for i := range written {
		a := &written[i]
		spec, ok := s.Attr(a.key)
		if !named(n, a.key) && (!ok || c.elsewhere(n, spec)) {
			c.stranger(n, a)
			continue
		}
		name := form.Attr(a.key)
		if ok {
			name = spec.Name
		}
		adds := !n.json && ok && spec.Type == form.TypeSymbolRows // spec/markup.md 3.3
		if pos, twice := first[name]; twice && !adds {
			c.r.warn(n, a.pos, "LM303", "Leave one of them out.",
				"%s of %s is given twice, the last one counts", a.written, n.label()).related(pos)
		} else if !twice {
			first[name] = a.pos
		}
		c.hyphen(n, a)
		if !ok {
			continue
		}
		c.placeholders(n, a.val)
		v, verdict := reading{r: c.r, n: n, spec: spec, key: a.written, soft: last[spec.Name] != i && !adds}.read(a.val)
		switch verdict {
		case usable:
			if adds {
				v.Rows = append(attrs[spec.Name].Rows, v.Rows...)
			}
			attrs[spec.Name] = v
		case absent:
			delete(attrs, spec.Name)
		case unusable:
			// The value before it stays.
		}
	}
	for i := range s.Attrs {
		spec := &s.Attrs[i]
		if _, ok := attrs[spec.Name]; !ok {
			c.missing(n, spec, first, attrs)
		}
	}
	for _, a := range n.strange {
		c.stranger(n, &a)
	}
	if len(attrs) == 0 {
		return nil
	}
	return attrs
}

// elsewhere tells of attributes in the table that a markup writes otherwise: the
// text of a question is its name in TXT.
func (c *checker) elsewhere(n *node, spec *form.AttrSpec) bool {
	return !n.json && spec.Name == form.AttrQuestionText
}

// named tells of attributes that are no part of the table because they are the
// name of the element or its answers.
func named(n *node, key string) bool {
	switch key {
	case "name":
		return n.json || n.kind == form.ChoiceBox
	case "image_path":
		return n.json && n.kind == form.Image
	case "answers_string":
		return n.json && n.kind == form.ChoiceBox
	}
	return false
}

// stranger is an attribute that the element does not have.
func (c *checker) stranger(n *node, a *raw) {
	if !n.json && !c.r.full(fault.SeverityWarning) {
		c.r.warn(n, a.pos, "LM305", "Remove it.", "%s has no attribute %s%s", n.label(), quote(a.written), c.hint(n, a.key))
	}
	if n.json && !c.r.full(fault.SeverityInfo) {
		if hint := c.hint(n, a.key); hint != "" {
			c.r.info(n, a.pos, "LM305", "Correct it if that is meant.", "%s has no property %s, it is ignored%s", n.label(), quote(a.written), hint)
		}
	}
}

// hint names the attribute of n that key is probably meant to be. Keys repeat
// through a form and may be any, so answers are kept and their number is bounded.
func (c *checker) hint(n *node, key string) string {
	const most = 2000
	asked := string(n.kind) + " " + key
	hint, known := c.hints[asked]
	if known || len(c.hints) >= most {
		return hint
	}
	s := c.schema(n)
	names := make([]string, 0, len(s.Attrs)+3)
	for i := range s.Attrs {
		names = append(names, string(s.Attrs[i].Name))
	}
	if n.json {
		names = append(names, "name", "children", "element_type")
	}
	hint = didYouMean(key, names)
	c.hints[asked] = hint
	return hint
}

// hyphen reports a JSON name with hyphens for underscores.
func (c *checker) hyphen(n *node, a *raw) {
	if n.json && strings.Contains(a.written, "-") {
		c.r.warn(n, a.pos, "LM305", "Write "+a.key+".", "%s is read as %s", quote(a.written), a.key)
	}
}

// missing deals with an attribute that is not set: the default where the tree
// always has it, a fault where it is required.
func (c *checker) missing(n *node, spec *form.AttrSpec, first map[form.Attr]form.Pos, attrs map[form.Attr]form.Value) {
	_, written := first[spec.Name]
	switch {
	case spec.Fill:
		if n.json && !written {
			c.r.warn(n, n.pos, "LM302", "Write it.", "%s has no %s, %s is used", n.label(), spec.Name, spec.Default)
		}
		fill := value{kind: vWord, text: spec.Default}
		v, _ := reading{r: c.r, n: n, spec: spec, key: string(spec.Name)}.read(fill)
		attrs[spec.Name] = v
	case !spec.Required || written:
	case c.elsewhere(n, spec) || spec.Name == form.AttrElementsCount:
		// The question of TXT is its name; a missing count is LM424.
	default:
		c.r.fail(n, n.pos, "LM302", "Write it.", "%s has no %s", n.label(), spec.Name)
	}
}
