package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math/bits"

	"golang.org/x/image/tiff/lzw"
)

// segment is the data of a strip or tile, its first pixel in the uppermost bit.
func (f *tiffFile) segment(i int) []byte {
	data := f.data[f.form.offsets[i]:][:f.form.counts[i]]
	if f.int(tagFillOrder, 1) != 2 {
		return data
	}
	turned := make([]byte, len(data))
	for k, b := range data {
		turned[k] = bits.Reverse8(b)
	}
	return turned
}

// rows reads the unpacked bytes of a strip or tile of w × h pixels from its top.
func (f *tiffFile) rows(i, w, h, rowBytes int) (io.Reader, error) {
	data := f.segment(i)
	switch f.form.compression {
	case compressionNone:
		return bytes.NewReader(data), nil
	case compressionPackBits:
		return &packBits{data: data}, nil
	case compressionLZW:
		if len(data) >= 2 && data[0] == 0 && data[1]&1 == 1 {
			return nil, unsupported("a TIFF picture with LZW of the kind before TIFF 5", exportTIFF)
		}
		return lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8), nil
	case compressionDeflate, compressionOldDeflate:
		return newInflater(data)
	case compressionRunLength, compressionGroup3, compressionGroup4:
		c, err := f.faxOf(data, w, h)
		if err != nil {
			return nil, err
		}
		packed := make([]byte, rowBytes*h)
		err = c.decode(func(y int, changes []int32) {
			row := packed[y*rowBytes:][:rowBytes]
			for ; len(changes) >= 2 && int(changes[0]) < w; changes = changes[2:] {
				for x := changes[0]; x < changes[1]; x++ {
					row[x/8] |= 0x80 >> (x % 8)
				}
			}
		})
		return bytes.NewReader(packed), err
	}
	return nil, unsupported(fmt.Sprintf("a TIFF picture with compression %d", f.form.compression), exportTIFF)
}

// maxGrowth bounds how much longer than its data a strip may be unpacked.
func (f *tiffFile) maxGrowth() int {
	switch f.form.compression {
	case compressionNone:
		return 1
	case compressionPackBits:
		return 64
	case compressionLZW:
		return 4096 // a code of 12 bits names a string of at most 3,838 bytes
	case compressionDeflate, compressionOldDeflate:
		return maxDeflateGrowth
	}
	return 1 << 20
}

// eachRow unpacks the picture and hands out the rows of its strips or tiles, samples
// side by side: what eight-bit samples are as they are, of fewer bits a byte each, of
// 16 bits rounded. x, y is the place of its first pixel.
func (f *tiffFile) eachRow(row func(x, y int, samples []uint8)) error {
	m := &f.form
	planes, each := 1, m.samples // planes, and samples a pixel in each
	if m.planar {
		planes, each = m.samples, 1
	}
	rowBytes := (m.across*each*m.bits + 7) / 8
	all := 0
	for _, n := range m.counts {
		all += n
	}
	if rowBytes*m.columns*planes*m.height/f.maxGrowth() > all {
		return errors.New("it holds fewer bytes than its size needs")
	}
	raw := make([]byte, rowBytes)
	samples := make([]uint8, m.across*m.samples)
	part := samples
	if m.planar {
		part = make([]uint8, m.across)
	}
	for i := range m.rows * m.columns {
		x, y := i%m.columns*m.across, i/m.columns*m.down
		h := min(m.down, m.height-y)
		stored := h
		if m.tiled {
			stored = m.down
		}
		readers := make([]io.Reader, planes)
		for p := range readers {
			var err error
			if readers[p], err = f.rows(p*m.rows*m.columns+i, m.across, stored, rowBytes); err != nil {
				return err
			}
		}
		for dy := range h {
			for p, r := range readers {
				if _, err := io.ReadFull(r, raw); err != nil {
					return fmt.Errorf("row %d of %d: %w", y+dy+1, m.height, err)
				}
				if m.predictor {
					f.unpredict(raw, each)
				}
				if m.bits == 1 && m.samples == 1 {
					spread(samples, raw, 0, 1)
				} else {
					f.unpack(part, raw)
				}
				if m.planar {
					for k, v := range part {
						samples[k*m.samples+p] = v
					}
				}
			}
			row(x, y+dy, samples)
		}
		for _, r := range readers {
			if err := f.wholeStream(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// wholeStream reads on to a deflate stream's checksum.
func (f *tiffFile) wholeStream(r io.Reader) error {
	if f.form.compression != compressionDeflate && f.form.compression != compressionOldDeflate {
		return nil
	}
	// A writer may have filled the last strip up to its full height.
	_, err := io.CopyN(io.Discard, r, int64(f.form.across)*int64(f.form.down)*int64(f.form.samples)*2+1)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		return errors.New("a strip holds more rows than it should")
	}
	return err
}

// unpredict undoes horizontal differencing (TIFF 6.0, section 14).
func (f *tiffFile) unpredict(raw []byte, each int) {
	if f.form.bits == 8 {
		for i := each; i < len(raw); i++ {
			raw[i] += raw[i-each]
		}
		return
	}
	for i := 2 * each; i+1 < len(raw); i += 2 {
		f.order.PutUint16(raw[i:], f.order.Uint16(raw[i:])+f.order.Uint16(raw[i-2*each:]))
	}
}

// unpack makes a byte of each sample.
func (f *tiffFile) unpack(to []uint8, raw []byte) {
	switch b := f.form.bits; b {
	case 8:
		copy(to, raw)
	case 16:
		little := f.order == binary.ByteOrder(binary.LittleEndian)
		for i := range to {
			hi, lo := uint32(raw[2*i]), uint32(raw[2*i+1])
			if little {
				hi, lo = lo, hi
			}
			to[i] = uint8(((hi<<8|lo)*255 + 1<<15) / (1<<16 - 1))
		}
	default:
		perByte, mask := 8/b, byte(1<<b-1)
		for i := range to {
			to[i] = raw[i/perByte] >> (8 - b*(i%perByte+1)) & mask
		}
	}
}

// rowLuma turns samples into luma over white.
func (f *tiffFile) rowLuma(to []uint8, s []uint8) {
	m := &f.form
	n := m.samples
	switch m.photometric {
	case photometricRGB:
		if m.bits < 8 {
			for i, v := range s {
				s[i] = m.levels[v]
			}
		}
		for x := range to {
			to[x] = lumaOf(s[x*n], s[x*n+1], s[x*n+2])
		}
	case photometricCMYK:
		if m.bits < 8 {
			for i, v := range s {
				s[i] = m.levels[v]
			}
		}
		for x := range to {
			to[x] = lumaOf(color.CMYKToRGB(s[x*n], s[x*n+1], s[x*n+2], s[x*n+3]))
		}
	default: // grey, palette, and the luma of YCbCr
		if n == 1 {
			for x := range to {
				to[x] = m.levels[s[x]]
			}
			break
		}
		for x := range to {
			to[x] = m.levels[s[x*n]]
		}
	}
	if !m.alpha {
		return
	}
	at := m.alphaAt()
	for x := range to {
		a := m.opacity(s[x*n+at])
		if m.premultiplied {
			to[x] = uint8(min(255, int(to[x])+255-int(a)))
		} else {
			to[x] = overWhite(to[x], a)
		}
	}
}

// alphaAt is which sample of a pixel says how opaque it is.
func (m *tiffForm) alphaAt() int {
	if m.photometric == photometricRGB || m.photometric == photometricYCbCr {
		return 3
	}
	return 1
}

func (m *tiffForm) opacity(v uint8) uint8 {
	if m.bits >= 8 {
		return v
	}
	if m.photometric == photometricRGB { // levels have been looked up
		return v
	}
	return uint8(int(v) * 255 / (1<<m.bits - 1))
}

// rowColor turns samples into colours.
func (f *tiffFile) rowColor(to []uint8, s []uint8) {
	m := &f.form
	n := m.samples
	if m.bits < 8 && m.photometric != photometricPalette {
		for i, v := range s {
			s[i] = uint8(int(v) * 255 / (1<<m.bits - 1))
		}
	}
	for x := range len(to) / 4 {
		p, q := to[4*x:][:4], s[x*n:][:n]
		p[3] = 255
		switch m.photometric {
		case photometricPalette:
			c := m.palette[int(q[0])%len(m.palette)]
			p[0], p[1], p[2] = c[0], c[1], c[2]
		case photometricCMYK:
			p[0], p[1], p[2] = color.CMYKToRGB(q[0], q[1], q[2], q[3])
		case photometricYCbCr:
			p[0], p[1], p[2] = color.YCbCrToRGB(q[0], q[1], q[2])
		case photometricRGB:
			p[0], p[1], p[2] = q[0], q[1], q[2]
		default:
			v := q[0]
			if m.photometric == photometricWhiteIsZero {
				v = 255 - v
			}
			p[0], p[1], p[2] = v, v, v
		}
		if m.alpha {
			a := q[m.alphaAt()]
			p[3] = a
			if m.premultiplied && a > 0 {
				for i := range 3 {
					p[i] = uint8(min(int(p[i])*255/int(a), 255))
				}
			}
		}
	}
}

// packBits unpacks runs of bytes (TIFF 6.0, section 9).
type packBits struct {
	data  []byte
	copy  int // bytes still to be copied
	again int // times that value is still to be repeated
	value byte
}

// Read implements io.Reader.
func (p *packBits) Read(to []byte) (n int, err error) {
	for n < len(to) {
		switch {
		case p.copy > 0:
			k := min(p.copy, len(to)-n)
			if k > len(p.data) {
				return n, io.ErrUnexpectedEOF
			}
			copy(to[n:], p.data[:k])
			p.data, p.copy, n = p.data[k:], p.copy-k, n+k
		case p.again > 0:
			k := min(p.again, len(to)-n)
			for i := range k {
				to[n+i] = p.value
			}
			p.again, n = p.again-k, n+k
		default:
			if len(p.data) == 0 {
				if n > 0 {
					return n, nil
				}
				return 0, io.EOF
			}
			head := int8(p.data[0])
			p.data = p.data[1:]
			switch {
			case head >= 0:
				p.copy = int(head) + 1
			case head > -128:
				if len(p.data) == 0 {
					return n, io.ErrUnexpectedEOF
				}
				p.again, p.value, p.data = 1-int(head), p.data[0], p.data[1:]
			}
		}
	}
	return n, nil
}
