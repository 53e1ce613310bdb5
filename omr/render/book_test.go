package render_test

import (
	"bytes"
	"image"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/render"
)

// TestBook: pages added one by one give the PDF of the whole document, and a
// picture that all pages show is in it once.
func TestBook(t *testing.T) {
	logo := image.NewRGBA(image.Rect(0, 0, 40, 20))
	page := layout.Sheet{Width: 2480, Height: 3508, Items: []layout.Item{
		{Picture: &layout.Picture{Box: geom.PageRect{X: 300, Y: 300, W: 400, H: 200}, Image: logo, Name: "logo.png"}},
	}}
	doc := &layout.Document{Name: "Copies", Lang: "en", Pages: []layout.Sheet{page, page, page}}
	whole, err := render.PDF(doc)
	if err != nil {
		t.Fatal(err)
	}
	b := render.NewBook(doc.Name, doc.Lang)
	for _, s := range doc.Pages {
		b.Add(s)
	}
	got, err := b.PDF()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, whole) {
		t.Error("page by page gives another PDF than the whole document")
	}
	if n := bytes.Count(got, []byte("/Subtype /Image")); n != 2 { // it and its mask
		t.Errorf("three pages with one picture hold %d images", n)
	}
	if n := bytes.Count(got, []byte("/Type /Page ")); n != 3 {
		t.Errorf("%d pages", n)
	}
}
