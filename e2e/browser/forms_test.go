package browser

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/leafmark/leafmark/internal/servicetest"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/library"
)

// The library in a browser, without JavaScript, at 360 px and in the dark: every
// card has its picture, a form's page its sheets, and nothing is wider than the
// screen.
func TestFormsOfTheLibrary(t *testing.T) {
	server := servicetest.Node(t)
	ctx := servicetest.Browser(t)
	if _, err := server.Identity.EnsureOwner(t.Context(), email); err != nil {
		t.Fatal(err)
	}
	link, err := server.Identity.SignInToken(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			shoot(t, ctx, "failed-forms")
			t.Fatalf("%s: %v", what, err)
		}
	}
	number := func(script string) int {
		t.Helper()
		n, err := chromedp.Run(ctx, chromedp.Evaluate[int](script))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const loaded = `[...document.images].filter(i => (i.loading = "eager", i.complete) && i.naturalWidth > 100).length`
	do("closed to strangers", chromedp.Navigate(server.URL+"/forms"), chromedp.WaitVisible(chromedp.CSS("#password")))
	do("sign in", chromedp.Navigate(server.URL+"/signin/"+string(link)), chromedp.WaitVisible(chromedp.CSS(`a[href="/forms"]`)))
	do("forms", chromedp.Click(chromedp.CSS(`nav a[href="/forms"]`)), chromedp.WaitVisible(chromedp.CSS(".cards")))
	want := len(library.Forms())
	if n := number(`document.querySelectorAll(".form-card").length`); n != want {
		t.Errorf("%d cards for %d forms", n, want)
	}
	number(loaded) // asks for all pictures at once
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`[...document.querySelectorAll(".thumb img")].every(i => i.complete && i.naturalWidth > 100)`)); err != nil {
		t.Errorf("not every card has its picture: %v", err)
	}
	shoot(t, ctx, "forms")
	do("one form", chromedp.Click(chromedp.CSS(`h2 a[href="/forms/exam-200"]`)), chromedp.WaitVisible(chromedp.CSS("#use")))
	if n := number(`document.querySelectorAll(".sheets img").length`); n != 2 {
		t.Errorf("a form of two pages shows %d", n)
	}
	shoot(t, ctx, "form")
	do("copy", chromedp.Click(chromedp.CSS(`[data-copy="curl"]`)), chromedp.WaitVisible(`//button[text()="Copied"]`))
	do("dark, without JavaScript, 360 px",
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			if _, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
			}); err != nil {
				return err
			}
			_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}),
		chromedp.EmulateViewport(360, 740))
	for path, name := range map[string]string{"/forms": "forms-360px-dark", "/forms/medical-intake": "form-360px-dark"} {
		do(path, chromedp.Navigate(server.URL+path), chromedp.WaitVisible(chromedp.CSS("h1")))
		shoot(t, ctx, name)
		if n := number(`document.documentElement.scrollWidth`); n > 360 {
			t.Errorf("%s is %d px wide at 360 px", path, n)
		}
	}
}

// The files of a form are what the engine makes of its source, for signed-in
// people alone.
func TestFilesOfForms(t *testing.T) {
	server := servicetest.Node(t)
	if _, err := server.Identity.EnsureOwner(t.Context(), email); err != nil {
		t.Fatal(err)
	}
	link, err := server.Identity.SignInToken(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	get := func(c *http.Client, path string) (status int, kind, body string) {
		t.Helper()
		res, err := c.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		data, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header.Get("Content-Type"), string(data)
	}
	stranger := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/forms", "/forms/ballot", "/forms/ballot/ballot.txt", "/forms/ballot/ballot.pdf"} {
		if status, _, _ := get(stranger, path); status != http.StatusSeeOther {
			t.Errorf("a stranger gets %d for %s", status, path)
		}
	}
	if status, _, _ := get(client, "/signin/"+string(link)); status != http.StatusOK {
		t.Fatalf("sign in: %d", status)
	}
	ballot, _ := library.Find("ballot")
	if _, kind, body := get(client, "/forms/ballot/ballot.txt"); kind != "text/plain; charset=utf-8" || body != string(ballot.Source()) {
		t.Errorf("the source is %s of %d bytes", kind, len(body))
	}
	if _, kind, body := get(client, "/forms/ballot/ballot.pdf"); kind != "application/pdf" || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("the PDF is %s: %.20q", kind, body)
	}
	widths := map[float64]bool{}
	for _, paper := range []string{"", "?paper=letter"} {
		_, _, body := get(client, "/forms/ballot/ballot.omr"+paper)
		p, _, err := omr.ReadPattern([]byte(body))
		if err != nil {
			t.Fatalf("pattern%s: %v", paper, err)
		}
		widths[p.Pages[0].Width] = true
	}
	if !widths[2480] || !widths[2551] {
		t.Errorf("the patterns have the widths %v", widths)
	}
	for _, path := range []string{"/forms/nothing", "/forms/nothing/nothing.txt", "/forms/ballot/exam-20.txt", "/forms/ballot/page-2.png", "/forms/ballot/ballot.pdf?paper=A0", "/forms/ballot/..%2fexam-20.txt"} {
		if status, _, _ := get(client, path); status != http.StatusNotFound {
			t.Errorf("%s gets %d", path, status)
		}
	}
	if _, _, body := get(client, "/forms/exam-20-json"); !strings.Contains(body, `href="/forms/exam-20-json/exam-20-json.json"`) {
		t.Error("the JSON form offers no JSON")
	}
}
