package dashboard

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/omr/fault"
)

type applicationsView struct{ Applications []identity.Application }

func (p *pages) getApplications(w http.ResponseWriter, r *http.Request, v visitor) error {
	all, err := p.Identity.Applications(r.Context(), v.Tenant)
	if err != nil {
		return err
	}
	note := ""
	if r.URL.Query().Has("deleted") {
		note = "The application was deleted. Its storage and files are still there."
	}
	return p.render(w, http.StatusOK, "applications", page{
		Title: "Applications", User: &v.User, Note: note, View: applicationsView{all},
	})
}

type newApplicationView struct {
	Name, Description, StorageID string
	Storages                     []storage.Storage
}

func (p *pages) newApplication(r *http.Request, v visitor, value func(string) string) (newApplicationView, error) {
	all, err := p.Storage.Storages(r.Context(), v.Tenant)
	view := newApplicationView{
		Name: value("name"), Description: value("description"), StorageID: value("storage"), Storages: all,
	}
	if view.StorageID == "" && len(all) > 0 {
		view.StorageID = all[0].ID
	}
	return view, err
}

func (p *pages) getNewApplication(w http.ResponseWriter, r *http.Request, v visitor) error {
	view, err := p.newApplication(r, v, r.URL.Query().Get)
	if err != nil {
		return err
	}
	return p.render(w, http.StatusOK, "application-new", page{Title: "Create New Application", User: &v.User, View: view})
}

func (p *pages) postNewApplication(w http.ResponseWriter, r *http.Request, v visitor) error {
	a, c, err := p.Identity.CreateApplication(r.Context(), v.actor(), identity.NewApplication{
		Name: r.PostFormValue("name"), Description: r.PostFormValue("description"), StorageID: r.PostFormValue("storage"),
	})
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		view, err := p.newApplication(r, v, r.PostFormValue)
		if err != nil {
			return err
		}
		return p.render(w, f.Kind.HTTPStatus(), "application-new", page{
			Title: "Create New Application", User: &v.User, Fault: f, View: view,
		})
	}
	p.showOnce(w, r, v, a.ClientID, c.Secret)
	return &redirect{"/applications/" + a.ClientID}
}

type applicationView struct {
	identity.Application
	Secret identity.Secret // right after creation or regeneration, else empty
}

func (p *pages) getApplication(w http.ResponseWriter, r *http.Request, v visitor) error {
	a, err := p.Identity.Application(r.Context(), v.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := applicationView{Application: a, Secret: p.takeOnce(w, r, v, a.ClientID)}
	note := ""
	if r.URL.Query().Has("saved") {
		note = "Saved."
	}
	return p.render(w, http.StatusOK, "application", page{Title: a.Name, User: &v.User, Note: note, View: view})
}

// postApplication saves name and description.
func (p *pages) postApplication(w http.ResponseWriter, r *http.Request, v visitor) error {
	id := r.PathValue("id")
	err := p.Identity.RenameApplication(r.Context(), v.actor(), id, r.PostFormValue("name"), r.PostFormValue("description"))
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		a, err := p.Identity.Application(r.Context(), v.Tenant, id)
		if err != nil {
			return err
		}
		return p.render(w, f.Kind.HTTPStatus(), "application", page{
			Title: a.Name, User: &v.User, Fault: f, View: applicationView{Application: a},
		})
	}
	return &redirect{"/applications/" + id + "?saved"}
}

// changeView is a page that asks before something is done that hurts.
type changeView struct {
	identity.Application
	Change, Heading, Text, Button string
	AskName, AskOverlap           bool
}

func change(a identity.Application, word string) (changeView, bool) {
	v := changeView{Application: a, Change: word}
	switch word {
	case "regenerate":
		v.Heading, v.Button, v.AskOverlap = "Regenerate the Client Secret?", "Regenerate", true
		v.Text = "Programs that use the old secret must be given the new one. The tokens that the old secret got are refused as soon as it stops."
	case "disable":
		v.Heading, v.Button = "Disable this application?", "Disable"
		v.Text = "Its credentials and tokens are refused within two seconds. Tasks under way are finished, results are kept for their time."
	case "enable":
		v.Heading, v.Button = "Enable this application?", "Enable"
		v.Text = "Its credentials work again."
	case "delete":
		v.Heading, v.Button, v.AskName = "Delete this application?", "Delete", true
		v.Text = "Its credentials and tokens stop at once. The storage and its files stay."
	default:
		return v, false
	}
	return v, true
}

func (p *pages) getChange(word string) func(http.ResponseWriter, *http.Request, visitor) error {
	return func(w http.ResponseWriter, r *http.Request, v visitor) error { return p.askChange(w, r, v, word, nil) }
}

func (p *pages) askChange(w http.ResponseWriter, r *http.Request, v visitor, word string, f *fault.Error) error {
	a, err := p.Identity.Application(r.Context(), v.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	view, ok := change(a, word)
	if !ok {
		return errNoPage
	}
	code := http.StatusOK
	if f != nil {
		code = f.Kind.HTTPStatus()
	}
	return p.render(w, code, "change", page{Title: view.Heading, User: &v.User, Fault: f, View: view})
}

func (p *pages) postChange(word string) func(http.ResponseWriter, *http.Request, visitor) error {
	return func(w http.ResponseWriter, r *http.Request, v visitor) error { return p.makeChange(w, r, v, word) }
}

func (p *pages) makeChange(w http.ResponseWriter, r *http.Request, v visitor, word string) error {
	ctx, id := r.Context(), r.PathValue("id")
	a, err := p.Identity.Application(ctx, v.Tenant, id)
	if err != nil {
		return err
	}
	to := "/applications/" + a.ClientID
	switch word {
	case "regenerate":
		var overlap time.Duration
		if s := r.PostFormValue("overlap"); s != "" {
			if overlap, err = time.ParseDuration(s + "h"); err != nil {
				return p.askChange(w, r, v, word, &fault.Error{
					Code: "validation_failed", Kind: fault.Invalid,
					Cause: fmt.Sprintf("%q is not a number of hours", s), Cure: "give a whole number from 0 to 72",
				})
			}
		}
		var c identity.Credentials
		if c, err = p.Identity.RotateSecret(ctx, v.actor(), a.ClientID, overlap); err == nil {
			p.showOnce(w, r, v, a.ClientID, c.Secret)
		}
	case "disable":
		err = p.Identity.DisableApplication(ctx, v.actor(), a.ClientID)
	case "enable":
		err = p.Identity.EnableApplication(ctx, v.actor(), a.ClientID)
	case "delete":
		if strings.TrimSpace(r.PostFormValue("name")) != strings.TrimSpace(a.Name) {
			return p.askChange(w, r, v, word, &fault.Error{
				Code: "validation_failed", Kind: fault.Invalid,
				Cause: "the name is not that of the application", Cure: "type the name as it stands above",
			})
		}
		err = p.Identity.DeleteApplication(ctx, v.actor(), a.ClientID)
		to = "/applications?deleted"
	default:
		return errNoPage
	}
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		return p.askChange(w, r, v, word, f)
	}
	return &redirect{to}
}

// onceCookie carries a new secret from the POST that made it to the page that
// shows it: sealed, for this person and application, for two minutes.
const onceCookie = "leafmark_once"

func onceBinding(v visitor, clientID string) []byte {
	return []byte("once\x00" + v.session + "\x00" + clientID)
}

func (p *pages) showOnce(w http.ResponseWriter, r *http.Request, v visitor, clientID string, s identity.Secret) {
	sealed := p.Sealer.Seal([]byte(s), onceBinding(v, clientID))
	http.SetCookie(w, &http.Cookie{
		Name: onceCookie, Value: base64.RawURLEncoding.EncodeToString(sealed), Path: "/applications/" + clientID,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: https(r), MaxAge: 120,
	})
}

func (p *pages) takeOnce(w http.ResponseWriter, r *http.Request, v visitor, clientID string) identity.Secret {
	c, err := r.Cookie(onceCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(w, &http.Cookie{
		Name: onceCookie, Path: "/applications/" + clientID, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: https(r), MaxAge: -1,
	})
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	plain, err := p.Sealer.Open(sealed, onceBinding(v, clientID))
	if err != nil {
		return ""
	}
	return identity.Secret(plain)
}

type storagesView struct{ Storages []storage.Storage }

func (p *pages) getStorages(w http.ResponseWriter, r *http.Request, v visitor) error {
	all, err := p.Storage.Storages(r.Context(), v.Tenant)
	if err != nil {
		return err
	}
	return p.render(w, http.StatusOK, "storages", page{Title: "Storages", User: &v.User, View: storagesView{all}})
}

// newStorageView remembers the application that is being created, if one is.
type newStorageView struct {
	StorageName, Mode         string
	ForApplication            bool
	Name, Description, Return string
}

func (p *pages) getNewStorage(w http.ResponseWriter, r *http.Request, v visitor) error {
	q := r.URL.Query()
	return p.render(w, http.StatusOK, "storage-new", page{Title: "New storage", User: &v.User, View: newStorageView{
		ForApplication: q.Has("name"), Name: q.Get("name"), Description: q.Get("description"), Mode: "keep",
	}})
}

func (p *pages) postNewStorage(w http.ResponseWriter, r *http.Request, v visitor) error {
	view := newStorageView{
		StorageName: r.PostFormValue("storage_name"), Mode: r.PostFormValue("mode"),
		ForApplication: r.PostFormValue("for_application") != "",
		Name:           r.PostFormValue("name"), Description: r.PostFormValue("description"),
	}
	s, err := p.Storage.Create(r.Context(), v.actor(), storage.NewStorage{
		Name: view.StorageName, Kind: "internal", Mode: view.Mode,
	})
	if err != nil {
		f, err := wrong(err)
		if err != nil {
			return err
		}
		return p.render(w, f.Kind.HTTPStatus(), "storage-new", page{Title: "New storage", User: &v.User, Fault: f, View: view})
	}
	if !view.ForApplication {
		return &redirect{"/storages"}
	}
	return &redirect{"/applications/new?" + url.Values{
		"name": {view.Name}, "description": {view.Description}, "storage": {s.ID},
	}.Encode()}
}
