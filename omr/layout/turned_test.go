package layout_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
)

// TestTurnedGrids holds X03: each of the orientations turned by each of the
// angles lies inside the box that the upright one has, turned; every bubble goes
// where the turn takes it.
func TestTurnedGrids(t *testing.T) {
	grid := func(orientation, angle string) []*form.Element {
		return []*form.Element{el(form.CompositeGrid, "Crew", attrs{
			form.AttrColumnsCount: num(3), form.AttrValues: symbols("A", "B"), form.AttrExtraRow: {Rows: [][]string{{"+", "", "-"}}},
			form.AttrOrientation: str(orientation), form.AttrRotate: str(angle), form.AttrHeaderType: str("square"),
		}), el(form.Text, "x", nil)}
	}
	type bubble struct {
		value string
		at    geom.PagePt
	}
	for _, orientation := range []string{"horizontal", "vertical"} {
		var upright []bubble
		var w, h float64 // of the whole, label included, down to the last bubble
		for quarters, angle := range []string{"0", "90", "180", "270"} {
			t.Run(orientation+" "+angle, func(t *testing.T) {
				doc := holds(t, grid(orientation, angle), nil, nil)
				var got []bubble
				e := doc.Pattern.Pages[0].Elements[0]
				for _, g := range e.Groups {
					for _, b := range g.Bubbles {
						if b.Box.W != 70 || b.Box.H != 70 {
							t.Errorf("bubble %v", b.Box)
						}
						got = append(got, bubble{b.Value, b.Box.Center()})
					}
				}
				text := 0.0
				for _, it := range doc.Pages[0].Items {
					if it.Text != nil && it.Text.Text == "x" {
						text = it.Text.Origin.Y - it.Text.Line.Ascent
					}
				}
				if quarters == 0 {
					upright = got
					for _, b := range got {
						w, h = max(w, b.at.X+30-210), max(h, b.at.Y+30-198)
					}
				}
				for i, b := range upright {
					u, v := b.at.X-210, b.at.Y-198
					want := map[int]geom.PagePt{0: {X: u, Y: v}, 1: {X: h - v, Y: u}, 2: {X: w - u, Y: h - v}, 3: {X: v, Y: w - u}}[quarters]
					want.X, want.Y = want.X+210, want.Y+198
					if got[i].value != b.value || got[i].at != want {
						t.Errorf("bubble %s at %v, want %v", got[i].value, got[i].at, want)
					}
				}
				below := map[bool]float64{false: h, true: w}[quarters%2 == 1] + 198 + 20
				if d := text - below; d < -0.6 || d > 0.6 {
					t.Errorf("the text below stands at %.1f, want %.0f", text, below)
				}
				if e.Vertical != ((orientation == "vertical") != (quarters%2 == 1)) {
					t.Errorf("vertical is %v", e.Vertical)
				}
			})
		}
	}
}

// TestTurnedGridPlaces: the box around the turned grid is what is aligned and placed.
func TestTurnedGridPlaces(t *testing.T) {
	grid := func(more attrs) []*form.Element {
		a := attrs{form.AttrColumnsCount: num(2), form.AttrValues: symbols("A", "B", "C"), form.AttrRotate: str("90"), form.AttrDisplayHint: {}}
		for k, v := range more {
			a[k] = v
		}
		return []*form.Element{el(form.CompositeGrid, "Crew", a), el(form.Text, "x", nil)}
	}
	// Upright 135 wide, 320 high: headers of 80, 20 px, three bubbles at 80.
	holds(t, grid(attrs{form.AttrAlign: str("right")}), []string{"ring 2110 198 60 60", "ring 1950 273 60 60", "text x 210 353"}, nil)
	holds(t, grid(attrs{form.AttrX: num(900), form.AttrY: num(1000)}), []string{"ring 1060 1000 60 60", "ring 900 1075 60 60", "text x 210 198"}, nil)
	holds(t, grid(attrs{form.AttrX: num(2300), form.AttrY: num(1000)}), nil, []string{"LM501 error"})
	holds(t, grid(attrs{form.AttrValues: symbols(slices.Repeat([]string{"A", "B", "C", "D", "E", "F", "G", "H", "I"}, 3)...)}), nil, []string{"LM511 error"})
}

// TestEmptyPositions: a position whose places are all empty has a header and no
// bubble; a grid without any bubble is an error.
func TestEmptyPositions(t *testing.T) {
	rows := func(r ...string) []*form.Element {
		return []*form.Element{el(form.CompositeGrid, "Crew", attrs{form.AttrColumnsCount: num(3), form.AttrExtraRow: {Rows: [][]string{r}}, form.AttrDisplayHint: {}})}
	}
	doc := holds(t, rows("+", "", "-"), []string{"bubble Crew - 355 293 70 70", "fill #000000 285 275 60 3"}, nil)
	if n := len(doc.Pattern.Pages[0].Elements[0].Groups); n != 2 {
		t.Errorf("%d positions with bubbles", n)
	}
	holds(t, rows("", "", ""), nil, []string{"LM302 error"})
	holds(t, rows("+", ""), nil, []string{"LM426 error"})
}

// TestLongNumbers: the numbers of an answer sheet never reach its bubbles.
func TestLongNumbers(t *testing.T) {
	for _, start := range []float64{1, 95, 995, 99995} {
		for _, size := range []float64{12, 24} {
			sheet := el(form.AnswerSheet, "Q", attrs{form.AttrElementsCount: num(10), form.AttrColumnsCount: num(2), form.AttrStartID: num(start)})
			doc, list := layTree(form.Settings{FontSize: size}, sheet)
			if doc == nil {
				t.Fatal(list)
			}
			for _, text := range doc.Pages[0].Items {
				if text.Text == nil || len(text.Text.Text) < 2 {
					continue
				}
				for _, ring := range doc.Pages[0].Items {
					if ring.Ellipse != nil && ring.Ellipse.Box.Grow(4).Overlaps(text.Text.Box()) {
						t.Fatalf("%s at %g pt lies on a bubble", text.Text.Text, size)
					}
				}
			}
		}
	}
}

// TestManyAnswers: more than eleven answer columns are drawn, and warned of.
func TestManyAnswers(t *testing.T) {
	table := func(n int) []*form.Element {
		header := el(form.TableHeader, "", nil, el(form.Content, "q", nil))
		for i := range n {
			header.Children = append(header.Children, el(form.TableAnswer, fmt.Sprint(i+1), nil))
		}
		return []*form.Element{inBlock(el(form.Table, "T", attrs{form.AttrAnswersCount: num(float64(n))}, header, el(form.Question, "Q", nil)))}
	}
	holds(t, table(11), []string{"element ChoiceBox Q 440 364 1725 45"}, nil)
	holds(t, table(12), nil, []string{"LM423 warning"})
	holds(t, table(30), nil, []string{"LM423 warning", "LM511 error"})
}

// TestAskewCodes: whatever the angle, the dark modules lie in the element's box
// and reach its edges, and the text keeps clear of them.
func TestAskewCodes(t *testing.T) {
	for _, angle := range []float64{7, 30, 45, 90, 133, 180, -45, 270, 359} {
		t.Run(fmt.Sprint(angle), func(t *testing.T) {
			code := el(form.Barcode, "B", attrs{
				form.AttrValue: str("LEAFMARK"), form.AttrBarcodeType: str("Code128"), form.AttrCodetext: yes(),
				"rotation_angle": num(angle), form.AttrX: num(900), form.AttrY: num(1100),
			})
			doc := holds(t, []*form.Element{code}, nil, nil)
			e := doc.Pattern.Pages[0].Elements[0]
			x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
			for _, it := range doc.Pages[0].Items {
				if it.Modules == nil {
					continue
				}
				for _, bar := range it.Modules.Bars {
					r := it.Turn.Bounds(bar)
					x0, y0, x1, y1 = min(x0, r.X), min(y0, r.Y), max(x1, r.X+r.W), max(y1, r.Y+r.H)
				}
			}
			for _, d := range []float64{x0 - 900, y0 - 1100, x0 - e.Box.X, y0 - e.Box.Y, e.Box.X + e.Box.W - x1, e.Box.Y + e.Box.H - y1} {
				if d < -1e-6 || d > 1.01 {
					t.Errorf("modules from %.1f, %.1f to %.1f, %.1f; the element's box is %v", x0, y0, x1, y1, e.Box)
					break
				}
			}
			if want := (int(angle) + 360) % 360; e.Ours.Turn != want {
				t.Errorf("turned by %d, want %d", e.Ours.Turn, want)
			}
		})
	}
}
