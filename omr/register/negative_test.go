package register_test

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/internal/randomform"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/synth"
)

// strangers is how many random forms are tried besides those of the library, each
// sheet against each pattern: the time grows with the square.
var strangers = flag.Int("strangers", 0, "random forms of which every sheet is shown to every pattern, with all of the library; 0: a few of either")

const sheetDPI = 150

// printout is a form's first page, filled, and its pattern.
type printout struct {
	name  string
	page  *pattern.Page
	sheet *image.Gray
}

func printed(t testing.TB, name, source string, settings form.Settings, opt layout.Options, seed uint64) printout {
	t.Helper()
	tree, list := markup.Parse([]byte(source))
	if tree == nil || list.Failed() {
		t.Fatal(list)
	}
	doc, list := layout.Lay(tree, settings, opt)
	if doc == nil {
		t.Fatal(list)
	}
	p := doc.Pattern
	filled := synth.FillPage(render.Gray(doc.Pages[0], sheetDPI), &p.Pages[0], synth.DrawTruth(p, seed), synth.BallpointBlue, seed)
	g := image.NewGray(filled.Rect)
	draw.Draw(g, g.Rect, filled, image.Point{}, draw.Src)
	return printout{name, &p.Pages[0], g}
}

// bare is the form as others make such: no markers, and a pattern that tells boxes
// and values only.
func (f printout) bare() printout {
	page := *f.page
	page.Markers = nil
	page.Elements = slices.Clone(page.Elements)
	for i := range page.Elements {
		page.Elements[i].Ours = nil
	}
	g := image.NewGray(f.sheet.Rect)
	copy(g.Pix, f.sheet.Pix)
	for _, m := range f.page.Markers {
		b := m.Box.Grow(4)
		k := float64(sheetDPI) / geom.PxPerInch
		draw.Draw(g, image.Rect(int(b.X*k), int(b.Y*k), int((b.X+b.W)*k)+1, int((b.Y+b.H)*k)+1), image.White, image.Point{}, draw.Src)
	}
	return printout{f.name + ", bare", &page, g}
}

// The first of a few forms, or all of them and random ones.
func printouts(t *testing.T) (out []printout) {
	t.Helper()
	for i, f := range library.Forms() {
		if f.Twin != "" && strings.HasSuffix(f.Name, "json") || *strangers == 0 && i%6 > 0 {
			continue
		}
		out = append(out, printed(t, f.Name, string(f.Source()), form.Settings{}, layout.Options{}, uint64(i)))
	}
	for seed := range uint64(max(*strangers, 1)) {
		f := randomform.Draw(rand.New(rand.NewPCG(seed, 17)))
		out = append(out, printed(t, fmt.Sprint("random form ", seed), f.Source, f.Settings, randomform.LayoutOptions(), seed))
	}
	return out
}

// quarterOff are forms that differ by where their answers stand to the number, and
// that by a quarter of a bubble, which a bent sheet shows too: only their codes tell
// them apart.
var quarterOff = map[string]bool{"exam-100": true, "exam-200": true}

// No sheet passes for one of another form, with markers or without.
func TestNoSheetPassesForAnother(t *testing.T) {
	all := printouts(t)
	for i, sheet := range all {
		for j, other := range all {
			if i == j || quarterOff[sheet.name] && quarterOff[other.name] {
				continue
			}
			pairs := [][2]printout{{sheet, other}, {sheet.bare(), other.bare()}}
			if (i+j)%2 == 1 && *strangers == 0 {
				pairs = pairs[1:]
			}
			for _, pair := range pairs {
				if m, err := register.Page(pair[0].sheet, pair[1].page, register.Options{}); err == nil {
					t.Errorf("a sheet of %s passes for %s: support %.3f, letters %.2f", pair[0].name, pair[1].name, m.Support, m.Letters)
				}
			}
		}
	}
}

// rows is a form of questions with a student's number; more and other are what its
// twins have else.
func rows(n, answers, digits int) string {
	return fmt.Sprintf("?text=Examination\n?grid=Number\n\tsections_count=%d\n\torientation=vertical\n?answer_sheet=Q\n\telements_count=%d\n\tcolumns_count=2\n\tanswers_count=%d\n", digits, n, answers)
}

// Of twins that differ by a row, a column or a digit none passes for the other with
// bubbles that the pattern has not; where bubbles are missing, none counts as seen.
func TestTwinsAreToldApart(t *testing.T) {
	of := func(n, answers, digits int) printout {
		name := fmt.Sprintf("%d questions of %d answers, %d digits", n, answers, digits)
		return printed(t, name, rows(n, answers, digits), form.Settings{}, layout.Options{}, uint64(n+answers+digits))
	}
	own := of(40, 4, 6)
	for i, twin := range []printout{of(42, 4, 6), of(40, 5, 6), of(40, 4, 7)} {
		if i > 0 && *strangers == 0 {
			break
		}
		for _, pair := range [][2]printout{{twin, own}, {twin.bare(), own.bare()}} {
			m, err := register.Page(pair[0].sheet, pair[1].page, register.Options{})
			if err == nil {
				t.Errorf("%s passes for %s: support %.3f, %d unexplained", pair[0].name, pair[1].name, m.Support, m.Unexplained)
			}
		}
		for _, pair := range [][2]printout{{own, twin}, {own.bare(), twin.bare()}} {
			m, err := register.Page(pair[0].sheet, pair[1].page, register.Options{})
			if err != nil {
				continue
			}
			for i, o := range m.Outlines {
				at := m.Image(o.Box.Center())
				if o.Seen && blank(pair[0].sheet, at) {
					t.Errorf("%s read as %s: outline %d is seen on white paper", pair[0].name, pair[1].name, i)
				}
			}
		}
	}
}

// blank tells whether nothing is printed around a place.
func blank(g *image.Gray, at geom.ImagePt) bool {
	for y := int(at.Y) - 16; y <= int(at.Y)+16; y++ {
		for x := int(at.X) - 16; x <= int(at.X)+16; x++ {
			if g.GrayAt(x, y).Y < 200 && (image.Point{X: x, Y: y}).In(g.Rect) {
				return false
			}
		}
	}
	return true
}

// What may happen to a sheet's picture leaves every outline that counts as seen in
// its place, or the sheet is refused.
func TestEveryOutlineSeenIsInItsPlace(t *testing.T) {
	type view struct {
		picture *image.Gray
		back    func(geom.ImagePt) geom.ImagePt // to the sheet
		refused string                          // it has to be; "": it may be
	}
	turned := func(g *image.Gray, quarters int, mirror bool) view {
		w, h := g.Rect.Dx(), g.Rect.Dy()
		back := func(p geom.ImagePt) geom.ImagePt {
			switch quarters {
			case 1:
				p = geom.ImagePt{X: p.Y, Y: float64(h) - p.X}
			case 2:
				p = geom.ImagePt{X: float64(w) - p.X, Y: float64(h) - p.Y}
			case 3:
				p = geom.ImagePt{X: float64(w) - p.Y, Y: p.X}
			}
			if mirror {
				p.X = float64(w) - p.X
			}
			return p
		}
		size := image.Pt(w, h)
		if quarters%2 == 1 {
			size = image.Pt(h, w)
		}
		out := image.NewGray(image.Rectangle{Max: size})
		for y := range size.Y {
			for x := range size.X {
				p := back(geom.ImagePt{X: float64(x) + 0.5, Y: float64(y) + 0.5})
				out.Pix[y*out.Stride+x] = g.GrayAt(int(p.X), int(p.Y)).Y
			}
		}
		v := view{picture: out, back: back}
		if mirror {
			v.refused = "a mirrored sheet"
		}
		return v
	}
	same := func(p geom.ImagePt) geom.ImagePt { return p }
	covered := func(g *image.Gray, r image.Rectangle, luma uint8) view {
		out := image.NewGray(g.Rect)
		copy(out.Pix, g.Pix)
		draw.Draw(out, r, image.NewUniform(color.Gray{Y: luma}), image.Point{}, draw.Src)
		return view{picture: out, back: same}
	}
	for i, name := range []string{"attendance", "exam-20", "satisfaction"} {
		if i > 0 && *strangers == 0 {
			break
		}
		f, _ := library.Find(name)
		own := printed(t, name, string(f.Source()), form.Settings{}, layout.Options{}, 3)
		for _, p := range []printout{own, own.bare()} {
			w, h := p.sheet.Rect.Dx(), p.sheet.Rect.Dy()
			two := image.NewGray(image.Rect(0, 0, 2*w, h))
			draw.Draw(two, p.sheet.Rect, p.sheet, image.Point{}, draw.Src)
			draw.Draw(two, p.sheet.Rect.Add(image.Pt(w, 0)), p.sheet, image.Point{}, draw.Src)
			views := map[string]view{
				"quarter turn": turned(p.sheet, 1, false), "upside down": turned(p.sheet, 2, false), "turned back": turned(p.sheet, 3, false),
				"mirrored": turned(p.sheet, 0, true), "mirrored and turned": turned(p.sheet, 1, true),
				"lower half covered":  covered(p.sheet, image.Rect(0, h/2, w, h), 90),
				"right half torn off": covered(p.sheet, image.Rect(w/2, 0, w, h), 255),
				"a hand on the top":   covered(p.sheet, image.Rect(w/4, 0, w/2, h/3), 120),
				"two sheets": {picture: two, back: func(q geom.ImagePt) geom.ImagePt {
					return geom.ImagePt{X: math.Mod(q.X, float64(w)), Y: q.Y}
				}},
			}
			for what, v := range views {
				m, err := register.Page(v.picture, p.page, register.Options{})
				if err != nil {
					if f := fault.As(err); f == nil || f.Cure == "" {
						t.Errorf("%s, %s: refused without a cure: %v", p.name, what, err)
					}
					continue
				}
				if v.refused != "" {
					t.Errorf("%s, %s: accepted, but it is %s", p.name, what, v.refused)
				}
				k := float64(sheetDPI) / geom.PxPerInch
				for i, o := range m.Outlines {
					c := o.Box.Center()
					q := v.back(m.Image(c))
					if d := math.Hypot(q.X-c.X*k, q.Y-c.Y*k) / k; o.Seen && d > 0.25*min(o.Box.W, o.Box.H) {
						t.Errorf("%s, %s: outline %d counts as seen %.0f page px off its place", p.name, what, i, d)
						break
					}
				}
			}
		}
	}
}
