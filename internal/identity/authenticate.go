package identity

import (
	"context"
	"time"

	"github.com/leafmark/leafmark/omr/fault"
)

// Authenticate is the application that presents these credentials. An unknown
// client, a wrong secret and a disabled or deleted application are one fault,
// invalid_client, and take one time: each asks memory once and the database once.
func (s *Service) Authenticate(ctx context.Context, clientID, clientSecret string) (Application, error) {
	id, isGUID := CanonicalClientID(clientID)
	if !isGUID {
		id = "" // nobody's, looked for all the same
	}
	mac := s.secretMAC(id, Secret(clientSecret))
	now := s.now()
	if app, ok := s.memory.get(id, now).accept(mac, now); ok {
		s.used.note(id, app.SecretSerial, now)
		return app, nil
	}
	// Also for a known client: another process may have changed its secret just now.
	r, err := s.fetch(ctx, id)
	if err != nil {
		return Application{}, err
	}
	if app, ok := r.accept(mac, now); ok {
		s.used.note(id, app.SecretSerial, now)
		return app, nil
	}
	return Application{}, &fault.Error{
		Code: "invalid_client", Kind: fault.Unauthorized,
		Cause: "the client id or secret is wrong, or the application is disabled",
		Cure:  "copy both again from the application's page, or regenerate the secret",
	}
}

func (r *record) accept(mac [32]byte, now time.Time) (Application, bool) {
	if r == nil {
		r = &record{secrets: []secret{{}}} // compares as one, never accepts: serial 0
	}
	app := r.app
	app.SecretSerial = r.match(mac, now)
	return app, app.SecretSerial != 0 && !app.Disabled
}

func (s *Service) secretMAC(clientID string, x Secret) [32]byte {
	return s.box.MAC("client secret", []byte(clientID), []byte(x))
}

// AppState is what a token's verification must know of its application.
type AppState struct {
	Exists   bool
	Disabled bool
	Tenant   string
	Scopes   []string // what it may at most; none: all

	secrets []secret
}

// Accepts tells whether the secret with this serial is still good: tokens got
// with it are refused from the moment it stops (spec/api.md 7.1).
func (a AppState) Accepts(serial int, now time.Time) bool {
	for _, x := range a.secrets {
		if x.serial == serial && x.live(now) {
			return true
		}
	}
	return false
}

// State is the state of an application, at most 2 s old: from memory while that
// is fresh, else from the database. An unknown or deleted one does not exist; the
// only fault is identity_unavailable.
func (s *Service) State(ctx context.Context, clientID string) (AppState, error) {
	r, err := s.find(ctx, clientID)
	if err != nil || r == nil {
		return AppState{}, err
	}
	return AppState{Exists: true, Disabled: r.app.Disabled, Tenant: r.app.Tenant, Scopes: r.app.Scopes, secrets: r.secrets}, nil
}
