package render

import (
	"cmp"
	"fmt"

	"github.com/leafmark/leafmark/omr/layout"
)

// Book is a PDF that grows page by page: of a page only its deflated content is
// kept, so that a thousand copies of a form need no thousand laid out pages in
// memory. Like PDF the same pages give the same bytes. Not safe for concurrent use.
type Book struct {
	title, lang          string
	writer               *pdfWriter
	catalog, pages, info int
	fonts                *pdfFonts
	tags                 *pdfTags
	kids                 []int
}

// NewBook begins a PDF; title may be empty, lang is BCP 47, empty if unknown.
func NewBook(title, lang string) *Book {
	w := &pdfWriter{}
	b := &Book{title: cmp.Or(title, "Form"), lang: cmp.Or(lang, "und"), writer: w}
	b.catalog, b.pages, b.info = w.reserve(), w.reserve(), w.reserve()
	b.fonts, b.tags = newPDFFonts(w), newPDFTags(w)
	return b
}

// Add appends a page.
func (b *Book) Add(sheet layout.Sheet) {
	page := &pdfPage{writer: b.writer, fonts: b.fonts, faces: sheet.Fonts(), structure: b.tags}
	b.kids = append(b.kids, page.write(sheet, b.pages))
}

// PDF is the file with all pages added. Nothing may be added after it.
func (b *Book) PDF() ([]byte, error) {
	w := b.writer
	if err := b.fonts.write(); err != nil {
		return nil, fmt.Errorf("embed fonts: %w", err)
	}
	b.tags.write(w)
	w.object(b.pages, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", references(b.kids), len(b.kids)))
	metadata, profile := w.reserve(), w.reserve()
	w.plain(metadata, "/Type /Metadata /Subtype /XML", xmp(b.title, b.lang))
	w.stream(profile, "/N 3 /Alternate /DeviceRGB", srgbProfile())
	w.object(b.catalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /Lang (%s) /Metadata %d 0 R /MarkInfo << /Marked true >> /StructTreeRoot %d 0 R"+
		" /OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R >>]"+
		" /ViewerPreferences << /DisplayDocTitle true /PrintScaling /None >> >>",
		b.pages, b.lang, metadata, b.tags.root, profile))
	w.object(b.info, fmt.Sprintf("<< /Title %s /Producer (Leafmark) >>", pdfText(b.title)))
	return w.finish(b.catalog, b.info), nil
}
