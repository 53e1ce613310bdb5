// Package plane holds kernels on *image.Gray that several stages share.
//
// In and out: luma planes, 0 black, rows by Stride; pixel i covers [i, i+1).
// Nothing is changed in place; results begin at (0, 0).
package plane

import (
	"image"
	"math"
)

// Crop is the part of g inside r, sharing its pixels.
func Crop(g *image.Gray, r image.Rectangle) *image.Gray {
	return g.SubImage(r).(*image.Gray)
}

// Pad is g with a frame of n px of the given luma.
func Pad(g *image.Gray, n int, luma uint8) *image.Gray {
	b := g.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx()+2*n, b.Dy()+2*n))
	for i := range out.Pix {
		out.Pix[i] = luma
	}
	for y := range b.Dy() {
		copy(out.Pix[(y+n)*out.Stride+n:], g.Pix[y*g.Stride:][:b.Dx()])
	}
	return out
}

// Half is g at half its size, each pixel the mean of four; an odd last row or
// column is dropped.
func Half(g *image.Gray) *image.Gray {
	w, h := g.Bounds().Dx()/2, g.Bounds().Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a := g.Pix[2*y*g.Stride:][:2*w]
		b := g.Pix[(2*y+1)*g.Stride:][:2*w]
		row := out.Pix[y*out.Stride:][:w]
		for x := range row {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return out
}

// Enlarge is g n times as large, bilinear.
func Enlarge(g *image.Gray, n int) *image.Gray {
	w, h := g.Bounds().Dx()*n, g.Bounds().Dy()*n
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		fy := (float64(y)+0.5)/float64(n) - 0.5
		for x := range w {
			out.Pix[y*out.Stride+x] = sample(g, (float64(x)+0.5)/float64(n)-0.5, fy)
		}
	}
	return out
}

// Turn is g turned by angle radians (clockwise on the screen, y down) about its
// centre, on a ground of the given luma that holds all of it. back maps a point
// of the result to g, counted from g's top left.
func Turn(g *image.Gray, angle float64, luma uint8) (out *image.Gray, back func(x, y float64) (float64, float64)) {
	w, h := float64(g.Bounds().Dx()), float64(g.Bounds().Dy())
	sin, cos := math.Sincos(angle)
	tw := int(math.Ceil(w*math.Abs(cos) + h*math.Abs(sin)))
	th := int(math.Ceil(w*math.Abs(sin) + h*math.Abs(cos)))
	back = func(x, y float64) (float64, float64) {
		dx, dy := x-float64(tw)/2, y-float64(th)/2
		return cos*dx + sin*dy + w/2, -sin*dx + cos*dy + h/2
	}
	out = image.NewGray(image.Rect(0, 0, tw, th))
	for y := range th {
		for x := range tw {
			sx, sy := back(float64(x)+0.5, float64(y)+0.5)
			if sx < 0 || sy < 0 || sx > w || sy > h {
				out.Pix[y*out.Stride+x] = luma
				continue
			}
			out.Pix[y*out.Stride+x] = sample(g, sx-0.5, sy-0.5)
		}
	}
	return out, back
}

// sample is the bilinear luma at (x, y), where pixel centres are whole numbers;
// beyond the edge the edge goes on.
func sample(g *image.Gray, x, y float64) uint8 {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	x = min(max(x, 0), float64(w-1))
	y = min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	a, b := g.Pix[y0*g.Stride:], g.Pix[y1*g.Stride:]
	top := float64(a[x0])*(1-fx) + float64(a[x1])*fx
	bottom := float64(b[x0])*(1-fx) + float64(b[x1])*fx
	return uint8(top*(1-fy) + bottom*fy + 0.5)
}

// Percentile is the luma that share (0 to 1) of the pixels do not exceed.
func Percentile(g *image.Gray, share float64) uint8 {
	var histogram [256]int
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	for y := range h {
		for _, v := range g.Pix[y*g.Stride:][:w] {
			histogram[v]++
		}
	}
	left := int(share * float64(w*h))
	for v, n := range histogram {
		if left -= n; left < 0 {
			return uint8(v)
		}
	}
	return 255
}
