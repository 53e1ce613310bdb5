package typeset

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// shaper is the working state of one goroutine.
type shaper struct {
	faces  *Faces
	loaded []*font.Face // by FaceID, nil until needed
	ids    map[*font.Face]FaceID
	chains map[FaceID][]FaceID // by primary
	harf   shaping.HarfbuzzShaper
	split  shaping.Segmenter
	breaks segmenter.Segmenter
	bidi   bidi.Paragraph
}

func newShaper(s *Faces) *shaper {
	w := &shaper{faces: s, loaded: make([]*font.Face, len(s.files)), ids: map[*font.Face]FaceID{}, chains: map[FaceID][]FaceID{}}
	w.harf.SetFontCacheSize(len(s.files))
	return w
}

func (w *shaper) face(id FaceID) *font.Face {
	if w.loaded[id] == nil {
		w.loaded[id] = font.NewFace(w.faces.fonts[id]())
		w.ids[w.loaded[id]] = id
	}
	return w.loaded[id]
}

// chain is where a character is looked for: the face itself, then the two large
// sans families in its style, then the scripts they lack, then the operator's.
func (w *shaper) chain(primary FaceID) []FaceID {
	if c, ok := w.chains[primary]; ok {
		return c
	}
	style := w.faces.styleOf(primary)
	c := []FaceID{primary, openSans + style, liberationSans + style}
	for id := fallbacks + style%2; id < embedded; id += 2 {
		c = append(c, id)
	}
	c = append(c, w.faces.extra...)
	w.chains[primary] = c
	return c
}

// styleOf is the style of a face, as an offset.
func (s *Faces) styleOf(id FaceID) FaceID {
	if id < fallbacks {
		return id % 4
	}
	for _, own := range s.own {
		if i := slices.Index(own, id); i >= 0 {
			return FaceID(i)
		}
	}
	return 0
}

// find is the first face of the chain that has r.
func (w *shaper) find(primary FaceID, r rune) (FaceID, bool) {
	for _, id := range w.chain(primary) {
		if _, ok := w.face(id).NominalGlyph(r); ok {
			return id, true
		}
	}
	return primary, false
}

// resolver adapts find to the shaping library.
type resolver struct {
	w       *shaper
	primary FaceID
}

// ResolveFace implements shaping.Fontmap.
func (r resolver) ResolveFace(c rune) *font.Face {
	id, _ := r.w.find(r.primary, c)
	return r.w.face(id)
}

// level is a stretch of text of one embedding level.
type level struct {
	start, end int
	depth      int // odd: right to left
}

// levels are the embedding levels of a paragraph, whose direction is that of
// its first strong character (Unicode Standard Annex 9, P2, P3), or right to left
// where rtl says so (HL1).
func (w *shaper) levels(text []rune, rtl bool) []level {
	direction := bidi.Neutral
	if rtl {
		direction = bidi.RightToLeft
	} else if !slices.ContainsFunc(text, func(r rune) bool { return r >= 0x590 }) {
		return []level{{0, len(text), 0}}
	}
	runs := w.bidi.Segment(unpaired(text), direction)
	out := make([]level, 0, runs.NumRuns())
	for i := range runs.NumRuns() {
		r := runs.Run(i)
		out = append(out, level{r.Start, r.End, int(r.Level)})
	}
	return out
}

// manyPaired is how many brackets, embeddings and isolates of a text are paired:
// more would take time in their square, hours for a text of a megabyte.
const manyPaired = 500

// paired tells of characters that the bidirectional algorithm pairs (Unicode
// Standard Annex 9, BD9, BD16, X1).
func paired(r rune) bool {
	return unicode.In(r, unicode.Ps, unicode.Pe) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func tooManyPaired(text []rune) bool {
	n := 0
	for _, r := range text {
		if paired(r) {
			n++
		}
	}
	return n > manyPaired
}

// unpaired is text for the search of levels: where too much is to be paired, signs
// without direction stand in its place.
func unpaired(text []rune) []rune {
	if !tooManyPaired(text) {
		return text
	}
	out := slices.Clone(text)
	for i, r := range out {
		if paired(r) {
			out[i] = '!'
		}
	}
	return out
}

// parts splits text of one level by script and face.
func (w *shaper) parts(in shaping.Input, faces shaping.Fontmap) []shaping.Input {
	const length = 2000 // characters, where too much is to be paired at once
	if in.RunEnd-in.RunStart <= length || !tooManyPaired(in.Text[in.RunStart:in.RunEnd]) {
		return w.split.Split(in, faces)
	}
	var out []shaping.Input
	for end := in.RunEnd; in.RunStart < end; in.RunStart = in.RunEnd {
		in.RunEnd = min(in.RunStart+length, end)
		for in.RunEnd < end && unicode.In(in.Text[in.RunEnd], unicode.M, unicode.Cf) {
			in.RunEnd++ // marks stay with their letters
		}
		out = append(out, w.split.Split(in, faces)...)
	}
	return out
}

// feature values that keep one glyph group a character group: ligatures would
// make the letters of a bubble's symbol or of a cell inseparable.
var noLigatures = []shaping.FontFeature{
	{Tag: ot.MustNewTag("liga"), Value: 0},
	{Tag: ot.MustNewTag("clig"), Value: 0},
}

// piece is text[start:end], free of TABs, as runs in visual order from x on.
// It returns the x after the last.
func (w *shaper) piece(text []rune, start, end int, levels []level, primary FaceID, size, x float64) ([]Run, float64) {
	var (
		runs   []Run
		depths []int
	)
	first := sort.Search(len(levels), func(i int) bool { return levels[i].end > start })
	for _, l := range levels[first:] {
		a, b := max(l.start, start), min(l.end, end)
		if a >= b {
			break
		}
		dir := di.DirectionLTR
		if l.depth%2 == 1 {
			dir = di.DirectionRTL
		}
		in := shaping.Input{Text: text, RunStart: a, RunEnd: b, Direction: dir, FontFeatures: noLigatures, Language: language.NewLanguage("und")}
		for _, part := range w.parts(in, resolver{w, primary}) {
			runs = append(runs, w.run(part, size))
			depths = append(depths, l.depth)
		}
	}
	reorder(runs, depths)
	for i := range runs {
		runs[i].X = x
		x += runs[i].Width
	}
	return runs, x
}

// run shapes one part at the font's own grid and scales: advances do not
// depend on the size, so that a text twice as large is twice as wide.
func (w *shaper) run(in shaping.Input, size float64) Run {
	upem := int(in.Face.Upem())
	in.Size = fixed.I(upem)
	k := size / float64(upem) / 64
	out := w.harf.ShapeNoExtents(in)
	r := Run{Face: w.ids[in.Face], Size: size, Glyphs: make([]Glyph, 0, len(out.Glyphs))}
	last := -1
	for _, g := range out.Glyphs {
		glyph := Glyph{
			ID:      uint32(g.GlyphID),
			X:       r.Width + float64(g.XOffset)*k,
			Y:       -float64(g.YOffset) * k,
			Advance: float64(g.Advance) * k,
		}
		if c := g.TextIndex(); c != last {
			glyph.Text = string(in.Text[c:min(c+g.RunesCount(), len(in.Text))])
			last = c
		}
		r.Width += glyph.Advance
		r.Glyphs = append(r.Glyphs, glyph)
	}
	return r
}

// reorder turns runs from logical into visual order: Unicode Standard Annex 9, L2.
func reorder[T any](runs []T, depths []int) {
	highest, lowestOdd := 0, 1<<30
	for _, d := range depths {
		highest = max(highest, d)
		if d%2 == 1 {
			lowestOdd = min(lowestOdd, d)
		}
	}
	for d := highest; d >= lowestOdd; d-- {
		for i := 0; i < len(runs); i++ {
			j := i
			for j < len(runs) && depths[j] >= d {
				j++
			}
			slices.Reverse(runs[i:j])
			slices.Reverse(depths[i:j])
			i = max(i, j-1)
		}
	}
}

// Visual lists the characters of a line as they stand from left to right, for
// boxes of one character each: the digits of a number stay in their order whatever
// the direction of what is around them. rtl is as in Font.
func (s *Faces) Visual(line string, rtl bool) []string {
	chars := Characters(line)
	w := s.shapers.Get().(*shaper)
	defer s.shapers.Put(w)
	levels := w.levels([]rune(line), rtl)
	depths := make([]int, len(chars))
	at, l := 0, 0
	for i, c := range chars {
		for l < len(levels)-1 && levels[l].end <= at {
			l++
		}
		depths[i] = levels[l].depth
		at += utf8.RuneCountInString(c)
	}
	reorder(chars, depths)
	return chars
}

// Missing lists the characters of text that no embedded font has, once each in
// order of appearance. They are drawn as a box (spec/markup.md 6.9, LM505).
func (s *Faces) Missing(text string, f Font) []rune {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x7f }) {
		return nil
	}
	id, _, _ := s.Resolve(f)
	w := s.shapers.Get().(*shaper)
	defer s.shapers.Put(w)
	var out []rune
	seen := map[rune]bool{}
	for _, r := range text {
		if r < 0x7f || seen[r] || blank(r) || harfbuzz.IsDefaultIgnorable(r) {
			continue
		}
		seen[r] = true
		if _, ok := w.find(id, r); !ok {
			out = append(out, r)
		}
	}
	return out
}
