package imageio

import (
	"image"
	"image/draw"
)

// source is where the upright pixel (x, y) comes from in a stored picture of
// w × h px (Exif 2.32, tag Orientation).
func source(orientation, x, y, w, h int) (sx, sy int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}

// upright undoes the orientation. Tiles keep both planes in the cache: turning
// a photo by columns takes several times as long.
func upright(g *image.Gray, orientation int) *image.Gray {
	if orientation <= 1 {
		return g
	}
	const tile = 64
	w, h := g.Rect.Dx(), g.Rect.Dy()
	uw, uh := w, h
	if orientation >= 5 {
		uw, uh = h, w
	}
	// The map is affine: two steps describe it.
	ox, oy := source(orientation, 0, 0, w, h)
	rx, ry := source(orientation, 1, 0, w, h)
	dx, dy := source(orientation, 0, 1, w, h)
	origin := oy*g.Stride + ox
	right := (ry-oy)*g.Stride + rx - ox
	down := (dy-oy)*g.Stride + dx - ox
	out := image.NewGray(image.Rect(0, 0, uw, uh))
	for ty := 0; ty < uh; ty += tile {
		for tx := 0; tx < uw; tx += tile {
			ex := min(tx+tile, uw)
			for y := ty; y < min(ty+tile, uh); y++ {
				at := origin + y*down + tx*right
				row := out.Pix[y*out.Stride+tx : y*out.Stride+ex]
				for i := range row {
					row[i] = g.Pix[at]
					at += right
				}
			}
		}
	}
	return out
}

// uprightColor undoes the orientation of any picture.
func uprightColor(img image.Image, orientation int) image.Image {
	if orientation <= 1 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	stored := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(stored, stored.Rect, img, b.Min, draw.Src)
	uw, uh := w, h
	if orientation >= 5 {
		uw, uh = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, uw, uh))
	for y := range uh {
		for x := range uw {
			sx, sy := source(orientation, x, y, w, h)
			copy(out.Pix[y*out.Stride+4*x:][:4], stored.Pix[sy*stored.Stride+4*sx:][:4])
		}
	}
	return out
}
