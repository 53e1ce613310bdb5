package wire

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/leafmark/leafmark/omr/fault"
)

// BodyLimits bound what a request may send and how long it may take
// (spec/api.md 1.8). Zero members have the defaults.
type BodyLimits struct {
	Max    int64         // bytes as received and unpacked; 100 MiB
	Time   time.Duration // for a whole body; 5 min
	Rate   int64         // bytes a second on average; 16 KiB
	Grace  time.Duration // before the average counts; 10 s
	Memory int64         // bytes of bodies held at a time, of all requests; 1 GiB
	Wait   time.Duration // for memory, then 503; 10 s
}

// Bodies reads the bodies of requests within limits. Safe for concurrent use.
type Bodies struct {
	limits BodyLimits
	memory *semaphore.Weighted
}

// NewBodies is a reader of bodies within l.
func NewBodies(l BodyLimits) *Bodies {
	def := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	span := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	def(&l.Max, 100<<20)
	def(&l.Rate, 16<<10)
	def(&l.Memory, 1<<30)
	l.Memory = max(l.Memory, l.Max+1)
	span(&l.Time, 5*time.Minute)
	span(&l.Grace, 10*time.Second)
	span(&l.Wait, 10*time.Second)
	return &Bodies{limits: l, memory: semaphore.NewWeighted(l.Memory)}
}

// Read is the body of r, unpacked. release gives its memory back and must be
// called when the bytes are no longer used, also after a fault. Faults: too_large,
// timeout, unsupported_media_type (a coding other than gzip), unavailable (no
// memory), validation_failed (broken off, or not the gzip it says).
func (b *Bodies) Read(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	var held int64
	release = func() {
		b.memory.Release(held)
		held = 0
	}
	packed, err := codingOf(r.Header)
	if err != nil {
		return nil, release, err
	}
	if r.ContentLength > b.limits.Max {
		w.Header().Set("Connection", "close")
		return nil, release, tooLarge(b.limits.Max)
	}
	ctl := http.NewResponseController(w)
	in := &paced{r: r.Body, ctl: ctl, limits: b.limits, start: time.Now()}
	defer func() { _ = ctl.SetReadDeadline(time.Time{}) }()
	var src io.Reader = &capped{r: in, left: b.limits.Max, max: b.limits.Max}
	size := r.ContentLength
	if packed {
		z, zerr := gzip.NewReader(src)
		if zerr != nil {
			return nil, release, readFault(w, zerr)
		}
		src, size = &capped{r: z, left: b.limits.Max, max: b.limits.Max}, -1
	}
	take := func(n int64) error {
		if err := b.acquire(r.Context(), n); err != nil {
			return err
		}
		held += n
		return nil
	}
	body, err = readAll(src, size, take)
	if err != nil {
		return nil, release, readFault(w, err)
	}
	return body, release, nil
}

// Drain reads and forgets the body of a request that has no use for one, up to
// 64 KiB (spec/api.md 1.5). Fault too_large beyond.
func (b *Bodies) Drain(w http.ResponseWriter, r *http.Request) error {
	const most = 64 << 10
	if r.ContentLength == 0 || r.Body == nil {
		return nil
	}
	if r.ContentLength > most {
		w.Header().Set("Connection", "close")
		return tooLarge(most)
	}
	ctl := http.NewResponseController(w)
	defer func() { _ = ctl.SetReadDeadline(time.Time{}) }()
	in := &paced{r: r.Body, ctl: ctl, limits: b.limits, start: time.Now()}
	if _, err := io.Copy(io.Discard, &capped{r: in, left: most, max: most}); err != nil {
		return readFault(w, err)
	}
	return nil
}

func (b *Bodies) acquire(ctx context.Context, n int64) error {
	ctx, cancel := context.WithTimeout(ctx, b.limits.Wait)
	defer cancel()
	if err := b.memory.Acquire(ctx, n); err != nil {
		return &fault.Error{
			Code: CodeUnavailable, Kind: fault.Unavailable,
			Cause: "too many large requests are under way", Cure: "try again in a few seconds", Err: err,
		}
	}
	return nil
}

// readAll reads src to its end. take is asked before memory is used: for the
// whole of a stated length at once, else step by step. A stated length is
// believed for the booking, not for the allocation.
func readAll(src io.Reader, size int64, take func(int64) error) ([]byte, error) {
	const first, most = 512, 32 << 20
	booked := size >= 0
	if booked {
		if err := take(size); err != nil {
			return nil, err
		}
	}
	n := int64(first)
	if booked {
		n = min(size, most) + 1 // one more, so that the end is seen without growing
	} else if err := take(n); err != nil {
		return nil, err
	}
	buf := make([]byte, 0, n)
	for {
		if len(buf) == cap(buf) {
			n := 2 * int64(cap(buf))
			if booked {
				n = min(n, size+1)
			} else if err := take(n - int64(cap(buf))); err != nil {
				return nil, err
			}
			buf = append(make([]byte, 0, n), buf...)
		}
		k, err := src.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+k]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// codingOf tells whether a body is packed.
func codingOf(h http.Header) (packed bool, err error) {
	switch c := strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ","))); c {
	case "", "identity":
		return false, nil
	case "gzip", "x-gzip":
		return true, nil
	default:
		return false, &fault.Error{
			Code: CodeMediaType, Kind: fault.Unsupported,
			Cause: fmt.Sprintf("the Content-Encoding %.40q is not supported", c), Cure: "send the body as it is, or with gzip",
		}
	}
}

// capped is r with at most max bytes; more is the fault too_large.
type capped struct {
	r         io.Reader
	left, max int64
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if int64(n) > c.left {
		return 0, tooLarge(c.max)
	}
	c.left -= int64(n)
	return n, err
}

// paced is the body of a request that must come in time and not in drops.
type paced struct {
	r      io.Reader
	ctl    *http.ResponseController
	limits BodyLimits
	start  time.Time
	n      int64
}

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	allowed := p.limits.Grace + time.Duration(float64(p.n)/float64(p.limits.Rate)*float64(time.Second))
	_ = p.ctl.SetReadDeadline(p.start.Add(min(allowed, p.limits.Time))) // recorders have none
	n, err := p.r.Read(b)
	p.n += int64(n)
	return n, err
}

func tooLarge(limit int64) error {
	return &fault.Error{
		Code: CodeTooLarge, Kind: fault.TooLarge,
		Cause: fmt.Sprintf("the body is larger than %d bytes", limit), Cure: "send less at a time, or ask the operator for a higher limit",
	}
}

// readFault is what a failed read of a body means to the client.
func readFault(w http.ResponseWriter, err error) error {
	w.Header().Set("Connection", "close")
	if fault.As(err) != nil {
		return err
	}
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &fault.Error{
			Code: CodeTimeout, Kind: fault.Invalid,
			Cause: "the body did not come in time", Cure: "send it again over a faster connection", Err: err,
		}
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return &fault.Error{
			Code: CodeValidation, Kind: fault.Invalid,
			Cause: "the body is not the gzip that Content-Encoding says", Cure: "pack it again, or send it as it is", Err: err,
		}
	}
	return &fault.Error{
		Code: CodeValidation, Kind: fault.Invalid,
		Cause: "the body broke off before its end", Cure: "send it again", Err: err,
	}
}
