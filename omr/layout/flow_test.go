package layout_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
)

// lines are the texts of a page, each with its box, in the order of painting.
func textLines(doc *layout.Document) []*layout.TextLine {
	var out []*layout.TextLine
	for _, it := range doc.Pages[0].Items {
		if it.Text != nil {
			out = append(out, it.Text)
		}
	}
	return out
}

// TestInline holds paragraph type inline of spec/markup.md 10.10: children on one
// line, a blank between, the tallest gives the height.
func TestInline(t *testing.T) {
	images := map[string][]byte{"i": picture(40, 200)}
	// Text of 69 px beside an image of 200; a blank of the body font is 13 px.
	for align, top := range map[string]string{"top": "198", "center": "263", "bottom": "329"} {
		check(t, []golden{{
			name:   "G04 " + align,
			source: "?paragraph=\n\ttype=inline\n\tvertical_align=" + align + "\n?image=i\n?content=word\n&paragraph\n?text=x\n", images: images,
			want: []string{"picture i 210 198 40 200", "text word 263 " + top, "text x 210 398"},
		}})
	}
	doc, list := lay(t, "?paragraph=\n\ttype=inline\n?content="+strings.Repeat("alpha ", 8)+"\n\tfont_size=9\n?content="+strings.Repeat("beta ", 30)+"\n?empty_line=\n\theight=50\n?content=gamma\n&paragraph\n?text=x\n", form.Settings{}, nil)
	if doc == nil || len(list) > 0 {
		t.Fatal(list)
	}
	var tops []float64
	for _, l := range textLines(doc) {
		b := l.Box()
		if b.X < 210 || b.X+b.W > 2270.1 {
			t.Errorf("%q reaches from %.0f to %.0f", l.Text, b.X, b.X+b.W)
		}
		tops = append(tops, b.Y)
	}
	first := textLines(doc)[1] // begins on the first content's line
	if b := first.Box(); b.X < 1000 || math.Abs(b.Y-198) > 20 {
		t.Errorf("the second content begins at x %.0f, y %.0f", b.X, b.Y)
	}
	n := len(tops)
	if tops[n-1]-tops[n-2] != 69 || tops[n-2]-tops[n-3] != 69+50 {
		t.Errorf("tops %v: want an empty line of 50 px before the last content", tops)
	}
}

// TestImageWrap holds paragraph type ImageWrap: no line touches the image and its
// 20 px, texts go left of it where 4 em are left, else right.
func TestImageWrap(t *testing.T) {
	long := strings.Repeat("some words of a text that goes on ", 30)
	for _, c := range []struct {
		name, at string
		image    geom.PageRect
		x        float64 // where lines beside the image begin
	}{
		{"right", "x=1700\n\ty=300", geom.PageRect{X: 1700, Y: 300, W: 500, H: 400}, 210},
		{"left", "x=220\n\ty=300", geom.PageRect{X: 220, Y: 300, W: 500, H: 400}, 740},
		{"less than 4 em at the left", "x=420\n\ty=300", geom.PageRect{X: 420, Y: 300, W: 500, H: 400}, 940},
		{"4 em at the left", "x=440\n\ty=300", geom.PageRect{X: 440, Y: 300, W: 500, H: 400}, 210},
	} {
		doc, list := lay(t, "?paragraph=\n\ttype=ImageWrap\n?content="+long+"\n?image=i\n\t"+c.at+"\n\twidth=500\n\theight=400\n?content=short\n&paragraph\n?text=x\n", form.Settings{}, map[string][]byte{"i": picture(5, 4)})
		if doc == nil || len(list) > 0 {
			t.Fatalf("%s: %v", c.name, list)
		}
		beside := 0
		for _, l := range textLines(doc) {
			b := l.Box()
			if b.Overlaps(c.image.Grow(20)) {
				t.Errorf("%s: %q runs into the image", c.name, l.Text)
			}
			if b.X+b.W > 2270.1 {
				t.Errorf("%s: %q passes the margin", c.name, l.Text)
			}
			if b.Y+b.H > 300 && b.Y < 700 && l.Text != "short" {
				beside++
				if b.X != c.x {
					t.Errorf("%s: %q begins at %.0f, want %.0f", c.name, l.Text, b.X, c.x)
				}
			}
		}
		if beside < 4 {
			t.Errorf("%s: %d lines beside the image", c.name, beside)
		}
	}
	check(t, []golden{
		{
			name: "across the column", source: "?paragraph=\n\ttype=ImageWrap\n?image=i\n\tx=210\n\ty=250\n\twidth=2060\n\theight=100\n?content=a\n?content=b\n&paragraph\n?text=c\n",
			images: map[string][]byte{"i": picture(5, 4)},
			// The first line would meet the 20 px above the image.
			want: []string{"text a 210 370", "text b 210 439", "text c 210 508"},
		},
		{
			name: "choice box below", source: "?paragraph=\n\ttype=ImageWrap\n?image=i\n\tx=210\n\ty=250\n\twidth=100\n\theight=100\n?choicebox=Q\n\t?option=a\n&choicebox\n&paragraph\n",
			images: map[string][]byte{"i": picture(5, 4)}, want: []string{"text 1. Q 210 370"},
		},
		{
			name: "no place", source: "?paragraph=\n\ttype=ImageWrap\n?image=i\n\tx=210\n\ty=250\n\twidth=100\n?content=a\n&paragraph\n",
			images: map[string][]byte{"i": picture(5, 4)}, codes: []string{"LM302 error", "LM603 warning"},
		},
	})
}

// TestPositionedBlocks holds spec/markup.md 10.5 and 18.3 B10.
func TestPositionedBlocks(t *testing.T) {
	block := func(attrs, children string) string {
		return "?text=a\n?positioned_block=\n" + attrs + children + "&positioned_block\n?text=b\n"
	}
	check(t, []golden{
		{
			name: "B10 width and height", source: block("\tx=500\n\ty=900\n\twidth=600\n\theight=300\n", "?content=one two three four five six\n\talign=right\n"),
			want: []string{"text one two three four five 568 900", "text six 1037 969", "text b 210 267"},
		},
		{
			name: "B10 fits its content", source: block("\tx=500\n\ty=900\n", "?content=wide enough\n\talign=center\n?content=x\n\talign=right\n"),
			// As wide as "wide enough", of which x is one tenth.
			want: []string{"text wide enough 500 900", "text x 775 969"},
		},
		{
			name: "stretching content ends at the margin", source: block("\tx=500\n\ty=900\n", "?choicebox=Q\n\t?option=a\n\t?option=b\n\t\trow_index=1\n&choicebox\n"),
			want: []string{"text 1. Q 500 900", "ring 595 991 60 60", "ring 1480 991 60 60"},
		},
		{name: "B10 too low", source: block("\tx=500\n\ty=900\n\twidth=600\n\theight=100\n", "?content=a\n?content=b\n"), codes: []string{"LM507 warning"}},
		{
			name: "clips", source: block("\tx=500\n\ty=900\n\twidth=600\n\theight=60\n", "?content=a\n?content=beyond\n"), settings: form.Settings{Overflow: form.Clip},
			want: []string{"!text beyond"},
		},
		{name: "off the page", source: block("\tx=2300\n\ty=900\n\twidth=600\n", "?content=a\n"), codes: []string{"LM501 error"}},
		{name: "off the page below", source: block("\tx=400\n\ty=3480\n", "?content=a\n"), codes: []string{"LM501 error"}},
		{name: "on a marker", source: block("\tx=2300\n\ty=330\n", "?content=a\n"), codes: []string{"LM502 error"}},
		{name: "beside a marker", source: block("\tx=2300\n\ty=200\n\twidth=180\n\theight=400\n", "?content=a\n"), want: []string{"text a 2300 200"}},
		{name: "bubbles on a marker are said once", source: block("\tx=2100\n\ty=300\n", "?grid=\n\tsections_count=4\n"), codes: []string{"LM405 warning", "LM502 error"}},
	})
}

// TestWrap holds overflow=wrap of spec/markup.md 9.4. Three columns begin at 210,
// 897, 1583; their content 20 px further, 607 or 606 px wide.
func TestWrap(t *testing.T) {
	three := func(attrs, children, rest string) string {
		return "?container=\n\tcolumns_count=3\n?block=\n\tcolumn=3\n?content=third\n&block\n?block=\n\tborder=square\n\toverflow=wrap\n" + attrs + children + "&block\n" + rest + "&container\n?text=x\n"
	}
	second := "?block=\n\tcolumn=2\n?content=second\n&block\n"
	images := map[string][]byte{"i": picture(100, 200)}
	check(t, []golden{
		{
			name: "B07 lines of one text", source: three("\theight=178\n", "?content=one two three four five six seven eight nine ten eleven\n", second),
			// Two lines stand in the block (20 + 138 + 20), the third above the block of the second column.
			want: []string{
				"stroke #000000 3 210 198 647 178", "text one two three four five 230 218", "text six seven eight nine ten 230 287",
				"text eleven 917 218", "text second 917 347", "text third 1603 218", "text x 210 456",
			},
		},
		{
			name: "B07 image not split", source: three("\theight=250\n", "?content=a\n?image=i\n?content=b\n", second), images: images,
			want: []string{"text a 230 218", "picture i 917 218 100 200", "text b 917 418", "text second 917 547"},
		},
		{
			name: "B07 answers", source: three("\theight=320\n", "?choicebox=Q\n\t?option=a\n\t?option=b\n\t?option=c\n\t?option=d\n&choicebox\n?content=z\n", second),
			// 69 + 2 · 104 = 277 of 280 px: the question and two answers, then the others.
			want: []string{
				"bubble Question1 A 320 304 70 70", "bubble Question1 B 320 408 70 70",
				"bubble Question1 C 1007 218 70 70", "bubble Question1 D 1007 322 70 70", "text z 917 410", "text second 917 539",
			},
		},
		{
			name: "matrix not split", source: three("\theight=300\n", "?answer_sheet=S\n\telements_count=5\n\tcolumns_count=1\n", second),
			want: []string{"bubble S1 A 1022 223 70 70", "bubble S5 A 1022 543 70 70", "text second 917 678"},
		},
		{
			name: "all the rest in the next column", source: three("\theight=109\n", "?content=a\n?content=b\n?content=c\n?content=d\n", second),
			want: []string{"text a 230 218", "text b 917 218", "text c 917 287", "text d 917 356", "text second 917 485", "text third 1603 218"},
		},
		{
			name: "empty line at a column's top", source: three("\theight=109\n", "?content=a\n?empty_line=\n?content=c\n", ""),
			want: []string{"text a 230 218", "text c 917 218"},
		},
		{
			name: "setting", source: "?container=\n\tcolumns_count=2\n?block=\n\theight=109\n?content=a\n?content=b\n&block\n&container\n", settings: form.Settings{Overflow: form.Wrap},
			want: []string{"text b 1260 218"},
		},
		{
			name:   "narrower column",
			source: "?container=\n\tcolumns_proportions=70-30\n?block=\n\toverflow=wrap\n\theight=109\n?content=one two three four five six one two three four five six seven eight nine\n&block\n&container\n",
			want:   []string{"text one two three four five 230 218", "text six one two three four 1672 218"},
		},
	})
	// A table is divided between rows: every bubble beside its question.
	table := el(form.Table, "", attrs{form.AttrAnswersCount: num(2)},
		el(form.TableHeader, "", nil, el(form.Content, "Q", nil), el(form.TableAnswer, "a", nil), el(form.TableAnswer, "b", nil)))
	for _, q := range []string{"q1", "q2", "q3", "q4", "q5"} {
		table.Children = append(table.Children, el(form.Question, q, nil))
	}
	page := el(form.Page, "", nil, el(form.Container, "", attrs{form.AttrColumnsCount: num(2)},
		el(form.Block, "", attrs{form.AttrOverflow: str("wrap"), form.AttrHeight: num(500)}, table)))
	doc, list := layout.Lay(&form.Form{Pages: []*form.Element{page}}, form.Settings{}, layout.Options{})
	if doc == nil || len(list) > 0 {
		t.Fatalf("%v", list)
	}
	columns := map[bool]int{}
	for _, l := range textLines(doc) {
		if !strings.HasPrefix(l.Text, "q") {
			continue
		}
		for _, e := range doc.Pattern.Pages[0].Elements {
			if e.Name == l.Text {
				b := e.Groups[0].Bubbles[0].Box
				if right := l.Origin.X > 1240; right != (b.X > 1240) || b.Y+b.H < l.Box().Y || b.Y > l.Box().Y+150 {
					t.Errorf("%s stands at %.0f %.0f, its bubble at %.0f %.0f", l.Text, l.Origin.X, l.Origin.Y, b.X, b.Y)
				}
			}
		}
		columns[l.Origin.X > 1240]++
	}
	if columns[false] == 0 || columns[true] == 0 {
		t.Errorf("questions by column %v", columns)
	}
	for _, it := range doc.Pages[0].Items {
		if it.Rect != nil && it.Rect.Box.W == 9 && it.Rect.Box.H > 510 {
			t.Errorf("a rule of the table was not divided: %+v", it.Rect.Box)
		}
	}
}

// TestRightToLeft: a page of a right-to-left form is the mirror of itself, but for
// its markers and what the source places in so many words.
func TestRightToLeft(t *testing.T) {
	hebrew := form.Settings{WritingSystem: form.Hebrew}
	check(t, []golden{
		{
			name: "columns and texts", settings: hebrew,
			source: "?text=א\n?container=\n\tcolumns_count=2\n?block=\n\tborder=square\n?content=ב\n&block\n?block=\n\tcolumn=2\n\tborder=square\n&block\n&container\n",
			want:   []string{"stroke #000000 3 1280 267 990 109", "stroke #000000 3 250 267 990 40", "marker ReferencePoint4 2332 322 124 174"},
		},
		{
			name: "bubbles", settings: hebrew, source: "?answer_sheet=Q\n\telements_count=1\n\tcolumns_count=1\n",
			want: []string{"bubble Q1 A 2095 203 70 70", "bubble Q1 B 2020 203 70 70"},
		},
		{
			name: "said in so many words", settings: hebrew, source: "?text=abc\n\talign=left\n?image=i\n\tx=300\n\ty=900\n?grid=G\n\tx=400\n\ty=1200\n\tsections_count=2\n\toptions_count=1\n",
			images: map[string][]byte{"i": picture(50, 50)},
			want:   []string{"text abc 210 198", "picture i 300 900 50 50"},
		},
		{name: "margins", settings: form.Settings{WritingSystem: form.Arabic, PageMarginLeft: ptr(500)}, source: "?container=\n\tblock_right_margin=0\n?block=\n\tborder=square\n&block\n&container\n", want: []string{"stroke #000000 3 500 198 1770 40"}},
		{
			name: "positions of numbers stay, those of words do not", settings: hebrew,
			source: "?composite_grid=\n\tcolumns_count=2\n\textra_row=(7)(8)\n?composite_grid=\n\tcolumns_count=2\n\textra_row=(א)(ב)\n?composite_grid=\n\tcolumns_count=2\n\textra_row=(5)(6)\n\trotate=90\n?grid=\n\tsections_count=1\n\toptions_count=2\n\torientation=vertical\n",
			codes:  []string{"LM405 warning", "LM405 warning", "LM405 warning", "LM405 warning"},
			want: []string{
				"bubble CompositeGrid1 7 2130 293 70 70", "bubble CompositeGrid1 8 2205 293 70 70",
				"bubble CompositeGrid2 א 2205 473 70 70", "bubble CompositeGrid2 ב 2130 473 70 70",
				"bubble CompositeGrid3 5 2205 553 70 70", "bubble CompositeGrid3 6 2205 628 70 70",
			},
		},
		{
			name: "cells", settings: hebrew, source: "?content=12\n\tcontent_type=cells\n?content=אב\n\tcontent_type=cells\n", codes: []string{"LM221 warning", "LM221 warning"},
			want: []string{"text 1 2168 202", "text 2 2226 202", "text א 2225 281", "text ב 2167 281"},
		},
		{
			name: "cells of a left-to-right form", source: "?content=אב12\n\tcontent_type=cells\n", codes: []string{"LM221 warning"},
			want: []string{"text 1 225 202", "text 2 284 202", "text ב 342 202", "text א 400 202"},
		},
		{name: "Bengali is left to right", settings: form.Settings{WritingSystem: form.Bengali}, source: "?text=x\n", want: []string{"text x 210 198"}},
	})
	doc, list := lay(t, "?grid=G\n\tx=400\n\ty=1200\n\tsections_count=2\n\toptions_count=1\n?barcode=B\n\tvalue=abc\n\talign=left\n", hebrew, nil)
	if doc == nil {
		t.Fatal(list)
	}
	if doc.Lang != "he" || doc.Pattern.Ours.Language != "he" || doc.Pattern.Ours.Direction != "rtl" {
		t.Errorf("language %q, direction %q", doc.Pattern.Ours.Language, doc.Pattern.Ours.Direction)
	}
	g := doc.Pattern.Pages[0].Elements[0]
	if a, b := g.Groups[0].Box, g.Groups[1].Box; a.X != 395 || b.X <= a.X {
		t.Errorf("sections at %.0f and %.0f, want the first at 395 and the second right of it, as numbers are written", a.X, b.X)
	}
	code := doc.Pattern.Pages[0].Elements[1]
	if code.Box.X != 210 {
		t.Errorf("the barcode stands at x %.0f", code.Box.X)
	}
	for _, it := range doc.Pages[0].Items {
		if it.Modules == nil {
			continue
		}
		// Finders at the left, never mirrored: three corners, the fourth is free.
		corner := func(x, y float64) bool {
			return slices.ContainsFunc(it.Modules.Bars, func(b geom.PageRect) bool {
				return b.Contains(geom.PageRect{X: x, Y: y, W: 1, H: 1})
			})
		}
		far := 7.5 * 8
		if b := code.Box; !corner(b.X+4, b.Y+far-16) || !corner(b.X+b.W-4, b.Y+4) || !corner(b.X+4, b.Y+b.H-4) {
			t.Errorf("the code was mirrored or left its place")
		}
	}
}

// TestNativeNumbers: numbers in the digits of the writing system, keys and values
// as everywhere (spec/markup.md 9.9).
func TestNativeNumbers(t *testing.T) {
	source := "#שאלה\n\t() א\n?answer_sheet=S\n\telements_count=1\n\tstart_id=15\n\tcolumns_count=1\n?grid=\n\tsections_count=1\n\toptions_count=2\n"
	for system, want := range map[form.WritingSystem][3]string{
		form.Arabic: {"1.", "١٥.", "١"}, form.Persian: {"1.", "۱۵.", "۱"}, form.Urdu: {"1.", "۱۵.", "۱"},
		form.Bengali: {"1.", "১৫.", "১"}, form.Hebrew: {"1.", "טו.", "1"}, form.Western: {"1.", "15.", "1"},
	} {
		yes := true
		doc, list := lay(t, source, form.Settings{WritingSystem: system, NativeNumbers: &yes}, nil)
		if doc == nil {
			t.Fatal(list)
		}
		texts := map[string]bool{}
		for _, l := range textLines(doc) {
			var runes []rune
			for _, run := range l.Line.Runs {
				for _, g := range run.Glyphs {
					runes = append(runes, []rune(g.Text)...)
				}
			}
			texts[string(runes)] = true
			slices.Reverse(runes)
			texts[string(runes)] = true
		}
		// The line's number is drawn from the right in right-to-left systems: its
		// dot is at the left end.
		if reversed := []rune(want[1]); !texts[want[1]] && !texts["."+strings.TrimSuffix(want[1], ".")] {
			t.Errorf("%s: the line's number %q is not among %v", system, string(reversed), texts)
		}
		if !texts[want[2]] {
			t.Errorf("%s: no bubble shows %q: %v", system, want[2], texts)
		}
		e := doc.Pattern.Pages[0].Elements
		if e[1].Name != "S15" || e[2].Groups[0].Bubbles[1].Value != "1" {
			t.Errorf("%s: key %q, value %q", system, e[1].Name, e[2].Groups[0].Bubbles[1].Value)
		}
	}
}

// TestLongWords holds the setting LongWordHandling of spec/markup.md 7.1.
func TestLongWords(t *testing.T) {
	source := "?container=\n\tcolumns_count=5\n?block=\n\thorizontal_padding=10\n?content=the Donaudampfschifffahrtsgesellschaft\n&block\n&container\n"
	check(t, []golden{
		{name: "drawn over", source: source, settings: form.Settings{LongWords: form.DrawOver}, codes: []string{"LM509 warning"}},
		{name: "an error", source: source, settings: form.Settings{LongWords: form.LongError}, codes: []string{"LM509 error"}},
		{name: "hyphens", source: source, settings: form.Settings{LongWords: form.Hyphenate}, want: []string{"!text Donaudampfschifffahrtsgesellschaft"}},
	})
	doc, _ := lay(t, source, form.Settings{LongWords: form.Hyphenate}, nil)
	whole := ""
	for _, l := range textLines(doc) {
		if l.Line.Width > 352 {
			t.Errorf("%q is %.0f px wide", l.Text, l.Line.Width)
		}
		whole += strings.TrimSuffix(strings.ReplaceAll(l.Text, "\u00ad", ""), "-")
	}
	if whole != "the Donaudampfschifffahrtsgesellschaft" {
		t.Errorf("the text became %q", whole)
	}
}
