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
	mu      sync.Mutex // held while signing: others who ask for the same wait for it
	issued  Issued
	made    time.Time
	expires time.Time
}

// sweepAt is how many slots there may be before old ones are looked for.
const sweepAt = 1024

func (r *reuse) get(k reuseKey, young time.Duration, now func() time.Time, sign func() (Issued, time.Time, error)) (Issued, error) {
	slot := r.slot(k, young, now())
	slot.mu.Lock()
	defer slot.mu.Unlock()
	at := now()
	if age := at.Sub(slot.made); age >= 0 && age < young && at.Before(slot.expires) {
		again := slot.issued
		// Rounded down: the receiver must never believe in a token longer than we do.
		if again.ExpiresIn = int(slot.expires.Sub(at) / time.Second); again.ExpiresIn > 0 {
			return again, nil
		}
	}
	issued, expires, err := sign()
	if err != nil {
		return Issued{}, err
	}
	slot.issued, slot.made, slot.expires = issued, at, expires
	return issued, nil
}

func (r *reuse) slot(k reuseKey, young time.Duration, now time.Time) *reuseSlot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slot, ok := r.slots[k]; ok {
		return slot
	}
	if len(r.slots) >= sweepAt {
		for k, slot := range r.slots {
			if slot.mu.TryLock() { // else it is in use
				if now.Sub(slot.made) >= young {
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
