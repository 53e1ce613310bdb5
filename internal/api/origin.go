package api

import (
	"net/http"
	"slices"
)

// allowOrigin names the request's origin in the answer when the operator allows
// it (the CORS protocol of the Fetch standard). True where the request was only
// the question beforehand; it needs no credentials and is not refused, since what
// it grants is up to the headers alone.
func (rt *Router) allowOrigin(w http.ResponseWriter, r *http.Request, at *node) (preflight bool) {
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(rt.origins, origin) {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id, Location")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", at.allow())
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding, Accept, Idempotency-Key, X-Request-Id")
	h.Set("Access-Control-Max-Age", "600")
	return true
}
