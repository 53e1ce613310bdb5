package imageio_test

import (
	"bytes"
	"image"
	"image/gif"
	"sync"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// TestManyAtOnce decodes the pictures of one file from several goroutines, in any
// order.
func TestManyAtOnce(t *testing.T) {
	var pages []tiffSpec
	g := &gif.GIF{}
	for i := range 12 {
		pages = append(pages, tiffSpec{w: 30 + i, h: 20, bits: 8, samples: 1, photometric: 1, sample: hue(8)})
		frame := opaquePalette()
		for k := range frame.Pix {
			frame.Pix[k] = uint8((k + i) % 16)
		}
		if i%3 > 0 {
			frame = frame.SubImage(image.Rect(i, 2, 20, 15)).(*image.Paletted)
		}
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 0)
	}
	for name, data := range map[string][]byte{
		"tiff": tiffFile(pages...),
		"gif":  encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, g) }),
	} {
		f, err := imageio.Open(data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.Info().Pictures != 12 {
			t.Fatalf("%s: %+v", name, f.Info())
		}
		var want [12]*imageio.Plane
		for i := range want {
			if want[i], err = imageio.Decode(data, imageio.Options{Picture: i}); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for k := range 4 {
			wg.Go(func() {
				for n := range 24 {
					i := (n*(2*k+1) + k) % 12
					p, err := f.Decode(i)
					if err != nil || !bytes.Equal(p.Gray.Pix, want[i].Gray.Pix) || p.Info != want[i].Info {
						t.Errorf("%s: picture %d differs, %v", name, i+1, err)
					}
				}
			})
		}
		wg.Wait()
	}
}
