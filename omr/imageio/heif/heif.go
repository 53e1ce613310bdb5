// Package heif reads still pictures in HEIF files (ISO/IEC 23008-12) whose coding is
// HEVC: HEIC, what most telephones save.
//
// In: the bytes of a file. Out: the 8-bit luma of its primary picture, full range,
// with alpha over white, and how it is to be turned. Grids of tiles, cropping,
// turning and mirroring are followed; thumbnails, sequences and metadata (the
// orientation of EXIF too, as the standard wants) are not. Faults: an
// UnsupportedError for what is legal and not read, other errors for damage; never a
// picture with a part missing. Every place in the file is checked before it is read
// and no more is allocated than the sizes that Open tells. Deterministic.
package heif

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"slices"

	"github.com/leafmark/leafmark/omr/imageio/heif/hevc"
)

// UnsupportedError names what is legal in the standards and not read here.
type UnsupportedError = hevc.UnsupportedError

// File is an opened file. Safe for concurrent use.
type File struct {
	Width, Height int // of the picture as stored, cropped and not yet turned, px
	Orientation   int // how to turn it, as EXIF numbers it, 1 to 8
	Decoded       int // pixels that Luma decodes before cropping

	data  []byte
	meta  *meta
	id    uint32 // of the coded picture or grid
	size  image.Point
	crop  image.Rectangle
	alpha uint32 // of its alpha plane; 0: none

	premultiplied bool // alpha is multiplied into the picture
}

// Is tells by the brands that a file is of this family.
func Is(data []byte) bool {
	r := reader{data: data}
	kind, content := r.box()
	if kind != "ftyp" || len(content) < 8 {
		return false
	}
	for at := 0; at+4 <= len(content); at += 4 {
		switch string(content[at : at+4]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
			if at != 4 { // the minor version
				return true
			}
		}
	}
	return false
}

// Open reads the boxes. No picture is decoded.
func Open(data []byte) (*File, error) {
	f := &File{data: data}
	film := false
	r := reader{data: data}
	for len(r.data) > 0 && f.meta == nil {
		kind, content := r.box()
		switch {
		case kind == "meta" && !r.over:
			m, err := parseMeta(content)
			if err != nil {
				return nil, err
			}
			f.meta = m
		case kind == "moov":
			film = true
		}
	}
	switch {
	case f.meta == nil && film:
		return nil, UnsupportedError("a sequence without a still picture")
	case f.meta == nil:
		return nil, errors.New("its table of contents is missing")
	}
	chain, err := f.resolve()
	if err != nil {
		return nil, err
	}
	if err := f.turn(chain); err != nil {
		return nil, err
	}
	f.findAlpha()
	f.Decoded = f.size.X * f.size.Y
	return f, nil
}

// resolve finds the coded picture or grid behind the primary item and the
// properties that change it, in order.
func (f *File) resolve() (chain []property, err error) {
	id := f.meta.primary
	for range 8 {
		it := f.meta.items[id]
		if it == nil {
			return nil, errors.New("its primary picture is missing")
		}
		own, err := f.transforms(it)
		if err != nil {
			return nil, err
		}
		chain = append(own, chain...)
		switch it.kind {
		case "hvc1", "grid":
			f.id = id
			f.size, err = f.extentOf(it)
			return chain, err
		case "iden":
			to := f.meta.from("dimg", id)
			if len(to) != 1 {
				return nil, errors.New("a derived picture has no source")
			}
			id = to[0]
		default:
			return nil, UnsupportedError(kindName(it.kind))
		}
	}
	return nil, errors.New("its primary picture is derived from itself")
}

func kindName(kind string) string {
	switch kind {
	case "av01":
		return "AV1 coding (AVIF)"
	case "hvc2", "lhv1":
		return "HEVC coding in layers or parts"
	case "iovl":
		return "a picture laid over another"
	}
	return fmt.Sprintf("%q coding", kind)
}

// transforms are the properties of an item that change it.
func (f *File) transforms(it *item) (chain []property, err error) {
	for _, a := range it.properties {
		if a.index >= len(f.meta.properties) {
			return nil, errors.New("a property is missing")
		}
		p := f.meta.properties[a.index]
		switch p.kind {
		case "irot", "imir", "clap":
			chain = append(chain, p)
		case "hvcC", "ispe", "pixi", "colr", "pasp", "auxC", "rloc", "clli", "mdcv", "cclv", "amve", "udes":
		default:
			if a.essential {
				return nil, UnsupportedError(fmt.Sprintf("the property %q", p.kind))
			}
		}
	}
	return chain, nil
}

// find is the content of an item's first property of a kind, nil where there is none.
func (f *File) find(it *item, kind string) []byte {
	for _, a := range it.properties {
		if a.index < len(f.meta.properties) && f.meta.properties[a.index].kind == kind {
			return f.meta.properties[a.index].content
		}
	}
	return nil
}

// extentOf is the size of an item in pixels.
func (f *File) extentOf(it *item) (image.Point, error) {
	r := reader{data: f.find(it, "ispe")}
	r.full()
	w, h := r.u32(), r.u32()
	if r.over || w == 0 || h == 0 || w > 1<<20 || h > 1<<20 {
		return image.Point{}, errors.New("the size of a picture in it is missing or out of range")
	}
	return image.Pt(int(w), int(h)), nil
}

// findAlpha looks for the auxiliary picture that is the alpha plane.
func (f *File) findAlpha() {
	for _, r := range f.meta.references {
		it := f.meta.items[r.from]
		if r.kind != "auxl" || it == nil {
			continue
		}
		aux := reader{data: f.find(it, "auxC")}
		aux.full()
		name, _, _ := bytes.Cut(aux.data, []byte{0})
		switch string(name) {
		case "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha":
		default:
			continue
		}
		if slices.Contains(r.to, f.id) || slices.Contains(r.to, f.meta.primary) {
			f.alpha = r.from
			break
		}
	}
	for _, id := range []uint32{f.id, f.meta.primary} {
		f.premultiplied = f.premultiplied || f.alpha != 0 && slices.Contains(f.meta.from("prem", id), f.alpha)
	}
}

// Luma decodes the picture, cropped and not turned. It begins at (0, 0).
func (f *File) Luma() (*image.Gray, error) {
	var d hevc.Decoder
	g, err := f.decode(&d, f.id, f.size)
	if err != nil {
		return nil, err
	}
	if f.alpha != 0 {
		if err := f.overWhite(&d, g); err != nil {
			return nil, err
		}
	}
	return &image.Gray{Pix: g.Pix[g.PixOffset(f.crop.Min.X, f.crop.Min.Y):], Stride: g.Stride, Rect: image.Rect(0, 0, f.Width, f.Height)}, nil
}

// overWhite lays the picture with its alpha plane over white.
func (f *File) overWhite(d *hevc.Decoder, g *image.Gray) error {
	it := f.meta.items[f.alpha]
	size, err := f.extentOf(it)
	if err != nil {
		return err
	}
	if size != f.size {
		return UnsupportedError("an alpha plane of another size")
	}
	if it.kind != "hvc1" && it.kind != "grid" {
		return UnsupportedError(kindName(it.kind))
	}
	a, err := f.decode(d, f.alpha, size)
	if err != nil {
		return fmt.Errorf("its alpha plane: %w", err)
	}
	for i, v := range a.Pix {
		y, v := uint32(g.Pix[i]), uint32(v)
		if f.premultiplied {
			g.Pix[i] = uint8(min(y+255-v, 255))
		} else {
			g.Pix[i] = uint8((y*v + 255*(255-v) + 127) / 255)
		}
	}
	return nil
}

// decode decodes a coded picture or a grid of them.
func (f *File) decode(d *hevc.Decoder, id uint32, size image.Point) (*image.Gray, error) {
	it := f.meta.items[id]
	if it.kind != "grid" {
		out := image.NewGray(image.Rectangle{Max: size})
		return out, f.coded(d, it, nil, out)
	}
	data, err := f.bytes(it)
	if err != nil {
		return nil, err
	}
	r := reader{data: data}
	version, flags := r.u8(), r.u8()
	rows, columns := 1+r.u8(), 1+r.u8()
	whole := image.Pt(int(r.id(flags&1 != 0)), int(r.id(flags&1 != 0)))
	tiles := f.meta.from("dimg", id)
	switch {
	case version != 0:
		return nil, UnsupportedError(fmt.Sprintf("a grid of version %d", version))
	case r.over || whole != size || len(tiles) != rows*columns:
		return nil, errors.New("its grid of tiles is damaged")
	}
	tile, err := f.checkTiles(tiles)
	if err != nil {
		return nil, err
	}
	if tile.X*columns < size.X || tile.Y*rows < size.Y {
		return nil, errors.New("its tiles do not cover the picture")
	}
	out := image.NewGray(image.Rectangle{Max: size})
	for i, id := range tiles {
		at := image.Pt(i%columns*tile.X, i/columns*tile.Y)
		cell := image.Rectangle{Min: at, Max: at.Add(tile)}.Intersect(out.Rect)
		if cell.Empty() {
			continue
		}
		if err := f.coded(d, f.meta.items[id], it, out.SubImage(cell).(*image.Gray)); err != nil {
			return nil, fmt.Errorf("tile %d of %d: %w", i+1, len(tiles), err)
		}
	}
	return out, nil
}

// checkTiles is the size of the tiles of a grid. Together they are no larger than
// the file, except for repeated ones: else a small file would decode for ever.
func (f *File) checkTiles(tiles []uint32) (image.Point, error) {
	const maxConfigs = 16 << 20 // bytes; one has a hundred
	var first image.Point
	total, configs := uint64(0), 0
	for i, id := range tiles {
		it := f.meta.items[id]
		if it == nil {
			return first, fmt.Errorf("tile %d of %d is missing", i+1, len(tiles))
		}
		if it.kind != "hvc1" {
			return first, UnsupportedError("a grid of " + kindName(it.kind))
		}
		chain, err := f.transforms(it)
		if err != nil {
			return first, err
		}
		if len(chain) > 0 {
			return first, UnsupportedError("a grid of turned or cropped tiles")
		}
		size, err := f.extentOf(it)
		if err != nil {
			return first, err
		}
		if i == 0 {
			first = size
		}
		if size != first {
			return first, UnsupportedError("a grid of tiles of different sizes")
		}
		for _, e := range it.extents {
			length := min(e.length, uint64(len(f.data)))
			if length == 0 { // up to the end
				length = uint64(len(f.data))
			}
			total += length
		}
		configs += len(f.find(it, "hvcC"))
		if total > 2*uint64(len(f.data)) || configs > maxConfigs {
			return first, errors.New("its tiles are larger than the file")
		}
	}
	return first, nil
}

// maxCoded pixels of a picture that is not a grid: two bytes each are needed. HEVC's
// levels end at half of it.
const maxCoded = 64 << 20

// coded decodes an HEVC picture into a part of a plane, whose upper left pixel is
// the picture's. whole is the grid it belongs to, or nil.
func (f *File) coded(d *hevc.Decoder, it, whole *item, out *image.Gray) error {
	data, err := f.bytes(it)
	if err != nil {
		return err
	}
	nals, err := units(f.find(it, "hvcC"), data)
	if err != nil {
		return err
	}
	size, err := f.extentOf(it)
	if err != nil {
		return err
	}
	// Encoders fill up to whole blocks; some tell the size in the file alone.
	const fill = 64
	d.MaxPixels = min((size.X+2*fill)*(size.Y+2*fill), maxCoded)
	p, err := d.Decode(nals)
	if err != nil {
		return err
	}
	if p.Width < size.X || p.Height < size.Y || p.Width-size.X >= fill || p.Height-size.Y >= fill {
		return fmt.Errorf("a picture has %d × %d px in place of %d × %d", p.Width, p.Height, size.X, size.Y)
	}
	full, matrix := true, p.Matrix
	if p.Signalled {
		full = p.FullRange
	}
	colour, given := f.colour(it)
	if !given && whole != nil {
		colour, given = f.colour(whole)
	}
	if given {
		full, matrix = colour.full, colour.matrix
	}
	if matrix == 0 && !p.Monochrome {
		// What would be luma is green: a green pen would be gone.
		return UnsupportedError("colours that are stored as red, green and blue")
	}
	d.Draw(out, out.Rect.Min, full)
	return nil
}

type colour struct {
	full   bool
	matrix int
}

// colour is what an item's property tells about its samples (nclx: 14496-12,
// 12.1.5). Without it the stream tells, and without both the range is full: taken
// wrongly, that costs contrast, the other way it would cost faint marks.
func (f *File) colour(it *item) (colour, bool) {
	for _, a := range it.properties {
		if a.index >= len(f.meta.properties) {
			continue
		}
		p := f.meta.properties[a.index]
		if p.kind != "colr" || len(p.content) < 11 || string(p.content[:4]) != "nclx" {
			continue
		}
		return colour{full: p.content[10]>>7 == 1, matrix: int(p.content[8])<<8 | int(p.content[9])}, true
	}
	return colour{}, false
}

// units are the parameter sets of the decoder configuration (14496-15, 8.3.3.1) and
// the units of the data.
func units(config, data []byte) ([][]byte, error) {
	r := reader{data: config}
	r.take(21)
	size := r.u8()&3 + 1
	var out [][]byte
	for arrays := r.u8(); arrays > 0; arrays-- {
		r.u8()
		for n := r.u16(); n > 0 && !r.over; n-- {
			out = append(out, r.take(uint64(r.u16())))
		}
	}
	if r.over {
		return nil, errors.New("its decoder configuration is missing or cut off")
	}
	if size == 3 {
		return nil, errors.New("its units have lengths of 3 bytes")
	}
	r = reader{data: data}
	for len(r.data) > 0 {
		unit := r.take(r.uint(size))
		if r.over {
			return nil, errors.New("a unit of its data is cut off")
		}
		out = append(out, unit)
	}
	return out, nil
}
