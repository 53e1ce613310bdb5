package hevc

import "image"

// Draw writes the decoded picture into dst with its upper left pixel at p, as far
// as it fits: 8-bit luma of full range, by table. full says that the samples have
// full range, else that of television.
func (d *Decoder) Draw(dst *image.Gray, p image.Point, full bool) {
	table := make([]uint8, 1<<d.sps.depth)
	if full {
		top := len(table) - 1
		for v := range table {
			table[v] = uint8((v*255 + top/2) / top)
		}
	} else {
		// Black is 16, white 235 of 8 bits (ITU-R BT.601, BT.709 and BT.2020).
		black, span := 16<<(d.sps.depth-8), 219<<(d.sps.depth-8)
		for v := range table {
			table[v] = uint8(min(max((max(v-black, 0)*255+span/2)/span, 0), 255))
		}
	}
	s := d.sps
	r := image.Rect(0, 0, s.width-s.left-s.right, s.height-s.top-s.bottom).Add(p).Intersect(dst.Rect)
	if r.Empty() {
		return
	}
	out := plane[uint8]{
		pix: dst.Pix[dst.PixOffset(r.Min.X, r.Min.Y):], stride: dst.Stride, table: table,
		window: r.Sub(p).Add(image.Pt(s.left, s.top)),
	}
	finish(d, &out)
}

// Samples are the samples of the decoded picture as the standard has them, row by
// row within the conformance window.
func (d *Decoder) Samples() []uint16 {
	s := d.sps
	w, h := s.width-s.left-s.right, s.height-s.top-s.bottom
	table := make([]uint16, 1<<s.depth)
	for i := range table {
		table[i] = uint16(i)
	}
	out := plane[uint16]{pix: make([]uint16, w*h), stride: w, table: table, window: image.Rect(s.left, s.top, s.left+w, s.top+h)}
	finish(d, &out)
	return out.pix
}

// plane is where finished samples go.
type plane[T uint8 | uint16] struct {
	pix    []T
	stride int
	table  []T
	window image.Rectangle // of the coded picture; its corner is pix[0]
}

// finish applies sample adaptive offset (clause 8.7.3) on the way out.
func finish[T uint8 | uint16](d *Decoder, out *plane[T]) {
	size := 1 << d.sps.ctb
	for rs := range d.ctbs {
		x, y := rs%d.ctbsX*size, rs/d.ctbsX*size
		block := image.Rect(x, y, min(x+size, d.sps.width), min(y+size, d.sps.height))
		r := block.Intersect(out.window)
		if r.Empty() {
			continue
		}
		p := &d.saos[rs]
		switch p.kind {
		case 1:
			band(d, out, p, r)
		case 2:
			edge(d, out, p, r, rs)
		default:
			for y := r.Min.Y; y < r.Max.Y; y++ {
				src := d.pix[y*d.stride+r.Min.X : y*d.stride+r.Max.X]
				to := out.row(y, r)[:len(src)]
				for i, v := range src {
					to[i] = out.table[v]
				}
			}
		}
		if p.kind != 0 && d.kept {
			unfilter(d, out, r)
		}
	}
}

func (o *plane[T]) row(y int, r image.Rectangle) []T {
	return o.pix[(y-o.window.Min.Y)*o.stride+r.Min.X-o.window.Min.X:][:r.Dx()]
}

func band[T uint8 | uint16](d *Decoder, out *plane[T], p *sao, r image.Rectangle) {
	var offsets [32]int16
	for i, v := range p.offset {
		offsets[(int(p.class)+i)&31] = v
	}
	shift := d.sps.depth - 5
	high := 1<<d.sps.depth - 1
	table := make([]T, len(out.table))
	for v := range table {
		table[v] = out.table[min(max(v+int(offsets[v>>shift&31]), 0), high)]
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		src := d.pix[y*d.stride+r.Min.X : y*d.stride+r.Max.X]
		to := out.row(y, r)[:len(src)]
		for i, v := range src {
			to[i] = table[v]
		}
	}
}

// edge offsets by the two neighbours in a direction. Samples whose neighbour lies
// outside the picture or behind a border that filters do not cross stay.
func edge[T uint8 | uint16](d *Decoder, out *plane[T], p *sao, r image.Rectangle, rs int) {
	step := [4]image.Point{{X: -1}, {Y: -1}, {X: -1, Y: -1}, {X: 1, Y: -1}}[p.class&3]
	a := step.Y*d.stride + step.X
	// By sign(v-a)+sign(v-b)+2: a valley, half a one, none, half a peak, a peak.
	offsets := [5]int32{int32(p.offset[0]), int32(p.offset[1]), 0, int32(p.offset[2]), int32(p.offset[3])}
	high := int32(1)<<d.sps.depth - 1
	free := d.freeSides(rs)
	size := 1 << d.sps.ctb
	x0, y0 := rs%d.ctbsX*size, rs/d.ctbsX*size
	x1, y1 := min(x0+size, d.sps.width), min(y0+size, d.sps.height)
	inner := r.Intersect(image.Rect(x0+1, y0, x1-1, y1))
	border := func(x, y int) bool { // a neighbour of (x, y) may not be used
		for _, n := range [2]image.Point{{X: x + step.X, Y: y + step.Y}, {X: x - step.X, Y: y - step.Y}} {
			sx, sy := 1, 1
			if n.X < x0 {
				sx = 0
			} else if n.X >= x1 {
				sx = 2
			}
			if n.Y < y0 {
				sy = 0
			} else if n.Y >= y1 {
				sy = 2
			}
			if !free[sy*3+sx] {
				return true
			}
		}
		return false
	}
	offset := func(x, y int) T {
		i := y*d.stride + x
		v := int32(d.pix[i])
		if border(x, y) {
			return out.table[v]
		}
		v += offsets[2+sign(v-int32(d.pix[i+a]))+sign(v-int32(d.pix[i-a]))]
		return out.table[min(max(v, 0), high)]
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		to := out.row(y, r)
		if r.Min.X < inner.Min.X {
			to[0] = offset(r.Min.X, y)
		}
		if r.Max.X > inner.Max.X {
			to[len(to)-1] = offset(r.Max.X-1, y)
		}
		if inner.Empty() {
			continue
		}
		i := y*d.stride + inner.Min.X
		src := d.pix[i:][:inner.Dx()]
		to = to[inner.Min.X-r.Min.X:][:len(src)]
		if border(inner.Min.X, y) {
			for k, v := range src {
				to[k] = out.table[v]
			}
			continue
		}
		before, behind := d.pix[i+a:][:len(src)], d.pix[i-a:][:len(src)]
		for k, s := range src {
			v := int32(s)
			v += offsets[2+sign(v-int32(before[k]))+sign(v-int32(behind[k]))]
			to[k] = out.table[min(max(v, 0), high)]
		}
	}
}

func sign(v int32) int32 { return v>>31 | int32(uint32(-v)>>31) }

// freeSides tells which of the nine blocks around and at a coding tree block edge
// offsets may look at, row by row.
func (d *Decoder) freeSides(rs int) (free [9]bool) {
	x, y := rs%d.ctbsX, rs/d.ctbsX
	h := d.ctbHeader[rs]
	for i := range free {
		nx, ny := x+i%3-1, y+i/3-1
		if nx < 0 || ny < 0 || nx >= d.ctbsX || ny >= d.ctbsY {
			continue
		}
		other := ny*d.ctbsX + nx
		o := d.ctbHeader[other]
		later := o // of the two slices: its flag counts
		if d.toTile[other] < d.toTile[rs] {
			later = h
		}
		free[i] = (o.slice == h.slice || later.across) && (d.pps.acrossTiles || d.tileOf[other] == d.tileOf[rs])
	}
	return free
}

// unfilter puts back the samples that filters leave alone.
func unfilter[T uint8 | uint16](d *Decoder, out *plane[T], r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		to := out.row(y, r)
		for i := range to {
			x := r.Min.X + i
			if d.keep[y>>3*d.w8+x>>3] != 0 {
				to[i] = out.table[d.pix[y*d.stride+x]]
			}
		}
	}
}
