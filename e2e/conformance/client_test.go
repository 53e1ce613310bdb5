// Package conformance holds the numbered checks of spec/api.md 9 that need the
// real engine and a real node, over HTTP on loopback. Those about the wire alone
// stand beside internal/api.
package conformance

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/servicetest"
	"github.com/leafmark/leafmark/omr/imageio"
)

// Kinds of tasks, as their routes name them.
const (
	generateKind  = "Generate"
	recognizeKind = "Recognize"
)

// poll is a form that fits one page.
const poll = `?text=Rowing club poll
	font_size=18
?empty_line=
#How often do you row?
	() Daily () Weekly
#Which boats do you use?
	() Single () Double () Four
?empty_line=
?grid=Badge
	sections_count=4
`

// quiz is another form, not to be taken for poll.
const quiz = `?text=Harbour quiz
?answer_sheet=Quiz
	elements_count=40
	columns_count=4
`

// twoPages is a form of two pages.
const twoPages = "?page=\n" + poll + "&page\n?page=\n" + quiz + "&page\n"

// client is an application that talks to a server, with a token of its own.
type client struct {
	t     testing.TB
	url   string // of the server, without a final slash
	token string
	http  *http.Client
}

// connect gets a token, as every client begins.
func connect(t testing.TB, base string, c identity.Credentials) *client {
	t.Helper()
	k := &client{t: t, url: base, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}}
	t.Cleanup(k.http.CloseIdleConnections)
	res, err := k.http.PostForm(base+"/connect/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {string(c.Secret)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var got struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil || got.AccessToken == "" {
		t.Fatalf("no token: %d, %v", res.StatusCode, err)
	}
	k.token = got.AccessToken
	return k
}

// node starts a server with one application on it.
func node(t testing.TB) (*servicetest.Server, *client) {
	t.Helper()
	s := servicetest.Node(t)
	return s, connect(t, s.URL, s.App("conformance"))
}

// call sends one request. header are names and values by turns.
func (c *client) call(ctx context.Context, method, path string, body []byte, header ...string) (status int, head http.Header, data []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	data, err = io.ReadAll(res.Body)
	return res.StatusCode, res.Header, data, err
}

// must is call where the server has to answer.
func (c *client) must(method, path string, body []byte, header ...string) (status int, data []byte) {
	c.t.Helper()
	status, _, data, err := c.call(c.t.Context(), method, path, body, header...)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, data
}

// object is the body of a request.
type object map[string]any

func (o object) json(t testing.TB) []byte {
	t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func b64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func markup(source string) object { return object{"markupFile": b64([]byte(source))} }

func filled(picture, pattern []byte) object {
	return object{"images": []string{b64(picture)}, "omrFile": b64(pattern)}
}

func postPath(kind string) string {
	return "/v5.0/omr/" + kind + "Template/Post" + kind + "Template"
}

func getPath(kind, id string) string {
	return "/v5.0/omr/" + kind + "Template/Get" + kind + "Template?id=" + id
}

// post submits a task and gives its id.
func (c *client) post(kind string, body object) (id string) {
	c.t.Helper()
	status, data := c.must(http.MethodPost, postPath(kind), body.json(c.t))
	if status != http.StatusOK || len(data) != 36 {
		c.t.Fatalf("POST: %d %s", status, data)
	}
	return string(data)
}

// answer is what a GET of a task says.
type answer struct {
	ID                 string
	ResponseStatusCode string
	Results            []struct {
		Type, Data string
		Name       *string
	}
	Error *struct{ Messages, Warnings []string }

	Warnings []string
	raw      []byte
}

// get asks for a task once.
func (c *client) get(kind, id string) answer {
	c.t.Helper()
	status, data := c.must(http.MethodGet, getPath(kind, id), nil)
	if status != http.StatusOK {
		c.t.Fatalf("GET: %d %s", status, data)
	}
	a := answer{raw: data}
	if err := json.Unmarshal(data, &a); err != nil {
		c.t.Fatalf("GET: %v in %s", err, data)
	}
	if ok := a.ResponseStatusCode == "Ok"; ok != (a.Results != nil) || ok && a.Error != nil {
		c.t.Fatalf("a status, results and error that do not agree: %s", data)
	}
	if a.Error != nil && (len(a.Error.Messages) == 0 || a.Error.Warnings == nil) {
		c.t.Fatalf("an error without messages or warnings: %s", data)
	}
	return a
}

// wait asks until the task has ended.
func (c *client) wait(kind, id string) answer {
	c.t.Helper()
	limit := time.Now().Add(2 * time.Minute)
	for {
		if a := c.get(kind, id); a.ResponseStatusCode != "NotReady" {
			return a
		}
		if time.Now().After(limit) {
			c.t.Fatalf("task %s does not end", id)
		}
	}
}

// run submits a task and waits for its end.
func (c *client) run(kind string, body object) answer {
	c.t.Helper()
	return c.wait(kind, c.post(kind, body))
}

// ok is run where the task has to succeed.
func (c *client) ok(kind string, body object) answer {
	c.t.Helper()
	a := c.run(kind, body)
	if a.ResponseStatusCode != "Ok" {
		c.t.Fatalf("%s: %s", kind, a.raw)
	}
	return a
}

// file decodes a result strictly, as .NET does (checks 39).
func (a answer) file(t testing.TB, n int) []byte {
	t.Helper()
	data, err := base64.StdEncoding.Strict().DecodeString(a.Results[n].Data)
	if err != nil || strings.ContainsAny(a.Results[n].Data, "\r\n") {
		t.Fatalf("result %d is not strict Base64: %v", n, err)
	}
	return data
}

// types are the types of the results, in order.
func (a answer) types() string {
	var out []string
	for _, r := range a.Results {
		out = append(out, r.Type)
	}
	return strings.Join(out, " ")
}

// form generates a form and gives its pages and its pattern.
func (c *client) form(source string) (pages [][]byte, pattern []byte) {
	c.t.Helper()
	a := c.ok(generateKind, markup(source))
	for i := range a.Results {
		pages = append(pages, a.file(c.t, i))
	}
	last := len(pages) - 1
	return pages[:last], pages[last]
}

func decode(t testing.TB, data []byte) image.Image {
	t.Helper()
	img, _, err := imageio.DecodeColor(data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	data, err := imageio.EncodePNG(img, 300)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// problem tells what a refusal lacks of spec/api.md 1.9; empty: nothing.
func problem(status int, head http.Header, data []byte) string {
	var p struct {
		Type, Title, Detail, Code, TraceID string
		Status                             int
		Error                              *struct{ Messages, Warnings []string }
	}
	var members map[string]json.RawMessage
	switch {
	case head.Get("Content-Type") != "application/problem+json; charset=utf-8":
		return "Content-Type " + head.Get("Content-Type")
	case json.Unmarshal(data, &p) != nil || json.Unmarshal(data, &members) != nil:
		return "no JSON object"
	case p.Status != status || p.Title == "" || p.Detail == "" || p.Code == "" || p.TraceID == "" || p.Type == "":
		return "a member is missing"
	case p.Error != nil && (len(p.Error.Messages) == 0 || p.Error.Warnings == nil):
		return "error without its arrays"
	}
	for _, taboo := range []string{"id", "responseStatusCode", "results"} {
		if _, there := members[taboo]; there {
			return fmt.Sprintf("the member %s, which makes Java take it for an answer", taboo)
		}
	}
	return ""
}
