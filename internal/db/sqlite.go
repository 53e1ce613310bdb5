package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/leafmark/leafmark/omr/fault"
)

// busyTimeout is how long a connection waits for another process's write. A
// migration of a large file is the longest one.
const busyTimeout = 15 * time.Second

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" || strings.ContainsRune(path, 0) {
		return nil, &fault.Error{
			Code: "database_url_invalid", Kind: fault.Invalid,
			Cause: "the database URL names no file",
			Cure:  "write it as sqlite:PATH, for example sqlite:/var/lib/leafmark/leafmark.db",
		}
	}
	if err := makeFile(path); err != nil {
		return nil, &fault.Error{
			Code: "database_unavailable", Kind: fault.Unavailable,
			Cause: fmt.Sprintf("the database file %s cannot be made or written", path),
			Cure:  "make its folder writable for the user who runs leafmark, or name another with --data-dir or --database-url",
			Err:   err,
		}
	}
	write, err := pool(path, 1, "_txlock=immediate")
	if err != nil {
		return nil, unavailable("open "+path, err)
	}
	if err := migrate(ctx, write); err != nil {
		_ = write.Close() // the migration's fault says more
		return nil, err
	}
	read, err := pool(path, max(4, 2*runtime.NumCPU()), "_query_only=1")
	if err != nil {
		_ = write.Close()
		return nil, unavailable("open "+path, err)
	}
	return &DB{read: read, write: write}, nil
}

// makeFile makes the database's folder and file readable by its user alone; SQLite
// gives its journal the file's mode.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func pool(path string, size int, extra string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := filepath.ToSlash(abs)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a Windows drive: file:///C:/…
	}
	query := strings.Join([]string{
		fmt.Sprintf("_busy_timeout=%d", busyTimeout.Milliseconds()),
		"_journal_mode=WAL",
		// FULL, not NORMAL: a task whose id was given out must survive a power cut.
		"_synchronous=FULL",
		"_foreign_keys=1",
		"_pragma=journal_size_limit(67108864)", // a long write must not leave a huge journal for ever
		extra,
	}, "&")
	dsn := url.URL{Scheme: "file", Path: name, RawQuery: query}
	pool, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}
