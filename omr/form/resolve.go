package form

// Resolved are the settings with every default filled in (spec/markup.md 7.1).
type Resolved struct {
	PaperSize      PaperSize
	Orientation    Orientation
	PaperW, PaperH int // px, turned by the orientation
	MarginLeft     int // px
	MarginRight    int // px
	FontFamily     string
	FontSize       float64 // pt
	FontStyle      FontStyle
	BubbleColor    Color
	BubbleSize     BubbleSize
	Overflow       Overflow
	RotationMarker RotationMarker
	OffsetTop      int // px, of the positioning markers from the page's edges
	OffsetBottom   int
	OffsetLeft     int
	OffsetRight    int
	Multiselect    bool
	Writing        Writing
}

const (
	defaultMargin   = 210 // px, spec/markup.md 7.1
	defaultFont     = "Segoe UI"
	defaultFontSize = 12 // pt
)

// Resolved fills in the defaults of spec/markup.md 7.1 and 8.1.
func (s Settings) Resolved() Resolved {
	r := Resolved{
		PaperSize:      or(s.PaperSize, A4),
		Orientation:    or(s.Orientation, Vertical),
		MarginLeft:     given(s.PageMarginLeft, defaultMargin),
		MarginRight:    given(s.PageMarginRight, defaultMargin),
		FontFamily:     or(s.FontFamily, defaultFont),
		FontSize:       or(s.FontSize, defaultFontSize),
		FontStyle:      given(s.FontStyle, 0),
		BubbleColor:    given(s.BubbleColor, Color{}),
		BubbleSize:     or(s.BubbleSize, Normal),
		Overflow:       or(s.Overflow, NoClip),
		RotationMarker: or(s.RotationMarker, TopRight1),
		Multiselect:    given(s.Multiselect, true),
		Writing: Writing{
			System:        or(s.WritingSystem, Western),
			NativeNumbers: given(s.NativeNumbers, false),
			LongWords:     or(s.LongWords, DrawOver),
		},
	}
	r.PaperW, r.PaperH = r.PaperSize.Px()
	if r.Orientation == Horizontal {
		r.PaperW, r.PaperH = r.PaperH, r.PaperW
	}
	offset := min(r.PaperW, r.PaperH) / 100
	r.OffsetTop = given(s.OffsetTop, offset)
	r.OffsetBottom = given(s.OffsetBottom, offset)
	r.OffsetLeft = given(s.OffsetLeft, offset)
	r.OffsetRight = given(s.OffsetRight, offset)
	return r
}

// ForPage are the settings that hold on a page: its own attributes override
// those of the request (spec/markup.md 7.2).
func (s Settings) ForPage(page *Element) Settings {
	if v, ok := page.Str(AttrPaperSize); ok {
		s.PaperSize = PaperSize(v)
	}
	if v, ok := page.Str(AttrOrientation); ok {
		s.Orientation = Orientation(v)
	}
	if v, ok := page.Int(AttrLeftMargin); ok {
		s.PageMarginLeft = &v
	}
	if v, ok := page.Int(AttrRightMargin); ok {
		s.PageMarginRight = &v
	}
	if v, ok := page.Str(AttrRotationPointPosition); ok {
		s.RotationMarker = RotationMarker(v)
	}
	return s
}

func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

func given[T any](v *T, def T) T {
	if v == nil {
		return def
	}
	return *v
}
