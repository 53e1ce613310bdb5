package hevc

// The odd rows of the matrices of clause 8.6.4.2; the even ones are those of the
// matrix of half the size.
var (
	odd16 = func() (m [8][8]int32) {
		for j := range m {
			oddRow(m[j][:], j, []int32{90, 87, 80, 70, 57, 43, 25, 9})
		}
		return m
	}()
	odd32 = func() (m [16][16]int32) {
		for j := range m {
			oddRow(m[j][:], j, []int32{90, 90, 88, 85, 82, 78, 73, 67, 61, 54, 46, 38, 31, 22, 13, 4})
		}
		return m
	}()
)

// oddRow is the first half of row 2j+1: cosines of multiples of the angle whose odd
// multiples base holds.
func oddRow(row []int32, j int, base []int32) {
	n := 2 * len(row)
	for k := range row {
		m := (2*j + 1) * (2*k + 1) % (4 * n)
		m = min(m, 4*n-m)
		if m > n {
			row[k] = -base[(2*n-m)/2]
		} else {
			row[k] = base[m/2]
		}
	}
}

// inverse8 is the one-dimensional inverse transform of 8 values that lie step apart;
// src is zero from index few on. Written out, its results in registers: loops over
// arrays take half as long again.
func inverse8(src []int32, step, few int) (r0, r1, r2, r3, r4, r5, r6, r7 int32) {
	src = src[:7*step+1]
	s0, s1, s2, s3 := src[0], src[step], src[2*step], src[3*step]
	a, b := 64*s0, 64*s0
	p, q := 83*s2, 36*s2
	o0, o1, o2, o3 := 89*s1+75*s3, 75*s1-18*s3, 50*s1-89*s3, 18*s1-50*s3
	if few > 4*step {
		s4, s5, s6, s7 := src[4*step], src[5*step], src[6*step], src[7*step]
		a += 64 * s4
		b -= 64 * s4
		p += 36 * s6
		q -= 83 * s6
		o0 += 50*s5 + 18*s7
		o1 -= 89*s5 + 50*s7
		o2 += 18*s5 + 75*s7
		o3 += 75*s5 - 89*s7
	}
	e0, e1, e2, e3 := a+p, b+q, b-q, a-p
	return e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0
}

func inverse16(out *[16]int32, src []int32, step, few int) {
	var e [8]int32
	e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7] = inverse8(src, 2*step, few)
	var o [8]int32
	for j := 0; (2*j+1)*step < few; j++ {
		if v := src[(2*j+1)*step]; v != 0 {
			row := &odd16[j&7]
			o[0] += row[0] * v
			o[1] += row[1] * v
			o[2] += row[2] * v
			o[3] += row[3] * v
			o[4] += row[4] * v
			o[5] += row[5] * v
			o[6] += row[6] * v
			o[7] += row[7] * v
		}
	}
	for k := range 8 {
		out[k], out[15-k] = e[k]+o[k], e[k]-o[k]
	}
}

func inverse32(out *[32]int32, src []int32, few int) {
	var e [16]int32
	inverse16(&e, src, 2, few)
	var o [16]int32
	for j := 0; 2*j+1 < few; j++ {
		if v := src[2*j+1]; v != 0 {
			row := &odd32[j&15]
			for k := range o {
				o[k] += row[k] * v
			}
		}
	}
	for k := range 16 {
		out[k], out[31-k] = e[k]+o[k], e[k]-o[k]
	}
}

// inverse is the transform of 16 or 32 values to out.
func inverse(out *[32]int32, src []int32, n, few int) {
	if n == 16 {
		inverse16((*[16]int32)(out[:16]), src, 1, few)
	} else {
		inverse32(out, src, few)
	}
}

// cosine transforms the coefficients, which lie in the first few columns and rows,
// and adds them to the picture (clause 8.6.4.2).
func (d *Decoder) cosine(x0, y0, log2, columns, rows int) {
	n := 1 << log2
	if n == 8 {
		d.cosine8(x0, y0, columns, rows)
		return
	}
	var out [32]int32
	for x := range columns {
		src := d.coef[x<<log2:][:n]
		inverse(&out, src, n, rows)
		clear(src[:rows])
		for y, v := range out[:n] {
			d.middle[(y<<log2+x)&1023] = clip16((v + 64) >> 7)
		}
	}
	shift := 20 - d.sps.depth
	half := int32(1) << (shift - 1)
	high := int32(1)<<d.sps.depth - 1
	for y := range n {
		src := d.middle[y<<log2:][:n]
		clear(src[columns:]) // of blocks before
		inverse(&out, src, n, columns)
		row := d.pix[(y0+y)*d.stride+x0:][:n]
		for x, v := range out[:n] {
			row[x] = uint16(min(max(int32(row[x])+(v+half)>>shift, 0), high))
		}
	}
}

// cosine8 is cosine for the size that pictures have most.
func (d *Decoder) cosine8(x0, y0, columns, rows int) {
	var t [64]int32
	for x := range columns {
		src := d.coef[x<<3:][:8]
		a, b, c, e, f, g, h, i := inverse8(src, 1, rows)
		clear(src)
		to := t[x&7:][:57]
		to[0], to[8], to[16], to[24] = clip16((a+64)>>7), clip16((b+64)>>7), clip16((c+64)>>7), clip16((e+64)>>7)
		to[32], to[40], to[48], to[56] = clip16((f+64)>>7), clip16((g+64)>>7), clip16((h+64)>>7), clip16((i+64)>>7)
	}
	shift := (20 - d.sps.depth) & 31
	half := int32(1) << (shift - 1)
	high := int32(1)<<d.sps.depth - 1
	at := y0*d.stride + x0
	for y := range 8 {
		a, b, c, e, f, g, h, i := inverse8(t[y<<3:], 1, columns)
		row := (*[8]uint16)(d.pix[at:])
		at += d.stride
		row[0] = uint16(min(max(int32(row[0])+(a+half)>>shift, 0), high))
		row[1] = uint16(min(max(int32(row[1])+(b+half)>>shift, 0), high))
		row[2] = uint16(min(max(int32(row[2])+(c+half)>>shift, 0), high))
		row[3] = uint16(min(max(int32(row[3])+(e+half)>>shift, 0), high))
		row[4] = uint16(min(max(int32(row[4])+(f+half)>>shift, 0), high))
		row[5] = uint16(min(max(int32(row[5])+(g+half)>>shift, 0), high))
		row[6] = uint16(min(max(int32(row[6])+(h+half)>>shift, 0), high))
		row[7] = uint16(min(max(int32(row[7])+(i+half)>>shift, 0), high))
	}
}

func clip16(v int32) int32 { return min(max(v, -1<<15), 1<<15-1) }

// constant is cosine for a block of one coefficient.
func (d *Decoder) constant(x0, y0, log2 int) {
	v := clip16((64*d.coef[0] + 64) >> 7)
	d.coef[0] = 0
	shift := 20 - d.sps.depth
	v = (64*v + 1<<(shift-1)) >> shift
	high := int32(1)<<d.sps.depth - 1
	for y := range 1 << log2 {
		row := d.pix[(y0+y)*d.stride+x0:][:1<<log2]
		for x := range row {
			row[x] = uint16(min(max(int32(row[x])+v, 0), high))
		}
	}
}

// sine transforms a luma block of 4 × 4 px.
func (d *Decoder) sine(x0, y0 int) {
	var t [16]int32
	for x := range 4 {
		s := d.coef[4*x:][:4]
		a, b, c, e := sine4(s[0], s[1], s[2], s[3])
		t[x], t[4+x], t[8+x], t[12+x] = clip16((a+64)>>7), clip16((b+64)>>7), clip16((c+64)>>7), clip16((e+64)>>7)
		clear(s)
	}
	shift := 20 - d.sps.depth
	half := int32(1) << (shift - 1)
	high := int32(1)<<d.sps.depth - 1
	for y := range 4 {
		s := t[4*y:][:4]
		a, b, c, e := sine4(s[0], s[1], s[2], s[3])
		row := d.pix[(y0+y)*d.stride+x0:][:4]
		row[0] = uint16(min(max(int32(row[0])+(a+half)>>shift, 0), high))
		row[1] = uint16(min(max(int32(row[1])+(b+half)>>shift, 0), high))
		row[2] = uint16(min(max(int32(row[2])+(c+half)>>shift, 0), high))
		row[3] = uint16(min(max(int32(row[3])+(e+half)>>shift, 0), high))
	}
}

// sine4 multiplies with the matrix of equation 8-xxx for intra luma of 4 px:
// 29 55 74 84, 74 74 0 -74, 84 -29 -74 55, 55 -84 74 -29.
func sine4(a, b, c, d int32) (p, q, r, s int32) {
	p = 29*a + 74*b + 84*c + 55*d
	q = 55*a + 74*b - 29*c - 84*d
	r = 74 * (a - c + d)
	s = 84*a - 74*b + 55*c - 29*d
	return p, q, r, s
}

// untransformed adds coefficients that are residuals already (clauses 8.6.2 and
// 8.6.4.2), skip after scaling, else as they are.
func (d *Decoder) untransformed(x0, y0, log2 int, skip, rdpcm bool) {
	n := 1 << log2
	block := d.coef[:n*n]
	if log2 == 2 && d.sps.skipRotation {
		for i := range 8 {
			block[i], block[15-i] = block[15-i], block[i]
		}
	}
	if skip {
		shift := 20 - d.sps.depth
		for i, v := range block {
			block[i] = (v<<(5+log2) + 1<<(shift-1)) >> shift
		}
	}
	switch {
	case rdpcm && d.lumaMode == 10: // from the left
		for i := n; i < len(block); i++ {
			block[i] += block[i-n]
		}
	case rdpcm:
		for i := range block {
			if i&(n-1) != 0 {
				block[i] += block[i-1]
			}
		}
	}
	high := int32(1)<<d.sps.depth - 1
	for y := range n {
		row := d.pix[(y0+y)*d.stride+x0:][:n]
		for x := range row {
			row[x] = uint16(min(max(int32(row[x])+block[x<<log2|y], 0), high))
		}
	}
	clear(block)
}
