package task

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/leafmark/leafmark/omr/fault"
)

// maxIdempotencyKey is in bytes; clients send GUIDs, some a hash or a path.
const maxIdempotencyKey = 255

// Submit accepts a submission: payload, then row, are durable when it returns the
// id, a random GUID. After a failure nothing was accepted, but for a failure of
// the commit itself, of which only the database knows; what was stored by then is
// swept. With an idempotency key the task of the first submission is returned;
// fault idempotency_conflict when that one had another content.
func (s *Service) Submit(ctx context.Context, owner Owner, sub Submission) (string, error) {
	digest, err := fingerprint(sub)
	if err != nil {
		return "", err
	}
	if sub.IdempotencyKey != "" {
		// Before the payload is stored: a repeated upload costs a lookup only.
		id, err := s.earlier(ctx, s.db.Read(), owner, sub.IdempotencyKey, digest)
		if err != nil || id != "" {
			return id, err
		}
	}
	unique, err := uuid.NewRandom()
	if err != nil {
		return "", fmt.Errorf("draw a task id: %w", err)
	}
	id := unique.String()
	payload, err := encodePayload(sub)
	if err != nil {
		return "", err
	}
	if err := s.bucket.Put(ctx, payloadKey(id), payload); err != nil {
		return "", fmt.Errorf("store payload of task %s: %w", id, err)
	}
	accepted := id
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		accepted = id
		if sub.IdempotencyKey != "" {
			first, err := s.earlier(ctx, tx, owner, sub.IdempotencyKey, digest)
			if err != nil {
				return err
			}
			if first != "" {
				accepted = first
				return nil
			}
			if err := s.forgetKey(ctx, tx, owner, sub.IdempotencyKey); err != nil {
				return err
			}
		}
		return s.insert(ctx, tx, owner, sub, id, digest)
	})
	if err != nil {
		return "", fmt.Errorf("accept task %s: %w", id, err)
	}
	if accepted != id {
		// Certainly unused; if this fails the sweep does it.
		if err := s.deletePayload(context.WithoutCancel(ctx), id); err != nil {
			s.opt.Logger.WarnContext(ctx, "unused payload not deleted", "task", id, "error", err)
		}
		return accepted, nil
	}
	s.rouse()
	return id, nil
}

func (s *Service) insert(ctx context.Context, tx *sql.Tx, owner Owner, sub Submission, id string, digest []byte) error {
	now := s.now()
	var key any
	if sub.IdempotencyKey != "" {
		key = sub.IdempotencyKey
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO task
		(id, tenant, client_id, kind, due_at, idempotency_key, digest, created, expires)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, owner.Tenant, owner.ClientID, string(sub.Kind), now, key, digest, now, now+s.opt.Retention.Milliseconds())
	return err
}

// fingerprint is the digest by which a repeated submission is told from another
// one under the same key; nil without a key.
func fingerprint(sub Submission) ([]byte, error) {
	if sub.IdempotencyKey == "" {
		return nil, nil
	}
	if len(sub.IdempotencyKey) > maxIdempotencyKey {
		return nil, &fault.Error{
			Code: "idempotency_key_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the idempotency key has %d bytes", len(sub.IdempotencyKey)),
			Cure:  fmt.Sprintf("send at most %d, for example a GUID", maxIdempotencyKey),
		}
	}
	payload, err := encodePayload(sub)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, payload); err != nil {
		return nil, fmt.Errorf("digest a submission: %w", err)
	}
	return h.Sum(nil), nil
}

// earlier is the task that the owner submitted under the key, empty when there is none.
func (s *Service) earlier(ctx context.Context, q querier, owner Owner, key string, digest []byte) (string, error) {
	var (
		id    string
		first []byte
	)
	err := q.QueryRowContext(ctx, `SELECT id, digest FROM task
		WHERE tenant = ? AND client_id = ? AND idempotency_key = ? AND (finished IS NULL OR expires > ?)`,
		owner.Tenant, owner.ClientID, key, s.now()).Scan(&id, &first)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look up an idempotency key: %w", err)
	case !bytes.Equal(first, digest):
		// Handing out the other submission's result would be a silent wrong answer.
		return "", &fault.Error{
			Code: "idempotency_conflict", Kind: fault.Conflict,
			Cause: "the idempotency key was used before, with another content",
			Cure:  "use a new key for each new submission",
		}
	}
	return id, nil
}

// forgetKey frees a key whose task is past its retention but not yet swept.
func (s *Service) forgetKey(ctx context.Context, tx *sql.Tx, owner Owner, key string) error {
	_, err := tx.ExecContext(ctx, `UPDATE task SET idempotency_key = NULL
		WHERE tenant = ? AND client_id = ? AND idempotency_key = ?`, owner.Tenant, owner.ClientID, key)
	return err
}
