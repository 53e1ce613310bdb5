package synth

import (
	"image/color"
	"math"
	"math/rand/v2"
)

// tone is unprinted paper under full light.
type tone struct{ y, cb, cr float64 }

func (p Paper) tone() tone {
	switch p {
	case Recycled:
		return tone{232, 126, 129}
	case Grained:
		return tone{244, 127, 128}
	case Yellowed:
		return tone{232, 112, 134}
	case Newsprint:
		return tone{212, 122, 130}
	default:
		return tone{250, 127, 128}
	}
}

// wear is what paper is like and what happened to it, laid over print and pen.
func wear(p *planes, e Effects, relief *relief, edge *outline, seed uint64) {
	unit := float64(max(p.w, p.h)) / 3508
	p.grow(e.Paper, unit, draws(seed, "paper"))
	r := draws(seed, "wear")
	for range e.Stains {
		p.cup(r, unit)
	}
	for range e.Grease {
		p.grease(r, unit)
	}
	for _, f := range relief.folds {
		p.crease(r, f, unit)
	}
	if e.Staples > 0 {
		p.staples(r, e.Staples, unit)
	}
	if edge.ear != nil {
		p.flap(edge.ear)
	}
}

// grow gives paper its texture.
func (p *planes) grow(kind Paper, unit float64, r *rand.Rand) {
	switch kind {
	case Recycled:
		p.tooth(r, 5)
		p.fibres(r, 2600, unit)
	case Grained:
		p.tooth(r, 11)
		f := newField(r)
		p.shade(16, false, func(x, y float64) float64 { return 1 - 0.03 + 0.03*f.at(x/unit/45, y/unit/45) })
	case Yellowed:
		f := newField(r)
		w, h := float64(p.w), float64(p.h)
		p.shade(32, false, func(x, y float64) float64 {
			edge := min(x, y, w-x, h-y) / unit
			return 1 - 0.1*math.Exp(-edge/160) - 0.025*(1+f.at(x/unit/300, y/unit/300))
		})
		p.tooth(r, 4)
	case Newsprint:
		p.tooth(r, 9)
		p.fibres(r, 1500, unit)
	case ShowThrough:
		p.verso(r, unit)
	case Ruled:
		p.ruled(unit)
	case Office, Glossy:
	}
}

// shade multiplies luma, or, of dark, darkness, by what f says of places, px;
// between nodes step px apart it is linear.
func (p *planes) shade(step int, dark bool, f func(x, y float64) float64) {
	const one = 1 << 12
	n := p.w/step + 2
	bands((p.h+step-1)/step, func(b0, b1 int) {
		up, low := make([]int, n), make([]int, n)
		fill := func(to []int, y int) {
			for i := range to {
				to[i] = int(one * f(float64(i*step), float64(y)))
			}
		}
		fill(low, b0*step)
		for b := b0; b < b1; b++ {
			up, low = low, up
			fill(low, (b+1)*step)
			for y := b * step; y < min((b+1)*step, p.h); y++ {
				row := p.y[y*p.w:][:p.w]
				t := y - b*step
				for i := 0; i*step < p.w; i++ {
					a := up[i]*(step-t) + low[i]*t
					d := (up[i+1]*(step-t) + low[i+1]*t - a) / step
					for x := i * step; x < min((i+1)*step, p.w); x++ {
						v := int(row[x])
						if dark {
							v = 255 - (255-v)*a/(one*step)
						} else {
							v = v * a / (one * step)
						}
						row[x] = uint8(min(max(v, 0), 255))
						a += d
					}
				}
			}
		}
	})
}

// tooth is unevenness of a px or two, so many levels deep.
func (p *planes) tooth(r *rand.Rand, depth int) {
	tile := newTooth(r)
	bands(p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			line := tile[y&(toothSide-1)*toothSide:][:toothSide]
			// Shifted from tile to tile, or the eye sees the repetition.
			shift := y / toothSide * 97
			for x := range p.w {
				v := &p.y[y*p.w+x]
				d := depth * int(line[(x+shift)&(toothSide-1)]) >> 8
				*v = uint8(int(*v) * (256 - d) >> 8)
			}
		}
	})
}

// fibres are short hairs, most darker than the paper.
func (p *planes) fibres(r *rand.Rand, n int, unit float64) {
	for range n {
		x, y := between(r, 0, float64(p.w)), between(r, 0, float64(p.h))
		angle, bend := between(r, 0, 2*math.Pi), around(r, 0, 0.06)
		share := 256 - r.IntN(50)
		if r.Float64() < 0.25 {
			share = 256 + r.IntN(20)
		}
		for range int(between(r, 10, 45) * unit) {
			sin, cos := math.Sincos(angle)
			x, y, angle = x+cos, y+sin, angle+bend
			if ix, iy := int(x), int(y); ix >= 0 && iy >= 0 && ix < p.w && iy < p.h {
				v := &p.y[iy*p.w+ix]
				*v = uint8(min(int(*v)*share>>8, 255))
			}
		}
	}
}

// verso is text printed on the other side, seen through thin paper.
func (p *planes) verso(r *rand.Rand, unit float64) {
	const step = 8
	w, h := p.w/step+2, p.h/step+2
	ink := make([]uint8, w*h)
	pitch := between(r, 48, 66) * unit / step
	for line := pitch * 3; line < float64(h)-3*pitch; line += pitch {
		if r.Float64() < 0.12 {
			continue
		}
		for x := 0.08 * float64(w); x < between(r, 0.75, 0.93)*float64(w); {
			long := between(r, 2, 14) * unit * 8 / step
			for iy := int(line); iy <= int(line+pitch*0.4); iy++ {
				for ix := int(x); ix < min(int(x+long), w); ix++ {
					ink[min(iy, h-1)*w+ix] = uint8(90 + r.IntN(120))
				}
			}
			x += long + between(r, 1, 3)*unit
		}
	}
	depth := between(r, 0.05, 0.13)
	p.shade(step, false, func(x, y float64) float64 {
		ix, iy := min(int(x)/step, w-1), min(int(y)/step, h-1)
		return 1 - depth*float64(ink[iy*w+ix])/255
	})
}

// ruled lines are pale blue, 8 mm apart.
func (p *planes) ruled(unit float64) {
	_, cb, cr := color.RGBToYCbCr(170, 195, 235)
	thick := max(int(2.5*unit), 1)
	for line := 94.5 * unit; int(line)+thick < p.h; line += 94.5 * unit {
		for y := int(line); y < int(line)+thick; y++ {
			for x := range p.w {
				v := &p.y[y*p.w+x]
				*v = uint8(int(*v) * 200 >> 8)
				if p.cb != nil {
					p.cb[y/2*p.cw+x/2], p.cr[y/2*p.cw+x/2] = cb, cr
				}
			}
		}
	}
}

// within runs f over the px of a square around a middle, those on the page.
func (p *planes) within(mx, my, reach float64, f func(i, x, y int)) {
	for y := max(int(my-reach), 0); y < min(int(my+reach)+1, p.h); y++ {
		for x := max(int(mx-reach), 0); x < min(int(mx+reach)+1, p.w); x++ {
			f(y*p.w+x, x, y)
		}
	}
}

// tint moves the colour of a px towards another.
func (p *planes) tint(x, y int, cb, cr, share float64) {
	if p.cb == nil || x&1 != 0 || y&1 != 0 {
		return
	}
	i := y/2*p.cw + x/2
	p.cb[i] = level(float64(p.cb[i]) + share*(cb-float64(p.cb[i])) + 0.5)
	p.cr[i] = level(float64(p.cr[i]) + share*(cr-float64(p.cr[i])) + 0.5)
}

// cup is the ring that a coffee cup left: darkest at its rim, broken.
func (p *planes) cup(r *rand.Rand, unit float64) {
	mx, my := between(r, 0.1, 0.9)*float64(p.w), between(r, 0.1, 0.9)*float64(p.h)
	radius, thick := between(r, 380, 480)*unit, between(r, 6, 16)*unit
	depth := between(r, 0.12, 0.32)
	turn, uneven := newWobble(r, 0.5), newWobble(r, 0.02)
	p.within(mx, my, radius+3*thick, func(i, x, y int) {
		dx, dy := float64(x)-mx, float64(y)-my
		d := math.Hypot(dx, dy) - radius
		if d < -4*thick || d > 3*thick {
			return
		}
		angle := math.Atan2(dy, dx) / (2 * math.Pi)
		d -= uneven.at(angle) * radius
		wet := math.Exp(-d*d/(thick*thick)) * min(max(0.6+turn.at(angle), 0), 1)
		if d < 0 {
			wet = max(wet, 0.12*math.Exp(d/thick))
		}
		p.y[i] = uint8(float64(p.y[i]) * (1 - depth*wet))
		p.tint(x, y, 104, 142, min(wet, 1)*0.8)
	})
}

// grease is a spot that lets less light back.
func (p *planes) grease(r *rand.Rand, unit float64) {
	mx, my, radius := between(r, 0, 1)*float64(p.w), between(r, 0, 1)*float64(p.h), between(r, 50, 220)*unit
	depth := between(r, 0.05, 0.15)
	uneven := newWobble(r, 0.25)
	p.within(mx, my, 1.5*radius, func(i, x, y int) {
		dx, dy := float64(x)-mx, float64(y)-my
		d := math.Hypot(dx, dy)/radius + uneven.at(math.Atan2(dy, dx)/(2*math.Pi))
		wet := 1 / (1 + math.Exp(14*(d-1)))
		p.y[i] = uint8(float64(p.y[i]) * (1 - depth*wet))
		p.tint(x, y, 122, 131, 0.5*wet)
	})
}

// crease is what a fold does to print and paper along its line: toner breaks
// off, and the paper is rough.
func (p *planes) crease(r *rand.Rand, f fold, unit float64) {
	length := float64(p.w + p.h)
	flake, uneven := newWobble(r, 0.4), newWobble(r, 3*unit)
	for s := -length / 2; s < length/2; s++ {
		x, y := f.nx*f.c-f.ny*s, f.ny*f.c+f.nx*s
		shift := uneven.at(s / length * 6)
		x, y = x+f.nx*shift, y+f.ny*shift
		broken := 0.5 + flake.at(s/length*20) + 0.3*r.Float64()
		for k := -3.0; k <= 3; k++ {
			ix, iy := int(x+f.nx*k*unit), int(y+f.ny*k*unit)
			if ix < 0 || iy < 0 || ix >= p.w || iy >= p.h {
				continue
			}
			v := &p.y[iy*p.w+ix]
			near := 1 - math.Abs(k)/4
			dark := (255 - float64(*v)) * (1 - min(max(broken*near, 0), 0.95))
			*v = level((255 - dark) * (1 - 0.1*near*r.Float64()))
		}
	}
}

// staples are two ends of wire and the bridge between, near the top left corner.
func (p *planes) staples(r *rand.Rand, n int, unit float64) {
	s := newInk(p, r)
	for range n {
		m := mark{middle: pt{between(r, 0.03, 0.07) * float64(p.w), between(r, 0.02, 0.04) * float64(p.h)}, rx: 75 * unit, ry: 75 * unit}
		sin, cos := math.Sincos(between(r, -0.9, 0.3))
		wire := []pt{{-cos, -sin}, {0, 0}, {cos, sin}}
		s.draw([]stroke{line(r, m, wire, false)}, Pen{Color: [3]uint8{70, 70, 76}, Width: 9 * unit, Opacity: 0.95})
		s.draw([]stroke{line(r, m, wire, false)}, Pen{Color: [3]uint8{190, 190, 196}, Width: 3 * unit, Opacity: 0.8})
	}
}

// flap is the back of a corner folded over, as the cut tells: the missing
// triangle, mirrored at the fold.
func (p *planes) flap(c *cut) {
	norm := math.Hypot(1/c.a, 1/c.b)
	nx, ny := c.sx/c.a/norm, c.sy/c.b/norm
	p.within(c.cx, c.cy, 2*max(c.a, c.b), func(i, x, y int) {
		d := c.at(float64(x), float64(y)) // within the fold
		if d < -2 {
			return
		}
		// Its place before it was folded must lie on the sheet.
		mx, my := float64(x)-2*d*nx, float64(y)-2*d*ny
		in := min((mx-c.cx)*c.sx, (my-c.cy)*c.sy)
		switch {
		case in >= 0:
			p.y[i] = level(243 - 30*math.Exp(-d/6) - 12*math.Exp(-in/5))
			p.tint(x, y, 128, 128, 1)
		case in > -18: // its shadow
			p.y[i] = uint8(float64(p.y[i]) * (1 - 0.3*math.Exp(in/6)))
		}
	})
}
