package leafmark_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	leafmark "github.com/leafmark/leafmark/sdk/go"
)

// server is the wire as spec'd, with counters; a test changes what it answers.
type server struct {
	*httptest.Server
	tokens, posts atomic.Int32
	life          int                  // expires_in
	valid         atomic.Value         // the only token that is accepted; empty: any
	api           http.HandlerFunc     // everything but the token endpoint
	keys          sync.Map             // idempotency keys seen
	slow          time.Duration        // of the token endpoint
	refuse        func() (int, string) // of the token endpoint
}

func newServer(t *testing.T, api http.HandlerFunc) *server {
	s := &server{life: 3600, api: api}
	s.valid.Store("")
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/connect/token" {
			time.Sleep(s.slow)
			if s.refuse != nil {
				status, body := s.refuse()
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
				return
			}
			if r.PostFormValue("client_id") != "id" || r.PostFormValue("client_secret") != "secret" {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"The client id or secret is wrong."}`)
				return
			}
			n := s.tokens.Add(1)
			_, _ = fmt.Fprintf(w, `{"access_token":"t%d","expires_in":%d,"token_type":"Bearer"}`, n, s.life)
			return
		}
		if v := s.valid.Load().(string); v != "" && r.Header.Get("Authorization") != "Bearer "+v {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"code":"token_revoked","title":"Not authorised","detail":"revoked"}`)
			return
		}
		if k := r.Header.Get("Idempotency-Key"); k != "" {
			s.posts.Add(1)
			s.keys.Store(k, true)
		}
		s.api(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) client(t *testing.T, opts ...leafmark.Option) *leafmark.Client {
	t.Helper()
	c, err := leafmark.New(s.URL, "id", "secret", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func doneTask(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost:
		answer(w, "0f4d1f3a-8a52-4b0c-9a1e-6a0d9d6f7c55")
	case strings.HasSuffix(r.URL.Path, "/files/form.png"):
		_, _ = io.WriteString(w, "page")
	case strings.HasSuffix(r.URL.Path, "/files/form.omr"):
		_, _ = io.WriteString(w, "pattern")
	default:
		answer(w, map[string]any{
			"id": "0f4d1f3a-8a52-4b0c-9a1e-6a0d9d6f7c55", "status": "done",
			"files":  []map[string]any{{"name": "form.png", "type": "Png"}, {"name": "form.omr", "type": "Omr"}},
			"sheets": []map[string]any{{"page": 1, "answers": []map[string]any{{"name": "Q1", "value": "B", "confidence": 0.9999, "doubt": nil}}}},
		})
	}
}

func TestOneTokenForAllGoroutines(t *testing.T) {
	s := newServer(t, doneTask)
	s.slow = 50 * time.Millisecond
	c := s.client(t)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, err := c.Task(t.Context(), "x", 0); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.tokens.Load(); n != 1 {
		t.Errorf("%d tokens were fetched", n)
	}
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	s := newServer(t, doneTask)
	s.life = 1
	c := s.client(t)
	first, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := c.Token(t.Context()); again != first {
		t.Errorf("a fresh token was not used again: %s, %s", first, again)
	}
	time.Sleep(950 * time.Millisecond) // past nine tenths of its life, before its end
	if renewed, _ := c.Token(t.Context()); renewed == first {
		t.Error("the token was not renewed")
	}
}

func TestWhoGivesUpDoesNotFailTheOthers(t *testing.T) {
	s := newServer(t, doneTask)
	s.slow = 100 * time.Millisecond
	c := s.client(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Token(t.Context()); err != nil {
		t.Errorf("the other caller got %v", err)
	}
	if n := s.tokens.Load(); n != 1 {
		t.Errorf("%d tokens were fetched", n)
	}
}

func TestRevokedTokenIsReplacedOnce(t *testing.T) {
	s := newServer(t, doneTask)
	c := s.client(t)
	if _, err := c.Task(t.Context(), "x", 0); err != nil {
		t.Fatal(err)
	}
	s.valid.Store("t2")
	if _, err := c.Task(t.Context(), "x", 0); err != nil {
		t.Errorf("after a revocation: %v", err)
	}
	s.valid.Store("none")
	_, err := c.Task(t.Context(), "x", 0)
	if !errors.Is(err, leafmark.ErrCredentials) {
		t.Errorf("a token that is never accepted: %v", err)
	}
}

func TestBusyServerIsAskedAgainWithTheSameKey(t *testing.T) {
	var tries atomic.Int32
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) < 3 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		doneTask(w, r)
	})
	if _, err := s.client(t).SubmitForm(t.Context(), leafmark.Form{Markup: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	keys := 0
	s.keys.Range(func(any, any) bool { keys++; return true })
	if s.posts.Load() != 3 || keys != 1 {
		t.Errorf("%d posts with %d keys", s.posts.Load(), keys)
	}
}

func TestErrorsAreTyped(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		is     error
		says   string
	}{
		"invalid":   {400, `{"code":"validation_failed","title":"Bad","detail":"markupFile is missing","errors":{"markupFile":["needed"]}}`, leafmark.ErrInvalid, "markupFile is missing"},
		"not found": {404, `{"code":"not_found"}`, leafmark.ErrNotFound, "not_found"},
		"busy":      {429, `{"code":"rate_limited"}`, leafmark.ErrBusy, "rate_limited"},
		"no JSON":   {502, `<html>`, nil, "502 Bad Gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})
			_, err := s.client(t, leafmark.WithTries(1)).SubmitForm(t.Context(), leafmark.Form{})
			var api *leafmark.APIError
			if !errors.As(err, &api) || api.Status != tc.status || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v", err)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("%v is not %v", err, tc.is)
			}
		})
	}
	s := newServer(t, doneTask)
	c, err := leafmark.New(s.URL, "id", "wrong")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Token(t.Context()); !errors.Is(err, leafmark.ErrCredentials) || errors.Is(err, leafmark.ErrInvalid) {
		t.Errorf("wrong secret: %v", err)
	}
}

func TestFailedAndCancelledTasks(t *testing.T) {
	for status, check := range map[string]func(error) bool{
		"failed": func(err error) bool {
			var e *leafmark.TaskError
			return errors.As(err, &e) && e.Code == "page_not_found" && strings.Contains(err.Error(), "scan the whole sheet")
		},
		"cancelled": func(err error) bool { return errors.Is(err, leafmark.ErrCancelled) },
	} {
		s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				answer(w, "id")
				return
			}
			answer(w, map[string]any{"status": status, "error": map[string]string{"code": "page_not_found", "detail": "scan the whole sheet"}})
		})
		if _, err := s.client(t).Recognize(t.Context(), leafmark.Scan{}); !check(err) {
			t.Errorf("%s: got %v", status, err)
		}
	}
}

func TestBadAddressesAndCredentialsAreToldAtOnce(t *testing.T) {
	for _, args := range [][3]string{{"127.0.0.1:8080", "a", "b"}, {"ftp://x", "a", "b"}, {"http://x", "", "b"}, {"http://x", "a", ""}} {
		if _, err := leafmark.New(args[0], args[1], args[2]); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

func TestContextEndsAWait(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) { answer(w, map[string]string{"status": "running"}) })
	ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
	defer cancel()
	if _, err := s.client(t).Wait(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func Example() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/connect/token" {
			_, _ = io.WriteString(w, `{"access_token":"t","expires_in":3600,"token_type":"Bearer"}`)
			return
		}
		doneTask(w, r)
	}))
	defer s.Close()

	ctx := context.Background()
	client, err := leafmark.New(s.URL, "3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940", "the client secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	form, err := client.Generate(ctx, leafmark.Form{Markup: []byte("#How often do you row?\n\t() Daily () Weekly\n")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("print", form.Pages[0].Name)
	sheets, err := client.Recognize(ctx, leafmark.Scan{Image: []byte("a photo of the filled sheet"), Pattern: form.Pattern})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range sheets[0].Answers {
		fmt.Println(a.Name, a.Value, a.Confidence, a.Doubt)
	}
	// Output:
	// print form.png
	// Q1 B 0.9999
}
