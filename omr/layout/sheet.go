package layout

import (
	"slices"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// layer is a stage of painting (spec/markup.md 9.8); within one, source order.
type layer uint8

const (
	backgrounds layer = iota
	borders
	images
	texts
	bubbles
	codes
	fiducials
	layers
)

// sheet collects what a page shows and what recognition must look at.
type sheet struct {
	items    [layers][]Item
	elements []placed
	printed  []pattern.PrintedBox // Page is set at the end
	source   *form.Element        // the element that is being laid out
}

// placed is a recognisable element with its source and the areas that must
// stay free: the nominal outline of each bubble in the order of the groups, or
// the symbol of a code.
type placed struct {
	source *form.Element
	el     pattern.Element
	info   pattern.ElementInfo
	areas  []geom.PageRect
	// answers are the elements that the bubbles stand for, in the order of the
	// areas; nil where nothing depends on them.
	answers []*form.Element
	self    *form.Element   // where one element of the source makes several: this one; else nil
	within  []*form.Element // of a crop: the answers of which one must be marked
	acts    *form.Element   // of a trigger: what it acts on
	keys    []pattern.GradingKey
	scores  []pattern.ScoreTable
}

// identity is the element that this is of, and of no other.
func (p *placed) identity() *form.Element {
	if p.self != nil {
		return p.self
	}
	return p.source
}

// mark is a place in a sheet's lists, to find later what was added since.
type mark struct {
	items    [layers]int
	elements int
	printed  int
}

func (s *sheet) mark() mark {
	m := mark{elements: len(s.elements), printed: len(s.printed)}
	for i := range s.items {
		m.items[i] = len(s.items[i])
	}
	return m
}

func (s *sheet) add(at layer, it Item) {
	it.source = s.source
	s.items[at] = append(s.items[at], it)
}

// reserve keeps n places in a layer for items that are known only later: a
// block's background lies below that of the blocks inside it. It returns the
// index of the first.
func (s *sheet) reserve(at layer, n int) int {
	s.items[at] = append(s.items[at], make([]Item, n)...)
	return len(s.items[at]) - n
}

func (s *sheet) fill(at layer, color form.Color, r geom.PageRect) {
	s.add(at, Item{Rect: &Rect{Box: r, Fill: color, Stroke: form.Color{None: true}}})
}

// print notes something that helps registration.
func (s *sheet) print(kind string, r geom.PageRect) {
	s.printed = append(s.printed, pattern.PrintedBox{Kind: kind, Box: pattern.Box{r.X, r.Y, r.W, r.H}})
}

// since calls f for every item added since m, until f returns false. Places that
// are only reserved are items without anything.
func (s *sheet) since(m mark, f func(layer, *Item) bool) {
	for i := range s.items {
		for j := m.items[i]; j < len(s.items[i]); j++ {
			if !f(layer(i), &s.items[i][j]) {
				return
			}
		}
	}
}

// extent is the box around all that was drawn since m; ok is false where that is
// nothing.
func (s *sheet) extent(m mark) (r geom.PageRect, ok bool) { return s.around(m, Item.extent) }

// outlines is extent without the outer half of strokes.
func (s *sheet) outlines(m mark) (r geom.PageRect, ok bool) {
	return s.around(m, func(it Item) (geom.PageRect, bool) {
		switch {
		case it.Rect != nil:
			return it.Rect.Box, true
		case it.Ellipse != nil:
			return it.Ellipse.Box, true
		}
		return it.extent()
	})
}

func (s *sheet) around(m mark, extent func(Item) (geom.PageRect, bool)) (r geom.PageRect, ok bool) {
	s.since(m, func(_ layer, it *Item) bool {
		if b, drawn := extent(*it); drawn {
			if it.Clip != nil {
				b = intersection(b, *it.Clip)
			}
			if ok {
				b = union(r, b)
			}
			r, ok = b, true
		}
		return true
	})
	return r, ok
}

// clip cuts all that was added since m at the edges of r, and returns the
// elements that lost bubbles or codes by it.
func (s *sheet) clip(m mark, r geom.PageRect) (lost []*form.Element) {
	for i := range s.items {
		kept := s.items[i][:m.items[i]]
		for _, it := range s.items[i][m.items[i]:] {
			extent, ok := it.extent()
			switch {
			case !ok || r.Contains(extent):
				kept = append(kept, it)
			case r.Overlaps(extent):
				limit := r
				if it.Clip != nil {
					limit = intersection(r, *it.Clip)
				}
				it.Clip = &limit
				kept = append(kept, it)
			}
		}
		s.items[i] = kept
	}
	elements := s.elements[:m.elements]
	var stumps []pattern.PrintedBox // what is left of bubbles: recognition must not wonder at them
	for _, p := range s.elements[m.elements:] {
		if p.el.Type != pattern.ClipArea && p.el.Type != pattern.BarcodeMade {
			for _, a := range p.areas {
				if !r.Contains(a) && r.Overlaps(a) {
					stumps = append(stumps, pattern.PrintedBox{Kind: "border", Box: pattern.BoxOf(intersection(a, r))})
				}
			}
		}
		if p.clip(r) {
			lost = append(lost, p.source)
		}
		if len(p.areas) > 0 {
			elements = append(elements, p)
		}
	}
	s.elements = elements
	printed := s.printed[:m.printed]
	for _, p := range s.printed[m.printed:] {
		if r.Contains(geom.PageRect{X: p.Box[0], Y: p.Box[1], W: p.Box[2], H: p.Box[3]}) {
			printed = append(printed, p)
		}
	}
	s.printed = append(printed, stumps...)
	return lost
}

// clip drops the areas that do not lie inside r with their bubbles, and tells
// whether there were any.
func (p *placed) clip(r geom.PageRect) (lost bool) {
	if p.el.Type == pattern.ClipArea { // a crop shows what is left
		p.el.Box = intersection(p.el.Box, r)
		p.areas = []geom.PageRect{p.el.Box}
		if p.el.Box.W < 1 || p.el.Box.H < 1 {
			p.areas = nil
		}
		return p.areas == nil
	}
	before := len(p.areas)
	if p.el.Type == pattern.BarcodeMade { // a code: all or nothing
		p.areas = slices.DeleteFunc(p.areas, func(a geom.PageRect) bool { return !r.Contains(a) })
		return len(p.areas) < before
	}
	var keep []bool
	for _, a := range p.areas {
		keep = append(keep, r.Contains(a))
	}
	k := 0
	kept := func() bool { k++; return keep[k-1] }
	for g := range p.el.Groups {
		group := &p.el.Groups[g]
		group.Bubbles = slices.DeleteFunc(group.Bubbles, func(pattern.Bubble) bool { return !kept() })
	}
	if p.el.Type == pattern.Grid || p.el.Type == pattern.CompositeGrid { // a section without bubbles is no pattern
		p.el.Groups = slices.DeleteFunc(p.el.Groups, func(g pattern.Group) bool { return len(g.Bubbles) == 0 })
	}
	// A section without bubbles would say nothing, and no reader takes it.
	p.el.Groups = slices.DeleteFunc(p.el.Groups, func(g pattern.Group) bool { return len(g.Bubbles) == 0 })
	for q := range p.el.Questions {
		question := &p.el.Questions[q]
		for a := range question.Answers {
			answer := &question.Answers[a]
			answer.Bubbles = slices.DeleteFunc(answer.Bubbles, func(pattern.ScoreBubble) bool { return !kept() })
		}
		question.Answers = slices.DeleteFunc(question.Answers, func(a pattern.ScoreAnswer) bool { return len(a.Bubbles) == 0 })
	}
	p.el.Questions = slices.DeleteFunc(p.el.Questions, func(q pattern.ScoreQuestion) bool { return len(q.Answers) == 0 })
	p.areas = only(p.areas, keep)
	p.info.Symbols = only(p.info.Symbols, keep)
	p.answers = only(p.answers, keep)
	if s := p.info.Single; s != nil {
		p.info.Single = &pattern.SingleInfo{Shapes: only(s.Shapes, keep), Boxes: only(s.Boxes, keep), Outlines: only(s.Outlines, keep)}
	}
	return len(p.areas) < before
}

// only are the entries of a list, one a bubble, that are kept; an empty list is
// of an element that has none.
func only[T any](list []T, keep []bool) (out []T) {
	for i := range list {
		if keep[i] {
			out = append(out, list[i])
		}
	}
	return out
}

// extent is what an item covers; ok is false for a place reserved and not used.
func (it Item) extent() (geom.PageRect, bool) {
	switch {
	case it.Rect != nil:
		if it.Rect.Stroke.None {
			return it.Rect.Box, true
		}
		return it.Rect.Box.Grow(it.Rect.Width / 2), true
	case it.Ellipse != nil:
		return it.Ellipse.Box.Grow(it.Ellipse.Width / 2), true
	case it.Line != nil:
		a, b := it.Line.From, it.Line.To
		x, y := min(a.X, b.X), min(a.Y, b.Y)
		return geom.PageRect{X: x, Y: y, W: max(a.X, b.X) - x, H: max(a.Y, b.Y) - y}.Grow(it.Line.Width / 2), true
	case it.Text != nil:
		return it.Turn.Bounds(it.Text.Box()), true
	case it.Picture != nil:
		return it.Picture.Box, true
	case it.Modules != nil:
		return it.Turn.Bounds(it.Modules.Ground), true
	}
	return geom.PageRect{}, false
}

// Box is the line's box: its advance wide, its line height high.
func (t *TextLine) Box() geom.PageRect {
	return geom.PageRect{X: t.Origin.X, Y: t.Origin.Y - t.Line.Ascent, W: t.Line.Width, H: t.Line.Height}
}

func intersection(a, b geom.PageRect) geom.PageRect {
	x, y := max(a.X, b.X), max(a.Y, b.Y)
	return geom.PageRect{X: x, Y: y, W: max(min(a.X+a.W, b.X+b.W)-x, 0), H: max(min(a.Y+a.H, b.Y+b.H)-y, 0)}
}

func union(a, b geom.PageRect) geom.PageRect {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return geom.PageRect{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

// unionOf is the smallest box around all of rs.
func unionOf(rs []geom.PageRect) (u geom.PageRect) {
	for i, r := range rs {
		if i == 0 {
			u = r
		} else {
			u = union(u, r)
		}
	}
	return u
}

// paint is the sheet's items in painting order.
func (s *sheet) paint() []Item {
	n := 0
	for _, l := range s.items {
		n += len(l)
	}
	out := make([]Item, 0, n)
	for _, l := range s.items {
		for _, it := range l {
			if _, ok := it.extent(); ok { // places reserved and not used are left out
				out = append(out, it)
			}
		}
	}
	return out
}
