package render

import (
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
)

// turned is a path moved by (x, y) page px, then turned.
func (q path) turned(x, y float64, t *layout.Turn) path {
	out := make(path, len(q))
	for i, s := range q {
		out[i].op = s.op
		for k, pt := range s.pt {
			at := t.At(geom.PagePt{X: pt[0] + x, Y: pt[1] + y})
			out[i].pt[k] = [2]float64{at.X, at.Y}
		}
	}
	return out
}

// turnedText is text at an angle: rare, so that its glyphs are not kept.
func (p *painter) turnedText(t *layout.TextLine, turn *layout.Turn) {
	for _, run := range t.Line.Runs {
		for _, g := range run.Glyphs {
			if q := glyphPath(p.faces.Outline(run.Face, g.ID), run.Size); len(q) > 0 {
				p.shape(q.turned(t.Origin.X+run.X+g.X, t.Origin.Y+g.Y, turn), t.Color)
			}
		}
	}
	for _, d := range []*layout.Decoration{t.Underline, t.Strike} {
		if d != nil {
			p.boxes([]geom.PageRect{{X: t.Origin.X, Y: t.Origin.Y + d.Offset - d.Width/2, W: t.Line.Width, H: d.Width}}, t.Color, turn)
		}
	}
}

// boxes fills turned boxes at once, so that no seam shows between those that touch.
func (p *painter) boxes(list []geom.PageRect, ink form.Color, turn *layout.Turn) {
	var q path
	for _, r := range list {
		q.move(r.X, r.Y)
		q.line(r.X+r.W, r.Y)
		q.line(r.X+r.W, r.Y+r.H)
		q.line(r.X, r.Y+r.H)
		q.close()
	}
	if len(q) > 0 {
		p.shape(q.turned(0, 0, turn), ink)
	}
}

// turn begins what is drawn turned; the caller ends it by the operator Q.
func (p *pdfPage) turn(t *layout.Turn) {
	sin, cos := math.Sincos(t.Degrees * math.Pi / 180)
	x, y := t.About.X, t.About.Y
	exact := func(v float64) string { return decimal(v, 6) }
	p.op("q %s %s %s %s %s %s cm", exact(cos), exact(sin), exact(-sin), exact(cos), exact(x-x*cos+y*sin), exact(y-x*sin-y*cos))
}
