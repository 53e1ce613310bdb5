package synth

import (
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// distance is the camera's from the sheet, in long sides of the sheet: what a
// phone needs to have it all in the frame.
const distance = 1.3

// longSide is a photo's when the effects say nothing, px.
const longSide = 2600

// Frame is the size of the picture of a page of w by h px, and where its points
// lie in it. With a Curl the paper departs from it by up to so many px.
func (e Effects) Frame(w, h int) (geom.Homography, image.Point) {
	view := e.view(float64(w), float64(h))
	lo, hi := geom.ImagePt{X: math.Inf(1), Y: math.Inf(1)}, geom.ImagePt{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, c := range (geom.PageRect{W: float64(w), H: float64(h)}).Corners() {
		p := view.Apply(c)
		lo = geom.ImagePt{X: min(lo.X, p.X), Y: min(lo.Y, p.Y)}
		hi = geom.ImagePt{X: max(hi.X, p.X), Y: max(hi.Y, p.Y)}
	}
	var size image.Point
	var scale float64
	bw, bh := hi.X-lo.X, hi.Y-lo.Y
	if e.DPI > 0 {
		scale = float64(max(w, h)) * distance * e.DPI / geom.PxPerInch
		size = image.Pt(int(math.Round(float64(w)*e.DPI/geom.PxPerInch)), int(math.Round(float64(h)*e.DPI/geom.PxPerInch)))
		if bw > bh != (w > h) { // laid crosswise
			size.X, size.Y = size.Y, size.X
		}
	} else {
		long := e.LongSide
		if long <= 0 {
			long = longSide
		}
		size = image.Pt(long*3/4, long) // a phone's sensor
		if bw > bh {
			size.X, size.Y = size.Y, size.X
		}
		if e.Margin <= 0 && e.Tilt == 0 {
			size = image.Pt(max(int(float64(long)*bw/max(bw, bh)), 1), max(int(float64(long)*bh/max(bw, bh)), 1))
		}
		scale = min(float64(size.X)/bw, float64(size.Y)/bh) / (1 + 2*max(e.Margin, 0))
	}
	slackX, slackY := (float64(size.X)-scale*bw)/2, (float64(size.Y)-scale*bh)/2
	if e.DPI > 0 { // a sheet may stick out of the glass a little
		slackX, slackY = e.DPI/30, e.DPI/30
	}
	tx := float64(size.X)/2 + e.ShiftX*slackX - scale*(lo.X+hi.X)/2
	ty := float64(size.Y)/2 + e.ShiftY*slackY - scale*(lo.Y+hi.Y)/2
	for i := range 3 {
		view[i] = scale*view[i] + tx*view[6+i]
		view[3+i] = scale*view[3+i] + ty*view[6+i]
	}
	return view, size
}

// view is a pinhole camera before the sheet: page px to the plane at distance 1.
func (e Effects) view(w, h float64) geom.Homography {
	sin, cos := math.Sincos(radians(e.Rotation))
	// In the sheet's plane, x right, y down: turned clockwise.
	x := [3]float64{cos, sin, 0}
	y := [3]float64{-sin, cos, 0}
	// Then tilted about an axis in that plane (Rodrigues).
	st, ct := math.Sincos(radians(e.Tilt))
	ay, ax := math.Sincos(radians(e.TiltDirection))
	tilt := func(v [3]float64) [3]float64 {
		dot := ax*v[0] + ay*v[1]
		return [3]float64{
			v[0]*ct + ax*dot*(1-ct),
			v[1]*ct + ay*dot*(1-ct),
			(ax*v[1] - ay*v[0]) * st,
		}
	}
	x, y = tilt(x), tilt(y)
	k := 1 / max(w, h)
	m := geom.Homography{
		k * x[0], k * y[0], 0,
		k * x[1], k * y[1], 0,
		k * x[2], k * y[2], distance,
	}
	if e.DPI > 0 {
		m[6], m[7] = 0, 0 // a scanner sees every point from right above
	}
	for i := 0; i < 9; i += 3 {
		m[i+2] -= m[i]*w/2 + m[i+1]*h/2
	}
	return m
}

// bend is how curled paper lies: shifts of its points as seen, and its shading.
type bend struct {
	amount, ux, uy, dx, dy, size float64
	phase1, phase2               float64
}

func newBend(e Effects, w, h int, phase1, phase2 float64) bend {
	uy, ux := math.Sincos(radians(e.CurlDirection))
	dy, dx := math.Sincos(radians(e.TiltDirection + 90))
	return bend{e.Curl, ux, uy, dx, dy, math.Hypot(float64(w), float64(h)), phase1, phase2}
}

// at is the shift of a page point, px, and the relative change of its light.
func (b bend) at(x, y float64) (dx, dy, light float64) {
	if b.amount == 0 {
		return 0, 0, 1
	}
	u := (x*b.ux + y*b.uy) / b.size * 2 * math.Pi
	height := 0.75*math.Sin(0.9*u+b.phase1) + 0.25*math.Sin(2.1*u+b.phase2)
	slope := 0.675*math.Cos(0.9*u+b.phase1) + 0.525*math.Cos(2.1*u+b.phase2)
	// 14 px of shift go with some 5 % of light, as photos of curled sheets show.
	return b.amount * height * b.dx, b.amount * height * b.dy, 1 - 0.0035*b.amount*slope
}
