package layout

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.15, px.
const (
	scoreRule   = 3
	scoreInset  = 6  // before a text
	scoreBubble = 18 // row height beyond a bubble
	scoreText   = 12 // row height beyond a text
	scoreGap    = 50 // between two questions
)

// Header types and displays of spec/markup.md 6.6.
const (
	headPositive = "positive"
	headNegative = "negative"
	headAmount   = "amount"
	headQuestion = "question"
	headContent  = "content"

	scoreHidden = "DontDisplay"
	scoreInside = "DisplayInsideCell"
)

// mostScore bounds what a bubble may add: patterns hold no larger number.
const mostScore = 1_000_000

// scoreGroup lays out a ScoreGroup: a ruled table a question (spec/markup.md
// 10.15). All of them are one element of the pattern.
func (l *layouter) scoreGroup(e *form.Element, f frame, y int) int {
	var tables []*scoreTable
	n := 0
	for _, q := range e.Children {
		if q.Kind != form.ScoreQuestion {
			continue
		}
		t := l.scoreTable(q, f)
		if t == nil {
			return y
		}
		tables = append(tables, t)
		n += t.bubbles()
		for _, h := range t.heads {
			if h.bubbles() && !l.repeats(e, len(t.answers), h.e.Name) {
				return y
			}
		}
	}
	if !l.room(e, n) {
		return y
	}
	p := placed{source: e, el: pattern.Element{Type: pattern.ScoreGroup, Name: l.keys[e]}}
	var spots []spot
	var boxes []geom.PageRect
	for i, t := range tables {
		if i > 0 {
			y += scoreGap
		}
		var question pattern.ScoreQuestion
		var placedSpots []spot
		question, placedSpots, y = l.scoreQuestion(t, y)
		if len(question.Answers) == 0 {
			continue
		}
		scores := pattern.ScoreTable{Question: len(p.el.Questions), Display: t.display}
		for _, h := range t.heads {
			if h.bubbles() {
				scores.Columns = append(scores.Columns, h.times)
			}
		}
		for _, a := range t.answers {
			scores.Rows = append(scores.Rows, whole(a, form.AttrScore, 0))
		}
		p.scores = append(p.scores, scores)
		p.el.Questions = append(p.el.Questions, question)
		boxes = append(boxes, question.Box)
		spots = append(spots, placedSpots...)
	}
	if len(spots) == 0 {
		return y
	}
	p.el.Box = unionOf(boxes)
	l.drawBubbles(&p, round, l.symbolLook(), spots)
	l.multiselect(e, &p)
	l.register(p)
	return y
}

// scoreHead is a column of a score table.
type scoreHead struct {
	e     *form.Element // the header; nil: of the criteria
	kind  string
	times int // multiplier
	x, w  int // px
}

// bubbles tells of columns to mark.
func (h scoreHead) bubbles() bool { return h.kind == headPositive || h.kind == headNegative }

// scoreTable is a question with its columns.
type scoreTable struct {
	q        *form.Element
	display  string
	heads    []scoreHead
	answers  []*form.Element
	contents map[[2]int]*form.Element // by column and row, from 0
	base     look                     // of answers and contents
	d        int
}

func (t *scoreTable) bubbles() (n int) {
	for _, h := range t.heads {
		if h.bubbles() {
			n += len(t.answers)
		}
	}
	return n
}

// scoreTable reads a question; nil when it cannot be laid out, which is said.
func (l *layouter) scoreTable(q *form.Element, f frame) *scoreTable {
	t := &scoreTable{
		q: q, display: enum(q, form.AttrScoreDisplay, scoreHidden),
		contents: map[[2]int]*form.Element{}, d: l.settings.BubbleSize.Diameter(),
	}
	// Family and size are the question's, the style is not (spec/markup.md 7.3).
	t.base = l.styled(q, l.settings.body)
	t.base.style, t.base.align = l.settings.body.style, form.AlignLeft
	var headers []*form.Element
	for _, c := range q.Children {
		switch c.Kind {
		case form.ScoreHeader:
			headers = append(headers, c)
		case form.ScoreAnswer:
			t.answers = append(t.answers, c)
		case form.TableContent:
			t.contents[[2]int{whole(c, form.AttrColumn, 0) - 1, whole(c, form.AttrRow, 0) - 1}] = c
		}
	}
	parts := q.Attrs[form.AttrRowProportions].Parts
	if !t.columns(headers, parts, f) {
		l.fail(q, "LM420", fmt.Sprintf("%s has %d columns and %d headers", describe(q), len(parts), len(headers)),
			"give a header to every column but that of the criteria, which may have one of type question")
		return nil
	}
	for _, h := range t.heads {
		if need := t.d + scoreBubble; h.bubbles() && h.w < need {
			l.fail(q, "LM511", fmt.Sprintf("a column of %s needs %d px, there are %d", describe(q), need, h.w),
				"give the column a larger share, smaller bubbles or a wider place")
			return nil
		}
		for _, a := range t.answers {
			if math.Abs(float64(h.times)*float64(whole(a, form.AttrScore, 0))) > mostScore {
				l.fail(a, "LM301", fmt.Sprintf("a mark of %s scores %d × %d; at most %d are counted", describe(a), whole(a, form.AttrScore, 0), h.times, mostScore),
					"use smaller scores")
				return nil
			}
		}
	}
	for at, c := range t.contents {
		if at[0] < 0 || at[0] >= len(t.heads) || at[1] < 0 || at[1] >= len(t.answers) || t.heads[at[0]].kind != headContent {
			l.fail(c, "LM429", fmt.Sprintf("%s stands in column %d, row %d, where there is no content", describe(c), at[0]+1, at[1]+1),
				"use the row of a criterion and a column whose header is of type content")
			return nil
		}
	}
	return t
}

// columns gives each column its header and place; false when they do not match.
// The criteria come first, or where a header of type question stands.
func (t *scoreTable) columns(headers []*form.Element, parts []float64, f frame) bool {
	moved := false
	for _, h := range headers {
		if enum(h, form.AttrHeaderType, headPositive) == headQuestion {
			if moved {
				return false
			}
			moved = true
		}
	}
	if !moved {
		headers = append([]*form.Element{nil}, headers...)
	}
	if len(headers) != len(parts) || len(parts) == 0 {
		return false
	}
	sum := 0.0
	edge := func() int { return int(math.Round(float64(f.x) + sum/100*float64(f.w))) }
	for i, h := range headers {
		head := scoreHead{e: h, kind: headQuestion, times: 1, x: edge()}
		if h != nil {
			head.kind, head.times = enum(h, form.AttrHeaderType, headPositive), whole(h, form.AttrScore, 1)
		}
		sum += parts[i]
		head.w = edge() - head.x
		t.heads = append(t.heads, head)
	}
	return true
}

// scoreCell is a text of a score table.
type scoreCell struct {
	e    *form.Element
	text string
	look look
	x, w int
}

func (l *layouter) scoreCell(e *form.Element, text string, k look, h scoreHead) scoreCell {
	return scoreCell{e, text, k, h.x + scoreInset, max(h.w-2*scoreInset, 1)}
}

// scoreQuestion draws a question's table at y, and returns what the pattern
// holds of it, its bubbles, and the y below.
func (l *layouter) scoreQuestion(t *scoreTable, y int) (pattern.ScoreQuestion, []spot, int) {
	edges := []int{y}
	var header []scoreCell
	for _, h := range t.heads {
		header = append(header, l.scoreHeader(t, h))
	}
	y = l.scoreRow(header, y, 0)
	edges = append(edges, y)
	last := t.heads[len(t.heads)-1]
	x, w := t.heads[0].x, last.x+last.w-t.heads[0].x
	q := pattern.ScoreQuestion{Name: l.keys[t.q]}
	var spots []spot
	for row, a := range t.answers {
		var cells []scoreCell
		score := whole(a, form.AttrScore, 0)
		for column, h := range t.heads {
			switch h.kind {
			case headQuestion:
				cells = append(cells, l.scoreCell(a, a.Name, l.styled(a, t.base), h))
			case headAmount:
				k := t.base
				k.align = enum(h.e, form.AttrAlign, form.AlignCenter)
				cells = append(cells, l.scoreCell(a, strconv.Itoa(score), k, h))
			case headContent:
				if c := t.contents[[2]int{column, row}]; c != nil {
					cells = append(cells, l.scoreCell(c, c.Name, l.styled(c, t.base), h))
				}
			}
		}
		top := y
		y = l.scoreRow(cells, y, t.d+scoreBubble)
		edges = append(edges, y)
		answer := pattern.ScoreAnswer{Name: form.AnswerName(a, row), Box: box(x, top, w, y-top)}
		for _, h := range t.heads {
			if !h.bubbles() {
				continue
			}
			s := spot{
				box:   box(h.x+(h.w-t.d)/2, top+(y-top-t.d)/2, t.d, t.d),
				value: strings.TrimSpace(h.e.Name), grown: recognised,
			}
			adds := 0
			if h.kind == headPositive {
				adds = score * h.times
			}
			if t.display == scoreInside {
				s.symbol = strconv.Itoa(adds)
			}
			spots = append(spots, s)
			answer.Bubbles = append(answer.Bubbles, pattern.ScoreBubble{
				Bubble:   pattern.Bubble{Value: s.value, Box: s.recognised(), Valid: true},
				Positive: h.kind == headPositive, Score: score * h.times,
			})
		}
		if len(answer.Bubbles) > 0 {
			q.Answers = append(q.Answers, answer)
		}
	}
	q.Box = box(x, edges[0], w, y-edges[0])
	var uprights []int
	for _, h := range t.heads {
		uprights = append(uprights, h.x)
	}
	l.ruled(append(uprights, x+w), edges, form.Color{})
	return q, spots, y + scoreRule/2 + 1
}

// scoreHeader is the cell above a column: the question above the criteria.
func (l *layouter) scoreHeader(t *scoreTable, h scoreHead) scoreCell {
	if h.e == nil {
		k := l.styled(t.q, l.settings.body)
		k.align = form.AlignCenter
		return l.scoreCell(t.q, t.q.Name, k, h)
	}
	k := t.base
	if h.kind == headQuestion {
		k.align = form.AlignCenter
	}
	return l.scoreCell(h.e, h.e.Name, l.styled(h.e, k), h)
}

// scoreRow draws a row's texts, each in the middle of the row's height, and
// returns the y below.
func (l *layouter) scoreRow(cells []scoreCell, y, least int) int {
	height := least
	heights := make([]int, len(cells))
	for i, c := range cells {
		heights[i] = l.measured(func() int { return l.paragraphOf(c.e, c.text, c.look, c.x, c.w, 0) })
		height = max(height, heights[i]+scoreText)
	}
	for i, c := range cells {
		l.paragraphOf(c.e, c.text, c.look, c.x, c.w, y+(height-heights[i])/2)
	}
	return y + height
}

// ruled draws the rules of a table, centred on the edges of its columns and rows.
func (l *layouter) ruled(uprights, levels []int, color form.Color) {
	left, right := uprights[0]-scoreRule/2, uprights[len(uprights)-1]-scoreRule/2+scoreRule
	top, bottom := levels[0]-scoreRule/2, levels[len(levels)-1]-scoreRule/2+scoreRule
	for _, y := range levels {
		l.rule(box(left, y-scoreRule/2, right-left, scoreRule), color)
	}
	for _, x := range uprights {
		l.rule(box(x-scoreRule/2, top, scoreRule, bottom-top), color)
	}
}

func (l *layouter) rule(r geom.PageRect, color form.Color) {
	l.sheet.fill(borders, color, r)
	l.sheet.print("rule", r)
}
