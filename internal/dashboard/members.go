package dashboard

import (
	"fmt"
	"net/http"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

type membersView struct {
	Members     []identity.User
	Invitations []identity.Invitation
	May         bool // change anybody here
}

func (p *pages) getMembers(w http.ResponseWriter, r *http.Request, v visitor) error {
	all, err := p.Identity.Users(r.Context(), v.Tenant)
	if err != nil {
		return err
	}
	open, err := p.Identity.Invitations(r.Context(), v.Tenant)
	if err != nil {
		return err
	}
	note := ""
	switch q := r.URL.Query(); {
	case q.Has("removed"):
		note = "The member was removed and is signed out everywhere."
	case q.Has("withdrawn"):
		note = "The invitation was withdrawn: its link works no more."
	case q.Has("saved"):
		note = "Saved."
	}
	return p.render(w, http.StatusOK, "members", page{
		Title: "Members", User: &v.User, Note: note,
		View: membersView{Members: all, Invitations: open, May: v.May(identity.WriteMembers)},
	})
}

// roleView is a role as a person chooses it.
type roleView struct {
	Name, Text string
	Chosen     bool
}

// roles are those that v may give.
func roles(v visitor, chosen string) []roleView {
	texts := map[string]string{
		identity.RoleOwner:     "everything, other owners included",
		identity.RoleAdmin:     "everything but owners",
		identity.RoleDeveloper: "applications, their secrets, and storages",
		identity.RoleOperator:  "disables and enables applications, makes storages",
		identity.RoleReviewer:  "forms and sheets only",
		identity.RoleAuditor:   "sees everything, changes nothing",
	}
	var all []roleView
	for _, role := range identity.Roles() {
		if role != identity.RoleOwner || v.May(identity.WriteOwners) {
			all = append(all, roleView{role, texts[role], role == chosen})
		}
	}
	return all
}

type inviteView struct {
	Email string
	Roles []roleView
	Link  string // once it was made
	Role  string
}

func (p *pages) getInvite(w http.ResponseWriter, _ *http.Request, v visitor) error {
	return p.render(w, http.StatusOK, "member-invite", page{
		Title: "Invite a member", User: &v.User, View: inviteView{Roles: roles(v, identity.RoleReviewer)},
	})
}

// postInvite shows the link in its answer, which is stored nowhere.
func (p *pages) postInvite(w http.ResponseWriter, r *http.Request, v visitor) error {
	view := inviteView{Email: r.PostFormValue("email"), Role: r.PostFormValue("role")}
	token, err := p.Identity.Invite(r.Context(), v.actor(), view.Email, view.Role)
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		view.Roles = roles(v, view.Role)
		return p.render(w, f.Kind.HTTPStatus(), "member-invite", page{Title: "Invite a member", User: &v.User, Fault: f, View: view})
	}
	view.Link = server(r) + "/invitation/" + token
	return p.render(w, http.StatusOK, "member-invite", page{Title: "Invitation", User: &v.User, View: view})
}

func (p *pages) postWithdraw(_ http.ResponseWriter, r *http.Request, v visitor) error {
	if err := p.Identity.Withdraw(r.Context(), v.actor(), r.PostFormValue("email")); err != nil {
		return err
	}
	return &redirect{"/members?withdrawn"}
}

// memberView is a member as its page shows it.
type memberView struct {
	Member   identity.User
	Roles    []roleView
	Sessions []identity.Presence
	Own      bool
}

func (p *pages) getMember(w http.ResponseWriter, r *http.Request, v visitor) error {
	return p.showMember(w, r, v, nil)
}

func (p *pages) showMember(w http.ResponseWriter, r *http.Request, v visitor, f *fault.Error) error {
	u, err := p.member(r, v)
	if err != nil {
		return err
	}
	sessions, err := p.Identity.Sessions(r.Context(), u, v.session)
	if err != nil {
		return err
	}
	code := http.StatusOK
	if f != nil {
		code = f.Kind.HTTPStatus()
	}
	note := ""
	if n := r.URL.Query().Get("ended"); n != "" && f == nil {
		note = "Signed out everywhere."
	}
	return p.render(w, code, "member", page{
		Title: u.Email, User: &v.User, Fault: f, Note: note,
		View: memberView{Member: u, Roles: roles(v, u.Role), Sessions: sessions, Own: u.ID == v.ID},
	})
}

// member is the one that the address names. Owners are not shown to those who
// cannot change them.
func (p *pages) member(r *http.Request, v visitor) (identity.User, error) {
	u, err := p.Identity.UserByID(r.Context(), v.Tenant, r.PathValue("id"))
	if err == nil && u.Role == identity.RoleOwner && !v.May(identity.WriteOwners) {
		err = identity.Forbidden(v.Role)
	}
	return u, err
}

// changeMember is a handler that does something to the member of the address.
func (p *pages) changeMember(do func(r *http.Request, v visitor, u identity.User) (to string, err error)) func(http.ResponseWriter, *http.Request, visitor) error {
	return func(w http.ResponseWriter, r *http.Request, v visitor) error {
		u, err := p.member(r, v)
		if err != nil {
			return err
		}
		to, err := do(r, v, u)
		if err != nil {
			f, err := wrong(err)
			if err != nil {
				return err
			}
			return p.showMember(w, r, v, f)
		}
		return &redirect{to}
	}
}

func (p *pages) setRole(r *http.Request, v visitor, u identity.User) (string, error) {
	err := p.Identity.SetRole(r.Context(), v.actor(), u.Email, r.PostFormValue("role"))
	if u.ID == v.ID {
		return "/", err // where the new role may go
	}
	return "/members?saved", err
}

func (p *pages) removeMember(r *http.Request, v visitor, u identity.User) (string, error) {
	return "/members?removed", p.Identity.DeleteUser(r.Context(), v.actor(), u.Email)
}

func (p *pages) signOutMember(r *http.Request, v visitor, u identity.User) (string, error) {
	n, err := p.Identity.EndSessions(r.Context(), v.actor(), u.Email, "")
	return fmt.Sprintf("/members/%s?ended=%d", u.ID, n), err
}

type invitationView struct {
	identity.Invitation
	Token string
}

func (p *pages) getInvitation(w http.ResponseWriter, r *http.Request) error {
	return p.askToJoin(w, r, nil)
}

func (p *pages) askToJoin(w http.ResponseWriter, r *http.Request, f *fault.Error) error {
	token := r.PathValue("token")
	i, err := p.Identity.Invitation(r.Context(), token)
	if err != nil {
		return err
	}
	code := http.StatusOK
	if f != nil {
		code = f.Kind.HTTPStatus()
	}
	return p.render(w, code, "invitation", page{Title: "Join", Fault: f, View: invitationView{i, token}})
}

func (p *pages) postInvitation(w http.ResponseWriter, r *http.Request) error {
	_, s, err := p.Identity.Join(r.Context(), r.PathValue("token"), r.PostFormValue("password"), origin(r))
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		return p.askToJoin(w, r, f)
	}
	p.enter(w, r, s)
	return &redirect{"/"}
}
