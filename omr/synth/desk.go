package synth

import (
	"image"
	"math"
	"math/rand/v2"
)

// desk is what the sheet lies on, at a quarter of the picture's resolution.
type desk struct {
	w, h int
	rgb  []float64
}

const deskShare = 4 // px of the picture a px of the desk

func newDesk(kind Desk, size image.Point, r *rand.Rand) *desk {
	d := &desk{w: size.X/deskShare + 2, h: size.Y/deskShare + 2}
	d.rgb = make([]float64, 3*d.w*d.h)
	var base [3]float64
	grain := newField(r)
	unit := 1 / float64(max(d.w, d.h))
	var tone func(x, y float64) float64 // relative lightness
	switch kind {
	case Wood:
		base = [][3]float64{{205, 178, 140}, {172, 132, 92}, {140, 100, 70}, {222, 200, 168}}[r.IntN(4)]
		angle := between(r, 0, math.Pi)
		sin, cos := math.Sincos(angle)
		tone = func(x, y float64) float64 {
			along, across := x*cos+y*sin, -x*sin+y*cos
			across += 0.02 * grain.at(along*2, across*2)
			fine := grain.at(along*6, across*170) + 0.6*grain.at(along*14+31, across*420)
			ring := math.Sin(2 * math.Pi * (across*11 + 0.6*grain.at(along*1.1, across*5)))
			return 1 + 0.05*fine + 0.045*ring + 0.03*grain.at(along*3, across*12)
		}
	case Plain:
		grey := between(r, 120, 205)
		base = [3]float64{grey * between(r, 0.96, 1.03), grey, grey * between(r, 0.94, 1.04)}
		tone = func(x, y float64) float64 { return 1 + 0.03*grain.at(x*5, y*5) + 0.015*grain.at(x*300, y*300) }
	case Dark:
		grey := between(r, 28, 62)
		base = [3]float64{grey * between(r, 0.9, 1.2), grey, grey * between(r, 0.9, 1.15)}
		tone = func(x, y float64) float64 { return 1 + 0.12*grain.at(x*4, y*4) + 0.1*grain.at(x*260, y*260) }
	case Cloth:
		base = [][3]float64{{92, 112, 138}, {150, 120, 110}, {118, 128, 112}, {172, 168, 160}}[r.IntN(4)]
		pitch := between(r, 260, 420)
		tone = func(x, y float64) float64 {
			weave := math.Sin(2*math.Pi*x*pitch) * math.Sin(2*math.Pi*y*pitch)
			return 1 + 0.07*weave + 0.07*grain.at(x*6, y*6) + 0.08*grain.at(x*220, y*220)
		}
	case Lid:
		base = [3]float64{243, 243, 243}
		tone = func(x, y float64) float64 { return 1 + 0.008*grain.at(x*8, y*8) }
	}
	bands(d.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range d.w {
				t := tone(float64(x)*unit, float64(y)*unit)
				for c := range 3 {
					d.rgb[3*(y*d.w+x)+c] = min(max(base[c]*t, 0), 255)
				}
			}
		}
	})
	return d
}

// at is the colour under a px of the picture.
func (d *desk) at(ix, iy int) (r, g, b float64) {
	x, y := ix/deskShare, iy/deskShare
	fx, fy := float64(ix%deskShare)/deskShare, float64(iy%deskShare)/deskShare
	i := 3 * (y*d.w + x)
	up, down := d.rgb[i:i+6], d.rgb[i+3*d.w:i+3*d.w+6]
	mix := func(c int) float64 {
		return (1-fy)*((1-fx)*up[c]+fx*up[c+3]) + fy*((1-fx)*down[c]+fx*down[c+3])
	}
	return mix(0), mix(1), mix(2)
}

// field is smooth noise of unit pitch, from -1 to 1: value noise (Perlin, An
// image synthesizer, SIGGRAPH 1985, in its simplest form).
type field [256 * 256]float32

func newField(r *rand.Rand) *field {
	f := &field{}
	for i := range f {
		f[i] = float32(2*r.Float64() - 1)
	}
	return f
}

func (f *field) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx)&255, int(fy)&255
	x, y = x-fx, y-fy
	x, y = x*x*(3-2*x), y*y*(3-2*y)
	ix1, iy1 := (ix+1)&255, (iy+1)&255
	a, b := float64(f[iy<<8|ix]), float64(f[iy<<8|ix1])
	c, d := float64(f[iy1<<8|ix]), float64(f[iy1<<8|ix1])
	return (1-y)*((1-x)*a+x*b) + y*((1-x)*c+x*d)
}
