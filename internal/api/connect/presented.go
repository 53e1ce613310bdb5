package connect

import (
	"net/http"
	"strings"

	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

// state is what introspection tells of a token (RFC 7662 2.2).
type state struct {
	Active    bool   `json:"active"`
	Scope     string `json:"scope,omitempty"`
	ClientID  string `json:"client_id,omitempty"`
	TokenType string `json:"token_type,omitempty"`
	Issuer    string `json:"iss,omitempty"`
	Subject   string `json:"sub,omitempty"`
	ID        string `json:"jti,omitempty"`
	IssuedAt  int64  `json:"iat,omitempty"`
	Expires   int64  `json:"exp,omitempty"`
}

// presented refuses a request about a token that does not bring it.
func presented(in request) error {
	if in.params["token"] == "" {
		return invalidRequest("the parameter token is missing", "send the token that this is about")
	}
	return nil
}

// introspect answers POST /connect/introspect (RFC 7662). An application may ask
// about the tokens of its tenant; all others are inactive, without a reason.
func (h *Handler) introspect(w http.ResponseWriter, r *http.Request) {
	in, app, ok := h.receive(w, r, presented)
	if !ok {
		return
	}
	caller, err := h.deps.Tokens.Verify(r.Context(), in.params["token"])
	switch {
	case err != nil && fault.KindOf(err) != fault.Unauthorized:
		h.refuse(w, r, err, in.basic)
	case err != nil || caller.Tenant != app.Tenant:
		writeJSON(w, http.StatusOK, state{})
	default:
		writeJSON(w, http.StatusOK, state{
			Active: true, Scope: strings.Join(caller.Scopes, " "), ClientID: caller.ClientID, TokenType: "Bearer",
			Issuer: h.deps.Tokens.Issuer(), Subject: caller.ClientID, ID: caller.TokenID,
			IssuedAt: caller.Issued.Unix(), Expires: caller.Expires.Unix(),
		})
	}
}

// revoke answers POST /connect/revocation (RFC 7009). A token that is no good any
// more is revoked already.
func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) {
	in, app, ok := h.receive(w, r, presented)
	if !ok {
		return
	}
	err := h.deps.Tokens.Revoke(r.Context(), app, in.params["token"])
	if e := fault.As(err); e != nil && e.Code == token.CodeForeign {
		err = invalidRequest(e.Cause, e.Cure)
	}
	if err != nil && fault.KindOf(err) != fault.Unauthorized {
		h.refuse(w, r, err, in.basic)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}
