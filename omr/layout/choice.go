package layout

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.12, px.
const (
	answerIndent  = 95 // from the element's left edge to the first bubble
	answerGap     = 10 // between a bubble and its text
	cellGap       = 40 // between the cells of a row
	markerPitch   = 45 // beyond D, between bubbles without text
	rowExtra      = 26 // beyond D, least row height
	rowLines      = 1.5
	automaticSize = 26 // letters there are
)

// choice is an answer of a choice box.
type choice struct {
	e      *form.Element
	look   look
	symbol string
	text   string
	width  float64 // of the unwrapped text, px
	nth    int     // in the source, from 0
}

// choiceBox lays out a ChoiceBox: the question, then rows of answers
// (spec/markup.md 10.12).
func (l *layouter) choiceBox(e *form.Element, f frame, y int) int {
	k := l.styled(e, f.look)
	question, _ := e.Str(form.AttrQuestionText)
	if flag(e, form.AttrDisplayNumber, true) {
		question = fmt.Sprintf("%s. %s", l.figure(l.numbers[e]), question)
	}
	if question != "" {
		y = l.paragraphOf(e, question, k, f.x, f.w, y)
	}
	rows, ok := l.choices(e, k)
	if !ok || len(rows) == 0 {
		return y
	}
	n := 0
	for _, r := range rows {
		n += len(r)
	}
	if !l.room(e, n) {
		return y
	}
	var cover []geom.PageRect
	spots := make([]spot, n) // in the order of the source: so marks are reported
	for _, row := range rows {
		placedRow, covered, below := l.answerRow(e, row, f, y)
		for i, s := range placedRow {
			spots[row[i].nth] = s
		}
		cover = append(cover, covered...)
		y = below
	}
	p := l.bubbles(e, pattern.ChoiceBox, l.keys[e], bubbleShape(e, round), l.symbolLook(), spots)
	p.el.Box = union(p.el.Box, unionOf(cover))
	p.el.Groups[0].Box = p.el.Box
	l.multiselect(e, p)
	l.asked(e, p)
	return y
}

// multiselect notes whether source or setting say how many marks are allowed
// (spec/markup.md 12.4).
func (l *layouter) multiselect(e *form.Element, p *placed) {
	if v, ok := e.Bool(form.AttrMultiselect); ok {
		p.info.Multiselect = &v
	} else if s := l.settings.multiselect; s != nil {
		v := *s
		p.info.Multiselect = &v
	}
}

// choices are the answers by visual row, symbols given: the explicit one, else
// the letter of the position over all rows.
func (l *layouter) choices(e *form.Element, k look) ([][]choice, bool) {
	var (
		rows    [][]choice
		indices []int
		n       int // answers so far
	)
	for _, o := range e.Children {
		if o.Kind != form.Option {
			continue
		}
		i := n
		n++
		c := choice{e: o, look: l.styled(o, k), text: strings.TrimSpace(o.Name), nth: i}
		switch v, ok := o.Str(form.AttrBubbleValue); {
		case ok && strings.EqualFold(v, "yes"):
			c.symbol = "Y"
		case ok && strings.EqualFold(v, "no"):
			c.symbol = "N"
		case ok && v != "":
			c.symbol = v
		case i < automaticSize:
			c.symbol = string(rune('A' + i))
		default:
			l.fail(e, "LM413", fmt.Sprintf("answer %d of %s has no symbol, and only %d letters are given automatically", i+1, describe(e), automaticSize),
				"give the symbols explicitly")
			return nil, false
		}
		c.text = l.settable(o, c.text)
		c.width = l.faces.Width(c.text, c.look.font())
		l.available(o, c.symbol, look{family: l.settings.body.family, size: 1})
		index := whole(o, form.AttrRowIndex, len(indices)+1)
		at, known := slices.BinarySearch(indices, index)
		if !known {
			rows = slices.Insert(rows, at, nil)
			indices = slices.Insert(indices, at, index)
		}
		rows[at] = append(rows[at], c)
	}
	return rows, true
}

// answerRow places one visual row, which may take several lines, and returns
// its bubbles in the order of the row, the boxes that bubbles and texts cover, and the y below.
func (l *layouter) answerRow(e *form.Element, row []choice, f frame, y int) ([]spot, []geom.PageRect, int) {
	d := l.settings.BubbleSize.Diameter()
	avail := float64(max(f.w-answerIndent, d))
	height := d + rowExtra
	for _, c := range row {
		height = max(height, int(math.Ceil(rowLines*float64(l.lineHeight(c.look)))))
	}
	var (
		spots []spot
		cover []geom.PageRect
	)
	for _, cells := range l.arrange(row, d, avail, float64(f.w)) {
		last := cells[len(cells)-1]
		width := last.x + math.Min(last.c.cell(d), avail-last.x)
		left := float64(f.x + answerIndent)
		if a := row[0].look.align; a != form.AlignLeft {
			left = aligned(a, float64(f.x), float64(f.w), width)
		}
		extra := 0.0
		for _, cell := range cells {
			x := int(math.Round(left + cell.x))
			top := y + (height-d)/2
			spots = append(spots, at(x, top, d, cell.c.symbol))
			cover = append(cover, box(x, top, d, d))
			if cell.c.text == "" {
				continue
			}
			tx, space := float64(x+d+answerGap), 0
			if cell.c.cell(d) > avail-cell.x {
				space = max(int(avail-cell.x)-d-answerGap, 1)
			}
			lines := l.wrap(cell.c.e, cell.c.text, cell.c.look, space)
			// The first line is centred on the bubble by its capitals.
			baseline := float64(top) + float64(d)/2 + l.faces.Metrics(cell.c.look.font()).CapHeight/2
			baseline = math.Round(baseline)
			more := 0.0
			for i, line := range lines {
				if i > 0 {
					baseline += line.Height
					more += line.Height
				}
				l.line(line, cell.c.look, tx, baseline)
				cover = append(cover, roundOut(geom.PageRect{X: tx, Y: baseline - line.Ascent, W: line.Width, H: line.Height}))
			}
			extra = max(extra, more)
		}
		y += height + int(math.Ceil(extra))
	}
	return spots, cover, y
}

// cell is an answer with the x of its bubble from the row's start.
type cell struct {
	c choice
	x float64
}

// cell is the natural width of the answer's cell.
func (c choice) cell(d int) float64 {
	if c.text == "" {
		return float64(d)
	}
	return float64(d+answerGap) + c.width
}

// arrange divides a row into lines and gives each cell its x (spec/markup.md
// 10.12). avail is the width from the first bubble on, width that of the element.
func (l *layouter) arrange(row []choice, d int, avail, width float64) [][]cell {
	fixed := func(pitch float64) []cell {
		var out []cell
		for i, c := range row {
			out = append(out, cell{c, math.Round(float64(i) * pitch)})
		}
		return out
	}
	fits := func(cells []cell, gap float64) bool {
		for i, c := range cells {
			end := avail
			if i+1 < len(cells) {
				end = cells[i+1].x - gap
			}
			if c.x+c.c.cell(d) > end {
				return false
			}
		}
		return true
	}
	if len(row) == 1 {
		return [][]cell{fixed(0)}
	}
	bare := true
	widest := 0.0
	for _, c := range row {
		bare = bare && c.text == ""
		widest = max(widest, c.cell(d))
	}
	var try []cell
	switch {
	case bare:
		try = fixed(float64(d + markerPitch))
	case len(row) == 2:
		try = fixed(width / 2)
	default:
		try = fixed(widest + cellGap)
	}
	// A text that runs up to the next bubble would be taken for that one's.
	if fits(try, answerGap) {
		return [][]cell{try}
	}
	var lines [][]cell
	x := 0.0
	for _, c := range row {
		gap := float64(cellGap)
		if bare {
			gap = markerPitch
		}
		if len(lines) == 0 || x+c.cell(d) > avail {
			lines = append(lines, nil)
			x = 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], cell{c, math.Round(x)})
		x += c.cell(d) + gap
	}
	return lines
}
