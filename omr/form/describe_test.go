package form_test

import (
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// Every kind and every attribute of the table is described, in sentences.
func TestDescribed(t *testing.T) {
	sentence := func(what, s string) {
		t.Helper()
		if s == "" || !strings.HasSuffix(s, ".") || strings.ToUpper(s[:1]) != s[:1] && !strings.HasPrefix(s, "TXT") {
			t.Errorf("%s: %q is no sentence", what, s)
		}
	}
	for _, k := range form.Kinds() {
		d := form.Describe(k)
		sentence(string(k), d.Summary)
		sentence(string(k)+" name", d.Name)
		s, _ := form.Lookup(k)
		for _, a := range s.Attrs {
			sentence(string(k)+"."+string(a.Name), form.DescribeAttr(k, a.Name))
		}
	}
	if got := form.DescribeAttr(form.Text, form.AttrThreshold); got != "" {
		t.Errorf("a text has no threshold, it is described as %q", got)
	}
}

// The examples are forms that work, and use what they are examples of.
func TestExamplesAreForms(t *testing.T) {
	for _, k := range form.Kinds() {
		source := form.Describe(k).Example
		f, list := markup.Parse([]byte(source))
		for _, e := range list {
			if e.Code != "LM213" { // an element that this build cannot lay out yet
				t.Errorf("%s: %s %v %s\n%s", k, e.Code, e.Where, e.Cause, source)
			}
		}
		if f == nil || !list.Failed() && k != form.Template && !holds(f.Pages, k) {
			t.Errorf("%s: the example has none\n%s", k, source)
		}
	}
}

func holds(elements []*form.Element, k form.Kind) bool {
	for _, e := range elements {
		if e.Kind == k || holds(e.Children, k) {
			return true
		}
	}
	return false
}
