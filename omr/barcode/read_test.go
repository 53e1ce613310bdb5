package barcode_test

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/internal/plane"
)

// readBack are values of every kind that our own readers read, with what they
// say; the same where text is empty.
var readBack = []struct {
	kind   string
	values []string
	text   func(string) string
}{
	{kind: "Code11", values: []string{"1", "123-45", "0123456789", "9876543210-9876543210-31415", "--------"}},
	{kind: "MSI", values: []string{"1", "1234567", "80523", "0123456789012345", "0000", "9999"}},
	{kind: "Standard2of5", values: []string{"1", "0123456789", "99999", "31415926535"}},
	{kind: "IATA2of5", values: []string{"12", "0123456789", "99999", "31415926535"}},
	{kind: "Matrix2of5", values: []string{"1", "0123456789", "99999", "111"}},
	{kind: "DataLogic2of5", values: []string{"12", "0123456789", "99999", "111"}},
	{kind: "Pharmacode", values: []string{"3", "4", "1234", "131070", "65535"}},
	{kind: "PatchCode", values: []string{"1", "2", "3", "4", "6", "T"}},
	{kind: "Pdf417", values: []string{
		"A", "Leafmark", "12345678901234567890", "MIXED text, with: punct;(uation) & 123", "lower UPPER Lower 1a2B3c!?", "a1;b2<c3>[d]4~5",
		strings.Repeat("The quick brown fox jumps over the lazy dog. 0123456789 ", 6), "\x01\x02\x03binary\x7f", "Grüße, Ελλάδα, 日本",
		strings.Repeat("98765432109876543210", 10), "tab\tand\r\nline", "{}|~`^_=+*",
	}},
	{kind: "MicroPdf417", values: []string{
		"A", "Leafmark", "12345678901234567890", "MIXED text, with: punct;(uation) & 123", "Grüße, Ελλάδα, 日本",
		strings.Repeat("98765432109876543210", 10), "tab\tand\r\nline", strings.Repeat("abc DEF 12;", 12), "LEAFMARK 2026 FORM 17",
	}},
	{kind: "MacroPdf417", values: []string{"Leafmark", "segment 0 of a file"}},
	{kind: "DatabarOmniDirectional", values: articles, text: articleText},
	{kind: "DatabarTruncated", values: articles, text: articleText},
	{kind: "DatabarStacked", values: articles, text: articleText},
	{kind: "DatabarStackedOmniDirectional", values: articles, text: articleText},
	{kind: "DatabarLimited", values: []string{"0000000000000", "1999999999999", "1501234567890", "0950110153000", "1001000000000", "0183064000000"}, text: articleText},
	{kind: "DatabarExpanded", values: expanded},
	{kind: "DatabarExpandedStacked", values: expanded[:14]},
	{kind: "Code16K", values: []string{"1", "1234", "12345", "aB1234567", "A\tB\tC", "ab12cd3456ef", strings.Repeat("0123456789", 13), strings.Repeat("Leaf", 18)}},
	{kind: "CodablockF", values: []string{"1", "HELLO", "ab1234567890cd", "AB\tCD", "1234567890123456", strings.Repeat("Leafmark 2026, ", 12), strings.Repeat("A", 39)}},
	{kind: "Mailmark", values: mailmarks, text: func(v string) string { return strings.TrimRight(v, " ") }},
	{kind: "DotCode", values: dotcodes},
	{kind: "MaxiCode", values: []string{
		"LEAFMARK", "lower and UPPER", "123456789012345678", "a;b<c>d=e?f@g!h|i", "ORDER 4711, 12345678 / 123456789!", strings.Repeat("MaxiCode ", 7),
		"[)>\x1e01\x1d96152382802", "A",
	}},
	{kind: "RM4SCC", values: []string{"SN34RD1A", "0", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "BX11LT1A"}},
	{kind: "DutchKIX", values: []string{"2500GG30250", "0", "1231FZ13XHS", "QRSTUVWXYZ"}},
	{kind: "OneCode", values: []string{"01234567094987654321", "0123456709498765432101234", "01234567094987654321012345678", "0123456709498765432101234567891"}},
	{kind: "Postnet", values: []string{"12345", "123456789", "01234567890", "99999"}},
	{kind: "Planet", values: []string{"12345678901", "1234567890123", "00000000000"}},
	{kind: "AustraliaPost", values: []string{"1112345678", "5912345678AB123", "591234567812345678", "6212345678Ab#yz Q19y", "8700000000", "5912345678A"}},
}

// articleText is an article number with its check digit, GS1 General
// Specifications 7.9.
func articleText(v string) string {
	sum := 0
	for i, r := range v {
		sum += int(r-'0') * (3 - 2*(i%2))
	}
	return fmt.Sprintf("(01)%s%d", v, (10-sum%10)%10)
}

// worse is what paper, printer and camera do: module size in px, blur passes,
// noise in grey levels, turn in degrees, shading across.
type worse struct {
	name            string
	px, blur, noise int
	turn, shade     float64
}

var worsenings = []worse{
	{name: "clean", px: 4},
	{name: "small", px: 3},
	{name: "large", px: 8},
	{name: "noisy", px: 4, blur: 1, noise: 20},
	{name: "blurred", px: 5, blur: 3, noise: 6},
	{name: "skewed", px: 4, blur: 1, noise: 6, turn: 0.6},
	{name: "shaded", px: 4, blur: 1, noise: 6, shade: 90},
	{name: "upside down", px: 4, turn: 180},
}

func (w worse) apply(s *barcode.Symbol) *image.Gray {
	px := w.px
	if s.Least == 1 {
		px = max(s.Module*w.px/4, 1)
	}
	g := draw(s, px, 100)
	for range w.blur {
		g = blurred(g)
	}
	if w.turn != 0 {
		g, _ = plane.Turn(g, w.turn*math.Pi/180, 255)
	}
	rng := rand.New(rand.NewPCG(7, uint64(len(s.Text))))
	b := g.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			v := float64(g.Pix[y*g.Stride+x])*0.85 + 20 - w.shade*float64(x)/float64(b.Dx())
			if w.noise > 0 {
				v += rng.NormFloat64() * float64(w.noise)
			}
			g.Pix[y*g.Stride+x] = uint8(min(max(v, 0), 255))
		}
	}
	return g
}

// blurred is g under the mask 1 2 1 both ways.
func blurred(g *image.Gray) *image.Gray {
	b := g.Bounds()
	out := image.NewGray(b)
	at := func(x, y int) int {
		x, y = min(max(x, 0), b.Dx()-1), min(max(y, 0), b.Dy()-1)
		return int(g.Pix[y*g.Stride+x])
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			sum := 0
			for j := -1; j <= 1; j++ {
				for i := -1; i <= 1; i++ {
					sum += at(x+i, y+j) * (2 - i*i) * (2 - j*j)
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / 16)
		}
	}
	return out
}

// TestReadBack reads what we draw, from paper that is good and less good.
func TestReadBack(t *testing.T) {
	for _, tt := range readBack {
		for i, value := range tt.values {
			s := encode(t, tt.kind, value)
			want := value
			if tt.text != nil {
				want = tt.text(value)
			}
			for k, w := range worsenings {
				// Each value is read clean and under some of the rest.
				if k > 0 && (i+k)%4 != 0 || w.turn == 180 && s.Upright {
					continue
				}
				got, err := barcode.Decode(w.apply(s), []string{tt.kind})
				if err != nil || got.Text != want || got.Kind != tt.kind {
					t.Errorf("%s %.30q %s: read %q %v", tt.kind, value, w.name, got.Text, err)
				}
			}
		}
	}
}

// FuzzRoundTrip prints a value, reads it and prints what was read: the modules
// must be the same, so nothing was read wrong.
func FuzzRoundTrip(f *testing.F) {
	for i, tt := range readBack {
		for _, value := range tt.values {
			f.Add(i, value)
		}
	}
	f.Fuzz(func(t *testing.T, i int, value string) {
		if i < 0 || i >= len(readBack) || len(value) > 60 {
			return
		}
		kind := readBack[i].kind
		s, err := barcode.Encode(kind, value, 0)
		if err != nil {
			return
		}
		got, err := barcode.Decode(draw(s, max(s.Module, 3), 40), []string{kind})
		if err != nil {
			t.Fatalf("%s %q: %v", kind, value, err)
		}
		again, err := barcode.Encode(kind, got.Text, 0)
		if err != nil {
			t.Fatalf("%s %q is read as %q: %v", kind, value, got.Text, err)
		}
		if strings.Join(distinctRows(s), "") != strings.Join(distinctRows(again), "") {
			t.Errorf("%s %q is read as %q, which prints something else", kind, value, got.Text)
		}
	})
}

func BenchmarkOwnReaders(b *testing.B) {
	for _, tt := range readBack {
		s := encode(b, tt.kind, tt.values[0])
		g := draw(s, max(s.Module, 4), 112)
		b.Run(tt.kind, func(b *testing.B) {
			for b.Loop() {
				if _, err := barcode.Decode(g, []string{tt.kind}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
