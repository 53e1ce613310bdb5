package checklist

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/synth"
	"github.com/leafmark/leafmark/omr/typeset"
)

// node is an element in both markups: its TXT lines and its JSON object.
type node struct{ txt, json string }

// leafNode is an element without children; attributes are "key=value" with the
// value as in TXT, numbers and flags as they are, other values as JSON texts
// unless they are JSON already.
func leafNode(txt, json, name string, attrs ...string) node {
	n := node{txt: "?" + txt + "=" + name + "\n", json: `{"element_type":"` + json + `"`}
	if name != "" {
		n.json += fmt.Sprintf(`,"name":%q`, name)
	}
	for _, a := range attrs {
		key, value, _ := strings.Cut(a, "=")
		value, asJSON, other := strings.Cut(value, " as ")
		n.txt += "\t" + key + "=" + value + "\n"
		switch {
		case other:
		case value == "true" || value == "false" || strings.Trim(value, "0123456789") == "":
			asJSON = value
		default:
			asJSON = fmt.Sprintf("%q", value)
		}
		switch {
		case key == "type" && json == "Container":
			key = "container_type"
		case key == "type":
			key = "paragraph_type"
		}
		n.json += fmt.Sprintf(`,%q:%s`, key, asJSON)
	}
	n.json += "}"
	return n
}

// with is n with children, closed.
func (n node) with(children ...node) node {
	var json []string
	for _, c := range children {
		n.txt += c.txt
		json = append(json, c.json)
	}
	name, _, _ := strings.Cut(n.txt[1:], "=")
	n.txt += "&" + name + "\n"
	n.json = strings.TrimSuffix(n.json, "}") + `,"children":[` + strings.Join(json, ",") + `]}`
	return n
}

func container(attrs []string, children ...node) node {
	return leafNode("container", "Container", "", attrs...).with(children...)
}

func block(attrs []string, children ...node) node {
	return leafNode("block", "Block", "", attrs...).with(children...)
}

func paragraph(attrs []string, children ...node) node {
	return leafNode("paragraph", "Paragraph", "", attrs...).with(children...)
}

func content(name string, attrs ...string) node {
	return leafNode("content", "Content", name, attrs...)
}
func textNode(name string, attrs ...string) node { return leafNode("text", "Text", name, attrs...) }
func imageNode(attrs ...string) node             { return leafNode("image", "Image", "i.png", attrs...) }

func emptyLine(attrs ...string) node { return leafNode("empty_line", "EmptyLine", "", attrs...) }

func choice(question string, answers ...string) node {
	return node{
		txt:  "#" + question + "\n\t() " + strings.Join(answers, "\n\t() ") + "\n",
		json: fmt.Sprintf(`{"element_type":"ChoiceBox","question_text":%q,"answers_string":%q}`, question, "() "+strings.Join(answers, "\n() ")),
	}
}

func answers(name string, n int, attrs ...string) node {
	return leafNode("answer_sheet", "AnswerSheet", name, append([]string{fmt.Sprintf("elements_count=%d", n), "columns_count=1"}, attrs...)...)
}

// page is a form of one page with images i.png, 200 × 100 px.
func page(children ...node) form3 {
	c := form3{}
	var json []string
	for _, n := range children {
		c.txt += n.txt
		json = append(json, n.json)
	}
	c.json = jsonForm(strings.Join(json, ","))
	if strings.Contains(c.txt, "i.png") {
		c.images = map[string][]byte{"i.png": onePicture(200, 100, color.Black)}
	}
	return c
}

func (c form3) told(codes ...string) form3 {
	c.codes = codes
	return c
}

// notMade checks that either markup of a form has an error, the code, and makes
// nothing.
func notMade(t *testing.T, c form3, code string) {
	t.Helper()
	for _, source := range []string{c.txt, c.json} {
		if doc, list := place(t, source, c.settings); doc != nil || len(graver(list)) != 1 || graver(list)[0] != code+" error" {
			t.Errorf("want %s and nothing else: %v\n%s", code, list, source)
		}
	}
}

// On A4 the column of the content is x 210, 2060 wide, from y 198; a line of the
// body font is 69 px. A single column is 2020 wide: 40 px right margin.

func TestC01(t *testing.T) {
	line(t, "C01")
	shows(t, page(container(nil, block([]string{"border=square"}, content("a"))), container(nil), textNode("b")),
		"stroke #000000 3 210 198 2020 109", "text a 230 218", "text b 210 327")
}

func TestC02(t *testing.T) {
	line(t, "C02")
	for n, edges := range map[int][]string{
		2: {"210 198 990", "1240 198 990"},
		3: {"210 198 647", "897 198 646", "1583 198 647"},
		5: {"210 198 372", "622 198 372", "1034 198 372", "1446 198 372", "1858 198 372"},
	} {
		var blocks []node
		var want []string
		for i := range n {
			blocks = append(blocks, block([]string{fmt.Sprintf("column=%d", n-i), "border=square"}))
			want = append(want, "stroke #000000 3 "+edges[i]+" 40")
		}
		shows(t, page(container([]string{fmt.Sprintf("columns_count=%d", n)}, blocks...)), want...)
	}
	notMade(t, page(container([]string{"columns_count=2"}, block([]string{"column=3"}))), "LM428")
}

func TestC03(t *testing.T) {
	line(t, "C03")
	two := []node{block([]string{"border=square"}), block([]string{"column=2", "border=square"})}
	for _, attrs := range [][]string{
		{"columns_proportions=70%-30% as [70,30]"},
		{"columns_proportions=70-30 as [70,30]"},
		{"columns_count=4", "columns_proportions=70% - 30% as [70,30]"},
	} {
		shows(t, page(container(attrs, two...)), "stroke #000000 3 210 198 1402 40", "stroke #000000 3 1652 198 578 40")
	}
	// 90 %: the rest stays empty at the right.
	shows(t, page(container([]string{"columns_proportions=40%-50% as [40,50]"}, two...)), "stroke #000000 3 210 198 784 40", "stroke #000000 3 1034 198 990 40")
	notMade(t, page(container([]string{"columns_proportions=70%-40% as [70,40]"}, two[0])), "LM427")
}

func TestC04(t *testing.T) {
	line(t, "C04")
	shows(t, page(container([]string{"columns_proportions=33%-10%-22%-2%-33% as [33,10,22,2,33]"},
		block([]string{"border=square"}), block([]string{"column=3", "border=square"}), block([]string{"column=5", "border=square"}))),
		"stroke #000000 3 210 198 640 40", "stroke #000000 3 1096 198 413 40", "stroke #000000 3 1590 198 640 40")
}

func TestC05(t *testing.T) {
	line(t, "C05")
	two := []node{block([]string{"border=square"}, content("a")), block(nil, content("b"))}
	shows(t, page(container([]string{"block_right_margin=0", "block_bottom_margin=0", "block_top_padding=0"}, two...), textNode("c")),
		"stroke #000000 3 210 198 2060 89", "text a 230 198", "text b 230 287", "text c 210 376")
	shows(t, page(container([]string{"block_right_margin=500", "block_bottom_margin=300", "block_top_padding=100"}, two...), textNode("c")),
		"stroke #000000 3 210 198 1560 189", "text a 230 298", "text b 230 787", "text c 210 1176")
}

func TestC06(t *testing.T) {
	line(t, "C06")
	foot := container([]string{"type=footer", "columns_count=2"}, block(nil, content("left")), block([]string{"column=2"}, content("right", "align=right")))
	// Bottom edge at 3508 - 24 - 60 = 3424, 129 px high with its blocks' margin; a rule
	// of 3 px along its top.
	want := []string{"text first 210 198", "fill #000000 210 3295 2060 3", "text left 230 3315"}
	shows(t, page(foot, textNode("first")), want...)
	doc := shows(t, page(textNode("first"), foot), want...)
	for _, l := range linesOf(doc) {
		if b := l.Box(); l.Text == "right" && (b.Y != 3315 || math.Abs(b.X+b.W-2210) > 0.5) {
			t.Errorf("the right column ends at %.0f, y %.0f", b.X+b.W, b.Y)
		}
	}
	second := form3{
		txt:  "?page=\n" + page(foot).txt + "&page\n?page=\n" + page(textNode("first"), foot).txt + "&page\n",
		json: jsonForm(foot.json, textNode("first").json+","+foot.json),
	}
	shows(t, second, "text left 230 3315", "p2: text first 210 198", "p2: text left 230 3315", "p2: fill #000000 210 3295 2060 3")
	notMade(t, page(foot, foot), "LM431")
	// Content ends 20 px above it.
	shows(t, page(foot, emptyLine("height=3020"), textNode("low")).told("LM504 warning"), "text low 210 3218")
	shows(t, page(foot, emptyLine("height=3008"), textNode("low")), "text low 210 3206")
}

func TestC07(t *testing.T) {
	line(t, "C07")
	shows(t, page(container(nil, block(nil, container([]string{"columns_count=2"}, block([]string{"column=2", "border=square"}, content("in")))), block(nil, content("next")))),
		"stroke #000000 3 1220 218 950 109", "text in 1240 238", "text next 230 407")
	notMade(t, page(container(nil, container(nil))), "LM220")
}

func TestC08(t *testing.T) {
	line(t, "C08")
	blocks := []node{
		block([]string{"border=square"}, content("a")), block([]string{"column=2", "border=square"}, content("b"), content("c")),
		block([]string{"border=square"}),
	}
	shows(t, page(container([]string{"columns_count=2", "sync_children_height=true"}, blocks...)),
		"stroke #000000 3 210 198 990 178", "stroke #000000 3 1240 198 990 178", "stroke #000000 3 210 396 990 40")
	shows(t, page(container([]string{"columns_count=2"}, blocks...)), "stroke #000000 3 210 198 990 109", "stroke #000000 3 210 327 990 40")
}

func TestC09(t *testing.T) {
	line(t, "C09")
	shows(t, page(container([]string{"columns_count=3"}, answers("A", 2),
		leafNode("grid", "Grid", "G", "column=2", "sections_count=1", "options_count=2", "align=right"),
		leafNode("composite_grid", "CompositeGrid", "K", "column=3", "columns_count=1", `values=(x)(y) as ["x","y"]`, "align=right")), textNode("t")),
		// Like blocks without border and padding: columns of 647, 646 and 647 px.
		"bubble A1 A 315 203 70 70", "bubble G 0 1478 293 70 70", "bubble K y 2165 373 70 70", "text t 210 478")
	notMade(t, page(container([]string{"columns_count=3"}, answers("A", 2, "column=4"))), "LM428")
}

func TestC10(t *testing.T) {
	line(t, "C10")
	score := leafNode("score_group", "ScoreGroup", "S").with(leafNode("score_question", "ScoreQuestion", "Q", "row_proportions=60%-20%-20% as [60,20,20]").with(
		leafNode("score_header", "ScoreHeader", "yes", "header_type=positive"), leafNode("score_header", "ScoreHeader", "no", "header_type=negative"), leafNode("score_answer", "ScoreAnswer", "c", "score=2")))
	doc := shows(t, page(container([]string{"columns_count=2"}, block(nil, content("above")), block([]string{"column=2"}, content("tall"), content("er")), score), textNode("below")),
		"text above 230 218", "text tall 1260 218")
	var group *layout.TextLine
	for _, l := range linesOf(doc) {
		if l.Text == "Q" {
			group = l
		}
	}
	// Below both columns (198 + 178 + 20), from edge to edge of the container.
	if group == nil || group.Box().Y < 396 {
		t.Fatalf("the group's header: %+v", group)
	}
	right := 0.0
	for _, it := range doc.Pages[0].Items {
		if it.Rect != nil && it.Rect.Box.Y >= 390 && it.Rect.Box.W < 2061 && it.Rect.Box.Y < 3000 {
			right = max(right, it.Rect.Box.X+it.Rect.Box.W)
		}
	}
	if math.Abs(right-2270) > 5 {
		t.Errorf("the table ends at x %.0f, the container at 2270", right)
	}
}

func TestB01(t *testing.T) {
	line(t, "B01")
	col := func(n int, s string) node { return block([]string{fmt.Sprintf("column=%d", n)}, content(s)) }
	shows(t, page(container([]string{"columns_count=2"}, col(2, "b1"), col(1, "a1"), col(2, "b2"), col(1, "a2"), col(1, "a3")), textNode("x")),
		"text a1 230 218", "text a2 230 347", "text a3 230 476", "text b1 1260 218", "text b2 1260 347", "text x 210 585")
}

func TestB02(t *testing.T) {
	line(t, "B02")
	framed := func(attrs ...string) form3 { return page(container(nil, block(attrs, content("a")))) }
	shows(t, framed("border=none", "border_size=9"), "!stroke")
	shows(t, framed(), "!stroke")
	shows(t, framed("border=square", "border_size=7", "border_color=Crimson"), "stroke #dc143c 7 210 198 2020 109")
	shows(t, framed("border=rounded", "border_color=darkorange"), "stroke #ff8c00 3 210 198 2020 109 round 30")
	c := framed("border=none")
	c.json = strings.Replace(c.json, `"border":`, `"border_type":`, 1)
	shows(t, c, "!stroke")
}

func TestB03(t *testing.T) {
	line(t, "B03")
	framed := func(attrs ...string) form3 {
		return page(container(nil, block(append([]string{"border=square"}, attrs...), content("a"))))
	}
	shows(t, framed("border_top_style=6 red as {\"size\":6,\"color\":\"red\"}", "border_left_style=none as {\"disable\":true}"),
		"fill #ff0000 210 195 2022 6", "fill #000000 2228 195 3 114", "fill #000000 210 306 2022 3", "!stroke")
	shows(t, framed("border_color=Blue", "border_bottom_style=8 as {\"size\":8}"), "fill #0000ff 208 303 2023 8")
	shows(t, framed("border_right_style=10 Lime as {\"size\":10,\"color\":\"Lime\"}"), "fill #00ff00 2225 196 10 112")
	all := framed("border_top_style=none as {\"disable\":true}", "border_bottom_style=none as {\"disable\":true}", "border_left_style=none as {\"disable\":true}", "border_right_style=none as {\"disable\":true}")
	shows(t, all, "!stroke", "!fill #000000 20", "!fill #000000 21", "!fill #000000 22")
	none := page(container(nil, block([]string{"border_top_style=6 red as {\"size\":6,\"color\":\"red\"}"}, content("a"))))
	shows(t, none, "!fill #ff0000")
}

func TestB04(t *testing.T) {
	line(t, "B04")
	shows(t, page(container(nil, block([]string{"background_color=Aqua"}, content("a")))), "fill #00ffff 210 198 2020 109", "!stroke")
	doc := shows(t, page(container(nil, block([]string{"background_color=LightGray", "border=square"}, content("a"), choice("Q", "x")))), "fill #d3d3d3 210 198 2020 282", "stroke #000000 3 210 198 2020 282")
	if first := doc.Pages[0].Items[0].Rect; first == nil || first.Fill != (form.Color{R: 0xd3, G: 0xd3, B: 0xd3}) {
		t.Error("the background is not below everything else")
	}
	shows(t, page(container(nil, block([]string{"background_color=none"}, content("a")))), "!fill #ffffff")
}

func TestB05(t *testing.T) {
	line(t, "B05")
	shows(t, page(container(nil, block([]string{"border=square", "height=300"}, content("a"))), textNode("b")), "stroke #000000 3 210 198 2020 300", "text b 210 518")
	low := page(container(nil, block([]string{"border=square", "height=60"}, content("a"), content("b"))), textNode("c")).told("LM507 warning")
	shows(t, low, "stroke #000000 3 210 198 2020 60", "text b 230 287", "text c 210 278")
	_, list := place(t, low.txt, form.Settings{})
	if !strings.Contains(list[0].Cause, "98 px") || list[0].Where.Line != 2 { // 20 + 138 - 60
		t.Errorf("%s at %v", list[0].Cause, list[0].Where)
	}
}

func TestB06(t *testing.T) {
	line(t, "B06")
	shows(t, page(container([]string{"block_top_padding=50"}, block([]string{"border=square", "horizontal_padding=5", "vertical_padding=8"}, content("a")), block([]string{"border=square"}, content("b")))),
		"stroke #000000 3 210 198 2020 85", "text a 215 206", "stroke #000000 3 210 303 2020 139", "text b 230 353")
	shows(t, page(container(nil, block([]string{"border=square", "horizontal_padding=0", "vertical_padding=0"}, content("a")))), "stroke #000000 3 210 198 2020 69", "text a 210 198")
}

func TestB07(t *testing.T) {
	line(t, "B07")
	// The second line's bubbles stand at y 308 to 368: cut by an edge at 348.
	sheet := func(how ...string) node { return block(append([]string{"height=150"}, how...), answers("Q", 2)) }
	shows(t, page(container(nil, sheet("overflow=noclip"))).told("LM507 warning"), "bubble Q2 A 335 303 70 70")
	clip := page(container(nil, sheet("overflow=clip"))).told("LM508 warning")
	shows(t, clip, "bubble Q1 A 335 223 70 70", "!bubble Q2")
	setting := page(container(nil, sheet())).told("LM508 warning")
	setting.settings.Overflow = form.Clip
	shows(t, setting, "!bubble Q2")
	made := ofSource(t, clip.txt)
	if white := !isDark(made.pages[0], 370, 368); !white || !isDark(made.pages[0], 340, 338) {
		t.Error("the cut ring is drawn below the block's edge, or not above it")
	}
	wrap := func(attrs []string, children ...node) form3 {
		return page(container([]string{"columns_count=2"}, block(append([]string{"overflow=wrap"}, attrs...), children...), block([]string{"column=2"}, content("second"))))
	}
	long := strings.TrimSpace(strings.Repeat("lines of one text go on ", 8))
	var first, next []string
	for _, l := range linesOf(shows(t, wrap([]string{"height=178"}, content(long)))) {
		switch b := l.Box(); {
		case l.Text == "second":
			if want := 218 + 69*float64(len(next)) + 60; b.Y != want {
				t.Errorf("the second column's block stands at %.0f, want %.0f", b.Y, want)
			}
		case b.X == 230:
			first = append(first, l.Text)
		case b.X == 1260 && b.Y == 218+69*float64(len(next)):
			next = append(next, l.Text)
		default:
			t.Errorf("%q stands at %.0f %.0f", l.Text, b.X, b.Y)
		}
	}
	if got := strings.Join(append(first, next...), " "); len(first) != 2 || got != long {
		t.Errorf("%d lines in the block, in all %q", len(first), got)
	}
	shows(t, wrap([]string{"height=320"}, choice("Q", "a", "b", "c")), "bubble Question1 B 320 408 70 70", "bubble Question1 C 1350 218 70 70", "text c 1425 218")
	shows(t, wrap([]string{"height=200"}, content("a"), imageNode(), content("b")), "text a 230 218", "picture i.png 1260 218 200 100", "text b 1260 318", "text second 1260 447")
	shows(t, wrap([]string{"height=200"}, answers("Q", 3)), "bubble Q1 A 1365 223 70 70", "bubble Q3 A 1365 383 70 70")
	shows(t, page(container(nil, block([]string{"overflow=wrap", "height=60"}, content("a")))).told("LM507 warning"), "text a 230 218")
}

func TestB08(t *testing.T) {
	line(t, "B08")
	c := page(container(nil, leafNode("block", "Block", "shot", "is_clipped=true", "border=square").with(answers("Q", 1), container(nil, leafNode("block", "Block", "inner", "is_clipped=true").with(content("x"))))))
	// Nested crops are allowed; the inner one is 109 px high at 218 + 80.
	doc := shows(t, c, "bubble Q1 A 335 223 70 70", "crop shot 210 198 2020 249", "crop inner 230 298 1940 109")
	if n := len(doc.Pattern.Pages[0].Elements); n != 3 {
		t.Errorf("%d elements", n)
	}
	made := ofSource(t, c.txt)
	if rows := read(t, made, synth.Truth{"Q1": {"C"}}); rows["Q1"] != "C" {
		t.Errorf("rows %v", rows)
	}
}

func TestB09(t *testing.T) {
	line(t, "B09")
	shows(t, page(container(nil, block([]string{"border=square"}), block(nil, content("b")))), "stroke #000000 3 210 198 2020 40", "text b 230 278")
}

func TestB10(t *testing.T) {
	line(t, "B10")
	at := func(attrs ...string) node {
		return leafNode("positioned_block", "PositionedBlock", "", append([]string{"x=500", "y=900"}, attrs...)...)
	}
	shows(t, page(textNode("a"), at("width=600", "height=300").with(content("one two three four five six", "align=right")), textNode("b")),
		"text one two three four five 568 900", "text six 1037 969", "text b 210 267")
	doc := shows(t, page(textNode("a"), at().with(content("a wide line"), content("x", "align=right")), textNode("b")), "text a wide line 500 900", "text b 210 267")
	var ends []float64
	for _, l := range linesOf(doc)[1:3] {
		ends = append(ends, l.Box().X+l.Box().W)
	}
	if math.Abs(ends[0]-ends[1]) > 1 {
		t.Errorf("lines end at %v: the block does not fit its content", ends)
	}
	shows(t, page(at("height=80").with(content("a"), content("b"))).told("LM507 warning"))
	shows(t, page(leafNode("positioned_block", "PositionedBlock", "", "x=2400", "y=900", "width=200").with(content("a"))).told("LM501 error"))
	notMade(t, page(leafNode("positioned_block", "PositionedBlock", "", "x=500").with(content("a"))), "LM302")
}

// styled checks what T01 and T02 have in common: every font attribute shows.
func styled(t *testing.T, at func(attrs ...string) form3) {
	t.Helper()
	faces := typeset.Default()
	for style, want := range map[string]string{
		"regular": "OpenSans-Regular", "bold": "OpenSans-Bold", "italic": "OpenSans-Italic", "underline": "OpenSans-Regular", "strikeout": "OpenSans-Regular", "Italic, Bold": "OpenSans-BoldItalic",
	} {
		l := linesOf(shows(t, at("font_style="+style)))[0]
		if got := faces.Name(l.Line.Runs[0].Face); got != want || (l.Underline != nil) != (style == "underline") || (l.Strike != nil) != (style == "strikeout") {
			t.Errorf("%s: %s, underline %v, strike %v", style, got, l.Underline, l.Strike)
		}
	}
	for family, want := range map[string]string{"Times New Roman": "LiberationSerif", "courier new": "LiberationMono", "Arial": "LiberationSans"} {
		if l := linesOf(shows(t, at("font_family="+family)))[0]; faces.Name(l.Line.Runs[0].Face) != want {
			t.Errorf("%s: %s", family, faces.Name(l.Line.Runs[0].Face))
		}
	}
	if l := linesOf(shows(t, at("font_size=24", "color=Indigo")))[0]; l.Line.Runs[0].Size != 100 || l.Line.Height != 137 || l.Color != (form.Color{R: 0x4b, B: 0x82}) {
		t.Errorf("size %v, height %v, colour %v", l.Line.Runs[0].Size, l.Line.Height, l.Color)
	}
	shows(t, func() form3 { c := at("font_family=Papyrus"); c.codes = []string{"LM315 warning"}; return c }())
}

func TestT01(t *testing.T) {
	line(t, "T01")
	styled(t, func(attrs ...string) form3 { return page(textNode("word", attrs...)) })
	doc := shows(t, page(textNode("left"), textNode("mid", "align=center"), textNode("right", "align=right")), "text left 210 198", "text mid 1195 267")
	if b := linesOf(doc)[2].Box(); math.Abs(b.X+b.W-2270) > 0.5 {
		t.Errorf("the right text ends at %.1f", b.X+b.W)
	}
}

func TestT02(t *testing.T) {
	line(t, "T02")
	in := func(nodes ...node) form3 { return page(container([]string{"columns_count=4"}, block(nil, nodes...))) }
	styled(t, func(attrs ...string) form3 { return in(content("word", attrs...)) })
	shows(t, in(content("one two three four five six")), "text one two three 230 218", "text four five six 230 287")
	doc := shows(t, in(content("one two three four five six", "align=center")))
	for _, l := range linesOf(doc) {
		if c := l.Box().Center().X; math.Abs(c-447.5) > 1 { // 230, 435 px wide
			t.Errorf("%q is centred on %.1f", l.Text, c)
		}
	}
	doc = shows(t, in(content("one two three four five six", "align=right")))
	for _, l := range linesOf(doc) {
		if e := l.Box().X + l.Box().W; math.Abs(e-665) > 1 {
			t.Errorf("%q ends at %.1f", l.Text, e)
		}
	}
}

func TestT03(t *testing.T) {
	line(t, "T03")
	// Boxes of 0.85 · 69 = 58.65 px, 79 high, adjoining.
	in := func(n node) form3 { return page(container(nil, block(nil, n)), textNode("x")) }
	shows(t, in(content("a b", "content_type=cells")), "stroke #000000 3 230 218 59 79", "stroke #000000 3 289 218 58 79", "stroke #000000 3 347 218 59 79", "text x 210 337")
	shows(t, in(content("   ", "content_type=cells")), "stroke #000000 3 230 218 59 79", "stroke #000000 3 347 218 59 79")
	shows(t, in(content("ab", "content_type=cells", "align=center")), "stroke #000000 3 1161 218 59 79", "stroke #000000 3 1220 218 59 79")
}

func TestT04(t *testing.T) {
	line(t, "T04")
	c := page(container([]string{"columns_count=8"}, block(nil, content("the Donaudampfschifffahrt")))).told("LM509 warning")
	doc := shows(t, c, "text the 230 218", "text Donaudampfschifffahrt 230 287")
	if w := linesOf(doc)[1].Line.Width; w < 400 {
		t.Errorf("the word is %.0f px wide: broken?", w)
	}
	c.settings.LongWords, c.codes = form.LongError, []string{"LM509 error"}
	shows(t, c)
	c.settings.LongWords, c.codes = form.Hyphenate, nil
	doc = shows(t, c)
	for _, l := range linesOf(doc) {
		if l.Line.Width > 178 {
			t.Errorf("%q is %.0f px wide", l.Text, l.Line.Width)
		}
	}
}

func TestT05(t *testing.T) {
	line(t, "T05")
	for _, s := range []string{"Ελληνικά", "Кириллица", "中文漢字", "हिन्दी", "العربية", "עברית 123", "한국어", "বাংলা", "Příliš žluťoučký"} {
		for _, style := range []string{"regular", "bold"} {
			doc := shows(t, page(textNode(s, "font_style="+style)))
			l := linesOf(doc)[0]
			for _, run := range l.Line.Runs {
				for _, g := range run.Glyphs {
					if g.ID == 0 {
						t.Errorf("%s %s: %q has no glyph", s, style, g.Text)
					}
				}
			}
		}
	}
	// Hebrew runs from the right, its number does not.
	if l := linesOf(shows(t, page(textNode("עברית 123"))))[0]; l.Text != "123 תירבע" {
		t.Errorf("drawn as %q", l.Text)
	}
	shows(t, page(textNode("crab \U0001F980")).told("LM505 warning"))
	// A right-to-left form with native numbers is read like any other.
	c := page(choice("שאלה", "כן", "לא"), answers("Q", 2), leafNode("grid", "Grid", "PIN", "sections_count=2"))
	made := generate(t, omr.GenerateRequest{Markup: []byte(c.txt), Settings: form.Settings{WritingSystem: form.Arabic, NativeNumbers: given(true)}})
	rows := read(t, made, synth.Truth{"Question1": {"B"}, "Q2": {"D"}, "PIN": {"4", "7"}})
	if rows["Question1"] != "B" || rows["Q2"] != "D" || rows["Q3"] != "" || rows["PIN"] != "47" {
		t.Errorf("rows %v", rows)
	}
}

func TestG01(t *testing.T) {
	line(t, "G01")
	shows(t, page(paragraph(nil, content("a"), content("b"), emptyLine(), content("c"), emptyLine("height=20"), content("d")), textNode("e")),
		"text a 210 198", "text b 210 267", "text c 210 405", "text d 210 494", "text e 210 563")
}

func TestG02(t *testing.T) {
	line(t, "G02")
	shows(t, page(paragraph(nil, content("a"), imageNode(), content("b"))), "text a 210 198", "picture i.png 210 267 200 100", "text b 210 367")
	// With coordinates it does not displace the text, which may run over it.
	shows(t, page(paragraph(nil, imageNode("x=210", "y=200"), content("a")), textNode("b")), "picture i.png 210 200 200 100", "text a 210 198", "text b 210 267")
}

func TestG03(t *testing.T) {
	line(t, "G03")
	long := strings.Repeat("words that go on ", 40)
	for x, from := range map[int]float64{1700: 210, 220: 740} {
		doc := shows(t, page(paragraph([]string{"type=ImageWrap"}, content(long), imageNode(fmt.Sprintf("x=%d", x), "y=300", "width=500", "height=400"))))
		beside, below := 0, 0
		for _, l := range linesOf(doc) {
			b := l.Box()
			switch {
			case b.Y+b.H > 280 && b.Y < 720:
				beside++
				if b.X != from || b.X+b.W > float64(x)-20 && b.X < float64(x) {
					t.Errorf("image at %d: %q from %.0f to %.0f", x, l.Text, b.X, b.X+b.W)
				}
			case b.Y >= 720:
				below++
			}
		}
		if beside < 5 || below == 0 {
			t.Errorf("image at %d: %d lines beside, %d below", x, beside, below)
		}
	}
	shows(t, page(paragraph([]string{"type=ImageWrap"}, content("a"), imageNode("x=300", "y=300"))).told("LM302 error", "LM603 warning"))
}

func TestG04(t *testing.T) {
	line(t, "G04")
	sizes := []node{content("big", "font_size=24"), content("mid"), content("low", "font_size=8")}
	for align, tops := range map[string][3]float64{"top": {198, 198, 198}, "center": {198, 232, 243}, "bottom": {198, 266, 289}} {
		doc := shows(t, page(paragraph([]string{"type=inline", "vertical_align=" + align}, sizes...), textNode("x")), "text x 210 335")
		lines := linesOf(doc)
		end := 0.0
		for i, l := range lines[:3] {
			if b := l.Box(); math.Abs(b.Y-tops[i]) > 1 || b.X < end {
				t.Errorf("%s: %q at x %.0f, y %.1f, want y %.0f", align, l.Text, b.X, b.Y, tops[i])
			}
			end = l.Box().X + l.Box().W + 5 // a blank is wider
		}
	}
	doc := shows(t, page(paragraph([]string{"type=inline"}, content(strings.Repeat("alpha ", 8)), content(strings.Repeat("beta ", 20)), content("gamma")), textNode("x")))
	lines := linesOf(doc)
	if lines[1].Box().Y != 198 || lines[1].Box().X < 1200 || lines[2].Box() == lines[1].Box() || lines[2].Box().Y != 267 || lines[2].Box().X != 210 {
		t.Errorf("the second content goes on at %+v and %+v", lines[1].Box(), lines[2].Box())
	}
	for _, l := range lines {
		if e := l.Box().X + l.Box().W; e > 2270.1 {
			t.Errorf("%q ends at %.0f", l.Text, e)
		}
	}
}

func TestG05(t *testing.T) {
	line(t, "G05")
	made := page(paragraph(nil, content("a"), choice("Q", "yes")), textNode("b"))
	// In TXT the closing tag ends the question.
	shows(t, made, "text a 210 198", "text 1. Q 210 267", "bubble Question1 A 300 353 70 70", "text b 210 440")
	shows(t, page(paragraph([]string{"type=inline"}, content("a"), choice("Q", "yes"), content("c"))), "text a 210 198", "text 1. Q 210 267", "text c 210 440")
}

func TestI01(t *testing.T) {
	line(t, "I01")
	shows(t, page(imageNode(), textNode("x")), "picture i.png 210 198 200 100", "text x 210 298")
	shows(t, page(imageNode("width=50")), "picture i.png 210 198 50 25")
	shows(t, page(imageNode("height=50")), "picture i.png 210 198 100 50")
	shows(t, page(imageNode("width=70", "height=90")), "picture i.png 210 198 70 90")
	wide := page(imageNode()).told("LM510 warning")
	wide.images = map[string][]byte{"i.png": onePicture(4120, 100, color.Black)}
	shows(t, wide, "picture i.png 210 198 2060 50")
	for _, name := range []string{"I.PNG", "art/i.png", `C:\art\i.png`} {
		c := page(leafNode("image", "Image", name))
		c.images = map[string][]byte{"i.png": onePicture(9, 9, color.Black)}
		shows(t, c, "picture i.png 210 198 9 9")
	}
}

func TestI02(t *testing.T) {
	line(t, "I02")
	shows(t, page(imageNode("align=left"), imageNode("align=center"), imageNode("align=right")), "picture i.png 210 198 200 100", "picture i.png 1140 298 200 100", "picture i.png 2070 398 200 100")
}

func TestI03(t *testing.T) {
	line(t, "I03")
	shows(t, page(imageNode("x=400", "y=500"), textNode("x")), "picture i.png 400 500 200 100", "text x 210 600")
	shows(t, page(textNode("a"), imageNode("x=400", "align=right"), textNode("x")), "picture i.png 400 267 200 100", "text x 210 367")
	shows(t, page(textNode("a"), textNode("b"), imageNode("y=180", "align=center"), textNode("x")), "picture i.png 1140 180 200 100", "text x 210 336")
	shows(t, page(container(nil, block(nil, imageNode("x=400", "y=500")))), "picture i.png 400 500 200 100")
	shows(t, page(imageNode("x=2400", "y=1000")).told("LM501 error"))
	tear := page(imageNode("x=0", "y=1500", "width=2480", "height=30"))
	shows(t, tear, "picture i.png 0 1500 2480 30")
}

func TestI04(t *testing.T) {
	line(t, "I04")
	img := image.NewRGBA(image.Rect(0, 0, 40, 40))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0, 0, 0, 255}), image.Point{}, draw.Src)
	files := map[string][]byte{"png": onePicture(40, 40, color.Black)}
	for name, encode := range map[string]func(b *bytes.Buffer) error{
		"jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, img, nil) },
		"gif":  func(b *bytes.Buffer) error { return gif.Encode(b, img, &gif.Options{NumColors: len(palette.WebSafe)}) },
		"bmp":  func(b *bytes.Buffer) error { return bmp.Encode(b, img) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
	}
	for name, data := range files {
		c := page(imageNode("width=400"))
		c.images = map[string][]byte{"i.png": data}
		shows(t, c, "picture i.png 210 198 400 400")
		made := generate(t, omr.GenerateRequest{Markup: []byte(c.txt), Images: c.images})
		if !isDark(made.pages[0], 400, 400) || isDark(made.pages[0], 620, 400) {
			t.Errorf("%s is not drawn", name)
		}
	}
	// A drawing is as sharp as it is printed large.
	drawing := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="1" height="1"/></svg>`)
	c := page(imageNode("width=1001"))
	c.images = map[string][]byte{"i.png": drawing}
	shows(t, c, "picture i.png 210 198 1001 501")
	made := generate(t, omr.GenerateRequest{Markup: []byte(c.txt), Images: c.images})
	if !isDark(made.pages[0], 709, 400) || isDark(made.pages[0], 712, 400) {
		t.Error("the drawing's edge is not where it should be")
	}
	text := page(imageNode()).told("LM602 error")
	text.images = map[string][]byte{"i.png": []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><text>x</text></svg>`)}
	shows(t, text)
	// Transparent pixels show what lies below: here a block's background.
	c = page(container(nil, block([]string{"background_color=Lime"}, imageNode())))
	made = generate(t, omr.GenerateRequest{Markup: []byte(c.txt), Images: map[string][]byte{"i.png": onePicture(200, 200, color.Transparent)}})
	if r, g, b, _ := made.pages[0].At(300, 300).RGBA(); r != 0 || g != 0xffff || b != 0 {
		t.Errorf("a transparent pixel is %d %d %d", r, g, b)
	}
	missing := page(leafNode("image", "Image", "none.png")).told("LM601 error", "LM603 warning")
	missing.images = map[string][]byte{"other.png": onePicture(2, 2, color.Black)}
	shows(t, missing)
	_, list := laidBoth(t, missing.txt, missing.json, form.Settings{}, missing.images)
	if !strings.Contains(list[0].Cause, "none.png") || !strings.Contains(list[0].Cause, "other.png") || list[0].Where.Line != 1 || list[0].Where.Column != 2 {
		t.Errorf("%+v", list[0])
	}
	damaged := page(imageNode()).told("LM602 error")
	damaged.images = map[string][]byte{"i.png": onePicture(200, 100, color.Black)[:60]}
	shows(t, damaged)
	unused := page(textNode("x")).told("LM603 warning")
	unused.images = map[string][]byte{"i.png": onePicture(2, 2, color.Black)}
	shows(t, unused)
}

func TestE01(t *testing.T) {
	line(t, "E01")
	named := leafNode("empty_line", "EmptyLine", "50")
	shows(t, page(textNode("a"), emptyLine(), textNode("b"), emptyLine("height=30"), textNode("c"), named, textNode("d")), "text b 210 336", "text c 210 435", "text d 210 573")
	big := page(textNode("a", "font_size=12"), emptyLine(), textNode("b"))
	big.settings.FontSize = 24
	shows(t, big, "text b 210 404") // 69 + 137
}

func group(attrs []string, contents ...node) node {
	return leafNode("input_group", "InputGroup", "g", attrs...).with(contents...)
}

func TestU01(t *testing.T) {
	line(t, "U01")
	two := []node{content("Label"), content("Field")}
	// 3 % of 2060 is 62, 30 % 618, 60 % 1236; boxes 69 + 12 high, 16 px below.
	shows(t, page(group(nil, two...), textNode("x")), "!stroke", "text Label 279 204", "text Field 959 204", "text x 210 295")
	shows(t, page(group([]string{"label_border=square", "input_border=rounded"}, two...)), "stroke #000000 3 272 198 618 81", "stroke #000000 3 952 198 1236 81 round 30")
	shows(t, page(group([]string{"label_border=none", "input_border=square", "border_size=5", "border_color=Teal"}, two...)), "stroke #008080 5 952 198 1236 81", "!stroke #008080 5 272")
	shows(t, page(group([]string{"input_border=square", "border_top_style=none as {\"disable\":true}", "border_bottom_style=9 red as {\"size\":9,\"color\":\"red\"}"}, two...)),
		"!stroke", "fill #ff0000 950 274 1239 9")
}

func TestU02(t *testing.T) {
	line(t, "U02")
	long := "A label that is much longer than its thirty percent of the width"
	doc := shows(t, page(group([]string{"label_border=square", "input_border=square"}, content(long), content("Field")), textNode("x")))
	n := 0
	for _, l := range linesOf(doc) {
		if b := l.Box(); b.X == 279 {
			n++
			if b.X+b.W > 272+618-7 {
				t.Errorf("%q passes its box", l.Text)
			}
		}
	}
	if n < 2 {
		t.Fatalf("the label takes %d lines", n)
	}
	shows(t, page(group([]string{"label_border=square", "input_border=square"}, content(long), content("Field")), textNode("x")),
		fmt.Sprintf("stroke #000000 3 272 198 618 %d", 69*n+12), fmt.Sprintf("stroke #000000 3 952 198 1236 %d", 69*n+12), fmt.Sprintf("text x 210 %d", 198+69*n+28))
	// In a block of 1980 px.
	shows(t, page(container(nil, block(nil, group([]string{"label_border=square"}, content("L"), content("F"))))), "stroke #000000 3 289 218 594 81")
	for _, contents := range [][]node{{content("a")}, {content("a"), content("b"), content("c")}} {
		notMade(t, page(group(nil, contents...)), "LM421")
	}
}
