package render_test

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/typeset"
)

// pdfFile writes the document's PDF to a file.
func pdfFile(t *testing.T, d *layout.Document) string {
	t.Helper()
	data, err := render.PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "form.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// poppler runs one of its tools, which the tests require.
func poppler(t *testing.T, tool string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s (package poppler-utils): %v: %s", tool, err, stderr.String())
	}
	if s := stderr.String(); s != "" {
		t.Fatalf("%s complains: %s", tool, s)
	}
	return string(out)
}

// rasterized is a page of a PDF at 300 dpi.
func rasterized(t *testing.T, path string, page int) *image.Gray {
	t.Helper()
	n := fmt.Sprint(page)
	out := poppler(t, "pdftoppm", "-r", "300", "-gray", "-f", n, "-l", n, path)
	var w, h, depth int
	if _, err := fmt.Sscanf(out, "P5\n%d %d\n%d\n", &w, &h, &depth); err != nil {
		t.Fatal(err)
	}
	return &image.Gray{Pix: []byte(out[len(out)-w*h:]), Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// center is the centre of the ink in a box grown by 8 px.
func center(g *image.Gray, b geom.PageRect) (x, y float64) {
	sum := 0.0
	for py := int(b.Y) - 8; py < int(b.Y+b.H)+8; py++ {
		for px := int(b.X) - 8; px < int(b.X+b.W)+8; px++ {
			d := 255 - float64(g.GrayAt(px, py).Y)
			sum += d
			x += d * (float64(px) + 0.5)
			y += d * (float64(py) + 0.5)
		}
	}
	return x / sum, y / sum
}

// TestPDFGeometry: the same places as the picture, within 0.1 mm.
func TestPDFGeometry(t *testing.T) {
	s := everything()
	path := pdfFile(t, &layout.Document{Name: "form", Pages: []layout.Sheet{s}})
	samePlaces(t, s, rasterized(t, path, 1))
}

// samePlaces compares the places of all items with those of the picture.
func samePlaces(t *testing.T, s layout.Sheet, got *image.Gray) {
	t.Helper()
	const tolerance = 0.1 / 25.4 * 300 // px
	want := render.Gray(s, 300)
	compared := 0
	check := func(b geom.PageRect) {
		x0, y0 := center(want, b)
		x1, y1 := center(got, b)
		if d := math.Hypot(x1-x0, y1-y0); !(d < tolerance) {
			t.Errorf("box %v lies %.2f px apart", b, d)
		}
		compared++
	}
	for _, item := range s.Items {
		switch {
		case item.Ellipse != nil:
			check(item.Ellipse.Box)
		case item.Rect != nil && item.Rect.Box.W < 200:
			check(item.Rect.Box)
		case item.Line != nil:
			check(geom.PageRect{X: item.Line.From.X, Y: item.Line.From.Y, W: item.Line.To.X - item.Line.From.X, H: item.Line.To.Y - item.Line.From.Y})
		case item.Modules != nil:
			check(item.Turn.Bounds(item.Modules.Ground))
		case item.Text != nil:
			check(item.Turn.Bounds(geom.PageRect{X: item.Text.Origin.X, Y: item.Text.Origin.Y - 40, W: item.Text.Line.Width, H: 50}))
		case item.Picture != nil:
			check(item.Picture.Box)
		}
	}
	if compared < 300 {
		t.Errorf("only %d places compared", compared)
	}
}

// TestPaper: the paper's size in points, exact to a hundredth of a millimetre.
func TestPaper(t *testing.T) {
	for _, tt := range []struct {
		w, h     int
		mmW, mmH float64
	}{
		{2480, 3508, 210, 297},
		{3508, 2480, 297, 210},
		{2551, 3295, 215.9, 279.4},
		{2551, 4205, 215.9, 355.6},
		{3508, 4961, 297, 420},
		{3295, 5102, 279, 432},
		{2551, 5702, 215.9, 482.6},
		{2551, 6302, 215.9, 533.4},
		{1000, 500, 1000 * 25.4 / 300, 500 * 25.4 / 300},
	} {
		path := pdfFile(t, &layout.Document{Pages: []layout.Sheet{{Width: tt.w, Height: tt.h}}})
		var w, h float64
		info := poppler(t, "pdfinfo", path)
		_, size, _ := strings.Cut(info, "Page size:")
		if _, err := fmt.Sscanf(size, "%f x %f", &w, &h); err != nil {
			t.Fatalf("%v in %s", err, info)
		}
		if math.Abs(w-tt.mmW*72/25.4) > 0.028 || math.Abs(h-tt.mmH*72/25.4) > 0.028 {
			t.Errorf("%d × %d px: page of %v × %v pt", tt.w, tt.h, w, h)
		}
	}
}

// TestPDFText: what is printed can be searched and copied, in reading order.
func TestPDFText(t *testing.T) {
	body := typeset.Font{Family: "Segoe UI", Size: 50}
	texts := []string{
		"Leafmark form, first line", "Office fjord, affluent waffle: fi ffl", "Grüße, Ελληνικά, Привет",
		"שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया क्षत्रिय", "日本語のフォーム", "AVAVA To. 100 %",
	}
	var s layout.Sheet
	s.Width, s.Height = 2480, 3508
	for i, text := range texts {
		s.Items = append(s.Items, line(text, 300, 400+float64(i)*120, body, black))
	}
	d := &layout.Document{Name: "Fragebogen „Ü“", Lang: "de", Pages: []layout.Sheet{s, sheet(red)}}
	path := pdfFile(t, d)
	// Marks of direction that pdftotext adds are no text.
	clean := strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u200e", "", "\u200f", "")
	for _, mode := range []string{"-layout", "-nopgbrk"} {
		got := clean.Replace(poppler(t, "pdftotext", mode, "-l", "1", path, "-"))
		at := 0
		for _, text := range texts {
			i := strings.Index(got[at:], text)
			if i < 0 {
				t.Fatalf("%s: %q is not found, or out of order, in\n%s", mode, text, got)
			}
			at += i + len(text)
		}
	}
	if second := poppler(t, "pdftotext", "-f", "2", path, "-"); !strings.Contains(second, "Leafmark demo form") {
		t.Errorf("page 2 says %q", second)
	}
	info := poppler(t, "pdfinfo", path)
	for _, want := range []string{"Fragebogen „Ü“", "Pages:           2"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, info)
		}
	}
	for _, forbidden := range []string{"CreationDate", "ModDate"} {
		if strings.Contains(info, forbidden) {
			t.Errorf("the PDF has a %s: it is not deterministic", forbidden)
		}
	}
	fonts := poppler(t, "pdffonts", path)
	for _, row := range strings.Split(strings.TrimSpace(fonts), "\n")[2:] {
		if !strings.Contains(row, "+") || !strings.Contains(row, "yes yes yes") {
			t.Errorf("a font is not an embedded subset with Unicode: %s", row)
		}
	}
}

func TestPDFDeterministic(t *testing.T) {
	d := &layout.Document{Name: "form", Pages: []layout.Sheet{sheet(red), sheet(black)}}
	first, err := render.PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := render.PDF(d)
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("the same document gives other bytes (%v)", err)
		}
	}
	if len(first) > 150_000 {
		t.Errorf("%d bytes for two pages: are the fonts subset?", len(first))
	}
}

// TestPDFClip: nothing shows outside an item's clip.
func TestPDFClip(t *testing.T) {
	item := rect(100, 100, 400, 400, black, none, 0, 0)
	item.Clip = &geom.PageRect{X: 200, Y: 200, W: 100, H: 100}
	path := pdfFile(t, &layout.Document{Pages: []layout.Sheet{{Width: 600, Height: 600, Items: []layout.Item{item, rect(10, 10, 20, 20, black, none, 0, 0)}}}})
	g := rasterized(t, path, 1)
	for at, want := range map[image.Point]uint8{{250, 250}: 0, {150, 250}: 255, {350, 250}: 255, {250, 450}: 255, {20, 20}: 0} {
		if got := g.GrayAt(at.X, at.Y).Y; got != want {
			t.Errorf("%v is %d, want %d", at, got, want)
		}
	}
}
