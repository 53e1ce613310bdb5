package identity_test

import (
	"context"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
)

// A secret may stop by itself; the one after it may not.
func TestSecretExpires(t *testing.T) {
	h := build(t)
	app, made, err := h.CreateApplication(t.Context(), h.by, identity.NewApplication{Name: "poll", Expires: 48 * time.Hour})
	must(t, err)
	if want := h.clock.now().Add(48 * time.Hour); !app.SecretExpires.Equal(want.Truncate(time.Millisecond)) {
		t.Errorf("expires %s, want %s", app.SecretExpires, want)
	}
	h.clock.turn(48*time.Hour - time.Second)
	h.enters("a second before", h.Service, made.ClientID, made.Secret)
	h.clock.turn(time.Second)
	h.stays("at its end", h.Service, made.ClientID, made.Secret)

	next, err := h.RotateExpiring(t.Context(), h.by, made.ClientID, time.Hour, 24*time.Hour)
	must(t, err)
	last, err := h.RotateSecret(t.Context(), h.by, made.ClientID, time.Hour)
	must(t, err)
	app, err = h.Application(t.Context(), h.by.Tenant, made.ClientID)
	must(t, err)
	if !app.SecretExpires.IsZero() || !app.OldSecret.Equal(h.clock.now().Add(time.Hour).Truncate(time.Millisecond)) {
		t.Errorf("newest until %s, old until %s", app.SecretExpires, app.OldSecret)
	}
	h.enters("the old one", h.Service, made.ClientID, next.Secret)
	h.enters("the new one", h.Service, made.ClientID, last.Secret)
	h.clock.turn(time.Hour)
	h.stays("after the overlap", h.Service, made.ClientID, next.Secret)
	h.enters("for good", h.Service, made.ClientID, last.Secret)
	for _, wrong := range []time.Duration{time.Second, -time.Hour, 20 * 365 * 24 * time.Hour} {
		_, err := h.RotateExpiring(t.Context(), h.by, made.ClientID, 0, wrong)
		wantFault(t, wrong.String(), err, "expiry_invalid")
	}
}

// When a secret was last used is seen by all processes, a minute later.
func TestLastUsed(t *testing.T) {
	h := build(t)
	app, made := h.create("poll")
	if !app.LastUsed.IsZero() {
		t.Errorf("used at %s before any use", app.LastUsed)
	}
	h.enters("a use", h.Service, made.ClientID, made.Secret)
	at := h.clock.now()
	h.clock.turn(time.Minute)
	h.Flush(context.Background())
	other, _ := h.process()
	app, err := other.Application(t.Context(), h.by.Tenant, made.ClientID)
	must(t, err)
	if !app.LastUsed.Equal(at.Truncate(time.Millisecond)) {
		t.Errorf("last used %s, want %s", app.LastUsed, at)
	}
	h.stays("a wrong secret", h.Service, made.ClientID, "lm_x")
	h.Flush(context.Background())
	again, err := other.Application(t.Context(), h.by.Tenant, made.ClientID)
	must(t, err)
	if !again.LastUsed.Equal(app.LastUsed) {
		t.Error("a refused secret counts as used")
	}
}

// Who found a secret can ask whose it is.
func TestFindSecret(t *testing.T) {
	h := build(t)
	_, first := h.create("first")
	_, second := h.create("second")
	found, ok, err := h.FindSecret(t.Context(), second.Secret)
	must(t, err)
	if !ok || found.Application.ClientID != second.ClientID || !found.Live {
		t.Errorf("%+v, %v", found, ok)
	}
	must(t, h.DisableApplication(t.Context(), h.by, second.ClientID))
	if found, ok, err = h.FindSecret(t.Context(), second.Secret); err != nil || !ok || found.Live {
		t.Errorf("of a disabled one: %+v, %v, %v", found, ok, err)
	}
	must(t, h.DeleteApplication(t.Context(), h.by, first.ClientID))
	for _, x := range []identity.Secret{first.Secret, "lm_none", ""} {
		if _, ok, err := h.FindSecret(t.Context(), x); ok || err != nil {
			t.Errorf("%q: found %v, %v", x, ok, err)
		}
	}
}
