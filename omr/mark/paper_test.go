package mark_test

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/register/sheettest"
)

// shadow is a half plane with less light: from (x, y) on, in the direction of
// angle, over soft px.
type shadow struct{ x, y, angle, soft, depth float64 }

func (s shadow) over(g *image.Gray, within image.Rectangle) *image.Gray {
	out := clone(g)
	sin, cos := math.Sincos(s.angle * math.Pi / 180)
	for y := within.Min.Y; y < within.Max.Y; y++ {
		row := out.Pix[y*out.Stride:]
		for x := within.Min.X; x < within.Max.X; x++ {
			d := ((float64(x)-s.x)*cos + (float64(y)-s.y)*sin) / s.soft
			l := 1.0
			switch {
			case d > 8:
				l -= s.depth
			case d > -8:
				l -= s.depth / (1 + math.Exp(-2*d))
			}
			row[x] = uint8(float64(row[x])*l + 0.5)
		}
	}
	return out
}

func clone(g *image.Gray) *image.Gray {
	return &image.Gray{Pix: slices.Clone(g.Pix), Stride: g.Stride, Rect: g.Rect}
}

// An edge of a shadow, hard or soft, at any angle, changes no answer silently,
// and hardly any at all.
func TestShadowEdges(t *testing.T) {
	right, doubtful := 0, 0
	for i, seed := range []uint64{51, 52, 53} {
		p := sheettest.Form(seed, sheettest.FiveMarkers)
		g := sheettest.Draw(p, sheettest.Look{Seed: seed})
		truth := sheettest.Choose(p, seed)
		sheettest.Mark(g, p, truth, sheettest.Pens[i], seed)
		c := sheettest.Scan(seed)
		c.Scale, c.JPEG, c.Noise = 0.5, 85, 3
		photo, _ := c.Take(g, seed)
		w, h := float64(photo.Rect.Dx()), float64(photo.Rect.Dy())
		r := sheettest.Rand(seed)
		for j, soft := range []float64{0.4, 1, 3, 8, 20, 60} {
			s := shadow{x: w * (0.3 + 0.4*r.Float64()), y: h * (0.3 + 0.4*r.Float64()), angle: 360 * r.Float64(), soft: soft, depth: 0.15 + 0.07*float64(j)}
			for _, a := range read(t, s.over(photo, photo.Rect), p, mark.Options{}) {
				switch want := truth.Values(p, a.Element); {
				case a.Doubt != "":
					doubtful++
				case a.Value != want:
					t.Errorf("seed %d, %+v: %s = %q without a doubt, the pen wrote %q", seed, s, a.Name, a.Value, want)
				default:
					right++
				}
			}
		}
	}
	if doubtful*50 > right {
		t.Errorf("%d answers in doubt, %d right: more than 2 %%", doubtful, right)
	}
}

// Where two shadows cross in a bubble, it is read as empty or in doubt.
func TestCrossingShadows(t *testing.T) {
	p := withoutCode()
	blank := drawEvery(p)
	for i := range 3 {
		fill(blank, pen, p.Elements[i].Groups[0].Bubbles[i].Box)
	}
	box := p.Elements[3].Groups[0].Bubbles[1].Box
	c := box.Center()
	around := image.Rect(int(c.X)-300, int(c.Y)-300, int(c.X)+300, int(c.Y)+300)
	for _, depth := range []float64{0.3, 0.45, 0.6} {
		for _, angle := range []float64{10, 100, 190, 280} {
			for _, turn := range []float64{40, 90, 140} {
				for _, off := range []float64{0, 12, 30} {
					one := shadow{x: c.X, y: c.Y, angle: angle, soft: 1, depth: depth}
					two := shadow{x: c.X + off, y: c.Y, angle: angle + turn, soft: 6, depth: 0.35}
					a := named(t, decide(two.over(one.over(blank, around), around), p), "Q4")
					if a.Doubt == "" && a.Value != "" {
						t.Errorf("%+v and %+v: Q4 = %q without a doubt (%.6f): %+v", one, two, a.Value, a.Confidence, a.Bubbles)
					}
				}
			}
		}
	}
}

// Graphite that reaches beyond its bubble, as smooth as a shadow, is no shadow.
func TestOverflowingMarksDoNotVanish(t *testing.T) {
	p := withoutCode()
	blank := drawEvery(p)
	for _, reach := range []float64{0.9, 1.2, 1.5, 1.8, 2.2, 2.6} {
		for _, light := range []float64{0.3, 0.5, 0.7} {
			for _, off := range [][2]float64{{0, 0}, {0.5, 0}, {0.3, 0.5}, {-0.8, 0.2}} {
				t.Run(fmt.Sprint(reach, light, off), func(t *testing.T) {
					g := clone(blank)
					box := p.Elements[3].Groups[0].Bubbles[1].Box
					c := box.Center()
					wash(g, geom.PagePt{X: c.X + off[0]*box.W/2, Y: c.Y + off[1]*box.H/2}, reach*box.W/2, light)
					a := named(t, decide(g, p), "Q4")
					if a.Doubt == "" && !slices.Contains(a.Values, "B") {
						t.Errorf("Q4 = %q without a doubt (%.6f): %+v", a.Value, a.Confidence, a.Bubbles[1])
					}
				})
			}
		}
	}
}

// Half of a bubble and all around that half, evenly grey, is no shadow either:
// it ends beside the bubble.
func TestGreyPatchesAreNotShadows(t *testing.T) {
	p := withoutCode()
	blank := drawEvery(p)
	box := p.Elements[5].Groups[0].Bubbles[3].Box // nothing to its right
	c := box.Center()
	for _, from := range []float64{-1, -0.6, -0.3, 0} {
		for _, to := range []float64{1.3, 1.6, 1.9} {
			for _, high := range []float64{1, 1.4, 1.8} {
				for _, light := range []float64{0.4, 0.55, 0.7} {
					g := clone(blank)
					r := box.W / 2
					for y := int(c.Y - high*r); y <= int(c.Y+high*r); y++ {
						for x := int(c.X + from*r); x <= int(c.X+to*r); x++ {
							g.Pix[y*g.Stride+x] = uint8(float64(g.Pix[y*g.Stride+x]) * light)
						}
					}
					a := named(t, decide(g, p), "Q6")
					if a.Doubt == "" && !slices.Contains(a.Values, "D") {
						t.Errorf("from %.1f to %.1f, %.1f high, light %.2f: Q6 = %q without a doubt (%.6f): %+v", from, to, high, light, a.Value, a.Confidence, a.Bubbles[3])
					}
				}
			}
		}
	}
}

// decide reads a plane that shows the page exactly in its place.
func decide(g *image.Gray, p *pattern.Page) []mark.Answer {
	return mark.Decide(mark.Measure(g, register.Affine(p, 1, 0, 0), p, mark.Options{}), mark.Options{})
}

// withoutCode is every's page less its code, whose reading takes long.
func withoutCode() *pattern.Page {
	p := every()
	p.Elements = slices.DeleteFunc(p.Elements, func(e pattern.Element) bool { return e.Type == pattern.BarcodeMade })
	return p
}

// wash dims a disc.
func wash(g *image.Gray, c geom.PagePt, radius, light float64) {
	for y := int(c.Y - radius); y <= int(c.Y+radius); y++ {
		for x := int(c.X - radius); x <= int(c.X+radius); x++ {
			if math.Hypot(float64(x)-c.X, float64(y)-c.Y) <= radius {
				g.Pix[y*g.Stride+x] = uint8(float64(g.Pix[y*g.Stride+x]) * light)
			}
		}
	}
}

// A faint mark in a bubble that a shadow's edge crosses stays seen.
func TestFaintMarksUnderShadowEdges(t *testing.T) {
	p := withoutCode()
	blank := drawEvery(p)
	for i := range 3 {
		fill(blank, pen, p.Elements[i].Groups[0].Bubbles[i].Box)
	}
	box := p.Elements[3].Groups[0].Bubbles[1].Box
	c := box.Center()
	around := image.Rect(int(c.X)-300, int(c.Y)-300, int(c.X)+300, int(c.Y)+300)
	for _, luma := range []uint8{215, 190, 160, 60} {
		marked := clone(blank)
		fill(marked, sheettest.Pen{Kind: "fill", Luma: luma, Width: 10}, box)
		for _, angle := range []float64{0, 30, 75, 140, 180, 250, 300} {
			for _, at := range []float64{-0.6, 0, 0.5} {
				sin, cos := math.Sincos(angle * math.Pi / 180)
				s := shadow{x: c.X + at*cos*box.W/2, y: c.Y + at*sin*box.H/2, angle: angle, soft: 2, depth: 0.4}
				a := named(t, decide(s.over(marked, around), p), "Q4")
				if a.Doubt == "" && a.Value != "B" {
					t.Errorf("luma %d, edge at %.1f and %.0f degrees: Q4 = %q without a doubt (%.6f): %+v", luma, at, angle, a.Value, a.Confidence, a.Bubbles[1])
				}
			}
		}
	}
}
