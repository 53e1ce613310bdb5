package task_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

func TestIdempotencyKey(t *testing.T) {
	p := newPlace(t)
	s := p.service(task.Options{})
	start(t, s, echo)
	keyed := func(text, key string) task.Submission {
		sub := form(text)
		sub.IdempotencyKey = key
		return sub
	}
	var (
		all sync.WaitGroup
		mu  sync.Mutex
		ids = map[string]bool{}
	)
	for range 8 {
		all.Go(func() {
			id, err := s.Submit(t.Context(), alice, keyed("x", "k"))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[id] = true
		})
	}
	all.Wait()
	if len(ids) != 1 {
		t.Fatalf("%d tasks from one key", len(ids))
	}
	first := submit(t, s, alice, keyed("x", "k"))
	if !ids[first] {
		t.Error("another task from the same key")
	}
	if submit(t, s, bob, keyed("x", "k")) == first {
		t.Error("another owner's key gave the task")
	}
	if submit(t, s, alice, keyed("x", "K")) == first || submit(t, s, alice, form("x")) == first {
		t.Error("another key, or none, gave the task")
	}
	for name, sub := range map[string]task.Submission{
		"another content": keyed("y", "k"),
		"another kind":    {Kind: task.Recognize, Recognize: &task.RecognizeJob{}, IdempotencyKey: "k"},
	} {
		if _, err := s.Submit(t.Context(), alice, sub); fault.As(err) == nil || fault.As(err).Code != "idempotency_conflict" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Submit(t.Context(), alice, keyed("x", strings.Repeat("k", 256))); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a long key: %v", err)
	}
	finish(t, s, alice, first)
	if submit(t, s, alice, keyed("x", "k")) != first {
		t.Error("the end of the task freed its key")
	}
	p.clock.advance(24 * time.Hour)
	if second := submit(t, s, alice, keyed("y", "k")); second == first {
		t.Error("the key outlived the retention")
	}
}

func TestKindAndJobMustAgree(t *testing.T) {
	p := newPlace(t)
	s := p.service(task.Options{})
	g, r := &task.GenerateJob{}, &task.RecognizeJob{}
	for name, sub := range map[string]task.Submission{
		"nothing":   {},
		"no job":    {Kind: task.Generate},
		"wrong job": {Kind: task.Generate, Recognize: r},
		"both":      {Kind: task.Recognize, Generate: g, Recognize: r},
		"no kind":   {Generate: g},
	} {
		if id, err := s.Submit(t.Context(), alice, sub); err == nil {
			t.Errorf("%s: accepted as %s", name, id)
		}
	}
	if n, blobs := p.rows(t), p.blobs(t); n != 0 || len(blobs) != 0 {
		t.Errorf("%d rows, blobs %v", n, blobs)
	}
}
