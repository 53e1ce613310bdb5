package pdfium_test

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/imageio/pdfium"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// form is a ready form as PDF, with its pattern.
func form(t testing.TB, name string) ([]byte, *pattern.Pattern) {
	t.Helper()
	f, ok := library.Find(name)
	if !ok {
		t.Fatalf("no form %q", name)
	}
	out, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: f.Source(), Formats: []string{"pdf"}})
	if list.Failed() {
		t.Fatal(list)
	}
	p, _, err := omr.ReadPattern(out.Pattern.Data)
	if err != nil {
		t.Fatal(err)
	}
	return out.Pages[0].Data, p
}

// marksOf is where a truth's marks lie, in points from the lower left corner.
func marksOf(p *pattern.Pattern, truth synth.Truth) [][][3]float64 {
	out := make([][][3]float64, len(p.Pages))
	for i := range p.Pages {
		page := &p.Pages[i]
		for j := range page.Elements {
			e := &page.Elements[j]
			marked := truth.Marks(e)
			k := 0
			e.EachBubble(func(b *pattern.Bubble) bool {
				if k < len(marked) && marked[k] {
					c := b.Box.Center()
					out[i] = append(out[i], [3]float64{c.X * 72 / 300, (page.Height - c.Y) * 72 / 300, 0.42 * min(b.Box.W, b.Box.H) * 72 / 300})
				}
				k++
				return true
			})
		}
	}
	return out
}

// A form marked in a viewer is read as it is, without a printer between, and lies
// where the pattern says.
func TestFormsMarkedInAViewer(t *testing.T) {
	for i, name := range []string{"exam-20", "exam-100", "survey", "ballot"} {
		if testing.Short() && i > 0 {
			break
		}
		t.Run(name, func(t *testing.T) {
			if _, ok := library.Find(name); !ok {
				t.Fatalf("no such form; there are %v", library.Names())
			}
			blank, p := form(t, name)
			truth := synth.DrawTruth(p, 7)
			pdf := stamped(t, blank, marksOf(p, truth))
			want := synth.Expected(p, truth)
			readings, warnings := omr.Read(t.Context(), p, omr.Scan{Data: pdf}, omr.RecognizeOptions{PDF: shared()})
			if len(warnings) > 0 || len(readings) != len(p.Pages) {
				t.Fatalf("%d readings of %d pages, %v", len(readings), len(p.Pages), warnings)
			}
			for _, r := range readings {
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				if r.Map.Residual > 0.5 || r.Map.ResidualMax > 1 {
					t.Errorf("page %d: residual %.2f, at most %.2f px", r.Page, r.Map.Residual, r.Map.ResidualMax)
				}
				for _, a := range r.Answers {
					if v, known := want[a.Name]; known && a.Kind != mark.Code && (a.Value != v || a.Doubt != "") {
						t.Errorf("%s = %q (%s), marked was %q", a.Name, a.Value, a.Doubt, v)
					}
				}
			}
		})
	}
}

// asViewer is the page as another program shows it, a pixel a point.
func asViewer(t *testing.T, pdf []byte) *image.Gray {
	t.Helper()
	in := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "72", "-cropbox", "-gray", "-png", "-singlefile", in).Output()
	if err != nil {
		t.Fatalf("pdftoppm (poppler-utils): %v", err)
	}
	p, err := imageio.Decode(out, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Gray
}

// unlike counts pixels whose level does not occur around their place in the other.
func unlike(got, want *image.Gray) (n int) {
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			lo, hi := 255, 0
			for dy := max(y-1, 0); dy <= min(y+1, want.Rect.Dy()-1); dy++ {
				for dx := max(x-1, 0); dx <= min(x+1, want.Rect.Dx()-1); dx++ {
					v := int(want.GrayAt(dx, dy).Y)
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			if v := int(got.GrayAt(x, y).Y); v < lo-25 || v > hi+25 {
				n++
			}
		}
	}
	return n
}

const square = "1 0 0 rg 0 0 40 40 re f"

// Boxes, turns, annotations and fields are what another viewer shows.
func TestPagesAsViewersShowThem(t *testing.T) {
	annotated := func(annotation, catalogue string, more ...string) onePage {
		return onePage{page: "/Annots[5 0 R]", catalogue: catalogue, more: append([]string{"<</Type/Annot/F 4/Rect[100 100 140 140]" + annotation + ">>"}, more...)}
	}
	appearance := stream("/Type/XObject/Subtype/Form/BBox[0 0 40 40]", square)
	tests := map[string]onePage{
		"plain":          {},
		"turned":         {page: "/Rotate 90"},
		"turned back":    {page: "/Rotate -90"},
		"upside down":    {page: "/Rotate 180"},
		"cropped":        {page: "/CropBox[10 10 110 210]"},
		"box off origin": {page: "/MediaBox[-100 -100 100 200]"},
		"stamp":          annotated("/Subtype/Stamp/AP<</N 6 0 R>>", "", appearance),
		"hidden stamp":   annotated("/Subtype/Stamp/F 2/AP<</N 6 0 R>>", "", appearance),
		"ink by points":  annotated("/Subtype/Ink/C[0 0 1]/BS<</W 4>>/InkList[[105 105 120 135 135 105]]", ""),
		"disc":           annotated("/Subtype/Circle/C[0 0 1]/IC[0 0 1]/BS<</W 4>>", ""),
		"check box": annotated("/Subtype/Widget/FT/Btn/T(a)/V/Yes/AS/Yes/AP<</N<</Yes 6 0 R/Off 7 0 R>>>>", "/AcroForm<</Fields[5 0 R]>>",
			appearance, stream("/Type/XObject/Subtype/Form/BBox[0 0 40 40]", "")),
		"empty check box": annotated("/Subtype/Widget/FT/Btn/T(a)/V/Off/AS/Off/AP<</N<</Yes 6 0 R/Off 7 0 R>>>>", "/AcroForm<</Fields[5 0 R]>>",
			appearance, stream("/Type/XObject/Subtype/Form/BBox[0 0 40 40]", "")),
		"layer switched off": {
			content: "/OC /L BDC 0 0 0 rg 100 100 40 40 re f EMC", resources: "/Properties<</L 5 0 R>>",
			catalogue: "/OCProperties<</OCGs[5 0 R]/D<</OFF[5 0 R]/Order[5 0 R]>>>>", more: []string{"<</Type/OCG/Name(x)>>"},
		},
		"translucent": {content: "/G gs 0 0 0 rg 20 20 100 100 re f", resources: "/ExtGState<</G<</ca 0.4>>>>"},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			pdf := p.file()
			s, err := shared().Open(pdf)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			got, err := s.Gray(0, 72)
			if err != nil {
				t.Fatal(err)
			}
			want := asViewer(t, pdf)
			if got.Rect != want.Rect {
				t.Fatalf("%v, want %v", got.Rect, want.Rect)
			}
			if n := unlike(got, want); n > 12 {
				t.Errorf("%d pixels differ from what poppler shows", n)
			}
		})
	}
}

// Fields that carry a value but no picture of it are drawn all the same.
func TestFieldsWithoutPictures(t *testing.T) {
	for name, p := range map[string]onePage{
		"check box": {page: "/Annots[5 0 R]", catalogue: "/AcroForm<</Fields[5 0 R]/NeedAppearances true>>", more: []string{
			"<</Type/Annot/Subtype/Widget/FT/Btn/T(a)/V/Yes/AS/Yes/Rect[100 100 140 140]/F 4/MK<</CA(4)>>/DA(/ZaDb 0 Tf 0 g)>>",
		}},
		"text": {page: "/Annots[5 0 R]", catalogue: "/AcroForm<</Fields[5 0 R]/NeedAppearances true/DA(/Helv 20 Tf 0 g)/DR<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>", more: []string{
			"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(XOXO)/Rect[100 100 180 140]/F 4/DA(/Helv 20 Tf 0 g)>>",
		}},
	} {
		s, err := shared().Open(p.file())
		if err != nil {
			t.Fatal(err)
		}
		g, err := s.Gray(0, 144)
		if err != nil {
			t.Fatal(err)
		}
		dark := 0
		for y := 320; y < 400; y++ {
			for x := 200; x < 360; x++ {
				if g.GrayAt(x, y).Y < 100 {
					dark++
				}
			}
		}
		if dark < 60 {
			t.Errorf("%s: %d dark pixels where the field is", name, dark)
		}
		s.Close()
	}
}

// Pages of one file that are scans keep their pixels, the others are drawn.
func TestMixedPages(t *testing.T) {
	pixels := bytes.Repeat([]byte{40, 90, 200, 250}, 50*300/4*4)[:200*300]
	pdf := assemble([]string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Count 3/Kids[3 0 R 4 0 R 7 0 R]/MediaBox[0 0 200 300]>>",
		"<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
		"<</Type/Page/Parent 2 0 R/Contents 8 0 R/UserUnit 2>>",
		stream("", "q 200 0 0 300 0 0 cm /X Do Q"),
		stream("/Type/XObject/Subtype/Image/Width 200/Height 300/ColorSpace/DeviceGray/BitsPerComponent 8", string(pixels)),
		"<</Type/Page/Parent 2 0 R/Contents 8 0 R/Annots[<</Subtype/Line/L[0 0 9 9]/Rect[0 0 9 9]/C[0 0 0]>>]>>",
		stream("", "0 0 0 rg 20 20 60 40 re f"),
	})
	f, err := imageio.Open(pdf, imageio.Options{PDF: shared()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan, err := f.Decode(0)
	if err != nil || !bytes.Equal(scan.Gray.Pix, pixels) {
		t.Errorf("the scan is not the stored picture: %v", err)
	}
	drawn, err := f.Decode(1)
	if err != nil {
		t.Fatal(err)
	}
	b := drawn.Gray.Rect
	if drawn.Info.Width != b.Dx() || drawn.Info.Height != b.Dy() || b.Dx()*b.Dy() < 4_000_000 || drawn.Info.Pictures != 3 {
		t.Errorf("drawn as %v, told %+v", b, drawn.Info)
	}
	if at := func(x, y float64) uint8 { return drawn.Gray.GrayAt(int(x*float64(b.Dx())), int(y*float64(b.Dy()))).Y }; at(0.25, 0.87) > 10 || at(0.6, 0.5) < 250 {
		t.Error("the box is not where it should be")
	}
	if _, err := f.Decode(2); code(err) != "image_unsupported" {
		t.Errorf("a line that is not drawn: %v, want image_unsupported", err)
	}
}

func TestProtected(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pdf")
	if err := os.WriteFile(in, onePage{}.file(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, user, code string }{
		{"open to all", "", "<nil>"},
		{"with a password", "secret", "image_unsupported"},
	} {
		out := filepath.Join(dir, tt.name)
		if b, err := exec.CommandContext(t.Context(), "qpdf", "--object-streams=generate", "--encrypt", tt.user, "owner", "256", "--", in, out).CombinedOutput(); err != nil {
			t.Fatalf("qpdf: %v %s", err, b)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		_, err = imageio.Decode(data, imageio.Options{PDF: shared()})
		if code(err) != tt.code {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.code)
		}
		if tt.user != "" && !strings.Contains(fmt.Sprint(err), "password") {
			t.Errorf("%s: %v does not name the reason", tt.name, err)
		}
	}
}

// hostile are files that would take forever or all memory.
func hostile() map[string][]byte {
	forms := func(depth int) (objects []string) {
		for k := range depth {
			objects = append(objects, stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 200 300]/Resources<</XObject<</X %d 0 R>>>>", k+6), strings.Repeat("/X Do ", 40)))
		}
		return append(objects, stream("/Type/XObject/Subtype/Form/BBox[0 0 200 300]", strings.Repeat("0 0 m 200 300 l S ", 40)))
	}
	return map[string][]byte{
		"forms in forms": onePage{content: "/X Do", resources: "/XObject<</X 5 0 R>>", more: forms(8)}.file(),
		"endless tiles": onePage{content: "/Pattern cs /P scn 0 0 200 300 re f", resources: "/Pattern<</P 5 0 R>>", more: []string{
			stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001/Resources<<>>", "0 0 .5 .5 re f"),
		}}.file(),
	}
}

// A file that takes too long is a fault, all of its pages together within the
// limit, and the next file is read as if nothing had been.
func TestTimeIsBounded(t *testing.T) {
	const limit = 700 * time.Millisecond
	r := pdfium.New(pdfium.Options{CacheDir: cache(), Limit: limit})
	defer r.Close()
	for name, pdf := range hostile() {
		s, err := r.Open(pdf)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for range 50 { // the first runs out of time, the others are not begun
			if _, err := s.Gray(0, 300); code(err) != "image_unsupported" {
				t.Errorf("%s: %v, want image_unsupported", name, err)
			}
		}
		s.Close()
		after, err := r.Open(onePage{}.file())
		if err != nil {
			t.Fatalf("after %s: %v", name, err)
		}
		if _, err := after.Gray(0, 100); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
		after.Close()
	}
}

// A page that needs more memory than there is is a fault, and the next is read.
func TestMemoryIsBounded(t *testing.T) {
	r := pdfium.New(pdfium.Options{CacheDir: cache(), MaxMemory: 64 << 20, Workers: 1})
	defer r.Close()
	s, err := r.Open(onePage{}.file())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Gray(0, 2700); err == nil { // 84 million pixels
		t.Error("84 MB were drawn in 64")
	}
	if _, err := s.Gray(0, 300); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if _, err := s.Gray(0, 30_000); code(err) != "image_unsupported" {
		t.Errorf("10,000 million pixels: %v, want image_unsupported", err)
	}
}

// Pages are drawn at random, by many at once, from a file of 10,000.
func TestManyPages(t *testing.T) {
	pdf := copies(10_000)
	s, err := shared().Open(pdf)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Pages() != 10_000 {
		t.Fatalf("%d pages", s.Pages())
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 6 {
				page := (i*1249 + k*1667) % 10_000
				if g, err := s.Gray(page, 36); err != nil || g.GrayAt(20, 130).Y > 10 {
					t.Errorf("page %d: %v", page, err)
				}
			}
		})
	}
	wg.Wait()
	if _, err := s.Gray(10_000, 36); code(err) != "image_unreadable" {
		t.Errorf("page 10,001: %v, want image_unreadable", err)
	}
	if _, err := shared().Open(copies(10_001)); code(err) != "image_unsupported" {
		t.Errorf("10,001 pages: %v, want image_unsupported", err)
	}
}

func TestOddFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		pdf  []byte
		code string
	}{
		"no pages":   {assemble([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 0/Kids[]>>"}), "image_unreadable"},
		"huge":       {onePage{page: "/MediaBox[0 0 2000000 3000000]"}.file(), "image_unsupported"},
		"thin":       {onePage{page: "/MediaBox[0 0 20000 0.01]"}.file(), "image_unreadable"},
		"empty":      {[]byte("%PDF-1.7\n"), "image_unreadable"},
		"cut off":    {onePage{}.file()[:150], "image_unreadable"},
		"a pixel pt": {onePage{page: "/MediaBox[0 0 2480 3508]"}.file(), "<nil>"},
	} {
		p, err := imageio.Decode(tt.pdf, imageio.Options{PDF: shared()})
		if code(err) != tt.code {
			t.Errorf("%s: %v, want %s", name, err, tt.code)
		}
		if err == nil && (p.Gray.Rect.Dx() > 3600 || p.Gray.Rect.Dy() > 5100) {
			t.Errorf("%s: drawn as %v", name, p.Gray.Rect)
		}
	}
}

func TestClosed(t *testing.T) {
	r := pdfium.New(pdfium.Options{CacheDir: cache()})
	s, err := r.Open(onePage{}.file())
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := s.Gray(0, 72); err == nil {
		t.Error("a closed file was drawn")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Open(onePage{}.file()); err == nil {
		t.Error("a closed renderer opened a file")
	}
}

// FuzzOpen: whatever is in the file, it is drawn or a fault, in bounded time.
func FuzzOpen(f *testing.F) {
	f.Add(onePage{}.file())
	f.Add(onePage{page: "/Annots[5 0 R]", catalogue: "/AcroForm<</Fields[5 0 R]/NeedAppearances true>>", more: []string{
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(XOXO)/Rect[100 100 180 140]/F 4/DA(/Helv 20 Tf 0 g)>>",
	}}.file())
	f.Add(copies(3))
	for _, b := range hostile() {
		f.Add(b)
	}
	r := pdfium.New(pdfium.Options{CacheDir: cache(), Limit: 500 * time.Millisecond, MaxMemory: 128 << 20})
	f.Cleanup(func() { r.Close() })
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := r.Open(data)
		if err == nil {
			_, err = s.Gray(0, 60)
			s.Close()
		}
		if err != nil && code(err) != "image_unreadable" && code(err) != "image_unsupported" {
			t.Fatalf("%v is no fault of the file", err)
		}
	})
}

// BenchmarkGray draws a page of 100 questions at 300 dpi.
func BenchmarkGray(b *testing.B) {
	pdf, _ := form(b, "exam-100")
	s, err := shared().Open(pdf)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if _, err := s.Gray(0, 300); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen is what a small file costs before its first page is drawn.
func BenchmarkOpen(b *testing.B) {
	pdf := onePage{}.file()
	for b.Loop() {
		s, err := shared().Open(pdf)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
