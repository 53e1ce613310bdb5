package imageio_test

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// Crops come back as they were, whatever they show, and those of scans are smaller
// than with a search for repetitions.
func TestEncodeScanPNG(t *testing.T) {
	grain := func(w, h, n int) *image.Gray {
		g, r := image.NewGray(image.Rect(0, 0, w+5, h)), rand.New(rand.NewPCG(1, 2))
		for i := range g.Pix {
			g.Pix[i] = uint8(230 - r.IntN(n+1) - r.IntN(n+1))
			if i/40%9 == 0 {
				g.Pix[i] /= 4
			}
		}
		return g.SubImage(image.Rect(0, 0, w, h)).(*image.Gray) // rows with something between them
	}
	tests := []struct {
		name    string
		g       *image.Gray
		smaller bool
	}{
		{"scan", grain(700, 300, 6), true},
		{"noise", grain(90, 70, 110), false},
		{"fax", grain(700, 300, 0), false},
		{"one pixel", grain(1, 1, 0), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := imageio.EncodeScanPNG(tt.g, 200)
			if err != nil {
				t.Fatal(err)
			}
			back, err := imageio.Decode(data, imageio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if back.Info.DPIX < 199.9 || back.Info.DPIX > 200.1 {
				t.Errorf("%g dpi, want 200", back.Info.DPIX)
			}
			for y := range tt.g.Rect.Dy() {
				want, got := tt.g.Pix[y*tt.g.Stride:][:tt.g.Rect.Dx()], back.Gray.Pix[y*back.Gray.Stride:][:back.Gray.Rect.Dx()]
				if !bytes.Equal(want, got) {
					t.Fatalf("row %d is another", y)
				}
			}
			plain, err := imageio.EncodePNG(tt.g, 200)
			if err != nil {
				t.Fatal(err)
			}
			if tt.smaller && len(data) >= len(plain) {
				t.Errorf("%d bytes, %d with a search for repetitions", len(data), len(plain))
			}
			if len(data) > len(plain)*5/4+100 {
				t.Errorf("%d bytes, %d as a page", len(data), len(plain))
			}
		})
	}
}
