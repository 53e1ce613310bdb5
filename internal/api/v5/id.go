package v5

import (
	"net/url"
	"strings"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/omr/fault"
)

// idOf is the task id of a query, canonical: lower case with dashes. Names of
// parameters compare without case; empty pairs are skipped (spec/api.md 1.3, 3.1).
func idOf(query string) (string, error) {
	found := ""
	for pair := range strings.SplitSeq(query, "&") {
		name, v, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err != nil || !equalASCII(name, "id") {
			continue
		}
		v, err := url.QueryUnescape(v)
		if err != nil {
			return "", badID("the id is not percent-encoded as it should be")
		}
		id, ok := canonicalID(v)
		switch {
		case strings.TrimSpace(v) == "":
			return "", badID("the id is empty")
		case !ok:
			return "", badID("the id is not a GUID")
		case found != "" && found != id:
			return "", badID("there are two different ids")
		}
		found = id
	}
	if found == "" {
		return "", badID("the id is missing")
	}
	return found, nil
}

func badID(cause string) error {
	return fault.List{{
		Code: wire.CodeValidation, Kind: fault.Invalid, Where: fault.Where{Path: "id"},
		Cause: cause, Cure: "send the id that the POST was answered with, as ?id=GUID",
	}}
}

// canonicalID reads a GUID of 36 characters or 32 digits, in any case, in quotes
// or braces or not.
func canonicalID(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if n := len(s); n >= 2 && s[0] == '"' && s[n-1] == '"' {
		s = s[1 : n-1]
	}
	if n := len(s); n >= 2 && s[0] == '{' && s[n-1] == '}' {
		s = s[1 : n-1]
	}
	if len(s) == 36 {
		if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
			return "", false
		}
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 {
		return "", false
	}
	s = strings.ToLower(s)
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", false
		}
	}
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:], true
}
