package batch

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	textunicode "golang.org/x/text/encoding/unicode"

	"github.com/leafmark/leafmark/omr/fault"
)

// MaxRows bounds a table: more people than any stack of paper is for.
const MaxRows = 100_000

// Table is what is known of people: a row a person. It is never changed.
type Table struct {
	fields []string
	column map[string]int // of a field, folded
	rows   [][]string
	lines  []int
}

// ReadTable reads CSV with a header. The delimiter (comma, semicolon or TAB) is
// the one that gives the header the most fields, or what a first line such as
// "sep=;" says. Text is UTF-8 with or without BOM, UTF-16 with BOM, or else
// Windows-1252, which is told (LM102). Blanks around cells and rows without any
// text are dropped. Faults: LM723 with the line.
func ReadTable(data []byte) (*Table, fault.List) {
	text, list := plain(data)
	if list.Failed() {
		return nil, list
	}
	records, lines, bad := records(text)
	if bad != nil {
		return nil, append(list, bad)
	}
	if len(records) == 0 {
		return nil, append(list, broken(1, 1, "the data is empty", "give it a line with the names of the fields, and a line for each person"))
	}
	t := &Table{column: map[string]int{}}
	var from []int // column of a field
	for i, name := range records[0] {
		name = strings.TrimSpace(name)
		if name == "" {
			continue // of a delimiter at the end
		}
		if _, twice := t.column[fold(name)]; twice {
			return nil, append(list, broken(lines[0], 1, fmt.Sprintf("the field %q is there twice", name), "rename one of the columns"))
		}
		t.column[fold(name)] = len(t.fields)
		t.fields = append(t.fields, name)
		from = append(from, i)
	}
	if len(t.fields) == 0 {
		return nil, append(list, broken(lines[0], 1, "the first line names no fields", "write the names of the fields into the first line"))
	}
	for n, record := range records[1:] {
		if !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		row := make([]string, len(t.fields))
		for i, cell := range record {
			k := slices.Index(from, i)
			cell = strings.TrimSpace(cell)
			switch {
			case k >= 0:
				row[k] = strings.ReplaceAll(cell, "\r\n", "\n")
			case cell != "":
				return nil, append(list, broken(lines[n+1], 1,
					fmt.Sprintf("%q stands in column %d, which has no name", cell, i+1), "put texts that hold the delimiter into quotes, or name the column"))
			}
		}
		if len(t.rows) == MaxRows {
			return nil, append(list, broken(lines[n+1], 1, fmt.Sprintf("there are more than %d rows", MaxRows), "print in several parts"))
		}
		t.rows, t.lines = append(t.rows, row), append(t.lines, lines[n+1])
	}
	if len(t.rows) == 0 {
		return nil, append(list, broken(lines[0], 1, "there is no row below the names of the fields", "add a line for each person"))
	}
	return t, list
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// Fields are the names of the columns as the data writes them.
func (t *Table) Fields() []string { return slices.Clone(t.fields) }

// Has tells whether rows have the field; case does not count.
func (t *Table) Has(field string) bool {
	_, ok := t.column[fold(field)]
	return ok || fold(field) == CopyField
}

// Value is the text of a field in row i, from 0; ok is false when there is no
// such field. Each row has the field CopyField: its number, from 1.
func (t *Table) Value(i int, field string) (text string, ok bool) {
	if k, ok := t.column[fold(field)]; ok {
		return t.rows[i][k], true
	}
	if fold(field) == CopyField {
		return strconv.Itoa(i + 1), true
	}
	return "", false
}

// Line is where row i, from 0, stands in the data, from 1.
func (t *Table) Line(i int) int { return t.lines[i] }

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func broken(line, column int, cause, cure string) *fault.Error {
	return &fault.Error{Code: "LM723", Kind: fault.Invalid, Where: fault.Where{Line: line, Column: column}, Cause: cause, Cure: cure}
}

// plain is the data as text without BOM.
func plain(data []byte) (string, fault.List) {
	var list fault.List
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		from = textunicode.UTF16(textunicode.LittleEndian, textunicode.ExpectBOM)
	case !utf8.Valid(data):
		from = charmap.Windows1252
		list = append(list, &fault.Error{
			Code: "LM102", Kind: fault.Invalid, Severity: fault.SeverityInfo, Where: fault.Where{Line: 1, Column: 1},
			Cause: "the data is not UTF-8; it is read as Windows-1252", Cure: "save it as UTF-8 if letters come out wrong",
		})
	}
	if from != nil {
		var err error
		if data, err = from.NewDecoder().Bytes(data); err != nil {
			return "", append(list, broken(1, 1, "the data is no text", "export the table as CSV"))
		}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	if at := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) }); at >= 0 {
		return "", append(list, broken(1+strings.Count(text[:at], "\n"), 1, "the data holds a control character", "export the table as CSV, not as a workbook"))
	}
	return text, list
}

// records splits the text with the delimiter that fits, and tells the line of
// each record.
func records(text string) (all [][]string, lines []int, bad *fault.Error) {
	skipped := 0
	delimiters := []rune{',', ';', '\t'}
	if first, rest, ok := strings.Cut(text, "\n"); ok {
		// What spreadsheets write for each other.
		if d, is := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); is && utf8.RuneCountInString(d) == 1 && strings.ContainsAny(d, ",;\t|") {
			delimiters, text, skipped = []rune(d), rest, 1
		}
	}
	best := delimiters[0]
	if len(delimiters) > 1 {
		most := 0
		for _, d := range delimiters {
			if header, err := reader(text, d).Read(); err == nil && len(header) > most {
				best, most = d, len(header)
			}
		}
	}
	r := reader(text, best)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, lines, nil
		}
		if err != nil {
			var at *csv.ParseError
			if errors.As(err, &at) {
				return nil, nil, broken(at.StartLine+skipped, at.Column, "quotes are out of order: "+at.Err.Error(),
					`put the whole cell into quotes and double those inside: "5"" nails"`)
			}
			return nil, nil, broken(1, 1, err.Error(), "export the table as CSV")
		}
		line, _ := r.FieldPos(0)
		all, lines = append(all, record), append(lines, line+skipped)
	}
}

func reader(text string, delimiter rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	return r
}
