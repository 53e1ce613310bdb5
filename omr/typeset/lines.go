package typeset

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/segmenter"
)

// TabStop is the distance of tabulator stops from the left edge of a text, px:
// 1 cm (spec/markup.md 3.4).
const TabStop = 118

// tolerance lets a text of exactly the width asked for stay on its line.
const tolerance = 0.05

// Lines breaks text into lines no wider than width px, greedily, at the
// opportunities of Unicode Standard Annex 14; line breaks in the text are kept,
// width <= 0 makes no others. TABs jump to the next multiple of TabStop. Blanks
// are kept, except those that a break swallows. There is at least one line.
func (s *Faces) Lines(text string, f Font, width float64) []Line {
	return s.flow(text, f, func(Break) float64 { return width }, true)
}

// Break is a line about to begin, for whoever chooses its width.
type Break struct {
	Line int     // lines of the text before it
	Top  float64 // their height, px
	Need float64 // width of what cannot be broken at its beginning, px
}

// Flow is Lines with a width for every line: it is asked for each in turn, once.
func (s *Faces) Flow(text string, f Font, width func(Break) float64) []Line {
	return s.flow(text, f, width, false)
}

func (s *Faces) flow(text string, f Font, width func(Break) float64, uniform bool) []Line {
	id, _, _ := s.Resolve(f)
	w := s.shapers.Get().(*shaper)
	defer s.shapers.Put(w)
	p := paragraph{w: w, face: id, size: f.Size, metrics: s.metrics(id, f.Size), rtl: f.RTL, width: width, uniform: uniform}
	for _, part := range strings.Split(normalize(text), "\n") {
		p.set([]rune(part))
	}
	return p.lines
}

// Width is that of the widest line of text, unwrapped, px.
func (s *Faces) Width(text string, f Font) float64 {
	var w float64
	for _, l := range s.Lines(text, f, 0) {
		w = max(w, l.Width)
	}
	return w
}

// normalize makes every hard break a line feed and every other control
// character but TAB a blank.
func normalize(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029
	}) {
		return text
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n':
			return r
		case r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
			return '\n'
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, text)
}

// softHyphen is where a word may be broken: the break shows a hyphen, no break
// shows nothing.
const softHyphen = '\u00ad'

// paragraph sets text part by part, between its hard breaks.
type paragraph struct {
	w       *shaper
	face    FaceID
	size    float64
	metrics Metrics
	rtl     bool
	width   func(Break) float64
	uniform bool // width gives always the same
	levels  []level
	lines   []Line
	top     float64
}

// add ends a line.
func (p *paragraph) add(l Line) {
	p.lines = append(p.lines, l)
	p.top += l.Height
}

// segment is text between two opportunities of a break.
type segment struct {
	start, ink, end int // ink: the end without blanks
	hyphen          bool
}

func (p *paragraph) segments(text []rune) []segment {
	var out []segment
	p.w.breaks.Init(text)
	for it := p.w.breaks.LineIterator(); it.Next(); {
		l := it.Line()
		g := segment{start: l.Offset, end: l.Offset + len(l.Text)}
		g.ink = g.end
		for g.ink > g.start && blank(text[g.ink-1]) {
			g.ink--
		}
		g.hyphen = g.ink > g.start && text[g.ink-1] == softHyphen
		out = append(out, g)
	}
	return out
}

func (p *paragraph) set(text []rune) {
	p.levels = p.w.levels(text, p.rtl)
	whole := p.line(text, 0, len(text))
	ask := func(need float64) float64 {
		return p.width(Break{Line: len(p.lines), Top: p.top, Need: need})
	}
	if p.uniform {
		if width := ask(0); width <= 0 || whole.Width <= width+tolerance {
			p.add(whole)
			return
		}
	}
	segments := p.segments(text)
	if len(segments) < 2 {
		width := ask(whole.Width)
		whole.Wide = width > 0 && whole.Width > width+tolerance
		p.add(whole)
		return
	}
	advances := p.advances(text, whole)
	hyphen := 0.0
	if slices.ContainsFunc(segments, func(g segment) bool { return g.hyphen }) {
		_, hyphen = p.w.piece([]rune{'-'}, 0, 1, []level{{0, 1, 0}}, p.face, p.size, 0)
	}
	// to is x after segment g, were it the last of its line.
	to := func(x float64, g segment) float64 {
		x = advance(x, text[g.start:g.ink], advances[g.start:g.ink])
		if g.hyphen {
			x += hyphen
		}
		return x
	}
	width := ask(to(0, segments[0]))
	if width <= 0 || whole.Width <= width+tolerance {
		p.add(whole)
		return
	}
	start := 0    // of the line
	x := 0.0      // after what the line holds
	empty := true // the line holds nothing but blanks
	oversize := false
	for _, g := range segments {
		if end := to(x, g); width > 0 && end > width+tolerance && g.ink > g.start {
			if !empty {
				p.add(p.broken(text, start, g.start, oversize))
				start, x, empty, oversize = g.start, 0, true, false
				end = to(0, g)
				width = ask(end)
			}
			oversize = oversize || width > 0 && end > width+tolerance
		}
		x = advance(x, text[g.start:g.end], advances[g.start:g.end])
		empty = empty && g.ink == g.start
	}
	last := p.line(text, start, len(text))
	last.Wide = oversize
	p.add(last)
}

// broken is the line text[start:end] without the blanks at its broken end.
func (p *paragraph) broken(text []rune, start, end int, wide bool) Line {
	for end > start && blank(text[end-1]) {
		end--
	}
	if end > start && text[end-1] == softHyphen {
		text[end-1] = '-' // for this line: a copy of a long text a line would take ages
		defer func() { text[end-1] = softHyphen }()
	}
	l := p.line(text, start, end)
	l.Wide = wide
	return l
}

// line shapes text[start:end] and finds its extent.
func (p *paragraph) line(text []rune, start, end int) Line {
	l := Line{Ascent: p.metrics.Ascent}
	below := p.metrics.Descent + p.metrics.LineGap
	x := 0.0
	for a := start; a <= end; {
		b := a
		for b < end && text[b] != '\t' {
			b++
		}
		var runs []Run
		runs, x = p.w.piece(text, a, b, p.levels, p.face, p.size, x)
		l.Runs = append(l.Runs, runs...)
		if b < end {
			x = nextTab(x)
		}
		a = b + 1
	}
	for _, r := range l.Runs {
		if r.Face != p.face && r.Face >= fallbacks {
			m := p.w.faces.metrics(r.Face, p.size)
			l.Ascent, below = max(l.Ascent, m.Ascent), max(below, m.Descent+m.LineGap)
		}
	}
	l.Height = float64(lineHeight(l.Ascent + below))
	l.Width = x
	if n := len(l.Runs); n > 0 {
		l.Width = l.Runs[n-1].X + l.Runs[n-1].Width - trailingBlanks(l.Runs[n-1])
	}
	if end > start && len(strings.Trim(string(text[start:end]), " \t")) == 0 {
		l.Width = x // a line of blanks is as wide as they are: they may be underlined
	}
	return l
}

// trailingBlanks is the advance of blanks at the right end of a run.
func trailingBlanks(r Run) (w float64) {
	for i := len(r.Glyphs) - 1; i >= 0; i-- {
		g := r.Glyphs[i]
		if g.Text == "" || strings.Trim(g.Text, " ") != "" {
			break
		}
		w += g.Advance
	}
	return w
}

// advances spreads the line's glyphs over the characters they stand for.
func (p *paragraph) advances(text []rune, l Line) []float64 {
	out := make([]float64, len(text))
	if len(p.levels) == 1 && p.levels[0].depth == 0 {
		i := 0
		for _, r := range l.Runs {
			for i < len(text) && text[i] == '\t' {
				i++
			}
			for _, g := range r.Glyphs {
				n := len([]rune(g.Text))
				if n == 0 {
					if i > 0 {
						out[i-1] += g.Advance
					}
					continue
				}
				out[min(i, len(out)-1)] += g.Advance
				i += n
			}
		}
		return out
	}
	// The line's glyphs are in visual order, the advances wanted in logical
	// order. Only sums over whole words matter, so each word is shaped alone.
	for a := 0; a < len(text); {
		b := a + 1
		for b < len(text) && !blank(text[a]) && !blank(text[b]) {
			b++
		}
		if text[a] != '\t' {
			_, out[b-1] = p.w.piece(text, a, b, p.levels, p.face, p.size, 0)
		}
		a = b
	}
	return out
}

// advance is x after the characters, TABs jumping.
func advance(x float64, text []rune, advances []float64) float64 {
	for i, r := range text {
		if r == '\t' {
			x = nextTab(x)
		} else {
			x += advances[i]
		}
	}
	return x
}

func nextTab(x float64) float64 { return (math.Floor(x/TabStop+1e-9) + 1) * TabStop }

// blank tells whether a line break swallows r.
func blank(r rune) bool {
	return r == ' ' || r == '\t' || unicode.Is(unicode.Zs, r) && r != 0xa0 && r != 0x202f && r != 0x1680
}

// Characters splits text into what people take for characters: extended
// grapheme clusters (Unicode Standard Annex 29; spec/markup.md 2.1).
func Characters(text string) []string {
	var seg segmenter.Segmenter
	seg.Init([]rune(text))
	var out []string
	for it := seg.GraphemeIterator(); it.Next(); {
		out = append(out, string(it.Grapheme().Text))
	}
	return out
}
