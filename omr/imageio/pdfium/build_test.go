package pdfium_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio/pdfium"
)

// cache keeps the compiled module between runs of the tests.
func cache() string { return filepath.Join(os.TempDir(), "leafmark-test-pdfium") }

// shared is the renderer of tests that do not wear one out.
var shared = sync.OnceValue(func() *pdfium.Renderer { return pdfium.New(pdfium.Options{CacheDir: cache()}) })

func TestMain(m *testing.M) {
	status := m.Run()
	shared().Close()
	os.Exit(status)
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

// assemble is a PDF of these objects, from number 1, which is the catalogue.
func assemble(objects []string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

// onePage is a PDF of one page of 200 × 300 points.
type onePage struct {
	page      string // further entries of the page
	catalogue string
	resources string
	content   string   // empty: two boxes
	more      []string // objects from number 5 on
}

func (p onePage) file() []byte {
	if p.content == "" {
		p.content = "0 0 0 rg 20 20 60 40 re f 150 250 30 30 re f"
	}
	box := "/MediaBox[0 0 200 300]"
	if strings.Contains(p.page, "/MediaBox") {
		box = ""
	}
	return assemble(append([]string{
		"<</Type/Catalog/Pages 2 0 R" + p.catalogue + ">>",
		"<</Type/Pages/Count 1/Kids[3 0 R]" + box + ">>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<" + p.resources + ">>" + p.page + ">>",
		stream("", p.content),
	}, p.more...))
}

// copies is a PDF with the same page many times.
func copies(n int) []byte {
	kids := make([]string, n)
	for i := range kids {
		kids[i] = fmt.Sprintf("%d 0 R", i+4)
	}
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 200 300]>>", n, strings.Join(kids, " ")),
		stream("", "0 0 0 rg 20 20 60 40 re f"),
	}
	for range n {
		objects = append(objects, "<</Type/Page/Parent 2 0 R/Contents 3 0 R>>")
	}
	return assemble(objects)
}

var (
	pageObject = regexp.MustCompile(`(?s)(\d+) 0 obj\n<<((?:[^>]|>[^>])*?/Type ?/Page\b.*?)>>\nendobj`)
	startxref  = regexp.MustCompile(`startxref\s+(\d+)`)
	root       = regexp.MustCompile(`/Root \d+ 0 R`)
)

// stamped is a PDF of ours with annotations on its pages, appended as viewers do it
// (ISO 32000-1, 7.5.6). Marks are discs, in points, by page.
func stamped(t *testing.T, pdf []byte, marks [][][3]float64) []byte {
	t.Helper()
	pages := pageObject.FindAllSubmatch(pdf, -1)
	if len(pages) != len(marks) {
		t.Fatalf("%d page objects found, want %d", len(pages), len(marks))
	}
	out := bytes.NewBuffer(bytes.Clone(pdf))
	next := 100_000
	var rows strings.Builder
	object := func(number int, body string) {
		fmt.Fprintf(&rows, "%d 1\n%010d 00000 n \n", number, out.Len())
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", number, body)
	}
	for i, page := range pages {
		var list []string
		for _, m := range marks[i] {
			x, y, r := m[0], m[1], m[2]
			k := 0.5523 * r // of a quarter circle
			disc := fmt.Sprintf("0.1 0.1 0.4 rg %[1]f 0 m %[1]f %[2]f %[2]f %[1]f 0 %[1]f c %[3]f %[1]f %[4]f %[2]f %[4]f 0 c %[4]f %[3]f %[3]f %[4]f 0 %[4]f c %[2]f %[4]f %[1]f %[3]f %[1]f 0 c f", r, k, -k, -r)
			object(next, stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[%f %f %f %f]", -r, -r, r, r), disc))
			object(next+1, fmt.Sprintf("<</Type/Annot/Subtype/Stamp/F 4/Rect[%f %f %f %f]/AP<</N %d 0 R>>>>", x-r, y-r, x+r, y+r, next))
			list = append(list, fmt.Sprintf("%d 0 R", next+1))
			next += 2
		}
		var number int
		fmt.Sscan(string(page[1]), &number)
		object(number, fmt.Sprintf("<<%s/Annots[%s]>>", page[2], strings.Join(list, " ")))
	}
	before := startxref.FindAllSubmatch(pdf, -1)
	table := out.Len()
	fmt.Fprintf(out, "xref\n%strailer\n<</Size %d %s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n",
		rows.String(), next, root.Find(pdf), before[len(before)-1][1], table)
	return out.Bytes()
}
