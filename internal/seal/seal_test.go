package seal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/omr/fault"
)

func box(t testing.TB, fill byte) *seal.Box {
	t.Helper()
	b, err := seal.New(bytes.Repeat([]byte{fill}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealOpens(t *testing.T) {
	b := box(t, 1)
	for _, plain := range []string{"", "a secret in clear", string(make([]byte, 5000))} {
		sealed := b.Seal([]byte(plain), []byte("row 1"))
		got, err := b.Open(sealed, []byte("row 1"))
		if err != nil || string(got) != plain {
			t.Errorf("%d bytes came back as %d, %v", len(plain), len(got), err)
		}
		if len(plain) > 0 && bytes.Contains(sealed, []byte(plain)) {
			t.Error("sealed, and yet in clear")
		}
		if again := b.Seal([]byte(plain), []byte("row 1")); bytes.Equal(sealed, again) {
			t.Error("sealed twice alike: an observer learns that two values are equal")
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	b := box(t, 1)
	sealed := b.Seal([]byte("secret"), []byte("row 1"))
	refuse := func(name string, b *seal.Box, sealed, aad []byte) {
		if _, err := b.Open(sealed, aad); fault.As(err) == nil || fault.As(err).Code != "sealed_invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	refuse("another row", b, sealed, []byte("row 2"))
	refuse("no row", b, sealed, nil)
	refuse("another master key", box(t, 2), sealed, []byte("row 1"))
	refuse("nothing", b, nil, []byte("row 1"))
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		refuse("a changed byte", b, changed, []byte("row 1"))
		refuse("cut", b, sealed[:i], []byte("row 1"))
	}
}

func TestMAC(t *testing.T) {
	b := box(t, 1)
	sum := b.MAC("p", []byte("ab"), []byte("c"))
	if sum != b.MAC("p", []byte("ab"), []byte("c")) {
		t.Error("not deterministic")
	}
	for name, other := range map[string][32]byte{
		"purpose":  b.MAC("q", []byte("ab"), []byte("c")),
		"borders":  b.MAC("p", []byte("a"), []byte("bc")),
		"one":      b.MAC("p", []byte("abc")),
		"more":     b.MAC("p", []byte("ab"), []byte("c"), nil),
		"otherkey": box(t, 2).MAC("p", []byte("ab"), []byte("c")),
	} {
		if sum == other {
			t.Errorf("%s does not matter to the MAC", name)
		}
	}
}

func TestLoadMakesAKeyOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "master.key")
	sums := make([][32]byte, 16)
	var all sync.WaitGroup
	for i := range sums {
		all.Go(func() {
			b, err := seal.Load(path)
			if err != nil {
				t.Error(err)
				return
			}
			sums[i] = b.MAC("p")
		})
	}
	all.Wait()
	for _, s := range sums {
		if s != sums[0] {
			t.Fatal("racing processes hold different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != seal.KeySize {
		t.Errorf("key file %v, %v", info, err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left beside the key: %v, %v", entries, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	write := func(name string, size int, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, make([]byte, size), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ name, path, code string }{
		{"empty", write("a", 0, 0o600), "master_key_invalid"},
		{"short", write("b", 31, 0o600), "master_key_invalid"},
		{"long", write("c", 33, 0o600), "master_key_invalid"},
		{"readable by all", write("d", 32, 0o644), "master_key_exposed"},
		{"a folder", t.TempDir(), "master_key_exposed"},
		{"below a file", write("e", 32, 0o600) + "/key", "master_key_unavailable"},
	} {
		if _, err := seal.Load(c.path); fault.As(err) == nil || fault.As(err).Code != c.code {
			t.Errorf("%s: %v; want %s", c.name, err, c.code)
		}
	}
	if _, err := seal.Load(write("group", 32, 0o640)); err != nil {
		t.Errorf("readable by its group: %v", err)
	}
}

func BenchmarkMAC(b *testing.B) {
	x := box(b, 1)
	data := []byte("3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940")
	for b.Loop() {
		x.MAC("client secret", data, data)
	}
}
