package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// Scopes of a token (spec/api.md 2.1). ScopePlatform and ScopeProducts, the
// original's, mean all.
const (
	ScopePlatform = "api.platform"
	ScopeProducts = "api.products"
	ScopeOMR      = "omr"     // forms and recognition
	ScopeStorage  = "storage" // file routes
)

// Scopes are all scopes, in the order in which tokens list them.
func Scopes() []string {
	return []string{ScopePlatform, ScopeProducts, ScopeOMR, ScopeStorage}
}

// grant is what an application gets that asks for scopes: them, each once and in
// the order of Scopes; all when it asks for none. Fault invalid_scope.
func grant(asked []string) (string, error) {
	all := Scopes()
	if len(asked) == 0 {
		return strings.Join(all, " "), nil
	}
	for _, x := range asked {
		if !slices.Contains(all, x) {
			return "", &fault.Error{
				Code: "invalid_scope", Kind: fault.Invalid,
				Cause: fmt.Sprintf("there is no scope %.40q", x),
				Cure:  "ask for some of " + strings.Join(all, ", ") + ", or leave scope out to get all",
			}
		}
	}
	all = slices.DeleteFunc(all, func(x string) bool { return !slices.Contains(asked, x) })
	return strings.Join(all, " "), nil
}

// rights are what the scopes of a token allow.
func rights(scopes []string) []string {
	both := slices.Contains(scopes, ScopePlatform) || slices.Contains(scopes, ScopeProducts)
	var out []string
	for _, x := range []string{ScopeOMR, ScopeStorage} {
		if both || slices.Contains(scopes, x) {
			out = append(out, x)
		}
	}
	return out
}
