// Package imageio is bytes to planes and back, every file format, with limits
// checked before anything is decoded.
//
// In: the bytes of a picture, told by content, not by name: PNG, JPEG, TIFF,
// GIF, BMP, WebP, HEIC, PDF pages that are one scanned picture. Out: one 8-bit luma
// plane (0 black, 255 white; alpha over white), upright after EXIF, or the
// picture in colour; and the way back to PNG and JPEG. Faults: image_unreadable (LM811), image_unsupported (LM812),
// image_too_large (LM813). A damaged or cut-off picture is unreadable, never a
// picture with a grey rest: that rest would be read as unmarked. Deterministic;
// safe for concurrent use; a decoder's panic is a fault.
package imageio

import (
	"fmt"
	"image"

	"github.com/leafmark/leafmark/omr/fault"
)

// Options bound and steer decoding. The zero value has the limits of spec/api.md
// 1.8.
type Options struct {
	MaxPixels int // 0: 300 million for Decode, 64 million for DecodeColor
	// Picture is which picture of the file Decode and DecodeColor take, from 0.
	Picture int
	// Shrink is a reduction that the format may use while it decodes: 1, 2, 4 or 8
	// (0: 1). Plane.Shrink tells the one used.
	Shrink int
	// PDF draws the pages of PDF files that are not one scanned picture; nil: these
	// are refused.
	PDF PageRenderer
	// NoHEIC refuses HEIC pictures: decoding HEVC may need a licence (docs/adr).
	NoHEIC bool
}

// PageRenderer draws PDF pages.
type PageRenderer interface {
	// Open reads a PDF. What it gives is closed by the File that asked for it.
	Open(data []byte) (PageSource, error)
}

// PageSource is an opened PDF. It is safe for concurrent use.
type PageSource interface {
	Pages() int
	// Size is that of page i, from 0, as shown: in points of 1/72 inch.
	Size(i int) (w, h float64, err error)
	// Gray is the luma of page i over white, upright: Size * dpi / 72 px, rounded.
	Gray(i int, dpi float64) (*image.Gray, error)
	Close() error
}

// Limits of spec/api.md 1.8, and of the memory that a small file may claim.
const (
	maxPixels      = 300_000_000
	maxColorPixels = 64_000_000
	// Formats that a library decodes with eight bytes a pixel, or 24 (progressive
	// JPEG of other colours): half a GiB.
	maxWidePixels        = 64_000_000
	maxProgressivePixels = 24_000_000
	// A side: some rows are held with all their samples.
	maxSide = 1_000_000
)

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
	// Gray begins at (0, 0) and shares memory with nothing else. A reduced plane has
	// the size of the picture divided by Shrink, rounded up.
	Gray *image.Gray
	// Info is of the whole picture, whatever Shrink.
	Info   Info
	Shrink int // the reduction used, at least 1
}

// Inspect reads the headers alone. Width and Height are of the first picture.
func Inspect(data []byte) (Info, error) {
	f, err := Open(data, Options{})
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	return f.Info(), nil
}

// Decode is the luma of one picture of a file: opt.Picture.
func Decode(data []byte, opt Options) (*Plane, error) {
	f, err := Open(data, opt)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Decode(opt.Picture)
}

// DecodeColor is a picture as it is, upright. Transparent pixels stay so.
func DecodeColor(data []byte, opt Options) (image.Image, Info, error) {
	f, err := Open(data, opt)
	if err != nil {
		return nil, Info{}, err
	}
	defer f.Close()
	return f.DecodeColor(opt.Picture)
}

func tooLarge(info Info, limit int) error {
	return &fault.Error{
		Code: "image_too_large", Kind: fault.TooLarge,
		Cause: fmt.Sprintf("the picture has %d × %d pixels, the limit is %d million", info.Width, info.Height, limit/1_000_000),
		Cure:  "scan at 300 dpi and send one page a picture",
	}
}

func unreadable(format string, err error) error {
	return &fault.Error{
		Code: "image_unreadable", Kind: fault.Invalid,
		Cause: fmt.Sprintf("the %s picture is damaged or cut off: %v", nameOf(format), err),
		Cure:  "export or scan the picture again and send the whole file",
		Err:   err,
	}
}

func unsupported(kind, cure string) error {
	return &fault.Error{
		Code: "image_unsupported", Kind: fault.Unsupported,
		Cause: kind + " cannot be read by this build",
		Cure:  cure,
	}
}

// guard turns what a decoder returns or panics with into a fault.
func guard(format string, decode func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = unreadable(format, fmt.Errorf("the decoder failed: %v", r))
		}
	}()
	err = decode()
	if err == nil || fault.As(err) != nil {
		return err
	}
	if what, ok := unsupportedFeature(err); ok {
		return unsupported(fmt.Sprintf("the %s feature %q", nameOf(format), what), "export the picture as an ordinary PNG or JPEG")
	}
	return unreadable(format, err)
}
