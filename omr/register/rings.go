package register

import "math"

// ring is a printed outline, perhaps: a blob of ink or a hole that is enclosed
// by ink. Most are letters, which does no harm.
type ring struct {
	at   vec
	w, h float64 // work px, between the middles of the line
	side float64 // √(w·h)
	thin float64 // ink / box: 0.15 to 0.4 for an empty ring
}

// mostRings bounds the candidates: beyond it a picture is texture.
const mostRings = 30000

// findRings takes the candidates from blobs of ink and of enclosed paper.
func findRings(k *work, inks, holes labelled) []ring {
	var out []ring
	largest := int32(max(k.w, k.h) / 12)
	fits := func(b *blob) bool {
		bw, bh := b.width(), b.height()
		return bw >= 5 && bh >= 5 && bw <= largest && bh <= largest && bw <= 3*bh && bh <= 3*bw
	}
	for i := range inks.blobs {
		b := &inks.blobs[i]
		if !fits(b) || b.width() < 7 || b.height() < 7 {
			continue
		}
		w, h := float64(b.width()), float64(b.height())
		r := ring{
			at: vec{float64(b.minX+b.maxX) / 2, float64(b.minY+b.maxY) / 2},
			w:  w - 1.5, h: h - 1.5, thin: float64(b.area) / (w * h),
		}
		if k.circled(r) {
			r.side = math.Sqrt(r.w * r.h)
			out = append(out, r)
		}
	}
	for i := range holes.blobs {
		b := &holes.blobs[i]
		if !fits(b) || b.minX == 0 || b.minY == 0 || int(b.maxX) == k.w || int(b.maxY) == k.h {
			continue
		}
		w, h := float64(b.width()), float64(b.height())
		if float64(b.area) < 0.4*w*h {
			continue
		}
		r := ring{
			at: vec{float64(b.minX+b.maxX) / 2, float64(b.minY+b.maxY) / 2},
			w:  w + 1.5, h: h + 1.5, thin: 1 - float64(b.area)/((w+2)*(h+2)),
		}
		if k.circled(r) {
			r.side = math.Sqrt(r.w * r.h)
			out = append(out, r)
		}
	}
	out = distinct(out, k.w, k.h)
	return out[:min(len(out), mostRings)]
}

// circled tells whether ink lies at 12 of 16 points along the inscribed ellipse
// or at 13 of 16 along the box.
func (k *work) circled(r ring) bool {
	n, m := 0, 0
	for i := range 16 {
		u := unitPoints[Ellipse][i*rays/16]
		v := unitPoints[Rectangle][i*rays/16]
		if k.near(r.at.x+u.x*r.w/2, r.at.y+u.y*r.h/2) {
			n++
		}
		if k.near(r.at.x+v.x*r.w/2, r.at.y+v.y*r.h/2) {
			m++
		}
	}
	return n >= 12 || m >= 13
}

// round tells whether ink lies along the inscribed ellipse, not along the box.
func (k *work) round(r ring) bool {
	n := 0
	for i := range 16 {
		u := unitPoints[Ellipse][i*rays/16]
		if k.near(r.at.x+u.x*r.w/2, r.at.y+u.y*r.h/2) {
			n++
		}
	}
	return n >= 13
}

// near tells whether ink lies within a pixel of (x, y).
func (k *work) near(x, y float64) bool {
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	if ix < 1 || iy < 1 || ix+1 >= k.w || iy+1 >= k.h {
		return false
	}
	i := iy*k.w + ix
	for _, j := range [5]int{i, i - 1, i + 1, i - k.w, i + k.w} {
		if k.dark[j] >= k.ink {
			return true
		}
	}
	return false
}

// distinct drops rings found twice, as ink and as hole; the outline stays.
func distinct(rs []ring, w, h int) []ring {
	ix := indexRings(rs, w, h)
	var out []ring
	drop := make([]bool, len(rs))
	for i, r := range rs {
		if drop[i] {
			continue
		}
		ix.around(r.at, 0.3*math.Sqrt(r.w*r.h), func(j int32) {
			q := rs[j]
			if int(j) > i && q.w*q.h > 0.55*r.w*r.h && q.w*q.h < 1.8*r.w*r.h {
				drop[j] = true
			}
		})
		out = append(out, r)
	}
	return out
}

// ringIndex finds rings near a place: buckets of ringCell px.
type ringIndex struct {
	rings  []ring
	nx, ny int
	start  []int32
	items  []int32
}

const ringCell = 24

func indexRings(rs []ring, w, h int) *ringIndex {
	ix := &ringIndex{rings: rs, nx: w/ringCell + 1, ny: h/ringCell + 1}
	ix.start = make([]int32, ix.nx*ix.ny+1)
	cell := func(r ring) int {
		x := min(max(int(r.at.x)/ringCell, 0), ix.nx-1)
		y := min(max(int(r.at.y)/ringCell, 0), ix.ny-1)
		return y*ix.nx + x
	}
	for _, r := range rs {
		ix.start[cell(r)+1]++
	}
	for i := range ix.nx * ix.ny {
		ix.start[i+1] += ix.start[i]
	}
	next := append([]int32(nil), ix.start...)
	ix.items = make([]int32, len(rs))
	for i, r := range rs {
		c := cell(r)
		ix.items[next[c]] = int32(i)
		next[c]++
	}
	return ix
}

// around calls do with each ring whose middle lies within reach of p.
func (ix *ringIndex) around(p vec, reach float64, do func(int32)) {
	x0 := max(int(math.Floor((p.x-reach)/ringCell)), 0)
	x1 := min(int(math.Floor((p.x+reach)/ringCell)), ix.nx-1)
	y0 := max(int(math.Floor((p.y-reach)/ringCell)), 0)
	y1 := min(int(math.Floor((p.y+reach)/ringCell)), ix.ny-1)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			c := y*ix.nx + x
			for _, j := range ix.items[ix.start[c]:ix.start[c+1]] {
				d := ix.rings[j].at.sub(p)
				if d.dot(d) <= reach*reach {
					do(j)
				}
			}
		}
	}
}

// alike counts, up to most, the rings whose middle lies within reach of p, of a size
// like side (within ratio) and of a kind.
func (ix *ringIndex) alike(p vec, reach, side, ratio float64, kind func(ring) bool, most int) (n int) {
	x0 := max(int(math.Floor((p.x-reach)/ringCell)), 0)
	x1 := min(int(math.Floor((p.x+reach)/ringCell)), ix.nx-1)
	y0 := max(int(math.Floor((p.y-reach)/ringCell)), 0)
	y1 := min(int(math.Floor((p.y+reach)/ringCell)), ix.ny-1)
	for y := y0; y <= y1 && x0 <= x1; y++ {
		for _, j := range ix.items[ix.start[y*ix.nx+x0]:ix.start[y*ix.nx+x1+1]] {
			r := &ix.rings[j]
			d := r.at.sub(p)
			if r.side < side*ratio && side < r.side*ratio && d.dot(d) <= reach*reach && kind(*r) {
				if n++; n >= most {
					return n
				}
			}
		}
	}
	return n
}

// nearest is the ring closest to p within reach whose size is like side (√(w·h)
// within ratio), or -1.
func (ix *ringIndex) nearest(p vec, reach, side, ratio float64) int32 {
	best, found := reach*reach, int32(-1)
	x0 := max(int(math.Floor((p.x-reach)/ringCell)), 0)
	x1 := min(int(math.Floor((p.x+reach)/ringCell)), ix.nx-1)
	y0 := max(int(math.Floor((p.y-reach)/ringCell)), 0)
	y1 := min(int(math.Floor((p.y+reach)/ringCell)), ix.ny-1)
	for y := y0; y <= y1 && x0 <= x1; y++ {
		// The cells of a row lie side by side.
		for _, j := range ix.items[ix.start[y*ix.nx+x0]:ix.start[y*ix.nx+x1+1]] {
			r := &ix.rings[j]
			d := r.at.sub(p)
			if q := d.dot(d); q < best && r.side <= side*ratio && side <= r.side*ratio {
				best, found = q, j
			}
		}
	}
	return found
}
