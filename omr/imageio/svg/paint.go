package svg

import (
	"fmt"
	"image/color"
	"math"
	"strings"
)

// ink is the colour at a device pixel, premultiplied by nothing.
type ink func(x, y float64) color.NRGBA

func solid(c color.NRGBA) ink { return func(float64, float64) color.NRGBA { return c } }

// bounds is the box of lines, user units.
func bounds(lines []line) (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, l := range lines {
		for _, p := range l.points {
			x0, x1 = math.Min(x0, p.x), math.Max(x1, p.x)
			y0, y1 = math.Min(y0, p.y), math.Max(y1, p.y)
		}
	}
	return x0, y0, x1, y1
}

// inkOf is a paint value of a shape; nil for none.
func (p *painter) inkOf(value string, s style, lines []line, m matrix) (ink, error) {
	value = strings.TrimSpace(value)
	if value == "none" || value == "" {
		return nil, nil
	}
	if rest, ok := strings.CutPrefix(value, "url("); ok {
		ref, otherwise, _ := strings.Cut(rest, ")")
		id := strings.Trim(strings.TrimSpace(ref), `"'`)
		n := p.d.byID[strings.TrimPrefix(id, "#")]
		if n == nil || !strings.HasPrefix(id, "#") {
			if otherwise = strings.TrimSpace(otherwise); otherwise != "" {
				return p.inkOf(otherwise, s, lines, m)
			}
			return nil, unreadable(fmt.Sprintf("nothing is called %q", id))
		}
		return p.gradient(n, s, lines, m)
	}
	c, err := parseColor(value, s.color)
	return solid(c), err
}

type stop struct {
	at float64
	c  color.NRGBA
}

// inherited is the attribute of a gradient or of the one that it refers to.
func (p *painter) inherited(n *node, name string) string {
	for range 10 {
		if v, ok := n.attrs[name]; ok {
			return v
		}
		if n = p.d.byID[strings.TrimPrefix(n.attr("href"), "#")]; n == nil {
			break
		}
	}
	return ""
}

func (p *painter) stops(n *node, s style) (out []stop, err error) {
	for range 10 {
		for _, c := range n.children {
			if c.name != "stop" {
				continue
			}
			value := c.attr("stop-color")
			if value == "" {
				value = "black"
			}
			ink, err := parseColor(value, s.color)
			if err != nil {
				return nil, err
			}
			ink.A = uint8(math.Round(float64(ink.A) * share(c.attr("stop-opacity"), 1)))
			at := share(c.attr("offset"), 0)
			if k := len(out); k > 0 {
				at = math.Max(at, out[k-1].at)
			}
			out = append(out, stop{at, ink})
		}
		if len(out) > 0 {
			return out, nil
		}
		if n = p.d.byID[strings.TrimPrefix(n.attr("href"), "#")]; n == nil {
			break
		}
	}
	return nil, nil
}

// gradient is a linear or radial gradient (SVG 1.1, 13.2).
func (p *painter) gradient(n *node, s style, lines []line, m matrix) (ink, error) {
	if n.name != "linearGradient" && n.name != "radialGradient" {
		return nil, unsupported(fmt.Sprintf("<%s> as paint", n.name))
	}
	stops, err := p.stops(n, s)
	if err != nil {
		return nil, err
	}
	if len(stops) == 0 {
		return nil, nil
	}
	if len(stops) == 1 {
		return solid(stops[0].c), nil
	}
	own, err := parseTransform(p.inherited(n, "gradientTransform"))
	if err != nil {
		return nil, err
	}
	view := viewBox{w: 1, h: 1}
	if p.inherited(n, "gradientUnits") == "userSpaceOnUse" {
		view = s.view
	} else {
		x0, y0, x1, y1 := bounds(lines)
		if x1 <= x0 || y1 <= y0 {
			return nil, nil // a box without area shows no gradient
		}
		m = m.mul(matrix{x1 - x0, 0, 0, y1 - y0, x0, y0})
	}
	back, ok := m.mul(own).inverse()
	if !ok {
		return nil, nil
	}
	v := func(name string, whole float64, otherwise string) float64 {
		value := p.inherited(n, name)
		if value == "" {
			value = otherwise
		}
		return relative(value, whole, 0)
	}
	spread := p.inherited(n, "spreadMethod")
	shade := func(t float64) color.NRGBA { return shadeAt(stops, spread, t) }
	if n.name == "linearGradient" {
		a, b := point{v("x1", view.w, "0%"), v("y1", view.h, "0%")}, point{v("x2", view.w, "100%"), v("y2", view.h, "0%")}
		d := b.sub(a)
		square := d.x*d.x + d.y*d.y
		if square == 0 {
			return solid(stops[len(stops)-1].c), nil
		}
		return func(x, y float64) color.NRGBA {
			q := back.at(point{x, y}).sub(a)
			return shade((q.x*d.x + q.y*d.y) / square)
		}, nil
	}
	diagonal := math.Sqrt((view.w*view.w + view.h*view.h) / 2)
	c, r := point{v("cx", view.w, "50%"), v("cy", view.h, "50%")}, v("r", diagonal, "50%")
	f := c
	if p.inherited(n, "fx") != "" {
		f.x = v("fx", view.w, "50%")
	}
	if p.inherited(n, "fy") != "" {
		f.y = v("fy", view.h, "50%")
	}
	if r <= 0 {
		return solid(stops[len(stops)-1].c), nil
	}
	if d := f.sub(c); d.length() > r*0.999 { // a focus outside is moved to the edge
		f = c.add(d.times(r * 0.999 / d.length()))
	}
	return func(x, y float64) color.NRGBA {
		// t of the circle around f + t(c - f) of radius t·r that passes the point.
		q, e := back.at(point{x, y}).sub(f), c.sub(f)
		a := e.x*e.x + e.y*e.y - r*r
		b := q.x*e.x + q.y*e.y
		k := q.x*q.x + q.y*q.y
		return shade((b - math.Sqrt(math.Max(b*b-a*k, 0))) / a)
	}, nil
}

func shadeAt(stops []stop, spread string, t float64) color.NRGBA {
	switch spread {
	case "repeat":
		t -= math.Floor(t)
	case "reflect":
		if t = math.Mod(math.Abs(t), 2); t > 1 {
			t = 2 - t
		}
	}
	if !(t > stops[0].at) {
		return stops[0].c
	}
	for i := 1; i < len(stops); i++ {
		if a, b := stops[i-1], stops[i]; t < b.at {
			k := (t - a.at) / (b.at - a.at)
			mix := func(p, q uint8) uint8 { return uint8(math.Round(float64(p) + (float64(q)-float64(p))*k)) }
			return color.NRGBA{mix(a.c.R, b.c.R), mix(a.c.G, b.c.G), mix(a.c.B, b.c.B), mix(a.c.A, b.c.A)}
		}
	}
	return stops[len(stops)-1].c
}
