package layout

import (
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/pattern"
)

// asked notes what e asks of the one question p.
func (l *layouter) asked(e *form.Element, p *placed) {
	l.demands(e, p)
	if key, ok := e.Str(form.AttrKey); ok && key != "" {
		p.graded(e, key)
	}
}

// askedLine notes what e asks of line i of a sheet; its key is a list, a symbol
// or several a line, and an empty one is not graded.
func (l *layouter) askedLine(e *form.Element, p *placed, i int) {
	l.demands(e, p)
	if list := e.Attrs[form.AttrKey].List; i < len(list) && list[i] != "" {
		p.graded(e, list[i])
	}
}

func (l *layouter) demands(e *form.Element, p *placed) {
	p.info.Required = flag(e, form.AttrRequired, false)
	p.info.Select, _ = e.Str(form.AttrSelect)
}

func (p *placed) graded(e *form.Element, key string) {
	points, ok := e.Number(form.AttrPoints)
	if !ok {
		points = 1
	}
	p.keys = append(p.keys, pattern.GradingKey{Name: p.el.Name, Value: key, Points: points})
}
