package imageio

import (
	"encoding/binary"
	"math"
)

// zigzag is the natural place of the k-th coefficient (T.81, figure A.6), and
// transposed the place in our blocks, which are stored by columns: the first pass of
// the transform then needs no transposition.
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

var transposed = func() (t [64]uint8) {
	for k, at := range zigzag {
		t[k] = at%8*8 + at/8
	}
	return t
}()

// Constants of the inverse transform in 1/8192: Loeffler, Ligtenberg and
// Moschytz, Practical fast 1-D DCT algorithms with 11 multiplications (1989),
// figure 1; the scaling is that of the reference implementation ("islow").
const (
	fix0298 = 2446
	fix0390 = 3196
	fix0541 = 4433
	fix0765 = 6270
	fix0899 = 7373
	fix1175 = 9633
	fix1501 = 12299
	fix1847 = 15137
	fix1961 = 16069
	fix2053 = 16819
	fix2562 = 20995
	fix3072 = 25172

	fixBits = 13
	pass1   = 2 // fraction bits kept between the passes
)

// transformPlain is the inverse transform of a block, coefs times quant, both
// transposed, to samples at out, clamped. Where a damaged file's values exceed 16
// bits it does as the vector instructions do: the product wraps, what lies between
// the passes saturates.
func transformPlain(coefs, quant *[64]int16, out []uint8, stride int) {
	var w [64]int32
	for x := range 8 {
		var c [8]int32
		for i := range c {
			c[i] = int32(coefs[8*i+x] * quant[8*i+x])
		}
		const down = fixBits - pass1
		c = pass(c, 1<<(down-1))
		for i, v := range c {
			w[8*i+x] = min(max(v>>down, math.MinInt16), math.MaxInt16)
		}
	}
	for x := range 8 {
		// 128 for the level shift and a half for rounding, in one.
		const down = fixBits + pass1 + 3
		c := pass([8]int32(w[8*x:]), 128<<down+1<<(down-1))
		for y, v := range c {
			out[y*stride+x] = clamp(v >> down)
		}
	}
}

// pass is the one-dimensional transform, not yet scaled down.
func pass(c [8]int32, round int32) [8]int32 {
	z1 := (c[2] + c[6]) * fix0541
	t2, t3 := z1-c[6]*fix1847, z1+c[2]*fix0765
	t0, t1 := (c[0]+c[4])<<fixBits+round, (c[0]-c[4])<<fixBits+round
	t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2
	o0, o1, o2, o3 := odd(c[7], c[5], c[3], c[1])
	return [8]int32{t10 + o3, t11 + o2, t12 + o1, t13 + o0, t13 - o0, t12 - o1, t11 - o2, t10 - o3}
}

// odd is the odd half of the one-dimensional transform.
func odd(t0, t1, t2, t3 int32) (o0, o1, o2, o3 int32) {
	z1, z2, z3, z4 := t0+t3, t1+t2, t0+t2, t1+t3
	z5 := (z3 + z4) * fix1175
	t0, t1, t2, t3 = t0*fix0298, t1*fix2053, t2*fix3072, t3*fix1501
	z1, z2 = -z1*fix0899, -z2*fix2562
	z3, z4 = z5-z3*fix1961, z5-z4*fix0390
	return t0 + z1 + z3, t1 + z2 + z4, t2 + z2 + z3, t3 + z1 + z4
}

func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		if v < 0 {
			return 0
		}
		return 255
	}
	return uint8(v)
}

// flat is the level of a block, reduced or not, without detail.
func flat(dc, quant int16) uint8 {
	return clamp((int32(dc*quant)+4)>>3 + 128)
}

// flatBlock is the transform of a block without detail.
func flatBlock(v uint8, out []uint8, stride int) {
	_ = out[7*stride+7]
	for range 8 {
		p := out[:8]
		p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7] = v, v, v, v, v, v, v, v
		if len(out) >= stride {
			out = out[stride:]
		}
	}
}

// means2 writes the means of 2 × 2 of 8 × 8 samples, means4 those of 4 × 4. Four sums of
// 16 bits are added at a time.
func means2(block *[64]uint8, out []uint8, stride int) {
	for y := range 4 {
		s := sums2(block[16*y:]) + 2*oneEach16
		s = s >> 2 & 0x00ff00ff00ff00ff
		s = (s | s>>8) & 0x0000ffff0000ffff
		binary.LittleEndian.PutUint32(out[y*stride:], uint32(s|s>>16))
	}
}

func means4(block *[64]uint8, out []uint8, stride int) {
	for y := range 2 {
		s := sums2(block[32*y:]) + sums2(block[32*y+16:])
		s = s&0x0000ffff0000ffff + s>>16&0x0000ffff0000ffff
		s += 8 * (1<<32 | 1)
		binary.LittleEndian.PutUint16(out[y*stride:], uint16(s>>4&0xff|s>>36&0xff<<8))
	}
}

const oneEach16 = 0x0001000100010001

// sums2 are the sums of the squares of 2 × 2 in two rows of eight samples.
func sums2(rows []uint8) uint64 {
	a, b := binary.LittleEndian.Uint64(rows), binary.LittleEndian.Uint64(rows[8:])
	const even = 0x00ff00ff00ff00ff
	return a&even + a>>8&even + b&even + b>>8&even
}
