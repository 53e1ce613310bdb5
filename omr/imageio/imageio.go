// Package imageio is bytes to planes and back, every file format, with limits
// checked before anything is decoded.
//
// In: the bytes of a picture, told by content, not by name: PNG, JPEG, TIFF,
// GIF, BMP, WebP, PDF pages that are one scanned picture. Out: one 8-bit luma
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

// Options bound decoding. The zero value has the limits of spec/api.md 1.8.
type Options struct {
	MaxPixels int // 0: 300 million for Decode, 64 million for DecodeColor
	Picture   int // which picture of the file, from 0 (multi-page formats)
}

// Limits of spec/api.md 1.8, and of the memory that a small file may claim.
const (
	maxPixels      = 300_000_000
	maxColorPixels = 64_000_000
	// Formats that the libraries decode to four bytes a pixel or more: half a GiB.
	maxWidePixels = 128_000_000
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
	Gray *image.Gray
	Info Info
}

// Inspect reads the headers alone. Width and Height are of the first picture.
func Inspect(data []byte) (Info, error) {
	_, info, err := open(data, 0)
	return info, err
}

// Decode is the luma of a picture. The plane may share memory with nothing else
// and begins at (0, 0).
func Decode(data []byte, opt Options) (*Plane, error) {
	limit := opt.MaxPixels
	if limit == 0 {
		limit = maxPixels
	}
	f, info, err := openWithin(data, opt.Picture, limit)
	if err != nil {
		return nil, err
	}
	var g *image.Gray
	err = guard(info.Format, func() error {
		g, err = f.luma(limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	g = upright(g, info.Orientation)
	return &Plane{Gray: g, Info: info}, nil
}

// DecodeColor is a picture as it is, upright. Transparent pixels stay so.
func DecodeColor(data []byte, opt Options) (image.Image, Info, error) {
	limit := opt.MaxPixels
	if limit == 0 {
		limit = maxColorPixels
	}
	f, info, err := openWithin(data, opt.Picture, limit)
	if err != nil {
		return nil, Info{}, err
	}
	var img image.Image
	err = guard(info.Format, func() error {
		img, err = f.picture()
		return err
	})
	if err != nil {
		return nil, Info{}, err
	}
	return uprightColor(img, info.Orientation), info, nil
}

// file is an opened picture of one format.
type file interface {
	luma(limit int) (*image.Gray, error)
	picture() (image.Image, error)
}

// openWithin opens a picture and refuses it when its header claims too much.
func openWithin(data []byte, picture, limit int) (file, Info, error) {
	f, info, err := open(data, picture)
	if err != nil {
		return nil, info, err
	}
	if r, ok := f.(refused); ok {
		return nil, info, guard(info.Format, func() error { return r.err })
	}
	if info.Width <= 0 || info.Height <= 0 {
		return nil, info, unreadable(info.Format, fmt.Errorf("it is %d × %d px", info.Width, info.Height))
	}
	if info.Width > limit/info.Height {
		return nil, info, tooLarge(info, limit)
	}
	return f, info, nil
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
