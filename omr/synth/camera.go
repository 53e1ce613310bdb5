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
// lie in it. Curl, folds and crumples depart from it by up to so many px, a Lens
// by its share.
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
	if e.CutEdge > 0 {
		at := [4]geom.ImagePt{{X: -1}, {Y: -1}, {X: 1}, {Y: 1}}[e.CutSide&3]
		margin := geom.ImagePt{X: (float64(size.X) - scale*bw) / 2, Y: (float64(size.Y) - scale*bh) / 2}
		if e.DPI > 0 {
			margin = geom.ImagePt{}
		}
		view = moveBy(view, at.X*(e.CutEdge*scale*bw+margin.X)-e.ShiftX*slackX*math.Abs(at.X), at.Y*(e.CutEdge*scale*bh+margin.Y)-e.ShiftY*slackY*math.Abs(at.Y))
	}
	if e.DPI > 0 && e.DPIY > 0 {
		f := e.DPIY / e.DPI
		for i := range 3 {
			view[3+i] *= f
		}
		size.Y = int(math.Round(float64(size.Y) * f))
	}
	return after(view, e.print(float64(w), float64(h))), size
}

// moveBy is the map, shifted in the picture.
func moveBy(m geom.Homography, dx, dy float64) geom.Homography {
	for i := range 3 {
		m[i] += dx * m[6+i]
		m[3+i] += dy * m[6+i]
	}
	return m
}

// affine is x' = a x + b y + c, y' = d x + e y + f.
type affine [6]float64

func (a affine) at(x, y float64) (float64, float64) {
	return a[0]*x + a[1]*y + a[2], a[3]*x + a[4]*y + a[5]
}

// after is the map of what the affine one gives.
func after(m geom.Homography, a affine) geom.Homography {
	var out geom.Homography
	for i := 0; i < 9; i += 3 {
		out[i] = m[i]*a[0] + m[i+1]*a[3]
		out[i+1] = m[i]*a[1] + m[i+1]*a[4]
		out[i+2] = m[i]*a[2] + m[i+1]*a[5] + m[i+2]
	}
	return out
}

// print is where the printer puts the page's points on the sheet.
func (e Effects) print(w, h float64) affine {
	sx := 1 + e.PrintScale/100
	sy := sx * (1 + e.PrintStretch/100)
	shear := math.Tan(radians(e.PrintShear))
	unit := max(w, h) / 3508
	return affine{sx, shear, w/2 - sx*w/2 - shear*h/2 + e.PrintShift*unit, 0, sy, h/2 - sy*h/2 + e.PrintShift*unit}
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
