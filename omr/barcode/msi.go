package barcode

import (
	"fmt"
	"strings"
)

// msiSymbol is MSI (modified Plessey): four bits a digit, a short bar for 0 and
// a long one for 1, and a check digit modulo 10 that is not part of the text.
func msiSymbol(value string) (*Symbol, error) {
	if err := onlyDigits(value); err != nil {
		return nil, err
	}
	if len(value) > longestLinear {
		return nil, fmt.Errorf("it has more than %d digits", longestLinear)
	}
	var b strings.Builder
	b.WriteString("21")
	for _, r := range value + string(luhn(value)) {
		for bit := 3; bit >= 0; bit-- {
			if int(r-'0')>>bit&1 == 1 {
				b.WriteString("21")
			} else {
				b.WriteString("12")
			}
		}
	}
	b.WriteString("121")
	return ofWidths(b.String(), value, 12), nil
}

// luhn doubles every second digit from the right end (ISO/IEC 7812-1, annex B).
func luhn(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[i] - '0')
		if (len(digits)-i)%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return byte('0' + (10-sum%10)%10)
}
