package mark

import (
	"cmp"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// triggers decides the page's triggers and replaces the values of the answers
// that they act on (spec/markup.md 10.20).
func (d *decider) triggers(out []Answer) []Answer {
	var all []Answer
	for i := range d.ms.Page.Elements {
		e := &d.ms.Page.Elements[i]
		if e.Type != pattern.ReplaceTrigger {
			continue
		}
		t := d.trigger(i, e)
		for _, k := range d.targets(out, i, e) {
			out[k].Replace(t)
		}
		all = append(all, t)
	}
	return all
}

func (d *decider) trigger(i int, e *pattern.Element) Answer {
	t := Answer{Element: i, Name: e.Name, Kind: Trigger, Box: e.Box, Image: d.ms.registered.Quad(e.Box), Values: []string{}}
	threshold := d.threshold(e)
	var r reading
	for g := range e.Groups {
		q := d.group(i, g, e.Groups[g].Bubbles, threshold)
		r.marks += q.marks
		r.bubbles = append(r.bubbles, q.bubbles...)
		r.take(risk{q.risk, q.worst.doubt})
	}
	t.settle(r)
	if r.marks > 0 {
		t.Value, t.Values = e.Value, []string{e.Value}
	}
	return t
}

// Fired tells whether a bubble of the answer is marked.
func (a *Answer) Fired() bool {
	return slices.ContainsFunc(a.Bubbles, func(b Bubble) bool { return b.Marked })
}

// Replace lets a trigger act on an answer: a marked one puts its value in the
// place of whatever is marked, an empty one adds its own risk. Of two marked ones
// that say different things the first stays, in doubt.
func (a *Answer) Replace(t Answer) {
	switch {
	case !t.Fired() || a.Replaced && a.Value == t.Value:
		if t.Confidence < a.Confidence {
			a.Doubt = t.Doubt
		}
		a.Confidence *= t.Confidence
	case a.Replaced:
		a.doubtful(SeveralMarks, 0.9)
	default:
		a.Value, a.Values = t.Value, slices.Clone(t.Values)
		a.Confidence, a.Doubt, a.Replaced = t.Confidence, t.Doubt, true
	}
}

// targets are the answers that the trigger i acts on: what the pattern's scope
// lists, else the one so named; of several so named the one beside the trigger's
// bubble, in its row (spec/pattern.md 2).
func (d *decider) targets(out []Answer, i int, e *pattern.Element) []int {
	scope, known := d.opt.Scope.targets[i]
	var found []int
	for k := range out {
		a := &out[k]
		if a.Kind != Field || a.Name != e.Target {
			continue
		}
		if !known || slices.Contains(scope, a.Element) {
			found = append(found, k)
		}
	}
	if known || len(found) < 2 {
		return found
	}
	return []int{d.beside(out, found, e)}
}

// beside is which of the equally named answers stands beside the trigger. In
// tables side by side a row has several of both: they belong together from left
// to right.
func (d *decider) beside(out []Answer, named []int, e *pattern.Element) int {
	at := middle(e)
	nearest := slices.MinFunc(named, func(a, b int) int { return cmp.Compare(away(&out[a], at), away(&out[b], at)) })
	line := func(p geom.PagePt) bool { return math.Abs(p.Y-at.Y) <= sideOf(e)/2 }
	var row []int
	for _, k := range named {
		if line(closest(&out[k], at)) {
			row = append(row, k)
		}
	}
	rank, triggers := 0, 0
	for j := range d.ms.Page.Elements {
		other := &d.ms.Page.Elements[j]
		if other.Type != pattern.ReplaceTrigger || other.Target != e.Target || !line(middle(other)) {
			continue
		}
		triggers++
		if middle(other).X < at.X {
			rank++
		}
	}
	if len(row) < 2 || triggers%len(row) != 0 {
		return nearest
	}
	slices.SortFunc(row, func(a, b int) int {
		return cmp.Compare(closest(&out[a], at).X, closest(&out[b], at).X)
	})
	return row[rank*len(row)/triggers]
}

// away is how far an answer is from a point: rows count first, then the way along
// the row.
func away(a *Answer, at geom.PagePt) float64 {
	c := closest(a, at)
	return 1000*math.Abs(c.Y-at.Y) + math.Abs(c.X-at.X)
}

// closest is the middle of the answer's bubble nearest to a point.
func closest(a *Answer, at geom.PagePt) geom.PagePt {
	best, found := math.Inf(1), a.Box.Center()
	for _, b := range a.Bubbles {
		c := b.Page.Center()
		if dist := 1000*math.Abs(c.Y-at.Y) + math.Abs(c.X-at.X); dist < best {
			best, found = dist, c
		}
	}
	return found
}

// middle is the first bubble's middle, else that of the element's box.
func middle(e *pattern.Element) geom.PagePt {
	for _, g := range e.Groups {
		for _, b := range g.Bubbles {
			return b.Box.Center()
		}
	}
	return e.Box.Center()
}

// sideOf is the height of the element's first bubble, else of its box.
func sideOf(e *pattern.Element) float64 {
	for _, g := range e.Groups {
		for _, b := range g.Bubbles {
			return b.Box.H
		}
	}
	return e.Box.H
}

// kept drops the crops that nobody asked for: those whose bubbles are all empty
// for certain, and of the others those that are not required. Where the pattern
// does not tell what a crop depends on, triggers that aim at it do; all others
// stay, since a picture too many costs less than one that is lost.
func (d *decider) kept(out []Answer) []Answer {
	marks := map[int][]Bubble{}
	for _, a := range out {
		marks[a.Element] = append(marks[a.Element], a.Bubbles...)
	}
	possible := func(b Bubble) bool { return b.Marked || b.Risk > 1-d.opt.Policy.limit() }
	return slices.DeleteFunc(out, func(a Answer) bool {
		if a.Kind != Crop {
			return false
		}
		when, known := d.opt.Scope.when[a.Element]
		if known && len(when) == 0 {
			return !d.ms.Page.Elements[a.Element].Required
		}
		var depends []Bubble
		for _, r := range when {
			if r.Bubble < len(marks[r.Element]) {
				depends = append(depends, marks[r.Element][r.Bubble])
			}
		}
		if !known {
			for _, t := range out {
				if t.Kind == Trigger && d.ms.Page.Elements[t.Element].Target == a.Name {
					depends = append(depends, t.Bubbles...)
				}
			}
		}
		return len(depends) > 0 && !slices.ContainsFunc(depends, possible)
	})
}
