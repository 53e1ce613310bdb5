package imageio

import "errors"

var (
	errCut  = errors.New("it ends within its data")
	errCode = errors.New("a code that its Huffman table does not have")
	errLeft = errors.New("it holds more data than its size needs")
)

// slot is a block of an MCU: its tables and its place in it.
type slot struct {
	dc, ac *huffman
	many   *[1 << lookBits]uint16
	comp   int
	dx, dy int // in its MCU, blocks
	nx, ny int // MCUs side by side are so many blocks apart
	luma   bool
}

// slots are the blocks of an MCU of the scan, and how many MCUs it has.
func (d *lumaDecoder) slots(s scanHeader) (slots []slot, mcuX, mcuY int) {
	for _, i := range s.comps {
		c := &d.comp[i]
		h, v := c.h, c.v
		if !s.interleave {
			h, v = 1, 1 // T.81 A.2.2
		}
		for y := range v {
			for x := range h {
				b := slot{dc: d.dc[c.dcTable], ac: d.ac[c.acTable], comp: i, dx: x, dy: y, nx: h, ny: v, luma: i == 0}
				if i != 0 && !d.progressive {
					b.many = b.ac.steps()
				}
				slots = append(slots, b)
			}
		}
	}
	if s.interleave {
		return slots, d.mcuX, d.mcuY
	}
	// T.81 A.2.2: only the blocks that hold samples.
	return slots, (d.width + 7) / 8, (d.height + 7) / 8
}

// segments calls decode for each run of MCUs between restart markers, from the one
// to before the other, with its data loaded, and gives the place behind the scan.
// decode tells how many bits it used.
func (d *lumaDecoder) segments(at, mcus int, decode func(from, to int) (used int, err error)) (next int, err error) {
	step := mcus
	if d.interval > 0 {
		step = d.interval
	}
	for from := 0; from < mcus; from += step {
		if from > 0 {
			for at+1 < len(d.data) && d.data[at] == 0xff && d.data[at+1] == 0xff {
				at++ // fill bytes
			}
			if at+1 >= len(d.data) || d.data[at] != 0xff || d.data[at+1] != byte(0xd0+(from/step-1)%8) {
				return 0, errors.New("a restart marker is missing")
			}
			at += 2
		}
		at = d.in.load(d.data, at)
		for i := range d.comp {
			d.comp[i].pred = 0
		}
		used, err := decode(from, min(from+step, mcus))
		if err != nil {
			return 0, err
		}
		if used > d.in.bits {
			return 0, errCut
		}
		// More data than the blocks used: they got out of step with a damaged stream.
		// Padding is no data; writers leave a few bytes.
		const most = 16
		if d.in.left(used) > most {
			return 0, errLeft
		}
	}
	return at, nil
}

// sequentialScan decodes the luma of a scan (T.81, F.2.2) to samples.
func (d *lumaDecoder) sequentialScan(at int, s scanHeader) (next int, err error) {
	slots, mcuX, mcuY := d.slots(s)
	return d.segments(at, mcuX*mcuY, func(from, to int) (int, error) {
		return d.sequential(slots, mcuX, from, to)
	})
}

func (d *lumaDecoder) sequential(slots []slot, mcuX, from, to int) (used int, err error) {
	var (
		acc  uint64
		n    uint
		at   int
		data = d.in.data
		coef [64]int16
	)
	quant := &d.quant[d.comp[0].tq]
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
			c := b.dc.find(acc)
			if c == 0 {
				return 0, errCode
			}
			if !b.luma {
				acc <<= c.total()
				n -= c.total()
				acc, n, at = b.skip(data, acc, n, at)
				if at < 0 {
					return 0, errCode
				}
				continue
			}
			if c.size() > 0 {
				d.comp[0].pred += c.value(acc)
			}
			coef[0] = int16(d.comp[0].pred)
			acc <<= c.total()
			n -= c.total()
			var last int
			acc, n, at, last = b.ac.block(data, acc, n, at, &coef)
			if at < 0 {
				return 0, errCode
			}
			d.emit(&coef, last > 0, quant, mx*b.nx+b.dx, my*b.ny+b.dy)
			if last != 0 {
				coef = [64]int16{}
			}
		}
		if mx++; mx == mcuX {
			mx, my = 0, my+1
		}
	}
	return 8*at - int(n), nil
}

// block reads the coefficients of a block but the first; last is the zigzag position
// of the last one. at below 0: no such code.
func (h *huffman) block(data []byte, acc uint64, n uint, at int, coef *[64]int16) (_ uint64, _ uint, _, last int) {
	for k := 1; k < 64; k++ {
		if n < 28 {
			acc |= refilled(data, at, n)
			at += int((63 - n) >> 3)
			n |= 56
		}
		c := h.look[acc>>(64-lookBits)]
		if v := int16(c >> 16); v != 0 {
			acc <<= c.total()
			n -= c.total()
			if k += c.run(); k > 63 {
				return 0, 0, -1, 0
			}
			coef[transposed[k]&63] = v
			last = k
			continue
		}
		if c == 0 {
			if c = h.long(acc); c == 0 {
				return 0, 0, -1, 0
			}
		}
		k += c.run()
		if c.size() != 0 {
			if k > 63 {
				return 0, 0, -1, 0
			}
			coef[transposed[k]&63] = int16(c.value(acc))
			last = k
		}
		acc <<= c.total()
		n -= c.total()
		if c.size() == 0 && c.run() < 15 { // the block's end
			break
		}
	}
	return acc, n, at, last
}

// skip reads over the coefficients of a block but the first.
func (b *slot) skip(data []byte, acc uint64, n uint, at int) (uint64, uint, int) {
	for k := 1; k < 64; {
		acc |= refilled(data, at, n)
		at += int((63 - n) >> 3)
		n |= 56
		if m := b.many[acc>>(64-lookBits)]; m != 0 && k+int(m>>8) <= 64 {
			acc <<= m & 63
			n -= uint(m & 63)
			k += int(m >> 8)
			if m&(1<<7) != 0 {
				break
			}
			continue
		}
		c := b.ac.find(acc)
		if c == 0 {
			return 0, 0, -1
		}
		acc <<= c.total()
		n -= c.total()
		if c.size() == 0 && c.run() < 15 {
			break
		}
		if k += c.run() + 1; k > 64 && c.size() != 0 {
			return 0, 0, -1
		}
	}
	return acc, n, at
}

// emit writes the samples of a luma block; detail tells whether any coefficient but the
// first may be other than zero.
func (d *lumaDecoder) emit(coef *[64]int16, detail bool, quant *[64]int16, x, y int) {
	stride := d.out.Stride
	size := 8 / d.shrink
	out := d.out.Pix[size*(y*stride+x):]
	switch {
	case d.shrink == 1 && detail:
		idct(coef, quant, out, stride)
	case d.shrink == 1:
		flatBlock(flat(coef[0], quant[0]), out, stride)
	case detail && d.shrink < 8:
		var whole [64]uint8
		idct(coef, quant, whole[:], 8)
		if d.shrink == 2 {
			means2(&whole, out, stride)
		} else {
			means4(&whole, out, stride)
		}
	default:
		v := flat(coef[0], quant[0])
		for y := range size {
			row := out[y*stride:][:size]
			for i := range row {
				row[i] = v
			}
		}
	}
}
