package layout

import (
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.14, px.
const (
	ovalStretch = 15 // an oval is D+15 wide and D-15 high
	answerText  = 35 // beyond D, from the bubble's side to the answer's children
	answerFoot  = 25 // row height beyond the children
)

// ovalOf is the nominal bubble of a vertical choice box or table cell with its
// top left corner at (x, y): an oval, or a smaller box (spec/markup.md 6.4).
func ovalOf(shape string, x, y, d int) (geom.PageRect, int) {
	if shape == square {
		return box(x, y, d-ovalStretch, d-ovalStretch), recognised
	}
	return box(x, y, d+ovalStretch, d-ovalStretch), 0
}

// verticalChoiceBox lays out a VerticalChoiceBox: answers one below the other,
// each with a blank bubble (spec/markup.md 10.14).
func (l *layouter) verticalChoiceBox(e *form.Element, f frame, y int) int {
	y += whole(e, form.AttrTopPadding, 0)
	if !l.room(e, len(e.Children)) {
		return y
	}
	shape := bubbleShape(e, round)
	var spots []spot
	for _, a := range e.Children {
		if a.Kind != form.Answer {
			continue
		}
		s, below := l.answer(e, a, shape, f, y)
		if s != nil {
			s.value = form.AnswerName(a, len(spots))
			spots = append(spots, *s)
		}
		y = below
	}
	if len(spots) == 0 {
		return y
	}
	p := l.bubbles(e, pattern.CheckBox, l.keys[e], oval, l.symbolLook(), spots)
	p.el.Vertical = true
	l.threshold(e, p, verticalThreshold)
	l.asked(e, p)
	return y
}

// answer lays out an answer of a vertical choice box at y: its bubble, nil where
// it has none, and the y below.
func (l *layouter) answer(e, a *form.Element, shape string, f frame, y int) (*spot, int) {
	d := l.settings.BubbleSize.Diameter()
	right := enum(a, form.AttrBubblePosition, enum(e, form.AttrBubblePosition, form.AlignLeft)) == form.AlignRight
	inner := f
	inner.w = max(f.w-d-answerText, 1)
	inner.look, inner.bottom = l.settings.body, 0
	if !right {
		inner.x = f.x + d + answerText
	}
	selectable := flag(a, form.AttrSelectable, true)
	before := l.within
	l.within = nil
	if selectable {
		l.within = a
	}
	below := l.flow(a.Children, inner, y)
	l.within = before
	var s *spot
	if selectable {
		s = &spot{shape: oval, answer: a}
		own := bubbleShape(a, shape)
		if own == square {
			s.shape = square
		}
		at, grown := ovalOf(own, f.x, y, d)
		if right {
			at.X = float64(f.x+f.w) - at.W
		}
		at.Y = float64(y + (l.firstLine(a)-int(at.H))/2)
		if v, ok := a.Int(form.AttrBubbleOffsetX); ok {
			at.X = float64(f.x + v)
		}
		if v, ok := a.Int(form.AttrBubbleOffsetY); ok {
			at.Y = float64(y + v)
		}
		s.box, s.grown = at, grown
		below = max(below, int(at.Y+at.H))
	}
	return s, max(below, y+d-ovalStretch) + answerFoot
}

// firstLine is the height of the first line of an answer's text.
func (l *layouter) firstLine(a *form.Element) int {
	for _, c := range a.Children {
		if c.Kind == form.Content {
			k := l.styled(c, l.settings.body)
			if enum(c, form.AttrContentType, form.ContentNormal) == form.ContentCells {
				return l.lineHeight(k) + cellExtra
			}
			// Scripts that the font lacks come from others, with higher lines.
			return int(math.Ceil(l.faces.Lines(c.Name, k.font(), 0)[0].Height))
		}
		if c.Kind == form.Paragraph {
			return l.firstLine(c)
		}
	}
	return l.lineHeight(l.settings.body)
}
