package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// jsonNode is a JSON value as written, with its comments. It is made of sources
// that were read without an error, so that nothing can be missing.
type jsonNode struct {
	pos      form.Pos
	text     string       // the whole value as written
	open     byte         // '{' or '['; 0 for what holds nothing
	members  []jsonMember // entries of an array have no key
	loose    []remark     // before the closing bracket
	remarked bool         // there is a comment inside
}

// jsonMember is a member of an object or an entry of an array.
type jsonMember struct {
	before  []remark // on lines of their own
	key     value
	written string // the key with its quotes
	val     *jsonNode
	after   []remark // on the same line
}

// remark is a comment as written.
type remark struct {
	text string
	pos  form.Pos
}

// jsonSource is a JSON source with the comments around it.
type jsonSource struct {
	before, after []remark
	root          *jsonNode
}

// cstReader reads a JSON source and keeps its comments.
type cstReader struct {
	*scanner
	heard []remark // comments that no value has taken yet
}

func readCST(text string) jsonSource {
	c := &cstReader{scanner: newScanner(text, &report{})}
	c.rest()
	src := jsonSource{before: c.take(0)}
	src.root = c.node()
	c.rest()
	src.after = c.take(0)
	return src
}

// rest skips white space and hears comments.
func (c *cstReader) rest() {
	for {
		for !c.end() && strings.IndexByte(" \t\r\n", c.peek()) >= 0 {
			c.next()
		}
		if c.end() || c.peek() != '/' {
			return
		}
		start, pos := c.i, c.pos()
		end := len(c.text)
		if c.text[c.i+1] == '*' {
			end = c.i + 4 + strings.Index(c.text[c.i+2:], "*/")
		} else if at := strings.IndexAny(c.text[c.i:], "\r\n"); at >= 0 {
			end = c.i + at
		}
		for c.i < end {
			c.next()
		}
		c.heard = append(c.heard, remark{strings.TrimRight(c.text[start:end], " \t"), pos})
	}
}

// take gives the comments heard that start on a line, all of them for line 0.
func (c *cstReader) take(line int) []remark {
	n := 0
	for n < len(c.heard) && (line == 0 || c.heard[n].pos.Line == line) {
		n++
	}
	taken := c.heard[:n:n]
	c.heard = c.heard[n:]
	return taken
}

func (c *cstReader) node() *jsonNode {
	n := &jsonNode{pos: c.pos()}
	start := c.i
	switch c.peek() {
	case '{', '[':
		n.open = c.peek()
		c.next()
		c.members(n, n.open+2) // the brackets of ASCII lie two apart
	default:
		c.value(false)
	}
	n.text = c.text[start:c.i]
	return n
}

func (c *cstReader) members(n *jsonNode, closing byte) {
	for c.rest(); !c.end() && c.peek() != closing; c.rest() {
		var m jsonMember
		if n.open == '{' {
			start := c.i
			m.key = c.str()
			m.written = c.text[start:c.i]
			c.rest()
			c.next() // the colon
			c.rest()
		}
		m.before = c.take(0)
		m.val = c.node()
		line := c.line
		c.rest()
		if c.peek() == ',' {
			c.next()
			c.rest()
		}
		m.after = c.take(line)
		n.remarked = n.remarked || m.val.remarked || len(m.before)+len(m.after) > 0
		n.members = append(n.members, m)
	}
	n.loose = c.take(0)
	n.remarked = n.remarked || len(n.loose) > 0
	c.next()
}

// last is the value of the last member of an object of that canonical name.
func (n *jsonNode) last(name string) *jsonNode {
	for i := len(n.members) - 1; i >= 0; i-- {
		if canonical(n.members[i].key.text) == name {
			return n.members[i].val
		}
	}
	return nil
}

// value is what the reader takes it for.
func (n *jsonNode) value() value { return newScanner(n.text, &report{}).value(true) }

// label is the key of a member with the escapes that it needs.
func (m *jsonMember) label() string {
	if m.key.flaw != nil {
		return m.written
	}
	return jsonString(m.key.text)
}

// kindOf is the kind of element that an object is, "" for none.
func (n *jsonNode) kindOf() form.Kind {
	typed := n.last("element_type")
	if n.open != '{' || typed == nil {
		return ""
	}
	return kindOfJSON(typed.value().text)
}

// elements calls f for n and every element inside of it.
func (n *jsonNode) elements(f func(*jsonNode)) {
	f(n)
	for i := range n.members {
		m := &n.members[i]
		if canonical(m.key.text) != "children" || m.val.open != '[' {
			continue
		}
		for j := range m.val.members {
			if child := m.val.members[j].val; child.open == '{' {
				child.elements(f)
			}
		}
	}
}

// remarks calls f for every comment inside of n.
func (n *jsonNode) remarks(f func(remark)) {
	for i := range n.members {
		m := &n.members[i]
		for _, c := range m.before {
			f(c)
		}
		m.val.remarks(f)
		for _, c := range m.after {
			f(c)
		}
	}
	for _, c := range n.loose {
		f(c)
	}
}
