// Package lockout counts failures by key and says when there were too many.
//
// In: a key (a pair of credentials, an address) and the present time. Out: whether
// the key is locked. Keys are kept in memory, so a restart forgets them and each
// node counts for itself. Bounded: when it is full, the keys that would be
// forgotten soonest go first. Safe for concurrent use.
package lockout

import (
	"sync"
	"time"
)

// capacity bounds the keys kept: some 100 bytes each.
const capacity = 1 << 16

// Counter locks a key after Limit failures within Window, for Window. Its zero
// value is not usable: see New.
type Counter struct {
	limit  int
	window time.Duration

	mu   sync.Mutex
	keys map[string]entry
}

type entry struct {
	failures int
	until    time.Time // of the counting, or of the lock once there were enough
}

// New is a Counter that locks after limit failures within window, for window.
func New(limit int, window time.Duration) *Counter {
	return &Counter{limit: limit, window: window, keys: map[string]entry{}}
}

// Locked tells whether key had too many failures.
func (c *Counter) Locked(key string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.keys[key]
	return ok && now.Before(e.until) && e.failures >= c.limit
}

// Fail counts a failure of key and tells whether key had been locked before it.
// A failure while locked neither counts nor prolongs the lock.
func (c *Counter) Fail(key string, now time.Time) (locked bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.keys[key]
	if !ok || !now.Before(e.until) {
		if !ok && len(c.keys) >= capacity {
			c.shrink(now)
		}
		e = entry{until: now.Add(c.window)}
	}
	if e.failures >= c.limit {
		return true
	}
	e.failures++
	if e.failures == c.limit {
		e.until = now.Add(c.window)
	}
	c.keys[key] = e
	return false
}

// Forget drops what is known of key, after a success.
func (c *Counter) Forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.keys, key)
}

// Undo takes back the last failure of key, where failures are counted before they
// are known to be some.
func (c *Counter) Undo(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.keys[key]; ok && e.failures > 0 {
		e.failures--
		c.keys[key] = e
	}
}

// shrink drops what is over, and if that is not enough the older half of the
// rest: whoever floods the table with new keys unlocks old ones, but never more
// often than once for capacity/2 failures.
func (c *Counter) shrink(now time.Time) {
	for k, e := range c.keys {
		if !now.Before(e.until) {
			delete(c.keys, k)
		}
	}
	if len(c.keys) < capacity {
		return
	}
	half := now.Add(c.window / 2)
	for k, e := range c.keys {
		if e.until.Before(half) {
			delete(c.keys, k)
		}
	}
	for k, e := range c.keys { // all of them young
		if len(c.keys) <= capacity/2 {
			return
		}
		if e.failures < c.limit {
			delete(c.keys, k)
		}
	}
	for k := range c.keys {
		if len(c.keys) <= capacity/2 {
			return
		}
		delete(c.keys, k)
	}
}
