// Package checklist holds the form language to the conformance checklist of
// spec/markup.md 18: a test a line, named by its number, in both markups where
// the line does not say otherwise. It goes through the engine's front doors
// alone; the last line it prints says how many of the lines hold.
package checklist

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// state of a line: a test claimed it, and whether that test passed.
var (
	mu     sync.Mutex
	passed = map[string]bool{}
)

// line says that t is the test of a line of the checklist.
func line(t *testing.T, number string) {
	t.Helper()
	if t.Name() != "Test"+number {
		t.Fatalf("the test of line %s is called %s", number, t.Name())
	}
	for _, l := range lines {
		if l.number == number {
			t.Log(l.what)
			t.Cleanup(func() {
				mu.Lock()
				defer mu.Unlock()
				passed[number] = !t.Failed() && !t.Skipped()
			})
			return
		}
	}
	t.Fatalf("the checklist has no line %s", number)
}

func TestMain(m *testing.M) {
	status := m.Run()
	held, missing := 0, []string{}
	for _, l := range lines {
		switch ok, claimed := passed[l.number]; {
		case ok:
			held++
		case claimed:
			missing = append(missing, l.number+" fails")
		default:
			missing = append(missing, l.number+" has no test run")
		}
	}
	fmt.Printf("checklist: %d of %d lines of the form language hold\n", held, len(lines))
	if len(missing) > 0 {
		fmt.Printf("checklist: not held: %s\n", strings.Join(missing, ", "))
	}
	os.Exit(status)
}
