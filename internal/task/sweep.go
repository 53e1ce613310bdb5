package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	sweepBatch = 200            // rows a transaction: submissions wait for it
	staleAfter = 24 * time.Hour // a holder's row; without it a lease just runs out
)

// Swept is what a sweep removed.
type Swept struct {
	Tasks   int // past their retention, with their blobs
	Orphans int // blobs of no task, of final tasks' payloads, of superseded attempts
}

// Sweep removes expired tasks with their blobs, and blobs that nothing refers to
// and that are older than Options.OrphanAge. Several may sweep at once. It goes on
// after a blob that cannot be deleted, and reports it at the end.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	tasks, err := s.sweepExpired(ctx)
	orphans, more := s.sweepOrphans(ctx)
	return Swept{Tasks: tasks, Orphans: orphans}, errors.Join(err, more, s.sweepRows(ctx))
}

// sweepUntil sweeps now and then until ctx ends.
func (s *Service) sweepUntil(ctx context.Context) {
	tick := time.NewTicker(s.opt.SweepInterval)
	defer tick.Stop()
	var thorough time.Time
	for {
		var err error
		if now := s.opt.Now(); now.Sub(thorough) >= orphanSweep {
			thorough = now
			_, err = s.Sweep(ctx)
		} else {
			_, err = s.sweepExpired(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.opt.Logger.WarnContext(ctx, "sweep incomplete", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweepExpired removes tasks past their retention: blobs first, so that a crash
// leaves a row by which the next sweep finds the rest.
func (s *Service) sweepExpired(ctx context.Context) (n int, err error) {
	var failed []error
	var after mark
	for {
		batch, err := s.expired(ctx, &after)
		if err != nil || len(batch) == 0 {
			return n, errors.Join(append(failed, err)...)
		}
		var gone []any
		for _, r := range batch {
			err := s.deletePayload(ctx, r.ID)
			if r.document {
				err = errors.Join(err, s.deleteResult(ctx, r.ID, r.Attempt, r.files))
			}
			if err != nil {
				failed = append(failed, err)
				continue
			}
			gone = append(gone, r.ID)
		}
		if len(gone) == 0 {
			continue
		}
		err = s.db.Tx(ctx, func(tx *sql.Tx) error {
			//nolint:gosec // placeholders alone are put in
			_, err := tx.ExecContext(ctx, `DELETE FROM task WHERE finished IS NOT NULL AND id IN (`+marks(len(gone))+`)`, gone...)
			return err
		})
		if err != nil {
			return n, errors.Join(append(failed, fmt.Errorf("sweep tasks: %w", err))...)
		}
		n += len(gone)
	}
}

// mark is how far a sweep has come.
type mark struct{ expires, seq int64 }

// expired is the next batch of expired tasks after the mark, which it moves on.
func (s *Service) expired(ctx context.Context, after *mark) ([]row, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT expires, seq, `+rowColumns+` FROM task
		WHERE finished IS NOT NULL AND expires <= ? AND (expires, seq) > (?, ?)
		ORDER BY expires, seq LIMIT ?`, s.now(), after.expires, after.seq, sweepBatch)
	if err != nil {
		return nil, fmt.Errorf("find expired tasks: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells of a failure
	var batch []row
	for rows.Next() {
		r, err := scanRow(func(into ...any) error {
			return rows.Scan(append([]any{&after.expires, &after.seq}, into...)...)
		})
		if err != nil {
			return nil, fmt.Errorf("find expired tasks: %w", err)
		}
		batch = append(batch, r)
	}
	return batch, rows.Err()
}

// sweepOrphans looks at every blob older than OrphanAge.
func (s *Service) sweepOrphans(ctx context.Context) (n int, err error) {
	before := s.opt.Now().Add(-s.opt.OrphanAge)
	var (
		failed []error
		keys   []string
	)
	flush := func() error {
		orphans, err := s.orphans(ctx, keys)
		keys = keys[:0]
		if err != nil {
			return err
		}
		for _, key := range orphans {
			if err := s.bucket.Delete(ctx, key); err != nil {
				failed = append(failed, fmt.Errorf("delete orphan %s: %w", key, err))
				continue
			}
			n++
		}
		return nil
	}
	for object, err := range s.bucket.List(ctx, blobRoot) {
		if err != nil {
			return n, errors.Join(append(failed, fmt.Errorf("list blobs: %w", err))...)
		}
		if _, ours := parseKey(object.Key); !ours || object.Modified.After(before) {
			continue
		}
		if keys = append(keys, object.Key); len(keys) == sweepBatch {
			if err := flush(); err != nil {
				return n, errors.Join(append(failed, err)...)
			}
		}
	}
	return n, errors.Join(append(failed, flush())...)
}

// orphans are those of the keys that no task needs any more.
func (s *Service) orphans(ctx context.Context, keys []string) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	ids := make([]any, len(keys))
	for i, key := range keys {
		b, _ := parseKey(key)
		ids[i] = b.id
	}
	rows, err := s.db.Read().QueryContext(ctx, `SELECT `+rowColumns+` FROM task WHERE id IN (`+marks(len(ids))+`)`, ids...)
	if err != nil {
		return nil, fmt.Errorf("look up blobs: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells of a failure
	known := map[string]row{}
	for rows.Next() {
		r, err := scanRow(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("look up blobs: %w", err)
		}
		known[r.ID] = r
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look up blobs: %w", err)
	}
	var out []string
	for _, key := range keys {
		b, _ := parseKey(key)
		if r, ok := known[b.id]; !ok || !r.needs(b) {
			out = append(out, key)
		}
	}
	return out, nil
}

// needs tells whether the task still needs the blob: the payload until it is
// final, files of its latest attempt while that writes them and as its result.
func (r row) needs(b blob) bool {
	if b.attempt == 0 {
		return !r.Status.final()
	}
	return b.attempt == r.Attempt && (r.Status == Running || r.document && r.Status != Cancelled)
}

// sweepRows removes turns of applications without tasks, and old holders.
func (s *Service) sweepRows(ctx context.Context) error {
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM task_turn WHERE waiting = 0 AND running = 0 AND NOT EXISTS (
			SELECT 1 FROM task WHERE task.tenant = task_turn.tenant AND task.client_id = task_turn.client_id)`)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM task_holder WHERE started < ? AND NOT EXISTS (
			SELECT 1 FROM task WHERE status = 'running' AND holder = task_holder.id)`, s.now()-staleAfter.Milliseconds())
		return err
	})
	if err != nil {
		return fmt.Errorf("sweep rows: %w", err)
	}
	return nil
}

// marks is n placeholders.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
