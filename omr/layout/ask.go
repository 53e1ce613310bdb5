package layout

import (
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Our own attributes of questions, beyond the original form language: what a
// correct answer is and how many marks are asked for.
const (
	attrKey    form.Attr = "key"
	attrPoints form.Attr = "points"
	attrSelect form.Attr = "select"
)

// asked notes what e asks of the one question p.
func (l *layouter) asked(e *form.Element, p *placed) {
	l.demands(e, p)
	if key, ok := e.Str(attrKey); ok && key != "" {
		p.graded(e, key)
	}
}

// askedLine notes what e asks of line i of a sheet; its key is a list, a symbol
// or several a line, and an empty one is not graded.
func (l *layouter) askedLine(e *form.Element, p *placed, i int) {
	l.demands(e, p)
	if list := e.Attrs[attrKey].List; i < len(list) && list[i] != "" {
		p.graded(e, list[i])
	}
}

func (l *layouter) demands(e *form.Element, p *placed) {
	p.info.Required = flag(e, form.AttrRequired, false)
	p.info.Select, _ = e.Str(attrSelect)
}

func (p *placed) graded(e *form.Element, key string) {
	points, ok := e.Number(attrPoints)
	if !ok {
		points = 1
	}
	p.keys = append(p.keys, pattern.GradingKey{Name: p.el.Name, Value: key, Points: points})
}
