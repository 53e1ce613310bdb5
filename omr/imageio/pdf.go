package imageio

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"sync"

	"github.com/leafmark/leafmark/omr/imageio/pdfscan"
)

// pdfFile is one page of a PDF that is a scanned picture.
type pdfFile struct {
	scan *pdfscan.Image
	jpeg *jpegFile // nil: another codec
	info *Info
}

// pdfPages is a PDF whose structure has been read.
type pdfPages struct {
	data []byte
	pdf  PageRenderer // nil: pages that are no scans are refused
	n    int

	doc *pdfscan.File // nil: only the renderer can read it; its clones are used

	mu   sync.Mutex
	free []*pdfscan.File // clones of doc that nobody uses

	drawing sync.Mutex
	source  PageSource // of the renderer; nil: not needed yet
	failed  error      // why there is none
}

func openPDF(data []byte, opt Options) (container, error) {
	doc, err := pdfscan.Open(data)
	p := &pdfPages{data: data, pdf: opt.PDF, doc: doc}
	if err == nil {
		p.n = doc.Pages()
		return p, nil
	}
	// Encrypted, or damaged in a way that the renderer may know to mend.
	if opt.PDF != nil {
		s, err := p.drawn()
		if err != nil {
			return nil, err
		}
		p.doc, p.n = nil, s.Pages()
		return p, nil
	}
	if doc == nil {
		return nil, err
	}
	p.n = doc.Pages()
	return p, nil
}

func (p *pdfPages) pictures() int { return p.n }

func (p *pdfPages) close() error {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	p.failed = errors.New("the file is closed")
	if p.source == nil {
		return nil
	}
	err := p.source.Close()
	p.source = nil
	return err
}

// borrow is the file for one goroutine: unpacking a page's picture takes long, and
// others are not to wait for it.
func (p *pdfPages) borrow() *pdfscan.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		doc := p.free[n-1]
		p.free = p.free[:n-1]
		return doc
	}
	return p.doc.Clone()
}

func (p *pdfPages) giveBack(doc *pdfscan.File) {
	const most = 8 << 20 // bytes; many workers keep a clone each
	if doc.Held() > most {
		return
	}
	p.mu.Lock()
	p.free = append(p.free, doc)
	p.mu.Unlock()
}

// drawn is the file as the renderer opens it, once.
func (p *pdfPages) drawn() (PageSource, error) {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	if p.source == nil && p.failed == nil {
		p.source, p.failed = p.pdf.Open(p.data)
	}
	return p.source, p.failed
}

// picture opens a page: the scan that it is, as stored, or a drawing. A page that
// fails is refused when it is read: the others of the file are not to suffer by it.
func (p *pdfPages) picture(i int, info *Info) (picture, error) {
	err := pdfscan.ErrNotScan
	if p.doc != nil {
		doc := p.borrow()
		var scan *pdfscan.Image
		scan, err = doc.Image(i)
		p.giveBack(doc)
		if err == nil {
			return scanned(scan, info)
		}
	}
	if p.pdf != nil && errors.Is(err, pdfscan.ErrNotScan) {
		return p.vector(i, info)
	}
	if errors.Is(err, pdfscan.ErrNotScan) {
		err = unsupported("a PDF page that is not one scanned picture", "scan the sheet to a picture, or save the page as PNG, JPEG or TIFF at 300 dpi")
	}
	return refused{err}, nil
}

// Resolutions of drawn pages. What a page claims to measure says little: programs
// write pages a pixel a point. So none is drawn larger than A3 or smaller than A5
// would be.
const (
	drawnDPI  = 300
	drawnMost = 4961 * 3508 // px
	drawnLow  = 2480 * 1748 // px
	drawnSide = 20_000      // px, of strips
)

// vector is a page that is to be drawn.
func (p *pdfPages) vector(i int, info *Info) (picture, error) {
	if p.unpainted(i) {
		return refused{unsupported("a PDF page with a note or line that only the program which drew it can show", "print the page to PDF again, or to a picture")}, nil
	}
	s, err := p.drawn()
	if err != nil {
		return refused{err}, nil //nolint:nilerr // told when the picture is read
	}
	w, h, err := s.Size(i)
	if err != nil {
		return refused{err}, nil //nolint:nilerr // told when the picture is read
	}
	if !(w > 0 && h > 0 && w < 1e6 && h < 1e6) {
		return refused{unsupported(fmt.Sprintf("a PDF page of %.0f × %.0f points", w, h), "print it on ordinary paper")}, nil
	}
	dpi := float64(drawnDPI)
	area := w * h * dpi * dpi / (72 * 72)
	dpi *= math.Sqrt(min(max(area, drawnLow), drawnMost) / area)
	dpi = min(dpi, drawnSide*72/max(w, h))
	info.Width, info.Height = int(math.Round(w*dpi/72)), int(math.Round(h*dpi/72))
	info.DPIX, info.DPIY = dpi, dpi
	return &pdfDrawing{source: s, page: i, dpi: dpi}, nil
}

// unpainted tells whether the drawing of a page would lack something.
func (p *pdfPages) unpainted(i int) bool {
	if p.doc == nil {
		return false
	}
	doc := p.borrow()
	defer p.giveBack(doc)
	return doc.Unpainted(i)
}

// pdfDrawing is a page that the renderer draws.
type pdfDrawing struct {
	source PageSource
	page   int
	dpi    float64
}

// luma draws at full size whatever is asked: a smaller drawing would cost nearly
// as much, and hold thin lines less well than a shrunken one.
func (d *pdfDrawing) luma(int, int) (*image.Gray, int, error) {
	g, err := d.source.Gray(d.page, d.dpi)
	return g, 1, err
}

func (d *pdfDrawing) color() (image.Image, error) {
	g, _, err := d.luma(0, 1)
	return g, err
}

// scanned is a page that is one picture.
func scanned(scan *pdfscan.Image, info *Info) (picture, error) {
	f := &pdfFile{info: info, scan: scan}
	info.Width, info.Height = f.scan.Width, f.scan.Height
	if f.scan.Codec == pdfscan.JPEG {
		inner := *info
		if _, err := jpegPicture(f.scan.Data, &inner); err != nil {
			return refused{err}, nil //nolint:nilerr // told when the picture is read
		}
		// What a viewer shows: the page's turn, not the picture's own.
		info.Width, info.Height = inner.Width, inner.Height
		f.jpeg = &jpegFile{data: f.scan.Data, width: inner.Width, height: inner.Height, info: info}
	}
	info.Orientation, info.DPIX, info.DPIY = f.scan.Orientation, f.scan.DPIX, f.scan.DPIY
	return f, nil
}

func (f *pdfFile) luma(limit, shrink int) (g *image.Gray, used int, err error) {
	switch {
	case f.jpeg != nil:
		if g, used, err = f.jpeg.luma(limit, shrink); err == nil && f.scan.Inverted {
			invert(g)
		}
		return g, used, err
	case f.scan.Codec == pdfscan.CCITT:
		g, err = f.fax(shrink)
		return g, shrink, err
	}
	return f.samples(), 1, nil
}

func (f *pdfFile) color() (image.Image, error) {
	g, _, err := f.luma(maxPixels, 1)
	return g, err
}

func invert(g *image.Gray) {
	for i, v := range g.Pix {
		g.Pix[i] = 255 - v
	}
}

// fax decodes CCITT Group 3 or 4. Black runs are zeros unless BlackIs1 (ISO
// 32000-1, table 11), and a zero is black unless palette or Decode say otherwise.
func (f *pdfFile) fax(shrink int) (*image.Gray, error) {
	s := f.scan
	if s.Width*s.Height/maxPixelsPerByte/64 > len(s.Data) {
		return nil, errors.New("it holds fewer bytes than its size needs")
	}
	var zero, one uint8 = 0, 255
	if s.Space == pdfscan.Indexed {
		table := f.palette()
		zero, one = table[0], table[1]
	}
	if s.Inverted != s.BlackIs1 {
		zero, one = one, zero
	}
	c := &fax{data: s.Data, width: s.Width, height: s.Height, k: s.K, align: s.ByteAlign}
	to := newReducer(s.Width, s.Height, shrink)
	if err := c.into(to, one, zero); err != nil {
		return nil, err
	}
	return to.finish(), nil
}

func (f *pdfFile) palette() [256]uint8 {
	var p color.Palette
	for t := f.scan.Palette; len(t) >= 3; t = t[3:] {
		p = append(p, color.NRGBA{R: t[0], G: t[1], B: t[2], A: 255})
	}
	return paletteLuma(p)
}

// samples is the luma of samples stored plain.
func (f *pdfFile) samples() *image.Gray {
	s := f.scan
	n := s.Space.Components()
	stride := (s.Width*n*s.Bits + 7) / 8
	g := image.NewGray(image.Rect(0, 0, s.Width, s.Height))
	table := f.table()
	row := make([]uint8, s.Width*n)
	for y := range s.Height {
		src := s.Data[y*stride:][:stride]
		switch s.Bits {
		case 8:
			copy(row, src)
		case 16:
			for i := range row {
				row[i] = src[2*i]
			}
		default:
			perByte := 8 / s.Bits
			for i := range row {
				row[i] = src[i/perByte] >> (8 - s.Bits - i%perByte*s.Bits) & (1<<s.Bits - 1)
			}
		}
		for i, v := range row {
			row[i] = table[v]
		}
		dst := g.Pix[y*g.Stride:][:s.Width]
		switch s.Space {
		case pdfscan.RGB:
			for x := range dst {
				dst[x] = lumaOf(row[3*x], row[3*x+1], row[3*x+2])
			}
		case pdfscan.CMYK:
			for x := range dst {
				dst[x] = lumaOf(color.CMYKToRGB(row[4*x], row[4*x+1], row[4*x+2], row[4*x+3]))
			}
		default:
			copy(dst, row)
		}
	}
	return g
}

// table is what a sample stands for: a share of 255, or of a palette its luma.
func (f *pdfFile) table() (t [256]uint8) {
	if f.scan.Space == pdfscan.Indexed {
		return f.palette()
	}
	top := 255
	if f.scan.Bits < 8 {
		top = 1<<f.scan.Bits - 1
	}
	for v := range t {
		w := min(v, top) * 255 / top
		if f.scan.Inverted {
			w = 255 - w
		}
		t[v] = uint8(w)
	}
	return t
}
