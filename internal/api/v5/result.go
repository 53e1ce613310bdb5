package v5

import (
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

// The values of responseStatusCode (spec/api.md 3.8, 4.1).
const (
	statusOK       = "Ok"
	statusPartial  = "PartiallyNotFound"
	statusNone     = "NoAnyResultData"
	statusLost     = "ResultDataLost"
	statusUnknown  = "TaskNotFound"
	statusNotReady = "NotReady"
	statusError    = "Error"
)

// answer is the object of a GET, spec/api.md 3.3.
type answer struct {
	id       string
	status   string
	results  []task.File // nil: null
	err      *wire.TaskError
	warnings []string // a member of its own, only when there are some
}

// result answers a GET for tasks of one kind; it never consumes the result.
func (h *handler) result(kind task.Kind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := idOf(r.URL.RawQuery)
		if err != nil {
			return err
		}
		a, err := h.answer(r, kind, id)
		if err != nil {
			return err
		}
		if a.status == statusNotReady {
			w.Header().Set("Retry-After", "1")
		}
		wire.Write(w, r, http.StatusOK, typeOfObject(r.Header.Values("Accept")), a.json())
		return nil
	}
}

func (h *handler) answer(r *http.Request, kind task.Kind, id string) (answer, error) {
	ctx, owner := r.Context(), wire.OwnerOf(r.Context())
	a := answer{id: id}
	t, err := h.Tasks.Wait(ctx, owner, kind, id, h.Wait)
	if err == nil && t.Status == task.Cancelled {
		err = task.ErrNotFound // spec/api.md 4.1: the same answer
	}
	var out task.Outcome
	if err == nil && (t.Status == task.Done || t.Status == task.Failed) {
		out, err = h.Tasks.Outcome(ctx, owner, kind, id, t.Status == task.Done)
	}
	switch {
	case errors.Is(err, task.ErrNotFound):
		a.status, a.err = statusUnknown, taskError([]string{h.notFound}, nil)
	case errors.Is(err, task.ErrNotReady):
		a.status = statusNotReady
	case err != nil:
		return a, err
	case t.Status == task.Done:
		h.done(&a, out)
	case t.Status == task.Failed:
		a.status, a.err = statusError, taskError(messagesOf(out), out.Warnings)
	default:
		a.status = statusNotReady
	}
	return a, nil
}

// done is the answer for a finished task, by what is left of its files.
func (h *handler) done(a *answer, out task.Outcome) {
	files := make([]task.File, 0, len(out.Files))
	missing := out.Missing
	for _, f := range out.Files {
		if len(f.Data) > 0 {
			files = append(files, f)
		}
	}
	switch {
	case missing > 0 && len(files) > 0:
		a.status, a.results = statusPartial, files
		a.err = taskError([]string{"Some result files can no longer be had: submit the task again."}, out.Warnings)
	case missing > 0:
		a.status = statusLost
		a.err = taskError([]string{"The result files can no longer be had: submit the task again."}, out.Warnings)
	case len(files) == 0:
		a.status = statusNone
		a.err = taskError([]string{"The task is done and has no result files."}, out.Warnings)
	default:
		a.status, a.results = statusOK, files
		if len(out.Warnings) == 0 {
			return
		}
		if h.WarningsInError {
			a.err = taskError(nil, out.Warnings)
		} else {
			a.warnings = wire.Cut(out.Warnings)
		}
	}
}

// messagesOf are the messages of a failed task, at least one.
func messagesOf(out task.Outcome) []string {
	switch {
	case len(out.Messages) > 0:
		return out.Messages
	case out.Problem != nil:
		e := fault.Error{Code: out.Problem.Code, Cause: out.Problem.Cause, Cure: out.Problem.Cure}
		return []string{e.Sentence()}
	}
	return []string{"LM900 The server could not finish the task: submit it again."}
}

func taskError(messages, warnings []string) *wire.TaskError {
	return &wire.TaskError{Messages: wire.Cut(messages), Warnings: wire.Cut(warnings)}
}

// json is the answer as bytes: members in the order of spec/api.md 3.3, nothing
// left out, Base64 standard and padded. Written by hand so that megabytes of
// Base64 are copied once.
func (a answer) json() []byte {
	size := 256
	for _, f := range a.results {
		size += base64.StdEncoding.EncodedLen(len(f.Data)) + len(f.Name) + 64
	}
	b := make([]byte, 0, size)
	b = append(b, `{"id":"`...)
	b = append(b, a.id...)
	b = append(b, `","responseStatusCode":"`...)
	b = append(b, a.status...)
	b = append(b, `","results":`...)
	if a.results == nil {
		b = append(b, "null"...)
	} else {
		b = append(b, '[')
		for i, f := range a.results {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"type":`...)
			b = append(b, wire.JSON(f.Type)...)
			b = append(b, `,"data":"`...)
			b = base64.StdEncoding.AppendEncode(b, f.Data)
			b = append(b, '"')
			if f.Crop {
				b = append(b, `,"name":`...)
				b = append(b, wire.JSON(f.Name)...)
			}
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	b = append(b, `,"error":`...)
	b = append(b, wire.JSON(a.err)...)
	if len(a.warnings) > 0 {
		b = append(b, `,"warnings":`...)
		b = append(b, wire.JSON(a.warnings)...)
	}
	return append(b, '}')
}

// cancel answers a DELETE (spec/api.md 3.6).
func (h *handler) cancel(kind task.Kind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := idOf(r.URL.RawQuery)
		if err != nil {
			return err
		}
		err = h.Tasks.Cancel(r.Context(), wire.OwnerOf(r.Context()), kind, id)
		if errors.Is(err, task.ErrNotFound) {
			return &fault.Error{
				Code: wire.CodeNotFound, Kind: fault.NotFound, Cause: h.notFound, Cure: "check the id", Err: err,
			}
		}
		if err != nil {
			return err
		}
		wire.Write(w, r, http.StatusOK, "", nil)
		return nil
	}
}
