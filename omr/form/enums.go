package form

import "strings"

// The values of the enumerated attributes in the spelling of the tree
// (spec/markup.md 6.3 to 6.6). Element.Str gives exactly these.
const (
	AlignLeft   = "left"
	AlignCenter = "center"
	AlignRight  = "right"
	AlignTop    = "top"    // vertical_align
	AlignBottom = "bottom" // vertical_align

	BorderNone    = "none"
	BorderSquare  = "square"
	BorderRounded = "rounded"

	BubbleRound  = "round"
	BubbleSquare = "square"

	HeaderUnderline = "underline"
	HeaderSquare    = "square"

	GridHorizontal = "horizontal" // orientation of grid and composite_grid
	GridVertical   = "vertical"

	ContainerNormal = "normal"
	ContainerFooter = "footer"

	ParagraphNormal    = "normal"
	ParagraphImageWrap = "ImageWrap"
	ParagraphInline    = "inline"

	ContentNormal = "normal"
	ContentCells  = "cells"
)

// The eight places of the rotation marker (spec/markup.md 8.3).
const (
	TopLeft1     RotationMarker = "TopLeft1"
	TopLeft2     RotationMarker = "TopLeft2"
	TopRight1    RotationMarker = "TopRight1"
	TopRight2    RotationMarker = "TopRight2"
	BottomLeft1  RotationMarker = "BottomLeft1"
	BottomLeft2  RotationMarker = "BottomLeft2"
	BottomRight1 RotationMarker = "BottomRight1"
	BottomRight2 RotationMarker = "BottomRight2"
)

// fold is how enumeration values are compared: any case, surrounding blanks
// dropped (spec/markup.md 6).
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// match finds s among canonical spellings.
func match(s string, canonical []string) (string, bool) {
	s = fold(s)
	for _, c := range canonical {
		if strings.ToLower(c) == s {
			return c, true
		}
	}
	return "", false
}

// PaperSizes lists the paper sizes of spec/markup.md 6.2.
func PaperSizes() []string {
	return []string{string(A4), string(Letter), string(Legal), string(A3), string(Tabloid), string(P8519), string(P8521)}
}

// ParsePaperSize reads a name of spec/markup.md 6.2 in any case.
func ParsePaperSize(s string) (PaperSize, bool) {
	c, ok := match(s, PaperSizes())
	return PaperSize(c), ok
}

// Orientations lists the page orientations of spec/markup.md 6.3.
func Orientations() []string { return []string{string(Vertical), string(Horizontal)} }

// ParseOrientation reads a page orientation in any case.
func ParseOrientation(s string) (Orientation, bool) {
	c, ok := match(s, Orientations())
	return Orientation(c), ok
}

// BubbleSizes lists the sizes of spec/markup.md 6.4, ascending.
func BubbleSizes() []string {
	return []string{string(ExtraSmall), string(Small), string(Normal), string(Large), string(ExtraLarge)}
}

// ParseBubbleSize reads a size of spec/markup.md 6.4 in any case.
func ParseBubbleSize(s string) (BubbleSize, bool) {
	c, ok := match(s, BubbleSizes())
	return BubbleSize(c), ok
}

// Overflows lists the behaviours of spec/markup.md 9.4.
func Overflows() []string { return []string{string(NoClip), string(Clip), string(Wrap)} }

// ParseOverflow reads a behaviour of spec/markup.md 9.4 in any case.
func ParseOverflow(s string) (Overflow, bool) {
	c, ok := match(s, Overflows())
	return Overflow(c), ok
}

// RotationMarkers lists the places of spec/markup.md 8.3.
func RotationMarkers() []string {
	return []string{
		string(TopLeft1), string(TopLeft2), string(TopRight1), string(TopRight2),
		string(BottomLeft1), string(BottomLeft2), string(BottomRight1), string(BottomRight2),
	}
}

// ParseRotationMarker reads a place of spec/markup.md 8.3 in any case.
func ParseRotationMarker(s string) (RotationMarker, bool) {
	c, ok := match(s, RotationMarkers())
	return RotationMarker(c), ok
}

// FontStyles lists the styles of spec/markup.md 6.6.
func FontStyles() []string {
	return []string{"Regular", "Bold", "Italic", "Underline", "Strikeout"}
}

// ParseFontStyle reads one style or a comma list of them, as in "bold, italic"
// (spec/markup.md 3.9). Regular adds nothing.
func ParseFontStyle(s string) (FontStyle, bool) {
	var style FontStyle
	for word := range strings.SplitSeq(s, ",") {
		switch fold(word) {
		case "regular":
		case "bold":
			style |= Bold
		case "italic":
			style |= Italic
		case "underline":
			style |= Underline
		case "strikeout":
			style |= Strikeout
		default:
			return 0, false
		}
	}
	return style, true
}

// String is the style as ParseFontStyle reads it: "Bold, Italic".
func (s FontStyle) String() string {
	if s == 0 {
		return "Regular"
	}
	var words []string
	for i, name := range FontStyles()[1:] {
		if s&(1<<i) != 0 {
			words = append(words, name)
		}
	}
	return strings.Join(words, ", ")
}
