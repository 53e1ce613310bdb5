package imageio_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/hhrutter/tiff"
	"golang.org/x/image/bmp"
	"golang.org/x/image/ccitt"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
)

// seeds are small files of every kind.
func seeds(f *testing.F) (all [][]byte) {
	g := scene(24, 18)
	add := func(data []byte) { all = append(all, data) }
	add(pngBytes(f, g))
	add(pngBytes(f, tinted(g)))
	add(pngBytes(f, paletted(13, 5, 4)))
	add(rawPNG(21, 11, 2, 0, true, map[string][]byte{"tRNS": {0, 1}}, func(x, y int) []uint16 { return []uint16{uint16(x & 3)} }))
	add(encoded(f, func(b *bytes.Buffer) error { return jpeg.Encode(b, g, nil) }))
	add(encoded(f, func(b *bytes.Buffer) error { return jpeg.Encode(b, tinted(g), nil) }))
	add(encoded(f, func(b *bytes.Buffer) error { return gif.Encode(b, opaquePalette(), nil) }))
	add(encoded(f, func(b *bytes.Buffer) error {
		frame := paletted(12, 9, 8)
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{frame, frame, frame}, Delay: make([]int, 3), Disposal: []byte{1, 2, 3}})
	}))
	add(encoded(f, func(b *bytes.Buffer) error { return bmp.Encode(b, g) }))
	add(bmpFile(3, 2, 8, 1, 40, make([]byte, 1024), nil, [][]byte{{3, 1, 0, 0}, {0, 3, 1, 2, 3, 0, 0, 1}}))
	add(bmpFile(3, 2, 4, 2, 40, make([]byte, 64), nil, [][]byte{{3, 1, 0, 0}, {3, 2, 0, 1}}))
	add(bmpFile(2, 1, 32, 3, 108, nil, []uint32{0xff0000, 0xff00, 0xff, 0xff000000}, [][]byte{{1, 2, 3, 4, 5, 6, 7, 8}}))
	add(encoded(f, func(b *bytes.Buffer) error { return tiff.Encode(b, tinted(g), nil) }))
	s := tiffSpec{w: 24, h: 11, bits: 1, samples: 1, photometric: 1, rows: 4, sample: hue(1)}
	add(s.file())
	s.big, s.order = true, binary.BigEndian
	add(s.file())
	s = tiffSpec{w: 24, h: 11, bits: 8, samples: 3, photometric: 2, planar: true, tile: 16, compression: 8, predictor: true, sample: hue(8)}
	add(s.file())
	s = tiffSpec{w: 9, h: 5, bits: 16, samples: 4, photometric: 5, compression: 32773, sample: hue(16)}
	add(tiffFile(s, s))
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		add(data)
	}
	add([]byte("RIFF\x10\x00\x00\x00WEBPVP8 \x00\x00\x00\x00"))
	return all
}

// FuzzDecodeImage: any bytes are pictures with all their pixels or a fault, within
// bounds of memory and time.
func FuzzDecodeImage(f *testing.F) {
	for i, data := range seeds(f) {
		f.Add(data, uint8(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, how uint8) {
		const most = 1 << 20
		opt := imageio.Options{MaxPixels: most, Shrink: 1 << (how & 3)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		check(t, data, opt, how)
		runtime.ReadMemStats(&after)
		// Four pictures in grey and one in colour, with what libraries take beside.
		if used := after.TotalAlloc - before.TotalAlloc; used > 64*most+64*uint64(len(data))+1<<20 {
			t.Errorf("%d MB for %d bytes", used>>20, len(data))
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%v for %d bytes", d, len(data))
		}
	})
}

func check(t *testing.T, data []byte, opt imageio.Options, how uint8) {
	file, err := imageio.Open(data, opt)
	if err != nil {
		if fault.As(err) == nil {
			t.Fatalf("%v is no fault", err)
		}
		return
	}
	defer file.Close()
	n := file.Info().Pictures
	if n < 1 || n > 10_001 {
		t.Fatalf("%d pictures", n)
	}
	for i := range min(n, 4) {
		p, err := file.Decode(i)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v is no fault", err)
			}
			continue
		}
		k := p.Shrink
		if k < 1 || k > opt.Shrink {
			t.Fatalf("reduced by %d", k)
		}
		if b := p.Gray.Bounds(); b != image.Rect(0, 0, (p.Info.Width+k-1)/k, (p.Info.Height+k-1)/k) || b.Empty() {
			t.Fatalf("plane %v of %+v by %d", b, p.Info, k)
		}
		for y := range p.Gray.Rect.Dy() { // every row is there
			_ = p.Gray.Pix[y*p.Gray.Stride:][:p.Gray.Rect.Dx()]
		}
	}
	if how&4 != 0 {
		img, info, err := file.DecodeColor(0)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v is no fault", err)
			}
		} else if b := img.Bounds(); b.Dx() != info.Width || b.Dy() != info.Height {
			t.Fatalf("colours %v of %+v", b, info)
		}
	}
}

// FuzzFax holds the decoder for Group 4 and rows by themselves against another one:
// what both read is the same.
func FuzzFax(f *testing.F) {
	for _, name := range []string{"group4.tif", "group3.tif"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[8:], uint16(83), uint8(61), name == "group4.tif")
	}
	f.Add([]byte{0x00, 0x10, 0x01}, uint16(9), uint8(1), true)
	f.Add([]byte{0x26, 0xa0, 0x4d}, uint16(64), uint8(2), true)
	f.Fuzz(func(t *testing.T, data []byte, width uint16, height uint8, group4 bool) {
		w, h := int(width%3000)+1, int(height)+1
		s := tiffSpec{w: w, h: h, bits: 1, samples: 1, photometric: 0, compression: 3, sample: func(int, int, int) uint16 { return 0 }}
		if group4 {
			s.compression = 4
		}
		p, err := imageio.Decode(withStrip(s, data), imageio.Options{})
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		sub := ccitt.Group3
		if group4 {
			sub = ccitt.Group4
		}
		want := image.NewGray(image.Rect(0, 0, w, h))
		if ccitt.DecodeIntoGray(want, bytes.NewReader(data), ccitt.MSB, sub, nil) != nil {
			return
		}
		for i, v := range want.Pix { // it names runs the other way round
			if p.Gray.Pix[i] != v {
				t.Fatalf("(%d, %d) is %d, the other says %d", i%w, i/w, p.Gray.Pix[i], v)
			}
		}
	})
}

// withStrip is a TIFF of one strip with these bytes.
func withStrip(s tiffSpec, data []byte) []byte {
	file := s.file()
	le := binary.LittleEndian
	// The tags 273 and 279 of the one directory.
	for at := int(le.Uint32(file[4:])) + 2; at+12 <= len(file); at += 12 {
		switch le.Uint16(file[at:]) {
		case 273:
			le.PutUint32(file[at+8:], uint32(len(file)))
		case 279:
			le.PutUint32(file[at+8:], uint32(len(data)))
		}
	}
	return append(file, data...)
}
