// Package svg draws pictures in Scalable Vector Graphics (SVG 1.1, W3C
// Recommendation 16 August 2011, and what of SVG 2 exporters write).
//
// In: the bytes of a drawing and the size to draw it at. Out: a picture with
// transparent ground. Drawn are shapes, paths, strokes with dashes, gradients,
// clipping paths, groups, symbols and simple style sheets. What would change the
// picture and is not drawn (text, filters, masks, patterns, embedded pictures) is
// refused, never left out. Nothing outside the bytes is looked at; work and memory
// are bounded. Deterministic; a Drawing is safe for concurrent use.
//
// Faults: image_unreadable for what is no well-formed drawing, image_unsupported
// for a feature, image_too_large for more than the limits.
package svg

import (
	"bytes"
	"fmt"
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/fault"
)

// Limits of a drawing.
const (
	maxBytes    = 16 << 20
	maxNodes    = 200_000
	maxDepth    = 100
	maxUses     = 10_000        // elements drawn through use
	maxSegments = 2_000_000     // of all paths
	maxWork     = 1_000_000_000 // crossings of edges and lines of pixels
	maxLayered  = 200_000_000   // pixels of all layers at a time
)

// Drawing is a parsed drawing.
type Drawing struct {
	root          *node
	byID          map[string]*node
	width, height float64 // page px
	box           viewBox
}

// Is tells whether the bytes look like a drawing.
func Is(data []byte) bool {
	head := bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 4096)], []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(head, []byte("<svg")) {
		return true
	}
	return (bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<!"))) && bytes.Contains(head, []byte("<svg"))
}

// Parse reads a drawing.
func Parse(data []byte) (*Drawing, error) {
	if len(data) > maxBytes {
		return nil, tooLarge(fmt.Sprintf("it has %d MB", len(data)>>20))
	}
	root, byID, err := readTree(data)
	if err != nil {
		return nil, err
	}
	d := &Drawing{root: root, byID: byID}
	return d, d.measure()
}

// measure finds the natural size: width and height of the root, of which a bare
// number is page px and a physical length is as long on paper; else the viewBox.
func (d *Drawing) measure() error {
	var ok bool
	d.box, ok = parseViewBox(d.root.attr("viewBox"))
	w, okW := paperLength(d.root.attr("width"))
	h, okH := paperLength(d.root.attr("height"))
	switch {
	case okW && okH:
	case okW && ok:
		h = w * d.box.h / d.box.w
	case okH && ok:
		w = h * d.box.w / d.box.h
	case ok:
		w, h = d.box.w, d.box.h
	default:
		return unreadable("it has neither width and height nor a viewBox")
	}
	if !ok {
		d.box = viewBox{w: userLength(d.root.attr("width"), w), h: userLength(d.root.attr("height"), h)}
	}
	if !(w > 0 && h > 0 && w < 1e6 && h < 1e6) {
		return unreadable(fmt.Sprintf("it is %g × %g px", w, h))
	}
	d.width, d.height = w, h
	return nil
}

// Size is the natural size in page px, at least 1 × 1.
func (d *Drawing) Size() (w, h int) {
	return max(int(math.Round(d.width)), 1), max(int(math.Round(d.height)), 1)
}

// Raster draws the drawing, stretched to w × h pixels.
func (d *Drawing) Raster(w, h int) (img image.Image, err error) {
	if w <= 0 || h <= 0 || w > maxLayered/h {
		return nil, tooLarge(fmt.Sprintf("it would be %d × %d px", w, h))
	}
	p := &painter{d: d, w: w, h: h}
	p.layers = []*image.RGBA{image.NewRGBA(image.Rect(0, 0, w, h))}
	m := scaling(float64(w)/d.width, float64(h)/d.height).mul(d.box.into(0, 0, d.width, d.height, d.root.attr("preserveAspectRatio")))
	if err := p.children(d.root, initialStyle().with(d.root), m); err != nil {
		return nil, err
	}
	return p.layers[0], nil
}

func unreadable(what string) error {
	return &fault.Error{
		Code: "image_unreadable", Kind: fault.Invalid,
		Cause: "the SVG drawing is damaged: " + what, Cure: "export the drawing again",
	}
}

func unsupported(what string) error {
	return &fault.Error{
		Code: "image_unsupported", Kind: fault.Unsupported,
		Cause: "the SVG drawing uses " + what + ", which cannot be drawn",
		Cure:  "convert it to paths in the drawing program, or export a PNG",
	}
}

func tooLarge(what string) error {
	return &fault.Error{
		Code: "image_too_large", Kind: fault.TooLarge,
		Cause: "the SVG drawing is too large: " + what, Cure: "simplify the drawing, or export a PNG",
	}
}
