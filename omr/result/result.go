// Package result turns answers into what people and programs take away: rows in
// order, CSV, JSON, XML, the overlay picture, crops.
//
// In: mark.Answer of every page, the pattern, the pictures. Out: Sheet (our
// JSON, design.md §2), the bytes of spec/api.md 5.3, pictures. Writers change no
// data. No faults of its own but format_unsupported. Safe for concurrent use.
package result

import "github.com/leafmark/leafmark/omr/mark"

// Sheet is one recognised sheet; its JSON is fixed by design.md §2: members may
// be added, never renamed.
type Sheet struct {
	File         string        `json:"file"`
	Image        int           `json:"image"`          // picture in the file, from 1
	Page         int           `json:"page"`           // of the pattern, from 1
	Form         string        `json:"form"`           // TemplateId, else Name
	Copy         int           `json:"copy,omitempty"` // printed for a person: the row of the data, from 1
	Answers      []Answer      `json:"answers"`
	Barcodes     []Code        `json:"barcodes"`
	Crops        []Crop        `json:"crops"`
	Warnings     []string      `json:"warnings"`
	Registration *Registration `json:"registration,omitempty"`
	Ms           *Timing       `json:"ms,omitempty"`
	Pages        []PageInfo    `json:"pages,omitempty"`
	Grade        *Grade        `json:"grade,omitempty"` // of forms with keys
}

// Answer is a row.
type Answer struct {
	Name       string      `json:"name"`
	Value      string      `json:"value"`
	Values     []string    `json:"values"`     // one a mark; of a grid one a section, empty ones too
	Confidence float64     `json:"confidence"` // 0 to 1, rounded down to four digits
	Doubt      *mark.Doubt `json:"doubt"`
	Bubbles    []BubbleBox `json:"bubbles,omitempty"`
	// Key, Points, Of are there where the form has a key for the answer.
	Key    *string  `json:"key,omitempty"`
	Points *float64 `json:"points,omitempty"` // earned
	Of     *float64 `json:"of,omitempty"`     // what the right answer earns
	Rule   Rule     `json:"rule,omitzero"`
	number bool     // a sum: tables write it as a number
}

// BubbleBox is a bubble with its places, sent on request.
type BubbleBox struct {
	Value  string        `json:"value"`
	Fill   float64       `json:"fill"`
	Marked bool          `json:"marked"`
	Page   [4]float64    `json:"page"`  // x, y, w, h in page px
	Image  [4][2]float64 `json:"image"` // corners in image px, from the page's top left, clockwise
}

// Code is a barcode's row again, with its type.
type Code struct {
	Name       string      `json:"name"`
	Type       string      `json:"type"`
	Value      string      `json:"value"`
	Confidence float64     `json:"confidence"`
	Doubt      *mark.Doubt `json:"doubt"`
	*Places
}

// Crop is a picture cut out: a write-in, a clipped area.
type Crop struct {
	Name string `json:"name"`
	File string `json:"file"` // a name safe in every file system, unique in the sheet
	*Places
	PNG []byte `json:"-"` // straightened, grey
}

// Places are where something lies, sent on request; see BubbleBox.
type Places struct {
	Page  [4]float64    `json:"page"`
	Image [4][2]float64 `json:"image"`
}

// Registration tells how the page was found.
type Registration struct {
	Method      string  `json:"method"` // markers, content, both
	Turn        int     `json:"turn"`   // 0, 90, 180, 270, clockwise
	Residual    float64 `json:"residual_px"`
	ResidualMax float64 `json:"residual_max_px"`
}

// Timing is milliseconds a stage, filled in by whoever holds a clock.
type Timing struct {
	Decode   float64 `json:"decode"`
	Register float64 `json:"register"`
	Mark     float64 `json:"mark"`
	Total    float64 `json:"total"`
}

// PageInfo is one picture of a sheet of several pages.
type PageInfo struct {
	File         string        `json:"file"`
	Image        int           `json:"image"`
	Page         int           `json:"page"`
	Registration *Registration `json:"registration"`
}
