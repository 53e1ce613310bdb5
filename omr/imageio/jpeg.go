package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
)

// jpegFile is a JPEG (ITU-T T.81) whose header has been looked at.
type jpegFile struct {
	data          []byte
	width, height int
	progressive   bool
	info          *Info
}

// maxPixelsPerByte bounds what a JPEG's bytes can hold: a scan spends at least a
// bit on each block of 64 pixels.
const maxPixelsPerByte = 8 * 64

func openJPEG(data []byte, _ Options) (container, error) {
	return single(func(info *Info) (picture, error) { return jpegPicture(data, info) }), nil
}

// jpegPicture reads the header up to the frame.
func jpegPicture(data []byte, info *Info) (*jpegFile, error) {
	f := &jpegFile{data: data, info: info}
	for at := 2; ; {
		if at+4 > len(data) {
			return nil, errors.New("it ends within its header")
		}
		if data[at] != 0xff {
			return nil, errors.New("its header is damaged")
		}
		marker := data[at+1]
		if marker == 0xff { // fill byte, T.81 B.1.1.2
			at++
			continue
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || at+2+n > len(data) {
			return nil, errors.New("it ends within its header")
		}
		body := data[at+4 : at+2+n]
		switch {
		case marker == 0xe0 && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) >= 12:
			density(body[7:12], info)
		case marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			applyEXIF(body, info)
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			if len(body) < 6 {
				return nil, errors.New("its frame header is damaged")
			}
			f.height, f.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
			f.progressive = marker == 0xc2
			info.Width, info.Height = f.width, f.height
			return f, nil
		case marker == 0xda || marker == 0xd9:
			return nil, errors.New("it has no frame header")
		}
		at += 2 + n
	}
}

// density reads the resolution of a JFIF header: unit, x, y.
func density(b []byte, info *Info) {
	x, y := float64(binary.BigEndian.Uint16(b[1:])), float64(binary.BigEndian.Uint16(b[3:]))
	switch b[0] {
	case 1:
		info.DPIX, info.DPIY = x, y
	case 2:
		info.DPIX, info.DPIY = x*2.54, y*2.54
	}
}

func (f *jpegFile) plausible() error {
	if f.width*f.height/maxPixelsPerByte > len(f.data) {
		return errors.New("it holds fewer bytes than its size needs")
	}
	return nil
}

func (f *jpegFile) luma(limit, shrink int) (*image.Gray, int, error) {
	if err := f.plausible(); err != nil {
		return nil, 1, err
	}
	g, err := jpegLuma(f.data, shrink)
	if !errors.Is(err, errOtherJPEG) {
		return g, shrink, err
	}
	wide := maxWidePixels
	if f.progressive {
		wide = maxProgressivePixels
	}
	if f.width > wide/max(f.height, 1) {
		return nil, 1, tooLarge(*f.info, min(limit, wide))
	}
	img, err := f.color()
	if err != nil {
		return nil, 1, err
	}
	return ToGray(img), 1, nil
}

func (f *jpegFile) color() (image.Image, error) {
	if err := f.plausible(); err != nil {
		return nil, err
	}
	return jpeg.Decode(bytes.NewReader(f.data))
}
