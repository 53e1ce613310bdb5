// Package dashboard is the pages that people use: sign in, applications and
// their credentials, storages, ready forms, members, one's own account.
//
// In: HTTP requests of a browser. Out: server-rendered HTML that works without
// JavaScript. It calls the same services as the command line, never the API.
// State-changing requests are refused across origins (CrossOriginProtection) and
// need the session cookie, which is HttpOnly and SameSite=Lax. Each page names the
// right that it needs; what cannot be undone needs a fresh proof too.
package dashboard

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/omr/fault"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// people is what the dashboard needs of identity.
type people interface {
	FirstAccountOpen(ctx context.Context, token string) (bool, error)
	CreateFirstAccount(ctx context.Context, token, email, password string, from identity.Origin) (identity.User, error)
	SignIn(ctx context.Context, email, password string, from identity.Origin) (identity.User, identity.Session, error)
	SignInByToken(ctx context.Context, token string, from identity.Origin) (identity.User, identity.Session, error)
	Session(ctx context.Context, id string) (identity.User, error)
	SignOut(ctx context.Context, id string) error
	SignInCode(ctx context.Context, half, code string, from identity.Origin) (identity.User, identity.Session, error)
	TwoStep(ctx context.Context, u identity.User) (identity.TwoStep, error)
	BeginTwoStep(ctx context.Context, u identity.User) error
	Authenticator(ctx context.Context, u identity.User) (identity.Authenticator, error)
	ConfirmTwoStep(ctx context.Context, session, code string, from identity.Origin) ([]string, error)
	NewRecoveryCodes(ctx context.Context, u identity.User, from identity.Origin) ([]string, error)
	EndTwoStep(ctx context.Context, u identity.User, from identity.Origin) error
	Proved(ctx context.Context, session string) error
	Confirm(ctx context.Context, session, password string, from identity.Origin) (identity.Session, error)
	OldPasswordNeeded(ctx context.Context, session string) (bool, error)
	ChangePassword(ctx context.Context, session, old, password string, from identity.Origin) (identity.Session, error)

	Users(ctx context.Context, tenant string) ([]identity.User, error)
	UserByID(ctx context.Context, tenant, id string) (identity.User, error)
	SetRole(ctx context.Context, who identity.Actor, email, role string) error
	DeleteUser(ctx context.Context, who identity.Actor, email string) error
	Sessions(ctx context.Context, u identity.User, current string) ([]identity.Presence, error)
	EndSession(ctx context.Context, who identity.Actor, email, handle string) error
	EndSessions(ctx context.Context, who identity.Actor, email, except string) (int, error)
	Invitations(ctx context.Context, tenant string) ([]identity.Invitation, error)
	Invitation(ctx context.Context, token string) (identity.Invitation, error)
	Invite(ctx context.Context, who identity.Actor, email, role string) (string, error)
	Withdraw(ctx context.Context, who identity.Actor, email string) error
	Join(ctx context.Context, token, password string, from identity.Origin) (identity.User, identity.Session, error)

	Applications(ctx context.Context, tenant string) ([]identity.Application, error)
	Application(ctx context.Context, tenant, clientID string) (identity.Application, error)
	CreateApplication(ctx context.Context, who identity.Actor, n identity.NewApplication) (identity.Application, identity.Credentials, error)
	RenameApplication(ctx context.Context, who identity.Actor, clientID, name, description string) error
	RotateSecret(ctx context.Context, who identity.Actor, clientID string, overlap time.Duration) (identity.Credentials, error)
	DisableApplication(ctx context.Context, who identity.Actor, clientID string) error
	EnableApplication(ctx context.Context, who identity.Actor, clientID string) error
	DeleteApplication(ctx context.Context, who identity.Actor, clientID string) error
}

type places interface {
	Storages(ctx context.Context, tenant string) ([]storage.Storage, error)
	Create(ctx context.Context, who identity.Actor, n storage.NewStorage) (storage.Storage, error)
}

// sealer hides a secret in a cookie between a POST and the page it leads to.
type sealer interface {
	Seal(plain, aad []byte) []byte
	Open(sealed, aad []byte) ([]byte, error)
}

// Deps are the services behind the pages.
type Deps struct {
	Identity people
	Storage  places
	Sealer   sealer
	Logger   *slog.Logger
}

type pages struct {
	Deps
	views map[string]*template.Template
	forms formFiles
}

// New is the handler of every page.
func New(d Deps) (http.Handler, error) {
	p := &pages{Deps: d, views: map[string]*template.Template{}}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		base := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
		if base == "layout" {
			continue
		}
		t, err := template.New("layout.html").ParseFS(templateFiles, "templates/layout.html", name)
		if err != nil {
			return nil, fmt.Errorf("dashboard page %s: %w", base, err)
		}
		p.views[base] = t
	}
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", cached(http.FileServerFS(static))))
	open := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, p.answer(h))
	}
	// anyone: whoever is signed in. by: whose role has the right.
	anyone := func(pattern string, h func(http.ResponseWriter, *http.Request, visitor) error) {
		mux.HandleFunc(pattern, p.answer(p.withVisitor(h)))
	}
	by := func(right identity.Right, pattern string, h func(http.ResponseWriter, *http.Request, visitor) error) {
		anyone(pattern, permitted(right, h))
	}
	anyone("GET /{$}", func(_ http.ResponseWriter, _ *http.Request, v visitor) error {
		if v.May(identity.ReadApplications) {
			return &redirect{"/applications"}
		}
		return &redirect{"/forms"}
	})
	open("GET /setup/{token}", p.getSetup)
	open("POST /setup/{token}", p.postSetup)
	open("GET /invitation/{token}", p.getInvitation)
	open("POST /invitation/{token}", p.postInvitation)
	open("GET /signin", p.getSignIn)
	open("POST /signin", p.postSignIn)
	open("GET /signin/code", p.getCode)
	open("POST /signin/code", p.postCode)
	open("GET /signin/{token}", p.getSignInLink)
	open("POST /signout", p.postSignOut)
	anyone("GET /confirm", p.getConfirm)
	anyone("POST /confirm", p.postConfirm)
	anyone("GET /account", p.getAccount)
	anyone("POST /account/password", p.postPassword)
	anyone("POST /account/sessions/end", p.postEndSession)
	anyone("GET /account/two-step", p.proved(p.getTwoStep))
	anyone("GET /account/two-step/qr.png", p.proved(p.getTwoStepPicture))
	anyone("POST /account/two-step/begin", p.proved(p.postTwoStepBegin))
	anyone("POST /account/two-step/confirm", p.proved(p.postTwoStepConfirm))
	anyone("POST /account/two-step/recovery", p.proved(p.postRecoveryCodes))
	anyone("POST /account/two-step/end", p.proved(p.postTwoStepEnd))
	by(identity.ReadApplications, "GET /applications", p.getApplications)
	by(identity.WriteApplications, "GET /applications/new", p.getNewApplication)
	by(identity.WriteApplications, "POST /applications/new", p.postNewApplication)
	by(identity.ReadApplications, "GET /applications/{id}", p.getApplication)
	by(identity.WriteApplications, "POST /applications/{id}", p.postApplication)
	by(identity.WriteApplications, "GET /applications/{id}/regenerate", p.proved(p.getChange("regenerate")))
	by(identity.WriteApplications, "POST /applications/{id}/regenerate", p.proved(p.postChange("regenerate")))
	by(identity.SwitchApplications, "GET /applications/{id}/disable", p.getChange("disable"))
	by(identity.SwitchApplications, "POST /applications/{id}/disable", p.postChange("disable"))
	by(identity.SwitchApplications, "GET /applications/{id}/enable", p.getChange("enable"))
	by(identity.SwitchApplications, "POST /applications/{id}/enable", p.postChange("enable"))
	by(identity.WriteApplications, "GET /applications/{id}/delete", p.proved(p.getChange("delete")))
	by(identity.WriteApplications, "POST /applications/{id}/delete", p.proved(p.postChange("delete")))
	anyone("GET /forms", p.getForms)
	anyone("GET /forms/{name}", p.getForm)
	anyone("GET /forms/{name}/{file}", p.getFormFile)
	by(identity.ReadStorages, "GET /storages", p.getStorages)
	by(identity.WriteStorages, "GET /storages/new", p.getNewStorage)
	by(identity.WriteStorages, "POST /storages/new", p.postNewStorage)
	by(identity.ReadMembers, "GET /members", p.getMembers)
	by(identity.WriteMembers, "GET /members/invite", p.proved(p.getInvite))
	by(identity.WriteMembers, "POST /members/invite", p.proved(p.postInvite))
	by(identity.WriteMembers, "POST /members/withdraw", p.postWithdraw)
	by(identity.WriteMembers, "GET /members/{id}", p.proved(p.getMember))
	by(identity.WriteMembers, "POST /members/{id}/role", p.proved(p.changeMember(p.setRole)))
	by(identity.WriteMembers, "POST /members/{id}/remove", p.proved(p.changeMember(p.removeMember)))
	by(identity.WriteMembers, "POST /members/{id}/signout", p.changeMember(p.signOutMember))
	open("/", func(http.ResponseWriter, *http.Request) error { return errNoPage })
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(p.answer(func(http.ResponseWriter, *http.Request) error {
		return &fault.Error{
			Code: "cross_origin", Kind: fault.Forbidden,
			Cause: "the request came from another site's page", Cure: "open the dashboard itself and try again there",
		}
	}))
	return secure(guard.Handler(mux)), nil
}

var errNoPage = &fault.Error{
	Code: "not_found", Kind: fault.NotFound, Cause: "there is no such page", Cure: "go to the first page",
}

func cached(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		h.ServeHTTP(w, r)
	})
}

func secure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hd := w.Header()
		hd.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		hd.Set("X-Content-Type-Options", "nosniff")
		// Sign-in and setup tokens stand in addresses.
		hd.Set("Referrer-Policy", "same-origin")
		hd.Set("X-Frame-Options", "DENY")
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			hd.Set("Cache-Control", "no-store")
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		h.ServeHTTP(w, r)
	})
}

// page is what every view shows around its own part.
type page struct {
	Title string
	User  *identity.User
	Fault *fault.Error // above the form it concerns; nil: none
	Note  string       // what was just done
	View  any
}

func (p *pages) render(w http.ResponseWriter, status int, view string, data page) error {
	var b bytes.Buffer
	if err := p.views[view].Execute(&b, data); err != nil {
		return fmt.Errorf("page %s: %w", view, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser may have gone
	return nil
}

// answer turns a handler's error into a page.
func (p *pages) answer(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		var moved *redirect
		if errors.As(err, &moved) {
			http.Redirect(w, r, moved.to, http.StatusSeeOther)
			return
		}
		f := fault.As(err)
		if f == nil || f.Kind == fault.Internal {
			p.Logger.ErrorContext(r.Context(), "page failed", "method", r.Method, "error", err)
			f = &fault.Error{Code: "internal", Cause: "something went wrong on our side", Cure: "try again in a moment"}
		}
		if err := p.render(w, f.Kind.HTTPStatus(), "problem", page{Title: "Not possible", Fault: f}); err != nil {
			p.Logger.ErrorContext(r.Context(), "problem page failed", "error", err)
			http.Error(w, "internal error", http.StatusInternalServerError)
		}
	}
}

// redirect ends a handler by leading elsewhere.
type redirect struct{ to string }

func (r *redirect) Error() string { return "see " + r.to }

// wrong is the fault of a form that the person filled, to be shown above it; any
// other error is returned as it is.
func wrong(err error) (*fault.Error, error) {
	f := fault.As(err)
	if f == nil || f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return nil, err
	}
	return f, nil
}

// origin is where a request comes from.
func origin(r *http.Request) identity.Origin {
	return identity.Origin{Address: host(r), Agent: r.UserAgent()}
}

// server is the address of this installation as the browser has it.
func server(r *http.Request) string {
	scheme := "http"
	if https(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
