package pattern

import "github.com/leafmark/leafmark/omr/geom"

// Schema is the version of the key Leafmark that this build reads and writes.
const Schema = 1

// Extension is the root key Leafmark: what other programs ignore and we use
// (spec/pattern.md 3). A later schema is kept for rewriting and otherwise ignored.
type Extension struct {
	Schema      int            `json:"schema"` // Schema
	Source      string         `json:"source"` // hex SHA-256 of the form's tree: the same for both markups
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
	Turn        int      `json:"turn,omitempty"` // degrees clockwise by which all of it is turned
	// Single is there where the bubbles of one element are not printed alike.
	Single *SingleInfo `json:"single,omitempty"`
}

// SingleInfo has an entry a bubble in reading order: its shape, its recognition
// rectangle on the page and its outline in the manner of ElementInfo.Printed. The
// file itself has one bubble size an element.
type SingleInfo struct {
	Shapes   []string `json:"shapes"`
	Boxes    []Box    `json:"boxes"`
	Outlines []Box    `json:"outlines"`
}

// ShapeOf is the shape of the element's bubble k in reading order.
func (i *ElementInfo) ShapeOf(k int) string {
	if i.Single != nil && k < len(i.Single.Shapes) {
		return i.Single.Shapes[k]
	}
	return i.Shape
}

// PrintedOf is the outline of the element's bubble k relative to its box.
func (i *ElementInfo) PrintedOf(k int) Box {
	if i.Single != nil && k < len(i.Single.Outlines) {
		return i.Single.Outlines[k]
	}
	return i.Printed
}

// PrintedBox is something printed that helps registration.
type PrintedBox struct {
	Page int    `json:"page"`
	Kind string `json:"kind"` // text, rule, picture, border
	Box  Box    `json:"box"`
}

// CropInfo names a crop and says when it is kept.
type CropInfo struct {
	Page    int    `json:"page"`
	Element int    `json:"element"` // index in Pages[page].Elements
	Name    string `json:"name"`
	// When lists bubbles of the same page: the crop is kept if one of them is
	// marked, else not (markup.md 10.14: the answer that holds a write-in; 10.20:
	// its triggers). Of none, Required of the element decides.
	When []BubbleRef `json:"when,omitempty"`
}

// BubbleRef is a bubble of a page: its element's index, its own in reading order.
type BubbleRef struct {
	Element int `json:"element"`
	Bubble  int `json:"bubble"`
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
