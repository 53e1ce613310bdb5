package layout_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
)

// TestHandwriting holds spec/markup.md 10.22 to 10.24 and W01 to W04.
func TestHandwriting(t *testing.T) {
	content := func(s string) *form.Element { return el(form.Content, s, nil) }
	adaptive := func(s string) *form.Element {
		return el(form.WriteIn, s, attrs{form.AttrAdaptive: yes(), form.AttrHint: str("h")})
	}
	tall := func(e ...*form.Element) *form.Element {
		return el(form.Container, "", nil, el(form.Block, "", attrs{form.AttrHeight: num(600)}, e...))
	}
	reading := []string{"LM425 warning"}
	for _, c := range []struct {
		name        string
		tree        []*form.Element
		want, codes []string
	}{
		{
			"W03 twelve boxes of 80 px, 10 px above and below",
			[]*form.Element{el(form.TextInput, "T", attrs{form.AttrLength: num(12)}), el(form.Text, "x", nil)},
			[]string{"stroke #000000 3 212 210 80 80", "stroke #000000 3 1092 210 80 80", "element ClipArea T 210 208 964 84", "text x 210 302"},
			reading,
		},
		{
			"W03 large ones",
			[]*form.Element{el(form.TextInput, "T", attrs{form.AttrLength: num(1), form.AttrCellSize: str("large")})},
			[]string{"stroke #000000 3 212 210 100 100"},
			reading,
		},
		{
			// 2057 / 120: seventeen in a line.
			"W03 in several lines",
			[]*form.Element{el(form.TextInput, "T", attrs{form.AttrLength: num(20), form.AttrCellSize: str("extralarge")}), el(form.Text, "x", nil)},
			[]string{"stroke #000000 3 2132 210 120 120", "stroke #000000 3 212 330 120 120", "stroke #000000 3 452 330 120 120", "element ClipArea T 210 208 2044 244", "text x 210 462"},
			reading,
		},
		{
			"W04",
			[]*form.Element{el(form.FreeTextInput, "F", nil), el(form.FreeTextInput, "", attrs{form.AttrLineHeight: num(70)}), el(form.Text, "x", nil)},
			[]string{"stroke #808080 2 211 209 2058 148", "element ClipArea F 210 208 2060 150", "element ClipArea FreeTextInput1 210 378 2060 70", "text x 210 458"},
			[]string{"LM425 warning", "LM425 warning"},
		},
		{
			"W02 without hint",
			[]*form.Element{inBlock(el(form.WriteIn, "W", attrs{form.AttrHint: str("")}), content("x"))},
			[]string{"fill #000000 230 331 1980 3", "element ClipArea W 230 218 1980 116", "text x 230 334", "!text write-in"},
			nil,
		},
		{
			// The block ends at 798, its content at 778; below the field a line of 69.
			"W02 adaptive in a block of fixed height",
			[]*form.Element{tall(content("a"), adaptive("W"), content("b"))},
			[]string{"element ClipArea W 230 287 1980 422", "fill #000000 230 637 1980 3", "text h 242 640", "text b 230 709"},
			nil,
		},
		{
			"W02 adaptive in a block that grows", []*form.Element{inBlock(adaptive("W"))}, []string{"element ClipArea W 230 218 1980 185"}, nil,
		},
		{
			"W02 adaptive without room",
			[]*form.Element{el(form.Container, "", nil, el(form.Block, "", attrs{form.AttrHeight: num(200)}, adaptive("W")))},
			[]string{"element ClipArea W 230 218 1980 185"},
			[]string{"LM507 warning"},
		},
		{
			"W02 adaptive in an answer",
			[]*form.Element{tall(el(form.VerticalChoiceBox, "V", nil, el(form.Answer, "a", nil, adaptive("W"))))},
			[]string{"element ClipArea W 325 218 1885 185"},
			nil,
		},
		{
			"W02 adaptive in a positioned block",
			[]*form.Element{el(form.PositionedBlock, "", attrs{form.AttrX: num(300), form.AttrY: num(900), form.AttrWidth: num(500), form.AttrHeight: num(700)}, adaptive("W"))},
			[]string{"element ClipArea W 300 900 500 700"},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) { holds(t, c.tree, c.want, c.codes) })
	}
}

// TestWriteInsOfAnswers: the picture depends on the mark of the answer that
// holds it, by the bubble's place in its element.
func TestWriteInsOfAnswers(t *testing.T) {
	content := func(s string) *form.Element { return el(form.Content, s, nil) }
	doc := holds(t, []*form.Element{inBlock(
		el(form.WriteIn, "free", attrs{form.AttrRequired: yes()}),
		el(form.VerticalChoiceBox, "V", nil,
			el(form.Answer, "none", nil, content("a")),
			el(form.Answer, "head", attrs{form.AttrSelectable: {}}, el(form.WriteIn, "W0", attrs{form.AttrRequired: yes()})),
			el(form.Answer, "two", nil, content("b"), el(form.WriteIn, "W1", nil), el(form.WriteIn, "W2", attrs{form.AttrRequired: yes()}))),
	)}, nil, nil)
	var got []string
	for _, c := range doc.Pattern.Ours.Crops {
		e := doc.Pattern.Pages[c.Page].Elements[c.Element]
		s := fmt.Sprint(e.Name, " ", e.Required)
		for _, w := range c.When {
			v := doc.Pattern.Pages[c.Page].Elements[w.Element]
			s += " if " + v.Groups[0].Bubbles[w.Bubble].Value
		}
		got = append(got, s)
	}
	if want := []string{"free true", "W0 true", "W1 false if two", "W2 true if two"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestMixedBubbles: an element may mix ovals and boxes. Each keeps its own
// rectangle through the file, in which other programs find one size for all.
func TestMixedBubbles(t *testing.T) {
	answer := func(name, kind string) *form.Element {
		return el(form.Answer, name, attrs{form.AttrBubbleType: str(kind)}, el(form.Content, name, nil))
	}
	doc := holds(t, []*form.Element{inBlock(el(form.VerticalChoiceBox, "V", nil, answer("a", "round"), answer("b", "square")))}, []string{
		"ring 230 230 75 45", "stroke #000000 3 230 324 45 45", "bubble V a 230 230 75 45", "bubble V b 225 319 55 55",
	}, nil)
	raw, err := pattern.Write(doc.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	p, warnings, err := pattern.Read(raw)
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	read := facts(&layout.Document{Pages: doc.Pages, Pattern: p})
	for _, w := range []string{"bubble V a 230 230 75 45", "bubble V b 225 319 55 55"} {
		if !slices.Contains(read, w) {
			t.Errorf("no %q after reading", w)
		}
	}
	info := p.Pages[0].Elements[0].Ours
	if info.ShapeOf(0) != "oval" || info.ShapeOf(1) != "square" || info.PrintedOf(1) != (pattern.Box{5, 5, 45, 45}) {
		t.Errorf("%+v", info)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	delete(file, "Leafmark")
	if raw, err = json.Marshal(file); err != nil {
		t.Fatal(err)
	}
	if p, _, err = pattern.Read(raw); err != nil {
		t.Fatal(err)
	}
	for i, b := range p.Pages[0].Elements[0].Groups[0].Bubbles {
		if own := doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles[i]; b.Box.Center() != own.Box.Center() || b.Box.W != 75 || b.Box.H != 55 {
			t.Errorf("without the extension bubble %d lies at %v, with it at %v", i, b.Box, own.Box)
		}
	}
}
