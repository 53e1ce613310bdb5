// Package register finds where a page of a pattern lies in a picture.
//
// In: a luma plane and a pattern page. Out: a Map from page px (300 dpi) to
// image px, and its residual in page px. A sheet that cannot be placed for
// certain is a fault (page_not_found LM801, wrong_form LM802, wrong_page LM803,
// mirrored LM804, blank_image LM805, image_too_small LM814), never a guess: a
// guess would be read as answers. Deterministic; safe for concurrent use.
//
// The positioning markers propose poses; where they are missing, the bubbles'
// own outlines do. Every pose is then judged by the outlines alone: how many
// stand where the pattern lists them, how many stand beside it unexplained, and
// whether the symbols printed inside are the pattern's.
package register

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Method tells what the registration rests on.
type Method string

// Registration methods (design.md §2).
const (
	ByMarkers Method = "markers"
	ByContent Method = "content"
	ByBoth    Method = "both"
)

// Options of Page; the zero value suits most.
type Options struct {
	// Identifier is what the page's own code says and where it stands
	// (pattern.Extension.Identifiers); nil: none. With it a foreign form or page
	// is told from a mere misfit.
	Identifier *pattern.Identifier
	// Frames are boxes that the form prints beside its bubbles, of which some look
	// like outlines, such as the fields above the columns of a grid
	// (pattern.Extension.Printed of kind border): they speak against no form.
	Frames []geom.PageRect
	Trace  func(Stage) // nil: none; called at a stage's end; who listens holds the clock
}

// Stage is what Trace is told: the stage's name and, where there is one, its picture.
type Stage struct {
	Name  string
	Image *image.Gray
}

// Map places the page in the picture: a homography and local corrections.
type Map struct {
	H           geom.Homography
	Turn        int // quarter turns of the sheet in the upright picture, clockwise: 0, 90, 180, 270
	Method      Method
	Residual    float64 // root mean square, page px, of outlines against the map
	ResidualMax float64 // page px
	Markers     []MarkerSeen
	Outlines    []Outline // by Places of the page
	Support     float64   // share of the outlines that were seen where the map has them, 0 to 1
	Unexplained int       // rings beside the bubbles that the pattern does not list
	Letters     float64   // symbols inside against the pattern's values: right forms 0.05 and more; NaN: none printed

	// Copy is the number of the person's copy that the page's code names
	// (spec/markup.md 8.4); 0: none, or the code cannot be read.
	Copy int
	// Named tells that the page's code names this page of this form: it is no other.
	Named bool

	page geom.PageRect
	warp *lattice
}

// MarkerSeen is a listed marker and whether it was found.
type MarkerSeen struct {
	Index int // in pattern.Page.Markers
	At    geom.ImagePt
	Found bool
}

// Outline is what was seen of one bubble's printed outline.
type Outline struct {
	Box      geom.PageRect // the printed outline, page px, as the pattern places it
	Shape    Shape
	Inside   bool    // in the picture
	Contrast float64 // against the paper around it: 1 as the sheet's typical outline, 0 none
	Along    float64 // darkness along it, on the same scale
	Slip     float64 // how far from the map it was found, page px
	Seen     bool    // in its place
}

// Image is the place of a page point in the picture.
func (m *Map) Image(p geom.PagePt) geom.ImagePt {
	dx, dy := m.warp.at(p)
	return m.H.Apply(geom.PagePt{X: p.X + dx, Y: p.Y + dy})
}

// Quad is a page box as seen in the picture.
func (m *Map) Quad(r geom.PageRect) geom.Quad {
	var q geom.Quad
	for i, c := range r.Corners() {
		q[i] = m.Image(c)
	}
	return q
}

// Scale is the number of image px a page px around p.
func (m *Map) Scale(p geom.PagePt) float64 { return m.H.Scale(p) }

// Jacobian is the local linear part of the map at p.
func (m *Map) Jacobian(p geom.PagePt) (xX, xY, yX, yY float64) {
	dx, dy := m.warp.at(p)
	return m.H.Jacobian(geom.PagePt{X: p.X + dx, Y: p.Y + dy})
}

// Affine is the Map of a picture that shows the page flat and straight at scale
// image px a page px with its origin at (x, y): for pictures made by render, and
// for tests. Nothing is checked against a picture; all outlines count as seen.
func Affine(p *pattern.Page, scale, x, y float64) *Map {
	m := &Map{
		H:      geom.Homography{scale, 0, x, 0, scale, y, 0, 0, 1},
		Method: ByContent, Support: 1, Letters: math.NaN(),
		page: geom.PageRect{W: p.Width, H: p.Height},
	}
	for _, pl := range Places(p) {
		m.Outlines = append(m.Outlines, Outline{Box: pl.Box, Inside: true, Contrast: 1, Along: 1, Seen: true})
	}
	return m
}

// Page finds the page in g.
func Page(g *image.Gray, p *pattern.Page, opt Options) (*Map, error) {
	pic := NewPicture(g)
	defer pic.Release()
	return pic.Page(p, opt)
}

// Picture is a picture in which several pages are looked for: what does not depend
// on the page is done once. Not for concurrent use.
type Picture struct {
	g     *image.Gray
	works []*work                 // by reduction
	wide  map[[2]float64]*Picture // the same, stretched, on first use
}

// NewPicture is g, ready to be searched; g must not change until Release.
func NewPicture(g *image.Gray) *Picture { return &Picture{g: rebased(g)} }

// Release gives back the memory that the search took; Maps found stay good.
func (pic *Picture) Release() {
	for _, k := range pic.works {
		k.release()
	}
	pic.works = nil
	for _, w := range pic.wide {
		w.Release()
	}
}

// work is the picture reduced by factor.
func (pic *Picture) work(factor int) *work {
	for _, k := range pic.works {
		if k.factor == factor {
			return k
		}
	}
	k := newWork(pic.g, factor)
	pic.works = append(pic.works, k)
	return k
}

// Page finds a page in the picture.
func (pic *Picture) Page(p *pattern.Page, opt Options) (*Map, error) {
	g := pic.g
	b := g.Bounds()
	if b.Dx() < smallestPicture || b.Dy() < smallestPicture {
		return nil, tooSmall(b.Dx(), b.Dy())
	}
	m := newModel(p)
	v := pic.find(m, opt)
	if v.found == nil && !v.another() {
		if x, y := faxed(b.Dx(), b.Dy(), m.box); x*y > 1 {
			if w := pic.stretched(x, y).find(m, opt); w.found != nil {
				return w.found.squeezed(x, y), nil
			}
		}
	}
	if v.found != nil {
		return v.found, nil
	}
	return nil, v.fault(g, m)
}

// find looks for the page at one scale after the other. What small bubbles tell is
// believed only where they all agree.
func (pic *Picture) find(m *model, opt Options) (last verdict) {
	b := pic.g.Bounds()
	var held verdict
	for _, factor := range factors(b.Dx(), b.Dy(), m) {
		k := pic.work(factor)
		opt.trace("shrink", k.w, k.h, k.luma)
		opt.trace("darkness", k.w, k.h, k.dark)
		s := newSearch(k, m)
		s.frames = opt.Frames
		v := s.find(pic.g, opt)
		if v.found != nil {
			if held.found == nil || v.best.support >= held.best.support {
				held = v
			}
			if v.best.support >= agreed || s.fine(v.best.h.Scale(m.box.Center())) {
				break
			}
			continue
		}
		last = last.worse(v)
		if v.final {
			break
		}
	}
	if held.found != nil {
		return held
	}
	return last
}

// agreed is the support from which a coarse picture of the sheet is enough.
const agreed = 0.985

func (o Options) trace(name string, w, h int, pix []uint8) {
	if o.Trace == nil {
		return
	}
	st := Stage{Name: name}
	if pix != nil {
		st.Image = &image.Gray{Pix: append([]uint8(nil), pix...), Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	o.Trace(st)
}

// rebased is g with its origin at (0, 0), sharing the pixels.
func rebased(g *image.Gray) *image.Gray {
	b := g.Bounds()
	if b.Min == (image.Point{}) {
		return g
	}
	return &image.Gray{Pix: g.Pix[g.PixOffset(b.Min.X, b.Min.Y):], Stride: g.Stride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
}

// mostFactor bounds the reduction: the sums of its columns fit in 16 bits.
const mostFactor = 256

// factors are the reductions to try: first to bubbles of about 20 work px if
// the page fills the picture, then, for pages that do not, less.
func factors(w, h int, m *model) []int {
	long := float64(max(w, h))
	page := max(m.box.W, m.box.H)
	ideal := 1100.0
	if m.side > 0 {
		ideal = min(max(page*19/(m.smallest()*0.86), 1000), 2200)
	}
	first := min(max(1, int(long/ideal+0.4)), mostFactor)
	// A huge picture is never looked at whole: 24 megapixels of work are enough.
	for int64(w)*int64(h)/int64(first*first) > 24<<20 {
		first++
	}
	out := []int{first}
	if f := first / 2; f >= 1 && int64(w)*int64(h)/int64(f*f) <= 24<<20 {
		out = append(out, f)
	}
	return out
}

// smallest is the side of the smaller bubbles, page px.
func (m *model) smallest() float64 {
	least := m.side
	for _, c := range m.classes {
		if len(c.members)*20 >= len(m.spots) {
			least = min(least, math.Sqrt(c.w*c.h))
		}
	}
	return max(least, 1)
}
