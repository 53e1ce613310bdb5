package batch_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/batch"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/synth"
)

// quiz has a name of any length in a block of fixed height, and a code.
const quiz = `?container=
	columns_proportions=70%-30%
?block=
	height=400
?content=${name}
	font_size=16
?content=Copy ${copy}
&block
?block=
	column=2
	height=400
?barcode=Id
	value=${id}
	barcode_type=Code128
&block
&container
?answer_sheet=Q
	elements_count=12
	columns_count=3
`

const people = "name,id\nAda Byron,100001\nGrace Brewster Murray Hopper and a name that fills another line of the block,100002\nNoor,100003\n"

func table(t *testing.T, csv string) *batch.Table {
	t.Helper()
	tab, list := batch.ReadTable([]byte(csv))
	if list.Failed() {
		t.Fatal(list)
	}
	return tab
}

type made struct {
	*batch.Printed
	copies []batch.Copy
	list   fault.List
}

func print(t *testing.T, source, csv string) made {
	t.Helper()
	m := made{}
	var err error
	m.Printed, m.list, err = batch.Print(t.Context(), batch.Request{
		Markup: []byte(source), Table: table(t, csv), PDF: true,
		Draw: func(doc *layout.Document) (files []omr.File, err error) {
			for _, page := range doc.Pages {
				data, err := render.PNG(page, 200)
				if err != nil {
					return nil, err
				}
				files = append(files, omr.File{Data: data})
			}
			return files, nil
		},
		Copied: func(c batch.Copy) error { m.copies = append(m.copies, c); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestOnePatternForAll: what is filled in moves nothing that is read, so one
// pattern reads every copy, and each page says whose it is.
func TestOnePatternForAll(t *testing.T) {
	m := print(t, quiz, people)
	if m.Printed == nil || m.Apart != "" || m.Copies != 3 || m.Pages != 1 || len(m.copies) != 3 {
		t.Fatalf("%+v %v", m.Printed, m.list)
	}
	if len(m.list) != 0 {
		t.Errorf("diagnostics %v", m.list)
	}
	p, list, err := pattern.Read(m.Pattern)
	if err != nil || len(list) > 0 {
		t.Fatal(err, list)
	}
	id := p.Ours.Identifiers
	if len(id) != 1 || id[0].Text != "LM1:"+p.TemplateID+":1/1" {
		t.Fatalf("the pattern's identifiers are %v", id)
	}
	if n := bytes.Count(m.PDF, []byte("/Type /Page ")); n != 3 {
		t.Errorf("the PDF has %d pages", n)
	}
	for i, c := range m.copies {
		if c.Number != i+1 || len(c.Files) != 1 || c.Pattern != nil {
			t.Fatalf("copy %d: number %d, %d pages, pattern of %d bytes", i+1, c.Number, len(c.Files), len(c.Pattern))
		}
		page := decode(t, c.Files[0].Data)
		box := id[0].Place()
		crop := page.SubImage(image.Rect(int(box.X*2/3)-16, int(box.Y*2/3)-16, int((box.X+box.W)*2/3)+16, int((box.Y+box.H)*2/3)+16)).(*image.Gray)
		if got, err := barcode.Decode(crop, []string{"QR"}); err != nil || got.Text != fmt.Sprintf("%s:%d", id[0].Text, i+1) {
			t.Errorf("copy %d carries %q, %v", i+1, got.Text, err)
		}
		truth := synth.Truth{"Q1": {"A"}, "Q7": {"C"}, "Id": {fmt.Sprint(100001 + i)}}
		if got := read(t, p, page, truth); got["Q1"] != "A" || got["Q7"] != "C" || got["Q2"] != "" || got["Id"] != fmt.Sprint(100001+i) {
			t.Errorf("copy %d reads %v", i+1, got)
		}
	}
	// Only what all copies print helps registration.
	for _, b := range p.Ours.Printed {
		if b.Kind == "text" && b.Box[2] > 1200 {
			t.Errorf("the pattern expects the text of one copy alone: %+v", b)
		}
	}
}

// TestPatternApart: other values or codes of another size read differently, so
// each copy has a pattern that refuses the others' sheets.
func TestPatternApart(t *testing.T) {
	for _, tt := range []struct{ name, source, csv, why string }{
		{"a code of another width", quiz, "name,id\nA,1\nB,1234567890AB\n", `the place of BarcodeDownloadable "Id" on page 1`},
		{"a key", strings.Replace(quiz, "?answer_sheet=Q", "?answer_sheet=${id}-", 1), people, `the name of ChoiceBox "100001-1" on page 1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := print(t, tt.source, tt.csv)
			if m.Printed == nil || m.Pattern != nil || m.Apart != tt.why {
				t.Fatalf("%+v %v", m.Printed, m.list)
			}
			ids := map[string]bool{}
			for i, c := range m.copies {
				p, _, err := pattern.Read(c.Pattern)
				if err != nil {
					t.Fatal(err)
				}
				ids[p.TemplateID] = true
				page := decode(t, c.Files[0].Data)
				for _, r := range readings(t, p, page, nil) {
					if r.Err != nil {
						t.Errorf("copy %d is not read by its own pattern: %v", i+1, r.Err)
					}
				}
				other := decode(t, m.copies[(i+1)%len(m.copies)].Files[0].Data)
				for _, r := range readings(t, p, other, nil) {
					if e := fault.As(r.Err); e == nil || e.Code != "wrong_form" {
						t.Errorf("the pattern of copy %d reads another copy's sheet: %v", i+1, r.Err)
					}
				}
			}
			if len(ids) != len(m.copies) {
				t.Errorf("%d identifiers for %d copies", len(ids), len(m.copies))
			}
		})
	}
}

// TestFaults: nothing is printed, and the reason names the row or the line.
func TestFaults(t *testing.T) {
	free := strings.ReplaceAll(quiz, "\theight=400\n", "")
	for _, tt := range []struct{ name, source, csv, want string }{
		{"unknown field", "?text=${nam}\n", people, "LM720 line 1, column 7"},
		{"the fields there are", "?text=${nam}\n", people, "name, id"},
		{"moved bubbles", free, people, "LM721"},
		{"the row that moves them", free, people, "for line 3 of the data"},
		{"no text", "?grid=G\n\tsections_count=${id}\n", people, "LM724 line 2"},
		{"a code that cannot be", strings.Replace(quiz, "Code128", "EAN13", 1), "name,id\nA,4006381333931\nB,nonsense\n", "(line 3 of the data)"},
		{"an error of the form", "?grid=G\n\theader_type\n", people, "LM201 line 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := print(t, tt.source, tt.csv)
			if m.Printed != nil || len(m.copies) > 0 {
				t.Fatal("it was printed")
			}
			var all []string
			for _, d := range m.list {
				all = append(all, d.Code+" "+d.Where.String()+" "+d.Cause+" "+d.Cure)
			}
			if !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, tt.want) }) {
				t.Errorf("got %q", all)
			}
		})
	}
}

// TestWarnings: empty cells are told by field, warnings of the form once.
func TestWarnings(t *testing.T) {
	m := print(t, "?text=${name}\n?text=${room}\n?answer_sheet=Q\n", "name;room\nA;\nB;2\n;3\nD;\n")
	if m.Printed == nil {
		t.Fatal(m.list)
	}
	var got []string
	for _, d := range m.list {
		got = append(got, fmt.Sprintf("%s %s %s", d.Code, d.Where, d.Severity))
		if d.Code == "LM722" && d.Where.Line == 2 && !strings.Contains(d.Cause, "line 2, 5 of the data") {
			t.Errorf("the rows are not told: %s", d.Cause)
		}
		if d.Code == "LM424" && strings.Contains(d.Cause, "of the data") {
			t.Errorf("a warning of the form blames a row: %s", d.Cause)
		}
	}
	want := []string{"LM424 line 3, column 2 warning", "LM722 line 1, column 7 warning", "LM722 line 2, column 7 warning"}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestStops: an error of the receiver ends the work, and the share grows to 1.
func TestStops(t *testing.T) {
	shares := []float64{}
	_, _, err := batch.Print(t.Context(), batch.Request{
		Markup: []byte(quiz), Table: table(t, people),
		Progress: func(s float64) { shares = append(shares, s) },
		Copied: func(c batch.Copy) error {
			if c.Number == 2 {
				return errFull
			}
			return nil
		},
	})
	if !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	if len(shares) == 0 || !slices.IsSorted(shares) || shares[len(shares)-1] > 1 {
		t.Errorf("shares %v", shares)
	}
}

var errFull = &fault.Error{Code: "disk_full"}

func decode(t *testing.T, png []byte) *image.Gray {
	t.Helper()
	plane, err := imageio.Decode(png, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return plane.Gray
}

func readings(t *testing.T, p *pattern.Pattern, page image.Image, truth synth.Truth) []*omr.Reading {
	t.Helper()
	data, err := imageio.EncodePNG(synth.Fill(page, p, truth, synth.BallpointBlack, 7), 200)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := omr.Read(t.Context(), p, omr.Scan{Data: data}, omr.RecognizeOptions{})
	return out
}

func read(t *testing.T, p *pattern.Pattern, page image.Image, truth synth.Truth) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, r := range readings(t, p, page, truth) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		for _, o := range omr.Sheets(p, []*omr.Reading{r}, omr.RecognizeOptions{}) {
			for _, a := range o.Sheet.Answers {
				out[a.Name] = a.Value
			}
		}
	}
	return out
}

// BenchmarkPrint prints copies of a page with 500 bubbles into a PDF.
func BenchmarkPrint(b *testing.B) {
	source := "?text=${name}\n?answer_sheet=Q\n\telements_count=100\n\tanswers_count=5\n\tbubble_size=small\n"
	var csv strings.Builder
	csv.WriteString("name\n")
	for i := range 100 {
		fmt.Fprintf(&csv, "Person %03d\n", i)
	}
	tab, _ := batch.ReadTable([]byte(csv.String()))
	for b.Loop() {
		if out, list, err := batch.Print(b.Context(), batch.Request{Markup: []byte(source), Table: tab, PDF: true, Settings: form.Settings{}}); err != nil || out == nil {
			b.Fatal(list, err)
		}
	}
	b.ReportMetric(float64(100*b.N)/b.Elapsed().Seconds(), "copies/s")
}
