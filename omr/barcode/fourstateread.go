package barcode

import (
	"image"
	"math"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/internal/plane"
)

// stroke is a connected dark area.
type stroke struct {
	left, top, right, bottom int // right and bottom are inside
}

func (s stroke) x() float64 { return float64(s.left+s.right) / 2 }

const (
	largestPostal = 4_000_000 // px; a postal code is looked for in crops alone
	mostStrokes   = 400
)

// inkOf is which pixels are darker than level between ink, 0, and paper, 1,
// judged row by row; rows without ink have none.
func inkOf(g *image.Gray, level float64) []bool {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	contrast := int(plane.Percentile(g, 0.98)) - int(plane.Percentile(g, 0.02))
	ink := make([]bool, w*h)
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		if int(slices.Max(row))-int(slices.Min(row)) < contrast*6/10 {
			continue
		}
		limits := thresholdsAt(row, level)
		for x := range limits {
			ink[y*w+x] = float64(row[x]) < limits[x]
		}
	}
	return ink
}

// smoothed is g under the mask 1 2 1 both ways: grain must not cut a bar.
func smoothed(g *image.Gray) *image.Gray {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	wide := make([]uint16, w*h)
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		for x := range w {
			wide[y*w+x] = uint16(row[max(x-1, 0)]) + 2*uint16(row[x]) + uint16(row[min(x+1, w-1)])
		}
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		above, below := max(y-1, 0)*w, min(y+1, h-1)*w
		for x := range w {
			out.Pix[y*w+x] = uint8((wide[above+x] + 2*wide[y*w+x] + wide[below+x] + 8) / 16)
		}
	}
	return out
}

// strokesOf are the connected areas of ink, in order of their left edges.
func strokesOf(ink []bool, w, h int) []stroke {
	seen := make([]bool, len(ink))
	var out []stroke
	var todo []int
	for start := range ink {
		if !ink[start] || seen[start] {
			continue
		}
		s := stroke{start % w, start / w, start % w, start / w}
		todo = append(todo[:0], start)
		seen[start] = true
		for len(todo) > 0 {
			i := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			x, y := i%w, i/w
			s.left, s.right = min(s.left, x), max(s.right, x)
			s.top, s.bottom = min(s.top, y), max(s.bottom, y)
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if nx, ny := x+dx, y+dy; nx >= 0 && ny >= 0 && nx < w && ny < h && ink[ny*w+nx] && !seen[ny*w+nx] {
						seen[ny*w+nx] = true
						todo = append(todo, ny*w+nx)
					}
				}
			}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b stroke) int { return a.left + a.right - b.left - b.right })
	return out
}

// barsOf are the strokes of a postal code: those that most rows agree on, evenly
// spaced. ok is false where one is missing.
func barsOf(g *image.Gray) (bars []stroke, ok bool) {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	if w*h > largestPostal || w < 20 || h < 4 {
		return nil, false
	}
	all := strokesOf(inkOf(smoothed(g), 0.5), w, h)
	all = slices.DeleteFunc(all, func(s stroke) bool { return (s.bottom-s.top+1)*(s.right-s.left+1) < 6 || s.bottom == s.top })
	if len(all) > mostStrokes {
		return nil, false
	}
	most, band := 0, 0
	for y := range h {
		n := 0
		for _, s := range all {
			if s.top <= y && s.bottom >= y {
				n++
			}
		}
		if n > most {
			most, band = n, y
		}
	}
	for _, s := range all {
		if s.top <= band && s.bottom >= band {
			bars = append(bars, s)
		}
	}
	if len(bars) < 4 {
		return nil, false
	}
	pitches := make([]float64, len(bars)-1)
	for i := range pitches {
		pitches[i] = bars[i+1].x() - bars[i].x()
	}
	sorted := slices.Clone(pitches)
	slices.Sort(sorted)
	usual := sorted[len(sorted)/2]
	for _, p := range pitches {
		if math.Abs(p-usual) > 0.3*usual+0.5 {
			return nil, false
		}
	}
	for _, b := range bars {
		if float64(b.right-b.left+1) > 0.95*usual+1 {
			return nil, false
		}
	}
	return bars, true
}

// twoLevels parts values in a low and a high class, by the least variance within;
// spread is that variance, gap the distance of the means.
func twoLevels(values []float64) (high []bool, spread, gap float64) {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	sums, squares := make([]float64, n+1), make([]float64, n+1)
	for i, v := range sorted {
		sums[i+1], squares[i+1] = sums[i]+v, squares[i]+v*v
	}
	within := func(a, b int) float64 {
		if a == b {
			return 0
		}
		s := sums[b] - sums[a]
		return squares[b] - squares[a] - s*s/float64(b-a)
	}
	cut := 0
	spread = within(0, n)
	for i := 1; i < n; i++ {
		if v := within(0, i) + within(i, n); v < spread {
			cut, spread = i, v
		}
	}
	high = make([]bool, n)
	if cut == 0 {
		return high, spread, 0
	}
	limit := (sorted[cut-1] + sorted[cut]) / 2
	for i, v := range values {
		high[i] = v > limit
	}
	gap = (sums[n]-sums[cut])/float64(n-cut) - sums[cut]/float64(cut)
	return high, spread, gap
}

// levels classes the ends of bars that stand on a line of unknown slope: which
// reach up and which reach down.
func levels(bars []stroke) (up, down []bool, upGap, downGap float64) {
	const (
		steepest = 0.035
		steps    = 14
	)
	best := math.Inf(1)
	tops, bottoms := make([]float64, len(bars)), make([]float64, len(bars))
	for k := -steps; k <= steps; k++ {
		slope := steepest * float64(k) / steps
		for i, b := range bars {
			tops[i] = float64(b.top) - slope*b.x()
			bottoms[i] = float64(b.bottom) - slope*b.x()
		}
		low, a, gapA := twoLevels(tops)
		deep, b, gapB := twoLevels(bottoms)
		if a+b < best {
			best = a + b
			up, down, upGap, downGap = make([]bool, len(bars)), deep, gapA, gapB
			for i := range low {
				up[i] = !low[i]
			}
		}
	}
	deviation := math.Sqrt(best / float64(2*len(bars)))
	// The classes must lie well apart: a smudged end is no reading.
	if upGap < 5*deviation+1 {
		upGap = 0
	}
	if downGap < 5*deviation+1 {
		downGap = 0
	}
	return up, down, upGap, downGap
}

// fourStateReader reads bars of four states; what makes sense of them.
func fourStateReader(what func([]bar) (string, bool), upright bool) ownReader {
	return func(g *image.Gray) (string, bool) {
		bars, ok := barsOf(g)
		if !ok {
			return "", false
		}
		up, down, a, b := levels(bars)
		if a == 0 || b == 0 || a > 2.2*b || b > 2.2*a {
			return "", false
		}
		states := make([]bar, len(bars))
		for i := range states {
			states[i] = barOf(up[i], down[i])
		}
		if text, ok := what(states); ok {
			return text, true
		}
		if upright {
			return "", false
		}
		for i := range states {
			states[i] = barOf(down[len(bars)-1-i], up[len(bars)-1-i])
		}
		return what(states)
	}
}

// royalText undoes royalBars.
func royalText(bars []bar) (string, bool) {
	if len(bars) == 0 || len(bars)%4 != 0 {
		return "", false
	}
	var out []byte
	for ; len(bars) > 0; bars = bars[4:] {
		var top, bottom [4]byte
		for k, b := range bars[:4] {
			top[k], bottom[k] = '0', '0'
			if b == full || b == ascender {
				top[k] = '1'
			}
			if b == full || b == descender {
				bottom[k] = '1'
			}
		}
		row, column := slices.Index(twoOfFour[:], string(top[:])), slices.Index(twoOfFour[:], string(bottom[:]))
		if row < 0 || column < 0 {
			return "", false
		}
		out = append(out, royalAlphabet[row*6+column])
	}
	return string(out), true
}

func rm4sccText(bars []bar) (string, bool) {
	if len(bars) < 10 || bars[0] != ascender || bars[len(bars)-1] != full {
		return "", false
	}
	text, ok := royalText(bars[1 : len(bars)-1])
	if !ok {
		return "", false
	}
	n := len(text) - 1
	return text[:n], royalCheck(text[:n]) == text[n]
}

func ausText(bars []bar) (string, bool) {
	var b strings.Builder
	for _, s := range bars {
		b.WriteByte(byte('0' + s))
	}
	code, ok := strings.CutPrefix(b.String(), "13")
	if !ok || len(code) < 35 {
		return "", false
	}
	if code, ok = strings.CutSuffix(code, "13"); !ok || len(code)%3 != 0 {
		return "", false
	}
	n := len(code) - 12
	if ausCheck(code[:n]) != code[n:] {
		return "", false
	}
	text, ok := ausPairsText(code[:20])
	if !ok {
		return "", false
	}
	room, known := ausFormats[text[:2]]
	if !known || n != 20+room+(3-(20+room)%3)%3 {
		return "", false
	}
	info := code[20 : 20+room]
	if room == 16 && info[15] != '3' {
		digits, ok := ausPairsText(info)
		return text + digits, ok
	}
	for ; len(info) >= 3 && strings.Trim(info, "3") != ""; info = info[3:] {
		i := slices.Index(ausCharacters, info[:3])
		if i < 0 {
			return "", false
		}
		text += ausAlphabet[i : i+1]
	}
	return text, true
}

func ausPairsText(code string) (string, bool) {
	var out []byte
	for ; len(code) >= 2; code = code[2:] {
		i := slices.Index(ausDigits[:], code[:2])
		if i < 0 {
			return "", false
		}
		out = append(out, byte('0'+i))
	}
	return string(out), true
}

// highLowReader reads Postnet, or Planet when inverted.
func highLowReader(inverted bool, lengths ...int) ownReader {
	return func(g *image.Gray) (string, bool) {
		bars, ok := barsOf(g)
		if !ok || len(bars) < 7 {
			return "", false
		}
		up, down, a, b := levels(bars)
		if a > 0 && !varied(b, a) {
			if text, ok := highLowText(up, inverted, lengths); ok {
				return text, true
			}
		}
		if b > 0 && !varied(a, b) { // upside down
			slices.Reverse(down)
			return highLowText(down, inverted, lengths)
		}
		return "", false
	}
}

// varied tells whether the other ends of the bars are of two levels too.
func varied(gap, other float64) bool { return gap > 0.4*other }

func highLowText(high []bool, inverted bool, lengths []int) (string, bool) {
	n := len(high) - 2
	if n < 5 || n%5 != 0 || !high[0] || !high[n+1] || !slices.Contains(lengths, n/5-1) {
		return "", false
	}
	var out []byte
	for i := 1; i < n; i += 5 {
		var b [5]byte
		for k := range b {
			b[k] = '0'
			if high[i+k] != inverted {
				b[k] = '1'
			}
		}
		d := slices.Index(postnetDigits[:], string(b[:]))
		if d < 0 {
			return "", false
		}
		out = append(out, byte('0'+d))
	}
	text := string(out[:len(out)-1])
	return text, complement10(text) == out[len(out)-1]
}
