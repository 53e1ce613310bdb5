package synth_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/synth"
)

// shots is one sheet taken twice, without and with an effect.
type shots struct {
	plain, with *image.RGBA
	e           synth.Effects // the one with
}

func luma(img *image.RGBA, x, y int) float64 {
	c := img.RGBAAt(x, y)
	return 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)
}

// spread is mean and standard deviation of luma in a part of a picture, given in
// shares of its sides.
func spread(img *image.RGBA, x0, y0, x1, y1 float64) (mean, deviation float64) {
	sum, square, n := 0.0, 0.0, 0.0
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	for y := int(y0 * h); y < int(y1*h); y++ {
		for x := int(x0 * w); x < int(x1*w); x++ {
			v := luma(img, x, y)
			sum, square, n = sum+v, square+v*v, n+1
		}
	}
	return sum / n, math.Sqrt(max(square/n-sum*sum/n/n, 0))
}

// count of px that satisfy ok.
func count(img *image.RGBA, ok func(v float64) bool) (n int) {
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if ok(luma(img, x, y)) {
				n++
			}
		}
	}
	return n
}

func isDark(v float64) bool  { return v < 90 }
func isWhite(v float64) bool { return v > 225 }

// moves are how far the dots of the page lie from where the plain picture has
// them, px.
func (s shots) moves() (out []geom.ImagePt) {
	h, _ := s.e.Frame(620, 900)
	for _, p := range dots {
		at := h.Apply(p)
		got := middleOfInk(s.with, at, 24*h.Scale(p))
		out = append(out, geom.ImagePt{X: got.X - at.X, Y: got.Y - at.Y})
	}
	return out
}

var dots = []geom.PagePt{
	{X: 80.5, Y: 80.5},
	{X: 310.5, Y: 80.5},
	{X: 540.5, Y: 80.5},
	{X: 80.5, Y: 300.5},
	{X: 310.5, Y: 300.5},
	{X: 540.5, Y: 300.5},
	{X: 80.5, Y: 560.5},
	{X: 310.5, Y: 560.5},
	{X: 540.5, Y: 560.5},
	{X: 80.5, Y: 820.5},
	{X: 310.5, Y: 820.5},
	{X: 540.5, Y: 820.5},
}

// pages to take effects on.
func testPage(kind string) image.Image {
	switch kind {
	case "dots":
		return dotted(dots)
	case "white":
		return paper()
	case "black":
		return image.NewGray(image.Rect(0, 0, 620, 900))
	case "grey":
		g := paper()
		for i := range g.Pix {
			g.Pix[i] = 150
		}
		return g
	default: // lines of print, as thin as a bubble's outline
		g := paper()
		for y := 20; y < 880; y++ {
			for x := 20; x < 600; x++ {
				if y%20 < 3 || x%30 < 3 {
					g.SetGray(x, y, color.Gray{Y: 40})
				}
			}
		}
		return g
	}
}

func span(moves []geom.ImagePt) (x, y float64) {
	for _, m := range moves {
		x, y = max(x, math.Abs(m.X)), max(y, math.Abs(m.Y))
	}
	return x, y
}

func darker(by float64) func(s shots) bool {
	return func(s shots) bool {
		a, _ := spread(s.plain, 0, 0, 1, 1)
		b, _ := spread(s.with, 0, 0, 1, 1)
		return a-b > by
	}
}

// bent tells whether some dots moved, and none out of all proportion.
func bent(lo, hi float64) func(s shots) bool {
	return func(s shots) bool {
		x, y := span(s.moves())
		return math.Hypot(x, y) > lo && math.Hypot(x, y) < hi
	}
}

// rougher tells whether paper lost its evenness.
func rougher(by float64) func(s shots) bool {
	return func(s shots) bool {
		_, a := spread(s.plain, 0.2, 0.2, 0.8, 0.8)
		_, b := spread(s.with, 0.2, 0.2, 0.8, 0.8)
		return b-a > by
	}
}

// corner is the darkest mean of the four corners.
func corner(img *image.RGBA) float64 {
	out := 255.0
	for _, c := range [][2]float64{{0, 0}, {0.97, 0}, {0, 0.97}, {0.97, 0.97}} {
		v, _ := spread(img, c[0], c[1], c[0]+0.03, c[1]+0.03)
		out = min(out, v)
	}
	return out
}

// Every effect does what its name says.
func TestEffects(t *testing.T) {
	cases := map[string]struct {
		page string
		base string // effects that both have, name=value
		set  string
		ok   func(s shots) bool
	}{
		"long-side": {"white", "", "500", func(s shots) bool { return s.with.Rect.Dy() == 500 }},
		"dpi":       {"white", "", "150", func(s shots) bool { return s.with.Rect.Dx() == 310 }},
		"dpi-y":     {"white", "dpi=204 desk=lid", "98", func(s shots) bool { return s.with.Rect.Dx() == 422 && s.with.Rect.Dy() == 294 }},
		"jpeg":      {"white", "", "31", func(s shots) bool { return s.e.JPEG == 31 }},
		"format":    {"white", "", "tiff", func(s shots) bool { return s.e.Format == synth.TIFF }},
		"grey": {"white", "", "1", func(s shots) bool {
			c := s.with.RGBAAt(300, 400)
			return c.R == c.G && c.G == c.B
		}},
		"bits":      {"grey", "dpi=300 desk=lid", "1", func(s shots) bool { return count(s.with, func(v float64) bool { return v > 1 && v < 254 }) == 0 }},
		"threshold": {"grey", "dpi=300 desk=lid bits=1", "190", func(s shots) bool { return count(s.plain, isDark) == 0 && count(s.with, isDark) > 500000 }},
		"dither": {"grey", "dpi=300 desk=lid bits=1", "1", func(s shots) bool {
			mean, _ := spread(s.with, 0.1, 0.1, 0.9, 0.9)
			return math.Abs(mean-150) < 8 && count(s.with, func(v float64) bool { return v > 1 && v < 254 }) == 0
		}},
		"dropped-lines": {"lines", "dpi=300 desk=lid bits=1", "40", func(s shots) bool {
			return !slices.Equal(s.plain.Pix, s.with.Pix)
		}},

		"print-scale":   {"dots", "dpi=300 desk=lid", "2", func(s shots) bool { return frameMoves(s, 0.02*230, 0.02*370) }},
		"print-stretch": {"dots", "dpi=300 desk=lid", "2", func(s shots) bool { return frameMoves(s, 0, 0.02*370) }},
		"print-shear":   {"dots", "dpi=300 desk=lid", "1", func(s shots) bool { return frameMoves(s, math.Tan(math.Pi/180)*370, 0) }},
		"print-shift":   {"dots", "dpi=300 desk=lid", "40", func(s shots) bool { return frameMoves(s, 40*900/3508.0, 40*900/3508.0) }},
		"print-wobble":  {"dots", "dpi=300 desk=lid", "6", bent(0.4, 2.4)},
		"toner-gaps": {"black", "dpi=300 desk=lid", "8", func(s shots) bool {
			n := count(s.with, func(v float64) bool { return v > 100 })
			return n > 300 && n < 60000
		}},
		"low-toner": {"black", "dpi=300 desk=lid", "0.5", func(s shots) bool {
			mean, _ := spread(s.with, 0.1, 0.1, 0.9, 0.9)
			return mean > 90 && mean < 160
		}},
		"heavy-print": {"lines", "dpi=300 desk=lid", "1", func(s shots) bool { return float64(count(s.with, isDark)) > 1.2*float64(count(s.plain, isDark)) }},
		"photocopy": {"lines", "dpi=300 desk=lid", "3", func(s shots) bool {
			return !slices.Equal(s.plain.Pix, s.with.Pix) && math.Abs(float64(count(s.with, isDark))/float64(count(s.plain, isDark))-1) < 0.9
		}},
		"ghost": {"dots", "dpi=300 desk=lid", "0.3", func(s shots) bool {
			between := func(v float64) bool { return v > 150 && v < 200 }
			return count(s.with, between) > count(s.plain, between)+1500 && math.Abs(float64(count(s.with, isDark)-count(s.plain, isDark))) < 400
		}},

		"paper":      {"white", "dpi=300 desk=lid", "newsprint", darker(20)},
		"curl":       {"dots", "", "14", bent(4, 40)},
		"folds":      {"white", "", "2", rougher(0.3)},
		"fold-depth": {"dots", "folds=2", "30", bent(1, 12)},
		"crumple":    {"white", "", "30", rougher(2)},
		"coffee":     {"white", "dpi=300 desk=lid", "2", darker(0.3)},
		"grease":     {"white", "dpi=300 desk=lid", "4", darker(0.1)},
		"holes": {"white", "dpi=300 desk=black-lid", "2", func(s shots) bool {
			hole := math.Pi * (0.0143 * 620) * (0.0143 * 620)
			return math.Abs(float64(count(s.with, isDark)-count(s.plain, isDark))-2*hole) < 100
		}},
		"staples":     {"white", "dpi=300 desk=lid", "1", func(s shots) bool { n := count(s.with, isDark); return n > 20 && n < 1000 }},
		"torn-corner": {"white", "dpi=300 desk=black-lid", "0.2", func(s shots) bool { return corner(s.plain) > 180 && corner(s.with) < 60 }},
		"dog-ear": {"black", "dpi=300 desk=black-lid", "0.2", func(s shots) bool {
			n := count(s.with, func(v float64) bool { return v > 180 }) // its white back
			return n > 3000 && n < 20000
		}},
		"cut-edge": {"dots", "dpi=300 desk=lid", "0.1", func(s shots) bool {
			h, size := s.e.Frame(620, 900)
			return math.Abs(h.Apply(geom.PagePt{X: 62}).X) < 1 && size.X == 620
		}},
		"cut-side": {"dots", "dpi=300 desk=lid cut-edge=0.1", "2", func(s shots) bool {
			h, size := s.e.Frame(620, 900)
			return math.Abs(h.Apply(geom.PagePt{X: 558}).X-float64(size.X)) < 1
		}},
		"thumb": {"white", "margin=0.1", "2", func(s shots) bool {
			skin := 0
			for y := range s.with.Rect.Dy() {
				for x := range s.with.Rect.Dx() {
					if a, b := s.plain.RGBAAt(x, y), s.with.RGBAAt(x, y); a != b && int(b.R) > int(b.B)+12 {
						skin++
					}
				}
			}
			return skin > 3000
		}},

		"margin": {"black", "desk=lid", "0.2", func(s shots) bool { return corner(s.plain) < 30 && corner(s.with) > 180 }},
		"rotation": {"dots", "", "90", func(s shots) bool {
			return s.with.Rect.Dx() > s.with.Rect.Dy()
		}},
		"tilt": {"dots", "margin=0.05", "30", func(s shots) bool {
			h, _ := s.e.Frame(620, 900)
			a, b, c := h.Apply(dots[0]), h.Apply(dots[2]), h.Apply(dots[11])
			d := h.Apply(dots[9])
			return math.Abs(math.Hypot(a.X-b.X, a.Y-b.Y)/math.Hypot(c.X-d.X, c.Y-d.Y)-1) > 0.08
		}},
		"tilt-direction": {"dots", "margin=0.05 tilt=30", "90", func(s shots) bool {
			h, _ := s.e.Frame(620, 900)
			a, b := h.Apply(dots[0]), h.Apply(dots[9])
			c, d := h.Apply(dots[2]), h.Apply(dots[11])
			return math.Abs(math.Hypot(a.X-b.X, a.Y-b.Y)/math.Hypot(c.X-d.X, c.Y-d.Y)-1) > 0.08
		}},
		"lens": {"dots", "margin=0.05", "0.05", func(s shots) bool {
			m := s.moves() // the corners come nearer to the middle
			return m[0].X > 2 && m[0].Y > 2 && m[11].X < -2 && m[11].Y < -2
		}},
		"desk": {"white", "margin=0.2", "black-lid", func(s shots) bool { return corner(s.with) < 40 }},

		"white":    {"white", "", "180", darker(60)},
		"black":    {"black", "", "70", func(s shots) bool { mean, _ := spread(s.with, 0.1, 0.1, 0.9, 0.9); return math.Abs(mean-70) < 4 }},
		"contrast": {"grey", "", "4", func(s shots) bool { return !slices.Equal(s.plain.Pix, s.with.Pix) }},
		"exposure": {"grey", "", "-1", func(s shots) bool {
			a, _ := spread(s.plain, 0.1, 0.1, 0.9, 0.9)
			b, _ := spread(s.with, 0.1, 0.1, 0.9, 0.9)
			return math.Abs(b/a-0.5) < 0.05
		}},
		"gradient": {"white", "", "0.5", func(s shots) bool {
			a, _ := spread(s.with, 0, 0.4, 0.1, 0.6)
			b, _ := spread(s.with, 0.9, 0.4, 1, 0.6)
			return b-a > 80
		}},
		"vignette": {"white", "", "0.5", func(s shots) bool {
			mean, _ := spread(s.with, 0.45, 0.45, 0.55, 0.55)
			return mean-corner(s.with) > 50
		}},
		"shadow":       {"white", "", "0.5", rougher(20)},
		"phone-shadow": {"white", "", "0.5", rougher(20)},
		"glare":        {"black", "", "1", func(s shots) bool { n := count(s.with, isWhite); return n > 2000 && n < 1000000 }},

		"blur": {"lines", "dpi=300 desk=lid", "4", func(s shots) bool { return count(s.with, isDark) < count(s.plain, isDark)/10 }},
		"blur-varies": {"lines", "", "5", func(s shots) bool {
			_, a := spread(s.with, 0.1, 0.1, 0.9, 0.2)
			_, b := spread(s.with, 0.1, 0.8, 0.9, 0.9)
			return math.Abs(a-b) > 15
		}},
		"motion": {"lines", "dpi=300 desk=lid", "9", func(s shots) bool { return count(s.with, isDark) < count(s.plain, isDark) }},
		"noise":  {"white", "white=200", "8", rougher(6)},
		"moire":  {"white", "white=220", "0.2", rougher(8)},

		"dust": {"white", "dpi=300 desk=lid", "200", func(s shots) bool {
			n := count(s.with, func(v float64) bool { return v < 200 })
			return n > 100 && n < 8000
		}},
		"streaks": {"white", "dpi=300 desk=lid white=230", "4", func(s shots) bool {
			for x := range 620 {
				if math.Abs(luma(s.with, x, 30)-luma(s.plain, x, 30)) > 15 && math.Abs(luma(s.with, x, 850)-luma(s.plain, x, 850)) > 15 {
					return true
				}
			}
			return false
		}},
		"feed-wobble": {"dots", "dpi=300 desk=lid", "20", func(s shots) bool {
			x, y := span(s.moves())
			return x < 0.3 && y > 1.5 && y < 12
		}},
		"black-border": {"white", "dpi=300 desk=lid", "0.05", func(s shots) bool {
			n := count(s.with, isDark)
			return n > 900*20 && n < 620*900/4
		}},
	}
	set := func(t *testing.T, e *synth.Effects, name, value string) {
		t.Helper()
		if err := e.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range synth.Parameters() {
		c, ok := cases[p.Name]
		if !ok {
			t.Errorf("%s has no test", p.Name)
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			e := synth.Effects{LongSide: 900}
			for pair := range strings.FieldsSeq(c.base) {
				name, value, _ := strings.Cut(pair, "=")
				set(t, &e, name, value)
			}
			var s shots
			s.plain, _ = synth.Photo(testPage(c.page), e, 5)
			set(t, &e, p.Name, c.set)
			s.e = e
			s.with, _ = synth.Photo(testPage(c.page), e, 5)
			if !c.ok(s) {
				mean, deviation := spread(s.with, 0, 0, 1, 1)
				t.Errorf("%s=%s does not show: mean %.1f, deviation %.1f, %d dark px of %v", p.Name, c.set, mean, deviation, count(s.with, isDark), s.with.Rect)
			}
		})
	}
}

// frameMoves tells whether the corner dots lie so far from their places on the
// page, and that the picture has them where the frame says.
func frameMoves(s shots, dx, dy float64) bool {
	h, _ := s.e.Frame(620, 900)
	at := h.Apply(dots[11])
	got := geom.PagePt{X: at.X - dots[11].X, Y: at.Y - dots[11].Y}
	x, y := span(s.moves())
	return math.Abs(got.X-dx) < 0.12*dx+0.2 && math.Abs(got.Y-dy) < 0.12*dy+0.2 && x < 0.5 && y < 0.5
}

// Every paper differs from plain office paper as it should.
func TestPapers(t *testing.T) {
	for _, c := range []struct {
		name       string
		darker     float64 // than office paper, gray levels
		rough      float64
		yellow     float64 // red over blue
		photograph bool
	}{
		{"recycled", 12, 1, 0, false},
		{"grained", 4, 2, 0, false},
		{"yellowed", 15, 1, 25, false},
		{"newsprint", 30, 1.5, 8, false},
		{"show-through", 0.5, 3, 0, false},
		{"ruled", 0.2, 3, 0, false},
		{"glossy", -60, 0.01, 0, true},
	} {
		e := synth.Effects{DPI: 300, Desk: synth.Lid, White: 240}
		if c.photograph {
			e = synth.Effects{LongSide: 900, White: 200}
		}
		plain, _ := synth.Photo(paper(), e, 3)
		if err := e.Set("paper", c.name); err != nil {
			t.Fatal(err)
		}
		img, _ := synth.Photo(paper(), e, 3)
		a, rough := spread(plain, 0.05, 0.05, 0.95, 0.95)
		b, rougher := spread(img, 0.05, 0.05, 0.95, 0.95)
		if a-b < c.darker || rougher-rough < c.rough {
			t.Errorf("%s: %.1f darker, %.1f rougher", c.name, a-b, rougher-rough)
		}
		if p := img.RGBAAt(310, 450); float64(p.R)-float64(p.B) < c.yellow {
			t.Errorf("%s: colour %v", c.name, p)
		}
	}
}

func TestEffectsRefuse(t *testing.T) {
	var e synth.Effects
	for _, c := range [][2]string{{"tilt", "90"}, {"tilt", "steep"}, {"tilt", "NaN"}, {"paper", "gold"}, {"colour", "1"}, {"folds", "-1"}, {"desk", "0"}} {
		if err := e.Set(c[0], c[1]); err == nil || !strings.Contains(err.Error(), c[0]) {
			t.Errorf("%s=%s: %v", c[0], c[1], err)
		}
	}
	if e != (synth.Effects{}) {
		t.Errorf("refused values were kept: %+v", e)
	}
	for _, text := range []string{"quill", "pencil:swirl", ""} {
		if _, err := synth.PenNamed(text); err == nil {
			t.Errorf("pen %q is accepted", text)
		}
	}
	for _, p := range synth.Pens() {
		for _, s := range synth.Styles() {
			if got, err := synth.PenNamed(fmt.Sprintf("%s:%s", p.Name, s)); err != nil || got != p.As(s) {
				t.Errorf("%s:%s: %v, %+v", p.Name, s, err, got)
			}
		}
	}
}
