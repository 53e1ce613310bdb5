// Package v5 is the wire contract of the compatible API: the routes of
// spec/api.md 3, as unmodified old clients call them.
//
// In: requests whose caller the router has checked. Out: the id of an accepted
// task; the state and the files of a task in the shape of spec/api.md 3.3.
// Leniency towards clients (spec/api.md 1.4, 1.5) lives here and nowhere else.
package v5

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

// Tasks is what this contract needs of package task.
type Tasks interface {
	Submit(ctx context.Context, owner task.Owner, s task.Submission) (id string, err error)
	Wait(ctx context.Context, owner task.Owner, kind task.Kind, id string, most time.Duration) (task.Task, error)
	Outcome(ctx context.Context, owner task.Owner, kind task.Kind, id string, withData bool) (task.Outcome, error)
	Cancel(ctx context.Context, owner task.Owner, kind task.Kind, id string) error
}

// Deps are what the routes work on.
type Deps struct {
	Tasks  Tasks
	Bodies *wire.Bodies
	// Wait is how long a GET waits for an unfinished task (--compat-wait); 0: not
	// at all.
	Wait time.Duration
	// WarningsInError puts warnings of a successful task in error.warnings
	// (--compat-warnings=error) instead of a member of their own.
	WarningsInError bool
	// Formats of printable forms that the engine writes, as in 3.2; nil: all of those.
	Formats []string
	// Retention as the answer for an unknown task tells it; 0: 24 hours.
	Retention time.Duration
}

type handler struct {
	Deps
	formats  words
	notFound string
}

// Routes are the routes of spec/api.md 3.1 with their aliases, under all prefixes
// of 1.2. A segment v5 right after omr is one client's mistake and is ignored.
func Routes(d Deps) []wire.Route {
	if d.Formats == nil {
		d.Formats = []string{"Png", "Pdf", "Jpg", "Tiff", "Gif", "Bmp", "Svg"}
	}
	if d.Retention == 0 {
		d.Retention = 24 * time.Hour
	}
	h := &handler{Deps: d, formats: formFormats(d.Formats)}
	h.notFound = fmt.Sprintf("There is no such task, or its results are older than %s.", span(d.Retention))
	generation, recognition := h.result(task.Generate), h.result(task.Recognize)
	noGeneration, noRecognition := h.cancel(task.Generate), h.cancel(task.Recognize)
	var routes []wire.Route
	for _, prefix := range []string{
		"/v5.0/omr", "/v5/omr", "/v5.1/omr", "/v5.0/omr/v5", "/v5/omr/v5", "/v5.1/omr/v5",
	} {
		for _, r := range []wire.Route{
			{Method: http.MethodPost, Path: "/generatetemplate/postgeneratetemplate", Serve: h.postGenerate},
			{Method: http.MethodPost, Path: "/generatetemplate", Serve: h.postGenerate},
			{Method: http.MethodPost, Path: "/generate", Serve: h.postGenerate},
			{Method: http.MethodGet, Path: "/generatetemplate/getgeneratetemplate", Poll: true, Serve: generation},
			{Method: http.MethodGet, Path: "/generatetemplate", Poll: true, Serve: generation},
			{Method: http.MethodDelete, Path: "/generatetemplate", Serve: noGeneration},
			{Method: http.MethodDelete, Path: "/generatetemplate/cancelgeneratetemplate", Serve: noGeneration},
			{Method: http.MethodPost, Path: "/recognizetemplate/postrecognizetemplate", Serve: h.postRecognize},
			{Method: http.MethodPost, Path: "/recognizetemplate", Serve: h.postRecognize},
			{Method: http.MethodPost, Path: "/recognize", Serve: h.postRecognize},
			{Method: http.MethodGet, Path: "/recognizetemplate/getrecognizetemplate", Poll: true, Serve: recognition},
			{Method: http.MethodGet, Path: "/recognizetemplate", Poll: true, Serve: recognition},
			{Method: http.MethodGet, Path: "/recognize", Poll: true, Serve: recognition},
			{Method: http.MethodDelete, Path: "/recognizetemplate", Serve: noRecognition},
			{Method: http.MethodDelete, Path: "/recognizetemplate/cancelrecognizetemplate", Serve: noRecognition},
		} {
			r.Scope = identity.ScopeRead
			switch {
			case r.Method == http.MethodGet:
			case strings.HasPrefix(r.Path, "/generate"):
				r.Scope = identity.ScopeGenerate
			default:
				r.Scope = identity.ScopeRecognize
			}
			r.Path, r.Shape = prefix+r.Path, wire.Compatible
			routes = append(routes, r)
		}
	}
	return routes
}

// span is a duration in words: whole hours where it is that.
func span(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return d.String()
}

// submit reads a document, makes it a task and answers with its id.
func (h *handler) submit(w http.ResponseWriter, r *http.Request, read func(value) (task.Submission, error)) error {
	body, release, err := h.Bodies.JSONBody(w, r)
	defer release()
	if err != nil {
		return err
	}
	doc, err := parse(body)
	if err != nil {
		return err
	}
	s, err := read(doc)
	if err != nil {
		return err
	}
	if s.IdempotencyKey, err = idempotencyKey(r.Header); err != nil {
		return err
	}
	id, err := h.Tasks.Submit(r.Context(), wire.OwnerOf(r.Context()), s)
	if err != nil {
		return err
	}
	kind := typeOfID(r.Header.Values("Accept"))
	if kind != plainText {
		id = `"` + id + `"`
	}
	wire.Write(w, r, http.StatusOK, kind, []byte(id))
	return nil
}

// notObject is the fault of a body that is no JSON object: it lacks the fields.
func notObject(doc value, required ...string) error {
	var f fields
	cure := "send a JSON object with it"
	if doc.given() {
		cure = "the body is " + shown(doc) + ": send a JSON object with the field"
	}
	for _, name := range required {
		f.required(name, cure)
	}
	return f.err()
}

// idempotencyKey is the request's key, empty for none. One too long to keep is
// refused: to cut it could make two keys one.
func idempotencyKey(h http.Header) (string, error) {
	const most = 255
	key := h.Get("Idempotency-Key")
	if len(key) > most {
		return "", fault.List{{
			Code: wire.CodeValidation, Kind: fault.Invalid, Where: fault.Where{Path: "Idempotency-Key"},
			Cause: fmt.Sprintf("the header is longer than %d bytes", most), Cure: "send a shorter one, such as a GUID",
		}}
	}
	return key, nil
}
