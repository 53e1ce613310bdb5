package audit_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/omr/fault"
)

func TestEntriesComeNewestFirstAndByTenant(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.URL(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	record := func(tenant, action string, fail error) {
		err := d.Tx(t.Context(), func(tx *sql.Tx) error {
			by := audit.Actor{Tenant: tenant, Kind: "user", ID: "ann@example.org"}
			return errors.Join(audit.Record(t.Context(), tx, at, by, action, "object", "detail"), fail)
		})
		if !errors.Is(err, fail) {
			t.Fatal(err)
		}
	}
	record("a", "storage.create", nil)
	record("b", "other.tenant", nil)
	record("a", "rolled.back", errors.New("no"))
	record("a", "application.create", nil)

	all, err := audit.Entries(t.Context(), d, "a", 0, 10)
	if err != nil || len(all) != 2 || all[0].Action != "application.create" || all[1].Action != "storage.create" {
		t.Fatalf("got %+v, %v", all, err)
	}
	want := audit.Entry{ID: all[0].ID, At: at, Actor: audit.Actor{Tenant: "a", Kind: "user", ID: "ann@example.org"}, Action: "application.create", Object: "object", Detail: "detail", Hash: all[0].Hash}
	if all[0] != want {
		t.Errorf("got %+v, want %+v", all[0], want)
	}
	next, err := audit.Entries(t.Context(), d, "a", all[0].ID, 10)
	if err != nil || len(next) != 1 || next[0] != all[1] {
		t.Errorf("the next page is %+v, %v", next, err)
	}
}

// The chain tells of a change, of an entry taken out, and of a cut end; the
// database itself refuses all of it.
func TestChain(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.URL(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	at := time.Date(2026, 3, 1, 10, 0, 0, 1e6, time.UTC)
	record := func(object string) {
		t.Helper()
		err := d.Tx(t.Context(), func(tx *sql.Tx) error {
			by := audit.Actor{Tenant: "a", Kind: "user", ID: "ann@example.org", Address: "192.0.2.7"}
			return audit.Record(t.Context(), tx, at, by, "application.create", object, "ünï")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	verify := func(name, head, want string) audit.Verified {
		t.Helper()
		v, err := audit.Verify(t.Context(), d, head)
		if e := fault.As(err); (want == "") != (err == nil) || e != nil && e.Code != want {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		return v
	}
	verify("nothing", "", "")
	for _, x := range []string{"one", "two", "three", "four"} {
		record(x)
	}
	v := verify("whole", "", "")
	if v.Entries != 4 || len(v.Head) != 64 {
		t.Errorf("%+v", v)
	}
	record("five")
	verify("a head of before", v.Head, "")

	for _, change := range []string{`UPDATE audit SET detail = 'x' WHERE object = 'two'`, `DELETE FROM audit WHERE object = 'two'`} {
		if _, err := d.Write().Exec(change); err == nil {
			t.Errorf("the database does %s", change)
		}
	}
	for _, drop := range []string{
		`DROP TRIGGER audit_keeps_words`, `DROP TRIGGER audit_keeps_entries`, `DROP TRIGGER audit_keeps_entries ON audit`,
	} {
		_, _ = d.Write().Exec(drop) // each is of one of the databases
	}
	do := func(change string) {
		t.Helper()
		if _, err := d.Write().Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	last := verify("whole again", "", "").Head
	do(`UPDATE audit SET detail = 'x' WHERE object = 'two'`)
	verify("changed", "", "audit_broken")
	do(`UPDATE audit SET detail = 'ünï ' WHERE object = 'two'`)
	do(`DELETE FROM audit WHERE object = 'two'`)
	verify("taken out", "", "audit_broken")
	do(`DELETE FROM audit WHERE object <> 'one'`)
	verify("cut off, and nobody noted a head", "", "")
	verify("cut off", last, "audit_broken")
}
