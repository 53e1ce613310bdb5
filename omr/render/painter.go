package render

import (
	"image"
	"math"

	"golang.org/x/image/vector"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/typeset"
)

// painter turns items into coverage on a canvas. Shapes that recur, glyphs and
// bubbles, are made once a page for each quarter of a pixel that they begin at.
type painter struct {
	to     canvas
	scale  float64 // pixels a page px
	clip   image.Rectangle
	faces  *typeset.Faces
	raster vector.Rasterizer
	glyphs map[glyphKey]glyphMask
	rings  map[ringKey]*mask
}

type glyphKey struct {
	face  typeset.FaceID
	glyph uint32
	size  float64
	x, y  uint8 // quarters of a pixel
}

type glyphMask struct {
	*mask
	at image.Point // of the mask's corner from the glyph's whole-pixel origin
}

type ringKey struct {
	w, h, width float64
	x, y        uint8
}

const quarters = 4 // positions a pixel at which masks are made

func newPainter(to canvas, scale float64, faces *typeset.Faces) *painter {
	return &painter{
		to: to, scale: scale, clip: to.bounds(), faces: faces,
		glyphs: map[glyphKey]glyphMask{}, rings: map[ringKey]*mask{},
	}
}

func (p *painter) clipTo(r *geom.PageRect) {
	p.clip = p.to.bounds()
	if r != nil {
		p.clip = p.clip.Intersect(p.nearest(*r))
	}
}

// nearest is the box at whole pixels.
func (p *painter) nearest(r geom.PageRect) image.Rectangle {
	return image.Rect(
		int(math.Round(r.X*p.scale)), int(math.Round(r.Y*p.scale)),
		int(math.Round((r.X+r.W)*p.scale)), int(math.Round((r.Y+r.H)*p.scale)))
}

// levels is the number of steps of coverage above none: 16 levels look smooth,
// and a grey page fits four bits a pixel.
const levels = 15

func leveled(cover float64) uint8 {
	return uint8(math.Round(cover*levels) * 255 / levels)
}

func (p *painter) rect(r *layout.Rect) {
	radius := math.Min(r.Radius, math.Min(r.Box.W, r.Box.H)/2)
	if radius > 0 {
		p.rounded(r, radius)
		return
	}
	if !r.Fill.None {
		p.area(r.Box, r.Fill)
	}
	if r.Stroke.None || r.Width <= 0 {
		return
	}
	outer, inner := r.Box.Grow(r.Width/2), r.Box.Grow(-r.Width/2)
	if inner.W <= 0 || inner.H <= 0 {
		p.area(outer, r.Stroke)
		return
	}
	for _, side := range []geom.PageRect{
		{X: outer.X, Y: outer.Y, W: outer.W, H: r.Width},
		{X: outer.X, Y: inner.Y + inner.H, W: outer.W, H: r.Width},
		{X: outer.X, Y: inner.Y, W: r.Width, H: inner.H},
		{X: inner.X + inner.W, Y: inner.Y, W: r.Width, H: inner.H},
	} {
		p.area(side, r.Stroke)
	}
}

// area fills an upright rectangle, exact to fractions of pixels.
func (p *painter) area(r geom.PageRect, ink form.Color) {
	x0, y0 := r.X*p.scale, r.Y*p.scale
	x1, y1 := (r.X+r.W)*p.scale, (r.Y+r.H)*p.scale
	for _, v := range spans(y0, y1) {
		for _, h := range spans(x0, x1) {
			px := image.Rect(h.from, v.from, h.to, v.to).Intersect(p.clip)
			if cover := leveled(h.cover * v.cover); !px.Empty() && cover > 0 {
				p.to.fill(px, ink, cover)
			}
		}
	}
}

type span struct {
	from, to int
	cover    float64
}

// spans splits [a, b) into the pixels that it covers in part and in whole.
func spans(a, b float64) []span {
	const dust = 1e-6
	if b-a < dust {
		return nil
	}
	first, last := int(math.Floor(a+dust)), int(math.Ceil(b-dust))
	if last-first <= 1 {
		return []span{{first, first + 1, b - a}}
	}
	var all []span
	from, to := first, last
	if head := float64(first+1) - a; head < 1-dust {
		all = append(all, span{first, first + 1, head})
		from++
	}
	if tail := b - float64(last-1); tail < 1-dust {
		all = append(all, span{last - 1, last, tail})
		to--
	}
	if from < to {
		all = append(all, span{from, to, 1})
	}
	return all
}

func (p *painter) rule(l *layout.Rule) {
	dx, dy := l.To.X-l.From.X, l.To.Y-l.From.Y
	length := math.Hypot(dx, dy)
	if l.Color.None || length == 0 || l.Width <= 0 {
		return
	}
	if dx == 0 || dy == 0 {
		x, y := math.Min(l.From.X, l.To.X), math.Min(l.From.Y, l.To.Y)
		r := geom.PageRect{X: x, Y: y - l.Width/2, W: length, H: l.Width}
		if dx == 0 {
			r = geom.PageRect{X: x - l.Width/2, Y: y, W: l.Width, H: length}
		}
		p.area(r, l.Color)
		return
	}
	nx, ny := -dy/length*l.Width/2, dx/length*l.Width/2
	var q path
	q.move(l.From.X+nx, l.From.Y+ny)
	q.line(l.To.X+nx, l.To.Y+ny)
	q.line(l.To.X-nx, l.To.Y-ny)
	q.line(l.From.X-nx, l.From.Y-ny)
	q.close()
	p.shape(q, l.Color)
}

func (p *painter) ellipse(e *layout.Ellipse) {
	if e.Stroke.None || e.Width <= 0 {
		return
	}
	// A whole-pixel corner outside the stroke and the quarter that it begins at.
	left, top := (e.Box.X-e.Width/2)*p.scale, (e.Box.Y-e.Width/2)*p.scale
	x, qx := quarter(left)
	y, qy := quarter(top)
	key := ringKey{e.Box.W, e.Box.H, e.Width, qx, qy}
	m := p.rings[key]
	if m == nil {
		box := geom.PageRect{X: e.Width / 2, Y: e.Width / 2, W: e.Box.W, H: e.Box.H}
		q := ring(box, e.Width)
		w := int(math.Ceil((e.Box.W+e.Width)*p.scale)) + 2
		h := int(math.Ceil((e.Box.H+e.Width)*p.scale)) + 2
		m = p.mask(q, w, h, float64(qx)/quarters, float64(qy)/quarters)
		p.rings[key] = m
	}
	p.stamp(m, image.Pt(x, y), e.Stroke)
}

// quarter splits a place into whole pixels and quarters, to the nearest.
func quarter(v float64) (whole int, part uint8) {
	n := int(math.Round(v * quarters))
	whole = n / quarters
	if n%quarters < 0 {
		whole--
	}
	return whole, uint8(n - whole*quarters)
}

// stamp lays a mask with its corner at at.
func (p *painter) stamp(m *mask, at image.Point, ink form.Color) {
	r := image.Rect(at.X, at.Y, at.X+m.w, at.Y+m.h).Intersect(p.clip)
	if !r.Empty() {
		p.to.blend(r, m, at, ink)
	}
}

// shape paints a path once.
func (p *painter) shape(q path, ink form.Color) {
	x0, y0, x1, y1 := q.bounds()
	left, top := int(math.Floor(x0*p.scale))-1, int(math.Floor(y0*p.scale))-1
	w, h := int(math.Ceil(x1*p.scale))+1-left, int(math.Ceil(y1*p.scale))+1-top
	p.stamp(p.mask(q, w, h, -float64(left), -float64(top)), image.Pt(left, top), ink)
}

// mask rasterises a path in page px, moved by (dx, dy) pixels.
func (p *painter) mask(q path, w, h int, dx, dy float64) *mask {
	p.raster.Reset(w, h)
	at := func(pt [2]float64) (float32, float32) {
		return float32(pt[0]*p.scale + dx), float32(pt[1]*p.scale + dy)
	}
	for _, s := range q {
		switch s.op {
		case typeset.MoveTo:
			x, y := at(s.pt[0])
			p.raster.MoveTo(x, y)
		case typeset.LineTo:
			x, y := at(s.pt[0])
			p.raster.LineTo(x, y)
		case typeset.QuadTo:
			bx, by := at(s.pt[0])
			cx, cy := at(s.pt[1])
			p.raster.QuadTo(bx, by, cx, cy)
		case typeset.CubeTo:
			bx, by := at(s.pt[0])
			cx, cy := at(s.pt[1])
			ex, ey := at(s.pt[2])
			p.raster.CubeTo(bx, by, cx, cy, ex, ey)
		}
	}
	return p.coverage(w, h)
}

// coverage takes the mask out of the rasteriser.
func (p *painter) coverage(w, h int) *mask {
	alpha := image.NewAlpha(image.Rect(0, 0, w, h))
	p.raster.Draw(alpha, alpha.Rect, image.Opaque, image.Point{})
	for i, a := range alpha.Pix {
		alpha.Pix[i] = uint8((int(a)*levels + 127) / 255 * 255 / levels)
	}
	return &mask{alpha.Pix, w, h}
}

func (p *painter) text(t *layout.TextLine, turn *layout.Turn) {
	if t.Color.None {
		return
	}
	if turn != nil {
		p.turnedText(t, turn)
		return
	}
	for _, run := range t.Line.Runs {
		for _, g := range run.Glyphs {
			p.glyph(run.Face, g.ID, run.Size, t.Origin.X+run.X+g.X, t.Origin.Y+g.Y, t.Color)
		}
	}
	for _, d := range []*layout.Decoration{t.Underline, t.Strike} {
		if d != nil {
			p.area(geom.PageRect{X: t.Origin.X, Y: t.Origin.Y + d.Offset - d.Width/2, W: t.Line.Width, H: d.Width}, t.Color)
		}
	}
}

func (p *painter) glyph(face typeset.FaceID, glyph uint32, size, x, y float64, ink form.Color) {
	ix, qx := quarter(x * p.scale)
	iy, qy := quarter(y * p.scale)
	key := glyphKey{face, glyph, size, qx, qy}
	m, ok := p.glyphs[key]
	if !ok {
		m = p.glyphMask(face, glyph, size, float64(qx)/quarters, float64(qy)/quarters)
		p.glyphs[key] = m
	}
	if m.mask != nil {
		p.stamp(m.mask, image.Pt(ix, iy).Add(m.at), ink)
	}
}

func (p *painter) glyphMask(face typeset.FaceID, glyph uint32, size, dx, dy float64) glyphMask {
	q := glyphPath(p.faces.Outline(face, glyph), size)
	if len(q) == 0 {
		return glyphMask{}
	}
	x0, y0, x1, y1 := q.bounds()
	left, top := int(math.Floor(x0*p.scale)), int(math.Floor(y0*p.scale))
	w, h := int(math.Ceil(x1*p.scale))+2-left, int(math.Ceil(y1*p.scale))+2-top
	return glyphMask{p.mask(q, w, h, dx-float64(left), dy-float64(top)), image.Pt(left, top)}
}

func (p *painter) picture(pic *layout.Picture) {
	box := p.nearest(pic.Box)
	if clip := box.Intersect(p.clip); !clip.Empty() && !pic.Image.Bounds().Empty() {
		p.to.picture(box, clip, pic.Image)
	}
}

func (p *painter) modules(m *layout.Modules, turn *layout.Turn) {
	if turn != nil {
		p.boxes([]geom.PageRect{m.Ground}, form.Color{R: 255, G: 255, B: 255}, turn)
		p.boxes(m.Bars, form.Color{}, turn)
		return
	}
	p.area(m.Ground, form.Color{R: 255, G: 255, B: 255})
	for _, bar := range m.Bars {
		p.area(bar, form.Color{})
	}
}
