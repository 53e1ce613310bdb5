package task_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/task"
)

const nobody = "11111111-2222-4333-8444-555555555555"

func TestSubmissionReachesTheHandlerUnchanged(t *testing.T) {
	threshold := 0
	big := bytes.Repeat([]byte{0, 255, 7}, 1<<20)
	for name, sub := range map[string]task.Submission{
		"generate": {Kind: task.Generate, Generate: &task.GenerateJob{
			Markup: []byte("?text=a\n"), Settings: []byte(`{"a":"<&>"}`),
			Images:  map[string][]byte{"b.png": big, "a.png": {}, "ä\n.png": []byte("x")},
			Formats: []string{"pdf"}, Warnings: []string{"w"},
		}},
		"recognize": {Kind: task.Recognize, Recognize: &task.RecognizeJob{
			Images: [][]byte{big, {1}}, Names: []string{"a.jpg"}, Pattern: []byte("{}"), Format: "json",
			Threshold: &threshold, Policy: "strict", First: true, Warnings: []string{"v", "w"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newPlace(t).service(task.Options{})
			seen := make(chan task.Attempt, 1)
			start(t, s, func(_ context.Context, a task.Attempt) (task.Outcome, error) {
				seen <- a
				return task.Outcome{}, nil
			})
			id := submit(t, s, alice, sub)
			a := <-seen
			if a.ID != id || a.Owner != alice || a.Kind != sub.Kind || a.Status != task.Running || a.Attempt != 1 {
				t.Errorf("attempt %+v", a.Task)
			}
			if !reflect.DeepEqual(a.Generate, sub.Generate) || !reflect.DeepEqual(a.Recognize, sub.Recognize) {
				t.Error("the job is not what was submitted")
			}
			finish(t, s, alice, id)
		})
	}
}

func TestOutcome(t *testing.T) {
	p := newPlace(t)
	w := &watched{Bucket: p.bucket}
	p.bucket = w
	s := p.service(task.Options{})
	start(t, s, func(_ context.Context, a task.Attempt) (task.Outcome, error) {
		return task.Outcome{
			Files: []task.File{
				{Name: "result.csv", Type: "Csv", Data: []byte("Element Name,Value,\n")},
				{Name: "Day", Type: "Png", Data: []byte("png 1"), Crop: true},
				{Name: "empty", Type: "Png", Data: nil, Crop: true},
			},
			Sheets:   []byte(`[ {"file":"<a>"} ]`),
			Warnings: []string{"LM860 …"},
		}, nil
	})
	id := submit(t, s, alice, sheet("x"))
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("id %q is no random GUID", id)
	}
	got := finish(t, s, alice, id)
	if got.Status != task.Done || !got.Expires.Equal(got.Created.Add(24*time.Hour)) || got.Finished.Before(got.Created) {
		t.Errorf("task %+v", got)
	}
	full, err := s.Outcome(t.Context(), alice, task.Recognize, id, true)
	if err != nil {
		t.Fatal(err)
	}
	want := task.Outcome{
		Files: []task.File{
			{Name: "result.csv", Type: "Csv", Size: 20, Data: []byte("Element Name,Value,\n")},
			{Name: "Day", Type: "Png", Size: 5, Data: []byte("png 1"), Crop: true},
			{Name: "empty", Type: "Png", Data: []byte{}, Crop: true},
		},
		Sheets:   []byte(`[ {"file":"<a>"} ]`),
		Warnings: []string{"LM860 …"},
	}
	if !reflect.DeepEqual(full, want) {
		t.Errorf("outcome %+v\nwant    %+v", full, want)
	}
	before := w.gets.Load()
	list, err := s.Outcome(t.Context(), alice, "", id, false)
	if err != nil || len(list.Files) != 3 || list.Files[0].Data != nil || list.Files[0].Size != 20 || !bytes.Equal(list.Sheets, want.Sheets) {
		t.Errorf("list %+v, %v", list, err)
	}
	if n := w.gets.Load() - before; n != 1 {
		t.Errorf("the list of files read %d blobs, the document alone is 1", n)
	}
	file, err := s.File(t.Context(), alice, id, "Day")
	if err != nil || string(file.Data) != "png 1" || !file.Crop {
		t.Errorf("file %+v, %v", file, err)
	}
	for _, name := range []string{"day", "nothing", "", "../x"} {
		if _, err := s.File(t.Context(), alice, id, name); !errors.Is(err, task.ErrNotFound) {
			t.Errorf("file %q: %v", name, err)
		}
	}
	// It is deleted when the task is done already: its clients do not wait for that.
	payload := func(key string) bool { return strings.HasSuffix(key, ".payload") }
	for patience := time.Now().Add(10 * time.Second); slices.ContainsFunc(p.blobs(t), payload); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(patience) {
			t.Fatalf("the payload outlives its task: %v", p.blobs(t))
		}
	}
}

// Spec/api.md 4.2: unknown, foreign and of the other kind are one answer.
func TestOtherOwnersSeeNothing(t *testing.T) {
	s := newPlace(t).service(task.Options{})
	start(t, s, echo)
	id := submit(t, s, alice, form("mine"))
	finish(t, s, alice, id)
	for name, c := range map[string]struct {
		owner task.Owner
		kind  task.Kind
		id    string
	}{
		"foreign application":       {bob, task.Generate, id},
		"foreign, any kind":         {bob, "", id},
		"foreign tenant":            {task.Owner{Tenant: "t2", ClientID: "alice"}, task.Generate, id},
		"no owner":                  {task.Owner{}, task.Generate, id},
		"other kind":                {alice, task.Recognize, id},
		"unknown":                   {alice, task.Generate, nobody},
		"upper case is another id":  {alice, task.Generate, strings.ToUpper(id)},
		"a pattern is no wild card": {alice, task.Generate, "%"},
	} {
		if _, err := s.Get(t.Context(), c.owner, c.kind, c.id); !errors.Is(err, task.ErrNotFound) {
			t.Errorf("%s: Get: %v", name, err)
		}
		if _, err := s.Wait(t.Context(), c.owner, c.kind, c.id, time.Minute); !errors.Is(err, task.ErrNotFound) {
			t.Errorf("%s: Wait: %v", name, err)
		}
		if _, err := s.Outcome(t.Context(), c.owner, c.kind, c.id, true); !errors.Is(err, task.ErrNotFound) {
			t.Errorf("%s: Outcome: %v", name, err)
		}
		if err := s.Cancel(t.Context(), c.owner, c.kind, c.id); !errors.Is(err, task.ErrNotFound) {
			t.Errorf("%s: Cancel: %v", name, err)
		}
		if c.owner != alice || c.id != id {
			if _, err := s.File(t.Context(), c.owner, c.id, "form.png"); !errors.Is(err, task.ErrNotFound) {
				t.Errorf("%s: File: %v", name, err)
			}
		}
	}
	if list, err := s.Recent(t.Context(), bob, 10); err != nil || len(list) != 0 {
		t.Errorf("another's recent tasks: %v, %v", list, err)
	}
	if list, err := s.Recent(t.Context(), alice, 10); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("recent tasks: %v, %v", list, err)
	}
	expectForm(t, s, alice, id, "mine")
}

func TestWait(t *testing.T) {
	s := newPlace(t).service(task.Options{})
	id := submit(t, s, alice, form("x"))
	begun := time.Now()
	got, err := s.Wait(t.Context(), alice, "", id, 50*time.Millisecond)
	if err != nil || got.Status != task.Queued || time.Since(begun) < 50*time.Millisecond {
		t.Errorf("%+v, %v after %v", got, err, time.Since(begun))
	}
	if got, err := s.Wait(t.Context(), alice, "", id, 0); err != nil || got.Status != task.Queued {
		t.Errorf("no wait: %+v, %v", got, err)
	}
	if _, err := s.Outcome(t.Context(), alice, "", id, true); !errors.Is(err, task.ErrNotReady) {
		t.Errorf("outcome of a queued task: %v", err)
	}
	if _, err := s.File(t.Context(), alice, id, "form.png"); !errors.Is(err, task.ErrNotReady) {
		t.Errorf("file of a queued task: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := s.Wait(ctx, alice, "", id, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("a waiter that leaves: %v", err)
	}
	start(t, s, echo)
	expectForm(t, s, alice, id, "x")
}

// A service without a Run of its own sees what another process finishes.
func TestWaitSeesOtherProcesses(t *testing.T) {
	p := newPlace(t)
	front, back := p.service(task.Options{}), p.service(task.Options{})
	start(t, back, echo)
	expectForm(t, front, alice, submit(t, front, alice, form("x")), "x")
}

func TestLostBlobsAreCounted(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		harm          func(p *place, id string) error
		files, missed int
	}{
		"one file": {func(p *place, id string) error {
			return p.bucket.Delete(ctx, key(id, 1, 0))
		}, 1, 1},
		"all files": {func(p *place, id string) error {
			return errors.Join(p.bucket.Delete(ctx, key(id, 1, 0)), p.bucket.Delete(ctx, key(id, 1, 1)))
		}, 0, 2},
		"a changed byte": {func(p *place, id string) error {
			return p.bucket.Put(ctx, key(id, 1, 0), strings.NewReader("heLlo"))
		}, 1, 1},
		"a short file": {func(p *place, id string) error {
			return p.bucket.Put(ctx, key(id, 1, 0), strings.NewReader("hell"))
		}, 1, 1},
		"the document": {func(p *place, id string) error {
			return p.bucket.Delete(ctx, key(id, 1, "outcome"))
		}, 0, 2},
		"a damaged document": {func(p *place, id string) error {
			return p.bucket.Put(ctx, key(id, 1, "outcome"), strings.NewReader("LMK1 not at all"))
		}, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			s := p.service(task.Options{})
			start(t, s, echo)
			id := submit(t, s, alice, form("hello"))
			finish(t, s, alice, id)
			if err := c.harm(p, id); err != nil {
				t.Fatal(err)
			}
			out, err := s.Outcome(t.Context(), alice, task.Generate, id, true)
			if err != nil || len(out.Files) != c.files || out.Missing != c.missed || out.Problem != nil {
				t.Errorf("outcome %+v, %v", out, err)
			}
			if _, err := s.File(t.Context(), alice, id, "form.png"); err == nil || errors.Is(err, task.ErrNotFound) {
				t.Errorf("a lost file: %v", err)
			}
		})
	}
}

// Spec/api.md checks 54: a crowd of one application's tasks does not stand
// before another's single one.
func TestFairnessBetweenApplications(t *testing.T) {
	const crowd = 1000
	s := newPlace(t).inMemory().service(task.Options{Workers: 3, PerApplication: 2})
	for range crowd {
		submit(t, s, alice, form("a"))
	}
	var started atomic.Int64
	at := make(chan int64, 1)
	begin := make(chan struct{})
	start(t, s, func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
		n := started.Add(1)
		if a.Owner == bob {
			at <- n
		}
		<-begin
		return echo(ctx, a)
	})
	for started.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	// Alice holds all that she may, and none of her tasks ends; Bob's starts nevertheless.
	id := submit(t, s, bob, form("b"))
	if n := <-at; n != 3 {
		t.Errorf("Bob's task was the %d. to start", n)
	}
	close(begin)
	expectForm(t, s, bob, id, "b")
	for {
		load, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if load == (task.Load{}) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	list, err := s.Recent(t.Context(), alice, crowd+1)
	if err != nil || len(list) != crowd {
		t.Fatalf("%d tasks, %v", len(list), err)
	}
	for _, one := range list {
		if one.Status != task.Done || one.Attempt != 1 {
			t.Fatalf("task %+v", one)
		}
	}
}

// Several crowds take turns, whatever their sizes.
func TestApplicationsTakeTurns(t *testing.T) {
	s := newPlace(t).service(task.Options{Workers: 1})
	owners := []task.Owner{alice, bob, {Tenant: "t2", ClientID: "carol"}}
	for i, o := range owners {
		for range 30 >> i {
			submit(t, s, o, form("x"))
		}
	}
	order := make(chan task.Owner, 60)
	start(t, s, func(_ context.Context, a task.Attempt) (task.Outcome, error) {
		order <- a.Owner
		return task.Outcome{}, nil
	})
	last := map[task.Owner]int{}
	for i := range 30 + 15 + 7 {
		o := <-order
		if before, ok := last[o]; ok && i-before > len(owners) {
			t.Errorf("%s waited for %d turns of others", o.ClientID, i-before-1)
		}
		last[o] = i
		if i < 3*7 && i-last[owners[2]] > len(owners) {
			t.Errorf("turn %d: carol waits", i)
		}
	}
	for {
		if load, err := s.Load(t.Context()); err != nil || load == (task.Load{}) {
			break
		}
		time.Sleep(time.Millisecond)
	}
}
