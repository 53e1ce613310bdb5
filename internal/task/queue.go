package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// The queue is the task table itself: an entry cannot be lost, doubled or left
// behind, because there is none beside the row (docs/adr/0003-queue.md).

const (
	maxFailures = 3 // attempts that end in a fault of ours (spec/api.md 4.1)
	// maxLosses bounds the attempts whose process died: more than maxFailures, since
	// most died of something else than this task, but a task that kills its
	// process must not do so for ever.
	maxLosses = 8
	// maxLossWait bounds the wait before a task is tried again that lost a process.
	maxLossWait = 30 * time.Second
)

// claimed is an attempt that this process holds.
type claimed struct {
	id      string
	owner   Owner
	kind    Kind
	attempt int
	holder  string
}

// claimable tells by a read alone whether a claim might succeed: what a Run asks
// while idle, since another process may have submitted or died.
func (s *Service) claimable(ctx context.Context) (bool, error) {
	var any bool
	now := s.now()
	err := s.db.Read().QueryRowContext(ctx, `SELECT
		EXISTS (SELECT 1 FROM task_turn WHERE waiting > 0)
		OR EXISTS (SELECT 1 FROM task WHERE status = 'queued' AND due = 0 AND due_at <= ?)
		OR EXISTS (SELECT 1 FROM task WHERE status = 'running' AND lease_until < ?)`, now, now).Scan(&any)
	if err != nil {
		return false, fmt.Errorf("look for tasks: %w", err)
	}
	return any, nil
}

// claim takes the next task whose owner is not in full: of the owner with the
// fewest running tasks, among equals of the one served longest ago, the oldest.
// ok is false when there is none. lost are tasks that it gave up on the way.
func (s *Service) claim(ctx context.Context, holder string, full map[Owner]bool) (c claimed, ok bool, lost []string, err error) {
	now := s.now()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		c, ok, lost = claimed{}, false, nil
		if lost, err = s.reclaim(ctx, tx, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE task SET due = 1 WHERE status = 'queued' AND due = 0 AND due_at <= ?`, now); err != nil {
			return err
		}
		owner, found, err := nextOwner(ctx, tx, full)
		if err != nil || !found {
			return err
		}
		c = claimed{owner: owner, holder: holder}
		err = tx.QueryRowContext(ctx, `UPDATE task
			SET status = 'running', attempt = attempt + 1, holder = ?, lease_until = ?
			WHERE status = 'queued' AND due = 1 AND seq = (
				SELECT min(seq) FROM task WHERE tenant = ? AND client_id = ? AND status = 'queued' AND due = 1)
			RETURNING id, kind, attempt`,
			holder, now+s.opt.Lease.Milliseconds(), owner.Tenant, owner.ClientID).Scan(&c.id, &c.kind, &c.attempt)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("the turns of application %s do not agree with its tasks", owner.ClientID)
		}
		if err != nil {
			return err
		}
		ok = true
		_, err = tx.ExecContext(ctx, `UPDATE task_turn SET served = 1 + (SELECT max(served) FROM task_turn)
			WHERE tenant = ? AND client_id = ?`, owner.Tenant, owner.ClientID)
		return err
	})
	if err != nil {
		return claimed{}, false, nil, fmt.Errorf("claim a task: %w", err)
	}
	return c, ok, lost, nil
}

// nextOwner is whose turn it is.
func nextOwner(ctx context.Context, tx *sql.Tx, full map[Owner]bool) (Owner, bool, error) {
	rows, err := tx.QueryContext(ctx, `SELECT tenant, client_id FROM task_turn WHERE waiting > 0 ORDER BY running, served`)
	if err != nil {
		return Owner{}, false, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells of a failure
	for rows.Next() {
		var o Owner
		if err := rows.Scan(&o.Tenant, &o.ClientID); err != nil {
			return Owner{}, false, err
		}
		if !full[o] {
			return o, true, nil
		}
	}
	return Owner{}, false, rows.Err()
}

// reclaim queues the tasks whose lease ran out: at once the first time, since
// their process died of something else most likely, then later and later. Those
// that lost too many processes failed; their ids are returned.
func (s *Service) reclaim(ctx context.Context, tx *sql.Tx, now int64) (lost []string, err error) {
	backoff, longest := s.opt.Backoff.Milliseconds(), maxLossWait.Milliseconds()
	_, err = tx.ExecContext(ctx, `UPDATE task SET status = 'queued', holder = NULL, lease_until = NULL,
		due = CASE WHEN losses = 0 THEN 1 ELSE 0 END,
		due_at = ? + CASE WHEN CAST(? AS BIGINT) << CAST(losses AS INTEGER) < ? THEN CAST(? AS BIGINT) << CAST(losses AS INTEGER) ELSE ? END, losses = losses + 1
		WHERE status = 'running' AND lease_until < ? AND losses + 1 < ?`,
		now, backoff, longest, backoff, longest, now, maxLosses)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `UPDATE task SET status = 'failed', holder = NULL, lease_until = NULL,
		losses = losses + 1, finished = ?, expires = `+atLeast+`
		WHERE status = 'running' AND lease_until < ? RETURNING id`,
		now, now+s.grace().Milliseconds(), now)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells of a failure
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		lost = append(lost, id)
	}
	return lost, rows.Err()
}

// renew prolongs the leases of what this process works on, and of nothing else
// that bears its name: a claim whose commit was not heard of must run out. gone
// are those that are no longer its own.
func (s *Service) renew(ctx context.Context, mine []claimed) (gone []claimed, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		gone = nil
		until := s.now() + s.opt.Lease.Milliseconds()
		for _, c := range mine {
			ok, err := changed(tx.ExecContext(ctx, `UPDATE task SET lease_until = ?
				WHERE id = ? AND status = 'running' AND attempt = ? AND holder = ?`, until, c.id, c.attempt, c.holder))
			if err != nil {
				return err
			}
			if !ok {
				gone = append(gone, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("renew leases: %w", err)
	}
	return gone, nil
}

// release queues a task again that was not finished for a reason of neither ours
// nor its own: the process is to end.
func (s *Service) release(ctx context.Context, c claimed) error {
	return s.settle(ctx, c, `status = 'queued', due = 1, due_at = ?`, s.now())
}

// retry queues a task again after a fault of ours, until there were too many;
// then it failed for good, which failed reports.
func (s *Service) retry(ctx context.Context, c claimed) (failed bool, err error) {
	now := s.now()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		failed = false
		var failures int
		err := tx.QueryRowContext(ctx, `UPDATE task SET failures = failures + 1
			WHERE id = ? AND status = 'running' AND attempt = ? AND holder = ? RETURNING failures`,
			c.id, c.attempt, c.holder).Scan(&failures)
		if errors.Is(err, sql.ErrNoRows) {
			return errSuperseded
		}
		if err != nil {
			return err
		}
		failed = failures >= maxFailures
		if failed {
			return guarded(ctx, tx, c, `status = 'failed', finished = ?, expires = `+atLeast,
				now, now+s.grace().Milliseconds())
		}
		wait := s.opt.Backoff.Milliseconds() << (2 * (failures - 1))
		return guarded(ctx, tx, c, `status = 'queued', due = 0, due_at = ?`, now+wait)
	})
	return failed, err
}

// complete makes the attempt's result the task's.
func (s *Service) complete(ctx context.Context, c claimed, status Status, files int) error {
	now := s.now()
	return s.settle(ctx, c, `status = ?, finished = ?, expires = `+atLeast+`, document = 1, files = ?`,
		string(status), now, now+s.grace().Milliseconds(), files)
}

// errSuperseded: the task is no longer this attempt's: cancelled, or taken over.
var errSuperseded = errors.New("the task is no longer this attempt's")

func (s *Service) settle(ctx context.Context, c claimed, set string, args ...any) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error { return guarded(ctx, tx, c, set, args...) })
}

// guarded ends an attempt if it is still the task's; errSuperseded when not.
func guarded(ctx context.Context, tx *sql.Tx, c claimed, set string, args ...any) error {
	args = append(args, c.id, c.attempt, c.holder)
	ok, err := changed(tx.ExecContext(ctx, `UPDATE task SET holder = NULL, lease_until = NULL, `+set+`
		WHERE id = ? AND status = 'running' AND attempt = ? AND holder = ?`, args...))
	if err == nil && !ok {
		return errSuperseded
	}
	return err
}
