// Package audit remembers who changed what.
//
// In: an actor, an action and its object, within the transaction of the change
// itself, so that neither is without the other. Out: the entries, newest first.
// Details are for people and hold no secret. Entries outlive what they tell of.
package audit

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/leafmark/leafmark/internal/db"
)

// Actor is who changes something.
type Actor struct {
	Tenant string
	Kind   string // user, application, operator
	ID     string // e-mail, client id, or the operating system's user
}

// Entry is one change.
type Entry struct {
	ID     int64
	At     time.Time
	Actor  Actor
	Action string // noun.verb: application.create, user.sign_in
	Object string // what was changed: a client id, an e-mail, a storage's id
	Detail string
}

// Record writes an entry in the transaction of the change it tells of.
func Record(ctx context.Context, tx *sql.Tx, at time.Time, by Actor, action, object, detail string) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO audit (at, tenant_id, actor, actor_id, action, object, detail) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		db.Millis(at), by.Tenant, by.Kind, by.ID, action, object, detail)
	if err != nil {
		return fmt.Errorf("audit %s of %s: %w", action, object, err)
	}
	return nil
}

// Entries are a tenant's newest entries before the one with id before (0: the
// newest of all), at most limit.
func Entries(ctx context.Context, d *db.DB, tenant string, before int64, limit int) ([]Entry, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	rows, err := d.Read().QueryContext(ctx,
		`SELECT id, at, actor, actor_id, action, object, detail FROM audit
		 WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, tenant, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var entries []Entry
	for rows.Next() {
		e := Entry{Actor: Actor{Tenant: tenant}}
		var at int64
		if err := rows.Scan(&e.ID, &at, &e.Actor.Kind, &e.Actor.ID, &e.Action, &e.Object, &e.Detail); err != nil {
			return nil, fmt.Errorf("read the audit: %w", err)
		}
		e.At = db.Time(at)
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return entries, nil
}
