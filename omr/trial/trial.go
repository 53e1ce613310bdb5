// Package trial examines the recogniser: forms are filled and pictured by the
// simulator, read, and what was read is compared with what the pen meant.
//
// In: forms, families of material, a seed. Out: a Report. Every sheet is drawn
// from the seed and its own number alone, so that it can be repeated by itself and
// that the same trial gives the same report on any number of workers (times
// apart). Memory is bounded whatever the number of sheets. Pure: the clock is
// passed in. Faults: those of forms that cannot be laid out.
package trial

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// Variant is what becomes of a form before it is examined.
type Variant string

// Variants.
const (
	Whole      Variant = ""           // as generated
	Bare       Variant = "bare"       // the pattern as another program writes it, without our key
	Markerless Variant = "markerless" // and without positioning markers and page codes, on paper too: an older form, one page
)

// Reader reads the pictures of a file; omr.Read is one.
type Reader func(context.Context, *pattern.Pattern, omr.Scan, omr.RecognizeOptions) ([]*omr.Reading, []string)

// Options of Run; the zero value examines nothing: give Sheets, Bubbles or Time.
type Options struct {
	Forms    []Source       // nil: All
	Families []synth.Family // nil: all
	Variant  Variant
	Policy   mark.Policy
	Seed     uint64
	From     int              // number of the first sheet
	Sheets   int              // 0: no limit
	Bubbles  int              // ends after the sheet with which so many were looked at; 0: no limit
	Time     time.Duration    // ends after so long by Now; 0: no limit
	Workers  int              // 0: GOMAXPROCS
	Foreign  int              // each picture is also read against so many other forms, which must refuse it
	Now      func() time.Time // nil: no times

	Read     Reader             // nil: omr.Read
	Progress func(Progress)     // called after each sheet, in order, by one goroutine; nil: none
	Keep     func(*Sheet) error // called likewise with each sheet that was not read straight through; nil: none
	Gallery  *Gallery           // collects the bubbles read wrong or in doubt; nil: none
}

// Progress is how far a trial has come.
type Progress struct {
	Sheets, Bubbles int
	Wrong           int // answers read wrong without a doubt, and foreign forms accepted
	Elapsed         time.Duration
}

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// examination is a trial under way.
type examination struct {
	opt     Options
	forms   *shelf
	start   time.Time
	next    atomic.Int64
	stopped atomic.Bool
}

// Run examines until a limit is reached. When ctx ends, the report is of the
// sheets before, with the context's error.
func Run(ctx context.Context, opt Options) (*Report, error) {
	if opt.Read == nil {
		opt.Read = omr.Read
	}
	if len(opt.Families) == 0 {
		opt.Families = synth.Families()
	}
	forms, err := newShelf(opt)
	if err != nil {
		return nil, err
	}
	x := &examination{opt: opt, forms: forms}
	x.next.Store(int64(opt.From))
	if opt.Now != nil {
		x.start = opt.Now()
	}
	if opt.Sheets <= 0 && opt.Bubbles <= 0 && (opt.Time <= 0 || opt.Now == nil) {
		x.stopped.Store(true)
	}
	report := newReport(opt)
	done := make(chan *Sheet)
	// A sheet's slot is free again when it is in the report: a slow one holds the
	// others up before they fill the memory.
	slots := make(chan struct{}, 4*opt.workers())
	g, gctx := errgroup.WithContext(ctx)
	for range opt.workers() {
		g.Go(func() error { return x.work(gctx, slots, done) })
	}
	finished := make(chan error, 1)
	go func() {
		finished <- g.Wait()
		close(done)
	}()
	err = x.collect(report, slots, done)
	if werr := <-finished; err == nil {
		err = werr
	}
	if err == nil {
		err = ctx.Err()
	}
	report.finish()
	return report, err
}

// work examines one sheet after the other.
func (x *examination) work(ctx context.Context, slots chan<- struct{}, done chan<- *Sheet) error {
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if x.ended() {
			return nil
		}
		n := int(x.next.Add(1)) - 1
		if x.opt.Sheets > 0 && n >= x.opt.From+x.opt.Sheets {
			return nil
		}
		s, err := x.sheet(ctx, n)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err // what was read last may be half a reading
		}
		done <- s
	}
}

func (x *examination) ended() bool {
	return x.stopped.Load() || x.opt.Time > 0 && x.opt.Now != nil && x.opt.Now().Sub(x.start) >= x.opt.Time
}

// collect puts the sheets into the report in the order of their numbers.
func (x *examination) collect(report *Report, slots <-chan struct{}, done <-chan *Sheet) error {
	waiting := map[int]*Sheet{}
	number := x.opt.From
	full := false
	var failed error
	for s := range done {
		waiting[s.Number] = s
		for {
			s, ok := waiting[number]
			if !ok {
				break
			}
			delete(waiting, number)
			number++
			<-slots
			if full || failed != nil {
				continue // begun before the limit was reached
			}
			report.add(s)
			failed = x.tell(report, s)
			full = x.opt.Bubbles > 0 && report.Total.Bubbles >= x.opt.Bubbles
			if full || failed != nil {
				x.stopped.Store(true)
			}
		}
	}
	return failed
}

func (x *examination) tell(report *Report, s *Sheet) error {
	if x.opt.Gallery != nil {
		x.opt.Gallery.add(s.tiles)
	}
	if x.opt.Progress != nil {
		p := Progress{Sheets: report.Total.Sheets, Bubbles: report.Total.Bubbles, Wrong: report.Wrong()}
		if x.opt.Now != nil {
			p.Elapsed = x.opt.Now().Sub(x.start)
		}
		x.opt.Progress(p)
	}
	if x.opt.Keep != nil && s.Outcome != Straight {
		return x.opt.Keep(s)
	}
	return nil
}
