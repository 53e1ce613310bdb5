package barcode

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// Royal Mail's Mailmark (Mailmark barcode C and L encoding and decoding): 22 or
// 26 characters as 66 or 78 bars of four states, a number in symbols of three
// bars with Reed-Solomon symbols over GF(32).

// mailmarkForm is one of the two sizes.
type mailmarkForm struct {
	supply int   // digits of the supply chain
	odd    int   // the first symbols, to the base of 30, with an even number of bits
	data   int   // symbols
	checks int   // symbols
	places []int // of the symbols along the code
}

var mailmarkForms = map[int]mailmarkForm{
	22: {2, 9, 16, 6, []int{3, 5, 7, 11, 13, 14, 16, 17, 19, 0, 1, 2, 4, 6, 8, 9, 10, 12, 15, 18, 20, 21}},
	26: {6, 11, 19, 7, []int{2, 5, 7, 8, 13, 14, 15, 16, 21, 22, 23, 0, 1, 3, 4, 6, 9, 10, 11, 12, 17, 18, 19, 20, 24, 25}},
}

var gf32 = newField(5, 0x25)

// mailmarkEven and mailmarkOdd are the six-bit symbols with an even number of
// bits, none and all apart, and with an odd number.
var mailmarkEven, mailmarkOdd = sixBits(0), sixBits(1)

func sixBits(parity int) []int {
	var out []int
	for v := 1; v < 63; v++ {
		if bits.OnesCount(uint(v))%2 == parity {
			out = append(out, v)
		}
	}
	return out
}

const (
	mailmarkClasses = "0123456789ABCDE"
	mailmarkInland  = "ABDEFGHJLNPQRSTUWXYZ" // letters of the inward part of a postcode
	mailmarkLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	mailmarkAbroad  = "XY11"
)

// mailmarkPostcodes are the forms of postcode and delivery point, right-padded
// to nine: F any letter, L an inland one, N a digit, S a blank. Each has its
// range of numbers, in this order, after 0 for abroad.
var mailmarkPostcodes = []string{"FNFNLLNLS", "FFNNLLNLS", "FFNNNLLNL", "FFNFNLLNL", "FNNLLNLSS", "FNNNLLNLS"}

// postcodeSize is the number of values of a form.
func postcodeSize(form string) int64 {
	n := int64(1)
	for _, r := range form {
		n *= map[rune]int64{'F': 26, 'L': 20, 'N': 10, 'S': 1}[r]
	}
	return n
}

func postcodeSet(r rune) string {
	return map[rune]string{'F': mailmarkLetters, 'L': mailmarkInland, 'N': "0123456789", 'S': " "}[r]
}

func postcodeNumber(s string) (int64, bool) {
	s = fmt.Sprintf("%-9s", s)
	if strings.TrimRight(s, " ") == mailmarkAbroad {
		return 0, true
	}
	base := int64(1)
	for _, form := range mailmarkPostcodes {
		n, fits := int64(0), len(s) == len(form)
		for i, r := range form {
			set := postcodeSet(r)
			d := -1
			if fits {
				d = strings.IndexByte(set, s[i])
			}
			if d < 0 {
				fits = false
				break
			}
			n = n*int64(len(set)) + int64(d)
		}
		if fits {
			return base + n, true
		}
		base += postcodeSize(form)
	}
	return 0, false
}

func postcodeText(n int64) (string, bool) {
	if n == 0 {
		return fmt.Sprintf("%-9s", mailmarkAbroad), true
	}
	n--
	for _, form := range mailmarkPostcodes {
		size := postcodeSize(form)
		if n >= size {
			n -= size
			continue
		}
		out := make([]byte, len(form))
		for i := len(form) - 1; i >= 0; i-- {
			set := postcodeSet(rune(form[i]))
			out[i] = set[n%int64(len(set))]
			n /= int64(len(set))
		}
		return string(out), true
	}
	return "", false
}

// mailmarkSymbol takes format, version, class, supply chain (2 or 6 digits),
// item (8 digits) and postcode with delivery point.
func mailmarkSymbol(value string) (*Symbol, error) {
	v := strings.ToUpper(value)
	size := 22
	if len(v) > 22 || len(v) > 16 && digitsOnly(v[3:17]) { // a postcode begins with a letter, and may lack its blanks
		size = 26
	}
	v = fmt.Sprintf("%-*s", size, v)
	form := mailmarkForms[size]
	if len(v) != size {
		return nil, fmt.Errorf("it has %d characters; Mailmark C has 22 and L 26", len(value))
	}
	number := 3 + form.supply + 8
	class := strings.IndexByte(mailmarkClasses, v[2])
	switch {
	case v[0] < '0' || v[0] > '4':
		return nil, fmt.Errorf("character 1, the format, is %c, not 0 to 4", v[0])
	case v[1] < '1' || v[1] > '4':
		return nil, fmt.Errorf("character 2, the version, is %c, not 1 to 4", v[1])
	case class < 0:
		return nil, fmt.Errorf("character 3, the class, is %c, not 0 to 9 or A to E", v[2])
	case !digitsOnly(v[3:number]):
		return nil, fmt.Errorf("characters 4 to %d, supply chain and item, are not all digits", number)
	}
	postcode, ok := postcodeNumber(v[number:])
	if !ok {
		return nil, fmt.Errorf("%q is no postcode with delivery point", strings.TrimSpace(v[number:]))
	}
	n := big.NewInt(postcode)
	push := func(base, digit int64) { n.Mul(n, big.NewInt(base)).Add(n, big.NewInt(digit)) }
	for _, d := range v[3+form.supply : number] {
		push(10, int64(d-'0'))
	}
	for _, d := range v[3 : 3+form.supply] {
		push(10, int64(d-'0'))
	}
	push(15, int64(class))
	push(5, int64(v[0]-'0'))
	push(4, int64(v[1]-'1'))
	data := make([]int, form.data)
	rest := new(big.Int)
	for i := form.data - 1; i >= 0; i-- {
		n.QuoRem(n, big.NewInt(form.base(i)), rest)
		data[i] = int(rest.Int64())
	}
	data = append(data, gf32.check(data, form.checks, 1)...)
	symbols := make([]int, len(data))
	for i, d := range data {
		if i < form.odd {
			symbols[form.places[i]] = mailmarkEven[d]
		} else {
			symbols[form.places[i]] = mailmarkOdd[d]
		}
	}
	var bars []bar
	for i, s := range symbols {
		for k := range 3 {
			up, down := s>>(5-k)&1 == 1, s>>(2-k)&1 == 1
			if i%2 == 1 {
				up, down = down, up
			}
			bars = append(bars, barOf(up, down))
		}
	}
	return royalGeometry.symbol(bars, strings.TrimRight(v, " ")), nil
}

// base is the number system of symbol i.
func (f mailmarkForm) base(i int) int64 {
	if i < f.odd {
		return 30
	}
	return 32
}

// mailmarkText undoes mailmarkSymbol; all check symbols must be right.
func mailmarkText(bars []bar) (string, bool) {
	form, ok := mailmarkForms[22]
	if len(bars) == 78 {
		form, ok = mailmarkForms[26]
	}
	if !ok || len(bars) != 3*len(form.places) {
		return "", false
	}
	symbols := make([]int, len(bars)/3)
	for i, b := range bars {
		up, down := b == full || b == ascender, b == full || b == descender
		if i/3%2 == 1 {
			up, down = down, up
		}
		if up {
			symbols[i/3] |= 1 << (5 - i%3)
		}
		if down {
			symbols[i/3] |= 1 << (2 - i%3)
		}
	}
	data := make([]int, len(symbols))
	for i, place := range form.places {
		set := mailmarkOdd
		if i < form.odd {
			set = mailmarkEven
		}
		data[i] = -1
		for k, s := range set {
			if s == symbols[place] {
				data[i] = k
			}
		}
		if data[i] < 0 {
			return "", false
		}
	}
	for i, c := range gf32.check(data[:form.data], form.checks, 1) {
		if data[form.data+i] != c {
			return "", false
		}
	}
	n := new(big.Int)
	for i, d := range data[:form.data] {
		n.Mul(n, big.NewInt(form.base(i))).Add(n, big.NewInt(int64(d)))
	}
	rest := new(big.Int)
	pop := func(base int64) byte {
		n.QuoRem(n, big.NewInt(base), rest)
		return byte(rest.Int64())
	}
	head := []byte{0, '1' + pop(4), 0}
	head[0] = '0' + pop(5)
	head[2] = mailmarkClasses[pop(15)]
	digits := make([]byte, form.supply+8)
	for i := form.supply - 1; i >= 0; i-- {
		digits[i] = '0' + pop(10)
	}
	for i := len(digits) - 1; i >= form.supply; i-- {
		digits[i] = '0' + pop(10)
	}
	if !n.IsInt64() {
		return "", false
	}
	postcode, ok := postcodeText(n.Int64())
	return strings.TrimRight(string(head)+string(digits)+postcode, " "), ok
}
