package register

import (
	"image"
	"math"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Symbols: what is printed inside the bubbles, against drawn glyphs of the
// pattern's values (recognition.md 1.10). It tells a form from one of the same
// layout, and a sheet from itself mirrored or turned.

const (
	face       = 20  // cells a side of a patch, over the middle of the outline
	faceGrain  = 0.7 // patch / outline
	faceShift  = 2   // cells a glyph may stand off the middle
	faceValues = 10  // values looked at
	faceEach   = 8   // bubbles a value
)

// patch is a symbol's darkness, row by row.
type patch [face * face]float32

// glyphSizes are heights of a capital, in cells.
var glyphSizes = [4]float64{8, 10, 12, 14.5}

// sansFont is the typeface of drawn glyphs: the shapes of letters and digits
// differ little between the faces that forms use.
var sansFont = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(goregular.TTF) })

// glyphs are one letter at each of the glyphSizes, as drawn and softened; never
// written to once drawn.
type glyphs struct {
	sharp, soft [len(glyphSizes)]*facet
}

// commonGlyphs are the letters and digits of most forms at all sizes, drawn once.
var commonGlyphs = sync.OnceValue(func() map[rune]*glyphs {
	out := make(map[rune]*glyphs)
	for _, span := range [3][2]rune{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}} {
		for r := span[0]; r <= span[1]; r++ {
			if g, ok := drawGlyphs(r); ok {
				out[r] = g
			}
		}
	}
	return out
})

// glyphsOf is r drawn.
func glyphsOf(r rune) (*glyphs, bool) {
	if g, ok := commonGlyphs()[r]; ok {
		return g, true
	}
	return drawGlyphs(r)
}

func drawGlyphs(r rune) (*glyphs, bool) {
	var out glyphs
	for i, height := range glyphSizes {
		p, ok := drawGlyph(r, height)
		if !ok {
			return nil, false
		}
		soft := p.soften()
		out.sharp[i], out.soft[i] = newFacet(&p), newFacet(&soft)
	}
	return &out, true
}

// drawGlyph is r drawn with capitals of the given height, its ink centred.
func drawGlyph(r rune, height float64) (p patch, ok bool) {
	f, err := sansFont()
	if err != nil {
		return p, false
	}
	const capital = 0.72 // of the size, in this face
	fc, err := opentype.NewFace(f, &opentype.FaceOptions{Size: height / capital, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return p, false
	}
	b, _, ok := fc.GlyphBounds(r)
	if !ok || b.Max.X <= b.Min.X {
		return p, false
	}
	dst := image.NewAlpha(image.Rect(0, 0, face, face))
	mid := fixed.I(face) / 2
	d := font.Drawer{Dst: dst, Src: image.Opaque, Face: fc, Dot: fixed.Point26_6{
		X: mid - (b.Min.X+b.Max.X)/2, Y: mid - (b.Min.Y+b.Max.Y)/2,
	}}
	d.DrawString(string(r))
	for i, a := range dst.Pix {
		p[i] = float32(a)
	}
	return p, true
}

// flip is the patch mirrored in x, in y, or both (turned by 180°).
func (p *patch) flip(x, y bool) (out patch) {
	for i := range p {
		cx, cy := i%face, i/face
		if x {
			cx = face - 1 - cx
		}
		if y {
			cy = face - 1 - cy
		}
		out[cy*face+cx] = p[i]
	}
	return out
}

// soften blurs the patch by a cell, so that thin strokes of another typeface
// still meet.
func (p *patch) soften() (out patch) {
	var across patch // sums of three cells side by side
	for y := range face {
		row, dst := p[y*face:(y+1)*face], across[y*face:(y+1)*face]
		dst[0], dst[face-1] = row[0]+row[1], row[face-2]+row[face-1]
		for x := 1; x < face-1; x++ {
			dst[x] = row[x-1] + row[x] + row[x+1]
		}
	}
	for y := range face {
		dst := out[y*face : (y+1)*face]
		rows := float32(0)
		for v := max(0, y-1); v <= min(face-1, y+1); v++ {
			for x, s := range across[v*face : (v+1)*face] {
				dst[x] += s
			}
			rows++
		}
		for x := range dst {
			if x == 0 || x == face-1 {
				dst[x] /= 2 * rows
			} else {
				dst[x] /= 3 * rows
			}
		}
	}
	return out
}

// facet is a patch ready for correlation: with the sums of its cells and their
// squares above and left of each corner, so that those of any window are quick.
type facet struct {
	patch
	sums, squares  [(face + 1) * (face + 1)]float64
	x0, y0, x1, y1 int // the cells that are not 0 lie within
}

func newFacet(p *patch) *facet {
	f := &facet{patch: *p, x0: face, y0: face}
	for y := range face {
		var s, q float64
		i := y*(face+1) + 1
		for x, v := range p[y*face : (y+1)*face] {
			if v != 0 {
				f.x0, f.x1 = min(f.x0, x), max(f.x1, x+1)
				f.y0, f.y1 = min(f.y0, y), y+1
			}
			s += float64(v)
			q += float64(v) * float64(v)
			f.sums[i+x+face+1] = f.sums[i+x] + s
			f.squares[i+x+face+1] = f.squares[i+x] + q
		}
	}
	return f
}

// window sums the cells [x, x+w) × [y, y+h) and their squares.
func (f *facet) window(x, y, w, h int) (sum, squares float64) {
	i, j := y*(face+1)+x, (y+h)*(face+1)+x
	return f.sums[j+w] - f.sums[j] - f.sums[i+w] + f.sums[i],
		f.squares[j+w] - f.squares[j] - f.squares[i+w] + f.squares[i]
}

// likeness is the best normalised correlation of the glyph with the patch over
// small shifts.
func (f *facet) likeness(g *facet) float64 {
	best := 0.0
	for dy := -faceShift; dy <= faceShift; dy++ {
		for dx := -faceShift; dx <= faceShift; dx++ {
			best = max(best, f.correlate(g, dx, dy))
		}
	}
	return best
}

func (f *facet) correlate(g *facet, dx, dy int) float64 {
	fx, fy, gx, gy := max(0, dx), max(0, dy), max(0, -dx), max(0, -dy)
	w, h := face-fx-gx, face-fy-gy
	// Where the glyph is blank there is nothing to add.
	x0, x1 := max(g.x0, gx), min(g.x1, gx+w)
	y0, y1 := max(g.y0, gy), min(g.y1, gy+h)
	var s0, s1, s2, s3 float32 // four chains: additions wait for each other
	for y := y0; y < y1 && x0 < x1; y++ {
		b := g.patch[y*face+x0 : y*face+x1]
		a := f.patch[(y+dy)*face+x0+dx:][:len(b)]
		for len(a) >= 4 && len(b) >= 4 {
			s0 += a[0] * b[0]
			s1 += a[1] * b[1]
			s2 += a[2] * b[2]
			s3 += a[3] * b[3]
			a, b = a[4:], b[4:]
		}
		for i, v := range b {
			s0 += a[i] * v
		}
	}
	n := float64(w * h)
	fs, fq := f.window(fx, fy, w, h)
	gs, gq := g.window(gx, gy, w, h)
	vf, vg := fq-fs*fs/n, gq-gs*gs/n
	if vf <= 1e-6 || vg <= 1e-6 {
		return 0
	}
	return (float64(s0+s1+s2+s3) - fs*gs/n) / math.Sqrt(vf*vg)
}

// GlyphCells is the side of the square of cells that GlyphLikeness takes.
const GlyphCells = face

// GlyphLikeness tells how much a symbol's darkness (GlyphCells × GlyphCells
// cells over 0.7 of its outline) looks like the drawn value, at any size and in
// either case: right symbols reach 0.6 to 0.9, pen marks stay under 0.45. ok is
// false for values that are no single letter or digit.
func GlyphLikeness(cells *[GlyphCells * GlyphCells]uint8, value string) (likeness float64, ok bool) {
	r, ok := SymbolRune(value)
	if !ok {
		return 0, false
	}
	var p patch
	for i, d := range cells {
		p[i] = float32(d)
	}
	p = p.soften()
	seen := newFacet(&p)
	for _, r := range [2]rune{r, swapCase(r)} {
		glyphs, drawn := glyphsOf(r)
		if !drawn {
			return 0, false
		}
		for _, g := range glyphs.soft {
			likeness = max(likeness, seen.likeness(g))
		}
	}
	return likeness, true
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// SymbolRune is the letter or digit that a value prints, if it is one.
func SymbolRune(value string) (rune, bool) {
	r, n := utf8.DecodeRuneInString(value)
	if n != len(value) || n == 0 || (!unicode.IsLetter(r) && !unicode.IsDigit(r)) {
		return 0, false
	}
	return r, true
}

// letterEvidence is what the symbols say of a pose.
type letterEvidence struct {
	own     float64 // mean likeness with the pattern's values
	others  float64 // own less the best other value; NaN: nothing to compare
	flipped float64 // own less the same flipped or turned, the least of the three; NaN

	mirrored bool // the least was a mirror's
	// Of small or blurred symbols what all have in common hides what tells them
	// apart. Without it: those that the pattern names fit better than the others do,
	// and upright better than flipped.
	distinct, upright bool
}

// says tells whether the symbols speak for the pose.
func (e *letterEvidence) says(least float64) bool {
	return !(e.others < least && !e.distinct) && !(e.flipped < least && !e.upright)
}

// readable is the likeness from which something is printed inside at all.
const readable = 0.5

// otherCase is by how much a value the letters must look more like those of the
// other case: a lone Y looks like a mirrored y.
const otherCase = 0.1

// letters compares what is printed with what the pattern says.
func (s *search) letters(f *fitted) letterEvidence {
	none := letterEvidence{others: math.NaN(), flipped: math.NaN()}
	runes, patches := s.symbolPatches(f)
	if len(runes) == 0 {
		return none
	}
	// One size serves all values, and one case: patterns of other programs list
	// capitals for small letters. The drawing with the best sum is taken.
	var glyph []*facet
	top := 0.0
	for _, turned := range [2]bool{false, true} {
		if turned {
			if top >= 0.6*float64(len(runes)) {
				break
			}
			top += otherCase * float64(len(runes))
		}
		drawn := drawnAs(runes, turned)
		for k := range glyphSizes {
			sum := 0.0
			for i := range drawn {
				sum += patches[i].likeness(drawn[i].sharp[k])
			}
			if sum > top || glyph == nil {
				top, glyph = sum, make([]*facet, len(runes))
				for i := range drawn {
					glyph[i] = drawn[i].sharp[k]
				}
			}
		}
	}
	n := float64(len(runes))
	top = 0
	for i := range runes {
		top += patches[i].likeness(glyph[i])
	}
	ev := letterEvidence{own: top / n, others: math.NaN(), flipped: math.NaN()}
	best := 0.0
	own := make([]float64, len(runes))
	for i := range runes {
		own[i] = patches[i].likeness(glyph[i])
		best = max(best, own[i])
	}
	if best < readable {
		return none
	}
	if len(runes) > 1 {
		sum := 0.0
		for i := range runes {
			other := 0.0
			for j := range runes {
				if j != i {
					other = max(other, patches[i].likeness(glyph[j]))
				}
			}
			sum += own[i] - other
		}
		ev.others = sum / n
	}
	for k := 1; k < 4; k++ {
		sum, count := 0.0, 0.0
		for i := range runes {
			if own[i] < readable {
				continue // filled: a scribble looks like nothing either way
			}
			flipped := glyph[i].flip(k&1 != 0, k&2 != 0)
			g := newFacet(&flipped)
			if glyph[i].likeness(g) > 0.93 {
				continue // A, H, O … look the same flipped
			}
			sum += own[i] - patches[i].likeness(g)
			count++
		}
		if count > 0 && (math.IsNaN(ev.flipped) || sum/count < ev.flipped) {
			ev.flipped, ev.mirrored = sum/count, k != 3
		}
	}
	if ev.others < minLetters || ev.flipped < minLetters {
		ev.distinct, ev.upright = tellApart(patches, glyph)
	}
	return ev
}

// Limits of tellApart.
const (
	leastTold  = 4    // symbols that it needs
	leastLead  = 0.1  // of the mean correlation over that with the others
	leastT     = 4.0  // Student's t of it
	leastTurns = 0.05 // that upright symbols fit better than flipped ones
)

// tellApart compares what each symbol has that the mean of all has not.
func tellApart(patches, glyph []*facet) (distinct, upright bool) {
	if len(patches) < leastTold {
		return false, false
	}
	seen := make([]patch, len(patches))
	for i := range patches {
		seen[i] = patches[i].patch
	}
	centre(seen)
	var lead, t [4]float64
	for k := range 4 {
		drawn := make([]patch, len(glyph))
		for i := range glyph {
			drawn[i] = glyph[i].flip(k&1 != 0, k&2 != 0)
			drawn[i] = drawn[i].soften()
		}
		centre(drawn)
		// All stand as far off the middle.
		for dy := -faceShift; dy <= faceShift; dy++ {
			for dx := -faceShift; dx <= faceShift; dx++ {
				if l, s := leads(seen, drawn, dx, dy); l > lead[k] {
					lead[k], t[k] = l, s
				}
			}
		}
	}
	distinct = lead[0] >= leastLead && t[0] >= leastT
	return distinct, distinct && lead[0] >= max(lead[1], lead[2], lead[3])+leastTurns
}

// centre takes from each patch its mean, then from all the mean of them, and makes
// their squares sum to 1.
func centre(ps []patch) {
	level := func(p *patch) {
		sum, squares := 0.0, 0.0
		for _, v := range p {
			sum += float64(v)
		}
		mean := float32(sum / float64(len(p)))
		for i := range p {
			p[i] -= mean
			squares += float64(p[i]) * float64(p[i])
		}
		if squares > 0 {
			f := float32(1 / math.Sqrt(squares))
			for i := range p {
				p[i] *= f
			}
		}
	}
	var mean patch
	for i := range ps {
		level(&ps[i])
		for c, v := range ps[i] {
			mean[c] += v / float32(len(ps))
		}
	}
	for i := range ps {
		for c := range ps[i] {
			ps[i][c] -= mean[c]
		}
		level(&ps[i])
	}
}

// leads is by how much the symbols correlate more with their own drawing than with
// those of the others, moved by some cells, and Student's t of that: of another
// form's symbols both are near 0.
func leads(seen, drawn []patch, dx, dy int) (mean, t float64) {
	n := len(seen)
	sum, squares := 0.0, 0.0
	for i := range seen {
		own, others := 0.0, 0.0
		for j := range drawn {
			c := float32(0)
			for y := max(0, dy); y < min(face, face+dy); y++ {
				a, b := seen[i][y*face:(y+1)*face], drawn[j][(y-dy)*face:(y-dy+1)*face]
				for x := max(0, dx); x < min(face, face+dx); x++ {
					c += a[x] * b[x-dx]
				}
			}
			if i == j {
				own = float64(c)
			} else {
				others += float64(c) / float64(n-1)
			}
		}
		l := own - others
		sum += l
		squares += l * l
	}
	mean = sum / float64(n)
	spread := math.Sqrt(max(squares/float64(n)-mean*mean, 1e-6) / float64(n-1))
	return mean, mean / spread
}

// drawnAs are the runes as drawn, or in the other case where that is drawn too.
func drawnAs(runes []rune, turned bool) []*glyphs {
	out := make([]*glyphs, len(runes))
	for i, r := range runes {
		out[i], _ = glyphsOf(r)
		if g, ok := glyphsOf(swapCase(r)); ok && turned {
			out[i] = g
		}
	}
	return out
}

// symbolPatches are the mean insides of the lighter bubbles of the commonest
// one-character values.
func (s *search) symbolPatches(f *fitted) ([]rune, []*facet) {
	by := map[rune][]int32{}
	for i := range s.m.spots {
		if r, ok := SymbolRune(s.m.spots[i].symbol); ok {
			by[r] = append(by[r], int32(i))
		}
	}
	runes := make([]rune, 0, len(by))
	for r := range by {
		if _, ok := glyphsOf(r); ok {
			runes = append(runes, r)
		}
	}
	slices.Sort(runes)
	slices.SortStableFunc(runes, func(a, b rune) int { return len(by[b]) - len(by[a]) })
	runes = runes[:min(len(runes), faceValues)]
	var patches []*facet
	kept := runes[:0]
	for _, r := range runes {
		if p, ok := s.meanPatch(f, by[r]); ok {
			patches = append(patches, newFacet(&p))
			kept = append(kept, r)
		}
	}
	return kept, patches
}

// meanPatch averages the lighter half of some of the spots' insides.
func (s *search) meanPatch(f *fitted, spots []int32) (mean patch, ok bool) {
	type shot struct {
		p   patch
		sum float32
	}
	var shots []shot
	n := min(len(spots), faceEach)
	for i := range n {
		sp := &s.m.spots[spots[i*len(spots)/n]]
		q, j := s.spotAt(f.p.h, f.warp, sp.at)
		kind := f.kinds[sp.class]
		k := kind.scale * faceGrain / face
		ux, vy := j.apply(sp.w*k, 0), j.apply(0, sp.h*k)
		if !s.k.inside(q.x, q.y) {
			continue
		}
		var sh shot
		for c := range sh.p {
			u, v := float64(c%face)+0.5-face/2, float64(c/face)+0.5-face/2
			d := float32(s.k.at(q.x+u*ux.x+v*vy.x, q.y+u*ux.y+v*vy.y))
			sh.p[c] = d
			sh.sum += d
		}
		shots = append(shots, sh)
	}
	if len(shots) == 0 {
		return mean, false
	}
	slices.SortStableFunc(shots, func(a, b shot) int { return int(a.sum - b.sum) })
	shots = shots[:(len(shots)+1)/2]
	for i := range shots {
		for c, d := range shots[i].p {
			mean[c] += d / float32(len(shots))
		}
	}
	return mean, true
}
