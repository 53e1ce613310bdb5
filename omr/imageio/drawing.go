package imageio

import (
	"image"
	"image/color"
	"sync"

	"github.com/leafmark/leafmark/omr/imageio/svg"
)

// Drawing is a vector drawing (SVG) as a picture: its bounds are its natural size
// in page px, its pixels those at that size. Raster draws it as large as it is
// printed. Safe for concurrent use.
type Drawing struct {
	source  *svg.Drawing
	w, h    int
	mu      sync.Mutex
	rasters map[image.Point]image.Image
}

// maxRasters are kept: a form shows its logo at few sizes, a form for a thousand
// persons shows it a thousand times.
const maxRasters = 4

// DecodePicture is a picture for a form: a *Drawing of an SVG drawing, else
// DecodeColor.
func DecodePicture(data []byte, opt Options) (image.Image, error) {
	if !svg.Is(data) {
		opt.NoHEIC = true // of which only luma is decoded
		img, _, err := DecodeColor(data, opt)
		return img, err
	}
	var d *Drawing
	err := guard("svg", func() error {
		source, err := svg.Parse(data)
		if err != nil {
			return err
		}
		d = &Drawing{source: source, rasters: map[image.Point]image.Image{}}
		d.w, d.h = source.Size()
		limit := opt.MaxPixels
		if limit == 0 {
			limit = maxColorPixels
		}
		if d.w > limit/d.h {
			return tooLarge(Info{Format: "svg", Width: d.w, Height: d.h}, limit)
		}
		// What cannot be drawn is found by drawing it.
		_, err = source.Raster(64, 64)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Raster is the drawing stretched to w × h pixels. The picture is shared: it is not
// to be changed.
func (d *Drawing) Raster(w, h int) (img image.Image, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if img := d.rasters[image.Pt(w, h)]; img != nil {
		return img, nil
	}
	err = guard("svg", func() error {
		img, err = d.source.Raster(w, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(d.rasters) == maxRasters {
		clear(d.rasters)
	}
	d.rasters[image.Pt(w, h)] = img
	return img, nil
}

// ColorModel implements image.Image.
func (d *Drawing) ColorModel() color.Model { return color.RGBAModel }

// Bounds implements image.Image.
func (d *Drawing) Bounds() image.Rectangle { return image.Rect(0, 0, d.w, d.h) }

// At implements image.Image.
func (d *Drawing) At(x, y int) color.Color {
	img, err := d.Raster(d.w, d.h)
	if err != nil {
		return color.RGBA{}
	}
	return img.At(x, y)
}
