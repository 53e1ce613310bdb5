package hevc

// sao are the parameters of sample adaptive offset of a coding tree block's luma.
type sao struct {
	kind   uint8 // 0: none, 1: band, 2: edge
	class  uint8 // of the edge, or the first band
	offset [4]int16
}

// tree decodes a coding tree unit.
func (d *Decoder) tree(rs, x int) {
	if d.h.sao || d.h.saoC {
		d.offsets(rs)
	}
	d.quadtree(x<<d.sps.ctb, rs/d.ctbsX<<d.sps.ctb, d.sps.ctb, 0)
}

// offsets reads clause 7.3.8.3.
func (d *Decoder) offsets(rs int) {
	c := &d.c
	if d.left && c.bin(&d.ctx[ctxSAOMerge]) == 1 {
		d.saos[rs] = d.saos[rs-1]
		return
	}
	if d.up && c.bin(&d.ctx[ctxSAOMerge]) == 1 {
		d.saos[rs] = d.saos[rs-d.ctbsX]
		return
	}
	if d.h.sao {
		if kind := d.offsetKind(); kind != 0 {
			d.saos[rs] = d.offset(kind, d.sps.depth, d.pps.saoScale, true)
			d.hasSAOs = true
		}
	}
	if d.h.saoC {
		if kind := d.offsetKind(); kind != 0 {
			d.offset(kind, d.sps.depthC, d.pps.saoScaleC, true)
			d.offset(kind, d.sps.depthC, d.pps.saoScaleC, false)
		}
	}
}

func (d *Decoder) offsetKind() uint8 {
	if d.c.bin(&d.ctx[ctxSAOType]) == 0 {
		return 0
	}
	return 1 + uint8(d.c.bypass())
}

func (d *Decoder) offset(kind uint8, depth, scale int, class bool) sao {
	c := &d.c
	out := sao{kind: kind}
	limit := int16(1)<<(min(depth, 10)-5) - 1
	for i := range out.offset {
		for out.offset[i] < limit && c.bypass() == 1 {
			out.offset[i]++
		}
	}
	if kind == 1 {
		for i, v := range out.offset {
			if v != 0 && c.bypass() == 1 {
				out.offset[i] = -v
			}
		}
		out.class = uint8(c.bypasses(5))
	} else {
		out.offset[2], out.offset[3] = -out.offset[2], -out.offset[3]
		if class {
			out.class = uint8(c.bypasses(2))
		}
	}
	for i := range out.offset {
		out.offset[i] <<= scale
	}
	return out
}

// quadtree decodes clause 7.3.8.4.
func (d *Decoder) quadtree(x0, y0, log2, depth int) {
	s := d.sps
	size := 1 << log2
	split := log2 > s.minCb
	if split && x0+size <= s.width && y0+size <= s.height {
		ctx := ctxSplitCU
		mask := 1<<s.ctb - 1
		at := y0>>3*d.w8 + x0>>3
		if (x0&mask != 0 || d.left) && int(d.depths[at-1]) > depth {
			ctx++
		}
		if (y0&mask != 0 || d.up) && int(d.depths[at-d.w8]) > depth {
			ctx++
		}
		split = d.c.bin(&d.ctx[ctx]) == 1
	}
	if d.pps.deltaQP && log2 >= s.ctb-d.pps.deltaQPDepth {
		d.qpCoded = false
		d.predictQP(x0, y0)
	}
	if log2 >= s.ctb-d.pps.chromaQPDepth {
		d.cqpCoded = false
	}
	if !split {
		d.unit(x0, y0, log2, depth)
		return
	}
	half := size >> 1
	d.quadtree(x0, y0, log2-1, depth+1)
	right, below := x0+half < s.width, y0+half < s.height
	if right && d.fail == "" {
		d.quadtree(x0+half, y0, log2-1, depth+1)
	}
	if below && d.fail == "" {
		d.quadtree(x0, y0+half, log2-1, depth+1)
	}
	if right && below && d.fail == "" {
		d.quadtree(x0+half, y0+half, log2-1, depth+1)
	}
}

// predictQP begins a quantization group (clause 8.6.1).
func (d *Decoder) predictQP(x0, y0 int) {
	mask := 1<<d.sps.ctb - 1
	at := y0>>3*d.w8 + x0>>3
	a, b := d.lastQP, d.lastQP
	if x0&mask != 0 {
		a = int(d.qps[at-1])
	}
	if y0&mask != 0 {
		b = int(d.qps[at-d.w8])
	}
	d.qp = (a + b + 1) >> 1
}

// unit decodes a coding unit (clause 7.3.8.5).
func (d *Decoder) unit(x0, y0, log2, depth int) {
	s, c := d.sps, &d.c
	if !d.pps.deltaQP {
		d.qp = d.h.qp
	}
	d.cuBypass = d.pps.bypass && c.bin(&d.ctx[ctxBypassCU]) == 1
	parts := log2 == s.minCb && c.bin(&d.ctx[ctxPartMode]) == 0
	at, n8 := y0>>3*d.w8+x0>>3, 1<<log2>>3
	for y := range n8 {
		row := d.depths[at+y*d.w8:][:n8]
		for x := range row {
			row[x] = uint8(depth)
		}
	}
	plain := !parts && s.pcm && log2 >= s.minPcm && log2 <= s.maxPcm && c.terminate()
	switch {
	case plain:
		d.plain(x0, y0, log2)
	case parts:
		d.predictionModes(x0, y0, log2-1, 4)
		d.transformTree(x0, y0, x0, y0, log2, 0, 0, 1+s.maxDepthIntra, true, 3, 3)
	default:
		d.predictionModes(x0, y0, log2, 1)
		d.transformTree(x0, y0, x0, y0, log2, 0, 0, s.maxDepthIntra, false, 3, 3)
	}
	d.lastQP = d.qp
	keep := d.kept && (d.cuBypass || plain && s.pcmUnfiltered)
	for y := range n8 {
		row := d.qps[at+y*d.w8:][:n8]
		for x := range row {
			row[x] = int8(d.qp)
		}
		if keep {
			row := d.keep[at+y*d.w8:][:n8]
			for x := range row {
				row[x] = 1
			}
		}
	}
}

// plain reads samples that are not coded (clause 7.3.8.7).
func (d *Decoder) plain(x0, y0, log2 int) {
	s := d.sps
	n := 1 << log2
	d.edges(x0, y0, n)
	d.setModes(x0, y0, n, 1)
	r := bitReader{data: d.c.data, at: 8 * d.c.next()}
	for y := range n {
		row := d.pix[(y0+y)*d.stride+x0:][:n]
		for x := range row {
			row[x] = uint16(r.bits(s.pcmDepth) << (s.depth - s.pcmDepth))
		}
	}
	chroma := [4]int{0, n * n / 2, n * n, 2 * n * n}[s.chromaArray()]
	r.skip(chroma * s.pcmDepthC)
	if r.over {
		d.fail = "its data ends within plain samples"
		return
	}
	d.c.start((r.at + 7) >> 3)
}

// predictionModes reads and derives the modes of a coding unit (clauses 7.3.8.5,
// 8.4.2 and 8.4.3).
func (d *Decoder) predictionModes(x0, y0, log2, parts int) {
	c := &d.c
	n := 1 << log2
	var likely [4]bool
	for i := range parts {
		likely[i] = c.bin(&d.ctx[ctxPrevIntra]) == 1
	}
	var luma [4]uint8
	for i := range parts {
		x, y := x0+i&1*n, y0+i>>1*n
		cand := d.candidates(x, y)
		var mode uint8
		if likely[i] {
			k := 0
			if c.bypass() == 1 {
				k = 1 + int(c.bypass())
			}
			mode = cand[k]
		} else {
			mode = uint8(c.bypasses(5))
			if cand[0] > cand[1] {
				cand[0], cand[1] = cand[1], cand[0]
			}
			if cand[0] > cand[2] {
				cand[0], cand[2] = cand[2], cand[0]
			}
			if cand[1] > cand[2] {
				cand[1], cand[2] = cand[2], cand[1]
			}
			for _, m := range cand {
				if mode >= m {
					mode++
				}
			}
		}
		luma[i] = mode
		d.setModes(x, y, n, mode)
	}
	chroma := d.sps.chromaArray()
	if chroma == 0 {
		return
	}
	if chroma != 3 {
		parts = 1
	}
	for i := range parts {
		d.chromaSame[i] = c.bin(&d.ctx[ctxChromaMode]) == 0
		mode := luma[i]
		if !d.chromaSame[i] {
			mode = [4]uint8{0, 26, 10, 1}[c.bypasses(2)]
			if mode == luma[i] {
				mode = 34
			}
		}
		if chroma == 2 {
			mode = chroma422[min(mode, 34)]
		}
		d.chromaModes[i] = mode
	}
	for i := parts; i < 4; i++ {
		d.chromaModes[i], d.chromaSame[i] = d.chromaModes[0], d.chromaSame[0]
	}
}

// candidates are the three most probable modes.
func (d *Decoder) candidates(x, y int) [3]uint8 {
	mask := 1<<d.sps.ctb - 1
	at := y>>2*d.w4 + x>>2
	a, b := uint8(1), uint8(1)
	if x&mask != 0 || d.left {
		a = d.modes[at-1]
	}
	if y&mask != 0 {
		b = d.modes[at-d.w4]
	}
	switch {
	case a != b:
		third := uint8(26)
		if a != 0 && b != 0 {
			third = 0
		} else if a != 1 && b != 1 {
			third = 1
		}
		return [3]uint8{a, b, third}
	case a < 2:
		return [3]uint8{0, 1, 26}
	}
	return [3]uint8{a, 2 + (a+29)%32, 2 + (a-2+1)%32}
}

func (d *Decoder) setModes(x0, y0, n int, mode uint8) {
	n >>= 2
	at := y0>>2*d.w4 + x0>>2
	for y := range n {
		row := d.modes[at+y*d.w4:][:n]
		for x := range row {
			row[x] = mode
		}
	}
}

// transformTree decodes clause 7.3.8.8. cb and cr are the coded block flags of the
// parent: bit 0, and bit 1 for the lower half of chroma that is half as wide.
func (d *Decoder) transformTree(x0, y0, xBase, yBase, log2, depth, index, maxDepth int, parts bool, cb, cr uint32) {
	s, c := d.sps, &d.c
	split := log2 > s.maxTb || parts && depth == 0
	if !split && log2 > s.minTb && depth < maxDepth {
		split = c.bin(&d.ctx[ctxSplitTransform+5-log2]) == 1
	}
	chroma := s.chromaArray()
	if chroma == 0 {
		cb, cr = 0, 0
	} else if log2 > 2 || chroma == 3 {
		two := chroma == 2 && (!split || log2 == 3)
		cb = d.chromaFlags(cb, depth, two)
		cr = d.chromaFlags(cr, depth, two)
	}
	if split {
		n := 1 << (log2 - 1)
		for i := range 4 {
			d.transformTree(x0+i&1*n, y0+i>>1*n, x0, y0, log2-1, depth+1, i, maxDepth, parts, cb, cr)
		}
		return
	}
	ctx := ctxCbfLuma
	if depth == 0 {
		ctx++
	}
	luma := c.bin(&d.ctx[ctx]) == 1
	d.transformUnit(x0, y0, xBase, yBase, log2, index, luma, cb, cr)
}

func (d *Decoder) chromaFlags(parent uint32, depth int, two bool) uint32 {
	if parent == 0 {
		return 0
	}
	v := d.c.bin(&d.ctx[ctxCbfChroma+depth])
	if two {
		v |= d.c.bin(&d.ctx[ctxCbfChroma+depth]) << 1
	}
	return v
}

// transformUnit decodes clause 7.3.8.10 and reconstructs luma.
func (d *Decoder) transformUnit(x0, y0, xBase, yBase, log2, index int, luma bool, cb, cr uint32) {
	s := d.sps
	n := 1 << log2
	d.edges(x0, y0, n)
	mode := int(d.modes[y0>>2*d.w4+x0>>2])
	d.lumaMode = mode
	coded := cb|cr != 0
	if luma || coded {
		if d.pps.deltaQP && !d.qpCoded {
			d.deltaQP()
		}
		if coded && d.h.chromaQPOffset && !d.cuBypass && !d.cqpCoded {
			d.chromaQPOffset()
		}
	}
	d.predict(x0, y0, log2, mode)
	if luma {
		d.residual(x0, y0, log2, 0, mode)
	}
	chroma := s.chromaArray()
	alpha := d.pps.crossComponent && chroma == 3 && luma
	if !coded && !alpha {
		return
	}
	part := 0
	if chroma == 3 {
		// The modes of a unit of four parts are kept by part.
		half := 1 << (s.minCb - 1)
		if log2 < s.minCb {
			part = x0&half/half | y0&half/half<<1
		}
	}
	size := log2
	switch {
	case chroma == 3:
	case log2 > 2:
		size--
	case index != 3:
		return
	}
	for component, flags := range [2]uint32{cb, cr} {
		if alpha && d.chromaSame[part] {
			d.crossComponent(component)
		}
		for half := range 2 {
			if flags>>half&1 == 1 {
				d.residual(0, 0, size, 1+component, int(d.chromaModes[part]))
			}
		}
	}
}

// deltaQP reads cu_qp_delta_abs and its sign (clauses 7.3.8.14 and 8.6.1).
func (d *Decoder) deltaQP() {
	c := &d.c
	v := 0
	if c.bin(&d.ctx[ctxDeltaQP]) == 1 {
		v = 1
		for v < 5 && c.bin(&d.ctx[ctxDeltaQP+1]) == 1 {
			v++
		}
		if v == 5 {
			k := 0
			for c.bypass() == 1 {
				v += 1 << k
				if k++; k > 7 {
					d.fail = "its quantization is out of range"
					return
				}
			}
			v += int(c.bypasses(k))
		}
		if c.bypass() == 1 {
			v = -v
		}
	}
	d.qpCoded = true
	offset := 6 * (d.sps.depth - 8)
	if v < -(26+offset/2) || v > 25+offset/2 {
		d.fail = "its quantization is out of range"
		return
	}
	d.qp = (d.qp+v+52+2*offset)%(52+offset) - offset
}

func (d *Decoder) chromaQPOffset() {
	c := &d.c
	d.cqpCoded = true
	if c.bin(&d.ctx[ctxChromaQPFlag]) == 1 {
		for i := 1; i < d.pps.chromaQPLen && c.bin(&d.ctx[ctxChromaQPIndex]) == 1; i++ {
		}
	}
}

// crossComponent reads clause 7.3.8.12.
func (d *Decoder) crossComponent(component int) {
	c := &d.c
	i := 0
	for i < 4 && c.bin(&d.ctx[ctxAlphaLog+4*component+i]) == 1 {
		i++
	}
	if i > 0 {
		c.bin(&d.ctx[ctxAlphaSign+component])
	}
}

// edges marks the left and upper edge of a block for the deblocking filter.
func (d *Decoder) edges(x0, y0, n int) {
	if d.h.deblockOff {
		return
	}
	d.edged = true
	mask := 1<<d.sps.ctb - 1
	if x0&7 == 0 && (x0&mask != 0 || d.edgeLeft) {
		at := y0>>2*d.w8 + x0>>3
		for range n >> 2 {
			d.edgeV[at] = 1
			at += d.w8
		}
	}
	if y0&7 == 0 && (y0&mask != 0 || d.edgeUp) {
		row := d.edgeH[y0>>3*d.w4+x0>>2:][:n>>2]
		for i := range row {
			row[i] = 1
		}
	}
}
