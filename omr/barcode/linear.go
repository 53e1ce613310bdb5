package barcode

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/boombuler/barcode/codabar"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/code39"
	"github.com/boombuler/barcode/code93"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/twooffive"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

const (
	quiet10  = 10 // modules; Code 128, Code 39, Code 93, ITF, Codabar (ISO/IEC 15417, 16388, 16390)
	quietEAN = 11 // left of EAN-13, the widest of its family (ISO/IEC 15420)

	longestLinear = 80 // characters; beyond it no page is wide enough
)

func code128Symbol(value string) (*Symbol, error) {
	// The library would print some letters as function characters.
	if err := onlyASCII(value); err != nil {
		return nil, err
	}
	code, err := code128.Encode(value)
	return symbolOf(code, err, printable(value), quiet10)
}

func code39Symbol(value string) (*Symbol, error) { return code39Of(value, printable(value), false) }

func code39ExtendedSymbol(value string) (*Symbol, error) {
	return code39Of(value, printable(value), true)
}

func code39Of(value, text string, extended bool) (*Symbol, error) {
	if len(value) > longestLinear {
		return nil, fmt.Errorf("it has more than %d characters", longestLinear)
	}
	if !extended {
		if i := strings.IndexFunc(value, func(r rune) bool {
			return !strings.ContainsRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%", r)
		}); i >= 0 {
			r, _ := utf8.DecodeRuneInString(value[i:])
			return nil, fmt.Errorf("the character %q is not among digits, capital letters and -. $/+%%", r)
		}
	}
	code, err := code39.Encode(value, false, extended)
	return symbolOf(code, err, text, quiet10)
}

func code93Symbol(value string) (*Symbol, error)         { return code93Of(value, false) }
func code93ExtendedSymbol(value string) (*Symbol, error) { return code93Of(value, true) }

func code93Of(value string, extended bool) (*Symbol, error) {
	if len(value) > longestLinear {
		return nil, fmt.Errorf("it has more than %d characters", longestLinear)
	}
	if err := onlyASCII(value); err != nil {
		return nil, err
	}
	code, err := code93.Encode(value, true, extended)
	return symbolOf(code, err, printable(value), quiet10)
}

// codabarSymbol adds the start and stop letters where the value has none.
// Readers drop them, so they are no part of the text.
func codabarSymbol(value string) (*Symbol, error) {
	data := strings.ToUpper(value)
	if len(data) < 2 || !strings.ContainsAny(data[:1], "ABCD") || !strings.ContainsAny(data[len(data)-1:], "ABCD") {
		data = "A" + data + "A"
	}
	if len(data) < 4 {
		return nil, fmt.Errorf("it has fewer than two digits, which readers take for noise")
	}
	if len(data) > longestLinear {
		return nil, fmt.Errorf("it has more than %d characters", longestLinear)
	}
	code, err := codabar.Encode(data)
	return symbolOf(code, err, data[1:len(data)-1], quiet10)
}

func ean13Symbol(value string) (*Symbol, error) { return eanOf(value, 13) }
func ean8Symbol(value string) (*Symbol, error)  { return eanOf(value, 8) }

func eanOf(value string, length int) (*Symbol, error) {
	digits, err := withCheck(value, length, mod10)
	if err != nil {
		return nil, err
	}
	code, err := ean.Encode(digits)
	return symbolOf(code, err, digits, quietEAN)
}

func upcaSymbol(value string) (*Symbol, error) {
	digits, err := withCheck(value, 12, mod10)
	if err != nil {
		return nil, err
	}
	s, err := eanOf("0"+digits, 13) // ISO/IEC 15420: UPC-A is an EAN-13 that begins with 0
	if err == nil {
		s.Text = digits
	}
	return s, err
}

// upceSymbol takes 6 digits (number system 0), 7 (with number system) or 8
// (with check digit).
func upceSymbol(value string) (*Symbol, error) {
	if !digitsOnly(value) || len(value) < 6 || len(value) > 8 {
		return nil, fmt.Errorf("it is not 6 to 8 digits")
	}
	if len(value) == 6 {
		value = "0" + value
	}
	if value[0] > '1' {
		return nil, fmt.Errorf("its number system is %c, not 0 or 1", value[0])
	}
	check := mod10(expandUPCE(value[:7]))
	if len(value) == 7 {
		value += string(check)
	}
	if value[7] != check {
		return nil, wrongCheck(value, 8, check, value[7])
	}
	m, err := oned.NewUPCEWriter().Encode(value, gozxing.BarcodeFormat_UPC_E, 0, 1,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		return nil, err
	}
	s := &Symbol{Width: m.GetWidth(), Height: 1, QuietX: 9, Text: value, dark: make([]bool, m.GetWidth())}
	for x := range s.Width {
		s.dark[x] = m.Get(x, 0)
	}
	return s, nil
}

// expandUPCE is the eleven digits of UPC-A that seven of UPC-E stand for
// (ISO/IEC 15420, zero suppression).
func expandUPCE(v string) string {
	system, d, last := v[:1], v[1:6], v[6]
	switch {
	case last <= '2':
		return system + d[:2] + string(last) + "0000" + d[2:5]
	case last == '3':
		return system + d[:3] + "00000" + d[3:5]
	case last == '4':
		return system + d[:4] + "00000" + d[4:5]
	}
	return system + d + "0000" + string(last)
}

// isbnSymbol takes ISBN-10 and ISBN-13, with or without hyphens.
func isbnSymbol(value string) (*Symbol, error) {
	v := bare(value, "ISBN")
	if len(v) == 10 {
		sum := 0
		for i, r := range v {
			d := int(r - '0')
			if r == 'X' && i == 9 {
				d = 10
			} else if r < '0' || r > '9' {
				return nil, fmt.Errorf("it is not an ISBN")
			}
			sum += (10 - i) * d
		}
		if sum%11 != 0 {
			last := strings.IndexByte("0123456789X", v[9])
			return nil, wrongCheck(v, 10, "0123456789X"[((last-sum)%11+11)%11], v[9])
		}
		v = "978" + v[:9]
	}
	if !strings.HasPrefix(v, "978") && !strings.HasPrefix(v, "979") {
		return nil, fmt.Errorf("an ISBN has 10 digits, or 13 that begin with 978 or 979")
	}
	return eanOf(v, 13)
}

// issnSymbol prints an ISSN as 977, its seven digits and the variant 00.
func issnSymbol(value string) (*Symbol, error) {
	v := bare(value, "ISSN")
	if strings.HasPrefix(v, "977") && len(v) >= 12 {
		return eanOf(v, 13)
	}
	if len(v) != 7 && len(v) != 8 || !digitsOnly(v[:7]) {
		return nil, fmt.Errorf("an ISSN has 8 characters, or 13 digits that begin with 977")
	}
	if len(v) == 8 {
		sum := 0
		for i := range 7 {
			sum += (8 - i) * int(v[i]-'0')
		}
		if want := "0123456789X"[(11-sum%11)%11]; v[7] != want {
			return nil, wrongCheck(v, 8, want, v[7])
		}
	}
	return eanOf("977"+v[:7]+"00", 13)
}

// ismnSymbol takes the old form M + 9 digits and the newer 979-0 + 9 digits.
func ismnSymbol(value string) (*Symbol, error) {
	v := bare(value, "ISMN")
	if strings.HasPrefix(v, "M") {
		v = "9790" + v[1:]
	}
	if !strings.HasPrefix(v, "9790") {
		return nil, fmt.Errorf("an ISMN begins with M or 979-0")
	}
	return eanOf(v, 13)
}

func itfSymbol(value string) (*Symbol, error) {
	if err := onlyDigits(value); err != nil {
		return nil, err
	}
	if len(value)%2 == 1 {
		value = "0" + value
	}
	if len(value) < 4 {
		return nil, fmt.Errorf("it has fewer than three digits, which readers take for noise")
	}
	if len(value) > longestLinear {
		return nil, fmt.Errorf("it has more than %d digits", longestLinear)
	}
	code, err := twooffive.Encode(value, true)
	return symbolOf(code, err, value, quiet10)
}

func itf6Symbol(value string) (*Symbol, error)      { return itfChecked(value, 6, mod10) }
func opcSymbol(value string) (*Symbol, error)       { return itfChecked(value, 10, mod10) }
func identcodeSymbol(value string) (*Symbol, error) { return itfChecked(value, 12, deutschePost) }
func leitcodeSymbol(value string) (*Symbol, error)  { return itfChecked(value, 14, deutschePost) }

// itf14Symbol has bearer bars of two modules (GS1 General Specifications 5.3.2.4).
func itf14Symbol(value string) (*Symbol, error) {
	s, err := itfChecked(value, 14, mod10)
	if err == nil {
		s.Bearer = 2
	}
	return s, err
}

func itfChecked(value string, length int, check func(string) byte) (*Symbol, error) {
	digits, err := withCheck(value, length, check)
	if err != nil {
		return nil, err
	}
	return itfSymbol(digits)
}

// code32Symbol is the Italian Pharmacode: eight digits and a check digit as six
// characters to the base of 32, in Code 39, printed with the prefix A.
func code32Symbol(value string) (*Symbol, error) {
	digits, err := withCheck(strings.TrimPrefix(strings.ToUpper(value), "A"), 9, luhnLeft)
	if err != nil {
		return nil, err
	}
	number := 0
	for _, r := range digits {
		number = number*10 + int(r-'0')
	}
	var packed [6]byte
	for i := 5; i >= 0; i-- {
		packed[i] = code32Alphabet[number%32]
		number /= 32
	}
	return code39Of(string(packed[:]), "A"+digits, false)
}

const code32Alphabet = "0123456789BCDFGHJKLMNPQRSTUVWXYZ"

func readCode32(text string) (string, bool) {
	if len(text) != 6 {
		return "", false
	}
	number := 0
	for i := range len(text) {
		d := strings.IndexByte(code32Alphabet, text[i])
		if d < 0 {
			return "", false
		}
		number = number*32 + d
	}
	digits := fmt.Sprintf("%09d", number)
	return digits, len(digits) == 9 && luhnLeft(digits[:8]) == digits[8]
}

// pznSymbol is the German Pharmazentralnummer: seven digits and a check digit;
// the older one has six and begins here with a zero.
func pznSymbol(value string) (*Symbol, error) {
	v := bare(value, "PZN")
	if len(v) == 6 {
		v = "0" + v
	}
	digits, err := withCheck(v, 8, pznCheck)
	if err != nil {
		return nil, err
	}
	if !digitsOnly(digits) {
		return nil, fmt.Errorf("no check digit exists for this number")
	}
	return code39Of("-"+digits, "PZN - "+digits, false)
}

func readPZN(text string) (string, bool) {
	digits, ok := strings.CutPrefix(text, "-")
	if !ok || !digitsOnly(digits) || len(digits) != 8 && len(digits) != 7 {
		return "", false
	}
	n := len(digits) - 1
	return digits, pznCheck("0000000"[n:]+digits[:n]) == digits[n]
}

func vinSymbol(value string) (*Symbol, error) {
	v := strings.ToUpper(value)
	if len(v) != 17 || strings.ContainsAny(v, "IOQ") || !alphanumeric(v) {
		return nil, fmt.Errorf("a vehicle number has 17 digits and letters, I, O and Q not among them")
	}
	return code39Of(v, v, false)
}

// readVIN drops the I that marks imported vehicles.
func readVIN(text string) (string, bool) {
	if len(text) == 18 {
		text = strings.TrimPrefix(text, "I")
	}
	return text, len(text) == 17
}

// checkedDigits accepts texts of one length whose last digit is right.
func checkedDigits(length int) func(string) (string, bool) {
	return func(text string) (string, bool) {
		return text, len(text) == length && digitsOnly(text) && mod10(text[:length-1]) == text[length-1]
	}
}

func readDeutschePost(length int) func(string) (string, bool) {
	return func(text string) (string, bool) {
		return text, len(text) == length && digitsOnly(text) && deutschePost(text[:length-1]) == text[length-1]
	}
}

// withCheck is value with its check digit, which it may have already; length
// counts it.
func withCheck(value string, length int, check func(string) byte) (string, error) {
	if err := onlyDigits(value); err != nil {
		return "", err
	}
	if len(value) != length && len(value) != length-1 {
		return "", fmt.Errorf("it has %d digits, not %d or %d", len(value), length-1, length)
	}
	c := check(value[:length-1])
	if len(value) == length && value[length-1] != c {
		return "", wrongCheck(value, length, c, value[length-1])
	}
	return value[:length-1] + string(c), nil
}

// mod10 is the GS1 check digit: weights 3, 1, 3 … from the right.
func mod10(digits string) byte {
	sum := 0
	for i := range len(digits) {
		weight := 3
		if (len(digits)-i)%2 == 0 {
			weight = 1
		}
		sum += weight * int(digits[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

// deutschePost has the weights 4, 9, 4 … from the left.
func deutschePost(digits string) byte {
	sum := 0
	for i := range len(digits) {
		sum += []int{4, 9}[i%2] * int(digits[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

// luhnLeft doubles every second digit from the left and adds the digits' sums.
func luhnLeft(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return byte('0' + sum%10)
}

// pznCheck has the weights 1 to 7, modulo 11; no number has the remainder 10.
func pznCheck(digits string) byte {
	sum := 0
	for i := range len(digits) {
		sum += (i + 1) * int(digits[i]-'0')
	}
	if sum%11 == 10 {
		return 'X'
	}
	return byte('0' + sum%11)
}

func digitsOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func alphanumeric(s string) bool {
	return strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// bare drops the scheme's name, hyphens and blanks.
func bare(value, scheme string) string {
	v := strings.ToUpper(value)
	v = strings.TrimPrefix(strings.TrimSpace(v), scheme)
	return strings.NewReplacer("-", "", " ", "", ":", "").Replace(v)
}

// printable is a value without the control characters, which have no glyph.
func printable(value string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, value)
}
