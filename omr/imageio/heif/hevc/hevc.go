// Package hevc decodes the luma of one still picture that is coded by HEVC
// (ITU-T H.265, ISO/IEC 23008-2), as HEIC files hold it.
//
// In: parameter sets and the NAL units of one picture, all of whose slices are
// intra: profiles Main, Main 10, Main Still Picture and the intra profiles of the
// range extensions, 8 to 12 bits, any chroma format. Out: luma samples, bit for bit
// those of the standard. Chroma is parsed and not reconstructed: luma never depends
// on it. Faults: an UnsupportedError for what is legal and not decoded (pictures
// predicted from others, several layers, screen content, extended precision), other
// errors for damaged data; a picture that lacks a part is damaged. Clauses and tables
// in comments are those of H.265 (08/2021). Deterministic.
package hevc

import (
	"fmt"
)

// Decoder decodes one picture after another and keeps its memory between them. The
// zero value is ready. Not safe for concurrent use.
type Decoder struct {
	MaxPixels int // of a coded picture; 0: 64 million

	spss [16]*sps
	ppss [64]*pps

	// Of the picture.
	sps                  *sps
	pps                  *pps
	stride               int // of pix: the coded width
	pix                  []uint16
	ctbsX, ctbsY, ctbs   int
	w4, w8               int     // units of 4 and 8 px in a row
	toTile, toRaster     []int32 // CTB addresses: raster order to tile order and back
	tileOf               []int32 // by raster address
	ctbSlice             []int32 // SliceAddrRs by raster address, -1: not decoded
	ctbHeader            []*sliceHeader
	modes                []uint8 // luma prediction modes, by 4 × 4 px
	depths               []uint8 // depth of coding units, by 8 × 8 px
	qps                  []int8  // QpY, by 8 × 8 px
	keep                 []uint8 // 1: the filters leave these 8 × 8 px alone
	edgeV                []uint8 // 1: filter, by 4 rows and 8 columns
	edgeH                []uint8 // 1: filter, by 8 rows and 4 columns
	saos                 []sao
	scale                [4][6][]int32 // scaling factors times levelScale, by size and QP; nil: flat
	kept, edged, hasSAOs bool

	// Of the slice and what is decoded in it.
	h                       *sliceHeader
	c                       cabac
	ctx, syncCtx, depCtx    [contexts]uint8
	rice, syncRice, depRice [4]uint8
	nextTile                int  // the tile order address that comes next
	left, up, upLeft        bool // neighbouring CTBs are available
	upRight                 bool
	edgeLeft, edgeUp        bool // the CTB's own edges are filtered
	lastQP, qp              int
	qpCoded, cqpCoded       bool
	cuBypass                bool
	chromaModes             [4]uint8 // as derived, for scans
	chromaSame              [4]bool  // intra_chroma_pred_mode 4
	lumaMode                int
	fail                    string // why the data cannot be right

	coef   [32 * 32]int32 // columns first: x << log2 | y
	middle [32 * 32]int32
	ref    [4*32 + 1]int32
	ref2   [4*32 + 1]int32
	line   [3*32 + 1]int32
}

const maxPixels = 64 << 20

// Picture tells about a decoded picture.
type Picture struct {
	Width, Height int  // within the conformance window, px
	Depth         int  // bits a sample
	Monochrome    bool // no chroma
	Signalled     bool // the stream tells range and matrix
	FullRange     bool
	Matrix        int // matrix_coeffs of the stream; 2: unspecified
}

// Decode decodes the picture of the NAL units, which come without start codes or
// lengths. Parameter sets of earlier calls stay valid. After an error there is no
// picture.
func (d *Decoder) Decode(nals [][]byte) (*Picture, error) {
	d.sps, d.pps, d.h = nil, nil, nil
	var prev *sliceHeader
	for _, nal := range nals {
		if len(nal) < 2 {
			return nil, fmt.Errorf("a NAL unit has %d bytes", len(nal))
		}
		kind := int(nal[0] >> 1 & 63)
		if layer := int(nal[0]&1)<<5 | int(nal[1]>>3); layer != 0 {
			continue // other views and enhancements
		}
		switch {
		case kind == nalSPS || kind == nalPPS:
			if err := d.set(kind, payload(nal)); err != nil {
				return nil, err
			}
		case kind <= 9 || kind >= nalBLA && kind <= nalIRAP:
			data := payload(nal)
			h, err := d.header(data, kind, prev)
			if err != nil {
				return nil, err
			}
			prev = h
			if h.colourPlane != 0 {
				continue
			}
			if err := d.segment(h, data); err != nil {
				return nil, err
			}
		}
	}
	if d.sps == nil {
		return nil, fmt.Errorf("it holds no picture")
	}
	if d.nextTile != d.ctbs {
		return nil, fmt.Errorf("%d of %d blocks are missing", d.ctbs-d.nextTile, d.ctbs)
	}
	d.deblock()
	s := d.sps
	return &Picture{
		Width: s.width - s.left - s.right, Height: s.height - s.top - s.bottom,
		Depth: s.depth, Monochrome: s.chroma == 0,
		Signalled: s.signal.given, FullRange: s.signal.full, Matrix: s.signal.matrix,
	}, nil
}

func (d *Decoder) set(kind int, data []byte) error {
	if d.sps != nil {
		return nil // behind the picture: of the next one
	}
	if kind == nalSPS {
		s, err := parseSPS(data)
		if err == nil {
			d.spss[s.id] = s
		}
		return err
	}
	p, err := parsePPS(data)
	if err == nil {
		d.ppss[p.id] = p
	}
	return err
}

// activate prepares for a picture.
func (d *Decoder) activate(s *sps, p *pps) error {
	if d.sps != nil {
		return fmt.Errorf("it holds more than one picture")
	}
	limit := d.MaxPixels
	if limit == 0 {
		limit = maxPixels
	}
	if s.width > limit/s.height {
		return fmt.Errorf("it is coded as %d × %d px, more than it may be", s.width, s.height)
	}
	if p.deltaQPDepth > s.ctb-s.minCb || p.chromaQPDepth > s.ctb-s.minCb || p.maxSkip > s.maxTb || p.qp < -6*(s.depth-8) {
		return fmt.Errorf("its parameter sets contradict each other")
	}
	d.sps, d.pps = s, p
	d.ctbsX, d.ctbsY = (s.width-1)>>s.ctb+1, (s.height-1)>>s.ctb+1
	d.ctbs = d.ctbsX * d.ctbsY
	if err := d.tiles(); err != nil {
		d.sps = nil
		return err
	}
	d.stride = s.width
	d.w4, d.w8 = s.width>>2, s.width>>3
	n4, n8 := d.w4*(s.height>>2), d.w8*(s.height>>3)
	fresh(&d.pix, s.width*s.height)
	fresh(&d.modes, n4)
	fresh(&d.depths, n8)
	fresh(&d.qps, n8)
	d.kept = s.pcm && s.pcmUnfiltered || p.bypass
	if d.kept {
		fresh(&d.keep, n8)
		clear(d.keep)
	}
	fresh(&d.edgeV, d.w8*(s.height>>2))
	fresh(&d.edgeH, d.w4*(s.height>>3))
	clear(d.edgeV)
	clear(d.edgeH)
	d.edged = false
	fresh(&d.ctbSlice, d.ctbs)
	for i := range d.ctbSlice {
		d.ctbSlice[i] = -1
	}
	fresh(&d.ctbHeader, d.ctbs)
	fresh(&d.saos, d.ctbs)
	clear(d.saos)
	d.hasSAOs = false
	d.nextTile = 0
	d.fail = ""
	d.scaling()
	return nil
}

// fresh makes room for n values; what they are is undefined.
func fresh[T any](s *[]T, n int) {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	*s = (*s)[:n]
}

// scaling multiplies the scaling lists in force by levelScale; columns first, as
// coefficients lie.
func (d *Decoder) scaling() {
	d.scale = [4][6][]int32{}
	lists := d.sps.scaling
	if lists == nil {
		return
	}
	if d.pps.scaling != nil {
		lists = d.pps.scaling
	}
	for size, list := range lists {
		n := 4 << size
		for rem := range 6 {
			t := make([]int32, n*n)
			for x := range n {
				for y := range n {
					t[x*n+y] = int32(list[y*n+x]) * int32(levelScale[rem])
				}
			}
			d.scale[size][rem] = t
		}
	}
}

// tiles makes the maps between raster and tile order (clause 6.5.1).
func (d *Decoder) tiles() error {
	fresh(&d.toTile, d.ctbs)
	fresh(&d.toRaster, d.ctbs)
	fresh(&d.tileOf, d.ctbs)
	p := d.pps
	columns, err := borders(d.ctbsX, p.columnsN, p.uniform || !p.tiles, p.columns)
	if err != nil {
		return err
	}
	rows, err := borders(d.ctbsY, p.rowsN, p.uniform || !p.tiles, p.rows)
	if err != nil {
		return err
	}
	at, tile := 0, 0
	for r := range len(rows) - 1 {
		for c := range len(columns) - 1 {
			for y := rows[r]; y < rows[r+1]; y++ {
				for x := columns[c]; x < columns[c+1]; x++ {
					raster := y*d.ctbsX + x
					d.toTile[raster], d.toRaster[at], d.tileOf[raster] = int32(at), int32(raster), int32(tile)
					at++
				}
			}
			tile++
		}
	}
	return nil
}

// borders are where the n parts of total begin, and the end.
func borders(total, n int, uniform bool, sizes []int) ([]int, error) {
	n = max(n, 1)
	if n > total {
		return nil, fmt.Errorf("it has more tiles than blocks")
	}
	out := make([]int, 1, n+1)
	for i := range n {
		switch {
		case uniform:
			out = append(out, (i+1)*total/n)
		case i < len(sizes):
			out = append(out, out[i]+sizes[i])
		default:
			out = append(out, total)
		}
		if out[i+1] <= out[i] || out[i+1] > total {
			return nil, fmt.Errorf("its tiles do not fit")
		}
	}
	return out, nil
}

// segment decodes the coding tree units of a slice segment (clause 7.3.8.1).
func (d *Decoder) segment(h *sliceHeader, data []byte) error {
	d.h = h
	at := int(d.toTile[h.address])
	if at != d.nextTile {
		return fmt.Errorf("a part of the picture is missing before block %d", h.address)
	}
	c := &d.c
	c.data = data
	c.start(h.data)
	if !h.dependent {
		d.lastQP = h.qp
		d.reset()
	} else {
		d.ctx, d.rice = d.depCtx, d.depRice
	}
	for begin := true; ; begin = false {
		rs := int(d.toRaster[at])
		x := rs % d.ctbsX
		firstOfTile := at == 0 || d.tileOf[rs] != d.tileOf[d.toRaster[at-1]]
		firstOfRow := d.pps.sync && (x == 0 || d.tileOf[rs] != d.tileOf[rs-1])
		d.neighbours(rs, x)
		if firstOfTile || firstOfRow {
			if !begin {
				if !c.terminate() {
					return fmt.Errorf("a tile or row does not end where it should")
				}
				c.start(c.next())
			}
			d.lastQP = h.qp
			if !firstOfTile && d.upRight {
				d.ctx, d.rice = d.syncCtx, d.syncRice
			} else {
				d.reset()
			}
		}
		d.ctbSlice[rs], d.ctbHeader[rs] = int32(h.slice), h
		d.tree(rs, x)
		if d.fail != "" {
			return fmt.Errorf("block %d: %s", rs, d.fail)
		}
		end := c.terminate()
		if c.over() {
			return fmt.Errorf("its data ends within block %d", rs)
		}
		if d.pps.sync {
			d.keepSync(rs, x)
		}
		at++
		d.nextTile = at
		if end {
			d.depCtx, d.depRice = d.ctx, d.rice
			return nil
		}
		if at == d.ctbs {
			return fmt.Errorf("its data goes on behind the last block")
		}
	}
}

// keepSync stores the contexts behind the second block of a row for the row below.
func (d *Decoder) keepSync(rs, x int) {
	second := x == 1 && d.tileOf[rs] == d.tileOf[rs-1] ||
		x > 1 && d.tileOf[rs] == d.tileOf[rs-1] && d.tileOf[rs] != d.tileOf[rs-2]
	if second {
		d.syncCtx, d.syncRice = d.ctx, d.rice
	}
}

func (d *Decoder) reset() {
	initContexts(&d.ctx, d.h.qp)
	d.rice = [4]uint8{}
}

// neighbours tells which blocks around a coding tree block it may look at, and which
// of its edges are filtered.
func (d *Decoder) neighbours(rs, x int) {
	same := func(other int) bool {
		return d.ctbSlice[other] == int32(d.h.slice) && d.tileOf[other] == d.tileOf[rs]
	}
	above := rs >= d.ctbsX
	d.left = x > 0 && same(rs-1)
	d.up = above && same(rs-d.ctbsX)
	d.upLeft = above && x > 0 && same(rs-d.ctbsX-1)
	d.upRight = above && x+1 < d.ctbsX && same(rs-d.ctbsX+1)
	filtered := func(other int) bool {
		return (d.h.across || d.ctbSlice[other] == int32(d.h.slice)) && (d.pps.acrossTiles || d.tileOf[other] == d.tileOf[rs])
	}
	d.edgeLeft = x > 0 && filtered(rs-1)
	d.edgeUp = above && filtered(rs-d.ctbsX)
}
