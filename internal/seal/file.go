package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/leafmark/leafmark/omr/fault"
)

// Load is the Box of the key file at path, which is made when it is missing. Of
// several processes that make it at the same time one wins, and all load its key.
func Load(path string) (*Box, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, unusable(path, err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unusable(path, err)
	}
	defer func() { _ = f.Close() }() // only read
	if err := private(f, path); err != nil {
		return nil, err
	}
	master, err := io.ReadAll(io.LimitReader(f, KeySize+1))
	if err != nil {
		return nil, unusable(path, err)
	}
	return New(master)
}

// create writes a new key under a name of its own and links it to path, which
// fails when path exists: nobody ever sees half a key, nobody's key is replaced.
func create(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".master-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // its other name stays
	master := make([]byte, KeySize)
	rand.Read(master)
	_, err = f.Write(master)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // has no way to sync a folder; NTFS journals its entries
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// private refuses a key that every user of the machine can read. A group is
// allowed: orchestrators mount secrets so.
func private(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return unusable(path, err)
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 && runtime.GOOS != "windows" {
		return &fault.Error{
			Code: "master_key_exposed", Kind: fault.Forbidden,
			Cause: fmt.Sprintf("the master key file %s can be read by every user of this machine (mode %04o)", path, mode),
			Cure:  "chmod 600 " + path,
		}
	}
	return nil
}

func unusable(path string, err error) error {
	return &fault.Error{
		Code: "master_key_unavailable", Kind: fault.Unavailable,
		Cause: fmt.Sprintf("the master key file %s cannot be read or made", path),
		Cure:  "make it readable for the user who runs leafmark, or its folder writable; or name another with --master-key-file",
		Err:   err,
	}
}
