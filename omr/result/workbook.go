package result

import (
	"archive/zip"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
)

// tone is how a cell is coloured.
type tone uint8

const (
	tonePlain   tone = iota
	toneDoubt        // orange: wants a look
	toneSerious      // red: look here first
	toneRule         // yellow: a rule of the form is broken
	toneRight        // green letters
	toneWrong        // red letters
	tones
)

// cell is a text, or a number when it says so; an empty one is left out.
type cell struct {
	text   string
	number bool
	tone   tone
}

// number is a cell that spreadsheets add up.
func number(v float64) cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return cell{}
	}
	return cell{text: strconv.FormatFloat(v, 'f', -1, 64), number: true}
}

// book is a workbook (ECMA-376, Office Open XML) being written, a worksheet after
// the other. Texts are typed as texts in their cells and formatted as such: no
// program takes them for a formula or a number, not even when they are edited.
type book struct {
	w        io.Writer
	names    []string
	sizes    []string // of the worksheets, as A1:C9
	zip      *zip.Writer
	warnings []string
	err      error
}

// worksheet writes a worksheet with a header that stays in sight, as does its
// first column when wide, and as many more as its rows need.
func (b *book) worksheet(name string, head []cell, frozen int, rows iter.Seq[[]cell]) {
	next, stop := iter.Pull(rows)
	defer stop()
	row, more := next()
	for first := true; first || more; first = false {
		out := b.open(name, head, frozen)
		n := 1
		out.row(n, head, true)
		for more && n < maxRows {
			n++
			out.row(n, row, false)
			row, more = next()
		}
		area := "A1:" + address(len(head)-1, n)
		out.raw(`</sheetData><autoFilter ref="` + area + `"/></worksheet>`)
		b.sizes = append(b.sizes, area)
	}
}

// part is a worksheet being written.
type part struct {
	b    *book
	w    io.Writer
	line []byte
}

func (b *book) open(name string, head []cell, frozen int) *part {
	if b.zip == nil {
		b.zip = zip.NewWriter(b.w)
		b.file("[Content_Types].xml", contentTypes)
	}
	unique := name
	for n, i := 2, 0; i < len(b.names); i++ {
		if b.names[i] == unique {
			unique = fmt.Sprintf("%s %d", name, n)
			n, i = n+1, -1
		}
	}
	b.names = append(b.names, unique)
	p := &part{b: b, w: b.create(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.names)))}
	p.raw(xmlHead + `<worksheet xmlns="` + spreadsheetNS + `"><sheetViews><sheetView workbookViewId="0">`)
	pane := `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>`
	if frozen > 0 {
		pane = fmt.Sprintf(`<pane xSplit="%d" ySplit="1" topLeftCell="%s" activePane="bottomRight" state="frozen"/>`, frozen, address(frozen, 2))
	}
	p.raw(pane + `</sheetView></sheetViews><cols>`)
	for i, c := range head {
		p.raw(fmt.Sprintf(`<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, min(max(len(c.text)+5, 12), 40)))
	}
	p.raw(`</cols><sheetData>`)
	return p
}

func (p *part) raw(s string) { p.b.write(p.w, []byte(s)) }

func (p *part) row(n int, cells []cell, head bool) {
	b := append(p.line[:0], fmt.Sprintf(`<row r="%d">`, n)...)
	for i, c := range cells {
		if c.text == "" && c.tone == tonePlain {
			continue
		}
		style := 2 + 2*int(c.tone)
		switch {
		case head:
			style = 1
		case c.number:
			style++
		}
		b = append(b, fmt.Sprintf(`<c r="%s" s="%d"`, address(i, n), style)...)
		switch {
		case c.text == "":
			b = append(b, "/>"...)
		case c.number:
			b = append(b, "><v>"+c.text+"</v></c>"...)
		default:
			text, cut := cutText(c.text)
			if cut {
				p.b.warnings = append(p.b.warnings, fmt.Sprintf(
					"LM855 A text of %d bytes is longer than a cell can hold; its end is left out of %s %s. Ask for CSV or JSON.",
					len(c.text), p.b.names[len(p.b.names)-1], address(i, n)))
			}
			b = append(b, ` t="inlineStr"><is><t xml:space="preserve">`...)
			b = appendCell(b, text)
			b = append(b, "</t></is></c>"...)
		}
	}
	b = append(b, "</row>"...)
	p.line = b
	p.b.write(p.w, b)
}

// appendCell escapes a text for a cell: what XML cannot hold, and a CR, as
// _x000D_, and what looks so already by its underscore (ECMA-376 22.9.2.19).
func appendCell(b []byte, s string) []byte {
	for i, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b = fmt.Appendf(b, "_x%04X_", r)
		case r == '_' && looksEscaped(s[i:]):
			b = append(b, "_x005F_"...)
		default:
			b = append(b, string(r)...)
		}
	}
	return b
}

// looksEscaped tells whether s begins as _x000D_ does.
func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	return strings.Trim(s[2:6], "0123456789abcdefABCDEF") == ""
}

// address is a cell as A1; the column from 0, the row from 1.
func address(column, row int) string {
	var letters []byte
	for c := column + 1; c > 0; c = (c - 1) / 26 {
		letters = append(letters, byte('A'+(c-1)%26))
	}
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return string(letters) + strconv.Itoa(row)
}

func (b *book) create(name string) io.Writer {
	if b.err != nil {
		return io.Discard
	}
	w, err := b.zip.Create(name)
	if err != nil {
		b.err = err
		return io.Discard
	}
	return w
}

func (b *book) write(w io.Writer, data []byte) {
	if b.err == nil {
		_, b.err = w.Write(data)
	}
}

func (b *book) file(name, content string) { b.write(b.create(name), []byte(content)) }

// end writes what is left. The same rows give the same bytes.
func (b *book) end() error {
	const relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var sheets, filters, relations strings.Builder
	for i, name := range b.names {
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, i+1, i+1)
		from, to, _ := strings.Cut(b.sizes[i], ":")
		fmt.Fprintf(&filters, `<definedName name="_xlnm._FilterDatabase" localSheetId="%d" hidden="1">'%s'!%s:%s</definedName>`, i, name, absolute(from), absolute(to))
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relation, i+1)
	}
	fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, len(b.names)+1, relation)
	const package2006 = "http://schemas.openxmlformats.org/package/2006/relationships"
	b.file("_rels/.rels", xmlHead+`<Relationships xmlns="`+package2006+`"><Relationship Id="rId1" Type="`+relation+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	b.file("xl/_rels/workbook.xml.rels", xmlHead+`<Relationships xmlns="`+package2006+`">`+relations.String()+`</Relationships>`)
	b.file("xl/workbook.xml", xmlHead+`<workbook xmlns="`+spreadsheetNS+`" xmlns:r="`+relation+`"><sheets>`+sheets.String()+`</sheets><definedNames>`+filters.String()+`</definedNames></workbook>`)
	b.file("xl/styles.xml", stylesheet())
	if b.err == nil {
		b.err = b.zip.Close()
	}
	if b.err != nil {
		return fmt.Errorf("write a workbook: %w", b.err)
	}
	return nil
}

// absolute is an address as $A$1.
func absolute(address string) string {
	i := strings.IndexFunc(address, func(r rune) bool { return r <= '9' })
	return "$" + address[:i] + "$" + address[i:]
}

const spreadsheetNS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

// contentTypes needs no count of the worksheets: they are what xml files are by
// default. It stands first, where programs look for what kind of file this is.
const contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
	`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
	`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`

// stylesheet has the format 1 for headers, then two a tone: texts and numbers.
func stylesheet() string {
	solid := func(rgb string) string {
		return `<fill><patternFill patternType="solid"><fgColor rgb="FF` + rgb + `"/><bgColor indexed="64"/></patternFill></fill>`
	}
	font := func(inside string) string { return `<font>` + inside + `<sz val="11"/>%s<name val="Calibri"/></font>` }
	color := func(rgb string) string { return `<color rgb="FF` + rgb + `"/>` }
	fonts := fmt.Sprintf(font("")+font("<b/>")+font("")+font(""), "", "", color("1B7F3B"), color("B3261E"))
	fills := `<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>` +
		solid("E8EAED") + solid("FFE0B2") + solid("FFC9C4") + solid("FFF3A3")
	looks := [tones]struct{ font, fill int }{toneDoubt: {0, 3}, toneSerious: {0, 4}, toneRule: {0, 5}, toneRight: {2, 0}, toneWrong: {3, 0}}
	format := func(number, font, fill int) string {
		return fmt.Sprintf(`<xf numFmtId="%d" fontId="%d" fillId="%d" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>`, number, font, fill)
	}
	const text, general = 49, 0 // built-in number formats: @, General
	formats := format(general, 0, 0) + format(text, 1, 2)
	for _, l := range looks {
		formats += format(text, l.font, l.fill) + format(general, l.font, l.fill)
	}
	return xmlHead + `<styleSheet xmlns="` + spreadsheetNS + `"><fonts count="4">` + fonts + `</fonts><fills count="6">` + fills + `</fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		fmt.Sprintf(`<cellXfs count="%d">`, 2+2*int(tones)) + formats + `</cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}
