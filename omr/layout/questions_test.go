package layout_test

import (
	"slices"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
)

// el is an element by hand.
func el(kind form.Kind, name string, attrs map[form.Attr]form.Value, children ...*form.Element) *form.Element {
	return &form.Element{Kind: kind, Name: name, Attrs: attrs, Children: children}
}

func num(n float64) form.Value { return form.Value{Num: n} }
func str(s string) form.Value  { return form.Value{Str: s} }
func yes() form.Value          { return form.Value{Bool: true} }

type attrs = map[form.Attr]form.Value

// inBlock is the element alone in a block: content x 230, width 1980, y 218.
func inBlock(e ...*form.Element) *form.Element {
	return el(form.Container, "", nil, el(form.Block, "", nil, e...))
}

// TestQuestions holds the layouts of spec/markup.md 10.5, 10.10, 10.11, 10.13,
// 10.14, 10.16, 10.19 and 10.22 on trees.
func TestQuestions(t *testing.T) {
	content := func(s string) *form.Element { return el(form.Content, s, nil) }
	for _, c := range []struct {
		name string
		tree []*form.Element
		want []string
	}{
		{
			"K01 label and two boxes: three equal cells",
			[]*form.Element{el(form.CheckBox, "Contact", nil, content("Mail"), content("Phone")), el(form.Text, "x", nil)},
			// Cells of 686.7; row height max(60, 69) + 16 = 85; the inside of a box of 60.
			[]string{"stroke #000000 3 897 210 60 60", "bubble Contact Mail 899 212 56 56", "bubble Contact Phone 1585 212 56 56", "text Mail 963 206", "text x 210 283"},
		},
		{
			"K01 without label",
			[]*form.Element{el(form.CheckBox, "Contact", attrs{form.AttrHideName: yes(), form.AttrBubbleType: str("round"), form.AttrBubbleSize: str("small")}, content("Mail"))},
			[]string{"ring 210 215 50 50", "bubble Contact Mail 205 210 60 60"},
		},
		{
			"V01",
			[]*form.Element{inBlock(el(form.VerticalChoiceBox, "Day", attrs{form.AttrTopPadding: num(20)}, el(form.Answer, "sat", nil, content("Saturday")), el(form.Answer, "sun", nil, content("Sunday"))))},
			// Ovals of 75 × 45, text 95 on, pitch 69 + 25.
			[]string{"ring 230 250 75 45", "bubble Day sat 230 250 75 45", "bubble Day sun 230 344 75 45", "text Saturday 325 238", "text Sunday 325 332"},
		},
		{
			"V02, V03",
			[]*form.Element{inBlock(el(form.VerticalChoiceBox, "Day", attrs{form.AttrBubblePosition: str("right")},
				el(form.Answer, "a", attrs{form.AttrSelectable: {}}, content("head")), el(form.Answer, "b", nil, content("body"))))},
			[]string{"bubble Day b 2135 324 75 45", "text body 230 312", "!bubble Day a"},
		},
		{
			"V05",
			[]*form.Element{inBlock(el(form.VerticalChoiceBox, "Day", nil, el(form.Answer, "other", nil, content("Which"), el(form.WriteIn, "DayText", attrs{form.AttrHint: str("a day")}))))},
			[]string{"fill #000000 325 400 1885 3", "text a day 337 403", "element ClipArea DayText 325 287 1885 185"},
		},
		{
			"A01",
			[]*form.Element{inBlock(el(form.Table, "T", attrs{form.AttrAnswersCount: num(2)},
				el(form.TableHeader, "", nil, content("Boat"), el(form.TableAnswer, "Used", nil), el(form.TableAnswer, "", nil)),
				el(form.Question, "Single", nil), el(form.Question, "Double", nil)))},
			// Answer columns of 1980/12 = 165; header 69 + 20, rows of 2.3 · 69 -> 159.
			[]string{
				"bubble Single Used 1925 364 75 45", "bubble Single B 2090 364 75 45", "bubble Double Used 1925 523 75 45",
				"text Single 270 352", "fill #000000 226 214 1989 9", "fill #000000 1876 218 9 407",
			},
		},
		{
			"X01",
			[]*form.Element{el(form.CompositeGrid, "Crew", attrs{
				form.AttrColumnsCount: num(2), form.AttrValues: {List: []string{"A", "B"}}, form.AttrExtraRow: {Rows: [][]string{{"8", ""}}},
			})},
			[]string{"bubble Crew 8 364 293 70 70", "bubble Crew A 364 373 70 70", "bubble Crew A 439 373 70 70", "bubble Crew B 439 453 70 70"},
		},
		{
			"G01",
			[]*form.Element{inBlock(el(form.Paragraph, "", nil, content("a"), el(form.EmptyLine, "", nil), content("b")))},
			[]string{"text a 230 218", "text b 230 356"},
		},
		{
			"U01",
			[]*form.Element{el(form.InputGroup, "", attrs{form.AttrInputBorder: str("square")}, content("Member"), content("A. Sample")), el(form.Text, "x", nil)},
			// 3 % of 2060 = 61.8; the field at 36 %, 60 % wide; 69 + 12 high, 16 below.
			[]string{"stroke #000000 3 952 198 1236 81", "text Member 279 204", "text A. Sample 959 204", "text x 210 295"},
		},
		{
			"B10",
			[]*form.Element{el(form.PositionedBlock, "", attrs{form.AttrX: num(500), form.AttrY: num(900), form.AttrWidth: num(400)}, content("there")), el(form.Text, "x", nil)},
			[]string{"text there 500 900", "text x 210 198"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &form.Form{Pages: []*form.Element{el(form.Page, "", nil, c.tree...)}}
			doc, list := layout.Lay(f, form.Settings{}, layout.Options{})
			if doc == nil || len(list) > 0 {
				t.Fatal(list)
			}
			got := facts(doc)
			for _, w := range c.want {
				if no, ok := cut(w); ok {
					if slices.ContainsFunc(got, func(s string) bool { return len(s) >= len(no) && s[:len(no)] == no }) {
						t.Errorf("there is %q", no)
					}
				} else if !slices.Contains(got, w) {
					t.Errorf("no %q among\n%s", w, near(got, w))
				}
			}
		})
	}
}

func cut(w string) (string, bool) {
	if w[0] == '!' {
		return w[1:], true
	}
	return w, false
}

// TestThresholds: check boxes and vertical choice boxes always have one; 0
// would mark everything.
func TestThresholds(t *testing.T) {
	for _, c := range []struct {
		e    *form.Element
		want int
	}{
		{el(form.CheckBox, "C", nil, el(form.Content, "a", nil)), 3},
		{el(form.CheckBox, "C", attrs{form.AttrThreshold: num(10)}, el(form.Content, "a", nil)), 10},
		{el(form.CheckBox, "C", attrs{form.AttrThreshold: num(0)}, el(form.Content, "a", nil)), 1},
		{el(form.VerticalChoiceBox, "V", nil, el(form.Answer, "a", nil, el(form.Content, "a", nil))), 45},
	} {
		doc, list := layout.Lay(&form.Form{Pages: []*form.Element{el(form.Page, "", nil, c.e)}}, form.Settings{}, layout.Options{})
		if doc == nil {
			t.Fatal(list)
		}
		e := doc.Pattern.Pages[0].Elements[0]
		if e.Threshold == nil || *e.Threshold != c.want || e.Ours.Threshold == nil || *e.Ours.Threshold != c.want {
			t.Errorf("%s: threshold %v, want %d", c.e.Kind, e.Threshold, c.want)
		}
	}
}

// TestBubbleBesideItsLine: an answer's bubble stands beside the middle of its first
// line, also where the script's font has higher lines (spec/markup.md 10.14).
func TestBubbleBesideItsLine(t *testing.T) {
	for _, content := range []string{"soup", "الجواب", "हिन्दी", "1\n\tcontent_type=cells"} {
		doc, list := lay(t, "?container=\n?block=\n?vertical_choicebox=V\n?answer=a\n?content="+content+"\n&answer\n?answer=b\n&answer\n&vertical_choicebox\n&block\n&container\n", form.Settings{}, nil)
		if doc == nil {
			t.Fatal(list)
		}
		b := doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box
		height := 0.0
		for _, it := range doc.Pages[0].Items {
			switch {
			case height != 0:
			case it.Rect != nil:
				height = it.Rect.Box.H // of a cell
			case it.Text != nil:
				height = it.Text.Line.Height
			}
		}
		if d := b.Y + b.H/2 - (218 + height/2); d < -1 || d > 1 {
			t.Errorf("%q: the bubble stands %.1f px below the middle of its line", content, d)
		}
	}
}
