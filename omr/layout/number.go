package layout

import (
	"fmt"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// number notes the number and key of every element that has them
// (spec/markup.md 11, 12), and of what yields a picture, which may lack a name
// (12.3).
func (l *layouter) number() {
	for _, k := range form.Keys(l.form) {
		l.numbers[k.Element], l.keys[k.Element] = k.First, k.Key
	}
	unnamed := map[form.Kind]int{}
	var walk func(e *form.Element)
	walk = func(e *form.Element) {
		if _, known := l.keys[e]; !known && keyed(e) {
			l.keys[e] = strings.TrimSpace(e.Name)
			if l.keys[e] == "" {
				unnamed[e.Kind]++
				l.keys[e] = fmt.Sprintf("%s%d", e.Kind, unnamed[e.Kind])
			}
		}
		for _, c := range e.Children {
			walk(c)
		}
	}
	for _, p := range l.form.Pages {
		walk(p)
	}
}

// keyed tells of elements that their results are named after.
func keyed(e *form.Element) bool {
	switch e.Kind {
	case form.ScoreGroup, form.CustomAnswerSheet, form.WriteIn, form.TextInput, form.FreeTextInput:
		return true
	case form.Block:
		return flag(e, form.AttrIsClipped, false)
	}
	return false
}
