// Package token issues and verifies access tokens and keeps the signing keys.
// No HTTP.
//
// In: an authenticated application, scopes. Out: compact JWS (RS256, RFC 9068
// claims), the JWKS, the Caller of a presented token. Verification is local: no
// database read; revocations and disabled applications are known within 2 s.
package token

import "time"

// Caller is who presented a valid access token.
type Caller struct {
	Tenant   string
	ClientID string   // of the application
	Scopes   []string // omr, storage
	TokenID  string   // jti
	Expires  time.Time
}
