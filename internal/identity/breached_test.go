package identity_test

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
)

func list(t testing.TB, text string) (*identity.Breached, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.txt")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	l, err := identity.OpenBreached(path)
	if err == nil {
		t.Cleanup(func() { _ = l.Close() })
	}
	return l, err
}

// Every password of a list is found, and no other, in every form that lists have.
func TestBreachedPasswordsAreFound(t *testing.T) {
	for _, n := range []int{1, 2, 3, 100, 777} {
		var hashes []string
		for i := range n {
			sum := sha1.Sum(fmt.Appendf(nil, "known %d", i))
			hashes = append(hashes, strings.ToUpper(hex.EncodeToString(sum[:])))
		}
		slices.Sort(hashes)
		form := func(write func(i int, hash string) string) string {
			var b strings.Builder
			for i, h := range hashes {
				b.WriteString(write(i, h))
			}
			return b.String()
		}
		for name, text := range map[string]string{
			"as downloaded": form(func(i int, h string) string { return fmt.Sprintf("%s:%d\r\n", h, i*i*i) }),
			"bare":          strings.TrimSuffix(form(func(_ int, h string) string { return h + "\n" }), "\n"),
			"lower case":    form(func(_ int, h string) string { return strings.ToLower(h) + "\n" }),
			"shortened":     form(func(_ int, h string) string { return h[:17] + "\n" }),
		} {
			l, err := list(t, text)
			if err != nil {
				t.Errorf("%d %s: %v", n, name, err)
				continue
			}
			for i := range n {
				if in, err := l.Contains(fmt.Sprintf("known %d", i)); err != nil || !in {
					t.Fatalf("%d %s: number %d is not found: %v", n, name, i, err)
				}
				if in, err := l.Contains(fmt.Sprintf("unknown %d", i)); err != nil || in {
					t.Fatalf("%d %s: one that is not there is found: %v", n, name, err)
				}
			}
		}
	}
}

// The NTLM hash of "password" is known from everywhere.
func TestBreachedPasswordsByNTLM(t *testing.T) {
	l, err := list(t, "00000000000000000000000000000000:1\n8846F7EAEE8FB117AD06BDD830B7586C:3\n")
	must(t, err)
	if in, err := l.Contains("password"); err != nil || !in {
		t.Errorf("found %v, %v", in, err)
	}
	if in, err := l.Contains("Password"); err != nil || in {
		t.Errorf("found %v, %v", in, err)
	}
}

func TestOtherFilesAreNoLists(t *testing.T) {
	ordered := strings.Repeat("F", 40) + ":99\n" + strings.Repeat("0", 40) + ":3\n"
	for name, text := range map[string]string{
		"empty": "", "words": "password\n123456\n", "by count": ordered, "one line": strings.Repeat("A", 5000),
		"short": "ABCDEF\n", "long": strings.Repeat("A", 64) + "\n",
	} {
		_, err := list(t, text)
		wantFault(t, name, err, "breached_list_invalid")
	}
	_, err := identity.OpenBreached(filepath.Join(t.TempDir(), "missing"))
	wantFault(t, "missing", err, "breached_list_invalid")
}

func TestNobodyChoosesABreachedPassword(t *testing.T) {
	sum := sha1.Sum([]byte("known everywhere"))
	l, err := list(t, hex.EncodeToString(sum[:])+"\n")
	must(t, err)
	dir := t.TempDir()
	d, err := db.Open(t.Context(), dbtest.URL(t, dir))
	must(t, err)
	defer func() { _ = d.Close() }()
	box, err := seal.Load(filepath.Join(dir, "master.key"))
	must(t, err)
	s, err := identity.New(t.Context(), d, box, identity.Options{Breached: l})
	must(t, err)
	ctx := t.Context()
	token, _, err := s.FirstAccountToken(ctx)
	must(t, err)
	_, err = s.CreateFirstAccount(ctx, token, ann, "known everywhere", at(home))
	wantFault(t, "the first account", err, "password_breached")
	u, err := s.CreateFirstAccount(ctx, token, ann, password, at(home))
	must(t, err)
	by := identity.Actor{Tenant: u.Tenant, Kind: "user", ID: ann}
	wantFault(t, "set", s.SetPassword(ctx, by, ann, "known everywhere"), "password_breached")
	_, session, err := s.SignIn(ctx, ann, password, at(home))
	must(t, err)
	_, err = s.ChangePassword(ctx, session.ID, password, "known everywhere", at(home))
	wantFault(t, "changed", err, "password_breached")
	invitation, err := s.Invite(ctx, by, "bob@example.org", identity.RoleReviewer)
	must(t, err)
	_, _, err = s.Join(ctx, invitation, "known everywhere", at(home))
	wantFault(t, "joined", err, "password_breached")
}

func FuzzBreached(f *testing.F) {
	f.Add(strings.Repeat("0", 40)+":1\r\n"+strings.Repeat("F", 40)+":2\r\n", "password")
	f.Add("8846F7EAEE8FB117AD06BDD830B7586C", "password")
	f.Add("\n\n", "")
	f.Fuzz(func(t *testing.T, text, password string) {
		l, err := list(t, text)
		if err != nil {
			return
		}
		_, _ = l.Contains(password) // ends, whatever the file holds
	})
}
