// Package fault is the product's one error type: a code that programs compare,
// and a place, a cause and a cure that people read.
//
// In: nothing. Out: Error, List and the Kind that every boundary turns into its
// own shape (HTTP status, exit status, retry or not). Safe for concurrent use:
// an Error is built where it happens and never changed afterwards.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says whose fault it is; boundaries derive status and retries from it.
type Kind uint8

// Kinds.
const (
	Internal     Kind = iota // ours: logged, retried, never explained to the client
	Invalid                  // the input is wrong and will stay so
	NotFound                 // no such thing, or not the caller's
	Unauthorized             // who is asking is not known
	Forbidden                // who is asking may not
	Conflict                 // the state forbids it now
	TooLarge                 // a limit on size or pixels
	Unsupported              // legal, but this build cannot
	Unavailable              // try again later
	Limited                  // too many tries
)

// HTTPStatus is the status of an HTTP answer that is refused by such a fault.
func (k Kind) HTTPStatus() int {
	switch k {
	case Invalid, Unsupported:
		return 400
	case Unauthorized:
		return 401
	case Forbidden:
		return 403
	case NotFound:
		return 404
	case Conflict:
		return 409
	case TooLarge:
		return 413
	case Limited:
		return 429
	case Unavailable:
		return 503
	case Internal:
	}
	return 500
}

// Severity grades a diagnostic. The zero value is an error.
type Severity uint8

// Severities.
const (
	SeverityError   Severity = iota // nothing is produced
	SeverityWarning                 // produced, but look
	SeverityInfo                    // a style hint
)

// String is the word of the severity as diagnostics print it.
func (s Severity) String() string {
	switch s {
	case SeverityError:
		return "error"
	case SeverityWarning:
		return "warning"
	case SeverityInfo:
		return "information"
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// Where locates a fault. Unset members are zero.
type Where struct {
	File   string // as the user named it
	Page   int    // from 1
	Line   int    // from 1
	Column int    // from 1, in Unicode characters, a TAB is one
	Span   int    // characters
	Path   string // key path or tree path: Pages[0].Elements[3]
}

// String is the place as diagnostics print it: FILE:LINE:COLUMN, the path or nothing.
func (w Where) String() string {
	var parts []string
	if w.File != "" {
		parts = append(parts, w.File)
	}
	if w.Page > 0 {
		parts = append(parts, fmt.Sprintf("page %d", w.Page))
	}
	if w.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d, column %d", w.Line, w.Column))
	} else if w.Path != "" {
		parts = append(parts, w.Path)
	}
	return strings.Join(parts, ", ")
}

// Error is a fault: programs compare Code, people read the rest.
type Error struct {
	Code     string // stable identifier: page_not_found, LM205
	Kind     Kind
	Severity Severity
	Where    Where
	Related  *Where // second place: the first declaration, the opening tag
	Cause    string // one sentence: what is wrong, with the values
	Cure     string // one sentence: what to do
	Err      error  // for the log, never for the client
}

// Error is code, cause and cure in one line, as the glossary's cure comes last.
func (e *Error) Error() string {
	var b strings.Builder
	if at := e.Where.String(); at != "" {
		b.WriteString(at)
		b.WriteString(": ")
	}
	b.WriteString(e.Code)
	b.WriteString(": ")
	b.WriteString(e.Cause)
	if e.Cure != "" {
		b.WriteString("; cure: ")
		b.WriteString(e.Cure)
	}
	return b.String()
}

// Unwrap is the underlying error, for logs and errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// Sentence is the fault without its place: "LM205 cause. Cure." as the
// compatible API writes it.
func (e *Error) Sentence() string {
	s := e.Code + " " + full(e.Cause)
	if e.Cure != "" {
		s += " " + full(e.Cure)
	}
	return s
}

func full(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return s
	}
	return s + "."
}

// As returns the Error in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf is the Kind of the first Error in err's chain; Internal when there is none.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	var l List
	if errors.As(err, &l) && len(l) > 0 {
		return l[0].Kind
	}
	return Internal
}

// List is several faults in the order in which they are to be shown. As an
// error it stands for its first member of severity error.
type List []*Error

// Error joins all members of severity error, a line each.
func (l List) Error() string {
	var lines []string
	for _, e := range l {
		if e.Severity == SeverityError {
			lines = append(lines, e.Error())
		}
	}
	return strings.Join(lines, "\n")
}

// Failed tells whether a member is of severity error.
func (l List) Failed() bool {
	for _, e := range l {
		if e.Severity == SeverityError {
			return true
		}
	}
	return false
}

// Err is l as an error when it Failed, else nil.
func (l List) Err() error {
	if l.Failed() {
		return l
	}
	return nil
}
