package imageio_test

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

func deflated(raw []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// page is an A4 sheet at 300 dpi as a scanner gives it: paper grain, text-like
// marks.
func page() *image.NRGBA {
	rng := rand.New(rand.NewPCG(7, 8))
	img := image.NewNRGBA(image.Rect(0, 0, 2480, 3508))
	for i := 0; i < len(img.Pix); i += 4 {
		v := uint8(236 + rng.IntN(8))
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = v, v-2, v-6, 255
	}
	for range 6000 {
		x, y := 200+rng.IntN(2000), 200+rng.IntN(3000)
		for dy := range 24 {
			for dx := range 3 + rng.IntN(16) {
				img.SetNRGBA(x+dx, y+dy, color.NRGBA{R: 30, G: 30, B: 40, A: 255})
			}
		}
	}
	return img
}

func BenchmarkDecode(b *testing.B) {
	img := page()
	gray := imageio.ToGray(img)
	for _, bench := range []struct {
		name   string
		encode func(*bytes.Buffer) error
	}{
		{"jpeg gray", func(w *bytes.Buffer) error { return jpeg.Encode(w, gray, &jpeg.Options{Quality: 85}) }},
		{"jpeg colour", func(w *bytes.Buffer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 85}) }},
		{"png gray", func(w *bytes.Buffer) error {
			data, err := imageio.EncodePNG(gray, 300)
			w.Write(data)
			return err
		}},
		{"png colour", func(w *bytes.Buffer) error {
			data, err := imageio.EncodePNG(img, 300)
			w.Write(data)
			return err
		}},
	} {
		data := encoded(b, bench.encode)
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(gray.Pix)))
			for b.Loop() {
				if _, err := imageio.Decode(data, imageio.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
