package mark

import (
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/register"
)

// look is a printed symbol as this sheet shows it: darkness a cell, and where
// it is so dark that a mark could not be told from it.
type look struct {
	base patch
	mask [cells * cells]bool // symbol: not counted for coverage
	mean float64             // 0 to 1
	from int                 // bubbles it was learned of
	raw  float64             // mean darkness of the bubbles learned of, 0 to 1
}

const (
	learnFrom  = 6    // bubbles from which a value's own symbol is learned
	learnMost  = 48   // bubbles looked at for one symbol
	capGeneral = 0.12 // more than this above the general look is marks, not print
	capInk     = 0.5  // more than this of ink is marks, not print
	capAlone   = 0.32 // the same without anything to compare with
	symbolCell = 0.16 // darkness from which a cell belongs to the symbol
	blankLook  = 0.02 // mean darkness under which nothing is printed inside
)

// fill computes fill and coverage of every bubble against its symbol.
func (ms *Measurement) fill(patches []patch) {
	type key struct {
		value string
		w, h  int
		shape register.Shape
	}
	sizeOf := func(i int) key {
		b := ms.Places[i].Box
		return key{"", int(math.Round(12 * math.Log2(max(b.W, 1)) / 2)), int(math.Round(12 * math.Log2(max(b.H, 1)) / 2)), ms.Bubbles[i].Outline.Shape}
	}
	bySize, byValue := map[key][]int{}, map[key][]int{}
	for i := range ms.Places {
		if ms.Bubbles[i].Paper == 0 || !ms.Bubbles[i].Outline.Inside {
			continue
		}
		k := sizeOf(i)
		bySize[k] = append(bySize[k], i)
		k.value = ms.Places[i].Value
		byValue[k] = append(byValue[k], i)
	}
	general := make(map[key]*look, len(bySize))
	for k, is := range bySize {
		general[k] = learn(is, patches, nil, ms.Ink)
	}
	looks := make(map[key]*look, len(byValue))
	for i := range ms.Places {
		b := &ms.Bubbles[i]
		if b.Paper == 0 {
			continue
		}
		size := sizeOf(i)
		k := size
		k.value = ms.Places[i].Value
		l, ok := looks[k]
		if !ok {
			all := general[size]
			if all == nil {
				all = &look{}
			}
			l = all
			if is := byValue[k]; len(is) >= learnFrom {
				l = learn(is, patches, all, ms.Ink)
			}
			looks[k] = l
		}
		b.measure(&patches[i], l, ms.Ink)
		b.Strange = l == general[size] && l.raw > blankLook
	}
}

// learn is the cell-wise median of the lighter half of the bubbles; a look too
// dark to be print is dropped for the general one, or for none.
func learn(is []int, patches []patch, general *look, ink float64) *look {
	if len(is) > learnMost {
		some := make([]int, learnMost)
		for i := range some {
			some[i] = is[i*len(is)/learnMost]
		}
		is = some
	}
	order := slices.Clone(is)
	means := make(map[int]int, len(is))
	for _, i := range is {
		s := 0
		for _, d := range patches[i] {
			s += int(d)
		}
		means[i] = s
	}
	slices.SortStableFunc(order, func(a, b int) int { return means[a] - means[b] })
	half := order[:(len(order)+1)/2]
	l := &look{from: len(is), raw: float64(means[half[len(half)/2]]) / (255 * cells * cells)}
	var column [learnMost]uint8
	sum := 0
	for c := range cells * cells {
		col := column[:len(half)]
		for j, i := range half {
			col[j] = patches[i][c]
		}
		slices.Sort(col)
		l.base[c] = col[(len(col)-1)/2]
		sum += int(l.base[c])
	}
	l.mean = float64(sum) / (255 * cells * cells)
	limit := min(capInk*ink, capAlone)
	if general != nil {
		limit = min(limit, general.mean+capGeneral)
	}
	if l.mean > limit {
		if general != nil {
			return general
		}
		return &look{from: len(is), raw: l.raw}
	}
	for c, d := range l.base {
		if float64(d) < symbolCell*255 {
			continue
		}
		x, y := c%cells, c/cells
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if u, v := x+dx, y+dy; u >= 0 && v >= 0 && u < cells && v < cells {
					l.mask[v*cells+u] = true
				}
			}
		}
	}
	return l
}

// measure sets fill and coverage.
func (b *Measured) measure(p *patch, l *look, ink float64) {
	in := &insideOf[b.Outline.Shape]
	half := int(ink * 255 / 2)
	n, sum, base, free, dark := 0, 0, 0, 0, 0
	for c, ok := range in {
		if !ok {
			continue
		}
		n++
		sum += int(p[c])
		base += int(l.base[c])
		if !l.mask[c] {
			free++
			if int(p[c])-int(l.base[c]) > half {
				dark++
			}
		}
	}
	b.Raw = float64(sum) / float64(255*n)
	b.Base = float64(base) / float64(255*n)
	b.Learned = l.from
	b.Fill = (b.Raw - b.Base) / ink
	if free > 0 {
		b.Coverage = float64(dark) / float64(free)
	}
}
