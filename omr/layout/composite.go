package layout

import (
	"fmt"
	"maps"
	"math"
	"strconv"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/pattern"
)

// compositeGap is between a composite grid's label and its headers
// (spec/markup.md 10.19), px.
const compositeGap = 15

// compositeGrid lays out a CompositeGrid: sections of free symbols, extra lines
// before the common ones (spec/markup.md 10.19).
func (l *layouter) compositeGrid(e *form.Element, f frame, y int) int {
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
	if !l.repeats(e, sections, common...) {
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
	bubbles := 0
	for _, s := range values {
		for _, v := range s {
			l.available(e, v, l.settings.body)
			if v != "" {
				bubbles++
			}
		}
	}
	if bubbles == 0 {
		l.fail(e, "LM302", fmt.Sprintf("%s has no symbol in values or extra_row", describe(e)), "give symbols, such as (A)(B)(C)")
		return y
	}
	label := ""
	if e.Name != "" && flag(e, form.AttrDisplayHint, true) {
		label = e.Name + " :"
	}
	mx := matrix{kind: pattern.CompositeGrid, label: label, gap: compositeGap, values: values}
	if quarters, err := strconv.Atoi(enum(e, form.AttrRotate, "0")); err == nil && quarters != 0 {
		return l.turnedMatrix(e, f, y, mx, quarters/90)
	}
	return l.matrix(e, f, y, mx)
}

// turnedMatrix lays a matrix out upright on a sheet of its own, then places it
// turned clockwise by quarters, its bounding box by the flow.
func (l *layouter) turnedMatrix(e *form.Element, f frame, y int, mx matrix, quarters int) int {
	upright := *e
	upright.Attrs = maps.Clone(e.Attrs)
	for _, a := range []form.Attr{form.AttrX, form.AttrY, form.AttrAlign} {
		delete(upright.Attrs, a)
	}
	l.paths[&upright], l.keys[&upright] = l.paths[e], l.keys[e]
	page := l.sheet
	own := &sheet{source: page.source}
	l.sheet = own
	room := frame{w: f.w}
	if quarters%2 == 1 {
		room.w = max(l.settings.contentBottom()-l.settings.contentTop(), 1)
	}
	_, all := l.matrixAt(&upright, room, 0, mx)
	l.sheet = page
	if all.W == 0 {
		return y
	}
	w, h := all.W, all.H
	if quarters%2 == 1 {
		w, h = h, w
	}
	_, fixedX := e.Int(form.AttrX)
	if !fixedX && int(w) > f.w {
		l.fail(e, "LM511", fmt.Sprintf("%s needs %.0f px when turned, there are %d", describe(e), w, f.w),
			"use fewer or smaller bubbles, a shorter name or a wider place")
		return y
	}
	x, top, absolute := l.position(e, int(math.Round(aligned(enum(e, form.AttrAlign, form.AlignLeft), float64(f.x), float64(f.w), w))), y)
	if absolute {
		l.checkAbsolute(e, box(x, top, int(w), int(h)))
	}
	own.turn(quarters, all, float64(x), float64(top))
	for i := range own.elements {
		own.elements[i].source = e
		own.elements[i].info.Turn = quarters * 90
	}
	l.sheet.take(own)
	if _, fixedY := e.Int(form.AttrY); fixedY {
		return y
	}
	return top + int(h) + pitchY
}
