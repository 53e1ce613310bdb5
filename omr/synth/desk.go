package synth

import (
	"image/color"
	"math"
	"math/rand/v2"
)

// desk is what the sheet lies on: one colour, of varying lightness.
type desk struct {
	y, cb, cr float64
	tone      func(x, y float64) float64 // relative lightness; places in units of the picture's long side
	grain     float64                    // of single px, relative
}

func newDesk(kind Desk, r *rand.Rand) *desk {
	d := &desk{}
	var base [3]float64
	switch kind {
	case Wood:
		grain := newField(r)
		base = [][3]float64{{205, 178, 140}, {172, 132, 92}, {140, 100, 70}, {222, 200, 168}}[r.IntN(4)]
		sin, cos := math.Sincos(between(r, 0, math.Pi))
		d.grain = 0.03
		d.tone = func(x, y float64) float64 {
			along, across := x*cos+y*sin, -x*sin+y*cos
			across += 0.02 * grain.at(along*2, across*2)
			ring := math.Sin(2 * math.Pi * (across*11 + 0.6*grain.at(along*1.1, across*5)))
			return 1 + 0.07*grain.at(along*6, across*120) + 0.045*ring + 0.03*grain.at(along*3, across*12)
		}
	case Plain:
		grain := newField(r)
		grey := between(r, 120, 205)
		base = [3]float64{grey * between(r, 0.96, 1.03), grey, grey * between(r, 0.94, 1.04)}
		d.grain = 0.01
		d.tone = func(x, y float64) float64 { return 1 + 0.03*grain.at(x*5, y*5) }
	case Dark:
		grain := newField(r)
		grey := between(r, 28, 62)
		base = [3]float64{grey * between(r, 0.9, 1.2), grey, grey * between(r, 0.9, 1.15)}
		d.grain = 0.08
		d.tone = func(x, y float64) float64 { return 1 + 0.12*grain.at(x*4, y*4) }
	case Cloth:
		grain := newField(r)
		base = [][3]float64{{92, 112, 138}, {150, 120, 110}, {118, 128, 112}, {172, 168, 160}}[r.IntN(4)]
		pitch := between(r, 60, 110)
		d.grain = 0.06
		d.tone = func(x, y float64) float64 {
			weave := math.Sin(2*math.Pi*x*pitch) * math.Sin(2*math.Pi*y*pitch)
			return 1 + 0.1*weave + 0.07*grain.at(x*6, y*6)
		}
	case Lid, GreyLid, BlackLid:
		grey := [3]float64{243, 168, 22}[kind-Lid]
		base = [3]float64{grey, grey, grey}
	}
	y, cb, cr := color.RGBToYCbCr(level(base[0]), level(base[1]), level(base[2]))
	d.y, d.cb, d.cr = float64(y), float64(cb), float64(cr)
	return d
}

// at is the lightness of a place, in gray levels.
func (d *desk) at(x, y float64) float64 {
	if d.tone == nil {
		return d.y
	}
	return d.y * d.tone(x, y)
}

// field is smooth noise of unit pitch, from -1 to 1: value noise (Perlin, An
// image synthesizer, SIGGRAPH 1985, in its simplest form).
type field [fieldSide * fieldSide]float32

const fieldSide = 128

func newField(r *rand.Rand) *field {
	f := &field{}
	for i := range f {
		f[i] = float32(2*r.Float64() - 1)
	}
	return f
}

func (f *field) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx)&(fieldSide-1), int(fy)&(fieldSide-1)
	x, y = x-fx, y-fy
	x, y = x*x*(3-2*x), y*y*(3-2*y)
	ix1, iy1 := (ix+1)&(fieldSide-1), (iy+1)&(fieldSide-1)
	a, b := float64(f[iy*fieldSide+ix]), float64(f[iy*fieldSide+ix1])
	c, d := float64(f[iy1*fieldSide+ix]), float64(f[iy1*fieldSide+ix1])
	return (1-y)*((1-x)*a+x*b) + y*((1-x)*c+x*d)
}
