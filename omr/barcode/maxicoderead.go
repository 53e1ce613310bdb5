package barcode

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
)

// bullsEye are the widths across the rings of MaxiCode, in units of 0.38 pitches.
const (
	bullsEye      = "22222322222"
	bullsEyePitch = 8.8 // pitches across the outer ring
)

// readMaxicode finds the bull's eye and samples the modules around it at angles
// near the upright and its quarter turns until all check words are right.
func readMaxicode(g *image.Gray) (string, bool) {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	if w*h > largestPostal || w < 3*maxicodeColumns || h < 3*maxicodeRows {
		return "", false
	}
	g = smoothed(g)
	x, pitchX, ok := eyeAlong(g)
	if !ok {
		return "", false
	}
	y, pitchY, ok := eyeAlong(transposed(g))
	if !ok || math.Abs(pitchX-pitchY) > 0.1*pitchX {
		return "", false
	}
	ink := inkOf(g, 0.5)
	pitch := (pitchX + pitchY) / 2
	for _, scale := range []float64{1, 0.99, 1.01} {
		for k := range 4 {
			for _, step := range []int{0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6} {
				angle := float64(k)*math.Pi/2 + float64(step)*0.005
				sin, cos := math.Sincos(angle)
				sample := func(dx, dy float64) bool {
					dx, dy = dx*pitch*scale, dy*pitch*scale
					i, j := int(math.Round(x+dx*cos-dy*sin)), int(math.Round(y+dx*sin+dy*cos))
					return i >= 0 && j >= 0 && i < w && j < h && ink[j*w+i]
				}
				if text, ok := maxicodeSampled(sample); ok {
					return text, true
				}
			}
		}
	}
	return "", false
}

// eyeAlong is the centre of the bull's eye along lines, and the pitch.
func eyeAlong(g *image.Gray) (centre, pitch float64, ok bool) {
	type crossing struct{ centre, pitch, error float64 }
	var all []crossing
	for _, l := range lines(g, g.Bounds().Dy()) {
		elements := l.elements()
		for i := 0; i+len(bullsEye) <= len(elements); i += 2 {
			if _, ok := matches(elements[i:], bullsEye); !ok {
				continue
			}
			from, to := l.edges[i], l.edges[i+len(bullsEye)]
			c := crossing{(from + to) / 2, (to - from) / bullsEyePitch, 0}
			for k := range len(bullsEye) {
				d := elements[i+k]/(to-from)*23 - float64(bullsEye[k]-'0')
				c.error += d * d
			}
			all = append(all, c)
		}
	}
	if len(all) < 2 {
		return 0, 0, false
	}
	// Lines off the centre cross the rings too, in other proportions.
	slices.SortFunc(all, func(a, b crossing) int {
		switch {
		case a.error < b.error:
			return -1
		case a.error > b.error:
			return 1
		}
		return 0
	})
	best := all[:min(len(all), 3)]
	for _, c := range best {
		centre += c.centre / float64(len(best))
		pitch += c.pitch / float64(len(best))
	}
	// Edges lie between pixels, samples are of whole ones.
	return centre - 0.5, pitch, true
}

func transposed(g *image.Gray) *image.Gray {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[x*out.Stride+y] = g.Pix[y*g.Stride+x]
		}
	}
	return out
}

// maxicodeSampled reads the modules at their places from the bull's eye, in
// pitches.
func maxicodeSampled(dark func(dx, dy float64) bool) (string, bool) {
	cx, cy := maxicodeCentre(maxicodeRows/2, (maxicodeColumns-1)/2)
	words := make([]int, maxicodeGridWords)
	for row := range maxicodeRows {
		for column := range maxicodeColumns - row%2 {
			bit := maxicodeBit(row, column)
			if bit == maxicodeLight {
				continue
			}
			x, y := maxicodeCentre(row, column)
			on := dark(x-cx, y-cy)
			if bit == maxicodeDark {
				if !on {
					return "", false // an orientation pattern
				}
				continue
			}
			if on {
				words[bit/6] |= 1 << (5 - bit%6)
			}
		}
	}
	const first = maxicodePrimary + maxicodePrimaryCheck
	primary := words[:maxicodePrimary]
	secondary := words[first : len(words)-2*maxicodeHalfCheck]
	even, odd := halves(secondary)
	a, b := halves(words[len(words)-2*maxicodeHalfCheck:])
	if !slices.Equal(gf64.check(primary, maxicodePrimaryCheck, 1), words[maxicodePrimary:first]) ||
		!slices.Equal(gf64.check(even, maxicodeHalfCheck, 1), a) || !slices.Equal(gf64.check(odd, maxicodeHalfCheck, 1), b) {
		return "", false
	}
	if primary[0]&15 != maxicodeMode {
		return "", false // carriers' structured messages are not printed here
	}
	return maxicodeText(append(slices.Clone(primary[1:]), secondary...))
}

const maxicodeGridWords = 144

// maxicodeText undoes maxicodeWords.
func maxicodeText(words []int) (string, bool) {
	var out strings.Builder
	sets := [2]string{maxicodeA, maxicodeB}
	set, shift := 0, 0
	for i := 0; i < len(words); i++ {
		now := set
		if shift > 0 {
			now = 1 - set
			shift--
		}
		w := words[i]
		pad := w == maxicodePad || now == 1 && (w == 55 || w == 58)
		switch {
		case pad:
		case w == maxicodeDigits:
			if i+5 >= len(words) {
				return "", false
			}
			n := 0
			for _, part := range words[i+1 : i+6] {
				n = n<<6 | part
			}
			if n > 999_999_999 {
				return "", false
			}
			fmt.Fprintf(&out, "%09d", n)
			i += 5
		case w < len(sets[now]) && sets[now][w] != 0:
			out.WriteByte(sets[now][w])
		case now != set:
			return "", false
		case w == maxicodeShift:
			shift = 1
		case w == maxicodeLatch:
			set = 1 - set
		case set == 1 && w == 56:
			shift = 2
		case set == 1 && w == 57:
			shift = 3
		default:
			return "", false // code sets beyond ASCII
		}
	}
	return out.String(), out.Len() > 0
}
