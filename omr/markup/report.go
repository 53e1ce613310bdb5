package markup

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// Limits of spec/markup.md 16.1 and 16.3 (LM106).
const (
	maxSource  = 4 << 20 // bytes
	maxDepth   = 64      // elements inside each other
	maxPages   = 200
	maxBubbles = 100_000
	// maxParts bounds elements, attributes, answers and list entries together: a
	// source of 4 MiB could hold millions, and each takes a hundred times its
	// length in memory. Blank lines that make space are elements.
	maxParts   = 250_000
	maxReports = 100
	// maxRepeated bounds what names and texts take, in bytes, in all rows that
	// repeat them: more fits no pattern (spec/pattern.md 1), and a name of a
	// megabyte in ten thousand lines fits no memory.
	maxRepeated = 16 << 20
	// maxAttrs bounds the attributes of an element: none has more than 30, and
	// each is compared with the others.
	maxAttrs = 200
)

// report collects diagnostics: the first hundred of each severity, so that no
// flood of hints hides an error. After the hundredth error reading stops.
type report struct {
	list   fault.List
	nodes  []*node // whom each is about, or nil; their paths are known at the end
	counts [fault.SeverityInfo + 1]int
	parts  int
	stop   bool // nothing can be laid out: a limit, too many errors
	broken bool // a syntax error: what comes after it is a guess, so nothing is said of it
}

// added is a diagnostic that has been reported; nil when it was one too many.
type added struct{ e *fault.Error }

// related gives it a second place.
func (a added) related(p form.Pos) {
	if a.e != nil {
		w := place(p)
		a.e.Related = &w
	}
}

// add reports a diagnostic about n, which may be nil, at pos.
func (r *report) add(n *node, pos form.Pos, code string, severity fault.Severity, cure, format string, args ...any) added {
	if r.broken || r.full(severity) {
		return added{}
	}
	e := &fault.Error{Code: code, Kind: fault.Invalid, Severity: severity, Cure: cure}
	r.counts[severity]++
	if severity == fault.SeverityError && r.full(severity) {
		r.stop = true
	}
	switch code {
	case "LM106":
		e.Kind = fault.TooLarge
	case "LM213", "LM314":
		e.Kind = fault.Unsupported
	}
	e.Cause = fmt.Sprintf(format, args...)
	e.Where = place(pos)
	r.list = append(r.list, e)
	r.nodes = append(r.nodes, n)
	return added{e}
}

// forget takes back the diagnostics of some codes that were reported since the list
// had so many: children of a leaf are ignored, so nothing is wrong with them.
func (r *report) forget(since int, codes ...string) {
	kept := since
	for i := since; i < len(r.list); i++ {
		if slices.Contains(codes, r.list[i].Code) {
			r.counts[r.list[i].Severity]--
			continue
		}
		r.list[kept], r.nodes[kept] = r.list[i], r.nodes[i]
		kept++
	}
	r.list, r.nodes = r.list[:kept], r.nodes[:kept]
}

// full tells whether further diagnostics of a severity are dropped.
func (r *report) full(severity fault.Severity) bool { return r.counts[severity] >= maxReports }

func (r *report) fail(n *node, pos form.Pos, code, cure, format string, args ...any) added {
	return r.add(n, pos, code, fault.SeverityError, cure, format, args...)
}

func (r *report) warn(n *node, pos form.Pos, code, cure, format string, args ...any) added {
	return r.add(n, pos, code, fault.SeverityWarning, cure, format, args...)
}

func (r *report) info(n *node, pos form.Pos, code, cure, format string, args ...any) added {
	return r.add(n, pos, code, fault.SeverityInfo, cure, format, args...)
}

// fatal reports what makes further reading senseless.
func (r *report) fatal(n *node, pos form.Pos, code, cure, format string, args ...any) {
	r.fail(n, pos, code, cure, format, args...)
	r.stop = true
}

// spend counts a part of the form; false when there are too many.
func (r *report) spend(pos form.Pos) bool {
	r.parts++
	if r.parts == maxParts+1 {
		r.fatal(nil, pos, "LM106", "Split the form into several.",
			"the form has more than %d elements, attributes and answers", maxParts)
	}
	return r.parts <= maxParts
}

// attribute counts the next attribute of n, which has so many already.
func (r *report) attribute(n *node, have int, pos form.Pos) bool {
	if have >= maxAttrs && !r.stop {
		r.fatal(n, pos, "LM106", "Remove the repeated ones.", "the element has more than %d attributes", maxAttrs)
	}
	return !r.stop && r.spend(pos)
}

// sorted is the list in the order of positions.
func (r *report) sorted() fault.List {
	for i, n := range r.nodes {
		if n != nil {
			r.list[i].Where.Path = n.path()
		}
	}
	slices.SortStableFunc(r.list, func(a, b *fault.Error) int {
		return cmp.Or(cmp.Compare(a.Where.Line, b.Where.Line), cmp.Compare(a.Where.Column, b.Where.Column))
	})
	return r.list
}

func place(p form.Pos) fault.Where {
	return fault.Where{Line: p.Line, Column: p.Column, Span: p.Span}
}
