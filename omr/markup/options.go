package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// options makes the answers of a choice box its children, each with its row
// (spec/markup.md 10.12), from whichever of the three notations the source uses.
func (c *checker) options(n *node, e *form.Element) {
	lines, listed := n.answers, n.answers != nil
	if n.json {
		lines, listed = c.answersString(n)
		if v, ok := e.Attrs[form.AttrQuestionText]; ok {
			v.Str = textBreaks(v.Str)
			e.Attrs[form.AttrQuestionText] = v
		}
	} else {
		c.placeholder(n, n.name, n.namePos)
		c.set(e, form.AttrQuestionText, form.Value{Type: form.TypeText, Str: n.name, Pos: n.namePos})
	}
	if listed {
		c.answerLines(n, e, lines)
	} else {
		c.optionElements(n, e)
	}
	c.answered(n, e)
}

func (c *checker) set(e *form.Element, a form.Attr, v form.Value) {
	if e.Attrs == nil {
		e.Attrs = map[form.Attr]form.Value{}
	}
	e.Attrs[a] = v
}

// answersString splits the answers of JSON markup into lines; lines of white
// space alone are nothing (spec/markup.md 4.5). False when answers may be children.
func (c *checker) answersString(n *node) ([]answerLine, bool) {
	v, ok := n.last("answers_string")
	if !ok {
		if !n.listed {
			c.r.fail(n, n.pos, "LM302", `Give the answers as "answers_string".`, "%s has no answers_string", n.label())
		}
		return nil, false
	}
	if len(n.children) > 0 {
		c.r.warn(n, n.children[0].pos, "LM206", "Give the answers in one of both ways.",
			"the children of a ChoiceBox with answers_string are ignored")
	}
	text, ok := c.textual(n, "answers_string", v)
	if !ok {
		return nil, true
	}
	c.placeholder(n, text, v.pos)
	var lines []answerLine
	for line := range strings.SplitSeq(textBreaks(text), "\n") {
		if strings.Trim(line, " \t") != "" {
			lines = append(lines, readAnswers(line, v.pos, 0, n, c.r))
		}
	}
	return lines, true
}

// answerLines adds the answers of each line; its attributes hold for all of them.
func (c *checker) answerLines(n *node, e *form.Element, lines []answerLine) {
	option, _ := form.Lookup(form.Option)
	for row, line := range lines {
		attrs := c.lineAttributes(n, e, option, line.attrs)
		for _, m := range line.marks {
			if !n.json {
				c.placeholder(n, m.text, m.pos)
			}
			child := &form.Element{Kind: form.Option, Name: m.text, Pos: m.pos, Attrs: make(map[form.Attr]form.Value, len(attrs)+2)}
			for a, v := range attrs {
				child.Attrs[a] = v
			}
			if m.symbol != "" {
				child.Attrs[form.AttrBubbleValue] = form.Value{Type: form.TypeText, Str: m.symbol, Pos: m.pos}
			}
			child.Attrs[form.AttrRowIndex] = form.Value{Type: form.TypeCount, Num: float64(row + 1)}
			e.Children = append(e.Children, child)
		}
	}
}

// lineAttributes reads the attributes after a line of answers. Two of them act on
// the whole question (spec/markup.md 3.8).
func (c *checker) lineAttributes(n *node, e *form.Element, option *form.Schema, written []raw) map[form.Attr]form.Value {
	if len(written) == 0 {
		return nil
	}
	var own, whole []raw
	for _, a := range written {
		switch form.Attr(a.key) {
		case form.AttrDisplayNumber, form.AttrMultiselect:
			whole = append(whole, a)
		case form.AttrBubbleValue, form.AttrRowIndex, "name":
			c.r.warn(n, a.pos, "LM306", "Remove it, or write the answers as ?option= in a choicebox.",
				"%s means nothing for a line of answers, it is ignored", a.written)
		default:
			own = append(own, a)
		}
	}
	if len(whole) > 0 {
		schema := *c.schema(n)
		schema.Attrs = []form.AttrSpec{}
		for _, name := range []string{string(form.AttrDisplayNumber), string(form.AttrMultiselect)} {
			if spec, ok := c.schema(n).Attr(name); ok {
				schema.Attrs = append(schema.Attrs, *spec)
			}
		}
		for a, v := range c.attributes(n, &schema, whole) {
			c.set(e, a, v)
		}
	}
	return c.attributes(n, option, own)
}

// optionElements adds answers that are elements of their own.
func (c *checker) optionElements(n *node, e *form.Element) {
	row := 0
	for _, child := range n.children {
		option := c.element(child)
		if option == nil {
			continue
		}
		row++
		if v, ok := option.Int(form.AttrRowIndex); ok {
			row = v
		} else {
			c.set(option, form.AttrRowIndex, form.Value{Type: form.TypeCount, Num: float64(row)})
		}
		e.Children = append(e.Children, option)
	}
}

// answered checks the answers of a choice box together.
func (c *checker) answered(n *node, e *form.Element) {
	if len(e.Children) == 0 {
		c.r.warn(n, n.pos, "LM411", "Write its answers in lines that start with a TAB and a marker such as ().",
			"the question has no answers, it is drawn without bubbles")
		return
	}
	for i, option := range e.Children {
		if _, ok := option.Str(form.AttrBubbleValue); !ok && i >= form.Letters {
			c.r.fail(n, option.Pos, "LM413", "Give the answers symbols of their own, such as (1).",
				"answer %d has no letter of its own, there are %d", i+1, form.Letters)
			c.count(n, float64(len(e.Children)))
			return
		}
	}
	answers := form.Answers(e)
	c.same(n, answers, n.pos)
	c.count(n, float64(len(answers)))
	c.asked(n, e, choice(e, answers))
}
