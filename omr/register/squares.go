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
	far := func(score func(vec) float64) vec {
		var best vec
		top := math.Inf(-1)
		for _, r := range runs {
			for _, p := range [4]vec{
				{float64(r.x0), float64(r.y)},
				{float64(r.x1), float64(r.y)},
				{float64(r.x0), float64(r.y + 1)},
				{float64(r.x1), float64(r.y + 1)},
			} {
				if s := score(p); s > top {
					top, best = s, p
				}
			}
		}
		return best
	}
	p0 := far(func(p vec) float64 { return p.sub(c).dot(p.sub(c)) })
	p2 := far(func(p vec) float64 { return p.sub(p0).dot(p.sub(p0)) })
	d := p2.sub(p0)
	p1 := far(func(p vec) float64 { return d.cross(p.sub(p0)) })
	p3 := far(func(p vec) float64 { return -d.cross(p.sub(p0)) })
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
