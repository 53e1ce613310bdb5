package layout

import (
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.13, px.
const (
	checkGap   = 6  // between a box and its text
	checkExtra = 16 // row height beyond the taller of box and text
	checkInset = 2  // the recognition rectangle is the inside of the box
)

// Thresholds that these elements always have, percent (spec/markup.md 12.4).
const (
	checkThreshold    = 3
	verticalThreshold = 45
)

// checkBox lays out a CheckBox: its label and blank boxes in one row of equal
// cells (spec/markup.md 10.13).
func (l *layouter) checkBox(e *form.Element, f frame, y int) int {
	var answers []*form.Element
	for _, c := range e.Children {
		if c.Kind == form.Content {
			answers = append(answers, c)
		}
	}
	if len(answers) == 0 || !l.room(e, len(answers)) {
		return y
	}
	d := l.settings.diameter(e)
	cells, first := len(answers), 0
	hidden := flag(e, form.AttrHideName, false) || strings.TrimSpace(e.Name) == ""
	if !hidden {
		cells, first = cells+1, 1
	}
	pitch := float64(f.w) / float64(cells)
	left := func(i int) int { return f.x + int(math.Round(float64(i)*pitch)) }
	textWidth := max(int(pitch)-d-2*checkGap, 1)

	label := l.styled(e, f.look)
	label.align, label.color = form.AlignCenter, f.look.color
	labelHeight, height := 0, d
	if !hidden {
		labelHeight = l.measured(func() int { return l.paragraphOf(e, e.Name, label, f.x, int(pitch), 0) })
		height = max(height, labelHeight)
	}
	looks := make([]look, len(answers))
	heights := make([]int, len(answers))
	used := 0
	for i, a := range answers {
		looks[i] = l.styled(a, l.settings.body)
		heights[i] = l.measured(func() int { return l.paragraphOf(a, a.Name, looks[i], 0, textWidth, 0) })
		height = max(height, heights[i])
		if i == len(answers)-1 {
			widest := 0.0
			for _, line := range l.faces.Lines(a.Name, looks[i].font(), float64(textWidth)) {
				widest = max(widest, line.Width)
			}
			used = left(i+first) - f.x + d + checkGap + int(math.Ceil(widest))
		}
	}
	height += checkExtra
	shift := int(aligned(enum(e, form.AttrAlign, form.AlignLeft), 0, math.Max(float64(f.w-used), 0), 0))
	if !hidden {
		l.paragraphOf(e, e.Name, label, f.x+shift, int(pitch), y+(height-labelHeight)/2)
	}
	shape := bubbleShape(e, square)
	spots := make([]spot, len(answers))
	for i, a := range answers {
		x := left(i+first) + shift
		grown := recognised
		if shape == square {
			grown = -checkInset
		}
		spots[i] = spot{box: box(x, y+(height-d)/2, d, d), value: form.AnswerName(a, i), grown: grown}
		looks[i].align = form.AlignLeft
		l.paragraphOf(a, a.Name, looks[i], x+d+checkGap, textWidth, y+(height-heights[i])/2)
	}
	p := l.bubbles(e, pattern.CheckBox, l.keys[e], shape, l.symbolLook(), spots)
	l.threshold(e, p, checkThreshold)
	l.multiselect(e, p)
	l.asked(e, p)
	return y + height
}

// threshold notes the element's own threshold. 0 would mark every box: it
// means 1 (spec/markup.md A-38).
func (l *layouter) threshold(e *form.Element, p *placed, otherwise int) {
	v := max(whole(e, form.AttrThreshold, otherwise), 1)
	p.el.Threshold, p.info.Threshold = &v, &v
}
