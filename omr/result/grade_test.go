package result_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
)

// sections is an element of so many groups of so many bubbles.
func sections(typ pattern.ElementType, groups, each int, o *pattern.ElementInfo) pattern.Element {
	e := pattern.Element{Type: typ, Name: "Q", Ours: o}
	for range groups {
		e.Groups = append(e.Groups, pattern.Group{Bubbles: make([]pattern.Bubble, each)})
	}
	return e
}

func TestGrades(t *testing.T) {
	for _, tt := range []struct {
		name       string
		typ        pattern.ElementType
		key, value string
		points     float64
		want       string // points of points
	}{
		{"one mark", pattern.ChoiceBox, "B", "B", 1, "1 1"},
		{"another mark", pattern.ChoiceBox, "B", "C", 1, "0 1"},
		{"case counts", pattern.ChoiceBox, "B", "b", 1, "0 1"},
		{"nothing", pattern.ChoiceBox, "B", "", 1, "0 1"},
		{"in any order", pattern.ChoiceBox, "C, A", "A,C", 2.5, "2.5 2.5"},
		{"one of two", pattern.ChoiceBox, "A,C", "A", 2, "0 2"},
		{"one too many", pattern.ChoiceBox, "A,C", "A,B,C", 2, "0 2"},
		{"two equal values", pattern.CheckBox, "yes", "yes,yes", 1, "1 1"},
		{"text with a comma", pattern.CheckBox, "Vegan, raw,Low", "Low,Vegan, raw", 1, "1 1"},
		{"an error is never right", pattern.ChoiceBox, "A", "ERROR: Multiple marks per question", 1, "0 1"},
		{"a grid", pattern.Grid, "073", "073", 1, "1 1"},
		{"a grid without its zero", pattern.Grid, "073", "73", 1, "0 1"},
		{"two marks in a grid's section", pattern.Grid, "3,75", "3,75", 1, "1 1"},
		{"a grid's sections have an order", pattern.Grid, "3,75", "75,3", 1, "0 1"},
		{"a composite grid", pattern.CompositeGrid, "8A", "8A", 1, "1 1"},
		{"worth nothing", pattern.ChoiceBox, "B", "B", 0, "0 0"},
		{"a negative worth", pattern.ChoiceBox, "B", "B", -3, "0 0"},
	} {
		p := &pattern.Pattern{
			Pages: []pattern.Page{{}, {Elements: []pattern.Element{{}, sections(tt.typ, 1, 3, nil)}}},
			Ours: &pattern.Extension{Keys: []pattern.GradingKey{
				{Page: 1, Element: 1, Name: "Q", Value: tt.key, Points: tt.points},
				{Page: 0, Element: 1, Name: "Q", Value: "another page's", Points: 9},
				{Page: 1, Element: 0, Name: "other", Value: "another element's", Points: 9},
			}},
		}
		a := field("Q", tt.value)
		a.Element = 1
		s := result.Build(p, []result.Source{{Page: 2, Answers: []mark.Answer{a, field("ungraded", "B")}}}, result.BuildOptions{})
		got, err := json.Marshal(struct{ P, O *float64 }{s.Answers[0].Points, s.Answers[0].Of})
		if err != nil {
			t.Fatal(err)
		}
		points, of, _ := strings.Cut(tt.want, " ")
		if want := `{"P":` + points + `,"O":` + of + `}`; string(got) != want {
			t.Errorf("%s: %s, want %s", tt.name, got, want)
		}
		if s.Answers[1].Key != nil || s.Answers[1].Of != nil {
			t.Errorf("%s: an answer without key is graded", tt.name)
		}
		if *s.Answers[0].Key != tt.key {
			t.Errorf("%s: key %q", tt.name, *s.Answers[0].Key)
		}
	}
}

func TestGradeOfASheet(t *testing.T) {
	p := &pattern.Pattern{Pages: []pattern.Page{{Elements: make([]pattern.Element, 4)}}, Ours: &pattern.Extension{}}
	var answers []mark.Answer
	for i, name := range []string{"a", "b", "c", "d"} {
		a := field(name, "A")
		a.Element = i
		if name == "b" || name == "d" {
			a.Confidence, a.Doubt = 0.5, mark.FaintMark
		}
		answers = append(answers, a)
		if name != "d" { // its doubt is no grade's
			p.Ours.Keys = append(p.Ours.Keys, pattern.GradingKey{Element: i, Name: name, Value: []string{"A", "A", "B"}[i], Points: []float64{0.1, 0.2, 0.6}[i]})
		}
	}
	s := result.Build(p, []result.Source{{Page: 1, Answers: answers}}, result.BuildOptions{})
	got, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"grade":{"points":0.3,"of":0.9,"percent":33.33,"doubtful":1}`,
		`{"name":"a","value":"A","values":["A"],"confidence":1,"doubt":null,"key":"A","points":0.1,"of":0.1}`,
		`"doubt":"faint_mark","key":"A","points":0.2,"of":0.2}`,
		`"key":"B","points":0,"of":0.6}`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s\nwant in it %s", got, want)
		}
	}
	if strings.Contains(string(got), `"rule"`) {
		t.Errorf("a form without rules has them: %s", got)
	}
	p.Ours.Keys = p.Ours.Keys[:1]
	p.Ours.Keys[0].Points = 0
	s = result.Build(p, []result.Source{{Page: 1, Answers: answers}}, result.BuildOptions{})
	if s.Grade == nil || s.Grade.Percent != nil {
		t.Errorf("nothing to earn: %+v", s.Grade)
	}
	if s := build(field("a", "A")); s.Grade != nil {
		t.Errorf("a form without keys is graded: %+v", s.Grade)
	}
}

func TestRules(t *testing.T) {
	asked := func(required bool, sel string) *pattern.ElementInfo {
		return &pattern.ElementInfo{Required: required, Select: sel}
	}
	for _, tt := range []struct {
		name  string
		el    pattern.Element
		marks string
		want  string
	}{
		{"required and marked", sections(pattern.ChoiceBox, 1, 3, asked(true, "")), "..x", "null"},
		{"required and empty", sections(pattern.ChoiceBox, 1, 3, asked(true, "")), "...", `{"code":"required","cause":"nothing is marked"}`},
		{"nothing asked", sections(pattern.ChoiceBox, 1, 3, nil), "...", "null"},
		{"one of one", sections(pattern.CheckBox, 1, 3, asked(false, "one")), "x..", "null"},
		{"none of one", sections(pattern.CheckBox, 1, 3, asked(false, "one")), "...", "null"},
		{"two of one", sections(pattern.CheckBox, 1, 3, asked(false, "One")), "xx.", `{"code":"too_many","cause":"2 marks, at most 1 allowed"}`},
		{"many", sections(pattern.CheckBox, 1, 3, asked(false, "many")), "xxx", "null"},
		{"at most 2", sections(pattern.CheckBox, 1, 3, asked(false, "2")), "xxx", `{"code":"too_many","cause":"3 marks, at most 2 allowed"}`},
		{"2 to 3, too few", sections(pattern.CheckBox, 1, 4, asked(false, "2-3")), "x...", `{"code":"too_few","cause":"1 of at least 2 marks"}`},
		{"2 to 3, none", sections(pattern.CheckBox, 1, 4, asked(false, "2-3")), "....", `{"code":"too_few","cause":"0 of at least 2 marks"}`},
		{"2 to 3", sections(pattern.CheckBox, 1, 4, asked(false, "2 - 3")), "x.xx", "null"},
		{"2 to 3, too many", sections(pattern.CheckBox, 1, 4, asked(false, "2-3")), "xxxx", `{"code":"too_many","cause":"4 marks, at most 3 allowed"}`},
		{"required before too few", sections(pattern.CheckBox, 1, 4, asked(true, "2-3")), "....", `{"code":"required","cause":"nothing is marked"}`},
		{"none allowed", sections(pattern.CheckBox, 1, 2, asked(false, "0")), "x.", `{"code":"too_many","cause":"1 marks, at most 0 allowed"}`},
		{"every section", sections(pattern.Grid, 3, 2, asked(true, "")), "x. .. .x", `{"code":"required","cause":"section 2 of 3: nothing is marked"}`},
		{"every section marked", sections(pattern.Grid, 3, 2, asked(true, "one")), "x. .x .x", "null"},
		{"one a section", sections(pattern.CompositeGrid, 3, 2, asked(false, "one")), "x. .. xx", `{"code":"too_many","cause":"section 3 of 3: 2 marks, at most 1 allowed"}`},
		{"groups of a choice box are one field", sections(pattern.ChoiceBox, 2, 2, asked(true, "one")), ".. .x", "null"},
		{"not a rule", sections(pattern.ChoiceBox, 1, 2, asked(false, "3-1")), "xx", "null"},
		{"nor this", sections(pattern.ChoiceBox, 1, 2, asked(false, "-1")), "xx", "null"},
	} {
		el := tt.el
		rules := pattern.Element{Type: pattern.ChoiceBox, Name: "other", Ours: asked(true, "")}
		p := &pattern.Pattern{Pages: []pattern.Page{{Elements: []pattern.Element{el, rules}}}}
		a := field("Q", "")
		a.Bubbles = bubbles(strings.ReplaceAll(tt.marks, " ", ""))
		s := result.Build(p, []result.Source{{Page: 1, Answers: []mark.Answer{a}}}, result.BuildOptions{})
		got, err := json.Marshal(s.Answers[0])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(got), `"rule":`+tt.want+"}") {
			t.Errorf("%s: %s, want rule %s", tt.name, got, tt.want)
		}
		broken := tt.want != "null"
		if codes := []string{"LM861", "LM862", "LM863"}; broken != (len(s.Warnings) == 1) || broken && !slices.Contains(codes, s.Warnings[0][:5]) {
			t.Errorf("%s: warnings %q", tt.name, s.Warnings)
		}
		var back result.Answer
		if err := json.Unmarshal(got, &back); err != nil || back.Rule != s.Answers[0].Rule {
			t.Errorf("%s: reads back as %+v, %v", tt.name, back.Rule, err)
		}
		if rows := result.Rows(s); !slices.Equal(rows, []result.Row{{Name: "Q"}}) {
			t.Errorf("%s: the compatible rows are %q", tt.name, rows)
		}
		// What a trigger put there was chosen.
		a.Replaced = true
		if s := result.Build(p, []result.Source{{Page: 1, Answers: []mark.Answer{a}}}, result.BuildOptions{}); s.Answers[0].Rule.Broken() {
			t.Errorf("%s: broken by a trigger's value", tt.name)
		}
	}
}

// A trigger may act on a field of another page (spec/pattern.md 2: targets are
// named for the whole form).
func TestTriggersAcrossPages(t *testing.T) {
	trigger := func(target string) pattern.Element {
		return pattern.Element{Type: pattern.ReplaceTrigger, Name: "skip", Target: target, Value: "skipped"}
	}
	p := &pattern.Pattern{Pages: []pattern.Page{
		{Elements: []pattern.Element{{Name: "Q1"}, {Name: "both"}, {Name: "twice"}}},
		{Elements: []pattern.Element{trigger("Q1"), trigger("both"), trigger("twice"), {Name: "both"}}},
		{Elements: []pattern.Element{{Name: "twice"}}},
	}}
	at := func(element int, name, marks string) mark.Answer {
		a := field(name, "A")
		a.Element, a.Bubbles = element, bubbles(marks)
		return a
	}
	fired := func(element int, marks string) mark.Answer {
		a := at(element, "skip", marks)
		a.Kind, a.Value, a.Values = mark.Trigger, "skipped", []string{"skipped"}
		return a
	}
	for _, tt := range []struct{ marks, want string }{
		{"x", `both=A both=A Q1=skipped twice=A? twice=A?`},
		{".", `both=A both=A Q1=A twice=A twice=A`},
	} {
		sources := []result.Source{
			{Page: 1, Answers: []mark.Answer{at(0, "Q1", "x"), at(1, "both", "x"), at(2, "twice", "x")}},
			{Page: 2, Answers: []mark.Answer{fired(0, tt.marks), fired(1, tt.marks), fired(2, tt.marks), at(3, "both", "x")}},
			{Page: 3, Answers: []mark.Answer{at(0, "twice", "x")}},
		}
		s := result.Build(p, sources, result.BuildOptions{})
		var got []string
		for _, a := range s.Answers {
			text := a.Name + "=" + a.Value
			if a.Doubt != nil {
				text += "?"
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
		if sources[0].Answers[0].Value != "A" {
			t.Error("the sources were changed")
		}
	}
}
