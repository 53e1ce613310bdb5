// Package golden compares pictures with files that a person has looked at.
//
// In: a picture and the path of its golden file (PNG). Out: a failed test when
// they differ to the eye, and a difference picture: the golden one pale, what
// is missing red, what is new blue. With -update the file is written instead.
// For tests only.
package golden

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

const (
	// visible is the difference of two blurred pixels, in levels of 255, that
	// an eye sees on paper; antialiasing by another rasteriser stays below it.
	visible = 40
	// scattered is the share of visible pixels that is still no difference:
	// one in 20,000 is a speck.
	scattered = 1.0 / 20_000
)

// Image compares got with the golden file at path, relative to the package.
func Image(t testing.TB, path string, got image.Image) {
	t.Helper()
	if *update {
		var b bytes.Buffer
		if err := png.Encode(&b, got); err != nil {
			t.Fatal(err)
		}
		write(t, path, b.Bytes())
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with -update, look at the picture, commit it", err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if diff, report := Difference(want, got); report != "" {
		name := strings.TrimSuffix(filepath.Base(path), ".png")
		var b bytes.Buffer
		if err := png.Encode(&b, diff); err != nil {
			t.Fatal(err)
		}
		dir := t.ArtifactDir()
		write(t, filepath.Join(dir, name+"-difference.png"), b.Bytes())
		t.Errorf("%s: %s; the difference is in %s (run with -artifacts to keep it)", path, report, dir)
	}
}

// Bytes compares got with the golden file at path byte by byte.
func Bytes(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with -update, look at the file, commit it", err)
	}
	if !bytes.Equal(want, got) {
		at := 0
		for at < len(want) && at < len(got) && want[at] == got[at] {
			at++
		}
		t.Errorf("%s differs from byte %d on: %.60q, want %.60q", path, at, got[at:], want[at:])
	}
}

// Difference compares two pictures as an eye does, blurred a little; report is
// empty when they look alike.
func Difference(want, got image.Image) (diff image.Image, report string) {
	if want.Bounds().Size() != got.Bounds().Size() {
		return got, fmt.Sprintf("the picture is %v, want %v", got.Bounds().Size(), want.Bounds().Size())
	}
	a, b := flat(want), flat(got)
	out := image.NewRGBA(a.Rect)
	w, h := a.Rect.Dx(), a.Rect.Dy()
	count, worst := 0, 0
	first := image.Pt(-1, -1)
	for y := range h {
		for x := range w {
			d, lighter := differs(a, b, x, y)
			worst = max(worst, d)
			i := out.PixOffset(x, y)
			pale := 128 + a.Pix[i+1]/2
			switch {
			case d < visible:
				out.SetRGBA(x, y, color.RGBA{R: pale, G: pale, B: pale, A: 255})
				continue
			case lighter:
				out.SetRGBA(x, y, color.RGBA{R: 255, A: 255})
			default:
				out.SetRGBA(x, y, color.RGBA{B: 255, A: 255})
			}
			if count++; count == 1 {
				first = image.Pt(x, y)
			}
		}
	}
	if float64(count) <= scattered*float64(w*h) {
		return out, ""
	}
	return out, fmt.Sprintf("%d pixels differ visibly (by up to %d levels), the first at %v", count, worst, first)
}

// differs is the largest channel difference of the 3 × 3 means at (x, y), and
// whether b is the lighter one.
func differs(a, b *image.RGBA, x, y int) (levels int, lighter bool) {
	var sum [3]int
	n := 0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			p := image.Pt(x+dx, y+dy)
			if !p.In(a.Rect) {
				continue
			}
			i := a.PixOffset(p.X, p.Y)
			for c := range sum {
				sum[c] += int(b.Pix[i+c]) - int(a.Pix[i+c])
			}
			n++
		}
	}
	for _, s := range sum {
		if d := max(s, -s) / n; d > levels {
			levels, lighter = d, s > 0
		}
	}
	return levels, lighter
}

// flat lays a picture on white, beginning at (0, 0).
func flat(img image.Image) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, b.Min, draw.Over)
	return out
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
