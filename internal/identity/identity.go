// Package identity knows tenants, users and applications: who there is and what
// they may. It issues no tokens.
//
// In: names, e-mail addresses, passwords, client ids and secrets. Out: rows of
// tenants, users, applications; sessions of people. Secrets are random and kept
// as one HMAC-SHA-256; passwords, which are weak, as argon2id. Every change is
// audited in its own transaction.
package identity

import "time"

// Actor is who changes something, for the audit.
type Actor struct {
	Tenant string
	Kind   string // user, application, operator
	ID     string // e-mail, client id, or the operating system's user
}

// Application is a registered program.
type Application struct {
	ClientID      string // GUID, lower case with dashes
	Tenant        string
	Name          string // for people only, not unique
	Description   string
	StorageID     string // its default storage
	StorageName   string
	Disabled      bool
	Created       time.Time
	SecretChanged time.Time
	// TokensSince: tokens issued before are refused (rotation without overlap).
	TokensSince time.Time
}

// Credentials are shown once, at creation and regeneration.
type Credentials struct {
	ClientID string
	Secret   Secret
}

// Secret is a client secret in clear; it hides itself from logs.
type Secret string

// User is a person with an account.
type User struct {
	ID, Tenant, Email string
	Role              string // owner, member
	Created           time.Time
}
