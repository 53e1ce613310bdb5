package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A killed run is gone on with: nothing that was read is read again, and the file
// is there whole or not at all.
func TestKilledRunGoesOn(t *testing.T) {
	if os.Getenv("LEAFMARK_TEST_RUN") != "" {
		os.Exit(run(context.Background(), os.Args[2:]))
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	start := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), exe, append([]string{"-test.run=^TestKilledRunGoesOn$"}, args...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "LEAFMARK_TEST_RUN=1")
		return cmd
	}
	must := func(args ...string) {
		t.Helper()
		if out, err := start(args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	must("forms", "raffle", "-o", "form.txt")
	must("render", "form.txt", "--dpi", "150")
	page, err := os.ReadFile(filepath.Join(dir, "form.png"))
	if err != nil {
		t.Fatal(err)
	}
	const sheets = 60
	for i := range sheets {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("s%02d.png", i)), page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	recognize := []string{"recognize", "--pattern", "form.omr", "--workers", "1", "-o", "out.csv"}
	for i := range sheets {
		recognize = append(recognize, fmt.Sprintf("s%02d.png", i))
	}
	must(recognize...)
	want, err := os.ReadFile(filepath.Join(dir, "out.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "out.csv")); err != nil {
		t.Fatal(err)
	}

	killed := start(recognize...)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	partial := filepath.Join(dir, "out.csv"+partialEnding)
	kept := 0
	for kept < 3 {
		time.Sleep(time.Millisecond)
		data, _ := os.ReadFile(partial) // not there yet
		kept = bytes.Count(data, []byte("\n")) - 1
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait() // it was killed
	if _, err := os.Stat(filepath.Join(dir, "out.csv")); err == nil {
		t.Fatal("a run of which sheets are missing wrote its file; or all were read before it was killed")
	}
	for i := range 3 { // what was read is not read again
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("s%02d.png", i)), []byte("no picture"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must(append(recognize, "--resume")...)
	got, err := os.ReadFile(filepath.Join(dir, "out.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the file differs from an uninterrupted run's:\n%s", got)
	}
	if _, err := os.Stat(partial); err == nil {
		t.Error("the partial file is still there")
	}
}
