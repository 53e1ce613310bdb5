package barcode

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"
)

// DotCode, AIM ISS DotCode 4.0: dots on the dark fields of a chessboard, five of
// nine dots a codeword, Reed-Solomon modulo 113.

// dotPatterns are the nine dots of each codeword (annex C), the first in bit 8.
var dotPatterns = func() (out [113]int) {
	for i, f := range strings.Fields("155 0ab 0ad 0b5 0d5 156 15a 16a 1aa 0ae 0b6 0ba 0d6 0da 0ea 12b 12d 135 14b 14d 153 159 165 169 195 " +
		"1a5 1a9 057 05b 05d 06b 06d 075 097 09b 09d 0a7 0b3 0b9 0cb 0cd 0d3 0d9 0e5 0e9 12e 136 13a 14e 15c " +
		"166 16c 172 174 196 19a 1a6 1ac 1b2 1b4 1ca 1d2 1d4 05e 06e 076 07a 09e 0bc 0ce 0dc 0e6 0ec 0f2 0f4 " +
		"117 11b 11d 127 133 139 147 163 171 18b 18d 193 199 1a3 1b1 1c5 1c9 1d1 02f 037 03b 03d 04f 067 073 " +
		"079 08f 0c7 0e3 0f1 11e 13c 178 18e 19c 1b8 1c6 1cc") {
		v, _ := strconv.ParseUint(f, 16, 16)
		out[i] = int(v)
	}
	return out
}()

// dotMasks are what each mask adds, times the place of the codeword.
var dotMasks = [4]int{0, 3, 7, 17}

// Codewords of DotCode (table 1). In set C: latch A, shift B for 1 to 4, latch
// B; in set B: shift A, latch A, shift C for 2 to 4, latch C; in set A: shift B
// for 1 to 6, latch B, shift C for 2 to 4, latch C.
const (
	dotModulus = 113
	dotFNC1    = 107 // first in a message: no GS1 data, though digits begin it
	dotPad     = 106
	dotLatch   = 106 // C to B, B and A to C
	dotToA     = 101 // C to A; from B for one character
	dotAToB    = 102
	dotLeast   = 5 // dots along a side
	dotMost    = 200
)

func dotCodeSymbol(value string) (*Symbol, error) {
	if err := onlyASCII(value); err != nil {
		return nil, err
	}
	words := dotWords(value)
	width, height, words, ok := dotSize(words)
	if !ok {
		return nil, fmt.Errorf("it is longer than DotCode holds")
	}
	var best []bool
	most := -1
	for mask := range dotMasks {
		dots := dotPlaced(words, mask, width, height)
		if n := leastOnEdge(dots, width, height); n > most {
			best, most = dots, n
		}
	}
	return dotDrawn(best, width, height, printable(value)), nil
}

// A dot is three of the four cells of its pitch wide, so that dots across a
// corner stay apart.
const dotPitch, dotSide = 4, 3

func dotDrawn(dots []bool, width, height int, text string) *Symbol {
	s := &Symbol{
		Matrix: true, Width: width*dotPitch - (dotPitch - dotSide), Height: height*dotPitch - (dotPitch - dotSide),
		QuietX: 3 * dotPitch, QuietY: 3 * dotPitch, Text: text, Module: 2, Least: 1,
	}
	s.dark = make([]bool, s.Width*s.Height)
	for y := range s.Height {
		for x := range s.Width {
			s.dark[y*s.Width+x] = x%dotPitch < dotSide && y%dotPitch < dotSide && dots[y/dotPitch*width+x/dotPitch]
		}
	}
	return s
}

// dotWords is value in the sets C, B and A.
func dotWords(value string) []int {
	var words []int
	if len(value) > 2 && runOf(value, isDigit) >= 2 {
		words = append(words, dotFNC1)
	}
	set := setC
	for i := 0; i < len(value); {
		c := value[i]
		digits := runOf(value[i:], isDigit)
		switch {
		case set == setC && digits >= 2:
			words = append(words, int(c-'0')*10+int(value[i+1]-'0'))
			i += 2
		case set == setC && c < 32:
			words = append(words, dotToA)
			set = setA
		case set == setC:
			words = append(words, dotLatch)
			set = setB
		case digits >= 4 && digits%2 == 0:
			words = append(words, dotLatch)
			set = setC
		case set == setA && c >= 96:
			words = append(words, dotAToB)
			set = setB
		case set == setB && c < 32:
			words = append(words, dotToA, int(c)+64)
			i++
		default:
			words = append(words, code128Value(set, c))
			i++
		}
	}
	return words
}

// dotChecks is the number of check codewords for so many of data.
func dotChecks(data int) int { return 3 + data/2 }

// dotCapacity is how many data codewords a size has.
func dotCapacity(width, height int) int {
	words := (width*height/2 - 2) / 9
	n := (words - 3) * 2 / 3
	for n+1+dotChecks(n+1) <= words {
		n++
	}
	for n > 0 && n+dotChecks(n) > words {
		n--
	}
	return n
}

// dotSize is the least size about one and a half times as wide as high, and the
// codewords filled up to it.
func dotSize(words []int) (width, height int, padded []int, ok bool) {
	for height = dotLeast; height < dotMost; height++ {
		width = height*3/2 | 1
		if height%2 == 1 {
			width = height * 3 / 4 * 2
		}
		n := dotCapacity(width, height)
		if n < len(words) {
			continue
		}
		padded = slices.Clone(words)
		for len(padded) < n {
			padded = append(padded, dotPad)
		}
		return width, height, padded, true
	}
	return 0, 0, nil, false
}

// dotOrder are the dots of a symbol in the order of the bits; the six at the
// corners come last.
func dotOrder(width, height int) []image.Point {
	var body, corners []image.Point
	if height%2 == 1 {
		corners = []image.Point{{width - 2, 0}, {width - 2, height - 1}, {width - 1, 1}, {width - 1, height - 2}, {0, 0}, {0, height - 1}}
		for y := height - 1; y >= 0; y-- {
			for x := range width {
				body = append(body, image.Pt(x, y))
			}
		}
	} else {
		corners = []image.Point{{width - 1, height - 2}, {0, height - 2}, {width - 2, height - 1}, {1, height - 1}, {width - 1, 0}, {0, 0}}
		for x := range width {
			for y := range height {
				body = append(body, image.Pt(x, y))
			}
		}
	}
	body = slices.DeleteFunc(body, func(p image.Point) bool { return (p.X+p.Y)%2 == 1 || slices.Contains(corners, p) })
	return append(body, corners...)
}

// dotBlocks are the places of the interleaved blocks among total codewords; at
// most 112 a block.
func dotBlocks(total int) [][]int {
	step := (total + dotModulus - 2) / (dotModulus - 1)
	blocks := make([][]int, step)
	for i := range total {
		blocks[i%step] = append(blocks[i%step], i)
	}
	return blocks
}

func dotPlaced(data []int, mask, width, height int) []bool {
	words := []int{mask}
	for i, w := range data {
		words = append(words, (w+dotMasks[mask]*i)%dotModulus)
	}
	n := len(words)
	words = append(words, make([]int, dotChecks(n-1))...)
	for _, block := range dotBlocks(len(words)) {
		var part []int
		for _, i := range block {
			if i < n {
				part = append(part, words[i])
			}
		}
		for k, c := range primeCheck(part, len(block)-len(part), dotModulus) {
			words[block[len(part)+k]] = c
		}
	}
	bits := []bool{mask&2 != 0, mask&1 != 0}
	for _, w := range words[1:] {
		bits = appendBits(bits, dotPatterns[w], 9)
	}
	dots := make([]bool, width*height)
	for i, p := range dotOrder(width, height) {
		dots[p.Y*width+p.X] = i >= len(bits) || bits[i]
	}
	return dots
}

// leastOnEdge is the number of dots on the emptiest of the four sides: readers
// find a symbol by them.
func leastOnEdge(dots []bool, width, height int) int {
	var sides [4]int
	for y := range height {
		for x := range width {
			if !dots[y*width+x] {
				continue
			}
			for k, on := range [4]bool{y == 0, y == height-1, x == 0, x == width-1} {
				if on {
					sides[k]++
				}
			}
		}
	}
	return slices.Min(sides[:])
}

// readDotCode gives the dots their places on the board, from one to the next, so
// that neither skew nor perspective adds up.
func readDotCode(g *image.Gray) (string, bool) {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	if w*h > largestPostal || w < 10 || h < 10 {
		return "", false
	}
	const most = 4000
	all := strokesOf(inkOf(smoothed(g), 0.35), w, h)
	all = slices.DeleteFunc(all, func(s stroke) bool { return s.right == s.left && s.bottom == s.top })
	if len(all) < 10 || len(all) > most {
		return "", false
	}
	board, ok := dotBoard(all)
	if !ok {
		return "", false
	}
	for range 2 {
		if text, ok := board.text(); ok {
			return text, true
		}
		board = board.turned()
	}
	return "", false
}

// dots are the places of dark dots on the board.
type dots struct {
	at            map[image.Point]bool
	width, height int
}

func (d dots) turned() dots {
	out := dots{map[image.Point]bool{}, d.width, d.height}
	for p := range d.at {
		out.at[image.Pt(d.width-1-p.X, d.height-1-p.Y)] = true
	}
	return out
}

func dotBoard(all []stroke) (dots, bool) {
	centre := func(i int) (x, y float64) {
		return all[i].x(), float64(all[i].top+all[i].bottom) / 2
	}
	// Most dots have a neighbour across a corner: the pitch is that distance by √2.
	var nearest []float64
	for i := range all {
		best := math.Inf(1)
		x, y := centre(i)
		for j := range all {
			if i != j {
				u, v := centre(j)
				best = min(best, math.Hypot(u-x, v-y))
			}
		}
		nearest = append(nearest, best)
	}
	slices.Sort(nearest)
	pitch := nearest[len(nearest)/3] / math.Sqrt2
	place := map[int]image.Point{0: {}}
	for todo := []int{0}; len(todo) > 0; {
		i := todo[0]
		todo = todo[1:]
		x, y := centre(i)
		for j := range all {
			if _, done := place[j]; done {
				continue
			}
			u, v := centre(j)
			dx, dy := (u-x)/pitch, (v-y)/pitch
			if math.Abs(dx) > 4.5 || math.Abs(dy) > 4.5 {
				continue
			}
			if math.Abs(dx-math.Round(dx)) > 0.3 || math.Abs(dy-math.Round(dy)) > 0.3 {
				continue
			}
			place[j] = place[i].Add(image.Pt(int(math.Round(dx)), int(math.Round(dy))))
			todo = append(todo, j)
		}
	}
	if len(place) < len(all)*9/10 {
		return dots{}, false
	}
	low, high := image.Pt(0, 0), image.Pt(0, 0)
	for _, p := range place {
		low = image.Pt(min(low.X, p.X), min(low.Y, p.Y))
		high = image.Pt(max(high.X, p.X), max(high.Y, p.Y))
	}
	d := dots{map[image.Point]bool{}, high.X - low.X + 1, high.Y - low.Y + 1}
	for _, p := range place {
		d.at[p.Sub(low)] = true
	}
	return d, d.width <= 2*dotMost && d.height <= 2*dotMost && d.width >= dotLeast && d.height >= dotLeast
}

func (d dots) text() (string, bool) {
	if (d.width+d.height)%2 == 0 {
		return "", false
	}
	for p := range d.at {
		if (p.X+p.Y)%2 == 1 {
			return "", false
		}
	}
	order := dotOrder(d.width, d.height)
	bit := func(i int) int {
		if d.at[order[i]] {
			return 1
		}
		return 0
	}
	mask := 2*bit(0) + bit(1)
	n := dotCapacity(d.width, d.height)
	total := n + dotChecks(n)
	if n < 1 || 2+9*total > len(order) {
		return "", false
	}
	words := []int{mask}
	for k := range total {
		v := 0
		for i := range 9 {
			v = v<<1 | bit(2+9*k+i)
		}
		w := slices.Index(dotPatterns[:], v)
		if w < 0 {
			return "", false
		}
		words = append(words, w)
	}
	for _, block := range dotBlocks(len(words)) {
		var part, checks []int
		for _, i := range block {
			if i <= n {
				part = append(part, words[i])
			} else {
				checks = append(checks, words[i])
			}
		}
		if !slices.Equal(primeCheck(part, len(checks), dotModulus), checks) {
			return "", false
		}
	}
	data := words[1 : n+1]
	for i := range data {
		data[i] = ((data[i]-dotMasks[mask]*i)%dotModulus + dotModulus) % dotModulus
	}
	return dotText(data)
}

// dotText undoes dotWords and the shifts that others use.
func dotText(words []int) (string, bool) {
	for len(words) > 0 && words[len(words)-1] == dotPad {
		words = words[:len(words)-1]
	}
	if len(words) > 0 && words[0] == dotFNC1 {
		words = words[1:]
	}
	var out strings.Builder
	set, shifted, left := setC, setC, 0
	for _, w := range words {
		now := set
		if left > 0 {
			now = shifted
			left--
		}
		switch {
		case now == setC && w < 100:
			out.WriteByte(byte('0' + w/10))
			out.WriteByte(byte('0' + w%10))
		case now != setC && w < 96:
			c := w + 32
			if now == setA && w >= 64 {
				c = w - 64
			}
			out.WriteByte(byte(c))
		case now != set:
			return "", false // a shift covers characters alone
		case set == setC && w == dotToA:
			set = setA
		case set == setC && w >= 102 && w <= 105:
			shifted, left = setB, w-101
		case w == dotLatch && set == setC:
			set = setB
		case w == dotLatch:
			set = setC
		case set == setB && w == dotToA:
			shifted, left = setA, 1
		case set == setB && w == 96:
			out.WriteString("\r\n")
		case set == setB && w >= 97 && w <= 100:
			out.WriteByte([]byte{9, 28, 29, 30}[w-97])
		case set == setB && w == 102:
			set = setA
		case set == setA && w >= 96 && w <= 101:
			shifted, left = setB, w-95
		case set == setA && w == dotAToB:
			set = setB
		case set != setC && w >= 103 && w <= 105:
			shifted, left = setC, w-101
		default:
			return "", false
		}
	}
	return out.String(), out.Len() > 0 && left == 0
}
