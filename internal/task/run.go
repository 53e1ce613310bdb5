package task

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/leafmark/leafmark/omr/fault"
)

// Attempt is one try at a task, with what was submitted.
type Attempt struct {
	Task
	Generate  *GenerateJob  // Kind Generate
	Recognize *RecognizeJob // Kind Recognize
}

// Handler does the work of an attempt. An Outcome with a Problem, or an error
// whose fault.Kind blames the input, makes the task failed at once; any other
// error and a panic is a failure of ours, after which the task is tried again.
// The context ends when the task is cancelled, taken over or out of time: what
// is returned then is thrown away. A Handler may be called again for the same
// task, also at the same time in another process, and must not mind.
type Handler func(context.Context, Attempt) (Outcome, error)

const (
	idlePoll    = 50 * time.Millisecond  // an idle Run looks for submissions of other processes
	troubled    = 500 * time.Millisecond // pause after the database failed
	settleLimit = 30 * time.Second       // for the statement that ends an attempt, also after Run's end
	orphanSweep = time.Hour              // between looks at all blobs
)

// Why an attempt's context ended.
var (
	errCancelled = errors.New("the task was cancelled")
	errTakenOver = errors.New("the task was taken over")
	errDraining  = errors.New("the process is to end")
	errTimeout   = errors.New("the attempt took too long")
)

// Run works on tasks until ctx ends, then lets the running ones finish for
// Options.Drain and queues the rest again. It sweeps, too. Failures of the
// database and the bucket are logged and waited out; an error means that it could
// not begin.
func (s *Service) Run(ctx context.Context, handle Handler) error {
	if ctx.Err() != nil {
		return nil
	}
	holder, err := s.enrol(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	s.runs.Add(1)
	defer s.runs.Add(-1)

	attempts, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var beside, working sync.WaitGroup
	beside.Go(func() { s.sweepUntil(ctx) })
	beside.Go(func() { s.renewUntil(attempts, holder) })

	s.dispatch(ctx, attempts, holder, handle, &working)

	drained := make(chan struct{})
	beside.Go(func() {
		select {
		case <-drained:
		case <-time.After(s.opt.Drain):
			stop(errDraining)
		}
	})
	working.Wait()
	close(drained)
	stop(nil)
	beside.Wait()

	last, done := settling(ctx)
	defer done()
	if err := s.leave(last, holder); err != nil {
		s.opt.Logger.WarnContext(ctx, "holder row left behind", "holder", holder, "error", err)
	}
	return nil
}

// dispatch claims tasks for free slots until ctx ends.
func (s *Service) dispatch(ctx, attempts context.Context, holder string, handle Handler, working *sync.WaitGroup) {
	slots := make(chan struct{}, s.opt.Workers)
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		if ctx.Err() != nil {
			return
		}
		c, ok, lost, err := s.claim(context.WithoutCancel(ctx), holder, s.full())
		s.abandon(ctx, lost)
		if err != nil {
			s.opt.Logger.ErrorContext(ctx, "tasks cannot be claimed", "error", err)
			s.idle(ctx, troubled)
		}
		if !ok {
			<-slots
			if err == nil {
				s.awaitWork(ctx)
			}
			continue
		}
		actx, cancel := context.WithCancelCause(attempts)
		s.track(c, cancel)
		working.Go(func() {
			defer func() {
				s.untrack(c)
				cancel(nil)
				<-slots
				s.rouse() // the owner may have been in full
			}()
			s.attempt(actx, c, handle)
		})
	}
}

// awaitWork returns when a claim may succeed, or ctx ended.
func (s *Service) awaitWork(ctx context.Context) {
	poll := time.NewTicker(idlePoll)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			return
		case <-poll.C:
		}
		// A failure is the claim's to report.
		if ok, err := s.claimable(ctx); ok || err != nil {
			return
		}
	}
}

func (s *Service) idle(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// abandon tidies up after tasks that failed without an attempt that could.
func (s *Service) abandon(ctx context.Context, ids []string) {
	for _, id := range ids {
		s.opt.Logger.ErrorContext(ctx, "task failed: its process died too often", "task", id, "losses", maxLosses)
		s.waiters.tell(id)
		if err := s.deletePayload(ctx, id); err != nil {
			s.opt.Logger.WarnContext(ctx, "payload left for the sweep", "task", id, "error", err)
		}
	}
}

// attempt runs the handler and settles the task by what became of it.
func (s *Service) attempt(ctx context.Context, c claimed, handle Handler) {
	limited, stop := context.WithTimeoutCause(ctx, s.opt.Timeout, errTimeout)
	out, err := s.try(limited, c, handle)
	if err == nil {
		err = s.keep(limited, c, out)
	}
	cause := context.Cause(limited)
	stop()
	if err == nil {
		return
	}
	s.discard(ctx, c, len(out.Files))
	last, done := settling(ctx)
	defer done()
	switch {
	case errors.Is(err, errSuperseded), errors.Is(cause, errCancelled), errors.Is(cause, errTakenOver):
		return
	case errors.Is(cause, errDraining):
		err = s.release(last, c)
	default:
		if cause != nil {
			err = fmt.Errorf("%w: %w", cause, err)
		}
		s.opt.Logger.ErrorContext(ctx, "attempt failed", "task", c.id, "attempt", c.attempt, "error", err, "cause", hidden(err))
		err = s.again(last, c)
	}
	if err != nil && !errors.Is(err, errSuperseded) {
		// The lease runs out and the task is claimed again.
		s.opt.Logger.ErrorContext(ctx, "attempt not settled", "task", c.id, "attempt", c.attempt, "error", err)
	}
}

// again queues a task after a fault of ours, or lets it fail for good.
func (s *Service) again(ctx context.Context, c claimed) error {
	failed, err := s.retry(ctx, c)
	if err != nil {
		return err
	}
	if !failed {
		s.rouse()
		return nil
	}
	s.waiters.tell(c.id)
	return s.deletePayload(ctx, c.id)
}

// try reads what was submitted and calls the handler; a panic is an error. A
// fault that blames the input becomes an Outcome.
func (s *Service) try(ctx context.Context, c claimed, handle Handler) (out Outcome, err error) {
	a, err := s.load(ctx, c)
	if err != nil {
		return Outcome{}, err
	}
	defer func() {
		if p := recover(); p != nil {
			out, err = Outcome{}, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	out, err = handle(ctx, a)
	if ctx.Err() != nil {
		return Outcome{}, ctx.Err() // whatever it returned may be half
	}
	if err != nil {
		refused, ok := refusal(err)
		if !ok {
			return Outcome{}, err
		}
		return refused, nil
	}
	return out, nil
}

// load is the attempt with its payload.
func (s *Service) load(ctx context.Context, c claimed) (Attempt, error) {
	r, err := s.find(ctx, s.db.Read(), c.owner, c.kind, c.id)
	if err != nil {
		return Attempt{}, fmt.Errorf("load task %s: %w", c.id, err)
	}
	blob, err := s.bucket.Get(ctx, payloadKey(c.id))
	if err != nil {
		return Attempt{}, fmt.Errorf("open payload of task %s: %w", c.id, lost(err))
	}
	defer blob.Close() //nolint:errcheck // read only
	sub, err := decodePayload(blob)
	if err != nil {
		return Attempt{}, fmt.Errorf("read payload of task %s: %w", c.id, lost(err))
	}
	if sub.Kind != c.kind {
		return Attempt{}, fmt.Errorf("payload of task %s: %w", c.id, lost(errContainer))
	}
	return Attempt{Task: r.Task, Generate: sub.Generate, Recognize: sub.Recognize}, nil
}

// lost makes a missing or damaged blob of ours a fault of ours: the bucket's
// object_not_found would blame the caller.
func lost(err error) error {
	return &fault.Error{
		Code: "internal", Kind: fault.Internal,
		Cause: "stored data of the task cannot be read",
		Cure:  "submit the task again",
		Err:   err,
	}
}

// refusal is the Outcome of an error that blames the input.
func refusal(err error) (Outcome, bool) {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable, fault.Limited:
		return Outcome{}, false
	case fault.Invalid, fault.NotFound, fault.Unauthorized, fault.Forbidden, fault.Conflict, fault.TooLarge, fault.Unsupported:
	}
	var list fault.List
	if !errors.As(err, &list) {
		list = fault.List{fault.As(err)}
	}
	out := Outcome{}
	for _, e := range list {
		if e.Severity != fault.SeverityError {
			continue
		}
		if out.Problem == nil {
			out.Problem = &Problem{Code: e.Code, Cause: e.Cause, Cure: e.Cure}
		}
		out.Messages = append(out.Messages, e.Sentence())
	}
	return out, out.Problem != nil
}

// hidden is what a fault keeps from clients, for the log.
func hidden(err error) error {
	if e := fault.As(err); e != nil {
		return e.Err
	}
	return nil
}

// renewUntil keeps the leases of this Run until ctx ends, and ends the attempts
// that are no longer its own: cancelled or taken over in another process.
func (s *Service) renewUntil(ctx context.Context, holder string) {
	tick := time.NewTicker(s.opt.Lease / 5)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		mine := s.tracked(holder)
		if len(mine) == 0 {
			continue
		}
		gone, err := s.renew(ctx, mine)
		if err != nil && ctx.Err() == nil {
			s.opt.Logger.ErrorContext(ctx, "leases not renewed", "error", err)
		}
		for _, c := range gone {
			s.interrupt(c.id, c.attempt, errTakenOver)
		}
	}
}

// settling is a context for the statement that ends an attempt: it must not fail
// because the attempt was to end.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settleLimit)
}

func (s *Service) track(c claimed, cancel context.CancelCauseFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[attemptID{c.id, c.attempt}] = running{claimed: c, cancel: cancel}
}

func (s *Service) untrack(c claimed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, attemptID{c.id, c.attempt})
}

// tracked is what runs for the holder.
func (s *Service) tracked(holder string) []claimed {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []claimed
	for _, r := range s.running {
		if r.holder == holder {
			out = append(out, r.claimed)
		}
	}
	return out
}

// interrupt ends the attempt's context if it runs in this process.
func (s *Service) interrupt(id string, attempt int, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.running[attemptID{id, attempt}]; ok {
		r.cancel(cause)
	}
}

// full are the owners who hold as many slots as they may.
func (s *Service) full() map[Owner]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := map[Owner]int{}
	for _, r := range s.running {
		count[r.owner]++
	}
	out := map[Owner]bool{}
	for o, n := range count {
		out[o] = n >= s.opt.PerApplication
	}
	return out
}
