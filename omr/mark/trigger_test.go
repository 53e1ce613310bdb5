package mark_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register/sheettest"
)

// twoTables is a page with two answer tables side by side whose rows share their
// names, as two custom answer sheets of one name have: in every row an array and
// a trigger, and a picture that hangs on the trigger of its name.
func twoTables() *pattern.Page {
	p := &pattern.Page{Width: sheettest.Width, Height: sheettest.Height, Markers: sheettest.MarkersOf(sheettest.FiveMarkers)}
	for row := range 9 {
		for table := range 2 {
			x, y := 330+940*float64(table), 420+100*float64(row)
			name := fmt.Sprintf("Open_%d", row+1)
			p.Elements = append(
				p.Elements,
				pattern.Element{Type: pattern.ChoiceBox, Name: name, Groups: []pattern.Group{line(x, y, "A", "B", "C")}},
				// Its right neighbour's array is nearer than its own.
				pattern.Element{Type: pattern.ReplaceTrigger, Name: "skip", Target: name, Value: fmt.Sprintf("skipped %c", 'x'+table), Groups: []pattern.Group{line(x+750, y, "")}},
			)
		}
	}
	return p
}

// values are the answers' values by element, triggers and crops left out.
func values(as []mark.Answer) map[int]string {
	out := map[int]string{}
	for _, a := range as {
		if a.Kind != mark.Trigger && a.Kind != mark.Crop {
			out[a.Element] = a.Value
		}
	}
	return out
}

// Of several targets of one name a trigger replaces the one of its own row and
// table, told by the places alone or by the pattern's scope.
func TestTriggersOfEqualNamesActOnTheirOwnRow(t *testing.T) {
	p := twoTables()
	g := sheettest.Draw(p, sheettest.Look{})
	at := func(row, table, trigger, bubble int) geom.PageRect {
		return p.Elements[4*row+2*table+trigger].Groups[0].Bubbles[bubble].Box
	}
	fill(g, pen, at(1, 0, 1, 0), at(1, 0, 0, 2), at(1, 1, 0, 1), at(4, 1, 1, 0), at(4, 0, 0, 0), at(7, 0, 1, 0), at(7, 1, 1, 0), at(7, 1, 0, 0))
	want := map[int]string{4: "skipped x", 6: "B", 16: "A", 18: "skipped y", 28: "skipped x", 30: "skipped y"}
	crossed := &pattern.Pattern{Pages: []pattern.Page{*p}, Ours: &pattern.Extension{Triggers: []pattern.TriggerScope{
		{Element: 5, Targets: []int{6}}, {Element: 19, Targets: []int{16}}, // not what the places say
		{Element: 29, Targets: []int{4}},                // another name: the file was changed
		{Element: 4, Targets: []int{0}}, {Element: 999}, // no triggers
	}}}
	byScope := map[int]string{4: "C", 6: "skipped x", 16: "skipped y", 18: "", 28: "skipped x", 30: "skipped y"}
	for _, tt := range []struct {
		name string
		opt  mark.Options
		want map[int]string
	}{
		{"by place", mark.Options{}, want},
		{"by scope", mark.Options{Scope: mark.ScopeOf(crossed, 0)}, byScope},
		{"by the scope of a page that is not there", mark.Options{Scope: mark.ScopeOf(crossed, 3)}, want},
	} {
		got := values(read(t, g, p, tt.opt))
		if len(got) != 18 {
			t.Errorf("%s: %d rows, want 18", tt.name, len(got))
		}
		for i, v := range got {
			if v != tt.want[i] {
				t.Errorf("%s: element %d %s = %q, want %q", tt.name, i, p.Elements[i].Name, v, tt.want[i])
			}
		}
	}
}

// Two marked triggers on one answer contradict each other; two that say the same
// do not.
func TestTwoTriggersOfOneAnswer(t *testing.T) {
	p := every()
	trigger := func(y float64, name, target, value string) pattern.Element {
		return pattern.Element{Type: pattern.ReplaceTrigger, Name: name, Target: target, Value: value, Groups: []pattern.Group{line(1700, y, "")}}
	}
	p.Elements = append(
		p.Elements, trigger(1300, "t1", "Q3", "late"), trigger(1400, "t2", "Q3", "sick"),
		trigger(1500, "t3", "Q4", "late"), trigger(1600, "t4", "Q4", "late"), trigger(1700, "t5", "nobody", "late"),
		trigger(1800, "t6", "Grades_total", "late"),
	)
	g := drawEvery(p)
	for _, e := range p.Elements[len(p.Elements)-6:] {
		fill(g, pen, e.Groups[0].Bubbles[0].Box)
	}
	as := read(t, g, p, mark.Options{})
	if a := named(t, as, "Q3"); a.Value != "late" || a.Doubt != mark.SeveralMarks {
		t.Errorf("Q3 = %q in doubt %q, want late in doubt", a.Value, a.Doubt)
	}
	if a := named(t, as, "Q4"); a.Value != "late" || a.Doubt != "" {
		t.Errorf("Q4 = %q in doubt %q, want late without", a.Value, a.Doubt)
	}
	if a := named(t, as, "Grades_total"); a.Value != "0" {
		t.Errorf("a total was replaced: %q", a.Value)
	}
}

// A picture comes back when the bubble it hangs on is marked, or may be, and by
// Required where it hangs on none (spec/markup.md 10.14, 10.20, 10.22).
func TestCropsHangOnMarks(t *testing.T) {
	clip := func(name string, required bool) pattern.Element {
		return pattern.Element{Type: pattern.ClipArea, Name: name, Required: required, Box: geom.PageRect{X: 1500, Y: 1300, W: 300, H: 100}}
	}
	p := every()
	first := len(p.Elements)
	p.Elements = append(
		p.Elements, clip("of B", false), clip("of B or 2nd crit", true), clip("required", true), clip("drawn alone", false), clip("Q9", false),
		pattern.Element{Type: pattern.ReplaceTrigger, Name: "t1", Target: "Q9", Value: "x", Groups: []pattern.Group{line(1700, 1500, "")}},
		pattern.Element{Type: pattern.ReplaceTrigger, Name: "t2", Target: "Q9", Value: "x", Groups: []pattern.Group{line(1700, 1600, "")}},
	)
	ours := &pattern.Pattern{Pages: []pattern.Page{*p}, Ours: &pattern.Extension{Crops: []pattern.CropInfo{
		{Element: first, Name: "of B", When: []pattern.BubbleRef{{Element: 0, Bubble: 1}}},
		{Element: first + 1, Name: "of B or 2nd crit", When: []pattern.BubbleRef{{Element: 0, Bubble: 1}, {Element: 10, Bubble: 2}}},
		{Element: first + 2, Name: "required"},
		{Element: first + 3, Name: "drawn alone"},
		{Element: first + 4, Name: "Q9", When: []pattern.BubbleRef{{Element: first + 5}, {Element: first + 6}}},
		{Element: 14, Name: "Remark", When: []pattern.BubbleRef{{Element: 0, Bubble: 99}}}, // changed: kept
	}}}
	bubble := func(element, k int) geom.PageRect { return p.Elements[element].Groups[0].Bubbles[k].Box }
	score := p.Elements[10].Questions[0].Answers[1].Bubbles[0].Box
	t2 := bubble(first+6, 0)
	light := sheettest.Pen{Kind: "fill", Luma: 222, Width: 10}
	for _, tt := range []struct {
		name         string
		pen          sheettest.Pen
		marks        []geom.PageRect
		ours, others string
	}{
		{"nothing", pen, nil, "Remark,required", "Remark,of B,of B or 2nd crit,required,drawn alone"},
		{"another answer", pen, []geom.PageRect{bubble(0, 0)}, "Remark,required", "Remark,of B,of B or 2nd crit,required,drawn alone"},
		{"the answer", pen, []geom.PageRect{bubble(0, 1)}, "Remark,of B,of B or 2nd crit,required", "Remark,of B,of B or 2nd crit,required,drawn alone"},
		{"the other of two", pen, []geom.PageRect{score}, "Remark,of B or 2nd crit,required", "Remark,of B,of B or 2nd crit,required,drawn alone"},
		{"a trigger of two", pen, []geom.PageRect{t2}, "Remark,required,Q9", "Remark,of B,of B or 2nd crit,required,drawn alone,Q9"},
		{"a pale touch", light, []geom.PageRect{bubble(0, 1)}, "Remark,of B,of B or 2nd crit,required", "Remark,of B,of B or 2nd crit,required,drawn alone"},
	} {
		g := drawEvery(p)
		fill(g, tt.pen, tt.marks...)
		for _, c := range []struct {
			who, want string
			scope     mark.Scope
		}{{"ours", tt.ours, mark.ScopeOf(ours, 0)}, {"others'", tt.others, mark.Scope{}}} {
			var got []string
			for _, a := range read(t, g, p, mark.Options{Scope: c.scope}) {
				if a.Kind == mark.Crop {
					got = append(got, a.Name)
				}
			}
			if !slices.Equal(got, strings.Split(c.want, ",")) {
				t.Errorf("%s, %s pattern: %q, want %q", tt.name, c.who, got, c.want)
			}
		}
	}
}
