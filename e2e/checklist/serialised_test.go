package checklist

import (
	"reflect"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
)

// Serialisers write empty lists where nothing is set, as they write null and -1
// (spec/markup.md 4.3): an optional list is then as absent.
func TestEmptyListsAreNotSet(t *testing.T) {
	f := parse(t, `{"element_type":"Template","children":[{"element_type":"Page","children":[
		{"element_type":"AnswerSheet","name":"S","elements_count":1,"answers_count":3,"answers_list":[]},
		{"element_type":"CompositeGrid","name":"G","columns_count":1,"values":[],"extra_row":[["A"]]},
		{"element_type":"CompositeGrid","name":"H","columns_count":1,"values":["A"],"extra_row":[]},
		{"element_type":"Container","columns_count":2,"columns_proportions":[],"children":[{"element_type":"Block","column":2,"children":[
			{"element_type":"Content","name":"x","font_style":[]}]}]}]}]}`)
	want := parse(t, `{"element_type":"Template","children":[{"element_type":"Page","children":[
		{"element_type":"AnswerSheet","name":"S","elements_count":1,"answers_count":3},
		{"element_type":"CompositeGrid","name":"G","columns_count":1,"extra_row":[["A"]]},
		{"element_type":"CompositeGrid","name":"H","columns_count":1,"values":["A"]},
		{"element_type":"Container","columns_count":2,"children":[{"element_type":"Block","column":2,"children":[
			{"element_type":"Content","name":"x"}]}]}]}]}`)
	if got, want := placeless(f.Pages), placeless(want.Pages); !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v\n%+v", got, want)
	}
}

// Elements of one name are two: each is warned of.
func TestEveryElementOfANameIsWarnedOf(t *testing.T) {
	_, list := place(t, "?text_input=a\n\tlength=2\n?text_input=a\n\tlength=3\n", form.Settings{})
	if got := codes(list); len(got) != 2 || !strings.HasPrefix(got[0], "LM425") || !strings.HasPrefix(got[1], "LM425") {
		t.Errorf("diagnostics %v, want LM425 of both", got)
	}
}
