package result

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// ReadTable reads back the sheets of a table that WriteTable wrote with names, as
// far as the format holds them: csv and xml their rows, xlsx its worksheet
// Results, json all. Refusals are left out. Of a table that was cut off the last
// sheet, which may lack rows, is left out as well. Anything else that is not such a
// table is the fault table_unreadable.
func ReadTable(format string, r io.ReaderAt, size int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		in := io.NewSectionReader(r, 0, size)
		var err error
		switch format {
		case "csv":
			err = readCSV(bufio.NewReader(in), yield)
		case "xml":
			err = readXML(in, yield)
		case "json":
			err = readLines(bufio.NewReader(in), yield)
		case "xlsx":
			err = readWorkbook(r, size, yield)
		default:
			err = fmt.Errorf("there is no table format %q", format)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(Entry{}, &fault.Error{
				Code: "table_unreadable", Kind: fault.Invalid,
				Cause: fmt.Sprintf("it is no %s table of sheets and their files: %v", format, err),
				Cure:  "name another file, or leave --resume out to write it anew",
				Err:   err,
			})
		}
	}
}

// errStopped says that the caller has enough.
var errStopped = errors.New("stopped")

// sheetOf is a sheet known by its rows alone.
func sheetOf(name string, rows []Row) Entry {
	s := &Sheet{Answers: make([]Answer, len(rows)), Barcodes: []Code{}, Crops: []Crop{}, Warnings: []string{}}
	s.File, s.Image = splitName(name)
	for i, r := range rows {
		s.Answers[i] = Answer{Name: r.Name, Value: r.Value, Values: []string{}}
	}
	return Entry{File: s.File, Image: s.Image, Sheet: s}
}

// splitName is the way back from FileName.
func splitName(name string) (file string, image int) {
	if i := strings.LastIndexByte(name, '#'); i >= 0 {
		if n, err := strconv.Atoi(name[i+1:]); err == nil && n > 1 && strconv.Itoa(n) == name[i+1:] {
			return name[:i], n
		}
	}
	return name, 1
}

// gathered joins rows of one file that follow each other.
type gathered struct {
	yield func(Entry, error) bool
	name  string
	rows  []Row
}

func (g *gathered) add(name string, r Row) error {
	if name != g.name {
		if err := g.end(); err != nil {
			return err
		}
		g.name = name
	}
	g.rows = append(g.rows, r)
	return nil
}

func (g *gathered) end() error {
	if g.rows == nil {
		return nil
	}
	e := sheetOf(g.name, g.rows)
	g.rows = nil
	if !g.yield(e, nil) {
		return errStopped
	}
	return nil
}

func readCSV(r *bufio.Reader, yield func(Entry, error) bool) error {
	head, err := csvRecord(r)
	if err != nil || len(head) < 3 || strings.TrimPrefix(head[0], "\uFEFF") != "File" || head[1] != "Element Name" || head[2] != "Value" {
		return fmt.Errorf("its first line is not File,Element Name,Value,")
	}
	g := gathered{yield: yield}
	for {
		rec, err := csvRecord(r)
		switch {
		case errors.Is(err, io.EOF):
			return g.end()
		case err != nil:
			return nil //nolint:nilerr // a cut: the last sheet may lack rows
		case len(rec) == 1 && rec[0] == "":
			continue
		case len(rec) < 3:
			return fmt.Errorf("a line has %d fields", len(rec))
		}
		if err := g.add(rec[0], Row{rec[1], rec[2]}); err != nil {
			return err
		}
	}
}

// csvRecord is the next line's fields; quoted ones keep their line breaks as they
// are, which package encoding/csv does not.
func csvRecord(r *bufio.Reader) ([]string, error) {
	var rec []string
	var field []byte
	quoted, open := false, false
	for {
		c, err := r.ReadByte()
		if err != nil {
			if len(rec) == 0 && len(field) == 0 && !quoted {
				return nil, io.EOF
			}
			return nil, io.ErrUnexpectedEOF // a line ends by its line feed
		}
		switch {
		case open && c == '"':
			next, err := r.ReadByte()
			if err != nil {
				return nil, io.ErrUnexpectedEOF
			}
			if next == '"' {
				field = append(field, '"')
				continue
			}
			open = false
			_ = r.UnreadByte() // it was just read
		case open:
			field = append(field, c)
		case c == '"' && len(field) == 0 && !quoted:
			quoted, open = true, true
		case c == ',':
			rec, field, quoted = append(rec, string(field)), field[:0], false
		case c == '\n':
			return append(rec, strings.TrimSuffix(string(field), "\r")), nil
		default:
			field = append(field, c)
		}
	}
}

func readXML(r io.Reader, yield func(Entry, error) bool) error {
	dec := xml.NewDecoder(r)
	root := false
	for {
		t, err := dec.Token()
		if err != nil {
			if root {
				return nil // a cut: what is whole was given
			}
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch {
		case !root && start.Name.Local == "Sheets":
			root = true
		case root && start.Name.Local == "RecognitionResults":
			var sheet struct {
				File string `xml:"File,attr"`
				Rows []struct {
					ElementName, Value string
				} `xml:"RecognitionResult"`
			}
			if err := dec.DecodeElement(&sheet, &start); err != nil {
				return nil //nolint:nilerr // a cut
			}
			rows := make([]Row, len(sheet.Rows))
			for i, r := range sheet.Rows {
				rows[i] = Row{r.ElementName, r.Value}
			}
			if !yield(sheetOf(sheet.File, rows), nil) {
				return errStopped
			}
		default:
			return fmt.Errorf("it holds <%s>", start.Name.Local)
		}
	}
}

func readLines(r *bufio.Reader, yield func(Entry, error) bool) error {
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil // a line without its end was cut
			}
			return err
		}
		var s struct {
			Sheet
			Error *RefusalText `json:"error"`
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &s); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if s.Error != nil {
			continue
		}
		if s.Image < 1 || s.Answers == nil {
			return fmt.Errorf("line %d is no sheet", n)
		}
		if !yield(Entry{File: s.File, Image: s.Image, Sheet: &s.Sheet}, nil) {
			return errStopped
		}
	}
}
