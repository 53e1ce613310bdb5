package pile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/pile"
	"github.com/leafmark/leafmark/omr/synth"
)

const source = `?page=one
?answer_sheet=A
	elements_count=8
	columns_count=1
	answers_count=4
&page
?page=two
?answer_sheet=B
	elements_count=6
	columns_count=1
	answers_count=4
&page
`

// made is a form of two pages and filled copies of each.
type made struct {
	pattern *pattern.Pattern
	pages   [2][]byte
}

func build(t *testing.T) made {
	t.Helper()
	g, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: []byte(source), Settings: form.Settings{}, DPI: 150})
	if g == nil {
		t.Fatalf("the form is refused: %v", list)
	}
	m := made{pattern: g.Document.Pattern}
	truth := synth.DrawTruth(m.pattern, 7)
	for i := range m.pages {
		img, err := png.Decode(bytes.NewReader(g.Pages[i].Data))
		if err != nil {
			t.Fatal(err)
		}
		filled := synth.FillPage(img, &m.pattern.Pages[i], truth, synth.BallpointBlack, uint64(i))
		if m.pages[i], err = imageio.EncodePNG(filled, 150); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func file(name string, data []byte) pile.File {
	return pile.File{Name: name, Open: func() (*pile.Content, error) { return &pile.Content{Data: data}, nil }}
}

func names(t *testing.T, m made, files []pile.File, opt pile.Options) []string {
	t.Helper()
	var out []string
	err := pile.Read(t.Context(), m.pattern, files, opt, func(o omr.Outcome) error {
		line := o.File
		if o.Err != nil {
			line += " refused"
		} else {
			for _, p := range o.Sheet.Pages {
				line += fmt.Sprintf(" %s:%d", p.File, p.Page)
			}
		}
		out = append(out, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Sheets come in the files' order whatever the number of workers, pages joined.
func TestOrderAndPages(t *testing.T) {
	m := build(t)
	files := []pile.File{
		file("a1", m.pages[0]), file("a2", m.pages[1]),
		file("bad", []byte("no picture")),
		file("b2", m.pages[1]), file("b1", m.pages[0]),
		file("c1", m.pages[0]), file("d1", m.pages[0]), file("d2", m.pages[1]),
	}
	want := []string{"a1 a1:1 a2:2", "bad refused", "b2 b2:2 b1:1", "c1", "d1 d1:1 d2:2"}
	for _, workers := range []int{1, 3, 0} {
		var done []string
		got := names(t, m, files, pile.Options{Workers: workers, Done: func(name string, _ int, held bool) {
			if held {
				t.Errorf("%s is held", name)
			}
			done = append(done, name)
		}})
		if !slices.Equal(got, want) {
			t.Errorf("%d workers: %q, want %q", workers, got, want)
		}
		if len(done) != len(files) || done[0] != "a1" || done[7] != "d2" {
			t.Errorf("%d workers: done %q", workers, done)
		}
	}
}

// Held pictures are not read, and part the sheets beside them.
func TestHeld(t *testing.T) {
	m := build(t)
	files := []pile.File{file("a1", m.pages[0]), file("a2", []byte("held: never decoded")), file("b2", m.pages[1])}
	var read atomic.Int32
	got := names(t, m, files, pile.Options{
		Held: func(name string, image int) bool { return name == "a2" && image == 1 },
		Look: func(*omr.Reading, *imageio.File) error { read.Add(1); return nil },
	})
	if want := []string{"a1", "b2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if read.Load() != 2 {
		t.Errorf("%d pictures read, want 2", read.Load())
	}
}

// No more pictures are decoded at a time than the budget allows; every file that
// was opened is closed.
func TestBudgetAndClosing(t *testing.T) {
	m := build(t)
	var opened, closed, now, most atomic.Int32
	var files []pile.File
	for i := range 12 {
		files = append(files, pile.File{Name: fmt.Sprint(i), Open: func() (*pile.Content, error) {
			opened.Add(1)
			return &pile.Content{Data: m.pages[0], Close: func() { closed.Add(1) }}, nil
		}})
	}
	names(t, m, files, pile.Options{
		Workers: 4, Pixels: 1, // each picture alone
		Look: func(*omr.Reading, *imageio.File) error {
			most.Store(max(most.Load(), now.Add(1)))
			now.Add(-1)
			return nil
		},
	})
	if opened.Load() != 12 || closed.Load() != 12 || most.Load() != 1 {
		t.Errorf("%d opened, %d closed, %d at a time; want 12, 12, 1", opened.Load(), closed.Load(), most.Load())
	}
}

// Faults that are not a sheet's end the pile, and leave nothing open.
func TestEnds(t *testing.T) {
	m := build(t)
	away := errors.New("the disk is away")
	var closed atomic.Int32
	good := pile.File{Name: "a", Open: func() (*pile.Content, error) {
		return &pile.Content{Data: m.pages[0], Close: func() { closed.Add(1) }}, nil
	}}
	bad := pile.File{Name: "b", Open: func() (*pile.Content, error) { return nil, away }}
	none := func(omr.Outcome) error { return nil }
	if err := pile.Read(t.Context(), m.pattern, []pile.File{good, bad, good}, pile.Options{}, none); !errors.Is(err, away) {
		t.Errorf("a file that cannot be opened: %v", err)
	}
	full := errors.New("full")
	err := pile.Read(t.Context(), m.pattern, []pile.File{good, good, good}, pile.Options{}, func(omr.Outcome) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("an output that fails: %v", err)
	}
	look := pile.Options{Look: func(*omr.Reading, *imageio.File) error { return full }}
	if err := pile.Read(t.Context(), m.pattern, []pile.File{good}, look, none); !errors.Is(err, full) {
		t.Errorf("a look that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = pile.Read(ctx, m.pattern, []pile.File{good, good, good, good}, pile.Options{Workers: 1}, func(omr.Outcome) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if closed.Load() == 0 {
		t.Error("nothing was closed")
	}
}
