package hevc

import "encoding/binary"

// bitReader reads the fixed and Exp-Golomb codes of headers (clause 9.2). Beyond the
// end it reads zeros and remembers that it did.
type bitReader struct {
	data []byte
	at   int // bits read
	over bool
}

func (r *bitReader) bit() uint32 {
	i := r.at >> 3
	if i >= len(r.data) {
		r.over = true
		return 0
	}
	b := r.data[i] >> (7 - r.at&7) & 1
	r.at++
	return uint32(b)
}

func (r *bitReader) flag() bool { return r.bit() == 1 }

// bits reads n bits, n at most 32.
func (r *bitReader) bits(n int) uint32 {
	var v uint32
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

func (r *bitReader) skip(n int) {
	r.at += n
	if r.at > 8*len(r.data) {
		r.at = 8 * len(r.data)
		r.over = true
	}
}

// ue is an unsigned Exp-Golomb code. No legal one in headers is longer than 32 bits.
func (r *bitReader) ue() int {
	zeros := 0
	for r.bit() == 0 {
		zeros++
		if zeros > 31 || r.over {
			r.over = true
			return 0
		}
	}
	return int(uint64(1)<<zeros - 1 + uint64(r.bits(zeros)))
}

// upTo is an unsigned code that is legal up to limit.
func (r *bitReader) upTo(limit int) int {
	v := r.ue()
	if v > limit {
		r.over = true
		return 0
	}
	return v
}

// se is a signed Exp-Golomb code.
func (r *bitReader) se() int {
	v := r.ue()
	if v&1 == 1 {
		return (v + 1) >> 1
	}
	return -(v >> 1)
}

// within is a signed code that is legal from low to high.
func (r *bitReader) within(low, high int) int {
	v := r.se()
	if v < low || v > high {
		r.over = true
		return 0
	}
	return v
}

// payload is a NAL unit without the bytes that keep start codes out of it
// (clause 7.3.1.1), the two header bytes included. Units without them are not copied.
func payload(nal []byte) []byte {
	i := emulation(nal, 0)
	if i < 0 {
		return nal
	}
	out := make([]byte, 0, len(nal))
	from := 0
	for i >= 0 {
		out = append(out, nal[from:i]...)
		from = i + 1
		i = emulation(nal, from)
	}
	return append(out, nal[from:]...)
}

// emulation is the place of the next emulation prevention byte from a place on.
func emulation(nal []byte, from int) int {
	for i := from; i+2 < len(nal); {
		switch {
		case nal[i+2] > 3:
			i += 3
		case nal[i] == 0 && nal[i+1] == 0 && nal[i+2] == 3:
			return i + 2
		default:
			i++
		}
	}
	return -1
}

// cabac is the arithmetic decoding engine of clause 9.3.4.3. value holds the offset
// of the standard and, below it, more bits of the stream, so that bytes are read four
// at a time: offset = value >> more.
type cabac struct {
	value uint64
	rng   uint32
	more  int
	data  []byte
	at    int // bytes taken from data, beyond its end as zeros
}

// start begins at a byte (clause 9.3.2.5).
func (c *cabac) start(at int) {
	c.at, c.value, c.rng, c.more = at, 0, 510, -9
	c.refill()
}

// refill keeps at least 16 bits in store.
func (c *cabac) refill() {
	if c.at >= 0 && c.at+4 <= len(c.data) {
		c.value = c.value<<32 | uint64(binary.BigEndian.Uint32(c.data[c.at:]))
	} else {
		for i := range 4 {
			c.value <<= 8
			if k := c.at + i; k < len(c.data) {
				c.value |= uint64(c.data[k])
			}
		}
	}
	c.at += 4
	c.more += 32
}

// read is the number of bits that the engine has read, the nine of its start included.
func (c *cabac) read() int { return 8*c.at - c.more }

// over says that the engine has read beyond the data.
func (c *cabac) over() bool { return c.read() > 8*len(c.data) }

// next is the byte behind a terminating bin that was one: the last bit read is the
// alignment bit, zeros follow it.
func (c *cabac) next() int { return (c.read() + 7) >> 3 }

// bin decodes one bin with its context (clause 9.3.4.3.2).
func (c *cabac) bin(ctx *uint8) uint32 {
	s := *ctx & 127
	lps := uint32(rangeLPS[s>>1][c.rng>>6&3])
	rng := c.rng - lps
	scaled := uint64(rng) << (c.more & 63)
	if c.value < scaled {
		*ctx = nextMPS[s]
		if rng < 256 {
			rng <<= 1
			c.more--
			if c.more < 16 {
				c.refill()
			}
		}
		c.rng = rng
		return uint32(s & 1)
	}
	c.value -= scaled
	*ctx = nextLPS[s]
	n := int(renormLPS[lps>>3&31])
	c.rng = lps << n
	c.more -= n
	if c.more < 16 {
		c.refill()
	}
	return uint32(s&1) ^ 1
}

// significant decodes the flags of a sub-block's coefficients from place k down to
// place 1 (clause 7.3.8.11): which context of ctx each has, row says by where the
// place lies. The places of ones join the n of found. It is bin in a loop whose state
// stays in registers: most bins of a picture are these.
func (c *cabac) significant(ctx, row, places *[16]uint8, k int, found *[16]uint8, n int) int {
	value, rng, more := c.value, c.rng, c.more
	for ; k > 0; k-- {
		p := &ctx[row[places[k&15]&15]&15]
		s := *p & 127
		lps := uint32(rangeLPS[s>>1][rng>>6&3])
		rng -= lps
		scaled := uint64(rng) << (more & 63)
		bit := s & 1
		if value < scaled {
			*p = nextMPS[s]
			shift := rng>>8 ^ 1 // the range is at least 128 here
			rng <<= shift & 1
			more -= int(shift & 1)
		} else {
			value -= scaled
			*p = nextLPS[s]
			shift := int(renormLPS[lps>>3&31])
			rng = lps << (shift & 7)
			more -= shift
			bit ^= 1
		}
		found[n&15] = uint8(k)
		n += int(bit)
		if more < 16 {
			c.value, c.more = value, more
			c.refill()
			value, more = c.value, c.more
		}
	}
	c.value, c.rng, c.more = value, rng, more
	return n
}

// bypass decodes one bin of equal odds (clause 9.3.4.3.4).
func (c *cabac) bypass() uint32 {
	c.more--
	scaled := uint64(c.rng) << (c.more & 63)
	var b uint32
	if c.value >= scaled {
		c.value -= scaled
		b = 1
	}
	if c.more < 16 {
		c.refill()
	}
	return b
}

// bypasses decodes n bins of equal odds, the first as the highest bit; n at most 32.
func (c *cabac) bypasses(n int) uint32 {
	var v uint32
	for n > 0 {
		// As many as are in store surely.
		part := min(n, 16)
		n -= part
		value, more := c.value, c.more
		for range part {
			more--
			scaled := uint64(c.rng) << (more & 63)
			v <<= 1
			if value >= scaled {
				value -= scaled
				v |= 1
			}
		}
		c.value, c.more = value, more
		if more < 16 {
			c.refill()
		}
	}
	return v
}

// terminate decodes a bin before the end of something (clause 9.3.4.3.5).
func (c *cabac) terminate() bool {
	c.rng -= 2
	if c.value >= uint64(c.rng)<<(c.more&63) {
		return true
	}
	if c.rng < 256 {
		c.rng <<= 1
		c.more--
		if c.more < 16 {
			c.refill()
		}
	}
	return false
}
