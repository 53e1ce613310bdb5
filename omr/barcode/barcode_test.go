package barcode_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/internal/plane"
)

// draw prints s with modules of px pixels, black on white, bars of height px
// when linear, quiet zone included.
func draw(s *barcode.Symbol, px, height int) *image.Gray {
	h := height
	if s.Matrix {
		h = (s.Height + 2*s.QuietY) * px
	}
	g := image.NewGray(image.Rect(0, 0, (s.Width+2*s.QuietX)*px, h))
	for y := range h {
		for x := range g.Rect.Dx() {
			row := 0
			if s.Matrix {
				row = y/px - s.QuietY
			}
			if s.Matrix && y/px < s.QuietY {
				row = -1
			}
			if s.At(x/px-s.QuietX, row) && x/px >= s.QuietX {
				continue
			}
			g.SetGray(x, y, color.Gray{Y: 255})
		}
	}
	return g
}

func encode(t testing.TB, kind, value string) *barcode.Symbol {
	t.Helper()
	s, err := barcode.Encode(kind, value, 0)
	if err != nil {
		t.Fatalf("Encode(%s, %q): %v", kind, value, err)
	}
	return s
}

func TestRoundTrip(t *testing.T) {
	tests := []struct{ kind, value, text, printed string }{
		{"QR", "1", "1", "1"},
		{"qr code", "LM1:ABCDEFGHIJKL:1/2", "LM1:ABCDEFGHIJKL:1/2", "LM1:ABCDEFGHIJKL:1/2"},
		{"QR", "Grüße, Ελλάδα, 日本, שלום, 🚣", "Grüße, Ελλάδα, 日本, שלום, 🚣", "Grüße, Ελλάδα, 日本, שלום, 🚣"},
		{"QR", "été", "été", "été"},
		{"QR", "a\x1db", "a\x1db", "a\x1db"},
		{"QR", strings.Repeat("https://example.org/?q=", 20), strings.Repeat("https://example.org/?q=", 20), strings.Repeat("https://example.org/?q=", 20)},
		{"GS1QR", "(01)04912345123459(10)ABC%1(21)xyz", "(01)04912345123459(10)ABC%1(21)xyz", "(01)04912345123459(10)ABC%1(21)xyz"},
		{"GS1QR", "(10)AB%C", "(10)AB%C", "(10)AB%C"},
		{"Code128", "Leafmark-128", "Leafmark-128", "Leafmark-128"},
		{"code_128", "12345678901", "12345678901", "12345678901"},
		{"Code128", "AB\x1d12\tx", "AB\x1d12\tx", "AB 12 x"},
		{"GS1Code128", "(01)04912345123459(10)ABC123(3103)000123", "(01)04912345123459(10)ABC123(3103)000123", "(01)04912345123459(10)ABC123(3103)000123"},
		{"GS1-128", "(400)1234(21)987654321", "(400)1234(21)987654321", "(400)1234(21)987654321"},
		{"SSCC18", "10614141192837465", "(00)106141411928374657", "(00)106141411928374657"},
		{"EAN14", "0491234512345", "(01)04912345123459", "(01)04912345123459"},
		{"SCC14", "(01)04912345123459", "(01)04912345123459", "(01)04912345123459"},
		{"Code39", "CODE 39-A", "CODE 39-A", "CODE 39-A"},
		{"Code39Extended", "Mixed+Case:%1a~", "Mixed+Case:%1a~", "Mixed+Case:%1a~"},
		{"Code93Standard", "CODE93", "CODE93", "CODE93"},
		{"Code93Extended", "code 93!", "code 93!", "code 93!"},
		{"Code32", "15478977", "154789770", "A154789770"}, // spec/markup.md 10.21
		{"PZN", "2758089", "27580899", "PZN - 27580899"},
		{"VIN", "1m8gdm9axkp042788", "1M8GDM9AXKP042788", "1M8GDM9AXKP042788"},
		{"EAN13", "400638133393", "4006381333931", "4006381333931"},
		{"jam", "4006381333931", "4006381333931", "4006381333931"},
		{"ean", "9031101", "90311017", "90311017"},
		{"EAN8", "90311017", "90311017", "90311017"},
		{"upc", "03600029145", "036000291452", "036000291452"},
		{"UPCE", "425261", "04252614", "04252614"},
		{"ISBN", "978-3-16-148410-0", "9783161484100", "9783161484100"},
		{"ISBN", "3-16-148410-X", "9783161484100", "9783161484100"},
		{"ISSN", "ISSN 0317-8471", "9770317847001", "9770317847001"},
		{"ISMN", "M-2306-7118-7", "9790230671187", "9790230671187"},
		{"Interleaved2of5", "1234567", "01234567", "01234567"},
		{"Interleaved2of5", "1234", "1234", "1234"},
		{"ITF14", "1540014128876", "15400141288763", "15400141288763"},
		{"ITF6", "12345", "123457", "123457"},
		{"OPC", "123456789", "1234567895", "1234567895"},
		{"DeutschePostIdentcode", "56310243031", "563102430313", "563102430313"},
		{"DeutschePostLeitcode", "2134807501640", "21348075016401", "21348075016401"},
		{"Codabar", "40156", "40156", "40156"},
		{"Codabar", "b40156d", "40156", "40156"},
		{"DataMatrix", "Leafmark 2026", "Leafmark 2026", "Leafmark 2026"},
		{"DataMatrix", "Grüße 🚣", "Grüße 🚣", "Grüße 🚣"},
		{"GS1DataMatrix", "(01)04912345123459(10)ABC(21)9", "(01)04912345123459(10)ABC(21)9", "(01)04912345123459(10)ABC(21)9"},
		{"Aztec", "Leafmark, aztec", "Leafmark, aztec", "Leafmark, aztec"},
		{"Aztec", "Grüße 🚣", "Grüße 🚣", "Grüße 🚣"},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" "+tt.value[:min(len(tt.value), 20)], func(t *testing.T) {
			s := encode(t, tt.kind, tt.value)
			if s.Text != tt.printed {
				t.Errorf("prints %q, want %q", s.Text, tt.printed)
			}
			got, err := barcode.Decode(draw(s, 4, 112), []string{tt.kind})
			if err != nil {
				t.Fatal(err)
			}
			if got.Text != tt.text || got.Kind != s.Kind {
				t.Errorf("read %s %q, want %s %q", got.Kind, got.Text, s.Kind, tt.text)
			}
		})
	}
}

func TestEveryLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabets := map[string]string{
		"QR":         "0123456789abcXYZ ,-äßЖ日",
		"Code128":    "0123456789abcXYZ ,-~\x1d\t",
		"DataMatrix": "0123456789abcXYZ ,-é",
		"Aztec":      "0123456789abcXYZ ,-é",
	}
	for kind, alphabet := range alphabets {
		for n := 1; n <= 40; n += 3 {
			runes := make([]rune, n)
			for i := range runes {
				runes[i] = []rune(alphabet)[rng.IntN(len([]rune(alphabet)))]
			}
			value := string(runes)
			got, err := barcode.Decode(draw(encode(t, kind, value), 3, 60), []string{kind})
			if err != nil || got.Text != value {
				t.Errorf("%s %q is read as %q, %v", kind, value, got.Text, err)
			}
		}
	}
}

func TestQRVersions(t *testing.T) {
	for version := 1; version <= 40; version++ {
		s, err := barcode.Encode("QR", "LEAFMARK", version)
		if err != nil {
			t.Fatal(err)
		}
		if s.Width != 17+4*version || s.Height != s.Width || s.QuietX != 4 || s.QuietY != 4 {
			t.Errorf("version %d has %d×%d modules, quiet zone %d", version, s.Width, s.Height, s.QuietX)
		}
		if version%7 != 3 {
			continue
		}
		if got, err := barcode.Decode(draw(s, 3, 0), []string{"QR"}); err != nil || got.Text != "LEAFMARK" {
			t.Errorf("version %d is read as %q, %v", version, got.Text, err)
		}
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		kind, value string
		version     int
		code        string
	}{
		{"Nonsense", "1", 0, "LM313"},
		{"", "1", 0, "LM313"},
		{"aruco", "1", 0, "LM314"},
		{"QR", "1", 41, "LM316"},
		{"QR", "1", -1, "LM316"},
		{"Code128", "1", 3, "LM316"},
		{"QR", strings.Repeat("x", 60), 2, "LM316"},
		{"QR", "", 0, "LM317"},
		{"QR", strings.Repeat("x", 3000), 0, "LM317"},
		{"QR", "\xff", 0, "LM317"},
		{"Code128", "ñ", 0, "LM317"},
		{"Code128", strings.Repeat("x", 81), 0, "LM317"},
		{"Code39Standard", "lower", 0, "LM317"},
		{"EAN13", "4006381333932", 0, "LM317"},
		{"EAN13", "123", 0, "LM317"},
		{"EAN8", "90311018", 0, "LM317"},
		{"UPCE", "04252615", 0, "LM317"},
		{"UPCA", "x", 0, "LM317"},
		{"ISBN", "3-16-148410-1", 0, "LM317"},
		{"ISSN", "0317-8472", 0, "LM317"},
		{"Code32", "154789771", 0, "LM317"},
		{"VIN", "IM8GDM9AXKP042788", 0, "LM317"},
		{"GS1Code128", "01234", 0, "LM317"},
		{"GS1Code128", "(01)123", 0, "LM317"},
		{"GS1Code128", "(01)04912345123450", 0, "LM317"},
		{"GS1QR", "(05)1", 0, "LM317"},
		{"DataMatrix", "語", 0, "LM317"},
		{"DataMatrix", strings.Repeat("x", 2000), 0, "LM317"},
		{"Aztec", strings.Repeat("x", 4000), 0, "LM317"},
	}
	for _, tt := range tests {
		_, err := barcode.Encode(tt.kind, tt.value, tt.version)
		f := fault.As(err)
		if f == nil || f.Code != tt.code || f.Cause == "" || f.Cure == "" {
			t.Errorf("Encode(%s, %.20q, %d) = %v, want %s", tt.kind, tt.value, tt.version, err, tt.code)
		}
	}
}

func TestNames(t *testing.T) {
	names := barcode.Names()
	if len(names) != 64 {
		t.Fatalf("%d names, want 64 (spec/markup.md 6.8)", len(names))
	}
	for _, name := range names {
		for _, loose := range []string{name, strings.ToLower(name), " " + strings.ToUpper(name) + " "} {
			if got, ok := barcode.Known(loose); !ok || got != name {
				t.Errorf("Known(%q) = %q, %v", loose, got, ok)
			}
		}
	}
	for loose, want := range map[string]string{
		"code39": "Code39Standard", "ean": "EAN13", "upc": "UPCA", "jan": "EAN13", "jam": "EAN13",
		"QR code": "QR", "PDF417": "Pdf417", "aruco": "Aruco",
	} {
		if got, ok := barcode.Known(loose); !ok || got != want {
			t.Errorf("Known(%q) = %q, %v, want %q", loose, got, ok, want)
		}
	}
	if _, ok := barcode.Known("Kode128"); ok {
		t.Error("Known accepts a name that does not exist")
	}
	for name, want := range map[string]bool{"QR": true, "Code128": true, "Pdf417": true, "Aruco": false, "x": false} {
		if barcode.Supported(name) != want {
			t.Errorf("Supported(%q) = %v", name, !want)
		}
	}
}

// TestTurned lays codes at any angle into a larger sheet.
func TestTurned(t *testing.T) {
	for _, kind := range []string{"QR", "Code128", "DataMatrix", "Aztec", "EAN13", "Code39"} {
		value := "4006381333931"
		s := encode(t, kind, value)
		px := 4 // spec/markup.md 10.21: linear codes 4 px a module, the others 8
		if s.Matrix {
			px = 8
		}
		code := draw(s, px, 112)
		for angle := -180.0; angle < 180; angle += 40 {
			turned, _ := plane.Turn(code, angle*math.Pi/180, 255)
			sheet := plane.Pad(turned, 40, 255)
			got, err := barcode.Decode(sheet, []string{kind})
			if err != nil || got.Text != value {
				t.Errorf("%s turned by %v: %q, %v", kind, angle, got.Text, err)
			}
		}
	}
}

// TestCrops removes the quiet zone and shrinks or enlarges the code.
func TestCrops(t *testing.T) {
	for _, tt := range []struct {
		kind     string
		px, half int // module size, halvings
		tight    bool
	}{
		{"QR", 2, 0, true},
		{"QR", 8, 2, true},
		{"QR", 24, 0, false},
		{"QR", 4, 1, true},
		{"Code128", 2, 0, true},
		{"Code128", 12, 0, false},
		{"Code128", 4, 1, true},
	} {
		s := encode(t, tt.kind, "Leaf 2026")
		g := draw(s, tt.px, 60)
		if tt.tight {
			q := image.Pt(s.QuietX*tt.px, s.QuietY*tt.px)
			g = g.SubImage(image.Rectangle{Min: q, Max: g.Rect.Max.Sub(q)}).(*image.Gray)
		}
		for range tt.half {
			g = plane.Half(g)
		}
		got, err := barcode.Decode(g, []string{tt.kind})
		if err != nil || got.Text != "Leaf 2026" {
			t.Errorf("%+v: %q, %v", tt, got.Text, err)
		}
	}
}

// TestPoints finds the place of a code in a crop that keeps its sheet's coordinates.
func TestPoints(t *testing.T) {
	code := draw(encode(t, "QR", "here"), 4, 0)
	sheet := plane.Pad(code, 200, 255)
	part := sheet.SubImage(image.Rect(150, 150, sheet.Rect.Dx()-150, sheet.Rect.Dy()-150)).(*image.Gray)
	got, err := barcode.Decode(part, []string{"qr"})
	if err != nil {
		t.Fatal(err)
	}
	// Centre of the top left finder pattern: quiet zone 4 and 3.5 modules of 4 px.
	want := image.Pt(200+30, 200+30)
	near := false
	for _, p := range got.Points {
		d := p.Sub(want)
		near = near || d.X*d.X+d.Y*d.Y <= 9
	}
	if !near {
		t.Errorf("points %v, none near %v", got.Points, want)
	}
}

// TestNoise must find nothing in pictures without a code: a false reading is worse than none.
func TestNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 6 {
		g := image.NewGray(image.Rect(0, 0, 260, 120))
		for y := range 120 {
			for x := range 260 {
				switch i % 3 {
				case 0: // grain
					g.Pix[y*g.Stride+x] = uint8(rng.IntN(256))
				case 1: // stripes as wide as bars, different in each row of eight
					g.Pix[y*g.Stride+x] = uint8(255 * rng.IntN(2))
				case 2: // paper
					g.Pix[y*g.Stride+x] = uint8(200 + rng.IntN(40))
				}
			}
		}
		got, err := barcode.Decode(g, nil)
		if err == nil {
			t.Errorf("picture %d holds no code, read %+v", i, got)
		}
		if f := fault.As(err); err != nil && (f == nil || f.Code != "unreadable_code") {
			t.Errorf("fault %v", err)
		}
	}
	if _, err := barcode.Decode(image.NewGray(image.Rect(0, 0, 0, 0)), nil); err == nil {
		t.Error("an empty picture holds a code")
	}
	if _, err := barcode.Decode(image.NewGray(image.Rect(0, 0, 50, 50)), []string{"Pdf417"}); err == nil {
		t.Error("black paper holds a code")
	}
}

func FuzzDecodeBarcode(f *testing.F) {
	names := barcode.Names()
	for i, kind := range names {
		for _, value := range []string{"4006381333931", "12345678", "(01)04912345123459", "T"} {
			s, err := barcode.Encode(kind, value, 0)
			if err != nil {
				continue
			}
			g := draw(s, 1, 12)
			f.Add(i, g.Pix, g.Rect.Dx())
			break
		}
	}
	f.Fuzz(func(t *testing.T, kind int, pix []byte, width int) {
		if width <= 0 || width > 400 || len(pix) > 120*120 || kind < 0 {
			return
		}
		height := len(pix) / width
		g := &image.Gray{Pix: pix[:width*height], Stride: width, Rect: image.Rect(0, 0, width, height)}
		var wanted []string
		if kind < len(names) {
			wanted = names[kind : kind+1]
		}
		if got, err := barcode.Decode(g, wanted); err == nil && got.Text == "" {
			t.Errorf("a reading without text: %+v", got)
		}
	})
}

func FuzzEncodeBarcode(f *testing.F) {
	f.Add("QR", "value", 0)
	f.Add("GS1Code128", "(01)04912345123459", 0)
	f.Add("DataMatrix", "語", 0)
	f.Fuzz(func(t *testing.T, kind, value string, version int) {
		s, err := barcode.Encode(kind, value, version)
		if (s == nil) == (err == nil) {
			t.Errorf("Encode(%q, %q) = %v, %v", kind, value, s, err)
		}
		if err != nil && fault.As(err) == nil {
			t.Errorf("%v is no fault", err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, kind := range []string{"QR", "Code128"} {
		s, err := barcode.Encode(kind, "LM1:ABCDEFGHIJKL:1/2", 0)
		if err != nil {
			b.Fatal(err)
		}
		crop := draw(s, 4, 112)
		page := plane.Pad(crop, 1100, 250)
		for name, g := range map[string]*image.Gray{"crop": crop, "page": page} {
			b.Run(fmt.Sprintf("%s/%s", kind, name), func(b *testing.B) {
				for b.Loop() {
					if _, err := barcode.Decode(g, []string{kind}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	blank := plane.Pad(image.NewGray(image.Rect(0, 0, 400, 150)), 20, 255)
	b.Run("nothing", func(b *testing.B) {
		for b.Loop() {
			if _, err := barcode.Decode(blank, []string{"QR", "Code128"}); err == nil {
				b.Fatal("read something")
			}
		}
	})
}
