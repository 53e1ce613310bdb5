// Package audit remembers who changed what, when and from where.
//
// In: an actor, an action and its object, within the transaction of the change
// itself, so that neither is without the other. Out: the entries, newest first.
// Details are for people and hold no secret. Entries outlive what they tell of and
// are never changed: the database refuses it, and a chain of hashes tells when
// somebody went around it.
package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

// Actor is who changes something.
type Actor struct {
	Tenant  string
	Kind    string // user, application, operator
	ID      string // e-mail, client id, or the operating system's user
	Address string // where the request came from; empty: from this machine
}

// Entry is one change.
type Entry struct {
	ID     int64
	At     time.Time
	Actor  Actor
	Action string // noun.verb: application.create, user.sign_in
	Object string // what was changed: a client id, an e-mail, a storage's id
	Detail string
	Hash   string // of the chain, hex; empty: made before there was one
}

// chained is the hash of an entry that follows the one with the hash before: the
// SHA-256 of a JSON array of all that it says.
func (e *Entry) chained(before string) (string, error) {
	text, err := json.Marshal([]any{
		before, db.Millis(e.At), e.Actor.Tenant, e.Actor.Kind, e.Actor.ID, e.Actor.Address,
		e.Action, e.Object, e.Detail,
	})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// Record writes an entry in the transaction of the change it tells of. Such
// transactions come one after the other, so the chain has no branches.
func Record(ctx context.Context, tx *sql.Tx, at time.Time, by Actor, action, object, detail string) error {
	wrap := func(err error) error { return fmt.Errorf("audit %s of %s: %w", action, object, err) }
	var before []byte
	err := tx.QueryRowContext(ctx, `SELECT hash FROM audit ORDER BY id DESC LIMIT 1`).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return wrap(err)
	}
	e := Entry{At: at, Actor: by, Action: action, Object: object, Detail: detail}
	if e.Hash, err = e.chained(hex.EncodeToString(before)); err != nil {
		return wrap(err)
	}
	hash, err := hex.DecodeString(e.Hash)
	if err != nil {
		return wrap(err)
	}
	_, err = tx.ExecContext(ctx,
		`INSERT INTO audit (at, tenant_id, actor, actor_id, address, action, object, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		db.Millis(at), by.Tenant, by.Kind, by.ID, by.Address, action, object, detail, hash)
	if err != nil {
		return wrap(err)
	}
	return nil
}

const columns = `id, at, tenant_id, actor, actor_id, address, action, object, detail, hash`

// Entries are a tenant's newest entries before the one with id before (0: the
// newest of all), at most limit.
func Entries(ctx context.Context, d *db.DB, tenant string, before int64, limit int) ([]Entry, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	var entries []Entry
	for e, err := range read(ctx, d, `SELECT `+columns+` FROM audit WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, tenant, before, limit) {
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// All are the entries of every tenant, oldest first.
func All(ctx context.Context, d *db.DB) iter.Seq2[Entry, error] {
	return read(ctx, d, `SELECT `+columns+` FROM audit ORDER BY id`)
}

func read(ctx context.Context, d *db.DB, query string, args ...any) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		fail := func(err error) { yield(Entry{}, fmt.Errorf("read the audit: %w", err)) }
		rows, err := d.Read().QueryContext(ctx, query, args...)
		if err != nil {
			fail(err)
			return
		}
		defer func() { _ = rows.Close() }() // rows.Err tells
		for rows.Next() {
			var e Entry
			var at int64
			var hash []byte
			if err := rows.Scan(&e.ID, &at, &e.Actor.Tenant, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Address, &e.Action, &e.Object, &e.Detail, &hash); err != nil {
				fail(err)
				return
			}
			e.At, e.Hash = db.Time(at), hex.EncodeToString(hash)
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

// Verified is what Verify found.
type Verified struct {
	Entries int    // of the chain
	Before  int    // made before there was one
	Head    string // hash of the newest entry, hex: note it elsewhere, to tell later that nothing was cut off
}

// Verify follows the chain from its beginning. Fault audit_broken: an entry was
// changed, taken out or put in; or no entry has the hash head, which somebody noted
// earlier (empty: none was).
func Verify(ctx context.Context, d *db.DB, head string) (Verified, error) {
	var v Verified
	before := ""
	seen := head == ""
	broken := func(format string, args ...any) error {
		return &fault.Error{
			Code: "audit_broken", Kind: fault.Conflict,
			Cause: fmt.Sprintf(format, args...),
			Cure:  "compare with an export or a backup, and find out who can write to the database",
		}
	}
	for e, err := range All(ctx, d) {
		if err != nil {
			return v, err
		}
		if e.Hash == "" && v.Entries == 0 {
			v.Before++
			continue
		}
		want, err := e.chained(before)
		if err != nil {
			return v, err
		}
		if want != e.Hash {
			return v, broken("entry %d (%s, %s of %s) does not follow the one before it", e.ID, e.At.Format(time.RFC3339), e.Action, e.Object)
		}
		before = e.Hash
		v.Entries++
		v.Head = e.Hash
		seen = seen || v.Head == head
	}
	if !seen {
		return v, broken("no entry has the hash %.64s that was noted: the newest ones were cut off, or all was written anew", head)
	}
	return v, nil
}
