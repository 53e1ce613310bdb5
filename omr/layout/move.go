package layout

import (
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// move takes what was laid out to another place: to the next column, to the
// other side of the page.
type move struct {
	// by is how far a thing with this box goes: a line of text, a bubble, a code.
	by func(geom.PageRect) (dx, dy float64)
	// around is where a box around several things comes to lie.
	around func(geom.PageRect) geom.PageRect
	// mirror says that left and right change places. Glyphs, pictures and codes
	// stay as they are.
	mirror bool
}

// thing is where a thing comes to lie.
func (v move) thing(r geom.PageRect) geom.PageRect {
	dx, dy := v.by(r)
	return shifted(r, dx, dy)
}

func shifted(r geom.PageRect, dx, dy float64) geom.PageRect {
	r.X, r.Y = r.X+dx, r.Y+dy
	return r
}

// relocate moves all that was added since m.
func (s *sheet) relocate(m mark, v move) {
	s.since(m, func(_ layer, it *Item) bool {
		s.relocateItem(m, it, v)
		return true
	})
	for i := m.elements; i < len(s.elements); i++ {
		s.elements[i].relocate(v)
	}
	for i := m.printed; i < len(s.printed); i++ {
		p := &s.printed[i]
		p.Box = pattern.BoxOf(v.around(p.Box.Rect()))
	}
}

func (s *sheet) relocateItem(m mark, it *Item, v move) {
	extent, ok := it.extent()
	if !ok {
		return
	}
	if it.Modules != nil && it.Turn == nil {
		extent = s.codeAt(m, extent)
	}
	if it.Clip != nil && !v.mirror {
		extent = intersection(extent, *it.Clip) // what is seen of it
	}
	dx, dy := v.by(extent)
	if it.Clip != nil {
		c := shifted(*it.Clip, dx, dy)
		if v.mirror {
			c = v.around(*it.Clip)
		}
		it.Clip = &c
	}
	if it.Turn != nil {
		t := *it.Turn
		t.About = geom.PagePt{X: t.About.X + dx, Y: t.About.Y + dy}
		it.Turn = &t
	}
	// What is drawn is copied: another item may show the same.
	switch {
	case it.Rect != nil:
		r := *it.Rect
		r.Box = shifted(r.Box, dx, dy)
		it.Rect = &r
	case it.Ellipse != nil:
		e := *it.Ellipse
		e.Box = shifted(e.Box, dx, dy)
		it.Ellipse = &e
	case it.Line != nil:
		r := *it.Line
		if v.mirror {
			sum := 2*extent.X + extent.W
			r.From.X, r.To.X = sum-r.From.X, sum-r.To.X
		}
		r.From = geom.PagePt{X: r.From.X + dx, Y: r.From.Y + dy}
		r.To = geom.PagePt{X: r.To.X + dx, Y: r.To.Y + dy}
		it.Line = &r
	case it.Text != nil:
		t := *it.Text
		t.Origin = geom.PagePt{X: t.Origin.X + dx, Y: t.Origin.Y + dy}
		it.Text = &t
	case it.Picture != nil:
		p := *it.Picture
		p.Box = shifted(p.Box, dx, dy)
		it.Picture = &p
	case it.Modules != nil:
		c := *it.Modules
		if it.Turn != nil {
			c.Ground = shifted(c.Ground, dx, dy)
		} else {
			c.Ground = v.around(c.Ground)
		}
		c.Bars = make([]geom.PageRect, len(it.Modules.Bars))
		for i, b := range it.Modules.Bars {
			c.Bars[i] = shifted(b, dx, dy)
		}
		it.Modules = &c
	}
}

// codeAt is the symbol of the code whose quiet zone is ground.
func (s *sheet) codeAt(m mark, ground geom.PageRect) geom.PageRect {
	for _, p := range s.elements[m.elements:] {
		if p.el.Type == pattern.BarcodeMade && ground.Contains(p.el.Box) {
			return p.el.Box
		}
	}
	return ground
}

func (p *placed) relocate(v move) {
	before := p.el.Box
	switch p.el.Type {
	case pattern.BarcodeMade, pattern.ClipArea:
		p.el.Box = v.thing(p.el.Box)
	default:
		p.el.Box = v.around(p.el.Box)
	}
	if p.el.Type == pattern.BarcodeMade { // its quiet zone, relative to the symbol
		zone := v.around(shifted(p.info.Printed.Rect(), before.X, before.Y))
		p.info.Printed = pattern.BoxOf(shifted(zone, -p.el.Box.X, -p.el.Box.Y))
	}
	for g := range p.el.Groups {
		p.el.Groups[g].Box = v.around(p.el.Groups[g].Box)
	}
	for q := range p.el.Questions {
		question := &p.el.Questions[q]
		question.Box = v.around(question.Box)
		for a := range question.Answers {
			question.Answers[a].Box = v.around(question.Answers[a].Box)
		}
	}
	p.el.EachBubble(func(b *pattern.Bubble) bool {
		b.Box = v.thing(b.Box)
		return true
	})
	for i, a := range p.areas {
		p.areas[i] = v.thing(a)
	}
	if s := p.info.Single; s != nil {
		for i, b := range s.Boxes {
			s.Boxes[i] = pattern.BoxOf(v.thing(b.Rect()))
		}
	}
}
