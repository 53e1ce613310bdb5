package imageio

import (
	"errors"
	"math/bits"
)

var errRun = errors.New("a run of ended bands goes beyond its scan")

// progressiveScan adds one scan to the coefficients (T.81, annex G).
func (d *lumaDecoder) progressiveScan(at int, s scanHeader) (next int, err error) {
	slots, mcuX, mcuY := d.slots(s)
	return d.segments(at, mcuX*mcuY, func(from, to int) (int, error) {
		switch {
		case s.from == 0:
			return d.dcScan(s, slots, mcuX, from, to)
		case s.high == 0:
			return d.acScan(s, slots[0].ac, mcuX, from, to)
		}
		return d.refineScan(s, slots[0].ac, mcuX, from, to)
	})
}

// dcScan reads the first coefficients, or one further bit of them.
func (d *lumaDecoder) dcScan(s scanHeader, slots []slot, mcuX, from, to int) (used int, err error) {
	var (
		acc  uint64
		n    uint
		at   int
		data = d.in.data
	)
	mx, my := from%mcuX, from/mcuX
	for range to - from {
		for i := range slots {
			b := &slots[i]
			if d.in.ends(at) {
				return 0, errCut
			}
			acc |= refilled(data, at, n)
			at += int((63 - n) >> 3)
			n |= 56
			var v int16
			if s.high > 0 {
				v = int16(acc>>63) << s.low
				acc <<= 1
				n--
			} else {
				c := b.dc.find(acc)
				if c == 0 {
					return 0, errCode
				}
				pred := &d.comp[b.comp].pred
				if c.size() > 0 {
					*pred += c.value(acc)
				}
				v = int16(*pred << s.low)
				acc <<= c.total()
				n -= c.total()
			}
			if b.luma {
				block := &d.coefs[(my*b.ny+b.dy)*d.blocksX+mx*b.nx+b.dx]
				if s.high == 0 {
					block[0] = 0
				}
				block[0] |= v
			}
		}
		if mx++; mx == mcuX {
			mx, my = 0, my+1
		}
	}
	return 8*at - int(n), nil
}

// acScan reads coefficients whose place was zero; such scans hold luma alone.
func (d *lumaDecoder) acScan(s scanHeader, ac *huffman, blocksX, from, to int) (used int, err error) {
	var (
		acc  uint64
		n    uint
		at   int
		data = d.in.data
	)
	i := from
	for ; i < to; i++ {
		if d.in.ends(at) {
			return 0, errCut
		}
		index := i/blocksX*d.blocksX + i%blocksX
		block := &d.coefs[index]
		mask := d.masks[index]
		for k := s.from; k <= s.to; k++ {
			acc |= refilled(data, at, n)
			at += int((63 - n) >> 3)
			n |= 56
			c := ac.find(acc)
			if c == 0 {
				return 0, errCode
			}
			run := c.run()
			if c.size() == 0 && run < 15 {
				// This band and further ones have ended (T.81, G.1.2.2).
				acc <<= c.total()
				n -= c.total()
				i += 1<<run - 1 + int(acc>>1>>(63-uint(run)))
				acc <<= run
				n -= uint(run)
				break
			}
			if k += run; c.size() > 0 {
				if k > s.to {
					return 0, errCode
				}
				block[transposed[k&63]&63] = int16(c.value(acc) << s.low)
				mask |= 1 << (k & 63)
			}
			acc <<= c.total()
			n -= c.total()
		}
		d.masks[index] = mask
	}
	if i > to {
		return 0, errRun
	}
	return 8*at - int(n), nil
}

// refineScan reads one further bit of each coefficient (T.81 G.1.2.3).
func (d *lumaDecoder) refineScan(s scanHeader, ac *huffman, blocksX, from, to int) (used int, err error) {
	var (
		acc   uint64
		n     uint
		at    int
		data  = d.in.data
		ended int // further blocks whose band has ended
	)
	delta := int16(1) << s.low
	band := uint64(1)<<s.to<<1 - 1
	for i := from; i < to; i++ {
		if d.in.ends(at) {
			return 0, errCut
		}
		index := i/blocksX*d.blocksX + i%blocksX
		block := &d.coefs[index]
		mask := d.masks[index]
		k := s.from
		for ended == 0 && k <= s.to {
			acc |= refilled(data, at, n)
			at += int((63 - n) >> 3)
			n |= 56
			c := ac.find(acc)
			run := c.run()
			fresh := int16(0)
			switch {
			case c == 0 || c.size() > 1:
				return 0, errCode
			case c.size() == 1:
				if fresh = delta; c.value(acc) < 0 {
					fresh = -delta
				}
			}
			acc <<= c.total()
			n -= c.total()
			if c.size() == 0 && run < 15 {
				ended = 1<<run + int(acc>>1>>(63-uint(run))) // this block is the first of them
				acc <<= run
				n -= uint(run)
				break
			}
			// On to the zero behind run others; what is not zero on the way is refined.
			for {
				gap := bits.TrailingZeros64(mask >> (k & 63))
				if gap > run {
					k += run
					break
				}
				run -= gap
				if k += gap; k > s.to {
					break
				}
				if n < 2 {
					acc |= refilled(data, at, n)
					at += int((63 - n) >> 3)
					n |= 56
				}
				refine(&block[transposed[k&63]&63], acc>>63, delta)
				acc <<= 1
				n--
				k++
				if k > s.to {
					break
				}
			}
			if fresh != 0 {
				if k > s.to {
					return 0, errCode
				}
				block[transposed[k&63]&63] = fresh
				d.masks[index] |= 1 << (k & 63)
			}
			k++
		}
		if ended > 0 && k <= s.to {
			for rest := mask & band >> (k & 63) << (k & 63); rest != 0; rest &= rest - 1 {
				if n < 2 {
					acc |= refilled(data, at, n)
					at += int((63 - n) >> 3)
					n |= 56
				}
				refine(&block[transposed[bits.TrailingZeros64(rest)&63]&63], acc>>63, delta)
				acc <<= 1
				n--
			}
		}
		if ended > 0 {
			ended--
		}
	}
	if ended > 0 {
		return 0, errRun
	}
	return 8*at - int(n), nil
}

// refine moves a coefficient away from zero where the bit is 1.
func refine(c *int16, bit uint64, delta int16) {
	sign := *c >> 15
	*c += (delta ^ sign - sign) & -int16(bit)
}
