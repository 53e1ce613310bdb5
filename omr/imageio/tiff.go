package imageio

import (
	"errors"
	"fmt"
	"image"

	"github.com/leafmark/leafmark/omr/fault"
)

// tiffPictures is a TIFF whose chain of directories has been walked.
type tiffPictures struct {
	tiffData
	at []int // the directories of pictures; 0: it is missing
}

func openTIFF(data []byte, _ Options) (container, error) {
	t, ok := newTIFFData(data)
	if !ok {
		return nil, errors.New("its header is damaged")
	}
	p := tiffPictures{tiffData: t}
	seen := map[int]bool{}
	for at := t.first(); at != 0; {
		if len(seen) == maxDirectories {
			return nil, &fault.Error{
				Code: "image_too_large", Kind: fault.TooLarge,
				Cause: fmt.Sprintf("the file holds more than %d pictures", maxDirectories),
				Cure:  "split it into files of fewer pages",
			}
		}
		d, next, err := t.directory(at)
		if err != nil || seen[at] {
			// The rest of the chain is lost: one refused picture says so.
			p.at = append(p.at, 0)
			break
		}
		seen[at] = true
		if kind := d.int(tagSubfile, 0); kind&(subfileThumbnail|subfileMask) == 0 || at == t.first() && next == 0 {
			p.at = append(p.at, at)
		}
		at = next
	}
	if len(p.at) == 0 || p.at[0] == 0 {
		return nil, errors.New("it holds no directory")
	}
	return p, nil
}

func (t tiffPictures) pictures() int { return len(t.at) }
func (t tiffPictures) close() error  { return nil }

func (t tiffPictures) picture(i int, info *Info) (picture, error) {
	d, _, err := t.directory(t.at[i])
	if err != nil {
		return refused{err}, nil //nolint:nilerr // told when the picture is read
	}
	f := &tiffFile{ifd: d, info: info}
	info.Width, info.Height = d.int(tagWidth, 0), d.int(tagHeight, 0)
	info.Orientation = d.int(tagOrientation, 1)
	info.DPIX, info.DPIY = d.dpi()
	return f, nil
}

// Values of tags.
const (
	compressionNone       = 1
	compressionRunLength  = 2 // Modified Huffman: Group 3's codes, rows on bytes
	compressionGroup3     = 3
	compressionGroup4     = 4
	compressionLZW        = 5
	compressionOldJPEG    = 6
	compressionJPEG       = 7
	compressionDeflate    = 8
	compressionPackBits   = 32773
	compressionOldDeflate = 32946

	photometricWhiteIsZero = 0
	photometricBlackIsZero = 1
	photometricRGB         = 2
	photometricPalette     = 3
	photometricCMYK        = 5
	photometricYCbCr       = 6
)

// tiffFile is one picture of a TIFF.
type tiffFile struct {
	ifd
	info *Info
	form tiffForm
}

// tiffForm is how a picture is stored.
type tiffForm struct {
	width, height int
	bits, samples int
	compression   int
	photometric   int
	planar        bool // a plane a sample
	predictor     bool
	alpha         bool
	premultiplied bool
	across, down  int // of a strip or tile, px
	columns, rows int // of strips or tiles
	tiled         bool
	offsets       []int
	counts        []int
	levels        [256]uint8 // 8 bits or fewer: what a sample stands for; a palette: its luma
	palette       [][3]uint8
}

const exportTIFF = "export it as PNG or JPEG"

// read reads the tags once.
func (f *tiffFile) read() error {
	m := &f.form
	if m.width > 0 {
		return nil
	}
	w, h := f.int(tagWidth, 0), f.int(tagHeight, 0)
	m.height = h
	m.samples = f.int(tagSamples, 1)
	m.compression = f.int(tagCompression, compressionNone)
	m.photometric = f.int(tagPhotometric, -1)
	m.planar = f.int(tagPlanar, 1) == 2 && m.samples > 1
	if m.photometric < 0 { // libtiff's guess
		m.photometric = photometricWhiteIsZero
		if m.samples >= 3 {
			m.photometric = photometricRGB
		}
	}
	m.bits = 1
	for i, b := range f.list(tagBitsPerSample) {
		if i > 0 && b != m.bits {
			return unsupported("a TIFF picture whose samples differ in bits", exportTIFF)
		}
		m.bits = b
	}
	for _, format := range f.list(tagSampleFormat) {
		if format != 1 && format != 4 {
			return unsupported("a TIFF picture of signed or floating-point samples", exportTIFF)
		}
	}
	switch m.bits {
	case 1, 2, 4, 8, 16:
	default:
		return unsupported(fmt.Sprintf("a TIFF picture of %d bits a sample", m.bits), exportTIFF)
	}
	switch p := f.int(tagPredictor, 1); {
	case p == 2 && m.bits >= 8:
		m.predictor = m.compression == compressionLZW || m.compression == compressionDeflate || m.compression == compressionOldDeflate
	case p > 1:
		return unsupported(fmt.Sprintf("a TIFF picture with predictor %d and %d bits", p, m.bits), exportTIFF)
	}
	if err := f.meaning(); err != nil {
		return err
	}
	if err := f.segments(w, h); err != nil {
		return err
	}
	m.width = w
	return nil
}

// meaning checks the colours and makes the table of levels.
func (f *tiffFile) meaning() error {
	m := &f.form
	colors, known := map[int]int{
		photometricWhiteIsZero: 1, photometricBlackIsZero: 1, photometricRGB: 3, photometricPalette: 1, photometricCMYK: 4, photometricYCbCr: 3,
	}[m.photometric]
	if !known || m.samples < colors || m.samples > colors+8 {
		return unsupported(fmt.Sprintf("a TIFF picture of photometric kind %d with %d samples", m.photometric, m.samples), exportTIFF)
	}
	if m.photometric == photometricCMYK && f.int(tagInkSet, 1) != 1 {
		return unsupported("a TIFF picture of other inks than CMYK", exportTIFF)
	}
	if m.photometric == photometricYCbCr && m.compression != compressionJPEG && m.compression != compressionOldJPEG {
		for _, v := range append(f.list(tagSubsampling), 2, 2)[:2] {
			if v != 1 {
				return unsupported("a TIFF picture of subsampled colours", exportTIFF)
			}
		}
	}
	if extra := f.int(tagExtraSamples, 0); m.samples > colors && m.photometric != photometricCMYK && (extra == 1 || extra == 2) {
		m.alpha, m.premultiplied = true, extra == 1
	}
	if m.photometric == photometricPalette {
		if m.bits > 8 {
			return unsupported("a TIFF picture of 16-bit colours by number", exportTIFF)
		}
		table := f.list(tagColorMap)
		n := 1 << m.bits
		if len(table) < 3*n {
			return errors.New("its palette is missing")
		}
		shift := 0
		for _, v := range table {
			if v > 255 {
				shift = 8 // else it is one of 8 bits, as some programs write
			}
		}
		for i := range n {
			c := [3]uint8{uint8(table[i] >> shift), uint8(table[n+i] >> shift), uint8(table[2*n+i] >> shift)}
			m.palette = append(m.palette, c)
			m.levels[i] = lumaOf(c[0], c[1], c[2])
		}
		return nil
	}
	top := 1<<min(m.bits, 8) - 1
	for v := range m.levels {
		m.levels[v] = uint8(min(v, top) * 255 / top)
		if m.photometric == photometricWhiteIsZero {
			m.levels[v] = 255 - m.levels[v]
		}
	}
	return nil
}

// segments finds the strips or tiles.
func (f *tiffFile) segments(w, h int) error {
	m := &f.form
	m.across, m.down = w, min(f.int(tagRowsPerStrip, h), h)
	m.offsets, m.counts = f.list(tagStripOffsets), f.list(tagStripByteCounts)
	if m.tiled = f.int(tagTileWidth, 0) > 0; m.tiled {
		m.across, m.down = f.int(tagTileWidth, 0), f.int(tagTileLength, 0)
		if offsets := f.list(tagTileOffsets); offsets != nil {
			m.offsets, m.counts = offsets, f.list(tagTileByteCounts)
		}
		// Tiles may reach over the edge, but not by pictures.
		if m.across > w+1<<12 || m.down > h+1<<12 || m.across*m.down > 4*w*h+1<<24 {
			return errors.New("its tiles are larger than it is")
		}
	}
	if m.across < 1 || m.down < 1 {
		return errors.New("its strips have no size")
	}
	m.columns, m.rows = (w+m.across-1)/m.across, (h+m.down-1)/m.down
	n := m.columns * m.rows
	if m.planar {
		n *= m.samples
	}
	if m.counts == nil && len(m.offsets) == 1 { // a writer that left it out
		m.counts = []int{max(len(f.data)-m.offsets[0], 0)}
	}
	if m.compression == compressionOldJPEG {
		return nil
	}
	if len(m.offsets) < n || len(m.counts) < n {
		return errors.New("its strips are not listed")
	}
	for i := range n {
		at, count := m.offsets[i], m.counts[i]
		if count < 1 || at > len(f.data) || count > len(f.data)-at {
			return errors.New("a strip lies outside the file")
		}
	}
	return nil
}

func (f *tiffFile) luma(limit, shrink int) (*image.Gray, int, error) {
	if err := f.read(); err != nil {
		return nil, 1, err
	}
	switch f.form.compression {
	case compressionJPEG:
		return f.jpegLuma(shrink)
	case compressionOldJPEG:
		j, err := f.oldJPEG()
		if err != nil {
			return nil, 1, err
		}
		return j.luma(limit, shrink)
	}
	if f.form.columns > 1 { // tiles side by side
		shrink = 1
	}
	to := newReducer(f.form.width, f.form.height, shrink)
	if f.form.columns == 1 && f.fax() && !f.form.tiled {
		err := f.faxStrips(to)
		return to.finish(), shrink, err
	}
	err := f.eachRow(func(x, y int, row []uint8) {
		if f.form.columns > 1 {
			f.rowLuma(to.out.Pix[y*to.out.Stride+x:][:min(f.form.across, f.form.width-x)], row)
			return
		}
		f.rowLuma(to.row(), row)
		to.done()
	})
	return to.finish(), shrink, err
}

func (f *tiffFile) color() (image.Image, error) {
	if err := f.read(); err != nil {
		return nil, err
	}
	m := &f.form
	switch {
	case m.compression == compressionJPEG:
		return f.jpegPicture()
	case m.compression == compressionOldJPEG:
		j, err := f.oldJPEG()
		if err != nil {
			return nil, err
		}
		return j.color()
	case m.photometric <= photometricBlackIsZero && !m.alpha:
		g, _, err := f.luma(maxColorPixels, 1)
		return g, err
	}
	out := image.NewNRGBA(image.Rect(0, 0, m.width, m.height))
	err := f.eachRow(func(x, y int, row []uint8) {
		f.rowColor(out.Pix[out.PixOffset(x, y):][:4*min(m.across, m.width-x)], row)
	})
	return out, err
}

// fax tells pictures in CCITT's coding.
func (f *tiffFile) fax() bool {
	return f.form.compression >= compressionRunLength && f.form.compression <= compressionGroup4
}

// faxOf is a strip or tile in CCITT's coding.
func (f *tiffFile) faxOf(data []byte, w, h int) (*fax, error) {
	m := &f.form
	if m.bits != 1 || m.samples != 1 {
		return nil, errors.New("CCITT's coding with more than a bit a pixel")
	}
	c := &fax{data: data, width: w, height: h}
	switch m.compression {
	case compressionRunLength:
		c.align = true
	case compressionGroup3:
		c.k = f.int(tagFaxOptions, 0) & 1
	default:
		c.k = -1
	}
	return c, nil
}

// faxStrips paints the runs of strips, without unpacking bits.
func (f *tiffFile) faxStrips(to *reducer) error {
	m := &f.form
	for i := range m.rows {
		c, err := f.faxOf(f.segment(i), m.width, min(m.down, m.height-i*m.down))
		if err != nil {
			return err
		}
		if err := c.into(to, m.levels[0], m.levels[1]); err != nil {
			return err
		}
	}
	return nil
}
