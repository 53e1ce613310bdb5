package synth

import (
	"math"
	"math/rand/v2"
)

// Desk is what a sheet lies on.
type Desk uint8

// Desks.
const (
	Wood Desk = iota
	Plain
	Dark
	Cloth
	Lid     // the white inside of a scanner's lid
	GreyLid // of another scanner
	BlackLid
)

// Paper is what a form is printed on.
type Paper uint8

// Papers.
const (
	Office      Paper = iota // plain, white
	Recycled                 // greyish, with fibres
	Grained                  // coarse, uneven
	Yellowed                 // old
	Newsprint                // grey, fibres, speckled
	ShowThrough              // thin, its other side printed
	Ruled                    // with pale blue lines
	Glossy                   // coated: lamps shine in it
)

// Format is what the picture comes as.
type Format uint8

// Formats.
const (
	JPEG Format = iota
	PNG
	TIFF // 1 bit as ITU-T T.6, else uncompressed
)

// Effects are what print, paper, and a camera or scanner do to a sheet. The zero
// value is a sharp picture of the sheet alone, 2600 px long; each member at zero
// does nothing. PhoneEffects and ScanEffects draw plausible ones, families more.
type Effects struct {
	LongSide int     // of the picture, px; 0: 2600
	DPI      float64 // of a scan: instead of LongSide, the frame is the sheet's; 0: a photo
	DPIY     float64 // down the sheet where it differs, as a fax's; 0: DPI
	JPEG     int     // quality to encode with, 1 to 100; 0: 90
	Format   Format
	Grey     bool // no colour
	Bits     int  // 1: black and white only; 0: 8

	// Print.
	PrintScale   float64 // percent larger than it should be
	PrintStretch float64 // percent higher against its width
	PrintShear   float64 // degrees
	PrintShift   float64 // of the print on the sheet, page px, both ways
	PrintWobble  float64 // uneven print: shifts that change from bubble to bubble, page px
	TonerGaps    int     // streaks and spots without toner
	LowToner     float64 // share of the toner missing, blotched, 0 to 1
	HeavyPrint   float64 // growth of every stroke, page px, about
	Generations  int     // copies of copies
	Ghost        float64 // darkness of a second impression, shifted, 0 to 1

	// Paper.
	Paper      Paper
	Curl       float64 // greatest shift of the paper by its bend, page px
	Folds      int     // creases, 1 to 3
	FoldDepth  float64 // shift at a crease, page px; 0: 8
	Crumple    float64 // greatest shift of crumpled paper, page px
	Stains     int     // rings of cups
	Grease     int     // darker, glassy spots
	Holes      int     // punched at the left edge: 2 or 4
	Staples    int     // metal at a corner
	TornCorner float64 // share of the short side that is missing at a corner
	DogEar     float64 // share of the short side that is folded over at a corner
	CutEdge    float64 // share of the sheet beyond the picture's edge at one side
	CutSide    int     // which: 0 left, 1 top, 2 right, 3 bottom
	Thumbs     int     // fingers over edges and corners

	// Where the sheet lies.
	Margin         float64 // desk seen around it, share of the frame
	Rotation       float64 // degrees clockwise, any
	Tilt           float64 // degrees between the camera's axis and the sheet's normal
	TiltDirection  float64 // degrees
	ShiftX, ShiftY float64 // of the sheet in the frame, -1 to 1 of the margin
	CurlDirection  float64 // degrees
	Desk           Desk
	Lens           float64 // distortion at the corners, share; above 0 a barrel, below a pincushion

	// Light.
	White           float64    // gray level of lit paper; 0: 255
	Black           float64    // gray level of the darkest ink
	Contrast        float64    // steepness of the tone curve, 1: straight; a photocopy has 2 to 5; 0: 1
	Exposure        float64    // stops: above 0 light burns out, below 0 it drowns
	WhiteBalance    [3]float64 // gain of red, green, blue; zero: 1
	Gradient        float64    // relative fall of light across the sheet
	LightDirection  float64    // degrees
	Vignette        float64    // relative fall of light in the corners
	Shadow          float64    // share of the light that a shadow takes, 0: none
	ShadowAt        float64    // place of its edge along its direction, -1 to 1 of the frame
	ShadowDirection float64    // degrees
	ShadowSoftness  float64    // width of its edge, share of the frame
	PhoneShadow     float64    // share of the light that the phone's own shadow takes
	Glare           float64    // strength of a lamp's reflection; 1: burnt out

	// Lens and sensor.
	Blur            float64 // defocus, standard deviation in px of the picture
	BlurVaries      float64 // more of it at one side, px of the picture
	Motion          float64 // length of the blur of a moving hand, px of the picture
	MotionDirection float64 // degrees
	Noise           float64 // standard deviation, gray levels
	Moire           float64 // contrast of the waves of a screen or a halftone, 0 to 1

	// Scanner and fax.
	Dust         int     // specks on a scanner's glass
	Streaks      int     // lines of a dirty feeder over the whole page
	FeedWobble   float64 // uneven feed, page px
	BlackBorder  float64 // dark band at the picture's edges, share of its width
	Threshold    float64 // gray level that becomes black at 1 bit; 0: 128
	Dither       float64 // above 0: 1 bit by error diffusion (Floyd and Steinberg, 1976) instead
	DroppedLines int     // lines of a fax that got lost and repeat the one before
}

// PhoneEffects draws a plausible photo by hand: tilted by up to 16 degrees,
// seldom turned by a quarter or more, uneven light, a shadow in two of five.
func PhoneEffects(seed uint64) Effects {
	r := draws(seed, "phone")
	e := Effects{
		LongSide: 2200 + 100*r.IntN(9),
		JPEG:     80 + r.IntN(14),

		Margin:        between(r, 0.02, 0.07),
		Rotation:      around(r, 0, 2.2),
		Tilt:          between(r, 1, 11),
		TiltDirection: between(r, 0, 360),
		ShiftX:        between(r, -0.7, 0.7),
		ShiftY:        between(r, -0.7, 0.7),
		Curl:          between(r, 0, 14),
		CurlDirection: between(r, 0, 360),
		Desk:          Desk(r.IntN(int(Lid))),

		White:          between(r, 196, 236),
		Black:          between(r, 10, 34),
		Contrast:       between(r, 1.0, 1.25),
		WhiteBalance:   whiteBalance(r),
		Gradient:       between(r, 0.03, 0.2),
		LightDirection: between(r, 0, 360),
		Vignette:       between(r, 0.02, 0.12),

		Blur:            between(r, 0.45, 0.85),
		MotionDirection: between(r, 0, 360),
		Noise:           between(r, 1.5, 4),
	}
	if r.Float64() < 0.4 {
		e.Shadow = between(r, 0.12, 0.38)
		e.ShadowAt = between(r, -0.5, 0.5)
		e.ShadowDirection = between(r, 0, 360)
		e.ShadowSoftness = between(r, 0.03, 0.14)
	}
	if r.Float64() < 0.2 {
		e.Motion = between(r, 1, 2.5)
	}
	if r.Float64() < 0.15 {
		e.Tilt = between(r, 11, 16)
	}
	if r.Float64() < 0.12 {
		e.Rotation += float64(90 * (1 + r.IntN(3)))
	}
	return e
}

// whiteBalance is a cast between lamp light and a cloudy sky.
func whiteBalance(r *rand.Rand) [3]float64 {
	warm := around(r, 0.005, 0.018)
	return [3]float64{1 + warm, 1 + around(r, 0, 0.005), 1 - 1.3*warm}
}

// ScanEffects draws a plausible flatbed or feeder scan: 150 to 300 dpi, a degree
// askew, dust, in one of six a photocopy.
func ScanEffects(seed uint64) Effects {
	r := draws(seed, "scan")
	e := Effects{
		DPI:      []float64{150, 200, 200, 240, 300, 300}[r.IntN(6)],
		JPEG:     70 + r.IntN(26),
		Rotation: around(r, 0, 0.55),
		ShiftX:   between(r, -1, 1),
		ShiftY:   between(r, -1, 1),
		Desk:     Lid,
		White:    between(r, 236, 254),
		Black:    between(r, 4, 30),
		Contrast: between(r, 1, 1.3),
		Gradient: between(r, 0, 0.02),
		Blur:     between(r, 0.35, 0.6),
		Noise:    between(r, 0.6, 2.2),
		Dust:     r.IntN(30),

		LightDirection: 90,
	}
	if r.Float64() < 1.0/6 {
		e.Contrast = between(r, 2, 3.6)
		e.Blur += 0.25
		e.Dust += 60
	}
	return e
}

// orOne is v, or 1 where it is not set.
func orOne(v float64) float64 {
	if v == 0 {
		return 1
	}
	return v
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }
