package task

import (
	"context"
	"sync"
	"time"
)

const (
	// A task of this process ends with a signal; the poll is for what other
	// processes finish, and so frequent only where none runs here.
	pollBeside = time.Second
	pollFirst  = 25 * time.Millisecond // doubles up to pollLast: what took long takes longer
	pollLast   = 400 * time.Millisecond
)

// Wait is the owner's task as soon as it is final, or as it is after limit; with
// ctx's error when that ends first. ErrNotFound: see there.
func (s *Service) Wait(ctx context.Context, owner Owner, kind Kind, id string, limit time.Duration) (Task, error) {
	told, leave := s.waiters.join(id) // before the first look: no end is missed
	defer leave()
	over := time.NewTimer(max(0, limit))
	defer over.Stop()
	poll := pollFirst
	for {
		t, err := s.Get(ctx, owner, kind, id)
		if err != nil || t.Status.final() || limit <= 0 {
			return t, err
		}
		next := pollBeside
		if s.runs.Load() == 0 {
			next, poll = poll, min(2*poll, pollLast)
		}
		select {
		case <-told:
		case <-time.After(next):
		case <-over.C:
			return s.Get(ctx, owner, kind, id)
		case <-ctx.Done():
			return t, ctx.Err()
		}
	}
}

// hub tells those who wait for a task in this process that it ended.
type hub struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]struct{}
}

// join registers a waiter; the channel gets a value when the task ends.
func (h *hub) join(id string) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting[id] == nil {
		h.waiting[id] = map[chan struct{}]struct{}{}
	}
	h.waiting[id][ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.waiting[id], ch)
		if len(h.waiting[id]) == 0 {
			delete(h.waiting, id)
		}
	}
}

// tell wakes all who wait for the task.
func (h *hub) tell(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.waiting[id] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
