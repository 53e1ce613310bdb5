package batch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/batch"
)

// TestReadTable reads what spreadsheets export.
func TestReadTable(t *testing.T) {
	for _, tt := range []struct{ name, csv, room string }{
		{"comma", "name,room\nAda,12\n", "12"},
		{"semicolon", "name;room\nAda;12\n", "12"},
		{"TAB", "name\troom\nAda\t12\n", "12"},
		{"commas inside of semicolons", "name;room\n\"Byron, Ada\";1,5\n", "1,5"},
		{"quotes", "name,room\n\"Ada\",\"4, \"\"left\"\"\"\n", `4, "left"`},
		{"BOM", "\ufeffname,room\nAda,12\n", "12"},
		{"BOM and quotes", "\ufeff\"name\",\"room\"\nAda,12\n", "12"},
		{"CRLF", "name,room\r\nAda,12\r\n", "12"},
		{"CR", "name,room\rAda,12\r", "12"},
		{"no last line end", "name,room\nAda,12", "12"},
		{"blanks", " name , room \n Ada , 12 \n", "12"},
		{"any case", "NAME,Room\nAda,12\n", "12"},
		{"delimiter at the end", "name,room,\nAda,12,\n", "12"},
		{"empty rows", "name,room\n,\n\nAda,12\n,\n", "12"},
		{"sep=", "sep=|\nname|room\nAda|12\n", "12"},
		{"fewer cells", "name,room\nAda\n", ""},
		{"two lines in a cell", "name,room\nAda,\"12\r\nback\"\n", "12\nback"},
		{"Windows-1252", "name,room\nAda,\xe912\n", "é12"},
		{"UTF-16", "\xff\xfe" + wide("name\troom\nAda\té12\n"), "é12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tab, list := batch.ReadTable([]byte(tt.csv))
			if tab == nil || list.Failed() {
				t.Fatal(list)
			}
			got, ok := tab.Value(0, "room")
			if !ok || got != tt.room || tab.Len() != 1 || len(tab.Fields()) != 2 {
				t.Errorf("room %q of %d rows, fields %q", got, tab.Len(), tab.Fields())
			}
			if n, _ := tab.Value(0, "copy"); n != "1" {
				t.Errorf("copy %q", n)
			}
			if _, ok := tab.Value(0, "floor"); ok || tab.Has("floor") || !tab.Has(" ROOM ") || !tab.Has("copy") {
				t.Error("fields are not told apart")
			}
		})
	}
	tab, _ := batch.ReadTable([]byte("copy\nB7\n"))
	if n, _ := tab.Value(0, "copy"); n != "B7" {
		t.Errorf("a column named copy gives %q", n)
	}
}

func wide(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

// TestReadTableFaults: the line of the data is told.
func TestReadTableFaults(t *testing.T) {
	for _, tt := range []struct {
		name, csv, want string
		line            int
	}{
		{"empty", "", "empty", 1},
		{"header alone", "name,room\n", "no row", 1},
		{"rows without text", "name,room\n,\n", "no row", 1},
		{"no names", ",,\nAda,1,2\n", "names no fields", 1},
		{"a name twice", "name,Name\nA,B\n", `"Name" is there twice`, 1},
		{"more cells than names", "name,room\nA,1\nByron, Ada,1\n", "column 3", 3},
		{"open quote", "name,room\nA,1\n\"B,2\n", "quotes", 3},
		{"a stray quote", "sep=;\nname;room\nA\";1\n", "quotes", 3},
		{"a workbook", "PK\x03\x04\x00\x00", "control character", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tab, list := batch.ReadTable([]byte(tt.csv))
			if tab != nil || !list.Failed() {
				t.Fatalf("read %v", tab)
			}
			e := list[len(list)-1]
			if e.Code != "LM723" || !strings.Contains(e.Cause, tt.want) || e.Where.Line != tt.line || e.Cure == "" {
				t.Errorf("got %v", e)
			}
		})
	}
}

// FuzzReadTable: any bytes give a table in which every row has every field, or a
// fault with a line.
func FuzzReadTable(f *testing.F) {
	for _, s := range []string{"name,room\nAda,12\n", "sep=;\na;b\n1;2", "\xff\xfea\x00", "a\t\"b\"\n\"", "\ufeffa\r\rb"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, list := batch.ReadTable(data)
		if (tab == nil) != list.Failed() {
			t.Fatalf("table %v with %v", tab, list)
		}
		for _, e := range list {
			if e.Where.Line < 1 || e.Cause == "" || e.Cure == "" {
				t.Errorf("incomplete: %+v", e)
			}
		}
		if tab == nil {
			return
		}
		last := 0
		for i := range tab.Len() {
			if tab.Line(i) <= last {
				t.Errorf("row %d stands in line %d, the one before in %d", i, tab.Line(i), last)
			}
			last = tab.Line(i)
			if !slices.ContainsFunc(tab.Fields(), func(name string) bool { v, ok := tab.Value(i, name); return ok && v != "" }) {
				t.Errorf("row %d holds nothing", i)
			}
		}
	})
}
