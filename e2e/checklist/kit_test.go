package checklist

import (
	"image"
	"reflect"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// parse reads a source that must have no error.
func parse(t *testing.T, source string) *form.Form {
	t.Helper()
	f, list := markup.Parse([]byte(source))
	if f == nil || list.Failed() {
		t.Fatalf("%v\n%s", list, source)
	}
	return f
}

// both reads the same form in both markups, which must give equal trees.
func both(t *testing.T, txt, json string) *form.Form {
	t.Helper()
	a, b := parse(t, txt), parse(t, json)
	if x, y := placeless(a.Pages), placeless(b.Pages); !reflect.DeepEqual(x, y) {
		t.Fatalf("TXT and JSON differ:\n%+v\n%+v\n%s\n%s", x, y, txt, json)
	}
	return a
}

// placeless is a tree without the places in its source.
func placeless(elements []*form.Element) []form.Element {
	out := make([]form.Element, 0, len(elements))
	for _, e := range elements {
		x := form.Element{Kind: e.Kind, Name: e.Name}
		for a, v := range e.Attrs {
			if x.Attrs == nil {
				x.Attrs = map[form.Attr]form.Value{}
			}
			v.Pos = form.Pos{}
			x.Attrs[a] = v
		}
		for _, c := range placeless(e.Children) {
			x.Children = append(x.Children, &c)
		}
		out = append(out, x)
	}
	return out
}

// printed is a form as generated: its places, its pattern as read back from the
// file, its pages at 300 dpi.
type printed struct {
	*layout.Document
	pattern *pattern.Pattern
	pages   []image.Image
	list    fault.List // its warnings
}

// generate makes a form that must have no error; pages are drawn.
func generate(t *testing.T, req omr.GenerateRequest) printed {
	t.Helper()
	req.Formats = []string{"png"}
	out, list := omr.Generate(t.Context(), req)
	if out == nil {
		t.Fatalf("not generated: %v\n%s", list, req.Markup)
	}
	p, warnings, err := omr.ReadPattern(out.Pattern.Data)
	if err != nil || len(warnings) != 0 {
		t.Fatalf("our own pattern: %v %v", err, warnings)
	}
	made := printed{Document: out.Document, pattern: p, list: list}
	for _, file := range out.Pages {
		img, _, err := imageio.DecodeColor(file.Data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		made.pages = append(made.pages, img)
	}
	return made
}

// ofSource is generate of a source with default settings.
func ofSource(t *testing.T, source string) printed {
	t.Helper()
	return generate(t, omr.GenerateRequest{Markup: []byte(source)})
}

// place lays a form out without drawing it, which is quick; the document is nil
// when the list has an error.
func place(t *testing.T, source string, s form.Settings) (*layout.Document, fault.List) {
	t.Helper()
	f, list := markup.Parse([]byte(source))
	if f == nil || list.Failed() {
		return nil, list
	}
	doc, more := layout.Lay(f, s, layout.Options{})
	return doc, append(list, more...)
}

// codes are the diagnostics as "LM301 error 2:5".
func codes(list fault.List) []string {
	out := []string{}
	for _, e := range list {
		out = append(out, e.Code+" "+e.Severity.String()+" "+e.Where.String())
	}
	return out
}

// read fills the form with a pen and reads its pages as they are, without a
// camera between: every row by its name, of equal names the last.
func read(t *testing.T, p printed, truth synth.Truth) map[string]string {
	t.Helper()
	var readings []*omr.Reading
	for i, page := range p.pages {
		filled := synth.FillPage(page, &p.pattern.Pages[i], truth, synth.BallpointBlack, uint64(i+1))
		data, err := imageio.EncodePNG(filled, 300)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := omr.Read(t.Context(), p.pattern, omr.Scan{Data: data}, omr.RecognizeOptions{})
		if len(got) != 1 || got[0].Err != nil {
			t.Fatalf("page %d: %+v", i+1, got)
		}
		readings = append(readings, got[0])
	}
	out := omr.Sheets(p.pattern, readings, omr.RecognizeOptions{})
	if len(out) != 1 || out[0].Err != nil {
		t.Fatalf("%+v", out)
	}
	rows := map[string]string{}
	for _, a := range out[0].Sheet.Answers {
		rows[a.Name] = a.Value
	}
	return rows
}
