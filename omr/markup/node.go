package markup

import (
	"fmt"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// node is an element as written, before anything is checked.
type node struct {
	kind     form.Kind // "" when unknown: reported already
	json     bool
	implicit bool     // a blank line, or the page of a TXT source without pages
	name     string   // TXT: right of "=", all lines
	namePos  form.Pos // TXT
	pos      form.Pos // the identifier, or the "{"
	attrs    []raw
	strange  []raw        // JSON: properties that no element has
	answers  []answerLine // TXT: of a short-form question; nil for all others
	listed   bool         // JSON: the property children is there and no null
	parent   *node
	children []*node
	written  []*node // root: its children with those that stand outside of all pages
	index    int     // JSON: place in the children of its parent
}

// raw is an attribute as written.
type raw struct {
	key     string // lower case, underscores
	written string
	pos     form.Pos
	val     value
}

type valueKind uint8

const (
	vWord   valueKind = iota // TXT: everything right of "="
	vString                  // the others are JSON
	vNumber
	vBool
	vNull
	vArray
	vObject
)

// value is an attribute's value as written.
type value struct {
	kind   valueKind
	yes    bool   // vBool
	text   string // vWord, vString, vNumber
	list   []value
	fields []raw
	pos    form.Pos
	flaw   *form.Pos // vString: an escape that stands for no usable character
}

// String is the value for a message.
func (v value) String() string {
	switch v.kind {
	case vArray:
		return "a list"
	case vObject:
		return "an object"
	case vBool:
		return fmt.Sprint(v.yes)
	case vNull:
		return "null"
	case vNumber:
		return v.text
	default:
		return quote(v.text)
	}
}

// quote is a text for a message, cut where it would drown the message.
func quote(s string) string {
	const most = 40
	if runes := []rune(s[:min(len(s), 4*most+4)]); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// last is the value of the last attribute of that key.
func (n *node) last(key string) (value, bool) {
	for i := len(n.attrs) - 1; i >= 0; i-- {
		if n.attrs[i].key == key {
			return n.attrs[i].val, true
		}
	}
	return value{}, false
}

// label is what a message calls the element.
func (n *node) label() string {
	if n.json {
		return string(n.kind)
	}
	if n.kind == form.ChoiceBox && n.answers != nil {
		return "question"
	}
	if s, ok := form.Lookup(n.kind); ok && s.TXT != "" {
		return s.TXT
	}
	return string(n.kind)
}

// path is the place of the element in the tree, and in JSON its pointer
// (spec/markup.md 16.1): Template/Page[1]/Grid "Badge" #/children/0/children/2.
func (n *node) path() string {
	var steps, pointer []string
	for at := n; at != nil; at = at.parent {
		steps = append(steps, at.step())
		if at.parent != nil {
			pointer = append(pointer, fmt.Sprintf("/children/%d", at.index))
		}
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString(steps[i])
		if i > 0 {
			b.WriteByte('/')
		}
	}
	if n.json && len(pointer) > 0 {
		b.WriteString(" #")
		for i := len(pointer) - 1; i >= 0; i-- {
			b.WriteString(pointer[i])
		}
	}
	return b.String()
}

func (n *node) step() string {
	if n.parent == nil {
		return string(n.kind)
	}
	kind := string(n.kind)
	if kind == "" {
		kind = "?"
	}
	if name := n.keyName(); name != "" {
		return kind + " " + quote(name)
	}
	nth := 1
	for _, sibling := range n.parent.children {
		if sibling == n {
			break
		}
		if sibling.kind == n.kind {
			nth++
		}
	}
	return fmt.Sprintf("%s[%d]", kind, nth)
}

// keyName is the name of an element whose name tells it from its siblings.
func (n *node) keyName() string {
	s, ok := form.Lookup(n.kind)
	if !ok || s.Name == form.NameComment || s.Name == form.NameVisible {
		return ""
	}
	if n.json || n.kind == form.ChoiceBox {
		v, _ := n.last("name")
		return strings.TrimSpace(v.text)
	}
	return strings.TrimSpace(n.name)
}
