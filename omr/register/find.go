package register

import (
	"fmt"
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
)

// Gates (recognition.md 3): right poses support 0.86 to 1, half-shifted ones up
// to 0.7; small forms fit anywhere in a larger lattice but leave it unexplained.
const (
	minSupport      = 0.8
	maxUnexplained  = 0.04
	smallestPicture = 32   // image px
	smallestBubble  = 8.0  // image px across, below which outlines cannot be told
	maxResidual     = 0.12 // of a bubble's side
	minWithin       = 0.5  // share of the bubbles that the picture shows
)

// verdict is what one search found: a Map, or why not.
type verdict struct {
	found *Map
	best  *pose  // the best that was refused
	code  string // its fault
	why   string
	seen  int // markers of the best proposal
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
	if rank(o) >= rank(v) {
		return o
	}
	return v
}

// mostPoses is how many of the markers' proposals are fitted.
const mostPoses = 8

// find tries the markers' proposals, then the content's.
func (s *search) find(g *image.Gray, opt Options) verdict {
	v := verdict{code: "page_not_found"}
	poses := markerPoses(s.m, s.squares)
	if len(poses) > 0 {
		v.seen = poses[0].seen
	}
	var fits []fitted
	for i := range min(len(poses), mostPoses) {
		p := &poses[i]
		if i > 0 && p.seen < poses[0].seen-1 {
			break
		}
		if f, ok := s.fit(p); ok {
			fits = append(fits, f)
		}
	}
	opt.trace("poses", 0, 0, nil)
	return s.choose(g, fits, v, opt)
}

// fitted is a settled pose and what it found.
type fitted struct {
	p     *pose
	kinds []printed
	warp  *lattice
	limit int
}

func (s *search) fit(p *pose) (fitted, bool) {
	kinds, warp, limit, ok := s.settle(p)
	if !ok {
		return fitted{}, false
	}
	s.explain(p, kinds, warp)
	n := float64(max(len(s.m.spots), 1))
	p.unexplained = float64(p.foreign) / n
	p.rank = p.support*p.within - 0.5*min(p.unexplained, 1) + 0.06*float64(p.seen)
	return fitted{p, kinds, warp, limit}, true
}

// choose takes the best pose, unless a gate or a rival forbids it.
func (s *search) choose(g *image.Gray, fits []fitted, v verdict, opt Options) verdict {
	var best *fitted
	for i := range fits {
		f := &fits[i]
		if best == nil || f.p.rank > best.p.rank {
			best = f
		}
	}
	if best == nil {
		return v
	}
	v.best = best.p
	if code, why := s.gate(best); code != "" {
		v.code, v.why = code, why
		return v
	}
	m := s.finish(best)
	if m.Residual > maxResidual*s.m.side {
		v.code, v.why = "page_not_found", fmt.Sprintf("residual %.1f px (limit %.1f)", m.Residual, maxResidual*s.m.side)
		return v
	}
	v.found = m
	return v
}

// gate refuses a pose that is not certain.
func (s *search) gate(f *fitted) (code, why string) {
	p := f.p
	misfit := "page_not_found"
	if p.seen >= 3 {
		misfit = "wrong_form" // a sheet with markers, but not these bubbles
	}
	switch {
	case p.within < minWithin:
		return "page_not_found", fmt.Sprintf("only %.0f %% of the bubbles lie in the picture", 100*p.within)
	case p.support < minSupport:
		return misfit, fmt.Sprintf("%.0f %% of the bubbles' outlines are where the pattern lists them (needed %.0f %%)", 100*p.support, 100*minSupport)
	case float64(p.foreign) > max(3, maxUnexplained*float64(len(s.m.spots))):
		return "wrong_form", fmt.Sprintf("%d outlines beside the bubbles are not in the pattern", p.foreign)
	case p.sign < 0:
		return "mirrored", "the sheet is seen in a mirror"
	}
	return "", ""
}

// explain counts the rings of a bubble's size near the pattern's bubbles that
// are none of them.
func (s *search) explain(p *pose, kinds []printed, warp *lattice) {
	p.foreign = 0
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
		near, own := false, false
		grid.around(q, 2.2*s.m.side, func(i int32) {
			sp := &s.m.spots[i]
			print := sp.side * kinds[sp.class].scale
			d := math.Hypot(sp.at.X-q.X, sp.at.Y-q.Y)
			if d < 0.6*sp.side {
				own = true
			}
			if d < 2.2*sp.side && side > 0.85*print && side < 1.18*print && r.thin < 0.42 {
				near = true
			}
		})
		if near && !own {
			p.foreign++
		}
	}
}

// finish measures every outline and makes the Map.
func (s *search) finish(f *fitted) *Map {
	p := f.p
	all := make([]int32, len(s.m.spots))
	for i := range all {
		all[i] = int32(i)
	}
	if len(all) > len(s.sample) {
		s.bend(p, f.kinds, f.warp, all, f.limit, 0.2, 120)
	}
	seen := s.look(p, f.kinds, f.warp, all, 0.18, f.limit)
	k := float64(s.k.factor)
	m := &Map{H: p.h, Method: ByContent, Support: p.support, Unexplained: p.foreign, Letters: p.letters, page: s.m.box, warp: f.warp}
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
		o.Seen = g.inside && (g.contrast >= seenFrom || g.along >= 0.85)
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

// uniform tells whether g shows nothing at all: of 1/8 of the pixels hardly any
// differs from the paper around it.
func uniform(g *image.Gray) bool {
	b := g.Bounds()
	k := newWork(g, max(1, max(b.Dx(), b.Dy())/1000))
	ink := 0
	for _, d := range k.dark {
		if d > 40 {
			ink++
		}
	}
	return ink*20000 < len(k.dark)
}
