package connect_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/leafmark/leafmark/internal/api/connect"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

// clock is a clock that tests turn.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

type server struct {
	*httptest.Server
	t        testing.TB
	clock    *clock
	db       *db.DB
	identity *identity.Service
	tokens   *token.Service
	actor    identity.Actor
	app      identity.Application
	id       string
	secret   string
}

func serve(t testing.TB, deps connect.Deps, opt token.Options) *server {
	t.Helper()
	s := &server{t: t, clock: &clock{time.Date(2026, 3, 1, 10, 0, 0, 250e6, time.UTC)}}
	dir := t.TempDir()
	d, err := db.Open(t.Context(), dbtest.URL(t, dir))
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	s.db = d
	box, err := seal.Load(filepath.Join(dir, "master.key"))
	must(t, err)
	s.identity, err = identity.New(t.Context(), d, box, identity.Options{Now: s.clock.now})
	must(t, err)
	mux := http.NewServeMux()
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	opt.Issuer, opt.Now = s.URL, s.clock.now
	s.tokens, err = token.New(t.Context(), d, box, s.identity, opt)
	must(t, err)
	deps.Identity, deps.Tokens, deps.Now = s.identity, s.tokens, s.clock.now
	connect.New(deps).Register(mux)
	tenant, err := s.identity.DefaultTenant(t.Context())
	must(t, err)
	s.actor = identity.Actor{Tenant: tenant, Kind: "operator", ID: "test"}
	app, made, err := s.identity.CreateApplication(t.Context(), s.actor, identity.NewApplication{Name: "poll"})
	must(t, err)
	s.app, s.id, s.secret = app, made.ClientID, string(made.Secret)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type answer struct {
	status      int
	header      http.Header
	AccessToken string `json:"access_token"`
	ExpiresIn   any    `json:"expires_in"`
	TokenType   string `json:"token_type"`
	Scope       string `json:"scope"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func (s *server) do(method, path, contentType, body string, change ...func(*http.Request)) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, s.URL+path, strings.NewReader(body))
	must(s.t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, c := range change {
		c(r)
	}
	resp, err := s.Client().Do(r)
	must(s.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(s.t, err)
	a := answer{status: resp.StatusCode, header: resp.Header}
	if method == http.MethodHead {
		return a
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		s.t.Fatalf("%s %s: %d, body %q: %v", method, path, resp.StatusCode, raw, err)
	}
	return a
}

const form = "application/x-www-form-urlencoded"

func (s *server) post(params url.Values, change ...func(*http.Request)) answer {
	s.t.Helper()
	return s.do(http.MethodPost, "/connect/token", form, params.Encode(), change...)
}

func (s *server) good() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {s.id}, "client_secret": {s.secret}}
}

func (s *server) with(name, value string) url.Values {
	v := s.good()
	v.Set(name, value)
	return v
}

func basic(id, secret string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(id, secret) }
}

// granted checks an answer that holds a token, and the token.
func (s *server) granted(name string, a answer) {
	s.t.Helper()
	if a.status != 200 || a.TokenType != "Bearer" || a.ExpiresIn != float64(3600) {
		s.t.Errorf("%s: %d, %s %s, token type %q, expires in %v", name, a.status, a.Error, a.Description, a.TokenType, a.ExpiresIn)
		return
	}
	if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Pragma") != "no-cache" || a.header.Get("Content-Type") != "application/json; charset=utf-8" {
		s.t.Errorf("%s: headers %v", name, a.header)
	}
	if len(a.AccessToken) >= 4096 {
		s.t.Errorf("%s: a token of %d bytes", name, len(a.AccessToken))
	}
	caller, err := s.tokens.Verify(s.t.Context(), a.AccessToken)
	if err != nil || caller.ClientID != s.id || caller.Tenant != s.app.Tenant {
		s.t.Errorf("%s: the token is %+v, %v", name, caller, err)
	}
}

func (s *server) refused(name string, a answer, status int, code string) {
	s.t.Helper()
	if a.status != status || a.Error != code || a.AccessToken != "" || a.Description == "" {
		s.t.Errorf("%s: %d %s (%s), want %d %s", name, a.status, a.Error, a.Description, status, code)
	}
	if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Type") != "application/json; charset=utf-8" {
		s.t.Errorf("%s: headers %v", name, a.header)
	}
	for _, r := range a.Description {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			s.t.Errorf("%s: error_description holds %q, which RFC 6749 5.2 forbids", name, r)
		}
	}
	if strings.Contains(a.Description, s.secret) {
		s.t.Errorf("%s: the description tells the secret", name)
	}
}

func multi(params url.Values, order ...string) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range order {
		for _, v := range params[name] {
			_ = w.WriteField(name, v)
		}
	}
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

// Conformance numbers are those of spec/api.md 9.1.

func TestConformance01To05RequestForms(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	s.granted("1 urlencoded", s.post(s.good()))
	for _, order := range [][]string{{"grant_type", "client_id", "client_secret"}, {"client_secret", "client_id", "grant_type"}} {
		contentType, body := multi(s.good(), order...)
		s.granted("2 multipart", s.do("POST", "/connect/token", contentType, body))
	}
	s.granted("3 basic", s.post(url.Values{"grant_type": {"client_credentials"}}, basic(s.id, s.secret)))
	s.granted("4 charset", s.do("POST", "/connect/token", form+"; charset=utf-8", s.good().Encode()))
	s.granted("4 charset in capitals", s.do("POST", "/connect/token", "Application/X-WWW-Form-Urlencoded;Charset=UTF-8", s.good().Encode()))
	bare := strings.ReplaceAll(s.id, "-", "")
	for _, id := range []string{strings.ToUpper(s.id), "{" + s.id + "}", bare, "{" + strings.ToUpper(bare) + "}"} {
		s.granted("5 client id "+id, s.post(s.with("client_id", id)))
	}
	s.granted("raw, as the 20.x .NET client", s.do("POST", "/connect/token", form, "grant_type=client_credentials&client_id="+s.id+"&client_secret="+s.secret))
	s.granted("unknown parameters", s.post(s.with("resource", "x")))
	s.granted("empty query", s.do("POST", "/connect/token?", form, s.good().Encode()))
	s.granted("unknown query", s.do("POST", "/connect/token?trace=1&", form, s.good().Encode()))
	s.granted("alias", s.do("POST", "/oauth2/token", form, s.good().Encode()))
	s.granted("an old bearer beside", s.post(s.good(), func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }))
	s.granted("any Accept", s.post(s.good(), func(r *http.Request) { r.Header.Set("Accept", "application/xml") }))
	s.granted("basic, escaped", s.post(url.Values{"grant_type": {"client_credentials"}}, basic(strings.ReplaceAll(s.id, "-", "%2D"), strings.ReplaceAll(s.secret, "_", "%5F"))))
}

func TestConformance06To09WrongCredentialsAndGrants(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	const description = "The client id or secret is wrong, or the application is disabled."
	wrong := s.post(s.with("client_secret", s.secret+"x"))
	s.refused("6", wrong, 400, "invalid_client")
	byBasic := s.post(url.Values{"grant_type": {"client_credentials"}}, basic(s.id, "wrong"))
	s.refused("7", byBasic, 401, "invalid_client")
	if got := byBasic.header.Get("WWW-Authenticate"); got != `Basic realm="leafmark", charset="UTF-8"` {
		t.Errorf("7: WWW-Authenticate %q", got)
	}
	unknown := s.post(s.with("client_id", "3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940"))
	s.refused("8", unknown, 400, "invalid_client")
	if wrong.Description != description || unknown.Description != description {
		t.Errorf("8: %q and %q tell them apart", wrong.Description, unknown.Description)
	}
	s.refused("no secret", s.post(s.with("client_secret", "")), 400, "invalid_client")
	s.refused("no id", s.post(s.with("client_id", "")), 400, "invalid_client")
	s.refused("no guid", s.post(s.with("client_id", "../../etc")), 400, "invalid_client")
	s.refused("basic without colon", s.post(url.Values{"grant_type": {"client_credentials"}}, func(r *http.Request) {
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("x")))
	}), 401, "invalid_client")
	s.refused("basic, not base64", s.post(url.Values{"grant_type": {"client_credentials"}}, func(r *http.Request) { r.Header.Set("Authorization", "Basic !!!") }), 401, "invalid_client")

	s.refused("9 missing", s.post(s.with("grant_type", "")), 400, "invalid_request")
	for _, grant := range []string{"password", "authorization_code", "refresh_token", "CLIENT_CREDENTIALS"} {
		s.refused("9 "+grant, s.post(s.with("grant_type", grant)), 400, "unsupported_grant_type")
	}
}

func TestConformance08UnknownClientCostsTheSame(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	median := func(id, secret string) time.Duration {
		var all []time.Duration
		for range 301 {
			start := time.Now()
			if _, err := s.identity.Authenticate(t.Context(), id, secret); fault.As(err) == nil {
				t.Fatal(err)
			}
			all = append(all, time.Since(start))
		}
		return medianOf(all)
	}
	ratio := 0.0
	for range 5 { // noise of a shared machine: the best of five rounds must be alike
		ratio = float64(median(s.id, "lm_wrong")) / float64(median("3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940", "lm_wrong"))
		if ratio > 0.6 && ratio < 1.7 {
			return
		}
	}
	t.Errorf("a wrong secret takes %.2f times as long as an unknown client", ratio)
}

func TestConformance10WrongPlaces(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	body, err := json.Marshal(map[string]string{"grant_type": "client_credentials", "client_id": s.id, "client_secret": s.secret})
	must(t, err)
	json := s.do("POST", "/connect/token", "application/json", string(body))
	s.refused("10 JSON", json, 400, "invalid_request")
	if !strings.Contains(json.Description, form) {
		t.Errorf("10: the description does not say what to send: %q", json.Description)
	}
	s.refused("10 query", s.do("POST", "/connect/token?"+s.good().Encode(), form, ""), 400, "invalid_request")
	s.refused("10 query beside a body", s.do("POST", "/connect/token?Client_Secret="+s.secret, form, s.good().Encode()), 400, "invalid_request")
	s.refused("10 unreadable query", s.do("POST", "/connect/token?client_secret=%zz", form, s.good().Encode()), 400, "invalid_request")
	for _, method := range []string{"GET", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		a := s.do(method, "/connect/token?"+s.good().Encode(), "", "")
		s.refused("10 "+method, a, 405, "invalid_request")
		if a.header.Get("Allow") != "POST" {
			t.Errorf("10 %s: Allow %q", method, a.header.Get("Allow"))
		}
	}
	for _, c := range []struct{ name, contentType, body string }{
		{"text", "text/plain", s.good().Encode()},
		{"multipart without boundary", "multipart/form-data", s.good().Encode()},
		{"multipart cut short", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials"},
		{"multipart of nothing", "multipart/form-data; boundary=x", ""},
		{"bad escape", form, s.good().Encode() + "&x=%zz"},
		{"empty", form, ""},
		{"assertion", form, "grant_type=client_credentials&client_id=" + s.id + "&client_assertion=x.y.z"},
	} {
		s.refused("10 "+c.name, s.do("POST", "/connect/token", c.contentType, c.body), 400, "invalid_request")
	}
	s.refused("10 compressed", s.post(s.good(), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }), 400, "invalid_request")
}

func TestConformance11Repeated(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	for _, name := range []string{"client_id", "client_secret", "grant_type", "scope"} {
		twice := s.with("scope", "omr")
		twice.Add(name, twice.Get(name))
		s.refused("11 "+name, s.post(twice), 400, "invalid_request")
		contentType, body := multi(twice, "grant_type", "client_id", "client_secret", "scope")
		s.refused("11 multipart "+name, s.do("POST", "/connect/token", contentType, body), 400, "invalid_request")
	}
	other := s.good()
	other["x"] = []string{"1", "2"}
	s.granted("an unknown parameter twice", s.post(other))
}

func TestConformance12Lock(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	wrong := s.with("client_secret", "lm_wrong")
	for i := range 5 {
		s.refused("12 try "+strconv.Itoa(i+1), s.post(wrong), 400, "invalid_client")
	}
	for i := range 2 {
		a := s.post(wrong)
		s.refused("12 try "+strconv.Itoa(i+6), a, 429, "too_many_requests")
		if a.header.Get("Retry-After") != "600" {
			t.Errorf("12: Retry-After %q", a.header.Get("Retry-After"))
		}
	}
	wrong.Set("client_id", strings.ToUpper(s.id))
	s.refused("12 the same pair, spelt differently", s.post(wrong), 429, "too_many_requests")
	s.refused("12 the same pair by Basic", s.post(url.Values{"grant_type": {"client_credentials"}}, basic(s.id, "lm_wrong")), 429, "too_many_requests")
	s.granted("12 the right secret meanwhile", s.post(s.good()))
	s.refused("12 another wrong secret", s.post(s.with("client_secret", "lm_other")), 400, "invalid_client")
	s.clock.at = s.clock.at.Add(10 * time.Minute)
	s.refused("12 ten minutes later", s.post(wrong), 400, "invalid_client")
}

func TestLockOfAnAddress(t *testing.T) {
	s := serve(t, connect.Deps{Address: func(r *http.Request) string { return r.Header.Get("X-Test") }}, token.Options{})
	from := func(address string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("X-Test", address) }
	}
	for i := range 50 {
		s.refused("guess", s.post(s.with("client_secret", "lm_"+strconv.Itoa(i)), from("192.0.2.1:1000")), 400, "invalid_client")
	}
	a := s.post(s.with("client_secret", "lm_51"), from("192.0.2.1:1001"))
	s.refused("the 51st guess", a, 429, "too_many_requests")
	s.refused("another address", s.post(s.with("client_secret", "lm_51"), from("192.0.2.2:1")), 400, "invalid_client")
	s.granted("a right pair from there", s.post(s.good(), from("192.0.2.1:1000")))
}

func TestForgottenCredentialsShareNoLock(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	for range 7 {
		s.refused("no credentials", s.post(url.Values{"grant_type": {"client_credentials"}}), 400, "invalid_client")
	}
}

func TestConformance13ForeignLibraryVerifies(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	raw := s.post(s.good()).AccessToken
	header, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[0])
	must(t, err)
	var h map[string]string
	must(t, json.Unmarshal(header, &h))
	if h["alg"] != "RS256" || h["typ"] != "JWT" || h["kid"] == "" || len(h) != 3 {
		t.Errorf("13: header %s", header)
	}
	set, err := jwk.Fetch(t.Context(), s.URL+"/.well-known/jwks.json", jwk.WithHTTPClient(s.Client()))
	must(t, err)
	if _, ok := set.LookupKeyID(h["kid"]); !ok {
		t.Fatalf("13: key %q is not in the key set", h["kid"])
	}
	got, err := jwt.Parse([]byte(raw), jwt.WithKeySet(set), jwt.WithIssuer(s.URL), jwt.WithAudience("api.platform"),
		jwt.WithClock(jwt.ClockFunc(s.clock.now)))
	must(t, err)
	claim := func(name string) (v any) {
		if err := got.Get(name, &v); err != nil {
			t.Errorf("13: claim %s: %v", name, err)
		}
		return v
	}
	sub, _ := got.Subject()
	aud, _ := got.Audience()
	iat, _ := got.IssuedAt()
	nbf, _ := got.NotBefore()
	exp, _ := got.Expiration()
	jti, _ := got.JwtID()
	if sub != s.id || claim("client_id") != s.id || claim("tenant") != s.app.Tenant || jti == "" {
		t.Errorf("13: sub %q, client_id %v, tenant %v, jti %q", sub, claim("client_id"), claim("tenant"), jti)
	}
	if strings.Join(aud, " ") != s.URL+"/resources api.platform api.products" {
		t.Errorf("13: aud %q", aud)
	}
	if claim("scope") != "api.platform api.products omr storage" {
		t.Errorf("13: scope %v", claim("scope"))
	}
	at := s.clock.at.Truncate(time.Second)
	if !iat.Equal(at) || !nbf.Equal(at) || !exp.Equal(at.Add(time.Hour)) {
		t.Errorf("13: iat %v, nbf %v, exp %v", iat, nbf, exp)
	}
}

func TestConformance14TokensDiffer(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	a, b := s.post(s.good()), s.post(s.good())
	s.granted("14 first", a)
	s.granted("14 second", b)
	if a.AccessToken == b.AccessToken {
		t.Error("14: twice the same token")
	}
}

func TestConformance15LargeAndDisabled(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	huge := s.good().Encode() + "&x=" + strings.Repeat("a", 100<<10)
	s.refused("15 declared", s.do("POST", "/connect/token", form, huge), 413, "invalid_request")
	s.refused("15 chunked", s.do("POST", "/connect/token", form, huge, func(r *http.Request) { r.ContentLength = -1 }), 413, "invalid_request")
	fits := s.good().Encode() + "&x="
	s.granted("15 just fits", s.do("POST", "/connect/token", form, fits+strings.Repeat("a", 64<<10-len(fits))))
	must(t, s.identity.DisableApplication(t.Context(), s.actor, s.id))
	s.refused("15 disabled", s.post(s.good()), 400, "invalid_client")
	must(t, s.identity.EnableApplication(t.Context(), s.actor, s.id))
	s.granted("15 enabled again", s.post(s.good()))
	must(t, s.identity.DeleteApplication(t.Context(), s.actor, s.id))
	s.refused("15 deleted", s.post(s.good()), 400, "invalid_client")
}

func TestConformance23Rotation(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	old := s.post(s.good()).AccessToken
	made, err := s.identity.RotateSecret(t.Context(), s.actor, s.id, 0)
	must(t, err)
	s.refused("23 the old secret", s.post(s.good()), 400, "invalid_client")
	if _, err := s.tokens.Verify(t.Context(), old); fault.As(err) == nil || fault.As(err).Code != "token_revoked" {
		t.Errorf("23: the old token gives %v", err)
	}
	s.secret = string(made.Secret)
	s.granted("23 the new secret, in the same second", s.post(s.good()))
}

func TestConformance90BasicAndBody(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	s.granted("90 equal", s.post(s.good(), basic(s.id, s.secret)))
	s.granted("90 the id in capitals", s.post(s.with("client_id", strings.ToUpper(s.id)), basic(s.id, s.secret)))
	s.refused("90 other secret", s.post(s.with("client_secret", "x"), basic(s.id, s.secret)), 400, "invalid_request")
	s.refused("90 other id", s.post(s.with("client_id", "3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940"), basic(s.id, s.secret)), 400, "invalid_request")
	s.refused("two headers", s.post(s.good(), func(r *http.Request) { r.Header["Authorization"] = []string{"Basic eDp5", "Basic eDp5"} }), 400, "invalid_request")
}

func TestRevocationAndIntrospection(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{Reuse: time.Minute})
	raw := s.post(s.with("scope", "omr")).AccessToken
	about := func(path, raw string, change ...func(*http.Request)) (int, map[string]any) {
		t.Helper()
		v := s.with("token", raw)
		v.Del("grant_type")
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, strings.NewReader(v.Encode()))
		must(t, err)
		r.Header.Set("Content-Type", form)
		for _, c := range change {
			c(r)
		}
		resp, err := s.Client().Do(r)
		must(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		must(t, err)
		if resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", path, resp.Header)
		}
		if len(body) == 0 {
			return resp.StatusCode, nil
		}
		var m map[string]any
		must(t, json.Unmarshal(body, &m))
		return resp.StatusCode, m
	}
	status, m := about("/connect/introspect", raw)
	if status != 200 || m["active"] != true || m["client_id"] != s.id || m["scope"] != "omr" ||
		m["iat"] != float64(s.clock.at.Unix()) || m["exp"] != float64(s.clock.at.Unix()+3600) || m["iss"] != s.URL {
		t.Errorf("a good token: %d %v", status, m)
	}
	if status, m := about("/connect/introspect", raw+"x"); status != 200 || m["active"] != false || len(m) != 1 {
		t.Errorf("a bad token: %d %v", status, m)
	}
	if status, m := about("/connect/introspect", ""); status != 400 || m["error"] != "invalid_request" {
		t.Errorf("no token: %d %v", status, m)
	}
	for _, path := range []string{"/connect/introspect", "/connect/revocation"} {
		secret := s.secret
		s.secret = "lm_wrong"
		if status, m := about(path, raw); status != 400 || m["error"] != "invalid_client" {
			t.Errorf("%s by nobody: %d %v", path, status, m)
		}
		s.secret = secret
		if a := s.do("GET", path+"?token="+raw, "", ""); a.status != 405 {
			t.Errorf("GET %s: %d", path, a.status)
		}
		if a := s.do("POST", path+"?token="+raw, form, s.good().Encode()); a.status != 400 {
			t.Errorf("%s with a token in the query: %d", path, a.status)
		}
	}

	other, made, err := s.identity.CreateApplication(t.Context(), s.actor, identity.NewApplication{Name: "other"})
	must(t, err)
	foreign, err := s.tokens.Issue(t.Context(), other, nil)
	must(t, err)
	if status, m := about("/connect/revocation", foreign.AccessToken); status != 400 || m["error"] != "invalid_request" {
		t.Errorf("another's token: %d %v", status, m)
	}
	if status, m := about("/connect/introspect", foreign.AccessToken); status != 200 || m["client_id"] != made.ClientID {
		t.Errorf("introspection of a token of the same tenant: %d %v", status, m)
	}
	for range 2 {
		if status, m := about("/connect/revocation", raw); status != 200 || m != nil {
			t.Errorf("revocation: %d %v", status, m)
		}
	}
	if _, err := s.tokens.Verify(t.Context(), raw); fault.As(err) == nil || fault.As(err).Code != "token_revoked" {
		t.Errorf("the revoked token gives %v", err)
	}
	again := s.post(s.with("scope", "omr"))
	s.granted("after the revocation, with reuse", again)
	if again.AccessToken == raw {
		t.Error("a revoked token is given again")
	}
}

func TestScopes(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	for asked, want := range map[string]string{
		"":                   "omr storage",
		"omr":                "omr",
		" storage  storage ": "storage",
		"storage omr":        "omr storage",
		"api.platform":       "omr storage",
		"omr api.products":   "omr storage",
	} {
		a := s.post(s.with("scope", asked))
		s.granted("scope "+asked, a)
		caller, err := s.tokens.Verify(t.Context(), a.AccessToken)
		if err != nil || strings.Join(caller.Scopes, " ") != want || a.Scope != "" {
			t.Errorf("scope %q: may %q, answer %q, %v; want %q", asked, caller.Scopes, a.Scope, err, want)
		}
	}
	for _, asked := range []string{"admin", "omr admin", "OMR", "omr,storage", "\"\\\x00ü"} {
		s.refused("scope "+asked, s.post(s.with("scope", asked)), 400, "invalid_scope")
	}
}

func TestTokenRate(t *testing.T) {
	s := serve(t, connect.Deps{TokenRate: 2}, token.Options{})
	s.granted("first", s.post(s.good()))
	s.granted("second", s.post(s.good()))
	a := s.post(s.good())
	s.refused("third in a second", a, 429, "too_many_requests")
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	s.clock.at = s.clock.at.Add(time.Second)
	s.granted("a second later", s.post(s.good()))
}

func TestReuseTellsTheRest(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{Reuse: 30 * time.Second})
	first := s.post(s.good())
	s.granted("first", first)
	s.clock.at = s.clock.at.Add(29 * time.Second)
	again := s.post(s.good())
	if again.AccessToken != first.AccessToken || again.ExpiresIn != float64(3570) {
		t.Errorf("within the reuse: another token %v, expires in %v, want 3570", again.AccessToken != first.AccessToken, again.ExpiresIn)
	}
	if s.post(s.with("scope", "omr")).AccessToken == first.AccessToken {
		t.Error("another scope got the same token")
	}
	s.clock.at = s.clock.at.Add(time.Second)
	s.granted("after the reuse", s.post(s.good()))
	if s.post(s.good()).AccessToken == first.AccessToken {
		t.Error("the token outlived its reuse")
	}
}

func TestUnavailable(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	s.granted("all is well", s.post(s.good()))
	must(t, s.db.Close())
	s.granted("known credentials, from memory", s.post(s.good()))
	s.clock.at = s.clock.at.Add(2 * time.Second)
	a := s.post(s.good())
	s.refused("memory is stale and the database away", a, 503, "temporarily_unavailable")
	if a.header.Get("Retry-After") != "5" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
}

func TestPublishedDocuments(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	for _, path := range []string{"/.well-known/jwks.json", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		a := s.do("GET", path, "", "")
		if a.status != 200 || a.header.Get("Cache-Control") != "public, max-age=300" || a.header.Get("ETag") == "" {
			t.Errorf("%s: %d, headers %v", path, a.status, a.header)
		}
		if h := s.do("HEAD", path, "", ""); h.status != 200 || h.header.Get("ETag") != a.header.Get("ETag") {
			t.Errorf("HEAD %s: %d", path, h.status)
		}
		if p := s.do("POST", path, "", ""); p.status != 405 || p.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d, Allow %q", path, p.status, p.header.Get("Allow"))
		}
	}
	resp, err := s.Client().Get(s.URL + "/.well-known/jwks.json")
	must(t, err)
	defer resp.Body.Close()
	keys, err := io.ReadAll(resp.Body)
	must(t, err)
	for _, private := range []string{`"d"`, `"p"`, `"q"`, `"dp"`, `"dq"`, `"qi"`} {
		if bytes.Contains(keys, []byte(private)) {
			t.Fatalf("the key set holds the private member %s", private)
		}
	}
	resp, err = s.Client().Get(s.URL + "/.well-known/openid-configuration")
	must(t, err)
	defer resp.Body.Close()
	var doc struct {
		Issuer   string `json:"issuer"`
		Endpoint string `json:"token_endpoint"`
		JWKS     string `json:"jwks_uri"`
	}
	must(t, json.NewDecoder(resp.Body).Decode(&doc))
	if doc.Issuer != s.URL || doc.Endpoint != s.URL+"/connect/token" || doc.JWKS != s.URL+"/.well-known/jwks.json" {
		t.Errorf("discovery says %+v", doc)
	}
}

func medianOf(all []time.Duration) time.Duration {
	for i := range all {
		for j := i; j > 0 && all[j] < all[j-1]; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	return all[len(all)/2]
}
