package layout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// Line height of the body font (12 pt Open Sans): 69 px.

// TestPages holds spec/markup.md 8 and 18.2.
func TestPages(t *testing.T) {
	check(t, []golden{
		{
			name: "P01 A4", source: "?text=x\n",
			want: []string{
				"page 2480 3508", "text x 210 198",
				"marker ReferencePoint0 24 24 124 124", "marker ReferencePoint1 2332 24 124 124",
				"marker ReferencePoint2 24 3360 124 124", "marker ReferencePoint3 2332 3360 124 124",
				"marker ReferencePoint4 2332 322 124 174",
				"fill #000000 24 24 124 124", "fill #000000 2332 24 124 124", "fill #000000 24 3360 124 124",
				"fill #000000 2332 3360 124 124", "fill #000000 2332 322 124 174", "!identifier",
			},
		},
		{
			name: "P01 Letter", source: "?text=x\n", settings: form.Settings{PaperSize: form.Letter},
			want: []string{
				"page 2551 3295", "text x 210 203", "marker ReferencePoint0 25 25 128 128",
				"marker ReferencePoint1 2398 25 128 128", "marker ReferencePoint2 25 3142 128 128",
				"marker ReferencePoint4 2398 332 128 179",
			},
		},
		{
			name: "P01 Legal", source: "?text=x\n", settings: form.Settings{PaperSize: form.Legal},
			want: []string{"page 2551 4205", "marker ReferencePoint2 25 4052 128 128"},
		},
		{
			name: "P02 A3", source: "?text=x\n", settings: form.Settings{PaperSize: form.A3},
			want:  []string{"page 3508 4961", "marker ReferencePoint0 35 35 175 175", "marker ReferencePoint4 3298 456 175 246"},
			codes: []string{"LM503 warning", "LM503 warning"}, // its markers reach as far as the default margins
		},
		{
			name: "P03", source: "?text=x\n", settings: form.Settings{Orientation: form.Horizontal},
			want: []string{"page 3508 2480", "text x 210 198", "marker ReferencePoint3 3360 2332 124 124", "marker ReferencePoint4 3360 322 124 174"},
		},
		{
			name: "P04 narrow", source: "?text=x\n", settings: form.Settings{PageMarginLeft: ptr(50)},
			want: []string{"text x 50 198"}, codes: []string{"LM503 warning"},
		},
		{
			name: "P04 wide", source: "?text=x\n", settings: form.Settings{PageMarginLeft: ptr(400)},
			want: []string{"text x 400 198"},
		},
		{
			name: "offsets", source: "?text=x\n", settings: form.Settings{OffsetTop: ptr(50), OffsetRight: ptr(70)},
			want: []string{"marker ReferencePoint0 24 50 124 124", "marker ReferencePoint1 2286 50 124 124", "text x 210 224"},
		},
		{
			name: "P09 one page", source: "?page=\n?text=x\n&page\n",
			want: []string{"!identifier", "!code"},
		},
		{
			name: "P11", source: "?page=\n\torientation=horizontal\n\tpaper_size=Letter\n\tleft_margin=300\n\trotation_point_position=BottomLeft2\n?text=x\n&page\n?page=\n?text=y\n&page\n",
			want: []string{
				"page 3295 2551", "text x 300 203", "marker ReferencePoint4 332 2398 179 128",
				"p2: page 2480 3508", "p2: text y 210 198", "p2: marker ReferencePoint4 2332 322 124 174",
			},
		},
		{
			name: "P12 text", source: "?empty_line=\n\theight=3200\n?text=low\n",
			want: []string{"text low 210 3398"}, codes: []string{"LM504 warning"},
		},
		{
			name: "P12 bubble", source: "?empty_line=\n\theight=3290\n?answer_sheet=Q\n\telements_count=1\n",
			codes: []string{"LM504 warning", "LM504 error"},
		},
		{
			name: "P13", source: "?text=one\n?text=two\nthree\n?empty_line=\n\theight=11\n?text=four\n",
			want: []string{"text one 210 198", "text two 210 267", "text three 210 336", "text four 210 416"},
		},
		{
			name: "E01", source: "?text=a\n?empty_line=50\n?text=b\n?empty_line=\n\theight=30\n?text=c\n\n\n?text=d\n",
			want: []string{"text b 210 336", "text c 210 435", "text d 210 642"},
		},
	})
}

// TestIdentifier holds spec/markup.md 8.4: from two pages on.
func TestIdentifier(t *testing.T) {
	doc, list := lay(t, "?page=\n?text=x\n&page\n?page=\n?text=y\n&page\n", form.Settings{}, nil)
	if len(list) > 0 {
		t.Fatal(list)
	}
	id := doc.Pattern.TemplateID
	if len(id) != 12 {
		t.Errorf("template id %q", id)
	}
	got := facts(doc)
	for _, want := range []string{"identifier LM1:" + id + ":1/2 2332 1692 124 124", "p2: identifier LM1:" + id + ":2/2 2332 1692 124 124"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q among\n%s", want, near(got, "identifier"))
		}
	}
	last := doc.Pages[0].Items[len(doc.Pages[0].Items)-1].Modules
	if last == nil || last.Bars[0].W < 4 || last.Bars[0].X < 2332 {
		t.Errorf("the identifier is not painted last, in modules of 4 px or more: %+v", last)
	}
}

// TestRotationMarkers holds the table of spec/markup.md 8.3 on A4.
func TestRotationMarkers(t *testing.T) {
	for position, want := range map[form.RotationMarker]string{
		"TopRight1": "2332 322 124 174", "TopRight2": "1984 24 174 124",
		"TopLeft1": "24 322 124 174", "TopLeft2": "322 24 174 124",
		"BottomLeft1": "24 3012 124 174", "BottomLeft2": "322 3360 174 124",
		"BottomRight1": "2332 3012 124 174", "BottomRight2": "1984 3360 174 124",
	} {
		doc, list := lay(t, "?text=x\n", form.Settings{RotationMarker: position}, nil)
		if doc == nil {
			t.Fatal(list)
		}
		if !slices.Contains(facts(doc), "marker ReferencePoint4 "+want) {
			t.Errorf("%s: %v, want %s", position, doc.Pattern.Pages[0].Markers[4], want)
		}
		if doc.Pattern.Pages[0].RotationMarker != string(position) {
			t.Errorf("RotationPointPosition %q", doc.Pattern.Pages[0].RotationMarker)
		}
	}
}

// TestPaintingOrder: markers above everything, texts below bubbles (spec/markup.md 9.8).
func TestPaintingOrder(t *testing.T) {
	doc, list := lay(t, "#Q?\n\t() a () b\n?barcode=B\n\tvalue=x\n?container=\n?block=\n\tborder=square\n\tbackground_color=LightGray\n?image=i.png\n&block\n&container\n",
		form.Settings{}, map[string][]byte{"i.png": picture(30, 30)})
	if doc == nil {
		t.Fatal(list)
	}
	var order []string
	for _, it := range doc.Pages[0].Items {
		kind := ""
		switch {
		case it.Rect != nil && it.Rect.Box.W == 124:
			kind = "marker"
		case it.Rect != nil && it.Rect.Stroke.None:
			kind = "background"
		case it.Rect != nil:
			kind = "border"
		case it.Picture != nil:
			kind = "image"
		case it.Text != nil && len([]rune(it.Text.Text)) == 1 && strings.ToUpper(it.Text.Text) == it.Text.Text:
			kind = "bubble"
		case it.Text != nil:
			kind = "text"
		case it.Ellipse != nil:
			kind = "bubble"
		case it.Modules != nil:
			kind = "code"
		}
		if n := len(order); n == 0 || order[n-1] != kind {
			order = append(order, kind)
		}
	}
	if got, want := strings.Join(order, " "), "background border image text bubble code marker"; got != want {
		t.Errorf("painted %s, want %s", got, want)
	}
}

// TestDeterministic: the same source gives the same document; places in the
// source do not change the form's identity, settings do.
func TestDeterministic(t *testing.T) {
	source := "?text=Title\n#One?\n\t() a () b () c\n?grid=PIN\n"
	a, _ := lay(t, source, form.Settings{}, nil)
	b, _ := lay(t, source, form.Settings{}, nil)
	if x, y := strings.Join(facts(a), "\n"), strings.Join(facts(b), "\n"); x != y {
		t.Error("two layouts of one source differ")
	}
	moved, _ := lay(t, strings.ReplaceAll(source, "\t() a", "\t\n\t() a"), form.Settings{}, nil)
	if a.Pattern.TemplateID != moved.Pattern.TemplateID {
		t.Error("a line that means nothing changed the form's id")
	}
	if a.Pattern.Ours.Source != moved.Pattern.Ours.Source {
		t.Error("a line that means nothing changed the source's hash")
	}
	small, _ := lay(t, source, form.Settings{BubbleSize: form.Small}, nil)
	other, _ := lay(t, source+"?text=more\n", form.Settings{}, nil)
	if a.Pattern.TemplateID == small.Pattern.TemplateID || a.Pattern.TemplateID == other.Pattern.TemplateID {
		t.Error("another form has the same id")
	}
}

// TestPatternHead holds spec/pattern.md 3.
func TestPatternHead(t *testing.T) {
	doc, _ := lay(t, "#One?\n\t() a () b\n", form.Settings{Multiselect: ptr(false), BubbleColor: &form.Color{R: 139}}, nil)
	p := doc.Pattern
	if p.Version != "1.0" || p.Name != "Form" || !p.Generated || p.Ours.Schema != 1 || p.Ours.DPI != 300 || len(p.Ours.Source) != 64 {
		t.Errorf("head %+v, extension %+v", p, p.Ours)
	}
	info := p.Pages[0].Elements[0].Ours
	if info == nil || info != &p.Ours.Elements[0] {
		t.Fatal("the element does not know what was printed")
	}
	if info.Shape != "round" || info.Outline != 3 || info.Printed != [4]float64{5, 5, 60, 60} || info.Color != "#8b0000" || info.Font != "Segoe UI" ||
		!slices.Equal(info.Symbols, []string{"A", "B"}) || info.Multiselect == nil || *info.Multiselect {
		t.Errorf("info %+v", info)
	}
	if len(p.Ours.Printed) == 0 {
		t.Error("no printed boxes for registration")
	}
	doc, _ = lay(t, "#One?\n\t() a () b\n", form.Settings{}, nil)
	if m := doc.Pattern.Pages[0].Elements[0].Ours.Multiselect; m != nil {
		t.Errorf("multiselect %v though nobody said so", *m)
	}
}

func BenchmarkLay(b *testing.B) {
	var s strings.Builder
	s.WriteString("?text=Sixty questions\n\tfont_size=16\n?answer_sheet=Q\n\telements_count=60\n?grid=PIN\n")
	for range 8 {
		s.WriteString("#How satisfied are you with the service of our club house?\n\t() Very () Somewhat () Not at all\n")
	}
	for b.Loop() {
		lay(b, s.String(), form.Settings{}, nil)
	}
}

// TestOverlaps: what shares paper with a bubble or code is never silent (LM513).
func TestOverlaps(t *testing.T) {
	sheet := "?answer_sheet=Q\n\telements_count=2\n\tcolumns_count=1\n" // bubbles from 320 208 on
	at := func(x, y int, children string) string {
		return fmt.Sprintf("?positioned_block=\n\tx=%d\n\ty=%d\n%s&positioned_block\n", x, y, children)
	}
	ground := func(color string) string {
		return "?container=\n?block=\n\tbackground_color=" + color + "\n#Q\n\t(a)(b)\n&block\n&container\n"
	}
	images := map[string][]byte{"i": picture(100, 100)}
	check(t, []golden{
		{name: "matrix on matrix", source: sheet + "?grid=\n\tx=300\n\ty=200\n", codes: []string{"LM405 warning", "LM513 error"}},
		{name: "code on matrix", source: sheet + "?barcode=B\n\tvalue=x\n\tx=330\n\ty=210\n", codes: []string{"LM513 error"}},
		// The quiet zone of 32 px is white and would cover the last ring.
		{name: "quiet zone on matrix", source: sheet + "?barcode=B\n\tvalue=x\n\tx=620\n\ty=210\n", codes: []string{"LM513 error"}},
		{name: "quiet zone beside", source: sheet + "?barcode=B\n\tvalue=x\n\tx=660\n\ty=210\n"},
		{name: "text on bubbles", source: sheet + at(380, 210, "?content=words over bubbles\n"), codes: []string{"LM513 warning"}},
		{name: "text between lines of bubbles", source: sheet + at(700, 210, "?content=beside\n")},
		{name: "picture under bubbles", source: sheet + "?image=i\n\tx=400\n\ty=250\n", images: images, codes: []string{"LM513 warning"}},
		{name: "a grid's rules through bubbles", source: "#Q\n\t(a)(b)\n?grid=g\n\tx=210\n\ty=250\n\tsections_count=2\n", codes: []string{"LM513 warning"}},
		{
			name:   "a border through bubbles",
			source: "?container=\n?block=\n\tborder=square\n\theight=150\n#Q\n\t(a)(b)\n&block\n&container\n", codes: []string{"LM507 warning", "LM513 warning"},
		},
		{
			name:   "a border that bubbles touch",
			source: "?container=\n?block=\n\tborder=square\n\tborder_size=6\n\thorizontal_padding=0\n?vertical_choicebox=V\n?answer=a\n&answer\n?answer=b\n&answer\n&vertical_choicebox\n&block\n&container\n",
		},
		{name: "a dark ground", source: ground("DarkGreen"), codes: []string{"LM513 warning"}},
		{name: "a ground that swallows marks", source: ground("Black"), codes: []string{"LM513 error"}},
		{
			name:   "a rule through bubbles on a ground that swallows marks",
			source: "?container=\n?block=\n\tborder=square\n\theight=150\n\tbackground_color=Black\n#Q\n\t(a)(b)\n&block\n&container\n",
			codes:  []string{"LM507 warning", "LM513 warning", "LM513 error"},
		},
		{name: "a ground that a scanner tells from marks", source: ground("Gray")},
		{
			name:   "white on black",
			source: "?container=\n?block=\n\tbackground_color=Black\n?container=\n?block=\n\tbackground_color=White\n#Q\n\t(a)(b)\n&block\n&container\n&block\n&container\n",
		},
		{name: "picture beside", source: sheet + "?image=i\n\tx=700\n\ty=210\n", images: images},
		{
			name:   "a word that runs into a bubble",
			source: "?container=\n\tcolumns_count=5\n?block=\n\theight=300\n?content=Donaudampfschifffahrtsgesellschaft\n\tfont_size=24\n&block\n?block=\n\tcolumn=2\n?answer_sheet=Q\n\telements_count=1\n\tcolumns_count=1\n\tanswers_count=2\n&block\n&container\n",
			codes:  []string{"LM509 warning", "LM513 warning"},
		},
		{name: "thousands at one place", source: strings.Repeat("?grid=\n\tx=300\n\ty=300\n\tsections_count=20\n", 20), codes: slices.Concat(slices.Repeat([]string{"LM405 warning"}, 20), slices.Repeat([]string{"LM513 error"}, 100))},
	})
}

// No flood of warnings hides an error: the form would be printed.
func TestErrorsBehindWarnings(t *testing.T) {
	var s strings.Builder
	for i := range 150 {
		fmt.Fprintf(&s, "?text=a\n\tfont_family=Unknown%d\n\tfont_size=1\n", i)
	}
	doc, list := lay(t, s.String()+"?grid=g\n\tx=5000\n\ty=300\n", form.Settings{}, nil)
	if doc != nil || !list.Failed() || len(list) != 101 {
		t.Errorf("a document: %v, %d diagnostics", doc != nil, len(list))
	}
}

// What rows repeat is bounded: none of these forms would fit the memory.
func TestRepeatedTexts(t *testing.T) {
	long := strings.Repeat("n", 1<<20)
	check(t, []golden{
		{
			name:   "captions of a table",
			source: "?table=t\n\tanswers_count=1\n?table_header=\n?content=q\n?answer_value=" + long + "\n&table_header\n" + strings.Repeat("?question=q\n", 20_000) + "&table\n",
			codes:  []string{"LM106 error", "LM222 warning"},
		},
		{
			name:   "symbols of a composite grid",
			source: "?composite_grid=g\n\tcolumns_count=900\n\tvalues=(" + long + ")\n", codes: []string{"LM106 error"},
		},
		{
			name: "columns of a score table",
			source: "?score_group=g\n?score_question=q\n\trow_proportions=50%-50%\n?score_header=\n\theader_type=question\n?score_header=" + long + "\n" +
				strings.Repeat("?score_answer=a\n\tscore=1\n", 1000) + "&score_question\n&score_group\n",
			codes: []string{"LM414 warning", "LM106 error"},
		},
	})
}

// TestOverflowOfAPage: one warning says how much must go (LM504).
func TestOverflowOfAPage(t *testing.T) {
	_, list := lay(t, strings.Repeat("?text=a\n", 60), form.Settings{}, nil)
	if len(list) != 1 || !strings.Contains(list[0].Cause, "62 px below") || !strings.Contains(list[0].Cause, "last element 1028 px") {
		t.Errorf("%v", list)
	}
}

// TestPicturesInTheFlow: a picture too wide for its column is drawn, but not
// without a word where the page or a marker suffers.
func TestPicturesInTheFlow(t *testing.T) {
	images := map[string][]byte{"i": picture(100, 100)}
	check(t, []golden{
		{name: "off the page", source: "?image=i\n\twidth=2400\n\theight=20\n", images: images, codes: []string{"LM504 warning"}},
		{name: "to the rotation marker", source: "?image=i\n\twidth=2200\n\theight=200\n", images: images, codes: []string{"LM502 warning"}, want: []string{"picture i 210 198 2200 200"}},
		{name: "past its column", source: "?image=i\n\twidth=2110\n\theight=200\n", images: images},
		{name: "at a place", source: "?image=i\n\tx=210\n\ty=198\n\twidth=2200\n\theight=200\n", images: images, codes: []string{"LM502 error"}},
	})
}

// Texts are set in bounded time, whatever they hold.
func TestLongTexts(t *testing.T) {
	for name, unit := range map[string]string{"words": "word ", "TABs": "\ta", "directions": "אa", "Arabic": "مرحبا "} {
		source := "?text=" + strings.Repeat(unit, 3_500_000/len(unit))
		doc, list := lay(t, source, form.Settings{}, nil)
		if doc != nil || !slices.ContainsFunc(list, func(e *fault.Error) bool { return e.Code == "LM106" }) {
			t.Errorf("%s: a document: %v, %v", name, doc != nil, list)
		}
		if doc, list := lay(t, "?text="+strings.Repeat(unit, 30_000/len(unit)), form.Settings{}, nil); doc == nil {
			t.Errorf("%s, a hundredth of them: %v", name, list)
		}
	}
}
