package connect_test

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
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leafmark/leafmark/internal/api/connect"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// signed is a compact JWS of claims, with more header members.
func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, claims map[string]any, header map[string]any) string {
	t.Helper()
	opts := &jose.SignerOptions{}
	for k, v := range header {
		opts.WithHeader(jose.HeaderKey(k), v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, opts)
	must(t, err)
	text, err := json.Marshal(claims)
	must(t, err)
	jws, err := signer.Sign(text)
	must(t, err)
	raw, err := jws.CompactSerialize()
	must(t, err)
	return raw
}

func publicPEM(t *testing.T, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

var jti int

// claims are those of a good assertion, changed.
func (s *server) claims(change map[string]any) map[string]any {
	jti++
	c := map[string]any{
		"iss": s.id, "sub": s.id, "aud": s.URL + "/connect/token", "jti": fmt.Sprint("j", jti),
		"exp": s.clock.at.Unix() + 60, "iat": s.clock.at.Unix(),
	}
	maps.Copy(c, change)
	for k, v := range change {
		if v == nil {
			delete(c, k)
		}
	}
	return c
}

func (s *server) assert(raw string, more ...string) answer {
	form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {assertionType}, "client_assertion": {raw}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return s.do("POST", "/connect/token", "application/x-www-form-urlencoded", form.Encode())
}

// A token for a key of each kind (RFC 7523 2.2), and for each way to register it.
func TestAssertion(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	edPublic, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p384.Public(), KeyID: "p"}, {Key: edPublic, KeyID: "e", Algorithm: "EdDSA"}}})
	must(t, err)
	for _, text := range [][]byte{publicPEM(t, rsaKey.Public()), publicPEM(t, p256.Public()), set} {
		_, err = s.identity.AddClientKey(t.Context(), s.actor, s.id, text)
		must(t, err)
	}
	for alg, key := range map[jose.SignatureAlgorithm]any{jose.RS256: rsaKey, jose.PS256: rsaKey, jose.ES256: p256, jose.ES384: p384, jose.EdDSA: ed} {
		a := s.assert(signed(t, alg, key, s.claims(nil), nil))
		if a.status != 200 || a.AccessToken == "" {
			t.Errorf("%s: %d %s %s", alg, a.status, a.Error, a.Description)
			continue
		}
		if caller, err := s.tokens.Verify(t.Context(), a.AccessToken); err != nil || caller.ClientID != s.id {
			t.Errorf("%s: the token is %v, %v", alg, caller, err)
		}
	}
	for name, change := range map[string]map[string]any{
		"issuer as audience": {"aud": s.URL}, "among others": {"aud": []string{"https://other", s.URL + "/"}},
		"no iat": {"iat": nil}, "upper case id": {"iss": strings.ToUpper(s.id), "sub": strings.ToUpper(s.id)},
	} {
		if a := s.assert(signed(t, jose.EdDSA, ed, s.claims(change), map[string]any{"kid": "e"})); a.status != 200 {
			t.Errorf("%s: %d %s", name, a.status, a.Description)
		}
	}
	if a := s.assert(signed(t, jose.EdDSA, ed, s.claims(nil), nil), "client_id", strings.ToUpper(s.id)); a.status != 200 {
		t.Errorf("client_id beside: %d %s", a.status, a.Description)
	}
	// Secrets work on, and rotating one does not touch the keys.
	if _, err := s.identity.RotateSecret(t.Context(), s.actor, s.id, 0); err != nil {
		t.Fatal(err)
	}
	a := s.assert(signed(t, jose.EdDSA, ed, s.claims(nil), nil))
	if a.status != 200 {
		t.Errorf("after the secret's rotation: %d %s", a.status, a.Description)
	}
	// Removing the key ends it and its tokens.
	must(t, s.identity.RemoveClientKey(t.Context(), s.actor, s.id, "e"))
	if a := s.assert(signed(t, jose.EdDSA, ed, s.claims(nil), nil)); a.status != 400 || a.Error != "invalid_client" {
		t.Errorf("after its removal: %d %s", a.status, a.Error)
	}
	if _, err := s.tokens.Verify(t.Context(), a.AccessToken); fault.As(err) == nil || fault.As(err).Code != "token_revoked" {
		t.Errorf("the token of a removed key: %v", err)
	}
}

// None of these is a proof (RFC 7523 3, RFC 8725).
func TestForgedAssertions(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	_, err = s.identity.AddClientKey(t.Context(), s.actor, s.id, publicPEM(t, key.Public()))
	must(t, err)
	other, _, err := s.identity.CreateApplication(t.Context(), s.actor, identity.NewApplication{Name: "other"})
	must(t, err)
	now := s.clock.at.Unix()
	good := func(change map[string]any, header map[string]any) string {
		return signed(t, jose.RS256, key, s.claims(change), header)
	}
	b64 := func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }
	text, _ := json.Marshal(s.claims(nil))
	none := b64(`{"alg":"none"}`) + "." + b64(string(text)) + "."
	whole := good(nil, nil)
	parts := strings.Split(whole, ".")
	cases := map[string]string{
		"a foreign key":            signed(t, jose.RS256, foreign, s.claims(nil), nil),
		"jwk in the header":        signed(t, jose.RS256, foreign, s.claims(nil), map[string]any{"jwk": jose.JSONWebKey{Key: foreign.Public()}}),
		"jku in the header":        signed(t, jose.RS256, foreign, s.claims(nil), map[string]any{"jku": "https://evil.example/jwks"}),
		"alg none":                 none,
		"HS256 with the PEM":       signed(t, jose.HS256, publicPEM(t, key.Public()), s.claims(nil), nil),
		"RS512":                    signed(t, jose.RS512, key, s.claims(nil), nil),
		"kid of nobody":            good(nil, map[string]any{"kid": "../../etc/passwd"}),
		"kid as SQL":               good(nil, map[string]any{"kid": "' OR 1=1 --"}),
		"changed payload":          parts[0] + "." + b64(string(text)) + "." + parts[2],
		"no signature":             parts[0] + "." + parts[1] + ".",
		"line break in a part":     parts[0] + "." + parts[1] + "\n." + parts[2],
		"four parts":               whole + ".x",
		"JSON serialization":       `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"another's subject":        good(map[string]any{"sub": other.ClientID}, nil),
		"another application":      good(map[string]any{"sub": other.ClientID, "iss": other.ClientID}, nil),
		"no subject":               good(map[string]any{"sub": nil}, nil),
		"no issuer":                good(map[string]any{"iss": nil}, nil),
		"no audience":              good(map[string]any{"aud": nil}, nil),
		"foreign audience":         good(map[string]any{"aud": "https://other.example/connect/token"}, nil),
		"audience with a suffix":   good(map[string]any{"aud": s.URL + "/connect/token/x"}, nil),
		"no exp":                   good(map[string]any{"exp": nil}, nil),
		"expired beyond the slip":  good(map[string]any{"exp": now - 61}, nil),
		"exp as text":              good(map[string]any{"exp": "9999999999"}, nil),
		"exp far away":             good(map[string]any{"exp": now + 3600}, nil),
		"exp huge":                 good(map[string]any{"exp": 1e300}, nil),
		"exp negative":             good(map[string]any{"exp": -1}, nil),
		"not yet valid":            good(map[string]any{"nbf": now + 61}, nil),
		"issued in the future":     good(map[string]any{"iat": now + 61}, nil),
		"no jti":                   good(map[string]any{"jti": nil}, nil),
		"empty jti":                good(map[string]any{"jti": ""}, nil),
		"jti as number":            good(map[string]any{"jti": 7}, nil),
		"jti too long":             good(map[string]any{"jti": strings.Repeat("j", 300)}, nil),
		"an access token of ours":  "",
		"too long":                 good(map[string]any{"pad": strings.Repeat("x", 9000)}, nil),
		"two audiences, none ours": good(map[string]any{"aud": []string{"a", "b"}}, nil),
	}
	issued, err := s.tokens.Issue(t.Context(), s.app, nil)
	must(t, err)
	cases["an access token of ours"] = issued.AccessToken
	for name, raw := range cases {
		a := s.assert(raw)
		if a.status != 400 && a.status != 429 || a.AccessToken != "" {
			t.Errorf("%s: %d %s", name, a.status, a.Description)
		}
		if strings.Contains(a.Description, "jti") && a.Error == "invalid_client" {
			t.Errorf("%s: the answer tells a forger how far they came: %s", name, a.Description)
		}
	}
	if a := s.assert(whole); a.status != 200 {
		t.Fatalf("the good one: %d %s", a.status, a.Description)
	}
	if a := s.assert(whole); a.status == 200 {
		t.Error("an assertion is good twice")
	}
	s.clock.at = s.clock.at.Add(2 * time.Minute)
	if a := s.assert(whole); a.status == 200 {
		t.Error("an expired assertion is good")
	}
	for name, more := range map[string][]string{
		"a secret beside it": {"client_secret", s.secret}, "another type": {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
	} {
		if a := s.assert(good(nil, nil), more...); a.status != 400 || a.Error != "invalid_request" {
			t.Errorf("%s: %d %s", name, a.status, a.Error)
		}
	}
	if a := s.assert(good(nil, nil), "client_id", other.ClientID); a.status == 200 {
		t.Error("another client_id beside it")
	}
	must(t, s.identity.DisableApplication(t.Context(), s.actor, s.id))
	if a := s.assert(good(nil, nil)); a.status == 200 {
		t.Error("a disabled application gets a token")
	}
}

// What is no fit public key is refused with its cure.
func TestUnfitClientKeys(t *testing.T) {
	s := serve(t, connect.Deps{}, token.Options{})
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	must(t, err)
	good, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	private, err := json.Marshal(jose.JSONWebKey{Key: good})
	must(t, err)
	shared, err := json.Marshal(jose.JSONWebKey{Key: []byte("0123456789abcdef0123456789abcdef")})
	must(t, err)
	wrongAlg, err := json.Marshal(jose.JSONWebKey{Key: good.Public(), Algorithm: "RS256"})
	must(t, err)
	for name, text := range map[string][]byte{
		"1024 bits": publicPEM(t, small.Public()), "P-521": publicPEM(t, p521.Public()),
		"private": private, "shared": shared, "another algorithm": wrongAlg,
		"nothing": nil, "garbage": []byte("{}"), "empty set": []byte(`{"keys":[]}`), "long": make([]byte, 1<<15),
		"a certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}),
	} {
		_, err := s.identity.AddClientKey(t.Context(), s.actor, s.id, text)
		if e := fault.As(err); e == nil || e.Code != "client_key_invalid" || e.Cure == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range 11 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		_, err = s.identity.AddClientKey(t.Context(), s.actor, s.id, publicPEM(t, key.Public()))
		if e := fault.As(err); (i == 10) != (e != nil && e.Code == "client_key_limit") {
			t.Errorf("key %d: %v", i+1, err)
		}
	}
}
