package connect

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates limits successful requests an application. It holds one limiter an
// application that ever asked: they are ours, so not endless.
type rates struct {
	limit rate.Limit // a second; 0: none
	mu    *sync.Mutex
	byID  map[string]*rate.Limiter
}

func newRates(perSecond float64) rates {
	return rates{limit: rate.Limit(perSecond), mu: new(sync.Mutex), byID: map[string]*rate.Limiter{}}
}

func (x rates) allow(clientID string, now time.Time) bool {
	if x.limit <= 0 {
		return true
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	l, ok := x.byID[clientID]
	if !ok {
		l = rate.NewLimiter(x.limit, max(1, int(math.Ceil(float64(x.limit)))))
		x.byID[clientID] = l
	}
	return l.AllowN(now, 1)
}
