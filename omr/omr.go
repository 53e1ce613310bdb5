// Package omr is the engine's front door: a form source becomes pages and a
// pattern, pictures and a pattern become answers.
//
// In: bytes. Out: bytes and values. Pure: no network, no database, no clock but
// the one passed in, no global state. Faults are *fault.Error or fault.List.
package omr

import (
	"bytes"
	"context"
	"image"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/typeset"
)

// DPI is the resolution of generated raster pages (spec/api.md 5.1).
const DPI = 300

// GenerateRequest is what a form is made from.
type GenerateRequest struct {
	Markup   []byte            // TXT or JSON source
	Settings form.Settings     // page settings of the request
	Images   map[string][]byte // pictures by the markup's names
	Formats  []string          // of Formats or another name of theirs, in any case; nil: png
	DPI      int               // of raster pages; 0: 300
	Together bool              // TIFF: one file with all pages, not a file a page (spec/api.md 5.1)
	Faces    *typeset.Faces    // fonts of the operator; nil: the embedded ones alone
}

// File is a file that the engine made.
type File struct {
	Name string // form.png, form-2.png, form.omr
	Type string // Png, Pdf, Jpg, Tiff, Gif, Bmp, Svg, Omr (spec/api.md 3.8)
	Data []byte
}

// Generated is a form, ready to print, and its pattern.
type Generated struct {
	Pages    []File // in page order, format by format
	Pattern  File
	Document *layout.Document
}

// Generate makes the printable pages and the pattern of a form source. The list
// holds every diagnostic (spec/markup.md 16); when it Failed nothing was made.
func Generate(ctx context.Context, req GenerateRequest) (*Generated, fault.List) {
	tree, list := markup.Parse(req.Markup)
	if tree == nil || list.Failed() {
		return nil, list
	}
	doc, more := layout.Lay(tree, req.Settings, layout.Options{
		Images: req.Images,
		Faces:  req.Faces,
		Decode: func(b []byte) (image.Image, error) {
			return imageio.DecodePicture(b, imageio.Options{MaxPixels: maxPicturePixels})
		},
	})
	list = append(list, more...)
	if doc == nil || list.Failed() {
		return nil, list
	}
	omr, err := pattern.Write(doc.Pattern)
	if err != nil {
		return nil, append(list, internal(err))
	}
	out := &Generated{Document: doc}
	formats := req.Formats
	if len(formats) == 0 {
		formats = []string{"png"}
	}
	for _, f := range formats {
		if err := ctx.Err(); err != nil {
			return nil, append(list, internal(err))
		}
		files, err := encode(doc, f, req)
		if err != nil {
			return nil, append(list, internal(err))
		}
		out.Pages = append(out.Pages, files...)
	}
	out.Pattern = File{Name: "form.omr", Type: "Omr", Data: omr}
	return out, list
}

// maxPicturePixels bounds a picture inside a form (spec/api.md 1.8, LM602).
const maxPicturePixels = 64_000_000

func internal(err error) *fault.Error {
	if e := fault.As(err); e != nil {
		return e
	}
	return &fault.Error{
		Code: "internal", Kind: fault.Internal,
		Cause: "the form could not be drawn", Cure: "send the source to the operator", Err: err,
	}
}

// ReadPattern reads a pattern file; the list holds its warnings.
func ReadPattern(b []byte) (*pattern.Pattern, fault.List, error) {
	return pattern.Read(bytes.Clone(b))
}
