// Package synth simulates pens, paper and cameras: a page, what the pen did and
// a seed become a picture with its truth.
//
// In: the rendered page (300 dpi), its pattern, a Truth, a Pen, Effects and an
// explicit seed. Out: a picture in colour. Deterministic: the same input gives
// the same bytes. No global randomness, no clock. Lengths are page px unless
// said otherwise, angles degrees, clockwise. Safe for concurrent use.
package synth

import (
	"hash/fnv"
	"math/rand/v2"
)

// draws is a source of its own for each purpose of a seed: another number of
// marks must not change the desk.
func draws(seed uint64, purpose string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// between is a number in [lo, hi).
func between(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// around is a normal number, cut at two and a half deviations.
func around(r *rand.Rand, mean, deviation float64) float64 {
	return mean + deviation*min(max(r.NormFloat64(), -2.5), 2.5)
}
