package result

import (
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
)

// row is an answer and the page it was read from.
type row struct {
	mark.Answer
	page int // from 0
}

// across lets the triggers of one page act on the fields of another: a pattern
// names targets for the whole form (spec/pattern.md 2). Those that have a target
// on their own page have acted already. Where several pages have a field so named
// nobody knows which was meant: all are in doubt.
func across(p *pattern.Pattern, rows, triggers []row) {
	for _, t := range triggers {
		e := elementOf(p, t.page, t.Element)
		if e == nil {
			continue
		}
		var targets []*row
		for i := range rows {
			r := &rows[i]
			if r.Kind != mark.Field || r.Name != e.Target {
				continue
			}
			if r.page == t.page {
				targets = nil
				break
			}
			targets = append(targets, r)
		}
		switch {
		case len(targets) == 1:
			targets[0].Replace(t.Answer)
		case len(targets) > 1 && t.Fired():
			for _, r := range targets {
				if r.Confidence > 0.9 {
					r.Confidence, r.Doubt = 0.9, mark.SeveralMarks
				}
			}
		}
	}
}
