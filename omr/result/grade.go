package result

import (
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Grade is what a sheet's answers are worth by the form's keys. It is of the
// pages that were read.
type Grade struct {
	Points   float64  `json:"points"`
	Of       float64  `json:"of"`
	Percent  *float64 `json:"percent"`  // null where nothing can be earned
	Doubtful int      `json:"doubtful"` // graded answers in doubt: the grade hangs on them
}

// graded is what an answer is worth by its key.
type graded struct {
	key        string
	points, of float64
	right      bool
}

// grader knows a form's keys by page and element.
type grader struct {
	p    *pattern.Pattern
	keys map[[2]int]pattern.GradingKey
}

func newGrader(p *pattern.Pattern) grader {
	g := grader{p: p}
	if p.Ours == nil || len(p.Ours.Keys) == 0 {
		return g
	}
	g.keys = make(map[[2]int]pattern.GradingKey, len(p.Ours.Keys))
	for _, k := range p.Ours.Keys {
		g.keys[[2]int{k.Page, k.Element}] = k
	}
	return g
}

// grade grades an answer of page i, from 0; false: the form has no key for it. An
// answer is right when its marks are the key's, all of them and no other; what is
// read from sections must be the key as it stands.
func (g grader) grade(i int, a mark.Answer) (graded, bool) {
	k, ok := g.keys[[2]int{i, a.Element}]
	if !ok || k.Value == "" || k.Name != a.Name || a.Kind == mark.Crop || a.Kind == mark.Trigger {
		return graded{}, false
	}
	out := graded{key: clean(k.Value), of: round(max(k.Points, 0), 1e6)}
	if out.right = equalMarks(k.Value, a.Value, sectioned(g.p, i, a.Element)); out.right {
		out.points = out.of
	}
	return out, true
}

// elementOf is the element that an answer of page i is of; nil: none.
func elementOf(p *pattern.Pattern, i, element int) *pattern.Element {
	if i < 0 || i >= len(p.Pages) || element < 0 || element >= len(p.Pages[i].Elements) {
		return nil
	}
	return &p.Pages[i].Elements[element]
}

func sectioned(p *pattern.Pattern, i, element int) bool {
	e := elementOf(p, i, element)
	return e != nil && (e.Type == pattern.Grid || e.Type == pattern.CompositeGrid)
}

// equalMarks tells whether a value has the key's marks, in any order.
func equalMarks(key, value string, asItStands bool) bool {
	if key == value {
		return true
	}
	if asItStands {
		return strings.TrimSpace(key) == value
	}
	return slices.Equal(setOf(key), setOf(value))
}

func setOf(s string) []string {
	all := strings.Split(s, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// grade adds up the graded answers; nil where the form has no keys for them.
func (s *Sheet) grade() {
	var g Grade
	any := false
	for _, a := range s.Answers {
		if a.Of == nil {
			continue
		}
		any = true
		g.Points += *a.Points
		g.Of += *a.Of
		if a.Doubt != nil {
			g.Doubtful++
		}
	}
	if !any {
		return
	}
	g.Points, g.Of = round(g.Points, 1e6), round(g.Of, 1e6)
	if g.Of > 0 {
		percent := round(100*g.Points/g.Of, 100)
		g.Percent = &percent
	}
	s.Grade = &g
}
