package synth

import (
	"math"
	"math/rand/v2"
)

// relief is how paper lies that is not flat: shifts of its points as seen, and
// its shading.
type relief struct {
	dx, dy float64 // where height moves a point to, a unit of height
	lx, ly float64 // towards the light
	size   float64 // diagonal of the sheet, px

	curl           float64
	ux, uy         float64
	phase1, phase2 float64

	uneven  float64    // of the print, px
	period  [4]float64 // of that, px a radian
	folds   []fold
	crumple []wave
}

// fold is a crease along nx x + ny y = c, px.
type fold struct{ nx, ny, c, depth, reach float64 }

// wave is a triangle wave: a sum of some is a surface of flat pieces, as paper
// breaks into.
type wave struct{ kx, ky, phase, height, bow float64 }

func newRelief(e Effects, w, h, unit float64, r *rand.Rand) *relief {
	b := &relief{curl: e.Curl, size: math.Hypot(w, h)}
	b.phase1, b.phase2 = between(r, 0, 2*math.Pi), between(r, 0, 2*math.Pi)
	b.uy, b.ux = math.Sincos(radians(e.CurlDirection))
	b.dy, b.dx = math.Sincos(radians(e.TiltDirection + 90))
	b.ly, b.lx = math.Sincos(radians(e.LightDirection))
	b.uneven = e.PrintWobble * unit
	for i := range b.period {
		b.period[i] = between(r, 150, 400) * unit / (2 * math.Pi)
	}
	depth := e.FoldDepth
	if depth == 0 {
		depth = 8
	}
	lengthwise := r.Float64() < 0.3
	for i := range e.Folds {
		// A letter's folds in two or three, roughly square to the sheet.
		angle := around(r, 0, 0.012)
		if e.Folds == 1 && r.Float64() < 0.2 {
			angle = between(r, -0.6, 0.6)
		}
		if !lengthwise != (i == 2) {
			angle += math.Pi / 2
		}
		sin, cos := math.Sincos(angle)
		at := float64(i+1)/float64(min(e.Folds, 2)+1) + around(r, 0, 0.015)
		if i == 2 {
			at = 0.5
		}
		f := fold{nx: cos, ny: sin, depth: depth * unit * between(r, 0.6, 1.2), reach: between(r, 0.08, 0.25) * b.size}
		if r.Float64() < 0.5 {
			f.depth = -f.depth
		}
		f.c = cos*w*at + sin*h*at
		if math.Abs(cos) > math.Abs(sin) {
			f.c += sin * h * (0.5 - at)
		} else {
			f.c += cos * w * (0.5 - at)
		}
		b.folds = append(b.folds, f)
	}
	if e.Crumple > 0 {
		const waves = 12
		for range waves {
			period := b.size * between(r, 0.16, 0.6)
			sin, cos := math.Sincos(between(r, 0, math.Pi))
			b.crumple = append(b.crumple, wave{cos / period, sin / period, r.Float64(), e.Crumple * unit * between(r, 0.15, 0.45), between(r, 0.1, 0.35)})
		}
	}
	return b
}

// at is the shift of a page point, px, and the relative change of its light.
func (b *relief) at(x, y float64) (dx, dy, light float64) {
	light = 1
	height := 0.0
	if b.curl != 0 {
		u := (x*b.ux + y*b.uy) / b.size * 2 * math.Pi
		// The last are the cockles of damp and handled paper.
		v := (x*b.uy - y*b.ux) / b.size * 2 * math.Pi
		height = b.curl * (0.72*math.Sin(0.9*u+b.phase1) + 0.23*math.Sin(2.1*u+b.phase2) + 0.05*math.Sin(4.3*u+b.phase2)*math.Cos(3.1*v+b.phase1))
		slope := 0.675*math.Cos(0.9*u+b.phase1) + 0.525*math.Cos(2.1*u+b.phase2)
		// 14 px of shift go with some 5 % of light, as photos of curled sheets show.
		light -= 0.0035 * b.curl * slope
	}
	for _, f := range b.folds {
		d := (f.nx*x + f.ny*y - f.c) / f.reach
		if d <= -1 || d >= 1 {
			continue
		}
		rest := 1 - math.Abs(d)
		height += f.depth * rest * rest
		// Both sides lean, one to the light.
		slope := math.Copysign(f.depth*2*rest/f.reach, -d)
		light -= 4 * slope * (f.nx*b.lx + f.ny*b.ly + 0.4)
	}
	if len(b.crumple) > 0 {
		gx, gy := 0.0, 0.0
		for _, w := range b.crumple {
			t := w.kx*x + w.ky*y + w.phase
			along := w.ky*x - w.kx*y
			t += w.bow * math.Sin(2.3*along+9*w.phase)
			// No crease goes through the whole sheet.
			here := math.Sin(4.1*along + 1.7*t + 40*w.phase)
			if here <= 0 {
				continue
			}
			t -= math.Floor(t)
			side := 4.0
			if t > 0.5 {
				t, side = 1-t, -side
			}
			steep := w.height * min(2*here, 1)
			height += steep * (4*t - 1)
			gx, gy = gx+side*steep*w.kx, gy+side*steep*w.ky
		}
		light *= min(max(1-1.5*(gx*b.lx+gy*b.ly), 0.65), 1.12)
	}
	dx, dy = height*b.dx, height*b.dy
	if b.uneven > 0 {
		p := &b.period
		dx += b.uneven * math.Sin(x/p[0]+1.6*math.Sin(y/p[1]+b.phase1))
		dy += b.uneven * math.Sin(y/p[2]+1.6*math.Sin(x/p[3]+b.phase2))
	}
	return dx, dy, light
}
