package mark

import (
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
)

// look is a printed symbol as this sheet shows it: darkness a cell, and where
// it is so dark that a mark could not be told from it.
type look struct {
	base  patch
	mask  [cells * cells]bool // symbol: not counted for coverage
	mean  float64             // 0 to 1
	from  int                 // bubbles it was learned of
	moved [9]*look            // by a cell; nil: not asked for yet
	cells []int               // of the mask; nil: not asked for yet
	wide  *patch              // the symbol with a cell more on every side; nil: not asked for yet
	odd   bool                // dark, and unlike the values: marks, perhaps
	raw   float64             // mean darkness of the bubbles learned of, 0 to 1
}

const (
	learnLeast = 4    // bubbles from which anything is learned: fewer may all be marked
	learnFrom  = 6    // bubbles from which a value's own symbol is learned
	learnSome  = 4    // the same where what is learned looks like the value
	learnMost  = 48   // bubbles looked at for one symbol
	capGeneral = 0.12 // more than this above the other symbols is marks, not print
	capInk     = 0.5  // more than this of ink is marks, not print
	capAlone   = 0.32 // the same without anything to compare with
	symbolCell = 0.16 // darkness from which a cell belongs to the symbol
	darkCell   = 0.35 // of ink: a cell so dark is covered; pencil reaches 0.4
	leastDark  = 0.13 // the same where print is pale: above the paper's grain
	blankLook  = 0.02 // mean darkness under which nothing is printed inside
)

// kind is what bubbles must share to have the same print inside.
type kind struct {
	value string // printed
	w, h  int
	shape register.Shape
	table int // of a score table's bubbles together: which, from 1
}

func (ms *Measurement) kindOf(i int) kind {
	b := ms.Places[i].Box
	log := func(v float64) int { return int(math.Round(6 * math.Log2(max(v, 1)))) }
	return kind{w: log(b.W), h: log(b.H), shape: ms.Bubbles[i].Outline.Shape}
}

// scoreTables numbers, a place each, the score tables of which the pattern does
// not tell whether scores are printed in their bubbles: one table may have them
// and the next be blank (spec/markup.md 10.15). Tables with too few bubbles to
// learn from stay 0.
func (ms *Measurement) scoreTables() []int {
	out := make([]int, len(ms.Places))
	table, first := 0, 0
	for i := range ms.Page.Elements {
		e := &ms.Page.Elements[i]
		for first < len(ms.Places) && ms.Places[first].Element < i {
			first++
		}
		told := e.Ours != nil && len(e.Ours.Symbols) > 0
		for _, q := range e.Questions {
			n := 0
			for _, a := range q.Answers {
				n += len(a.Bubbles)
			}
			if table++; !told && n >= learnLeast {
				for k := first; k < first+n; k++ {
					out[k] = table
				}
			}
			first += n
		}
	}
	return out
}

// upright turns the insides of bubbles that are printed lying, so that their
// symbols are learned together with those that stand.
func (ms *Measurement) upright(patches []patch) {
	for i := range patches {
		ms.turn(i, &patches[i])
	}
}

// turn turns the inside of bubble i upright.
func (ms *Measurement) turn(i int, p *patch) {
	o := ms.Page.Elements[ms.Places[i].Element].Ours
	if o == nil {
		return
	}
	for range o.Turn / 90 & 3 {
		from := *p
		for y := range cells {
			for x := range cells {
				p[y*cells+x] = from[x*cells+cells-1-y] // a quarter back
			}
		}
	}
}

// blank tells whether nothing is printed inside the bubble: by the kind of its
// element (spec/markup.md 9.6), or because the pattern says so. An element may
// mix bubbles with and without print.
func (ms *Measurement) blank(i int) bool {
	p := &ms.Places[i]
	e := &ms.Page.Elements[p.Element]
	if e.Type == pattern.CheckBox || e.Type == pattern.ReplaceTrigger {
		return true
	}
	return p.Symbol == "" && e.Ours != nil && len(e.Ours.Symbols) > 0
}

// fill computes fill and coverage of every bubble against its symbol. fine samples
// one inside closely.
func (ms *Measurement) fill(patches []patch, fine func(i int) patch) {
	ms.upright(patches)
	tables := ms.scoreTables()
	bySize, byValue := map[kind][]int{}, map[kind][]int{}
	for i := range ms.Places {
		if ms.Bubbles[i].Paper == 0 || !ms.Bubbles[i].Outline.Inside || ms.blank(i) {
			continue
		}
		k := ms.kindOf(i)
		bySize[k] = append(bySize[k], i)
		if tables[i] > 0 {
			own := k
			own.table = tables[i]
			bySize[own] = append(bySize[own], i)
		}
		k.value = ms.Places[i].Symbol
		byValue[k] = append(byValue[k], i)
	}
	general := make(map[kind]*look, len(bySize))
	for k, is := range bySize {
		general[k] = &look{from: len(is), raw: 1}
		if len(is) >= learnLeast {
			general[k] = learn(is, patches, nil, ms.Ink)
		}
	}
	looks := make(map[kind]*look, len(byValue))
	for k, is := range byValue {
		size := k
		size.value = ""
		looks[k] = general[size]
		if len(is) >= learnSome {
			l := learn(is, patches, general[size], ms.Ink)
			if len(is) >= learnFrom || l.like(k.value) {
				looks[k] = l
			}
		}
	}
	unlikely(looks, general)
	drawn := ms.draw(fine)
	none := &look{}
	for i := range ms.Places {
		b := &ms.Bubbles[i]
		if b.Paper == 0 {
			continue
		}
		l := none
		if !ms.blank(i) && b.Outline.Inside {
			k := ms.kindOf(i)
			size := k
			k.value = ms.Places[i].Symbol
			l = looks[k]
			lone := l == general[size]
			if own := size; tables[i] > 0 && l.raw <= blankLook {
				own.table = tables[i] // the others are blank, this table may not be
				l, lone = general[own], true
			}
			b.Strange = lone && l.raw > blankLook
			b.Odd = l.odd
			if drawn.of[i] != nil && (b.Strange || drawn.better(i, l)) {
				p, plain := fine(i), false
				l, plain = drawn.lookOf(i, &p)
				b.Strange, b.Odd, b.Hidden = false, false, !plain
				b.measure(&p, l, ms.Ink)
				continue
			}
		}
		b.measure(&patches[i], l, ms.Ink)
	}
}

// Likenesses (register.GlyphLikeness) that tell print from marks.
const (
	plainGlyph = 0.6  // the sheet's symbols are those of the values
	loneGlyph  = 0.65 // of that: less is a symbol under marks
	markRaw    = 0.03 // mean darkness that marks add at least
	oddRaw     = 0.1  // mean darkness from which an unknown symbol is suspect
)

// like tells whether what was learned is plainly the value as printed.
func (l *look) like(value string) bool {
	v, ok := l.likeness(value)
	return ok && v >= plainGlyph
}

func (l *look) likeness(value string) (float64, bool) {
	cells := [cells * cells]uint8(l.base)
	return register.GlyphLikeness(&cells, value)
}

// unlikely drops learned symbols that do not look like their value where the
// others do: most bubbles of that value are marked. Where none does, and the
// insides are dark, all may be: those looks are odd.
func unlikely(looks, general map[kind]*look) {
	type found struct {
		k kind
		v float64
	}
	var all []found
	for k, l := range looks {
		if l.from == 0 || l.mean == 0 {
			continue
		}
		if v, ok := l.likeness(k.value); ok {
			all = append(all, found{k, v})
		}
	}
	if len(all) == 0 {
		return
	}
	vs := make([]float64, len(all))
	for i, f := range all {
		vs[i] = f.v
	}
	slices.Sort(vs)
	usual := vs[len(vs)*3/4]
	raws := make([]float64, len(all))
	for i, f := range all {
		raws[i] = looks[f.k].raw
	}
	slices.Sort(raws)
	plain := raws[len(raws)/2]
	for _, f := range all {
		size := f.k
		size.value = ""
		l := looks[f.k]
		switch {
		case usual >= plainGlyph && f.v < loneGlyph*usual && l.raw > plain+markRaw && l != general[size]:
			looks[f.k] = general[size]
		case usual < plainGlyph && l.raw > oddRaw:
			l.odd = true
		}
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
		limit = min(limit, general.raw+capGeneral)
	}
	if l.mean > limit {
		if general != nil {
			return general
		}
		return &look{from: len(is), raw: l.raw}
	}
	l.cover()
	return l
}

// cover masks the symbol's cells and those around them: print is never quite where
// it is looked for.
func (l *look) cover() {
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
}

// Print is off its place by a cell here and there: a printer's fault, a fold, a
// residual of the map.
const (
	offCell   = 14  // mean difference of the symbol's cells, 0 to 255, from which its place is questioned
	offBetter = 0.8 // of that difference: what another place must give
)

// placed is the look where it stands in this bubble.
func (l *look) placed(p *patch) *look {
	if l.mean == 0 {
		return l
	}
	if l.cells == nil {
		for c, m := range l.mask {
			if m {
				l.cells = append(l.cells, c)
			}
		}
	}
	least := l.differs(p, 0, 0)
	if least <= offCell*len(l.cells) {
		return l
	}
	least = int(offBetter * float64(least))
	best := -1
	for k := range l.moved {
		dx, dy := k%3-1, k/3-1
		if d := l.differs(p, dx, dy); (dx != 0 || dy != 0) && d < least {
			least, best = d, k
		}
	}
	if best < 0 {
		return l
	}
	if l.moved[best] == nil {
		l.moved[best] = l.shifted(best%3-1, best/3-1)
	}
	return l.moved[best]
}

// differs sums the differences of the symbol's cells and those it would have moved by
// (dx, dy).
func (l *look) differs(p *patch, dx, dy int) (sum int) {
	for _, c := range l.cells {
		x, y := c%cells-dx, c/cells-dy
		base := 0
		if x >= 0 && y >= 0 && x < cells && y < cells {
			base = int(l.base[y*cells+x])
		}
		sum += abs(int(p[c]) - base)
	}
	return sum
}

func (l *look) shifted(dx, dy int) *look {
	out := &look{from: l.from, mean: l.mean, raw: l.raw, odd: l.odd}
	for c := range out.base {
		x, y := c%cells-dx, c/cells-dy
		if x >= 0 && y >= 0 && x < cells && y < cells {
			out.base[c] = l.base[y*cells+x]
		}
	}
	out.cover()
	return out
}

// measure sets fill and coverage.
func (b *Measured) measure(p *patch, l *look, ink float64) {
	l = l.placed(p)
	in := &insideOf[b.Outline.Shape]
	half := int(255 * max(darkCell*ink, leastDark))
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
	b.strokes(p, l, ink)
}
