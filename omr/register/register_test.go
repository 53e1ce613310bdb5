package register_test

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/register/sheettest"
)

// worst is the largest distance in page px between the map and the truth over
// the bubbles.
func worst(m *register.Map, p *pattern.Page, truth func(geom.PagePt) geom.ImagePt) float64 {
	far := 0.0
	for _, pl := range register.Places(p) {
		c := pl.Box.Center()
		a, b := m.Image(c), truth(c)
		far = max(far, math.Hypot(a.X-b.X, a.Y-b.Y)/m.Scale(c))
	}
	return far
}

// sheet is a filled random form.
func sheet(seed uint64, markers sheettest.Markers) (*pattern.Page, *image.Gray) {
	p := sheettest.Form(seed, markers)
	g := sheettest.Draw(p, sheettest.Look{Seed: seed})
	sheettest.Mark(g, p, sheettest.Choose(p, seed), sheettest.Pens[seed%6], seed)
	return p, g
}

func TestFindsThePage(t *testing.T) {
	tests := []struct {
		name    string
		markers sheettest.Markers
		seed    uint64
		camera  sheettest.Camera
	}{
		{"straight", sheettest.FiveMarkers, 1, sheettest.Camera{Scale: 1, Table: 255}},
		{"upside down at 150 dpi", sheettest.FiveMarkers, 2, sheettest.Camera{Scale: 0.5, Turn: 180, Table: 255}},
		{"on its side, four markers", sheettest.FourMarkers, 3, sheettest.Camera{Scale: 0.667, Turn: 90, Margin: 0.02, Table: 240}},
		{"no markers, turned", sheettest.NoMarkers, 4, sheettest.Camera{Scale: 0.667, Turn: 271, Margin: 0.02, Table: 240}},
		{"tilted and curled on a dark table", sheettest.FiveMarkers, 5, sheettest.Camera{Scale: 0.6, Turn: 7, Tilt: 0.2, Curl: 15, Margin: 0.06, Table: 60, Shade: 0.4, Blur: 1, Noise: 4, JPEG: 70}},
		{"the same without markers", sheettest.NoMarkers, 5, sheettest.Camera{Scale: 0.6, Turn: 7, Tilt: 0.2, Curl: 15, Margin: 0.06, Table: 60, Shade: 0.4, Blur: 1, Noise: 4, JPEG: 70}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, g := sheet(tt.seed, tt.markers)
			photo, truth := tt.camera.Take(g, tt.seed)
			m, err := register.Page(photo, p, register.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d := worst(m, p, truth); d > 4 {
				t.Errorf("a bubble is placed %.1f page px off (limit 4)", d)
			}
			want := int(math.Round(tt.camera.Turn/90)) * 90 % 360
			if m.Turn != want {
				t.Errorf("turn = %d, want %d", m.Turn, want)
			}
			if (m.Method == register.ByContent) != (tt.markers == sheettest.NoMarkers) {
				t.Errorf("method = %s with %d markers", m.Method, tt.markers)
			}
			for i, o := range m.Outlines {
				if !o.Inside || !o.Seen {
					t.Errorf("outline %d: inside %v, seen %v", i, o.Inside, o.Seen)
				}
			}
		})
	}
}

func TestTornCornerStillRegisters(t *testing.T) {
	for _, corner := range []int{0, 1, 3} {
		p, g := sheet(11, sheettest.FiveMarkers)
		x, y := corner%2*(sheettest.Width-170), corner/2*(sheettest.Height-170)
		for v := y; v < y+170; v++ {
			for u := x; u < x+170; u++ {
				g.Pix[v*g.Stride+u] = 235
			}
		}
		photo, truth := sheettest.Camera{Scale: 0.5, Turn: 3, Tilt: 0.08, Margin: 0.03, Table: 235}.Take(g, 1)
		m, err := register.Page(photo, p, register.Options{})
		if err != nil {
			t.Fatalf("corner %d: %v", corner, err)
		}
		if d := worst(m, p, truth); d > 4 {
			t.Errorf("corner %d: off by %.1f page px", corner, d)
		}
		if m.Markers[corner].Found {
			t.Errorf("corner %d was torn off, yet found", corner)
		}
	}
}

func TestRefusals(t *testing.T) {
	plain := sheettest.Camera{Scale: 0.5, Margin: 0.02, Table: 240}
	mirror := plain
	mirror.Mirror = true
	noise := func(*testing.T) *image.Gray {
		g := image.NewGray(image.Rect(0, 0, 900, 1200))
		r := rand.New(rand.NewPCG(1, 2))
		for i := range g.Pix {
			g.Pix[i] = uint8(r.IntN(256))
		}
		return g
	}
	shot := func(form uint64, m sheettest.Markers, c sheettest.Camera) func(*testing.T) *image.Gray {
		return func(*testing.T) *image.Gray {
			_, g := sheet(form, m)
			photo, _ := c.Take(g, 1)
			return photo
		}
	}
	uniform := func(luma uint8) func(*testing.T) *image.Gray {
		return func(*testing.T) *image.Gray {
			g := image.NewGray(image.Rect(0, 0, 1240, 1754))
			for i := range g.Pix {
				g.Pix[i] = luma
			}
			return g
		}
	}
	tests := []struct {
		name    string
		markers sheettest.Markers
		picture func(*testing.T) *image.Gray
		want    string
	}{
		{"another form with the same markers", sheettest.FiveMarkers, shot(22, sheettest.FiveMarkers, plain), "wrong_form"},
		{"another form, four markers", sheettest.FourMarkers, shot(22, sheettest.FourMarkers, plain), "wrong_form"},
		{"another form without markers", sheettest.NoMarkers, shot(22, sheettest.NoMarkers, plain), "page_not_found"},
		{"mirrored, five markers", sheettest.FiveMarkers, shot(21, sheettest.FiveMarkers, mirror), "mirrored"},
		{"mirrored, four markers", sheettest.FourMarkers, shot(21, sheettest.FourMarkers, mirror), "mirrored"},
		{"white", sheettest.FiveMarkers, uniform(255), "blank_image"},
		{"black", sheettest.FiveMarkers, uniform(0), "blank_image"},
		{"noise", sheettest.FiveMarkers, noise, "page_not_found"},
		{"a thumbnail", sheettest.FiveMarkers, shot(21, sheettest.FiveMarkers, sheettest.Camera{Scale: 0.05, Table: 255}), "image_too_small"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := sheettest.Form(21, tt.markers)
			m, err := register.Page(tt.picture(t), p, register.Options{})
			if err == nil {
				t.Fatalf("accepted with support %.2f, want %s", m.Support, tt.want)
			}
			f := fault.As(err)
			if f == nil || f.Code != tt.want {
				t.Errorf("refused by %v, want %s", err, tt.want)
			}
			if f != nil && (f.Cause == "" || f.Cure == "" || f.Kind != fault.Invalid) {
				t.Errorf("fault lacks cause, cure or kind: %+v", f)
			}
		})
	}
}

// A form whose bubbles are blank and symmetric shows nothing but its markers to
// tell the turns apart: five do, four do not.
func TestSymmetricForm(t *testing.T) {
	form := func(m sheettest.Markers) *pattern.Page {
		p := &pattern.Page{Width: sheettest.Width, Height: sheettest.Height, Markers: sheettest.MarkersOf(m)}
		for row := range 12 {
			var g pattern.Group
			for c := range 5 {
				g.Bubbles = append(g.Bubbles, pattern.Bubble{
					Value: fmt.Sprint("Answer ", c),
					Box:   geom.PageRect{X: 1240 - 35 + float64(c-2)*300, Y: 1754 - 35 + (float64(row)-5.5)*150, W: 70, H: 70},
				})
			}
			p.Elements = append(p.Elements, pattern.Element{Type: pattern.ChoiceBox, Name: fmt.Sprint("Q", row), Groups: []pattern.Group{g}})
		}
		return p
	}
	five, four := form(sheettest.FiveMarkers), form(sheettest.FourMarkers)
	for _, turn := range []float64{0, 90, 180} {
		c := sheettest.Camera{Scale: 0.4, Turn: turn, Table: 255}
		photo, truth := c.Take(sheettest.Draw(five, sheettest.Look{NoText: true, NoGlyph: true}), 1)
		m, err := register.Page(photo, five, register.Options{})
		if err != nil {
			t.Fatalf("five markers, turned by %v: %v", turn, err)
		}
		if d := worst(m, five, truth); d > 3 {
			t.Errorf("five markers, turned by %v: off by %.1f px", turn, d)
		}
		photo, _ = c.Take(sheettest.Draw(four, sheettest.Look{NoText: true, NoGlyph: true}), 1)
		if m, err := register.Page(photo, four, register.Options{}); err == nil {
			t.Errorf("four markers, turned by %v: read as turned by %d, but nothing tells", turn, m.Turn)
		}
	}
}

func TestIdentifierTellsPagesApart(t *testing.T) {
	_, g := sheet(31, sheettest.FiveMarkers)
	p := sheettest.Form(31, sheettest.FiveMarkers)
	box := geom.PageRect{X: 2332, Y: 1692, W: 124, H: 124}
	code := &pattern.Page{Width: p.Width, Height: p.Height, Elements: []pattern.Element{{BarcodeType: "QR", Value: "LM1:ABCDEFGH2345:1/2", Box: box, QRVersion: 3}}}
	printed := sheettest.Draw(code, sheettest.Look{NoText: true})
	for i, v := range printed.Pix {
		g.Pix[i] = min(g.Pix[i], v)
	}
	tests := []struct{ expects, want string }{
		{"LM1:ABCDEFGH2345:1/2", ""},
		{"LM1:ABCDEFGH2345:2/2", "wrong_page"},
		{"LM1:ZZZZZZZZ2345:1/2", "wrong_form"},
	}
	for _, tt := range tests {
		id := &pattern.Identifier{Box: pattern.Box{box.X, box.Y, box.W, box.H}, Text: tt.expects}
		_, err := register.Page(g, p, register.Options{Identifier: id})
		got := ""
		if f := fault.As(err); f != nil {
			got = f.Code
		}
		if got != tt.want {
			t.Errorf("page expects %s: %q, want %q (%v)", tt.expects, got, tt.want, err)
		}
	}
}

// Whatever the picture and the pattern, the answer is a map or a fault, soon.
func TestOddInput(t *testing.T) {
	one := &pattern.Page{Width: 2480, Height: 3508, Markers: sheettest.MarkersOf(sheettest.FiveMarkers), Elements: []pattern.Element{{
		Type: pattern.CheckBox, Groups: []pattern.Group{{Bubbles: []pattern.Bubble{{Box: geom.PageRect{X: 500, Y: 500, W: 50, H: 50}}}}},
	}}}
	many := &pattern.Page{Width: 2480, Height: 3508}
	var g pattern.Group
	for i := range 100_000 {
		g.Bubbles = append(g.Bubbles, pattern.Bubble{Box: geom.PageRect{X: float64(i % 400 * 6), Y: float64(i / 400 * 14), W: 6, H: 6}})
	}
	many.Elements = []pattern.Element{{Type: pattern.ChoiceBox, Groups: []pattern.Group{g}}}
	empty := &pattern.Page{}
	pages := []*pattern.Page{one, many, empty, sheettest.Form(1, sheettest.FiveMarkers)}
	stripes := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range stripes.Pix {
		stripes.Pix[i] = uint8(i / 3 % 2 * 255)
	}
	pictures := []*image.Gray{
		image.NewGray(image.Rect(0, 0, 0, 0)), image.NewGray(image.Rect(0, 0, 1, 1)),
		image.NewGray(image.Rect(0, 0, 3000, 2)), image.NewGray(image.Rect(5, 7, 205, 307)), stripes,
	}
	for i, p := range pages {
		for j, im := range pictures {
			if _, err := register.Page(im, p, register.Options{}); fault.As(err) == nil {
				t.Errorf("pattern %d, picture %d: %v, want a fault", i, j, err)
			}
		}
	}
}

func TestOneBubbleOnMarkers(t *testing.T) {
	p := &pattern.Page{Width: 2480, Height: 3508, Markers: sheettest.MarkersOf(sheettest.FiveMarkers), Elements: []pattern.Element{{
		Type: pattern.ChoiceBox, Name: "Consent", Groups: []pattern.Group{{Bubbles: []pattern.Bubble{{Value: "Y", Box: geom.PageRect{X: 700, Y: 900, W: 70, H: 70}}}}},
	}}}
	photo, truth := sheettest.Camera{Scale: 0.6, Turn: 182, Tilt: 0.1, Margin: 0.02, Table: 230}.Take(sheettest.Draw(p, sheettest.Look{}), 3)
	m, err := register.Page(photo, p, register.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := worst(m, p, truth); d > 4 {
		t.Errorf("off by %.1f px", d)
	}
}

// A form of texts and codes has nothing but its markers: five tell the turn, four
// do not (spec/api.md 4.1: its result is a header line).
func TestPageWithoutBubbles(t *testing.T) {
	form := func(m sheettest.Markers) *pattern.Page {
		return &pattern.Page{Width: sheettest.Width, Height: sheettest.Height, Markers: sheettest.MarkersOf(m)}
	}
	for _, turn := range []float64{0, 90, 180, 271} {
		c := sheettest.Camera{Scale: 0.4, Turn: turn, Tilt: 0.05, Margin: 0.03, Table: 200}
		five := form(sheettest.FiveMarkers)
		photo, truth := c.Take(sheettest.Draw(five, sheettest.Look{Seed: 1}), 1)
		m, err := register.Page(photo, five, register.Options{})
		if err != nil {
			t.Fatalf("five markers, turned by %v: %v", turn, err)
		}
		for _, p := range []geom.PagePt{{X: 300, Y: 300}, {X: 2200, Y: 500}, {X: 1240, Y: 3300}} {
			a, b := m.Image(p), truth(p)
			if d := math.Hypot(a.X-b.X, a.Y-b.Y) / m.Scale(p); d > 4 {
				t.Errorf("turned by %v: %v is off by %.1f page px", turn, p, d)
			}
		}
		if m.Method != register.ByMarkers {
			t.Errorf("turned by %v: method %s", turn, m.Method)
		}
		four := form(sheettest.FourMarkers)
		photo, _ = c.Take(sheettest.Draw(four, sheettest.Look{Seed: 1}), 1)
		for _, p := range []*pattern.Page{four, five} {
			if m, err := register.Page(photo, p, register.Options{}); err == nil {
				t.Errorf("%d markers listed, four equal ones printed, turned by %v: read as turned by %d, but nothing tells", len(p.Markers), turn, m.Turn)
			}
		}
		c.Mirror = true
		photo, _ = c.Take(sheettest.Draw(five, sheettest.Look{Seed: 1}), 1)
		if _, err := register.Page(photo, five, register.Options{}); fault.As(err) == nil || fault.As(err).Code != "mirrored" {
			t.Errorf("mirrored, turned by %v: %v", turn, err)
		}
	}
}

// What is printed inside the bubbles may differ from their values: the pattern
// knows it (pattern.ElementInfo), or its letters differ in case only.
func TestPrintedSymbols(t *testing.T) {
	printed, g := sheet(21, sheettest.FiveMarkers)
	photo, truth := sheettest.Camera{Scale: 0.6, Turn: 3, Margin: 0.02, Table: 230}.Take(g, 1)
	valued := func(known, blank bool) *pattern.Page {
		p := sheettest.Form(21, sheettest.FiveMarkers)
		for i := range p.Elements {
			var symbols []string
			for j := range p.Elements[i].Groups {
				for k := range p.Elements[i].Groups[j].Bubbles {
					v := &p.Elements[i].Groups[j].Bubbles[k].Value
					if blank {
						symbols = append(symbols, "")
					} else {
						symbols = append(symbols, *v)
					}
					*v = string(rune('P' + k%6))
				}
			}
			if known {
				p.Elements[i].Ours = &pattern.ElementInfo{Symbols: symbols}
			}
		}
		return p
	}
	small := sheettest.Form(21, sheettest.FiveMarkers)
	for i := range small.Elements {
		for j := range small.Elements[i].Groups {
			for k := range small.Elements[i].Groups[j].Bubbles {
				v := &small.Elements[i].Groups[j].Bubbles[k].Value
				*v = strings.ToLower(*v)
			}
		}
	}
	tests := []struct {
		name string
		p    *pattern.Page
		want string
	}{
		{"symbols known", valued(true, false), ""},
		{"known to be blank: neutral", valued(true, true), ""},
		{"values in the other case", small, ""},
		{"not known, other letters", valued(false, false), "wrong_form"},
	}
	for _, tt := range tests {
		m, err := register.Page(photo, tt.p, register.Options{})
		got := ""
		if f := fault.As(err); f != nil {
			got = f.Code
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.name, got, tt.want, err)
		}
		if m != nil {
			if d := worst(m, printed, truth); d > 4 {
				t.Errorf("%s: off by %.1f px", tt.name, d)
			}
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte{0, 255, 3}, uint16(64), uint16(64), uint64(1))
	f.Add([]byte("a sheet of paper"), uint16(300), uint16(200), uint64(2))
	f.Fuzz(func(t *testing.T, pix []byte, w, h uint16, seed uint64) {
		g := image.NewGray(image.Rect(0, 0, int(w%400), int(h%400)))
		for i := range g.Pix {
			if len(pix) > 0 {
				g.Pix[i] = pix[i%len(pix)]
			}
		}
		m, err := register.Page(g, sheettest.Form(seed%8, sheettest.Markers(seed%3)), register.Options{})
		if (m == nil) == (err == nil) {
			t.Fatalf("map %v and error %v", m, err)
		}
	})
}

func BenchmarkPage(b *testing.B) {
	for _, k := range []struct {
		name string
		m    sheettest.Markers
	}{{"five markers", sheettest.FiveMarkers}, {"no markers", sheettest.NoMarkers}} {
		b.Run(k.name, func(b *testing.B) {
			p, g := sheet(3, k.m)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := register.Page(g, p, register.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
