package task

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A container is a JSON head and binary sections, each with its checksum, in one
// blob: payloads and outcome documents. No Base64, no copy of the sections.
//
//	"LMK1"  length of the index, its CRC-32C (both uint32, big endian)
//	index   {"head": …, "sections": [{"size": …, "crc": …}]}
//	the sections, one after the other, to the end of the blob
//
// The same head and sections give the same bytes.

const (
	containerMagic = "LMK1"
	maxIndex       = 16 << 20 // bytes; head and sections of 200 images take some 20 kB
	maxSection     = 1 << 30  // bytes; the largest upload is 64 MiB (spec/api.md 1.8)
	eagerSection   = 1 << 20  // bytes; a longer section is not allocated before its bytes come
)

type index struct {
	Head     json.RawMessage `json:"head"`
	Sections []section       `json:"sections"`
}

type section struct {
	Size int64  `json:"size"`
	CRC  uint32 `json:"crc"`
}

// errContainer: the blob is not a container, or damaged.
var errContainer = errors.New("not a container, or damaged")

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// pack is a container as a stream over the given sections.
func pack(head any, sections [][]byte) (io.Reader, error) {
	raw, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("pack a head: %w", err)
	}
	ix := index{Head: raw, Sections: make([]section, len(sections))}
	for i, b := range sections {
		ix.Sections[i] = section{Size: int64(len(b)), CRC: checksum(b)}
	}
	encoded, err := json.Marshal(ix)
	if err != nil {
		return nil, fmt.Errorf("pack an index: %w", err)
	}
	if len(encoded) > maxIndex {
		return nil, fmt.Errorf("pack: an index of %d bytes", len(encoded))
	}
	start := make([]byte, 0, len(containerMagic)+8+len(encoded))
	start = append(start, containerMagic...)
	start = binary.BigEndian.AppendUint32(start, uint32(len(encoded)))
	start = binary.BigEndian.AppendUint32(start, checksum(encoded))
	start = append(start, encoded...)
	readers := []io.Reader{bytes.NewReader(start)}
	for _, b := range sections {
		readers = append(readers, bytes.NewReader(b))
	}
	return io.MultiReader(readers...), nil
}

// unpack reads a whole container, fills head and returns the sections.
// errContainer when a byte is wrong, missing or too many.
func unpack(r io.Reader, head any) ([][]byte, error) {
	var start [len(containerMagic) + 8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return nil, short(err)
	}
	size := binary.BigEndian.Uint32(start[4:])
	if string(start[:4]) != containerMagic || size > maxIndex {
		return nil, errContainer
	}
	encoded, err := readSection(r, int64(size))
	if err != nil {
		return nil, err
	}
	if checksum(encoded) != binary.BigEndian.Uint32(start[8:]) {
		return nil, errContainer
	}
	var ix index
	if err := json.Unmarshal(encoded, &ix); err != nil {
		return nil, fmt.Errorf("%w: %w", errContainer, err)
	}
	if err := json.Unmarshal(ix.Head, head); err != nil {
		return nil, fmt.Errorf("%w: %w", errContainer, err)
	}
	sections := make([][]byte, len(ix.Sections))
	for i, s := range ix.Sections {
		if sections[i], err = readSection(r, s.Size); err != nil {
			return nil, err
		}
		if checksum(sections[i]) != s.CRC {
			return nil, errContainer
		}
	}
	var one [1]byte
	switch _, err := io.ReadFull(r, one[:]); {
	case err == nil:
		return nil, errContainer
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return sections, nil
}

// readSection reads exactly n bytes; memory grows with what is there, not with
// what a damaged index promises.
func readSection(r io.Reader, n int64) ([]byte, error) {
	if n < 0 || n > maxSection {
		return nil, errContainer
	}
	if n <= eagerSection {
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, short(err)
		}
		return b, nil
	}
	var b bytes.Buffer
	b.Grow(eagerSection)
	if _, err := io.CopyN(&b, r, n); err != nil {
		return nil, short(err)
	}
	return b.Bytes(), nil
}

// short makes a premature end damage; a failure to read stays what it is.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errContainer
	}
	return err
}
