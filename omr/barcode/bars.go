package barcode

import (
	"image"
	"math"
	"slices"
)

// strips is how many strips across the bars are read one by one.
const strips = 14

// blurs are the standard deviations, in px of the crop, that are taken back, and
// the rounds of it: a code of two px a module is lost to the eye at the third, of
// four at the last.
var blurs = [5]struct {
	deviation float64
	rounds    int
}{{0, 0}, {0.8, 12}, {1.4, 16}, {2.1, 28}, {2.8, 40}}

// readBars reads the linear kinds from strips, as they are and sharpened, until
// enough of them agree. Bars that run across are looked for when the crop shows
// them.
func (f *flat) readBars() (Reading, bool) {
	across, down := f.edges()
	for quarter, g := range [2]*image.Gray{f.g, nil} {
		if quarter == 0 && down > 3*across || quarter == 1 && 3*down < across {
			continue // its edges run the other way, plainly
		}
		if quarter == 1 {
			g = quarterTurn(f.g)
		}
		rows := means(g)
		for _, b := range blurs {
			if b.rounds > 0 && !f.thorough {
				break
			}
			lines := make([][]float64, len(rows))
			for i, row := range rows {
				lines[i] = resolved(row, b.deviation, b.rounds)
			}
			for _, evened := range [2]bool{false, true} {
				if r, ok := f.vote(lines, evened, float64(g.Rect.Dx()), quarter == 1); ok {
					return r, true
				}
			}
		}
	}
	return Reading{}, false
}

// edges is the sum of steps along the rows and down the columns.
func (f *flat) edges() (across, down int) {
	g := f.g
	for y := 1; y < g.Rect.Dy(); y += 2 {
		row, above := g.Pix[y*g.Stride:][:g.Rect.Dx()], g.Pix[(y-1)*g.Stride:]
		for x := 1; x < len(row); x++ {
			across += abs(int(row[x]) - int(row[x-1]))
			down += abs(int(row[x]) - int(above[x]))
		}
	}
	return across, down
}

// quarterTurn is g turned clockwise.
func quarterTurn(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x, v := range g.Pix[y*g.Stride:][:w] {
			out.Pix[x*out.Stride+h-1-y] = v
		}
	}
	return out
}

// means are the mean rows of strips, darkness from 0, paper, to 1.
func means(g *image.Gray) [][]float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	n := max(min(strips, h/2), 1)
	var out [][]float64
	for i := range n {
		y0, y1 := i*h/n, (i+1)*h/n
		row := make([]float64, w)
		for y := y0; y < y1; y++ {
			for x, v := range g.Pix[y*g.Stride:][:w] {
				row[x] += float64(v)
			}
		}
		sorted := slices.Clone(row)
		slices.Sort(sorted)
		lo, hi := sorted[len(sorted)/50], sorted[len(sorted)*9/10]
		if hi-lo < leastContrast/2*float64(y1-y0) {
			continue // beyond the bars
		}
		for x, v := range row {
			row[x] = max((hi-v)/(hi-lo), 0)
		}
		out = append(out, row)
	}
	return out
}

const (
	doubling = 2 // samples a px while blur is taken back
	fine     = 4 // samples a px that the readers see
)

// resolved is a row at fine resolution, a blur taken back (Richardson, 1972; Lucy,
// 1974: darkness stays positive, which bars are).
func resolved(row []float64, deviation float64, rounds int) []float64 {
	seen := cubic(row, doubling)
	if deviation > 0 {
		kernel := gauss(deviation * doubling)
		const little = 1e-3
		guess := slices.Clone(seen)
		for i := range guess {
			guess[i] = max(guess[i], little)
			seen[i] = max(seen[i], little)
		}
		ratio, soft := make([]float64, len(guess)), make([]float64, len(guess))
		for range rounds {
			smooth(soft, guess, kernel)
			for i := range ratio {
				ratio[i] = seen[i] / max(soft[i], little)
			}
			smooth(soft, ratio, kernel)
			for i := range guess {
				guess[i] *= soft[i]
			}
		}
		seen = guess
	}
	return cubic(seen, fine/doubling)
}

// gauss is half of a normalised kernel, from its middle.
func gauss(deviation float64) []float64 {
	n := int(math.Ceil(3 * deviation))
	kernel := make([]float64, n+1)
	sum := 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64(i*i) / (2 * deviation * deviation))
		sum += kernel[i]
		if i > 0 {
			sum += kernel[i]
		}
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	return kernel
}

// smooth convolves; the ends go on as they are.
func smooth(to, from, kernel []float64) {
	n := len(from)
	reach := len(kernel) - 1
	for i := range to {
		v := kernel[0] * from[i]
		if i >= reach && i+reach < n {
			for k := 1; k <= reach; k++ {
				v += kernel[k] * (from[i-k] + from[i+k])
			}
		} else {
			for k := 1; k <= reach; k++ {
				v += kernel[k] * (from[max(i-k, 0)] + from[min(i+k, n-1)])
			}
		}
		to[i] = v
	}
}

// cubic interpolates n samples for each (Catmull and Rom, 1974).
func cubic(row []float64, n int) []float64 {
	out := make([]float64, len(row)*n)
	at := func(i int) float64 { return row[min(max(i, 0), len(row)-1)] }
	for i := range out {
		x := (float64(i)+0.5)/float64(n) - 0.5
		k := int(math.Floor(x))
		t := x - float64(k)
		a, b, c, d := at(k-1), at(k), at(k+1), at(k+2)
		out[i] = b + 0.5*t*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))
	}
	return out
}

// Strips that must agree: where a check confirms the text, and where none does.
const checkedStrips, uncheckedStrips = 2, 4

// vote reads each strip by itself, forwards and backwards, and gives what enough
// of them say when hardly any says otherwise. Evened: what ink has spread is taken
// back.
func (f *flat) vote(lines [][]float64, evened bool, width float64, turned bool) (Reading, bool) {
	readers := linearReaders(f.linear)
	said := map[said1]int{}
	spans := map[said1][2]float64{}
	all := 0
	for _, l := range lines {
		if evened {
			l = even(l)
		}
		g := strip(l)
		one := map[said1]bool{}
		bitmap := bitmapOf(g, false)
		for _, r := range readers {
			result := r.attempt(bitmap, f.wanted)
			if result == nil {
				continue
			}
			if name, text, ok := interpret(result, f.wanted); ok {
				key := said1{name, text}
				one[key] = true
				if p := result.GetResultPoints(); len(p) >= 2 {
					spans[key] = [2]float64{(p[0].GetX() - quiet) / fine, (p[len(p)-1].GetX() - quiet) / fine}
				}
			}
		}
		for _, k := range f.wanted {
			if k.own == nil || !k.oneRow() {
				continue
			}
			if text, ok := k.own(tall(g)); ok {
				one[said1{k.name, text}] = true
			}
		}
		for key := range one {
			said[key]++
			all++
		}
	}
	var best said1
	for key, n := range said {
		if n > said[best] || n == said[best] && key.text+key.kind < best.text+best.kind {
			best = key
		}
	}
	need := checkedStrips
	if !Checked(best.kind) {
		need = uncheckedStrips
	}
	if said[best] < min(need, max(len(lines), 2)) || said[best]*5 < all*4 {
		return Reading{}, false
	}
	span, ok := spans[best]
	if !ok {
		span = [2]float64{0, width}
	}
	h := float64(f.g.Rect.Dy())
	points := []image.Point{image.Pt(int(span[0]), int(h/2)), image.Pt(int(span[1]), int(h/2))}
	if turned {
		middle := f.g.Rect.Dx() / 2
		points = []image.Point{image.Pt(middle, int(h-span[0])), image.Pt(middle, int(h-span[1]))}
	}
	return Reading{Kind: best.kind, Text: best.text, Points: points}, true
}

// said1 is what a strip says.
type said1 struct{ kind, text string }

// even is a row with bars as wide as spaces: the narrow ones of both are alike in
// every symbology, whatever ink, copier or threshold added to one of them.
func even(row []float64) []float64 {
	const middle = 0.5
	var edges []float64 // dark from the first to the second, and so on
	for i := 1; i < len(row); i++ {
		if dark := len(edges)%2 == 1; row[i] >= middle != dark {
			d := (middle - row[i-1]) / (row[i] - row[i-1])
			edges = append(edges, float64(i-1)+d+0.5)
		}
	}
	if len(edges)%2 == 1 {
		edges = append(edges, float64(len(row)))
	}
	const least = 10 // bars
	if len(edges) < 2*least {
		return row
	}
	var bars, spaces []float64
	for i := 1; i < len(edges); i++ {
		if w := edges[i] - edges[i-1]; i%2 == 1 {
			bars = append(bars, w)
		} else {
			spaces = append(spaces, w)
		}
	}
	slices.Sort(bars)
	slices.Sort(spaces)
	excess := (bars[len(bars)/4] - spaces[len(spaces)/4]) / 4 // at each edge
	out := make([]float64, len(row))
	for i := 0; i < len(edges); i += 2 {
		from, to := edges[i]+excess, edges[i+1]-excess
		for x := max(int(from), 0); x < min(int(math.Ceil(to)), len(out)); x++ {
			out[x] = max(min(float64(x+1), to)-max(float64(x), from), 0)
		}
	}
	return out
}

// quiet is the paper put beside a strip, px.
const quiet = 40

// strip is a row of darkness as a picture one pixel high, paper around it.
func strip(row []float64) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, len(row)+2*quiet, 1))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for i, v := range row {
		g.Pix[quiet+i] = uint8(255 - 255*min(max(v, 0), 1))
	}
	return g
}

// tall is a strip high enough for readers that vote themselves.
func tall(g *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, g.Rect.Dx(), checkedVotes))
	for y := range checkedVotes {
		copy(out.Pix[y*out.Stride:], g.Pix[:g.Rect.Dx()])
	}
	return out
}

// unchecked are the kinds without check character or error correction.
var unchecked = []string{
	"Codabar", "Code39Extended", "Code39Standard", "DataLogic2of5", "DutchKIX", "IATA2of5", "Interleaved2of5",
	"Matrix2of5", "PatchCode", "Pharmacode", "Standard2of5", "VIN",
}

// Checked tells whether a check character or error correction confirms what a code
// of the symbology says.
func Checked(canonical string) bool { return !slices.Contains(unchecked, canonical) }
