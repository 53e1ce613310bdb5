package v5_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/api"
	v5 "github.com/leafmark/leafmark/internal/api/v5"
	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

const (
	taskID = "b7a2b6a0-5c0e-4f55-9f3e-2b6d4a0c9e11"
	base   = "/v5.0/omr"
	pg     = base + "/GenerateTemplate/PostGenerateTemplate"
	gg     = base + "/GenerateTemplate/GetGenerateTemplate"
	pr     = base + "/RecognizeTemplate/PostRecognizeTemplate"
	gr     = base + "/RecognizeTemplate/GetRecognizeTemplate"
)

// tokens accepts a token for each application, named by itself.
type tokens struct{}

func (tokens) Verify(_ context.Context, raw string) (token.Caller, error) {
	if !slices.Contains([]string{"A", "B"}, raw) {
		return token.Caller{}, &fault.Error{Code: "invalid_token", Kind: fault.Unauthorized}
	}
	return token.Caller{Tenant: "default", ClientID: raw, Scopes: []string{"omr"}}, nil
}

// tasks keeps submissions in memory and ends tasks as the test tells.
type tasks struct {
	mu    sync.Mutex
	rows  map[string]*row
	fault error // of every call
}

type row struct {
	owner   task.Owner
	sent    task.Submission
	status  task.Status
	outcome task.Outcome
}

func (s *tasks) add(client string, r row) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.owner = task.Owner{Tenant: "default", ClientID: client}
	if s.rows == nil {
		s.rows = map[string]*row{}
	}
	id := taskID[:len(taskID)-len(s.rows)%10] + strings.Repeat("0", len(s.rows)%10)
	s.rows[id] = &r
	return id
}

func (s *tasks) Submit(_ context.Context, owner task.Owner, sub task.Submission) (string, error) {
	if s.fault != nil {
		return "", s.fault
	}
	return s.add(owner.ClientID, row{sent: sub, status: task.Queued}), nil
}

func (s *tasks) find(owner task.Owner, kind task.Kind, id string) (*row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		return nil, s.fault
	}
	r := s.rows[id]
	if r == nil || r.owner != owner || r.sent.Kind != kind {
		return nil, task.ErrNotFound
	}
	return r, nil
}

func (s *tasks) Wait(_ context.Context, owner task.Owner, kind task.Kind, id string, _ time.Duration) (task.Task, error) {
	r, err := s.find(owner, kind, id)
	if err != nil {
		return task.Task{}, err
	}
	return task.Task{ID: id, Owner: owner, Kind: kind, Status: r.status}, nil
}

func (s *tasks) Outcome(_ context.Context, owner task.Owner, kind task.Kind, id string, withData bool) (task.Outcome, error) {
	r, err := s.find(owner, kind, id)
	if err != nil {
		return task.Outcome{}, err
	}
	out := r.outcome
	if !withData {
		out.Files = nil
	}
	return out, nil
}

func (s *tasks) Cancel(_ context.Context, owner task.Owner, kind task.Kind, id string) error {
	r, err := s.find(owner, kind, id)
	if err == nil {
		r.status = task.Cancelled
	}
	return err
}

// service is the routes over a store, behind the router.
type service struct {
	http.Handler
	tasks *tasks
}

func start(deps v5.Deps) service {
	store := &tasks{}
	deps.Tasks = store
	if deps.Bodies == nil {
		deps.Bodies = wire.NewBodies(wire.BodyLimits{})
	}
	return service{api.NewRouter(api.RouterOptions{
		Verifier: tokens{}, Bodies: deps.Bodies, Logger: slog.New(slog.DiscardHandler),
	}, v5.Routes(deps)), store}
}

// last is what was submitted last.
func (s service) last(t testing.TB) task.Submission {
	t.Helper()
	for _, r := range s.tasks.rows {
		if r.status == task.Queued {
			return r.sent
		}
	}
	t.Fatal("nothing was submitted")
	return task.Submission{}
}

// call sends a request as application A, JSON wanted; pairs of headers change it,
// an empty value drops one.
func (s service) call(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://leafmark.test/", strings.NewReader(body))
	u := *r.URL
	path, query, _ := strings.Cut(target, "?")
	u.Path, u.RawQuery = path, query
	r.URL, r.RequestURI = &u, target
	r.Header.Set("Authorization", "Bearer A")
	r.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

const source = "?text=Rowing club poll\n"

func generation(members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"markupFile":"` + b64(source) + `"` + members + `}`
}

func recognition(members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"images":["` + b64("picture") + `"],"omrFile":"` + b64("pattern") + `"` + members + `}`
}

// problem checks the shape that every failure has (check 75) and gives its members.
func problem(t testing.TB, w *httptest.ResponseRecorder, status int, code string) map[string]any {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Error("a problem that may be stored")
	}
	var p map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	for _, member := range []string{"id", "results", "responseStatusCode"} {
		if _, there := p[member]; there {
			t.Errorf("a problem with the member %s", member)
		}
	}
	e, ok := p["error"].(map[string]any)
	if !ok {
		t.Fatalf("error is %v", p["error"])
	}
	messages, _ := e["messages"].([]any)
	warnings, isArray := e["warnings"].([]any)
	if len(messages) == 0 || !isArray || len(warnings) != 0 {
		t.Errorf("error is %v", e)
	}
	if p["code"] != code {
		t.Errorf("code %v, want %s: %s", p["code"], code, w.Body)
	}
	if p["traceId"] != w.Header().Get("X-Request-Id") || p["traceId"] == "" {
		t.Errorf("traceId %v, X-Request-Id %q", p["traceId"], w.Header().Get("X-Request-Id"))
	}
	return p
}

// field is the message for one field of a validation_failed.
func field(t testing.TB, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	p := problem(t, w, 400, "validation_failed")
	errs, _ := p["errors"].(map[string]any)
	list, _ := errs[name].([]any)
	if len(list) == 0 {
		t.Fatalf("no errors.%s: %s", name, w.Body)
	}
	return list[0].(string)
}

// accepted is the body of a 200.
func accepted(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	b, _ := io.ReadAll(w.Body)
	return string(b)
}
