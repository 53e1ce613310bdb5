package register

import (
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/geom"
)

// lattice is a smooth field of corrections over the page: page px that are
// added to a page point before the homography is applied. Nodes are evenly
// spaced, between them it is bilinear.
type lattice struct {
	nx, ny int
	dx, dy float64 // page px between nodes
	ox, oy []float64
}

// latticeStep is the distance in page px between nodes, at most latticeNodes a side.
const (
	latticeStep  = 150
	latticeNodes = 64
)

// slip is how far one outline was found from where it was predicted, page px.
type slip struct {
	at     geom.PagePt
	dx, dy float64
	w      float64
}

func newLattice(box geom.PageRect) *lattice {
	l := &lattice{
		nx: min(max(int(box.W/latticeStep)+1, 2), latticeNodes),
		ny: min(max(int(box.H/latticeStep)+1, 2), latticeNodes),
	}
	l.dx, l.dy = box.W/float64(l.nx-1), box.H/float64(l.ny-1)
	l.ox, l.oy = make([]float64, l.nx*l.ny), make([]float64, l.nx*l.ny)
	return l
}

func (l *lattice) clone() *lattice {
	c := *l
	c.ox, c.oy = slices.Clone(l.ox), slices.Clone(l.oy)
	return &c
}

// clear makes the field one of no correction.
func (l *lattice) clear() {
	clear(l.ox)
	clear(l.oy)
}

// at is the correction at p.
func (l *lattice) at(p geom.PagePt) (dx, dy float64) {
	if l == nil {
		return 0, 0
	}
	fx := min(max(p.X/l.dx, 0), float64(l.nx-1))
	fy := min(max(p.Y/l.dy, 0), float64(l.ny-1))
	ix, iy := min(int(fx), l.nx-2), min(int(fy), l.ny-2)
	fx -= float64(ix)
	fy -= float64(iy)
	i := iy*l.nx + ix
	mix := func(v []float64) float64 {
		return (v[i]*(1-fx)+v[i+1]*fx)*(1-fy) + (v[i+l.nx]*(1-fx)+v[i+l.nx+1]*fx)*fy
	}
	return mix(l.ox), mix(l.oy)
}

// sums are the moments of the slips near one node.
type sums struct{ w, x, y, xx, xy, yy, u, ux, uy, v, vx, vy float64 }

// fit sets the field to a local linear fit of the slips (moving least squares,
// Schaefer 2006) with Gaussian weights of sigma page px. Slips are first summed
// a cell, so that the cost is bounded by the nodes. A weak pull to no
// correction holds the field where nothing was seen, a ridge its slopes.
func (l *lattice) fit(slips []slip, sigma float64) {
	cells := make([]sums, l.nx*l.ny)
	for _, s := range slips {
		ix := min(max(int(s.at.X/l.dx+0.5), 0), l.nx-1)
		iy := min(max(int(s.at.Y/l.dy+0.5), 0), l.ny-1)
		c := &cells[iy*l.nx+ix]
		// Relative to the cell's node, in sigmas.
		x, y := (s.at.X-float64(ix)*l.dx)/sigma, (s.at.Y-float64(iy)*l.dy)/sigma
		c.w += s.w
		c.x += s.w * x
		c.y += s.w * y
		c.xx += s.w * x * x
		c.xy += s.w * x * y
		c.yy += s.w * y * y
		c.u += s.w * s.dx
		c.ux += s.w * s.dx * x
		c.uy += s.w * s.dx * y
		c.v += s.w * s.dy
		c.vx += s.w * s.dy * x
		c.vy += s.w * s.dy * y
	}
	rx, ry := int(2.2*sigma/l.dx)+1, int(2.2*sigma/l.dy)+1
	bell := make([]float64, (rx+1)*(ry+1))
	for y := range ry + 1 {
		for x := range rx + 1 {
			ax, ay := float64(x)*l.dx/sigma, float64(y)*l.dy/sigma
			bell[y*(rx+1)+x] = math.Exp(-(ax*ax + ay*ay) / 2)
		}
	}
	nodes := make([]sums, l.nx*l.ny)
	for cy := range l.ny {
		for cx := range l.nx {
			c := &cells[cy*l.nx+cx]
			if c.w == 0 {
				continue
			}
			for iy := max(0, cy-ry); iy <= min(l.ny-1, cy+ry); iy++ {
				for ix := max(0, cx-rx); ix <= min(l.nx-1, cx+rx); ix++ {
					ax, ay := float64(cx-ix)*l.dx/sigma, float64(cy-iy)*l.dy/sigma
					nodes[iy*l.nx+ix].add(c, ax, ay, bell[max(cy-iy, iy-cy)*(rx+1)+max(cx-ix, ix-cx)])
				}
			}
		}
	}
	for i := range nodes {
		l.ox[i], l.oy[i] = nodes[i].value()
	}
}

// add takes the cell's moments, moved by (ax, ay) and weighted by g.
func (t *sums) add(c *sums, ax, ay, g float64) {
	t.w += g * c.w
	t.x += g * (c.x + ax*c.w)
	t.y += g * (c.y + ay*c.w)
	t.xx += g * (c.xx + 2*ax*c.x + ax*ax*c.w)
	t.xy += g * (c.xy + ax*c.y + ay*c.x + ax*ay*c.w)
	t.yy += g * (c.yy + 2*ay*c.y + ay*ay*c.w)
	t.u += g * c.u
	t.ux += g * (c.ux + ax*c.u)
	t.uy += g * (c.uy + ay*c.u)
	t.v += g * c.v
	t.vx += g * (c.vx + ax*c.v)
	t.vy += g * (c.vy + ay*c.v)
}

// value is the local linear fit at the node itself.
func (t *sums) value() (u, v float64) {
	const hold, slope = 0.05, 0.3 // outlines' worth of pull to zero, and to no slope
	// The matrix is symmetric and positive: Cholesky without roots.
	w := t.w + hold
	lx, ly := t.x/w, t.y/w
	xx := t.xx + slope - lx*t.x
	xy := t.xy - lx*t.y
	lxy := xy / xx
	yy := t.yy + slope - ly*t.y - lxy*xy
	at := func(b, bx, by float64) float64 {
		bx -= lx * b
		by -= ly*b + lxy*bx
		by /= yy
		bx = bx/xx - lxy*by
		return b/w - lx*bx - ly*by
	}
	return at(t.u, t.ux, t.uy), at(t.v, t.vx, t.vy)
}
