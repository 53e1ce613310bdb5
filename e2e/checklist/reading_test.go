package checklist

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// treeOf writes what stands on the pages of a form, a line an element, indented
// by its depth: KIND NAME ATTRIBUTE=VALUE …
func treeOf(f *form.Form) (out []string) {
	var walk func(e *form.Element, depth int)
	walk = func(e *form.Element, depth int) {
		s := fmt.Sprintf("%s%s %q", strings.Repeat(" ", depth), e.Kind, e.Name)
		for _, a := range slices.Sorted(maps.Keys(e.Attrs)) {
			s += fmt.Sprintf(" %s=%s", a, valueText(e.Attrs[a]))
		}
		out = append(out, s)
		for _, c := range e.Children {
			walk(c, depth+1)
		}
	}
	for i, p := range f.Pages {
		if len(f.Pages) > 1 {
			out = append(out, fmt.Sprintf("page %d", i+1))
		}
		for _, e := range p.Children {
			walk(e, 0)
		}
	}
	return out
}

func valueText(v form.Value) string {
	switch v.Type {
	case form.TypeText:
		return fmt.Sprintf("%q", v.Str)
	case form.TypeEnum:
		return v.Str
	case form.TypeBool:
		return fmt.Sprint(v.Bool)
	case form.TypeSymbols:
		return fmt.Sprint(v.List)
	case form.TypeSymbolRows:
		return fmt.Sprintf("%q", v.Rows)
	case form.TypeProportions:
		return fmt.Sprint(v.Parts)
	case form.TypeStyle:
		return v.Style.String()
	case form.TypeColor:
		return v.Color.String()
	default:
		return fmt.Sprint(v.Num)
	}
}

// reads holds that a source has no error, gives these diagnostics ("LM204 2:5",
// parted by ", ") and this tree.
func reads(t *testing.T, source, notes string, want ...string) *form.Form {
	t.Helper()
	f, list := markup.Parse([]byte(source))
	if f == nil || list.Failed() {
		t.Fatalf("%v\n%q", list, source)
	}
	if got := strings.Join(places(list), ", "); got != notes {
		t.Errorf("diagnostics are %q, want %q\n%q", got, notes, source)
	}
	if got := treeOf(f); !slices.Equal(got, want) {
		t.Errorf("the tree is\n%s\nwant\n%s\n%q", strings.Join(got, "\n"), strings.Join(want, "\n"), source)
	}
	return f
}

func places(list fault.List) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = fmt.Sprintf("%s %d:%d", e.Code, e.Where.Line, e.Where.Column)
	}
	return out
}

// unicode16 is a text in UTF-16, with the byte order mark.
func unicode16(s string, bigEndian bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		low, high := byte(u), byte(u>>8)
		if bigEndian {
			low, high = high, low
		}
		b.WriteByte(low)
		b.WriteByte(high)
	}
	return b.String()
}

func TestR01(t *testing.T) {
	line(t, "R01")
	const text, want = "?text=é © · 漢", `Text "é © · 漢"`
	reads(t, text, "", want)
	reads(t, "\ufeff"+text, "", want)
	reads(t, unicode16(text, false), "LM102 1:1", want)
	reads(t, unicode16(text, true), "LM102 1:1", want)
	reads(t, "?text=a\n?text=caf\xe9 \xa9 \x80\x93", "LM102 2:10", `Text "a"`, `Text "café © €“"`)
}

func TestR02(t *testing.T) {
	line(t, "R02")
	want := []string{`Text "a\nb"`, `EmptyLine ""`, `Grid "g" options_count=10 sections_count=2`}
	for _, end := range []string{"\r\n", "\n", "\r"} {
		lines := []string{"?text=a", "b", "", "?grid=g", "\tsections_count=2"}
		reads(t, strings.Join(lines, end), "", want...)
		reads(t, strings.Join(lines, end)+end, "", want...)
	}
	reads(t, "?text=a\r\nb\n\r?grid=g\r\tsections_count=2", "", want...)
}

func TestR03(t *testing.T) {
	line(t, "R03")
	json := jsonPage(jsonText("a"))
	for _, before := range []string{"", " \t", "\r\n\n ", "\ufeff", "\ufeff  \n"} {
		reads(t, before+json, "", `Text "a"`)
	}
	reads(t, "/* a sign-up */ // sheet\n"+json, "LM104 1:1, LM104 1:17", `Text "a"`)
	reads(t, "#Why?\n\t() a", "", `ChoiceBox "" question_text="Why?"`, ` Option "a" row_index=1`)
	reads(t, "\n \n?text={", "", `Text "{"`)
}

func TestR04(t *testing.T) {
	line(t, "R04")
	reads(t, "?Answer_Sheet=q\n\tELEMENTS_COUNT=1\n\tBubble_Size=ExtraLARGE\n\tbubble_type=SQUARE\n?CONTAINER=\n\tType=FOOTER\n&Container\n?barcode=b\n\tvalue=v\n\tbarcode_type=code39StanDard\n\tcodetext=TRUE\n?text=t\n\tfont_style=ITALIC, bold\n\tcolor=darkOrange",
		"", `AnswerSheet "q" bubble_size=Extralarge bubble_type=square elements_count=1`, `Container "" container_type=footer`,
		`Barcode "b" barcode_type=Code39Standard codetext=true value="v"`, `Text "t" color=DarkOrange font_style=Bold, Italic`)
}

func TestR05(t *testing.T) {
	line(t, "R05")
	reads(t, "\t?container= \n   ?block=\t\n\t\tcolumn=1\t \n ?choicebox=q\n\t?option=a\n\t\tbubble_value=x \t\n\t&choicebox \n\t&block\t\n&container \t",
		"", `Container ""`, ` Block "" column=1`, `  ChoiceBox "" question_text="q"`, `   Option "a" bubble_value="x" row_index=1`)
}

func TestR06(t *testing.T) {
	line(t, "R06")
	reads(t, "?barcode=b\n\tvalue=https://x.y/?a=b&c=(d)#e%20", "", `Barcode "b" value="https://x.y/?a=b&c=(d)#e%20"`)
	reads(t, "?grid=a=b > c & d? #1 50% !", "", `Grid "a=b > c & d? #1 50% !" options_count=10 sections_count=8`)
}

func TestR07(t *testing.T) {
	line(t, "R07")
	f := reads(t, txtBlock("?content=   a  \n?content=      \n\tcontent_type=cells\n?barcode= code \n\tvalue=v\n?grid=PIN  \n"), "",
		`Container ""`, ` Block ""`, `  Content "   a  "`, `  Content "      " content_type=cells`, `  Barcode "code" value="v"`, `  Grid "PIN  " options_count=10 sections_count=8`)
	var keys []string
	for _, k := range form.Keys(f) {
		keys = append(keys, k.Key)
	}
	if !slices.Equal(keys, []string{"code", "PIN"}) {
		t.Errorf("the keys are %q", keys)
	}
}

func TestR08(t *testing.T) {
	line(t, "R08")
	reads(t, "#q\n\t\n\tcolor=red\n\t\t \n\t() a\n\t\n\t() b\n?text=a\n\t\nb\n\t\n\tcolor=red", "",
		`ChoiceBox "" color=Red question_text="q"`, ` Option "a" row_index=1`, ` Option "b" row_index=2`, `Text "a\nb" color=Red`)
}

func TestR09(t *testing.T) {
	line(t, "R09")
	reads(t, "\n \n?text=a\n\n#q\n\t() x\n\n\n  \n?text=b\n\n", "", `Text "a"`, `EmptyLine ""`,
		`ChoiceBox "" question_text="q"`, ` Option "x" row_index=1`, `EmptyLine ""`, `EmptyLine ""`, `EmptyLine ""`, `Text "b"`)
	reads(t, "\n?page=\n\n?text=a\n\n?text=b\n\n&page\n\n?page=\n&page\n", "", `page 1`, `Text "a"`, `EmptyLine ""`, `Text "b"`, `page 2`)
	// Each takes the height of a line.
	doc, _ := place(t, "?text=a\n?text=b\n\n?text=c", form.Settings{})
	lines := linesOf(doc)
	if gap, twice := lines[1].Origin.Y-lines[0].Origin.Y, lines[2].Origin.Y-lines[1].Origin.Y; twice != 2*gap {
		t.Errorf("an empty line of %g px for lines of %g px", twice-gap, gap)
	}
}

func TestR10(t *testing.T) {
	line(t, "R10")
	reads(t, "?container=\n?block=\n\n?content=a\n&block\n&container", "LM207 3:1", `Container ""`, ` Block ""`, `  Content "a"`)
	reads(t, "?container=\n\n?block=\n\tcolumn=1\n \n?content=a\n&block\n\n&container", "LM207 5:1", `Container ""`, ` Block "" column=1`, `  Content "a"`)
	reads(t, txtBlock("?vertical_choicebox=v\n\n?answer=a\n\n?content=b\n\n&answer\n\n&vertical_choicebox\n"), "LM207 4:1",
		`Container ""`, ` Block ""`, `  VerticalChoiceBox "v"`, `   Answer "a"`, `    Content "b"`)
}

func TestR11(t *testing.T) {
	line(t, "R11")
	reads(t, txtBlock("?content=a\n\n?paragraph=\n?content=b\n\n\n?content=c\n&paragraph\n"), "", `Container ""`, ` Block ""`, `  Content "a"`,
		`  EmptyLine ""`, `  Paragraph ""`, `   Content "b"`, `   EmptyLine ""`, `   EmptyLine ""`, `   Content "c"`)
}

func TestR12(t *testing.T) {
	line(t, "R12")
	reads(t, "?text=a\n  b\nc\n\tcolor=red", "", `Text "a\n  b\nc" color=Red`)
	reads(t, "?text=a\nb\n\n?text=c", "", `Text "a\nb"`, `EmptyLine ""`, `Text "c"`)
	reads(t, "?text=a\nb\n?text=c\nd\n#q\n\t() x", "", `Text "a\nb"`, `Text "c\nd"`, `ChoiceBox "" question_text="q"`, ` Option "x" row_index=1`)
	reads(t, "?text=\na\nb", "", `Text "\na\nb"`)
}

func TestR13(t *testing.T) {
	line(t, "R13")
	reads(t, "# Which colours\n  (mark all)\nplease?\n\t() red", "", `ChoiceBox "" question_text="Which colours\n  (mark all)\nplease?"`, ` Option "red" row_index=1`)
}

func TestR14(t *testing.T) {
	line(t, "R14")
	reads(t, "?text=\t\tPart\tB", "", `Text "\t\tPart\tB"`)
	doc, _ := place(t, "?text=\t\tB", form.Settings{})
	text := linesOf(doc)[0]
	if at := text.Origin.X + text.Line.Runs[len(text.Line.Runs)-1].X; at != 210+2*118 {
		t.Errorf("the text after two TABs starts at %g, want %d", at, 210+2*118)
	}
}

func TestR15(t *testing.T) {
	line(t, "R15")
	reads(t, "?text=a\n\\?b=c\n\\&block\n\\#d\n\\\\e \\?\n#q\n\\#2\n\t() a \\(b) c () d", "", `Text "a\n?b=c\n&block\n#d\n\\\\e \\?"`,
		`ChoiceBox "" question_text="q\n#2"`, ` Option "a (b) c" row_index=1`, ` Option "d" row_index=1`)
}

func TestR16(t *testing.T) {
	line(t, "R16")
	reads(t, "?text=a\n\talign=left\n\tcolor=red\n\tALIGN=right", "LM303 4:2", `Text "a" align=right color=Red`)
	reads(t, "?composite_grid=c\n\tcolumns_count=2\n\textra_row=(+)()\n\tvalues=(0)(1)\n\textra_row=(a)(b)", "",
		`CompositeGrid "c" columns_count=2 extra_row=[["+" ""] ["a" "b"]] values=[0 1]`)
}

func TestR17(t *testing.T) {
	line(t, "R17")
	reads(t, "?grid=g\n    sections_count=3\n  options_count=4", "LM204 2:5, LM204 3:3", `Grid "g" options_count=4 sections_count=3`)
	reads(t, "?text=a\n  color=red", "", `Text "a\n  color=red"`)
}

func TestR18(t *testing.T) {
	line(t, "R18")
	reads(t, `{"element_type":"Template","children":[{"element_type":"Page","children":[]}]}`, "")
	reads(t, jsonForm(jsonText("a"), ""), "", "page 1", `Text "a"`, "page 2")
	// Children are required, null is the same as none.
	for _, source := range []string{
		`{"element_type":"Template","children":[{"element_type":"Page"}]}`, `{"element_type":"Template","children":[{"element_type":"Page","children":null}]}`,
	} {
		if _, list := markup.Parse([]byte(source)); !list.Failed() || strings.Join(places(list), "") != "LM302 1:40" {
			t.Errorf("%s: %v", source, list)
		}
	}
}

func TestR19(t *testing.T) {
	line(t, "R19")
	reads(t, "\ufeff"+`{"element_type":"Template",/* one */"children":[{"element_type":"Page","children":[`+"\n"+`{"element_type":"Text","name":"a",}, // two`+"\n"+`],},],}`,
		"LM104 1:28, LM104 2:34, LM104 2:36, LM104 2:38, LM104 3:2, LM104 3:4, LM104 3:6", `Text "a"`)
	reads(t, `{"element_type":"Template","children":[{"element_type":"Page","children":[{"element_type":"Text","name":"/* no */ // comment"}]}]}`, "", `Text "/* no */ // comment"`)
}

func TestR20(t *testing.T) {
	line(t, "R20")
	for _, kind := range []string{"WriteIn", "write_in", "writein", " WRITEIN ", "Write_In"} {
		reads(t, jsonPage(jsonBlock(fmt.Sprintf(`{"name":"w","element_type":%q}`, kind))), "", `Container ""`, ` Block ""`, `  WriteIn "w"`)
	}
	reads(t, `{"children":[{"children":[{"children":[{"name":"c","element_type":"content"}],"element_type":"Paragraph "}],"element_type":"PAGE"}],"element_type":"template"}`, "",
		`Paragraph ""`, ` Content "c"`)
}

func TestR21(t *testing.T) {
	line(t, "R21")
	reads(t, jsonPage(`{"element_type":"Text","name":"a","id":7,"my_data":{"x":[1,{"y":null}]},"note":"\u0000","answers_count":"of another element"}`), "", `Text "a"`)
	f, list := markup.Parse([]byte(jsonPage(`{"element_type":"Text","name":"a","colr":"red"}`)))
	if f == nil || len(list) != 1 || list[0].Code != "LM305" || list[0].Severity != fault.SeverityInfo {
		t.Errorf("a misspelt property: %v", list)
	}
}

func TestR22(t *testing.T) {
	line(t, "R22")
	with := func(properties string) string {
		parts := strings.Split(properties, ";")
		return jsonPage(`{"element_type":"Container","columns_proportions":[50,50],"children":[{"element_type":"Block","children":[`+
			`{"element_type":"Image","name":"i"`+parts[0]+`},{"element_type":"EmptyLine"`+parts[1]+`},{"element_type":"Barcode","name":"b","value":"v"`+parts[2]+`},`+
			`{"element_type":"VerticalChoiceBox","name":"v","children":[{"element_type":"Answer","name":"a","children":[]}]`+parts[3]+`}]`+parts[4]+`}]`+parts[5]+`}`,
			`{"element_type":"AnswerSheet","name":"s","elements_count":1`+parts[6]+`}`,
			`{"element_type":"CompositeGrid","name":"c","columns_count":1,"values":["x"]`+parts[7]+`}`)
	}
	absent := parse(t, with(";;;;;;;"))
	given, list := markup.Parse([]byte(with(`,"x":-1,"y":-7,"width":0,"height":0,"align":null;,"name":null,"height":0;,"height":-1,"x":-1,"y":-1,"qr_version":"Auto","barcode_type":null;,"threshold":0;` +
		`,"column":0,"height":0,"background_color":null;,"columns_count":0,"name":null;,"start_id":-1,"answers_list":null,"column":0;,"extra_row":[],"x":-1,"y":-1`)))
	if len(list) != 0 {
		t.Errorf("sentinels: %v", list)
	}
	if got, want := treeOf(given), treeOf(absent); !slices.Equal(got, want) {
		t.Errorf("with sentinels\n%s\nwithout\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestR23(t *testing.T) {
	line(t, "R23")
	documented := parse(t, jsonPage(
		`{"element_type":"Container","container_type":"footer","sync_children_height":true,"children":[{"element_type":"Block","border":"square","children":[{"element_type":"Paragraph","paragraph_type":"inline","children":[]},{"element_type":"Image","name":"i","x":1,"y":2}]}]}`,
		`{"element_type":"ScoreGroup","name":"g","score_type_table":"table","children":[{"element_type":"ScoreQuestion","name":"q","row_proportions":[50,50],"font_size":9,"children":[{"element_type":"ScoreHeader","name":"h","header_type":"positive","score":2},{"element_type":"ScoreAnswer","name":"a","score":3}]}]}`,
		`{"element_type":"CustomAnswerSheet","name":"s","amount":1,"columns_count":1,"row_proportions":[100],"border":"rounded","children":[{"element_type":"Header","children":[{"element_type":"Column","name":"c"}]},{"element_type":"CustomRow","children":[{"element_type":"BubbleArray","name":"a","answers_list":["A"],"recogintion_values":["1"]}]}]}`))
	f, list := markup.Parse([]byte(jsonPage(
		`{"element_type":"Container","type":"footer","sync_block_height":true,"children":[{"element_type":"Block","border_type":"square","children":[{"element_type":"Paragraph","type":"inline","children":[]},{"element_type":"Image","image_path":"i","X":1,"Y":2}]}]}`,
		`{"element_type":"ScoreGroup","name":"g","score_group_type":"table","children":[{"element_type":"ScoreQuestion","name":"q","row-proportions":[50,50],"font-size":9,"children":[{"element_type":"ScoreHeader","name":"h","Header_Type":"positive","Score":2},{"element_type":"ScoreAnswer","name":"a","SCORE":3}]}]}`,
		`{"element_type":"CustomAnswerSheet","name":"s","amount":1,"columns_count":1,"row_proportions":[100],"border_type":"rounded","children":[{"element_type":"TableHeader","children":[{"element_type":"Content","name":"c"}]},{"element_type":"CustomRow","children":[{"element_type":"BubbleArray","name":"a","answers_list":["A"],"recognition_values":["1"]}]}]}`)))
	if got, want := treeOf(f), treeOf(documented); list.Failed() || !slices.Equal(got, want) {
		t.Errorf("%v\nwith aliases\n%s\nwithout\n%s", list, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := codes(list); len(got) != 2 || !strings.HasPrefix(got[0], "LM305 warning") || !strings.HasPrefix(got[1], "LM305 warning") {
		t.Errorf("two hyphenated names give %q", got)
	}
}

func TestR24(t *testing.T) {
	line(t, "R24")
	reads(t, jsonPage(`{"element_type":"Text","name":"a\r\nb\rc\n\nd\r\n"}`, `{"element_type":"ChoiceBox","question_text":"q\nr\n","answers_string":"\t() A () B\r\n\t\r\n\t() C\r\n"}`), "",
		`Text "a\nb\nc\n\nd"`, `ChoiceBox "" question_text="q\nr"`, ` Option "A" row_index=1`, ` Option "B" row_index=1`, ` Option "C" row_index=2`)
}

func TestR25(t *testing.T) {
	line(t, "R25")
	reads(t, jsonPage(`{"element_type":"AnswerSheet","name":"s","elements_count":"3","multiselect":"True"}`, `{"element_type":"Text","name":"a","font_size":"10.5"}`),
		"LM304 1:133, LM304 1:151, LM304 1:205", `AnswerSheet "s" elements_count=3 multiselect=true`, `Text "a" font_size=10.5`)
}

func TestR26(t *testing.T) {
	line(t, "R26")
	for _, tt := range []struct{ source, code, place string }{
		{"?text=é漢😀\n\t\tcolor=é\n\t\t x=1\n?grid=g\n\t\tcolumn=1\n\té=1", "LM201", "6:2"},
		{"?barcode=é😀\n\tvalue=v\n\t\t barcode_type=\t é", "LM313", "3:19"},
		{"#é😀\n\tж () a", "LM412", "2:2"},
		{"?answer_sheet=s\n\telements_count=1\n\tanswers_list=(é)(😀), (c)", "LM312", "3:21"},
		{"\t\t?gred=1", "LM211", "1:4"},
		{"{\"element_type\":\"Template\",\"name\":\"é😀\",\"children\":[{\"element_type\":\"Page\",\"children\":[\r\n\t\t{\"name\":\"漢😀\",\t\"element_type\":\"Gred\"}]}]}", "LM211", "2:32"},
		{"{\"element_type\":\"Template\",\"children\":[{\"element_type\":\"Page\",\"children\":[\r\t{\"element_type\":\"Barcode\",\"name\":\"😀\",\"value\":\"é\",\"barcode_type\":\"no\"}]}]}", "LM313", "2:66"},
	} {
		_, list := markup.Parse([]byte(tt.source))
		var errors []string
		for _, e := range list {
			if e.Severity == fault.SeverityError {
				errors = append(errors, fmt.Sprintf("%s %d:%d", e.Code, e.Where.Line, e.Where.Column))
			}
		}
		if len(errors) != 1 || errors[0] != tt.code+" "+tt.place {
			t.Errorf("got %q, want %s at %s\n%q", errors, tt.code, tt.place, tt.source)
		}
	}
}
