package v5

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// What a byte of Base64 stands for; below 64: its six bits.
const (
	blank64 = 0x80 + iota // space, tab, CR, LF
	pad64
	bad64
)

// sextets reads both alphabets of RFC 4648, sections 4 and 5.
var sextets = func() (t [256]byte) {
	for i := range t {
		t[i] = bad64
	}
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range len(digits) {
		t[digits[i]] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	for _, c := range " \t\r\n" {
		t[c] = blank64
	}
	t['='] = pad64
	return t
}()

// decode64 decodes Base64 in its own memory, as leniently as spec/api.md 1.5 has
// it: either alphabet, blanks anywhere, padding or not, a data: prefix. The cause
// of a failure names the character, from 1.
func decode64(b []byte) (out []byte, cause string) {
	data, prefix, ok := cutDataPrefix(b)
	if !ok {
		return nil, "the data: prefix is not followed by ;base64, and the data"
	}
	bad := func(i int) string { return fmt.Sprintf("character %d is not Base64", prefix+i+1) }
	var group, n uint32
	w, i := 0, 0
scan:
	for i < len(data) {
		if n == 0 {
			for i+8 <= len(data) {
				in := data[i : i+8 : i+8]
				c0, c1, c2, c3 := sextets[in[0]], sextets[in[1]], sextets[in[2]], sextets[in[3]]
				c4, c5, c6, c7 := sextets[in[4]], sextets[in[5]], sextets[in[6]], sextets[in[7]]
				if (c0|c1|c2|c3|c4|c5|c6|c7)&0x80 != 0 {
					break
				}
				// Six bytes count; the two zeros after them fall on what is read already.
				binary.BigEndian.PutUint64(data[w:], uint64(c0)<<58|uint64(c1)<<52|uint64(c2)<<46|uint64(c3)<<40|
					uint64(c4)<<34|uint64(c5)<<28|uint64(c6)<<22|uint64(c7)<<16)
				w, i = w+6, i+8
			}
			if i == len(data) {
				break
			}
		}
		switch c := sextets[data[i]]; c {
		case blank64:
		case pad64:
			break scan
		case bad64:
			return nil, bad(i)
		default:
			group, n = group<<6|uint32(c), n+1
			if n == 4 {
				data[w], data[w+1], data[w+2] = byte(group>>16), byte(group>>8), byte(group)
				w, group, n = w+3, 0, 0
			}
		}
		i++
	}
	pads := uint32(0)
	for ; i < len(data); i++ {
		switch sextets[data[i]] {
		case blank64:
		case pad64:
			if pads++; n < 2 || n+pads > 4 {
				return nil, bad(i)
			}
		default:
			return nil, bad(i)
		}
	}
	switch n {
	case 1:
		return nil, fmt.Sprintf("it ends too early, after character %d", prefix+len(data))
	case 2:
		data[w] = byte(group >> 4)
		w++
	case 3:
		data[w], data[w+1] = byte(group>>10), byte(group>>2)
		w += 2
	}
	if w == 0 {
		return nil, "it is empty"
	}
	return data[:w], ""
}

// cutDataPrefix drops "data:TYPE[;NAME=VALUE…];base64,"; prefix is its length.
func cutDataPrefix(b []byte) (data []byte, prefix int, ok bool) {
	rest := bytes.TrimLeft(b, " \t\r\n")
	if len(rest) < 5 || !strings.EqualFold(string(rest[:5]), "data:") {
		return b, 0, true
	}
	comma := bytes.IndexByte(rest, ',')
	if comma < 0 {
		return nil, 0, false
	}
	const mark = ";base64"
	head := bytes.TrimRight(rest[:comma], " \t\r\n")
	if len(head) < len(mark) || !strings.EqualFold(string(head[len(head)-len(mark):]), mark) {
		return nil, 0, false
	}
	return rest[comma+1:], len(b) - len(rest) + comma + 1, true
}
