package layout

import (
	"fmt"
	"math"

	"github.com/leafmark/leafmark/omr/form"
)

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
