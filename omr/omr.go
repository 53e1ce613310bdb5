// Package omr is the engine's front door: a form source becomes pages and a
// pattern, pictures and a pattern become answers.
//
// In: bytes. Out: bytes and values. Pure: no network, no database, no clock but
// the one passed in, no global state. Faults are *fault.Error or fault.List.
package omr

import (
	"bytes"
	"context"
	"fmt"
	"image"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/typeset"
)

// DPI is the resolution of generated raster pages (spec/api.md 5.1).
const DPI = 300

// Formats are the printable formats that Generate writes, by their name in
// commands; the API's word for one is Type.
func Formats() []string { return []string{"png", "pdf", "jpg"} }

// GenerateRequest is what a form is made from.
type GenerateRequest struct {
	Markup   []byte            // TXT or JSON source
	Settings form.Settings     // page settings of the request
	Images   map[string][]byte // pictures by the markup's names
	Formats  []string          // of Formats; nil: png
	DPI      int               // of raster pages; 0: 300
	Faces    *typeset.Faces    // fonts of the operator; nil: the embedded ones alone
}

// File is a file that the engine made.
type File struct {
	Name string // form.png, form-2.png, form.omr
	Type string // Png, Pdf, Jpg, Omr (spec/api.md 3.8)
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
		Source: req.Markup,
		Faces:  req.Faces,
		Decode: func(b []byte) (image.Image, error) {
			img, _, err := imageio.DecodeColor(b, imageio.Options{MaxPixels: maxPicturePixels})
			return img, err
		},
	})
	list = append(list, more...)
	if doc == nil || list.Failed() {
		return nil, list
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
		files, err := encode(doc, f, req.DPI)
		if err != nil {
			return nil, append(list, internal(err))
		}
		out.Pages = append(out.Pages, files...)
	}
	omr, err := pattern.Write(doc.Pattern)
	if err != nil {
		return nil, append(list, internal(err))
	}
	out.Pattern = File{Name: "form.omr", Type: "Omr", Data: omr}
	return out, list
}

// maxPicturePixels bounds a picture inside a form (spec/api.md 1.8, LM602).
const maxPicturePixels = 64_000_000

func encode(doc *layout.Document, format string, dpi int) ([]File, error) {
	if dpi == 0 {
		dpi = DPI
	}
	page := func(i int, ext string) string {
		if len(doc.Pages) == 1 {
			return "form." + ext
		}
		return fmt.Sprintf("form-%d.%s", i+1, ext)
	}
	switch format {
	case "pdf":
		data, err := render.PDF(doc)
		return []File{{Name: "form.pdf", Type: "Pdf", Data: data}}, err
	case "png", "jpg":
		var out []File
		for i, p := range doc.Pages {
			draw, typ := render.PNG, "Png"
			if format == "jpg" {
				draw, typ = render.JPEG, "Jpg"
			}
			data, err := draw(p, dpi)
			if err != nil {
				return nil, err
			}
			out = append(out, File{Name: page(i, format), Type: typ, Data: data})
		}
		return out, nil
	}
	return nil, &fault.Error{
		Code: "format_unsupported", Kind: fault.Unsupported,
		Cause: fmt.Sprintf("this build does not write %q", format),
		Cure:  "ask for png, jpg or pdf",
	}
}

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
