package barcode

import "image"

// microLine is one line of MicroPDF417: numbers of its address patterns and its
// codewords with their clusters, cluster -1 where one could not be read.
type microLine struct {
	left, centre, right int
	words               [][2]int
}

// sideIndex and centreIndex find the number of an address pattern by its modules;
// 0: it is none.
var sideIndex, centreIndex = addressIndex(microSides), addressIndex(microCentres)

func addressIndex(table [52]string) map[int]int {
	index := map[int]int{}
	for i, widths := range table {
		index[patternOf(digitsAsWidths(widths))] = i + 1
	}
	return index
}

func readMicroPDF417(g *image.Gray) (string, bool) {
	if text, ok := readMicroUpright(g); ok {
		return text, true
	}
	return readMicroUpright(turned180(g))
}

func readMicroUpright(g *image.Gray) (string, bool) {
	const most = 200
	seen := map[int][]microLine{} // by columns
	for _, l := range lines(g, most) {
		elements := l.elements()
		for columns := 1; columns <= 4; columns++ {
			if m, ok := microLineOf(elements, columns); ok {
				seen[columns] = append(seen[columns], m)
			}
		}
	}
	best, columns := 0, 0
	for c, all := range seen {
		if len(all) > best || len(all) == best && c > columns {
			best, columns = len(all), c
		}
	}
	for _, v := range microVariants {
		if v.columns != columns {
			continue
		}
		if text, ok := v.text(seen[columns]); ok {
			return text, true
		}
	}
	return "", false
}

// text reads the codewords as this size; other sizes fail its checks.
func (v microVariant) text(all []microLine) (string, bool) {
	cells := make([]cell, v.columns*v.rows)
	for _, m := range all {
		y := (m.left - v.left + 52) % 52
		if y >= v.rows || (m.right-v.right+52)%52 != y || v.centre > 0 && (m.centre-v.centre+52)%52 != y {
			continue
		}
		for x, w := range m.words {
			if w[0] != v.cluster(y) {
				continue
			}
			if cells[y*v.columns+x] == nil {
				cells[y*v.columns+x] = cell{}
			}
			cells[y*v.columns+x][w[1]]++
		}
	}
	words := make([]int, len(cells))
	var missing []int
	for i, c := range cells {
		w, ok := c.best()
		if !ok {
			missing = append(missing, i)
		}
		words[i] = w
	}
	if !gf929Correct(words, v.checks, missing) {
		return "", false
	}
	return pdf417Value(words[:v.capacity()])
}

// microLineOf finds a row of so many columns among elements.
func microLineOf(elements []float64, columns int) (microLine, bool) {
	v := microVariant{columns: columns}
	centre := v.beforeCentre()
	count := 6 + 8*columns + 6 + 1
	if centre >= 0 {
		count += 6
	}
	for i := 0; i+count <= len(elements); i += 2 {
		part := elements[i : i+count]
		total := 0.0
		for _, w := range part {
			total += w
		}
		unit := total / float64(v.width())
		excess := part[count-1] - unit // the stop bar is one module
		if excess > 0.6*unit || excess < -0.6*unit {
			continue
		}
		address := func(at int, index map[int]int) int {
			widths, ok := modulesFrom(part[at:at+6], 10, excess)
			if !ok {
				return -1
			}
			return index[patternOf(widths)]
		}
		m := microLine{left: address(0, sideIndex), right: address(count-7, sideIndex)}
		if m.left < 1 || m.right < 1 {
			continue
		}
		at := 6
		for x := range columns {
			if x == centre {
				m.centre = address(at, centreIndex)
				at += 6
			}
			cluster, number, ok := pdf417Character(part[at:at+8], excess)
			if !ok {
				cluster, number = -1, 0
			}
			m.words = append(m.words, [2]int{cluster, number})
			at += 8
		}
		if centre < 0 || m.centre > 0 {
			return m, true
		}
	}
	return microLine{}, false
}
