package dashboard

import (
	"net/http"
	"net/url"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

// challengeCookie holds half a session while its code is asked for.
const challengeCookie = "leafmark_challenge"

// admit lets a person in who passed the first factor, or asks for the second.
func (p *pages) admit(w http.ResponseWriter, r *http.Request, s identity.Session, next string) error {
	if !s.Half {
		p.enter(w, r, s)
		return &redirect{next}
	}
	http.SetCookie(w, &http.Cookie{
		Name: challengeCookie, Value: s.ID, Path: "/signin", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: https(r), Expires: s.Expires,
	})
	return &redirect{"/signin/code?next=" + url.QueryEscape(next)}
}

type codeView struct{ Next string }

func (p *pages) getCode(w http.ResponseWriter, r *http.Request) error {
	if _, err := r.Cookie(challengeCookie); err != nil {
		return &redirect{"/signin"}
	}
	return p.render(w, http.StatusOK, "signin-code", page{Title: "Sign in", View: codeView{local(r.URL.Query().Get("next"))}})
}

func (p *pages) postCode(w http.ResponseWriter, r *http.Request) error {
	c, err := r.Cookie(challengeCookie)
	if err != nil {
		return &redirect{"/signin"}
	}
	next := local(r.PostFormValue("next"))
	_, s, err := p.Identity.SignInCode(r.Context(), c.Value, r.PostFormValue("code"), origin(r))
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		if f.Code == "session_invalid" {
			return p.render(w, f.Kind.HTTPStatus(), "signin", page{Title: "Sign in", Fault: f, View: signInView{Next: next}})
		}
		return p.render(w, f.Kind.HTTPStatus(), "signin-code", page{Title: "Sign in", Fault: f, View: codeView{next}})
	}
	http.SetCookie(w, &http.Cookie{
		Name: challengeCookie, Path: "/signin", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: https(r), MaxAge: -1,
	})
	p.enter(w, r, s)
	return &redirect{next}
}

// twoStepView is the page that sets up the second factor.
type twoStepView struct {
	identity.TwoStep
	Secret string   // of an authenticator that is not confirmed
	Codes  []string // recovery codes, right after they were made
}

func (p *pages) getTwoStep(w http.ResponseWriter, r *http.Request, v visitor) error {
	return p.showTwoStep(w, r, v, nil, nil)
}

// showTwoStep shows new recovery codes in the answer that made them; they are kept
// nowhere in clear.
func (p *pages) showTwoStep(w http.ResponseWriter, r *http.Request, v visitor, codes []string, f *fault.Error) error {
	two, err := p.Identity.TwoStep(r.Context(), v.User)
	if err != nil {
		return err
	}
	view := twoStepView{TwoStep: two, Codes: codes}
	if two.Waiting {
		a, err := p.Identity.Authenticator(r.Context(), v.User)
		if err != nil {
			return err
		}
		view.Secret = a.Secret
	}
	code, note := http.StatusOK, ""
	if f != nil {
		code = f.Kind.HTTPStatus()
	} else if r.URL.Query().Has("off") {
		note = "Two-step sign-in is off: the password alone lets you in."
	}
	return p.render(w, code, "two-step", page{Title: "Two-step sign-in", User: &v.User, Fault: f, Note: note, View: view})
}

func (p *pages) getTwoStepPicture(w http.ResponseWriter, r *http.Request, v visitor) error {
	a, err := p.Identity.Authenticator(r.Context(), v.User)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(a.QR) // the browser may have gone
	return nil
}

func (p *pages) postTwoStepBegin(_ http.ResponseWriter, r *http.Request, v visitor) error {
	if err := p.Identity.BeginTwoStep(r.Context(), v.User); err != nil {
		return err
	}
	return &redirect{"/account/two-step"}
}

func (p *pages) postTwoStepConfirm(w http.ResponseWriter, r *http.Request, v visitor) error {
	codes, err := p.Identity.ConfirmTwoStep(r.Context(), v.session, r.PostFormValue("code"), origin(r))
	return p.showCodes(w, r, v, codes, err)
}

func (p *pages) postRecoveryCodes(w http.ResponseWriter, r *http.Request, v visitor) error {
	codes, err := p.Identity.NewRecoveryCodes(r.Context(), v.User, origin(r))
	return p.showCodes(w, r, v, codes, err)
}

func (p *pages) showCodes(w http.ResponseWriter, r *http.Request, v visitor, codes []string, err error) error {
	if err == nil {
		return p.showTwoStep(w, r, v, codes, nil)
	}
	f, err := wrong(err)
	if err != nil {
		return err
	}
	return p.showTwoStep(w, r, v, nil, f)
}

func (p *pages) postTwoStepEnd(_ http.ResponseWriter, r *http.Request, v visitor) error {
	if err := p.Identity.EndTwoStep(r.Context(), v.User, origin(r)); err != nil {
		return err
	}
	return &redirect{"/account/two-step?off"}
}
