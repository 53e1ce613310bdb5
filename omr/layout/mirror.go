package layout

import (
	"maps"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
)

// A page of a right-to-left form is laid out like any other and then mirrored:
// columns, the order of bubbles, the sides of labels and the edge where texts
// begin change sides all at once (spec/markup.md 9.9). What the source says of
// left and right in so many words, page coordinates and margins, is meant as it
// stands, and so is turned round beforehand.

// rightToLeft tells whether the page is mirrored.
func (l *layouter) rightToLeft() bool { return l.settings.Writing.System.RightToLeft() }

// flipped is where r lies on the page that is being laid out, r in coordinates
// of the finished page, or the other way round.
func (l *layouter) flipped(r geom.PageRect) geom.PageRect {
	if l.rightToLeft() {
		r.X = float64(l.settings.PaperW) - r.X - r.W
	}
	return r
}

// mirrorPage turns the finished page round.
func (l *layouter) mirrorPage() {
	l.sheet.relocate(mark{}, move{
		by: func(r geom.PageRect) (dx, dy float64) {
			return l.flipped(r).X - r.X, 0
		},
		around: l.flipped,
		mirror: true,
	})
}

// keepPlace moves what was laid out since m, at page coordinates, to where the
// mirror takes it to the same place again.
func (l *layouter) keepPlace(m mark) {
	at, ok := l.sheet.outlines(m)
	if !ok {
		return
	}
	dx := math.Round(l.flipped(at).X - at.X)
	l.sheet.relocate(m, move{
		by:     func(geom.PageRect) (float64, float64) { return dx, 0 },
		around: func(r geom.PageRect) geom.PageRect { return shifted(r, dx, 0) },
	})
}

// turnedRound is a copy of a form in which what names a side names the other one.
func turnedRound(f *form.Form) *form.Form {
	c := *f
	c.Pages = slices.Clone(f.Pages)
	for i, p := range f.Pages {
		c.Pages[i] = turnedElement(p)
	}
	return &c
}

func turnedElement(e *form.Element) *form.Element {
	c := *e
	c.Attrs = maps.Clone(e.Attrs)
	for _, a := range []form.Attr{form.AttrAlign, form.AttrBubblePosition} {
		v, ok := c.Attrs[a]
		if !ok {
			continue
		}
		switch v.Str {
		case form.AlignLeft:
			v.Str = form.AlignRight
		case form.AlignRight:
			v.Str = form.AlignLeft
		}
		c.Attrs[a] = v
	}
	left, hasLeft := c.Attrs[form.AttrBorderLeftStyle]
	right, hasRight := c.Attrs[form.AttrBorderRightStyle]
	delete(c.Attrs, form.AttrBorderLeftStyle)
	delete(c.Attrs, form.AttrBorderRightStyle)
	if hasRight {
		c.Attrs[form.AttrBorderLeftStyle] = right
	}
	if hasLeft {
		c.Attrs[form.AttrBorderRightStyle] = left
	}
	c.Children = slices.Clone(e.Children)
	for i, child := range e.Children {
		c.Children[i] = turnedElement(child)
	}
	return &c
}
