package render_test

import (
	"os"
	"testing"
	"bytes"

	"github.com/leafmark/leafmark/omr/render"
)

func TestX(t *testing.T) {
	a, err := render.PNG(sheet(black), 300)
	if err != nil { t.Fatal(err) }
	os.WriteFile("/tmp/a.png", a, 0o644)
	a, err = render.PNG(sheet(red), 300)
	os.WriteFile("/tmp/b.png", a, 0o644)
	_ = bytes.Equal
}

func BenchmarkPNG(b *testing.B) {
	for _, dpi := range []int{300} {
		s := sheet(black)
		b.Run("gray", func(b *testing.B) { for b.Loop() { render.Gray(s, dpi) } })
		b.Run("png", func(b *testing.B) { for b.Loop() { d,_ := render.PNG(s, dpi); b.ReportMetric(float64(len(d)),"bytes") } })
		s = sheet(red)
		b.Run("rgba", func(b *testing.B) { for b.Loop() { render.Raster(s, dpi) } })
		b.Run("png colour", func(b *testing.B) { for b.Loop() { d,_ := render.PNG(s, dpi); b.ReportMetric(float64(len(d)),"bytes") } })
		b.Run("jpeg", func(b *testing.B) { for b.Loop() { render.JPEG(s, dpi) } })
	}
}
