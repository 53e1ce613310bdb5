package task_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/task"
)

// BenchmarkSubmitToStart: from the call of Submit, and from its return, until the
// handler has the payload, on an idle server.
func BenchmarkSubmitToStart(b *testing.B) {
	s := newPlace(b).service(task.Options{})
	began := make(chan time.Time, 1)
	start(b, s, func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
		began <- time.Now()
		return echo(ctx, a)
	})
	var fromCall, fromReturn, toResult []time.Duration
	for b.Loop() {
		called := time.Now()
		id := submit(b, s, alice, form("x"))
		returned := time.Now()
		at := <-began
		finish(b, s, alice, id)
		fromCall = append(fromCall, at.Sub(called))
		fromReturn = append(fromReturn, at.Sub(returned))
		toResult = append(toResult, time.Since(called))
	}
	for name, d := range map[string][]time.Duration{"call": fromCall, "return": fromReturn, "result": toResult} {
		slices.Sort(d)
		b.ReportMetric(float64(d[len(d)/2].Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(d[len(d)*95/100].Microseconds())/1000, name+"-p95-ms")
	}
}

// BenchmarkTasks: submit, work on and keep tasks of several applications.
func BenchmarkTasks(b *testing.B) {
	s := newPlace(b).service(task.Options{})
	start(b, s, echo)
	owners := []task.Owner{alice, bob}
	var ids []string
	for b.Loop() {
		ids = append(ids, submit(b, s, owners[len(ids)%2], form("x")))
	}
	for i, id := range ids {
		finish(b, s, owners[i%2], id)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
}
