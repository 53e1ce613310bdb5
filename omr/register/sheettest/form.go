// Package sheettest draws sheets for the tests of registration and reading:
// random forms, pens, and cameras, each from an explicit seed.
//
// In: a seed, or a pattern page. Out: planes at 300 dpi or as a camera sees
// them, and what the pen did. It is apart from omr/synth on purpose: what is
// tested must not be tuned to one simulator.
package sheettest

import (
	"fmt"
	"math/rand/v2"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Rand is the generator of a seed.
func Rand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x1eaf)) }

// Markers says which positioning markers a form has.
type Markers int

// Kinds of forms by age (spec/pattern.md 2).
const (
	NoMarkers Markers = iota
	FourMarkers
	FiveMarkers
)

// A4 in page px.
const (
	Width  = 2480
	Height = 3508
)

// Form is a random A4 form: choice boxes in columns, a grid now and then, boxes
// for ticks, with or without a code. Bubbles of 40 to 80 px.
func Form(seed uint64, m Markers) *pattern.Page {
	r := Rand(seed)
	p := &pattern.Page{Width: Width, Height: Height, Markers: MarkersOf(m)}
	d := []float64{40, 50, 60, 60, 60, 80}[r.IntN(6)]
	y := 420.0 + float64(r.IntN(200))
	if r.IntN(2) == 0 {
		y = grid(p, r, y, d)
	}
	cols := 1 + r.IntN(4)
	letters := 3 + r.IntN(3)
	for float64(letters)*(d+15)+170 > 2000/float64(cols) {
		cols--
	}
	rows := 4 + r.IntN(14)
	offset := float64(r.IntN(120))
	for c := range cols {
		for k := range rows {
			top := y + float64(k)*(d+20)
			if top > Height-560 {
				break
			}
			n := letters
			if r.IntN(5) == 0 {
				n = 2 + r.IntN(letters-1)
			}
			choice(p, fmt.Sprintf("Q%d", c*rows+k+1), 330+offset+float64(c)*2000/float64(cols), top, d, symbols(r, n))
		}
	}
	y += float64(rows)*(d+20) + 60
	if y < Height-700 {
		checks(p, r, y)
	}
	return p
}

func symbols(r *rand.Rand, n int) []string {
	var out []string
	for i := range n {
		if r.IntN(40) == 0 {
			out = append(out, string(rune('1'+i)))
			continue
		}
		out = append(out, string(rune('A'+i)))
	}
	return out
}

// MarkersOf are the markers of spec/markup.md 8.2 on A4.
func MarkersOf(m Markers) []pattern.Marker {
	const o, s, l = 24, 124, 174
	box := func(x, y, w, h float64) geom.PageRect { return geom.PageRect{X: x, Y: y, W: w, H: h} }
	if m == NoMarkers {
		return nil
	}
	out := []pattern.Marker{
		{Name: "ReferencePoint0", Box: box(o, o, s, s)},
		{Name: "ReferencePoint1", Box: box(Width-o-s, o, s, s)},
		{Name: "ReferencePoint2", Box: box(o, Height-o-s, s, s)},
		{Name: "ReferencePoint3", Box: box(Width-o-s, Height-o-s, s, s)},
	}
	if m == FiveMarkers {
		out = append(out, pattern.Marker{Kind: pattern.TurnMarker, Name: "ReferencePoint4", Box: box(Width-o-s, o+s+l, s, l)})
	}
	return out
}

// bubble is a recognition rectangle: 5 px around the nominal circle.
func bubble(value string, x, y, d float64) pattern.Bubble {
	return pattern.Bubble{Value: value, Valid: true, Box: geom.PageRect{X: x - 5, Y: y - 5, W: d + 10, H: d + 10}}
}

func choice(p *pattern.Page, name string, x, y, d float64, values []string) {
	var g pattern.Group
	for i, v := range values {
		g.Bubbles = append(g.Bubbles, bubble(v, x+float64(i)*(d+15), y, d))
	}
	p.Elements = append(p.Elements, pattern.Element{
		Type: pattern.ChoiceBox, Name: name, Groups: []pattern.Group{g},
		Box: geom.PageRect{X: x, Y: y, W: float64(len(values)) * (d + 15), H: d + 10},
	})
}

func grid(p *pattern.Page, r *rand.Rand, y, d float64) float64 {
	cols := 3 + r.IntN(6)
	x := 330 + float64(r.IntN(500))
	e := pattern.Element{Type: pattern.Grid, Name: "ID", Box: geom.PageRect{X: x, Y: y, W: float64(cols) * (d + 15), H: 10 * (d + 20)}}
	for c := range cols {
		var g pattern.Group
		for k := range 10 {
			g.Bubbles = append(g.Bubbles, bubble(fmt.Sprint(k), x+float64(c)*(d+15), y+float64(k)*(d+20), d))
		}
		e.Groups = append(e.Groups, g)
	}
	p.Elements = append(p.Elements, e)
	return y + 10*(d+20) + 70
}

func checks(p *pattern.Page, r *rand.Rand, y float64) {
	three := 3
	var g pattern.Group
	for i := range 2 + r.IntN(3) {
		g.Bubbles = append(g.Bubbles, pattern.Bubble{
			Value: fmt.Sprintf("Option %d", i+1), Valid: true,
			Box: geom.PageRect{X: 400 + 480*float64(i), Y: y, W: 54, H: 54},
		})
	}
	p.Elements = append(p.Elements, pattern.Element{Type: pattern.CheckBox, Name: "Checks", Threshold: &three, Groups: []pattern.Group{g}})
}
