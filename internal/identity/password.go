package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/leafmark/leafmark/omr/fault"
)

// argon2id as the OWASP Password Storage Cheat Sheet recommends first: 19 MiB,
// two passes, one lane.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// parallelHashes bounds the memory that a flood of sign-ins can take: 4 · 19 MiB.
const parallelHashes = 4

const (
	minPassword = 12   // characters; NIST SP 800-63B 5.1.1.2 asks for 8 at least
	maxPassword = 1024 // bytes
)

// cleanPassword is the password in the one Unicode form that keyboards of all
// systems agree on (RFC 8265 4.2: NFC). It forbids nothing but too short and too long.
func cleanPassword(password string) (string, error) {
	p := norm.NFC.String(password)
	if !utf8.ValidString(p) || utf8.RuneCountInString(p) < minPassword || len(p) > maxPassword {
		return "", &fault.Error{
			Code: "password_invalid", Kind: fault.Invalid,
			Cause: "the password is too short or too long",
			Cure:  fmt.Sprintf("choose one of at least %d characters; some words in a row are easy to remember and hard to guess", minPassword),
		}
	}
	return p, nil
}

// newPassword is cleanPassword for one that somebody chooses: it must not be known
// from a breach either. Faults: password_invalid, password_breached.
func (s *Service) newPassword(password string) (string, error) {
	p, err := cleanPassword(password)
	if err != nil || s.breached == nil {
		return p, err
	}
	known, err := s.breached.Contains(p)
	if err != nil {
		return "", unavailable("check a password", err)
	}
	if known {
		return "", &fault.Error{
			Code: "password_breached", Kind: fault.Invalid,
			Cause: "this password is in lists that attackers have",
			Cure:  "choose another, and change it wherever else you use it",
		}
	}
	return p, nil
}

// hashPassword is password's hash in PHC form, as the argon2 reference prints it.
func (s *Service) hashPassword(ctx context.Context, password string) (string, error) {
	release, err := s.hashSlot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b64(salt), b64(key)), nil
}

// passwordMatches compares password with a hash of hashPassword, in constant time.
// An empty hash, of nobody or of one who signs in by link, takes as long and never
// matches.
func (s *Service) passwordMatches(ctx context.Context, password, hash string) (bool, error) {
	release, err := s.hashSlot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	if hash == "" {
		argon2.IDKey([]byte(password), make([]byte, argonSalt), argonTime, argonMemory, argonLanes, argonKey)
		return false, nil
	}
	memory, time, lanes, salt, want, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// parseHash reads the PHC form, so that hashes stay good when the parameters of
// new ones change.
func parseHash(hash string) (memory, time uint32, lanes uint8, salt, key []byte, err error) {
	var version int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return 0, 0, 0, nil, nil, fmt.Errorf("password hash of an unknown form")
	}
	if _, err = fmt.Sscanf(parts[2], "v=%d", &version); err == nil && version != argon2.Version {
		err = fmt.Errorf("argon2 version %d", version)
	}
	if err == nil {
		_, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes)
	}
	if err == nil {
		salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	}
	if err == nil {
		key, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err == nil && (time < 1 || lanes < 1 || len(key) < 16) {
		err = fmt.Errorf("argon2 parameters %s", parts[3])
	}
	if err != nil {
		return 0, 0, 0, nil, nil, fmt.Errorf("password hash: %w", err)
	}
	return memory, time, lanes, salt, key, nil
}

func (s *Service) hashSlot(ctx context.Context) (release func(), err error) {
	select {
	case s.hashing <- struct{}{}:
		return func() { <-s.hashing }, nil
	case <-ctx.Done():
		return nil, unavailable("wait to hash a password", ctx.Err())
	}
}
