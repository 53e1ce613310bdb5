package hevc

import (
	"fmt"
	"math/bits"
)

// sliceHeader is a slice segment header (clause 7.3.6.1). A dependent segment has a
// copy of the header it depends on.
type sliceHeader struct {
	first, dependent bool
	address          int // of the segment, CTBs in raster order
	slice            int // SliceAddrRs
	colourPlane      int
	sao, saoC        bool
	qp               int
	chromaQPOffset   bool
	deblockOff       bool
	beta, tc         int // times two
	across           bool
	data             int // where the coded data begins, bytes in the payload
}

// NAL unit types of table 7-1.
const (
	nalBLA  = 16
	nalIDR  = 19
	nalIDRN = 20
	nalIRAP = 21 // the last one of them
	nalSPS  = 33
	nalPPS  = 34
)

// header reads a slice header; prev is the one before it in the picture.
func (d *Decoder) header(data []byte, kind int, prev *sliceHeader) (*sliceHeader, error) {
	r := &bitReader{data: data}
	r.skip(16)
	h := &sliceHeader{first: r.flag()}
	if kind >= nalBLA && kind <= 23 {
		r.skip(1) // no_output_of_prior_pics_flag
	}
	p := d.ppss[r.upTo(63)]
	if p == nil {
		return nil, fmt.Errorf("a slice names parameters that are not there")
	}
	s := d.spss[p.sps]
	if s == nil {
		return nil, fmt.Errorf("a slice names parameters that are not there")
	}
	if h.first {
		if err := d.activate(s, p); err != nil {
			return nil, err
		}
	} else if prev == nil || s != d.sps || p != d.pps {
		return nil, fmt.Errorf("its first slice is missing")
	}
	if !h.first {
		if p.dependentSlices {
			h.dependent = r.flag()
		}
		h.address = int(r.bits(bits.Len(uint(d.ctbs - 1))))
		if h.address >= d.ctbs {
			return nil, fmt.Errorf("a slice begins outside the picture")
		}
	}
	if h.dependent {
		address := h.address
		*h = *prev
		h.first, h.dependent, h.address = false, true, address
	} else {
		h.slice = h.address
		if err := d.independent(r, h, kind); err != nil {
			return nil, err
		}
	}
	if p.tiles || p.sync {
		// Entry points: the parts follow each other, so that the end of one is the
		// beginning of the next.
		if n := r.upTo(d.ctbs); n > 0 {
			length := 1 + r.upTo(31)
			r.skip(n * length)
		}
	}
	if p.headerExtension {
		r.skip(8 * r.upTo(256))
	}
	if !r.flag() { // alignment_bit_equal_to_one
		r.over = true
	}
	h.data = (r.at + 7) >> 3
	if r.over {
		return nil, fmt.Errorf("a slice header is cut off or out of range")
	}
	return h, nil
}

// independent reads what only the first segment of a slice has.
func (d *Decoder) independent(r *bitReader, h *sliceHeader, kind int) error {
	s, p := d.sps, d.pps
	r.skip(p.extraBits)
	if t := r.upTo(2); t != 2 && !r.over {
		return UnsupportedError("pictures predicted from others")
	}
	if p.outputFlag {
		r.skip(1)
	}
	if s.separate {
		h.colourPlane = int(r.bits(2))
	}
	if kind != nalIDR && kind != nalIDRN {
		d.references(r)
	}
	chroma := s.chromaArray() != 0
	if s.sao {
		h.sao = r.flag()
		if chroma {
			h.saoC = r.flag()
		}
	}
	h.qp = p.qp + r.within(-128, 128)
	if h.qp < -6*(s.depth-8) || h.qp > 51 {
		r.over = true
	}
	if p.sliceChromaQP {
		r.within(-12, 12)
		r.within(-12, 12)
	}
	if p.chromaQPList {
		h.chromaQPOffset = r.flag()
	}
	h.deblockOff, h.beta, h.tc = p.deblockOff, 2*p.beta, 2*p.tc
	if p.deblockOverride && r.flag() {
		if h.deblockOff = r.flag(); !h.deblockOff {
			h.beta, h.tc = 2*r.within(-6, 6), 2*r.within(-6, 6)
		}
	}
	h.across = p.acrossSlices
	if p.acrossSlices && (h.sao || h.saoC || !h.deblockOff) {
		h.across = r.flag()
	}
	return nil
}

// references reads past the reference pictures that pictures other than IDR name.
func (d *Decoder) references(r *bitReader) {
	s := d.sps
	r.skip(s.pocBits)
	if !r.flag() {
		r.refSet(len(s.sets), s.sets)
	} else if len(s.sets) > 1 {
		r.skip(bits.Len(uint(len(s.sets) - 1)))
	}
	if s.longTerm {
		fromSPS := 0
		if s.longTermSPS > 0 {
			fromSPS = r.upTo(32)
		}
		n := fromSPS + r.upTo(32)
		for i := range n {
			if i < fromSPS {
				if s.longTermSPS > 1 {
					r.skip(bits.Len(uint(s.longTermSPS - 1)))
				}
			} else {
				r.skip(s.pocBits + 1)
			}
			if r.flag() {
				r.ue()
			}
		}
	}
	if s.temporalMVP {
		r.skip(1)
	}
}
