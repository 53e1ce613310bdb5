// Package connect is the wire contract of the token service: OAuth 2.0's client
// credentials (RFC 6749 4.4) as spec/api.md 2 narrows them, revocation (RFC 7009),
// introspection (RFC 7662), the key set (RFC 7517) and the discovery documents (OpenID Connect Discovery 1.0, RFC 8414).
//
// In: requests, urlencoded or multipart. Out: tokens, or errors of RFC 6749 5.2.
// Credentials in a query are refused, and no credential is ever logged. Failed
// tries are counted by pair of credentials and by address, in memory.
package connect

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/lockout"
	"github.com/leafmark/leafmark/internal/token"
)

// Failed tries before the lock, and how long both last (spec/api.md 2.4).
const (
	pairLimit    = 5
	addressLimit = 50
	lockWindow   = 10 * time.Minute
)

// Deps are the services that the contract is spoken for, and its settings.
type Deps struct {
	Identity *identity.Service
	Tokens   *token.Service
	// TokenRate limits successful requests an application and second; 0: no limit.
	TokenRate float64
	// AddressLimit is how many failures an address may have in ten minutes; 0: 50.
	AddressLimit int
	// Address is where a request comes from; nil: the connection's other end.
	// Behind a proxy that is trusted it is what the proxy says.
	Address func(*http.Request) string
	Now     func() time.Time // nil: time.Now
	Logger  *slog.Logger     // nil: none
}

// Handler answers the routes of the token service.
type Handler struct {
	deps      Deps
	routes    map[string]http.HandlerFunc
	pairs     *lockout.Counter
	addresses *lockout.Counter
	pairKey   [32]byte // of this process; what is counted is a keyed hash
	rates     rates
}

// New is the Handler for deps.
func New(deps Deps) *Handler {
	if deps.AddressLimit == 0 {
		deps.AddressLimit = addressLimit
	}
	if deps.Address == nil {
		deps.Address = func(r *http.Request) string { return r.RemoteAddr }
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Handler{
		deps:      deps,
		pairs:     lockout.New(pairLimit, lockWindow),
		addresses: lockout.New(deps.AddressLimit, lockWindow),
		rates:     newRates(deps.TokenRate),
	}
	rand.Read(h.pairKey[:])
	h.routes = map[string]http.HandlerFunc{
		"/connect/token":                          h.token,
		"/oauth2/token":                           h.token,
		"/connect/introspect":                     h.introspect,
		"/connect/revocation":                     h.revoke,
		"/.well-known/jwks.json":                  h.published(deps.Tokens.JWKS),
		"/.well-known/openid-configuration":       h.published(h.discovery),
		"/.well-known/oauth-authorization-server": h.published(h.discovery),
	}
	return h
}

// Register adds the routes to mux, all methods of each: who uses a wrong one gets
// this contract's answer.
func (h *Handler) Register(mux *http.ServeMux) {
	for path, serve := range h.routes {
		mux.HandleFunc(path, serve)
	}
}

// ServeHTTP implements http.Handler, for routers of their own. Paths are exact.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if serve, ok := h.routes[r.URL.Path]; ok {
		serve(w, r)
		return
	}
	writeError(w, http.StatusNotFound, "not_found", "There is no such route.")
}
