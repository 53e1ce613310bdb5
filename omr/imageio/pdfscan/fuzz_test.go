package pdfscan_test

import (
	"os"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio/pdfscan"
)

// FuzzOpen: whatever the bytes, an answer or an error, and no more bytes of an
// image than its size needs.
func FuzzOpen(f *testing.F) {
	seeds, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range seeds {
		if s.IsDir() {
			continue
		}
		data, err := os.ReadFile("testdata/" + s.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj trailer<</Root 1 0 R>>"))
	f.Add([]byte("%PDF-1.5\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter 2 0 R/Length 6>>stream\n2 0 /X\nendstream endobj trailer<</Root 2 0 R>>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := pdfscan.Open(data)
		if doc == nil {
			if err == nil {
				t.Fatal("neither a file nor an error")
			}
			return
		}
		for i := range min(doc.Pages(), 20) {
			img, err := doc.Image(i)
			if err != nil {
				continue
			}
			if img.Width < 1 || img.Height < 1 || img.Orientation < 1 || img.Orientation > 8 {
				t.Fatalf("%+v", img)
			}
			if n := img.Height * (img.Width*img.Space.Components()*img.Bits + 7) / 8; img.Codec == pdfscan.Raw && len(img.Data) < n/8 {
				t.Fatalf("%d bytes for %d × %d", len(img.Data), img.Width, img.Height)
			}
		}
	})
}
