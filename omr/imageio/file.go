package imageio

import (
	"fmt"
	"image"

	"github.com/leafmark/leafmark/omr/fault"
)

// File is an opened file of one or more pictures: its structure has been read
// once, its pictures are decoded one by one. Safe for concurrent use. Close it.
type File struct {
	format string
	opt    Options
	first  Info // of the first picture
	in     container
}

// container is the structure of a file. Safe for concurrent use.
type container interface {
	// pictures is how many there are, at least 1.
	pictures() int
	// picture reads the header of picture i. info comes with the defaults and is
	// told the stored size, the orientation and the resolution.
	picture(i int, info *Info) (picture, error)
	close() error
}

// picture is one picture of one format, its header read.
type picture interface {
	// luma is the plane as stored, or reduced by up to shrink (1, 2, 4, 8); used
	// tells the reduction.
	luma(limit, shrink int) (g *image.Gray, used int, err error)
	color() (image.Image, error)
}

// opener reads the structure of a format.
type opener func(data []byte, opt Options) (container, error)

// single is the container of formats that hold one picture.
type single func(info *Info) (picture, error)

func (s single) pictures() int                              { return 1 }
func (s single) picture(_ int, info *Info) (picture, error) { return s(info) }
func (s single) close() error                               { return nil }

// Open tells the format by content and reads the headers. The file keeps data,
// which is not to be changed until Close.
func Open(data []byte, opt Options) (*File, error) {
	switch opt.Shrink {
	case 2, 4, 8:
	default:
		opt.Shrink = 1
	}
	format, openFormat := formatOf(data)
	if openFormat == nil {
		if kind, cure := foreign(data); kind != "" {
			return nil, unsupported(kind, cure)
		}
		return nil, noPicture(data)
	}
	f := &File{format: format, opt: opt}
	err := guard(format, func() (err error) {
		f.in, err = openFormat(data, opt)
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, f.first, err = f.open(0); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Info is what the headers tell of the first picture and how many there are. A
// first picture that is refused has no size.
func (f *File) Info() Info { return f.first }

// Close gives back what the file holds. It waits for nobody: decode before.
func (f *File) Close() {
	if f.in != nil {
		_ = f.in.close() // nothing was written
	}
}

// open reads the header of a picture.
func (f *File) open(i int) (picture, Info, error) {
	info := Info{Format: f.format, Orientation: 1, Pictures: f.in.pictures()}
	if i < 0 || i >= info.Pictures {
		return nil, Info{}, &fault.Error{
			Code: "image_unreadable", Kind: fault.Invalid,
			Cause: "the file holds fewer pictures than the one asked for",
			Cure:  "send the file with all its pages",
		}
	}
	var p picture
	err := guard(f.format, func() (err error) {
		p, err = f.in.picture(i, &info)
		return err
	})
	if err != nil {
		if info.Pictures > 1 { // the others are not to suffer by it
			return refused{err}, Info{Format: f.format, Orientation: 1, Pictures: info.Pictures}, nil
		}
		return nil, Info{}, err
	}
	if info.Orientation < 1 || info.Orientation > 8 {
		info.Orientation = 1
	}
	if info.Orientation >= 5 {
		info.Width, info.Height = info.Height, info.Width
		info.DPIX, info.DPIY = info.DPIY, info.DPIX
	}
	return p, info, nil
}

// within opens a picture and refuses it when its header claims too much.
func (f *File) within(i, limit int) (picture, Info, error) {
	p, info, err := f.open(i)
	if err != nil {
		return nil, info, err
	}
	if r, ok := p.(refused); ok {
		return nil, info, guard(info.Format, func() error { return r.err })
	}
	if info.Width <= 0 || info.Height <= 0 {
		return nil, info, unreadable(info.Format, fmt.Errorf("it is %d × %d px", info.Width, info.Height))
	}
	if info.Width > limit/info.Height || max(info.Width, info.Height) > maxSide {
		return nil, info, tooLarge(info, limit)
	}
	return p, info, nil
}

// Decode is the luma of picture i, from 0, upright.
func (f *File) Decode(i int) (*Plane, error) {
	limit := f.opt.MaxPixels
	if limit == 0 {
		limit = maxPixels
	}
	p, info, err := f.within(i, limit)
	if err != nil {
		return nil, err
	}
	out := &Plane{Info: info, Shrink: 1}
	err = guard(info.Format, func() (err error) {
		out.Gray, out.Shrink, err = p.luma(limit, f.opt.Shrink)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Gray = upright(out.Gray, info.Orientation)
	return out, nil
}

// DecodeColor is picture i, from 0, as it is, upright. Transparent pixels stay so.
func (f *File) DecodeColor(i int) (image.Image, Info, error) {
	limit := f.opt.MaxPixels
	if limit == 0 {
		limit = maxColorPixels
	}
	p, info, err := f.within(i, limit)
	if err != nil {
		return nil, Info{}, err
	}
	var img image.Image
	err = guard(info.Format, func() (err error) {
		img, err = p.color()
		return err
	})
	if err != nil {
		return nil, Info{}, err
	}
	return uprightColor(img, info.Orientation), info, nil
}

// refused is a picture of a file whose others may be read.
type refused struct{ err error }

func (r refused) luma(int, int) (*image.Gray, int, error) { return nil, 1, r.err }
func (r refused) color() (image.Image, error)             { return nil, r.err }
