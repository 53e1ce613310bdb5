package storage

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/fault"
)

// Limits of a key (spec/api.md 6.1).
const (
	MaxKey     = 1024 // bytes
	MaxSegment = 255  // bytes
)

// CheckKey refuses what is no key of a Bucket, with fault invalid_path: an empty
// segment (a leading, trailing or doubled slash), "." and "..", a backslash,
// control characters, what is not UTF-8, and what is too long.
func CheckKey(key string) error {
	wrong := ""
	switch {
	case key == "":
		wrong = "it is empty"
	case len(key) > MaxKey:
		wrong = fmt.Sprintf("it has %d bytes, %d are allowed", len(key), MaxKey)
	case !utf8.ValidString(key):
		wrong = "it is not UTF-8"
	case strings.ContainsRune(key, '\\'):
		wrong = "it has a backslash"
	case strings.IndexFunc(key, unicode.IsControl) >= 0:
		wrong = "it has control characters"
	default:
		for segment := range strings.SplitSeq(key, "/") {
			switch {
			case segment == "":
				wrong = "it has an empty segment"
			case segment == "." || segment == "..":
				wrong = "it has the segment " + segment
			case len(segment) > MaxSegment:
				wrong = fmt.Sprintf("it has a segment of %d bytes, %d are allowed", len(segment), MaxSegment)
			}
		}
	}
	if wrong == "" {
		return nil
	}
	return &fault.Error{
		Code: "invalid_path", Kind: fault.Invalid,
		Cause: "the path is not allowed: " + wrong,
		Cure:  "write names separated by single slashes, without . and ..",
	}
}

func noObject(key string) error {
	return &fault.Error{
		Code: "object_not_found", Kind: fault.NotFound,
		Cause: fmt.Sprintf("there is no file %q", key),
		Cure:  "check the path; names differ in case",
	}
}
