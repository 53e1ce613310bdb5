// Package render draws a laid-out form: to pixels at any resolution, and as
// vectors to PDF. It decides no place.
//
// In: layout.Sheet and layout.Document, page px at 300 dpi. Out: a picture, its
// file, or a PDF whose geometry differs from the picture's by less than 0.1 mm.
// Faults: image_too_large for a page of more than 300 million pixels.
// Deterministic: no clock, no randomness. Safe for concurrent use.
package render

import (
	"fmt"
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
)

// maxPixels of a page: spec/api.md 1.8, so that what we print can be read back.
const maxPixels = 300_000_000

// jpegQuality keeps the ringing around letters below the paper's own noise.
const jpegQuality = 90

// PNG is the page as a PNG file that says its resolution. Pages without colours
// are grey, others have a palette where 256 colours suffice. dpi 0 is 300.
func PNG(p layout.Sheet, dpi int) ([]byte, error) {
	img, dpi, err := leanest(p, dpi)
	if err != nil {
		return nil, err
	}
	return imageio.EncodePNG(img, dpi)
}

// JPEG is the page as a JPEG file that says its resolution. dpi 0 is 300.
func JPEG(p layout.Sheet, dpi int) ([]byte, error) {
	img, dpi, err := leanest(p, dpi)
	if err != nil {
		return nil, err
	}
	return imageio.EncodeJPEG(img, jpegQuality, dpi)
}

// Raster is the page in colour. dpi 0 is 300.
func Raster(p layout.Sheet, dpi int) *image.RGBA {
	w, h, scale := pixels(p, dpi)
	c := newColorCanvas(w, h)
	paint(p, c, scale)
	return c.img
}

// Gray is the page's luma plane. dpi 0 is 300.
func Gray(p layout.Sheet, dpi int) *image.Gray {
	w, h, scale := pixels(p, dpi)
	c := newGrayCanvas(w, h)
	paint(p, c, scale)
	return c.img
}

// leanest draws a page without colours to a grey plane: a quarter of the memory
// and of the time to encode.
func leanest(p layout.Sheet, dpi int) (image.Image, int, error) {
	if dpi <= 0 {
		dpi = geom.PxPerInch
	}
	w, h, _ := pixels(p, dpi)
	if w <= 0 || h <= 0 || w > maxPixels/h {
		return nil, 0, &fault.Error{
			Code: "image_too_large", Kind: fault.TooLarge,
			Cause: fmt.Sprintf("the page would have %d × %d pixels at %d dpi, the limit is %d million", w, h, dpi, maxPixels/1_000_000),
			Cure:  "render at a lower resolution",
		}
	}
	if colorless(p) {
		return Gray(p, dpi), dpi, nil
	}
	return Raster(p, dpi), dpi, nil
}

func pixels(p layout.Sheet, dpi int) (w, h int, scale float64) {
	if dpi <= 0 {
		dpi = geom.PxPerInch
	}
	scale = float64(dpi) / geom.PxPerInch
	return int(math.Round(float64(p.Width) * scale)), int(math.Round(float64(p.Height) * scale)), scale
}

func colorless(p layout.Sheet) bool {
	neutral := func(c form.Color) bool { return c.None || c.R == c.G && c.G == c.B }
	for _, item := range p.Items {
		switch {
		case item.Rect != nil && (!neutral(item.Rect.Fill) || !neutral(item.Rect.Stroke)),
			item.Ellipse != nil && !neutral(item.Ellipse.Stroke),
			item.Line != nil && !neutral(item.Line.Color),
			item.Text != nil && !neutral(item.Text.Color),
			item.Picture != nil && !grayPicture(item.Picture.Image):
			return false
		}
	}
	return true
}

// smallPicture is the number of pixels that are worth a look for colours.
const smallPicture = 1 << 20

func grayPicture(img image.Image) bool {
	switch img := img.(type) {
	case *image.Gray, *image.Gray16:
		return true
	case *image.Paletted:
		for _, c := range img.Palette {
			if r, g, b, _ := c.RGBA(); r != g || g != b {
				return false
			}
		}
		return true
	}
	b := img.Bounds()
	if b.Dx() > smallPicture/max(b.Dy(), 1) {
		return false
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, bl, _ := img.At(x, y).RGBA(); r != g || g != bl {
				return false
			}
		}
	}
	return true
}

// paint draws the items in their order.
func paint(p layout.Sheet, c canvas, scale float64) {
	painter := newPainter(c, scale, p.Fonts())
	for _, item := range p.Items {
		painter.clipTo(item.Clip)
		switch {
		case item.Rect != nil:
			painter.rect(item.Rect)
		case item.Ellipse != nil:
			painter.ellipse(item.Ellipse)
		case item.Line != nil:
			painter.rule(item.Line)
		case item.Text != nil:
			painter.text(item.Text, item.Turn)
		case item.Picture != nil:
			painter.picture(item.Picture)
		case item.Modules != nil:
			painter.modules(item.Modules, item.Turn)
		}
	}
}
