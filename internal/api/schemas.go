package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/telemetry"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/markup"
)

// schemaKept is how long others may keep the schema of forms without asking.
const schemaKept = "public, max-age=3600"

// formSchema is the schema and what tells its version from others.
var formSchema = sync.OnceValues(func() (body []byte, tag string) {
	body = markup.JSONSchema()
	sum := sha256.Sum256(body)
	return body, `"` + hex.EncodeToString(sum[:8]) + `"`
})

// schema answers /schemas/form.json, the JSON Schema of form sources; false for
// other paths. It holds nothing of this node or anybody's, so it needs no
// credentials, and pages of any origin, such as editors, may read it.
func (rt *Router) schema(w http.ResponseWriter, r *http.Request, path []string) bool {
	if "/"+strings.ToLower(strings.Join(path, "/")) != markup.SchemaID {
		return false
	}
	telemetry.SetRoute(r.Context(), markup.SchemaID)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		wire.WriteError(w, r, wire.Own, &fault.Error{
			Code: wire.CodeMethod, Kind: fault.Invalid, Cause: "the schema can only be read", Cure: "use GET",
		})
		return true
	}
	body, tag := formSchema()
	h := w.Header()
	h.Set("Content-Type", "application/schema+json; charset=utf-8")
	h.Set("Cache-Control", schemaKept)
	h.Set("ETag", tag)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return true
}
