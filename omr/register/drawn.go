package register

import (
	"image"
	"image/draw"
	"math"
	"unicode/utf8"

	"golang.org/x/image/vector"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/typeset"
)

// What a pattern of ours prints inside a bubble is known but for the picture: the
// symbol, its family and the bubble's size (spec/markup.md 7.3).

// symbolAir is the paper between a symbol's ink and the outline, px, and
// symbolLine the outline's width.
const (
	symbolAir  = 4.0
	symbolLine = 3.0
)

// longestSymbol bounds what is drawn: more characters do not fit a bubble.
const longestSymbol = 12

// Drawn is a symbol as a form prints it, in the cells of an outline's inside.
type Drawn struct {
	Cells [GlyphCells * GlyphCells]uint8 // share of ink, 255: all
	soft  *facet
}

// DrawSymbol draws the symbol in the family as a form prints it in an outline of
// w × h page px; the cells go over grain of the outline, the ink is centred. ok is
// false for blanks, and for characters and families that no embedded font has.
func DrawSymbol(symbol, family string, shape Shape, w, h, grain float64) (d *Drawn, ok bool) {
	if symbol == "" || utf8.RuneCountInString(symbol) > longestSymbol || w < 2*symbolAir+10 || h < 2*symbolAir+10 {
		return nil, false
	}
	faces := typeset.Default()
	font := typeset.Font{Family: family, Size: 100}
	if _, substituted, known := faces.Resolve(font); substituted || !known {
		return nil, false
	}
	if len(faces.Missing(symbol, font)) > 0 {
		return nil, false
	}
	font.Size = h / 3 / faces.Metrics(font).CapHeight * 100
	var line typeset.Line
	var box geom.PageRect
	for range 3 { // the shrunk ink is measured again
		line = faces.Lines(symbol, font, 0)[0]
		x0, y0, x1, y1, ink := faces.Ink(line)
		if !ink {
			return nil, false
		}
		box = geom.PageRect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
		k := shrunk(box, shape, w, h)
		if k >= 1 {
			break
		}
		font.Size *= k
	}
	mid := box.Center()
	kx, ky := GlyphCells/(w*grain), GlyphCells/(h*grain)
	r := vector.NewRasterizer(GlyphCells, GlyphCells)
	for _, run := range line.Runs {
		for _, g := range run.Glyphs {
			trace(r, faces.Outline(run.Face, g.ID), func(x, y float32) (float32, float32) {
				px, py := run.X+g.X+float64(x)*run.Size-mid.X, g.Y-float64(y)*run.Size-mid.Y
				return float32(px*kx + GlyphCells/2), float32(py*ky + GlyphCells/2)
			})
		}
	}
	dst := image.NewAlpha(image.Rect(0, 0, GlyphCells, GlyphCells))
	r.DrawOp = draw.Src
	r.Draw(dst, dst.Rect, image.Opaque, image.Point{})
	d = &Drawn{Cells: [GlyphCells * GlyphCells]uint8(dst.Pix)}
	d.soft = facetOf(&d.Cells)
	return d, true
}

func facetOf(cells *[GlyphCells * GlyphCells]uint8) *facet {
	var p patch
	for i, c := range cells {
		p[i] = float32(c)
	}
	p = p.soften()
	return newFacet(&p)
}

// Match tells how much the darkness of an inside looks like the symbol, and how
// many cells right and down it then stands. Clean prints reach 0.8 and more.
func (d *Drawn) Match(cells *[GlyphCells * GlyphCells]uint8) (likeness float64, dx, dy int) {
	seen := facetOf(cells)
	for y := -faceShift; y <= faceShift; y++ {
		for x := -faceShift; x <= faceShift; x++ {
			if v := seen.correlate(d.soft, x, y); v > likeness {
				likeness, dx, dy = v, x, y
			}
		}
	}
	return likeness, dx, dy
}

// shrunk is the factor (at most 1) by which centred ink stays inside the outline.
func shrunk(ink geom.PageRect, shape Shape, w, h float64) float64 {
	x := ink.W / 2 / (w/2 - symbolLine/2 - symbolAir)
	y := ink.H / 2 / (h/2 - symbolLine/2 - symbolAir)
	if shape == Rectangle {
		return min(1, 1/max(x, y, 1e-9))
	}
	return min(1, 1/max(math.Hypot(x, y), 1e-9))
}

// trace adds a glyph's outline, whose points the map places.
func trace(r *vector.Rasterizer, outline []typeset.Segment, at func(x, y float32) (float32, float32)) {
	for _, s := range outline {
		x, y := at(s.Args[0][0], s.Args[0][1])
		switch s.Op {
		case typeset.MoveTo:
			r.ClosePath()
			r.MoveTo(x, y)
		case typeset.LineTo:
			r.LineTo(x, y)
		case typeset.QuadTo:
			u, v := at(s.Args[1][0], s.Args[1][1])
			r.QuadTo(x, y, u, v)
		case typeset.CubeTo:
			u, v := at(s.Args[1][0], s.Args[1][1])
			p, q := at(s.Args[2][0], s.Args[2][1])
			r.CubeTo(x, y, u, v, p, q)
		}
	}
	r.ClosePath()
}
