package register

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Gates (recognition.md 3): right poses support 0.86 to 1, half-shifted ones up
// to 0.7; small forms fit anywhere in a larger lattice but leave it unexplained.
const (
	minSupport      = 0.8
	maxUnexplained  = 0.04
	mostFurther     = 2    // outlines where a row or column would go on: a form of one more
	minAlone        = 0.93 // support less twice the unexplained share, when no marker vouches: wrong ones reach 0.89, right ones have 0.98
	mostAlone       = 0.02 // unexplained share then; one is always allowed
	smallestPicture = 32   // image px
	smallestBubble  = 8.0  // image px across, below which outlines cannot be told
	maxResidual     = 0.12 // of a bubble's side
	minWithin       = 0.5  // share of the bubbles that the picture shows
	minLetters      = 0.02 // wrong poses stay below, right ones have 0.05 to 0.3
	contrary        = 0.1  // of symbols that look rather turned: no few of them do by chance
	minLead         = 0.1  // of the rank, over a rival that nothing else tells apart
)

// verdict is what one search found: a Map, or why not.
type verdict struct {
	found *Map
	best  *pose  // the best that was refused
	code  string // its fault
	why   string
	seen  int  // markers of the best proposal
	sure  bool // found, and every gate passed by a margin
	final bool // a look at a larger scale tells no more
}

// worse keeps the verdict that says more.
func (v verdict) worse(o verdict) verdict {
	rank := func(v verdict) float64 {
		if v.code == "" {
			return -1
		}
		if v.best == nil {
			return 0
		}
		return 1 + v.best.support
	}
	if o.found != nil || rank(o) >= rank(v) {
		return o
	}
	return v
}

// mostPoses is how many proposals are looked at closely, mostGlances at a few
// places only: other squares than the markers make many.
const (
	mostPoses   = 24
	mostGlances = 400
)

// mostTried bounds the proposals that are fitted at one scale.
const mostTried = 60

// glance is how far below the best a proposal's first impression may be to be
// fitted all the same.
const glance = 0.3

// whole tells whether the pose finds every outline and leaves none: a row further it
// would not.
func (p *pose) whole() bool { return p.support > 0.995 && p.within > 0.98 && p.foreign == 0 }

// fills tells whether the page takes a fair part of the picture: then its four
// markers are no accident.
func (s *search) fills(p *pose) bool {
	k := p.h.Scale(s.m.box.Center())
	return s.m.box.W*s.m.box.H*k*k > 0.15*float64(s.k.w)*float64(s.k.h)
}

// leastRings is the first impression below which content alone proposes nothing:
// right poses have 0.7 and more.
const leastRings = 0.5

// leastGrown is the same once such a pose was fitted to the rings.
const leastGrown = 0.65

// tryAll fits the proposals that look best at first sight: by the rings near the
// places that they predict.
func (s *search) tryAll(poses []pose) []fitted {
	poses = s.likely(poses)
	if len(poses) > 0 && poses[0].seen == 0 {
		poses = slices.DeleteFunc(poses, func(p pose) bool { return s.impression(&p, nil) < leastRings })
	}
	first := make([]float64, len(poses))
	best := 0.0
	for i := range poses {
		first[i] = s.impression(&poses[i], nil) + 0.06*float64(poses[i].seen)
		best = max(best, first[i])
	}
	var fits []fitted
	for i := range poses {
		if first[i] >= best-glance && len(fits) < finalists && len(s.tried) < mostTried && !s.known(&poses[i]) {
			s.tried = append(s.tried, poses[i])
			if f, ok := s.fit(&poses[i]); ok {
				fits = append(fits, f)
			}
		}
	}
	return fits
}

// likely are the proposals that look best at a glance, if there are many.
func (s *search) likely(poses []pose) []pose {
	if len(poses) <= mostPoses {
		return poses
	}
	poses = poses[:min(len(poses), mostGlances)]
	all := s.sample
	defer func() { s.sample = all }()
	const few = 40
	s.sample = make([]int32, 0, few)
	for i := range min(len(all), few) {
		s.sample = append(s.sample, all[i*len(all)/min(len(all), few)])
	}
	type seen struct {
		p     pose
		first float64
	}
	glances := make([]seen, len(poses))
	for i := range poses {
		glances[i] = seen{poses[i], s.impression(&poses[i], nil) + 0.06*float64(poses[i].seen)}
	}
	slices.SortStableFunc(glances, func(a, b seen) int { return cmp.Compare(b.first, a.first) })
	out := make([]pose, 0, mostPoses)
	for _, g := range glances[:mostPoses] {
		out = append(out, g.p)
	}
	return out
}

// find tries the markers' proposals, then the content's.
func (s *search) find(g *image.Gray, opt Options) verdict {
	v := verdict{code: "page_not_found"}
	var fits []fitted
	judge := func() verdict {
		v := s.choose(g, fits, verdict{code: "page_not_found", seen: v.seen}, opt)
		for range mostShifts {
			if v.best == nil || v.found != nil && (v.sure && s.fiducial(v.best) || v.best.whole()) || v.best.support < leastShifted || s.spent() {
				break
			}
			more := s.tryAll(s.shifts(v.best))
			if len(more) == 0 {
				break
			}
			fits = append(fits, more...)
			v = s.choose(g, fits, verdict{code: "page_not_found", seen: v.seen}, opt)
		}
		return v
	}
	// Most sheets show all markers, largest among the squares. Poses of fewer
	// markers are then no rivals (see rival) and wait until they are needed.
	poses := markerPoses(s.m, s.squares[:min(len(s.squares), firstSquares)])
	if n := s.complete(poses); n > 0 {
		v.seen = poses[0].seen
		fits = s.tryAll(poses[:n])
		if v = judge(); v.sure {
			opt.trace("poses", 0, 0, nil)
			return v
		}
	}
	if len(s.squares) > firstSquares {
		poses = markerPoses(s.m, s.squares)
	}
	if len(poses) > 0 {
		v.seen = poses[0].seen
	}
	if more := s.tryAll(s.spread(poses)); len(more) > 0 {
		fits = append(fits, more...)
		v = judge()
	}
	opt.trace("poses", 0, 0, nil)
	if v.found != nil || v.another() {
		v.final = v.found != nil || s.fine(v.best.h.Scale(s.m.box.Center()))
		return v
	}
	votes := mostVotes
	if v.best != nil && s.fiducial(v.best) {
		votes = lessVotes // another form with our markers, most likely
	}
	final := s.byContent(votes, func(more []fitted) bool {
		fits = append(fits, more...)
		v = v.worse(judge())
		return v.found != nil
	})
	// A page that was nearly found may be found in more detail.
	v.final = final && (v.best == nil || v.best.support < leastShifted)
	return v
}

// another tells whether a sheet was found, and it is none of this page.
func (v verdict) another() bool {
	switch v.code {
	case "wrong_page", "mirrored":
		return true
	case "wrong_form":
		return v.best.support >= minSupport
	}
	return false
}

// spread adds to the likely poses of three markers, which know nothing of the
// perspective, the same as grown from the bubbles near the markers to the others.
func (s *search) spread(poses []pose) []pose {
	poses = s.likely(poses)
	if len(s.m.spots) <= confirm {
		return poses
	}
	out := slices.Clone(poses)
	for i := range poses {
		p := &poses[i]
		if p.seen != 3 {
			continue
		}
		start, least := int32(0), math.Inf(1)
		for _, k := range s.sample {
			far := 0.0
			for m, sq := range p.squares {
				if sq >= 0 {
					c := s.m.page.Markers[m].Box.Center()
					far += math.Hypot(c.X-s.m.spots[k].at.X, c.Y-s.m.spots[k].at.Y)
				}
			}
			if far < least {
				start, least = k, far
			}
		}
		l := s.growLocal(local{h: p.h, spot: start}, p.sign)
		if l.count >= 8 && sound(l.h, s.m.box, p.sign) {
			grown := *p
			grown.h, grown.squares = l.h, slices.Clone(p.squares)
			out = append(out, grown)
		}
	}
	return out
}

// fine tells whether bubbles are large enough at scale work px a page px.
func (s *search) fine(scale float64) bool { return scale*s.m.smallest()*0.86 >= fineBubble }

// fineBubble is the size of bubbles in work px from which a larger scale shows
// no more of them (recognition.md 1.1).
const fineBubble = 14

// complete counts the poses that show every marker of the page, the one for the
// turn included; they come first.
func (s *search) complete(poses []pose) int {
	n := 0
	for n < len(poses) && poses[n].seen == len(s.m.page.Markers) && s.turnSeen(&poses[n]) {
		n++
	}
	return n
}

// known tells whether a proposal at the same place, of no fewer markers, was
// fitted before.
func (s *search) known(p *pose) bool {
	return slices.ContainsFunc(s.tried, func(o pose) bool { return o.sign == p.sign && o.seen >= p.seen && s.samePlace(&o, p) })
}

// fitted is a settled pose and what it found.
type fitted struct {
	p     *pose
	kinds []printed
	warp  *lattice
	limit int
	ev    letterEvidence

	disputed []*fitted // poses that fit nearly as well and differ at some places

	done      *Map   // once it was finished
	code, why string // what the page's code then says
}

func (s *search) fit(p *pose) (fitted, bool) {
	kinds, warp, limit, ok := s.settle(p)
	if !ok {
		return fitted{}, false
	}
	if p.seen < 3 && len(s.m.spots) > 0 {
		// Near ones first; with them the far ones are predicted better.
		for range 3 {
			if !s.adopt(p, warp) {
				break
			}
			s.bend(p, kinds, warp, s.sample, limit, 150, 0.1)
			p.support, p.within = s.supported(s.look(p, kinds, warp, s.sample, 0.1, limit))
		}
	}
	f := fitted{p: p, kinds: kinds, warp: warp, limit: limit}
	s.explain(p, kinds, warp)
	f.ev = s.letters(&f)
	n := float64(max(len(s.m.spots), 1))
	p.unexplained = float64(p.foreign) / n
	// Four squares stand somewhere for a page: they count as far as its outlines agree.
	agree := min(max((p.support-minSupport)/(1-minSupport), 0), 1)
	p.rank = p.support*p.within - 0.5*min(p.unexplained, 1) + 0.06*float64(p.seen)*agree
	return f, true
}

// choose takes the best pose, unless a gate or a rival forbids it.
func (s *search) choose(g *image.Gray, fits []fitted, v verdict, opt Options) verdict {
	var best *fitted
	for i := range fits {
		f := &fits[i]
		if best == nil || f.merit() > best.merit() {
			best = f
		}
	}
	if best == nil {
		return v
	}
	v.best = best.p
	code, why := s.gate(best, fits)
	if code != "" && (opt.Identifier == nil || best.p.seen+int(10*best.p.support) < 5) {
		v.code, v.why = code, why
		return v
	}
	if best.done == nil {
		best.done = s.finish(best)
		best.code, best.why = identify(g, best.done, opt.Identifier)
	}
	if best.code != "" {
		v.code, v.why = best.code, best.why
		return v
	}
	if code != "" {
		v.code, v.why = code, why
		return v
	}
	m := best.done
	for i, sp := range s.m.spotOf {
		m.Outlines[i].Seen = m.Outlines[i].Seen && !s.isDisputed(best, sp)
	}
	if m.Residual > maxResidual*s.m.side {
		v.code, v.why = "page_not_found", fmt.Sprintf("residual %.1f px (limit %.1f)", m.Residual, maxResidual*s.m.side)
		return v
	}
	v.found, v.sure = m, best.sure()
	return v
}

// sure tells whether the pose is far from every gate.
func (f *fitted) sure() bool {
	if f.p.support < 0.92 || f.p.within < 0.98 || f.p.unexplained > 0.01 {
		return false
	}
	return f.ev.own < readable || !(f.ev.others < 0.05) && !(f.ev.flipped < 0.05) // NaN: nothing to compare
}

// merit is the rank with what the symbols say.
func (f *fitted) merit() float64 {
	r := f.p.rank
	for _, e := range [2]float64{f.ev.others, f.ev.flipped} {
		if !math.IsNaN(e) && f.ev.own >= readable {
			r += min(max(e, -0.1), 0.1)
		}
	}
	return r
}

// gate refuses a pose that is not certain.
func (s *search) gate(f *fitted, fits []fitted) (code, why string) {
	p := f.p
	misfit := "page_not_found"
	if p.seen >= 3 {
		misfit = "wrong_form" // a sheet with markers, but not these bubbles
	}
	printed := f.ev.own >= readable // symbols can be read at all
	switch {
	case len(s.m.spots) == 0 && !s.fiducial(p):
		return "page_not_found", "a page without bubbles is found by its markers, the one for the turn included"
	case p.within < minWithin:
		return "page_not_found", fmt.Sprintf("only %.0f %% of the bubbles lie in the picture", 100*p.within)
	case p.support < minSupport:
		return misfit, fmt.Sprintf("%.0f %% of the bubbles' outlines are where the pattern lists them (needed %.0f %%)", 100*p.support, 100*minSupport)
	case p.seen == 0 && (p.support-2*p.unexplained < minAlone || float64(p.foreign) > max(1, mostAlone*float64(len(s.m.spots)))):
		return "page_not_found", fmt.Sprintf("without markers, %.0f %% of the outlines in place and %d beside are too uncertain", 100*p.support, p.foreign)
	case p.further >= mostFurther:
		return "wrong_form", fmt.Sprintf("the rows or columns go on by %d bubbles that are not in the pattern", p.further)
	case float64(p.foreign) > max(3, maxUnexplained*float64(len(s.m.spots))):
		return "wrong_form", fmt.Sprintf("%d outlines beside the bubbles are not in the pattern", p.foreign)
	case p.sign < 0 && p.seen >= 4 && s.fills(p):
		return "mirrored", "the sheet is seen in a mirror"
	case p.sign < 0:
		return "page_not_found", "the markers that were found stand as in a mirror"
	case printed && f.ev.flipped < s.leastLetters(p) && !f.ev.upright:
		if f.ev.mirrored {
			return "mirrored", "the symbols in the bubbles are seen in a mirror"
		}
		return misfit, "the symbols in the bubbles stand upside down"
	case printed && f.ev.others < minLetters && !f.ev.distinct:
		return "wrong_form", "the symbols in the bubbles are not those of the pattern"
	}
	if len(s.m.spots) < fewSpots && !s.fiducial(p) && !s.attested(f) {
		return "page_not_found", fmt.Sprintf("%d bubbles and %d markers are too few to tell the place", len(s.m.spots), p.seen)
	}
	if r := s.rival(f, fits); r != nil {
		return "page_not_found", fmt.Sprintf("the sheet fits as well turned by %d° as by %d°", turnOf(r.p.h, s.m.box), turnOf(p.h, s.m.box))
	}
	return s.vouched(f)
}

// fewSpots is how many bubbles must be there to tell a place by themselves: fewer
// fit somewhere among letters.
const fewSpots = 16

// attested tells whether more speaks for a page of few bubbles than these: three
// markers as far apart as the picture is large, or symbols that can be read.
func (s *search) attested(f *fitted) bool {
	if f.p.support < 0.99 {
		return false
	}
	if f.p.seen >= 3 && f.p.gap < 0.15 && s.fills(f.p) {
		return true
	}
	return len(s.m.spots) >= leastSpots && s.fills(f.p) && f.ev.own >= readable && f.ev.says(minLetters)
}

// leastSpots is how many bubbles tell a place with their symbols.
const leastSpots = 8

// leastLetters is how much more the symbols must look upright than turned. Where
// the markers tell the turn, symbols may only contradict, and plainly: a lone B
// looks the same upside down, and of two letters one may be under a mark.
func (s *search) leastLetters(p *pose) float64 {
	if s.fiducial(p) {
		return -contrary
	}
	return minLetters
}

// fiducial tells whether the markers alone tell place and turn.
func (s *search) fiducial(p *pose) bool {
	return p.seen >= 4 && p.gap < 0.15 && s.turnSeen(p) && s.fills(p)
}

// rival is another pose that fits nearly as well and that neither markers nor
// symbols tell from f; nil: none.
func (s *search) rival(f *fitted, fits []fitted) *fitted {
	f.disputed = nil
	for i := range fits {
		r := &fits[i]
		if r.p == f.p || r.p.support < minSupport-0.1 || s.samePlace(f.p, r.p) {
			continue
		}
		same := s.coincide(f, r)
		if same > mostAlike {
			continue
		}
		told := r.p.seen < f.p.seen && s.turnSeen(f.p) || f.clearer(r)
		if f.ev.own >= readable && f.ev.flipped >= minLetters && f.ev.flipped > r.ev.flipped+0.03 {
			told = true
		}
		if f.ev.own >= readable && f.ev.others >= minLetters && f.ev.others > r.ev.others+0.03 {
			told = true
		}
		switch missed := s.leaves(r) - s.leaves(f); {
		case (f.explains() || same > mostTwisted) && missed >= leftOver:
			told = true // a row or column further the lattice ends; a part of it placed so
		case same > mostTwisted && missed > 0 && f.p.support > 0.985:
			told = true // the same, but for a few, of which nobody knows
			f.disputed = append(f.disputed, r)
		}
		if !told && f.p.rank-r.p.rank < minLead {
			return r
		}
	}
	return nil
}

// mostAlike is the share of the bubbles at the same places from which two poses
// are one, mostTwisted that from which they are but for some blocks.
const (
	mostAlike   = 0.985
	mostTwisted = 0.5
)

// coincide is the share of the bubbles that both put at one place.
func (s *search) coincide(f, r *fitted) float64 {
	n := 0
	for _, i := range s.sample {
		if s.together(f, r, i) {
			n++
		}
	}
	return float64(n) / float64(max(len(s.sample), 1))
}

// isDisputed tells whether a pose that fits nearly as well puts the spot elsewhere.
func (s *search) isDisputed(f *fitted, i int32) bool {
	for _, r := range f.disputed {
		if !s.together(f, r, i) {
			return true
		}
	}
	return false
}

// together tells whether both poses put the spot at one place.
func (s *search) together(f, r *fitted, i int32) bool {
	sp := &s.m.spots[i]
	a, j := s.spotAt(f.p.h, f.warp, sp.at)
	b, _ := s.spotAt(r.p.h, r.warp, sp.at)
	return a.sub(b).len() < 0.3*sp.side*math.Sqrt(math.Abs(j.a*j.d-j.b*j.c))
}

// clearer tells whether the symbols can be read in f, rightly, and not in r.
func (f *fitted) clearer(r *fitted) bool {
	return f.ev.own >= readable && f.ev.own > r.ev.own+0.2 && r.ev.own < readable && f.ev.says(minLetters)
}

// leftOver is how many outlines a shifted pose must miss to be told from one that
// finds all.
const leftOver = 3

// explains tells whether the pose accounts for all outlines.
func (f *fitted) explains() bool {
	return f.p.support > 0.985 && f.p.foreign <= 1 && f.p.within > 0.98
}

// leaves is how many outlines of the pattern the pose does not find.
func (s *search) leaves(f *fitted) int {
	return int((1-f.p.support)*f.p.within*float64(len(s.m.spots)) + 0.5)
}

// leastShift is the distance in page px from which poses of a page without
// bubbles are different ones.
const leastShift = 25

// samePlace tells whether two poses put the page's corners at the same places.
func (s *search) samePlace(a, b *pose) bool {
	for _, c := range s.m.box.Corners() {
		q, r := a.h.Apply(c), b.h.Apply(c)
		if math.Hypot(q.X-r.X, q.Y-r.Y) > max(0.5*s.m.side, leastShift)*a.h.Scale(c) {
			return false
		}
	}
	return true
}

// turnSeen tells whether the marker was seen that tells the turns apart.
func (s *search) turnSeen(p *pose) bool {
	for i, mk := range s.m.page.Markers {
		if mk.Kind == pattern.TurnMarker && i < len(p.squares) && p.squares[i] >= 0 {
			return true
		}
	}
	return false
}

// vouched refuses a pose for whose turn or form nothing speaks but outlines.
func (s *search) vouched(f *fitted) (code, why string) {
	p := f.p
	missed := 0
	for i, mk := range s.m.page.Markers {
		if i < len(p.squares) && p.squares[i] >= 0 {
			continue
		}
		c := mk.Box.Center()
		q := p.h.Apply(c)
		r := 0.7 * math.Sqrt(mk.Box.W*mk.Box.H) * p.h.Scale(c)
		if s.k.inside(q.X-r, q.Y-r) && s.k.inside(q.X+r, q.Y+r) && !s.solid(q, 0.4*r) {
			missed++
		}
	}
	if missed >= 2 && p.seen == 0 {
		return "wrong_form", fmt.Sprintf("%d markers that the pattern lists are not on the sheet", missed)
	}
	return "", ""
}

// solid tells whether the place is dark all over, as under a hand or a marker
// that runs into something.
func (s *search) solid(q geom.ImagePt, r float64) bool {
	sum, n := 0, 0
	for i := -2; i <= 2; i++ {
		for j := -2; j <= 2; j++ {
			x, y := int(q.X+float64(i)*r/2), int(q.Y+float64(j)*r/2)
			if x >= 0 && y >= 0 && x < s.k.w && y < s.k.h {
				sum += int(s.k.luma[y*s.k.w+x])
				n++
			}
		}
	}
	return n > 0 && sum/n < 110
}

// explain counts the rings of a bubble's size near the pattern's bubbles that
// are none of them.
func (s *search) explain(p *pose, kinds []printed, warp *lattice) {
	p.foreign, p.further = 0, 0
	if len(s.m.spots) == 0 {
		return
	}
	inv, ok := p.h.Inverse()
	if !ok {
		return
	}
	grid := s.m.grid()
	for _, r := range s.candidates().rings {
		q := inv.ToPage(geom.ImagePt{X: r.at.x, Y: r.at.y})
		dx, dy := warp.at(q)
		q = geom.PagePt{X: q.X - dx, Y: q.Y - dy}
		side := math.Sqrt(r.w*r.h) / p.h.Scale(q)
		near, own, round, next := false, false, false, false
		grid.around(q, 2.2*s.m.side, func(i int32) {
			sp := &s.m.spots[i]
			print := sp.side * kinds[sp.class].scale
			d := math.Hypot(sp.at.X-q.X, sp.at.Y-q.Y)
			if d < 0.6*sp.side {
				own = true
			}
			if d < 2.2*sp.side && side > 0.85*print && side < 1.18*print && (r.thin < 0.42 || p.seen == 0 && r.thin > 0.62) &&
				p.shaped(r, q, sp, kinds[sp.class].shape) {
				near = true
				round = round || kinds[sp.class].shape == Ellipse
				next = next || side > 0.92*print && side < 1.09*print && s.m.continues(i, q)
			}
		})
		// A gap between rules is no circle.
		if near && !own && (round && s.k.round(r) || !s.framed(q, side)) {
			p.foreign++
			if next {
				p.further++
			}
		}
	}
}

// shaped tells whether a ring at q is as wide for its height as the spot's kind
// of bubble would be there: what has a bubble's size but not its shape, such as
// the fields above the columns of a grid, is none that the pattern lacks.
func (p *pose) shaped(r ring, q geom.PagePt, sp *spot, shape Shape) bool {
	o, u, v := p.h.Apply(q), p.h.Apply(geom.PagePt{X: q.X + 1, Y: q.Y}), p.h.Apply(geom.PagePt{X: q.X, Y: q.Y + 1})
	extent := math.Hypot
	if shape == Rectangle {
		extent = func(a, b float64) float64 { return math.Abs(a) + math.Abs(b) }
	}
	w := extent((u.X-o.X)*sp.w, (v.X-o.X)*sp.h)
	h := extent((u.Y-o.Y)*sp.w, (v.Y-o.Y)*sp.h)
	off := math.Abs(math.Log(r.w * h / (r.h * w)))
	return off < math.Log(likeShape+ringBlur/math.Sqrt(r.w*r.h))
}

// How much the proportions of rings differ that are of one shape: in all, and
// by pixels more at the edges.
const (
	likeShape = 1.08
	ringBlur  = 1.5
)

// framed tells whether the form prints a box of about that side around q, or a
// band of about that height or width through it: between the rules of a table
// and the bubbles in it there are gaps that look like outlines.
func (s *search) framed(q geom.PagePt, side float64) bool {
	for _, f := range s.frames {
		c, own := f.Center(), math.Sqrt(f.W*f.H)
		if math.Hypot(c.X-q.X, c.Y-q.Y) < 0.35*own && own < like*side && side < like*own {
			return true
		}
		short, long := min(f.W, f.H), max(f.W, f.H)
		if long > 2*short && short < like*side && side < like*short &&
			math.Abs(c.X-q.X) < f.W/2 && math.Abs(c.Y-q.Y) < f.H/2 {
			return true
		}
	}
	return false
}

// finish measures every outline and makes the Map.
func (s *search) finish(f *fitted) *Map {
	p := f.p
	all := make([]int32, len(s.m.spots))
	for i := range all {
		all[i] = int32(i)
	}
	if 4*len(all) > 5*len(s.sample) { // else the sample has told nearly all
		s.bend(p, f.kinds, f.warp, all, f.limit, 120, 0.15)
	}
	// Most stand where they should; the others are looked for farther off.
	seen := s.look(p, f.kinds, f.warp, all, 0.11, f.limit)
	var far []int32
	for _, g := range seen {
		if g.contrast < 0.8 {
			far = append(far, g.spot)
		}
	}
	for _, g := range s.look(p, f.kinds, f.warp, far, 0.18, f.limit) {
		seen[g.spot] = g
	}
	k := float64(s.k.factor)
	m := &Map{H: p.h, Method: ByContent, Support: p.support, Unexplained: p.foreign, Letters: f.ev.others, page: s.m.box, warp: f.warp}
	for i := range 6 {
		m.H[i] *= k
	}
	m.Turn = turnOf(m.H, s.m.box)
	n, sum := 0, 0.0
	bySpot := make([]Outline, len(seen))
	for i, g := range seen {
		sp := &s.m.spots[i]
		kind := f.kinds[sp.class]
		w, h := sp.w*kind.scale, sp.h*kind.scale
		o := Outline{
			Box:   geom.PageRect{X: sp.at.X - w/2, Y: sp.at.Y - h/2, W: w, H: h},
			Shape: kind.shape, Inside: g.inside, Contrast: g.contrast, Along: g.along,
			Slip: math.Hypot(g.slip.dx, g.slip.dy),
		}
		o.Seen = g.inside && (g.contrast >= seenFrom || g.along >= darkAround)
		if o.Seen && g.contrast >= seenFrom {
			sum += o.Slip * o.Slip
			n++
			m.ResidualMax = max(m.ResidualMax, o.Slip)
		}
		bySpot[i] = o
	}
	m.Residual = math.Sqrt(sum / float64(max(n, 1)))
	m.Outlines = make([]Outline, len(s.m.places))
	for i, sp := range s.m.spotOf {
		m.Outlines[i] = bySpot[sp]
	}
	for i, mk := range s.m.page.Markers {
		ms := MarkerSeen{Index: i, At: m.Image(mk.Box.Center())}
		if i < len(p.squares) && p.squares[i] >= 0 {
			at := s.squares[p.squares[i]].at
			ms.At, ms.Found = geom.ImagePt{X: at.x * k, Y: at.y * k}, true
			m.Method = ByBoth
		}
		m.Markers = append(m.Markers, ms)
	}
	if len(s.m.spots) == 0 {
		m.Method = ByMarkers
	}
	return m
}

// turnOf is the sheet's quarter turn in the picture, clockwise.
func turnOf(h geom.Homography, box geom.PageRect) int {
	a, _, c, _ := h.Jacobian(box.Center())
	deg := math.Atan2(c, a) * 180 / math.Pi // y down: clockwise
	return ((int(math.Round(deg/90)) % 4) + 4) % 4 * 90
}

// spotGrid finds spots near a page point.
type spotGrid struct {
	m     *model
	cell  float64
	items map[[2]int32][]int32
}

func (m *model) grid() *spotGrid {
	if m.spotGrid == nil {
		g := &spotGrid{m: m, cell: max(2.5*m.side, 1), items: make(map[[2]int32][]int32)}
		for i := range m.spots {
			k := g.key(m.spots[i].at)
			g.items[k] = append(g.items[k], int32(i))
		}
		m.spotGrid = g
	}
	return m.spotGrid
}

func (g *spotGrid) key(p geom.PagePt) [2]int32 {
	return [2]int32{int32(math.Floor(p.X / g.cell)), int32(math.Floor(p.Y / g.cell))}
}

// around calls do with the spots within reach of p; reach is at most a cell.
func (g *spotGrid) around(p geom.PagePt, reach float64, do func(int32)) {
	c := g.key(p)
	for dy := int32(-1); dy <= 1; dy++ {
		for dx := int32(-1); dx <= 1; dx++ {
			for _, i := range g.items[[2]int32{c[0] + dx, c[1] + dy}] {
				a := g.m.spots[i].at
				if math.Hypot(a.X-p.X, a.Y-p.Y) <= reach {
					do(i)
				}
			}
		}
	}
}

func tooSmall(w, h int) error {
	return &fault.Error{
		Code: "image_too_small", Kind: fault.Invalid,
		Cause: fmt.Sprintf("the picture has %d × %d px, too few for its bubbles", w, h),
		Cure:  "scan at 150 dpi or more, or send the original photo instead of a thumbnail",
	}
}

// fault says why nothing was found.
func (v verdict) fault(g *image.Gray, m *model) error {
	b := g.Bounds()
	if uniform(g) {
		return &fault.Error{
			Code: "blank_image", Kind: fault.Invalid,
			Cause: "nothing is printed on the picture",
			Cure:  "check that the right side of the sheet was scanned",
		}
	}
	scale := float64(max(b.Dx(), b.Dy())) / max(m.box.W, m.box.H, 1)
	if m.side > 0 && m.smallest()*scale < smallestBubble {
		return tooSmall(b.Dx(), b.Dy())
	}
	found := fmt.Sprintf("%d of %d positioning markers found", v.seen, len(m.page.Markers))
	if v.best != nil {
		found = fmt.Sprintf("%d of %d positioning markers found", v.best.seen, len(m.page.Markers))
	}
	if v.why != "" {
		found += ", " + v.why
	}
	e := &fault.Error{Code: v.code, Kind: fault.Invalid, Cause: found}
	switch v.code {
	case "wrong_form":
		e.Cause = "the sheet is not one of this pattern: " + found
		e.Cure = "send the pattern that was made together with this form"
	case "wrong_page":
		e.Cause = "the sheet is another page of the form: " + found
		e.Cure = "send the pattern that holds this page"
	case "mirrored":
		e.Cause = "the picture is mirrored: " + found
		e.Cure = "turn off mirroring in the camera or scanner"
	default:
		e.Cause = "no sheet of this pattern is in the picture: " + found
		e.Cure = "scan the whole sheet flat, all four corners visible"
	}
	return e
}

// blankRange is the range of levels within which a picture shows nothing.
const blankRange = 12

// uniform tells whether g shows nothing at all: of 1/8 of the pixels hardly any
// differs from the paper around it.
func uniform(g *image.Gray) bool {
	b := g.Bounds()
	k := newWork(g, max(1, max(b.Dx(), b.Dy())/1000))
	defer k.release()
	var hist [256]int
	for _, v := range k.luma {
		hist[v]++
	}
	if quantile(&hist, 0.999)-quantile(&hist, 0.001) < blankRange {
		return true
	}
	ink := 0
	for _, d := range k.dark {
		if d > 40 {
			ink++
		}
	}
	return ink*20000 < len(k.dark)
}
