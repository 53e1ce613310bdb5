package register

import (
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// rays is how many points of an outline are looked at.
const rays = 24

// outside is where the paper beside an outline is looked at, in outlines: in the
// middle of the gap to a neighbour at the usual pitch of 1.25 diameters.
const outside = 1.22

// inner is where the inside is looked at when the printed size is learned.
const inner = 0.78

// unitPoints are points of the outline of each shape, in half sides of the box.
var unitPoints = [2][rays]vec{Ellipse: ellipsePoints(), Rectangle: rectanglePoints()}

func ellipsePoints() (ps [rays]vec) {
	for i := range ps {
		s, c := math.Sincos((float64(i) + 0.5) * 2 * math.Pi / rays)
		ps[i] = vec{c, s}
	}
	return ps
}

func rectanglePoints() (ps [rays]vec) {
	const per = rays / 4
	for i := range per {
		t := 1.5*(float64(i)+0.5)/per - 0.75 // rounded corners are left out
		ps[4*i], ps[4*i+1] = vec{t, -1}, vec{t, 1}
		ps[4*i+2], ps[4*i+3] = vec{-1, t}, vec{1, t}
	}
	return ps
}

// probe is the outline of one bubble as seen by a local linear map: offsets of
// ring, outside and inside points from the bubble's middle, in work px.
type probe struct {
	ring, out, in [rays]vec
	side          float64 // work px
}

// jacobian is the linear part of a map.
type jacobian struct{ a, b, c, d float64 }

func jacobianOf(h geom.Homography, p geom.PagePt) jacobian {
	a, b, c, d := h.Jacobian(p)
	return jacobian{a, b, c, d}
}

func (j jacobian) apply(x, y float64) vec { return vec{j.a*x + j.b*y, j.c*x + j.d*y} }

// back is the page vector that the map turns into (x, y).
func (j jacobian) back(x, y float64) (dx, dy float64) {
	det := j.a*j.d - j.b*j.c
	return (j.d*x - j.b*y) / det, (j.a*y - j.c*x) / det
}

func (p *probe) set(j jacobian, w, h, scale float64, shape Shape) {
	hw, hh := w/2*scale, h/2*scale
	// The gap beside an outline is the same on all sides, also of an oval.
	gap := (outside - 1) * min(hw, hh)
	ow, oh := hw+gap, hh+gap
	gap = (1 - inner) * min(hw, hh)
	iw, ih := hw-gap, hh-gap
	for i, u := range unitPoints[shape] {
		p.ring[i] = j.apply(u.x*hw, u.y*hh)
		p.out[i] = j.apply(u.x*ow, u.y*oh)
		p.in[i] = j.apply(u.x*iw, u.y*ih)
	}
	p.side = math.Sqrt(w * h * math.Abs(j.a*j.d-j.b*j.c))
}

// contrast is how much darker the outline at (x, y) is than the paper outside
// it, each ray clamped to [-limit/2, limit], summed and divided by limit·rays:
// 1 where the whole outline is at least limit dark.
func (k *work) contrast(p *probe, x, y float64, limit int) float64 {
	sum := 0
	for i := range rays {
		c := k.at(x+p.ring[i].x, y+p.ring[i].y) - k.at(x+p.out[i].x, y+p.out[i].y)
		sum += min(max(c, -limit/2), limit)
	}
	return float64(sum) / float64(limit*rays)
}

// edge is like contrast against both sides: an empty ring counts double, so that
// ragged fillings do not set the printed size.
func (k *work) edge(p *probe, x, y float64) float64 {
	sum := 0
	for i := range rays {
		sum += 2*k.at(x+p.ring[i].x, y+p.ring[i].y) -
			k.at(x+p.out[i].x, y+p.out[i].y) - k.at(x+p.in[i].x, y+p.in[i].y)
	}
	return float64(sum) / (255 * rays)
}

// along is the mean darkness along the outline, each ray capped at limit: 1
// where all of it is at least limit dark.
func (k *work) along(p *probe, x, y float64, limit int) float64 {
	sum := 0
	for i := range rays {
		sum += min(k.at(x+p.ring[i].x, y+p.ring[i].y), limit)
	}
	return float64(sum) / float64(limit*rays)
}

// best moves the probe within reach px around (x, y) to the place of most
// contrast, in whole steps, then between them by a parabola.
func (k *work) best(p *probe, x, y, reach float64, limit int) (bx, by, top float64) {
	step := max(1, p.side/18)
	n := max(1, int(reach/step+0.5))
	n = min(n, 7)
	step = reach / float64(n)
	var grid [15 * 15]float64
	w := 2*n + 1
	bi, top := 0, math.Inf(-1)
	for i := range w * w {
		dx, dy := float64(i%w-n)*step, float64(i/w-n)*step
		c := k.contrast(p, x+dx, y+dy, limit)
		grid[i] = c
		// Of equals the nearest: a filled disc has a plateau.
		if c -= 0.02 * math.Hypot(dx, dy) / reach; c > top {
			bi, top = i, c
		}
	}
	ix, iy := bi%w, bi/w
	top = grid[bi]
	fx, fy := 0.0, 0.0
	if ix > 0 && ix < w-1 {
		fx = peak(grid[bi-1], top, grid[bi+1])
	}
	if iy > 0 && iy < w-1 {
		fy = peak(grid[bi-w], top, grid[bi+w])
	}
	return x + (float64(ix-n)+fx)*step, y + (float64(iy-n)+fy)*step, top
}

// peak is where the parabola through three neighbouring values is highest,
// within half a step of the middle.
func peak(l, m, r float64) float64 {
	d := l - 2*m + r
	if d >= -1e-9 {
		return 0
	}
	return min(max((l-r)/(2*d), -0.5), 0.5)
}
