package task_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/internal/task"
)

var errDead = errors.New("the process is dead")

// life ends at a step: from then on nothing that the process does has an effect.
// A step is one change of the database or the bucket; it ends before the change
// or, unheard of, after it.
type life struct {
	mu    sync.Mutex
	left  int
	after bool // the last step happens, its answer is lost
	dead  bool
	died  chan struct{}
}

func newLife(steps int, after bool) *life {
	return &life{left: steps, after: after, died: make(chan struct{})}
}

func (l *life) step(change func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return errDead
	}
	if l.left--; l.left >= 0 {
		return change()
	}
	if l.after {
		if err := change(); err != nil {
			return err
		}
	}
	l.dead = true
	close(l.died)
	return errDead
}

// end is death by another cause.
func (l *life) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.dead {
		l.dead = true
		close(l.died)
	}
}

func (l *life) alive() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return errDead
	}
	return nil
}

type mortalDB struct {
	*db.DB
	life *life
}

func (m mortalDB) Tx(ctx context.Context, fn func(*sql.Tx) error) error {
	return m.life.step(func() error { return m.DB.Tx(ctx, fn) })
}

type mortalBucket struct {
	storage.Bucket
	life *life
}

func (m mortalBucket) Put(ctx context.Context, key string, r io.Reader) error {
	return m.life.step(func() error { return m.Bucket.Put(ctx, key, r) })
}

func (m mortalBucket) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := m.life.alive(); err != nil {
		return nil, err
	}
	return m.Bucket.Get(ctx, key)
}

func (m mortalBucket) Delete(ctx context.Context, key string) error {
	return m.life.step(func() error { return m.Bucket.Delete(ctx, key) })
}

func (m mortalBucket) List(ctx context.Context, prefix string) iter.Seq2[storage.Object, error] {
	return m.Bucket.List(ctx, prefix)
}

// process is a service that lives for so many steps.
func (p *place) process(t *testing.T, l *life, opt task.Options) *task.Service {
	t.Helper()
	opt.Now = p.clock.now
	s, err := task.New(mortalDB{p.db, l}, mortalBucket{p.bucket, l}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// afterwards starts a process that does not die, lets it finish all work, and
// checks that in the end nothing is left behind; between is called when all
// tasks are final.
func afterwards(t *testing.T, p *place, between func(s *task.Service)) {
	t.Helper()
	p.clock.advance(time.Minute) // leases of the dead have run out
	s := p.service(task.Options{Backoff: time.Millisecond})
	stop := start(t, s, echo)
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		load, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if load == (task.Load{}) {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("still to do: %+v", load)
		}
	}
	stop()
	between(s)
	p.clock.advance(48 * time.Hour)
	if _, err := s.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	if n, blobs := p.rows(t), p.blobs(t); n != 0 || len(blobs) != 0 {
		t.Errorf("left behind: %d rows, blobs %v", n, blobs)
	}
}

// eachCrash calls body with a process that dies at each step in turn, until one
// lives to the end.
func eachCrash(t *testing.T, body func(t *testing.T, l *life)) {
	for _, after := range []bool{false, true} {
		for steps := 0; ; steps++ {
			if steps > 60 {
				t.Fatal("the process never came to its end")
			}
			l := newLife(steps, after)
			t.Run(fmt.Sprintf("step %d, effective %t", steps, after), func(t *testing.T) { body(t, l) })
			if l.alive() == nil {
				break
			}
		}
	}
}

// From the first byte of a submission to the deletion of the payload: whenever
// the process dies, what was accepted is done by the next one, with its own
// result, and what was not leaves nothing (spec/api.md 4.1, checks 53).
func TestNothingAcceptedIsLost(t *testing.T) {
	p := newPlace(t).inMemory()
	eachCrash(t, func(t *testing.T, l *life) {
		s := p.process(t, l, task.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx, echo) }()
		id, err := s.Submit(t.Context(), alice, form("x"))
		accepted := err == nil
		if accepted {
			waited, stop := context.WithCancel(ctx)
			go func() {
				select {
				case <-l.died:
				case <-waited.Done():
				}
				stop()
			}()
			_, _ = s.Wait(waited, alice, "", id, 10*time.Second)
			stop()
		}
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, errDead) {
			t.Error(err)
		}
		afterwards(t, p, func(s *task.Service) {
			list, err := s.Recent(t.Context(), alice, 10)
			if err != nil || len(list) > 1 {
				t.Fatalf("%d tasks, %v", len(list), err)
			}
			if accepted {
				expectForm(t, s, alice, id, "x")
			} else if len(list) == 1 { // the commit's answer was lost
				expectForm(t, s, alice, list[0].ID, "x")
			}
		})
	})
}

// A cancellation that a crash cut short is whole after it is asked for again, and
// once the row says cancelled no result is handed out.
func TestCancelSurvivesCrashes(t *testing.T) {
	p := newPlace(t).inMemory()
	eachCrash(t, func(t *testing.T, l *life) {
		whole := p.service(task.Options{})
		stop := start(t, whole, echo)
		id := submit(t, whole, alice, form("x"))
		expectForm(t, whole, alice, id, "x")
		stop()
		err := p.process(t, l, task.Options{}).Cancel(t.Context(), alice, "", id)
		if (err == nil) != (l.alive() == nil) {
			t.Errorf("Cancel: %v", err)
		}
		afterwards(t, p, func(s *task.Service) {
			got, err := s.Get(t.Context(), alice, "", id)
			if err != nil {
				t.Fatal(err)
			}
			if got.Status == task.Done {
				expectForm(t, s, alice, id, "x")
			}
			if err := s.Cancel(t.Context(), alice, "", id); err != nil {
				t.Fatal(err)
			}
			if blobs := p.blobs(t); len(blobs) != 0 {
				t.Errorf("blobs of a cancelled task: %v", blobs)
			}
			if _, err := s.Outcome(t.Context(), alice, "", id, true); !errors.Is(err, task.ErrNotFound) {
				t.Errorf("outcome: %v", err)
			}
		})
	})
}

// A sweep that a crash cut short is finished by the next.
func TestSweepSurvivesCrashes(t *testing.T) {
	p := newPlace(t).inMemory()
	eachCrash(t, func(t *testing.T, l *life) {
		whole := p.service(task.Options{})
		stop := start(t, whole, echo)
		for _, text := range []string{"x", "y"} {
			expectForm(t, whole, alice, submit(t, whole, alice, form(text)), text)
		}
		stop()
		p.clock.advance(48 * time.Hour)
		if _, err := p.process(t, l, task.Options{}).Sweep(t.Context()); (err == nil) != (l.alive() == nil) {
			t.Errorf("Sweep: %v", err)
		}
		afterwards(t, p, func(*task.Service) {})
	})
}

// A task that takes its process with it every time ends, too.
func TestATaskThatKillsEveryProcessFails(t *testing.T) {
	p := newPlace(t).inMemory()
	id := submit(t, p.service(task.Options{}), alice, form("x"))
	lives := 0
	for ; lives < 20; lives++ {
		l := newLife(1000, false)
		s := p.process(t, l, task.Options{Drain: time.Millisecond, Backoff: time.Millisecond})
		ctx, cancel := context.WithCancel(t.Context())
		stop := start(t, s, func(context.Context, task.Attempt) (task.Outcome, error) {
			l.end()
			cancel()
			return task.Outcome{}, errDead
		})
		_, _ = s.Wait(ctx, alice, "", id, 10*time.Second)
		stop()
		cancel()
		if l.alive() == nil {
			break
		}
		p.clock.advance(time.Minute)
	}
	if lives < 3 || lives >= 20 {
		t.Errorf("given up after %d processes", lives)
	}
	out, err := p.service(task.Options{}).Outcome(t.Context(), alice, "", id, true)
	if err != nil || len(out.Messages) != 1 || out.Messages[0] != gaveUp {
		t.Errorf("outcome %+v, %v", out, err)
	}
	if blobs := p.blobs(t); len(blobs) != 0 {
		t.Errorf("left behind: %v", blobs)
	}
}

// Two processes that both hold a task for their own: only the one that has its
// lease settles it.
func TestASupersededAttemptChangesNothing(t *testing.T) {
	p := newPlace(t)
	// One worker, which is held: else the slow process may take the second attempt.
	slow, quick := p.service(task.Options{Workers: 1}), p.service(task.Options{})
	held, resume := make(chan struct{}), make(chan struct{})
	goOn := sync.OnceFunc(func() { close(resume) })
	stop := start(t, slow, func(_ context.Context, a task.Attempt) (task.Outcome, error) {
		if a.Attempt == 1 {
			close(held)
			<-resume // deaf to its context, as a long loop is
		}
		return task.Outcome{Files: []task.File{{Name: "stale"}, {Name: "stale"}, {Name: "stale"}}}, nil
	})
	defer goOn() // a failure before must not hang
	id := submit(t, slow, alice, form("x"))
	<-held
	p.clock.advance(4 * time.Second) // most of the lease; it is renewed meanwhile
	time.Sleep(1200 * time.Millisecond)
	p.clock.advance(4 * time.Second)
	if got, err := quick.Get(t.Context(), alice, "", id); err != nil || got.Attempt != 1 || got.Status != task.Running {
		t.Errorf("a live lease was taken: %+v, %v", got, err)
	}
	if _, err := p.db.Write().Exec(`UPDATE task SET lease_until = 1`); err != nil {
		t.Fatal(err)
	}
	stopQuick := start(t, quick, echo)
	expectForm(t, quick, alice, id, "x")
	goOn()
	stop()
	stopQuick()
	expectForm(t, quick, alice, id, "x")
	if blobs := p.blobs(t); len(blobs) != 3 {
		t.Errorf("blobs %v, want two files and their list", blobs)
	}
}
