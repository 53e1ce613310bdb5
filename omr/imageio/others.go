package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"

	"golang.org/x/image/webp"
)

// library is a picture that a library decodes whole.
type library struct {
	decode func() (image.Image, error)
	info   *Info
}

func (l library) luma(limit, _ int) (*image.Gray, int, error) {
	if l.info.Width > maxWidePixels/l.info.Height {
		return nil, 1, tooLarge(*l.info, min(limit, maxWidePixels))
	}
	img, err := l.decode()
	if err != nil {
		return nil, 1, err
	}
	return ToGray(img), 1, nil
}

func (l library) color() (image.Image, error) { return l.decode() }

func openWebP(data []byte, _ Options) (container, error) {
	return single(func(info *Info) (picture, error) { return webpPicture(data, info) }), nil
}

func webpPicture(data []byte, info *Info) (picture, error) {
	config, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if n := int(binary.LittleEndian.Uint32(data[4:])); n > len(data)-8 {
		return nil, errors.New("it ends before its last chunk")
	}
	info.Width, info.Height = config.Width, config.Height
	for at := 12; at+8 <= len(data); {
		n := int(binary.LittleEndian.Uint32(data[at+4:]))
		if n > len(data)-at-8 {
			break
		}
		if string(data[at:at+4]) == "EXIF" {
			applyEXIF(data[at+8:at+8+n], info)
		}
		at += 8 + n + n%2
	}
	return library{func() (image.Image, error) {
		img, err := webp.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return fullRange(img), nil
	}, info}, nil
}

// fullRange corrects the colours of lossy WebP: its samples have the range of
// television, 16 to 235 for luma, 16 to 240 for chroma (RFC 6386, 9.2; ITU-R
// BT.601), and the library hands them out as if it were JPEG's. Black would be
// dark grey.
func fullRange(img image.Image) image.Image {
	switch img := img.(type) {
	case *image.YCbCr:
		widen(img)
		return img
	case *image.NYCbCrA:
		widen(&img.YCbCr)
		return withAlpha(img)
	}
	return img
}

func widen(img *image.YCbCr) {
	var luma, chroma [256]uint8
	for v := range 256 {
		luma[v] = uint8(min(max(((v-16)*255+109)/219, 0), 255))
		chroma[v] = uint8(min(max(128+((v-128)*255)/224, 0), 255))
	}
	for i, v := range img.Y {
		img.Y[i] = luma[v]
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = chroma[img.Cb[i]], chroma[img.Cr[i]]
	}
}

// withAlpha converts the one picture type for which the draw package has no fast
// path.
func withAlpha(img *image.NYCbCrA) image.Image {
	b := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			yi, ci := img.YOffset(b.Min.X+x, b.Min.Y+y), img.COffset(b.Min.X+x, b.Min.Y+y)
			r, g, bl := color.YCbCrToRGB(img.Y[yi], img.Cb[ci], img.Cr[ci])
			out.SetNRGBA(x, y, color.NRGBA{R: r, G: g, B: bl, A: img.A[img.AOffset(b.Min.X+x, b.Min.Y+y)]})
		}
	}
	return out
}
