package render

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/gif"
	"slices"

	"github.com/leafmark/leafmark/omr/layout"
)

// GIF is the page as a GIF file: exact where 256 colours suffice, else pictures
// in it lose some of theirs. GIF knows no resolution. dpi 0 is 300.
func GIF(p layout.Sheet, dpi int) ([]byte, error) {
	img, _, err := leanest(p, dpi)
	if err != nil {
		return nil, err
	}
	var indexed *image.Paletted
	switch img := img.(type) {
	case *image.Gray:
		indexed = &image.Paletted{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect, Palette: make(color.Palette, 256)}
		for v := range indexed.Palette {
			indexed.Palette[v] = color.Gray{Y: uint8(v)}
		}
	case *image.RGBA:
		indexed = index(img)
	}
	var out bytes.Buffer
	if err := gif.Encode(&out, indexed, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// index gives an opaque picture a palette of at most 256 colours.
func index(img *image.RGBA) *image.Paletted {
	same := func(c [3]uint8) [3]uint8 { return c }
	counts := count(img, same)
	seen := same
	var pal [][3]uint8
	if len(counts) <= 256 {
		for c := range counts {
			pal = append(pal, c)
		}
		slices.SortFunc(pal, compareColors)
	} else {
		seen = coarse
		counts = count(img, coarse)
		pal = medianCut(counts)
	}
	near := map[[3]uint8]uint8{}
	for c := range counts {
		near[c] = nearest(pal, c)
	}
	out := image.NewPaletted(img.Rect, make(color.Palette, len(pal)))
	for i, c := range pal {
		out.Palette[i] = color.RGBA{R: c[0], G: c[1], B: c[2], A: 255}
	}
	runs(img, func(from, to int, c [3]uint8) {
		v := near[seen(c)]
		for i := range out.Pix[from:to] {
			out.Pix[from+i] = v
		}
	})
	return out
}

// coarse keeps five bits a channel; black and white stay what they are.
func coarse(c [3]uint8) [3]uint8 {
	for a, v := range c {
		c[a] = uint8(int(v>>3) * 255 / 31)
	}
	return c
}

func count(img *image.RGBA, as func([3]uint8) [3]uint8) map[[3]uint8]int {
	counts := map[[3]uint8]int{}
	runs(img, func(from, to int, c [3]uint8) { counts[as(c)] += to - from })
	return counts
}

// runs calls do for every run of equal pixels of a canvas, in order.
func runs(img *image.RGBA, do func(from, to int, c [3]uint8)) {
	from, last := 0, [3]uint8{}
	for i := 0; 4*i < len(img.Pix); i++ {
		c := [3]uint8(img.Pix[4*i:])
		if c != last && i > from {
			do(from, i, last)
			from = i
		}
		last = c
	}
	do(from, len(img.Pix)/4, last)
}

func compareColors(a, b [3]uint8) int { return slices.Compare(a[:], b[:]) }

// medianCut chooses 256 colours (Heckbert, 1982): black and white, which bubbles
// and markers are drawn in, as they are, and the means of 254 boxes, the one with
// the largest weighted side halved each time.
func medianCut(counts map[[3]uint8]int) [][3]uint8 {
	black, white := [3]uint8{}, [3]uint8{255, 255, 255}
	var all []colorCount
	for c, n := range counts {
		if c != black && c != white {
			all = append(all, colorCount{c, n})
		}
	}
	slices.SortFunc(all, func(a, b colorCount) int { return compareColors(a.c, b.c) })
	boxes := [][]colorCount{all}
	for len(boxes) < 254 {
		best, axis, most := -1, 0, 0
		for i, b := range boxes {
			if a, side := longest(b); side > most {
				best, axis, most = i, a, side
			}
		}
		if best < 0 {
			break
		}
		b := boxes[best]
		slices.SortStableFunc(b, func(x, y colorCount) int { return cmp.Compare(x.c[axis], y.c[axis]) })
		half := len(b) / 2
		boxes[best] = b[:half]
		boxes = append(boxes, b[half:])
	}
	pal := [][3]uint8{black, white}
	for _, b := range boxes {
		pal = append(pal, mean(b))
	}
	return pal
}

type colorCount struct {
	c [3]uint8
	n int
}

// longest is the longest side of the box around colours; 0 for one colour.
func longest(b []colorCount) (axis, side int) {
	for a := range 3 {
		low, high := uint8(255), uint8(0)
		for _, k := range b {
			low, high = min(low, k.c[a]), max(high, k.c[a])
		}
		if high > low && int(high-low) > side {
			axis, side = a, int(high-low)
		}
	}
	return axis, side
}

func mean(b []colorCount) (c [3]uint8) {
	total, sum := 0, [3]int{}
	for _, k := range b {
		total += k.n
		for a := range 3 {
			sum[a] += k.n * int(k.c[a])
		}
	}
	for a := range 3 {
		c[a] = uint8((sum[a] + total/2) / total)
	}
	return c
}

func nearest(pal [][3]uint8, c [3]uint8) (at uint8) {
	least := 1 << 30
	for i, p := range pal {
		d := 0
		for a := range 3 {
			k := int(p[a]) - int(c[a])
			d += k * k
		}
		if d < least {
			at, least = uint8(i), d
		}
	}
	return at
}
