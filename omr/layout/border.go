package layout

import (
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
)

// Borders of spec/markup.md 9.3 and 10, px.
const (
	borderSize   = 3
	borderRadius = 30
)

// side is one side of a border; size 0: not drawn.
type side struct {
	size  int
	color form.Color
}

// sides are top, right, bottom, left, as drawn.
func sides(e *form.Element) (s [4]side) {
	common := side{size: whole(e, form.AttrBorderSize, borderSize)}
	if c, ok := e.Color(form.AttrBorderColor); ok {
		common.color = c
	}
	for i, a := range [4]form.Attr{form.AttrBorderTopStyle, form.AttrBorderRightStyle, form.AttrBorderBottomStyle, form.AttrBorderLeftStyle} {
		s[i] = common
		v, ok := e.Attrs[a]
		if !ok {
			continue
		}
		if v.Side.Size != nil {
			s[i].size = *v.Side.Size
		}
		if v.Side.Color != nil {
			s[i].color = *v.Side.Color
		}
		if v.Side.Disable {
			s[i].size = 0
		}
		if s[i].color.None {
			s[i].size = 0
		}
	}
	return s
}

// cornerRadius is that of the element's border, 0 for a square one or none.
func cornerRadius(e *form.Element, at geom.PageRect) float64 {
	return radiusOf(enum(e, form.AttrBorder, form.BorderNone), at)
}

func radiusOf(kind string, at geom.PageRect) float64 {
	if kind != form.BorderRounded {
		return 0
	}
	return math.Min(borderRadius, math.Min(at.W, at.H)/2)
}

// corners are the radii TL, TR, BR, BL of a border. A corner is round only
// between two equal sides that are drawn (spec/markup.md 10, BORDER).
func corners(s [4]side, radius float64) (out [4]float64) {
	common := commonSide(s)
	for i := range out {
		if before := s[(i+3)%4]; before == s[i] && s[i] == common && s[i].size > 0 {
			out[i] = radius
		}
	}
	return out
}

// background fills at below the border, with the border's corners: square ones
// are patched. Its items go to the places reserved in the layer.
func (l *layouter) background(e *form.Element, c form.Color, at geom.PageRect, reserved int) {
	radius := cornerRadius(e, at)
	l.sheet.items[backgrounds][reserved] = Item{source: e, Rect: &Rect{Box: at, Fill: c, Stroke: form.Color{None: true}, Radius: radius}}
	for i, r := range corners(sides(e), radius) {
		if r == radius {
			continue
		}
		patch := geom.PageRect{X: at.X, Y: at.Y, W: radius, H: radius}
		if i == 1 || i == 2 {
			patch.X += at.W - radius
		}
		if i >= 2 {
			patch.Y += at.H - radius
		}
		l.sheet.items[backgrounds][reserved+1+i] = Item{source: e, Rect: &Rect{Box: patch, Fill: c, Stroke: form.Color{None: true}}}
	}
}

// border draws the element's border on at, centred on its edge. The first item
// goes to the place reserved in the layer, so that an outer border comes first.
func (l *layouter) border(e *form.Element, at geom.PageRect, reserved int) {
	l.borderAs(e, enum(e, form.AttrBorder, form.BorderNone), at, reserved)
}

// borderAs is border with the kind given: an input group has two.
func (l *layouter) borderAs(e *form.Element, kind string, at geom.PageRect, reserved int) {
	if kind == form.BorderNone {
		return
	}
	radius := radiusOf(kind, at)
	s := sides(e)
	if s[0] == s[1] && s[1] == s[2] && s[2] == s[3] {
		if s[0].size > 0 {
			l.sheet.items[borders][reserved] = Item{source: e, Rect: &Rect{
				Box: at, Fill: form.Color{None: true}, Stroke: s[0].color, Width: float64(s[0].size), Radius: radius,
			}}
			l.sheet.print("border", at)
		}
		return
	}
	l.mixedBorder(s, at, radius)
}

// mixedBorder draws sides that differ, one by one.
func (l *layouter) mixedBorder(s [4]side, at geom.PageRect, radius float64) {
	x0, y0, x1, y1 := at.X, at.Y, at.X+at.W, at.Y+at.H
	round := corners(s, radius)
	// reach is how far a side passes a square corner, so that strokes meet.
	reach := func(corner int, other side) float64 {
		if round[corner] > 0 {
			return -round[corner]
		}
		return float64(other.size) / 2
	}
	for _, i := range [4]int{1, 3, 0, 2} { // top and bottom own the square corners
		sd := s[i]
		if sd.size == 0 {
			continue
		}
		half := float64(sd.size) / 2
		before, after := reach(i, s[(i+3)%4]), reach((i+1)%4, s[(i+1)%4])
		var r geom.PageRect
		switch i {
		case 0:
			r = geom.PageRect{X: x0 - before, Y: y0 - half, W: x1 - x0 + before + after, H: 2 * half}
		case 1:
			r = geom.PageRect{X: x1 - half, Y: y0 - before, W: 2 * half, H: y1 - y0 + before + after}
		case 2:
			r = geom.PageRect{X: x0 - after, Y: y1 - half, W: x1 - x0 + before + after, H: 2 * half}
		case 3:
			r = geom.PageRect{X: x0 - half, Y: y0 - after, W: 2 * half, H: y1 - y0 + before + after}
		}
		l.sheet.fill(borders, sd.color, r)
		l.sheet.print("rule", r)
		if round[i] > 0 {
			l.arc(i, at, round[i], sd)
		}
	}
}

// commonSide is the side that most sides are like: it has the round corners.
func commonSide(s [4]side) side {
	best, count := s[0], 0
	for _, a := range s {
		n := 0
		for _, b := range s {
			if a == b {
				n++
			}
		}
		if n > count {
			best, count = a, n
		}
	}
	return best
}

// arc draws the quarter circle of a corner (0 TL, 1 TR, 2 BR, 3 BL) in short
// strokes: at 24 of them they differ from the circle by less than 0.02 px.
func (l *layouter) arc(corner int, at geom.PageRect, radius float64, sd side) {
	cx, cy := at.X+radius, at.Y+radius
	if corner == 1 || corner == 2 {
		cx = at.X + at.W - radius
	}
	if corner >= 2 {
		cy = at.Y + at.H - radius
	}
	const steps = 24
	from := math.Pi + float64(corner)*math.Pi/2
	point := func(i int) geom.PagePt {
		a := from + float64(i)*math.Pi/2/steps
		return geom.PagePt{X: cx + radius*math.Cos(a), Y: cy + radius*math.Sin(a)}
	}
	for i := range steps {
		l.sheet.add(borders, Item{Line: &Rule{From: point(i), To: point(i + 1), Color: sd.color, Width: float64(sd.size)}})
	}
}
