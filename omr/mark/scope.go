package mark

import "github.com/leafmark/leafmark/omr/pattern"

// Scope is what a page's triggers and crops depend on, where the pattern says so
// beyond names: Extension.Triggers and Extension.Crops, by element index. The
// zero value leaves it to names and places.
type Scope struct {
	targets map[int][]int
	when    map[int][]pattern.BubbleRef
}

// ScopeOf reads the scope of page i, from 0. Entries that do not fit the page's
// elements are left out: another program has changed the file.
func ScopeOf(p *pattern.Pattern, i int) Scope {
	s := Scope{targets: map[int][]int{}, when: map[int][]pattern.BubbleRef{}}
	if p.Ours == nil || i < 0 || i >= len(p.Pages) {
		return s
	}
	elements := p.Pages[i].Elements
	is := func(k int, t pattern.ElementType) bool {
		return k >= 0 && k < len(elements) && elements[k].Type == t
	}
	for _, t := range p.Ours.Triggers {
		if t.Page != i || !is(t.Element, pattern.ReplaceTrigger) {
			continue
		}
		fit := true
		for _, k := range t.Targets {
			fit = fit && k >= 0 && k < len(elements) && elements[k].Name == elements[t.Element].Target
		}
		if fit {
			s.targets[t.Element] = t.Targets
		}
	}
	for _, c := range p.Ours.Crops {
		if c.Page != i || !is(c.Element, pattern.ClipArea) || elements[c.Element].Name != c.Name {
			continue
		}
		fit := true
		for _, r := range c.When {
			fit = fit && r.Element >= 0 && r.Element < len(elements) && r.Bubble >= 0 && r.Bubble < bubblesOf(&elements[r.Element])
		}
		if fit {
			s.when[c.Element] = c.When
		}
	}
	return s
}

func bubblesOf(e *pattern.Element) int {
	n := 0
	e.EachBubble(func(*pattern.Bubble) bool { n++; return true })
	return n
}
