package markup_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// seed adds the forms of testdata whose names end so, and an example of every
// element in that markup.
func seed(f *testing.F, ext string) {
	f.Helper()
	files, err := filepath.Glob("testdata/forms/*" + ext)
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	to := markup.TXT
	if ext == ".json" {
		to = markup.JSON
	}
	for _, k := range form.Kinds() {
		if source, list := markup.Convert([]byte(form.Describe(k).Example), to); !list.Failed() {
			f.Add(source)
		}
	}
}

// FuzzTXT: whatever the source, nothing panics, places lie inside it, and a form
// keeps to the schema.
func FuzzTXT(f *testing.F) {
	seed(f, ".txt")
	for _, s := range []string{"?a=\n&a", "#\n\t((()(", "\t=", "?grid=\n\tx=\xff", "\xff\xfe?\x00", "\\?", "?text=\n\\"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if bytes.HasPrefix(bytes.TrimLeft(source, " \t\r\n\xef\xbb\xbf"), []byte("{")) {
			return
		}
		checkParse(t, source)
	})
}

// FuzzJSON: the same for JSON.
func FuzzJSON(f *testing.F) {
	seed(f, ".json")
	for _, s := range []string{`{`, `{"a":"\ud800\ud800`, `{"x":1e`, `{/*`, `{"element_type":"Template","children":[{"children":[{}`, `{"":[[[[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if len(source) > 0 && source[0] != '{' {
			source = append([]byte("{"), source...)
		}
		checkParse(t, source)
	})
}

// FuzzSettings: nothing panics, and what was read is read again from its
// canonical JSON.
func FuzzSettings(f *testing.F) {
	for _, s := range []string{`{"PaperSize":1,}`, `{"fontStyle":["bold"],"fontSize":1e1}`, `[]`, `{"multi-select":"TRUE","fontFamily":"\ud83d\ude00"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		s, l := markup.ParseSettings(source)
		if l.Failed() {
			return
		}
		again, l := markup.ParseSettings(markup.FormatSettings(s))
		if len(l) > 0 || !reflect.DeepEqual(s, again) {
			t.Errorf("%+v became %+v, %v", s, again, l)
		}
	})
}

func checkParse(t *testing.T, source []byte) {
	f, l := markup.Parse(source)
	checkList(t, source, l)
	if f == nil {
		if !l.Failed() {
			t.Error("no form and no error")
		}
		return
	}
	errors := 0
	for _, e := range l {
		if e.Severity == fault.SeverityError {
			errors++
		}
		if strings.HasPrefix(e.Where.Path, "/") {
			t.Errorf("path %q", e.Where.Path)
		}
	}
	if errors >= 100 {
		t.Error("a form in spite of a hundred errors")
	}
	for _, p := range f.Pages {
		checkElement(t, p, form.Template, errors == 0)
	}
	again, _ := markup.Parse(source)
	if dump(again) != dump(f) {
		t.Error("the same source gives another tree")
	}
}

// checkElement checks an element against the schema; complete says that the form
// has no error, so that nothing required may lack.
func checkElement(t *testing.T, e *form.Element, parent form.Kind, complete bool) {
	s, ok := form.Lookup(e.Kind)
	if !ok || form.Allowed(parent, e.Kind) == form.Refused {
		t.Fatalf("a %s in a %s", e.Kind, parent)
	}
	for a, v := range e.Attrs {
		spec, ok := s.Attr(string(a))
		if !ok || spec.Type != v.Type || spec.Name != a {
			t.Errorf("%s has %s of type %d", e.Kind, a, v.Type)
		}
	}
	for _, spec := range s.Attrs {
		if _, ok := e.Attrs[spec.Name]; !ok && complete && spec.Required && spec.Name != form.AttrElementsCount {
			t.Errorf("%s lacks %s", e.Kind, spec.Name)
		}
	}
	for _, c := range e.Children {
		checkElement(t, c, e.Kind, complete)
	}
}
