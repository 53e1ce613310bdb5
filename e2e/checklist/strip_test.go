package checklist

import (
	"encoding/json"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// stripped is the form with its pattern as other programs would give it back:
// without what we alone write into it (spec/pattern.md 3).
func stripped(t *testing.T, p printed) printed {
	t.Helper()
	data, err := pattern.Write(p.pattern)
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]json.RawMessage
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	delete(root, "Leafmark")
	if data, err = json.Marshal(root); err != nil {
		t.Fatal(err)
	}
	bare, _, err := omr.ReadPattern(data)
	if err != nil {
		t.Fatal(err)
	}
	p.pattern = bare
	return p
}

// A table with scores in its bubbles beside blank ones: nothing printed is a
// mark (spec/markup.md 10.15), whether the pattern tells of the print or not.
func TestPrintedScoresAreNoMarks(t *testing.T) {
	p := ofSource(t, `?score_group=Club
?score_question=Blank
	row_proportions=40%-20%-20%-20%
?score_header=A
?score_header=B
?score_header=C
	header_type=negative
?score_answer=p
	score=3
?score_answer=q
	score=4
?score_answer=r
	score=5
&score_question
?score_question=Inside
	row_proportions=40%-20%-20%
	score_display=DisplayInsideCell
?score_header=A
	score=3
?score_header=B
	header_type=negative
?score_answer=x
	score=5
?score_answer=y
	score=100
&score_question
&score_group
`)
	for name, p := range map[string]printed{"ours": p, "stripped": stripped(t, p)} {
		rows := read(t, p, synth.Truth{})
		for key, want := range map[string]string{"Blank": "", "Blank_total": "0", "Inside": "", "Inside_total": "0", "Club_total": "0"} {
			if rows[key] != want {
				t.Errorf("%s: nothing marked: %s = %q, want %q", name, key, rows[key], want)
			}
		}
	}
}

// A form whose grids have fields to write their digits into, and few bubbles
// else, is read by its pattern without our key too.
func TestFieldsBesideBubblesWithoutOurKey(t *testing.T) {
	for _, orientation := range []string{"horizontal", "vertical"} {
		p := stripped(t, ofSource(t, "?grid=PIN\n\tsections_count=5\n\tbubble_size=large\n\theader_type=square\n\torientation="+orientation+
			"\n?composite_grid=Crew\n\tcolumns_count=3\n\tvalues=(A)(B)\n\theader_type=square\n\torientation="+orientation+"\n"))
		rows := read(t, p, synth.Truth{"PIN": {"0", "7", "", "3", ""}, "Crew": {"A", "", "B"}})
		if rows["PIN"] != "073" || rows["Crew"] != "AB" {
			t.Errorf("%s: %v", orientation, rows)
		}
	}
}

// Pages that look alike are told by their codes, also where the pattern has lost
// our key: an answer must not land on another page's fields, nor be refused.
func TestPagesAlikeWithoutOurKey(t *testing.T) {
	sheet := "?answer_sheet=Part\n\telements_count=60\n"
	p := stripped(t, ofSource(t, "?page=\n"+sheet+"&page\n?page=\n"+sheet+"&page\n"))
	rows := read(t, p, synth.Truth{"Part7": {"B"}, "Part67": {"D"}})
	for key, want := range map[string]string{"Part7": "B", "Part67": "D", "Part8": "", "Part68": ""} {
		if rows[key] != want {
			t.Errorf("%s = %q, want %q", key, rows[key], want)
		}
	}
}
