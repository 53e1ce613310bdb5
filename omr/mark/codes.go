package mark

import (
	"errors"
	"image"
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// CodeRead is what was read of one barcode element.
type CodeRead struct {
	Element int // in the page's Elements
	Kind    string
	Text    string
	Tries   int   // crops it took; 0: not read
	Checked bool  // a check character or error correction confirms the text
	Astray  bool  // found elsewhere on the page than in its place
	Err     error // why not
}

// margins are how much of its box's side is added around a code, try by try:
// the quiet zone, then a box that was drawn too tight or printed shifted.
var margins = [3]float64{0.12, 0.35, 0.9}

// mostThorough is how many codes of a page that cannot be read get the costly tries.
const mostThorough = 2

// readCodes decodes every barcode of the page on straightened crops; the first
// that is not in its place is looked for on the whole page.
func readCodes(v view, p *pattern.Page) []CodeRead {
	var out []CodeRead
	searched, unread := false, 0
	for i := range p.Elements {
		e := &p.Elements[i]
		if !isCode(e) {
			continue
		}
		r := CodeRead{Element: i, Kind: e.BarcodeType}
		kind, known := barcode.Known(e.BarcodeType)
		var kinds []string
		if known {
			kinds = []string{kind}
		}
		for try, m := range margins {
			margin := m * min(e.Box.W, e.Box.H)
			g := v.m.Straight(v.g, e.Box.Grow(margin))
			if g == nil {
				break
			}
			scale := float64(g.Rect.Dx()) / (e.Box.W + 2*margin)
			place := image.Rect(int(margin*scale), int(margin*scale), g.Rect.Dx()-int(margin*scale), g.Rect.Dy()-int(margin*scale))
			if e.Ours != nil && e.Ours.Turn%90 != 0 {
				g = unturned(g, float64(e.Ours.Turn))
				place = g.Rect
			}
			var got barcode.Reading
			if got, r.Err = decode(g, place, kinds, try, unread < mostThorough); r.Err == nil {
				r.take(got, try+1)
				break
			}
		}
		if r.Tries == 0 {
			unread++
		}
		if r.Tries == 0 && known && !searched && findable(kind) {
			searched = true
			if got, err := v.search(p, i, kind); err == nil {
				r.take(got, len(margins)+1)
				r.Astray = true
			}
		}
		out = append(out, r)
	}
	return out
}

func isCode(e *pattern.Element) bool {
	return e.Type == pattern.Barcode || e.Type == pattern.BarcodeMade
}

func (r *CodeRead) take(got barcode.Reading, tries int) {
	r.Text, r.Tries, r.Err = got.Text, tries, nil
	if got.Kind != "" {
		r.Kind = got.Kind
	}
	r.Checked = barcode.Checked(r.Kind)
}

// sure is how sure the text is. What a check confirms is; without one several lines
// that agree have it, which a person may rely on but strict policies may not; found
// elsewhere it may be another sheet's.
func (r *CodeRead) sure() float64 {
	switch {
	case r.Astray:
		return 0.995
	case !r.Checked:
		return 0.9995
	}
	return 1 - 1e-6
}

// decode reads a crop as it lies; the first crop of a pattern that does not say
// what kind of code to expect, and one that may hold a code stuck on aslant, is
// shown turned as well.
func decode(g *image.Gray, place image.Rectangle, kinds []string, try int, thorough bool) (barcode.Reading, error) {
	if len(kinds) == 0 {
		return barcode.Decode(g, nil)
	}
	got, err := barcode.DecodeFlat(g, place, kinds, thorough && try == 0)
	if err == nil && !spans(got, place) {
		err = errPartial
	}
	if err != nil && try == 1 && thorough {
		if turned, fault := barcode.Decode(g, kinds); fault == nil {
			return turned, nil
		}
	}
	return got, err
}

// errPartial says that what was read is but a part of what is printed.
var errPartial = errors.New("only a part of the code can be read")

// spans tells whether a linear code without check fills its place: a part of some
// of them is a code as well.
func spans(r barcode.Reading, place image.Rectangle) bool {
	if barcode.Checked(r.Kind) || len(r.Points) != 2 {
		return true
	}
	const least = 0.6
	d := r.Points[1].Sub(r.Points[0])
	return max(math.Abs(float64(d.X))/float64(place.Dx()), math.Abs(float64(d.Y))/float64(place.Dy())) >= least
}

// findable are the kinds that can be told from all else on a page.
func findable(kind string) bool {
	switch kind {
	case "QR", "GS1QR", "SwissQR", "Code128", "GS1Code128", "SSCC18", "EAN13", "EAN14", "SCC14", "Code93Standard", "Code93Extended":
		return true
	}
	return false
}

// search looks for a code of one kind on the whole page, the places of the other
// codes covered.
func (v view) search(p *pattern.Page, element int, kind string) (barcode.Reading, error) {
	g := v.m.Straight(v.g, geom.PageRect{W: p.Width, H: p.Height})
	if g == nil {
		return barcode.Reading{}, errPartial
	}
	scale := float64(g.Rect.Dx()) / p.Width
	for i := range p.Elements {
		if e := &p.Elements[i]; i != element && isCode(e) {
			b := e.Box.Grow(0.1 * min(e.Box.W, e.Box.H))
			cover := image.Rect(int(b.X*scale), int(b.Y*scale), int((b.X+b.W)*scale)+1, int((b.Y+b.H)*scale)+1).Intersect(g.Rect)
			for y := cover.Min.Y; y < cover.Max.Y; y++ {
				row := g.Pix[g.PixOffset(cover.Min.X, y):g.PixOffset(cover.Max.X, y)]
				for x := range row {
					row[x] = 255
				}
			}
		}
	}
	got, err := barcode.Find(g, kind)
	if err == nil && strings.HasPrefix(got.Text, "LM1:") {
		return got, errPartial // the page's own identifier (spec/markup.md 8.4)
	}
	return got, err
}

// unturned is a crop turned counterclockwise about its middle, white beyond it:
// linear codes are read along lines that are nearly level or upright.
func unturned(g *image.Gray, degrees float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	b := g.Bounds()
	w, h := float64(b.Dx()), float64(b.Dy())
	side := int(math.Ceil(math.Hypot(w, h)))
	out := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			u, v := float64(x)+0.5-float64(side)/2, float64(y)+0.5-float64(side)/2
			out.Pix[y*out.Stride+x] = bilinear(g, u*cos-v*sin+w/2, u*sin+v*cos+h/2)
		}
	}
	return out
}

// bilinear is the luma at a point of the crop; white outside of it.
func bilinear(g *image.Gray, x, y float64) uint8 {
	x, y = x-0.5, y-0.5
	ix, iy := math.Floor(x), math.Floor(y)
	at := func(i, j float64) float64 {
		p := image.Pt(int(i), int(j)).Add(g.Rect.Min)
		if !p.In(g.Rect) {
			return 255
		}
		return float64(g.Pix[g.PixOffset(p.X, p.Y)])
	}
	fx, fy := x-ix, y-iy
	top := at(ix, iy)*(1-fx) + at(ix+1, iy)*fx
	low := at(ix, iy+1)*(1-fx) + at(ix+1, iy+1)*fx
	return uint8(top*(1-fy) + low*fy + 0.5)
}
