package synth_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// JPEG files decode to what the PNG of the same case shows, within what their
// quality loses, and are no larger than the standard library's.
func TestJPEGComesBack(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {7, 19}, {16, 16}, {333, 217}, {640, 480}} {
		page := image.NewGray(image.Rectangle{Max: size})
		for i := range page.Pix {
			x, y := i%size.X, i/size.X
			page.Pix[i] = uint8(128 + 100*math.Sin(float64(x*x+y*3)/900) + float64(x*y%7))
		}
		for _, grey := range []bool{true, false} {
			for quality, most := range map[int]float64{100: 1.2, 90: 3, 50: 8, 20: 14} {
				e := synth.Effects{DPI: 300, Desk: synth.Lid, JPEG: quality, Grey: grey, WhiteBalance: [3]float64{1, 0.9, 0.8}}
				c := synth.Case{Effects: e}
				p := &pattern.Page{Width: float64(size.X), Height: float64(size.Y)}
				data, err := c.Picture(page, p, nil)
				if err != nil {
					t.Fatal(err)
				}
				c.Effects.Format = synth.PNG
				lossless, err := c.Picture(page, p, nil)
				if err != nil {
					t.Fatal(err)
				}
				got, info, err := imageio.DecodeColor(data, imageio.Options{})
				if err != nil {
					t.Fatalf("%v, quality %d: %v", size, quality, err)
				}
				want, _, err := imageio.DecodeColor(lossless, imageio.Options{})
				if err != nil {
					t.Fatal(err)
				}
				sum := 0.0
				for y := range size.Y {
					for x := range size.X {
						for i, a := range pixel(got, x, y) {
							d := a - pixel(want, x, y)[i]
							sum += d * d
						}
					}
				}
				if rms := math.Sqrt(sum / float64(3*size.X*size.Y)); rms > most || info.DPIX != 300 {
					t.Errorf("%v, quality %d, grey %t: off by %.2f levels, at most %.1f; %v dpi", size, quality, grey, rms, most, info.DPIX)
				}
				var std bytes.Buffer
				if err := jpeg.Encode(&std, want, &jpeg.Options{Quality: quality}); err != nil {
					t.Fatal(err)
				}
				if size.X > 300 && len(data) > std.Len()*21/20+700 {
					t.Errorf("%v, quality %d, grey %t: %d bytes, the standard library needs %d", size, quality, grey, len(data), std.Len())
				}
			}
		}
	}
}

func pixel(img image.Image, x, y int) [3]float64 {
	r, g, b, _ := img.At(img.Bounds().Min.X+x, img.Bounds().Min.Y+y).RGBA()
	return [3]float64{float64(r >> 8), float64(g >> 8), float64(b >> 8)}
}
