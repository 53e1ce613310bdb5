package render_test

import (
	"image"
	"image/color"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/typeset"
)

var (
	black = form.Color{}
	none  = form.Color{None: true}
	gray  = form.Color{R: 0xd3, G: 0xd3, B: 0xd3}
	red   = form.Color{R: 0xff}
)

// line lays a text at a baseline.
func line(text string, x, y float64, f typeset.Font, ink form.Color) layout.Item {
	l := typeset.Default().Lines(text, f, 0)[0]
	return layout.Item{Text: &layout.TextLine{Origin: geom.PagePt{X: x, Y: y}, Line: l, Color: ink, Text: text}}
}

func rect(x, y, w, h float64, fill, stroke form.Color, width, radius float64) layout.Item {
	return layout.Item{Rect: &layout.Rect{Box: geom.PageRect{X: x, Y: y, W: w, H: h}, Fill: fill, Stroke: stroke, Width: width, Radius: radius}}
}

func bubble(x, y, w, h float64, ink form.Color) layout.Item {
	return layout.Item{Ellipse: &layout.Ellipse{Box: geom.PageRect{X: x, Y: y, W: w, H: h}, Stroke: ink, Width: 3}}
}

func code(kind, value string, x, y, module float64) layout.Item {
	s, err := barcode.Encode(kind, value, 0)
	if err != nil {
		panic(err) // the test's own value
	}
	m := &layout.Modules{Label: value}
	m.Ground = geom.PageRect{X: x, Y: y, W: float64(s.Width+2*s.QuietX) * module, H: float64(s.Height+2*s.QuietY) * module}
	h := module
	if !s.Matrix {
		m.Ground.H, h = 112, 112
	}
	for row := range s.Height {
		for col := range s.Width {
			if s.At(col, row) {
				m.Bars = append(m.Bars, geom.PageRect{
					X: x + float64(col+s.QuietX)*module, Y: y + float64(row+s.QuietY)*module, W: module, H: h,
				})
			}
		}
	}
	return layout.Item{Modules: m}
}

// markers are the five of spec/markup.md 8.2 on A4.
func markers() []layout.Item {
	var all []layout.Item
	for _, b := range []geom.PageRect{
		{X: 24, Y: 24, W: 124, H: 124},
		{X: 2332, Y: 24, W: 124, H: 124},
		{X: 24, Y: 3360, W: 124, H: 124},
		{X: 2332, Y: 3360, W: 124, H: 124},
		{X: 2332, Y: 322, W: 124, H: 174},
	} {
		all = append(all, rect(b.X, b.Y, b.W, b.H, black, none, 0, 0))
	}
	return all
}

// sheet is an A4 page with about everything: ink is the bubbles' colour.
func sheet(ink form.Color) layout.Sheet {
	body := typeset.Font{Family: "Segoe UI", Size: 50}
	items := []layout.Item{
		rect(210, 300, 900, 300, gray, black, 3, 0),
		rect(1210, 300, 900, 300, none, black, 3, 40),
		rect(1300, 660, 300, 90, gray, none, 0, 45),
		{Line: &layout.Rule{From: geom.PagePt{X: 210, Y: 800}, To: geom.PagePt{X: 2270, Y: 800}, Color: black, Width: 3}},
		{Line: &layout.Rule{From: geom.PagePt{X: 210, Y: 820}, To: geom.PagePt{X: 700, Y: 990}, Color: black, Width: 5}},
		{Picture: &layout.Picture{Box: geom.PageRect{X: 1700, Y: 640, W: 300, H: 150}, Image: logo(), Name: "logo"}},
		line("Leafmark demo form", 240, 400, typeset.Font{Family: "Segoe UI", Size: 75, Bold: true}, black),
		line("Office fjord, affluent waffle", 240, 500, typeset.Font{Family: "Times New Roman", Size: 50, Italic: true}, black),
		line("Grüße, Ελληνικά, Привет", 1240, 420, body, black),
		line("mono 0123", 1240, 520, typeset.Font{Family: "Courier New", Size: 50}, black),
	}
	for row := range 40 {
		y := 1020 + float64(row)*55
		items = append(items, line("Question text of line number, some words long", 210, y+38, typeset.Font{Family: "Segoe UI", Size: 36}, black))
		for col := range 8 {
			x := 1400 + float64(col)*75
			items = append(items, line(string(rune('A'+col)), x+16, y+33, typeset.Font{Family: "Arial", Size: 30}, ink),
				bubble(x, y, 50, 50, ink))
		}
	}
	items = append(items, code("QR", "LM1:ABCDEFGHIJKL:1/2", 2332, 1692, 4), code("Code128", "Leafmark", 1200, 3250, 4))
	return layout.Sheet{Width: 2480, Height: 3508, Items: append(items, markers()...)}
}

// everything is the sheet with what is rare: things turned, clipped, underlined,
// struck out, in scripts that stack, and pictures turned grey.
func everything() layout.Sheet {
	s := sheet(black)
	body := typeset.Font{Family: "Segoe UI", Size: 50}
	turned := line("quarter", 1500, 900, body, black)
	turned.Turn = &layout.Turn{Degrees: 90, About: geom.PagePt{X: 1500, Y: 900}}
	tilted := code("QR", "turned", 1700, 850, 4)
	tilted.Turn = &layout.Turn{Degrees: 30, About: geom.PagePt{X: 1750, Y: 900}}
	clipped := rect(2100, 880, 150, 100, black, none, 0, 0)
	clipped.Clip = &geom.PageRect{X: 2120, Y: 890, W: 60, H: 60}
	decorated := line("underlined and struck", 300, 950, body, black)
	decorated.Text.Underline = &layout.Decoration{Offset: 8, Width: 4}
	decorated.Text.Strike = &layout.Decoration{Offset: -14, Width: 4}
	s.Items = append(s.Items, turned, tilted, clipped, decorated,
		line("नमस्ते क्षत्रिय", 900, 950, body, black), line("مرحبا", 1250, 950, body, gray))
	return s
}

// logo is a small picture, half transparent to the right.
func logo() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 60, 30))
	for y := range 30 {
		for x := range 60 {
			img.SetNRGBA(x, y, color.NRGBA{R: 60, G: 60, B: 60, A: uint8(255 - x*4)})
		}
	}
	return img
}
