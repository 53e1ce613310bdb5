package render_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/internal/golden"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/render"
)

// TestMarkers: solid black to the pixel, paper around (spec/markup.md 8.2).
func TestMarkers(t *testing.T) {
	g := render.Gray(sheet(black), 300)
	if g.Rect != image.Rect(0, 0, 2480, 3508) {
		t.Fatalf("the page is %v", g.Rect)
	}
	for _, item := range markers() {
		b := item.Rect.Box
		r := image.Rect(int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H))
		for y := r.Min.Y - 5; y < r.Max.Y+5; y++ {
			for x := r.Min.X - 5; x < r.Max.X+5; x++ {
				want := uint8(255)
				if image.Pt(x, y).In(r) {
					want = 0
				}
				if got := g.GrayAt(x, y).Y; got != want {
					t.Fatalf("marker %v: (%d, %d) is %d, want %d", r, x, y, got, want)
				}
			}
		}
	}
}

// TestBubble: the outline is 3 px wide and centred on the nominal edge, so that
// a circle of 60 is 63 px across (spec/markup.md 6.4).
func TestBubble(t *testing.T) {
	s := layout.Sheet{Width: 200, Height: 200, Items: []layout.Item{bubble(70, 70, 60, 60, black)}}
	g := render.Gray(s, 300)
	darkness := func(at func(i int) uint8) (sum, first, last float64) {
		first = -1
		for i := range 200 {
			if d := 255 - float64(at(i)); d > 0 {
				sum += d / 255
				if first < 0 {
					first = float64(i) + 1 - d/255
				}
				last = float64(i) + d/255
			}
		}
		return sum, first, last
	}
	// The mean of the two middle lines: each is a trifle inside the circle's extremes.
	for name, at := range map[string]func(i int) uint8{
		"row":    func(i int) uint8 { return g.GrayAt(i, 100).Y },
		"column": func(i int) uint8 { return g.GrayAt(100, i).Y },
	} {
		sum, first, last := darkness(at)
		if math.Abs(sum-6) > 0.3 || math.Abs(first-68.5) > 0.2 || math.Abs(last-131.5) > 0.2 {
			t.Errorf("%s: %.2f px of ink from %.2f to %.2f, want 6 from 68.5 to 131.5", name, sum, first, last)
		}
	}
	// The area of the ring tells that it is closed and of even width.
	total := 0.0
	for _, v := range g.Pix {
		total += (255 - float64(v)) / 255
	}
	if want := math.Pi * 60 * 3; math.Abs(total-want) > want/100 {
		t.Errorf("the ring covers %.1f px, want %.1f", total, want)
	}
}

// TestPlaces: fractions of pixels, corners, clips and lines cover what they should.
func TestPlaces(t *testing.T) {
	clip := geom.PageRect{X: 30, Y: 0, W: 20, H: 100}
	clipped := rect(10, 10, 80, 80, black, none, 0, 0)
	clipped.Clip = &clip
	tests := []struct {
		name string
		item layout.Item
		area float64
	}{
		{"whole", rect(10, 10, 50, 20, black, none, 0, 0), 1000},
		{"halves", rect(10.5, 10.5, 50, 20, black, none, 0, 0), 1000},
		{"thin", rect(10.2, 10, 0.4, 50, black, none, 0, 0), 20},
		{"stroke", rect(20, 20, 50, 30, none, black, 3, 0), 2*(53*3) + 2*(27*3)},
		{"thick stroke", rect(50, 50, 10, 10, none, black, 20, 0), 900},
		{"rounded fill", rect(10, 10, 80, 60, black, none, 0, 20), 80*60 - (4-math.Pi)*400},
		{"pill", rect(10, 10, 80, 30, black, none, 0, 99), 50*30 + math.Pi*225},
		{"rounded stroke", rect(10, 10, 80, 60, none, black, 4, 20), 4 * (2*40 + 2*20 + 2*math.Pi*20)},
		{"sharp stroke", rect(10, 10, 80, 60, none, black, 8, 2), (88*68 - (4-math.Pi)*36) - 72*52},
		{"rule", layout.Item{Line: &layout.Rule{From: geom.PagePt{X: 10, Y: 50}, To: geom.PagePt{X: 90, Y: 50}, Width: 3}}, 240},
		{"slant", layout.Item{Line: &layout.Rule{From: geom.PagePt{X: 10, Y: 10}, To: geom.PagePt{X: 40, Y: 50}, Width: 4}}, 200},
		{"clip", clipped, 20 * 80},
		{"outside", rect(-50, -50, 60, 60, black, none, 0, 0), 100},
		{"far outside", rect(-500, 20, 100, 60, black, none, 0, 10), 0},
		{"oval outside", bubble(-200, 20, 60, 60, black), 0},
	}
	for _, tt := range tests {
		for _, dpi := range []int{300, 150, 217, 600} {
			scale := float64(dpi) / 300
			g := render.Gray(layout.Sheet{Width: 100, Height: 100, Items: []layout.Item{tt.item}}, dpi)
			got := 0.0
			for _, v := range g.Pix {
				got += (255 - float64(v)) / 255
			}
			got /= scale * scale
			if math.Abs(got-tt.area) > 1.5+tt.area/25 { // coverage has 16 levels, clips whole pixels
				t.Errorf("%s at %d dpi covers %.1f px², want %.1f", tt.name, dpi, got, tt.area)
			}
			c := render.Raster(layout.Sheet{Width: 100, Height: 100, Items: []layout.Item{tt.item}}, dpi)
			for i, v := range g.Pix {
				if d := int(v) - int(c.Pix[4*i]); d < -1 || d > 1 || c.Pix[4*i+3] != 255 {
					t.Fatalf("%s: grey and colour differ at %d: %d, %d", tt.name, i, v, c.Pix[4*i])
				}
			}
		}
	}
}

// TestSeams: the inside of a round-cornered fill is even at any resolution.
func TestSeams(t *testing.T) {
	for _, dpi := range []int{72, 96, 137, 200, 300} {
		s := layout.Sheet{Width: 1000, Height: 1000, Items: []layout.Item{rect(101.3, 99.7, 700, 500, gray, none, 0, 77)}}
		img := render.Gray(s, dpi)
		at := func(x, y float64) uint8 { return img.GrayAt(int(x*float64(dpi)/300), int(y*float64(dpi)/300)).Y }
		want := at(450, 350)
		for v := 130.0; v < 770; v++ {
			if got := at(v, 300); got != want {
				t.Fatalf("%d dpi: (%v, 300) is %d, want %d", dpi, v, got, want)
			}
			if got := at(v, 230); v > 185 && v < 715 && got != want {
				t.Fatalf("%d dpi: (%v, 230) is %d, want %d", dpi, v, got, want)
			}
		}
		for v := 130.0; v < 570; v++ {
			if got := at(450, v); got != want {
				t.Fatalf("%d dpi: (450, %v) is %d, want %d", dpi, v, got, want)
			}
		}
	}
}

// TestCodes: what is printed can be read.
func TestCodes(t *testing.T) {
	g := render.Gray(sheet(black), 300)
	for kind, tt := range map[string]struct {
		at   image.Rectangle
		text string
	}{
		"QR":      {image.Rect(2332, 1692, 2480, 1840), "LM1:ABCDEFGHIJKL:1/2"},
		"Code128": {image.Rect(1180, 3230, 1900, 3380), "Leafmark"},
	} {
		got, err := barcode.Decode(g.SubImage(tt.at).(*image.Gray), []string{kind})
		if err != nil || got.Text != tt.text {
			t.Errorf("%s: %q, %v", kind, got.Text, err)
		}
	}
}

// TestFiles: size, resolution, colours and determinism of PNG and JPEG.
func TestFiles(t *testing.T) {
	for _, ink := range []form.Color{black, red} {
		s := sheet(ink)
		data, err := render.PNG(s, 0)
		if err != nil {
			t.Fatal(err)
		}
		again, err := render.PNG(s, 300)
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("two pages of one sheet differ (%v)", err)
		}
		photo, err := render.JPEG(s, 300)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range [][]byte{data, photo} {
			info, err := imageio.Inspect(file)
			if err != nil || info.Width != 2480 || info.Height != 3508 || math.Round(info.DPIX) != 300 || math.Round(info.DPIY) != 300 {
				t.Errorf("%+v, %v", info, err)
			}
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got := color.NRGBAModel.Convert(img.At(1400, 1045)).(color.NRGBA); got != (color.NRGBA{ink.R, ink.G, ink.B, 255}) {
			t.Errorf("the outline is %v, want %v", got, ink)
		}
		lossy, err := jpeg.Decode(bytes.NewReader(photo))
		if err != nil {
			t.Fatal(err)
		}
		r, _, b, _ := lossy.At(100, 100).RGBA()
		if r>>8 > 20 || b>>8 > 20 {
			t.Errorf("the marker in the JPEG is %v", lossy.At(100, 100))
		}
	}
	_, err := render.PNG(sheet(black), 3000)
	if f := fault.As(err); f == nil || f.Code != "image_too_large" {
		t.Errorf("a page of 870 million pixels: %v", err)
	}
}

// TestGolden is for the eye: letters, scripts, borders, pictures.
func TestGolden(t *testing.T) {
	s := sheet(red)
	golden.Image(t, "testdata/sheet.png", render.Raster(s, 100))
}

func BenchmarkRender(b *testing.B) {
	for _, ink := range []form.Color{black, red} {
		s := sheet(ink)
		name := fmt.Sprintf("%v", ink)
		b.Run("gray"+name, func(b *testing.B) {
			for b.Loop() {
				render.Gray(s, 300)
			}
		})
		b.Run("png"+name, func(b *testing.B) {
			for b.Loop() {
				data, err := render.PNG(s, 300)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(data)), "bytes")
			}
		})
		b.Run("jpeg"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := render.JPEG(s, 300); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("pdf"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := render.PDF(&layout.Document{Pages: []layout.Sheet{s}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
