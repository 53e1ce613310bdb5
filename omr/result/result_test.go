package result_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
)

func field(name, value string) mark.Answer {
	return mark.Answer{Name: name, Value: value, Values: []string{value}, Confidence: 1}
}

func total(name, value string) mark.Answer {
	a := field(name, value)
	a.Kind = mark.Total
	return a
}

func build(answers ...mark.Answer) *result.Sheet {
	return result.Build(&pattern.Pattern{Name: "Club"}, []result.Source{{File: "a.png", Image: 1, Page: 1, Answers: answers}}, result.BuildOptions{})
}

func TestRowsAreInTheOrderOfTheSpecification(t *testing.T) {
	for name, c := range map[string]struct{ in, want []string }{
		"numbers":           {[]string{"Q10", "Q2", "Q1"}, []string{"Q1", "Q2", "Q10"}},
		"case":              {[]string{"b", "A", "a", "B"}, []string{"A", "a", "b", "B"}},
		"equal keys stay":   {[]string{"x", "X", "x"}, []string{"x", "X", "x"}},
		"leading zeros":     {[]string{"Q010", "Q9", "Q09"}, []string{"Q9", "Q09", "Q010"}},
		"number inside":     {[]string{"a10b", "a2c", "a2b"}, []string{"a2b", "a2c", "a10b"}},
		"longer than int64": {[]string{"9" + strings.Repeat("0", 30), "8" + strings.Repeat("0", 30)}, []string{"8" + strings.Repeat("0", 30), "9" + strings.Repeat("0", 30)}},
		"prefix first":      {[]string{"Training_total", "Training"}, []string{"Training", "Training_total"}},
		"other letters":     {[]string{"ä2", "Ä10", "Ä1"}, []string{"Ä1", "ä2", "Ä10"}},
		"digits and words":  {[]string{"a", "1"}, []string{"1", "a"}},
		"empty":             {[]string{"a", ""}, []string{"", "a"}},
	} {
		var in []mark.Answer
		for _, k := range c.in {
			in = append(in, field(k, ""))
		}
		var got []string
		for _, r := range result.Rows(build(in...)) {
			got = append(got, r.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestWorkedPair is spec/markup.md 19.3, from rows in any order.
func TestWorkedPair(t *testing.T) {
	s := build(
		total("Club_total", "2"), field("Training_total", "2"), field("Training", "On time"), field("Single", "Used"),
		field("Quiz8", ""), field("Quiz3", "B,C"), field("Quiz4", ""), field("Question2", ""), field("Question1", "B"),
		field("PIN", "073"), field("Open_2", "skipped"), field("Open_1", ""), field("MemberCode", "M-0042"),
		field("Double", ""), field("Day", "other"), field("Crew", "ERROR: Multiple marks per symbol"), field("Contact", "Mail,Phone"),
	)
	want := `Element Name,Value,
Contact,"Mail,Phone"
Crew,"ERROR: Multiple marks per symbol"
Day,"other"
Double,""
MemberCode,"M-0042"
Open_1,""
Open_2,"skipped"
PIN,"073"
Question1,"B"
Question2,""
Quiz3,"B,C"
Quiz4,""
Quiz8,""
Single,"Used"
Training,"On time"
Training_total,"2"
Club_total,"2"
`
	if got := string(result.CSV(result.Rows(s))); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

func TestCSVBytes(t *testing.T) {
	for name, c := range map[string]struct {
		rows []result.Row
		want string
	}{
		"no rows":          {nil, "Element Name,Value,\n"},
		"published":        {[]result.Row{{"Contact", "Mail,Phone"}, {"Question1", "B"}, {"Question2", ""}}, "Element Name,Value,\nContact,\"Mail,Phone\"\nQuestion1,\"B\"\nQuestion2,\"\"\n"},
		"quotes":           {[]result.Row{{"a", `say "x"`}}, "Element Name,Value,\na,\"say \"\"x\"\"\"\n"},
		"key with comma":   {[]result.Row{{"a,b", ""}}, "Element Name,Value,\n\"a,b\",\"\"\n"},
		"key with quote":   {[]result.Row{{`a"b`, ""}}, "Element Name,Value,\n\"a\"\"b\",\"\"\n"},
		"key with break":   {[]result.Row{{"a\nb", "c\nd"}}, "Element Name,Value,\n\"a\nb\",\"c\nd\"\n"},
		"key with blanks":  {[]result.Row{{" a", ""}, {"b ", ""}, {"c d", ""}}, "Element Name,Value,\n\" a\",\"\"\n\"b \",\"\"\nc d,\"\"\n"},
		"formula is data":  {[]result.Row{{"=1+1", "=2+2"}}, "Element Name,Value,\n=1+1,\"=2+2\"\n"},
		"other scripts":    {[]result.Row{{"Größe", "大"}}, "Element Name,Value,\nGröße,\"大\"\n"},
		"smallest in full": {nil, "\x45\x6C\x65\x6D\x65\x6E\x74\x20\x4E\x61\x6D\x65\x2C\x56\x61\x6C\x75\x65\x2C\x0A"},
	} {
		if got := string(result.CSV(c.rows)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestJSONBytes(t *testing.T) {
	if got, want := string(result.JSON(nil)), "{\n  \"RecognitionResults\": []\n}\n"; got != want {
		t.Errorf("no rows: %q, want %q", got, want)
	}
	want := `{
  "RecognitionResults": [
    {
      "ElementName": "Contact",
      "Value": "Mail,Phone"
    },
    {
      "ElementName": "<&>\"\\",
      "Value": "\n\u0001ä` + "\u2028" + `"
    }
  ]
}
`
	got := result.JSON([]result.Row{{"Contact", "Mail,Phone"}, {`<&>"\`, "\n\x01ä\u2028"}})
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestXMLBytes(t *testing.T) {
	want := `<?xml version="1.0" encoding="utf-8"?>
<RecognitionResults>
  <RecognitionResult>
    <ElementName>Contact</ElementName>
    <Value>Mail,Phone</Value>
  </RecognitionResult>
  <RecognitionResult>
    <ElementName>Question2</ElementName>
    <Value></Value>
  </RecognitionResult>
</RecognitionResults>
`
	got, warnings := result.XML([]result.Row{{"Contact", "Mail,Phone"}, {"Question2", ""}})
	if string(got) != want || len(warnings) > 0 {
		t.Errorf("%s%v\nwant\n%s", got, warnings, want)
	}
}

func TestXMLHoldsEveryText(t *testing.T) {
	type row struct{ ElementName, Value string }
	for _, c := range []struct {
		in, want string
		warned   bool
	}{
		{`<a b="c">&amp;]]>'`, `<a b="c">&amp;]]>'`, false},
		{"tab\tand\nbreak", "tab\tand\nbreak", false},
		{"carriage\rreturn", "carriage\rreturn", false},
		{"bell\x07 \x00 \uFFFE", "bell\uFFFD \uFFFD \uFFFD", true},
		{"𝔘 \uFFFD", "𝔘 \uFFFD", false},
	} {
		got, warnings := result.XML([]result.Row{{Name: c.in, Value: c.in}})
		var back struct {
			RecognitionResult []row
		}
		if err := xml.Unmarshal(got, &back); err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if back.RecognitionResult[0] != (row{c.want, c.want}) {
			t.Errorf("%q reads back as %q", c.in, back.RecognitionResult[0])
		}
		if c.warned != (len(warnings) == 1 && strings.HasPrefix(warnings[0], "LM854 ")) {
			t.Errorf("%q: warnings %q", c.in, warnings)
		}
	}
}

func TestTablesOfManySheetsTellTheFile(t *testing.T) {
	entries := []result.Entry{
		{File: "in/a.png", Image: 1, Sheet: build(field("Q1", "A"))},
		{File: "torn.png", Image: 1, Err: errors.New("torn")},
		{File: `s "1", b.pdf`, Image: 2, Sheet: build(field("Q1", "B"))},
	}
	got, _, err := result.Table("csv", entries, true)
	if err != nil {
		t.Fatal(err)
	}
	if want := "File,Element Name,Value,\nin/a.png,Q1,\"A\"\n\"s \"\"1\"\", b.pdf#2\",Q1,\"B\"\n"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	r := csv.NewReader(bytes.NewReader(got))
	r.FieldsPerRecord = -1
	if _, err := r.ReadAll(); err != nil {
		t.Error(err)
	}
	got, _, err = result.Table("xml", entries, true)
	if err != nil {
		t.Fatal(err)
	}
	var sheets struct {
		XMLName            xml.Name `xml:"Sheets"`
		RecognitionResults []struct {
			File              string `xml:"File,attr"`
			RecognitionResult []struct{ ElementName, Value string }
		}
	}
	if err := xml.Unmarshal(got, &sheets); err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	if len(sheets.RecognitionResults) != 2 || sheets.RecognitionResults[1].File != `s "1", b.pdf#2` || sheets.RecognitionResults[1].RecognitionResult[0].Value != "B" {
		t.Errorf("%+v", sheets)
	}
	if _, _, err := result.Table("odt", entries, true); fault.KindOf(err) != fault.Unsupported {
		t.Errorf("unknown format: %v", err)
	}
}

func TestLinesOfSheetsAndRefusals(t *testing.T) {
	low := field("Q1", "A")
	low.Confidence, low.Doubt = 0.99996, mark.FaintMark
	got, _, err := result.Table("json", []result.Entry{
		{File: "a.png", Image: 1, Sheet: build(low)},
		{File: "b.png", Image: 1, Err: &fault.Error{Code: "page_not_found", Kind: fault.Invalid, Cause: "2 of 5 positioning markers are visible", Cure: "scan the whole page"}},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"a.png","image":1,"page":1,"form":"Club","answers":[{"name":"Q1","value":"A","values":["A"],"confidence":0.9999,"doubt":"faint_mark"}],"barcodes":[],"crops":[],"warnings":["LM860 The answer \"Q1\" is in doubt: faint_mark, confidence 0.9999. Look at the sheet."]}
{"file":"b.png","image":1,"error":{"code":"page_not_found","message":"LM801 2 of 5 positioning markers are visible.","cure":"scan the whole page"}}
`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestSheetOfTwoPages(t *testing.T) {
	code := mark.Answer{Name: "Site", Value: "x\xffy", Values: []string{"x\xffy"}, Confidence: math.NaN(), Kind: mark.Code, CodeType: "QR", Box: geom.PageRect{X: 1, Y: 2, W: 3, H: 4}}
	crop := mark.Answer{Name: "Sign", Kind: mark.Crop, Confidence: 0.5, Doubt: mark.OutsideImage}
	sources := []result.Source{
		{
			File: "s.pdf", Image: 2, Page: 2, Answers: []mark.Answer{field("Q9", "C"), code}, Timing: &result.Timing{Total: 2},
			Registration: &result.Registration{Method: "markers", Turn: 90, Residual: 0.123456},
			Crops:        []result.Crop{{Name: "Sign", Places: &result.Places{}}},
		},
		{
			File: "s.pdf", Image: 3, Page: 1, Answers: []mark.Answer{field("Q1", ""), crop}, Timing: &result.Timing{Total: 3},
			Crops: []result.Crop{{Name: "Sign"}, {Name: `../a:b`}},
		},
	}
	s := result.Build(&pattern.Pattern{Name: "Name", TemplateID: "ID"}, sources, result.BuildOptions{})
	if s.Form != "ID" || s.Image != 2 || s.Page != 2 || len(s.Pages) != 2 || s.Pages[1].Image != 3 || s.Ms.Total != 5 {
		t.Errorf("%+v", s)
	}
	if s.Registration.Residual != 0.12 {
		t.Errorf("residual %v", s.Registration.Residual)
	}
	if got := result.Rows(s); !slices.Equal(got, []result.Row{{"Q1", ""}, {"Q9", "C"}, {"Site", "x\uFFFDy"}}) {
		t.Errorf("rows %q", got)
	}
	if len(s.Barcodes) != 1 || s.Barcodes[0].Type != "QR" || s.Barcodes[0].Places != nil || s.Barcodes[0].Confidence != 0 {
		t.Errorf("barcodes %+v", s.Barcodes)
	}
	var files []string
	for _, c := range s.Crops {
		files = append(files, c.File)
	}
	if !slices.Equal(files, []string{"Sign.png", "Sign-2.png", "___a_b.png"}) {
		t.Errorf("crop files %q", files)
	}
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], `LM860 The answer "Sign" is in doubt: outside_image`) {
		t.Errorf("warnings %q", s.Warnings)
	}
	boxed := result.Build(&pattern.Pattern{}, sources, result.BuildOptions{Boxes: true})
	b, err := json.Marshal(boxed.Barcodes[0])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"page":[1,2,3,4]`) {
		t.Errorf("a boxed barcode is %s", b)
	}
}

func TestMessages(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&fault.Error{Code: "wrong_form", Kind: fault.Invalid, Cause: "the sheet is of another form", Cure: "send its pattern"}, "LM802 The sheet is of another form. Send its pattern."},
		{&fault.Error{Code: "LM205", Kind: fault.Invalid, Cause: "it does", Cure: "do not"}, "LM205 It does. Do not."},
		{errors.New("open /secret: no such file"), "LM900 The sheet could not be read for a reason of ours. Send it again; tell the operator if it happens twice."},
		{&fault.Error{Code: "x", Kind: fault.Internal, Cause: "/secret"}, "LM900 The sheet could not be read for a reason of ours. Send it again; tell the operator if it happens twice."},
		{fault.List{{Severity: fault.SeverityWarning, Code: "LM852"}, {Code: "mirrored", Kind: fault.Invalid, Cause: "mirrored"}}, "LM804 Mirrored."},
	} {
		if got := result.Message(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// flat places a page in a picture of the given scale.
type flat struct{ scale float64 }

func (f flat) Image(p geom.PagePt) geom.ImagePt {
	return geom.ImagePt{X: p.X * f.scale, Y: p.Y * f.scale}
}

func (f flat) Quad(r geom.PageRect) (q geom.Quad) {
	for i, p := range r.Corners() {
		q[i] = f.Image(p)
	}
	return q
}

func (f flat) Straight(g *image.Gray, b geom.PageRect) *image.Gray {
	r := image.Rect(int(b.X*f.scale), int(b.Y*f.scale), int((b.X+b.W)*f.scale), int((b.Y+b.H)*f.scale))
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		for x := range r.Dx() {
			out.SetGray(x, y, g.GrayAt(r.Min.X+x, r.Min.Y+y))
		}
	}
	return out
}

func TestCropsStayOnThePage(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 200, 200))
	g.SetGray(191, 190, color.Gray{Y: 77})
	answers := []mark.Answer{
		field("Q1", "A"),
		{Name: "in", Kind: mark.Crop, Box: geom.PageRect{X: 380, Y: 380, W: 1e6, H: 1e6}},
		{Name: "off", Kind: mark.Crop, Box: geom.PageRect{X: 500, Y: 0, W: 10, H: 10}},
	}
	crops, err := result.Crops(g, flat{0.5}, &pattern.Page{Width: 400, Height: 400}, answers)
	if err != nil {
		t.Fatal(err)
	}
	if len(crops) != 1 || crops[0].Name != "in" {
		t.Fatalf("%d crops: %+v", len(crops), crops)
	}
	if !bytes.Contains(crops[0].PNG, []byte("pHYs")) {
		t.Error("the crop does not tell its resolution")
	}
	img, err := png.Decode(bytes.NewReader(crops[0].PNG))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != 10 || img.Bounds().Dy() != 10 {
		t.Errorf("crop of %v", img.Bounds())
	}
	if v, _, _, _ := img.At(1, 0).RGBA(); v>>8 != 77 {
		t.Errorf("pixel %d, want 77", v>>8)
	}
}

func overlayView(turn int) result.View {
	page := &pattern.Page{
		Width: 400, Height: 400, Elements: []pattern.Element{{Type: pattern.ChoiceBox, Name: "Q1"}},
		Markers: []pattern.Marker{{Box: geom.PageRect{X: 10, Y: 10, W: 40, H: 40}}},
	}
	bubble := func(x, y float64, marked bool) mark.Bubble {
		box := geom.PageRect{X: x, Y: y, W: 60, H: 60}
		return mark.Bubble{Page: box, Image: flat{1}.Quad(box), Marked: marked}
	}
	sure := field("Q1", "A")
	sure.Bubbles = []mark.Bubble{bubble(100, 100, true), bubble(200, 100, false)}
	unsure := field("Q2", "日本 العربية")
	unsure.Confidence, unsure.Doubt = 0.6, mark.UnlikeMarks
	unsure.Bubbles = []mark.Bubble{bubble(100, 300, true), bubble(200, 300, false)}
	picture := image.NewGray(image.Rect(0, 0, 400, 400))
	for i := range picture.Pix {
		picture.Pix[i] = 230
	}
	return result.View{Picture: picture, At: flat{1}, Turn: turn, Page: page, Markers: []bool{true}, Answers: []mark.Answer{sure, unsure}, Title: strings.Repeat("A long title ", 30)}
}

// hue is the nearest of the overlay's colours at a point of the unturned page.
func hue(img *image.RGBA, turn int, x, y float64) string {
	k := 1800.0 / 400
	px, py := x*k, y*k
	switch turn {
	case 90:
		px, py = py, 1800-px
	case 180:
		px, py = 1800-px, 1800-py
	case 270:
		px, py = 1800-py, px
	}
	c := img.RGBAAt(int(px), int(py))
	r, g, b := int(c.R), int(c.G), int(c.B)
	switch {
	case r > g+60 && r > b+60:
		return "red"
	case g > r+60 && g > b+30:
		return "green"
	case b > r+60 && b > g+40:
		return "blue"
	}
	return "grey"
}

func TestOverlayColours(t *testing.T) {
	for _, turn := range []int{0, 90, 180, 270} {
		img := result.Overlay(overlayView(turn))
		if img.Bounds().Dy() != 1800 || img.Bounds().Dx() <= 1800 {
			t.Fatalf("turn %d: %v, want the sheet and a legend beside it", turn, img.Bounds())
		}
		for _, c := range []struct {
			what, want string
			x, y       float64
		}{
			{"left edge of the certain mark", "green", 100, 130},
			{"left edge of the doubtful mark", "red", 100, 330},
			{"left edge of the empty bubble of the doubtful field", "red", 200, 330},
			{"left edge of an empty bubble", "grey", 200, 130},
			{"paper", "grey", 300, 200},
			{"frame of the found marker", "blue", 2, 30},
		} {
			if got := hue(img, turn, c.x, c.y); got != c.want {
				t.Errorf("turn %d: %s is %s, want %s", turn, c.what, got, c.want)
			}
		}
	}
}

// Graded answers are told apart, and what the pen missed is shown.
func TestOverlayShowsWhatIsRight(t *testing.T) {
	key := func(value string) *pattern.Pattern {
		return &pattern.Pattern{Ours: &pattern.Extension{Keys: []pattern.GradingKey{{Page: 2, Name: "Q1", Value: value, Points: 1}}}}
	}
	for name, c := range map[string]struct {
		p              *pattern.Pattern
		verdict, other string // left of the answer; in the middle of its empty bubble
	}{
		"right":    {key("A"), "green", "grey"},
		"wrong":    {key("B"), "red", "blue"},
		"ungraded": {key(""), "grey", "grey"},
		"no form":  {nil, "grey", "grey"},
	} {
		v := overlayView(0)
		v.Answers[0].Bubbles[0].Value, v.Answers[0].Bubbles[1].Value = "A", "B"
		v.Pattern, v.Index = c.p, 2
		img := result.Overlay(v)
		seen := "grey"
		for y := 120.0; y <= 140; y += 0.2 {
			for x := 90.0; x <= 98; x += 0.2 {
				if h := hue(img, 0, x, y); h != "grey" {
					seen = h
				}
			}
		}
		if seen != c.verdict {
			t.Errorf("%s: the verdict is %s, want %s", name, seen, c.verdict)
		}
		if got := hue(img, 0, 230, 130); got != c.other {
			t.Errorf("%s: the other bubble is %s, want %s", name, got, c.other)
		}
	}
}

func TestOverlayShowsAnyNumberOfAnswers(t *testing.T) {
	v := overlayView(0)
	for range 2000 {
		v.Answers = append(v.Answers, field(strings.Repeat("name ", 50), strings.Repeat("value", 50)))
	}
	v.Answers = append(v.Answers, mark.Answer{Bubbles: []mark.Bubble{{Image: geom.Quad{{X: math.NaN()}, {X: math.Inf(1)}, {Y: 1e300}, {}}, Marked: true}}})
	if img := result.Overlay(v); img.Bounds().Dx() > 5000 {
		t.Errorf("overlay of %v", img.Bounds())
	}
}

func BenchmarkCSV(b *testing.B) {
	rows := make([]result.Row, 100)
	for i := range rows {
		rows[i] = result.Row{Name: "Question", Value: "A,B"}
	}
	for b.Loop() {
		_, _ = io.Discard.Write(result.CSV(rows))
	}
}
