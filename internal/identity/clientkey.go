package identity

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

const (
	maxClientKeys = 10      // an application
	maxClientKey  = 1 << 14 // bytes of text
	leastRSA      = 2048    // bits
	mostRSA       = 8192    // a larger one makes each check dear
)

// ClientKey is a public key that an application signs assertions with.
type ClientKey struct {
	Serial  int // tells it among the application's credentials
	ID      string
	Alg     string // RS256, PS256 (both for RSA), ES256, ES384, EdDSA: what is taken
	Created time.Time
}

// AddClientKey lets the application sign assertions (RFC 7523) with the private
// half of a public key: PEM, a JWK, or a JWK set, of which all are added. A private
// key is refused, for it should never have left its owner. Faults:
// application_not_found, client_key_invalid, client_key_limit.
func (s *Service) AddClientKey(ctx context.Context, by Actor, clientID string, text []byte) ([]ClientKey, error) {
	keys, err := parseClientKeys(text)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var added []ClientKey
	err = s.change(ctx, by, clientID, "application.add_key", keyNames(keys), func(tx *sql.Tx, id string) error {
		added = nil
		var newest, count int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(serial), 0), coalesce(sum(CASE WHEN jwk <> '' THEN 1 ELSE 0 END), 0) FROM application_secret WHERE client_id = ?`, id).Scan(&newest, &count); err != nil {
			return err
		}
		if count+len(keys) > maxClientKeys {
			return &fault.Error{
				Code: "client_key_limit", Kind: fault.Conflict,
				Cause: fmt.Sprintf("the application would have %d keys, the limit is %d", count+len(keys), maxClientKeys),
				Cure:  "remove those that are no longer used",
			}
		}
		for _, k := range keys {
			newest++
			jwk, err := json.Marshal(k)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO application_secret (client_id, serial, mac, created, jwk) VALUES (?, ?, ?, ?, ?)`,
				id, newest, []byte{}, db.Millis(now), string(jwk)); err != nil {
				return err
			}
			added = append(added, ClientKey{Serial: newest, ID: k.KeyID, Alg: k.Algorithm, Created: now})
		}
		return nil
	})
	return added, err
}

// RemoveClientKey takes a key away: assertions signed with it, and the tokens got
// by them, are refused. Faults: application_not_found, client_key_not_found.
func (s *Service) RemoveClientKey(ctx context.Context, by Actor, clientID, keyID string) error {
	return s.change(ctx, by, clientID, "application.remove_key", keyID, func(tx *sql.Tx, id string) error {
		keys, err := clientKeys(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.ID == keyID {
				_, err := tx.ExecContext(ctx, `DELETE FROM application_secret WHERE client_id = ? AND serial = ?`, id, k.Serial)
				return err
			}
		}
		return &fault.Error{
			Code: "client_key_not_found", Kind: fault.NotFound,
			Cause: "the application has no key of this name", Cure: "look it up in the list of its keys",
		}
	})
}

// ClientKeys are the keys of one of the tenant's applications.
func (s *Service) ClientKeys(ctx context.Context, tenant, clientID string) ([]ClientKey, error) {
	app, err := s.Application(ctx, tenant, clientID)
	if err != nil {
		return nil, err
	}
	keys, err := clientKeys(ctx, s.db.Read(), app.ClientID)
	if err != nil {
		return nil, unavailable("list keys", err)
	}
	return keys, nil
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func clientKeys(ctx context.Context, from querier, clientID string) ([]ClientKey, error) {
	rows, err := from.QueryContext(ctx, `SELECT serial, jwk, created FROM application_secret WHERE client_id = ? AND jwk <> '' ORDER BY serial`, clientID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var keys []ClientKey
	for rows.Next() {
		var k ClientKey
		var jwk string
		var created int64
		if err := rows.Scan(&k.Serial, &jwk, &created); err != nil {
			return nil, err
		}
		var parsed jose.JSONWebKey
		if err := parsed.UnmarshalJSON([]byte(jwk)); err != nil {
			return nil, err
		}
		k.ID, k.Alg, k.Created = parsed.KeyID, parsed.Algorithm, db.Time(created)
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

func keyNames(keys []jose.JSONWebKey) string {
	names := ""
	for i, k := range keys {
		if i > 0 {
			names += " "
		}
		names += k.KeyID
	}
	return names
}

func keyInvalid(cause, cure string, err error) error {
	return &fault.Error{Code: "client_key_invalid", Kind: fault.Invalid, Cause: cause, Cure: cure, Err: err}
}

const keyCure = "give a public key as PEM (-----BEGIN PUBLIC KEY-----), a JWK or a JWK set: RSA from 2048 bits, P-256, P-384 or Ed25519"

func parseClientKeys(text []byte) ([]jose.JSONWebKey, error) {
	if len(text) > maxClientKey {
		return nil, keyInvalid("the key is too long", keyCure, nil)
	}
	if block, _ := pem.Decode(text); block != nil {
		if block.Type != "PUBLIC KEY" {
			return nil, keyInvalid("the file holds a "+block.Type, keyCure, nil)
		}
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, keyInvalid("the key cannot be read", keyCure, err)
		}
		k, err := clientKey(jose.JSONWebKey{Key: public})
		return []jose.JSONWebKey{k}, err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, keyInvalid("the key is neither PEM nor JSON", keyCure, err)
	}
	if set.Keys == nil {
		set.Keys = []json.RawMessage{text}
	}
	var keys []jose.JSONWebKey
	seen := map[string]bool{}
	for _, one := range set.Keys {
		var k jose.JSONWebKey
		if err := k.UnmarshalJSON(one); err != nil {
			return nil, keyInvalid("a key cannot be read", keyCure, err)
		}
		if k.Use == "enc" {
			continue
		}
		k, err := clientKey(k)
		if err != nil {
			return nil, err
		}
		if seen[k.KeyID] {
			return nil, keyInvalid("two keys are called "+k.KeyID, "give each a kid of its own", nil)
		}
		seen[k.KeyID] = true
		keys = append(keys, k)
	}
	if keys == nil {
		return nil, keyInvalid("the set holds no key for signatures", keyCure, nil)
	}
	return keys, nil
}

// clientKey is the public key reduced to what we use, named, with the algorithm
// that it is pinned to.
func clientKey(k jose.JSONWebKey) (jose.JSONWebKey, error) {
	if !k.IsPublic() {
		return k, keyInvalid("this is a private or a shared key", "keep it where it is and give its public half; make a new pair if it went over a wire", nil)
	}
	var algs []string
	switch p := k.Key.(type) {
	case *rsa.PublicKey:
		if bits := p.N.BitLen(); bits < leastRSA || bits > mostRSA || p.E < 3 {
			return k, keyInvalid(fmt.Sprintf("the RSA key has %d bits", bits), keyCure, nil)
		}
		algs = []string{string(jose.RS256), string(jose.PS256)}
	case *ecdsa.PublicKey:
		switch p.Curve {
		case elliptic.P256():
			algs = []string{string(jose.ES256)}
		case elliptic.P384():
			algs = []string{string(jose.ES384)}
		default:
			return k, keyInvalid("the key is on the curve "+p.Curve.Params().Name, keyCure, nil)
		}
	case ed25519.PublicKey:
		algs = []string{string(jose.EdDSA)}
	default:
		return k, keyInvalid("the key is of another kind", keyCure, nil)
	}
	out := jose.JSONWebKey{Key: k.Key, KeyID: k.KeyID, Algorithm: algs[0], Use: "sig"}
	for _, a := range algs {
		if k.Algorithm == a {
			out.Algorithm = a
		}
	}
	if k.Algorithm != "" && out.Algorithm != k.Algorithm {
		return k, keyInvalid(fmt.Sprintf("the key is for %q", k.Algorithm), keyCure, nil)
	}
	if len(out.KeyID) > 200 || !printable(out.KeyID, "") {
		return k, keyInvalid("the key's kid is too long, or cannot be printed", "give it a short name", nil)
	}
	if out.KeyID == "" {
		print, err := out.Thumbprint(crypto.SHA256)
		if err != nil {
			return k, keyInvalid("the key cannot be named", keyCure, err)
		}
		out.KeyID = base64.RawURLEncoding.EncodeToString(print)
	}
	return out, nil
}
