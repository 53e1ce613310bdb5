package imageio_test

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
)

func TestDrawing(t *testing.T) {
	logo := `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="10mm" viewBox="0 0 10 5"><rect width="5" height="5" fill="red"/></svg>`
	img, err := imageio.DecodePicture([]byte(logo), imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds(); got != image.Rect(0, 0, 118, 59) {
		t.Errorf("10 mm are %v px", got)
	}
	d, ok := img.(*imageio.Drawing)
	if !ok {
		t.Fatalf("a %T", img)
	}
	for _, w := range []int{30, 600, 31, 32, 33, 34, 600} {
		big, err := d.Raster(w, w)
		if err != nil || big.Bounds() != image.Rect(0, 0, w, w) {
			t.Fatalf("%v %v", big, err)
		}
		if r, _, _, a := big.At(w/4, w/2).RGBA(); r != 0xffff || a != 0xffff || big.At(3*w/4, w/2) != (color.RGBA{}) {
			t.Errorf("%d px: wrong pixels", w)
		}
	}
	if img.At(10, 10) != (color.RGBA{R: 255, A: 255}) || img.ColorModel() != color.RGBAModel {
		t.Error("not drawn at its natural size")
	}
	for source, code := range map[string]string{
		strings.Replace(logo, "rect", "text", 1):      "image_unsupported",
		strings.Replace(logo, "10mm", "10000000", 1):  "image_unreadable",
		strings.Replace(logo, `10mm"`, `90000px"`, 1): "image_too_large",
		logo[:60]: "image_unreadable",
	} {
		if _, err := imageio.DecodePicture([]byte(source), imageio.Options{}); fault.As(err) == nil || fault.As(err).Code != code {
			t.Errorf("%s: %v, want %s", source, err, code)
		}
	}
	if _, _, err := imageio.DecodeColor([]byte(logo), imageio.Options{}); fault.As(err) == nil {
		t.Error("a scan cannot be a drawing")
	}
}
