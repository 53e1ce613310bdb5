package synth

import "math/rand/v2"

// Style is how somebody marks a bubble.
type Style uint8

// Styles.
const (
	FullFill Style = iota // scribbled full, the outline crossed here and there
	Tick
	Cross
	Partial // scribbled over about half of it
	Light   // a few weak strokes
)

// Pen is what somebody writes with and how.
type Pen struct {
	Color    [3]uint8 // of thick ink, sRGB
	Width    float64  // of a stroke, px
	Opacity  float64  // of one stroke, 0 to 1
	Grain    float64  // how much the paper's tooth shows, 0 to 1: pencils
	Style    Style
	Jitter   float64 // deviation of a mark from its bubble's middle, in sizes of the bubble
	Erasures float64 // share of empty bubbles in which a mark was rubbed out
	Strays   int     // slips of the pen on the page
}

// Pens of a desk drawer. They are never changed; As and the members of a copy
// make others.
var (
	BallpointBlue  = Pen{Color: [3]uint8{24, 30, 112}, Width: 5, Opacity: 0.88, Grain: 0.12, Jitter: 0.045}
	BallpointBlack = Pen{Color: [3]uint8{28, 28, 34}, Width: 5, Opacity: 0.88, Grain: 0.10, Jitter: 0.045}
	PencilHB       = Pen{Color: [3]uint8{62, 62, 68}, Width: 6.5, Opacity: 0.8, Grain: 0.4, Jitter: 0.05}
	PencilSoft     = Pen{Color: [3]uint8{44, 44, 50}, Width: 8, Opacity: 0.88, Grain: 0.32, Jitter: 0.05}
	Felt           = Pen{Color: [3]uint8{18, 18, 24}, Width: 12, Opacity: 0.97, Grain: 0.02, Jitter: 0.05}
)

// As is the pen marking in another style.
func (p Pen) As(s Style) Pen {
	p.Style = s
	return p
}

// DrawPen draws a plausible pen and style: mostly ballpoints and pencils that
// fill, some that tick, cross or stop half way.
func DrawPen(seed uint64) Pen {
	r := draws(seed, "pen")
	pens := []Pen{BallpointBlue, BallpointBlue, BallpointBlack, PencilHB, PencilSoft, Felt}
	p := pens[r.IntN(len(pens))]
	styles := []Style{FullFill, FullFill, FullFill, FullFill, Tick, Cross, Partial, Light}
	p.Style = styles[r.IntN(len(styles))]
	p.Width *= between(r, 0.85, 1.2)
	p.Opacity = min(p.Opacity*between(r, 0.9, 1.08), 1)
	p.Jitter *= between(r, 0.7, 1.6)
	return p
}

// hand is the pen in a hand for one mark: nobody presses the same way twice.
func (p Pen) hand(r *rand.Rand) Pen {
	p.Width *= between(r, 0.88, 1.14)
	p.Opacity = min(p.Opacity*around(r, 1, 0.05), 1)
	return p
}
