package token_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

const issuer = "https://omr.example.org"

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

type fixture struct {
	t        testing.TB
	dir      string
	db       *db.DB
	box      *seal.Box
	clock    *clock
	identity *identity.Service
	tokens   *token.Service
	actor    identity.Actor
	app      identity.Application
	secret   string
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func setup(t testing.TB, opt token.Options) *fixture {
	t.Helper()
	f := &fixture{t: t, dir: t.TempDir(), clock: &clock{time.Date(2026, 3, 1, 10, 0, 0, 250e6, time.UTC)}}
	f.open(opt)
	tenant, err := f.identity.DefaultTenant(t.Context())
	must(t, err)
	f.actor = identity.Actor{Tenant: tenant, Kind: "operator", ID: "test"}
	app, made, err := f.identity.CreateApplication(t.Context(), f.actor, identity.NewApplication{Name: "poll"})
	must(t, err)
	f.app, f.secret = app, string(made.Secret)
	return f
}

// open opens the fixture's data once more, as another process would.
func (f *fixture) open(opt token.Options) {
	f.t.Helper()
	var err error
	f.db, err = db.Open(f.t.Context(), dbtest.URL(f.t, f.dir))
	must(f.t, err)
	d := f.db
	f.t.Cleanup(func() { _ = d.Close() })
	f.box, err = seal.Load(filepath.Join(f.dir, "master.key"))
	must(f.t, err)
	f.identity, err = identity.New(f.t.Context(), f.db, f.box, identity.Options{Now: f.clock.now})
	must(f.t, err)
	if opt.Issuer == "" {
		opt.Issuer = issuer
	}
	opt.Now = f.clock.now
	f.tokens, err = token.New(f.t.Context(), f.db, f.box, f.identity, opt)
	must(f.t, err)
}

func (f *fixture) jwks() []byte {
	f.t.Helper()
	set, err := f.tokens.JWKS(f.t.Context())
	must(f.t, err)
	return set
}

func (f *fixture) authenticate() identity.Application {
	f.t.Helper()
	app, err := f.identity.Authenticate(f.t.Context(), f.app.ClientID, f.secret)
	must(f.t, err)
	return app
}

func (f *fixture) issue(scopes ...string) string {
	f.t.Helper()
	issued, err := f.tokens.Issue(f.t.Context(), f.authenticate(), scopes)
	must(f.t, err)
	return issued.AccessToken
}

func (f *fixture) refused(name, raw, code string) {
	f.t.Helper()
	caller, err := f.tokens.Verify(f.t.Context(), raw)
	e := fault.As(err)
	if e == nil || e.Code != code || e.Kind != fault.Unauthorized || caller.ClientID != "" {
		f.t.Errorf("%s: caller %+v, %v; want %s", name, caller, err, code)
	}
}

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func segment(t testing.TB, raw string, i int) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[i])
	must(t, err)
	var m map[string]any
	must(t, json.Unmarshal(text, &m))
	return m
}

func encode(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return b64(text)
}

// signingKey is the installation's private key, which only a test may have.
func (f *fixture) signingKey() *rsa.PrivateKey {
	f.t.Helper()
	var kid string
	var sealed []byte
	must(f.t, f.db.Read().QueryRow(`SELECT kid, sealed FROM signing_key`).Scan(&kid, &sealed))
	der, err := f.box.Open(sealed, []byte("signing key "+kid))
	must(f.t, err)
	key, err := x509.ParsePKCS8PrivateKey(der)
	must(f.t, err)
	return key.(*rsa.PrivateKey)
}

func signRS256(t testing.TB, key *rsa.PrivateKey, input string) string {
	t.Helper()
	digest := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	must(t, err)
	return input + "." + b64(signature)
}

func TestIssuedIsAccepted(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	caller, err := f.tokens.Verify(t.Context(), raw)
	must(t, err)
	if caller.ClientID != f.app.ClientID || caller.Tenant != f.app.Tenant || caller.TokenID == "" ||
		!caller.Expires.Equal(f.clock.at.Truncate(time.Second).Add(time.Hour)) || !caller.Has(identity.ScopeOMR) || !caller.Has(identity.ScopeStorage) {
		t.Errorf("caller %+v", caller)
	}
	narrow, err := f.tokens.Verify(t.Context(), f.issue("omr"))
	if err != nil || !narrow.Has(identity.ScopeOMR) || narrow.Has(identity.ScopeStorage) {
		t.Errorf("scope omr: caller %+v, %v", narrow, err)
	}
	if f.issue() == raw {
		t.Error("two tokens are equal")
	}
}

// Numbers are those of spec/api.md 9.2.

func TestConformance17Malformed(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	f.refused("no token", "", "missing_token")
	parts := strings.Split(raw, ".")
	for name, bad := range map[string]string{
		"a word":              "x",
		"dots":                "..",
		"two parts":           parts[0] + "." + parts[1],
		"four parts":          raw + ".x",
		"blank":               " " + raw,
		"line break":          parts[0] + "." + parts[1] + ".\n" + parts[2],
		"padding":             raw + "==",
		"standard alphabet":   parts[0] + "." + parts[1] + "." + strings.Repeat("+", 342),
		"JSON serialization":  `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"five parts":          "a.b.c.d.e",
		"endless":             strings.Repeat("a", 1<<20),
		"no signature":        parts[0] + "." + parts[1] + ".",
		"header is no object": b64([]byte(`[1]`)) + "." + parts[1] + "." + parts[2],
	} {
		f.refused(name, bad, "invalid_token")
	}
}

func TestConformance18Expiry(t *testing.T) {
	f := setup(t, token.Options{TTL: 10 * time.Second})
	raw := f.issue()
	end := f.clock.at.Truncate(time.Second).Add(10 * time.Second)
	f.clock.at = end.Add(-time.Millisecond)
	if _, err := f.tokens.Verify(t.Context(), raw); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	f.clock.at = end
	f.refused("18 at its end, without leeway", raw, "token_expired")
	caller, err := f.tokens.Verify(t.Context(), raw)
	if !caller.Expires.Equal(end) || !strings.Contains(err.Error(), "2026-03-01T10:00:10Z") {
		t.Errorf("18: it is not told when: %v, %v", caller.Expires, err)
	}
}

func TestNotBefore(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	issued := f.clock.at
	f.clock.at = issued.Add(-60 * time.Second)
	if _, err := f.tokens.Verify(t.Context(), raw); err != nil {
		t.Errorf("60 s early: %v", err)
	}
	f.clock.at = issued.Add(-61 * time.Second)
	f.refused("61 s early", raw, "invalid_token")
}

func TestConformance19And21Forged(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	parts := strings.Split(raw, ".")
	header := segment(t, raw, 0)
	kid := header["kid"].(string)
	attacker, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	public := f.signingKey().PublicKey
	pkix, err := x509.MarshalPKIXPublicKey(&public)
	must(t, err)
	with := func(change map[string]any) string {
		h := maps.Clone(header)
		for k, v := range change {
			if v == nil {
				delete(h, k)
			} else {
				h[k] = v
			}
		}
		return encode(t, h) + "." + parts[1]
	}
	mac := func(input string, key []byte) string {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(input))
		return input + "." + b64(h.Sum(nil))
	}
	for _, alg := range []string{"none", "None", "NONE", ""} {
		input := with(map[string]any{"alg": alg})
		f.refused("19 alg "+alg+" without signature", input+".", "invalid_token")
		f.refused("19 alg "+alg+" with the good one's", input+"."+parts[2], "invalid_token")
	}
	hs := with(map[string]any{"alg": "HS256"})
	for name, key := range map[string][]byte{
		"PEM":     pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix}),
		"PKCS 1":  pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&public)}),
		"DER":     pkix,
		"modulus": public.N.Bytes(),
		"JWKS":    f.jwks(),
		"empty":   nil,
	} {
		f.refused("19 HS256 with the public key as "+name, mac(hs, key), "invalid_token")
	}
	ps := with(map[string]any{"alg": "RS512"})
	digest := sha512.Sum512([]byte(ps))
	signature, err := rsa.SignPKCS1v15(rand.Reader, f.signingKey(), crypto.SHA512, digest[:])
	must(t, err)
	f.refused("another algorithm, our own key", ps+"."+b64(signature), "invalid_token")

	theirs := map[string]any{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid,
		"n": b64(attacker.N.Bytes()), "e": b64(big.NewInt(int64(attacker.E)).Bytes()),
	}
	for name, change := range map[string]map[string]any{
		"jwk":             {"jwk": theirs},
		"jwk, own kid":    {"jwk": theirs, "kid": "attacker"},
		"jwk without kid": {"jwk": theirs, "kid": nil},
		"jku":             {"jku": "http://127.0.0.1:1/jwks.json"},
		"jku, own kid":    {"jku": "http://127.0.0.1:1/jwks.json", "kid": "attacker"},
		"x5u":             {"x5u": "http://127.0.0.1:1/cert.pem"},
		"unknown kid":     {"kid": "attacker"},
		"kid of a path":   {"kid": "../../../dev/null"},
		"no kid":          {"kid": nil},
		"plain":           {},
	} {
		f.refused("21 "+name+" by the attacker", signRS256(t, attacker, with(change)), "invalid_token")
	}
	// Even signed by us: what names other keys or asks for extensions is not ours.
	for name, change := range map[string]map[string]any{
		"crit":         {"crit": []string{"x"}, "x": 1},
		"crit of b64":  {"crit": []string{"b64"}, "b64": true},
		"crit, empty":  {"crit": []string{}},
		"unknown kid":  {"kid": "other"},
		"alg of a set": {"alg": []string{"RS256"}},
	} {
		f.refused("21 "+name+" signed by us", signRS256(t, f.signingKey(), with(change)), "invalid_token")
	}
}

func TestConformance20Changed(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	if _, err := f.tokens.Verify(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	// Every place, the last one of the signature too: its unused bits must not give
	// one token several spellings.
	for i := range len(raw) {
		for _, c := range []byte{'A', 'B', '_'} {
			if raw[i] != c {
				f.refused("20 changed", raw[:i]+string(c)+raw[i+1:], "invalid_token")
				break
			}
		}
		if i%50 == 0 {
			f.refused("20 cut", raw[:i]+raw[i+1:], "invalid_token")
		}
	}
	last := raw[len(raw)-1]
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range len(alphabet) {
		if alphabet[i] != last {
			f.refused("20 last character "+alphabet[i:i+1], raw[:len(raw)-1]+alphabet[i:i+1], "invalid_token")
		}
	}
}

func TestConformance20Claims(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	head := strings.Split(raw, ".")[0]
	key := f.signingKey()
	sign := func(change map[string]any) string {
		c := segment(t, raw, 1)
		for k, v := range change {
			if v == nil {
				delete(c, k)
			} else {
				c[k] = v
			}
		}
		return signRS256(t, key, head+"."+encode(t, c))
	}
	for name, change := range map[string]map[string]any{
		"as it is":             {},
		"audience as one text": {"aud": "api.platform"},
		"one of ours":          {"aud": []string{"x", issuer + "/resources"}},
		"scope as an array":    {"scope": []string{"api.platform", "api.products"}},
	} {
		if c, err := f.tokens.Verify(t.Context(), sign(change)); err != nil || !c.Has(identity.ScopeOMR) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	for name, change := range map[string]map[string]any{
		"20 foreign issuer":       {"iss": "https://evil.example"},
		"20 issuer with a slash":  {"iss": issuer + "/"},
		"no issuer":               {"iss": nil},
		"20 foreign audience":     {"aud": []string{"https://evil.example/resources"}},
		"no audience":             {"aud": nil},
		"empty audience":          {"aud": []string{}},
		"number as audience":      {"aud": 1},
		"other subject":           {"sub": "x"},
		"no client":               {"client_id": nil},
		"no jti":                  {"jti": nil},
		"expiry as text":          {"exp": "never"},
		"endless expiry":          {"exp": 1e300},
		"not valid for two hours": {"nbf": f.clock.at.Add(2 * time.Hour).Unix()},
	} {
		f.refused(name, sign(change), "invalid_token")
	}
	f.refused("no expiry", sign(map[string]any{"exp": nil}), "token_expired")
	f.refused("another tenant", sign(map[string]any{"tenant": "other"}), "token_revoked")
	f.refused("no secret", sign(map[string]any{"secret": nil}), "token_revoked")
	f.refused("a later secret", sign(map[string]any{"secret": 2}), "token_revoked")
	unknown := "3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940"
	f.refused("unknown application", sign(map[string]any{"sub": unknown, "client_id": unknown}), "token_revoked")
	if c, err := f.tokens.Verify(t.Context(), sign(map[string]any{"scope": nil})); err != nil || c.Has(identity.ScopeOMR) || c.Has(identity.ScopeStorage) {
		t.Errorf("no scope: %+v, %v; it allows nothing", c, err)
	}
	f.refused("payload is no object", signRS256(t, key, head+"."+b64([]byte(`"x"`))), "invalid_token")
}

func TestConformance23Applications(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	must(t, f.identity.DisableApplication(t.Context(), f.actor, f.app.ClientID))
	f.refused("23 disabled", raw, "token_revoked")
	must(t, f.identity.EnableApplication(t.Context(), f.actor, f.app.ClientID))
	if _, err := f.tokens.Verify(t.Context(), raw); err != nil {
		t.Errorf("enabled again: %v", err)
	}
	must(t, f.identity.RenameApplication(t.Context(), f.actor, f.app.ClientID, "other name", ""))
	if _, err := f.tokens.Verify(t.Context(), raw); err != nil {
		t.Errorf("renamed: %v", err)
	}
	must(t, f.identity.DeleteApplication(t.Context(), f.actor, f.app.ClientID))
	f.refused("deleted", raw, "token_revoked")
}

func TestRotationWithOverlap(t *testing.T) {
	f := setup(t, token.Options{TTL: 100 * time.Hour})
	oldSecret := f.secret
	before := f.issue()
	made, err := f.identity.RotateSecret(t.Context(), f.actor, f.app.ClientID, 2*time.Hour)
	must(t, err)
	f.clock.at = f.clock.at.Add(time.Hour)
	during := f.issue() // with the old secret still
	f.secret = string(made.Secret)
	fresh := f.issue()
	for name, raw := range map[string]string{"before": before, "during": during, "new": fresh} {
		if _, err := f.tokens.Verify(t.Context(), raw); err != nil {
			t.Errorf("within the overlap, token of %s: %v", name, err)
		}
	}
	f.clock.at = f.clock.at.Add(time.Hour)
	f.refused("got before the rotation", before, "token_revoked")
	f.refused("got with the old secret during the overlap", during, "token_revoked")
	if _, err := f.tokens.Verify(t.Context(), fresh); err != nil {
		t.Errorf("got with the new secret: %v", err)
	}
	if _, err := f.identity.Authenticate(t.Context(), f.app.ClientID, oldSecret); fault.As(err) == nil {
		t.Errorf("the old secret still works: %v", err)
	}
}

func TestAnotherProcessSeesTheSameKeyAndChanges(t *testing.T) {
	f := setup(t, token.Options{})
	raw := f.issue()
	other := *f
	other.open(token.Options{})
	if _, err := other.tokens.Verify(t.Context(), raw); err != nil {
		t.Errorf("the other process refuses our token: %v", err)
	}
	if string(other.jwks()) != string(f.jwks()) {
		t.Error("the other process publishes another key")
	}
	must(t, other.identity.DisableApplication(t.Context(), f.actor, f.app.ClientID))
	f.clock.at = f.clock.at.Add(2 * time.Second)
	f.refused("disabled by the other process 2 s ago", raw, "token_revoked")
}

func TestRevocationReachesOtherProcesses(t *testing.T) {
	f := setup(t, token.Options{})
	raw, kept := f.issue(), f.issue()
	other := *f
	other.open(token.Options{})
	if _, err := other.tokens.Verify(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	must(t, f.tokens.Revoke(t.Context(), f.authenticate(), raw))
	f.refused("here, at once", raw, "token_revoked")
	f.clock.at = f.clock.at.Add(2 * time.Second)
	other.refused("there, 2 s later", raw, "token_revoked")
	if _, err := other.tokens.Verify(t.Context(), kept); err != nil {
		t.Errorf("another token of the application: %v", err)
	}
	other.open(token.Options{})
	other.refused("after a restart", raw, "token_revoked")
}

func TestProcessesThatStartTogetherMakeOneKey(t *testing.T) {
	f := setup(t, token.Options{})
	if _, err := f.db.Write().Exec(`DELETE FROM signing_key`); err != nil {
		t.Fatal(err)
	}
	sets := make([]string, 4)
	var all sync.WaitGroup
	for i := range sets {
		all.Go(func() {
			s, err := token.New(t.Context(), f.db, f.box, f.identity, token.Options{Issuer: issuer})
			if err != nil {
				t.Error(err)
				return
			}
			set, err := s.JWKS(t.Context())
			if err != nil {
				t.Error(err)
			}
			sets[i] = string(set)
		})
	}
	all.Wait()
	for _, x := range sets {
		if x != sets[0] || x == "" {
			t.Fatalf("different keys: %q and %q", sets[0], x)
		}
	}
}

func TestOptions(t *testing.T) {
	f := setup(t, token.Options{})
	for name, opt := range map[string]token.Options{
		"no issuer":       {},
		"issuer no URL":   {Issuer: "omr"},
		"issuer a file":   {Issuer: "file:///x"},
		"issuer's query":  {Issuer: issuer + "?x=1"},
		"no audience":     {Issuer: issuer, Audience: []string{}},
		"empty audience":  {Issuer: issuer, Audience: []string{""}},
		"negative life":   {Issuer: issuer, TTL: -time.Second},
		"short life":      {Issuer: issuer, TTL: time.Millisecond},
		"reuse over life": {Issuer: issuer, TTL: time.Minute, Reuse: time.Minute},
		"type":            {Issuer: issuer, Type: "jose"},
	} {
		if _, err := token.New(t.Context(), f.db, f.box, f.identity, opt); fault.As(err) == nil || fault.As(err).Code != "token_option_invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	f.open(token.Options{Type: "at+jwt", Audience: []string{"mine"}})
	raw := f.issue()
	if segment(t, raw, 0)["typ"] != "at+jwt" || len(segment(t, raw, 1)["aud"].([]any)) != 1 {
		t.Errorf("header %v, claims %v", segment(t, raw, 0), segment(t, raw, 1))
	}
	if _, err := f.tokens.Verify(t.Context(), raw); err != nil {
		t.Error(err)
	}
}

func TestReuseEndsWithTheSecret(t *testing.T) {
	f := setup(t, token.Options{Reuse: time.Minute})
	first := f.issue()
	if f.issue() != first {
		t.Error("a young token is not given again")
	}
	made, err := f.identity.RotateSecret(t.Context(), f.actor, f.app.ClientID, time.Hour)
	must(t, err)
	f.secret = string(made.Secret)
	if f.issue() == first {
		t.Error("the new secret got a token of the old one")
	}
}

func TestWrongMasterKey(t *testing.T) {
	f := setup(t, token.Options{})
	other, err := seal.Load(filepath.Join(t.TempDir(), "other.key"))
	must(t, err)
	if _, err := token.New(t.Context(), f.db, other, f.identity, token.Options{Issuer: issuer}); fault.As(err) == nil || fault.As(err).Code != "sealed_invalid" {
		t.Errorf("got %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	x := setup(f, token.Options{})
	raw := x.issue()
	f.Add(raw)
	f.Add("")
	f.Add("..")
	f.Add(encode(f, map[string]any{"alg": "none"}) + "." + strings.Split(raw, ".")[1] + ".")
	f.Add(strings.Replace(raw, ".", "\n.", 1))
	f.Fuzz(func(t *testing.T, presented string) {
		caller, err := x.tokens.Verify(t.Context(), presented)
		if presented != raw && (err == nil || caller.ClientID != "") {
			t.Fatalf("accepted %q as %+v", presented, caller)
		}
		if err != nil && fault.KindOf(err) != fault.Unauthorized {
			t.Fatalf("%q: %v", presented, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	f := setup(b, token.Options{})
	raw := f.issue()
	for b.Loop() {
		if _, err := f.tokens.Verify(b.Context(), raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIssueBeyondRSA is the time of a token less that of its signature.
func BenchmarkIssueBeyondRSA(b *testing.B) {
	f := setup(b, token.Options{})
	key := f.signingKey()
	digest := sha256.Sum256([]byte("payload"))
	var whole, bare time.Duration
	n := 0
	for b.Loop() {
		start := time.Now()
		f.issue()
		middle := time.Now()
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
		whole, bare, n = whole+middle.Sub(start), bare+time.Since(middle), n+1
	}
	b.ReportMetric(float64((whole-bare).Microseconds())/float64(n), "µs_beyond_rsa")
}
