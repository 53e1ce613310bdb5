package imageio

// progressiveScan adds one scan to the coefficients (T.81, annex G).
func (d *lumaDecoder) progressiveScan(r *bitReader, s scanHeader) error {
	p := &spectralScan{bitReader: r, scanHeader: s}
	return d.blocks(r, s, func() { p.run = 0 }, func(c *lumaComponent, luma bool, x, y int) error {
		var block []int16
		if luma {
			block = d.coefs[64*(y*d.blocksX+x):][:64]
		}
		switch {
		case s.from > 0 && s.high == 0:
			return p.first(d.ac[c.acTable], block)
		case s.from > 0:
			return p.refine(d.ac[c.acTable], block)
		}
		r.fill()
		if s.high > 0 {
			if bit := r.take(1); luma {
				block[0] |= int16(bit << s.low)
			}
			return nil
		}
		size := d.dc[c.dcTable].symbol(r)
		if size < 0 || size > 15 {
			return errCode
		}
		if size > 0 {
			r.fill()
			c.pred += extend(r.take(size), size)
		}
		if luma {
			block[0] = int16(c.pred << s.low)
		}
		return nil
	})
}

// spectralScan is the state of a scan of AC coefficients, which hold luma alone.
type spectralScan struct {
	*bitReader
	scanHeader
	run int // further blocks that end here
}

// band reads the length of a run of ended bands (T.81 G.1.2.2).
func (p *spectralScan) band(size int) {
	p.run = 1<<size - 1
	if size > 0 {
		p.fill()
		p.run += int(p.take(size))
	}
}

// first reads coefficients whose place was zero.
func (p *spectralScan) first(ac *huffman, block []int16) error {
	if p.run > 0 {
		p.run--
		return nil
	}
	for k := p.from; k <= p.to; k++ {
		p.fill()
		symbol := ac.symbol(p.bitReader)
		if symbol < 0 {
			return errCode
		}
		run, size := symbol>>4, symbol&15
		if size == 0 {
			if run < 15 {
				p.band(run)
				break
			}
			k += 15
			continue
		}
		k += run
		if k > p.to {
			return errCode
		}
		p.fill()
		block[zigzag[k]] = int16(extend(p.take(size), size) << p.low)
	}
	return nil
}

// refine reads one further bit of each coefficient (T.81 G.1.2.3).
func (p *spectralScan) refine(ac *huffman, block []int16) error {
	delta := int16(1) << p.low
	k := p.from
	if p.run == 0 {
		for ; k <= p.to; k++ {
			p.fill()
			symbol := ac.symbol(p.bitReader)
			if symbol < 0 {
				return errCode
			}
			run, size := symbol>>4, symbol&15
			var fresh int16
			switch {
			case size == 0 && run < 15:
				p.band(run)
				p.run++ // this block is the first of them
			case size == 1:
				fresh = -delta
				p.fill()
				if p.take(1) == 1 {
					fresh = delta
				}
			case size > 1:
				return errCode
			}
			if p.run > 0 {
				break
			}
			if k = p.zeros(block, k, run, delta); fresh != 0 {
				if k > p.to {
					return errCode
				}
				block[zigzag[k]] = fresh
			}
		}
	}
	if p.run > 0 {
		p.zeros(block, k, -1, delta)
		p.run--
	}
	return nil
}

// zeros refines the coefficients from k on until it stands on the zero after
// run others, or, for run -1, at the band's end.
func (p *spectralScan) zeros(block []int16, k, run int, delta int16) int {
	for ; k <= p.to; k++ {
		c := &block[zigzag[k]]
		if *c == 0 {
			if run == 0 {
				break
			}
			if run > 0 {
				run--
			}
			continue
		}
		p.fill()
		if p.take(1) == 0 || *c&delta != 0 && *c > 0 || *c < 0 && -*c&delta != 0 {
			continue
		}
		if *c > 0 {
			*c += delta
		} else {
			*c -= delta
		}
	}
	return k
}
