package identity

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leafmark/leafmark/omr/fault"
)

// What an application may: whole parts of the API, or single rights in them.
const (
	ScopeOMR          = "omr" // forms and recognition
	ScopeGenerate     = "omr:generate"
	ScopeRecognize    = "omr:recognize"
	ScopeRead         = "omr:read"
	ScopeStorage      = "storage" // file routes
	ScopeStorageRead  = "storage:read"
	ScopeStorageWrite = "storage:write"
)

// Scopes are all of them, each part before its rights.
func Scopes() []string {
	return []string{ScopeOMR, ScopeGenerate, ScopeRecognize, ScopeRead, ScopeStorage, ScopeStorageRead, ScopeStorageWrite}
}

// Bounds of the life of an application's tokens.
const (
	LeastTokenTTL = time.Minute
	MostTokenTTL  = 24 * time.Hour
)

// LimitApplication says what an application may at most (of Scopes; none: all) and
// how long its tokens live (0: as long as the installation's, which bounds it).
// Tokens that it has are bound by it too, within two seconds everywhere. Faults:
// application_not_found, scope_invalid, token_ttl_invalid.
func (s *Service) LimitApplication(ctx context.Context, by Actor, clientID string, scopes []string, ttl time.Duration) error {
	all := Scopes()
	for _, x := range scopes {
		if !slices.Contains(all, x) {
			return &fault.Error{
				Code: "scope_invalid", Kind: fault.Invalid,
				Cause: fmt.Sprintf("there is no scope %.40q", x), Cure: "use some of " + strings.Join(all, ", "),
			}
		}
	}
	if ttl != 0 && (ttl < LeastTokenTTL || ttl > MostTokenTTL || ttl%time.Second != 0) {
		return &fault.Error{
			Code: "token_ttl_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("tokens would live for %s", ttl),
			Cure:  fmt.Sprintf("give whole seconds from %s to %s, or 0", LeastTokenTTL, MostTokenTTL),
		}
	}
	kept := slices.DeleteFunc(all, func(x string) bool { return !slices.Contains(scopes, x) })
	detail := fmt.Sprintf("scopes %q, token life %s", strings.Join(kept, " "), ttl)
	return s.change(ctx, by, clientID, "application.limit", detail, func(tx *sql.Tx, id string) error {
		_, err := tx.ExecContext(ctx, `UPDATE application SET scopes = ?, token_ttl = ? WHERE client_id = ?`,
			strings.Join(kept, " "), int64(ttl/time.Second), id)
		return err
	})
}
