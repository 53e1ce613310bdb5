package imageio_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"os"
	"path/filepath"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// TestGIFFrames: every frame as a viewer shows it, in any order.
func TestGIFFrames(t *testing.T) {
	var colors color.Palette
	for i := range 16 {
		colors = append(colors, color.NRGBA{R: uint8(i * 16), G: uint8(255 - i*9), B: uint8(i * i), A: 255})
	}
	colors[7] = color.NRGBA{}
	frame := func(r image.Rectangle, seed int, see bool) *image.Paletted {
		p := image.NewPaletted(r, colors)
		for i := range p.Pix {
			p.Pix[i] = uint8((i*seed + i/7) % 16)
			if !see && p.Pix[i] == 7 {
				p.Pix[i] = 8
			}
		}
		return p
	}
	screen := image.Rect(0, 0, 40, 30)
	g := &gif.GIF{
		Image: []*image.Paletted{
			frame(screen, 3, false), frame(image.Rect(5, 6, 20, 22), 5, true), frame(image.Rect(0, 0, 9, 9), 7, true),
			frame(screen, 11, true), frame(image.Rect(30, 20, 40, 30), 2, false), frame(screen, 13, false), frame(image.Rect(1, 1, 3, 3), 1, true),
		},
		Delay:    make([]int, 7),
		Disposal: []byte{gif.DisposalNone, gif.DisposalBackground, gif.DisposalPrevious, gif.DisposalNone, gif.DisposalPrevious, gif.DisposalNone, gif.DisposalNone},
		Config:   image.Config{Width: 40, Height: 30, ColorModel: colors},
	}
	data := encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, g) })
	var want []*image.NRGBA
	canvas := image.NewNRGBA(screen)
	for i, p := range g.Image {
		before := append([]uint8(nil), canvas.Pix...)
		draw.Draw(canvas, p.Rect, p, p.Rect.Min, draw.Over)
		want = append(want, &image.NRGBA{Pix: append([]uint8(nil), canvas.Pix...), Stride: canvas.Stride, Rect: screen})
		switch g.Disposal[i] {
		case gif.DisposalBackground:
			draw.Draw(canvas, p.Rect, image.Transparent, image.Point{}, draw.Src)
		case gif.DisposalPrevious:
			canvas.Pix = before
		}
	}
	f, err := imageio.Open(data, imageio.Options{})
	if err != nil || f.Info().Pictures != 7 {
		t.Fatal(f.Info(), err)
	}
	defer f.Close()
	for _, i := range []int{0, 1, 2, 3, 4, 5, 6, 2, 6, 1, 0} {
		p, err := f.Decode(i)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, p.Gray, want[i], 1)
		c, _, err := f.DecodeColor(i)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, imageio.ToGray(c), want[i], 1)
	}
	for n := len(data) - 1; n > 6; n-- {
		if _, err := imageio.Decode(data[:n], imageio.Options{}); err == nil {
			t.Fatalf("cut to %d of %d bytes it is still a picture", n, len(data))
		}
	}
}

// TestGIFInterlaced stores the rows of a frame in four passes.
func TestGIFInterlaced(t *testing.T) {
	for _, h := range []int{1, 2, 3, 5, 8, 33} {
		plain := image.NewPaletted(image.Rect(0, 0, 12, h), opaquePalette().Palette)
		for i := range plain.Pix {
			plain.Pix[i] = uint8(i * 5 % 16)
		}
		stored := image.NewPaletted(plain.Rect, plain.Palette)
		i := 0
		for _, pass := range [][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
			for y := pass[0]; y < h; y += pass[1] {
				copy(stored.Pix[i*12:][:12], plain.Pix[y*12:])
				i++
			}
		}
		data := encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, stored, nil) })
		at := bytes.Index(data, []byte{0x2c, 0, 0, 0, 0, 12, 0})
		data[at+9] |= 0x40
		p, err := imageio.Decode(data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		compare(t, p.Gray, plain, 1)
	}
}

// bmpFile writes a bitmap: rows are padded here and stored as they come.
func bmpFile(w, h, bits, compression int, header int, palette []byte, masks []uint32, rows [][]byte) []byte {
	le := binary.LittleEndian
	var dib []byte
	if header == 12 {
		dib = le.AppendUint32(nil, 12)
		dib = le.AppendUint16(le.AppendUint16(dib, uint16(w)), uint16(h))
		dib = le.AppendUint16(le.AppendUint16(dib, 1), uint16(bits))
	} else {
		dib = le.AppendUint32(nil, uint32(header))
		dib = le.AppendUint32(le.AppendUint32(dib, uint32(int32(w))), uint32(int32(h)))
		dib = le.AppendUint16(le.AppendUint16(dib, 1), uint16(bits))
		dib = le.AppendUint32(dib, uint32(compression))
		dib = append(dib, 0, 0, 0, 0)
		dib = le.AppendUint32(le.AppendUint32(dib, 11811), 5906)
		dib = append(dib, make([]byte, 8)...)
		for _, m := range masks { // in the header, or behind one of 40 bytes
			dib = le.AppendUint32(dib, m)
		}
		dib = append(dib, make([]byte, max(header-len(dib), 0))...)
	}
	body := append(dib, palette...)
	out := append([]byte("BM"), 0, 0, 0, 0, 0, 0, 0, 0)
	out = le.AppendUint32(out, uint32(14+len(body)))
	out = append(out, body...)
	for _, r := range rows {
		out = append(out, r...)
		if compression != 1 && compression != 2 {
			out = append(out, make([]byte, (4-len(r)%4)%4)...)
		}
	}
	return out
}

func TestBMPKinds(t *testing.T) {
	const w, h = 21, 9
	want := image.NewNRGBA(image.Rect(0, 0, w, h))
	var palette, palette3 []byte
	for i := range 256 {
		palette = append(palette, byte(i*3), byte(255-i), byte(i*7), 0)
		palette3 = append(palette3, byte(i*3), byte(255-i), byte(i*7))
	}
	index := func(x, y, bits int) byte { return byte((x*x + y*5) & (1<<bits - 1)) }
	type kind struct {
		name             string
		bits, comp, head int
		height           int
		palette          []byte
		masks            []uint32
		row              func(y int) []byte
		color            func(x, y int) color.NRGBA
	}
	indexed := func(x, y, bits int) color.NRGBA {
		p := palette[4*int(index(x, y, bits)):]
		return color.NRGBA{R: p[2], G: p[1], B: p[0], A: 255}
	}
	packed := func(bits int) func(y int) []byte {
		return func(y int) []byte {
			out := make([]byte, (w*bits+7)/8)
			for x := range w {
				out[x*bits/8] |= index(x, y, bits) << (8 - bits - x*bits%8)
			}
			return out
		}
	}
	var kinds []kind
	for _, bits := range []int{1, 2, 4, 8} {
		kinds = append(kinds, kind{"indices", bits, 0, 40, h, palette[:4<<bits], nil, packed(bits), func(x, y int) color.NRGBA { return indexed(x, y, bits) }})
	}
	direct := func(x, y int) color.NRGBA {
		return color.NRGBA{R: uint8(x * 12), G: uint8(y * 28), B: uint8(x*y + 3), A: 255}
	}
	rgb := func(y int) (out []byte) {
		for x := range w {
			c := direct(x, y)
			out = append(out, c.B, c.G, c.R)
		}
		return out
	}
	rgba := func(alpha func(x int) uint8) func(y int) []byte {
		return func(y int) (out []byte) {
			for x := range w {
				c := direct(x, y)
				out = append(out, c.B, c.G, c.R, alpha(x))
			}
			return out
		}
	}
	five := func(v uint8) uint8 { return uint8(int(v>>3) * 255 / 31) }
	short := func(y int) (out []byte) { // 5, 6, 5
		for x := range w {
			c := direct(x, y)
			out = binary.LittleEndian.AppendUint16(out, uint16(c.R>>3)<<11|uint16(c.G>>2)<<5|uint16(c.B>>3))
		}
		return out
	}
	zero, some := func(int) uint8 { return 0 }, func(x int) uint8 { return uint8(255 - x*5) }
	masks := []uint32{0xff0000, 0xff00, 0xff, 0xff000000}
	kinds = append(kinds,
		kind{"os/2", 8, 0, 12, h, palette3, nil, packed(8), func(x, y int) color.NRGBA { return indexed(x, y, 8) }},
		kind{"top-down", 8, 0, 40, -h, palette, nil, packed(8), func(x, y int) color.NRGBA { return indexed(x, y, 8) }},
		kind{"24", 24, 0, 40, h, nil, nil, rgb, direct},
		kind{"24, version 5", 24, 0, 124, h, nil, nil, rgb, direct},
		kind{"32", 32, 0, 40, h, nil, nil, rgba(zero), direct},
		kind{"32, masks", 32, 3, 40, h, nil, masks[:3], rgba(some), direct},
		kind{"32, alpha", 32, 3, 108, -h, nil, masks, rgba(some), func(x, y int) color.NRGBA {
			c := direct(x, y)
			c.A = some(x)
			return c
		}},
		kind{"32, alpha all zero", 32, 3, 108, h, nil, masks, rgba(zero), direct},
		kind{"16, 5-6-5", 16, 3, 40, h, nil, []uint32{0xf800, 0x7e0, 0x1f}, short, func(x, y int) color.NRGBA {
			c := direct(x, y)
			return color.NRGBA{R: five(c.R), G: uint8(int(c.G>>2) * 255 / 63), B: five(c.B), A: 255}
		}},
		kind{"rle8", 8, 1, 40, h, palette, nil, func(y int) (out []byte) {
			for x := 0; x < w; x++ {
				if x == 4 { // three pixels as they are, padded to a word
					out = append(out, 0, 3, index(4, y, 8), index(5, y, 8), index(6, y, 8), 0)
					x = 6
					continue
				}
				out = append(out, 1, index(x, y, 8))
			}
			if y == 0 {
				return append(out, 0, 1)
			}
			return append(out, 0, 0)
		}, func(x, y int) color.NRGBA { return indexed(x, y, 8) }},
		kind{"rle4", 4, 2, 40, h, palette[:64], nil, func(y int) (out []byte) {
			for x := 0; x < w; x += 2 {
				n, second := byte(2), byte(0)
				if x+1 == w {
					n = 1
				} else {
					second = index(x+1, y, 4)
				}
				out = append(out, n, index(x, y, 4)<<4|second)
			}
			if y == 0 {
				return append(out, 0, 1)
			}
			return append(out, 0, 0)
		}, func(x, y int) color.NRGBA { return indexed(x, y, 4) }},
	)
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			var rows [][]byte
			for i := range h {
				y := h - 1 - i
				if k.height < 0 {
					y = i
				}
				rows = append(rows, k.row(y))
			}
			for y := range h {
				for x := range w {
					want.SetNRGBA(x, y, k.color(x, y))
				}
			}
			data := bmpFile(w, k.height, k.bits, k.comp, k.head, k.palette, k.masks, rows)
			for _, shrink := range []int{1, 2} {
				p, err := imageio.Decode(data, imageio.Options{Shrink: shrink})
				if err != nil {
					t.Fatal(err)
				}
				meansOf(t, p, func(x, y int) float64 { return luma(want.At(x, y)) }, shrink, 2)
				if k.head != 12 && (int(p.Info.DPIX+0.5) != 300 || int(p.Info.DPIY+0.5) != 150) {
					t.Errorf("%+v", p.Info)
				}
			}
			c, _, err := imageio.DecodeColor(data, imageio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, imageio.ToGray(c), want, 1)
			for n := len(data) - 4; n > 20; n -= 9 {
				if _, err := imageio.Decode(data[:n], imageio.Options{}); err == nil {
					t.Fatalf("cut to %d of %d bytes it is still a picture", n, len(data))
				}
			}
		})
	}
}

func luma(c color.Color) float64 { return want(c) }

// TestCutWebP: no part of a picture is one.
func TestCutWebP(t *testing.T) {
	for _, name := range []string{"lossy.webp", "alpha.webp", "palette.webp"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for n := len(data) - 1; n > 11; n -= 1 + n/60 {
			part := bytes.Clone(data[:n])
			if _, err := imageio.Decode(part, imageio.Options{}); err == nil {
				t.Fatalf("%s cut to %d of %d bytes is read", name, n, len(data))
			}
			binary.LittleEndian.PutUint32(part[4:], uint32(n-8)) // one that says so
			if _, err := imageio.Decode(part, imageio.Options{}); err == nil && n%2 == 0 {
				t.Fatalf("%s cut to %d of %d bytes, told in its header, is read", name, n, len(data))
			}
		}
	}
}
