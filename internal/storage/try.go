package storage

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// try writes, reads, lists and deletes a file and says which of them failed: a
// storage that works for some of them only is found out when it is made, not when
// the first results are to be kept.
func try(ctx context.Context, b Bucket) error {
	name, text := ".leafmark-test-"+rand.Text(), "leafmark was here"
	failed := func(step string, err error) error {
		return &fault.Error{
			Code: "storage_unusable", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the storage was tried, and could not %s", step),
			Cure:  "check its settings and rights: write, read, list and delete are needed",
			Err:   err,
		}
	}
	if err := b.Put(ctx, name, strings.NewReader(text)); err != nil {
		return failed("write", err)
	}
	r, err := b.Get(ctx, name)
	if err != nil {
		return failed("read", err)
	}
	got, err := io.ReadAll(r)
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	if err != nil || string(got) != text {
		return failed("read", err)
	}
	found := false
	for o, err := range b.List(ctx, name) {
		if err != nil {
			return failed("list", err)
		}
		found = found || o.Key == name
	}
	if !found {
		return failed("list", nil)
	}
	if err := b.Delete(ctx, name); err != nil {
		return failed("delete", err)
	}
	return nil
}
