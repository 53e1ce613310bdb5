package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/edsrzf/mmap-go"

	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pile"
)

// picked are the picture files that a command line names.
type picked struct {
	files   []string
	folder  bool     // at least one came by its folder
	skipped []string // files of folders that are no pictures by their name
}

// besides are endings of files that lie beside pictures in folders: forms,
// patterns, tables, what systems leave. Named themselves they are tried.
var besides = map[string]bool{
	".omr": true, ".txt": true, ".json": true, ".jsonl": true, ".csv": true, ".xml": true, ".xlsx": true,
	".md": true, ".log": true, ".db": true, ".ini": true, ".yaml": true, ".yml": true, ".html": true, partialEnding: true,
}

// pick spreads folders into their files, by name.
func pick(args []string) (p picked, err error) {
	for _, a := range args {
		st, err := os.Stat(a)
		if err != nil {
			return p, err
		}
		if !st.IsDir() {
			p.files = append(p.files, a)
			continue
		}
		p.folder = true
		var inside []string
		err = filepath.WalkDir(a, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && path != a && strings.HasPrefix(d.Name(), "."):
				return filepath.SkipDir
			case !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "."):
			case besides[strings.ToLower(filepath.Ext(path))]:
				p.skipped = append(p.skipped, path)
			default:
				inside = append(inside, path)
			}
			return nil
		})
		if err != nil {
			return p, err
		}
		sort.Strings(inside)
		p.files = append(p.files, inside...)
	}
	return p, nil
}

// pile is the files as package pile takes them.
func (p picked) pile() []pile.File {
	out := make([]pile.File, len(p.files))
	for i, name := range p.files {
		out[i] = pile.File{Name: name, Open: func() (*pile.Content, error) { return openFile(name) }}
	}
	return out
}

// mapped is the size from which a file is mapped instead of read: a PDF of
// thousands of pages is then held by the system's cache, not by this program.
const mapped = 8 << 20

func openFile(name string) (*pile.Content, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() < mapped {
		data, err := os.ReadFile(name)
		return &pile.Content{Data: data}, err
	}
	m, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", name, err)
	}
	var read atomic.Int64
	return &pile.Content{
		Data:  m,
		Close: func() { _ = m.Unmap() }, // nothing was written
		Forget: func() {
			if read.Add(1)%forgetEvery == 0 {
				forget(m)
			}
		},
	}, nil
}

// forgetEvery is the number of pictures after which the pages of a mapped file are
// given back.
const forgetEvery = 16

// guarded makes a fault of a mapped file (it was cut while it was read) a panic,
// which the decoders turn into a refusal, instead of the program's end.
func guarded() { debug.SetPanicOnFault(true) }

// count tells how many pictures the files hold, as it finds out: add is called
// with the number of each file's, from several goroutines. Files of one picture
// are told by their beginning.
func (p picked) count(ctx context.Context, add func(n int)) {
	var wait sync.WaitGroup
	next := make(chan string)
	for range min(runtime.GOMAXPROCS(0), 4) {
		wait.Go(func() {
			guarded()
			for name := range next {
				add(pictures(name))
			}
		})
	}
	for _, name := range p.files {
		if ctx.Err() != nil {
			break
		}
		next <- name
	}
	close(next)
	wait.Wait()
}

// pictures is the number of pictures in a file; a file that cannot be read counts
// as one, which will be refused.
func pictures(name string) int {
	f, err := os.Open(name)
	if err != nil {
		return 1
	}
	head := make([]byte, 16)
	n, _ := f.Read(head) // an empty file is no file of many
	_ = f.Close()
	for _, single := range []string{"\xff\xd8\xff", "\x89PNG", "BM", "RIFF"} {
		if bytes.HasPrefix(head[:n], []byte(single)) {
			return 1
		}
	}
	content, err := openFile(name)
	if err != nil {
		return 1
	}
	if content.Close != nil {
		defer content.Close()
	}
	info, err := imageio.Inspect(content.Data)
	if err != nil {
		return 1
	}
	return info.Pictures
}

// stems are names for the pictures made of each file, one each even where files
// of several folders are called alike.
func (p picked) stems() map[string]string {
	out := make(map[string]string, len(p.files))
	taken := map[string]bool{}
	for _, name := range p.files {
		if _, again := out[name]; again {
			continue
		}
		base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		stem := base
		for i := 2; taken[strings.ToLower(stem)]; i++ {
			stem = fmt.Sprintf("%s_%d", base, i)
		}
		taken[strings.ToLower(stem)] = true
		out[name] = stem
	}
	return out
}
