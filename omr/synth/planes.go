package synth

import (
	"image"
	"image/color"
	"image/draw"
	"runtime"
	"sync"
)

// planes are a picture as cameras keep it: luma of every px, and, where anything
// is coloured, chroma of every second px both ways (JFIF, centred at 128).
type planes struct {
	w, h   int
	y      []uint8
	cw, ch int
	cb, cr []uint8 // nil: grey
}

func newPlanes(w, h int, coloured bool) *planes {
	p := &planes{w: w, h: h, y: make([]uint8, w*h), cw: (w + 1) / 2, ch: (h + 1) / 2}
	if coloured {
		p.colour()
	}
	return p
}

// colour gives a grey picture its chroma planes.
func (p *planes) colour() {
	if p.cb != nil {
		return
	}
	p.cb, p.cr = make([]uint8, p.cw*p.ch), make([]uint8, p.cw*p.ch)
	for i := range p.cb {
		p.cb[i], p.cr[i] = 128, 128
	}
}

// planesOf is a copy of a picture, over white.
func planesOf(img image.Image) *planes {
	b := img.Bounds()
	p := newPlanes(b.Dx(), b.Dy(), false)
	switch src := img.(type) {
	case *image.Gray:
		for y := range p.h {
			copy(p.y[y*p.w:][:p.w], src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):])
		}
	case *image.Paletted:
		p.fromPalette(src)
	case *image.RGBA:
		p.fromRGBA(src.Pix[src.PixOffset(b.Min.X, b.Min.Y):], src.Stride)
	default:
		flat := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
		draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(flat, flat.Rect, img, b.Min, draw.Over)
		p.fromRGBA(flat.Pix, flat.Stride)
	}
	return p
}

func (p *planes) fromPalette(src *image.Paletted) {
	var lum, cb, cr [256]uint8
	grey := true
	for i, c := range src.Palette {
		r, g, b, a := c.RGBA()
		over := func(v uint32) uint8 { return uint8((v + 0xffff - a) >> 8) }
		lum[i], cb[i], cr[i] = color.RGBToYCbCr(over(r), over(g), over(b))
		grey = grey && cb[i] == 128 && cr[i] == 128
	}
	if !grey {
		p.colour()
	}
	b := src.Rect
	for y := range p.h {
		row := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):][:p.w]
		to := p.y[y*p.w:][:p.w]
		for x, v := range row {
			to[x] = lum[v]
		}
		if !grey && y&1 == 0 {
			for x := 0; x < p.w; x += 2 {
				p.cb[y/2*p.cw+x/2], p.cr[y/2*p.cw+x/2] = cb[row[x]], cr[row[x]]
			}
		}
	}
}

func (p *planes) fromRGBA(pix []uint8, stride int) {
	p.colour()
	bands(p.ch, func(y0, y1 int) {
		for y := 2 * y0; y < min(2*y1, p.h); y++ {
			row := pix[y*stride:][:4*p.w]
			to := p.y[y*p.w:][:p.w]
			for x := range to {
				r, g, b := int(row[4*x]), int(row[4*x+1]), int(row[4*x+2])
				to[x] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
				if x&1 == 0 && y&1 == 0 {
					i := y/2*p.cw + x/2
					p.cb[i] = uint8(min((-11056*r-21712*g+32768*b+257<<15)>>16, 255))
					p.cr[i] = uint8(min((32768*r-27440*g-5328*b+257<<15)>>16, 255))
				}
			}
		}
	})
}

// rgba is the picture for those who want pixels.
func (p *planes) rgba() *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	bands(p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			to := out.Pix[y*out.Stride:][:4*p.w]
			for x, v := range p.y[y*p.w:][:p.w] {
				r, g, b := v, v, v
				if p.cb != nil {
					i := y/2*p.cw + x/2
					r, g, b = color.YCbCrToRGB(v, p.cb[i], p.cr[i])
				}
				to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = r, g, b, 255
			}
		}
	})
	return out
}

// image shares its memory with the planes.
func (p *planes) image() image.Image {
	r := image.Rect(0, 0, p.w, p.h)
	if p.cb == nil {
		return &image.Gray{Pix: p.y, Stride: p.w, Rect: r}
	}
	return &image.YCbCr{Y: p.y, Cb: p.cb, Cr: p.cr, YStride: p.w, CStride: p.cw, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: r}
}

// shrunk is the mean of squares of k px.
func (p *planes) shrunk(k int) *planes {
	if k <= 1 {
		return p
	}
	out := newPlanes(max(p.w/k, 1), max(p.h/k, 1), false)
	shrinkPlane(out.y, out.w, out.h, p.y, p.w, p.h, k)
	if p.cb != nil {
		out.colour()
		shrinkPlane(out.cb, out.cw, out.ch, p.cb, p.cw, p.ch, k)
		shrinkPlane(out.cr, out.cw, out.ch, p.cr, p.cw, p.ch, k)
	}
	return out
}

func shrinkPlane(to []uint8, w, h int, from []uint8, fw, fh, k int) {
	bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				sum, n := 0, 0
				for j := y * k; j < min((y+1)*k, fh); j++ {
					for _, v := range from[j*fw+min(x*k, fw-1) : j*fw+min((x+1)*k, fw)] {
						sum += int(v)
						n++
					}
				}
				if n > 0 {
					to[y*w+x] = uint8((sum + n/2) / n)
				} else {
					to[y*w+x] = from[len(from)-1]
				}
			}
		}
	})
}

// bands runs f over all rows, a band a core. Rows do not depend on their band.
func bands(rows int, f func(y0, y1 int)) {
	n := min(runtime.GOMAXPROCS(0), max(rows/64, 1))
	if n == 1 {
		f(0, rows)
		return
	}
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { f(rows*i/n, rows*(i+1)/n) })
	}
	wait.Wait()
}

func level(v float64) uint8 { return uint8(min(max(v, 0), 255)) }
