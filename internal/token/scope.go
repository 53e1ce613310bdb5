package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

// Scopes of a token (spec/api.md 2.1). ScopePlatform and ScopeProducts, the
// original's, mean all.
const (
	ScopePlatform = "api.platform"
	ScopeProducts = "api.products"
)

// Scopes are all scopes, in the order in which tokens list them.
func Scopes() []string {
	return append([]string{ScopePlatform, ScopeProducts}, identity.Scopes()...)
}

// grant is what an application gets that asks for scopes: them, each once and in
// the order of Scopes, as far as it may have them; all that it may when it asks for
// none. narrower tells that it is less than was asked for. Fault invalid_scope: a
// scope that there is not, or none of which the application may have.
func grant(may, asked []string) (scope string, narrower bool, err error) {
	all := Scopes()
	for _, x := range asked {
		if !slices.Contains(all, x) {
			return "", false, &fault.Error{
				Code: "invalid_scope", Kind: fault.Invalid,
				Cause: fmt.Sprintf("there is no scope %.40q", x),
				Cure:  "ask for some of " + strings.Join(all, ", ") + ", or leave scope out to get all",
			}
		}
	}
	if len(asked) == 0 {
		if len(may) > 0 {
			return strings.Join(may, " "), false, nil
		}
		return strings.Join([]string{ScopePlatform, ScopeProducts, identity.ScopeOMR, identity.ScopeStorage}, " "), false, nil
	}
	if len(may) == 0 {
		all = slices.DeleteFunc(all, func(x string) bool { return !slices.Contains(asked, x) })
		return strings.Join(all, " "), false, nil
	}
	got := within(rights(asked), may)
	if len(got) == 0 {
		return "", false, &fault.Error{
			Code: "invalid_scope", Kind: fault.Invalid,
			Cause: "the application may have none of the scopes asked for",
			Cure:  "ask for some of " + strings.Join(may, ", ") + ", or leave scope out to get all that it may",
		}
	}
	return strings.Join(got, " "), !slices.Equal(got, rights(asked)), nil
}

// rights are what the scopes of a token allow: whole parts of the API, else single
// rights.
func rights(scopes []string) []string {
	every := slices.Contains(scopes, ScopePlatform) || slices.Contains(scopes, ScopeProducts)
	var out []string
	for _, x := range identity.Scopes() {
		whole, _, single := strings.Cut(x, ":")
		switch {
		case single && slices.Contains(out, whole):
		case every && !single, slices.Contains(scopes, x):
			out = append(out, x)
		}
	}
	return out
}

// within are the rights that an application may have that may no more than may
// says; empty: all.
func within(rights, may []string) []string {
	if len(may) == 0 {
		return rights
	}
	var out []string
	for _, x := range rights {
		if has(may, x) {
			out = append(out, x)
			continue
		}
		for _, y := range may {
			if strings.HasPrefix(y, x+":") {
				out = append(out, y)
			}
		}
	}
	return out
}

// has tells whether rights hold a right, by itself or by its whole part.
func has(rights []string, right string) bool {
	whole, _, _ := strings.Cut(right, ":")
	return slices.Contains(rights, right) || slices.Contains(rights, whole)
}
