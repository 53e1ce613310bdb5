// Package pdfium draws PDF pages: vector pages, forms filled in a viewer,
// annotations, scans that package pdfscan leaves alone.
//
// In: the bytes of a PDF. Out: a page as 8-bit luma over white, as a viewer shows
// it (crop box, turn, annotations and form fields drawn). PDFium runs as
// WebAssembly in this process: no file, no network, bounded memory and time; a
// crash of it is a fault of that page. Nothing starts before the first file; then
// the module is compiled, which takes seconds, or read from Options.CacheDir.
// Faults: image_unreadable (LM811), image_unsupported (LM812: a password, too much
// time or memory). Safe for concurrent use.
package pdfium

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
)

// Options bound the drawing; the zero value suits most.
type Options struct {
	CacheDir  string        // the compiled module is kept below it (some 20 MB); empty: compiled by each process that needs it
	MaxMemory int           // bytes that a file being drawn may take; 0: 384 MiB
	Workers   int           // pages drawn at a time; 0: 2
	Limit     time.Duration // that a file may spend on pages which come to nothing; 0: 6 s
}

// Renderer draws PDF pages. Close it.
type Renderer struct {
	opt   Options
	slots chan struct{} // one a page being drawn

	mu     sync.Mutex
	pool   pdfium.Pool // nil: not started
	closed bool
	idle   []*instance // of all open files, the longest unused first
}

var _ imageio.PageRenderer = (*Renderer)(nil)

// New is a renderer; it starts nothing yet.
func New(opt Options) *Renderer {
	if opt.MaxMemory <= 0 {
		opt.MaxMemory = 384 << 20
	}
	if opt.Workers <= 0 {
		opt.Workers = 2
	}
	if opt.Limit <= 0 {
		opt.Limit = 6 * time.Second
	}
	return &Renderer{opt: opt, slots: make(chan struct{}, opt.Workers)}
}

// Close ends all that runs. Files still open give faults from then on.
func (r *Renderer) Close() error {
	r.mu.Lock()
	pool := r.pool
	r.pool, r.closed, r.idle = nil, true, nil
	r.mu.Unlock()
	if pool == nil {
		return nil
	}
	for range r.opt.Workers { // whoever draws ends first
		r.slots <- struct{}{}
	}
	defer func() {
		for range r.opt.Workers {
			<-r.slots
		}
	}()
	return pool.Close()
}

// started is the pool of instances, made by the first who asks.
func (r *Renderer) started() (pdfium.Pool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return nil, errors.New("the PDF renderer is closed")
	case r.pool != nil:
		return r.pool, nil
	}
	const pageBytes = 64 << 10 // of WebAssembly
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(min(max(r.opt.MaxMemory/pageBytes, 1024), math.MaxUint16))).
		WithCloseOnContextDone(true)
	if r.opt.CacheDir != "" {
		// A folder that cannot be written costs time alone.
		if cache, err := wazero.NewCompilationCacheWithDir(r.opt.CacheDir); err == nil {
			config = config.WithCompilationCache(cache)
		}
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0)),
		MaxIdle: 0, MaxTotal: r.opt.Workers,
		FSConfig: wazero.NewFSConfig(), // none: the default is the whole disk
		Stdout:   io.Discard, Stderr: io.Discard,
		RuntimeConfig: config,
	})
	if err != nil {
		return nil, fmt.Errorf("start the PDF renderer: %w", err)
	}
	r.pool = pool
	return pool, nil
}

// borrow is an instance that has s open: one that had it before, or a fresh one,
// for which the longest unused one of another file gives way. The caller holds a
// slot, so there is room.
func (r *Renderer) borrow(s *source) (*instance, error) {
	pool, err := r.started()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	if i := slices.IndexFunc(r.idle, func(i *instance) bool { return i.of == s }); i >= 0 {
		in := r.idle[i]
		r.idle = slices.Delete(r.idle, i, i+1)
		r.mu.Unlock()
		return in, nil
	}
	var evicted *instance
	if len(r.idle) > 0 {
		evicted = r.idle[0]
		r.idle = slices.Delete(r.idle, 0, 1)
	}
	r.mu.Unlock()
	if evicted != nil {
		evicted.drop()
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.opt.Limit)
	defer cancel()
	p, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("start a PDF renderer: %w", err)
	}
	return &instance{of: s, pdf: p, file: &reader{data: s.data}}, nil
}

// giveBack keeps an instance for the file's next page.
func (r *Renderer) giveBack(in *instance) {
	r.mu.Lock()
	keep := !r.closed && !in.of.isClosed()
	if keep {
		r.idle = append(r.idle, in)
	}
	r.mu.Unlock()
	if !keep {
		in.drop()
	}
}

// forget drops the unused instances of a file.
func (r *Renderer) forget(s *source) {
	r.mu.Lock()
	var own []*instance
	r.idle = slices.DeleteFunc(r.idle, func(i *instance) bool {
		if i.of == s {
			own = append(own, i)
		}
		return i.of == s
	})
	r.mu.Unlock()
	for _, in := range own {
		in.drop()
	}
}

func unreadable(err error) error {
	return &fault.Error{
		Code: "image_unreadable", Kind: fault.Invalid,
		Cause: fmt.Sprintf("the PDF is damaged: %v", err),
		Cure:  "export or scan the sheet again and send the whole file",
		Err:   err,
	}
}

func unsupported(cause, cure string, err error) error {
	return &fault.Error{Code: "image_unsupported", Kind: fault.Unsupported, Cause: cause, Cure: cure, Err: err}
}
