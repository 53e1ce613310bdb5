package library_test

import (
	"fmt"
	"image"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/synth"
)

// TestForms holds what every entry promises to people who choose by it.
func TestForms(t *testing.T) {
	all := library.Forms()
	if len(all) < 12 {
		t.Fatalf("%d forms", len(all))
	}
	tag := regexp.MustCompile(`^[a-z]+( [a-z]+)*$`)
	seen := map[string]bool{}
	for _, f := range all {
		t.Run(f.Name, func(t *testing.T) {
			if seen[f.Name] || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(f.Name) {
				t.Errorf("bad or repeated name %q", f.Name)
			}
			seen[f.Name] = true
			if f.Title == "" || f.Description == "" || !strings.HasSuffix(f.Description, ".") || len(f.Tags) == 0 {
				t.Errorf("incomplete: %+v", f)
			}
			for _, w := range f.Tags {
				if !tag.MatchString(w) {
					t.Errorf("tag %q", w)
				}
			}
			if got, ok := library.Find(f.Name); !ok || got.Title != f.Title {
				t.Errorf("Find gives %+v, %v", got, ok)
			}
			if f.File() != f.Name+".txt" && f.File() != f.Name+".json" {
				t.Errorf("file %q", f.File())
			}
		})
	}
	if !slices.Equal(library.Names()[:1], []string{all[0].Name}) || len(library.Names()) != len(all) {
		t.Errorf("names %v", library.Names())
	}
	if f, ok := library.Find("nothing"); ok || f.Source() != nil {
		t.Error("a form that is not there was found")
	}
}

// Nobody who takes a form as it is meets a diagnostic, on either common paper.
func TestFormsFitTheirPaper(t *testing.T) {
	for _, f := range library.Forms() {
		tree, list := markup.Parse(f.Source())
		if tree == nil || len(list) > 0 {
			t.Errorf("%s: %v", f.File(), diagnostics(list))
			continue
		}
		for _, paper := range []form.PaperSize{form.A4, form.Letter} {
			if _, list := layout.Lay(tree, form.Settings{PaperSize: paper}, layout.Options{}); len(list) > 0 {
				t.Errorf("%s on %s: %v", f.File(), paper, diagnostics(list))
			}
		}
	}
}

// A form and its twin in the other markup are one form: their patterns have the
// same identifier, so that sheets of one are read with the other.
func TestTwins(t *testing.T) {
	twins := 0
	for _, f := range library.Forms() {
		if f.Twin == "" {
			continue
		}
		twins++
		other, ok := library.Find(f.Twin)
		if !ok || other.Ext == f.Ext {
			t.Errorf("%s has the twin %q, %+v", f.Name, f.Twin, other)
			continue
		}
		a, b := lay(t, f.Source()).Pattern.TemplateID, lay(t, other.Source()).Pattern.TemplateID
		if a != b {
			t.Errorf("%s is the form %s, its twin %s", f.Name, a, b)
		}
	}
	if twins == 0 {
		t.Error("no form has a twin")
	}
}

// The exam carries an example of a key, a line a question, and asks for one mark.
func TestTheExamHasAKey(t *testing.T) {
	f, _ := library.Find("exam-20")
	p := reread(t, lay(t, f.Source()))
	if n := len(p.Ours.Keys); n != 20 || p.Ours.Keys[0].Name != "Q1" || p.Ours.Keys[0].Value != "A" || p.Ours.Keys[19].Value != "E" {
		t.Errorf("%d keys: %+v", n, p.Ours.Keys)
	}
	for _, e := range p.Pages[0].Elements {
		switch {
		case e.Ours == nil:
		case strings.HasPrefix(e.Name, "Q") && e.Ours.Select != "one":
			t.Errorf("%s asks for %q marks", e.Name, e.Ours.Select)
		case e.Name == "StudentNumber" && !e.Ours.Required:
			t.Error("the student number may stay empty")
		}
	}
}

func diagnostics[E error](list []E) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Error())
	}
	return out
}

// Every form is filled by a simulated pen and read back: no value differs, and
// hardly an answer is in doubt.
func TestFormsAreReadBack(t *testing.T) {
	pens := []synth.Pen{synth.BallpointBlue, synth.PencilSoft, synth.Felt, synth.BallpointBlack}
	for i, f := range library.Forms() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			doc := lay(t, f.Source())
			p := reread(t, doc)
			truth := synth.DrawTruth(p, uint64(i+1))
			codes(doc, p, truth)
			want := synth.Expected(p, truth)
			var readings []*omr.Reading
			for n := range doc.Pages {
				sheet := synth.FillPage(at200(doc.Pages[n]), &p.Pages[n], truth, pens[i%len(pens)], uint64(i+1))
				data, err := imageio.EncodePNG(sheet, 200)
				if err != nil {
					t.Fatal(err)
				}
				got, warnings := omr.Read(t.Context(), p, omr.Scan{Name: f.Name, Data: data}, omr.RecognizeOptions{})
				if len(warnings) > 0 || len(got) != 1 || got[0].Err != nil || got[0].Page != n+1 {
					t.Fatalf("page %d: %v %+v", n+1, warnings, got[0])
				}
				readings = append(readings, got...)
			}
			sheets := omr.Sheets(p, readings, omr.RecognizeOptions{})
			if len(sheets) != 1 {
				t.Fatalf("%d sheets", len(sheets))
			}
			rows, doubts := 0, 0
			for _, a := range sheets[0].Sheet.Answers {
				expected, known := want[a.Name]
				if !known {
					t.Errorf("row %q is of no element", a.Name)
				}
				if a.Value != expected {
					t.Errorf("%s = %q (confidence %.5f), the pen wrote %q", a.Name, a.Value, a.Confidence, expected)
				}
				if a.Doubt != nil && len(truth[a.Name]) < 2 { // two marks where one is usual may be doubted
					doubts++
				}
				rows++
			}
			if rows < len(want) {
				t.Errorf("%d rows of %d", rows, len(want))
			}
			if doubts > mostDoubts {
				t.Errorf("%d of %d rows are in doubt", doubts, rows)
			}
		})
	}
}

// mostDoubts is how many clean marks of a sheet a person may be asked to look at.
const mostDoubts = 2

func lay(t *testing.T, source []byte) *layout.Document {
	t.Helper()
	tree, list := markup.Parse(source)
	if tree == nil {
		t.Fatal(list)
	}
	doc, list := layout.Lay(tree, form.Settings{}, layout.Options{})
	if doc == nil {
		t.Fatal(list)
	}
	return doc
}

// reread is the document's pattern as it comes back from its file.
func reread(t *testing.T, doc *layout.Document) *pattern.Pattern {
	t.Helper()
	data, err := pattern.Write(doc.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	p, list, err := pattern.Read(data)
	if err != nil || len(list) > 0 {
		t.Fatal(err, list)
	}
	return p
}

// at200 is a page as an office scanner delivers it.
func at200(s layout.Sheet) image.Image { return render.Gray(s, 200) }

// codes gives the truth the printed barcodes' texts, which a pattern does not tell.
func codes(doc *layout.Document, p *pattern.Pattern, truth synth.Truth) {
	for i, page := range p.Pages {
		for _, e := range page.Elements {
			if e.Type != pattern.Barcode && e.Type != pattern.BarcodeMade {
				continue
			}
			for _, item := range doc.Pages[i].Items {
				if item.Modules != nil && item.Modules.Ground.Overlaps(e.Box) {
					truth[e.Name] = []string{item.Modules.Label}
				}
			}
		}
	}
}

func ExampleForms() {
	for _, f := range library.Forms()[:2] {
		fmt.Println(f.Name, "·", f.Title)
	}
	// Output:
	// exam-20 · Exam, 20 questions
	// exam-20-json · Exam, 20 questions, in JSON
}
