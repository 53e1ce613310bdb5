package plane_test

import (
	"image"
	"math"
	"testing"

	"github.com/leafmark/leafmark/omr/internal/plane"
)

// ramp is darker to the left and to the top; as a part it has a wider stride.
func ramp(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w+5, h+5))
	part := plane.Crop(g, image.Rect(3, 2, w+3, h+2))
	for y := range h {
		for x := range w {
			part.Pix[y*part.Stride+x] = uint8(2*x + 3*y)
		}
	}
	return part
}

func TestHalf(t *testing.T) {
	got := plane.Half(ramp(21, 11))
	if got.Rect != image.Rect(0, 0, 10, 5) {
		t.Fatalf("%v", got.Rect)
	}
	for y := range 5 {
		for x := range 10 {
			// The mean of four: 2·(2x+½) + 3·(2y+½), a half rounded up.
			if want := uint8(4*x + 6*y + 3); got.GrayAt(x, y).Y != want {
				t.Fatalf("(%d, %d) is %d, want %d", x, y, got.GrayAt(x, y).Y, want)
			}
		}
	}
}

func TestPad(t *testing.T) {
	got := plane.Pad(ramp(4, 3), 2, 200)
	if got.Rect != image.Rect(0, 0, 8, 7) || got.GrayAt(1, 1).Y != 200 || got.GrayAt(2, 2).Y != 0 || got.GrayAt(5, 4).Y != 12 || got.GrayAt(6, 4).Y != 200 {
		t.Errorf("%v %v", got.Rect, got.Pix)
	}
}

func TestEnlarge(t *testing.T) {
	got := plane.Enlarge(ramp(10, 10), 3)
	for _, p := range []image.Point{{4, 4}, {13, 7}, {25, 22}} {
		want := 2*((float64(p.X)+0.5)/3-0.5) + 3*((float64(p.Y)+0.5)/3-0.5)
		if d := float64(got.GrayAt(p.X, p.Y).Y) - want; math.Abs(d) > 1 {
			t.Errorf("%v is %d, want %.1f", p, got.GrayAt(p.X, p.Y).Y, want)
		}
	}
}

// TestTurn: clockwise on the screen, and back to where it came from.
func TestTurn(t *testing.T) {
	g := ramp(40, 20)
	quarter, _ := plane.Turn(g, math.Pi/2, 99)
	if quarter.Rect.Dx() < 20 || quarter.Rect.Dx() > 21 || quarter.Rect.Dy() < 40 || quarter.Rect.Dy() > 41 {
		t.Fatalf("%v", quarter.Rect)
	}
	// What was on the left is on top now, what was at the bottom on the left.
	if top, bottom := quarter.GrayAt(10, 2).Y, quarter.GrayAt(10, 37).Y; top >= bottom {
		t.Errorf("top %d, bottom %d", top, bottom)
	}
	if left, right := quarter.GrayAt(2, 20).Y, quarter.GrayAt(17, 20).Y; left <= right {
		t.Errorf("left %d, right %d", left, right)
	}
	for _, angle := range []float64{0.3, -1.1, 2.5} {
		turned, back := plane.Turn(g, angle, 255)
		for _, p := range []image.Point{{turned.Rect.Dx() / 2, turned.Rect.Dy() / 2}, {turned.Rect.Dx()/2 + 4, turned.Rect.Dy()/2 - 5}} {
			x, y := back(float64(p.X)+0.5, float64(p.Y)+0.5)
			if want := 2*(x-0.5) + 3*(y-0.5); math.Abs(float64(turned.GrayAt(p.X, p.Y).Y)-want) > 1 {
				t.Errorf("turned by %v: %v is %d, want %.1f", angle, p, turned.GrayAt(p.X, p.Y).Y, want)
			}
		}
		if turned.GrayAt(0, 0).Y != 255 {
			t.Errorf("the ground is %d", turned.GrayAt(0, 0).Y)
		}
	}
}

func TestPercentile(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 100, 1))
	for i := range g.Pix {
		g.Pix[i] = uint8(i)
	}
	for share, want := range map[float64]uint8{0: 0, 0.5: 50, 0.9: 90, 1: 255} {
		if got := plane.Percentile(g, share); got != want {
			t.Errorf("%v: %d, want %d", share, got, want)
		}
	}
}
