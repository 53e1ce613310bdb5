package handbook_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/internal/golden"
	"github.com/leafmark/leafmark/omr/internal/handbook"
)

const docs = "../../../docs"

// TestReference holds docs/reference against the schema and the engine.
func TestReference(t *testing.T) {
	pages, err := handbook.Reference()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, pages)
	for _, k := range form.Kinds() {
		if !strings.Contains(pages[0].Text, "("+handbook.File(k)+")") {
			t.Errorf("the index leaves out %s", k)
		}
	}
}

func compare(t *testing.T, pages []handbook.Page) {
	t.Helper()
	for _, p := range pages {
		path := filepath.Join(docs, filepath.FromSlash(p.Path))
		if p.Picture != nil {
			golden.Image(t, path, p.Picture)
		} else {
			golden.Bytes(t, path, []byte(p.Text))
		}
	}
}

// TestGallery holds docs/gallery.md against the library.
func TestGallery(t *testing.T) {
	pages, err := handbook.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, pages)
}
