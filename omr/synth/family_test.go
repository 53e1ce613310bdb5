package synth_test

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// What a careful clerk could not decide is in no family but hard, and no effect
// is without a family.
func TestFamilies(t *testing.T) {
	names := map[synth.Family]map[string]int{}
	const n = 3000
	for _, f := range synth.Families() {
		names[f] = map[string]int{}
		for seed := range uint64(n) {
			c := f.Draw(seed)
			if c.Family != f || c.Seed != seed || !reflect.DeepEqual(c, f.Draw(seed)) {
				t.Fatalf("%s %d is drawn otherwise the second time", f, seed)
			}
			for _, name := range c.Names {
				names[f][name]++
			}
			if f != synth.Hard && (c.Effects.Tilt > 25 || c.Pen.Style == synth.Circle || c.Pen.Name == synth.Highlighter.Name || c.Effects.Thumbs > 1 || c.Effects.CutEdge > 0) {
				t.Errorf("%s %d is hard: %v", f, seed, c.Names)
			}
			if (f == synth.Scan) != (c.Effects.DPI > 0) && f != synth.Hard {
				t.Errorf("%s %d: %v dpi", f, seed, c.Effects.DPI)
			}
			if c.Effects.Bits == 1 && (c.Pen.Style == synth.Light || c.Pen.Name == synth.PencilHard.Name) {
				t.Errorf("%s %d: a pale mark at 1 bit", f, seed)
			}
		}
	}
	for _, name := range []string{
		"print-scale", "print-stretch", "print-shear", "toner-gaps", "low-toner", "heavy-print", "photocopy", "ghost",
		"curl", "folds", "crumple", "coffee", "grease", "holes", "staples", "torn-corner", "dog-ear", "cut-edge", "thumb",
		"rotation", "tilt", "lens", "contrast", "exposure", "shadow", "phone-shadow", "glare", "blur", "blur-varies",
		"motion", "noise", "moire", "dust", "streaks", "feed-wobble", "black-border", "dither", "dropped-lines",
		"recycled", "grained", "yellowed", "newsprint", "show-through", "ruled", "low-dpi", "low-quality", "fax", "1-bit", "grey",
		"full", "tick", "cross", "partial", "light", "dot", "circle", "line", "slash", "erasures", "strays", "off-centre",
		"corrections", "smudges", "words", "words-over", "pencil", "pencil-soft", "pencil-hard", "ballpoint-blue",
		"ballpoint-black", "ballpoint-red", "felt", "gel", "highlighter",
	} {
		if names[synth.Hard][name] == 0 {
			t.Errorf("%s is never drawn in %d hard sheets", name, n)
		}
	}
	for name, most := range map[string]int{"full": n, "tick": n / 8, "corrections": n / 100, "1-bit": n / 15} {
		for _, f := range []synth.Family{synth.Scan, synth.Photos} {
			if got := names[f][name]; got > most || got == 0 && (f == synth.Scan || name != "1-bit") {
				t.Errorf("%s: %d of %d with %s", f, got, n, name)
			}
		}
	}
}

// A case is a file that decodes, the same on any number of cores.
func TestCasesAreFiles(t *testing.T) {
	p := form()
	for _, f := range synth.Families() {
		for seed := range uint64(3) {
			c := f.Draw(seed)
			c.Effects.LongSide = 900
			truth := synth.DrawTruth(p, seed)
			data, err := c.Picture(paper(), &p.Pages[0], truth)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := imageio.Decode(data, imageio.Options{}); err != nil {
				t.Errorf("%s %d: %v", f, seed, err)
			}
			before := runtime.GOMAXPROCS(1)
			again, _ := c.Picture(paper(), &p.Pages[0], truth)
			runtime.GOMAXPROCS(before)
			if !bytes.Equal(data, again) {
				t.Errorf("%s %d: other bytes on one core", f, seed)
			}
		}
	}
}

// A hole takes no bubble away, but on hard sheets it does.
func TestHolesSpareBubbles(t *testing.T) {
	p := form().Pages[0]
	p.Elements = []pattern.Element{choice(pattern.ChoiceBox, "Q", 415, "A")}
	p.Elements[0].Groups[0].Bubbles[0].Box.X = 5 // where the third of the holes is not, the middle is
	c := synth.Case{Family: synth.Scan, Effects: synth.Effects{DPI: 300, Desk: synth.BlackLid, Grey: true, Format: synth.PNG}}
	holes := func(f synth.Family, n int) int {
		c.Family, c.Effects.Holes = f, n
		data, err := c.Picture(paper(), &p, nil)
		if err != nil {
			t.Fatal(err)
		}
		plane, err := imageio.Decode(data, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		dark := 0
		for y := 60; y < 840; y++ {
			for x := 10; x < 80; x++ {
				if plane.Gray.GrayAt(x, y).Y < 90 {
					dark++
				}
			}
		}
		return dark
	}
	if spared, apart, hard := holes(synth.Scan, 3), holes(synth.Scan, 2), holes(synth.Hard, 3); spared > 50 || apart < 300 || hard < 500 {
		t.Errorf("dark px of holes: %d where one meets a bubble, %d where none does, %d on a hard sheet", spared, apart, hard)
	}
}

// each bubble's darkness within its printed outline, of the first question.
func insides(t *testing.T, truth synth.Truth, pen synth.Pen, seed uint64) (out [4]float64) {
	t.Helper()
	p := form()
	img := synth.Fill(paper(), p, truth, pen, seed)
	for i := range out {
		out[i] = darkness(img, p.Pages[0].Elements[0].Groups[0].Bubbles[i].Box.Grow(-12))
	}
	return out
}

func TestStyles(t *testing.T) {
	around := geom.PageRect{X: 132, Y: 12, W: 86, H: 86} // bubble B and what is about it
	p := form()
	for _, c := range []struct {
		style          synth.Style
		lo, hi, beyond float64
	}{
		{synth.Dot, 0.08, 0.5, 0},
		{synth.Circle, 0, 0.05, 0.015},
		{synth.LineThrough, 0.04, 0.3, 0},
		{synth.Slash, 0.05, 0.3, 0},
	} {
		for seed := range uint64(12) {
			pen := synth.BallpointBlack.As(c.style)
			d := insides(t, synth.Truth{"Q1": {"B"}}, pen, seed)
			if d[1] < c.lo || d[1] > c.hi || d[3] != 0 {
				t.Errorf("%s, seed %d: darkness %.3f, want %.2f to %.2f; far bubble %.3f", c.style, seed, d[1], c.lo, c.hi, d[3])
			}
			if out := darkness(synth.Fill(paper(), p, synth.Truth{"Q1": {"B"}}, pen, seed), around); out < c.beyond {
				t.Errorf("%s, seed %d: %.3f dark with what is around", c.style, seed, out)
			}
		}
	}
	yellow := insides(t, synth.Truth{"Q1": {"B"}}, synth.Highlighter, 1)
	if yellow[1] < 0.04 || yellow[1] > 0.2 {
		t.Errorf("a highlighter's mark is %.3f dark", yellow[1])
	}
}

func TestHabits(t *testing.T) {
	for _, h := range synth.Habits() {
		pen := synth.Felt
		for _, v := range []float64{h.Lo - 1, h.Hi + 1, math.NaN()} {
			if err := pen.Set(h.Name, fmt.Sprint(v)); err == nil || pen != synth.Felt {
				t.Errorf("%s=%v is accepted: %+v", h.Name, v, pen)
			}
		}
		if err := pen.Set(h.Name, fmt.Sprint(h.Hi)); err != nil || pen == synth.Felt {
			t.Errorf("%s=%v: %v, %+v", h.Name, h.Hi, err, pen)
		}
	}
	pen := synth.Felt
	if err := pen.Set("mood", "1"); err == nil {
		t.Error("pens have no mood")
	}
}

// A cancelled mark is heavy, and never where the truth has a mark.
func TestCorrections(t *testing.T) {
	pen := synth.BallpointBlue
	pen.Corrections = 1
	n := 0
	for seed := range uint64(30) {
		d := insides(t, synth.Truth{"Q1": {"B"}}, pen, seed)
		dark := 0
		for _, v := range d {
			if v > 0.4 {
				dark++
			}
		}
		if dark > 2 || d[1] < 0.4 {
			t.Errorf("seed %d: %.2f", seed, d)
		}
		if dark == 2 {
			n++
		}
	}
	if n < 15 || n > 29 {
		t.Errorf("%d of 30 sheets have a cancelled mark", n)
	}
}

func TestHands(t *testing.T) {
	p := form()
	page := geom.PageRect{W: 620, H: 900}
	truth := synth.Truth{"Q1": {"A"}}
	dark := func(change func(p *synth.Pen)) float64 {
		pen := synth.PencilSoft
		change(&pen)
		return darkness(synth.Fill(paper(), p, truth, pen, 4), page)
	}
	plain := dark(func(*synth.Pen) {})
	for name, change := range map[string]func(p *synth.Pen){
		"smudges":    func(p *synth.Pen) { p.Smudges = 1 },
		"words":      func(p *synth.Pen) { p.Words = 5 },
		"words over": func(p *synth.Pen) { p.WordsOver = 2 },
		"strays":     func(p *synth.Pen) { p.Strays = 20 },
		"erasures":   func(p *synth.Pen) { p.Erasures = 0.5 },
	} {
		if d := dark(change); d < plain+0.00005 {
			t.Errorf("%s: %.5f dark, %.5f without", name, d, plain)
		}
	}
	// Words and strays keep clear of bubbles, those over them do not.
	touched := func(change func(p *synth.Pen)) (n int) {
		for seed := range uint64(10) {
			pen := synth.BallpointBlack
			change(&pen)
			img := synth.Fill(paper(), p, nil, pen, seed)
			for i := range p.Pages[0].Elements {
				p.Pages[0].Elements[i].EachBubble(func(b *pattern.Bubble) bool {
					if darkness(img, b.Box) > 0.004 {
						n++
					}
					return true
				})
			}
		}
		return n
	}
	if n := touched(func(p *synth.Pen) { p.Words, p.Strays = 4, 5 }); n > 0 {
		t.Errorf("words and strays touch %d bubbles", n)
	}
	if n := touched(func(p *synth.Pen) { p.WordsOver = 2 }); n < 10 {
		t.Errorf("words over bubbles touch %d", n)
	}
	// A writer's own slant and place: all marks are off the same way.
	off := synth.Felt
	off.OffCentre, off.Jitter = 0.2, 0
	img := synth.Fill(paper(), p, synth.Truth{"Q1": {"A", "D"}}, off, 2)
	a := middleOfInk(img, geom.ImagePt{X: 95, Y: 55}, 38)
	d := middleOfInk(img, geom.ImagePt{X: 335, Y: 55}, 38)
	if shift := math.Hypot(a.X-95, a.Y-55); shift < 7 || shift > 17 || math.Hypot(d.X-240-a.X, d.Y-a.Y) > 5 {
		t.Errorf("marks off centre lie at %v and %v", a, d)
	}
	if !slices.Contains(synth.Case{Pen: off}.Pen.Names(), "off-centre") {
		t.Error("the pen does not tell that it is off")
	}
}
