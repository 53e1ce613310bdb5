package layout_test

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
)

// TestContainers holds spec/markup.md 9.2 to 9.4 and 18.3 on A4: content column
// x 210, width 2060, first y 198.
func TestContainers(t *testing.T) {
	check(t, []golden{
		{
			name: "C01", source: "?container=\n?block=\n\tborder=square\n?content=a\n&block\n&container\n?container=\n&container\n?text=b\n",
			// 40 px right margin; 20 above, 20 below the text of 69, 20 below the block.
			want: []string{"stroke #000000 3 210 198 2020 109", "text a 230 218", "text b 210 327"},
		},
		{
			name:   "C02 three columns",
			source: "?container=\n\tcolumns_count=3\n?block=\n\tcolumn=2\n\tborder=square\n?content=b\n&block\n?block=\n\tborder=square\n?content=a\n&block\n?block=\n\tcolumn=3\n\tborder=square\n?content=c\n?content=d\n&block\n&container\n?text=below\n",
			want: []string{
				"stroke #000000 3 210 198 647 109", "stroke #000000 3 897 198 646 109", "stroke #000000 3 1583 198 647 178",
				"text a 230 218", "text b 917 218", "text c 1603 218", "text below 210 396",
			},
		},
		{
			name:   "C03 proportions override the count, C04 spacer column",
			source: "?container=\n\tcolumns_count=2\n\tcolumns_proportions=30%-20%-40%\n?block=\n\tborder=square\n&block\n?block=\n\tcolumn=3\n\tborder=square\n&block\n&container\n",
			want:   []string{"stroke #000000 3 210 198 578 40", "stroke #000000 3 1240 198 784 40"},
		},
		{
			name:   "C05 margins",
			source: "?container=\n\tblock_right_margin=0\n\tblock_bottom_margin=7\n\tblock_top_padding=33\n?block=\n\tborder=square\n?content=a\n&block\n?block=\n?content=b\n&block\n&container\n?text=c\n",
			want:   []string{"stroke #000000 3 210 198 2060 122", "text a 230 231", "text b 230 360", "text c 210 456"},
		},
		{
			name:   "B06 own padding wins",
			source: "?container=\n\tblock_top_padding=50\n?block=\n\tborder=square\n\thorizontal_padding=5\n\tvertical_padding=8\n?content=a\n&block\n&container\n",
			want:   []string{"stroke #000000 3 210 198 2020 85", "text a 215 206"},
		},
		{
			name:   "C06 footer",
			source: "?container=f\n\ttype=footer\n\tcolumns_count=2\n?block=\n?content=left\n&block\n?block=\n\tcolumn=2\n?content=right\n\talign=right\n&block\n&container\n?text=first\n",
			// Bottom edge 3508-24-60 = 3424; 129 high; a rule of 3 px along the top.
			want: []string{"text first 210 198", "fill #000000 210 3295 2060 3", "text left 230 3315"},
		},
		{
			name: "second footer", source: strings.Repeat("?container=f\n\ttype=footer\n?block=\n&block\n&container\n", 2),
			codes: []string{"LM431 error"},
		},
		{
			name:   "C07 nested",
			source: "?container=\n?block=\n?container=\n\tcolumns_count=2\n?block=\n\tcolumn=2\n\tborder=square\n?content=in\n&block\n&container\n&block\n&container\n",
			// Inner column: 230 wide 1980; its second half 1220.
			want: []string{"stroke #000000 3 1220 218 950 109", "text in 1240 238"},
		},
		{
			name:   "C08 equal heights",
			source: "?container=\n\tcolumns_count=2\n\tsync_children_height=true\n?block=\n\tborder=square\n?content=a\n&block\n?block=\n\tcolumn=2\n\tborder=square\n?content=b\n?content=c\n&block\n?block=\n\tborder=square\n&block\n&container\n",
			want:   []string{"stroke #000000 3 210 198 990 178", "stroke #000000 3 1240 198 990 178", "stroke #000000 3 210 396 990 40"},
		},
		{
			name:   "C09 matrices in columns",
			source: "?container=\n\tcolumns_count=2\n?answer_sheet=A\n\telements_count=2\n\tcolumns_count=1\n?grid=G\n\tcolumn=2\n\tsections_count=1\n&container\n?text=t\n",
			want:   []string{"bubble A1 A 315 203 70 70", "text t 210 1118"},
		},
		{
			name: "column beyond", source: "?container=\n\tcolumns_count=2\n?block=\n\tcolumn=3\n&block\n&container\n", codes: []string{"LM428 error"},
		},
		{
			name:   "B01",
			source: "?container=\n\tcolumns_count=2\n?block=\n?content=a1\n&block\n?block=\n\tcolumn=2\n?content=b1\n&block\n?block=\n?content=a2\n&block\n&container\n",
			want:   []string{"text a1 230 218", "text b1 1260 218", "text a2 230 347"},
		},
		{
			name:   "B02 rounded",
			source: "?container=\n?block=\n\tborder=rounded\n\tborder_size=5\n\tborder_color=DarkOrange\n?content=a\n&block\n&container\n",
			want:   []string{"stroke #ff8c00 5 210 198 2020 109 round 30"},
		},
		{
			name:   "B03 sides",
			source: "?container=\n?block=\n\tborder=square\n\tborder_top_style=6 red\n\tborder_left_style=none\n?content=a\n&block\n&container\n",
			// Top: centred on y 198, reaching over the right stroke; no left side.
			want: []string{"fill #ff0000 210 195 2022 6", "fill #000000 2228 195 3 114", "fill #000000 210 306 2022 3", "!stroke"},
		},
		{
			name:   "B04 background",
			source: "?container=\n?block=\n\tbackground_color=Aqua\n?content=a\n&block\n&container\n",
			want:   []string{"fill #00ffff 210 198 2020 109", "!stroke"},
		},
		{
			name:   "B05 higher",
			source: "?container=\n?block=\n\tborder=square\n\theight=300\n?content=a\n&block\n&container\n?text=b\n",
			want:   []string{"stroke #000000 3 210 198 2020 300", "text b 210 518"},
		},
		{
			name:   "B05 lower",
			source: "?container=\n?block=\n\tborder=square\n\theight=60\n?content=a\n?content=b\n&block\n&container\n?text=c\n",
			want:   []string{"stroke #000000 3 210 198 2020 60", "text b 230 287", "text c 210 278"}, codes: []string{"LM507 warning"},
		},
		{
			name:   "B07 clip",
			source: "?container=\n?block=\n\tborder=square\n\theight=180\n\toverflow=clip\n?answer_sheet=Q\n\telements_count=3\n\tcolumns_count=1\n&block\n&container\n",
			// Lines at 228, 308, 388: the second ends at 368, the third begins below.
			want:  []string{"bubble Q1 A 335 223 70 70", "bubble Q2 A 335 303 70 70", "!bubble Q3", "!element ChoiceBox Q3", "!ring 340 388"},
			codes: []string{"LM508 warning"},
		},
		{
			name:   "B07 clip cuts partly",
			source: "?container=\n?block=\n\theight=150\n\toverflow=clip\n?answer_sheet=Q\n\telements_count=2\n\tcolumns_count=1\n&block\n&container\n",
			want:   []string{"bubble Q1 A 335 223 70 70", "!bubble Q2", "ring 340 308 60 60"}, codes: []string{"LM508 warning"},
		},
		{
			name:   "B08 clipped block",
			source: "?container=\n?block=shot\n\tis_clipped=true\n?answer_sheet=Q\n\telements_count=1\n&block\n?block=\n\tis_clipped=true\n&block\n&container\n", codes: []string{"LM405 warning"},
			want: []string{"element ClipArea shot 210 198 2020 120", "bubble Q1 A 335 223 70 70", "element ClipArea Block1 210 338 2020 40"},
		},
		{
			name:   "wrap that has nothing to do",
			source: "?container=\n?block=\n\theight=300\n\toverflow=wrap\n?content=a\n&block\n&container\n",
			want:   []string{"text a 230 218"},
		},
		{
			name:   "wrap without a further column",
			source: "?container=\n?block=\n\theight=60\n\toverflow=wrap\n?content=a\n&block\n&container\n",
			want:   []string{"text a 230 218"}, codes: []string{"LM507 warning"},
		},
	})
}

// TestClipRegion: what a clipping block cuts is marked so, and only that.
func TestClipRegion(t *testing.T) {
	doc, list := lay(t, "?container=\n?block=\n\theight=70\n\toverflow=clip\n?content=first\n?content=second\n&block\n&container\n", form.Settings{}, nil)
	if doc == nil {
		t.Fatal(list)
	}
	for _, it := range doc.Pages[0].Items {
		if it.Text == nil {
			continue
		}
		if it.Text.Text == "second" {
			t.Error("text below the block is drawn")
		}
		if it.Clip == nil || it.Clip.Y+it.Clip.H != 268 {
			t.Errorf("%q is cut at %+v, want y 268", it.Text.Text, it.Clip)
		}
	}
}

// TestTexts holds spec/markup.md 9.5, 10.6, 10.7.
func TestTexts(t *testing.T) {
	check(t, []golden{
		{name: "T01 align", source: "?text=mid\n\talign=center\n?text=right\n\talign=right\n", want: []string{"text mid 1195 198", "text right 2161 267"}},
		{name: "T01 size", source: "?text=big\n\tfont_size=24\n?text=next\n", want: []string{"text next 210 335"}}, // 100 px: 136.2 -> 137
		{name: "P05 body", source: "?text=big\n?text=next\n\tfont_size=12\n?empty_line=\n?text=after\n", settings: form.Settings{FontSize: 24}, want: []string{"text next 210 335", "text after 210 541"}},
		{
			name: "T02 wraps in a column", source: "?container=\n\tcolumns_count=4\n?block=\n?content=one two three four five six\n&block\n&container\n",
			want: []string{"text one two three 230 218", "text four five six 230 287"},
		},
		{
			name: "T03 cells", source: "?container=\n?block=\n?content=a  \n\tcontent_type=cells\n&block\n&container\n?text=x\n",
			// Boxes of 0.85 · 69 = 58.65, height 79, adjoining.
			want: []string{"stroke #000000 3 230 218 59 79", "stroke #000000 3 289 218 58 79", "stroke #000000 3 347 218 59 79", "text x 210 337"},
		},
		{name: "T04", source: "?container=\n\tcolumns_count=10\n?block=\n?content=Donaudampfschifffahrt\n&block\n&container\n", codes: []string{"LM509 warning"}},
		{name: "T05", source: "?text=Ελληνικά Кириллица 中文 हिन्दी العربية עברית\n"},
		{name: "missing character", source: "?text=a\U0001F980\n", codes: []string{"LM505 warning"}},
		{name: "unknown font", source: "?text=a\n\tfont_family=Papyrus\n?text=b\n\tfont_family=papyrus\n?text=c\n\tfont_family=Georgia\n", codes: []string{"LM315 warning"}},
		{name: "R14 tabs", source: "?text=\t\tPart B\n", want: []string{"text Part B 210 198"}},
	})
	doc, _ := lay(t, "?text=u\n\tfont_style=underline, bold\n?text=s\n\tfont_style=strikeout\n\tcolor=red\n?text=\t\tB\n", form.Settings{}, nil)
	items := doc.Pages[0].Items
	u, s, b := items[0].Text, items[1].Text, items[2].Text
	if u.Underline == nil || u.Strike != nil || s.Strike == nil || s.Color != (form.Color{R: 255}) {
		t.Errorf("underline %+v, strikeout %+v %v", u.Underline, s.Strike, s.Color)
	}
	if b.Line.Runs[len(b.Line.Runs)-1].X != 236 {
		t.Errorf("two TABs lead to %v, want 236", b.Line.Runs[len(b.Line.Runs)-1].X)
	}
}

// TestImages holds spec/markup.md 10.8 and 9.7.
func TestImages(t *testing.T) {
	images := map[string][]byte{"Logo.png": picture(200, 100)}
	check(t, []golden{
		{name: "I01 natural", source: "?image=Logo.png\n?text=x\n", images: images, want: []string{"picture Logo.png 210 198 200 100", "text x 210 298"}},
		{name: "I01 width", source: "?image=logo.PNG\n\twidth=50\n", images: images, want: []string{"picture Logo.png 210 198 50 25"}},
		{name: "I01 height", source: "?image=C:\\pics\\logo.png\n\theight=50\n", images: images, want: []string{"picture Logo.png 210 198 100 50"}},
		{name: "I01 both", source: "?image=img/Logo.png\n\twidth=70\n\theight=90\n", images: images, want: []string{"picture Logo.png 210 198 70 90"}},
		{name: "I02", source: "?image=Logo.png\n\talign=center\n?image=Logo.png\n\talign=right\n", images: images, want: []string{"picture Logo.png 1140 198 200 100", "picture Logo.png 2070 298 200 100"}},
		{name: "I03 both", source: "?image=Logo.png\n\tx=400\n\ty=500\n?text=x\n", images: images, want: []string{"picture Logo.png 400 500 200 100", "text x 210 600"}},
		{name: "I03 x", source: "?text=a\n?image=Logo.png\n\tx=400\n?text=x\n", images: images, want: []string{"picture Logo.png 400 267 200 100", "text x 210 367"}},
		{name: "I03 y above", source: "?text=a\n?text=b\n?image=Logo.png\n\ty=180\n\talign=center\n?text=x\n", images: images, want: []string{"picture Logo.png 1140 180 200 100", "text x 210 336"}},
		{
			name: "shrunk", source: "?image=wide\n", images: map[string][]byte{"wide": picture(4120, 100)},
			want: []string{"picture wide 210 198 2060 50"}, codes: []string{"LM510 warning"},
		},
		{name: "I04 missing", source: "?image=none.png\n", images: images, codes: []string{"LM601 error", "LM603 warning"}},
		{name: "I04 damaged", source: "?image=x\n", images: map[string][]byte{"x": []byte("no picture")}, codes: []string{"LM602 error"}},
		{name: "I04 unused", source: "?text=x\n", images: images, codes: []string{"LM603 warning"}},
		{name: "off the page", source: "?image=Logo.png\n\tx=2400\n\ty=1000\n", images: images, codes: []string{"LM501 error"}},
		{name: "on a marker", source: "?image=Logo.png\n\tx=2200\n\ty=450\n", images: images, codes: []string{"LM502 error"}},
		{name: "beside the markers", source: "?image=Logo.png\n\tx=0\n\ty=1500\n\twidth=2480\n", images: images, want: []string{"picture Logo.png 0 1500 2480 1240"}},
		{name: "on the identifier", source: "?page=\n?image=Logo.png\n\tx=0\n\ty=1500\n\twidth=2480\n&page\n?page=\n&page\n", images: images, codes: []string{"LM502 error"}},
	})
}

// TestChoiceBoxes holds spec/markup.md 10.12 and 18.4. Row height of the body
// font: 1.5 · 69 = 103.5, so 104; bubbles 22 px below its top.
func TestChoiceBoxes(t *testing.T) {
	check(t, []golden{
		{
			name: "Q01 one", source: "#Agree?\n\t() yes indeed\n?text=x\n",
			want: []string{"text 1. Agree? 210 198", "ring 305 289 60 60", "bubble Question1 A 300 284 70 70", "text x 210 371"},
		},
		{
			name: "Q01 two: the second half the width on", source: "#Agree?\n\t() Sure () Never\n",
			want: []string{"bubble Question1 A 300 284 70 70", "bubble Question1 B 1330 284 70 70"},
		},
		{
			name: "Q02 scale: D + 45", source: "#Rate\n\t(10)(9)(8)\n",
			want: []string{"bubble Question1 10 300 284 70 70", "bubble Question1 9 405 284 70 70", "bubble Question1 8 510 284 70 70"},
		},
		{
			name: "Q01 rows", source: "#Q\n\t() a () b\n\t() c () d\n",
			want: []string{"bubble Question1 A 300 284 70 70", "bubble Question1 C 300 388 70 70", "bubble Question1 D 1330 388 70 70"},
		},
		{
			name: "Q03 symbols", source: "#Q\n\t(Yes) a (no) b () c (z) d\n",
			want: []string{"bubble Question1 Y 300 284 70 70", "text Y 327 299", "!bubble Question1 A", "!bubble Question1 B"},
		},
		{
			name: "Q06 options", source: "?choicebox=Shirt size\n\t?option=Small\n\t\tbubble_value=S\n\t?option=Large\n\t\trow_index=1\n\t?option=Other\n&choicebox\n",
			want: []string{"bubble Question1 S 300 284 70 70", "bubble Question1 B 1330 284 70 70", "bubble Question1 C 300 388 70 70"},
		},
		{
			name: "Q08 hidden number", source: "#One\n\t() a\n#Two\n\tdisplay_number=false\n\t() a\n#Three\n\t() a\n",
			want: []string{"text 1. One 210 198", "text Two 210 371", "text 3. Three 210 544", "bubble Question2 A 300 457 70 70"},
		},
		{
			name: "Q10 numbering", source: "?page=\n#One\n\t() a\n?answer_sheet=S\n\telements_count=2\n&page\n?page=\n#Two\n\t() a\n?answer_sheet=T\n\telements_count=1\n\tstart_id=40\n#Three\n\t() a\n&page\n",
			want: []string{"bubble S2 A 315 376 70 70", "bubble S3 A 830 376 70 70", "p2: text 4. Two 210 198", "p2: bubble T40 A 315 376 70 70", "p2: text 41. Three 210 451"},
		},
		{name: "Q11", source: "#Many\n\t" + strings.Repeat("() a", 27) + "\n", codes: []string{"LM413 error"}},
		{name: "same symbol", source: "#Q\n\t(A) a (A) b\n", want: []string{"bubble Question1 A 300 284 70 70"}, codes: []string{"LM414 warning"}},
		{
			name: "P06", source: "#Q\n\t() a\n", settings: form.Settings{BubbleSize: form.ExtraLarge, BubbleColor: &form.Color{R: 255, G: 255, B: 255}},
			// Row height max(126, 104).
			want: []string{"ring 305 280 100 100"}, codes: []string{"LM506 warning"},
		},
	})
}

// TestAnswersNeverCollide: however long the texts, no text reaches the next
// bubble, and none leaves the element.
func TestAnswersNeverCollide(t *testing.T) {
	words := []string{"no", "perhaps", "a rather long answer that goes on", strings.Repeat("a very long answer text ", 6)}
	for n := 1; n <= 5; n++ {
		for seed := range 4 * 4 * 4 {
			var b strings.Builder
			b.WriteString("#Question\n\t")
			for i := range n {
				b.WriteString("() " + words[(seed>>(2*(i%3))+i)%4] + " ")
			}
			doc, list := lay(t, b.String()+"\n", form.Settings{}, nil)
			if doc == nil || len(list) > 0 {
				t.Fatalf("%s: %v", b.String(), list)
			}
			if got := len(doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles); got != n {
				t.Fatalf("%d answers, %d bubbles", n, got)
			}
			for _, text := range doc.Pages[0].Items {
				if text.Text == nil || len(text.Text.Text) == 1 || strings.HasPrefix(text.Text.Text, "1.") {
					continue
				}
				box := text.Text.Box()
				if box.X+box.W > 2270 {
					t.Errorf("%s: %q ends at x %.0f", b.String(), text.Text.Text, box.X+box.W)
				}
				for _, ring := range doc.Pages[0].Items {
					if ring.Ellipse != nil && ring.Ellipse.Box.Grow(1).Overlaps(box) {
						t.Errorf("%s: %q lies on a bubble", b.String(), text.Text.Text)
					}
				}
			}
		}
	}
}

// TestAnswerSheets holds spec/markup.md 10.17 and 18.5.
func TestAnswerSheets(t *testing.T) {
	check(t, []golden{
		{
			name: "M01", source: "?answer_sheet=Q\n\telements_count=6\n?text=x\n",
			// Four columns of 515; ceil(6/4) = 2 lines each; the first bubble 110 on.
			want: []string{
				"ring 320 208 60 60", "bubble Q1 A 315 203 70 70", "bubble Q1 D 540 203 70 70", "bubble Q2 A 315 283 70 70",
				"bubble Q3 A 830 203 70 70", "bubble Q6 A 1345 283 70 70", "text x 210 358", "element ChoiceBox Q1 315 203 295 70",
			},
		},
		{
			name: "M01 in a block", source: "?container=\n?block=\n?answer_sheet=Q\n\telements_count=1\n&block\n&container\n",
			want: []string{"ring 340 228 60 60"},
		},
		{name: "M02 list", source: "?answer_sheet=Q\n\telements_count=1\n\tanswers_list=(x)(y)(zz)\n", want: []string{"bubble Q1 zz 465 203 70 70", "!bubble Q1 D"}},
		{name: "M02 eleven", source: "?answer_sheet=Q\n\telements_count=1\n\tcolumns_count=2\n\tanswers_count=11\n", want: []string{"bubble Q1 K 1065 203 70 70"}},
		{name: "M02 too many letters", source: "?answer_sheet=Q\n\telements_count=1\n\tanswers_count=27\n", codes: []string{"LM413 error"}},
		{name: "M03", source: "?answer_sheet=Q\n\telements_count=1\n\tstart_id=0\n?answer_sheet=R\n\telements_count=1\n", want: []string{"bubble Q0 A 315 203 70 70", "bubble R1 A 315 283 70 70"}},
		{name: "M04", source: "?answer_sheet=Q\n\telements_count=2\n\tcolumns_count=1\n\tvertical_margin=13\n\tbubble_size=small\n\tbubble_type=square\n", want: []string{"bubble Q1 B 380 203 60 60", "bubble Q2 A 315 286 60 60", "stroke #000000 3 320 208 50 50"}},
		{name: "M05", source: "?answer_sheet=Q\n\telements_count=0\n?text=x\n", want: []string{"text x 210 198", "!bubble"}, codes: []string{"LM424 warning"}},
		{
			name: "M06 narrow", source: "?answer_sheet=Q\n\telements_count=5\n\tcolumns_count=5\n\tbubble_size=small\n\tanswers_count=5\n",
			// Columns of 412 < 110 + 5·65: the label takes the widest number (42 px) and 15.
			want: []string{"bubble Q1 A 262 203 60 60"},
		},
		{name: "M06 too narrow", source: "?answer_sheet=Q\n\telements_count=5\n\tcolumns_count=5\n\tanswers_count=6\n", codes: []string{"LM511 error"}},
		{name: "too many", source: "?answer_sheet=Q\n\telements_count=100000\n\tanswers_count=2\n", codes: []string{"LM106 error"}},
		{name: "absurdly many", source: "?answer_sheet=Q\n\telements_count=900000000\n", codes: []string{"LM106 error"}},
	})
}

// TestGrids holds spec/markup.md 10.18 and 18.5. The label "G:" is 50 px wide.
func TestGrids(t *testing.T) {
	check(t, []golden{
		{
			name: "D01 horizontal", source: "?grid=G\n\tsections_count=2\n\toptions_count=3\n\theader_type=square\n?text=x\n",
			want: []string{
				"text G: 210 203", "stroke #000000 3 320 198 60 80", "stroke #000000 3 395 198 60 80",
				"ring 320 298 60 60", "bubble G 0 315 293 70 70", "bubble G 1 390 373 70 70", "bubble G 2 390 453 70 70", "text x 210 538",
			},
		},
		{
			name: "D01 vertical", source: "?grid=G\n\tsections_count=2\n\toptions_count=3\n\torientation=vertical\n\theader_type=square\n",
			// Header boxes D+15 wide, 20 px before the first bubble; rows D+20.
			want: []string{"stroke #000000 3 320 203 75 60", "stroke #000000 3 320 283 75 60", "ring 415 203 60 60", "ring 490 283 60 60"},
		},
		{name: "D03 underline", source: "?grid=G\n\tsections_count=1\n\theader_border_size=5\n\theader_border_color=red\n", want: []string{"fill #ff0000 320 273 60 5", "!stroke"}},
		{name: "D02 twelve", source: "?grid=G\n\tsections_count=1\n\toptions_count=12\n", want: []string{"bubble G 11 315 1173 70 70"}},
		{name: "D04 right", source: "?grid=G\n\tsections_count=1\n\talign=right\n", want: []string{"ring 2210 298 60 60"}},
		{name: "D04 place", source: "?grid=G\n\tsections_count=1\n\tx=500\n\ty=900\n?text=x\n", want: []string{"text G: 500 905", "ring 610 1000 60 60", "text x 210 198"}},
		{name: "D04 x alone", source: "?grid=G\n\tsections_count=1\n\toptions_count=1\n\tx=500\n?text=x\n", want: []string{"ring 610 298 60 60", "text x 210 378"}},
		{name: "D05", source: "?grid=G\n\tsections_count=2\n\tbubble_size=small\n\tvertical_margin=4\n", want: []string{"ring 320 288 50 50", "ring 385 362 50 50"}},
		{name: "too wide", source: "?grid=G\n\tsections_count=30\n", codes: []string{"LM511 error"}},
		{name: "off the page", source: "?grid=G\n\tsections_count=1\n\tx=500\n\ty=3000\n", codes: []string{"LM501 error"}},
		{name: "on the sheet", source: "?answer_sheet=Q\n\telements_count=4\n?grid=G\n\tsections_count=1\n\tx=425\n\ty=150\n", codes: []string{"LM513 error"}},
		{name: "margin under a marker", source: "?answer_sheet=Q\n\telements_count=8\n\tcolumns_count=1\n\tanswers_count=26\n", settings: form.Settings{PageMarginLeft: ptr(300), PageMarginRight: ptr(0)}, codes: []string{"LM502 error", "LM503 warning"}},
	})
}

// TestBarcodes holds spec/markup.md 10.21 and 18.6.
func TestBarcodes(t *testing.T) {
	check(t, []golden{
		{
			// Version 1: 21 modules of 8 px; its quiet zone of 4 modules is kept free.
			name: "Z01", source: "?barcode=B\n\tvalue=LEAF\n?text=x\n",
			want: []string{"code LEAF 1156 230 168 168", "element BarcodeDownloadable B 1156 230 168 168", "text x 210 430"},
		},
		{name: "Z01 version", source: "?barcode=B\n\tvalue=LEAF\n\tqr_version=10\n\talign=left\n", want: []string{"code LEAF 210 230 456 456"}},
		{name: "Z01 too small", source: "?barcode=B\n\tvalue=" + strings.Repeat("leaf", 20) + "\n\tqr_version=1\n", codes: []string{"LM316 error"}},
		{name: "Z04 height", source: "?barcode=B\n\tvalue=LEAF\n\theight=300\n\tx=600\n\ty=700\n?text=x\n", want: []string{"code LEAF 600 700 294 294", "text x 210 198"}},
		{name: "Z04 right", source: "?barcode=B\n\tvalue=LEAF\n\talign=right\n", want: []string{"code LEAF 2102 230 168 168"}},
		{
			name: "Z04 linear", source: "?barcode=B\n\tvalue=LEAF\n\tbarcode_type=code128\n\tcodetext=true\n\talign=left\n?text=x\n",
			// Code 128 of four letters: 79 modules of 4 px, 112 px high; text 10 px below.
			want: []string{"code LEAF 210 198 316 112", "text LEAF 312 320", "text x 210 389"},
		},
		{name: "too small a module", source: "?barcode=B\n\tvalue=LEAF\n\theight=50\n", codes: []string{"LM512 error"}},
		{name: "Z03", source: "?barcode=B\n\tvalue=12345\n\tbarcode_type=EAN13\n", codes: []string{"LM317 error"}},
		{name: "in a block, off its border", source: "?container=\n?block=\n?barcode=B\n\tvalue=LEAF\n\talign=left\n&block\n&container\n", want: []string{"code LEAF 245 250 168 168"}},
		{name: "turned", source: "?barcode=B\n\tvalue=LEAF\n\tbarcode_type=code128\n\trotation_angle=-90\n\tx=500\n\ty=500\n", want: []string{"code LEAF 500 500 112 316"}},
		{
			// A square of 168 px turned by 30 degrees is 230 px wide; its quiet zone keeps its turned distance.
			name: "turned askew", source: "?barcode=B\n\tvalue=LEAF\n\trotation_angle=30\n\tx=500\n\ty=700\n?text=x\n",
			want: []string{"element BarcodeDownloadable B 500 700 230 230", "text x 210 198"},
		},
		{
			// Below the turned code: 10 px, then its text, upside down, ends the line above.
			name: "turned with text", source: "?barcode=B\n\tvalue=LEAF\n\tbarcode_type=code128\n\tcodetext=true\n\talign=left\n\trotation_angle=180\n?text=x\n",
			want: []string{"code LEAF 210 277 316 112", "element BarcodeDownloadable B 210 277 316 112", "text x 210 389"},
		},
	})
}

// TestTurnedCode: a quarter turn clockwise takes the top left finder of a QR
// code to the top right; the corner without finder goes from bottom right to
// bottom left.
func TestTurnedCode(t *testing.T) {
	for angle, blank := range map[int]string{0: "BR", 90: "BL", 180: "TL", 270: "TR", -90: "TR", 450: "BL"} {
		doc, list := lay(t, fmt.Sprintf("?barcode=B\n\tvalue=LEAF\n\tx=500\n\ty=500\n\trotation_angle=%d\n", angle), form.Settings{}, nil)
		if doc == nil {
			t.Fatal(list)
		}
		dark := func(x, y float64) bool {
			for _, it := range doc.Pages[0].Items {
				if it.Modules == nil {
					continue
				}
				for _, b := range it.Modules.Bars {
					if x >= b.X && x < b.X+b.W && y >= b.Y && y < b.Y+b.H {
						return true
					}
				}
			}
			return false
		}
		finder := func(x, y float64) bool { // the ring of 7 modules of 8 px
			for i := range 7 {
				d := float64(i)*8 + 4
				if !dark(x+d, y+4) || !dark(x+d, y+52) || !dark(x+4, y+d) || !dark(x+52, y+d) {
					return false
				}
			}
			return !dark(x+12, y+12)
		}
		for corner, at := range map[string][2]float64{"TL": {500, 500}, "TR": {612, 500}, "BL": {500, 612}, "BR": {612, 612}} {
			if got := finder(at[0], at[1]); got == (corner == blank) {
				t.Errorf("%d degrees: finder at %s is %v", angle, corner, got)
			}
		}
	}
}

// TestSymbols: ink stays off the outline, whatever the symbol; letters are
// centred across and share a baseline.
func TestSymbols(t *testing.T) {
	for _, size := range []form.BubbleSize{form.ExtraSmall, form.Normal, form.ExtraLarge} {
		doc, list := lay(t, "?answer_sheet=Q\n\telements_count=1\n\tcolumns_count=1\n\tanswers_list=(A)(Q)(W)(10)(g)(Ä)(中)(&)(WWW)\n", form.Settings{BubbleSize: size}, nil)
		if doc == nil {
			t.Fatal(list)
		}
		var rings []form.Color
		baseline := 0.0
		for i, it := range doc.Pages[0].Items {
			if it.Ellipse == nil {
				continue
			}
			rings = append(rings, it.Ellipse.Stroke)
			text := doc.Pages[0].Items[i+1].Text
			if text == nil {
				t.Fatal("a ring without symbol")
			}
			x0, y0, x1, y1 := ink(t, text)
			c, r := it.Ellipse.Box.Center(), it.Ellipse.Box.W/2-1.5
			for _, p := range [][2]float64{{x0, y0}, {x1, y0}, {x0, y1}, {x1, y1}} {
				if d := math.Hypot(p[0]-c.X, p[1]-c.Y); d > r-3 {
					t.Errorf("%s %q: ink %.1f px from the centre, the outline's inner edge is at %.1f", size, text.Text, d, r)
				}
			}
			if math.Abs((x0+x1)/2-c.X) > 0.5 {
				t.Errorf("%s %q: ink is %.1f px off the centre", size, text.Text, (x0+x1)/2-c.X)
			}
			switch text.Text {
			case "A":
				baseline = text.Origin.Y
				if h := y1 - y0; math.Abs(h-it.Ellipse.Box.H/3) > 1 {
					t.Errorf("%s: A is %.1f px high, D/3 is %.1f", size, h, it.Ellipse.Box.H/3)
				}
			case "Q":
				if math.Abs(text.Origin.Y-baseline) > 0.01 {
					t.Errorf("%s: Q stands on %.2f, A on %.2f", size, text.Origin.Y, baseline)
				}
			}
		}
		if len(rings) != 9 {
			t.Errorf("%d bubbles", len(rings))
		}
	}
}

// TestOrder: diagnostics come in the order of the source, with places.
func TestOrder(t *testing.T) {
	_, list := lay(t, "?image=a\n?text=x\n\tfont_family=Papyrus\n?image=b\n", form.Settings{}, nil)
	var got []string
	for _, f := range list {
		got = append(got, fmt.Sprintf("%s %d:%d", f.Code, f.Where.Line, f.Where.Column))
	}
	want := []string{"LM601 1:2", "LM315 2:2", "LM601 4:2"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if p := list[0].Where.Path; p != `Template/Page[1]/Image "a"` {
		t.Errorf("path %q", p)
	}
}

// Pictures are refused before they fill the memory: one may have 64 megapixels, all
// together a gigabyte.
func TestManyPictures(t *testing.T) {
	var s strings.Builder
	images := map[string][]byte{}
	for i := range 20 {
		name := fmt.Sprintf("p%d", i)
		images[name] = []byte(name)
		fmt.Fprintf(&s, "?image=%s\n\twidth=10\n", name)
	}
	tree, list := markup.Parse([]byte(s.String()))
	if list.Failed() {
		t.Fatal(list)
	}
	decoded := 0
	doc, list := layout.Lay(tree, form.Settings{}, layout.Options{Images: images, Decode: func([]byte) (image.Image, error) {
		decoded++
		return &image.RGBA{Stride: 4 * 8000, Rect: image.Rect(0, 0, 8000, 8000)}, nil // no pixels: nobody looks
	}})
	if doc != nil || len(list) == 0 || list[0].Code != "LM602" || decoded != 5 {
		t.Errorf("%d pictures decoded, a document: %v, %v", decoded, doc != nil, list)
	}
}
