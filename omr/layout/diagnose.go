package layout

import (
	"fmt"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// report adds a diagnostic at the element's opening (spec/markup.md 16.1). A
// nil element stands for the page settings.
func (l *layouter) report(severity fault.Severity, e *form.Element, code, cause, cure string) {
	if l.mute > 0 || l.full(severity) {
		return
	}
	l.counts[severity]++
	l.faults = append(l.faults, &fault.Error{
		Code: code, Kind: fault.Invalid, Severity: severity, Where: l.where(e), Cause: cause, Cure: cure,
	})
}

// maxFaults stops the reporting (spec/markup.md 16.1), each severity by itself: no
// flood of warnings hides that a form must not be made.
const maxFaults = 100

// full tells whether further diagnostics of a severity are dropped.
func (l *layouter) full(severity fault.Severity) bool { return l.counts[severity] >= maxFaults }

func (l *layouter) fail(e *form.Element, code, cause, cure string) {
	l.report(fault.SeverityError, e, code, cause, cure)
}

func (l *layouter) warn(e *form.Element, code, cause, cure string) {
	l.report(fault.SeverityWarning, e, code, cause, cure)
}

func (l *layouter) where(e *form.Element) fault.Where {
	if e == nil {
		return fault.Where{Path: "settings"}
	}
	return fault.Where{Line: e.Pos.Line, Column: e.Pos.Column, Span: e.Pos.Span, Path: l.paths[e]}
}

// once tells whether key comes for the first time; so a diagnostic that would
// repeat itself with every line or bubble is given once.
func (l *layouter) once(key string) bool {
	if l.mute > 0 || l.said[key] {
		return false
	}
	l.said[key] = true
	return true
}

// spot tells elements apart for once, those of equal path too; the copies of a
// custom row's cells are one.
func (l *layouter) spot(e *form.Element) string {
	return fmt.Sprintf("%d:%d %s", e.Pos.Line, e.Pos.Column, l.paths[e])
}

// survey notes the path of every element (spec/markup.md 16.1).
func (l *layouter) survey(e *form.Element, path string) {
	l.paths[e] = path
	seen := map[form.Kind]int{}
	for _, c := range e.Children {
		seen[c.Kind]++
		step := fmt.Sprintf("%s[%d]", c.Kind, seen[c.Kind])
		if c.Name != "" {
			step = fmt.Sprintf("%s %q", c.Kind, brief(c.Name))
		}
		l.survey(c, path+"/"+step)
	}
}

// describe names an element in a sentence.
func describe(e *form.Element) string {
	if e.Name == "" {
		return string(e.Kind)
	}
	return fmt.Sprintf("%s %q", e.Kind, brief(e.Name))
}

// brief shortens a name for a message.
func brief(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}
