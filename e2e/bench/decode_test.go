package bench

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/synth"
)

// picture is a file of the mixed set.
type picture struct {
	name string
	data []byte
}

// mixed is what offices and phones give: A4 scans of 300 dpi, grey and in colour,
// and photos of 12 million pixels, in the samplings and scan orders in use. libjpeg
// writes them.
func mixed(b *testing.B) []picture {
	b.Helper()
	source, err := os.ReadFile("../../cmd/leafmark/demo/form.txt")
	if err != nil {
		b.Fatal(err)
	}
	made, list := omr.Generate(b.Context(), omr.GenerateRequest{Markup: source})
	if list.Failed() {
		b.Fatal(list)
	}
	p, _, err := omr.ReadPattern(made.Pattern.Data)
	if err != nil {
		b.Fatal(err)
	}
	page, _, err := imageio.DecodeColor(made.Pages[0].Data, imageio.Options{})
	if err != nil {
		b.Fatal(err)
	}
	truth := synth.DrawTruth(p, 1)
	filled := synth.Fill(page, p, truth, synth.BallpointBlue, 1)
	clean, grainy := synth.ScanEffects(2), synth.ScanEffects(5)
	clean.DPI, clean.Noise, clean.Contrast, clean.Dust = 300, 0.7, 1.2, 5
	grainy.DPI, grainy.Noise, grainy.Contrast = 300, 2.1, 1
	near, dim := synth.PhoneEffects(3), synth.PhoneEffects(8)
	near.LongSide, near.Noise = 4000, 1.6
	dim.LongSide, dim.Noise = 4000, 3.6
	var all []picture
	for _, set := range []struct {
		name    string
		effects synth.Effects
		kinds   []string
	}{
		{"scan, clean", clean, []string{
			"-quality 75 -grayscale", "-quality 90 -grayscale -optimize", "-quality 75 -sample 2x2",
			"-quality 85 -sample 2x1", "-quality 90 -sample 1x1", "-quality 80 -sample 2x2 -progressive",
		}},
		{"scan, grainy", grainy, []string{
			"-quality 75 -grayscale", "-quality 90 -sample 1x1", "-quality 85 -sample 2x2 -restart 1",
			"-quality 85 -grayscale -progressive",
		}},
		{"photo, near", near, []string{"-quality 90 -sample 2x2", "-quality 95 -sample 2x1", "-quality 80 -sample 2x2 -progressive"}},
		{"photo, dim", dim, []string{"-quality 85 -sample 2x2", "-quality 93 -sample 1x1"}},
	} {
		img, _ := synth.Photo(filled, set.effects, 1)
		ppm := portable(img)
		for _, kind := range set.kinds {
			cmd := exec.CommandContext(b.Context(), "cjpeg", strings.Fields(kind)...)
			cmd.Stdin = bytes.NewReader(ppm)
			data, err := cmd.Output()
			if err != nil {
				b.Fatalf("cjpeg (libjpeg-turbo-progs): %v", err)
			}
			all = append(all, picture{set.name + " " + kind, data})
		}
	}
	return all
}

// portable is a picture as cjpeg takes it (PPM).
func portable(img *image.RGBA) []byte {
	out := fmt.Appendf(nil, "P6 %d %d 255\n", img.Rect.Dx(), img.Rect.Dy())
	for y := range img.Rect.Dy() {
		for row := img.Pix[y*img.Stride:][:4*img.Rect.Dx()]; len(row) > 0; row = row[4:] {
			out = append(out, row[0], row[1], row[2])
		}
	}
	return out
}

// used is the CPU time of this process so far.
func used(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLuma is the CPU time of decoding the luma of each picture of the mixed
// set, whole and reduced by two, against `djpeg -grayscale` of the same file in the
// same run, by turns: medians and their ratio, and the ratio's median over the set.
// CPU time of both, kernel's included: the kernel counts their sum exactly, their
// parts by samples.
func BenchmarkLuma(b *testing.B) {
	dir := b.TempDir()
	for _, shrink := range []int{1, 2} {
		var ratios []float64
		for i, pic := range mixed(b) {
			path := filepath.Join(dir, fmt.Sprintf("%d.jpg", i))
			if err := os.WriteFile(path, pic.data, 0o600); err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s shrink %d", pic.name, shrink), func(b *testing.B) {
				var ours, theirs []time.Duration
				for b.Loop() {
					args := []string{"-grayscale", "-scale", fmt.Sprintf("1/%d", shrink), "-outfile", os.DevNull, path}
					cmd := exec.CommandContext(b.Context(), "djpeg", args...)
					if out, err := cmd.CombinedOutput(); err != nil {
						b.Fatalf("djpeg (libjpeg-turbo-progs): %v %s", err, out)
					}
					theirs = append(theirs, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
					start := used(b)
					if _, err := imageio.Decode(pic.data, imageio.Options{Shrink: shrink}); err != nil {
						b.Fatal(err)
					}
					ours = append(ours, used(b)-start)
				}
				o, t := middle(ours), middle(theirs)
				b.ReportMetric(float64(t.Microseconds())/1000, "ms-djpeg")
				b.ReportMetric(float64(o.Microseconds())/1000, "ms-ours")
				b.ReportMetric(float64(o)/float64(t), "ratio")
				b.ReportMetric(0, "ns/op")
				ratios = append(ratios, float64(o)/float64(t))
			})
		}
		if len(ratios) > 0 {
			slices.Sort(ratios)
			b.Logf("shrink %d: ratios %.2f to %.2f, median %.2f", shrink, ratios[0], ratios[len(ratios)-1], ratios[len(ratios)/2])
		}
	}
}

func middle(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
