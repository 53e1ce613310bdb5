package imageio

import (
	"encoding/binary"
	"image"
	"image/draw"
	"math/bits"
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

// upright undoes the orientation. Tiles keep both planes in the cache, and eight rows
// are turned at a time: phones store most photos on their side.
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
	m := turn{g.Pix, oy*g.Stride + ox, (ry-oy)*g.Stride + rx - ox, (dy-oy)*g.Stride + dx - ox}
	out := image.NewGray(image.Rect(0, 0, uw, uh))
	for ty := 0; ty < uh; ty += tile {
		for tx := 0; tx < uw; tx += tile {
			part := image.Rect(tx, ty, min(tx+tile, uw), min(ty+tile, uh))
			if orientation < 5 {
				m.pixels(out, part)
				continue
			}
			whole := part
			whole.Max.X -= part.Dx() % 8
			whole.Max.Y -= part.Dy() % 8
			m.blocks(out, whole)
			m.pixels(out, image.Rect(whole.Max.X, part.Min.Y, part.Max.X, part.Max.Y))
			m.pixels(out, image.Rect(part.Min.X, whole.Max.Y, whole.Max.X, part.Max.Y))
		}
	}
	return out
}

// turn is where the pixels of a plane come from: (x, y) from origin + x·right + y·down.
type turn struct {
	pix                 []uint8
	origin, right, down int
}

func (m turn) pixels(out *image.Gray, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at := m.origin + y*m.down + r.Min.X*m.right
		row := out.Pix[y*out.Stride+r.Min.X : y*out.Stride+r.Max.X]
		for i := range row {
			row[i] = m.pix[at]
			at += m.right
		}
	}
}

// blocks turns squares of 8 × 8; down is 1 or -1.
func (m turn) blocks(out *image.Gray, r image.Rectangle) {
	le := binary.LittleEndian
	for y := r.Min.Y; y < r.Max.Y; y += 8 {
		for x := r.Min.X; x < r.Max.X; x += 8 {
			var b [8]uint64
			at := m.origin + y*m.down + x*m.right
			for i := range b {
				if m.down > 0 {
					b[i] = le.Uint64(m.pix[at+i*m.right:])
				} else {
					b[i] = bits.ReverseBytes64(le.Uint64(m.pix[at+i*m.right-7:]))
				}
			}
			transpose(&b)
			to := out.Pix[y*out.Stride+x:]
			for i, v := range b {
				le.PutUint64(to[i*out.Stride:], v)
			}
		}
	}
}

// transpose swaps rows and columns of 8 × 8 bytes: squares of 4, of 2, of 1 across the
// diagonal.
func transpose(b *[8]uint64) {
	for i := range 4 {
		t := (b[i]>>32 ^ b[i+4]) & 0x00000000ffffffff
		b[i], b[i+4] = b[i]^t<<32, b[i+4]^t
	}
	for _, i := range [4]int{0, 1, 4, 5} {
		t := (b[i]>>16 ^ b[i+2]) & 0x0000ffff0000ffff
		b[i], b[i+2] = b[i]^t<<16, b[i+2]^t
	}
	for i := 0; i < 8; i += 2 {
		t := (b[i]>>8 ^ b[i+1]) & 0x00ff00ff00ff00ff
		b[i], b[i+1] = b[i]^t<<8, b[i+1]^t
	}
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
