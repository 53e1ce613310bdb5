package omr_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/result"
	"github.com/leafmark/leafmark/omr/synth"
)

var forms = flag.Int("forms", 8, "random forms that are filled and read without a camera")

// many is how many forms the quick test reads, at this resolution: enough px a
// bubble for every size, a quarter of the work of 300.
const manyDPI = 150

// quick is a form as printed at manyDPI, without a file between.
func quick(t *testing.T, f drawn) made {
	t.Helper()
	tree, list := markup.Parse([]byte(f.source))
	if tree == nil || list.Failed() {
		t.Fatalf("%v\n%s", list, f.source)
	}
	opt := layoutOptions()
	doc, list := layout.Lay(tree, f.settings, opt)
	if doc == nil {
		t.Fatalf("%v\n%s", list, f.source)
	}
	data, err := pattern.Write(doc.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	p, warnings, err := omr.ReadPattern(data)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("our own pattern: %v %v", err, warnings)
	}
	m := made{drawn: f, pattern: p}
	for _, page := range doc.Pages {
		m.sheet = append(m.sheet, render.Gray(page, manyDPI))
	}
	return m
}

// flatten is a picture as a scanner's driver hands it over: grey, unpacked.
func flatten(t *testing.T, img *image.RGBA) []byte {
	t.Helper()
	g := image.NewGray(img.Rect)
	for i := range g.Pix {
		p := img.Pix[4*i : 4*i+3]
		g.Pix[i] = uint8((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000)
	}
	var b bytes.Buffer
	if err := bmp.Encode(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// stripped is a pattern as another program would have written it.
func stripped(t *testing.T, p *pattern.Pattern) *pattern.Pattern {
	t.Helper()
	bare := *p
	bare.Ours = nil
	bare.Pages = slices.Clone(p.Pages)
	for i := range bare.Pages {
		bare.Pages[i].Elements = slices.Clone(p.Pages[i].Elements)
		for j := range bare.Pages[i].Elements {
			bare.Pages[i].Elements[j].Ours = nil
		}
	}
	data, err := pattern.Write(&bare)
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := omr.ReadPattern(data)
	if err != nil || out.Ours != nil {
		t.Fatal(err)
	}
	return out
}

// pictureNames are the pictures that come back for a truth: write-ins by their
// marks, the others by required (spec/markup.md 10.14, 10.22).
func pictureNames(p *pattern.Pattern, truth synth.Truth) []string {
	var out []string
	for _, c := range p.Ours.Crops {
		elements := p.Pages[c.Page].Elements
		if len(c.When) == 0 {
			if elements[c.Element].Required {
				out = append(out, c.Name)
			}
			continue
		}
		if slices.ContainsFunc(c.When, func(r pattern.BubbleRef) bool {
			e := &elements[r.Element]
			if e.Type == pattern.ReplaceTrigger {
				return truth[synth.TriggerKey(e)] != nil
			}
			return slices.Contains(truth[e.Name], e.Groups[0].Bubbles[r.Bubble].Value)
		}) {
			out = append(out, c.Name)
		}
	}
	slices.Sort(out)
	return out
}

func cropNames(s *result.Sheet) []string {
	var out []string
	for _, c := range s.Crops {
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return out
}

// Of forms drawn from the whole language a plain picture of a filled sheet gives
// back what the pen wrote, every row and every picture.
func TestManyRandomForms(t *testing.T) {
	var all, others count
	n := uint64(*forms)
	if testing.Short() {
		n = min(n, 4)
	}
	for seed := *from; seed < *from+n; seed++ {
		m := quick(t, drawForm(rand.New(rand.NewPCG(seed, 3))))
		truth := synth.DrawTruth(m.pattern, seed)
		want := m.rows(truth)
		what := fmt.Sprintf("form %d", seed)
		var pictures [][]byte
		for i, page := range m.sheet {
			pictures = append(pictures, flatten(t, synth.FillPage(page, &m.pattern.Pages[i], truth, synth.DrawPen(seed), seed+uint64(i))))
		}
		if done := seed - *from; done > 0 && done%100 == 0 {
			t.Logf("after %d: %v; without our key %v", done, all, others)
		}
		before := all
		all.check(t, what, m, pictures, want)
		if all.refused > before.refused {
			t.Errorf("%s: a plain picture is refused\n%s", what, m.source)
			continue
		}
		if seed%3 == 0 {
			// Without what our own patterns tell beyond the original's.
			bare := m
			bare.pattern = stripped(t, m.pattern)
			others.check(t, what+", a pattern without our key", bare, pictures, bare.rows(truth))
		}
		got, err := readAll(t, m, pictures)
		if err != nil {
			t.Fatal(err)
		}
		if names, expected := cropNames(got.Sheet), pictureNames(m.pattern, truth); all.doubtful == before.doubtful && !slices.Equal(names, expected) {
			t.Errorf("%s: pictures %q, want %q", what, names, expected)
		}
	}
	t.Logf("%v; without our key %v", all, others)
	// Ticks and crosses, symbols that stand on a page once or twice.
	if all.doubtful*6 > all.right {
		t.Errorf("too many doubts about plain pictures: %v", all)
	}
}

// hard are forms that were refused or read wrong once, each as small as it still
// showed it.
var hard = map[string]string{
	// Half a ring is no other form's bubble.
	"bubbles cut by their block": "?answer_sheet=A\n\telements_count=8\n\tcolumns_count=2\n\tanswers_count=2\n?container=\n?block=\n\theight=440\n\toverflow=clip\n" +
		"?grid=G\n\tsections_count=7\n\tbubble_size=extrasmall\n&block\n&container\n",
	// Between square bubbles and the rules of their rows there are squares of paper.
	"square bubbles in ruled rows": "?custom_answer_sheet=Own\n\tamount=8\n\tcolumns_count=2\n\trow_proportions=25-17-57\n?header=\n?column=a\n?column=b\n?column=c\n&header\n" +
		"?custom_row=r\n?write_in=w%index%\n?content=%index%.\n?bubble_array=x %index%\n\tanswers_list=(A)(B)(C)(D)\n\tbubble_type=square\n\tbubble_size=large\n&custom_row\n&custom_answer_sheet\n",
}

func TestHardForms(t *testing.T) {
	for name, source := range hard {
		m := quick(t, drawn{source: source, pages: 1})
		var all count
		all.check(t, name+", unfilled", m, [][]byte{flatten(t, synth.FillPage(m.sheet[0], &m.pattern.Pages[0], nil, synth.BallpointBlack, 1))}, m.rows(synth.Truth{}))
		for seed := range uint64(3) {
			truth := synth.DrawTruth(m.pattern, seed)
			page := synth.FillPage(m.sheet[0], &m.pattern.Pages[0], truth, synth.BallpointBlack, seed)
			all.check(t, name, m, [][]byte{flatten(t, page)}, m.rows(truth))
		}
		if all.refused > 0 || all.right == 0 {
			t.Errorf("%s: %v", name, all)
		}
	}
}

// A pale tick is a small share of a large bubble, and where all bubbles of a symbol
// are ticked it must not be learned as print.
func TestPaleTicksInLargeBubbles(t *testing.T) {
	m := quick(t, drawn{source: "?answer_sheet=A\n\telements_count=12\n\tcolumns_count=2\n\tbubble_size=small\n" +
		"?answer_sheet=L\n\telements_count=4\n\tcolumns_count=1\n\tanswers_list=(X)(Y)\n\tbubble_size=extralarge\n", pages: 1})
	truth := synth.Truth{"A1": {"B"}, "A3": {"C"}, "A4": {"A"}, "L13": {"Y"}, "L14": {"Y"}, "L15": {"Y"}, "L16": {"Y"}}
	pen := synth.PencilHB.As(synth.Tick)
	pen.Width, pen.Opacity = 5.6, 0.7
	var all count
	for seed := range uint64(16) {
		page := synth.FillPage(m.sheet[0], &m.pattern.Pages[0], truth, pen, seed)
		all.check(t, fmt.Sprintf("seed %d", seed), m, [][]byte{flatten(t, page)}, m.rows(truth))
	}
	if all.refused > 0 || all.right == 0 {
		t.Errorf("%v", all)
	}
}
