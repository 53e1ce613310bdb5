package v5_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	v5 "github.com/leafmark/leafmark/internal/api/v5"
	"github.com/leafmark/leafmark/internal/task"
)

// fuzzPost sends a body and holds the answer to the contract: an id whose task
// has what is required, or a problem of the right shape; JSON that Go's reader
// refuses is refused.
func fuzzPost(t *testing.T, path string, body []byte, whole func(task.Submission) bool) {
	s := start(v5.Deps{})
	sent := string(body)
	w := s.call("POST", path, sent)
	text := strings.TrimPrefix(sent, "\uFEFF")
	if w.Code == http.StatusOK {
		if !json.Valid([]byte(text)) {
			t.Fatalf("accepted what is not JSON: %q", body)
		}
		if !whole(s.last(t)) {
			t.Fatalf("accepted %q as %+v", body, s.last(t))
		}
		return
	}
	var p struct{ Code string }
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	problem(t, w, http.StatusBadRequest, p.Code)
	// Stricter than Go's reader in two things: depth and UTF-8.
	refused := w.Body.String()
	if p.Code == "malformed_json" && json.Valid([]byte(text)) &&
		!strings.Contains(refused, "deeper") && !strings.Contains(refused, "not UTF-8") {
		t.Fatalf("refused valid JSON: %q: %s", body, w.Body)
	}
}

func FuzzGenerateBody(f *testing.F) {
	for _, members := range []string{
		``, `"images":{"a.png":"AAAA"}`, `"images":[]`, `"settings":{"paperSize":2,"fontSize":"12","bubbleColor":"red","x":[{}]}`,
		`"settings":null,"outputFormat":"Pdf"`, `"Settings":{"multiselect":"true","writingSystem":"Hebrew"}`,
	} {
		f.Add([]byte(generation(members)))
	}
	f.Add([]byte(`{"markupFile":"data:text/plain;base64,P3Rl\u002B\/\u003d\u003d"}`))
	f.Add([]byte("\uFEFF{\"markupFile\":\"P3Rl eHQ\\r\\n\",\"\\ud83d\\ude00\":-1.5e+3}"))
	f.Add([]byte(`{"markupFile":"AA=="`))
	f.Add([]byte(`[[[["\ud800"]]]]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fuzzPost(t, pg, body, func(s task.Submission) bool {
			return s.Kind == task.Generate && len(s.Generate.Markup) > 0 && len(s.Generate.Formats) == 1 && json.Valid(s.Generate.Settings)
		})
	})
}

func FuzzRecognizeBody(f *testing.F) {
	for _, members := range []string{``, `"outputFormat":"XML"`, `"recognitionThreshold":30.0`, `"recognitionThreshold":null,"unknown":true`} {
		f.Add([]byte(recognition(members)))
	}
	f.Add([]byte(`{"images":"AAAA","omrFile":"_-_-"}`))
	f.Add([]byte(`{"images":["AAAA","BBBB"],"OMRFILE":"AA"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fuzzPost(t, pr, body, func(s task.Submission) bool {
			j := s.Recognize
			return s.Kind == task.Recognize && len(j.Images) == 1 && len(j.Images[0]) > 0 && len(j.Pattern) > 0 && j.Format != "" &&
				(j.Threshold == nil || *j.Threshold >= 0 && *j.Threshold <= 100)
		})
	})
}

// FuzzPath: no path is redirected, breaks the router or reaches a task without
// credentials, and spelling does not change what is found.
func FuzzPath(f *testing.F) {
	for _, p := range []string{pg, gg, base + "//GenerateTemplate/", "/v5.0/omr/./recognize", "/", "", "/api/v1/tasks/x", "/v5.0/omr/..%2f"} {
		f.Add(p, "id="+taskID)
	}
	f.Add(gg, "id=%7b&ID=;&")
	s := start(v5.Deps{})
	f.Fuzz(func(t *testing.T, path, query string) {
		for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
			w := s.call(method, path+"?"+query, "", "Authorization", "")
			switch w.Code {
			case 204, 401, 404, 405:
			default:
				t.Fatalf("%s %q without credentials: %d", method, path, w.Code)
			}
			doubled := s.call(method, "/"+strings.ReplaceAll(path, "/", "//./")+"/?"+query, "", "Authorization", "")
			if doubled.Code != w.Code && !strings.Contains(path, "?") {
				t.Fatalf("%s %q: %d, spelt otherwise %d", method, path, w.Code, doubled.Code)
			}
		}
		if w := s.call("GET", gg+"?"+query, ""); w.Code != 200 && w.Code != 400 {
			t.Fatalf("query %q: %d", query, w.Code)
		}
	})
}

// FuzzAccept: whatever is asked for, the id comes, bare or quoted as its type says.
func FuzzAccept(f *testing.F) {
	for _, a := range []string{"", "*/*", "*", "text/json", "application/json;q=.5,text/plain;q=0.4", "a/b;q=\"1,2\"", "application/*+json", ";;;,q=0"} {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		s := start(v5.Deps{})
		w := s.call("POST", pg, generation(""), "Accept", accept)
		body := accepted(t, w)
		want := taskID
		if kind := w.Header().Get("Content-Type"); kind != bare {
			want = `"` + want + `"`
			if strings.Contains(accept, "*/*") && !strings.Contains(accept, ";") {
				t.Fatalf("Accept %q: %s", accept, kind)
			}
		}
		if body != want {
			t.Fatalf("Accept %q: %q", accept, body)
		}
		w = s.call("GET", gg+"?id="+taskID, "", "Accept", accept)
		if accepted(t, w); !strings.Contains(w.Header().Get("Content-Type"), "json") {
			t.Fatalf("Accept %q: %s", accept, w.Header().Get("Content-Type"))
		}
	})
}

// BenchmarkRecognizeBody is what a POST of a 3 MB photograph costs before the
// task service: read, check, decode.
func BenchmarkRecognizeBody(b *testing.B) {
	photo := strings.Repeat("\xff\xd8\xfe\x00photograph", 3<<20/14)
	body := `{"images":["` + b64(photo) + `"],"omrFile":"` + b64(strings.Repeat("pattern", 5000)) + `","recognitionThreshold":30}`
	s := start(v5.Deps{})
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		s.tasks.rows = nil
		if w := s.call("POST", pr, body); w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

// BenchmarkEscapedBody is the same with the escapes that one client writes.
func BenchmarkEscapedBody(b *testing.B) {
	photo := strings.Repeat("\xff\xd8\xfe\x00photograph\xff\xff", 3<<20/16)
	body := `{"images":["` + strings.ReplaceAll(b64(photo), "/", `\/`) + `"],"omrFile":"AAAA"}`
	s := start(v5.Deps{})
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		s.tasks.rows = nil
		if w := s.call("POST", pr, body); w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

// BenchmarkResult is the answer with a page of 100 kB.
func BenchmarkResult(b *testing.B) {
	s := start(v5.Deps{})
	data := make([]byte, 100_000)
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: []task.File{{Type: "Png", Data: data}, {Type: "Omr", Data: data[:5000]}}}))
	for b.Loop() {
		if w := s.call("GET", gg+"?id="+id, ""); w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}
