package imageio

import "encoding/binary"

// bitReader reads the entropy-coded bits of a scan (ITU-T T.81, F.2.2.5), the
// next one topmost in acc. Behind the last byte it gives zeros and counts them:
// whoever used one has read a picture that is cut off.
type bitReader struct {
	data []byte
	at   int
	acc  uint64
	n    int // bits in acc
	pad  int // zeros among them that the data does not have
}

// fill makes at least 32 bits ready.
func (r *bitReader) fill() {
	if r.n >= 32 {
		return
	}
	if r.at+4 <= len(r.data) {
		v := binary.BigEndian.Uint32(r.data[r.at:])
		// No byte is 0xff: none of the inverted ones is zero.
		if x := ^v; (x-0x01010101)&^x&0x80808080 == 0 {
			r.acc |= uint64(v) << (32 - r.n)
			r.n += 32
			r.at += 4
			return
		}
	}
	for r.n <= 56 {
		var b byte
		switch {
		case r.at >= len(r.data):
			r.pad += 8
		case r.data[r.at] != 0xff:
			b = r.data[r.at]
			r.at++
		case r.at+1 < len(r.data) && r.data[r.at+1] == 0:
			b = 0xff
			r.at += 2
		default: // a marker
			r.pad += 8
		}
		r.acc |= uint64(b) << (56 - r.n)
		r.n += 8
	}
}

// skip drops up to 32 bits that fill made ready.
func (r *bitReader) skip(n int) {
	r.acc <<= uint(n)
	r.n -= n
}

// take reads up to 16 bits that fill made ready.
func (r *bitReader) take(n int) int32 {
	v := int32(r.acc >> 1 >> (63 - uint(n)))
	r.skip(n)
	return v
}

// overrun tells that bits were used which the data does not have.
func (r *bitReader) overrun() bool { return r.pad > r.n }

// restart throws the padding of a segment away and steps over its marker RSTn.
func (r *bitReader) restart(number int) bool {
	r.acc, r.n, r.pad = 0, 0, 0
	for r.at+1 < len(r.data) && r.data[r.at] == 0xff && r.data[r.at+1] == 0xff {
		r.at++ // fill bytes
	}
	if r.at+1 >= len(r.data) || r.data[r.at] != 0xff || r.data[r.at+1] != byte(0xd0+number%8) {
		return false
	}
	r.at += 2
	return true
}

const lookBits = 9 // codes of up to so many bits are found by one look

// huffman is a Huffman table (T.81, annex C and F.2.2.3).
type huffman struct {
	look    [1 << lookBits]uint16 // length << 8 | symbol; 0: longer
	whole   [1 << lookBits]int32  // coefficient << 16 | run << 8 | bits, where code and coefficient fit; 0: not
	maxCode [18]int32             // by length, left-aligned to 16 bits; the last is a guard
	delta   [17]int32
	symbols []byte
}

// newHuffman builds a table; nil when the lengths are no prefix code.
func newHuffman(counts [16]byte, symbols []byte) *huffman {
	h := &huffman{symbols: symbols}
	code, k := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		h.delta[length] = k - code
		n := int32(counts[length-1])
		if length <= lookBits {
			for i := range n {
				from := (code + i) << (lookBits - length)
				if int(from) >= len(h.look) || int(from)+1<<(lookBits-length) > len(h.look) {
					return nil
				}
				for j := range int32(1) << (lookBits - length) {
					h.look[from+j] = uint16(length)<<8 | uint16(symbols[k+i])
				}
			}
		}
		code += n
		k += n
		if code > 1<<length {
			return nil
		}
		h.maxCode[length] = code << (16 - length)
		code <<= 1
	}
	h.maxCode[17] = 1 << 30
	h.combine()
	return h
}

// combine joins short codes with the coefficient that follows them.
func (h *huffman) combine() {
	for i, entry := range h.look {
		length, symbol := int(entry>>8), int(entry&0xff)
		size, run := symbol&15, symbol>>4
		if length == 0 || size == 0 || length+size > lookBits {
			continue
		}
		v := extend(int32(i)>>(lookBits-length-size)&(1<<size-1), size)
		h.whole[i] = v<<16 | int32(run)<<8 | int32(length+size)
	}
}

// extend is a coefficient from its bits (T.81, F.2.2.1, figure F.12).
func extend(v int32, size int) int32 {
	if v < 1<<size>>1 {
		return v - 1<<size + 1
	}
	return v
}

// symbol decodes one symbol of the bits that fill made ready; -1: no such code.
func (h *huffman) symbol(r *bitReader) int {
	entry := h.look[r.acc>>(64-lookBits)]
	if entry != 0 {
		r.skip(int(entry >> 8))
		return int(entry & 0xff)
	}
	code := int32(r.acc >> 48)
	length := lookBits + 1
	for code >= h.maxCode[length] {
		length++
	}
	if length > 16 {
		return -1
	}
	i := code>>(16-length) + h.delta[length]
	if int(i) >= len(h.symbols) || i < 0 {
		return -1
	}
	r.skip(length)
	return int(h.symbols[i])
}
