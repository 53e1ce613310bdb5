package layout

import (
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// quarterTurn takes boxes of an area, turned clockwise by quarters, to the area's
// new place, whose top left corner is (x, y).
type quarterTurn struct {
	quarters int
	of       geom.PageRect
	x, y     float64
}

func (t quarterTurn) box(r geom.PageRect) geom.PageRect {
	u, v := r.X-t.of.X, r.Y-t.of.Y
	switch t.quarters {
	case 1:
		u, v = t.of.H-v-r.H, u
	case 2:
		u, v = t.of.W-u-r.W, t.of.H-v-r.H
	case 3:
		u, v = v, t.of.W-u-r.W
	}
	if t.quarters%2 == 1 {
		r.W, r.H = r.H, r.W
	}
	return geom.PageRect{X: t.x + u, Y: t.y + v, W: r.W, H: r.H}
}

func (t quarterTurn) point(p geom.PagePt) geom.PagePt {
	r := t.box(geom.PageRect{X: p.X, Y: p.Y})
	return geom.PagePt{X: r.X, Y: r.Y}
}

// turn moves all that is on the sheet: the area of goes to (x, y), turned
// clockwise by quarters.
func (s *sheet) turn(quarters int, of geom.PageRect, x, y float64) {
	t := quarterTurn{quarters, of, x, y}
	for i := range s.items {
		for j := range s.items[i] {
			t.item(&s.items[i][j])
		}
	}
	for i := range s.elements {
		t.element(&s.elements[i])
	}
	for i := range s.printed {
		s.printed[i].Box = pattern.BoxOf(t.box(s.printed[i].Box.Rect()))
	}
}

// item moves an item of a sheet that nothing else refers to.
func (t quarterTurn) item(it *Item) {
	switch {
	case it.Rect != nil:
		it.Rect.Box = t.box(it.Rect.Box)
	case it.Ellipse != nil:
		it.Ellipse.Box = t.box(it.Ellipse.Box)
	case it.Line != nil:
		it.Line.From, it.Line.To = t.point(it.Line.From), t.point(it.Line.To)
	case it.Text != nil:
		it.Text.Origin = t.point(it.Text.Origin)
		it.Turn = &Turn{Degrees: float64(90 * t.quarters), About: it.Text.Origin}
	case it.Modules != nil:
		it.Modules.Ground = t.box(it.Modules.Ground)
		for i, b := range it.Modules.Bars {
			it.Modules.Bars[i] = t.box(b)
		}
	}
}

func (t quarterTurn) element(p *placed) {
	p.el.Box = t.box(p.el.Box)
	if t.quarters%2 == 1 {
		p.el.Vertical = !p.el.Vertical
	}
	for g := range p.el.Groups {
		group := &p.el.Groups[g]
		group.Box = t.box(group.Box)
		for b := range group.Bubbles {
			group.Bubbles[b].Box = t.box(group.Bubbles[b].Box)
		}
	}
	for i := range p.areas {
		p.areas[i] = t.box(p.areas[i])
	}
}

// take adds all of another sheet, above what is there.
func (s *sheet) take(other *sheet) {
	for i := range s.items {
		s.items[i] = append(s.items[i], other.items[i]...)
	}
	s.elements = append(s.elements, other.elements...)
	s.printed = append(s.printed, other.printed...)
}

// askew turns a code and its text clockwise about the code's middle, and returns
// the boxes around the turned symbol, around symbol and text, and around all, in
// whole px.
func (s *sheet) askew(code geom.PageRect, degrees int) (symbol, shown, all geom.PageRect) {
	if degrees%90 == 0 {
		// About the corner, so that whole px stay whole.
		turned := quarterTurn{quarters: degrees / 90, of: code}
		s.turn(degrees/90, code, 0, 0)
		symbol = turned.box(code)
	} else {
		turn := &Turn{Degrees: float64(degrees), About: code.Center()}
		for i := range s.items {
			for j := range s.items[i] {
				s.items[i][j].Turn = turn
			}
		}
		for i := range s.printed {
			s.printed[i].Box = pattern.BoxOf(roundOut(turn.Bounds(s.printed[i].Box.Rect())))
		}
		symbol = roundOut(turn.Bounds(code))
	}
	shown = symbol
	for _, it := range s.items[texts] {
		if r, ok := it.extent(); ok {
			shown = union(shown, roundOut(r))
		}
	}
	return symbol, shown, union(shown, roundOut(s.codeGround()))
}

// limit keeps the white around the sheet's code inside of r.
func (s *sheet) limit(r geom.PageRect) {
	for i := range s.items[codes] {
		s.items[codes][i].Clip = &r
	}
}

// shift moves all that is on the sheet.
func (s *sheet) shift(dx, dy float64) {
	s.relocate(mark{}, move{
		by:     func(geom.PageRect) (float64, float64) { return dx, dy },
		around: func(r geom.PageRect) geom.PageRect { return shifted(r, dx, dy) },
	})
}

// codeGround is the box around the white ground of the sheet's code.
func (s *sheet) codeGround() (r geom.PageRect) {
	for _, it := range s.items[codes] {
		if it.Modules != nil {
			r = it.Turn.Bounds(it.Modules.Ground)
		}
	}
	return r
}
