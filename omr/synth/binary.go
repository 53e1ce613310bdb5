package synth

import (
	"math/rand/v2"

	"github.com/leafmark/leafmark/omr/imageio"
)

// binary is a scanner or fax that knows black and white alone.
func (c *camera) binary(p *planes, seed uint64) {
	if c.e.Bits != 1 {
		return
	}
	threshold := c.e.Threshold
	if threshold == 0 {
		threshold = 128
	}
	if c.e.Dither > 0 {
		p.diffuse(int(threshold))
	} else {
		var table [256]uint8
		for i := range table {
			if float64(i) >= threshold {
				table[i] = 255
			}
		}
		p.apply(&table)
	}
	p.drop(draws(seed, "drop"), c.e.DroppedLines)
}

// diffuse is black and white with the error spread (Floyd and Steinberg, 1976).
func (p *planes) diffuse(threshold int) {
	now, next := make([]int, p.w+2), make([]int, p.w+2) // sixteenths
	for y := range p.h {
		row := p.y[y*p.w:][:p.w]
		clear(next)
		for x, v := range row {
			want := int(v) + now[x+1]/16
			got := 0
			if want >= threshold {
				got = 255
			}
			row[x] = uint8(got)
			left := want - got
			now[x+2] += 7 * left
			next[x] += 3 * left
			next[x+1] += 5 * left
			next[x+2] += left
		}
		now, next = next, now
	}
}

// drop loses lines of a fax: the receiver repeats the one before.
func (p *planes) drop(r *rand.Rand, n int) {
	for range n {
		y := 1 + r.IntN(max(p.h-2, 1))
		for k := range min(1+r.IntN(3), p.h-y) {
			copy(p.y[(y+k)*p.w:][:p.w], p.y[(y-1)*p.w:][:p.w])
		}
	}
}

// file is the picture as a file.
func (p *planes) file(e Effects) ([]byte, error) {
	switch e.Format {
	case TIFF:
		return p.tiff(e), nil
	case PNG:
		if p.cb != nil {
			return imageio.EncodePNG(p.rgba(), int(e.DPI))
		}
		return imageio.EncodePNG(p.image(), int(e.DPI))
	default:
		return p.jpeg(e.quality(), int(e.DPI)), nil
	}
}
