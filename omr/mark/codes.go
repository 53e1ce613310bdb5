package mark

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/pattern"
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
			g := v.m.Straight(v.g, e.Box.Grow(m*min(e.Box.W, e.Box.H)))
			if g == nil {
				break
			}
			if e.Ours != nil && e.Ours.Turn%90 != 0 {
				g = unturned(g, float64(e.Ours.Turn))
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
