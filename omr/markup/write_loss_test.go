package markup_test

import (
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

func jsonPage(children string) string {
	return `{"element_type":"Template","children":[{"element_type":"Page","children":[` + children + `]}]}`
}

// What the other markup cannot hold is told, each with its place: a warning where
// the form stays the same, else an error and no output.
func TestConvertTellsWhatIsLost(t *testing.T) {
	tests := []struct {
		name, source, want string // diagnostics by notes
		says               string // in the first of them
	}{
		{"comment", "{/*a*/" + jsonPage(`{"element_type":"Text","name":"x"}`)[1:] + "// b", "1:2 LM104 information, 1:2 LM761 warning, 1:118 LM104 information, 1:118 LM761 warning", "/*a*/"},
		{"property", jsonPage(`{"element_type":"Text","name":"x","id":7,"Tags":["a"]}`), "1:109 LM761 warning, 1:116 LM761 warning", `"id"`},
		{"name of the template", `{"name":"n",` + jsonPage(`{"element_type":"Text","name":"x"}`)[1:], "1:1 LM761 warning", `"n"`},
		{"side that says nothing", jsonPage(`{"element_type":"Container","children":[{"element_type":"Block","children":[],"border_top_style":{}}]}`), "1:172 LM761 warning", "border_top_style"},
		{"width of no side", jsonPage(`{"element_type":"Container","children":[{"element_type":"Block","children":[],"border_top_style":{"disable":true,"size":4}}]}`), "1:172 LM761 warning", "border_top_style"},
		{"line break in a comment", jsonPage(`{"element_type":"Container","name":"a\nb","children":[]}`), "1:75 LM761 warning", `"a\nb"`},
		{"line break in a text that has one line", jsonPage(`{"element_type":"Grid","name":"a\nb","sections_count":1,"options_count":2}`), "1:75 LM762 error", `"a\nb"`},
		{"line break in an attribute", jsonPage(`{"element_type":"Barcode","name":"a","value":"a\nb"}`), "1:120 LM762 error", "value"},
		{"blank at the end of an attribute", jsonPage(`{"element_type":"Barcode","name":"a","value":"a "}`), "1:120 LM762 error", "blank"},
		{"blank line in a text", jsonPage(`{"element_type":"Text","name":"a\n\nb"}`), "1:75 LM762 error", "blank"},
		{"line of a text that starts with a TAB", jsonPage(`{"element_type":"Text","name":"a\n\tb"}`), "1:75 LM762 error", "TAB"},
		{"line of a text that starts with an escape", jsonPage(`{"element_type":"Text","name":"a\n\\?b"}`), "1:75 LM762 error", `\\?`},
		{"line of a text that would be an element", jsonPage(`{"element_type":"Text","name":"a\n ?b=c"}`), "1:75 LM762 error", "?b=c"},
		{"parenthesis in a symbol", jsonPage(`{"element_type":"AnswerSheet","name":"a","elements_count":1,"answers_list":["a","b)"]}`), "1:150 LM762 error", "b)"},
		{"question of two lines with answers of the long form", jsonPage(`{"element_type":"ChoiceBox","question_text":"a\nb","children":[{"element_type":"Option","name":"x "}]}`), "1:75 LM762 error", "long form"},
		{"question of two lines that starts with a blank", jsonPage(`{"element_type":"ChoiceBox","question_text":" a\nb","answers_string":"() x"}`), "1:75 LM762 error", "blank"},
		{"numbers of a scale with a colour", "#a\n\t(10)(11)\n\tcolor=red", "2:2 LM762 error, 2:6 LM762 error", `"10"`},
		{"no height", "?text=a\n?empty_line=\n\theight=0\n?text=b", "3:9 LM762 error", "height"},
		{"attribute that is none", "?text=a\n\tmine=1", "2:2 LM305 warning", "mine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, list := converted(t, []byte(tt.source))
			if got := notes(list); got != tt.want {
				t.Fatalf("got %s\nwant %s\n%v", got, tt.want, list)
			}
			if (out == nil) != list.Failed() {
				t.Errorf("output %q beside %v", out, list)
			}
			found := false
			for _, e := range list {
				found = found || strings.Contains(e.Cause, tt.says)
			}
			if !found {
				t.Errorf("%v does not name %s", list, tt.says)
			}
		})
	}
}

// However much is lost, the last report counts what the others do not name.
func TestConvertCountsWhatIsLost(t *testing.T) {
	many := strings.Repeat(`"p":1,`, 500)
	_, list := converted(t, []byte(jsonPage(`{"element_type":"Text",`+many+`"name":"x"}`)))
	if last := list[len(list)-1]; len(list) > 101 || !strings.Contains(last.Cause, "410 more") {
		t.Errorf("%d reports, the last is %v", len(list), last)
	}
}

// The choice of notation when a form changes its markup.
func TestConvertSpelling(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{
			"blank lines become elements", "?text=a\n\n\n?text=b",
			`{"element_type":"Text","name":"a"},{"element_type":"EmptyLine"},{"element_type":"EmptyLine"},{"element_type":"Text","name":"b"}`,
		},
		{
			"answers become a string", "#Q\n\t() a (x) b\n\t(yes)\n",
			`{"element_type":"ChoiceBox","question_text":"Q","answers_string":"() a (x) b\n(yes)"}`,
		},
		{
			"answers with attributes become elements", "#Q\n\t() a () b\n\tcolor=red\n",
			`{"element_type":"ChoiceBox","question_text":"Q","children":[{"element_type":"Option","name":"a","color":"Red"},{"element_type":"Option","name":"b","row_index":1,"color":"Red"}]}`,
		},
		{
			"lists, proportions, styles, sides", "?container=\n\tcolumns_proportions=30%-70%\n?block=\n\tborder_top_style=6 red\n\tborder_left_style=none\n?content=a\n\tfont_style=bold\n?content=b\n\tfont_style=bold,italic\n&block\n&container",
			`{"element_type":"Container","columns_proportions":[30,70],"children":[{"element_type":"Block","border_top_style":{"size":6,"color":"Red"},"border_left_style":{"disable":true},"children":[{"element_type":"Content","name":"a","font_style":"Bold"},{"element_type":"Content","name":"b","font_style":["Bold","Italic"]}]}]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, list := converted(t, []byte(tt.source))
			if list.Failed() {
				t.Fatal(list)
			}
			// The same by the formatter, which has no choice of notation.
			want, list := markup.Format([]byte(jsonPage(tt.want)))
			if list.Failed() {
				t.Fatal(list)
			}
			if string(got) != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	back := []struct{ name, source, want string }{
		{"a page that needs none", `{"element_type":"Text","name":"a\nb\n"}`, lines("?text=a", "b")},
		{"space that blank lines cannot make", `{"element_type":"EmptyLine"},{"element_type":"EmptyLine"},{"element_type":"Text","name":"a"},{"element_type":"EmptyLine"}`, lines("?empty_line=", "", "?text=a", "?empty_line=")},
		{"a key of its own", `{"element_type":"ChoiceBox","name":"k","question_text":"Q","answers_string":"() a"}`, lines("#Q", "\tname=k", "\t() a")},
		{"nothing on the page", ``, lines("?page=", "&page")},
		{"answers with blanks", `{"element_type":"ChoiceBox","question_text":"Q","children":[{"element_type":"Option","name":"a "},{"element_type":"Option","name":"b","bubble_value":"(","row_index":1}]}`, lines("?choicebox=Q", "\t?option=a ", "\t?option=b", "\t\tbubble_value=(", "\t\trow_index=1", "&choicebox")},
	}
	for _, tt := range back {
		t.Run(tt.name, func(t *testing.T) {
			got, list := converted(t, []byte(jsonPage(tt.source)))
			if list.Failed() || string(got) != tt.want {
				t.Errorf("%v, got\n%s\nwant\n%s", list, got, tt.want)
			}
		})
	}
}

// Trees that no reader makes are refused, with what is wrong about them.
func TestWriteRefusesWhatItCannotSay(t *testing.T) {
	tests := []struct {
		name string
		e    form.Element
		says string
	}{
		{"unknown element", form.Element{Kind: "Nothing"}, `"Nothing"`},
		{"foreign attribute", form.Element{Kind: form.Text, Attrs: map[form.Attr]form.Value{form.AttrThreshold: {Type: form.TypePercent}}}, `"threshold"`},
		{"value out of range", form.Element{Kind: form.Text, Attrs: map[form.Attr]form.Value{form.AttrFontSize: {Type: form.TypePt, Num: 1e6}}}, "font_size"},
		{"children of a text", form.Element{Kind: form.Text, Children: []*form.Element{{Kind: form.Text}}}, "Text"},
	}
	for _, tt := range tests {
		for _, to := range []markup.Syntax{markup.TXT, markup.JSON} {
			f := &form.Form{Pages: []*form.Element{{Kind: form.Page, Children: []*form.Element{&tt.e}}}}
			out, list := markup.Write(f, to)
			if out != nil || !list.Failed() || !strings.Contains(list.Error(), tt.says) || list[0].Severity != fault.SeverityError {
				t.Errorf("%s as %s: %q, %v", tt.name, to, out, list)
			}
		}
	}
}

// A source may be within the limits and its canonical style beyond them.
func TestFormatKeepsToTheLimits(t *testing.T) {
	deep := "1"
	for range 120 {
		deep = "[" + deep + strings.Repeat(",1", 300) + "]"
	}
	source := `{"mine":` + deep + `,` + jsonPage(``)[1:]
	out, list := markup.Format([]byte(source))
	if got := notes(list); out != nil || got != "1:1 LM762 error" {
		t.Errorf("%d bytes, %s", len(out), got)
	}
}

// FuzzFormat: whatever has no error keeps its tree when it is formatted, and
// formatting again changes nothing.
func FuzzFormat(f *testing.F) {
	for _, source := range forms(f) {
		f.Add(source)
	}
	for _, s := range []string{"#\n\t(a\t)( ", "?text=\n\\\\?", "?page=\n&page\n?text=x\n&text", `{"children":[{"element_type":"PAGE",/**/"children":[]}]//` + "\r" + `,"element_type":"Template"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if _, list := markup.Parse(source); !list.Failed() {
			formatted(t, source)
		}
	})
}

// FuzzConvert: whatever has no error keeps its tree on the way to the other
// markup and back, or is refused.
func FuzzConvert(f *testing.F) {
	for _, source := range forms(f) {
		f.Add(source)
	}
	for _, s := range []string{"#\n\t(()\\((a)", "?text=\n?a b\n &", jsonPage(`{"element_type":"ChoiceBox","question_text":"\n","answers_string":"\\((1)\t\r(no)"}`)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if _, list := markup.Parse(source); list.Failed() {
			return
		}
		there, list := converted(t, source)
		for _, e := range list {
			if strings.Contains(e.Cause, "without changing it") {
				t.Fatalf("the writer forgot a rule: %v\n%s", e, source)
			}
		}
		if there != nil {
			formatted(t, there)
		}
	})
}
