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
	for y := range face {
		for x := range face {
			var s, n float32
			for v := max(0, y-1); v <= min(face-1, y+1); v++ {
				for u := max(0, x-1); u <= min(face-1, x+1); u++ {
					s += p[v*face+u]
					n++
				}
			}
			out[y*face+x] = s / n
		}
	}
	return out
}

// likeness is the best normalised correlation of the glyph with the patch over
// small shifts.
func (p *patch) likeness(g *patch) float64 {
	best := 0.0
	for dy := -faceShift; dy <= faceShift; dy++ {
		for dx := -faceShift; dx <= faceShift; dx++ {
			best = max(best, p.correlate(g, dx, dy))
		}
	}
	return best
}

func (p *patch) correlate(g *patch, dx, dy int) float64 {
	var n, sp, sg, spp, sgg, spg float32
	for y := max(0, -dy); y < min(face, face-dy); y++ {
		a := p[(y+dy)*face+max(0, dx) : (y+dy)*face+min(face, face+dx)]
		b := g[y*face+max(0, -dx) : y*face+min(face, face-dx)]
		for i, v := range a {
			w := b[i]
			sp += v
			sg += w
			spp += v * v
			sgg += w * w
			spg += v * w
		}
		n += float32(len(a))
	}
	vp, vg := float64(spp-sp*sp/n), float64(sgg-sg*sg/n)
	if vp <= 1e-6 || vg <= 1e-6 {
		return 0
	}
	return float64(spg-sp*sg/n) / math.Sqrt(vp*vg)
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
	for _, r := range [2]rune{r, swapCase(r)} {
		for _, height := range glyphSizes {
			g, drawn := drawGlyph(r, height)
			if !drawn {
				return 0, false
			}
			g = g.soften()
			likeness = max(likeness, p.likeness(&g))
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
	if n != len(value) || n == 0 || !(unicode.IsLetter(r) || unicode.IsDigit(r)) {
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
}

// readable is the likeness from which something is printed inside at all.
const readable = 0.5

// letters compares what is printed with what the pattern says.
func (s *search) letters(f *fitted) letterEvidence {
	none := letterEvidence{others: math.NaN(), flipped: math.NaN()}
	runes, patches := s.symbolPatches(f)
	if len(runes) == 0 {
		return none
	}
	// One size serves all values: that with the best sum.
	var sizes [len(glyphSizes)][]patch
	at, top := 0, 0.0
	for k, height := range glyphSizes {
		sum := 0.0
		for i, r := range runes {
			g, _ := drawGlyph(r, height)
			sizes[k] = append(sizes[k], g)
			sum += patches[i].likeness(&g)
		}
		if sum > top {
			at, top = k, sum
		}
	}
	glyphs := sizes[at]
	n := float64(len(runes))
	ev := letterEvidence{own: top / n, others: math.NaN(), flipped: math.NaN()}
	best := 0.0
	own := make([]float64, len(runes))
	for i := range runes {
		own[i] = patches[i].likeness(&glyphs[i])
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
					other = max(other, patches[i].likeness(&glyphs[j]))
				}
			}
			sum += own[i] - other
		}
		ev.others = sum / n
	}
	for k := 1; k < 4; k++ {
		sum, count := 0.0, 0.0
		for i := range runes {
			g := glyphs[i].flip(k&1 != 0, k&2 != 0)
			if glyphs[i].likeness(&g) > 0.93 {
				continue // A, H, O … look the same flipped
			}
			sum += own[i] - patches[i].likeness(&g)
			count++
		}
		if count > 0 && (math.IsNaN(ev.flipped) || sum/count < ev.flipped) {
			ev.flipped, ev.mirrored = sum/count, k != 3
		}
	}
	return ev
}

// symbolPatches are the mean insides of the lighter bubbles of the commonest
// one-character values.
func (s *search) symbolPatches(f *fitted) ([]rune, []patch) {
	by := map[rune][]int32{}
	for i := range s.m.spots {
		if r, ok := SymbolRune(s.m.spots[i].value); ok {
			by[r] = append(by[r], int32(i))
		}
	}
	runes := make([]rune, 0, len(by))
	for r := range by {
		if _, ok := drawGlyph(r, glyphSizes[0]); ok {
			runes = append(runes, r)
		}
	}
	slices.Sort(runes)
	slices.SortStableFunc(runes, func(a, b rune) int { return len(by[b]) - len(by[a]) })
	runes = runes[:min(len(runes), faceValues)]
	var patches []patch
	kept := runes[:0]
	for _, r := range runes {
		if p, ok := s.meanPatch(f, by[r]); ok {
			patches = append(patches, p)
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
