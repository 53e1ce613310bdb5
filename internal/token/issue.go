package token

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
)

// Issue signs a token for app, as identity.Authenticate returned it, with the
// scopes asked for; none: all that it may. Fault invalid_scope.
func (s *Service) Issue(ctx context.Context, app identity.Application, scopes []string) (Issued, error) {
	scope, narrower, err := grant(app.Scopes, scopes)
	if err != nil {
		return Issued{}, err
	}
	if err := ctx.Err(); err != nil {
		return Issued{}, err // the client is gone; a signature is the dearest thing here
	}
	if s.opt.Reuse == 0 {
		made, err := s.sign(ctx, app, scope)
		return made.told(narrower), err
	}
	slot := s.reuse.slot(reuseKey{app.ClientID, app.SecretSerial, scope}, s.opt.Reuse, s.now())
	slot.mu.Lock()
	defer slot.mu.Unlock()
	if again, ok := slot.young(s.opt.Reuse, s.now()); ok {
		dead, err := s.isRevoked(ctx, slot.made.id)
		if err != nil {
			return Issued{}, err
		}
		if !dead {
			return signed{Issued: again, scope: scope}.told(narrower), nil
		}
	}
	made, err := s.sign(ctx, app, scope)
	if err != nil {
		return Issued{}, err
	}
	slot.made = made
	return made.told(narrower), nil
}

// signed is a new token with what Reuse must know of it.
type signed struct {
	Issued
	scope       string
	id          string
	at, expires time.Time
}

func (s *Service) sign(ctx context.Context, app identity.Application, scope string) (signed, error) {
	now := s.now()
	ring, err := s.keys.current(ctx)
	if err != nil {
		return signed{}, err
	}
	key := ring.signer(now)
	if key == nil {
		return signed{}, keyless(errors.New("no key signs at present"))
	}
	expires := now.Truncate(time.Second).Add(s.lifeOf(app))
	var random [16]byte
	rand.Read(random[:])
	id := base64.RawURLEncoding.EncodeToString(random[:])
	payload, err := json.Marshal(claims{
		Issuer:    s.opt.Issuer,
		Subject:   app.ClientID,
		ClientID:  app.ClientID,
		Audience:  s.opt.Audience,
		Scope:     strings.Fields(scope),
		IssuedAt:  now.Unix(),
		NotBefore: now.Unix(),
		Expires:   expires.Unix(),
		ID:        id,
		Tenant:    app.Tenant,
		Secret:    app.SecretSerial,
	})
	if err != nil {
		return signed{}, fmt.Errorf("write claims: %w", err)
	}
	raw, err := key.sign(payload)
	if err != nil {
		return signed{}, err
	}
	issued := Issued{AccessToken: raw, ExpiresIn: int(s.lifeOf(app) / time.Second)}
	return signed{Issued: issued, scope: scope, id: id, at: now, expires: expires}, nil
}

// told is what the client is told: the scope only where it is less than it asked
// for (RFC 6749 5.1).
func (x signed) told(narrower bool) Issued {
	if narrower {
		x.Scope = x.scope
	}
	return x.Issued
}

// lifeOf is the life of an application's tokens: its own within the installation's.
func (s *Service) lifeOf(app identity.Application) time.Duration {
	if app.TokenTTL > 0 {
		return min(app.TokenTTL, s.opt.TTL)
	}
	return s.opt.TTL
}
