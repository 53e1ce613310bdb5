// Package synth simulates pens, paper and cameras: a page, what the pen did and
// a seed become a picture with its truth.
//
// In: the rendered page (300 dpi luma), its pattern page, a Truth, Effects and
// an explicit seed. Out: a picture. Deterministic for a seed: the same bytes on
// every machine. No global randomness, no clock.
package synth

// Truth says what the pen did: for each element name the values marked, in any
// order. Elements that are absent stay empty.
type Truth map[string][]string
