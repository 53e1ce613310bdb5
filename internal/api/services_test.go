package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/leafmark/leafmark/internal/api"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/internal/token"
)

// node is the services as a node wires them, with an engine that the test holds.
type node struct {
	t        *testing.T
	url      string
	identity *identity.Service
	tenant   string
	client   *http.Client
	gate     chan struct{} // an attempt ends when it can receive
}

func open(t *testing.T) *node {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t) })
	ctx, dir := t.Context(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	box, err := seal.Load(filepath.Join(dir, "master.key"))
	must(err)
	database, err := db.Open(ctx, dbtest.URL(t, dir))
	must(err)
	people, err := identity.New(ctx, database, box, identity.Options{})
	must(err)
	tenant, err := people.DefaultTenant(ctx)
	must(err)
	tokens, err := token.New(ctx, database, box, people, token.Options{Issuer: "http://issuer.test"})
	must(err)
	bucket, err := storage.NewFileBucket(filepath.Join(dir, "blobs"))
	must(err)
	log := slog.New(slog.DiscardHandler)
	work, err := task.New(database, bucket, task.Options{Logger: log})
	must(err)

	n := &node{t: t, identity: people, tenant: tenant, gate: make(chan struct{}, 100)}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{}, 2)
	go func() { _ = people.Watch(run); done <- struct{}{} }()
	go func() { _ = work.Run(run, n.attempt); done <- struct{}{} }()
	srv := httptest.NewServer(api.NewHandler(api.Deps{
		Identity: people, Tokens: tokens, Tasks: work, Logger: log, CompatWait: 500 * time.Millisecond,
	}))
	n.url, n.client = srv.URL, srv.Client()
	t.Cleanup(func() {
		srv.Close()
		stop()
		<-done
		<-done
		must(database.Close())
	})
	return n
}

// attempt makes a form of the source, byte for byte, and fails on "bad".
func (n *node) attempt(ctx context.Context, a task.Attempt) (task.Outcome, error) {
	select {
	case <-n.gate:
	case <-ctx.Done():
		return task.Outcome{}, ctx.Err()
	}
	if a.Kind == task.Recognize {
		table := []byte("Element Name,Value,\n")
		return task.Outcome{
			Files:    []task.File{{Name: "result.csv", Type: "Csv", Data: table, Size: int64(len(table))}},
			Warnings: a.Recognize.Warnings, Sheets: []byte("[]"),
		}, nil
	}
	if string(a.Generate.Markup) == "bad" {
		return task.Outcome{
			Messages: []string{"line 3, column 1: LM205 No."}, Problem: &task.Problem{Code: "LM205", Cause: "no"},
		}, nil
	}
	return task.Outcome{Files: []task.File{
		{Name: "form.png", Type: "Png", Data: a.Generate.Markup, Size: int64(len(a.Generate.Markup))},
		{Name: "form.omr", Type: "Omr", Data: []byte("{}"), Size: 2},
	}}, nil
}

func (n *node) actor() identity.Actor {
	return identity.Actor{Tenant: n.tenant, Kind: "operator", ID: "test"}
}

func (n *node) application(name string) identity.Credentials {
	n.t.Helper()
	_, c, err := n.identity.CreateApplication(n.t.Context(), n.actor(), identity.NewApplication{Name: name})
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

// token asks for a token; status 0 in want: 200.
func (n *node) token(c identity.Credentials) (int, string) {
	n.t.Helper()
	res, err := n.client.PostForm(n.url+"/connect/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {string(c.Secret)},
	})
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var v struct {
		Token string `json:"access_token"`
	}
	_ = json.NewDecoder(res.Body).Decode(&v)
	return res.StatusCode, v.Token
}

func (n *node) call(token, method, path, body string) (int, string) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), method, n.url+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	res, err := n.client.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

const (
	pgPath = "/v5.0/omr//GenerateTemplate/PostGenerateTemplate"
	ggPath = "/v5.0/omr//GenerateTemplate/GetGenerateTemplate?id="
	grPath = "/v5.0/omr/RecognizeTemplate/GetRecognizeTemplate?id="
)

func markup(s string) string {
	return `{"markupFile":"` + base64.StdEncoding.EncodeToString([]byte(s)) + `"}`
}

func TestCheck32And36And49To51And82WithServices(t *testing.T) {
	n := open(t)
	_, a := n.token(n.application("A"))
	_, b := n.token(n.application("B"))
	status, id := n.call(a, "POST", pgPath, markup("form"))
	if status != 200 || len(id) != 36 {
		t.Fatalf("%d %q", status, id)
	}
	if _, body := n.call(a, "GET", ggPath+id, ""); body != `{"id":"`+id+`","responseStatusCode":"NotReady","results":null,"error":null}` {
		t.Errorf("while it is worked on: %s", body)
	}
	n.gate <- struct{}{}
	_, first := n.call(a, "GET", ggPath+id, "")
	if first != `{"id":"`+id+`","responseStatusCode":"Ok","results":[{"type":"Png","data":"Zm9ybQ=="},{"type":"Omr","data":"e30="}],"error":null}` {
		t.Errorf("done: %s", first)
	}
	if _, second := n.call(a, "GET", ggPath+strings.ToUpper(id), ""); second != first {
		t.Errorf("a second time: %s", second)
	}
	unknown := "11111111-2222-4333-8444-555555555555"
	_, want := n.call(a, "GET", ggPath+unknown, "")
	if !strings.Contains(want, `"TaskNotFound"`) {
		t.Errorf("unknown: %s", want)
	}
	want = strings.ReplaceAll(want, unknown, id)
	if _, body := n.call(b, "GET", ggPath+id, ""); body != want {
		t.Errorf("foreign: %s", body)
	}
	if _, body := n.call(a, "GET", grPath+id, ""); body != want {
		t.Errorf("other kind: %s", body)
	}
	if status, _ := n.call(b, "DELETE", "/v5.0/omr/GenerateTemplate?id="+id, "{}"); status != 404 {
		t.Errorf("foreign DELETE: %d", status)
	}
	if status, _ := n.call(b, "GET", "/api/v1/tasks/"+id, ""); status != 404 {
		t.Errorf("foreign, own API: %d", status)
	}
	if status, body := n.call(a, "GET", "/api/v1/tasks/"+id+"/files/form.png", ""); status != 200 || body != "form" {
		t.Errorf("file: %d %s", status, body)
	}
	if _, body := n.call(a, "GET", ggPath+id, ""); body != first {
		t.Errorf("after all that: %s", body)
	}
	if status, body := n.call(a, "DELETE", "/v5.0/omr/GenerateTemplate/CancelGenerateTemplate?id="+id, "{}"); status != 200 || body != "" {
		t.Errorf("DELETE: %d %s", status, body)
	}
	if _, body := n.call(a, "GET", ggPath+id, ""); body != want {
		t.Errorf("after DELETE: %s", body)
	}
	// 82: one GET right after the POST, on an idle server.
	n.gate <- struct{}{}
	_, id = n.call(a, "POST", pgPath, markup("form"))
	if _, body := n.call(a, "GET", ggPath+id, ""); !strings.Contains(body, `"Ok"`) {
		t.Errorf("fetched once: %s", body)
	}
	n.gate <- struct{}{}
	_, id = n.call(a, "POST", pgPath, markup("bad"))
	if _, body := n.call(a, "GET", ggPath+id, ""); !strings.Contains(body, `"responseStatusCode":"Error","results":null,"error":{"messages":["line 3, column 1: LM205 No."],"warnings":[]}`) {
		t.Errorf("failed: %s", body)
	}
}

func TestCheck89WithServices(t *testing.T) {
	n := open(t)
	_, a := n.token(n.application("A"))
	n.gate <- struct{}{}
	_, id := n.call(a, "POST", "/v5.0/omr/recognize", `{"images":["AAAA","BBBB"],"omrFile":"AAAA"}`)
	if _, body := n.call(a, "GET", grPath+id, ""); !strings.Contains(body, `"Ok"`) || !strings.Contains(body, `"error":null,"warnings":["LM851 `) {
		t.Errorf("%s", body)
	}
}

func TestCheck20And23WithServices(t *testing.T) {
	n := open(t)
	c := n.application("A")
	_, a := n.token(c)
	if status, _ := n.call(a, "GET", ggPath+"11111111-2222-4333-8444-555555555555", ""); status != 200 {
		t.Fatalf("a good token: %d", status)
	}
	for i := range len(a) {
		if a[i] == '.' || i%7 != 0 {
			continue
		}
		forged := []byte(a)
		forged[i] ^= 1
		if !bytes.ContainsRune([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), rune(forged[i])) {
			continue
		}
		if status, body := n.call(string(forged), "POST", pgPath, `{"broken`); status != 401 || !strings.Contains(body, `"invalid_token"`) {
			t.Fatalf("character %d changed: %d %s", i, status, body)
		}
	}
	refused := func(what, token, code string) {
		t.Helper()
		var status int
		var body string
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if status, body = n.call(token, "GET", ggPath+"11111111-2222-4333-8444-555555555555", ""); status == 401 {
				break
			}
		}
		if status != 401 || !strings.Contains(body, `"`+code+`"`) {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
	fresh, err := n.identity.RotateSecret(t.Context(), n.actor(), c.ClientID, 0)
	if err != nil {
		t.Fatal(err)
	}
	refused("after the rotation", a, "token_revoked")
	if status, _ := n.token(c); status != 400 {
		t.Errorf("the old secret: %d", status)
	}
	_, a = n.token(fresh)
	if status, _ := n.call(a, "GET", ggPath+"11111111-2222-4333-8444-555555555555", ""); status != 200 {
		t.Fatalf("the new secret's token: %d", status)
	}
	if err := n.identity.DisableApplication(t.Context(), n.actor(), c.ClientID); err != nil {
		t.Fatal(err)
	}
	refused("after disabling", a, "token_revoked")
}

func TestHealth(t *testing.T) {
	n := open(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := n.call("", "GET", path, ""); status != 200 || body != strings.TrimSuffix(path[1:], "z")+"\n" {
			t.Errorf("%s: %d %q", path, status, body)
		}
		if status, _ := n.call("", "POST", path, ""); status != 405 {
			t.Errorf("POST %s: %d", path, status)
		}
	}
	s := routes(api.RouterOptions{Ready: func(context.Context) error { return io.ErrUnexpectedEOF }})
	if w := s.get("GET", "/readyz"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("not ready: %d", w.Code)
	}
	if w := s.get("GET", "/healthz"); w.Code != 200 {
		t.Errorf("not ready, but alive: %d", w.Code)
	}
}
