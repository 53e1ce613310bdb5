package synth

import "math/bits"

// A baseline JPEG (ITU-T T.81) of planes as they are: the standard library's
// encoder asks for the place of every px of an image, which took half of the
// time of a photo.

// quantizers of annex K.1, luma and chroma, in rows.
var quantizers = [2][64]int{
	{
		16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
		14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
		49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
	},
	{
		17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
		24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
	},
}

// zigzag is the order of coefficients in a file (figure A.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// huffman are the tables of annex K.3: how many codes of each length, and their
// values; luma DC and AC, chroma DC and AC.
var huffman = [4]struct {
	class  byte
	counts [16]byte
	values []byte
}{
	{0x00, [16]byte{0, 1, 5, 1, 1, 1, 1, 1, 1}, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
	{0x10, [16]byte{0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125}, []byte{
		0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
		0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
		0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
		0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
		0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
		0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
		0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
		0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5,
		0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
		0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
		0xf9, 0xfa,
	}},
	{0x01, [16]byte{0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1}, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
	{0x11, [16]byte{0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119}, []byte{
		0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
		0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0,
		0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26,
		0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
		0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
		0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
		0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
		0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
		0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
		0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
		0xf9, 0xfa,
	}},
}

// codes of a table by value: the code and, in the low 8 bits, its length.
type codes [256]uint32

func codesOf(i int) *codes {
	var out codes
	code, k := uint32(0), 0
	for length, n := range huffman[i].counts {
		for range n {
			out[huffman[i].values[k]] = code<<8 | uint32(length+1)
			code++
			k++
		}
		code <<= 1
	}
	return &out
}

// jpegWriter writes the entropy-coded segment.
type jpegWriter struct {
	out  []byte
	acc  uint64
	used uint
}

func (w *jpegWriter) bits(v uint32, n uint) {
	w.acc = w.acc<<n | uint64(v)
	w.used += n
	for w.used >= 8 {
		w.used -= 8
		b := byte(w.acc >> w.used)
		w.out = append(w.out, b)
		if b == 0xff {
			w.out = append(w.out, 0)
		}
	}
}

// value writes a Huffman code and the number after it, both in one go.
func (w *jpegWriter) value(table *codes, run, v int32) {
	a := v
	if v < 0 {
		a, v = -v, v-1
	}
	n := uint(bits.Len32(uint32(a)))
	code := table[uint(run)<<4|n]
	w.bits((code>>8)<<n|uint32(v)&(1<<n-1), uint(code&255)+n)
}

// component is a plane and how it is coded.
type component struct {
	pix    []uint8
	w, h   int
	scale  [64]float32 // 1 / quantizer, with what the transform leaves out
	dc, ac *codes
	last   int32
}

// aan are what the transform of Arai, Agui and Nakajima (1988) leaves to the
// quantizer, a row's share.
var aan = [8]float64{1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.541196100, 0.275899379}

func (p *planes) jpeg(quality, dpi int) []byte {
	quality = min(max(quality, 1), 100)
	factor := 200 - 2*quality // as libjpeg and the standard library scale them
	if quality < 50 {
		factor = 5000 / quality
	}
	var quant [2][64]int
	for t := range quant {
		for i, v := range quantizers[t] {
			quant[t][i] = min(max((v*factor+50)/100, 1), 255)
		}
	}
	make1 := func(pix []uint8, w, h, t int) *component {
		c := &component{pix: pix, w: w, h: h, dc: codesOf(2 * t), ac: codesOf(2*t + 1)}
		for i := range c.scale {
			c.scale[i] = float32(1 / (float64(quant[t][i]) * aan[i/8] * aan[i%8] * 8))
		}
		return c
	}
	parts := []*component{make1(p.y, p.w, p.h, 0)}
	if p.cb != nil {
		parts = append(parts, make1(p.cb, p.cw, p.ch, 1), make1(p.cr, p.cw, p.ch, 1))
	}
	w := &jpegWriter{out: make([]byte, 0, len(p.y)/3+1024)}
	w.header(p, &quant, len(parts), dpi)
	if p.cb == nil {
		for y := 0; y < p.h; y += 8 {
			for x := 0; x < p.w; x += 8 {
				w.block(parts[0], x, y)
			}
		}
	} else {
		for y := 0; y < p.h; y += 16 {
			for x := 0; x < p.w; x += 16 {
				w.block(parts[0], x, y)
				w.block(parts[0], x+8, y)
				w.block(parts[0], x, y+8)
				w.block(parts[0], x+8, y+8)
				w.block(parts[1], x/2, y/2)
				w.block(parts[2], x/2, y/2)
			}
		}
	}
	w.bits(0x7f, 7)
	return append(w.out, 0xff, 0xd9)
}

// header writes everything before the entropy-coded segment.
func (w *jpegWriter) header(p *planes, quant *[2][64]int, n, dpi int) {
	unit := byte(1) // dots per inch
	if dpi <= 0 {
		unit, dpi = 0, 1
	}
	w.out = append(w.out, 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, unit, byte(dpi>>8), byte(dpi), byte(dpi>>8), byte(dpi), 0, 0)
	tables := min(n, 2)
	for t := range tables {
		w.out = append(w.out, 0xff, 0xdb, 0, 67, byte(t))
		for _, z := range zigzag {
			w.out = append(w.out, byte(quant[t][z]))
		}
	}
	w.out = append(w.out, 0xff, 0xc0, 0, byte(8+3*n), 8, byte(p.h>>8), byte(p.h), byte(p.w>>8), byte(p.w), byte(n))
	for i := range n {
		sampling := byte(0x11)
		if i == 0 && n > 1 {
			sampling = 0x22
		}
		w.out = append(w.out, byte(i+1), sampling, byte(min(i, 1)))
	}
	for i := range 2 * tables {
		t := &huffman[i]
		w.out = append(w.out, 0xff, 0xc4, 0, byte(19+len(t.values)), t.class)
		w.out = append(append(w.out, t.counts[:]...), t.values...)
	}
	w.out = append(w.out, 0xff, 0xda, 0, byte(6+2*n), byte(n))
	for i := range n {
		w.out = append(w.out, byte(i+1), byte(min(i, 1)*0x11))
	}
	w.out = append(w.out, 0, 63, 0)
}

// block writes 8 by 8 px; beyond the plane its last row and column go on.
func (w *jpegWriter) block(c *component, x, y int) {
	var f [64]float32
	for j := range 8 {
		row := c.pix[min(y+j, c.h-1)*c.w:][:c.w]
		to := f[8*j : 8*j+8 : 8*j+8]
		if x+8 <= c.w {
			from := row[x : x+8 : x+8]
			for i := range to {
				to[i] = float32(int(from[i]) - 128)
			}
		} else {
			for i := range to {
				to[i] = float32(int(row[min(x+i, c.w-1)]) - 128)
			}
		}
		transform(to, 1)
	}
	for i := range 8 {
		transform(f[i:], 8)
	}
	var q [64]int32
	for i, v := range f {
		const nearest = 3 << 22 // added, it leaves no place for a fraction
		r := v*c.scale[i] + nearest
		q[i] = int32(r - nearest)
	}
	dc := q[0]
	w.value(c.dc, 0, dc-c.last)
	c.last = dc
	run := int32(0)
	for _, z := range zigzag[1:] {
		v := q[z]
		if v == 0 {
			run++
			continue
		}
		for run > 15 {
			code := c.ac[0xf0]
			w.bits(code>>8, uint(code&255))
			run -= 16
		}
		w.value(c.ac, run, v)
		run = 0
	}
	if run > 0 {
		code := c.ac[0]
		w.bits(code>>8, uint(code&255))
	}
}

// transform is the one-dimensional DCT of Arai, Agui and Nakajima, scaled by aan.
func transform(f []float32, step int) {
	_ = f[7*step]
	f0, f1, f2, f3 := f[0], f[step], f[2*step], f[3*step]
	f4, f5, f6, f7 := f[4*step], f[5*step], f[6*step], f[7*step]
	s07, d07, s16, d16 := f0+f7, f0-f7, f1+f6, f1-f6
	s25, d25, s34, d34 := f2+f5, f2-f5, f3+f4, f3-f4
	a, b, c, d := s07+s34, s07-s34, s16+s25, s16-s25
	f[0], f[4*step] = a+c, a-c
	z1 := (d + b) * 0.707106781
	f[2*step], f[6*step] = b+z1, b-z1
	t0, t1, t2 := d34+d25, d25+d16, d16+d07
	z5 := (t0 - t2) * 0.382683433
	z2 := 0.541196100*t0 + z5
	z4 := 1.306562965*t2 + z5
	z3 := t1 * 0.707106781
	z11, z13 := d07+z3, d07-z3
	f[5*step], f[3*step] = z13+z2, z13-z2
	f[step], f[7*step] = z11+z4, z11-z4
}
