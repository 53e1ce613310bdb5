package imageio

import (
	"bytes"
	"errors"
	"image"

	"github.com/hhrutter/tiff"
)

// tiffFile is one picture of a TIFF.
type tiffFile struct {
	data []byte
	info *Info
	dir  ifd
}

// tiffPictures is a TIFF whose directories have been read.
type tiffPictures struct {
	data []byte
	all  []ifd
}

func openTIFF(data []byte, _ Options) (container, error) {
	all := directories(data)
	if len(all) == 0 {
		return nil, errors.New("it holds no directory")
	}
	return tiffPictures{data, all}, nil
}

func (t tiffPictures) pictures() int { return len(t.all) }
func (t tiffPictures) close() error  { return nil }

func (t tiffPictures) picture(i int, info *Info) (picture, error) {
	f := &tiffFile{data: t.data, info: info, dir: t.all[i]}
	info.Width, info.Height = f.dir.int(tagWidth, 0), f.dir.int(tagHeight, 0)
	info.Orientation = f.dir.int(tagOrientation, 1)
	info.DPIX, info.DPIY = f.dir.dpi()
	return f, nil
}

// narrow tells whether a pixel takes one byte when decoded.
func (f *tiffFile) narrow() bool {
	return f.dir.int(tagSamples, 1) == 1 && f.dir.int(tagBitsPerSample, 1) <= 8
}

func (f *tiffFile) luma(limit, _ int) (*image.Gray, int, error) {
	if f.dir.int(tagCompression, 1) == compressionJPEG {
		g, err := f.jpegLuma()
		return g, 1, err
	}
	if w, h := f.dir.int(tagWidth, 0), f.dir.int(tagHeight, 0); !f.narrow() && w > maxWidePixels/h {
		return nil, 1, tooLarge(*f.info, min(limit, maxWidePixels))
	}
	img, err := f.color()
	if err != nil {
		return nil, 1, err
	}
	return ToGray(img), 1, nil
}

func (f *tiffFile) color() (image.Image, error) {
	switch f.dir.int(tagCompression, 1) {
	case compressionJPEG:
		return f.jpegPicture()
	case compressionOldJPEG: // each writer had a way of its own: Technical Note 2 withdrew it
		return nil, unsupported("a TIFF picture with JPEG of the old kind", "export it as PNG or JPEG")
	}
	img, err := tiff.DecodeAt(bytes.NewReader(f.data), int64(f.dir.offset))
	if g, ok := img.(*image.Gray); ok && err == nil && f.fax() {
		for i, v := range g.Pix {
			g.Pix[i] = 255 - v
		}
	}
	return img, err
}

// fax tells a CCITT picture whose bits mean the opposite of CCITT's: a run of
// "black" is ones (TIFF 6.0, section 10), and ones are white here. The library
// takes the runs by their name; libtiff, which wrote such files, does not.
func (f *tiffFile) fax() bool {
	compression := f.dir.int(tagCompression, 1)
	return compression >= 2 && compression <= 4 && f.dir.int(tagPhotometric, 0) == 1
}
