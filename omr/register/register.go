// Package register finds where a page of a pattern lies in a picture.
//
// In: a luma plane and a pattern page. Out: a Map from page px (300 dpi) to
// image px, and its residual in page px. A sheet that cannot be placed for
// certain is a fault (page_not_found LM801, wrong_form LM802, mirrored LM804,
// blank_image LM805, image_too_small LM814), never a guess: a guess would be
// read as answers. Deterministic; safe for concurrent use.
package register

import (
	"image"

	"github.com/leafmark/leafmark/omr/geom"
)

// Method tells what the registration rests on.
type Method string

// Registration methods (design.md §2).
const (
	ByMarkers Method = "markers"
	ByContent Method = "content"
	ByBoth    Method = "both"
)

// Options of Page; the zero value suits most.
type Options struct {
	Trace func(Stage) // nil: none; called at a stage's end; who listens holds the clock
}

// Stage is what Trace is told: the stage's name and, where there is one, its picture.
type Stage struct {
	Name  string
	Image *image.Gray
}

// Map places the page in the picture: a homography and local corrections.
type Map struct {
	H           geom.Homography
	Turn        int // quarter turns of the sheet in the upright picture, clockwise: 0, 90, 180, 270
	Method      Method
	Residual    float64 // root mean square, page px, of outlines against the map
	ResidualMax float64 // page px
	Markers     []MarkerSeen
	warp        []correction // smooth local corrections, empty: none
}

// MarkerSeen is a listed marker and whether it was found.
type MarkerSeen struct {
	Index int // in pattern.Page.Markers
	At    geom.ImagePt
	Found bool
}

type correction struct {
	at     geom.PagePt
	dx, dy float64 // page px
}
