package task_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/task"
)

// Spec/api.md 4.3, checks 52.
func TestRetention(t *testing.T) {
	for name, c := range map[string]struct {
		retention, waited, kept time.Duration // kept: from the POST
	}{
		"a day":                       {24 * time.Hour, 0, 24 * time.Hour},
		"waited for most of it":       {24 * time.Hour, 23*time.Hour + 30*time.Minute, 24*time.Hour + 30*time.Minute},
		"waited beyond it":            {24 * time.Hour, 30 * time.Hour, 31 * time.Hour},
		"short":                       {time.Minute, 0, time.Minute},
		"long, waited to its end":     {240 * time.Hour, 240 * time.Hour, 241 * time.Hour},
		"short, waited a little long": {time.Minute, 2 * time.Minute, 2*time.Minute + time.Minute/24},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			s := p.service(task.Options{Retention: c.retention})
			id := submit(t, s, alice, form("x"))
			p.clock.advance(c.waited)
			if got, err := s.Get(t.Context(), alice, "", id); err != nil || got.Status != task.Queued {
				t.Fatalf("a waiting task expired: %+v, %v", got, err)
			}
			stop := start(t, s, echo)
			got := finish(t, s, alice, id)
			stop()
			kept := got.Expires.Sub(got.Created)
			if slack := kept - c.kept; slack < 0 || slack > 20*time.Second {
				t.Errorf("kept for %v, want %v", kept, c.kept)
			}
			p.clock.advance(got.Expires.Sub(p.clock.now()) - 2*time.Second)
			if _, err := s.Outcome(t.Context(), alice, "", id, true); err != nil && time.Until(got.Expires) > time.Second {
				t.Errorf("before its time: %v", err)
			}
			p.clock.advance(2 * time.Second)
			if _, err := s.Get(t.Context(), alice, "", id); !errors.Is(err, task.ErrNotFound) {
				t.Errorf("Get after its time, before the sweep: %v", err)
			}
			if _, err := s.Outcome(t.Context(), alice, "", id, true); !errors.Is(err, task.ErrNotFound) {
				t.Errorf("Outcome after its time: %v", err)
			}
			if err := s.Cancel(t.Context(), alice, "", id); !errors.Is(err, task.ErrNotFound) {
				t.Errorf("Cancel after its time: %v", err)
			}
			swept, err := s.Sweep(t.Context())
			if err != nil || swept.Tasks != 1 {
				t.Errorf("swept %+v, %v", swept, err)
			}
			if n, blobs := p.rows(t), p.blobs(t); n != 0 || len(blobs) != 0 {
				t.Errorf("after the sweep: %d rows, blobs %v", n, blobs)
			}
		})
	}
}

func TestRunSweeps(t *testing.T) {
	p := newPlace(t)
	s := p.service(task.Options{Retention: 50 * time.Millisecond, SweepInterval: 10 * time.Millisecond})
	start(t, s, echo)
	id := submit(t, s, alice, form("x"))
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := s.Get(t.Context(), alice, "", id); errors.Is(err, task.ErrNotFound) && len(p.blobs(t)) == 0 {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("not swept: %v", p.blobs(t))
		}
	}
}

func TestSweepKeepsWhatIsNeeded(t *testing.T) {
	p := newPlace(t)
	s := p.service(task.Options{})
	stop := start(t, s, echo)
	done := submit(t, s, alice, form("done"))
	finish(t, s, alice, done)
	stop()
	queued := submit(t, s, alice, form("queued"))
	put := func(key string) {
		t.Helper()
		if err := p.bucket.Put(t.Context(), key, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	orphans := []string{
		"task/" + nobody + ".payload", key(nobody, 1, "outcome"), // of no task
		"task/" + done + ".payload",                                   // of a final one
		key(done, 2, 0), key(queued, 1, 0), key(queued, 7, "outcome"), // of attempts that are not the result
	}
	others := []string{"storage/" + nobody + ".payload", "task/notes.txt", "task/x/" + nobody + ".payload"}
	for _, k := range append(orphans, others...) {
		put(k)
	}
	if swept, err := s.Sweep(t.Context()); err != nil || swept != (task.Swept{}) {
		t.Errorf("young blobs were swept: %+v, %v", swept, err)
	}
	p.clock.advance(2 * time.Hour)
	if swept, err := s.Sweep(t.Context()); err != nil || swept != (task.Swept{Orphans: len(orphans)}) {
		t.Errorf("swept %+v, %v; want %d orphans", swept, err, len(orphans))
	}
	if left := p.blobs(t); len(left) != len(others)+3+1 {
		t.Errorf("left: %v", left)
	}
	start(t, s, echo)
	expectForm(t, s, alice, done, "done")
	expectForm(t, s, alice, queued, "queued")
}
