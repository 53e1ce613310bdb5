package task_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

// expectCancelled fails unless the task is cancelled, for good, and left nothing.
func expectCancelled(t *testing.T, p *place, s *task.Service, id string) {
	t.Helper()
	got, err := s.Get(t.Context(), alice, "", id)
	if err != nil || got.Status != task.Cancelled || got.Finished.IsZero() {
		t.Errorf("task %+v, %v", got, err)
	}
	if _, err := s.Outcome(t.Context(), alice, "", id, true); !errors.Is(err, task.ErrNotFound) {
		t.Errorf("outcome: %v", err)
	}
	if _, err := s.File(t.Context(), alice, id, "form.png"); !errors.Is(err, task.ErrNotFound) {
		t.Errorf("file: %v", err)
	}
	if left := p.blobs(t); len(left) != 0 {
		t.Errorf("left in the bucket: %v", left)
	}
	if err := s.Cancel(t.Context(), alice, "", id); err != nil {
		t.Errorf("cancelled again: %v", err)
	}
}

func TestCancelQueuedNeverStarts(t *testing.T) {
	p := newPlace(t)
	s := p.service(task.Options{})
	id := submit(t, s, alice, form("x"))
	other := submit(t, s, alice, form("y"))
	if err := s.Cancel(t.Context(), alice, task.Generate, id); err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 2)
	start(t, s, func(_ context.Context, a task.Attempt) (task.Outcome, error) {
		seen <- a.ID
		return task.Outcome{}, nil
	})
	if first := <-seen; first != other {
		t.Error("the cancelled task was started")
	}
	finish(t, s, alice, other)
	if err := s.Cancel(t.Context(), alice, task.Generate, other); err != nil {
		t.Fatal(err)
	}
	expectCancelled(t, p, s, id)
}

func TestCancelRunningStopsIt(t *testing.T) {
	for name, elsewhere := range map[string]bool{"in this process": false, "in another process": true} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			back := p.service(task.Options{Lease: 500 * time.Millisecond})
			front := back
			if elsewhere {
				front = p.service(task.Options{})
			}
			began, ended := make(chan struct{}), make(chan struct{})
			stop := start(t, back, func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
				close(began)
				<-ctx.Done()
				defer close(ended)
				return echo(ctx, a) // a result after all, which must be thrown away
			})
			id := submit(t, front, alice, form("x"))
			<-began
			if err := front.Cancel(t.Context(), alice, task.Generate, id); err != nil {
				t.Fatal(err)
			}
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				t.Fatal("the handler was not stopped")
			}
			stop()
			expectCancelled(t, p, front, id)
		})
	}
}

func TestCancelWakesWaiters(t *testing.T) {
	s := newPlace(t).service(task.Options{})
	id := submit(t, s, alice, form("x"))
	time.AfterFunc(30*time.Millisecond, func() { _ = s.Cancel(context.Background(), alice, "", id) })
	if got := finish(t, s, alice, id); got.Status != task.Cancelled {
		t.Errorf("task %+v", got)
	}
}

func TestCancelFinalDeletesAtOnce(t *testing.T) {
	for name, handle := range map[string]task.Handler{
		"done": echo,
		"failed by the input": func(context.Context, task.Attempt) (task.Outcome, error) {
			return task.Outcome{}, &fault.Error{Code: "LM801", Kind: fault.Invalid, Cause: "no sheet", Cure: "scan it"}
		},
		"failed by a fault of ours": func(context.Context, task.Attempt) (task.Outcome, error) {
			return task.Outcome{}, errors.New("broken")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			s := p.service(task.Options{Backoff: time.Millisecond})
			stop := start(t, s, handle)
			id := submit(t, s, alice, form("x"))
			finish(t, s, alice, id)
			if err := s.Cancel(t.Context(), alice, task.Generate, id); err != nil {
				t.Fatal(err)
			}
			stop()
			expectCancelled(t, p, s, id)
		})
	}
}
