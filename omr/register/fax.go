package register

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// A fax of standard resolution has 204 × 98 dots an inch (ITU-T T.4): its pictures
// look twice as wide as the sheet. faxLike is how far from that they may be, a
// factor: margins are cut off and rolls end early.
const (
	faxStretch = 204.0 / 98
	faxLike    = 1.25
	faxPixels  = 64 << 20 // of the stretched picture
	faxLine    = 2500     // dots of the longest line, of A3, and some
)

// faxed is how much a picture of w by h px must be stretched along and down to have
// the page's proportions, if it is that of a fax; else 1, 1.
func faxed(w, h int, page geom.PageRect) (x, y float64) {
	if !(page.W > 0 && page.H > 0) || float64(w)*float64(h)*faxStretch > faxPixels || max(w, h) > faxLine {
		return 1, 1
	}
	near := func(r float64) bool { return math.Abs(math.Log(r/faxStretch)) < math.Log(faxLike) }
	a, b := float64(w)/float64(h), page.W/page.H
	switch {
	case near(a / b):
		return 1, faxStretch
	case near(1 / (a * b)): // turned after it was received
		return faxStretch, 1
	}
	return 1, 1
}

// stretched is the picture enlarged by x and y.
func (pic *Picture) stretched(x, y float64) *Picture {
	key := [2]float64{x, y}
	if pic.wide[key] == nil {
		if pic.wide == nil {
			pic.wide = make(map[[2]float64]*Picture)
		}
		pic.wide[key] = NewPicture(stretched(pic.g, x, y))
	}
	return pic.wide[key]
}

// stretched is g enlarged by x and y, one of them 1, linear between its pixels.
func stretched(g *image.Gray, x, y float64) *image.Gray {
	w, h := int(float64(g.Rect.Dx())*x), int(float64(g.Rect.Dy())*y)
	out := image.NewGray(image.Rect(0, 0, w, h))
	at := make([]int, w) // the left neighbour, in 1/256
	for i := range at {
		at[i] = min(max(int(((float64(i)+0.5)/x-0.5)*256), 0), (g.Rect.Dx()-1)*256)
	}
	for v := range h {
		f := min(max(int(((float64(v)+0.5)/y-0.5)*256), 0), (g.Rect.Dy()-1)*256)
		up := g.Pix[f>>8*g.Stride:]
		down := g.Pix[min(f>>8+1, g.Rect.Dy()-1)*g.Stride:]
		for u, to := 0, out.Pix[v*out.Stride:][:w]; u < w; u++ {
			i := at[u] >> 8
			j := min(i+1, g.Rect.Dx()-1)
			fx, fy := at[u]&255, f&255
			a := int(up[i])*(256-fx) + int(up[j])*fx
			b := int(down[i])*(256-fx) + int(down[j])*fx
			to[u] = uint8((a*(256-fy) + b*fy) >> 16)
		}
	}
	return out
}

// squeezed is the map of the picture that was stretched.
func (m *Map) squeezed(x, y float64) *Map {
	for i := range 3 {
		m.H[i] /= x
		m.H[3+i] /= y
	}
	for i := range m.Markers {
		m.Markers[i].At.X /= x
		m.Markers[i].At.Y /= y
	}
	return m
}
