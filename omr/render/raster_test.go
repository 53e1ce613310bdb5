package render_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"math"
	"math/rand/v2"
	"testing"

	hhtiff "github.com/hhrutter/tiff"
	"golang.org/x/image/bmp"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/render"
)

// same demands equal pixels.
func same(t *testing.T, what string, want, got image.Image) {
	t.Helper()
	if want.Bounds().Size() != got.Bounds().Size() {
		t.Fatalf("%s: %v, want %v", what, got.Bounds(), want.Bounds())
	}
	b := want.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r0, g0, b0, a0 := want.At(x, y).RGBA()
			r1, g1, b1, a1 := got.At(x, y).RGBA()
			if r0 != r1 || g0 != g1 || b0 != b1 || a0 != a1 {
				t.Fatalf("%s: (%d, %d) is %v, want %v", what, x, y, got.At(x, y), want.At(x, y))
			}
		}
	}
}

// drawn is the page as the encoders get it.
func drawn(s layout.Sheet, ink form.Color, dpi int) image.Image {
	if ink == black {
		return render.Gray(s, dpi)
	}
	return render.Raster(s, dpi)
}

// TestRasterFormats: every raster format holds the pixels of the picture, as
// libraries that we did not write read them.
func TestRasterFormats(t *testing.T) {
	const dpi = 110
	for _, ink := range []form.Color{black, red} {
		s := sheet(ink)
		want := drawn(s, ink, dpi)
		data, err := render.BMP(s, dpi)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bmp.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "BMP", want, got)
		if data, err = render.GIF(s, dpi); err != nil {
			t.Fatal(err)
		}
		if got, err = gif.Decode(bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		same(t, "GIF", want, got)
	}
}

// TestTIFF: all pages in one file, grey and colour beside each other, numbered,
// with their resolution.
func TestTIFF(t *testing.T) {
	const dpi = 144
	small := layout.Sheet{Width: 333, Height: 97, Items: []layout.Item{rect(20, 20, 100, 50, red, none, 0, 0)}}
	pages := []layout.Sheet{sheet(black), small, sheet(red)}
	data, err := render.TIFF(pages, dpi)
	if err != nil {
		t.Fatal(err)
	}
	info, err := imageio.Inspect(data)
	if err != nil || info.Width != 1190 || info.Height != 1684 || info.DPIX != dpi || info.DPIY != dpi {
		t.Errorf("%+v, %v", info, err)
	}
	number := uint16(0)
	for place := binary.LittleEndian.Uint32(data[4:]); place != 0; number++ {
		if number > 2 {
			t.Fatal("there is a fourth page")
		}
		img, err := hhtiff.DecodeAt(bytes.NewReader(data), int64(place))
		if err != nil {
			t.Fatalf("page %d: %v", number+1, err)
		}
		same(t, "TIFF", drawn(pages[number], []form.Color{black, red, red}[number], dpi), img)
		n := int(binary.LittleEndian.Uint16(data[place:]))
		found, last := false, uint16(0)
		for i := range n {
			e := data[int(place)+2+12*i:]
			tag := binary.LittleEndian.Uint16(e)
			if tag <= last {
				t.Errorf("page %d: tag %d after %d", number+1, tag, last)
			}
			if last = tag; tag == 297 {
				found = true
				if at, of := binary.LittleEndian.Uint16(e[8:]), binary.LittleEndian.Uint16(e[10:]); at != number || of != 3 {
					t.Errorf("page %d says that it is %d of %d", number+1, at, of)
				}
			}
		}
		if !found || place%2 != 0 {
			t.Errorf("page %d: numbered %v, directory at %d", number+1, found, place)
		}
		place = binary.LittleEndian.Uint32(data[int(place)+2+12*n:])
	}
	if number != 3 {
		t.Errorf("%d pages", number)
	}
}

// TestGIFPhoto: a picture of many colours is thinned out to the nearest ones, and
// what recognition needs stays black and white.
func TestGIFPhoto(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	photo := image.NewRGBA(image.Rect(0, 0, 200, 100))
	for y := range 100 {
		for x := range 200 {
			photo.SetRGBA(x, y, color.RGBA{uint8(x + noise.IntN(8)), uint8(2*y + noise.IntN(8)), uint8(128 + noise.IntN(16)), 255})
		}
	}
	s := layout.Sheet{Width: 400, Height: 300, Items: []layout.Item{
		{Picture: &layout.Picture{Box: geom.PageRect{X: 20, Y: 20, W: 200, H: 100}, Image: photo}},
		rect(300, 20, 50, 50, black, none, 0, 0),
	}}
	data, err := render.GIF(s, 300)
	if err != nil {
		t.Fatal(err)
	}
	got, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := render.Raster(s, 300)
	sum := 0.0
	for y := range 300 {
		for x := range 400 {
			w, g := want.RGBAAt(x, y), color.RGBAModel.Convert(got.At(x, y)).(color.RGBA)
			if w == (color.RGBA{A: 255}) && g != w || w == (color.RGBA{255, 255, 255, 255}) && g != w {
				t.Fatalf("(%d, %d) is %v, want %v", x, y, g, w)
			}
			sum += math.Abs(float64(w.R)-float64(g.R)) + math.Abs(float64(w.G)-float64(g.G)) + math.Abs(float64(w.B)-float64(g.B))
		}
	}
	if mean := sum / 3 / (200 * 100); mean > 6 {
		t.Errorf("the photo's channels are off by %.1f levels in the mean", mean)
	}
}

// TestResolutions: a page is as large as its paper at any resolution, and one of
// too many pixels is refused by every format.
func TestResolutions(t *testing.T) {
	s := layout.Sheet{Width: 2480, Height: 3508, Items: markers()}
	for dpi, want := range map[int]image.Point{75: {620, 877}, 150: {1240, 1754}, 600: {4960, 7016}} {
		for name, draw := range map[string]func(layout.Sheet, int) ([]byte, error){
			"png": render.PNG, "jpg": render.JPEG, "bmp": render.BMP, "gif": render.GIF,
			"tiff": func(s layout.Sheet, dpi int) ([]byte, error) { return render.TIFF([]layout.Sheet{s}, dpi) },
		} {
			data, err := draw(s, dpi)
			if err != nil {
				t.Fatal(err)
			}
			info, err := imageio.Inspect(data)
			if err != nil || info.Width != want.X || info.Height != want.Y {
				t.Errorf("%s at %d dpi: %+v, %v", name, dpi, info, err)
			}
			if name != "gif" && math.Abs(info.DPIX-float64(dpi)) > 0.05 {
				t.Errorf("%s at %d dpi says %v", name, dpi, info.DPIX)
			}
			if _, err := draw(s, 3000); fault.As(err) == nil || fault.As(err).Code != "image_too_large" {
				t.Errorf("%s of 870 million pixels: %v", name, err)
			}
		}
	}
}

// TestPhotos: a photo of more pixels than a printer shows does not bloat vector
// files, and a small picture keeps every pixel.
func TestPhotos(t *testing.T) {
	noise := rand.New(rand.NewPCG(3, 4))
	photo := image.NewGray(image.Rect(0, 0, 1600, 1200))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(noise.IntN(256))
	}
	small := photo.SubImage(image.Rect(10, 10, 50, 40))
	for name, tt := range map[string]struct {
		img         image.Image
		least, most int
	}{"photo": {photo, 40_000, 90_000}, "small": {small, 1_200, 6_000}} {
		d := &layout.Document{Pages: []layout.Sheet{{Width: 500, Height: 500, Items: []layout.Item{
			{Picture: &layout.Picture{Box: geom.PageRect{X: 50, Y: 50, W: 160, H: 120}, Image: tt.img}},
		}}}}
		pdf, err := render.PDF(d)
		if err != nil {
			t.Fatal(err)
		}
		svg, err := render.SVG(d, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(pdf); n < tt.least || n > tt.most {
			t.Errorf("%s: a PDF of %d bytes", name, n)
		}
		if n := len(svg) * 3 / 4; n < tt.least || n > tt.most {
			t.Errorf("%s: an SVG of about %d bytes", name, n)
		}
	}
}
