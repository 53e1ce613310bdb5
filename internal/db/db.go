// Package db opens the installation's database and brings its schema up to date.
//
// In: a URL (sqlite:PATH or postgres://…). Out: DB, with a pool for reading and a way to write,
// on the newest schema. It holds no service's query. Several processes may open
// the same file, the CLI beside a running server: they wait for each other's
// writes for as long as busyTimeout, and may migrate at the same time. Times in
// tables are unix milliseconds: Millis and Time convert. Faults:
// database_url_invalid, database_unavailable, database_newer, migration_failed.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leafmark/leafmark/omr/fault"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	read     *sql.DB
	write    *sql.DB
	postgres bool
}

// Open opens the database at url, makes it when it is missing and migrates it.
func Open(ctx context.Context, url string) (*DB, error) {
	scheme, rest, ok := strings.Cut(url, ":")
	switch {
	case ok && scheme == "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(rest, "//"))
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return openPostgres(ctx, url)
	}
	return nil, &fault.Error{
		Code: "database_url_invalid", Kind: fault.Invalid,
		Cause: "the database URL begins with neither sqlite: nor postgres://",
		Cure:  "write it as sqlite:PATH, for example sqlite:/var/lib/leafmark/leafmark.db, or as postgres://USER@HOST/DATABASE",
	}
}

// Read is the pool for queries. Its connections refuse to write.
func (d *DB) Read() *sql.DB { return d.read }

// Write is the pool for changes that are one statement. On SQLite it is exactly
// one connection: whoever holds a transaction on it must not ask it for anything
// else before the end. Transactions begin immediate.
func (d *DB) Write() *sql.DB { return d.write }

// Tx runs fn in a write transaction, one after the other also among processes
// and nodes: committed, and durable, when fn returns nil,
// else rolled back. fn must use the tx it is given and nothing else of d that writes.
func (d *DB) Tx(ctx context.Context, fn func(*sql.Tx) error) (err error) {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return unavailable("begin a transaction", err)
	}
	defer func() {
		// After a commit this reports ErrTxDone; after a panic in fn it frees the only connection.
		if back := tx.Rollback(); err == nil && back != nil && !errors.Is(back, sql.ErrTxDone) {
			err = unavailable("roll back a transaction", back)
		}
	}()
	if d.postgres {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(?)`, int64(writerLock)); err != nil {
			return unavailable("wait for other writers", err)
		}
	}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return unavailable("commit a transaction", err)
	}
	return nil
}

// Ping tells whether the database answers, for readiness probes.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	if err := d.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return unavailable("ask for a sign of life", err)
	}
	return nil
}

// Close closes all connections.
func (d *DB) Close() error {
	return errors.Join(d.read.Close(), d.write.Close())
}

// Millis is t as tables store it: unix milliseconds, 0 for the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is the inverse of Millis, in UTC.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func unavailable(doing string, err error) error {
	return &fault.Error{
		Code: "database_unavailable", Kind: fault.Unavailable,
		Cause: "the database does not answer",
		Cure:  "try again in a few seconds; if it stays so, look at the server's log and the disk's free space",
		Err:   fmt.Errorf("%s: %w", doing, err),
	}
}
