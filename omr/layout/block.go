package layout

import (
	"fmt"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// block lays out a Block as wide as its column (spec/markup.md 9.3, 10.4).
// padding is the container's block_top_padding; height fixes the height of
// blocks that have none of their own (0: natural). fill places the content where
// not all of it stands in the block; nil: all does. It returns the y below the
// border box.
func (l *layouter) block(e *form.Element, f frame, y, padding, height int, fill func(f frame, y int) int) int {
	vertical := whole(e, form.AttrVerticalPadding, blockPadding)
	horizontal := whole(e, form.AttrHorizontalPadding, blockPadding)
	if _, ok := e.Int(form.AttrVerticalPadding); ok {
		padding = vertical
	}
	fixed := whole(e, form.AttrHeight, 0)
	if fixed > 0 {
		height = fixed
	}
	background, frameAt := l.sheet.reserve(backgrounds, 5), l.sheet.reserve(borders, 1)
	start := l.sheet.mark()
	inner := f
	inner.x, inner.w = f.x+horizontal, max(f.w-2*horizontal, 1)
	inner.look, inner.bottom = l.settings.body, 0
	if fixed > 0 {
		inner.bottom = y + fixed - vertical
	}
	inner.outer = box(f.x, y, f.w, l.settings.PaperH).Grow(-float64(whole(e, form.AttrBorderSize, borderSize)))
	if fill == nil {
		fill = func(f frame, y int) int { return l.flow(e.Children, f, y) }
	}
	below := fill(inner, y+padding)
	natural := below + vertical - y
	if height == 0 || fixed == 0 && natural > height {
		height = natural
	}
	at := box(f.x, y, f.w, height)
	beyond := 0
	if fixed > 0 {
		beyond = below - y - height
	}
	l.overflow(e, start, at, beyond)
	if c, ok := e.Color(form.AttrBackgroundColor); ok && !c.None {
		l.background(e, c, at, background)
	}
	l.border(e, at, frameAt)
	if flag(e, form.AttrIsClipped, false) {
		l.crop(e, at)
	}
	return y + height
}

// overflow treats content of a block of fixed height: beyond is how far it
// passes the border box below, px (spec/markup.md 9.4).
func (l *layouter) overflow(e *form.Element, start mark, at geom.PageRect, beyond int) {
	if enum(e, form.AttrOverflow, string(l.settings.Overflow)) == string(form.Clip) {
		for _, lost := range l.sheet.clip(start, at) {
			if l.once("LM508 " + l.spot(lost)) {
				l.warn(lost, "LM508", fmt.Sprintf("%s is cut by the edge of its block; what is cut cannot be recognised", describe(lost)),
					"give the block more height, or move the element")
			}
		}
		return
	}
	if beyond > 0 {
		l.warn(e, "LM507", fmt.Sprintf("the content of %s passes its height by %d px", describe(e), beyond),
			"give the block more height")
	}
}

// crop registers the picture that recognition cuts out.
func (l *layouter) crop(e *form.Element, at geom.PageRect) {
	l.sheet.elements = append(l.sheet.elements, placed{
		source: e,
		el:     pattern.Element{Type: pattern.ClipArea, Name: l.keys[e], Box: at, Required: true},
		areas:  []geom.PageRect{at},
	})
}
