package omr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
)

// exam is a Legal page of 200 questions with four answers each, several times.
func exam(pages int) omr.GenerateRequest {
	page := "?page=\n?text=Examination\n\tfont_size=18\n?answer_sheet=Quiz\n\telements_count=200\n\tcolumns_count=5\n\tanswers_list=(A)(B)(C)(D)\n\tbubble_size=extrasmall\n&page\n"
	return omr.GenerateRequest{
		Markup:   []byte(strings.Repeat(page, pages)),
		Settings: form.Settings{PaperSize: form.Legal},
	}
}

func benchmarkGenerate(b *testing.B, format string) {
	for _, pages := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			req := exam(pages)
			req.Formats = []string{format}
			b.ReportAllocs()
			for b.Loop() {
				made, list := omr.Generate(b.Context(), req)
				if list.Failed() {
					b.Fatal(list)
				}
				size := 0
				for _, f := range made.Pages {
					size += len(f.Data)
				}
				b.ReportMetric(float64(size)/float64(pages), "bytes/page")
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*pages), "ms/page")
		})
	}
}

// BenchmarkGeneratePNG is from the source to 300-dpi pages and the pattern.
func BenchmarkGeneratePNG(b *testing.B) { benchmarkGenerate(b, "png") }

// BenchmarkGeneratePDF is from the source to one PDF and the pattern.
func BenchmarkGeneratePDF(b *testing.B) { benchmarkGenerate(b, "pdf") }

// BenchmarkGenerateSVG is from the source to SVG pages and the pattern.
func BenchmarkGenerateSVG(b *testing.B) { benchmarkGenerate(b, "svg") }

// BenchmarkGeneratePattern is all but the drawing: parse, lay out, write the
// pattern.
func BenchmarkGeneratePattern(b *testing.B) {
	for _, pages := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			req := exam(pages)
			b.ReportAllocs()
			for b.Loop() {
				tree, list := markup.Parse(req.Markup)
				if list.Failed() {
					b.Fatal(list)
				}
				doc, list := layout.Lay(tree, req.Settings, layout.Options{})
				if list.Failed() {
					b.Fatal(list)
				}
				if _, err := pattern.Write(doc.Pattern); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*pages), "ms/page")
		})
	}
}
