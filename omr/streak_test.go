package omr_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
)

// A dirty glass draws a line through a column of bubbles: on an unfilled sheet no
// answer is given without a doubt, and the other columns stay certain.
func TestScannerLine(t *testing.T) {
	made, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: []byte(`?answer_sheet=Q
	elements_count=30
	columns_count=2
	answers_count=5
`)})
	if made == nil {
		t.Fatal(list)
	}
	page, err := png.Decode(bytes.NewReader(made.Pages[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	p := made.Document.Pattern
	bubble := p.Pages[0].Elements[0].Groups[0].Bubbles[1].Box
	for _, width := range []int{1, 2, 4} {
		for _, off := range []float64{0.3, 0.5, 0.62} {
			g := image.NewGray(page.Bounds())
			for y := range g.Rect.Dy() {
				for x := range g.Rect.Dx() {
					g.Set(x, y, page.At(x, y))
				}
				for k := range width {
					g.SetGray(int(bubble.X+off*bubble.W)+k, y, color.Gray{Y: 70})
				}
			}
			data, err := imageio.EncodePNG(g, 300)
			if err != nil {
				t.Fatal(err)
			}
			out, _ := omr.Recognize(t.Context(), p, omr.Scan{Data: data}, omr.RecognizeOptions{})
			if out[0].Err != nil {
				t.Fatal(out[0].Err)
			}
			marked, sure := 0, 0
			for _, a := range out[0].Sheet.Answers {
				switch {
				case a.Value != "" && a.Doubt == nil:
					marked++
				case a.Doubt == nil:
					sure++
				}
			}
			if marked > 0 || sure < 15 {
				t.Errorf("a line of %d px at %.2f of the bubbles: %d answers marked without a doubt, %d empty for certain (15 fields are clear of it)", width, off, marked, sure)
			}
		}
	}
}
