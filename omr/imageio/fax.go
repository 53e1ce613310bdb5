package imageio

import (
	"bytes"
	"errors"
	"strings"
)

// fax is a picture in CCITT's coding: Group 3 (ITU-T T.4) or 4 (T.6).
type fax struct {
	data          []byte // the first pixel in the uppermost bit
	width, height int
	// k below 0: Group 4; 0: Group 3, rows by themselves; above: Group 3, some rows by
	// the row above.
	k     int
	align bool // rows begin with a byte
}

var (
	errFaxCode  = errors.New("a code that CCITT's tables do not have")
	errFaxRow   = errors.New("a row has another length than it should")
	errFaxShort = errors.New("it ends before its last row")
)

// Run lengths of T.4, tables 2 and 3: codes of the white and the black ones of 0 to
// 63 px, of multiples of 64, and those of both colours from 1792 on.
const (
	faxWhite = "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 " +
		"101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010 " +
		"00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100 00000101 00001010 " +
		"00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 01011010 01011011 01001010 01001011 00110010 00110011 00110100"
	faxBlack = "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 " +
		"0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 " +
		"000001101010 000001101011 000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 " +
		"000001100100 000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111"
	faxWhite64 = "11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010 011010011 " +
		"011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001 010011010 011000 010011011"
	faxBlack64 = "0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 " +
		"0000001110011 0000001110100 0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011 0000001100100 0000001100101"
	faxBoth64 = "00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111"
)

const faxLook = 13 // bits of the longest code

// faxRuns are the codes by the next 13 bits: run << 4 | length; 0: none. White first.
var faxRuns = [2][1 << faxLook]uint16{faxTable(faxWhite, faxWhite64), faxTable(faxBlack, faxBlack64)}

func faxTable(short, long string) (t [1 << faxLook]uint16) {
	for i, list := range []string{short, long + " " + faxBoth64} {
		for k, c := range strings.Fields(list) {
			run := k
			if i == 1 {
				run = 64 * (k + 1)
			}
			from := 0
			for _, bit := range c {
				from = from<<1 | int(bit-'0')
			}
			from <<= faxLook - len(c)
			for j := range 1 << (faxLook - len(c)) {
				t[from+j] = uint16(run<<4 | len(c))
			}
		}
	}
	return t
}

// faxMode is how the next change of colour is coded (T.4, table 4).
type faxMode uint8

const (
	faxNone faxMode = iota
	faxPass
	faxHorizontal
	faxExtension
	faxVertical // + 3 + the shift of -3 to 3
)

// faxModes are the modes by the next 7 bits, with their length above bit 4.
var faxModes = func() (t [128]uint8) {
	for c, m := range map[string]faxMode{
		"0001": faxPass, "001": faxHorizontal, "0000001": faxExtension,
		"1": faxVertical + 3, "011": faxVertical + 4, "000011": faxVertical + 5, "0000011": faxVertical + 6,
		"010": faxVertical + 2, "000010": faxVertical + 1, "0000010": faxVertical,
	} {
		from := 0
		for _, bit := range c {
			from = from<<1 | int(bit-'0')
		}
		for j := range 1 << (7 - len(c)) {
			t[from<<(7-len(c))+j] = uint8(len(c))<<4 | uint8(m)
		}
	}
	return t
}()

// faxReader reads bits as the JPEG decoder does; behind the data lie zeros, which are
// no code.
type faxReader struct {
	data []byte
	acc  uint64
	n    uint
	at   int
}

// fill makes at least 56 bits ready.
func (r *faxReader) fill() {
	if r.at+8 <= len(r.data) {
		r.acc |= refilled(r.data, r.at, r.n)
	} else if r.at < len(r.data) {
		var tail [8]byte
		copy(tail[:], r.data[r.at:])
		r.acc |= refilled(tail[:], 0, r.n)
	}
	r.at += int((63 - r.n) >> 3)
	r.n |= 56
}

func (r *faxReader) skip(n uint) {
	r.acc <<= n & 63
	r.n -= n
}

// used is how many bits were read.
func (r *faxReader) used() int { return 8*r.at - int(r.n) }

// align goes on to the next byte.
func (r *faxReader) alignByte() {
	r.fill()
	r.skip(uint(-r.used() & 7))
}

// run reads a run of a colour, 0 white, up to most.
func (r *faxReader) run(color int, most int32) (int32, error) {
	total := int32(0)
	for {
		r.fill()
		e := faxRuns[color&1][r.acc>>(64-faxLook)]
		if e == 0 {
			return 0, r.noCode()
		}
		r.skip(uint(e & 15))
		total += int32(e >> 4)
		if total > most {
			return 0, errFaxRow
		}
		if e>>4 < 64 {
			return total, nil
		}
	}
}

// noCode tells the end of the data from damage.
func (r *faxReader) noCode() error {
	if r.used()+faxLook > 8*len(r.data) || r.acc>>52 == 1 {
		return errFaxShort
	}
	return errFaxCode
}

// decode hands out each row as the places where its colour changes, from white to
// black first, the width last and repeated. They are valid until the next row.
func (f *fax) decode(row func(y int, changes []int32)) error {
	r := &faxReader{data: f.data}
	w := int32(f.width)
	ref, cur := []int32{w, w, w, w}, []int32(nil)
	for y := range f.height {
		byAbove := f.k < 0
		if f.align {
			r.alignByte()
		}
		if f.k >= 0 {
			eol, err := r.endOfLine()
			if err != nil {
				return err
			}
			if f.k > 0 && eol {
				r.fill()
				byAbove = r.acc>>63 == 0
				r.skip(1)
			}
		}
		var err error
		if byAbove {
			cur, err = r.rowByAbove(ref, cur[:0], w)
		} else {
			cur, err = r.rowAlone(cur[:0], w)
		}
		if err != nil {
			return err
		}
		cur = append(cur, w, w, w, w)
		row(y, cur)
		ref, cur = cur, ref
	}
	return f.ended(r)
}

// ended wants the end mark of Group 4, or nothing, behind the last row: else the rows
// got out of step with damaged data.
func (f *fax) ended(r *faxReader) error {
	if r.used() > 8*len(r.data) {
		return errFaxShort
	}
	if f.align {
		r.alignByte()
	}
	r.fill()
	const endOfBlock = 0x001001 // T.6, 2.4.1.1
	if f.k >= 0 || r.acc>>40 == endOfBlock {
		return nil
	}
	const most = 16 // bytes
	left := 0
	for _, b := range r.data[min((r.used()+7)/8, len(r.data)):] {
		if b != 0 {
			if left++; left > most {
				return errors.New("it holds more data than its size needs")
			}
		}
	}
	return nil
}

// endOfLine steps over the marks between rows of Group 3, with the zeros that fill up
// before them. Two in a row end the page.
func (r *faxReader) endOfLine() (found bool, err error) {
	r.fill()
	if r.acc>>53 != 0 {
		return false, nil
	}
	for r.acc>>56 == 0 { // long fill
		if r.used() > 8*len(r.data) {
			return false, errFaxShort
		}
		r.skip(8)
		r.fill()
	}
	for r.acc>>63 == 0 {
		r.skip(1)
	}
	r.skip(1)
	r.fill()
	if r.acc>>52 == 1 || r.acc>>51 == 0x801 {
		return false, errFaxShort
	}
	return true, nil
}

// rowAlone reads the runs of a row.
func (r *faxReader) rowAlone(cur []int32, w int32) ([]int32, error) {
	x := int32(0)
	for color := 0; x < w; color ^= 1 {
		run, err := r.run(color, w-x)
		if err != nil {
			return cur, err
		}
		x += run
		cur = change(cur, x)
	}
	return cur, nil
}

// change adds a change of colour. Two at one place are none: a run of no pixels is not
// seen from the row below.
func change(cur []int32, x int32) []int32 {
	if n := len(cur); n > 0 && cur[n-1] == x {
		return cur[:n-1]
	}
	return append(cur, x)
}

// rowByAbove reads the changes of a row against those of the row above (T.6, 2.2).
func (r *faxReader) rowByAbove(ref, cur []int32, w int32) ([]int32, error) {
	a0 := int32(-1)
	color := 0
	b := 0 // ref[b] is b1: the first change to the other colour behind a0
	for a0 < w {
		for ref[b] <= a0 {
			b += 2
		}
		r.fill()
		e := faxModes[r.acc>>57]
		mode := faxMode(e & 15)
		r.skip(uint(e >> 4))
		switch mode {
		case faxNone:
			return cur, r.noCode()
		case faxExtension:
			return cur, unsupported("a picture in CCITT's uncompressed mode", "export it as PNG")
		case faxPass:
			a0 = ref[b+1]
		case faxHorizontal:
			x := max(a0, 0)
			for i := range 2 {
				run, err := r.run(color^i, w-x)
				if err != nil {
					return cur, err
				}
				x += run
				cur = change(cur, x)
			}
			a0 = x
		default:
			a1 := ref[b] + int32(mode) - int32(faxVertical) - 3
			if a1 < max(a0, 0) || a1 > w {
				return cur, errFaxRow
			}
			cur = change(cur, a1)
			a0 = a1
			color ^= 1
			if b > 0 {
				b--
			} else {
				b++
			}
		}
	}
	return cur, nil
}

// paint fills a row between its changes; white is there already.
func paint(row []uint8, changes []int32, black uint8) {
	for len(changes) >= 2 && int(changes[0]) < len(row) {
		from, to := changes[0], changes[1]
		for i := from; i < to; i++ {
			row[i] = black
		}
		changes = changes[2:]
	}
}

// into paints the rows in two levels.
func (f *fax) into(to *reducer, white, black uint8) error {
	blank := bytes.Repeat([]byte{white}, f.width)
	return f.decode(func(_ int, changes []int32) {
		row := to.row()
		copy(row, blank)
		paint(row, changes, black)
		to.done()
	})
}
