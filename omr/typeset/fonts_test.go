package typeset_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/typeset"
)

// TestPinned: a changed font file changes every form that is made again, so
// each is pinned by its hash.
func TestPinned(t *testing.T) {
	list, err := os.Open("fonts/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	want := map[string]string{}
	for s := bufio.NewScanner(list); s.Scan(); {
		sum, name, _ := strings.Cut(s.Text(), "  ")
		want[strings.TrimSuffix(name, ".ttf")] = sum
	}
	f := typeset.Default()
	found := map[string]bool{}
	for id := range f.Count() {
		name := f.Name(typeset.FaceID(id))
		if got := fmt.Sprintf("%x", sha256.Sum256(f.File(typeset.FaceID(id)))); got != want[name] {
			t.Errorf("%s: hash %s, pinned %q", name, got, want[name])
		}
		found[name] = true
	}
	if len(want) != len(found) {
		t.Errorf("%d files pinned, %d embedded", len(want), len(found))
	}
}
