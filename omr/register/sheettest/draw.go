package sheettest

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Look is how a form is printed.
type Look struct {
	Line    uint8 // luma of the outlines: 0 black
	Marker  uint8 // luma of the markers
	NoText  bool  // bubbles and markers alone
	NoGlyph bool  // nothing inside the bubbles
	Seed    uint64
}

// Draw prints the page at 300 dpi.
func Draw(p *pattern.Page, look Look) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, int(p.Width), int(p.Height)))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	r := Rand(look.Seed)
	f, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		panic(err) // the embedded face is broken
	}
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.BarcodeType != "" {
			code(g, e)
			continue
		}
		first := true
		e.EachBubble(func(b *pattern.Bubble) bool {
			if e.Type == pattern.CheckBox {
				frame(g, b.Box.Grow(1.5), 3, look.Line)
				if !look.NoText {
					text(g, f, b.Value, 42, b.Box.X+b.Box.W+20, b.Box.Y+b.Box.H-6, false)
				}
				return true
			}
			c := b.Box.Center()
			d := min(b.Box.W, b.Box.H) - 10
			circle(g, c, d/2, 3, look.Line)
			if !look.NoGlyph && len(b.Value) == 1 {
				text(g, f, b.Value, d*0.62, c.X, c.Y, true)
			}
			if first && !look.NoText && e.Type == pattern.ChoiceBox {
				text(g, f, e.Name+".", 42, b.Box.X-110, c.Y+15, false)
			}
			first = false
			return true
		})
	}
	if !look.NoText {
		text(g, f, "Examination of the autumn term, to be filled in with a pen", 62, 330, 260, false)
		text(g, f, "Name ____________________________   Date ______________", 50, 330, 370, false)
		text(g, f, words(r, 9), 42, 330, p.Height-330, false)
	}
	for _, m := range p.Markers {
		fill(g, m.Box, look.Marker)
	}
	return g
}

func words(r *rand.Rand, n int) string {
	s := ""
	for range n {
		for range 2 + r.IntN(8) {
			s += string(rune('a' + r.IntN(26)))
		}
		s += " "
	}
	return s
}

func fill(g *image.Gray, b geom.PageRect, luma uint8) {
	for y := int(b.Y); y < int(b.Y+b.H); y++ {
		for x := int(b.X); x < int(b.X+b.W); x++ {
			g.SetGray(x, y, color.Gray{Y: luma})
		}
	}
}

func frame(g *image.Gray, b geom.PageRect, w float64, luma uint8) {
	fill(g, geom.PageRect{X: b.X - w/2, Y: b.Y - w/2, W: b.W + w, H: w}, luma)
	fill(g, geom.PageRect{X: b.X - w/2, Y: b.Y + b.H - w/2, W: b.W + w, H: w}, luma)
	fill(g, geom.PageRect{X: b.X - w/2, Y: b.Y, W: w, H: b.H}, luma)
	fill(g, geom.PageRect{X: b.X + b.W - w/2, Y: b.Y, W: w, H: b.H}, luma)
}

func circle(g *image.Gray, c geom.PagePt, r, w float64, luma uint8) {
	for y := int(c.Y - r - w); y <= int(c.Y+r+w); y++ {
		for x := int(c.X - r - w); x <= int(c.X+r+w); x++ {
			d := math.Abs(math.Hypot(float64(x)+0.5-c.X, float64(y)+0.5-c.Y) - r)
			darken(g, x, y, min(max(w/2+0.5-d, 0), 1), luma)
		}
	}
}

// darken lays ink of the given luma over the pixel by the share a.
func darken(g *image.Gray, x, y int, a float64, luma uint8) {
	if a <= 0 || !(image.Point{X: x, Y: y}).In(g.Rect) {
		return
	}
	i := g.PixOffset(x, y)
	v := float64(g.Pix[i])
	g.Pix[i] = uint8(min(v, v*(1-a)+float64(luma)*a) + 0.5)
}

func text(g *image.Gray, f *opentype.Font, s string, size, x, y float64, centred bool) {
	fc, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		panic(err)
	}
	d := font.Drawer{Dst: g, Src: image.Black, Face: fc}
	at := fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	if centred {
		b, _ := d.BoundString(s)
		at.X -= (b.Min.X + b.Max.X) / 2
		at.Y -= (b.Min.Y + b.Max.Y) / 2
	}
	d.Dot = at
	d.DrawString(s)
}

func code(g *image.Gray, e *pattern.Element) {
	s, err := barcode.Encode(e.BarcodeType, e.Value, e.QRVersion)
	if err != nil {
		panic(err)
	}
	m := e.Box.W / float64(s.Width)
	for y := range int(e.Box.H) {
		for x := range int(e.Box.W) {
			row := 0
			if s.Matrix {
				row = int(float64(y) / m)
			}
			if row < s.Height && s.At(int(float64(x)/m), row) {
				g.SetGray(int(e.Box.X)+x, int(e.Box.Y)+y, color.Gray{})
			}
		}
	}
}
