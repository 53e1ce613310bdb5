package synth

import (
	"image"
	"math"
)

// moved makes it the picture of a moving hand: the mean along a line.
func (p *planes) moved(length, direction float64) {
	sin, cos := math.Sincos(radians(direction))
	movePlane(p.y, p.w, p.h, length*cos, length*sin)
	if p.cb != nil && length >= 3 {
		movePlane(p.cb, p.cw, p.ch, length*cos/2, length*sin/2)
		movePlane(p.cr, p.cw, p.ch, length*cos/2, length*sin/2)
	}
}

func movePlane(pix []uint8, w, h int, dx, dy float64) {
	n := int(math.Ceil(math.Hypot(dx, dy))) + 1
	var offset []image.Point
	for i := range n {
		t := float64(i)/float64(max(n-1, 1)) - 0.5
		offset = append(offset, image.Pt(int(math.Round(t*dx)), int(math.Round(t*dy))))
	}
	src := append([]uint8(nil), pix...)
	share := (1<<16 + n - 1) / n
	bands(h, func(y0, y1 int) {
		sums := make([]uint16, w)
		for y := y0; y < y1; y++ {
			clear(sums)
			for _, o := range offset {
				row := src[min(max(y+o.Y, 0), h-1)*w:][:w]
				from, to := max(-o.X, 0), min(w-o.X, w)
				for x := range from {
					sums[x] += uint16(row[0])
				}
				for x := from; x < to; x++ {
					sums[x] += uint16(row[x+o.X])
				}
				for x := max(to, 0); x < w; x++ {
					sums[x] += uint16(row[w-1])
				}
			}
			to := pix[y*w:][:w]
			for x, s := range sums {
				to[x] = uint8(min(int(s)*share>>16, 255))
			}
		}
	})
}

// defocus is the blur of the whole, and more of it towards one side.
func (p *planes) defocus(e Effects) {
	if e.BlurVaries > 0 {
		soft := append([]uint8(nil), p.y...)
		blur(soft, p.w, p.h, math.Hypot(e.Blur, e.BlurVaries))
		if e.Blur > 0 {
			blur(p.y, p.w, p.h, e.Blur)
		}
		sin, cos := math.Sincos(radians(e.TiltDirection + 90))
		dx, dy := int(cos*65536/float64(p.w)), int(sin*65536/float64(p.h))
		bands(p.h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				row, far := p.y[y*p.w:][:p.w], soft[y*p.w:][:p.w]
				t := 32768 + (y-p.h/2)*dy - p.w/2*dx // 1/65536 of the soft one
				for x, v := range row {
					share := min(max(t, 0), 65536)
					row[x] = uint8(int(v) + (int(far[x])-int(v))*share>>16)
					t += dx
				}
			}
		})
	} else if e.Blur > 0 {
		blur(p.y, p.w, p.h, e.Blur)
	}
	if p.cb != nil && e.Blur > 1.2 {
		blur(p.cb, p.cw, p.ch, e.Blur/2)
		blur(p.cr, p.cw, p.ch, e.Blur/2)
	}
}

// blur defocuses a plane in place: a separable Gaussian, its tails beyond 2.1
// deviations cut off; from 2.2 px on three means of boxes, which are as good
// (Wells, Efficient synthesis of Gaussian filters by cascaded uniform filters, 1986).
func blur(pix []uint8, w, h int, deviation float64) {
	if w < 2 || h < 2 {
		return
	}
	if deviation >= 2.2 {
		const times = 3
		// n boxes of 2 k + 1 px have a variance of n (2k+1)²/12.
		k := max(int(math.Round((math.Sqrt(12*deviation*deviation/times+1)-1)/2)), 1)
		for range times {
			boxes(pix, w, h, k)
		}
		return
	}
	radius := max(int(math.Ceil(2.1*deviation)), 1)
	kernel := make([]int, radius+1) // one side, in 1/65536
	total := 0.0
	for i := -radius; i <= radius; i++ {
		total += math.Exp(-float64(i*i) / (2 * deviation * deviation))
	}
	rest := 1 << 16
	for i := radius; i > 0; i-- {
		kernel[i] = int(math.Exp(-float64(i*i)/(2*deviation*deviation)) / total * (1 << 16))
		rest -= 2 * kernel[i]
	}
	kernel[0] = rest
	half := make([]uint8, w*h)
	bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			blurLine(half[y*w:][:w], pix[y*w:][:w], kernel)
		}
	})
	bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			blurRows(pix[y*w:][:w], half, y, h, kernel)
		}
	})
}

func blurLine(to, from []uint8, kernel []int) {
	w, radius := len(from), len(kernel)-1
	slow := func(x int) {
		s := 1<<15 + int(from[x])*kernel[0]
		for k := 1; k <= radius; k++ {
			s += (int(from[max(x-k, 0)]) + int(from[min(x+k, w-1)])) * kernel[k]
		}
		to[x] = uint8(s >> 16)
	}
	for x := range min(radius, w) {
		slow(x)
	}
	switch radius {
	case 1:
		k0, k1 := kernel[0], kernel[1]
		for x := 1; x < w-1; x++ {
			f := from[x-1 : x+2 : x+2]
			to[x] = uint8((1<<15 + int(f[1])*k0 + (int(f[0])+int(f[2]))*k1) >> 16)
		}
	case 2:
		k0, k1, k2 := kernel[0], kernel[1], kernel[2]
		for x := 2; x < w-2; x++ {
			f := from[x-2 : x+3 : x+3]
			to[x] = uint8((1<<15 + int(f[2])*k0 + (int(f[1])+int(f[3]))*k1 + (int(f[0])+int(f[4]))*k2) >> 16)
		}
	case 3:
		k0, k1, k2, k3 := kernel[0], kernel[1], kernel[2], kernel[3]
		for x := 3; x < w-3; x++ {
			f := from[x-3 : x+4 : x+4]
			to[x] = uint8((1<<15 + int(f[3])*k0 + (int(f[2])+int(f[4]))*k1 + (int(f[1])+int(f[5]))*k2 + (int(f[0])+int(f[6]))*k3) >> 16)
		}
	default:
		for x := radius; x < w-radius; x++ {
			f := from[x-radius : x+radius+1]
			s := 1<<15 + int(f[radius])*kernel[0]
			for k := 1; k <= radius; k++ {
				s += (int(f[radius-k]) + int(f[radius+k])) * kernel[k]
			}
			to[x] = uint8(s >> 16)
		}
	}
	for x := max(w-radius, 0); x < w; x++ {
		slow(x)
	}
}

func blurRows(to, from []uint8, y, h int, kernel []int) {
	w := len(to)
	row := func(k int) []uint8 { return from[min(max(y+k, 0), h-1)*w:][:w] }
	mid := row(0)
	switch len(kernel) {
	case 2:
		a, b, k0, k1 := row(-1), row(1), kernel[0], kernel[1]
		for x, v := range mid {
			to[x] = uint8((1<<15 + int(v)*k0 + (int(a[x])+int(b[x]))*k1) >> 16)
		}
	case 3:
		a, b, c, d := row(-1), row(1), row(-2), row(2)
		k0, k1, k2 := kernel[0], kernel[1], kernel[2]
		for x, v := range mid {
			to[x] = uint8((1<<15 + int(v)*k0 + (int(a[x])+int(b[x]))*k1 + (int(c[x])+int(d[x]))*k2) >> 16)
		}
	case 4:
		a, b, c, d, e, f := row(-1), row(1), row(-2), row(2), row(-3), row(3)
		k0, k1, k2, k3 := kernel[0], kernel[1], kernel[2], kernel[3]
		for x, v := range mid {
			to[x] = uint8((1<<15 + int(v)*k0 + (int(a[x])+int(b[x]))*k1 + (int(c[x])+int(d[x]))*k2 + (int(e[x])+int(f[x]))*k3) >> 16)
		}
	default:
		sums := make([]uint32, w)
		for x, v := range mid {
			sums[x] = 1<<15 + uint32(v)*uint32(kernel[0])
		}
		for k := 1; k < len(kernel); k++ {
			a, b, f := row(-k), row(k), uint32(kernel[k])
			for x := range sums {
				sums[x] += (uint32(a[x]) + uint32(b[x])) * f
			}
		}
		for x, s := range sums {
			to[x] = uint8(s >> 16)
		}
	}
}

// boxes is the mean of 2 k + 1 px both ways, by running sums.
func boxes(pix []uint8, w, h, k int) {
	half := make([]uint8, w*h)
	share := (1<<20 + k) / (2*k + 1)
	bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			from, to := pix[y*w:][:w], half[y*w:][:w]
			sum := 0
			for x := -k; x <= k; x++ {
				sum += int(from[min(max(x, 0), w-1)])
			}
			for x := range to {
				to[x] = uint8((sum*share + 1<<19) >> 20)
				sum += int(from[min(x+k+1, w-1)]) - int(from[max(x-k, 0)])
			}
		}
	})
	bands(h, func(y0, y1 int) {
		sums := make([]int32, w)
		for y := y0 - k; y <= y0+k; y++ {
			for x, v := range half[min(max(y, 0), h-1)*w:][:w] {
				sums[x] += int32(v)
			}
		}
		for y := y0; y < y1; y++ {
			to := pix[y*w:][:w]
			add, drop := half[min(y+k+1, h-1)*w:][:w], half[max(y-k, 0)*w:][:w]
			for x, s := range sums {
				to[x] = uint8((int(s)*share + 1<<19) >> 20)
				sums[x] = s + int32(add[x]) - int32(drop[x])
			}
		}
	})
}

// noiseSize is a table of drawn normal numbers, read from another place each row.
const noiseSize = 1 << 15

// develop is what a camera does with light: tone curve, white balance, noise.
func (c *camera) develop(p *planes, seed uint64) {
	table := make([]int16, noiseSize)
	r := draws(seed, "noise")
	for i := range table {
		table[i] = int16(math.Round(min(max(r.NormFloat64()*c.e.Noise, -60), 60) * 8)) // eighths of a level
	}
	gains := [3]float64{orOne(c.e.WhiteBalance[0]), orOne(c.e.WhiteBalance[1]), orOne(c.e.WhiteBalance[2])}
	curve := c.curve(0.299*gains[0] + 0.587*gains[1] + 0.114*gains[2])
	// A grey is tinted in proportion to its lightness.
	toCb := -0.1687*gains[0] - 0.3313*gains[1] + 0.5*gains[2]
	toCr := 0.5*gains[0] - 0.4187*gains[1] - 0.0813*gains[2]
	slope := (curve[250] - curve[0]) / (250 * 8) // of colour against light
	start := make([]int, p.h)
	for y := range start {
		start[y] = r.IntN(noiseSize)
	}
	bands(p.ch, func(y0, y1 int) {
		for y := 2 * y0; y < min(2*y1, p.h); y++ {
			row := p.y[y*p.w:][:p.w]
			n := start[y]
			if p.cb != nil && y&1 == 0 {
				cb, cr := p.cb[y/2*p.cw:][:p.cw], p.cr[y/2*p.cw:][:p.cw]
				for x := range cb {
					lum := curve[row[2*x]] / 8
					// Most noise is the same in all colours; sensors smooth the rest.
					cb[x] = level(128.5 + slope*(float64(cb[x])-128) + lum*toCb + float64(table[(n+7*x)&(noiseSize-1)])/32)
					cr[x] = level(128.5 + slope*(float64(cr[x])-128) + lum*toCr + float64(table[(n+13*x+5)&(noiseSize-1)])/32)
				}
			}
			developLine(row, table, n, &curve)
		}
	})
}

func developLine(row []uint8, table []int16, n int, curve *[256]float64) {
	var levels [256]int32
	for i, v := range curve {
		levels[i] = int32(v + 4)
	}
	for x, v := range row {
		u := (levels[v] + int32(table[(n+x)&(noiseSize-1)])) >> 3
		if uint32(u) > 255 {
			u = min(max(u, 0), 255)
		}
		row[x] = uint8(u)
	}
}

// curve is the tone curve of luma, in eighths of a level.
func (c *camera) curve(gain float64) (out [256]float64) {
	white := c.e.White
	if white == 0 {
		white = 255
	}
	contrast := orOne(c.e.Contrast)
	// A sigmoid through 0 and 1, straight for a contrast of 1.
	sigmoid := func(v float64) float64 {
		if contrast <= 1.001 {
			return v
		}
		k := 2.4 * (contrast - 1)
		f := func(x float64) float64 { return 1 / (1 + math.Exp(-k*(x-0.55)*2)) }
		return (f(v) - f(0)) / (f(1) - f(0))
	}
	for i := range 256 {
		v := sigmoid(float64(i) / 250)
		out[i] = 8 * min(max((c.e.Black+(white-c.e.Black)*v)*gain, 0), 255)
	}
	return out
}
