package imageio_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/hhrutter/tiff"
	"golang.org/x/image/bmp"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
)

// scene is a picture without symmetry: dark top left, a bar, a gradient.
func scene(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(120 + 100*x/w + 30*y/h)
			if x < w/3 && y < h/4 {
				v = 10
			}
			if y == h/2 {
				v = 0
			}
			g.SetGray(x, y, color.Gray{Y: v})
		}
	}
	return g
}

func tinted(g *image.Gray) *image.NRGBA {
	n := image.NewNRGBA(g.Rect)
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			v := g.GrayAt(x, y).Y
			n.SetNRGBA(x, y, color.NRGBA{R: v, G: 255 - v, B: uint8(x * 7), A: uint8(255 - y*3)})
		}
	}
	return n
}

// want is the luma over white, in floating point.
func want(c color.Color) float64 {
	n := color.NRGBA64Model.Convert(c).(color.NRGBA64)
	a := float64(n.A) / 65535
	y := 0.299*float64(n.R) + 0.587*float64(n.G) + 0.114*float64(n.B)
	return y/257*a + 255*(1-a)
}

func compare(t *testing.T, got *image.Gray, img image.Image, tolerance float64) {
	t.Helper()
	b := img.Bounds()
	if got.Rect != image.Rect(0, 0, b.Dx(), b.Dy()) {
		t.Fatalf("the plane is %v, the picture %v", got.Rect, b)
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			v, w := float64(got.GrayAt(x, y).Y), want(img.At(b.Min.X+x, b.Min.Y+y))
			if math.Abs(v-w) > tolerance {
				t.Fatalf("(%d, %d) is %v, want %.1f", x, y, v, w)
			}
		}
	}
}

func encoded(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngBytes(t testing.TB, img image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, img) })
}

// paletted has n colours, the second one half transparent.
func paletted(w, h, n int) *image.Paletted {
	var p color.Palette
	for i := range n {
		a := uint8(255)
		if i == 1 {
			a = 100
		}
		p = append(p, color.NRGBA{R: uint8(i * 255 / n), G: uint8(255 - i), B: 40, A: a})
	}
	img := image.NewPaletted(image.Rect(0, 0, w, h), p)
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7 % n)
	}
	return img
}

func TestDecodePNG(t *testing.T) {
	gray16 := image.NewGray16(image.Rect(0, 0, 31, 17))
	rgba64 := image.NewNRGBA64(image.Rect(0, 0, 31, 17))
	for y := range 17 {
		for x := range 31 {
			gray16.SetGray16(x, y, color.Gray16{Y: uint16(x*2000 + y)})
			rgba64.SetNRGBA64(x, y, color.NRGBA64{R: uint16(x * 2000), G: uint16(y * 3000), B: 99, A: uint16(65535 - x*1000)})
		}
	}
	pictures := map[string]image.Image{
		"gray":    scene(61, 33),
		"rgba":    tinted(scene(61, 33)),
		"gray16":  gray16,
		"rgba64":  rgba64,
		"1 × 1":   scene(1, 1),
		"2 col":   paletted(13, 5, 2),
		"4 col":   paletted(13, 5, 4),
		"16 col":  paletted(13, 5, 16),
		"256 col": paletted(13, 5, 256),
	}
	for name, img := range pictures {
		t.Run(name, func(t *testing.T) {
			data := pngBytes(t, img)
			p, err := imageio.Decode(data, imageio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p.Gray, img, 1.6)
			c, info, err := imageio.DecodeColor(data, imageio.Options{})
			if err != nil || info.Format != "png" {
				t.Fatal(info, err)
			}
			compare(t, imageio.ToGray(c), img, 2.5) // 16 bits and alpha go through premultiplied colours
		})
	}
}

// rawPNG builds kinds that the standard encoder does not write. The rows come
// unfiltered; adam7 interlaces them by pixel.
func rawPNG(w, h, depth, colorType int, adam7 bool, extra map[string][]byte, sample func(x, y int) []uint16) []byte {
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	put := func(name string, body []byte) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(body)))
		out.Write(n[:])
		out.WriteString(name)
		out.Write(body)
		binary.BigEndian.PutUint32(n[:], crc32.ChecksumIEEE(append([]byte(name), body...)))
		out.Write(n[:])
	}
	header := make([]byte, 13)
	binary.BigEndian.PutUint32(header, uint32(w))
	binary.BigEndian.PutUint32(header[4:], uint32(h))
	header[8], header[9] = byte(depth), byte(colorType)
	passes := [][4]int{{0, 0, 1, 1}}
	if adam7 {
		header[12] = 1
		passes = [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}
	}
	put("IHDR", header)
	for _, name := range []string{"PLTE", "tRNS", "eXIf"} {
		if extra[name] != nil {
			put(name, extra[name])
		}
	}
	var raw []byte
	for _, p := range passes {
		for y := p[1]; y < h; y += p[3] {
			if p[0] >= w {
				continue
			}
			raw = append(raw, 0)
			var acc, bits uint
			for x := p[0]; x < w; x += p[2] {
				for _, s := range sample(x, y) {
					acc, bits = acc<<uint(depth)|uint(s), bits+uint(depth)
					for bits >= 8 {
						raw = append(raw, byte(acc>>(bits-8)))
						bits -= 8
					}
				}
			}
			if bits > 0 {
				raw = append(raw, byte(acc<<(8-bits)))
			}
		}
	}
	z := deflated(raw)
	put("IDAT", z[:len(z)/2]) // in two pieces
	put("IDAT", z[len(z)/2:])
	put("IEND", nil)
	return out.Bytes()
}

// TestPNGKinds goes through every legal colour type and depth, plain and
// interlaced, with and without tRNS, against the standard library.
func TestPNGKinds(t *testing.T) {
	samples := map[int]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
	for colorType, depths := range map[int][]int{0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}} {
		for _, depth := range depths {
			for _, adam7 := range []bool{false, true} {
				for _, transparent := range []bool{false, true} {
					extra := map[string][]byte{}
					if colorType == 3 {
						p := make([]byte, 3<<depth)
						for i := range p {
							p[i] = byte(i * 53)
						}
						extra["PLTE"] = p
						if transparent {
							extra["tRNS"] = []byte{0, 128}
						}
					}
					if colorType == 0 && transparent {
						extra["tRNS"] = []byte{0, 1}
					}
					if colorType == 2 && transparent {
						extra["tRNS"] = []byte{0, 1, 0, 2, 0, 3}
					}
					data := rawPNG(21, 11, depth, colorType, adam7, extra, func(x, y int) []uint16 {
						s := make([]uint16, samples[colorType])
						for i := range s {
							s[i] = uint16((x*x*(3+i) + y*31*(i+1)) & (1<<depth - 1))
							if x%5 == 0 {
								s[i] = uint16(i + 1)
							}
						}
						return s
					})
					reference, err := png.Decode(bytes.NewReader(data))
					if err != nil {
						t.Fatal(err)
					}
					p, err := imageio.Decode(data, imageio.Options{})
					if err != nil {
						t.Fatalf("type %d depth %d interlaced %v: %v", colorType, depth, adam7, err)
					}
					compare(t, p.Gray, reference, 1.6)
				}
			}
		}
	}
}

func TestDecodeOthers(t *testing.T) {
	g := scene(70, 50)
	opaqueColor := tinted(g)
	for i := 3; i < len(opaqueColor.Pix); i += 4 {
		opaqueColor.Pix[i] = 255
	}
	smooth := image.NewNRGBA(image.Rect(0, 0, 70, 50))
	for i := range smooth.Pix {
		smooth.Pix[i] = uint8(90 + i/4%70)
		if i%4 == 3 {
			smooth.Pix[i] = 255
		}
	}
	tests := []struct {
		name, format string
		img          image.Image
		tolerance    float64
		encode       func(*bytes.Buffer) error
	}{
		{"jpeg gray", "jpeg", g, 40, func(b *bytes.Buffer) error { return jpeg.Encode(b, g, &jpeg.Options{Quality: 98}) }},
		{"jpeg colour", "jpeg", smooth, 6, func(b *bytes.Buffer) error { return jpeg.Encode(b, smooth, &jpeg.Options{Quality: 98}) }},
		{"gif", "gif", paletted(30, 20, 16), 1.6, func(b *bytes.Buffer) error { return gif.Encode(b, opaquePalette(), nil) }},
		{"bmp", "bmp", opaqueColor, 1, func(b *bytes.Buffer) error { return bmp.Encode(b, opaqueColor) }},
		{"bmp gray", "bmp", g, 1, func(b *bytes.Buffer) error { return bmp.Encode(b, g) }},
		{"tiff deflate", "tiff", opaqueColor, 1, func(b *bytes.Buffer) error {
			return tiff.Encode(b, opaqueColor, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}},
		{"tiff alpha", "tiff", tinted(g), 2, func(b *bytes.Buffer) error { return tiff.Encode(b, tinted(g), nil) }},
		{"tiff gray", "tiff", g, 1, func(b *bytes.Buffer) error { return tiff.Encode(b, g, nil) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := encoded(t, tt.encode)
			p, err := imageio.Decode(data, imageio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if p.Info.Format != tt.format || p.Info.Pictures != 1 {
				t.Errorf("%+v", p.Info)
			}
			if tt.name == "gif" {
				compare(t, p.Gray, opaquePalette(), 1.6)
				return
			}
			compare(t, p.Gray, tt.img, tt.tolerance)
		})
	}
}

func opaquePalette() *image.Paletted {
	img := paletted(30, 20, 16)
	for i, c := range img.Palette {
		n := c.(color.NRGBA)
		n.A = 255
		img.Palette[i] = n
	}
	return img
}

// exifBlock holds one orientation tag.
func exifBlock(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II")
	if order.AppendUint16(nil, 1)[0] == 0 {
		b = []byte("MM")
	}
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 274)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, orientation)
	b = order.AppendUint16(b, 0)
	return order.AppendUint32(b, 0)
}

// TestOrientation stores a picture in each of the eight ways and wants it upright.
func TestOrientation(t *testing.T) {
	g := scene(70, 130)
	w, h := 70, 130
	// Where the upright pixel (x, y) is stored: the sentences of the Exif
	// standard ("row 0 is …, column 0 is …").
	stored := map[int]func(x, y int) (int, int, int, int){
		1: func(x, y int) (int, int, int, int) { return x, y, w, h },
		2: func(x, y int) (int, int, int, int) { return w - 1 - x, y, w, h },
		3: func(x, y int) (int, int, int, int) { return w - 1 - x, h - 1 - y, w, h },
		4: func(x, y int) (int, int, int, int) { return x, h - 1 - y, w, h },
		5: func(x, y int) (int, int, int, int) { return y, x, h, w },                 // row 0 = left, column 0 = top
		6: func(x, y int) (int, int, int, int) { return y, w - 1 - x, h, w },         // row 0 = right, column 0 = top
		7: func(x, y int) (int, int, int, int) { return h - 1 - y, w - 1 - x, h, w }, // row 0 = right, column 0 = bottom
		8: func(x, y int) (int, int, int, int) { return h - 1 - y, x, h, w },         // row 0 = left, column 0 = bottom
	}
	for orientation, at := range stored {
		_, _, sw, sh := at(0, 0)
		s := image.NewGray(image.Rect(0, 0, sw, sh))
		for y := range h {
			for x := range w {
				sx, sy, _, _ := at(x, y)
				s.SetGray(sx, sy, g.GrayAt(x, y))
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			block := exifBlock(order, uint16(orientation))
			data := rawPNG(sw, sh, 8, 0, false, map[string][]byte{"eXIf": block}, func(x, y int) []uint16 {
				return []uint16{uint16(s.GrayAt(x, y).Y)}
			})
			p, err := imageio.Decode(data, imageio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if p.Info.Orientation != orientation || p.Info.Width != w || p.Info.Height != h {
				t.Errorf("orientation %d: %+v", orientation, p.Info)
			}
			compare(t, p.Gray, g, 0.5)
			c, _, err := imageio.DecodeColor(data, imageio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, imageio.ToGray(c), g, 0.5)
		}
		// The same in a JPEG's APP1.
		j := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, s, &jpeg.Options{Quality: 100}) })
		app1 := append([]byte("Exif\x00\x00"), exifBlock(binary.BigEndian, uint16(orientation))...)
		segment := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(app1) + 2)}, app1...)
		p, err := imageio.Decode(append(segment, j[2:]...), imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		compare(t, p.Gray, g, 30)
	}
}

func code(err error) string {
	if f := fault.As(err); f != nil && f.Cause != "" && f.Cure != "" {
		return f.Code
	}
	return fmt.Sprint(err)
}

// TestRefused: nothing, text, foreign kinds, bombs, damage.
func TestRefused(t *testing.T) {
	good := pngBytes(t, scene(300, 300))
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 0x40
	j := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, scene(300, 300), nil) })
	bomb := func(w, h int) []byte {
		b := bytes.Clone(pngBytes(t, scene(3, 3)))
		binary.BigEndian.PutUint32(b[16:], uint32(w))
		binary.BigEndian.PutUint32(b[20:], uint32(h))
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return b
	}
	bigJPEG := bytes.Clone(j)
	at := bytes.Index(bigJPEG, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint32(bigJPEG[at+5:], 0xffffffff)
	midJPEG := bytes.Clone(j)
	binary.BigEndian.PutUint32(midJPEG[at+5:], 16000<<16|16000)
	gifBomb := []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01\x00\x00;")
	bmpBomb := append([]byte("BM"), make([]byte, 60)...)
	bmpBomb[10], bmpBomb[14] = 54, 40
	binary.LittleEndian.PutUint32(bmpBomb[18:], 15000)
	binary.LittleEndian.PutUint32(bmpBomb[22:], 15000)
	bmpBomb[26], bmpBomb[28] = 1, 24
	tests := map[string]struct {
		data []byte
		code string
	}{
		"empty":               {nil, "image_unreadable"},
		"text":                {[]byte("not a picture at all"), "image_unreadable"},
		"short":               {[]byte{0x89}, "image_unreadable"},
		"png signature":       {good[:8], "image_unreadable"},
		"png header":          {good[:40], "image_unreadable"},
		"png cut":             {good[:len(good)-200], "image_unreadable"},
		"png cut by 1":        {good[:len(good)-1], "image_unreadable"},
		"png flipped":         {flipped, "image_unreadable"},
		"png 30,000 × 30,000": {bomb(30000, 30000), "image_too_large"},
		"png 60,000 × 60,000": {bomb(60000, 60000), "image_too_large"},
		"png 2^31 × 2^31":     {bomb(1<<31-1, 1<<31-1), "image_too_large"},
		"png 17,000 × 17,000": {bomb(17000, 17000), "image_unreadable"},
		"png 2,000,000 × 1":   {bomb(2_000_000, 1), "image_too_large"},
		"jpeg header":         {j[:30], "image_unreadable"},
		"jpeg cut":            {j[:len(j)/2], "image_unreadable"},
		"jpeg 65,535²":        {bigJPEG, "image_too_large"},
		"jpeg 16,000²":        {midJPEG, "image_unreadable"},
		"gif 65,535²":         {gifBomb, "image_too_large"},
		"bmp 15,000²":         {bmpBomb, "image_unreadable"},
		"tiff":                {[]byte("II*\x00\x08\x00\x00\x00\xff\xff"), "image_unreadable"},
		"webp":                {[]byte("RIFF\x10\x00\x00\x00WEBPVP8 \x00\x00\x00\x00"), "image_unreadable"},
		"pdf":                 {[]byte("%PDF-1.7\n%abc"), "image_unreadable"},
		"pdf after junk":      {[]byte("\n\n%PDF-1.4"), "image_unreadable"},
		"heic":                {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1"), "image_unsupported"},
		"avif":                {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1"), "image_unsupported"},
		"jpeg xl":             {[]byte("\xff\x0a\x00\x00"), "image_unsupported"},
		"svg":                 {[]byte("<svg xmlns="), "image_unsupported"},
		"docx":                {[]byte("PK\x03\x04\x14"), "image_unsupported"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := imageio.Decode(tt.data, imageio.Options{}); code(err) != tt.code {
				t.Errorf("Decode: %v, want %s", err, tt.code)
			}
			if _, _, err := imageio.DecodeColor(tt.data, imageio.Options{}); err == nil {
				t.Error("DecodeColor takes it")
			}
		})
	}
	for word, data := range map[string]string{"HEIC": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "PDF": "%PDF-1.7"} {
		if _, err := imageio.Decode([]byte(data), imageio.Options{}); !strings.Contains(err.Error(), word) {
			t.Errorf("%v does not name the kind %s", err, word)
		}
	}
	if _, err := imageio.Decode(good, imageio.Options{MaxPixels: 89_999}); code(err) != "image_too_large" {
		t.Errorf("90,000 pixels pass a limit of 89,999: %v", err)
	}
	if _, err := imageio.Decode(good, imageio.Options{MaxPixels: 90_000}); err != nil {
		t.Error(err)
	}
	if _, err := imageio.Decode(good, imageio.Options{Picture: 1}); code(err) != "image_unreadable" {
		t.Errorf("picture 2 of a PNG: %v", err)
	}
}

func TestMultiPageTIFF(t *testing.T) {
	pages := []image.Image{scene(40, 30), scene(50, 20), scene(10, 60)}
	var b bytes.Buffer
	if err := tiff.EncodeAll(&b, pages, nil); err != nil {
		t.Fatal(err)
	}
	for i, page := range pages {
		p, err := imageio.Decode(b.Bytes(), imageio.Options{Picture: i})
		if err != nil {
			t.Fatal(err)
		}
		if p.Info.Pictures != 3 {
			t.Errorf("%d pictures, want 3", p.Info.Pictures)
		}
		compare(t, p.Gray, page, 0.5)
	}
	if _, err := imageio.Decode(b.Bytes(), imageio.Options{Picture: 3}); code(err) != "image_unreadable" {
		t.Errorf("picture 4 of 3: %v", err)
	}
}

// TestEncodePNG wants every kind of picture back exactly, and the resolution.
func TestEncodePNG(t *testing.T) {
	bilevel, four, sixteen := image.NewGray(image.Rect(0, 0, 37, 9)), image.NewGray(image.Rect(0, 0, 37, 9)), image.NewGray(image.Rect(0, 0, 37, 9))
	for i := range bilevel.Pix {
		bilevel.Pix[i] = uint8(i % 3 / 2 * 255)
		four.Pix[i] = uint8(i % 4 * 85)
		sixteen.Pix[i] = uint8(i % 16 * 17)
	}
	few := image.NewRGBA(image.Rect(0, 0, 40, 40))
	many := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range 1600 {
		copy(few.Pix[4*i:], []byte{uint8(i % 5 * 50), 10, 255, 255})
		copy(many.Pix[4*i:], []byte{uint8(i), uint8(i / 256), 9, 255})
	}
	tests := []struct {
		name  string
		img   image.Image
		depth byte
		color byte
	}{
		{"bilevel", bilevel, 1, 0},
		{"four greys", four, 2, 0},
		{"sixteen greys", sixteen, 4, 0},
		{"grey", scene(300, 200), 8, 0},
		{"few colours", few, 4, 3},
		{"many colours", many, 8, 2},
		{"transparent", tinted(scene(50, 60)), 8, 6},
		{"palette", opaquePalette(), 4, 3},
		{"part", scene(80, 90).SubImage(image.Rect(11, 7, 60, 70)), 8, 0},
		{"transparent palette", paletted(9, 9, 4), 8, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := imageio.EncodePNG(tt.img, 300)
			if err != nil {
				t.Fatal(err)
			}
			if data[24] != tt.depth || data[25] != tt.color {
				t.Errorf("depth %d, colour type %d; want %d, %d", data[24], data[25], tt.depth, tt.color)
			}
			back, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			b := tt.img.Bounds()
			for y := range b.Dy() {
				for x := range b.Dx() {
					r0, g0, b0, a0 := tt.img.At(b.Min.X+x, b.Min.Y+y).RGBA()
					r1, g1, b1, a1 := back.At(x, y).RGBA()
					if r0>>8 != r1>>8 || g0>>8 != g1>>8 || b0>>8 != b1>>8 || a0>>8 != a1>>8 {
						t.Fatalf("(%d, %d): %v became %v", x, y, tt.img.At(b.Min.X+x, b.Min.Y+y), back.At(x, y))
					}
				}
			}
			if !bytes.Contains(data, []byte{'p', 'H', 'Y', 's', 0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1}) {
				t.Error("no pHYs of 11811 px/m (spec/markup.md 8.1)")
			}
			info, err := imageio.Inspect(data)
			if err != nil || math.Round(info.DPIX) != 300 || math.Round(info.DPIY) != 300 || info.Width != b.Dx() || info.Height != b.Dy() {
				t.Errorf("%+v, %v", info, err)
			}
		})
	}
}

func TestEncodeJPEG(t *testing.T) {
	for _, img := range []image.Image{scene(64, 48), tinted(scene(64, 48))} {
		data, err := imageio.EncodeJPEG(img, 90, 300)
		if err != nil {
			t.Fatal(err)
		}
		info, err := imageio.Inspect(data)
		if err != nil || info.DPIX != 300 || info.DPIY != 300 || info.Format != "jpeg" {
			t.Errorf("%+v, %v", info, err)
		}
		if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
			t.Error(err)
		}
	}
}
