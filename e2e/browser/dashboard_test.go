// Package browser drives the dashboard in a real browser.
package browser

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/leafmark/leafmark/internal/servicetest"
)

const (
	email    = "owner@example.org"
	password = "correct horse battery"
)

// The seed flow, in a browser with and without JavaScript: first account,
// application with a new storage made on the way, credentials shown once and
// good for a token, regenerated, signed out and in.
func TestFromFirstAccountToCredentials(t *testing.T) {
	for _, js := range []bool{true, false} {
		name := map[bool]string{true: "with JavaScript", false: "without JavaScript"}[js]
		t.Run(name, func(t *testing.T) {
			server := servicetest.Node(t)
			ctx := servicetest.Browser(t)
			do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
				t.Helper()
				if err := chromedp.Do(ctx, actions...); err != nil {
					shoot(t, ctx, "failed-"+strings.ReplaceAll(name, " ", "-"))
					t.Fatalf("%s: %v", what, err)
				}
			}
			text := func(sel chromedp.CSS) string {
				t.Helper()
				s, err := chromedp.Run(ctx, chromedp.Text(sel))
				if err != nil {
					t.Fatalf("text of %s: %v", sel, err)
				}
				return strings.TrimSpace(s)
			}
			first, err := server.FirstAccountURL(t.Context())
			if err != nil || first == "" {
				t.Fatalf("first account link %q: %v", first, err)
			}
			do("JavaScript", chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
				_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !js})
				return err
			}))
			do("first account", chromedp.Navigate(first),
				chromedp.SendKeys(chromedp.CSS("#email"), email),
				chromedp.SendKeys(chromedp.CSS("#password"), password),
				chromedp.Submit(chromedp.CSS("main form")),
				chromedp.WaitVisible(chromedp.CSS(`a[href="/applications/new"]`)))
			shoot(t, ctx, "applications-empty")
			do("new application, storage on the way",
				chromedp.Navigate(server.URL+"/applications/new"),
				chromedp.SendKeys(chromedp.CSS("#name"), "Exam <office> & \"more\""),
				chromedp.Click(chromedp.CSS(`button[formaction="/storages/new"]`)),
				chromedp.WaitVisible(chromedp.CSS("#storage_name")),
				chromedp.SendKeys(chromedp.CSS("#storage_name"), "Exams"),
				chromedp.Submit(chromedp.CSS("main form")),
				chromedp.WaitVisible(chromedp.CSS("#storage")))
			kept, err := chromedp.Run(ctx, chromedp.AttributeValue(chromedp.CSS("#name"), "value"))
			if err != nil {
				t.Fatal(err)
			}
			chosen, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("#storage option[selected]")))
			if err != nil {
				t.Fatal(err)
			}
			if kept.Value != "Exam <office> & \"more\"" || !strings.HasPrefix(chosen, "Exams") {
				t.Errorf("back from the storage: name %q, storage %q", kept.Value, chosen)
			}
			shoot(t, ctx, "application-new")
			do("save", chromedp.Click(`//button[text()="Save"]`),
				chromedp.WaitVisible(chromedp.CSS("#client-secret")))
			id, secret := text("#client-id"), text("#client-secret")
			shoot(t, ctx, "application-secret")
			if status, _ := token(t, server.URL, id, secret); status != http.StatusOK {
				t.Errorf("the credentials shown get %d", status)
			}
			if js {
				do("copy", chromedp.Click(chromedp.CSS(`[data-copy="client-secret"]`)),
					chromedp.WaitVisible(`//button[text()="Copied"]`))
			}
			do("reload shows no secret", chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#client-id")),
				chromedp.WaitNotPresent(chromedp.CSS("#client-secret")))
			do("regenerate", chromedp.Click(`//a[text()="Regenerate"]`),
				chromedp.WaitVisible(chromedp.CSS("#overlap")))
			shoot(t, ctx, "regenerate")
			do("confirm", chromedp.Click(`//button[text()="Regenerate"]`),
				chromedp.WaitVisible(chromedp.CSS("#client-secret")))
			renewed := text("#client-secret")
			if status, word := token(t, server.URL, id, secret); status != http.StatusBadRequest || word != "invalid_client" {
				t.Errorf("the old secret gets %d %s", status, word)
			}
			if status, _ := token(t, server.URL, id, renewed); status != http.StatusOK {
				t.Errorf("the new secret gets %d", status)
			}
			do("sign out", chromedp.Click(chromedp.CSS(`form[action="/signout"] button`)),
				chromedp.WaitVisible(chromedp.CSS("#password")))
			do("closed", chromedp.Navigate(server.URL+"/applications"), chromedp.WaitVisible(chromedp.CSS("#password")))
			shoot(t, ctx, "signin")
			do("sign in", chromedp.SendKeys(chromedp.CSS("#email"), email),
				chromedp.SendKeys(chromedp.CSS("#password"), password),
				chromedp.Submit(chromedp.CSS("main form")),
				chromedp.WaitVisible(chromedp.CSS("table")))
			shoot(t, ctx, "applications")
			if js {
				do("360 px", chromedp.EmulateViewport(360, 740), chromedp.Navigate(server.URL+"/applications/"+id),
					chromedp.WaitVisible(chromedp.CSS("#client-id")))
				width, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
				shoot(t, ctx, "application-360px")
				if err != nil || width > 360 {
					t.Errorf("the page is %d px wide at 360 px: %v", width, err)
				}
			}
		})
	}
}

// shoot keeps a screenshot in LEAFMARK_SCREENSHOTS, for people.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("LEAFMARK_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Logf("screenshot %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

func token(t *testing.T, server, id, secret string) (status int, word string) {
	t.Helper()
	res, err := http.PostForm(server+"/connect/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct{ Error string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer.Error
}

// A page of another site cannot change anything, and a sign-in link works once.
func TestStrangersAreRefused(t *testing.T) {
	server := servicetest.Node(t)
	ctx := t.Context()
	if _, err := server.Identity.EnsureOwner(ctx, email); err != nil {
		t.Fatal(err)
	}
	link, err := server.Identity.SignInToken(ctx, email)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	get := func(c *http.Client, path string) (int, string) {
		t.Helper()
		res, err := c.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	if status, body := get(client, "/signin/"+link); status != http.StatusOK || !strings.Contains(body, "Applications") {
		t.Fatalf("the link leads to %d", status)
	}
	if status, _ := get(&http.Client{}, "/signin/"+link); status < 400 {
		t.Errorf("the link works a second time: %d", status)
	}
	post := func(path string, header map[string]string, form url.Values) int {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range header {
			req.Header.Set(k, v)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		return res.StatusCode
	}
	for _, header := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"},
	} {
		if status := post("/applications/new", header, url.Values{"name": {"stolen"}}); status != http.StatusForbidden {
			t.Errorf("%v: got %d", header, status)
		}
	}
	if _, body := get(client, "/applications"); strings.Contains(body, "stolen") {
		t.Error("a page of another site created an application")
	}
	if status := post("/applications/new", map[string]string{"Sec-Fetch-Site": "same-origin"}, url.Values{"name": {"ours"}}); status != http.StatusOK {
		t.Errorf("our own page gets %d", status)
	}
	_, body := get(client, "/applications")
	id := regexp.MustCompile(`/applications/([0-9a-f-]{36})`).FindStringSubmatch(body)
	if id == nil {
		t.Fatal("the application is not listed")
	}
	if status, _ := get(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "/applications/"+id[1]); status != http.StatusSeeOther {
		t.Errorf("a stranger gets %d", status)
	}
	if status, _ := get(client, "/applications/00000000-0000-4000-8000-000000000000"); status != http.StatusNotFound {
		t.Errorf("an unknown application gets %d", status)
	}
	res, err := client.Get(server.URL + "/signin?next=//evil.example/")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
}
