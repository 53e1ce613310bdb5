package storage

import (
	"path"
	"time"
)

// halfLife is how old a half-written file must be to be nobody's any more:
// another process may be writing it.
const halfLife = time.Hour

// removeHalves removes what writers left when they crashed. What cannot be
// removed now will be the next time.
func (b *fileBucket) removeHalves() {
	entries, err := b.readDir(writingDir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > halfLife {
			_ = b.root.Remove(path.Join(writingDir, e.Name()))
		}
	}
}
