package imageio

import (
	"bytes"
	"encoding/binary"
)

// A bit reader is three local variables of the functions that decode blocks, which
// keeps them in registers:
//
//	acc  the bits to come, the next one topmost
//	n    how many of them are counted; below lie bits that the next refill repeats
//	at   where in the data the next refill begins
//
// A refill (refilled) makes at least 56 bits ready; a code of at most 16 bits and a
// value of at most 12 take 28. So one refill lasts for two coefficients. bits used so
// far are 8·at - n: behind the data lie zeros, and who used one has read a picture
// that is cut off.

// entropy is the data of a scan up to its next marker without its stuffed zeros
// (ITU-T T.81, F.1.2.3), and zeros behind it.
type entropy struct {
	data []byte
	bits int // before the zeros
}

// blockBytes are more than the bytes of a block's codes: 64 of 28 bits, and a refill.
const blockBytes = 64*28/8 + 8

// load takes the data from at on and tells where the marker behind it begins.
func (e *entropy) load(data []byte, at int) (end int) {
	if e.data == nil {
		e.data = make([]byte, 0, len(data)-at+2*blockBytes) // once, not by doubling
	}
	e.data = e.data[:0]
	for {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 {
			e.data = append(e.data, data[at:]...)
			at = len(data)
			break
		}
		stuffed := at+i+1 < len(data) && data[at+i+1] == 0
		if !stuffed {
			e.data = append(e.data, data[at:at+i]...)
			at += i
			break
		}
		e.data = append(e.data, data[at:at+i+1]...)
		at += i + 2
	}
	e.bits = 8 * len(e.data)
	var zeros [2 * blockBytes]byte
	e.data = append(e.data, zeros[:]...)
	return at
}

// ends tells whether a reader at may have gone so far beyond the data that the next
// block would leave the zeros.
func (e *entropy) ends(at int) bool { return at > len(e.data)-blockBytes }

// left is how many bytes behind bit used are data, not padding.
func (e *entropy) left(used int) (n int) {
	for _, b := range e.data[min((used+7)/8, e.bits/8) : e.bits/8] {
		if b != 0 && b != 0xff {
			n++
		}
	}
	return n
}

// refilled is the next 64 bits from at on in the place behind n bits; the reader then
// stands at at + (63-n)/8 with n|56 bits.
func refilled(data []byte, at int, n uint) uint64 {
	return binary.BigEndian.Uint64(data[at:]) >> (n & 63)
}

const lookBits = 10 // codes of up to so many bits are found by one look

// code is what a Huffman code stands for: in bits 0 to 5 its length and that of the
// value behind it, in 6 to 9 the run of zeros before it, in 10 to 13 the value's
// length, from 16 on the value where the look has all its bits, else 0. 0: no such
// code.
type code uint32

func (c code) total() uint { return uint(c & 0x3f) }
func (c code) size() uint  { return uint(c >> 10 & 15) }
func (c code) run() int    { return int(c >> 6 & 15) }

// value is the coefficient of size 1 or more behind the code at the top of acc (T.81,
// F.2.2.1, figure F.12): one whose first bit is 0 is negative.
func (c code) value(acc uint64) int32 {
	t := acc << ((c.total() - c.size()) & 63)
	return int32(t>>(-c.size()&63)) + int32(int64(^t)>>63)&(1-int32(1)<<(c.size()&31))
}

// maxValueBits of a coefficient of 8-bit samples: T.81 has 11.
const maxValueBits = 12

// huffman is a Huffman table (T.81, annex C and F.2.2.3).
type huffman struct {
	look    [1 << lookBits]code
	maxCode [18]int32 // by length, left-aligned to 16 bits; the last is a guard
	delta   [17]int32
	symbols []byte
	// many steps over several coefficients at once: bits 0 to 5 their length, 8 to 15
	// how many places of the block, the end of the block counted as one, 7 the end. 0:
	// look. nil until it is asked for.
	many *[1 << lookBits]uint16
}

// newHuffman builds a table; nil when the lengths are no prefix code.
func newHuffman(counts [16]byte, symbols []byte) *huffman {
	h := &huffman{symbols: symbols}
	next, k := int32(0), int32(0) // code, symbol
	for length := 1; length <= 16; length++ {
		h.delta[length] = k - next
		n := int32(counts[length-1])
		if next+n > 1<<length {
			return nil
		}
		if length <= lookBits {
			for i := range n {
				from := (next + i) << (lookBits - length)
				c := codeOf(length, symbols[k+i])
				for j := range int32(1) << (lookBits - length) {
					h.look[from+j] = c
					if c.size() > 0 && c.total() <= lookBits {
						h.look[from+j] |= code(c.value(uint64(from+j)<<(64-lookBits))) << 16
					}
				}
			}
		}
		next += n
		k += n
		h.maxCode[length] = next << (16 - length)
		next <<= 1
	}
	h.maxCode[17] = 1 << 30
	return h
}

func codeOf(length int, symbol byte) code {
	size := int(symbol & 15)
	if size > maxValueBits {
		return 0
	}
	return code(length + size | int(symbol>>4)<<6 | size<<10)
}

// find decodes the code at the top of acc.
func (h *huffman) find(acc uint64) code {
	if c := h.look[acc>>(64-lookBits)]; c != 0 {
		return c
	}
	return h.long(acc)
}

func (h *huffman) long(acc uint64) code {
	bits := int32(acc >> 48)
	length := 1
	for bits >= h.maxCode[length] {
		length++
	}
	if length > 16 {
		return 0
	}
	i := bits>>(16-length) + h.delta[length]
	if int(i) >= len(h.symbols) || i < 0 {
		return 0
	}
	return codeOf(length, h.symbols[i])
}

// steps builds many.
func (h *huffman) steps() *[1 << lookBits]uint16 {
	if h.many != nil {
		return h.many
	}
	h.many = new([1 << lookBits]uint16)
	for i := range h.many {
		used, places, end := uint(0), 0, uint16(0)
		for end == 0 {
			c := h.look[i<<used&(1<<lookBits-1)]
			if c == 0 || used+c.total() > lookBits {
				break
			}
			step := c.run() + 1
			if c.size() == 0 && c.run() < 15 {
				step, end = 1, 1<<7
			}
			if places+step > 64 {
				end = 0
				break
			}
			used, places = used+c.total(), places+step
		}
		if used > 0 {
			h.many[i] = uint16(used) | end | uint16(places)<<8
		}
	}
	return h.many
}
