package result

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/mark"
)

// maxWorkbookPart bounds what a part of a workbook may unpack to.
const maxWorkbookPart = 2 << 30

// readWorkbook reads the worksheets Results, written here or saved again by a
// spreadsheet program.
func readWorkbook(r io.ReaderAt, size int64, yield func(Entry, error) bool) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		parts[f.Name] = f
	}
	paths, err := worksheets(parts)
	if err != nil {
		return err
	}
	texts, err := sharedTexts(parts["xl/sharedStrings.xml"])
	if err != nil {
		return err
	}
	// Graded sheets are summed once all their rows are there.
	g := answers{yield: yield}
	for _, p := range paths {
		if err := readResults(parts[p], texts, &g); err != nil {
			return err
		}
	}
	return g.end()
}

// worksheets are the paths of the worksheets Results, in order.
func worksheets(parts map[string]*zip.File) ([]string, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decodePart(parts["xl/workbook.xml"], &book); err != nil {
		return nil, err
	}
	if err := decodePart(parts["xl/_rels/workbook.xml.rels"], &relations); err != nil {
		return nil, err
	}
	var out []string
	for _, s := range book.Sheets {
		if s.Name != "Results" && !strings.HasPrefix(s.Name, "Results ") {
			continue
		}
		for _, rel := range relations.All {
			if rel.ID == s.ID {
				p := path.Join("xl", rel.Target)
				if strings.HasPrefix(rel.Target, "/") {
					p = strings.TrimPrefix(rel.Target, "/")
				}
				out = append(out, p)
			}
		}
	}
	if out == nil {
		return nil, errors.New("it has no worksheet Results")
	}
	return out, nil
}

func openPart(f *zip.File) (io.ReadCloser, error) {
	if f == nil {
		return nil, errors.New("a part of the workbook is missing")
	}
	if f.UncompressedSize64 > maxWorkbookPart {
		return nil, errors.New("a part of the workbook is too large")
	}
	return f.Open()
}

func decodePart(f *zip.File, to any) error {
	in, err := openPart(f)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	return xml.NewDecoder(io.LimitReader(in, maxWorkbookPart)).Decode(to)
}

// textRuns is a text of a workbook: one piece, or runs of differing looks.
type textRuns struct {
	Text []string `xml:"t"`
	Runs []string `xml:"r>t"`
}

func (t textRuns) String() string {
	return unescapeCell(strings.Join(t.Text, "") + strings.Join(t.Runs, ""))
}

func sharedTexts(f *zip.File) ([]string, error) {
	if f == nil {
		return nil, nil
	}
	var all struct {
		Items []textRuns `xml:"si"`
	}
	if err := decodePart(f, &all); err != nil {
		return nil, err
	}
	out := make([]string, len(all.Items))
	for i, t := range all.Items {
		out[i] = t.String()
	}
	return out, nil
}

// unescapeCell is the way back from appendCell's _x000D_.
func unescapeCell(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '_' && looksEscaped(s[i:]) {
			n, _ := strconv.ParseUint(s[i+2:i+6], 16, 16) // looksEscaped saw four digits
			b.WriteRune(rune(n))
			i += 6
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// cellXML is a cell as it stands in a worksheet.
type cellXML struct {
	At     string   `xml:"r,attr"`
	Type   string   `xml:"t,attr"`
	Value  string   `xml:"v"`
	Inline textRuns `xml:"is"`
}

func (c cellXML) text(shared []string) string {
	switch c.Type {
	case "inlineStr":
		return c.Inline.String()
	case "s":
		if n, err := strconv.Atoi(c.Value); err == nil && n >= 0 && n < len(shared) {
			return shared[n]
		}
		return ""
	case "str":
		return unescapeCell(c.Value)
	}
	return c.Value
}

// number tells whether the cell is a number, not a text.
func (c cellXML) number() bool { return c.Value != "" && (c.Type == "" || c.Type == "n") }

// readResults reads the rows of one worksheet.
func readResults(f *zip.File, shared []string, g *answers) error {
	in, err := openPart(f)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	dec := xml.NewDecoder(io.LimitReader(in, maxWorkbookPart))
	var head map[string]string // name -> column
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		var row struct {
			Cells []cellXML `xml:"c"`
		}
		if err := dec.DecodeElement(&row, &start); err != nil {
			return err
		}
		cells := make(map[string]cellXML, len(row.Cells))
		for _, c := range row.Cells {
			cells[strings.TrimRight(c.At, "0123456789")] = c
		}
		if head == nil {
			head = map[string]string{}
			for column, c := range cells {
				head[c.text(shared)] = column
			}
			if head["File"] == "" || head["Element Name"] == "" || head["Value"] == "" {
				return errors.New("its worksheet Results lacks the columns File, Element Name and Value")
			}
			continue
		}
		if err := g.add(cells, head, shared); err != nil {
			return err
		}
	}
}

// answers joins rows of the worksheet that belong to one file.
type answers struct {
	yield func(Entry, error) bool
	name  string
	sheet *Sheet
}

func (g *answers) add(cells map[string]cellXML, head map[string]string, shared []string) error {
	text := func(name string) string { return cells[head[name]].text(shared) }
	float := func(name string) *float64 {
		v, err := strconv.ParseFloat(text(name), 64)
		if head[name] == "" || err != nil {
			return nil
		}
		return &v
	}
	name := text("File")
	if g.sheet == nil || name != g.name {
		if err := g.end(); err != nil {
			return err
		}
		e := sheetOf(name, nil)
		g.name, g.sheet = name, e.Sheet
	}
	a := Answer{Name: text("Element Name"), Value: text("Value"), Values: []string{}, number: cells[head["Value"]].number()}
	if c := float("Confidence"); c != nil {
		a.Confidence = *c
	}
	if why := mark.Doubt(text("Doubt")); why != "" {
		a.Doubt = &why
	}
	if points, of := float("Points"), float("Of"); points != nil && of != nil {
		key := text("Key")
		a.Key, a.Points, a.Of = &key, points, of
	}
	if head["Rule"] != "" {
		a.Rule.Asked = true
		a.Rule.Code, a.Rule.Cause, _ = strings.Cut(text("Rule"), ": ")
	}
	g.sheet.Answers = append(g.sheet.Answers, a)
	return nil
}

func (g *answers) end() error {
	if g.sheet == nil {
		return nil
	}
	s := g.sheet
	g.sheet = nil
	s.grade()
	if !g.yield(Entry{File: s.File, Image: s.Image, Sheet: s}, nil) {
		return fmt.Errorf("workbook: %w", errStopped)
	}
	return nil
}
