package render

import (
	"image"
	"math"

	"golang.org/x/image/draw"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
)

// canvas takes paint. Rectangles given to it lie inside bounds.
type canvas interface {
	bounds() image.Rectangle
	// fill covers whole pixels with share cover (255: all).
	fill(r image.Rectangle, ink form.Color, cover uint8)
	// blend covers r with the mask, whose pixel (0, 0) lies at origin.
	blend(r image.Rectangle, m *mask, origin image.Point, ink form.Color)
	// picture scales img to the pixels of box and draws what of it lies in clip.
	picture(box, clip image.Rectangle, img image.Image)
}

// mask is the coverage of a shape, 0 to 255.
type mask struct {
	pix  []uint8
	w, h int
}

// grayCanvas is a luma plane.
type grayCanvas struct{ img *image.Gray }

func newGrayCanvas(w, h int) *grayCanvas {
	c := &grayCanvas{image.NewGray(image.Rect(0, 0, w, h))}
	whiten(c.img.Pix)
	return c
}

// whiten fills with 255, doubling what is filled: copy is faster than a loop.
func whiten(pix []uint8) {
	if len(pix) == 0 {
		return
	}
	pix[0] = 255
	for n := 1; n < len(pix); n *= 2 {
		copy(pix[n:], pix[:n])
	}
}

func (c *grayCanvas) bounds() image.Rectangle { return c.img.Rect }

func (c *grayCanvas) fill(r image.Rectangle, ink form.Color, cover uint8) {
	v := luma(ink)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.img.Pix[y*c.img.Stride+r.Min.X:][:r.Dx()]
		if cover == 255 {
			for x := range row {
				row[x] = v
			}
			continue
		}
		for x := range row {
			row[x] = mix(row[x], v, cover)
		}
	}
}

func (c *grayCanvas) blend(r image.Rectangle, m *mask, origin image.Point, ink form.Color) {
	v := luma(ink)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.img.Pix[y*c.img.Stride+r.Min.X:][:r.Dx()]
		cover := m.pix[(y-origin.Y)*m.w+r.Min.X-origin.X:][:len(row)]
		for x, a := range cover {
			switch a {
			case 0:
			case 255:
				row[x] = v
			default:
				row[x] = mix(row[x], v, a)
			}
		}
	}
}

func (c *grayCanvas) picture(box, clip image.Rectangle, img image.Image) {
	tile := image.NewRGBA(clip)
	draw.Draw(tile, clip, c.img, clip.Min, draw.Src)
	scaleInto(tile, box, img)
	g := imageio.ToGray(tile)
	for y := range clip.Dy() {
		copy(c.img.Pix[(clip.Min.Y+y)*c.img.Stride+clip.Min.X:][:clip.Dx()], g.Pix[y*g.Stride:][:clip.Dx()])
	}
}

// colorCanvas is an opaque colour picture.
type colorCanvas struct{ img *image.RGBA }

func newColorCanvas(w, h int) *colorCanvas {
	c := &colorCanvas{image.NewRGBA(image.Rect(0, 0, w, h))}
	whiten(c.img.Pix)
	return c
}

func (c *colorCanvas) bounds() image.Rectangle { return c.img.Rect }

func (c *colorCanvas) fill(r image.Rectangle, ink form.Color, cover uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.img.Pix[y*c.img.Stride+4*r.Min.X:][:4*r.Dx()]
		for x := 0; x < len(row); x += 4 {
			tint(row[x:][:4], ink, cover)
		}
	}
}

func (c *colorCanvas) blend(r image.Rectangle, m *mask, origin image.Point, ink form.Color) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.img.Pix[y*c.img.Stride+4*r.Min.X:][:4*r.Dx()]
		cover := m.pix[(y-origin.Y)*m.w+r.Min.X-origin.X:][:r.Dx()]
		for x, a := range cover {
			if a != 0 {
				tint(row[4*x:][:4], ink, a)
			}
		}
	}
}

func (c *colorCanvas) picture(box, clip image.Rectangle, img image.Image) {
	scaleInto(c.img.SubImage(clip).(*image.RGBA), box, img)
}

// scaleInto draws img into box; dst keeps what shows through.
func scaleInto(dst *image.RGBA, box image.Rectangle, img image.Image) {
	b := img.Bounds()
	if b.Size() == box.Size() {
		draw.Draw(dst, box, img, b.Min, draw.Over)
		return
	}
	draw.CatmullRom.Scale(dst, box, img, b, draw.Over, nil)
}

// fineness is the most pixels a page px that a picture keeps in a vector file:
// 600 dpi is more than printers show, and a photo has several times that.
const fineness = 2

// fine is a picture as a vector file holds it.
func fine(pic *layout.Picture) image.Image {
	b := pic.Image.Bounds()
	w, h := int(math.Ceil(pic.Box.W*fineness)), int(math.Ceil(pic.Box.H*fineness))
	if w <= 0 || h <= 0 || b.Dx() <= w || b.Dy() <= h {
		return pic.Image
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(small, small.Rect, pic.Image, b, draw.Src, nil)
	return small
}

// tint lays ink with a share of cover over one opaque pixel.
func tint(px []uint8, ink form.Color, cover uint8) {
	if cover == 255 {
		px[0], px[1], px[2] = ink.R, ink.G, ink.B
		return
	}
	px[0], px[1], px[2] = mix(px[0], ink.R, cover), mix(px[1], ink.G, cover), mix(px[2], ink.B, cover)
}

func mix(paper, ink, cover uint8) uint8 {
	return uint8((int(paper)*(255-int(cover)) + int(ink)*int(cover) + 127) / 255)
}

// luma has the weights of ITU-R BT.601, as imageio reads it back.
func luma(c form.Color) uint8 {
	return uint8((19595*uint32(c.R) + 38470*uint32(c.G) + 7471*uint32(c.B) + 1<<15) >> 16)
}

// straight is a picture with alpha not premultiplied, beginning at (0, 0).
func straight(img image.Image) *image.NRGBA {
	b := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	if n, ok := img.(*image.NRGBA); ok {
		for y := range b.Dy() {
			copy(out.Pix[y*out.Stride:][:out.Stride], n.Pix[y*n.Stride:][:4*b.Dx()])
		}
		return out
	}
	draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	return out
}
