package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"strings"
)

// Secret is a client secret in clear; it hides itself from logs. Its form is
// spec/api.md 7.2: lm_, 43 characters base64url (256 bit), _, 6 of a checksum.
type Secret string

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("[client secret]") }

const (
	secretPrefix   = "lm_"
	secretRandom   = 43
	secretChecksum = 6
)

// newSecret makes a secret whose checksum lets scanners tell a leaked one from
// text that only looks like one.
func newSecret() Secret {
	random := make([]byte, 32)
	rand.Read(random)
	body := secretPrefix + base64.RawURLEncoding.EncodeToString(random)
	return Secret(body + "_" + checksum(body))
}

// WellFormed tells whether the secret has the form and checksum of one of ours;
// not whether it is anybody's.
func (s Secret) WellFormed() bool {
	const body = len(secretPrefix) + secretRandom
	return len(s) == body+1+secretChecksum &&
		strings.HasPrefix(string(s), secretPrefix) &&
		s[body] == '_' &&
		string(s[body+1:]) == checksum(string(s[:body]))
}

func checksum(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])[:secretChecksum]
}

// CanonicalClientID is a client id as it is stored: a GUID in lower case with
// dashes. It is accepted in any case, with braces, and without dashes
// (spec/api.md 2.1); false when it is none.
func CanonicalClientID(s string) (string, bool) {
	if len(s) >= 2 && s[0] == '{' && s[len(s)-1] == '}' {
		s = s[1 : len(s)-1]
	}
	switch len(s) {
	case 36:
		if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
			return "", false
		}
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	case 32:
	default:
		return "", false
	}
	s = strings.ToLower(s)
	if _, err := hex.DecodeString(s); err != nil {
		return "", false
	}
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:], true
}

// newGUID is a random GUID, version 4 (RFC 9562 5.4).
func newGUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	id, _ := CanonicalClientID(hex.EncodeToString(b[:]))
	return id
}

// newToken is 256 random bits as text, for sessions and links.
func newToken() string {
	random := make([]byte, 32)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}
