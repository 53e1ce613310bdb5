package barcode

import (
	"fmt"
	"strings"
)

const code11Alphabet = "0123456789-"

// code11Widths are the characters of code11Alphabet and the start and stop
// character, narrow 1 and wide 2.
var code11Widths = [12]string{
	"11112", "21112", "12112", "22111", "11212", "21211", "12211", "11122", "21121", "21111", "11211", "11221",
}

// code11Long is the number of characters from which a second check character is
// printed (USS Code 11).
const code11Long = 10

func code11Symbol(value string) (*Symbol, error) {
	if r, place := firstOutside(value, code11Alphabet); place > 0 {
		return nil, fmt.Errorf("character %d is %q; only digits and hyphens can be printed", place, r)
	}
	if len(value) > longestLinear {
		return nil, fmt.Errorf("it has more than %d characters", longestLinear)
	}
	var b strings.Builder
	b.WriteString(code11Widths[11] + "1")
	for _, r := range code11Checked(value) {
		b.WriteString(code11Widths[strings.IndexRune(code11Alphabet, r)] + "1")
	}
	b.WriteString(code11Widths[11])
	return ofWidths(b.String(), value, quiet10), nil
}

// code11Checked is value with its check characters C and, when long, K.
func code11Checked(value string) string {
	long := len(value) >= code11Long
	value += string(code11Check(value, 10))
	if long {
		value += string(code11Check(value, 9))
	}
	return value
}

// code11Check weighs 1, 2 … cycle from the right, modulo 11.
func code11Check(value string, cycle int) byte {
	sum := 0
	for i := range len(value) {
		sum += ((len(value)-1-i)%cycle + 1) * strings.IndexByte(code11Alphabet, value[i])
	}
	return code11Alphabet[sum%11]
}
