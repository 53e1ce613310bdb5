// Package crash kills the real program, with kill -9, and looks for what was lost.
package crash

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is a built leafmark and its data folder.
type program struct {
	t            *testing.T
	binary, data string
	id, secret   string
}

func build(t *testing.T) *program {
	t.Helper()
	p := &program{t: t, binary: filepath.Join(t.TempDir(), "leafmark"), data: t.TempDir()}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", p.binary, "../../cmd/leafmark").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), p.binary, "app", "create", "crash", "--data-dir", p.data, "--json").Output()
	if err != nil {
		t.Fatalf("app create: %v\n%s", err, out)
	}
	var app struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := json.Unmarshal(out, &app); err != nil {
		t.Fatalf("app create says %s: %v", out, err)
	}
	p.id, p.secret = app.ClientID, app.ClientSecret
	return p
}

// server is one life of the program.
type server struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	token  string
	killed chan error
}

func (p *program) start() *server {
	p.t.Helper()
	s := &server{t: p.t, cmd: exec.CommandContext(p.t.Context(), p.binary, "serve", "--data-dir", p.data, "--listen", "127.0.0.1:0"), killed: make(chan error, 1)}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	listening := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if _, at, ok := strings.Cut(lines.Text(), "listening on "); ok {
				listening <- at
			}
		}
		s.killed <- s.cmd.Wait()
	}()
	select {
	case s.url = <-listening:
	case err := <-s.killed:
		p.t.Fatalf("serve ended: %v", err)
	case <-time.After(30 * time.Second):
		p.t.Fatal("serve does not listen")
	}
	reply, err := http.PostForm(s.url+"/connect/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {p.id}, "client_secret": {p.secret},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	defer reply.Body.Close()
	var got struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(reply.Body).Decode(&got); err != nil || got.AccessToken == "" {
		p.t.Fatalf("no token: %d, %v", reply.StatusCode, err)
	}
	s.token = got.AccessToken
	return s
}

// kill ends the life without a word.
func (s *server) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	<-s.killed
}

// post submits a form and gives the task's id; ok is false when the server died.
func (s *server) post(text string) (id string, ok bool) {
	body, err := json.Marshal(map[string]any{"markupFile": base64.StdEncoding.EncodeToString([]byte(text))})
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/v5.0/omr/GenerateTemplate/PostGenerateTemplate", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", false
	}
	defer reply.Body.Close()
	got, err := io.ReadAll(reply.Body)
	if err != nil {
		return "", false
	}
	if reply.StatusCode != http.StatusOK || len(got) != 36 {
		s.t.Fatalf("POST: %d %s", reply.StatusCode, got)
	}
	return string(got), true
}

// result waits for the task's end and gives its status and pattern.
func (s *server) result(id string) (status, pattern string) {
	s.t.Helper()
	for limit := time.Now().Add(60 * time.Second); time.Now().Before(limit); {
		req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/v5.0/omr/GenerateTemplate/GetGenerateTemplate?id="+id, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.token)
		reply, err := http.DefaultClient.Do(req)
		if err != nil {
			s.t.Fatal(err)
		}
		var got struct {
			ResponseStatusCode string
			Results            []struct {
				Type string
				Data []byte
			}
		}
		err = json.NewDecoder(reply.Body).Decode(&got)
		_ = reply.Body.Close()
		if err != nil {
			s.t.Fatal(err)
		}
		if got.ResponseStatusCode != "NotReady" {
			for _, r := range got.Results {
				if r.Type == "Omr" {
					pattern = string(r.Data)
				}
			}
			return got.ResponseStatusCode, pattern
		}
	}
	s.t.Fatalf("task %s never ends", id)
	return "", ""
}

// Every task whose POST was answered with 200 ends in Ok with its own form,
// whenever the server dies (spec/api.md checks 53).
func TestKillLosesNoAcceptedTask(t *testing.T) {
	p := build(t)
	random := rand.New(rand.NewPCG(53, 9))
	accepted := map[string]string{}
	for life := range 5 {
		s := p.start()
		deadline := make(chan struct{})
		time.AfterFunc(time.Duration(50+random.IntN(400))*time.Millisecond, func() { close(deadline) })
		dead := make(chan struct{})
		go func() {
			defer close(dead)
			<-deadline
			s.kill()
		}()
		for n := 0; ; n++ {
			name := fmt.Sprintf("Badge%dx%d", life, n)
			id, ok := s.post("?grid=" + name + "\n\tsections_count=2\n")
			if !ok {
				break
			}
			accepted[id] = name
		}
		<-dead
	}
	s := p.start()
	begun := time.Now()
	for id, name := range accepted {
		status, pattern := s.result(id)
		if status != "Ok" || !strings.Contains(pattern, `"`+name+`"`) {
			t.Errorf("task %s: %s; its own pattern: %t", id, status, strings.Contains(pattern, `"`+name+`"`))
		}
	}
	t.Logf("%d tasks accepted in 5 lives, all ended %v after the last start", len(accepted), time.Since(begun))
	if len(accepted) < 5 {
		t.Error("too few tasks to say anything")
	}
	s.kill()
}
