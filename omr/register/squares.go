package register

import (
	"cmp"
	"math"
	"slices"
)

// square is a solid four-cornered blob: a positioning marker, perhaps.
type square struct {
	at      vec
	corners [4]vec // in turn around the middle, clockwise on the screen
	side    float64
	quality float64 // 1: exactly a quadrangle
}

// vec is a point in work px.
type vec struct{ x, y float64 }

func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y} }
func (a vec) dot(b vec) float64   { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64 { return a.x*b.y - a.y*b.x }
func (a vec) len() float64        { return math.Hypot(a.x, a.y) }

// mostSquares bounds how many squares are tried as markers: the best are kept.
const mostSquares = 28

// firstSquares are tried alone first: the markers are larger than most.
const firstSquares = 10

// findSquares picks the solid quadrangles among the blobs of ink.
func findSquares(l labelled, w, h int) []square {
	var out []square
	largest := int32(max(w, h) / 5)
	for i := range l.blobs {
		b := &l.blobs[i]
		bw, bh := b.width(), b.height()
		if bw < 8 || bh < 8 || bw > largest || bh > largest || bw > 4*bh || bh > 4*bw {
			continue
		}
		if 10*b.area < 4*int64(bw)*int64(bh) { // a square turned by 45° fills half of its box
			continue
		}
		if s, ok := quadrangle(b, l.runs[b.first:b.last]); ok {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b square) int {
		return cmp.Compare(b.quality*b.side, a.quality*a.side)
	})
	return out[:min(len(out), mostSquares)]
}

// quadrangle takes the four corners of a blob and tells whether it fills them.
func quadrangle(b *blob, runs []run) (square, bool) {
	cx, cy := b.center()
	c := vec{cx, cy}
	// The corners of a solid quadrangle: farthest from the middle, farthest from
	// that, then farthest on both sides of that diagonal.
	p0 := farthest(runs, c)
	p2 := farthest(runs, p0)
	d := p2.sub(p0)
	p1, p3 := beside(runs, p0, d)
	// d.cross > 0 lies clockwise of d on the screen (y down).
	s := square{at: c, corners: [4]vec{p0, p3, p2, p1}}
	area := 0.0
	for i, p := range s.corners {
		area += p.cross(s.corners[(i+1)%4])
	}
	area = math.Abs(area) / 2
	s.side = math.Sqrt(area)
	if area == 0 {
		return s, false
	}
	fill := float64(b.area) / area
	s.quality = min(fill, 1/fill)
	if s.quality < 0.82 {
		return s, false
	}
	// Opposite sides of a small square stay nearly parallel under perspective.
	e0, e2 := p3.sub(p0), p1.sub(p2)
	e1, e3 := p2.sub(p3), p0.sub(p1)
	like := func(a, b vec) bool {
		la, lb := a.len(), b.len()
		return la > 0 && lb > 0 && -a.dot(b) > 0.9*la*lb && la < 1.6*lb && lb < 1.6*la
	}
	return s, like(e0, e2) && like(e1, e3) && e0.len() < 3.2*e1.len() && e1.len() < 3.2*e0.len()
}

// farthest is the corner of the runs' pixels farthest from c.
func farthest(runs []run, c vec) (best vec) {
	top := math.Inf(-1)
	for i := range runs {
		r := &runs[i]
		x, y := float64(r.x0), float64(r.y)
		if x1 := float64(r.x1); (x1-c.x)*(x1-c.x) > (x-c.x)*(x-c.x) {
			x = x1
		}
		if y1 := y + 1; (y1-c.y)*(y1-c.y) > (y-c.y)*(y-c.y) {
			y = y1
		}
		if s := (x-c.x)*(x-c.x) + (y-c.y)*(y-c.y); s > top {
			top, best = s, vec{x, y}
		}
	}
	return best
}

// beside are the corners of the runs' pixels farthest to both sides of the line
// through p along d: clockwise of it on the screen, and the other way.
func beside(runs []run, p, d vec) (right, left vec) {
	most, least := math.Inf(-1), math.Inf(1)
	for i := range runs {
		r := &runs[i]
		for _, q := range [4]vec{
			{float64(r.x0), float64(r.y)},
			{float64(r.x1), float64(r.y)},
			{float64(r.x0), float64(r.y + 1)},
			{float64(r.x1), float64(r.y + 1)},
		} {
			s := d.cross(q.sub(p))
			if s > most {
				most, right = s, q
			}
			if s < least {
				least, left = s, q
			}
		}
	}
	return right, left
}
