// Package identity knows tenants, users and applications: who there is and what
// they may. It issues no tokens.
//
// In: names, e-mail addresses, passwords, client ids and secrets. Out: rows of
// tenants, users, applications; sessions of people. Secrets are random and kept
// as one HMAC-SHA-256; passwords, which are weak, as argon2id. Every change is
// audited in its own transaction.
//
// Applications are kept in memory, so that authentication takes microseconds.
// While Watch runs the memory is at most 1.5 s behind the database; when it might
// be older, or does not accept what is presented, the database is asked. A change
// made by this process counts at once.
//
// Faults: invalid_client, application_not_found, user_not_found, user_exists,
// storage_not_found, name_invalid, email_invalid, password_invalid,
// password_breached, breached_list_invalid, overlap_invalid, role_invalid,
// last_owner, link_invalid, sign_in_failed, session_invalid, role_forbids,
// invitation_invalid, proof_needed, code_invalid, two_step_invalid,
// client_key_invalid, client_key_limit, client_key_not_found, scope_invalid,
// token_ttl_invalid, too_many_requests, master_key_mismatch, identity_unavailable.
// Safe for concurrent use.
package identity

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/lockout"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/omr/fault"
)

// Actor is who changes something, for the audit. Changes are confined to its tenant.
type Actor = audit.Actor

// Application is a registered program.
type Application struct {
	ClientID      string // GUID, lower case with dashes
	Tenant        string
	Name          string // for people only, not unique
	Description   string
	StorageID     string // its default storage
	StorageName   string
	Disabled      bool
	Created       time.Time
	Scopes        []string      // what it may at most, of Scopes; none: all
	TokenTTL      time.Duration // of its tokens; 0: the installation's
	SecretChanged time.Time     // when its newest secret was made
	SecretExpires time.Time     // when its newest secret stops by itself; zero: never
	OldSecret     time.Time     // until when an older secret works beside it; zero: there is none
	LastUsed      time.Time     // when a secret or key of it was last accepted, to the minute; zero: never
	// SecretSerial is the serial of the secret that was presented, in what
	// Authenticate returns; elsewhere that of the newest one.
	SecretSerial int
}

// Credentials are shown once, at creation and regeneration.
type Credentials struct {
	ClientID string
	Secret   Secret
}

// User is a person with an account.
type User struct {
	ID, Tenant, Email string
	Role              string // one of Roles
	Created           time.Time
	TwoSteps          bool // signs in with a second factor
}

// Options of a Service; the zero value suits most.
type Options struct {
	Now             func() time.Time // nil: time.Now
	SessionIdle     time.Duration    // a session ends when unused so long; 0: 12 h
	SessionLifetime time.Duration    // and after so long in any case; 0: 7 days
	Breached        *Breached        // passwords that nobody may choose; nil: none
}

// Service is the people and programs of an installation.
type Service struct {
	db       *db.DB
	box      *seal.Box
	now      func() time.Time
	idle     time.Duration
	lifetime time.Duration
	memory   memory
	hashing  chan struct{} // one member each password being hashed
	guesses  *lockout.Counter
	callers  *lockout.Counter
	codes    *lockout.Counter
	breached *Breached
	used     uses
}

// New is the Service on an open database. It refuses a master key that is not the
// database's (master_key_mismatch): every secret would be wrong.
func New(ctx context.Context, database *db.DB, box *seal.Box, opt Options) (*Service, error) {
	s := &Service{
		db: database, box: box,
		now: opt.Now, idle: opt.SessionIdle, lifetime: opt.SessionLifetime,
		memory:  memory{byID: map[string]*record{}},
		hashing: make(chan struct{}, parallelHashes),
		guesses: lockout.New(guessLimit, guessWindow),
		callers: lockout.New(callerLimit, guessWindow),
		codes:   lockout.New(codeLimit, codeWindow), breached: opt.Breached,
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.idle == 0 {
		s.idle = 12 * time.Hour
	}
	if s.lifetime == 0 {
		s.lifetime = 7 * 24 * time.Hour
	}
	if err := s.checkMasterKey(ctx); err != nil {
		return nil, err
	}
	if err := s.poll(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Service) checkMasterKey(ctx context.Context) error {
	want := s.box.MAC("master key check")
	var have []byte
	read := func() error {
		return s.db.Read().QueryRowContext(ctx, `SELECT value FROM installation WHERE name = 'master_key_check'`).Scan(&have)
	}
	err := read()
	if errors.Is(err, sql.ErrNoRows) {
		_, err = s.db.Write().ExecContext(ctx, `INSERT INTO installation (name, value) VALUES ('master_key_check', ?) ON CONFLICT DO NOTHING`, want[:])
		if err == nil {
			err = read()
		}
	}
	if err != nil {
		return unavailable("check the master key", err)
	}
	if !bytes.Equal(have, want[:]) {
		return &fault.Error{
			Code: "master_key_mismatch", Kind: fault.Conflict,
			Cause: "the master key is not the one this database was made with",
			Cure:  "start with the key file that belongs to it (--master-key-file), from the backup if it was lost",
		}
	}
	return nil
}

// DefaultTenant is the id of the tenant that every installation has.
func (s *Service) DefaultTenant(ctx context.Context) (string, error) {
	var id string
	if err := s.db.Read().QueryRowContext(ctx, `SELECT id FROM tenant WHERE name = 'default'`).Scan(&id); err != nil {
		return "", unavailable("find the default tenant", err)
	}
	return id, nil
}

func unavailable(doing string, err error) error {
	if e := fault.As(err); e != nil {
		return err
	}
	return &fault.Error{
		Code: "identity_unavailable", Kind: fault.Unavailable,
		Cause: "the database does not answer",
		Cure:  "try again in a few seconds",
		Err:   fmt.Errorf("%s: %w", doing, err),
	}
}
