package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/google/uuid"
)

// A holder is a Run: leases name it. Its row tells a later process on the same
// host whether the holder can still be alive. A wrong guess costs work done
// twice, never a wrong result: every change of a task is guarded by its attempt.

// enrol makes a holder and frees the leases of dead ones on this host.
func (s *Service) enrol(ctx context.Context) (string, error) {
	unique, err := uuid.NewRandom()
	if err != nil {
		return "", fmt.Errorf("draw a holder id: %w", err)
	}
	host := hostIdentity()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		dead, err := deadHolders(ctx, tx, host)
		if err != nil {
			return err
		}
		for _, id := range dead {
			if _, err := tx.ExecContext(ctx, `UPDATE task SET lease_until = 0 WHERE status = 'running' AND holder = ?`, id); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM task_holder WHERE id = ?`, id); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO task_holder (id, host, pid, started) VALUES (?, ?, ?, ?)`,
			unique.String(), host, os.Getpid(), s.now())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("enrol as a holder of leases: %w", err)
	}
	return unique.String(), nil
}

// leave removes the holder, which holds nothing any more.
func (s *Service) leave(ctx context.Context, holder string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM task_holder WHERE id = ?`, holder)
		return err
	})
}

func deadHolders(ctx context.Context, tx *sql.Tx, host string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, pid FROM task_holder WHERE host = ?`, host)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells of a failure
	var dead []string
	for rows.Next() {
		var (
			id  string
			pid int
		)
		if err := rows.Scan(&id, &pid); err != nil {
			return nil, err
		}
		if gone(pid) {
			dead = append(dead, id)
		}
	}
	return dead, rows.Err()
}

// gone tells whether no process has the id; when in doubt it is there.
func gone(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	defer p.Release() //nolint:errcheck // nothing was started
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

// hostIdentity names the space in which process ids are unique: the host, its
// boot, and on Linux the pid namespace, since containers share host names and
// every one has a process 1.
func hostIdentity() string {
	var parts []string
	if name, err := os.Hostname(); err == nil {
		parts = append(parts, name)
	}
	if boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		parts = append(parts, strings.TrimSpace(string(boot)))
	}
	if ns, err := os.Readlink("/proc/self/ns/pid"); err == nil {
		parts = append(parts, ns)
	}
	return strings.Join(parts, " ")
}
