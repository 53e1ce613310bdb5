package token

import (
	"crypto"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"
)

// ring is what a process knows of the signing keys. It never changes.
type ring struct {
	keys    []*key // oldest first
	byID    map[string]*key
	outside *key // signs instead of all others; nil: none
	alg     jose.SignatureAlgorithm
	jwks    []byte
	version int64
	asOf    time.Time
	changes time.Time // when the first of the published ones retires
}

// key is one of them. retired is zero where it is not known yet.
type key struct {
	id                       string
	alg                      jose.SignatureAlgorithm
	public                   crypto.PublicKey
	private                  crypto.Signer
	signer                   jose.Signer
	created, active, retired time.Time
	outside                  bool
}

// ringOf opens the stored keys and those of the options.
func (k *Keys) ringOf(stored []storedKey, now time.Time) (*ring, error) {
	r := &ring{byID: map[string]*key{}, alg: jose.SignatureAlgorithm(k.opt.Alg), asOf: now, changes: now.Add(24 * time.Hour)}
	for _, x := range stored {
		if x.retiredAt(now) {
			r.keys = append(r.keys, &key{
				id: x.id, alg: jose.SignatureAlgorithm(x.alg), created: x.created, active: x.active, retired: x.retired,
			})
			continue
		}
		private, err := x.open(k.box)
		if err != nil {
			return nil, err
		}
		r.add(&key{
			id: x.id, alg: jose.SignatureAlgorithm(x.alg), public: private.Public(), private: private,
			created: x.created, active: x.active, retired: x.retired,
		})
		if !x.retired.IsZero() && x.retired.Before(r.changes) {
			r.changes = x.retired
		}
	}
	for _, s := range k.opt.Signers {
		alg, err := algOf(s.Public())
		if err != nil {
			return nil, err
		}
		id, err := thumbprint(s.Public())
		if err != nil {
			return nil, err
		}
		r.outside = &key{id: id, alg: alg, public: s.Public(), private: s, created: now, active: now, outside: true}
		r.add(r.outside)
	}
	var public jose.JSONWebKeySet
	for _, x := range r.keys {
		if x.public != nil {
			if err := x.prepare(k.opt.Type); err != nil {
				return nil, err
			}
			public.Keys = append(public.Keys, jose.JSONWebKey{Key: x.public, KeyID: x.id, Algorithm: string(x.alg), Use: "sig"})
		}
	}
	var err error
	if r.jwks, err = json.Marshal(public); err != nil {
		return nil, fmt.Errorf("write the key set: %w", err)
	}
	return r, nil
}

func (r *ring) add(x *key) {
	r.keys = append(r.keys, x)
	r.byID[x.id] = x
}

// fresh tells whether the ring is not older than age. A clock that was set back
// makes it old.
func (r *ring) fresh(now time.Time, age time.Duration) bool {
	since := now.Sub(r.asOf)
	return since >= 0 && since < age && now.Before(r.changes)
}

// signer is the key that signs; nil: there is none.
func (r *ring) signer(now time.Time) *key {
	if r.outside != nil {
		return r.outside
	}
	var last *key
	for _, x := range r.keys {
		if x.alg == r.alg && x.public != nil && !x.active.After(now) && x.good(now) {
			last = x
		}
	}
	return last
}

// good tells whether tokens signed by the key count.
func (x *key) good(now time.Time) bool { return x.retired.IsZero() || now.Before(x.retired) }

// newest is the key that signs last of those made for an algorithm.
func (r *ring) newest(alg jose.SignatureAlgorithm) *key {
	var last *key
	for _, x := range r.keys {
		if x.alg == alg && !x.outside && x.retired.IsZero() {
			last = x
		}
	}
	return last
}

func (r *ring) infos(now time.Time) []KeyInfo {
	out := make([]KeyInfo, 0, len(r.keys))
	signs := r.signer(now)
	for _, x := range r.keys {
		state := KeyLast
		switch {
		case x == signs:
			state = KeyActive
		case !x.good(now):
			state = KeyRetired
		case x.active.After(now):
			state = KeyNext
		}
		out = append(out, KeyInfo{
			ID: x.id, Alg: string(x.alg), State: state, Created: x.created.UTC(), Active: x.active.UTC(),
			Retired: x.retired, Outside: x.outside,
		})
	}
	return out
}

// prepare makes what signs with the key: private keys of ours as they are, others
// by their Sign alone.
func (x *key) prepare(typ string) (err error) {
	var with any = x.private
	if x.outside {
		with = cryptosigner.Opaque(x.private)
	}
	x.signer, err = jose.NewSigner(
		jose.SigningKey{Algorithm: x.alg, Key: jose.JSONWebKey{Key: with, KeyID: x.id}},
		(&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		return fmt.Errorf("use signing key %s: %w", x.id, err)
	}
	return nil
}

// sign is the compact JWS of a payload.
func (x *key) sign(payload []byte) (string, error) {
	jws, err := x.signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign with key %s: %w", x.id, err)
	}
	return jws.CompactSerialize()
}
