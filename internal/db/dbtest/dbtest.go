// Package dbtest gives tests a fresh database: SQLite in a folder, or with
// LEAFMARK_TEST_DATABASE=postgres one on a real PostgreSQL, started from Debian's
// binaries for as long as the test program runs. The suites of the services run
// on both. Missing software is a failure, not a skip.
package dbtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx", to make databases with
)

// Env names the variable that chooses the database.
const Env = "LEAFMARK_TEST_DATABASE"

// URL is a database for the folder dir, the same for the same folder, also in
// another process: what a test kills goes on with it.
func URL(t testing.TB, dir string) string {
	t.Helper()
	if os.Getenv(Env) != "postgres" {
		return "sqlite:" + filepath.Join(dir, "x.db")
	}
	note := filepath.Join(dir, "database.url")
	if known, err := os.ReadFile(note); err == nil {
		return string(known)
	}
	made := Postgres(t)
	if err := os.WriteFile(note, []byte(made), 0o600); err != nil {
		t.Fatal(err)
	}
	return made
}

// cluster is the server of this test program.
var cluster struct {
	sync.Mutex
	socket string // empty: not started
	made   int
	alive  *os.File // closed by the kernel with this process: the server then ends
}

// Postgres is a fresh database on a real PostgreSQL.
func Postgres(t testing.TB) string {
	t.Helper()
	cluster.Lock()
	defer cluster.Unlock()
	if cluster.socket == "" {
		start(t)
	}
	cluster.made++
	name := fmt.Sprintf("test%d", cluster.made)
	if err := administer(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return address(name)
}

// administer leaves no connection behind: suites look for goroutines that do.
func administer(ctx context.Context, statement string) error {
	admin, err := sql.Open("pgx", address("postgres"))
	if err != nil {
		return err
	}
	_, err = admin.ExecContext(ctx, statement)
	return errors.Join(err, admin.Close())
}

func address(name string) string {
	return (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + name, RawQuery: url.Values{"host": {cluster.socket}, "sslmode": {"disable"}}.Encode()}).String()
}

// start makes a cluster in a temporary folder, which listens on a socket there
// alone, and a watcher that stops it and deletes it with this process.
func start(t testing.TB) {
	t.Helper()
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		t.Fatal("the suite needs PostgreSQL: apt-get install postgresql")
	}
	bin := bins[len(bins)-1]
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	// PostgreSQL does not run as root; Debian's package has a user for it.
	as := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		uid, uerr := strconv.Atoi(u.Uid)
		gid, gerr := strconv.Atoi(u.Gid)
		if uerr != nil || gerr != nil {
			t.Fatal(uerr, gerr)
		}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
		as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(t.Context(), bin+"/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N") //nolint:gosec // our own words
	initdb.SysProcAttr, initdb.Dir = as, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	const watch = `"$0" -D "$1" -F -c listen_addresses= -c unix_socket_directories="$2" -c max_connections=200 >"$2/log" 2>&1 &
server=$!; read -r _; kill -INT $server; wait $server; rm -rf "$2"`
	// Not bound to the test's context: the server outlives the test that starts it.
	server := exec.Command("sh", "-c", watch, bin+"/postgres", data, dir) //nolint:noctx,gosec // our own words
	as.Setpgid = true
	server.SysProcAttr, server.Dir, server.Stdin = as, dir, r
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	cluster.socket, cluster.alive = dir, w
	for try := 0; ; try++ {
		err := administer(t.Context(), "SELECT 1")
		if err == nil {
			return
		}
		if try == 200 {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("PostgreSQL does not start: %v\n%s", err, bytes.TrimSpace(log))
		}
		time.Sleep(50 * time.Millisecond)
	}
}
