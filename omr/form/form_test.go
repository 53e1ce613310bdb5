package form_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
)

// TestKinds holds the table against spec/markup.md 0.3: every row's TXT name and
// closing tag.
func TestKinds(t *testing.T) {
	want := map[form.Kind]string{
		form.Template: " closed", form.Page: "page closed", form.Container: "container closed", form.Block: "block closed",
		form.PositionedBlock: "positioned_block closed", form.Text: "text", form.Content: "content",
		form.Paragraph: "paragraph closed", form.Image: "image", form.EmptyLine: "empty_line", form.InputGroup: "input_group closed",
		form.ChoiceBox: "choicebox closed", form.Option: "option", form.CheckBox: "checkbox closed",
		form.VerticalChoiceBox: "vertical_choicebox closed", form.Answer: "answer closed", form.ScoreGroup: "score_group closed",
		form.ScoreQuestion: "score_question closed", form.ScoreHeader: "score_header", form.ScoreAnswer: "score_answer",
		form.TableContent: "table_content", form.Table: "table closed", form.TableTitle: "table_title",
		form.TableHeader: "table_header closed", form.TableAnswer: "answer_value", form.Question: "question",
		form.AnswerSheet: "answer_sheet", form.Grid: "grid", form.CompositeGrid: "composite_grid",
		form.CustomAnswerSheet: "custom_answer_sheet closed", form.Header: "header closed", form.Column: "column",
		form.CustomRow: "custom_row closed", form.BubbleArray: "bubble_array", form.CustomTrigger: "custom_trigger",
		form.Barcode: "barcode", form.WriteIn: "write_in", form.TextInput: "text_input", form.FreeTextInput: "free_text_input",
	}
	kinds := form.Kinds()
	if len(kinds) != 39 || len(want) != 39 {
		t.Fatalf("%d kinds, want 39", len(kinds))
	}
	for _, k := range kinds {
		s, ok := form.Lookup(k)
		if !ok {
			t.Fatalf("no %s", k)
		}
		got := s.TXT
		if s.Closing {
			got += " closed"
		}
		if got != want[k] {
			t.Errorf("%s is %q, want %q", k, got, want[k])
		}
	}
	if _, ok := form.Lookup("Nothing"); ok {
		t.Error("an unknown kind has a schema")
	}
}

// TestSchema checks what must hold of every attribute.
func TestSchema(t *testing.T) {
	for _, k := range form.Kinds() {
		s, _ := form.Lookup(k)
		names := map[string]bool{}
		for _, a := range s.Attrs {
			for _, name := range append([]string{string(a.Name)}, a.Aliases...) {
				if names[name] || name != strings.ToLower(name) || strings.Contains(name, "-") {
					t.Errorf("%s has a bad or repeated name %q", k, name)
				}
				names[name] = true
				if got, ok := s.Attr(name); !ok || got.Name != a.Name {
					t.Errorf("%s does not find %q", k, name)
				}
			}
			if a.Type == 0 {
				t.Errorf("%s %s has no type", k, a.Name)
			}
			if (a.Type == form.TypeEnum) != (len(a.Values) > 0) {
				t.Errorf("%s %s: values without enumeration or the reverse", k, a.Name)
			}
			if a.Type == form.TypeEnum && a.Default != "" && !slices.Contains(a.Values, a.Default) {
				t.Errorf("%s %s: the default %s is no value", k, a.Name, a.Default)
			}
			if numeric := a.Type >= form.TypePx && a.Type <= form.TypePercent; numeric != (a.Max > a.Min) {
				t.Errorf("%s %s has the range %g to %g", k, a.Name, a.Min, a.Max)
			}
			if a.Fill && a.Default == "" {
				t.Errorf("%s %s fills in nothing", k, a.Name)
			}
		}
		if _, ok := s.Attr("nothing"); ok {
			t.Errorf("%s has any attribute", k)
		}
	}
	for _, tt := range []struct {
		kind form.Kind
		attr form.Attr
		want string
	}{
		{form.Container, form.AttrBlockRightMargin, "40"},
		{form.Container, form.AttrContainerType, "normal"},
		{form.Block, form.AttrHorizontalPadding, "20"},
		{form.Barcode, form.AttrAlign, "center"},
		{form.Barcode, form.AttrBarcodeType, "QR"},
		{form.CheckBox, form.AttrThreshold, "3"},
		{form.VerticalChoiceBox, form.AttrThreshold, "45"},
		{form.AnswerSheet, form.AttrColumnsCount, "4"},
		{form.Grid, form.AttrSectionsCount, "8"},
		{form.Grid, form.AttrOptionsCount, "10"},
		{form.CompositeGrid, form.AttrColumnsCount, "5"},
		{form.WriteIn, form.AttrHint, "write-in"},
	} {
		s, _ := form.Lookup(tt.kind)
		if a, ok := s.Attr(string(tt.attr)); !ok || a.Default != tt.want {
			t.Errorf("%s %s has default %q, want %q", tt.kind, tt.attr, a.Default, tt.want)
		}
	}
}

// TestAllowed holds cells of the table of spec/markup.md 13.
func TestAllowed(t *testing.T) {
	x, w, no := form.Accepted, form.Warned, form.Refused
	for _, tt := range []struct {
		parent, child form.Kind
		want          form.Permission
	}{
		{form.Template, form.Page, x},
		{form.Page, form.Page, no},
		{form.Page, form.Block, no},
		{form.Page, form.PositionedBlock, x},
		{form.Page, form.Content, w},
		{form.Page, form.VerticalChoiceBox, w},
		{form.Page, form.Table, w},
		{form.Page, form.WriteIn, w},
		{form.Page, form.TextInput, x},
		{form.Page, form.FreeTextInput, x},
		{form.Page, form.Barcode, x},
		{form.Container, form.Block, x},
		{form.Container, form.Container, no},
		{form.Container, form.Text, no},
		{form.Container, form.EmptyLine, x},
		{form.Container, form.ScoreGroup, x},
		{form.Container, form.Table, no},
		{form.Container, form.AnswerSheet, x},
		{form.Container, form.CompositeGrid, x},
		{form.Container, form.CustomAnswerSheet, x},
		{form.Container, form.Barcode, no},
		{form.Block, form.Container, x},
		{form.Block, form.Block, no},
		{form.Block, form.Text, w},
		{form.Block, form.WriteIn, x},
		{form.PositionedBlock, form.PositionedBlock, no},
		{form.PositionedBlock, form.Barcode, x},
		{form.Paragraph, form.ChoiceBox, x},
		{form.Paragraph, form.InputGroup, no},
		{form.Answer, form.Paragraph, x},
		{form.Answer, form.Image, no},
		{form.InputGroup, form.Content, x},
		{form.InputGroup, form.Text, no},
		{form.CustomRow, form.WriteIn, x},
		{form.CustomRow, form.BubbleArray, x},
		{form.ChoiceBox, form.Option, x},
		{form.Block, form.Option, no},
		{form.TableHeader, form.TableAnswer, x},
		{form.Header, form.Column, x},
		{form.Page, form.Column, no},
		{form.Text, form.Text, no},
		{form.ChoiceBox, form.Text, no},
	} {
		if got := form.Allowed(tt.parent, tt.child); got != tt.want {
			t.Errorf("%s in %s: %d, want %d", tt.child, tt.parent, got, tt.want)
		}
	}
	if got := form.ChildrenOf(form.Paragraph); !slices.Equal(got, []form.Kind{form.Content, form.Image, form.EmptyLine, form.ChoiceBox}) {
		t.Errorf("a paragraph holds %v", got)
	}
	// Rows of the table with the number of kinds that they accept in all.
	for parent, want := range map[form.Kind]int{form.Template: 22, form.Page: 21, form.Container: 7, form.Block: 21, form.PositionedBlock: 20} {
		if got := len(form.ChildrenOf(parent)); got != want {
			t.Errorf("%s accepts %d kinds, want %d: %v", parent, got, want, form.ChildrenOf(parent))
		}
	}
}

func TestColors(t *testing.T) {
	if n := len(form.ColorNames()); n != 140 {
		t.Errorf("%d colours, want 140", n)
	}
	for _, tt := range []struct {
		in   string
		want form.Color
		ok   bool
	}{
		{"Aqua", form.Color{G: 0xff, B: 0xff}, true},
		{" darkorange ", form.Color{R: 0xff, G: 0x8c}, true},
		{"DarkSalmon", form.Color{R: 0xe9, G: 0x96, B: 0x7a}, true},
		{"LightGrey", form.Color{R: 0xd3, G: 0xd3, B: 0xd3}, true},
		{"GREY", form.Color{R: 0x80, G: 0x80, B: 0x80}, true},
		{"#0aB1c2", form.Color{R: 0x0a, G: 0xb1, B: 0xc2}, true},
		{"none", form.Color{None: true}, true},
		{"Transparent", form.Color{None: true}, true},
		{"RebeccaPurple", form.Color{}, false},
		{"#12345", form.Color{}, false},
		{"#+12345", form.Color{}, false},
		{"", form.Color{}, false},
	} {
		if got, ok := form.ParseColor(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("ParseColor(%q) = %v, %v", tt.in, got, ok)
		}
	}
	for _, name := range append(form.ColorNames(), "#123456", "transparent") {
		c, ok := form.ParseColor(name)
		if again, _ := form.ParseColor(c.String()); !ok || again != c {
			t.Errorf("%s becomes %s", name, c)
		}
	}
}

func TestEnums(t *testing.T) {
	if v, ok := form.ParsePaperSize(" LETTER\t"); v != form.Letter || !ok {
		t.Error("paper size")
	}
	if _, ok := form.ParsePaperSize("A5"); ok {
		t.Error("A5 is a paper size")
	}
	if v, ok := form.ParseOrientation("horizontal"); v != form.Horizontal || !ok {
		t.Error("orientation")
	}
	if v, ok := form.ParseBubbleSize("extraLarge"); v.Diameter() != 100 || !ok {
		t.Error("bubble size")
	}
	if v, ok := form.ParseOverflow("NoClip"); v != form.NoClip || !ok {
		t.Error("overflow")
	}
	if v, ok := form.ParseRotationMarker("bottomright2"); v != form.BottomRight2 || !ok {
		t.Error("rotation marker")
	}
	if len(form.RotationMarkers()) != 8 || len(form.PaperSizes()) != 7 || len(form.BubbleSizes()) != 5 {
		t.Error("a list is incomplete")
	}
	for in, want := range map[string]form.FontStyle{
		"Regular": 0, "bold, italic": form.Bold | form.Italic, "STRIKEOUT,underline": form.Strikeout | form.Underline, "regular,bold": form.Bold,
	} {
		if v, ok := form.ParseFontStyle(in); v != want || !ok {
			t.Errorf("ParseFontStyle(%q) = %v, %v", in, v, ok)
		}
	}
	for style := range form.FontStyle(16) {
		if again, ok := form.ParseFontStyle(style.String()); again != style || !ok {
			t.Errorf("%d becomes %q", style, style)
		}
	}
	for _, in := range []string{"", "bold,", "fat", "bold italic"} {
		if _, ok := form.ParseFontStyle(in); ok {
			t.Errorf("%q is a font style", in)
		}
	}
}

func TestBarcodeTypes(t *testing.T) {
	names := form.BarcodeTypes()
	if len(names) != 64 {
		t.Errorf("%d types, want 64", len(names))
	}
	for _, tt := range []struct{ in, value, want string }{
		{"code39StanDard", "", "Code39Standard"},
		{"code39", "", "Code39Standard"},
		{"ean", "1234567", "EAN8"},
		{"EAN", "12345678", "EAN8"},
		{"ean", "1234567890123", "EAN13"},
		{"jan", "", "EAN13"},
		{"upc", "", "UPCA"},
		{"QR Code", "", "QR"},
		{"PDF417", "", "Pdf417"},
	} {
		if got, ok := form.ParseBarcodeType(tt.in, tt.value); got != tt.want || !ok {
			t.Errorf("%q of %q is %q, want %q", tt.in, tt.value, got, tt.want)
		}
	}
	for _, in := range []string{"", "aruco", "QRR"} {
		if got, ok := form.ParseBarcodeType(in, ""); ok {
			t.Errorf("%q is %q", in, got)
		}
	}
}

func TestResolved(t *testing.T) {
	r := form.Settings{}.Resolved()
	want := form.Resolved{
		PaperSize: form.A4, Orientation: form.Vertical, PaperW: 2480, PaperH: 3508, MarginLeft: 210, MarginRight: 210,
		FontFamily: "Segoe UI", FontSize: 12, BubbleSize: form.Normal, Overflow: form.NoClip, RotationMarker: form.TopRight1,
		OffsetTop: 24, OffsetBottom: 24, OffsetLeft: 24, OffsetRight: 24, Multiselect: true,
		Writing: form.Writing{System: form.Western, LongWords: form.DrawOver},
	}
	if r != want {
		t.Errorf("defaults are %+v, want %+v", r, want)
	}
	zero, no := 0, false
	red := form.Color{R: 255}
	r = form.Settings{
		PaperSize: form.Legal, Orientation: form.Horizontal, PageMarginLeft: &zero, OffsetTop: &zero,
		BubbleColor: &red, Multiselect: &no,
	}.Resolved()
	if r.PaperW != 4205 || r.PaperH != 2551 || r.MarginLeft != 0 || r.MarginRight != 210 ||
		r.OffsetTop != 0 || r.OffsetLeft != 25 || r.BubbleColor != red || r.Multiselect {
		t.Errorf("got %+v", r)
	}
}

func TestForPage(t *testing.T) {
	s := form.Settings{PaperSize: form.Letter, FontSize: 9}
	bare := &form.Element{Kind: form.Page}
	if got := s.ForPage(bare); got != s {
		t.Errorf("a page without attributes changes the settings to %+v", got)
	}
	page := &form.Element{Kind: form.Page, Attrs: map[form.Attr]form.Value{
		form.AttrPaperSize:             {Type: form.TypeEnum, Str: "A3"},
		form.AttrOrientation:           {Type: form.TypeEnum, Str: "Horizontal"},
		form.AttrLeftMargin:            {Type: form.TypePx, Num: 7},
		form.AttrRightMargin:           {Type: form.TypePx, Num: 0},
		form.AttrRotationPointPosition: {Type: form.TypeEnum, Str: "TopLeft2"},
	}}
	r := s.ForPage(page).Resolved()
	if r.PaperW != 4961 || r.PaperH != 3508 || r.MarginLeft != 7 || r.MarginRight != 0 || r.RotationMarker != form.TopLeft2 || r.FontSize != 9 {
		t.Errorf("got %+v", r)
	}
	if s.PageMarginLeft != nil {
		t.Error("the settings of the request have changed")
	}
}

// TestKeys is spec/markup.md 11 and 12: one counter through all pages, keys of
// elements with and without names.
func TestKeys(t *testing.T) {
	num := func(n float64) form.Value { return form.Value{Type: form.TypeInt, Num: n} }
	element := func(k form.Kind, name string, attrs map[form.Attr]form.Value, children ...*form.Element) *form.Element {
		return &form.Element{Kind: k, Name: name, Attrs: attrs, Children: children}
	}
	lines := func(n float64) map[form.Attr]form.Value {
		return map[form.Attr]form.Value{form.AttrElementsCount: num(n)}
	}
	start := lines(3)
	start[form.AttrStartID] = num(40)
	f := &form.Form{Pages: []*form.Element{
		element(form.Page, "", nil,
			element(form.ChoiceBox, "", nil),
			element(form.ChoiceBox, " why ", nil),
			element(form.Container, "", nil, element(form.Block, "", nil, element(form.AnswerSheet, "Q", lines(5)))),
			element(form.Grid, "", nil), element(form.Grid, " PIN ", nil), element(form.Barcode, "", nil)),
		element(form.Page, "", nil,
			element(form.AnswerSheet, " ", lines(2)),
			element(form.AnswerSheet, "Q", start),
			element(form.ChoiceBox, "", nil),
			element(form.AnswerSheet, "none", nil),
			element(form.Grid, "", nil), element(form.Text, "t", nil)),
	}}
	want := []form.Keyed{
		{Key: "Question1", First: 1, Count: 1},
		{Key: "why", First: 2, Count: 1},
		{Key: "Q", First: 3, Count: 5},
		{Key: "Grid1", Unnamed: true},
		{Key: "PIN"},
		{Key: "Barcode1", Unnamed: true},
		{Key: "AnswerSheet1_", First: 8, Count: 2, Unnamed: true},
		{Key: "Q", First: 40, Count: 3},
		{Key: "Question43", First: 43, Count: 1},
		{Key: "none", First: 44},
		{Key: "Grid2", Unnamed: true},
	}
	got := form.Keys(f)
	if len(got) != len(want) {
		t.Fatalf("%d keys, want %d", len(got), len(want))
	}
	for i := range got {
		k := got[i]
		k.Element = nil
		if k != want[i] {
			t.Errorf("%d: %+v, want %+v", i, k, want[i])
		}
	}
	if key := got[7].LineKey(2); key != "Q42" {
		t.Errorf("the last line of the second sheet is %s, want Q42", key)
	}
}

// TestRows is spec/markup.md 12.1: the keys of all rows of what yields several,
// and of what yields pictures.
func TestRows(t *testing.T) {
	element := func(k form.Kind, name string, children ...*form.Element) *form.Element {
		return &form.Element{Kind: k, Name: name, Children: children, Attrs: map[form.Attr]form.Value{}}
	}
	array := func(name string) *form.Element { return element(form.BubbleArray, name) }
	sheet := element(form.CustomAnswerSheet, "S", element(form.CustomRow, "", array("x"), element(form.WriteIn, ""), array(" y %index% "), array("")))
	sheet.Attrs[form.AttrAmount] = form.Value{Num: 2}
	sheet.Attrs[form.AttrStartID] = form.Value{Num: 9}
	bare := element(form.CustomAnswerSheet, "", element(form.CustomRow, "", array("")))
	bare.Attrs[form.AttrAmount] = form.Value{Num: 1}
	lines := element(form.AnswerSheet, "Q")
	lines.Attrs[form.AttrElementsCount] = form.Value{Num: 2}
	clipped := element(form.Block, "")
	clipped.Attrs[form.AttrIsClipped] = form.Value{Bool: true}
	f := &form.Form{Pages: []*form.Element{element(form.Page, "",
		element(form.ScoreGroup, "G", element(form.ScoreQuestion, " q "), element(form.ScoreQuestion, "")),
		element(form.Table, "T", element(form.Question, " why? ")),
		lines, sheet, bare, element(form.Block, "b"), clipped, element(form.TextInput, "t"), element(form.FreeTextInput, "f"))}}
	want := []string{
		"G: G_total", "q: q q_total", "ScoreQuestion1: ScoreQuestion1 ScoreQuestion1_total", "why?: why?", "Q: Q1 Q2",
		"S: S_9 y 9 S_9_3 S_10 y 10 S_10_3", "WriteIn1: picture", "CustomAnswerSheet1: CustomAnswerSheet1_1",
		"Block1: picture", "t: picture", "f: picture",
	}
	var got []string
	for _, k := range form.Keys(f) {
		line := k.Key + ":"
		if k.Picture {
			line += " picture"
		}
		for key := range k.Rows() {
			line += " " + key
		}
		got = append(got, line)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAnswers is what marks are reported as; answers without name by their letter.
func TestAnswers(t *testing.T) {
	element := func(k form.Kind, name string, children ...*form.Element) *form.Element {
		return &form.Element{Kind: k, Name: name, Children: children, Attrs: map[form.Attr]form.Value{}}
	}
	set := func(e *form.Element, a form.Attr, v form.Value) *form.Element {
		e.Attrs[a] = v
		return e
	}
	list := func(s ...string) form.Value { return form.Value{Type: form.TypeSymbols, List: s} }
	option := func(symbol string) *form.Element {
		return set(element(form.Option, "x"), form.AttrBubbleValue, form.Value{Type: form.TypeText, Str: symbol})
	}
	for name, tt := range map[string]struct {
		e    *form.Element
		want []string
	}{
		"choice box":   {element(form.ChoiceBox, "", element(form.Option, "x"), option("yes"), option("no"), option("q"), element(form.Option, "y")), []string{"A", "Y", "N", "q", "E"}},
		"check box":    {element(form.CheckBox, "", element(form.Content, " a "), element(form.Content, " ")), []string{"a", "B"}},
		"vertical":     {element(form.VerticalChoiceBox, "", element(form.Answer, "a"), set(element(form.Answer, "b"), form.AttrSelectable, form.Value{}), element(form.Answer, "")), []string{"a", "B"}},
		"table":        {element(form.Table, "", element(form.TableTitle, "t"), element(form.TableHeader, "", element(form.Content, "c"), element(form.TableAnswer, ""), element(form.TableAnswer, "no"))), []string{"A", "no"}},
		"sheet":        {element(form.AnswerSheet, ""), []string{"A", "B", "C", "D"}},
		"sheet, count": {set(element(form.AnswerSheet, ""), form.AttrAnswersCount, form.Value{Num: 2}), []string{"A", "B"}},
		"sheet, list":  {set(element(form.AnswerSheet, ""), form.AttrAnswersList, list("1", "2")), []string{"1", "2"}},
		"array":        {set(element(form.BubbleArray, ""), form.AttrAnswersList, list("1", "2")), []string{"1", "2"}},
		"array, values": {
			set(set(element(form.BubbleArray, ""), form.AttrAnswersList, list("1", "2")), form.AttrRecognitionValues, list("x", "y")), []string{"x", "y"},
		},
		"text": {element(form.Text, "t"), nil},
	} {
		if got := form.Answers(tt.e); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := form.AnswerLetter(i); got != want {
			t.Errorf("letter %d is %s, want %s", i, got, want)
		}
	}
}

func TestAccessors(t *testing.T) {
	e := &form.Element{Attrs: map[form.Attr]form.Value{
		form.AttrX: {Num: 7}, form.AttrAlign: {Str: "left"}, form.AttrCodetext: {Bool: true}, form.AttrColor: {Color: form.Color{R: 1}},
	}}
	if v, ok := e.Int(form.AttrX); v != 7 || !ok {
		t.Error("Int")
	}
	if v, ok := e.Number(form.AttrX); v != 7 || !ok {
		t.Error("Number")
	}
	if v, ok := e.Str(form.AttrAlign); v != "left" || !ok {
		t.Error("Str")
	}
	if v, ok := e.Bool(form.AttrCodetext); !v || !ok {
		t.Error("Bool")
	}
	if v, ok := e.Color(form.AttrColor); v.R != 1 || !ok {
		t.Error("Color")
	}
	if _, ok := e.Int(form.AttrY); ok {
		t.Error("an attribute that is not set")
	}
}
