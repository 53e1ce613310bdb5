package layout

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Distances of spec/markup.md 10.20, px.
const (
	customGap     = 20 // between the tables
	customExtra   = 11 // row height beyond a bubble
	customWriteIn = 70 // least row height with a write-in
	customAir     = 6  // between boxes and the rules above and below
	customInset   = 12 // before a text
)

// rowIndex stands for the row's number in names and values (spec/markup.md 10.20).
const rowIndex = "%index%"

// customSheet lays out a CustomAnswerSheet: numbered rows of free cells in tables
// side by side, filled table by table (spec/markup.md 10.20).
func (l *layouter) customSheet(e *form.Element, f frame, y int) int {
	c := l.customOf(e)
	if c == nil {
		return y
	}
	tables := max(whole(e, form.AttrColumnsCount, 1), 1)
	edges, ok := c.edges(f, tables)
	if !ok {
		return y
	}
	rows := make([]customRow, c.amount)
	for i := range rows {
		rows[i] = c.row(i)
	}
	if !c.resolve(rows) {
		return y
	}
	perTable := (c.amount + tables - 1) / tables
	heights := c.heights(rows, edges[0], perTable)
	below := y
	for t := 0; t*perTable < len(rows); t++ {
		own := rows[t*perTable : min((t+1)*perTable, len(rows))]
		below = max(below, c.table(own, heights, edges[t], y))
	}
	return below
}

// custom is a sheet being laid out.
type custom struct {
	l       *layouter
	e       *form.Element
	headers []*form.Element
	cells   []*form.Element // of the row, as in the source
	first   int             // number of the first row
	amount  int
	keys    map[*form.Element]string // of what a trigger may act on
}

// customRow is a row with its number in the place of %index%.
type customRow struct {
	line    int // from 0
	number  string
	cells   []*form.Element
	targets []*form.Element                   // of triggers, by cell
	keeps   map[*form.Element][]*form.Element // by write-in: its triggers
}

// customOf reads a sheet; nil when it cannot be laid out, which is said.
func (l *layouter) customOf(e *form.Element) *custom {
	c := &custom{l: l, e: e, keys: map[*form.Element]string{}, first: whole(e, form.AttrStartID, 1), amount: whole(e, form.AttrAmount, 0)}
	for _, child := range e.Children {
		switch child.Kind {
		case form.Header, form.TableHeader:
			c.headers = child.Children
		case form.CustomRow:
			c.cells = child.Children
		}
	}
	n := len(e.Attrs[form.AttrRowProportions].Parts)
	if n == 0 || len(c.cells) != n || len(c.headers) != n {
		l.fail(e, "LM420", fmt.Sprintf("%s has %d proportions, %d header columns and %d cells a row", describe(e), n, len(c.headers), len(c.cells)),
			"give as many columns and cells as row_proportions has parts")
		return nil
	}
	if c.amount <= 0 {
		return nil
	}
	bubbles := 0
	for _, cell := range c.cells {
		switch cell.Kind {
		case form.BubbleArray:
			symbols, values := cell.Attrs[form.AttrAnswersList].List, cell.Attrs[form.AttrRecognitionValues].List
			if len(values) > 0 && len(values) != len(symbols) {
				l.fail(cell, "LM422", fmt.Sprintf("%s has %d symbols and %d recogintion_values", describe(cell), len(symbols), len(values)), "give a value for every symbol")
				return nil
			}
			bubbles += len(symbols)
		case form.CustomTrigger:
			bubbles++
		}
	}
	// A row without bubbles counts for one: rows are drawn one by one as well.
	if c.amount > maxBubbles || bubbles > maxBubbles || !l.room(e, c.amount*max(bubbles, 1)) {
		l.room(e, maxBubbles+1)
		return nil
	}
	for _, cell := range c.cells {
		texts := []string{l.keys[e], cell.Name}
		for _, v := range cell.Attrs {
			texts = append(append(texts, v.Str), v.List...)
		}
		if !l.repeats(e, c.amount, texts...) {
			return nil
		}
	}
	return c
}

// row is row i, from 0, its cells copied with the number filled in.
func (c *custom) row(i int) customRow {
	r := customRow{line: i, number: strconv.Itoa(c.first + i), targets: make([]*form.Element, len(c.cells))}
	key := c.l.keys[c.e] + "_" + r.number
	arrays := 0
	for _, cell := range c.cells {
		own := c.l.numbered(cell, r.number)
		name := ""
		if cell.Kind == form.BubbleArray {
			arrays++
			if name = key; arrays > 1 {
				if name = strings.TrimSpace(own.Name); name == "" {
					name = key + "_" + strconv.Itoa(arrays)
				}
			}
		}
		c.keys[own] = name
		if cell.Kind == form.WriteIn {
			c.keys[own] = c.l.keys[own]
		}
		r.cells = append(r.cells, own)
	}
	return r
}

// numbered is a copy of an element with the number in the place of %index% in
// its name and values.
func (l *layouter) numbered(e *form.Element, number string) *form.Element {
	shown := number
	if n, err := strconv.Atoi(number); err == nil && e.Kind == form.Content {
		shown = l.figure(n) // keys have the plain number
	}
	fill := func(s string) string { return strings.ReplaceAll(s, rowIndex, shown) }
	own := &form.Element{Kind: e.Kind, Name: fill(e.Name), Attrs: maps.Clone(e.Attrs), Pos: e.Pos}
	for a, v := range own.Attrs {
		v.Str, v.List = fill(v.Str), slices.Clone(v.List)
		for i := range v.List {
			v.List[i] = fill(v.List[i])
		}
		own.Attrs[a] = v
	}
	l.paths[own] = l.paths[e]
	if key, ok := l.keys[e]; ok {
		if l.keys[own] = strings.TrimSpace(own.Name); l.keys[own] == "" {
			l.keys[own] = key
		}
	}
	return own
}

// resolve finds what each trigger acts on: a bubble array by its name, in the
// trigger's row or another, else the array of that result key, else a write-in
// of the row. It tells whether all were found (LM404).
func (c *custom) resolve(rows []customRow) bool {
	if !slices.ContainsFunc(c.cells, func(e *form.Element) bool { return e.Kind == form.CustomTrigger }) {
		return true
	}
	names, keys := map[string]*form.Element{}, map[string]*form.Element{}
	for _, r := range rows {
		for _, cell := range r.cells {
			if cell.Kind != form.BubbleArray {
				continue
			}
			if name := strings.TrimSpace(cell.Name); name != "" && names[name] == nil {
				names[name] = cell
			}
			if key := c.keys[cell]; keys[key] == nil {
				keys[key] = cell
			}
		}
	}
	for k := range rows {
		r := &rows[k]
		for i, cell := range r.cells {
			if cell.Kind != form.CustomTrigger {
				continue
			}
			target, _ := cell.Str(form.AttrTarget)
			target = strings.TrimSpace(target)
			found := r.named(form.BubbleArray, target)
			for _, other := range []*form.Element{names[target], keys[target], r.named(form.WriteIn, target)} {
				if found == nil {
					found = other
				}
			}
			if found == nil {
				c.l.fail(c.cells[i], "LM404", fmt.Sprintf("%s targets %q, and row %d has no bubble array or write-in of that name", describe(cell), target, r.line+c.first),
					"write the name of the row's bubble_array")
				return false
			}
			r.targets[i] = found
			if found.Kind == form.WriteIn {
				if r.keeps == nil {
					r.keeps = map[*form.Element][]*form.Element{}
				}
				r.keeps[found] = append(r.keeps[found], cell)
			}
		}
	}
	return true
}

// named is the row's cell of a kind and name.
func (r customRow) named(kind form.Kind, name string) *form.Element {
	for _, cell := range r.cells {
		if cell.Kind == kind && name != "" && strings.TrimSpace(cell.Name) == name {
			return cell
		}
	}
	return nil
}

// edges are those of the cells of every table, the right edge last. They are not
// there for bubbles wider than their cell (LM511).
func (c *custom) edges(f frame, tables int) (out [][]int, ok bool) {
	width := (float64(f.w) - customGap*float64(tables-1)) / float64(tables)
	parts := c.e.Attrs[form.AttrRowProportions].Parts
	for t := range tables {
		left, sum := float64(f.x)+float64(t)*(width+customGap), 0.0
		row := []int{int(math.Round(left))}
		for _, p := range parts {
			sum += p
			row = append(row, int(math.Round(left+sum/100*width)))
		}
		out = append(out, row)
	}
	for i, cell := range c.cells {
		n := max(len(cell.Attrs[form.AttrAnswersList].List), 1)
		if cell.Kind != form.BubbleArray && cell.Kind != form.CustomTrigger {
			n = 0
		}
		d := c.l.settings.diameter(cell)
		if have := out[0][i+1] - out[0][i]; have < n*(d+outline+1)+scoreRule {
			c.l.fail(c.cells[i], "LM511", fmt.Sprintf("%s needs %d px, its cell has %d", describe(c.cells[i]), n*(d+outline+1)+scoreRule, have),
				"use fewer or smaller bubbles, fewer columns or a larger share of the row")
			return nil, false
		}
	}
	return out, true
}

// heights are those of the header and of the k-th rows of the tables, which
// stand on one line.
func (c *custom) heights(rows []customRow, edges []int, perTable int) []int {
	least := 0
	for _, cell := range c.cells {
		if cell.Kind == form.BubbleArray || cell.Kind == form.CustomTrigger {
			least = max(least, c.l.settings.diameter(cell)+customExtra)
		}
	}
	if least == 0 {
		least = c.l.settings.BubbleSize.Diameter() + customExtra
	}
	heights := make([]int, perTable+1)
	for k := range heights {
		heights[k] = least
	}
	for i, h := range c.headers {
		heights[0] = max(heights[0], c.natural(h, edges, i))
	}
	for k, r := range rows {
		for i, cell := range r.cells {
			at := &heights[k%perTable+1]
			*at = max(*at, c.natural(cell, edges, i))
		}
	}
	return heights
}

// natural is the height that a cell's content asks for.
func (c *custom) natural(e *form.Element, edges []int, i int) int {
	switch e.Kind {
	case form.WriteIn:
		return customWriteIn
	case form.BubbleArray, form.CustomTrigger:
		return 0
	}
	return c.l.measured(func() int { return c.content(e, edges, i, 0) }) + 2*air(e)
}

// air is what keeps boxes in a cell off its rules, above and below.
func air(e *form.Element) int {
	if inCells(e) || e.Kind == form.TextInput || e.Kind == form.FreeTextInput {
		return customAir
	}
	return 0
}

func inCells(e *form.Element) bool {
	return enum(e, form.AttrContentType, form.ContentNormal) == form.ContentCells
}

// content draws a cell of text or handwriting at y and returns its height.
func (c *custom) content(e *form.Element, edges []int, i, y int) int {
	f := frame{x: edges[i] + customInset, w: max(edges[i+1]-edges[i]-2*customInset, 1), look: c.l.settings.body, outer: c.l.settings.paper()}
	switch e.Kind {
	case form.TextInput:
		return c.l.textInput(e, f, y-inputAir) - inputAir - y
	case form.FreeTextInput:
		return c.l.freeTextInput(e, f, y-inputAir) - inputAir - y
	}
	k := c.l.styled(e, f.look)
	if inCells(e) {
		return c.l.cells(e, k, f.x, f.w, y) - y
	}
	return c.l.paragraphOf(e, e.Name, k, f.x, f.w, y) - y
}

// table draws one of the tables and returns the y below it.
func (c *custom) table(rows []customRow, heights []int, edges []int, y int) int {
	frameAt := c.l.sheet.reserve(borders, 1)
	levels := []int{y}
	for i, h := range c.headers {
		c.content(h, edges, i, y+(heights[0]-c.natural(h, edges, i))/2+air(h))
	}
	y += heights[0]
	levels = append(levels, y)
	for k, r := range rows {
		height := heights[k+1]
		for i := range r.cells {
			c.cell(r, i, edges, y, height)
		}
		y += height
		levels = append(levels, y)
	}
	last := len(edges) - 1
	at := box(edges[0], levels[0], edges[last]-edges[0], y-levels[0])
	c.l.border(c.e, at, frameAt)
	color := form.Color{}
	if enum(c.e, form.AttrBorder, form.BorderNone) != form.BorderNone {
		if own, ok := c.e.Color(form.AttrBorderColor); ok && !own.None {
			color = own
		}
	}
	for _, x := range edges[1:last] {
		c.l.rule(geom.PageRect{X: float64(x - scoreRule/2), Y: at.Y, W: scoreRule, H: at.H}, color)
	}
	for _, level := range levels[1 : len(levels)-1] {
		c.l.rule(geom.PageRect{X: at.X, Y: float64(level - scoreRule/2), W: at.W, H: scoreRule}, color)
	}
	return y
}

// cell draws cell i of a row from y on.
func (c *custom) cell(r customRow, i int, edges []int, y, height int) {
	l, e := c.l, r.cells[i]
	x, w := edges[i], edges[i+1]-edges[i]
	switch e.Kind {
	case form.WriteIn:
		inside := box(x, y, w, height).Grow(-c.inset())
		p := l.field(e, inside, flag(e, form.AttrRequired, false))
		p.source, p.self, p.within = c.cells[i], e, r.keeps[e]
	case form.BubbleArray:
		symbols := e.Attrs[form.AttrAnswersList].List
		if len(symbols) == 0 {
			return
		}
		k := l.styled(e, l.symbolLook())
		values := symbols
		if own := e.Attrs[form.AttrRecognitionValues].List; len(own) > 0 {
			values = own
		}
		d := l.settings.diameter(e)
		spots := make([]spot, len(symbols))
		for j, s := range symbols {
			l.available(c.cells[i], s, k)
			middle := float64(x) + (float64(j)+0.5)*float64(w)/float64(len(symbols))
			spots[j] = at(int(math.Round(middle-float64(d)/2)), y+(height-d)/2, d, s)
			spots[j].value = values[j]
		}
		p := l.bubbles(c.cells[i], pattern.ChoiceBox, c.keys[e], bubbleShape(e, round), k, spots)
		p.self = e
		l.multiselect(c.e, p)
		if !slices.ContainsFunc(c.cells[:i], func(b *form.Element) bool { return b.Kind == form.BubbleArray }) {
			l.askedLine(c.e, p, r.line)
		}
	case form.CustomTrigger:
		d := l.settings.diameter(e)
		s := at(x+(w-d)/2, y+(height-d)/2, d, "")
		s.answer = e
		p := l.bubbles(c.cells[i], pattern.ReplaceTrigger, strings.TrimSpace(e.Name), bubbleShape(e, round), l.symbolLook(), []spot{s})
		p.el.Value, _ = e.Str(form.AttrValue)
		p.el.Target, p.acts = c.keys[r.targets[i]], r.targets[i]
	default:
		natural := c.natural(e, edges, i)
		c.content(e, edges, i, y+(height-natural)/2+air(e))
	}
}

// inset is how far the inside of a cell lies from its edges.
func (c *custom) inset() float64 {
	size := scoreRule
	if enum(c.e, form.AttrBorder, form.BorderNone) != form.BorderNone {
		for _, s := range sides(c.e) {
			size = max(size, s.size)
		}
	}
	return math.Ceil(float64(size) / 2)
}
