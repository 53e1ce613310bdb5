package barcode

import (
	"fmt"
	"slices"
	"strings"
)

// Australia Post's four-state code (A guide to printing the 4-State Barcode):
// format control code, delivery point, customer information, four check symbols
// to the base of 64, between a start and a stop.

const ausAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz #"

// ausDigits are pairs of bars (N table): all pairs without tracker, 9 is 30.
var ausDigits = [10]string{"00", "01", "02", "10", "11", "12", "20", "21", "22", "30"}

// ausCharacters are triples of bars (C table) in the order of ausAlphabet.
var ausCharacters = strings.Fields("222 300 301 302 310 311 312 320 321 322 " +
	"000 001 002 010 011 012 020 021 022 100 101 102 110 111 112 120 121 122 200 201 202 210 211 212 220 221 " +
	"023 030 031 032 033 103 113 123 130 131 132 133 203 213 223 230 231 232 233 303 313 323 330 331 332 333 " +
	"003 013")

// ausFormats is the number of bars of customer information that each format
// control code has.
var ausFormats = map[string]int{"11": 0, "45": 0, "59": 16, "62": 31, "87": 0, "92": 0}

// ausSymbol takes a format control code, eight digits of the delivery point and
// customer information; or the eight digits alone, whose format is 11. Format 62
// could hold 15 digits too, which nobody can tell from ten letters: refused.
func ausSymbol(value string) (*Symbol, error) {
	if r, place := firstOutside(value, ausAlphabet); place > 0 {
		return nil, fmt.Errorf("character %d is %q; only digits, letters, blank and # can be printed", place, r)
	}
	v := value
	if len(v) == 8 {
		v = "11" + v
	}
	if len(v) < 10 || !digitsOnly(v[:10]) {
		return nil, fmt.Errorf("it does not begin with a format control code of two digits and a delivery point of eight")
	}
	room, ok := ausFormats[v[:2]]
	if !ok {
		return nil, fmt.Errorf("its format control code is %s, not 11, 45, 59, 62, 87 or 92", v[:2])
	}
	info := v[10:]
	numbers := room == 16 && len(info) == 8 && digitsOnly(info) // the one case that no text of that format looks like
	if 3*len(info) > room && !numbers {
		return nil, fmt.Errorf("it has %d characters of customer information; format %s has room for %d", len(info), v[:2], room/3)
	}
	if strings.HasSuffix(info, "z") {
		return nil, fmt.Errorf("character %d is a final z, which prints as the filler does", len(v))
	}
	code := ausPairs(v[:10])
	if numbers {
		code += ausPairs(info)
	} else {
		for i := range len(info) {
			code += ausCharacters[strings.IndexByte(ausAlphabet, info[i])]
		}
	}
	code += strings.Repeat("3", 20+room-len(code))
	if len(code)%3 != 0 {
		code += "3"
	}
	code = "13" + code + ausCheck(code) + "13"
	bars := make([]bar, len(code))
	for i := range len(code) {
		bars[i] = bar(code[i] - '0')
	}
	return royalGeometry.symbol(bars, v), nil
}

func ausPairs(digits string) string {
	var b strings.Builder
	for i := range len(digits) {
		b.WriteString(ausDigits[digits[i]-'0'])
	}
	return b.String()
}

// ausCheck is the four Reed-Solomon symbols over GF(64), x^6+x+1, of the triples
// of bars; the symbols' roots are the first four powers.
func ausCheck(code string) string {
	var symbols []int
	for i := 0; i < len(code); i += 3 {
		symbols = append(symbols, int(code[i]-'0')<<4|int(code[i+1]-'0')<<2|int(code[i+2]-'0'))
	}
	var b strings.Builder
	for _, c := range gf64.check(symbols, 4, 1) {
		b.Write([]byte{byte('0' + c>>4), byte('0' + c>>2&3), byte('0' + c&3)})
	}
	return b.String()
}

// field is a Galois field of a power of two, as logarithms.
type field struct {
	exp []int // twice as long as the group
	log []int
}

// newField has the primitive polynomial poly.
func newField(bits, poly int) field {
	n := 1 << bits
	f := field{make([]int, 2*(n-1)), make([]int, n)}
	x := 1
	for i := range n - 1 {
		f.exp[i], f.exp[i+n-1] = x, x
		f.log[x] = i
		if x <<= 1; x >= n {
			x ^= poly
		}
	}
	return f
}

var gf64 = newField(6, 0x43)

func (f field) mul(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return f.exp[f.log[a]+f.log[b]]
}

// check is the n Reed-Solomon check symbols of data, highest first; the
// generator's roots are the powers from first on.
func (f field) check(data []int, n, first int) []int {
	generator := []int{1}
	for i := range n {
		root := f.exp[first+i]
		next := make([]int, len(generator)+1)
		for j, c := range generator {
			next[j] ^= c
			next[j+1] ^= f.mul(c, root)
		}
		generator = next
	}
	rest := make([]int, n)
	for _, d := range data {
		factor := d ^ rest[0]
		rest = append(slices.Clone(rest[1:]), 0)
		for j := range n {
			rest[j] ^= f.mul(factor, generator[j+1])
		}
	}
	return rest
}
