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

// taps are the points of a probe placed in the picture, ready for whole steps:
// the pixel each lies in and how far beyond its middle, in 1/16.
type taps struct {
	at     [rays]int32
	fx, fy [rays]uint64
}

// place puts offsets around (x, y); reach is how many px steps will go. ok is
// false when that would leave the picture.
func (k *work) place(t *taps, x, y float64, offs *[rays]vec, reach int) bool {
	for i := range offs {
		// Shifted to be positive, so that conversion rounds down.
		px, py := x+offs[i].x-0.5+4096, y+offs[i].y-0.5+4096
		if !(px > 4096 && py > 4096 && px < 1<<24 && py < 1<<24) {
			return false
		}
		fx, fy := int32(px*16), int32(py*16)
		ix, iy := int(fx>>4)-4096, int(fy>>4)-4096
		if ix < reach || iy < reach || ix+1+reach >= k.w || iy+1+reach >= k.h {
			return false
		}
		t.at[i] = int32(iy*k.w + ix)
		t.fx[i], t.fy[i] = uint64(fx&15), uint64(fy&15)
	}
	return true
}

// mostSteps bounds the steps to each side when an outline is looked for.
const mostSteps = 15

// fewSteps bounds them where each place is looked at by itself.
const fewSteps = 7

// slowPlace is what a place that is looked at by itself costs, in places of those
// that are looked at by lanes.
const slowPlace = 20

// fixedPlaces is what it costs to begin with an outline.
const fixedPlaces = 60

// best moves the probe within reach px around (x, y) to the place of most
// contrast, in whole px, then between them by a parabola. Far or at the
// picture's edge fewer places are looked at.
func (k *work) best(p *probe, x, y, reach float64, limit int) (bx, by, top float64) {
	n, step := max(1, int(reach+0.5)), 1
	var grid [laneRows * laneRows]float64
	low, high := -limit/2, limit
	var ring, out taps
	if n <= mostSteps && k.place(&ring, x, y, &p.ring, n) && k.place(&out, x, y, &p.out, n) {
		k.spent += fixedPlaces + (2*n+1)*(2*n+1)
		var sums [laneRows][2]uint64
		w := 2*n + 1
		for left := 0; left < w; left += 8 {
			k.contrasts(&ring, &out, left-n-n*k.w, w, low, high, &sums)
			for i := range w {
				for j := left; j < min(left+8, w); j++ {
					grid[i*w+j] = float64(lane(&sums[i], j-left)+rays*low) / float64(limit*rays)
				}
			}
		}
	} else {
		n = min(n, fewSteps)
		step = max(1, int(reach/float64(n)+0.5))
		w := 2*n + 1
		k.spent += slowPlace * w * w
		for i := range w * w {
			grid[i] = k.contrast(p, x+float64((i%w-n)*step), y+float64((i/w-n)*step), limit)
		}
	}
	w := 2*n + 1
	bi, top := 0, math.Inf(-1)
	for i, c := range grid[:w*w] {
		dx, dy := (i%w-n)*step, (i/w-n)*step
		// Of equals the nearest: a filled disc has a plateau.
		if c -= 0.02 * math.Sqrt(float64(dx*dx+dy*dy)) / max(reach, 1); c > top {
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
	return x + (float64(ix-n)+fx)*float64(step), y + (float64(iy-n)+fy)*float64(step), top
}

// bestEdge is the sharpest edge within reach px of (x, y).
func (k *work) bestEdge(p *probe, x, y, reach float64) float64 {
	n := max(1, int(reach+0.5))
	top := math.Inf(-1)
	var ring, out, in taps
	if n <= fewSteps && k.place(&ring, x, y, &p.ring, n) && k.place(&out, x, y, &p.out, n) && k.place(&in, x, y, &p.in, n) {
		var sums [laneRows][2]uint64
		w := 2*n + 1
		for left := 0; left < w; left += 8 {
			k.edges(&ring, &out, &in, left-n-n*k.w, w, &sums)
			for i := range w {
				for j := range min(8, w-left) {
					top = max(top, float64(lane(&sums[i], j)-512*rays)/(255*rays))
				}
			}
		}
		return top
	}
	n = min(n, 3)
	step := max(1, int(reach/float64(n)+0.5))
	for i := -n; i <= n; i++ {
		for j := -n; j <= n; j++ {
			top = max(top, k.edge(p, x+float64(i*step), y+float64(j*step)))
		}
	}
	return top
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
