package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// CSV is the rows as spec/api.md 5.3 has them: UTF-8 without byte order mark,
// LF, values always quoted.
func CSV(rows []Row) []byte {
	b := []byte("Element Name,Value,\n")
	for _, r := range rows {
		b = appendCSV(b, r)
	}
	return b
}

func appendCSV(b []byte, r Row) []byte {
	b = appendKey(b, r.Name)
	b = append(b, ',')
	b = appendQuoted(b, r.Value)
	return append(b, '\n')
}

// appendKey writes a key bare where every CSV reader takes it as it is.
func appendKey(b []byte, s string) []byte {
	if strings.ContainsAny(s, ",\"\r\n") || strings.Trim(s, " \t") != s {
		return appendQuoted(b, s)
	}
	return append(b, s...)
}

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

// JSON is the rows in the shape of spec/api.md 5.3; our own JSON is a Sheet's.
func JSON(rows []Row) []byte {
	if len(rows) == 0 {
		return []byte("{\n  \"RecognitionResults\": []\n}\n")
	}
	b := []byte("{\n  \"RecognitionResults\": [")
	for i, r := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n    {\n      \"ElementName\": "...)
		b = appendJSON(b, r.Name)
		b = append(b, ",\n      \"Value\": "...)
		b = appendJSON(b, r.Value)
		b = append(b, "\n    }"...)
	}
	return append(b, "\n  ]\n}\n"...)
}

// appendJSON escapes only what JSON asks for: <, >, & and U+2028 stay.
func appendJSON(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r < ' ':
			b = append(b, `\u00`...)
			b = append(b, hex[r>>4], hex[r&15])
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}

const xmlHead = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

// XML is the rows in the shape of spec/api.md 5.3. A character that XML 1.0
// cannot hold becomes U+FFFD, with the warning LM854 a row.
func XML(rows []Row) (data []byte, warnings []string) {
	b := append([]byte(xmlHead), "<RecognitionResults>\n"...)
	b, warnings = appendXMLRows(b, rows, "  ")
	return append(b, "</RecognitionResults>\n"...), warnings
}

func appendXMLRows(b []byte, rows []Row, indent string) ([]byte, []string) {
	var warnings []string
	for _, r := range rows {
		var nameOK, valueOK bool
		b = append(b, indent+"<RecognitionResult>\n"+indent+"  <ElementName>"...)
		b, nameOK = appendXML(b, r.Name)
		b = append(b, "</ElementName>\n"+indent+"  <Value>"...)
		b, valueOK = appendXML(b, r.Value)
		b = append(b, "</Value>\n"+indent+"</RecognitionResult>\n"...)
		if !nameOK || !valueOK {
			warnings = append(warnings, fmt.Sprintf(
				"LM854 The answer %q holds a character that XML cannot hold; U+FFFD stands in its place. Ask for CSV or JSON.", r.Name))
		}
	}
	return b, warnings
}

// appendXML escapes a text for content and attributes; ok is false when a
// character had to be replaced. Line breaks in attributes and every CR are
// written as references, else a reader would change them.
func appendXML(b []byte, s string) (_ []byte, ok bool) {
	ok = true
	for _, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '\r':
			b = append(b, "&#xD;"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b = append(b, "\uFFFD"...)
			ok = false
		default:
			b = append(b, string(r)...)
		}
	}
	return b, ok
}

// xmlAttribute is appendXML for a value between double quotes.
func xmlAttribute(s string) string {
	b, _ := appendXML(nil, s)
	return strings.NewReplacer(`"`, "&quot;", "\n", "&#xA;", "\t", "&#x9;").Replace(string(b))
}

// Entry is one sheet of a pile: read, or refused.
type Entry struct {
	File  string
	Image int    // picture in the file, from 1
	Sheet *Sheet // nil when Err is set
	Err   error
}

// FileName names a picture: the file, and from its second picture on the
// picture's number too: scan.pdf#2.
func FileName(file string, image int) string {
	if image > 1 {
		return fmt.Sprintf("%s#%d", file, image)
	}
	return file
}

// Formats are the formats of Table.
func Formats() []string { return []string{"csv", "json", "xml", "xlsx"} }

// Entries is a pile that can be gone through more than once: from memory, or from
// where it was kept. It ends after an error.
type Entries func() iter.Seq2[Entry, error]

// These are the entries of a slice.
func These(entries []Entry) Entries {
	return func() iter.Seq2[Entry, error] {
		return func(yield func(Entry, error) bool) {
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Table is WriteTable in memory.
func Table(format string, entries []Entry, named bool) (data []byte, warnings []string, err error) {
	var b bytes.Buffer
	warnings, err = WriteTable(&b, format, These(entries), named)
	return b.Bytes(), warnings, err
}

// WriteTable writes a pile of sheets in one of Formats: csv, json (a sheet or
// refusal a line, design.md §2), xml, and xlsx, our workbook. When named, CSV and
// XML tell each row's file. Refused sheets have no rows in CSV and XML. It holds
// one sheet at a time; xlsx goes through the entries three times, the others once.
// The warnings tell what a format could not hold (LM854, LM855).
func WriteTable(w io.Writer, format string, entries Entries, named bool) (warnings []string, err error) {
	t := table{w: w, named: named}
	switch format {
	case "csv":
		t.csv(entries)
	case "xml":
		t.xml(entries)
	case "json":
		t.json(entries)
	case "xlsx":
		return xlsxTable(w, entries, named)
	default:
		return nil, &fault.Error{
			Code: "format_unsupported", Kind: fault.Unsupported,
			Cause: fmt.Sprintf("there is no table format %q", format), Cure: "ask for " + strings.Join(Formats(), ", "),
		}
	}
	return t.warnings, t.err
}

// table writes sheet by sheet.
type table struct {
	w        io.Writer
	named    bool
	buf      []byte
	warnings []string
	err      error
}

// flush writes what was gathered.
func (t *table) flush() {
	if t.err == nil {
		_, t.err = t.w.Write(t.buf)
	}
	t.buf = t.buf[:0]
}

// read calls do with each sheet that was read, and writes what it gathers.
func (t *table) read(entries Entries, do func(Entry)) {
	for e, err := range entries() {
		if err != nil && t.err == nil {
			t.err = err
		}
		if t.err != nil {
			return
		}
		if e.Sheet != nil {
			do(e)
			t.flush()
		}
	}
}

func (t *table) csv(entries Entries) {
	t.buf = append(t.buf, "Element Name,Value,\n"...)
	if t.named {
		t.buf = append(t.buf[:0], "File,Element Name,Value,\n"...)
	}
	t.flush()
	t.read(entries, func(e Entry) {
		for _, r := range Rows(e.Sheet) {
			if t.named {
				t.buf = appendKey(t.buf, FileName(e.File, e.Image))
				t.buf = append(t.buf, ',')
			}
			t.buf = appendCSV(t.buf, r)
		}
	})
}

func (t *table) xml(entries Entries) {
	root, indent := "RecognitionResults", "  "
	if t.named {
		root, indent = "Sheets", "    "
	}
	t.buf = append(t.buf, xmlHead+"<"+root+">\n"...)
	t.flush()
	t.read(entries, func(e Entry) {
		if t.named {
			t.buf = append(t.buf, `  <RecognitionResults File="`+xmlAttribute(FileName(e.File, e.Image))+"\">\n"...)
		}
		var more []string
		t.buf, more = appendXMLRows(t.buf, Rows(e.Sheet), indent)
		t.warnings = append(t.warnings, more...)
		if t.named {
			t.buf = append(t.buf, "  </RecognitionResults>\n"...)
		}
	})
	t.buf = append(t.buf, "</"+root+">\n"...)
	t.flush()
}

// json is a JSON object a line and a sheet, refusals included.
func (t *table) json(entries Entries) {
	enc := json.NewEncoder(t.w)
	enc.SetEscapeHTML(false)
	for e, err := range entries() {
		if err != nil {
			t.err = err
			return
		}
		var v any = e.Sheet
		if e.Sheet == nil {
			v = Refuse(e.File, e.Image, e.Err)
		}
		if err := enc.Encode(v); err != nil {
			t.err = fmt.Errorf("encode sheet %s: %w", FileName(e.File, e.Image), err)
			return
		}
	}
}
