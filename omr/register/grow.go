package register

import (
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// like is how much the size of a ring may differ from that of a box: boxes
// often exceed what is printed, scribbles what was.
const like = 1.7

// match is a spot and the ring taken for it.
type match struct {
	spot, ring int32
	err        float64 // of a side
}

// matches pairs the spots with the nearest ring of like size within tol sides.
func (s *search) matches(h geom.Homography, warp *lattice, spots []int32, tol float64, out []match) []match {
	ix := s.candidates()
	out = out[:0]
	for _, si := range spots {
		sp := &s.m.spots[si]
		q, j := s.spotAt(h, warp, sp.at)
		side := sp.side * math.Sqrt(math.Abs(j.a*j.d-j.b*j.c))
		if r := ix.nearest(q, tol*side, 0.9*side, like); r >= 0 {
			d := ix.rings[r].at.sub(q)
			out = append(out, match{si, r, d.len() / side})
		}
	}
	return out
}

// impression is the share of the spots in the picture that have a ring nearby,
// nearer ones counting more: the first look at a proposal. Spots beyond the
// picture's edge tell little.
func (s *search) impression(p *pose, warp *lattice) float64 {
	n := len(s.sample)
	if n == 0 {
		return 0
	}
	in := float64(s.inPicture(p.h, warp))
	sum := 0.0
	for _, m := range s.matches(p.h, warp, s.sample, 0.45, nil) {
		// A part of a table's cell is no bubble of those proportions.
		r, sp := &s.rings.rings[m.ring], &s.m.spots[m.spot]
		_, j := s.spotAt(p.h, warp, sp.at)
		w, h := math.Hypot(j.a*sp.w, j.b*sp.h), math.Hypot(j.c*sp.w, j.d*sp.h)
		off := max(math.Abs(math.Log(r.w*h/(r.h*w)))-ringBlur/math.Sqrt(r.w*r.h), 0)
		sum += (1 - m.err) * max(1-off/math.Log(1.6), 0)
	}
	within := in / float64(n)
	return sum / max(in, minWithin*float64(n)) * (1 - cutOff*(1-within))
}

// cutOff is by how much a page that lies outside of the picture impresses less.
const cutOff = 0.25

// inPicture counts the looked-at spots that the picture shows.
func (s *search) inPicture(h geom.Homography, warp *lattice) int {
	n := 0
	for _, i := range s.sample {
		if q, _ := s.spotAt(h, warp, s.m.spots[i].at); s.k.inside(q.x, q.y) {
			n++
		}
	}
	return n
}

// grow fits the pose and then the warp to the rings near the spots. ok is false
// when too few were found to go by.
func (s *search) grow(p *pose, warp *lattice) bool {
	var ms []match
	for _, tol := range []float64{0.5, 0.35} {
		ms = s.matches(p.h, nil, s.sample, tol, ms)
		if 2*len(ms) < max(s.inPicture(p.h, nil), len(s.sample)/4) {
			return false
		}
		seen := make([]sighting, len(ms))
		for i, m := range ms {
			seen[i] = sighting{spot: m.spot, at: s.rings.rings[m.ring].at, contrast: 1, inside: true}
		}
		h, ok := s.refit(p, seen)
		if !ok {
			return false
		}
		p.h = h
	}
	for _, sigma := range []float64{400, 250} {
		ms = s.matches(p.h, warp, s.sample, 0.4, ms)
		if 2*len(ms) < max(s.inPicture(p.h, warp), len(s.sample)/4) {
			return false
		}
		slips := make([]slip, 0, len(ms)+len(p.squares))
		for _, m := range ms {
			at := s.m.spots[m.spot].at
			q, j := s.spotAt(p.h, warp, at)
			d := s.rings.rings[m.ring].at.sub(q)
			dx, dy := j.back(d.x, d.y)
			wx, wy := warp.at(at)
			slips = append(slips, slip{at: at, dx: dx + wx, dy: dy + wy, w: 1})
		}
		s.stretch(p, warp, slips, sigma)
	}
	return true
}

// stretch fits the warp to the slips and the markers; slips that disagree with
// their neighbours weigh little.
func (s *search) stretch(p *pose, warp *lattice, slips []slip, sigma float64) {
	slips = append(slips, s.markerSlips(p)...)
	weights := make([]float64, len(slips))
	for i := range slips {
		weights[i] = slips[i].w
	}
	warp.fit(slips, sigma)
	for range 2 {
		for i := range slips {
			dx, dy := warp.at(slips[i].at)
			t := math.Hypot(slips[i].dx-dx, slips[i].dy-dy) / (0.15 * s.m.side)
			slips[i].w = weights[i] * math.Pow(max(1-t*t, 0.01), 2)
		}
		warp.fit(slips, sigma)
	}
}
