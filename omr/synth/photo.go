package synth

import (
	"image"
	"math"
	"runtime"
	"sync"

	"github.com/leafmark/leafmark/omr/geom"
)

// Photo is the filled page as a camera or scanner sees it, and the JPEG quality
// to encode it with (1 to 100); the caller encodes.
func Photo(page image.Image, e Effects, seed uint64) (photo *image.RGBA, quality int) {
	b := page.Bounds()
	h, size := e.Frame(b.Dx(), b.Dy())
	c := &camera{e: e, size: size, w: float64(b.Dx()), h: float64(b.Dy())}
	c.source(page, h)
	r := draws(seed, "photo")
	c.bend = newBend(e, b.Dx(), b.Dy(), between(r, 0, 2*math.Pi), between(r, 0, 2*math.Pi))
	c.desk = newDesk(e.Desk, size, draws(seed, "desk"))
	out := image.NewRGBA(image.Rectangle{Max: size})
	bands(size.Y, func(y0, y1 int) {
		lines := c.lines()
		for y := y0; y < y1; y++ {
			c.row(out, y, lines.at(y))
		}
	})
	if e.Dust > 0 {
		c.dust(out, seed)
	}
	if e.Motion >= 1 {
		out = moved(out, e.Motion, e.MotionDirection)
	}
	if e.Blur > 0 {
		blur(out, e.Blur)
	}
	c.develop(out, seed)
	quality = e.JPEG
	if quality == 0 {
		quality = 90
	}
	return out, quality
}

// bands runs f over all rows, a band a core. Rows do not depend on their band.
func bands(rows int, f func(y0, y1 int)) {
	n := min(runtime.GOMAXPROCS(0), max(rows/64, 1))
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { f(rows*i/n, rows*(i+1)/n) })
	}
	wait.Wait()
}

// camera renders one picture.
type camera struct {
	e      Effects
	size   image.Point
	w, h   float64 // of the page, px
	page   *image.RGBA
	shrunk float64 // px of page a px of the caller's page
	back   geom.Homography
	scale  float64 // px of the picture a page px, at its middle
	bend   bend
	desk   *desk
	shadeX float64 // where the sheet's shadow falls, px of the page
	shadeY float64
}

// source keeps the page at a resolution near the picture's, so that sampling
// does not alias.
func (c *camera) source(page image.Image, h geom.Homography) {
	c.scale = h.Scale(geom.PagePt{X: c.w / 2, Y: c.h / 2})
	c.back, _ = h.Inverse() // a view within 80 degrees is never degenerate
	c.page = shrink(rgba(page), max(int(1/c.scale), 1))
	c.shrunk = float64(c.page.Rect.Dx()) / c.w
	sin, cos := math.Sincos(radians(c.e.LightDirection - c.e.Rotation))
	c.shadeX, c.shadeY = -0.004*max(c.w, c.h)*cos, -0.004*max(c.w, c.h)*sin
}

// rgba is the picture with its origin at zero.
func rgba(img image.Image) *image.RGBA {
	switch p := img.(type) {
	case *image.RGBA:
		if p.Rect.Min == (image.Point{}) {
			return p
		}
	case *image.Gray:
		out := image.NewRGBA(image.Rect(0, 0, p.Rect.Dx(), p.Rect.Dy()))
		grayToRGBA(out, p)
		return out
	}
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(x, y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// shrink averages squares of k px.
func shrink(src *image.RGBA, k int) *image.RGBA {
	if k <= 1 {
		return src
	}
	w, h := max(src.Rect.Dx()/k, 1), max(src.Rect.Dy()/k, 1)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				var sum [3]int
				for j := range k {
					row := src.Pix[(y*k+j)*src.Stride+4*x*k:]
					for i := range k {
						sum[0] += int(row[4*i])
						sum[1] += int(row[4*i+1])
						sum[2] += int(row[4*i+2])
					}
				}
				to := out.Pix[y*out.Stride+4*x:][:4:4]
				n := k * k
				to[0], to[1], to[2], to[3] = uint8(sum[0]/n), uint8(sum[1]/n), uint8(sum[2]/n), 255
			}
		}
	})
	return out
}

// node is what changes slowly over the picture: page place, light, and desk light.
type node struct{ x, y, light float64 }

// nodeStep is the distance of nodes, px; between them is linear. The error of a
// photo's perspective is below a hundredth of a px.
const nodeStep = 8

// nodeLines are the nodes above and below a row, kept from row to row.
type nodeLines struct {
	c          *camera
	index      int // of the upper line; -1: none yet
	upper, low []node
	row        []node
}

func (c *camera) lines() *nodeLines {
	n := c.size.X/nodeStep + 2
	return &nodeLines{c: c, index: -1, upper: make([]node, n), low: make([]node, n), row: make([]node, n)}
}

// at is the nodes of a row, until the next call.
func (l *nodeLines) at(y int) []node {
	if index := y / nodeStep; index != l.index {
		if index == l.index+1 && l.index >= 0 {
			l.upper, l.low = l.low, l.upper
		} else {
			l.fill(l.upper, index)
		}
		l.fill(l.low, index+1)
		l.index = index
	}
	t := float64(y%nodeStep) / nodeStep
	for i, a := range l.upper {
		b := l.low[i]
		l.row[i] = node{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y), a.light + t*(b.light-a.light)}
	}
	return l.row
}

func (l *nodeLines) fill(line []node, index int) {
	for i := range line {
		line[i] = l.c.node(i*nodeStep, index*nodeStep)
	}
}

// paperTone is unprinted paper under full light, of 255.
var paperTone = [3]float64{250, 250, 248}

func (c *camera) row(out *image.RGBA, y int, nodes []node) {
	width := c.size.X
	for x0 := 0; x0 < width; x0 += nodeStep {
		a, b := nodes[x0/nodeStep], nodes[x0/nodeStep+1]
		dx, dy, dl := (b.x-a.x)/nodeStep, (b.y-a.y)/nodeStep, (b.light-a.light)/nodeStep
		x, yy, light := a.x, a.y, a.light
		to := out.Pix[y*out.Stride+4*x0:]
		for i := range min(nodeStep, width-x0) {
			c.pixel(to[4*i:4*i+4:4*i+4], x0+i, y, x, yy, light)
			x, yy, light = x+dx, yy+dy, light+dl
		}
	}
}

// node is exact at the middle of a px.
func (c *camera) node(ix, iy int) node {
	p := c.back.ToPage(geom.ImagePt{X: float64(ix) + 0.5, Y: float64(iy) + 0.5})
	dx, dy, light := c.bend.at(p.X, p.Y)
	return node{p.X + dx, p.Y + dy, light * c.lightAt(ix, iy)}
}

// lightAt is the light on a px of the picture: a lamp's fall, the lens's, a shadow.
func (c *camera) lightAt(ix, iy int) float64 {
	fx, fy := float64(ix)/float64(c.size.X)-0.5, float64(iy)/float64(c.size.Y)-0.5
	e := &c.e
	light := 1.0
	if e.Gradient != 0 {
		sin, cos := math.Sincos(radians(e.LightDirection))
		light -= e.Gradient * (0.5 - (fx*cos + fy*sin))
	}
	light *= 1 - e.Vignette*2*(fx*fx+fy*fy)
	if e.Shadow > 0 {
		sin, cos := math.Sincos(radians(e.ShadowDirection))
		// The edge is a hand's or a head's, not a ruler's.
		along := -fx*sin + fy*cos
		d := fx*cos + fy*sin - e.ShadowAt/2 + 0.05*math.Sin(7*along+e.ShadowAt*9)
		light *= 1 - e.Shadow/(1+math.Exp(-4*d/max(e.ShadowSoftness, 0.01)))
	}
	return light
}

// pixel is paper, desk, or the edge between them.
func (c *camera) pixel(to []uint8, ix, iy int, x, y, light float64) {
	inside := min(x, y, c.w-x, c.h-y) * c.scale // px of the picture
	if inside >= 0.5 {
		c.paper(to, x, y, light)
		return
	}
	r, g, b := c.desk.at(ix, iy)
	if c.e.Desk != Lid {
		// The sheet's own shadow, deepest at its edge, away from the lamp.
		sx, sy := x-c.shadeX, y-c.shadeY
		deep := min(sx, sy, c.w-sx, c.h-sy, 0)
		fall := 1 - deep/(0.007*max(c.w, c.h))
		light *= 1 - 0.36/(fall*fall*fall)
	}
	if inside > -0.5 {
		c.paper(to, x, y, light)
		t := inside + 0.5
		to[0] = uint8(t*float64(to[0]) + (1-t)*r*light)
		to[1] = uint8(t*float64(to[1]) + (1-t)*g*light)
		to[2] = uint8(t*float64(to[2]) + (1-t)*b*light)
		return
	}
	to[0], to[1], to[2], to[3] = level(r*light), level(g*light), level(b*light), 255
}

func level(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

// paper samples the page bilinearly.
func (c *camera) paper(to []uint8, x, y, light float64) {
	p := c.page
	x, y = x*c.shrunk-0.5, y*c.shrunk-0.5
	x = min(max(x, 0), float64(p.Rect.Dx()-2))
	y = min(max(y, 0), float64(p.Rect.Dy()-2))
	ix, iy := int(x), int(y)
	fx, fy := int((x-float64(ix))*256), int((y-float64(iy))*256)
	i := iy*p.Stride + 4*ix
	if i < 0 || i+p.Stride+8 > len(p.Pix) { // a page of one px
		to[0], to[1], to[2], to[3] = level(paperTone[0]*light), level(paperTone[1]*light), level(paperTone[2]*light), 255
		return
	}
	up, down := p.Pix[i:i+8:i+8], p.Pix[i+p.Stride:i+p.Stride+8:i+p.Stride+8]
	// 16 bits of light; the page's white is paper, not a lamp
	for ch := range 3 {
		t := int(up[ch])*(256-fx) + int(up[ch+4])*fx
		b := int(down[ch])*(256-fx) + int(down[ch+4])*fx
		v := float64(t*(256-fy)+b*fy) * (1.0 / 65536 / 255)
		to[ch] = uint8(min(v*paperTone[ch]*light, 255))
	}
	to[3] = 255
}
