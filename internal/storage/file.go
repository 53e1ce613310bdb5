package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/leafmark/leafmark/omr/fault"
)

// fileBucket keeps objects as files: objects/KEY below its folder, written as
// tmp/RANDOM first. All access goes through an os.Root, so that neither a key nor
// a symbolic link leads out of the folder.
type fileBucket struct {
	root *os.Root
}

// The two folders of a bucket. Objects have one of their own, so that no key
// meets a file that is being written.
const (
	objectsDir = "objects"
	writingDir = "tmp"
)

// putAttempts bounds how often Put makes its folders again after a Delete has
// taken them away as empty.
const putAttempts = 16

// NewFileBucket is a Bucket of files in dir, which is made when it is missing.
// Because a folder and a file cannot have one name, a key that is a folder of
// another is refused with fault conflict. What a crash left half-written is
// removed when it is an hour old. The bucket closes when it is collected.
func NewFileBucket(dir string) (Bucket, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, noFolder(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, noFolder(dir, err)
	}
	b := &fileBucket{root: root}
	err = errors.Join(b.mkdir(objectsDir), b.mkdir(writingDir), b.sync("."), syncDir(os.Open(filepath.Dir(dir))))
	if err != nil {
		_ = root.Close() // the first error says more
		return nil, noFolder(dir, err)
	}
	b.removeHalves()
	return b, nil
}

// Put implements Bucket.
func (b *fileBucket) Put(ctx context.Context, key string, r io.Reader) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	temp := path.Join(writingDir, rand.Text())
	if err := b.write(ctx, temp, r); err != nil {
		_ = b.root.Remove(temp) // the first error says more; a leftover is swept
		return fmt.Errorf("write an object: %w", err)
	}
	if err := b.place(temp, path.Join(objectsDir, key)); err != nil {
		_ = b.root.Remove(temp)
		return err
	}
	return nil
}

func (b *fileBucket) write(ctx context.Context, name string, r io.Reader) error {
	f, err := b.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, contextReader{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// place moves a written file to its name, folders included, durably.
func (b *fileBucket) place(temp, name string) error {
	dir := path.Dir(name)
	for attempt := 1; ; attempt++ {
		err := b.mkdir(dir)
		if err == nil {
			err = b.root.Rename(temp, name)
		}
		// All the way up: a folder that was there already may have been made just
		// now by another Put, which has not synced its entry yet.
		for up := dir; err == nil && up != "."; up = path.Dir(up) {
			err = b.sync(up)
		}
		// A Delete may remove the folder, being empty, before the file is in it.
		if errors.Is(err, fs.ErrNotExist) && attempt < putAttempts {
			continue
		}
		if err != nil && b.blocked(name) {
			return &fault.Error{
				Code: "conflict", Kind: fault.Conflict,
				Cause: fmt.Sprintf("%q cannot be stored: a file and a folder would have one name", strings.TrimPrefix(name, objectsDir+"/")),
				Cure:  "choose another path",
				Err:   err,
			}
		}
		if err != nil {
			return fmt.Errorf("place an object: %w", err)
		}
		return nil
	}
}

// blocked tells whether a folder has the file's name or a file one of its folders'.
func (b *fileBucket) blocked(name string) bool {
	if info, err := b.root.Stat(name); err == nil && info.IsDir() {
		return true
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := b.root.Stat(dir); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

// mkdir makes a folder and those above it.
func (b *fileBucket) mkdir(dir string) error {
	if info, err := b.root.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	return b.root.MkdirAll(dir, 0o700)
}

// sync makes the entries of a folder durable.
func (b *fileBucket) sync(dir string) error {
	return syncDir(b.root.Open(dir))
}

func syncDir(d *os.File, err error) error {
	if err != nil {
		return err
	}
	err = d.Sync()
	// Windows and some network file systems have no way to sync a folder; they
	// write entries when they make them.
	if runtime.GOOS == "windows" || errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// Get implements Bucket.
func (b *fileBucket) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := errors.Join(ctx.Err(), CheckKey(key)); err != nil {
		return nil, err
	}
	f, err := b.root.Open(path.Join(objectsDir, key))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || b.blocked(path.Join(objectsDir, key)) {
			return nil, noObject(key)
		}
		return nil, fmt.Errorf("open an object: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		return f, nil
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		return nil, fmt.Errorf("open an object: %w", err)
	}
	return nil, noObject(key)
}

// Delete implements Bucket. Folders that become empty go too.
func (b *fileBucket) Delete(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), CheckKey(key)); err != nil {
		return err
	}
	name := path.Join(objectsDir, key)
	if info, err := b.root.Lstat(name); err == nil && info.IsDir() {
		return nil // a folder of other keys is no object
	}
	err := b.root.Remove(name)
	if err != nil && b.blocked(name) {
		err = fs.ErrNotExist // below a file there is nothing
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete an object: %w", err)
	}
	b.tidy(path.Dir(name))
	return nil
}

// tidy removes a folder and those above it as long as they are empty. The final
// slash makes it fail for a file: a Put may have given the name to one meanwhile.
func (b *fileBucket) tidy(dir string) {
	for ; dir != objectsDir; dir = path.Dir(dir) {
		if b.root.Remove(dir+"/") != nil {
			return
		}
	}
}

// List implements Bucket.
func (b *fileBucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		// The prefix need not end at a segment: "a/b" lists a/b.txt too.
		dir := "."
		if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
			dir = prefix[:i]
			if CheckKey(dir) != nil {
				return // no key begins so
			}
		}
		b.walk(ctx, dir, prefix, yield)
	}
}

// walk yields the objects below dir in the order of their keys; false: stop.
func (b *fileBucket) walk(ctx context.Context, dir, prefix string, yield func(Object, error) bool) bool {
	if err := ctx.Err(); err != nil {
		yield(Object{}, err)
		return false
	}
	entries, err := b.readDir(path.Join(objectsDir, dir))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || b.blocked(path.Join(objectsDir, dir, "x")) {
			return true // nothing there, or gone since its name was read
		}
		yield(Object{}, fmt.Errorf("list objects: %w", err))
		return false
	}
	// By key: "a.txt" comes before "a/b", though "a" comes before "a.txt".
	order := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(order(a), order(b)) })
	for _, e := range entries {
		key := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if !strings.HasPrefix(key+"/", prefix) && !strings.HasPrefix(prefix, key+"/") {
				continue
			}
			if !b.walk(ctx, key, prefix, yield) {
				return false
			}
		case e.Type().IsRegular() && strings.HasPrefix(key, prefix):
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // gone since its name was read
			}
			if err != nil {
				yield(Object{}, fmt.Errorf("list objects: %w", err))
				return false
			}
			if !yield(Object{Key: key, Size: info.Size(), Modified: info.ModTime().UTC()}, nil) {
				return false
			}
		}
	}
	return true
}

func (b *fileBucket) readDir(dir string) ([]fs.DirEntry, error) {
	d, err := b.root.Open(dir)
	if err != nil {
		return nil, err
	}
	entries, err := d.ReadDir(-1)
	return entries, errors.Join(err, d.Close())
}

func noFolder(dir string, err error) error {
	return &fault.Error{
		Code: "storage_unavailable", Kind: fault.Unavailable,
		Cause: fmt.Sprintf("the folder %s cannot be made or written", dir),
		Cure:  "make it writable for the user who runs leafmark, or name another with --data-dir",
		Err:   err,
	}
}

// contextReader ends a copy when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
