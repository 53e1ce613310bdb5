package barcode

import (
	"fmt"
	"image"
)

// Code 16K, EN 12323: 2 to 16 rows of five characters of Code 128, light and
// dark exchanged.

// code16kEdges are the start and stop patterns; a row has one of each.
var code16kEdges = [8]string{"3211", "2221", "2122", "1411", "1132", "1231", "1114", "3112"}

// code16kStops are the numbers of the stop patterns by row; starts count up.
var code16kStops = [16]int{0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 0, 1, 2, 3}

const (
	code16kRow       = 8  // modules; EN 12323 5.2
	code16kCharacter = 5  // in a row
	code16kModules   = 70 // in a row
	code16kBase      = 107
)

func code16kSymbol(value string) (*Symbol, error) {
	if err := onlyASCII(value); err != nil {
		return nil, err
	}
	set := code128Set(value)
	values := []int{set}
	for rest := value; rest != ""; {
		v, used, next := code128Next(rest, set)
		values, set = append(values, v), next
		rest = rest[used:]
	}
	rows := max((len(values)+2+code16kCharacter-1)/code16kCharacter, 2)
	if rows > 16 {
		return nil, fmt.Errorf("it is longer than Code 16K holds, %d characters instead of 77", len(values))
	}
	for len(values) < rows*code16kCharacter-2 {
		values = append(values, padding16K)
	}
	values[0] += 7 * (rows - 2)
	values = append(values, code16kCheck(values, 2))
	values = append(values, code16kCheck(values, 1))
	var s stack
	separator := make([]bool, code16kModules)
	for i := range separator {
		separator[i] = true
	}
	s.add(separator, 1)
	for y := range rows {
		widths := code16kEdges[y%8] + "1"
		for _, v := range values[y*code16kCharacter : (y+1)*code16kCharacter] {
			widths += code128Widths[v]
		}
		s.add(modulesOf(widths+code16kEdges[code16kStops[y]]), code16kRow)
		s.add(separator, 1)
	}
	return s.symbol(printable(value), quiet10, 1), nil
}

// code16kCheck weighs from first upwards, modulo 107.
func code16kCheck(values []int, first int) int {
	sum := 0
	for i, v := range values {
		sum += (first + i) * v
	}
	return sum % code16kBase
}

func onlyASCII(value string) error {
	place := 0
	for _, r := range value {
		place++
		if r >= 0x80 {
			return fmt.Errorf("character %d is %q; only ASCII can be printed", place, r)
		}
	}
	return nil
}

// code16kLine is a row's number and characters.
type code16kLine struct {
	row    int
	values [code16kCharacter]int
}

func readCode16K(g *image.Gray) (string, bool) {
	if text, ok := readCode16KUpright(g); ok {
		return text, true
	}
	return readCode16KUpright(turned180(g))
}

func readCode16KUpright(g *image.Gray) (string, bool) {
	rows := map[int]map[code16kLine]int{}
	for _, l := range lines(g, 4*scanLines) {
		if r, ok := code16kLineOf(l.elements()); ok {
			if rows[r.row] == nil {
				rows[r.row] = map[code16kLine]int{}
			}
			rows[r.row][r]++
		}
	}
	var values []int
	for y := range len(rows) {
		best, ok := mostSeen(rows[y])
		if !ok {
			return "", false
		}
		values = append(values, best.values[:]...)
	}
	n := len(values) - 2
	if n < 8 || len(rows) != values[0]/7+2 || values[0]%7 > setC {
		return "", false
	}
	if code16kCheck(values[:n], 2) != values[n] || code16kCheck(values[:n+1], 1) != values[n+1] {
		return "", false
	}
	data := values[1:n]
	for len(data) > 0 && data[len(data)-1] == padding16K {
		data = data[:len(data)-1]
	}
	return code128Text(data, values[0]%7)
}

func code16kLineOf(elements []float64) (r code16kLine, ok bool) {
	const count = 4 + 1 + 6*code16kCharacter + 4
	// The last element of a stop pattern is light and runs into the quiet zone.
	for i := 0; i+count-1 <= len(elements); i += 2 {
		part := elements[i : i+count-1]
		for y := range 16 {
			stop := code16kEdges[code16kStops[y]]
			last := int(stop[3] - '0')
			unit, _ := unitOf(part, code16kModules-last, 0)
			excess := part[4] - unit // the separator bar is one module
			if excess > 0.6*unit || excess < -0.6*unit || !closeTo(part[:4], code16kEdges[y%8], unit, excess) || !closeTo(part[count-4:], stop[:3], unit, excess) {
				continue
			}
			r.row = y
			good := true
			for k := range code16kCharacter {
				v, ok := code128Character(part[5+6*k:11+6*k], -excess)
				good = good && ok
				r.values[k] = v
			}
			if good {
				return r, true
			}
		}
	}
	return r, false
}

// closeTo compares elements, a bar first, with widths in modules of unit px.
func closeTo(elements []float64, widths string, unit, excess float64) bool {
	for i := range len(widths) {
		w := elements[i] - excess
		if i%2 == 1 {
			w = elements[i] + excess
		}
		if d := w/unit - float64(widths[i]-'0'); d > 0.5 || d < -0.5 {
			return false
		}
	}
	return true
}
