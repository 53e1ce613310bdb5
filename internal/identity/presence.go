package identity

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/lockout"
	"github.com/leafmark/leafmark/omr/fault"
)

// ProofLife is how long a proof of who one is, at sign-in or later, is enough for
// what cannot be undone.
const ProofLife = 15 * time.Minute

// Presence is where a user is signed in. Its Handle lets nobody in.
type Presence struct {
	Handle         string
	Current        bool // the session that asks
	Address, Agent string
	How            string // password, link
	Created, Seen  time.Time
}

// Sessions are the user's live ones, the last used first; current is the id of the
// session that asks, or empty.
func (s *Service) Sessions(ctx context.Context, u User, current string) ([]Presence, error) {
	now := s.now()
	rows, err := s.db.Read().QueryContext(ctx,
		`SELECT hash, address, agent, how, created, seen FROM user_session WHERE user_id = ? AND expires > ? AND seen > ? ORDER BY seen DESC, hash`,
		u.ID, db.Millis(now), db.Millis(now.Add(-s.idle)))
	if err != nil {
		return nil, unavailable("list sessions", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	own := hex.EncodeToString(s.tokenHash("session", current))
	var all []Presence
	for rows.Next() {
		var p Presence
		var hash []byte
		var created, seen int64
		if err := rows.Scan(&hash, &p.Address, &p.Agent, &p.How, &created, &seen); err != nil {
			return nil, unavailable("list sessions", err)
		}
		p.Handle, p.Created, p.Seen = hex.EncodeToString(hash), db.Time(created), db.Time(seen)
		p.Current = p.Handle == own
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable("list sessions", err)
	}
	return all, nil
}

// EndSession signs the user out where the handle of a Presence says; one that has
// ended is no fault. Faults: user_not_found, role_forbids.
func (s *Service) EndSession(ctx context.Context, by Actor, email, handle string) error {
	hash, err := hex.DecodeString(handle)
	if err != nil {
		hash = []byte{} // nobody's
	}
	_, err = s.endSessions(ctx, by, email, hash, true)
	return err
}

// EndSessions signs the user out everywhere but in the session with the id except
// (empty: everywhere) and tells how many sessions that were. Faults:
// user_not_found, role_forbids.
func (s *Service) EndSessions(ctx context.Context, by Actor, email, except string) (int, error) {
	return s.endSessions(ctx, by, email, s.tokenHash("session", except), false)
}

// endSessions ends the user's session with this hash, or all but that one.
func (s *Service) endSessions(ctx context.Context, by Actor, email string, hash []byte, this bool) (n int, err error) {
	err = s.changeUser(ctx, by, email, "user.end_sessions", func(tx *sql.Tx, u User) (string, error) {
		if by.Kind != "user" || emailKey(by.ID) != emailKey(u.Email) {
			if err := allowOn(ctx, tx, by, u.Role); err != nil {
				return "", err
			}
		}
		done, err := tx.ExecContext(ctx, `DELETE FROM user_session WHERE user_id = ? AND (hash = ?) = ?`, u.ID, hash, this)
		if err != nil {
			return "", err
		}
		ended, err := done.RowsAffected()
		n = int(ended)
		return fmt.Sprintf("%d ended", n), err
	})
	return n, err
}

// Proved tells whether the person in this session proved who it is within
// ProofLife; fault proof_needed.
func (s *Service) Proved(ctx context.Context, id string) error {
	_, proved, err := s.proof(ctx, id)
	if err == nil && !s.recent(proved) {
		return &fault.Error{
			Code: "proof_needed", Kind: fault.Forbidden,
			Cause: "it is more than 15 minutes since you showed that it is you",
			Cure:  "confirm it, then go on",
		}
	}
	return err
}

// recent tells whether a proof is not older than ProofLife, nor of the future.
func (s *Service) recent(proved time.Time) bool {
	age := s.now().Sub(proved)
	return age >= 0 && age < ProofLife
}

func (s *Service) proof(ctx context.Context, id string) (how string, proved time.Time, err error) {
	var at int64
	err = s.db.Read().QueryRowContext(ctx, `SELECT how, proved FROM user_session WHERE hash = ?`, s.tokenHash("session", id)).Scan(&how, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, noSession()
	}
	if err != nil {
		return "", time.Time{}, unavailable("find session", err)
	}
	return how, db.Time(at), nil
}

// Confirm takes the password of the person in a session once more, or a code (six
// digits, which is no password) where the account has a second factor: Proved is
// content for ProofLife then. The session goes on under another id. Faults:
// session_invalid, sign_in_failed, code_invalid, too_many_requests.
func (s *Service) Confirm(ctx context.Context, id, proof string, from Origin) (Session, error) {
	u, err := s.Session(ctx, id)
	if err != nil {
		return Session{}, err
	}
	two, err := s.TwoStep(ctx, u)
	if err != nil {
		return Session{}, err
	}
	byCode := two.On && isCode(proof)
	if byCode {
		err = s.codeTry(u)
	} else {
		err = s.checkPassword(ctx, u, proof, from)
	}
	if err != nil {
		return Session{}, err
	}
	session := Session{ID: newToken()}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		how := "by password"
		if byCode {
			how = "by code"
			if _, err := s.useCode(ctx, tx, u, proof); err != nil {
				return err
			}
		}
		var expires int64
		err := tx.QueryRowContext(ctx, `UPDATE user_session SET hash = ?, proved = ? WHERE hash = ? RETURNING expires`,
			s.tokenHash("session", session.ID), db.Millis(s.now()), s.tokenHash("session", id)).Scan(&expires)
		if errors.Is(err, sql.ErrNoRows) {
			return noSession()
		}
		if err != nil {
			return err
		}
		session.Expires = db.Time(expires)
		return audit.Record(ctx, tx, s.now(), selfOf(u, from), "user.confirm", u.Email, how)
	})
	if err != nil {
		return Session{}, unavailable("confirm a session", err)
	}
	if byCode {
		s.codes.Forget(u.ID)
	}
	return session, nil
}

// isCode tells a code of an authenticator from a password.
func isCode(proof string) bool {
	proof = strings.ReplaceAll(strings.TrimSpace(proof), " ", "")
	return len(proof) == 6 && strings.Trim(proof, "0123456789") == ""
}

// ChangePassword gives the person in a session another password. The old one is
// asked for, unless the session began by a link within ProofLife: so a forgotten
// one is replaced, and a first one set. All other sessions and links of the person end;
// this one goes on under another id. Faults: session_invalid, sign_in_failed,
// too_many_requests, password_invalid, password_breached.
func (s *Service) ChangePassword(ctx context.Context, id, old, password string, from Origin) (Session, error) {
	password, err := s.newPassword(password)
	if err != nil {
		return Session{}, err
	}
	u, err := s.Session(ctx, id)
	if err != nil {
		return Session{}, err
	}
	needed, err := s.OldPasswordNeeded(ctx, id)
	if err != nil {
		return Session{}, err
	}
	if needed {
		if err := s.checkPassword(ctx, u, old, from); err != nil {
			return Session{}, err
		}
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return Session{}, err
	}
	var session Session
	err = s.changeUser(ctx, selfOf(u, from), u.Email, "user.set_password", func(tx *sql.Tx, u User) (string, error) {
		// The session may have been ended while the hash was computed.
		var live bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM user_session WHERE hash = ?)`, s.tokenHash("session", id)).Scan(&live); err != nil {
			return "", err
		}
		if !live {
			return "", noSession()
		}
		if err := s.replacePassword(ctx, tx, u, hash); err != nil {
			return "", err
		}
		session, err = s.insertSession(ctx, tx, u, byPassword, from)
		return "by the account itself", err
	})
	return session, err
}

// OldPasswordNeeded tells whether ChangePassword will ask this session for the old
// password.
func (s *Service) OldPasswordNeeded(ctx context.Context, id string) (bool, error) {
	how, proved, err := s.proof(ctx, id)
	return err == nil && (how != byLink || !s.recent(proved)), err
}

// checkPassword compares the user's password, counting failures as SignIn does.
// Faults: sign_in_failed, too_many_requests.
func (s *Service) checkPassword(ctx context.Context, u User, password string, from Origin) error {
	guess, caller, err := s.guess(u.Email, from)
	if err != nil {
		return err
	}
	var hash string
	if err := s.db.Read().QueryRowContext(ctx, `SELECT password FROM "user" WHERE id = ?`, u.ID).Scan(&hash); err != nil {
		return unavailable("find user", err)
	}
	if len(password) > maxPassword {
		password = ""
	}
	ok, err := s.passwordMatches(ctx, norm.NFC.String(password), hash)
	if err != nil {
		return unavailable("compare passwords", err)
	}
	if !ok {
		return &fault.Error{
			Code: "sign_in_failed", Kind: fault.Unauthorized,
			Cause: "the password is wrong",
			Cure:  "try again, or sign in by a fresh link: leafmark user link E-MAIL",
		}
	}
	s.guesses.Forget(guess)
	s.callers.Undo(caller)
	return nil
}

// guess counts a try before it is known to fail: else many at once would all be
// let in to try. Fault: too_many_requests.
func (s *Service) guess(email string, from Origin) (guess, caller string, err error) {
	now := s.now()
	caller = lockout.Address(from.Address)
	guess = caller + " " + emailKey(email)
	if s.guesses.Fail(guess, now) || s.callers.Fail(caller, now) {
		return "", "", &fault.Error{
			Code: "too_many_requests", Kind: fault.Limited,
			Cause: "there were too many failed sign-ins",
			Cure:  "wait ten minutes, or use a sign-in link: leafmark user link E-MAIL",
		}
	}
	return guess, caller, nil
}
