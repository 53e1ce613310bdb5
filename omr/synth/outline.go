package synth

import (
	"math"
	"math/rand/v2"
)

// outline is where paper ends: its edges, what is torn off or folded over, holes.
type outline struct {
	w, h  float64
	torn  *cut
	ear   *cut
	holes []pt
	hole  float64 // radius
}

// cut is a line across a corner: what lies beyond it is gone.
type cut struct {
	cx, cy, sx, sy float64 // the corner, and the signs towards the middle
	a, b           float64 // along the edges, px
	jag            [2]wobble
	rough          float64 // px
}

func newCut(r *rand.Rand, w, h, size float64) *cut {
	c := &cut{sx: 1, sy: 1}
	if r.Float64() < 0.5 {
		c.cx, c.sx = w, -1
	}
	if r.Float64() < 0.5 {
		c.cy, c.sy = h, -1
	}
	c.a, c.b = size*between(r, 0.8, 1.25), size*between(r, 0.8, 1.25)
	return c
}

// at is the distance within the line, px.
func (c *cut) at(x, y float64) float64 {
	x, y = (x-c.cx)*c.sx, (y-c.cy)*c.sy
	d := (x/c.a + y/c.b - 1) / math.Hypot(1/c.a, 1/c.b)
	if c.rough > 0 && math.Abs(d) < 4*c.rough {
		along := (x - y) / (c.a + c.b)
		d += c.rough * (c.jag[0].at(along) + c.jag[1].at(7*along))
	}
	return d
}

func newOutline(e Effects, w, h float64, r *rand.Rand) *outline {
	o := &outline{w: w, h: h, hole: 0.0143 * min(w, h)}
	short := min(w, h)
	if e.TornCorner > 0 {
		o.torn = newCut(r, w, h, e.TornCorner*short)
		o.torn.rough = 0.012 * short
		o.torn.jag = [2]wobble{newWobble(r, 1), newWobble(r, 0.35)}
	}
	if e.DogEar > 0 {
		o.ear = newCut(r, w, h, e.DogEar*short)
		if o.torn != nil && o.ear.cx == o.torn.cx && o.ear.cy == o.torn.cy {
			o.ear.cx, o.ear.sx = w-o.ear.cx, -o.ear.sx
		}
	}
	for i := range e.Holes {
		// ISO 838: 80 mm apart, 12 mm from the edge.
		o.holes = append(o.holes, pt{0.057 * short, h/2 + (float64(i)-float64(e.Holes-1)/2)*0.381*short})
	}
	return o
}

// inside is how far a point of the sheet is from where paper ends, px; below 0
// beyond it.
func (o *outline) inside(x, y float64) float64 {
	in := min(x, y, o.w-x, o.h-y)
	if o.torn != nil {
		in = min(in, o.torn.at(x, y))
	}
	if o.ear != nil {
		in = min(in, o.ear.at(x, y))
	}
	for _, h := range o.holes {
		if d := math.Abs(y - h.y); d < 2*o.hole {
			in = min(in, math.Hypot(x-h.x, y-h.y)-o.hole)
		}
	}
	return in
}
