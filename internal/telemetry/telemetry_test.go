package telemetry_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/telemetry"
	"github.com/leafmark/leafmark/omr/fault"
)

func logger(t *testing.T, level string) (*slog.Logger, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	log, err := telemetry.New(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	return log, &out
}

func TestUnknownLevelIsAFault(t *testing.T) {
	_, err := telemetry.New(&bytes.Buffer{}, "loud")
	if e := fault.As(err); e == nil || e.Code != "config_invalid" || e.Cure == "" {
		t.Fatalf("got %v", err)
	}
}

func TestRequestIDIsEchoedOnlyWhenClean(t *testing.T) {
	log, _ := logger(t, "error")
	for given, echoed := range map[string]bool{
		"abc-1.2_X": true, strings.Repeat("a", 128): true,
		strings.Repeat("a", 129): false, "": false, "a b": false, "é": false, "a\"b": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Request-Id", given)
		w := httptest.NewRecorder()
		var seen string
		telemetry.Requests(log, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			seen = telemetry.RequestID(r.Context())
		})).ServeHTTP(w, r)
		got := w.Header().Get("X-Request-Id")
		if (got == given) != echoed || got == "" || got != seen {
			t.Errorf("X-Request-Id %q: answered %q, context %q", given, got, seen)
		}
	}
}

func TestLogLineHoldsNoSecrets(t *testing.T) {
	log, out := logger(t, "debug")
	h := telemetry.Requests(log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.InfoContext(r.Context(), "something", "client_secret", "hunter2", "task", "t1")
		w.WriteHeader(http.StatusTeapot)
	}))
	r := httptest.NewRequest("GET", "/signin/one-time-token?code=query-secret", nil)
	r.Header.Set("Authorization", "Bearer header-secret")
	h.ServeHTTP(httptest.NewRecorder(), r)
	for _, secret := range []string{"hunter2", "one-time-token", "query-secret", "header-secret"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log holds %s:\n%s", secret, out)
		}
	}
	for _, want := range []string{"status=418", "route=/signin/…", "task=t1", "request="} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, out)
		}
	}
}

func TestRouteAndNotesReachTheLine(t *testing.T) {
	log, out := logger(t, "debug")
	h := telemetry.Requests(log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		telemetry.SetRoute(r.Context(), "GET /x/{id}")
		telemetry.Note(r.Context(), slog.String("client", "c1"))
		_, _ = w.Write([]byte("four"))
		if !telemetry.Started(w) {
			t.Error("a writer that has written is not started")
		}
		if err := http.NewResponseController(w).SetReadDeadline(time.Now()); err == nil {
			t.Error("the recorder has no deadlines, yet setting one succeeded")
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x/1", nil))
	for _, want := range []string{`route="GET /x/{id}"`, "client=c1", "bytes=4", "status=200"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, out)
		}
	}
}
