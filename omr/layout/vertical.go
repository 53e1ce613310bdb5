package layout

import (
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.14 and 10.22, px.
const (
	ovalStretch   = 15 // an oval is D+15 wide and D-15 high
	answerText    = 35 // beyond D, from the bubble's side to the answer's children
	answerFoot    = 25 // row height beyond the children
	writeInHeight = 113
	writeInRule   = 3
	hintInset     = 12
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
	d := l.settings.BubbleSize.Diameter()
	if !l.room(e, len(e.Children)) {
		return y
	}
	shape := bubbleShape(e, round)
	var spots []spot
	shapes := map[string]bool{}
	for _, a := range e.Children {
		if a.Kind != form.Answer {
			continue
		}
		own := bubbleShape(a, shape)
		right := enum(a, form.AttrBubblePosition, enum(e, form.AttrBubblePosition, form.AlignLeft)) == form.AlignRight
		inner := f
		inner.w = max(f.w-d-answerText, 1)
		inner.look = l.settings.body
		if !right {
			inner.x = f.x + d + answerText
		}
		below := l.flow(a.Children, inner, y)
		if flag(a, form.AttrSelectable, true) {
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
			spots = append(spots, spot{box: at, value: strings.TrimSpace(a.Name), grown: grown})
			shapes[own] = true
		}
		y = max(below, y+d-ovalStretch) + answerFoot
	}
	if len(spots) == 0 {
		return y
	}
	if len(shapes) > 1 {
		l.fail(e, "LM213", describe(e)+" mixes round and square bubbles, which this build cannot", "use one bubble_type for all answers")
		return y
	}
	for only := range shapes {
		shape = only
	}
	p := l.bubbles(e, pattern.CheckBox, l.keys[e], shape, l.symbolLook(), spots)
	if shape == round {
		p.info.Shape = oval
	}
	p.el.Vertical = true
	l.threshold(e, p, verticalThreshold)
	return y
}

// firstLine is the height of the first line of an answer's text.
func (l *layouter) firstLine(a *form.Element) int {
	for _, c := range a.Children {
		if c.Kind == form.Content {
			return l.lineHeight(l.styled(c, l.settings.body))
		}
		if c.Kind == form.Paragraph {
			return l.firstLine(c)
		}
	}
	return l.lineHeight(l.settings.body)
}

// writeIn lays out a WriteIn: room to write above a rule, a hint below it
// (spec/markup.md 10.22). The whole is a crop.
func (l *layouter) writeIn(e *form.Element, f frame, y int) int {
	if flag(e, form.AttrAdaptive, false) {
		l.fail(e, "LM213", describe(e)+" with adaptive=true cannot be laid out by this build", "remove adaptive")
		return y
	}
	rule := box(f.x, y+writeInHeight, f.w, writeInRule)
	l.sheet.fill(borders, form.Color{}, rule)
	l.sheet.print("rule", rule)
	hint, ok := e.Str(form.AttrHint)
	if !ok {
		hint = "write-in"
	}
	k := l.settings.body
	if c, ok := e.Color(form.AttrColor); ok && !c.None {
		k.color = c
	}
	below := l.paragraphOf(e, hint, k, f.x+hintInset, max(f.w-2*hintInset, 1), y+writeInHeight+writeInRule)
	at := box(f.x, y, f.w, below-y)
	l.sheet.elements = append(l.sheet.elements, placed{
		source: e, areas: []geom.PageRect{at},
		el: pattern.Element{Type: pattern.ClipArea, Name: l.keys[e], Box: at, Required: flag(e, form.AttrRequired, false)},
	})
	return below
}
