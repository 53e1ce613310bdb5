package register

import (
	"cmp"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// pose is a hypothesis: where the page lies in the work picture.
type pose struct {
	h       geom.Homography // page px to work px
	sign    float64         // 1, or -1: mirrored
	squares []int           // per marker of the page: index of its square, -1 not seen
	seen    int             // markers seen
	gap     float64         // mean distance of the markers seen, in marker sides

	support     float64 // share of the outlines inside the picture that were seen
	within      float64 // share of the outlines that lie inside the picture
	unexplained float64 // rings beside the pattern's bubbles, per bubble
	foreign     int     // the same, counted
	further     int     // of them those where a row or column would go on
	rank        float64
}

// mostMarkers bounds how many listed markers are used; a pattern has five.
const mostMarkers = 8

// leastBubble is the side in work px of the smallest bubble that outlines can
// be told of.
const leastBubble = 6

// markerPoses proposes poses from the squares: three of them for three markers,
// the others where that predicts them. Best first, mirrored ones included.
func markerPoses(m *model, squares []square) []pose {
	markers := m.page.Markers[:min(len(m.page.Markers), mostMarkers)]
	if len(squares) < 3 || len(markers) < 3 {
		return nil
	}
	type key [mostMarkers]int8
	tried := make(map[key]bool)
	var out []pose
	try := func(mi, sq [3]int) {
		ps := make([]pair, 0, 3)
		for k := range 3 {
			ps = append(ps, pair{markers[mi[k]].Box.Center(), squares[sq[k]].at, 1})
		}
		aff, ok := affineOf(ps)
		if !ok {
			return
		}
		det := aff[0]*aff[4] - aff[1]*aff[3]
		scale := math.Sqrt(math.Abs(det))
		if m.side > 0 && scale*m.smallest() < leastBubble {
			return
		}
		for k := range 3 {
			b := markers[mi[k]].Box
			r := squares[sq[k]].side / (scale * math.Sqrt(b.W*b.H))
			if !(r > 0.62 && r < 1.6) {
				return
			}
		}
		p := pose{sign: math.Copysign(1, det), squares: make([]int, len(m.page.Markers))}
		for i := range p.squares {
			p.squares[i] = -1
		}
		for k := range 3 {
			p.squares[mi[k]] = sq[k]
		}
		p.h = aff
		p.guess(m, markers, squares, 0.16*math.Hypot(m.box.W, m.box.H), false)
		var kk key
		for i := range markers {
			kk[i] = int8(p.squares[i])
		}
		if tried[kk] {
			return
		}
		tried[kk] = true
		if p.extend(m, markers, squares) {
			out = append(out, p)
		}
	}
	n := len(squares)
	for i := range markers {
		for j := i + 1; j < len(markers); j++ {
			for k := j + 1; k < len(markers); k++ {
				for a := range n {
					for b := range n {
						if b == a || !alike(squares[a].side, squares[b].side) {
							continue
						}
						for c := range n {
							if c != a && c != b && alike(squares[a].side, squares[c].side) {
								try([3]int{i, j, k}, [3]int{a, b, c})
							}
						}
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b pose) int {
		if a.seen != b.seen {
			return b.seen - a.seen
		}
		return cmp.Compare(a.gap, b.gap)
	})
	return out
}

func alike(a, b float64) bool { return a < 2.5*b && b < 2.5*a }

// affineOf is the affine map through three pairs.
func affineOf(ps []pair) (geom.Homography, bool) {
	x0, y0 := ps[0].page.X, ps[0].page.Y
	ax, ay := ps[1].page.X-x0, ps[1].page.Y-y0
	bx, by := ps[2].page.X-x0, ps[2].page.Y-y0
	det := ax*by - ay*bx
	// Three markers in a column say nothing of the other direction.
	if math.Abs(det) < 0.05*(ax*ax+ay*ay+bx*bx+by*by) {
		return geom.Homography{}, false
	}
	u, v := ps[1].at.sub(ps[0].at), ps[2].at.sub(ps[0].at)
	a, b := (u.x*by-v.x*ay)/det, (v.x*ax-u.x*bx)/det
	c, d := (u.y*by-v.y*ay)/det, (v.y*ax-u.y*bx)/det
	h := geom.Homography{a, b, ps[0].at.x - a*x0 - b*y0, c, d, ps[0].at.y - c*x0 - d*y0, 0, 0, 1}
	q := (a*a + b*b + c*c + d*d) / math.Abs(a*d-b*c)
	return h, q < 2.6+1/2.6
}

// guess takes for each marker not yet seen the square nearest to where the pose
// predicts it, within reach page px or the marker's own size.
func (p *pose) guess(m *model, markers []pattern.Marker, squares []square, reach float64, turn bool) {
	scale := p.h.Scale(m.box.Center())
	for i := range markers {
		if p.squares[i] >= 0 || markers[i].Kind == pattern.TurnMarker && !turn {
			continue // the rotation marker stands close to its corner: corners first
		}
		b := markers[i].Box
		side := math.Sqrt(b.W * b.H)
		q := p.h.Apply(b.Center())
		best, found := max(reach, 0.8*side)*scale, -1
		for s := range squares {
			if slices.Contains(p.squares, s) {
				continue
			}
			d := math.Hypot(squares[s].at.x-q.X, squares[s].at.y-q.Y)
			r := squares[s].side / (scale * side)
			if d < best && r > 0.5 && r < 2 {
				best, found = d, s
			}
		}
		p.squares[i] = found
	}
}

// extend fits the pose to the markers found, looks for the others again where
// that predicts them, and fits to all.
func (p *pose) extend(m *model, markers []pattern.Marker, squares []square) bool {
	for round := range 2 {
		if round > 0 {
			p.guess(m, markers, squares, 0, true)
		}
		h, ok := fitHomography(p.markerPairs(markers, squares), 1e-5)
		if !ok || !sound(h, m.box, p.sign) {
			return false
		}
		p.h = h
	}
	p.seen, p.gap = 0, 0
	for i := range markers {
		if p.squares[i] < 0 {
			continue
		}
		b := markers[i].Box
		q := p.h.Apply(b.Center())
		s := squares[p.squares[i]]
		side := math.Sqrt(b.W*b.H) * p.h.Scale(b.Center())
		d := math.Hypot(s.at.x-q.X, s.at.y-q.Y) / side
		if r := s.side / side; d > 0.5 || r < 0.66 || r > 1.5 {
			return false
		}
		p.seen++
		p.gap += d
	}
	p.gap /= float64(max(p.seen, 1))
	return p.seen >= 3
}

// markerPairs are the middles of the squares seen and, lighter, their corners.
func (p *pose) markerPairs(markers []pattern.Marker, squares []square) []pair {
	var ps []pair
	for i := range min(len(markers), len(p.squares)) {
		if p.squares[i] < 0 {
			continue
		}
		s := squares[p.squares[i]]
		b := markers[i].Box
		ps = append(ps, pair{b.Center(), s.at, 1})
		for _, c := range b.Corners() {
			q := p.h.Apply(c)
			near, best := math.Inf(1), vec{}
			for _, k := range s.corners {
				if d := math.Hypot(k.x-q.X, k.y-q.Y); d < near {
					near, best = d, k
				}
			}
			if near < 0.5*s.side {
				ps = append(ps, pair{c, best, 0.15})
			}
		}
	}
	return ps
}
