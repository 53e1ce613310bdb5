package register

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// Crop sizes in px: a code needs two or three px a module, a crop no more than
// the picture has.
const (
	leastCrop = 48
	mostCrop  = 2400
)

// Straight is the page box cut out of g and laid flat, at about the picture's
// own scale, white where the picture ends; nil for a box without extent.
func (m *Map) Straight(g *image.Gray, box geom.PageRect) *image.Gray {
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
	for y := range h {
		py := box.Y + (float64(y)+0.5)/scale
		row := out.Pix[y*out.Stride:][:w]
		l := m.Image(geom.PagePt{X: box.X + 0.5/scale, Y: py})
		for x0 := 0; x0 < w; x0 += step {
			r := m.Image(geom.PagePt{X: box.X + (float64(x0+step)+0.5)/scale, Y: py})
			sampleLine(row[x0:min(x0+step, w)], g, l, (r.X-l.X)/step, (r.Y-l.Y)/step)
			l = r
		}
	}
	return out
}

// sampleLine fills dst with the luma at the image points p, p + (dx, dy) and so on.
func sampleLine(dst []uint8, g *image.Gray, p geom.ImagePt, dx, dy float64) {
	const one = 1 << 32
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	inside := func(x, y float64) bool { return x > 1 && y > 1 && x < w-1.5 && y < h-1.5 }
	if n := float64(len(dst)); !inside(p.X, p.Y) || !inside(p.X+n*dx, p.Y+n*dy) {
		for i := range dst {
			dst[i] = bilinear(g, p.X+float64(i)*dx, p.Y+float64(i)*dy)
		}
		return
	}
	pix, stride := g.Pix[g.PixOffset(g.Rect.Min.X, g.Rect.Min.Y):], g.Stride
	x, y, sx, sy := int64((p.X-0.5)*one), int64((p.Y-0.5)*one), int64(dx*one), int64(dy*one)
	for i := range dst {
		fx, fy := int(x>>24&255), int(y>>24&255)
		at := int(y>>32)*stride + int(x>>32)
		a, b := pix[at:at+2], pix[at+stride:at+stride+2]
		t := int(a[0])*(256-fx) + int(a[1])*fx
		u := int(b[0])*(256-fx) + int(b[1])*fx
		dst[i] = uint8((t*(256-fy) + u*fy) >> 16)
		x += sx
		y += sy
	}
}

// bilinear is the luma at an image point; white outside of the picture.
func bilinear(g *image.Gray, x, y float64) uint8 {
	b := g.Rect
	x, y = x-0.5, y-0.5
	if !(x >= 0 && y >= 0 && x < float64(b.Dx()-1) && y < float64(b.Dy()-1)) {
		return 255
	}
	ix, iy := int(x), int(y)
	fx, fy := int((x-float64(ix))*256), int((y-float64(iy))*256)
	i := g.PixOffset(b.Min.X+ix, b.Min.Y+iy)
	t := int(g.Pix[i])*(256-fx) + int(g.Pix[i+1])*fx
	u := int(g.Pix[i+g.Stride])*(256-fx) + int(g.Pix[i+g.Stride+1])*fx
	return uint8((t*(256-fy) + u*fy) >> 16)
}
