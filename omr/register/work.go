package register

import (
	"image"
	"math"
	"slices"
	"sync"
)

// work is the shrunken picture that registration looks at: luma and, against
// the paper around each place, darkness. Work px times factor are image px.
type work struct {
	w, h   int
	factor int
	luma   []uint8
	dark   []uint8 // 255·(1 − luma/paper), 0 on paper
	ink    uint8   // darkness from which a pixel is ink
	noise  uint8   // median darkness: the paper's own grain

	// spent counts the places at which outlines were looked for: what a search costs,
	// without a clock.
	spent int

	// What was found in the planes, whatever the page: once asked for.
	searched bool
	inked    labelled
	squares  []square
	rings    *ringIndex

	labels labels
	raw    []uint8 // of paperGrid
	grid   []uint8
	line   []int32
	cols   []uint16
}

// works are work planes done with: a batch of sheets needs their memory once.
var works = sync.Pool{New: func() any { return new(work) }}

// release gives the planes back; nothing of k may be used any more.
func (k *work) release() { works.Put(k) }

// sized is buf with n elements, whatever they are.
func sized[T any](buf []T, n int) []T {
	if cap(buf) < n {
		return make([]T, n)
	}
	return buf[:n]
}

// paperBlock is the side in work px of the blocks of which the paper's
// brightness is taken: about a bubble (recognition.md 1.2).
const paperBlock = 24

// shrink averages factor × factor pixels of g into one.
func (k *work) shrink(g *image.Gray) {
	b, factor := g.Bounds(), k.factor
	w, h := b.Dx()/factor, b.Dy()/factor
	k.w, k.h = w, h
	k.luma = sized(k.luma, w*h)
	k.cols = sized(k.cols, w*factor)
	for y := range h {
		dst := k.luma[y*w : (y+1)*w]
		rows := g.Pix[y*factor*g.Stride:][:(factor-1)*g.Stride+w*factor]
		switch factor {
		case 1:
			copy(dst, rows)
		case 2:
			halveRows(dst, rows[:2*w], rows[g.Stride:])
		case 3:
			thirdRows(dst, rows[:3*w], rows[g.Stride:][:3*w], rows[2*g.Stride:])
		default:
			shrinkRows(dst, rows, g.Stride, factor, k.cols)
		}
	}
}

// newWork shrinks g and finds paper, darkness and the limit of ink.
func newWork(g *image.Gray, factor int) *work {
	k := works.Get().(*work)
	k.factor = factor
	k.searched, k.rings, k.spent = false, nil, 0
	k.shrink(g)
	k.darken()
	return k
}

// leastBlob and leastHole are the pixels of the smallest sets that are looked at.
const (
	leastBlob = 8
	leastHole = 12
)

// solid are the quadrangles that may be markers.
func (k *work) solid() []square {
	if !k.searched {
		k.searched = true
		k.inked = k.inks(leastBlob)
		k.squares = findSquares(k.inked, k.w, k.h)
	}
	return k.squares
}

// outlines are the rings that may be bubbles.
func (k *work) outlines() *ringIndex {
	if k.rings == nil {
		k.solid()
		k.rings = indexRings(findRings(k, k.inked, k.holes(leastHole)), k.w, k.h)
	}
	return k.rings
}

// paperGrid is the paper's brightness a block: what 10 % of the block exceed,
// then the 60th percentile of 3 × 3 blocks, so that a filled bubble, a marker or
// a heading does not pass for dark paper.
func (k *work) paperGrid() (grid []uint8, nx, ny int) {
	nx, ny = (k.w+paperBlock-1)/paperBlock, (k.h+paperBlock-1)/paperBlock
	k.raw, k.grid = sized(k.raw, nx*ny), sized(k.grid, nx*ny)
	raw := k.raw
	var even, odd [256]uint16 // two tables: equal pixels side by side do not wait for each other
	for by := range ny {
		y0, y1 := by*paperBlock, min(k.h, (by+1)*paperBlock)
		for bx := range nx {
			x0, x1 := bx*paperBlock, min(k.w, (bx+1)*paperBlock)
			clear(even[:])
			clear(odd[:])
			for y := y0; y < y1; y += 2 { // every other row tells as much
				row := k.luma[y*k.w+x0 : y*k.w+x1]
				for ; len(row) >= 2; row = row[2:] {
					even[row[0]]++
					odd[row[1]]++
				}
				if len(row) == 1 {
					even[row[0]]++
				}
			}
			left := (y1 - y0 + 1) / 2 * (x1 - x0) / 10
			v := 255
			for ; v > 0; v-- {
				if left -= int(even[v] + odd[v]); left < 0 {
					break
				}
			}
			raw[by*nx+bx] = uint8(v)
		}
	}
	grid = k.grid
	var near [9]uint8
	for by := range ny {
		for bx := range nx {
			n := 0
			for y := max(0, by-1); y <= min(ny-1, by+1); y++ {
				for x := max(0, bx-1); x <= min(nx-1, bx+1); x++ {
					near[n] = raw[y*nx+x]
					n++
				}
			}
			slices.Sort(near[:n])
			grid[by*nx+bx] = max(near[n*6/10], 1)
		}
	}
	return grid, nx, ny
}

// darken fills dark, ink and noise.
func (k *work) darken() {
	k.dark = sized(k.dark, k.w*k.h+lanePad)[:k.w*k.h]
	if k.w == 0 || k.h == 0 {
		return
	}
	grid, nx, ny := k.paperGrid()
	// Per row: paper at block centres of this row, in 1/256, then linear between.
	k.line = sized(k.line, nx)
	line := k.line
	var hist, odd [256]int
	for y := range k.h {
		fy := (float64(y)+0.5)/paperBlock - 0.5
		j := int(math.Floor(fy))
		t := int32((fy - float64(j)) * 256)
		j0, j1 := min(max(j, 0), ny-1), min(max(j+1, 0), ny-1)
		for x := range nx {
			line[x] = int32(grid[j0*nx+x])*(256-t) + int32(grid[j1*nx+x])*t
		}
		src := k.luma[y*k.w : (y+1)*k.w]
		dst := k.dark[y*k.w : (y+1)*k.w]
		for bx := -1; bx < nx; bx++ {
			l, r := line[max(bx, 0)], line[min(bx+1, nx-1)]
			x0 := max(0, bx*paperBlock+paperBlock/2)
			x1 := min(k.w, (bx+1)*paperBlock+paperBlock/2)
			if x0 >= x1 {
				continue
			}
			t := int32(x0 - bx*paperBlock - paperBlock/2)
			if 8*max(l-r, r-l) > min(l, r) {
				step := (r - l) / paperBlock
				darkenSteep(dst[x0:x1], src[x0:x1], l+step*t, step)
				continue
			}
			// Where the paper is even its reciprocal is linear too, to half a level:
			// 255/paper in 1/4096.
			il, ir := (255<<20)/max(l, 256), (255<<20)/max(r, 256)
			step := (ir - il) / paperBlock
			darkenEven(dst[x0:x1], src[x0:x1], il+step*t, step)
		}
		if y&3 == 0 {
			for ; len(dst) >= 2; dst = dst[2:] {
				hist[dst[0]]++
				odd[dst[1]]++
			}
			if len(dst) == 1 {
				hist[dst[0]]++
			}
		}
	}
	for i, n := range odd {
		hist[i] += n
	}
	k.noise = quantile(&hist, 0.6)
	k.ink = min(max(k.noise+23, 28), 69)
}

// darkenEven sets 255·(1 − src/paper); inv is 255/paper in 1/4096 at the first
// pixel and grows by step.
func darkenEven(dst, src []uint8, inv, step int32) {
	dst = dst[:len(src)]
	for x, v := range src {
		d := 255 - int32(v)*inv>>12
		dst[x] = uint8(d &^ (d >> 31)) // 0 if negative, without a branch: grain is as often above as below
		inv += step
	}
}

// darkenSteep is darkenEven for paper that changes fast, given itself in 1/256.
func darkenSteep(dst, src []uint8, paper, step int32) {
	dst = dst[:len(src)]
	for x, v := range src {
		d := 255 - int32(v)*(255*256)/max(paper, 256)
		dst[x] = uint8(d &^ (d >> 31))
		paper += step
	}
}

// quantile is the value below which share q of the histogram lies.
func quantile(hist *[256]int, q float64) uint8 {
	total := 0
	for _, n := range hist {
		total += n
	}
	left := int(q * float64(total))
	for v, n := range hist {
		if left -= n; left < 0 {
			return uint8(v)
		}
	}
	return 255
}

// at is the darkness at (x, y) in work px, bilinear between pixel centres;
// outside the picture it is 0, as paper is.
func (k *work) at(x, y float64) int {
	x -= 0.5
	y -= 0.5
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	if ix < 0 || iy < 0 || ix+1 >= k.w || iy+1 >= k.h {
		return 0
	}
	fx, fy := int((x-float64(ix))*64), int((y-float64(iy))*64)
	i := iy*k.w + ix
	a := int(k.dark[i])*(64-fx) + int(k.dark[i+1])*fx
	b := int(k.dark[i+k.w])*(64-fx) + int(k.dark[i+k.w+1])*fx
	return (a*(64-fy) + b*fy) >> 12
}

// inside tells whether the work point lies in the picture.
func (k *work) inside(x, y float64) bool {
	return x >= 0 && y >= 0 && x < float64(k.w) && y < float64(k.h)
}
