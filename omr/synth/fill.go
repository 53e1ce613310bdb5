package synth

import (
	"image"
	"image/draw"
	"math"
	"math/rand/v2"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Fill is the first page of a pattern with the truth marked in by the pen; see
// FillPage for the others.
func Fill(page image.Image, p *pattern.Pattern, t Truth, pen Pen, seed uint64) *image.RGBA {
	return FillPage(page, &p.Pages[0], t, pen, seed)
}

// FillPage is a copy of the rendered page, of any resolution, with the truth
// marked in by the pen. Names and values that the page does not have are not
// marked.
func FillPage(page image.Image, p *pattern.Page, t Truth, pen Pen, seed uint64) *image.RGBA {
	b := page.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	if g, ok := page.(*image.Gray); ok {
		grayToRGBA(out, g)
	} else {
		draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(out, out.Rect, page, b.Min, draw.Over)
	}
	r := draws(seed, "fill")
	s := &sheet{img: out, rect: out.Rect, tooth: newTooth(r)}
	s.fill(r, p, t, pen)
	return out
}

// fill marks the truth in.
func (s *sheet) fill(r *rand.Rand, p *pattern.Page, t Truth, pen Pen) {
	scale := float64(s.rect.Dx()) / p.Width
	pen.Width *= scale
	slant := between(r, 25, 70) * math.Pi / 180 // a writer's own, kept over the page
	off := pt{}
	if pen.OffCentre != 0 {
		off.y, off.x = math.Sincos(between(r, 0, 2*math.Pi))
	}
	for i := range p.Elements {
		e := &p.Elements[i]
		marks := t.marks(e)
		cancelled := pen.cancels(r, e, marks)
		k := 0
		e.EachBubble(func(bubble *pattern.Bubble) bool {
			m := place(r, printed(e, bubble, k), scale, pen.Jitter)
			m.slant = slant + around(r, 0, 0.15)
			shift := 2 * pen.OffCentre * min(m.rx, m.ry)
			m.middle.x, m.middle.y = m.middle.x+shift*off.x, m.middle.y+shift*off.y
			switch {
			case marks[k]:
				s.draw(strokesOf(r, m, pen), pen.hand(r))
				if pen.Smudges > 0 && r.Float64() < pen.Smudges {
					s.smudge(r, m, pen)
				}
			case cancelled[k]:
				s.cancelled(r, m, pen)
			case pen.Erasures > 0 && r.Float64() < pen.Erasures:
				s.erased(r, m, pen)
			}
			k++
			return true
		})
	}
	for range pen.Strays {
		s.stray(r, p, pen, scale)
	}
	if pen.Words > 0 || pen.WordsOver > 0 {
		s.write(r, p, pen, scale)
	}
}

func grayToRGBA(dst *image.RGBA, g *image.Gray) {
	for y := range dst.Rect.Dy() {
		from := g.Pix[g.PixOffset(g.Rect.Min.X, g.Rect.Min.Y+y):][:dst.Rect.Dx()]
		to := dst.Pix[y*dst.Stride:][:4*len(from)]
		for x, v := range from {
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = v, v, v, 255
		}
	}
}

// printed is the outline that a pen fills: what the pattern says was printed,
// else the recognition rectangle less the 5 px that it exceeds a round bubble by
// (spec/markup.md 9.6). k is the bubble's index in its element.
func printed(e *pattern.Element, b *pattern.Bubble, k int) geom.PageRect {
	if e.Ours != nil {
		if o := e.Ours.PrintedOf(k); o[2] > 0 && o[3] > 0 {
			return geom.PageRect{X: b.Box.X + o[0], Y: b.Box.Y + o[1], W: o[2], H: o[3]}
		}
	}
	if inner := b.Box.Grow(-5); e.Type != pattern.CheckBox && inner.W > 20 && inner.H > 20 {
		return inner
	}
	return b.Box
}

// mark is where a bubble is marked: middle and half sizes, px of the picture.
type mark struct {
	middle pt
	rx, ry float64
	slant  float64 // of scribbled lines, radians
}

// at is a point given in units of the bubble.
func (m mark) at(x, y float64) pt { return pt{m.middle.x + x*m.rx, m.middle.y + y*m.ry} }

func place(r *rand.Rand, box geom.PageRect, scale, jitter float64) mark {
	c := box.Center()
	size := min(box.W, box.H)
	return mark{
		middle: pt{(c.X + around(r, 0, jitter*size)) * scale, (c.Y + around(r, 0, jitter*size)) * scale},
		rx:     box.W / 2 * scale, ry: box.H / 2 * scale,
	}
}

// strokesOf is one mark in the pen's style.
func strokesOf(r *rand.Rand, m mark, pen Pen) []stroke {
	n := func(deviation float64) float64 { return around(r, 0, deviation) }
	switch pen.Style {
	case Tick:
		size := between(r, 0.85, 1.25)
		return []stroke{line(r, m, []pt{
			{(-0.75 + n(0.1)) * size, (0.0 + n(0.12)) * size},
			{(-0.2 + n(0.08)) * size, (0.75 + n(0.1)) * size},
			{(0.25 + n(0.1)) * size, (-0.15 + n(0.1)) * size},
			{(0.95 + n(0.15)) * size, (-1.0 + n(0.15)) * size},
		}, true)}
	case Cross:
		a, b := between(r, 0.7, 1.05), between(r, 0.7, 1.05)
		return []stroke{
			line(r, m, []pt{{-a + n(0.1), -a + n(0.1)}, {n(0.08), n(0.08)}, {a + n(0.1), a + n(0.1)}}, true),
			line(r, m, []pt{{b + n(0.1), -b + n(0.1)}, {n(0.08), n(0.08)}, {-b + n(0.1), b + n(0.1)}}, true),
		}
	case Partial:
		half := m
		angle := between(r, 0, 2*math.Pi)
		half.middle = m.at(0.25*math.Cos(angle), 0.25*math.Sin(angle))
		half.rx, half.ry = m.rx*between(r, 0.62, 0.78), m.ry*between(r, 0.62, 0.78)
		return scribble(r, half, pen, between(r, 0.75, 0.95), 1)
	case Light:
		return scribble(r, m, pen, between(r, 1.1, 1.6), between(r, 0.66, 0.85))
	case Dot:
		dot := m
		dot.middle = m.at(n(0.1), n(0.1))
		size := between(r, 0.36, 0.55)
		dot.rx, dot.ry = m.rx*size, m.ry*size
		return scribble(r, dot, pen, between(r, 0.4, 0.6), 1)
	case Circle:
		return []stroke{loop(r, m, between(r, 1.2, 1.42))}
	case LineThrough:
		y := n(0.15)
		return []stroke{line(r, m, []pt{{-between(r, 1, 1.35), y + n(0.1)}, {n(0.1), y}, {between(r, 1, 1.35), y + n(0.12)}}, true)}
	case Slash:
		a := between(r, 0.75, 1.1)
		return []stroke{line(r, m, []pt{{-a + n(0.12), a + n(0.12)}, {n(0.08), n(0.08)}, {a + n(0.12), -a + n(0.12)}}, true)}
	case FullFill:
	}
	return scribble(r, m, pen, between(r, 0.52, 0.8), 1)
}

// scribble goes to and fro over the bubble, lines spacing widths apart, after a
// turn along its edge as most people make.
func scribble(r *rand.Rand, m mark, pen Pen, spacing, force float64) []stroke {
	var out []stroke
	inset := min(0.5*pen.Width/min(m.rx, m.ry), 0.6)
	if r.Float64() < 0.65 && force == 1 {
		out = append(out, loop(r, m, 1-inset-between(r, 0, 0.12)))
	}
	sin, cos := math.Sincos(m.slant)
	// A broad tip leaves wedges between its turns: people go over them.
	step := spacing * min(pen.Width, 4+0.3*pen.Width) / ((m.rx + m.ry) / 2)
	edge := 1 - inset*0.8
	press := newWobble(r, 0.08)
	var k stroke
	side := 1.0
	for v := -edge; v <= edge; v += step * between(r, 0.75, 1.25) {
		half := math.Sqrt(max(1-v*v/(edge*edge), 0)) * edge
		u := side * half * around(r, 1, 0.08)
		if r.Float64() < 0.08 { // a line that slips out
			u *= between(r, 1.1, 1.35)
		}
		w := v + around(r, 0, 0.03)
		k.points = append(k.points, m.at(u*cos+w*sin, -u*sin+w*cos))
		k.pressure = append(k.pressure, min(max(force*(0.94+press.at(v)), 0), 1))
		side = -side
	}
	if len(k.points) < 2 {
		k.points = append(k.points, m.at(-0.3, 0.3), m.at(0.3, -0.3))
		k.pressure = append(k.pressure, force, force)
	}
	return append(out, bowed(r, k, m))
}

// bowed rounds a zigzag as a wrist does: each line is a slight arc.
func bowed(r *rand.Rand, k stroke, m mark) stroke {
	const per = 5
	var out stroke
	bow := between(r, -0.09, 0.09)
	for i := 0; i+1 < len(k.points); i++ {
		a, b := k.points[i], k.points[i+1]
		nx, ny := -(b.y-a.y)*bow, (b.x-a.x)*bow
		for j := range per {
			t := float64(j) / per
			arc := 4 * t * (1 - t)
			out.points = append(out.points, pt{a.x + t*(b.x-a.x) + nx*arc, a.y + t*(b.y-a.y) + ny*arc})
			out.pressure = append(out.pressure, k.pressure[i]+t*(k.pressure[i+1]-k.pressure[i]))
		}
	}
	last := len(k.points) - 1
	out.points = append(out.points, k.points[last])
	out.pressure = append(out.pressure, k.pressure[last])
	return out
}

// loop is a turn and a bit along an ellipse.
func loop(r *rand.Rand, m mark, radius float64) stroke {
	var k stroke
	start, turns := between(r, 0, 2*math.Pi), between(r, 0.9, 1.3)
	tremble, press := newWobble(r, 0.05), newWobble(r, 0.1)
	const steps = 36
	for i := range steps + 1 {
		t := float64(i) / steps
		sin, cos := math.Sincos(start + turns*2*math.Pi*t)
		rad := radius + tremble.at(t)
		k.points = append(k.points, m.at(rad*cos, rad*sin))
		k.pressure = append(k.pressure, min(0.88+press.at(t), 1))
	}
	return k
}

// erased is a mark rubbed out: its ghost, and a grey smear around it.
func (s *sheet) erased(r *rand.Rand, m mark, pen Pen) {
	ghost := pen.hand(r)
	ghost.Opacity *= between(r, 0.06, 0.16)
	s.draw(scribble(r, m, ghost, 0.8, 1), ghost)
	smear := Pen{Color: pen.Color, Width: m.ry * 0.8, Opacity: 0.025}
	var strokes []stroke
	for range 3 {
		y := between(r, -0.6, 0.6)
		strokes = append(strokes, line(r, m, []pt{{-1.2, y}, {0, y + around(r, 0, 0.1)}, {1.3, y}}, false))
	}
	s.draw(strokes, smear)
}

// cancels are the bubbles of an element that were marked first and cancelled: at
// most one a field, never one that the truth marks.
func (p Pen) cancels(r *rand.Rand, e *pattern.Element, marks []bool) []bool {
	out := make([]bool, len(marks))
	if p.Corrections <= 0 {
		return out
	}
	var fields []int // bubbles of each
	for _, g := range e.Groups {
		fields = append(fields, len(g.Bubbles))
	}
	for _, q := range e.Questions {
		for _, a := range q.Answers {
			fields = append(fields, len(a.Bubbles))
		}
	}
	first := 0
	for _, n := range fields {
		if n > 1 && r.Float64() < p.Corrections {
			if k := first + r.IntN(n); !marks[k] {
				out[k] = true
			}
		}
		first += n
	}
	return out
}

// cancelled is a mark that its writer took back: scribbled over far beyond the
// outline, or crossed out by an X that leaves it.
func (s *sheet) cancelled(r *rand.Rand, m mark, pen Pen) {
	s.draw(strokesOf(r, m, pen), pen.hand(r))
	if pen.Style == Cross || pen.Style == Circle || r.Float64() < 0.5 {
		big := m
		big.rx, big.ry = m.rx*between(r, 1.2, 1.4), m.ry*between(r, 1.2, 1.4)
		big.slant = m.slant + between(r, 0.5, 1.2)
		s.draw(scribble(r, big, pen, between(r, 0.7, 1), 1), pen.hand(r))
		s.draw([]stroke{loop(r, big, 1), loop(r, big, 0.95)}, pen.hand(r))
		return
	}
	a, b := between(r, 1.35, 1.7), between(r, 1.35, 1.7)
	hand := pen.hand(r)
	for range 2 { // gone over twice
		s.draw([]stroke{
			line(r, m, []pt{{-a, -a}, {around(r, 0, 0.08), around(r, 0, 0.08)}, {a, a}}, false),
			line(r, m, []pt{{b, -b}, {around(r, 0, 0.08), around(r, 0, 0.08)}, {-b, b}}, false),
		}, hand)
	}
}

// smudge is what the side of a hand draws out of a fresh mark.
func (s *sheet) smudge(r *rand.Rand, m mark, pen Pen) {
	smear := Pen{Color: pen.Color, Width: m.ry * between(r, 0.7, 1.2), Opacity: between(r, 0.03, 0.09), Grain: 0.3}
	lean := around(r, 0, 0.3)
	var strokes []stroke
	for range 3 {
		y := between(r, -0.5, 0.5)
		long := between(r, 1.5, 3.5)
		strokes = append(strokes, line(r, m, []pt{{0, y}, {long / 2, y + lean}, {long, y + 2*lean + around(r, 0, 0.2)}}, true))
	}
	s.draw(strokes, smear)
}

// stray is a slip of the pen: a dot anywhere, or a short stroke where no bubble is.
func (s *sheet) stray(r *rand.Rand, p *pattern.Page, pen Pen, scale float64) {
	b := s.rect
	slip := pen.hand(r)
	slip.Width *= between(r, 0.5, 0.9)
	slip.Opacity *= between(r, 0.4, 0.9)
	length, angle := between(r, 2, 60)*pen.Width/5, between(r, 0, 2*math.Pi)
	sin, cos := math.Sincos(angle)
	for range 20 {
		m := mark{middle: pt{between(r, 0, float64(b.Dx())), between(r, 0, float64(b.Dy()))}, rx: 1, ry: 1}
		reach := geom.PageRect{X: (m.middle.x - length) / scale, Y: (m.middle.y - length) / scale, W: 2 * length / scale, H: 2 * length / scale}
		if length > pen.Width && overBubble(p, reach) {
			continue
		}
		s.draw([]stroke{line(r, m, []pt{{0, 0}, {cos * length / 2, sin * length / 2}, {cos*length + around(r, 0, 3), sin*length + around(r, 0, 3)}}, true)}, slip)
		return
	}
}

func overBubble(p *pattern.Page, area geom.PageRect) (over bool) {
	for i := range p.Elements {
		p.Elements[i].EachBubble(func(b *pattern.Bubble) bool {
			over = over || b.Box.Overlaps(area)
			return !over
		})
	}
	return over
}
