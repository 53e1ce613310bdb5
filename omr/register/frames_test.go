package register_test

import (
	"image"
	"image/draw"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/synth"
)

// A grid's fields to write its digits into look like outlines of bubbles: on a
// form with few bubbles they must not make its own sheets foreign.
func TestFramesOfTheFormAreNotForeign(t *testing.T) {
	const source = "?grid=Customer\n\tsections_count=6\n\torientation=vertical\n\theader_type=square\n\tbubble_size=small\n#When?\n\t() now () later\n"
	tree, list := markup.Parse([]byte(source))
	if tree == nil {
		t.Fatal(list)
	}
	doc, list := layout.Lay(tree, form.Settings{}, layout.Options{})
	if doc == nil {
		t.Fatal(list)
	}
	var frames []geom.PageRect
	for _, b := range doc.Pattern.Ours.Printed {
		if b.Kind == "border" {
			frames = append(frames, b.Box.Rect())
		}
	}
	if len(frames) != 6 {
		t.Fatalf("the pattern lists %d frames", len(frames))
	}
	for _, dpi := range []int{150, 200, 300} {
		g := render.Gray(doc.Pages[0], dpi)
		if _, err := register.Page(g, &doc.Pattern.Pages[0], register.Options{Frames: frames}); err != nil {
			t.Errorf("at %d dpi its own sheet is refused: %v", dpi, err)
		}
	}
	// Patterns of other programs do not list them: their shape tells.
	for _, dpi := range []int{150, 200, 300} {
		g := render.Gray(doc.Pages[0], dpi)
		if _, err := register.Page(g, &doc.Pattern.Pages[0], register.Options{}); err != nil {
			t.Errorf("at %d dpi, the pattern lists no frames: %v", dpi, err)
		}
	}
	// A sheet with a bubble more in every section is another form's.
	tree, list = markup.Parse([]byte(strings.Replace(source, "small\n", "small\n\toptions_count=11\n", 1)))
	if tree == nil {
		t.Fatal(list)
	}
	other, list := layout.Lay(tree, form.Settings{}, layout.Options{})
	if other == nil {
		t.Fatal(list)
	}
	g := render.Gray(other.Pages[0], 150)
	if _, err := register.Page(g, &doc.Pattern.Pages[0], register.Options{}); err == nil || fault.As(err).Code != "wrong_form" {
		t.Errorf("six bubbles that the form does not print: %v", err)
	}
}

// A form of one question has few letters, and some of them look the same upside
// down: its markers tell the turn all the same.
func TestFewLettersAreNoTurn(t *testing.T) {
	for _, symbols := range []string{"SB", "BB", "08"} {
		source := "#One?\n\t(" + strings.Join(strings.Split(symbols, ""), ") first (") + ") last\n"
		tree, list := markup.Parse([]byte(source))
		if tree == nil {
			t.Fatal(list)
		}
		doc, list := layout.Lay(tree, form.Settings{}, layout.Options{})
		if doc == nil {
			t.Fatal(list)
		}
		e := &doc.Pattern.Pages[0].Elements[0]
		for i, b := range e.Groups[0].Bubbles {
			truth := synth.Truth{e.Name: {b.Value}}
			sheet := synth.Fill(render.Gray(doc.Pages[0], 300), doc.Pattern, truth, synth.BallpointBlack, uint64(i+1))
			g := image.NewGray(sheet.Rect)
			draw.Draw(g, g.Rect, sheet, image.Point{}, draw.Src)
			m, err := register.Page(g, &doc.Pattern.Pages[0], register.Options{})
			if err != nil {
				t.Errorf("%s with %s marked is refused: %v", symbols, b.Value, err)
				continue
			}
			if m.Turn != 0 {
				t.Errorf("%s with %s marked is turned by %d", symbols, b.Value, m.Turn)
			}
		}
	}
}
