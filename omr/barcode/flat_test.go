package barcode_test

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/internal/plane"
)

// flatKinds are the symbologies that forms carry most.
var flatKinds = []struct{ kind, value, text string }{
	{"QR", "SL-2031-B", "SL-2031-B"},
	{"DataMatrix", "SL-2031-B/77", "SL-2031-B/77"},
	{"Aztec", "SL-2031-B/77", "SL-2031-B/77"},
	{"Aztec", "the quick brown fox jumps over the lazy dog, 0123456789", "the quick brown fox jumps over the lazy dog, 0123456789"},
	{"Pdf417", "SL-2031-B", "SL-2031-B"},
	{"Code128", "M-0042-77", "M-0042-77"},
	{"Code39Standard", "CODE-39A", "CODE-39A"},
	{"Code93Standard", "CODE93-X", "CODE93-X"},
	{"EAN13", "4006381333931", "4006381333931"},
	{"EAN8", "90311017", "90311017"},
	{"UPCA", "036000291452", "036000291452"},
	{"Interleaved2of5", "12345678", "12345678"},
	{"Codabar", "40156", "40156"},
	{"DatabarOmniDirectional", "0950110153000", "(01)09501101530003"},
	{"DatabarExpanded", "(01)04912345123459(10)AB12", "(01)04912345123459(10)AB12"},
}

// printedAt is the symbol as a scanner sees it: px a module, blurred, noisy; place
// is the symbol without its quiet zone.
func printedAt(s *barcode.Symbol, px, deviation, noise float64) (g *image.Gray, place image.Rectangle) {
	const fine = 12
	big := draw(s, fine, 40*fine)
	k := px / fine
	w, h := int(float64(big.Rect.Dx())*k), int(float64(big.Rect.Dy())*k)
	g = image.NewGray(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(3, 4))
	// A box as wide as a pixel, then a Gauss: what optics and sensor do.
	reach := int(math.Ceil((3*deviation + 0.5) / k))
	weights := make([]float64, 2*reach+1)
	for i := range weights {
		d := float64(i-reach) * k
		for j := range 9 {
			t := d + (float64(j)-4)/9
			weights[i] += math.Exp(-t * t / (2 * max(deviation, 0.15) * max(deviation, 0.15)))
		}
	}
	mean := func(n int, at func(int) float64, middle float64) float64 {
		sum, total := 0.0, 0.0
		for i, weight := range weights {
			p := min(max(int(middle)+i-reach, 0), n-1)
			sum += weight * at(p)
			total += weight
		}
		return sum / total
	}
	rows := make([][]float64, big.Rect.Dy())
	for y := range rows {
		rows[y] = make([]float64, w)
		if y > 0 && y%fine != 0 { // modules are alike
			copy(rows[y], rows[y-1])
			continue
		}
		for x := range w {
			rows[y][x] = mean(big.Rect.Dx(), func(i int) float64 { return float64(big.Pix[y*big.Stride+i]) }, (float64(x)+0.5)/k)
		}
	}
	for x := range w {
		for y := range h {
			v := mean(len(rows), func(i int) float64 { return rows[i][x] }, (float64(y)+0.5)/k)
			g.Pix[y*g.Stride+x] = uint8(min(max(40+v*0.75+rng.NormFloat64()*noise, 0), 255))
		}
	}
	qx, qy := int(float64(s.QuietX)*px), int(float64(s.QuietY)*px)
	if !s.Matrix {
		qy = 0
	}
	return g, image.Rect(qx, qy, w-qx, h-qy)
}

// TestFlat reads crops of few and blurred pixels.
func TestFlat(t *testing.T) {
	for _, tt := range flatKinds {
		s := encode(t, tt.kind, tt.value)
		for _, how := range []struct {
			name                 string
			px, deviation, noise float64
		}{
			{"plain", 4, 0.3, 2},
			{"low resolution", 1.7, 0.35, 3},
			{"blurred", 3.3, 1.9, 2},
		} {
			if how.name == "low resolution" && s.Matrix {
				how.px = 2.3
			}
			g, place := printedAt(s, how.px, how.deviation, how.noise)
			got, err := barcode.DecodeFlat(g, place, []string{tt.kind}, true)
			if err != nil || got.Text != tt.text || got.Kind != tt.kind {
				t.Errorf("%s %s: read %q, %v", tt.kind, how.name, got.Text, err)
			}
		}
	}
}

// TestFlatTurned reads codes that were printed lying and upside down.
func TestFlatTurned(t *testing.T) {
	for _, tt := range flatKinds {
		s := encode(t, tt.kind, tt.value)
		g, _ := printedAt(s, 4, 0.4, 2)
		for _, degrees := range []float64{90, 180, 270} {
			turned, _ := plane.Turn(g, degrees*math.Pi/180, 230)
			got, err := barcode.DecodeFlat(turned, turned.Rect, []string{tt.kind}, true)
			if s.Upright || tt.kind == "Pdf417" && degrees != 180 {
				continue // not claimed
			}
			if err != nil || got.Text != tt.text {
				t.Errorf("%s at %g°: read %q, %v", tt.kind, degrees, got.Text, err)
			}
		}
	}
}

// TestFlatDamaged: a stroke through a code and a hole in it cost neither the code
// nor its truth.
func TestFlatDamaged(t *testing.T) {
	for _, tt := range flatKinds {
		s := encode(t, tt.kind, tt.value)
		g, place := printedAt(s, 5, 0.5, 2)
		b := place
		for i := range 4 * b.Dx() { // a slanting pen stroke, 4 px wide
			x := b.Min.X + i/4
			y := b.Min.Y + b.Dy()/3 + i/4*b.Dy()/(4*b.Dx())
			for d := range 4 {
				g.SetGray(x, min(y+d, b.Max.Y-1), image.NewGray(b).GrayAt(0, 0))
			}
		}
		got, err := barcode.DecodeFlat(g, place, []string{tt.kind}, true)
		if err != nil || got.Text != tt.text {
			t.Errorf("%s: read %q, %v", tt.kind, got.Text, err)
		}
	}
}

// TestFlatNothing: stripes, noise and other codes are not read as a code that is
// not there, by the kinds without a check least of all.
func TestFlatNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	var pictures []*image.Gray
	for range 3 {
		g := image.NewGray(image.Rect(0, 0, 200+rng.IntN(300), 60))
		dark, x := false, 20
		for i := range g.Pix {
			g.Pix[i] = 235
		}
		for x < g.Rect.Dx()-20 {
			w := 3 * (1 + rng.IntN(3))
			for y := range 60 {
				for k := x; dark && k < min(x+w, g.Rect.Dx()-20); k++ {
					g.Pix[y*g.Stride+k] = 30
				}
			}
			x += w
			dark = !dark
		}
		pictures = append(pictures, g)
	}
	noise := image.NewGray(image.Rect(0, 0, 300, 80))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(rng.IntN(256))
	}
	pictures = append(pictures, noise, image.NewGray(image.Rect(0, 0, 300, 80)), image.NewGray(image.Rect(0, 0, 1, 1)))
	for i, g := range pictures {
		for _, tt := range flatKinds {
			if got, err := barcode.DecodeFlat(g, g.Rect, []string{tt.kind}, true); err == nil {
				t.Errorf("picture %d holds no code, %s read %q", i, tt.kind, got.Text)
			}
		}
	}
	for _, tt := range flatKinds {
		g, place := printedAt(encode(t, tt.kind, tt.value), 4, 0.4, 2)
		for _, other := range []string{"Code39Standard", "Interleaved2of5", "Codabar", "Standard2of5", "EAN8"} {
			if other == tt.kind {
				continue
			}
			if got, err := barcode.DecodeFlat(g, place, []string{other}, false); err == nil {
				t.Errorf("%s %q is read as %s %q", tt.kind, tt.value, other, got.Text)
			}
		}
	}
}

// TestFlatTags: tags of few px a cell, blurred, shaded, with a stroke at the frame.
func TestFlatTags(t *testing.T) {
	for want, rows := range map[string][]string{"7": seven, "0": zero5x5} {
		for _, tt := range []struct {
			name    string
			cell    float64
			blur    int
			shade   float64
			touched bool
		}{
			{name: "plain", cell: 8},
			{name: "small", cell: 2.6},
			{name: "blurred", cell: 5, blur: 5},
			{name: "shaded", cell: 6, blur: 1, shade: 110},
			{name: "touched", cell: 6, blur: 1, touched: true},
		} {
			big := tag(24, rows...)
			if tt.touched {
				for x := range 60 {
					for y := range 12 {
						big.Pix[(100+y)*big.Stride+x] = 30
					}
				}
			}
			side := int(9 * tt.cell)
			g := image.NewGray(image.Rect(0, 0, side, side))
			for y := range side {
				for x := range side {
					sum, n := 0, 0
					for by := y * 216 / side; by < (y+1)*216/side; by++ {
						for bx := x * 216 / side; bx < (x+1)*216/side; bx++ {
							sum += int(big.Pix[by*big.Stride+bx])
							n++
						}
					}
					g.Pix[y*g.Stride+x] = uint8(float64(sum/n) * (1 - tt.shade/255*float64(x)/float64(side)))
				}
			}
			for range tt.blur {
				g = blurred(g)
			}
			place := image.Rect(int(tt.cell), int(tt.cell), int(8*tt.cell+0.5), int(8*tt.cell+0.5))
			got, err := barcode.DecodeFlat(g, place, []string{"aruco"}, true)
			if err != nil || got.Text != want {
				t.Errorf("tag %s, %s: %q, %v", want, tt.name, got.Text, err)
			}
		}
	}
	damaged := append([]string{"##..."}, seven[1:]...)
	if got, err := barcode.DecodeFlat(tag(8, damaged...), image.Rect(8, 8, 64, 64), []string{"aruco"}, true); err == nil {
		t.Errorf("a tag with a wrong cell is read: %+v", got)
	}
}

// FuzzDecodeFlat: no crop makes a reader fail or say what is no text.
func FuzzDecodeFlat(f *testing.F) {
	for i, tt := range flatKinds {
		g, _ := printedAt(encode(f, tt.kind, tt.value), 1, 0.3, 0)
		f.Add(g.Pix, g.Rect.Dx(), i)
	}
	f.Fuzz(func(t *testing.T, pix []byte, width, kind int) {
		if width < 1 || width > 400 || len(pix) < width || len(pix) > 40_000 || kind < 0 {
			return
		}
		g := &image.Gray{Pix: pix, Stride: width, Rect: image.Rect(0, 0, width, len(pix)/width)}
		names := append(barcode.Names(), "Aruco")
		name := names[kind%len(names)]
		got, err := barcode.DecodeFlat(g, image.Rect(2, 2, width-2, 30), []string{name}, true)
		if err == nil && got.Text == "" {
			t.Errorf("%s read nothing without a fault", name)
		}
	})
}

// BenchmarkFlat is a code that is read at once, and one that cannot be read.
func BenchmarkFlat(b *testing.B) {
	s := encode(b, "Code128", "M-0042-77")
	for _, how := range []struct {
		name      string
		deviation float64
	}{{"read", 0.4}, {"unreadable", 6}} {
		g, place := printedAt(s, 4, how.deviation, 2)
		b.Run(how.name, func(b *testing.B) {
			for b.Loop() {
				_, err := barcode.DecodeFlat(g, place, []string{"Code128"}, true)
				if (err == nil) != (how.name == "read") {
					b.Fatal(err)
				}
			}
		})
	}
}
