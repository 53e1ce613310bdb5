package synth

import (
	"math/rand/v2"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// write puts words into write-in areas and anywhere where no bubble is, and
// those over bubbles across them.
func (s *sheet) write(r *rand.Rand, p *pattern.Page, pen Pen, scale float64) {
	hand := pen
	hand.Width = min(pen.Width, 7*scale)
	hand.Opacity = max(pen.Opacity, 0.75)
	var boxes, areas []geom.PageRect
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.Type == pattern.ClipArea {
			areas = append(areas, e.Box)
		}
		if e.Type == pattern.Barcode || e.Type == pattern.BarcodeMade {
			boxes = append(boxes, e.Box)
		}
		e.EachBubble(func(b *pattern.Bubble) bool {
			boxes = append(boxes, b.Box)
			return true
		})
	}
	free := func(word geom.PageRect) bool {
		for _, b := range boxes {
			if b.Overlaps(word) {
				return false
			}
		}
		return true
	}
	height := between(r, 22, 40) // of small letters, page px
	for i := range pen.Words {
		letters := 2 + r.IntN(8)
		for range 30 {
			at := geom.PagePt{X: between(r, 0.06, 0.85) * p.Width, Y: between(r, 0.05, 0.95) * p.Height}
			if i < len(areas) {
				a := areas[i]
				at = geom.PagePt{X: a.X + between(r, 0.05, 0.4)*a.W, Y: a.Y + between(r, 0.5, 0.8)*a.H}
			}
			long := float64(letters) * height * 0.95
			if free(geom.PageRect{X: at.X - height, Y: at.Y - 2.6*height, W: long + 2*height, H: 4.2 * height}) {
				s.word(r, at, letters, height, hand, scale)
				break
			}
		}
	}
	for range pen.WordsOver {
		if len(boxes) == 0 {
			return
		}
		b := boxes[r.IntN(len(boxes))]
		letters := 2 + r.IntN(6)
		s.word(r, geom.PagePt{X: b.X - between(r, 0, float64(letters))*height*0.8, Y: b.Y + between(r, 0, 1.2)*b.H}, letters, height, hand, scale)
	}
}

// word is running handwriting from a point of its base line on: arches, loops
// up and down, no letters that anybody could read.
func (s *sheet) word(r *rand.Rand, at geom.PagePt, letters int, height float64, pen Pen, scale float64) {
	lean, slope := between(r, 0.05, 0.5), around(r, 0, 0.05)
	var through []pt
	x := 0.0
	put := func(dx, y float64) {
		x += dx
		through = append(through, pt{x + lean*y, -y + slope*x})
	}
	put(0, between(r, 0, 1))
	for range letters {
		switch r.IntN(5) {
		case 0: // an arch
			put(0.2, 0.95)
			put(0.25, 0.9)
			put(0.15, 0.02)
		case 1: // a round one
			put(0.35, 0.95)
			put(-0.45, 0.5)
			put(0.2, 0)
			put(0.3, 0.8)
			put(0.05, 0.05)
		case 2: // up
			put(0.4, between(r, 1.7, 2.2))
			put(-0.2, between(r, 1.6, 2))
			put(0.05, 0.05)
		case 3: // down
			put(0.35, 0.9)
			put(0.1, -between(r, 0.7, 1.2))
			put(-0.3, -0.6)
			put(0.35, 0.1)
		default: // a small one
			put(0.25, between(r, 0.6, 1))
			put(0.2, 0)
		}
		put(between(r, 0.1, 0.3), between(r, 0, 0.25))
	}
	m := mark{middle: pt{at.X * scale, at.Y * scale}, rx: height * scale, ry: height * scale}
	s.draw([]stroke{line(r, m, through, true)}, pen.hand(r))
}
