package omr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/render"
)

// printable is a format that Generate writes. Exactly one of draw and bind is
// set, but for TIFF, which can do both.
type printable struct {
	name    string   // in commands, and the file's extension
	aliases []string // spec/api.md 3.2
	kind    string   // the API's word, spec/api.md 3.8
	draw    func(doc *layout.Document, page, dpi int) ([]byte, error)
	bind    func(doc *layout.Document, dpi int) ([]byte, error)
}

var printables = [...]printable{
	{name: "png", kind: "Png", draw: raster(render.PNG)},
	{name: "pdf", kind: "Pdf", bind: func(d *layout.Document, _ int) ([]byte, error) { return render.PDF(d) }},
	{name: "svg", kind: "Svg", draw: func(d *layout.Document, page, _ int) ([]byte, error) { return render.SVG(d, page) }},
	{name: "jpg", aliases: []string{"jpeg"}, kind: "Jpg", draw: raster(render.JPEG)},
	{
		name: "tiff", aliases: []string{"tif"}, kind: "Tiff",
		draw: raster(func(p layout.Sheet, dpi int) ([]byte, error) { return render.TIFF([]layout.Sheet{p}, dpi) }),
		bind: func(d *layout.Document, dpi int) ([]byte, error) { return render.TIFF(d.Pages, dpi) },
	},
	{name: "gif", kind: "Gif", draw: raster(render.GIF)},
	{name: "bmp", kind: "Bmp", draw: raster(render.BMP)},
}

// raster draws a page that needs to know nothing of its document.
func raster(draw func(layout.Sheet, int) ([]byte, error)) func(*layout.Document, int, int) ([]byte, error) {
	return func(d *layout.Document, page, dpi int) ([]byte, error) { return draw(d.Pages[page], dpi) }
}

// Formats are the printable formats that Generate writes, by their name in
// commands; the API's word for one is Type.
func Formats() []string {
	var names []string
	for _, p := range printables {
		names = append(names, p.name)
	}
	return names
}

// FormatNamed is the format of Formats that a word means: its name or an alias
// (jpeg, tif), in any case.
func FormatNamed(word string) (name string, ok bool) {
	p, ok := formatNamed(word)
	return p.name, ok
}

func formatNamed(word string) (printable, bool) {
	word = strings.ToLower(strings.TrimSpace(word))
	for _, p := range printables {
		if p.name == word || slices.Contains(p.aliases, word) {
			return p, true
		}
	}
	return printable{}, false
}

// encode writes the pages in one format.
func encode(doc *layout.Document, format string, req GenerateRequest) ([]File, error) {
	p, ok := formatNamed(format)
	if !ok {
		return nil, &fault.Error{
			Code: "format_unsupported", Kind: fault.Unsupported,
			Cause: fmt.Sprintf("there is no printable format %q", format),
			Cure:  "ask for one of " + strings.Join(Formats(), ", "),
		}
	}
	dpi := req.DPI
	if dpi == 0 {
		dpi = DPI
	}
	if p.draw == nil || p.bind != nil && req.Together {
		data, err := p.bind(doc, dpi)
		return []File{{Name: "form." + p.name, Type: p.kind, Data: data}}, err
	}
	var out []File
	for i := range doc.Pages {
		data, err := p.draw(doc, i, dpi)
		if err != nil {
			return nil, err
		}
		name := "form." + p.name
		if len(doc.Pages) > 1 {
			name = fmt.Sprintf("form-%d.%s", i+1, p.name)
		}
		out = append(out, File{Name: name, Type: p.kind, Data: data})
	}
	return out, nil
}
