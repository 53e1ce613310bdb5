package storage_test

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/omr/fault"
)

type house struct {
	*storage.Service
	db     *db.DB
	people *identity.Service
	by     identity.Actor
	at     time.Time
}

func build(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	h := new(house)
	var err error
	h.db, err = db.Open(t.Context(), dbtest.URL(t, dir))
	must(t, err)
	t.Cleanup(func() { _ = h.db.Close() })
	h.at = time.Now().Add(time.Second) // after the storage that the database begins with
	box, err := seal.Load(filepath.Join(dir, "master.key"))
	must(t, err)
	h.people, err = identity.New(t.Context(), h.db, box, identity.Options{})
	must(t, err)
	tenant, err := h.people.DefaultTenant(t.Context())
	must(t, err)
	h.by = identity.Actor{Tenant: tenant, Kind: "user", ID: "ann@example.org"}
	h.Service = storage.New(h.db, storage.Options{Dir: filepath.Join(dir, "blobs"), Now: func() time.Time { return h.at }})
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantFault(t *testing.T, name string, err error, code string) {
	t.Helper()
	if e := fault.As(err); e == nil || e.Code != code || e.Cause == "" || e.Cure == "" {
		t.Errorf("%s: %v; want the fault %s with cause and cure", name, err, code)
	}
}

func TestAFreshInstallationHasAnInternalStorage(t *testing.T) {
	h := build(t)
	x, err := h.Default(t.Context(), h.by.Tenant)
	if err != nil || x.Name != "internal" || x.Kind != storage.KindInternal || x.Mode != storage.ModeKeep {
		t.Fatalf("default %+v, %v", x, err)
	}
	b, err := h.Bucket(t.Context(), h.by.Tenant, x.ID)
	must(t, err)
	must(t, b.Put(t.Context(), "club.txt", strings.NewReader("?text=Rowing club poll")))
	again, err := h.Bucket(t.Context(), h.by.Tenant, x.ID)
	must(t, err)
	r, err := again.Get(t.Context(), "club.txt")
	must(t, err)
	defer r.Close()
	if text, err := io.ReadAll(r); err != nil || string(text) != "?text=Rowing club poll" {
		t.Errorf("read %q, %v", text, err)
	}
}

func TestCreate(t *testing.T) {
	h := build(t)
	x, err := h.Create(t.Context(), h.by, storage.NewStorage{Name: " Exams ", Mode: storage.ModeDelete24h})
	if err != nil || x.Name != "Exams" || x.Kind != storage.KindInternal || x.Mode != storage.ModeDelete24h {
		t.Fatalf("%+v, %v", x, err)
	}
	_, _, err = h.people.CreateApplication(t.Context(), h.by, identity.NewApplication{Name: "a", StorageID: x.ID})
	must(t, err)
	all, err := h.Storages(t.Context(), h.by.Tenant)
	if err != nil || len(all) != 2 || all[0].Name != "internal" || all[0].Applications != 0 || all[1].Name != "Exams" || all[1].Applications != 1 {
		t.Errorf("storages %+v, %v", all, err)
	}
	if got, err := h.ByName(t.Context(), h.by.Tenant, "EXAMS"); err != nil || got.ID != x.ID {
		t.Errorf("by name %+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		in   storage.NewStorage
		code string
	}{
		"same name":    {storage.NewStorage{Name: "eXams"}, "storage_exists"},
		"no name":      {storage.NewStorage{Name: " "}, "name_invalid"},
		"long name":    {storage.NewStorage{Name: strings.Repeat("x", 65)}, "name_invalid"},
		"control":      {storage.NewStorage{Name: "a\nb"}, "name_invalid"},
		"unknown kind": {storage.NewStorage{Name: "x", Kind: "s3"}, "storage_kind_unsupported"},
		"unknown mode": {storage.NewStorage{Name: "x", Mode: "sometimes"}, "storage_mode_invalid"},
	} {
		_, err := h.Create(t.Context(), h.by, c.in)
		wantFault(t, name, err, c.code)
	}
}

func TestOtherTenantsSeeNothing(t *testing.T) {
	h := build(t)
	x, err := h.Default(t.Context(), h.by.Tenant)
	must(t, err)
	_, err = h.Storage(t.Context(), "other", x.ID)
	wantFault(t, "storage", err, "storage_not_found")
	_, err = h.Bucket(t.Context(), "other", x.ID)
	wantFault(t, "bucket", err, "storage_not_found")
	_, err = h.ByName(t.Context(), "other", "internal")
	wantFault(t, "by name", err, "storage_not_found")
	foreign := h.by
	foreign.Tenant = "other"
	wantFault(t, "delete", h.Delete(t.Context(), foreign, x.ID), "storage_not_found")
	if all, err := h.Storages(t.Context(), "other"); err != nil || len(all) != 0 {
		t.Errorf("listed %+v, %v", all, err)
	}
}

func TestDelete(t *testing.T) {
	h := build(t)
	internal, err := h.Default(t.Context(), h.by.Tenant)
	must(t, err)
	wantFault(t, "the only one", h.Delete(t.Context(), h.by, internal.ID), "storage_in_use")
	x, err := h.Create(t.Context(), h.by, storage.NewStorage{Name: "exams"})
	must(t, err)
	app, _, err := h.people.CreateApplication(t.Context(), h.by, identity.NewApplication{Name: "grader", StorageID: x.ID})
	must(t, err)
	err = h.Delete(t.Context(), h.by, x.ID)
	wantFault(t, "in use", err, "storage_in_use")
	if !strings.Contains(err.Error(), "grader") {
		t.Errorf("it is not told by whom: %v", err)
	}
	b, err := h.Bucket(t.Context(), h.by.Tenant, x.ID)
	must(t, err)
	must(t, b.Put(t.Context(), "a/b", strings.NewReader("x")))
	must(t, h.people.DeleteApplication(t.Context(), h.by, app.ClientID))
	must(t, h.Delete(t.Context(), h.by, x.ID))
	if _, err := b.Get(t.Context(), "a/b"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("its files are still there: %v", err)
	}
	wantFault(t, "again", h.Delete(t.Context(), h.by, x.ID), "storage_not_found")
}

func TestSweep(t *testing.T) {
	h := build(t)
	brief, err := h.Create(t.Context(), h.by, storage.NewStorage{Name: "brief", Mode: storage.ModeDelete24h})
	must(t, err)
	kept, err := h.Default(t.Context(), h.by.Tenant)
	must(t, err)
	left := func(id string) (n int) {
		b, err := h.Bucket(t.Context(), h.by.Tenant, id)
		must(t, err)
		for _, err := range b.List(t.Context(), "") {
			must(t, err)
			n++
		}
		return n
	}
	for _, id := range []string{brief.ID, kept.ID} {
		b, err := h.Bucket(t.Context(), h.by.Tenant, id)
		must(t, err)
		must(t, b.Put(t.Context(), "a/b", strings.NewReader("x")))
	}
	h.at = h.at.Add(23 * time.Hour)
	must(t, h.Sweep(t.Context()))
	if left(brief.ID) != 1 || left(kept.ID) != 1 {
		t.Error("a file went before its day was over")
	}
	h.at = h.at.Add(2 * time.Hour)
	must(t, h.Sweep(t.Context()))
	if left(brief.ID) != 0 || left(kept.ID) != 1 {
		t.Errorf("after a day %d files are left where they should go, %d where they should stay", left(brief.ID), left(kept.ID))
	}
}
