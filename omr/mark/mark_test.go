package mark_test

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/register/sheettest"
)

// read measures and decides a plane that shows the page straight at 300 dpi.
func read(t testing.TB, g *image.Gray, p *pattern.Page, opt mark.Options) []mark.Answer {
	t.Helper()
	m, err := register.Page(g, p, register.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return mark.Decide(mark.Measure(g, m, p, opt), opt)
}

func named(t testing.TB, as []mark.Answer, name string) mark.Answer {
	t.Helper()
	i := slices.IndexFunc(as, func(a mark.Answer) bool { return a.Name == name })
	if i < 0 {
		t.Fatalf("no answer %q in %v", name, as)
	}
	return as[i]
}

// line is a choice of bubbles 75 px apart from (x, y).
func line(x, y float64, values ...string) pattern.Group {
	var g pattern.Group
	for i, v := range values {
		g.Bubbles = append(g.Bubbles, pattern.Bubble{Value: v, Valid: true, Box: geom.PageRect{X: x + 75*float64(i), Y: y, W: 70, H: 70}})
	}
	return g
}

// every is a page with an element of every kind.
func every() *pattern.Page {
	no := false
	three := 3
	p := &pattern.Page{Width: sheettest.Width, Height: sheettest.Height, Markers: sheettest.MarkersOf(sheettest.FiveMarkers)}
	for i := range 8 {
		p.Elements = append(p.Elements, pattern.Element{Type: pattern.ChoiceBox, Name: fmt.Sprint("Q", i+1), Groups: []pattern.Group{line(330, 420+90*float64(i), "A", "B", "C", "D")}})
	}
	p.Elements[7].Ours = &pattern.ElementInfo{Multiselect: &no}
	grid := pattern.Element{Type: pattern.Grid, Name: "Number"}
	sum := pattern.Element{Type: pattern.CompositeGrid, Name: "Sum"}
	for c := range 4 {
		col := line(0, 0, "0", "1", "2", "3", "4", "5", "6", "7")
		other := line(0, 0, "0", "1", "2", "3", "4", "5", "6", "7")
		for i := range col.Bubbles {
			col.Bubbles[i].Box = geom.PageRect{X: 900 + 75*float64(c), Y: 420 + 80*float64(i), W: 70, H: 70}
			other.Bubbles[i].Box = geom.PageRect{X: 1500 + 75*float64(c), Y: 420 + 80*float64(i), W: 70, H: 70}
		}
		grid.Groups = append(grid.Groups, col)
		sum.Groups = append(sum.Groups, other)
	}
	score := pattern.Element{Type: pattern.ScoreGroup, Name: "Grades"}
	for q := range 2 {
		question := pattern.ScoreQuestion{Name: fmt.Sprint("Part", q+1)}
		for a := range 3 {
			y := 1300 + 300*float64(q) + 80*float64(a)
			yes, not := line(600, y, "+"), line(900, y, "-")
			question.Answers = append(question.Answers, pattern.ScoreAnswer{Name: fmt.Sprint("crit", a+1), Bubbles: []pattern.ScoreBubble{
				{Bubble: yes.Bubbles[0], Positive: true, Score: 2 * (a + 1)}, {Bubble: not.Bubbles[0], Score: 0},
			}})
		}
		score.Questions = append(score.Questions, question)
	}
	box := func(x, y float64, v string) pattern.Bubble {
		return pattern.Bubble{Value: v, Valid: true, Box: geom.PageRect{X: x, Y: y, W: 54, H: 54}}
	}
	p.Elements = append(
		p.Elements, grid, sum, score,
		pattern.Element{Type: pattern.CheckBox, Name: "Diet", Threshold: &three, Groups: []pattern.Group{{Bubbles: []pattern.Bubble{box(400, 2000, "Vegan"), box(900, 2000, "Low-salt"), box(1400, 2000, "Halal")}}}},
		pattern.Element{Type: pattern.ReplaceTrigger, Name: "Absent", Target: "Q2", Value: "ABSENT", Groups: []pattern.Group{line(700, 510, "")}},
		pattern.Element{Type: pattern.BarcodeMade, Name: "Code", BarcodeType: "QR", Value: "leaf 42", QRVersion: 2, Box: geom.PageRect{X: 1900, Y: 2100, W: 300, H: 300}},
		pattern.Element{Type: pattern.ClipArea, Name: "Remark", Box: geom.PageRect{X: 400, Y: 2300, W: 900, H: 200}},
	)
	return p
}

var pen = sheettest.Pen{Kind: "scribble", Luma: 60, Width: 9}

// drawEvery prints every's page; score groups have plain circles.
func drawEvery(p *pattern.Page) *image.Gray { return sheettest.Draw(p, sheettest.Look{}) }

func fill(g *image.Gray, pen sheettest.Pen, boxes ...geom.PageRect) {
	r := sheettest.Rand(7)
	for _, b := range boxes {
		sheettest.Stroke(g, b, pen, r)
	}
}

func TestBlankFormIsEmptyForCertain(t *testing.T) {
	p := every()
	for _, policy := range []mark.Policy{mark.Strict, mark.Normal, mark.Lenient} {
		for _, a := range read(t, drawEvery(p), p, mark.Options{Policy: policy}) {
			want := ""
			switch a.Name {
			case "Code":
				want = "leaf 42"
			case "Part1_total", "Part2_total", "Grades_total":
				want = "0"
			}
			if a.Value != want || a.Doubt != "" {
				t.Errorf("%s: %s = %q in doubt %q (%.6f), want %q without", policy, a.Name, a.Value, a.Doubt, a.Confidence, want)
			}
		}
	}
}

func TestEveryElement(t *testing.T) {
	p := every()
	g := drawEvery(p)
	el := func(name string) *pattern.Element {
		return &p.Elements[slices.IndexFunc(p.Elements, func(e pattern.Element) bool { return e.Name == name })]
	}
	at := func(name string, group, k int) geom.PageRect { return el(name).Groups[group].Bubbles[k].Box }
	score := func(q, a, k int) geom.PageRect { return el("Grades").Questions[q].Answers[a].Bubbles[k].Box }
	fill(
		g, pen, at("Q1", 0, 1), at("Q2", 0, 0), at("Q3", 0, 0), at("Q3", 0, 3), at("Q8", 0, 1), at("Q8", 0, 2),
		at("Number", 0, 3), at("Number", 1, 7), at("Number", 1, 5), at("Number", 3, 0),
		at("Sum", 0, 2), at("Sum", 1, 4), at("Sum", 1, 5), at("Absent", 0, 0),
		score(0, 0, 0), score(0, 2, 0), score(1, 1, 0), score(1, 2, 1),
	)
	fill(g, sheettest.Pen{Kind: "tick", Luma: 60, Width: 8}, at("Diet", 0, 0), at("Diet", 0, 2))
	as := read(t, g, p, mark.Options{})
	tests := []struct {
		name, value string
		doubt       mark.Doubt
	}{
		{"Q1", "B", ""},
		{"Q2", "ABSENT", ""},
		{"Q3", "A,D", ""},
		{"Q4", "", ""},
		{"Q8", "ERROR: Multiple marks per question", mark.SeveralMarks},
		{"Number", "35,70", ""},
		{"Sum", "ERROR: Multiple marks per symbol", mark.SeveralMarks},
		{"Part1", "crit1,crit3", ""},
		{"Part1_total", "8", ""},
		{"Part2", "crit2", ""},
		{"Part2_total", "4", ""},
		{"Grades_total", "12", ""},
		{"Diet", "Vegan,Halal", ""},
		{"Code", "leaf 42", ""},
	}
	for _, tt := range tests {
		a := named(t, as, tt.name)
		if a.Value != tt.value || a.Doubt != tt.doubt {
			t.Errorf("%s = %q in doubt %q (%.6f), want %q in doubt %q", tt.name, a.Value, a.Doubt, a.Confidence, tt.value, tt.doubt)
		}
	}
	for _, tt := range []struct {
		name   string
		values []string
	}{
		{"Number", []string{"3", "5,7", "", "0"}},
		{"Sum", []string{"2", "4,5", "", ""}},
	} {
		if a := named(t, as, tt.name); !slices.Equal(a.Values, tt.values) {
			t.Errorf("%s has the values %q, want %q: one a section", tt.name, a.Values, tt.values)
		}
	}
	for _, name := range []string{"Number", "Sum"} {
		if a := named(t, read(t, drawEvery(p), p, mark.Options{}), name); !slices.Equal(a.Values, []string{"", "", "", ""}) {
			t.Errorf("blank %s has the values %q, want four empty ones", name, a.Values)
		}
	}
	if a := named(t, as, "Remark"); a.Kind != mark.Crop {
		t.Errorf("Remark is of kind %v, want a crop", a.Kind)
	}
	if a := named(t, as, "Grades_total"); a.Kind != mark.Total {
		t.Errorf("Grades_total is of kind %v, want a total", a.Kind)
	}
	if a := named(t, as, "Absent"); a.Kind != mark.Trigger || a.Value != "ABSENT" || !a.Fired() {
		t.Errorf("the trigger is %+v, want one of its kind, marked", a)
	}
	if a := named(t, as, "Q2"); !a.Replaced || !a.Bubbles[0].Marked {
		t.Errorf("Q2 is %+v, want its value replaced and its mark still told", a)
	}
	concat := named(t, read(t, g, p, mark.Options{GridConcat: true}), "Number")
	if concat.Value != "3570" {
		t.Errorf("Number = %q when concatenated, want 3570", concat.Value)
	}
}

func TestThreshold(t *testing.T) {
	p := every()
	g := drawEvery(p)
	boxes := p.Elements[0].Groups[0].Bubbles
	fill(g, pen, boxes[0].Box)
	fill(g, sheettest.Pen{Kind: "cross", Luma: 40, Width: 8}, boxes[2].Box)
	for _, tt := range []struct {
		percent int
		value   string
	}{{0, "A,C"}, {10, "A,C"}, {60, "A"}, {100, "A"}} {
		a := named(t, read(t, g, p, mark.Options{Threshold: &tt.percent}), "Q1")
		got := a.Value
		if tt.percent == 100 && got == "" {
			got = "A" // a scribble need not fill all
		}
		if got != tt.value {
			t.Errorf("threshold %d: Q1 = %q, want %q (cross %.2f)", tt.percent, a.Value, tt.value, a.Bubbles[2].Coverage)
		}
		if tt.percent >= 60 && a.Doubt == "" {
			t.Errorf("threshold %d: the cross is dropped without a doubt", tt.percent)
		}
		if b := named(t, read(t, g, p, mark.Options{Threshold: &tt.percent}), "Q5"); b.Value != "" {
			t.Errorf("threshold %d: the empty Q5 = %q", tt.percent, b.Value)
		}
	}
}

// The share is that of the whole paper within the outline: a disc over half of
// it passes 30 and 50 percent, and not 70 (spec/markup.md 12.4).
func TestThresholdOfAHalfFilledBubble(t *testing.T) {
	p := every()
	g := drawEvery(p)
	b := p.Elements[0].Groups[0].Bubbles[1].Box
	const radius = 0.7071 * (60 - 3) / 2
	c := b.Center()
	for y := int(c.Y - 40); y < int(c.Y+40); y++ {
		for x := int(c.X - 40); x < int(c.X+40); x++ {
			if math.Hypot(float64(x)-c.X, float64(y)-c.Y) < radius {
				g.Pix[g.PixOffset(x, y)] = 40
			}
		}
	}
	for percent, want := range map[int]string{30: "B", 50: "B", 70: "", 90: ""} {
		if a := named(t, read(t, g, p, mark.Options{Threshold: &percent}), "Q1"); a.Value != want || want == "" && a.Doubt == "" {
			t.Errorf("threshold %d: %q in doubt %q, want %q", percent, a.Value, a.Doubt, want)
		}
	}
}

// Weak and ambiguous marks may be read either way, never without a doubt.
func TestDoubtfulMarks(t *testing.T) {
	tests := []struct {
		name string
		pens []sheettest.Pen // of A, B, …
	}{
		{"a dot", []sheettest.Pen{{Kind: "dot", Luma: 60, Width: 22}}},
		{"an erased mark beside a plain one", []sheettest.Pen{{Kind: "fill", Luma: 200, Width: 10}, pen}},
		{"a pale touch alone", []sheettest.Pen{{Kind: "fill", Luma: 222, Width: 10}}},
		{"a short stroke beside a full mark", []sheettest.Pen{pen, {Kind: "dot", Luma: 60, Width: 22}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := every()
			g := drawEvery(p)
			for i, pn := range tt.pens {
				fill(g, pn, p.Elements[3].Groups[0].Bubbles[i].Box)
			}
			// The rest of the sheet has plain marks.
			for i := range 3 {
				fill(g, pen, p.Elements[i].Groups[0].Bubbles[i].Box)
			}
			if a := named(t, read(t, g, p, mark.Options{}), "Q4"); a.Doubt == "" {
				t.Errorf("Q4 = %q without a doubt (%.6f): %+v", a.Value, a.Confidence, a.Bubbles)
			}
		})
	}
}

func TestHiddenBubblesAreInDoubt(t *testing.T) {
	p := every()
	g := drawEvery(p)
	box := p.Elements[4].Groups[0].Bubbles[1].Box.Grow(9)
	for y := int(box.Y); y < int(box.Y+box.H); y++ {
		for x := int(box.X); x < int(box.X+box.W); x++ {
			g.Pix[y*g.Stride+x] = 255
		}
	}
	a := named(t, read(t, g, p, mark.Options{}), "Q5")
	if a.Doubt == "" {
		t.Errorf("an outline is gone, yet Q5 = %q without a doubt (%.6f)", a.Value, a.Confidence)
	}
	if b := named(t, read(t, g, p, mark.Options{}), "Q6"); b.Doubt != "" {
		t.Errorf("Q6 in doubt %q though its outlines are there", b.Doubt)
	}
}

// Whole sheets by several pens and cameras: what is not in doubt is right, and
// nearly all is not in doubt.
func TestSheets(t *testing.T) {
	right, doubtful := 0, 0
	for i, pn := range sheettest.Pens {
		seed := uint64(40 + i)
		p := sheettest.Form(seed, sheettest.Markers(i%3))
		g := sheettest.Draw(p, sheettest.Look{Seed: seed})
		truth := sheettest.Choose(p, seed)
		sheettest.Mark(g, p, truth, pn, seed)
		c := sheettest.Phone(seed, 0.3)
		c.Scale = 0.6
		photo, _ := c.Take(g, seed)
		for _, a := range read(t, photo, p, mark.Options{}) {
			switch want := truth.Values(p, a.Element); {
			case a.Doubt != "":
				doubtful++
			case a.Value != want:
				t.Errorf("seed %d, %s pen: %s = %q without a doubt, the pen wrote %q", seed, pn.Kind, a.Name, a.Value, want)
			default:
				right++
			}
		}
	}
	if doubtful*20 > right {
		t.Errorf("%d answers in doubt, %d right: more than 5 %%", doubtful, right)
	}
}

// A sheet on which every bubble is marked must not be taken for print.
func TestAllMarked(t *testing.T) {
	for _, pn := range []sheettest.Pen{pen, {Kind: "tick", Luma: 60, Width: 8}, {Kind: "fill", Luma: 120, Width: 10}} {
		p := sheettest.Form(3, sheettest.FiveMarkers)
		g := sheettest.Draw(p, sheettest.Look{})
		all := sheettest.Truth{}
		for _, pl := range register.Places(p) {
			all[[3]int{pl.Element, pl.Group, pl.Index}] = true
		}
		sheettest.Mark(g, p, all, pn, 1)
		for _, a := range read(t, g, p, mark.Options{}) {
			if want := all.Values(p, a.Element); a.Doubt == "" && a.Value != want {
				t.Errorf("%s: %s = %q without a doubt, want %q", pn.Kind, a.Name, a.Value, want)
			}
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	p := sheettest.Form(3, sheettest.FiveMarkers)
	g := sheettest.Draw(p, sheettest.Look{})
	sheettest.Mark(g, p, sheettest.Choose(p, 3), pen, 3)
	m, err := register.Page(g, p, register.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		mark.Decide(mark.Measure(g, m, p, mark.Options{}), mark.Options{})
	}
}
