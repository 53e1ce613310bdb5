package hevc

// predict fills a luma block from its neighbours (clause 8.4.4.2).
func (d *Decoder) predict(x0, y0, log2, mode int) {
	n := 1 << log2
	s := d.sps
	ref := d.neighbourSamples(x0, y0, n)
	filter := !s.smoothingDisabled && mode != 1 && n > 4
	if filter {
		distance := min(max(mode-26, 26-mode), max(mode-10, 10-mode))
		filter = distance > [6]int{0, 0, 0, 7, 1, 0}[log2]
	}
	if filter {
		ref = d.smooth(ref, n)
	}
	at := y0*d.stride + x0
	// The boundary filters change the outermost row and column.
	soft := n < 32 && (!s.implicitRDPCM || !d.cuBypass)
	switch mode {
	case 0:
		d.planar(at, n, log2, ref)
	case 1:
		d.flat(at, n, log2, ref)
	case 10:
		d.horizontal(at, n, ref, soft)
	case 26:
		d.vertical(at, n, ref, soft)
	default:
		d.angular(at, n, mode, ref)
	}
}

// neighbourSamples are the reference samples in one line: from the lowest on the
// left up to the corner, which has index 2n, and on to the right end above. What is
// not available repeats what comes before it (clause 8.4.4.2.2).
func (d *Decoder) neighbourSamples(x0, y0, n int) []int32 {
	ref := d.ref[:4*n+1]
	s := d.sps
	ctb := 1 << s.ctb
	mask := ctb - 1
	cx, cy := x0&mask, y0&mask
	left := cx != 0 || d.left
	up := cy != 0 || d.up
	corner := up && left
	switch {
	case cx == 0 && cy == 0:
		corner = d.upLeft
	case cx == 0:
		corner = d.left
	case cy == 0:
		corner = d.up
	}
	// Blocks of the same size to the lower left and the upper right have been
	// decoded or not as a whole.
	below, right := 0, 0
	if cy+n < ctb && (cx == 0 && d.left || cx != 0 && earlier(cx-n, cy+n, cx, cy)) {
		below = min(n, s.height-y0-n)
	}
	switch {
	case cy == 0 && cx+n < ctb && d.up,
		cy == 0 && cx+n == ctb && d.upRight,
		cy != 0 && cx+n < ctb && earlier(cx+n, cy-n, cx, cy):
		right = min(n, s.width-x0-n)
	}
	below, right = max(below, 0), max(right, 0)

	at := y0*d.stride + x0
	if left {
		for i, k := 0, at-1; i < n+below; i++ {
			ref[2*n-1-i] = int32(d.pix[k])
			k += d.stride
		}
	}
	if corner {
		ref[2*n] = int32(d.pix[at-d.stride-1])
	}
	above := d.pix[max(at-d.stride, 0):]
	if up {
		widen(ref[2*n+1:3*n+1], above)
	}
	if right > 0 { // also without those above, where a slice begins up there
		widen(ref[3*n+1:3*n+1+right], above[n:])
	}
	// The first sample that is there fills what comes before it, then each one
	// what is missing behind it.
	switch {
	case left:
		fill(ref[:n-below], ref[n-below])
		if !corner {
			ref[2*n] = ref[2*n-1]
		}
	case corner:
		fill(ref[:2*n], ref[2*n])
	case up:
		fill(ref[:2*n+1], ref[2*n+1])
	case right > 0:
		fill(ref[:3*n+1], ref[3*n+1])
	default:
		fill(ref, 1<<(s.depth-1))
		return ref
	}
	if !up && (left || corner) {
		fill(ref[2*n+1:3*n+1], ref[2*n])
	}
	fill(ref[3*n+1+right:], ref[3*n+right])
	return ref
}

// earlier says that a block comes before another in z-order, within a coding tree
// block.
func earlier(x1, y1, x2, y2 int) bool {
	dx, dy := x1^x2, y1^y2
	if dy < dx && dy < dx^dy { // the highest bit that differs is one of x
		return x1 < x2
	}
	return y1 < y2
}

func widen(to []int32, from []uint16) {
	from = from[:len(to)]
	for i := range to {
		to[i] = int32(from[i])
	}
}

func fill(s []int32, v int32) {
	for i := range s {
		s[i] = v
	}
}

// smooth filters the reference samples (clause 8.4.4.2.3).
func (d *Decoder) smooth(ref []int32, n int) []int32 {
	out := d.ref2[:len(ref)]
	last := len(ref) - 1
	out[0], out[last] = ref[0], ref[last]
	if n == 32 && d.sps.strongSmoothing {
		limit := int32(1) << (d.sps.depth - 5)
		bottom, corner, right := ref[0], ref[64], ref[128]
		if abs(bottom+corner-2*ref[32]) < limit && abs(corner+right-2*ref[96]) < limit {
			for i := range int32(64) {
				out[i] = ((64-i)*bottom + i*corner + 32) >> 6
				out[64+i] = ((64-i)*corner + i*right + 32) >> 6
			}
			return out
		}
	}
	a, b := ref[0], ref[1]
	for i, c := range ref[2:] {
		out[i+1] = (a + 2*b + c + 2) >> 2
		a, b = b, c
	}
	return out
}

func abs(v int32) int32 { return max(v, -v) }

func (d *Decoder) planar(at, n, log2 int, ref []int32) {
	above, corner := ref[2*n+1:], 2*n
	right, below := ref[3*n+1], ref[n-1]
	for y := range n {
		left := ref[corner-1-y]
		row := d.pix[at+y*d.stride:][:n]
		up := above[:len(row)]
		sum := int32(n-1)*left + right + int32(y+1)*below + int32(n)
		for x := range row {
			row[x] = uint16((sum + int32(n-1-y)*up[x]) >> (log2 + 1))
			sum += right - left
		}
	}
}

func (d *Decoder) flat(at, n, log2 int, ref []int32) {
	sum := int32(n)
	for i := range n {
		sum += ref[2*n+1+i] + ref[2*n-1-i]
	}
	v := sum >> (log2 + 1)
	for y := range n {
		row := d.pix[at+y*d.stride:][:n]
		for x := range row {
			row[x] = uint16(v)
		}
	}
	if n == 32 {
		return
	}
	d.pix[at] = uint16((ref[2*n-1] + 2*v + ref[2*n+1] + 2) >> 2)
	for i := 1; i < n; i++ {
		d.pix[at+i] = uint16((ref[2*n+1+i] + 3*v + 2) >> 2)
		d.pix[at+i*d.stride] = uint16((ref[2*n-1-i] + 3*v + 2) >> 2)
	}
}

func (d *Decoder) horizontal(at, n int, ref []int32, soft bool) {
	for y := range n {
		v := uint16(ref[2*n-1-y])
		row := d.pix[at+y*d.stride:][:n]
		for x := range row {
			row[x] = v
		}
	}
	if soft {
		high := int32(1)<<d.sps.depth - 1
		for x := range n {
			v := ref[2*n-1] + (ref[2*n+1+x]-ref[2*n])>>1
			d.pix[at+x] = uint16(min(max(v, 0), high))
		}
	}
}

func (d *Decoder) vertical(at, n int, ref []int32, soft bool) {
	above := ref[2*n+1:][:n]
	high := int32(1)<<d.sps.depth - 1
	for y := range n {
		row := d.pix[at+y*d.stride:][:n]
		for x := range row {
			row[x] = uint16(above[x])
		}
		if soft {
			v := above[0] + (ref[2*n-1-y]-ref[2*n])>>1
			row[0] = uint16(min(max(v, 0), high))
		}
	}
}

// angular is clause 8.4.4.2.6. line[n] is the corner, what follows lies along the
// main direction.
func (d *Decoder) angular(at, n, mode int, ref []int32) {
	angle := intraAngle[mode]
	line := d.line[:3*n+1]
	c := 2 * n // the corner in ref
	upright := mode >= 18
	step := -1 // from the corner along the main direction
	if upright {
		step = 1
	}
	if upright {
		copy(line[n:], ref[c:c+2*n+1])
	} else {
		for i := range 2*n + 1 {
			line[n+i] = ref[c-i]
		}
	}
	if most := int(int32(n) * angle >> 5); most < -1 {
		inverse := inverseAngle[mode-11]
		for i := -1; i >= most; i-- {
			k := int((int32(i)*inverse + 128) >> 8) // places from the corner on the other side
			line[n+i] = ref[c-step*k]
		}
	}
	if upright {
		for y := range n {
			pos := int32(y+1) * angle
			src := line[n+1+int(pos>>5):]
			row := d.pix[at+y*d.stride:][:n]
			if f := pos & 31; f != 0 {
				src = src[:n+1]
				a := src[0]
				for x := range row {
					b := src[x+1]
					row[x] = uint16((a*(32-f) + b*f + 16) >> 5)
					a = b
				}
			} else {
				src = src[:len(row)]
				for x := range row {
					row[x] = uint16(src[x])
				}
			}
		}
		return
	}
	for x := range n {
		pos := int32(x+1) * angle
		src := line[n+1+int(pos>>5):]
		k := at + x
		if f := pos & 31; f != 0 {
			src = src[:n+1]
			a := src[0]
			for _, b := range src[1:] {
				d.pix[k] = uint16((a*(32-f) + b*f + 16) >> 5)
				k += d.stride
				a = b
			}
		} else {
			for _, v := range src[:n] {
				d.pix[k] = uint16(v)
				k += d.stride
			}
		}
	}
}
