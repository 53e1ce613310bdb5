package pdfscan

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"io"

	"golang.org/x/image/tiff/lzw"
)

// filters are a stream's filters with their parameters, in the order of decoding.
func (f *File) filters(d dict) (names []name, params []dict) {
	add := func(o, p object) {
		n, ok := f.resolve(o).(name)
		if !ok {
			n = "unknown"
		}
		pd, _ := f.resolve(p).(dict)
		names, params = append(names, n), append(params, pd)
	}
	either := func(long, short name) object {
		if v := f.resolve(d[long]); v != nil {
			return v
		}
		return f.resolve(d[short])
	}
	parms := either("DecodeParms", "DP")
	switch v := either("Filter", "F").(type) {
	case name:
		add(v, parms)
	case array:
		list, _ := parms.(array)
		for i, o := range v {
			var p object
			if i < len(list) {
				p = list[i]
			}
			add(o, p)
		}
	}
	return names, params
}

// decode undoes all filters of a stream; more than limit bytes are an error.
func (f *File) decode(s *stream, limit int) ([]byte, error) {
	data, codec, _, err := f.unwrap(s, limit)
	if err == nil && codec != "" {
		err = ErrNotScan
	}
	return data, err
}

// unwrap undoes the filters up to one that is an image's codec, which it names.
func (f *File) unwrap(s *stream, limit int) (data []byte, codec name, params dict, err error) {
	data = s.raw
	names, all := f.filters(s.dict)
	for i, n := range names {
		switch n {
		case "FlateDecode", "Fl":
			data, err = inflate(data, limit)
		case "LZWDecode", "LZW":
			if early, ok := all[i]["EarlyChange"].(float64); ok && early == 0 {
				return nil, "", nil, ErrNotScan
			}
			data, err = unLZW(data, limit)
		case "ASCIIHexDecode", "AHx":
			l := lexer{data: append([]byte{'<'}, append(bytes.Clone(data), '>')...)}
			o, herr := l.hex()
			data, err = o.(text), herr
		case "ASCII85Decode", "A85":
			data, err = un85(data)
		case "RunLengthDecode", "RL":
			data, err = unRun(data, limit)
		case "DCTDecode", "DCT", "CCITTFaxDecode", "CCF":
			if i != len(names)-1 {
				return nil, "", nil, ErrNotScan
			}
			return data, n, all[i], nil
		default:
			return nil, "", nil, ErrNotScan
		}
		if err != nil {
			return nil, "", nil, err
		}
		if data, err = f.unpredict(data, all[i]); err != nil {
			return nil, "", nil, err
		}
	}
	return data, "", nil, nil
}

// inflate is what zlib data holds. A stream that breaks off is an error: its
// missing rest would be read as paper.
func inflate(data []byte, limit int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return readUpTo(r, limit)
}

func readUpTo(r io.Reader, limit int) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(out) > limit {
		return nil, errSyntax
	}
	return out, nil
}

// unLZW is the variant of TIFF and PDF, whose codes grow one early.
func unLZW(data []byte, limit int) ([]byte, error) {
	return readUpTo(lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8), limit)
}

func un85(data []byte) ([]byte, error) {
	if i := bytes.Index(data, []byte("~>")); i >= 0 {
		data = data[:i]
	}
	out := make([]byte, 4*len(data)+4)
	n, _, err := ascii85.Decode(out, bytes.TrimPrefix(data, []byte("<~")), true)
	return out[:n], err
}

func unRun(data []byte, limit int) ([]byte, error) {
	var out []byte
	for i := 0; i < len(data) && data[i] != 128 && len(out) <= limit; {
		n := int(data[i])
		i++
		switch {
		case n < 128:
			if i+n+1 > len(data) {
				return nil, errSyntax
			}
			out = append(out, data[i:i+n+1]...)
			i += n + 1
		case i < len(data):
			out = append(out, bytes.Repeat(data[i:i+1], 257-n)...)
			i++
		}
	}
	if len(out) > limit {
		return nil, errSyntax
	}
	return out, nil
}

// unpredict undoes a predictor (7.4.4.4): PNG's filters, or TIFF's differences
// of bytes.
func (f *File) unpredict(data []byte, p dict) ([]byte, error) {
	number := func(k name, def int) int {
		if v, ok := f.resolve(p[k]).(float64); ok {
			return int(v)
		}
		return def
	}
	predictor := number("Predictor", 1)
	if predictor == 1 {
		return data, nil
	}
	colors, bits, columns := number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1)
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20 {
		return nil, errSyntax
	}
	pixel := max(colors*bits/8, 1)
	row := (colors*bits*columns + 7) / 8
	if predictor == 2 {
		if bits != 8 {
			return nil, ErrNotScan
		}
		out := bytes.Clone(data)
		for at := 0; at+row <= len(out); at += row {
			for i := pixel; i < row; i++ {
				out[at+i] += out[at+i-pixel]
			}
		}
		return out, nil
	}
	rows := len(data) / (row + 1)
	out := make([]byte, rows*row)
	above := make([]byte, row)
	for y := range rows {
		src, dst := data[y*(row+1):][:row+1], out[y*row:][:row]
		copy(dst, src[1:])
		if err := unfilter(src[0], dst, above, pixel); err != nil {
			return nil, err
		}
		above = dst
	}
	return out, nil
}

// unfilter undoes a filter of PNG (ISO/IEC 15948, 9.2).
func unfilter(kind byte, row, above []byte, pixel int) error {
	left := func(i int, of []byte) int {
		if i < pixel {
			return 0
		}
		return int(of[i-pixel])
	}
	switch kind {
	case 0:
	case 1:
		for i := pixel; i < len(row); i++ {
			row[i] += row[i-pixel]
		}
	case 2:
		for i := range row {
			row[i] += above[i]
		}
	case 3:
		for i := range row {
			row[i] += byte((left(i, row) + int(above[i])) / 2)
		}
	case 4:
		for i := range row {
			row[i] += paeth(left(i, row), int(above[i]), left(i, above))
		}
	default:
		return errSyntax
	}
	return nil
}

func paeth(a, b, c int) byte {
	p := a + b - c
	pa, pb, pc := abs(p-a), abs(p-b), abs(p-c)
	switch {
	case pa <= pb && pa <= pc:
		return byte(a)
	case pb <= pc:
		return byte(b)
	}
	return byte(c)
}

func abs(v int) int { return max(v, -v) }
