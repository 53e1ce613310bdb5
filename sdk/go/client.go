package leafmark

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client talks to one server as one application.
type Client struct {
	base   *url.URL
	http   *http.Client
	agent  string
	tokens *tokenSource
	tries  int
}

// Option changes a Client that New makes.
type Option func(*Client)

// WithHTTPClient makes the Client send its requests through c.
func WithHTTPClient(c *http.Client) Option { return func(x *Client) { x.http = c } }

// WithTries sets how often a request that met a busy or unreachable server is
// sent; the default is 4. Submissions carry an idempotency key, so that none is
// done twice.
func WithTries(n int) Option { return func(x *Client) { x.tries = max(1, n) } }

// WithUserAgent sets the User-Agent header.
func WithUserAgent(s string) Option { return func(x *Client) { x.agent = s } }

// New makes a Client. server is the address of the server, such as
// http://127.0.0.1:8080; nothing is sent before the first call.
func New(server, clientID, clientSecret string, opts ...Option) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(server, "/"))
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("leafmark: %q is not a server address: give one such as http://127.0.0.1:8080", server)
	}
	if clientID == "" || clientSecret == "" {
		return nil, errors.New("leafmark: the client id and the client secret are needed: the dashboard shows them when an application is created")
	}
	c := &Client{base: base, http: &http.Client{Timeout: 5 * time.Minute}, agent: "leafmark-go/1", tries: 4}
	for _, o := range opts {
		o(c)
	}
	c.tokens = &tokenSource{client: c, id: clientID, secret: clientSecret}
	return c, nil
}

// Token is a valid access token, for calls that this package does not offer.
func (c *Client) Token(ctx context.Context) (string, error) { return c.tokens.get(ctx) }

// request is one call of the API.
type request struct {
	method, path string
	query        url.Values
	body         []byte
	key          string // idempotency key; a request without one and with a body is sent once
}

// do sends the request until it is answered, with a token, and returns the body.
func (c *Client) do(ctx context.Context, r request) ([]byte, error) {
	renewed := false
	for try := 1; ; try++ {
		token, err := c.tokens.get(ctx)
		if err != nil {
			return nil, err
		}
		body, err := c.once(ctx, r, token)
		if err == nil {
			return body, nil
		}
		var refused *APIError
		isAPI := errors.As(err, &refused)
		if isAPI && refused.Status == http.StatusUnauthorized && !renewed {
			// Revoked or signed by a key that is gone: one new token, then the truth.
			renewed = true
			c.tokens.drop(token)
			continue
		}
		if ctx.Err() != nil || try >= c.tries || !again(r, refused, isAPI) {
			return nil, err
		}
		if err := sleep(ctx, pause(try, refused)); err != nil {
			return nil, err
		}
	}
}

func again(r request, refused *APIError, isAPI bool) bool {
	if isAPI {
		return refused.Status == http.StatusTooManyRequests || refused.Status == http.StatusServiceUnavailable
	}
	return r.method == http.MethodGet || r.key != ""
}

func pause(try int, refused *APIError) time.Duration {
	if refused != nil && refused.RetryAfter > 0 {
		return min(refused.RetryAfter, 30*time.Second)
	}
	return min(time.Duration(1<<try)*100*time.Millisecond, 5*time.Second)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (c *Client) once(ctx context.Context, r request, token string) ([]byte, error) {
	u := *c.base
	u.Path = strings.TrimRight(u.Path, "/") + r.path
	u.RawQuery = r.query.Encode()
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.agent)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	return c.send(req)
}

// send does the request and returns the body of an answer below 300.
func (c *Client) send(req *http.Request) ([]byte, error) {
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("leafmark: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("leafmark: the answer broke off: %w", err)
	}
	if res.StatusCode >= 300 {
		return nil, problemOf(res, data)
	}
	return data, nil
}

func problemOf(res *http.Response, data []byte) *APIError {
	e := &APIError{Status: res.StatusCode}
	var p struct {
		Code, Title, Detail, TraceID string
		Error                        json.RawMessage
		Description                  string `json:"error_description"`
		Errors                       map[string][]string
	}
	if json.Unmarshal(data, &p) == nil {
		e.Code, e.Title, e.Detail, e.TraceID, e.Fields = p.Code, p.Title, p.Detail, p.TraceID, p.Errors
		var word string
		if e.Code == "" && json.Unmarshal(p.Error, &word) == nil {
			e.Code, e.Detail = word, p.Description
		}
	}
	if e.Title == "" {
		e.Title = http.StatusText(res.StatusCode)
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	return e
}

func newKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return hex.EncodeToString(b[:])
}
