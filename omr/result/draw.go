package result

import (
	"image"
	"image/color"
	"math"

	"github.com/leafmark/leafmark/omr/typeset"
	"golang.org/x/image/vector"
)

// pt is a point of the overlay, px.
type pt struct{ x, y float64 }

func isFinite(p pt) bool {
	return !math.IsNaN(p.x) && !math.IsNaN(p.y) && !math.IsInf(p.x, 0) && !math.IsInf(p.y, 0)
}

// bounds is the part of dst that points grown by d cover; empty when a point is
// no number, as a degenerate map gives.
func bounds(dst *image.RGBA, pts []pt, d float64) image.Rectangle {
	lo, hi := pt{math.Inf(1), math.Inf(1)}, pt{math.Inf(-1), math.Inf(-1)}
	for _, p := range pts {
		if !isFinite(p) {
			return image.Rectangle{}
		}
		lo, hi = pt{min(lo.x, p.x), min(lo.y, p.y)}, pt{max(hi.x, p.x), max(hi.y, p.y)}
	}
	clamp := func(v float64) int { return int(min(max(v, -1e6), 1e6)) }
	return image.Rect(clamp(lo.x-d-1), clamp(lo.y-d-1), clamp(hi.x+d+2), clamp(hi.y+d+2)).Intersect(dst.Rect)
}

// stroke draws a line of width px through points, joined to a ring when closed.
func stroke(dst *image.RGBA, pts []pt, closed bool, width float64, c color.RGBA, opacity float64) {
	last := len(pts) - 1
	if closed {
		last = len(pts)
	}
	half := width / 2
	for i := range last {
		a, b := pts[i], pts[(i+1)%len(pts)]
		r := bounds(dst, []pt{a, b}, half)
		dx, dy := b.x-a.x, b.y-a.y
		long := dx*dx + dy*dy
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				px, py := float64(x)+0.5-a.x, float64(y)+0.5-a.y
				t := 0.0
				if long > 0 {
					t = min(max((px*dx+py*dy)/long, 0), 1)
				}
				d := math.Hypot(px-t*dx, py-t*dy)
				if cover := min(half+0.5-d, 1); cover > 0 {
					blend(dst, x, y, c, cover*opacity)
				}
			}
		}
	}
}

// fill draws a polygon.
func fill(dst *image.RGBA, pts []pt, c color.RGBA, opacity float64) {
	r := bounds(dst, pts, 0)
	if r.Empty() {
		return
	}
	ras := vector.NewRasterizer(r.Dx(), r.Dy())
	for i, p := range pts {
		x, y := float32(p.x-float64(r.Min.X)), float32(p.y-float64(r.Min.Y))
		if i == 0 {
			ras.MoveTo(x, y)
		} else {
			ras.LineTo(x, y)
		}
	}
	ras.ClosePath()
	paint(dst, ras, r, c, opacity)
}

func paint(dst *image.RGBA, ras *vector.Rasterizer, r image.Rectangle, c color.RGBA, opacity float64) {
	mask := image.NewAlpha(image.Rect(0, 0, r.Dx(), r.Dy()))
	ras.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	for y := range r.Dy() {
		for x, a := range mask.Pix[y*mask.Stride:][:r.Dx()] {
			if a > 0 {
				blend(dst, r.Min.X+x, r.Min.Y+y, c, float64(a)/255*opacity)
			}
		}
	}
}

// blend mixes an opaque colour into a pixel of dst.
func blend(dst *image.RGBA, x, y int, c color.RGBA, alpha float64) {
	p := dst.Pix[dst.PixOffset(x, y):][:4:4]
	k := int(alpha*256 + 0.5)
	p[0] = uint8((int(p[0])*(256-k) + int(c.R)*k) >> 8)
	p[1] = uint8((int(p[1])*(256-k) + int(c.G)*k) >> 8)
	p[2] = uint8((int(p[2])*(256-k) + int(c.B)*k) >> 8)
	p[3] = 255
}

// lettering writes lines of text of any script.
type lettering struct {
	dst   *image.RGBA
	faces *typeset.Faces
}

func newLettering(dst *image.RGBA) *lettering { return &lettering{dst, typeset.Default()} }

func font(size float64, bold bool) typeset.Font {
	return typeset.Font{Family: "Arial", Bold: bold, Size: size}
}

func (l *lettering) width(s string, size float64, bold bool) float64 {
	return l.faces.Width(s, font(size, bold))
}

// text writes one line with its baseline at y, cut to the room with an ellipsis.
func (l *lettering) text(s string, x, y, size float64, bold bool, c color.RGBA, room float64) {
	s = l.shorten(oneLine(s), size, bold, room)
	if s == "" {
		return
	}
	lines := l.faces.Lines(s, font(size, bold), 0)
	if len(lines) == 0 {
		return
	}
	for _, run := range lines[0].Runs {
		for _, g := range run.Glyphs {
			l.glyph(run, g, x, y, c)
		}
	}
}

// oneLine shows breaks and other controls as blanks, and bounds what is shaped.
func oneLine(s string) string {
	const longest = 200
	var out []rune
	for _, r := range s {
		if len(out) == longest {
			break
		}
		if r < ' ' {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}

func (l *lettering) shorten(s string, size float64, bold bool, room float64) string {
	if l.width(s, size, bold) <= room {
		return s
	}
	runes := []rune(s)
	lo, hi := 0, len(runes)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if l.width(string(runes[:mid])+"…", size, bold) <= room {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return string(runes[:lo]) + "…"
}

func (l *lettering) glyph(run typeset.Run, g typeset.Glyph, x, y float64, c color.RGBA) {
	outline := l.faces.Outline(run.Face, g.ID)
	if len(outline) == 0 {
		return
	}
	ox, oy := x+run.X+g.X, y+g.Y
	at := func(p [2]float32) pt { return pt{ox + float64(p[0])*run.Size, oy - float64(p[1])*run.Size} }
	var all []pt
	for _, s := range outline {
		for _, p := range s.Args[:arity(s.Op)] {
			all = append(all, at(p))
		}
	}
	r := bounds(l.dst, all, 0)
	if r.Empty() {
		return
	}
	ras := vector.NewRasterizer(r.Dx(), r.Dy())
	in := func(p [2]float32) (float32, float32) {
		q := at(p)
		return float32(q.x - float64(r.Min.X)), float32(q.y - float64(r.Min.Y))
	}
	open := false
	for _, s := range outline {
		ax, ay := in(s.Args[0])
		switch s.Op {
		case typeset.MoveTo:
			if open {
				ras.ClosePath()
			}
			ras.MoveTo(ax, ay)
			open = true
		case typeset.LineTo:
			ras.LineTo(ax, ay)
		case typeset.QuadTo:
			bx, by := in(s.Args[1])
			ras.QuadTo(ax, ay, bx, by)
		case typeset.CubeTo:
			bx, by := in(s.Args[1])
			cx, cy := in(s.Args[2])
			ras.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	ras.ClosePath()
	paint(l.dst, ras, r, c, 1)
}

func arity(op typeset.SegmentOp) int {
	switch op {
	case typeset.QuadTo:
		return 2
	case typeset.CubeTo:
		return 3
	case typeset.MoveTo, typeset.LineTo:
	}
	return 1
}
