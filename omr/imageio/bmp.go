package imageio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math/bits"
)

// bmpFile is a Windows or OS/2 bitmap whose header has been read.
type bmpFile struct {
	data          []byte
	width, height int
	topDown       bool
	bits          int
	compression   int
	pixels        int // where they begin
	palette       [256][3]uint8
	masks         [4]uint32 // red, green, blue, alpha; zero: none
}

// Values of biCompression.
const (
	bmpRGB       = 0
	bmpRLE8      = 1
	bmpRLE4      = 2
	bmpBitfields = 3
	bmpAlpha     = 6
)

func openBMP(data []byte, _ Options) (container, error) {
	return single(func(info *Info) (picture, error) { return bmpPicture(data, info) }), nil
}

func bmpPicture(data []byte, info *Info) (picture, error) {
	f := &bmpFile{data: data}
	le := binary.LittleEndian
	header := int(le.Uint32(data[14:]))
	f.pixels = int(le.Uint32(data[10:]))
	entry, colors := 4, 0
	if header == 12 { // OS/2 1
		f.width, f.height = int(le.Uint16(data[18:])), int(le.Uint16(data[20:]))
		f.bits = int(le.Uint16(data[24:]))
		entry = 3
	} else {
		if header < 16 || header > 1024 || 14+header > len(data) || header < 40 && len(data) < 54 {
			return nil, errors.New("its header is damaged")
		}
		w, h := int(int32(le.Uint32(data[18:]))), int(int32(le.Uint32(data[22:])))
		f.topDown = h < 0
		f.width, f.height = w, max(h, -h)
		f.bits = int(le.Uint16(data[28:]))
		if header >= 40 {
			f.compression = int(le.Uint32(data[30:]))
			info.DPIX = float64(le.Uint32(data[38:])) / inchesPerMeter
			info.DPIY = float64(le.Uint32(data[42:])) / inchesPerMeter
			colors = int(le.Uint32(data[46:]))
		}
	}
	info.Width, info.Height = f.width, f.height
	if f.width <= 0 || f.height <= 0 {
		return nil, errors.New("its header names no size")
	}
	table := 14 + header
	switch f.bits {
	case 1, 2, 4, 8:
		if colors == 0 || colors > 1<<f.bits {
			colors = 1 << f.bits
		}
		for i := range colors {
			at := table + entry*i
			if at+3 > len(data) || f.pixels > table && at+3 > f.pixels {
				break
			}
			f.palette[i] = [3]uint8{data[at+2], data[at+1], data[at]}
		}
	case 16:
		f.masks = [4]uint32{0x7c00, 0x3e0, 0x1f}
	case 24:
	case 32:
		f.masks = [4]uint32{0xff0000, 0xff00, 0xff}
	default:
		return nil, fmt.Errorf("it has %d bits a pixel", f.bits)
	}
	switch {
	case f.compression == bmpRGB:
	case f.compression == bmpRLE8 && f.bits == 8 && !f.topDown, f.compression == bmpRLE4 && f.bits == 4 && !f.topDown:
		// A run of two bytes is 255 px long at most.
		if f.width > 128*len(data)/f.height {
			return nil, errors.New("it holds fewer bytes than its size needs")
		}
		return f, nil
	case (f.compression == bmpBitfields || f.compression == bmpAlpha) && (f.bits == 16 || f.bits == 32) && header != 64:
		n := 3
		if f.compression == bmpAlpha || header >= 56 {
			n = 4
		}
		if 54+4*n > len(data) {
			return nil, errors.New("its header is damaged")
		}
		for i := range n {
			f.masks[i] = le.Uint32(data[54+4*i:])
		}
	default:
		return nil, unsupported(fmt.Sprintf("a BMP picture of compression %d with %d bits", f.compression, f.bits), "export it as PNG")
	}
	// Rows are stored plain: nothing is taken for what is not there.
	if f.pixels > len(data) || f.width > (len(data)-f.pixels+3)*8/f.height/f.bits {
		return nil, errors.New("it holds fewer bytes than its size needs")
	}
	return f, nil
}

func (f *bmpFile) luma(_, shrink int) (*image.Gray, int, error) {
	var levels [256]uint8
	for i, c := range f.palette {
		levels[i] = lumaOf(c[0], c[1], c[2])
	}
	if f.compression == bmpRLE8 || f.compression == bmpRLE4 {
		g, err := f.runs()
		if err != nil {
			return nil, 1, err
		}
		for i, v := range g.Pix {
			g.Pix[i] = levels[v]
		}
		return g, 1, nil
	}
	to := newReducer(f.width, f.height, shrink)
	alpha := f.hasAlpha()
	colors := make([]uint8, 4*f.width)
	for y := range f.height {
		row, err := f.stored(y)
		if err != nil {
			return nil, 1, err
		}
		line := to.row()
		if f.bits <= 8 {
			f.indices(line, row)
			for x, v := range line {
				line[x] = levels[v]
			}
		} else {
			f.colors(colors, row, alpha)
			for x := range line {
				c := colors[4*x:][:4]
				line[x] = overWhite(lumaOf(c[0], c[1], c[2]), c[3])
			}
		}
		to.done()
	}
	return to.finish(), shrink, nil
}

func (f *bmpFile) color() (image.Image, error) {
	out := image.NewNRGBA(image.Rect(0, 0, f.width, f.height))
	var packed *image.Gray
	var err error
	if f.compression == bmpRLE8 || f.compression == bmpRLE4 {
		if packed, err = f.runs(); err != nil {
			return nil, err
		}
	}
	alpha := f.hasAlpha()
	line := make([]uint8, f.width)
	for y := range f.height {
		to := out.Pix[y*out.Stride:][:4*f.width]
		if packed == nil {
			row, err := f.stored(y)
			if err != nil {
				return nil, err
			}
			if f.bits > 8 {
				f.colors(to, row, alpha)
				continue
			}
			f.indices(line, row)
		} else {
			line = packed.Pix[y*packed.Stride:][:f.width]
		}
		for x, v := range line {
			c := f.palette[v]
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = c[0], c[1], c[2], 255
		}
	}
	return out, nil
}

// stored is row y, counted from the top, as it lies in the file.
func (f *bmpFile) stored(y int) ([]byte, error) {
	n := (f.width*f.bits + 7) / 8
	if !f.topDown {
		y = f.height - 1 - y
	}
	at := f.pixels + y*((n+3)/4*4)
	if at+n > len(f.data) {
		return nil, errors.New("it ends within its rows")
	}
	return f.data[at:][:n], nil
}

func (f *bmpFile) indices(to []uint8, row []byte) {
	if f.bits == 8 {
		copy(to, row)
		return
	}
	perByte, mask := 8/f.bits, byte(1<<f.bits-1)
	for x := range to {
		to[x] = row[x/perByte] >> (8 - f.bits*(x%perByte+1)) & mask
	}
}

// hasAlpha tells whether the samples behind the alpha mask mean something: many
// programs leave them all zero.
func (f *bmpFile) hasAlpha() bool {
	if f.masks[3] == 0 {
		return false
	}
	for y := range f.height {
		row, err := f.stored(y)
		if err != nil {
			return false
		}
		for x := range f.width {
			if f.pixel(row, x)&f.masks[3] != 0 {
				return true
			}
		}
	}
	return false
}

func (f *bmpFile) pixel(row []byte, x int) uint32 {
	if f.bits == 16 {
		return uint32(binary.LittleEndian.Uint16(row[2*x:]))
	}
	return binary.LittleEndian.Uint32(row[4*x:])
}

// colors makes RGBA of a row of 16, 24 or 32 bits a pixel.
func (f *bmpFile) colors(to []uint8, row []byte, alpha bool) {
	if f.bits == 24 {
		for x := range f.width {
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = row[3*x+2], row[3*x+1], row[3*x], 255
		}
		return
	}
	for x := range f.width {
		v := f.pixel(row, x)
		for i, mask := range f.masks {
			level := uint8(255)
			if i < 3 || alpha {
				level = masked(v, mask)
			}
			to[4*x+i] = level
		}
	}
}

// masked is the sample behind a mask, as a share of 255.
func masked(v, mask uint32) uint8 {
	if mask == 0 {
		return 0
	}
	shift := bits.TrailingZeros32(mask)
	return uint8(uint64(v&mask>>shift<<shift>>shift) * 255 / uint64(mask>>shift))
}

// runs unpacks run-length coding to indices, the first row on top.
func (f *bmpFile) runs() (*image.Gray, error) {
	g := image.NewGray(image.Rect(0, 0, f.width, f.height))
	data := f.data[min(f.pixels, len(f.data)):]
	errEnd := errors.New("it ends within its rows")
	x, y := 0, 0
	put := func(v byte) {
		if x < f.width && y < f.height {
			g.Pix[(f.height-1-y)*g.Stride+x] = v
		}
		x++
	}
	for {
		if len(data) < 2 {
			return nil, errEnd
		}
		n, v := int(data[0]), data[1]
		data = data[2:]
		if n > 0 {
			for i := range n {
				switch {
				case f.bits == 8:
					put(v)
				case i%2 == 0:
					put(v >> 4)
				default:
					put(v & 15)
				}
			}
			continue
		}
		switch v {
		case 0:
			x, y = 0, y+1
		case 1:
			if y < f.height-1 || y == f.height-1 && x < f.width {
				return nil, errEnd
			}
			return g, nil
		case 2:
			if len(data) < 2 {
				return nil, errEnd
			}
			x, y = x+int(data[0]), y+int(data[1])
			data = data[2:]
		default:
			stored := (int(v)*f.bits + 15) / 16 * 2 // whole words
			if stored > len(data) {
				return nil, errEnd
			}
			for i := range int(v) {
				switch {
				case f.bits == 8:
					put(data[i])
				case i%2 == 0:
					put(data[i/2] >> 4)
				default:
					put(data[i/2] & 15)
				}
			}
			data = data[stored:]
		}
		if y > f.height {
			return nil, errors.New("it holds more rows than its header says")
		}
	}
}
