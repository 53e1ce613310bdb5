package register

// run is a horizontal stretch of equal pixels: [x0, x1) of row y.
type run struct {
	y, x0, x1 int32
	label     int32
}

// blob is a connected set of runs with its moments.
type blob struct {
	minX, minY, maxX, maxY int32 // max exclusive
	area                   int64
	sx, sy                 int64 // sums of pixel coordinates
	sxx, syy, sxy          int64
	first, last            int32 // stretch of the runs sorted by label
}

func (b *blob) width() int32  { return b.maxX - b.minX }
func (b *blob) height() int32 { return b.maxY - b.minY }

// center is the centroid in work px.
func (b *blob) center() (x, y float64) {
	n := float64(b.area)
	return float64(b.sx)/n + 0.5, float64(b.sy)/n + 0.5
}

// labelled is the result of one labelling: blobs and the runs they are made of.
type labelled struct {
	blobs []blob
	runs  []run // sorted by blob: blobs[i] owns runs[first:last]
}

// label finds the connected sets of pixels that are ink (dark at least limit),
// or of those that are not; by runs and union-find (He, Chao, Suzuki 2008).
// Ink is 8-connected, paper 4-connected. Sets of fewer than minArea pixels are
// dropped.
func label(dark []uint8, w, h int, limit uint8, ink bool, minArea int64) labelled {
	reach, begin, end := int32(0), nextPaper, nextInk
	if ink {
		reach, begin, end = 1, nextInk, nextPaper
	}
	runs := make([]run, 0, 4096)
	parent := make([]int32, 0, 4096)
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	prev0, prev1 := 0, 0
	for y := range h {
		row := dark[y*w : (y+1)*w]
		start := len(runs)
		p := prev0
		for x := 0; x < w; {
			x = begin(row, x, limit)
			if x == w {
				break
			}
			x0 := x
			x = end(row, x, limit)
			r := run{y: int32(y), x0: int32(x0), x1: int32(x), label: -1}
			for p < prev1 && runs[p].x1+reach <= r.x0 {
				p++
			}
			for q := p; q < prev1 && runs[q].x0 < r.x1+reach; q++ {
				l := find(runs[q].label)
				switch {
				case r.label < 0:
					r.label = l
				case r.label != l:
					a, b := min(r.label, l), max(r.label, l)
					parent[b] = a
					r.label = a
				}
			}
			if r.label < 0 {
				r.label = int32(len(parent))
				parent = append(parent, r.label)
			}
			runs = append(runs, r)
		}
		prev0, prev1 = start, len(runs)
	}
	return collect(runs, parent, minArea)
}

// collect sums the runs of each set and sorts them by set.
func collect(runs []run, parent []int32, minArea int64) labelled {
	area := make([]int64, len(parent))
	for i := range parent { // roots come before their children
		if p := parent[i]; p != int32(i) {
			parent[i] = parent[p]
		}
	}
	for i := range runs {
		r := &runs[i]
		r.label = parent[r.label]
		area[r.label] += int64(r.x1 - r.x0)
	}
	index := make([]int32, len(parent))
	var out labelled
	for i, a := range area {
		index[i] = -1
		if a >= minArea && parent[i] == int32(i) {
			index[i] = int32(len(out.blobs))
			out.blobs = append(out.blobs, blob{minX: 1 << 30, minY: 1 << 30})
		}
	}
	for i := range runs {
		r := &runs[i]
		r.label = index[r.label]
		if r.label >= 0 {
			out.blobs[r.label].add(r)
		}
	}
	next := make([]int32, len(out.blobs))
	at := int32(0)
	for i := range out.blobs {
		b := &out.blobs[i]
		n := b.last // add counts the runs there
		b.first, b.last, next[i] = at, at+n, at
		at += n
	}
	out.runs = make([]run, at)
	for _, r := range runs {
		if r.label >= 0 {
			out.runs[next[r.label]] = r
			next[r.label]++
		}
	}
	return out
}

func (b *blob) add(r *run) {
	b.minX, b.maxX = min(b.minX, r.x0), max(b.maxX, r.x1)
	b.minY, b.maxY = min(b.minY, r.y), max(b.maxY, r.y+1)
	n := int64(r.x1 - r.x0)
	s := n * int64(r.x0+r.x1-1) / 2
	b.area += n
	b.sx += s
	b.sy += n * int64(r.y)
	// Sum of squares of x0 … x1-1.
	sq := func(m int64) int64 { return (m - 1) * m * (2*m - 1) / 6 }
	b.sxx += sq(int64(r.x1)) - sq(int64(r.x0))
	b.syy += n * int64(r.y) * int64(r.y)
	b.sxy += s * int64(r.y)
	b.last++
}
