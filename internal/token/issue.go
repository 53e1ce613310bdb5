package token

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
)

// Issue signs a token for app, as identity.Authenticate returned it, with the
// scopes asked for; none: all that it may. Fault invalid_scope.
func (s *Service) Issue(ctx context.Context, app identity.Application, scopes []string) (Issued, error) {
	scope, err := grant(scopes)
	if err != nil {
		return Issued{}, err
	}
	if err := ctx.Err(); err != nil {
		return Issued{}, err // the client is gone; a signature is the dearest thing here
	}
	if s.opt.Reuse == 0 {
		issued, _, err := s.sign(app, scope)
		return issued, err
	}
	return s.reuse.get(reuseKey{app.ClientID, app.SecretSerial, scope}, s.opt.Reuse, s.now, func() (Issued, time.Time, error) {
		return s.sign(app, scope)
	})
}

func (s *Service) sign(app identity.Application, scope string) (Issued, time.Time, error) {
	now := s.now()
	expires := now.Truncate(time.Second).Add(s.opt.TTL)
	var id [16]byte
	rand.Read(id[:])
	payload, err := json.Marshal(claims{
		Issuer:    s.opt.Issuer,
		Subject:   app.ClientID,
		ClientID:  app.ClientID,
		Audience:  s.opt.Audience,
		Scope:     strings.Fields(scope),
		IssuedAt:  now.Unix(),
		NotBefore: now.Unix(),
		Expires:   expires.Unix(),
		ID:        base64.RawURLEncoding.EncodeToString(id[:]),
		Tenant:    app.Tenant,
		Secret:    app.SecretSerial,
	})
	if err != nil {
		return Issued{}, time.Time{}, fmt.Errorf("write claims: %w", err)
	}
	signed, err := s.keys.signer.Sign(payload)
	if err != nil {
		return Issued{}, time.Time{}, fmt.Errorf("sign a token: %w", err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		return Issued{}, time.Time{}, fmt.Errorf("write a token: %w", err)
	}
	return Issued{AccessToken: raw, ExpiresIn: int(s.opt.TTL / time.Second)}, expires, nil
}
