// Package v1 is the wire contract of our own API, /api/v1 (design: routes).
//
// In: requests whose caller the router has checked. Out: tasks in the glossary's
// words with the results of their sheets, and their files as they are. Problems
// are RFC 9457 with our code and cure. A task of another application is, like an
// unknown or expired one, 404.
package v1

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

// maxWait is the longest that a question waits for a task's end.
const maxWait = time.Minute

// Tasks is what this contract needs of package task. An empty kind is any.
type Tasks interface {
	Wait(ctx context.Context, owner task.Owner, kind task.Kind, id string, most time.Duration) (task.Task, error)
	Outcome(ctx context.Context, owner task.Owner, kind task.Kind, id string, withData bool) (task.Outcome, error)
	File(ctx context.Context, owner task.Owner, id, name string) (task.File, error)
}

// Deps are what the routes work on.
type Deps struct{ Tasks Tasks }

// Routes are the routes of /api/v1.
func Routes(d Deps) []wire.Route {
	h := &handler{d}
	return []wire.Route{
		{Method: http.MethodGet, Path: "/api/v1/tasks/{id}", Poll: true, Scope: identity.ScopeRead, Shape: wire.Own, Serve: h.getTask},
		{Method: http.MethodGet, Path: "/api/v1/tasks/{id}/files/{name...}", Poll: true, Scope: identity.ScopeRead, Shape: wire.Own, Serve: h.getFile},
	}
}

type handler struct{ Deps }

// taskView is a task as JSON; members may be added, never renamed.
type taskView struct {
	ID       string          `json:"id"`
	Kind     task.Kind       `json:"kind"`
	Status   task.Status     `json:"status"`
	Created  time.Time       `json:"created"`
	Finished *time.Time      `json:"finished"`
	Expires  time.Time       `json:"expires"`
	Sheets   json.RawMessage `json:"sheets"`
	Files    []fileView      `json:"files"`
	Warnings []string        `json:"warnings"`
	Error    *problemView    `json:"error"`
}

type fileView struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// problemView is why a task failed.
type problemView struct {
	Type     string   `json:"type"`
	Title    string   `json:"title"`
	Detail   string   `json:"detail"`
	Code     string   `json:"code"`
	Cure     string   `json:"cure,omitempty"`
	Messages []string `json:"messages"`
}

// getTask answers with a task, with ?wait=30s as soon as it is final or the wait
// is over, with ?boxes=1 with the places of what was read.
func (h *handler) getTask(w http.ResponseWriter, r *http.Request) error {
	wait, err := waitOf(r)
	if err != nil {
		return err
	}
	ctx, owner, id := r.Context(), wire.OwnerOf(r.Context()), strings.ToLower(r.PathValue("id"))
	t, err := h.Tasks.Wait(ctx, owner, "", id, wait)
	if err != nil {
		return notFound(err)
	}
	view := taskView{
		ID: t.ID, Kind: t.Kind, Status: t.Status,
		Created: t.Created.UTC().Truncate(time.Millisecond), Expires: t.Expires.UTC().Truncate(time.Millisecond),
		Sheets: json.RawMessage("[]"), Files: []fileView{}, Warnings: []string{},
	}
	if !t.Finished.IsZero() {
		at := t.Finished.UTC().Truncate(time.Millisecond)
		view.Finished = &at
	}
	if t.Status == task.Done || t.Status == task.Failed {
		out, err := h.Tasks.Outcome(ctx, owner, "", id, false)
		if err != nil {
			return notFound(err)
		}
		if r.URL.Query().Get("boxes") != "1" {
			if out.Sheets, err = withoutBoxes(out.Sheets); err != nil {
				return err
			}
		}
		view.take(t.Status, out)
	}
	wire.Write(w, r, http.StatusOK, "application/json; charset=utf-8", wire.JSON(view))
	return nil
}

func (v *taskView) take(status task.Status, out task.Outcome) {
	if len(out.Sheets) > 0 {
		v.Sheets = out.Sheets
	}
	for _, f := range out.Files {
		v.Files = append(v.Files, fileView{nameOf(f), f.Type, f.Size})
	}
	v.Warnings = wire.Cut(out.Warnings)
	switch {
	case status == task.Failed:
		v.Error = &problemView{Title: "The task failed", Code: "internal", Detail: "The server could not finish the task.", Cure: "submit it again"}
		if p := out.Problem; p != nil {
			v.Error.Code, v.Error.Detail, v.Error.Cure = p.Code, p.Cause, p.Cure
		}
	case out.Missing > 0:
		v.Error = &problemView{Title: "Result files are lost", Code: "result_lost", Detail: "Some files can no longer be had.", Cure: "submit the task again"}
	default:
		return
	}
	v.Error.Type = "about:blank"
	v.Error.Messages = wire.Cut(out.Messages)
}

// getFile answers with one file of a task.
func (h *handler) getFile(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Tasks.File(r.Context(), wire.OwnerOf(r.Context()), strings.ToLower(r.PathValue("id")), r.PathValue("name"))
	if err != nil {
		return notFound(err)
	}
	name := path.Base(strings.ReplaceAll(nameOf(f), `\`, "/"))
	// Never shown as a page of this server, whatever is in it.
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	wire.Write(w, r, http.StatusOK, mediaType(f.Type), f.Data)
	return nil
}

// nameOf is the name that a file is asked for by.
func nameOf(f task.File) string {
	if f.FileName != "" {
		return f.FileName
	}
	return f.Name
}

// mediaType is the Content-Type for a file type of spec/api.md 3.8.
func mediaType(kind string) string {
	switch strings.ToLower(kind) {
	case "png":
		return "image/png"
	case "jpg":
		return "image/jpeg"
	case "pdf":
		return "application/pdf"
	case "svg":
		return "image/svg+xml"
	case "tiff":
		return "image/tiff"
	case "gif":
		return "image/gif"
	case "bmp":
		return "image/bmp"
	case "omr", "json":
		return "application/json; charset=utf-8"
	case "csv":
		return "text/csv; charset=utf-8"
	case "xml":
		return "application/xml; charset=utf-8"
	case "txt":
		return "text/plain; charset=utf-8"
	case "xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/octet-stream"
}

// waitOf reads ?wait=: a duration such as 30s, or whole seconds.
func waitOf(r *http.Request) (time.Duration, error) {
	given := r.URL.Query().Get("wait")
	if given == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(given)
	if n, nerr := strconv.Atoi(given); nerr == nil {
		d, err = time.Duration(min(n, int(maxWait/time.Second)))*time.Second, nil
	}
	if err != nil || d < 0 {
		return 0, fault.List{{
			Code: wire.CodeValidation, Kind: fault.Invalid, Where: fault.Where{Path: "wait"},
			Cause: "wait is not a duration", Cure: "send a duration such as 30s",
		}}
	}
	return min(d, maxWait), nil
}

// notFound makes the one answer for unknown, foreign and expired tasks.
func notFound(err error) error {
	switch {
	case errors.Is(err, task.ErrNotFound):
		return &fault.Error{
			Code: "task_not_found", Kind: fault.NotFound,
			Cause: "there is no such task or file, or it is past its time", Cure: "check the id and the name", Err: err,
		}
	case errors.Is(err, task.ErrNotReady):
		return &fault.Error{
			Code: "task_not_ready", Kind: fault.Conflict,
			Cause: "the task is not finished", Cure: "wait for it: GET the task with ?wait=30s", Err: err,
		}
	}
	return err
}
