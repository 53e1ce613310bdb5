package barcode

import (
	_ "embed" // the symbol
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxicodeGrid says which bit of the codewords each module shows (ISO/IEC 16023,
// figure 5): 33 rows of 30.
//
//go:embed data/maxicode.bin
var maxicodeGrid []byte

const (
	maxicodeRows, maxicodeColumns = 33, 30
	maxicodeLight, maxicodeDark   = 0xffff, 0xfffe
)

func maxicodeBit(row, column int) int {
	return int(binary.BigEndian.Uint16(maxicodeGrid[2*(row*maxicodeColumns+column):]))
}

// Code sets A and B of ISO/IEC 16023, table 3, from number 0 on; \x00 stands for
// function characters.
const (
	maxicodeA = "\rABCDEFGHIJKLMNOPQRSTUVWXYZ\x00\x1c\x1d\x1e\x00 \x00\"#$%&'()*+,-./0123456789:"
	maxicodeB = "`abcdefghijklmnopqrstuvwxyz\x00\x1c\x1d\x1e\x00{\x00}~\x7f;<=>?[\\]^_ ,./:@!|"
)

const (
	maxicodeMode    = 4 // standard symbol, all codewords are the message's
	maxicodePad     = 33
	maxicodeShift   = 59 // to the other of the sets A and B, for one character
	maxicodeLatch   = 63
	maxicodeDigits  = 31 // nine digits in five codewords follow
	maxicodeNumber  = 9
	maxicodeMessage = 93

	maxicodePrimary, maxicodePrimaryCheck = 10, 10
	maxicodeHalfCheck                     = 20 // of each of the two halves of the secondary message
)

func maxicodeSymbol(value string) (*Symbol, error) {
	words, err := maxicodeWords(value)
	if err != nil {
		return nil, err
	}
	if len(words) > maxicodeMessage {
		return nil, fmt.Errorf("it is longer than MaxiCode holds, %d code characters instead of %d", len(words), maxicodeMessage)
	}
	for len(words) < maxicodeMessage {
		words = append(words, maxicodePad)
	}
	words = append([]int{maxicodeMode}, words...)
	primary, secondary := words[:maxicodePrimary], words[maxicodePrimary:]
	all := append(append([]int{}, primary...), gf64.check(primary, maxicodePrimaryCheck, 1)...)
	all = append(all, secondary...)
	even, odd := halves(secondary)
	a, b := gf64.check(even, maxicodeHalfCheck, 1), gf64.check(odd, maxicodeHalfCheck, 1)
	for i := range a {
		all = append(all, a[i], b[i])
	}
	return maxicodeDrawn(all, value), nil
}

func halves(words []int) (even, odd []int) {
	for i, w := range words {
		if i%2 == 0 {
			even = append(even, w)
		} else {
			odd = append(odd, w)
		}
	}
	return even, odd
}

// maxicodeWords is value in the code sets A and B.
func maxicodeWords(value string) ([]int, error) {
	var words []int
	sets := [2]string{maxicodeA, maxicodeB}
	set, place := 0, 0
	for i := 0; i < len(value); i++ {
		c := value[i]
		place++
		if c >= 0x80 || c == 0 || strings.IndexByte(maxicodeA, c) < 0 && strings.IndexByte(maxicodeB, c) < 0 {
			return nil, fmt.Errorf("character %d cannot be printed; only ASCII can", place)
		}
		if runOf(value[i:], isDigit) >= maxicodeNumber {
			n, _ := strconv.Atoi(value[i : i+maxicodeNumber])
			words = append(words, maxicodeDigits, n>>24&63, n>>18&63, n>>12&63, n>>6&63, n&63)
			i += maxicodeNumber - 1
			continue
		}
		if v := strings.IndexByte(sets[set], c); v >= 0 {
			words = append(words, v)
			continue
		}
		v := strings.IndexByte(sets[1-set], c)
		if i+1 < len(value) && strings.IndexByte(sets[set], value[i+1]) >= 0 {
			words = append(words, maxicodeShift, v)
			continue
		}
		words = append(words, maxicodeLatch, v)
		set = 1 - set
	}
	return words, nil
}

// Sizes of the drawing in its cells, which are px: modules 0.85 mm apart where
// ISO/IEC 16023 has 0.88 mm; a symbol has one size.
const (
	maxicodePitch = 10
	hexagon       = 0.92 // of the pitch, so that dark modules stay apart
)

// maxicodeRings are the radii of the bull's eye in pitches, dark between the
// first two, the next two …
var maxicodeRings = [6]float64{4.40, 3.64, 2.87, 2.11, 1.34, 0.58}

// maxicodeCentre is where a module stands, in pitches.
func maxicodeCentre(row, column int) (x, y float64) {
	return float64(column) + 0.5 + float64(row%2)/2, 1/math.Sqrt(3) + float64(row)*math.Sqrt(3)/2
}

func maxicodeDrawn(words []int, text string) *Symbol {
	_, last := maxicodeCentre(maxicodeRows-1, 0)
	s := &Symbol{
		Matrix: true, Width: maxicodeColumns * maxicodePitch, Height: int(math.Ceil((last + 1/math.Sqrt(3)) * maxicodePitch)),
		QuietX: maxicodePitch, QuietY: maxicodePitch, Text: text, Module: 1, Least: 1,
	}
	s.dark = make([]bool, s.Width*s.Height)
	for row := range maxicodeRows {
		for column := range maxicodeColumns - row%2 {
			bit := maxicodeBit(row, column)
			dark := bit == maxicodeDark
			if bit < maxicodeDark {
				dark = words[bit/6]>>(5-bit%6)&1 == 1
			}
			if !dark {
				continue
			}
			x, y := maxicodeCentre(row, column)
			s.fill(x, y, 1, func(dx, dy float64) bool {
				dx, dy = math.Abs(dx), math.Abs(dy)
				const half = hexagon / 2
				return dx <= half && dy+dx/math.Sqrt(3) <= 2*half/math.Sqrt(3)
			})
		}
	}
	x, y := maxicodeCentre(maxicodeRows/2, (maxicodeColumns-1)/2)
	s.fill(x, y, maxicodeRings[0]+1, func(dx, dy float64) bool {
		r := math.Hypot(dx, dy)
		for i := 0; i < len(maxicodeRings); i += 2 {
			if r <= maxicodeRings[i] && r >= maxicodeRings[i+1] {
				return true
			}
		}
		return false
	})
	return s
}

// fill makes the cells dark whose centres inside accepts, within reach pitches
// of (x, y).
func (s *Symbol) fill(x, y, reach float64, inside func(dx, dy float64) bool) {
	for j := max(int((y-reach)*maxicodePitch), 0); j < min(int((y+reach)*maxicodePitch)+1, s.Height); j++ {
		for i := max(int((x-reach)*maxicodePitch), 0); i < min(int((x+reach)*maxicodePitch)+1, s.Width); i++ {
			if inside((float64(i)+0.5)/maxicodePitch-x, (float64(j)+0.5)/maxicodePitch-y) {
				s.dark[j*s.Width+i] = true
			}
		}
	}
}
