package markup

import (
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

func (c *checker) checkBox(n *node, e *form.Element) {
	c.need(n, e, form.Content)
	c.nameless(e, form.Content)
	answers := form.Answers(e)
	c.same(n, answers, n.pos)
	c.count(n, float64(len(answers)))
	c.asked(n, e, choice(e, answers))
}

func (c *checker) vertical(n *node, e *form.Element) {
	c.need(n, e, form.Answer)
	c.nameless(e, form.Answer)
	answers := form.Answers(e)
	c.same(n, answers, n.pos)
	c.count(n, float64(len(answers)))
	c.writeIns(e)
	c.asked(n, e, choice(e, answers))
}

// nameless warns of answers of e that are told by their letter alone, because
// they have no name that could be reported.
func (c *checker) nameless(e *form.Element, kind form.Kind) {
	place := 0
	for _, child := range childrenOf(e, kind) {
		if selectable, ok := child.Bool(form.AttrSelectable); ok && !selectable {
			continue
		}
		if strings.TrimSpace(child.Name) == "" {
			n := c.nodes[child]
			c.r.warn(n, n.pos, "LM405", "Give it a name.", "the %s has no name, a mark at it is reported as %s", n.label(), form.AnswerName(child, place))
		}
		place++
	}
}

// writeIns reports fields of one vertical choice box with the same name: their
// pictures could not be told apart (LM403).
func (c *checker) writeIns(e *form.Element) {
	first := map[string]*form.Element{}
	for _, answer := range e.Children {
		for _, child := range childrenOf(answer, form.WriteIn) {
			if child.Name == "" {
				continue
			}
			if before := first[child.Name]; before != nil {
				n := c.nodes[child]
				c.r.fail(n, n.pos, "LM403", "Give every write_in of a vertical_choicebox a name of its own.",
					"two fields of one vertical choice box are called %s", quote(child.Name)).related(before.Pos)
				continue
			}
			first[child.Name] = child
		}
	}
}

func (c *checker) table(n *node, e *form.Element) {
	c.need(n, e, form.TableHeader, form.Question)
	c.single(e, form.TableTitle, form.TableHeader)
	answers, questions := form.Answers(e), childrenOf(e, form.Question)
	count, counted := e.Attrs[form.AttrAnswersCount]
	if headers := childrenOf(e, form.TableHeader); counted && len(headers) > 0 && int(count.Num) != len(answers) {
		c.r.fail(n, count.Pos, "LM422", "Make both agree.", "answers_count is %d but the %s holds %d of %s",
			int(count.Num), c.nodes[headers[0]].label(), len(answers), labels([]form.Kind{form.TableAnswer}, n.json)).related(headers[0].Pos)
	}
	c.same(n, answers, n.pos)
	c.count(n, float64(len(answers))*float64(len(questions)))
	c.repeats(n, float64(len(questions)), answers...)
	a := choice(e, answers)
	for _, q := range questions {
		c.asked(c.nodes[q], q, a)
	}
}

// scoreQuestion checks the columns and rows of a table of criteria
// (spec/markup.md 10.15).
func (c *checker) scoreQuestion(n *node, e *form.Element) {
	c.need(n, e, form.ScoreAnswer)
	c.nameless(e, form.ScoreAnswer)
	headers, answers := childrenOf(e, form.ScoreHeader), childrenOf(e, form.ScoreAnswer)
	marked := 0
	var question, amount *form.Element
	for _, h := range headers {
		switch kind, _ := h.Str(form.AttrHeaderType); kind {
		case "positive", "negative":
			marked++
			c.repeats(n, float64(len(answers)), h.Name)
		case "amount":
			amount = h
		case "question":
			if question != nil {
				hn := c.nodes[h]
				c.r.fail(hn, hn.pos, "LM224", "Leave all but one out.", "the criteria can stand in one column, this is a second header of type question").related(question.Pos)
				continue
			}
			question = h
		}
	}
	c.count(n, float64(marked)*float64(len(answers)))
	c.amounts(n, e, amount)
	names := make([]string, len(answers))
	for i, a := range answers {
		names[i] = form.AnswerName(a, i)
	}
	c.same(n, names, n.pos)

	parts, ok := e.Attrs[form.AttrRowProportions]
	if !ok {
		return
	}
	want, why := len(parts.Parts)-1, "one less than row_proportions has parts"
	if question != nil {
		want, why = len(parts.Parts), "as many as row_proportions has parts, because one is of type question"
	}
	if len(headers) != want {
		c.r.fail(n, n.pos, "LM420", "Give as many headers as there are columns.",
			"%s has %d headers, expected are %d: %s", n.label(), len(headers), want, why).related(parts.Pos)
		return
	}
	if question == nil {
		headers = append([]*form.Element{nil}, headers...) // the criteria come first
	}
	c.tableContents(e, headers, len(answers))
}

// amounts checks that scores have a column where they are to be shown, and the
// reverse (LM430).
func (c *checker) amounts(n *node, e, amount *form.Element) {
	display := e.Attrs[form.AttrScoreDisplay]
	extra := display.Str == "DisplayAsExtraColumn"
	switch {
	case amount != nil && !extra:
		c.r.fail(c.nodes[amount], amount.Attrs[form.AttrHeaderType].Pos, "LM430", "Write score_display=DisplayAsExtraColumn, or remove the header.",
			"a header of type amount needs score_display DisplayAsExtraColumn").related(n.pos)
	case amount == nil && extra:
		c.r.fail(n, display.Pos, "LM430", "Add a score_header of type amount.",
			"score_display is DisplayAsExtraColumn but no header is of type amount")
	}
}

// tableContents checks the cells of free texts; columns are the headers, nil for
// that of the criteria (LM429).
func (c *checker) tableContents(e *form.Element, columns []*form.Element, rows int) {
	taken := map[[2]int]*form.Element{}
	for _, cell := range childrenOf(e, form.TableContent) {
		n := c.nodes[cell]
		column, hasColumn := cell.Attrs[form.AttrColumn]
		row, hasRow := cell.Attrs[form.AttrRow]
		if hasColumn {
			at := int(column.Num) - 1
			kind := ""
			if at < len(columns) && columns[at] != nil {
				kind, _ = columns[at].Str(form.AttrHeaderType)
			}
			switch {
			case at >= len(columns):
				c.r.fail(n, column.Pos, "LM429", "Write the number of a column of type content.",
					"column %d of %s is beyond the %d columns", at+1, n.label(), len(columns))
			case kind != "content":
				c.r.fail(n, column.Pos, "LM429", "Write the number of a column of type content.",
					"column %d of %s is not of type content", at+1, n.label())
			}
		}
		if hasRow && int(row.Num) > rows {
			c.r.fail(n, row.Pos, "LM429", "Write the number of a row of criteria.",
				"row %d of %s is beyond the %d criteria", int(row.Num), n.label(), rows)
		}
		at := [2]int{int(column.Num), int(row.Num)}
		if before := taken[at]; before != nil && hasColumn && hasRow {
			c.r.fail(n, n.pos, "LM224", "Leave one of them out.", "the cell at column %d, row %d has two texts", at[0], at[1]).related(before.Pos)
			continue
		}
		taken[at] = cell
	}
}

func (c *checker) sheet(n *node, e *form.Element) {
	lines, written := e.Number(form.AttrElementsCount)
	if _, bad := n.last(string(form.AttrElementsCount)); lines == 0 && (written || !bad) {
		c.r.warn(n, n.pos, "LM424", "Write elements_count, the number of lines.", "the answer sheet has no lines, nothing is drawn")
	}
	answers := 4.0
	count, counted := e.Attrs[form.AttrAnswersCount]
	if counted {
		answers = count.Num
	}
	list, listed := e.Attrs[form.AttrAnswersList]
	switch {
	case listed && counted && int(count.Num) != len(list.List):
		c.r.fail(n, count.Pos, "LM422", "Make both agree, or leave one out.",
			"answers_count is %d but answers_list has %d symbols", int(count.Num), len(list.List)).related(list.Pos)
	case listed:
		answers = float64(len(list.List))
	case answers > form.Letters:
		c.r.fail(n, count.Pos, "LM413", "Give the symbols by answers_list.",
			"%d answers have no letters of their own, there are %d", int(answers), form.Letters)
	}
	c.same(n, list.List, list.Pos)
	c.empty(n, list)
	c.count(n, lines*answers)
	c.repeats(n, lines, append([]string{e.Name}, list.List...)...)
	c.askedLines(n, e, form.Answers(e), int(lines))
}

// empty warns of a bubble whose mark would be reported like no mark.
func (c *checker) empty(n *node, list form.Value) {
	for i, symbol := range list.List {
		if symbol == "" {
			c.r.warn(n, list.Pos, "LM414", "Give every answer a symbol.", "answer %d has an empty symbol, the result will not tell a mark at it from none", i+1)
			return
		}
	}
}

func (c *checker) grid(n *node, e *form.Element) {
	sections, _ := e.Number(form.AttrSectionsCount)
	options, _ := e.Number(form.AttrOptionsCount)
	c.count(n, sections*options)
	if c.r.stop {
		return
	}
	digits := make([]string, int(options))
	for i := range digits {
		digits[i] = strconv.Itoa(i)
	}
	c.asked(n, e, spelt(int(sections), len(digits), func(int) []string { return digits }))
}

// compositeGrid checks the lines of bubbles of a composite grid
// (spec/markup.md 10.19).
func (c *checker) compositeGrid(n *node, e *form.Element) {
	values, extra := e.Attrs[form.AttrValues], e.Attrs[form.AttrExtraRow]
	if len(values.List) == 0 && len(extra.Rows) == 0 {
		if !n.gives(form.AttrValues) && !n.gives(form.AttrExtraRow) {
			c.r.fail(n, n.pos, "LM302", "Write values, such as (A)(B)(C).", "%s has neither values nor extra_row", n.label())
		}
		return
	}
	sections, _ := e.Int(form.AttrColumnsCount)
	c.count(n, float64(sections)*float64(len(values.List)+len(extra.Rows)))
	c.repeats(n, float64(sections), values.List...)
	c.extraRows(n, extra, sections)
	if c.r.stop {
		return
	}
	symbols := func(i int) []string {
		list := make([]string, 0, len(extra.Rows)+len(values.List))
		for _, row := range extra.Rows {
			if i < len(row) {
				list = append(list, row[i])
			}
		}
		return append(list, values.List...)
	}
	for i := range sections {
		if c.same(n, symbols(i), values.Pos) {
			break
		}
	}
	c.asked(n, e, spelt(sections, 1, symbols))
}

// gives tells whether a list is written, usable or not; an empty one of JSON is none.
func (n *node) gives(a form.Attr) bool {
	v, ok := n.last(string(a))
	return ok && (v.kind != vArray || len(v.list) > 0)
}

// extraRows compares extra rows with the number of positions (LM426).
func (c *checker) extraRows(n *node, extra form.Value, sections int) {
	places := rowPlaces(n)
	for i, row := range extra.Rows {
		pos := extra.Pos
		if i < len(places) {
			pos = places[i]
		}
		switch {
		case len(row) < sections:
			c.r.fail(n, pos, "LM426", "Give a symbol, or () for no bubble, for every column.",
				"an extra_row has %d symbols, columns_count is %d", len(row), sections)
		case len(row) > sections:
			c.r.warn(n, pos, "LM305", "Remove the surplus.",
				"an extra_row has %d symbols, columns_count is %d, the last ones are ignored", len(row), sections)
		}
	}
}

// rowPlaces are the places of the usable extra rows of n.
func rowPlaces(n *node) []form.Pos {
	spec, _ := (&checker{}).schema(n).Attr(string(form.AttrExtraRow))
	var places []form.Pos
	for _, a := range n.attrs {
		if a.key != string(form.AttrExtraRow) {
			continue
		}
		if _, got := (reading{r: &report{}, n: n, spec: spec}).rows(a.val); got != usable {
			continue
		}
		if n.json {
			places = nil // the last one counts
		}
		for _, row := range rowValues(a.val) {
			places = append(places, row.pos)
		}
	}
	return places
}

// same warns of answers with the same symbol or name (LM414).
func (c *checker) same(n *node, symbols []string, pos form.Pos) bool {
	seen := make(map[string]bool, len(symbols))
	for _, s := range symbols {
		if s != "" && seen[s] {
			c.r.warn(n, pos, "LM414", "Give every answer a symbol or name of its own.",
				"two answers are called %s, the result will not tell them apart", quote(s))
			return true
		}
		seen[s] = true
	}
	return false
}
