package token

import (
	"sync"
	"time"
)

// reuse remembers young tokens, so that a client that asks before every call
// costs one signature per Options.Reuse.
type reuse struct {
	mu    sync.Mutex
	slots map[reuseKey]*reuseSlot
}

// reuseKey has the secret's serial, so that a token got with an old secret is
// never given to one who presents the new.
type reuseKey struct {
	clientID string
	secret   int
	scope    string
}

type reuseSlot struct {
	mu   sync.Mutex // held while signing: others who ask for the same wait for it
	made signed
}

// young is the slot's token, if it may be given again, with the rest of its life.
func (x *reuseSlot) young(reuse time.Duration, now time.Time) (Issued, bool) {
	age := now.Sub(x.made.at)
	if x.made.AccessToken == "" || age < 0 || age >= reuse {
		return Issued{}, false
	}
	again := x.made.Issued
	// Rounded down: the receiver must never believe in a token longer than we do.
	again.ExpiresIn = int(x.made.expires.Sub(now) / time.Second)
	return again, again.ExpiresIn > 0
}

// sweepAt is how many slots there may be before old ones are looked for.
const sweepAt = 1024

// slot is the place of k, made when it is missing.
func (r *reuse) slot(k reuseKey, young time.Duration, now time.Time) *reuseSlot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slot, ok := r.slots[k]; ok {
		return slot
	}
	if len(r.slots) >= sweepAt {
		for k, slot := range r.slots {
			if slot.mu.TryLock() { // else it is in use
				if now.Sub(slot.made.at) >= young {
					delete(r.slots, k)
				}
				slot.mu.Unlock()
			}
		}
	}
	slot := new(reuseSlot)
	r.slots[k] = slot
	return slot
}
