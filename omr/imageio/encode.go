package imageio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"math"
)

// EncodePNG writes a picture with its resolution (pHYs). It is lossless and as
// narrow as the picture allows: grey or palette of 1, 2, 4 or 8 bits, else RGB,
// else RGBA. dpi 0 says nothing of the size.
func EncodePNG(img image.Image, dpi int) ([]byte, error) {
	r := rowsOf(img)
	b := img.Bounds()
	var out bytes.Buffer
	pngHead(&out, b.Size(), r.depth, r.color, dpi)
	if len(r.palette) > 0 {
		chunk(&out, "PLTE", r.palette)
	}
	var stream bytes.Buffer
	// Level 1: pages are mostly paper, higher levels take several times as long
	// for some percent.
	z, err := zlib.NewWriterLevel(&stream, zlib.BestSpeed)
	if err != nil {
		return nil, err
	}
	for y := range b.Dy() {
		if _, err := z.Write(r.row(y)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	chunk(&out, "IDAT", stream.Bytes())
	chunk(&out, "IEND", nil)
	return out.Bytes(), nil
}

// pngHead writes what comes before a palette or the pixels.
func pngHead(out *bytes.Buffer, size image.Point, depth, color byte, dpi int) {
	out.WriteString("\x89PNG\r\n\x1a\n")
	header := make([]byte, 13)
	binary.BigEndian.PutUint32(header, uint32(size.X))
	binary.BigEndian.PutUint32(header[4:], uint32(size.Y))
	header[8], header[9] = depth, color
	chunk(out, "IHDR", header)
	if dpi > 0 {
		phys := make([]byte, 9)
		perMeter := uint32(math.Round(float64(dpi) * inchesPerMeter))
		binary.BigEndian.PutUint32(phys, perMeter)
		binary.BigEndian.PutUint32(phys[4:], perMeter)
		phys[8] = 1
		chunk(out, "pHYs", phys)
	}
}

func chunk(out *bytes.Buffer, name string, body []byte) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(body)))
	out.Write(n[:])
	at := out.Len()
	out.WriteString(name)
	out.Write(body)
	binary.BigEndian.PutUint32(n[:], crc32.ChecksumIEEE(out.Bytes()[at:]))
	out.Write(n[:])
}

// EncodeJPEG writes a picture with its resolution (JFIF density). Grey pictures
// have one component. quality is 1 to 100; dpi 0 says nothing of the size.
func EncodeJPEG(img image.Image, quality, dpi int) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	data := out.Bytes()
	unit := byte(1) // dots per inch
	if dpi <= 0 {
		unit, dpi = 0, 1
	}
	jfif := []byte{0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, unit, byte(dpi >> 8), byte(dpi), byte(dpi >> 8), byte(dpi), 0, 0}
	return append(jfif, data[2:]...), nil
}
