package synth

import (
	"image"

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

// Draw draws a case of the family. The same seed draws the same case.
func (f Family) Draw(seed uint64) Case {
	c := Case{Family: f, Seed: seed, Pen: DrawPen(seed)}
	switch f {
	case Scan:
		c.Effects = ScanEffects(seed)
	case Hard:
		c.Effects = PhoneEffects(seed)
		c.Effects.Tilt += 15
		c.Effects.Blur += 0.6
		c.Effects.Curl += 6
		c.Effects.Shadow += 0.2
	default:
		c.Effects = PhoneEffects(seed)
	}
	c.Names = []string{string(f)}
	return c
}

// Picture is the filled sheet as a file, as such material comes.
func (c Case) Picture(page image.Image, p *pattern.Page, t Truth) (data []byte, err error) {
	sheet := planesOf(page)
	press(sheet, c.Effects, c.Seed)
	if !c.Effects.Grey && c.Effects.Bits != 1 {
		sheet.colour()
	}
	r := draws(c.Seed, "fill")
	newInk(sheet, r).fill(r, p, t, c.Pen)
	return shoot(sheet, c.Effects, c.Seed).file(c.Effects)
}
