package hevc

// deblock filters the luma edges of the whole picture, first the vertical ones
// (clause 8.7.2). All blocks are intra: every edge has strength 2.
func (d *Decoder) deblock() {
	if !d.edged {
		return
	}
	s := d.sps
	for y4 := range s.height >> 2 {
		row := d.edgeV[y4*d.w8:][:d.w8]
		for x8, on := range row {
			if on != 0 {
				q := y4>>1*d.w8 + x8
				d.filterEdge(x8<<3, y4<<2, q-1, q, 1, d.stride)
			}
		}
	}
	for y8 := range s.height >> 3 {
		row := d.edgeH[y8*d.w4:][:d.w4]
		for x4, on := range row {
			if on != 0 {
				q := y8*d.w8 + x4>>1
				d.filterEdge(x4<<2, y8<<3, q-d.w8, q, d.stride, 1)
			}
		}
	}
}

// filterEdge filters four lines across an edge at (x, y). p and q are the indices
// of the blocks on its sides, across and along the steps between samples.
func (d *Decoder) filterEdge(x, y, p, q, across, along int) {
	s := d.sps
	h := d.ctbHeader[y>>s.ctb*d.ctbsX+x>>s.ctb]
	qp := (int(d.qps[p]) + int(d.qps[q]) + 1) >> 1
	scale := s.depth - 8
	beta := int32(betaTable[min(max(qp+h.beta, 0), 51)]) << scale
	tc := int32(tcTable[min(max(qp+2+h.tc, 0), 53)]) << scale
	if beta == 0 {
		return
	}
	at := y*d.stride + x
	pix := d.pix
	// Line 0 and line 3 decide for all four.
	i, j := at, at+3*along
	p0, p1, p2, p3 := int32(pix[i-across]), int32(pix[i-2*across]), int32(pix[i-3*across]), int32(pix[i-4*across])
	q0, q1, q2, q3 := int32(pix[i]), int32(pix[i+across]), int32(pix[i+2*across]), int32(pix[i+3*across])
	dp0, dq0 := abs(p2-2*p1+p0), abs(q2-2*q1+q0)
	r0, r1, r2, r3 := int32(pix[j-across]), int32(pix[j-2*across]), int32(pix[j-3*across]), int32(pix[j-4*across])
	t0, t1, t2, t3 := int32(pix[j]), int32(pix[j+across]), int32(pix[j+2*across]), int32(pix[j+3*across])
	dp3, dq3 := abs(r2-2*r1+r0), abs(t2-2*t1+t0)
	if dp0+dq0+dp3+dq3 >= beta {
		return
	}
	keepP, keepQ := d.kept && d.keep[p] != 0, d.kept && d.keep[q] != 0
	strong := 2*(dp0+dq0) < beta>>2 && abs(p3-p0)+abs(q0-q3) < beta>>3 && abs(p0-q0) < (5*tc+1)>>1 &&
		2*(dp3+dq3) < beta>>2 && abs(r3-r0)+abs(t0-t3) < beta>>3 && abs(r0-t0) < (5*tc+1)>>1
	if strong {
		for range 4 {
			line := pix[at-4*across : at+3*across+1]
			p3, p2, p1, p0 := int32(line[0]), int32(line[across]), int32(line[2*across]), int32(line[3*across])
			q0, q1, q2, q3 := int32(line[4*across]), int32(line[5*across]), int32(line[6*across]), int32(line[7*across])
			if !keepP {
				line[3*across] = near(p0, (p2+2*p1+2*p0+2*q0+q1+4)>>3, 2*tc)
				line[2*across] = near(p1, (p2+p1+p0+q0+2)>>2, 2*tc)
				line[across] = near(p2, (2*p3+3*p2+p1+p0+q0+4)>>3, 2*tc)
			}
			if !keepQ {
				line[4*across] = near(q0, (p1+2*p0+2*q0+2*q1+q2+4)>>3, 2*tc)
				line[5*across] = near(q1, (p0+q0+q1+q2+2)>>2, 2*tc)
				line[6*across] = near(q2, (p0+q0+q1+3*q2+2*q3+4)>>3, 2*tc)
			}
			at += along
		}
		return
	}
	side, half := (beta+beta>>1)>>3, tc>>1
	moreP, moreQ := dp0+dp3 < side, dq0+dq3 < side
	high := int32(1)<<s.depth - 1
	for range 4 {
		line := pix[at-3*across : at+2*across+1]
		at += along
		p2, p1, p0 := int32(line[0]), int32(line[across]), int32(line[2*across])
		q0, q1, q2 := int32(line[3*across]), int32(line[4*across]), int32(line[5*across])
		delta := (9*(q0-p0) - 3*(q1-p1) + 8) >> 4
		if abs(delta) >= 10*tc {
			continue
		}
		delta = min(max(delta, -tc), tc)
		if !keepP {
			line[2*across] = uint16(min(max(p0+delta, 0), high))
			if moreP {
				v := min(max(((p2+p0+1)>>1-p1+delta)>>1, -half), half)
				line[across] = uint16(min(max(p1+v, 0), high))
			}
		}
		if !keepQ {
			line[3*across] = uint16(min(max(q0-delta, 0), high))
			if moreQ {
				v := min(max(((q2+q0+1)>>1-q1-delta)>>1, -half), half)
				line[4*across] = uint16(min(max(q1+v, 0), high))
			}
		}
	}
}

// near is v kept within reach of what it was. Means of samples need no other limit.
func near(was, v, reach int32) uint16 {
	return uint16(min(max(v, was-reach), was+reach))
}
