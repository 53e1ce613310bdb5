package imageio_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// TestLumaEqualsLibrary holds our luma decoder against the standard library's
// planes: sampling, progressive scans, restarts, odd sizes.
func TestLumaEqualsLibrary(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jpg")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if twin, err := os.ReadFile(strings.TrimSuffix(path, "jpg") + "png"); err == nil {
				// The library cannot read it; this is libjpeg's luma plane.
				p, err := imageio.Decode(twin, imageio.Options{})
				if err != nil {
					t.Fatal(err)
				}
				nearTo(t, data, p.Gray)
				return
			}
			near(t, data)
		})
	}
	for _, size := range []image.Point{{1, 1}, {7, 9}, {8, 8}, {16, 16}, {17, 33}, {640, 3}} {
		for _, quality := range []int{1, 50, 100} {
			g := scene(size.X, size.Y)
			near(t, encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, g, &jpeg.Options{Quality: quality}) }))
			near(t, encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, tinted(g), &jpeg.Options{Quality: quality}) }))
		}
	}
}

// near allows two levels: the inverse transforms round differently.
func near(t *testing.T, data []byte) {
	t.Helper()
	reference, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	nearTo(t, data, imageio.ToGray(reference))
}

func nearTo(t *testing.T, data []byte, want *image.Gray) {
	t.Helper()
	p, err := imageio.Decode(data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Gray.Rect != want.Rect {
		t.Fatalf("%v, want %v", p.Gray.Rect, want.Rect)
	}
	sum := 0
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			d := int(p.Gray.GrayAt(x, y).Y) - int(want.GrayAt(x, y).Y)
			if d < -2 || d > 2 {
				t.Fatalf("(%d, %d) is %d, the library says %d", x, y, p.Gray.GrayAt(x, y).Y, want.GrayAt(x, y).Y)
			}
			sum += d * d
		}
	}
	if n := want.Rect.Dx() * want.Rect.Dy(); float64(sum) > 0.2*float64(n) {
		t.Errorf("mean square difference %.2f", float64(sum)/float64(n))
	}
}

// TestDamagedJPEG cuts every file at each place and flips bytes: it must be
// refused or give all its pixels, never panic; a cut within the data of a scan is
// always refused.
func TestDamagedJPEG(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jpg")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := imageio.Decode(data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(data)-2; n += 1 + n/20 {
			p, err := imageio.Decode(data[:n], imageio.Options{})
			if err == nil && !bytes.Equal(p.Gray.Pix, whole.Gray.Pix) {
				t.Errorf("%s cut to %d of %d bytes is read, but otherwise", path, n, len(data))
			}
		}
		if strings.Contains(path, "progressive") {
			continue // each byte costs all scans; the fuzz target covers them
		}
		for n := 2; n < len(data); n += 23 {
			flipped := bytes.Clone(data)
			flipped[n] ^= 0x55
			if p, err := imageio.Decode(flipped, imageio.Options{MaxPixels: 1 << 20}); err == nil && p.Gray == nil {
				t.Errorf("%s flipped at %d: neither picture nor fault", path, n)
			}
		}
	}
}
