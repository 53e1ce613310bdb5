package synth_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// bubbles is a row of bubbles with the values, 80 px apart.
func bubbles(x, y float64, values ...string) []pattern.Bubble {
	out := make([]pattern.Bubble, len(values))
	for i, v := range values {
		out[i] = pattern.Bubble{Value: v, Box: geom.PageRect{X: x + 80*float64(i), Y: y, W: 70, H: 70}, Valid: true}
	}
	return out
}

func choice(typ pattern.ElementType, name string, y float64, values ...string) pattern.Element {
	return pattern.Element{Type: typ, Name: name, Groups: []pattern.Group{{Bubbles: bubbles(60, y, values...)}}}
}

// form has an element of every type that a pen or a reader meets.
func form() *pattern.Pattern {
	single := false
	one := choice(pattern.ChoiceBox, "One", 480, "A", "B", "C")
	one.Ours = &pattern.ElementInfo{Multiselect: &single}
	trigger := func(name, target, value string, y float64) pattern.Element {
		e := choice(pattern.ReplaceTrigger, name, y, "")
		e.Groups[0].Bubbles[0].Box.X = 460
		e.Target, e.Value = target, value
		return e
	}
	score := func(name string, y float64, bubbles ...pattern.ScoreBubble) pattern.ScoreAnswer {
		for i := range bubbles {
			bubbles[i].Box = geom.PageRect{X: 60 + 80*float64(i), Y: y, W: 70, H: 70}
		}
		return pattern.ScoreAnswer{Name: name, Bubbles: bubbles}
	}
	return &pattern.Pattern{Pages: []pattern.Page{{Width: 620, Height: 900, Elements: []pattern.Element{
		choice(pattern.ChoiceBox, "Q1", 20, "A", "B", "C", "D"),
		choice(pattern.CheckBox, "Contact", 100, "Mail", "Phone"),
		{Type: pattern.Grid, Name: "PIN", Groups: []pattern.Group{{Bubbles: bubbles(60, 180, "0", "1", "2")}, {Bubbles: bubbles(60, 260, "0", "1", "2")}}},
		{Type: pattern.CompositeGrid, Name: "Crew", Groups: []pattern.Group{{Bubbles: bubbles(310, 180, "A", "B")}, {Bubbles: bubbles(310, 260, "8", "9")}}},
		{Type: pattern.ScoreGroup, Name: "Club", Questions: []pattern.ScoreQuestion{{Name: "Training", Answers: []pattern.ScoreAnswer{
			score("On time", 340, pattern.ScoreBubble{Positive: true, Score: 2}, pattern.ScoreBubble{Positive: true, Score: 4}, pattern.ScoreBubble{Score: -9}),
			score("Well led", 410, pattern.ScoreBubble{Positive: true, Score: 3}, pattern.ScoreBubble{Score: 0}),
		}}}},
		one,
		choice(pattern.ChoiceBox, "Open_1", 560, "1", "2"),
		trigger("skip", "Open_1", "skipped", 560),
		choice(pattern.ChoiceBox, "Open_2", 640, "1", "2"),
		trigger("skip", "Open_2", "skipped", 640),
		{Type: pattern.BarcodeMade, Name: "Site", Box: geom.PageRect{X: 20, Y: 730, W: 100, H: 100}},
		{Type: pattern.ClipArea, Name: "Sign", Box: geom.PageRect{X: 140, Y: 730, W: 100, H: 100}},
	}}}}
}

func paper() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 620, 900))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return g
}

func TestExpected(t *testing.T) {
	for name, c := range map[string]struct {
		truth synth.Truth
		want  map[string]string
	}{
		"nothing marked": {nil, map[string]string{"Q1": "", "Contact": "", "PIN": "", "Crew": "", "Training": "", "Training_total": "0", "Club_total": "0", "One": "", "Open_1": "", "Open_2": "", "Site": ""}},
		"file order":     {synth.Truth{"Q1": {"C", "A"}, "Contact": {"Phone", "Mail"}}, map[string]string{"Q1": "A,C", "Contact": "Mail,Phone"}},
		"grids":          {synth.Truth{"PIN": {"2,0", "1"}, "Crew": {"A", "9"}}, map[string]string{"PIN": "0,21", "Crew": "A9"}},
		"empty section":  {synth.Truth{"PIN": {"", "1"}}, map[string]string{"PIN": "1"}},
		"two symbols":    {synth.Truth{"Crew": {"A,B", "9"}}, map[string]string{"Crew": "ERROR: Multiple marks per symbol"}},
		"scores":         {synth.Truth{"Training": {"On time\t2", "On time", "Well led\t2"}}, map[string]string{"Training": "On time", "Training_total": "6", "Club_total": "6"}},
		"negative":       {synth.Truth{"Training": {"On time\t3"}}, map[string]string{"Training": "", "Training_total": "0"}},
		"two of one":     {synth.Truth{"One": {"A", "C"}}, map[string]string{"One": "ERROR: Multiple marks per question"}},
		"trigger":        {synth.Truth{"Open_2": {"1"}, "skip\tOpen_2": {"skipped"}}, map[string]string{"Open_1": "", "Open_2": "skipped"}},
		"code":           {synth.Truth{"Site": {"leafmark"}}, map[string]string{"Site": "leafmark"}},
		"unknown value":  {synth.Truth{"Q1": {"Z"}}, map[string]string{"Q1": ""}},
	} {
		got := synth.Expected(form(), c.truth)
		for k, v := range c.want {
			if got[k] != v {
				t.Errorf("%s: %s = %q, want %q", name, k, got[k], v)
			}
		}
		if len(got) != 11 {
			t.Errorf("%s: %d rows: %v", name, len(got), slices.Sorted(maps.Keys(got)))
		}
	}
}

func TestDrawTruthIsPlausible(t *testing.T) {
	p := form()
	single, blank, double, fired := 0, 0, 0, 0
	const n = 2000
	for seed := range uint64(n) {
		truth := synth.DrawTruth(p, seed)
		switch len(truth["Q1"]) {
		case 0:
			blank++
		case 1:
			single++
		case 2:
			double++
		}
		if len(truth["One"]) > 1 {
			t.Fatalf("seed %d marks %q where one mark is allowed", seed, truth["One"])
		}
		if _, ok := truth["skip\tOpen_1"]; ok {
			fired++
		}
		for k, v := range synth.Expected(p, truth) {
			if strings.HasPrefix(v, "ERROR") {
				t.Fatalf("seed %d: %s = %q", seed, k, v)
			}
		}
	}
	if single < n*8/10 || blank < n/50 || double < n/100 || double > n/10 || fired < n/50 {
		t.Errorf("of %d: %d single, %d blank, %d double, %d triggers", n, single, blank, double, fired)
	}
	if a, b := fmt.Sprint(synth.DrawTruth(p, 7)), fmt.Sprint(synth.DrawTruth(p, 7)); a != b {
		t.Errorf("the same seed draws %s and %s", a, b)
	}
}

// darkness is the mean darkness of a box, 0 to 1.
func darkness(img *image.RGBA, r geom.PageRect) float64 {
	sum, n := 0.0, 0
	for y := int(r.Y); y < int(r.Y+r.H); y++ {
		for x := int(r.X); x < int(r.X+r.W); x++ {
			c := img.RGBAAt(x, y)
			sum += 1 - (0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B))/255
			n++
		}
	}
	return sum / float64(n)
}

// TestPensMarkAsPensDo holds each style to the darkness of a bubble's inside
// that marks on real sheets have.
func TestPensMarkAsPensDo(t *testing.T) {
	p := form()
	truth := synth.Truth{"Q1": {"B"}}
	for _, c := range []struct {
		name   string
		pen    synth.Pen
		lo, hi float64
	}{
		{"blue ballpoint", synth.BallpointBlue, 0.5, 0.9},
		{"black ballpoint", synth.BallpointBlack, 0.5, 0.95},
		{"pencil", synth.PencilHB, 0.35, 0.8},
		{"soft pencil", synth.PencilSoft, 0.4, 0.9},
		{"felt", synth.Felt, 0.7, 1},
		{"tick", synth.BallpointBlue.As(synth.Tick), 0.06, 0.35},
		{"cross", synth.BallpointBlue.As(synth.Cross), 0.12, 0.45},
		{"partial", synth.BallpointBlue.As(synth.Partial), 0.15, 0.75},
		{"light", synth.PencilHB.As(synth.Light), 0.1, 0.4},
	} {
		for seed := range uint64(12) {
			img := synth.Fill(paper(), p, truth, c.pen, seed)
			marked := p.Pages[0].Elements[0].Groups[0].Bubbles[1].Box.Grow(-12)
			if d := darkness(img, marked); d < c.lo || d > c.hi {
				t.Errorf("%s, seed %d: darkness %.2f, want %.2f to %.2f", c.name, seed, d, c.lo, c.hi)
			}
			far := p.Pages[0].Elements[0].Groups[0].Bubbles[3].Box
			if d := darkness(img, far); d != 0 {
				t.Errorf("%s, seed %d: a bubble two further is %.3f dark", c.name, seed, d)
			}
		}
	}
}

func TestErasuresAndStrays(t *testing.T) {
	p := form()
	pen := synth.PencilHB
	pen.Erasures = 1
	img := synth.Fill(paper(), p, nil, pen, 3)
	if d := darkness(img, p.Pages[0].Elements[0].Groups[0].Bubbles[0].Box.Grow(-12)); d < 0.01 || d > 0.2 {
		t.Errorf("an erased mark is %.3f dark", d)
	}
	pen.Erasures, pen.Strays = 0, 30
	if d := darkness(synth.Fill(paper(), p, nil, pen, 3), geom.PageRect{W: 620, H: 900}); d < 1e-4 || d > 0.05 {
		t.Errorf("a page with strays is %.5f dark", d)
	}
}

func TestFillFollowsTheOutlineAndTheResolution(t *testing.T) {
	p := form()
	// The pattern says the printed outline is the right half of the box.
	p.Pages[0].Elements[0].Ours = &pattern.ElementInfo{Printed: pattern.Box{35, 0, 35, 70}}
	big := image.NewGray(image.Rect(0, 0, 1240, 1800))
	for i := range big.Pix {
		big.Pix[i] = 255
	}
	img := synth.Fill(big, p, synth.Truth{"Q1": {"A"}}, synth.Felt, 1)
	left, right := geom.PageRect{X: 120, Y: 50, W: 40, H: 120}, geom.PageRect{X: 210, Y: 70, W: 30, H: 80}
	if l, r := darkness(img, left), darkness(img, right); l > 0.2 || r < 0.7 {
		t.Errorf("left half %.2f dark, right half %.2f", l, r)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	p := form()
	effects := synth.PhoneEffects(11)
	effects.LongSide, effects.Motion = 500, 2
	take := func(seed uint64) []byte {
		photo, _ := synth.Photo(synth.Fill(paper(), p, synth.DrawTruth(p, seed), synth.DrawPen(seed), seed), effects, seed)
		return photo.Pix
	}
	a := take(1)
	before := runtime.GOMAXPROCS(1)
	b := take(1)
	runtime.GOMAXPROCS(before)
	if !bytes.Equal(a, b) {
		t.Error("the same seed gives other bytes on another number of cores")
	}
	if bytes.Equal(a, take(2)) {
		t.Error("another seed gives the same bytes")
	}
}

// dotted is a page with a black dot at each of some places.
func dotted(places []geom.PagePt) *image.Gray {
	g := paper()
	for _, p := range places {
		for dy := -12; dy <= 12; dy++ {
			for dx := -12; dx <= 12; dx++ {
				if dx*dx+dy*dy <= 144 {
					g.SetGray(int(p.X)+dx, int(p.Y)+dy, color.Gray{})
				}
			}
		}
	}
	return g
}

// middleOfInk is the centroid of darkness around a point.
func middleOfInk(img *image.RGBA, at geom.ImagePt, reach float64) geom.ImagePt {
	var sx, sy, sum float64
	for y := int(at.Y - reach); y <= int(at.Y+reach); y++ {
		for x := int(at.X - reach); x <= int(at.X+reach); x++ {
			if !image.Pt(x, y).In(img.Rect) {
				continue
			}
			d := max(128-float64(img.RGBAAt(x, y).G), 0)
			sx, sy, sum = sx+d*(float64(x)+0.5), sy+d*(float64(y)+0.5), sum+d
		}
	}
	return geom.ImagePt{X: sx / sum, Y: sy / sum}
}

func TestFrameTellsWherePointsLie(t *testing.T) {
	places := []geom.PagePt{{X: 60.5, Y: 60.5}, {X: 560.5, Y: 70.5}, {X: 80.5, Y: 830.5}, {X: 540.5, Y: 840.5}, {X: 300.5, Y: 450.5}}
	page := dotted(places)
	cases := map[string]synth.Effects{
		"zero":       {},
		"small":      {LongSide: 400},
		"scan":       {DPI: 150, Rotation: 0.7, ShiftX: 0.5, ShiftY: -0.5, Desk: synth.Lid},
		"scan 90":    {DPI: 300, Rotation: 90, Desk: synth.Lid},
		"tilted":     {LongSide: 1000, Tilt: 20, TiltDirection: 30, Rotation: 5, Margin: 0.05},
		"sideways":   {LongSide: 1000, Tilt: 8, Rotation: 270, Margin: 0.05, ShiftX: 1},
		"on a slant": {LongSide: 1000, Rotation: 45, Margin: 0.02},
	}
	for seed := range uint64(3) {
		e := synth.PhoneEffects(seed)
		e.LongSide, e.Curl, e.Shadow = 1100, 0, 0
		cases[fmt.Sprintf("phone %d", seed)] = e
	}
	for name, e := range cases {
		photo, _ := synth.Photo(page, e, 5)
		h, size := e.Frame(620, 900)
		if photo.Rect.Size() != size {
			t.Errorf("%s: picture of %v, frame of %v", name, photo.Rect.Size(), size)
		}
		for _, p := range places {
			want := h.Apply(p)
			got := middleOfInk(photo, want, 20*h.Scale(p))
			if d := math.Hypot(got.X-want.X, got.Y-want.Y); !(d < 0.6) {
				t.Errorf("%s: %v lies at %v, the frame says %v", name, p, got, want)
			}
		}
	}
}

func TestScansHaveTheirResolution(t *testing.T) {
	for _, dpi := range []float64{150, 200, 300} {
		photo, quality := synth.Photo(paper(), synth.Effects{DPI: dpi, JPEG: 77}, 1)
		if want := image.Pt(int(math.Round(620*dpi/300)), int(900*dpi/300)); photo.Rect.Size() != want || quality != 77 {
			t.Errorf("%v dpi: %v, want %v; quality %d", dpi, photo.Rect.Size(), want, quality)
		}
	}
}

func TestLightAndSensor(t *testing.T) {
	level := func(e synth.Effects, x, y int) float64 {
		e.LongSide = 400
		photo, _ := synth.Photo(paper(), e, 9)
		sum := 0.0
		for dy := range 9 {
			for dx := range 9 {
				sum += float64(photo.RGBAAt(x+dx, y+dy).G) / 81
			}
		}
		return sum
	}
	plain := synth.Effects{White: 220}
	if v := level(plain, 130, 200); math.Abs(v-220) > 3 {
		t.Errorf("paper is %.0f, want 220", v)
	}
	shadow := plain
	shadow.Shadow, shadow.ShadowSoftness = 0.4, 0.05
	if lit, dim := level(shadow, 10, 200), level(shadow, 255, 200); lit-dim < 60 {
		t.Errorf("lit %.0f, in the shadow %.0f", lit, dim)
	}
	warm := plain
	warm.WhiteBalance = [3]float64{1, 0.9, 1}
	if v := level(warm, 130, 200); math.Abs(v-198) > 4 {
		t.Errorf("green at a gain of 0.9 is %.0f, want 198", v)
	}
	grained := plain
	grained.Noise, grained.LongSide = 6, 400
	photo, _ := synth.Photo(paper(), grained, 9)
	sum, square, n := 0.0, 0.0, 0.0
	for y := 100; y < 300; y++ {
		for x := 50; x < 200; x++ {
			v := float64(photo.RGBAAt(x, y).G)
			sum, square, n = sum+v, square+v*v, n+1
		}
	}
	if dev := math.Sqrt(square/n - sum*sum/n/n); math.Abs(dev-6) > 0.6 {
		t.Errorf("noise of %.2f levels, want 6", dev)
	}
}

func TestDrawnEffectsVary(t *testing.T) {
	turned, scans := 0, map[float64]int{}
	for seed := range uint64(400) {
		e := synth.PhoneEffects(seed)
		if math.Abs(e.Rotation) > 45 {
			turned++
		}
		if e.Tilt < 0 || e.Tilt > 20 || e.JPEG < 60 || e.JPEG > 100 || e.DPI != 0 {
			t.Fatalf("seed %d: %+v", seed, e)
		}
		s := synth.ScanEffects(seed)
		scans[s.DPI]++
	}
	if turned < 20 || turned > 120 || scans[150] == 0 || scans[300] == 0 {
		t.Errorf("%d of 400 photos turned, scans by dpi %v", turned, scans)
	}
}

func TestAnyPictureCanBePhotographed(t *testing.T) {
	for _, img := range []image.Image{
		image.NewGray(image.Rect(0, 0, 1, 1)),
		image.NewRGBA(image.Rect(5, 5, 30, 9)),
		image.NewNRGBA(image.Rect(-3, -3, 40, 40)),
		image.NewYCbCr(image.Rect(0, 0, 64, 90), image.YCbCrSubsampleRatio420),
	} {
		for _, e := range []synth.Effects{synth.PhoneEffects(1), synth.ScanEffects(2)} {
			e.LongSide = 120
			if photo, _ := synth.Photo(img, e, 1); photo.Rect.Empty() {
				t.Errorf("%T: empty photo", img)
			}
		}
	}
}

func BenchmarkPhoto(b *testing.B) {
	page := image.NewRGBA(image.Rect(0, 0, 2480, 3508))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	e := synth.PhoneEffects(3)
	e.LongSide = 2600
	for b.Loop() {
		synth.Photo(page, e, 3)
	}
}

func BenchmarkFill(b *testing.B) {
	p := form()
	truth := synth.DrawTruth(p, 1)
	page := paper()
	for b.Loop() {
		synth.Fill(page, p, truth, synth.BallpointBlue, 1)
	}
}
