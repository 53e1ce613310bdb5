package barcode

import (
	"math"
	"strings"
)

// code128Widths are the characters of Code 128 (ISO/IEC 15417, table 1) that
// Code 16K and Codablock F share, with 103 for start A, and 106 of Code 16K.
var code128Widths = strings.Fields("212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 " +
	"221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 " +
	"221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 " +
	"212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 " +
	"231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 " +
	"231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 " +
	"314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 " +
	"112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 " +
	"111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 " +
	"214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 " +
	"114131 311141 411131 211412 211214 211232 211133")

// The code sets, and the characters that latch to them.
const (
	setA, setB, setC = 0, 1, 2

	latchC, latchB, latchA = 99, 100, 101
	padding16K             = 103
)

// code128Value is c's number in the set A or B; -1: not there.
func code128Value(set int, c byte) int {
	switch {
	case set == setA && c < 32:
		return int(c) + 64
	case set == setA && c < 96, set == setB && c >= 32 && c < 128:
		return int(c) - 32
	}
	return -1
}

// code128Set suits the text best: C for four digits or more, A where a control
// character comes before the next letter in lower case.
func code128Set(text string) int {
	if runOf(text, isDigit) >= 4 || len(text) == 2 && digitsOnly(text) {
		return setC
	}
	for i := range len(text) {
		switch {
		case text[i] < 32:
			return setA
		case text[i] >= 96:
			return setB
		}
	}
	return setB
}

// latchTo is the character that changes to a set.
func latchTo(set int) int { return [...]int{latchA, latchB, latchC}[set] }

// code128Next is what to write next of text in the present set: a character, or a
// latch when used is 0.
func code128Next(text string, set int) (value, used, next int) {
	digits := runOf(text, isDigit)
	if set == setC {
		if digits >= 2 {
			return int(text[0]-'0')*10 + int(text[1]-'0'), 2, setC
		}
		next = code128Set(text)
		if next == setC {
			next = setB
		}
		return latchTo(next), 0, next
	}
	if digits >= 4 && digits%2 == 0 {
		return latchC, 0, setC
	}
	if v := code128Value(set, text[0]); v >= 0 {
		return v, 1, set
	}
	next = 1 - set
	return latchTo(next), 0, next
}

// code128Text reads values beginning in a set; ok is false for function
// characters other than the latches.
func code128Text(values []int, set int) (string, bool) {
	var out strings.Builder
	for _, v := range values {
		switch {
		case set == setC && v < 100:
			out.WriteByte(byte('0' + v/10))
			out.WriteByte(byte('0' + v%10))
		case set != setC && v < 96:
			c := v + 32
			if set == setA && v >= 64 {
				c = v - 64
			}
			out.WriteByte(byte(c))
		case v == latchC && set != setC:
			set = setC
		case v == latchB && set != setB:
			set = setB
		case v == latchA && set != setA:
			set = setA
		default:
			return "", false
		}
	}
	return out.String(), true
}

// code128Character reads six elements of 11 modules.
func code128Character(elements []float64, excess float64) (int, bool) {
	widths, ok := modulesFrom(elements, 11, excess)
	if !ok {
		return 0, false
	}
	for i, w := range code128Widths {
		same := true
		for k := range widths {
			same = same && int(w[k]-'0') == widths[k]
		}
		if same {
			return i, true
		}
	}
	return 0, false
}

// unitOf is the module of elements that are so many modules, and whether their
// sum is near what expected modules are.
func unitOf(elements []float64, modules int, expected float64) (float64, bool) {
	total := 0.0
	for _, w := range elements {
		total += w
	}
	unit := total / float64(modules)
	return unit, expected == 0 || math.Abs(unit-expected) < 0.12*expected
}
