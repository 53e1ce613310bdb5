package connect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/token"
)

// metadata is what the two discovery documents share (RFC 8414 2, OpenID Connect
// Discovery 1.0 3). There are no users here and no authorization endpoint: who
// wants to verify tokens finds issuer and keys, who wants one where to ask.
type metadata struct {
	Issuer        string   `json:"issuer"`
	TokenEndpoint string   `json:"token_endpoint"`
	Revocation    string   `json:"revocation_endpoint"`
	Introspection string   `json:"introspection_endpoint"`
	JWKS          string   `json:"jwks_uri"`
	Scopes        []string `json:"scopes_supported"`
	ResponseTypes []string `json:"response_types_supported"`
	GrantTypes    []string `json:"grant_types_supported"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	AuthAlgs      []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	SigningAlgs   []string `json:"id_token_signing_alg_values_supported"`
}

func (h *Handler) discovery(context.Context) ([]byte, error) {
	issuer := h.deps.Tokens.Issuer()
	base := strings.TrimRight(issuer, "/")
	return json.Marshal(metadata{
		Issuer:        issuer,
		TokenEndpoint: base + "/connect/token",
		Revocation:    base + "/connect/revocation",
		Introspection: base + "/connect/introspect",
		JWKS:          base + "/.well-known/jwks.json",
		Scopes:        token.Scopes(),
		ResponseTypes: []string{},
		GrantTypes:    []string{"client_credentials"},
		AuthMethods:   []string{"client_secret_post", "client_secret_basic", "private_key_jwt"},
		AuthAlgs:      []string{"RS256", "PS256", "ES256", "ES384", "EdDSA"},
		SubjectTypes:  []string{"public"},
		SigningAlgs:   token.Algs(),
	})
}

// publishedFor is how long others may keep a published document: a new key must
// be published so long before it signs.
const publishedFor = "public, max-age=300"

// published answers GET and HEAD with a public document.
func (h *Handler) published(document func(context.Context) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeError(w, http.StatusMethodNotAllowed, "invalid_request", "Read this document with GET.")
			return
		}
		body, err := document(r.Context())
		if err != nil {
			h.refuse(w, r, err, false)
			return
		}
		sum := sha256.Sum256(body)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", publishedFor)
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
}
