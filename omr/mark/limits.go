package mark

import (
	"math"
	"slices"
)

// limits are the fills and coverages between which a bubble is neither empty
// nor marked for certain.
type limits struct {
	empty, marked           float64 // fill
	emptyCover, markedCover float64 // coverage
	usual                   float64 // fill up to which the sheet's empty bubbles go
	rim                     float64 // the same of their rims
	strokes                 bool    // the sheet's marks are ticks and crosses
}

// Absolute floors (recognition.md 2): they keep a blank sheet blank. Empty
// bubbles reach 0.08, partial marks start at 0.20.
const (
	emptyFloor   = 0.10
	markedFloor  = 0.18
	emptyCover   = 0.06
	markedCover  = 0.08
	capMedian    = 0.12 // else a full sheet has no marks
	capSpread    = 0.04
	leastSpread  = 0.02
	leastStroke  = 0.45  // of the marked limits: thin strokes mark by coverage from this fill on
	plainStroke  = 0.85  // and from this mean of fill and coverage on
	strokesLeast = 8     // marks from which a sheet's habit is known
	strokesMost  = 0.35  // typical fill up to which it is ticks and crosses
	usualCover   = 0.012 // coverage of empty bubbles: 0 for 99 of 100
	usualRim     = 0.05  // two rays of rims
	usualLeast   = 0.035 // a dot of 1 mm in a bubble of 5 mm adds 0.04
)

// What a printed symbol that could not be learned adds.
const (
	strangeFill  = 0.06
	strangeCover = 0.16
	strangeUsual = 0.06 // coverage that letters reach beside others; blots and ticks start at 0.08
	strangeMost  = 0.10 // the same where fill says that it is no more ink than other letters'
	strangeMore  = 0.04 // fill from which it is more
)

// light are the limits of boxes made for light ticks: nothing is printed in
// them, so that less is enough.
var light = limits{empty: 0.025, marked: 0.06, emptyCover: 0.015, markedCover: 0.03, usual: 0.02, rim: 1}

// lightThreshold is the percentage up to which an element asks for light ticks.
const lightThreshold = 10

// limitsOf are the automatic limits of the sheet, and its typical mark.
func limitsOf(bs []Measured) (l limits, typical float64) {
	var fills []float64
	for i := range bs {
		if bs[i].usable() {
			fills = append(fills, bs[i].Fill)
		}
	}
	slices.Sort(fills)
	m, n := 0.0, leastSpread
	l.usual = emptyFloor
	if len(fills) > 0 {
		lower := fills[:(len(fills)+1)/2]
		m = lower[len(lower)/2]
		dev := make([]float64, len(lower))
		for i, f := range lower {
			dev[i] = math.Abs(f - m)
		}
		slices.Sort(dev)
		l.usual = max(m, 0) + max(usualLeast, usualLeast/2+10*1.5*dev[len(dev)/2])
		n = max(1.5*dev[len(dev)/2], leastSpread)
		m, n = min(max(m, 0), capMedian), min(n, capSpread)
	}
	l = limits{
		empty:       max(emptyFloor, m+5*n),
		marked:      max(markedFloor, m+8*n),
		emptyCover:  emptyCover,
		markedCover: markedCover,
		usual:       min(l.usual, capMedian),
	}
	l.rim = rimOf(bs, l)
	var strong []float64
	for i := range bs {
		b := &bs[i]
		thin := b.Fill >= leastStroke*l.marked && b.Coverage >= 1.5*l.markedCover && !b.Strange
		if b.usable() && (b.Fill >= l.marked || thin) {
			strong = append(strong, b.Fill)
		}
	}
	if len(strong) > 0 {
		slices.Sort(strong)
		typical = strong[len(strong)/2]
		l.strokes = len(strong) >= strokesLeast && typical < strokesMost
	}
	return l, typical
}

// rimOf is the rim up to which the sheet's empty bubbles go: in a blurred
// picture, or on print that is off its place, outlines darken it.
func rimOf(bs []Measured, l limits) float64 {
	var rims []float64
	for i := range bs {
		b := &bs[i]
		if b.usable() && b.Fill <= l.usual && b.Coverage < usualCover {
			rims = append(rims, b.Rim)
		}
	}
	if len(rims) == 0 {
		return usualRim
	}
	slices.Sort(rims)
	return usualRim + 2*rims[len(rims)*9/10]
}

// usable tells whether the bubble was seen at all.
func (b *Measured) usable() bool { return b.Paper > 0 && b.Outline.Inside }

// risk is the estimated probability that a careful clerk would not read the
// bubble as marked or not, and why.
type risk struct {
	p     float64
	doubt Doubt
}

// judge decides one bubble and says how likely that is wrong. Automatic limits
// make the estimate; a threshold, when there is one, makes the decision.
func (ms *Measurement) judge(b *Measured, l limits, typical float64, threshold *int) (bool, risk) {
	if !b.usable() {
		return false, risk{0.5, OutsideImage}
	}
	marked, r := b.automatic(l, typical)
	if threshold != nil {
		by := b.darkShare(*threshold) >= thresholdShare(*threshold)
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

// thresholdShare turns a threshold into the dark share it asks for. Zero asks
// for any darkness above the paper's noise; no pen fills every cell, so the
// highest ask for nearly all.
func thresholdShare(percent int) float64 {
	return min(max(float64(percent)/100, 0.02), 0.95)
}

// automatic decides by the sheet's own limits.
func (b *Measured) automatic(l limits, typical float64) (bool, risk) {
	if b.Strange {
		// A letter that is not known covers up to a seventh of the inside.
		l.empty, l.marked, l.usual = l.empty+strangeFill, l.marked+strangeFill, l.usual+strangeFill+0.03
		l.emptyCover, l.markedCover = max(l.emptyCover, strangeCover), max(l.markedCover, strangeCover+0.02)
	}
	// The same stroke is a smaller share of a larger bubble.
	large := min(1, normalSide/max(math.Sqrt(b.Outline.Box.W*b.Outline.Box.H), 1))
	l.usual *= large
	// How far up from empty (0) to surely marked (1), by fill and by coverage.
	e := max(b.Fill/l.empty, b.Coverage/l.emptyCover)
	// A pale mark all over covers nothing by half, but is plain by its fill.
	f, c := b.Fill/l.marked, b.Coverage/l.markedCover
	m := min(f, max(c, f-0.5))
	s := math.Sqrt(max(f, 0) * max(c, f-0.5))
	// A tick or a cross is thin: it covers little, but what it covers is dark.
	thin := f >= leastStroke && c >= 1 && s >= plainStroke
	if m >= 1 || thin {
		if l.marked >= markedFloor && typical > 0 {
			// Weak against the sheet's other marks is no plain mark; like them it is.
			t := b.Fill / typical
			s = min(s, t/0.35)
			switch {
			case l.strokes && t > 0.45 && c >= 1.5:
				s += 0.6
			case t > 0.7:
				s += 0.3
			}
		}
		p := min(tenTo(-min(1+3.2*(s-1), 6.5)), 0.5)
		if b.Shade > plainShade && b.Fill < l.marked+b.Shade {
			p = max(p, 0.01) // the shadow's edge may look so
		}
		return true, risk{p, FaintMark}
	}
	if e <= 1 {
		p := tenTo(-min(2+8*(1-e), 7.5))
		cover := usualCover * large
		if b.Strange {
			cover = strangeMost
			if b.Fill > strangeMore {
				cover = strangeUsual
			}
		}
		if b.Fill > l.usual {
			p = max(p, 0.003) // empty, but something is there that the others lack
		}
		if b.Hidden {
			p = max(p, 0.02) // something is over it, or it is not what it should be
		}
		if l.rim < 1 && (b.Coverage > cover || b.Rim > l.rim) {
			p = max(p, 0.06) // a stroke, and one in sixteen of these was meant
		}
		return false, risk{p, FaintMark}
	}
	// Between: the nearer limit, never without a doubt.
	return b.Fill > (l.empty+l.marked)/2, risk{0.3, FaintMark}
}

// normalSide is the side of the bubbles that the limits were measured on, page px.
const normalSide = 60

// plainShade is the fill from which a shadow's edge counts.
const plainShade = 0.04

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
	side := math.Sqrt(o.Box.W * o.Box.H)
	switch {
	case o.Slip > 0.16*side && o.Contrast > 0.6 && o.Along < inPlace:
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
