package imageio_test

import (
	"bytes"
	"image"
	"os"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// A photo as telephones save it is upright once, by its property and not again by
// its EXIF.
func TestHEIC(t *testing.T) {
	data, err := os.ReadFile("testdata/quiz.heic")
	if err != nil {
		t.Fatal(err)
	}
	p, err := imageio.Decode(data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Info.Format != "heic" || p.Info.Orientation != 6 || p.Info.Width != 1080 || p.Info.Height != 1440 || p.Gray.Rect != image.Rect(0, 0, 1080, 1440) {
		t.Fatalf("%+v, %v", p.Info, p.Gray.Rect)
	}
	// A marker at the upper left, paper at the lower right.
	if dark, light := p.Gray.GrayAt(234, 78).Y, p.Gray.GrayAt(700, 900).Y; dark > 60 || light < 140 {
		t.Errorf("%d where a marker is, %d where paper is", dark, light)
	}
	img, info, err := imageio.DecodeColor(data, imageio.Options{})
	if err != nil || img.Bounds() != p.Gray.Rect || info.Format != "heic" {
		t.Errorf("%v, %+v, %v", img, info, err)
	}
	if _, err := imageio.DecodePicture(data, imageio.Options{}); code(err) != "image_unsupported" {
		t.Errorf("a grey picture for a form: %v", err)
	}
	for name, tt := range map[string]struct {
		data []byte
		opt  imageio.Options
		code string
		word string
	}{
		"refused":   {data, imageio.Options{NoHEIC: true}, "image_unsupported", "HEIC"},
		"cut off":   {data[:len(data)-40], imageio.Options{}, "image_unreadable", "HEIC"},
		"cut short": {data[:600], imageio.Options{}, "image_unreadable", "HEIC"},
		"AVIF":      {bytes.Replace(data, []byte("hvc1"), []byte("av01"), 1), imageio.Options{}, "image_unsupported", "AVIF"},
		"too large": {data, imageio.Options{MaxPixels: 1080*1440 - 1}, "image_too_large", "1080"},
	} {
		_, err := imageio.Decode(tt.data, tt.opt)
		if code(err) != tt.code || !strings.Contains(err.Error(), tt.word) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
