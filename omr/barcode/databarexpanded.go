package barcode

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// expandedFinders A to F (ISO/IEC 24724, table 10); every second one of a symbol
// is printed backwards.
var expandedFinders = [6][5]int{{1, 8, 4, 1, 1}, {3, 6, 4, 1, 1}, {3, 4, 6, 1, 1}, {3, 2, 8, 1, 1}, {2, 6, 5, 1, 1}, {2, 2, 9, 1, 1}}

// expandedSequences are the finders of symbols of 2 to 11 finder patterns.
var expandedSequences = []string{"AA", "ABB", "ACBD", "AEBDC", "AEBDDF", "AEBDEFF", "AABBCCDD", "AABBCCDEE", "AABBCCDEFF", "AABBCDDEEFF"}

const (
	expandedMost = 22 // characters, the check character included
	expandedRow  = 34 // modules; the height of a row
)

// expandedWeight is the power of 3 modulo 211 of element e of the character right
// (or left) of the finder i of the sequence.
func expandedWeight(sequence string, i int, right bool, e int) int {
	row := 4*int(sequence[i]-'A') - 1
	if i > 0 && isSecond(i) {
		row += 2
	}
	if right {
		row++
	}
	weight := 1
	for range 8*row + e {
		weight = weight * 3 % 211
	}
	return weight
}

// isSecond tells whether finder i is printed backwards.
func isSecond(i int) bool { return i%2 == 1 }

// expandedCharacters are the characters of a bit string with the check character
// first.
func expandedCharacters(bits string) (characters [][]int, sequence string) {
	for i := 0; i < len(bits); i += 12 {
		v, _ := strconv.ParseUint(bits[i:i+12], 2, 16)
		characters = append(characters, barCharacter(int(v), 4, expandedGroups))
	}
	n := len(characters) + 1
	sequence = expandedSequences[(n+1)/2-2]
	check := expandedCheck(characters, sequence)
	return append([][]int{barCharacter(211*(n-4)+check, 4, expandedGroups)}, characters...), sequence
}

// expandedCheck is the weighted sum of the data characters, the check character
// apart.
func expandedCheck(data [][]int, sequence string) int {
	sum := 0
	for i, c := range data {
		place := i + 1
		for e, w := range c {
			sum += w * expandedWeight(sequence, place/2, place%2 == 1, e)
		}
	}
	return sum % 211
}

// expandedElements are the elements of the characters from..to (even from) with
// their finders.
func expandedElements(characters [][]int, sequence string, from, to int) []int {
	var out []int
	for i := from; i < to; i++ {
		if i%2 == 1 {
			out = append(out, backwards(characters[i])...)
			continue
		}
		out = append(out, characters[i]...)
		finder := expandedFinders[sequence[i/2]-'A'][:]
		if isSecond(i / 2) {
			finder = backwards(finder)
		}
		out = append(out, finder...)
	}
	return out
}

func databarExpandedSymbol(value string) (*Symbol, error) {
	elements, err := elementsOf(value)
	if err != nil {
		return nil, err
	}
	bits, err := expandedBits(elements, 0)
	if err != nil {
		return nil, err
	}
	characters, sequence := expandedCharacters(bits)
	row := alternating(guarded1(expandedElements(characters, sequence, 0, len(characters))), false)
	return &Symbol{Width: len(row), Height: 1, QuietX: 2, Text: value, dark: row}, nil
}

// expandedPerRow is the number of characters in a row of a stacked symbol.
const expandedPerRow = 4

func databarExpandedStackedSymbol(value string) (*Symbol, error) {
	elements, err := elementsOf(value)
	if err != nil {
		return nil, err
	}
	bits, err := expandedBits(elements, expandedPerRow)
	if err != nil {
		return nil, err
	}
	characters, sequence := expandedCharacters(bits)
	var rows, separators [][]bool
	for from := 0; from < len(characters); from += expandedPerRow {
		to := min(from+expandedPerRow, len(characters))
		widths := guarded1(expandedElements(characters, sequence, from, to))
		var finders []int
		for i := from; i < to; i += 2 {
			finders = append(finders, 2+(i-from)/2*49+17)
		}
		row := alternating(widths, false)
		separator := separatorOf(row, 15, finders...)
		if from/expandedPerRow%2 == 1 {
			// Finders alternate along a symbol. A row that begins with a backward
			// one is mirrored where that makes rows look alike, else moved.
			if len(finders)%2 == 0 {
				slices.Reverse(row)
				slices.Reverse(separator)
			} else {
				row = append([]bool{false}, row...)
				separator = append([]bool{false}, separator...)
			}
		}
		rows = append(rows, row)
		separators = append(separators, separator)
	}
	width := len(rows[0])
	middle := make([]bool, width)
	for i := separatorMargin + 1; i < width-separatorMargin; i += 2 {
		middle[i] = true
	}
	var s stack
	for i, row := range rows {
		if i > 0 {
			s.add(separators[i-1], 1)
			s.add(middle, 1)
			s.add(separators[i], 1)
		}
		s.add(row, expandedRow)
	}
	return s.symbol(value, 2, 1), nil
}

// bitString collects bits.
type bitString struct{ strings.Builder }

func (b *bitString) add(value, n int) { fmt.Fprintf(b, "%0*b", n, value) }

// expandedBits is the binary value of the elements (ISO/IEC 24724 7.2.5), padded
// to whole characters; perRow, unless 0, keeps a last row from having one alone.
func expandedBits(elements []element, perRow int) (string, error) {
	for _, e := range elements {
		for _, r := range e.data {
			if !alphanumeric(strings.ToUpper(string(r))) && !strings.ContainsRune(isoPunctuation, r) {
				return "", fmt.Errorf("(%s) holds %q, which DataBar Expanded cannot hold", e.ai, r)
			}
		}
	}
	var b bitString
	b.add(0, 1) // no composite component follows
	rest, variable := expandedHead(&b, elements)
	p := generalBits(&b, rest)
	// Characters: whole ones, at least three of data.
	count := max((b.Len()+11)/12, 3)
	if p.digit >= 0 {
		room := 12*count - b.Len()
		if room < 4 {
			room += 12
		}
		if room <= 6 {
			b.add(p.digit+1, 4)
		} else {
			b.add(11*p.digit+10+8, 7)
		}
	}
	count = max((b.Len()+11)/12, 3)
	if perRow > 0 && (count+1)%perRow == 1 {
		count++
	}
	if count+1 > expandedMost {
		return "", fmt.Errorf("it is longer than the largest DataBar Expanded holds")
	}
	bits := b.String()
	if p.numeric && len(bits) < 12*count {
		bits += "0000"
	}
	for len(bits) < 12*count {
		bits += "00100"
	}
	bits = bits[:12*count]
	if variable >= 0 {
		field := []byte("00")
		if (count+1)%2 == 1 {
			field[0] = '1'
		}
		if count+1 > 14 {
			field[1] = '1'
		}
		bits = bits[:variable] + string(field) + bits[variable+2:]
	}
	return bits, nil
}

// expandedHead writes the encodation method and the elements it compresses; what
// is left is for general purpose encodation. variable is where the two bits of
// the symbol's length are; -1: the method has none.
func expandedHead(b *bitString, elements []element) (rest string, variable int) {
	article := func() {
		for i := 1; i < 13; i += 3 {
			v, _ := strconv.Atoi(elements[0].data[i : i+3])
			b.add(v, 10)
		}
	}
	number := func(s string) int { v, _ := strconv.Atoi(s); return v }
	if elements[0].ai != "01" {
		b.add(0, 2)
		b.add(0, 2)
		return message(elements, groupSeparator), b.Len() - 2
	}
	if elements[0].data[0] == '9' && len(elements) > 1 {
		second, data := elements[1].ai, elements[1].data
		switch {
		case len(elements) == 2 && second == "3103" && number(data) <= 32767:
			b.add(0b0100, 4)
			article()
			b.add(number(data), 15)
			return "", -1
		case len(elements) == 2 && second == "3202" && number(data) <= 9999, len(elements) == 2 && second == "3203" && number(data) <= 22767:
			b.add(0b0101, 4)
			article()
			if second == "3203" {
				b.add(number(data)+10000, 15)
			} else {
				b.add(number(data), 15)
			}
			return "", -1
		case len(elements) <= 3 && (strings.HasPrefix(second, "310") || strings.HasPrefix(second, "320")) && number(data) <= 99999:
			if method, date, ok := expandedDate(second, elements[2:]); ok {
				b.add(method, 7)
				article()
				b.add(number(second[3:])*100000+number(data), 20)
				b.add(date, 16)
				return "", -1
			}
		case (strings.HasPrefix(second, "392") || strings.HasPrefix(second, "393")) && second[3] <= '3' && (second[2] == '2' || len(data) > 3 && digitsOnly(data[:3])):
			if second[2] == '2' {
				b.add(0b01100, 5)
			} else {
				b.add(0b01101, 5)
			}
			b.add(0, 2)
			variable = b.Len() - 2
			article()
			b.add(number(second[3:]), 2)
			if second[2] == '3' {
				b.add(number(data[:3]), 10)
				data = data[3:]
			}
			rest = data
			if len(elements) > 2 {
				rest += groupSeparator + message(elements[2:], groupSeparator)
			}
			return rest, variable
		}
	}
	b.add(1, 1)
	b.add(0, 2)
	variable = b.Len() - 2
	b.add(number(elements[0].data[:1]), 4)
	article()
	return message(elements[1:], groupSeparator), variable
}

// expandedDate is the method and the field of a weight with an optional date.
func expandedDate(weight string, dates []element) (method, date int, ok bool) {
	method = 0b0111000
	if strings.HasPrefix(weight, "320") {
		method++
	}
	if len(dates) == 0 {
		return method, 38400, true
	}
	i := slices.Index([]string{"11", "13", "15", "17"}, dates[0].ai)
	if i < 0 || !digitsOnly(dates[0].data) {
		return 0, 0, false
	}
	d, _ := strconv.Atoi(dates[0].data)
	year, month, day := d/10000, d/100%100, d%100
	if month < 1 || month > 12 || day > 31 {
		return 0, 0, false
	}
	return method + 2*i, (year*12+month-1)*32 + day, true
}

// pending is what general purpose encodation leaves for the end of the symbol.
type pending struct {
	digit   int  // a last digit, whose length depends on the room; -1: none
	numeric bool // the mode at the end
}

// The modes of general purpose encodation.
const (
	numericMode = iota
	alphanumericMode
	isoMode
)

const (
	alphanumericPunctuation = "*,-./"
	isoPunctuation          = "!\"%&'()*+,-./:;<=>?_ "
)

// generalClass is the least mode that has the character.
func generalClass(c byte) int {
	switch {
	case isDigit(c) || c == groupSeparator[0]:
		return numericMode
	case c >= 'A' && c <= 'Z' || strings.IndexByte(alphanumericPunctuation, c) >= 0:
		return alphanumericMode
	}
	return isoMode
}

// generalBits writes text in the numeric, alphanumeric and ISO/IEC 646 modes
// (ISO/IEC 24724 7.2.5.5).
func generalBits(b *bitString, text string) pending {
	mode := numericMode
	value := func(c byte) int {
		if c == groupSeparator[0] {
			return 10
		}
		return int(c - '0')
	}
	run := func(i, class, most int) int {
		n := 0
		for i+n < len(text) && n < most && generalClass(text[i+n]) <= class {
			n++
		}
		return n
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch mode {
		case numericMode:
			switch {
			case run(i, numericMode, 2) == 2 && text[i:i+2] != groupSeparator+groupSeparator:
				b.add(11*value(c)+value(text[i+1])+8, 7)
				i += 2
			case i == len(text)-1 && isDigit(c):
				return pending{digit: value(c), numeric: true}
			default:
				b.add(0, 4)
				mode = alphanumericMode
			}
		case alphanumericMode:
			digits := run(i, numericMode, 6)
			switch {
			case c == groupSeparator[0]:
				b.add(0b01111, 5) // FNC1 also ends the mode
				mode = numericMode
				i++
			case generalClass(c) == isoMode:
				b.add(0b00100, 5)
				mode = isoMode
			case digits == 6 || digits >= 4 && i+digits == len(text):
				b.add(0, 3)
				mode = numericMode
			case isDigit(c):
				b.add(value(c)+5, 5)
				i++
			case c >= 'A' && c <= 'Z':
				b.add(int(c)-33, 6)
				i++
			default:
				b.add(58+strings.IndexByte(alphanumericPunctuation, c), 6)
				i++
			}
		case isoMode:
			next := run(i, alphanumericMode, 10)
			calm := next == 10 || i+next == len(text)
			switch {
			case c == groupSeparator[0]:
				b.add(0b01111, 5) // FNC1 also ends the mode
				mode = numericMode
				i++
			case calm && run(i, numericMode, 4) == 4:
				b.add(0, 3)
				mode = numericMode
			case calm && next >= 5:
				b.add(0b00100, 5)
				mode = alphanumericMode
			case isDigit(c):
				b.add(value(c)+5, 5)
				i++
			case c >= 'A' && c <= 'Z':
				b.add(int(c)-1, 7)
				i++
			case c >= 'a' && c <= 'z':
				b.add(int(c)-7, 7)
				i++
			default:
				b.add(232+strings.IndexByte(isoPunctuation, c), 8)
				i++
			}
		}
	}
	return pending{digit: -1, numeric: mode == numericMode}
}
