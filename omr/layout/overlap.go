package layout

import (
	"fmt"
	"math"
	"sync"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// area is a bubble or code in the search for overlaps.
type area struct {
	box     geom.PageRect
	element int // index in the sheet's elements
}

// areas finds areas by place, in squares of a page, so that 100,000 bubbles take
// no longer than they must.
type areas map[[2]int][]area

const (
	areaSquare = 256 // px; larger than any bubble
	// Bubbles of 25 px and more that do not overlap fit no more often into a square;
	// beyond it the overlap has been reported.
	areaCrowd = 400
)

// near calls f for every square that r touches.
func near(r geom.PageRect, f func(square [2]int)) {
	low := func(v float64) int { return int(math.Floor(v / areaSquare)) }
	for y := low(r.Y); y <= low(r.Y+r.H); y++ {
		for x := low(r.X); x <= low(r.X+r.W); x++ {
			f([2]int{x, y})
		}
	}
}

// meet calls f for the areas that overlap r, until it returns false.
func (a areas) meet(r geom.PageRect, f func(area) bool) {
	on := true
	near(r, func(square [2]int) {
		for _, other := range a[square] {
			if !on {
				return
			}
			if other.box.Overlaps(r) {
				on = f(other)
			}
		}
	})
}

func (a areas) add(x area) {
	near(x.box, func(square [2]int) {
		if len(a[square]) < areaCrowd {
			a[square] = append(a[square], x)
		}
	})
}

// checkOverlaps reports bubbles and codes that share paper with each other or
// with the ground of a code (LM513, an error), and texts, rules, pictures and dark
// grounds that a bubble is printed on: their ink may pass for a mark (LM513, a
// warning; an error where no mark could be seen).
func (l *layouter) checkOverlaps() {
	found := areas{}
	for i, p := range l.sheet.elements {
		if p.el.Type == pattern.ClipArea {
			continue
		}
		for _, r := range p.areas {
			found.meet(r, func(other area) bool {
				l.overlap(l.sheet.elements[other.element], p)
				return !l.full(fault.SeverityError)
			})
			found.add(area{r, i})
		}
	}
	for _, it := range l.sheet.items[codes] {
		if it.Modules == nil || it.source == nil {
			continue
		}
		found.meet(it.Turn.Bounds(it.Modules.Ground), func(other area) bool {
			if p := l.sheet.elements[other.element]; p.source != it.source {
				l.overlap(p, placed{source: it.source})
			}
			return true
		})
	}
	for _, it := range l.sheet.items[texts] {
		if box, ok := it.extent(); ok && it.Turn == nil && it.source != nil {
			ink := sync.OnceValue(func() geom.PageRect { return l.ink(it) })
			found.meet(box, func(other area) bool {
				if ink := ink(); ink.W > 0 && ink.H > 0 && ink.Overlaps(other.box) {
					l.under(it.source, fmt.Sprintf("the text %q", brief(it.Text.Text)), l.sheet.elements[other.element].source)
				}
				return !l.full(fault.SeverityWarning)
			})
		}
	}
	for _, it := range l.sheet.items[images] {
		if box, ok := it.extent(); ok && it.source != nil {
			found.meet(box, func(other area) bool {
				l.under(it.source, "the picture", l.sheet.elements[other.element].source)
				return !l.full(fault.SeverityWarning)
			})
		}
	}
	for _, it := range l.sheet.items[borders] {
		for _, stroke := range it.strokes() {
			found.meet(stroke, func(other area) bool {
				if stroke.Overlaps(other.box.Grow(-2 * outline)) { // at its very edge it is no more than the outline
					l.under(it.source, "a rule", l.sheet.elements[other.element].source)
				}
				return !l.full(fault.SeverityWarning)
			})
		}
	}
	l.checkGrounds(found)
}

// ink is what a text and its clip leave of it to see; of no size where nothing.
func (l *layouter) ink(it Item) geom.PageRect {
	x0, y0, x1, y1, ok := l.faces.Ink(it.Text.Line)
	if !ok {
		return geom.PageRect{}
	}
	// Less than a pixel is the slack of outlines' control points.
	ink := geom.PageRect{X: it.Text.Origin.X + x0 + 1, Y: it.Text.Origin.Y + y0 + 1, W: x1 - x0 - 2, H: y1 - y0 - 2}
	if it.Clip != nil {
		ink = intersection(ink, *it.Clip)
	}
	return ink
}

// Luminances of grounds, 0 black to 255 white: below the first no mark shows, below
// the second those of a dark pen do not in every scan.
const (
	blackGround = 12
	darkGround  = 64
)

// checkGrounds reports bubbles on grounds too dark for marks.
func (l *layouter) checkGrounds(found areas) {
	grounds := l.sheet.items[backgrounds]
	for i, it := range grounds {
		if it.Rect == nil || it.source == nil || luminance(it.Rect.Fill) >= darkGround {
			continue
		}
		severity := fault.SeverityWarning
		if luminance(it.Rect.Fill) < blackGround {
			severity = fault.SeverityError
		}
		found.meet(it.Rect.Box, func(other area) bool {
			if l.full(severity) {
				return false
			}
			for _, above := range grounds[i+1:] {
				if above.Rect != nil && above.Rect.Box.Contains(other.box) {
					return true
				}
			}
			e, on := it.source, l.sheet.elements[other.element].source
			if severity == fault.SeverityWarning {
				l.under(e, "the dark background", on)
			} else if l.firstMeeting(severity, e, on) {
				l.fail(e, "LM513", fmt.Sprintf("marks in %s cannot be told from the background of %s", describe(on), describe(e)), "choose a lighter background")
			}
			return true
		})
	}
}

// luminance is that of a fill as a scanner without colour sees it (ITU-R BT.601).
func luminance(c form.Color) float64 {
	if c.None {
		return 255
	}
	return 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)
}

// strokes are the boxes of an item of the layer of borders that have ink.
func (it Item) strokes() []geom.PageRect {
	r := it.Rect
	switch {
	case it.source == nil:
		return nil
	case r == nil || r.Stroke.None:
		if ink, ok := it.visible(); ok {
			return []geom.PageRect{ink}
		}
		return nil
	}
	w, half, out := r.Width, r.Width/2, r.Box.Grow(r.Width/2)
	var strokes []geom.PageRect
	for _, side := range [4]geom.PageRect{
		{X: out.X, Y: out.Y, W: out.W, H: w},
		{X: out.X, Y: r.Box.Y + r.Box.H - half, W: out.W, H: w},
		{X: out.X, Y: out.Y, W: w, H: out.H},
		{X: r.Box.X + r.Box.W - half, Y: out.Y, W: w, H: out.H},
	} {
		if it.Clip != nil {
			side = intersection(side, *it.Clip)
		}
		if side.W > 0 && side.H > 0 {
			strokes = append(strokes, side)
		}
	}
	return strokes
}

// visible is the extent of an item that its clip leaves.
func (it Item) visible() (geom.PageRect, bool) {
	r, ok := it.extent()
	if ok && it.Clip != nil {
		r = intersection(r, *it.Clip)
	}
	return r, ok && r.W > 0 && r.H > 0
}

func (l *layouter) overlap(first, second placed) {
	if !l.firstMeeting(fault.SeverityError, first.source, second.source) {
		return
	}
	cause := fmt.Sprintf("%s lies on %s", describe(second.source), describe(first.source))
	if first.source == second.source {
		cause = fmt.Sprintf("bubbles of %s lie on each other", describe(second.source))
	}
	l.fail(second.source, "LM513", cause, "move one of them, so that each bubble and code has its own paper")
}

// firstMeeting is true the first time that a lies on b, where that is still to be
// reported.
func (l *layouter) firstMeeting(severity fault.Severity, a, b *form.Element) bool {
	if l.full(severity) {
		return false
	}
	for s := fault.SeverityError; s <= severity; s++ { // a warning after an error says nothing new
		if l.met[meeting{a, b, s}] || l.met[meeting{b, a, s}] {
			return false
		}
	}
	l.met[meeting{a, b, severity}] = true
	return true
}

// meeting is a diagnostic about two elements on one spot.
type meeting struct {
	a, b     *form.Element
	severity fault.Severity
}

// under reports what of e is printed where a bubble or code of on stands.
func (l *layouter) under(e *form.Element, what string, on *form.Element) {
	if !l.firstMeeting(fault.SeverityWarning, e, on) {
		return
	}
	l.warn(e, "LM513", fmt.Sprintf("%s of %s lies on a bubble or code of %s; its ink could pass for a mark", what, describe(e), describe(on)),
		"move one of them, or give the text more room")
}
