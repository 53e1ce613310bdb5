package imageio

import (
	"encoding/binary"
	"image"
	"image/color"
)

// Weights of ITU-R BT.601 as JFIF uses them, so that a JPEG's luma plane and the
// luma of its colours are the same; in 1/65536.
const (
	weightR = 19595
	weightG = 38470
	weightB = 7471
)

func lumaOf(r, g, b uint8) uint8 {
	return uint8((weightR*uint32(r) + weightG*uint32(g) + weightB*uint32(b) + 1<<15) >> 16)
}

// overWhite lays luma with alpha (not premultiplied) over paper.
func overWhite(y, a uint8) uint8 {
	return uint8((uint32(y)*uint32(a) + 255*(255-uint32(a)) + 127) / 255)
}

// ToGray is the luma of any picture over white, beginning at (0, 0). A grey
// picture and the luma plane of a YCbCr one are taken as they are, without a copy.
func ToGray(img image.Image) *image.Gray {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	switch img := img.(type) {
	case *image.Gray:
		return shared(img.Pix, img.Stride, w, h)
	case *image.YCbCr:
		return shared(img.Y[img.YOffset(b.Min.X, b.Min.Y):], img.YStride, w, h)
	}
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		switch img := img.(type) {
		case *image.RGBA:
			src := img.Pix[y*img.Stride:][:4*w]
			for x := range row {
				s := src[4*x:][:4]
				// Premultiplied: what is missing to full cover is paper.
				row[x] = uint8(min(255, uint32(lumaOf(s[0], s[1], s[2]))+255-uint32(s[3])))
			}
		case *image.NRGBA:
			src := img.Pix[y*img.Stride:][:4*w]
			for x := range row {
				s := src[4*x:][:4]
				row[x] = overWhite(lumaOf(s[0], s[1], s[2]), s[3])
			}
		case *image.CMYK:
			src := img.Pix[y*img.Stride:][:4*w]
			for x := range row {
				s := src[4*x:][:4]
				row[x] = lumaOf(color.CMYKToRGB(s[0], s[1], s[2], s[3]))
			}
		case *image.Paletted:
			src := img.Pix[y*img.Stride:][:w]
			table := paletteLuma(img.Palette)
			for x := range row {
				row[x] = table[src[x]]
			}
		case *image.Gray16:
			src := img.Pix[y*img.Stride:][:2*w]
			for x := range row {
				row[x] = sample(src, x, 2)
			}
		default:
			for x := range row {
				row[x] = lumaOver(img.At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return g
}

func shared(pix []uint8, stride, w, h int) *image.Gray {
	return &image.Gray{Pix: pix, Stride: stride, Rect: image.Rect(0, 0, w, h)}
}

func lumaOver(c color.Color) uint8 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return overWhite(lumaOf(n.R, n.G, n.B), n.A)
}

// paletteLuma has white for indices beyond the palette, which damaged files use.
func paletteLuma(p color.Palette) (table [256]uint8) {
	for i := range table {
		table[i] = 255
		if i < len(p) {
			table[i] = lumaOver(p[i])
		}
	}
	return table
}

// spread makes two levels of bits, the first pixel in the uppermost.
func spread(to []uint8, row []byte, zero, one uint8) {
	const each, most = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	base, change := uint64(zero)*each, uint64(zero^one)*each
	whole := len(to) / 8
	for i, b := range row[:whole] {
		// The bits to bytes of their own, then each of these to 0 or 1.
		bits := (uint64(b)*each&0x0102040810204080 + most) >> 7 & each
		binary.LittleEndian.PutUint64(to[8*i:], base^bits*255&change)
	}
	for x := 8 * whole; x < len(to); x++ {
		to[x] = zero
		if row[x/8]>>(7-x%8)&1 == 1 {
			to[x] = one
		}
	}
}
