package barcode

import (
	"fmt"
	"strings"
)

// bar is a bar of a postal code by its height.
type bar byte

const (
	full bar = iota
	ascender
	descender
	tracker
)

// geometry is how high the parts of four-state bars are, in modules. A bar and
// the space after it are a module wide.
type geometry struct{ above, middle, below int }

var (
	// 7 px a module: 21.4 bars an inch, full bars 4.7 mm, trackers 1.2 mm.
	royalGeometry = geometry{3, 2, 3}
	// Full bars 0.14 in, trackers 0.047 in (USPS-B-3200).
	uspsGeometry = geometry{2, 2, 2}
)

// postalModule is 1/42.9 in, in px: the posts want 20 to 24 bars an inch.
const postalModule = 7

func (g geometry) symbol(bars []bar, text string) *Symbol {
	part := func(has func(bar) bool) []bool {
		row := make([]bool, 2*len(bars)-1)
		for i, b := range bars {
			row[2*i] = has(b)
		}
		return row
	}
	var s stack
	s.add(part(func(b bar) bool { return b == full || b == ascender }), g.above)
	s.add(part(func(bar) bool { return true }), g.middle)
	s.add(part(func(b bar) bool { return b == full || b == descender }), g.below)
	out := s.symbol(text, 4, 2)
	out.Module = postalModule
	return out
}

// royalAlphabet is in the order of the table of RM4SCC and KIX: six columns.
const royalAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// twoOfFour are the bars of four that reach beyond the tracker, for the six
// rows (above) and columns (below) of the table.
var twoOfFour = [6]string{"0011", "0101", "0110", "1001", "1010", "1100"}

func royalBars(value string) []bar {
	var bars []bar
	for i := range len(value) {
		n := strings.IndexByte(royalAlphabet, value[i])
		top, bottom := twoOfFour[n/6], twoOfFour[n%6]
		for k := range 4 {
			bars = append(bars, barOf(top[k] == '1', bottom[k] == '1'))
		}
	}
	return bars
}

func barOf(above, below bool) bar {
	switch {
	case above && below:
		return full
	case above:
		return ascender
	case below:
		return descender
	}
	return tracker
}

// royalCheck adds the rows and the columns modulo 6.
func royalCheck(value string) byte {
	rows, columns := 0, 0
	for i := range len(value) {
		n := strings.IndexByte(royalAlphabet, value[i])
		rows += n/6 + 1
		columns += n%6 + 1
	}
	return royalAlphabet[(rows+5)%6*6+(columns+5)%6]
}

func royalValue(value string, most int) (string, error) {
	v := strings.ToUpper(strings.ReplaceAll(value, " ", ""))
	if r, place := firstOutside(v, royalAlphabet); place > 0 {
		return "", fmt.Errorf("character %d is %q; only digits and letters can be printed", place, r)
	}
	if v == "" || len(v) > most {
		return "", fmt.Errorf("it has %d characters, not 1 to %d", len(v), most)
	}
	return v, nil
}

// rm4sccSymbol is Royal Mail's four-state customer code: postcode and delivery
// point between a start and a stop bar, with a check character.
func rm4sccSymbol(value string) (*Symbol, error) {
	v, err := royalValue(value, 50)
	if err != nil {
		return nil, err
	}
	bars := append([]bar{ascender}, royalBars(v+string(royalCheck(v)))...)
	return royalGeometry.symbol(append(bars, full), v), nil
}

// kixSymbol is the same without start, stop and check, for the Dutch post.
func kixSymbol(value string) (*Symbol, error) {
	v, err := royalValue(value, 18)
	if err != nil {
		return nil, err
	}
	s := royalGeometry.symbol(royalBars(v), v)
	s.Upright = true
	return s, nil
}

// postnetDigits: two of five bars are high, weights 7 4 2 1 0; Planet is the
// same with three high bars.
var postnetDigits = [10]string{"11000", "00011", "00101", "00110", "01001", "01010", "01100", "10001", "10010", "10100"}

func postnetSymbol(value string) (*Symbol, error) { return highLow(value, "Postnet", false, 5, 9, 11) }
func planetSymbol(value string) (*Symbol, error)  { return highLow(value, "Planet", true, 11, 13) }

func highLow(value, name string, inverted bool, lengths ...int) (*Symbol, error) {
	v := strings.NewReplacer("-", "", " ", "").Replace(value)
	if err := onlyDigits(v); err != nil {
		return nil, err
	}
	for _, n := range lengths {
		if len(v) == n+1 {
			if want := complement10(v[:n]); v[n] != want {
				return nil, wrongCheck(value, n+1, want, v[n])
			}
			v = v[:n]
		}
		if len(v) == n {
			return highLowBars(v+string(complement10(v)), v, inverted), nil
		}
	}
	return nil, fmt.Errorf("it has %d digits; %s has %s, and a check digit more", len(v), name, listed(lengths))
}

func highLowBars(digits, text string, inverted bool) *Symbol {
	high := []bool{true}
	for i := range len(digits) {
		for _, b := range postnetDigits[digits[i]-'0'] {
			high = append(high, (b == '1') != inverted)
		}
	}
	high = append(high, true)
	top, bottom := make([]bool, 2*len(high)-1), make([]bool, 2*len(high)-1)
	for i, h := range high {
		top[2*i], bottom[2*i] = h, true
	}
	var s stack
	s.add(top, 3) // 35 px and 14 px: 0.117 in and 0.047 in, as the Domestic Mail Manual wants
	s.add(bottom, 2)
	out := s.symbol(text, 6, 2)
	out.Module = postalModule
	return out
}

// complement10 brings the sum of the digits to a multiple of 10.
func complement10(digits string) byte {
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i] - '0')
	}
	return byte('0' + (10-sum%10)%10)
}

// listed is "5, 9 or 11".
func listed(numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		switch {
		case i > 0 && i == len(numbers)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, n)
	}
	return b.String()
}

// wrongCheck says where a value's check digit stands and what it should be.
func wrongCheck(value string, place int, want, got byte) error {
	return fmt.Errorf("character %d of %s, its check digit, is %c; it should be %c", place, quoted(value), got, want)
}
