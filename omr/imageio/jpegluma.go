package imageio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
)

// errOtherJPEG sends a picture to the standard library: RGB, CMYK, arithmetic
// coding, luma that is subsampled.
var errOtherJPEG = errors.New("not a JPEG of luma and subsampled chroma")

// maxScans of a progressive JPEG: encoders write about ten, and each may cost a
// pass over all blocks for a few bytes.
const maxScans = 200

// lumaDecoder decodes the luma of a JPEG and steps over the rest: the standard
// library spends half of its time on chroma and colour-free work that
// recognition does not need.
type lumaDecoder struct {
	data        []byte
	quant       [4][64]int32 // natural order
	dc, ac      [4]*huffman
	comp        []lumaComponent
	width       int
	height      int
	progressive bool
	adobe       int // transform; -1: no such segment
	interval    int // MCUs between restarts; 0: none
	mcuX, mcuY  int
	hMax, vMax  int
	out         *image.Gray
	coefs       []int16 // progressive: luma blocks, natural order
	blocksX     int     // luma blocks a row, padded to whole MCUs
	scans       int
	complete    bool // sequential: all luma decoded
}

type lumaComponent struct {
	id, h, v, tq int
	dcTable      int
	acTable      int
	pred         int32
}

// jpegLuma is the luma plane; its Stride may exceed its width.
func jpegLuma(data []byte) (*image.Gray, error) {
	d := &lumaDecoder{data: data, adobe: -1}
	if err := d.run(); err != nil {
		return nil, err
	}
	return d.out, nil
}

func (d *lumaDecoder) run() error {
	for at := 2; ; {
		marker, body, next, err := d.segment(at)
		if err != nil {
			if d.complete {
				break // only its end marker is missing
			}
			return err
		}
		at = next
		switch {
		case marker == 0xc4:
			err = d.huffmanTables(body)
		case marker == 0xdb:
			err = d.quantTables(body)
		case marker == 0xdd:
			if len(body) < 2 {
				return errors.New("a restart interval without a number")
			}
			d.interval = int(binary.BigEndian.Uint16(body))
		case marker == 0xee && len(body) >= 12 && string(body[:5]) == "Adobe":
			d.adobe = int(body[11])
		case marker == 0xc0 || marker == 0xc1 || marker == 0xc2:
			err = d.frame(body, marker == 0xc2)
		case marker >= 0xc3 && marker <= 0xcf && marker != 0xc8:
			return errOtherJPEG
		case marker == 0xda:
			at, err = d.scan(body, next)
		case marker == 0xd9:
			if d.out == nil {
				return errors.New("it holds no frame")
			}
			return d.finish()
		}
		if err != nil {
			return err
		}
	}
	return d.finish()
}

// segment finds the next marker at or behind at and its body.
func (d *lumaDecoder) segment(at int) (marker byte, body []byte, next int, err error) {
	for ; at+1 < len(d.data); at++ {
		if d.data[at] != 0xff || d.data[at+1] == 0xff || d.data[at+1] == 0 || d.data[at+1] >= 0xd0 && d.data[at+1] <= 0xd7 {
			continue // the rest of a scan that was stepped over
		}
		marker = d.data[at+1]
		if marker == 0xd9 || marker == 0xd8 || marker == 0x01 {
			return marker, nil, at + 2, nil
		}
		if at+4 > len(d.data) {
			break
		}
		n := int(binary.BigEndian.Uint16(d.data[at+2:]))
		if n < 2 || at+2+n > len(d.data) {
			break
		}
		return marker, d.data[at+4 : at+2+n], at + 2 + n, nil
	}
	return 0, nil, 0, errors.New("it ends before its end marker")
}

func (d *lumaDecoder) quantTables(b []byte) error {
	for len(b) > 0 {
		wide, id := b[0]>>4, b[0]&15
		size := 64 << wide
		if wide > 1 || id > 3 || len(b) < 1+size {
			return errors.New("a damaged quantisation table")
		}
		for k := range 64 {
			v := int32(b[1+k])
			if wide == 1 {
				v = int32(binary.BigEndian.Uint16(b[1+2*k:]))
			}
			d.quant[id][zigzag[k]] = v
		}
		b = b[1+size:]
	}
	return nil
}

func (d *lumaDecoder) huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 || b[0]>>4 > 1 || b[0]&15 > 3 {
			return errors.New("a damaged Huffman table")
		}
		counts := [16]byte(b[1:17])
		n := 0
		for _, c := range counts {
			n += int(c)
		}
		if n == 0 || n > 256 || len(b) < 17+n {
			return errors.New("a damaged Huffman table")
		}
		table := newHuffman(counts, b[17:17+n])
		if table == nil {
			return errors.New("a Huffman table that is no prefix code")
		}
		if b[0]>>4 == 0 {
			d.dc[b[0]&15] = table
		} else {
			d.ac[b[0]&15] = table
		}
		b = b[17+n:]
	}
	return nil
}

func (d *lumaDecoder) frame(b []byte, progressive bool) error {
	if d.out != nil {
		return errors.New("it holds two frames")
	}
	if len(b) < 6 || b[0] != 8 || len(b) < 6+3*int(b[5]) {
		return errOtherJPEG
	}
	d.progressive = progressive
	d.height, d.width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	n := int(b[5])
	if d.width == 0 || d.height == 0 || n != 1 && n != 3 {
		return errOtherJPEG
	}
	for i := range n {
		c := lumaComponent{id: int(b[6+3*i]), h: int(b[7+3*i] >> 4), v: int(b[7+3*i] & 15), tq: int(b[8+3*i])}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.tq > 3 {
			return errOtherJPEG
		}
		if n == 1 {
			c.h, c.v = 1, 1 // T.81 A.2.2: one component is never interleaved
		}
		d.hMax, d.vMax = max(d.hMax, c.h), max(d.vMax, c.v)
		d.comp = append(d.comp, c)
	}
	if d.comp[0].h != d.hMax || d.comp[0].v != d.vMax {
		return errOtherJPEG
	}
	if n == 3 && (d.adobe == 0 || d.adobe < 0 && d.comp[0].id == 'R' && d.comp[1].id == 'G' && d.comp[2].id == 'B') {
		return errOtherJPEG
	}
	d.mcuX = (d.width + 8*d.hMax - 1) / (8 * d.hMax)
	d.mcuY = (d.height + 8*d.vMax - 1) / (8 * d.vMax)
	d.blocksX = d.mcuX * d.hMax
	rows := d.mcuY * d.vMax
	stride := 8 * d.blocksX
	d.out = &image.Gray{Pix: make([]uint8, stride*8*rows), Stride: stride, Rect: image.Rect(0, 0, d.width, d.height)}
	if progressive {
		d.coefs = make([]int16, 64*d.blocksX*rows)
	}
	return nil
}

// scanHeader is what a scan holds.
type scanHeader struct {
	comps      []int // indices in comp
	from, to   int   // spectral selection
	high, low  int   // successive approximation
	withLuma   bool
	interleave bool
}

func (d *lumaDecoder) scan(b []byte, at int) (next int, err error) {
	if d.out == nil {
		return 0, errors.New("a scan before the frame")
	}
	if d.scans++; d.scans > maxScans {
		return 0, fmt.Errorf("it has more than %d scans", maxScans)
	}
	s, err := d.header(b)
	if err != nil {
		return 0, err
	}
	if !s.withLuma {
		return at, nil // segment steps over it
	}
	for i := range d.comp {
		d.comp[i].pred = 0
	}
	r := &bitReader{data: d.data, at: at}
	if d.progressive {
		err = d.progressiveScan(r, s)
	} else {
		err = d.sequentialScan(r, s)
		d.complete = err == nil
	}
	if err == nil && r.overrun() {
		err = errCut
	}
	if err == nil {
		err = leftover(d.data, r.at)
	}
	// Bytes that the reader took ahead belong to this scan: no marker is among them.
	return r.at, err
}

// leftover refuses a scan with more data than its blocks used: they got out of
// step with a damaged stream. Padding is no data.
func leftover(data []byte, at int) error {
	const most = 16 // bytes; writers leave a few
	for n := 0; at+1 < len(data); at++ {
		if data[at] == 0xff && data[at+1] != 0 && data[at+1] != 0xff {
			break
		}
		if data[at] == 0 || data[at] == 0xff {
			continue
		}
		if n++; n > most {
			return errors.New("it holds more data than its size needs")
		}
	}
	return nil
}

var errCut = errors.New("it ends within its data")

func (d *lumaDecoder) header(b []byte) (s scanHeader, err error) {
	bad := errors.New("a damaged scan header")
	if len(b) < 1 || int(b[0]) > len(d.comp) || b[0] == 0 || len(b) < 4+2*int(b[0]) {
		return s, bad
	}
	n := int(b[0])
	for i := range n {
		id, tables := int(b[1+2*i]), b[2+2*i]
		index := -1
		for k := range d.comp {
			if d.comp[k].id == id {
				index = k
				break
			}
		}
		if index < 0 || tables>>4 > 3 || tables&15 > 3 {
			return s, bad
		}
		d.comp[index].dcTable, d.comp[index].acTable = int(tables>>4), int(tables&15)
		s.comps = append(s.comps, index)
		s.withLuma = s.withLuma || index == 0
	}
	s.interleave = n > 1
	s.from, s.to = int(b[1+2*n]), int(b[2+2*n])
	s.high, s.low = int(b[3+2*n]>>4), int(b[3+2*n]&15)
	if !d.progressive {
		s.from, s.to, s.high, s.low = 0, 63, 0, 0
	}
	legal := s.from <= s.to && s.to <= 63 && s.low <= 13 && (s.high == 0 || s.high == s.low+1) &&
		(!d.progressive || (s.from == 0) == (s.to == 0) && (s.from == 0 || !s.interleave))
	if !legal {
		return s, bad
	}
	for _, i := range s.comps {
		c := &d.comp[i]
		if s.from == 0 && s.high == 0 && d.dc[c.dcTable] == nil || s.to > 0 && d.ac[c.acTable] == nil {
			return s, errors.New("a scan without its Huffman table")
		}
	}
	return s, nil
}

// blocks calls visit for each block of the scan in its order, component and
// place among that component's blocks, and steps over restart markers.
func (d *lumaDecoder) blocks(r *bitReader, s scanHeader, restart func(), visit func(c *lumaComponent, luma bool, x, y int) error) error {
	mcuX, mcuY := d.mcuX, d.mcuY
	if !s.interleave {
		// T.81 A.2.2: only the blocks that hold samples.
		mcuX, mcuY = (d.width+7)/8, (d.height+7)/8
	}
	count := 0
	for my := range mcuY {
		for mx := range mcuX {
			if d.interval > 0 && count > 0 && count%d.interval == 0 {
				if r.overrun() {
					return errCut
				}
				if !r.restart(count/d.interval - 1) {
					return errors.New("a restart marker is missing")
				}
				for i := range d.comp {
					d.comp[i].pred = 0
				}
				restart()
			}
			count++
			if !s.interleave {
				if err := visit(&d.comp[0], true, mx, my); err != nil {
					return err
				}
				continue
			}
			for _, i := range s.comps {
				c := &d.comp[i]
				for v := range c.v {
					for h := range c.h {
						if err := visit(c, i == 0, mx*c.h+h, my*c.v+v); err != nil {
							return err
						}
					}
				}
			}
		}
		if r.overrun() {
			return errCut
		}
	}
	return nil
}

var errCode = errors.New("a code that its Huffman table does not have")

func (d *lumaDecoder) sequentialScan(r *bitReader, s scanHeader) error {
	var block [64]int32
	return d.blocks(r, s, func() {}, func(c *lumaComponent, luma bool, x, y int) error {
		if !luma {
			return skipBlock(r, d.dc[c.dcTable], d.ac[c.acTable])
		}
		last, err := c.decode(r, d.dc[c.dcTable], d.ac[c.acTable], &d.quant[c.tq], &block)
		if err != nil {
			return err
		}
		to := d.out.Pix[8*y*d.out.Stride+8*x:]
		if last == 0 {
			flatBlock(block[0], to, d.out.Stride)
		} else {
			idct(&block, to, d.out.Stride)
			block = [64]int32{}
		}
		return nil
	})
}

// decode reads a block of a sequential scan (T.81 F.2.2), dequantised; block
// comes with zeros. last is the position of the last coefficient.
func (c *lumaComponent) decode(r *bitReader, dc, ac *huffman, quant *[64]int32, block *[64]int32) (last int, err error) {
	r.fill()
	size := dc.symbol(r)
	if size < 0 || size > 15 {
		return 0, errCode
	}
	if size > 0 {
		r.fill()
		c.pred += extend(r.take(size), size)
	}
	block[0] = int32(int16(c.pred)) * quant[0]
	for k := 1; k < 64; k++ {
		r.fill()
		if w := ac.whole[r.acc>>(64-lookBits)]; w != 0 {
			r.skip(int(w & 0xff))
			k += int(w >> 8 & 15)
			if k > 63 {
				return 0, errCode
			}
			at := zigzag[k]
			block[at] = w >> 16 * quant[at]
			last = k
			continue
		}
		symbol := ac.symbol(r)
		if symbol < 0 {
			return 0, errCode
		}
		size := symbol & 15
		if size == 0 {
			if symbol != 0xf0 {
				break
			}
			k += 15
			continue
		}
		k += symbol >> 4
		if k > 63 {
			return 0, errCode
		}
		at := zigzag[k]
		block[at] = extend(r.take(size), size) * quant[at]
		last = k
	}
	return last, nil
}

// skipBlock reads over a block of chroma.
func skipBlock(r *bitReader, dc, ac *huffman) error {
	r.fill()
	size := dc.symbol(r)
	if size < 0 || size > 15 {
		return errCode
	}
	r.skip(size)
	for k := 1; k < 64; k++ {
		r.fill()
		if w := ac.whole[r.acc>>(64-lookBits)]; w != 0 {
			r.skip(int(w & 0xff))
			k += int(w >> 8 & 15)
			continue
		}
		symbol := ac.symbol(r)
		if symbol < 0 {
			return errCode
		}
		if symbol&15 == 0 && symbol != 0xf0 {
			break
		}
		k += symbol >> 4
		r.skip(symbol & 15)
	}
	return nil
}

// finish transforms the coefficients of a progressive picture.
func (d *lumaDecoder) finish() error {
	if d.out == nil || d.scans == 0 || !d.progressive && !d.complete {
		return errors.New("it holds no scan of its luma")
	}
	if !d.progressive {
		return nil
	}
	quant := &d.quant[d.comp[0].tq]
	var block [64]int32
	for i := 0; i < len(d.coefs); i += 64 {
		var detail int16
		c := d.coefs[i:][:64]
		for k, v := range c {
			block[k] = int32(v) * quant[k]
			if k > 0 {
				detail |= v
			}
		}
		n := i / 64
		to := d.out.Pix[n/d.blocksX*8*d.out.Stride+n%d.blocksX*8:]
		if detail == 0 {
			flatBlock(block[0], to, d.out.Stride)
		} else {
			idct(&block, to, d.out.Stride)
		}
	}
	return nil
}
