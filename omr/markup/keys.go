package markup

import (
	"fmt"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// keys warns of elements without a name and of rows with the same key, and checks
// what depends on keys (spec/markup.md 12.3, 16.3: LM401, LM402, LM404, LM405).
func (c *checker) keys(f *form.Form) {
	d := duplicates{c: c, first: map[string]form.Keyed{}, groups: map[string][]form.Keyed{}}
	for _, k := range form.Keys(f) {
		if k.Unnamed {
			c.unnamed(k)
		}
		switch k.Element.Kind {
		case form.AnswerSheet:
			d.sheet(k)
		case form.CustomAnswerSheet:
			d.sheet(k)
			c.triggers(k)
		default:
			d.element(k)
		}
	}
	for _, key := range d.order {
		d.report(key)
	}
}

func (c *checker) unnamed(k form.Keyed) {
	n := c.nodes[k.Element]
	what := "its key is"
	switch {
	case k.Element.Kind == form.AnswerSheet || k.Element.Kind == form.CustomAnswerSheet:
		what = "its keys start with"
	case k.Picture:
		what = "its picture is called"
	}
	c.r.warn(n, k.Element.Pos, "LM405", "Give it a name.", "the %s has no name, %s %s", n.label(), what, k.Key)
}

// duplicates finds rows with the same key.
type duplicates struct {
	c      *checker
	first  map[string]form.Keyed
	groups map[string][]form.Keyed // elements that share a key of their own
	order  []string                // keys of groups by the place of their second element
}

// element compares the rows of an element that is no sheet.
func (d *duplicates) element(k form.Keyed) {
	for key := range k.Rows() {
		if d.single(k, key) {
			return // the other rows of a score question are equal as well
		}
	}
}

// single tells whether the key has come before.
func (d *duplicates) single(k form.Keyed, key string) bool {
	first, twice := d.first[key]
	if !twice {
		d.first[key] = k
		return false
	}
	if d.groups[key] == nil {
		d.groups[key] = []form.Keyed{first}
		d.order = append(d.order, key)
	}
	d.groups[key] = append(d.groups[key], k)
	return true
}

// sheet compares the lines of a sheet with all rows before it.
func (d *duplicates) sheet(k form.Keyed) {
	equal, shared := 0, ""
	var with form.Keyed
	for key := range k.Rows() {
		first, twice := d.first[key]
		switch {
		case !twice:
			d.first[key] = k
		case first.Element.Kind != form.AnswerSheet && first.Element.Kind != form.CustomAnswerSheet:
			d.single(k, key)
		default:
			if equal == 0 {
				with, shared = first, key
			}
			equal++
		}
	}
	if equal > 0 {
		d.c.r.warn(d.c.nodes[k.Element], k.Element.Pos, "LM402", "Give the sheets different names or start_ids.",
			"%d lines of answer sheets have equal keys, the first is %s", equal, quote(shared)).related(with.Element.Pos)
	}
}

func (d *duplicates) report(key string) {
	const most = 10 // lines named
	group := d.groups[key]
	lines := make([]string, 0, most)
	for _, k := range group[:min(most, len(group))] {
		lines = append(lines, fmt.Sprint(k.Element.Pos.Line))
	}
	if len(group) > most {
		lines = append(lines, "…")
	}
	second := group[1].Element
	d.c.r.warn(d.c.nodes[second], second.Pos, "LM401", "Give each a name of its own if the results should tell them apart.",
		"%d elements have the result key %s, in lines %s; each gets a row", len(group), quote(key), strings.Join(lines, ", ")).related(group[0].Element.Pos)
}
