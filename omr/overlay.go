package omr

import (
	"fmt"

	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
)

// Overlay is a PNG of the picture with what was read drawn on it: confidence by
// colour, the markers found, a legend. f is the file that r was read from. A
// refused picture is shown as it came.
func Overlay(p *pattern.Pattern, r *Reading, f *imageio.File) ([]byte, error) {
	img, _, err := f.DecodeColor(r.Image - 1)
	if err != nil {
		return nil, fmt.Errorf("overlay of %s: %w", r.File, err)
	}
	if r.Map == nil || r.Page == 0 {
		return imageio.EncodePNG(img, 0)
	}
	v := result.View{
		Picture: img, At: r.Map, Turn: r.Map.Turn, Page: &p.Pages[r.Page-1], Answers: r.Answers,
		Title: result.FileName(r.File, r.Image), Markers: make([]bool, len(p.Pages[r.Page-1].Markers)),
		Pattern: p, Index: r.Page - 1, Plane: r.Size,
	}
	for _, m := range r.Map.Markers {
		v.Markers[m.Index] = m.Found
	}
	return imageio.EncodePNG(result.Overlay(v), 0)
}
