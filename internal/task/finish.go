package task

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/leafmark/leafmark/omr/fault"
)

// putsAtOnce bounds the result files being stored in parallel: each waits for the disk.
const putsAtOnce = 4

// document is the head of an outcome document; Outcome.Sheets is its one section.
type document struct {
	Files    []documentFile `json:"files"`
	Messages []string       `json:"messages"`
	Warnings []string       `json:"warnings"`
	Problem  *Problem       `json:"problem"`
}

type documentFile struct {
	Name string `json:"name"`
	File string `json:"file,omitempty"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	CRC  uint32 `json:"crc"`
	Crop bool   `json:"crop"`
}

// keep stores an outcome and makes the task final: files, then their list, then
// the row, each durable before the next.
func (s *Service) keep(ctx context.Context, c claimed, out Outcome) error {
	if err := s.putOutcome(ctx, c, out); err != nil {
		return err
	}
	status := Done
	if out.Problem != nil {
		status = Failed
	}
	last, done := settling(ctx)
	defer done()
	if err := s.complete(last, c, status, len(out.Files)); err != nil {
		return err
	}
	s.waiters.tell(c.id)
	if err := s.deletePayload(last, c.id); err != nil {
		s.opt.Logger.WarnContext(ctx, "payload left for the sweep", "task", c.id, "error", err)
	}
	return nil
}

func (s *Service) putOutcome(ctx context.Context, c claimed, out Outcome) error {
	doc := document{Messages: out.Messages, Warnings: out.Warnings, Problem: out.Problem}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(putsAtOnce)
	for n, f := range out.Files {
		doc.Files = append(doc.Files, documentFile{
			Name: f.Name, File: f.FileName, Type: f.Type, Size: int64(len(f.Data)), CRC: checksum(f.Data), Crop: f.Crop,
		})
		g.Go(func() error { return s.bucket.Put(gctx, fileKey(c.id, c.attempt, n), bytes.NewReader(f.Data)) })
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("store results of task %s: %w", c.id, err)
	}
	packed, err := pack(doc, [][]byte{out.Sheets})
	if err != nil {
		return err
	}
	if err := s.bucket.Put(ctx, outcomeKey(c.id, c.attempt), packed); err != nil {
		return fmt.Errorf("store outcome of task %s: %w", c.id, err)
	}
	return nil
}

// discard removes what an attempt stored, unless it is the task's result after
// all: a commit whose answer was lost may have happened. When that cannot be told
// the blobs stay for the sweep.
func (s *Service) discard(ctx context.Context, c claimed, files int) {
	last, done := settling(ctx)
	defer done()
	r, err := s.find(last, s.db.Read(), c.owner, c.kind, c.id)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		s.opt.Logger.WarnContext(ctx, "results left for the sweep", "task", c.id, "error", err)
		return
	case err == nil && r.Attempt == c.attempt && r.document && r.Status != Cancelled:
		s.waiters.tell(c.id)
		return
	}
	if err := s.deleteResult(last, c.id, c.attempt, files); err != nil {
		s.opt.Logger.WarnContext(ctx, "results left for the sweep", "task", c.id, "error", err)
	}
}

// readDocument is the outcome's list of files and all that is not a file.
// errGone when the blob is missing or damaged.
func (s *Service) readDocument(ctx context.Context, r row) (document, []byte, error) {
	var doc document
	blob, err := s.openBlob(ctx, outcomeKey(r.ID, r.Attempt))
	if err != nil {
		return document{}, nil, err
	}
	defer blob.Close() //nolint:errcheck // read only
	sections, err := unpack(blob, &doc)
	if errors.Is(err, errContainer) || err == nil && len(sections) != 1 {
		return document{}, nil, errGone
	}
	if err != nil {
		return document{}, nil, fmt.Errorf("read outcome of task %s: %w", r.ID, err)
	}
	return doc, sections[0], nil
}

// readFile is the n-th result file. errGone when it is missing or damaged.
func (s *Service) readFile(ctx context.Context, r row, n int, f documentFile) ([]byte, error) {
	blob, err := s.openBlob(ctx, fileKey(r.ID, r.Attempt, n))
	if err != nil {
		return nil, err
	}
	defer blob.Close() //nolint:errcheck // read only
	data := make([]byte, f.Size)
	if _, err := io.ReadFull(blob, data); err != nil {
		if errors.Is(short(err), errContainer) {
			return nil, errGone
		}
		return nil, fmt.Errorf("read result %d of task %s: %w", n, r.ID, err)
	}
	if checksum(data) != f.CRC {
		return nil, errGone
	}
	return data, nil
}

// errGone: a blob is missing or damaged, for good.
var errGone = errors.New("blob missing or damaged")

func (s *Service) openBlob(ctx context.Context, key string) (io.ReadCloser, error) {
	blob, err := s.bucket.Get(ctx, key)
	if fault.KindOf(err) == fault.NotFound {
		return nil, errGone
	}
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return blob, nil
}
