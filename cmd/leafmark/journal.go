package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/leafmark/leafmark/omr/result"
)

// partialEnding is what a pile's sheets are kept under until all are read.
const partialEnding = ".partial"

// journal keeps the sheets of a pile beside the file to be written, a line a
// sheet, so that a killed run goes on where it ended and any format can be
// written at the end without holding the pile in memory.
type journal struct {
	path  string
	file  *os.File
	size  int64
	kept  []span          // of the lines, in the order of the pile; those that this run did not meet in front
	met   []span          // what this run met or read, in order
	at    map[string]int  // first picture of a sheet -> index in kept
	more  map[string]bool // pictures of further pages
	known map[int]bool    // indexes of kept that were met
	// again: sheets that were kept are read again when they are met
	again bool
}

type span struct{ from, to int64 }

// journalHead is its first line: what the sheets were read with.
type journalHead struct {
	Journal int    `json:"journal"`
	Pattern string `json:"pattern"` // SHA-256
	Options string `json:"options"`
}

func headOf(pattern []byte, options string) journalHead {
	sum := sha256.Sum256(pattern)
	return journalHead{Journal: 1, Pattern: hex.EncodeToString(sum[:]), Options: options}
}

// openJournal begins a journal; resume keeps what an earlier run left there.
func openJournal(path string, head journalHead, resume bool) (*journal, error) {
	flag := os.O_RDWR | os.O_CREATE
	if !resume {
		flag |= os.O_TRUNC
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{path: path, file: f, at: map[string]int{}, more: map[string]bool{}, known: map[int]bool{}}
	if err := j.begin(head); err != nil {
		_ = f.Close()
		return nil, err
	}
	return j, nil
}

func (j *journal) begin(head journalHead) error {
	r := bufio.NewReader(j.file)
	first, err := r.ReadBytes('\n')
	switch {
	case errors.Is(err, io.EOF): // new, or killed before its first line was whole
		line, err := json.Marshal(head)
		if err != nil {
			return err
		}
		if err := j.file.Truncate(0); err != nil {
			return err
		}
		return j.write(append(line, '\n'))
	case err != nil:
		return err
	}
	var was journalHead
	if err := json.Unmarshal(first, &was); err != nil || was != head {
		return usageError("%s was begun with another pattern or other flags\nuse the same ones, or leave --resume out to begin anew", j.path)
	}
	j.size = int64(len(first))
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return j.file.Truncate(j.size) // the line that was being written
		}
		if err != nil {
			return err
		}
		e, err := result.DecodeEntry(line)
		if err != nil {
			return fmt.Errorf("%s: %w", j.path, err)
		}
		at := span{j.size, j.size + int64(len(line))}
		j.size = at.to
		j.hold(e, at)
	}
}

// hold notes a sheet that was read before. Refused pictures are tried again: they
// may have been replaced.
func (j *journal) hold(e result.Entry, at span) {
	if e.Sheet == nil {
		return
	}
	key := result.FileName(e.File, e.Image)
	if i, again := j.at[key]; again {
		j.kept[i] = at
		return
	}
	j.at[key] = len(j.kept)
	j.kept = append(j.kept, at)
	for _, p := range e.Sheet.Pages {
		if page := result.FileName(p.File, p.Image); page != key {
			j.more[page] = true
		}
	}
}

// take holds the sheets of a table that an earlier run wrote. pages tells whether
// the table knows the pictures of a sheet's further pages: where it does not, its
// sheets stay, but are read again when they are met.
func (j *journal) take(path, format string, pages bool) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	st, err := f.Stat()
	if err != nil {
		return err
	}
	for e, err := range result.ReadTable(format, f, st.Size()) {
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if _, newer := j.at[result.FileName(e.File, e.Image)]; newer {
			continue // what the interrupted run read is the later word
		}
		at, err := j.append(e)
		if err != nil {
			return err
		}
		j.hold(e, at)
		j.again = j.again || !pages
	}
	return nil
}

func (j *journal) append(e result.Entry) (span, error) {
	line, err := result.EncodeEntry(e)
	if err != nil {
		return span{}, err
	}
	at := span{j.size, j.size + int64(len(line))}
	return at, j.write(line)
}

func (j *journal) write(line []byte) error {
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		return fmt.Errorf("keep a sheet in %s: %w", j.path, err)
	}
	j.size += int64(len(line))
	return nil
}

// add keeps the next sheet of the pile; one that was kept before it replaces.
func (j *journal) add(e result.Entry) error {
	at, err := j.append(e)
	if err != nil {
		return err
	}
	if i, ok := j.at[result.FileName(e.File, e.Image)]; ok {
		j.known[i] = true
	}
	j.met = append(j.met, at)
	return nil
}

// held tells whether a picture was read before.
func (j *journal) held(name string, image int) bool {
	key := result.FileName(name, image)
	_, first := j.at[key]
	return !j.again && (first || j.more[key])
}

// meet puts the sheet that begins with a held picture into its place in the pile.
func (j *journal) meet(name string, image int) {
	i, first := j.at[result.FileName(name, image)]
	if first && !j.known[i] {
		j.known[i] = true
		j.met = append(j.met, j.kept[i])
	}
}

// entries are the sheets that this run did not meet, then the pile's in order.
func (j *journal) entries() iter.Seq2[result.Entry, error] {
	var order []span
	for i, at := range j.kept {
		if !j.known[i] {
			order = append(order, at)
		}
	}
	order = append(order, j.met...)
	return func(yield func(result.Entry, error) bool) {
		var line []byte
		for _, at := range order {
			line = slices.Grow(line[:0], int(at.to-at.from))[:at.to-at.from]
			if _, err := j.file.ReadAt(line, at.from); err != nil {
				yield(result.Entry{}, fmt.Errorf("read %s: %w", j.path, err))
				return
			}
			e, err := result.DecodeEntry(bytes.TrimSuffix(line, []byte("\n")))
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// publish writes the table and ends the journal. The table is there whole or not
// at all.
func (j *journal) publish(path, format string, named bool) (warnings []string, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when it was renamed
	w := bufio.NewWriterSize(tmp, 1<<16)
	warnings, err = result.WriteTable(w, format, j.entries, named)
	err = errors.Join(err, w.Flush(), tmp.Chmod(0o644), tmp.Sync())
	if err = errors.Join(err, tmp.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return nil, err
	}
	_ = j.file.Close() // what counts is in the table
	return warnings, os.Remove(j.path)
}

func (j *journal) close() { _ = j.file.Close() }
