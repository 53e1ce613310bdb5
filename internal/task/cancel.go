package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Cancel ends the owner's task and deletes what it left: a queued one never
// starts, a running one is stopped and its result thrown away, of a final one
// result and payload are gone when it returns. Cancelling again is no error and
// deletes again what an earlier failure left. ErrNotFound: see there.
func (s *Service) Cancel(ctx context.Context, owner Owner, kind Kind, id string) error {
	var r row
	now := s.now()
	err := s.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		r, err = s.find(ctx, tx, owner, kind, id)
		if err != nil || r.Status == Cancelled {
			return err
		}
		ok, err := changed(tx.ExecContext(ctx, `UPDATE task SET status = 'cancelled', holder = NULL, lease_until = NULL,
			finished = coalesce(finished, ?), expires = CASE WHEN finished IS NULL THEN `+atLeast+` ELSE expires END
			WHERE id = ? AND status = ? AND attempt = ?`,
			now, now+s.grace().Milliseconds(), id, string(r.Status), r.Attempt))
		if err == nil && !ok {
			return fmt.Errorf("task %s changed within a transaction", id)
		}
		return err
	})
	if err != nil {
		if errors.Is(err, ErrNotFound) {
			return ErrNotFound
		}
		return fmt.Errorf("cancel task: %w", err)
	}
	s.interrupt(id, r.Attempt, errCancelled)
	s.waiters.tell(id)
	// It is cancelled whatever the caller's patience: see it through.
	last, done := settling(ctx)
	defer done()
	err = s.deletePayload(last, id)
	if r.document {
		err = errors.Join(err, s.deleteResult(last, id, r.Attempt, r.files))
	}
	return err
}
