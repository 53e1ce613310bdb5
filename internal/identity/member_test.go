package identity_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/identity"
)

// member is an account with this role, and the actor that it is.
func (h *house) member(email, role string) identity.Actor {
	h.t.Helper()
	_, err := h.CreateUser(h.t.Context(), identity.Actor{Tenant: h.by.Tenant, Kind: "operator"}, email, role)
	must(h.t, err)
	return identity.Actor{Tenant: h.by.Tenant, Kind: "user", ID: email, Address: "192.0.2.7"}
}

func (h *house) last(action string) audit.Entry {
	h.t.Helper()
	all, err := audit.Entries(h.t.Context(), h.db, h.by.Tenant, 0, 100)
	must(h.t, err)
	for _, e := range all {
		if e.Action == action {
			return e
		}
	}
	h.t.Fatalf("no %s in the audit", action)
	return audit.Entry{}
}

func TestWhatRolesMay(t *testing.T) {
	rights := []identity.Right{
		identity.ReadApplications, identity.SwitchApplications, identity.WriteApplications, identity.ReadStorages,
		identity.WriteStorages, identity.ReadMembers, identity.WriteMembers, identity.WriteOwners,
	}
	want := map[string]string{
		identity.RoleOwner: "xxxxxxxx", identity.RoleAdmin: "xxxxxxx-", identity.RoleDeveloper: "xxxxx---",
		identity.RoleOperator: "xx-xx---", identity.RoleReviewer: "--------", identity.RoleAuditor: "x--x-x--", "root": "--------",
	}
	for role, marks := range want {
		for i, r := range rights {
			if got := identity.Allows(role, r); got != (marks[i] == 'x') {
				t.Errorf("%s, %s: %v", role, r, got)
			}
		}
	}
	if len(identity.Roles()) != len(want)-1 {
		t.Errorf("roles %v", identity.Roles())
	}
}

// Who may do what to whom: nobody rises above what they are, or is stopped by one
// below.
func TestMembersAreChangedByThoseAbove(t *testing.T) {
	h := build(t)
	h.owner()
	actors := map[string]identity.Actor{"owner": h.by}
	for _, role := range identity.Roles()[1:] {
		actors[role] = h.member(role+"@example.org", role)
	}
	actors["application"] = identity.Actor{Tenant: h.by.Tenant, Kind: "application", ID: "x"}
	actors["stranger"] = identity.Actor{Tenant: h.by.Tenant, Kind: "user", ID: "gone@example.org"}
	h.member("second@example.org", identity.RoleOwner)
	h.member("bob@example.org", identity.RoleReviewer)
	ctx := t.Context()
	acts := map[string]func(by identity.Actor, role, whom string) error{
		"invite": func(by identity.Actor, role, _ string) error {
			_, err := h.Invite(ctx, by, "new-"+role+"@example.org", role)
			return err
		},
		"set role": func(by identity.Actor, role, whom string) error { return h.SetRole(ctx, by, whom, role) },
		"sign out": func(by identity.Actor, _, whom string) error { _, err := h.EndSessions(ctx, by, whom, ""); return err },
	}
	for name, act := range acts {
		for who, by := range actors {
			for _, c := range []struct {
				role, whom string
				may        []string
			}{
				{identity.RoleReviewer, "bob@example.org", []string{"owner", "admin"}},
				{identity.RoleOwner, "second@example.org", []string{"owner"}},
			} {
				err := act(by, c.role, c.whom)
				if slices.Contains(c.may, who) {
					if err != nil {
						t.Errorf("%s: %s with %s: %v", name, who, c.whom, err)
					}
				} else {
					wantFault(t, name+": "+who+" with "+c.whom, err, "role_forbids")
				}
			}
		}
	}
	wantFault(t, "an admin makes an owner", h.SetRole(ctx, actors["admin"], "bob@example.org", identity.RoleOwner), "role_forbids")
	wantFault(t, "an admin unmakes an owner", h.SetRole(ctx, actors["admin"], "second@example.org", identity.RoleAuditor), "role_forbids")
	wantFault(t, "an admin removes an owner", h.DeleteUser(ctx, actors["admin"], "second@example.org"), "role_forbids")
	wantFault(t, "an admin withdraws an owner", h.Withdraw(ctx, actors["admin"], "new-owner@example.org"), "role_forbids")
	wantFault(t, "a developer removes", h.DeleteUser(ctx, actors["developer"], "bob@example.org"), "role_forbids")
	wantFault(t, "an owner sets another's password", h.SetPassword(ctx, h.by, "bob@example.org", password), "role_forbids")
	wantFault(t, "no role", h.SetRole(ctx, h.by, "bob@example.org", "root"), "role_invalid")
}

func TestTheLastOwnerStays(t *testing.T) {
	h := build(t)
	h.owner()
	ctx := t.Context()
	wantFault(t, "demoted", h.SetRole(ctx, h.by, ann, identity.RoleAdmin), "last_owner")
	wantFault(t, "removed", h.DeleteUser(ctx, h.by, ann), "last_owner")
	h.member("bob@example.org", identity.RoleAuditor)
	by := h.by
	by.Address = "192.0.2.7"
	must(t, h.SetRole(ctx, by, "bob@example.org", identity.RoleOwner))
	if e := h.last("user.set_role"); e.Detail != "auditor -> owner" || e.Actor.Address != "192.0.2.7" || e.Object != "bob@example.org" {
		t.Errorf("audit %+v", e)
	}
	must(t, h.SetRole(ctx, h.by, ann, identity.RoleReviewer))
	wantFault(t, "the one that is left", h.SetRole(ctx, identity.Actor{Tenant: h.by.Tenant, Kind: "operator"}, "bob@example.org", identity.RoleAdmin), "last_owner")
}

func TestInvitations(t *testing.T) {
	h := build(t)
	h.owner()
	ctx := t.Context()
	admin := h.member("admin@example.org", identity.RoleAdmin)
	_, err := h.Invite(ctx, h.by, ann, identity.RoleAdmin)
	wantFault(t, "who is there", err, "user_exists")
	_, err = h.Invite(ctx, h.by, "no address", identity.RoleAdmin)
	wantFault(t, "no address", err, "email_invalid")
	first, err := h.Invite(ctx, admin, "Bob@example.org", identity.RoleReviewer)
	must(t, err)
	token, err := h.Invite(ctx, admin, "bob@example.org", identity.RoleDeveloper)
	must(t, err)
	_, _, err = h.Join(ctx, first, password, at(home))
	wantFault(t, "one that was replaced", err, "invitation_invalid")
	all, err := h.Invitations(ctx, h.by.Tenant)
	if err != nil || len(all) != 1 || all[0].Email != "bob@example.org" || all[0].Role != identity.RoleDeveloper || all[0].By != admin.ID || all[0].Expires.Sub(all[0].Created) != 72*time.Hour {
		t.Errorf("invitations %+v, %v", all, err)
	}
	_, _, err = h.Join(ctx, token, "short", at(home))
	wantFault(t, "short password", err, "password_invalid")
	u, session, err := h.Join(ctx, token, password, at(home))
	if err != nil || u.Email != "bob@example.org" || u.Role != identity.RoleDeveloper || u.Tenant != h.by.Tenant {
		t.Fatalf("%+v, %v", u, err)
	}
	if got, err := h.Session(ctx, session.ID); err != nil || got.ID != u.ID {
		t.Errorf("session of %+v, %v", got, err)
	}
	_, _, err = h.Join(ctx, token, password, at(home))
	wantFault(t, "a second time", err, "invitation_invalid")
	if e := h.last("user.create"); e.Detail != "role developer" || e.Actor.Address != "192.0.2.1" {
		t.Errorf("audit %+v", e)
	}

	old, err := h.Invite(ctx, h.by, "late@example.org", identity.RoleAuditor)
	must(t, err)
	h.clock.turn(identity.InvitationLife)
	_, _, err = h.Join(ctx, old, password, at(home))
	wantFault(t, "72 hours old", err, "invitation_invalid")

	back, err := h.Invite(ctx, h.by, "back@example.org", identity.RoleAuditor)
	must(t, err)
	must(t, h.Withdraw(ctx, h.by, "BACK@example.org"))
	_, err = h.Invitation(ctx, back)
	wantFault(t, "withdrawn", err, "invitation_invalid")
	wantFault(t, "withdrawn twice", h.Withdraw(ctx, h.by, "back@example.org"), "user_not_found")

	theirs, err := h.Invite(ctx, admin, "friend@example.org", identity.RoleAdmin)
	must(t, err)
	must(t, h.DeleteUser(ctx, h.by, admin.ID))
	_, _, err = h.Join(ctx, theirs, password, at(home))
	wantFault(t, "from somebody who was removed", err, "invitation_invalid")
}

func TestSessionsAreSeenAndEnded(t *testing.T) {
	h := build(t)
	ann := h.owner()
	ctx := t.Context()
	_, one, err := h.SignIn(ctx, ann.Email, password, identity.Origin{Address: home, Agent: "Firefox\x00" + strings.Repeat("x", 1000)})
	must(t, err)
	h.clock.turn(time.Minute)
	_, two, err := h.SignIn(ctx, ann.Email, password, at("[2001:db8::1]:99"))
	must(t, err)
	all, err := h.Sessions(ctx, ann, one.ID)
	if err != nil || len(all) != 2 || all[0].Current || !all[1].Current || all[0].Address != "2001:db8::1" || all[1].Address != "192.0.2.1" ||
		!strings.HasPrefix(all[1].Agent, "Firefox") || len(all[1].Agent) > 200 || all[0].How != "password" {
		t.Fatalf("sessions %+v, %v", all, err)
	}
	_, err = h.Session(ctx, all[0].Handle)
	wantFault(t, "a handle is no session", err, "session_invalid")
	bob := h.member("bob@example.org", identity.RoleDeveloper)
	wantFault(t, "another's", h.EndSession(ctx, bob, ann.Email, all[0].Handle), "role_forbids")
	must(t, h.EndSession(ctx, bob, bob.ID, all[0].Handle)) // none of bob's
	if _, err := h.Session(ctx, two.ID); err != nil {
		t.Errorf("ended by a stranger: %v", err)
	}
	must(t, h.EndSession(ctx, h.by, ann.Email, all[0].Handle))
	must(t, h.EndSession(ctx, h.by, ann.Email, "no hex"))
	_, err = h.Session(ctx, two.ID)
	wantFault(t, "ended from another", err, "session_invalid")
	_, _, err = h.SignIn(ctx, ann.Email, password, at(home))
	must(t, err)
	if n, err := h.EndSessions(ctx, h.by, ann.Email, one.ID); err != nil || n != 1 {
		t.Errorf("%d others ended, %v", n, err)
	}
	if _, err := h.Session(ctx, one.ID); err != nil {
		t.Errorf("the one that asked: %v", err)
	}
	if n, err := h.EndSessions(ctx, identity.Actor{Tenant: h.by.Tenant, Kind: "operator"}, ann.Email, ""); err != nil || n != 1 {
		t.Errorf("the operator ended %d, %v", n, err)
	}
}

func TestWhatCannotBeUndoneNeedsAFreshProof(t *testing.T) {
	h := build(t)
	h.owner()
	ctx := t.Context()
	_, session, err := h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	must(t, h.Proved(ctx, session.ID))
	h.clock.turn(identity.ProofLife)
	wantFault(t, "15 minutes later", h.Proved(ctx, session.ID), "proof_needed")
	_, err = h.Confirm(ctx, session.ID, password+"x", at(home))
	wantFault(t, "wrong password", err, "sign_in_failed")
	wantFault(t, "after a wrong one", h.Proved(ctx, session.ID), "proof_needed")
	again, err := h.Confirm(ctx, session.ID, password, at(home))
	must(t, err)
	if again.ID == session.ID || !again.Expires.Equal(session.Expires.Truncate(time.Millisecond)) {
		t.Errorf("%+v after %+v", again, session)
	}
	must(t, h.Proved(ctx, again.ID))
	_, err = h.Session(ctx, session.ID)
	wantFault(t, "the id from before", err, "session_invalid")
	wantFault(t, "no session", h.Proved(ctx, ""), "session_invalid")
	for range 5 {
		_, err = h.Confirm(ctx, again.ID, "guess guess", at("203.0.113.9:1"))
		wantFault(t, "a guess", err, "sign_in_failed")
	}
	_, err = h.Confirm(ctx, again.ID, password, at("203.0.113.9:1"))
	wantFault(t, "the sixth", err, "too_many_requests")
}

func TestChangingThePassword(t *testing.T) {
	h := build(t)
	h.owner()
	ctx := t.Context()
	_, other, err := h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	_, session, err := h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	_, err = h.ChangePassword(ctx, session.ID, "wrong wrong", password+"2", at(home))
	wantFault(t, "wrong old one", err, "sign_in_failed")
	_, err = h.ChangePassword(ctx, session.ID, password, "short", at(home))
	wantFault(t, "short new one", err, "password_invalid")
	next, err := h.ChangePassword(ctx, session.ID, password, password+"2", at(home))
	must(t, err)
	for name, id := range map[string]string{"another": other.ID, "its own from before": session.ID} {
		_, err = h.Session(ctx, id)
		wantFault(t, name, err, "session_invalid")
	}
	if _, err := h.Session(ctx, next.ID); err != nil {
		t.Error(err)
	}

	// A forgotten one is replaced after a sign-in by link, while that is fresh.
	link, err := h.SignInToken(ctx, ann)
	must(t, err)
	_, session, err = h.SignInByToken(ctx, link, at(home))
	must(t, err)
	late, err := h.SignInToken(ctx, ann)
	must(t, err)
	_, stale, err := h.SignInByToken(ctx, late, at(home))
	must(t, err)
	if _, err := h.ChangePassword(ctx, session.ID, "", password+"3", at(home)); err != nil {
		t.Errorf("after a link: %v", err)
	}
	_, err = h.Session(ctx, stale.ID)
	wantFault(t, "the other link's", err, "session_invalid")
	link, err = h.SignInToken(ctx, ann)
	must(t, err)
	_, session, err = h.SignInByToken(ctx, link, at(home))
	must(t, err)
	h.clock.turn(identity.ProofLife)
	_, err = h.ChangePassword(ctx, session.ID, "", password+"4", at(home))
	wantFault(t, "a link of long ago", err, "sign_in_failed")
}
