// Package token issues and verifies access tokens and keeps the signing keys.
// No HTTP.
//
// In: an authenticated application, scopes. Out: compact JWS (RS256, RFC 9068
// claims), the JWKS, the Caller of a presented token. Verification is local: the
// database is read once a second, not once a token; revocations and disabled
// applications are known within 2 s. Source: spec/api.md 2.5, 2.6; docs/adr/0002.
//
// Faults of Issue: invalid_scope. Of Verify: missing_token, invalid_token,
// token_expired, token_revoked, identity_unavailable. Of Revoke: those of Verify
// and foreign_token. Of New: token_option_invalid,
// sealed_invalid, signing_key_unavailable. Safe for concurrent use.
package token

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/omr/fault"
)

// DefaultTTL is how long a token is valid unless Options say otherwise.
const DefaultTTL = time.Hour

// Caller is who presented a valid access token.
type Caller struct {
	Tenant   string
	ClientID string   // of the application
	Scopes   []string // of identity.Scopes: whole parts, else single rights
	TokenID  string   // jti
	Issued   time.Time
	Expires  time.Time
}

// Has tells whether the token allows what a scope of identity.Scopes names.
func (c Caller) Has(scope string) bool { return has(c.Scopes, scope) }

// Issued is a token with what its receiver is told of it.
type Issued struct {
	AccessToken string
	ExpiresIn   int    // seconds left
	Scope       string // only when narrower than asked for
}

// LogValue hides the token from logs.
func (i Issued) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("expires_in", i.ExpiresIn))
}

// Options of a Service.
type Options struct {
	Issuer   string        // iss: the URL the installation is reached at, without a final slash
	Audience []string      // aud; nil: ISSUER/resources, api.platform, api.products
	TTL      time.Duration // validity, whole seconds; 0: DefaultTTL
	Reuse    time.Duration // a token so young is given again to the same client and scope; 0: never
	Type     string        // header typ: JWT or at+jwt (RFC 9068); empty: JWT
	Keys     KeyOptions    // Type and Now are taken from here
	Now      func() time.Time
}

// Service issues and verifies tokens.
type Service struct {
	db       *db.DB
	identity *identity.Service
	opt      Options
	now      func() time.Time
	keys     *Keys
	reuse    reuse
	revoked  revoked
}

// New is the Service on an open database. At the first start of an installation
// it makes the signing key; of processes that start together one makes it.
func New(ctx context.Context, database *db.DB, box *seal.Box, people *identity.Service, opt Options) (*Service, error) {
	if opt.TTL == 0 {
		opt.TTL = DefaultTTL
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if err := opt.check(); err != nil {
		return nil, err
	}
	if opt.Audience == nil {
		opt.Audience = []string{opt.Issuer + "/resources", "api.platform", "api.products"}
	}
	opt.Keys.Type, opt.Keys.Now = opt.Type, opt.Now
	opt.Keys.Longest = max(opt.Keys.Longest, opt.TTL)
	keys, err := NewKeys(ctx, database, box, opt.Keys)
	if err != nil {
		return nil, err
	}
	return &Service{
		db: database, identity: people, opt: opt, now: opt.Now, keys: keys,
		reuse:   reuse{slots: map[reuseKey]*reuseSlot{}},
		revoked: revoked{until: map[string]time.Time{}},
	}, nil
}

func (o Options) check() error {
	wrong := func(cause, cure string) error {
		return &fault.Error{Code: "token_option_invalid", Kind: fault.Invalid, Cause: cause, Cure: cure}
	}
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "":
		return wrong(fmt.Sprintf("the issuer %q is not an http or https URL without query", o.Issuer), "give --issuer as https://omr.example.org")
	case o.Audience != nil && (len(o.Audience) == 0 || slices.Contains(o.Audience, "")):
		return wrong("the list of audiences is empty, or has an empty member", "name at least one --audience, or leave it out")
	case o.TTL < time.Second:
		return wrong(fmt.Sprintf("tokens would be valid for %s", o.TTL), "give --token-ttl of at least 1s")
	case o.Reuse < 0 || o.Reuse >= o.TTL:
		return wrong(fmt.Sprintf("tokens of %s would be given again for %s", o.TTL, o.Reuse), "give --token-reuse shorter than --token-ttl, or 0")
	}
	return nil
}

// Issuer is the iss of the tokens.
func (s *Service) Issuer() string { return s.opt.Issuer }

// Keys are the signing keys.
func (s *Service) Keys() *Keys { return s.keys }

// JWKS is the set of public keys that tokens may be signed with (RFC 7517), as JSON.
func (s *Service) JWKS(ctx context.Context) ([]byte, error) { return s.keys.JWKS(ctx) }
