package layout

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// maxWraps bounds how deep blocks that go on in the next column are nested in
// each other: each level lays its content out several times.
const maxWraps = 3

// wraps tells whether a block's content goes on in the next column where it does
// not fit (spec/markup.md 9.4).
func (l *layouter) wraps(b *form.Element) bool {
	return b.Kind == form.Block && whole(b, form.AttrHeight, 0) > 0 &&
		enum(b, form.AttrOverflow, string(l.settings.Overflow)) == string(form.Wrap)
}

// wrapping is a block whose content is being divided between its column and the
// next one.
type wrapping struct {
	c          *columns
	e          *form.Element
	horizontal int // paddings, px
	top        int
	vertical   int
	limit      int // y at which the content of the block must end
	column     int // that is being filled
	f          frame
	y          int  // where its content has come to
	own        bool // still inside the block itself
}

// fill lays out the block's children from y on in its column i, and what does
// not fit at the top of the next column.
func (w *wrapping) fill(i int, f frame, y int) {
	w.column, w.f, w.y, w.own = i, f, y, true
	l := w.c.l
	for _, child := range w.e.Children {
		w.child(child)
	}
	if !w.own {
		w.c.y[w.column] = w.y + w.vertical + w.c.bottom
	} else if over := w.y - w.limit - w.vertical; over > 0 {
		l.warn(w.e, "LM507", fmt.Sprintf("the content of %s passes its height by %d px, and there is no further column", describe(w.e), over),
			"give the block more height, or the container more columns")
	}
}

// child lays out one child here, in the next column, or in part.
func (w *wrapping) child(e *form.Element) {
	l := w.c.l
	switch {
	case !w.own && w.y == w.c.y[w.column]+w.top && e.Kind == form.EmptyLine:
		// White space at the top of a column is no distance from anything.
	case !w.own, w.column == len(w.c.x)-1, l.measured(func() int { return l.place(e, w.f, w.y) }) <= w.limit:
		w.y = l.place(e, w.f, w.y)
	case divisible(e) && w.divide(e):
	default:
		w.next()
		w.child(e)
	}
}

// next goes to the top of the next column, above the blocks declared there.
func (w *wrapping) next() {
	w.own = false
	w.column++
	w.f = w.inside(w.column)
	w.y = w.c.y[w.column] + w.top
}

// inside is the content box of column i.
func (w *wrapping) inside(i int) frame {
	f := w.c.frame(i)
	f.x, f.w = f.x+w.horizontal, max(f.w-2*w.horizontal, 1)
	f.look, f.bottom = w.f.look, 0
	f.outer.X, f.outer.W = float64(w.c.x[i]), float64(w.c.w[i])
	return f
}

// divisible tells of elements that may be divided, between lines, answers or
// rows; images, codes and matrices never are.
func divisible(e *form.Element) bool {
	switch e.Kind {
	case form.Paragraph:
		for _, c := range e.Children {
			if c.Kind == form.Image && absolute(c) {
				return false // it stays where it is
			}
		}
		return true
	case form.Text, form.Content, form.ChoiceBox, form.VerticalChoiceBox, form.ScoreGroup, form.Table:
		return true
	}
	return false
}

// divide lays out e in this column and the next. It tells whether e could be
// divided; where not, nothing is laid out.
func (w *wrapping) divide(e *form.Element) bool {
	l := w.c.l
	f := w.f
	f.w = min(f.w, w.inside(w.column+1).w) // where the columns differ it is set for the narrower
	below, made := l.tried(func() int { return l.place(e, f, w.y) })
	rows := made.rows(e)
	n := 0
	for n < len(rows) && rows[n].end <= float64(w.limit) {
		n++
	}
	if n == 0 || n == len(rows) {
		return false
	}
	start := l.sheet.mark()
	l.place(e, f, w.y)
	cut := math.Round(rows[n].start) // what is read stands at whole px
	w.next()
	l.sheet.divide(start, part{top: cut, dx: float64(w.f.x - f.x), dy: float64(w.y) - cut})
	w.y += int(math.Ceil(float64(below) - rows[n].start))
	return true
}

// part is what lies below its top, and how far it goes.
type part struct{ top, dx, dy float64 }

// has tells whether most of r lies in the part.
func (p part) has(r geom.PageRect) bool { return r.Y+r.H/2 >= p.top }

// halves are what of r lies above the part and what in it, in place.
func (p part) halves(r geom.PageRect) (above, below geom.PageRect) {
	above, below = r, r
	above.H = p.top - r.Y
	below.Y, below.H = p.top, r.Y+r.H-p.top
	return above, below
}

// crosses tells whether r reaches from above into the part.
func (p part) crosses(r geom.PageRect) bool { return r.Y < p.top && r.Y+r.H > p.top }

// divide moves the part of what was added since m. Rules and backgrounds that
// reach into it are cut.
func (s *sheet) divide(m mark, p part) {
	for _, at := range []layer{backgrounds, borders} {
		for j := range s.items[at][m.items[at]:] {
			s.cut(at, m.items[at]+j, p)
		}
	}
	s.relocate(m, move{
		by: func(r geom.PageRect) (float64, float64) {
			if p.has(r) {
				return p.dx, p.dy
			}
			return 0, 0
		},
		around: func(r geom.PageRect) geom.PageRect {
			if p.crosses(r) {
				above, below := p.halves(r)
				return union(above, shifted(below, p.dx, p.dy))
			}
			if p.has(r) {
				return shifted(r, p.dx, p.dy)
			}
			return r
		},
	})
}

// cut divides item j of a layer where it reaches into the part.
func (s *sheet) cut(at layer, j int, p part) {
	whole := s.items[at][j]
	extent, ok := whole.extent()
	if !ok || whole.Rect == nil || !p.crosses(extent) {
		return
	}
	piece := func(r geom.PageRect) Item {
		out := whole
		if whole.Rect.Stroke.None && whole.Rect.Radius == 0 {
			rect := *whole.Rect
			rect.Box = r
			out.Rect = &rect
			return out
		}
		if whole.Clip != nil {
			r = intersection(r, *whole.Clip)
		}
		out.Clip = &r
		return out
	}
	above, below := p.halves(extent)
	s.items[at][j] = piece(above)
	s.items[at] = append(s.items[at], piece(below))
}

// rowOf is a stretch of a page that cannot be divided.
type rowOf struct {
	start, end float64
	bubbles    bool
}

// thickRule is the thickest rule that a row may begin with, px.
const thickRule = 9

// rows divides what a sheet shows, made for e alone, from above: between lines of
// text, or for elements with bubbles before the line of a bubble, so that no
// answer is parted from its bubble nor a question from its answers.
func (s *sheet) rows(e *form.Element) []rowOf {
	var atoms []rowOf
	text := e.Kind == form.Text || e.Kind == form.Content || e.Kind == form.Paragraph
	s.since(mark{}, func(at layer, it *Item) bool {
		r, ok := it.extent()
		cell := at == borders && text && it.Rect != nil && !it.Rect.Stroke.None
		if ok && (at >= images || cell) {
			atoms = append(atoms, rowOf{r.Y, r.Y + r.H, at == bubbles || text})
		}
		return true
	})
	for _, p := range s.elements {
		if p.el.Type == pattern.ClipArea {
			atoms = append(atoms, rowOf{p.el.Box.Y, p.el.Box.Y + p.el.Box.H, false})
		}
	}
	slices.SortStableFunc(atoms, func(a, b rowOf) int { return cmp.Compare(a.start, b.start) })
	const dust = 0.01
	var rows []rowOf
	for _, a := range atoms {
		if n := len(rows); n > 0 && a.start < rows[n-1].end-dust {
			rows[n-1].end = math.Max(rows[n-1].end, a.end)
			rows[n-1].bubbles = rows[n-1].bubbles || a.bubbles
			continue
		}
		rows = append(rows, a)
	}
	var out []rowOf
	for _, r := range rows {
		if n := len(out); n > 0 && (!r.bubbles || !out[n-1].bubbles) {
			out[n-1].end, out[n-1].bubbles = r.end, out[n-1].bubbles || r.bubbles
			continue
		}
		out = append(out, r)
	}
	// A row of a table begins with the rule above it.
	for _, it := range s.items[borders] {
		if it.Rect == nil || !it.Rect.Stroke.None || it.Rect.Box.H > thickRule {
			continue
		}
		for i := 1; i < len(out); i++ {
			if y := it.Rect.Box.Y; y >= out[i-1].end-dust && y < out[i].start {
				out[i].start = y
			}
		}
	}
	return out
}
