package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// readJSON reads JSON markup (spec/markup.md 4) into nodes. nil when nothing can
// be made of it; of a source with a syntax error there is what stands before it.
func readJSON(text string, r *report) *node {
	p := &jsonReader{scanner: newScanner(text, r)}
	p.space()
	root := p.element(nil, 1)
	if root == nil || r.stop {
		return nil
	}
	if p.space(); !p.end() {
		p.expected("the end of the source")
	}
	if root.kind != form.Template {
		r.fatal(nil, root.pos, "LM111", `Start with {"element_type":"Template","children":[…]}.`,
			"the root of the source is no Template")
		return nil
	}
	paged := false
	for _, n := range root.children {
		paged = paged || n.kind == form.Page
	}
	if !paged {
		r.fatal(root, root.pos, "LM114", `Put the elements into an object with "element_type":"Page".`,
			"the Template has no Page")
		return nil
	}
	dropStray(root, r)
	return root
}

type jsonReader struct {
	*scanner
}

// maxStrange bounds the unknown properties of an element that are looked at for
// misspelt names; clients may keep any amount of their own data in a form.
const maxStrange = 20

// element reads an object as an element.
func (p *jsonReader) element(parent *node, depth int) *node {
	n := &node{json: true, parent: parent, pos: p.pos()}
	n.pos.Span = 1
	if depth > maxDepth {
		p.failed = true
		p.r.fatal(parent, n.pos, "LM106", "Use fewer levels.", "elements are nested deeper than %d levels", maxDepth)
		return nil
	}
	if !p.r.spend(n.pos) {
		p.failed = true
		return nil
	}
	typed := value{kind: vNull}
	heard := -1 // what had been reported before the children
	p.object(func(key value) {
		name := canonical(key.text)
		switch {
		case name == "element_type":
			if typed.kind != vNull {
				p.again(n, key, key.pos)
			}
			typed = p.value(true)
			n.kind = kindOfJSON(typed.text)
		case name == "children":
			if heard < 0 {
				heard = len(p.r.list)
			}
			p.children(n, key, depth)
		case properties[name]:
			if val := p.value(true); val.kind != vNull && p.r.attribute(n, len(n.attrs), key.pos) {
				n.attrs = append(n.attrs, raw{key: name, written: key.text, pos: key.pos, val: val})
			}
		default:
			p.value(false)
			if len(n.strange) < maxStrange {
				n.strange = append(n.strange, raw{key: name, written: key.text, pos: key.pos})
			}
		}
	})
	if p.r.stop {
		p.failed = true
		return nil
	}
	p.kind(n, typed)
	if s, ok := form.Lookup(n.kind); ok && heard >= 0 && !s.Closing && n.kind != form.ChoiceBox {
		p.r.forget(heard, "LM112", "LM113", "LM211")
	}
	return n
}

// kind finds out what an element is once all its properties are read.
func (p *jsonReader) kind(n *node, typed value) {
	switch {
	case typed.kind == vNull:
		n.report(p.r, "LM113", n.pos, `Give the object an "element_type".`, "the object has no element_type")
	case typed.kind != vString:
		n.report(p.r, "LM113", typed.pos, `Give the element_type as a string.`, "element_type is %s, not a string", typed)
	default:
		if n.kind == "" {
			n.report(p.r, "LM211", typed.pos, "Write the name of an element that there is.",
				"there is no element type %s%s", quote(typed.text), didYouMean(strings.TrimSpace(typed.text), jsonNames))
		}
	}
}

func (n *node) report(r *report, code string, pos form.Pos, cure, format string, args ...any) {
	if n.parent == nil {
		r.stop = true
		code = "LM111"
	}
	r.add(n, pos, code, fault.SeverityError, cure, format, args...)
}

// children reads the elements inside n.
func (p *jsonReader) children(n *node, key value, depth int) {
	if n.listed {
		p.again(n, key, n.pos)
	}
	n.children, n.listed = nil, false
	pos := p.pos()
	if p.peek() != '[' {
		if v := p.value(false); v.kind != vNull && !p.failed {
			n.listed = true
			p.r.fail(n, pos, "LM112", "Write the children as an array of objects.", "children is %s, not an array", v)
		}
		return
	}
	n.listed = true
	index := 0
	p.array(func() {
		pos := p.pos()
		if p.peek() == '{' {
			if child := p.element(n, depth+1); child != nil {
				child.index = index
				n.children = append(n.children, child)
			}
		} else if v := p.value(false); !p.failed {
			p.r.fail(n, pos, "LM112", "Write every child as an object.", "child %d is %s, not an object", index, v)
		}
		index++
	})
}

// again reports a property that is given twice: the last one counts.
func (p *jsonReader) again(n *node, key value, first form.Pos) {
	p.r.warn(n, key.pos, "LM303", "Leave one of them out.",
		"the property %s is given twice, the last one counts", key.text).related(first)
}
