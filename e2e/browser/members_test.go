package browser

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/servicetest"
)

// driver is a browser and what it is asked for.
type driver struct {
	t   *testing.T
	ctx context.Context
}

func (d driver) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	d.t.Helper()
	if err := chromedp.Do(d.ctx, actions...); err != nil {
		shoot(d.t, d.ctx, "failed-"+strings.ReplaceAll(d.t.Name(), "/", "-"))
		d.t.Fatalf("%s: %v", what, err)
	}
}

func (d driver) text(sel chromedp.CSS) string {
	d.t.Helper()
	s, err := chromedp.Run(d.ctx, chromedp.Text(sel))
	if err != nil {
		d.t.Fatalf("text of %s: %v", sel, err)
	}
	return strings.TrimSpace(s)
}

// narrow looks at a page as a telephone shows it.
func (d driver) narrow(name, address string) {
	d.t.Helper()
	d.do("360 px", chromedp.EmulateViewport(360, 740), chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("h1")))
	width, err := chromedp.Run(d.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
	shoot(d.t, d.ctx, name+"-360px")
	if err != nil || width > 360 {
		d.t.Errorf("%s is %d px wide at 360 px: %v", name, width, err)
	}
	d.do("wide again", chromedp.EmulateViewport(1000, 800))
}

// An owner invites, the invited person joins, is given another role and removed.
func TestMembers(t *testing.T) {
	server := servicetest.Node(t)
	d := driver{t, servicetest.Browser(t)}
	first, err := server.FirstAccountURL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.do("first account", chromedp.Navigate(first),
		chromedp.SendKeys(chromedp.CSS("#email"), email),
		chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Submit(chromedp.CSS("main form")),
		chromedp.WaitVisible(chromedp.CSS(`a[href="/members"]`)))
	d.do("invite", chromedp.Click(chromedp.CSS(`a[href="/members"]`)),
		chromedp.WaitVisible(chromedp.CSS(`a[href="/members/invite"]`)),
		chromedp.Click(chromedp.CSS(`a[href="/members/invite"]`)),
		chromedp.WaitVisible(chromedp.CSS("#email")),
		chromedp.SendKeys(chromedp.CSS("#email"), "bob@example.org"))
	shoot(t, d.ctx, "member-invite")
	d.do("make the link", chromedp.Click(chromedp.CSS(`input[value="auditor"]`)),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS("#link")))
	link := d.text("#link")
	shoot(t, d.ctx, "member-invited")

	bob := person(t)
	body := bob.post(link, url.Values{"password": {"correct horse staple"}})
	if !strings.Contains(body, "bob@example.org") || strings.Contains(body, "Create New Application") {
		t.Errorf("an auditor's first page: %.2000s", body)
	}
	if status, _ := bob.get(server.URL + "/applications/new"); status != http.StatusForbidden {
		t.Errorf("an auditor gets %d from a page that creates", status)
	}
	if status, body := bob.get(server.URL + "/members"); status != http.StatusOK || strings.Contains(body, "Invite a member") {
		t.Errorf("an auditor's members: %d", status)
	}
	d.do("members", chromedp.Navigate(server.URL+"/members"), chromedp.WaitVisible(chromedp.CSS("table")))
	shoot(t, d.ctx, "members")
	d.narrow("members", server.URL+"/members")
	d.do("bob's page", chromedp.Navigate(server.URL+"/members"), chromedp.Click(`//a[text()="bob@example.org"]`),
		chromedp.WaitVisible(chromedp.CSS("#role")))
	shoot(t, d.ctx, "member")
	d.do("another role", chromedp.Click(chromedp.CSS(`input[value="reviewer"]`)),
		chromedp.Click(`//button[text()="Save"]`), chromedp.WaitVisible(chromedp.CSS(".note")))
	if status, _ := bob.get(server.URL + "/applications"); status != http.StatusForbidden {
		t.Errorf("a reviewer gets %d from the applications", status)
	}
	if status, body := bob.get(server.URL + "/"); status != http.StatusOK || !strings.Contains(body, "<h1>Forms</h1>") {
		t.Errorf("a reviewer's first page: %d", status)
	}
	d.do("remove", chromedp.Click(`//a[text()="bob@example.org"]`), chromedp.WaitVisible(chromedp.CSS("#role")),
		chromedp.Click(chromedp.CSS(".danger button")), chromedp.WaitVisible(chromedp.CSS(".note")))
	if _, body := bob.get(server.URL + "/"); !strings.Contains(body, `action="/signin"`) {
		t.Error("a removed member is still signed in")
	}
	d.narrow("account", server.URL+"/account")
	d.do("account", chromedp.Navigate(server.URL+"/account"), chromedp.WaitVisible(chromedp.CSS("#password")))
	shoot(t, d.ctx, "account")
	d.do("another password", chromedp.SendKeys(chromedp.CSS("#old"), password),
		chromedp.SendKeys(chromedp.CSS("#password"), password+"2"),
		chromedp.Click(`//button[text()="Change the password"]`), chromedp.WaitVisible(chromedp.CSS(".note")))
	if _, _, err := server.Identity.SignIn(t.Context(), email, password+"2", identity.Origin{Address: "192.0.2.1"}); err != nil {
		t.Errorf("the new password: %v", err)
	}
	d.do("signed in twice", chromedp.Navigate(server.URL+"/account"), chromedp.WaitVisible(chromedp.CSS(".sessions form")),
		chromedp.Click(chromedp.CSS(".sessions form button")), chromedp.WaitVisible(chromedp.CSS(".note")),
		chromedp.WaitNotPresent(chromedp.CSS(".sessions form")))
	d.do("confirm", chromedp.Navigate(server.URL+"/confirm?next=/members"), chromedp.SendKeys(chromedp.CSS("#password"), "wrong wrong wrong"),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS(".fault")))
	shoot(t, d.ctx, "confirm")
	d.do("confirmed", chromedp.SendKeys(chromedp.CSS("#password"), password+"2"),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS("table")))
}

// A person sets up an authenticator and signs in with a code, and once with a
// recovery code.
func TestTwoStepSignIn(t *testing.T) {
	server := servicetest.Node(t)
	d := driver{t, servicetest.Browser(t)}
	first, err := server.FirstAccountURL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.do("first account", chromedp.Navigate(first),
		chromedp.SendKeys(chromedp.CSS("#email"), email),
		chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Submit(chromedp.CSS("main form")),
		chromedp.WaitVisible(chromedp.CSS(`a[href="/account"]`)))
	d.do("set up", chromedp.Click(chromedp.CSS(`a[href="/account"]`)),
		chromedp.WaitVisible(chromedp.CSS(`a[href="/account/two-step"]`)),
		chromedp.Click(chromedp.CSS(`a[href="/account/two-step"]`)),
		chromedp.WaitVisible(chromedp.CSS("main form")), chromedp.Submit(chromedp.CSS("main form")),
		chromedp.WaitVisible(chromedp.CSS("#secret")))
	secret := d.text("#secret")
	if drawn, err := chromedp.Run(d.ctx, chromedp.Evaluate[int](`document.querySelector("img.qr").naturalWidth`)); err != nil || drawn != 240 {
		t.Errorf("the QR code is %d px wide: %v", drawn, err)
	}
	shoot(t, d.ctx, "two-step")
	d.narrow("two-step", server.URL+"/account/two-step")
	code := func(at time.Time) string {
		t.Helper()
		c, err := totp.GenerateCode(secret, at)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	d.do("turn on", chromedp.SendKeys(chromedp.CSS("#code"), code(time.Now())),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS("#recovery")))
	recovery := strings.Fields(d.text("#recovery"))
	shoot(t, d.ctx, "two-step-recovery")
	if len(recovery) != 10 {
		t.Fatalf("recovery codes %q", recovery)
	}
	signIn := func() {
		t.Helper()
		d.do("sign out", chromedp.Click(chromedp.CSS(`form[action="/signout"] button`)), chromedp.WaitVisible(chromedp.CSS("#password")))
		d.do("password", chromedp.SendKeys(chromedp.CSS("#email"), email),
			chromedp.SendKeys(chromedp.CSS("#password"), password),
			chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS("#code")))
	}
	signIn()
	shoot(t, d.ctx, "signin-code")
	d.do("not in yet", chromedp.Navigate(server.URL+"/account"), chromedp.WaitVisible(chromedp.CSS("#password")))
	d.do("a wrong code", chromedp.Navigate(server.URL+"/signin/code"), chromedp.SendKeys(chromedp.CSS("#code"), "000000"),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS(".fault")))
	// The telephone may be up to 30 s ahead: no need to wait for a code that was not used.
	d.do("the code", chromedp.SendKeys(chromedp.CSS("#code"), code(time.Now().Add(30*time.Second))),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS(`a[href="/account"]`)))
	signIn()
	d.do("a recovery code", chromedp.SendKeys(chromedp.CSS("#code"), recovery[0]),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS(`a[href="/account"]`)))
	d.do("turn off", chromedp.Navigate(server.URL+"/account/two-step"), chromedp.WaitVisible(chromedp.CSS(".danger button")))
	shoot(t, d.ctx, "two-step-on")
	d.do("off", chromedp.Click(chromedp.CSS(".danger button")), chromedp.WaitVisible(chromedp.CSS(".note")),
		chromedp.WaitNotPresent(chromedp.CSS(".danger")))
}

// visits is a person with a browser of their own.
type visits struct {
	t      *testing.T
	client *http.Client
}

func person(t *testing.T) visits {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visits{t, &http.Client{Jar: jar}}
}

func (v visits) get(address string) (int, string) {
	v.t.Helper()
	res, err := v.client.Get(address)
	return v.read(res, err)
}

func (v visits) post(address string, form url.Values) string {
	v.t.Helper()
	res, err := v.client.PostForm(address, form)
	_, body := v.read(res, err)
	return body
}

func (v visits) read(res *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// Every page is open to the roles that have its right, and to no other; a stranger
// is led to the sign-in page.
func TestPagesAndRoles(t *testing.T) {
	server := servicetest.Node(t)
	app := server.App("Exam office")
	ids := map[string]string{}
	people := map[string]visits{"": person(t)}
	for _, role := range identity.Roles() {
		u, err := server.Identity.CreateUser(t.Context(), server.Operator(), role+"@example.org", role)
		if err != nil {
			t.Fatal(err)
		}
		link, err := server.Identity.SignInToken(t.Context(), u.Email)
		if err != nil {
			t.Fatal(err)
		}
		ids[role], people[role] = u.ID, person(t)
		if status, _ := people[role].get(server.URL + "/signin/" + link); status != http.StatusOK {
			t.Fatalf("%s is led to %d", role, status)
		}
	}
	bob, err := server.Identity.CreateUser(t.Context(), server.Operator(), "bob@example.org", identity.RoleReviewer)
	if err != nil {
		t.Fatal(err)
	}
	all := identity.Roles()
	seers := []string{"owner", "admin", "developer", "operator", "auditor"}
	makers := []string{"owner", "admin", "developer"}
	keepers := []string{"owner", "admin", "developer", "operator"}
	heads := []string{"owner", "admin"}
	a := "/applications/" + app.ClientID
	for _, c := range []struct {
		method, path string
		may          []string
	}{
		{"GET", "/forms", all},
		{"GET", "/account", all},
		{"GET", "/applications", seers},
		{"GET", a, seers},
		{"GET", "/applications/new", makers},
		{"GET", a + "/regenerate", makers},
		{"GET", a + "/delete", makers},
		{"GET", a + "/disable", keepers},
		{"GET", a + "/enable", keepers},
		{"GET", "/storages", seers},
		{"GET", "/storages/new", keepers},
		{"GET", "/members", []string{"owner", "admin", "auditor"}},
		{"GET", "/members/invite", heads},
		{"GET", "/members/" + bob.ID, heads},
		{"GET", "/members/" + ids["owner"], []string{"owner"}},
		{"POST", a, makers},
		{"POST", a + "/disable", keepers},
		{"POST", a + "/enable", keepers},
		{"POST", "/members/" + bob.ID + "/signout", heads},
		{"POST", "/members/" + ids["owner"] + "/signout", []string{"owner"}},
	} {
		for role, p := range people {
			var status int
			var body string
			if c.method == "GET" {
				status, body = p.get(server.URL + c.path)
			} else {
				res, err := p.client.PostForm(server.URL+c.path, url.Values{"name": {"Exam office"}})
				status, body = p.read(res, err)
			}
			signIn := strings.Contains(body, `action="/signin"`)
			switch {
			case role == "":
				if !signIn {
					t.Errorf("%s %s: a stranger gets %d", c.method, c.path, status)
				}
			case slices.Contains(c.may, role):
				// Who signs out everywhere is led to the sign-in page.
				if status != http.StatusOK || signIn != (c.path == "/members/"+ids[role]+"/signout") {
					t.Errorf("%s %s: %s gets %d", c.method, c.path, role, status)
				}
			case status != http.StatusForbidden:
				t.Errorf("%s %s: %s gets %d, want 403", c.method, c.path, role, status)
			}
		}
	}
}

// What cannot be undone is not done by a session whose proof is old, and is after
// the password was given again.
func TestOldProofIsNotEnough(t *testing.T) {
	server := servicetest.Node(t)
	app := server.App("Exam office")
	first, err := server.FirstAccountURL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := person(t)
	p.post(first, url.Values{"email": {email}, "password": {password}})
	if _, err := server.DB.Write().ExecContext(t.Context(), `UPDATE user_session SET proved = 0`); err != nil {
		t.Fatal(err)
	}
	a := server.URL + "/applications/" + app.ClientID
	for _, page := range []string{a + "/regenerate", a + "/delete", server.URL + "/members/invite", server.URL + "/account/two-step"} {
		if _, body := p.get(page); !strings.Contains(body, `action="/confirm"`) {
			t.Errorf("%s does not ask for a proof", page)
		}
	}
	for page, form := range map[string]url.Values{
		a + "/regenerate":                      {"overlap": {"0"}},
		a + "/delete":                          {"name": {"Exam office"}},
		server.URL + "/members/invite":         {"email": {"eve@example.org"}, "role": {"owner"}},
		server.URL + "/account/two-step/begin": {},
	} {
		if body := p.post(page, form); !strings.Contains(body, `action="/confirm"`) {
			t.Errorf("%s is done without a proof", page)
		}
	}
	if status, _ := token(t, server.URL, app.ClientID, string(app.Secret)); status != http.StatusOK {
		t.Errorf("the secret gets %d: it was regenerated", status)
	}
	if open, err := server.Identity.Invitations(t.Context(), server.Operator().Tenant); err != nil || len(open) != 0 {
		t.Errorf("invitations %+v, %v", open, err)
	}
	if body := p.post(server.URL+"/confirm", url.Values{"password": {password}, "next": {"/members/invite"}}); !strings.Contains(body, `action="/members/invite"`) {
		t.Errorf("after the proof: %.500s", body)
	}
	if body := p.post(server.URL+"/confirm", url.Values{"password": {password}, "next": {"//evil.example/"}}); !strings.Contains(body, "Applications") {
		t.Errorf("next leads away: %.500s", body)
	}
}
