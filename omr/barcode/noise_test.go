package barcode_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
)

// TestStripes shows every linear reader of ours bars of random widths, the same
// in all rows: no vote protects from them, the symbology's own rules must.
func TestStripes(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for i := range 12 {
		g := image.NewGray(image.Rect(0, 0, 60+rng.IntN(500), 30))
		row := g.Pix[:g.Stride]
		widest := 2 + rng.IntN(3)
		dark := false
		for x := 0; x < len(row); dark = !dark {
			w := 3 * (1 + rng.IntN(widest))
			if x == 0 {
				w = 20
			}
			for ; w > 0 && x < len(row); w, x = w-1, x+1 {
				row[x] = 250
				if dark && x < len(row)-20 {
					row[x] = 10
				}
			}
		}
		for y := 1; y < 30; y++ {
			copy(g.Pix[y*g.Stride:], row)
		}
		for _, kind := range []string{
			"Code11", "MSI", "Standard2of5", "IATA2of5", "Matrix2of5", "DataLogic2of5", "DatabarOmniDirectional", "DatabarLimited", "DatabarExpanded",
			"Pdf417", "MicroPdf417", "Code16K", "CodablockF",
		} {
			if got, err := barcode.Decode(g, []string{kind}); err == nil {
				t.Errorf("picture %d holds no code, %s read %q", i, kind, got.Text)
			}
		}
	}
}
