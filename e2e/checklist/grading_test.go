package checklist

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/result"
	"github.com/leafmark/leafmark/omr/synth"
)

// TestGrading goes from keys and rules in a source to the grade of a filled
// sheet, beyond the checklist: what is our own stays out of compatible results.
func TestGrading(t *testing.T) {
	txt := "#Capital of France?\n\tkey=B\n\tpoints=2\n\trequired=true\n\t() Rome () Paris () Oslo\n" +
		"#Even numbers?\n\tkey=A,C\n\tselect=2-2\n\t() 2 () 3 () 4\n" +
		"?grid=Year\n\tsections_count=2\n\tkey=17\n\tpoints=0.5\n\trequired=true\n" +
		"?answer_sheet=S\n\telements_count=4\n\tkey=(A)(C)(B,D)()\n" +
		"?checkbox=Name\n\tselect=one\n?content=a\n?content=b\n&checkbox\n"
	json1 := formOf(
		`{"element_type":"ChoiceBox","question_text":"Capital of France?","answers_string":"() Rome () Paris () Oslo","key":"B","points":2,"required":true}`,
		`{"element_type":"ChoiceBox","question_text":"Even numbers?","answers_string":"() 2 () 3 () 4","key":"A,C","select":"2-2"}`,
		`{"element_type":"Grid","name":"Year","sections_count":2,"options_count":10,"key":"17","points":0.5,"required":true}`,
		`{"element_type":"AnswerSheet","name":"S","elements_count":4,"key":["A","C","B,D",""]}`,
		`{"element_type":"CheckBox","name":"Name","select":"one","children":[{"element_type":"Content","name":"a"},{"element_type":"Content","name":"b"}]}`,
	)
	both(t, txt, json1)
	form := ofSource(t, txt)
	for _, tt := range []struct {
		what  string
		truth synth.Truth
		grade string
		rows  []string
		rules map[string]string
	}{
		{
			"all right",
			synth.Truth{"Question1": {"B"}, "Question2": {"C", "A"}, "Year": {"1", "7"}, "S3": {"A"}, "S4": {"C"}, "S5": {"D", "B"}, "S6": {"A"}, "Name": {"a"}},
			`{"points":6.5,"of":6.5,"percent":100,"doubtful":0}`,
			[]string{"Name=a", "Question1=B", "Question2=A,C", "S3=A", "S4=C", "S5=B,D", "S6=A", "Year=17"},
			nil,
		},
		{
			"half right",
			synth.Truth{"Question1": {"A"}, "Question2": {"A"}, "Year": {"1", "7"}, "S3": {"A"}, "S4": {"C", "D"}, "S5": {"B"}, "Name": {"a", "b"}},
			`{"points":1.5,"of":6.5,"percent":23.08,"doubtful":0}`,
			[]string{"Name=a,b", "Question1=A", "Question2=A", "S3=A", "S4=C,D", "S5=B", "S6=", "Year=17"},
			map[string]string{"Name": "too_many", "Question2": "too_few"},
		},
		{
			"empty", nil, `{"points":0,"of":6.5,"percent":0,"doubtful":0}`,
			[]string{"Name=", "Question1=", "Question2=", "S3=", "S4=", "S5=", "S6=", "Year="},
			map[string]string{"Question1": "required", "Question2": "too_few", "Year": "required"},
		},
	} {
		s := filledBy(t, form, tt.truth, synth.BallpointBlack, omr.RecognizeOptions{})
		same(t, tt.what, rowsOf(s), tt.rows)
		grade, err := json.Marshal(s.Grade)
		if err != nil {
			t.Fatal(err)
		}
		if string(grade) != tt.grade {
			t.Errorf("%s: grade %s, want %s", tt.what, grade, tt.grade)
		}
		warned := strings.Join(s.Warnings, "\n")
		for _, a := range s.Answers {
			if a.Rule.Code != tt.rules[a.Name] {
				t.Errorf("%s: %s breaks %q, want %q", tt.what, a.Name, a.Rule.Code, tt.rules[a.Name])
			}
			if a.Rule.Broken() != strings.Contains(warned, `"`+a.Name+`" breaks`) {
				t.Errorf("%s: %s and the warnings %q", tt.what, a.Name, warned)
			}
		}
		for name, data := range map[string][]byte{"CSV": result.CSV(result.Rows(s)), "JSON": result.JSON(result.Rows(s))} {
			if text := string(data); strings.Contains(text, "points") || strings.Contains(text, "LM86") {
				t.Errorf("%s: the compatible %s tells the grade:\n%s", tt.what, name, text)
			}
		}
	}
}
