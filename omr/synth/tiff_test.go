package synth_test

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// What a fax or scanner writes as TIFF is what it would write as PNG.
func TestTIFFComesBack(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		page := image.NewGray(image.Rect(0, 0, 1+r.IntN(3000), 1+r.IntN(90)))
		run, v := 0, uint8(255)
		for i := range page.Pix {
			if run == 0 {
				run, v = 1+r.IntN([]int{3, 40, 70, 4000}[r.IntN(4)]), 255-v
			}
			page.Pix[i] = v
			run--
		}
		for _, bits := range []int{1, 8} {
			c := synth.Case{Effects: synth.Effects{DPI: 300, Bits: bits, Grey: true, Format: synth.TIFF, Desk: synth.Lid}}
			p := &pattern.Page{Width: float64(page.Rect.Dx()), Height: float64(page.Rect.Dy())}
			var planes [2]*imageio.Plane
			for i, format := range []synth.Format{synth.PNG, synth.TIFF} {
				c.Effects.Format = format
				data, err := c.Picture(page, p, nil)
				if err != nil {
					t.Fatal(err)
				}
				if planes[i], err = imageio.Decode(data, imageio.Options{}); err != nil {
					t.Fatalf("seed %d, %d bits, %v: %v", seed, bits, page.Rect, err)
				}
			}
			png, tiff := planes[0], planes[1]
			if !bytes.Equal(png.Gray.Pix, tiff.Gray.Pix) || tiff.Info.Format != "tiff" || tiff.Info.DPIX != 300 {
				t.Fatalf("seed %d, %d bits, %v: a TIFF of %v dpi differs from the PNG", seed, bits, page.Rect, tiff.Info.DPIX)
			}
		}
	}
}
