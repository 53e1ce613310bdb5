package result

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"golang.org/x/image/draw"
)

// View is what an overlay shows: one picture and what was read in it.
type View struct {
	Picture image.Image // colour or grey, upright after EXIF
	// Plane is the size of the plane that was read, when the picture was decoded
	// at another scale; zero: the picture's own.
	Plane   image.Point
	At      Placed
	Turn    int // quarter turns of the sheet in the picture, clockwise: 0, 90, 180, 270
	Page    *pattern.Page
	Markers []bool // a listed marker each: was it found
	Answers []mark.Answer
	Title   string // of the legend: the form, the file
	// Pattern and Index, of the page in it from 0, grade the answers where the form
	// has keys; nil: nothing is graded.
	Pattern *pattern.Pattern
	Index   int
}

// Overlay sizes in px of the overlay.
const (
	overlaySide = 1800 // long side of the sheet's picture
	ringSteps   = 40   // corners of a drawn ellipse
)

// Overlay colours: green is certain, orange and red want a look.
var (
	green   = color.RGBA{0x12, 0x9a, 0x4c, 0xff}
	orange  = color.RGBA{0xf0, 0x84, 0x00, 0xff}
	red     = color.RGBA{0xd9, 0x2d, 0x20, 0xff}
	blue    = color.RGBA{0x25, 0x63, 0xeb, 0xff}
	faint   = color.RGBA{0x6b, 0x72, 0x80, 0xff}
	ink     = color.RGBA{0x11, 0x18, 0x27, 0xff}
	panel   = color.RGBA{0xfb, 0xfb, 0xfd, 0xff}
	outline = color.RGBA{0x3b, 0x82, 0xf6, 0xff}
)

// lookTwice is the confidence below which a doubt is drawn red.
const lookTwice = 0.9

// colorOf is the colour of an answer by its confidence.
func colorOf(a mark.Answer) color.RGBA {
	switch {
	case a.Doubt == "":
		return green
	case a.Confidence >= lookTwice:
		return orange
	}
	return red
}

// Overlay draws what was read on the sheet, turned upright, with a legend of
// all answers at its right: marks ringed green, doubtful fields orange or red,
// empty bubbles thin and grey, the page's edge and its markers blue. Graded answers
// have a tick or a cross beside them, and what should have been marked a dot. The
// view is not changed.
func Overlay(v View) *image.RGBA {
	o := newOverlay(v)
	if v.Pattern != nil {
		o.keys = newGrader(v.Pattern)
	}
	o.page()
	for _, a := range v.Answers {
		if a.Doubt == "" {
			o.answer(a)
		}
	}
	for _, a := range v.Answers { // on top of their neighbours
		if a.Doubt != "" {
			o.answer(a)
		}
	}
	return o.withLegend()
}

type overlay struct {
	view View
	dst  *image.RGBA
	// from image px of the plane to px of the overlay
	scale float64
	w, h  float64 // of the scaled picture before turning
	keys  grader
}

// newOverlay scales and turns the picture.
func newOverlay(v View) *overlay {
	b := v.Picture.Bounds()
	if v.Plane == (image.Point{}) {
		v.Plane = b.Size()
	}
	k := float64(overlaySide) / float64(max(b.Dx(), b.Dy(), 1))
	w, h := max(int(float64(b.Dx())*k), 1), max(int(float64(b.Dy())*k), 1)
	flat := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src) // behind transparent pixels
	// Four samples a px: an eighth of the time of a true average, and as legible
	// at the scales of photos and scans.
	draw.ApproxBiLinear.Scale(flat, flat.Rect, v.Picture, b, draw.Over, nil)
	return &overlay{
		view: v, dst: turned(flat, v.Turn),
		scale: float64(w) / float64(max(v.Plane.X, 1)), w: float64(w), h: float64(h),
	}
}

// turned is src turned back by a sheet's quarter turns, which are clockwise.
func turned(src *image.RGBA, turn int) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	var dst *image.RGBA
	switch turn {
	case 90, 270:
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	case 180:
		dst = image.NewRGBA(src.Rect)
	default:
		return src
	}
	for y := range h {
		row := src.Pix[y*src.Stride:]
		for x := range w {
			tx, ty := y, w-1-x // 90
			switch turn {
			case 180:
				tx, ty = w-1-x, h-1-y
			case 270:
				tx, ty = h-1-y, x
			}
			copy(dst.Pix[ty*dst.Stride+4*tx:], row[4*x:4*x+4])
		}
	}
	return dst
}

// to is an image point on the overlay.
func (o *overlay) to(p geom.ImagePt) pt {
	x, y := p.X*o.scale, p.Y*o.scale
	switch o.view.Turn {
	case 90:
		return pt{y, o.w - x}
	case 180:
		return pt{o.w - x, o.h - y}
	case 270:
		return pt{o.h - y, x}
	}
	return pt{x, y}
}

func (o *overlay) quad(q geom.Quad) []pt {
	return []pt{o.to(q[0]), o.to(q[1]), o.to(q[2]), o.to(q[3])}
}

// page draws the page's edge as the map has it, bent where the paper is, and
// the markers: found ones framed, lost ones crossed out.
func (o *overlay) page() {
	const steps = 24
	p, at := o.view.Page, o.view.At
	var edge []pt
	side := func(x0, y0, x1, y1 float64) {
		for i := range steps {
			t := float64(i) / steps
			edge = append(edge, o.to(at.Image(geom.PagePt{X: x0 + t*(x1-x0), Y: y0 + t*(y1-y0)})))
		}
	}
	side(0, 0, p.Width, 0)
	side(p.Width, 0, p.Width, p.Height)
	side(p.Width, p.Height, 0, p.Height)
	side(0, p.Height, 0, 0)
	stroke(o.dst, edge, true, 2, outline, 0.8)
	for i, m := range p.Markers {
		q := o.quad(at.Quad(m.Box.Grow(8)))
		if i < len(o.view.Markers) && o.view.Markers[i] {
			stroke(o.dst, q, true, 4, blue, 1)
			continue
		}
		stroke(o.dst, q, true, 2, red, 1)
		stroke(o.dst, []pt{q[0], q[2]}, false, 2, red, 1)
		stroke(o.dst, []pt{q[1], q[3]}, false, 2, red, 1)
	}
}

// answer draws the bubbles or the frame of one answer.
func (o *overlay) answer(a mark.Answer) {
	c := colorOf(a)
	switch a.Kind {
	case mark.Total:
		return
	case mark.Code:
		stroke(o.dst, o.quad(a.Image), true, 4, c, 1)
		return
	case mark.Crop:
		if a.Doubt == "" {
			c = blue
		}
		stroke(o.dst, o.quad(a.Image), true, 3, c, 1)
		return
	case mark.Field, mark.Trigger:
	}
	if len(a.Bubbles) == 0 {
		return
	}
	lo, hi := pt{math.Inf(1), math.Inf(1)}, pt{math.Inf(-1), math.Inf(-1)}
	for k, b := range a.Bubbles {
		ring := o.ring(b.Image, o.square(a, k))
		for _, p := range ring {
			lo, hi = pt{min(lo.x, p.x), min(lo.y, p.y)}, pt{max(hi.x, p.x), max(hi.y, p.y)}
		}
		switch {
		case b.Marked:
			fill(o.dst, ring, c, 0.22)
			stroke(o.dst, ring, true, 4, c, 1)
		case a.Doubt != "":
			stroke(o.dst, ring, true, 1.6, c, 0.9)
		default:
			stroke(o.dst, ring, true, 1.2, faint, 0.7)
		}
	}
	if !isFinite(lo) || !isFinite(hi) {
		return
	}
	o.graded(a, lo, hi)
	if a.Doubt != "" {
		const pad = 7
		frame := []pt{{lo.x - pad, lo.y - pad}, {hi.x + pad, lo.y - pad}, {hi.x + pad, hi.y + pad}, {lo.x - pad, hi.y + pad}}
		stroke(o.dst, frame, true, 2.4, c, 1)
	}
}

// graded marks an answer as right or wrong at its bubbles' left, and the bubbles
// that the key has and the pen has not.
func (o *overlay) graded(a mark.Answer, lo, hi pt) {
	g, ok := o.keys.grade(o.view.Index, a)
	if !ok {
		return
	}
	const size = 13
	verdict(o.dst, g.right, pt{lo.x - 2*size, (lo.y + hi.y) / 2}, size)
	if g.right {
		return
	}
	missed := setOf(g.key)
	for _, b := range a.Bubbles {
		if b.Marked || sectioned(o.keys.p, o.view.Index, a.Element) || !slices.Contains(missed, strings.TrimSpace(b.Value)) {
			continue
		}
		q := o.quad(b.Image)
		fill(o.dst, disc(pt{(q[0].x + q[2].x) / 2, (q[0].y + q[2].y) / 2}, 6), blue, 0.9)
	}
}

// verdict draws a green tick or a red cross, size px to each side of c.
func verdict(dst *image.RGBA, right bool, c pt, size float64) {
	if right {
		stroke(dst, []pt{{c.x - size, c.y}, {c.x - 0.3*size, c.y + 0.8*size}, {c.x + size, c.y - 0.9*size}}, false, 4, green, 1)
		return
	}
	stroke(dst, []pt{{c.x - 0.8*size, c.y - 0.8*size}, {c.x + 0.8*size, c.y + 0.8*size}}, false, 4, red, 1)
	stroke(dst, []pt{{c.x - 0.8*size, c.y + 0.8*size}, {c.x + 0.8*size, c.y - 0.8*size}}, false, 4, red, 1)
}

// disc is a circle's outline.
func disc(c pt, r float64) []pt {
	out := make([]pt, 16)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(out)))
		out[i] = pt{c.x + r*cos, c.y + r*sin}
	}
	return out
}

// square tells whether the answer's bubble k was printed with corners.
func (o *overlay) square(a mark.Answer, k int) bool {
	if a.Element < 0 || a.Element >= len(o.view.Page.Elements) {
		return false
	}
	e := &o.view.Page.Elements[a.Element]
	if e.Ours != nil {
		return e.Ours.ShapeOf(k) == "square"
	}
	return e.Type == pattern.CheckBox
}

// ring is the outline of a bubble: the ellipse in its quad, or the quad.
func (o *overlay) ring(q geom.Quad, square bool) []pt {
	c := o.quad(q)
	if square {
		return c
	}
	out := make([]pt, ringSteps)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / ringSteps)
		u, v := (1+cos)/2, (1+sin)/2
		out[i] = pt{
			(1-v)*((1-u)*c[0].x+u*c[1].x) + v*((1-u)*c[3].x+u*c[2].x),
			(1-v)*((1-u)*c[0].y+u*c[1].y) + v*((1-u)*c[3].y+u*c[2].y),
		}
	}
	return out
}

// Legend sizes, px.
const (
	legendRow    = 30
	legendHead   = 108
	legendMargin = 26
	nameWidth    = 236
	valueWidth   = 196
	legendText   = 20.0
	mostColumns  = 6
)

// withLegend is the picture with the answers listed at its right, in as many
// columns as they need.
func (o *overlay) withLegend() *image.RGBA {
	var rows []mark.Answer
	doubts := 0
	for _, a := range o.view.Answers {
		if a.Kind != mark.Crop && a.Kind != mark.Trigger {
			rows = append(rows, a)
			if a.Doubt != "" {
				doubts++
			}
		}
	}
	sortAnswers(rows, func(a *mark.Answer) *mark.Answer { return a })
	b := o.dst.Bounds()
	perColumn := max((b.Dy()-legendHead-legendMargin)/legendRow, 1)
	columns := min(max((len(rows)+perColumn-1)/perColumn, 1), mostColumns)
	const columnWidth = nameWidth + valueWidth + legendMargin
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()+columns*columnWidth+legendMargin, max(b.Dy(), legendHead+legendRow)))
	draw.Draw(out, out.Rect, image.NewUniform(panel), image.Point{}, draw.Src)
	draw.Draw(out, b, o.dst, b.Min, draw.Src)

	t := newLettering(out)
	left := float64(b.Dx() + legendMargin)
	width := float64(columns*columnWidth - legendMargin)
	t.text(o.view.Title, left, 44, 26, true, ink, width)
	summary := fmt.Sprintf("%d answers, none in doubt", len(rows))
	tone := green
	if doubts > 0 {
		summary, tone = fmt.Sprintf("%d answers, %d in doubt", len(rows), doubts), red
	}
	if points, of, ok := o.grade(); ok {
		summary += fmt.Sprintf(", %s of %s points", number(points).text, number(of).text)
	}
	t.text(summary, left, 78, legendText, false, tone, width)

	shown := min(len(rows), columns*perColumn)
	if shown < len(rows) {
		shown-- // the last place says how many more
	}
	for i := range shown {
		o.legendRow(t, rows[i], left+float64(i/perColumn*columnWidth), float64(legendHead+i%perColumn*legendRow))
	}
	if shown < len(rows) {
		t.text(fmt.Sprintf("and %d more", len(rows)-shown),
			left+float64(shown/perColumn*columnWidth), float64(legendHead+shown%perColumn*legendRow+21), legendText, false, faint, nameWidth)
	}
	return out
}

// grade adds up the page's points; false: nothing is graded.
func (o *overlay) grade() (points, of float64, ok bool) {
	for _, a := range o.view.Answers {
		if g, has := o.keys.grade(o.view.Index, a); has {
			points, of, ok = points+g.points, of+g.of, true
		}
	}
	return round(points, 1e6), round(of, 1e6), ok
}

func (o *overlay) legendRow(t *lettering, a mark.Answer, x, y float64) {
	c := colorOf(a)
	if a.Doubt != "" {
		fill(t.dst, []pt{{x - 8, y}, {x + nameWidth + valueWidth + 4, y}, {x + nameWidth + valueWidth + 4, y + legendRow - 2}, {x - 8, y + legendRow - 2}}, c, 0.13)
	}
	fill(t.dst, disc(pt{x + 5, y + 14}, 5), c, 1)
	base := y + 21
	t.text(a.Name, x+18, base, legendText, false, ink, nameWidth-26)
	if g, ok := o.keys.grade(o.view.Index, a); ok {
		verdict(t.dst, g.right, pt{x + nameWidth - 16, y + 14}, 7)
	}
	value := a.Value
	tone := ink
	if value == "" {
		value, tone = "(empty)", faint
	}
	room := float64(valueWidth)
	if a.Doubt != "" {
		sure := fmt.Sprintf("%.0f %%", math.Floor(a.Confidence*100))
		w := t.width(sure, 16, false)
		t.text(sure, x+nameWidth+valueWidth-w, base, 16, false, c, w+1)
		room -= w + 8
	}
	t.text(value, x+nameWidth, base, legendText, a.Value != "", tone, room)
}
