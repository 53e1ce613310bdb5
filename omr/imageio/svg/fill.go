package svg

import (
	"fmt"
	"math"
	"slices"
)

// subLines is how many lines of a pixel's height are looked at; across, coverage
// is exact.
const subLines = 4

// edge is a line of a polygon, from its upper to its lower end, px.
type edge struct {
	x, slope float64 // at y of the first line looked at, and per line
	from, to int     // lines, in subLines of a pixel
	winding  int
}

// maxEdges bounds the edges of what is filled at once.
const maxEdges = 2_000_000

// area is what is to be filled: edges in device px.
type area struct {
	edges       []edge
	full        bool // there would be more than maxEdges
	tried       int  // edges so far, also those beside the canvas
	w, h        int
	top, bottom int // lines of pixels that edges pass
}

func newArea(w, h int) *area { return &area{w: w, h: h, top: h} }

// polygon adds a closed polygon in device px.
func (a *area) polygon(points []point) {
	for i, p := range points {
		a.add(p, points[(i+1)%len(points)])
	}
}

func (a *area) add(p, q point) {
	if a.tried++; a.tried > 4*maxEdges {
		a.full = true
	}
	if a.full {
		return
	}
	winding := 1
	if p.y > q.y {
		p, q, winding = q, p, -1
	}
	limit := float64(a.h * subLines)
	// Line k is looked at in its middle.
	y0, y1 := p.y*subLines-0.5, q.y*subLines-0.5
	if !(y1 > -1) || !(y0 < limit) || math.IsNaN(p.x+q.x) || math.IsInf(p.x+q.x, 0) {
		return
	}
	from, to := int(math.Ceil(math.Max(y0, 0))), int(math.Ceil(math.Min(y1, limit)))
	if from >= to {
		return
	}
	if len(a.edges) == maxEdges {
		a.full = true
		return
	}
	slope := (q.x - p.x) / (y1 - y0)
	a.edges = append(a.edges, edge{x: p.x + (float64(from)-y0)*slope, slope: slope, from: from, to: to, winding: winding})
	a.top, a.bottom = min(a.top, from/subLines), max(a.bottom, (to-1)/subLines+1)
}

// work is about how many crossings filling takes.
func (a *area) work() (n int) {
	if a.full {
		return maxWork + 1
	}
	for _, e := range a.edges {
		n += e.to - e.from
	}
	return n + 16*a.tried // what an edge costs before it is filled
}

// fill calls row for every line of pixels with its coverage, 0 to 1, and the
// extent in which it is not 0.
func (a *area) fill(evenOdd bool, row func(y, x0, x1 int, cover []float32)) {
	slices.SortFunc(a.edges, func(p, q edge) int { return p.from - q.from })
	type crossing struct {
		x       float64
		winding int
	}
	var (
		active    []edge
		crossings []crossing
		next      int
	)
	cover := make([]float32, a.w+1)
	for y := a.top; y < a.bottom; y++ {
		x0, x1 := a.w, 0
		for line := y * subLines; line < (y+1)*subLines; line++ {
			for next < len(a.edges) && a.edges[next].from <= line {
				active = append(active, a.edges[next])
				next++
			}
			crossings = crossings[:0]
			kept := active[:0]
			for _, e := range active {
				if e.to <= line {
					continue
				}
				crossings = append(crossings, crossing{e.x, e.winding})
				e.x += e.slope
				kept = append(kept, e)
			}
			active = kept
			slices.SortFunc(crossings, func(p, q crossing) int {
				if p.x < q.x {
					return -1
				}
				if p.x > q.x {
					return 1
				}
				return 0
			})
			winding := 0
			for i, c := range crossings {
				winding += c.winding
				inside := winding != 0
				if evenOdd {
					inside = i%2 == 0
				}
				if inside && i+1 < len(crossings) {
					from, to := a.span(cover, c.x, crossings[i+1].x)
					x0, x1 = min(x0, from), max(x1, to)
				}
			}
		}
		if x0 < x1 {
			row(y, x0, x1, cover)
			clear(cover[x0:x1])
		}
	}
}

// span adds a line's share of coverage from x to x2.
func (a *area) span(cover []float32, x, x2 float64) (from, to int) {
	x, x2 = math.Max(x, 0), math.Min(x2, float64(a.w))
	if x >= x2 {
		return a.w, 0
	}
	const part = 1.0 / subLines
	from, to = int(x), int(math.Ceil(x2))
	if to-from == 1 {
		cover[from] += float32((x2 - x) * part)
		return from, to
	}
	cover[from] += float32((float64(from+1) - x) * part)
	for i := from + 1; i < to-1; i++ {
		cover[i] += part
	}
	cover[to-1] += float32((x2 - float64(to-1)) * part)
	return from, to
}

func tooComplex() error {
	return tooLarge(fmt.Sprintf("its shapes have more than %d million crossings with the lines of the picture", maxWork/1_000_000))
}
