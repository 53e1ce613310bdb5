package db_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/omr/fault"
)

func open(t *testing.T, path string) *db.DB {
	t.Helper()
	return openURL(t, "sqlite:"+path)
}

func openURL(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestFreshDatabaseHoldsTenantAndStorage(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "new", "folder", "a b%20c?.db"))
	var tenant, storage string
	err := d.Read().QueryRow(`SELECT tenant.name, storage.name FROM storage JOIN tenant ON tenant.id = storage.tenant_id`).Scan(&tenant, &storage)
	if err != nil || tenant != "default" || storage != "internal" {
		t.Fatalf("tenant %q, storage %q, %v", tenant, storage, err)
	}
}

func TestConnectionsAreDurableAndStrict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	d := open(t, path)
	for _, c := range []struct {
		pool *sql.DB
		name string
		want string
	}{
		{d.Write(), "journal_mode", "wal"},
		{d.Write(), "synchronous", "2"},
		{d.Write(), "foreign_keys", "1"},
		{d.Read(), "foreign_keys", "1"},
		{d.Read(), "query_only", "1"},
	} {
		var got string
		if err := c.pool.QueryRow("PRAGMA " + c.name).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s = %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	if _, err := d.Read().Exec(`DELETE FROM tenant`); err == nil {
		t.Error("the pool for reading wrote")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestTxIsAllOrNothing(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "x.db"))
	count := func() (n int) {
		if err := d.Read().QueryRow(`SELECT count(*) FROM audit`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	insert := func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO audit (at, tenant_id, actor, actor_id, action, object) VALUES (1, 't', 'user', 'a', 'b', 'c')`)
		return err
	}
	if err := d.Tx(t.Context(), insert); err != nil || count() != 1 {
		t.Fatalf("after a commit: %d rows, %v", count(), err)
	}
	failed := errors.New("no")
	err := d.Tx(t.Context(), func(tx *sql.Tx) error {
		if err := insert(tx); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) || count() != 1 {
		t.Fatalf("after a failure: %d rows, %v", count(), err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = d.Tx(t.Context(), func(tx *sql.Tx) error {
			_ = insert(tx)
			panic("in the middle")
		})
	}()
	if count() != 1 {
		t.Fatalf("after a panic: %d rows", count())
	}
	if err := d.Tx(t.Context(), insert); err != nil || count() != 2 {
		t.Fatalf("the connection is lost after a panic: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Tx(ctx, insert); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("a cancelled context: %v", err)
	}
}

// Each Open has connections of its own, as another process would.
func TestManyOpenersMigrateOnce(t *testing.T) {
	onBoth(t, manyOpenersMigrateOnce)
}

// onBoth runs a test on SQLite and on a real PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, dbtest.Postgres(t)) })
}

func manyOpenersMigrateOnce(t *testing.T, url string) {
	var all sync.WaitGroup
	errs := make(chan error, 6)
	for range cap(errs) {
		all.Go(func() {
			d, err := db.Open(context.Background(), url)
			if err == nil {
				err = d.Close()
			}
			errs <- err
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err, errors.Unwrap(err))
		}
	}
	d := openURL(t, url)
	var tenants, versions, distinct int
	if err := d.Read().QueryRow(`SELECT (SELECT count(*) FROM tenant), count(*), count(DISTINCT version_id) FROM goose_db_version`).Scan(&tenants, &versions, &distinct); err != nil {
		t.Fatal(err)
	}
	if tenants != 1 || versions != distinct {
		t.Errorf("%d tenants, %d version rows of %d versions", tenants, versions, distinct)
	}
}

func TestWritersOfTwoOpenersWait(t *testing.T) { onBoth(t, writersOfTwoOpenersWait) }

func writersOfTwoOpenersWait(t *testing.T, url string) {
	a, b := openURL(t, url), openURL(t, url)
	const each = 40
	var all sync.WaitGroup
	for _, d := range []*db.DB{a, b} {
		all.Go(func() {
			for range each {
				err := d.Tx(t.Context(), func(tx *sql.Tx) error {
					var v int
					if err := tx.QueryRow(`SELECT version FROM application_change`).Scan(&v); err != nil {
						return err
					}
					_, err := tx.Exec(`UPDATE application_change SET version = ?`, v+1)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	var v int
	if err := a.Read().QueryRow(`SELECT version FROM application_change`).Scan(&v); err != nil || v != 2*each {
		t.Errorf("version %d, %v; want %d: an update was lost", v, err, 2*each)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) { onBoth(t, newerDatabaseIsRefused) }

func newerDatabaseIsRefused(t *testing.T, url string) {
	d := openURL(t, url)
	if _, err := d.Write().Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`); err != nil {
		t.Fatal(err)
	}
	_, err := db.Open(t.Context(), url)
	if e := fault.As(err); e == nil || e.Code != "database_newer" {
		t.Fatalf("got %v", err)
	}
}

// Parameters are question marks for both, also beside quoted ones; what a
// transaction reads stays true until it ends; the read pool refuses to write.
func TestBothSpeakOneLanguage(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		d := openURL(t, url)
		err := d.Tx(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE tenant SET name = ? || '?"' WHERE name = ?`, "O'Hara ?", "default")
			return err
		})
		var got string
		if qerr := d.Read().QueryRow(`SELECT name AS "what?" FROM tenant WHERE name LIKE ? AND name <> ?`, "O%", "?").Scan(&got); err != nil || qerr != nil || got != `O'Hara ??"` {
			t.Errorf("%q, %v, %v", got, err, qerr)
		}
		if _, err := d.Read().Exec(`DELETE FROM tenant`); err == nil {
			t.Error("the read pool writes")
		}
		if err := d.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestURLs(t *testing.T) {
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		url, code string
		kind      fault.Kind
	}{
		{"", "database_url_invalid", fault.Invalid},
		{"/tmp/x.db", "database_url_invalid", fault.Invalid},
		{"sqlite:", "database_url_invalid", fault.Invalid},
		{"mysql://x", "database_url_invalid", fault.Invalid},
		{"postgres://u:secret@127.0.0.1:1/d", "database_unavailable", fault.Unavailable},
		{"postgresql://u:secret@h:port/d", "database_url_invalid", fault.Invalid},
		{"sqlite:" + text + "/x.db", "database_unavailable", fault.Unavailable},
		{"sqlite:" + text, "migration_failed", fault.Internal},
	} {
		_, err := db.Open(t.Context(), c.url)
		e := fault.As(err)
		if e == nil || e.Code != c.code || e.Kind != c.kind {
			t.Errorf("%q: %v; want %s", c.url, err, c.code)
			continue
		}
		if e.Cure == "" || strings.Contains(e.Error(), "secret") {
			t.Errorf("%q: no cure, or it tells a secret: %v", c.url, e)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 123_000_000, time.FixedZone("", 3600))
	if got := db.Time(db.Millis(at)); !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("%v became %v", at, got)
	}
	if db.Millis(time.Time{}) != 0 || !db.Time(0).IsZero() {
		t.Error("the zero time does not stay zero")
	}
}
