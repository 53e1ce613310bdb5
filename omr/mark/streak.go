package mark

import "math"

// A dirty scanner glass draws a line along the whole sheet: through an empty bubble
// it leaves what a thin mark leaves. Unlike a pen's stroke it goes straight on above
// and below.
const (
	streakInk  = 0.3 // of the sheet's ink, from which a point of the line is seen
	streakSeen = 4   // of the five points on each side that must be seen
	// Fill between which a bubble is looked at: less is nothing, more is no line.
	streakLeast, streakMost = 0.02, 0.35
)

// farther are where the line is looked for above and below, in half sides.
var farther = [5]float64{1.2, 1.35, 1.5, 1.65, 1.8}

// lined tells whether a line runs through the bubble and straight on at both ends,
// up and down the page or, of a sheet that lay crosswise, across it.
func (v view) lined(f *frame, light *lighting, ink float64) bool {
	across := frame{
		cx: f.cx, cy: f.cy, ux: f.vx, uy: f.vy, vx: f.ux, vy: f.uy,
		gu: f.gw, gw: f.gu, shape: f.shape,
	}
	return v.linedAlong(f, light, ink) || v.linedAlong(&across, light, ink)
}

func (v view) linedAlong(f *frame, light *lighting, ink float64) bool {
	paper := light.middle()
	limit := uint8(255 * min(streakInk*ink, 1))
	px := math.Hypot(f.ux, f.uy)
	if px < 1 {
		return false
	}
	// The line may lean by a px: the darkest of three beside each other.
	seen := func(u, w float64) bool {
		for _, d := range [3]float64{0, -1, 1} {
			if l, ok := v.at(f.point(u+d/px, w)); ok && darkness(l, paper) >= limit {
				return true
			}
		}
		return false
	}
	for u := -0.65; u <= 0.65; u += 1 / px {
		if !seen(u, -0.4) || !seen(u, 0) || !seen(u, 0.4) {
			continue
		}
		above, below := 0, 0
		for _, w := range farther {
			if seen(u, -w) {
				above++
			}
			if seen(u, w) {
				below++
			}
		}
		if above >= streakSeen && below >= streakSeen {
			return true
		}
	}
	return false
}
