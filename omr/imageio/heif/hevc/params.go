package hevc

import (
	"fmt"
	"slices"
)

// sps is a sequence parameter set (clause 7.3.2.2), as far as luma needs it.
type sps struct {
	id                        int
	chroma                    int // chroma_format_idc
	separate                  bool
	width, height             int // coded, luma samples
	left, right, top, bottom  int // conformance window, luma samples
	depth, depthC             int
	pocBits                   int
	minCb, ctb                int // log2
	minTb, maxTb              int // log2
	maxDepthIntra             int
	scaling                   *scalingLists // nil: flat
	sao                       bool
	pcm                       bool
	pcmDepth, pcmDepthC       int
	minPcm, maxPcm            int // log2
	pcmUnfiltered             bool
	sets                      []refSet
	longTerm                  bool
	longTermSPS               int
	temporalMVP               bool
	strongSmoothing           bool
	signal                    signal
	skipRotation, skipContext bool
	implicitRDPCM             bool
	smoothingDisabled         bool
	persistentRice            bool
	bypassAlign               bool
}

// chromaArray is ChromaArrayType.
func (s *sps) chromaArray() int {
	if s.separate {
		return 0
	}
	return s.chroma
}

// signal is what the video usability information tells about the samples.
type signal struct {
	given  bool // video_signal_type_present_flag
	full   bool // video_full_range_flag
	matrix int  // matrix_coeffs; 2: unspecified
}

// pps is a picture parameter set (clause 7.3.2.3).
type pps struct {
	id, sps             int
	dependentSlices     bool
	outputFlag          bool
	extraBits           int
	signHiding          bool
	qp                  int // init_qp, of slices before their delta
	transformSkip       bool
	deltaQP             bool
	deltaQPDepth        int
	sliceChromaQP       bool
	bypass              bool // transquant_bypass_enabled_flag
	tiles, sync         bool
	columns, rows       []int // widths and heights of tiles, CTBs; nil and uniform counts below
	columnsN, rowsN     int
	uniform             bool
	acrossTiles         bool
	acrossSlices        bool
	deblockOverride     bool
	deblockOff          bool
	beta, tc            int // div2
	scaling             *scalingLists
	headerExtension     bool
	maxSkip             int // log2 of the largest block without transform
	crossComponent      bool
	chromaQPList        bool
	chromaQPDepth       int
	chromaQPLen         int
	saoScale, saoScaleC int
}

// UnsupportedError names what is legal in the standard and not decoded here.
type UnsupportedError string

// Error is the name with a word of explanation.
func (e UnsupportedError) Error() string { return "not decoded: " + string(e) }

// profileTierLevel reads past clause 7.3.3.
func (r *bitReader) profileTierLevel(subLayers int) {
	r.skip(88 + 8)
	var profile, level [8]bool
	for i := range subLayers {
		profile[i], level[i] = r.flag(), r.flag()
	}
	if subLayers > 0 {
		r.skip(2 * (8 - subLayers))
	}
	for i := range subLayers {
		if profile[i] {
			r.skip(88)
		}
		if level[i] {
			r.skip(8)
		}
	}
}

func parseSPS(data []byte) (*sps, error) {
	r := &bitReader{data: data}
	r.skip(16) // NAL unit header
	s := &sps{signal: signal{matrix: 2}}
	r.skip(4)
	subLayers := int(r.bits(3))
	r.skip(1)
	if subLayers > 6 {
		return nil, fmt.Errorf("%d temporal layers", subLayers+1)
	}
	r.profileTierLevel(subLayers)
	s.id = r.upTo(15)
	s.chroma = r.upTo(3)
	if s.chroma == 3 {
		s.separate = r.flag()
	}
	s.width, s.height = r.upTo(1<<16), r.upTo(1<<16)
	if r.flag() {
		ux, uy := 1, 1
		if s.chroma == 1 || s.chroma == 2 {
			ux = 2
		}
		if s.chroma == 1 {
			uy = 2
		}
		s.left, s.right = ux*r.upTo(1<<16), ux*r.upTo(1<<16)
		s.top, s.bottom = uy*r.upTo(1<<16), uy*r.upTo(1<<16)
	}
	s.depth, s.depthC = 8+r.upTo(8), 8+r.upTo(8)
	s.pocBits = 4 + r.upTo(12)
	all := r.flag()
	for i := range subLayers + 1 {
		if i == 0 || all {
			r.ue()
			r.ue()
			r.ue()
		}
	}
	s.minCb = 3 + r.upTo(3)
	s.ctb = s.minCb + r.upTo(3)
	s.minTb = 2 + r.upTo(3)
	s.maxTb = s.minTb + r.upTo(3)
	r.upTo(4) // max_transform_hierarchy_depth_inter
	s.maxDepthIntra = r.upTo(4)
	if r.flag() {
		s.scaling = defaultScaling()
		if r.flag() {
			s.scaling = r.scalingLists()
		}
	}
	r.skip(1) // amp_enabled_flag
	s.sao = r.flag()
	if s.pcm = r.flag(); s.pcm {
		s.pcmDepth, s.pcmDepthC = 1+int(r.bits(4)), 1+int(r.bits(4))
		s.minPcm = 3 + r.upTo(2)
		s.maxPcm = s.minPcm + r.upTo(2)
		s.pcmUnfiltered = r.flag()
	}
	s.sets = make([]refSet, r.upTo(64))
	for i := range s.sets {
		s.sets[i] = r.refSet(i, s.sets)
		if r.over {
			break
		}
	}
	if s.longTerm = r.flag(); s.longTerm {
		s.longTermSPS = r.upTo(32)
		r.skip(s.longTermSPS * (s.pocBits + 1))
	}
	s.temporalMVP = r.flag()
	s.strongSmoothing = r.flag()
	if r.flag() {
		r.usability(s, subLayers)
	}
	if err := r.spsExtensions(s); err != nil {
		return nil, err
	}
	if r.over {
		return nil, fmt.Errorf("its sequence parameter set is cut off or out of range")
	}
	return s, s.check()
}

func (r *bitReader) spsExtensions(s *sps) error {
	if !r.flag() {
		return nil
	}
	ranges, multi, depth, screen := r.flag(), r.flag(), r.flag(), r.flag()
	r.skip(4)
	if ranges {
		s.skipRotation, s.skipContext, s.implicitRDPCM = r.flag(), r.flag(), r.flag()
		r.skip(1) // explicit_rdpcm_enabled_flag: of inter blocks
		extended := r.flag()
		s.smoothingDisabled = r.flag()
		r.skip(1) // high_precision_offsets_enabled_flag: of weighted prediction
		s.persistentRice, s.bypassAlign = r.flag(), r.flag()
		if extended {
			return UnsupportedError("samples of extended precision")
		}
	}
	switch {
	case r.over:
	case multi:
		return UnsupportedError("several layers")
	case depth:
		return UnsupportedError("depth pictures")
	case screen:
		return UnsupportedError("screen content coding")
	}
	return nil
}

// check refuses what the standard forbids and what the decoder's tables have no
// room for.
func (s *sps) check() error {
	unit := 1<<s.minCb - 1
	switch {
	case s.width == 0 || s.height == 0 || s.width&unit != 0 || s.height&unit != 0:
		return fmt.Errorf("it is coded as %d × %d px", s.width, s.height)
	case s.left+s.right >= s.width || s.top+s.bottom >= s.height:
		return fmt.Errorf("nothing is left of %d × %d px within its window", s.width, s.height)
	case s.ctb < 4 || s.ctb > 6:
		return fmt.Errorf("its coding tree blocks are %d px", 1<<s.ctb)
	case s.minTb >= s.minCb || s.maxTb > min(s.ctb, 5):
		return fmt.Errorf("its transform blocks are %d to %d px", 1<<s.minTb, 1<<s.maxTb)
	case s.maxDepthIntra > s.ctb-s.minTb:
		return fmt.Errorf("its transforms are split %d times", s.maxDepthIntra)
	case s.pcm && (s.maxPcm > min(s.ctb, 5) || s.minPcm < min(s.minCb, 5) || s.pcmDepth > s.depth || s.pcmDepthC > s.depthC):
		return fmt.Errorf("its plain blocks are up to %d px of %d bits", 1<<s.maxPcm, s.pcmDepth)
	case s.depth > 12 || s.depthC > 12:
		return UnsupportedError(fmt.Sprintf("%d bits a sample", max(s.depth, s.depthC)))
	}
	return nil
}

// usability is the video usability information (annex E).
func (r *bitReader) usability(s *sps, subLayers int) {
	if r.flag() && r.bits(8) == 255 { // aspect ratio
		r.skip(32)
	}
	if r.flag() { // overscan
		r.skip(1)
	}
	if s.signal.given = r.flag(); s.signal.given {
		r.skip(3)
		s.signal.full = r.flag()
		if r.flag() {
			r.skip(16)
			s.signal.matrix = int(r.bits(8))
		}
	}
	if r.flag() { // place of chroma samples
		r.ue()
		r.ue()
	}
	r.skip(3)
	if r.flag() { // default display window: a player's matter
		for range 4 {
			r.ue()
		}
	}
	if r.flag() { // timing
		r.skip(64)
		if r.flag() {
			r.ue()
		}
		if r.flag() {
			r.hypotheticalDecoder(subLayers)
		}
	}
	if r.flag() { // restrictions
		r.skip(3)
		for range 5 {
			r.ue()
		}
	}
}

// hypotheticalDecoder reads past clause E.2.2.
func (r *bitReader) hypotheticalDecoder(subLayers int) {
	nal, vcl, sub := r.flag(), r.flag(), false
	if nal || vcl {
		if sub = r.flag(); sub {
			r.skip(8 + 5 + 1 + 5)
		}
		r.skip(8)
		if sub {
			r.skip(4)
		}
		r.skip(15)
	}
	for range subLayers + 1 {
		fixed, count, low := r.flag(), 1, false
		if !fixed {
			fixed = r.flag()
		}
		if fixed {
			r.ue()
		} else {
			low = r.flag()
		}
		if !low {
			count = 1 + r.upTo(31)
		}
		for _, on := range []bool{nal, vcl} {
			for range count {
				if on {
					r.ue()
					r.ue()
					if sub {
						r.ue()
						r.ue()
					}
					r.skip(1)
				}
			}
		}
	}
}

// refSet is a short-term reference picture set (clause 7.4.8), which still pictures
// that are part of a film carry: distances in output order.
type refSet struct{ before, after []int }

func (r *bitReader) refSet(index int, sets []refSet) (out refSet) {
	if index > 0 && r.flag() {
		back := 1
		if index == len(sets) {
			back += r.upTo(index - 1)
		}
		sign := 1 - 2*int(r.bit())
		delta := sign * (1 + r.upTo(1<<15))
		ref := sets[index-back]
		used := make([]bool, len(ref.before)+len(ref.after)+1)
		for i := range used {
			used[i] = r.flag() // used_by_curr_pic_flag
			if !used[i] {
				used[i] = r.flag() // use_delta_flag
			}
		}
		n := len(ref.before)
		take := func(i, distance int) {
			switch {
			case !used[i]:
			case distance < 0:
				out.before = append(out.before, distance)
			case distance > 0:
				out.after = append(out.after, distance)
			}
		}
		for i, d := range ref.before {
			take(i, d+delta)
		}
		for i, d := range ref.after {
			take(n+i, d+delta)
		}
		take(len(used)-1, delta)
		if len(out.before)+len(out.after) > 16 {
			r.over = true
		}
		// The nearest come first.
		slices.SortFunc(out.before, func(a, b int) int { return b - a })
		slices.Sort(out.after)
		return out
	}
	n, m := r.upTo(16), r.upTo(16)
	at := 0
	for range n {
		at -= 1 + r.upTo(1<<15)
		r.skip(1)
		out.before = append(out.before, at)
	}
	at = 0
	for range m {
		at += 1 + r.upTo(1<<15)
		r.skip(1)
		out.after = append(out.after, at)
	}
	return out
}

func parsePPS(data []byte) (*pps, error) {
	r := &bitReader{data: data}
	r.skip(16)
	p := &pps{maxSkip: 2, acrossTiles: true}
	p.id, p.sps = r.upTo(63), r.upTo(15)
	p.dependentSlices, p.outputFlag = r.flag(), r.flag()
	p.extraBits = int(r.bits(3))
	p.signHiding = r.flag()
	r.skip(1) // cabac_init_present_flag: of inter slices
	r.upTo(14)
	r.upTo(14)
	p.qp = 26 + r.within(-(26+48), 25)
	r.skip(1) // constrained_intra_pred_flag: all blocks are intra
	p.transformSkip = r.flag()
	if p.deltaQP = r.flag(); p.deltaQP {
		p.deltaQPDepth = r.upTo(3)
	}
	r.within(-12, 12)
	r.within(-12, 12)
	p.sliceChromaQP = r.flag()
	r.skip(2) // weighted prediction
	p.bypass, p.tiles, p.sync = r.flag(), r.flag(), r.flag()
	if p.tiles {
		r.tiles(p)
	}
	p.acrossSlices = r.flag()
	if r.flag() {
		p.deblockOverride = r.flag()
		if p.deblockOff = r.flag(); !p.deblockOff {
			p.beta, p.tc = r.within(-6, 6), r.within(-6, 6)
		}
	}
	if r.flag() {
		p.scaling = r.scalingLists()
	}
	r.skip(1) // lists_modification_present_flag
	r.ue()    // log2_parallel_merge_level_minus2
	p.headerExtension = r.flag()
	if r.flag() {
		ranges, multi, depth, screen := r.flag(), r.flag(), r.flag(), r.flag()
		r.skip(4)
		if ranges {
			r.ppsRanges(p)
		}
		if (multi || depth || screen) && !r.over {
			return nil, UnsupportedError("several layers, depth or screen content")
		}
	}
	if r.over {
		return nil, fmt.Errorf("its picture parameter set is cut off or out of range")
	}
	return p, nil
}

func (r *bitReader) tiles(p *pps) {
	p.columnsN, p.rowsN = 1+r.upTo(1<<12), 1+r.upTo(1<<12)
	if p.uniform = r.flag(); !p.uniform && !r.over {
		for range p.columnsN - 1 {
			p.columns = append(p.columns, 1+r.upTo(1<<12))
		}
		for range p.rowsN - 1 {
			p.rows = append(p.rows, 1+r.upTo(1<<12))
		}
	}
	p.acrossTiles = r.flag()
}

// ppsRanges is the range extension of clause 7.3.2.3.2.
func (r *bitReader) ppsRanges(p *pps) {
	if p.transformSkip {
		p.maxSkip = 2 + r.upTo(3)
	}
	p.crossComponent = r.flag()
	if p.chromaQPList = r.flag(); p.chromaQPList {
		p.chromaQPDepth = r.upTo(3)
		p.chromaQPLen = 1 + r.upTo(5)
		for range 2 * p.chromaQPLen {
			r.within(-12, 12)
		}
	}
	p.saoScale, p.saoScaleC = r.upTo(2), r.upTo(2)
}

// scalingLists are the factors of intra luma by the size of blocks, log2 less 2;
// rows of y.
type scalingLists [4][]uint8

func defaultScaling() *scalingLists {
	var flat [16]uint8
	for i := range flat {
		flat[i] = 16
	}
	return &scalingLists{
		flat[:],
		spread(intraScaling8[:], 8, 16),
		spread(intraScaling8[:], 16, 16),
		spread(intraScaling8[:], 32, 16),
	}
}

// spread enlarges factors of 8 × 8 px (clause 7.4.5); dc is of the first.
func spread(list []uint8, n int, dc uint8) []uint8 {
	out := make([]uint8, n*n)
	for y := range n {
		for x := range n {
			out[y*n+x] = list[y*8/n*8+x*8/n]
		}
	}
	out[0] = dc
	return out
}

// scalingLists reads clause 7.3.4. The lists of chroma and of inter blocks are read
// past: the one of intra luma is the first of its size and refers to no other.
func (r *bitReader) scalingLists() *scalingLists {
	out := defaultScaling()
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for matrix := 0; matrix < 6; matrix += step {
			if !r.flag() {
				r.upTo(matrix)
				continue
			}
			next, dc := 8, 16
			if size > 1 {
				dc = 8 + r.within(-7, 247)
				next = dc
			}
			list := make([]uint8, min(64, 16<<(2*size)))
			side := 4
			if size > 0 {
				side = 8
			}
			for _, p := range diagonal(side) {
				next = (next + r.within(-128, 127) + 256) % 256
				list[int(p[1])*side+int(p[0])] = uint8(next)
			}
			if matrix != 0 {
				continue
			}
			switch size {
			case 0:
				out[0] = list
			case 1:
				out[1] = list
			default:
				out[size] = spread(list, 4<<size, uint8(dc))
			}
		}
	}
	return out
}
