package barcode

import (
	"fmt"
	"strings"
)

// The 2 of 5 family: a digit is five elements of which two are wide.
//
// Standard (Industrial) and IATA write them as bars between narrow spaces;
// Matrix and Data Logic as bars and spaces in turn, with a narrow space after
// each digit. AIM USS-I 2/5 has the same digits, interleaved.

// wide elements of the digits, most significant first: weights 1 2 4 7 and an
// even parity.
var twoOfFive = [10]string{"nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn"}

// family is a member: how its digits, its start and its stop are printed.
type family struct {
	start, stop string // widths in modules, a bar first
	spaces      bool   // spaces carry data too
}

var (
	standardFamily  = family{start: "313111", stop: "31113"}
	iataFamily      = family{start: "1111", stop: "311"}
	matrixFamily    = family{start: "411111", stop: "41111", spaces: true}
	datalogicFamily = family{start: "1111", stop: "311", spaces: true}
)

// digit is the widths of d and of the space that follows it.
func (f family) digit(d byte) string {
	var b strings.Builder
	for _, e := range twoOfFive[d-'0'] {
		if e == 'w' {
			b.WriteByte('3')
		} else {
			b.WriteByte('1')
		}
		if !f.spaces {
			b.WriteByte('1')
		}
	}
	if f.spaces {
		b.WriteByte('1')
	}
	return b.String()
}

func (f family) symbol(value string) (*Symbol, error) {
	if err := onlyDigits(value); err != nil {
		return nil, err
	}
	if len(value) > longestLinear {
		return nil, fmt.Errorf("it has more than %d digits", longestLinear)
	}
	var b strings.Builder
	b.WriteString(f.start)
	for i := range len(value) {
		b.WriteString(f.digit(value[i]))
	}
	b.WriteString(f.stop)
	return ofWidths(b.String(), value, quiet10), nil
}

func standard25Symbol(value string) (*Symbol, error)  { return standardFamily.symbol(value) }
func iata25Symbol(value string) (*Symbol, error)      { return iataFamily.symbol(value) }
func matrix25Symbol(value string) (*Symbol, error)    { return matrixFamily.symbol(value) }
func datalogic25Symbol(value string) (*Symbol, error) { return datalogicFamily.symbol(value) }

// italianPostSymbol is the Italian parcel number: eleven digits and a check
// digit, interleaved.
func italianPostSymbol(value string) (*Symbol, error) { return itfChecked(value, 12, mod10) }

// onlyDigits names the first character that is none.
func onlyDigits(value string) error {
	if r, place := firstOutside(value, "0123456789"); place > 0 {
		return fmt.Errorf("character %d is %q; only digits can be printed", place, r)
	}
	return nil
}
