package render

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/layout"
)

// TIFF is all pages as one file (TIFF 6.0, 8 bits a sample, grey or RGB, Deflate
// of Supplement 2) that says its resolution and the pages' numbers. dpi 0 is 300.
// Pages are drawn one after the other: one canvas is in memory at a time.
func TIFF(pages []layout.Sheet, dpi int) ([]byte, error) {
	t := tiffFile{next: 4}
	t.out.WriteString("II*\x00\x00\x00\x00\x00") // the first directory's place is written later
	for i, p := range pages {
		img, dpi, err := leanest(p, dpi)
		if err != nil {
			return nil, err
		}
		if err := t.page(img, dpi, i, len(pages)); err != nil {
			return nil, err
		}
	}
	return t.out.Bytes(), nil
}

// tiffFile is written front to back; next is where the place of the next
// directory belongs.
type tiffFile struct {
	out  bytes.Buffer
	next int
}

// Tags of TIFF 6.0.
const (
	tagSubfile         = 254
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamples         = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagXResolution     = 282
	tagYResolution     = 283
	tagResolutionUnit  = 296
	tagPageNumber      = 297
	tagSoftware        = 305
)

// Field types of TIFF 6.0.
const (
	tiffASCII    = 2
	tiffShort    = 3
	tiffLong     = 4
	tiffRational = 5
)

// stripBytes is about how much a strip holds unpacked: small enough for readers
// that keep one in memory, large enough for deflate.
const stripBytes = 1 << 18

func (t *tiffFile) page(img image.Image, dpi, number, count int) error {
	b := img.Bounds()
	samples, photometric := 1, uint32(1) // BlackIsZero
	if _, gray := img.(*image.Gray); !gray {
		samples, photometric = 3, 2 // RGB
	}
	rows := max(1, stripBytes/(samples*b.Dx()))
	var offsets, counts []uint32
	for y := 0; y < b.Dy(); y += rows {
		at := t.out.Len()
		if err := strip(&t.out, img, y, min(y+rows, b.Dy())); err != nil {
			return err
		}
		offsets, counts = append(offsets, uint32(at)), append(counts, uint32(t.out.Len()-at))
		if t.out.Len() > math.MaxUint32/2 {
			return tooManyPages()
		}
	}
	t.align()
	resolution := binary.LittleEndian.AppendUint32(nil, uint32(dpi))
	resolution = binary.LittleEndian.AppendUint32(resolution, 1)
	t.directory([]tiffField{
		{tagSubfile, tiffLong, longs(2)}, // a page of several
		{tagWidth, tiffLong, longs(uint32(b.Dx()))},
		{tagHeight, tiffLong, longs(uint32(b.Dy()))},
		{tagBits, tiffShort, shorts([]uint16{8, 8, 8}[:samples]...)},
		{tagCompression, tiffShort, shorts(8)}, // Deflate
		{tagPhotometric, tiffShort, shorts(uint16(photometric))},
		{tagStripOffsets, tiffLong, longs(offsets...)},
		{tagOrientation, tiffShort, shorts(1)},
		{tagSamples, tiffShort, shorts(uint16(samples))},
		{tagRowsPerStrip, tiffLong, longs(uint32(rows))},
		{tagStripByteCounts, tiffLong, longs(counts...)},
		{tagXResolution, tiffRational, resolution},
		{tagYResolution, tiffRational, resolution},
		{tagResolutionUnit, tiffShort, shorts(2)}, // inch
		{tagPageNumber, tiffShort, shorts(uint16(number), uint16(count))},
		{tagSoftware, tiffASCII, []byte("Leafmark\x00")},
	})
	return nil
}

func tooManyPages() error {
	return &fault.Error{
		Code: "image_too_large", Kind: fault.TooLarge,
		Cause: "the pages do not fit one TIFF file", Cure: "ask for a file a page, or render at a lower resolution",
	}
}

// strip deflates the rows of an image from y0 to y1.
func strip(out *bytes.Buffer, img image.Image, y0, y1 int) error {
	z, err := zlib.NewWriterLevel(out, zlib.BestSpeed)
	if err != nil {
		return err
	}
	switch img := img.(type) {
	case *image.Gray:
		for y := y0; y < y1; y++ {
			if _, err := z.Write(img.Pix[y*img.Stride:][:img.Rect.Dx()]); err != nil {
				return err
			}
		}
	case *image.RGBA:
		row := make([]byte, 3*img.Rect.Dx())
		for y := y0; y < y1; y++ {
			rgbRow(row, img.Pix[y*img.Stride:], false)
			if _, err := z.Write(row); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

// rgbRow takes opaque pixels without their alpha; swapped: blue first.
func rgbRow(to, from []byte, swapped bool) {
	r, b := 0, 2
	if swapped {
		r, b = 2, 0
	}
	for i, k := 0, 0; i+2 < len(to); i, k = i+3, k+4 {
		to[i+r], to[i+1], to[i+b] = from[k], from[k+1], from[k+2]
	}
}

type tiffField struct {
	tag, kind uint16
	value     []byte
}

func shorts(v ...uint16) (b []byte) {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	return b
}

func longs(v ...uint32) (b []byte) {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

// directory writes the fields, in order of their tags, and the long values
// before it.
func (t *tiffFile) directory(fields []tiffField) {
	var entries []byte
	for _, f := range fields {
		size := map[uint16]int{tiffASCII: 1, tiffShort: 2, tiffLong: 4, tiffRational: 8}[f.kind]
		entries = append(entries, shorts(f.tag, f.kind)...)
		entries = append(entries, longs(uint32(len(f.value)/size))...)
		if len(f.value) <= 4 {
			entries = append(entries, append(f.value, 0, 0, 0, 0)[:4]...)
			continue
		}
		entries = append(entries, longs(uint32(t.out.Len()))...)
		t.out.Write(f.value)
		t.align()
	}
	binary.LittleEndian.PutUint32(t.out.Bytes()[t.next:], uint32(t.out.Len()))
	t.out.Write(shorts(uint16(len(fields))))
	t.out.Write(entries)
	t.next = t.out.Len()
	t.out.Write(longs(0)) // the last directory, so far
}

// align begins the next value at an even place, as TIFF wants it.
func (t *tiffFile) align() {
	if t.out.Len()%2 == 1 {
		t.out.WriteByte(0)
	}
}
