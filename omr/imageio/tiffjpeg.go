package imageio

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
)

// stream is the JPEG stream of a strip or tile, made whole, and its place.
func (f *tiffFile) stream(i int) ([]byte, image.Rectangle, error) {
	m := &f.form
	if m.planar {
		return nil, image.Rectangle{}, unsupported("a TIFF picture with its colours in separate JPEG planes", exportTIFF)
	}
	// Tables come as a stream of their own: SOI tables EOI.
	head := bytes.TrimSuffix(bytes.TrimPrefix(f.bytes(tagJPEGTables), []byte("\xff\xd8")), []byte("\xff\xd9"))
	if m.photometric == photometricRGB {
		// Adobe's segment with transform 0: the components are no YCbCr.
		head = append([]byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"), head...)
	}
	part := f.data[m.offsets[i]:][:m.counts[i]]
	if !bytes.HasPrefix(part, []byte("\xff\xd8")) {
		return nil, image.Rectangle{}, errors.New("a strip is no JPEG")
	}
	stream := make([]byte, 0, len(part)+len(head))
	stream = append(append(append(stream, part[:2]...), head...), part[2:]...)
	x, y := i%m.columns*m.across, i/m.columns*m.down
	return stream, image.Rect(x, y, min(x+m.across, m.width), min(y+m.down, m.height)), nil
}

// jpegLuma joins the luma of the strips or tiles.
func (f *tiffFile) jpegLuma(shrink int) (*image.Gray, int, error) {
	m := &f.form
	if m.columns > 1 && m.across%shrink != 0 || m.rows > 1 && m.down%shrink != 0 {
		shrink = 1 // their squares do not meet
	}
	out := image.NewGray(image.Rect(0, 0, (m.width+shrink-1)/shrink, (m.height+shrink-1)/shrink))
	for i := range m.rows * m.columns {
		s, place, err := f.stream(i)
		if err != nil {
			return nil, 1, err
		}
		var info Info
		opened, err := jpegPicture(s, &info)
		if err != nil {
			return nil, 1, err
		}
		// A stream may be as large as its tile, not larger: its blocks are decoded.
		if opened.width < place.Dx() || opened.height < place.Dy() || opened.width > m.across+16 || opened.height > m.down+16 {
			return nil, 1, errors.New("a strip has another size than it should")
		}
		g, used, err := opened.luma(maxPixels, shrink)
		if err != nil {
			return nil, 1, err
		}
		if used != shrink { // of a kind that is not reduced: so none is
			return f.jpegLuma(1)
		}
		to := image.Rect(place.Min.X/shrink, place.Min.Y/shrink, (place.Max.X+shrink-1)/shrink, (place.Max.Y+shrink-1)/shrink)
		for y := range to.Dy() {
			copy(out.Pix[out.PixOffset(to.Min.X, to.Min.Y+y):][:to.Dx()], g.Pix[y*g.Stride:])
		}
	}
	if m.photometric == photometricWhiteIsZero {
		invert(out)
	}
	return out, shrink, nil
}

// jpegPicture joins the strips or tiles in colour.
func (f *tiffFile) jpegPicture() (image.Image, error) {
	m := &f.form
	if m.samples == 1 {
		g, _, err := f.jpegLuma(1)
		return g, err
	}
	out := image.NewRGBA(image.Rect(0, 0, m.width, m.height))
	for i := range m.rows * m.columns {
		s, place, err := f.stream(i)
		if err != nil {
			return nil, err
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(s))
		if err != nil {
			return nil, err
		}
		if config.Width < place.Dx() || config.Height < place.Dy() || config.Width > m.across+16 || config.Height > m.down+16 {
			return nil, errors.New("a strip has another size than it should")
		}
		img, err := jpeg.Decode(bytes.NewReader(s))
		if err != nil {
			return nil, err
		}
		draw.Draw(out, place, img, img.Bounds().Min, draw.Src)
	}
	return out, nil
}

// oldJPEG is a picture of the old kind of JPEG in TIFF (TIFF 6.0, section 22). Each
// writer had a way of its own, and Technical Note 2 withdrew it; those that hold a
// whole JPEG file are read.
func (f *tiffFile) oldJPEG() (*jpegFile, error) {
	other := unsupported("a TIFF picture with JPEG of the old kind", exportTIFF)
	at, n := f.int(tagJPEGStream, 0), f.int(tagJPEGLength, 0)
	if len(f.form.offsets) == 1 && len(f.form.counts) == 1 && at == 0 {
		at, n = f.form.offsets[0], f.form.counts[0]
	}
	if at <= 0 || n < 4 || at > len(f.data) || n > len(f.data)-at || !bytes.HasPrefix(f.data[at:], []byte("\xff\xd8")) {
		return nil, other
	}
	var info Info
	j, err := jpegPicture(f.data[at:at+n], &info)
	if err != nil || j.width != f.form.width || j.height != f.form.height {
		return nil, other
	}
	return j, nil
}
