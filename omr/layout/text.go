package layout

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/typeset"
)

// text lays out Text and Content (spec/markup.md 10.6, 10.7).
func (l *layouter) text(e *form.Element, f frame, y int) int {
	k := l.styled(e, f.look)
	if e.Kind == form.Content && enum(e, form.AttrContentType, form.ContentNormal) == form.ContentCells {
		return l.cells(e, k, f.x, f.w, y)
	}
	return l.paragraphOf(e, e.Name, k, f.x, f.w, y)
}

// emptyLine is white space: its height, or one line of the body font (10.9).
func (l *layouter) emptyLine(e *form.Element, f frame, y int) int {
	if h := whole(e, form.AttrHeight, 0); h > 0 {
		return y + h
	}
	return y + l.lineHeight(l.settings.body)
}

// paragraphOf draws a text wrapped in the box from x, w px wide, and returns
// the y below it.
func (l *layouter) paragraphOf(e *form.Element, s string, k look, x, w, y int) int {
	lines := l.wrap(e, s, k, w)
	for _, line := range lines {
		l.line(line, k, aligned(k.align, float64(x), float64(w), line.Width), float64(y)+line.Ascent)
		y += int(line.Height)
	}
	return y
}

// wrap breaks a text for w px (0: not at all) and reports what will look wrong
// about it (LM505, LM509).
func (l *layouter) wrap(e *form.Element, s string, k look, w int) []typeset.Line {
	s = l.settable(e, s)
	l.available(e, s, k)
	lines := l.faces.Lines(l.breakable(s, k, w), k.font(), float64(w))
	l.checkWide(e, lines, func(int) float64 { return float64(w) })
	return lines
}

// settable is a text that the form may still have, else nothing (LM106): setting
// megabytes takes longer than anybody waits.
func (l *layouter) settable(e *form.Element, s string) string {
	if l.set += labour(s); l.set <= maxText {
		return s
	}
	if !l.tooMany {
		l.tooMany = true
		l.mute = 0
		l.fail(e, "LM106", fmt.Sprintf("with %s there is more text to set than %d Latin letters, the limit", describe(e), maxText), "split the form")
	}
	return ""
}

// labour is how much work a text is to set, in Latin letters, as measured: other
// scripts take three times as long, the ends of runs of glyphs, which TABs and
// turns of direction make, eight times.
func labour(s string) int {
	n := 8
	turned, was := false, false
	for _, r := range s {
		switch {
		case r == '\t':
			n += 8
		case r >= 0x590:
			turned = true
			n += 3
		default:
			turned = turned && !unicode.IsLetter(r) && !unicode.IsDigit(r)
			n++
		}
		if turned != was {
			n += 8
		}
		was = turned
	}
	return n
}

// flowed is wrap with a width for each line, of at most w px.
func (l *layouter) flowed(e *form.Element, s string, k look, w int, width func(typeset.Break) float64) []typeset.Line {
	s = l.settable(e, s)
	l.available(e, s, k)
	var widths []float64
	lines := l.faces.Flow(l.breakable(s, k, w), k.font(), func(b typeset.Break) float64 {
		widths = append(widths, width(b))
		return widths[len(widths)-1]
	})
	l.checkWide(e, lines, func(i int) float64 { return widths[i] })
	return lines
}

// checkWide reports words that pass their line's end (LM509).
func (l *layouter) checkWide(e *form.Element, lines []typeset.Line, width func(line int) float64) {
	for i, line := range lines {
		if line.Wide && l.once("LM509 "+l.spot(e)) {
			l.report(l.longWords(), e, "LM509", fmt.Sprintf("a word of %s is %.0f px wide, its space %.0f px", describe(e), math.Ceil(line.Width), width(i)),
				"shorten the word, choose a smaller font or a wider column")
		}
	}
}

// longWords is how grave a word wider than its place is.
func (l *layouter) longWords() fault.Severity {
	if l.settings.Writing.LongWords == form.LongError {
		return fault.SeverityError
	}
	return fault.SeverityWarning
}

// available reports characters that no font has (LM505).
func (l *layouter) available(e *form.Element, s string, k look) {
	missing := l.faces.Missing(s, k.font())
	if len(missing) == 0 || !l.once("LM505 "+l.spot(e)+string(missing)) {
		return
	}
	var names []string
	for _, r := range missing[:min(len(missing), 8)] {
		names = append(names, fmt.Sprintf("%q (U+%04X)", r, r))
	}
	l.warn(e, "LM505", fmt.Sprintf("no font has the characters %s of %s", strings.Join(names, ", "), describe(e)),
		"replace the characters, or print them as an image")
}

// line draws one line with the left end of its baseline at (x, baseline).
func (l *layouter) line(line typeset.Line, k look, x, baseline float64) {
	if t := textLine(l.faces, line, k, x, baseline); t != nil {
		l.sheet.add(texts, Item{Text: t})
		l.sheet.print("text", roundOut(t.Box()))
	}
}

// textLine is a line as an item; nil for one that draws nothing.
func textLine(faces *typeset.Faces, line typeset.Line, k look, x, baseline float64) *TextLine {
	said := said(line)
	ruled := k.style&(form.Underline|form.Strikeout) != 0
	if said == "" || !ruled && strings.TrimSpace(said) == "" {
		return nil
	}
	t := &TextLine{Origin: geom.PagePt{X: x, Y: baseline}, Line: line, Color: k.color, Text: said}
	if ruled {
		m := faces.Metrics(k.font())
		if k.style&form.Underline != 0 {
			t.Underline = &Decoration{Offset: m.UnderlineOffset, Width: m.UnderlineWidth}
		}
		if k.style&form.Strikeout != 0 {
			t.Strike = &Decoration{Offset: m.StrikeOffset, Width: m.StrikeWidth}
		}
	}
	return t
}

func said(line typeset.Line) string {
	var b strings.Builder
	for _, r := range line.Runs {
		for _, g := range r.Glyphs {
			b.WriteString(g.Text)
		}
	}
	return b.String()
}

// roundOut is the smallest box of whole px around r.
func roundOut(r geom.PageRect) geom.PageRect {
	x, y := math.Floor(r.X), math.Floor(r.Y)
	return geom.PageRect{X: x, Y: y, W: math.Ceil(r.X+r.W) - x, H: math.Ceil(r.Y+r.H) - y}
}

// Cells of spec/markup.md 9.5: shares of the line height and px.
const (
	cellWidth  = 0.85
	cellExtra  = 10
	cellStroke = 3
)

// cellsSize is what the boxes of a content in cells take: its longest row, all
// rows.
func (l *layouter) cellsSize(e *form.Element, k look) (w float64, h int) {
	m := l.faces.Metrics(k.font())
	for row := range strings.SplitSeq(e.Name, "\n") {
		w = math.Max(w, cellWidth*float64(m.LineHeight)*float64(len(typeset.Characters(row))))
		h += m.LineHeight + cellExtra
	}
	return w, h
}

// cells draws one box a character, blanks included.
func (l *layouter) cells(e *form.Element, k look, x, w, y int) int {
	l.available(e, e.Name, k)
	m := l.faces.Metrics(k.font())
	pitch, h := cellWidth*float64(m.LineHeight), m.LineHeight+cellExtra
	for row := range strings.SplitSeq(e.Name, "\n") {
		chars := l.faces.Visual(row, k.rtl)
		if l.rightToLeft() {
			slices.Reverse(chars) // the page is mirrored
		}
		total := pitch * float64(len(chars))
		if total > float64(w) && l.once("LM509 "+l.spot(e)) {
			l.warn(e, "LM509", fmt.Sprintf("the %d cells of %s are %d px wide, their space %d px", len(chars), describe(e), int(math.Ceil(total)), w),
				"use fewer cells, a smaller font or a wider column")
		}
		left := aligned(k.align, float64(x), float64(w), total)
		for i, c := range chars {
			a, b := math.Round(left+float64(i)*pitch), math.Round(left+float64(i+1)*pitch)
			cell := geom.PageRect{X: a, Y: float64(y), W: b - a, H: float64(h)}
			l.sheet.add(borders, Item{Rect: &Rect{Box: cell, Fill: form.Color{None: true}, Width: cellStroke}})
			l.sheet.print("border", cell)
			if strings.TrimSpace(c) == "" {
				continue
			}
			line := l.faces.Lines(c, k.font(), 0)[0]
			l.line(line, k, a+(b-a-line.Width)/2, float64(y)+float64(h)/2+m.CapHeight/2)
		}
		y += h
	}
	return y
}
