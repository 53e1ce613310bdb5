package render

import (
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/typeset"
)

// path is closed contours in page px, y down; opposite turns leave a hole.
type path []step

type step struct {
	op typeset.SegmentOp
	pt [3][2]float64
}

func (q *path) move(x, y float64) { *q = append(*q, step{typeset.MoveTo, [3][2]float64{{x, y}}}) }
func (q *path) line(x, y float64) { *q = append(*q, step{typeset.LineTo, [3][2]float64{{x, y}}}) }

func (q *path) cube(bx, by, cx, cy, x, y float64) {
	*q = append(*q, step{typeset.CubeTo, [3][2]float64{{bx, by}, {cx, cy}, {x, y}}})
}

// close goes back to where the contour began.
func (q *path) close() {
	for i := len(*q) - 1; i >= 0; i-- {
		if s := (*q)[i]; s.op == typeset.MoveTo {
			q.line(s.pt[0][0], s.pt[0][1])
			return
		}
	}
}

// bounds is the box of all points, control points too.
func (q path) bounds() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, s := range q {
		n := 1
		switch s.op {
		case typeset.QuadTo:
			n = 2
		case typeset.CubeTo:
			n = 3
		}
		for _, pt := range s.pt[:n] {
			x0, x1 = math.Min(x0, pt[0]), math.Max(x1, pt[0])
			y0, y1 = math.Min(y0, pt[1]), math.Max(y1, pt[1])
		}
	}
	return x0, y0, x1, y1
}

// arc is how far the control points of a quarter circle lie, in radii: the
// cubic is off by 0.03 % at most (Goldapp, 1991, gives the same to 4 digits).
const arc = 0.5522847498

// oval is an ellipse in a box; turned: the other way round.
func (q *path) oval(r geom.PageRect, turned bool) {
	cx, cy, rx, ry := r.X+r.W/2, r.Y+r.H/2, r.W/2, r.H/2
	if turned {
		ry = -ry
	}
	kx, ky := rx*arc, ry*arc
	q.move(cx+rx, cy)
	q.cube(cx+rx, cy+ky, cx+kx, cy+ry, cx, cy+ry)
	q.cube(cx-kx, cy+ry, cx-rx, cy+ky, cx-rx, cy)
	q.cube(cx-rx, cy-ky, cx-kx, cy-ry, cx, cy-ry)
	q.cube(cx+kx, cy-ry, cx+rx, cy-ky, cx+rx, cy)
}

// ring is an ellipse stroked on its edge.
func ring(box geom.PageRect, width float64) path {
	var q path
	q.oval(box.Grow(width/2), false)
	if inner := box.Grow(-width / 2); inner.W > 0 && inner.H > 0 {
		q.oval(inner, true)
	}
	return q
}

// glyphPath is a glyph at its origin, size px an em.
func glyphPath(outline []typeset.Segment, size float64) path {
	var q path
	for i, s := range outline {
		if s.Op == typeset.MoveTo && i > 0 {
			q.close()
		}
		t := step{op: s.Op}
		for k, a := range s.Args {
			t.pt[k] = [2]float64{float64(a[0]) * size, -float64(a[1]) * size}
		}
		q = append(q, t)
	}
	if len(q) > 0 {
		q.close()
	}
	return q
}

// rounded paints a rectangle with round corners. Only the corners are curves:
// they are cut off at whole pixels, so that no seam shows, and the rest is
// filled as rectangles, since a border may span the page.
func (p *painter) rounded(r *layout.Rect, radius float64) {
	if !r.Fill.None {
		p.roundedArea(r.Box, radius, r.Fill)
	}
	if r.Stroke.None || r.Width <= 0 {
		return
	}
	outer, inner := r.Box.Grow(r.Width/2), r.Box.Grow(-r.Width/2)
	if inner.W <= 0 || inner.H <= 0 {
		p.roundedArea(outer, radius+r.Width/2, r.Stroke)
		return
	}
	x0, y0, x1, y1 := p.corners(outer, math.Max(radius+r.Width/2, r.Width))
	p.area(geom.PageRect{X: x0, Y: outer.Y, W: x1 - x0, H: r.Width}, r.Stroke)
	p.area(geom.PageRect{X: x0, Y: inner.Y + inner.H, W: x1 - x0, H: r.Width}, r.Stroke)
	p.area(geom.PageRect{X: outer.X, Y: y0, W: r.Width, H: y1 - y0}, r.Stroke)
	p.area(geom.PageRect{X: inner.X + inner.W, Y: y0, W: r.Width, H: y1 - y0}, r.Stroke)
	for _, c := range corner(outer, x0, y0, x1, y1) {
		var q path
		c.edge(&q, 0, radius+r.Width/2, true)
		c.edge(&q, r.Width, math.Max(0, radius-r.Width/2), false)
		q.close()
		p.shape(q, r.Stroke)
	}
}

func (p *painter) roundedArea(box geom.PageRect, radius float64, ink form.Color) {
	x0, y0, x1, y1 := p.corners(box, radius)
	p.area(geom.PageRect{X: x0, Y: box.Y, W: x1 - x0, H: y0 - box.Y}, ink)
	p.area(geom.PageRect{X: box.X, Y: y0, W: box.W, H: y1 - y0}, ink)
	p.area(geom.PageRect{X: x0, Y: y1, W: x1 - x0, H: box.Y + box.H - y1}, ink)
	for _, c := range corner(box, x0, y0, x1, y1) {
		var q path
		c.edge(&q, 0, radius, true)
		q.line(c.cutX, c.cutY)
		q.close()
		p.shape(q, ink)
	}
}

// corners are the lines at whole pixels between the corners and the rest.
func (p *painter) corners(box geom.PageRect, radius float64) (x0, y0, x1, y1 float64) {
	up := func(v float64) float64 { return math.Ceil(v*p.scale) / p.scale }
	down := func(v float64) float64 { return math.Floor(v*p.scale) / p.scale }
	x0, x1 = up(box.X+radius), down(box.X+box.W-radius)
	y0, y1 = up(box.Y+radius), down(box.Y+box.H-radius)
	if x0 > x1 {
		x0 = math.Round((box.X+box.W/2)*p.scale) / p.scale
		x1 = x0
	}
	if y0 > y1 {
		y0 = math.Round((box.Y+box.H/2)*p.scale) / p.scale
		y1 = y0
	}
	return x0, y0, x1, y1
}

// cornerBox is one corner: the box's corner point, the inward directions and
// where it is cut off.
type cornerBox struct{ x, y, dx, dy, cutX, cutY float64 }

func corner(box geom.PageRect, x0, y0, x1, y1 float64) [4]cornerBox {
	l, t, r, b := box.X, box.Y, box.X+box.W, box.Y+box.H
	return [4]cornerBox{
		{l, t, 1, 1, x0, y0}, {r, t, -1, 1, x1, y0}, {r, b, -1, -1, x1, y1}, {l, b, 1, -1, x0, y1},
	}
}

// edge goes along the rounded edge that lies inset px inside the corner's: from
// the horizontal cut to the vertical one, or back.
func (c cornerBox) edge(q *path, inset, radius float64, forth bool) {
	x, y := c.x+c.dx*inset, c.y+c.dy*inset
	kx, ky := c.dx*radius, c.dy*radius
	const k = 1 - arc
	if forth {
		q.move(c.cutX, y)
		q.line(x+kx, y)
		q.cube(x+k*kx, y, x, y+k*ky, x, y+ky)
		q.line(x, c.cutY)
		return
	}
	q.line(x, c.cutY)
	q.line(x, y+ky)
	q.cube(x, y+k*ky, x+k*kx, y, x+kx, y)
	q.line(c.cutX, y)
}
