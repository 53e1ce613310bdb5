package learn_test

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/internal/randomform"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/mark/learn"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/synth"
)

var (
	sheets  = flag.Uint64("sheets", 2, "simulated sheets to learn from")
	weights = flag.String("weights", "", "file to write the weights to: ../weights.go")
)

// made is a form of a seed: of the library, or every third a random one.
func made(t *testing.T, seed uint64) *omr.Generated {
	t.Helper()
	all := library.Forms()
	req := omr.GenerateRequest{Markup: all[seed%uint64(len(all))].Source()}
	if seed%3 == 0 {
		f := randomform.Draw(rand.New(rand.NewPCG(seed, 5)))
		req = omr.GenerateRequest{Markup: []byte(f.Source), Settings: f.Settings, Images: randomform.Images()}
	} else if size, ok := form.ParseBubbleSize([]string{"", "small", "extrasmall"}[seed/3%3]); ok {
		req.Settings.BubbleSize = size
	}
	out, list := omr.Generate(t.Context(), req)
	if out == nil {
		t.Fatalf("form %d: %v", seed, list)
	}
	return out
}

// drawn is a case of any pen and style that a mark inside a bubble has, on any
// material that the families know.
func drawn(seed uint64) synth.Case {
	r := rand.New(rand.NewPCG(seed, 31))
	c := []synth.Family{synth.Scan, synth.Photos, synth.Scan, synth.Photos, synth.Hard}[r.IntN(5)].Draw(seed)
	if r.IntN(3) == 0 || c.Effects.Bits == 1 {
		return c
	}
	pens, styles := synth.Pens(), synth.Styles()
	pen := pens[r.IntN(len(pens))]
	if pen.Style = styles[r.IntN(len(styles))]; pen.Style == synth.Circle || pen.Name == synth.Highlighter.Name {
		pen.Style = synth.FullFill
	}
	pen.Erasures, pen.Strays, pen.Words = 0.04*r.Float64(), r.IntN(4), r.IntN(4)
	c.Pen = pen
	return c
}

// samples are the bubbles of one simulated sheet; none where it is not found.
func samples(t *testing.T, seed uint64) (out []learn.Sample) {
	t.Helper()
	g := made(t, seed)
	p, _, err := omr.ReadPattern(g.Pattern.Data)
	if err != nil {
		t.Fatal(err)
	}
	page, _, err := imageio.DecodeColor(g.Pages[0].Data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	truth := synth.DrawTruth(p, seed)
	c := drawn(seed)
	c.Pen.Corrections, c.Pen.WordsOver = 0, 0 // rules tell these
	data, err := c.Picture(page, &p.Pages[0], truth)
	if err != nil {
		t.Fatal(err)
	}
	plane, err := imageio.Decode(data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := register.Page(plane.Gray, &p.Pages[0], register.Options{})
	if err != nil || c.Pen.Style == synth.Circle {
		return nil
	}
	var marked []bool
	for i := range p.Pages[0].Elements {
		marked = append(marked, truth.Marks(&p.Pages[0].Elements[i])...)
	}
	ms := mark.Measure(plane.Gray, m, &p.Pages[0], mark.Options{})
	for i, e := range ms.Evidence() {
		if ms.Bubbles[i].Outline.Contrast > 0.4 { // others are in doubt whatever is in them
			out = append(out, learn.Sample{Evidence: e[:], Marked: marked[i]})
		}
	}
	return out
}

// TestTrain fits the weights to sheets of the seeds from 1 on; with -weights it
// writes them.
func TestTrain(t *testing.T) {
	var all []learn.Sample
	for seed := uint64(1); seed <= *sheets; seed++ {
		all = append(all, samples(t, seed)...)
	}
	names, signs := mark.EvidenceNames()
	m := learn.Fit(all, learn.Options{Signs: signs, Steps: 15})
	wrong := 0
	for _, s := range all {
		if m.LogOdds(s.Evidence) > 0 != s.Marked {
			wrong++
		}
	}
	t.Logf("%d bubbles, %d on the wrong side", len(all), wrong)
	if len(all) == 0 || wrong*200 > len(all) {
		t.Errorf("%d of %d bubbles are on the wrong side", wrong, len(all))
	}
	if *weights == "" {
		return
	}
	var b bytes.Buffer
	b.WriteString("package mark\n\n// Weights of evidence, fitted by package learn to simulated sheets of any pen and\n// style on any material.\n\n")
	fmt.Fprintf(&b, "const bias = %.4f\n\nvar weights = [len(pieces)]float64{\n", m.Bias)
	for i, w := range m.Weights {
		if math.IsNaN(w) {
			t.Fatalf("no weight of %s", names[i])
		}
		fmt.Fprintf(&b, "\t%.4f, // %s\n", w, strings.TrimSpace(names[i]))
	}
	b.WriteString("}\n")
	if err := os.WriteFile(*weights, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
