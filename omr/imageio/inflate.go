package imageio

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"io"
	"math/bits"
)

// inflater unpacks a zlib stream (RFC 1950, 1951) that lies in memory whole, which
// takes half of the time that a reader of any source does. It is an io.Reader.
type inflater struct {
	data []byte
	acc  uint64 // bits to come, the next one lowest
	n    uint   // how many are counted; above lie bits that the next refill repeats
	at   int
	pad  uint // zeros counted behind the data

	buf    []byte // the window, then what was not asked for yet
	r, w   int    // where the next answer begins and the next byte goes
	sum    hash.Hash32
	block  bool // within a block
	stored int  // bytes left of a stored one; -1: it is no stored one
	final  bool
	done   bool

	lengths, distances inflateTable
}

const inflateWindow = 32 << 10

var errInflate = errors.New("its compressed data is damaged")

// newInflater reads the header of a stream.
func newInflater(data []byte) (*inflater, error) {
	if len(data) < 6 {
		return nil, io.ErrUnexpectedEOF
	}
	if data[0]&15 != 8 || data[0]>>4 > 7 || binary.BigEndian.Uint16(data)%31 != 0 || data[1]&0x20 != 0 {
		return nil, errInflate
	}
	return &inflater{data: data, at: 2, sum: adler32.New(), buf: make([]byte, 2*inflateWindow+1<<16)}, nil
}

// Read implements io.Reader. At the end the checksum is looked at.
func (z *inflater) Read(to []byte) (n int, err error) {
	if len(to) == 0 {
		return 0, nil
	}
	for z.r == z.w {
		if z.done {
			return 0, z.checked()
		}
		if z.w > inflateWindow+1<<16 {
			copy(z.buf, z.buf[z.w-inflateWindow:z.w])
			z.r, z.w = inflateWindow, inflateWindow
		}
		if err := z.fill(); err != nil {
			return 0, err
		}
	}
	n = copy(to, z.buf[z.r:z.w])
	_, _ = z.sum.Write(z.buf[z.r : z.r+n]) // it takes everything
	z.r += n
	return n, nil
}

// checked is io.EOF where the checksum behind the data is right.
func (z *inflater) checked() error {
	z.take(z.n & 7)
	var want uint32
	for range 4 {
		z.refill()
		want = want<<8 | uint32(z.take(8))
	}
	switch {
	case z.pad > z.n:
		return io.ErrUnexpectedEOF
	case want != z.sum.Sum32():
		return errors.New("the checksum of its compressed data is wrong")
	}
	return io.EOF
}

// refill makes at least 56 bits ready.
func (z *inflater) refill() {
	if z.at+8 <= len(z.data) {
		z.acc |= binary.LittleEndian.Uint64(z.data[z.at:]) << (z.n & 63)
		z.at += int((63 - z.n) >> 3)
		z.n |= 56
		return
	}
	for ; z.n < 56; z.n += 8 {
		if z.at < len(z.data) {
			z.acc |= uint64(z.data[z.at]) << (z.n & 63)
			z.at++
		} else {
			z.pad += 8
		}
	}
}

// take reads bits that refill made ready.
func (z *inflater) take(n uint) int {
	v := int(z.acc & (1<<n - 1))
	z.acc >>= n & 63
	z.n -= n
	return v
}

// fill unpacks until the buffer is full or the stream ends.
func (z *inflater) fill() error {
	for z.w < len(z.buf)-inflateSlack {
		if z.pad > z.n {
			return io.ErrUnexpectedEOF
		}
		var err error
		switch {
		case !z.block && z.final:
			z.done = true
			return nil
		case !z.block:
			err = z.header()
		case z.stored >= 0:
			err = z.plain()
		default:
			err = z.codes()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (z *inflater) header() error {
	z.refill()
	z.final = z.take(1) == 1
	kind := z.take(2)
	z.block, z.stored = true, -1
	switch kind {
	case 0:
		z.take(z.n & 7)
		z.refill()
		n, not := z.take(16), z.take(16)
		if n != ^not&0xffff {
			return errInflate
		}
		z.stored = n
		return nil
	case 1:
		var lengths [288]uint8
		for i := range lengths {
			lengths[i] = 8
			if i >= 144 && i < 256 {
				lengths[i] = 9
			} else if i >= 256 && i < 280 {
				lengths[i] = 7
			}
		}
		var distances [32]uint8
		for i := range distances {
			distances[i] = 5
		}
		z.lengths.build(lengths[:], lengthCode)
		z.distances.build(distances[:], distanceCode)
		return nil
	case 2:
		return z.tables()
	}
	return errInflate
}

// tables reads the codes of a block (RFC 1951, 3.2.7).
func (z *inflater) tables() error {
	z.refill()
	nl, nd, nc := z.take(5)+257, z.take(5)+1, z.take(4)+4
	if nl > 286 || nd > 30 {
		return errInflate
	}
	var meta [19]uint8
	for i, at := range [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15} {
		if z.refill(); i < nc {
			meta[at] = uint8(z.take(3))
		}
	}
	if !z.distances.build(meta[:], plainCode) {
		return errInflate
	}
	var all [286 + 30]uint8
	for i := 0; i < nl+nd; {
		z.refill()
		if z.pad > z.n {
			return io.ErrUnexpectedEOF
		}
		c := z.distances.find(z.acc)
		if c == 0 {
			return errInflate
		}
		z.take(uint(c & 15))
		v, again := uint8(0), 1
		switch symbol := int(c >> 16); symbol {
		case 16:
			if i == 0 {
				return errInflate
			}
			v, again = all[i-1], 3+z.take(2)
		case 17:
			again = 3 + z.take(3)
		case 18:
			again = 11 + z.take(7)
		default:
			v = uint8(symbol)
		}
		if i+again > nl+nd {
			return errInflate
		}
		for range again {
			all[i] = v
			i++
		}
	}
	if !z.lengths.build(all[:nl], lengthCode) || !z.distances.build(all[nl:nl+nd], distanceCode) {
		return errInflate
	}
	return nil
}

// plain copies a stored block.
func (z *inflater) plain() error {
	for ; z.stored > 0 && z.n >= 8 && z.w < len(z.buf); z.stored-- { // bytes among the bits
		z.buf[z.w] = byte(z.take(8))
		z.w++
	}
	if z.n < 8 {
		z.acc, z.n = 0, 0
	}
	n := min(z.stored, len(z.buf)-z.w, len(z.data)-z.at)
	copy(z.buf[z.w:], z.data[z.at:z.at+n])
	z.at, z.w, z.stored = z.at+n, z.w+n, z.stored-n
	if z.stored == 0 {
		z.block = false
	} else if z.at == len(z.data) && z.n < 8 {
		return io.ErrUnexpectedEOF
	}
	return nil
}

const (
	inflateLook  = 10
	inflateSlack = 258 + 8 // bytes that one round may write
)

// codes unpacks until the block ends or the buffer is full.
func (z *inflater) codes() error {
	acc, n, at, w := z.acc, z.n, z.at, z.w
	buf, data := z.buf, z.data
	var err error
round:
	for w < len(buf)-inflateSlack {
		if at+8 <= len(data) {
			acc |= binary.LittleEndian.Uint64(data[at:]) << (n & 63)
			at += int((63 - n) >> 3)
			n |= 56
		} else {
			z.acc, z.n, z.at = acc, n, at
			if z.refill(); z.pad > z.n {
				err = io.ErrUnexpectedEOF
				break round
			}
			acc, n, at = z.acc, z.n, z.at
		}
		c := z.lengths.look[acc&(1<<inflateLook-1)]
		if c&literalCode != 0 { // and up to two more of these
			acc >>= c & 15
			n -= uint(c & 15)
			buf[w] = byte(c >> 16)
			w++
			if c = z.lengths.look[acc&(1<<inflateLook-1)]; c&literalCode != 0 {
				acc >>= c & 15
				n -= uint(c & 15)
				buf[w] = byte(c >> 16)
				w++
				c = z.lengths.look[acc&(1<<inflateLook-1)]
			}
			if n < 48 { // a length and its distance may take so many
				continue
			}
		}
		if c == 0 {
			if c = z.lengths.long(acc); c == 0 {
				err = errInflate
				break round
			}
		}
		acc >>= c & 15
		n -= uint(c & 15)
		if c&literalCode != 0 {
			buf[w] = byte(c >> 16)
			w++
			continue
		}
		if c&endCode != 0 {
			z.block = false
			break round
		}
		extra := uint(c >> 4 & 15)
		length := int(c>>16) + int(acc&(1<<extra-1))
		acc >>= extra
		n -= extra
		d := z.distances.find(acc)
		if d == 0 {
			err = errInflate
			break round
		}
		acc >>= d & 15
		extra = uint(d >> 4 & 15)
		back := int(d>>16) + int(acc&(1<<extra-1))
		acc >>= extra
		n -= uint(d&15) + extra
		if back > w {
			err = errInflate
			break round
		}
		to := buf[w : w+length]
		if from := buf[w-back:]; back >= length {
			copy(to, from)
		} else {
			for i := 0; i < length; { // doubling what is there
				i += copy(to[i:], from[:back+i])
			}
		}
		w += length
	}
	z.acc, z.n, z.at, z.w = acc, n, at, w
	return err
}

// An entry of a table: bits 0 to 3 are a code's length, 4 to 7 how many bits follow
// it, 8 and 9 its kind, from 16 on its value. 0: no such code.
const (
	literalCode = 1 << 8
	endCode     = 1 << 9
)

// inflateTable is a Huffman table (RFC 1951, 3.2.2).
type inflateTable struct {
	look    [1 << inflateLook]uint32
	first   [16]int // code and index of the first of a length, and how many
	index   [16]int
	count   [16]int
	entries [288]uint32 // in order of their codes
}

// build makes the table of codes of these lengths; entry is what a symbol stands for.
// false: too many or too few codes.
func (t *inflateTable) build(lengths []uint8, entry func(symbol int) uint32) bool {
	*t = inflateTable{}
	used := 0
	for _, n := range lengths {
		if n > 0 {
			t.count[n]++
			used++
		}
	}
	code, index := 0, 0
	var next [16]int
	for n := 1; n < 16; n++ {
		t.first[n], t.index[n], next[n] = code, index, index
		code += t.count[n]
		index += t.count[n]
		if code > 1<<n {
			return false
		}
		code <<= 1
	}
	// All codes are taken, but for a table of at most one.
	if code != 1<<16 && (used > 1 || used == 1 && t.count[1] != 1) {
		return false
	}
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		at := next[n]
		next[n]++
		e := entry(symbol)
		if e == 0 {
			continue // of no meaning: an error where it is used
		}
		e |= uint32(n)
		t.entries[at] = e
		if n > inflateLook {
			continue
		}
		c := t.first[n] + at - t.index[n]
		turned := int(bits.Reverse16(uint16(c)) >> (16 - n))
		for i := turned; i < 1<<inflateLook; i += 1 << n {
			t.look[i] = e
		}
	}
	return true
}

func (t *inflateTable) find(acc uint64) uint32 {
	if e := t.look[acc&(1<<inflateLook-1)]; e != 0 {
		return e
	}
	return t.long(acc)
}

// long finds codes longer than the look.
func (t *inflateTable) long(acc uint64) uint32 {
	c := 0
	for n := 1; n < 16; n++ {
		c = c<<1 | int(acc&1)
		acc >>= 1
		if k := c - t.first[n]; k >= 0 && k < t.count[n] {
			return t.entries[t.index[n]+k]
		}
	}
	return 0
}

func plainCode(symbol int) uint32 { return literalCode | uint32(symbol)<<16 }

// lengthCode is a symbol of literals and lengths (RFC 1951, 3.2.5).
func lengthCode(symbol int) uint32 {
	switch {
	case symbol < 256:
		return plainCode(symbol)
	case symbol == 256:
		return endCode
	case symbol < 265:
		return uint32(symbol-257+3) << 16
	case symbol < 285:
		extra := (symbol - 261) / 4
		return uint32(extra)<<4 | uint32((4+(symbol-265)%4)<<extra+3)<<16
	case symbol == 285:
		return 258 << 16
	}
	return 0
}

func distanceCode(symbol int) uint32 {
	if symbol < 4 {
		return uint32(symbol+1) << 16
	}
	if symbol > 29 {
		return 0
	}
	extra := symbol/2 - 1
	return uint32(extra)<<4 | uint32((2+symbol%2)<<extra+1)<<16
}
