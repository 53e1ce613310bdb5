package mark

import (
	"math"
	"math/bits"
)

// What lies in a bubble is told by more than how dark it is: a tick is a thin dark
// line that leaves the outline, a rubbed-out mark a pale cloud, a highlighter an
// even tint, dust a dot.

const (
	coreShare   = 10 // of the inside's cells, one in so many: its core
	paleCell    = 9  // darkness (0 to 255) of four cells together from which they are tinted: above grain
	symbolLuma  = symbolCell * 255
	nearGaps    = 3 // of gaps: those that no neighbour's outline reaches
	strokeLeast = 3 // cells: less is grain
)

// strokes sets Core, Pale, Stroke and Rough.
func (b *Measured) strokes(p *patch, l *look, ink float64) {
	in := &insideOf[b.Outline.Shape]
	thick := l.thick()
	half := int(255 * max(darkCell*ink, leastDark))
	var left patch // darkness that print cannot explain, wherever it may be off by a cell
	var hist, free [256]int
	var dark [cells]uint16
	n, frees, steps, sum := 0, 0, 0, 0
	last := -1
	for c, ok := range in {
		if !ok {
			last = -1
			continue
		}
		d := max(int(p[c])-int(thick[c]), 0)
		left[c] = uint8(d)
		hist[d]++
		n++
		if float64(thick[c]) < symbolLuma {
			free[d]++
			frees++
		}
		if d > half {
			dark[c/cells] |= 1 << (c % cells)
		}
		if last >= 0 && c%cells > 0 {
			steps += abs(d - last)
		}
		last = d
		sum += d
	}
	b.Core = core(&hist, n/coreShare) / ink
	b.Lift = b.Core
	if frees*4 > n {
		b.Lift -= floor(&free, frees/4) / ink
	}
	b.Rough = float64(steps) / float64(sum+4*n)
	b.Stroke = longest(dark)
	b.Pale = pale(p, l, in)
}

func abs(v int) int {
	if v < 0 {
		return -v
	}
	return v
}

// thick is the symbol with a cell more on every side.
func (l *look) thick() *patch {
	if l.wide == nil {
		l.wide = &patch{}
		for c := range l.base {
			x, y := c%cells, c/cells
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if u, v := x+dx, y+dy; u >= 0 && v >= 0 && u < cells && v < cells {
						l.wide[c] = max(l.wide[c], l.base[v*cells+u])
					}
				}
			}
		}
	}
	return l.wide
}

// core is the mean of the n darkest, 0 to 1.
func core(hist *[256]int, n int) float64 {
	sum, left := 0, n
	for d := 255; d > 0 && left > 0; d-- {
		k := min(hist[d], left)
		sum += k * d
		left -= k
	}
	return float64(sum) / float64(255*max(n, 1))
}

// floor is the mean of the n lightest, 0 to 1.
func floor(hist *[256]int, n int) float64 {
	sum, left := 0, n
	for d := 0; d < 256 && left > 0; d++ {
		k := min(hist[d], left)
		sum += k * d
		left -= k
	}
	return float64(sum) / float64(255*max(n, 1))
}

// longest is the extent of the largest stroke of connected dark cells: the diagonal
// of its box, in sides of the inside.
func longest(dark [cells]uint16) float64 {
	best, extent := strokeLeast-1, 0
	for y := range dark {
		for dark[y] != 0 {
			var k [cells]uint16
			k[y] = dark[y] & -dark[y]
			n := grow(&k, &dark)
			if n > best {
				best = n
				extent = spread(&k)
			}
			for i := range dark {
				dark[i] &^= k[i]
			}
		}
	}
	return float64(extent) / cells
}

// grow fills what is connected with k within the dark cells.
func grow(k, dark *[cells]uint16) int {
	for {
		changed := false
		for pass := range 2 {
			for i := range cells {
				y := i
				if pass == 1 {
					y = cells - 1 - i
				}
				m := k[y]
				if y > 0 {
					m |= k[y-1]
				}
				if y < cells-1 {
					m |= k[y+1]
				}
				for {
					m = (k[y] | m | m<<1 | m>>1) & dark[y]
					if m == k[y] {
						break
					}
					k[y] = m
					changed = true
				}
			}
		}
		if !changed {
			break
		}
	}
	n := 0
	for _, r := range k {
		n += bits.OnesCount16(r)
	}
	return n
}

// spread is the longer side of the box of a stroke, or what its diagonal exceeds it by
// for one that lies across, in cells.
func spread(k *[cells]uint16) int {
	top, bottom := -1, 0
	var all uint16
	for y, r := range k {
		if r != 0 {
			if top < 0 {
				top = y
			}
			bottom = y
			all |= r
		}
	}
	w := bits.Len16(all) - bits.TrailingZeros16(all)
	return max(w, bottom-top+1)
}

// pale is the share of the inside that is tinted at all, by blocks of four cells.
func pale(p *patch, l *look, in *[cells * cells]bool) float64 {
	n, tinted := 0, 0
	for y := 0; y < cells; y += 2 {
		for x := 0; x < cells; x += 2 {
			c := y*cells + x
			if !in[c] || !in[c+1] || !in[c+cells] || !in[c+cells+1] {
				continue
			}
			n++
			d := int(p[c]) + int(p[c+1]) + int(p[c+cells]) + int(p[c+cells+1]) -
				int(l.wide[c]) - int(l.wide[c+1]) - int(l.wide[c+cells]) - int(l.wide[c+cells+1])
			if d > paleCell*4 {
				tinted++
			}
		}
	}
	return float64(tinted) / float64(max(n, 1))
}

// over is the share of directions in which ink lies beyond the outline.
func (h *halo) over(f *frame, light *lighting, ink float64) float64 {
	if h.n == 0 {
		return 0
	}
	half := uint8(255 * max(darkCell*ink, leastDark))
	n := 0
	for i, d := range circle {
		u, w := f.onto(d.u, d.w)
		if l := h.dark[i]; h.luma[i] > 0 && darkness(l, light.at(u*(1+gap*f.gu), w*(1+gap*f.gw))) > half {
			n++
		}
	}
	return float64(n) / float64(h.n)
}

// A cross that cancels a mark reaches far beyond the outline, where no bubble of a
// usual pitch has its neighbours: along the diagonals.
const (
	armRadii  = 3
	armAngles = 5
)

// armsAt are the directions of the four diagonals, each with those close by.
var armsAt = func() (out [4][armAngles]struct{ u, w float64 }) {
	for q := range out {
		for k := range out[q] {
			w, u := math.Sincos((float64(q)+0.5)*math.Pi/2 + 0.07*float64(k-armAngles/2))
			out[q][k].u, out[q][k].w = u, w
		}
	}
	return out
}()

// arms is along how many of the four diagonals ink runs on beyond the outline.
func (v view) arms(f *frame, light *lighting, ink float64) (n int) {
	half := uint8(255 * max(darkCell*ink, leastDark))
	for q := range armsAt {
		all := true
		for k := 0; k < armRadii && all; k++ {
			r := 0.45 + 0.15*float64(k) // beyond the outline, short half sides
			dark := false
			for _, d := range armsAt[q] {
				l, ok := v.at(f.point(d.u*(1+r*f.gu), d.w*(1+r*f.gw)))
				dark = dark || ok && darkness(l, light.at(d.u, d.w)) > half
			}
			all = dark
		}
		if all {
			n++
		}
	}
	return n
}
