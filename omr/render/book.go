package render

import (
	"bytes"
	"fmt"

	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Book is a PDF that grows page by page: of a page only its deflated content is
// kept, so that a thousand copies of a form need no thousand laid out pages in
// memory. Like PDF the same pages give the same bytes. Not safe for concurrent use.
type Book struct {
	title, lang          string
	writer               *pdfWriter
	catalog, pages, info int
	fonts                *pdfFonts
	kids                 bytes.Buffer
	count                int
}

// NewBook begins a PDF; lang is BCP 47, empty if unknown.
func NewBook(title, lang string) *Book {
	w := &pdfWriter{}
	b := &Book{title: title, lang: lang, writer: w}
	b.catalog, b.pages, b.info = w.reserve(), w.reserve(), w.reserve()
	b.fonts = newPDFFonts(w, typeset.Default())
	return b
}

// Add appends a page.
func (b *Book) Add(sheet layout.Sheet) {
	page := &pdfPage{writer: b.writer, fonts: b.fonts, images: map[string]int{}}
	fmt.Fprintf(&b.kids, "%d 0 R ", page.write(sheet, b.pages))
	b.count++
}

// PDF is the file with all pages added. Nothing may be added after it.
func (b *Book) PDF() ([]byte, error) {
	w := b.writer
	if err := b.fonts.write(); err != nil {
		return nil, fmt.Errorf("embed fonts: %w", err)
	}
	w.object(b.pages, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", b.kids.String(), b.count))
	lang := ""
	if b.lang != "" {
		lang = " /Lang " + pdfText(b.lang)
	}
	w.object(b.catalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R%s /ViewerPreferences << /DisplayDocTitle true /PrintScaling /None >> >>", b.pages, lang))
	w.object(b.info, fmt.Sprintf("<< /Title %s /Producer (Leafmark) >>", pdfText(b.title)))
	return w.finish(b.catalog, b.info), nil
}
