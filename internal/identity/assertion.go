package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

const (
	maxAssertion = 8 << 10 // bytes
	// Clients' clocks may differ from ours by so much.
	assertionSlip = 60 * time.Second
	// An assertion may be good for so long at most: RFC 7523 3 lets the server
	// refuse one whose exp is unreasonably far.
	assertionLife = 10 * time.Minute
	maxJTI        = 256 // bytes
)

// assertion is the claims of RFC 7523 3.
type assertion struct {
	Issuer    string          `json:"iss"`
	Subject   string          `json:"sub"`
	Audience  json.RawMessage `json:"aud"`
	Expires   *float64        `json:"exp"`
	NotBefore *float64        `json:"nbf"`
	IssuedAt  *float64        `json:"iat"`
	ID        string          `json:"jti"`
}

// AuthenticateAssertion is the application that signed an assertion (RFC 7523 2.2
// and 3) with a key that it registered: for one of the audiences, which name this
// server; within ten minutes of its end; with a jti that was never used. clientID,
// where not empty, is what the request says beside it. Everything else is the
// fault invalid_client, whatever the reason.
func (s *Service) AuthenticateAssertion(ctx context.Context, clientID, raw string, audiences []string) (Application, error) {
	app, err := s.assertion(ctx, clientID, raw, audiences)
	if err == nil || fault.As(err) != nil {
		return app, err
	}
	return Application{}, &fault.Error{
		Code: "invalid_client", Kind: fault.Unauthorized,
		Cause: "the client assertion is not valid",
		Cure:  "sign iss, sub, aud, exp and a new jti with a key registered for the application, and send it once",
		Err:   err,
	}
}

func (s *Service) assertion(ctx context.Context, clientID, raw string, audiences []string) (Application, error) {
	kid, alg, claims, err := unverified(raw)
	if err != nil {
		return Application{}, err
	}
	id, ok := CanonicalClientID(claims.Subject)
	if other, same := CanonicalClientID(clientID); !ok || claims.Issuer != claims.Subject || clientID != "" && (!same || other != id) {
		return Application{}, errors.New("iss, sub and client_id are not one client id")
	}
	now := s.now()
	r := s.memory.get(id, now)
	serial := r.signed(raw, kid, alg, now)
	if serial == 0 { // another process may have registered the key just now
		if r, err = s.fetch(ctx, id); err != nil {
			return Application{}, err
		}
		serial = r.signed(raw, kid, alg, now)
	}
	if serial == 0 || r.app.Disabled {
		return Application{}, errors.New("no key of an enabled application signed it")
	}
	expires, err := claims.check(now, audiences)
	if err != nil {
		return Application{}, err
	}
	if err := s.useOnce(ctx, id, claims.ID, expires); err != nil {
		return Application{}, err
	}
	s.used.note(id, serial, now)
	app := r.app
	app.SecretSerial = serial
	return app, nil
}

// unverified is what a compact JWS claims.
func unverified(raw string) (kid, alg string, c assertion, err error) {
	if len(raw) > maxAssertion {
		return "", "", c, errors.New("the assertion is too long")
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 || strings.ContainsAny(raw, "\r\n") { // which decoders skip
		return "", "", c, errors.New("not three parts")
	}
	var header struct {
		Alg  string          `json:"alg"`
		Kid  string          `json:"kid"`
		Crit json.RawMessage `json:"crit"`
	}
	for i, to := range []any{&header, &c} {
		text, err := base64.RawURLEncoding.Strict().DecodeString(parts[i])
		if err != nil {
			return "", "", c, err
		}
		if err := json.Unmarshal(text, to); err != nil {
			return "", "", c, err
		}
	}
	if header.Crit != nil {
		return "", "", c, errors.New("crit in the header")
	}
	return header.Kid, header.Alg, c, nil
}

// signed is the serial of the key that signed raw, else 0. Keys are pinned to their
// algorithm; RSA keys take both paddings. What the header says else, such as a key
// of its own, is never looked at.
func (r *record) signed(raw, kid, alg string, now time.Time) int {
	if r == nil {
		return 0
	}
	for _, x := range r.secrets {
		if x.key == nil || !x.live(now) || kid != "" && kid != x.key.KeyID {
			continue
		}
		takes := []string{x.key.Algorithm}
		if slices.Contains([]string{string(jose.RS256), string(jose.PS256)}, x.key.Algorithm) {
			takes = []string{string(jose.RS256), string(jose.PS256)}
		}
		if !slices.Contains(takes, alg) {
			continue
		}
		jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil {
			continue
		}
		if _, err := jws.Verify(x.key.Key); err == nil {
			return x.serial
		}
	}
	return 0
}

// check is the assertion's end if it is for us and now.
func (c *assertion) check(now time.Time, audiences []string) (time.Time, error) {
	var all []string
	if json.Unmarshal(c.Audience, &all) != nil {
		var one string
		if err := json.Unmarshal(c.Audience, &one); err != nil {
			return time.Time{}, errors.New("aud is no text")
		}
		all = []string{one}
	}
	if !slices.ContainsFunc(all, func(a string) bool { return slices.Contains(audiences, strings.TrimRight(a, "/")) }) {
		return time.Time{}, errors.New("aud names another server")
	}
	if c.ID == "" || len(c.ID) > maxJTI {
		return time.Time{}, errors.New("jti is missing or too long")
	}
	if c.Expires == nil {
		return time.Time{}, errors.New("exp is missing")
	}
	seconds := float64(now.UnixMilli()) / 1000
	slip := assertionSlip.Seconds()
	switch {
	case !(*c.Expires > seconds-slip):
		return time.Time{}, errors.New("it has expired")
	case *c.Expires > seconds+assertionLife.Seconds()+slip:
		return time.Time{}, errors.New("exp is too far")
	case c.NotBefore != nil && !(*c.NotBefore <= seconds+slip):
		return time.Time{}, errors.New("it is not valid yet")
	case c.IssuedAt != nil && !(*c.IssuedAt <= seconds+slip):
		return time.Time{}, errors.New("it was issued in the future")
	}
	return time.UnixMilli(int64(*c.Expires * 1000)), nil
}

// useOnce notes the jti; one that is noted already is a replay.
func (s *Service) useOnce(ctx context.Context, clientID, jti string, expires time.Time) error {
	now := s.now()
	write := s.db.Write()
	if _, err := write.ExecContext(ctx, `DELETE FROM used_assertion WHERE expires < ?`, db.Millis(now)); err != nil {
		return unavailable("forget assertions", err)
	}
	got, err := write.ExecContext(ctx, `INSERT INTO used_assertion (client_id, jti, expires) VALUES (?, ?, ?) ON CONFLICT (client_id, jti) DO NOTHING`,
		clientID, jti, db.Millis(expires.Add(assertionSlip)))
	if err != nil {
		return unavailable("note an assertion", err)
	}
	if n, err := got.RowsAffected(); err != nil || n != 1 {
		return errors.New("the assertion was used before")
	}
	return nil
}
