package barcode

import (
	"fmt"
	"image"
)

// Codablock F, EN/AIM USS: 2 to 44 rows of Code 128, each with the number of the
// row and a check character, the whole with two more.

const (
	codablockRows  = 44
	codablockLeast = 4 // data characters in a row
	codablockMost  = 62
	codablockRow   = 8 // modules
	codablockBase  = 86
	codablockStart = 103
	codablockShift = 98 // names set A at a row's begin
	codablockStop  = "2331112"
)

// codablockNumber writes a number below 86 in a set: row numbers and checks.
func codablockNumber(n, set int) int {
	switch {
	case set == setC:
		return n
	case n < 32:
		return n + 64
	case n < 48:
		return n - 32
	}
	return n - 22
}

// codablockRead undoes codablockNumber.
func codablockRead(v, set int) (int, bool) {
	switch {
	case set == setC:
		return v, v < codablockBase
	case v >= 64 && v < 96:
		return v - 64, true
	case v < 16:
		return v + 32, true
	case v >= 26 && v < 64:
		return v + 22, true
	}
	return 0, false
}

// codablockSelect is the character that names a row's set.
func codablockSelect(set int) int { return [...]int{codablockShift, latchB, latchC}[set] }

// codablockFill is the character that fills a row: back and forth between sets.
func codablockFill(set int) (value, next int) {
	if set == setC {
		return latchB, setB
	}
	return latchC, setC
}

// codablockLine is one row: its set and its characters, the number apart.
type codablockLine struct {
	set    int
	values []int
	after  int // the set at the end
}

func codablockSymbol(value string) (*Symbol, error) {
	if err := onlyASCII(value); err != nil {
		return nil, err
	}
	for columns := codablockLeast; columns <= codablockMost; columns++ {
		rows := codablockLines(value, columns)
		// A shape about as high as two thirds of its width, or the widest one.
		width, height := 11*(columns+5)+2, len(rows)*(codablockRow+1)
		if len(rows) > codablockRows || 3*height > 2*width && columns < codablockMost {
			continue
		}
		return codablockDrawn(rows, columns, value), nil
	}
	return nil, fmt.Errorf("it is longer than Codablock F holds")
}

// codablockLines lays value out in rows of so many data characters.
func codablockLines(value string, columns int) []codablockLine {
	var rows []codablockLine
	for rest := value; rest != "" || len(rows) < 2; {
		r := codablockLine{set: code128Set(rest)}
		r.after = r.set
		for rest != "" && len(r.values) < columns {
			v, used, next := code128Next(rest, r.after)
			if used == 0 && len(r.values) == columns-1 {
				break // a latch at the end of a row is of no use
			}
			r.values, r.after = append(r.values, v), next
			rest = rest[used:]
		}
		rows = append(rows, r)
	}
	// The last two characters of the last row are the checks'.
	if last := rows[len(rows)-1]; len(last.values) > columns-2 {
		rows = append(rows, codablockLine{set: setB, after: setB})
	}
	for i := range rows {
		r := &rows[i]
		room := columns
		if i == len(rows)-1 {
			room -= 2
		}
		for len(r.values) < room {
			var v int
			v, r.after = codablockFill(r.after)
			r.values = append(r.values, v)
		}
	}
	last := &rows[len(rows)-1]
	a, b := codablockChecks(value)
	last.values = append(last.values, codablockNumber(a, last.after), codablockNumber(b, last.after))
	return rows
}

// codablockChecks weigh the characters of the text from 1 and from 0.
func codablockChecks(value string) (a, b int) {
	for i := range len(value) {
		a = (a + (i+1)*int(value[i])) % codablockBase
		b = (b + i*int(value[i])) % codablockBase
	}
	return a, b
}

func codablockDrawn(rows []codablockLine, columns int, text string) *Symbol {
	var s stack
	separator := make([]bool, 11*(columns+5)+2)
	for i := range separator {
		separator[i] = true
	}
	s.add(separator, 1)
	for y, r := range rows {
		number := len(rows) - 2
		if y > 0 {
			number = y + 42
		}
		values := append([]int{codablockStart, codablockSelect(r.set), codablockNumber(number, r.set)}, r.values...)
		widths := ""
		for _, v := range append(values, codablockRowCheck(values)) {
			widths += code128Widths[v]
		}
		s.add(modulesOf(widths+codablockStop), codablockRow)
		s.add(separator, 1)
	}
	return s.symbol(printable(text), quiet10, 1)
}

// codablockRowCheck is Code 128's.
func codablockRowCheck(values []int) int {
	sum := values[0]
	for i, v := range values[1:] {
		sum += (i + 1) * v
	}
	return sum % 103
}

func readCodablock(g *image.Gray) (string, bool) {
	rows := map[int]map[string]int{}
	height := cell{}
	for _, l := range lines(g, 5*scanLines) {
		for _, elements := range [][]float64{l.elements(), backwardsOf(l.elements())} {
			values, ok := codablockLineOf(elements)
			if !ok {
				continue
			}
			number, ok := codablockRead(values[1], codablockSet(values[0]))
			if !ok {
				continue
			}
			y := 0
			if number < codablockRows-1 {
				height[number+2]++
			} else {
				y = number - 42
			}
			if rows[y] == nil {
				rows[y] = map[string]int{}
			}
			key := make([]byte, len(values))
			for i, v := range values {
				key[i] = byte(v)
			}
			rows[y][string(key)]++
		}
	}
	count, ok := height.best()
	if !ok || count != len(rows) {
		return "", false
	}
	var text string
	for y := range count {
		row, ok := mostSeen(rows[y])
		if !ok {
			return "", false
		}
		set := codablockSet(int(row[0]))
		var values []int
		for i := 2; i < len(row); i++ {
			values = append(values, int(row[i]))
		}
		if y < count-1 {
			part, ok := code128Text(values, set)
			if !ok {
				return "", false
			}
			text += part
			continue
		}
		n := len(values) - 2
		part, after, ok := codablockLast(values[:n], set)
		if !ok {
			return "", false
		}
		text += part
		a, fine := codablockRead(values[n], after)
		b, good := codablockRead(values[n+1], after)
		x, z := codablockChecks(text)
		return text, fine && good && a == x && b == z
	}
	return "", false
}

// codablockLast is the last row's text and the set that its checks are in.
func codablockLast(values []int, set int) (text string, after int, ok bool) {
	text, ok = code128Text(values, set)
	after = set
	for _, v := range values {
		switch {
		case v == latchC && after != setC:
			after = setC
		case v == latchB && after != setB:
			after = setB
		case v == latchA && after != setA:
			after = setA
		}
	}
	return text, after, ok
}

func codablockSet(selector int) int {
	switch selector {
	case codablockShift:
		return setA
	case latchC:
		return setC
	}
	return setB
}

// codablockLineOf finds start A, characters, a right check and the stop.
func codablockLineOf(elements []float64) ([]int, bool) {
	start := code128Widths[codablockStart]
	for i := 0; i+6 < len(elements); i += 2 {
		excess, ok := matches(elements[i:], start)
		if !ok {
			continue
		}
		unit, _ := unitOf(elements[i:i+6], 11, 0)
		values := []int{codablockStart}
		for j := i + 6; j+7 <= len(elements); j += 6 {
			if _, ok := matches(elements[j:], codablockStop); ok && len(values) >= 4+codablockLeast {
				n := len(values) - 1
				if codablockRowCheck(values[:n]) == values[n] {
					return values[1:n], true
				}
			}
			if _, near := unitOf(elements[j:j+6], 11, unit); !near {
				break
			}
			v, ok := code128Character(elements[j:j+6], excess)
			if !ok {
				break
			}
			values = append(values, v)
		}
	}
	return nil, false
}
