package synth

import (
	"math"
	"math/rand/v2"
)

// press is what printers and copiers do to a page before a pen comes.
func press(p *planes, e Effects, seed uint64) {
	r := draws(seed, "print")
	unit := float64(max(p.w, p.h)) / 3508
	if e.HeavyPrint > 0 {
		for range 1 + int(e.HeavyPrint) {
			smooth(p.y, p.w, p.h)
		}
		p.curve(128+min(80*e.HeavyPrint, 92), 14)
	}
	if e.LowToner > 0 {
		f := newField(r)
		p.shade(16, true, func(x, y float64) float64 {
			return max(1-e.LowToner*(1+0.4*f.at(x/unit/160, y/unit/160)+0.25*f.at(x/unit/9+50, y/unit/9)), 0.03)
		})
	}
	for range e.Generations {
		p.cb, p.cr = nil, nil // copiers of schools are black and white
		smooth(p.y, p.w, p.h)
		p.curve(between(r, 105, 190), between(r, 18, 30))
		p.speckle(r, 40+r.IntN(160), unit)
	}
	for range e.TonerGaps {
		p.gap(r, unit)
	}
	if e.Ghost > 0 {
		p.ghost(r, e.Ghost, unit)
	}
}

// smooth is a mean of 1 2 1 both ways, in place.
func smooth(pix []uint8, w, h int) {
	if w < 2 || h < 2 {
		return
	}
	out := make([]uint8, w*h)
	bands(h, func(y0, y1 int) {
		sums := make([]uint16, w)
		for y := y0; y < y1; y++ {
			up, mid, low := pix[max(y-1, 0)*w:][:w], pix[y*w:][:w], pix[min(y+1, h-1)*w:][:w]
			for x, v := range mid {
				sums[x] = uint16(up[x]) + uint16(v)<<1 + uint16(low[x])
			}
			to := out[y*w:][:w]
			to[0], to[w-1] = uint8((3*sums[0]+sums[1]+8)>>4), uint8((sums[w-2]+3*sums[w-1]+8)>>4)
			for x := 1; x < w-1; x++ {
				to[x] = uint8((sums[x-1] + 2*sums[x] + sums[x+1] + 8) >> 4)
			}
		}
	})
	copy(pix, out)
}

// curve is a sigmoid tone curve through black and white, steepest at mid, both
// in gray levels.
func (p *planes) curve(mid, width float64) {
	f := func(v float64) float64 { return 1 / (1 + math.Exp((mid-v)/width)) }
	var table [256]uint8
	for i := range table {
		table[i] = level(255*(f(float64(i))-f(0))/(f(255)-f(0)) + 0.5)
	}
	p.apply(&table)
}

func (p *planes) apply(table *[256]uint8) {
	bands(p.h, func(y0, y1 int) {
		part := p.y[y0*p.w : y1*p.w]
		for i, v := range part {
			part[i] = table[v]
		}
	})
}

// speckle is dirt of a copier's glass and drum: dots, black and white.
func (p *planes) speckle(r *rand.Rand, n int, unit float64) {
	for range n {
		mx, my, radius := between(r, 0, float64(p.w)), between(r, 0, float64(p.h)), between(r, 0.6, 2.4)*unit
		v := uint8(r.IntN(90))
		if r.Float64() < 0.3 {
			v = 255
		}
		p.within(mx, my, radius, func(i, x, y int) {
			if dx, dy := float64(x)+0.5-mx, float64(y)+0.5-my; dx*dx+dy*dy <= radius*radius {
				p.y[i] = v
			}
		})
	}
}

// gap is a place where the drum gave no toner: a streak along the feed, or a spot.
func (p *planes) gap(r *rand.Rand, unit float64) {
	left := between(r, 0.02, 0.25)
	if r.Float64() < 0.3 {
		mx, my, radius := between(r, 0, float64(p.w)), between(r, 0, float64(p.h)), between(r, 8, 28)*unit
		p.within(mx, my, radius, func(i, x, y int) {
			if d := math.Hypot(float64(x)-mx, float64(y)-my); d < radius {
				p.y[i] = level(255 - (255-float64(p.y[i]))*max(left, (d/radius-0.7)/0.3))
			}
		})
		return
	}
	mx, half := between(r, 0, float64(p.w)), between(r, 1.5, 7)*unit
	from, to := between(r, -0.4, 0.6), between(r, 0.5, 1.4)
	drift := newWobble(r, 4*unit)
	for y := max(int(from*float64(p.h)), 0); y < min(int(to*float64(p.h)), p.h); y++ {
		at := mx + drift.at(float64(y)/float64(p.h))
		for x := max(int(at-half), 0); x < min(int(at+half)+1, p.w); x++ {
			v := &p.y[y*p.w+x]
			*v = level(255 - (255-float64(*v))*min(left+0.15*r.Float64()+max(math.Abs(float64(x)-at)/half-0.7, 0)*2, 1))
		}
	}
}

// ghost is the page printed once more, weakly, beside itself.
func (p *planes) ghost(r *rand.Rand, dark, unit float64) {
	dx, dy := int(around(r, 0, 8)*unit), int(between(r, 14, 60)*unit)
	share := int(dark * 256)
	for y := p.h - 1; y >= dy; y-- { // upwards: what is read is not yet written
		row, from := p.y[y*p.w:][:p.w], p.y[(y-dy)*p.w:][:p.w]
		for x := max(dx, 0); x < min(p.w+dx, p.w); x++ {
			row[x] = uint8(int(row[x]) * (65280 - (255-int(from[x-dx]))*share) / 65280)
		}
	}
}
