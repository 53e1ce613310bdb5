package mark_test

import (
	"fmt"
	"image"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/synth"
)

// once prints hardly any symbol twice.
const once = `?score_group=Group
?score_question=Part
	row_proportions=40%-20%-20%
	score_display=DisplayInsideCell
?score_header=Yes
	header_type=positive
?score_header=Twice
	header_type=positive
	score=2
?score_answer=Item1
	score=120
?score_answer=Item2
	score=17
?score_answer=Item3
	score=8
&score_question
&score_group
#One?
	() Yes () No
#Two?
	(10)(9)(44)
?checkbox=Box
?content=Red
?content=Blue
&checkbox
`

// laid is the first page of a source at 150 dpi, and its pattern.
func laid(t *testing.T, source string) (*image.Gray, *pattern.Page) {
	t.Helper()
	tree, list := markup.Parse([]byte(source))
	if tree == nil || list.Failed() {
		t.Fatal(list)
	}
	doc, list := layout.Lay(tree, form.Settings{}, layout.Options{})
	if doc == nil || list.Failed() {
		t.Fatal(list)
	}
	return render.Gray(doc.Pages[0], 150), &doc.Pattern.Pages[0]
}

// filled is the page with the truth marked in, grey.
func filled(page *image.Gray, p *pattern.Page, truth synth.Truth, pen synth.Pen, seed uint64) *image.Gray {
	rgba := synth.FillPage(page, p, truth, pen, seed)
	g := image.NewGray(rgba.Rect)
	for i := range g.Pix {
		c := rgba.Pix[4*i : 4*i+3]
		g.Pix[i] = uint8((299*int(c[0]) + 587*int(c[1]) + 114*int(c[2])) / 1000)
	}
	return g
}

// What is printed in one bubble alone is no mark.
func TestSymbolsPrintedOnceAreEmptyForCertain(t *testing.T) {
	g, p := laid(t, once)
	for _, a := range read(t, g, p, mark.Options{}) {
		if want := map[mark.Kind]string{mark.Total: "0"}[a.Kind]; a.Name != "Part_total" && a.Value != want || a.Doubt != "" {
			t.Errorf("%s = %q in doubt %q (%.6f)", a.Name, a.Value, a.Doubt, a.Confidence)
		}
	}
}

// Marks over such symbols are read, with pens that cover them and those that
// hardly do: never as none without a doubt.
func TestMarksOverSymbolsPrintedOnce(t *testing.T) {
	g, p := laid(t, once)
	truth := synth.Truth{"Part": {"Item1", "Item2\t2"}, "Question1": {"B"}, "Question2": {"44"}, "Box": {"Red"}}
	want := map[string]string{"Part": "Item1,Item2", "Part_total": "154", "Group_total": "154", "Question1": "B", "Question2": "44", "Box": "Red"}
	plain := 0
	for k, pen := range []synth.Pen{
		synth.BallpointBlack, synth.Felt, synth.PencilHB.As(synth.Tick), synth.BallpointBlue.As(synth.Tick),
		synth.PencilHB.As(synth.Light), synth.PencilSoft.As(synth.Cross), synth.BallpointBlue.As(synth.Partial),
	} {
		for seed := range uint64(3) {
			for _, a := range read(t, filled(g, p, truth, pen, seed+1), p, mark.Options{}) {
				if a.Doubt == "" && a.Value != want[a.Name] {
					t.Errorf("%s: %s = %q without a doubt (%.6f), want %q", fmt.Sprint("pen ", k, " seed ", seed), a.Name, a.Value, a.Confidence, want[a.Name])
				}
				if k < 2 && a.Doubt == "" {
					plain++
				}
			}
		}
	}
	if all := 2 * 3 * len(want); plain < all {
		t.Errorf("%d of %d rows of plain marks are sure", plain, all)
	}
}
