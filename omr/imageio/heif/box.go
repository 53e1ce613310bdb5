package heif

import (
	"encoding/binary"
	"errors"
)

var errCutOff = errors.New("a box is cut off")

// reader reads the fields of a box. Beyond the end it gives zeros and remembers.
type reader struct {
	data []byte
	over bool
}

// take is the next n bytes, nil where they are not there.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.data)) {
		r.data, r.over = nil, true
		return nil
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

// uint is a big-endian number of n bytes: 0, 1, 2, 4 or 8.
func (r *reader) uint(n int) uint64 {
	b := r.take(uint64(n))
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	case 8:
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) u8() int     { return int(r.uint(1)) }
func (r *reader) u16() int    { return int(r.uint(2)) }
func (r *reader) u32() uint32 { return uint32(r.uint(4)) }

// full reads the version and flags of a full box.
func (r *reader) full() (version int, flags uint32) {
	v := r.u32()
	return int(v >> 24), v & 0xffffff
}

// id is an item's identifier, 16 bits in older versions of a box.
func (r *reader) id(long bool) uint32 {
	if long {
		return r.u32()
	}
	return uint32(r.u16())
}

// err is not nil when something was read beyond the end.
func (r *reader) err() error {
	if r.over {
		return errCutOff
	}
	return nil
}

// box is the next box (ISO/IEC 14496-12, 4.2): its type and content.
func (r *reader) box() (kind string, content []byte) {
	size := r.uint(4)
	kind = string(r.take(4))
	header := uint64(8)
	switch size {
	case 0: // up to the end
		return kind, r.take(uint64(len(r.data)))
	case 1:
		size = r.uint(8)
		header = 16
	}
	if kind == "uuid" {
		r.take(16)
		header += 16
	}
	if size < header {
		r.data, r.over = nil, true
		return kind, nil
	}
	return kind, r.take(size - header)
}

// boxes calls f for every box in data.
func boxes(data []byte, f func(kind string, content []byte) error) error {
	r := reader{data: data}
	for len(r.data) > 0 {
		kind, content := r.box()
		if r.over {
			return errCutOff
		}
		if err := f(kind, content); err != nil {
			return err
		}
	}
	return nil
}
