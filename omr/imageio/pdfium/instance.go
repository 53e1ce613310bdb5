package pdfium

import (
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// instance is a running PDFium that has one file open. It is for one goroutine at
// a time.
type instance struct {
	of   *source
	pdf  pdfium.Pdfium
	file *reader
	doc  references.FPDF_DOCUMENT // empty: not opened yet
	form bool                     // it has fields, which are drawn apart
	end  sync.Once                // two may want to kill it
}

// reader is the file for PDFium, which keeps it when it is ended by force: the
// bytes can be taken away.
type reader struct {
	data []byte
	at   int64
}

func (r *reader) Read(p []byte) (int, error) {
	if r.at >= int64(len(r.data)) {
		return 0, io.EOF
	}
	n := copy(p, r.data[r.at:])
	r.at += int64(n)
	return n, nil
}

func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += int64(len(r.data))
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	r.at = offset
	return offset, nil
}

// guarded runs do within a time; late tells that it did not end by itself.
func (in *instance) guarded(limit time.Duration, do func(*instance) error) (late bool, err error) {
	var fired atomic.Bool
	timer := time.AfterFunc(limit, func() {
		fired.Store(true)
		in.kill()
	})
	defer timer.Stop()
	defer func() {
		if r := recover(); r != nil {
			late, err = fired.Load(), fmt.Errorf("the renderer failed: %v", r)
		}
	}()
	if err = in.open(); err == nil {
		err = do(in)
	}
	// The clock may have struck just when the work was done: the instance is gone.
	if !timer.Stop() {
		return true, errTime
	}
	return fired.Load(), err
}

// drop ends the instance in good order.
func (in *instance) drop() {
	in.end.Do(func() { _ = in.pdf.Close() }) // its memory is gone either way
	in.file.data = nil
}

// kill ends the instance by force.
func (in *instance) kill() {
	in.end.Do(func() { _ = in.pdf.Kill() }) // one that has ended already is what we want
}

func (in *instance) open() error {
	if in.doc != "" {
		return nil
	}
	d, err := in.pdf.OpenDocument(&requests.OpenDocument{FileReader: in.file, FileReaderSize: int64(len(in.file.data))})
	if err != nil {
		return err
	}
	f, err := in.pdf.FPDF_GetFormType(&requests.FPDF_GetFormType{Document: d.Document})
	if err != nil {
		return err
	}
	in.doc, in.form = d.Document, f.FormType != enums.FPDF_FORMTYPE_NONE
	return nil
}

func (in *instance) pages() (int, error) {
	n, err := in.pdf.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: in.doc})
	if err != nil {
		return 0, err
	}
	return n.PageCount, nil
}

func (in *instance) size(i int) (w, h float64, err error) {
	s, err := in.pdf.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: in.doc, Index: i})
	if err != nil {
		return 0, 0, err
	}
	return s.Width, s.Height, nil
}

// draw is page i at a resolution. The picture is copied: PDFium's memory is its own.
func (in *instance) draw(i int, dpi float64) (*image.Gray, error) {
	w, h, err := in.size(i)
	if err != nil {
		return nil, err
	}
	width, height := math.Round(w*dpi/72), math.Round(h*dpi/72)
	if !(width >= 1 && height >= 1 && width*height <= maxPixels) {
		return nil, unsupported(fmt.Sprintf("a page of the PDF is %.0f × %.0f points", w, h), "print it on ordinary paper", nil)
	}
	page := requests.Page{ByIndex: &requests.PageByIndex{Document: in.doc, Index: i}}
	got, err := in.pdf.RenderPageInPixels(&requests.RenderPageInPixels{
		Page: page, Width: int(width), Height: int(height), ImageFormat: requests.RenderImageFormatGrayscale,
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT | enums.FPDF_RENDER_FLAG_RENDER_LIMITEDIMAGECACHE,
		RenderForm:  in.form, Document: &in.doc,
	})
	if err != nil {
		return nil, err
	}
	if got.CleanupFunc != nil {
		defer got.CleanupFunc()
	}
	drawn, ok := got.Result.RenderedImage.(*image.Gray)
	if !ok {
		return nil, errors.New("the renderer gave no grey picture")
	}
	// PDFium rounds sizes up, and keeps the page's shape: a row or column more or less.
	out := image.NewGray(image.Rect(0, 0, int(width), int(height)))
	for y := range out.Rect.Dy() {
		row := out.Pix[y*out.Stride:][:out.Stride]
		n := 0
		if y < drawn.Rect.Dy() {
			n = copy(row, drawn.Pix[y*drawn.Stride:][:drawn.Rect.Dx()])
		}
		for x := n; x < len(row); x++ {
			row[x] = 255
		}
	}
	return out, nil
}

// maxPixels bounds a page: the memory of an instance holds it and the pictures it
// is made of.
const maxPixels = 100_000_000
