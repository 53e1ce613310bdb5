package v5_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	v5 "github.com/leafmark/leafmark/internal/api/v5"
	"github.com/leafmark/leafmark/internal/task"
)

func TestCheck30And83And84RoutesAndAliases(t *testing.T) {
	for _, path := range []string{
		pg, base + "//GenerateTemplate/PostGenerateTemplate", "//v5.0///omr//GenerateTemplate//PostGenerateTemplate/",
		base + "/./GenerateTemplate/./PostGenerateTemplate", base + "/v5/GenerateTemplate", base + "/generate",
		base + "/GenerateTemplate", "/v5/omr/GenerateTemplate/PostGenerateTemplate", "/v5.1/omr/GenerateTemplate",
		"/V5.0/OMR/generatetemplate/postgeneratetemplate", base + "/GENERATETEMPLATE/", pg + "?", pg + "?&&",
	} {
		s := start(v5.Deps{})
		if accepted(t, s.call("POST", path, generation(""))); s.last(t).Kind != task.Generate {
			t.Errorf("POST %s: %v", path, s.last(t).Kind)
		}
	}
	for _, path := range []string{
		pr, base + "//RecognizeTemplate/PostRecognizeTemplate", base + "/RecognizeTemplate", base + "/recognize",
		"/v5.1/omr/recognize/", base + "/v5/RecognizeTemplate/PostRecognizeTemplate",
	} {
		s := start(v5.Deps{})
		if accepted(t, s.call("POST", path, recognition(""))); s.last(t).Kind != task.Recognize {
			t.Errorf("POST %s: %v", path, s.last(t).Kind)
		}
	}
	s := start(v5.Deps{})
	form := s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages}))
	sheet := s.tasks.add("A", recognized(task.Outcome{Files: pages}))
	for id, paths := range map[string][]string{
		form:  {gg, base + "//GenerateTemplate/GetGenerateTemplate", base + "/GenerateTemplate", "/v5/omr/generatetemplate/", base + "/v5/GenerateTemplate"},
		sheet: {gr, base + "/RecognizeTemplate", base + "/recognize", "/v5.1/omr/RecognizeTemplate/GetRecognizeTemplate"},
	} {
		for _, path := range paths {
			if body := accepted(t, s.call("GET", path+"?id="+id+"&", "")); !strings.Contains(body, `"Ok"`) {
				t.Errorf("GET %s: %s", path, body)
			}
		}
	}
}

func TestCheck71Methods(t *testing.T) {
	s := start(v5.Deps{})
	for _, c := range []struct{ method, path, allow string }{
		{"GET", pg, "POST"},
		{"HEAD", pg, "POST"},
		{"POST", gg, "GET, HEAD"},
		{"PATCH", gg, "GET, HEAD"},
		{"PATCH", pr, "POST"},
		{"PUT", base + "/GenerateTemplate", "POST, GET, HEAD, DELETE"},
		{"GET", base + "/generate", "POST"},
		{"POST", base + "/RecognizeTemplate/CancelRecognizeTemplate", "DELETE"},
		{"TRACE", base + "/recognize", "POST, GET, HEAD"},
	} {
		// Without a token: the method is looked at before the credentials.
		w := s.call(c.method, c.path, "", "Authorization", "")
		if w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: Allow %q, want %q", c.method, c.path, w.Header().Get("Allow"), c.allow)
		}
		if c.method != "HEAD" {
			problem(t, w, 405, "method_not_allowed")
		}
	}
	w := s.call("OPTIONS", pg, "", "Authorization", "")
	if w.Code != 204 || w.Header().Get("Allow") != "POST, OPTIONS" || w.Body.Len() != 0 {
		t.Errorf("OPTIONS: %d %v", w.Code, w.Header())
	}
}

func TestCheck72NoSuchRoute(t *testing.T) {
	s := start(v5.Deps{})
	for _, path := range []string{
		"/v5.0/omr/Nothing", "/v4.0/omr/GenerateTemplate", "/v5.0/omr", "/v5.0", "/v5.0/omr/v5/v5/GenerateTemplate",
		"/v5.0/omr/GenerateTemplate/Nothing", "/v5.0/omr/../omr/GenerateTemplate", "/v6/omr/recognize", "/v5.0/omr/generatetemplate/{id}",
	} {
		for _, auth := range []string{"", "Bearer A"} {
			problem(t, s.call("POST", path, "", "Authorization", auth), 404, "not_found")
		}
	}
}

func TestCheck16And24RefusedRequestsAreNotRead(t *testing.T) {
	s := start(v5.Deps{})
	for _, auth := range []string{"", "Bearer forged", "Basic QTpB"} {
		r := httptest.NewRequest("POST", pg, unread{t})
		r.Header.Set("Content-Type", "text/plain")
		if auth != "" {
			r.Header.Set("Authorization", auth)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		code := "invalid_token"
		if auth != "Bearer forged" {
			code = "missing_token"
		}
		problem(t, w, 401, code)
		if !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), `Bearer realm="leafmark"`) {
			t.Errorf("WWW-Authenticate %q", w.Header().Get("WWW-Authenticate"))
		}
	}
	problem(t, s.call("POST", pg, `{"broken`, "Authorization", "Bearer forged"), 401, "invalid_token")
}

// unread is a body that nobody may touch.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body of a refused request was read")
	return 0, nil
}
