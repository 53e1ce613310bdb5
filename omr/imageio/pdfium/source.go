package pdfium

import (
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	pdferrors "github.com/klippa-app/go-pdfium/errors"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
)

// source is an opened PDF.
type source struct {
	renderer *Renderer
	data     []byte
	pages    int

	mu     sync.Mutex
	left   time.Duration // for pages that come to nothing
	closed bool
}

// maxPages bounds what a file claims.
const maxPages = 10_000

// errTime says that a page took too long.
var errTime = errors.New("it takes too long to draw")

// Open reads the structure of a PDF, which is not to be changed until Close.
func (r *Renderer) Open(data []byte) (imageio.PageSource, error) {
	s := &source{renderer: r, data: data, left: r.opt.Limit}
	err := s.with(func(in *instance) (err error) {
		s.pages, err = in.pages()
		return err
	})
	switch {
	case err != nil:
		_ = s.Close() // never fails
		return nil, err
	case s.pages < 1:
		_ = s.Close()
		return nil, unreadable(errors.New("it has no pages"))
	case s.pages > maxPages:
		_ = s.Close()
		return nil, unsupported(fmt.Sprintf("the PDF has %d pages, the limit is %d", s.pages, maxPages), "send it in parts", nil)
	}
	return s, nil
}

// Pages is how many pages the file has.
func (s *source) Pages() int { return s.pages }

// Size is that of page i, from 0, as shown, in points of 1/72 inch.
func (s *source) Size(i int) (w, h float64, err error) {
	err = s.with(func(in *instance) (err error) {
		w, h, err = in.size(i)
		return err
	})
	return w, h, err
}

// Gray is the luma of page i, from 0, over white, upright.
func (s *source) Gray(i int, dpi float64) (g *image.Gray, err error) {
	err = s.with(func(in *instance) (err error) {
		g, err = in.draw(i, dpi)
		return err
	})
	return g, err
}

// Close gives back the memory; pages being drawn come to their end.
func (s *source) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.renderer.forget(s)
	return nil
}

func (s *source) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// budget is how long the next page may take.
func (s *source) budget() (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return 0, errors.New("the PDF is closed")
	case s.left <= 0:
		return 0, tooSlow(errTime)
	}
	return s.left, nil
}

// lose counts the time of a page that came to nothing: all of them together are
// bounded, however many the file has.
func (s *source) lose(d time.Duration) {
	s.mu.Lock()
	s.left -= d
	s.mu.Unlock()
}

// with lends an instance that has the file open. One that failed in any other way
// than by telling what is wrong with the file is not used again.
func (s *source) with(do func(*instance) error) error {
	r := s.renderer
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	limit, err := s.budget()
	if err != nil {
		return err
	}
	in, err := r.borrow(s)
	if err != nil {
		return err
	}
	late, err := in.guarded(limit, do)
	switch {
	case err == nil:
		r.giveBack(in)
		return nil
	case late:
		in.file.data = nil
		s.lose(limit)
		return tooSlow(errTime)
	}
	var known *fault.Error
	if errors.As(err, &known) || errors.Is(err, pdferrors.ErrPage) {
		r.giveBack(in)
	} else {
		in.kill()
		in.file.data = nil
		s.lose(r.opt.Limit / 16)
	}
	return told(err)
}

func tooSlow(err error) error {
	return unsupported("a page of the PDF takes too long to draw", "print the page to a picture of 300 dpi and send that", err)
}

// told is what PDFium says as a fault.
func told(err error) error {
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return unsupported("the PDF is protected by a password", "save it without a password and send it again", err)
	}
	return unreadable(err)
}
