package dashboard

import (
	"net/http"
	"net/url"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

// accountView is a person's own account.
type accountView struct {
	Sessions       []identity.Presence
	AskOldPassword bool
	TwoStep        identity.TwoStep
}

func (p *pages) getAccount(w http.ResponseWriter, r *http.Request, v visitor) error {
	return p.showAccount(w, r, v, nil)
}

func (p *pages) showAccount(w http.ResponseWriter, r *http.Request, v visitor, f *fault.Error) error {
	sessions, err := p.Identity.Sessions(r.Context(), v.User, v.session)
	if err != nil {
		return err
	}
	ask, err := p.Identity.OldPasswordNeeded(r.Context(), v.session)
	if err != nil {
		return err
	}
	two, err := p.Identity.TwoStep(r.Context(), v.User)
	if err != nil {
		return err
	}
	code, note := http.StatusOK, ""
	switch q := r.URL.Query(); {
	case f != nil:
		code = f.Kind.HTTPStatus()
	case q.Has("password"):
		note = "The password was changed, and you are signed out everywhere else."
	case q.Has("ended"):
		note = "Signed out there."
	}
	return p.render(w, code, "account", page{
		Title: "Your account", User: &v.User, Fault: f, Note: note,
		View: accountView{Sessions: sessions, AskOldPassword: ask, TwoStep: two},
	})
}

func (p *pages) postPassword(w http.ResponseWriter, r *http.Request, v visitor) error {
	s, err := p.Identity.ChangePassword(r.Context(), v.session, r.PostFormValue("old"), r.PostFormValue("password"), origin(r))
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		return p.showAccount(w, r, v, f)
	}
	p.enter(w, r, s)
	return &redirect{"/account?password"}
}

// postEndSession signs out at one other place, or without a handle at all others.
func (p *pages) postEndSession(_ http.ResponseWriter, r *http.Request, v visitor) error {
	var err error
	if handle := r.PostFormValue("session"); handle != "" {
		err = p.Identity.EndSession(r.Context(), v.actor(), v.Email, handle)
	} else {
		_, err = p.Identity.EndSessions(r.Context(), v.actor(), v.Email, v.session)
	}
	if err != nil {
		return err
	}
	return &redirect{"/account?ended"}
}

type confirmView struct {
	Next string
	Code bool // a code of the authenticator will do
}

// proved lets only those through who showed within the last minutes that it is
// they; others are asked, and come back to the page.
func (p *pages) proved(h func(http.ResponseWriter, *http.Request, visitor) error) func(http.ResponseWriter, *http.Request, visitor) error {
	return func(w http.ResponseWriter, r *http.Request, v visitor) error {
		err := p.Identity.Proved(r.Context(), v.session)
		if f := fault.As(err); f == nil || f.Code != "proof_needed" {
			if err != nil {
				return err
			}
			return h(w, r, v)
		}
		back := r.URL.RequestURI()
		if r.Method != http.MethodGet {
			back = "/"
			if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host {
				back = from.RequestURI()
			}
		}
		return &redirect{"/confirm?next=" + url.QueryEscape(back)}
	}
}

func (p *pages) getConfirm(w http.ResponseWriter, r *http.Request, v visitor) error {
	return p.askToConfirm(w, r, v, r.URL.Query().Get("next"), nil)
}

func (p *pages) askToConfirm(w http.ResponseWriter, r *http.Request, v visitor, next string, f *fault.Error) error {
	two, err := p.Identity.TwoStep(r.Context(), v.User)
	if err != nil {
		return err
	}
	code := http.StatusOK
	if f != nil {
		code = f.Kind.HTTPStatus()
	}
	return p.render(w, code, "confirm", page{
		Title: "Confirm that it is you", User: &v.User, Fault: f, View: confirmView{local(next), two.On},
	})
}

func (p *pages) postConfirm(w http.ResponseWriter, r *http.Request, v visitor) error {
	next := r.PostFormValue("next")
	s, err := p.Identity.Confirm(r.Context(), v.session, r.PostFormValue("password"), origin(r))
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		return p.askToConfirm(w, r, v, next, f)
	}
	p.enter(w, r, s)
	return &redirect{local(next)}
}
