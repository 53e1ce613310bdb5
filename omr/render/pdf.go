package render

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"image"
	"strconv"
	"unicode/utf16"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
)

// PDF is the whole document as vectors (PDF 1.7, ISO 32000-1): pages of the
// paper's exact size, embedded subsets of the fonts, text that can be searched,
// copied and read aloud. It is PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1).
// The same document gives the same bytes: dates are left out, the identifier is
// a hash.
func PDF(d *layout.Document) ([]byte, error) {
	b := NewBook(d.Name, d.Lang)
	for _, sheet := range d.Pages {
		b.Add(sheet)
	}
	return b.PDF()
}

// pdfWriter collects numbered objects.
type pdfWriter struct {
	objects  [][]byte           // by number, from 1
	pictures map[pictureKey]int // objects of pictures that were written
	rings    map[ringShape]int  // likewise of bubbles
}

// pictureKey is a picture in the size that it is shown in.
type pictureKey struct {
	img  image.Image
	w, h float64
}

// ringShape is what bubbles have in common that are drawn by one definition.
type ringShape struct {
	w, h, width float64
	ink         form.Color
}

// reserve takes the next number for an object that is written later.
func (w *pdfWriter) reserve() int {
	w.objects = append(w.objects, nil)
	return len(w.objects)
}

func (w *pdfWriter) object(number int, body string) { w.objects[number-1] = []byte(body) }

func (w *pdfWriter) add(body string) int {
	n := w.reserve()
	w.object(n, body)
	return n
}

// stream writes an object with deflated data; keys are further dictionary entries.
func (w *pdfWriter) stream(number int, keys string, data []byte) {
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	if _, err := zw.Write(data); err != nil {
		panic(err) //nolint:forbidigo // a buffer takes everything
	}
	if err := zw.Close(); err != nil {
		panic(err) //nolint:forbidigo // likewise
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "<< %s /Filter /FlateDecode /Length %d >>\nstream\n", keys, z.Len())
	b.Write(z.Bytes())
	b.WriteString("\nendstream")
	w.objects[number-1] = b.Bytes()
}

// plain writes an object with data as they are.
func (w *pdfWriter) plain(number int, keys string, data []byte) {
	w.object(number, fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", keys, len(data), data))
}

// finish puts header, objects, cross-references and trailer together.
func (w *pdfWriter) finish(catalog, info int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(w.objects))
	for i, o := range w.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", i+1)
		b.Write(o)
		b.WriteString("\nendobj\n")
	}
	id := sha256.Sum256(b.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(w.objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(w.objects)+1, catalog, info, id[:16], id[:16], start)
	return b.Bytes()
}

// pdfText is a text string of ISO 32000-1, 7.9.2.2, as UTF-16 in hexadecimal.
func pdfText(s string) string {
	return "<FEFF" + utf16Hex(s) + ">"
}

func utf16Hex(s string) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// number writes a length with the precision of 1/1000: of page px, less than a
// tenth of a micrometre.
func number(v float64) string { return decimal(v, 3) }

// decimal rounds to a number of decimals and leaves out those that say nothing.
func decimal(v float64, decimals int) string {
	var buf [32]byte
	return string(appendDecimal(buf[:0], v, decimals))
}

func appendDecimal(b []byte, v float64, decimals int) []byte {
	from := len(b)
	b = strconv.AppendFloat(b, v, 'f', decimals, 64)
	if decimals > 0 {
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
		if b[len(b)-1] == '.' {
			b = b[:len(b)-1]
		}
	}
	if string(b[from:]) == "-0" {
		b = append(b[:from], '0')
	}
	return b
}
