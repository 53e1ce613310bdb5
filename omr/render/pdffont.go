package render

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/leafmark/leafmark/omr/typeset"
)

// pdfFonts are the faces that a document uses.
type pdfFonts struct {
	writer *pdfWriter
	byFace map[pdfFace]*pdfFont
	order  []*pdfFont
}

// pdfFace is a face of one set of fonts.
type pdfFace struct {
	faces *typeset.Faces
	id    typeset.FaceID
}

// pdfFont is one embedded face: a Type0 font whose codes are glyph numbers.
type pdfFont struct {
	object int
	name   string // in the resources of pages
	full   string // PostScript name
	file   *trueType
	err    error
	text   map[uint32]string // what each used glyph stands for
}

func newPDFFonts(w *pdfWriter) *pdfFonts {
	return &pdfFonts{writer: w, byFace: map[pdfFace]*pdfFont{}}
}

// font is the face's entry, made at first use.
func (f *pdfFonts) font(faces *typeset.Faces, id typeset.FaceID) *pdfFont {
	key := pdfFace{faces, id}
	if got := f.byFace[key]; got != nil {
		return got
	}
	font := &pdfFont{
		object: f.writer.reserve(), name: fmt.Sprintf("F%d", len(f.order)), full: faces.Name(id),
		text: map[uint32]string{},
	}
	font.file, font.err = parseTrueType(faces.File(id))
	f.byFace[key] = font
	f.order = append(f.order, font)
	return font
}

// use notes a glyph and what it stands for; plain is false where the glyph
// already stands for something else, so that the text must be told apart.
func (p *pdfFont) use(glyph uint32, text string) (plain bool) {
	known, ok := p.text[glyph]
	if !ok || known == "" {
		p.text[glyph] = text
		return true
	}
	return known == text
}

func (f *pdfFonts) write() error {
	for _, font := range f.order {
		if err := f.writeFont(font); err != nil {
			return err
		}
	}
	return nil
}

func (f *pdfFonts) writeFont(p *pdfFont) error {
	if p.err != nil {
		return p.err
	}
	used := make([]uint32, 0, len(p.text))
	for g := range p.text {
		used = append(used, g)
	}
	slices.Sort(used)
	data := p.file.subset(used)
	w := f.writer
	file := w.reserve()
	w.stream(file, fmt.Sprintf("/Length1 %d", len(data)), data)

	// A subset's name has a tag of six letters (ISO 32000-1, 9.6.4).
	sum := sha256.Sum256(data)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+" + p.full
	ttf := p.file
	const symbolic = 4 // codes are glyph numbers, not characters
	descriptor := w.add(fmt.Sprintf(
		"<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%s %s %s %s] /ItalicAngle 0 /Ascent %s /Descent %s /CapHeight %s /StemV 80 /FontFile2 %d 0 R >>",
		name, symbolic,
		number(ttf.global("head", 36)), number(ttf.global("head", 38)), number(ttf.global("head", 40)), number(ttf.global("head", 42)),
		number(ttf.global("hhea", 4)), number(ttf.global("hhea", 6)), number(ttf.global("hhea", 4)), file))
	var widths bytes.Buffer
	for _, g := range used {
		fmt.Fprintf(&widths, "%d [%s] ", g, number(ttf.advance(g)))
	}
	descendant := w.add(fmt.Sprintf(
		"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 0 /W [%s] >>",
		name, descriptor, widths.String()))
	unicode := w.reserve()
	w.stream(unicode, "", p.toUnicode(used))
	w.object(p.object, fmt.Sprintf(
		"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, descendant, unicode))
	return nil
}

// toUnicode maps glyphs to what they stand for (ISO 32000-1, 9.10.3).
func (p *pdfFont) toUnicode(used []uint32) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // entries a section
	for part := range slices.Chunk(used, most) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for _, g := range part {
			// Every glyph must stand for something (ISO 19005-2, 6.2.11.7.2):
			// the further ones of a cluster for a space without width.
			fmt.Fprintf(&b, "<%04X> <%s>\n", g, utf16Hex(cmp.Or(p.text[g], "\u200b")))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
