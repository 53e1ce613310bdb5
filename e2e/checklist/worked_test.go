package checklist

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
	"github.com/leafmark/leafmark/omr/synth"
)

// workedMarks are the marks of spec/markup.md 19.3. Question 2 stays empty.
func workedMarks(p *pattern.Pattern) synth.Truth {
	t := synth.Truth{
		"Question1": {"B"}, "Contact": {"Mail", "Phone"}, "Day": {"other"}, "Single": {"Used"},
		"Training": {"On time", "Well led\t2"}, "PIN": {"0", "7", "", "3"}, "Crew": {"8", "A,B"}, "Quiz3": {"B", "C"},
	}
	for i := range p.Pages[0].Elements {
		if e := &p.Pages[0].Elements[i]; e.Type == pattern.ReplaceTrigger && e.Target == "Open_2" {
			t[synth.TriggerKey(e)] = []string{e.Value}
		}
	}
	return t
}

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// boxOf is where an element of the first page lies.
func boxOf(t *testing.T, p *pattern.Pattern, name string) geom.PageRect {
	t.Helper()
	i := slices.IndexFunc(p.Pages[0].Elements, func(e pattern.Element) bool { return e.Name == name })
	if i < 0 {
		t.Fatalf("no element %q", name)
	}
	return p.Pages[0].Elements[i].Box
}

// TestWorkedPair is spec/markup.md 19: one form in both markups, the same pattern,
// and after a pen, a scanner and a phone the result that is printed there.
func TestWorkedPair(t *testing.T) {
	both(t, string(testdata(t, "worked.txt")), string(testdata(t, "worked.json")))
	var patterns [][]byte
	for _, name := range []string{"worked.txt", "worked.json"} {
		out, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: testdata(t, name), Formats: []string{"png"}})
		if out == nil {
			t.Fatalf("%s: %v", name, list)
		}
		for _, e := range list {
			if e.Severity != fault.SeverityInfo {
				t.Errorf("%s: %v", name, e)
			}
		}
		if len(out.Pages) != 1 {
			t.Fatalf("%s makes %d pages", name, len(out.Pages))
		}
		p, warnings, err := omr.ReadPattern(out.Pattern.Data)
		if err != nil || len(warnings) > 0 {
			t.Fatal(err, warnings)
		}
		patterns = append(patterns, withoutSource(t, out.Pattern.Data))
		page, _, err := imageio.DecodeColor(out.Pages[0].Data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sheet := synth.FillPage(page, &p.Pages[0], workedMarks(p), synth.BallpointBlue, 19)
		write(sheet, boxOf(t, p, "DayText"))
		scan, quality := synth.Photo(sheet, synth.ScanEffects(19), 19)
		photo, _ := synth.Photo(sheet, synth.PhoneEffects(4), 4)
		for what, img := range map[string]image.Image{"as printed": sheet, "scanned": scan, "photographed": photo} {
			data, err := imageio.EncodeJPEG(img, quality, 0)
			if err != nil {
				t.Fatal(err)
			}
			readWorked(t, name+" "+what, p, data)
		}
	}
	if !bytes.Equal(patterns[0], patterns[1]) {
		t.Error("the two markups make different patterns")
	}
}

func readWorked(t *testing.T, what string, p *pattern.Pattern, data []byte) {
	t.Helper()
	got, _ := omr.Recognize(t.Context(), p, omr.Scan{Name: "a.jpg", Data: data}, omr.RecognizeOptions{})
	if len(got) != 1 || got[0].Err != nil {
		t.Errorf("%s: %+v", what, got)
		return
	}
	s := got[0].Sheet
	csv := result.CSV(result.Rows(s))
	if want := testdata(t, "worked.csv"); !bytes.Equal(csv, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, csv, want)
	}
	for _, a := range s.Answers {
		if a.Doubt != nil && a.Name != "Crew" { // two marks where one is allowed
			t.Errorf("%s: %s = %q in doubt %s", what, a.Name, a.Value, *a.Doubt)
		}
	}
	if len(s.Crops) != 1 || s.Crops[0].Name != "DayText" || s.Crops[0].File != "DayText.png" {
		t.Errorf("%s: pictures %+v", what, s.Crops)
		return
	}
	crop, _, err := imageio.DecodeColor(s.Crops[0].PNG, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := dark(crop); n < 40 {
		t.Errorf("%s: the picture of DayText shows %d dark columns: the handwriting is not on it", what, n)
	}
}

// withoutSource is a pattern less the hash of the source, which is all that tells
// the markup.
func withoutSource(t *testing.T, data []byte) []byte {
	t.Helper()
	lines := strings.SplitAfter(string(data), "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `"source":`) })
	if i < 0 {
		t.Fatal("the pattern does not tell its source")
	}
	return []byte(strings.Join(slices.Delete(lines, i, i+1), ""))
}

// write draws a zigzag into the upper middle of a box, px of the page at 300 dpi.
func write(img *image.RGBA, at geom.PageRect) {
	for i := range 300 {
		x, y := int(at.X)+100+i, int(at.Y)+30+(i%40+i/40%2*(40-2*(i%40)))
		for d := range 25 {
			o := img.PixOffset(x+d%5, y+d/5)
			copy(img.Pix[o:], []byte{20, 20, 90, 255})
		}
	}
}

// dark counts the columns of the upper half that hold something dark.
func dark(img image.Image) int {
	b := img.Bounds()
	n := 0
	for x := b.Min.X; x < b.Max.X; x++ {
		for y := b.Min.Y; y < b.Min.Y+b.Dy()/2; y++ {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x7000 {
				n++
				break
			}
		}
	}
	return n
}
