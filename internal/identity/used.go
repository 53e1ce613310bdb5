package identity

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/leafmark/leafmark/internal/db"
)

// uses gathers when credentials were last accepted, and writes it now and then: a
// write at each use would cost more than the token.
type uses struct {
	mu      sync.Mutex
	last    map[credential]time.Time
	flushed time.Time
}

type credential struct {
	clientID string
	serial   int
}

// usesEvery is how often they are written.
const usesEvery = time.Minute

func (u *uses) note(clientID string, serial int, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.last == nil {
		u.last = map[credential]time.Time{}
	}
	u.last[credential{clientID, serial}] = now
}

// flush writes them if it is time; what could not be written is kept for the next
// time.
func (u *uses) flush(ctx context.Context, s *Service) {
	now := s.now()
	u.mu.Lock()
	last := u.last
	if age := now.Sub(u.flushed); len(last) == 0 || age >= 0 && age < usesEvery {
		u.mu.Unlock()
		return
	}
	u.last, u.flushed = nil, now
	u.mu.Unlock()
	if err := s.writeUses(ctx, last); err == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for c, at := range u.last {
		last[c] = at
	}
	u.last = last
}

func (s *Service) writeUses(ctx context.Context, last map[credential]time.Time) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		for c, at := range last {
			if _, err := tx.ExecContext(ctx, `UPDATE application_secret SET used = ? WHERE client_id = ? AND serial = ? AND used < ?`,
				db.Millis(at), c.clientID, c.serial, db.Millis(at)); err != nil {
				return fmt.Errorf("note the use of a secret: %w", err)
			}
		}
		return nil
	})
}

// Flush writes what is known of the use of secrets, at the end of a process.
func (s *Service) Flush(ctx context.Context) {
	s.used.mu.Lock()
	s.used.flushed = time.Time{}
	s.used.mu.Unlock()
	s.used.flush(ctx, s)
}

// Holder is whose a secret is.
type Holder struct {
	Application Application
	Live        bool // it is accepted
}

// FindSecret tells whose secret this is, of all tenants, for who found one where
// it should not be; false: nobody's. It computes a MAC an application.
func (s *Service) FindSecret(ctx context.Context, x Secret) (Holder, bool, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT client_id, serial, mac FROM application_secret WHERE jwk = ''`)
	if err != nil {
		return Holder{}, false, unavailable("look for a secret", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	now := s.now()
	for rows.Next() {
		var id string
		var serial int
		var mac []byte
		if err := rows.Scan(&id, &serial, &mac); err != nil {
			return Holder{}, false, unavailable("look for a secret", err)
		}
		if want := s.secretMAC(id, x); !hmac.Equal(want[:], mac) {
			continue
		}
		r, err := s.fetch(ctx, id)
		if err != nil || r == nil {
			return Holder{}, false, err
		}
		return Holder{Application: r.app, Live: r.match(s.secretMAC(id, x), now) == serial && !r.app.Disabled}, true, nil
	}
	if err := rows.Err(); err != nil {
		return Holder{}, false, unavailable("look for a secret", err)
	}
	return Holder{}, false, nil
}
