package pattern

import "github.com/leafmark/leafmark/omr/geom"

// Schema is the version of the key Leafmark that this build reads and writes.
const Schema = 1

// Extension is the root key Leafmark: what other programs ignore and we use
// (spec/pattern.md 3). A later schema is kept for rewriting and otherwise ignored.
type Extension struct {
	Schema      int            `json:"schema"` // Schema
	Source      string         `json:"source"` // hex SHA-256 of the form's source
	DPI         int            `json:"dpi"`    // 300
	Language    string         `json:"language,omitempty"`
	Direction   string         `json:"direction,omitempty"` // ltr, rtl
	Markers     []MarkerInfo   `json:"markers,omitempty"`
	Identifiers []Identifier   `json:"identifiers,omitempty"`
	Elements    []ElementInfo  `json:"elements,omitempty"` // by page and index
	Printed     []PrintedBox   `json:"printed,omitempty"`  // texts, rules, pictures
	Crops       []CropInfo     `json:"crops,omitempty"`
	Triggers    []TriggerScope `json:"triggers,omitempty"`
	Scores      []ScoreTable   `json:"scores,omitempty"`
	Keys        []GradingKey   `json:"keys,omitempty"`
	extra       []member
}

// MarkerInfo is a positioning marker and its kind.
type MarkerInfo struct {
	Page int    `json:"page"` // from 0
	Kind string `json:"kind"` // corner, rotation
	Name string `json:"name"`
	Box  Box    `json:"box"`
}

// Identifier is a page's identifier code and its text (markup.md 8.4).
type Identifier struct {
	Page int    `json:"page"` // from 0
	Box  Box    `json:"box"`
	Text string `json:"text"`
}

// Place is where the code is printed.
func (i Identifier) Place() geom.PageRect { return i.Box.Rect() }

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

// TriggerScope says which elements a trigger replaces the value of.
type TriggerScope struct {
	Page    int   `json:"page"`
	Element int   `json:"element"` // the trigger, index in Pages[page].Elements
	Targets []int `json:"targets"` // indexes in the same page's Elements
}

// ScoreTable is what a question of a score group awards, before multiplication.
type ScoreTable struct {
	Page     int    `json:"page"`
	Element  int    `json:"element"`
	Question int    `json:"question"` // from 0
	Columns  []int  `json:"columns"`  // multipliers of the headers with bubbles
	Rows     []int  `json:"rows"`     // scores of the criteria
	Display  string `json:"display,omitempty"`
}

// GradingKey is the right answer of a field and what it is worth. A field is an
// element: rows may share a name.
type GradingKey struct {
	Page    int     `json:"page"`    // from 0
	Element int     `json:"element"` // index in Pages[page].Elements
	Name    string  `json:"name"`    // row key
	Value   string  `json:"value"`   // as the row would carry it
	Points  float64 `json:"points"`
}

// Box is x, y, w, h in page px.
type Box [4]float64

// BoxOf is r in the extension's notation.
func BoxOf(r geom.PageRect) Box { return Box{r.X, r.Y, r.W, r.H} }

// Rect is the box as geometry.
func (b Box) Rect() geom.PageRect { return geom.PageRect{X: b[0], Y: b[1], W: b[2], H: b[3]} }
