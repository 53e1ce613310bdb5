package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// row is a task as the table has it.
type row struct {
	Task
	document bool // an outcome document was written
	files    int  // that it lists
}

const rowColumns = `id, tenant, client_id, kind, status, attempt, created, finished, expires, document, files`

func scanRow(scan func(...any) error) (row, error) {
	var (
		r                row
		created, expires int64
		finished         sql.NullInt64
	)
	err := scan(&r.ID, &r.Owner.Tenant, &r.Owner.ClientID, &r.Kind, &r.Status, &r.Attempt,
		&created, &finished, &expires, &r.document, &r.files)
	r.Created, r.Expires = millis(created), millis(expires)
	if finished.Valid {
		r.Finished = millis(finished.Int64)
	}
	return r, err
}

// atLeast is the later of expires and a parameter: SQLite and PostgreSQL have no
// common name for the greater of two values.
const atLeast = `(SELECT max(moment) FROM (SELECT expires AS moment UNION ALL SELECT ?) AS moments)`

func millis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// final tells whether the task will not change again but by Cancel and Sweep.
func (s Status) final() bool { return s == Done || s == Failed || s == Cancelled }

// querier is a transaction or the pool.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// find is the owner's task; ErrNotFound when it is unknown, of another owner or
// kind, or past its retention, by one and the same lookup.
func (s *Service) find(ctx context.Context, q querier, owner Owner, kind Kind, id string) (row, error) {
	r, err := scanRow(q.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM task
		WHERE id = ? AND tenant = ? AND client_id = ? AND (? IN ('', kind))
		AND (finished IS NULL OR expires > ?)`,
		id, owner.Tenant, owner.ClientID, string(kind), s.now()).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, ErrNotFound
	}
	if err != nil {
		return row{}, fmt.Errorf("find task: %w", err)
	}
	return r, nil
}

// changed tells whether a guarded statement met its row.
func changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Get is the owner's task of that kind ("" for any), whatever its status, also
// cancelled. ErrNotFound: see there.
func (s *Service) Get(ctx context.Context, owner Owner, kind Kind, id string) (Task, error) {
	r, err := s.find(ctx, s.db.Read(), owner, kind, id)
	return r.Task, err
}

// Recent lists the owner's newest tasks, at most n.
func (s *Service) Recent(ctx context.Context, owner Owner, n int) ([]Task, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT `+rowColumns+` FROM task
		WHERE tenant = ? AND client_id = ? AND (finished IS NULL OR expires > ?)
		ORDER BY seq DESC LIMIT ?`, owner.Tenant, owner.ClientID, s.now(), n)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells of a failure
	var out []Task
	for rows.Next() {
		r, err := scanRow(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list tasks: %w", err)
		}
		out = append(out, r.Task)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	return out, nil
}

// Load is how much work there is, of all owners.
type Load struct {
	Queued  int // also those that wait for a retry
	Running int
}

// Load counts the work there is, for metrics and readiness.
func (s *Service) Load(ctx context.Context) (Load, error) {
	var l Load
	err := s.db.Read().QueryRowContext(ctx, `SELECT
		(SELECT coalesce(sum(waiting), 0) FROM task_turn) + (SELECT count(*) FROM task WHERE status = 'queued' AND due = 0),
		(SELECT count(*) FROM task WHERE status = 'running')`).Scan(&l.Queued, &l.Running)
	if err != nil {
		return Load{}, fmt.Errorf("count tasks: %w", err)
	}
	return l, nil
}
