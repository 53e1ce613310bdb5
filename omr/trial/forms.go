package trial

import (
	"image"
	"image/draw"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/internal/randomform"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Source is a form to examine with.
type Source struct {
	Name     string
	Markup   []byte
	Settings form.Settings
	Images   map[string][]byte
	Faces    *typeset.Faces // nil: the embedded ones
	random   bool           // Markup is empty: a random form of each block of sheets
}

// Random stands for forms drawn from the whole language, another every few
// sheets.
func Random() Source { return Source{Name: "random", random: true} }

// Ready is a form of the library.
func Ready(f library.Form) Source { return Source{Name: f.Name, Markup: f.Source()} }

// All are the forms of the library, and random ones.
func All() []Source {
	var out []Source
	for _, f := range library.Forms() {
		out = append(out, Ready(f))
	}
	return append(out, Random())
}

// randomEvery is the number of sheets that share a few random forms: drawing one
// takes as long as reading one.
const (
	randomEvery = 32
	randomForms = 2
)

// shelf hands out forms ready to be filled, and keeps those used last.
type shelf struct {
	variant Variant
	seed    uint64
	sources []Source
	fixed   []int // of sources, those that are not random
	heavy   []int // those of them with the most bubbles
	random  bool

	mu    sync.Mutex
	bytes int
	tick  int
	kept  map[string]*slot
}

// slot is a form on the shelf.
type slot struct {
	lay   sync.Once
	draw  sync.Once
	form  *prepared
	err   error
	bytes int
	used  int
}

// shelfBytes bounds the pages kept: the library at 300 dpi, and some random forms.
const shelfBytes = 320 << 20

func newShelf(opt Options) (*shelf, error) {
	s := &shelf{variant: opt.Variant, seed: opt.Seed, sources: opt.Forms, kept: map[string]*slot{}}
	if len(s.sources) == 0 {
		s.sources = All()
	}
	bubbles := map[int]int{}
	for i, src := range s.sources {
		if src.random {
			s.random = true
			continue
		}
		f, err := s.get(src)
		if err != nil {
			return nil, err
		}
		s.fixed = append(s.fixed, i)
		bubbles[i] = f.bubbles
	}
	s.heavy = slices.Clone(s.fixed)
	slices.SortStableFunc(s.heavy, func(a, b int) int { return bubbles[b] - bubbles[a] })
	s.heavy = s.heavy[:(len(s.heavy)+2)/3]
	return s, nil
}

// pick is the form of a sheet: half of the sheets are of any form, a quarter of
// those with the most bubbles, a quarter of random ones.
func (s *shelf) pick(r *rand.Rand, number int) Source {
	kind, any := r.IntN(8), r.IntN(1<<20)
	switch {
	case s.random && (kind >= 6 || len(s.fixed) == 0):
		k := uint64(number/randomEvery)*randomForms + uint64(any%randomForms)
		return s.anew(k)
	case kind >= 4 && len(s.heavy) > 0:
		return s.sources[s.heavy[any%len(s.heavy)]]
	}
	return s.sources[s.fixed[any%len(s.fixed)]]
}

// anew names the random form k; it is made when it is needed.
func (s *shelf) anew(k uint64) Source {
	seed := rand.New(rand.NewPCG(s.seed, k)).Uint64() >> 32
	return Source{Name: "random-" + strconv.FormatUint(seed, 10), random: true}
}

// others are n forms that are not f, in an order of their own for each sheet.
func (s *shelf) others(r *rand.Rand, f *prepared, number, n int) ([]*prepared, error) {
	var out []*prepared
	order := r.Perm(len(s.fixed))
	for i := 0; len(out) < n && i < len(order)+randomForms+1; i++ {
		var src Source
		switch {
		case i < len(order):
			src = s.sources[s.fixed[order[i]]]
		case s.random:
			src = s.anew(uint64(number/randomEvery)*randomForms + uint64(i-len(order)))
		default:
			return out, nil
		}
		o, err := s.get(src)
		if err != nil {
			return nil, err
		}
		if o.id != f.id {
			out = append(out, o.part(r))
		}
	}
	return out, nil
}

// get is a form laid out: its pattern, without pages.
func (s *shelf) get(src Source) (*prepared, error) {
	k := s.slot(src)
	return k.form, k.err
}

// drawn is a form with its pages.
func (s *shelf) drawn(src Source) (*prepared, error) {
	k := s.slot(src)
	if k.err != nil {
		return nil, k.err
	}
	k.draw.Do(func() {
		k.form.draw()
		s.store(k)
	})
	return k.form, nil
}

func (s *shelf) slot(src Source) *slot {
	s.mu.Lock()
	k := s.kept[src.Name]
	if k == nil {
		k = &slot{}
		s.kept[src.Name] = k
	}
	s.tick++
	k.used = s.tick
	s.mu.Unlock()
	k.lay.Do(func() { k.form, k.err = prepare(src, s.variant) })
	return k
}

// store counts a form's pages and lets go of those unused for longest.
func (s *shelf) store(k *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k.bytes = k.form.bytes()
	s.bytes += k.bytes
	for s.bytes > shelfBytes {
		oldest, name := k, ""
		for n, o := range s.kept {
			if o != k && o.bytes > 0 && o.used < oldest.used {
				oldest, name = o, n
			}
		}
		if name == "" {
			return
		}
		s.bytes -= oldest.bytes
		delete(s.kept, name)
	}
}

// prepared is a form as printed, and the pattern it is read with.
type prepared struct {
	name    string
	id      string
	printed *pattern.Pattern // as generated: where a pen finds the outlines
	pattern *pattern.Pattern // of the variant
	sheets  []layout.Sheet
	pages   []image.Image     // of draw
	codes   map[string]string // texts of barcodes, which a pattern does not tell
	bubbles int
	parts   []*prepared // of a markerless form: its pages, each for itself
}

// prepare lays a form out.
func prepare(src Source, v Variant) (*prepared, error) {
	opt := layout.Options{Images: src.Images, Faces: src.Faces, Decode: decode}
	if src.random {
		seed, err := strconv.ParseUint(src.Name[len("random-"):], 10, 64)
		if err != nil {
			return nil, err
		}
		f := randomform.Draw(rand.New(rand.NewPCG(seed, 3)))
		src.Markup, src.Settings, opt = []byte(f.Source), f.Settings, randomform.LayoutOptions()
	}
	tree, list := markup.Parse(src.Markup)
	if tree == nil || list.Failed() {
		return nil, list
	}
	doc, list := layout.Lay(tree, src.Settings, opt)
	if doc == nil || list.Failed() {
		return nil, list
	}
	whole, err := reread(doc.Pattern)
	if err != nil {
		return nil, err
	}
	f := &prepared{name: src.Name, id: whole.Form(), printed: whole, pattern: whole, codes: codes(doc), sheets: doc.Pages}
	for i := range whole.Pages {
		for j := range whole.Pages[i].Elements {
			whole.Pages[i].Elements[j].EachBubble(func(*pattern.Bubble) bool { f.bubbles++; return true })
		}
	}
	switch v {
	case Whole:
	case Bare:
		f.pattern, err = reread(bare(whole, false))
	case Markerless:
		older := bare(whole, true)
		for i := range older.Pages {
			part := *f
			part.name = src.Name + "#" + strconv.Itoa(i+1)
			part.printed = onePage(whole, i)
			if part.pattern, err = reread(onePage(older, i)); err != nil {
				return nil, err
			}
			f.parts = append(f.parts, &part)
		}
	}
	return f, err
}

// draw makes the pages.
func (f *prepared) draw() {
	for i, sheet := range f.sheets {
		img := leanest(render.Raster(sheet, 0))
		if len(f.parts) > 0 {
			f.parts[i].pages = []image.Image{blanked(img, markings(f.printed, i))}
			continue
		}
		f.pages = append(f.pages, img)
	}
	f.sheets = nil
}

// part is the whole form or, of one that was parted, one of its pages.
func (f *prepared) part(r *rand.Rand) *prepared {
	if len(f.parts) == 0 {
		return f
	}
	return f.parts[r.IntN(len(f.parts))]
}

func (f *prepared) bytes() (n int) {
	for _, p := range f.parts {
		n += p.bytes()
	}
	for _, img := range f.pages {
		px := img.Bounds().Dx() * img.Bounds().Dy()
		if _, color := img.(*image.RGBA); color {
			px *= 4
		}
		n += px
	}
	return n
}

func decode(b []byte) (image.Image, error) {
	img, _, err := imageio.DecodeColor(b, imageio.Options{})
	return img, err
}

// reread is the pattern as a file gives it back.
func reread(p *pattern.Pattern) (*pattern.Pattern, error) {
	data, err := pattern.Write(p)
	if err != nil {
		return nil, err
	}
	out, _, err := pattern.Read(data)
	return out, err
}

// bare is a pattern without our key, and without markers if asked.
func bare(p *pattern.Pattern, markerless bool) *pattern.Pattern {
	out := *p
	out.Ours = nil
	out.Pages = slices.Clone(p.Pages)
	for i := range out.Pages {
		page := &out.Pages[i]
		page.Elements = slices.Clone(page.Elements)
		for j := range page.Elements {
			page.Elements[j].Ours = nil
		}
		if markerless {
			page.Markers, page.RotationMarker = nil, ""
		}
	}
	return &out
}

func onePage(p *pattern.Pattern, i int) *pattern.Pattern {
	out := *p
	out.Ours = nil // its entries count pages from the whole form's first
	out.Pages = p.Pages[i : i+1 : i+1]
	return &out
}

// markings are the boxes of what a markerless page does not print.
func markings(p *pattern.Pattern, page int) []geom.PageRect {
	var out []geom.PageRect
	for _, m := range p.Pages[page].Markers {
		out = append(out, m.Box)
	}
	if p.Ours != nil {
		for _, id := range p.Ours.Identifiers {
			if id.Page == page {
				out = append(out, id.Place())
			}
		}
	}
	return out
}

// blanked is the picture, which is changed, with paper over the boxes.
func blanked(img image.Image, boxes []geom.PageRect) image.Image {
	dst, ok := img.(draw.Image)
	if !ok {
		return img
	}
	for _, b := range boxes {
		b = b.Grow(3) // anti-aliased edges
		r := image.Rect(int(b.X), int(b.Y), int(b.X+b.W)+1, int(b.Y+b.H)+1)
		draw.Draw(dst, r, image.White, image.Point{}, draw.Src)
	}
	return dst
}

// codes are the texts of the printed barcodes by their rows.
func codes(doc *layout.Document) map[string]string {
	out := map[string]string{}
	for i, page := range doc.Pattern.Pages {
		for _, e := range page.Elements {
			if e.Type != pattern.Barcode && e.Type != pattern.BarcodeMade {
				continue
			}
			for _, item := range doc.Pages[i].Items {
				if item.Modules != nil && item.Turn.Bounds(item.Modules.Ground).Overlaps(e.Box) {
					out[e.Name] = item.Modules.Label
				}
			}
		}
	}
	return out
}

// leanest is a page without colours as a grey plane: a quarter of the memory.
func leanest(img *image.RGBA) image.Image {
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] != img.Pix[i+1] || img.Pix[i] != img.Pix[i+2] {
			return img
		}
	}
	g := image.NewGray(img.Rect)
	for i := range g.Pix {
		g.Pix[i] = img.Pix[4*i]
	}
	return g
}

// reason is the code of a refusal.
func reason(err error) string {
	if e := fault.As(err); e != nil {
		return e.Code
	}
	return "error"
}
