package sheettest

import (
	"image"
	"math"
	"math/rand/v2"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Pen is how marks are made.
type Pen struct {
	Kind  string  // fill, scribble, cross, tick, dot
	Luma  uint8   // of the ink: ballpoint 60, pencil 120
	Width float64 // of the line, page px
}

// Pens are ordinary ones.
var Pens = []Pen{
	{"fill", 40, 9}, {"scribble", 55, 8}, {"scribble", 110, 9}, {"cross", 50, 8}, {"tick", 60, 8}, {"fill", 120, 10},
}

// Truth says which bubbles were marked, by register.Places' order of elements,
// groups and bubbles.
type Truth map[[3]int]bool

// Choose marks one bubble a group mostly, now and then none or two.
func Choose(p *pattern.Page, seed uint64) Truth {
	r := Rand(seed ^ 0xabcd)
	t := Truth{}
	for i := range p.Elements {
		e := &p.Elements[i]
		for j, g := range e.Groups {
			n := len(g.Bubbles)
			switch k := r.IntN(12); {
			case k == 0:
			case k == 1 && e.Type != pattern.Grid:
				t[[3]int{i, j, r.IntN(n)}] = true
				t[[3]int{i, j, r.IntN(n)}] = true
			default:
				t[[3]int{i, j, r.IntN(n)}] = true
			}
		}
	}
	return t
}

// Values are what Decide should say of an element: its group's values joined.
func (t Truth) Values(p *pattern.Page, element int) string {
	e := &p.Elements[element]
	glue, out := ",", ""
	for j, g := range e.Groups {
		part := ""
		for k, b := range g.Bubbles {
			if t[[3]int{element, j, k}] {
				if part != "" {
					part += glue
				}
				part += b.Value
			}
		}
		out += part
	}
	return out
}

// Mark draws the truth with the pen.
func Mark(g *image.Gray, p *pattern.Page, t Truth, pen Pen, seed uint64) {
	r := Rand(seed ^ 0x9e37)
	for i := range p.Elements {
		for j, gr := range p.Elements[i].Groups {
			for k, b := range gr.Bubbles {
				if t[[3]int{i, j, k}] {
					Stroke(g, b.Box, pen, r)
				}
			}
		}
	}
}

// Stroke makes one mark in the box.
func Stroke(g *image.Gray, box geom.PageRect, pen Pen, r *rand.Rand) {
	c := box.Center()
	rad := (min(box.W, box.H) - 10) / 2
	off := func(s float64) float64 { return (r.Float64()*2 - 1) * s * rad }
	c.X += off(0.12)
	c.Y += off(0.12)
	switch pen.Kind {
	case "fill":
		for a := 0.0; a < rad*0.95; a += pen.Width * 0.7 {
			arc(g, c, a, pen)
		}
	case "scribble":
		ang := off(0.6) / rad
		for k := -1.0; k <= 1; k += 0.9 * pen.Width / rad {
			w := math.Sqrt(max(1-k*k, 0)) * rad * 1.05
			s, co := math.Sincos(ang + 0.6)
			x, y := c.X-s*k*rad, c.Y+co*k*rad
			j := off(0.1)
			line(g, x-co*w+j, y-s*w, x+co*w+j, y+s*w, pen)
		}
	case "cross":
		a := rad * 0.8
		line(g, c.X-a, c.Y-a+off(0.2), c.X+a, c.Y+a, pen)
		line(g, c.X-a, c.Y+a, c.X+a+off(0.2), c.Y-a, pen)
	case "tick":
		x, y := c.X-rad*0.1+off(0.15), c.Y+rad*0.7+off(0.15)
		line(g, c.X-rad*0.7+off(0.15), c.Y+off(0.2), x, y, pen)
		line(g, x, y, c.X+rad*1.1+off(0.3), c.Y-rad*1.0+off(0.3), pen)
	case "dot":
		arc(g, c, 0, pen)
	}
}

func arc(g *image.Gray, c geom.PagePt, r float64, pen Pen) {
	circle(g, c, r, pen.Width, pen.Luma)
}

func line(g *image.Gray, x0, y0, x1, y1 float64, pen Pen) {
	n := math.Hypot(x1-x0, y1-y0)
	h := pen.Width / 2
	for y := int(min(y0, y1) - h - 1); y <= int(max(y0, y1)+h+1); y++ {
		for x := int(min(x0, x1) - h - 1); x <= int(max(x0, x1)+h+1); x++ {
			px, py := float64(x)+0.5-x0, float64(y)+0.5-y0
			t := min(max((px*(x1-x0)+py*(y1-y0))/(n*n), 0), 1)
			d := math.Hypot(px-t*(x1-x0), py-t*(y1-y0))
			darken(g, x, y, min(max(h+0.5-d, 0), 1), pen.Luma)
		}
	}
}
