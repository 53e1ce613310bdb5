// Package typeset turns text into placed glyphs: embedded fonts, shaping,
// kerning, line breaking. It draws nothing.
//
// In: text, a font and a width, page px. Out: lines of glyph runs with their
// metrics, and the outlines of glyphs for whoever draws them. Deterministic:
// font files are embedded and pinned by hash, or an operator's, of which Digest
// tells; a form generated again must match the printed one (spec/markup.md 6.9).
// Safe for concurrent use.
package typeset

// Font asks for a face: a family of spec/markup.md 6.9, its style and size.
type Font struct {
	Family       string // as in the markup; unknown families are substituted
	Bold, Italic bool
	Size         float64 // page px (not points)
	// RTL makes right to left the direction of every paragraph; without it the
	// first letter with a direction decides.
	RTL bool
}

// FaceID names one font file of a Faces; embedded ones are stable for a build.
type FaceID uint16

// Glyph is one shaped glyph of a Run.
type Glyph struct {
	ID      uint32  // glyph index in the face
	X, Y    float64 // offset of its origin from the run's origin, px, y down
	Advance float64 // px
	Text    string  // the characters it stands for (empty for the further glyphs of a cluster)
}

// Run is glyphs of one face at one size, in visual order.
type Run struct {
	Face   FaceID
	Size   float64 // px
	X      float64 // offset of the run's origin from the line's left edge, px
	Width  float64 // advance, px
	Glyphs []Glyph
}

// Line is one line of text.
type Line struct {
	Runs   []Run
	Width  float64 // without trailing blanks, px
	Ascent float64 // of the line's box, px above the baseline
	Height float64 // line height, whole px (spec/markup.md 9.5)
	Wide   bool    // holds a word wider than the width asked for
}

// Segment is one command of a glyph's outline, in units of the em (y up,
// 1.0 = the font size). Args are control points, the last the end point.
type Segment struct {
	Op   SegmentOp
	Args [3][2]float32
}

// SegmentOp is the kind of a Segment.
type SegmentOp uint8

// Outline commands.
const (
	MoveTo SegmentOp = iota
	LineTo
	QuadTo
	CubeTo
)
