package barcode

import "fmt"

// microVariant is a size of MicroPDF417 (ISO/IEC 24728, table 1): columns, rows,
// check codewords and the numbers of the first row's address patterns.
type microVariant struct{ columns, rows, checks, left, centre, right int }

var microVariants = []microVariant{
	{1, 11, 7, 1, 0, 9},
	{1, 14, 7, 8, 0, 8},
	{1, 17, 7, 36, 0, 36},
	{1, 20, 8, 19, 0, 19},
	{1, 24, 8, 9, 0, 17},
	{1, 28, 8, 25, 0, 33},
	{2, 8, 8, 1, 0, 1},
	{2, 11, 9, 1, 0, 9},
	{2, 14, 9, 8, 0, 8},
	{2, 17, 10, 36, 0, 36},
	{2, 20, 11, 19, 0, 19},
	{2, 23, 13, 9, 0, 17},
	{2, 26, 15, 27, 0, 35},
	{3, 6, 12, 1, 29, 1},
	{3, 8, 14, 7, 35, 7},
	{3, 10, 16, 15, 43, 15},
	{3, 12, 18, 25, 1, 25},
	{3, 15, 21, 37, 13, 37},
	{3, 20, 26, 1, 45, 33},
	{3, 26, 32, 1, 37, 17},
	{3, 32, 38, 21, 5, 37},
	{3, 38, 44, 15, 7, 47},
	{3, 44, 50, 1, 1, 49},
	{4, 4, 8, 47, 47, 43},
	{4, 6, 12, 1, 29, 1},
	{4, 8, 14, 7, 35, 7},
	{4, 10, 16, 15, 43, 15},
	{4, 12, 18, 25, 1, 25},
	{4, 15, 21, 37, 13, 37},
	{4, 20, 26, 1, 45, 33},
	{4, 26, 32, 1, 37, 17},
	{4, 32, 38, 21, 5, 37},
	{4, 38, 44, 15, 7, 47},
	{4, 44, 50, 1, 1, 49},
}

// microSides and microCentres are the widths of the row address patterns
// (ISO/IEC 24728, annex A), numbered from 1; they follow one another in a ring.
var (
	microSides = [52]string{
		"221311", "311311", "312211", "222211", "213211", "214111", "223111", "313111", "322111", "412111", "421111", "331111", "241111",
		"232111", "231211", "321211", "411211", "411121", "411112", "321112", "312112", "311212", "311221", "311131", "311122", "311113",
		"221113", "221122", "221131", "221221", "222121", "312121", "321121", "231121", "231112", "222112", "213112", "212212", "212221",
		"212131", "212122", "212113", "211213", "211123", "211132", "211141", "211231", "211222", "211312", "211321", "211411", "212311",
	}
	microCentres = [52]string{
		"112411", "113311", "113221", "113212", "113122", "122122", "131122", "131113", "122113", "113113", "112213", "112222", "112312",
		"112321", "111421", "111331", "111322", "111232", "111223", "111133", "111124", "111214", "112114", "121114", "121123", "121132",
		"112132", "112141", "112231", "121231", "122131", "131131", "131221", "132121", "141121", "141211", "142111", "133111", "132211",
		"131311", "122311", "123211", "124111", "115111", "114211", "114121", "123121", "123112", "122212", "122221", "121321", "121411",
	}
)

// microRowHeight is in modules (ISO/IEC 24728 5.8.2: at least 2).
const microRowHeight = 2

// beforeCentre is where a row has its centre pattern: the
// number of codewords left of the centre pattern, -1 without one.
func (v microVariant) beforeCentre() int { return map[int]int{1: -1, 2: -1, 3: 1, 4: 2}[v.columns] }

// width is a row's in modules, the stop bar included.
func (v microVariant) width() int {
	w := 17*v.columns + 2*10 + 1
	if v.beforeCentre() >= 0 {
		w += 10
	}
	return w
}

func (v microVariant) capacity() int { return v.columns*v.rows - v.checks }

// cluster is the row's, by the number of its left address pattern.
func (v microVariant) cluster(row int) int { return (v.left - 1 + row) % 52 % 3 }

func microPDF417Symbol(value string) (*Symbol, error) {
	message := pdf417Message(value)
	v, ok := microFor(len(message))
	if !ok {
		return nil, fmt.Errorf("it is longer than the largest MicroPDF417 holds; use Pdf417")
	}
	for len(message) < v.capacity() {
		message = append(message, 900)
	}
	words := append(message, gf929Check(message, v.checks)...)
	var s stack
	for y := range v.rows {
		row := modulesOf(microSides[(v.left-1+y)%52])
		for x, w := range words[y*v.columns : (y+1)*v.columns] {
			if x == v.beforeCentre() {
				row = append(row, modulesOf(microCentres[(v.centre-1+y)%52])...)
			}
			row = appendBits(row, pdf417Modules(v.cluster(y), w), 17)
		}
		row = append(row, modulesOf(microSides[(v.right-1+y)%52])...)
		s.add(append(row, true), microRowHeight)
	}
	return s.symbol(value, 1, 1), nil
}

// microFor is the variant of least area; of equal ones the widest.
func microFor(words int) (best microVariant, ok bool) {
	for _, v := range microVariants {
		if v.capacity() < words {
			continue
		}
		if !ok || v.width()*v.rows <= best.width()*best.rows {
			best, ok = v, true
		}
	}
	return best, ok
}
