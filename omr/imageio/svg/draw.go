package svg

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
)

// style is what elements inherit.
type style struct {
	values map[string]string // of properties, as written
	color  color.NRGBA       // currentColor
	view   viewBox           // of the nearest viewport, for percentages
}

// properties are inherited (SVG 1.1, 11 and 6.3), with their initial values.
var properties = map[string]string{
	"fill": "black", "fill-opacity": "1", "fill-rule": "nonzero", "stroke": "none", "stroke-opacity": "1", "stroke-width": "1",
	"stroke-linecap": "butt", "stroke-linejoin": "miter", "stroke-miterlimit": "4", "stroke-dasharray": "none", "stroke-dashoffset": "0",
	"visibility": "visible", "clip-rule": "nonzero", "color": "black",
}

func initialStyle() style {
	s := style{values: map[string]string{}, color: color.NRGBA{A: 255}}
	for k, v := range properties {
		s.values[k] = v
	}
	return s
}

// with is the style of an element inside s.
func (s style) with(n *node) style {
	var values map[string]string
	for k := range properties {
		v, ok := n.attrs[k]
		if !ok || v == "inherit" {
			continue
		}
		if values == nil {
			values = make(map[string]string, len(s.values))
			for k, v := range s.values {
				values[k] = v
			}
		}
		values[k] = strings.TrimSpace(v)
	}
	if values != nil {
		s.values = values
		if c, err := parseColor(values["color"], s.color); err == nil {
			s.color = c
		}
	}
	return s
}

func (s style) stroke() (stroke, error) {
	diagonal := math.Sqrt((s.view.w*s.view.w + s.view.h*s.view.h) / 2)
	out := stroke{
		width: relative(s.values["stroke-width"], diagonal, 1), cap: s.values["stroke-linecap"], join: s.values["stroke-linejoin"],
		miterLimit: math.Max(userLength(s.values["stroke-miterlimit"], 4), 1), offset: relative(s.values["stroke-dashoffset"], diagonal, 0),
	}
	if d := s.values["stroke-dasharray"]; d != "none" && d != "" {
		for _, word := range strings.FieldsFunc(d, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' }) {
			v := relative(word, diagonal, -1)
			if v < 0 {
				return out, unreadable(fmt.Sprintf("the dashes %q", d))
			}
			out.dashes = append(out.dashes, v)
		}
		if len(out.dashes)%2 == 1 {
			out.dashes = append(out.dashes, out.dashes...)
		}
	}
	return out, nil
}

// painter draws a drawing.
type painter struct {
	d      *Drawing
	w, h   int
	layers []*image.RGBA
	uses   int
	work   int
	parts  int // segments of paths so far
	drawn  int // elements so far
	depth  int
}

func (p *painter) children(n *node, s style, m matrix) error {
	if s.view.w == 0 {
		s.view = p.d.box
	}
	for _, c := range n.children {
		if err := p.element(c, s, m); err != nil {
			return err
		}
	}
	return nil
}

// Elements that draw nothing by themselves.
var silent = map[string]bool{
	"defs": true, "symbol": true, "title": true, "desc": true, "metadata": true, "style": true, "clipPath": true, "linearGradient": true,
	"radialGradient": true, "pattern": true, "mask": true, "filter": true, "marker": true, "view": true, "cursor": true, "solidcolor": true,
}

// element draws one element and what is in it.
func (p *painter) element(n *node, s style, m matrix) error {
	if silent[n.name] || n.attr("display") == "none" {
		return nil
	}
	p.depth++
	if p.drawn++; p.depth > maxDepth || p.drawn > maxNodes {
		return tooLarge(fmt.Sprintf("more than %d elements are drawn, or nested deeper than %d", maxNodes, maxDepth))
	}
	defer func() { p.depth-- }()
	for _, a := range []string{"filter", "mask", "marker-start", "marker-mid", "marker-end", "marker"} {
		if v := strings.TrimSpace(n.attr(a)); v != "" && v != "none" {
			return unsupported(a)
		}
	}
	if v := n.attr("mix-blend-mode"); v != "" && v != "normal" {
		return unsupported("mix-blend-mode")
	}
	t, err := parseTransform(n.attr("transform"))
	if err != nil {
		return err
	}
	m = m.mul(t)
	s = s.with(n)
	opacity := share(n.attr("opacity"), 1)
	clip := ""
	if clipped(n) {
		clip = strings.TrimSpace(n.attr("clip-path"))
	}
	group := n.name == "g" || n.name == "svg" || n.name == "use" || n.name == "a"
	if clip == "" && (opacity == 1 || !group) {
		return p.plain(n, s, m, opacity)
	}
	if len(p.layers)+1 > maxLayered/(p.w*p.h) {
		return tooLarge("too many groups with opacity or clipping paths inside each other")
	}
	p.layers = append(p.layers, image.NewRGBA(image.Rect(0, 0, p.w, p.h)))
	if err := p.plain(n, s, m, 1); err != nil {
		return err
	}
	top := p.layers[len(p.layers)-1]
	p.layers = p.layers[:len(p.layers)-1]
	return p.compose(top, clip, s, m, opacity)
}

// clipped tells of elements with a clipping path.
func clipped(n *node) bool {
	clip := strings.TrimSpace(n.attr("clip-path"))
	return clip != "" && clip != "none"
}

func (p *painter) plain(n *node, s style, m matrix, opacity float64) error {
	switch n.name {
	case "g", "a":
		return p.children(n, s, m)
	case "svg":
		return p.viewport(n, n, s, m, "100%", "100%")
	case "use":
		return p.use(n, s, m)
	}
	lines, err := p.lines(n, s, m)
	if err != nil || lines == nil {
		return err
	}
	if s.values["visibility"] != "visible" {
		return nil
	}
	return p.paint(lines, s, m, opacity)
}

// lines is the outline of a shape; nil for one that draws nothing.
func (p *painter) lines(n *node, s style, m matrix) ([]line, error) {
	left := maxSegments - p.parts
	o := outline{fine: 0.1 / math.Max(m.scale(), 1e-9), left: &left}
	ok, err := shape(n, s.view, &o)
	p.parts = maxSegments - left
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, unsupported("<" + n.name + ">")
	}
	return o.lines, nil
}

// viewport draws the children of inner in the rectangle that outer gives.
func (p *painter) viewport(outer, inner *node, s style, m matrix, width, height string) error {
	if v := outer.attr("width"); v != "" {
		width = v
	}
	if v := outer.attr("height"); v != "" {
		height = v
	}
	x, y := relative(outer.attr("x"), s.view.w, 0), relative(outer.attr("y"), s.view.h, 0)
	w, h := relative(width, s.view.w, 0), relative(height, s.view.h, 0)
	if w <= 0 || h <= 0 {
		return nil
	}
	box, ok := parseViewBox(inner.attr("viewBox"))
	if ok {
		m = m.mul(box.into(x, y, w, h, inner.attr("preserveAspectRatio")))
	} else {
		m = m.mul(matrix{1, 0, 0, 1, x, y})
		box = viewBox{w: w, h: h}
	}
	s.view = box
	return p.children(inner, s, m)
}

// use draws another element again (SVG 1.1, 5.6).
func (p *painter) use(n *node, s style, m matrix) error {
	if p.uses++; p.uses > maxUses {
		return tooLarge(fmt.Sprintf("more than %d elements are drawn by <use>", maxUses))
	}
	ref := n.attr("href")
	to := p.d.byID[strings.TrimPrefix(ref, "#")]
	if to == nil || !strings.HasPrefix(ref, "#") {
		return unreadable(fmt.Sprintf("<use> refers to %q, which it does not hold", ref))
	}
	if to.name == "symbol" {
		return p.viewport(n, to, s.with(to), m, "100%", "100%")
	}
	m = m.mul(matrix{1, 0, 0, 1, relative(n.attr("x"), s.view.w, 0), relative(n.attr("y"), s.view.h, 0)})
	return p.element(to, s, m)
}

// paint fills and strokes lines.
func (p *painter) paint(lines []line, s style, m matrix, opacity float64) error {
	fill, err := p.inkOf(s.values["fill"], s, lines, m)
	if err != nil {
		return err
	}
	if fill != nil {
		a := newArea(p.w, p.h)
		for _, l := range lines {
			device := make([]point, len(l.points))
			for i, q := range l.points {
				device[i] = m.at(q)
			}
			a.polygon(device)
		}
		if err := p.ink(a, s.values["fill-rule"] == "evenodd", fill, opacity*share(s.values["fill-opacity"], 1)); err != nil {
			return err
		}
	}
	pen, err := p.inkOf(s.values["stroke"], s, lines, m)
	if err != nil || pen == nil {
		return err
	}
	st, err := s.stroke()
	if err != nil || st.width <= 0 {
		return err
	}
	a := newArea(p.w, p.h)
	st.stroked(lines, m, a, 0.1/math.Max(m.scale(), 1e-9))
	return p.ink(a, false, pen, opacity*share(s.values["stroke-opacity"], 1))
}

// ink fills an area of the top layer.
func (p *painter) ink(a *area, evenOdd bool, with ink, opacity float64) error {
	if p.work += a.work(); p.work > maxWork {
		return tooComplex()
	}
	img := p.layers[len(p.layers)-1]
	a.fill(evenOdd, func(y, x0, x1 int, cover []float32) {
		for x := x0; x < x1; x++ {
			if cover[x] <= 0 {
				continue
			}
			c := with(float64(x)+0.5, float64(y)+0.5)
			over(img.Pix[img.PixOffset(x, y):], c, math.Min(float64(cover[x]), 1)*opacity)
		}
	})
	return nil
}

// over lays a colour over a premultiplied pixel.
func over(pix []uint8, c color.NRGBA, cover float64) {
	alpha := float64(c.A) / 255 * cover
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		pix[i] = uint8(math.Round(float64(v)*alpha + float64(pix[i])*(1-alpha)))
	}
	pix[3] = uint8(math.Round(255*alpha + float64(pix[3])*(1-alpha)))
}

// compose lays a layer over the one below it, within a clipping path.
func (p *painter) compose(top *image.RGBA, clip string, s style, m matrix, opacity float64) error {
	below := p.layers[len(p.layers)-1]
	lay := func(y, x0, x1 int, cover []float32) {
		for x := x0; x < x1; x++ {
			k := opacity
			if cover != nil {
				k *= math.Min(float64(cover[x]), 1)
			}
			src, dst := top.Pix[top.PixOffset(x, y):], below.Pix[below.PixOffset(x, y):]
			if src[3] == 0 || k == 0 {
				continue
			}
			rest := 1 - float64(src[3])/255*k
			for i := range 4 {
				dst[i] = uint8(math.Round(float64(src[i])*k + float64(dst[i])*rest))
			}
		}
	}
	if clip == "" {
		for y := range p.h {
			lay(y, 0, p.w, nil)
		}
		return nil
	}
	ref, ok := strings.CutPrefix(clip, "url(")
	ref, _, closed := strings.Cut(ref, ")")
	id := strings.TrimPrefix(strings.Trim(strings.TrimSpace(ref), `"'`), "#")
	n := p.d.byID[id]
	if !ok || !closed || n == nil || n.name != "clipPath" {
		return unsupported(fmt.Sprintf("the clipping path %q", clip))
	}
	a := newArea(p.w, p.h)
	evenOdd, err := p.clipArea(n, s, m, a)
	if err != nil {
		return err
	}
	if p.work += a.work(); p.work > maxWork {
		return tooComplex()
	}
	a.fill(evenOdd, lay)
	return nil
}

// clipArea adds the shapes of a clipping path (SVG 1.1, 14.3.5).
func (p *painter) clipArea(n *node, s style, m matrix, a *area) (evenOdd bool, err error) {
	if n.attr("clipPathUnits") == "objectBoundingBox" || clipped(n) {
		return false, unsupported("a clipping path that depends on another or on a bounding box")
	}
	t, err := parseTransform(n.attr("transform"))
	if err != nil {
		return false, err
	}
	m = m.mul(t)
	rules := map[bool]int{}
	for _, c := range n.children {
		own := s.with(n).with(c)
		at := m
		if c.name == "use" {
			to := p.d.byID[strings.TrimPrefix(c.attr("href"), "#")]
			if to == nil {
				return false, unreadable("<use> refers to nothing")
			}
			at = at.mul(matrix{1, 0, 0, 1, relative(c.attr("x"), s.view.w, 0), relative(c.attr("y"), s.view.h, 0)})
			c, own = to, own.with(to)
		}
		if silent[c.name] || c.attr("display") == "none" {
			continue
		}
		if clipped(c) {
			return false, unsupported("a clipping path inside another")
		}
		t, err := parseTransform(c.attr("transform"))
		if err != nil {
			return false, err
		}
		at = at.mul(t)
		lines, err := p.lines(c, own, at)
		if err != nil {
			return false, err
		}
		rules[own.values["clip-rule"] == "evenodd"]++
		for _, l := range lines {
			device := make([]point, len(l.points))
			for i, q := range l.points {
				device[i] = at.at(q)
			}
			a.polygon(device)
		}
	}
	if len(rules) > 1 || rules[true] > 1 {
		return false, unsupported("a clipping path of several shapes with the rule evenodd")
	}
	return rules[true] == 1, nil
}
