package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/omr/fault"
)

// minPolls is the rate below which the question for a task is never refused, a
// second and application (spec/api.md 4.4).
const minPolls = 20

// Rates bound how often one application may ask, a second; 0: no bound.
type Rates struct {
	Polls    float64 // questions for a task; less than 20 counts as 20
	Requests float64 // everything else
}

// rates counts per application. The keys are client ids of verified tokens, so
// there are never more than applications.
type rates struct {
	limits Rates
	mu     sync.Mutex
	byKey  map[key]*rate.Limiter
}

type key struct {
	client string
	poll   bool
}

func newRates(l Rates) *rates {
	if l.Polls > 0 {
		l.Polls = max(l.Polls, minPolls)
	}
	return &rates{limits: l, byKey: map[key]*rate.Limiter{}}
}

// allow is nil when the application may use route now, else the fault rate_limited.
func (rs *rates) allow(route *wire.Route, client string) error {
	limit := rs.limits.Requests
	if route.Poll {
		limit = rs.limits.Polls
	}
	if limit <= 0 {
		return nil
	}
	k := key{client, route.Poll}
	rs.mu.Lock()
	l := rs.byKey[k]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(limit), max(1, int(limit)))
		rs.byKey[k] = l
	}
	rs.mu.Unlock()
	if l.AllowN(time.Now(), 1) {
		return nil
	}
	return &fault.Error{
		Code: wire.CodeRate, Kind: fault.Limited,
		Cause: "the application asks more often than it may", Cure: "wait a second between requests",
	}
}
