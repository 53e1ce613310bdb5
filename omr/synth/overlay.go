package synth

import (
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/leafmark/leafmark/omr/geom"
)

// overlay lays over the picture what is between sheet and sensor.
func (c *camera) overlay(p *planes, seed uint64) {
	e := &c.e
	if e.Thumbs > 0 {
		r := draws(seed, "thumb")
		for i := range e.Thumbs {
			c.thumb(p, r, i)
		}
	}
	if e.Glare > 0 || e.Paper == Glossy && e.DPI == 0 {
		c.glare(p, draws(seed, "glare"))
	}
	if e.Moire > 0 {
		p.moire(draws(seed, "moire"), e.Moire)
	}
	r := draws(seed, "dust")
	if e.Dust > 0 {
		c.dust(p, r)
	}
	for range e.Streaks {
		p.streak(r)
	}
	if e.BlackBorder > 0 {
		p.border(r, e.BlackBorder)
	}
}

// thumb is a finger that reaches over a corner, the even ones, or an edge of the
// sheet.
func (c *camera) thumb(p *planes, r *rand.Rand, i int) {
	short := min(c.w, c.h)
	at := pt{short * between(r, 0.055, 0.08), short * between(r, 0.055, 0.08)} // the markers' place
	if i%2 == 1 {
		at = pt{short * between(r, 0.03, 0.08), between(r, 0.25, 0.75) * c.h}
	}
	out := pt{-1, between(r, -0.5, 0.5)}
	if i%2 == 0 {
		out.y = -between(r, 0.1, 0.9)
	}
	// Two fingers never hide the same corner.
	side := r.IntN(2)
	if i >= 2 {
		side = 1 - c.side[i%2]
	}
	c.side[i%2] = side
	if side == 1 {
		at.x, out.x = c.w-at.x, -out.x
	}
	if r.Float64() < 0.6 {
		at.y, out.y = c.h-at.y, -out.y
	}
	tip := c.front.Apply(geom.PagePt{X: at.x, Y: at.y})
	end := c.front.Apply(geom.PagePt{X: at.x + 60*out.x, Y: at.y + 60*out.y})
	dx, dy := end.X-tip.X, end.Y-tip.Y
	long := math.Hypot(dx, dy)
	dx, dy = dx/long, dy/long
	radius := short * c.scale * between(r, 0.042, 0.056) // 9 to 12 mm
	skin := [][3]uint8{{224, 178, 152}, {198, 146, 118}, {146, 98, 72}, {92, 60, 46}, {236, 196, 176}}[r.IntN(5)]
	lum, cb, cr := color.RGBToYCbCr(skin[0], skin[1], skin[2])
	light := c.lightAt(int(tip.X), int(tip.Y))
	nail := r.Float64() < 0.75
	// It comes from beyond the picture.
	reach := 1.3 * math.Hypot(float64(p.w), float64(p.h))
	lo := pt{min(tip.X, tip.X+dx*reach) - 2*radius, min(tip.Y, tip.Y+dy*reach) - 2*radius}
	hi := pt{max(tip.X, tip.X+dx*reach) + 2*radius, max(tip.Y, tip.Y+dy*reach) + 2*radius}
	for y := max(int(lo.y), 0); y < min(int(hi.y), p.h); y++ {
		for x := max(int(lo.x), 0); x < min(int(hi.x), p.w); x++ {
			px, py := float64(x)-tip.X, float64(y)-tip.Y
			along, across := px*dx+py*dy, -px*dy+py*dx
			rad := radius * (1 + 0.12*min(max(along/radius/4, 0), 1.5))
			d := math.Abs(across)
			if along < 0 {
				d = math.Hypot(along, across)
			}
			i := y*p.w + x
			switch v := &p.y[i]; {
			case d < rad:
				t := d / rad
				shade := (1.02 - 0.35*t*t - 0.06*across/rad) * light
				if u, w := (along+0.35*radius)/(0.5*radius), across/(0.62*radius); nail && u*u+w*w < 1 {
					shade *= 1.12
				}
				full := min((rad-d)/1.5, 1)
				*v = level(float64(*v)*(1-full) + full*float64(lum)*shade)
				p.tint(x, y, float64(cb), float64(cr), full)
			case d < 1.35*rad: // its shadow on the paper
				*v = level(float64(*v) * (0.72 + 0.28*(d/rad-1)/0.35))
			}
		}
	}
}

// glare is a lamp's reflection.
func (c *camera) glare(p *planes, r *rand.Rand) {
	strength := c.e.Glare
	if c.e.Paper == Glossy {
		strength = max(strength, 0.3)
	}
	mx, my := between(r, 0.2, 0.8)*float64(p.w), between(r, 0.2, 0.8)*float64(p.h)
	a, b := between(r, 0.06, 0.16)*float64(p.h), between(r, 0.04, 0.1)*float64(p.h)
	sin, cos := math.Sincos(between(r, 0, math.Pi))
	p.within(mx, my, 2.6*max(a, b), func(i, x, y int) {
		dx, dy := float64(x)-mx, float64(y)-my
		u, v := (dx*cos+dy*sin)/a, (-dx*sin+dy*cos)/b
		d := u*u + v*v
		if d > 7 {
			return
		}
		// A hot middle and a veil about it.
		shine := strength * (0.9/(1+d*d*d) + 0.25*math.Exp(-d/2))
		p.y[i] = level(float64(p.y[i]) + 255*shine)
		p.tint(x, y, 128, 128, min(shine, 1))
	})
}

// moire are the waves of two grids that nearly agree.
func (p *planes) moire(r *rand.Rand, contrast float64) {
	var wave [1024]int
	for i := range wave {
		wave[i] = int(65536 * (1 - contrast/2 + contrast/2*math.Sin(2*math.Pi*float64(i)/1024)))
	}
	const one = 1 << 16
	period, angle := between(r, 5, 24), between(r, 0, math.Pi)
	sin, cos := math.Sincos(angle)
	fx, fy := 1024*one*cos/period, 1024*one*sin/period
	bend := between(r, -0.4, 0.4) / float64(p.w) // of the frequency over the picture
	bands(p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := p.y[y*p.w:][:p.w]
			phase := int(fy*float64(y)*(1+bend*float64(y)/2)) & (1024*one - 1)
			step := int(fx * (1 + bend*float64(y)))
			for x, v := range row {
				row[x] = uint8(int(v) * wave[phase>>16&1023] >> 16)
				phase += step
			}
		}
	})
}

// dust lays specks and hairs on a scanner's glass.
func (c *camera) dust(p *planes, r *rand.Rand) {
	s := newInk(p, r)
	unit := float64(c.size.Y) / 3508 // specks are of a size on paper, not of px
	for range c.e.Dust {
		grey := uint8(60 + r.IntN(120))
		pen := Pen{Color: [3]uint8{grey, grey, grey}, Width: between(r, 1.5, 4.5) * unit, Opacity: between(r, 0.3, 0.9)}
		m := mark{middle: pt{between(r, 0, float64(c.size.X)), between(r, 0, float64(c.size.Y))}, rx: unit, ry: unit}
		long := between(r, 0, 5)
		if r.Float64() < 0.08 { // a hair
			long, pen.Width = between(r, 20, 90), 1.4*unit
		}
		sin, cos := math.Sincos(between(r, 0, 2*math.Pi))
		s.draw([]stroke{line(r, m, []pt{{0, 0}, {long * cos, long * sin}, {long*cos + around(r, 0, long/3), long*sin + around(r, 0, long/3)}}, false)}, pen)
	}
}

// streak is dirt on a feeder's narrow glass: a line down the whole picture.
func (p *planes) streak(r *rand.Rand) {
	mx := r.IntN(p.w)
	width := 1 + r.IntN(max(p.w/800, 1)+1)
	dark := 256 - r.IntN(150) - 30
	bright := r.Float64() < 0.2 // where the calibration saw the dirt
	for y := range p.h {
		for x := mx; x < min(mx+width, p.w); x++ {
			v := &p.y[y*p.w+x]
			if bright {
				*v = uint8(255 - (255-int(*v))*dark>>8)
			} else {
				*v = uint8(int(*v) * dark >> 8)
			}
		}
	}
}

// border is what a scanner sees where neither sheet nor lid is.
func (p *planes) border(r *rand.Rand, share float64) {
	limit := share * float64(p.w)
	var width [4]float64
	for i := range width {
		if r.Float64() < 0.6 {
			width[i] = limit * between(r, 0.2, 1)
		}
	}
	width[r.IntN(4)] = limit
	lean := around(r, 0, 0.003)
	for y := range p.h {
		for x := range p.w {
			fx, fy := float64(x), float64(y)
			if fx < width[0]+lean*fy || fy < width[1]-lean*fx || float64(p.w)-fx < width[2]-lean*fy || float64(p.h)-fy < width[3]+lean*fx {
				p.y[y*p.w+x] = uint8(14 + (x*7+y*13)&7)
			}
		}
	}
}
