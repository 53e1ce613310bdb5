package register

import (
	"cmp"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/geom"
)

// block is a group of bubbles that stand close together, apart from the others: a
// part of the page that may be placed a row off while the rest is right.
type block struct {
	spots []int32       // some of them, evenly
	steps []geom.PagePt // from a bubble to the next, page px, all ways
}

// Limits of blocks.
const (
	blockReach = 2.3 // sides between neighbours in a block
	blockSpots = 48  // looked at a block
	leastBlock = 4   // bubbles of a block
	mostTwists = 3   // rounds of putting blocks right
	leastTwist = 0.4 // support from which a pose may be right but for some blocks
	leastGain  = 0.6 // outlines that a block must show more a step aside
)

// blocksOf are the groups of a page's bubbles.
func (m *model) blocksOf() []block {
	if m.blocks != nil {
		return m.blocks
	}
	const unknown, alone = -1, -2
	group := make([]int32, len(m.spots))
	for i := range group {
		group[i] = unknown
	}
	grid := m.grid()
	out := []block{}
	for first := range m.spots {
		if group[first] != unknown {
			continue
		}
		id := int32(len(m.spots)) // none of the numbers
		group[first] = id
		members := []int32{int32(first)}
		count := map[[2]int32]int{}
		for n := 0; n < len(members); n++ {
			c := &m.spots[members[n]]
			grid.around(c.at, min(blockReach*c.side, grid.cell), func(i int32) {
				o := m.spots[i].at
				if d := math.Hypot(o.X-c.at.X, o.Y-c.at.Y); d < 0.3*c.side {
					return
				}
				const grain = 6
				count[[2]int32{int32(math.Round((o.X - c.at.X) / grain)), int32(math.Round((o.Y - c.at.Y) / grain))}]++
				if group[i] == unknown {
					group[i] = id
					members = append(members, i)
				}
			})
		}
		if len(members) < leastBlock {
			for _, i := range members {
				group[i] = alone
			}
			continue
		}
		for _, i := range members {
			group[i] = int32(len(out))
		}
		keys := make([][2]int32, 0, len(count))
		for k := range count {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b [2]int32) int {
			return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
		})
		b := block{}
		for _, k := range keys[:min(len(keys), 8)] {
			b.steps = append(b.steps, geom.PagePt{X: float64(k[0]) * 6, Y: float64(k[1]) * 6})
		}
		n := min(len(members), blockSpots)
		for i := range n {
			b.spots = append(b.spots, members[i*len(members)/n])
		}
		out = append(out, b)
	}
	m.blocks, m.blockOf = out, group
	return out
}

// continues tells whether a place beside the spot is where the next bubble of its
// block would be.
func (m *model) continues(i int32, q geom.PagePt) bool {
	blocks := m.blocksOf()
	b := m.blockOf[i]
	if b < 0 {
		return false
	}
	c := &m.spots[i]
	return slices.ContainsFunc(blocks[b].steps, func(d geom.PagePt) bool {
		return math.Hypot(q.X-c.at.X-d.X, q.Y-c.at.Y-d.Y) < nextWithin*c.side
	})
}

// nextWithin is how far from its place, in sides, a next bubble may be.
const nextWithin = 0.15

// untwist looks whether blocks whose outlines are not all seen stand a step aside,
// and fits the pose anew if they do: the page's far end may have been taken for the
// next row. It tells whether that helped.
func (s *search) untwist(p *pose, kinds []printed, warp *lattice, limit int) bool {
	if p.support > 0.995 || p.support < leastTwist {
		return false
	}
	const reach = 0.2
	var seen []sighting
	moved := false
	for _, b := range s.m.blocksOf() {
		own := s.look(p, kinds, warp, b.spots, reach, limit)
		most, n := s.evidence(p, kinds, warp, own, limit)
		best := own
		if most < 0.985*float64(n) {
			least := most + leastGain
			for _, d := range b.steps {
				l := s.lookBeside(p, kinds, warp, b.spots, d, reach, limit)
				if k, in := s.evidence(p, kinds, warp, l, limit); k > least && 10*in >= 9*n {
					least, best, moved = k, l, true
				}
			}
		}
		seen = append(seen, best...)
	}
	if !moved {
		return false
	}
	before, h, support, within := warp.clone(), p.h, p.support, p.within
	next, ok := s.refit(p, seen)
	if ok {
		p.h = next
		warp.clear()
		s.bend(p, kinds, warp, s.sample, limit, 400, 0.42)
		s.bend(p, kinds, warp, s.sample, limit, 240, 0.3)
		s.bend(p, kinds, warp, s.sample, limit, 150, 0.16, 0.1)
		p.support, p.within = s.supported(s.look(p, kinds, warp, s.sample, 0.1, limit))
	}
	if !ok || p.support*p.within <= support*within {
		p.h, p.support, p.within = h, support, within
		*warp = *before
		return false
	}
	return true
}

// evidence sums what speaks for outlines where the sightings have them, and counts
// those in the picture. Beside rules there is little contrast: there a line that is
// dark all around counts.
func (s *search) evidence(p *pose, kinds []printed, warp *lattice, seen []sighting, limit int) (sum float64, inside int) {
	var pr probe
	for _, g := range seen {
		if !g.inside {
			continue
		}
		inside++
		v := min(max(g.contrast, 0), 1)
		if v < 0.9 {
			sp := &s.m.spots[g.spot]
			_, j := s.spotAt(p.h, warp, sp.at)
			pr.set(j, sp.w, sp.h, kinds[sp.class].scale, kinds[sp.class].shape)
			if a := s.k.along(&pr, g.at.x, g.at.y, limit); a >= darkAround {
				v = max(v, 0.9*a)
			}
		}
		sum += v
	}
	return sum, inside
}
