package layout

import (
	"fmt"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/pattern"
)

// compositeGap is between a composite grid's label and its headers
// (spec/markup.md 10.19), px.
const compositeGap = 15

// compositeGrid lays out a CompositeGrid: sections of free symbols, extra lines
// before the common ones (spec/markup.md 10.19).
func (l *layouter) compositeGrid(e *form.Element, f frame, y int) int {
	if turn := enum(e, form.AttrRotate, "0"); turn != "0" {
		l.fail(e, "LM213", fmt.Sprintf("%s turned by %s degrees cannot be laid out by this build", describe(e), turn), "use rotate=0")
		return y
	}
	sections := max(whole(e, form.AttrColumnsCount, 5), 1)
	common := e.Attrs[form.AttrValues].List
	extra := e.Attrs[form.AttrExtraRow].Rows
	lines := len(common) + len(extra)
	if lines == 0 {
		l.fail(e, "LM302", fmt.Sprintf("%s has neither values nor extra_row", describe(e)), "give values, such as (A)(B)(C)")
		return y
	}
	if sections > maxBubbles || lines > maxBubbles || !l.room(e, sections*lines) {
		l.room(e, maxBubbles+1)
		return y
	}
	values := make([][]string, sections)
	for i := range values {
		for _, row := range extra {
			if i >= len(row) {
				l.fail(e, "LM426", fmt.Sprintf("an extra_row of %s has %d symbols for %d columns", describe(e), len(row), sections), "give a symbol, or (), for every column")
				return y
			}
			values[i] = append(values[i], row[i])
		}
		values[i] = append(values[i], common...)
	}
	for _, s := range values {
		for _, v := range s {
			l.available(e, v, l.settings.body)
		}
	}
	label := ""
	if e.Name != "" && flag(e, form.AttrDisplayHint, true) {
		label = e.Name + " :"
	}
	return l.matrix(e, f, y, matrix{kind: pattern.CompositeGrid, label: label, gap: compositeGap, values: values})
}
