package omr_test

import (
	"flag"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

var (
	sheets = flag.Int("sheets", 2, "random forms that are filled and read by each test")
	from   = flag.Uint64("from", 1, "seed of the first of them")
	keep   = flag.String("keep", "", "folder for the pictures of what was read wrong")
)

// number is how many forms a test draws.
func number() uint64 {
	if testing.Short() {
		return uint64(min(*sheets, 2))
	}
	return uint64(*sheets)
}

// made is a form as printed.
type made struct {
	drawn
	pattern *pattern.Pattern
	sheet   []image.Image
	files   [][]byte
}

func generate(t *testing.T, f drawn) made {
	t.Helper()
	out, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: []byte(f.source), Settings: f.settings, Images: images})
	if out == nil {
		t.Fatalf("not generated: %v\n%s", list, f.source)
	}
	p, warnings, err := omr.ReadPattern(out.Pattern.Data)
	if err != nil || len(warnings) != 0 {
		t.Fatalf("our own pattern: %v %v", err, warnings)
	}
	if len(out.Pages) != f.pages || len(p.Pages) != f.pages {
		t.Fatalf("%d pictures and %d pages in the pattern, want %d", len(out.Pages), len(p.Pages), f.pages)
	}
	m := made{drawn: f, pattern: p}
	for i, file := range out.Pages {
		img, _, err := imageio.DecodeColor(file.Data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := img.Bounds().Size(); got != image.Pt(int(p.Pages[i].Width), int(p.Pages[i].Height)) {
			t.Fatalf("page %d is %v, in the pattern %g x %g", i+1, got, p.Pages[i].Width, p.Pages[i].Height)
		}
		m.sheet, m.files = append(m.sheet, img), append(m.files, file.Data)
	}
	return m
}

// doubted stands for a value that a person is to look at.
const doubted = "?"

// count is what became of sheets and rows.
type count struct {
	exact bool // values in doubt count as well

	sheets, refused, right, doubtful, wrong int
}

func (c count) String() string {
	return fmt.Sprintf("%d sheets (%d refused), rows: %d right, %d doubtful, %d wrong", c.sheets, c.refused, c.right, c.doubtful, c.wrong)
}

// readAll reads the pictures of one sheet, one a page, as one sheet; refusal is
// the first fault.
func readAll(t *testing.T, m made, pictures [][]byte) (sheet omr.Outcome, refusal error) {
	t.Helper()
	var readings []*omr.Reading
	for i, data := range pictures {
		got, _ := omr.Read(t.Context(), m.pattern, omr.Scan{Data: data}, omr.RecognizeOptions{})
		if len(got) != 1 {
			t.Fatalf("%d readings of one picture", len(got))
		}
		if got[0].Err != nil {
			return omr.Outcome{}, fmt.Errorf("page %d: %w", i+1, got[0].Err)
		}
		readings = append(readings, got[0])
	}
	out := omr.Sheets(m.pattern, readings, omr.RecognizeOptions{})
	if len(out) != 1 {
		return omr.Outcome{}, fmt.Errorf("%d pages made %d sheets", len(pictures), len(out))
	}
	return out[0], out[0].Err
}

// check compares a reading with what the pen wrote: each row there once, and
// none wrong without a doubt.
func (c *count) check(t *testing.T, what string, m made, pictures [][]byte, want map[string]string) (values map[string]string) {
	t.Helper()
	c.sheets++
	got, err := readAll(t, m, pictures)
	if err != nil {
		c.refused++
		t.Logf("%s: refused: %v", what, err)
		save(t, what, pictures)
		return nil
	}
	values = map[string]string{}
	for _, a := range got.Sheet.Answers {
		value, known := want[a.Name]
		_, twice := values[a.Name]
		switch {
		case !known || twice:
			t.Errorf("%s: a row %q that the form does not have", what, a.Name)
		case a.Doubt != nil && (!c.exact || a.Value == value):
			c.doubtful++
		case a.Value == value:
			c.right++
		default:
			c.wrong++
			t.Errorf("%s: %s = %q (confidence %g), the pen wrote %q", what, a.Name, a.Value, a.Confidence, value)
			save(t, what, pictures)
		}
		values[a.Name] = a.Value
		if a.Doubt != nil {
			values[a.Name] = doubted
		}
	}
	if len(values) != len(want) {
		t.Errorf("%s: %d rows, the form has %d", what, len(values), len(want))
	}
	return values
}

func save(t *testing.T, what string, pictures [][]byte) {
	t.Helper()
	if *keep == "" {
		return
	}
	for i, data := range pictures {
		if err := os.WriteFile(filepath.Join(*keep, fmt.Sprintf("%s-%d", what, i+1)), data, 0o600); err != nil {
			t.Error(err)
		}
	}
}

// rows are what a faultless reader reports for a truth.
func (m made) rows(t synth.Truth) map[string]string {
	for name, text := range m.codes {
		t[name] = []string{text}
	}
	return synth.Expected(m.pattern, t)
}

// pictures are the pages of a sheet as a scanner or a phone gives them, each in
// a file of its own.
func pictures(t *testing.T, m made, truth synth.Truth, pen synth.Pen, effects func(uint64) synth.Effects, seed uint64) [][]byte {
	t.Helper()
	out := make([][]byte, len(m.sheet))
	for i, page := range m.sheet {
		filled := synth.FillPage(page, &m.pattern.Pages[i], truth, pen, seed+uint64(i))
		photo, quality := synth.Photo(filled, effects(seed+uint64(i)), seed+uint64(i))
		var err error
		if seed%3 == 0 {
			out[i], err = imageio.EncodePNG(photo, 0)
		} else {
			out[i], err = imageio.EncodeJPEG(photo, quality, 0)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// The engine as a whole keeps its word on forms that nobody has seen: what it
// does not doubt is what the pen wrote, from scanner and phone, and an unfilled
// form is empty, in doubt or not.
func TestRandomFormsAreNeverReadWrong(t *testing.T) {
	var scans, photos count
	blank := count{exact: true}
	for seed := *from; seed < *from+number(); seed++ {
		m := generate(t, drawForm(rand.New(rand.NewPCG(seed, 1))))
		name := func(kind string) string { return fmt.Sprintf("%s of form %d", kind, seed) }

		blank.check(t, name("unfilled page"), m, m.files, m.rows(synth.Truth{}))
		truth := synth.DrawTruth(m.pattern, seed)
		want := m.rows(truth)
		scans.check(t, name("scan"), m, pictures(t, m, truth, synth.DrawPen(seed), synth.ScanEffects, seed), want)
		photos.check(t, name("photo"), m, pictures(t, m, truth, synth.DrawPen(seed), synth.PhoneEffects, seed+1000), want)
	}
	t.Logf("unfilled: %v", blank)
	t.Logf("scans: %v", scans)
	t.Logf("photos: %v", photos)
	// Refusals and doubts cost a person's time, not a wrong answer: they are bounded.
	for _, c := range []count{blank, scans, photos} {
		if c.refused*2 > c.sheets {
			t.Errorf("more than half refused: %v", c)
		}
	}
	if blank.doubtful*3 > blank.right {
		t.Errorf("too many doubts about nothing: %v", blank)
	}
}

// turned is the picture turned clockwise by so many quarters.
func turned(src image.Image, quarters int) image.Image {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if quarters%2 == 1 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewGray(size)
	for y := range h {
		for x := range w {
			u, v := x, y
			switch quarters {
			case 1:
				u, v = h-1-y, x
			case 2:
				u, v = w-1-x, h-1-y
			case 3:
				u, v = y, w-1-x
			}
			out.Set(u, v, src.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// mirrored is the picture as seen from behind the paper.
func mirrored(src image.Image) image.Image {
	b := src.Bounds()
	out := image.NewGray(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.Set(b.Max.X-1-(x-b.Min.X), y, src.At(x, y))
		}
	}
	return out
}

func encode(t *testing.T, img image.Image) []byte {
	t.Helper()
	data, err := imageio.EncodePNG(img, 0)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// However a sheet lies on the glass it reads the same; from behind, and against
// the pattern of another form, it is refused.
func TestRandomFormsTurnedMirroredSwapped(t *testing.T) {
	var all count
	var before *made
	for seed := *from; seed < *from+number(); seed++ {
		f := drawForm(rand.New(rand.NewPCG(seed, 2)))
		if f.pages > 1 {
			continue // the other test has those
		}
		m := generate(t, f)
		name := func(kind string) string { return fmt.Sprintf("%s of form %d", kind, seed) }
		truth := synth.DrawTruth(m.pattern, seed)
		want := m.rows(truth)
		page := m.pattern.Pages[0]
		upright, _ := synth.Photo(synth.FillPage(m.sheet[0], &page, truth, synth.BallpointBlack, seed), synth.Effects{DPI: 150, Rotation: 0.4, Blur: 0.6, Noise: 2}, seed)
		first := all.check(t, name("scan"), m, [][]byte{encode(t, upright)}, want)
		for quarters := 1; quarters < 4; quarters++ {
			what := name(fmt.Sprintf("scan turned by %d degrees", 90*quarters))
			values := all.check(t, what, m, [][]byte{encode(t, turned(upright, quarters))}, want)
			if (values == nil) != (first == nil) {
				t.Errorf("%s: refused only so", what)
			}
			for row, value := range values {
				if value != first[row] && value != doubted && first[row] != doubted {
					t.Errorf("%s: %s = %q, upright %q", what, row, value, first[row])
				}
			}
		}
		if _, err := readAll(t, m, [][]byte{encode(t, mirrored(upright))}); err == nil {
			t.Errorf("%s was read", name("mirrored scan"))
		}
		if before != nil {
			if _, err := readAll(t, *before, [][]byte{encode(t, upright)}); err == nil {
				t.Errorf("%s was read with the pattern of the form before", name("scan"))
			}
		}
		before = &m
	}
	t.Logf("scans in four turns: %v", all)
	if all.right == 0 {
		t.Error("nothing was read")
	}
}
