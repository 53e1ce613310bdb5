package checklist

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// attr is an attribute in both markups.
type attr struct{ name, txt, json string }

// num is a number, word a text or enumeration value.
func num(name string, n int) attr { return attr{name, fmt.Sprint(n), fmt.Sprint(n)} }
func word(name, v string) attr    { return attr{name, v, `"` + v + `"`} }

// list is a symbol list.
func list(name string, symbols ...string) attr {
	txt, json := "", []string{}
	for _, s := range symbols {
		txt += "(" + s + ")"
		json = append(json, `"`+s+`"`)
	}
	return attr{name, txt, "[" + strings.Join(json, ",") + "]"}
}

// leaf is an element without children in both markups.
func leaf(txtName, jsonName, name string, attrs ...attr) (txt, json string) {
	txt, json = "?"+txtName+"="+name+"\n", fmt.Sprintf(`{"element_type":%q,"name":%q`, jsonName, name)
	for _, a := range attrs {
		txt += "\t" + a.name + "=" + a.txt + "\n"
		json += fmt.Sprintf(",%q:%s", a.name, a.json)
	}
	return txt, json + "}"
}

// matrix places a leaf of its own page, in both markups.
func matrix(t *testing.T, txtName, jsonName, name string, attrs ...attr) *layout.Document {
	t.Helper()
	txt, json := leaf(txtName, jsonName, name, attrs...)
	return laid(t, txt, jsonPage(json))
}

// wrong holds that a leaf is refused with the code, in both markups.
func wrong(t *testing.T, code, txtName, jsonName, name string, attrs ...attr) {
	t.Helper()
	txt, json := leaf(txtName, jsonName, name, attrs...)
	refused(t, code, txt, jsonPage(json))
}

func sheet(t *testing.T, attrs ...attr) *layout.Document {
	t.Helper()
	return matrix(t, "answer_sheet", "AnswerSheet", "Q", attrs...)
}

func TestM01(t *testing.T) {
	line(t, "M01")
	doc := sheet(t, num("elements_count", 6))
	// Four columns of 515, two lines each; bubbles at +110, pitch 75, lines of 80.
	has(t, bubblesAt(doc), "Q1 A 315 203 70 70", "Q1 D 540 203 70 70", "Q2 A 315 283 70 70", "Q3 A 830 203 70 70", "Q6 A 1345 283 70 70")
	if n := len(doc.Pattern.Pages[0].Elements); n != 6 {
		t.Errorf("%d lines", n)
	}
	one := sheet(t, num("elements_count", 3), num("columns_count", 1))
	has(t, bubblesAt(one), "Q1 A 315 203 70 70", "Q2 A 315 283 70 70", "Q3 D 540 363 70 70")
	lineOf(t, one, "3.")
}

func TestM02(t *testing.T) {
	line(t, "M02")
	if b := sheet(t, num("elements_count", 1), num("answers_count", 2)).Pattern.Pages[0].Elements[0].Groups[0].Bubbles; len(b) != 2 || b[1].Value != "B" {
		t.Errorf("two answers: %v", b)
	}
	has(t, bubblesAt(sheet(t, num("elements_count", 1), num("columns_count", 2), num("answers_count", 11))), "Q1 K 1065 203 70 70")
	alone := sheet(t, num("elements_count", 1), list("answers_list", "x", "y", "zz"))
	has(t, bubblesAt(alone), "Q1 x 315 203 70 70", "Q1 zz 465 203 70 70")
	hasNot(t, bubblesAt(alone), "Q1 A", "Q1 D")
	has(t, bubblesAt(sheet(t, num("elements_count", 1), num("answers_count", 2), list("answers_list", "x", "y"))), "Q1 y 390 203 70 70")
	wrong(t, "LM422", "answer_sheet", "AnswerSheet", "Q", num("elements_count", 1), num("answers_count", 3), list("answers_list", "x", "y"))
}

func TestM03(t *testing.T) {
	line(t, "M03")
	has(t, bubblesAt(sheet(t, num("elements_count", 1), num("start_id", 0))), "Q0 A 315 203 70 70")
	has(t, bubblesAt(sheet(t, num("elements_count", 2), num("start_id", 40))), "Q40 A 315 203 70 70", "Q41 A 830 203 70 70")
	doc := laid(t, "?page=\n#One\n\t() a\n?answer_sheet=S\n\telements_count=2\n?answer_sheet=T\n\telements_count=1\n&page\n?page=\n?answer_sheet=U\n\telements_count=1\n&page\n",
		`{"element_type":"Template","children":[{"element_type":"Page","children":[{"element_type":"ChoiceBox","question_text":"One","answers_string":"() a"},{"element_type":"AnswerSheet","name":"S","elements_count":2},{"element_type":"AnswerSheet","name":"T","elements_count":1}]},{"element_type":"Page","children":[{"element_type":"AnswerSheet","name":"U","elements_count":1}]}]}`)
	var keys []string
	for _, p := range doc.Pattern.Pages {
		for _, e := range p.Elements {
			keys = append(keys, e.Name)
		}
	}
	if want := []string{"Question1", "S2", "S3", "T4", "U5"}; !slices.Equal(keys, want) {
		t.Errorf("keys %q", keys)
	}
}

func TestM04(t *testing.T) {
	line(t, "M04")
	has(t, bubblesAt(sheet(t, num("elements_count", 2), num("columns_count", 1), num("vertical_margin", 13))), "Q2 A 315 296 70 70")
	for size, d := range map[string]int{"extrasmall": 40, "small": 50, "normal": 60, "large": 80, "extralarge": 100} {
		doc := sheet(t, num("elements_count", 2), num("columns_count", 1), word("bubble_size", size))
		// Pitches D + 15 and D + 20; the recognition rectangle is 5 px larger on each side.
		has(t, bubblesAt(doc), fmt.Sprintf("Q1 A 315 203 %d %d", d+10, d+10), fmt.Sprintf("Q1 B %d 203 %d %d", 315+d+15, d+10, d+10), fmt.Sprintf("Q2 A 315 %d %d %d", 203+d+20, d+10, d+10))
	}
	square := sheet(t, num("elements_count", 1), word("bubble_type", "square"))
	has(t, strokesAt(square), "#000000 3 320 208 60 60")
	if info := square.Pattern.Pages[0].Elements[0].Ours; info.Shape != "square" {
		t.Errorf("%+v", info)
	}
}

func TestM05(t *testing.T) {
	line(t, "M05")
	for _, attrs := range [][]attr{nil, {num("elements_count", 0)}} {
		txt, json := leaf("answer_sheet", "AnswerSheet", "Q", attrs...)
		doc := laid(t, txt+"?text=x\n", jsonPage(json, `{"element_type":"Text","name":"x"}`), "LM424")
		if len(doc.Pattern.Pages[0].Elements) != 0 {
			t.Error("something is drawn")
		}
		has(t, textsAt(doc), "x 210 198")
	}
}

func TestM06(t *testing.T) {
	line(t, "M06")
	doc := sheet(t, num("elements_count", 3), num("start_id", 998), num("columns_count", 1))
	for _, n := range []string{"998.", "1000."} {
		if l := lineOf(t, doc, n); l.Origin.X != 210 || l.Origin.X+l.Line.Width > doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box.X {
			t.Errorf("%s from %.0f to %.0f", n, l.Origin.X, l.Origin.X+l.Line.Width)
		}
	}
	// Columns of 412 < 110 + 5 · 65: the label takes the widest number and 15.
	narrow := sheet(t, num("elements_count", 5), num("columns_count", 5), num("answers_count", 5), word("bubble_size", "small"))
	if l := lineOf(t, narrow, "1."); math.Abs(narrow.Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box.X+5-l.Origin.X-math.Ceil(l.Line.Width)-15) > 1 {
		t.Errorf("first bubble at %.0f", narrow.Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box.X)
	}
	wrong(t, "LM511", "answer_sheet", "AnswerSheet", "Q", num("elements_count", 5), num("columns_count", 5), num("answers_count", 6))
}

func grid(t *testing.T, attrs ...attr) *layout.Document {
	t.Helper()
	return matrix(t, "grid", "Grid", "G", withCounts(attrs)...)
}

// withCounts adds the counts that JSON must have to a grid that has none.
func withCounts(attrs []attr) []attr {
	for _, a := range []attr{num("sections_count", 8), num("options_count", 10)} {
		if !slices.ContainsFunc(attrs, func(b attr) bool { return b.name == a.name }) {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// gridLeft is the left edge of the matrix: 60 px behind the label "G:".
func gridLeft(t *testing.T, doc *layout.Document) float64 {
	t.Helper()
	return math.Ceil(lineOf(t, doc, "G:").Line.Width) + 210 + 60
}

func TestD01(t *testing.T) {
	line(t, "D01")
	plain, list := place(t, "?grid=G\n", form.Settings{})
	if plain == nil {
		t.Fatal(list)
	}
	e := plain.Pattern.Pages[0].Elements[0]
	if len(e.Groups) != 8 || len(e.Groups[0].Bubbles) != 10 || e.Groups[7].Bubbles[9].Value != "9" || e.Vertical {
		t.Errorf("%d sections of %d", len(e.Groups), len(e.Groups[0].Bubbles))
	}
	x := gridLeft(t, plain)
	has(t, bubblesAt(plain), fmt.Sprintf("G 0 %.0f 293 70 70", x-5), fmt.Sprintf("G 9 %.0f %d 70 70", x-5+7*75, 293+9*80))
	doc := grid(t, word("orientation", "vertical"), num("sections_count", 2))
	if !doc.Pattern.Pages[0].Elements[0].Vertical {
		t.Error("the pattern calls it horizontal")
	}
	// Headers D + 15 wide, 20 px before the first bubble.
	has(t, bubblesAt(doc), fmt.Sprintf("G 0 %.0f 198 70 70", x-5+95), fmt.Sprintf("G 1 %.0f 278 70 70", x-5+95+75))
}

func TestD02(t *testing.T) {
	line(t, "D02")
	for _, n := range []int{1, 6, 10, 12} {
		doc := grid(t, num("sections_count", n), num("options_count", n))
		e := doc.Pattern.Pages[0].Elements[0]
		if len(e.Groups) != n || len(e.Groups[n-1].Bubbles) != n || e.Groups[0].Bubbles[n-1].Value != fmt.Sprint(n-1) || e.Ours.Symbols[n-1] != fmt.Sprint(n-1) {
			t.Errorf("%d: %d sections of %d", n, len(e.Groups), len(e.Groups[0].Bubbles))
		}
	}
}

func TestD03(t *testing.T) {
	line(t, "D03")
	doc := grid(t, num("sections_count", 1))
	x := gridLeft(t, doc)
	has(t, strokesAt(doc), fmt.Sprintf("fill #000000 %.0f 275 60 3", x))
	hasNot(t, strokesAt(doc), "#000000 3")
	has(t, strokesAt(grid(t, num("sections_count", 1), word("header_type", "square"), num("header_border_size", 5), word("header_border_color", "Teal"))),
		fmt.Sprintf("#008080 5 %.0f 198 60 80", x))
	has(t, strokesAt(grid(t, num("sections_count", 1), word("header_type", "underline"), num("header_border_size", 7), word("header_border_color", "Red"))),
		fmt.Sprintf("fill #ff0000 %.0f 271 60 7", x))
}

func TestD04(t *testing.T) {
	line(t, "D04")
	left := grid(t, num("sections_count", 1), word("align", "left"))
	w := gridLeft(t, left) - 210 + 60 // label, gap and one bubble
	for align, x := range map[string]float64{"center": 210 + (2060-w)/2, "right": 2270 - w} {
		doc := grid(t, num("sections_count", 1), word("align", align))
		if b := doc.Pattern.Pages[0].Elements[0].Groups[0].Bubbles[0].Box; math.Abs(b.X+5-(x+w-60)) > 1 || math.Abs(lineOf(t, doc, "G:").Origin.X-x) > 1 {
			t.Errorf("%s: bubble at %.0f, label at %.0f", align, b.X, lineOf(t, doc, "G:").Origin.X)
		}
	}
	txt, json := leaf("grid", "Grid", "G", withCounts([]attr{num("sections_count", 1), num("x", 500), num("y", 900)})...)
	doc := laid(t, txt+"?text=x\n", jsonPage(json, `{"element_type":"Text","name":"x"}`))
	has(t, bubblesAt(doc), fmt.Sprintf("G 0 %.0f 995 70 70", 500+gridLeft(t, left)-210-5))
	has(t, textsAt(doc), "x 210 198")
	txt, json = leaf("grid", "Grid", "G", withCounts([]attr{num("sections_count", 1), num("column", 2)})...)
	doc = laid(t, "?container=\n\tcolumns_count=2\n"+txt+"&container\n", jsonPage(`{"element_type":"Container","columns_count":2,"children":[`+json+`]}`))
	has(t, bubblesAt(doc), fmt.Sprintf("G 0 %.0f 293 70 70", 1240+gridLeft(t, left)-210-5))
	wrong(t, "LM501", "grid", "Grid", "G", withCounts([]attr{num("sections_count", 1), num("x", 500), num("y", 3000)})...)
}

func TestD05(t *testing.T) {
	line(t, "D05")
	for size, d := range map[string]int{"extrasmall": 40, "small": 50, "normal": 60, "large": 80, "extralarge": 100} {
		doc := grid(t, num("sections_count", 2), num("options_count", 2), word("bubble_size", size), num("vertical_margin", 4))
		x := int(gridLeft(t, doc))
		// A header D + 20 high and 20 px above the first bubble; the label of 69 px
		// is centred on it, and pushes a lower one down.
		y := 198 + max((69-(d+20)+1)/2, 0) + d + 40
		has(t, bubblesAt(doc), fmt.Sprintf("G 0 %d %d %d %d", x-5, y-5, d+10, d+10), fmt.Sprintf("G 1 %d %d %d %d", x+d+15-5, y+d+24-5, d+10, d+10))
	}
	doc := grid(t, num("sections_count", 1), word("bubble_type", "square"))
	has(t, strokesAt(doc), fmt.Sprintf("#000000 3 %.0f 298 60 60", gridLeft(t, doc)))
}

func TestD06(t *testing.T) {
	line(t, "D06")
	p := ofSource(t, "?grid=A\n\tsections_count=3\n?grid=B\n\tsections_count=4\n?grid=C\n\tsections_count=3\n")
	rows := read(t, p, synth.Truth{"B": {"0", "7", "", "3"}, "C": {"3,7", "", "5"}})
	for key, want := range map[string]string{"A": "", "B": "073", "C": "3,75"} {
		if rows[key] != want {
			t.Errorf("%s = %q, want %q", key, rows[key], want)
		}
	}
}

// rowsAttr are the extra rows of a composite grid in JSON; TXT repeats the attribute.
func rowsAttr(rows ...[]string) (txt, json string) {
	var all []string
	for _, r := range rows {
		a := list("extra_row", r...)
		txt += "\textra_row=" + a.txt + "\n"
		all = append(all, a.json)
	}
	return txt, `"extra_row":[` + strings.Join(all, ",") + `]`
}

// composite is a composite grid in both markups.
func composite(rows [][]string, attrs ...attr) (txt, json string) {
	txt, json = leaf("composite_grid", "CompositeGrid", "Crew", attrs...)
	if len(rows) == 0 {
		return txt, json
	}
	more, members := rowsAttr(rows...)
	return txt + more, strings.TrimSuffix(json, "}") + "," + members + "}"
}

func layComposite(t *testing.T, rows [][]string, attrs ...attr) *layout.Document {
	t.Helper()
	txt, json := composite(rows, attrs...)
	return laid(t, txt, jsonPage(json))
}

// compositeLeft is the left edge of the matrix: 15 px behind the label.
func compositeLeft(t *testing.T, doc *layout.Document) int {
	t.Helper()
	return int(math.Ceil(lineOf(t, doc, "Crew :").Line.Width)) + 210 + 15
}

func TestX01(t *testing.T) {
	line(t, "X01")
	values := layComposite(t, nil, num("columns_count", 2), list("values", "A", "B"))
	x := compositeLeft(t, values)
	has(t, bubblesAt(values), fmt.Sprintf("Crew A %d 293 70 70", x-5), fmt.Sprintf("Crew B %d 373 70 70", x+70))
	rows := layComposite(t, [][]string{{"8", "9"}, {"x", "y"}}, num("columns_count", 2))
	has(t, bubblesAt(rows), fmt.Sprintf("Crew 8 %d 293 70 70", x-5), fmt.Sprintf("Crew 9 %d 293 70 70", x+70), fmt.Sprintf("Crew y %d 373 70 70", x+70))
	both := layComposite(t, [][]string{{"+", ""}}, num("columns_count", 2), list("values", "A", "B"))
	has(t, bubblesAt(both), fmt.Sprintf("Crew + %d 293 70 70", x-5), fmt.Sprintf("Crew A %d 373 70 70", x-5), fmt.Sprintf("Crew B %d 453 70 70", x+70))
	if n := len(bubblesAt(both)); n != 5 { // the hidden one is not there
		t.Errorf("%d bubbles", n)
	}
}

func TestX02(t *testing.T) {
	line(t, "X02")
	txt, json := composite([][]string{{"1", "2"}}, num("columns_count", 3), list("values", "A"))
	refused(t, "LM426", txt, jsonPage(json))
	txt, json = composite([][]string{{"1", "2", "3", "4"}}, num("columns_count", 2), list("values", "A"))
	doc := laid(t, txt, jsonPage(json), "LM305")
	hasNot(t, bubblesAt(doc), "Crew 3", "Crew 4")
	has(t, bubblesAt(doc), fmt.Sprintf("Crew 2 %d 293 70 70", compositeLeft(t, doc)+70))
}

func TestX03(t *testing.T) {
	line(t, "X03")
	for _, orientation := range []string{"horizontal", "vertical"} {
		upright := layComposite(t, nil, num("columns_count", 3), list("values", "A", "B"), word("orientation", orientation))
		var w, h float64
		from := upright.Pattern.Pages[0].Elements[0]
		for _, g := range from.Groups {
			for _, b := range g.Bubbles {
				w, h = max(w, b.Box.X+65-210), max(h, b.Box.Y+65-198)
			}
		}
		for quarters, angle := range []string{"0", "90", "180", "270"} {
			txt, json := composite(nil, num("columns_count", 3), list("values", "A", "B"), word("orientation", orientation), attr{"rotate", angle, angle})
			doc := laid(t, txt, jsonPage(json))
			for i, g := range doc.Pattern.Pages[0].Elements[0].Groups {
				for j, b := range g.Bubbles {
					u, v := from.Groups[i].Bubbles[j].Box.X+35-210, from.Groups[i].Bubbles[j].Box.Y+35-198
					for range quarters { // a quarter clockwise: (u, v) -> (h - v, u)
						u, v = h-v, u
						w, h = h, w
					}
					if quarters%2 == 1 {
						w, h = h, w
					}
					if c := b.Box.Center(); math.Abs(c.X-210-u) > 0.6 || math.Abs(c.Y-198-v) > 0.6 || b.Value != from.Groups[i].Bubbles[j].Value {
						t.Errorf("%s turned by %s: bubble %s at %v, want %.0f, %.0f", orientation, angle, b.Value, c, 210+u, 198+v)
					}
				}
			}
			if !slices.ContainsFunc(doc.Pages[0].Items, func(it layout.Item) bool {
				return it.Text != nil && it.Text.Text == "Crew :" && (quarters == 0) == (it.Turn == nil) && (it.Turn == nil || it.Turn.Degrees == float64(90*quarters))
			}) {
				t.Errorf("turned by %s the label is not", angle)
			}
		}
	}
	txt, _ := composite([][]string{{"+", "", "-"}}, num("columns_count", 3), list("values", "A", "B"), attr{"rotate", "90", "90"})
	if rows := read(t, ofSource(t, txt), synth.Truth{"Crew": {"+", "B", "A"}}); rows["Crew"] != "+BA" {
		t.Errorf("read %q", rows)
	}
}

func TestX04(t *testing.T) {
	line(t, "X04")
	hidden := layComposite(t, nil, num("columns_count", 1), list("values", "A"), attr{"display_hint", "false", "false"})
	hasNot(t, textsAt(hidden), "Crew")
	has(t, bubblesAt(hidden), "Crew A 205 293 70 70")
	square := layComposite(t, nil, num("columns_count", 1), list("values", "A"), word("header_type", "square"), attr{"display_hint", "false", "false"})
	has(t, strokesAt(square), "#000000 3 210 198 60 80")
	has(t, strokesAt(hidden), "fill #000000 210 275 60 3")
	has(t, bubblesAt(layComposite(t, nil, num("columns_count", 1), list("values", "A"), word("align", "right"), attr{"display_hint", "false", "false"})), "Crew A 2205 293 70 70")
	has(t, bubblesAt(layComposite(t, nil, num("columns_count", 1), list("values", "A"), num("x", 700), num("y", 800), attr{"display_hint", "false", "false"})), "Crew A 695 895 70 70")
}

func TestX05(t *testing.T) {
	line(t, "X05")
	p := ofSource(t, "?composite_grid=A\n\tcolumns_count=3\n\tvalues=(x)(y)(z)\n?composite_grid=B\n\tcolumns_count=3\n\tvalues=(x)(y)(z)\n?composite_grid=C\n\tcolumns_count=3\n\tvalues=(x)(y)(z)\n")
	rows := read(t, p, synth.Truth{"A": {"x", "", "z"}, "B": {"x", "y,z", ""}})
	for key, want := range map[string]string{"A": "xz", "B": "ERROR: Multiple marks per symbol", "C": ""} {
		if rows[key] != want {
			t.Errorf("%s = %q, want %q", key, rows[key], want)
		}
	}
}

// pair is an element in TXT and JSON.
type pair struct{ txt, json string }

func leafPair(txtName, jsonName, name string, attrs ...attr) pair {
	txt, json := leaf(txtName, jsonName, name, attrs...)
	return pair{txt, json}
}

// customSheet is a custom answer sheet in both markups.
func customSheet(attrs []attr, columns, cells []pair) (txt, json string) {
	join := func(all []pair) (txt string, json []string) {
		for _, p := range all {
			txt += p.txt
			json = append(json, p.json)
		}
		return txt, json
	}
	head, headJSON := join(columns)
	row, rowJSON := join(cells)
	txt, json = leaf("custom_answer_sheet", "CustomAnswerSheet", "Open", attrs...)
	return txt + "?header=\n" + head + "&header\n?custom_row=row %index%\n" + row + "&custom_row\n&custom_answer_sheet\n",
		jsonPage(strings.TrimSuffix(json, "}") + `,"children":[{"element_type":"Header","children":[` + strings.Join(headJSON, ",") +
			`]},{"element_type":"CustomRow","name":"row %index%","children":[` + strings.Join(rowJSON, ",") + `]}]}`)
}

func share(parts ...int) attr {
	txt, json := []string{}, []string{}
	for _, p := range parts {
		txt, json = append(txt, fmt.Sprintf("%d%%", p)), append(json, fmt.Sprint(p))
	}
	return attr{"row_proportions", strings.Join(txt, "-"), "[" + strings.Join(json, ",") + "]"}
}

func heading(name string, attrs ...attr) pair { return leafPair("column", "Column", name, attrs...) }

func array(name string, attrs ...attr) pair {
	if !slices.ContainsFunc(attrs, func(a attr) bool { return a.name == "answers_list" }) {
		attrs = append(attrs, list("answers_list", "A", "B"))
	}
	return leafPair("bubble_array", "BubbleArray", name, attrs...)
}

func trigger(target string) pair {
	return leafPair("custom_trigger", "CustomTrigger", "skip %index%", word("value", "no %index%"), word("target", target))
}

// numbered is the usual sheet: a number, an array, a trigger.
func numbered(target string, attrs ...attr) (txt, json string) {
	return customSheet(append(attrs, share(20, 50, 30)), []pair{heading("No."), heading("Answer"), heading("Skip")},
		[]pair{leafPair("content", "Content", "%index%."), array("arr %index%"), trigger(target)})
}

func size(amount, columns int) []attr {
	return []attr{num("amount", amount), num("columns_count", columns)}
}

func TestN01(t *testing.T) {
	line(t, "N01")
	txt, json := customSheet(append(size(2, 1), share(20, 40, 20, 20)), []pair{heading("No."), heading("Answer"), heading("Skip"), heading("Why")},
		[]pair{leafPair("content", "Content", "%index%."), array("arr %index%"), trigger("arr %index%"), leafPair("write_in", "WriteIn", "why %index%")})
	doc := laid(t, txt, json)
	var kinds []string
	for _, e := range doc.Pattern.Pages[0].Elements {
		kinds = append(kinds, string(e.Type)+" "+e.Name)
	}
	if want := []string{"ChoiceBox Open_1", "ReplaceTrigger skip 1", "ClipArea why 1", "ChoiceBox Open_2", "ReplaceTrigger skip 2", "ClipArea why 2"}; !slices.Equal(kinds, want) {
		t.Errorf("elements %q", kinds)
	}
	// Cells from 210, 622, 1446, 1858; rows of max(60 + 11, 69, 70). Bubbles in the middles of halves.
	has(t, bubblesAt(doc), "Open_1 A 793 269 70 70", "Open_1 B 1205 269 70 70", "Open_2 A 793 340 70 70", "skip 1  1617 269 70 70")
	txt, json = numbered("arr %index%", size(5, 3)...)
	doc = laid(t, txt, json)
	// Three tables of (2060 - 40) / 3, two rows each, filled one after the other.
	has(t, textsAt(doc), "1. 222 270", "2. 222 341", "3. 915 270", "4. 915 341", "5. 1609 270", "No. 222 199", "No. 915 199", "No. 1609 199")
}

func TestN02(t *testing.T) {
	line(t, "N02")
	of := func(attrs ...attr) []string {
		txt, json := numbered("arr %index%", append(size(2, 2), attrs...)...)
		return strokesAt(laid(t, txt, json))
	}
	// Tables of 1020 px, 71 + 71 high; inner rules are there without a border too.
	none := of()
	has(t, none, "fill #000000 413 198 3 142", "fill #000000 210 268 1020 3")
	hasNot(t, none, "#000000 3 210 198")
	has(t, of(word("border", "square"), word("border_color", "Teal"), num("border_size", 5)), "#008080 5 210 198 1020 142", "#008080 5 1250 198 1020 142", "fill #008080 413 198 3 142")
	txt, json := numbered("arr %index%", append(size(1, 1), word("border", "rounded"))...)
	doc := laid(t, txt, json)
	if !slices.ContainsFunc(doc.Pages[0].Items, func(it layout.Item) bool { return it.Rect != nil && it.Rect.Radius == 30 }) {
		t.Error("no round corners")
	}
	sides := of(word("border", "square"), attr{"border_top_style", "8 Red", `{"size":8,"color":"Red"}`}, attr{"border_left_style", "none", `{"disable":true}`})
	if !slices.ContainsFunc(sides, func(s string) bool { return strings.HasPrefix(s, "fill #ff0000 ") && strings.HasSuffix(s, " 8") }) {
		t.Errorf("no top side of its own among %q", sides)
	}
	hasNot(t, sides, "fill #000000 209 ")
}

func TestN03(t *testing.T) {
	line(t, "N03")
	txt, json := customSheet(append(size(1, 1), share(50, 50)),
		[]pair{heading("Name", word("align", "right"), word("font_style", "bold"), num("font_size", 18)), heading("12", word("content_type", "cells"), word("align", "center"))},
		[]pair{leafPair("content", "Content", "x", word("content_type", "cells")), array("a%index%")})
	doc := laid(t, txt, json)
	l := lineOf(t, doc, "Name")
	if sizeOf(t, doc, "Name") != 75 || !strings.Contains(faceOf(t, doc, "Name"), "Bold") || math.Abs(l.Origin.X+l.Line.Width-1228) > 1 {
		t.Errorf("%.1f px, %s, ends at %.1f", sizeOf(t, doc, "Name"), faceOf(t, doc, "Name"), l.Origin.X+l.Line.Width)
	}
	cells := 0
	for _, s := range strokesAt(doc) { // boxes of 0.85 line heights, 10 px higher than a line
		if strings.HasPrefix(s, "#000000 3") && strings.HasSuffix(s, " 79") {
			cells++
		}
	}
	if cells != 3 {
		t.Errorf("%d cells, want 3", cells)
	}
	for _, bad := range [][2][]pair{
		{{heading("a")}, {array("a%index%"), array("b%index%")}},
		{{heading("a"), heading("b")}, {array("a%index%")}},
	} {
		txt, json := customSheet(append(size(1, 1), share(50, 50)), bad[0], bad[1])
		refused(t, "LM420", txt, json)
	}
}

func TestN04(t *testing.T) {
	line(t, "N04")
	txt, json := customSheet(append(size(2, 1), share(40, 20, 20, 20)), []pair{heading("a"), heading("b"), heading("c"), heading("d")}, []pair{
		leafPair("content", "Content", "no. %index% of %index%"), array("arr %index%"), trigger("arr %index%"),
		leafPair("write_in", "WriteIn", "note%index%"),
	})
	doc := laid(t, txt, json)
	lineOf(t, doc, "no. 2 of 2")
	var got []string
	for _, e := range doc.Pattern.Pages[0].Elements {
		got = append(got, strings.TrimSpace(fmt.Sprint(e.Name, " ", e.Target, " ", e.Value)))
	}
	if want := []string{"Open_1", "skip 1 Open_1 no 1", "note1", "Open_2", "skip 2 Open_2 no 2", "note2"}; !slices.Equal(got, want) {
		t.Errorf("names, targets and values %q", got)
	}
}

func TestN05(t *testing.T) {
	line(t, "N05")
	for _, target := range []string{"arr %index%", "Open_%index%"} {
		txt, json := numbered(target, size(3, 1)...)
		both(t, txt, json)
		p := ofSource(t, txt)
		fired := synth.TriggerKey(&pattern.Element{Name: "skip 2", Target: "Open_2"})
		rows := read(t, p, synth.Truth{"Open_1": {"A"}, "Open_2": {"A", "B"}, fired: {"on"}, "Open_3": {"A", "B"}})
		for key, want := range map[string]string{"Open_1": "A", "Open_2": "no 2", "Open_3": "A,B"} {
			if rows[key] != want {
				t.Errorf("target %s: %s = %q, want %q", target, key, rows[key], want)
			}
		}
	}
	txt, json := numbered("nothing %index%", size(3, 1)...)
	refused(t, "LM404", txt, json)
}

func TestN06(t *testing.T) {
	line(t, "N06")
	for name, d := range map[string]int{"extrasmall": 40, "small": 50, "normal": 60, "large": 80, "extralarge": 100} {
		txt, json := customSheet(append(size(1, 1), share(100)), []pair{heading("a")}, []pair{array("a%index%", word("bubble_size", name), word("bubble_type", "square"))})
		e := laid(t, txt, json).Pattern.Pages[0].Elements[0]
		if b := e.Groups[0].Bubbles[0].Box; int(b.W) != d+10 || e.Ours.Shape != "square" {
			t.Errorf("%s: %v, %s", name, b, e.Ours.Shape)
		}
	}
	txt, json := customSheet(append(size(1, 1), share(50, 25, 25)), []pair{heading("a"), heading("b"), heading("c")},
		[]pair{array("first %index%", word("font_family", "Courier New"), word("font_style", "bold")), array("second %index%"), array("", list("answers_list", "x"))})
	doc := laid(t, txt, json)
	var keys []string
	for _, e := range doc.Pattern.Pages[0].Elements {
		keys = append(keys, e.Name)
	}
	if want := []string{"Open_1", "second 1", "Open_1_3"}; !slices.Equal(keys, want) {
		t.Errorf("keys %q", keys)
	}
	if f := faceOf(t, doc, "A"); !strings.Contains(f, "Mono") || !strings.Contains(f, "Bold") {
		t.Errorf("symbols in %s", f)
	}
}

func TestN07(t *testing.T) {
	line(t, "N07")
	txt, json := customSheet(append(size(2, 1), num("start_id", 40), share(100)), []pair{heading("a")}, []pair{array("a%index%", list("recogintion_values", "yes", "no"))})
	both(t, txt, json)
	p := ofSource(t, txt)
	if info := p.Document.Pattern.Pages[0].Elements[0].Ours; !slices.Equal(info.Symbols, []string{"A", "B"}) {
		t.Errorf("printed %q", info.Symbols)
	}
	rows := read(t, p, synth.Truth{"Open_40": {"no"}, "Open_41": {"yes", "no"}})
	if rows["Open_40"] != "no" || rows["Open_41"] != "yes,no" {
		t.Errorf("read %q", rows)
	}
	txt, json = customSheet(append(size(2, 1), share(100)), []pair{heading("a")}, []pair{array("a%index%", list("recogintion_values", "yes"))})
	refused(t, "LM422", txt, json)
}

func TestN08(t *testing.T) {
	line(t, "N08")
	txt, json := customSheet(append(size(1, 1), share(50, 50)), []pair{heading("a"), heading("b")},
		[]pair{leafPair("write_in", "WriteIn", "W%index%", attr{"required", "true", "true"}), leafPair("write_in", "WriteIn", "V%index%")})
	doc := laid(t, txt, json)
	for i, e := range doc.Pattern.Pages[0].Elements {
		// The inside of its cell, 2 px off the edges, without rule and hint.
		if e.Required != (i == 0) || e.Box.W != 1026 || e.Box.H != 67 {
			t.Errorf("%s: required %v, %v", e.Name, e.Required, e.Box)
		}
	}
	hasNot(t, textsAt(doc), "write-in")
}

func TestZ04(t *testing.T) {
	line(t, "Z04")
	code := func(attrs ...attr) *layout.Document {
		return matrix(t, "barcode", "Barcode", "B", append([]attr{word("value", "LEAF")}, attrs...)...)
	}
	at := func(doc *layout.Document) string {
		e := doc.Pattern.Pages[0].Elements[0]
		return fmt.Sprintf("%.0f %.0f %.0f %.0f", e.Box.X, e.Box.Y, e.Box.W, e.Box.H)
	}
	// 21 modules of 8 px, its quiet zone kept free above; centred by default.
	for want, attrs := range map[string][]attr{
		"1156 230 168 168": nil, "210 230 168 168": {word("align", "left")}, "2102 230 168 168": {word("align", "right")},
		"600 700 294 294": {num("height", 300), num("x", 600), num("y", 700)},
		"500 900 230 230": {num("x", 500), num("y", 900), num("rotation_angle", 30)},
		"501 900 168 168": {num("x", 501), num("y", 900), num("rotation_angle", 180)},
		"502 900 230 230": {num("x", 502), num("y", 900), num("rotation_angle", -30)},
	} {
		if got := at(code(attrs...)); got != want {
			t.Errorf("%v at %s, want %s", attrs, got, want)
		}
	}
	doc := code(word("barcode_type", "Code128"), attr{"codetext", "true", "true"}, num("height", 60))
	b := doc.Pattern.Pages[0].Elements[0].Box
	l := lineOf(t, doc, "LEAF")
	if b.H != 60 || math.Abs(l.Origin.X+l.Line.Width/2-(b.X+b.W/2)) > 1 || l.Origin.Y-l.Line.Ascent < b.Y+b.H {
		t.Errorf("code %v, text at %.0f, %.0f", b, l.Origin.X, l.Origin.Y)
	}
	for _, angle := range []int{0, 90, 45} {
		txt, _ := leaf("barcode", "Barcode", "B", word("value", "LEAF-7"), word("barcode_type", "Code128"), num("rotation_angle", angle))
		if rows := read(t, ofSource(t, "#Q\n\t() a () b\n"+txt), synth.Truth{}); rows["B"] != "LEAF-7" {
			t.Errorf("turned by %d: read %q", angle, rows["B"])
		}
	}
	wrong(t, "LM512", "barcode", "Barcode", "B", word("value", "LEAF"), num("height", 50))
}

// crops are the pictures that a form asks for: NAME REQUIRED X Y W H.
func crops(doc *layout.Document) (out []string) {
	for _, e := range doc.Pattern.Pages[0].Elements {
		if e.Type == pattern.ClipArea {
			out = append(out, fmt.Sprintf("%s %v %.0f %.0f %.0f %.0f", e.Name, e.Required, e.Box.X, e.Box.Y, e.Box.W, e.Box.H))
		}
	}
	return out
}

func TestW01(t *testing.T) {
	line(t, "W01")
	required := attr{"required", "true", "true"}
	free, in := leafPair("write_in", "WriteIn", "free", required), leafPair("write_in", "WriteIn", "inner")
	txt := txtBlock(free.txt + "?vertical_choicebox=V\n?answer=a\n" + in.txt + "&answer\n&vertical_choicebox\n")
	doc := laid(t, txt, jsonPage(jsonBlock(free.json, `{"element_type":"VerticalChoiceBox","name":"V","children":[{"element_type":"Answer","name":"a","children":[`+in.json+`]}]}`)))
	if got, want := crops(doc), []string{"free true 230 218 1980 185", "inner false 325 403 1885 185"}; !slices.Equal(got, want) {
		t.Errorf("crops %q", got)
	}
	when := doc.Pattern.Ours.Crops
	if len(when) != 2 || len(when[0].When) != 0 || len(when[1].When) != 1 || doc.Pattern.Pages[0].Elements[when[1].When[0].Element].Name != "V" {
		t.Errorf("kept when %+v", when)
	}
	row, _ := customSheet(append(size(1, 1), share(100)), []pair{heading("a")}, []pair{free})
	if got, want := crops(placedWith(t, row, form.Settings{})), []string{"free true 212 271 2056 67"}; !slices.Equal(got, want) {
		t.Errorf("crops %q", got)
	}
	page := placedWith(t, "?write_in=W\n", form.Settings{}, "LM222")
	if len(crops(page)) != 1 {
		t.Error("at page level it is not laid out")
	}
}

func TestW02(t *testing.T) {
	line(t, "W02")
	in := leafPair("write_in", "WriteIn", "W", word("hint", "your name"), word("color", "Teal"), attr{"adaptive", "true", "true"})
	below := pair{"?content=x\n", `{"element_type":"Content","name":"x"}`}
	fixed := laid(t, "?container=\n?block=\n\theight=600\n"+in.txt+below.txt+"&block\n&container\n",
		jsonPage(`{"element_type":"Container","children":[{"element_type":"Block","height":600,"children":[`+in.json+`,`+below.json+`]}]}`))
	// The block ends at 798, its content at 778, of which 69 are for what follows.
	if got, want := crops(fixed), []string{"W false 230 218 1980 491"}; !slices.Equal(got, want) {
		t.Errorf("crops %q", got)
	}
	has(t, textsAt(fixed), "your name 242 640", "x 230 709")
	if c := lineOf(t, fixed, "your name").Color; c != (form.Color{G: 128, B: 128}) {
		t.Errorf("hint in %v", c)
	}
	grows := laid(t, txtBlock(in.txt), jsonPage(jsonBlock(in.json)))
	if got, want := crops(grows), []string{"W false 230 218 1980 185"}; !slices.Equal(got, want) {
		t.Errorf("crops %q", got)
	}
	plain := leafPair("write_in", "WriteIn", "W")
	has(t, textsAt(laid(t, txtBlock(plain.txt), jsonPage(jsonBlock(plain.json)))), "write-in 242 334")
	twice := in.txt + strings.Replace(in.txt, "=W", "=V", 1)
	refused(t, "LM432", "?container=\n?block=\n\theight=900\n"+twice+"&block\n&container\n")
}

func TestW03(t *testing.T) {
	line(t, "W03")
	for cell, side := range map[string]int{"normal": 80, "large": 100, "extralarge": 120} {
		txt, json := leaf("text_input", "text_input", "T", num("length", 7), word("input_type", "letters"), word("cell_size", cell))
		doc := laid(t, txt, jsonPage(json), "LM425")
		n := 0
		for _, s := range strokesAt(doc) {
			if strings.HasPrefix(s, "#000000 3") && strings.HasSuffix(s, fmt.Sprintf(" %d %d", side, side)) {
				n++
			}
		}
		if got := crops(doc); n != 7 || len(got) != 1 || !strings.HasPrefix(got[0], "T true ") {
			t.Errorf("%s: %d boxes, crops %q", cell, n, got)
		}
	}
	rows := read(t, ofSource(t, "#Q\n\t() a () b\n?text_input=T\n\tlength=4\n"), synth.Truth{})
	if _, there := rows["T"]; there {
		t.Error("a row that nobody read")
	}
}

func TestW04(t *testing.T) {
	line(t, "W04")
	for _, c := range []struct {
		attrs  []attr
		height int
	}{{nil, 150}, {[]attr{num("line_height", 90)}, 90}} {
		txt, json := leaf("free_text_input", "free_text_input", "F", c.attrs...)
		doc := laid(t, txt, jsonPage(json), "LM425")
		if got := crops(doc); len(got) != 1 || !strings.HasPrefix(got[0], "F true 210 ") || !strings.HasSuffix(got[0], fmt.Sprintf(" 2060 %d", c.height)) {
			t.Errorf("crops %q", got)
		}
		if !slices.ContainsFunc(strokesAt(doc), func(s string) bool { return strings.HasPrefix(s, "#808080 2 ") }) {
			t.Error("no grey frame")
		}
	}
}
