package identity

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

const (
	totpPeriod = 30 // seconds a code, what every authenticator takes (RFC 6238 5.2)
	totpSkew   = 1  // periods that a telephone's clock may be off
	totpBytes  = 20 // of the secret, RFC 4226 4
	qrPixels   = 240

	recoveryCodes = 10
	recoveryBytes = 10 // 80 random bits: sixteen letters and digits

	// challengeLife is how long a sign-in waits for its code.
	challengeLife = 10 * time.Minute
	// codeLimit is how many wrong codes an account may have within codeWindow from
	// all addresses together. Only who has the password gets so far.
	codeLimit  = 10
	codeWindow = time.Hour
)

// TwoStep is how an account signs in beyond the password.
type TwoStep struct {
	On       bool // a code is asked for
	Recovery int  // recovery codes left
	Waiting  bool // a secret was shown and awaits its first code
}

// TwoStep tells how the user signs in.
func (s *Service) TwoStep(ctx context.Context, u User) (TwoStep, error) {
	var t TwoStep
	err := s.db.Read().QueryRowContext(ctx,
		`SELECT length(totp) > 0, length(totp_new) > 0, (SELECT count(*) FROM user_recovery WHERE user_id = "user".id) FROM "user" WHERE id = ?`, u.ID).
		Scan(&t.On, &t.Waiting, &t.Recovery)
	if err != nil {
		return TwoStep{}, unavailable("find the second factor", err)
	}
	return t, nil
}

// BeginTwoStep makes a secret for the user's authenticator, in place of one that
// was never confirmed. It counts after ConfirmTwoStep.
func (s *Service) BeginTwoStep(ctx context.Context, u User) error {
	secret := make([]byte, totpBytes)
	rand.Read(secret)
	_, err := s.db.Write().ExecContext(ctx, `UPDATE "user" SET totp_new = ? WHERE id = ?`, s.box.Seal(secret, totpBinding(u.ID)), u.ID)
	if err != nil {
		return unavailable("begin two-step sign-in", err)
	}
	return nil
}

func totpBinding(user string) []byte { return []byte("totp\x00" + user) }

// Authenticator is what a person gives to an authenticator: by QR code or by hand.
type Authenticator struct {
	Secret string // base32
	QR     []byte // PNG
}

// Authenticator is the secret that awaits its first code; fault two_step_invalid
// when there is none.
func (s *Service) Authenticator(ctx context.Context, u User) (Authenticator, error) {
	var sealed []byte
	if err := s.db.Read().QueryRowContext(ctx, `SELECT totp_new FROM "user" WHERE id = ?`, u.ID).Scan(&sealed); err != nil {
		return Authenticator{}, unavailable("find the second factor", err)
	}
	if len(sealed) == 0 {
		return Authenticator{}, noTwoStep()
	}
	secret, err := s.box.Open(sealed, totpBinding(u.ID))
	if err != nil {
		return Authenticator{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Leafmark", AccountName: u.Email, Period: totpPeriod, Secret: secret, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return Authenticator{}, fmt.Errorf("describe the second factor: %w", err)
	}
	picture, err := key.Image(qrPixels, qrPixels)
	if err != nil {
		return Authenticator{}, fmt.Errorf("draw the second factor: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return Authenticator{}, fmt.Errorf("draw the second factor: %w", err)
	}
	return Authenticator{Secret: key.Secret(), QR: b.Bytes()}, nil
}

// ConfirmTwoStep turns two-step sign-in on: the code shows that the authenticator
// has the secret of BeginTwoStep. The recovery codes returned work once each, and
// cannot be shown again. All other sessions of the person end. Faults:
// two_step_invalid, code_invalid, too_many_requests, session_invalid.
func (s *Service) ConfirmTwoStep(ctx context.Context, session, code string, from Origin) ([]string, error) {
	u, err := s.Session(ctx, session)
	if err != nil {
		return nil, err
	}
	if err := s.codeTry(u); err != nil {
		return nil, err
	}
	var codes []string
	err = s.changeUser(ctx, selfOf(u, from), u.Email, "user.two_step", func(tx *sql.Tx, u User) (string, error) {
		var sealed []byte
		if err := tx.QueryRowContext(ctx, `SELECT totp_new FROM "user" WHERE id = ?`, u.ID).Scan(&sealed); err != nil {
			return "", err
		}
		if len(sealed) == 0 {
			return "", noTwoStep()
		}
		step, err := s.matchCode(u, sealed, code)
		if err != nil {
			return "", err
		}
		if step == 0 {
			return "", wrongCode()
		}
		if _, err := tx.ExecContext(ctx, `UPDATE "user" SET totp = totp_new, totp_new = ?, totp_step = ? WHERE id = ?`, []byte{}, step, u.ID); err != nil {
			return "", err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM user_session WHERE user_id = ? AND hash <> ?`, u.ID, s.tokenHash("session", session)); err != nil {
			return "", err
		}
		codes, err = s.newRecoveryCodes(ctx, tx, u)
		return "off -> on", err
	})
	if err != nil {
		return nil, err
	}
	s.codes.Forget(u.ID)
	return codes, nil
}

// NewRecoveryCodes replaces the recovery codes of a person who signs in with two
// steps. Faults: two_step_invalid.
func (s *Service) NewRecoveryCodes(ctx context.Context, u User, from Origin) ([]string, error) {
	var codes []string
	err := s.changeUser(ctx, selfOf(u, from), u.Email, "user.recovery_codes", func(tx *sql.Tx, u User) (string, error) {
		var on bool
		if err := tx.QueryRowContext(ctx, `SELECT length(totp) > 0 FROM "user" WHERE id = ?`, u.ID).Scan(&on); err != nil {
			return "", err
		}
		if !on {
			return "", noTwoStep()
		}
		var err error
		codes, err = s.newRecoveryCodes(ctx, tx, u)
		return "replaced", err
	})
	return codes, err
}

// EndTwoStep lets the user sign in with the password alone again.
func (s *Service) EndTwoStep(ctx context.Context, u User, from Origin) error {
	return s.changeUser(ctx, selfOf(u, from), u.Email, "user.two_step", func(tx *sql.Tx, u User) (string, error) {
		return "on -> off", s.dropFactors(ctx, tx, u)
	})
}

// ResetFactors turns two-step sign-in of an account off and ends its sessions: for
// the operator, when authenticator and recovery codes are lost. Faults:
// user_not_found, role_forbids.
func (s *Service) ResetFactors(ctx context.Context, by Actor, email string) error {
	return s.changeUser(ctx, by, email, "user.reset_factors", func(tx *sql.Tx, u User) (string, error) {
		if by.Kind != "operator" {
			return "", Forbidden(by.Kind)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM user_session WHERE user_id = ?`, u.ID); err != nil {
			return "", err
		}
		return "two-step -> off", s.dropFactors(ctx, tx, u)
	})
}

func selfOf(u User, from Origin) Actor {
	return Actor{Tenant: u.Tenant, Kind: "user", ID: u.Email, Address: from.host()}
}

func (s *Service) dropFactors(ctx context.Context, tx *sql.Tx, u User) error {
	if _, err := tx.ExecContext(ctx, `UPDATE "user" SET totp = ?, totp_new = ?, totp_step = 0 WHERE id = ?`, []byte{}, []byte{}, u.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_challenge WHERE user_id = ?`, u.ID); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM user_recovery WHERE user_id = ?`, u.ID)
	return err
}

var recoveryAlphabet = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding) //nolint:gochecknoglobals // never written; no i, l, o, 1

func (s *Service) newRecoveryCodes(ctx context.Context, tx *sql.Tx, u User) ([]string, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_recovery WHERE user_id = ?`, u.ID); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		random := make([]byte, recoveryBytes)
		rand.Read(random)
		c := recoveryAlphabet.EncodeToString(random)
		codes[i] = c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:]
		if _, err := tx.ExecContext(ctx, `INSERT INTO user_recovery (user_id, mac) VALUES (?, ?)`, u.ID, s.recoveryMAC(codes[i])); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// recoveryMAC is what is kept of a recovery code, however it was typed.
func (s *Service) recoveryMAC(code string) []byte {
	return s.tokenHash("recovery", strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(code))))
}

// matchCode is the time step of a code of the sealed secret, else 0. All steps
// that are allowed are compared, in constant time.
func (s *Service) matchCode(u User, sealed []byte, code string) (step int64, err error) {
	secret, err := s.box.Open(sealed, totpBinding(u.ID))
	if err != nil {
		return 0, err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	now := s.now().Unix() / totpPeriod
	for at := now - totpSkew; at <= now+totpSkew; at++ {
		want, err := hotp.GenerateCodeCustom(text, uint64(at), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, fmt.Errorf("make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step = at
		}
	}
	return step, nil
}

// useCode takes a code of the user's authenticator, newer than any it took before,
// or a recovery code, and tells which; fault code_invalid. The caller has asked
// codeTry.
func (s *Service) useCode(ctx context.Context, tx *sql.Tx, u User, code string) (how string, err error) {
	var sealed []byte
	var last int64
	if err := tx.QueryRowContext(ctx, `SELECT totp, totp_step FROM "user" WHERE id = ?`, u.ID).Scan(&sealed, &last); err != nil {
		return "", err
	}
	if len(sealed) == 0 {
		return "", noTwoStep()
	}
	step, err := s.matchCode(u, sealed, code)
	if err != nil {
		return "", err
	}
	if step > last {
		_, err := tx.ExecContext(ctx, `UPDATE "user" SET totp_step = ? WHERE id = ?`, step, u.ID)
		return "code", err
	}
	done, err := tx.ExecContext(ctx, `DELETE FROM user_recovery WHERE user_id = ? AND mac = ?`, u.ID, s.recoveryMAC(code))
	if err != nil {
		return "", err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return "", errors.Join(err, wrongCode())
	}
	return "recovery code", nil
}

// codeTry counts a try of a code before it is known to fail; fault
// too_many_requests.
func (s *Service) codeTry(u User) error {
	if s.codes.Fail(u.ID, s.now()) {
		return &fault.Error{
			Code: "too_many_requests", Kind: fault.Limited,
			Cause: "there were too many wrong codes for this account",
			Cure:  "wait an hour; if the authenticator is lost: leafmark user reset-factors E-MAIL",
		}
	}
	return nil
}

// begin makes a session for who passed the first factor, or a half one when the
// account has a second.
func (s *Service) begin(ctx context.Context, tx *sql.Tx, u User, how string, from Origin) (Session, error) {
	var two bool
	if err := tx.QueryRowContext(ctx, `SELECT length(totp) > 0 FROM "user" WHERE id = ?`, u.ID).Scan(&two); err != nil {
		return Session{}, err
	}
	if !two {
		return s.insertSession(ctx, tx, u, how, from)
	}
	now := s.now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_challenge WHERE expires <= ?`, db.Millis(now)); err != nil {
		return Session{}, err
	}
	half := Session{ID: newToken(), Expires: now.Add(challengeLife), Half: true}
	_, err := tx.ExecContext(ctx, `INSERT INTO user_challenge (hash, user_id, how, expires) VALUES (?, ?, ?, ?)`,
		s.tokenHash("challenge", half.ID), u.ID, how, db.Millis(half.Expires))
	return half, err
}

// SignInCode makes a half session whole by a code of the authenticator or a
// recovery code. Faults: session_invalid when the half one is over, code_invalid,
// too_many_requests.
func (s *Service) SignInCode(ctx context.Context, half, code string, from Origin) (User, Session, error) {
	hash := s.tokenHash("challenge", half)
	u, err := scanUser(s.db.Read().QueryRowContext(ctx,
		`SELECT `+userColumns+` FROM user_challenge JOIN "user" ON "user".id = user_challenge.user_id WHERE user_challenge.hash = ? AND user_challenge.expires > ?`, hash, db.Millis(s.now())))
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, Session{}, noSession()
	}
	if err != nil {
		return User{}, Session{}, unavailable("find sign-in", err)
	}
	if err := s.codeTry(u); err != nil {
		return User{}, Session{}, err
	}
	var session Session
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		var how string
		err := tx.QueryRowContext(ctx, `DELETE FROM user_challenge WHERE hash = ? RETURNING how`, hash).Scan(&how)
		if errors.Is(err, sql.ErrNoRows) {
			return noSession()
		}
		if err != nil {
			return err
		}
		by, err := s.useCode(ctx, tx, u, code)
		if err != nil {
			return err // the half session stays, as all is rolled back
		}
		if by == "recovery code" {
			if err := audit.Record(ctx, tx, s.now(), selfOf(u, from), "user.use_recovery_code", u.Email, ""); err != nil {
				return err
			}
		}
		session, err = s.insertSession(ctx, tx, u, how, from)
		return err
	})
	if err != nil {
		return User{}, Session{}, unavailable("sign in by code", err)
	}
	s.codes.Forget(u.ID)
	return u, session, nil
}

func wrongCode() error {
	return &fault.Error{
		Code: "code_invalid", Kind: fault.Unauthorized,
		Cause: "the code is wrong, or was used already",
		Cure:  "take the one that the authenticator shows now, and check the clock of the telephone; or use a recovery code",
	}
}

func noTwoStep() error {
	return &fault.Error{
		Code: "two_step_invalid", Kind: fault.Conflict,
		Cause: "two-step sign-in is not begun",
		Cure:  "begin it on the page of your account",
	}
}
