// Package storage is where bytes live: the Bucket that task payloads and results
// use, and the storages that users define.
//
// In: keys (slash-separated, confined to the bucket's root) and bytes. Out: the
// same bytes. Put is durable when it returns. Faults: storage_not_found,
// object_not_found, invalid_path.
package storage

import (
	"context"
	"io"
	"iter"
	"time"
)

// Bucket holds objects by key. Implementations are safe for concurrent use and
// pass storagetest.Run.
type Bucket interface {
	// Put stores the object whole or not at all; it is durable on return.
	Put(ctx context.Context, key string, r io.Reader) error
	// Get opens the object; fault object_not_found (fault.NotFound) when missing.
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete removes the object; a missing one is no error.
	Delete(ctx context.Context, key string) error
	// List yields the objects whose key begins with prefix, by key.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
}

// Object is an entry of a Bucket.
type Object struct {
	Key      string
	Size     int64
	Modified time.Time
}

// Storage is a place for files that applications use.
type Storage struct {
	ID, Tenant, Name string // Name: 1 to 64 characters, unique a tenant without case
	Kind             string // internal
	Mode             string // keep, delete_after_24h
	Created          time.Time
	Applications     int // how many have it as default
}
