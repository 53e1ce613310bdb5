package imageio_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// scanned is a PDF whose one page is drawn by content, with /Im the image.
type scanned struct {
	w, h    int    // of the page, pt
	page    string // further entries of the page
	content string // empty: the image fills the page
	dict    string // of the image
	data    []byte
	more    []string // further objects, from number 6 on
}

// objects are the bodies of the file's objects, from number 1.
func (s scanned) objects() []string {
	content := s.content
	if content == "" {
		content = fmt.Sprintf("q %d 0 0 %d 0 0 cm /Im Do Q", s.w, s.h)
	}
	stream := func(dict string, data []byte) string {
		return fmt.Sprintf("<</Length %d %s>>\nstream\n%s\nendstream", len(data), dict, data)
	}
	return append([]string{
		"<</Type/Catalog/Pages 2 0 R>>",
		fmt.Sprintf("<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 %d %d]>>", s.w, s.h),
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</Im 5 0 R>>/Font<</F 6 0 R>>>>" + s.page + ">>",
		stream("", []byte(content)),
		stream("/Type/XObject/Subtype/Image"+s.dict, s.data),
	}, s.more...)
}

// file is the PDF with a table of references.
func (s scanned) file() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range s.objects() {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}

// packed is the PDF with its plain objects in an object stream and a stream for
// the references (ISO 32000-1, 7.5.7 and 7.5.8).
func (s scanned) packed() []byte {
	var b, head, bodies bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	all := s.objects()
	rows := [][3]int{{0, 0, 0}}
	holder := len(all) + 1
	inside := 0
	for i, o := range all {
		if strings.HasSuffix(o, "endstream") {
			rows = append(rows, [3]int{1, b.Len(), 0})
			fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
			continue
		}
		rows = append(rows, [3]int{2, holder, inside})
		inside++
		fmt.Fprintf(&head, "%d %d ", i+1, bodies.Len())
		bodies.WriteString(o + "\n")
	}
	z := deflated(append(head.Bytes(), bodies.Bytes()...))
	rows = append(rows, [3]int{1, b.Len(), 0}, [3]int{1, 0, 0})
	fmt.Fprintf(&b, "%d 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n", holder, inside, head.Len(), len(z), z)
	table := b.Len()
	rows[len(rows)-1][1] = table
	var raw []byte
	for _, r := range rows { // PNG's filter "none" before each
		raw = append(raw, 0, byte(r[0]), byte(r[1]>>16), byte(r[1]>>8), byte(r[1]), byte(r[2]))
	}
	z = deflated(raw)
	fmt.Fprintf(&b, "%d 0 obj\n<</Type/XRef/Size %d/W[1 3 1]/Root 1 0 R/Filter[/FlateDecode]/DecodeParms[<</Predictor 12/Columns 5>>]/Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		holder+1, len(rows), len(z), z, table)
	return b.Bytes()
}

// poppler is the page as another program shows it, a pixel a point.
func poppler(t *testing.T, pdf []byte) *image.Gray {
	t.Helper()
	in := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "72", "-gray", "-png", "-singlefile", in).Output()
	if err != nil {
		t.Fatalf("pdftoppm (poppler-utils): %v", err)
	}
	p, err := imageio.Decode(out, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Gray
}

// unlike counts the pixels whose level does not occur around their place in the
// other picture, which may be shifted by half a pixel.
func unlike(got, want *image.Gray) (n int) {
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			lo, hi := 255, 0
			for dy := max(y-1, 0); dy <= min(y+1, want.Rect.Dy()-1); dy++ {
				for dx := max(x-1, 0); dx <= min(x+1, want.Rect.Dx()-1); dx++ {
					v := int(want.GrayAt(dx, dy).Y)
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			if v := int(got.GrayAt(x, y).Y); v < lo-20 || v > hi+20 {
				n++
			}
		}
	}
	return n
}

const across, high = 64, 48 // of the pictures below

// motif is unlike itself in every turn and mirror.
func motif(x, y int) color.NRGBA {
	switch {
	case x < 20 && y < 9:
		return color.NRGBA{R: 10, G: 10, B: 10, A: 255}
	case x > 40 && y > 30:
		return color.NRGBA{R: 200, G: 40, B: 30, A: 255}
	case (x/5+y/7)%3 == 0:
		return color.NRGBA{R: 60, G: 90, B: 140, A: 255}
	}
	return color.NRGBA{R: 250, G: 248, B: 240, A: 255}
}

// samples are the motif's, each pixel by f.
func samples(f func(color.NRGBA) []byte) []byte {
	var out []byte
	for y := range high {
		for x := range across {
			out = append(out, f(motif(x, y))...)
		}
	}
	return out
}

func dark(c color.NRGBA) byte {
	if c.G < 200 {
		return 1
	}
	return 0
}

func bitmap() (rows []byte) {
	for y := range high {
		for x := 0; x < across; x += 8 {
			var b byte
			for k := range 8 {
				b = b<<1 | dark(motif(x+k, y))
			}
			rows = append(rows, b)
		}
	}
	return rows
}

func grayOf(c color.NRGBA) []byte { return []byte{uint8((int(c.R) + int(c.G) + int(c.B)) / 3)} }
func rgbOf(c color.NRGBA) []byte  { return []byte{c.R, c.G, c.B} }

func jpegOf(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, across, high))
	for y := range high {
		for x := range across {
			img.SetNRGBA(x, y, motif(x, y))
		}
	}
	return encoded(t, func(w *bytes.Buffer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 95}) })
}

// group4 is a bitmap of these rows as a TIFF writer of others coded it.
const group4 = "22021c087027ffffffffff93c213084cff935087027fffffffffff27842610984267ffffffffffffffce043810e043813fffffffffffff935087021c087021c7fffffffffffffff27842610984267ffffffffffffffce043810e043813fffffffffff0010010"

func size(more string) string { return fmt.Sprintf("/Width %d/Height %d", across, high) + more }

// Every way to store a scan is read as another program shows it.
func TestScannedPDF(t *testing.T) {
	rgb := samples(rgbOf)
	up := make([]byte, 0, len(rgb)+high)
	for y := range high { // PNG's filter "up"
		up = append(up, 2)
		for i := range 3 * across {
			above := byte(0)
			if y > 0 {
				above = rgb[(y-1)*3*across+i]
			}
			up = append(up, rgb[y*3*across+i]-above)
		}
	}
	fax, err := hex.DecodeString(group4)
	if err != nil {
		t.Fatal(err)
	}
	photo := jpegOf(t)
	fill := func(m string) string { return "/P <</MCID 0>> BDC q " + m + " cm /Im Do Q EMC" }
	tests := map[string]scanned{
		"gray":             {dict: size("/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"), data: deflated(samples(grayOf))},
		"rgb predicted":    {dict: size("/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 3/Columns 64>>"), data: deflated(up)},
		"rgb profile":      {dict: size("/ColorSpace[/ICCBased 6 0 R]/BitsPerComponent 8"), data: rgb, more: []string{"<</N 3/Alternate/DeviceRGB/Length 0>>\nstream\n\nendstream"}},
		"hexadecimal":      {dict: size("/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/AHx"), data: []byte(hex.EncodeToString(samples(grayOf)) + ">")},
		"bits":             {dict: size("/ColorSpace/DeviceGray/BitsPerComponent 1"), data: bitmap()},
		"bits inverted":    {dict: size("/ColorSpace/DeviceGray/BitsPerComponent 1/Decode[1 0]"), data: bitmap()},
		"stencil":          {dict: size("/ImageMask true/Decode[1 0]"), data: bitmap()},
		"palette":          {dict: size("/ColorSpace[/Indexed/DeviceRGB 1<FFFFF01E1E96>]/BitsPerComponent 1"), data: bitmap()},
		"jpeg":             {dict: size("/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter[/DCTDecode]"), data: photo},
		"jpeg in flate":    {dict: size("/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter[/FlateDecode/DCTDecode]"), data: deflated(photo)},
		"fax":              {dict: size("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 64/Rows 48>>"), data: fax},
		"fax, black is 1":  {dict: size("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 64/BlackIs1 true>>"), data: fax},
		"fax, inverted":    {dict: size("/ImageMask true/Decode[1 0]/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 64/BlackIs1 true>>"), data: fax},
		"page turned":      {page: "/Rotate 90"},
		"page turned back": {page: "/Rotate -90"},
		"upside down":      {content: fill("-64 0 0 -48 64 48")},
		"mirrored":         {content: fill("-64 0 0 48 64 0")},
		"flipped":          {content: fill("64 0 0 -48 0 48")},
		"left":             {w: 48, h: 64, content: fill("0 64 -48 0 48 0")},
		"right":            {w: 48, h: 64, content: fill("0 -64 48 0 0 64")},
		"transposed":       {w: 48, h: 64, content: fill("0 -64 -48 0 48 64"), page: "/Rotate 180"},
		"under text that is hidden": {
			content: fill("64 0 0 48 0 0") + " BT 3 Tr /F 8 Tf 5 5 Td (Name \\(of\\) pupil) Tj ET", more: []string{"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"},
		},
		"inside a form": {
			content: "/Im Do", dict: "/Subtype/Form/BBox[0 0 64 48]/Matrix[1 0 0 1 0 0]/Resources<</XObject<</In 6 0 R>>>>", data: []byte("64 0 0 48 0 0 cm /In Do"),
			more: []string{fmt.Sprintf("<</Subtype/Image%s/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>\nstream\n%s\nendstream", size(""), across*high, samples(grayOf))},
		},
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) {
			if s.w == 0 {
				s.w, s.h = across, high
			}
			if s.dict == "" {
				s.dict, s.data = size("/ColorSpace/DeviceGray/BitsPerComponent 8"), samples(grayOf)
			}
			s.dict = strings.Replace(s.dict, "/Subtype/Form", "/Subtype /Form", 1)
			plain := s.file()
			if strings.Contains(s.dict, "/Subtype /Form") {
				plain = bytes.Replace(plain, []byte("/Subtype/Image/Subtype /Form"), []byte("/Subtype/Form"), 1)
			}
			want := poppler(t, plain)
			for kind, data := range map[string][]byte{
				"table": plain, "streams": s.packed(),
				"lost table":  bytes.Replace(plain, []byte("startxref"), []byte("startxxxx"), 1),
				"wrong table": bytes.Replace(plain, []byte("\nxref\n"), []byte("\n\n\n\nxref\n"), 1), "junk before": append([]byte("From: scanner\r\n\r\n"), plain...),
			} {
				if kind == "streams" && strings.Contains(s.dict, "/Subtype /Form") {
					continue // the builder's image is no image here
				}
				got, err := imageio.Decode(data, imageio.Options{})
				if err != nil {
					t.Errorf("%s: %v", kind, err)
					continue
				}
				if got.Gray.Rect != want.Rect {
					t.Errorf("%s: %v, want %v", kind, got.Gray.Rect, want.Rect)
					continue
				}
				if n := unlike(got.Gray, want); n > 20 {
					t.Errorf("%s: %d of %d pixels differ from what poppler shows", kind, n, across*high)
				}
			}
		})
	}
}

// A page with more on it than one picture, or with a picture whose look depends
// on more than itself, is refused: what would be missing might be the marks.
func TestPDFPagesThatAreNoScans(t *testing.T) {
	gray := size("/ColorSpace/DeviceGray/BitsPerComponent 8")
	image1 := "q 64 0 0 48 0 0 cm /Im Do Q "
	tests := map[string]scanned{
		"text":        {content: image1 + "BT /F 8 Tf 5 5 Td (X) Tj ET", dict: gray},
		"line":        {content: image1 + "0 0 m 60 40 l S", dict: gray},
		"box":         {content: "1 1 4 4 re f " + image1, dict: gray},
		"two":         {content: image1 + image1, dict: gray},
		"nothing":     {content: "q Q", dict: gray},
		"soft mask":   {dict: gray + "/SMask 5 0 R"},
		"jpeg 2000":   {dict: gray + "/Filter/JPXDecode"},
		"jbig2":       {dict: gray + "/Filter/JBIG2Decode"},
		"shading":     {content: image1 + "/Sh sh", dict: gray},
		"inline":      {content: image1 + "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI", dict: gray},
		"annotations": {page: "/Annots[<</Subtype/Stamp/Rect[0 0 9 9]/AP<<>>>>]", dict: gray},
		"CMYK jpeg":   {dict: size("/ColorSpace/DeviceCMYK/BitsPerComponent 8/Filter/DCTDecode")},
	}
	for name, s := range tests {
		s.w, s.h, s.data = across, high, samples(grayOf)
		if _, err := imageio.Decode(s.file(), imageio.Options{}); code(err) != "image_unsupported" {
			t.Errorf("%s: %v, want image_unsupported", name, err)
		}
	}
	short := scanned{w: across, h: high, dict: gray, data: samples(grayOf)[:across*high/2]}
	if _, err := imageio.Decode(short.file(), imageio.Options{}); code(err) != "image_unreadable" {
		t.Errorf("half a picture: %v, want image_unreadable", err)
	}
}

// Pages are decoded by many at once, from a file that was opened once.
func TestPDFPagesAtOnce(t *testing.T) {
	const n = 64
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", ""}
	kids := ""
	for i := range n {
		page := 3 + 3*i
		kids += fmt.Sprintf("%d 0 R ", page)
		pixels := deflated(bytes.Repeat([]byte{uint8(i)}, across*high))
		objects = append(objects,
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/Contents %d 0 R/Resources<</XObject<</Im %d 0 R>>>>>>", page+1, page+2),
			fmt.Sprintf("<</Length 26>>\nstream\nq %d 0 0 %d 0 0 cm /Im Do Q \nendstream", across, high),
			fmt.Sprintf("<</Subtype/Image%s/Length %d>>\nstream\n%s\nendstream", size("/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"), len(pixels), pixels))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 %d %d]>>", n, kids, across, high)
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer\n<</Root 1 0 R>>\n") // without a table: rebuilt once, for all
	f, err := imageio.Open(b.Bytes(), imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Info().Pictures != n {
		t.Fatalf("%d pages, want %d", f.Info().Pictures, n)
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for k := range n {
				i := (k*7 + worker*11) % n
				if p, err := f.Decode(i); err != nil || p.Gray.GrayAt(across/2, high/2).Y != uint8(i) {
					t.Errorf("page %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
}
