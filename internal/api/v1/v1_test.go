package v1_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/api"
	v1 "github.com/leafmark/leafmark/internal/api/v1"
	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

const taskID = "b7a2b6a0-5c0e-4f55-9f3e-2b6d4a0c9e11"

type tokens struct{}

func (tokens) Verify(_ context.Context, raw string) (token.Caller, error) {
	return token.Caller{Tenant: "default", ClientID: raw, Scopes: []string{"omr"}}, nil
}

// tasks holds one task, of application A.
type tasks struct {
	task    task.Task
	outcome task.Outcome
	fault   error
	waited  time.Duration
}

func (s *tasks) find(owner task.Owner, id string) error {
	if s.fault != nil {
		return s.fault
	}
	if owner.ClientID != "A" || id != taskID {
		return task.ErrNotFound
	}
	return nil
}

func (s *tasks) Wait(_ context.Context, owner task.Owner, _ task.Kind, id string, most time.Duration) (task.Task, error) {
	s.waited = most
	return s.task, s.find(owner, id)
}

func (s *tasks) Outcome(_ context.Context, owner task.Owner, _ task.Kind, id string, _ bool) (task.Outcome, error) {
	return s.outcome, s.find(owner, id)
}

func (s *tasks) File(_ context.Context, owner task.Owner, id, name string) (task.File, error) {
	if err := s.find(owner, id); err != nil {
		return task.File{}, err
	}
	if s.task.Status != task.Done {
		return task.File{}, task.ErrNotReady
	}
	for _, f := range s.outcome.Files {
		if f.Name == name || f.FileName == name {
			return f, nil
		}
	}
	return task.File{}, task.ErrNotFound
}

func get(t *testing.T, s *tasks, target string, headers ...string) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	h := api.NewRouter(api.RouterOptions{
		Verifier: tokens{}, Bodies: wire.NewBodies(wire.BodyLimits{}), Logger: slog.New(slog.DiscardHandler),
	}, v1.Routes(v1.Deps{Tasks: s}))
	r := httptest.NewRequest("GET", target, nil)
	r.Header.Set("Authorization", "Bearer A")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var v map[string]any
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatalf("%v: %s", err, w.Body)
		}
	}
	return w, v
}

const sheets = `[{"file":"","image":1,"page":1,"form":"f","answers":[{"name":"Q","value":"A","values":["A"],"confidence":0.99,"doubt":null,` +
	`"bubbles":[{"value":"A","fill":0.9,"marked":true,"page":[1,2,3,4],"image":[[1,2],[3,4],[5,6],[7,8]]}]}],` +
	`"barcodes":[{"name":"b","type":"QR","value":"v","confidence":1,"doubt":null,"page":[1,2,3,4],"image":[[1,2],[3,4],[5,6],[7,8]]}],` +
	`"crops":[],"warnings":[]},{"file":"x","image":1,"error":{"code":"page_not_found","message":"LM801 \"page\":[","cure":"c"}}]`

func done() *tasks {
	created := time.Date(2026, 3, 1, 10, 0, 0, 123456789, time.UTC)
	return &tasks{
		task: task.Task{ID: taskID, Kind: task.Recognize, Status: task.Done, Created: created, Finished: created.Add(time.Second), Expires: created.Add(24 * time.Hour)},
		outcome: task.Outcome{
			Files: []task.File{
				{Name: "result.csv", Type: "Csv", Size: 20, Data: []byte("Element Name,Value,\n")},
				{Name: `Day "Text"/1`, FileName: "Day Text 1.png", Type: "Png", Size: 3, Data: []byte("png"), Crop: true},
			},
			Sheets: []byte(sheets), Warnings: []string{"LM851 w"},
		},
	}
}

func TestTaskInOurWords(t *testing.T) {
	w, _ := get(t, done(), "/api/v1/tasks/"+strings.ToUpper(taskID))
	want := `{"id":"` + taskID + `","kind":"recognize","status":"done","created":"2026-03-01T10:00:00.123Z","finished":"2026-03-01T10:00:01.123Z",` +
		`"expires":"2026-03-02T10:00:00.123Z","sheets":[{"file":"","image":1,"page":1,"form":"f","answers":[{"name":"Q","value":"A","values":["A"],` +
		`"confidence":0.99,"doubt":null}],"barcodes":[{"name":"b","type":"QR","value":"v","confidence":1,"doubt":null}],"crops":[],"warnings":[]},` +
		`{"file":"x","image":1,"error":{"code":"page_not_found","message":"LM801 \"page\":[","cure":"c"}}],` +
		`"files":[{"name":"result.csv","type":"Csv","size":20},{"name":"Day Text 1.png","type":"Png","size":3}],"warnings":["LM851 w"],"error":null}`
	if w.Code != 200 || w.Body.String() != want {
		t.Errorf("%d\n%s\nwant\n%s", w.Code, w.Body, want)
	}
	if w, _ := get(t, done(), "/api/v1/tasks/"+taskID+"?boxes=1"); !strings.Contains(w.Body.String(), `"sheets":`+sheets) {
		t.Errorf("with boxes: %s", w.Body)
	}
}

func TestUnfinishedAndFailedTasks(t *testing.T) {
	s := &tasks{task: task.Task{ID: taskID, Kind: task.Generate, Status: task.Running}}
	_, v := get(t, s, "/api/v1/tasks/"+taskID)
	if v["status"] != "running" || v["error"] != nil || v["finished"] != nil || len(v["sheets"].([]any)) != 0 || len(v["files"].([]any)) != 0 {
		t.Errorf("running: %v", v)
	}
	s.task.Status = task.Failed
	s.outcome = task.Outcome{Messages: []string{"line 3, column 1: LM205 No."}, Problem: &task.Problem{Code: "LM205", Cause: "no", Cure: "yes"}}
	_, v = get(t, s, "/api/v1/tasks/"+taskID)
	e, _ := v["error"].(map[string]any)
	if v["status"] != "failed" || e["code"] != "LM205" || e["detail"] != "no" || e["cure"] != "yes" || len(e["messages"].([]any)) != 1 {
		t.Errorf("failed: %v", v)
	}
	s.task.Status, s.outcome = task.Done, task.Outcome{Missing: 2}
	if _, v = get(t, s, "/api/v1/tasks/"+taskID); v["error"].(map[string]any)["code"] != "result_lost" {
		t.Errorf("lost: %v", v)
	}
}

func TestUnknownForeignAndExpiredAreOneAnswer(t *testing.T) {
	for _, path := range []string{"", "/files/result.csv"} {
		foreign, v := get(t, done(), "/api/v1/tasks/"+taskID+path, "Authorization", "Bearer B", "X-Request-Id", "r")
		unknown, _ := get(t, done(), "/api/v1/tasks/11111111-2222-4333-8444-555555555555"+path, "X-Request-Id", "r")
		nonsense, _ := get(t, done(), "/api/v1/tasks/nonsense"+path, "X-Request-Id", "r")
		if foreign.Code != 404 || foreign.Body.String() != unknown.Body.String() || unknown.Body.String() != nonsense.Body.String() || v["code"] != "task_not_found" {
			t.Errorf("%s: %s\n%s\n%s", path, foreign.Body, unknown.Body, nonsense.Body)
		}
	}
}

func TestWait(t *testing.T) {
	for given, want := range map[string]time.Duration{
		"": 0, "?wait=30s": 30 * time.Second, "?wait=500ms": 500 * time.Millisecond, "?wait=5": 5 * time.Second,
		"?wait=2h": time.Minute, "?wait=99999999999": time.Minute, "?wait=0": 0,
	} {
		s := done()
		if w, _ := get(t, s, "/api/v1/tasks/"+taskID+given); w.Code != 200 || s.waited != want {
			t.Errorf("%s: %d, waited %v, want %v", given, w.Code, s.waited, want)
		}
	}
	for _, given := range []string{"?wait=soon", "?wait=-1", "?wait=-1s"} {
		w, v := get(t, done(), "/api/v1/tasks/"+taskID+given)
		if errs, _ := v["errors"].(map[string]any); w.Code != 400 || errs["wait"] == nil {
			t.Errorf("%s: %d %v", given, w.Code, v)
		}
	}
}

func TestFiles(t *testing.T) {
	w, _ := get(t, done(), "/api/v1/tasks/"+taskID+"/files/result.csv")
	if w.Code != 200 || w.Body.String() != "Element Name,Value,\n" || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" ||
		w.Header().Get("Content-Disposition") != "attachment; filename=result.csv" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	for _, name := range []string{"Day%20Text%201.png", "Day%20%22Text%22%2F1"} {
		if w, _ := get(t, done(), "/api/v1/tasks/"+taskID+"/files/"+name); w.Code != 200 || w.Body.String() != "png" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w, _ := get(t, done(), "/api/v1/tasks/"+taskID+"/files/other"); w.Code != 404 {
		t.Errorf("other: %d", w.Code)
	}
	s := done()
	s.task.Status = task.Running
	if w, v := get(t, s, "/api/v1/tasks/"+taskID+"/files/result.csv"); w.Code != 409 || v["code"] != "task_not_ready" {
		t.Errorf("running: %d %v", w.Code, v)
	}
	s.fault = &fault.Error{Code: "result_lost", Kind: fault.NotFound, Cause: "gone", Cure: "submit the task again"}
	if w, v := get(t, s, "/api/v1/tasks/"+taskID+"/files/result.csv"); w.Code != 404 || v["code"] != "result_lost" || v["cure"] == nil {
		t.Errorf("lost: %d %v", w.Code, v)
	}
}
