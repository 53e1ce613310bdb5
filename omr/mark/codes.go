package mark

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
)

// CodeRead is what was read of one barcode element.
type CodeRead struct {
	Element int // in the page's Elements
	Kind    string
	Text    string
	Tries   int   // crops it took; 0: not read
	Err     error // why not
}

// margins are how much of its box's side is added around a code, try by try:
// the quiet zone, then a box that was drawn too tight or printed shifted.
var margins = [3]float64{0.12, 0.35, 0.9}

// readCodes decodes every barcode of the page on straightened crops.
func readCodes(v view, p *pattern.Page) []CodeRead {
	var out []CodeRead
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.Type != pattern.Barcode && e.Type != pattern.BarcodeMade {
			continue
		}
		r := CodeRead{Element: i, Kind: e.BarcodeType}
		kind, known := barcode.Known(e.BarcodeType)
		var kinds []string
		if known {
			kinds = []string{kind}
		}
		for try, m := range margins {
			g := Straight(v.g, v.m, e.Box.Grow(m*min(e.Box.W, e.Box.H)))
			if g == nil {
				break
			}
			got, err := barcode.Decode(g, kinds)
			if err == nil {
				r.Text, r.Tries, r.Err = got.Text, try+1, nil
				if got.Kind != "" {
					r.Kind = got.Kind
				}
				break
			}
			r.Err = err
		}
		out = append(out, r)
	}
	return out
}

// Crop sizes in px: a code needs two or three px a module, a crop no more than
// the picture has.
const (
	leastCrop = 48
	mostCrop  = 2400
)

// Straight is the page box cut out of g and laid flat, at about the picture's
// own scale; nil for a box without extent or far outside.
func Straight(g *image.Gray, m *register.Map, box geom.PageRect) *image.Gray {
	scale := m.Scale(box.Center())
	if !(box.W > 0 && box.H > 0 && scale > 0) || math.IsInf(scale, 0) {
		return nil
	}
	// Small codes are enlarged: readers want whole pixels a module.
	scale = max(scale, leastCrop/min(box.W, box.H))
	scale = min(scale, mostCrop/max(box.W, box.H))
	w, h := max(int(box.W*scale), 1), max(int(box.H*scale), 1)
	out := image.NewGray(image.Rect(0, 0, w, h))
	// The map is smooth: exact each 16 px, linear between.
	const step = 16
	b := g.Rect
	for y := range h {
		py := box.Y + (float64(y)+0.5)/scale
		for x0 := 0; x0 < w; x0 += step {
			l := m.Image(geom.PagePt{X: box.X + (float64(x0)+0.5)/scale, Y: py})
			r := m.Image(geom.PagePt{X: box.X + (float64(x0+step)+0.5)/scale, Y: py})
			dx, dy := (r.X-l.X)/step, (r.Y-l.Y)/step
			for x := x0; x < min(x0+step, w); x++ {
				t := float64(x - x0)
				out.Pix[y*out.Stride+x] = bilinear(g, b, l.X+t*dx, l.Y+t*dy)
			}
		}
	}
	return out
}

// bilinear is the luma at an image point; white outside of the picture.
func bilinear(g *image.Gray, b image.Rectangle, x, y float64) uint8 {
	x, y = x-0.5, y-0.5
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	if ix < 0 || iy < 0 || ix+1 >= b.Dx() || iy+1 >= b.Dy() {
		return 255
	}
	fx, fy := int((x-float64(ix))*256), int((y-float64(iy))*256)
	i := g.PixOffset(b.Min.X+ix, b.Min.Y+iy)
	t := int(g.Pix[i])*(256-fx) + int(g.Pix[i+1])*fx
	u := int(g.Pix[i+g.Stride])*(256-fx) + int(g.Pix[i+g.Stride+1])*fx
	return uint8((t*(256-fy) + u*fy) >> 16)
}
