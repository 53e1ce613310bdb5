package markup

import (
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// customSheet checks the header and the row of a custom answer sheet
// (spec/markup.md 10.20); its triggers are checked once the keys are known.
func (c *checker) customSheet(n *node, e *form.Element) {
	c.need(n, e, form.Header, form.CustomRow)
	c.single(e, form.Header, form.CustomRow)
	headers, rows := childrenOf(e, form.Header), childrenOf(e, form.CustomRow)
	if len(headers) > 0 && e.Children[0].Kind != form.Header {
		h := c.nodes[headers[0]]
		c.r.fail(h, h.pos, "LM225", "Put it before everything else in the "+n.label()+".",
			"the %s is not the first child of %s", h.label(), n.label()).related(e.Children[0].Pos)
	}
	amount, _ := e.Number(form.AttrAmount)
	if len(rows) > 0 {
		bubbles := 0
		for _, cell := range rows[0].Children {
			switch cell.Kind {
			case form.BubbleArray:
				bubbles += len(cell.Attrs[form.AttrAnswersList].List)
			case form.CustomTrigger:
				bubbles++
			default:
			}
		}
		// Rows without bubbles are laid out one by one as well.
		c.count(n, amount*float64(max(bubbles, 1)))
		for _, cell := range rows[0].Children {
			texts := []string{e.Name, cell.Name}
			for _, v := range cell.Attrs {
				texts = append(append(texts, v.Str), v.List...)
			}
			c.repeats(n, amount, texts...)
		}
	}
	if c.r.stop {
		return
	}
	if parts, ok := e.Attrs[form.AttrRowProportions]; ok {
		want := len(parts.Parts)
		if len(headers) > 0 {
			c.cells(headers[0], want, parts.Pos)
		}
		if len(rows) > 0 {
			c.cells(rows[0], want, parts.Pos)
		}
	}
	if len(rows) > 0 {
		c.unnumbered(rows[0], int(amount))
		if arrays := childrenOf(rows[0], form.BubbleArray); len(arrays) > 0 {
			c.askedLines(n, e, form.Answers(arrays[0]), int(amount))
		}
	}
}

// cells compares the children of a header or row with the parts of
// row_proportions (LM420).
func (c *checker) cells(e *form.Element, want int, parts form.Pos) {
	n := c.nodes[e]
	if n.json && !n.listed || len(e.Children) == want {
		return
	}
	c.r.fail(n, n.pos, "LM420", "Give as many as row_proportions has parts.",
		"%s holds %d cells, expected are %d, the parts of row_proportions", n.label(), len(e.Children), want).related(parts)
}

// unnumbered warns of names that all rows would share (LM406).
func (c *checker) unnumbered(row *form.Element, amount int) {
	for _, cell := range row.Children {
		switch cell.Kind {
		case form.BubbleArray, form.WriteIn, form.TextInput, form.FreeTextInput:
		default:
			continue
		}
		if amount > 1 && cell.Name != "" && !strings.Contains(cell.Name, form.RowIndex) {
			n := c.nodes[cell]
			c.r.warn(n, n.pos, "LM406", "Write "+form.RowIndex+" into its name.",
				"the %s %s is called the same in all %d rows", n.label(), quote(cell.Name), amount)
		}
	}
}

func (c *checker) bubbleArray(n *node, e *form.Element) {
	list, values := e.Attrs[form.AttrAnswersList], e.Attrs[form.AttrRecognitionValues]
	if len(list.List) > 0 && len(values.List) > 0 && len(list.List) != len(values.List) {
		c.r.fail(n, values.Pos, "LM422", "Give a value for every symbol.",
			"%s has %d values, answers_list has %d symbols", form.AttrRecognitionValues, len(values.List), len(list.List)).related(list.Pos)
		return
	}
	reported := list
	if len(values.List) > 0 {
		reported = values
	}
	c.same(n, reported.List, reported.Pos)
	c.empty(n, reported)
}

// triggers checks that what the triggers of a sheet act on is there, in every row
// (spec/markup.md 10.20, LM404).
func (c *checker) triggers(k form.Keyed) {
	rows := childrenOf(k.Element, form.CustomRow)
	if len(rows) == 0 {
		return
	}
	row := rows[0]
	list := childrenOf(row, form.CustomTrigger)
	if len(list) == 0 {
		return
	}
	t := targets{k: k, names: map[string]bool{}, fields: map[string]int{}}
	t.find(row)
	for _, trigger := range list {
		v, ok := trigger.Attrs[form.AttrTarget]
		if !ok {
			continue // LM302 has said so
		}
		n, found := c.nodes[trigger], true
		for i := range k.Count {
			target := expanded(v.Str, k.First+i)
			if found = t.known(target, i); !found {
				c.r.fail(n, v.Pos, "LM404", "Write the name of the row's bubble_array, such as "+quote("arr "+form.RowIndex)+".",
					"the target of %s is %s, in row %d nothing is called that", n.label(), quote(target), k.First+i)
				break
			}
		}
		if found && k.Count > 1 && !strings.Contains(v.Str, form.RowIndex) && !t.own(strings.TrimSpace(v.Str)) {
			c.r.warn(n, v.Pos, "LM406", "Write "+form.RowIndex+" into the target.",
				"the triggers of all %d rows act on the same row", k.Count)
		}
	}
}

// targets are what the triggers of a sheet may act on.
type targets struct {
	k      form.Keyed
	row    *form.Element
	names  map[string]bool // bubble arrays of all rows, by name and by result key
	fields map[string]int  // write_ins by name, the row that they stand in
}

func (t *targets) find(row *form.Element) {
	t.row = row
	for i := range t.k.Count {
		arrays := 0
		for _, cell := range row.Children {
			name := strings.TrimSpace(expanded(cell.Name, t.k.First+i))
			switch cell.Kind {
			case form.BubbleArray:
				t.names[t.k.ArrayKey(i, arrays, cell)] = true
				arrays++
				if name != "" {
					t.names[name] = true
				}
			case form.WriteIn:
				if name != "" {
					t.fields[name] = i
				}
			default:
			}
		}
	}
}

// known tells whether a target is in row i, from 0, or is an array of another row.
func (t *targets) known(target string, i int) bool {
	target = strings.TrimSpace(target)
	if t.names[target] {
		return true
	}
	row, ok := t.fields[target]
	return ok && (row == i || t.own(target))
}

// own tells whether every row has a cell of that name.
func (t *targets) own(target string) bool {
	for _, cell := range t.row.Children {
		if (cell.Kind == form.BubbleArray || cell.Kind == form.WriteIn) && strings.TrimSpace(cell.Name) == target {
			return true
		}
	}
	return false
}

// expanded is a name or value in the row of that number.
func expanded(s string, number int) string {
	if !strings.Contains(s, form.RowIndex) {
		return s
	}
	return strings.ReplaceAll(s, form.RowIndex, strconv.Itoa(number))
}
