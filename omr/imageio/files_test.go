package imageio_test

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

func decodeFile(t testing.TB, name string) *imageio.Plane {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	p, err := imageio.Decode(data, imageio.Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

func meanDifference(a, b *image.Gray) float64 {
	sum := 0.0
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			sum += math.Abs(float64(a.GrayAt(x, y).Y) - float64(b.GrayAt(x, y).Y))
		}
	}
	return sum / float64(a.Rect.Dx()*a.Rect.Dy())
}

// TestFilesOfOthers: one scene as another program (Pillow) wrote it in many
// formats.
func TestFilesOfOthers(t *testing.T) {
	scene := decodeFile(t, "lzw.tif")
	for name, tolerance := range map[string]float64{
		"palette.webp": 0.2, "lossy.webp": 9, "jpeg.tif": 9, "palette.bmp": 25,
		"baseline-444.jpg": 3, "progressive-444.jpg": 4, "rgb.jpg": 5, "cmyk.jpg": 9,
	} {
		p := decodeFile(t, name)
		if p.Gray.Rect != scene.Gray.Rect {
			t.Errorf("%s is %v, want %v", name, p.Gray.Rect, scene.Gray.Rect)
			continue
		}
		if d := meanDifference(p.Gray, scene.Gray); d > tolerance {
			t.Errorf("%s differs by %.1f levels in the mean, limit %.1f", name, d, tolerance)
		}
	}
	// Fading out to the top: paper there, the scene below.
	faded := decodeFile(t, "alpha.webp").Gray
	h := faded.Rect.Dy()
	for x := range faded.Rect.Dx() {
		if top := faded.GrayAt(x, 0).Y; top < 250 {
			t.Errorf("transparent pixel (%d, 0) is %d, want paper", x, top)
		}
	}
	part := func(g *image.Gray) *image.Gray {
		sub := g.SubImage(image.Rect(0, h-6, g.Rect.Dx(), h)).(*image.Gray)
		return imageio.ToGray(sub)
	}
	if d := meanDifference(part(faded), part(scene.Gray)); d > 14 {
		t.Errorf("the opaque end differs by %.1f levels", d)
	}
}

// TestBilevel: all compressions of fax and scanner give the same pixels.
func TestBilevel(t *testing.T) {
	first := decodeFile(t, "group4.tif")
	if math.Round(first.Info.DPIX) != 300 {
		t.Errorf("%+v", first.Info)
	}
	black := 0
	for _, v := range first.Gray.Pix {
		if v == 0 {
			black++
		} else if v != 255 {
			t.Fatalf("a bilevel picture has the level %d", v)
		}
	}
	if share := float64(black) / float64(len(first.Gray.Pix)); share < 0.03 || share > 0.4 {
		t.Errorf("%.0f %% are black: inverted?", 100*share)
	}
	for _, name := range []string{"group3.tif", "packbits.tif", "tiff_lzw.tif"} {
		if d := meanDifference(decodeFile(t, name).Gray, first.Gray); d != 0 {
			t.Errorf("%s differs", name)
		}
	}
}
