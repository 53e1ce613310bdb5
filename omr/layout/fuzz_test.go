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
		"?score_group=S\n?score_question=Q\n\trow_proportions=40%-20%-20%-10%\n\tscore_display=DisplayAsExtraColumn\n?score_header=a\n\tscore=-7\n?score_header=b\n\theader_type=amount\n?score_header=c\n\theader_type=content\n?score_answer=x\n\tscore=3\n?table_content=t\n\tcolumn=4\n\trow=1\n&score_question\n&score_group\n",
		"?custom_answer_sheet=C\n\tamount=5\n\tcolumns_count=2\n\trow_proportions=20%-40%-20%-20%\n\tborder=rounded\n?header=\n?column=a\n?column=b\n?column=c\n?column=12\n\tcontent_type=cells\n&header\n?custom_row=\n?content=%index%\n?bubble_array=b%index%\n\tanswers_list=(A)()(%index%)\n?custom_trigger=t\n\tvalue=v\n\ttarget=w%index%\n?write_in=w%index%\n&custom_row\n&custom_answer_sheet\n",
		"?container=\n?block=\n\theight=700\n?vertical_choicebox=V\n\tbubble_position=right\n?answer=a\n\tbubble_type=square\n\tbubble_offset_y=40\n?content=x\n?write_in=w\n&answer\n?answer=b\n?content=y\n&answer\n&vertical_choicebox\n?write_in=z\n\tadaptive=true\n&block\n&container\n?text_input=T\n\tlength=40\n?free_text_input=F\n",
		"?composite_grid=G\n\tcolumns_count=3\n\textra_row=(+)()(-)\n\tvalues=(a)(b)\n\trotate=270\n\torientation=vertical\n\talign=right\n?barcode=B\n\tvalue=1\n\tcodetext=true\n\trotation_angle=33\n?checkbox=C\n?content=one\n?content=two\n&checkbox\n",
		"?container=\n?block=\n?table=T\n\tanswers_count=2\n\ttable_type=striped\n?table_title=t\n\tborder=square\n?table_header=\n?content=q\n?answer_value=\n?answer_value=b\n&table_header\n?question=Q\n?question=R\n&table\n&block\n&container\n",
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
