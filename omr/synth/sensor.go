package synth

import (
	"image"
	"math"
)

// dust lays specks and hairs on a scanner's glass.
func (c *camera) dust(img *image.RGBA, seed uint64) {
	r := draws(seed, "dust")
	s := &sheet{img: img, tooth: newTooth(r)}
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

// moved is the picture of a moving hand: the mean along a line.
func moved(src *image.RGBA, length, direction float64) *image.RGBA {
	n := int(math.Ceil(length)) + 1
	sin, cos := math.Sincos(radians(direction))
	offset := make([]image.Point, n)
	for i := range offset {
		t := (float64(i)/float64(n-1) - 0.5) * length
		offset[i] = image.Pt(int(math.Round(t*cos)), int(math.Round(t*sin)))
	}
	b := src.Rect
	out := image.NewRGBA(b)
	bands(b.Dy(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range b.Dx() {
				var sum [3]int
				for _, o := range offset {
					px := src.Pix[min(max(y+o.Y, 0), b.Dy()-1)*src.Stride+4*min(max(x+o.X, 0), b.Dx()-1):]
					sum[0] += int(px[0])
					sum[1] += int(px[1])
					sum[2] += int(px[2])
				}
				to := out.Pix[y*out.Stride+4*x:][:4:4]
				to[0], to[1], to[2], to[3] = uint8(sum[0]/n), uint8(sum[1]/n), uint8(sum[2]/n), 255
			}
		}
	})
	return out
}

// blur defocuses in place: a separable Gaussian, its tails beyond 2.2
// deviations cut off.
func blur(img *image.RGBA, deviation float64) {
	radius := max(int(math.Ceil(2.2*deviation)), 1)
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
	w, h := img.Rect.Dx(), img.Rect.Dy()
	half := make([]uint8, len(img.Pix))
	bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			blurLine(half[y*img.Stride:], img.Pix[y*img.Stride:][:4*w], w, kernel)
		}
	})
	bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			blurRows(img.Pix[y*img.Stride:][:4*w], half, img.Stride, y, h, kernel)
		}
	})
}

func blurLine(to, from []uint8, w int, kernel []int) {
	radius := len(kernel) - 1
	for x := range w {
		i := 4 * x
		r, g, b := int(from[i])*kernel[0], int(from[i+1])*kernel[0], int(from[i+2])*kernel[0]
		for k := 1; k <= radius; k++ {
			before, after := from[4*max(x-k, 0):][:3:3], from[4*min(x+k, w-1):][:3:3]
			f := kernel[k]
			r += (int(before[0]) + int(after[0])) * f
			g += (int(before[1]) + int(after[1])) * f
			b += (int(before[2]) + int(after[2])) * f
		}
		to[i], to[i+1], to[i+2] = uint8(r>>16), uint8(g>>16), uint8(b>>16)
	}
}

func blurRows(to, from []uint8, stride, y, h int, kernel []int) {
	middle := from[y*stride:][:len(to)]
	sums := make([]uint32, len(to)) // the kernel's sum is 1<<16, so they hold
	for i, v := range middle {
		sums[i] = uint32(v) * uint32(kernel[0])
	}
	for k := 1; k < len(kernel); k++ {
		up, down := from[max(y-k, 0)*stride:][:len(to)], from[min(y+k, h-1)*stride:][:len(to)]
		f := uint32(kernel[k])
		for i := range sums {
			sums[i] += (uint32(up[i]) + uint32(down[i])) * f
		}
	}
	for i, s := range sums {
		to[i] = uint8(s >> 16)
	}
	for i := 3; i < len(to); i += 4 {
		to[i] = 255
	}
}

// noiseSize is a table of drawn normal numbers, read from another place each row.
const noiseSize = 1 << 16

// develop is what a camera does with light: tone curve, white balance, noise.
func (c *camera) develop(img *image.RGBA, seed uint64) {
	curves := c.curves()
	table := make([]int8, noiseSize)
	r := draws(seed, "noise")
	for i := range table {
		table[i] = int8(math.Round(min(max(r.NormFloat64()*c.e.Noise*8, -127), 127))) // eighths of a level
	}
	start := make([]int, c.size.Y)
	for y := range start {
		start[y] = r.IntN(noiseSize)
	}
	bands(c.size.Y, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := img.Pix[y*img.Stride:][:4*c.size.X]
			n := start[y]
			for x := 0; x < len(row); x += 4 {
				// Most noise is the same in all colours; sensors smooth the rest.
				grey := int(table[n&(noiseSize-1)])
				red, blue := int(table[(n*7+1)&(noiseSize-1)]), int(table[(n*13+5)&(noiseSize-1)])
				row[x] = noisy(curves[0][row[x]], grey+red/3)
				row[x+1] = noisy(curves[1][row[x+1]], grey)
				row[x+2] = noisy(curves[2][row[x+2]], grey+blue/3)
				n++
			}
		}
	})
}

func noisy(v uint8, eighths int) uint8 {
	return uint8(min(max(int(v)+(eighths+4)>>3, 0), 255))
}

// curves are the tone curves of red, green and blue.
func (c *camera) curves() (out [3][256]uint8) {
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
	for ch := range 3 {
		gain := orOne(c.e.WhiteBalance[ch])
		for i := range 256 {
			v := sigmoid(float64(i) / paperTone[1])
			out[ch][i] = level((c.e.Black+(white-c.e.Black)*v)*gain + 0.5)
		}
	}
	return out
}
