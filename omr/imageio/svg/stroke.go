package svg

import "math"

// stroke is how a line is drawn (SVG 1.1, 11.4), user units.
type stroke struct {
	width      float64
	cap, join  string
	miterLimit float64
	dashes     []float64
	offset     float64
}

// maxDashes bounds the dashes of one subpath.
const maxDashes = 100_000

// stroked adds the strokes of flattened lines to an area: pieces that overlap, all
// wound alike, to be filled by the non-zero rule.
func (s stroke) stroked(lines []line, m matrix, a *area, fine float64) {
	for _, l := range lines {
		points := l.points[:1]
		for _, p := range l.points[1:] {
			if p != points[len(points)-1] {
				points = append(points[:len(points):len(points)], p)
			}
		}
		closed := l.closed
		if closed && len(points) > 1 && points[0] == points[len(points)-1] {
			points = points[:len(points)-1]
		}
		pen := pen{s, m, a, fine}
		if len(s.dashes) == 0 {
			pen.line(points, closed)
			continue
		}
		if closed {
			points = append(points[:len(points):len(points)], points[0])
		}
		for _, d := range s.dashed(points) {
			pen.line(d, false)
		}
	}
}

// dashed cuts a line into its dashes.
func (s stroke) dashed(points []point) (out [][]point) {
	sum := 0.0
	for _, d := range s.dashes {
		sum += d
	}
	if !(sum > 0) {
		return [][]point{points}
	}
	at := math.Mod(s.offset, sum*float64(1+len(s.dashes)%2))
	if at < 0 {
		at += sum * float64(1+len(s.dashes)%2)
	}
	i := 0
	for at >= s.dashes[i%len(s.dashes)] {
		at -= s.dashes[i%len(s.dashes)]
		i++
	}
	left := s.dashes[i%len(s.dashes)] - at
	var now []point
	if i%2 == 0 {
		now = []point{points[0]}
	}
	for k := 0; k+1 < len(points) && len(out) < maxDashes; k++ {
		p, q := points[k], points[k+1]
		length, done := q.sub(p).length(), 0.0
		for length-done > left && len(out) < maxDashes {
			done += left
			end := p.to(q, done/length)
			if i%2 == 0 {
				out = append(out, append(now, end))
				now = nil
			} else {
				now = []point{end}
			}
			i++
			left = s.dashes[i%len(s.dashes)]
		}
		left -= length - done
		if i%2 == 0 {
			now = append(now, q)
		}
	}
	if i%2 == 0 && len(now) > 1 {
		out = append(out, now)
	}
	return out
}

// pen draws a line piece by piece.
type pen struct {
	stroke
	m    matrix
	a    *area
	fine float64
}

// piece adds a convex polygon, wound positively on the device.
func (p pen) piece(points ...point) {
	if p.a.full {
		return
	}
	out := make([]point, len(points))
	area := 0.0
	for i, q := range points {
		out[i] = p.m.at(q)
	}
	for i, q := range out {
		r := out[(i+1)%len(out)]
		area += q.x*r.y - r.x*q.y
	}
	if area < 0 {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	p.a.polygon(out)
}

func (p pen) dot(c point) {
	if p.a.full {
		return
	}
	r := p.width / 2
	n := max(chords(r, 2*math.Pi, p.fine), 8)
	points := make([]point, n)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		points[i] = c.add(point{r * cos, r * sin})
	}
	p.piece(points...)
}

func (p pen) line(points []point, closed bool) {
	if p.a.full {
		return
	}
	r := p.width / 2
	if len(points) == 1 { // a line without length shows its caps alone
		switch c := points[0]; p.cap {
		case "round":
			p.dot(c)
		case "square":
			p.piece(c.add(point{-r, -r}), c.add(point{r, -r}), c.add(point{r, r}), c.add(point{-r, r}))
		}
		return
	}
	n := len(points)
	segments := n - 1
	if closed {
		segments = n
	}
	for i := range segments {
		a, b := points[i], points[(i+1)%n]
		d := b.sub(a)
		u := d.times(r / d.length())
		side := point{-u.y, u.x}
		from, to := a, b
		if !closed && p.cap == "square" {
			if i == 0 {
				from = a.sub(u)
			}
			if i == segments-1 {
				to = b.add(u)
			}
		}
		p.piece(from.add(side), to.add(side), to.sub(side), from.sub(side))
		if i+1 < segments || closed {
			p.corner(a, b, points[(i+2)%n])
		}
	}
	if !closed && p.cap == "round" {
		p.dot(points[0])
		p.dot(points[n-1])
	}
}

// corner fills the outside of the corner at b.
func (p pen) corner(a, b, c point) {
	r := p.width / 2
	d1, d2 := b.sub(a), c.sub(b)
	u1, u2 := d1.times(1/d1.length()), d2.times(1/d2.length())
	cross, dot := u1.x*u2.y-u1.y*u2.x, u1.x*u2.x+u1.y*u2.y
	if p.join == "round" {
		if math.Abs(cross) > 1e-3 || dot < 0 {
			p.dot(b)
		}
		return
	}
	outer := r // the outside is left of a turn to the right
	if cross > 0 {
		outer = -r
	}
	s1, s2 := b.add(point{-u1.y, u1.x}.times(outer)), b.add(point{-u2.y, u2.x}.times(outer))
	// The miter's length is 1 / sin(φ/2) of the width, φ the angle between the lines.
	if half := math.Sqrt(math.Max((1-(-dot))/2, 0)); p.join != "bevel" && half > 0 && 1/half <= p.miterLimit && math.Abs(cross) > 1e-9 {
		middle := s1.to(s2, 0.5).sub(b)
		tip := b.add(middle.times(r / half / math.Max(middle.length(), 1e-12)))
		p.piece(b, s1, tip, s2)
		return
	}
	p.piece(b, s1, s2)
}
