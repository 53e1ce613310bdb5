package token

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/omr/fault"
)

const rsaBits = 2048

// keyring is the signing keys of the installation. It does not change.
type keyring struct {
	byID   map[string]*key
	signer jose.Signer // of the newest key
	jwks   []byte
}

// key verifies what was signed with it; its algorithm is pinned.
type key struct {
	alg    jose.SignatureAlgorithm
	public *rsa.PublicKey
}

// loadKeys reads the keys, and makes the first when there is none.
func loadKeys(ctx context.Context, d *db.DB, box *seal.Box, typ string, now func() time.Time) (*keyring, error) {
	var stored []storedKey
	stored, err := readKeys(ctx, d)
	if err == nil && len(stored) == 0 {
		if err = makeKey(ctx, d, box, now()); err == nil {
			stored, err = readKeys(ctx, d)
		}
	}
	if err != nil {
		return nil, &fault.Error{
			Code: "signing_key_unavailable", Kind: fault.Unavailable,
			Cause: "the signing key cannot be read or made",
			Cure:  "look at the server's log; the database must be writable",
			Err:   err,
		}
	}
	ring := &keyring{byID: map[string]*key{}}
	var public jose.JSONWebKeySet
	for _, x := range stored {
		private, err := x.open(box)
		if err != nil {
			return nil, err
		}
		ring.byID[x.id] = &key{alg: jose.RS256, public: &private.PublicKey}
		public.Keys = append(public.Keys, jose.JSONWebKey{Key: &private.PublicKey, KeyID: x.id, Algorithm: string(jose.RS256), Use: "sig"})
		// Oldest first, so the newest signs.
		ring.signer, err = jose.NewSigner(
			jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: x.id}},
			(&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
		if err != nil {
			return nil, fmt.Errorf("use signing key %s: %w", x.id, err)
		}
	}
	if ring.jwks, err = json.Marshal(public); err != nil {
		return nil, fmt.Errorf("write the key set: %w", err)
	}
	return ring, nil
}

type storedKey struct {
	id, alg string
	sealed  []byte // PKCS #8
}

func (x storedKey) open(box *seal.Box) (*rsa.PrivateKey, error) {
	if x.alg != string(jose.RS256) {
		return nil, &fault.Error{
			Code: "signing_key_unavailable", Kind: fault.Unsupported,
			Cause: fmt.Sprintf("the signing key %s is for %s, this release knows %s", x.id, x.alg, jose.RS256),
			Cure:  "run the release that made it, or a later one",
		}
	}
	der, err := box.Open(x.sealed, []byte("signing key "+x.id))
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("parse signing key %s: %w", x.id, err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s is a %T", x.id, parsed)
	}
	return private, nil
}

func readKeys(ctx context.Context, d *db.DB) ([]storedKey, error) {
	rows, err := d.Read().QueryContext(ctx, `SELECT kid, alg, sealed FROM signing_key ORDER BY created, kid`)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var all []storedKey
	for rows.Next() {
		var x storedKey
		if err := rows.Scan(&x.id, &x.alg, &x.sealed); err != nil {
			return nil, fmt.Errorf("read signing keys: %w", err)
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// makeKey makes the first key, unless another process just has.
func makeKey(ctx context.Context, d *db.DB, box *seal.Box, now time.Time) error {
	private, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	print, err := (&jose.JSONWebKey{Key: &private.PublicKey}).Thumbprint(crypto.SHA256)
	if err != nil {
		return fmt.Errorf("name signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("write signing key: %w", err)
	}
	id := base64.RawURLEncoding.EncodeToString(print) // RFC 7638
	return d.Tx(ctx, func(tx *sql.Tx) error {
		var any int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM signing_key LIMIT 1`).Scan(&any)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO signing_key (kid, alg, sealed, created) VALUES (?, ?, ?, ?)`,
			id, string(jose.RS256), box.Seal(der, []byte("signing key "+id)), db.Millis(now)); err != nil {
			return fmt.Errorf("insert signing key: %w", err)
		}
		return audit.Record(ctx, tx, now, audit.Actor{Kind: "operator"}, "signing_key.create", id, string(jose.RS256))
	})
}
