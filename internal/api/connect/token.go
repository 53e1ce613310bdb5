package connect

import (
	"crypto/hmac"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"strings"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/lockout"
	"github.com/leafmark/leafmark/omr/fault"
)

// granted is the answer of spec/api.md 2.3, its members in that order.
type granted struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
	TokenType   string `json:"token_type"` // exactly Bearer: clients glue it before the token
	Scope       string `json:"scope,omitempty"`
}

// token answers POST /connect/token.
func (h *Handler) token(w http.ResponseWriter, r *http.Request) {
	in, app, ok := h.receive(w, r, clientCredentials)
	if !ok {
		return
	}
	if !h.rates.allow(app.ClientID, h.deps.Now()) {
		w.Header().Set("Retry-After", "1")
		writeError(w, http.StatusTooManyRequests, "too_many_requests", "This application asks for too many tokens a second; use one until it expires.")
		return
	}
	issued, err := h.deps.Tokens.Issue(r.Context(), app, strings.Fields(in.params["scope"]))
	if err != nil {
		h.refuse(w, r, err, in.basic)
		return
	}
	writeJSON(w, http.StatusOK, granted{AccessToken: issued.AccessToken, ExpiresIn: issued.ExpiresIn, TokenType: "Bearer", Scope: issued.Scope})
}

// clientCredentials refuses all other grants.
func clientCredentials(in request) error {
	switch in.params["grant_type"] {
	case "client_credentials":
		return nil
	case "":
		return invalidRequest("the parameter grant_type is missing", "send grant_type=client_credentials")
	}
	return &fault.Error{
		Code: "unsupported_grant_type", Kind: fault.Unsupported,
		Cause: "this grant type is not offered", Cure: "send grant_type=client_credentials",
	}
}

// authenticate is the application of the credentials. Only answers invalid_client
// count towards a lock, and a right pair always passes: whoever corrects a mistake
// is served at once.
func (h *Handler) authenticate(r *http.Request, in request) (identity.Application, error) {
	var app identity.Application
	var err error
	if in.assertion != "" {
		app, err = h.deps.Identity.AuthenticateAssertion(r.Context(), in.clientID, in.assertion, h.audiences())
	} else {
		app, err = h.deps.Identity.Authenticate(r.Context(), in.clientID, in.clientSecret)
	}
	if e := fault.As(err); e == nil || e.Code != "invalid_client" {
		return app, err
	}
	now := h.deps.Now()
	pair, address := h.pair(in), lockout.Address(h.deps.Address(r))
	// Missing credentials are no pair: all who forget theirs would share its lock.
	missing := in.clientID == "" || in.clientSecret == "" // also of assertions, which are new each time
	if h.addresses.Locked(address, now) || !missing && h.pairs.Fail(pair, now) {
		h.logRefusal(r, in, address, "locked")
		return identity.Application{}, &fault.Error{
			Code: "too_many_requests", Kind: fault.Limited,
			Cause: "there were too many failed tries", Cure: "correct the client id and secret, or wait ten minutes",
		}
	}
	h.addresses.Fail(address, now)
	h.logRefusal(r, in, address, "wrong")
	return identity.Application{}, err
}

// audiences are the names of this server that an assertion may be made for (RFC
// 7523 3, 8414 2): the issuer, and the endpoints.
func (h *Handler) audiences() []string {
	base := strings.TrimRight(h.deps.Tokens.Issuer(), "/")
	return []string{base, base + "/connect/token", base + "/connect/introspect", base + "/connect/revocation"}
}

// pair is the key that failures of a pair are counted by.
func (h *Handler) pair(in request) string {
	id, ok := identity.CanonicalClientID(in.clientID)
	if !ok {
		id = in.clientID
	}
	mac := hmac.New(sha256.New, h.pairKey[:])
	mac.Write([]byte(id))
	mac.Write([]byte{0})
	mac.Write([]byte(in.clientSecret))
	return string(mac.Sum(nil))
}

// logRefusal tells the operator who is guessing. What is no client id is not
// logged: it may be a secret in the wrong field.
func (h *Handler) logRefusal(r *http.Request, in request, address, why string) {
	id, ok := identity.CanonicalClientID(in.clientID)
	if !ok {
		id = "malformed"
	}
	h.deps.Logger.WarnContext(r.Context(), "token refused", slog.String("client", id), slog.String("address", address), slog.String("why", why))
}
