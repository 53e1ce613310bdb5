package task_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/db/dbtest"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Println("error", child(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

var (
	alice = task.Owner{Tenant: "t1", ClientID: "alice"}
	bob   = task.Owner{Tenant: "t1", ClientID: "bob"}
)

// clock is a clock that tests turn.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// place is what survives a process: a database file and a bucket.
type place struct {
	db     *db.DB
	bucket storage.Bucket
	clock  *clock
}

func newPlace(t testing.TB) *place {
	t.Helper()
	d, err := db.Open(t.Context(), dbtest.URL(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	bucket, err := storage.NewFileBucket(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &place{db: d, bucket: bucket, clock: &clock{}}
}

func (p *place) service(opt task.Options) *task.Service {
	opt.Now = p.clock.now
	s, err := task.New(p.db, p.bucket, opt)
	if err != nil {
		panic(err)
	}
	return s
}

// inMemory makes the place's bucket one without a disk, for suites of many tasks.
func (p *place) inMemory() *place {
	p.bucket = &memory{now: p.clock.now, objects: map[string]object{}}
	return p
}

// memory is a bucket that lives as long as the test.
type memory struct {
	now     func() time.Time
	mu      sync.Mutex
	objects map[string]object
}

type object struct {
	data     []byte
	modified time.Time
}

func (m *memory) Put(_ context.Context, key string, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = object{data, m.now()}
	return nil
}

func (m *memory) Get(_ context.Context, key string) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	if !ok {
		return nil, &fault.Error{Code: "object_not_found", Kind: fault.NotFound, Cause: "no object", Cure: "none"}
	}
	return io.NopCloser(bytes.NewReader(o.data)), nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	return nil
}

func (m *memory) List(_ context.Context, prefix string) iter.Seq2[storage.Object, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	objects := maps.Clone(m.objects)
	keys := slices.Sorted(maps.Keys(objects))
	return func(yield func(storage.Object, error) bool) {
		for _, k := range keys {
			if strings.HasPrefix(k, prefix) && !yield(storage.Object{Key: k, Modified: objects[k].modified}, nil) {
				return
			}
		}
	}
}

// blobs are the keys in the bucket.
func (p *place) blobs(t testing.TB) []string {
	t.Helper()
	var out []string
	for o, err := range p.bucket.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, o.Key)
	}
	return out
}

// rows counts what the task tables hold.
func (p *place) rows(t testing.TB) int {
	t.Helper()
	var n int
	err := p.db.Read().QueryRow(`SELECT (SELECT count(*) FROM task) + (SELECT count(*) FROM task_turn)`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// start runs the service's tasks until stop, or the end of the test.
func start(t testing.TB, s *task.Service, handle task.Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, handle) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// echo hands back what was submitted.
func echo(_ context.Context, a task.Attempt) (task.Outcome, error) {
	if a.Kind == task.Generate {
		return task.Outcome{
			Files: []task.File{
				{Name: "form.png", Type: "Png", Data: a.Generate.Markup},
				{Name: "form.omr", Type: "Omr", Data: a.Generate.Settings},
			},
			Warnings: a.Generate.Warnings,
		}, nil
	}
	return task.Outcome{
		Files:  []task.File{{Name: "result.csv", Type: "Csv", Data: a.Recognize.Pattern}},
		Sheets: []byte(`[ {"file":"<a>"} ]`),
	}, nil
}

func form(text string) task.Submission {
	return task.Submission{Kind: task.Generate, Generate: &task.GenerateJob{Markup: []byte(text), Settings: []byte("{}")}}
}

func sheet(text string) task.Submission {
	return task.Submission{Kind: task.Recognize, Recognize: &task.RecognizeJob{Pattern: []byte(text), Images: [][]byte{[]byte("image")}}}
}

func submit(t testing.TB, s *task.Service, o task.Owner, sub task.Submission) string {
	t.Helper()
	id, err := s.Submit(t.Context(), o, sub)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// finish waits for the task's end.
func finish(t testing.TB, s *task.Service, o task.Owner, id string) task.Task {
	t.Helper()
	got, err := s.Wait(t.Context(), o, "", id, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if got.Finished.IsZero() {
		t.Fatalf("task is still %s after 20 s, attempt %d", got.Status, got.Attempt)
	}
	return got
}

// expectForm fails unless the task is done and its page holds text.
func expectForm(t testing.TB, s *task.Service, o task.Owner, id, text string) {
	t.Helper()
	if got := finish(t, s, o, id); got.Status != task.Done {
		t.Fatalf("task is %s", got.Status)
	}
	out, err := s.Outcome(t.Context(), o, task.Generate, id, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Files) != 2 || string(out.Files[0].Data) != text || out.Missing != 0 {
		t.Fatalf("outcome %+v", out)
	}
}

// watched counts what is read from a bucket.
type watched struct {
	storage.Bucket
	gets atomic.Int64
}

func (w *watched) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	w.gets.Add(1)
	return w.Bucket.Get(ctx, key)
}

func key(id string, attempt int, part any) string {
	return fmt.Sprintf("task/%s.%d.%v", id, attempt, part)
}
