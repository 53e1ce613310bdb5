package golden_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/leafmark/leafmark/omr/internal/golden"
)

func square(at image.Point, side int, ink color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := range side {
		for x := range side {
			img.Set(at.X+x, at.Y+y, ink)
		}
	}
	return img
}

func TestDifference(t *testing.T) {
	base := square(image.Pt(50, 50), 60, color.Black)
	soft := square(image.Pt(50, 50), 60, color.Black)
	for i := range 60 { // an edge antialiased otherwise
		soft.Set(49, 50+i, color.Gray{Y: 220})
	}
	for name, tt := range map[string]struct {
		got   image.Image
		alike bool
	}{
		"same":         {square(image.Pt(50, 50), 60, color.Black), true},
		"soft edge":    {soft, true},
		"faint tint":   {square(image.Pt(50, 50), 60, color.Gray{Y: 20}), true},
		"moved by 2":   {square(image.Pt(52, 50), 60, color.Black), false},
		"other colour": {square(image.Pt(50, 50), 60, color.RGBA{R: 200, A: 255}), false},
		"missing":      {square(image.Pt(50, 50), 0, color.Black), false},
		"other size":   {image.NewGray(image.Rect(0, 0, 200, 199)), false},
		"transparent":  {image.NewNRGBA(image.Rect(0, 0, 200, 200)), false},
	} {
		diff, report := golden.Difference(base, tt.got)
		if (report == "") != tt.alike {
			t.Errorf("%s: %q", name, report)
		}
		if diff == nil {
			t.Errorf("%s: no difference picture", name)
		}
	}
	diff, _ := golden.Difference(base, square(image.Pt(50, 50), 0, color.Black))
	if r, _, b, _ := diff.At(80, 80).RGBA(); r>>8 != 255 || b != 0 {
		t.Errorf("missing ink is %v, want red", diff.At(80, 80))
	}
	diff, _ = golden.Difference(square(image.Pt(50, 50), 0, color.Black), base)
	if r, _, b, _ := diff.At(80, 80).RGBA(); r != 0 || b>>8 != 255 {
		t.Errorf("new ink is %v, want blue", diff.At(80, 80))
	}
}
