package barcode

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// oneCodeBars says which bit of which of the ten characters makes each of the 65
// bars reach up and down (USPS-B-3200, table 22): a letter A to J and a bit.
const (
	oneCodeUp = "E3 A0 C8 G11 D1 F12 B8 J11 I10 H6 B4 C12 A2 G7 E9 I6 C7 J9 F2 D8 A4 B0 D12 H7 E10 G9 I0 J7 C10 A5 F7 B9 " +
		"J6 E8 D2 I12 G1 H4 B2 C0 E1 D5 J4 F6 H12 I1 D0 A9 C4 B7 E5 A10 J2 B6 H9 A11 C2 E12 G6 D7 H5 B11 J0 F3 I2"
	oneCodeDown = "H2 B10 J12 F5 I9 A1 C5 E4 G3 D9 F11 I5 J10 H1 D6 A3 G4 B1 H10 E0 G2 I11 J8 C6 F1 B12 H3 F8 E6 D4 I4 H11 " +
		"G0 A6 C1 F9 E11 J5 D3 A7 B3 G10 I7 C11 A8 E2 F10 J3 G5 H8 F0 C3 G12 D11 I8 F4 B5 J1 I3 H0 E7 A12 C9 G8 D10"
)

// oneCodeBit is a bit of a character.
type oneCodeBit struct{ character, bit int }

func oneCodePlaces(table string) []oneCodeBit {
	var out []oneCodeBit
	for _, f := range strings.Fields(table) {
		b := oneCodeBit{character: int(f[0] - 'A')}
		for _, r := range f[1:] {
			b.bit = b.bit*10 + int(r-'0')
		}
		out = append(out, b)
	}
	return out
}

var oneCodeUps, oneCodeDowns = oneCodePlaces(oneCodeUp), oneCodePlaces(oneCodeDown)

// Characters are 13 bits of which five or two are set (USPS-B-3200, 3.2.5).
var fiveOf13, twoOf13 = nOf13(5), nOf13(2)

// nOf13 is the table of the characters with n bits: pairs of mirror images in
// ascending order, palindromes from the end.
func nOf13(n int) []int {
	var pairs, palindromes []int
	for c := range 1 << 13 {
		if bits.OnesCount(uint(c)) != n {
			continue
		}
		mirrored := int(bits.Reverse16(uint16(c)) >> 3)
		switch {
		case mirrored == c:
			palindromes = append([]int{c}, palindromes...)
		case mirrored > c:
			pairs = append(pairs, c, mirrored)
		}
	}
	return append(pairs, palindromes...)
}

// oneCodeSymbol is the Intelligent Mail barcode: a tracking code of 20 digits
// and a routing code of 0, 5, 9 or 11; hyphens and blanks may separate them.
func oneCodeSymbol(value string) (*Symbol, error) {
	v := strings.NewReplacer("-", "", " ", "").Replace(value)
	if err := onlyDigits(v); err != nil {
		return nil, err
	}
	switch len(v) {
	case 20, 25, 29, 31:
	default:
		return nil, fmt.Errorf("it has %d digits, not 20, 25, 29 or 31: tracking code and routing code", len(v))
	}
	if v[1] > '4' {
		return nil, fmt.Errorf("digit 2 is %c; the second digit of a tracking code is 0 to 4", v[1])
	}
	characters := oneCodeCharacters(v)
	bars := make([]bar, 65)
	set := func(b oneCodeBit) bool { return characters[b.character]>>b.bit&1 == 1 }
	for i := range bars {
		bars[i] = barOf(set(oneCodeUps[i]), set(oneCodeDowns[i]))
	}
	return uspsGeometry.symbol(bars, v), nil
}

// oneCodeOffset is added to a routing code of so many digits, so that all
// lengths are one range of numbers.
var oneCodeOffset = map[int]int64{0: 0, 5: 1, 9: 100_001, 11: 1_000_100_001}

func oneCodeCharacters(v string) [10]int {
	tracking, routing := v[:20], v[20:]
	n := new(big.Int)
	if routing != "" {
		n.SetString(routing, 10)
	}
	n.Add(n, big.NewInt(oneCodeOffset[len(routing)]))
	for i := range len(tracking) {
		base := int64(10)
		if i == 1 {
			base = 5
		}
		n.Mul(n, big.NewInt(base)).Add(n, big.NewInt(int64(tracking[i]-'0')))
	}
	check := oneCodeCRC(n)
	var words [10]int
	rest := new(big.Int)
	for i := 9; i > 0; i-- {
		base := int64(1365)
		if i == 9 {
			base = 636
		}
		n.QuoRem(n, big.NewInt(base), rest)
		words[i] = int(rest.Int64())
	}
	words[0] = int(n.Int64())
	words[9] *= 2
	if check&0x400 != 0 {
		words[0] += 659
	}
	for i, w := range words {
		if w < len(fiveOf13) {
			words[i] = fiveOf13[w]
		} else {
			words[i] = twoOf13[w-len(fiveOf13)]
		}
		if check>>i&1 == 1 {
			words[i] ^= 0x1fff
		}
	}
	return words
}

// oneCodeCRC is the frame check of the 102 bits: generator 0xF35, 11 bits.
func oneCodeCRC(n *big.Int) int {
	crc := 0x7ff
	for i := 101; i >= 0; i-- {
		feedback := crc>>10 ^ int(n.Bit(i))
		crc = crc << 1 & 0x7ff
		if feedback == 1 {
			crc ^= 0xf35 & 0x7ff
		}
	}
	return crc
}

// oneCodeText undoes oneCodeSymbol for what the bars reach; ok is false where
// the check fails.
func oneCodeText(bars []bar) (string, bool) {
	if len(bars) != 65 {
		return "", false
	}
	var characters [10]int
	for i, b := range bars {
		if b == full || b == ascender {
			characters[oneCodeUps[i].character] |= 1 << oneCodeUps[i].bit
		}
		if b == full || b == descender {
			characters[oneCodeDowns[i].character] |= 1 << oneCodeDowns[i].bit
		}
	}
	check := 0
	var words [10]int
	for i, c := range characters {
		if n := bits.OnesCount(uint(c)); n == 8 || n == 11 {
			c ^= 0x1fff
			check |= 1 << i
		}
		w, ok := indexOf13(c)
		if !ok {
			return "", false
		}
		words[i] = w
	}
	if words[0] >= 659 {
		words[0] -= 659
		check |= 0x400
	}
	if words[9]%2 != 0 || words[0] >= 659 {
		return "", false
	}
	words[9] /= 2
	n := big.NewInt(int64(words[0]))
	for i := 1; i < 10; i++ {
		base := 1365
		if i == 9 {
			base = 636
		}
		if words[i] >= base {
			return "", false
		}
		n.Mul(n, big.NewInt(int64(base))).Add(n, big.NewInt(int64(words[i])))
	}
	if n.BitLen() > 102 || oneCodeCRC(n) != check {
		return "", false
	}
	tracking := make([]byte, 20)
	digit := new(big.Int)
	for i := 19; i >= 0; i-- {
		base := int64(10)
		if i == 1 {
			base = 5
		}
		n.QuoRem(n, big.NewInt(base), digit)
		tracking[i] = byte('0' + digit.Int64())
	}
	for _, digits := range []int{11, 9, 5} {
		offset := big.NewInt(oneCodeOffset[digits])
		if n.Cmp(offset) >= 0 {
			n.Sub(n, offset)
			routing := fmt.Sprintf("%0*s", digits, n.String())
			return string(tracking) + routing, len(routing) == digits
		}
	}
	return string(tracking), n.Sign() == 0
}

func indexOf13(c int) (int, bool) {
	for i, v := range fiveOf13 {
		if v == c {
			return i, true
		}
	}
	for i, v := range twoOf13 {
		if v == c {
			return len(fiveOf13) + i, true
		}
	}
	return 0, false
}
