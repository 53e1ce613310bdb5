package connect_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/internal/api/connect"
	"github.com/leafmark/leafmark/internal/token"
)

// FuzzTokenRequest: whatever is sent, the answer is one of the contract's, and
// there is a token only for the credentials.
func FuzzTokenRequest(f *testing.F) {
	s := serve(f, connect.Deps{}, token.Options{})
	h := connect.New(connect.Deps{Identity: s.identity, Tokens: s.tokens, Now: s.clock.now})
	good := s.good().Encode()
	contentType, parts := multi(s.good(), "grant_type", "client_id", "client_secret")
	for _, seed := range [][4]string{
		{"", form, "", good},
		{"", contentType, "", parts},
		{"", form, "Basic eDp5", "grant_type=client_credentials"},
		{"a=b&&", form + "; charset=utf-8", "Bearer x", good + "&scope=omr"},
		{"client_secret=x", "application/json", "", "{}"},
		{"%zz", "multipart/form-data; boundary=\"", "Basic", "--\r\n"},
		{"", "multipart/form-data; boundary=x", "", "--x\r\nContent-Disposition: form-data; name=grant_type\r\n\r\nclient_credentials\r\n--x--"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, query, contentType, authorization, body string) {
		r := httptest.NewRequest("POST", "/connect/token", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case 200:
			plain, err := url.QueryUnescape(body)
			if !strings.Contains(body, s.secret) && (err != nil || !strings.Contains(plain, s.secret)) {
				t.Fatalf("a token for %q %q %q", contentType, authorization, body)
			}
		case 400, 401, 413, 429:
		default:
			t.Fatalf("status %d for %q %q %q %q", w.Code, query, contentType, authorization, body)
		}
		if strings.Contains(w.Body.String(), s.secret) {
			t.Fatal("the answer tells the secret")
		}
	})
}
