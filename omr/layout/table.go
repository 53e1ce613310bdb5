package layout

import (
	"fmt"
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances and shades of spec/markup.md 10.16, px.
const (
	tableRule    = 9   // frame and vertical rules
	tableThin    = 3   // between rows
	tableInset   = 40  // before a question's text
	tableExtra   = 40  // row height beyond the text
	tableHeader  = 20  // header height beyond its texts
	tableLines   = 2.3 // least row height, line heights
	tableColumns = 12  // an answer column is this share of the width
	mostAnswers  = tableColumns - 1
)

// table lays out a Table: questions as rows, answers as columns
// (spec/markup.md 10.16).
func (l *layouter) table(e *form.Element, f frame, y int) int {
	var (
		title, header *form.Element
		questions     []*form.Element
		captions      []*form.Element
	)
	for _, c := range e.Children {
		switch c.Kind {
		case form.TableTitle:
			title = c
		case form.TableHeader:
			header = c
		case form.Question:
			questions = append(questions, c)
		}
	}
	n := whole(e, form.AttrAnswersCount, 0)
	if header != nil {
		for _, c := range header.Children {
			if c.Kind == form.TableAnswer {
				captions = append(captions, c)
			}
		}
	}
	if header == nil || len(captions) != n {
		l.fail(e, "LM422", fmt.Sprintf("%s has answers_count %d and %d answer captions", describe(e), n, len(captions)), "give one answer_value for each answer")
		return y
	}
	if n == 0 || len(questions) == 0 || !l.room(e, n*len(questions)) {
		return y
	}
	for _, c := range captions {
		if !l.repeats(e, len(questions), c.Name) {
			return y
		}
	}
	if n > mostAnswers && l.once("LM423 "+l.paths[e]) {
		l.warn(e, "LM423", fmt.Sprintf("%s has %d answer columns, of which %d fit well", describe(e), n, mostAnswers),
			"use fewer answers, or divide the table")
	}
	if title != nil {
		y = l.tableTitle(title, f, y)
	}
	// In a narrow table a twelfth would put the rules on bubbles and captions.
	least := l.settings.BubbleSize.Diameter() + ovalStretch + 2*tableRule
	for _, c := range captions {
		for _, word := range strings.Fields(c.Name) {
			w := l.faces.Width(word, l.styled(header, l.settings.body).font())
			least = max(least, int(math.Ceil(w))+3*tableRule)
		}
	}
	t := tableGrid(enum(e, form.AttrTableType, "normal"), f, n, least)
	if need := n*least + 3*tableInset; t.x[1]-t.x[0] < 3*tableInset || t.x[n+1]-t.x[n] < least-1 {
		l.fail(e, "LM511", fmt.Sprintf("%s needs %d px, there are %d", describe(e), need, f.w), "use fewer answers, smaller bubbles or a wider place")
		return y
	}
	top := y
	y = l.tableHeader(header, captions, t, y)
	letters := l.captionValues(captions)
	for i, q := range questions {
		l.tableThin(t, y)
		y = l.tableRow(e, q, t, letters, y, enum(e, form.AttrTableType, "normal") == "striped" && i%2 == 0)
	}
	for _, x := range t.x {
		r := box(x-tableRule/2, top, tableRule, y-top)
		l.sheet.fill(borders, form.Color{}, r)
		l.sheet.print("rule", r)
	}
	for _, at := range []int{top, y} {
		r := box(t.x[0]-tableRule/2, at-tableRule/2, t.x[n+1]-t.x[0]+tableRule, tableRule)
		l.sheet.fill(borders, form.Color{}, r)
		l.sheet.print("rule", r)
	}
	return y + tableRule/2 + 1
}

// tableEdges are the edges of the columns: the question's, then the answers'.
type tableEdges struct{ x []int }

// tableGrid divides a table of n answers; least is what a bubble needs, px.
func tableGrid(kind string, f frame, n, least int) tableEdges {
	answer := max(float64(f.w)/float64(max(tableColumns, n+1)), float64(least))
	if kind == "equalCells" {
		answer = float64(f.w) / float64(n+1)
	}
	t := tableEdges{x: []int{f.x}}
	for i := range n + 1 {
		t.x = append(t.x, int(math.Round(float64(f.x+f.w)-answer*float64(n-i))))
	}
	return t
}

// captionValues are what a mark in each column means: its caption, or the
// column's letter when the caption is empty (spec/markup.md A-10).
func (l *layouter) captionValues(captions []*form.Element) []string {
	out := make([]string, len(captions))
	for i, c := range captions {
		out[i] = form.AnswerName(c, i)
	}
	return out
}

func (l *layouter) tableTitle(e *form.Element, f frame, y int) int {
	background, frameAt := l.sheet.reserve(backgrounds, 5), l.sheet.reserve(borders, 1)
	k := l.styled(e, l.settings.body)
	below := l.paragraphOf(e, e.Name, k, f.x+tableRule, f.w-2*tableRule, y+tableRule) + tableRule
	at := box(f.x, y, f.w, below-y)
	if c, ok := e.Color(form.AttrBackgroundColor); ok && !c.None {
		l.background(e, c, at, background)
	}
	l.border(e, at, frameAt)
	return below + tableRule
}

func (l *layouter) tableHeader(header *form.Element, captions []*form.Element, t tableEdges, y int) int {
	base := l.styled(header, l.settings.body)
	type headerCell struct {
		e    *form.Element
		i    int
		look look
		h    int
	}
	var row []headerCell
	for _, c := range header.Children {
		if c.Kind == form.Content {
			row = append(row, headerCell{e: c, i: 0, look: l.styled(c, base)})
			break
		}
	}
	for i, c := range captions {
		row = append(row, headerCell{e: c, i: i + 1, look: base})
	}
	height := 0
	for i := range row {
		row[i].look.align = form.AlignCenter
		w := t.x[row[i].i+1] - t.x[row[i].i] - 2*tableRule
		row[i].h = l.measured(func() int { return l.paragraphOf(row[i].e, row[i].e.Name, row[i].look, 0, w, 0) })
		height = max(height, row[i].h)
	}
	height += tableHeader
	for _, c := range row {
		w := t.x[c.i+1] - t.x[c.i] - 2*tableRule
		l.paragraphOf(c.e, c.e.Name, c.look, t.x[c.i]+tableRule, w, y+(height-c.h)/2)
	}
	return y + height
}

func (l *layouter) tableThin(t tableEdges, y int) {
	r := box(t.x[0], y-tableThin/2, t.x[len(t.x)-1]-t.x[0], tableThin)
	l.sheet.fill(borders, form.Color{R: 0xa0, G: 0xa0, B: 0xa0}, r)
	l.sheet.print("rule", r)
}

func (l *layouter) tableRow(e, q *form.Element, t tableEdges, values []string, y int, striped bool) int {
	k := l.settings.body
	w := max(t.x[1]-t.x[0]-2*tableInset, 1)
	text := l.measured(func() int { return l.paragraphOf(q, q.Name, k, 0, w, 0) })
	line := l.lineHeight(k)
	d := l.settings.BubbleSize.Diameter()
	height := max(int(math.Ceil(tableLines*float64(line))), text+tableExtra, d+tableExtra/2)
	if striped {
		l.sheet.fill(backgrounds, form.Color{R: 0xd3, G: 0xd3, B: 0xd3}, box(t.x[0], y, t.x[1]-t.x[0], height))
	}
	l.paragraphOf(q, q.Name, k, t.x[0]+tableInset, w, y+(height-text)/2)
	spots := make([]spot, len(values))
	for i, v := range values {
		at, grown := ovalOf(round, 0, 0, d)
		at.X = math.Round(float64(t.x[i+1]+t.x[i+2])/2 - at.W/2)
		at.Y = float64(y) + math.Round((float64(height)-at.H)/2)
		spots[i] = spot{box: geom.PageRect{X: at.X, Y: at.Y, W: at.W, H: at.H}, value: v, grown: grown}
	}
	p := l.bubbles(q, pattern.ChoiceBox, l.keys[q], oval, l.symbolLook(), spots)
	l.multiselect(e, p)
	l.asked(q, p)
	return y + height
}
