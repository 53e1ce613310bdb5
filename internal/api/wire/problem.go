package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/telemetry"
	"github.com/leafmark/leafmark/omr/fault"
)

// Codes of problems that the HTTP level itself raises (spec/api.md 1.9).
const (
	CodeValidation  = "validation_failed"
	CodeJSON        = "malformed_json"
	CodeMethod      = "method_not_allowed"
	CodeNotFound    = "not_found"
	CodeTimeout     = "timeout"
	CodeTooLarge    = "too_large"
	CodeMediaType   = "unsupported_media_type"
	CodeRate        = "rate_limited"
	CodeHeaders     = "headers_too_large"
	CodeInternal    = "internal"
	CodeUnavailable = "unavailable"
)

// maxMessages is how many entries messages and warnings have at most, the last
// then saying how many more there are (spec/api.md 5.4).
const maxMessages = 100

// Problem is a failure as HTTP shows it.
type Problem struct {
	Status     int
	Code       string
	Detail     string
	Cure       string              // Own only; Detail of a Compatible problem ends with it
	Fields     map[string][]string // by the name of the member that is wrong
	Messages   []string            // Compatible only
	RetryAfter time.Duration       // 0: no header
}

// ProblemOf is the one place that turns faults into HTTP. A fault.List is read as
// the fields that are wrong, each named by Where.Path. Causes of faults of ours
// stay in the log.
func ProblemOf(err error) Problem {
	var list fault.List
	if errors.As(err, &list) && len(list) > 0 {
		p := problemOf(list[0])
		p.Messages = nil
		for _, e := range list {
			p.add(e)
		}
		p.Messages = Cut(p.Messages)
		return p
	}
	e := fault.As(err)
	if e == nil {
		e = &fault.Error{Code: CodeInternal, Kind: fault.Internal, Err: err}
	}
	p := problemOf(e)
	if e.Kind == fault.Internal || p.Status >= 500 {
		p.Messages = []string{p.Detail}
		return p
	}
	p.Messages = nil
	p.add(e)
	return p
}

func (p *Problem) add(e *fault.Error) {
	p.Messages = append(p.Messages, Sentence(e))
	if e.Where.Path == "" {
		return
	}
	if p.Fields == nil {
		p.Fields = map[string][]string{}
	}
	p.Fields[e.Where.Path] = append(p.Fields[e.Where.Path], sentence(e.Cause))
}

func problemOf(e *fault.Error) Problem {
	p := Problem{Status: statusOf(e), Code: e.Code, Detail: Sentence(e), Cure: e.Cure}
	switch {
	case p.Status == http.StatusServiceUnavailable:
		p.Code, p.RetryAfter = CodeUnavailable, 5*time.Second
		p.Detail, p.Cure = "The server cannot do this now. Try again in a few seconds.", "try again in a few seconds"
	case p.Status >= 500:
		p.Code = CodeInternal
		p.Detail = "The server could not do this, and nothing half-done remains. Tell its operator the traceId."
		p.Cure = "tell the operator the traceId"
	case p.Status == http.StatusTooManyRequests:
		p.RetryAfter = time.Second
	}
	return p
}

func statusOf(e *fault.Error) int {
	switch e.Code { // what no Kind tells
	case CodeTimeout:
		return http.StatusRequestTimeout
	case CodeMethod:
		return http.StatusMethodNotAllowed
	case CodeMediaType:
		return http.StatusUnsupportedMediaType
	case CodeHeaders:
		return http.StatusRequestHeaderFieldsTooLarge
	}
	return e.Kind.HTTPStatus()
}

// Sentence is a fault in words with its place first and its cure last, without
// its code: "markupFile: The field is required. Send the form source."
func Sentence(e *fault.Error) string {
	s := sentence(e.Cause)
	if at := e.Where.String(); at != "" {
		s = at + ": " + s
	}
	if e.Cure != "" {
		s += " " + sentence(e.Cure)
	}
	return s
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; c >= 'a' && c <= 'z' {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// Cut is list with at most 100 entries, the last then says how many more there
// are (spec/api.md 5.4). Never nil.
func Cut(list []string) []string {
	if list == nil {
		return []string{}
	}
	if len(list) <= maxMessages {
		return list
	}
	out := append([]string{}, list[:maxMessages-1]...)
	return append(out, "There are "+strconv.Itoa(len(list)-maxMessages+1)+" more.")
}

// body is the JSON of a problem. The members id, responseStatusCode and results
// must never be here: an old client parses the body of a failed GET as a task.
type body struct {
	Type    string              `json:"type"`
	Title   string              `json:"title"`
	Status  int                 `json:"status"`
	Detail  string              `json:"detail"`
	TraceID string              `json:"traceId"`
	Code    string              `json:"code"`
	Cure    string              `json:"cure,omitempty"`
	Errors  map[string][]string `json:"errors,omitempty"`
	Error   *TaskError          `json:"error,omitempty"`
}

// TaskError is the member error of the compatible API; both arrays are always
// there (spec/api.md 5.4).
type TaskError struct {
	Messages []string `json:"messages"`
	Warnings []string `json:"warnings"`
}

// WriteProblem answers with p.
func WriteProblem(w http.ResponseWriter, r *http.Request, shape Shape, p Problem) {
	b := body{
		Type: "about:blank", Title: titleOf(p.Status), Status: p.Status, Detail: p.Detail,
		TraceID: telemetry.RequestID(r.Context()), Code: p.Code, Errors: p.Fields,
	}
	switch shape {
	case Compatible:
		messages := p.Messages
		if len(messages) == 0 {
			messages = []string{p.Detail}
		}
		b.Error = &TaskError{Messages: messages, Warnings: []string{}}
	case Own:
		b.Cure = p.Cure
	}
	h := w.Header()
	if p.RetryAfter > 0 {
		seconds := int((p.RetryAfter + time.Second - 1) / time.Second)
		// A client's library sleeps for the stated time on its own: spec/api.md 1.9.
		if r.Method != http.MethodPost && seconds > 30 {
			seconds = 30
		}
		h.Set("Retry-After", strconv.Itoa(seconds))
	}
	h.Set("Cache-Control", "no-store")
	after := linger(w, r, p.Status)
	Write(w, r, p.Status, "application/problem+json; charset=utf-8", JSON(b))
	after()
}

// WriteError answers with the problem of err.
func WriteError(w http.ResponseWriter, r *http.Request, shape Shape, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		// The client has gone; one that only stopped sending still reads.
		err = &fault.Error{Code: CodeUnavailable, Kind: fault.Unavailable, Err: err}
	}
	WriteProblem(w, r, shape, ProblemOf(err))
}

// JSON is v as our answers carry it: UTF-8, nothing escaped that need not be.
func JSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("wire: an answer that JSON cannot hold: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func titleOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The request is not valid"
	case http.StatusUnauthorized:
		return "Not authorised"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusNotFound:
		return "Not found"
	case http.StatusMethodNotAllowed:
		return "The method is not allowed here"
	case http.StatusRequestTimeout:
		return "The request took too long"
	case http.StatusConflict:
		return "In conflict with what is there"
	case http.StatusRequestEntityTooLarge:
		return "The request is too large"
	case http.StatusUnsupportedMediaType:
		return "The type of the request is not supported"
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusRequestHeaderFieldsTooLarge:
		return "The header of the request is too large"
	case http.StatusServiceUnavailable:
		return "Not available now"
	}
	return "The server failed"
}
