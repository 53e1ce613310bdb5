package imageio

import (
	"image"

	"github.com/leafmark/leafmark/omr/imageio/heif"
)

// heic is the primary picture of a HEIF file coded by HEVC.
type heic struct {
	file *heif.File
	info *Info
}

func openHEIC(data []byte, opt Options) (container, error) {
	if opt.NoHEIC {
		return nil, unsupported("a HEIC picture", "set the camera to JPEG (“most compatible”) or export the picture as JPEG")
	}
	return single(func(info *Info) (picture, error) {
		f, err := heif.Open(data)
		if err != nil {
			return nil, err
		}
		info.Width, info.Height, info.Orientation = f.Width, f.Height, f.Orientation
		return heic{f, info}, nil
	}), nil
}

func (h heic) luma(limit, _ int) (*image.Gray, int, error) {
	if h.file.Decoded > min(limit, maxWidePixels) {
		return nil, 1, tooLarge(*h.info, min(limit, maxWidePixels))
	}
	g, err := h.file.Luma()
	return g, 1, err
}

// color is the luma: the decoder leaves colours out.
func (h heic) color() (image.Image, error) {
	g, _, err := h.luma(maxColorPixels, 1)
	if err != nil {
		return nil, err
	}
	return g, nil
}
