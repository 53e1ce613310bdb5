package token

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/omr/fault"
)

// Algs are the signature algorithms of tokens (RFC 7518 3.1, RFC 8037 3.1): RS256,
// the default, as all clients know it; the others sign some thirty times faster.
func Algs() []string { return []string{string(jose.RS256), string(jose.ES256), string(jose.EdDSA)} }

const (
	// rsaBits is the size of RSA keys (spec: RS256 with 2048 bits, as the original's).
	rsaBits = 2048
	// DefaultPublish is how long a new key is published before it signs: longer than
	// others may keep the key set.
	DefaultPublish = time.Hour
	// DefaultLongest bounds the life of tokens of any application.
	DefaultLongest = 24 * time.Hour
	// retireSlip is added to the last token's life, for clocks that differ.
	retireSlip = time.Minute
	// keysEvery is how long a process believes in its keys before it asks whether
	// another changed them.
	keysEvery = time.Second
)

// KeyOptions of Keys; the zero value suits most.
type KeyOptions struct {
	Alg     string        // of Algs, of the key that signs; empty: RS256
	Life    time.Duration // after which a key is followed by the next; 0: never by itself
	Publish time.Duration // a new key is published so long before it signs; 0: DefaultPublish
	Longest time.Duration // life of the longest-lived token; 0: DefaultLongest
	// Signers sign instead of the keys in the database, the last one given: from a
	// file, or by a device or service that holds the private key (PKCS #11, KMS).
	// The public key says the algorithm.
	Signers []crypto.Signer
	Type    string // header typ of tokens: JWT or at+jwt (RFC 9068); empty: JWT
	Now     func() time.Time
}

// Keys are the signing keys of an installation: made, rotated, published and
// retired here. Several processes on one database see each other's changes within
// two seconds. Safe for concurrent use.
type Keys struct {
	db  *db.DB
	box *seal.Box
	opt KeyOptions

	reading sync.Mutex // one process reads once
	ring    atomic.Pointer[ring]
}

// KeyState is what a signing key does at present.
type KeyState string

// Key states (the glossary's words).
const (
	KeyNext    KeyState = "next"    // published, does not sign yet
	KeyActive  KeyState = "active"  // signs
	KeyLast    KeyState = "last"    // signs no more, its tokens are still good
	KeyRetired KeyState = "retired" // its tokens are refused
)

// KeyInfo is a signing key as people see it.
type KeyInfo struct {
	ID      string    `json:"kid"` // RFC 7638 thumbprint
	Alg     string    `json:"alg"`
	State   KeyState  `json:"state"`
	Created time.Time `json:"created"`
	Active  time.Time `json:"active"`           // signs from
	Retired time.Time `json:"retired,omitzero"` // its tokens are refused from; zero: not known yet
	Outside bool      `json:"outside"`          // its private key is not in the database
}

// NewKeys opens the signing keys and makes the first one.
func NewKeys(ctx context.Context, database *db.DB, box *seal.Box, opt KeyOptions) (*Keys, error) {
	if opt.Alg == "" {
		opt.Alg = string(jose.RS256)
	}
	if opt.Publish == 0 {
		opt.Publish = DefaultPublish
	}
	if opt.Longest == 0 {
		opt.Longest = DefaultLongest
	}
	if opt.Type == "" {
		opt.Type = "JWT"
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	for _, s := range opt.Signers {
		if _, err := algOf(s.Public()); err != nil {
			return nil, err
		}
	}
	switch {
	case !slices.Contains(Algs(), opt.Alg):
		return nil, algUnknown(opt.Alg)
	case opt.Type != "JWT" && opt.Type != "at+jwt":
		return nil, &fault.Error{
			Code: "token_option_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("tokens cannot be of type %q", opt.Type), Cure: "choose JWT or at+jwt",
		}
	case opt.Life != 0 && opt.Life < 2*opt.Publish:
		return nil, &fault.Error{
			Code: "token_option_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("a signing key would live for %s and be published for %s before", opt.Life, opt.Publish),
			Cure:  "give --key-life of at least twice --key-publish, or 0",
		}
	}
	k := &Keys{db: database, box: box, opt: opt}
	r, err := k.current(ctx)
	if err == nil && r.signer(opt.Now()) == nil {
		err = k.add(ctx, opt.Now(), operator, "first", func(tx *sql.Tx) (bool, error) {
			stored, err := readKeys(ctx, tx)
			if err != nil {
				return false, err
			}
			for _, x := range stored { // another process was faster
				if x.alg == opt.Alg && !x.retiredAt(opt.Now()) && !x.active.After(opt.Now()) {
					return false, nil
				}
			}
			return true, nil
		})
	}
	if err != nil {
		return nil, keyless(err)
	}
	return k, nil
}

// operator is who acts when nobody asked.
var operator = audit.Actor{Kind: "operator", ID: "node"}

func keyless(err error) error {
	if e := fault.As(err); e != nil && e.Kind != fault.Unavailable {
		return err
	}
	return &fault.Error{
		Code: "signing_key_unavailable", Kind: fault.Unavailable,
		Cause: "the signing key cannot be read or made",
		Cure:  "look at the server's log; the database must be writable",
		Err:   err,
	}
}

func algUnknown(alg string) error {
	return &fault.Error{
		Code: "token_option_invalid", Kind: fault.Invalid,
		Cause: fmt.Sprintf("tokens cannot be signed with %q", alg), Cure: "choose " + strings.Join(Algs(), ", "),
	}
}

// algOf is the algorithm that a key signs with.
func algOf(public crypto.PublicKey) (jose.SignatureAlgorithm, error) {
	switch p := public.(type) {
	case *rsa.PublicKey:
		if p.N.BitLen() >= rsaBits {
			return jose.RS256, nil
		}
	case *ecdsa.PublicKey:
		if p.Curve == elliptic.P256() {
			return jose.ES256, nil
		}
	case ed25519.PublicKey:
		return jose.EdDSA, nil
	}
	return "", &fault.Error{
		Code: "signing_key_unfit", Kind: fault.Invalid,
		Cause: "a signing key is neither RSA of 2048 bits or more, nor P-256, nor Ed25519",
		Cure:  "make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, or ED25519",
	}
}

// thumbprint is the kid of a public key (RFC 7638).
func thumbprint(public crypto.PublicKey) (string, error) {
	print, err := (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("name signing key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(print), nil
}

func generate(alg string) (crypto.Signer, error) {
	switch alg {
	case string(jose.ES256):
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case string(jose.EdDSA):
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	case string(jose.RS256):
		return rsa.GenerateKey(rand.Reader, rsaBits)
	}
	return nil, algUnknown(alg)
}

// ParseKey reads a private key as openssl writes it: PEM, PKCS #8.
func ParseKey(text []byte) (crypto.Signer, error) {
	unfit := func(cause string, err error) error {
		return &fault.Error{
			Code: "signing_key_unfit", Kind: fault.Invalid, Cause: cause,
			Cure: "give a PEM file that begins with -----BEGIN PRIVATE KEY-----, without a passphrase", Err: err,
		}
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, unfit("the file holds no private key in PKCS #8", nil)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, unfit("the private key cannot be read", err)
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, unfit("the private key cannot sign", nil)
	}
	if _, err := algOf(signer.Public()); err != nil {
		return nil, err
	}
	return signer, nil
}

// List is every key that is kept, oldest first.
func (k *Keys) List(ctx context.Context) ([]KeyInfo, error) {
	r, err := k.read(ctx)
	if err != nil {
		return nil, err
	}
	return r.infos(k.opt.Now()), nil
}

// Rotate makes the next key: published now, it signs after KeyOptions.Publish; the
// present one is retired when its last token has ended.
func (k *Keys) Rotate(ctx context.Context, by audit.Actor) error {
	now := k.opt.Now()
	return k.add(ctx, now.Add(k.opt.Publish), by, "rotate", func(*sql.Tx) (bool, error) { return true, nil })
}

// Replace is for a key that leaked: a new one signs at once, and the tokens of all
// others are refused within two seconds, on every node.
func (k *Keys) Replace(ctx context.Context, by audit.Actor) error {
	now := k.opt.Now()
	return k.add(ctx, now, by, "replace", func(tx *sql.Tx) (bool, error) {
		_, err := tx.ExecContext(ctx, `UPDATE signing_key SET retired = ? WHERE retired = 0 OR retired > ?`, db.Millis(now), db.Millis(now))
		return true, err
	})
}

// RotateDue is Rotate when the present key has lived for KeyOptions.Life, by
// whichever node asks first. Keys that retired a day ago are forgotten.
func (k *Keys) RotateDue(ctx context.Context) error {
	now := k.opt.Now()
	r, err := k.current(ctx)
	if err != nil {
		return err
	}
	forget := now.Add(-24 * time.Hour)
	if slices.ContainsFunc(r.keys, func(x *key) bool { return !x.good(forget) }) {
		if _, err := k.db.Write().ExecContext(ctx, `DELETE FROM signing_key WHERE retired > 0 AND retired <= ?`, db.Millis(forget)); err != nil {
			return fmt.Errorf("forget retired keys: %w", err)
		}
		if r, err = k.read(ctx); err != nil {
			return err
		}
	}
	if k.opt.Life == 0 || len(k.opt.Signers) > 0 {
		return nil
	}
	begins := now.Add(k.opt.Publish)
	if newest := r.newest(jose.SignatureAlgorithm(k.opt.Alg)); newest != nil && begins.Before(newest.active.Add(k.opt.Life)) {
		return nil
	}
	return k.add(ctx, begins, operator, "rotate", func(tx *sql.Tx) (bool, error) {
		var newest sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT max(active) FROM signing_key WHERE alg = ? AND retired = 0`, k.opt.Alg).Scan(&newest)
		due := !newest.Valid || !begins.Before(db.Time(newest.Int64).Add(k.opt.Life))
		return due, err
	})
}

// Import keeps a private key in the database and signs with it as Rotate does.
func (k *Keys) Import(ctx context.Context, by audit.Actor, private crypto.Signer) error {
	alg, err := algOf(private.Public())
	if err != nil {
		return err
	}
	if string(alg) != k.opt.Alg {
		return &fault.Error{
			Code: "signing_key_unfit", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the key is for %s, this installation signs with %s", alg, k.opt.Alg),
			Cure:  "give a key of that kind, or set --token-alg " + string(alg),
		}
	}
	return k.insert(ctx, private, k.opt.Now().Add(k.opt.Publish), by, "import", func(*sql.Tx) (bool, error) { return true, nil })
}

// add makes a key that signs from active, unless when finds that it is not needed.
func (k *Keys) add(ctx context.Context, active time.Time, by audit.Actor, why string, when func(*sql.Tx) (bool, error)) error {
	private, err := generate(k.opt.Alg)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	return k.insert(ctx, private, active, by, why, when)
}

func (k *Keys) insert(ctx context.Context, private crypto.Signer, active time.Time, by audit.Actor, why string, when func(*sql.Tx) (bool, error)) error {
	id, err := thumbprint(private.Public())
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("write signing key: %w", err)
	}
	alg, err := algOf(private.Public())
	if err != nil {
		return err
	}
	now := k.opt.Now()
	err = k.db.Tx(ctx, func(tx *sql.Tx) error {
		if needed, err := when(tx); err != nil || !needed {
			return err
		}
		var one int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM signing_key WHERE kid = ?`, id).Scan(&one)
		if err == nil {
			return &fault.Error{
				Code: "signing_key_exists", Kind: fault.Conflict,
				Cause: "this key is in the database already: " + id, Cure: "nothing is to be done; leafmark key list shows it",
			}
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		// Whatever signed until then is needed until its last token has ended.
		ends := active.Add(k.opt.Longest + retireSlip)
		if _, err := tx.ExecContext(ctx, `UPDATE signing_key SET retired = ? WHERE retired = 0`, db.Millis(ends)); err != nil {
			return fmt.Errorf("retire signing keys: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO signing_key (kid, alg, sealed, created, active) VALUES (?, ?, ?, ?, ?)`,
			id, string(alg), k.box.Seal(der, sealedAs(id)), db.Millis(now), db.Millis(active)); err != nil {
			return fmt.Errorf("insert signing key: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE signing_key_change SET version = version + 1`); err != nil {
			return fmt.Errorf("tell of the signing key: %w", err)
		}
		return audit.Record(ctx, tx, now, by, "signing_key."+why, id, string(alg))
	})
	if err != nil {
		return err
	}
	_, err = k.read(ctx)
	return err
}

func sealedAs(id string) []byte { return []byte("signing key " + id) }

// JWKS is the set of public keys that tokens may be signed with (RFC 7517), as JSON.
func (k *Keys) JWKS(ctx context.Context) ([]byte, error) {
	r, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	return r.jwks, nil
}

// current is the ring, at most keysEvery old. While one goroutine reads, the
// others go on with the one before: together that is under two seconds.
func (k *Keys) current(ctx context.Context) (*ring, error) {
	now := k.opt.Now()
	r := k.ring.Load()
	if r != nil && r.fresh(now, keysEvery) {
		return r, nil
	}
	if r != nil && r.fresh(now, 2*keysEvery-keysEvery/4) {
		if !k.reading.TryLock() {
			return r, nil
		}
	} else {
		k.reading.Lock()
		if r = k.ring.Load(); r != nil && r.fresh(now, keysEvery) {
			k.reading.Unlock()
			return r, nil
		}
	}
	defer k.reading.Unlock()
	if r != nil && now.Before(r.changes) {
		var version int64
		if err := k.db.Read().QueryRowContext(ctx, `SELECT version FROM signing_key_change`).Scan(&version); err != nil {
			return nil, keyless(err)
		}
		if version == r.version {
			again := *r
			again.asOf = now
			k.ring.Store(&again)
			return &again, nil
		}
	}
	return k.readLocked(ctx)
}

// read takes the keys in anew.
func (k *Keys) read(ctx context.Context) (*ring, error) {
	k.reading.Lock()
	defer k.reading.Unlock()
	return k.readLocked(ctx)
}

func (k *Keys) readLocked(ctx context.Context) (*ring, error) {
	now := k.opt.Now()
	var version int64
	if err := k.db.Read().QueryRowContext(ctx, `SELECT version FROM signing_key_change`).Scan(&version); err != nil {
		return nil, keyless(err)
	}
	stored, err := readKeys(ctx, k.db.Read())
	if err != nil {
		return nil, keyless(err)
	}
	r, err := k.ringOf(stored, now)
	if err != nil {
		return nil, err
	}
	r.version = version // read first: a change between is seen the next time
	k.ring.Store(r)
	return r, nil
}

// storedKey is a row of signing_key.
type storedKey struct {
	id, alg                  string
	sealed                   []byte // PKCS #8
	created, active, retired time.Time
}

func (x storedKey) retiredAt(now time.Time) bool {
	return !x.retired.IsZero() && !now.Before(x.retired)
}

func (x storedKey) open(box *seal.Box) (crypto.Signer, error) {
	der, err := box.Open(x.sealed, sealedAs(x.id))
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("parse signing key %s: %w", x.id, err)
	}
	private, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("signing key %s is a %T", x.id, parsed)
	}
	alg, err := algOf(private.Public())
	if err != nil || string(alg) != x.alg {
		return nil, &fault.Error{
			Code: "signing_key_unavailable", Kind: fault.Unsupported,
			Cause: fmt.Sprintf("the signing key %s is for %s, this release knows %s", x.id, x.alg, strings.Join(Algs(), ", ")),
			Cure:  "run the release that made it, or a later one",
		}
	}
	return private, nil
}

// querier reads: the database, or a transaction on it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readKeys(ctx context.Context, from querier) ([]storedKey, error) {
	rows, err := from.QueryContext(ctx, `SELECT kid, alg, sealed, created, active, retired FROM signing_key ORDER BY active, created, kid`)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var all []storedKey
	for rows.Next() {
		var x storedKey
		var created, active, retired int64
		if err := rows.Scan(&x.id, &x.alg, &x.sealed, &created, &active, &retired); err != nil {
			return nil, fmt.Errorf("read signing keys: %w", err)
		}
		x.created, x.active, x.retired = db.Time(created), db.Time(active), db.Time(retired)
		all = append(all, x)
	}
	return all, rows.Err()
}
