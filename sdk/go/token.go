package leafmark

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// tokenSource keeps one access token for all goroutines.
type tokenSource struct {
	client     *Client
	id, secret string

	mu      sync.Mutex
	token   string
	renew   time.Time // from then on a new one is fetched
	pending *fetch
}

// fetch is a token request under way; all who need a token wait for the same.
type fetch struct {
	done  chan struct{}
	token string
	err   error
}

func (s *tokenSource) get(ctx context.Context) (string, error) {
	s.mu.Lock()
	if s.token != "" && time.Now().Before(s.renew) {
		defer s.mu.Unlock()
		return s.token, nil
	}
	f := s.pending
	if f == nil {
		f = &fetch{done: make(chan struct{})}
		s.pending = f
		// Detached from the caller: who gives up must not fail the others.
		go s.run(context.WithoutCancel(ctx), f)
	}
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-f.done:
		return f.token, f.err
	}
}

// drop forgets the token if it is still the current one.
func (s *tokenSource) drop(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == token {
		s.token = ""
	}
}

func (s *tokenSource) run(ctx context.Context, f *fetch) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	token, life, err := s.request(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	f.token, f.err = token, err
	if err == nil {
		s.token = token
		// A tenth of its life, at most a minute, before it ends.
		s.renew = time.Now().Add(life - min(life/10, time.Minute))
	}
	s.pending = nil
	close(f.done)
}

func (s *tokenSource) request(ctx context.Context) (token string, life time.Duration, err error) {
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {s.id},
		"client_secret": {s.secret},
	}.Encode()
	for try := 1; ; try++ {
		u := *s.client.base
		u.Path = strings.TrimRight(u.Path, "/") + "/connect/token"
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(form))
		if err != nil {
			return "", 0, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("User-Agent", s.client.agent)
		data, err := s.client.send(req)
		if err == nil {
			var t struct {
				AccessToken string `json:"access_token"`
				ExpiresIn   int    `json:"expires_in"`
			}
			if err := json.Unmarshal(data, &t); err != nil || t.AccessToken == "" {
				return "", 0, errors.New("leafmark: the token endpoint answered without a token: is this a Leafmark server?")
			}
			return t.AccessToken, time.Duration(t.ExpiresIn) * time.Second, nil
		}
		var refused *APIError
		if errors.As(err, &refused) && refused.Status != http.StatusServiceUnavailable || try >= s.client.tries {
			return "", 0, err
		}
		if err := sleep(ctx, pause(try, refused)); err != nil {
			return "", 0, err
		}
	}
}
