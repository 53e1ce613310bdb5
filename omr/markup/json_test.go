package markup_test

import (
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/markup"
)

// TestReadJSON holds the lines R18 to R25 of spec/markup.md 18.1, and R03.
func TestReadJSON(t *testing.T) {
	tests := []struct {
		name, source, tree, notes string
	}{
		{"R03 blanks before", " \t\r\n" + onPage(`{"element_type":"Text","name":"a"}`), page(` Text "a"`), ""},
		{"R03 mark before", "\ufeff" + onPage(`{"element_type":"Text","name":"a"}`), page(` Text "a"`), ""},
		{"R18 minimal", onPage(""), "Page \"\"\n", ""},
		{"R18 two pages", `{"element_type":"Template","name":"F","children":[{"element_type":"Page","children":[]},{"element_type":"Page","name":"b","children":[]}]}`, "Page \"\"\nPage \"b\"\n", ""},
		{"R18 page without children", `{"element_type":"Template","children":[{"element_type":"Page"}]}`, "Page \"\"\n", "1:40 LM302 error"},
		{
			"R19 commas and comments", `{/*a*/"element_type":"Template","children":[{"element_type":"Page","children":[ // b` + "\n" + `{"element_type":"Text","name":"a",},],},],}`, page(` Text "a"`),
			"1:2 LM104 information, 1:81 LM104 information, 2:34 LM104 information, 2:36 LM104 information, 2:38 LM104 information, 2:40 LM104 information, 2:42 LM104 information",
		},
		{
			"R20 type last and loose", onPage(`{"elements_count":3,"name":"q","element_type":" answer_sheet "},{"name":"a","element_type":"TEXT"},{"name":"a","element_type":"emptyline"}`),
			page(` AnswerSheet "q" elements_count=3`, ` Text "a"`, ` EmptyLine "a"`), "",
		},
		{"R21 unknown properties", onPage(`{"element_type":"Text","name":"a","id":7,"tags":["x",{"y":[1]}],"comment":"\ud800","border":"square"}`), page(` Text "a"`), ""},
		{"R21 misspelt property", onPage(`{"element_type":"Text","name":"a","colr":"red"}`), page(` Text "a"`), "1:109 LM305 information"},
		{
			"R22 sentinels", onPage(`{"element_type":"Container","name":null,"columns_count":0,"columns_proportions":[50,50],"children":[
{"element_type":"Block","column":0,"height":0,"children":[
{"element_type":"Image","name":"i","x":-1,"y":-1,"width":0,"height":0},
{"element_type":"EmptyLine","height":0},
{"element_type":"Barcode","name":"b","value":"v","height":-1,"x":-1,"y":-1,"qr_version":"Auto"},
{"element_type":"Content","name":"c","font_size":null}]}]},
{"element_type":"AnswerSheet","name":"s","elements_count":1,"start_id":-1,"answers_list":null,"column":0}`),
			page(` Container "" columns_proportions=[50 50]`, `  Block ""`, `   Image "i"`, `   EmptyLine ""`, `   Barcode "b" value="v"`, `   Content "c"`, ` AnswerSheet "s" elements_count=1`), "",
		},
		{"R22 zero columns without proportions", onPage(`{"element_type":"Container","columns_count":0,"children":[]}`), page(` Container ""`), "1:119 LM304 warning"},
		{
			"R23 aliases", onPage(`{"element_type":"Container","type":"Footer","sync_block_height":true,"children":[{"element_type":"Block","border_type":"square","children":[{"element_type":"Image","image_path":"i"},{"element_type":"Image","name":"j","image_path":"i"}]}]}`),
			page(` Container "" container_type="footer" sync_children_height=true`, `  Block "" border="square"`, `   Image "i"`, `   Image "j"`), "",
		},
		{
			"R23 case and hyphens", onPage(`{"ELEMENT_TYPE":"Image","Name":"i","X":1,"Y":2},{"element_type":"Text","name":"a","font-size":9}`),
			page(` Image "i" x=1 y=2`, ` Text "a" font_size=9`), "1:157 LM305 warning",
		},
		{
			"R24 line breaks", onPage(`{"element_type":"Text","name":"a\r\nb\rc\n\r\n"},{"element_type":"ChoiceBox","question_text":"q\r\nr\r\n","answers_string":"\t() A\r\n\t\r\n \n() B () C\r\n"},{"element_type":"Grid","name":"g\n","sections_count":1,"options_count":2}`),
			page(` Text "a\nb\nc\n"`, ` ChoiceBox "" question_text="q\nr"`, `  Option "A" row_index=1`, `  Option "B" row_index=2`, `  Option "C" row_index=2`, ` Grid "g" options_count=2 sections_count=1`), "",
		},
		{
			"R25 quoted numbers and flags", onPage(`{"element_type":"AnswerSheet","name":"s","elements_count":"3","multiselect":"false","answers_list":[1,2]},{"element_type":"Image","name":"i","x":1.6}`),
			page(` AnswerSheet "s" answers_list=["1" "2"] elements_count=3 multiselect=false`, ` Image "i" x=2`),
			"1:133 LM304 warning, 1:151 LM304 warning, 1:175 LM304 warning, 1:177 LM304 warning, 1:220 LM304 warning",
		},
		{
			"R25 offsets may be strings", onPage(`{"element_type":"PositionedBlock","x":1,"y":1,"children":[{"element_type":"VerticalChoiceBox","name":"v","children":[{"element_type":"Answer","name":"a","bubble_offset_x":"12","bubble_offset_y":"AUTO","children":[]}]}]}`),
			page(` PositionedBlock "" x=1 y=1`, `  VerticalChoiceBox "v"`, `   Answer "a" bubble_offset_x=12`), "",
		},
		{
			"R22 empty lists", onPage(`{"element_type":"CompositeGrid","name":"c","columns_count":1,"values":["a"],"extra_row":[]},{"element_type":"CompositeGrid","name":"d","columns_count":1,"values":[],"extra_row":[["a"]]}`),
			page(` CompositeGrid "c" columns_count=1 values=["a"]`, ` CompositeGrid "d" columns_count=1 extra_row=[["a"]]`), "",
		},
		{"one extra row without brackets", onPage(`{"element_type":"CompositeGrid","name":"c","columns_count":2,"extra_row":["a","b"]}`), page(` CompositeGrid "c" columns_count=2 extra_row=[["a" "b"]]`), "1:148 LM304 warning"},
		{"duplicate property", onPage(`{"element_type":"Text","name":"a","name":"b","color":"red","color":"blue"}`), page(` Text "b" color=Blue`), "1:109 LM303 warning, 1:134 LM303 warning"},
		{
			"options as children", onPage(`{"element_type":"ChoiceBox","question_text":"q","children":[{"element_type":"Option","name":"A"},{"element_type":"Option","name":"B","row_index":1,"bubble_value":"Yes"}]}`),
			page(` ChoiceBox "" question_text="q"`, `  Option "A" row_index=1`, `  Option "B" bubble_value="yes" row_index=1`), "",
		},
		{
			"children beside answers_string", onPage(`{"element_type":"ChoiceBox","question_text":"q","answers_string":"()A","children":[{"element_type":"Option","name":"B"}]}`),
			page(` ChoiceBox "" question_text="q"`, `  Option "A" row_index=1`), "1:158 LM206 warning",
		},
		{"element beside the page", `{"element_type":"Template","children":[{"element_type":"Page","children":[]},{"element_type":"Text","name":"a"}]}`, "Page \"\"\n", "1:78 LM210 warning"},
		{"surrogate pair", onPage(`{"element_type":"Text","name":"\ud83d\ude00\u0041\/\t"}`), page(` Text "😀A/` + `\t"`), ""},
		{
			"side styles", onPage(`{"element_type":"Container","children":[{"element_type":"Block","border_top_style":{"size":8},"border_left_style":{"disable":true},"border_right_style":{"color":"blue","note":1},"border_bottom_style":"6 red","children":[]}]}`),
			page(` Container ""`, `  Block "" border_bottom_style={6 Red false} border_left_style={- - true} border_right_style={- Blue false} border_top_style={8 - false}`), "1:275 LM304 warning",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { expect(t, tt.source, tt.tree, tt.notes) })
	}
}

// TestSyntaxErrors are sources of which nothing can be made.
func TestSyntaxErrors(t *testing.T) {
	tests := []struct{ name, source, notes, cause string }{
		{"no end", `{"element_type":"Template"`, "1:27 LM110 error", "expected ',' or '}', found the end of the source"},
		{"no end of a string", `{"element_type":"Temp`, "1:17 LM110 error", `expected '"' at the end of the string`},
		{"no name", `{element_type:"Template"}`, "1:2 LM110 error", "found 'e'"},
		{"no colon", `{"element_type" "Template"}`, "1:17 LM110 error", "expected ':', found '\"'"},
		{"no comma", "{\"element_type\":\"Template\"\n \"children\":[]}", "2:2 LM110 error", "found '\"'"},
		{"no value", `{"element_type":}`, "1:17 LM110 error", "expected a value, found '}'"},
		{"word", `{"element_type":None}`, "1:17 LM110 error", `found "None"`},
		{"not a number", `{"x":NaN}`, "1:6 LM110 error", `found "NaN"`},
		{"bad escape", `{"element_type":"\x"}`, "1:18 LM110 error", "an escape"},
		{"half an escape", `{"element_type":"\u12"}`, "1:18 LM110 error", "four hexadecimal digits"},
		{"comment without end", `{/* "element_type":1}`, "1:2 LM104 information, 1:2 LM110 error", ""},
		{"root of another type", `{"element_type":"Page","children":[]}`, "1:1 LM111 error", ""},
		{"root without type", `{"children":[]}`, "1:1 LM111 error", ""},
		{"root of unknown type", `{"element_type":"Tempalte"}`, "1:17 LM111 error", "nearest name is Template"},
		{"no page", `{"element_type":"Template","children":[{"element_type":"Text","name":"a"}]}`, "1:1 LM114 error", ""},
		{"null children", `{"element_type":"Template","children":null}`, "1:1 LM114 error", ""},
		{"empty", " \r\n\t", "1:1 LM101 error", ""},
		{"nothing", "", "1:1 LM101 error", ""},
		{"control characters", "?text=a\x00b\n\x07", "1:8 LM103 error, 2:1 LM103 error", "U+0000"},
		{"control character of Windows-1252", "?text=\xe9\x81", "1:7 LM102 information, 1:8 LM103 error", ""},
		{"mark without UTF-8", "\ufeff?text=\xe9", "1:7 LM103 error", ""},
		{"half a pair in UTF-16", "\xff\xfe?\x00\x00\xd8", "1:1 LM102 warning, 1:1 LM103 error", ""},
		{"half a character in UTF-16", "\xff\xfe?\x00t", "1:1 LM102 warning, 1:1 LM103 error", ""},
		{"deep values", `{"x":` + strings.Repeat("[", 500), "1:141 LM106 error", ""},
		{"deep elements", strings.Repeat(`{"element_type":"Template","children":[`, 70), "1:2497 LM106 error", ""},
		{"deep TXT", strings.Repeat("?block=\n", 70), "64:2 LM106 error", ""},
		{"long", strings.Repeat("#", 4<<20+1), "1:1 LM106 error", ""},
		{"many elements", "?text=a\n" + strings.Repeat("\n", 300_000) + "?text=b", "250001:1 LM106 error", ""},
		{"many pages", strings.Repeat("?page=\n&page\n", 201), "401:2 LM106 error", "201 pages"},
		{"many bubbles", "?answer_sheet=a\n\telements_count=25000\n?answer_sheet=b\n\telements_count=1\n\tanswers_count=1", "3:2 LM106 error", "100001 bubbles"},
		{"very many bubbles", "?grid=a\n\tsections_count=1000000000\n\toptions_count=1000000000", "1:2 LM106 error", "billions"},
		{"many attributes", "?text=a\n" + strings.Repeat("\tcolor=red\n", 201), "202:2 LM106 error", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, l := markup.Parse([]byte(tt.source))
			if f != nil {
				t.Errorf("a form came out: %s", dump(f))
			}
			if got := notes(l); got != tt.notes {
				t.Fatalf("got %s, want %s", got, tt.notes)
			}
			if !strings.Contains(l.Error(), tt.cause) {
				t.Errorf("%v does not say %q", l, tt.cause)
			}
			checkList(t, []byte(tt.source), l)
		})
	}
}

// TestBrokenJSON: of a source with a syntax error there is a tree of what stands
// before it, and nothing is said of what the error leaves open.
func TestBrokenJSON(t *testing.T) {
	source := onPage(`{"element_type":"Text","name":"a"},{"element_type":"Grid","sections_count":2,"options_count":3,"name":"g"},{"element_type":"Container","children":[{"element_type":"Block","children":[{"name":"c"`)
	source = strings.TrimSuffix(source, "]}]}")
	for _, tt := range []struct{ source, tree, notes string }{
		{onPage("") + "x", "Page \"\"\n", "1:79 LM110 error"},
		{source, page(` Text "a"`, ` Grid "g" options_count=3 sections_count=2`, ` Container ""`, `  Block ""`), "1:269 LM110 error"},
		{source + `,"element_type":"Content","font_size":`, page(` Text "a"`, ` Grid "g" options_count=3 sections_count=2`, ` Container ""`, `  Block ""`, `   Content "c"`), "1:307 LM110 error"},
	} {
		expect(t, tt.source, tt.tree, tt.notes)
	}
	whole := onPage(`{"element_type":"ChoiceBox","question_text":"q","answers_string":"() a"},{"element_type":"Text","name":"b"}`)
	for end := range len(whole) {
		if _, l := markup.Parse([]byte(whole[:end])); !l.Failed() {
			t.Errorf("no error in %s", whole[:end])
		}
	}
}
