package barcode

import (
	"slices"
	"strconv"
	"strings"
)

// wideOf tells the wide from the narrow ones among elements of two widths;
// single: they are all alike. Bars and spaces are judged apart, because ink
// spreads.
func wideOf(widths []float64) (wide []bool, single, ok bool) {
	wide = make([]bool, len(widths))
	if len(widths) == 0 {
		return wide, true, true
	}
	sorted := slices.Clone(widths)
	slices.Sort(sorted)
	at, gap := 0, 1.0
	for i := 1; i < len(sorted); i++ {
		if r := sorted[i] / sorted[i-1]; r > gap {
			at, gap = i, r
		}
	}
	last := sorted[len(sorted)-1]
	if last < 1.45*sorted[0] {
		return wide, true, true
	}
	// Both classes must be narrow themselves and the gap between them clear.
	if gap < 1.25 || sorted[at-1] > 1.7*sorted[0]+1 || last > 1.8*sorted[at]+1 {
		return nil, false, false
	}
	for i, w := range widths {
		wide[i] = w >= sorted[at]
	}
	return wide, false, true
}

// split is the bars and the spaces of a piece.
func split(piece []float64) (bars, spaces []float64) {
	for i, w := range piece {
		if i%2 == 0 {
			bars = append(bars, w)
		} else {
			spaces = append(spaces, w)
		}
	}
	return bars, spaces
}

// classes are the elements of a piece, narrow 'n' or wide 'w'.
func classes(piece []float64) (string, bool) {
	bars, spaces := split(piece)
	wideBars, one, ok := wideOf(bars)
	if !ok || one {
		return "", false // every start and stop has both
	}
	wideSpaces, alike, ok := wideOf(spaces)
	if !ok {
		return "", false
	}
	if alike && len(spaces) > 0 && slices.Max(spaces) > 2*slices.Min(bars) {
		return "", false
	}
	out := make([]byte, len(piece))
	for i := range piece {
		wide := wideBars
		if i%2 == 1 {
			wide = wideSpaces
		}
		out[i] = 'n'
		if wide[i/2] {
			out[i] = 'w'
		}
	}
	return string(out), true
}

// pattern writes widths in modules as classes.
func pattern(widths string) string {
	return strings.Map(func(r rune) rune {
		if r == '1' {
			return 'n'
		}
		return 'w'
	}, widths)
}

func (f family) read(piece []float64) (string, bool) {
	s, ok := classes(piece)
	if !ok {
		return "", false
	}
	s, ok = strings.CutPrefix(s, pattern(f.start))
	if !ok {
		return "", false
	}
	if s, ok = strings.CutSuffix(s, pattern(f.stop)); !ok {
		return "", false
	}
	length := len(f.digit('0'))
	if s == "" || len(s)%length != 0 {
		return "", false
	}
	var out []byte
	for ; s != ""; s = s[length:] {
		d := -1
		for i := range byte(10) {
			if pattern(f.digit('0'+i)) == s[:length] {
				d = int(i)
			}
		}
		if d < 0 {
			return "", false
		}
		out = append(out, byte('0'+d))
	}
	return string(out), true
}

func readCode11(piece []float64) (string, bool) {
	s, ok := classes(piece)
	if !ok || len(s)%6 != 5 {
		return "", false
	}
	s += "n"
	var out []byte
	for i := 0; i < len(s); i += 6 {
		k := slices.IndexFunc(code11Widths[:], func(w string) bool { return pattern(w)+"n" == s[i:i+6] })
		edge := i == 0 || i+6 == len(s)
		if k < 0 || (k == 11) != edge {
			return "", false
		}
		if !edge {
			out = append(out, code11Alphabet[k])
		}
	}
	// With one check character the text is shorter than code11Long.
	for checks := 1; checks <= 2; checks++ {
		n := len(out) - checks
		if n < 1 || (n >= code11Long) != (checks == 2) {
			continue
		}
		if code11Checked(string(out[:n])) == string(out) {
			return string(out[:n]), true
		}
	}
	return "", false
}

// readMSI compares each bar with its space: 2 1 is a one, 1 2 a zero.
func readMSI(piece []float64) (string, bool) {
	n := len(piece) - 5
	if n < 16 || n%8 != 0 {
		return "", false
	}
	unit := 0.0
	for _, w := range piece[2 : len(piece)-3] {
		unit += w
	}
	unit /= float64(n) * 1.5
	pair := func(i int) (bit int, ok bool) {
		bar, space := piece[i], piece[i+1]
		sum := bar + space
		if sum < 2.2*unit || sum > 3.8*unit || max(bar, space) < 1.25*min(bar, space) {
			return 0, false
		}
		if bar > space {
			return 1, true
		}
		return 0, true
	}
	last := piece[len(piece)-3:]
	if b, ok := pair(0); !ok || b != 1 || last[1] < 1.25*last[0] || last[1] < 1.25*last[2] {
		return "", false
	}
	var out []byte
	for i := 2; i < len(piece)-3; i += 8 {
		d := 0
		for k := range 4 {
			b, ok := pair(i + 2*k)
			if !ok {
				return "", false
			}
			d = d<<1 | b
		}
		if d > 9 {
			return "", false
		}
		out = append(out, byte('0'+d))
	}
	text := string(out[:len(out)-1])
	return text, luhn(text) == out[len(out)-1]
}

// readPharmacode compares bars with the spaces, which are twice a thin bar and
// two thirds of a thick one.
func readPharmacode(piece []float64) (string, bool) {
	bars, spaces := split(piece)
	if len(bars) < 2 || len(bars) > 16 || slices.Max(spaces) > 1.35*slices.Min(spaces) {
		return "", false
	}
	space := 0.0
	for _, w := range spaces {
		space += w / float64(len(spaces))
	}
	n := 0
	for _, w := range bars {
		switch r := w / space; {
		case r > 0.3 && r < 0.85:
			n = 2*n + 1
		case r > 1.15 && r < 2.2:
			n = 2*n + 2
		default:
			return "", false
		}
	}
	return strconv.Itoa(n), n >= 3 && n <= 131070
}

// readPatch compares bars with the spaces, which are as wide as a thin bar.
func readPatch(piece []float64) (string, bool) {
	bars, spaces := split(piece)
	if len(bars) != 4 || slices.Max(spaces) > 1.35*slices.Min(spaces) {
		return "", false
	}
	space := (spaces[0] + spaces[1] + spaces[2]) / 3
	widths := ""
	for i, w := range bars {
		switch r := w / space; {
		case r > 0.6 && r < 1.5:
			widths += "2"
		case r > 1.9 && r < 3.6:
			widths += "5"
		default:
			return "", false
		}
		if i < 3 {
			widths += "2"
		}
	}
	for name, w := range patches {
		if w == widths {
			return name, true
		}
	}
	return "", false
}
