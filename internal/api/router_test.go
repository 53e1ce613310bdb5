package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/api"
	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

var expired = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// verifier knows tokens by name.
type verifier struct{}

func (verifier) Verify(_ context.Context, raw string) (token.Caller, error) {
	refuse := func(code string, kind fault.Kind) error {
		return &fault.Error{Code: code, Kind: kind, Cause: "SECRET"}
	}
	switch raw {
	case "good":
		return token.Caller{Tenant: "default", ClientID: "A", Scopes: []string{"omr"}}, nil
	case "other":
		return token.Caller{Tenant: "default", ClientID: "B", Scopes: []string{"omr"}}, nil
	case "narrow":
		return token.Caller{Tenant: "default", ClientID: "A", Scopes: []string{"storage"}}, nil
	case "expired":
		return token.Caller{Expires: expired}, refuse("token_expired", fault.Unauthorized)
	case "revoked":
		return token.Caller{}, refuse("token_revoked", fault.Unauthorized)
	case "down":
		return token.Caller{}, refuse("identity_unavailable", fault.Unavailable)
	}
	return token.Caller{}, refuse("invalid_token", fault.Unauthorized)
}

type stack struct {
	http.Handler
	log *bytes.Buffer
}

// routes answers with what a contract would see.
func routes(opt api.RouterOptions) stack {
	var log bytes.Buffer
	opt.Verifier = verifier{}
	opt.Logger = slog.New(slog.NewTextHandler(&log, nil))
	if opt.Bodies == nil {
		opt.Bodies = wire.NewBodies(wire.BodyLimits{})
	}
	bodies := opt.Bodies
	ok := func(w http.ResponseWriter, r *http.Request) error {
		wire.Write(w, r, 200, "text/plain", []byte(r.Method+" "+r.PathValue("id")+" "+r.PathValue("name")+" "+wire.OwnerOf(r.Context()).ClientID))
		return nil
	}
	return stack{api.NewRouter(opt, []wire.Route{
		{Method: "GET", Path: "/v5.0/omr/task", Scope: "omr", Poll: true, Serve: ok},
		{Method: "DELETE", Path: "/v5.0/omr/task", Scope: "omr", Serve: ok},
		{Method: "POST", Path: "/v5.0/omr/task", Scope: "omr", Serve: func(w http.ResponseWriter, r *http.Request) error {
			body, release, err := bodies.JSONBody(w, r)
			defer release()
			if err != nil {
				return err
			}
			wire.Write(w, r, 200, "text/plain", fmt.Appendf(nil, "%d bytes", len(body)))
			return nil
		}},
		{Method: "GET", Path: "/v5.0/omr/panic", Scope: "omr", Serve: func(http.ResponseWriter, *http.Request) error { panic("SECRET") }},
		{Method: "GET", Path: "/v5.0/omr/half", Scope: "omr", Serve: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("half"))
			panic("in the middle")
		}},
		{Method: "GET", Path: "/api/v1/tasks/{id}", Scope: "omr", Shape: wire.Own, Serve: ok},
		{Method: "GET", Path: "/api/v1/tasks/{id}/files/{name...}", Scope: "omr", Shape: wire.Own, Serve: ok},
	}), &log}
}

func (s stack) get(method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Authorization", "Bearer good")
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

func members(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	for _, member := range []string{"id", "results", "responseStatusCode"} {
		if _, there := p[member]; there {
			t.Errorf("a problem with the member %s", member)
		}
	}
	if w.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", w.Header())
	}
	return p
}

// TestCheck17To20And22 is the table of spec/api.md 2.6.
func TestCheck17To20And22Credentials(t *testing.T) {
	const realm = `Bearer realm="leafmark"`
	invalid := realm + `, error="invalid_token", error_description="The access token is not valid"`
	s := routes(api.RouterOptions{})
	for _, c := range []struct {
		header    string
		status    int
		challenge string
		code      string
	}{
		{"", 401, realm, "missing_token"},
		{" ", 401, realm, "missing_token"},
		{"Bearer", 401, realm, "missing_token"},
		{"Bearer  ", 401, realm, "missing_token"},
		{"Basic QTpC", 401, realm, "missing_token"},
		{"Basic good", 401, realm, "missing_token"},
		{"good", 401, realm, "missing_token"},
		{"Bearergood", 401, realm, "missing_token"},
		{"Bearer x", 401, invalid, "invalid_token"},
		{"Bearer good good", 401, invalid, "invalid_token"},
		{"Bearer good, Bearer good", 401, invalid, "invalid_token"},
		{"Bearer expired", 401, realm + `, error="invalid_token", error_description="The access token expired at 2026-03-01T10:00:00Z"`, "token_expired"},
		{"Bearer revoked", 401, realm + `, error="invalid_token", error_description="The access token was revoked"`, "token_revoked"},
		{"Bearer narrow", 403, realm + `, error="insufficient_scope", scope="omr"`, "insufficient_scope"},
		{"Bearer down", 503, "", "unavailable"},
		{"Bearer good", 200, "", ""},
		{"bearer good", 200, "", ""},
		{"  BEARER   good  ", 200, "", ""},
	} {
		w := s.get("GET", "/v5.0/omr/task", "Authorization", c.header)
		if w.Code != c.status || w.Header().Get("WWW-Authenticate") != c.challenge {
			t.Errorf("%q: %d, %q", c.header, w.Code, w.Header().Get("WWW-Authenticate"))
		}
		if c.status == 200 {
			continue
		}
		if p := members(t, w); p["code"] != c.code || strings.Contains(w.Body.String(), "SECRET") {
			t.Errorf("%q: %s", c.header, w.Body)
		}
	}
	r := httptest.NewRequest("GET", "/v5.0/omr/task?access_token=good", nil)
	r.Header["Authorization"] = []string{"Bearer good", "Bearer good"}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 400 || w.Header().Get("WWW-Authenticate") != realm+`, error="invalid_request"` || members(t, w)["code"] != "invalid_request" {
		t.Errorf("two headers: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := s.get("GET", "/v5.0/omr/task?access_token=good", "Authorization", ""); w.Code != 401 {
		t.Errorf("a token in the query: %d", w.Code)
	}
}

func TestOwnProblemsHaveCureAndNoCompatibleMembers(t *testing.T) {
	s := routes(api.RouterOptions{})
	p := members(t, s.get("GET", "/api/v1/tasks/1", "Authorization", ""))
	if _, there := p["error"]; there || p["cure"] == nil {
		t.Errorf("problem %v", p)
	}
	p = members(t, s.get("GET", "/api/v1/nothing"))
	if _, there := p["error"]; there || p["status"] != 404.0 {
		t.Errorf("problem %v", p)
	}
}

func TestParametersOfPaths(t *testing.T) {
	s := routes(api.RouterOptions{})
	for path, want := range map[string]string{
		"/api/v1/tasks/AbC":                  "GET AbC  A",
		"/API/V1/Tasks//AbC/":                "GET AbC  A",
		"/api/v1/tasks/a/files/x.png":        "GET a x.png A",
		"/api/v1/tasks/a/files/x%2Fy%20z":    "GET a x/y z A",
		"/api/v1/tasks/a/files":              "GET a  A",
		"/api/v1/tasks/files/files/files/..": "GET files files/.. A",
	} {
		if w := s.get("GET", path); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", path, w.Code, w.Body, want)
		}
	}
}

func TestWhoGetsWhatIsNoRoute(t *testing.T) {
	echo := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, name+" "+r.URL.Path) })
	}
	s := routes(api.RouterOptions{Tokens: echo("tokens"), Pages: echo("pages")})
	for path, want := range map[string]string{
		"/connect/token":           "tokens /connect/token",
		"//Connect/./Token/":       "tokens /connect/token",
		"/oauth2/token":            "tokens /oauth2/token",
		"/.well-known/jwks.json":   "tokens /.well-known/jwks.json",
		"/":                        "pages /",
		"/signin/Token//x/":        "pages /signin/Token//x/",
		"/vendor":                  "pages /vendor",
		"/v5.0/omr/nothing":        "404",
		"/v4.0/omr/task":           "404",
		"/v1.1/omr/x/runOmrTask":   "404",
		"/api/v2":                  "404",
		"/v5.0/omr/task/x/../../x": "404",
	} {
		w := s.get("GET", path)
		got := w.Body.String()
		if w.Code != 200 {
			got = fmt.Sprint(w.Code)
			members(t, w)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestPanicIsA500AndTellsNothing(t *testing.T) {
	s := routes(api.RouterOptions{})
	w := s.get("GET", "/v5.0/omr/panic", "X-Request-Id", "r1")
	if p := members(t, w); w.Code != 500 || p["code"] != "internal" || p["traceId"] != "r1" || strings.Contains(w.Body.String(), "SECRET") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(s.log.String(), "SECRET") || !strings.Contains(s.log.String(), "stack=") {
		t.Error("the operator is not told")
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	r, _ := http.NewRequest("GET", srv.URL+"/v5.0/omr/half", nil)
	r.Header.Set("Authorization", "Bearer good")
	res, err := srv.Client().Do(r)
	if err == nil {
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
	}
	if err == nil {
		t.Error("half an answer was taken for a whole one")
	}
}

func TestCheck76RateLimit(t *testing.T) {
	s := routes(api.RouterOptions{Rates: api.Rates{Polls: 1, Requests: 2}})
	count := func(method, who string, n int) (refused int) {
		for range n {
			w := s.get(method, "/v5.0/omr/task", "Authorization", "Bearer "+who)
			if w.Code == 429 {
				refused++
				if p := members(t, w); p["code"] != "rate_limited" || w.Header().Get("Retry-After") != "1" {
					t.Fatalf("%v %s", w.Header(), w.Body)
				}
			}
		}
		return refused
	}
	if n := count("GET", "good", 20); n != 0 {
		t.Errorf("%d of 20 polls in a second refused", n)
	}
	if n := count("GET", "good", 20); n == 0 {
		t.Error("40 polls at once passed a limit of 20 a second")
	}
	if n := count("GET", "other", 20); n != 0 {
		t.Errorf("another application pays: %d refused", n)
	}
	if n := count("DELETE", "good", 5); n < 2 {
		t.Errorf("%d of 5 refused at a rate of 2", n)
	}
	if n := count("GET", "forged", 50); n != 0 {
		t.Error("a forged token reached the limiter")
	}
}

func TestHeaderBlockLimit(t *testing.T) {
	s := routes(api.RouterOptions{})
	if w := s.get("GET", "/v5.0/omr/task", "X-Long", strings.Repeat("a", 33<<10)); w.Code != 431 || members(t, w)["status"] != 431.0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.get("GET", "/v5.0/omr/task", "X-Long", strings.Repeat("a", 31<<10)); w.Code != 200 {
		t.Errorf("31 KiB: %d", w.Code)
	}
}

func TestOrigins(t *testing.T) {
	s := routes(api.RouterOptions{Origins: []string{"https://forms.test"}})
	preflight := func(origin string) http.Header {
		return s.get("OPTIONS", "/v5.0/omr/task", "Authorization", "", "Origin", origin, "Access-Control-Request-Method", "POST").Header()
	}
	if h := preflight("https://forms.test"); h.Get("Access-Control-Allow-Origin") != "https://forms.test" || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("allowed origin: %v", h)
	}
	if h := preflight("https://evil.test"); h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin: %v", h)
	}
	if w := s.get("GET", "/v5.0/omr/task", "Origin", "https://forms.test"); w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("request: %d %v", w.Code, w.Header())
	}
	if w := s.get("GET", "/v5.0/omr/task", "Origin", "https://forms.test", "Authorization", ""); w.Code != 401 || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("a page cannot read why it was refused: %d %v", w.Code, w.Header())
	}
}

// serve runs the stack as a node does.
func serve(t *testing.T, limits wire.BodyLimits) string {
	t.Helper()
	s := routes(api.RouterOptions{Bodies: wire.NewBodies(limits)})
	srv := api.NewServer(s, slog.New(slog.DiscardHandler))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return l.Addr().String()
}

// raw writes bytes to the server, as no client library would, and gives the answer.
func raw(t *testing.T, addr string, write func(net.Conn, *bufio.Reader)) *http.Response {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(c)
	write(c, in)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body = io.NopCloser(bytes.NewReader(b))
	return res
}

const head = "POST /v5.0//omr/task? HTTP/1.1\r\nHost: any.example\r\nAuthorization: Bearer good\r\n"

func TestCheck80ExpectIsAnsweredAtOnce(t *testing.T) {
	addr := serve(t, wire.BodyLimits{})
	body := strings.Repeat("x", 1<<20)
	began := time.Now()
	res := raw(t, addr, func(c net.Conn, in *bufio.Reader) {
		fmt.Fprintf(c, "%sContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", head, len(body))
		line, err := in.ReadString('\n')
		if err != nil || !strings.Contains(line, " 100 ") {
			t.Fatalf("%q, %v", line, err)
		}
		_, _ = in.ReadString('\n')
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("100 Continue came after %v", took)
		}
		_, _ = io.WriteString(c, body)
	})
	if b, _ := io.ReadAll(res.Body); res.StatusCode != 200 || string(b) != "1048576 bytes" {
		t.Errorf("%d %s", res.StatusCode, b)
	}
	res = raw(t, addr, func(c net.Conn, _ *bufio.Reader) {
		fmt.Fprintf(c, "%sContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", strings.Replace(head, "good", "bad", 1), len(body))
	})
	if res.StatusCode != 401 {
		t.Errorf("a bad token was told to go on: %d", res.StatusCode)
	}
}

func TestChunkedBodies(t *testing.T) {
	addr := serve(t, wire.BodyLimits{Max: 100})
	send := func(n int) *http.Response {
		return raw(t, addr, func(c net.Conn, _ *bufio.Reader) {
			fmt.Fprintf(c, "%sTransfer-Encoding: chunked\r\n\r\n", head)
			for range n {
				_, _ = io.WriteString(c, "a\r\n0123456789\r\n")
			}
			_, _ = io.WriteString(c, "0\r\n\r\n")
		})
	}
	if res := send(10); res.StatusCode != 200 {
		t.Errorf("100 bytes: %d", res.StatusCode)
	}
	if res := send(11); res.StatusCode != 413 { // check 69: without Content-Length as well
		t.Errorf("110 bytes: %d", res.StatusCode)
	}
	res := raw(t, addr, func(c net.Conn, _ *bufio.Reader) { fmt.Fprintf(c, "%sContent-Length: 101\r\n\r\n", head) })
	if res.StatusCode != 413 {
		t.Errorf("a stated length of 101: %d", res.StatusCode)
	}
}

func TestSlowBodiesAre408(t *testing.T) {
	for name, limits := range map[string]wire.BodyLimits{
		"below the rate": {Grace: 50 * time.Millisecond, Rate: 1 << 20},
		"past the time":  {Grace: time.Hour, Time: 50 * time.Millisecond},
	} {
		addr := serve(t, limits)
		res := raw(t, addr, func(c net.Conn, _ *bufio.Reader) {
			fmt.Fprintf(c, "%sContent-Length: 1000\r\n\r\n{", head)
		})
		var p map[string]any
		_ = json.NewDecoder(res.Body).Decode(&p)
		if res.StatusCode != 408 || p["code"] != "timeout" || !res.Close {
			t.Errorf("%s: %d %v", name, res.StatusCode, p)
		}
	}
}

func TestADrippingBodyDoesNotHoldARefusedConnection(t *testing.T) {
	addr := serve(t, wire.BodyLimits{})
	began := time.Now()
	res := raw(t, addr, func(c net.Conn, _ *bufio.Reader) {
		fmt.Fprintf(c, "%sContent-Length: 1000\r\n\r\n{", strings.Replace(head, "good", "bad", 1))
	})
	if took := time.Since(began); res.StatusCode != 401 || took > 5*time.Second {
		t.Errorf("%d after %v", res.StatusCode, took)
	}
}

// A client that fails to get a token goes on with an empty one, writes its
// megabytes and only then reads: it must find a clean 401 (spec/api.md 2.4).
func TestRefusedClientsThatWriteFirstGetTheirAnswer(t *testing.T) {
	addr := serve(t, wire.BodyLimits{})
	for name, c := range map[string]struct {
		head   string
		status int
	}{
		"credentials": {strings.Replace(head, "Bearer good", " ", 1), 401},
		"type":        {head + "Content-Type: text/plain\r\n", 415},
		"route":       {strings.Replace(head, "task", "nothing", 1), 404},
		"method":      {strings.Replace(head, "POST", "PATCH", 1), 405},
	} {
		res := raw(t, addr, func(w net.Conn, _ *bufio.Reader) {
			fmt.Fprintf(w, "%sContent-Length: %d\r\n\r\n", c.head, 20<<20)
			for range 20 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					t.Fatalf("%s: broken while it writes: %v", name, err)
				}
				time.Sleep(30 * time.Millisecond) // longer than net/http lingers by itself
			}
		})
		if res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.status)
		}
	}
}

func TestMemoryOfBodiesIsBounded(t *testing.T) {
	b := wire.NewBodies(wire.BodyLimits{Max: 1000, Memory: 1000, Wait: 20 * time.Millisecond})
	read := func(length int64) (func(), error) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 700)))
		r.ContentLength = length
		_, release, err := b.Read(httptest.NewRecorder(), r)
		return release, err
	}
	first, err := read(700)
	if err != nil {
		t.Fatal(err)
	}
	for _, length := range []int64{700, -1} {
		release, err := read(length)
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("length %d: a second body beside the first: %v", length, err)
		}
		release()
	}
	first()
	first() // a second time gives nothing back
	again, err := read(700)
	if err != nil {
		t.Errorf("after the release: %v", err)
	}
	again()
}
