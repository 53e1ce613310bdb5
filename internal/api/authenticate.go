package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/telemetry"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/omr/fault"
)

// Verifier tells who presents an access token, or the fault of the token:
// invalid_token, token_expired (the Caller then tells when) or token_revoked.
type Verifier interface {
	Verify(ctx context.Context, raw string) (token.Caller, error)
}

const challenge = `Bearer realm="leafmark"`

// authenticate checks the credentials and the scope (RFC 6750, spec/api.md 2.6).
// Where they do not suffice it answers; the body is not read then.
func (rt *Router) authenticate(w http.ResponseWriter, r *http.Request, route *wire.Route) (*http.Request, bool) {
	refuse := func(challenge string, e *fault.Error) (*http.Request, bool) {
		w.Header().Set("WWW-Authenticate", challenge)
		wire.WriteError(w, r, route.Shape, e)
		return nil, false
	}
	headers := r.Header.Values("Authorization")
	if len(headers) > 1 {
		return refuse(challenge+`, error="invalid_request"`, &fault.Error{
			Code: "invalid_request", Kind: fault.Invalid,
			Cause: "the request has two Authorization headers", Cure: "send one",
		})
	}
	raw, ok := bearer(headers)
	if !ok {
		return refuse(challenge, &fault.Error{
			Code: "missing_token", Kind: fault.Unauthorized,
			Cause: "the request has no access token",
			Cure:  "get one from /connect/token and send it as Authorization: Bearer TOKEN",
		})
	}
	caller, err := rt.verifier.Verify(r.Context(), raw)
	if err != nil {
		switch fault.KindOf(err) {
		case fault.Internal, fault.Unavailable:
			rt.logFault(r, err)
			wire.WriteError(w, r, route.Shape, err)
			return nil, false
		default:
		}
		e, description := refusal(err, caller.Expires)
		return refuse(challenge+`, error="invalid_token", error_description="`+description+`"`, e)
	}
	telemetry.Note(r.Context(), slog.String("client", caller.ClientID))
	if !caller.Has(route.Scope) {
		part, _, _ := strings.Cut(route.Scope, ":") // what spec/api.md 2.6 names
		return refuse(challenge+`, error="insufficient_scope", scope="`+part+`"`, &fault.Error{
			Code: "insufficient_scope", Kind: fault.Forbidden,
			Cause: "the access token does not have the scope " + route.Scope, Cure: "ask /connect/token for a token with it",
		})
	}
	return r.WithContext(wire.WithCaller(r.Context(), caller)), true
}

// refusal is what a client is told about a token that is refused. Nothing of the
// verifier's own words is shown: they could tell a forger how far they came.
func refusal(err error, expired time.Time) (e *fault.Error, description string) {
	e = &fault.Error{Kind: fault.Unauthorized, Err: err, Cure: "request a new one from /connect/token"}
	code := ""
	if f := fault.As(err); f != nil {
		code = f.Code
	}
	switch code {
	case "token_expired":
		e.Code, e.Cause = code, "the access token has expired"
		description = "The access token expired"
		if !expired.IsZero() {
			description += " at " + expired.UTC().Format(time.RFC3339)
		}
	case "token_revoked":
		e.Code, e.Cause = code, "the access token was revoked"
		description = "The access token was revoked"
	default:
		e.Code, e.Cause = "invalid_token", "the access token is not valid"
		description = "The access token is not valid"
	}
	return e, description
}

// bearer is the token of an Authorization header; the scheme compares without
// case, blanks around are dropped.
func bearer(headers []string) (string, bool) {
	if len(headers) == 0 {
		return "", false
	}
	scheme, raw, _ := strings.Cut(strings.TrimSpace(headers[0]), " ")
	raw = strings.TrimSpace(raw)
	return raw, strings.EqualFold(scheme, "Bearer") && raw != ""
}
