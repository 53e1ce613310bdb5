// Package pattern reads, writes and checks the recognition pattern, the .omr
// file (spec/pattern.md). It knows neither form nor image.
//
// In: JSON bytes, ours or the original's of any age. Out: a Pattern whose
// coordinates are page px, absolute. Faults: pattern_invalid (LM821),
// pattern_version (LM822), each with the key's path; warnings LM852, LM853.
// Reading allocates at most 64 times the input. Writing is deterministic; keys
// and elements that reading did not know are kept.
package pattern

import "github.com/leafmark/leafmark/omr/geom"

// Limits of a pattern file (spec/pattern.md 1).
const (
	MaxBytes   = 16 << 20
	MaxBubbles = 100_000
	MaxPages   = 200
)

// Pattern says where everything is that recognition must look at.
type Pattern struct {
	Version    string // empty is written as 1.0
	Name       string
	TemplateID string
	Finalized  bool
	Generated  bool
	Pages      []Page
	Ours       *Extension // the key Leafmark; nil in patterns of other programs
	extra      []member   // unknown root keys, in order
}

// Form is the name by which results call the form: TemplateID, else Name.
func (p *Pattern) Form() string {
	if p.TemplateID != "" {
		return p.TemplateID
	}
	return p.Name
}

// Page is one side of the form.
type Page struct {
	Width, Height  float64 // px at the design resolution
	Elements       []Element
	Markers        []Marker // positioning and rotation markers, in file order
	RotationMarker string   // RotationPointPosition, empty in older files
	ImageFormat    string   // empty is written as .png
	ImageName      *string
	ImageData      []byte // picture of the blank page, mostly nil
	unknown        []skipped
	extra          []member
}

// skipped is an element of unknown type, kept for rewriting before the known
// element of that index.
type skipped struct {
	before int
	raw    []byte
}

// ElementType is the Type of an element, in its newest spelling.
type ElementType string

// Element types of spec/pattern.md 2.
const (
	ChoiceBox      ElementType = "ChoiceBox"
	Grid           ElementType = "Grid"
	CompositeGrid  ElementType = "CompositeGridOmr:#Aspose.OMR.TemplateModel"
	CheckBox       ElementType = "CheckBox"
	ScoreGroup     ElementType = "ScoreGroup"
	ReplaceTrigger ElementType = "ReplaceTrigger"
	Barcode        ElementType = "Barcode"
	BarcodeMade    ElementType = "BarcodeDownloadable"
	ClipArea       ElementType = "ClipArea"
)

// Element is something that yields a row or a crop.
type Element struct {
	Type ElementType
	Name string
	Box  geom.PageRect
	// Groups are the bubbles: one group for a choice box, check box or trigger,
	// one a section for grids and composite grids. A score group has Questions.
	Groups      []Group
	Vertical    bool   // Orientation
	Threshold   *int   // percent, CheckBox
	BarcodeType string // as written
	QRVersion   int    // 0: none given
	Target      string // ReplaceTrigger
	Value       string // ReplaceTrigger
	Required    bool   // ClipArea
	JPEGQuality int    // ClipArea
	Questions   []ScoreQuestion
	Path        string       // key path in the file that was read: Pages[0].Elements[12]
	Ours        *ElementInfo // in a read pattern it points into Extension.Elements
	extra       []member
}

// EachBubble calls f for every bubble of the element in file order, those of
// score groups included, until f returns false.
func (e *Element) EachBubble(f func(b *Bubble) bool) {
	for g := range e.Groups {
		for b := range e.Groups[g].Bubbles {
			if !f(&e.Groups[g].Bubbles[b]) {
				return
			}
		}
	}
	for q := range e.Questions {
		for a := range e.Questions[q].Answers {
			for b := range e.Questions[q].Answers[a].Bubbles {
				if !f(&e.Questions[q].Answers[a].Bubbles[b].Bubble) {
					return
				}
			}
		}
	}
}

// Group is bubbles that answer together: a line, a section of a grid.
type Group struct {
	Box     geom.PageRect // of a grid's section; zero where the file has none
	Bubbles []Bubble
	extra   []member
}

// Bubble is one place to mark.
type Bubble struct {
	Value string
	Box   geom.PageRect // recognition rectangle (markup.md 9.6)
	Valid bool
	extra []member
}

// ScoreQuestion is a question of a ScoreGroup.
type ScoreQuestion struct {
	Name    string
	Box     geom.PageRect
	Answers []ScoreAnswer
	extra   []member
}

// ScoreAnswer is a criterion row.
type ScoreAnswer struct {
	Name    string
	Box     geom.PageRect
	Bubbles []ScoreBubble
	extra   []member
}

// ScoreBubble is a bubble that scores.
type ScoreBubble struct {
	Bubble
	Positive bool
	Score    int
}

// MarkerKind tells corner squares from the rotation marker.
type MarkerKind uint8

// Marker kinds.
const (
	CornerMarker MarkerKind = iota
	TurnMarker              // ReferenceType Rotation
)

// Marker is a printed fiducial. Which corner a square marks is told by its
// place alone: hand-drawn forms number them in another order.
type Marker struct {
	Kind  MarkerKind
	Name  string
	Box   geom.PageRect
	extra []member
}
