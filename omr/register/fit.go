package register

import (
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// pair says that a place of the page was seen at a place of the work picture.
type pair struct {
	page geom.PagePt
	at   vec
	w    float64
}

// solve finds x of A·x = b for a symmetric positive matrix of n rows by Gauss
// with pivots; ok is false when it is singular.
func solve(a []float64, b []float64, n int) bool {
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r*n+c]) > math.Abs(a[p*n+c]) {
				p = r
			}
		}
		if math.Abs(a[p*n+c]) < 1e-12 {
			return false
		}
		if p != c {
			for k := range n {
				a[p*n+k], a[c*n+k] = a[c*n+k], a[p*n+k]
			}
			b[p], b[c] = b[c], b[p]
		}
		for r := c + 1; r < n; r++ {
			f := a[r*n+c] / a[c*n+c]
			if f == 0 {
				continue
			}
			for k := c; k < n; k++ {
				a[r*n+k] -= f * a[c*n+k]
			}
			b[r] -= f * b[c]
		}
	}
	for r := n - 1; r >= 0; r-- {
		for k := r + 1; k < n; k++ {
			b[r] -= a[r*n+k] * b[k]
		}
		b[r] /= a[r*n+r]
	}
	return true
}

// normal is a shift and scale that centres points and makes their mean distance √2.
type normal struct{ cx, cy, s float64 }

func normalPage(ps []pair) normal {
	var n normal
	sw := 0.0
	for _, p := range ps {
		n.cx += p.w * p.page.X
		n.cy += p.w * p.page.Y
		sw += p.w
	}
	n.cx /= sw
	n.cy /= sw
	d := 0.0
	for _, p := range ps {
		x, y := p.page.X-n.cx, p.page.Y-n.cy
		d += p.w * math.Sqrt(x*x+y*y)
	}
	n.s = math.Sqrt2 * sw / max(d, 1e-9)
	return n
}

func normalWork(ps []pair) normal {
	var n normal
	sw := 0.0
	for _, p := range ps {
		n.cx += p.w * p.at.x
		n.cy += p.w * p.at.y
		sw += p.w
	}
	n.cx /= sw
	n.cy /= sw
	d := 0.0
	for _, p := range ps {
		x, y := p.at.x-n.cx, p.at.y-n.cy
		d += p.w * math.Sqrt(x*x+y*y)
	}
	n.s = math.Sqrt2 * sw / max(d, 1e-9)
	return n
}

// fitHomography is the weighted least-squares map of the pairs, in normalised
// coordinates (Hartley & Zisserman, Multiple View Geometry, 2nd ed., 4.4) with a
// ridge on the two perspective terms, so that few or clustered pairs give an
// affine map. ok is false for fewer than three pairs or a degenerate set.
func fitHomography(ps []pair, ridge float64) (geom.Homography, bool) {
	if len(ps) < 3 {
		return geom.Homography{}, false
	}
	np, nw := normalPage(ps), normalWork(ps)
	// A pair gives two rows, (x y 1 0 0 0 −ux −uy | u) and (0 0 0 x y 1 −vx −vy | v):
	// sums of w times the terms below make up all of AᵀA and Aᵀb.
	type moments struct{ xx, xy, yy, x, y, n float64 }
	var m0, mu, mv, mq moments // times 1, u, v and u² + v²
	add := func(m *moments, f, x, y float64) {
		fx, fy := f*x, f*y
		m.xx += fx * x
		m.xy += fx * y
		m.yy += fy * y
		m.x += fx
		m.y += fy
		m.n += f
	}
	for _, p := range ps {
		x, y := (p.page.X-np.cx)*np.s, (p.page.Y-np.cy)*np.s
		u, v := (p.at.x-nw.cx)*nw.s, (p.at.y-nw.cy)*nw.s
		add(&m0, p.w, x, y)
		add(&mu, p.w*u, x, y)
		add(&mv, p.w*v, x, y)
		add(&mq, p.w*(u*u+v*v), x, y)
	}
	sw := m0.n
	a := [64]float64{
		m0.xx, m0.xy, m0.x, 0, 0, 0, -mu.xx, -mu.xy,
		m0.xy, m0.yy, m0.y, 0, 0, 0, -mu.xy, -mu.yy,
		m0.x, m0.y, m0.n, 0, 0, 0, -mu.x, -mu.y,
		0, 0, 0, m0.xx, m0.xy, m0.x, -mv.xx, -mv.xy,
		0, 0, 0, m0.xy, m0.yy, m0.y, -mv.xy, -mv.yy,
		0, 0, 0, m0.x, m0.y, m0.n, -mv.x, -mv.y,
		-mu.xx, -mu.xy, -mu.x, -mv.xx, -mv.xy, -mv.x, mq.xx, mq.xy,
		-mu.xy, -mu.yy, -mu.y, -mv.xy, -mv.yy, -mv.y, mq.xy, mq.yy,
	}
	b := [8]float64{mu.x, mu.y, mu.n, mv.x, mv.y, mv.n, -mq.x, -mq.y}
	a[6*8+6] += ridge * sw
	a[7*8+7] += ridge * sw
	if !solve(a[:], b[:], 8) {
		return geom.Homography{}, false
	}
	// H = Tw⁻¹ · N · Tp
	n := [9]float64{b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], 1}
	var m [9]float64 // N·Tp
	for r := range 3 {
		x, y, c := n[3*r], n[3*r+1], n[3*r+2]
		m[3*r] = x * np.s
		m[3*r+1] = y * np.s
		m[3*r+2] = c - np.s*(x*np.cx+y*np.cy)
	}
	var h geom.Homography
	for c := range 3 {
		h[c] = m[c]/nw.s + nw.cx*m[6+c]
		h[3+c] = m[3+c]/nw.s + nw.cy*m[6+c]
		h[6+c] = m[6+c]
	}
	for _, v := range h {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return h, false
		}
	}
	return h, true
}

// fitAffine is the weighted least-squares affine map of at least three pairs.
func fitAffine(ps []pair) (geom.Homography, bool) {
	return fitHomography(ps, 1e6)
}

// sound tells whether h is the view of a sheet: no horizon in the page, not
// more than 3.5 between the scales at its corners, none squeezed to under
// 1 : 2.4, and the sides in their order (sign +1) or all mirrored (-1).
func sound(h geom.Homography, page geom.PageRect, sign float64) bool {
	lo, hi := math.Inf(1), 0.0
	corners := page.Corners()
	for i := range 5 {
		p := page.Center()
		if i < 4 {
			p = corners[i]
		}
		if w := h[6]*p.X + h[7]*p.Y + h[8]; w*h[8] <= 0 || math.Abs(w) < 1e-6*math.Abs(h[8]) {
			return false
		}
		a, b, c, d := h.Jacobian(p)
		det := a*d - b*c
		if det*sign <= 0 {
			return false
		}
		s := math.Sqrt(math.Abs(det))
		lo, hi = min(lo, s), max(hi, s)
		// Singular values of the Jacobian: ratio r, with r + 1/r = |J|² / |det|.
		if q := (a*a + b*b + c*c + d*d) / math.Abs(det); q > 2.4+1/2.4 || math.IsNaN(q) {
			return false
		}
	}
	return hi < 3.5*lo && lo > 1e-3
}
