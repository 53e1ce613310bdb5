package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

// headerOf is the alg and kid that a token names.
func headerOf(t *testing.T, raw string) (alg, kid string) {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(raw[:strings.IndexByte(raw, '.')])
	must(t, err)
	var h struct{ Alg, Kid string }
	must(t, json.Unmarshal(text, &h))
	return h.Alg, h.Kid
}

// states are the keys as State by kid.
func (f *fixture) states() map[string]token.KeyState {
	f.t.Helper()
	all, err := f.tokens.Keys().List(f.t.Context())
	must(f.t, err)
	out := map[string]token.KeyState{}
	for _, k := range all {
		out[k.ID] = k.State
	}
	return out
}

// twin is another process on the same data.
func (f *fixture) twin(opt token.Options) *fixture {
	f.t.Helper()
	other := *f
	other.open(opt)
	return &other
}

func (f *fixture) accepted(name, raw string) {
	f.t.Helper()
	if _, err := f.tokens.Verify(f.t.Context(), raw); err != nil {
		f.t.Errorf("%s: %v", name, err)
	}
}

// Every algorithm signs, is published and pinned.
func TestAlgorithms(t *testing.T) {
	for _, alg := range token.Algs() {
		f := setup(t, token.Options{Keys: token.KeyOptions{Alg: alg}})
		raw := f.issue()
		if got, _ := headerOf(t, raw); got != alg {
			t.Errorf("alg %s, want %s", got, alg)
		}
		f.accepted(alg, raw)
		if !strings.Contains(string(f.jwks()), `"alg":"`+alg+`"`) || strings.Contains(string(f.jwks()), `"d":`) {
			t.Errorf("%s: the key set is %s", alg, f.jwks())
		}
		f.clock.at = f.clock.at.Add(time.Hour)
		f.refused(alg+" expired", raw, "token_expired")
	}
}

// A rotation goes published, used, retired, and no token is lost on the way; a
// second process follows.
func TestRotation(t *testing.T) {
	f := setup(t, token.Options{Keys: token.KeyOptions{Publish: time.Hour, Longest: 2 * time.Hour}})
	other := f.twin(token.Options{Keys: token.KeyOptions{Publish: time.Hour, Longest: 2 * time.Hour}})
	old := f.issue()
	_, first := headerOf(t, old)
	must(t, f.tokens.Keys().Rotate(t.Context(), f.actor))

	if got := f.states(); len(got) != 2 || got[first] != token.KeyActive {
		t.Fatalf("after the rotation: %v", got)
	}
	if _, kid := headerOf(t, f.issue()); kid != first {
		t.Error("a key signs that was not published long enough")
	}
	f.clock.at = f.clock.at.Add(2 * time.Second)
	if strings.Count(string(other.jwks()), `"kid"`) != 2 {
		t.Errorf("two seconds later the other process publishes %s", other.jwks())
	}

	f.clock.at = f.clock.at.Add(time.Hour - 2*time.Second - time.Millisecond)
	late := f.issue() // the last one of the old key
	f.clock.at = f.clock.at.Add(time.Millisecond)
	raw := f.issue()
	if _, kid := headerOf(t, raw); kid == first {
		t.Error("the published key does not sign")
	}
	other.accepted("a token of the new key, elsewhere", raw)
	f.accepted("a token of the old key", late)
	if got := f.states(); got[first] != token.KeyLast {
		t.Errorf("the old key is %s", got[first])
	}

	f.clock.at = f.clock.at.Add(2*time.Hour + time.Minute)
	if got := f.states(); got[first] != token.KeyRetired || strings.Contains(string(f.jwks()), first) {
		t.Errorf("the old key is %s, the key set %s", got[first], f.jwks())
	}
	f.refused("signed by a retired key", old, "invalid_token")
	f.accepted("the installation still issues", f.issue())

	f.clock.at = f.clock.at.Add(25 * time.Hour)
	must(t, f.tokens.Keys().RotateDue(t.Context()))
	if got := f.states(); len(got) != 1 {
		t.Errorf("a day later: %v", got)
	}
}

// A leaked key is replaced at once, everywhere.
func TestReplace(t *testing.T) {
	f := setup(t, token.Options{})
	other := f.twin(token.Options{})
	raw := f.issue()
	other.accepted("before", raw)
	must(t, f.tokens.Keys().Replace(t.Context(), f.actor))
	f.refused("here, at once", raw, "invalid_token")
	f.clock.at = f.clock.at.Add(2 * time.Second)
	other.refused("elsewhere, 2 s later", raw, "invalid_token")
	fresh := f.issue()
	f.accepted("a new token", fresh)
	other.accepted("a new token, elsewhere", fresh)
}

// Keys follow each other by their age, one a time however many nodes ask.
func TestRotationByAge(t *testing.T) {
	opt := token.Options{Keys: token.KeyOptions{Life: 48 * time.Hour, Publish: time.Hour}}
	f := setup(t, opt)
	other := f.twin(opt)
	due := func(want int) {
		t.Helper()
		for _, x := range []*fixture{f, other, f} {
			must(t, x.tokens.Keys().RotateDue(t.Context()))
		}
		if got := f.states(); len(got) != want {
			t.Errorf("%d keys, want %d: %v", len(got), want, got)
		}
	}
	due(1)
	f.clock.at = f.clock.at.Add(47*time.Hour - time.Second)
	due(1)
	f.clock.at = f.clock.at.Add(2 * time.Second)
	due(2)
	f.clock.at = f.clock.at.Add(2 * time.Hour)
	due(2)
	f.accepted("a token", f.issue())
}

// Another algorithm is taken up at the next start; tokens of before stay good.
func TestChangeOfAlgorithm(t *testing.T) {
	f := setup(t, token.Options{})
	old := f.issue()
	f.open(token.Options{Keys: token.KeyOptions{Alg: "EdDSA"}})
	if alg, _ := headerOf(t, f.issue()); alg != "EdDSA" {
		t.Errorf("signs with %s", alg)
	}
	f.accepted("RS256 of before", old)
}

// remote is a signer far away: its private key is nowhere here, and it may fail.
type remote struct {
	key  crypto.Signer
	down atomic.Bool
}

func (r *remote) Public() crypto.PublicKey { return r.key.Public() }

func (r *remote) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if r.down.Load() {
		return nil, errors.New("the signer does not answer")
	}
	return r.key.Sign(random, digest, opts)
}

// A remote signer of each kind signs; nothing of it is stored.
func TestRemoteSigner(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	for _, key := range []crypto.Signer{rsaKey, ecKey, edKey} {
		far := &remote{key: key}
		f := setup(t, token.Options{Keys: token.KeyOptions{Signers: []crypto.Signer{far}}})
		raw := f.issue()
		f.accepted("a token", raw)
		all, err := f.tokens.Keys().List(t.Context())
		must(t, err)
		if len(all) != 1 || !all[0].Outside || all[0].State != token.KeyActive {
			t.Errorf("%T: keys %+v", key, all)
		}
		far.down.Store(true)
		if _, err := f.tokens.Issue(t.Context(), f.authenticate(), nil); err == nil {
			t.Errorf("%T: a token without a signature", key)
		}
		f.accepted("verifying needs no signer", raw)
	}
}

func TestParseAndImport(t *testing.T) {
	f := setup(t, token.Options{Keys: token.KeyOptions{Publish: time.Minute}})
	pemOf := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	good, err := rsa.GenerateKey(rand.Reader, 3072)
	must(t, err)
	parsed, err := token.ParseKey(pemOf(good))
	must(t, err)
	must(t, f.tokens.Keys().Import(t.Context(), f.actor, parsed))
	if e := fault.As(f.tokens.Keys().Import(t.Context(), f.actor, parsed)); e == nil || e.Code != "signing_key_exists" {
		t.Errorf("twice: %v", e)
	}
	f.clock.at = f.clock.at.Add(time.Minute)
	raw := f.issue()
	f.accepted("signed by the imported key", raw)

	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	if e := fault.As(f.tokens.Keys().Import(t.Context(), f.actor, ed)); e == nil || e.Code != "signing_key_unfit" || e.Cure == "" {
		t.Errorf("another algorithm: %v", e)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	for name, text := range map[string][]byte{
		"1024 bits": pemOf(small), "P-384": pemOf(p384), "no PEM": []byte("x"),
		"a public key": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte{1}}),
		"garbage":      pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}),
	} {
		if _, err := token.ParseKey(text); fault.As(err) == nil || fault.As(err).Code != "signing_key_unfit" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An application may be held to less than all, and to shorter tokens; what it has
// already is bound by it too.
func TestLimits(t *testing.T) {
	f := setup(t, token.Options{})
	before := f.issue()
	must(t, f.identity.LimitApplication(t.Context(), f.actor, f.app.ClientID, []string{"omr:read", "storage"}, 5*time.Minute))
	may := func(name, raw, want string) {
		t.Helper()
		c, err := f.tokens.Verify(t.Context(), raw)
		if err != nil || strings.Join(c.Scopes, " ") != want {
			t.Errorf("%s: %q, %v; want %q", name, c.Scopes, err, want)
		}
	}
	may("a token of before", before, "omr:read storage")
	for _, c := range []struct{ asked, may, told string }{
		{"", "omr:read storage", ""},
		{"api.platform", "omr:read storage", "omr:read storage"},
		{"omr", "omr:read", "omr:read"},
		{"omr:read", "omr:read", ""},
		{"storage:write storage:read", "storage:read storage:write", ""},
		{"omr storage:read", "omr:read storage:read", "omr:read storage:read"},
	} {
		got, err := f.tokens.Issue(t.Context(), f.authenticate(), strings.Fields(c.asked))
		must(t, err)
		may("asked for "+c.asked, got.AccessToken, c.may)
		if got.Scope != c.told || got.ExpiresIn != 300 {
			t.Errorf("asked for %q: told %q for %d s", c.asked, got.Scope, got.ExpiresIn)
		}
	}
	for _, asked := range []string{"omr:generate", "omr:all", "OMR"} {
		if _, err := f.tokens.Issue(t.Context(), f.authenticate(), []string{asked}); fault.As(err) == nil || fault.As(err).Code != "invalid_scope" {
			t.Errorf("%s: %v", asked, err)
		}
	}
	c, err := f.tokens.Verify(t.Context(), f.issue("omr:read"))
	if err != nil || !c.Has("omr:read") || c.Has("omr:generate") || c.Has("omr") || c.Has("storage:read") {
		t.Errorf("omr:read allows %q, %v", c.Scopes, err)
	}
	for _, wrong := range []time.Duration{time.Second, 48 * time.Hour, time.Minute + time.Millisecond} {
		if err := f.identity.LimitApplication(t.Context(), f.actor, f.app.ClientID, nil, wrong); fault.As(err) == nil {
			t.Errorf("tokens of %s: %v", wrong, err)
		}
	}
	must(t, f.identity.LimitApplication(t.Context(), f.actor, f.app.ClientID, nil, 0))
	may("all again", f.issue(), "omr storage")
}
