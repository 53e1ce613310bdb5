// Package pattern reads, writes and checks the recognition pattern, the .omr
// file (spec/pattern.md). It knows neither form nor image.
//
// In: JSON bytes, ours or the original's of any age. Out: a Pattern whose
// coordinates are page px, absolute. Faults: pattern_invalid (LM821),
// pattern_version (LM822), each with the key's path. Reading allocates at most
// 64 times the input. Writing is deterministic; keys that reading did not know
// are kept.
package pattern

import "github.com/leafmark/leafmark/omr/geom"

// Pattern says where everything is that recognition must look at.
type Pattern struct {
	Version    string
	Name       string
	TemplateID string
	Finalized  bool
	Generated  bool
	Pages      []Page
	Ours       *Extension // the key Leafmark; nil in patterns of other programs
	extra      []member   // unknown root keys, in order
}

// Page is one side of the form.
type Page struct {
	Width, Height  float64 // px at the design resolution
	Elements       []Element
	Markers        []Marker // positioning and rotation markers, corners told by geometry
	RotationMarker string   // RotationPointPosition, empty in older files
	ImageFormat    string
	ImageName      *string
	ImageData      []byte // picture of the blank page, mostly nil
	extra          []member
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
	// one a section for grids and composite grids.
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
	Path        string // key path in the file: Pages[0].Elements[12]
	Ours        *ElementInfo
	extra       []member
}

// Group is bubbles that answer together: a line, a section of a grid.
type Group struct {
	Box     geom.PageRect
	Bubbles []Bubble
	Ours    *ElementInfo
	extra   []member
}

// Bubble is one place to mark.
type Bubble struct {
	Value string
	Box   geom.PageRect // recognition rectangle (markup.md 9.6)
	Valid bool
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

// Marker is a printed fiducial.
type Marker struct {
	Kind  MarkerKind
	Name  string
	Box   geom.PageRect
	extra []member
}

// Extension is the root key Leafmark: what other programs ignore and we use.
type Extension struct {
	Schema      int           `json:"schema"` // 1
	Source      string        `json:"source"` // hex SHA-256 of the form's source
	DPI         int           `json:"dpi"`    // 300
	Language    string        `json:"language,omitempty"`
	Identifiers []Identifier  `json:"identifiers,omitempty"`
	Elements    []ElementInfo `json:"elements,omitempty"` // by page and index
	Printed     []PrintedBox  `json:"printed,omitempty"`  // texts, rules, pictures
	Crops       []CropInfo    `json:"crops,omitempty"`
	Hash        string        `json:"-"`
}

// Identifier is a page's identifier code and its text (markup.md 8.4).
type Identifier struct {
	Page int    `json:"page"` // from 0
	Box  Box    `json:"box"`
	Text string `json:"text"`
}

// ElementInfo says what was printed in and around an element's bubbles.
type ElementInfo struct {
	Page        int      `json:"page"`              // from 0
	Element     int      `json:"element"`           // index in Pages[page].Elements
	Shape       string   `json:"shape"`             // round, square, oval
	Outline     float64  `json:"outline"`           // stroke width, px
	Printed     Box      `json:"printed"`           // size of the printed outline relative to the bubble's box: x,y offset, w,h
	Symbols     []string `json:"symbols,omitempty"` // as printed, one a bubble in reading order; empty text: blank
	Font        string   `json:"font,omitempty"`
	Color       string   `json:"color"` // of the outline, #rrggbb
	Threshold   *int     `json:"threshold,omitempty"`
	Multiselect *bool    `json:"multiselect,omitempty"` // only where source or setting says so
	Required    bool     `json:"required,omitempty"`
	Select      string   `json:"select,omitempty"`
}

// PrintedBox is something printed that helps registration.
type PrintedBox struct {
	Page int    `json:"page"`
	Kind string `json:"kind"` // text, rule, picture, border
	Box  Box    `json:"box"`
}

// CropInfo names a crop and its page.
type CropInfo struct {
	Page int    `json:"page"`
	Name string `json:"name"`
}

// Box is x, y, w, h in page px.
type Box [4]float64

// member is an unknown key kept for rewriting.
type member struct {
	key string
	raw []byte
}
