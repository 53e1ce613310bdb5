package result_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/result"
)

// piled are sheets with all that tables must keep.
func piled() []result.Entry {
	sheet := func(file string, image int, rows ...string) result.Entry {
		s := &result.Sheet{File: file, Image: image, Page: 1, Barcodes: []result.Code{}, Crops: []result.Crop{}, Warnings: []string{}}
		for i := 0; i < len(rows); i += 2 {
			s.Answers = append(s.Answers, result.Answer{Name: rows[i], Value: rows[i+1], Values: []string{rows[i+1]}, Confidence: 0.5})
		}
		return result.Entry{File: file, Image: image, Sheet: s}
	}
	return []result.Entry{
		sheet("a.png", 1, "Q1", "A,B", "Q2", "", "with, comma", `say "x"`, "007", "=1+1"),
		{File: "b.png", Image: 1, Err: &fault.Error{Code: "blank_image", Cause: "it is blank", Cure: "scan it again"}},
		sheet("scan#7.pdf", 1, "Q1", "line\nbreak"),
		sheet("scan#7.pdf", 2, "Q1", "<&>", "_x0041_", "ünï"),
	}
}

// What is read back writes the same table, without the refused.
func TestReadTable(t *testing.T) {
	all := piled()
	kept := append(append([]result.Entry(nil), all[0]), all[2:]...)
	for _, format := range result.Formats() {
		data, _, err := result.Table(format, all, true)
		if err != nil {
			t.Fatal(err)
		}
		var got []result.Entry
		for e, err := range result.ReadTable(format, bytes.NewReader(data), int64(len(data))) {
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			got = append(got, e)
		}
		want, _, _ := result.Table(format, kept, true)
		again, _, _ := result.Table(format, got, true)
		if !bytes.Equal(again, want) {
			t.Errorf("%s comes back as\n%s\nwant\n%s", format, again, want)
		}
	}
}

// Of a table that was cut the sheets before the cut are read; what is none says so.
func TestReadTableCut(t *testing.T) {
	for format, cut := range map[string]int{"csv": 8, "xml": 30, "json": 30} {
		data, _, _ := result.Table(format, piled(), true)
		n := 0
		for e, err := range result.ReadTable(format, bytes.NewReader(data), int64(len(data)-cut)) {
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if n++; e.Image == 2 {
				t.Errorf("%s: the cut sheet is given", format)
			}
		}
		if n != 2 {
			t.Errorf("%s: %d sheets before the cut, want 2", format, n)
		}
	}
	for _, format := range result.Formats() {
		for _, err := range result.ReadTable(format, strings.NewReader("no table\n"), 9) {
			e := fault.As(err)
			if e == nil || e.Code != "table_unreadable" || e.Cure == "" {
				t.Errorf("%s: %v", format, err)
			}
		}
	}
}

// An entry put aside comes back whole.
func TestEntryKept(t *testing.T) {
	for _, e := range piled() {
		line, err := result.EncodeEntry(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := result.DecodeEntry(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range result.Formats() {
			want, _, _ := result.Table(format, []result.Entry{e}, true)
			have, _, _ := result.Table(format, []result.Entry{got}, true)
			if !bytes.Equal(have, want) {
				t.Errorf("%s of %s: %s, want %s", format, e.File, have, want)
			}
		}
	}
}

func FuzzReadTable(f *testing.F) {
	for i, format := range result.Formats() {
		data, _, _ := result.Table(format, piled(), true)
		f.Add(i, data)
	}
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		format := result.Formats()[max(i, -i)&3]
		for e, err := range result.ReadTable(format, bytes.NewReader(data), int64(len(data))) {
			if (e.Sheet == nil) == (err == nil) {
				t.Fatalf("%s: %v and %v", format, e, err)
			}
		}
	})
}
