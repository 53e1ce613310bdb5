package register

import (
	"cmp"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/geom"
)

// Poses from the printed content alone (recognition.md 1.5 to 1.8): a ring and
// its neighbours against a bubble and its neighbours give a local map, grown as
// far as it holds. A lattice fits as well one row further: therefore all rings
// vote for the shift, in each of the four turns.

const (
	mostSeeds = 40   // rings that are tried as a start
	mostVotes = 10   // of them, those whose local map was grown and voted on
	lessVotes = 3    // the same where the markers found the sheet, but not its bubbles
	anchors   = 60   // bubbles of the pattern that a seed may be
	nearest   = 8    // neighbours that must confirm it
	confirm   = 4    // so many of them
	voteBin   = 20.0 // page px
	votePeaks = 5    // peaks a turn
	voteRings = 900  // rings and bubbles that vote
	finalists = 6    // proposals fitted a vote
	growBy    = 1.4  // 1.7 locks on the next row under strong perspective
)

// local is a map that holds around one spot.
type local struct {
	h     geom.Homography
	spot  int32
	count int
	err   float64
	lean  lean
	start geom.Homography // before it was grown
}

// byContent tries seeds until try says that a pose passed the gates, or most of
// them were voted on. final says that a larger scale would show no more: places that
// look like the page's bubbles and their neighbours were found, and large enough.
func (s *search) byContent(most int, try func([]fitted) bool) (final bool) {
	if len(s.m.spots) < confirm+1 {
		return false
	}
	ix := s.candidates()
	hoods := s.neighbourhoods()
	votes, small := 0, 0
	var stuck []local
	for _, seed := range append(s.seeds(ix, s.empty), s.seeds(ix, s.filled)...) {
		l, ok := s.localPose(ix, seed, hoods)
		if !ok {
			continue
		}
		l.start = l.h
		l = s.growLocal(l, 1)
		if l.count < min(len(s.m.spots), 8) {
			continue
		}
		if try(s.tryAll(s.vote(ix, l))) {
			return true
		}
		if !s.fine(l.h.Scale(s.m.spots[l.spot].at)) {
			small++
		}
		if l.count < len(s.sample)*3/4 {
			stuck = append(stuck, l)
		}
		if votes++; votes >= most || s.spent() {
			break
		}
	}
	slices.SortStableFunc(stuck, func(a, b local) int { return cmp.Compare(b.count, a.count) })
	for _, l := range stuck[:min(len(stuck), mostLeant)] {
		if s.spent() {
			break
		}
		if g := s.leant(l); g.count > l.count {
			if try(s.tryAll(s.vote(ix, g))) {
				return true
			}
		}
	}
	return votes >= lessVotes && small == 0
}

// hood is a spot and its nearest ones.
type hood struct {
	spot int32
	near []int32
}

func (s *search) neighbourhoods() []hood {
	n := len(s.m.spots)
	k := min(n, anchors)
	out := make([]hood, k)
	for a := range out {
		h := hood{spot: int32(a * n / k)}
		c := s.m.spots[h.spot]
		var d [nearest + 1]float64
		near := make([]int32, 0, nearest+1)
		for i := range s.m.spots {
			r := math.Hypot(s.m.spots[i].at.X-c.at.X, s.m.spots[i].at.Y-c.at.Y)
			if r <= 0.3*c.side || len(near) == nearest && r >= d[nearest-1] {
				continue
			}
			p := len(near)
			near = append(near, 0)
			for p > 0 && d[p-1] > r {
				near[p], d[p] = near[p-1], d[p-1]
				p--
			}
			near[p], d[p] = int32(i), r
			near = near[:min(len(near), nearest)]
		}
		h.near = near
		out[a] = h
	}
	return out
}

// empty and filled tell rings from discs: of a sheet with nearly all bubbles
// filled the discs are the seeds.
func (s *search) empty(r ring) bool  { return r.thin <= 0.6 }
func (s *search) filled(r ring) bool { return r.thin > 0.6 }

// seeds are rings of a kind to start from: thin ones with neighbours of like size
// first, spread over the picture.
func (s *search) seeds(ix *ringIndex, kind func(ring) bool) []int32 {
	type scored struct {
		i int32
		v float64
	}
	var all []scored
	for i, r := range ix.rings {
		if r.side < leastBubble || !kind(r) {
			continue
		}
		const many = 24
		v := float64(ix.alike(r.at, min(14*r.side, 200), r.side, 1.2, kind, many)) / many
		if r.thin < 0.42 {
			v++
		}
		all = append(all, scored{int32(i), v})
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.v, a.v) })
	var out []int32
	apart := float64(max(s.k.w, s.k.h)) / 12
	for _, c := range all {
		if len(out) == mostSeeds {
			break
		}
		at := ix.rings[c.i].at
		if !slices.ContainsFunc(out, func(o int32) bool { return ix.rings[o].at.sub(at).len() < apart }) {
			out = append(out, c.i)
		}
	}
	// Then the rest of the best, wherever they stand.
	for _, c := range all {
		if len(out) >= mostSeeds {
			break
		}
		if !slices.Contains(out, c.i) {
			out = append(out, c.i)
		}
	}
	return out
}

// localPose finds the similarity that puts a pattern bubble on the seed and most
// of its neighbours on rings.
func (s *search) localPose(ix *ringIndex, seed int32, hoods []hood) (local, bool) {
	r := ix.rings[seed]
	side := math.Sqrt(r.w * r.h)
	type mate struct {
		at vec
		d  float64
	}
	var mates []mate
	ix.around(r.at, 8*side, func(j int32) {
		q := ix.rings[j]
		t := math.Sqrt(q.w * q.h)
		if j != seed && t < 1.35*side && side < 1.35*t {
			d := q.at.sub(r.at).len()
			if d > 0.7*side {
				mates = append(mates, mate{q.at, d})
			}
		}
	})
	slices.SortStableFunc(mates, func(a, b mate) int { return cmp.Compare(a.d, b.d) })
	mates = mates[:min(len(mates), 6)]
	var best local
	for _, h := range hoods {
		c := &s.m.spots[h.spot]
		for _, ni := range h.near[:min(len(h.near), 4)] {
			nb := s.m.spots[ni].at
			px, py := nb.X-c.at.X, nb.Y-c.at.Y
			pd := math.Hypot(px, py)
			for _, mt := range mates {
				scale := mt.d / pd
				if q := side / (c.side * scale); q < 0.62 || q > 1.3 {
					continue
				}
				d := mt.at.sub(r.at)
				// Rotation and scale as a complex number: d / p.
				a := (d.x*px + d.y*py) / (pd * pd)
				b := (d.y*px - d.x*py) / (pd * pd)
				sim := geom.Homography{a, -b, r.at.x - a*c.at.X + b*c.at.Y, b, a, r.at.y - b*c.at.X - a*c.at.Y, 0, 0, 1}
				count, err := 0, 0.0
				for k, oi := range h.near {
					if count+len(h.near)-k < min(confirm, len(h.near)) {
						break
					}
					o := &s.m.spots[oi]
					q := sim.Apply(o.at)
					dist := math.Hypot(o.at.X-c.at.X, o.at.Y-c.at.Y) * scale
					tol := 0.25*o.side*scale + 0.07*dist
					if j := ix.nearest(vec{q.X, q.Y}, tol, 0.9*o.side*scale, 1.45); j >= 0 {
						count++
						err += ix.rings[j].at.sub(vec{q.X, q.Y}).len() / tol
					}
				}
				if count >= min(confirm, len(h.near)) && (count > best.count || count == best.count && err < best.err) {
					best = local{h: sim, spot: h.spot, count: count, err: err}
				}
			}
		}
	}
	return best, best.count > 0
}

// growLocal matches ever farther from the local pose's spot, fitting as it goes.
func (s *search) growLocal(l local, sign float64) local {
	at := s.m.spots[l.spot].at
	page := math.Hypot(s.m.box.W, s.m.box.H)
	radius := 3.2 * s.m.spots[l.spot].side
	var ms []match
	var near []int32
	h := l.h
	s.leaning = l.lean
	defer func() { s.leaning = lean{} }()
	for radius < growBy*page {
		near = near[:0]
		for _, i := range s.sample {
			c := s.m.spots[i].at
			if math.Hypot(c.X-at.X, c.Y-at.Y) <= radius {
				near = append(near, i)
			}
		}
		for round := range 2 {
			tol := 0.45
			if round > 0 {
				tol = 0.35
			}
			ms = s.matches(h, nil, near, tol, ms)
			next, ok := s.fitMatches(ms, h)
			if !ok || !sound(next, s.m.box, sign) {
				break
			}
			h = next
		}
		if len(near) > 8 && 2*len(ms) < len(near) {
			break
		}
		if len(ms) >= 4 {
			l.h, l.count = h, len(ms)
		}
		radius *= growBy
	}
	return l
}

// fitMatches is a similarity-like affine of few matches, a homography of many
// that span 200 page px both ways.
func (s *search) fitMatches(ms []match, h geom.Homography) (geom.Homography, bool) {
	if len(ms) < 4 {
		return h, false
	}
	ps := make([]pair, len(ms))
	lx, ly, hx, hy := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i, m := range ms {
		c := s.m.spots[m.spot].at
		lx, hx = min(lx, c.X), max(hx, c.X)
		ly, hy = min(ly, c.Y), max(hy, c.Y)
		ps[i] = pair{c, s.rings.rings[m.ring].at, 1 - 1.5*m.err*m.err}
	}
	if hx-lx < 30 || hy-ly < 30 {
		return h, true // one row: the similarity stands
	}
	if len(ms) >= 12 && hx-lx > 200 && hy-ly > 200 {
		return fitHomography(ps, 1e-3)
	}
	return s.leaning.fit(ps)
}

// lean is the perspective that a fit of few bubbles in one place is to have, and
// cannot know: what h's third row adds a page px right and down of at.
type lean struct {
	x, y float64
	at   geom.PagePt
}

// fit is an affine map after the perspective.
func (l lean) fit(ps []pair) (geom.Homography, bool) {
	if l.x == 0 && l.y == 0 {
		return fitAffine(ps)
	}
	view := l.view()
	seen := make([]pair, len(ps))
	for i, p := range ps {
		q := view.Apply(p.page)
		seen[i] = pair{geom.PagePt(q), p.at, p.w}
	}
	h, ok := fitAffine(seen)
	return compose(h, view), ok
}

// view keeps the surroundings of at as they are.
func (l lean) view() geom.Homography {
	c := l.at
	w := 1 - l.x*c.X - l.y*c.Y
	return geom.Homography{
		1 + c.X*l.x, c.X * l.y, -c.X * (l.x*c.X + l.y*c.Y),
		c.Y * l.x, 1 + c.Y*l.y, -c.Y * (l.x*c.X + l.y*c.Y),
		l.x, l.y, w,
	}
}

// How far pages are leant when nothing else helps: by which share the scale changes
// over the page's long side, in steps.
const (
	leanStep  = 0.15
	leanSteps = 3
	mostLeant = 3 // seeds that are tried so
)

// leant grows the local map again under other perspectives and takes the one that
// reaches most.
func (s *search) leant(l local) local {
	long := max(s.m.box.W, s.m.box.H)
	at := s.m.spots[l.spot].at
	best := l
	for i := -leanSteps; i <= leanSteps; i++ {
		for j := -leanSteps; j <= leanSteps; j++ {
			t := lean{float64(i) * leanStep / long, float64(j) * leanStep / long, at}
			if i == 0 && j == 0 {
				continue
			}
			h := compose(l.start, t.view())
			if !sound(h, s.m.box, 1) {
				continue
			}
			if g := s.growLocal(local{h: h, spot: l.spot, lean: t}, 1); g.count > best.count {
				g.start = l.start
				best = g
			}
		}
	}
	return best
}

// vote proposes the shifts and turns of the page that put the most bubbles on
// rings, seen through the local map.
func (s *search) vote(ix *ringIndex, l local) []pose {
	inv, ok := l.h.Inverse()
	if !ok {
		return nil
	}
	seedAt := s.m.spots[l.spot].at
	type plain struct{ x, y, far float64 }
	var rs []plain
	for _, r := range ix.rings {
		q := inv.ToPage(geom.ImagePt{X: r.at.x, Y: r.at.y})
		side := r.side / l.h.Scale(q)
		if side > 0.6*s.m.side && side < 1.5*s.m.side && math.Abs(q.X) < 1e5 && math.Abs(q.Y) < 1e5 {
			rs = append(rs, plain{q.X, q.Y, math.Hypot(q.X-seedAt.X, q.Y-seedAt.Y)})
		}
	}
	if len(rs) > voteRings {
		// Those nearest to the seed: there the map holds.
		slices.SortStableFunc(rs, func(a, b plain) int { return cmp.Compare(a.far, b.far) })
		rs = rs[:voteRings]
	}
	var out []pose
	if 2*l.count > len(s.sample) {
		out = append(out, s.unmarked(l.h, 1))
	}
	mid := s.m.box.Center()
	if s.tally == nil {
		s.tally = newTally(s.m.box)
	}
	tall := s.tally
	var tops []shift
	for turn := range 4 {
		sin, cos := [4]float64{0, 1, 0, -1}[turn], [4]float64{1, 0, -1, 0}[turn]
		clear(tall.bins)
		for _, i := range s.sample {
			c := s.m.spots[i].at
			x, y := c.X-mid.X, c.Y-mid.Y
			tx, ty := mid.X+cos*x-sin*y, mid.Y+sin*x+cos*y
			for _, r := range rs {
				tall.add(r.x-tx, r.y-ty)
			}
		}
		tops = append(tops, tall.peaks(turn, 0.6*s.m.side)...)
	}
	slices.SortStableFunc(tops, func(a, b shift) int { return cmp.Compare(b.votes, a.votes) })
	for _, pk := range tops[:min(len(tops), votePeaks)] {
		if 2*pk.votes < tops[0].votes {
			break
		}
		sin, cos := [4]float64{0, 1, 0, -1}[pk.turn], [4]float64{1, 0, -1, 0}[pk.turn]
		// page → turned and shifted page → picture
		t := geom.Homography{
			cos, -sin, mid.X - cos*mid.X + sin*mid.Y + pk.x,
			sin, cos, mid.Y - sin*mid.X - cos*mid.Y + pk.y, 0, 0, 1,
		}
		h := compose(l.h, t)
		// The bubble nearest to the seed in this frame starts the growth.
		q := l.h.Apply(seedAt)
		start, least := int32(-1), math.Inf(1)
		for i := range s.m.spots {
			p := h.Apply(s.m.spots[i].at)
			if d := math.Hypot(p.X-q.X, p.Y-q.Y); d < least {
				start, least = int32(i), d
			}
		}
		if start < 0 {
			continue
		}
		g := s.growLocal(local{h: h, spot: start}, 1)
		if g.count < 4 || !sound(g.h, s.m.box, 1) {
			continue
		}
		out = append(out, s.unmarked(g.h, 1))
	}
	return s.bestDistinct(out)
}

// bestDistinct are the proposals with the best first impression at different
// places.
func (s *search) bestDistinct(ps []pose) []pose {
	first := make(map[int]float64, len(ps))
	order := make([]int, len(ps))
	for i := range ps {
		order[i] = i
		first[i] = s.impression(&ps[i], nil)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(first[b], first[a]) })
	var out []pose
	for _, i := range order {
		if len(out) == finalists {
			break
		}
		if !slices.ContainsFunc(out, func(o pose) bool { return s.samePlace(&o, &ps[i]) }) {
			out = append(out, ps[i])
		}
	}
	return out
}

// unmarked is a pose of which no marker is known.
func (s *search) unmarked(h geom.Homography, sign float64) pose {
	p := pose{h: h, sign: sign, squares: make([]int, len(s.m.page.Markers))}
	for i := range p.squares {
		p.squares[i] = -1
	}
	return p
}

// adoptWithin is how far from its place, in sides, a marker may stand that a pose
// of content takes: a pose shifted by a row finds them farther off.
const adoptWithin = 0.35

// adopt takes the markers that stand where the settled pose predicts them, and
// tells whether it took any.
func (s *search) adopt(p *pose, warp *lattice) bool {
	before := p.seen
	p.gap *= float64(p.seen)
	for i := range min(len(s.m.page.Markers), mostMarkers) {
		if p.squares[i] >= 0 {
			continue
		}
		b := s.m.page.Markers[i].Box
		q, j := s.spotAt(p.h, warp, b.Center())
		side := math.Sqrt(b.W * b.H * math.Abs(j.a*j.d-j.b*j.c))
		near, found := adoptWithin*side, -1
		for k := range s.squares {
			d, r := s.squares[k].at.sub(q).len(), s.squares[k].side/side
			if d < near && r > 0.66 && r < 1.5 && !slices.Contains(p.squares, k) {
				near, found = d, k
			}
		}
		if found >= 0 {
			p.squares[i] = found
			p.seen++
			p.gap += near / side
		}
	}
	p.gap /= float64(max(p.seen, 1))
	return p.seen > before
}

// compose is a after b.
func compose(a, b geom.Homography) (c geom.Homography) {
	for r := range 3 {
		for k := range 3 {
			c[3*r+k] = a[3*r]*b[k] + a[3*r+1]*b[3+k] + a[3*r+2]*b[6+k]
		}
	}
	return c
}

// tally counts votes for shifts in bins of voteBin page px.
type tally struct {
	n     int // bins a side
	reach float64
	bins  []int32
}

// newTally reaches as far as the page can be shifted against itself; pages
// larger than voteSide bins are tallied near the middle only.
func newTally(box geom.PageRect) *tally {
	const voteSide = 700
	n := min(int(3*max(box.W, box.H)/voteBin)+2, voteSide)
	return &tally{n: n, reach: float64(n) * voteBin / 2, bins: make([]int32, n*n)}
}

func (t *tally) add(dx, dy float64) {
	x, y := int((dx+t.reach)/voteBin), int((dy+t.reach)/voteBin)
	if dx > -t.reach && dy > -t.reach && x < t.n && y < t.n {
		t.bins[y*t.n+x]++
	}
}

// shift is a turn and shift that many voted for.
type shift struct {
	turn  int
	x, y  float64
	votes int32
}

// peaks are the fullest 2 × 2 neighbourhoods of bins, apart from each other and
// at least half as full as the first.
func (t *tally) peaks(turn int, apart float64) []shift {
	const each = 4
	var all []shift
	most := int32(4)
	for y := range t.n - 1 {
		row, next := t.bins[y*t.n:(y+1)*t.n], t.bins[(y+1)*t.n:(y+2)*t.n]
		left := row[0] + next[0]
		for x, a := range row[1:] {
			b := next[x+1]
			sum := left + a + b
			left = a + b
			if sum < most/2 || sum < 4 {
				continue
			}
			most = max(most, sum)
			// Centre of the four, by weight.
			all = append(all, shift{
				turn: turn, votes: sum,
				x: (float64(x)+0.5+float64(a+b)/float64(sum))*voteBin - t.reach,
				y: (float64(y)+0.5+float64(next[x]+b)/float64(sum))*voteBin - t.reach,
			})
		}
	}
	// The first four apart, without sorting: of noise all bins are about as full.
	var out []shift
	for len(out) < each {
		best, votes := -1, (most+1)/2-1
		for i := range all {
			s := &all[i]
			if s.votes > votes && !slices.ContainsFunc(out, func(o shift) bool { return math.Hypot(o.x-s.x, o.y-s.y) < apart }) {
				best, votes = i, s.votes
			}
		}
		if best < 0 {
			break
		}
		out = append(out, all[best])
	}
	return out
}

// A pose that fits one row or column further than the right one is found by
// looking one back.
const (
	mostShifts   = 4   // times that a better one is looked for
	commonSteps  = 12  // distances to neighbours that are tried
	leastShifted = 0.6 // support from which a pose may be a shifted one
	shiftLoss    = 0.1 // of the impression that a shift worth fitting may lose
)

// steps are the commonest vectors from a bubble to its nearest ones, page px.
func (s *search) steps() []geom.PagePt {
	const grain = 6
	count := map[[2]int32]int{}
	for _, h := range s.neighbourhoods() {
		c := s.m.spots[h.spot].at
		for _, n := range h.near[:min(len(h.near), 4)] {
			o := s.m.spots[n].at
			x, y := int32(math.Round((o.X-c.X)/grain)), int32(math.Round((o.Y-c.Y)/grain))
			count[[2]int32{x, y}]++
			count[[2]int32{-x, -y}]++
		}
	}
	keys := make([][2]int32, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]int32) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	var out []geom.PagePt
	for _, k := range keys[:min(len(keys), commonSteps)] {
		out = append(out, geom.PagePt{X: float64(k[0]) * grain, Y: float64(k[1]) * grain})
	}
	return out
}

// shifts are the pose moved by a step in the pattern, where rings speak for it as
// much.
func (s *search) shifts(p *pose) []pose {
	least := s.impression(p, nil) - shiftLoss
	var out []pose
	for _, d := range s.steps() {
		q := s.unmarked(compose(p.h, geom.Homography{1, 0, d.X, 0, 1, d.Y, 0, 0, 1}), p.sign)
		if s.impression(&q, nil) >= least && sound(q.h, s.m.box, q.sign) {
			out = append(out, q)
		}
	}
	return s.bestDistinct(out)
}
