package synth

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// pt is a point of the page, px.
type pt struct{ x, y float64 }

// sheet is a page under a pen, and what is needed to lay ink on it. It is kept
// as one or the other.
type sheet struct {
	img   *image.RGBA
	pl    *planes
	rect  image.Rectangle
	tooth []uint8 // the paper's tooth, toothSide², repeated
	cover []float32
}

func newInk(p *planes, r *rand.Rand) *sheet {
	return &sheet{pl: p, rect: image.Rect(0, 0, p.w, p.h), tooth: newTooth(r)}
}

const toothSide = 256

// newTooth is noise of about two px, as paper takes graphite.
func newTooth(r *rand.Rand) []uint8 {
	rough := make([]float64, toothSide*toothSide)
	for i := range rough {
		rough[i] = r.Float64()
	}
	out := make([]uint8, toothSide*toothSide)
	at := func(x, y int) float64 { return rough[(y&(toothSide-1))*toothSide+x&(toothSide-1)] }
	for y := range toothSide {
		for x := range toothSide {
			v := 0.0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					v += at(x+dx, y+dy)
				}
			}
			// the mean of nine has a third of the spread
			out[y*toothSide+x] = uint8(min(max((v/9-0.5)*2.4+0.5, 0), 1) * 255)
		}
	}
	return out
}

// stroke is one movement of the pen: points, and the pressure at each, 0 to 1.
type stroke struct {
	points   []pt
	pressure []float64
}

// draw lays the strokes down. Where they cross, ink adds up as layers do.
func (s *sheet) draw(strokes []stroke, pen Pen) {
	lo, hi := pt{math.Inf(1), math.Inf(1)}, pt{math.Inf(-1), math.Inf(-1)}
	for _, k := range strokes {
		for _, p := range k.points {
			lo, hi = pt{min(lo.x, p.x), min(lo.y, p.y)}, pt{max(hi.x, p.x), max(hi.y, p.y)}
		}
	}
	pad := pen.Width + 2
	r := image.Rect(int(lo.x-pad), int(lo.y-pad), int(hi.x+pad)+1, int(hi.y+pad)+1).Intersect(s.rect)
	if r.Empty() {
		return
	}
	if n := r.Dx() * r.Dy(); cap(s.cover) < 2*n {
		s.cover = make([]float32, 2*n)
	}
	n := r.Dx() * r.Dy()
	light, one := s.cover[:n], s.cover[n:2*n] // light left through all strokes; cover of this stroke
	for i := range light {
		light[i] = 1
	}
	for _, k := range strokes {
		clear(one)
		touched := s.trace(k, pen, r, one)
		for y := touched.Min.Y; y < touched.Max.Y; y++ {
			row := (y - r.Min.Y) * r.Dx()
			for x := touched.Min.X; x < touched.Max.X; x++ {
				i := row + x - r.Min.X
				if one[i] > 0 {
					light[i] *= 1 - one[i]
				}
			}
		}
	}
	s.ink(light, r, pen)
}

// trace fills cover with one stroke: capsules between its points, as dark as
// the pen presses.
func (s *sheet) trace(k stroke, pen Pen, r image.Rectangle, cover []float32) image.Rectangle {
	var all image.Rectangle
	for i := 0; i+1 < len(k.points); i++ {
		a, b := k.points[i], k.points[i+1]
		pa, pb := k.pressure[i], k.pressure[i+1]
		half := pen.Width / 2 * (0.8 + 0.2*(pa+pb)/2)
		seg := image.Rect(int(min(a.x, b.x)-half-1), int(min(a.y, b.y)-half-1), int(max(a.x, b.x)+half)+2, int(max(a.y, b.y)+half)+2).Intersect(r)
		all = all.Union(seg)
		dx, dy := b.x-a.x, b.y-a.y
		long := max(dx*dx+dy*dy, 1e-9)
		reach := (half + 0.5) * (half + 0.5)
		for y := seg.Min.Y; y < seg.Max.Y; y++ {
			row := cover[(y-r.Min.Y)*r.Dx():][:r.Dx()]
			for x := seg.Min.X; x < seg.Max.X; x++ {
				px, py := float64(x)+0.5-a.x, float64(y)+0.5-a.y
				t := min(max((px*dx+py*dy)/long, 0), 1)
				ex, ey := px-t*dx, py-t*dy
				d2 := ex*ex + ey*ey
				if d2 >= reach {
					continue
				}
				c := min(half+0.5-math.Sqrt(d2), 1) * pen.Opacity * (pa + t*(pb-pa))
				if at := &row[x-r.Min.X]; float32(c) > *at {
					*at = float32(c)
				}
			}
		}
	}
	return all
}

// ink darkens the page by what light is left, through the paper's tooth.
func (s *sheet) ink(light []float32, r image.Rectangle, pen Pen) {
	var absorb [3]float64
	for c, v := range pen.Color {
		absorb[c] = 1 - float64(v)/255
	}
	lum, cb, cr := color.RGBToYCbCr(pen.Color[0], pen.Color[1], pen.Color[2])
	dark := 1 - float64(lum)/255
	for y := r.Min.Y; y < r.Max.Y; y++ {
		tooth := s.tooth[(y&(toothSide-1))*toothSide:][:toothSide]
		for x := r.Min.X; x < r.Max.X; x++ {
			d := 1 - float64(light[(y-r.Min.Y)*r.Dx()+x-r.Min.X])
			if d <= 0 {
				continue
			}
			t := float64(tooth[x&(toothSide-1)]) / 255
			d = max(d*(1-pen.Grain*t*t*1.6), 0)
			if s.pl != nil {
				v := &s.pl.y[y*s.pl.w+x]
				*v = uint8(float64(*v)*(1-d*dark) + 0.5)
				s.pl.tint(x, y, float64(cb), float64(cr), d)
				continue
			}
			row := s.img.Pix[s.img.PixOffset(x, y):][:3:3]
			for c := range 3 {
				row[c] = uint8(float64(row[c])*(1-d*absorb[c]) + 0.5)
			}
		}
	}
}

// wobble is a smooth deviation along a stroke: two waves of drawn length.
type wobble struct{ a1, f1, p1, a2, f2, p2 float64 }

func newWobble(r *rand.Rand, amount float64) wobble {
	return wobble{
		amount * between(r, 0.5, 1), between(r, 0.6, 1.6), between(r, 0, 2*math.Pi),
		amount * between(r, 0.15, 0.5), between(r, 2, 4.5), between(r, 0, 2*math.Pi),
	}
}

func (w wobble) at(t float64) float64 {
	return w.a1*math.Sin(2*math.Pi*w.f1*t+w.p1) + w.a2*math.Sin(2*math.Pi*w.f2*t+w.p2)
}

// line is a hand-drawn line through points given in units of a bubble (middle 0,
// edge 1): curved, trembling, pressed unevenly, lifted at its end.
func line(r *rand.Rand, m mark, through []pt, lifted bool) stroke {
	wx, wy := newWobble(r, 0.05), newWobble(r, 0.05)
	press := newWobble(r, 0.12)
	var k stroke
	const per = 10
	n := (len(through) - 1) * per
	for i := 0; i <= n; i++ {
		t := float64(i) / float64(n)
		p := spline(through, t*float64(len(through)-1))
		k.points = append(k.points, m.at(p.x+wx.at(t), p.y+wy.at(t)))
		force := 0.9 + press.at(t)
		if lifted && t > 0.75 {
			force *= 1 - 1.6*(t-0.75)
		}
		k.pressure = append(k.pressure, min(max(force, 0), 1))
	}
	return k
}

// spline is the Catmull-Rom curve through the points at u, from 0 to their number less one.
func spline(p []pt, u float64) pt {
	i := min(int(u), len(p)-2)
	t := u - float64(i)
	p0, p1, p2, p3 := p[max(i-1, 0)], p[i], p[i+1], p[min(i+2, len(p)-1)]
	f := func(a, b, c, d float64) float64 {
		return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
	}
	return pt{f(p0.x, p1.x, p2.x, p3.x), f(p0.y, p1.y, p2.y, p3.y)}
}
