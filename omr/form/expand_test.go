package form_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
)

func greeting() *form.Form {
	return &form.Form{Pages: []*form.Element{{Kind: form.Page, Children: []*form.Element{
		{Kind: form.Text, Name: "Dear ${name}, ${ name }!", Pos: form.Pos{Line: 3, Column: 1}},
		{
			Kind: form.Barcode, Name: "Id",
			Attrs: map[form.Attr]form.Value{
				form.AttrValue:  {Type: form.TypeText, Str: "A-${id}", Pos: form.Pos{Line: 5, Column: 8}},
				form.AttrHeight: {Type: form.TypePx, Num: 200},
			},
		},
		{Kind: form.CompositeGrid, Attrs: map[form.Attr]form.Value{
			form.AttrValues:   {Type: form.TypeSymbols, List: []string{"${id}", "x"}},
			form.AttrExtraRow: {Type: form.TypeSymbolRows, Rows: [][]string{{"${id}"}, {}}},
		}},
	}}}}
}

// TestExpand fills names, texts and symbols, and leaves the form as it was.
func TestExpand(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a field", "Dear ${name}", "Dear Ada"},
		{"twice", "${name}${name}", "AdaAda"},
		{"blanks inside", "${ name }", "Ada"},
		{"unknown stays", "${other} ${name}", "${other} Ada"},
		{"not closed", "${name", "${name"},
		{"closed later", "${name ${name}", "${name Ada"},
		{"nested", "${a${name}}", "${aAda}"},
		{"empty", "${}", "${}"},
		{"no dollar", "{name} $name", "{name} $name"},
		{"what comes in is text", "${trick}", "?page= ${name}"},
	} {
		f := &form.Form{Pages: []*form.Element{{Kind: form.Page, Name: tt.text}}}
		out := form.Expand(f, func(field string) (string, bool) {
			text, ok := map[string]string{"name": "Ada", "trick": "?page= ${name}"}[field]
			return text, ok
		})
		if out.Pages[0].Name != tt.want || f.Pages[0].Name != tt.text {
			t.Errorf("%s: got %q, want %q", tt.name, out.Pages[0].Name, tt.want)
		}
	}
	f := greeting()
	out := form.Expand(f, func(field string) (string, bool) { return strings.ToUpper(field), true })
	if !reflect.DeepEqual(f, greeting()) {
		t.Error("the form was changed")
	}
	children := out.Pages[0].Children
	if got := children[0].Name; got != "Dear NAME, NAME!" {
		t.Errorf("text %q", got)
	}
	if got, _ := children[1].Str(form.AttrValue); got != "A-ID" {
		t.Errorf("value %q", got)
	}
	if h, _ := children[1].Int(form.AttrHeight); h != 200 {
		t.Errorf("height %d", h)
	}
	symbols := children[2].Attrs
	if got := symbols[form.AttrValues].List; !reflect.DeepEqual(got, []string{"ID", "x"}) {
		t.Errorf("symbols %v", got)
	}
	if got := symbols[form.AttrExtraRow].Rows; !reflect.DeepEqual(got, [][]string{{"ID"}, {}}) {
		t.Errorf("rows %v", got)
	}
}

// TestPlaceholders tells where each one stands.
func TestPlaceholders(t *testing.T) {
	got := form.Placeholders(greeting())
	want := []form.Placeholder{
		{"name", form.Pos{Line: 3, Column: 1}},
		{"name", form.Pos{Line: 3, Column: 1}},
		{"id", form.Pos{Line: 5, Column: 8}},
		{"id", form.Pos{}},
		{"id", form.Pos{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

// FuzzExpand: a form in which no field is known comes back as it is, and a value
// never makes elements.
func FuzzExpand(f *testing.F) {
	for _, s := range []string{"${a}", "${", "$${a}}", "${a${b}", "}${a}{", "${\n}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in := &form.Form{Pages: []*form.Element{{Kind: form.Page, Name: text}}}
		if out := form.Expand(in, func(string) (string, bool) { return "", false }); out.Pages[0].Name != text {
			t.Errorf("%q became %q", text, out.Pages[0].Name)
		}
		n := len(form.Placeholders(in))
		filled := form.Expand(in, func(string) (string, bool) { return "x", true }).Pages[0].Name
		if n == 0 && filled != text || strings.Count(text, "${") < n {
			t.Errorf("%q holds %d placeholders and became %q", text, n, filled)
		}
	})
}
