package barcode

import (
	_ "embed" // the characters
	"encoding/binary"
	"fmt"
)

// pdf417Patterns are the characters of ISO/IEC 15438, annex A: clusters 0, 3 and
// 6, 929 characters each, 16 bits without the leading 1.
//
//go:embed data/pdf417.bin
var pdf417Patterns []byte

const (
	pdf417Characters = 929
	pdf417Start      = "81111113"
	pdf417Stop       = "711311121"
	pdf417RowHeight  = 3 // modules; ISO/IEC 15438 5.8.2
	pdf417Most       = 925
)

// pdf417Modules are the 17 modules of a character, the first in bit 16.
func pdf417Modules(cluster, character int) int {
	return 1<<16 | int(binary.BigEndian.Uint16(pdf417Patterns[2*(cluster*pdf417Characters+character):]))
}

func appendBits(row []bool, value, n int) []bool {
	for i := n - 1; i >= 0; i-- {
		row = append(row, value>>i&1 == 1)
	}
	return row
}

func pdf417Symbol(value string) (*Symbol, error) { return pdf417Of(value, nil) }

// macroPDF417Symbol is a file of one segment: control block with index 0, file
// 000 and the terminator (ISO/IEC 15438, annex H).
func macroPDF417Symbol(value string) (*Symbol, error) {
	return pdf417Of(value, []int{928, 111, 100, 0, 922})
}

func pdf417Of(value string, control []int) (*Symbol, error) {
	message := pdf417Message(value)
	level := pdf417Level(len(message) + len(control) + 1)
	checks := 2 << level
	least := len(message) + len(control) + 1 + checks
	columns, rows, ok := pdf417Size(least)
	if !ok || len(message)+len(control)+1 > pdf417Most {
		return nil, fmt.Errorf("it is longer than the largest PDF417 holds")
	}
	for len(message) < columns*rows-1-checks-len(control) {
		message = append(message, 900)
	}
	words := append([]int{1 + len(message) + len(control)}, message...)
	words = append(words, control...)
	words = append(words, gf929Check(words, checks)...)
	var s stack
	for y := range rows {
		left, right := pdf417Indicators(y, rows, columns, level)
		row := modulesOf(pdf417Start)
		for _, w := range append(append([]int{left}, words[y*columns:(y+1)*columns]...), right) {
			row = appendBits(row, pdf417Modules(y%3, w), 17)
		}
		s.add(append(row, modulesOf(pdf417Stop)...), pdf417RowHeight)
	}
	return s.symbol(value, 2, 2), nil
}

// pdf417Level is the error correction that ISO/IEC 15438, annex E recommends for
// so many data codewords.
func pdf417Level(words int) int {
	switch {
	case words <= 40:
		return 2
	case words <= 160:
		return 3
	case words <= 320:
		return 4
	case words <= 863:
		return 5
	}
	return 2 // what is left of the 928
}

// pdf417Size is the shape nearest to three times as wide as high.
func pdf417Size(words int) (columns, rows int, ok bool) {
	best := 0.0
	for c := 1; c <= 30; c++ {
		r := max((words+c-1)/c, 3)
		if r > 90 || c*r > 928 {
			continue
		}
		ratio := float64(17*c+69) / float64(pdf417RowHeight*r) / 3
		if ratio < 1 {
			ratio = 1 / ratio
		}
		if !ok || ratio < best {
			columns, rows, best, ok = c, r, ratio, true
		}
	}
	return columns, rows, ok
}

// pdf417Indicators are the characters at both ends of row y (ISO/IEC 15438
// 5.11.3): with them three rows tell all numbers.
func pdf417Indicators(y, rows, columns, level int) (left, right int) {
	base := y / 3 * 30
	a, b, c := base+(rows-1)/3, base+level*3+(rows-1)%3, base+columns-1
	switch y % 3 {
	case 0:
		return a, c
	case 1:
		return b, a
	}
	return c, b
}

// gf929Check is the n error correction codewords (ISO/IEC 15438 5.10).
func gf929Check(words []int, n int) []int { return primeCheck(words, n, pdf417Characters) }

// primeCheck is the n check codewords among the integers modulo p; the roots are
// 3, 9, 27 …
func primeCheck(words []int, n, p int) []int {
	generator := []int{1}
	root := 1
	for range n {
		root = root * 3 % p
		next := make([]int, len(generator)+1)
		for j, c := range generator {
			next[j] = (next[j] + c) % p
			next[j+1] = (next[j+1] + c*(p-root)) % p
		}
		generator = next
	}
	rest := make([]int, n+1) // the last stays 0
	for _, w := range words {
		factor := (w + rest[0]) % p
		for j := range n {
			rest[j] = (rest[j+1] + factor*(p-generator[j+1])) % p
		}
	}
	for j := range n {
		rest[j] = (p - rest[j]) % p
	}
	return rest[:n]
}
