package leafmark

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// What errors.Is tells apart.
var (
	// ErrCredentials: the client id or secret is wrong, or the application is disabled.
	ErrCredentials = errors.New("leafmark: the credentials are refused")
	// ErrNotFound: no such task, or older than the server keeps them.
	ErrNotFound = errors.New("leafmark: not found")
	// ErrInvalid: the request is not valid; Fields names what.
	ErrInvalid = errors.New("leafmark: the request is not valid")
	// ErrBusy: the server limits or is not able now.
	ErrBusy = errors.New("leafmark: the server is busy")
	// ErrCancelled: the task was cancelled.
	ErrCancelled = errors.New("leafmark: the task was cancelled")
)

// APIError is a refused request (RFC 9457 problem, or RFC 6749 error).
type APIError struct {
	Status     int    // HTTP
	Code       string // stable identifier: validation_failed, invalid_client …
	Title      string
	Detail     string              // what is wrong and what to do
	Fields     map[string][]string // what is wrong with which field
	TraceID    string              // for the operator's log
	RetryAfter time.Duration
}

// Error is the status, the code and the detail.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "leafmark: %d %s", e.Status, e.Title)
	if e.Code != "" {
		b.WriteString(" (" + e.Code + ")")
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	return b.String()
}

// Is matches the sentinels of this package.
func (e *APIError) Is(target error) bool {
	switch target {
	case ErrCredentials:
		return e.Status == http.StatusUnauthorized || e.Code == "invalid_client"
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrInvalid:
		return e.Status == http.StatusBadRequest && e.Code != "invalid_client"
	case ErrBusy:
		return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
	}
	return false
}

// TaskError is accepted work that could not be done: a markup that does not
// parse, a picture without a sheet.
type TaskError struct {
	ID     string // of the task
	Code   string // page_not_found, LM205 …
	Detail string // every cause with its position and cure
}

// Error is the code and the detail.
func (e *TaskError) Error() string {
	return fmt.Sprintf("leafmark: task %s failed: %s: %s", e.ID, e.Code, e.Detail)
}
