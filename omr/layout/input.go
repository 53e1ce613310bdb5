package layout

import (
	"fmt"
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.22 to 10.24, px.
const (
	writeInHeight = 113
	writeInRule   = 3
	hintInset     = 12
	inputAir      = 10 // above and below a handwriting field
	inputStroke   = 3  // of the boxes of a text input
	lineStroke    = 2  // of the frame of a free text input
	lineHeight    = 150
)

// writeIn lays out a WriteIn: room to write above a rule, a hint below it
// (spec/markup.md 10.22). The whole is a crop. fill, above 0, is the height that
// an adaptive one has to fill.
func (l *layouter) writeIn(e *form.Element, f frame, y, fill int) int {
	k := l.settings.body
	if c, ok := e.Color(form.AttrColor); ok && !c.None {
		k.color = c
	}
	hint, ok := e.Str(form.AttrHint)
	if !ok {
		hint = "write-in"
	}
	x, w := f.x+hintInset, max(f.w-2*hintInset, 1)
	foot := writeInRule
	if hint != "" {
		foot += l.measured(func() int { return l.paragraphOf(e, hint, k, x, w, 0) })
	}
	height := max(fill, writeInHeight+foot)
	rule := box(f.x, y+height-foot, f.w, writeInRule)
	l.sheet.fill(borders, form.Color{}, rule)
	l.sheet.print("rule", rule)
	if hint != "" {
		l.paragraphOf(e, hint, k, x, w, y+height-foot+writeInRule)
	}
	l.field(e, box(f.x, y, f.w, height), flag(e, form.AttrRequired, false))
	return y + height
}

// adaptive tells whether e fills what its parent of fixed height leaves.
func adaptive(e *form.Element, f frame) bool {
	return e.Kind == form.WriteIn && f.bottom > 0 && flag(e, form.AttrAdaptive, false)
}

// field registers a picture that recognition cuts out of what is written there.
// In an answer it depends on the answer's mark (spec/markup.md 10.14).
func (l *layouter) field(e *form.Element, at geom.PageRect, required bool) *placed {
	p := placed{
		source: e, areas: []geom.PageRect{at},
		el: pattern.Element{Type: pattern.ClipArea, Name: l.keys[e], Box: at, Required: required},
	}
	if l.within != nil && e.Kind == form.WriteIn {
		p.within = []*form.Element{l.within}
	}
	return l.register(p)
}

// textInput lays out a TextInput: a box a character, in as many lines as the
// width asks for (spec/markup.md 10.23).
func (l *layouter) textInput(e *form.Element, f frame, y int) int {
	n, side := max(whole(e, form.AttrLength, 1), 1), cellSide(e)
	if n > maxBubbles {
		l.room(e, maxBubbles+1)
		return y
	}
	l.handwriting(e)
	y += inputAir
	line := min(max((f.w-inputStroke)/side, 1), n)
	rows := (n + line - 1) / line
	half := (inputStroke + 1) / 2 // the outline stays inside of the field
	for i := range n {
		cell := box(f.x+half+i%line*side, y+half+i/line*side, side, side)
		l.sheet.add(borders, Item{Rect: &Rect{Box: cell, Fill: form.Color{None: true}, Width: inputStroke}})
		l.sheet.print("border", cell)
	}
	at := box(f.x, y, line*side+2*half, rows*side+2*half)
	l.field(e, at, true)
	return y + int(at.H) + inputAir
}

// cellSide is the side of a text input's boxes.
func cellSide(e *form.Element) int {
	switch enum(e, form.AttrCellSize, "normal") {
	case "large":
		return 100
	case "extralarge":
		return 120
	}
	return 80
}

// freeTextInput lays out a FreeTextInput: a frame for a line of handwriting
// (spec/markup.md 10.24).
func (l *layouter) freeTextInput(e *form.Element, f frame, y int) int {
	l.handwriting(e)
	y += inputAir
	at := box(f.x, y, f.w, max(whole(e, form.AttrLineHeight, lineHeight), 1))
	frame := at.Grow(-math.Min(lineStroke/2.0, math.Min(at.W, at.H)/2))
	l.sheet.add(borders, Item{Rect: &Rect{
		Box: frame, Fill: form.Color{None: true}, Stroke: form.Color{R: 0x80, G: 0x80, B: 0x80}, Width: lineStroke,
	}})
	l.sheet.print("border", frame)
	l.field(e, at, true)
	return y + int(at.H) + inputAir
}

// handwriting says that nobody reads the field: its picture is what comes back.
func (l *layouter) handwriting(e *form.Element) {
	if !l.once("LM425 " + l.spot(e)) {
		return
	}
	l.warn(e, "LM425", fmt.Sprintf("%s is drawn and its picture returned, but handwriting is not read by this build", describe(e)),
		"read the picture, or ask with bubbles")
}
