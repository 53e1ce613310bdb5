package barcode

import (
	"image"
	"slices"
)

// line is a row of pixels as bars: the edges where it turns dark and light in
// turn, in px, of a picture of width px.
type line struct {
	y     int
	width float64
	edges []float64
}

// elements are the widths from the first bar to the last.
func (l line) elements() []float64 {
	out := make([]float64, 0, len(l.edges))
	for i := 1; i < len(l.edges); i++ {
		out = append(out, l.edges[i]-l.edges[i-1])
	}
	return out
}

const (
	leastContrast = 40 // grey levels between ink and paper of a row
	blocks        = 8  // of a row, each with its own threshold
	leastBlock    = 32 // px
)

// lineOf finds the edges of row y between pixels, at half of the contrast that
// the neighbourhood has.
func lineOf(g *image.Gray, y int) line {
	w := g.Bounds().Dx()
	l := line{y: y, width: float64(w)}
	row := g.Pix[y*g.Stride:][:w]
	threshold := thresholds(row)
	if threshold == nil {
		return l
	}
	dark := float64(row[0]) < threshold[0]
	if dark {
		l.edges = append(l.edges, 0)
	}
	for x := 1; x < w; x++ {
		v := float64(row[x]) - threshold[x]
		if (v < 0) == dark {
			continue
		}
		before := float64(row[x-1]) - threshold[x-1]
		l.edges = append(l.edges, float64(x)-0.5+before/(before-v))
		dark = !dark
	}
	if dark {
		l.edges = append(l.edges, float64(w))
	}
	return l
}

// thresholds are the grey level of each pixel between dark and light; nil
// without contrast.
func thresholds(row []uint8) []float64 { return thresholdsAt(row, 0.5) }

// thresholdsAt are the grey levels that are level between dark, 0, and light, 1.
func thresholdsAt(row []uint8, level float64) []float64 {
	lo, hi := slices.Min(row), slices.Max(row)
	if hi-lo < leastContrast {
		return nil
	}
	size := max(len(row)/blocks, leastBlock)
	n := max(len(row)/size, 1)
	middle := make([]float64, n)
	for i := range n {
		from, to := max((i-1)*size, 0), min((i+2)*size, len(row))
		a, b := slices.Min(row[from:to]), slices.Max(row[from:to])
		if int(b-a)*3 < int(hi-lo) {
			a, b = lo, hi
		}
		middle[i] = float64(a) + level*float64(int(b)-int(a))
	}
	out := make([]float64, len(row))
	for x := range row {
		at := float64(x)/float64(size) - 0.5
		i := min(max(int(at), 0), n-1)
		next := min(i+1, n-1)
		share := min(max(at-float64(i), 0), 1)
		out[x] = middle[i]*(1-share) + middle[next]*share
	}
	return out
}

// lines are rows spread over the picture, at most count.
func lines(g *image.Gray, count int) []line {
	h := g.Bounds().Dy()
	step := max(h/count, 1)
	var out []line
	for y := step / 2; y < h; y += step {
		if l := lineOf(g, y); len(l.edges) >= 4 {
			out = append(out, l)
		}
	}
	return out
}

// pieces cuts the elements where light is wider than factor times the usual
// space: each piece begins and ends with a bar.
func pieces(elements []float64, factor float64) [][]float64 {
	var spaces []float64
	for i := 1; i < len(elements); i += 2 {
		spaces = append(spaces, elements[i])
	}
	if len(spaces) == 0 {
		return nil
	}
	slices.Sort(spaces)
	limit := factor * spaces[len(spaces)*3/10]
	var out [][]float64
	from := 0
	for i := 1; i < len(elements); i += 2 {
		if elements[i] > limit {
			out = append(out, elements[from:i])
			from = i + 1
		}
	}
	return append(out, elements[from:])
}

// votes counts what lines say.
type votes map[string]int

// winner is what at least need lines say when hardly any says otherwise.
func (v votes) winner(need int) (string, bool) {
	best, all := "", 0
	for text, n := range v {
		all += n
		if n > v[best] || n == v[best] && text < best {
			best = text
		}
	}
	return best, best != "" && v[best] >= need && v[best]*5 >= all*4
}

// ownReader reads one kind of code from an upright picture without the library.
type ownReader func(g *image.Gray) (text string, ok bool)

const (
	scanLines = 60
	// Lines that must agree where a check digit confirms them, and where none does.
	checkedVotes, uncheckedVotes = 2, 5
)

// linearReader votes over lines, read from both sides unless upright.
func linearReader(read func(piece []float64) (string, bool), factor float64, need int, upright bool) ownReader {
	return func(g *image.Gray) (string, bool) {
		v := votes{}
		for _, l := range lines(g, scanLines) {
			said := map[string]bool{}
			for _, piece := range pieces(l.elements(), factor) {
				if text, ok := read(piece); ok {
					said[text] = true
				} else if !upright {
					if text, ok := read(backwardsOf(piece)); ok {
						said[text] = true
					}
				}
			}
			for text := range said {
				v[text]++
			}
		}
		return v.winner(min(need, max(g.Bounds().Dy(), 1)))
	}
}

func backwardsOf(a []float64) []float64 {
	out := slices.Clone(a)
	slices.Reverse(out)
	return out
}
