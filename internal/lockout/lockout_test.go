package lockout_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/lockout"
)

func TestLocksAfterTheLimitForAWindow(t *testing.T) {
	const window = 10 * time.Minute
	c := lockout.New(5, window)
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i := range 5 {
		if c.Locked("a", now) || c.Fail("a", now) {
			t.Fatalf("locked at failure %d", i+1)
		}
		now = now.Add(time.Minute)
	}
	last := now.Add(-time.Minute)
	if !c.Locked("a", now) || !c.Fail("a", now) {
		t.Error("not locked after five failures")
	}
	if c.Locked("b", now) || c.Fail("b", now) {
		t.Error("another key is locked too")
	}
	end := last.Add(window)
	if !c.Locked("a", end.Add(-time.Second)) {
		t.Error("unlocked early")
	}
	if c.Locked("a", end) || c.Fail("a", end) {
		t.Error("still locked: a failure during the lock prolonged it")
	}
}

func TestFailuresAreForgotten(t *testing.T) {
	c := lockout.New(2, time.Minute)
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	c.Fail("old", now)
	now = now.Add(time.Minute)
	c.Fail("old", now)
	if c.Locked("old", now) {
		t.Error("failures a window apart were added")
	}
	c.Fail("right", now)
	c.Forget("right")
	c.Fail("right", now)
	if c.Locked("right", now) {
		t.Error("a success was not remembered")
	}
}

func TestAFloodOfKeysKeepsLocks(t *testing.T) {
	c := lockout.New(2, time.Hour)
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	c.Fail("victim", now)
	c.Fail("victim", now)
	for i := range 200_000 {
		c.Fail(strconv.Itoa(i), now)
	}
	if !c.Locked("victim", now) {
		t.Error("a flood of single failures unlocked a locked key")
	}
}

func TestUndoTakesOneBack(t *testing.T) {
	c := lockout.New(2, time.Hour)
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	c.Fail("a", now)
	c.Fail("a", now)
	c.Undo("a")
	if c.Locked("a", now) {
		t.Error("the second failure was taken back, and yet it locked")
	}
	if c.Fail("a", now) || !c.Locked("a", now) {
		t.Error("more than one failure was taken back")
	}
	c.Undo("unknown")
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7":                  "192.0.2.7",
		"192.0.2.7:1234":             "192.0.2.7",
		"[::ffff:192.0.2.7]:80":      "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:443": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1":       "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":          "fe80::/64",
		"@":                          "@",
		"":                           "",
	} {
		if got := lockout.Address(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
