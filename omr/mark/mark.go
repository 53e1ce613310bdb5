// Package mark reads the bubbles of a registered page and decides the answers.
//
// In: a luma plane, the register.Map of its page, the pattern page. Out:
// measurements a bubble (fill ratio against the bubble's own printed look and
// the paper around it), then answers with confidence and doubt. In doubt the
// value is still the best reading; it is never silently wrong. Deterministic;
// safe for concurrent use.
package mark

import "github.com/leafmark/leafmark/omr/geom"

// Policy says how sure an answer must be to pass without a doubt.
type Policy string

// Policies and their limits on confidence (design.md §2).
const (
	Strict  Policy = "strict"  // 0.9999
	Normal  Policy = "normal"  // 0.999; the zero value counts as Normal
	Lenient Policy = "lenient" // 0.99
)

// Options of Measure and Decide; the zero value suits most.
type Options struct {
	Threshold  *int // percent dark, 0 to 100; nil: estimated from the sheet's own marks
	Policy     Policy
	GridConcat bool  // several marks in a grid section: 375 instead of 3,75 (markup.md A-4)
	Scope      Scope // what triggers and crops of the page depend on; of ScopeOf
}

// Doubt is the chief reason why a person should look; empty: none.
type Doubt string

// Doubts of design.md §2.
const (
	SeveralMarks   Doubt = "several_marks"
	UnlikeMarks    Doubt = "unlike_marks"
	FaintMark      Doubt = "faint_mark"
	ErasedMark     Doubt = "erased_mark"
	BetweenBubbles Doubt = "between_bubbles"
	OutOfFocus     Doubt = "out_of_focus"
	Glare          Doubt = "glare"
	OutsideImage   Doubt = "outside_image"
	Misaligned     Doubt = "misaligned"
	UnreadableCode Doubt = "unreadable_code"
)

// Bubble is one bubble as measured and decided.
type Bubble struct {
	Value    string
	Page     geom.PageRect // page px
	Image    geom.Quad     // image px
	Fill     float64       // fill ratio: 0 as an empty bubble of this sheet, 1 as its ink
	Coverage float64       // share of the inside that is dark
	Outline  float64       // how much of the printed outline was seen in its place, 0 to 1
	Marked   bool
	Risk     float64 // that it is read wrong, 0 to 1
}

// Answer is what was read of one element.
type Answer struct {
	Element    int    // index in the pattern page's Elements
	Name       string // row key
	Value      string // exactly what the API's formats carry
	Values     []string
	Confidence float64 // 0 to 1
	Doubt      Doubt   // empty where Confidence reaches the policy's limit
	Kind       Kind
	CodeType   string // of a barcode
	Replaced   bool   // a trigger put its value in place of the bubbles'
	Bubbles    []Bubble
	Box        geom.PageRect // of codes and crops
	Image      geom.Quad
}

// Kind tells rows from codes and crops.
type Kind uint8

// Answer kinds.
const (
	Field   Kind = iota // a row from bubbles
	Code                // a row from a barcode
	Total               // a row summed from others, last in order
	Crop                // no row: a picture
	Trigger             // no row: bubbles that replace another's value; Value is empty where none is marked
)
