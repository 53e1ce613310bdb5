package layout

import (
	"fmt"
	"math"
	"strconv"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Distances of spec/markup.md 10.17, px.
const (
	numberWidth = 110 // from a column's edge to the first bubble
	numberGap   = 15  // least gap after a number
)

// answerSheet lays out an AnswerSheet: numbered lines of bubbles, filled column
// by column (spec/markup.md 10.17).
func (l *layouter) answerSheet(e *form.Element, f frame, y int) int {
	lines := whole(e, form.AttrElementsCount, 0)
	if lines <= 0 {
		return y // LM424 is said by the reader
	}
	columns := max(whole(e, form.AttrColumnsCount, 4), 1)
	symbols, ok := l.answerSymbols(e)
	if !ok || len(symbols) == 0 {
		return y
	}
	if lines > maxBubbles || !l.room(e, lines*len(symbols)) {
		l.room(e, maxBubbles+1)
		return y
	}
	name := l.keys[e]
	if !l.repeats(e, lines, name) || !l.repeats(e, lines, symbols...) {
		return y
	}
	d := l.settings.diameter(e)
	first := l.numbers[e]
	pitch := float64(f.w) / float64(columns)
	need := len(symbols) * (d + pitchX)
	k := l.settings.body
	m := l.faces.Metrics(k.font())
	widest := 0.0
	for i := range lines {
		widest = max(widest, l.numeral(first+i, k).Width)
	}
	least := int(math.Ceil(widest)) + numberGap
	label := max(numberWidth, least) // long numbers never reach the bubbles
	if float64(label+need) > pitch {
		if label = least; float64(label+need) > pitch {
			l.fail(e, "LM511", fmt.Sprintf("a column of %s needs %d px, there are %d", describe(e), label+need, int(pitch)),
				"use fewer columns or answers, smaller bubbles or a wider place")
			return y
		}
	}
	rows := (lines + columns - 1) / columns
	line := d + pitchY + whole(e, form.AttrVerticalMargin, 0)
	shape := bubbleShape(e, round)
	for i := range lines {
		x := int(math.Round(float64(f.x) + float64(i/rows)*pitch))
		top := y + (i%rows)*line + pitchY/2
		// The number sits on the line of the symbols.
		l.line(l.numeral(first+i, k), k, float64(x), math.Round(float64(top)+float64(d)/2+m.CapHeight/2))
		spots := make([]spot, len(symbols))
		for j, s := range symbols {
			spots[j] = at(x+label+j*(d+pitchX), top, d, s)
		}
		p := l.bubbles(e, pattern.ChoiceBox, name+strconv.Itoa(first+i), shape, l.symbolLook(), spots)
		l.multiselect(e, p)
		l.askedLine(e, p, i)
	}
	return y + rows*line
}

// answerSymbols are those of answers_list, or letters for answers_count.
func (l *layouter) answerSymbols(e *form.Element) ([]string, bool) {
	if v, ok := e.Attrs[form.AttrAnswersList]; ok && len(v.List) > 0 {
		for _, s := range v.List {
			l.available(e, s, l.settings.body)
		}
		return v.List, true
	}
	out := l.letters(e, max(whole(e, form.AttrAnswersCount, 4), 0))
	return out, out != nil
}

// numeral is the number of a line, as drawn.
func (l *layouter) numeral(n int, k look) typeset.Line {
	return l.faces.Lines(l.figure(n)+".", k.font(), 0)[0]
}
