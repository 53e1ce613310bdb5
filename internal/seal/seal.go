// Package seal keeps secrets at rest: what the database must hold but nobody who
// reads a copy of it may know.
//
// In: the master key file, made when missing (32 random bytes, mode 0600, durable
// before use). Out: Box, which seals with AES-256-GCM and makes keyed hashes; the
// master key itself is used for neither, each purpose has a key derived by HKDF
// (RFC 5869, SHA-256). Faults: master_key_invalid, master_key_exposed,
// master_key_unavailable, sealed_invalid. Safe for concurrent use.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/leafmark/leafmark/omr/fault"
)

// KeySize is the length of a master key in bytes.
const KeySize = 32

const (
	format   = 1 // first byte of what Seal returns
	saltSize = 16
)

// Box seals and hashes under one master key.
type Box struct {
	master []byte
	macs   sync.Map // purpose -> []byte, its key
}

// New is a Box for a master key of KeySize bytes, for those who hold the key
// elsewhere than in a file.
func New(master []byte) (*Box, error) {
	if len(master) != KeySize {
		return nil, &fault.Error{
			Code: "master_key_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the master key has %d bytes, it must have %d", len(master), KeySize),
			Cure:  "restore the key file from the backup; without it what was sealed stays unreadable",
		}
	}
	return &Box{master: append([]byte(nil), master...)}, nil
}

// Seal encrypts plain and binds it to aad, which Open must be given again: the
// row's id, so that a sealed value cannot be moved to another row. A message key
// is derived from a random salt, so that random nonces never run out (NIST SP
// 800-38D 8.3 allows 2^32 a key).
func (b *Box) Seal(plain, aad []byte) []byte {
	out := make([]byte, 1+saltSize, 1+saltSize+len(plain)+12+16)
	out[0] = format
	rand.Read(out[1:])
	return b.aead(out[1:1+saltSize]).Seal(out, nil, plain, aad) //nolint:gosec // no nonce of ours: this AEAD draws a random one
}

// Open is the inverse of Seal; fault sealed_invalid when sealed was changed, was
// sealed under another key or for another aad.
func (b *Box) Open(sealed, aad []byte) ([]byte, error) {
	if len(sealed) < 1+saltSize || sealed[0] != format {
		return nil, invalid(nil)
	}
	plain, err := b.aead(sealed[1:1+saltSize]).Open(nil, nil, sealed[1+saltSize:], aad)
	if err != nil {
		return nil, invalid(err)
	}
	return plain, nil
}

// MAC is the HMAC-SHA-256 of data under the key of purpose. Each member of data
// goes in with its length, so that ("ab", "c") and ("a", "bc") differ.
func (b *Box) MAC(purpose string, data ...[]byte) [sha256.Size]byte {
	key, ok := b.macs.Load(purpose)
	if !ok {
		key, _ = b.macs.LoadOrStore(purpose, b.derive(nil, "mac "+purpose))
	}
	h := hmac.New(sha256.New, key.([]byte))
	var length [8]byte
	for _, d := range data {
		binary.BigEndian.PutUint64(length[:], uint64(len(d)))
		h.Write(length[:])
		h.Write(d)
	}
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}

func (b *Box) aead(salt []byte) cipher.AEAD {
	block, err := aes.NewCipher(b.derive(salt, "seal"))
	if err == nil {
		var aead cipher.AEAD
		if aead, err = cipher.NewGCMWithRandomNonce(block); err == nil {
			return aead
		}
	}
	panic(fmt.Sprintf("seal: AES-256-GCM refused a key of our own making: %v", err))
}

func (b *Box) derive(salt []byte, info string) []byte {
	key, err := hkdf.Key(sha256.New, b.master, salt, "leafmark "+info, 32)
	if err != nil {
		panic(fmt.Sprintf("seal: HKDF refused parameters of our own making: %v", err))
	}
	return key
}

func invalid(err error) error {
	return &fault.Error{
		Code: "sealed_invalid", Kind: fault.Internal,
		Cause: "a secret in the database does not open: it was changed, or sealed under another master key",
		Cure:  "start with the master key file that belongs to this database (--master-key-file)",
		Err:   err,
	}
}
