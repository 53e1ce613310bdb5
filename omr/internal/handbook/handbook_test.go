package handbook_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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

// TestDiagnostics: every example brings its code, and the page is what the engine
// says today.
func TestDiagnostics(t *testing.T) {
	pages, err := handbook.Diagnostics()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, pages)
}

// TestEveryCodeIsExplained: a code in the source stands on the page, once.
func TestEveryCodeIsExplained(t *testing.T) {
	explained := map[string]int{}
	for _, c := range handbook.Codes() {
		if explained[c]++; explained[c] > 1 {
			t.Errorf("%s is explained twice", c)
		}
	}
	code := regexp.MustCompile(`"(LM[0-9]{3})[" ]`)
	found := 0
	for _, root := range []string{"../../../omr", "../../../internal", "../../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "handbook") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range code.FindAllSubmatch(text, -1) {
				found++
				if explained[string(m[1])] == 0 {
					t.Errorf("%s: %s is not explained in omr/internal/handbook/diagnostics.go", path, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 100 {
		t.Errorf("only %d codes were found in the source", found)
	}
}
