// Package geom holds points, boxes and the projective map between a page and
// its picture. No pixels.
//
// Page coordinates are px at 300 dpi, origin top left, y down; pixel i covers
// [i, i+1). Image coordinates are px of the decoded (and upright, after EXIF)
// picture by the same convention. The two are distinct types on purpose:
// mixing them does not compile.
package geom

import "math"

// PxPerInch is the resolution of page coordinates (spec/markup.md 0.2).
const PxPerInch = 300

// PtToPx converts a font size in points to page px.
func PtToPx(pt float64) float64 { return pt * PxPerInch / 72 }

// PagePt is a point of the page, in page px.
type PagePt struct{ X, Y float64 }

// ImagePt is a point of the picture, in image px.
type ImagePt struct{ X, Y float64 }

// PageRect is a box of the page, in page px.
type PageRect struct{ X, Y, W, H float64 }

// Center is the middle of the box.
func (r PageRect) Center() PagePt { return PagePt{r.X + r.W/2, r.Y + r.H/2} }

// Corners are top left, top right, bottom right, bottom left.
func (r PageRect) Corners() [4]PagePt {
	return [4]PagePt{{r.X, r.Y}, {r.X + r.W, r.Y}, {r.X + r.W, r.Y + r.H}, {r.X, r.Y + r.H}}
}

// Grow is the box with d px added on every side.
func (r PageRect) Grow(d float64) PageRect {
	return PageRect{r.X - d, r.Y - d, r.W + 2*d, r.H + 2*d}
}

// Overlaps tells whether the boxes share an area.
func (r PageRect) Overlaps(o PageRect) bool {
	return r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H
}

// Contains tells whether o lies inside r.
func (r PageRect) Contains(o PageRect) bool {
	return o.X >= r.X && o.Y >= r.Y && o.X+o.W <= r.X+r.W && o.Y+o.H <= r.Y+r.H
}

// Quad is a page box seen in the picture: its corners in PageRect.Corners' order.
type Quad [4]ImagePt

// Homography maps page px to image px, row-major 3×3:
// (x', y', w) = H·(X, Y, 1), image point (x'/w, y'/w).
type Homography [9]float64

// Apply is the image point of p.
func (h Homography) Apply(p PagePt) ImagePt {
	w := h[6]*p.X + h[7]*p.Y + h[8]
	return ImagePt{(h[0]*p.X + h[1]*p.Y + h[2]) / w, (h[3]*p.X + h[4]*p.Y + h[5]) / w}
}

// Jacobian is the local linear part of the map at p: how image x and y change
// with page X and Y (dx/dX, dx/dY, dy/dX, dy/dY).
func (h Homography) Jacobian(p PagePt) (xX, xY, yX, yY float64) {
	w := h[6]*p.X + h[7]*p.Y + h[8]
	q := h.Apply(p)
	return (h[0] - q.X*h[6]) / w, (h[1] - q.X*h[7]) / w, (h[3] - q.Y*h[6]) / w, (h[4] - q.Y*h[7]) / w
}

// Scale is the local number of image px a page px at p.
func (h Homography) Scale(p PagePt) float64 {
	a, b, c, d := h.Jacobian(p)
	return math.Sqrt(math.Abs(a*d - b*c))
}

// Inverse maps image px back to page px. ok is false for a degenerate map.
func (h Homography) Inverse() (inv Homography, ok bool) {
	c0 := h[4]*h[8] - h[5]*h[7]
	c1 := h[5]*h[6] - h[3]*h[8]
	c2 := h[3]*h[7] - h[4]*h[6]
	det := h[0]*c0 + h[1]*c1 + h[2]*c2
	if math.Abs(det) < 1e-18 || math.IsNaN(det) {
		return inv, false
	}
	return Homography{
		c0 / det, (h[2]*h[7] - h[1]*h[8]) / det, (h[1]*h[5] - h[2]*h[4]) / det,
		c1 / det, (h[0]*h[8] - h[2]*h[6]) / det, (h[2]*h[3] - h[0]*h[5]) / det,
		c2 / det, (h[1]*h[6] - h[0]*h[7]) / det, (h[0]*h[4] - h[1]*h[3]) / det,
	}, true
}

// ToPage applies an inverse map: h must come from Inverse.
func (h Homography) ToPage(p ImagePt) PagePt {
	q := h.Apply(PagePt(p))
	return PagePt(q)
}
