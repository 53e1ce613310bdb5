package audit_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
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
	want := audit.Entry{ID: all[0].ID, At: at, Actor: audit.Actor{Tenant: "a", Kind: "user", ID: "ann@example.org"}, Action: "application.create", Object: "object", Detail: "detail"}
	if all[0] != want {
		t.Errorf("got %+v, want %+v", all[0], want)
	}
	next, err := audit.Entries(t.Context(), d, "a", all[0].ID, 10)
	if err != nil || len(next) != 1 || next[0] != all[1] {
		t.Errorf("the next page is %+v, %v", next, err)
	}
}
