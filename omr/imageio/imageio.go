// Package imageio is bytes to planes and back, every file format, with limits
// checked before anything is decoded.
//
// In: the bytes of a picture, told by content, not by name. Out: one 8-bit luma
// plane (0 black, 255 white; alpha over white), upright after EXIF. Faults:
// image_unreadable (LM811), image_unsupported (LM812), image_too_large (LM813).
package imageio

import "image"

// Options bound decoding. The zero value has the limits of spec/api.md 1.8.
type Options struct {
	MaxPixels int // 0: 300 million
	Picture   int // which picture of the file, from 0 (multi-page formats)
}

// Info tells what a file holds, before decoding.
type Info struct {
	Format        string // png, jpeg, …
	Width, Height int    // as decoded and upright, px
	Orientation   int    // EXIF, 1 to 8; 1 when none
	DPIX, DPIY    float64
	Pictures      int // in the file, at least 1
}

// Plane is a decoded picture.
type Plane struct {
	Gray *image.Gray
	Info Info
}
