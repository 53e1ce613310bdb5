// Package storagetest is the suite that every storage.Bucket passes.
package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/omr/fault"
)

// Run runs the suite; open makes an empty Bucket.
func Run(t *testing.T, open func(t *testing.T) storage.Bucket) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, storage.Bucket)
	}{
		{"bytes come back", bytesComeBack},
		{"put replaces", putReplaces},
		{"a failed put leaves nothing", failedPut},
		{"missing objects", missing},
		{"keys are confined", confined},
		{"list is by key", list},
		{"list ends when told", listEnds},
		{"a file and a folder of one name", oneName},
		{"readers see whole objects", whole},
		{"puts and deletes beside each other", beside},
		{"a cancelled context", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

func put(t *testing.T, b storage.Bucket, key, text string) {
	t.Helper()
	if err := b.Put(t.Context(), key, strings.NewReader(text)); err != nil {
		t.Fatalf("put %q: %v", key, err)
	}
}

func get(t *testing.T, b storage.Bucket, key string) string {
	t.Helper()
	r, err := b.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("get %q: %v", key, err)
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	return string(text)
}

func keys(t *testing.T, b storage.Bucket, prefix string) []string {
	t.Helper()
	found := []string{}
	for o, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatalf("list %q: %v", prefix, err)
		}
		found = append(found, o.Key)
	}
	return found
}

func isFault(t *testing.T, what string, err error, code string) {
	t.Helper()
	if e := fault.As(err); e == nil || e.Code != code {
		t.Errorf("%s: %v; want %s", what, err, code)
	}
}

func bytesComeBack(t *testing.T, b storage.Bucket) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	for key, text := range map[string]string{
		"empty":                                 "",
		"text.txt":                              "answers\r\n",
		"a/b/c/d/e/f":                           "deep",
		"tasks/1f/large.bin":                    string(large),
		"ünï/日本 语/العربية":                      "any script",
		"odd names/%2e%2e/~/-rf *?\"'":          "odd",
		".hidden":                               "dot",
		"..a/b..":                               "dots within names",
		strings.Repeat("n", storage.MaxSegment): "longest name",
	} {
		put(t, b, key, text)
		if got := get(t, b, key); got != text {
			t.Errorf("%q: %d bytes came back, %d were put", key, len(got), len(text))
		}
		for o, err := range b.List(t.Context(), key) {
			if err != nil || o.Key != key || o.Size != int64(len(text)) || time.Since(o.Modified).Abs() > time.Hour {
				t.Errorf("%q is listed as %+v, %v", key, o, err)
			}
		}
	}
}

func putReplaces(t *testing.T, b storage.Bucket) {
	put(t, b, "a/x", "a longer first text")
	put(t, b, "a/x", "second")
	if got := get(t, b, "a/x"); got != "second" {
		t.Errorf("got %q", got)
	}
	if got := keys(t, b, ""); !slices.Equal(got, []string{"a/x"}) {
		t.Errorf("listed %q", got)
	}
}

func failedPut(t *testing.T, b storage.Bucket) {
	put(t, b, "kept", "old")
	broken := errors.New("line cut")
	for _, key := range []string{"kept", "new", "folder/new"} {
		half := io.MultiReader(strings.NewReader("half of "), iotest.ErrReader(broken))
		if err := b.Put(t.Context(), key, half); !errors.Is(err, broken) {
			t.Errorf("%q: %v; want the reader's error", key, err)
		}
	}
	if got := get(t, b, "kept"); got != "old" {
		t.Errorf("a failed put left %q", got)
	}
	if got := keys(t, b, ""); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("listed %q", got)
	}
}

func missing(t *testing.T, b storage.Bucket) {
	put(t, b, "a/b", "x")
	for _, key := range []string{"none", "a", "a/none", "a/b/c", "a/b/c/d", "A/b "} {
		_, err := b.Get(t.Context(), key)
		isFault(t, "get "+key, err, "object_not_found")
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("get %q: kind of %v", key, err)
		}
		if err := b.Delete(t.Context(), key); err != nil {
			t.Errorf("delete %q: %v; a missing object is no error", key, err)
		}
	}
	if got := get(t, b, "a/b"); got != "x" {
		t.Errorf("deleting others left %q", got)
	}
	for range 2 {
		if err := b.Delete(t.Context(), "a/b"); err != nil {
			t.Error(err)
		}
	}
	_, err := b.Get(t.Context(), "a/b")
	isFault(t, "get what was deleted", err, "object_not_found")
}

// confined: no key leads out of the bucket or to anything that is not an object.
func confined(t *testing.T, b storage.Bucket) {
	for _, key := range []string{
		"", "/", "/etc/passwd", "a/", "a//b", ".", "..", "../x", "a/../b", "a/..", "./a", "a/./b",
		"a\x00b", "a\nb", "a\x7f", "a\\b", "..\\x", "a\xff",
		strings.Repeat("n", storage.MaxSegment+1),
		strings.Repeat("n/", storage.MaxKey/2) + "n",
	} {
		isFault(t, fmt.Sprintf("put %.40q", key), b.Put(t.Context(), key, strings.NewReader("x")), "invalid_path")
		_, err := b.Get(t.Context(), key)
		isFault(t, fmt.Sprintf("get %.40q", key), err, "invalid_path")
		isFault(t, fmt.Sprintf("delete %.40q", key), b.Delete(t.Context(), key), "invalid_path")
	}
	for _, prefix := range []string{"..", "../", "/", "a/../", "./"} {
		if got := keys(t, b, prefix); len(got) != 0 {
			t.Errorf("below %q are %q", prefix, got)
		}
	}
}

func list(t *testing.T, b storage.Bucket) {
	all := []string{"a.txt", "a/b", "a/b.txt", "a/bc/d", "a0", "b/a", "b/a-/x", "b/a/", "c"}
	all = slices.DeleteFunc(all, func(k string) bool { return strings.HasSuffix(k, "/") })
	for i := range all {
		put(t, b, all[(i*5)%len(all)], "x") // in another order
	}
	slices.Sort(all)
	for _, prefix := range []string{"", "a", "a/", "a/b", "a/b.", "a/bc/", "b/a-", "c", "d", "a/b/c", "a.txt/"} {
		want := slices.DeleteFunc(slices.Clone(all), func(k string) bool { return !strings.HasPrefix(k, prefix) })
		if got := keys(t, b, prefix); !slices.Equal(got, want) {
			t.Errorf("below %q: %q, want %q", prefix, got, want)
		}
	}
}

func listEnds(t *testing.T, b storage.Bucket) {
	for _, key := range []string{"a/1", "a/2", "b/1"} {
		put(t, b, key, "x")
	}
	n := 0
	for _, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d objects came after the loop ended", n)
	}
}

// oneName: a bucket may keep both or refuse the second, but must keep the first.
func oneName(t *testing.T, b storage.Bucket) {
	put(t, b, "a", "file")
	if err := b.Put(t.Context(), "a/b", strings.NewReader("below")); err != nil {
		isFault(t, "put below a file", err, "conflict")
	}
	if got := get(t, b, "a"); got != "file" {
		t.Errorf("the file is now %q", got)
	}
	put(t, b, "d/e", "below")
	if err := b.Put(t.Context(), "d", strings.NewReader("file")); err != nil {
		isFault(t, "put over a folder", err, "conflict")
	}
	if got := get(t, b, "d/e"); got != "below" {
		t.Errorf("the object below is now %q", got)
	}
}

func whole(t *testing.T, b storage.Bucket) {
	texts := []string{strings.Repeat("a", 300_000), strings.Repeat("b", 300_000)}
	put(t, b, "x", texts[0])
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range 20 {
			if err := b.Put(t.Context(), "x", strings.NewReader(texts[i%2])); err != nil {
				t.Error(err)
			}
		}
	})
	for range 40 {
		if got := get(t, b, "x"); got != texts[0] && got != texts[1] {
			t.Fatalf("half an object: %d bytes", len(got))
		}
	}
	writing.Wait()
}

// beside: deletes may tidy folders away while puts make them.
func beside(t *testing.T, b storage.Bucket) {
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 15 {
				key := fmt.Sprintf("shared/folder/%d-%d", i, n)
				if err := b.Put(t.Context(), key, strings.NewReader(key)); err != nil {
					t.Errorf("put %q: %v", key, err)
					continue
				}
				if got := get(t, b, key); got != key {
					t.Errorf("%q holds %q", key, got)
				}
				if err := b.Delete(t.Context(), key); err != nil {
					t.Errorf("delete %q: %v", key, err)
				}
			}
		})
	}
	all.Wait()
	if got := keys(t, b, ""); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

func cancelled(t *testing.T, b storage.Bucket) {
	put(t, b, "a", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Put(ctx, "b", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if _, err := b.Get(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("get: %v", err)
	}
	if err := b.Delete(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("delete: %v", err)
	}
	for _, err := range b.List(ctx, "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("list: %v", err)
		}
	}
	if got := keys(t, b, ""); !slices.Equal(got, []string{"a"}) {
		t.Errorf("listed %q", got)
	}
}
