package register

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

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
	runs  []run // sorted by blob: blobs[i] owns runs[first:last]; empty where only blobs were asked for
}

// stripes are the runs of a picture row by row: those of row y are
// runs[first[y]:first[y+1]].
type stripes struct {
	runs  []run
	first []int32
}

// labels is the memory of labellings, used again from picture to picture.
type labels struct {
	ink, paper    stripes
	sorted        []run
	parent, index []int32
	area          []int64
}

// inks are the connected sets of at least minArea pixels of ink, 8-connected.
func (k *work) inks(minArea int64) labelled {
	k.labels.ink.find(k.dark[:len(k.dark)+lanePad], k.w, k.h, k.ink)
	return k.labels.join(&k.labels.ink, 1, minArea, true)
}

// holes are the connected sets of at least minArea pixels of paper, 4-connected,
// without their runs; inks come first.
func (k *work) holes(minArea int64) labelled {
	k.labels.paper.between(&k.labels.ink, k.w)
	return k.labels.join(&k.labels.paper, 0, minArea, false)
}

// find takes the stretches of pixels that are dark at least limit (at most 128).
// Of dark the last lanePad bytes are not looked at.
func (s *stripes) find(dark []uint8, w, h int, limit uint8) {
	const ones = 0x0101010101010101
	add := (128 - uint64(limit)) * ones
	s.runs, s.first = s.runs[:0], append(s.first[:0], 0)
	for y := range h {
		row := dark[y*w : (y+1)*w+8]
		open := false
		before := uint64(0) // whether the pixel before is ink
		for x := 0; x < w; x += 64 {
			// A bit a pixel: ink.
			word := uint64(0)
			n := min(64, w-x)
			for i := 0; i < n; i += 8 {
				v := binary.LittleEndian.Uint64(row[x+i:])
				tops := ((v&(0x7f*ones) + add) | v) >> 7 & ones
				word |= tops * 0x0102040810204080 >> 56 << i
			}
			if n < 64 {
				word &= 1<<n - 1
			}
			turns := word ^ (word<<1 | before)
			before = word >> 63
			for ; turns != 0; turns &= turns - 1 {
				at := int32(x + bits.TrailingZeros64(turns))
				if open {
					s.runs[len(s.runs)-1].x1 = at
				} else {
					s.runs = append(s.runs, run{y: int32(y), x0: at})
				}
				open = !open
			}
		}
		if open {
			s.runs[len(s.runs)-1].x1 = int32(w)
		}
		s.first = append(s.first, int32(len(s.runs)))
	}
}

// between takes the stretches that the others leave.
func (s *stripes) between(others *stripes, w int) {
	s.runs, s.first = s.runs[:0], append(s.first[:0], 0)
	for y := range len(others.first) - 1 {
		x := int32(0)
		for _, r := range others.runs[others.first[y]:others.first[y+1]] {
			if r.x0 > x {
				s.runs = append(s.runs, run{y: int32(y), x0: x, x1: r.x0})
			}
			x = r.x1
		}
		if x < int32(w) {
			s.runs = append(s.runs, run{y: int32(y), x0: x, x1: int32(w)})
		}
		s.first = append(s.first, int32(len(s.runs)))
	}
}

// join finds the connected sets of runs by union-find (He, Chao, Suzuki 2008);
// reach 1 joins corners too. Sets of fewer than minArea pixels are dropped. The
// result is good until the next labelling.
func (l *labels) join(s *stripes, reach int32, minArea int64, keepRuns bool) labelled {
	parent := l.parent[:0]
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	var above []run
	for y := range len(s.first) - 1 {
		row := s.runs[s.first[y]:s.first[y+1]]
		p := 0
		for i := range row {
			r := &row[i]
			r.label = -1
			for p < len(above) && above[p].x1+reach <= r.x0 {
				p++
			}
			for q := p; q < len(above) && above[q].x0 < r.x1+reach; q++ {
				a := find(above[q].label)
				switch {
				case r.label < 0:
					r.label = a
				case r.label != a:
					a, b := min(r.label, a), max(r.label, a)
					parent[b] = a
					r.label = a
				}
			}
			if r.label < 0 {
				r.label = int32(len(parent))
				parent = append(parent, r.label)
			}
		}
		above = row
	}
	l.parent = parent
	return l.collect(s.runs, minArea, keepRuns)
}

// collect sums the runs of each set and sorts them by set.
func (l *labels) collect(runs []run, minArea int64, keepRuns bool) labelled {
	parent := l.parent
	l.area = append(l.area[:0], make([]int64, len(parent))...)
	l.index = append(l.index[:0], parent...)
	area, index := l.area, l.index
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
	var out labelled
	n := 0
	for i, a := range area {
		if index[i] = -1; a >= minArea && parent[i] == int32(i) {
			index[i] = int32(n)
			n++
		}
	}
	out.blobs = make([]blob, n)
	for i := range out.blobs {
		out.blobs[i].minX, out.blobs[i].minY = 1<<30, 1<<30
	}
	for i := range runs {
		r := &runs[i]
		if r.label = index[r.label]; r.label >= 0 {
			out.blobs[r.label].add(r)
		}
	}
	if !keepRuns {
		return out
	}
	next := index[:n] // of each blob; the labels are done with
	at := int32(0)
	for i := range out.blobs {
		b := &out.blobs[i]
		n := b.last // add counts the runs there
		b.first, b.last, next[i] = at, at+n, at
		at += n
	}
	l.sorted = slices.Grow(l.sorted[:0], int(at))[:at]
	out.runs = l.sorted
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
