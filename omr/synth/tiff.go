package synth

import (
	"encoding/binary"
	"math"
	"strings"
)

// The codes of ITU-T T.4, tables 2 and 3: runs of 0 to 63 px, then of 64, 128 …
// 2560.
const (
	whiteCodes = "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 " +
		"101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 " +
		"00000011 00011010 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 " +
		"00101010 00101011 00101100 00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100 " +
		"01010101 00100100 00100101 01011000 01011001 01011010 01011011 01001010 01001011 00110010 00110011 " +
		"00110100 11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 " +
		"011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010 " +
		"011011011 010011000 010011001 010011010 011000 010011011 00000001000 00000001100 00000001101 000000010010 " +
		"000000010011 000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 " +
		"000000011111"
	blackCodes = "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 " +
		"0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 " +
		"00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 " +
		"000001101011 000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 " +
		"000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 " +
		"000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 " +
		"000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111 0000001111 " +
		"000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101 " +
		"0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 " +
		"0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 " +
		"0000001011010 0000001011011 0000001100100 0000001100101 00000001000 00000001100 00000001101 000000010010 " +
		"000000010011 000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 " +
		"000000011111"
)

// Modes of ITU-T T.6, table 4; the vertical ones from 3 px left to 3 px right.
const (
	passMode       = "0001"
	horizontalMode = "001"
)

var verticalModes = [7]string{"0000010", "000010", "010", "1", "011", "000011", "0000011"}

// faxBits are written from the left.
type faxBits struct {
	out  []byte
	left uint // free in the last byte
}

func (b *faxBits) write(code string) {
	for _, c := range code {
		if b.left == 0 {
			b.out, b.left = append(b.out, 0), 8
		}
		b.left--
		b.out[len(b.out)-1] |= byte(c-'0') << b.left
	}
}

// run writes a run's length: multiples of 64 first.
func (b *faxBits) run(codes []string, n int) {
	for n >= 2560+64 {
		b.write(codes[len(codes)-1])
		n -= 2560
	}
	if n >= 64 {
		b.write(codes[63+n/64])
	}
	b.write(codes[n%64])
}

// group4 is a picture of black and white as ITU-T T.6 writes it.
func (p *planes) group4() []byte {
	white, black := strings.Fields(whiteCodes), strings.Fields(blackCodes)
	var b faxBits
	// A line is its changes of colour, the first to black; then the width, thrice.
	before := []int{p.w, p.w, p.w}
	for y := range p.h {
		var line []int
		last := uint8(255)
		for x, v := range p.y[y*p.w:][:p.w] {
			if v != last {
				line, last = append(line, x), v
			}
		}
		line = append(line, p.w, p.w, p.w)
		at, dark, next := -1, 0, 0 // next: of the line's changes, the first beyond at
		ref := 0
		for at < p.w {
			// b1: the first change of the line before, beyond at, to the other colour.
			for ref > 0 && before[ref-1] > at {
				ref--
			}
			for before[ref] < p.w && (before[ref] <= at || ref&1 != dark) {
				ref++
			}
			b1, b2 := before[ref], before[min(ref+1, len(before)-1)]
			a1 := line[next]
			switch {
			case b2 < a1:
				b.write(passMode)
				at = b2
			case a1-b1 >= -3 && a1-b1 <= 3:
				b.write(verticalModes[a1-b1+3])
				at, dark, next = a1, 1-dark, next+1
			default:
				a2 := line[next+1]
				b.write(horizontalMode)
				first, second := white, black
				if dark == 1 {
					first, second = black, white
				}
				b.run(first, a1-max(at, 0))
				b.run(second, a2-a1)
				at, next = a2, next+2
			}
		}
		before = line
	}
	b.write("000000000001000000000001") // end of block
	return b.out
}

// tiff is the picture as a TIFF 6.0 file of one strip, with its resolution.
func (p *planes) tiff(e Effects) []byte {
	depth, compression, photometric := []int{8}, 1, 1
	data := p.y
	switch {
	case e.Bits == 1:
		depth, compression, photometric = []int{1}, 4, 0
		data = p.group4()
	case p.cb != nil:
		depth, photometric = []int{8, 8, 8}, 2
		img := p.rgba()
		data = make([]byte, 0, 3*p.w*p.h)
		for i := 0; i < len(img.Pix); i += 4 {
			data = append(data, img.Pix[i:i+3]...)
		}
	}
	dpiY := e.DPIY
	if dpiY == 0 {
		dpiY = e.DPI
	}
	le := binary.LittleEndian
	const header, entry, long, short, rational = 8, 12, 4, 3, 5
	tags := []struct{ tag, kind, n, v int }{
		{256, long, 1, p.w},
		{257, long, 1, p.h},
		{258, short, len(depth), depth[0]},
		{259, short, 1, compression},
		{262, short, 1, photometric},
		{273, long, 1, 0},
		{277, short, 1, len(depth)},
		{278, long, 1, p.h},
		{279, long, 1, len(data)},
		{282, rational, 1, 0},
		{283, rational, 1, 0},
		{296, short, 1, 2},
	}
	extra := header + 2 + len(tags)*entry + 4 // then both resolutions, three depths, the strip
	strip := extra + 16 + 8
	out := append([]byte("II*\x00"), 8, 0, 0, 0)
	out = le.AppendUint16(out, uint16(len(tags)))
	for _, t := range tags {
		switch t.tag {
		case 258:
			if len(depth) == 3 {
				t.v = extra + 16
			}
		case 273:
			t.v = strip
		case 282:
			t.v = extra
		case 283:
			t.v = extra + 8
		}
		out = le.AppendUint16(out, uint16(t.tag))
		out = le.AppendUint16(out, uint16(t.kind))
		out = le.AppendUint32(out, uint32(t.n))
		out = le.AppendUint32(out, uint32(t.v))
	}
	out = le.AppendUint32(out, 0)
	for _, dpi := range []float64{e.DPI, dpiY} {
		out = le.AppendUint32(out, uint32(math.Round(max(dpi, 1)*100)))
		out = le.AppendUint32(out, 100)
	}
	out = append(out, 8, 0, 8, 0, 8, 0, 0, 0)
	return append(out, data...)
}
