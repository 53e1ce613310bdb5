package synth

import (
	"image"
	"math/rand/v2"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Family is a kind of material: what is drawn from it is what such places give.
type Family string

// Families.
const (
	Scan   Family = "scan"  // office scanners on ordinary days
	Photos Family = "photo" // phones held by hand
	Hard   Family = "hard"  // folds, thumbs, faxes: what a good reader may ask about
)

// Families are all, the easiest first.
func Families() []Family { return []Family{Scan, Photos, Hard} }

// Case is one sheet to be: with a page and its truth it becomes a picture.
type Case struct {
	Family  Family
	Seed    uint64
	Pen     Pen
	Effects Effects
	Names   []string // of the pen and the effects present, for tables per effect
}

// Draw draws a case of the family. The same seed draws the same case. An unknown
// family draws photos.
func (f Family) Draw(seed uint64) Case {
	r := draws(seed, "family "+string(f))
	c := Case{Family: f, Seed: seed}
	switch f {
	case Scan:
		c.Pen, c.Effects = writer(r), scanner(r)
		if chance(r, 0.03) {
			bilevel(r, &c)
		}
	case Hard:
		hard(r, &c)
	default:
		c.Pen, c.Effects = writer(r), phone(r)
	}
	c.Names = append(c.Pen.Names(), c.Effects.Names()...)
	return c
}

func chance(r *rand.Rand, share float64) bool { return r.Float64() < share }

// odds is an index drawn by weights.
func odds(r *rand.Rand, weights ...float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// writer is somebody of a class: most fill with pencil or ballpoint.
func writer(r *rand.Rand) Pen {
	pens := []Pen{PencilHB, BallpointBlue, BallpointBlack, Gel, Felt, PencilSoft, PencilHard, BallpointRed}
	p := pens[odds(r, 30, 30, 17, 6, 6, 6, 3, 2)]
	styles := []Style{FullFill, Tick, Cross, Partial, Light, Slash, LineThrough, Dot}
	p.Style = styles[odds(r, 84, 5, 5, 2, 2, 0.8, 0.7, 0.5)]
	p.Width *= between(r, 0.85, 1.25)
	p.Opacity = min(p.Opacity*between(r, 0.88, 1.1), 1)
	p.Jitter *= between(r, 0.6, 1.7)
	pencil := strings.HasPrefix(p.Name, "pencil")
	if p.Name == PencilHard.Name && p.Style == Light {
		p.Style = FullFill // nobody could tell it from an erasure
	}
	if pencil && chance(r, 0.35) {
		p.Erasures = between(r, 0.004, 0.03)
	}
	if pencil && chance(r, 0.08) {
		p.Smudges = between(r, 0.1, 0.6)
	}
	if chance(r, 0.1) {
		p.OffCentre = between(r, 0.05, 0.14)
	}
	if chance(r, 0.12) {
		p.Strays = 1 + r.IntN(3)
	}
	if chance(r, 0.35) {
		p.Words = 1 + r.IntN(6)
	}
	if chance(r, 0.004) {
		p.Corrections = between(r, 0.01, 0.04)
	}
	return p
}

// material is what the form was printed on and with, and what happened to it.
func material(r *rand.Rand, e *Effects) {
	e.Paper = []Paper{Office, Recycled, Grained, ShowThrough, Newsprint, Yellowed, Ruled}[odds(r, 80, 8, 4, 4, 1.5, 1.5, 1)]
	e.PrintShift = around(r, 0, 5)
	e.PrintScale = around(r, 0, 0.25)
	if chance(r, 0.12) {
		e.PrintScale = -between(r, 1.5, 4) // "fit to page"
	}
	if chance(r, 0.5) { // toner is never quite even
		e.LowToner = between(r, 0.02, 0.1)
	}
	e.PrintStretch = around(r, 0, 0.12)
	if chance(r, 0.8) {
		e.PrintWobble = between(r, 0.1, 1.3)
	}
	switch odds(r, 78, 4, 5, 5, 8) {
	case 1:
		e.TonerGaps = 1 + r.IntN(3)
	case 2:
		e.LowToner = between(r, 0.12, 0.42)
	case 3:
		e.HeavyPrint = between(r, 0.3, 0.9)
	case 4: // copied
		e.Generations = 1 + odds(r, 3, 1)
		e.PrintScale += around(r, 0, 0.5)
		e.PrintStretch = around(r, 0, 0.35)
		e.PrintShear = around(r, 0, 0.2)
		e.PrintShift += around(r, 0, 10)
	}
	if chance(r, 0.005) {
		e.Ghost = between(r, 0.06, 0.18)
	}
	if chance(r, 0.07) {
		e.Holes = []int{2, 2, 4}[r.IntN(3)]
	}
	if chance(r, 0.03) {
		e.Staples = 1
	}
	if chance(r, 0.02) {
		e.DogEar = between(r, 0.02, 0.05)
	}
	if chance(r, 0.015) {
		e.Stains = 1
	}
	if chance(r, 0.015) {
		e.Grease = 1 + r.IntN(2)
	}
}

// scanner is an office's: flatbed or feeder.
func scanner(r *rand.Rand) Effects {
	e := Effects{
		DPI:            []float64{150, 200, 240, 300}[odds(r, 15, 45, 5, 35)],
		JPEG:           62 + r.IntN(34),
		Grey:           chance(r, 0.4),
		Rotation:       around(r, 0, 0.55),
		ShiftX:         between(r, -1, 1),
		ShiftY:         between(r, -1, 1),
		Desk:           []Desk{Lid, GreyLid, BlackLid}[odds(r, 80, 10, 10)],
		White:          between(r, 226, 264), // above 255 paper burns out, as many scanners have it
		Black:          between(r, 2, 48),
		Contrast:       between(r, 1, 1.45),
		Gradient:       between(r, 0, 0.03),
		LightDirection: []float64{0, 90, 180, 270}[r.IntN(4)],
		Blur:           between(r, 0.3, 0.75),
		Noise:          between(r, 0.5, 3.2),
		Dust:           r.IntN(30),
	}
	material(r, &e)
	if chance(r, 0.1) {
		e.Rotation = around(r, 0, 1.6)
	}
	switch odds(r, 95, 4, 0.5, 0.5) {
	case 1:
		e.Rotation += 180
	case 2:
		e.Rotation += 90
	case 3:
		e.Rotation -= 90
	}
	if chance(r, 0.6) { // a feeder
		e.FeedWobble = between(r, 0.3, 2.4)
		if chance(r, 0.15) {
			e.Streaks = 1 + r.IntN(3)
		}
	}
	if chance(r, 0.05) {
		e.BlackBorder = between(r, 0.004, 0.025)
	}
	if chance(r, 0.06) {
		e.Folds, e.FoldDepth = 1+r.IntN(2), between(r, 0.4, 2)
	}
	if chance(r, 0.05) {
		e.Format = PNG
	}
	return e
}

// bilevel makes a scan one of black and white: its pen must survive that.
func bilevel(r *rand.Rand, c *Case) {
	e := &c.Effects
	e.Bits, e.Threshold = 1, between(r, 120, 185)
	e.DPI = max(e.DPI, 200)
	e.Format = []Format{TIFF, PNG}[odds(r, 2, 1)]
	e.LowToner = min(e.LowToner, 0.2)
	e.White, e.Black = max(e.White, 235), min(e.Black, 30)
	e.Paper = Office
	c.Pen = dark(r, c.Pen)
}

// dark is the pen, or a dark one that fills: a pale mark is lost at 1 bit.
func dark(r *rand.Rand, p Pen) Pen {
	d := []Pen{BallpointBlue, BallpointBlack, Gel, Felt, PencilSoft}[r.IntN(5)]
	d.Style = p.Style
	if p.Style == Light || p.Style == Partial || p.Style == Circle {
		d.Style = FullFill
	}
	d.Jitter, d.Strays, d.Words, d.OffCentre, d.Corrections = p.Jitter, p.Strays, p.Words, p.OffCentre, p.Corrections
	return d
}

// phone is a photo of 8 to 12 Mpixel by hand.
func phone(r *rand.Rand) Effects {
	e := Effects{
		LongSide: []int{3264, 4000, 4032, 4160, 2592, 4608}[odds(r, 25, 20, 35, 10, 6, 4)],
		JPEG:     68 + r.IntN(28),

		Margin:        between(r, 0.015, 0.09),
		Rotation:      around(r, 0, 2.4),
		Tilt:          between(r, 0.5, 12),
		TiltDirection: between(r, 0, 360),
		ShiftX:        between(r, -0.7, 0.7),
		ShiftY:        between(r, -0.7, 0.7),
		Curl:          between(r, 0, 20),
		CurlDirection: between(r, 0, 360),
		Desk:          Desk(r.IntN(int(Lid))),
		Lens:          around(r, 0, 0.005),

		White:          between(r, 165, 248),
		Black:          between(r, 2, 42),
		Contrast:       between(r, 1, 1.8),
		WhiteBalance:   whiteBalance(r),
		Gradient:       between(r, 0.02, 0.3),
		LightDirection: between(r, 0, 360),
		Vignette:       between(r, 0.02, 0.2),

		Blur:            between(r, 0.35, 1.25),
		MotionDirection: between(r, 0, 360),
		Noise:           between(r, 0.4, 4.2),
	}
	material(r, &e)
	if chance(r, 0.4) {
		shadow(r, &e, 0.1, 0.42)
	}
	if chance(r, 0.2) {
		e.PhoneShadow = between(r, 0.08, 0.35)
	}
	if chance(r, 0.15) {
		e.Motion = between(r, 1, 4)
	}
	if chance(r, 0.12) {
		e.BlurVaries = between(r, 0.5, 1.8)
	}
	if chance(r, 0.25) {
		e.Tilt = between(r, 12, 25)
	}
	switch odds(r, 84, 10, 4, 2) {
	case 1:
		e.Rotation += float64(90 + 180*r.IntN(2))
	case 2:
		e.Rotation += 180
	case 3:
		e.Rotation = between(r, -180, 180)
	}
	if chance(r, 0.1) {
		e.Curl = between(r, 20, 34)
	}
	if chance(r, 0.1) {
		e.Folds, e.FoldDepth = 1+r.IntN(2), between(r, 1, 7)
	}
	if chance(r, 0.02) {
		e.Crumple = between(r, 0.5, 2.5)
	}
	if chance(r, 0.03) {
		e.Thumbs = 1
	}
	if chance(r, 0.08) {
		e.Exposure = around(r, 0, 0.22)
	}
	return e
}

func shadow(r *rand.Rand, e *Effects, lo, hi float64) {
	e.Shadow = between(r, lo, hi)
	e.ShadowAt = between(r, -0.5, 0.5)
	e.ShadowDirection = between(r, 0, 360)
	e.ShadowSoftness = between(r, 0.02, 0.14)
}

// hard is a scan or a photo with one to three things that go wrong on bad days.
func hard(r *rand.Rand, c *Case) {
	c.Pen = writer(r)
	scan := chance(r, 0.35)
	if scan {
		c.Effects = scanner(r)
	} else {
		c.Effects = phone(r)
	}
	e := &c.Effects
	for range 1 + odds(r, 5, 3, 1) {
		if scan {
			hardScan(r, c)
		} else {
			hardPhoto(r, e)
		}
		hardSheet(r, c)
	}
	if e.Bits == 1 {
		c.Pen = dark(r, c.Pen)
	}
}

func hardScan(r *rand.Rand, c *Case) {
	e := &c.Effects
	switch r.IntN(9) {
	case 0, 1: // a fax
		e.DPI, e.DPIY = 204, []float64{98, 196}[r.IntN(2)]
		e.Bits, e.Threshold, e.Format = 1, between(r, 115, 175), []Format{TIFF, PNG}[odds(r, 3, 1)]
		e.DroppedLines = r.IntN(14)
		e.Dust += r.IntN(60)
		e.White, e.Paper = max(e.White, 235), Office
	case 2:
		bilevel(r, c)
		if chance(r, 0.5) {
			e.Dither = 1
		}
	case 3:
		e.DPI = between(r, 75, 120)
		e.Blur = between(r, 0.3, 0.6)
	case 4:
		e.FeedWobble = between(r, 2, 8)
		e.Streaks += 1 + r.IntN(4)
	case 5:
		e.CutEdge, e.CutSide = between(r, 0.015, 0.06), r.IntN(4)
	case 6:
		e.Rotation += around(r, 0, 5)
		e.BlackBorder = between(r, 0.01, 0.05)
	case 7:
		e.JPEG, e.Format = 30+r.IntN(18), JPEG
	default:
		e.Contrast = between(r, 2, 4.5)
		e.Dust += 100
	}
}

func hardPhoto(r *rand.Rand, e *Effects) {
	switch r.IntN(11) {
	case 0:
		e.Tilt = between(r, 25, 45)
	case 1:
		e.Blur = between(r, 1.6, 3.6)
	case 2:
		e.Glare = between(r, 0.4, 1.1)
	case 3:
		e.Thumbs = 2 + r.IntN(2)
	case 4:
		e.CutEdge, e.CutSide = between(r, 0.015, 0.06), r.IntN(4)
	case 5:
		e.Exposure, e.Noise = -between(r, 0.5, 1.2), between(r, 5, 11)
	case 6:
		e.Exposure = between(r, 0.25, 0.6)
	case 7:
		e.JPEG = 30 + r.IntN(18)
		e.LongSide = 1800 + r.IntN(900)
	case 8:
		e.Moire = between(r, 0.04, 0.2)
	case 9:
		e.Motion = between(r, 4, 9)
	default:
		shadow(r, e, 0.45, 0.7)
		e.Lens = between(r, -0.05, 0.06)
	}
}

// hardSheet is bad luck of the sheet or the hand that filled it, often none.
func hardSheet(r *rand.Rand, c *Case) {
	e := &c.Effects
	switch odds(r, 40, 12, 6, 8, 5, 6, 6, 5, 4, 4, 4) {
	case 1:
		e.Folds, e.FoldDepth = 1+r.IntN(3), between(r, 4, 18)
	case 2:
		e.Crumple = between(r, 2.5, 14)
	case 3:
		e.TornCorner = between(r, 0.06, 0.2)
	case 4:
		e.DogEar = between(r, 0.07, 0.16)
	case 5:
		e.Stains, e.Grease = 1+r.IntN(3), r.IntN(3)
	case 6:
		e.Generations = 2 + r.IntN(3)
	case 7:
		e.LowToner = between(r, 0.4, 0.65)
	case 8:
		c.Pen = []Pen{Highlighter, BallpointRed, PencilHard}[r.IntN(3)].As(FullFill)
	case 9:
		c.Pen.Style = []Style{Circle, Dot, LineThrough, Light}[r.IntN(4)]
	case 10:
		c.Pen.Corrections, c.Pen.WordsOver = between(r, 0.02, 0.1), r.IntN(3)
	}
	if e.DPI > 0 { // glass flattens
		e.FoldDepth, e.Crumple = e.FoldDepth/5, e.Crumple/5
	}
}

// Picture is the filled sheet as a file, as such material comes.
func (c Case) Picture(page image.Image, p *pattern.Page, t Truth) (data []byte, err error) {
	if c.Family != Hard && punched(p, c.Effects.Holes) {
		c.Effects.Holes = 0
	}
	sheet := planesOf(page)
	press(sheet, c.Effects, c.Seed)
	if !c.Effects.Grey && c.Effects.Bits != 1 {
		sheet.colour()
	}
	r := draws(c.Seed, "fill")
	newInk(sheet, r).fill(r, p, t, c.Pen)
	return shoot(sheet, c.Effects, c.Seed).file(c.Effects)
}

// punched tells whether a hole would take a bubble away: nobody could read that.
func punched(p *pattern.Page, holes int) bool {
	o := newOutline(Effects{Holes: holes}, p.Width, p.Height, nil)
	for _, h := range o.holes {
		reach := 1.6 * o.hole // prints are shifted a little
		if overBubble(p, geom.PageRect{X: h.x - reach, Y: h.y - reach, W: 2 * reach, H: 2 * reach}) {
			return true
		}
	}
	return false
}
