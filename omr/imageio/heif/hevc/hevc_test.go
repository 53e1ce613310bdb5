package hevc_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio/heif/hevc"
)

// units splits a byte stream at its start codes (annex B).
func units(stream []byte) (nals [][]byte) {
	for i, part := range bytes.Split(stream, []byte{0, 0, 1}) {
		if i > 0 {
			nals = append(nals, bytes.TrimRight(part, "\x00"))
		}
	}
	return nals
}

func stream(tb testing.TB, name string) [][]byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name + ".hevc")
	if err != nil {
		tb.Fatal(err)
	}
	return units(data)
}

type golden struct {
	name                 string
	width, height, depth int
	hash                 string
}

func goldens(tb testing.TB) (out []golden) {
	tb.Helper()
	text, err := os.ReadFile("testdata/luma.txt")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var g golden
		if _, err := fmt.Sscan(line, &g.name, &g.width, &g.height, &g.depth, &g.hash); err != nil {
			tb.Fatal(err)
		}
		out = append(out, g)
	}
	if files, _ := filepath.Glob("testdata/*.hevc"); len(files) != len(out) {
		tb.Fatalf("%d streams, %d in luma.txt", len(files), len(out))
	}
	return out
}

func hash(samples []uint16) string {
	var b []byte
	for _, v := range samples {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Luma is that of the reference decoders, bit for bit; one decoder decodes all, so
// that nothing stays of the picture before.
func TestStreams(t *testing.T) {
	var d hevc.Decoder
	for round := range 2 {
		for _, g := range goldens(t) {
			p, err := d.Decode(stream(t, g.name))
			if err != nil {
				t.Errorf("%s: %v", g.name, err)
				continue
			}
			if p.Width != g.width || p.Height != g.height || p.Depth != g.depth {
				t.Errorf("%s: %+v", g.name, *p)
			}
			if got := hash(d.Samples()); got != g.hash {
				t.Errorf("%s, round %d: luma differs from the reference decoder's", g.name, round)
			}
		}
	}
}

// A part that is missing is an error, wherever it is missing.
func TestCutOff(t *testing.T) {
	for _, name := range []string{"x265-420", "hm-slices", "hm-tiles", "hm-dependent-wavefront", "hm-pcm", "hm-range-lossless"} {
		nals := stream(t, name)
		var d hevc.Decoder
		last := len(nals) - 1
		for last > 0 && nals[last][0]>>1 >= 32 {
			last--
		}
		for i := 0; i <= last; i++ {
			if nals[i][0]>>1 >= 34 || nals[i][0]>>1 == 32 {
				continue // what luma does not need, or a set that comes twice
			}
			without := append(append([][]byte{}, nals[:i]...), nals[i+1:last+1]...)
			var fresh hevc.Decoder
			if _, err := fresh.Decode(without); err == nil {
				t.Errorf("%s without unit %d decodes", name, i)
			}
		}
		whole := nals[last]
		for cut := 1; cut < len(whole); cut += 1 + len(whole)/200 {
			nals[last] = whole[:len(whole)-cut]
			if _, err := d.Decode(nals[:last+1]); err == nil {
				t.Errorf("%s without its last %d of %d bytes decodes", name, cut, len(whole))
				break
			}
		}
	}
}

func TestUnsupported(t *testing.T) {
	// Slice types other than I: the bits behind the parameter set's number.
	nals := stream(t, "x265-gray")
	for i, nal := range nals {
		if nal[0]>>1 < 32 {
			// first_slice 1, no_output 0 or 1, pps_id 1, slice_type 011: make it 1 (P).
			p := bytes.Clone(nal)
			p[2] = p[2]&^0b00011100 | 0b00001000
			nals[i] = p
		}
	}
	var d hevc.Decoder
	_, err := d.Decode(nals)
	var u hevc.UnsupportedError
	if !errors.As(err, &u) {
		t.Errorf("a predicted picture: %v", err)
	}
	if _, err := d.Decode(nil); err == nil {
		t.Error("nothing decodes")
	}
	d.MaxPixels = 152*104 - 1
	if _, err := d.Decode(stream(t, "x265-420")); err == nil {
		t.Error("a picture larger than MaxPixels decodes")
	}
	d.MaxPixels++
	if _, err := d.Decode(stream(t, "x265-420")); err != nil {
		t.Error(err)
	}
}

// Draw maps both ranges to 0 to 255 and stays within the plane it is given.
func TestDraw(t *testing.T) {
	for name, black := range map[string]int{"x265-420": 16, "x265-422-10-scaling": 64, "x265-444-12": 256} {
		var d hevc.Decoder
		p, err := d.Decode(stream(t, name))
		if err != nil {
			t.Fatal(err)
		}
		span := 219 << (p.Depth - 8)
		top := 1<<p.Depth - 1
		samples := d.Samples()
		for _, full := range []bool{true, false} {
			g := image.NewGray(image.Rect(0, 0, p.Width+9, p.Height+9))
			for i := range g.Pix {
				g.Pix[i] = 77
			}
			inner := g.SubImage(image.Rect(5, 3, p.Width-20, p.Height-30)).(*image.Gray)
			d.Draw(inner, image.Pt(5, 3), full)
			for y := range g.Rect.Dy() {
				for x := range g.Rect.Dx() {
					want := 77.0
					if image.Pt(x, y).In(inner.Rect) {
						v := float64(samples[(y-3)*p.Width+x-5])
						want = v / float64(top) * 255
						if !full {
							want = min(max((v-float64(black))/float64(span)*255, 0), 255)
						}
					}
					if got := float64(g.GrayAt(x, y).Y); got-want > 0.5001 || want-got > 0.5001 {
						t.Fatalf("%s, full %v: %v at (%d, %d) in place of %.2f", name, full, got, x, y, want)
					}
				}
			}
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"x265-min32", "hm-tiles", "hm-pcm"} {
		b.Run(name, func(b *testing.B) {
			nals := stream(b, name)
			var d hevc.Decoder
			pixels := 0
			for b.Loop() {
				p, err := d.Decode(nals)
				if err != nil {
					b.Fatal(err)
				}
				d.Draw(image.NewGray(image.Rect(0, 0, p.Width, p.Height)), image.Point{}, true)
				pixels += p.Width * p.Height
			}
			b.ReportMetric(float64(pixels)/1e6/b.Elapsed().Seconds(), "Mpx/s")
		})
	}
}

// FuzzDecode: whatever the bytes, a picture or an error.
func FuzzDecode(f *testing.F) {
	for _, g := range goldens(f) {
		data, err := os.ReadFile("testdata/" + g.name + ".hevc")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := hevc.Decoder{MaxPixels: 1 << 20}
		p, err := d.Decode(units(data))
		if err != nil {
			return
		}
		s := d.Samples()
		if p.Width < 1 || p.Height < 1 || len(s) != p.Width*p.Height {
			t.Fatalf("%+v, %d samples", *p, len(s))
		}
		for _, v := range s {
			if int(v) >= 1<<p.Depth {
				t.Fatalf("a sample of %d with %d bits", v, p.Depth)
			}
		}
	})
}
