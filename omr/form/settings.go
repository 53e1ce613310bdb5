package form

// Settings come with a generation request (spec/markup.md 7.1). The zero value
// of a member means "not given"; Resolved fills in the defaults.
type Settings struct {
	PaperSize       PaperSize
	Orientation     Orientation
	PageMarginLeft  *int // px
	PageMarginRight *int // px
	FontFamily      string
	FontSize        float64 // pt
	FontStyle       *FontStyle
	BubbleColor     *Color
	BubbleSize      BubbleSize
	Overflow        Overflow
	RotationMarker  RotationMarker
	OffsetTop       *int // px, reference point offsets
	OffsetBottom    *int
	OffsetLeft      *int
	OffsetRight     *int
	Multiselect     *bool
	WritingSystem   WritingSystem
	NativeNumbers   *bool
	LongWords       LongWords
}

// PaperSize is a name of spec/markup.md 6.2.
type PaperSize string

// Orientation of a page.
type Orientation string

// BubbleSize is a name of spec/markup.md 6.4.
type BubbleSize string

// Overflow of blocks, spec/markup.md 9.4.
type Overflow string

// RotationMarker is a position of spec/markup.md 8.3.
type RotationMarker string

// Canonical values; Parse functions accept any case.
const (
	A4         PaperSize   = "A4"
	Letter     PaperSize   = "Letter"
	Legal      PaperSize   = "Legal"
	A3         PaperSize   = "A3"
	Tabloid    PaperSize   = "Tabloid"
	P8519      PaperSize   = "p8519"
	P8521      PaperSize   = "p8521"
	Vertical   Orientation = "Vertical"
	Horizontal Orientation = "Horizontal"
	ExtraSmall BubbleSize  = "Extrasmall"
	Small      BubbleSize  = "Small"
	Normal     BubbleSize  = "Normal"
	Large      BubbleSize  = "Large"
	ExtraLarge BubbleSize  = "Extralarge"
	NoClip     Overflow    = "noclip"
	Clip       Overflow    = "clip"
	Wrap       Overflow    = "wrap"
)

// Px is the portrait size of the paper in page px; zero for an unknown name.
func (p PaperSize) Px() (w, h int) {
	switch p {
	case A4:
		return 2480, 3508
	case Letter:
		return 2551, 3295
	case Legal:
		return 2551, 4205
	case A3:
		return 3508, 4961
	case Tabloid:
		return 3295, 5102
	case P8519:
		return 2551, 5702
	case P8521:
		return 2551, 6302
	}
	return 0, 0
}

// Diameter is D, the nominal bubble size in px; zero for an unknown name.
func (b BubbleSize) Diameter() int {
	switch b {
	case ExtraSmall:
		return 40
	case Small:
		return 50
	case Normal:
		return 60
	case Large:
		return 80
	case ExtraLarge:
		return 100
	}
	return 0
}
