package task

import (
	"context"
	"database/sql"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/omr/fault"
)

// Database is what tasks need of one: *db.DB has it.
type Database interface {
	// Read is a pool for queries.
	Read() *sql.DB
	// Tx runs fn in one durable write transaction.
	Tx(ctx context.Context, fn func(*sql.Tx) error) error
}

// Options of a Service. The zero value suits an installation of one node.
type Options struct {
	// Retention of a task from its submission; 0: 24 h (spec/api.md 4.3). A task
	// that waited long is kept after its end for at least a 24th of it, 1 h at most.
	Retention time.Duration
	// Workers is how many tasks Run works on at once; 0: one more than GOMAXPROCS,
	// so that with PerApplication's default all cores serve one application and a
	// second one still starts at once.
	Workers int
	// PerApplication is how many of them one application may hold; 0: Workers-1, at least 1.
	PerApplication int
	// Timeout of an attempt; 0: 10 min. Beyond it the attempt failed by a fault of ours.
	Timeout time.Duration
	// Lease is how long a task stays with a process that gives no sign of life; 0: 5 s.
	Lease time.Duration
	// Drain is how long running tasks may take to finish once Run is to end; 0: 10 s.
	Drain time.Duration
	// Backoff before the second attempt, four times as long before the third; 0: 500 ms.
	Backoff time.Duration
	// SweepInterval between sweeps of expired tasks; 0: 1 min.
	SweepInterval time.Duration
	// OrphanAge is how old a blob without a task must be to be swept, longer than any
	// submission takes; 0: 1 h.
	OrphanAge time.Duration
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Logger gets attempts that failed by a fault of ours; nil: none does.
	Logger *slog.Logger
}

// check refuses what no default stands for.
func (o Options) check() error {
	for name, wrong := range map[string]bool{
		"retention": o.Retention < 0, "workers": o.Workers < 0, "per application": o.PerApplication < 0,
		"timeout": o.Timeout < 0, "lease": o.Lease < 0, "drain": o.Drain < 0, "backoff": o.Backoff < 0,
		"sweep interval": o.SweepInterval < 0, "orphan age": o.OrphanAge < 0,
	} {
		if wrong {
			return &fault.Error{
				Code: "option_invalid", Kind: fault.Invalid,
				Cause: "the option " + name + " of tasks is negative",
				Cure:  "give a positive value, or 0 for the default",
			}
		}
	}
	return nil
}

// withDefaults fills in what is unset.
func (o Options) withDefaults() Options {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	set(&o.Retention, 24*time.Hour)
	set(&o.Timeout, 10*time.Minute)
	set(&o.Lease, 5*time.Second)
	set(&o.Drain, 10*time.Second)
	set(&o.Backoff, 500*time.Millisecond)
	set(&o.SweepInterval, time.Minute)
	set(&o.OrphanAge, time.Hour)
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0) + 1
	}
	if o.PerApplication == 0 {
		o.PerApplication = max(1, o.Workers-1)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Service keeps tasks. It is safe for concurrent use; several, in this process
// or in others, may share a database and a bucket.
type Service struct {
	db     Database
	bucket storage.Bucket
	opt    Options

	wake    chan struct{} // a task may be claimable; holds one signal
	waiters hub

	runs atomic.Int32 // Runs of this process

	mu      sync.Mutex
	running map[attemptID]running // what this process works on
}

// attemptID names an attempt: a task may be claimed again by the process that is
// still letting go of it.
type attemptID struct {
	id      string
	attempt int
}

// running is an attempt that this process works on.
type running struct {
	claimed
	cancel context.CancelCauseFunc
}

// New is a Service on a database and a bucket. Fault option_invalid.
func New(db Database, bucket storage.Bucket, opt Options) (*Service, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	return &Service{
		db: db, bucket: bucket, opt: opt.withDefaults(),
		wake:    make(chan struct{}, 1),
		waiters: hub{waiting: map[string]map[chan struct{}]struct{}{}},
		running: map[attemptID]running{},
	}, nil
}

// now is the clock in the unit of the tables.
func (s *Service) now() int64 { return s.opt.Now().UnixMilli() }

// grace is how long a task is kept after its end even beyond its retention.
func (s *Service) grace() time.Duration { return min(time.Hour, s.opt.Retention/24) }

// rouse tells a Run of this process that a task may be claimable.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
