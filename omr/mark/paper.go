package mark

import (
	"math"
	"slices"
)

// Light falls on a bubble from one side: under a gradient or across the edge of
// a shadow, of whatever softness, the paper's luma changes in one direction
// only. So it is a monotone profile along an axis, and the paper around the
// bubble, which no mark inside it changes, shows the whole of it, twice: on
// either side of the axis. Ink beside the bubble darkens one of the two, or
// stops soon; shade goes on.

const (
	rays       = 48  // directions in which paper is looked for
	axes       = 16  // directions of light tried, over half a turn
	bins       = 24  // of the profile
	span       = 1.8 // the profile's half length, half sides of the outline
	even       = 0.035
	evenShare  = 0.7  // rays of one level: the others see a cap that does not reach the inside
	sameLight  = 0.93 // of the neighbourhood's paper: no shade worth asking for
	deepest    = 0.3  // of the neighbourhood's paper: darker is ink, not shade
	inky       = 0.12 // darker than the profile: ink
	unclear    = 0.15 // of the rays as ink: there is more than one light's edge
	shadeGoing = 0.3  // how far the paper beyond may rise again, share of the step
)

// lighting is the paper across one bubble.
type lighting struct {
	u, w  float64     // axis, from shade to light
	level [bins]uint8 // luma along it, from −span to span
	shade float64     // how much of the light may be missing at the dark end of the inside, 0 to 1
	mixed bool        // the levels do not follow that shade: it may look like ink
}

func flat(paper uint8) lighting {
	var l lighting
	l.u = 1
	for i := range l.level {
		l.level[i] = paper
	}
	return l
}

// at is the paper's luma at a point in half sides of the outline.
func (l *lighting) at(u, w float64) uint8 {
	i := int((u*l.u + w*l.w + span) * (bins / (2 * span)))
	return l.level[min(max(i, 0), bins-1)]
}

// middle is the paper's luma in the middle of the bubble.
func (l *lighting) middle() uint8 { return l.level[bins/2] }

// circle is the directions of the rays.
var circle = func() (out [rays]struct{ u, w float64 }) {
	for i := range out {
		out[i].w, out[i].u = math.Sincos((float64(i) + 0.5) * 2 * math.Pi / rays)
	}
	return out
}()

// halo is the paper around an outline: a luma a ray, the second highest of
// those in the gap, so that neither a neighbour's outline nor a grain counts;
// 0 where the picture ends.
type halo struct {
	luma  [rays]uint8
	dark  [rays]uint8 // darkest of the nearest gaps
	n     int         // rays seen
	plain float64     // mean luma of all that was looked at
}

// haloOf looks at gaps of the given widths, in short half sides.
func (v view) haloOf(f *frame, gaps []float64) (h halo) {
	sum, all := 0, 0
	for i, d := range circle {
		u, w := f.onto(d.u, d.w)
		var first, second uint8
		seen, dark := 0, uint8(255)
		for k, g := range gaps {
			l, ok := v.at(f.point(u*(1+g*f.gu), w*(1+g*f.gw)))
			if !ok {
				continue
			}
			seen++
			sum += int(l)
			if k < nearGaps {
				dark = min(dark, l)
			}
			if l > first {
				first, second = l, first
			} else if l > second {
				second = l
			}
		}
		all += seen
		if seen >= 2 {
			h.luma[i] = max(second, 1)
			h.dark[i] = dark
			h.n++
		}
	}
	if all > 0 {
		h.plain = float64(sum) / float64(all)
	}
	return h
}

// usual is the luma that a quarter of the rays exceed; 0: none seen.
func (h *halo) usual() uint8 {
	if h.n == 0 {
		return 0
	}
	sorted := h.luma
	slices.Sort(sorted[:])
	return sorted[rays-1-h.n/4]
}

// level is the mean of the rays about a luma, and their share.
func (h *halo) level(about uint8) (mean uint8, share float64) {
	sum, n := 0, 0
	p := int(about)
	reach := max(int(even*float64(p)), 2)
	for _, l := range h.luma {
		if v := int(l); l > 0 && v >= p-reach && v <= p+reach {
			sum += v
			n++
		}
	}
	return uint8((sum + n/2) / max(n, 1)), float64(n) / float64(h.n)
}

// Gaps beside the outline, and beyond, in short half sides.
var (
	gaps   = [...]float64{0.2, 0.3, 0.4, 0.5}
	gap    = 0.35 // their mean
	beyond = [...]float64{1.0, 1.6, 2.2}
)

// lighting is the paper across the bubble of which near is seen around. usual is
// the neighbourhood's paper; it stays where what is seen may be ink.
func (v view) lighting(f *frame, near *halo, usual uint8) lighting {
	if usual == 0 {
		return lighting{}
	}
	if near.n < rays/2 {
		return flat(usual)
	}
	level, share := near.level(near.usual())
	if share >= evenShare {
		if float64(level) >= sameLight*float64(usual) {
			return flat(level)
		}
		shade := 1 - float64(level)/float64(usual)
		if float64(level) >= deepest*float64(usual) {
			if far := v.haloOf(f, beyond[:]); far.n > 0 && far.about(level)*4 >= far.n {
				return flat(level).shaded(shade)
			}
		}
		return flat(usual).mixedWith(shade)
	}
	l, unexplained := near.profile(f)
	if unexplained > unclear {
		// Two shadows, or ink all around: either may be inside.
		return flat(usual).mixedWith(near.spread())
	}
	dark, bright := l.ends()
	shade := 1 - float64(dark)/float64(max(bright, usual))
	if float64(dark) >= deepest*float64(usual) {
		if far := v.haloOf(f, beyond[:]); far.darkBeyond(&l, dark, bright) {
			return l.shaded(shade)
		}
	}
	return flat(usual).mixedWith(shade)
}

func (l lighting) shaded(by float64) lighting {
	l.shade = by
	return l
}

func (l lighting) mixedWith(shade float64) lighting {
	l.shade, l.mixed = shade, true
	return l
}

// feigned is the fill that the shade may add to what is read. Where the paper
// follows it, little of it is left.
func (l *lighting) feigned(ink float64) float64 {
	if l.mixed {
		return l.shade / ink
	}
	return l.shade / 2
}

// about counts the rays within a few percent of the level.
func (h *halo) about(level uint8) int {
	n := 0
	for _, v := range h.luma {
		if v > 0 && math.Abs(float64(v)-float64(level)) <= 0.06*float64(level) {
			n++
		}
	}
	return n
}

// spread is how much darker the rays' lower quarter is than their upper one.
func (h *halo) spread() float64 {
	sorted := h.luma
	slices.Sort(sorted[:])
	return 1 - float64(sorted[rays-1-h.n*3/4])/float64(sorted[rays-1-h.n/4])
}

// profile finds the axis along which the rays agree best, and the share of rays
// that the profile does not explain.
func (h *halo) profile(f *frame) (lighting, float64) {
	var us, ws [rays]float64
	for i, d := range circle {
		u, w := f.onto(d.u, d.w)
		us[i], ws[i] = u*(1+gap*f.gu), w*(1+gap*f.gw)
	}
	best := math.Inf(1)
	var out lighting
	for a := range axes {
		w, u := math.Sincos(float64(a) * math.Pi / axes)
		var top [bins]uint8
		var at [rays]int
		for i := range rays {
			k := int((us[i]*u + ws[i]*w + span) * (bins / (2 * span)))
			at[i] = min(max(k, 0), bins-1)
			top[at[i]] = max(top[at[i]], h.luma[i])
		}
		cost := 0.0
		for i := range rays {
			if h.luma[i] == 0 {
				continue
			}
			// Ink on one side of the axis costs no more than a shade would.
			cost += min(float64(top[at[i]]-h.luma[i]), 0.15*float64(top[at[i]]))
		}
		if cost < best {
			best = cost
			out = lighting{u: u, w: w, level: h.mean(&top, &at)}
		}
	}
	out.rise()
	ink := 0
	for i, l := range h.luma {
		if l > 0 && float64(l) < (1-inky)*float64(out.at(us[i], ws[i])) {
			ink++
		}
	}
	return out, float64(ink) / float64(h.n)
}

// mean is of the rays of each bin that are not ink; 0 where there is none.
func (h *halo) mean(top *[bins]uint8, at *[rays]int) (out [bins]uint8) {
	var sum, n [bins]int
	for i := range rays {
		k := at[i]
		if h.luma[i] > 0 && float64(h.luma[i]) >= (1-2*even)*float64(top[k]) {
			sum[k] += int(h.luma[i])
			n[k]++
		}
	}
	for k := range out {
		if n[k] > 0 {
			out[k] = uint8((sum[k] + n[k]/2) / n[k])
		}
	}
	return out
}

// rise turns the axis from shade to light, makes the profile monotone, since a
// dip between lighter places is ink, and fills its gaps.
func (l *lighting) rise() {
	low, high, nl, nh := 0, 0, 0, 0
	for k, v := range l.level {
		switch {
		case v == 0:
		case k < bins/2:
			low, nl = low+int(v), nl+1
		default:
			high, nh = high+int(v), nh+1
		}
	}
	if nl > 0 && nh > 0 && low*nh > high*nl {
		l.u, l.w = -l.u, -l.w
		slices.Reverse(l.level[:])
	}
	last := -1
	for k, v := range l.level {
		if v == 0 {
			continue
		}
		if last >= 0 {
			v = max(v, l.level[last])
		}
		l.level[k] = v
		from := l.level[max(last, 0)]
		if last < 0 {
			from = v
		}
		for j := last + 1; j < k; j++ {
			l.level[j] = uint8(int(from) + (int(v)-int(from))*(j-last)/(k-last))
		}
		last = k
	}
	for k := last + 1; k < bins && last >= 0; k++ {
		l.level[k] = l.level[last]
	}
}

// ends are the paper at the inside's two ends.
func (l *lighting) ends() (dark, bright uint8) {
	return l.at(-grain*l.u, -grain*l.w), l.at(grain*l.u, grain*l.w)
}

// darkBeyond tells whether the shade goes on beyond the bubble, on its side:
// a pen's overflow stops.
func (h *halo) darkBeyond(l *lighting, dark, bright uint8) bool {
	var lumas [rays]uint8
	n := 0
	for i, d := range circle {
		if d.u*l.u+d.w*l.w < -0.4 && h.luma[i] > 0 {
			lumas[n] = h.luma[i]
			n++
		}
	}
	if n < rays/8 {
		return false
	}
	slices.Sort(lumas[:n])
	top := float64(lumas[n*3/4])
	return top <= float64(dark)*(1+even)+shadeGoing*float64(bright-dark)
}
