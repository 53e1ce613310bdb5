package dashboard

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

const sessionCookie = "leafmark_session"

// visitor is a signed-in person.
type visitor struct {
	identity.User
	session string
	address string // without its port
}

func (v visitor) actor() identity.Actor {
	return identity.Actor{Tenant: v.Tenant, Kind: "user", ID: v.Email, Address: v.address}
}

// host is where a request comes from, for the audit.
func host(r *http.Request) string {
	h, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return h
}

// withVisitor lets only signed-in people through; others go to the sign-in page
// and come back.
func (p *pages) withVisitor(h func(http.ResponseWriter, *http.Request, visitor) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := r.Cookie(sessionCookie)
		if err == nil {
			u, err := p.Identity.Session(r.Context(), c.Value)
			if err == nil {
				return h(w, r, visitor{User: u, session: c.Value, address: host(r)})
			}
			if k := fault.KindOf(err); k != fault.Unauthorized && k != fault.NotFound {
				return err
			}
		}
		to := "/signin"
		if r.Method == http.MethodGet && r.URL.Path != "/" {
			to += "?next=" + url.QueryEscape(r.URL.RequestURI())
		}
		return &redirect{to}
	}
}

// permitted lets only those through whose role has the right.
func permitted(right identity.Right, h func(http.ResponseWriter, *http.Request, visitor) error) func(http.ResponseWriter, *http.Request, visitor) error {
	return func(w http.ResponseWriter, r *http.Request, v visitor) error {
		if !v.May(right) {
			return identity.Forbidden(v.Role)
		}
		return h(w, r, v)
	}
}

func (p *pages) enter(w http.ResponseWriter, r *http.Request, s identity.Session) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: s.ID, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: https(r), Expires: s.Expires,
	})
}

// https tells whether the browser speaks TLS, to us or to a proxy before us.
func https(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

type setupView struct{ Token, Email string }

func (p *pages) getSetup(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	open, err := p.Identity.FirstAccountOpen(r.Context(), token)
	if err != nil {
		return err
	}
	if !open {
		return &fault.Error{
			Code: "link_used", Kind: fault.NotFound,
			Cause: "this link was used already or is older than 24 hours",
			Cure:  "sign in, or restart the server to get a new link while there is no account",
		}
	}
	return p.render(w, http.StatusOK, "setup", page{Title: "Make the first account", View: setupView{Token: token}})
}

func (p *pages) postSetup(w http.ResponseWriter, r *http.Request) error {
	token, email, password := r.PathValue("token"), r.PostFormValue("email"), r.PostFormValue("password")
	_, err := p.Identity.CreateFirstAccount(r.Context(), token, email, password, origin(r))
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		return p.render(w, f.Kind.HTTPStatus(), "setup", page{
			Title: "Make the first account", Fault: f, View: setupView{Token: token, Email: email},
		})
	}
	_, s, err := p.Identity.SignIn(r.Context(), email, password, origin(r))
	if err != nil {
		return err
	}
	p.enter(w, r, s)
	return &redirect{"/"}
}

type signInView struct{ Email, Next string }

func (p *pages) getSignIn(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, http.StatusOK, "signin", page{
		Title: "Sign in", View: signInView{Next: local(r.URL.Query().Get("next"))},
	})
}

func (p *pages) postSignIn(w http.ResponseWriter, r *http.Request) error {
	email, next := r.PostFormValue("email"), local(r.PostFormValue("next"))
	_, s, err := p.Identity.SignIn(r.Context(), email, r.PostFormValue("password"), origin(r))
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		return p.render(w, f.Kind.HTTPStatus(), "signin", page{
			Title: "Sign in", Fault: f, View: signInView{Email: email, Next: next},
		})
	}
	return p.admit(w, r, s, next)
}

func (p *pages) getSignInLink(w http.ResponseWriter, r *http.Request) error {
	_, s, err := p.Identity.SignInByToken(r.Context(), r.PathValue("token"), origin(r))
	if err != nil {
		return err
	}
	return p.admit(w, r, s, "/")
}

func (p *pages) postSignOut(w http.ResponseWriter, r *http.Request) error {
	c, err := r.Cookie(sessionCookie)
	if err == nil {
		err = p.Identity.SignOut(r.Context(), c.Value)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	} else if !errors.Is(err, http.ErrNoCookie) {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: https(r), MaxAge: -1,
	})
	return &redirect{"/signin"}
}

// local keeps a way back on this site: anything else leads to the first page.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return "/"
	}
	return next
}
