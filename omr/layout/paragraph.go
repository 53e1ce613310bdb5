package layout

import (
	"fmt"
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/typeset"
)

// paragraph lays out a Paragraph (spec/markup.md 10.10).
func (l *layouter) paragraph(e *form.Element, f frame, y int) int {
	f.look, f.bottom = l.settings.body, 0
	switch enum(e, form.AttrParagraphType, form.ParagraphNormal) {
	case form.ParagraphImageWrap:
		return l.imageWrap(e, f, y)
	case form.ParagraphInline:
		return l.inline(e, f, y)
	}
	// An image with coordinates does not displace the text, which may run over it.
	for _, c := range e.Children {
		next := l.place(c, f, y)
		if c.Kind != form.Image || !absolute(c) {
			y = next
		}
	}
	return y
}

// Room that texts keep beside an image.
const (
	wrapGap   = 20 // px around the image
	wrapLeast = 4  // em: a narrower place beside it is not used
)

// imageWrap lays out a paragraph whose lines give way to images at page
// coordinates. What follows begins below the images, like below any image
// with y (spec/markup.md 9.7).
func (l *layouter) imageWrap(e *form.Element, f frame, y int) int {
	var taken []geom.PageRect
	below := y
	for _, c := range e.Children {
		if c.Kind != form.Image {
			continue
		}
		if missing := without(c, form.AttrX, form.AttrY, form.AttrWidth, form.AttrHeight); missing != "" {
			l.fail(c, "LM302", fmt.Sprintf("%s in a paragraph of type ImageWrap has no %s", describe(c), missing), "give x, y, width and height")
			continue
		}
		below = max(below, l.place(c, f, y))
		at := box(whole(c, form.AttrX, 0), whole(c, form.AttrY, 0), whole(c, form.AttrWidth, 0), whole(c, form.AttrHeight, 0))
		taken = append(taken, l.flipped(at).Grow(wrapGap))
	}
	for _, c := range e.Children {
		switch {
		case c.Kind == form.Image:
		case c.Kind == form.EmptyLine:
			y = l.place(c, f, y)
		case c.Kind == form.ChoiceBox, cellular(c):
			h := l.measured(func() int { return l.place(c, f, y) - y })
			y = l.place(c, f, belowAll(taken, box(f.x, y, f.w, h)))
		default:
			y = l.beside(c, f, y, taken)
		}
	}
	return max(y, below)
}

// without is the first of the attributes that e does not have.
func without(e *form.Element, attrs ...form.Attr) form.Attr {
	for _, a := range attrs {
		if _, ok := e.Attrs[a]; !ok {
			return a
		}
	}
	return ""
}

// cellular tells of a content that is drawn in cells.
func cellular(e *form.Element) bool {
	return e.Kind == form.Content && enum(e, form.AttrContentType, form.ContentNormal) == form.ContentCells
}

// belowAll is the y at which r meets none of taken.
func belowAll(taken []geom.PageRect, r geom.PageRect) int {
	for moved := true; moved; {
		moved = false
		for _, t := range taken {
			if t.Overlaps(r) {
				r.Y, moved = math.Ceil(t.Y+t.H), true
			}
		}
	}
	return int(r.Y)
}

// lineSlot is where a line stands: its left edge, width and top.
type lineSlot struct{ x, w, y float64 }

// beside draws a text whose lines leave taken free, and returns the y below it.
func (l *layouter) beside(e *form.Element, f frame, y int, taken []geom.PageRect) int {
	k := l.styled(e, f.look)
	height := float64(l.lineHeight(k))
	least := wrapLeast * geom.PtToPx(k.size)
	var slots []lineSlot
	down := 0.0 // by which lines were pushed below images
	lines := l.flowed(e, e.Name, k, f.w, func(b typeset.Break) float64 {
		top := float64(y) + b.Top + down
		s := roomBeside(taken, float64(f.x), float64(f.w), top, height, math.Max(least, b.Need))
		down += s.y - top
		slots = append(slots, s)
		return s.w
	})
	end := float64(y)
	for i, line := range lines {
		s := slots[i]
		l.line(line, k, aligned(k.align, s.x, s.w, line.Width), s.y+line.Ascent)
		end = s.y + line.Height
	}
	return int(math.Ceil(end))
}

// roomBeside is the leftmost room of at least the width for a line of the
// height, at y or below, between x and x + w.
func roomBeside(taken []geom.PageRect, x, w, y, height, least float64) lineSlot {
	for {
		line := geom.PageRect{X: x, Y: y, W: w, H: height}
		next, free := math.Inf(1), true
		// Whatever is free begins at the left edge or right of an image.
		for _, left := range append([]geom.PageRect{{X: x}}, taken...) {
			from := math.Max(left.X+left.W, x)
			room := x + w - from
			blocked := false
			for _, t := range taken {
				if !t.Overlaps(line) {
					continue
				}
				free = false
				next = math.Min(next, t.Y+t.H)
				if t.X > from {
					room = math.Min(room, t.X-from)
				} else if t.X+t.W > from {
					blocked = true
				}
			}
			if free || !blocked && room >= least {
				return lineSlot{x: math.Ceil(from), w: math.Floor(room), y: y}
			}
		}
		y = math.Ceil(next)
	}
}

// inlinePiece is a child of an inline paragraph, or what of it stands on one line.
type inlinePiece struct {
	w     float64
	h     int
	align string
	draw  func(x float64, y int)
}

// inlineRow is the line being filled.
type inlineRow struct {
	pieces []inlinePiece
	xs     []float64
	w      float64
	h      int
}

func (r *inlineRow) add(p inlinePiece, gap float64) {
	if len(r.pieces) > 0 {
		r.w += gap
	}
	r.pieces, r.xs = append(r.pieces, p), append(r.xs, r.w)
	r.w += p.w
	r.h = max(r.h, p.h)
}

// inline lays out a paragraph whose children stand on one line, a blank of the
// body font between them, and go on below where the width is used up. A choice
// box or empty line has its line for itself. A line is aligned like its first
// child.
func (l *layouter) inline(e *form.Element, f frame, y int) int {
	vertical := enum(e, form.AttrVerticalAlign, form.AlignCenter)
	gap := l.faces.Width(" ", l.settings.body.font())
	full := float64(f.w)
	row := &inlineRow{}
	flush := func() {
		if len(row.pieces) == 0 {
			return
		}
		left := aligned(row.pieces[0].align, float64(f.x), full, row.w)
		for i, p := range row.pieces {
			top := y
			switch vertical {
			case form.AlignCenter:
				top += (row.h - p.h) / 2
			case form.AlignBottom:
				top += row.h - p.h
			}
			p.draw(left+row.xs[i], top)
		}
		y += row.h
		row = &inlineRow{}
	}
	room := func() float64 {
		if len(row.pieces) == 0 {
			return full
		}
		return full - row.w - gap
	}
	for _, c := range e.Children {
		switch {
		case c.Kind == form.Image && absolute(c):
			l.place(c, f, y)
		case c.Kind == form.Image || cellular(c):
			p, ok := l.inlineBox(c, f)
			if !ok {
				continue
			}
			if p.w > room() {
				flush()
			}
			row.add(p, gap)
		case c.Kind == form.Content || c.Kind == form.Text:
			k := l.styled(c, f.look)
			fits := true // the first line goes on in the row
			for i, line := range l.flowed(c, c.Name, k, f.w, func(b typeset.Break) float64 {
				if b.Line == 0 {
					if r := room(); b.Need <= r {
						return math.Max(r, 1)
					}
					fits = false
				}
				return full
			}) {
				if i > 0 || !fits {
					flush()
				}
				row.add(inlinePiece{w: line.Width, h: int(line.Height), align: k.align, draw: func(x float64, y int) {
					l.line(line, k, x, float64(y)+line.Ascent)
				}}, gap)
			}
		default:
			flush()
			y = l.place(c, f, y)
		}
	}
	flush()
	return y
}

// inlineBox is an image or a content in cells as one piece.
func (l *layouter) inlineBox(c *form.Element, f frame) (inlinePiece, bool) {
	if c.Kind != form.Image {
		k := l.styled(c, f.look)
		w, h := l.cellsSize(c, k)
		return inlinePiece{w: w, h: h, align: k.align, draw: func(x float64, y int) {
			l.cells(c, k, int(math.Round(x)), int(math.Ceil(w)), y)
		}}, true
	}
	name, pic := l.pictureFor(c)
	if pic == nil {
		return inlinePiece{}, false
	}
	w, h := l.pictureSize(c, pic, f.w)
	if pic = l.sized(c, pic, w, h); pic == nil {
		return inlinePiece{}, false
	}
	return inlinePiece{w: float64(w), h: h, align: enum(c, form.AttrAlign, form.AlignLeft), draw: func(x float64, y int) {
		l.picture(name, pic, box(int(math.Round(x)), y, w, h))
	}}, true
}
