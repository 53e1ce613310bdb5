package synth

import "math/rand/v2"

// Style is how somebody marks a bubble.
type Style uint8

// Styles.
const (
	FullFill Style = iota // scribbled full, the outline crossed here and there
	Tick
	Cross
	Partial     // scribbled over about half of it
	Light       // a few weak strokes
	Dot         // a blot in the middle
	Circle      // around the bubble, nothing in it
	LineThrough // across the bubble and beyond
	Slash       // one slanted stroke
)

// styleNames by Style.
var styleNames = [...]string{"full", "tick", "cross", "partial", "light", "dot", "circle", "line", "slash"}

func (s Style) String() string { return styleNames[s] }

// Pen is what somebody writes with and how.
type Pen struct {
	Name     string   // for tables
	Color    [3]uint8 // of thick ink, sRGB
	Width    float64  // of a stroke, px
	Opacity  float64  // of one stroke, 0 to 1
	Grain    float64  // how much the paper's tooth shows, 0 to 1: pencils
	Style    Style
	Jitter   float64 // deviation of a mark from its bubble's middle, in sizes of the bubble
	Erasures float64 // share of empty bubbles in which a mark was rubbed out
	Strays   int     // slips of the pen on the page

	OffCentre   float64 // of all marks, one way, in sizes of the bubble
	Corrections float64 // share of fields in which another bubble was marked first and cancelled: it does not count
	Smudges     float64 // share of marks that a hand smeared
	Words       int     // handwriting beside bubbles and in write-in areas
	WordsOver   int     // handwriting that crosses bubbles
}

// Pens of a desk drawer. They are never changed; As and the members of a copy
// make others.
var (
	BallpointBlue  = Pen{Name: "ballpoint-blue", Color: [3]uint8{24, 30, 112}, Width: 5, Opacity: 0.88, Grain: 0.12, Jitter: 0.045}
	BallpointBlack = Pen{Name: "ballpoint-black", Color: [3]uint8{28, 28, 34}, Width: 5, Opacity: 0.88, Grain: 0.10, Jitter: 0.045}
	BallpointRed   = Pen{Name: "ballpoint-red", Color: [3]uint8{186, 30, 40}, Width: 5, Opacity: 0.86, Grain: 0.12, Jitter: 0.045}
	PencilHB       = Pen{Name: "pencil", Color: [3]uint8{62, 62, 68}, Width: 6.5, Opacity: 0.8, Grain: 0.4, Jitter: 0.05}
	PencilSoft     = Pen{Name: "pencil-soft", Color: [3]uint8{44, 44, 50}, Width: 8, Opacity: 0.88, Grain: 0.32, Jitter: 0.05}
	PencilHard     = Pen{Name: "pencil-hard", Color: [3]uint8{96, 97, 104}, Width: 5, Opacity: 0.66, Grain: 0.5, Jitter: 0.05}
	Felt           = Pen{Name: "felt", Color: [3]uint8{18, 18, 24}, Width: 12, Opacity: 0.97, Grain: 0.02, Jitter: 0.05}
	Gel            = Pen{Name: "gel", Color: [3]uint8{16, 18, 38}, Width: 6, Opacity: 0.97, Grain: 0.03, Jitter: 0.045}
	Highlighter    = Pen{Name: "highlighter", Color: [3]uint8{248, 238, 60}, Width: 40, Opacity: 0.9, Grain: 0.05, Jitter: 0.08}
)

// Pens are all of them, a new list each time.
func Pens() []Pen {
	return []Pen{BallpointBlue, BallpointBlack, BallpointRed, PencilHB, PencilSoft, PencilHard, Felt, Gel, Highlighter}
}

// Styles are all of them.
func Styles() []Style {
	return []Style{FullFill, Tick, Cross, Partial, Light, Dot, Circle, LineThrough, Slash}
}

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
