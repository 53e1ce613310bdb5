package register

import "encoding/binary"

// Kernels on four 16-bit lanes a word: eight neighbouring pixels are worked on
// at once, the even ones in one word, the odd ones in another.

const (
	laneBytes = 0x00ff00ff00ff00ff
	laneOnes  = 0x0001000100010001
	laneTops  = 0x8000800080008000
)

// laneRows bounds the rows of a search: 2·mostSteps+1 places.
const laneRows = 2*mostSteps + 1

// lanePad is how far beyond its end a plane is read; the excess is not used.
const lanePad = 32

// tapRow is the darkness between pixels along a row: eight places from j on,
// each weighed 16−fx and fx with its neighbour, so up to 255·16 a lane.
func tapRow(dark []uint8, j int, fx uint64) (even, odd uint64) {
	b := dark[j : j+9 : j+9]
	v, w := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[1:])
	e, o, n := v&laneBytes, v>>8&laneBytes, w>>8&laneBytes
	return e*(16-fx) + o*fx, o*(16-fx) + n*fx
}

// atMost is x less what each lane exceeds limit by; lanes below 1<<15.
func atMost(x, limit uint64) uint64 { return x - above(x, limit) }

// above is how much each lane of x exceeds limit by, or 0.
func above(x, limit uint64) uint64 {
	t := (x | laneTops) - limit
	ge := t & laneTops
	return t & (ge - ge>>15)
}

// contrasts adds to each of 8 × rows places, one px apart from the taps' first
// place moved by shift on, the contrast of ring against out, each ray clamped
// to [low, high] and counted from low.
func (k *work) contrasts(ring, out *taps, shift, rows, low, high int, sums *[laneRows][2]uint64) {
	clear(sums[:rows])
	floor, span := uint64(256+low)*laneOnes, uint64(high-low)*laneOnes
	dark := k.dark[:len(k.dark)+lanePad]
	for i := range rays {
		jr, jo := int(ring.at[i])+shift, int(out.at[i])+shift
		rx, ry, ox, oy := ring.fx[i], ring.fy[i], out.fx[i], out.fy[i]
		re, ro := tapRow(dark, jr, rx)
		oe, oo := tapRow(dark, jo, ox)
		for y := range sums[:rows] {
			jr += k.w
			jo += k.w
			ne, no := tapRow(dark, jr, rx)
			me, mo := tapRow(dark, jo, ox)
			// In each lane 256 + ring − out: 1 to 511.
			e := (re*(16-ry)+ne*ry)>>8&laneBytes + 256*laneOnes - (oe*(16-oy)+me*oy)>>8&laneBytes
			o := (ro*(16-ry)+no*ry)>>8&laneBytes + 256*laneOnes - (oo*(16-oy)+mo*oy)>>8&laneBytes
			s := &sums[y]
			s[0] += atMost(above(e, floor), span)
			s[1] += atMost(above(o, floor), span)
			re, ro, oe, oo = ne, no, me, mo
		}
	}
}

// edges is like contrasts for 2·ring − out − in, unclamped, counted from −512 a ray.
func (k *work) edges(ring, out, in *taps, shift, rows int, sums *[laneRows][2]uint64) {
	clear(sums[:rows])
	dark := k.dark[:len(k.dark)+lanePad]
	for i := range rays {
		for _, t := range [3]*taps{ring, out, in} {
			j := int(t.at[i]) + shift
			fx, fy := t.fx[i], t.fy[i]
			pe, po := tapRow(dark, j, fx)
			for y := range sums[:rows] {
				j += k.w
				ne, no := tapRow(dark, j, fx)
				e, o := (pe*(16-fy)+ne*fy)>>8&laneBytes, (po*(16-fy)+no*fy)>>8&laneBytes
				s := &sums[y]
				if t == ring {
					s[0] += 512*laneOnes + 2*e
					s[1] += 512*laneOnes + 2*o
				} else {
					s[0] -= e
					s[1] -= o
				}
				pe, po = ne, no
			}
		}
	}
}

// lane is the value of place i of eight.
func lane(s *[2]uint64, i int) int { return int(s[i&1] >> (i >> 1 * 16) & 0xffff) }

// halveRows writes to dst the means of 2 × 2 pixels of rows a and b.
func halveRows(dst, a, b []uint8) {
	x := 0
	for ; x+4 <= len(dst); x += 4 {
		v, w := binary.LittleEndian.Uint64(a[2*x:]), binary.LittleEndian.Uint64(b[2*x:])
		m := (v&laneBytes + v>>8&laneBytes + w&laneBytes + w>>8&laneBytes) >> 2 & laneBytes
		m = (m | m>>8) & 0x0000ffff0000ffff
		binary.LittleEndian.PutUint32(dst[x:], uint32(m|m>>16))
	}
	for ; x < len(dst); x++ {
		dst[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1])) / 4)
	}
}

// thirdRows writes to dst the means of 3 × 3 pixels of rows a, b and c.
func thirdRows(dst, a, b, c []uint8) {
	const ninth = 1<<32/9 + 1 // exact for sums of nine
	// Sums of three pixels, one above the other, of eight columns.
	columns := func(i int) (even, odd uint64) {
		u, v, w := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(c[i:])
		return u&laneBytes + v&laneBytes + w&laneBytes, u>>8&laneBytes + v>>8&laneBytes + w>>8&laneBytes
	}
	x := 0
	for ; x+8 <= len(dst); x += 8 {
		e0, o0 := columns(3 * x)
		e1, o1 := columns(3*x + 8)
		e2, o2 := columns(3*x + 16)
		p0, p1, p2 := e0+o0, e1+o1, e2+o2
		d := dst[x : x+8 : x+8]
		d[0] = uint8((p0&0xffff + e0>>16&0xffff) * ninth >> 32)
		d[1] = uint8((o0>>16&0xffff + p0>>32&0xffff) * ninth >> 32)
		d[2] = uint8((p0>>48 + e1&0xffff) * ninth >> 32)
		d[3] = uint8((o1&0xffff + p1>>16&0xffff) * ninth >> 32)
		d[4] = uint8((p1>>32&0xffff + e1>>48) * ninth >> 32)
		d[5] = uint8((o1>>48 + p2&0xffff) * ninth >> 32)
		d[6] = uint8((p2>>16&0xffff + e2>>32&0xffff) * ninth >> 32)
		d[7] = uint8((o2>>32&0xffff + p2>>48) * ninth >> 32)
	}
	for ; x < len(dst); x++ {
		sum := uint64(0)
		for i := 3 * x; i < 3*x+3; i++ {
			sum += uint64(a[i]) + uint64(b[i]) + uint64(c[i])
		}
		dst[x] = uint8(sum * ninth >> 32)
	}
}

// shrinkRows writes to dst the means of factor × factor pixels of rows, which
// are factor rows of stride bytes. factor is at most 256, cols are sums of
// columns, as many as the pixels used.
func shrinkRows(dst, rows []uint8, stride, factor int, cols []uint16) {
	used := len(dst) * factor
	x := 0
	for ; x+8 <= used; x += 8 {
		var even, odd uint64
		for j := x; j < x+factor*stride; j += stride {
			v := binary.LittleEndian.Uint64(rows[j:])
			even += v & laneBytes
			odd += v >> 8 & laneBytes
		}
		c := cols[x : x+8 : x+8]
		c[0], c[2], c[4], c[6] = uint16(even), uint16(even>>16), uint16(even>>32), uint16(even>>48)
		c[1], c[3], c[5], c[7] = uint16(odd), uint16(odd>>16), uint16(odd>>32), uint16(odd>>48)
	}
	for ; x < used; x++ {
		sum := uint16(0)
		for r := range factor {
			sum += uint16(rows[r*stride+x])
		}
		cols[x] = sum
	}
	// Division by multiplication: exact enough for sums below 2^24.
	inv := uint64(1<<32)/uint64(factor*factor) + 1
	for i := range dst {
		sum := uint64(0)
		for _, c := range cols[i*factor:][:factor] {
			sum += uint64(c)
		}
		dst[i] = uint8(min(255, sum*inv>>32))
	}
}
