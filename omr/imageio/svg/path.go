package svg

import (
	"fmt"
	"math"
	"strings"
)

type point struct{ x, y float64 }

func (p point) add(q point) point           { return point{p.x + q.x, p.y + q.y} }
func (p point) sub(q point) point           { return point{p.x - q.x, p.y - q.y} }
func (p point) times(k float64) point       { return point{p.x * k, p.y * k} }
func (p point) to(q point, t float64) point { return p.add(q.sub(p).times(t)) }
func (p point) length() float64             { return math.Hypot(p.x, p.y) }

// line is a subpath, flattened.
type line struct {
	points []point
	closed bool
}

// outline is a path, flattened in user units.
type outline struct {
	lines []line
	fine  float64 // flattening error, user units
	left  *int    // segments that the drawing may still have
	err   error
}

func (o *outline) move(p point) { o.lines = append(o.lines, line{points: []point{p}}) }

func (o *outline) line(p point) {
	if *o.left--; *o.left < 0 {
		o.err = tooLarge(fmt.Sprintf("more than %d segments of paths", maxSegments))
		return
	}
	if len(o.lines) == 0 {
		o.move(point{})
	}
	l := &o.lines[len(o.lines)-1]
	l.points = append(l.points, p)
}

func (o *outline) close() {
	if n := len(o.lines); n > 0 {
		o.lines[n-1].closed = true
	}
}

// here is the current point.
func (o *outline) here() point {
	if len(o.lines) == 0 {
		return point{}
	}
	l := o.lines[len(o.lines)-1]
	return l.points[len(l.points)-1]
}

// cubic flattens a Bézier curve. The error of n chords is at most the second
// difference / (8 n²) · 6 (Sederberg, Computer Aided Geometric Design, 10.6).
func (o *outline) cubic(a, b, c point) {
	p := o.here()
	d := math.Max(p.sub(a.times(2)).add(b).length(), a.sub(b.times(2)).add(c).length())
	n := int(math.Min(math.Max(math.Ceil(math.Sqrt(d*6/8/o.fine)), 1), 500))
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		o.line(p.times(u * u * u).add(a.times(3 * u * u * t)).add(b.times(3 * u * t * t)).add(c.times(t * t * t)))
	}
}

// arc flattens an elliptical arc (SVG 1.1, appendix F.6).
func (o *outline) arc(rx, ry, turn float64, large, sweep bool, to point) {
	from := o.here()
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || from == to {
		o.line(to)
		return
	}
	sin, cos := math.Sincos(turn * math.Pi / 180)
	half := from.sub(to).times(0.5)
	x, y := cos*half.x+sin*half.y, -sin*half.x+cos*half.y
	if l := x*x/(rx*rx) + y*y/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	k := math.Sqrt(math.Max((rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x), 0))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*y/ry, -k*ry*x/rx
	center := point{cos*cx - sin*cy, sin*cx + cos*cy}.add(from.to(to, 0.5))
	start := math.Atan2((y-cy)/ry, (x-cx)/rx)
	sweepAngle := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - start
	if sweep && sweepAngle < 0 {
		sweepAngle += 2 * math.Pi
	} else if !sweep && sweepAngle > 0 {
		sweepAngle -= 2 * math.Pi
	}
	n := chords(math.Max(rx, ry), sweepAngle, o.fine)
	for i := 1; i < n; i++ {
		s, c := math.Sincos(start + sweepAngle*float64(i)/float64(n))
		o.line(center.add(point{cos*rx*c - sin*ry*s, sin*rx*c + cos*ry*s}))
	}
	o.line(to)
}

// chords is how many chords an arc takes to differ by less than fine.
func chords(radius, angle, fine float64) int {
	step := 2 * math.Acos(math.Max(1-fine/math.Max(radius, fine), -1))
	return int(math.Min(math.Max(math.Ceil(math.Abs(angle)/math.Max(step, 1e-3)), 1), 2000))
}

// parsePath reads path data (SVG 1.1, 8.3). An error in it ends the path.
func parsePath(o *outline, d string) error {
	n := numbers{d}
	var start, control point
	command, last := byte(0), byte(0)
	for {
		n.skip()
		if n.s == "" || o.err != nil {
			return o.err
		}
		if c := n.s[0]; strings.IndexByte("MmZzLlHhVvCcSsQqTtAa", c) >= 0 {
			command = c
			n.s = n.s[1:]
		} else if command == 0 || command == 'Z' || command == 'z' {
			return unreadable(fmt.Sprintf("the path %.20q", d))
		}
		here := o.here()
		if len(o.lines) > 0 && o.lines[len(o.lines)-1].closed {
			here = start
			if command != 'M' && command != 'm' && command != 'Z' && command != 'z' {
				o.move(start)
			}
		}
		relative := command >= 'a'
		var v [7]float64
		args := map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7}[command|0x20]
		var large, sweep bool
		for i := range args {
			var ok bool
			switch {
			case args == 7 && i == 3:
				large, ok = n.flag()
			case args == 7 && i == 4:
				sweep, ok = n.flag()
			default:
				v[i], ok = n.next()
			}
			if !ok {
				return unreadable(fmt.Sprintf("the path %.20q", d))
			}
		}
		at := func(i int) point {
			p := point{v[i], v[i+1]}
			if relative {
				p = p.add(here)
			}
			return p
		}
		if command != 'M' && command != 'm' && len(o.lines) == 0 {
			return unreadable("a path that does not begin with M")
		}
		next := control
		switch command | 0x20 {
		case 'm':
			start = at(0)
			o.move(start)
			command -= 1 // further pairs are lines: M to L, m to l
		case 'z':
			o.close()
		case 'l':
			o.line(at(0))
		case 'h':
			p := point{v[0], here.y}
			if relative {
				p.x += here.x
			}
			o.line(p)
		case 'v':
			p := point{here.x, v[0]}
			if relative {
				p.y += here.y
			}
			o.line(p)
		case 'c':
			next = at(2)
			o.cubic(at(0), next, at(4))
		case 's':
			first := here
			if strings.IndexByte("CcSs", last) >= 0 && last != 0 {
				first = here.times(2).sub(control)
			}
			next = at(0)
			o.cubic(first, next, at(2))
		case 'q', 't':
			to := at(2)
			next = at(0)
			if command|0x20 == 't' {
				to, next = at(0), here
				if strings.IndexByte("QqTt", last) >= 0 && last != 0 {
					next = here.times(2).sub(control)
				}
			}
			o.cubic(here.to(next, 2.0/3), to.to(next, 2.0/3), to)
		case 'a':
			o.arc(v[0], v[1], v[2], large, sweep, at(5))
		}
		control, last = next, command
	}
}

// shape is the outline of a basic shape or path; ok is false for other elements.
func shape(n *node, view viewBox, o *outline) (ok bool, err error) {
	diagonal := math.Sqrt((view.w*view.w + view.h*view.h) / 2)
	x := func(name string) float64 { return relative(n.attr(name), view.w, 0) }
	y := func(name string) float64 { return relative(n.attr(name), view.h, 0) }
	switch n.name {
	case "path":
		return true, parsePath(o, n.attr("d"))
	case "line":
		o.move(point{x("x1"), y("y1")})
		o.line(point{x("x2"), y("y2")})
	case "polyline", "polygon":
		v, good := list(n.attr("points"))
		if !good || len(v)%2 != 0 {
			return true, unreadable("the points of a " + n.name)
		}
		for i := 0; i+1 < len(v); i += 2 {
			if p := (point{v[i], v[i+1]}); i == 0 {
				o.move(p)
			} else {
				o.line(p)
			}
		}
		if n.name == "polygon" {
			o.close()
		}
	case "circle", "ellipse":
		rx, ry := relative(n.attr("r"), diagonal, 0), relative(n.attr("r"), diagonal, 0)
		if n.name == "ellipse" {
			rx, ry = relative(n.attr("rx"), view.w, 0), relative(n.attr("ry"), view.h, 0)
		}
		if rx > 0 && ry > 0 {
			c := point{x("cx"), y("cy")}
			o.move(point{c.x + rx, c.y})
			o.arc(rx, ry, 0, false, true, point{c.x - rx, c.y})
			o.arc(rx, ry, 0, false, true, point{c.x + rx, c.y})
			o.close()
		}
	case "rect":
		o.rect(x("x"), y("y"), x("width"), y("height"), relative(n.attr("rx"), view.w, -1), relative(n.attr("ry"), view.h, -1))
	default:
		return false, nil
	}
	return true, o.err
}

func (o *outline) rect(x, y, w, h, rx, ry float64) {
	if w <= 0 || h <= 0 {
		return
	}
	if rx < 0 {
		rx = ry
	}
	if ry < 0 {
		ry = rx
	}
	rx, ry = math.Min(math.Max(rx, 0), w/2), math.Min(math.Max(ry, 0), h/2)
	o.move(point{x + rx, y})
	o.line(point{x + w - rx, y})
	for _, c := range [4]struct{ corner, next point }{
		{point{x + w, y + ry}, point{x + w, y + h - ry}},
		{point{x + w - rx, y + h}, point{x + rx, y + h}},
		{point{x, y + h - ry}, point{x, y + ry}},
		{point{x + rx, y}, point{x + rx, y}},
	} {
		if rx > 0 && ry > 0 {
			o.arc(rx, ry, 0, false, true, c.corner)
		} else {
			o.line(c.corner)
		}
		o.line(c.next)
	}
	o.close()
}
