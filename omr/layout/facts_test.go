package layout_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/typeset"
)

// lay lays out a TXT source; faults of either stage come back in one list. What
// the reader refuses is not laid out.
func lay(t testing.TB, source string, s form.Settings, images map[string][]byte) (*layout.Document, fault.List) {
	t.Helper()
	tree, list := markup.Parse([]byte(source))
	if tree == nil || list.Failed() {
		return nil, list
	}
	doc, more := layout.Lay(tree, s, layout.Options{
		Images: images,
		Decode: func(b []byte) (image.Image, error) {
			img, _, err := image.Decode(bytes.NewReader(b))
			return img, err
		},
	})
	return doc, append(list, more...)
}

// facts says what lies where on a document, a line each, in whole px:
//
//	text WORDS X TOP              left edge and top of the line's box
//	bubble KEY VALUE X Y W H      recognition rectangle
//	element TYPE KEY X Y W H
//	fill #rrggbb X Y W H          filled rectangle
//	stroke #rrggbb WIDTH X Y W H  outlined rectangle; "round R" follows where its corners are
//	ring X Y W H                  nominal outline of a round bubble
//	picture NAME X Y W H
//	code TEXT X Y W H             dark extent of a printed code
//	marker NAME X Y W H
//	identifier TEXT X Y W H
//	page W H
//
// Lines of a second page start with "p2: ".
func facts(doc *layout.Document) []string {
	var out []string
	for i, p := range doc.Pages {
		page := ""
		if i > 0 {
			page = fmt.Sprintf("p%d: ", i+1)
		}
		say := func(format string, args ...any) { out = append(out, page+fmt.Sprintf(format, args...)) }
		px := func(x, y, w, h float64) string {
			return fmt.Sprintf("%.0f %.0f %.0f %.0f", x, y, w, h)
		}
		css := func(c form.Color) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
		say("page %d %d", p.Width, p.Height)
		for _, it := range p.Items {
			switch {
			case it.Text != nil:
				say("text %s %.0f %.0f", it.Text.Text, it.Text.Origin.X, math.Round(it.Text.Origin.Y-it.Text.Line.Ascent))
			case it.Ellipse != nil:
				b := it.Ellipse.Box
				say("ring %s", px(b.X, b.Y, b.W, b.H))
			case it.Rect != nil:
				b := it.Rect.Box
				if !it.Rect.Fill.None {
					say("fill %s %s", css(it.Rect.Fill), px(b.X, b.Y, b.W, b.H))
				}
				if !it.Rect.Stroke.None {
					s := fmt.Sprintf("stroke %s %.0f %s", css(it.Rect.Stroke), it.Rect.Width, px(b.X, b.Y, b.W, b.H))
					if it.Rect.Radius > 0 {
						s += fmt.Sprintf(" round %.0f", it.Rect.Radius)
					}
					say("%s", s)
				}
			case it.Picture != nil:
				b := it.Picture.Box
				say("picture %s %s", it.Picture.Name, px(b.X, b.Y, b.W, b.H))
			case it.Modules != nil:
				x0, y0, x1, y1 := math.Inf(1), math.Inf(1), 0.0, 0.0
				for _, b := range it.Modules.Bars {
					x0, y0 = min(x0, b.X), min(y0, b.Y)
					x1, y1 = max(x1, b.X+b.W), max(y1, b.Y+b.H)
				}
				say("code %s %s", it.Modules.Label, px(x0, y0, x1-x0, y1-y0))
			}
		}
		for _, e := range doc.Pattern.Pages[i].Elements {
			say("element %s %s %s", e.Type, e.Name, px(e.Box.X, e.Box.Y, e.Box.W, e.Box.H))
			for _, g := range e.Groups {
				for _, b := range g.Bubbles {
					say("bubble %s %s %s", e.Name, b.Value, px(b.Box.X, b.Box.Y, b.Box.W, b.Box.H))
				}
			}
		}
		for _, m := range doc.Pattern.Pages[i].Markers {
			say("marker %s %s", m.Name, px(m.Box.X, m.Box.Y, m.Box.W, m.Box.H))
		}
		for _, id := range doc.Pattern.Ours.Identifiers {
			if id.Page == i {
				say("identifier %s %s", id.Text, px(id.Box[0], id.Box[1], id.Box[2], id.Box[3]))
			}
		}
	}
	return out
}

// golden is a form and what must be true of it.
type golden struct {
	name     string // checklist item of spec/markup.md 18
	source   string
	settings form.Settings
	images   map[string][]byte
	want     []string // facts; "!" in front: there must be no fact that starts so
	codes    []string // diagnostics besides information, in any order: "LM503 warning"
}

func check(t *testing.T, cases []golden) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, list := lay(t, c.source, c.settings, c.images)
			var codes []string
			for _, f := range list {
				if f.Severity != fault.SeverityInfo {
					codes = append(codes, f.Code+" "+f.Severity.String())
				}
			}
			slices.Sort(codes)
			slices.Sort(c.codes)
			if !slices.Equal(codes, c.codes) {
				t.Errorf("diagnostics %v, want %v\n%v", codes, c.codes, list)
			}
			if doc == nil {
				if len(c.want) > 0 {
					t.Fatalf("no document: %v", list)
				}
				return
			}
			if list.Failed() {
				t.Errorf("a document in spite of errors: %v", list.Error())
			}
			wholePixels(t, doc)
			got := facts(doc)
			for _, w := range c.want {
				if no, ok := strings.CutPrefix(w, "!"); ok {
					if i := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, no) }); i >= 0 {
						t.Errorf("there is %q", got[i])
					}
				} else if !slices.Contains(got, w) {
					t.Errorf("no %q among\n%s", w, near(got, w))
				}
			}
		})
	}
}

// wholePixels: the narrowest readers of patterns take whole numbers only
// (spec/pattern.md 3).
func wholePixels(t *testing.T, doc *layout.Document) {
	t.Helper()
	whole := func(name string, b geom.PageRect) {
		t.Helper()
		for _, v := range []float64{b.X, b.Y, b.W, b.H} {
			if v != math.Trunc(v) {
				t.Errorf("%s stands at %v, which are not whole px", name, b)
				return
			}
		}
	}
	for _, p := range doc.Pattern.Pages {
		for _, e := range p.Elements {
			whole(e.Name, e.Box)
			for _, g := range e.Groups {
				whole(e.Name, g.Box)
				for _, b := range g.Bubbles {
					whole(e.Name+" "+b.Value, b.Box)
				}
			}
			for _, q := range e.Questions {
				whole(q.Name, q.Box)
				for _, a := range q.Answers {
					whole(a.Name, a.Box)
					for _, b := range a.Bubbles {
						whole(a.Name, b.Box)
					}
				}
			}
		}
	}
}

// near are the facts of the same kind as w.
func near(got []string, w string) string {
	kind, _, _ := strings.Cut(w, " ")
	var out []string
	for _, g := range got {
		if strings.HasPrefix(g, kind) {
			out = append(out, g)
		}
	}
	return strings.Join(out[:min(len(out), 60)], "\n")
}

func ptr[T any](v T) *T { return &v }

// picture is a PNG of w × h px.
func picture(w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// ink is the box of what a line's glyphs draw, in page px.
func ink(t testing.TB, l *layout.TextLine) (x0, y0, x1, y1 float64) {
	t.Helper()
	x0, y0, x1, y1, ok := typeset.Default().Ink(l.Line)
	if !ok {
		t.Fatalf("%q has no ink", l.Text)
	}
	return x0 + l.Origin.X, y0 + l.Origin.Y, x1 + l.Origin.X, y1 + l.Origin.Y
}
