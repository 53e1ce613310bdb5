package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// CSV is the rows as spec/api.md 5.3 has them: UTF-8 without byte order mark,
// LF, values always quoted.
func CSV(rows []Row) []byte {
	b := []byte("Element Name,Value,\n")
	for _, r := range rows {
		b = appendKey(b, r.Name)
		b = append(b, ',')
		b = appendQuoted(b, r.Value)
		b = append(b, '\n')
	}
	return b
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

// Table is a pile of sheets in one of Formats: csv, json (a sheet or refusal a
// line, design.md §2), xml, and xlsx, our workbook. When named, CSV and XML tell
// each row's file. Refused sheets have no rows in CSV and XML. The warnings tell
// what a format could not hold (LM854, LM855).
func Table(format string, entries []Entry, named bool) (data []byte, warnings []string, err error) {
	switch format {
	case "csv":
		return csvTable(entries, named), nil, nil
	case "xml":
		data, warnings = xmlTable(entries, named)
		return data, warnings, nil
	case "json":
		data, err = Lines(entries)
		return data, nil, err
	case "xlsx":
		return xlsxTable(entries, named)
	}
	return nil, nil, &fault.Error{
		Code: "format_unsupported", Kind: fault.Unsupported,
		Cause: fmt.Sprintf("there is no table format %q", format), Cure: "ask for " + strings.Join(Formats(), ", "),
	}
}

func csvTable(entries []Entry, named bool) []byte {
	if !named {
		return CSV(allRows(entries))
	}
	b := []byte("File,Element Name,Value,\n")
	for _, e := range entries {
		if e.Sheet == nil {
			continue
		}
		for _, r := range Rows(e.Sheet) {
			b = appendKey(b, FileName(e.File, e.Image))
			b = append(b, ',')
			b = appendKey(b, r.Name)
			b = append(b, ',')
			b = appendQuoted(b, r.Value)
			b = append(b, '\n')
		}
	}
	return b
}

func allRows(entries []Entry) []Row {
	var rows []Row
	for _, e := range entries {
		if e.Sheet != nil {
			rows = append(rows, Rows(e.Sheet)...)
		}
	}
	return rows
}

func xmlTable(entries []Entry, named bool) (data []byte, warnings []string) {
	if !named {
		return XML(allRows(entries))
	}
	b := append([]byte(xmlHead), "<Sheets>\n"...)
	for _, e := range entries {
		if e.Sheet == nil {
			continue
		}
		b = append(b, `  <RecognitionResults File="`+xmlAttribute(FileName(e.File, e.Image))+"\">\n"...)
		var more []string
		b, more = appendXMLRows(b, Rows(e.Sheet), "    ")
		warnings = append(warnings, more...)
		b = append(b, "  </RecognitionResults>\n"...)
	}
	return append(b, "</Sheets>\n"...), warnings
}

// Lines is a JSON object a line and a sheet, refusals included.
func Lines(entries []Entry) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range entries {
		var v any = e.Sheet
		if e.Sheet == nil {
			v = Refuse(e.File, e.Image, e.Err)
		}
		if err := enc.Encode(v); err != nil {
			return nil, fmt.Errorf("encode sheet %s: %w", FileName(e.File, e.Image), err)
		}
	}
	return b.Bytes(), nil
}
