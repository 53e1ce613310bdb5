package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// Tags and values of TIFF 6.0, of its Technical Note 2 (JPEG in TIFF), of BigTIFF and
// of Exif 2.32 that concern us.
const (
	tagSubfile         = 254
	tagWidth           = 256
	tagHeight          = 257
	tagBitsPerSample   = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamples         = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagXResolution     = 282
	tagYResolution     = 283
	tagPlanar          = 284
	tagFaxOptions      = 292 // T4Options
	tagResolutionUnit  = 296
	tagPredictor       = 317
	tagColorMap        = 320
	tagTileWidth       = 322
	tagTileLength      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagInkSet          = 332
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	tagJPEGTables      = 347
	tagJPEGStream      = 513 // JPEGInterchangeFormat
	tagJPEGLength      = 514
	tagSubsampling     = 530

	subfileThumbnail = 1 // bits of tagSubfile
	subfileMask      = 4
)

// Limits of a TIFF structure; what goes beyond them is an attack.
const (
	maxDirectories = 10_000
	maxEntries     = 4096    // of a directory
	maxSegments    = 1 << 16 // strips or tiles of a picture
)

// tiffData is a TIFF structure, which is also Exif's.
type tiffData struct {
	data  []byte
	order binary.ByteOrder
	big   bool // BigTIFF: offsets and counts of 8 bytes
}

func newTIFFData(data []byte) (t tiffData, ok bool) {
	t = tiffData{data: data, order: binary.LittleEndian}
	if bytes.HasPrefix(data, []byte("MM")) {
		t.order = binary.BigEndian
	} else if !bytes.HasPrefix(data, []byte("II")) {
		return t, false
	}
	if len(data) < 8 {
		return t, false
	}
	switch t.order.Uint16(data[2:]) {
	case 42:
		return t, true
	case 43:
		t.big = true
		return t, len(data) >= 16 && t.order.Uint16(data[4:]) == 8
	}
	return t, false
}

// offset is a place in the file, or one behind it where it is no such place.
func (t tiffData) offset(b []byte) int {
	if t.big {
		return int(min(t.order.Uint64(b), math.MaxInt32))
	}
	return int(t.order.Uint32(b))
}

// ifd is one image file directory.
type ifd struct {
	tiffData
	entries []byte
}

func (t tiffData) entrySize() int {
	if t.big {
		return 20
	}
	return 12
}

// directory is the one at a place, and the place of the next, 0 when it is the last.
func (t tiffData) directory(at int) (d ifd, next int, err error) {
	errBad := errors.New("a directory is damaged or cut off")
	head, link := 2, 4
	if t.big {
		head, link = 8, 8
	}
	if at < 8 || at > len(t.data)-head {
		return d, 0, errBad
	}
	n := int(t.order.Uint16(t.data[at:]))
	if t.big {
		n = int(min(t.order.Uint64(t.data[at:]), maxEntries+1))
	}
	at += head
	if size := n * t.entrySize(); n > maxEntries || size > len(t.data)-at {
		return d, 0, errBad
	}
	d = ifd{t, t.data[at : at+n*t.entrySize()]}
	if at += len(d.entries); at <= len(t.data)-link {
		next = t.offset(t.data[at:])
	}
	return d, next, nil
}

// first is the place of the first directory.
func (t tiffData) first() int {
	if t.big {
		return t.offset(t.data[8:])
	}
	return t.offset(t.data[4:])
}

// find is the values of a tag and how many there are, 0 when there are none or they
// lie outside the file.
func (d ifd) find(tag uint16) (kind uint16, values []byte, count int) {
	for e := d.entries; len(e) > 0; e = e[d.entrySize():] {
		if d.order.Uint16(e) != tag {
			continue
		}
		kind = d.order.Uint16(e[2:])
		size := sizeOf(kind)
		if size == 0 {
			return kind, nil, 0
		}
		n, values := uint64(d.order.Uint32(e[4:])), e[8:12]
		if d.big {
			n, values = d.order.Uint64(e[4:]), e[12:20]
		}
		if n > uint64(len(d.data)) {
			return kind, nil, 0
		}
		count, total := int(n), int(n)*size
		if total > len(values) {
			at := d.offset(values)
			if at > len(d.data) || total > len(d.data)-at {
				return kind, nil, 0
			}
			values = d.data[at:]
		}
		return kind, values, count
	}
	return 0, nil, 0
}

// sizeOf a value of a kind, bytes; 0: a kind that we do not read.
func sizeOf(kind uint16) int {
	switch kind {
	case 1, 2, 6, 7: // BYTE, ASCII, SBYTE, UNDEFINED
		return 1
	case 3, 8: // SHORT, SSHORT
		return 2
	case 4, 9, 13: // LONG, SLONG, IFD
		return 4
	case 5, 16, 17, 18: // RATIONAL, LONG8, SLONG8, IFD8
		return 8
	}
	return 0
}

// list is all whole numbers of a tag, at most maxSegments; nil: none.
func (d ifd) list(tag uint16) []int {
	kind, values, count := d.find(tag)
	if count == 0 || count > maxSegments || kind == 5 {
		return nil
	}
	out := make([]int, count)
	for i := range out {
		switch sizeOf(kind) {
		case 1:
			out[i] = int(values[i])
		case 2:
			out[i] = int(d.order.Uint16(values[2*i:]))
		case 4:
			out[i] = int(d.order.Uint32(values[4*i:]))
		default:
			out[i] = int(min(d.order.Uint64(values[8*i:]), math.MaxInt32))
		}
	}
	return out
}

// bytes is a tag of bytes.
func (d ifd) bytes(tag uint16) []byte {
	kind, values, count := d.find(tag)
	if sizeOf(kind) != 1 {
		return nil
	}
	return values[:count]
}

// int is the first whole number of a tag.
func (d ifd) int(tag uint16, otherwise int) int {
	kind, values, count := d.find(tag)
	if count == 0 {
		return otherwise
	}
	switch {
	case sizeOf(kind) == 1:
		return int(values[0])
	case sizeOf(kind) == 2:
		return int(d.order.Uint16(values))
	case sizeOf(kind) == 4:
		return int(d.order.Uint32(values))
	case kind == 5:
		return int(d.rational(tag))
	}
	return int(min(d.order.Uint64(values), math.MaxInt32))
}

// rational is the first number of a tag; 0: none.
func (d ifd) rational(tag uint16) float64 {
	kind, values, count := d.find(tag)
	if count == 0 || kind != 5 {
		return 0
	}
	below := d.order.Uint32(values[4:])
	if below == 0 {
		return 0
	}
	return float64(d.order.Uint32(values)) / float64(below)
}

// dpi is the resolution in both directions; zero when the file does not say.
func (d ifd) dpi() (x, y float64) {
	x, y = d.rational(tagXResolution), d.rational(tagYResolution)
	switch d.int(tagResolutionUnit, 2) {
	case 2:
		return x, y
	case 3:
		return x * 2.54, y * 2.54
	}
	return 0, 0
}
