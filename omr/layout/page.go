package layout

import (
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 8.4 to 8.6, px.
const (
	contentGap      = 50 // between a marker and the first or last element
	markerGuard     = 10 // kept free around a marker
	identifierGuard = 20 // kept free around the page identifier
	footerFoot      = 60 // between the footer and the marker offset
	footerGap       = 20 // between the content and the footer
	footerRule      = 3
)

// contentTop is the y of the first element.
func (s settings) contentTop() int { return s.OffsetTop + s.marker + contentGap }

// contentBottom is the y below which content is LM504, without a footer.
func (s settings) contentBottom() int { return s.PaperH - (s.OffsetBottom + s.marker + contentGap) }

// column is the box of flowed elements: left edge and width, px.
func (s settings) column() (x, w int) {
	return s.MarginLeft, max(s.PaperW-s.MarginLeft-s.MarginRight, 1)
}

// markers are the four squares TL, TR, BL, BR and the rotation marker
// (spec/markup.md 8.2, 8.3), named as patterns name them.
func (s settings) markers() []pattern.Marker {
	m, r := s.marker, s.turn
	left, right := s.OffsetLeft, s.PaperW-s.OffsetRight-m
	top, bottom := s.OffsetTop, s.PaperH-s.OffsetBottom-m
	square := func(name string, x, y int) pattern.Marker {
		return pattern.Marker{Kind: pattern.CornerMarker, Name: name, Box: box(x, y, m, m)}
	}
	return []pattern.Marker{
		square("ReferencePoint0", left, top),
		square("ReferencePoint1", right, top),
		square("ReferencePoint2", left, bottom),
		square("ReferencePoint3", right, bottom),
		{Kind: pattern.TurnMarker, Name: "ReferencePoint4", Box: s.turnMarker(left, right, top, bottom, m, r)},
	}
}

// turnMarker is the rotation marker: at a distance of its own length from its
// square, upright above or below it, or lying beside it.
func (s settings) turnMarker(left, right, top, bottom, m, r int) geom.PageRect {
	switch s.RotationMarker {
	case form.TopRight2:
		return box(right-2*r, top, r, m)
	case form.TopLeft1:
		return box(left, top+m+r, m, r)
	case form.TopLeft2:
		return box(left+m+r, top, r, m)
	case form.BottomLeft1:
		return box(left, bottom-2*r, m, r)
	case form.BottomLeft2:
		return box(left+m+r, bottom, r, m)
	case form.BottomRight1:
		return box(right, bottom-2*r, m, r)
	case form.BottomRight2:
		return box(right-2*r, bottom, r, m)
	}
	return box(right, top+m+r, m, r) // TopRight1
}

// identifier is the box of the page identifier (spec/markup.md 8.4).
func (s settings) identifier() geom.PageRect {
	return box(s.PaperW-s.OffsetRight-s.marker, (s.PaperH-s.marker)/2, s.marker, s.marker)
}

// paper is the whole page.
func (s settings) paper() geom.PageRect { return box(0, 0, s.PaperW, s.PaperH) }

func box(x, y, w, h int) geom.PageRect {
	return geom.PageRect{X: float64(x), Y: float64(y), W: float64(w), H: float64(h)}
}

// diameter is D of an element: of its own bubble size or the page's.
func (s settings) diameter(e *form.Element) int {
	if v, ok := e.Str(form.AttrBubbleSize); ok {
		if size, ok := form.ParseBubbleSize(v); ok {
			return size.Diameter()
		}
	}
	return s.BubbleSize.Diameter()
}
