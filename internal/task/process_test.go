package task_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/internal/task"
)

// childDir, in the environment, makes the test binary a process that accepts and
// works on tasks in that folder until it is killed.
const childDir = "LEAFMARK_TASK_TEST_DIR"

// childURL, in the environment, is its database.
const childURL = "LEAFMARK_TASK_TEST_URL"

// lease is longer than the test: what a killed process held must be taken over
// because that is gone, not because time has passed.
const lease = time.Hour

func openDir(ctx context.Context, url, dir string) (*db.DB, *task.Service, error) {
	d, err := db.Open(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	bucket, err := storage.NewFileBucket(filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, nil, err
	}
	s, err := task.New(d, bucket, task.Options{Lease: lease})
	return d, s, err
}

func child(dir string) error {
	ctx := context.Background()
	_, s, err := openDir(ctx, os.Getenv(childURL), dir)
	if err != nil {
		return err
	}
	go func() {
		for n := 0; ; n++ {
			text := fmt.Sprintf("%d-%d", os.Getpid(), n)
			id, err := s.Submit(ctx, alice, form(text))
			if err != nil {
				fmt.Println("error", err)
				return
			}
			fmt.Println("accepted", id, text)
			time.Sleep(3 * time.Millisecond)
		}
	}()
	return s.Run(ctx, func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
		time.Sleep(10 * time.Millisecond)
		return echo(ctx, a)
	})
}

// Spec/api.md checks 53, with real processes and a real kill -9 at random moments.
func TestKilledProcessesLoseNothing(t *testing.T) {
	dir := t.TempDir()
	url := dbtest.URL(t, dir)
	accepted := map[string]string{}
	random := rand.New(rand.NewPCG(1, 2))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(os.Environ(), childDir+"="+dir, childURL+"="+url)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			words := strings.Fields(lines.Text())
			if len(words) != 3 || words[0] != "accepted" {
				t.Fatalf("the process says %q", lines.Text())
			}
			if len(accepted)%8 == 0 { // it is at work: end it soon
				time.AfterFunc(time.Duration(random.IntN(60))*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
			accepted[words[1]] = words[2]
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the process ended by itself")
		}
	}
	if len(accepted) < 5 {
		t.Fatalf("only %d tasks were accepted", len(accepted))
	}
	d, s, err := openDir(t.Context(), url, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	load, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tasks accepted; after the last kill %+v", len(accepted), load)
	stop := start(t, s, echo)
	for id, text := range accepted {
		expectForm(t, s, alice, id, text)
	}
	stop()
	list, err := s.Recent(t.Context(), alice, len(accepted)+1)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(list, func(one task.Task) bool { return one.Attempt > 1 }) {
		t.Error("no process was killed at work: the test tested nothing")
	}
}
