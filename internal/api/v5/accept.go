package v5

import (
	"strconv"
	"strings"
)

const (
	plainText = "text/plain; charset=utf-8"
	json      = "application/json; charset=utf-8"
	textJSON  = "text/json; charset=utf-8"
)

// wish is a media range of an Accept header.
type wish struct {
	kind    string // lower case, without parameters
	quality float64
}

// wishes are the media ranges of Accept headers with a quality above zero, in
// order. Old clients write ranges that no grammar has; what cannot be read is
// left out.
func wishes(accept []string) []wish {
	var out []wish
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, params, _ := strings.Cut(part, ";")
		kind = strings.ToLower(strings.TrimSpace(kind))
		if kind == "*" { // older Java
			kind = "*/*"
		}
		q := 1.0
		for p := range strings.SplitSeq(params, ";") {
			name, v, _ := strings.Cut(p, "=")
			if strings.EqualFold(strings.TrimSpace(name), "q") {
				if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
					q = f
				}
			}
		}
		if kind != "" && q > 0 {
			out = append(out, wish{kind, q})
		}
	}
	return out
}

// typeOfWish is our type that serves a media range, "" for none.
func typeOfWish(kind string) string {
	switch {
	case kind == "text/plain", kind == "text/*":
		return plainText
	case kind == "text/json":
		return textJSON
	case kind == "application/json", kind == "application/*",
		strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json"):
		return json
	}
	return ""
}

// typeOfID is the content type of the answer to a POST (spec/api.md 1.6, the
// table): the id is bare in text and quoted in JSON.
func typeOfID(accept []string) string {
	best, quality := plainText, 0.0
	for _, w := range wishes(accept) {
		if w.kind == "*/*" {
			return plainText
		}
		if t := typeOfWish(w.kind); t != "" && w.quality > quality {
			best, quality = t, w.quality
		}
	}
	return best
}

// typeOfObject is the content type of the answer to a GET: JSON whatever is asked
// for, by the name text/json only where that alone is.
func typeOfObject(accept []string) string {
	out := json
	for _, w := range wishes(accept) {
		switch t := typeOfWish(w.kind); {
		case w.kind == "*/*", t == json:
			return json
		case t == textJSON:
			out = textJSON
		}
	}
	return out
}
