package mark

import "math"

// Caps of what a sheet's empty bubbles may look like: without them a full sheet
// has no marks (recognition.md 2).
const (
	capMedian = 0.12 // fill
	capSpread = 0.04
)

// usable tells whether the bubble was seen at all.
func (b *Measured) usable() bool { return b.Paper > 0 && b.Outline.Inside }

// risk is the estimated probability that a careful clerk would not read the
// bubble as marked or not, and why.
type risk struct {
	p     float64
	doubt Doubt
}

// judge decides the bubble of a place and says how likely that is wrong. The
// evidence makes the estimate; a threshold, when there is one, makes the decision.
func (d *decider) judge(i int, threshold *int) (bool, risk) {
	b := &d.ms.Bubbles[i]
	if !b.usable() {
		return false, risk{0.5, OutsideImage}
	}
	s := d.evidence[i].logOdds()
	marked := s > 0
	r := risk{riskAt(math.Abs(s)), FaintMark}
	habit := d.among.marks >= habitMarks && 2*d.among.marks >= d.among.fields
	if marked && (b.Fill < leastFill || !habit && b.Fill < smallFill && b.Rim < smallRim && b.Over < smallRim && b.Stroke < smallReach) {
		// Whatever speaks for it, there is hardly anything, or it is small and reaches
		// nowhere, as a letter printed off its place: the absolute floor keeps a blank
		// sheet blank (recognition.md 2).
		marked, r.p = false, max(r.p, 0.05)
	}
	if marked && b.Strange && !habit && b.Fill < strangeMost && b.Rim < strangeRim {
		// Nobody told what is printed inside: a score of three digits looks so.
		marked, r.p = false, max(r.p, 0.05)
	}
	if !marked && b.pale() {
		r.doubt = ErasedMark
	}
	if w := d.unlikely(b, marked); w > r.p {
		r.p = w
	}
	if a := &d.among; marked && b.Core < paleCore && a.core < paleCore && !habit {
		// The few pale marks of a sheet without plain ones: what an eraser left of them?
		marked, r = false, risk{max(r.p, 0.05), ErasedMark}
	}
	if threshold != nil {
		by := b.darkShare(*threshold) >= thresholdShare(*threshold) ||
			*threshold <= lightThreshold && marked // who asks for little darkness wants no plain mark lost
		if by != marked {
			// The requester's word counts, but a clerk would have read otherwise.
			return by, risk{max(1-r.p, 0.02), FaintMark}
		}
	}
	if s := b.unseen(marked); s.p > r.p {
		r = s
	}
	return marked, r
}

// pale tells whether much of the bubble is tinted and nothing of it is dark: what
// an eraser leaves.
func (b *Measured) pale() bool { return b.Pale > 0.3 && b.Coverage < 0.15 }

// unlikely is the least risk of a reading that no pen is known to give: a mark that
// is hardly there or weak against the sheet's others, a dark inside that is none.
func (d *decider) unlikely(b *Measured, marked bool) float64 {
	usual := &d.among
	asUsual := usual.marks >= habitMarks && b.Core >= usualCore*usual.core
	lit := asUsual && b.Shade < deepShade && b.Fill >= usualFill*usual.fill ||
		// Ink that overflows looks like a shade around the bubble.
		asUsual && b.Over < scribbled && b.Fill > plainFill && min(b.Fill/usual.fill, b.Core/usual.core) > plainShare
	switch {
	case !marked && b.Coverage > mostCover && b.Fill > mostFill:
		return 0.02
	case marked && b.Lined:
		return 0.05 // the scanner's line, with or without a mark under it
	case marked && (b.Fill < thinFill || b.Coverage < paleCover) && !d.habitual(b):
		return 0.01 // hardly there, and the sheet's writer does not mark so
	case marked && !lit && b.Shade > plainShade && b.Fill < shadeFill+b.Shade:
		return 0.02 // the shadow's edge may look so
	case marked && !asUsual && usual.marks > 0 && b.Fill < weakFill*usual.fill:
		return 0.01
	case !marked && b.Fill > ghostFill && b.Pale > ghostTint && !d.erased(b):
		return 0.004 // more than an eraser should leave
	}
	return 0
}

// habitual tells whether the bubble is marked as most fields of the sheet are.
func (d *decider) habitual(b *Measured) bool {
	a := &d.among
	return a.marks >= habitMarks && 2*a.marks >= a.fields &&
		b.Fill >= usualFill*a.fill && b.Core >= usualCore*a.core && b.Coverage >= usualFill*a.cover
}

const (
	leastFill   = 0.03
	strangeMost = 0.2
	strangeRim  = 0.06
	thinFill    = 0.12
	paleCover   = 0.08
	smallFill   = 0.1
	smallRim    = 0.03 // share of directions: fewer than two rays
	smallReach  = 0.55
	mostFill    = 0.25
	mostCover   = 0.25
	paleCore    = 0.25 // an eraser leaves less; so does a highlighter, but of all marks
	plainShade  = 0.04 // fill from which a shadow's edge counts
	habitMarks  = 5    // fields with marks from which they tell what is usual
	usualCore   = 0.6
	usualFill   = 0.5
	deepShade   = 0.2
	plainShare  = 0.7
	weakFill    = 0.4
	ghostFill   = 0.15
	ghostTint   = 0.25
	shadeFill   = 0.2 // beyond what shade may feign
)

// middleShare is how much of the paper within an outline the measured inside is:
// the rest, up to the outline, is the rim. To mostOfMiddle percent the rim does
// not count.
const (
	middleShare  = grain * grain / (0.95 * 0.95)
	mostOfMiddle = 50
)

// darkShare is how much of the paper within the outline is dark, as a threshold
// of so many percent means it. Up to a half of the bubble the middle alone
// speaks, where a mark that is no fill lies as well; who asks for more asks for
// the rim too.
func (b *Measured) darkShare(percent int) float64 {
	if percent <= mostOfMiddle {
		return b.Coverage
	}
	return middleShare*b.Coverage + (1-middleShare)*b.Rim
}

// lightThreshold is the percentage up to which light ticks are asked for.
const lightThreshold = 10

// thresholdShare turns a threshold into the dark share it asks for. Zero asks
// for any darkness above the paper's noise; no pen fills every cell, so the
// highest ask for nearly all.
func thresholdShare(percent int) float64 {
	return min(max(float64(percent)/100, 0.02), 0.95)
}

// riskAt is the probability that log odds of that size are wrong, as measured on
// sheets whose kind of mark the weights were not fitted to.
func riskAt(s float64) float64 {
	return max(0.5*math.Exp(-riskSlope*s), leastRisk)
}

// logOdds of a mark.
func (e *Evidence) logOdds() float64 {
	s := float64(bias)
	for i, w := range weights {
		s += w * e[i]
	}
	return s
}

func tenTo(x float64) float64 { return math.Pow(10, x) }

// glareLuma is the luma from which paper is burnt out.
const glareLuma = 253

// inPlace is the darkness along an outline, where it should be, from which it is
// there, although something like it beside it, as a table's rule, looks better.
const inPlace = 0.9

// unseen is the risk that the bubble is not where it was looked for: an empty
// bubble's outline must be seen, a mark may have covered it.
func (b *Measured) unseen(marked bool) risk {
	o := &b.Outline
	seen := max(o.Contrast, 0.9*o.Along)
	if marked && b.Fill > 0.5 {
		seen = max(seen, 0.75)
	}
	side, slip := math.Sqrt(o.Box.W*o.Box.H), 0.16
	if marked && b.Fill > 0.5 {
		slip = 0.3 // what fills the bubble blurs where its outline is
	}
	switch {
	case o.Slip > slip*side && o.Contrast > 0.6 && o.Along < inPlace:
		return risk{0.05, Misaligned}
	case seen >= 0.55:
		return risk{tenTo(-min(3.2+(seen-0.55)*14, 7)), Misaligned}
	case b.Paper >= glareLuma:
		return risk{0.05, Glare}
	case b.Focus < 0.35:
		return risk{0.05, OutOfFocus}
	}
	return risk{0.1, Misaligned}
}

const (
	riskSlope = 1.6
	leastRisk = 3e-6
)
