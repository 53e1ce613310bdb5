package layout

import (
	"math"
	"slices"
	"unicode"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Bubbles of spec/markup.md 6.4 and 9.6, px.
const (
	outline        = 3      // stroke of a bubble, centred on its nominal edge
	recognised     = 5      // the recognition rectangle passes the nominal square by this on every side
	pitchX, pitchY = 15, 20 // between bubbles, beyond D
	symbolAir      = 4      // at least this much white between a symbol and its outline
)

// Shapes as the pattern names them.
const (
	round  = form.BubbleRound
	square = form.BubbleSquare
	oval   = "oval"
)

// spot is a bubble to be drawn and recognised.
type spot struct {
	box    geom.PageRect // nominal: the middle of its outline
	value  string        // what its mark means
	symbol string        // printed inside; empty: blank
	grown  int           // by which the recognition rectangle passes the box, px
	shape  string        // empty: that of the element
	answer *form.Element // that it stands for, where something depends on it
}

// at is a bubble of the usual kind: D × D, its symbol its value.
func at(x, y, d int, symbol string) spot {
	return spot{box: box(x, y, d, d), value: symbol, symbol: symbol, grown: recognised}
}

// bubbleShape is the element's bubble_type, or otherwise.
func bubbleShape(e *form.Element, otherwise string) string {
	return enum(e, form.AttrBubbleType, otherwise)
}

// bubbles draws groups of spots and registers them as one recognisable element
// of the given kind and key. symbols is the look of the letters inside.
func (l *layouter) bubbles(e *form.Element, kind pattern.ElementType, key, shape string, symbols look, groups ...[]spot) *placed {
	p := placed{source: e, el: pattern.Element{Type: kind, Name: key}}
	var all []geom.PageRect
	for _, spots := range groups {
		g := pattern.Group{}
		var boxes []geom.PageRect
		for _, s := range spots {
			r := s.recognised()
			g.Bubbles = append(g.Bubbles, pattern.Bubble{Value: s.value, Box: r, Valid: true})
			boxes = append(boxes, r)
		}
		g.Box = unionOf(boxes)
		all = append(all, boxes...)
		p.el.Groups = append(p.el.Groups, g)
	}
	p.el.Box = unionOf(all)
	l.drawBubbles(&p, shape, symbols, slices.Concat(groups...))
	return l.register(p)
}

// register adds an element to the page's pattern.
func (l *layouter) register(p placed) *placed {
	l.sheet.elements = append(l.sheet.elements, p)
	return &l.sheet.elements[len(l.sheet.elements)-1]
}

// recognised is the recognition rectangle.
func (s spot) recognised() geom.PageRect { return s.box.Grow(float64(s.grown)) }

// printed is the outline relative to the recognition rectangle.
func (s spot) printed() pattern.Box {
	return pattern.Box{float64(s.grown), float64(s.grown), s.box.W, s.box.H}
}

// drawBubbles draws an element's bubbles and notes what was printed.
func (l *layouter) drawBubbles(p *placed, shape string, symbols look, spots []spot) {
	p.info = pattern.ElementInfo{Shape: shape, Outline: outline, Font: symbols.family, Color: css(l.settings.BubbleColor)}
	single := &pattern.SingleInfo{}
	alike := true
	for i, s := range spots {
		if s.shape == "" {
			s.shape = shape
		}
		l.drawBubble(s.shape, s, symbols)
		if i == 0 {
			p.info.Shape, p.info.Printed = s.shape, s.printed()
		}
		alike = alike && s.shape == p.info.Shape
		single.Shapes = append(single.Shapes, s.shape)
		single.Boxes = append(single.Boxes, pattern.BoxOf(s.recognised()))
		single.Outlines = append(single.Outlines, s.printed())
		p.info.Symbols = append(p.info.Symbols, s.symbol)
		p.areas = append(p.areas, s.box)
		p.answers = append(p.answers, s.answer)
	}
	if !alike {
		p.info.Single = single
	}
}

// drawBubble draws an outline and its symbol.
func (l *layouter) drawBubble(shape string, s spot, k look) {
	color := l.settings.BubbleColor
	if shape == square {
		l.sheet.add(bubbles, Item{Rect: &Rect{Box: s.box, Fill: form.Color{None: true}, Stroke: color, Width: outline}})
	} else {
		l.sheet.add(bubbles, Item{Ellipse: &Ellipse{Box: s.box, Stroke: color, Width: outline}})
	}
	if s.symbol == "" {
		return
	}
	sh := l.symbol(s.symbol, k, shape, s.box.W, s.box.H)
	if sh.empty {
		return
	}
	c := s.box.Center()
	l.sheet.add(bubbles, Item{Text: &TextLine{
		Origin: geom.PagePt{X: c.X + sh.dx, Y: c.Y + sh.dy}, Line: sh.line, Color: k.color, Text: s.symbol,
	}})
}

// symbolShape is a symbol fitted to a bubble: its line and the offset of the
// line's origin from the bubble's centre.
type symbolShape struct {
	line   typeset.Line
	dx, dy float64
	empty  bool
}

type shapedKey struct {
	symbol, family string
	style          form.FontStyle
	size           float64
	shape          string
	w, h           float64
}

// symbolLook is the look of symbols without font attributes: body family,
// regular, black, sized to the bubble (spec/markup.md 7.3).
func (l *layouter) symbolLook() look { return look{family: l.settings.body.family} }

// symbol fits a symbol into a bubble of w × h px. A look of size 0 makes the cap
// height a third of the bubble's height; any size shrinks until the ink keeps
// off the outline. Letters and digits share a baseline, so that a row of
// bubbles reads as a line; across, and for other signs, the ink is centred.
func (l *layouter) symbol(s string, k look, shape string, w, h float64) symbolShape {
	key := shapedKey{s, k.family, k.style, k.size, shape, w, h}
	if sh, ok := l.shaped[key]; ok {
		return sh
	}
	f := k.font()
	if k.size == 0 {
		f.Size = 100
		f.Size = h / 3 / l.faces.Metrics(f).CapHeight * 100
	}
	var sh symbolShape
	for range 3 { // the shrunk ink is measured again: baselines move with the size
		m := l.faces.Metrics(f)
		sh.line = l.faces.Lines(s, f, 0)[0]
		x0, y0, x1, y1, ok := l.faces.Ink(sh.line)
		if !ok {
			sh.empty = true
			break
		}
		sh.dx = -(x0 + x1) / 2
		switch caseOf(s) {
		case upper:
			sh.dy = m.CapHeight / 2
		case lower:
			sh.dy = (m.CapHeight + m.XHeight) / 4
		default:
			sh.dy = -(y0 + y1) / 2
		}
		k := fit(shape, w, h, x0+sh.dx, y0+sh.dy, x1+sh.dx, y1+sh.dy)
		if k >= 1 {
			break
		}
		f.Size *= k
	}
	l.shaped[key] = sh
	return sh
}

// fit is the factor (at most 1) by which ink, its box relative to the bubble's
// centre, shrinks to stay inside the outline.
func fit(shape string, w, h, x0, y0, x1, y1 float64) float64 {
	rx, ry := w/2-outline/2.0-symbolAir, h/2-outline/2.0-symbolAir
	x, y := max(math.Abs(x0), math.Abs(x1))/rx, max(math.Abs(y0), math.Abs(y1))/ry
	if shape == square {
		return min(1, 1/max(x, y, 1e-9))
	}
	return min(1, 1/max(math.Hypot(x, y), 1e-9)) // the box's corner lies inside the ellipse
}

type letterCase uint8

const (
	mixed letterCase = iota
	upper            // capitals and digits
	lower
)

func caseOf(s string) letterCase {
	up, low := true, true
	for _, r := range s {
		if !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) && (r < '0' || r > '9') {
			return mixed
		}
		up = up && (unicode.IsUpper(r) || unicode.IsDigit(r))
		low = low && unicode.IsLower(r)
	}
	switch {
	case up:
		return upper
	case low:
		return lower
	}
	return upper
}

// letters are the symbols of n bubbles without explicit ones: A, B, C, …. After
// Z there are none (LM413).
func (l *layouter) letters(e *form.Element, n int) []string {
	if n > 26 {
		l.fail(e, "LM413", describe(e)+" needs more than the 26 letters that are given automatically", "give the symbols explicitly")
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = string(rune('A' + i))
	}
	return out
}

// css is the colour as CSS writes it.
func css(c form.Color) string {
	const digits = "0123456789abcdef"
	out := []byte{'#'}
	for _, v := range [3]uint8{c.R, c.G, c.B} {
		out = append(out, digits[v>>4], digits[v&15])
	}
	return string(out)
}
