package identity_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/omr/fault"
)

// clock is a clock that tests turn.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is an installation's data with one process on it.
type house struct {
	*identity.Service
	t     testing.TB
	dir   string
	db    *db.DB
	clock *clock
	by    identity.Actor
}

func build(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), clock: &clock{at: time.Date(2026, 3, 1, 10, 0, 0, 250e6, time.UTC)}}
	h.Service, h.db = h.process()
	tenant, err := h.DefaultTenant(t.Context())
	must(t, err)
	h.by = identity.Actor{Tenant: tenant, Kind: "user", ID: "ann@example.org"}
	return h
}

// process opens the data as another process would.
func (h *house) process() (*identity.Service, *db.DB) {
	h.t.Helper()
	d, err := db.Open(h.t.Context(), dbtest.URL(h.t, h.dir))
	must(h.t, err)
	h.t.Cleanup(func() { _ = d.Close() })
	box, err := seal.Load(filepath.Join(h.dir, "master.key"))
	must(h.t, err)
	s, err := identity.New(h.t.Context(), d, box, identity.Options{Now: h.clock.now})
	must(h.t, err)
	return s, d
}

func (h *house) create(name string) (identity.Application, identity.Credentials) {
	h.t.Helper()
	app, made, err := h.CreateApplication(h.t.Context(), h.by, identity.NewApplication{Name: name})
	must(h.t, err)
	return app, made
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantFault(t testing.TB, name string, err error, code string) {
	t.Helper()
	if e := fault.As(err); e == nil || e.Code != code || e.Cause == "" || e.Cure == "" {
		t.Errorf("%s: %v; want the fault %s with cause and cure", name, err, code)
	}
}

func (h *house) enters(name string, s *identity.Service, id string, secret identity.Secret) {
	h.t.Helper()
	if app, err := s.Authenticate(h.t.Context(), id, string(secret)); err != nil || app.Tenant != h.by.Tenant {
		h.t.Errorf("%s: %+v, %v", name, app, err)
	}
}

func (h *house) stays(name string, s *identity.Service, id string, secret identity.Secret) {
	h.t.Helper()
	app, err := s.Authenticate(h.t.Context(), id, string(secret))
	wantFault(h.t, name, err, "invalid_client")
	if app.ClientID != "" {
		h.t.Errorf("%s: refused, and yet told of %+v", name, app)
	}
}

func TestCredentialsHaveTheirForm(t *testing.T) {
	h := build(t)
	app, made := h.create(" Rowing club  ")
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(made.ClientID) {
		t.Errorf("client id %q", made.ClientID)
	}
	if !regexp.MustCompile(`^lm_[A-Za-z0-9_-]{43}_[0-9a-f]{6}$`).MatchString(string(made.Secret)) || !made.Secret.WellFormed() {
		t.Errorf("secret %q", made.Secret)
	}
	if app.Name != "Rowing club" || app.StorageName != "internal" || app.Disabled || app.SecretSerial != 1 || !app.Created.Equal(h.clock.now()) {
		t.Errorf("application %+v", app)
	}
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("made", "secret", made.Secret, "credentials", slog.AnyValue(made.Secret))
	if strings.Contains(b.String(), string(made.Secret)) {
		t.Errorf("the secret is in the log: %s", b.String())
	}
	var mac []byte
	must(t, h.db.Read().QueryRow(`SELECT mac FROM application_secret`).Scan(&mac))
	if len(mac) == 0 || bytes.Contains(mac, []byte(made.Secret)[3:20]) {
		t.Error("the database holds the secret in clear")
	}
}

// The example of spec/api.md 7.2.
func TestChecksumOfASecret(t *testing.T) {
	const example = "lm_s7Qm0bX2vK9cT4hYpL1eWnR8dZ6uJ3gA5fBiOqVxMkE_e6c578"
	if !identity.Secret(example).WellFormed() {
		t.Error("the specification's example is refused")
	}
	for _, bad := range []string{"", "lm_", example + "0", example[1:], "xx" + example[2:], example[:10] + "X" + example[11:], strings.ToUpper(example)} {
		if identity.Secret(bad).WellFormed() {
			t.Errorf("%q is taken for a secret", bad)
		}
	}
}

func TestCanonicalClientID(t *testing.T) {
	const id = "3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940"
	for _, good := range []string{id, strings.ToUpper(id), "{" + id + "}", strings.ReplaceAll(id, "-", ""), "{3F0C9A521d7e4a0b9d6e8f2b51c7e940}"} {
		if got, ok := identity.CanonicalClientID(good); !ok || got != id {
			t.Errorf("%q: %q, %v", good, got, ok)
		}
	}
	for _, bad := range []string{"", "{}", "{", id + "0", id[1:], "{" + id, id + "}", strings.Replace(id, "3", "g", 1), strings.Replace(id, "-", "_", 1), "3f0c9a521d7e-4a0b-9d6e-8f2b51c7e940aaaa", "(" + id + ")"} {
		if got, ok := identity.CanonicalClientID(bad); ok || got != "" {
			t.Errorf("%q is taken for %q", bad, got)
		}
	}
}

func FuzzCanonicalClientID(f *testing.F) {
	f.Add("3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940")
	f.Add("{3F0C9A521d7e4a0b9d6e8f2b51c7e940}")
	f.Add("ß")
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := identity.CanonicalClientID(s)
		if !ok {
			return
		}
		if again, ok := identity.CanonicalClientID(id); !ok || again != id || len(id) != 36 {
			t.Fatalf("%q became %q, which becomes %q, %v", s, id, again, ok)
		}
	})
}

func TestAuthenticate(t *testing.T) {
	h := build(t)
	app, made := h.create("a")
	_, other := h.create("b")
	h.enters("right", h.Service, made.ClientID, made.Secret)
	h.enters("in capitals and braces", h.Service, "{"+strings.ToUpper(made.ClientID)+"}", made.Secret)
	for name, c := range map[string]identity.Credentials{
		"another's secret":  {ClientID: made.ClientID, Secret: other.Secret},
		"secret in capital": {ClientID: made.ClientID, Secret: identity.Secret(strings.ToUpper(string(made.Secret)))},
		"cut secret":        {ClientID: made.ClientID, Secret: made.Secret[:len(made.Secret)-7]},
		"blank after":       {ClientID: made.ClientID, Secret: made.Secret + " "},
		"no secret":         {ClientID: made.ClientID},
		"no id":             {Secret: made.Secret},
		"nothing":           {},
		"unknown":           {ClientID: "3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940", Secret: made.Secret},
		"sql":               {ClientID: "' OR 1=1 --", Secret: made.Secret},
	} {
		h.stays(name, h.Service, c.ClientID, c.Secret)
	}
	got, err := h.Authenticate(t.Context(), made.ClientID, string(made.Secret))
	if err != nil || !reflect.DeepEqual(got, app) {
		t.Errorf("authenticated as %+v, made %+v", got, app)
	}
}

func TestChangesCountAtOnceInThisProcess(t *testing.T) {
	h := build(t)
	_, made := h.create("a")
	id := made.ClientID
	must(t, h.DisableApplication(t.Context(), h.by, strings.ToUpper(id)))
	must(t, h.DisableApplication(t.Context(), h.by, id))
	h.stays("disabled", h.Service, id, made.Secret)
	if s, err := h.State(t.Context(), id); err != nil || !s.Exists || !s.Disabled {
		t.Errorf("state of a disabled one: %+v, %v", s, err)
	}
	must(t, h.EnableApplication(t.Context(), h.by, id))
	h.enters("enabled", h.Service, id, made.Secret)
	must(t, h.RenameApplication(t.Context(), h.by, id, "b", "what for"))
	if app, err := h.Application(t.Context(), h.by.Tenant, id); err != nil || app.Name != "b" || app.Description != "what for" {
		t.Errorf("renamed: %+v, %v", app, err)
	}
	h.enters("renamed", h.Service, id, made.Secret)
	next, err := h.RotateSecret(t.Context(), h.by, id, 0)
	must(t, err)
	h.stays("rotated", h.Service, id, made.Secret)
	h.enters("new secret", h.Service, id, next.Secret)
	must(t, h.DeleteApplication(t.Context(), h.by, id))
	h.stays("deleted", h.Service, id, next.Secret)
	if s, err := h.State(t.Context(), id); err != nil || s.Exists {
		t.Errorf("state of a deleted one: %+v, %v", s, err)
	}
	_, err = h.Application(t.Context(), h.by.Tenant, id)
	wantFault(t, "deleted", err, "application_not_found")
	wantFault(t, "delete again", h.DeleteApplication(t.Context(), h.by, id), "application_not_found")
	if apps, err := h.Applications(t.Context(), h.by.Tenant); err != nil || len(apps) != 0 {
		t.Errorf("listed: %+v, %v", apps, err)
	}
}

func TestOverlap(t *testing.T) {
	h := build(t)
	_, first := h.create("a")
	id := first.ClientID
	rotate := func(overlap time.Duration) identity.Credentials {
		t.Helper()
		made, err := h.RotateSecret(t.Context(), h.by, id, overlap)
		must(t, err)
		return made
	}
	start := h.clock.now()
	second := rotate(2 * time.Hour)
	third := rotate(time.Hour) // shortens what the first has left
	for name, c := range map[string]identity.Credentials{"first": first, "second": second, "third": third} {
		h.enters(name+" within the overlap", h.Service, id, c.Secret)
	}
	app, err := h.Application(t.Context(), h.by.Tenant, id)
	if err != nil || app.SecretSerial != 3 || !app.OldSecret.Equal(start.Add(time.Hour)) {
		t.Errorf("application %+v, %v", app, err)
	}
	h.clock.turn(time.Hour)
	h.stays("first, later", h.Service, id, first.Secret)
	h.stays("second, later", h.Service, id, second.Secret)
	h.enters("third, later", h.Service, id, third.Secret)
	fourth := rotate(72 * time.Hour)
	fifth := rotate(0)
	h.stays("third after a rotation without overlap", h.Service, id, third.Secret)
	h.stays("fourth after a rotation without overlap", h.Service, id, fourth.Secret)
	h.enters("fifth", h.Service, id, fifth.Secret)
	for _, bad := range []time.Duration{-1, 72*time.Hour + 1} {
		_, err := h.RotateSecret(t.Context(), h.by, id, bad)
		wantFault(t, bad.String(), err, "overlap_invalid")
	}
}

func TestChangesOfAnotherProcess(t *testing.T) {
	h := build(t)
	_, old := h.create("a")
	other, _ := h.process()
	h.enters("known to both", other, old.ClientID, old.Secret)

	app, made, err := other.CreateApplication(t.Context(), h.by, identity.NewApplication{Name: "made elsewhere"})
	must(t, err)
	h.enters("made elsewhere, at once", h.Service, made.ClientID, made.Secret)
	next, err := other.RotateSecret(t.Context(), h.by, made.ClientID, 0)
	must(t, err)
	h.enters("rotated elsewhere, the new secret at once", h.Service, made.ClientID, next.Secret)

	h.enters("before it is disabled", h.Service, old.ClientID, old.Secret)
	must(t, other.DisableApplication(t.Context(), h.by, old.ClientID))
	h.clock.turn(2 * time.Second)
	h.stays("disabled elsewhere 2 s ago", h.Service, old.ClientID, old.Secret)
	h.stays("rotated elsewhere 2 s ago", h.Service, made.ClientID, made.Secret)
	must(t, other.DeleteApplication(t.Context(), h.by, app.ClientID))
	h.clock.turn(2 * time.Second)
	if s, err := h.State(t.Context(), app.ClientID); err != nil || s.Exists {
		t.Errorf("deleted elsewhere 2 s ago: %+v, %v", s, err)
	}
}

// With the real clock: Watch alone must bring the change, memory being fresh.
func TestWatchFollowsOtherProcesses(t *testing.T) {
	h := build(t)
	_, made := h.create("a")
	h.clock.turn(time.Hour) // memory is stale: only a poll makes it fresh
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.Watch(ctx) }()
	other, _ := h.process()
	must(t, other.DisableApplication(t.Context(), h.by, made.ClientID))
	time.Sleep(1200 * time.Millisecond) // two polls
	must(t, h.db.Close())               // from now on only memory can answer
	state, err := h.State(t.Context(), made.ClientID)
	if err != nil || !state.Exists || !state.Disabled {
		t.Errorf("after two polls: %+v, %v", state, err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Watch ended with %v", err)
	}
}

func TestStaleMemoryIsNotBelieved(t *testing.T) {
	h := build(t)
	_, made := h.create("a")
	must(t, h.db.Close())
	h.enters("fresh memory needs no database", h.Service, made.ClientID, made.Secret)
	h.clock.turn(2 * time.Second)
	_, err := h.Authenticate(t.Context(), made.ClientID, string(made.Secret))
	wantFault(t, "stale memory, database away", err, "identity_unavailable")
	if _, err := h.State(t.Context(), made.ClientID); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("state: %v", err)
	}
	h.clock.turn(-time.Hour)
	_, err = h.Authenticate(t.Context(), made.ClientID, string(made.Secret))
	wantFault(t, "clock set back", err, "identity_unavailable")
}

func TestOtherTenantsSeeNothing(t *testing.T) {
	h := build(t)
	_, made := h.create("a")
	if _, err := h.db.Write().Exec(`INSERT INTO tenant (id, name, created) VALUES ('other', 'other', 1)`); err != nil {
		t.Fatal(err)
	}
	foreign := identity.Actor{Tenant: "other", Kind: "user", ID: "eve@example.org"}
	_, err := h.Application(t.Context(), "other", made.ClientID)
	wantFault(t, "read", err, "application_not_found")
	_, err = h.RotateSecret(t.Context(), foreign, made.ClientID, 0)
	wantFault(t, "rotate", err, "application_not_found")
	wantFault(t, "disable", h.DisableApplication(t.Context(), foreign, made.ClientID), "application_not_found")
	wantFault(t, "enable", h.EnableApplication(t.Context(), foreign, made.ClientID), "application_not_found")
	wantFault(t, "rename", h.RenameApplication(t.Context(), foreign, made.ClientID, "x", ""), "application_not_found")
	wantFault(t, "delete", h.DeleteApplication(t.Context(), foreign, made.ClientID), "application_not_found")
	var storage string
	must(t, h.db.Read().QueryRow(`SELECT id FROM storage`).Scan(&storage))
	_, _, err = h.CreateApplication(t.Context(), foreign, identity.NewApplication{Name: "x", StorageID: storage})
	wantFault(t, "another tenant's storage", err, "storage_not_found")
	h.enters("untouched", h.Service, made.ClientID, made.Secret)
}

func TestNames(t *testing.T) {
	h := build(t)
	for name, in := range map[string]identity.NewApplication{
		"empty":            {},
		"blank":            {Name: " \t "},
		"long":             {Name: strings.Repeat("ä", 101)},
		"control":          {Name: "a\x00b"},
		"line break":       {Name: "a\nb"},
		"not UTF-8":        {Name: "a\xff"},
		"long description": {Name: "a", Description: strings.Repeat("x", 1001)},
	} {
		_, _, err := h.CreateApplication(t.Context(), h.by, in)
		wantFault(t, name, err, "name_invalid")
	}
	if _, _, err := h.CreateApplication(t.Context(), h.by, identity.NewApplication{Name: strings.Repeat("ä", 100), Description: "two\nlines"}); err != nil {
		t.Error(err)
	}
	h.create("same")
	h.create("same")
	_, _, err := h.CreateApplication(t.Context(), h.by, identity.NewApplication{Name: "a", StorageID: "none"})
	wantFault(t, "unknown storage", err, "storage_not_found")
}

func TestChangesAreAudited(t *testing.T) {
	h := build(t)
	_, made := h.create("a")
	_, err := h.RotateSecret(t.Context(), h.by, made.ClientID, time.Hour)
	must(t, err)
	must(t, h.DisableApplication(t.Context(), h.by, made.ClientID))
	entries, err := audit.Entries(t.Context(), h.db, h.by.Tenant, 0, 10)
	must(t, err)
	var got []string
	for _, e := range entries {
		if e.Object != made.ClientID || e.Actor != h.by || strings.Contains(e.Detail, "lm_") {
			t.Errorf("entry %+v", e)
		}
		got = append(got, e.Action)
	}
	if want := "application.disable application.rotate_secret application.create"; strings.Join(got, " ") != want {
		t.Errorf("audited %q, want %q", got, want)
	}
}

func TestForeignMasterKeyIsRefused(t *testing.T) {
	h := build(t)
	box, err := seal.Load(filepath.Join(t.TempDir(), "other.key"))
	must(t, err)
	_, err = identity.New(t.Context(), h.db, box, identity.Options{})
	wantFault(t, "another key", err, "master_key_mismatch")
}

func TestConcurrentRotationsLoseNothing(t *testing.T) {
	h := build(t)
	_, made := h.create("a")
	other, _ := h.process()
	var all sync.WaitGroup
	var serials atomic.Int32
	for i := range 12 {
		s := h.Service
		if i%2 == 1 {
			s = other
		}
		all.Go(func() {
			if _, err := s.RotateSecret(t.Context(), h.by, made.ClientID, time.Hour); err != nil {
				t.Error(err)
			}
			serials.Add(1)
		})
	}
	all.Wait()
	app, err := h.Application(t.Context(), h.by.Tenant, made.ClientID)
	if err != nil || app.SecretSerial != 13 {
		t.Errorf("serial %d after %d rotations, %v", app.SecretSerial, serials.Load(), err)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	h := build(b)
	var made identity.Credentials
	for i := range 50 {
		_, made = h.create(fmt.Sprint(i))
	}
	for b.Loop() {
		if _, err := h.Authenticate(b.Context(), made.ClientID, string(made.Secret)); err != nil {
			b.Fatal(err)
		}
	}
}
