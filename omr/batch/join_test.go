package batch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/leafmark/leafmark/omr"
)

// TestSheetsOfPeople: pages are joined within one person's copy alone, and the
// sheet says whose it is.
func TestSheetsOfPeople(t *testing.T) {
	m := print(t, "?page=\n?text=${name}\n?answer_sheet=A\n\telements_count=8\n&page\n?page=\n?text=${name}\n?answer_sheet=B\n\telements_count=6\n\tstart_id=1\n&page\n", people)
	if m.Printed == nil || m.Pages != 2 {
		t.Fatal(m.list)
	}
	p, _, err := omr.ReadPattern(m.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	scan := func(number, page int) *omr.Reading {
		t.Helper()
		r, _ := omr.Read(t.Context(), p, omr.Scan{Name: fmt.Sprint(number, page), Data: m.copies[number-1].Files[page-1].Data}, omr.RecognizeOptions{})
		if len(r) != 1 || r[0].Err != nil || r[0].Page != page {
			t.Fatalf("copy %d page %d: %+v", number, page, r[0])
		}
		return r[0]
	}
	a1, a2, b1, b2, c2 := scan(1, 1), scan(1, 2), scan(2, 1), scan(2, 2), scan(3, 2)
	for _, tt := range []struct {
		name     string
		readings []*omr.Reading
		want     []string // copy and number of rows of each sheet
	}{
		{"in order", []*omr.Reading{a1, a2, b1, b2}, []string{"1 14", "2 14"}},
		{"second pages first", []*omr.Reading{a2, a1, b2, b1}, []string{"1 14", "2 14"}},
		{"a page is missing", []*omr.Reading{a1, b2}, []string{"1 8", "2 6"}},
		{"two are missing", []*omr.Reading{a1, c2, b1, b2}, []string{"1 8", "3 6", "2 14"}},
	} {
		var got []string
		for _, o := range omr.Sheets(p, tt.readings, omr.RecognizeOptions{}) {
			got = append(got, fmt.Sprint(o.Sheet.Copy, len(o.Sheet.Answers)))
			data, err := json.Marshal(o.Sheet)
			if err != nil || !bytes.Contains(data, fmt.Appendf(nil, `"copy":%d`, o.Sheet.Copy)) {
				t.Errorf("%s: the JSON is without its copy: %v %.200s", tt.name, err, data)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: sheets %q, want %q", tt.name, got, tt.want)
		}
	}
}
