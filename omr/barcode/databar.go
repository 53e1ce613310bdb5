package barcode

import (
	"fmt"
	"strconv"
	"strings"
)

// GS1 DataBar, ISO/IEC 24724: a character's value is a combination of widths of
// its odd and of its even elements.

// ways counts the widths of n modules in k elements of 1 to widest modules;
// narrow: at least one element has a single module.
func ways(n, k, widest int, narrow bool) int {
	if n < k {
		return 0
	}
	all := compositions(n, k, widest, 1)
	if narrow {
		all -= compositions(n, k, widest, 2)
	}
	return all
}

// compositions counts the sums to n of k terms from least to most.
func compositions(n, k, most, least int) int {
	counts := make([]int, n+1)
	counts[0] = 1
	for range k {
		next := make([]int, n+1)
		for i, c := range counts {
			for w := least; w <= most && i+w <= n; w++ {
				next[i+w] += c
			}
		}
		counts = next
	}
	return counts[n]
}

// widthsOf is combination number v in lexical order (ISO/IEC 24724, annex B).
func widthsOf(v, n, k, widest int, narrow bool) []int {
	var out []int
	for ; k > 1; k-- {
		w := 1
		for {
			c := ways(n-w, k-1, widest, narrow && w != 1)
			if v < c {
				break
			}
			v -= c
			w++
		}
		narrow = narrow && w != 1
		out = append(out, w)
		n -= w
	}
	return append(out, n)
}

// valueOf undoes widthsOf; ok is false for widths that are no combination.
func valueOf(widths []int, widest int, narrow bool) (v int, ok bool) {
	n := 0
	for _, w := range widths {
		if w < 1 || w > widest {
			return 0, false
		}
		n += w
	}
	for i, w := range widths[:len(widths)-1] {
		for smaller := 1; smaller < w; smaller++ {
			v += ways(n-smaller, len(widths)-1-i, widest, narrow && smaller != 1)
		}
		narrow = narrow && w != 1
		n -= w
	}
	return v, !narrow || n == 1
}

// barGroup is a range of values of a character that share the number of modules
// in odd and in even elements.
type barGroup struct {
	first       int // value
	even        int // combinations of the even elements; of the odd ones inside
	odd         int // modules
	rest        int // modules of the even elements
	widestOdd   int
	widestEven  int
	evenByTotal bool // inside characters: the odd elements count faster
	oddNarrow   bool // which of the two has at least one element of one module
}

// The characters' groups: ISO/IEC 24724, tables 2, 3, 6 and 9.
var (
	outsideGroups = []barGroup{
		{first: 0, even: 1, odd: 12, rest: 4, widestOdd: 8, widestEven: 1},
		{first: 161, even: 10, odd: 10, rest: 6, widestOdd: 6, widestEven: 3},
		{first: 961, even: 34, odd: 8, rest: 8, widestOdd: 4, widestEven: 5},
		{first: 2015, even: 70, odd: 6, rest: 10, widestOdd: 3, widestEven: 6},
		{first: 2715, even: 126, odd: 4, rest: 12, widestOdd: 1, widestEven: 8},
	}
	insideGroups = []barGroup{
		{first: 0, even: 4, odd: 5, rest: 10, widestOdd: 2, widestEven: 7, evenByTotal: true, oddNarrow: true},
		{first: 336, even: 20, odd: 7, rest: 8, widestOdd: 4, widestEven: 5, evenByTotal: true, oddNarrow: true},
		{first: 1036, even: 48, odd: 9, rest: 6, widestOdd: 6, widestEven: 3, evenByTotal: true, oddNarrow: true},
		{first: 1516, even: 81, odd: 11, rest: 4, widestOdd: 8, widestEven: 1, evenByTotal: true, oddNarrow: true},
	}
	limitedGroups = []barGroup{
		{first: 0, even: 28, odd: 17, rest: 9, widestOdd: 6, widestEven: 3},
		{first: 183064, even: 728, odd: 13, rest: 13, widestOdd: 5, widestEven: 4},
		{first: 820064, even: 6454, odd: 9, rest: 17, widestOdd: 3, widestEven: 6},
		{first: 1000776, even: 203, odd: 15, rest: 11, widestOdd: 5, widestEven: 4},
		{first: 1491021, even: 2408, odd: 11, rest: 15, widestOdd: 4, widestEven: 5},
		{first: 1979845, even: 1, odd: 19, rest: 7, widestOdd: 8, widestEven: 1},
		{first: 1996939, even: 16632, odd: 7, rest: 19, widestOdd: 1, widestEven: 8},
	}
	expandedGroups = []barGroup{
		{first: 0, even: 4, odd: 12, rest: 5, widestOdd: 7, widestEven: 2, oddNarrow: true},
		{first: 348, even: 20, odd: 10, rest: 7, widestOdd: 5, widestEven: 4, oddNarrow: true},
		{first: 1388, even: 52, odd: 8, rest: 9, widestOdd: 4, widestEven: 5, oddNarrow: true},
		{first: 2948, even: 104, odd: 6, rest: 11, widestOdd: 3, widestEven: 6, oddNarrow: true},
		{first: 3988, even: 204, odd: 4, rest: 13, widestOdd: 1, widestEven: 8, oddNarrow: true},
	}
)

// barCharacter is the widths of value in a character of pairs odd and even
// elements.
func barCharacter(value, pairs int, groups []barGroup) []int {
	g := groups[0]
	for _, next := range groups[1:] {
		if value >= next.first {
			g = next
		}
	}
	v := value - g.first
	odd, even := v/g.even, v%g.even
	if g.evenByTotal {
		odd, even = even, odd
	}
	a := widthsOf(odd, g.odd, pairs, g.widestOdd, g.oddNarrow)
	b := widthsOf(even, g.rest, pairs, g.widestEven, !g.oddNarrow)
	out := make([]int, 2*pairs)
	for i := range pairs {
		out[2*i], out[2*i+1] = a[i], b[i]
	}
	return out
}

// barValue undoes barCharacter.
func barValue(widths []int, groups []barGroup) (int, bool) {
	a, b := make([]int, 0, len(widths)/2), make([]int, 0, len(widths)/2)
	odd, rest := 0, 0
	for i, w := range widths {
		if i%2 == 0 {
			a = append(a, w)
			odd += w
		} else {
			b = append(b, w)
			rest += w
		}
	}
	for i, g := range groups {
		if g.odd != odd || g.rest != rest {
			continue
		}
		x, ok := valueOf(a, g.widestOdd, g.oddNarrow)
		y, fine := valueOf(b, g.widestEven, !g.oddNarrow)
		if g.evenByTotal {
			x, y = y, x
		}
		v := g.first + x*g.even + y
		return v, ok && fine && (i+1 == len(groups) || v < groups[i+1].first)
	}
	return 0, false
}

// omniFinders name the check value, two of them together (table 4).
var omniFinders = [9][5]int{
	{3, 8, 2, 1, 1}, {3, 5, 5, 1, 1}, {3, 3, 7, 1, 1}, {3, 1, 9, 1, 1}, {2, 7, 4, 1, 1}, {2, 5, 6, 1, 1}, {2, 3, 8, 1, 1}, {1, 5, 7, 1, 1}, {1, 3, 9, 1, 1},
}

// limitedFinders are the widths of the 89 finder patterns (table 7), by check value.
var limitedFinders = [89]string{
	"11111111113311", "11111111123211", "11111111133111", "11111112113211", "11111112123111", "11111113113111", "11111211113211", "11111211123111",
	"11111212113111", "11111311113111", "11121111113211", "11121111123111", "11121112113111", "11121211113111", "11131111113111", "12111111113211",
	"12111111123111", "12111112113111", "12111211113111", "12121111113111", "13111111113111", "11111111212311", "11111111222211", "11111111232111",
	"11111112212211", "11111112222111", "11111113212111", "11111211212211", "11111211222111", "11111212212111", "11111311212111", "11121111212211",
	"11121111222111", "11121112212111", "11121211212111", "11131111212111", "12111111212211", "12111111222111", "12111112212111", "12111211212111",
	"12121111212111", "13111111212111", "11111111311311", "11111111321211", "11111112311211", "11121111311211", "12111111311211", "11111121112311",
	"11111121122211", "11111121132111", "11111122112211", "11121121112211", "11121121122111", "11121122112111", "11121221112111", "11131121112111",
	"12111121112211", "12111121122111", "12121121112111", "11112111112311", "11112111122211", "11112111132111", "11112112112211", "11112112122111",
	"11112211112211", "12112111112211", "12112111122111", "12112112112111", "12112211112111", "12122111112111", "13112111112111", "11211111112311",
	"11211111122211", "11211111132111", "11211112112211", "11211112122111", "11211113112111", "11211211112211", "11211211122111", "11221111112211",
	"21111111122211", "21111111132111", "21111112112211", "21111112122111", "21111113112111", "21111211122111", "21111212112111", "21121111122111",
	"21111111221211",
}

const (
	omniHalf      = 4537077 // values of a pair of characters
	omniCharacter = 1597    // values of an inside character
	limitedHalf   = 2013571
)

// articleNumber is the 14 digits of (01), check digit included, which value may
// lack, as it may the identifier.
func articleNumber(value string) (string, error) {
	return withCheck(strings.TrimPrefix(value, "(01)"), 14, mod10)
}

// omniElements are the elements of DataBar without guards, in two halves.
func omniElements(digits string) (left, right []int) {
	n, _ := strconv.Atoi(digits[:13])
	values := [4]int{n / omniHalf / omniCharacter, n / omniHalf % omniCharacter, n % omniHalf / omniCharacter, n % omniHalf % omniCharacter}
	var characters [4][]int
	check, weight := 0, 1
	for i, v := range values {
		groups := outsideGroups
		if i%2 == 1 {
			groups = insideGroups
		}
		characters[i] = barCharacter(v, 4, groups)
		for _, w := range characters[i] {
			check += weight * w
			weight = weight * 3 % 79
		}
	}
	check %= 79
	if check >= 8 {
		check++
	}
	if check >= 72 {
		check++
	}
	left = append(left, characters[0]...)
	left = append(left, omniFinders[check/9][:]...)
	left = append(left, backwards(characters[1])...)
	right = append(right, characters[3]...)
	right = append(right, backwards(omniFinders[check%9][:])...)
	right = append(right, backwards(characters[2])...)
	return left, right
}

func backwards(a []int) []int {
	out := make([]int, len(a))
	for i, v := range a {
		out[len(a)-1-i] = v
	}
	return out
}

// alternating writes widths as modules, the first dark or light.
func alternating(widths []int, dark bool) []bool {
	var row []bool
	for _, w := range widths {
		for range w {
			row = append(row, dark)
		}
		dark = !dark
	}
	return row
}

// guarded1 puts elements between guard patterns of one module each.
func guarded1(elements ...[]int) []int {
	out := []int{1, 1}
	for _, e := range elements {
		out = append(out, e...)
	}
	return append(out, 1, 1)
}

func databarSymbol(value string) (*Symbol, error) {
	digits, err := articleNumber(value)
	if err != nil {
		return nil, err
	}
	row := alternating(guarded1(omniBoth(digits)), false)
	return &Symbol{Width: len(row), Height: 1, QuietX: 2, Text: "(01)" + digits, dark: row}, nil
}

func omniBoth(digits string) []int {
	left, right := omniElements(digits)
	return append(left, right...)
}

// Heights of the rows of stacked symbols in modules (ISO/IEC 24724 5.3.2).
const (
	stackedUpper, stackedLower = 5, 7
	stackedOmniRow             = 33
	separatorMargin            = 4 // modules left light at both ends of a separator
)

func databarRows(value string) (upper, lower []bool, text string, err error) {
	digits, err := articleNumber(value)
	if err != nil {
		return nil, nil, "", err
	}
	left, right := omniElements(digits)
	return alternating(guarded1(left), false), alternating(guarded1(right), true), "(01)" + digits, nil
}

func databarStackedSymbol(value string) (*Symbol, error) {
	upper, lower, text, err := databarRows(value)
	if err != nil {
		return nil, err
	}
	separator := make([]bool, len(upper))
	for i := 1; i < len(upper)-separatorMargin; i++ {
		if upper[i] == lower[i] {
			separator[i] = !upper[i]
		} else {
			separator[i] = !separator[i-1]
		}
	}
	clear(separator[:separatorMargin])
	var s stack
	s.add(upper, stackedUpper)
	s.add(separator, 1)
	s.add(lower, stackedLower)
	return s.symbol(text, 2, 1), nil
}

func databarStackedOmniSymbol(value string) (*Symbol, error) {
	upper, lower, text, err := databarRows(value)
	if err != nil {
		return nil, err
	}
	middle := make([]bool, len(upper))
	for i := separatorMargin + 1; i < len(upper)-separatorMargin; i += 2 {
		middle[i] = true
	}
	var s stack
	s.add(upper, stackedOmniRow)
	s.add(separatorOf(upper, 13, 18), 1)
	s.add(middle, 1)
	s.add(lowerSeparator(lower), 1)
	s.add(lower, stackedOmniRow)
	return s.symbol(text, 2, 1), nil
}

// lowerSeparator is the separator above a lower row, whose finder pattern is
// printed backwards. Over the pattern 1 1 9 1 3 the last dark module stands a
// module later (ISO/IEC 24724 5.3.2.2).
func lowerSeparator(lower []bool) []bool {
	const from = 17
	out := separatorOf(lower, 13, from)
	if !lower[from+11] && lower[from+10] && lower[from+12] && !lower[from+1] && lower[from+2] {
		out[from+11], out[from+12] = false, true
	}
	return out
}

// separatorOf is the complement of a row; over the light parts of its finder
// patterns of so many modules, which begin at finders, dark and light alternate.
func separatorOf(row []bool, modules int, finders ...int) []bool {
	out := make([]bool, len(row))
	for i := separatorMargin; i < len(row)-separatorMargin; i++ {
		out[i] = !row[i]
	}
	for _, from := range finders {
		dark := true
		for i := from; i < from+modules; i++ {
			if row[i] {
				out[i], dark = false, true
			} else {
				out[i], dark = dark, !dark
			}
		}
	}
	return out
}

func databarLimitedSymbol(value string) (*Symbol, error) {
	digits, err := articleNumber(value)
	if err != nil {
		return nil, err
	}
	if digits[0] > '1' {
		return nil, fmt.Errorf("digit 1 of %s is %c; DataBar Limited holds numbers that begin with 0 or 1", digits, digits[0])
	}
	n, _ := strconv.Atoi(digits[:13])
	left, right := barCharacter(n/limitedHalf, 7, limitedGroups), barCharacter(n%limitedHalf, 7, limitedGroups)
	finder := limitedFinders[limitedCheck(left, right)]
	elements := guarded1(left, digitsAsWidths(finder), right)
	row := alternating(elements, false)
	return &Symbol{Width: len(row), Height: 1, QuietX: 5, Text: "(01)" + digits, dark: row}, nil
}

// digitsAsWidths reads a table's widths.
func digitsAsWidths(widths string) []int {
	out := make([]int, len(widths))
	for i := range len(widths) {
		out[i] = int(widths[i] - '0')
	}
	return out
}

func limitedCheck(left, right []int) int {
	check, weight := 0, 1
	for _, half := range [][]int{left, right} {
		for _, w := range half {
			check += weight * w
			weight = weight * 3 % 89
		}
	}
	return check % 89
}
