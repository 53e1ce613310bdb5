package render

import (
	"encoding/binary"
	"image"
	"math"

	"github.com/leafmark/leafmark/omr/layout"
)

// BMP is the page as a Windows bitmap (BITMAPINFOHEADER, not compressed, 8 bits
// of grey or 24 of colour) that says its resolution. dpi 0 is 300.
func BMP(p layout.Sheet, dpi int) ([]byte, error) {
	img, dpi, err := leanest(p, dpi)
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	gray, isGray := img.(*image.Gray)
	bits, colors := 24, 0
	if isGray {
		bits, colors = 8, 256
	}
	const fileHeader, infoHeader = 14, 40
	stride := (b.Dx()*bits/8 + 3) / 4 * 4
	start := fileHeader + infoHeader + 4*colors
	out := make([]byte, start+stride*b.Dy())
	copy(out, "BM")
	binary.LittleEndian.PutUint32(out[2:], uint32(len(out)))
	binary.LittleEndian.PutUint32(out[10:], uint32(start))
	info := out[fileHeader:]
	binary.LittleEndian.PutUint32(info, infoHeader)
	binary.LittleEndian.PutUint32(info[4:], uint32(b.Dx()))
	binary.LittleEndian.PutUint32(info[8:], uint32(b.Dy())) // positive: the last row comes first
	binary.LittleEndian.PutUint16(info[12:], 1)             // planes
	binary.LittleEndian.PutUint16(info[14:], uint16(bits))
	binary.LittleEndian.PutUint32(info[20:], uint32(stride*b.Dy()))
	perMeter := uint32(math.Round(float64(dpi) * 1000 / mmPerInch))
	binary.LittleEndian.PutUint32(info[24:], perMeter)
	binary.LittleEndian.PutUint32(info[28:], perMeter)
	binary.LittleEndian.PutUint32(info[32:], uint32(colors))
	for v := range colors {
		copy(out[fileHeader+infoHeader+4*v:], []byte{byte(v), byte(v), byte(v), 0})
	}
	for y := range b.Dy() {
		to := out[start+(b.Dy()-1-y)*stride:]
		if isGray {
			copy(to, gray.Pix[y*gray.Stride:][:b.Dx()])
			continue
		}
		c := img.(*image.RGBA)
		rgbRow(to[:3*b.Dx()], c.Pix[y*c.Stride:], true)
	}
	return out, nil
}
