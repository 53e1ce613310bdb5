package imageio

import (
	"bytes"
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

// maxVisits bounds the blocks of all scans together: twelve scans of 1.6 gigapixels.
const maxVisits = 300_000_000

// lumaDecoder decodes the luma of a JPEG and steps over the rest: the standard
// library spends half of its time on chroma and colour-free work that
// recognition does not need.
type lumaDecoder struct {
	data        []byte
	in          entropy
	shrink      int
	quant       [4][64]int16 // transposed
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
	coefs       [][64]int16 // progressive: luma blocks, transposed
	masks       []uint64    // of each: which are not zero, by zigzag position
	blocksX     int         // luma blocks a row, padded to whole MCUs
	scans       int
	complete    bool // sequential: all luma decoded
}

type lumaComponent struct {
	id, h, v, tq int
	dcTable      int
	acTable      int
	pred         int32
}

// jpegLuma is the luma plane, reduced by shrink (1, 2, 4, 8); its Stride may exceed
// its width.
func jpegLuma(data []byte, shrink int) (*image.Gray, error) {
	d := &lumaDecoder{data: data, shrink: shrink, adobe: -1}
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
			if d.adobe = int(body[11]); d.adobe == 0 && len(d.comp) == 3 {
				return errOtherJPEG // RGB, told behind the frame
			}
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
		i := bytes.IndexByte(d.data[at:len(d.data)-1], 0xff)
		if i < 0 {
			break
		}
		at += i
		if m := d.data[at+1]; m == 0xff || m == 0 || m >= 0xd0 && m <= 0xd7 {
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
			v := int16(b[1+k])
			if wide == 1 {
				v = int16(binary.BigEndian.Uint16(b[1+2*k:]))
			}
			d.quant[id][transposed[k]] = v
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
	size := 8 / d.shrink
	stride := size * d.blocksX
	small := image.Rect(0, 0, (d.width+d.shrink-1)/d.shrink, (d.height+d.shrink-1)/d.shrink)
	d.out = &image.Gray{Pix: make([]uint8, stride*size*rows), Stride: stride, Rect: small}
	if progressive {
		d.coefs = make([][64]int16, d.blocksX*rows)
		d.masks = make([]uint64, len(d.coefs))
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
	if d.progressive {
		if d.scans*len(d.coefs) > maxVisits {
			return 0, fmt.Errorf("it has %d scans of %d blocks", d.scans, len(d.coefs))
		}
		return d.progressiveScan(at, s)
	}
	next, err = d.sequentialScan(at, s)
	d.complete = err == nil
	return next, err
}

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

// finish transforms the coefficients of a progressive picture.
func (d *lumaDecoder) finish() error {
	if d.out == nil || d.scans == 0 || !d.progressive && !d.complete {
		return errors.New("it holds no scan of its luma")
	}
	if !d.progressive {
		return nil
	}
	quant := &d.quant[d.comp[0].tq]
	for i := range d.coefs {
		d.emit(&d.coefs[i], d.masks[i]>>1 != 0, quant, i%d.blocksX, i/d.blocksX)
	}
	return nil
}
