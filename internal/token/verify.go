package token

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leafmark/leafmark/omr/fault"
)

const (
	maxToken      = 8 << 10 // bytes; ours are below 4 KiB
	notBeforeSlip = 60      // seconds that clocks may differ, spec/api.md 2.5
)

// Verify tells who presented raw, the text after "Bearer ". What Verify checks is
// spec/api.md 2.5: three parts; the algorithm that the key named by kid is pinned
// to; its signature; issuer; audience; exp without leeway; nbf with 60 s; the
// application and the secret the token was got with. Keys in the header are never
// looked at; crit refuses. Faults, all Unauthorized: missing_token, invalid_token,
// token_expired (the Caller then tells when), token_revoked; and
// identity_unavailable.
func (s *Service) Verify(ctx context.Context, raw string) (Caller, error) {
	if raw == "" {
		return Caller{}, &fault.Error{
			Code: "missing_token", Kind: fault.Unauthorized,
			Cause: "no access token was sent",
			Cure:  "request one from /connect/token and send it as Authorization: Bearer TOKEN",
		}
	}
	payload, err := s.signedBy(ctx, raw)
	if err != nil {
		return Caller{}, err
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return Caller{}, invalid(err)
	}
	if err := s.check(&c); err != nil {
		return Caller{}, err
	}
	expires := time.Unix(c.Expires, 0).UTC()
	if !s.now().Before(expires) {
		return Caller{Expires: expires}, &fault.Error{
			Code: "token_expired", Kind: fault.Unauthorized,
			Cause: "the access token expired at " + expires.Format(time.RFC3339),
			Cure:  "request a new one from /connect/token",
		}
	}
	may, err := s.alive(ctx, &c)
	if err != nil {
		return Caller{}, err
	}
	return Caller{
		Tenant:   c.Tenant,
		ClientID: c.ClientID,
		Scopes:   within(rights(c.Scope), may),
		TokenID:  c.ID,
		Issued:   time.Unix(c.IssuedAt, 0).UTC(),
		Expires:  expires,
	}, nil
}

// signedBy is the payload of raw if one of our keys signed it. Faults
// invalid_token and signing_key_unavailable.
func (s *Service) signedBy(ctx context.Context, raw string) ([]byte, error) {
	ring, err := s.keys.current(ctx)
	if err != nil {
		return nil, err
	}
	payload, err := ring.payload(raw, s.now())
	if err != nil {
		return nil, invalid(err)
	}
	return payload, nil
}

// payload is that of raw if a key of the ring signed it that still counts.
func (r *ring) payload(raw string, now time.Time) ([]byte, error) {
	if len(raw) > maxToken {
		return nil, errors.New("the token is too long")
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, errors.New("not three parts")
	}
	for _, part := range parts {
		if !canonical(part) {
			return nil, errors.New("a part is not canonical base64url")
		}
	}
	var header struct {
		KeyID string          `json:"kid"`
		Crit  json.RawMessage `json:"crit"`
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, err
	}
	if header.Crit != nil {
		return nil, errors.New("crit in the header")
	}
	key, ok := r.byID[header.KeyID]
	if !ok || !key.good(now) {
		return nil, errors.New("unknown kid")
	}
	// Parsed for this key's algorithm alone: none, HS256 with the public key as
	// secret and all others fail here.
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{key.alg})
	if err != nil {
		return nil, err
	}
	return signed.Verify(key.public)
}

// canonical tells whether part is base64url as an encoder writes it. A lenient
// decoder skips line breaks and unused bits, so that one signature would have many
// spellings and a changed token could pass as the same.
func canonical(part string) bool {
	if strings.ContainsAny(part, "\r\n") {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return err == nil
}

func (s *Service) check(c *claims) error {
	meant := slices.ContainsFunc(c.Audience, func(a string) bool { return slices.Contains(s.opt.Audience, a) })
	switch {
	case c.Issuer != s.opt.Issuer:
		return invalid(errors.New("foreign issuer"))
	case !meant:
		return invalid(errors.New("foreign audience"))
	case c.ClientID == "" || c.Subject != c.ClientID || c.ID == "":
		return invalid(errors.New("a claim is missing"))
	case c.NotBefore > s.now().Unix()+notBeforeSlip:
		return invalid(errors.New("not valid yet"))
	}
	return nil
}

// alive refuses tokens of applications that may no longer, of secrets that have
// stopped, and those that were revoked. may is what the application may at most.
func (s *Service) alive(ctx context.Context, c *claims) (may []string, err error) {
	state, err := s.identity.State(ctx, c.ClientID)
	if err != nil {
		return nil, err
	}
	dead := !state.Exists || state.Disabled || state.Tenant != c.Tenant || !state.Accepts(c.Secret, s.now())
	if !dead {
		if dead, err = s.isRevoked(ctx, c.ID); err != nil {
			return nil, err
		}
	}
	if dead {
		return nil, &fault.Error{
			Code: "token_revoked", Kind: fault.Unauthorized,
			Cause: "the access token was revoked",
			Cure:  "request a new one from /connect/token with the application's present credentials",
		}
	}
	return state.Scopes, nil
}

func invalid(err error) error {
	return &fault.Error{
		Code: "invalid_token", Kind: fault.Unauthorized,
		Cause: "the access token is not valid",
		Cure:  "request a new one from /connect/token of this server",
		Err:   err,
	}
}
