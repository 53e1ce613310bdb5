package token

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

// CodeForeign is the fault of revoking another application's token.
const CodeForeign = "foreign_token"

// revokedEvery is how old what is known of revocations may be.
const revokedEvery = time.Second

// revoked is the tokens refused before they expire, those that other processes
// revoked included.
type revoked struct {
	mu    sync.Mutex
	until map[string]time.Time // jti -> expiry, after which it is refused anyway
	last  int64                // id of the newest row taken in
	asOf  time.Time
}

// Revoke refuses a token from now on, here at once and everywhere within 2 s. One
// that is not valid any more is no fault of the caller's (RFC 7009 2.2): the fault
// of Verify tells. Fault foreign_token when it is another application's.
func (s *Service) Revoke(ctx context.Context, app identity.Application, raw string) error {
	caller, err := s.Verify(ctx, raw)
	if err != nil {
		return err
	}
	if caller.ClientID != app.ClientID {
		return &fault.Error{
			Code: CodeForeign, Kind: fault.Forbidden,
			Cause: "the token was issued to another application", Cure: "revoke it with that application's credentials",
		}
	}
	now := s.now()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM revoked_token WHERE expires <= ?`, db.Millis(now)); err != nil {
			return fmt.Errorf("forget expired tokens: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO revoked_token (jti, expires) VALUES (?, ?) ON CONFLICT (jti) DO NOTHING`, caller.TokenID, db.Millis(caller.Expires)); err != nil {
			return fmt.Errorf("revoke token: %w", err)
		}
		by := audit.Actor{Tenant: app.Tenant, Kind: "application", ID: app.ClientID}
		return audit.Record(ctx, tx, now, by, "token.revoke", caller.TokenID, "")
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	s.revoked.mu.Lock()
	defer s.revoked.mu.Unlock()
	s.revoked.until[caller.TokenID] = caller.Expires
	return nil
}

// isRevoked tells whether the token with this jti was revoked. Where that cannot
// be known it is a fault: better none gets in than one too many.
func (s *Service) isRevoked(ctx context.Context, jti string) (bool, error) {
	r := &s.revoked
	r.mu.Lock()
	defer r.mu.Unlock()
	now := s.now()
	if age := now.Sub(r.asOf); age < 0 || age >= revokedEvery {
		if err := s.readRevoked(ctx, now); err != nil {
			return false, &fault.Error{
				Code: "identity_unavailable", Kind: fault.Unavailable,
				Cause: "the database does not answer", Cure: "try again in a few seconds", Err: err,
			}
		}
	}
	_, is := r.until[jti]
	return is, nil
}

// readRevoked takes in what is new; s.revoked is locked.
func (s *Service) readRevoked(ctx context.Context, now time.Time) error {
	r := &s.revoked
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id, jti, expires FROM revoked_token WHERE id > ? ORDER BY id`, r.last)
	if err != nil {
		return fmt.Errorf("read revoked tokens: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		var jti string
		var expires int64
		if err := rows.Scan(&r.last, &jti, &expires); err != nil {
			return fmt.Errorf("read revoked tokens: %w", err)
		}
		r.until[jti] = db.Time(expires)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read revoked tokens: %w", err)
	}
	for jti, expires := range r.until {
		if !now.Before(expires) {
			delete(r.until, jti)
		}
	}
	r.asOf = now
	return nil
}
