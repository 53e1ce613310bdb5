// Package pile reads piles of filled sheets: any number of files of any number of
// pictures, on all cores, in bounded memory.
//
// In: a pattern and files that are opened one after another. Out: the sheets, in
// the order of the files and of the pictures in them. A picture that cannot be
// read is an outcome with a fault; the others are still read. A file is open only
// while its pictures are read; a decoded picture lives only while it is read.
// Faults of reading a file from where it lies end the pile: a sheet must not be
// missing because a disk was away. Deterministic: the number of workers changes
// nothing. No clock but the one passed in.
package pile

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
)

// File is one file of a pile.
type File struct {
	Name string // as given by the user
	Open func() (*Content, error)
}

// Content is what a file holds while it is open.
type Content struct {
	Data []byte
	// Forget is called after each picture: what of Data lies in memory may be
	// dropped, as of a mapped file. nil: nothing is to be done.
	Forget func()
	Close  func() // nil: nothing is to be done
}

func (c *Content) forget() {
	if c.Forget != nil {
		c.Forget()
	}
}

func (c *Content) close() {
	if c.Close != nil {
		c.Close()
	}
}

// Options of Read; the zero value suits most.
type Options struct {
	Read    omr.RecognizeOptions
	Workers int // pictures at a time; 0: GOMAXPROCS
	// Pixels bounds what is decoded at a time: more pictures wait. A larger picture
	// is read alone. 0: 50 million.
	Pixels int
	// Held tells that a picture is known already: it is not read, and no sheet goes
	// on over it. nil: none is.
	Held func(name string, image int) bool
	// Look is called on the reading goroutine after each picture; nil: none.
	Look func(r *omr.Reading, f *imageio.File) error
	// Done is called after each picture, in order, once the sheets that it ends were
	// handed over, and for those that are held; nil: none.
	Done func(name string, image int, held bool)
}

const defaultPixels = 50_000_000

// piece is a picture on its way: read, or held.
type piece struct {
	name  string
	image int
	ready chan struct{} // closed when reading is there; nil: held
	read  *omr.Reading
}

// Read reads the files and hands each sheet over, in order, from one goroutine.
// It ends with the first error of a file's Open, of Look, of each, or of the
// context; what was handed over until then stands.
func Read(ctx context.Context, p *pattern.Pattern, files []File, opt Options, each func(omr.Outcome) error) error {
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	g, ctx := errgroup.WithContext(ctx)
	r := &reader{p: p, opt: opt, workers: workers, pixels: opt.Pixels}
	if r.pixels <= 0 {
		r.pixels = defaultPixels
	}
	r.slots = semaphore.NewWeighted(int64(workers))
	r.budget = semaphore.NewWeighted(int64(r.pixels))
	// Room for those that are ready while the first of them is not: one slow sheet
	// must not stop the other cores.
	pieces := make(chan *piece, 8*workers)
	g.Go(func() error {
		defer close(pieces)
		return r.files(ctx, g, files, pieces)
	})
	g.Go(func() error { return r.join(ctx, pieces, each) })
	return g.Wait()
}

type reader struct {
	p       *pattern.Pattern
	opt     Options
	workers int
	pixels  int
	slots   *semaphore.Weighted
	budget  *semaphore.Weighted
}

// files opens the files in order and starts their pictures.
func (r *reader) files(ctx context.Context, g *errgroup.Group, files []File, pieces chan<- *piece) error {
	for _, file := range files {
		if err := r.file(ctx, g, file, pieces); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) file(ctx context.Context, g *errgroup.Group, file File, pieces chan<- *piece) error {
	content, err := file.Open()
	if err != nil {
		return fmt.Errorf("read %s: %w", file.Name, err)
	}
	f, err := imageio.Open(content.Data, r.opt.Read.Open())
	if err != nil {
		content.close()
		if pc := r.held(file.Name, 1); pc != nil {
			return send(ctx, pieces, pc)
		}
		pc := &piece{name: file.Name, image: 1, ready: make(chan struct{})}
		pc.read = &omr.Reading{File: file.Name, Image: 1, Err: err}
		close(pc.ready)
		return send(ctx, pieces, pc)
	}
	var reading sync.WaitGroup
	defer func() {
		// The last pictures go on while the next file is opened.
		g.Go(func() error {
			reading.Wait()
			f.Close()
			content.close()
			return nil
		})
	}()
	info := f.Info()
	weight := int64(min(max(info.Width*info.Height, 1), r.pixels))
	for i := range info.Pictures {
		if pc := r.held(file.Name, i+1); pc != nil {
			if err := send(ctx, pieces, pc); err != nil {
				return err
			}
			continue
		}
		if err := r.slots.Acquire(ctx, 1); err != nil {
			return err
		}
		if err := r.budget.Acquire(ctx, weight); err != nil {
			return err
		}
		pc := &piece{name: file.Name, image: i + 1, ready: make(chan struct{})}
		if err := send(ctx, pieces, pc); err != nil {
			return err
		}
		reading.Add(1)
		g.Go(func() error {
			defer reading.Done()
			defer r.slots.Release(1)
			defer r.budget.Release(weight)
			defer close(pc.ready)
			defer content.forget()
			pc.read = omr.ReadPicture(ctx, r.p, f, pc.name, pc.image, r.opt.Read)
			if err := ctx.Err(); err != nil {
				return err
			}
			if r.opt.Look != nil {
				return r.opt.Look(pc.read, f)
			}
			return nil
		})
	}
	return nil
}

func (r *reader) held(name string, image int) *piece {
	if r.opt.Held == nil || !r.opt.Held(name, image) {
		return nil
	}
	return &piece{name: name, image: image}
}

func send(ctx context.Context, pieces chan<- *piece, pc *piece) error {
	select {
	case pieces <- pc:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// join hands over what the pieces make, in their order.
func (r *reader) join(ctx context.Context, pieces <-chan *piece, each func(omr.Outcome) error) error {
	j := omr.NewJoiner(r.p, r.opt.Read)
	all := func(outs []omr.Outcome) error {
		for _, o := range outs {
			if err := each(o); err != nil {
				return err
			}
		}
		return nil
	}
	for pc := range pieces {
		var outs []omr.Outcome
		if pc.ready == nil {
			outs = j.End()
		} else {
			<-pc.ready // what was sent was started
			if err := ctx.Err(); err != nil {
				return err
			}
			outs = j.Add(pc.read)
		}
		if err := all(outs); err != nil {
			return err
		}
		if r.opt.Done != nil {
			r.opt.Done(pc.name, pc.image, pc.ready == nil)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return all(j.End())
}
