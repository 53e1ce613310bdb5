package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

// Failed sign-ins are counted by account and address together, so that nobody can
// lock the owner out from elsewhere, and by address, so that nobody can try one
// password on all accounts.
const (
	guessLimit  = 5
	callerLimit = 50
	guessWindow = 10 * time.Minute
)

// seenEvery is how often the use of a session is written down, at most.
const seenEvery = time.Minute

// Session is a person signed in with one browser.
type Session struct {
	ID      string // 256 random bits for the cookie; the database has its hash only
	Expires time.Time
	// Half: the first factor was right, and SignInCode must make it whole. Until
	// then it opens nothing.
	Half bool
}

// How a person signed in.
const (
	byPassword = "password"
	byLink     = "link"
)

// Origin is where a request of a person comes from.
type Origin struct {
	Address string // an IP address with or without port
	Agent   string // what the browser says it is
}

// host is the address without its port.
func (o Origin) host() string {
	if host, _, err := net.SplitHostPort(o.Address); err == nil {
		return host
	}
	return o.Address
}

// agent is what is kept of the browser's words.
func (o Origin) agent() string {
	const most = 200
	words := []rune(strings.ToValidUTF8(o.Agent, ""))
	return strings.ReplaceAll(string(words[:min(len(words), most)]), "\x00", "")
}

// SignIn signs in with e-mail and password; the session is a half one where the
// account has a second factor. An unknown account and a wrong
// password are one fault, sign_in_failed, and take one time. After 5 failures
// within 10 minutes for this account from this address, or 50 from this address:
// too_many_requests for 10 minutes.
func (s *Service) SignIn(ctx context.Context, email, password string, from Origin) (User, Session, error) {
	guess, caller, err := s.guess(email, from)
	if err != nil {
		return User{}, Session{}, err
	}
	var hash string
	u, err := scanUser(s.db.Read().QueryRowContext(ctx, `SELECT `+userColumns+`, "user".password FROM "user" WHERE email_key = ?`, emailKey(email)), &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return User{}, Session{}, unavailable("find user", err)
	}
	if len(password) > maxPassword {
		password = "" // nobody's; not worth hashing
	}
	ok, err := s.passwordMatches(ctx, norm.NFC.String(password), hash)
	if err != nil {
		return User{}, Session{}, unavailable("compare passwords", err)
	}
	if !ok {
		return User{}, Session{}, wrongPassword()
	}
	s.guesses.Forget(guess)
	s.callers.Undo(caller)
	var session Session
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		// The account or its password may have changed while the hash was computed.
		var now string
		err := tx.QueryRowContext(ctx, `SELECT password FROM "user" WHERE id = ?`, u.ID).Scan(&now)
		if errors.Is(err, sql.ErrNoRows) || err == nil && now != hash {
			return wrongPassword()
		}
		if err != nil {
			return err
		}
		session, err = s.begin(ctx, tx, u, byPassword, from)
		return err
	})
	if err != nil {
		return User{}, Session{}, unavailable("sign in", err)
	}
	return u, session, nil
}

// Session is the user of a session id; fault session_invalid when it ended: by
// SignOut, unused for Options.SessionIdle, older than Options.SessionLifetime.
func (s *Service) Session(ctx context.Context, id string) (User, error) {
	now := s.now()
	hash := s.tokenHash("session", id)
	var seen, expires int64
	u, err := scanUser(s.db.Read().QueryRowContext(ctx,
		`SELECT `+userColumns+`, user_session.seen, user_session.expires FROM user_session JOIN "user" ON "user".id = user_session.user_id WHERE user_session.hash = ?`, hash), &seen, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, noSession()
	}
	if err != nil {
		return User{}, unavailable("find session", err)
	}
	if !now.Before(db.Time(expires)) || now.Sub(db.Time(seen)) >= s.idle {
		return User{}, noSession()
	}
	if now.Sub(db.Time(seen)) >= min(seenEvery, s.idle/4) {
		if _, err := s.db.Write().ExecContext(ctx, `UPDATE user_session SET seen = ? WHERE hash = ? AND seen < ?`, db.Millis(now), hash, db.Millis(now)); err != nil {
			return User{}, unavailable("keep session", err)
		}
	}
	return u, nil
}

// SignOut ends a session; one that has ended is no fault.
func (s *Service) SignOut(ctx context.Context, id string) error {
	if _, err := s.db.Write().ExecContext(ctx, `DELETE FROM user_session WHERE hash = ?`, s.tokenHash("session", id)); err != nil {
		return unavailable("sign out", err)
	}
	return nil
}

func (s *Service) insertSession(ctx context.Context, tx *sql.Tx, u User, how string, from Origin) (Session, error) {
	now := s.now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_session WHERE expires <= ? OR seen <= ?`, db.Millis(now), db.Millis(now.Add(-s.idle))); err != nil {
		return Session{}, fmt.Errorf("forget old sessions: %w", err)
	}
	session := Session{ID: newToken(), Expires: now.Add(s.lifetime)}
	_, err := tx.ExecContext(ctx, `INSERT INTO user_session (hash, user_id, created, seen, expires, address, agent, how, proved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.tokenHash("session", session.ID), u.ID, db.Millis(now), db.Millis(now), db.Millis(session.Expires),
		from.host(), from.agent(), how, db.Millis(now))
	if err != nil {
		return Session{}, fmt.Errorf("insert session: %w", err)
	}
	return session, audit.Record(ctx, tx, now, selfOf(u, from), "user.sign_in", u.Email, "by "+how)
}

func wrongPassword() error {
	return &fault.Error{
		Code: "sign_in_failed", Kind: fault.Unauthorized,
		Cause: "the e-mail address or the password is wrong",
		Cure:  "try again, or use a sign-in link: leafmark user link E-MAIL",
	}
}

func noSession() error {
	return &fault.Error{
		Code: "session_invalid", Kind: fault.Unauthorized,
		Cause: "you are not signed in any more",
		Cure:  "sign in again",
	}
}
