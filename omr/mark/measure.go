package mark

import (
	"image"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
)

// Measurement is what the picture shows of a page's bubbles and codes, before
// anything is decided.
type Measurement struct {
	Page    *pattern.Page
	Places  []register.Place // the bubbles, in the pattern's order
	Bubbles []Measured       // by Places
	Codes   []CodeRead       // by element, barcodes only
	Ink     float64          // darkness of the sheet's printed outlines, 0.25 to 1
	Width   int              // of the picture, px
	Height  int

	registered *register.Map
}

// Measured is one bubble's inside.
type Measured struct {
	Fill     float64 // mean darkness less that of the printed symbol, in inks: 0 empty, 1 as dark as print
	Coverage float64 // share of the inside, symbol apart, that is plainly darker than paper
	Rim      float64 // the same along the outline's inner side, where the inside ends
	Raw      float64 // mean darkness with the symbol, 0 to 1
	Base     float64 // darkness taken for the symbol's
	Learned  int     // bubbles of which the symbol was learned
	Strange  bool    // its own symbol was not learned: others stand for it
	Hidden   bool    // its symbol is known as drawn, but cannot be made out: something is over it
	Odd      bool    // what was learned as its symbol is dark and does not look like the value
	Core     float64 // mean darkness of the darkest tenth of the inside, symbol apart, in inks
	Lift     float64 // by how much that is darker than the lightest quarter, in inks
	Pale     float64 // share of the inside that is tinted at all
	Stroke   float64 // extent of the largest dark stroke, in sides of the inside
	Rough    float64 // how unevenly dark it is from cell to cell: 0 even
	Over     float64 // share of directions in which ink lies beyond the outline
	Arms     int     // diagonals along which ink runs on far beyond the outline, 0 to 4
	Lined    bool    // a line runs through it and straight on at both ends
	Beside   float64 // darkness around the bubble, 0 to 1
	Paper    uint8   // luma of the paper here, in the bubble's middle
	Shade    float64 // fill that a shadow's edge may feign here
	Focus    float64 // sharpness of the outline against the sheet's, 1: as the others
	Outline  register.Outline
	Quad     geom.Quad // recognition rectangle in the picture
}

const (
	cells = register.GlyphCells // samples a side of the inside
	grain = 0.72                // inside / printed outline: clear of the line also where the map is 5 % off
)

// patch is the darkness of the cells of one inside; 0 outside of the shape.
type patch [cells * cells]uint8

// insideOf tells for each shape which cells belong to it.
var insideOf = [2][cells * cells]bool{register.Ellipse: discCells(), register.Rectangle: boxCells()}

func discCells() (in [cells * cells]bool) {
	for i := range in {
		x := (float64(i%cells)+0.5)*2/cells - 1
		y := (float64(i/cells)+0.5)*2/cells - 1
		in[i] = x*x+y*y <= 1
	}
	return in
}

func boxCells() (in [cells * cells]bool) {
	for i := range in {
		in[i] = true
	}
	return in
}

// Measure looks at every bubble and code of the page.
func Measure(g *image.Gray, m *register.Map, p *pattern.Page, _ Options) *Measurement {
	ms := &Measurement{Page: p, Places: register.Places(p), registered: m, Width: g.Rect.Dx(), Height: g.Rect.Dy()}
	n := len(ms.Places)
	ms.Bubbles = make([]Measured, n)
	patches := make([]patch, n)
	v := view{g: g, m: m, w: ms.Width, h: ms.Height}
	rings := make([]float64, n)
	rims := make([]rim, n)
	lights := make([]lighting, n)
	frames, halos := make([]frame, n), make([]halo, n)
	for i := range ms.Places {
		b := &ms.Bubbles[i]
		b.Outline = m.Outlines[i]
		b.Quad = m.Quad(ms.Places[i].Box)
		frames[i] = v.frame(&b.Outline)
		halos[i] = v.haloOf(&frames[i], gaps[:])
		b.Paper = halos[i].usual()
		b.Beside = max(0, 1-halos[i].plain/float64(max(b.Paper, 1)))
	}
	ms.smoothPaper()
	for i := range ms.Places {
		b := &ms.Bubbles[i]
		f := &frames[i]
		l := v.lighting(f, &halos[i], b.Paper)
		b.Paper = l.middle()
		lights[i] = l
		rings[i] = v.ring(f, &l)
		v.cells(f, &l, &patches[i])
		rims[i] = v.rim(f, &l)
	}
	ms.Ink = inkOf(ms.Bubbles, rings)
	for i := range ms.Bubbles {
		ms.Bubbles[i].Rim = rims[i].share(ms.Ink)
		ms.Bubbles[i].Arms = v.arms(&frames[i], &lights[i], ms.Ink)
		ms.Bubbles[i].Over = halos[i].over(&frames[i], &lights[i], ms.Ink)
		ms.Bubbles[i].Shade = lights[i].feigned(ms.Ink)
		ms.Bubbles[i].Focus = min(rings[i]/ms.Ink, 1)
	}
	ms.fill(patches, func(i int) patch {
		p := v.fine(&frames[i], &lights[i])
		ms.turn(i, &p)
		return p
	})
	for i := range ms.Bubbles {
		if b := &ms.Bubbles[i]; b.usable() && b.Fill > streakLeast && b.Fill < streakMost {
			b.Lined = v.lined(&frames[i], &lights[i], ms.Ink)
		}
	}
	ms.Codes = readCodes(v, p)
	return ms
}

// view samples a picture through a map.
type view struct {
	g    *image.Gray
	m    *register.Map
	w, h int // of the picture, px
}

// at is the luma at an image point, nearest pixel; ok is false outside.
func (v view) at(x, y float64) (uint8, bool) {
	ix, iy := int(x), int(y)
	if uint(ix) >= uint(v.w) || uint(iy) >= uint(v.h) {
		return 0, false
	}
	return v.g.Pix[iy*v.g.Stride+ix], true
}

// frame is the local linear map of one outline: middle, and half sides as
// vectors, in image px.
type frame struct {
	cx, cy, ux, uy, vx, vy float64
	gu, gw                 float64 // the short half side in half sides: the gap of an oval is even
	shape                  register.Shape
}

func (v view) frame(o *register.Outline) frame {
	c := o.Box.Center()
	q := v.m.Image(c)
	a, b, d, e := v.m.Jacobian(c)
	hw, hh := o.Box.W/2, o.Box.H/2
	short := min(o.Box.W, o.Box.H)
	return frame{
		cx: q.X, cy: q.Y, ux: a * hw, uy: d * hw, vx: b * hh, vy: e * hh,
		gu: short / max(o.Box.W, 1), gw: short / max(o.Box.H, 1), shape: o.Shape,
	}
}

func (f *frame) point(u, w float64) (x, y float64) {
	return f.cx + f.ux*u + f.vx*w, f.cy + f.uy*u + f.vy*w
}

// onto moves a point of the unit circle onto the outline.
func (f *frame) onto(u, w float64) (float64, float64) {
	if f.shape == register.Rectangle {
		k := 1 / max(math.Abs(u), math.Abs(w))
		return u * k, w * k
	}
	return u, w
}

// smoothPaper takes the median with the neighbours in the pattern's order, so
// that a pen stroke beside one bubble is not taken for dark paper.
func (ms *Measurement) smoothPaper() {
	raw := make([]uint8, len(ms.Bubbles))
	for i := range raw {
		raw[i] = ms.Bubbles[i].Paper
	}
	var near [9]uint8
	for i := range raw {
		if raw[i] == 0 {
			continue
		}
		at := ms.Places[i].Box.Center()
		reach := 6 * math.Sqrt(ms.Places[i].Box.W*ms.Places[i].Box.H)
		n := 0
		for j := max(0, i-4); j <= min(len(raw)-1, i+4); j++ {
			c := ms.Places[j].Box.Center()
			if raw[j] > 0 && math.Hypot(c.X-at.X, c.Y-at.Y) < reach {
				near[n] = raw[j]
				n++
			}
		}
		slices.Sort(near[:n])
		// Shade is smooth and only strokes darken: never darker than the median.
		ms.Bubbles[i].Paper = max(near[n/2], 1)
	}
}

// darkness is 255·(1 − luma/paper).
func darkness(luma, paper uint8) uint8 {
	if luma >= paper {
		return 0
	}
	return uint8(255 * (int(paper) - int(luma)) / int(paper))
}

// ring is the darkness of the outline: median over the rays of the darkest of
// five points across the line.
func (v view) ring(f *frame, light *lighting) float64 {
	var ds [rays / 2]uint8
	for i := range ds {
		c, s := f.onto(circle[2*i].u, circle[2*i].w)
		paper := light.at(c, s)
		for _, r := range [5]float64{0.9, 0.95, 1, 1.05, 1.1} {
			if l, ok := v.at(f.point(c*r, s*r)); ok {
				ds[i] = max(ds[i], darkness(l, paper))
			}
		}
	}
	slices.Sort(ds[:])
	return float64(ds[len(ds)/2]) / 255
}

// rim is the darkness between the inside and the outline, a ray each. A tick
// may cross a bubble nowhere else.
type rim [rays]uint8

func (v view) rim(f *frame, light *lighting) (out rim) {
	for i, d := range circle {
		c, s := f.onto(d.u, d.w)
		l, ok := v.at(f.point(c*rimAt, s*rimAt))
		if ok {
			out[i] = darkness(l, light.at(c*rimAt, s*rimAt))
		}
	}
	return out
}

const rimAt = 0.79

// share is how much of the rim is plainly darker than paper.
func (r *rim) share(ink float64) float64 {
	half := uint8(255 * max(darkCell*ink, leastDark))
	n := 0
	for _, d := range r {
		if d > half {
			n++
		}
	}
	return float64(n) / rays
}

// cells fills the darkness of the inside.
func (v view) cells(f *frame, light *lighting, p *patch) {
	in := &insideOf[f.shape]
	if light.middle() == 0 {
		return
	}
	// Steps in 1/65536 px: one addition a cell.
	const one = 1 << 16
	fx := func(a float64) int { return int(a * one) }
	k := grain * 2 / cells
	x0, y0 := f.point(-grain+k/2, -grain+k/2)
	dux, duy, dvx, dvy := fx(f.ux*k), fx(f.uy*k), fx(f.vx*k), fx(f.vy*k)
	b := v.g.Rect
	w, h := b.Dx(), b.Dy()
	var inv [bins]int
	for i, paper := range light.level {
		inv[i] = (255 << 16) / int(max(paper, 1))
	}
	// The cell's place along the light's axis, in 1/65536 bins.
	scale := bins / (2 * span)
	du, dw := fx(light.u*k*scale), fx(light.w*k*scale)
	along := fx(((-grain+k/2)*(light.u+light.w) + span) * scale)
	rx, ry := fx(x0), fx(y0)
	for r := range cells {
		x, y, at := rx, ry, along
		for c := range cells {
			if i := r*cells + c; in[i] {
				px, py := x>>16, y>>16
				if px >= 0 && py >= 0 && px < w && py < h {
					j := at >> 16
					if l, paper := int(v.g.Pix[py*v.g.Stride+px]), int(light.level[j]); l < paper {
						p[i] = uint8((paper - l) * inv[j] >> 16)
					}
				}
			}
			x += dux
			y += duy
			at += du
		}
		rx += dvx
		ry += dvy
		along += dw
	}
}

// fine is the inside from four samples a cell: strokes of 2 px are a tenth more or
// less to one sample each, all alike where the sheet lies straight.
func (v view) fine(f *frame, light *lighting) (out patch) {
	var sum [cells * cells]uint16
	for k := range 4 {
		at, p := *f, patch{}
		at.cx, at.cy = f.point(grain/cells*(float64(k%2)-0.5), grain/cells*(float64(k/2)-0.5))
		v.cells(&at, light, &p)
		for i, d := range p {
			sum[i] += uint16(d)
		}
	}
	for i, s := range sum {
		out[i] = uint8(s / 4)
	}
	return out
}

// inkOf is the median darkness of the outlines seen, at least 0.25: lighter
// print than that is measured as if it were so dark.
func inkOf(bs []Measured, rings []float64) float64 {
	var seen []float64
	for i, b := range bs {
		if b.Outline.Seen {
			seen = append(seen, rings[i])
		}
	}
	if len(seen) == 0 {
		return 1
	}
	slices.Sort(seen)
	return max(seen[len(seen)/2], 0.25)
}
