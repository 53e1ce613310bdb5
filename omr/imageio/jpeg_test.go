package imageio_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
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

// near allows one level: the inverse transforms round differently.
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
			if d < -1 || d > 1 {
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

// by runs a program of libjpeg over its input.
func by(t *testing.T, in []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s (libjpeg-turbo-progs): %v", name, args, err)
	}
	return out
}

// lively is a picture with all frequencies and colours, as cjpeg takes it (PPM).
func lively(w, h int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := fmt.Appendf(nil, "P6 %d %d 255\n", w, h)
	for y := range h {
		for x := range w {
			v := 128 + 90*math.Sin(float64(x*x)/400+float64(y)/9) + 20*rng.NormFloat64()*float64(x%64/48)
			if y/16%4 == 1 {
				v = 235
			}
			for i := range 3 {
				out = append(out, uint8(min(max(v+float64(40*i*(x/32%2)), 0), 255)))
			}
		}
	}
	return out
}

// TestLumaOfLibjpeg: everything that libjpeg writes, against the standard library's
// luma, and against libjpeg's own where the picture is reduced.
func TestLumaOfLibjpeg(t *testing.T) {
	dir := t.TempDir()
	scans := filepath.Join(dir, "scans")
	// Spectral selection and two steps of successive approximation, luma apart.
	script := "0,1,2: 0-0, 0, 2;\n0: 1-9, 0, 2;\n2: 1-63, 0, 1;\n1: 1-63, 0, 1;\n0: 10-63, 0, 2;\n0: 1-63, 2, 1;\n0,1,2: 0-0, 2, 1;\n" +
		"0,1,2: 0-0, 1, 0;\n2: 1-63, 1, 0;\n1: 1-63, 1, 0;\n0: 1-5, 1, 0;\n0: 6-63, 1, 0;\n"
	if err := os.WriteFile(scans, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	apart := filepath.Join(dir, "apart")
	if err := os.WriteFile(apart, []byte("1;\n0;\n2;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, sampling := range []string{"1x1", "2x1", "1x2", "2x2", "4x1", "4x2", "2x2,1x1,2x1", "2x2,1x2,1x1"} {
		for _, coding := range []string{"-quality 75", "-quality 97 -optimize", "-quality 40 -progressive", "-quality 90 -restart 1", "-quality 100 -scans " + scans, "-quality 80 -scans " + apart, "-quality 85 -progressive -restart 3B"} {
			kinds = append(kinds, coding+" -sample "+sampling)
		}
	}
	for _, coding := range []string{"-quality 75", "-quality 12", "-quality 100 -optimize", "-quality 95 -progressive", "-quality 80 -restart 5B", "-quality 100 -progressive -restart 1B"} {
		kinds = append(kinds, coding+" -grayscale")
	}
	sizes := [][2]int{{131, 77}, {64, 64}, {9, 200}, {257, 8}, {1, 1}, {95, 33}}
	for i, kind := range kinds {
		size := sizes[i%len(sizes)]
		data := by(t, lively(size[0], size[1], uint64(i)), "cjpeg", strings.Fields(kind)...)
		reference, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			// It does not read all samplings; libjpeg does.
			nearTo(t, data, pgm(t, by(t, data, "djpeg", "-grayscale", "-dct", "int")))
		} else {
			nearTo(t, data, imageio.ToGray(reference))
		}
		whole, err := imageio.Decode(data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, shrink := range []int{2, 4, 8} {
			p, err := imageio.Decode(data, imageio.Options{Shrink: shrink})
			if err != nil {
				t.Fatal(err)
			}
			// libjpeg's reduced samples are not clamped before the mean; at the edge they
			// have what lies behind it.
			want := pgm(t, by(t, data, "djpeg", "-grayscale", "-dct", "int", "-scale", fmt.Sprintf("1/%d", shrink)))
			if p.Shrink != shrink || p.Gray.Rect != want.Rect || p.Info.Width != size[0] || p.Info.Height != size[1] {
				t.Fatalf("%s: %+v %v by %d, want %v", kind, p.Info, p.Gray.Rect, p.Shrink, want.Rect)
			}
			for y := range want.Rect.Dy() {
				for x := range want.Rect.Dx() {
					got, tolerance, w := float64(p.Gray.GrayAt(x, y).Y), 2.0, float64(want.GrayAt(x, y).Y)
					if shrink < 8 && (x+1)*shrink <= size[0] && (y+1)*shrink <= size[1] {
						tolerance, w = 0.51, 0
						for v := range shrink {
							for u := range shrink {
								w += float64(whole.Gray.GrayAt(x*shrink+u, y*shrink+v).Y) / float64(shrink*shrink)
							}
						}
					} else if shrink < 8 {
						tolerance = 24
					}
					if math.Abs(got-w) > tolerance {
						t.Fatalf("%s by %d: (%d, %d) is %v, want %.1f", kind, shrink, x, y, got, w)
					}
				}
			}
		}
	}
}

// pgm is a grey picture as djpeg writes it.
func pgm(t *testing.T, data []byte) *image.Gray {
	t.Helper()
	var w, h, most int
	if _, err := fmt.Sscanf(string(data[:min(len(data), 30)]), "P5\n%d %d\n%d", &w, &h, &most); err != nil {
		t.Fatal(err)
	}
	return &image.Gray{Pix: data[len(data)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// TestOtherJPEG: what no office writes is refused by its name.
func TestOtherJPEG(t *testing.T) {
	plain := by(t, lively(64, 64, 1), "cjpeg", "-quality", "80")
	sof := bytes.Index(plain, []byte{0xff, 0xc0, 0, 17, 8})
	change := func(at int, b byte) []byte {
		out := bytes.Clone(plain)
		out[at] = b
		return out
	}
	for name, data := range map[string][]byte{
		"arithmetic":   by(t, lively(64, 64, 1), "cjpeg", "-arithmetic"),
		"12 bits":      change(sof+4, 12),
		"lossless":     change(sof+1, 0xc3),
		"hierarchical": change(sof+1, 0xc5),
	} {
		if _, err := imageio.Decode(data, imageio.Options{}); code(err) != "image_unsupported" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLateAdobe: a segment behind the frame tells that the colours are RGB.
func TestLateAdobe(t *testing.T) {
	data := by(t, lively(64, 48, 5), "cjpeg", "-rgb", "-quality", "90")
	adobe := bytes.Index(data, []byte("\xff\xee\x00\x0eAdobe"))
	if adobe < 0 {
		t.Fatal("no Adobe segment")
	}
	segment := bytes.Clone(data[adobe : adobe+16])
	plain := append(bytes.Clone(data[:adobe]), data[adobe+16:]...)
	scan := bytes.Index(plain, []byte{0xff, 0xda})
	late := append(append(bytes.Clone(plain[:scan]), segment...), plain[scan:]...)
	early, err := imageio.Decode(data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := imageio.Decode(late, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.Gray.Pix, early.Gray.Pix) {
		t.Error("it is read otherwise")
	}
}

// FuzzLuma holds our decoder against the standard library's on any bytes: what both
// read is the same. Where the values of a damaged block leave 16 bits, ours wrap;
// the library's sample is then black or white somewhere in the block.
func FuzzLuma(f *testing.F) {
	files, err := filepath.Glob("testdata/*.jpg")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(encoded(f, func(b *bytes.Buffer) error { return jpeg.Encode(b, scene(17, 9), &jpeg.Options{Quality: 100}) }))
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil || config.Width*config.Height > 1<<18 {
			return
		}
		p, err := imageio.Decode(data, imageio.Options{})
		if err != nil {
			return
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil || p.Info.Orientation > 1 {
			return
		}
		want := imageio.ToGray(img)
		if want.Rect != p.Gray.Rect {
			t.Fatalf("%v, the library says %v", p.Gray.Rect, want.Rect)
		}
		for y := range want.Rect.Dy() {
			for x := range want.Rect.Dx() {
				d := int(p.Gray.GrayAt(x, y).Y) - int(want.GrayAt(x, y).Y)
				if d >= -1 && d <= 1 {
					continue
				}
				block := image.Rect(x&^7, y&^7, x&^7+8, y&^7+8).Intersect(want.Rect)
				wrapped := false
				for v := block.Min.Y; v < block.Max.Y; v++ {
					for u := block.Min.X; u < block.Max.X; u++ {
						wrapped = wrapped || want.GrayAt(u, v).Y == 0 || want.GrayAt(u, v).Y == 255
					}
				}
				if !wrapped {
					t.Fatalf("(%d, %d) is %d, the library says %d", x, y, p.Gray.GrayAt(x, y).Y, want.GrayAt(x, y).Y)
				}
			}
		}
	})
}
