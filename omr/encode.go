package omr

import "github.com/leafmark/leafmark/omr/layout"

// Encode draws the pages of a document in one format of Formats, as Generate
// does: req says the resolution and whether a TIFF holds all pages.
func Encode(doc *layout.Document, format string, req GenerateRequest) ([]File, error) {
	return encode(doc, format, req)
}
