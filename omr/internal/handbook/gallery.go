package handbook

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/render"
)

// galleryDPI is the resolution of the pictures in the gallery: text is legible.
const galleryDPI = 75

// Gallery is docs/gallery.md with a picture of each form of the library.
func Gallery() ([]Page, error) {
	var b strings.Builder
	b.WriteString("# Ready forms\n\n" + made)
	b.WriteString("`leafmark forms` lists them, `leafmark forms NAME -o FILE` writes one to begin with; the\n" +
		"dashboard has them under *Forms*. All of them fit on A4 and Letter paper.\n\n" +
		"```sh\nleafmark forms exam-20 -o exam.txt\nleafmark render exam.txt --format pdf,png\n```\n")
	var pages []Page
	for _, f := range library.Forms() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n`%s` · %s · [source](../omr/library/forms/%s)\n", f.Title, f.Description, f.Name, strings.Join(f.Tags, ", "), f.File())
		if f.Twin != "" {
			continue // it looks the same
		}
		made, list := omr.Generate(context.Background(), omr.GenerateRequest{Markup: f.Source(), Formats: []string{"png"}, DPI: 30})
		if made == nil {
			return nil, list
		}
		for i, sheet := range made.Document.Pages {
			name := f.Name
			if len(made.Document.Pages) > 1 {
				name = fmt.Sprintf("%s-%d", f.Name, i+1)
			}
			fmt.Fprintf(&b, "\n![%s](images/gallery/%s.png)\n", f.Title, name)
			pages = append(pages, Page{Path: "images/gallery/" + name + ".png", Picture: edged(render.Raster(sheet, galleryDPI))})
		}
	}
	return append([]Page{{Path: "gallery.md", Text: b.String()}}, pages...), nil
}

// edged is a page with a grey edge, so that white paper ends on white ground.
func edged(img *image.RGBA) image.Image {
	edge := image.NewUniform(color.Gray{Y: 0xbb})
	r := img.Rect
	sides := []image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+1), image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, r.Min.Y, r.Min.X+1, r.Max.Y), image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y),
	}
	for _, side := range sides {
		draw.Draw(img, side, edge, image.Point{}, draw.Src)
	}
	return lean(img)
}
