package barcode

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
)

// fit tells whether elements, the first dark or light, are widths in modules:
// the module in px and how far ink spread each bar.
func fit(elements []float64, widths []int, dark bool) (unit, excess float64, ok bool) {
	if len(elements) < len(widths) {
		return 0, 0, false
	}
	total, modules, bars, ink, inkModules := 0.0, 0, 0, 0.0, 0
	for i, n := range widths {
		total += elements[i]
		modules += n
		if (i%2 == 0) == dark {
			bars++
			ink += elements[i]
			inkModules += n
		}
	}
	unit = total / float64(modules)
	excess = (ink - unit*float64(inkModules)) / float64(bars)
	// Bars and spaces spread against each other: with an uneven number of edges
	// the pattern as a whole grows too, which the next step evens out.
	if math.Abs(excess) > 0.6*unit {
		return 0, 0, false
	}
	for i, n := range widths {
		w := elements[i] + excess
		if (i%2 == 0) == dark {
			w = elements[i] - excess
		}
		if math.Abs(w/unit-float64(n)) > 0.35+0.06*float64(n) {
			return 0, 0, false
		}
	}
	return unit, excess, true
}

// databarCharacter reads elements of so many modules in a group's code.
func databarCharacter(elements []float64, modules int, excess, unit float64, dark bool, groups []barGroup) (int, []int, bool) {
	total := 0.0
	for _, w := range elements {
		total += w
	}
	if math.Abs(total-unit*float64(modules)) > 0.12*unit*float64(modules) {
		return 0, nil, false
	}
	if !dark {
		excess = -excess
	}
	widths, ok := modulesFrom(elements, modules, excess)
	if !ok {
		return 0, nil, false
	}
	v, ok := barValue(widths, groups)
	return v, widths, ok
}

// omniPair is a half of a DataBar symbol.
type omniPair struct {
	outside, inside, finder int
	check                   int // its characters' part of the sum
}

// readDatabar reads all four forms of 14 digits: halves may stand side by
// side or one above the other.
func readDatabar(g *image.Gray) (string, bool) {
	lefts, rights := map[omniPair]int{}, map[omniPair]int{}
	for _, l := range lines(g, scanLines) {
		for _, elements := range [][]float64{l.elements(), backwardsOf(l.elements())} {
			for i := 8; i+13 <= len(elements); i++ {
				if p, ok := omniAt(elements, i); ok {
					if i%2 == 1 {
						lefts[p]++
					} else {
						rights[p]++
					}
				}
			}
		}
	}
	left, ok := mostSeen(lefts)
	right, fine := mostSeen(rights)
	if !ok || !fine {
		return "", false
	}
	check := (left.check + right.check) % 79
	if check >= 8 {
		check++
	}
	if check >= 72 {
		check++
	}
	if check != 9*left.finder+right.finder {
		return "", false
	}
	n := (left.outside*omniCharacter+left.inside)*omniHalf + right.outside*omniCharacter + right.inside
	digits := fmt.Sprintf("%013d", n)
	return "(01)" + digits + string(mod10(digits)), len(digits) == 13
}

// mostSeen is the pair that at least two lines have, and four of five that have
// any.
func mostSeen[T comparable](seen map[T]int) (best T, ok bool) {
	all := 0
	for p, n := range seen {
		all += n
		if n > seen[best] {
			best = p
		}
	}
	return best, seen[best] >= checkedVotes && seen[best]*5 >= all*4
}

// omniAt reads the half whose finder pattern begins at element i: of a left half
// it begins light and is printed forwards, of a right half dark and backwards.
func omniAt(elements []float64, i int) (omniPair, bool) {
	left := i%2 == 1
	for n, finder := range omniFinders {
		widths := finder[:]
		if !left {
			widths = backwards(widths)
		}
		unit, excess, ok := fit(elements[i:], widths, !left)
		if !ok {
			continue
		}
		before, after := elements[i-8:i], backwardsOf(elements[i+5:i+13])
		outer, inner := before, after
		if !left {
			outer, inner = after, before
		}
		// A character begins as the finder does on its left; from behind, with the
		// other colour.
		a, outerWidths, ok := databarCharacter(outer, 16, excess, unit, false, outsideGroups)
		if !ok {
			return omniPair{}, false
		}
		b, innerWidths, ok := databarCharacter(inner, 15, excess, unit, true, insideGroups)
		if !ok {
			return omniPair{}, false
		}
		weight, check := 1, 0
		if !left {
			for range 16 {
				weight = weight * 3 % 79
			}
		}
		for _, w := range append(slices.Clone(outerWidths), innerWidths...) {
			check += weight * w
			weight = weight * 3 % 79
		}
		return omniPair{a, b, n, check % 79}, true
	}
	return omniPair{}, false
}

// readDatabarLimited reads the 73 modules between the outer bars.
func readDatabarLimited(g *image.Gray) (string, bool) {
	const count, modules = 45, 73
	v := votes{}
	for _, l := range lines(g, scanLines) {
		for _, elements := range [][]float64{l.elements(), backwardsOf(l.elements())} {
			for i := 0; i+count <= len(elements); i += 2 {
				total := 0.0
				for _, w := range elements[i : i+count] {
					total += w
				}
				unit := total / modules
				excess := (elements[i]+elements[i+count-1])/2 - unit
				if math.Abs(excess) > 0.6*unit {
					continue
				}
				left, a, ok := databarCharacter(elements[i+1:i+15], 26, excess, unit, false, limitedGroups)
				if !ok {
					continue
				}
				right, b, ok := databarCharacter(elements[i+29:i+43], 26, excess, unit, false, limitedGroups)
				if !ok {
					continue
				}
				finder, ok := modulesFrom(elements[i+15:i+29], 18, -excess)
				if !ok || !slices.Equal(finder, digitsAsWidths(limitedFinders[limitedCheck(a, b)])) {
					continue
				}
				digits := fmt.Sprintf("%013d", left*limitedHalf+right)
				if len(digits) == 13 && digits[0] <= '1' {
					v["(01)"+digits+string(mod10(digits))]++
				}
			}
		}
	}
	return v.winner(checkedVotes)
}

// expandedPair is a finder pattern with the characters left and right of it.
type expandedPair struct {
	finder      int
	second      bool // printed backwards
	left, right int  // values; right is -1 where there is none
}

// placedPair is where a pair was seen.
type placedPair struct {
	expandedPair
	lines, order int
	y            float64
}

// readDatabarExpanded reads one or several rows. A row's pairs are put one after
// the other; the check character confirms the whole.
func readDatabarExpanded(g *image.Gray) (string, bool) {
	seen := map[expandedPair]*placedPair{}
	for _, l := range lines(g, 3*scanLines) {
		for _, elements := range [][]float64{l.elements(), backwardsOf(l.elements())} {
			for order, p := range expandedChain(elements) {
				if seen[p] == nil {
					seen[p] = &placedPair{expandedPair: p}
				}
				s := seen[p]
				s.lines++
				s.order += order
				s.y += float64(l.y)
			}
		}
	}
	var pairs []placedPair
	for _, p := range seen {
		if p.lines >= checkedVotes {
			p.y /= float64(p.lines)
			pairs = append(pairs, *p)
		}
	}
	if len(pairs) < 2 || len(pairs) > 11 {
		return "", false
	}
	// Rows: pairs whose mean heights lie apart by more than a fraction of the
	// picture belong to different ones.
	slices.SortFunc(pairs, func(a, b placedPair) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	apart := float64(g.Bounds().Dy()) / 24
	var ordered []placedPair
	for from := 0; from < len(pairs); {
		to := from + 1
		for to < len(pairs) && pairs[to].y-pairs[to-1].y < apart {
			to++
		}
		row := pairs[from:to]
		slices.SortFunc(row, func(a, b placedPair) int { return a.order*b.lines - b.order*a.lines })
		ordered = append(ordered, row...)
		from = to
	}
	if text, ok := expandedText(ordered); ok {
		return text, true
	}
	// Upside down, rows are the other way round, each in its own direction.
	slices.Reverse(ordered)
	for from := 0; from < len(ordered); {
		to := from + 1
		for to < len(ordered) && math.Abs(ordered[to].y-ordered[to-1].y) < apart {
			to++
		}
		slices.Reverse(ordered[from:to])
		from = to
	}
	return expandedText(ordered)
}

// expandedChain are the pairs of a line: finders follow one another every 21
// elements, so a character that looks like a finder stands alone.
func expandedChain(elements []float64) []expandedPair {
	const period = 5 + 8 + 8
	var best []expandedPair
	for phase := range period {
		var chain []expandedPair
		for i := 8 + phase; i+5 <= len(elements); i += period {
			if p, ok := expandedAt(elements, i); ok {
				chain = append(chain, p)
			}
		}
		if len(chain) > len(best) {
			best = chain
		}
	}
	return best
}

// expandedAt reads the pair whose finder begins at element i: the even ones of a
// symbol begin light and run forwards, the others dark and backwards, which also
// tells the direction of a row.
func expandedAt(elements []float64, i int) (expandedPair, bool) {
	second := i%2 == 0
	for n, finder := range expandedFinders {
		widths := finder[:]
		if second {
			widths = backwards(widths)
		}
		unit, excess, ok := fit(elements[i:], widths, second)
		if !ok {
			continue
		}
		left, _, ok := databarCharacter(elements[i-8:i], 17, excess, unit, second, expandedGroups)
		if !ok {
			return expandedPair{}, false
		}
		p := expandedPair{finder: n, second: second, left: left, right: -1}
		if i+13 <= len(elements) {
			// Its last element, 13 after the finder's first, is of that one's colour.
			right, _, ok := databarCharacter(backwardsOf(elements[i+5:i+13]), 17, excess, unit, second, expandedGroups)
			if ok {
				p.right = right
			}
		}
		return p, true
	}
	return expandedPair{}, false
}

// expandedText checks finders and check character and reads the bits.
func expandedText(pairs []placedPair) (string, bool) {
	var sequence strings.Builder
	var values []int
	for i, p := range pairs {
		if p.second != isSecond(i) || p.right < 0 && i < len(pairs)-1 {
			return "", false
		}
		sequence.WriteByte(byte('A' + p.finder))
		values = append(values, p.left)
		if p.right >= 0 {
			values = append(values, p.right)
		}
	}
	if !slices.Contains(expandedSequences, sequence.String()) {
		return "", false
	}
	check := values[0]
	n := check/211 + 4
	if n != len(values) {
		return "", false
	}
	var characters [][]int
	var b bitString
	for _, v := range values[1:] {
		if v > 4095 {
			return "", false
		}
		characters = append(characters, barCharacter(v, 4, expandedGroups))
		b.add(v, 12)
	}
	if expandedCheck(characters, sequence.String()) != check%211 {
		return "", false
	}
	message, ok := expandedMessage(b.String())
	if !ok {
		return "", false
	}
	text, _ := gs1Bracketed(message)
	return text, strings.HasPrefix(text, "(")
}

// bitReader takes numbers from a string of bits.
type bitReader struct {
	bits string
	bad  bool
}

func (r *bitReader) take(n int) int {
	if len(r.bits) < n {
		r.bad = true
		r.bits = ""
		return 0
	}
	v := 0
	for _, c := range r.bits[:n] {
		v = v<<1 | int(c-'0')
	}
	r.bits = r.bits[n:]
	return v
}

func (r *bitReader) skip(prefix string) bool {
	rest, ok := strings.CutPrefix(r.bits, prefix)
	if ok {
		r.bits = rest
	}
	return ok
}

// expandedMessage undoes expandedBits: element strings, separators between.
func expandedMessage(bits string) (string, bool) {
	r := &bitReader{bits: bits}
	if r.take(1) != 0 {
		return "", false // a composite component that nobody prints here
	}
	article := func(first string) string {
		digits := first
		for range 4 {
			v := r.take(10)
			r.bad = r.bad || v > 999
			digits += fmt.Sprintf("%03d", v)
		}
		return "01" + digits + string(mod10(digits))
	}
	var out string
	switch {
	case r.skip("1"):
		r.take(2)
		d := r.take(4)
		r.bad = r.bad || d > 9
		out = article(string(rune('0' + d%10)))
		general, ok := generalText(r)
		return out + general, ok && !r.bad
	case r.skip("00"):
		r.take(2)
		general, ok := generalText(r)
		return general, ok && !r.bad
	case r.skip("0100"):
		out = article("9")
		return out + fmt.Sprintf("3103%06d", r.take(15)), !r.bad
	case r.skip("0101"):
		out = article("9")
		w := r.take(15)
		if w < 10000 {
			return out + fmt.Sprintf("3202%06d", w), !r.bad
		}
		return out + fmt.Sprintf("3203%06d", w-10000), !r.bad
	case r.skip("01100"), r.skip("01101"):
		currency := strings.HasPrefix(bits[1:], "01101")
		r.take(2)
		out = article("9")
		decimals := r.take(2)
		if currency {
			v := r.take(10)
			r.bad = r.bad || v > 999
			out += fmt.Sprintf("393%d%03d", decimals, v)
		} else {
			out += fmt.Sprintf("392%d", decimals)
		}
		general, ok := generalText(r)
		return out + general, ok && !r.bad
	case r.skip("0111"):
		method := r.take(3)
		out = article("9")
		weight := r.take(20)
		date := r.take(16)
		unit := "310"
		if method%2 == 1 {
			unit = "320"
		}
		out += fmt.Sprintf("%s%d%06d", unit, weight/100000, weight%100000)
		if date != 38400 {
			day, month, year := date%32, date/32%12+1, date/384
			out += fmt.Sprintf("%s%02d%02d%02d", []string{"11", "13", "15", "17"}[method/2], year, month, day)
			r.bad = r.bad || year > 99
		}
		return out, !r.bad && weight/100000 <= 9
	}
	return "", false
}

// generalText undoes generalBits up to the padding.
func generalText(r *bitReader) (string, bool) {
	var out strings.Builder
	digit := func(v int) {
		if v == 10 {
			out.WriteString(groupSeparator)
		} else {
			out.WriteByte(byte('0' + v))
		}
	}
	mode := numericMode
	for {
		rest := len(r.bits)
		switch mode {
		case numericMode:
			switch {
			case rest < 4:
				return strings.TrimSuffix(out.String(), groupSeparator), strings.Trim(r.bits, "0") == ""
			case r.skip("0000"):
				mode = alphanumericMode
			case rest < 7:
				v := r.take(4)
				if v < 1 || v > 10 {
					return "", false
				}
				digit(v - 1)
				r.bits = ""
				return out.String(), true
			default:
				v := r.take(7) - 8
				if v < 0 || v > 120 {
					return "", false
				}
				digit(v / 11)
				digit(v % 11)
			}
		default:
			iso := mode == isoMode
			switch {
			case rest < 5:
				return strings.TrimSuffix(out.String(), groupSeparator), strings.HasPrefix("00100", r.bits)
			case r.skip("000"):
				mode = numericMode
			case r.skip("00100"):
				mode = alphanumericMode + isoMode - mode
			case r.skip("01111"):
				out.WriteString(groupSeparator)
				mode = numericMode
			default:
				if v := r.take(5); v < 15 {
					if v < 5 {
						return "", false
					}
					digit(v - 5)
					continue
				} else if !iso {
					v = v<<1 | r.take(1)
					switch {
					case r.bad:
						return "", false
					case v <= 57:
						out.WriteByte(byte(v + 33))
					case v-58 < len(alphanumericPunctuation):
						out.WriteByte(alphanumericPunctuation[v-58])
					default:
						return "", false
					}
				} else {
					v = v<<2 | r.take(2)
					switch {
					case r.bad:
						return "", false
					case v <= 89:
						out.WriteByte(byte(v + 1))
					case v <= 115:
						out.WriteByte(byte(v + 7))
					default:
						v = v<<1 | r.take(1)
						if r.bad || v < 232 || v-232 >= len(isoPunctuation) {
							return "", false
						}
						out.WriteByte(isoPunctuation[v-232])
					}
				}
			}
		}
	}
}
