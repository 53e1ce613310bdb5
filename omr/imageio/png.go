package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
)

// pngFile is a PNG (ISO/IEC 15948) whose chunks have been looked at.
type pngFile struct {
	data          []byte
	width, height int
	depth, kind   byte
	interlaced    bool
	palette       [256]uint8 // luma over white
	paletteSize   int
	transparent   []uint16 // tRNS of grey (1 value) or RGB (3 values)
	idat          [][]byte // the compressed stream, in pieces of data
}

// Colour types of ISO/IEC 15948, table 11.1.
const (
	pngGray      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGrayAlpha = 4
	pngRGBA      = 6
)

const (
	inchesPerMeter = 1 / 0.0254
	// A deflate stream grows at most 1032 times (RFC 1951: 258 bytes from 2 bits).
	maxDeflateGrowth = 1032
)

func openPNG(data []byte, _ Options) (container, error) {
	return single(func(info *Info) (picture, error) { return pngPicture(data, info) }), nil
}

// pngPicture reads all chunks; the picture stays compressed.
func pngPicture(data []byte, info *Info) (picture, error) {
	f := &pngFile{data: data}
	var alpha []byte
	var palette []byte
	ended := false
	for at := 8; !ended; {
		if at+12 > len(data) {
			return nil, errors.New("it ends before its end chunk")
		}
		n := int(binary.BigEndian.Uint32(data[at:]))
		if n < 0 || n > len(data)-at-12 {
			return nil, errors.New("it ends within a chunk")
		}
		name, body := string(data[at+4:at+8]), data[at+8:at+8+n]
		critical := name[0]&0x20 == 0
		if critical && crc32.ChecksumIEEE(data[at+4:at+8+n]) != binary.BigEndian.Uint32(data[at+8+n:]) {
			return nil, fmt.Errorf("the checksum of its chunk %q is wrong", name)
		}
		if at == 8 && name != "IHDR" {
			return nil, errors.New("it does not begin with its header")
		}
		switch name {
		case "IHDR":
			if err := f.header(body); err != nil {
				return nil, err
			}
		case "PLTE":
			palette = body
		case "tRNS":
			alpha = body
		case "pHYs":
			if n == 9 && body[8] == 1 {
				info.DPIX = float64(binary.BigEndian.Uint32(body)) / inchesPerMeter
				info.DPIY = float64(binary.BigEndian.Uint32(body[4:])) / inchesPerMeter
			}
		case "eXIf":
			applyEXIF(body, info)
		case "IDAT":
			f.idat = append(f.idat, body)
		case "IEND":
			ended = true
		}
		at += 12 + n
	}
	info.Width, info.Height = f.width, f.height
	f.colours(palette, alpha)
	if f.kind == pngPalette && f.paletteSize == 0 {
		return nil, errors.New("its palette is missing")
	}
	return f, nil
}

func (f *pngFile) header(b []byte) error {
	if len(b) != 13 {
		return errors.New("its header is damaged")
	}
	w, h := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if w == 0 || h == 0 || w > 1<<31-1 || h > 1<<31-1 {
		return errors.New("its header names no size")
	}
	f.width, f.height, f.depth, f.kind = int(w), int(h), b[8], b[9]
	legal := false
	switch f.kind {
	case pngGray:
		legal = f.depth == 1 || f.depth == 2 || f.depth == 4 || f.depth == 8 || f.depth == 16
	case pngPalette:
		legal = f.depth == 1 || f.depth == 2 || f.depth == 4 || f.depth == 8
	case pngRGB, pngGrayAlpha, pngRGBA:
		legal = f.depth == 8 || f.depth == 16
	}
	if !legal || b[10] != 0 || b[11] != 0 || b[12] > 1 {
		return fmt.Errorf("colour type %d with %d bits does not exist", f.kind, f.depth)
	}
	f.interlaced = b[12] == 1
	return nil
}

// colours keeps the palette's luma, transparency laid over white.
func (f *pngFile) colours(palette, alpha []byte) {
	f.paletteSize = min(len(palette)/3, 256)
	for i := range f.palette {
		f.palette[i] = 255
	}
	for i := range f.paletteSize {
		a := uint8(255)
		if f.kind == pngPalette && i < len(alpha) {
			a = alpha[i]
		}
		f.palette[i] = overWhite(lumaOf(palette[3*i], palette[3*i+1], palette[3*i+2]), a)
	}
	if f.kind == pngGray && len(alpha) >= 2 || f.kind == pngRGB && len(alpha) >= 6 {
		for i := 0; i+1 < len(alpha) && i < 6; i += 2 {
			f.transparent = append(f.transparent, binary.BigEndian.Uint16(alpha[i:]))
		}
	}
}

func (f *pngFile) bitsPerPixel() int {
	switch f.kind {
	case pngRGB:
		return 3 * int(f.depth)
	case pngGrayAlpha:
		return 2 * int(f.depth)
	case pngRGBA:
		return 4 * int(f.depth)
	}
	return int(f.depth)
}

// passes of an interlaced picture (Adam7), or the picture itself.
func (f *pngFile) passes() []pngPass {
	if !f.interlaced {
		return []pngPass{{0, 0, 1, 1}}
	}
	return []pngPass{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}
}

type pngPass struct{ x, y, dx, dy int }

func (p pngPass) size(w, h int) (pw, ph int) {
	return (w - p.x + p.dx - 1) / p.dx, (h - p.y + p.dy - 1) / p.dy
}

// luma decodes row by row: memory is a byte a pixel, whatever the colours.
func (f *pngFile) luma(_, shrink int) (*image.Gray, int, error) {
	if err := f.plausible(); err != nil {
		return nil, 1, err
	}
	stream := bytes.Join(f.idat, nil)
	z, err := newInflater(stream)
	if err != nil {
		return nil, 1, err
	}
	if f.interlaced {
		shrink = 1
	}
	to := newReducer(f.width, f.height, shrink)
	bits := f.bitsPerPixel()
	step := (bits + 7) / 8 // distance of the pixel to the left in filters, bytes
	for _, p := range f.passes() {
		w, h := p.size(f.width, f.height)
		if w <= 0 || h <= 0 {
			continue
		}
		length := (w*bits + 7) / 8
		row, above := make([]byte, 1+length), make([]byte, 1+length)
		line := make([]uint8, w)
		for y := range h {
			if _, err := io.ReadFull(z, row); err != nil {
				return nil, 1, fmt.Errorf("row %d of %d: %w", y+1, h, err)
			}
			if err := unfilter(row[0], row[1:], above[1:], step); err != nil {
				return nil, 1, err
			}
			if !f.interlaced {
				f.line(to.row(), row[1:])
				to.done()
			} else {
				f.line(line, row[1:])
				whole := to.out.Pix[(p.y+y*p.dy)*to.out.Stride:][:f.width]
				for x, v := range line {
					whole[p.x+x*p.dx] = v
				}
			}
			row, above = above, row
		}
	}
	// The stream must end here and its checksum be right.
	if n, err := io.CopyN(io.Discard, z, 1); n != 0 || !errors.Is(err, io.EOF) {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 1, err
		}
		return nil, 1, errors.New("it holds more rows than its header says")
	}
	return to.finish(), shrink, nil
}

// plausible refuses a picture whose compressed bytes cannot hold its rows,
// before memory for them is taken.
func (f *pngFile) plausible() error {
	compressed := 0
	for _, part := range f.idat {
		compressed += len(part)
	}
	if need := (f.width*f.bitsPerPixel() + 7) / 8 * f.height; need/maxDeflateGrowth > compressed {
		return errors.New("it holds fewer bytes than its size needs")
	}
	return nil
}

// unfilter undoes the filter of a row in place (ISO/IEC 15948, 9.2).
func unfilter(filter byte, row, above []byte, step int) error {
	switch filter {
	case 0:
	case 1:
		for i := step; i < len(row); i++ {
			row[i] += row[i-step]
		}
	case 2:
		for i, v := range above[:len(row)] {
			row[i] += v
		}
	case 3:
		for i := range row {
			left := 0
			if i >= step {
				left = int(row[i-step])
			}
			row[i] += byte((left + int(above[i])) / 2)
		}
	case 4:
		for i := range min(step, len(row)) {
			row[i] += above[i]
		}
		for i := step; i < len(row); i++ {
			row[i] += paeth(row[i-step], above[i], above[i-step])
		}
	default:
		return fmt.Errorf("filter %d does not exist", filter)
	}
	return nil
}

func paeth(a, b, c byte) byte {
	pa := int(b) - int(c)
	pb := int(a) - int(c)
	pc := pa + pb
	pa, pb, pc = max(pa, -pa), max(pb, -pb), max(pc, -pc)
	if pa <= pb && pa <= pc {
		return a
	}
	if pb <= pc {
		return b
	}
	return c
}

// line turns an unfiltered row into luma over white.
func (f *pngFile) line(to []uint8, row []byte) {
	wide := int(f.depth) / 8 // bytes a sample, from 8 bits on
	switch f.kind {
	case pngPalette:
		f.samples(to, row, f.palette[:])
	case pngGray:
		switch f.depth {
		case 8:
			copy(to, row)
		case 16:
			for x := range to {
				to[x] = sample(row, x, 2)
			}
		default:
			var scale [256]uint8
			for i := range 1 << f.depth {
				scale[i] = uint8(i * 255 / (1<<f.depth - 1))
			}
			f.samples(to, row, scale[:])
		}
		f.clearGray(to, row)
	case pngGrayAlpha:
		for x := range to {
			to[x] = overWhite(sample(row, 2*x, wide), sample(row, 2*x+1, wide))
		}
	case pngRGB:
		for x := range to {
			to[x] = lumaOf(sample(row, 3*x, wide), sample(row, 3*x+1, wide), sample(row, 3*x+2, wide))
		}
		f.clearRGB(to, row, wide)
	case pngRGBA:
		for x := range to {
			y := lumaOf(sample(row, 4*x, wide), sample(row, 4*x+1, wide), sample(row, 4*x+2, wide))
			to[x] = overWhite(y, sample(row, 4*x+3, wide))
		}
	}
}

// sample is the i-th sample of a row as 8 bits, rounded where it has 16.
func sample(row []byte, i, wide int) uint8 {
	if wide == 1 {
		return row[i]
	}
	v := uint32(row[2*i])<<8 | uint32(row[2*i+1])
	return uint8((v*255 + 1<<15) / (1<<16 - 1))
}

// samples looks up indices of 1, 2, 4 or 8 bits.
func (f *pngFile) samples(to []uint8, row []byte, table []uint8) {
	if f.depth == 8 {
		for x := range to {
			to[x] = table[row[x]]
		}
		return
	}
	if f.depth == 1 {
		spread(to, row, table[0], table[1])
		return
	}
	depth := int(f.depth)
	perByte := 8 / depth
	mask := byte(1<<depth - 1)
	for x := range to {
		shift := 8 - depth*(x%perByte+1)
		to[x] = table[row[x/perByte]>>shift&mask]
	}
}

// clearGray whitens the grey that tRNS makes transparent.
func (f *pngFile) clearGray(to []uint8, row []byte) {
	if len(f.transparent) != 1 {
		return
	}
	clear := f.transparent[0]
	depth := int(f.depth)
	for x := range to {
		var v uint16
		switch depth {
		case 16:
			v = binary.BigEndian.Uint16(row[2*x:])
		default:
			perByte := 8 / depth
			v = uint16(row[x/perByte]>>(8-depth*(x%perByte+1))) & (1<<depth - 1)
		}
		if v == clear {
			to[x] = 255
		}
	}
}

// clearRGB whitens the colour that tRNS makes transparent.
func (f *pngFile) clearRGB(to []uint8, row []byte, wide int) {
	if len(f.transparent) != 3 {
		return
	}
	exact := func(i int) uint16 {
		if wide == 1 {
			return uint16(row[i])
		}
		return binary.BigEndian.Uint16(row[2*i:])
	}
	for x := range to {
		if exact(3*x) == f.transparent[0] && exact(3*x+1) == f.transparent[1] && exact(3*x+2) == f.transparent[2] {
			to[x] = 255
		}
	}
}

// picture is the standard library's picture: layout's pictures are small.
func (f *pngFile) color() (image.Image, error) {
	if err := f.plausible(); err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(f.data))
}
