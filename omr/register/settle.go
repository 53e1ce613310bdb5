package register

import (
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/geom"
)

// printed is what the outlines of a class look like on this sheet.
type printed struct {
	shape Shape
	scale float64 // outline / box
}

// search is one picture at one scale, ready to be tried against poses.
type search struct {
	k       *work
	m       *model
	squares []square
	rings   *ringIndex
	sample  []int32 // spots looked at when poses are compared
	tried   []pose  // proposals fitted so far, as proposed
	tally   *tally  // of votes, made on first use
	before  int     // what the work had cost other pages
	frames  []geom.PageRect
	leaning lean // of the map that is grown
}

// mostSpent bounds the places looked at in one search. Sheets that were found took
// 20 thousand, at most 1.3 million, without markers at most 4.5 million; lattices of
// another form took up to 170 million.
const mostSpent = 8_000_000

// spent tells whether the search has cost so much that no sheet of the page is there.
func (s *search) spent() bool { return s.k.spent-s.before > mostSpent }

// sampled is how many spots are looked at when poses are compared: enough for
// a support to within 2 %.
const sampled = 240

func newSearch(k *work, m *model) *search {
	s := &search{k: k, m: m, squares: k.solid(), before: k.spent}
	n := len(m.spots)
	s.sample = make([]int32, 0, min(n, sampled))
	for i := range min(n, sampled) {
		s.sample = append(s.sample, int32(i*n/min(n, sampled)))
	}
	return s
}

// candidates finds the rings on first use: only content and gates need them.
func (s *search) candidates() *ringIndex {
	if s.rings == nil {
		s.rings = s.k.outlines()
	}
	return s.rings
}

// learn finds what is printed in each class of boxes: the shape and size with
// the sharpest edges near where the pose expects them.
func (s *search) learn(h geom.Homography, warp *lattice, reach float64) []printed {
	// Of classes beyond these the rarest take the commonest result; forms of many
	// kinds of elements reach 20.
	const most = 32
	out := make([]printed, len(s.m.classes))
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return len(s.m.classes[b].members) - len(s.m.classes[a].members)
	})
	for rank, ci := range order {
		c := &s.m.classes[ci]
		top := math.Inf(-1)
		if c.told != nil {
			// A few bubbles under marks must not be taken for another shape.
			for _, d := range [5]float64{0, -0.06, -0.03, 0.03, 0.06} {
				kind := printed{c.told.shape, c.told.scale + d}
				if v := s.sharpness(c, kind, h, warp, reach); v > top {
					top, out[ci] = v, kind
				}
			}
			continue
		}
		if rank >= most {
			out[ci] = out[order[0]]
			continue
		}
		// The line is blurred to a tenth of the size: steps of that, then between. For
		// either shape: a square between two steps may look sharper than the circle
		// that is off its size.
		for _, shape := range [2]Shape{Ellipse, Rectangle} {
			best, at := math.Inf(-1), 0.0
			try := func(scale float64) {
				if v := s.sharpness(c, printed{shape, scale}, h, warp, reach); v > best {
					best, at = v, scale
				}
			}
			for scale := 0.60; scale < 1.18; scale += 0.1 {
				try(scale)
			}
			coarse := at
			for _, d := range [4]float64{-0.06, -0.03, 0.03, 0.06} {
				try(coarse + d)
			}
			if best > top {
				top, out[ci] = best, printed{shape, at}
			}
		}
	}
	return out
}

// sharpness is how sharp the edges of some of the class's bubbles are, if they
// were so printed: the mean of the middle half, as marks and text beside a
// bubble spoil the ends.
func (s *search) sharpness(c *class, kind printed, h geom.Homography, warp *lattice, reach float64) float64 {
	const each = 12 // members that are looked at
	var got [each]float64
	var pr probe
	n := min(each, len(c.members))
	for i := range n {
		sp := &s.m.spots[c.members[i*len(c.members)/n]]
		q, j := s.spotAt(h, warp, sp.at)
		pr.set(j, sp.w, sp.h, kind.scale, kind.shape)
		got[i] = s.k.bestEdge(&pr, q.x, q.y, reach*pr.side)
	}
	slices.Sort(got[:n])
	sum := 0.0
	for _, v := range got[n/4 : n-n/4] {
		sum += v
	}
	return sum / float64(n-n/4-n/4)
}

// spotAt is where the page point lies in the work picture, and the map around it.
func (s *search) spotAt(h geom.Homography, warp *lattice, p geom.PagePt) (vec, jacobian) {
	dx, dy := warp.at(p)
	p = geom.PagePt{X: p.X + dx, Y: p.Y + dy}
	q := h.Apply(p)
	return vec{q.X, q.Y}, jacobianOf(h, p)
}

// sighting is what was seen of one spot's outline.
type sighting struct {
	spot     int32
	at       vec     // where its outline was found, work px
	slip     slip    // from where it was predicted
	contrast float64 // contrast there, 1: a typical outline
	along    float64 // darkness along it where predicted, 1: a typical outline
	inside   bool    // in the picture
}

// look finds the outlines of the given spots within reach (in sides).
func (s *search) look(p *pose, kinds []printed, warp *lattice, spots []int32, reach float64, limit int) []sighting {
	return s.lookBeside(p, kinds, warp, spots, geom.PagePt{}, reach, limit)
}

// lookBeside looks for outlines as if all spots stood off their places by so many
// page px.
func (s *search) lookBeside(p *pose, kinds []printed, warp *lattice, spots []int32, off geom.PagePt, reach float64, limit int) []sighting {
	out := make([]sighting, len(spots))
	var pr probe
	for i, si := range spots {
		sp := &s.m.spots[si]
		q, j := s.spotAt(p.h, warp, geom.PagePt{X: sp.at.X + off.X, Y: sp.at.Y + off.Y})
		g := &out[i]
		g.spot = si
		kind := kinds[sp.class]
		pr.set(j, sp.w, sp.h, kind.scale, kind.shape)
		margin := pr.side * 0.6 * kind.scale
		g.inside = q.x > margin && q.y > margin && q.x < float64(s.k.w)-margin && q.y < float64(s.k.h)-margin
		if !g.inside {
			continue
		}
		x, y, c := s.k.best(&pr, q.x, q.y, reach*pr.side, limit)
		g.at, g.contrast = vec{x, y}, c
		g.along = s.k.along(&pr, q.x, q.y, limit)
		dx, dy := j.back(x-q.x, y-q.y)
		g.slip = slip{at: sp.at, dx: dx, dy: dy, w: max(c, 0)}
	}
	return out
}

// typical is the darkness of the sheet's fainter outlines: the limit to which
// rays are clamped, so that neither a filled bubble nor text outweighs rings.
func (s *search) typical(p *pose, kinds []printed, warp *lattice, reach float64) int {
	some := make([]int32, 0, len(s.sample)/3+8)
	for i, sp := range s.sample {
		if i%3 == 0 || len(s.sample) < 60 {
			some = append(some, sp)
		}
	}
	seen := s.look(p, kinds, warp, some, reach, 255)
	var cs, open []float64
	for _, g := range seen {
		if g.inside {
			cs = append(cs, g.contrast)
			if s.unfilled(p, kinds, warp, &g) {
				open = append(open, g.contrast)
			}
		}
	}
	if len(cs) == 0 {
		return minLimit
	}
	if len(open) >= leastOpen {
		cs = open // marks are darker than outlines
	}
	slices.Sort(cs)
	return min(max(int(255*cs[len(cs)*35/100]), minLimit), 200)
}

// leastOpen is how many unfilled bubbles tell what outlines look like.
const leastOpen = 6

// unfilled tells whether it is paler inside the outline than along it.
func (s *search) unfilled(p *pose, kinds []printed, warp *lattice, g *sighting) bool {
	sp := &s.m.spots[g.spot]
	_, j := s.spotAt(p.h, warp, sp.at)
	var pr probe
	kind := kinds[sp.class]
	pr.set(j, sp.w, sp.h, kind.scale, kind.shape)
	ring, in := 0, 0
	for i := range rays {
		ring += s.k.at(g.at.x+pr.ring[i].x, g.at.y+pr.ring[i].y)
		in += s.k.at(g.at.x+pr.in[i].x, g.at.y+pr.in[i].y)
	}
	return 2*in < ring
}

// minLimit is the faintest outline in levels of darkness that counts as one.
const minLimit = 10

// seenFrom is the contrast from which an outline counts as seen.
const seenFrom = 0.55

// darkAround is the darkness along an outline from which it counts as seen: it
// stands beside other print, or a mark covers it.
const darkAround = 0.85

// hopeless is the support below which a pose that the markers propose is
// settled no further: looking far, even half-shifted ones find more.
const hopeless = 0.5

// settle fits the pose to the outlines it meets, first by a homography, then by
// a smooth warp, and measures how well that explains the picture.
func (s *search) settle(p *pose) (kinds []printed, warp *lattice, limit int, ok bool) {
	if len(s.m.spots) == 0 {
		p.support, p.within = 1, 1
		return nil, nil, minLimit, true
	}
	warp = newLattice(s.m.box)
	switch grown := s.grow(p, warp); {
	case p.seen == 0 && (!grown || s.impression(p, warp) < leastGrown):
		return nil, nil, 0, false // content proposed it by rings: they must be there
	case !grown:
		// Outlines too faint for the limit of ink: look for each by its contrast.
		kinds = s.learn(p.h, nil, 0.3)
		limit = s.typical(p, kinds, nil, 0.35)
		for _, reach := range []float64{0.42, 0.25} {
			seen := s.look(p, kinds, nil, s.sample, reach, limit)
			if p.support, p.within = s.supported(seen); p.support < hopeless {
				return kinds, warp, limit, true
			}
			h, fitted := s.refit(p, seen)
			if !fitted {
				return nil, nil, 0, false
			}
			p.h = h
		}
		s.bend(p, kinds, warp, s.sample, limit, 240, 0.3, 0.16)
	}
	kinds = s.learn(p.h, warp, 0.08)
	limit = s.typical(p, kinds, warp, 0.11)
	s.bend(p, kinds, warp, s.sample, limit, 150, 0.16, 0.1)
	p.support, p.within = s.supported(s.look(p, kinds, warp, s.sample, 0.1, limit))
	for range mostTwists {
		if s.spent() || !s.untwist(p, kinds, warp, limit) {
			break
		}
	}
	return kinds, warp, limit, true
}

// supported is the share of the outlines in the picture that were seen, and
// the share in the picture at all. Of some that a hand covers or a lamp burns out
// nothing is asked.
func (s *search) supported(seen []sighting) (support, within float64) {
	n, in := 0, 0
	var missed []vec
	for _, g := range seen {
		if !g.inside {
			continue
		}
		in++
		if g.contrast >= seenFrom || g.along >= darkAround {
			n++
		} else {
			missed = append(missed, g.at)
		}
	}
	hidden := 0
	if 20*len(missed) > in { // a few are no matter
		lit := medianOf(len(seen), func(i int) float64 {
			_, high := s.levels(seen[i].at)
			return float64(high)
		})
		for _, at := range missed {
			// Burnt out, or dark all over.
			if low, high := s.levels(at); float64(low) > burnt*lit || high <= coverDark {
				hidden++
			}
		}
		hidden = min(hidden, int(mostHidden*float64(in)))
	}
	return float64(n) / float64(max(in-hidden, 1)), float64(in) / float64(max(len(seen), 1))
}

// mostHidden is the share of the outlines in the picture that may be hidden: burnt
// by how much brighter than the others' paper, coverDark the level of luma of what
// covers them.
const (
	mostHidden = 0.3
	burnt      = 1.15
	coverDark  = 110
)

// levels are the darkest and the brightest luma around a place.
func (s *search) levels(at vec) (low, high uint8) {
	low = 255
	for i := -2; i <= 2; i++ {
		for j := -2; j <= 2; j++ {
			x, y := int(at.x)+3*i, int(at.y)+3*j
			if x >= 0 && y >= 0 && x < s.k.w && y < s.k.h {
				v := s.k.luma[y*s.k.w+x]
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}

// refit is the homography of the outlines seen and the markers; outlines that
// disagree weigh little (Tukey's biweight, three rounds).
func (s *search) refit(p *pose, seen []sighting) (geom.Homography, bool) {
	var ps []pair
	if p.seen > 0 {
		ps = p.markerPairs(s.m.page.Markers, s.squares)
		for i := range ps {
			ps[i].w *= 2
		}
	}
	fixed := len(ps)
	for _, g := range seen {
		if g.inside && g.contrast > 0.35 {
			ps = append(ps, pair{s.m.spots[g.spot].at, g.at, g.contrast})
		}
	}
	if len(ps) < 4 {
		return p.h, p.seen >= 3
	}
	weights := make([]float64, len(ps))
	for i := range ps {
		weights[i] = ps[i].w
	}
	h := p.h
	errs := make([]float64, len(ps))
	for round := range 3 {
		for i := range ps {
			q := h.Apply(ps[i].page)
			errs[i] = math.Hypot(ps[i].at.x-q.X, ps[i].at.y-q.Y)
		}
		if round > 0 || fixed == 0 {
			scale := max(4.7*1.48*medianOf(len(errs), func(i int) float64 { return errs[i] }), 1.5)
			for i := range ps {
				t := errs[i] / scale
				if i < fixed {
					t *= 0.5
				}
				ps[i].w = weights[i] * math.Pow(max(1-t*t, 0), 2)
			}
		}
		ridge := 1e-6
		if len(ps) < 12 {
			ridge = 1e-3
		}
		next, ok := fitHomography(ps, ridge)
		if !ok || !sound(next, s.m.box, p.sign) {
			return h, round > 0 || p.seen >= 3
		}
		h = next
	}
	return h, true
}

// bend fits the warp to the slips of the spots, once for each reach: where the
// first guess was off, the next looks again around the better one.
func (s *search) bend(p *pose, kinds []printed, warp *lattice, spots []int32, limit int, sigma float64, reaches ...float64) {
	for _, reach := range reaches {
		seen := s.look(p, kinds, warp, spots, reach, limit)
		slips := make([]slip, 0, len(seen)+len(p.squares))
		for _, g := range seen {
			if !g.inside || g.contrast < 0.35 {
				continue
			}
			dx, dy := warp.at(g.slip.at)
			g.slip.dx += dx
			g.slip.dy += dy
			slips = append(slips, g.slip)
		}
		s.stretch(p, warp, slips, sigma)
	}
}

// markerSlips are the markers as slips, so that the corners hold.
func (s *search) markerSlips(p *pose) []slip {
	var out []slip
	if p.seen == 0 {
		return nil
	}
	for i, sq := range p.squares {
		if sq < 0 {
			continue
		}
		at := s.m.page.Markers[i].Box.Center()
		q := p.h.Apply(at)
		j := jacobianOf(p.h, at)
		dx, dy := j.back(s.squares[sq].at.x-q.X, s.squares[sq].at.y-q.Y)
		out = append(out, slip{at: at, dx: dx, dy: dy, w: 2})
	}
	return out
}

// medianOf is the middle of n values, 0 for none.
func medianOf(n int, value func(int) float64) float64 {
	if n == 0 {
		return 0
	}
	vs := make([]float64, n)
	for i := range vs {
		vs[i] = value(i)
	}
	slices.Sort(vs)
	return vs[n/2]
}
