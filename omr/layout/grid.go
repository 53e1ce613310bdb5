package layout

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.18, px.
const (
	labelGap   = 60 // between the label's colon and the matrix
	headerGap  = 20 // between a header box and its first bubble
	headerSize = 3
)

// grid lays out a Grid: a section of digits for each position of a number
// (spec/markup.md 10.18).
func (l *layouter) grid(e *form.Element, f frame, y int) int {
	sections, options := max(whole(e, form.AttrSectionsCount, 8), 1), max(whole(e, form.AttrOptionsCount, 10), 1)
	if sections > maxBubbles || options > maxBubbles || !l.room(e, sections*options) {
		l.room(e, maxBubbles+1)
		return y
	}
	values := make([][]string, sections)
	for i := range values {
		values[i] = make([]string, options)
		for j := range options {
			values[i][j] = strconv.Itoa(j)
		}
	}
	label := e.Name
	if label != "" {
		label += ":"
	}
	return l.matrix(e, f, y, matrix{kind: pattern.Grid, label: label, gap: labelGap, values: values})
}

// matrix is what a Grid and a CompositeGrid have in common.
type matrix struct {
	kind   pattern.ElementType
	label  string
	gap    int        // between the label and the header boxes, px
	values [][]string // by section; "" is a place without bubble
}

// matrix lays out label, header boxes and bubbles, and returns the y below in
// the flow.
func (l *layouter) matrix(e *form.Element, f frame, y int, mx matrix) int {
	below, _ := l.matrixAt(e, f, y, mx)
	return below
}

// matrixAt also returns the box of all that it draws, as far as outlines reach.
func (l *layouter) matrixAt(e *form.Element, f frame, y int, mx matrix) (below int, all geom.PageRect) {
	values, label := mx.values, mx.label
	d := l.settings.diameter(e)
	g := grille{
		d: d, vertical: enum(e, form.AttrOrientation, form.GridHorizontal) == form.GridVertical,
		across: d + pitchX, down: d + pitchY + whole(e, form.AttrVerticalMargin, 0),
		sections: len(values), options: longest(values),
	}
	g.reversed = l.rightToLeft() && !g.vertical && !sideways(e) && leftToRight(values)
	k := l.settings.body
	m := l.faces.Metrics(k.font())
	room := f.w
	x, top, absolute := l.position(e, f.x, y)
	_, fixedX := e.Int(form.AttrX)
	if fixedX {
		room = max(l.settings.PaperW-x, 1)
	}
	mw, mh := g.size()
	gap := 0
	var labelWidth float64
	if label != "" {
		gap = mx.gap
		labelWidth = l.faces.Width(label, k.font())
	}
	if space := room - mw - gap; labelWidth > float64(space) && space > 0 {
		labelWidth = 0
		for _, line := range l.faces.Lines(label, k.font(), float64(space)) {
			labelWidth = max(labelWidth, line.Width)
		}
	}
	need := int(math.Ceil(labelWidth)) + gap + mw
	if need > room && fixedX {
		l.fail(e, "LM501", fmt.Sprintf("%s needs %d px from x %d, the page has %d", describe(e), need, x, room),
			"move it or make it smaller")
		return y, all
	}
	if need > room {
		l.fail(e, "LM511", fmt.Sprintf("%s needs %d px, there are %d", describe(e), need, room),
			"use fewer or smaller bubbles, a shorter name or a wider place")
		return y, all
	}
	if !fixedX {
		x = int(math.Round(aligned(enum(e, form.AttrAlign, form.AlignLeft), float64(f.x), float64(f.w), float64(need))))
	}
	lines := l.wrap(e, label, k, int(math.Ceil(labelWidth)))
	headerHeight := g.headerHeight()
	height := 0
	for _, line := range lines {
		height += int(line.Height)
	}
	// A label taller than the header boxes pushes them down, so that it starts
	// at the top of the element.
	down := max((height-headerHeight+1)/2, 0)
	left, headerTop := x+need-mw, top+down
	if label != "" {
		middle := float64(headerTop) + float64(headerHeight)/2
		baseline := math.Round(middle - float64(height)/2 + (float64(m.LineHeight)-m.CapHeight)/2 + m.CapHeight)
		for _, line := range lines {
			l.line(line, k, float64(x), baseline)
			baseline += line.Height
		}
	}
	groups := make([][]spot, g.sections)
	for i, section := range values {
		l.header(e, g.header(left, headerTop, i))
		for j, v := range section {
			if v != "" {
				bx, by := g.at(left, headerTop, i, j)
				s := at(bx, by, d, v)
				if mx.kind == pattern.Grid {
					s.symbol = l.digits(v) // what it means stays as it is
				}
				groups[i] = append(groups[i], s)
			}
		}
	}
	// A position whose places are all empty has no answer.
	groups = slices.DeleteFunc(groups, func(s []spot) bool { return len(s) == 0 })
	p := l.bubbles(e, mx.kind, l.keys[e], bubbleShape(e, round), l.symbolLook(), groups...)
	p.el.Vertical = g.vertical
	l.asked(e, p)
	all = box(x, top, need, max(down+mh, height))
	if absolute {
		l.checkAbsolute(e, all)
	}
	if _, fixedY := e.Int(form.AttrY); fixedY {
		return y, all
	}
	return max(headerTop+mh+pitchY, top+height), all
}

// leftToRight tells whether what is written above the sections runs so also on a
// right-to-left page: numbers do in every script, words only where none of the
// symbols is a letter of such a script.
func leftToRight(values [][]string) bool {
	for _, section := range values {
		for _, v := range section {
			for _, r := range v {
				if unicode.IsLetter(r) && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko) {
					return false
				}
			}
		}
	}
	return true
}

// sideways tells whether a matrix is turned by one quarter or three, so that its
// sections stand one below the other and no mirror changes their order.
func sideways(e *form.Element) bool {
	turn := enum(e, form.AttrRotate, "0")
	return turn == "90" || turn == "270"
}

func longest(values [][]string) (n int) {
	for _, v := range values {
		n = max(n, len(v))
	}
	return n
}

// header draws the place to write a symbol by hand: a box, or its bottom line.
func (l *layouter) header(e *form.Element, r geom.PageRect) {
	size := whole(e, form.AttrHeaderBorderSize, headerSize)
	color, ok := e.Color(form.AttrHeaderBorderColor)
	if !ok {
		color = form.Color{}
	}
	if size == 0 || color.None {
		return
	}
	if enum(e, form.AttrHeaderType, form.HeaderUnderline) == form.HeaderSquare {
		l.sheet.add(borders, Item{Rect: &Rect{Box: r, Fill: form.Color{None: true}, Stroke: color, Width: float64(size)}})
		l.sheet.print("border", r)
		return
	}
	rule := geom.PageRect{X: r.X, Y: r.Y + r.H - float64(size), W: r.W, H: float64(size)}
	l.sheet.fill(borders, color, rule)
	l.sheet.print("rule", rule)
}

// grille is the geometry of a matrix: sections side by side, or one below the
// other when vertical. Lengths in px.
type grille struct {
	d                 int
	vertical          bool
	across, down      int // pitches
	sections, options int
	reversed          bool // the first section is the last
}

// place is where section i stands among the others.
func (g grille) place(i int) int {
	if g.reversed {
		return g.sections - 1 - i
	}
	return i
}

// headerHeight is that of a header box.
func (g grille) headerHeight() int {
	if g.vertical {
		return g.d
	}
	return g.d + pitchY
}

// header is the header box of section i of a matrix at (x, y).
func (g grille) header(x, y, i int) geom.PageRect {
	if g.vertical {
		return box(x, y+i*g.down, g.d+pitchX, g.d)
	}
	return box(x+g.place(i)*g.across, y, g.d, g.d+pitchY)
}

// at is the corner of bubble j of section i.
func (g grille) at(x, y, i, j int) (int, int) {
	if g.vertical {
		return x + g.d + pitchX + headerGap + j*g.across, y + i*g.down
	}
	return x + g.place(i)*g.across, y + g.d + pitchY + headerGap + j*g.down
}

// size is that of the whole matrix, headers included.
func (g grille) size() (w, h int) {
	if g.vertical {
		return g.d + pitchX + headerGap + (g.options-1)*g.across + g.d, (g.sections-1)*g.down + g.d
	}
	return (g.sections-1)*g.across + g.d, g.d + pitchY + headerGap + (g.options-1)*g.down + g.d
}
