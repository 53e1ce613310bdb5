package imageio

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
)

// rows hands out a picture's rows as a PNG stores them, each with its filter
// byte (none: paper and flat ink have runs that deflate finds by itself).
type rows struct {
	depth, color byte
	palette      []byte
	row          func(y int) []byte // valid until the next call
}

func rowsOf(img image.Image) rows {
	switch img := img.(type) {
	case *image.Gray:
		return grayRows(img)
	case *image.Paletted:
		if rgb, ok := opaque(img.Palette); ok {
			return indexRows(img.Pix, img.Stride, img.Rect.Dx(), rgb)
		}
	case *image.RGBA:
		return colorRows(img)
	}
	b := img.Bounds()
	flat := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Rect, img, b.Min, draw.Src)
	if !flat.Opaque() {
		return directRows(flat.Pix, flat.Stride, b.Dx(), true)
	}
	// Opaque: straight and premultiplied colours are the same.
	return colorRows(&image.RGBA{Pix: flat.Pix, Stride: flat.Stride, Rect: flat.Rect})
}

// grayRows has 1, 2 or 4 bits where all levels are multiples of 255, 85 or 17.
func grayRows(g *image.Gray) rows {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var seen [256]bool
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		if y > 0 && bytes.Equal(row, g.Pix[(y-1)*g.Stride:][:w]) {
			continue
		}
		for _, v := range row {
			seen[v] = true
		}
	}
	depth := 1
	for v, used := range seen {
		if !used {
			continue
		}
		switch {
		case v%255 == 0:
		case v%85 == 0:
			depth = max(depth, 2)
		case v%17 == 0:
			depth = max(depth, 4)
		default:
			depth = 8
		}
	}
	if depth == 8 {
		buf := make([]byte, 1+w)
		return rows{8, pngGray, nil, func(y int) []byte {
			copy(buf[1:], g.Pix[y*g.Stride:][:w])
			return buf
		}}
	}
	shift := 8 - depth
	buf := make([]byte, 1+(w*depth+7)/8)
	return rows{byte(depth), pngGray, nil, func(y int) []byte {
		pack(buf[1:], g.Pix[y*g.Stride:][:w], depth, shift)
		return buf
	}}
}

// pack stores the upper bits of each sample side by side: v >> shift.
func pack(to, from []uint8, depth, shift int) {
	if depth == 4 {
		n := len(from) / 2
		i := packNibbles(to[:n], from, shift)
		for ; i < n; i++ {
			to[i] = from[2*i]>>shift<<4 | from[2*i+1]>>shift
		}
		if len(from)%2 == 1 {
			to[n] = from[2*n] >> shift << 4
		}
		return
	}
	perByte := 8 / depth
	for i := range to {
		var b uint8
		for k := range perByte {
			b <<= depth
			if x := i*perByte + k; x < len(from) {
				b |= from[x] >> shift
			}
		}
		to[i] = b
	}
}

// packNibbles is pack for four bits, eight samples at a time: a page at 300 dpi
// has ten million. It returns how many bytes it wrote.
func packNibbles(to, from []uint8, shift int) (n int) {
	const low, pairs = 0x0f0f0f0f0f0f0f0f, 0x00ff00ff00ff00ff
	for ; n+4 <= len(to); n += 4 {
		x := binary.LittleEndian.Uint64(from[2*n:]) >> shift & low
		x = (x<<4 | x>>8) & pairs // a byte in every other place
		x = (x | x>>8) & 0x0000ffff0000ffff
		binary.LittleEndian.PutUint32(to[n:], uint32(x|x>>16))
	}
	return n
}

func opaque(p color.Palette) (rgb []byte, ok bool) {
	if len(p) == 0 || len(p) > 256 {
		return nil, false
	}
	for _, c := range p {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		if n.A != 255 {
			return nil, false
		}
		rgb = append(rgb, n.R, n.G, n.B)
	}
	return rgb, true
}

func indexRows(pix []uint8, stride, w int, palette []byte) rows {
	depth := 8
	switch n := len(palette) / 3; {
	case n <= 2:
		depth = 1
	case n <= 4:
		depth = 2
	case n <= 16:
		depth = 4
	}
	buf := make([]byte, 1+(w*depth+7)/8)
	return rows{byte(depth), pngPalette, palette, func(y int) []byte {
		if depth == 8 {
			copy(buf[1:], pix[y*stride:][:w])
		} else {
			pack(buf[1:], pix[y*stride:][:w], depth, 0)
		}
		return buf
	}}
}

// colorRows finds the palette of a page of few colours. Rows equal to the one
// above, most of a page, are not looked at.
func colorRows(img *image.RGBA) rows {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	index := make([]uint8, w*h)
	var p palette
	for y := range h {
		src := img.Pix[y*img.Stride:][:4*w]
		row := index[y*w:][:w]
		if y > 0 && bytes.Equal(src, img.Pix[(y-1)*img.Stride:][:4*w]) {
			copy(row, index[(y-1)*w:][:w])
			continue
		}
		if p.index(row, src) {
			continue
		}
		if img.Opaque() {
			return directRows(img.Pix, img.Stride, w, false)
		}
		flat := image.NewNRGBA(image.Rect(0, 0, w, h))
		draw.Draw(flat, flat.Rect, img, img.Rect.Min, draw.Src)
		return directRows(flat.Pix, flat.Stride, w, true)
	}
	return indexRows(index, w, w, p.rgb)
}

// palette collects the opaque colours of a picture in the order met.
type palette struct {
	rgb   []byte
	known map[[4]uint8]uint8
}

// index looks up a row; false when it has a transparent pixel or the palette is
// full.
func (p *palette) index(row []uint8, src []uint8) bool {
	var last [4]uint8 // transparent, thus of no pixel
	var at uint8
	for x := range row {
		c := [4]uint8(src[4*x:])
		if c != last {
			i, ok := p.known[c]
			if !ok {
				if c[3] != 255 || len(p.known) == 256 {
					return false
				}
				if p.known == nil {
					p.known = map[[4]uint8]uint8{}
				}
				i = uint8(len(p.known))
				p.known[c] = i
				p.rgb = append(p.rgb, c[:3]...)
			}
			last, at = c, i
		}
		row[x] = at
	}
	return true
}

func directRows(pix []uint8, stride, w int, alpha bool) rows {
	if alpha {
		buf := make([]byte, 1+4*w)
		return rows{8, pngRGBA, nil, func(y int) []byte {
			copy(buf[1:], pix[y*stride:][:4*w])
			return buf
		}}
	}
	buf := make([]byte, 1+3*w)
	return rows{8, pngRGB, nil, func(y int) []byte {
		src := pix[y*stride:][:4*w]
		for x := range w {
			buf[1+3*x], buf[2+3*x], buf[3+3*x] = src[4*x], src[4*x+1], src[4*x+2]
		}
		return buf
	}}
}
