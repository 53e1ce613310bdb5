package markup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// forms are all sources of the tests that have no error, by name: those of
// testdata and the examples of the elements that this build knows.
func forms(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	files, err := filepath.Glob("testdata/forms/*")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(file)] = source
	}
	for _, k := range form.Kinds() {
		source := []byte(form.Describe(k).Example)
		if _, list := markup.Parse(source); !list.Failed() {
			out[string(k)] = source
		}
	}
	return out
}

// formatted formats a source that must have no error, and holds the result to
// what formatting promises: the same tree, and nothing to do the second time.
func formatted(t testing.TB, source []byte) []byte {
	t.Helper()
	before, list := markup.Parse(source)
	if list.Failed() {
		t.Fatalf("%v\n%s", list, source)
	}
	out, list := markup.Format(source)
	if list.Failed() {
		t.Fatalf("%v\n%s", list, source)
	}
	after, list := markup.Parse(out)
	if list.Failed() || dump(before) != dump(after) {
		t.Fatalf("the tree changed, %v\n%s\n%s\n%s\n%s", list, source, out, dump(before), dump(after))
	}
	if again, _ := markup.Format(out); string(again) != string(out) {
		t.Fatalf("formatting again changed\n%s\nto\n%s", out, again)
	}
	return out
}

// converted converts a source there and back; nothing may be lost on the way.
func converted(t testing.TB, source []byte) (there []byte, list fault.List) {
	t.Helper()
	before, _ := markup.Parse(source)
	to := markup.JSON
	if markup.SyntaxOf(source) == markup.JSON {
		to = markup.TXT
	}
	there, list = markup.Convert(source, to)
	if list.Failed() {
		return there, list
	}
	if got := markup.SyntaxOf(there); got != to {
		t.Fatalf("the source is %s still\n%s", got, there)
	}
	after, failed := markup.Parse(there)
	for _, e := range list {
		if e.Code == "LM761" && (strings.Contains(e.Cause, "line breaks") || strings.Contains(e.Cause, "border_")) {
			return there, list // told: a comment in one line, a side that is not drawn
		}
	}
	if failed.Failed() || dump(before) != dump(after) {
		t.Fatalf("the tree changed, %v\n%s\n%s\n%s\n%s", failed, source, there, dump(before), dump(after))
	}
	return there, list
}

func TestFixturesFormatAndConvert(t *testing.T) {
	for name, source := range forms(t) {
		t.Run(name, func(t *testing.T) {
			formatted(t, source)
			there, list := converted(t, source)
			if list.Failed() {
				t.Fatal(list)
			}
			back, list := converted(t, there)
			if list.Failed() {
				t.Fatal(list)
			}
			formatted(t, there)
			if got := formatted(t, back); string(got) != string(back) {
				t.Errorf("a converted form is not in canonical style:\n%s\n%s", back, got)
			}
		})
	}
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

func TestFormatTXT(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{
			"attributes in the order of the schema, after one TAB, canonical",
			"  ?TEXT=Club \n\t\talign = CENTER \n\tfont_style= italic,BOLD\n\t\t\n    Font-Size=14.0\n",
			lines("?text=Club ", "\tfont_style=Bold, Italic", "\tfont_size=14", "\talign=center"),
		},
		{
			"the last of equal attributes stays the last",
			"?text=a\n\talign=left\n\tcolor=red\n\talign=right",
			lines("?text=a", "\tcolor=Red", "\talign=left", "\talign=right"),
		},
		{
			"what is not known or cannot be used stays as it is",
			"?text=a\n\tmine= x=y\n\tfont_size=bold\n\tfont_size=9",
			lines("?text=a", "\tfont_size=bold", "\tfont_size=9", "\tmine= x=y"),
		},
		{
			"blank lines stay where they mean space",
			"\n?text=a\n\n\n?container=\n\n?block=\n\n?content=b\n\n?content=c\n&block\n\n&container\n\n\n",
			lines("?text=a", "", "", "?container=", "?block=", "?content=b", "", "?content=c", "&block", "&container"),
		},
		{
			"names of comments and keys lose the blanks around them",
			"?container=  head \n&container\t \n?answer_sheet= A \n\telements_count=2",
			lines("?container=head", "&container", "?answer_sheet=A", "\telements_count=2"),
		},
		{
			"a question stays short, its answers are spaced evenly",
			"#   Which\n  one?\n\tcolor=red\n\t()Red    (b) Green\\(c)\n\talign=right\n\t(1)  (2)(3)\n",
			lines("#Which", "  one?", "\tcolor=Red", "\t() Red (b) Green\\(c)", "\talign=right", "\t(1)(2)(3)"),
		},
		{
			"a choicebox stays long",
			"?choicebox=Size\n?option= S\n\tbubble_value=s\n\t?option=L \n\trow_index=01\n&choicebox",
			lines("?choicebox=Size", "\t?option= S", "\t\tbubble_value=s", "\t?option=L ", "\t\trow_index=1", "&choicebox"),
		},
		{
			"lines of a text that look like something else",
			"?text=a\n\\?b\n?c d\n\\#e\n f",
			lines("?text=a", "\\?b", "\\?c d", "\\#e", " f"),
		},
		{
			"what stands outside of pages",
			"?text=lost\n\n?page= p \n?text=a\n\n?text=b\n\n&page\n\n?text=lost too",
			lines("?text=lost", "?page=p", "?text=a", "", "?text=b", "&page", "?text=lost too"),
		},
		{"CRLF and a byte order mark", "\ufeff?text=a\r\nb\r\n", lines("?text=a", "b")},
		{"nothing at all", "&text", lines("?page=", "&page")},
		{"a forgotten equals sign", "?page\n?text=a\n&page", lines("?page=", "?text=a", "&page")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(formatted(t, []byte(tt.source))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestFormatJSON(t *testing.T) {
	wrap := func(members ...string) string {
		return lines(append(append([]string{`{`, `  "element_type": "Template",`, `  "children": [`, `    {`, `      "element_type": "Page",`, `      "children": [`, `        {`}, members...),
			`        }`, `      ]`, `    }`, `  ]`, `}`)...)
	}
	source := func(element string) string {
		return `{"children":[{"children":[` + element + `,],"element_type":"page "}],"element_type":"template"}`
	}
	tests := []struct{ name, source, want string }{
		{
			"members in order, canonical", source(`{"Align":"CENTER","color":"darkorange","font-size":"14","NAME":"Clüb\u0026","Element_Type":"text"}`),
			wrap(`          "element_type": "Text",`, `          "name": "Clüb&",`, `          "font_size": 14,`, `          "color": "DarkOrange",`, `          "align": "center"`),
		},
		{
			"lists and objects on a line", source(`{"element_type":"AnswerSheet","answers_list":["a",
				"b"],"name":"q","elements_count":3,"mine":{"a":[1,{"b":null}],"c":"\ud800"}}`),
			wrap(`          "element_type": "AnswerSheet",`, `          "name": "q",`, `          "elements_count": 3,`, `          "answers_list": ["a", "b"],`, `          "mine": {"a": [1, {"b": null}], "c": "\ud800"}`),
		},
		{
			"comments stay with what they are about",
			source("{/* why */\"element_type\":\"Text\",// kind\n // the name\n\"name\":/*x*/\"a\" /* y */, // z\n // last\n}"),
			wrap(`          /* why */`, `          "element_type": "Text", // kind`, `          // the name`, `          /*x*/`, `          "name": "a" /* y */ // z`, `          // last`),
		},
		{
			"names by other names", source(`{"element_type":"choice_box","answers_string":"() a\n() b\n","question_text":"Q","name":"k"}`),
			wrap(`          "element_type": "ChoiceBox",`, `          "name": "k",`, `          "question_text": "Q",`, `          "answers_string": "() a\n() b\n"`),
		},
		{
			"values that mean nothing stay", source(`{"element_type":"EmptyLine","height":0,"children":[{"element_type":"Text","name":"x"}],"height":-3,"HEIGHT":7}`),
			wrap(`          "element_type": "EmptyLine",`, `          "height": 0,`, `          "height": -3,`, `          "height": 7,`, `          "children": [`, `            {`, `              "element_type": "Text",`, `              "name": "x"`, `            }`, `          ]`),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(formatted(t, []byte(tt.source))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestFormatRefusesErrors(t *testing.T) {
	for _, source := range []string{"?text=a\n\n?tixt=b", `{"element_type":"Template","children":[{"element_type":"Page","children":[{"element_type":"Nothing"}]}]}`, ""} {
		out, list := markup.Format([]byte(source))
		if out != nil || !list.Failed() {
			t.Errorf("%q: %q, %v", source, out, list)
		}
		out, list = markup.Convert([]byte(source), markup.JSON)
		if out != nil || !list.Failed() {
			t.Errorf("%q: %q, %v", source, out, list)
		}
	}
}
