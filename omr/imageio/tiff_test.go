package imageio_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// tiffSpec is a picture as tests write it: nobody else's encoder has all kinds.
type tiffSpec struct {
	w, h          int
	bits, samples int
	photometric   int
	planar        bool
	tile          int // side; 0: strips
	rows          int // a strip; 0: all
	turned        bool
	big           bool
	order         binary.AppendByteOrder // nil: little
	compression   int                    // 1, 8 (deflate), 32773 (PackBits, literal)
	predictor     bool
	extra         int
	orientation   int
	xdpi, ydpi    uint32
	palette       []uint16
	subfile       int
	sample        func(x, y, i int) uint16
}

// strip packs samples from x0, y0 on.
func (s tiffSpec) strip(x0, y0, w, h, from, to int) []byte {
	var out []byte
	for y := y0; y < y0+h; y++ {
		var acc, n uint
		last := make([]uint16, s.samples)
		for x := x0; x < x0+w; x++ {
			for i := from; i < to; i++ {
				v := uint16(0)
				if x < s.w && y < s.h {
					v = s.sample(x, y, i)
				}
				if s.predictor {
					v, last[i] = (v-last[i])&uint16(1<<s.bits-1), v
				}
				if s.bits == 16 {
					out = s.order.AppendUint16(out, v)
					continue
				}
				for acc, n = acc<<uint(s.bits)|uint(v), n+uint(s.bits); n >= 8; n -= 8 {
					out = append(out, byte(acc>>(n-8)))
				}
			}
		}
		if n > 0 {
			out = append(out, byte(acc<<(8-n)))
		}
	}
	switch s.compression {
	case 8:
		out = deflated(out)
	case 32773:
		var packed []byte
		for len(out) > 0 {
			run := 1
			for run < len(out) && run < 128 && out[run] == out[0] {
				run++
			}
			if run > 1 {
				packed = append(packed, byte(1-run), out[0])
			} else {
				packed = append(packed, 0, out[0])
			}
			out = out[run:]
		}
		out = packed
	}
	if s.turned {
		for i, b := range out {
			out[i] = bits.Reverse8(b)
		}
	}
	return out
}

func (s tiffSpec) file() []byte { return tiffFile(s) }

// tiffFile is a file of pictures.
func tiffFile(pictures ...tiffSpec) []byte {
	order := pictures[0].order
	if order == nil {
		order = binary.LittleEndian
	}
	big := pictures[0].big
	out := []byte("II")
	if order.AppendUint16(nil, 1)[1] == 1 {
		out = []byte("MM")
	}
	link := func(v int) []byte {
		if big {
			return order.AppendUint64(nil, uint64(v))
		}
		return order.AppendUint32(nil, uint32(v))
	}
	if big {
		out = order.AppendUint16(order.AppendUint16(order.AppendUint16(out, 43), 8), 0)
	} else {
		out = order.AppendUint16(out, 42)
	}
	at := len(out) // of the link to the next directory
	out = append(out, link(0)...)
	for _, s := range pictures {
		s.order = order
		if s.compression == 0 {
			s.compression = 1
		}
		if s.rows == 0 {
			s.rows = s.h
		}
		var offsets, counts []uint32
		planes, each := 1, s.samples
		if s.planar {
			planes, each = s.samples, 1
		}
		for p := range planes {
			add := func(x, y, w, h int) {
				data := s.strip(x, y, w, h, p*each, (p+1)*each)
				offsets, counts = append(offsets, uint32(len(out))), append(counts, uint32(len(data)))
				out = append(out, data...)
			}
			if s.tile > 0 {
				for y := 0; y < s.h; y += s.tile {
					for x := 0; x < s.w; x += s.tile {
						add(x, y, s.tile, s.tile)
					}
				}
				continue
			}
			for y := 0; y < s.h; y += s.rows {
				add(0, y, s.w, min(s.rows, s.h-y))
			}
		}
		type entry struct {
			tag, kind uint16
			values    []uint32
		}
		same := func(n int, v uint32) []uint32 {
			all := make([]uint32, n)
			for i := range all {
				all[i] = v
			}
			return all
		}
		entries := []entry{}
		put := func(tag, kind uint16, values ...uint32) { entries = append(entries, entry{tag, kind, values}) }
		if s.subfile > 0 {
			put(254, 4, uint32(s.subfile))
		}
		put(256, 4, uint32(s.w))
		put(257, 3, uint32(s.h))
		put(258, 3, same(s.samples, uint32(s.bits))...)
		put(259, 3, uint32(s.compression))
		put(262, 3, uint32(s.photometric))
		if s.turned {
			put(266, 3, 2)
		}
		if s.tile == 0 {
			put(273, 4, offsets...)
		}
		if s.orientation > 0 {
			put(274, 3, uint32(s.orientation))
		}
		put(277, 3, uint32(s.samples))
		if s.tile == 0 {
			put(278, 3, uint32(s.rows))
			put(279, 4, counts...)
		}
		if s.xdpi > 0 {
			put(282, 5, s.xdpi, 1)
			put(283, 5, s.ydpi, 1)
		}
		if s.planar {
			put(284, 3, 2)
		}
		if s.predictor {
			put(317, 3, 2)
		}
		if s.palette != nil {
			var table []uint32
			for _, v := range s.palette {
				table = append(table, uint32(v))
			}
			put(320, 3, table...)
		}
		if s.tile > 0 {
			put(322, 3, uint32(s.tile))
			put(323, 3, uint32(s.tile))
			put(324, 4, offsets...)
			put(325, 4, counts...)
		}
		if s.extra > 0 {
			put(338, 3, uint32(s.extra))
		}
		if s.photometric == 6 {
			put(530, 3, 1, 1)
		}
		room := 4
		if big {
			room = 8
		}
		var dir []byte
		for _, e := range entries {
			var values []byte
			count := len(e.values)
			for _, v := range e.values {
				if e.kind == 3 {
					values = order.AppendUint16(values, uint16(v))
				} else {
					values = order.AppendUint32(values, v)
				}
			}
			if e.kind == 5 {
				count = 1
			}
			dir = order.AppendUint16(order.AppendUint16(dir, e.tag), e.kind)
			dir = append(dir, link(count)...)
			if len(values) > room {
				dir = append(dir, link(len(out))...)
				out = append(out, values...)
			} else {
				dir = append(dir, append(values, make([]byte, room-len(values))...)...)
			}
		}
		copy(out[at:], link(len(out)))
		if big {
			out = order.AppendUint64(out, uint64(len(entries)))
		} else {
			out = order.AppendUint16(out, uint16(len(entries)))
		}
		out = append(out, dir...)
		at = len(out)
		out = append(out, link(0)...)
	}
	return out
}

// hue is a sample without symmetry: i-th of the pixel, of so many bits.
func hue(bits int) func(x, y, i int) uint16 {
	return func(x, y, i int) uint16 {
		v := uint16(x*977 + y*3001 + i*20011 + x*y*7)
		if (x/5+y/3)%3 == 0 {
			v = uint16(i * 9000)
		}
		return v >> (16 - bits)
	}
}

// level is a sample as a share of 255.
func level(v uint16, bits int) float64 { return float64(v) * 255 / float64(int(1)<<bits-1) }

// TestTIFFKinds goes through bits, colours, planes, strips, tiles, byte orders.
func TestTIFFKinds(t *testing.T) {
	const w, h = 43, 37
	base := tiffSpec{w: w, h: h, bits: 8, samples: 1, photometric: 1}
	var ramp []uint16
	for i := range 3 * 16 {
		ramp = append(ramp, uint16(i*5077))
	}
	tests := map[string]func(s *tiffSpec){
		"8 bits":               func(*tiffSpec) {},
		"1 bit":                func(s *tiffSpec) { s.bits = 1 },
		"1 bit, white is zero": func(s *tiffSpec) { s.bits, s.photometric = 1, 0 },
		"1 bit, fill order":    func(s *tiffSpec) { s.bits, s.turned, s.rows = 1, true, 5 },
		"2 bits":               func(s *tiffSpec) { s.bits = 2 },
		"4 bits, white":        func(s *tiffSpec) { s.bits, s.photometric = 4, 0 },
		"16 bits":              func(s *tiffSpec) { s.bits = 16 },
		"16 bits, motorola":    func(s *tiffSpec) { s.bits, s.order, s.photometric = 16, binary.BigEndian, 0 },
		"strips":               func(s *tiffSpec) { s.rows = 7 },
		"tiles":                func(s *tiffSpec) { s.tile = 16 },
		"one column of tiles":  func(s *tiffSpec) { s.tile = 64 },
		"tiles of 1 bit":       func(s *tiffSpec) { s.tile, s.bits = 16, 1 },
		"packbits":             func(s *tiffSpec) { s.compression, s.rows = 32773, 8 },
		"deflate":              func(s *tiffSpec) { s.compression, s.rows = 8, 8 },
		"deflate, predictor":   func(s *tiffSpec) { s.compression, s.predictor, s.rows = 8, true, 8 },
		"16 bits, predictor":   func(s *tiffSpec) { s.bits, s.compression, s.predictor = 16, 8, true },
		"rgb":                  func(s *tiffSpec) { s.samples, s.photometric = 3, 2 },
		"rgb, predictor":       func(s *tiffSpec) { s.samples, s.photometric, s.compression, s.predictor = 3, 2, 8, true },
		"rgb, 16 bits":         func(s *tiffSpec) { s.samples, s.photometric, s.bits = 3, 2, 16 },
		"rgb, 4 bits":          func(s *tiffSpec) { s.samples, s.photometric, s.bits = 3, 2, 4 },
		"rgb, planes":          func(s *tiffSpec) { s.samples, s.photometric, s.planar, s.rows = 3, 2, true, 9 },
		"rgb, planes of tiles": func(s *tiffSpec) { s.samples, s.photometric, s.planar, s.tile = 3, 2, true, 16 },
		"rgb, alpha":           func(s *tiffSpec) { s.samples, s.photometric, s.extra = 4, 2, 2 },
		"rgb, unknown extra":   func(s *tiffSpec) { s.samples, s.photometric = 4, 2 },
		"grey, alpha":          func(s *tiffSpec) { s.samples, s.extra = 2, 2 },
		"palette of 16":        func(s *tiffSpec) { s.bits, s.photometric, s.palette = 4, 3, ramp },
		"cmyk":                 func(s *tiffSpec) { s.samples, s.photometric = 4, 5 },
		"cmyk, planes":         func(s *tiffSpec) { s.samples, s.photometric, s.planar, s.tile = 4, 5, true, 32 },
		"ycbcr":                func(s *tiffSpec) { s.samples, s.photometric = 3, 6 },
		"big":                  func(s *tiffSpec) { s.big, s.rows = true, 10 },
		"big, motorola":        func(s *tiffSpec) { s.big, s.order, s.bits, s.tile = true, binary.BigEndian, 1, 16 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			s := base
			change(&s)
			s.sample = hue(s.bits)
			wantLevel := func(x, y int) float64 {
				at := func(i int) float64 { return level(s.sample(x, y, i), s.bits) }
				luma := func(r, g, b float64) float64 { return 0.299*r + 0.587*g + 0.114*b }
				var v float64
				alpha := 1
				switch s.photometric {
				case 0:
					v = 255 - at(0)
				case 1, 6:
					v = at(0)
				case 2:
					v, alpha = luma(at(0), at(1), at(2)), 3
				case 3:
					i := int(s.sample(x, y, 0))
					v = luma(float64(ramp[i]>>8), float64(ramp[16+i]>>8), float64(ramp[32+i]>>8))
				case 5:
					k := 255 - at(3)
					v = luma((255-at(0))*k/255, (255-at(1))*k/255, (255-at(2))*k/255)
				}
				if s.extra > 0 {
					a := at(alpha) / 255
					v = v*a + 255*(1-a)
				}
				return v
			}
			data := s.file()
			for _, shrink := range []int{1, 2, 4} {
				p, err := imageio.Decode(data, imageio.Options{Shrink: shrink})
				if err != nil {
					t.Fatal(err)
				}
				meansOf(t, p, wantLevel, shrink, 2)
			}
			if s.photometric != 6 {
				c, _, err := imageio.DecodeColor(data, imageio.Options{})
				if err != nil {
					t.Fatal(err)
				}
				g := imageio.ToGray(c)
				for y := range h {
					for x := range w {
						if d := float64(g.GrayAt(x, y).Y) - wantLevel(x, y); d > 2.6 || d < -2.6 {
							t.Fatalf("in colour (%d, %d) is %d, want %.1f", x, y, g.GrayAt(x, y).Y, wantLevel(x, y))
						}
					}
				}
			}
			for cut := len(data) - 1; cut > 8; cut -= 1 + len(data)/50 {
				if p, err := imageio.Decode(data[:cut], imageio.Options{}); err == nil {
					meansOf(t, p, wantLevel, 1, 2)
				}
			}
		})
	}
}

// meansOf wants the plane to be the means of squares of pixels.
func meansOf(t *testing.T, p *imageio.Plane, want func(x, y int) float64, allowed int, tolerance float64) {
	t.Helper()
	k := p.Shrink
	if k != 1 && k != allowed {
		t.Fatalf("reduced by %d, allowed was %d", k, allowed)
	}
	w, h := p.Info.Width, p.Info.Height
	if p.Gray.Rect != image.Rect(0, 0, (w+k-1)/k, (h+k-1)/k) {
		t.Fatalf("%v of %d × %d by %d", p.Gray.Rect, w, h, k)
	}
	for y := range p.Gray.Rect.Dy() {
		for x := range p.Gray.Rect.Dx() {
			sum, n := 0.0, 0.0
			for v := y * k; v < min(y*k+k, h); v++ {
				for u := x * k; u < min(x*k+k, w); u++ {
					sum, n = sum+want(u, v), n+1
				}
			}
			if d := float64(p.Gray.GrayAt(x, y).Y) - sum/n; d > tolerance || d < -tolerance {
				t.Fatalf("by %d: (%d, %d) is %d, want %.1f", k, x, y, p.Gray.GrayAt(x, y).Y, sum/n)
			}
		}
	}
}

// TestTIFFOfLibtiff: what the reference library writes, by its tool.
func TestTIFFOfLibtiff(t *testing.T) {
	dir := t.TempDir()
	text := func(x, y, _ int) uint16 { // letters, blank rows, full rows
		switch {
		case y%40 > 30 || y > 150 && y < 300:
			return 0
		case y == 20, x < 3 && y < 60:
			return 1
		}
		return uint16((x*x/37 + y*y/11 + x*y/53) / 9 & 1)
	}
	sources := map[string]tiffSpec{
		"bilevel": {w: 2801, h: 377, bits: 1, samples: 1, photometric: 0, rows: 50, sample: text},
		"black":   {w: 1728, h: 90, bits: 1, samples: 1, photometric: 1, sample: text},
		"grey":    {w: 301, h: 77, bits: 8, samples: 1, photometric: 1, sample: hue(8)},
		"rgb":     {w: 301, h: 77, bits: 8, samples: 3, photometric: 2, sample: hue(8)},
		"deep":    {w: 101, h: 77, bits: 16, samples: 1, photometric: 1, sample: hue(16)},
	}
	kinds := map[string][]string{
		"bilevel": {
			"-c g4", "-c g3:1d", "-c g3:2d", "-c g3:1d:fill", "-c g3:2d:fill", "-c g4 -f lsb2msb", "-c g3:2d -f lsb2msb", "-c packbits", "-c lzw", "-c zip",
			"-c g4 -t -w 256 -l 64", "-c g4 -r 10", "-c g3:1d -r 1", "-c g4 -B", "-8 -c g4", "-c none -f lsb2msb", "-c lzw -t -w 128 -l 128",
		},
		"black": {"-c g4", "-c g3:1d", "-c g3:2d", "-c lzw -f lsb2msb"},
		"grey":  {"-c lzw", "-c lzw:2", "-c zip:2", "-c packbits -t -w 64 -l 32", "-8 -c lzw:2 -B", "-c lzw -r 3 -f lsb2msb"},
		"rgb":   {"-c lzw:2", "-c zip:2 -p separate", "-c lzw -p separate -t -w 32 -l 48", "-c packbits -p separate"},
		"deep":  {"-c lzw:2", "-c lzw:2 -B", "-c zip"},
	}
	for name, s := range sources {
		plain := filepath.Join(dir, name+".tif")
		if err := os.WriteFile(plain, s.file(), 0o600); err != nil {
			t.Fatal(err)
		}
		want, err := imageio.Decode(s.file(), imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, kind := range kinds[name] {
			to := filepath.Join(dir, fmt.Sprintf("%s-%d.tif", name, i))
			args := append(strings.Fields(kind), plain, to)
			if out, err := exec.CommandContext(t.Context(), "tiffcp", args...).CombinedOutput(); err != nil {
				t.Fatalf("tiffcp %s (libtiff-tools): %v %s", kind, err, out)
			}
			data, err := os.ReadFile(to)
			if err != nil {
				t.Fatal(err)
			}
			got, err := imageio.Decode(data, imageio.Options{})
			if err != nil {
				t.Errorf("%s %s: %v", name, kind, err)
				continue
			}
			if got.Gray.Rect != want.Gray.Rect || !bytes.Equal(got.Gray.Pix, want.Gray.Pix) {
				t.Errorf("%s %s: other pixels", name, kind)
			}
			half, err := imageio.Decode(data, imageio.Options{Shrink: 4})
			if err != nil {
				t.Fatal(err)
			}
			meansOf(t, half, func(x, y int) float64 { return float64(want.Gray.GrayAt(x, y).Y) }, 4, 2)
			for cut := len(data) - 5; cut > 100; cut -= len(data) / 15 {
				if p, err := imageio.Decode(data[:cut], imageio.Options{}); err == nil && !bytes.Equal(p.Gray.Pix, want.Gray.Pix) {
					t.Errorf("%s %s cut to %d of %d is read, but otherwise", name, kind, cut, len(data))
				}
			}
		}
	}
}

// TestTIFFPictures: thumbnails are no pictures, a broken chain loses none silently,
// each picture is upright and has its resolution.
func TestTIFFPictures(t *testing.T) {
	page := tiffSpec{w: 20, h: 30, bits: 8, samples: 1, photometric: 1, sample: hue(8)}
	thumb := page
	thumb.subfile, thumb.w = 1, 5
	turned := page
	turned.orientation, turned.xdpi, turned.ydpi = 6, 204, 98
	for _, big := range []bool{false, true} {
		page.big = big
		data := tiffFile(page, thumb, turned)
		f, err := imageio.Open(data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.Info().Pictures != 2 {
			t.Fatalf("%+v", f.Info())
		}
		p, err := f.Decode(1)
		if err != nil {
			t.Fatal(err)
		}
		if p.Info.Width != 30 || p.Info.Height != 20 || p.Info.DPIX != 98 || p.Info.DPIY != 204 || p.Gray.Rect != image.Rect(0, 0, 30, 20) {
			t.Errorf("%+v %v", p.Info, p.Gray.Rect)
		}
		whole, err := f.Decode(0)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := p.Gray.GrayAt(29, 4).Y, whole.Gray.GrayAt(4, 0).Y; got != want {
			t.Errorf("turned: %d, want %d", got, want)
		}
		// Cut behind the second directory: two pictures are left, the rest is told.
		cut, err := imageio.Open(data[:len(data)-10], imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer cut.Close()
		if n := cut.Info().Pictures; n != 2 {
			t.Fatalf("%d pictures", n)
		}
		if _, err := cut.Decode(1); code(err) != "image_unreadable" {
			t.Errorf("a lost picture: %v", err)
		}
	}
}
