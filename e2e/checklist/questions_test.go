package checklist

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
	"github.com/leafmark/leafmark/omr/typeset"
)

// jsonPage is a JSON source of one page of the children.
func jsonPage(children ...string) string {
	return `{"element_type":"Template","children":[{"element_type":"Page","children":[` + strings.Join(children, ",") + `]}]}`
}

// jsonBlock is a container of one block of the children.
func jsonBlock(children ...string) string {
	return `{"element_type":"Container","children":[{"element_type":"Block","children":[` + strings.Join(children, ",") + `]}]}`
}

// txtBlock is jsonBlock in TXT; its content begins at x 230, y 218, 1980 wide.
func txtBlock(children string) string {
	return "?container=\n?block=\n" + children + "&block\n&container\n"
}

// laid is a form whose two sources give one tree, placed on A4: content column
// x 210 to 2270, first y 198, body lines of 69 px.
func laid(t *testing.T, txt, json string, warnings ...string) *layout.Document {
	t.Helper()
	if json != "" {
		both(t, txt, json)
	}
	return placedWith(t, txt, form.Settings{}, warnings...)
}

// placedWith places a source, which must give the warnings and nothing worse.
func placedWith(t *testing.T, source string, s form.Settings, warnings ...string) *layout.Document {
	t.Helper()
	doc, list := place(t, source, s)
	if doc == nil {
		t.Fatalf("%v\n%s", list, source)
	}
	var got []string
	for _, e := range list {
		if e.Severity != fault.SeverityInfo {
			got = append(got, e.Code)
		}
	}
	if !slices.Equal(got, warnings) {
		t.Errorf("diagnostics %v, want %v\n%v\n%s", got, warnings, list, source)
	}
	return doc
}

// refused are the codes of the errors of a source, in either markup.
func refused(t *testing.T, code string, sources ...string) {
	t.Helper()
	for _, source := range sources {
		doc, list := place(t, source, form.Settings{})
		if doc != nil || !slices.ContainsFunc(list, func(e *fault.Error) bool { return e.Code == code && e.Severity == fault.SeverityError }) {
			t.Errorf("%v, want an error %s\n%s", codes(list), code, source)
		}
	}
}

// bubblesAt are the recognition rectangles as "KEY VALUE X Y W H", those of score
// groups under their questions.
func bubblesAt(doc *layout.Document) (out []string) {
	for _, p := range doc.Pattern.Pages {
		for _, e := range p.Elements {
			say := func(key string, b pattern.Bubble) {
				out = append(out, fmt.Sprintf("%s %s %.0f %.0f %.0f %.0f", key, b.Value, b.Box.X, b.Box.Y, b.Box.W, b.Box.H))
			}
			for _, g := range e.Groups {
				for _, b := range g.Bubbles {
					say(e.Name, b)
				}
			}
			for _, q := range e.Questions {
				for _, a := range q.Answers {
					for _, b := range a.Bubbles {
						say(q.Name+"/"+a.Name, b.Bubble)
					}
				}
			}
		}
	}
	return out
}

// textsAt are the texts of the first page as "TEXT X TOP".
func textsAt(doc *layout.Document) (out []string) {
	for _, it := range doc.Pages[0].Items {
		if it.Text != nil {
			out = append(out, fmt.Sprintf("%s %.0f %.0f", it.Text.Text, it.Text.Origin.X, it.Text.Origin.Y-it.Text.Line.Ascent))
		}
	}
	return out
}

// strokesAt are outlines as "#rrggbb WIDTH X Y W H", fills as "fill #rrggbb X Y W H".
func strokesAt(doc *layout.Document) (out []string) {
	css := func(c form.Color) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	for _, it := range doc.Pages[0].Items {
		if r := it.Rect; r != nil {
			if !r.Stroke.None {
				out = append(out, fmt.Sprintf("%s %.0f %.0f %.0f %.0f %.0f", css(r.Stroke), r.Width, r.Box.X, r.Box.Y, r.Box.W, r.Box.H))
			}
			if !r.Fill.None {
				out = append(out, fmt.Sprintf("fill %s %.0f %.0f %.0f %.0f", css(r.Fill), r.Box.X, r.Box.Y, r.Box.W, r.Box.H))
			}
		}
	}
	return out
}

// lineOf is the first line of the first page that says text.
func lineOf(t *testing.T, doc *layout.Document, text string) *layout.TextLine {
	t.Helper()
	for _, it := range doc.Pages[0].Items {
		if it.Text != nil && it.Text.Text == text {
			return it.Text
		}
	}
	t.Fatalf("no text %q among %q", text, textsAt(doc))
	return nil
}

// sizeOf and faceOf are the look of a text.
func sizeOf(t *testing.T, doc *layout.Document, text string) float64 {
	return lineOf(t, doc, text).Line.Runs[0].Size
}

func faceOf(t *testing.T, doc *layout.Document, text string) string {
	return typeset.Default().Name(lineOf(t, doc, text).Line.Runs[0].Face)
}

// has holds that got contains all of want.
func has(t *testing.T, got []string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("no %q among\n%s", w, strings.Join(got, "\n"))
		}
	}
}

// hasNot holds that none of got begins with any of unwanted.
func hasNot(t *testing.T, got []string, unwanted ...string) {
	t.Helper()
	for _, u := range unwanted {
		if i := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, u) }); i >= 0 {
			t.Errorf("there is %q", got[i])
		}
	}
}

func TestQ01(t *testing.T) {
	line(t, "Q01")
	// The first bubble 95 px from the edge, 22 px below the row's top: rows of 104.
	one := placedWith(t, "#Agree?\n\t() yes indeed\n?text=x\n", form.Settings{})
	has(t, bubblesAt(one), "Question1 A 300 284 70 70")
	has(t, textsAt(one), "1. Agree? 210 198", "x 210 371")
	two := placedWith(t, "#Agree?\n\t() Sure () Never\n", form.Settings{})
	has(t, bubblesAt(two), "Question1 A 300 284 70 70", "Question1 B 1330 284 70 70") // half the width on
	three := placedWith(t, "#Q\n\t() a () bb () ccc\n", form.Settings{})
	five := placedWith(t, "#Q\n\t() a () bb () ccc () d () e\n", form.Settings{})
	for _, doc := range []*layout.Document{three, five} { // equal pitch: the widest cell and 40
		pitch := 60 + 10 + lineOf(t, doc, "ccc").Line.Width + 40
		for i, b := range doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles {
			if d := b.Box.X - 300 - float64(i)*pitch; d < -0.6 || d > 0.6 || b.Box.Y != 284 {
				t.Errorf("bubble %d at %v, the pitch is %.1f", i, b.Box, pitch)
			}
		}
	}
	rows := placedWith(t, "#Q\n\t() a () b\n\t() c () d\n", form.Settings{})
	has(t, bubblesAt(rows), "Question1 B 1330 284 70 70", "Question1 C 300 388 70 70", "Question1 D 1330 388 70 70")
}

func TestQ02(t *testing.T) {
	line(t, "Q02")
	doc := laid(t, "#Rate\n\t(10)(9)(8)\n#Scale\n\t()()\n", jsonPage(
		`{"element_type":"ChoiceBox","question_text":"Rate","answers_string":"(10)(9)(8)"}`,
		`{"element_type":"ChoiceBox","question_text":"Scale","answers_string":"()()"}`))
	// Pitch D + 45.
	has(t, bubblesAt(doc), "Question1 10 300 284 70 70", "Question1 9 405 284 70 70", "Question1 8 510 284 70 70", "Question2 A 300 457 70 70", "Question2 B 405 457 70 70")
}

func TestQ03(t *testing.T) {
	line(t, "Q03")
	doc := laid(t, "#Q\n\t(Yes) a (no) b () c (Ж) d (z) e\n",
		jsonPage(`{"element_type":"ChoiceBox","question_text":"Q","answers_string":"(Yes) a (no) b () c (Ж) d (z) e"}`))
	var values []string
	for _, b := range doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles {
		values = append(values, b.Value)
	}
	if want := []string{"Y", "N", "C", "Ж", "z"}; !slices.Equal(values, want) { // the letter is that of the position
		t.Errorf("symbols %q, want %q", values, want)
	}
	if printed := doc.Pattern.Pages[0].Elements[0].Ours.Symbols; !slices.Equal(printed, values) {
		t.Errorf("printed %q", printed)
	}
	rows := read(t, ofSource(t, "#Q\n\t(Yes) a (no) b () c\n"), synth.Truth{"Question1": {"N", "C"}})
	if rows["Question1"] != "N,C" {
		t.Errorf("read %q", rows)
	}
}

func TestQ04(t *testing.T) {
	line(t, "Q04")
	doc := laid(t, "#Q\n\t() one (of many), \"two\" () it's\n", jsonPage(`{"element_type":"ChoiceBox","question_text":"Q","answers_string":"() one (of many), \"two\" () it's"}`))
	lineOf(t, doc, `one (of many), "two"`)
	lineOf(t, doc, "it's")
	if n := len(doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles); n != 2 {
		t.Errorf("%d answers", n)
	}
	escaped := placedWith(t, "#Q\n\t() one \\(1), two () it's\n", form.Settings{})
	lineOf(t, escaped, "one (1), two")
	long := placedWith(t, "#Q\n\t() for example (see the rules, p. 3) () b\n", form.Settings{})
	lineOf(t, long, "for example (see the rules, p. 3)") // no marker: too long
}

func TestQ05(t *testing.T) {
	line(t, "Q05")
	before := placedWith(t, "#Q\n\tfont_size=20\n\t() a\n", form.Settings{})
	if a, q := sizeOf(t, before, "a"), sizeOf(t, before, "1. Q"); q < 83 || a != q { // 20 pt: 83.3 px
		t.Errorf("attributes before the answers: question %.1f px, answer %.1f px", q, a)
	}
	after := placedWith(t, "#Q\n\t() a\n\tfont_size=20\n", form.Settings{})
	if a, q := sizeOf(t, after, "a"), sizeOf(t, after, "1. Q"); a < 83 || q != 50 {
		t.Errorf("attributes after a line: question %.1f px, answer %.1f px", q, a)
	}
	each := placedWith(t, "#Q\n\t() a\n\tfont_size=20\n\t() b\n\tfont_size=8\n", form.Settings{})
	if a, b := sizeOf(t, each, "a"), sizeOf(t, each, "b"); a < 83 || b > 34 {
		t.Errorf("attributes after each line: %.1f px, %.1f px", a, b)
	}
}

func TestQ06(t *testing.T) {
	line(t, "Q06")
	doc := placedWith(t, "?choicebox=Shirt size\n\t?option=Small\n\t\tbubble_value=S\n\t\tfont_size=18\n\t\tfont_style=bold\n\t?option=Large\n\t\trow_index=1\n\t\tcolor=Red\n\t?option=Other\n\t\talign=right\n&choicebox\n", form.Settings{})
	has(t, bubblesAt(doc), "Question1 S 300 309 70 70", "Question1 B 1330 309 70 70") // 18 pt: a row of 155
	if sizeOf(t, doc, "Small") != 75 || sizeOf(t, doc, "Large") != 50 || !strings.Contains(faceOf(t, doc, "Small"), "Bold") {
		t.Errorf("Small is %.1f px in %s", sizeOf(t, doc, "Small"), faceOf(t, doc, "Small"))
	}
	if c := lineOf(t, doc, "Large").Color; c != (form.Color{R: 255}) {
		t.Errorf("Large is %v", c)
	}
	if o := lineOf(t, doc, "Other"); o.Origin.X+o.Line.Width < 2269 || o.Origin.X+o.Line.Width > 2271 {
		t.Errorf("Other ends at %.1f, the column at 2270", o.Origin.X+o.Line.Width)
	}
	// Rows may be declared in any order; marks are reported in that of the source.
	made := ofSource(t, "?choicebox=Q\n\t?option=low\n\t\trow_index=3\n\t?option=lower\n\t?option=high\n\t\trow_index=1\n&choicebox\n")
	has(t, bubblesAt(made.Document), "Question1 C 300 284 70 70", "Question1 A 300 388 70 70", "Question1 B 300 492 70 70")
	if got := read(t, made, synth.Truth{"Question1": {"A", "C"}})["Question1"]; got != "A,C" {
		t.Errorf("marks are reported as %q", got)
	}
}

func TestQ07(t *testing.T) {
	line(t, "Q07")
	doc := laid(t, "#Where\n\tfont_family=Courier New\n\tfont_size=9\n\tfont_style=italic, bold\n\tcolor=Teal\n\talign=center\n\t() here\n",
		jsonPage(`{"element_type":"ChoiceBox","question_text":"Where","answers_string":"() here","font_family":"Courier New","font_size":9,"font_style":"italic, bold","color":"Teal","align":"center"}`))
	for _, s := range []string{"1. Where", "here"} {
		l := lineOf(t, doc, s)
		if sizeOf(t, doc, s) != 37.5 || !strings.Contains(faceOf(t, doc, s), "Mono") || !strings.Contains(faceOf(t, doc, s), "BoldItalic") || l.Color != (form.Color{G: 128, B: 128}) {
			t.Errorf("%s: %.1f px, %s, %v", s, sizeOf(t, doc, s), faceOf(t, doc, s), l.Color)
		}
	}
	// Question and row are centred on 1240; the bubbles keep their colour.
	q, a := lineOf(t, doc, "1. Where"), lineOf(t, doc, "here")
	left := doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box.X + 5
	if m := q.Origin.X + q.Line.Width/2; m < 1239 || m > 1241 {
		t.Errorf("question centred on %.1f", m)
	}
	if m := (left + a.Origin.X + a.Line.Width) / 2; m < 1239 || m > 1241 {
		t.Errorf("answers centred on %.1f", m)
	}
	for _, it := range doc.Pages[0].Items {
		if it.Ellipse != nil && it.Ellipse.Stroke != (form.Color{}) {
			t.Errorf("bubble in %v", it.Ellipse.Stroke)
		}
	}
}

func TestQ08(t *testing.T) {
	line(t, "Q08")
	doc := laid(t, "#One\n\t() a\n#Two\n\tdisplay_number=false\n\t() a\n#Three\n\t() a\n", jsonPage(
		`{"element_type":"ChoiceBox","question_text":"One","answers_string":"() a"}`,
		`{"element_type":"ChoiceBox","question_text":"Two","answers_string":"() a","display_number":false}`,
		`{"element_type":"ChoiceBox","question_text":"Three","answers_string":"() a"}`))
	has(t, textsAt(doc), "1. One 210 198", "Two 210 371", "3. Three 210 544")
	has(t, bubblesAt(doc), "Question2 A 300 457 70 70", "Question3 A 300 630 70 70")
}

func TestQ09(t *testing.T) {
	line(t, "Q09")
	doc := placedWith(t, jsonPage(`{"element_type":"ChoiceBox","name":"Mood","question_text":"How?","answers_string":"() a"}`,
		`{"element_type":"ChoiceBox","question_text":"Next?","answers_string":"() a"}`), form.Settings{})
	has(t, bubblesAt(doc), "Mood A 300 284 70 70", "Question2 A 300 457 70 70")
	has(t, textsAt(doc), "1. How? 210 198")
}

func TestQ10(t *testing.T) {
	line(t, "Q10")
	doc := laid(t, "?page=\n"+txtBlock("#One\n\t() a\n")+"#Two\n\t() a\n&page\n?page=\n#Three\n\t() a\n&page\n",
		`{"element_type":"Template","children":[{"element_type":"Page","children":[`+
			jsonBlock(`{"element_type":"ChoiceBox","question_text":"One","answers_string":"() a"}`)+`,{"element_type":"ChoiceBox","question_text":"Two","answers_string":"() a"}]},`+
			`{"element_type":"Page","children":[{"element_type":"ChoiceBox","question_text":"Three","answers_string":"() a"}]}]}`)
	var keys []string
	for _, p := range doc.Pattern.Pages {
		for _, e := range p.Elements {
			keys = append(keys, e.Name)
		}
	}
	if want := []string{"Question1", "Question2", "Question3"}; !slices.Equal(keys, want) {
		t.Errorf("keys %q", keys)
	}
}

func TestQ11(t *testing.T) {
	line(t, "Q11")
	many := strings.TrimSpace(strings.Repeat("() a ", 27))
	refused(t, "LM413", "#Many\n\t"+many+"\n", jsonPage(`{"element_type":"ChoiceBox","question_text":"Many","answers_string":"`+many+`"}`))
	doc := placedWith(t, "#Many\n\t"+strings.Repeat("() a ", 26)+"\n", form.Settings{})
	if b := doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles; len(b) != 26 || b[25].Value != "Z" {
		t.Errorf("%d answers", len(b))
	}
}

func TestQ12(t *testing.T) {
	line(t, "Q12")
	source := "#One\n\tmultiselect=false\n\t() a () b\n#Two\n\t() a () b\n"
	both(t, source, jsonPage(
		`{"element_type":"ChoiceBox","question_text":"One","answers_string":"() a () b","multiselect":false}`,
		`{"element_type":"ChoiceBox","question_text":"Two","answers_string":"() a () b"}`))
	rows := read(t, ofSource(t, source), synth.Truth{"Question1": {"A", "B"}, "Question2": {"A", "B"}})
	if rows["Question1"] != "ERROR: Multiple marks per question" || rows["Question2"] != "A,B" {
		t.Errorf("read %q", rows)
	}
	off := false
	doc := placedWith(t, source, form.Settings{Multiselect: &off})
	for _, e := range doc.Pattern.Pages[0].Elements {
		if e.Ours.Multiselect == nil || *e.Ours.Multiselect {
			t.Errorf("%s allows several marks although the setting does not", e.Name)
		}
	}
}

func TestK01(t *testing.T) {
	line(t, "K01")
	one := laid(t, "?checkbox=Agree\n?content=yes\n&checkbox\n?text=x\n",
		jsonPage(`{"element_type":"CheckBox","name":"Agree","children":[{"element_type":"Content","name":"yes"}]}`, `{"element_type":"Text","name":"x"}`))
	// Two cells of 1030; rows of max(60, 69) + 16; the inside of the box is recognised.
	has(t, bubblesAt(one), "Agree yes 1242 212 56 56")
	has(t, textsAt(one), "x 210 283", "yes 1306 206")
	if l := lineOf(t, one, "Agree"); l.Origin.X+l.Line.Width/2 < 724 || l.Origin.X+l.Line.Width/2 > 726 {
		t.Errorf("the label is centred on %.1f, its cell on 725", l.Origin.X+l.Line.Width/2)
	}
	three := laid(t, "?checkbox=C\n\thide_name=true\n?content=a\n?content=b\n?content=c\n&checkbox\n",
		jsonPage(`{"element_type":"CheckBox","name":"C","hide_name":true,"children":[{"element_type":"Content","name":"a"},{"element_type":"Content","name":"b"},{"element_type":"Content","name":"c"}]}`))
	has(t, bubblesAt(three), "C a 212 212 56 56", "C b 899 212 56 56", "C c 1585 212 56 56")
	hasNot(t, textsAt(three), "C ")
	rows := read(t, ofSource(t, "?checkbox=C\n?content=a\n?content=b, c\n&checkbox\n"), synth.Truth{"C": {"a", "b, c"}})
	if rows["C"] != "a,b, c" {
		t.Errorf("read %q", rows)
	}
}

func TestK02(t *testing.T) {
	line(t, "K02")
	source := func(txt, json string) (string, string) {
		return "?checkbox=C\n" + txt + "?content=a\n&checkbox\n", jsonPage(`{"element_type":"CheckBox","name":"C",` + json + `"children":[{"element_type":"Content","name":"a"}]}`)
	}
	for size, d := range map[string]int{"extrasmall": 40, "small": 50, "normal": 60, "large": 80, "extralarge": 100} {
		txt, json := source("\tbubble_size="+size+"\n", `"bubble_size":"`+size+`",`)
		b := laid(t, txt, json).Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box
		if int(b.W) != d-4 || int(b.H) != d-4 {
			t.Errorf("%s: recognised %v, the inside is %d", size, b, d-4)
		}
	}
	txt, json := source("\tbubble_type=round\n\tthreshold=10\n", `"bubble_type":"round","threshold":10,`)
	doc := laid(t, txt, json)
	has(t, bubblesAt(doc), "C a 1235 205 70 70")
	if e := doc.Pattern.Pages[0].Elements[0]; e.Ours.Shape != "round" || e.Threshold == nil || *e.Threshold != 10 {
		t.Errorf("%+v", e.Ours)
	}
	txt, json = source("", "")
	if e := laid(t, txt, json).Pattern.Pages[0].Elements[0]; e.Ours.Shape != "square" || *e.Threshold != 3 {
		t.Errorf("defaults %+v", e.Ours)
	}
	left := map[string]float64{}
	for _, align := range []string{"left", "center", "right"} {
		txt, json := source("\talign="+align+"\n", `"align":"`+align+`",`)
		left[align] = laid(t, txt, json).Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box.X
	}
	if !(left["left"] < left["center"] && left["center"] < left["right"]) || (left["left"]+left["right"])/2-left["center"] > 1 {
		t.Errorf("aligned at %v", left)
	}
	txt, json = source("\tfont_size=20\n\tfont_style=bold\n", `"font_size":20,"font_style":"bold",`)
	doc = laid(t, txt, json)
	if sizeOf(t, doc, "C") < 83 || sizeOf(t, doc, "a") != 50 || !strings.Contains(faceOf(t, doc, "C"), "Bold") {
		t.Errorf("label %.1f px, answer %.1f px: the font is the label's alone", sizeOf(t, doc, "C"), sizeOf(t, doc, "a"))
	}
}

func TestK03(t *testing.T) {
	line(t, "K03")
	long := strings.TrimSpace(strings.Repeat("a rather long answer ", 8))
	doc := laid(t, txtBlock("?checkbox=C\n?content="+long+"\n?content=b\n&checkbox\n?content=x\n"),
		jsonPage(jsonBlock(`{"element_type":"CheckBox","name":"C","children":[{"element_type":"Content","name":"`+long+`"},{"element_type":"Content","name":"b"}]}`, `{"element_type":"Content","name":"x"}`)))
	// Three cells of 660 from 230: the text wraps in its own and the row grows.
	lines, bottom := 0, 0.0
	for _, it := range doc.Pages[0].Items {
		if it.Text != nil && strings.HasPrefix(it.Text.Text, "a") || it.Text != nil && strings.Contains(it.Text.Text, "long") {
			lines++
			bottom = max(bottom, it.Text.Origin.Y)
			if end := it.Text.Origin.X + it.Text.Line.Width; end > 230+2*660 {
				t.Errorf("%q ends at %.0f", it.Text.Text, end)
			}
		}
	}
	if x := lineOf(t, doc, "x"); lines < 3 || x.Origin.Y-x.Line.Ascent < bottom {
		t.Errorf("%d lines down to %.0f, the next text at %.0f", lines, bottom, x.Origin.Y)
	}
}

// vertical is a vertical choice box in a block, in both markups.
func vertical(txtAttrs, jsonAttrs string, answers ...[2]string) (string, string) {
	txt, json := "?vertical_choicebox=Day\n"+txtAttrs, []string{}
	for _, a := range answers {
		txt += a[0]
		json = append(json, a[1])
	}
	return txtBlock(txt + "&vertical_choicebox\n"),
		jsonPage(jsonBlock(`{"element_type":"VerticalChoiceBox","name":"Day",` + jsonAttrs + `"children":[` + strings.Join(json, ",") + `]}`))
}

// answer is one of a vertical choice box with one content.
func answer(name, text, txtAttrs, jsonAttrs string) [2]string {
	return [2]string{
		"?answer=" + name + "\n" + txtAttrs + "?content=" + text + "\n&answer\n",
		`{"element_type":"Answer","name":"` + name + `",` + jsonAttrs + `"children":[{"element_type":"Content","name":"` + text + `"}]}`,
	}
}

func TestV01(t *testing.T) {
	line(t, "V01")
	txt, json := vertical("", "", answer("sat", "Saturday", "", ""), answer("sun", "Sunday", "", ""))
	doc := laid(t, txt, json)
	// Ovals of 75 × 45 centred on the first line, texts 95 on, rows 25 apart.
	has(t, bubblesAt(doc), "Day sat 230 230 75 45", "Day sun 230 324 75 45")
	has(t, textsAt(doc), "Saturday 325 218", "Sunday 325 312")
	if e := doc.Pattern.Pages[0].Elements[0]; *e.Threshold != 45 || e.Ours.Shape != "oval" || e.Type != pattern.CheckBox {
		t.Errorf("%s %+v", e.Type, e.Ours)
	}
	txt, json = vertical("\ttop_padding=20\n\tbubble_type=square\n\tthreshold=30\n", `"top_padding":20,"bubble_type":"square","threshold":30,`, answer("sat", "Saturday", "", ""))
	doc = laid(t, txt, json)
	has(t, bubblesAt(doc), "Day sat 225 245 55 55") // a box of 45
	has(t, textsAt(doc), "Saturday 325 238")
	if e := doc.Pattern.Pages[0].Elements[0]; *e.Threshold != 30 || e.Ours.Shape != "square" {
		t.Errorf("%+v", e.Ours)
	}
	txt, json = vertical("", "", answer("sat", "Saturday", "", ""), answer("sun", "Sunday", "\tbubble_type=square\n", `"bubble_type":"square",`))
	both(t, txt, json)
	if rows := read(t, ofSource(t, txt), synth.Truth{"Day": {"sun"}}); rows["Day"] != "sun" {
		t.Errorf("mixed shapes: read %q", rows)
	}
}

func TestV02(t *testing.T) {
	line(t, "V02")
	txt, json := vertical("\tbubble_position=right\n", `"bubble_position":"right",`, answer("a", "one", "", ""), answer("b", "two", "\tbubble_position=left\n", `"bubble_position":"left",`))
	doc := laid(t, txt, json)
	has(t, bubblesAt(doc), "Day a 2135 230 75 45", "Day b 230 324 75 45")
	has(t, textsAt(doc), "one 230 218", "two 325 312")
	txt, json = vertical("", "", answer("a", "one", "", ""), answer("b", "two", "\tbubble_position=right\n", `"bubble_position":"right",`))
	has(t, bubblesAt(laid(t, txt, json)), "Day a 230 230 75 45", "Day b 2135 324 75 45")
}

func TestV03(t *testing.T) {
	line(t, "V03")
	txt, json := vertical("", "", answer("head", "Choose", "\tselectable=false\n", `"selectable":false,`),
		answer("a", "one", "\tbubble_offset_x=10\n\tbubble_offset_y=7\n", `"bubble_offset_x":"10","bubble_offset_y":"7",`),
		answer("b", "two", "\tbubble_offset_x=auto\n\tbubble_offset_y=2\n", `"bubble_offset_x":"auto","bubble_offset_y":2,`))
	doc := laid(t, txt, json)
	has(t, bubblesAt(doc), "Day a 240 319 75 45", "Day b 230 408 75 45")
	hasNot(t, bubblesAt(doc), "Day head")
	has(t, textsAt(doc), "Choose 325 218", "one 325 312")
}

func TestV04(t *testing.T) {
	line(t, "V04")
	long := strings.TrimSpace(strings.Repeat("a long answer that wraps ", 8))
	txt := txtBlock("?vertical_choicebox=Day\n?answer=a\n?paragraph=\n?content=first\n?content=second\n&paragraph\n?content=third\n&answer\n?answer=b\n?content=" + long + "\n&answer\n&vertical_choicebox\n")
	doc := laid(t, txt, jsonPage(jsonBlock(`{"element_type":"VerticalChoiceBox","name":"Day","children":[
		{"element_type":"Answer","name":"a","children":[{"element_type":"Paragraph","children":[{"element_type":"Content","name":"first"},{"element_type":"Content","name":"second"}]},{"element_type":"Content","name":"third"}]},
		{"element_type":"Answer","name":"b","children":[{"element_type":"Content","name":"`+long+`"}]}]}`)))
	has(t, textsAt(doc), "first 325 218", "second 325 287", "third 325 356")
	has(t, bubblesAt(doc), "Day a 230 230 75 45", "Day b 230 462 75 45") // beside the first line of each
	for _, it := range doc.Pages[0].Items {
		if it.Text != nil && it.Text.Origin.X+it.Text.Line.Width > 2210 {
			t.Errorf("%q passes the block's content", it.Text.Text)
		}
	}
}

func TestV05(t *testing.T) {
	line(t, "V05")
	txt := txtBlock("?vertical_choicebox=Day\n?answer=other\n?content=Which\n?write_in=one\n?write_in=two\n\trequired=true\n&answer\n?answer=none\n?content=none\n&answer\n&vertical_choicebox\n")
	doc := laid(t, txt, jsonPage(jsonBlock(`{"element_type":"VerticalChoiceBox","name":"Day","children":[
		{"element_type":"Answer","name":"other","children":[{"element_type":"Content","name":"Which"},{"element_type":"WriteIn","name":"one"},{"element_type":"WriteIn","name":"two","required":true}]},
		{"element_type":"Answer","name":"none","children":[{"element_type":"Content","name":"none"}]}]}`)))
	// 113 to write, a rule of 3, the hint of 69: 185, across the width left.
	var crops []string
	for _, e := range doc.Pattern.Pages[0].Elements {
		if e.Type == pattern.ClipArea {
			crops = append(crops, fmt.Sprintf("%s %.0f %.0f %.0f %.0f", e.Name, e.Box.X, e.Box.Y, e.Box.W, e.Box.H))
		}
	}
	if want := []string{"one 325 287 1885 185", "two 325 472 1885 185"}; !slices.Equal(crops, want) {
		t.Errorf("crops %q", crops)
	}
	twice := "?vertical_choicebox=Day\n?answer=a\n?write_in=w\n&answer\n?answer=b\n?write_in=w\n&answer\n&vertical_choicebox\n"
	refused(t, "LM403", txtBlock(twice), jsonPage(jsonBlock(`{"element_type":"VerticalChoiceBox","name":"Day","children":[
		{"element_type":"Answer","name":"a","children":[{"element_type":"WriteIn","name":"w"}]},{"element_type":"Answer","name":"b","children":[{"element_type":"WriteIn","name":"w"}]}]}`)))
}

// scoreQuestion is a question of a score group in both markups; parts are its
// children in TXT and JSON.
func scoreQuestion(name, txtAttrs, jsonAttrs string, parts ...[2]string) [2]string {
	txt, json := "?score_question="+name+"\n"+txtAttrs, []string{}
	for _, p := range parts {
		txt += p[0]
		json = append(json, p[1])
	}
	return [2]string{txt + "&score_question\n", `{"element_type":"ScoreQuestion","name":"` + name + `",` + jsonAttrs + `"children":[` + strings.Join(json, ",") + `]}`}
}

func scoreHeader(name, txtAttrs, jsonAttrs string) [2]string {
	if !strings.Contains(txtAttrs, "header_type") {
		jsonAttrs = `,"header_type":"positive"` + jsonAttrs
	}
	return [2]string{"?score_header=" + name + "\n" + txtAttrs, `{"element_type":"ScoreHeader","name":"` + name + `"` + jsonAttrs + `}`}
}

func scoreAnswer(name string, score int, txtAttrs, jsonAttrs string) [2]string {
	return [2]string{
		fmt.Sprintf("?score_answer=%s\n\tscore=%d\n%s", name, score, txtAttrs),
		fmt.Sprintf(`{"element_type":"ScoreAnswer","name":"%s","score":%d%s}`, name, score, jsonAttrs),
	}
}

func scoreGroup(questions ...[2]string) (string, string) {
	txt, json := "?score_group=Club\n", []string{}
	for _, q := range questions {
		txt += q[0]
		json = append(json, q[1])
	}
	return txt + "&score_group\n", jsonPage(`{"element_type":"ScoreGroup","name":"Club","children":[` + strings.Join(json, ",") + `]}`)
}

const (
	negativeTXT  = "\theader_type=negative\n"
	negativeJSON = `,"header_type":"negative"`
	shareTXT     = "\trow_proportions=60%-20%-20%\n"
	shareJSON    = `"row_proportions":[60,20,20],`
)

func TestS01(t *testing.T) {
	line(t, "S01")
	question := func(name string) [2]string {
		return scoreQuestion(name, shareTXT, shareJSON, scoreHeader("True", "", ""), scoreHeader("False", negativeTXT, negativeJSON), scoreAnswer("On time", 2, "", ""), scoreAnswer("Well led", 3, "", ""))
	}
	txt, json := scoreGroup(question("Training"), question("Boats"))
	doc := laid(t, txt, json)
	// Columns from 210, 1446 and 1858; header and rows of 69 + 12.
	has(t, bubblesAt(doc), "Training/On time True 1617 284 70 70", "Training/Well led False 2029 365 70 70", "Boats/On time True 1617 579 70 70")
	has(t, textsAt(doc), "On time 216 285")
	rows := read(t, ofSource(t, txt), synth.Truth{"Training": {"On time", "Well led"}, "Boats": {"On time\t2", "Well led"}})
	for key, want := range map[string]string{"Training": "On time,Well led", "Training_total": "5", "Boats": "Well led", "Boats_total": "3", "Club_total": "8"} {
		if rows[key] != want {
			t.Errorf("%s = %q, want %q", key, rows[key], want)
		}
	}
}

func TestS02(t *testing.T) {
	line(t, "S02")
	printed := func(display string, headers ...[2]string) []string {
		parts := append(headers, scoreAnswer("c", 7, "", ""))
		txt, json := scoreGroup(scoreQuestion("Q", shareTXT+"\tscore_display="+display+"\n", shareJSON+`"score_display":"`+display+`",`, parts...))
		doc := laid(t, txt, json)
		if display == "DisplayAsExtraColumn" {
			lineOf(t, doc, "7")
		}
		return doc.Pattern.Pages[0].Elements[0].Ours.Symbols
	}
	yes, no := scoreHeader("Yes", "", ""), scoreHeader("No", negativeTXT, negativeJSON)
	if got := printed("DontDisplay", yes, no); !slices.Equal(got, []string{"", ""}) {
		t.Errorf("DontDisplay: %q", got)
	}
	if got := printed("DisplayInsideCell", yes, no); !slices.Equal(got, []string{"7", "0"}) { // what a mark adds
		t.Errorf("DisplayInsideCell: %q", got)
	}
	if got := printed("DisplayAsExtraColumn", yes, scoreHeader("Points", "\theader_type=amount\n", `,"header_type":"amount"`)); !slices.Equal(got, []string{""}) {
		t.Errorf("DisplayAsExtraColumn: %q", got)
	}
	txt, json := scoreGroup(scoreQuestion("Q", shareTXT, shareJSON, yes, scoreHeader("Points", "\theader_type=amount\n", `,"header_type":"amount"`), scoreAnswer("c", 7, "", "")))
	refused(t, "LM430", txt, json)
	txt, json = scoreGroup(scoreQuestion("Q", shareTXT+"\tscore_display=DisplayAsExtraColumn\n", shareJSON+`"score_display":"DisplayAsExtraColumn",`, yes, no, scoreAnswer("c", 7, "", "")))
	refused(t, "LM430", txt, json)
}

func TestS03(t *testing.T) {
	line(t, "S03")
	content := func(column, row int) [2]string {
		return [2]string{
			fmt.Sprintf("?table_content=see there\n\tcolumn=%d\n\trow=%d\n", column, row),
			fmt.Sprintf(`{"element_type":"TableContent","name":"see there","column":%d,"row":%d}`, column, row),
		}
	}
	form4 := func(more ...[2]string) (string, string) {
		parts := append([][2]string{
			scoreHeader("Yes", "", ""), scoreHeader("Pts", "\theader_type=amount\n", `,"header_type":"amount"`),
			scoreHeader("What", "\theader_type=question\n", `,"header_type":"question"`), scoreHeader("Notes", "\theader_type=content\n", `,"header_type":"content"`),
			scoreAnswer("c", 7, "", ""), scoreAnswer("d", 8, "", ""),
		}, more...)
		return scoreGroup(scoreQuestion("Q", "\trow_proportions=20%-10%-40%-30%\n\tscore_display=DisplayAsExtraColumn\n", `"row_proportions":[20,10,40,30],"score_display":"DisplayAsExtraColumn",`, parts...))
	}
	txt, json := form4(content(4, 2))
	doc := laid(t, txt, json)
	// Columns from 210, 622, 828 and 1652; rows at 279 and 360.
	has(t, textsAt(doc), "c 834 285", "d 834 366", "see there 1658 366", "Notes 1658 204")
	has(t, bubblesAt(doc), "Q/c Yes 381 284 70 70")
	hasNot(t, textsAt(doc), "Q ") // the header's text stands for the question's
	for _, bad := range [][2]string{content(4, 3), content(1, 1), content(5, 1)} {
		txt, json := form4(bad)
		refused(t, "LM429", txt, json)
	}
}

func TestS04(t *testing.T) {
	line(t, "S04")
	txt, json := scoreGroup(scoreQuestion("Q", shareTXT, shareJSON, scoreHeader("Full", "\tscore=10\n", `,"score":10`), scoreHeader("Half", "\tscore=5\n", `,"score":5`), scoreAnswer("c", 2, "", ""), scoreAnswer("d", 3, "", "")))
	both(t, txt, json)
	// Two positive marks in one row: both are added, the criterion is listed once.
	rows := read(t, ofSource(t, txt), synth.Truth{"Q": {"c", "c\t2", "d\t2"}})
	if rows["Q"] != "c,d" || rows["Q_total"] != "45" || rows["Club_total"] != "45" {
		t.Errorf("read %q", rows)
	}
}

func TestS05(t *testing.T) {
	line(t, "S05")
	txt, json := scoreGroup(scoreQuestion("Topic", "\trow_proportions=40%-30%-30%\n\tfont_size=18\n\tfont_style=bold\n\tfont_family=Courier New\n",
		`"row_proportions":[40,30,30],"font_size":18,"font_style":"bold","font_family":"Courier New",`,
		scoreHeader("Yes", "\talign=right\n", `,"align":"right"`), scoreHeader("Notes", "\theader_type=content\n\tfont_style=italic\n\tfont_size=9\n", `,"header_type":"content","font_style":"italic","font_size":9`),
		scoreAnswer("heir", 1, "", ""), scoreAnswer("own", 1, "\talign=center\n\tfont_size=6\n", `,"align":"center","font_size":6`),
		[2]string{"?table_content=note\n\tcolumn=3\n\trow=1\n\talign=right\n", `{"element_type":"TableContent","name":"note","column":3,"row":1,"align":"right"}`}))
	doc := laid(t, txt, json)
	for text, want := range map[string]float64{"Topic": 75, "Yes": 75, "Notes": 37.5, "heir": 75, "own": 25, "note": 75} {
		if got := sizeOf(t, doc, text); got != want {
			t.Errorf("%s: %.1f px, want %.1f", text, got, want)
		}
		if !strings.Contains(faceOf(t, doc, text), "Mono") {
			t.Errorf("%s in %s: the family is the question's", text, faceOf(t, doc, text))
		}
		if bold := strings.Contains(faceOf(t, doc, text), "Bold"); bold != (text == "Topic") {
			t.Errorf("%s in %s: the style is not inherited", text, faceOf(t, doc, text))
		}
	}
	// Columns 210 to 1034, 1652, 2270.
	for text, want := range map[string]float64{"Yes": 1646, "note": 2264} {
		if l := lineOf(t, doc, text); l.Origin.X+l.Line.Width < want-1 || l.Origin.X+l.Line.Width > want+1 {
			t.Errorf("%s ends at %.1f, want %.0f", text, l.Origin.X+l.Line.Width, want)
		}
	}
	for _, text := range []string{"Topic", "own"} {
		if l := lineOf(t, doc, text); l.Origin.X+l.Line.Width/2 < 621 || l.Origin.X+l.Line.Width/2 > 623 {
			t.Errorf("%s is centred on %.1f, want 622", text, l.Origin.X+l.Line.Width/2)
		}
	}
}

func TestS06(t *testing.T) {
	line(t, "S06")
	header, row := scoreHeader("Yes", "", ""), scoreAnswer("c", 1, "", "")
	txt, json := scoreGroup(scoreQuestion("Q", "\trow_proportions=50%-25%\n", `"row_proportions":[50,25],`, header, row))
	doc := laid(t, txt, json)
	has(t, bubblesAt(doc), "Q/c Yes 1462 284 70 70") // 1240 to 1755, the rest is empty
	if e := doc.Pattern.Pages[0].Elements[0]; e.Box.X+e.Box.W != 1755 {
		t.Errorf("the table ends at %.0f", e.Box.X+e.Box.W)
	}
	txt, json = scoreGroup(scoreQuestion("Q", shareTXT, shareJSON, header, row))
	refused(t, "LM420", txt, json)
	txt, json = scoreGroup(scoreQuestion("Q", shareTXT, shareJSON, header, header, header, row))
	refused(t, "LM420", txt, json)
	txt, json = scoreGroup(scoreQuestion("Q", "\trow_proportions=80%-30%\n", `"row_proportions":[80,30],`, header, row))
	refused(t, "LM427", txt, json)
}

// table is a table in a block in both markups; its captions are the answers.
func table(count int, txtAttrs, jsonAttrs, titleTXT, titleJSON string, captions ...string) (string, string) {
	txt := fmt.Sprintf("?table=Boats\n\tanswers_count=%d\n%s%s?table_header=\n?content=Boat\n", count, txtAttrs, titleTXT)
	json := fmt.Sprintf(`{"element_type":"Table","name":"Boats","answers_count":%d,%s"children":[%s{"element_type":"TableHeader","children":[{"element_type":"Content","name":"Boat"}`, count, jsonAttrs, titleJSON)
	for _, c := range captions {
		txt += "?answer_value=" + c + "\n"
		json += `,{"element_type":"TableAnswer","name":"` + c + `"}`
	}
	return txtBlock(txt + "&table_header\n?question=Single\n?question=Double\n&table\n"),
		jsonPage(jsonBlock(json + `]},{"element_type":"Question","name":"Single"},{"element_type":"Question","name":"Double"}]}`))
}

func TestA01(t *testing.T) {
	line(t, "A01")
	// Answer columns of 1980 / 12; header 69 + 20, rows of 2.3 · 69 -> 159.
	txt, json := table(1, "", "", "", "", "Used")
	doc := laid(t, txt, json)
	has(t, bubblesAt(doc), "Single Used 2090 364 75 45", "Double Used 2090 523 75 45")
	has(t, textsAt(doc), "Single 270 352")
	has(t, strokesAt(doc), "fill #000000 226 214 1989 9", "fill #a0a0a0 230 306 1980 3", "fill #a0a0a0 230 465 1980 3", "fill #000000 2041 218 9 407")
	txt, json = table(3, "\ttable_type=equalCells\n", `"table_type":"equalCells",`, "", "", "a", "b", "c")
	has(t, bubblesAt(laid(t, txt, json)), "Single a 935 364 75 45", "Single b 1430 364 75 45", "Single c 1925 364 75 45")
	txt, json = table(3, "\ttable_type=striped\n", `"table_type":"striped",`, "", "", "a", "b", "c")
	doc = laid(t, txt, json)
	has(t, strokesAt(doc), "fill #d3d3d3 230 307 1485 159")
	hasNot(t, strokesAt(doc), "fill #d3d3d3 230 466")
	captions := strings.Split("abcdefghijk", "")
	txt, json = table(11, "\ttable_type=normal\n", `"table_type":"normal",`, "?table_title=Which boats\n", `{"element_type":"TableTitle","name":"Which boats"},`, captions...)
	doc = laid(t, txt, json, "LM509", "LM509") // a twelfth is left for the questions
	if l := lineOf(t, doc, "Which boats"); l.Origin.X < 230 || l.Origin.X > 250 || l.Origin.Y > 300 {
		t.Errorf("title at %.0f, %.0f", l.Origin.X, l.Origin.Y)
	}
	if n := len(doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles); n != 11 {
		t.Errorf("%d bubbles", n)
	}
	txt, json = table(12, "", "", "", "", append(captions, "l")...)
	laid(t, txt, json, "LM423", "LM513", "LM509", "LM509") // the long words reach the bubbles
	txt, _ = table(2, "", "", "", "", "Used", "No")
	if rows := read(t, ofSource(t, txt), synth.Truth{"Single": {"Used"}, "Double": {"Used", "No"}}); rows["Single"] != "Used" || rows["Double"] != "Used,No" {
		t.Errorf("read %q", rows)
	}
}

func TestA02(t *testing.T) {
	line(t, "A02")
	txt, json := table(1, "", "", "?table_title=Which\n\tfont_size=18\n\tfont_style=bold\n\tcolor=Blue\n\tbackground_color=Aqua\n\tborder=square\n\tborder_size=5\n\tborder_color=Red\n",
		`{"element_type":"TableTitle","name":"Which","font_size":18,"font_style":"bold","color":"Blue","background_color":"Aqua","border":"square","border_size":5,"border_color":"Red"},`, "a")
	doc := laid(t, txt, json)
	l := lineOf(t, doc, "Which")
	if sizeOf(t, doc, "Which") != 75 || !strings.Contains(faceOf(t, doc, "Which"), "Bold") || l.Color != (form.Color{B: 255}) {
		t.Errorf("%.1f px, %s, %v", sizeOf(t, doc, "Which"), faceOf(t, doc, "Which"), l.Color)
	}
	var box, fill string
	for _, s := range strokesAt(doc) {
		if rest, ok := strings.CutPrefix(s, "#ff0000 5 "); ok {
			box = rest
		}
		if rest, ok := strings.CutPrefix(s, "fill #00ffff "); ok {
			fill = rest
		}
	}
	if box == "" || box != fill || !strings.HasPrefix(box, "230 218 1980 ") {
		t.Errorf("frame %q, background %q", box, fill)
	}
	for side, want := range map[string]string{"top": "fill #008000", "bottom": "fill #008000", "left": "fill #008000", "right": "fill #008000"} {
		txt, json := table(1, "", "", "?table_title=Which\n\tborder=rounded\n\tborder_"+side+"_style=6 Green\n",
			`{"element_type":"TableTitle","name":"Which","border":"rounded","border_`+side+`_style":{"size":6,"color":"Green"}},`, "a")
		if !slices.ContainsFunc(strokesAt(laid(t, txt, json)), func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("no %s side in its own colour", side)
		}
	}
}

func TestA03(t *testing.T) {
	line(t, "A03")
	txt := txtBlock("?table=T\n\tanswers_count=2\n?table_header=\n\tfont_size=9\n\tfont_style=italic\n?content=Item\n?answer_value=ok\n?answer_value=\n&table_header\n?question=One\n&table\n")
	doc := laid(t, txt, jsonPage(jsonBlock(`{"element_type":"Table","name":"T","answers_count":2,"children":[{"element_type":"TableHeader","font_size":9,"font_style":"italic","children":[
		{"element_type":"Content","name":"Item"},{"element_type":"TableAnswer","name":"ok"},{"element_type":"TableAnswer","name":""}]},{"element_type":"Question","name":"One"}]}`)))
	for _, s := range []string{"Item", "ok"} {
		if sizeOf(t, doc, s) != 37.5 || !strings.Contains(faceOf(t, doc, s), "Italic") {
			t.Errorf("%s: %.1f px, %s", s, sizeOf(t, doc, s), faceOf(t, doc, s))
		}
	}
	if sizeOf(t, doc, "One") != 50 {
		t.Error("the header's font is not the questions'")
	}
	if b := doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles; b[0].Value != "ok" || b[1].Value != "B" { // its column letter
		t.Errorf("values %q, %q", b[0].Value, b[1].Value)
	}
}

func TestA04(t *testing.T) {
	line(t, "A04")
	txt, json := table(3, "", "", "", "", "a", "b")
	refused(t, "LM422", txt, json)
	txt, json = table(1, "", "", "", "", "a", "b")
	refused(t, "LM422", txt, json)
	inner := "?table=T\n\tanswers_count=1\n?table_header=\n?content=q\n?answer_value=a\n&table_header\n?question=One\n&table\n"
	doc := laid(t, inner, jsonPage(`{"element_type":"Table","name":"T","answers_count":1,"children":[{"element_type":"TableHeader","children":[{"element_type":"Content","name":"q"},{"element_type":"TableAnswer","name":"a"}]},{"element_type":"Question","name":"One"}]}`), "LM222")
	if len(doc.Pattern.Pages[0].Elements) != 1 {
		t.Error("a table outside a block is not laid out")
	}
}
