package layout_test

import (
	"math"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
)

// FuzzLay lays out whatever the reader accepts. Nothing panics, every item lies
// at a finite place, every bubble of a form that is made can be recognised: on
// the page, its paper its own, and the pattern can be read back.
func FuzzLay(f *testing.F) {
	for _, s := range []string{
		"?text=Title\n\talign=center\n#One?\n\t() a () b\n",
		"#A long question " + "that goes on and on and on and on and on and on and on and on and on\n\t() first () second () third\n\tfont_size=20\n\t() x\n",
		"?container=\n\tcolumns_count=3\n\tsync_children_height=true\n?block=\n\tborder=rounded\n\tborder_top_style=none\n\theight=90\n\toverflow=clip\n?answer_sheet=Q\n\telements_count=9\n&block\n&container\n",
		"?grid=G\n\torientation=vertical\n\tx=300\n\ty=300\n\tvertical_margin=9\n?barcode=B\n\tvalue=1\n\tcodetext=true\n\trotation_angle=90\n",
		"?container=\n\ttype=footer\n\tcolumns_proportions=10%-80%\n?block=\n\tcolumn=2\n\tis_clipped=true\n?content=12 3\n\tcontent_type=cells\n&block\n&container\n",
		"?page=\n\tpaper_size=Letter\n\torientation=horizontal\n\trotation_point_position=BottomLeft2\n?answer_sheet=S\n\telements_count=40\n\tanswers_list=(1)()(23)\n&page\n?page=\n&page\n",
		"?text=שלום \t 12 ab\n\tfont_style=underline\n\tfont_size=400\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 4000 {
			return
		}
		doc, list := lay(t, source, form.Settings{}, nil)
		if doc == nil {
			if !list.Failed() {
				t.Fatal("no document and no error")
			}
			return
		}
		for _, e := range list {
			if e.Severity == fault.SeverityError {
				t.Fatalf("a document in spite of %v", e)
			}
		}
		for i, p := range doc.Pages {
			for _, it := range p.Items {
				if x := place(it.Text); it.Text != nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
					t.Fatalf("%q lies nowhere", it.Text.Text)
				}
			}
			page := doc.Pattern.Pages[i]
			for _, e := range page.Elements {
				e.EachBubble(func(b *pattern.Bubble) bool {
					if b.Box.X < -5 || b.Box.Y < -5 || b.Box.X+b.Box.W > page.Width+5 || b.Box.Y+b.Box.H > page.Height+5 {
						t.Fatalf("bubble %q of %s lies at %v", b.Value, e.Name, b.Box)
					}
					for _, m := range page.Markers {
						if m.Box.Overlaps(b.Box) {
							t.Fatalf("bubble %q of %s lies on a marker", b.Value, e.Name)
						}
					}
					return true
				})
			}
		}
		raw, err := pattern.Write(doc.Pattern)
		if err != nil {
			t.Fatal(err)
		}
		if _, warnings, err := pattern.Read(raw); err != nil || len(warnings) > 0 {
			t.Fatalf("our pattern is not read back: %v %v", err, warnings)
		}
	})
}

func place(l *layout.TextLine) float64 {
	if l == nil {
		return 0
	}
	return l.Origin.X + l.Origin.Y + l.Line.Width
}
