package mark

import "slices"

// habits are how the sheet's writer marks, where that changes what counts.
type habits struct {
	circles bool // answers are circled, and nothing is put inside
	some    bool // some answers may be
	// By Places: what is usually beyond the outlines of its element, which is print.
	over, arms []float64
}

// What a pen leaves beyond an outline, as a share of the directions.
const (
	circleSome  = 0.2 // may be one, where several fields show it
	circleFrom  = 0.3 // a circle around the bubble: of radius 1.2 to 1.5, seldom closed
	circlePlain = 0.4
	circleFew   = 3
	circleLeast = 5    // fields with one from which it is a habit
	circleMost  = 0.25 // fields with marks inside, of those: more are no such habit
	emptyInside = 0.12 // fill of a bubble that is circled and not filled
)

func (d *decider) habitsOf(fields [][]int) habits {
	h := habits{
		over: d.ms.usual(func(b *Measured) float64 { return b.Over }),
		arms: d.ms.usual(func(b *Measured) float64 { return float64(b.Arms) }),
	}
	circled, perhaps, filled := 0, 0, 0
	for _, f := range fields {
		rings, parts, marks := 0, 0, 0
		for _, i := range f {
			b := &d.ms.Bubbles[i]
			switch {
			case !b.usable():
			case d.evidence[i].logOdds() > 0:
				marks++
			case b.Over-h.over[i] >= circleFrom && b.Fill < emptyInside:
				rings++
			case b.Over-h.over[i] >= circleSome && b.Fill < emptyInside:
				parts++
			}
		}
		switch {
		case marks > 0:
			filled++
		case rings == 1:
			circled++
			perhaps++
		case rings+parts > 0:
			perhaps++
		}
	}
	h.some = perhaps >= circleFew && perhaps >= filled
	h.circles = circled >= circleLeast && float64(filled) <= circleMost*float64(circled)
	return h
}

// circled reads circles around bubbles: as marks of a writer who makes no others,
// in doubt where that is not plain.
func (d *decider) circled(places []int, marked []bool, risks []risk) {
	best, second := -1, 0.0
	for k, i := range places {
		b := &d.ms.Bubbles[i]
		if !b.usable() || marked[k] {
			continue
		}
		over := b.Over - d.habits.over[i]
		if over >= circleFrom && (best < 0 || over > d.ms.Bubbles[places[best]].Over-d.habits.over[places[best]]) {
			if best >= 0 {
				second = max(second, d.ms.Bubbles[places[best]].Over-d.habits.over[places[best]])
			}
			best = k
		} else {
			second = max(second, over)
		}
	}
	for k, i := range places {
		b := &d.ms.Bubbles[i]
		switch over := b.Over - d.habits.over[i]; {
		case !b.usable() || over < circleFrom && k != best:
		case d.habits.circles && !marked[k] && k == best:
			marked[k] = true
			p := 0.0005
			if over < circlePlain || second > over/2 {
				p = 0.02
			}
			risks[k] = risk{max(risks[k].p, p), FaintMark}
		case !marked[k]:
			risks[k] = risk{max(risks[k].p, 0.05), FaintMark}
		}
	}
	if d.habits.some && !slices.Contains(marked, true) {
		for k := range places {
			risks[k] = risk{max(risks[k].p, 0.02), FaintMark} // circled too, where it is not seen?
		}
	}
	for k := range places {
		if d.habits.circles && marked[k] && k != best {
			risks[k] = risk{max(risks[k].p, 0.05), UnlikeMarks} // among circles a mark inside is something else
		}
	}
}

// What cancels a mark: it is scribbled over far beyond the outline, or crossed out
// beyond it, by a writer whose marks else keep within.
const (
	scribbled    = 0.65 // share of directions
	scribbledFor = 0.4  // and so much more than is usual
	crossedOut   = 4    // diagonals
	crossedOver  = 0.05 // share of directions: four thin arms
	plainOver    = 0.9
	tidyOver     = 0.35
	tidyMarks    = 8
)

// cancelled takes back marks that their writer cancelled. It stays in doubt unless
// another mark of the field stands, the cancelling is plain, and the writer tidy.
func (d *decider) cancelled(places []int, marked []bool, risks []risk) {
	gone, left := 0, 0
	plain := d.among.marks >= tidyMarks && d.among.tidy <= tidyOver && d.among.arms < 1
	for k, i := range places {
		switch b := &d.ms.Bubbles[i]; {
		case !marked[k]:
		case d.isCancelled(i):
			gone++
			plain = plain && (b.Over >= plainOver || b.Arms == 4)
		default:
			left++
		}
	}
	if gone == 0 {
		return
	}
	p := 0.02
	switch {
	case left == 0:
		p = 0.2
	case plain && left == 1:
		p = 0.0006
	}
	for k, i := range places {
		if marked[k] && d.isCancelled(i) {
			marked[k] = false
			risks[k] = risk{max(risks[k].p, p), ErasedMark}
		}
	}
}

func (d *decider) isCancelled(i int) bool {
	b := &d.ms.Bubbles[i]
	over := b.Over - d.habits.over[i]
	return b.Fill >= 0.5*d.among.fill &&
		(over >= scribbled && b.Over >= d.among.over+scribbledFor ||
			b.Arms-int(d.habits.arms[i]) >= crossedOut && d.among.arms < crossedOut/2 && over >= crossedOver)
}

// Something in a bubble that is read as empty: dust, a slip of the pen, a dot that
// was meant, what an eraser left.
const (
	speckCover = 0.02
	speckCore  = 0.4  // of the usual mark's: ink as dark as the pen's
	speckFill  = 0.06 // above the sheet's empty bubbles, or
	speckTimes = 6    // so many times their spread
	speckShare = 0.35 // of the fill of a mark beside which it is none for certain
	speckRisk  = 0.003
	erasedCore = 0.3 // of the usual mark's
)

// specks puts it in doubt, unless a plain mark answers the field, or it is plainly
// what an eraser left.
func (d *decider) specks(places []int, marked []bool, risks []risk) {
	top := 0.0
	for k, i := range places {
		if marked[k] && risks[k].p < speckRisk/4 {
			top = max(top, d.ms.Bubbles[i].Fill)
		}
	}
	usual := &d.among
	for k, i := range places {
		b := &d.ms.Bubbles[i]
		if marked[k] || !b.usable() || top > 0 && b.Fill <= speckShare*top {
			continue
		}
		dark := b.Coverage > speckCover && b.Core > speckCore*usual.core
		more := b.Fill > usual.middle+max(speckFill, speckTimes*usual.spread)
		if dark || more && !d.erased(b) && b.Shade < plainShade {
			risks[k] = risk{max(risks[k].p, speckRisk), FaintMark}
		}
		if top == 0 && (b.Odd || d.odd) {
			risks[k] = risk{max(risks[k].p, 0.02), FaintMark} // its print may be a mark
		}
	}
}

// erased tells whether a bubble shows plainly what an eraser left: a cloud much paler
// than the sheet's marks, of which there are enough to know.
func (d *decider) erased(b *Measured) bool {
	return d.among.marks >= habitMarks && b.Shade < plainShade && b.pale() && b.Core < erasedCore*d.among.core
}

// uneven puts marks in doubt that are weaker than usual where the light is uneven: the
// edge of a shadow may look so.
func (d *decider) uneven(places []int, marked []bool, risks []risk) {
	shade := 0.0
	for _, i := range places {
		if b := &d.ms.Bubbles[i]; b.usable() {
			shade = max(shade, b.Shade)
		}
	}
	if shade < plainShade {
		return
	}
	for k, i := range places {
		b := &d.ms.Bubbles[i]
		if marked[k] && b.Core < unevenShare*d.among.core && b.Fill < unevenShare*d.among.fill {
			risks[k] = risk{max(risks[k].p, 0.01), FaintMark}
		}
	}
}

const unevenShare = 0.75 // of the usual mark
