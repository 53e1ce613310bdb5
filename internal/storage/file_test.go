package storage_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/internal/storage/storagetest"
	"github.com/leafmark/leafmark/omr/fault"
)

func TestFileBucket(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Bucket {
		b, err := storage.NewFileBucket(filepath.Join(t.TempDir(), "new", "bucket"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

func TestFileBucketFollowsNoLinkOut(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	b, err := storage.NewFileBucket(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"folder": outside, "file": filepath.Join(outside, "secret")} {
		if err := os.Symlink(target, filepath.Join(dir, "objects", name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"folder/secret", "file"} {
		if r, err := b.Get(t.Context(), key); err == nil {
			_ = r.Close()
			t.Errorf("%s leads out of the bucket", key)
		}
	}
	_ = b.Put(t.Context(), "folder/new", strings.NewReader("x"))
	if _, err := os.Stat(filepath.Join(outside, "new")); err == nil {
		t.Error("a put went out of the bucket")
	}
	_ = b.Put(t.Context(), "file", strings.NewReader("changed"))
	if text, err := os.ReadFile(filepath.Join(outside, "secret")); err != nil || string(text) != "x" {
		t.Errorf("the file outside is %q, %v", text, err)
	}
	for o, err := range b.List(t.Context(), "folder/") {
		if err == nil {
			t.Errorf("listed %+v, which is outside", o)
		}
	}
}

func TestFileBucketIsPrivateAndTidy(t *testing.T) {
	dir := t.TempDir()
	b, err := storage.NewFileBucket(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), "a/b/c", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"objects": 0o700, "objects/a": 0o700, "objects/a/b/c": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %04o", name, info.Mode(), err, want)
		}
	}
	if err := b.Delete(t.Context(), "a/b/c"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"objects", "tmp"} {
		if entries, err := os.ReadDir(filepath.Join(dir, name)); err != nil || len(entries) != 0 {
			t.Errorf("%s still holds %v, %v", name, entries, err)
		}
	}
}

func TestFileBucketForgetsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": 2 * time.Hour, "being-written": time.Minute} {
		path := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := storage.NewFileBucket(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "being-written" {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestFileBucketNeedsAFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{path, filepath.Join(path, "below")} {
		if _, err := storage.NewFileBucket(dir); fault.As(err) == nil || fault.As(err).Code != "storage_unavailable" {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{"a/b", "../x", "a//b", "\x00", "a\\b", "ü", strings.Repeat("x", 300)} {
		f.Add(seed)
	}
	dir := f.TempDir()
	b, err := storage.NewFileBucket(filepath.Join(dir, "bucket"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if err := b.Put(t.Context(), key, strings.NewReader(key)); err == nil {
			if storage.CheckKey(key) != nil {
				t.Fatalf("%q was stored, and is no key", key)
			}
			_ = b.Delete(t.Context(), key)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Fatalf("%q left the bucket: %v, %v", key, entries, err)
		}
	})
}

func BenchmarkPut200kB(b *testing.B) {
	bucket, err := storage.NewFileBucket(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("0123456789", 20_000)
	for b.Loop() {
		if err := bucket.Put(b.Context(), "tasks/1f/payload", strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
