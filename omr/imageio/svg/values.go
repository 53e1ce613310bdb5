package svg

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// Units in user units (CSS px, 96 to the inch) and in page px (300 to the inch).
var units = []struct {
	suffix      string
	user, paper float64
}{
	{"mm", 96 / 25.4, 300 / 25.4},
	{"cm", 96 / 2.54, 300 / 2.54},
	{"in", 96, 300},
	{"pt", 96.0 / 72, 300.0 / 72},
	{"pc", 16, 50},
	{"px", 1, 1},
	{"", 1, 1},
}

func length(s string) (value, user, paper float64, ok bool) {
	s = strings.TrimSpace(s)
	for _, u := range units {
		if n, found := strings.CutSuffix(s, u.suffix); found {
			v, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
			return v, u.user, u.paper, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
		}
	}
	return 0, 0, 0, false
}

// paperLength is a length of the root in page px.
func paperLength(s string) (float64, bool) {
	v, _, paper, ok := length(s)
	return v * paper, ok && v > 0
}

// userLength is a length in user units, or otherwise.
func userLength(s string, otherwise float64) float64 {
	v, user, _, ok := length(s)
	if !ok {
		return otherwise
	}
	return v * user
}

// relative is a length of which a percentage is of whole.
func relative(s string, whole, otherwise float64) float64 {
	if n, ok := strings.CutSuffix(strings.TrimSpace(s), "%"); ok {
		if v, err := strconv.ParseFloat(n, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v / 100 * whole
		}
		return otherwise
	}
	return userLength(s, otherwise)
}

// share is a number or percentage from 0 to 1.
func share(s string, otherwise float64) float64 {
	return math.Min(math.Max(relative(s, 1, otherwise), 0), 1)
}

// numbers reads numbers as paths and lists have them: "1-2.5.5e3".
type numbers struct{ s string }

func (n *numbers) skip() { n.s = strings.TrimLeft(n.s, " \t\r\n,") }

func (n *numbers) next() (float64, bool) {
	n.skip()
	s := n.s
	i, digits := 0, 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i, digits = i+1, digits+1
	}
	if i < len(s) && s[i] == '.' {
		i++
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i, digits = i+1, digits+1
		}
	}
	if digits == 0 {
		return 0, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if j < len(s) && s[j] >= '0' && s[j] <= '9' {
			for j < len(s) && s[j] >= '0' && s[j] <= '9' {
				j++
			}
			i = j
		}
	}
	v, err := strconv.ParseFloat(s[:i], 64)
	n.s = s[i:]
	return v, err == nil
}

// flag is a digit 0 or 1 of an arc, which need not be apart from what follows.
func (n *numbers) flag() (bool, bool) {
	n.skip()
	if n.s == "" || n.s[0] != '0' && n.s[0] != '1' {
		return false, false
	}
	set := n.s[0] == '1'
	n.s = n.s[1:]
	return set, true
}

func list(s string) (out []float64, ok bool) {
	n := numbers{s}
	for {
		n.skip()
		if n.s == "" {
			return out, true
		}
		v, ok := n.next()
		if !ok {
			return out, false
		}
		out = append(out, v)
	}
}

// viewBox is what of the drawing's plane is seen.
type viewBox struct{ x, y, w, h float64 }

func parseViewBox(s string) (viewBox, bool) {
	v, ok := list(s)
	if !ok || len(v) != 4 || v[2] <= 0 || v[3] <= 0 {
		return viewBox{}, false
	}
	return viewBox{v[0], v[1], v[2], v[3]}, true
}

// into maps the view to a rectangle (SVG 1.1, 7.8).
func (b viewBox) into(x, y, w, h float64, aspect string) matrix {
	sx, sy := w/b.w, h/b.h
	aspect = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(aspect), "defer"))
	if !strings.HasPrefix(aspect, "none") {
		s := math.Min(sx, sy)
		if strings.HasSuffix(aspect, "slice") {
			s = math.Max(sx, sy)
		}
		part := func(low, high string) float64 {
			switch {
			case strings.Contains(aspect, low):
				return 0
			case strings.Contains(aspect, high):
				return 1
			}
			return 0.5
		}
		x += (w - b.w*s) * part("xMin", "xMax")
		y += (h - b.h*s) * part("YMin", "YMax")
		sx, sy = s, s
	}
	return matrix{sx, 0, 0, sy, x - b.x*sx, y - b.y*sy}
}

// matrix is a, b, c, d, e, f of SVG 1.1, 7.4.
type matrix [6]float64

func scaling(x, y float64) matrix { return matrix{x, 0, 0, y, 0, 0} }

func (m matrix) at(p point) point {
	return point{m[0]*p.x + m[2]*p.y + m[4], m[1]*p.x + m[3]*p.y + m[5]}
}

// mul is the transform that does n first.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1], m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (m matrix) det() float64 { return m[0]*m[3] - m[1]*m[2] }

func (m matrix) inverse() (matrix, bool) {
	d := m.det()
	if math.Abs(d) < 1e-12 {
		return matrix{}, false
	}
	return matrix{
		m[3] / d, -m[1] / d, -m[2] / d, m[0] / d,
		(m[2]*m[5] - m[3]*m[4]) / d, (m[1]*m[4] - m[0]*m[5]) / d,
	}, true
}

// scale is by how much the transform makes things larger, at most.
func (m matrix) scale() float64 {
	return math.Max(math.Hypot(m[0], m[1]), math.Hypot(m[2], m[3]))
}

func parseTransform(s string) (matrix, error) {
	m := matrix{1, 0, 0, 1, 0, 0}
	for s = strings.Trim(s, " \t\r\n,"); s != ""; s = strings.Trim(s, " \t\r\n,") {
		name, rest, ok := strings.Cut(s, "(")
		args, after, closed := strings.Cut(rest, ")")
		v, good := list(args)
		if !ok || !closed || !good {
			return m, unreadable(fmt.Sprintf("the transform %q", s))
		}
		s = after
		var t matrix
		rad := math.Pi / 180
		switch n := len(v); {
		case strings.TrimSpace(name) == "matrix" && n == 6:
			t = matrix(v)
		case strings.TrimSpace(name) == "translate" && n == 1:
			t = matrix{1, 0, 0, 1, v[0], 0}
		case strings.TrimSpace(name) == "translate" && n == 2:
			t = matrix{1, 0, 0, 1, v[0], v[1]}
		case strings.TrimSpace(name) == "scale" && n == 1:
			t = scaling(v[0], v[0])
		case strings.TrimSpace(name) == "scale" && n == 2:
			t = scaling(v[0], v[1])
		case strings.TrimSpace(name) == "rotate" && (n == 1 || n == 3):
			sin, cos := math.Sincos(v[0] * rad)
			t = matrix{cos, sin, -sin, cos, 0, 0}
			if n == 3 {
				t = matrix{1, 0, 0, 1, v[1], v[2]}.mul(t).mul(matrix{1, 0, 0, 1, -v[1], -v[2]})
			}
		case strings.TrimSpace(name) == "skewX" && n == 1:
			t = matrix{1, 0, math.Tan(v[0] * rad), 1, 0, 0}
		case strings.TrimSpace(name) == "skewY" && n == 1:
			t = matrix{1, math.Tan(v[0] * rad), 0, 1, 0, 0}
		default:
			return m, unreadable(fmt.Sprintf("the transform %s of %d numbers", name, n))
		}
		m = m.mul(t)
	}
	return m, nil
}

// parseColor reads a colour of SVG 1.1, 4.2, with alpha as CSS writes it.
func parseColor(s string, current color.NRGBA) (color.NRGBA, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if c, ok := colornames.Map[s]; ok {
		return color.NRGBA{c.R, c.G, c.B, 255}, nil
	}
	switch s {
	case "currentcolor":
		return current, nil
	case "transparent":
		return color.NRGBA{}, nil
	}
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		if len(hex) == 3 || len(hex) == 4 {
			var long strings.Builder
			for _, r := range hex {
				long.WriteRune(r)
				long.WriteRune(r)
			}
			hex = long.String()
		}
		if len(hex) == 6 {
			hex += "ff"
		}
		if v, err := strconv.ParseUint(hex, 16, 32); err == nil && len(hex) == 8 {
			return color.NRGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}, nil
		}
	}
	if name, args, ok := strings.Cut(s, "("); ok && (name == "rgb" || name == "rgba") {
		parts := strings.FieldsFunc(strings.TrimSuffix(args, ")"), func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
		if len(parts) == 3 || len(parts) == 4 {
			c := color.NRGBA{A: 255}
			for i, to := range []*uint8{&c.R, &c.G, &c.B} {
				*to = uint8(math.Round(math.Min(math.Max(relative(parts[i], 255, 0), 0), 255)))
			}
			if len(parts) == 4 {
				c.A = uint8(math.Round(255 * share(parts[3], 1)))
			}
			return c, nil
		}
	}
	return color.NRGBA{}, unsupported(fmt.Sprintf("the colour %q", s))
}
