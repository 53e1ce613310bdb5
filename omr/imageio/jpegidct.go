package imageio

// zigzag is the natural place of the k-th coefficient (T.81, figure A.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

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

// idct transforms dequantised coefficients to samples at out, clamped.
func idct(c *[64]int32, out []uint8, stride int) {
	var w [64]int32
	for x := range 8 {
		if c[8+x]|c[16+x]|c[24+x]|c[32+x]|c[40+x]|c[48+x]|c[56+x] == 0 {
			dc := c[x] << pass1
			w[x], w[8+x], w[16+x], w[24+x], w[32+x], w[40+x], w[48+x], w[56+x] = dc, dc, dc, dc, dc, dc, dc, dc
			continue
		}
		z1 := (c[16+x] + c[48+x]) * fix0541
		t2, t3 := z1-c[48+x]*fix1847, z1+c[16+x]*fix0765
		t0, t1 := (c[x]+c[32+x])<<fixBits, (c[x]-c[32+x])<<fixBits
		t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2
		o0, o1, o2, o3 := odd(c[56+x], c[40+x], c[24+x], c[8+x])
		const round, down = 1 << (fixBits - pass1 - 1), fixBits - pass1
		w[x], w[56+x] = (t10+o3+round)>>down, (t10-o3+round)>>down
		w[8+x], w[48+x] = (t11+o2+round)>>down, (t11-o2+round)>>down
		w[16+x], w[40+x] = (t12+o1+round)>>down, (t12-o1+round)>>down
		w[24+x], w[32+x] = (t13+o0+round)>>down, (t13-o0+round)>>down
	}
	for y := range 8 {
		r := w[8*y:][:8]
		z1 := (r[2] + r[6]) * fix0541
		t2, t3 := z1-r[6]*fix1847, z1+r[2]*fix0765
		t0, t1 := (r[0]+r[4])<<fixBits, (r[0]-r[4])<<fixBits
		t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2
		o0, o1, o2, o3 := odd(r[7], r[5], r[3], r[1])
		// 128 for the level shift and a half for rounding, in one.
		const down = fixBits + pass1 + 3
		const shift = 128<<down + 1<<(down-1)
		t10, t11, t12, t13 = t10+shift, t11+shift, t12+shift, t13+shift
		p := out[y*stride:][:8]
		p[0], p[7] = clamp((t10+o3)>>down), clamp((t10-o3)>>down)
		p[1], p[6] = clamp((t11+o2)>>down), clamp((t11-o2)>>down)
		p[2], p[5] = clamp((t12+o1)>>down), clamp((t12-o1)>>down)
		p[3], p[4] = clamp((t13+o0)>>down), clamp((t13-o0)>>down)
	}
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

// flatBlock is the transform of a block without detail.
func flatBlock(dc int32, out []uint8, stride int) {
	v := clamp((dc+4)>>3 + 128)
	for y := range 8 {
		p := out[y*stride:][:8]
		p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7] = v, v, v, v, v, v, v, v
	}
}
