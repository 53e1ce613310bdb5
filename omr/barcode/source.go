package barcode

import (
	"errors"
	"image"

	"github.com/makiuchi-d/gozxing"
)

// source lends a plane's pixels to the library without a copy a row.
type source struct {
	gozxing.LuminanceSourceBase
	gray *image.Gray
}

func sourceOf(g *image.Gray) *source {
	return &source{gozxing.LuminanceSourceBase{Width: g.Bounds().Dx(), Height: g.Bounds().Dy()}, g}
}

// GetRow implements gozxing.LuminanceSource.
func (s *source) GetRow(y int, row []byte) ([]byte, error) {
	if y < 0 || y >= s.Height {
		return row, errors.New("row outside the picture")
	}
	if len(row) < s.Width {
		row = make([]byte, s.Width)
	}
	copy(row, s.gray.Pix[y*s.gray.Stride:][:s.Width])
	return row, nil
}

// GetMatrix implements gozxing.LuminanceSource.
func (s *source) GetMatrix() []byte {
	if s.gray.Stride == s.Width {
		return s.gray.Pix[:s.Width*s.Height]
	}
	all := make([]byte, s.Width*s.Height)
	for y := range s.Height {
		copy(all[y*s.Width:], s.gray.Pix[y*s.gray.Stride:][:s.Width])
	}
	return all
}

// Invert implements gozxing.LuminanceSource.
func (s *source) Invert() gozxing.LuminanceSource { return gozxing.LuminanceSourceInvert(s) }

// String implements gozxing.LuminanceSource.
func (s *source) String() string { return "luma plane" }

// bitmapOf tells black from white by neighbourhoods (local), which stands
// shadows, or by a histogram, a row's for linear codes, which stands noise.
func bitmapOf(g *image.Gray, local bool) *gozxing.BinaryBitmap {
	binarizer := gozxing.NewGlobalHistgramBinarizer(sourceOf(g))
	if local {
		binarizer = localRows{gozxing.NewHybridBinarizer(sourceOf(g))}
	}
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		panic(err) //nolint:forbidigo // only for a nil binarizer
	}
	return bitmap
}

// localRows has the rows of the local matrix; the library's own take a
// histogram of each row.
type localRows struct{ gozxing.Binarizer }

// GetBlackRow implements gozxing.Binarizer.
func (l localRows) GetBlackRow(y int, row *gozxing.BitArray) (*gozxing.BitArray, error) {
	m, err := l.GetBlackMatrix()
	if err != nil {
		return nil, err
	}
	return m.GetRow(y, row), nil
}
