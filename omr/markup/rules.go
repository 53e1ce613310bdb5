package markup

import (
	"fmt"
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// rules are the rules of each kind, once its children are known
// (spec/markup.md 10).
func (c *checker) rules(n *node, e *form.Element) {
	switch n.kind {
	case form.Container:
		c.container(n, e)
	case form.Paragraph:
		c.paragraph(n, e)
	case form.InputGroup:
		c.inputGroup(n, e)
	case form.CheckBox:
		c.checkBox(n, e)
	case form.VerticalChoiceBox:
		c.vertical(n, e)
	case form.ScoreGroup:
		c.need(n, e, form.ScoreQuestion)
	case form.ScoreQuestion:
		c.scoreQuestion(n, e)
	case form.Table:
		c.table(n, e)
	case form.TableHeader:
		c.need(n, e, form.Content)
		c.single(e, form.Content)
	case form.AnswerSheet:
		c.column(n, e)
		c.sheet(n, e)
	case form.Grid:
		c.column(n, e)
		c.grid(n, e)
	case form.CompositeGrid:
		c.column(n, e)
		c.compositeGrid(n, e)
	case form.CustomAnswerSheet:
		c.customSheet(n, e)
	case form.BubbleArray:
		c.bubbleArray(n, e)
	case form.Barcode:
		c.barcode(n, e)
	default:
	}
	c.adaptive(e)
}

// need reports children that must be there (LM223). Without any in JSON, LM302
// has said so.
func (c *checker) need(n *node, e *form.Element, kinds ...form.Kind) {
	if n.json && !n.listed {
		return
	}
	for _, k := range kinds {
		if len(childrenOf(e, k)) == 0 {
			c.r.fail(n, n.pos, "LM223", "Put one into it.", "%s holds no %s", n.label(), labels([]form.Kind{k}, n.json))
		}
	}
}

// single reports children of which there may be one alone (LM224).
func (c *checker) single(e *form.Element, kinds ...form.Kind) {
	for _, k := range kinds {
		list := childrenOf(e, k)
		for i := 1; i < len(list); i++ {
			n := c.nodes[list[i]]
			c.r.fail(n, n.pos, "LM224", "Leave all but one out.", "%s holds one %s, this is number %d", n.parent.label(), n.label(), i+1).related(list[0].Pos)
		}
	}
}

func childrenOf(e *form.Element, k form.Kind) []*form.Element {
	var list []*form.Element
	for _, child := range e.Children {
		if child.Kind == k {
			list = append(list, child)
		}
	}
	return list
}

func (c *checker) container(n *node, e *form.Element) {
	columns := 1
	if v, ok := e.Int(form.AttrColumnsCount); ok {
		columns = v
	}
	if v, ok := e.Attrs[form.AttrColumnsProportions]; ok {
		columns = len(v.Parts)
	}
	for _, child := range e.Children {
		v, ok := child.Attrs[form.AttrColumn]
		if ok && int(v.Num) > columns {
			c.r.fail(c.nodes[child], v.Pos, "LM428", "Write a lower column, or give the container more columns.",
				"column %d of %s is beyond the %d of its container", int(v.Num), child.Kind, columns).related(n.pos)
		}
	}
	if kind, _ := e.Str(form.AttrContainerType); kind != form.ContainerFooter {
		return
	}
	if c.footer != nil {
		c.r.fail(n, n.pos, "LM431", "Put all of it into one footer.", "the page has two footers").related(c.footer.pos)
		return
	}
	c.footer = n
}

// column takes out a column that means nothing (spec/markup.md 10.4, LM306).
func (c *checker) column(n *node, e *form.Element) {
	v, ok := e.Attrs[form.AttrColumn]
	if !ok || n.parent.kind == form.Container || n.parent.kind == "" {
		return
	}
	c.r.warn(n, v.Pos, "LM306", "Remove it, or put the element directly into a container.",
		"column means nothing for %s in %s, it is ignored", n.label(), n.parent.label())
	delete(e.Attrs, form.AttrColumn)
}

func (c *checker) paragraph(n *node, e *form.Element) {
	v, ok := e.Attrs[form.AttrVerticalAlign]
	if kind, _ := e.Str(form.AttrParagraphType); !ok || kind == form.ParagraphInline || n.json && v.Str == form.AlignCenter {
		return // serialisers write the default everywhere
	}
	c.r.warn(n, v.Pos, "LM306", "Remove it, or make the type inline.", "vertical_align means nothing for a paragraph that is not inline")
}

func (c *checker) inputGroup(n *node, e *form.Element) {
	if found := len(childrenOf(e, form.Content)); found != 2 && (!n.json || n.listed) {
		c.r.fail(n, n.pos, "LM421", "Give it a content for the label and one for the field.",
			"%s holds %d contents, expected are 2", n.label(), found)
	}
}

// adaptive reports a second write_in that wants what is left of its parent's
// height (LM432).
func (c *checker) adaptive(e *form.Element) {
	var first *form.Element
	for _, child := range childrenOf(e, form.WriteIn) {
		v := child.Attrs[form.AttrAdaptive]
		switch {
		case !v.Bool:
		case first == nil:
			first = child
		default:
			n := c.nodes[child]
			c.r.fail(n, v.Pos, "LM432", "Leave adaptive to one of them.",
				"two fields of one %s are adaptive, they cannot share the height that is left", n.parent.label()).related(first.Attrs[form.AttrAdaptive].Pos)
		}
	}
}

func (c *checker) barcode(n *node, e *form.Element) {
	kind, _ := e.Str(form.AttrBarcodeType)
	if v, ok := e.Attrs[form.AttrQRVersion]; ok && kind != "" && !strings.Contains(kind, "QR") {
		c.r.warn(n, v.Pos, "LM306", "Remove it.", "qr_version means nothing for a barcode of type %s, it is ignored", kind)
		delete(e.Attrs, form.AttrQRVersion)
	}
}

// count counts bubbles before anything is laid out (LM106).
func (c *checker) count(n *node, bubbles float64) {
	before := c.bubbles
	c.bubbles += bubbles
	if before <= maxBubbles && c.bubbles > maxBubbles {
		c.r.fatal(n, n.pos, "LM106", "Split the form into several.",
			"the form has %s bubbles up to here, the limit is %d", bubbleCount(c.bubbles), maxBubbles)
	}
}

// repeats counts texts that so many rows have, before anything is made of them
// (LM106).
func (c *checker) repeats(n *node, rows float64, texts ...string) {
	const own = 16 // bytes that a row takes whatever its texts are
	before := c.repeated
	c.repeated += rows * own
	for _, s := range texts {
		c.repeated += rows * float64(len(s))
	}
	if !c.r.stop && before <= maxRepeated && c.repeated > maxRepeated {
		c.r.fatal(n, n.pos, "LM106", "Use shorter ones.",
			"the names and texts that the rows of %s repeat would take over %d bytes", n.label(), maxRepeated)
	}
}

func bubbleCount(x float64) string {
	if x > math.MaxInt32 {
		return "billions of"
	}
	return fmt.Sprint(int(x))
}
