package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
)

// Tags and values of TIFF 6.0, sections 3, 15, and of its Technical Note 2
// (JPEG in TIFF).
const (
	tagStripOffsets    = 273
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagTileWidth       = 322
	tagTileLength      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagJPEGTables      = 347

	compressionOldJPEG = 6
	compressionJPEG    = 7
	photometricRGB     = 2
)

// maxSegments are strips or tiles of a picture.
const maxSegments = 1 << 20

// list is all whole numbers of a tag; bytes too. nil: not there or damaged.
func (d ifd) list(data []byte, tag uint16) []int {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(data, []byte("MM")) {
		order = binary.BigEndian
	}
	n := int(order.Uint16(data[d.offset:]))
	for i := range n {
		e := data[d.offset+2+12*i:][:12]
		if order.Uint16(e) != tag {
			continue
		}
		size := map[uint16]int{1: 1, 3: 2, 4: 4, 7: 1}[order.Uint16(e[2:])]
		count := int(order.Uint32(e[4:]))
		if size == 0 || count < 1 || count > maxSegments {
			return nil
		}
		values := e[8:]
		if count*size > 4 {
			at := int(order.Uint32(values))
			if at+count*size > len(data) {
				return nil
			}
			values = data[at:]
		}
		out := make([]int, count)
		for k := range out {
			switch size {
			case 1:
				out[k] = int(values[k])
			case 2:
				out[k] = int(order.Uint16(values[2*k:]))
			default:
				out[k] = int(order.Uint32(values[4*k:]))
			}
		}
		return out
	}
	return nil
}

// segments are the JPEG streams of a picture, each whole, with their places.
func (f *tiffFile) segments() (streams [][]byte, places []image.Rectangle, err error) {
	w, h := f.dir.int(tagWidth, 0), f.dir.int(tagHeight, 0)
	across, down := w, min(f.dir.int(tagRowsPerStrip, h), h)
	offsets, counts := f.dir.list(f.data, tagStripOffsets), f.dir.list(f.data, tagStripByteCounts)
	if tw := f.dir.int(tagTileWidth, 0); tw > 0 {
		across, down = tw, f.dir.int(tagTileLength, 0)
		offsets, counts = f.dir.list(f.data, tagTileOffsets), f.dir.list(f.data, tagTileByteCounts)
	}
	if f.dir.int(tagPlanar, 1) != 1 && f.dir.int(tagSamples, 1) > 1 {
		return nil, nil, unsupported("a TIFF picture with its colours in separate JPEG planes", "export it as PNG or JPEG")
	}
	if across < 1 || down < 1 {
		return nil, nil, errors.New("its strips have no size")
	}
	columns, rows := (w+across-1)/across, (h+down-1)/down
	if len(offsets) != columns*rows || len(counts) != len(offsets) {
		return nil, nil, errors.New("its strips are not listed")
	}
	tables := f.dir.list(f.data, tagJPEGTables)
	var head []byte
	for _, v := range tables {
		head = append(head, byte(v))
	}
	// Tables come as a stream of their own: SOI tables EOI.
	head = bytes.TrimSuffix(bytes.TrimPrefix(head, []byte("\xff\xd8")), []byte("\xff\xd9"))
	if f.dir.int(tagPhotometric, 0) == photometricRGB {
		// Adobe's segment with transform 0: the components are no YCbCr.
		head = append([]byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"), head...)
	}
	for i, at := range offsets {
		n := counts[i]
		if at < 0 || n < 4 || at+n > len(f.data) || !bytes.HasPrefix(f.data[at:], []byte("\xff\xd8")) {
			return nil, nil, errors.New("a strip is missing or no JPEG")
		}
		stream := make([]byte, 0, n+len(head))
		stream = append(append(append(stream, 0xff, 0xd8), head...), f.data[at+2:at+n]...)
		streams = append(streams, stream)
		x, y := i%columns*across, i/columns*down
		places = append(places, image.Rect(x, y, min(x+across, w), min(y+down, h)))
	}
	return streams, places, nil
}

// jpegLuma joins the luma of the strips or tiles.
func (f *tiffFile) jpegLuma() (*image.Gray, error) {
	streams, places, err := f.segments()
	if err != nil {
		return nil, err
	}
	out := image.NewGray(image.Rect(0, 0, f.dir.int(tagWidth, 0), f.dir.int(tagHeight, 0)))
	for i, s := range streams {
		var info Info
		opened, err := jpegPicture(s, &info)
		if err != nil {
			return nil, err
		}
		if info.Width < places[i].Dx() || info.Height < places[i].Dy() || info.Width > maxWidePixels/max(info.Height, 1) {
			return nil, errors.New("a strip has another size than it should")
		}
		g, _, err := opened.luma(maxPixels, 1)
		if err != nil {
			return nil, err
		}
		for y := range places[i].Dy() {
			copy(out.Pix[out.PixOffset(places[i].Min.X, places[i].Min.Y+y):][:places[i].Dx()], g.Pix[y*g.Stride:])
		}
	}
	if f.dir.int(tagPhotometric, 1) == 0 { // white is zero
		invert(out)
	}
	return out, nil
}

// jpegPicture joins the strips or tiles in colour.
func (f *tiffFile) jpegPicture() (image.Image, error) {
	streams, places, err := f.segments()
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, f.dir.int(tagWidth, 0), f.dir.int(tagHeight, 0)))
	for i, s := range streams {
		img, err := jpeg.Decode(bytes.NewReader(s))
		if err != nil {
			return nil, err
		}
		draw.Draw(out, places[i], img, img.Bounds().Min, draw.Src)
	}
	return out, nil
}
