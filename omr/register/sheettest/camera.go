package sheettest

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// Camera is what stands between paper and picture.
type Camera struct {
	Scale  float64 // image px a page px, around the middle
	Turn   float64 // degrees clockwise
	Tilt   float64 // share by which one side is nearer than the other
	Curl   float64 // page px by which the middle bulges sideways
	Margin float64 // table around the sheet, share of its size; negative: cut off
	Table  uint8   // luma of the table
	Shade  float64 // darkening of one side, 0 to 1
	Blur   int     // box blur radius, image px, twice
	Noise  float64 // standard deviation, levels
	JPEG   int     // quality; 0: none
	Mirror bool
}

// Phone is a random hand-held photo, harder as hard goes to 1.
func Phone(seed uint64, hard float64) Camera {
	r := Rand(seed ^ 0xca3e7a)
	u := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	return Camera{
		Scale: u(0.7, 1.0), Turn: float64(r.IntN(4))*90 + u(-8, 8)*(0.5+hard), Tilt: u(0, 0.22) * (0.4 + hard),
		Curl: u(-14, 14) * (0.5 + hard), Margin: u(0.03, 0.12), Table: uint8(u(40, 200)), Shade: u(0.1, 0.45+0.2*hard),
		Blur: r.IntN(2) + int(hard*1.5), Noise: u(1, 4+6*hard), JPEG: int(u(60, 92) - 25*hard),
	}
}

// Scan is a random flatbed scan.
func Scan(seed uint64) Camera {
	r := Rand(seed ^ 0x5ca9)
	u := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	return Camera{
		Scale: []float64{0.5, 0.667, 1, 1, 1.333}[r.IntN(5)], Turn: float64(r.IntN(4))*90 + u(-2, 2),
		Margin: u(-0.004, 0.02), Table: 250, Shade: u(0, 0.05), Noise: u(0, 5), JPEG: int(u(70, 95)),
	}
}

// Take photographs the page: the picture and the map that was used.
func (c Camera) Take(page *image.Gray, seed uint64) (*image.Gray, func(geom.PagePt) geom.ImagePt) {
	pw, ph := float64(page.Rect.Dx()), float64(page.Rect.Dy())
	sin, cos := math.Sincos(c.Turn * math.Pi / 180)
	long := math.Hypot(pw, ph) / 2
	forward := func(p geom.PagePt) geom.ImagePt {
		x := p.X - pw/2 + c.Curl*math.Sin(p.Y/ph*math.Pi)
		y := p.Y - ph/2 + 0.5*c.Curl*math.Cos(p.X/pw*2*math.Pi)
		if c.Mirror {
			x = -x
		}
		u, v := cos*x-sin*y, sin*x+cos*y
		w := 1 + c.Tilt*(0.6*u+v)/(2*long)
		return geom.ImagePt{X: c.Scale * u / w, Y: c.Scale * v / w}
	}
	lx, ly, hx, hy := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, k := range (geom.PageRect{W: pw, H: ph}).Corners() {
		q := forward(k)
		lx, hx, ly, hy = min(lx, q.X), max(hx, q.X), min(ly, q.Y), max(hy, q.Y)
	}
	mx, my := c.Margin*(hx-lx), c.Margin*(hy-ly)
	ox, oy := mx-lx, my-ly
	g := image.NewGray(image.Rect(0, 0, int(hx-lx+2*mx), int(hy-ly+2*my)))
	r := Rand(seed ^ 0x7a4e)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	sx, sy := r.Float64()-0.5, r.Float64()-0.5
	// The map is smooth: exact each 16 px, linear between.
	const step = 16
	for y := range h {
		next := c.back(0.5-ox, float64(y)+0.5-oy, pw, ph, sin, cos, long)
		for x0 := 0; x0 < w; x0 += step {
			p := next
			next = c.back(float64(x0+step)+0.5-ox, float64(y)+0.5-oy, pw, ph, sin, cos, long)
			dx, dy := (next.X-p.X)/step, (next.Y-p.Y)/step
			for x := x0; x < min(x0+step, w); x++ {
				v := float64(c.Table) + float64(x%7)
				if p.X >= 0 && p.Y >= 0 && p.X < pw && p.Y < ph {
					v = sample(page, p.X, p.Y, 1/c.Scale) * 0.92
				}
				v *= 1 - c.Shade*(0.5+(float64(x)/float64(w)-0.5)*sx*2+(float64(y)/float64(h)-0.5)*sy*2)
				g.Pix[y*g.Stride+x] = uint8(min(max(v, 0), 255))
				p.X += dx
				p.Y += dy
			}
		}
	}
	for range 2 {
		if c.Blur > 0 {
			blur(g, c.Blur)
		}
	}
	if c.Noise > 0 {
		for i, v := range g.Pix {
			g.Pix[i] = uint8(min(max(float64(v)+c.Noise*r.NormFloat64(), 0), 255))
		}
	}
	if c.JPEG > 0 {
		g = recompress(g, c.JPEG)
	}
	return g, func(p geom.PagePt) geom.ImagePt {
		q := forward(p)
		return geom.ImagePt{X: q.X + ox, Y: q.Y + oy}
	}
}

// back is forward's inverse; the curl's by two fixed-point steps.
func (c Camera) back(px, py, pw, ph, sin, cos, long float64) geom.PagePt {
	// u = s·w·px', w = 1 + k(0.6u+v): linear in w.
	a, b := px/c.Scale, py/c.Scale
	k := c.Tilt / (2 * long)
	w := 1 / (1 - k*(0.6*a+b))
	u, v := a*w, b*w
	x, y := cos*u+sin*v, -sin*u+cos*v
	if c.Mirror {
		x = -x
	}
	p := geom.PagePt{X: x + pw/2, Y: y + ph/2}
	if c.Curl != 0 {
		q := p
		for range 3 {
			q = geom.PagePt{
				X: p.X - c.Curl*math.Sin(q.Y/ph*math.Pi),
				Y: p.Y - 0.5*c.Curl*math.Cos(q.X/pw*2*math.Pi),
			}
		}
		p = q
	}
	return p
}

// sample averages the page over about a pixel of the picture.
func sample(g *image.Gray, x, y, size float64) float64 {
	n := 1
	if size > 1.2 {
		n = 2
	}
	if size > 2.4 {
		n = 3
	}
	sum := 0
	for i := range n {
		for j := range n {
			sum += bilinear(g, x+(float64(i)+0.5-float64(n)/2)*size/float64(n), y+(float64(j)+0.5-float64(n)/2)*size/float64(n))
		}
	}
	return float64(sum) / float64(256*n*n)
}

// bilinear is 256 times the luma.
func bilinear(g *image.Gray, x, y float64) int {
	fx, fy := int(x*16)-8, int(y*16)-8
	ix, iy := min(max(fx>>4, 0), g.Rect.Dx()-2), min(max(fy>>4, 0), g.Rect.Dy()-2)
	fx, fy = fx&15, fy&15
	i := iy*g.Stride + ix
	a := int(g.Pix[i])*(16-fx) + int(g.Pix[i+1])*fx
	b := int(g.Pix[i+g.Stride])*(16-fx) + int(g.Pix[i+g.Stride+1])*fx
	return a*(16-fy) + b*fy
}

// blur is a box blur, rows then columns.
func blur(g *image.Gray, r int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	line := make([]uint8, max(w, h))
	pass := func(n int, at func(int) *uint8) {
		for i := range n {
			line[i] = *at(i)
		}
		for i := range n {
			s, k := 0, 0
			for j := max(0, i-r); j <= min(n-1, i+r); j++ {
				s += int(line[j])
				k++
			}
			*at(i) = uint8(s / k)
		}
	}
	for y := range h {
		pass(w, func(i int) *uint8 { return &g.Pix[y*g.Stride+i] })
	}
	for x := range w {
		pass(h, func(i int) *uint8 { return &g.Pix[i*g.Stride+x] })
	}
}

func recompress(g *image.Gray, quality int) *image.Gray {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, g, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}
	im, err := jpeg.Decode(&b)
	if err != nil {
		panic(err)
	}
	return im.(*image.Gray)
}
