package result

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
)

// Limits of a worksheet (ECMA-376; what spreadsheet programs open).
const (
	maxRows    = 1 << 20
	maxColumns = 1 << 14
	maxText    = 32767 // characters of a cell, in UTF-16
)

// XLSXRows is the rows as spec/api.md 5.3 has them: one worksheet Results, all
// cells texts. Texts that no cell can hold are cut, with the warning LM855 a row.
func XLSXRows(rows []Row) (data []byte, warnings []string, err error) {
	var to bytes.Buffer
	b := book{w: &to}
	head := []cell{{text: "Element Name"}, {text: "Value"}}
	b.worksheet("Results", head, 0, func(yield func([]cell) bool) {
		for _, r := range rows {
			if !yield([]cell{{text: r.Name}, {text: r.Value}}) {
				return
			}
		}
	})
	err = b.end()
	return to.Bytes(), b.warnings, err
}

// xlsxTable is our workbook of a pile: Sheets has a row a sheet and a column a
// field, Results a row an answer with confidence, doubt, grade and rule. What
// wants a look is coloured; wide forms and long piles go on in further worksheets.
func xlsxTable(w io.Writer, entries Entries, named bool) (warnings []string, err error) {
	b := book{w: w}
	has := b.survey(entries)
	b.sheets(entries, has)
	b.results(entries, has, named)
	err = b.end()
	return b.warnings, err
}

// each is the entries until one cannot be had.
func (b *book) each(entries Entries) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for e, err := range entries() {
			if err != nil && b.err == nil {
				b.err = err
			}
			if b.err != nil || !yield(e) {
				return
			}
		}
	}
}

// features are the columns that a pile needs.
type features struct {
	graded, ruled, refused bool
	fields                 []fieldName
}

func (b *book) survey(entries Entries) (f features) {
	c := columns{known: map[fieldName]bool{}}
	defer func() { f.fields = c.order }()
	for e := range b.each(entries) {
		if e.Sheet == nil {
			f.refused = true
			continue
		}
		f.graded = f.graded || e.Sheet.Grade != nil
		f.ruled = f.ruled || slices.ContainsFunc(e.Sheet.Answers, func(a Answer) bool { return a.Rule.Asked })
		c.add(e.Sheet.Answers)
	}
	return f
}

// sheets writes the wide worksheets.
func (b *book) sheets(entries Entries, has features) {
	head := []cell{{text: "File"}, {text: "Doubts"}}
	if has.graded {
		head = append(head, cell{text: "Points"}, cell{text: "Of"}, cell{text: "Percent"})
	}
	if has.ruled {
		head = append(head, cell{text: "Broken rules"})
	}
	if has.refused {
		head = append(head, cell{text: "Error"})
	}
	fields := has.fields
	for from := 0; from == 0 || from < len(fields); {
		first := head
		if from > 0 {
			first = head[:1]
		}
		part := fields[from:min(from+maxColumns-len(first), len(fields))]
		all := slices.Clone(first)
		at := make(map[fieldName]int, len(part))
		for i, f := range part {
			at[f] = i
			all = append(all, cell{text: f.label()})
		}
		b.worksheet("Sheets", all, 1, func(yield func([]cell) bool) {
			for e := range b.each(entries) {
				row := wideHead(e, has)[:len(first)]
				row = append(row, make([]cell, len(part))...)
				if e.Sheet != nil {
					seen := map[string]int{}
					for _, a := range e.Sheet.Answers {
						seen[a.Name]++
						if i, ok := at[fieldName{a.Name, seen[a.Name]}]; ok {
							row[len(first)+i] = valueCell(a)
						}
					}
				}
				if !yield(row) {
					return
				}
			}
		})
		from += max(len(part), 1)
	}
}

// wideHead is the part of a sheet's row before its fields.
func wideHead(e Entry, has features) []cell {
	row := []cell{{text: FileName(e.File, e.Image)}}
	doubts, broken := 0, 0
	if e.Sheet != nil {
		for _, a := range e.Sheet.Answers {
			if a.Doubt != nil {
				doubts++
			}
			if a.Rule.Broken() {
				broken++
			}
		}
	}
	count := func(n int, t tone) cell {
		if e.Sheet == nil {
			return cell{}
		}
		c := number(float64(n))
		if n > 0 {
			c.tone = t
		}
		return c
	}
	row = append(row, count(doubts, toneDoubt))
	if has.graded {
		points, of, percent := cell{}, cell{}, cell{}
		if e.Sheet != nil && e.Sheet.Grade != nil {
			g := e.Sheet.Grade
			points, of = number(g.Points), number(g.Of)
			if g.Percent != nil {
				percent = number(*g.Percent)
			}
			if g.Doubtful > 0 {
				points.tone, percent.tone = toneDoubt, toneDoubt
			}
		}
		row = append(row, points, of, percent)
	}
	if has.ruled {
		row = append(row, count(broken, toneRule))
	}
	if has.refused {
		refusal := cell{}
		if e.Sheet == nil {
			r := Refuse(e.File, e.Image, e.Err)
			refusal = cell{text: r.Error.Message + " " + r.Error.Cure, tone: toneSerious}
		}
		row = append(row, refusal)
	}
	return row
}

// fieldName is a column of the wide worksheet: equal names have one each.
type fieldName struct {
	name string
	nth  int // from 1
}

func (f fieldName) label() string {
	if f.nth == 1 {
		return f.name
	}
	return fmt.Sprintf("%s (%d)", f.name, f.nth)
}

// columns are those of all sheets in the sheets' order; what only some have
// follows what it follows there.
type columns struct {
	order []fieldName
	known map[fieldName]bool
}

func (c *columns) add(answers []Answer) {
	seen := map[string]int{}
	after := -1 // place of the answer before, found when it is needed
	var before fieldName
	for _, a := range answers {
		seen[a.Name]++
		f := fieldName{a.Name, seen[a.Name]}
		if c.known[f] {
			before, after = f, -1
			continue
		}
		c.known[f] = true
		switch {
		case before == fieldName{}:
			after = -1
		case after < 0:
			after = slices.Index(c.order, before)
		}
		after++
		c.order = slices.Insert(c.order, after, f)
		before = f
	}
}

// valueCell is an answer's value: a text, so that leading zeros stay and nothing
// becomes a formula; sums are numbers.
func valueCell(a Answer) cell {
	c := cell{text: a.Value}
	if a.number {
		if n, err := strconv.ParseFloat(a.Value, 64); err == nil && math.Abs(n) < 1<<53 {
			c = number(n)
		}
	}
	switch {
	case a.Doubt != nil && a.Confidence < lookTwice:
		c.tone = toneSerious
	case a.Doubt != nil:
		c.tone = toneDoubt
	case a.Rule.Broken():
		c.tone = toneRule
	case a.Of != nil && *a.Points < *a.Of:
		c.tone = toneWrong
	case a.Of != nil && *a.Of > 0:
		c.tone = toneRight
	}
	return c
}

// results writes a row an answer; when named, with the file of each.
func (b *book) results(entries Entries, has features, named bool) {
	var head []cell
	if named {
		head = append(head, cell{text: "File"})
	}
	head = append(head, cell{text: "Element Name"}, cell{text: "Value"}, cell{text: "Confidence"}, cell{text: "Doubt"})
	if has.graded {
		head = append(head, cell{text: "Key"}, cell{text: "Points"}, cell{text: "Of"})
	}
	if has.ruled {
		head = append(head, cell{text: "Rule"})
	}
	b.worksheet("Results", head, 0, func(yield func([]cell) bool) {
		for e := range b.each(entries) {
			if e.Sheet == nil {
				continue
			}
			for _, a := range e.Sheet.Answers {
				if !yield(longRow(e, a, has, named)) {
					return
				}
			}
		}
	})
}

func longRow(e Entry, a Answer, has features, named bool) []cell {
	var row []cell
	if named {
		row = append(row, cell{text: FileName(e.File, e.Image)})
	}
	value := valueCell(a)
	why := cell{}
	if a.Doubt != nil {
		why = cell{text: string(*a.Doubt), tone: value.tone}
	}
	row = append(row, cell{text: a.Name}, value, number(a.Confidence), why)
	if has.graded {
		key, points, of := cell{}, cell{}, cell{}
		if a.Key != nil && a.Points != nil && a.Of != nil {
			key, points, of = cell{text: *a.Key}, number(*a.Points), number(*a.Of)
		}
		row = append(row, key, points, of)
	}
	if has.ruled {
		broken := cell{}
		if a.Rule.Broken() {
			broken = cell{text: a.Rule.Code + ": " + a.Rule.Cause, tone: toneRule}
		}
		row = append(row, broken)
	}
	return row
}

// cutText is the longest head of a text that a cell holds.
func cutText(s string) (string, bool) {
	if len(s) <= maxText {
		return s, false
	}
	n := 0
	for i, r := range s {
		w := 1
		if r > 0xFFFF {
			w = 2
		}
		if n += w; n > maxText {
			return s[:i], true
		}
	}
	return s, false
}
