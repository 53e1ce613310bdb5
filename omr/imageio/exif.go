package imageio

import (
	"bytes"
	"encoding/binary"
)

// Tags of TIFF 6.0 and Exif 2.32 that concern us.
const (
	tagWidth          = 256
	tagHeight         = 257
	tagBitsPerSample  = 258
	tagCompression    = 259
	tagPhotometric    = 262
	tagSamples        = 277
	tagOrientation    = 274
	tagXResolution    = 282
	tagYResolution    = 283
	tagResolutionUnit = 296
)

const maxDirectories = 10_000 // pictures in a TIFF; a longer chain is an attack

// ifd is one image file directory: whole numbers by tag; rationals rounded to
// float64.
type ifd struct {
	offset int
	values map[uint16]float64 // the first value of the tag
}

func (d ifd) int(tag uint16, otherwise int) int {
	if v, ok := d.values[tag]; ok {
		return int(v)
	}
	return otherwise
}

// dpi is the resolution in both directions; zero when the file does not say.
func (d ifd) dpi() (x, y float64) {
	x, y = d.values[tagXResolution], d.values[tagYResolution]
	switch d.int(tagResolutionUnit, 2) {
	case 2:
		return x, y
	case 3:
		return x * 2.54, y * 2.54
	}
	return 0, 0
}

// directories walks the chain of a TIFF structure, which is also Exif's; what
// lies outside data ends it.
func directories(data []byte) []ifd {
	if len(data) < 8 {
		return nil
	}
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(data, []byte("MM")) {
		order = binary.BigEndian
	}
	var all []ifd
	seen := map[int]bool{}
	for at := int(order.Uint32(data[4:])); at >= 8 && at+2 <= len(data) && !seen[at] && len(all) < maxDirectories; {
		seen[at] = true
		n := int(order.Uint16(data[at:]))
		if at+2+12*n > len(data) {
			break
		}
		d := ifd{at, map[uint16]float64{}}
		for i := range n {
			if tag, v, ok := entry(data, data[at+2+12*i:][:12], order); ok {
				d.values[tag] = v
			}
		}
		all = append(all, d)
		next := at + 2 + 12*n
		if next+4 > len(data) {
			break
		}
		at = int(order.Uint32(data[next:]))
	}
	return all
}

// entry is the first value of a directory entry.
func entry(data, e []byte, order binary.ByteOrder) (tag uint16, v float64, ok bool) {
	tag = order.Uint16(e)
	if order.Uint32(e[4:]) == 0 {
		return tag, 0, false
	}
	count := order.Uint32(e[4:])
	offset := int(order.Uint32(e[8:]))
	switch order.Uint16(e[2:]) {
	case 3: // SHORT
		if count <= 2 {
			return tag, float64(order.Uint16(e[8:])), true
		}
		if offset+2 <= len(data) {
			return tag, float64(order.Uint16(data[offset:])), true
		}
	case 4: // LONG
		if count == 1 {
			return tag, float64(order.Uint32(e[8:])), true
		}
		if offset+4 <= len(data) {
			return tag, float64(order.Uint32(data[offset:])), true
		}
	case 5: // RATIONAL
		if offset+8 > len(data) {
			return tag, 0, false
		}
		if d := order.Uint32(data[offset+4:]); d != 0 {
			return tag, float64(order.Uint32(data[offset:])) / float64(d), true
		}
	}
	return tag, 0, false
}

// applyEXIF takes orientation and, when nothing better is known, the resolution
// from an Exif block.
func applyEXIF(block []byte, info *Info) {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	if !bytes.HasPrefix(block, []byte("II*\x00")) && !bytes.HasPrefix(block, []byte("MM\x00*")) {
		return
	}
	all := directories(block)
	if len(all) == 0 {
		return
	}
	info.Orientation = all[0].int(tagOrientation, 1)
	if info.DPIX == 0 {
		info.DPIX, info.DPIY = all[0].dpi()
	}
}
