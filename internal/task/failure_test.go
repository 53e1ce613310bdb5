package task_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

const gaveUp = "LM900 The server could not finish the task: submit it again."

func TestFaultsOfTheInputAreFinalAtOnce(t *testing.T) {
	warning := &fault.Error{Code: "LM405", Kind: fault.Invalid, Severity: fault.SeverityWarning, Cause: "w"}
	for name, c := range map[string]struct {
		out      task.Outcome
		err      error
		messages []string
		code     string
	}{
		"an error": {
			err:      &fault.Error{Code: "LM811", Kind: fault.Unsupported, Cause: "no picture", Cure: "send one"},
			messages: []string{"LM811 No picture. Send one."}, code: "LM811",
		},
		"a list": {
			err:      fault.List{warning, {Code: "a", Kind: fault.Invalid, Cause: "b"}, {Code: "c", Kind: fault.Invalid, Cause: "d"}},
			messages: []string{"a B.", "c D."}, code: "a",
		},
		"a wrapped error": {
			err:      fmt.Errorf("recognize: %w", &fault.Error{Code: "LM813", Kind: fault.TooLarge, Cause: "big"}),
			messages: []string{"LM813 Big."}, code: "LM813",
		},
		"an outcome": {
			out:      task.Outcome{Problem: &task.Problem{Code: "x", Cause: "y", Cure: "z"}, Messages: []string{"m"}},
			messages: []string{"m"}, code: "x",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newPlace(t).service(task.Options{})
			start(t, s, func(context.Context, task.Attempt) (task.Outcome, error) { return c.out, c.err })
			id := submit(t, s, alice, form("x"))
			if got := finish(t, s, alice, id); got.Status != task.Failed || got.Attempt != 1 {
				t.Errorf("task %+v", got)
			}
			out, err := s.Outcome(t.Context(), alice, "", id, true)
			if err != nil || !reflect.DeepEqual(out.Messages, c.messages) || out.Problem == nil || out.Problem.Code != c.code || out.Missing != 0 {
				t.Errorf("outcome %+v, %v", out, err)
			}
		})
	}
}

func TestFaultsOfOursAreTriedThrice(t *testing.T) {
	for name, handle := range map[string]task.Handler{
		"an error": func(context.Context, task.Attempt) (task.Outcome, error) {
			return task.Outcome{}, errors.New("secret detail")
		},
		"a fault": func(context.Context, task.Attempt) (task.Outcome, error) {
			return task.Outcome{}, &fault.Error{Code: "x", Kind: fault.Unavailable, Cause: "secret detail"}
		},
		"a panic": func(context.Context, task.Attempt) (task.Outcome, error) { panic("secret detail") },
		"an unending attempt": func(ctx context.Context, _ task.Attempt) (task.Outcome, error) {
			<-ctx.Done()
			return task.Outcome{}, nil
		},
		"a result not to be kept": func(context.Context, task.Attempt) (task.Outcome, error) {
			return task.Outcome{Files: make([]task.File, 1)}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.bucket = noFiles{p.bucket}
			s := p.service(task.Options{Backoff: time.Millisecond, Timeout: 100 * time.Millisecond})
			var attempts atomic.Int64
			stop := start(t, s, func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
				attempts.Add(1)
				return handle(ctx, a)
			})
			id := submit(t, s, alice, form("x"))
			if got := finish(t, s, alice, id); got.Status != task.Failed || attempts.Load() != 3 {
				t.Errorf("task %+v after %d attempts", got, attempts.Load())
			}
			out, err := s.Outcome(t.Context(), alice, "", id, true)
			if err != nil || !reflect.DeepEqual(out.Messages, []string{gaveUp}) || out.Problem == nil || strings.Contains(fmt.Sprint(out.Problem), "secret") {
				t.Errorf("outcome %+v, %v", out, err)
			}
			stop()
			if left := p.blobs(t); len(left) != 0 {
				t.Errorf("left in the bucket: %v", left)
			}
		})
	}
}

// noFiles is a bucket that cannot keep result files.
type noFiles struct{ storage.Bucket }

func (n noFiles) Put(ctx context.Context, key string, r io.Reader) error {
	if strings.HasSuffix(key, ".0") {
		return errors.New("disk full")
	}
	return n.Bucket.Put(ctx, key, r)
}

func TestAThirdAttemptMaySucceed(t *testing.T) {
	s := newPlace(t).service(task.Options{Backoff: time.Millisecond})
	start(t, s, func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
		if a.Attempt < 3 {
			panic(a.Attempt)
		}
		return echo(ctx, a)
	})
	id := submit(t, s, alice, form("x"))
	expectForm(t, s, alice, id, "x")
}

// A lost payload is a fault of ours, though the bucket says "not found".
func TestALostPayloadIsAFaultOfOurs(t *testing.T) {
	p := newPlace(t)
	s := p.service(task.Options{Backoff: time.Millisecond})
	gone, damaged := submit(t, s, alice, form("x")), submit(t, s, alice, form("y"))
	if err := p.bucket.Delete(t.Context(), "task/"+gone+".payload"); err != nil {
		t.Fatal(err)
	}
	if err := p.bucket.Put(t.Context(), "task/"+damaged+".payload", strings.NewReader("LMK1")); err != nil {
		t.Fatal(err)
	}
	start(t, s, echo)
	for _, id := range []string{gone, damaged} {
		if got := finish(t, s, alice, id); got.Status != task.Failed || got.Attempt != 3 {
			t.Errorf("task %+v", got)
		}
		if out, err := s.Outcome(t.Context(), alice, "", id, true); err != nil || !reflect.DeepEqual(out.Messages, []string{gaveUp}) {
			t.Errorf("outcome %+v, %v", out, err)
		}
	}
}

// When the process is to end, what is nearly done is finished, the rest is left
// to the next process, and neither counts as a failure.
func TestRunDrains(t *testing.T) {
	p := newPlace(t)
	s := p.service(task.Options{Workers: 2, PerApplication: 2, Drain: 200 * time.Millisecond})
	var began atomic.Int64
	stop := start(t, s, func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
		began.Add(1)
		wait := 100 * time.Millisecond
		if string(a.Generate.Markup) == "long" {
			wait = time.Minute
		}
		select {
		case <-ctx.Done():
			return task.Outcome{}, ctx.Err()
		case <-time.After(wait):
			return echo(ctx, a)
		}
	})
	long, short := submit(t, s, alice, form("long")), submit(t, s, alice, form("short"))
	for began.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	waiting := submit(t, s, alice, form("waiting"))
	stop()
	if began.Load() != 2 {
		t.Error("a task was started while Run was ending")
	}
	expectForm(t, s, alice, short, "short")
	if got, err := s.Get(t.Context(), alice, "", long); err != nil || got.Status != task.Queued {
		t.Errorf("the long task: %+v, %v", got, err)
	}
	start(t, p.service(task.Options{}), echo)
	expectForm(t, s, alice, long, "long")
	expectForm(t, s, alice, waiting, "waiting")
}
