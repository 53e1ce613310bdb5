package worker

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/result"
)

// maxTexts is how many messages or warnings an outcome has (spec/api.md 5.4); the
// last then says how many more there were.
const maxTexts = 100

// ours tells whether a retry may help. A numbered diagnostic is about the input
// whatever its kind says: no retry makes a form out of a wrong source.
func ours(err error) bool {
	e := fault.As(err)
	if e == nil {
		return true
	}
	switch e.Kind {
	case fault.Internal, fault.Unavailable, fault.Limited:
		return !strings.HasPrefix(e.Code, "LM")
	case fault.Invalid, fault.NotFound, fault.Unauthorized, fault.Forbidden, fault.Conflict, fault.TooLarge, fault.Unsupported:
	}
	return false
}

// sorted are the diagnostics by position, then severity; what comes from one
// place stays in its order.
func sorted(list fault.List) fault.List {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *fault.Error) int {
		return cmp.Or(
			cmp.Compare(a.Where.Line, b.Where.Line),
			cmp.Compare(a.Where.Column, b.Where.Column),
			cmp.Compare(a.Severity, b.Severity))
	})
	return out
}

// texts are the diagnostics of a severity, worded with their position:
// "line 3, column 1: LM205 …".
func texts(list fault.List, of fault.Severity) []string {
	var out []string
	for _, e := range sorted(list) {
		if e.Severity == of {
			out = append(out, placed(e))
		}
	}
	return out
}

func placed(e *fault.Error) string {
	at := fault.Where{Line: e.Where.Line, Column: e.Where.Column}
	if e.Where.Line == 0 && !strings.Contains(e.Cause, e.Where.Path) {
		at.Path = e.Where.Path
	}
	text := result.Message(&fault.Error{Code: e.Code, Kind: fault.Invalid, Cause: e.Cause, Cure: e.Cure})
	if s := at.String(); s != "" {
		return s + ": " + text
	}
	return text
}

// problem is the chief of the diagnostics: the first error.
func problem(list fault.List) *task.Problem {
	for _, e := range sorted(list) {
		if e.Severity == fault.SeverityError {
			return &task.Problem{Code: e.Code, Cause: e.Cause, Cure: e.Cure}
		}
	}
	return nil
}

// refused is the outcome of an error that blames the input.
func refused(err error, warnings []string) task.Outcome {
	var list fault.List
	if !errors.As(err, &list) {
		list = fault.List{fault.As(err)}
	}
	return task.Outcome{
		Problem:  problem(list),
		Messages: few(texts(list, fault.SeverityError)),
		Warnings: few(append(warnings, texts(list, fault.SeverityWarning)...)),
	}
}

// few keeps an outcome small: an adversary's source has a million faults.
func few(list []string) []string {
	if len(list) <= maxTexts {
		return list
	}
	more := strconv.Itoa(len(list) - maxTexts + 1)
	return append(list[:maxTexts-1:maxTexts-1], "There are "+more+" more.")
}
