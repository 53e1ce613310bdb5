package layout

import (
	"fmt"
	"math"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
)

// positionedBlock lays out a PositionedBlock: an invisible box at page
// coordinates, which leaves the flow alone (spec/markup.md 10.5).
func (l *layouter) positionedBlock(e *form.Element, f frame, y int) int {
	x, top, _ := l.position(e, f.x, y)
	paper := l.settings.paper()
	if !paper.Contains(box(x, top, 1, 1)) {
		l.fail(e, "LM501", fmt.Sprintf("%s starts at x %d, y %d; the page is %d × %d px", describe(e), x, top, l.settings.PaperW, l.settings.PaperH), "move it onto the page")
		return y
	}
	inner := frame{x: x, w: l.settings.PaperW - x, look: l.settings.body, outer: paper}
	if w := whole(e, form.AttrWidth, 0); w > 0 {
		inner.w = w
	} else {
		inner.w = l.naturalWidth(e.Children, inner, top)
	}
	height := whole(e, form.AttrHeight, 0)
	if height > 0 {
		inner.bottom = top + height
	}
	start := l.sheet.mark()
	below := l.flow(e.Children, inner, top)
	beyond := 0
	if height > 0 {
		beyond = below - top - height
	} else {
		height = max(below-top, 1)
	}
	at := box(x, top, inner.w, height)
	l.overflow(e, start, at, beyond)
	l.checkPositioned(e, start, at)
	return y
}

// naturalWidth is what the children take at most of the width of f. Those that
// stretch to whatever width they get take it up to the right margin.
func (l *layouter) naturalWidth(children []*form.Element, f frame, y int) int {
	for _, c := range children {
		if stretches(c) {
			if x, w := l.settings.column(); x+w > f.x {
				return x + w - f.x
			}
			return f.w
		}
	}
	widest := 1.0
	for _, c := range children {
		if _, fixed := c.Int(form.AttrX); fixed {
			continue
		}
		l.measured(func() int {
			n := l.place(c, f, y)
			if r, ok := l.sheet.extent(mark{}); ok {
				widest = math.Max(widest, r.W)
			}
			return n
		})
	}
	return min(int(math.Ceil(widest)), f.w)
}

// stretches tells of elements whose parts are spread over the width there is.
func stretches(e *form.Element) bool {
	switch e.Kind {
	case form.Text, form.Content, form.Image, form.EmptyLine, form.Grid, form.CompositeGrid, form.Barcode, form.PositionedBlock:
		return false
	case form.Paragraph:
		for _, c := range e.Children {
			if stretches(c) {
				return true
			}
		}
		return enum(e, form.AttrParagraphType, form.ParagraphNormal) == form.ParagraphImageWrap
	}
	return true
}

// checkPositioned reports a positioned block that leaves the page (LM501) or of
// which something meets a marker (LM502).
func (l *layouter) checkPositioned(e *form.Element, start mark, at geom.PageRect) {
	drawn, ok := l.sheet.extent(start)
	if ok {
		drawn = union(drawn, at)
	} else {
		drawn = at
	}
	bad := false
	if paper := l.settings.paper(); !paper.Contains(drawn) {
		bad = true
		l.fail(e, "LM501", fmt.Sprintf("%s covers x %.0f to %.0f, y %.0f to %.0f; the page is %.0f × %.0f px", describe(e),
			drawn.X, drawn.X+drawn.W, drawn.Y, drawn.Y+drawn.H, paper.W, paper.H), "move it or make it smaller")
	}
	l.sheet.since(start, func(_ layer, it *Item) bool {
		if r, ok := it.extent(); ok && !l.checkFiducials(e, r) {
			bad = true
		}
		return !bad
	})
	if !bad {
		return
	}
	for _, p := range l.sheet.elements[start.elements:] {
		l.misplaced[p.source] = true // said already
	}
}
