package layout

import (
	"fmt"
	"math"

	"github.com/leafmark/leafmark/omr/form"
)

// paragraph lays out a Paragraph of type normal: children stacked; an image with
// coordinates does not displace the text (spec/markup.md 10.10).
func (l *layouter) paragraph(e *form.Element, f frame, y int) int {
	if kind := enum(e, form.AttrParagraphType, form.ParagraphNormal); kind != form.ParagraphNormal {
		l.fail(e, "LM213", fmt.Sprintf("a Paragraph of type %s cannot be laid out by this build", kind), "use type normal")
		return y
	}
	f.look = l.settings.body
	for _, c := range e.Children {
		next := l.place(c, f, y)
		_, x := c.Int(form.AttrX)
		_, fixed := c.Int(form.AttrY)
		if c.Kind != form.Image || !x && !fixed {
			y = next
		}
	}
	return y
}

// Shares and distances of spec/markup.md 10.11.
const (
	groupEdge  = 0.03 // empty before the label and before the field
	groupLabel = 0.30
	groupField = 0.60
	groupExtra = 12 // box height beyond the text
	groupFoot  = 16
	groupInset = 7
)

// inputGroup lays out an InputGroup: a label and a field side by side.
func (l *layouter) inputGroup(e *form.Element, f frame, y int) int {
	var cells []*form.Element
	for _, c := range e.Children {
		if c.Kind == form.Content {
			cells = append(cells, c)
		}
	}
	if len(cells) != 2 {
		l.fail(e, "LM421", fmt.Sprintf("%s has %d contents", describe(e), len(cells)), "give it exactly two: the label and the field")
		return y
	}
	w := float64(f.w)
	left := [2]float64{groupEdge, 2*groupEdge + groupLabel}
	share := [2]float64{groupLabel, groupField}
	kinds := [2]form.Attr{form.AttrLabelBorder, form.AttrInputBorder}
	var looks [2]look
	var x, width [2]int
	height := 0
	for i, c := range cells {
		looks[i] = l.styled(c, l.settings.body)
		x[i] = f.x + int(math.Round(left[i]*w))
		width[i] = f.x + int(math.Round((left[i]+share[i])*w)) - x[i]
		height = max(height, l.measured(func() int { return l.paragraphOf(c, c.Name, looks[i], 0, max(width[i]-2*groupInset, 1), 0) }))
	}
	height += groupExtra
	for i, c := range cells {
		l.borderAs(e, enum(e, kinds[i], form.BorderNone), box(x[i], y, width[i], height), l.sheet.reserve(borders, 1))
		l.paragraphOf(c, c.Name, looks[i], x[i]+groupInset, max(width[i]-2*groupInset, 1), y+groupExtra/2)
	}
	return y + height + groupFoot
}

// positionedBlock lays out a PositionedBlock: an invisible box at page
// coordinates, which leaves the flow alone (spec/markup.md 10.5).
func (l *layouter) positionedBlock(e *form.Element, f frame, y int) int {
	x, top, _ := l.position(e, f.x, y)
	inner := frame{x: x, w: whole(e, form.AttrWidth, max(l.settings.PaperW-x, 1)), look: l.settings.body, outer: l.settings.paper()}
	if !l.settings.paper().Contains(box(x, top, 1, 1)) {
		l.fail(e, "LM501", fmt.Sprintf("%s starts at x %d, y %d; the page is %d × %d px", describe(e), x, top, l.settings.PaperW, l.settings.PaperH), "move it onto the page")
		return y
	}
	start := l.sheet.mark()
	h := whole(e, form.AttrHeight, 0)
	if h > 0 {
		inner.bottom = top + h
	}
	below := l.flow(e.Children, inner, top)
	if h > 0 {
		l.overflow(e, start, box(x, top, inner.w, h), below-top-h)
	}
	return y
}
