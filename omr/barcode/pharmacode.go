package barcode

import (
	"fmt"
	"strconv"
	"strings"
)

// pharmacodeSymbol is Laetus' one-track Pharmacode: a number from 3 to 131070 as
// 2 to 16 bars of two widths.
func pharmacodeSymbol(value string) (*Symbol, error) {
	if err := onlyDigits(value); err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 3 || n > 131070 {
		return nil, fmt.Errorf("it is not from 3 to 131070")
	}
	var bars []string
	for n > 0 {
		bar := "1"
		if n%2 == 0 {
			bar = "3"
			n--
		}
		bars = append([]string{bar}, bars...)
		n /= 2
	}
	s := ofWidths(strings.Join(bars, "2"), strings.TrimLeft(value, "0"), 6)
	s.Upright = true
	return s, nil
}

// patches are the separator sheets of Kodak's scanners: four bars, two of them
// thick, in the order top to bottom or left to right.
//
// Kodak A-61599: thick 0.2 in, thin and spaces 0.08 in.
var patches = map[string]string{
	"1": "5252222", "2": "5222225", "3": "5222522", "4": "2252522", "6": "2222525", "T": "2252225",
}

// patchModule makes the bars as wide as the scanners want them: 0.04 in.
const patchModule = 12

func patchSymbol(value string) (*Symbol, error) {
	v := strings.ToUpper(value)
	v = strings.TrimSpace(strings.TrimPrefix(v, "PATCH"))
	widths, ok := patches[v]
	if !ok {
		return nil, fmt.Errorf("the patches are 1, 2, 3, 4, 6 and T")
	}
	s := ofWidths(widths, v, 6)
	s.Upright, s.Module = true, patchModule
	return s, nil
}
