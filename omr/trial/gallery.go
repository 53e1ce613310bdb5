package trial

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/mark"
)

// Gallery collects pictures of the bubbles that were read wrong or are in doubt,
// by kind, for a person to look at. The zero value is ready.
type Gallery struct {
	Most  int // of each kind; 0: 60
	kinds map[string][]tile
	seen  map[string]int
}

// tile is a bubble as the picture shows it, straightened.
type tile struct {
	kind  string
	sheet int
	page  int
	box   geom.PageRect
	img   *image.Gray
}

// Sizes of the gallery, px.
const (
	tileSide    = 72
	tileRow     = tileSide + 16 // with its caption
	tilesAcross = 15
	tilesASheet = 3 // of one kind
	tileReach   = 2.4
)

// show keeps the bubbles of an answer that are wrong, or why it is in doubt.
func (s *Sheet) show(page int, a mark.Answer, marks []bool) {
	riskiest := 0.0
	for _, b := range a.Bubbles {
		riskiest = max(riskiest, b.Risk)
	}
	was := map[bool]string{false: "empty", true: "marked"}
	for k, b := range a.Bubbles {
		kind := ""
		switch {
		case a.Doubt == "" && b.Marked != marks[k]:
			kind = fmt.Sprintf("wrong: %s, read %s", was[marks[k]], was[b.Marked])
		case a.Doubt != "" && b.Risk == riskiest && riskiest > 0:
			kind = fmt.Sprintf("%s: %s, read %s", a.Doubt, was[marks[k]], was[b.Marked])
		default:
			continue
		}
		n := 0
		for _, t := range s.tiles {
			n += b2i(t.kind == kind)
		}
		if n < tilesASheet {
			s.tiles = append(s.tiles, tile{kind: kind, sheet: s.Number, page: page, box: b.Page})
		}
	}
}

// cut makes the pictures of a page's tiles.
func (s *Sheet) cut(page int) {
	p := &s.Pages[page]
	var plane *imageio.Plane
	for i := range s.tiles {
		t := &s.tiles[i]
		if t.page != page {
			continue
		}
		if plane == nil {
			var err error
			if plane, err = imageio.Decode(p.Data, imageio.Options{}); err != nil {
				return // it was read: there is no such picture
			}
		}
		t.img = p.bubble(plane.Gray, t.box)
	}
}

// bubble samples a square around a bubble, upright.
func (p *Page) bubble(g *image.Gray, box geom.PageRect) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, tileSide, tileSide))
	side := max(box.W, box.H) * tileReach
	c := box.Center()
	for y := range tileSide {
		for x := range tileSide {
			at := p.reading.Map.Image(geom.PagePt{
				X: c.X + ((float64(x)+0.5)/tileSide-0.5)*side,
				Y: c.Y + ((float64(y)+0.5)/tileSide-0.5)*side,
			})
			if px := image.Pt(int(at.X), int(at.Y)); at.X >= 0 && at.Y >= 0 && px.In(g.Rect) {
				out.Pix[y*out.Stride+x] = g.GrayAt(px.X, px.Y).Y
			}
		}
	}
	return out
}

func (g *Gallery) add(tiles []tile) {
	most := g.Most
	if most <= 0 {
		most = 60
	}
	if g.kinds == nil {
		g.kinds, g.seen = map[string][]tile{}, map[string]int{}
	}
	for _, t := range tiles {
		if t.img == nil {
			continue
		}
		g.seen[t.kind]++
		if len(g.kinds[t.kind]) < most {
			g.kinds[t.kind] = append(g.kinds[t.kind], t)
		}
	}
}

// Picture is the contact sheet: a band a kind, wrong readings first, each bubble
// with the number of its sheet. Nil when nothing was collected.
func (g *Gallery) Picture() *image.RGBA {
	kinds := slices.SortedFunc(maps.Keys(g.kinds), func(a, b string) int {
		return cmp.Or(-cmp.Compare(b2i(strings.HasPrefix(a, "wrong")), b2i(strings.HasPrefix(b, "wrong"))), cmp.Compare(a, b))
	})
	if len(kinds) == 0 {
		return nil
	}
	const title = 22
	height := 4
	for _, k := range kinds {
		height += title + (len(g.kinds[k])+tilesAcross-1)/tilesAcross*tileRow
	}
	out := image.NewRGBA(image.Rect(0, 0, tilesAcross*(tileSide+4)+4, height))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	y := 4
	for _, k := range kinds {
		ink := color.RGBA{0x11, 0x18, 0x27, 0xff}
		if strings.HasPrefix(k, "wrong") {
			ink = color.RGBA{0xd9, 0x2d, 0x20, 0xff}
		}
		write(out, 4, y+14, fmt.Sprintf("%s (%d)", k, g.seen[k]), ink)
		y += title
		for i, t := range g.kinds[k] {
			at := image.Pt(4+i%tilesAcross*(tileSide+4), y+i/tilesAcross*tileRow)
			draw.Draw(out, t.img.Rect.Add(at), t.img, image.Point{}, draw.Src)
			write(out, at.X, at.Y+tileSide+12, fmt.Sprint(t.sheet), ink)
		}
		y += (len(g.kinds[k]) + tilesAcross - 1) / tilesAcross * tileRow
	}
	return out
}

func write(dst *image.RGBA, x, y int, text string, ink color.RGBA) {
	d := font.Drawer{Dst: dst, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(text)
}
