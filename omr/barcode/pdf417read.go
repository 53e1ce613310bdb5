package barcode

import (
	"image"
	"math"
	"slices"
)

// pdf417Index finds a character by its widths: cluster 0 to 2 and number.
var pdf417Index = func() map[int][2]int {
	index := map[int][2]int{}
	for cluster := range 3 {
		for n := range pdf417Characters {
			index[pdf417Modules(cluster, n)] = [2]int{cluster, n}
		}
	}
	return index
}()

// modulesFrom rounds the widths of a character of so many modules, a bar first,
// so that they add up; ok is false where rounding is doubtful. Ink has spread
// dark by excess px.
func modulesFrom(widths []float64, modules int, excess float64) ([]int, bool) {
	total := 0.0
	for _, w := range widths {
		total += w
	}
	if total <= 0 {
		return nil, false
	}
	unit := total / float64(modules)
	out := make([]int, len(widths))
	sum, position, edge := 0, 0.0, 0.0
	for i, w := range widths {
		if i%2 == 0 {
			w -= excess
		} else {
			w += excess
		}
		// Edges are rounded, not widths: their errors do not add up.
		position += w / unit
		next := math.Round(position)
		if math.Abs(position-next) > 0.45 && i < len(widths)-1 {
			return nil, false
		}
		out[i] = int(next - edge)
		edge = next
		sum += out[i]
		if out[i] < 1 {
			return nil, false
		}
	}
	return out, sum == modules
}

// patternOf is widths, a bar first, as modules.
func patternOf(widths []int) int {
	v := 0
	for i, w := range widths {
		for range w {
			v = v<<1 | (i+1)%2
		}
	}
	return v
}

// pdf417Character reads eight elements.
func pdf417Character(elements []float64, excess float64) (cluster, number int, ok bool) {
	widths, ok := modulesFrom(elements, 17, excess)
	if !ok {
		return 0, 0, false
	}
	at, ok := pdf417Index[patternOf(widths)]
	return at[0], at[1], ok
}

const (
	startElements = 8
	stopElements  = 9
)

// matches tells whether elements are widths, the bars excess px too wide.
func matches(elements []float64, widths string) (excess float64, ok bool) {
	if len(elements) < len(widths) {
		return 0, false
	}
	total, modules, bars, dark, darkModules := 0.0, 0, 0, 0.0, 0
	for i := range len(widths) {
		n := int(widths[i] - '0')
		total += elements[i]
		modules += n
		if i%2 == 0 {
			bars++
			dark += elements[i]
			darkModules += n
		}
	}
	unit := total / float64(modules)
	excess = (dark - unit*float64(darkModules)) / float64(bars)
	if math.Abs(excess) > 0.6*unit {
		return 0, false
	}
	for i := range len(widths) {
		w := elements[i]
		if i%2 == 0 {
			w -= excess
		} else {
			w += excess
		}
		if math.Abs(w/unit-float64(widths[i]-'0')) > 0.6 {
			return 0, false
		}
	}
	return excess, true
}

// cell counts what lines say of one codeword.
type cell map[int]int

func (c cell) best() (value int, ok bool) {
	most, all := 0, 0
	for v, n := range c {
		all += n
		if n > most || n == most && v < value {
			value, most = v, n
		}
	}
	return value, most > 0 && 2*most > all
}

// readPDF417 reads lines across the symbol. The row of a codeword follows from
// the row indicators of its line and from its cluster.
func readPDF417(g *image.Gray) (string, bool) {
	if text, ok := readPDF417Upright(g); ok {
		return text, true
	}
	return readPDF417Upright(turned180(g))
}

func turned180(g *image.Gray) *image.Gray {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		for x, v := range row {
			out.Pix[(h-1-y)*out.Stride+w-1-x] = v
		}
	}
	return out
}

// pdf417Scan is one line's characters.
type pdf417Scan struct {
	words       [][2]int // cluster, number; cluster -1: not read
	left, right int      // indicators' rows; -1: not read
}

func readPDF417Upright(g *image.Gray) (string, bool) {
	const most = 300 // lines; a symbol has at most 90 rows
	var scans []pdf417Scan
	columns, rows, levels := cell{}, cell{}, cell{}
	rowsHigh, rowsLow := cell{}, cell{}
	for _, l := range lines(g, most) {
		words, ok := pdf417Line(l.elements())
		if !ok || len(words) < 3 {
			continue
		}
		columns[len(words)-2]++
		s := pdf417Scan{words: words[1 : len(words)-1], left: -1, right: -1}
		for side, w := range [2][2]int{words[0], words[len(words)-1]} {
			if w[0] < 0 {
				continue
			}
			row, rest := w[1]/30*3+w[0], w[1]%30
			if side == 0 {
				s.left = row
			} else {
				s.right = row
			}
			// What an indicator says beside its row, by cluster and side.
			switch (w[0] + 2*side) % 3 {
			case 0:
				rowsHigh[rest]++
			case 1:
				levels[rest/3]++
				rowsLow[rest%3]++
			case 2:
				rows[rest]++ // columns - 1
			}
		}
		scans = append(scans, s)
	}
	width, ok := columns.best()
	high, fine := rowsHigh.best()
	low, good := rowsLow.best()
	level, known := levels.best()
	if !ok || !fine || !good || !known || level > 8 {
		return "", false
	}
	if said, ok := rows.best(); ok && said+1 != width {
		return "", false
	}
	count := 3*high + low + 1
	if count < 3 || count > 90 || width < 1 || width*count > 928 || 2<<level >= width*count {
		return "", false
	}
	cells := make([]cell, width*count)
	for _, s := range scans {
		if len(s.words) != width {
			continue
		}
		a, b := s.left, s.right
		if a < 0 {
			a = b
		}
		if b < 0 {
			b = a
		}
		if a < 0 || a >= count || b >= count || a-b > 3 || b-a > 3 {
			continue
		}
		for x, w := range s.words {
			if w[0] < 0 {
				continue
			}
			// The row of this cluster nearest to the line between the indicators.
			at := float64(a) + float64(b-a)*(float64(x)+1)/float64(width+1)
			y := int(math.Round((at-float64(w[0]))/3))*3 + w[0]
			if y < 0 || y >= count {
				continue
			}
			if cells[y*width+x] == nil {
				cells[y*width+x] = cell{}
			}
			cells[y*width+x][w[1]]++
		}
	}
	words := make([]int, len(cells))
	var missing []int
	for i, c := range cells {
		v, ok := c.best()
		if !ok {
			missing = append(missing, i)
		}
		words[i] = v
	}
	if !gf929Correct(words, 2<<level, missing) {
		return "", false
	}
	n := words[0]
	if n < 1 || n > len(words)-2<<level {
		return "", false
	}
	return pdf417Value(words[1:n])
}

// pdf417Line finds start, characters and stop in a line.
func pdf417Line(elements []float64) (words [][2]int, ok bool) {
	for i := 0; i+startElements < len(elements); i += 2 {
		excess, ok := matches(elements[i:], pdf417Start)
		if !ok {
			continue
		}
		words = words[:0]
		unit := 0.0
		for _, w := range elements[i : i+startElements] {
			unit += w / 17
		}
		for j := i + startElements; j+stopElements <= len(elements); j += 8 {
			if after := j + stopElements; after == len(elements) || elements[after] > 1.5*unit && j+stopElements+8 > len(elements) || elements[after] > 8*unit {
				if _, ok := matches(elements[j:], pdf417Stop); ok {
					return words, true
				}
			}
			total := 0.0
			for _, w := range elements[j : j+8] {
				total += w
			}
			if total < 14*unit || total > 20*unit {
				break
			}
			cluster, number, ok := pdf417Character(elements[j:j+8], excess)
			if !ok {
				cluster, number = -1, 0
			}
			words = append(words, [2]int{cluster, number})
		}
	}
	return nil, false
}

// gf929Correct repairs words by their last checks ones; missing are the places
// of words that could not be read. It gives up where less than two checks would
// be left to confirm the result.
func gf929Correct(words []int, checks int, missing []int) bool {
	const p = 929
	if len(missing) > checks-2 {
		return false
	}
	n := len(words)
	power := make([]int, p)
	logs := make([]int, p)
	for i, x := 0, 1; i < p-1; i, x = i+1, x*3%p {
		power[i], logs[x] = x, i
	}
	mul := func(a, b int) int { return a * b % p }
	inverse := func(a int) int { return power[(p-1-logs[a])%(p-1)] }
	syndromes := make([]int, checks)
	clean := true
	for k := range syndromes {
		x, v := power[(k+1)%(p-1)], 0
		for _, w := range words {
			v = (v*x + w) % p
		}
		syndromes[k] = v
		clean = clean && v == 0
	}
	if clean {
		return true
	}
	locator := func(i int) int { return power[(n-1-i)%(p-1)] }
	// Erasures first, then Berlekamp and Massey on what they leave.
	erasures := []int{1}
	for _, i := range missing {
		x := locator(i)
		next := append(slices.Clone(erasures), 0)
		for j, c := range erasures {
			next[j+1] = (next[j+1] + p - mul(c, x)) % p
		}
		erasures = next
	}
	lambda, previous := slices.Clone(erasures), slices.Clone(erasures)
	length, shift, last := len(missing), 1, 1
	for k := len(missing); k < checks; k++ {
		d := 0
		for j, c := range lambda {
			if j <= k {
				d = (d + mul(c, syndromes[k-j])) % p
			}
		}
		if d == 0 {
			shift++
			continue
		}
		factor := mul(d, inverse(last))
		next := make([]int, max(len(lambda), len(previous)+shift))
		copy(next, lambda)
		for j, c := range previous {
			next[j+shift] = (next[j+shift] + p - mul(factor, c)) % p
		}
		if 2*length <= k+len(missing) {
			previous, last, shift = lambda, d, 1
			length = k + 1 + len(missing) - length
		} else {
			shift++
		}
		lambda = next
	}
	for len(lambda) > 1 && lambda[len(lambda)-1] == 0 {
		lambda = lambda[:len(lambda)-1]
	}
	errors := len(lambda) - 1
	if errors != length || 2*(errors-len(missing))+len(missing) > checks-2 {
		return false
	}
	value := func(poly []int, x int) int {
		v := 0
		for j := len(poly) - 1; j >= 0; j-- {
			v = (v*x + poly[j]) % p
		}
		return v
	}
	omega := make([]int, checks)
	for i := range omega {
		for j := 0; j <= i && j < len(lambda); j++ {
			omega[i] = (omega[i] + mul(lambda[j], syndromes[i-j])) % p
		}
	}
	derivative := make([]int, 0, len(lambda))
	for j := 1; j < len(lambda); j++ {
		derivative = append(derivative, mul(j%p, lambda[j]))
	}
	found := 0
	for i := range words {
		x := inverse(locator(i))
		if value(lambda, x) != 0 {
			continue
		}
		found++
		slope := value(derivative, x)
		if slope == 0 {
			return false
		}
		// First root 3^1: the error is -omega(1/X)/lambda'(1/X), since
		// omega is taken of syndromes that begin with the first power.
		magnitude := mul(value(omega, x), inverse(slope))
		words[i] = (words[i] + magnitude) % p
	}
	if found != errors {
		return false
	}
	for k := range syndromes {
		x, v := power[(k+1)%(p-1)], 0
		for _, w := range words {
			v = (v*x + w) % p
		}
		if v != 0 {
			return false
		}
	}
	return true
}
