package mark

import (
	"math"
	"slices"
)

// pieces are what speaks for and against a mark in a bubble: its own look, and how
// it stands among the others of its field and sheet. A sign is what more of it can
// only say: 1 for a mark, -1 against one, 0 either.
var pieces = [...]struct {
	name string
	sign int
}{
	// Its own look.
	{"fill", 1},
	{"coverage", 1},
	{"rim", 1},
	{"core", 1},
	{"tint", 1},
	{"stroke", 1},
	{"lift", 1},
	{"over", 1},
	{"beside", 1},
	{"rough", 0},
	{"fill beyond shade", 1},
	// Against the sheet's empty bubbles and usual mark.
	{"fill over empty", 1},
	{"fill against usual", 1},
	{"core against usual", 1},
	{"coverage against usual", 1},
	{"tint against usual", 1},
	{"lift against usual", 1},
	{"stroke against usual", 1},
	{"above the sheet's gap", 1},
	{"over against usual", 0},
	// Against its field.
	{"against the field's strongest", 1},
	{"stronger ones in the field", -1},
	{"marks in the field", -1},
	// What it must be seen against.
	{"usual fill", 0},
	{"usual core", 0},
	{"usual coverage", 0},
	{"fields with marks", 0},
	{"usual second", -1},
	{"empty spread", -1},
	{"sheet's gap", 0},
	{"symbol", 0},
	{"symbol unknown", 0},
	{"symbol unseen", 0},
	{"shade", -1},
	{"focus", 0},
	{"outline", 0},
	{"ink", 0},
	{"size", 0},
	{"strokes beside", -1},
}

// Evidence is of one bubble, by the order of EvidenceNames.
type Evidence [len(pieces)]float64

// EvidenceNames are what the numbers of Evidence are called, and their signs: 1
// where more of it can only speak for a mark, -1 against one, 0 either.
func EvidenceNames() (names []string, signs []int) {
	for _, p := range pieces {
		names = append(names, p.name)
		signs = append(signs, p.sign)
	}
	return names, signs
}

// among is what a sheet's bubbles are like together.
type among struct {
	middle, spread            float64 // of the empty ones' fill
	fill, core, cover, stroke float64 // typical mark
	pale, over, lift          float64
	tidy                      float64 // share of directions in which a tenth of the marks go beyond the outline
	arms                      float64
	second                    float64 // usual fill of the second strongest of a field
	marks                     int     // fields with something
	fields                    int
	gap, gapAt                float64 // widest step between the sheet's fills: log ratio, and where
}

const (
	fillFloor = 0.02 // fills are told apart relative to themselves and this
	priorFill = 0.35 // typical mark of a sheet that shows none
	priorCore = 0.7
	someFill  = 0.05 // a field's strongest from which it may be a mark
)

// fieldOf groups places that answer together.
func (ms *Measurement) fields() [][]int {
	var out [][]int
	for i, p := range ms.Places {
		if i > 0 && p.Element == ms.Places[i-1].Element && p.Group == ms.Places[i-1].Group {
			out[len(out)-1] = append(out[len(out)-1], i)
			continue
		}
		out = append(out, []int{i})
	}
	return out
}

func (ms *Measurement) among(fields [][]int) among {
	var a among
	var fills []float64
	for i := range ms.Bubbles {
		if ms.Bubbles[i].usable() {
			fills = append(fills, ms.Bubbles[i].Fill)
		}
	}
	a.fill, a.core, a.cover, a.pale, a.stroke, a.lift = priorFill, priorCore, priorFill, 0.6, 0.6, priorFill
	a.spread = 0.01
	if len(fills) == 0 {
		return a
	}
	slices.Sort(fills)
	lower := fills[:(len(fills)+1)/2]
	a.middle = min(lower[len(lower)/2], capMedian)
	dev := make([]float64, len(lower))
	for i, f := range lower {
		dev[i] = math.Abs(f - a.middle)
	}
	slices.Sort(dev)
	a.spread = min(max(1.5*dev[len(dev)/2], 0.006), capSpread)
	var seconds []float64
	var best []int
	for _, f := range fields {
		top, second := -1, 0.0
		for _, i := range f {
			b := &ms.Bubbles[i]
			switch {
			case !b.usable():
			case top < 0 || b.Fill > ms.Bubbles[top].Fill:
				if top >= 0 {
					second = ms.Bubbles[top].Fill
				}
				top = i
			default:
				second = max(second, b.Fill)
			}
		}
		if top >= 0 {
			a.fields++
			if len(f) > 1 {
				seconds = append(seconds, second)
			}
			if ms.Bubbles[top].Fill > max(someFill, a.middle+5*a.spread) {
				best = append(best, top)
			}
		}
	}
	a.marks = len(best)
	if len(best) > 0 {
		part := func(of func(b *Measured) float64, share float64) float64 {
			vs := make([]float64, len(best))
			for k, i := range best {
				vs[k] = of(&ms.Bubbles[i])
			}
			slices.Sort(vs)
			return vs[int(share*float64(len(vs)-1))]
		}
		at := func(of func(b *Measured) float64) float64 { return part(of, 0.5) }
		a.tidy = part(func(b *Measured) float64 { return b.Over }, 0.9)
		a.arms = part(func(b *Measured) float64 { return float64(b.Arms) }, 0.8)
		a.fill = at(func(b *Measured) float64 { return b.Fill })
		a.core = at(func(b *Measured) float64 { return b.Core })
		a.cover = at(func(b *Measured) float64 { return b.Coverage })
		a.pale = at(func(b *Measured) float64 { return b.Pale })
		a.stroke = at(func(b *Measured) float64 { return b.Stroke })
		a.lift = at(func(b *Measured) float64 { return b.Lift })
		a.over = at(func(b *Measured) float64 { return b.Over })
	}
	if len(seconds) > 0 {
		slices.Sort(seconds)
		a.second = seconds[len(seconds)/2]
	}
	a.gap, a.gapAt = step(fills, a.middle)
	return a
}

// step is the widest gap between successive fills above the middle one, as a
// logarithm, and its middle.
func step(sorted []float64, middle float64) (gap, at float64) {
	from := 0
	for i := range sorted {
		if sorted[i] <= middle {
			from = i
		}
	}
	for i := from; i+1 < len(sorted); i++ {
		lo, hi := math.Log(max(sorted[i]-middle, 0)+fillFloor), math.Log(max(sorted[i+1]-middle, 0)+fillFloor)
		if hi-lo > gap {
			gap, at = hi-lo, (hi+lo)/2
		}
	}
	return gap, at
}

// Evidence is of the page's bubbles, by Places.
func (ms *Measurement) Evidence() []Evidence {
	fields := ms.fields()
	return ms.evidence(fields, ms.among(fields))
}

func (ms *Measurement) evidence(fields [][]int, a among) []Evidence {
	out := make([]Evidence, len(ms.Bubbles))
	beside := ms.usual(func(b *Measured) float64 { return b.Beside })
	for _, f := range fields {
		for _, i := range f {
			b := &ms.Bubbles[i]
			most, rank, strong := 0.0, 0, 0
			for _, j := range f {
				if j == i {
					continue
				}
				o := &ms.Bubbles[j]
				most = max(most, o.Fill)
				if o.Fill > b.Fill {
					rank++
				}
				if o.Fill > 0.4*a.fill {
					strong++
				}
			}
			near := 0.0
			for _, j := range [4]int{i - 2, i - 1, i + 1, i + 2} {
				if j >= 0 && j < len(ms.Bubbles) {
					near = max(near, ms.Bubbles[j].Over)
				}
			}
			side := math.Sqrt(math.Abs(b.Outline.Box.W*b.Outline.Box.H)) * ms.registered.Scale(b.Outline.Box.Center())
			out[i] = Evidence{
				ln(b.Fill, 0.02), ln(b.Coverage, 0.02), ln(b.Rim, 0.03), ln(b.Core, 0.03), ln(b.Pale, 0.05), ln(b.Stroke, 0.1), ln(b.Lift, 0.03),
				ln(b.Over, 0.05), b.Beside - beside[i], min(b.Rough, 1), ln(b.Fill-b.Shade, 0.02),
				ln((b.Fill-a.middle)/a.spread, 1), relative(b.Fill, a.fill, 0.02), relative(b.Core, a.core, 0.03), relative(b.Coverage, a.cover, 0.03),
				relative(b.Pale, a.pale, 0.05), relative(b.Lift, a.lift, 0.03), relative(b.Stroke, a.stroke, 0.1),
				ln(b.Fill-a.middle, fillFloor) - a.gapAt, b.Over - a.over,
				relative(b.Fill, most, fillFloor), float64(min(rank, 3)), float64(min(strong, 3)),
				ln(a.fill, 0.02), ln(a.core, 0.03), ln(a.cover, 0.02), math.Log1p(float64(a.marks)), ln(a.second, 0.02), ln(a.spread, 0.005), min(a.gap, 2),
				b.Base, number(b.Strange), number(b.Hidden), min(b.Shade, 0.5), b.Focus, min(max(b.Outline.Contrast, 0), 1), ms.Ink, math.Log(min(max(side, 8), 80)), near,
			}
		}
	}
	return out
}

// ln is the logarithm of v, which a floor keeps from running away near zero.
func ln(v, floor float64) float64 { return math.Log(max(v, 0) + floor) }

// relative is v against what it is measured by, as a logarithm.
func relative(v, by, floor float64) float64 {
	return min(math.Log((max(v, 0)+floor/4)/(max(by, 0)+floor)), 1.5)
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// usual is the median of something over the bubbles of an element: of what is
// beside them, that is what was printed there.
func (ms *Measurement) usual(of func(b *Measured) float64) []float64 {
	out := make([]float64, len(ms.Bubbles))
	for from := 0; from < len(out); {
		to := from
		var all []float64
		for ; to < len(out) && ms.Places[to].Element == ms.Places[from].Element; to++ {
			all = append(all, of(&ms.Bubbles[to]))
		}
		slices.Sort(all)
		for i := from; i < to; i++ {
			out[i] = all[len(all)/2]
		}
		from = to
	}
	return out
}
