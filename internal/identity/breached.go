package identity

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the list's hash, not one that we keep
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"

	"golang.org/x/crypto/md4" //nolint:staticcheck,gosec // NTLM is the list's hash, not one that we keep

	"github.com/leafmark/leafmark/omr/fault"
)

const (
	// longestLine bounds a line of the list: a hash, a colon and a count are far less.
	longestLine = 128
	// shortestHash is how much of a hash a shortened list must have: 64 bits, so that
	// among a thousand million hashes a wrong match is out of the question.
	shortestHash = 16
	ntlmHash     = 32 // hex digits
	sha1Hash     = 40
	// sampledLines are looked at when a list is opened: one ordered by count, not by
	// hash, would find nothing.
	sampledLines = 256
)

// Breached is a list of passwords that became known, as it can be downloaded from
// Have I Been Pwned: a line for each, sorted by hash, in hex, with or without
// ":count" behind. 40 digits are SHA-1, 32 NTLM, 16 to 39 others the beginning of
// SHA-1. It is searched in the file, about forty reads a password. Safe for
// concurrent use.
type Breached struct {
	file   *os.File
	size   int64
	digits int
}

// OpenBreached opens a list; fault breached_list_invalid when it is none, or not
// sorted by hash. It must be closed.
func OpenBreached(path string) (*Breached, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, badList(path, "cannot be opened", err)
	}
	l := &Breached{file: file}
	if err := l.check(path); err != nil {
		_ = file.Close() // only read from
		return nil, err
	}
	return l, nil
}

func (l *Breached) check(path string) error {
	info, err := l.file.Stat()
	if err != nil {
		return badList(path, "cannot be read", err)
	}
	l.size = info.Size()
	var last []byte
	for i := range int64(sampledLines + 1) {
		hash, _, _, err := l.line(max(0, l.size-1) * i / sampledLines)
		if err != nil {
			return badList(path, "has lines that are no hashes", err)
		}
		if i == 0 {
			l.digits = len(hash)
		}
		if len(hash) != l.digits || l.digits < shortestHash || l.digits > sha1Hash {
			return badList(path, "has lines that are no hashes", nil)
		}
		if bytes.Compare(hash, last) < 0 {
			return badList(path, "is not sorted by hash", nil)
		}
		last = hash
	}
	return nil
}

// Close closes the file.
func (l *Breached) Close() error { return l.file.Close() }

// Contains tells whether the password is in the list.
func (l *Breached) Contains(password string) (bool, error) {
	want := l.hash(password)
	for low, high := int64(0), l.size; low < high; {
		hash, start, next, err := l.line(low + (high-low)/2)
		if err != nil {
			return false, fmt.Errorf("search the breached passwords: %w", err)
		}
		switch bytes.Compare(want, hash) {
		case 0:
			return true, nil
		case -1:
			high = start
		default:
			low = next
		}
	}
	return false, nil
}

// hash is the password's as the list has it.
func (l *Breached) hash(password string) []byte {
	if l.digits == ntlmHash {
		h := md4.New() //nolint:gosec // see the import
		for _, unit := range utf16.Encode([]rune(password)) {
			h.Write([]byte{byte(unit), byte(unit >> 8)})
		}
		return []byte(strings.ToUpper(hex.EncodeToString(h.Sum(nil))))
	}
	sum := sha1.Sum([]byte(password)) //nolint:gosec // see the import
	return []byte(strings.ToUpper(hex.EncodeToString(sum[:])))[:l.digits]
}

// line is the hash of the line around the place at, in upper case, with where the
// line and the next one begin.
func (l *Breached) line(at int64) (hash []byte, start, next int64, err error) {
	from := max(0, at-longestLine)
	window := make([]byte, 2*longestLine)
	n, err := l.file.ReadAt(window, from)
	if err != nil && err != io.EOF { //nolint:errorlint // ReadAt returns it bare
		return nil, 0, 0, err
	}
	window = window[:n]
	begin := 0
	if i := bytes.LastIndexByte(window[:at-from], '\n'); i >= 0 {
		begin = i + 1
	} else if from > 0 {
		return nil, 0, 0, fmt.Errorf("a line is longer than %d bytes", longestLine)
	}
	end := len(window)
	if i := bytes.IndexByte(window[at-from:], '\n'); i >= 0 {
		end = int(at-from) + i
	} else if from+int64(n) < l.size {
		return nil, 0, 0, fmt.Errorf("a line is longer than %d bytes", longestLine)
	}
	hash, _, _ = bytes.Cut(bytes.TrimRight(window[begin:end], "\r"), []byte(":"))
	if len(hash)%2 != 0 {
		_, err = hex.DecodeString(string(hash) + "0")
	} else {
		_, err = hex.DecodeString(string(hash))
	}
	if err != nil {
		return nil, 0, 0, err
	}
	return bytes.ToUpper(hash), from + int64(begin), from + int64(end) + 1, nil
}

func badList(path, why string, err error) error {
	return &fault.Error{
		Code: "breached_list_invalid", Kind: fault.Invalid,
		Cause: fmt.Sprintf("the list of breached passwords %s %s", path, why),
		Cure:  "give the list of SHA-1 or NTLM hashes that is ordered by hash, a hash a line",
		Err:   err,
	}
}
