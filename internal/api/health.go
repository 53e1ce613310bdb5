package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/telemetry"
	"github.com/leafmark/leafmark/omr/fault"
)

// readyLimit is how long the question whether the services answer may take.
const readyLimit = 2 * time.Second

// health answers /healthz (the process serves) and /readyz (its services answer);
// false for other paths. Neither needs credentials or tells anything else.
func (rt *Router) health(w http.ResponseWriter, r *http.Request, path []string) bool {
	if len(path) != 1 || path[0] != "healthz" && path[0] != "readyz" {
		return false
	}
	telemetry.SetRoute(r.Context(), "/"+path[0])
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		wire.WriteError(w, r, wire.Own, &fault.Error{
			Code: wire.CodeMethod, Kind: fault.Invalid, Cause: "this can only be asked", Cure: "use GET",
		})
		return true
	}
	if path[0] == "readyz" && rt.ready != nil {
		ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
		defer cancel()
		if err := rt.ready(ctx); err != nil {
			rt.log.ErrorContext(ctx, "not ready", "error", err)
			wire.WriteError(w, r, wire.Own, &fault.Error{Code: wire.CodeUnavailable, Kind: fault.Unavailable, Err: err})
			return true
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	wire.Write(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte(strings.TrimSuffix(path[0], "z")+"\n"))
	return true
}
