package result

import (
	"fmt"
	"image"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Placed says where a page lies in its picture; register.Map is one.
type Placed interface {
	Image(p geom.PagePt) geom.ImagePt
	Quad(r geom.PageRect) geom.Quad
	// Straight is a page box laid flat at about the picture's scale; nil for a
	// box without extent.
	Straight(g *image.Gray, box geom.PageRect) *image.Gray
}

// Crops cuts the answers of kind Crop out of the picture, straightened, in their
// order, with their resolution. What lies outside of the page is not taken.
func Crops(g *image.Gray, at Placed, p *pattern.Page, answers []mark.Answer) ([]Crop, error) {
	var out []Crop
	for _, a := range answers {
		if a.Kind != mark.Crop {
			continue
		}
		box, ok := within(a.Box, p)
		if !ok {
			continue
		}
		flat := at.Straight(g, box)
		if flat == nil {
			continue
		}
		dpi := int(float64(flat.Rect.Dx())/box.W*geom.PxPerInch + 0.5)
		data, err := imageio.EncodeScanPNG(flat, dpi)
		if err != nil {
			return nil, fmt.Errorf("encode crop %q: %w", a.Name, err)
		}
		out = append(out, Crop{
			Name: a.Name, File: uniqueFile(a.Name, map[string]bool{}), PNG: data,
			Places: &Places{pageBox(box), imageQuad(at.Quad(box))},
		})
	}
	return out, nil
}

// within is the part of a box that lies on the page.
func within(b geom.PageRect, p *pattern.Page) (geom.PageRect, bool) {
	x0, y0 := max(b.X, 0), max(b.Y, 0)
	x1, y1 := min(b.X+b.W, p.Width), min(b.Y+b.H, p.Height)
	return geom.PageRect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}, x1 > x0 && y1 > y0
}
