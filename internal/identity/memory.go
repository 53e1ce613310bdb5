package identity

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leafmark/leafmark/internal/db"
)

const (
	pollEvery = 500 * time.Millisecond
	// freshFor is how old the memory may be and still be believed. With the time
	// of a request it keeps the promise of 2 s, also when polling stalls.
	freshFor = 1500 * time.Millisecond
)

// record is an application with what proves who it is.
type record struct {
	app     Application
	secrets []secret // by serial; the last is the newest
}

type secret struct {
	serial int
	mac    [32]byte
	until  time.Time // valid before; zero: for good
	// key is the public key of an application that signs assertions instead of
	// presenting a secret; nil: it is a secret.
	key *jose.JSONWebKey
}

func (s secret) live(now time.Time) bool { return s.until.IsZero() || now.Before(s.until) }

// match is the serial of the live secret with this MAC, else 0. It compares all
// of them in constant time.
func (r *record) match(mac [32]byte, now time.Time) int {
	serial := 0
	for _, s := range r.secrets {
		if s.key != nil {
			continue
		}
		equal := subtle.ConstantTimeCompare(s.mac[:], mac[:])
		if s.live(now) {
			serial = subtle.ConstantTimeSelect(equal, s.serial, serial)
		}
	}
	return serial
}

// memory is what this process knows of applications that were asked for and are
// not deleted: the busy ones of an installation that may have a million.
type memory struct {
	polling sync.Mutex // one poll at a time: an older one must not overwrite a newer

	mu      sync.RWMutex
	byID    map[string]*record
	version int64
	asOf    time.Time // the state is not older than this
}

const (
	mostRecords = 50_000 // some 500 bytes each
	// mostChanges is how many changes between two polls are read one by one; beyond
	// them all is forgotten.
	mostChanges = 1000
)

// get is the record of an application, if the memory is fresh and has it.
func (m *memory) get(clientID string, now time.Time) *record {
	m.mu.RLock()
	defer m.mu.RUnlock()
	// A clock that was set back makes the age negative: unknown, so not fresh.
	if age := now.Sub(m.asOf); age < 0 || age > freshFor {
		return nil
	}
	return m.byID[clientID]
}

// keep remembers a record that was read when the memory had version. What was
// polled since then may be newer.
func (m *memory) keep(r *record, version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if version != m.version {
		return
	}
	if len(m.byID) >= mostRecords {
		n := 0
		for id := range m.byID { // in no order: the busy ones come back at once
			if delete(m.byID, id); n >= mostRecords/10 {
				break
			}
			n++
		}
	}
	m.byID[r.app.ClientID] = r
}

// known is the version of the memory.
func (m *memory) known() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.version
}

// forget makes the next questions go to the database.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asOf = time.Time{}
}

// Watch follows changes that other processes make, until ctx ends. Without it
// every question goes to the database: slower, never staler.
func (s *Service) Watch(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			// A failure leaves the memory to go stale: questions then go to the
			// database and tell of its state themselves.
			_ = s.poll(ctx)
			s.used.flush(ctx, s)
		}
	}
}

// poll takes in what changed since the last time.
func (s *Service) poll(ctx context.Context) error {
	m := &s.memory
	m.polling.Lock()
	defer m.polling.Unlock()
	asOf := s.now()
	var version int64
	if err := s.db.Read().QueryRowContext(ctx, `SELECT version FROM application_change`).Scan(&version); err != nil {
		return unavailable("poll applications", err)
	}
	var changed []*record
	var gone []string
	many := m.known() == 0 // at the start nothing is in memory
	if version != m.known() && !many {
		var n int
		err := s.db.Read().QueryRowContext(ctx,
			`SELECT count(*) FROM (SELECT 1 FROM application WHERE version > ? LIMIT ?) AS changed`, m.known(), mostChanges+1).Scan(&n)
		if many = n > mostChanges; err == nil && !many {
			changed, gone, err = s.records(ctx, `application.version > ?`, m.known())
		}
		if err != nil {
			return unavailable("poll applications", err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if many {
		clear(m.byID)
	}
	for _, id := range gone {
		delete(m.byID, id)
	}
	for _, r := range changed {
		if _, asked := m.byID[r.app.ClientID]; asked {
			m.byID[r.app.ClientID] = r
		}
	}
	m.version, m.asOf = version, asOf
	return nil
}

// changed is called after a commit that changed an application: what the memory
// held before must not be believed any more.
func (s *Service) changed(ctx context.Context) {
	s.memory.forget()
	_ = s.poll(context.WithoutCancel(ctx)) // on failure the memory stays forgotten
}

// find is the application's record: from memory when it is fresh and has it,
// else from the database; nil when there is none.
func (s *Service) find(ctx context.Context, clientID string) (*record, error) {
	if r := s.memory.get(clientID, s.now()); r != nil {
		return r, nil
	}
	return s.fetch(ctx, clientID)
}

// fetch is the application's record in the database; nil when there is none.
func (s *Service) fetch(ctx context.Context, clientID string) (*record, error) {
	version := s.memory.known()
	found, _, err := s.records(ctx, `application.client_id = ?`, clientID)
	if err != nil {
		return nil, unavailable("read application "+clientID, err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	s.memory.keep(found[0], version)
	return found[0], nil
}

// records reads applications with their secrets in one statement, so in one
// state; gone are the ids of deleted ones. where is a literal of ours.
func (s *Service) records(ctx context.Context, where string, arg any) (found []*record, gone []string, err error) {
	rows, err := s.db.Read().QueryContext(ctx, `
		SELECT application.client_id, application.tenant_id, application.name, application.description,
		       coalesce(storage.id, ''), coalesce(storage.name, ''),
		       application.disabled, application.deleted, application.created,
		       coalesce(application_secret.serial, 0), application_secret.mac,
		       coalesce(application_secret.created, 0), coalesce(application_secret.until, 0),
		       coalesce(application_secret.jwk, ''), coalesce(application_secret.used, 0), application.scopes, application.token_ttl
		FROM application
		LEFT JOIN storage ON storage.id = application.storage_id
		LEFT JOIN application_secret ON application_secret.client_id = application.client_id
		WHERE `+where+`
		ORDER BY application.created, application.client_id, application_secret.serial`, arg)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		r := new(record)
		var disabled, deleted, created, secretCreated, until int64
		var serial int
		var mac, jwk sql.RawBytes
		var scopes string
		var ttl, used int64
		if err := rows.Scan(&r.app.ClientID, &r.app.Tenant, &r.app.Name, &r.app.Description,
			&r.app.StorageID, &r.app.StorageName, &disabled, &deleted, &created,
			&serial, &mac, &secretCreated, &until, &jwk, &used, &scopes, &ttl); err != nil {
			return nil, nil, err
		}
		if deleted != 0 {
			gone = append(gone, r.app.ClientID)
			continue
		}
		if n := len(found); n > 0 && found[n-1].app.ClientID == r.app.ClientID {
			r = found[n-1]
		} else {
			r.app.Disabled = disabled != 0
			r.app.Scopes, r.app.TokenTTL = strings.Fields(scopes), time.Duration(ttl)*time.Second
			r.app.Created = db.Time(created)
			found = append(found, r)
		}
		if serial == 0 {
			continue
		}
		x := secret{serial: serial, until: db.Time(until)}
		if at := db.Time(used); at.After(r.app.LastUsed) {
			r.app.LastUsed = at
		}
		if len(jwk) > 0 {
			x.key = new(jose.JSONWebKey)
			if err := x.key.UnmarshalJSON(jwk); err != nil {
				return nil, nil, fmt.Errorf("read key %d of application %s: %w", serial, r.app.ClientID, err)
			}
			r.secrets = append(r.secrets, x)
			continue
		}
		copy(x.mac[:], mac)
		r.secrets = append(r.secrets, x)
		// By serial: the last one is the newest, and what works beside it is old.
		if old := r.app.SecretExpires; r.app.SecretSerial != 0 && old.After(s.now()) && old.After(r.app.OldSecret) {
			r.app.OldSecret = old
		}
		r.app.SecretSerial, r.app.SecretChanged, r.app.SecretExpires = serial, db.Time(secretCreated), x.until
	}
	return found, gone, rows.Err()
}
