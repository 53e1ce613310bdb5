package imageio

import "image"

// reducer takes the rows of a plane, from the top, and keeps the means of squares of
// shrink × shrink pixels.
type reducer struct {
	out    *image.Gray
	shrink int
	width  int
	y      int
	line   []uint8
	sums   []uint32
}

func newReducer(w, h, shrink int) *reducer {
	r := &reducer{shrink: shrink, width: w, out: image.NewGray(image.Rect(0, 0, (w+shrink-1)/shrink, (h+shrink-1)/shrink))}
	if shrink > 1 {
		r.line = make([]uint8, w)
		r.sums = make([]uint32, r.out.Rect.Dx())
	}
	return r
}

// row is where the next row is to be written, as wide as the picture; done takes it.
func (r *reducer) row() []uint8 {
	if r.shrink == 1 {
		return r.out.Pix[r.y*r.out.Stride:][:r.width]
	}
	return r.line
}

func (r *reducer) done() {
	r.y++
	if r.shrink == 1 {
		return
	}
	whole := r.width / r.shrink
	for x := range whole {
		sum := uint32(0)
		for _, v := range r.line[x*r.shrink:][:r.shrink] {
			sum += uint32(v)
		}
		r.sums[x] += sum
	}
	for _, v := range r.line[whole*r.shrink:] {
		r.sums[whole] += uint32(v)
	}
	if r.y%r.shrink == 0 {
		r.flush(r.shrink)
	}
}

// finish keeps the rows of the last, incomplete squares.
func (r *reducer) finish() *image.Gray {
	if rest := r.y % r.shrink; r.shrink > 1 && rest > 0 {
		r.flush(rest)
	}
	return r.out
}

func (r *reducer) flush(rows int) {
	to := r.out.Pix[(r.y-1)/r.shrink*r.out.Stride:][:r.out.Rect.Dx()]
	for x := range to {
		n := uint32(rows * min(r.shrink, r.width-x*r.shrink))
		to[x] = uint8((r.sums[x] + n/2) / n)
	}
	clear(r.sums)
}
