package identity_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
)

const (
	ann      = "ann@example.org"
	password = "correct horse battery"
	home     = "192.0.2.1:4000"
)

func at(address string) identity.Origin { return identity.Origin{Address: address, Agent: "Firefox"} }

// owner makes the first account.
func (h *house) owner() identity.User {
	h.t.Helper()
	token, needed, err := h.FirstAccountToken(h.t.Context())
	must(h.t, err)
	if !needed {
		h.t.Fatal("no account, and none is needed")
	}
	u, err := h.CreateFirstAccount(h.t.Context(), token, ann, password, at(home))
	must(h.t, err)
	return u
}

func TestFirstAccount(t *testing.T) {
	h := build(t)
	token, needed, err := h.FirstAccountToken(t.Context())
	if err != nil || !needed || len(token) != 43 {
		t.Fatalf("token %q, needed %v, %v", token, needed, err)
	}
	second, _, err := h.FirstAccountToken(t.Context())
	must(t, err)
	_, err = h.CreateFirstAccount(t.Context(), "guess", ann, password, at(home))
	wantFault(t, "a guess", err, "link_invalid")
	_, err = h.CreateFirstAccount(t.Context(), token, "no address", password, at(home))
	wantFault(t, "no address", err, "email_invalid")
	_, err = h.CreateFirstAccount(t.Context(), token, ann, "short", at(home))
	wantFault(t, "short password", err, "password_invalid")
	if open, err := h.FirstAccountOpen(t.Context(), token); err != nil || !open {
		t.Errorf("after mistakes the token is open %v, %v", open, err)
	}
	_, _, err = h.SignInByToken(t.Context(), token, at(home))
	wantFault(t, "to sign in", err, "link_invalid")

	u, err := h.CreateFirstAccount(t.Context(), token, " "+ann+" ", password, at(home))
	if err != nil || u.Email != ann || u.Role != identity.RoleOwner || u.Tenant != h.by.Tenant {
		t.Fatalf("first account %+v, %v", u, err)
	}
	if e := h.last("user.create"); e.Detail != "role owner" || e.Actor.Address != "192.0.2.1" {
		t.Errorf("audit %+v", e)
	}
	for name, token := range map[string]string{"used": token, "the other": second} {
		_, err = h.CreateFirstAccount(t.Context(), token, "eve@example.org", password, at(home))
		wantFault(t, name, err, "link_invalid")
		if open, err := h.FirstAccountOpen(t.Context(), token); err != nil || open {
			t.Errorf("%s token is open %v, %v", name, open, err)
		}
	}
	if _, needed, err := h.FirstAccountToken(t.Context()); err != nil || needed {
		t.Errorf("a first account is needed %v, %v", needed, err)
	}
}

func TestFirstAccountTokenEndsAfterADay(t *testing.T) {
	h := build(t)
	token, _, err := h.FirstAccountToken(t.Context())
	must(t, err)
	h.clock.turn(24 * time.Hour)
	_, err = h.CreateFirstAccount(t.Context(), token, ann, password, at(home))
	wantFault(t, "a day old", err, "link_invalid")
}

func TestOnlyOneFirstAccount(t *testing.T) {
	h := build(t)
	var all sync.WaitGroup
	for i := range 4 {
		token, _, err := h.FirstAccountToken(t.Context())
		must(t, err)
		all.Go(func() {
			_, _ = h.CreateFirstAccount(t.Context(), token, strconv.Itoa(i)+ann, password, at(home))
		})
	}
	all.Wait()
	if users, err := h.Users(t.Context(), h.by.Tenant); err != nil || len(users) != 1 {
		t.Errorf("%d first accounts, %v", len(users), err)
	}
}

func TestSignIn(t *testing.T) {
	h := build(t)
	h.owner()
	u, session, err := h.SignIn(t.Context(), "ANN@example.org ", password, at(home))
	if err != nil || u.Email != ann || len(session.ID) != 43 {
		t.Fatalf("%+v, %+v, %v", u, session, err)
	}
	if got, err := h.Session(t.Context(), session.ID); err != nil || got != u {
		t.Errorf("session of %+v, %v", got, err)
	}
	for name, c := range map[string][2]string{
		"wrong password": {ann, password + "x"},
		"no password":    {ann, ""},
		"unknown":        {"eve@example.org", password},
		"huge password":  {ann, strings.Repeat("x", 1<<20)},
	} {
		_, _, err := h.SignIn(t.Context(), c[0], c[1], at("192.0.2."+strconv.Itoa(len(name))))
		wantFault(t, name, err, "sign_in_failed")
	}
	must(t, h.SignOut(t.Context(), session.ID))
	must(t, h.SignOut(t.Context(), session.ID))
	_, err = h.Session(t.Context(), session.ID)
	wantFault(t, "signed out", err, "session_invalid")
	_, err = h.Session(t.Context(), "")
	wantFault(t, "no session", err, "session_invalid")
}

func TestPasswordsAreComparedInOneUnicodeForm(t *testing.T) {
	h := build(t)
	h.owner()
	must(t, h.SetPassword(t.Context(), h.by, ann, "pa\u0308sswort-satz"))
	if _, _, err := h.SignIn(t.Context(), ann, "p\u00e4sswort-satz", at(home)); err != nil {
		t.Errorf("the same password from another keyboard: %v", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	h := build(t)
	h.owner()
	_, idle, err := h.SignIn(t.Context(), ann, password, at(home))
	must(t, err)
	_, used, err := h.SignIn(t.Context(), ann, password, at(home))
	must(t, err)
	for range 13 { // 6 d 12 h in steps shorter than the idle limit
		h.clock.turn(11 * time.Hour)
		if _, err := h.Session(t.Context(), used.ID); err != nil {
			t.Fatalf("a session in use ended: %v", err)
		}
	}
	_, err = h.Session(t.Context(), idle.ID)
	wantFault(t, "unused for 12 h", err, "session_invalid")
	for range 3 {
		h.clock.turn(11 * time.Hour)
		_, err = h.Session(t.Context(), used.ID)
	}
	wantFault(t, "older than 7 days", err, "session_invalid")
}

func TestSignInIsLimited(t *testing.T) {
	h := build(t)
	h.owner()
	for range 5 {
		_, _, err := h.SignIn(t.Context(), ann, "guess guess", at("203.0.113.9:1"))
		wantFault(t, "a guess", err, "sign_in_failed")
	}
	_, _, err := h.SignIn(t.Context(), ann, password, at("203.0.113.9:2"))
	wantFault(t, "the guesser's sixth, though right", err, "too_many_requests")
	if _, _, err := h.SignIn(t.Context(), ann, password, at(home)); err != nil {
		t.Errorf("the owner is locked out by a guesser: %v", err)
	}
	h.clock.turn(10 * time.Minute)
	if _, _, err := h.SignIn(t.Context(), ann, password, at("203.0.113.9:3")); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
}

func TestManyGuessesAtOnceAreLimited(t *testing.T) {
	h := build(t)
	h.owner()
	var all sync.WaitGroup
	tried := make(chan struct{}, 40)
	for range cap(tried) {
		all.Go(func() {
			if _, _, err := h.SignIn(t.Context(), ann, "guess guess", at("203.0.113.9:1")); strings.Contains(err.Error(), "sign_in_failed") {
				tried <- struct{}{}
			}
		})
	}
	all.Wait()
	if len(tried) != 5 {
		t.Errorf("%d of %d guesses at once were tried, want 5", len(tried), cap(tried))
	}
}

func TestLinks(t *testing.T) {
	h := build(t)
	u, err := h.EnsureOwner(t.Context(), "demo@localhost")
	must(t, err)
	if again, err := h.EnsureOwner(t.Context(), "Demo@localhost"); err != nil || again.ID != u.ID {
		t.Errorf("made twice: %+v, %v", again, err)
	}
	if _, needed, err := h.FirstAccountToken(t.Context()); err != nil || needed {
		t.Errorf("with an owner a first account is needed %v, %v", needed, err)
	}
	token, err := h.SignInToken(t.Context(), "demo@localhost")
	must(t, err)
	if _, err := h.CreateFirstAccount(t.Context(), token, ann, password, at(home)); err == nil {
		t.Error("a sign-in link made an account")
	}
	got, session, err := h.SignInByToken(t.Context(), token, at(home))
	if err != nil || got.ID != u.ID {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := h.Session(t.Context(), session.ID); err != nil {
		t.Error(err)
	}
	_, _, err = h.SignInByToken(t.Context(), token, at(home))
	wantFault(t, "a second time", err, "link_invalid")
	token, err = h.SignInToken(t.Context(), "demo@localhost")
	must(t, err)
	h.clock.turn(24 * time.Hour)
	_, _, err = h.SignInByToken(t.Context(), token, at(home))
	wantFault(t, "a day later", err, "link_invalid")
	_, err = h.SignInToken(t.Context(), "nobody@localhost")
	wantFault(t, "nobody's link", err, "user_not_found")
	_, _, err = h.SignIn(t.Context(), "demo@localhost", "", at(home))
	wantFault(t, "an account without password", err, "sign_in_failed")
}

func TestALinkWorksForOneOfMany(t *testing.T) {
	h := build(t)
	_, err := h.EnsureOwner(t.Context(), ann)
	must(t, err)
	token, err := h.SignInToken(t.Context(), ann)
	must(t, err)
	in := make(chan identity.User, 8)
	var all sync.WaitGroup
	for range cap(in) {
		all.Go(func() {
			if u, _, err := h.SignInByToken(t.Context(), token, at(home)); err == nil {
				in <- u
			}
		})
	}
	all.Wait()
	if len(in) != 1 {
		t.Errorf("one link let %d in", len(in))
	}
}

func TestUsers(t *testing.T) {
	h := build(t)
	h.owner()
	_, err := h.CreateUser(t.Context(), h.by, "Bob@example.org", identity.RoleDeveloper)
	must(t, err)
	_, err = h.CreateUser(t.Context(), h.by, "bob@EXAMPLE.org", identity.RoleDeveloper)
	wantFault(t, "the same address", err, "user_exists")
	_, err = h.CreateUser(t.Context(), h.by, "eve@example.org", "root")
	wantFault(t, "no role", err, "role_invalid")
	for _, bad := range []string{"", "@", "a@", "@b", "a b@c", "a@b@c", "a@b\nc", strings.Repeat("a", 250) + "@b.cd"} {
		_, err := h.CreateUser(t.Context(), h.by, bad, identity.RoleDeveloper)
		wantFault(t, strconv.Quote(bad), err, "email_invalid")
	}
	users, err := h.Users(t.Context(), h.by.Tenant)
	if err != nil || len(users) != 2 || users[0].Email != ann || users[1].Email != "Bob@example.org" {
		t.Errorf("users %+v, %v", users, err)
	}
	_, session, err := h.SignIn(t.Context(), ann, password, at(home))
	must(t, err)
	must(t, h.SetPassword(t.Context(), h.by, ann, password+"2"))
	_, err = h.Session(t.Context(), session.ID)
	wantFault(t, "a session from before the new password", err, "session_invalid")
	_, _, err = h.SignIn(t.Context(), ann, password, at(home))
	wantFault(t, "the old password", err, "sign_in_failed")
	if _, _, err := h.SignIn(t.Context(), ann, password+"2", at(home)); err != nil {
		t.Error(err)
	}
	wantFault(t, "the only owner", h.DeleteUser(t.Context(), h.by, ann), "last_owner")
	must(t, h.DeleteUser(t.Context(), h.by, "bob@example.org"))
	wantFault(t, "deleted", h.DeleteUser(t.Context(), h.by, "bob@example.org"), "user_not_found")
	foreign := h.by
	foreign.Tenant = "other"
	wantFault(t, "another tenant's user", h.SetPassword(t.Context(), foreign, ann, password), "user_not_found")
}
