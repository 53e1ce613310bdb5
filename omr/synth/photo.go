package synth

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// Photo is the filled page as a camera or scanner sees it, and the JPEG quality
// to encode it with (1 to 100); the caller encodes.
func Photo(page image.Image, e Effects, seed uint64) (photo *image.RGBA, quality int) {
	sheet := planesOf(page)
	press(sheet, e, seed)
	return shoot(sheet, e, seed).rgba(), e.quality()
}

func (e Effects) quality() int {
	if e.JPEG == 0 {
		return 90
	}
	return e.JPEG
}

// shoot is the picture of a printed and filled sheet, which it may change.
func shoot(page *planes, e Effects, seed uint64) *planes {
	if e.Grey || e.Bits == 1 {
		page.cb, page.cr = nil, nil
	} else {
		page.colour()
	}
	w, h := float64(page.w), float64(page.h)
	unit := max(w, h) / 3508 // px of the page a px of A4 at 300 dpi
	relief := newRelief(e, w, h, unit, draws(seed, "photo"))
	edge := newOutline(e, w, h, draws(seed, "edge"))
	wear(page, e, relief, edge, seed)
	c := newCamera(page, e, seed)
	c.relief, c.edge, c.unit = relief, edge, unit
	out := newPlanes(c.size.X, c.size.Y, page.cb != nil)
	bands(out.ch, func(y0, y1 int) {
		lines := c.lines()
		for y := 2 * y0; y < min(2*y1, out.h); y++ {
			c.row(out, y, lines.at(y))
		}
	})
	c.overlay(out, seed)
	if e.Motion >= 1 {
		out.moved(e.Motion, e.MotionDirection)
	}
	out.defocus(e)
	c.develop(out, seed)
	c.binary(out, seed)
	return out
}

// camera renders one picture.
type camera struct {
	e      Effects
	size   image.Point
	w, h   float64 // of the sheet, px
	unit   float64 // px of the caller's page a px at 300 dpi of A4
	page   *planes
	shrunk float64 // px of page a px of the caller's page
	front  geom.Homography
	back   geom.Homography
	print  affine
	scale  float64 // px of the picture a page px, at its middle
	relief *relief
	edge   *outline
	desk   *desk
	grain  []int8  // of the desk's px, in 1/128 of its lightness
	shadeX float64 // where the sheet's shadow falls, px of the page
	shadeY float64
	tone   tone
	wobble [2]wobble
	phone  geom.ImagePt // middle of the phone's shadow, shares of the frame
	side   [2]int       // of the last finger over a corner and over an edge, 0: left
}

func newCamera(page *planes, e Effects, seed uint64) *camera {
	c := &camera{e: e, w: float64(page.w), h: float64(page.h), tone: e.Paper.tone()}
	c.front, c.size = e.Frame(page.w, page.h)
	c.scale = c.front.Scale(geom.PagePt{X: c.w / 2, Y: c.h / 2})
	c.back, _ = c.front.Inverse() // a view within 80 degrees is never degenerate
	c.print = e.print(c.w, c.h)
	// Near the picture's resolution, so that sampling does not alias.
	finest := c.scale
	if e.DPIY > 0 {
		finest = c.scale / math.Sqrt(e.DPIY/e.DPI)
	}
	c.page = page.shrunk(max(int(1/finest), 1))
	c.shrunk = float64(c.page.w) / c.w
	if step := c.shrunk / finest; step > 1.25 {
		smooth(c.page.y, c.page.w, c.page.h)
	}
	c.desk = newDesk(e.Desk, draws(seed, "desk"))
	if c.desk.grain > 0 {
		g := draws(seed, "grain")
		c.grain = make([]int8, 1<<14)
		for i := range c.grain {
			c.grain[i] = int8(around(g, 0, c.desk.grain*64))
		}
	}
	sin, cos := math.Sincos(radians(e.LightDirection - e.Rotation))
	c.shadeX, c.shadeY = -0.004*max(c.w, c.h)*cos, -0.004*max(c.w, c.h)*sin
	feed := draws(seed, "feed")
	c.wobble = [2]wobble{newWobble(feed, e.FeedWobble), newWobble(feed, e.FeedWobble)}
	c.phone = geom.ImagePt{X: between(feed, -0.25, 0.25), Y: between(feed, -0.3, 0.3)}
	return c
}

// node is what changes slowly over the picture: page place, light, distance
// within the sheet's edge in px of the picture, and the desk's lightness.
type node struct{ x, y, light, in, desk float64 }

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
	for i := range l.upper {
		a, b := &l.upper[i], &l.low[i]
		l.row[i] = node{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y), a.light + t*(b.light-a.light), a.in + t*(b.in-a.in), a.desk + t*(b.desk-a.desk)}
	}
	return l.row
}

func (l *nodeLines) fill(line []node, index int) {
	for i := range line {
		line[i] = l.c.node(i*nodeStep, index*nodeStep)
	}
}

// node is exact at the middle of a px.
func (c *camera) node(ix, iy int) node {
	at := geom.ImagePt{X: float64(ix) + 0.5, Y: float64(iy) + 0.5}
	light := c.lightAt(ix, iy)
	if c.e.Lens != 0 {
		mx, my := float64(c.size.X)/2, float64(c.size.Y)/2
		dx, dy := at.X-mx, at.Y-my
		f := 1 + c.e.Lens*(dx*dx+dy*dy)/(mx*mx+my*my)
		at = geom.ImagePt{X: mx + dx*f, Y: my + dy*f}
	}
	if c.e.FeedWobble != 0 {
		at.Y += (c.wobble[0].at(at.Y/float64(c.size.Y)) + 0.35*c.wobble[1].at(9*at.Y/float64(c.size.Y))) * c.scale * c.unit
	}
	p := c.back.ToPage(at)
	sx, sy := c.print.at(p.X, p.Y)
	dx, dy, lit := c.relief.at(sx, sy)
	in := c.edge.inside(sx+dx, sy+dy)
	n := node{(p.X+dx)*c.shrunk - 0.5, (p.Y+dy)*c.shrunk - 0.5, light * lit, in * c.scale, 0}
	if n.in < 2*nodeStep {
		n.desk = c.deskAt(ix, iy, sx, sy, light)
	}
	return n
}

// deskAt is the desk's lightness, under the light and the sheet's own shadow,
// deepest at its edge, away from the lamp.
func (c *camera) deskAt(ix, iy int, sx, sy, light float64) float64 {
	long := float64(max(c.size.X, c.size.Y))
	v := c.desk.at(float64(ix)/long, float64(iy)/long)
	if c.e.DPI > 0 {
		return v
	}
	deep := min(c.edge.inside(sx-c.shadeX, sy-c.shadeY), 0)
	fall := 1 - deep/(0.007*max(c.w, c.h))
	return v * light * (1 - 0.36/(fall*fall*fall))
}

// lightAt is the light on a px of the picture: a lamp's fall, the lens's, shadows.
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
	if e.PhoneShadow > 0 {
		// A phone between lamp and sheet: a blurred box.
		dx, dy := math.Abs(fx-c.phone.X)/0.24, math.Abs(fy-c.phone.Y)/0.3
		d := math.Pow(dx*dx*dx*dx+dy*dy*dy*dy, 0.25) - 1
		light *= 1 - e.PhoneShadow/(1+math.Exp(7*d))
	}
	if e.Exposure != 0 {
		light *= math.Exp2(e.Exposure)
	}
	return light
}

func (c *camera) row(out *planes, y int, nodes []node) {
	row := out.y[y*out.w:][:out.w]
	var cb, cr []uint8
	if out.cb != nil && y&1 == 0 {
		cb, cr = out.cb[y/2*out.cw:][:out.cw], out.cr[y/2*out.cw:][:out.cw]
	}
	noise := (y * 2654435761) >> 7
	for x0 := 0; x0 < out.w; x0 += nodeStep {
		a, b := &nodes[x0/nodeStep], &nodes[x0/nodeStep+1]
		to := row[x0:min(x0+nodeStep, out.w)]
		switch {
		case min(a.in, b.in) >= 0.5 && min(a.x, b.x, a.y, b.y) >= 0 && max(a.x, b.x) < float64(c.page.w-1) && max(a.y, b.y) < float64(c.page.h-1):
			c.paper(to, a, b)
		case max(a.in, b.in) <= -0.5:
			c.deskRun(to, a, b, noise+x0)
		default:
			c.edgeRun(to, a, b, noise+x0)
		}
		if cb != nil {
			c.chroma(cb[x0/2:min(x0/2+nodeStep/2, out.cw)], cr[x0/2:], a, b)
		}
	}
}

// paper samples the page's luma bilinearly, all of it well within the page.
func (c *camera) paper(to []uint8, a, b *node) {
	const one = 1 << 16
	x, y := int(a.x*one), int(a.y*one)
	dx, dy := int((b.x-a.x)*(one/nodeStep)), int((b.y-a.y)*(one/nodeStep))
	tone := c.tone.y / 255 * one
	light := int(a.light * tone)
	dl := int((b.light - a.light) * tone / nodeStep)
	stride, pix := c.page.w, c.page.y
	for i := range to {
		at := y>>16*stride + x>>16
		up, down := pix[at:at+2:at+2], pix[at+stride:at+stride+2:at+stride+2]
		fx, fy := x>>8&255, y>>8&255
		u := int(up[0])<<8 + (int(up[1])-int(up[0]))*fx
		d := int(down[0])<<8 + (int(down[1])-int(down[0]))*fx
		to[i] = uint8(min((u<<8+(d-u)*fy)>>8*light>>24, 255))
		x, y, light = x+dx, y+dy, light+dl
	}
}

// sample is the page's luma at a place, its edge repeated beyond.
func (c *camera) sample(x, y float64) float64 {
	p := c.page
	x, y = min(max(x, 0), float64(p.w-1)), min(max(y, 0), float64(p.h-1))
	ix, iy := int(x), int(y)
	ix1, iy1 := min(ix+1, p.w-1), min(iy+1, p.h-1)
	fx, fy := x-float64(ix), y-float64(iy)
	up := (1-fx)*float64(p.y[iy*p.w+ix]) + fx*float64(p.y[iy*p.w+ix1])
	down := (1-fx)*float64(p.y[iy1*p.w+ix]) + fx*float64(p.y[iy1*p.w+ix1])
	return (1-fy)*up + fy*down
}

func (c *camera) deskRun(to []uint8, a, b *node, noise int) {
	v, dv := int(a.desk*256), int((b.desk-a.desk)*256/nodeStep)
	for i := range to {
		to[i] = c.grained(v, noise+i)
		v += dv
	}
}

// grained is a px of the desk, v in 1/256 of a level.
func (c *camera) grained(v, noise int) uint8 {
	if c.grain != nil {
		v += v * int(c.grain[(noise^noise>>9)&(len(c.grain)-1)]) >> 7
	}
	return uint8(min(max(v>>8, 0), 255))
}

// edgeRun is where paper and desk meet.
func (c *camera) edgeRun(to []uint8, a, b *node, noise int) {
	for i := range to {
		t := float64(i) / nodeStep
		in := min(max(a.in+t*(b.in-a.in)+0.5, 0), 1)
		paper := c.sample(a.x+t*(b.x-a.x), a.y+t*(b.y-a.y)) * (a.light + t*(b.light-a.light)) * c.tone.y / 255
		desk := float64(c.grained(int((a.desk+t*(b.desk-a.desk))*256), noise+i))
		to[i] = level(in*paper + (1-in)*desk)
	}
}

// chroma takes the nearest colour: eyes and cameras see no finer.
func (c *camera) chroma(cb, cr []uint8, a, b *node) {
	for i := range cb {
		t := float64(2*i) / nodeStep
		if a.in+t*(b.in-a.in) < 0 {
			cb[i], cr[i] = uint8(c.desk.cb), uint8(c.desk.cr)
			continue
		}
		x, y := int(a.x+t*(b.x-a.x)+1)>>1, int(a.y+t*(b.y-a.y)+1)>>1
		at := min(max(y, 0), c.page.ch-1)*c.page.cw + min(max(x, 0), c.page.cw-1)
		light := a.light + t*(b.light-a.light)
		cb[i] = level(c.tone.cb + light*(float64(c.page.cb[at])-128) + 0.5)
		cr[i] = level(c.tone.cr + light*(float64(c.page.cr[at])-128) + 0.5)
	}
}
