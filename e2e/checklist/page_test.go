package checklist

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
)

// jsonForm is a JSON form of the pages' children, each page as in children(…).
func jsonForm(pages ...string) string {
	for i, p := range pages {
		pages[i] = `{"element_type":"Page","children":[` + p + `]}`
	}
	return `{"element_type":"Template","children":[` + strings.Join(pages, ",") + `]}`
}

// jsonText is a JSON Text.
func jsonText(name string) string { return fmt.Sprintf(`{"element_type":"Text","name":%q}`, name) }

// laidBoth reads a form in both markups, which must agree, and places it with pictures.
// It is given back as a document, nil after an error, with all its diagnostics.
func laidBoth(t *testing.T, txt, json string, s form.Settings, images map[string][]byte) (*layout.Document, fault.List) {
	t.Helper()
	both(t, txt, json)
	var docs [2]*layout.Document
	var lists [2]fault.List
	for i, source := range []string{txt, json} {
		f, list := markup.Parse([]byte(source))
		doc, more := layout.Lay(f, s, layout.Options{Images: images, Decode: func(b []byte) (image.Image, error) {
			return imageio.DecodePicture(b, imageio.Options{})
		}})
		docs[i], lists[i] = doc, append(list, more...)
	}
	if a, b := graver(lists[0]), graver(lists[1]); !slices.Equal(a, b) {
		t.Fatalf("TXT and JSON have other diagnostics:\n%v\n%v", a, b)
	}
	if docs[0] != nil {
		if a, b := pageFacts(docs[0]), pageFacts(docs[1]); !slices.Equal(a, b) {
			t.Fatalf("TXT and JSON look different:\n%v\n%v", a, b)
		}
	}
	return docs[0], lists[0]
}

// graver are the codes and severities of warnings and errors, sorted.
func graver(list fault.List) []string {
	out := []string{}
	for _, e := range list {
		if e.Severity != fault.SeverityInfo {
			out = append(out, e.Code+" "+e.Severity.String())
		}
	}
	slices.Sort(out)
	return out
}

// shows lays a form out, which must have exactly the diagnostics and, of the
// facts, all that are wanted; "!" in front of a prefix wants none with it.
func shows(t *testing.T, c form3, want ...string) *layout.Document {
	t.Helper()
	doc, list := laidBoth(t, c.txt, c.json, c.settings, c.images)
	slices.Sort(c.codes)
	if got := graver(list); !slices.Equal(got, append([]string{}, c.codes...)) {
		t.Errorf("diagnostics %v, want %v\n%v\n%s", got, c.codes, list, c.txt)
	}
	if doc == nil {
		if len(want) > 0 {
			t.Fatalf("no document: %v", list)
		}
		return nil
	}
	got := pageFacts(doc)
	for _, w := range want {
		if no, ok := strings.CutPrefix(w, "!"); ok {
			if i := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, no) }); i >= 0 {
				t.Errorf("there is %q\n%s", got[i], c.txt)
			}
		} else if !slices.Contains(got, w) {
			t.Errorf("no %q among\n%s\n%s", w, strings.Join(got, "\n"), c.txt)
		}
	}
	return doc
}

// form3 is a form in both markups with what it is laid out with and must be told.
type form3 struct {
	txt, json string
	settings  form.Settings
	images    map[string][]byte
	codes     []string
}

// pageFacts says what lies where, a line each, in whole px: "text WORDS x y" with the
// line box's corner; "fill #rrggbb x y w h", "stroke #rrggbb WIDTH x y w h [round R]",
// "picture NAME x y w h", "code TEXT x y", "bubble KEY VALUE x y w h", "crop NAME x y w h",
// "marker NAME x y w h", "identifier TEXT x y w h", "page w h". From the second page
// on "p2: " stands before it.
func pageFacts(doc *layout.Document) []string {
	var out []string
	css := func(c form.Color) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	for i, p := range doc.Pages {
		say := func(format string, args ...any) {
			if i > 0 {
				format = fmt.Sprintf("p%d: ", i+1) + format
			}
			out = append(out, fmt.Sprintf(format, args...))
		}
		say("page %d %d", p.Width, p.Height)
		for _, it := range p.Items {
			switch {
			case it.Text != nil:
				say("text %s %.0f %.0f", it.Text.Text, it.Text.Origin.X, math.Round(it.Text.Origin.Y-it.Text.Line.Ascent))
			case it.Rect != nil:
				b := it.Rect.Box
				if !it.Rect.Fill.None {
					say("fill %s %.0f %.0f %.0f %.0f", css(it.Rect.Fill), b.X, b.Y, b.W, b.H)
				}
				if !it.Rect.Stroke.None {
					round := ""
					if it.Rect.Radius > 0 {
						round = fmt.Sprintf(" round %.0f", it.Rect.Radius)
					}
					say("stroke %s %.0f %.0f %.0f %.0f %.0f%s", css(it.Rect.Stroke), it.Rect.Width, b.X, b.Y, b.W, b.H, round)
				}
			case it.Ellipse != nil:
				b := it.Ellipse.Box
				say("ring %s %.0f %.0f %.0f %.0f", css(it.Ellipse.Stroke), b.X, b.Y, b.W, b.H)
			case it.Picture != nil:
				b := it.Picture.Box
				say("picture %s %.0f %.0f %.0f %.0f", it.Picture.Name, b.X, b.Y, b.W, b.H)
			case it.Modules != nil:
				say("code %s %.0f %.0f", it.Modules.Label, it.Modules.Ground.X, it.Modules.Ground.Y)
			}
		}
		for _, e := range doc.Pattern.Pages[i].Elements {
			if len(e.Groups) == 0 && len(e.Questions) == 0 {
				say("crop %s %.0f %.0f %.0f %.0f", e.Name, e.Box.X, e.Box.Y, e.Box.W, e.Box.H)
			}
			for _, g := range e.Groups {
				for _, b := range g.Bubbles {
					say("bubble %s %s %.0f %.0f %.0f %.0f", e.Name, b.Value, b.Box.X, b.Box.Y, b.Box.W, b.Box.H)
				}
			}
		}
		for _, m := range doc.Pattern.Pages[i].Markers {
			say("marker %s %.0f %.0f %.0f %.0f", m.Name, m.Box.X, m.Box.Y, m.Box.W, m.Box.H)
		}
		for _, id := range doc.Pattern.Ours.Identifiers {
			if id.Page == i {
				say("identifier %s %.0f %.0f %.0f %.0f", id.Text, id.Box[0], id.Box[1], id.Box[2], id.Box[3])
			}
		}
	}
	return out
}

func given[T any](v T) *T { return &v }

// onePicture is a PNG of one colour.
func onePicture(w, h int, c color.Color) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.Set(i%w, i/w, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var plain = form3{txt: "?text=x\n", json: jsonForm(jsonText("x"))}

// of is a plain form with settings.
func of(s form.Settings, codes ...string) form3 {
	c := plain
	c.settings, c.codes = s, codes
	return c
}

func TestP01(t *testing.T) {
	line(t, "P01")
	shows(t, plain, "page 2480 3508", "text x 210 198",
		"marker ReferencePoint0 24 24 124 124", "marker ReferencePoint1 2332 24 124 124", "marker ReferencePoint2 24 3360 124 124",
		"marker ReferencePoint3 2332 3360 124 124", "marker ReferencePoint4 2332 322 124 174")
	shows(t, of(form.Settings{PaperSize: form.Letter}), "page 2551 3295",
		"marker ReferencePoint0 25 25 128 128", "marker ReferencePoint1 2398 25 128 128", "marker ReferencePoint2 25 3142 128 128", "marker ReferencePoint4 2398 332 128 179")
	shows(t, of(form.Settings{PaperSize: form.Legal}), "page 2551 4205", "marker ReferencePoint3 2398 4052 128 128")
	for paper, size := range map[form.PaperSize]image.Point{form.A4: {X: 2480, Y: 3508}, form.Letter: {X: 2551, Y: 3295}, form.Legal: {X: 2551, Y: 4205}} {
		made := generate(t, omr.GenerateRequest{Markup: []byte(plain.txt), Settings: form.Settings{PaperSize: paper}})
		if got := made.pages[0].Bounds().Size(); got != size {
			t.Errorf("%s: a picture of %v", paper, got)
		}
		for _, m := range made.pattern.Pages[0].Markers {
			if c := m.Box.Center(); !isDark(made.pages[0], int(c.X), int(c.Y)) || !isDark(made.pages[0], int(m.Box.X), int(m.Box.Y)) || isDark(made.pages[0], int(m.Box.X)-2, int(m.Box.Y)) {
				t.Errorf("%s: %s is not drawn where the pattern says", paper, m.Name)
			}
		}
	}
}

func isDark(img image.Image, x, y int) bool {
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 100
}

func TestP02(t *testing.T) {
	line(t, "P02")
	// The markers of A3, 175 px at 35, need 220 px: wider than the default margins.
	shows(t, of(form.Settings{PaperSize: form.A3}, "LM503 warning", "LM503 warning"), "page 3508 4961", "marker ReferencePoint1 3298 35 175 175")
	shows(t, of(form.Settings{PaperSize: form.Tabloid}), "page 3295 5102", "marker ReferencePoint0 32 32 165 165")
	shows(t, of(form.Settings{PaperSize: form.P8519}), "page 2551 5702", "marker ReferencePoint2 25 5549 128 128")
	shows(t, of(form.Settings{PaperSize: form.P8521}), "page 2551 6302", "marker ReferencePoint2 25 6149 128 128")
}

func TestP03(t *testing.T) {
	line(t, "P03")
	shows(t, of(form.Settings{Orientation: form.Horizontal}), "page 3508 2480", "text x 210 198",
		"marker ReferencePoint3 3360 2332 124 124", "marker ReferencePoint4 3360 322 124 174")
	shows(t, of(form.Settings{Orientation: form.Horizontal, PaperSize: form.Letter}), "page 3295 2551", "marker ReferencePoint1 3142 25 128 128")
}

func TestP04(t *testing.T) {
	line(t, "P04")
	shows(t, of(form.Settings{PageMarginLeft: given(50)}, "LM503 warning"), "text x 50 198")
	shows(t, of(form.Settings{PageMarginLeft: given(400)}), "text x 400 198")
	// The right margin stays 210.
	shows(t, form3{
		txt: "?text=x\n\talign=right\n", json: jsonForm(`{"element_type":"Text","name":"x","align":"right"}`),
		settings: form.Settings{PageMarginLeft: given(400)},
	}, "text x 2244 198")
}

func TestP05(t *testing.T) {
	line(t, "P05")
	c := form3{
		txt:  "?text=a\n?text=b\n\tfont_size=12\n\tfont_family=Arial\n\tfont_style=regular\n?text=c\n",
		json: jsonForm(jsonText("a") + `,{"element_type":"Text","name":"b","font_size":12,"font_family":"Arial","font_style":"regular"},` + jsonText("c")),
	}
	// Open Sans at 24 pt: 137 px a line; Arial's at 12 pt: 58.
	c.settings = form.Settings{FontSize: 24}
	shows(t, c, "text b 210 335", "text c 210 393")
	for style, check := range map[form.FontStyle]func(*layout.TextLine) bool{
		form.Bold:      func(l *layout.TextLine) bool { return l.Line.Runs[0].Face == 1 },
		form.Italic:    func(l *layout.TextLine) bool { return l.Line.Runs[0].Face == 2 },
		form.Underline: func(l *layout.TextLine) bool { return l.Underline != nil && l.Strike == nil },
		form.Strikeout: func(l *layout.TextLine) bool { return l.Strike != nil && l.Underline == nil },
		0:              func(l *layout.TextLine) bool { return l.Line.Runs[0].Face == 0 && l.Underline == nil },
	} {
		c.settings = form.Settings{FontStyle: &style}
		doc := shows(t, c)
		lines := linesOf(doc)
		if !check(lines[0]) || !check(lines[2]) {
			t.Errorf("%s is not the body's style", style)
		}
		if b := lines[1]; b.Underline != nil || b.Strike != nil || style != 0 && b.Line.Runs[0].Face%4 != 0 {
			t.Errorf("%s: the element's own style does not win", style)
		}
	}
}

// linesOf are the texts of the first page, symbols of bubbles among them.
func linesOf(doc *layout.Document) []*layout.TextLine {
	var out []*layout.TextLine
	for _, it := range doc.Pages[0].Items {
		if it.Text != nil {
			out = append(out, it.Text)
		}
	}
	return out
}

func TestP06(t *testing.T) {
	line(t, "P06")
	c := form3{
		txt:      "?answer_sheet=A\n\telements_count=1\n\tcolumns_count=1\n?answer_sheet=B\n\telements_count=1\n\tcolumns_count=1\n\tbubble_size=small\n",
		json:     jsonForm(`{"element_type":"AnswerSheet","name":"A","elements_count":1,"columns_count":1},{"element_type":"AnswerSheet","name":"B","elements_count":1,"columns_count":1,"bubble_size":"small"}`),
		settings: form.Settings{BubbleSize: form.Large, BubbleColor: &form.Color{R: 139}},
	}
	// Lines of D + 20, the bubble 10 px below the line's top.
	shows(t, c, "ring #8b0000 320 208 80 80", "bubble A1 A 315 203 90 90", "bubble A1 B 410 203 90 90", "ring #8b0000 320 308 50 50", "bubble B2 B 380 303 60 60")
	c.settings.BubbleColor = &form.Color{R: 255, G: 255, B: 255}
	c.codes = []string{"LM506 warning"}
	shows(t, c)
}

func TestP07(t *testing.T) {
	line(t, "P07")
	// An image under a marker is refused when it is placed there; a clipped block's
	// picture and a background are not, and must not cover it.
	c := form3{
		txt:    "?image=i\n\tx=0\n\ty=0\n\twidth=2480\n\theight=3508\n",
		json:   jsonForm(`{"element_type":"Image","name":"i","x":0,"y":0,"width":2480,"height":3508}`),
		images: map[string][]byte{"i": onePicture(10, 10, color.White)}, codes: []string{"LM502 error"},
	}
	shows(t, c)
	made := generate(t, omr.GenerateRequest{
		Markup: []byte("?image=i\n\twidth=2480\n\theight=3508\n"), Images: map[string][]byte{"i": onePicture(10, 10, color.White)},
		Settings: form.Settings{PageMarginLeft: given(0), PageMarginRight: given(0)},
	})
	if n := len(made.pattern.Pages[0].Markers); n != 5 {
		t.Fatalf("%d markers", n)
	}
	for _, m := range made.pattern.Pages[0].Markers {
		c := m.Box.Center()
		if !isDark(made.pages[0], int(c.X), int(c.Y)) {
			t.Errorf("the image covers %s", m.Name)
		}
	}
}

func TestP08(t *testing.T) {
	line(t, "P08")
	for position, want := range map[form.RotationMarker]string{
		form.TopRight1: "2332 322 124 174", form.TopRight2: "1984 24 174 124", form.TopLeft1: "24 322 124 174", form.TopLeft2: "322 24 174 124",
		form.BottomLeft1: "24 3012 124 174", form.BottomLeft2: "322 3360 174 124", form.BottomRight1: "2332 3012 124 174", form.BottomRight2: "1984 3360 174 124",
	} {
		shows(t, of(form.Settings{RotationMarker: position}), "marker ReferencePoint4 "+want)
		doc := shows(t, form3{
			txt:  "?page=\n\trotation_point_position=" + string(position) + "\n?text=x\n&page\n",
			json: `{"element_type":"Template","children":[{"element_type":"Page","rotation_point_position":"` + string(position) + `","children":[` + jsonText("x") + `]}]}`,
		}, "marker ReferencePoint4 "+want, "fill #000000 "+want)
		if got := doc.Pattern.Pages[0].RotationMarker; got != string(position) {
			t.Errorf("the pattern says %q, not %q", got, position)
		}
	}
}

func TestP09(t *testing.T) {
	line(t, "P09")
	shows(t, form3{txt: "?page=\n?text=x\n&page\n", json: jsonForm(jsonText("x"))}, "!identifier", "!code")
	two := form3{txt: "?page=\n?text=x\n&page\n?page=\n?text=y\n&page\n", json: jsonForm(jsonText("x"), jsonText("y"))}
	doc := shows(t, two)
	id := doc.Pattern.TemplateID
	shows(t, two, "identifier LM1:"+id+":1/2 2332 1692 124 124", "p2: identifier LM1:"+id+":2/2 2332 1692 124 124")
	made := ofSource(t, two.txt)
	for i, page := range made.pages {
		crop := image.NewGray(image.Rect(0, 0, 244, 244)) // its margin is white
		for y := range 244 {
			for x := range 244 {
				crop.Set(x, y, page.At(2272+x, 1632+y))
			}
		}
		got, err := barcode.Decode(crop, []string{"QR"})
		if want := fmt.Sprintf("LM1:%s:%d/2", id, i+1); err != nil || got.Text != want {
			t.Errorf("the code of page %d reads %v %v, want %q", i+1, got, err, want)
		}
	}
}

func TestP10(t *testing.T) {
	line(t, "P10")
	f, list := markup.Parse([]byte("?text=before\n?page=\n?text=one\n&page\n?text=between\n?page=\n?text=two\n&page\n?text=after\n"))
	if got := codes(list); !slices.Equal(got, []string{"LM210 warning line 1, column 2", "LM210 warning line 5, column 2", "LM210 warning line 9, column 2"}) {
		t.Errorf("diagnostics %v", got)
	}
	doc, _ := layout.Lay(f, form.Settings{}, layout.Options{})
	all := strings.Join(pageFacts(doc), "\n")
	if len(doc.Pages) != 2 || !strings.Contains(all, "\ntext one 210 198") || !strings.Contains(all, "p2: text two 210 198") ||
		strings.Contains(all, "before") || strings.Contains(all, "between") || strings.Contains(all, "after") {
		t.Errorf("%s", all)
	}
}

func TestP11(t *testing.T) {
	line(t, "P11")
	shows(t, form3{
		txt: "?page=\n\torientation=horizontal\n\tpaper_size=Letter\n\tleft_margin=300\n\tright_margin=400\n?text=x\n?text=r\n\talign=right\n&page\n?page=\n?text=y\n&page\n",
		json: `{"element_type":"Template","children":[{"element_type":"Page","orientation":"horizontal","paper_size":"Letter","left_margin":300,"right_margin":400,"children":[` +
			jsonText("x") + `,{"element_type":"Text","name":"r","align":"right"}]},{"element_type":"Page","children":[` + jsonText("y") + `]}]}`,
		settings: form.Settings{PaperSize: form.Legal},
	}, "page 3295 2551", "text x 300 203", "text r 2875 272", "p2: page 2551 4205", "p2: text y 210 203")
}

func TestP12(t *testing.T) {
	line(t, "P12")
	// Content ends at 3508 - (24 + 124 + 50) = 3310.
	low := form3{
		txt:   "?empty_line=\n\theight=3100\n?text=low\n?text=lower\n",
		json:  jsonForm(`{"element_type":"EmptyLine","height":3100},` + jsonText("low") + `,` + jsonText("lower")),
		codes: []string{"LM504 warning"},
	}
	doc := shows(t, low, "text low 210 3298", "text lower 210 3367")
	if len(doc.Pages) != 1 {
		t.Errorf("%d pages", len(doc.Pages))
	}
	_, list := laidBoth(t, low.txt, low.json, low.settings, nil)
	if !strings.Contains(list[0].Cause, "57 px") { // 3298 + 69 - 3310
		t.Errorf("the warning does not say by how much: %s", list[0].Cause)
	}
	shows(t, form3{
		txt:   "?empty_line=\n\theight=3290\n?answer_sheet=Q\n\telements_count=1\n",
		json:  jsonForm(`{"element_type":"EmptyLine","height":3290},{"element_type":"AnswerSheet","name":"Q","elements_count":1}`),
		codes: []string{"LM504 warning", "LM504 error"},
	})
}

func TestP13(t *testing.T) {
	line(t, "P13")
	// Each element begins where the one before it ends: 69 px a text line, a sheet's
	// line 80, a question 69 + 104, an input group 69 + 12 + 16.
	shows(t, form3{
		txt: "?text=one\n?text=two\nthree\n?empty_line=\n\theight=11\n?image=i\n?answer_sheet=A\n\telements_count=2\n\tcolumns_count=1\n#Q\n\t() a\n?input_group=\n?content=l\n?content=f\n&input_group\n?container=\n?block=\n\tvertical_padding=0\n?content=c\n&block\n&container\n?text=end\n",
		json: jsonForm(jsonText("one") + `,` + jsonText("two\nthree") + `,{"element_type":"EmptyLine","height":11},{"element_type":"Image","name":"i"},` +
			`{"element_type":"AnswerSheet","name":"A","elements_count":2,"columns_count":1},{"element_type":"ChoiceBox","question_text":"Q","answers_string":"() a"},` +
			`{"element_type":"InputGroup","children":[{"element_type":"Content","name":"l"},{"element_type":"Content","name":"f"}]},` +
			`{"element_type":"Container","children":[{"element_type":"Block","vertical_padding":0,"children":[{"element_type":"Content","name":"c"}]}]},` + jsonText("end")),
		images: map[string][]byte{"i": onePicture(30, 50, color.Black)},
	}, "text one 210 198", "text two 210 267", "text three 210 336", "picture i 210 416 30 50", "bubble A1 A 315 471 70 70", "bubble A2 A 315 551 70 70",
		"text 3. Q 210 626", "bubble Question3 A 300 712 70 70", "text l 279 805", "text c 230 896", "text end 210 985")
}
