// Package layout places a form: from the tree to boxes at whole page px, and
// from the same boxes the recognition pattern. It draws nothing.
//
// In: form.Form, form.Settings, pictures by name. Out: a Document, its
// diagnostics (spec/markup.md 16) and its Pattern. Lengths are page px at
// 300 dpi, origin top left, y down. Deterministic; no network, no clock.
package layout

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Document is a laid-out form: every page's items in painting order, and where
// recognition must look.
type Document struct {
	Name    string // of the form
	Lang    string // BCP 47, empty if unknown
	Pages   []Sheet
	Pattern *pattern.Pattern
	Faces   *typeset.Faces // that its lines are set in; nil: the embedded ones
}

// Sheet is one laid-out page.
type Sheet struct {
	Width, Height int            // px
	Items         []Item         // in painting order (spec/markup.md 9.8)
	Faces         *typeset.Faces // as in Document
}

// Fonts are the faces of the page's lines.
func (s Sheet) Fonts() *typeset.Faces { return fonts(s.Faces) }

// Fonts are the faces of the document's lines.
func (d *Document) Fonts() *typeset.Faces { return fonts(d.Faces) }

func fonts(f *typeset.Faces) *typeset.Faces {
	if f == nil {
		return typeset.Default()
	}
	return f
}

// Item is something to draw: exactly one of the pointers but Clip and Turn is set.
type Item struct {
	Clip    *geom.PageRect // nothing of it is drawn outside (overflow=clip); nil: no limit
	Turn    *Turn          // of Text and Modules: drawn turned; nil: upright
	Rect    *Rect
	Ellipse *Ellipse
	Line    *Rule
	Text    *TextLine
	Picture *Picture
	Modules *Modules

	source *form.Element // that it was drawn for
}

// Turn is a rotation about a point.
type Turn struct {
	Degrees float64 // clockwise
	About   geom.PagePt
}

// At is where the turn takes a point.
func (t *Turn) At(p geom.PagePt) geom.PagePt {
	if t == nil {
		return p
	}
	sin, cos := math.Sincos(t.Degrees * math.Pi / 180)
	x, y := p.X-t.About.X, p.Y-t.About.Y
	return geom.PagePt{X: t.About.X + x*cos - y*sin, Y: t.About.Y + x*sin + y*cos}
}

// Bounds is the box of a turned box.
func (t *Turn) Bounds(r geom.PageRect) geom.PageRect {
	if t == nil {
		return r
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range [4]geom.PagePt{{X: r.X, Y: r.Y}, {X: r.X + r.W, Y: r.Y}, {X: r.X, Y: r.Y + r.H}, {X: r.X + r.W, Y: r.Y + r.H}} {
		c = t.At(c)
		x0, y0, x1, y1 = min(x0, c.X), min(y0, c.Y), max(x1, c.X), max(y1, c.Y)
	}
	return geom.PageRect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// Rect is a filled and/or stroked rectangle; the stroke is centred on its edge.
type Rect struct {
	Box    geom.PageRect
	Fill   form.Color // None: not filled
	Stroke form.Color // None: not stroked
	Width  float64    // of the stroke
	Radius float64    // of the corners
}

// Ellipse is stroked (a bubble's outline), centred on its box's edge.
type Ellipse struct {
	Box    geom.PageRect
	Stroke form.Color
	Width  float64
}

// Rule is a straight stroke with square ends.
type Rule struct {
	From, To geom.PagePt
	Color    form.Color
	Width    float64
}

// TextLine is one line of shaped text with its origin: the left end of the baseline.
type TextLine struct {
	Origin geom.PagePt
	Line   typeset.Line
	Color  form.Color
	Text   string // what it says, for selection and reading order
	// Underline and Strike are offsets of a rule from the baseline, y down; nil: none.
	Underline, Strike *Decoration
}

// Decoration is an underline or strikeout: centre offset from the baseline and width, px.
type Decoration struct{ Offset, Width float64 }

// Picture is a placed raster image; transparent pixels show the paper.
type Picture struct {
	Box   geom.PageRect
	Image image.Image
	Name  string
}

// Modules is a barcode: black modules on a white ground; the ground covers the quiet zone.
type Modules struct {
	Ground geom.PageRect   // filled white
	Bars   []geom.PageRect // filled black
	Label  string          // the encoded text, for accessibility
}
