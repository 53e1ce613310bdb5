package barcode

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
)

// groupSeparator ends an element string of variable length (GS1 General
// Specifications 7.8.3): what readers return for FNC1.
const groupSeparator = "\x1d"

// element is an application identifier and its data.
type element struct{ ai, data string }

// elementsOf splits a value in the bracketed notation, "(01)…(10)…".
func elementsOf(value string) ([]element, error) {
	if !strings.HasPrefix(value, "(") {
		return nil, fmt.Errorf("it has no application identifier in brackets, such as (01)")
	}
	var all []element
	for rest := value[1:]; ; {
		ai, tail, ok := strings.Cut(rest, ")")
		if !ok || !digitsOnly(ai) || len(ai) != identifierLength(ai) {
			return nil, fmt.Errorf("%q is not an application identifier", ai)
		}
		data, more, another := cutIdentifier(tail)
		e := element{ai, data}
		if err := e.check(); err != nil {
			return nil, err
		}
		all = append(all, e)
		if !another {
			return all, nil
		}
		rest = more
	}
}

// cutIdentifier cuts s before the next bracketed identifier; other brackets
// belong to the data.
func cutIdentifier(s string) (data, rest string, ok bool) {
	for i := range len(s) {
		if s[i] != '(' {
			continue
		}
		ai, _, closed := strings.Cut(s[i+1:], ")")
		if closed && digitsOnly(ai) && len(ai) == identifierLength(ai) {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (e element) check() error {
	if e.data == "" {
		return fmt.Errorf("(%s) has no data", e.ai)
	}
	if !ascii(e.data) || strings.ContainsFunc(e.data, func(r rune) bool { return r < '!' || r > 'z' }) {
		return fmt.Errorf("(%s) holds a character that GS1 does not allow", e.ai)
	}
	if n := fixedLength(e.ai); n > 0 && len(e.data) != n-len(e.ai) {
		return fmt.Errorf("(%s) has %d characters, not %d", e.ai, len(e.data), n-len(e.ai))
	}
	switch e.ai {
	case "00", "01", "02":
		n := len(e.data) - 1
		if !digitsOnly(e.data) {
			return fmt.Errorf("(%s) holds other characters than digits", e.ai)
		}
		if want := mod10(e.data[:n]); e.data[n] != want {
			return fmt.Errorf("the check digit of (%s) is %c, not %c", e.ai, want, e.data[n])
		}
	}
	return nil
}

// identifierLength is the number of digits of the identifier that begins with
// ai, by the ranges of GS1 General Specifications 3.2; 0: none.
func identifierLength(ai string) int {
	if len(ai) < 2 {
		return 0
	}
	switch ai[:2] {
	case "00", "01", "02", "03", "04", "10", "11", "12", "13", "15", "16", "17", "20", "21", "22", "30", "37",
		"90", "91", "92", "93", "94", "95", "96", "97", "98", "99":
		return 2
	case "23", "24", "25", "40", "41", "42", "71":
		return 3
	case "31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82":
		return 4
	}
	return 0
}

// fixedLength is identifier and data of the predefined length (GS1 General
// Specifications, figure 7.8.5-2), which no separator ends; 0: variable.
func fixedLength(ai string) int {
	switch ai[:2] {
	case "00":
		return 20
	case "01", "02", "03", "41":
		return 16
	case "04":
		return 18
	case "11", "12", "13", "14", "15", "16", "17", "18", "19":
		return 8
	case "20":
		return 4
	case "31", "32", "33", "34", "35", "36":
		return 10
	}
	return 0
}

// message joins elements with the separator where one is needed.
func message(all []element, separator string) string {
	var b strings.Builder
	for i, e := range all {
		b.WriteString(e.ai)
		b.WriteString(e.data)
		if i < len(all)-1 && fixedLength(e.ai) == 0 {
			b.WriteString(separator)
		}
	}
	return b.String()
}

func gs1Code128Symbol(value string) (*Symbol, error) {
	all, err := elementsOf(value)
	if err != nil {
		return nil, err
	}
	code, err := code128.Encode(string(code128.FNC1) + message(all, string(code128.FNC1)))
	return symbolOf(code, err, value, quiet10)
}

func gs1DataMatrixSymbol(value string) (*Symbol, error) {
	all, err := elementsOf(value)
	if err != nil {
		return nil, err
	}
	fnc1 := string([]byte{datamatrix.FNC1})
	code, err := datamatrix.Encode(fnc1 + message(all, fnc1))
	return symbolOf(code, err, value, 2)
}

// gs1QRSymbol separates by GS in byte mode; text that fits the alphanumeric
// mode has none, and its percent signs are doubled there (ISO/IEC 18004 7.4.8.2).
func gs1QRSymbol(value string) (*Symbol, error) {
	all, err := elementsOf(value)
	if err != nil {
		return nil, err
	}
	data := message(all, groupSeparator)
	if strings.Trim(data, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") == "" {
		data = strings.ReplaceAll(data, "%", "%%")
	}
	s, err := qrOfVersion(data, 0, true)
	if err != nil {
		return nil, err
	}
	s.Text = value
	return s, nil
}

// gs1Article is EAN-14 and SCC-14: an article number as (01) in GS1-128.
func gs1Article(value string) (*Symbol, error) { return gs1Number(value, "01", 14) }

// gs1Container is SSCC-18: a container number as (00) in GS1-128.
func gs1Container(value string) (*Symbol, error) { return gs1Number(value, "00", 18) }

func gs1Number(value, ai string, length int) (*Symbol, error) {
	digits, err := withCheck(strings.TrimPrefix(value, "("+ai+")"), length, mod10)
	if err != nil {
		return nil, err
	}
	return gs1Code128Symbol("(" + ai + ")" + digits)
}

// gs1Bracketed writes what a reader returned in the bracketed notation; text
// that is no sequence of element strings stays as it is.
func gs1Bracketed(text string) (string, bool) {
	for _, id := range []string{"]C1", "]d2", "]Q3", groupSeparator} {
		text = strings.TrimPrefix(text, id)
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		n := identifierLength(rest)
		if n == 0 || len(rest) <= n || !digitsOnly(rest[:n]) {
			return text, true
		}
		ai, data := rest[:n], rest[n:]
		if fixed := fixedLength(ai); fixed > 0 {
			if len(rest) < fixed {
				return text, true
			}
			data, rest = rest[n:fixed], strings.TrimPrefix(rest[fixed:], groupSeparator)
		} else {
			data, rest, _ = strings.Cut(data, groupSeparator)
		}
		fmt.Fprintf(&b, "(%s)%s", ai, data)
	}
	return b.String(), true
}
