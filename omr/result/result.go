// Package result turns answers into what people and programs take away: rows in
// order, CSV, JSON, XML, the overlay picture, crops.
//
// In: mark.Answer of every page, the pattern. Out: Sheet (our JSON, design.md
// §2) and the bytes of spec/api.md 5.3. Writers change no data.
package result

import "github.com/leafmark/leafmark/omr/mark"

// Sheet is one recognised sheet; its JSON is fixed by design.md §2: members may
// be added, never renamed.
type Sheet struct {
	File         string        `json:"file"`
	Image        int           `json:"image"` // picture in the file, from 1
	Page         int           `json:"page"`  // of the pattern, from 1
	Form         string        `json:"form"`  // TemplateId, else Name
	Answers      []Answer      `json:"answers"`
	Barcodes     []Code        `json:"barcodes"`
	Crops        []Crop        `json:"crops"`
	Warnings     []string      `json:"warnings"`
	Registration *Registration `json:"registration,omitempty"`
	Ms           *Timing       `json:"ms,omitempty"`
	Pages        []PageInfo    `json:"pages,omitempty"`
}

// Answer is a row.
type Answer struct {
	Name       string      `json:"name"`
	Value      string      `json:"value"`
	Values     []string    `json:"values"`
	Confidence float64     `json:"confidence"`
	Doubt      *mark.Doubt `json:"doubt"`
	Bubbles    []BubbleBox `json:"bubbles,omitempty"`
}

// BubbleBox is a bubble with its places, sent on request.
type BubbleBox struct {
	Value  string        `json:"value"`
	Fill   float64       `json:"fill"`
	Marked bool          `json:"marked"`
	Page   [4]float64    `json:"page"`
	Image  [4][2]float64 `json:"image"`
}

// Code is a barcode's row again, with its type.
type Code struct {
	Name       string      `json:"name"`
	Type       string      `json:"type"`
	Value      string      `json:"value"`
	Confidence float64     `json:"confidence"`
	Doubt      *mark.Doubt `json:"doubt"`
}

// Crop is a picture cut out.
type Crop struct {
	Name string `json:"name"`
	File string `json:"file"`
	PNG  []byte `json:"-"`
}

// Registration tells how the page was found.
type Registration struct {
	Method      string  `json:"method"`
	Turn        int     `json:"turn"`
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
