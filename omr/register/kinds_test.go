package register_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/render"
)

// A form with bubbles of every size in either shape, some of them few, has each
// outline found as it is printed: a round one taken for a square has its own
// outline for a mark.
func TestManyKindsOfBubbles(t *testing.T) {
	var b strings.Builder
	for i, size := range []string{"extrasmall", "small", "normal", "large", "extralarge"} {
		for _, shape := range []string{"round", "square"} {
			fmt.Fprintf(&b, "?answer_sheet=%s%d\n\telements_count=%d\n\tcolumns_count=3\n\tbubble_size=%s\n\tbubble_type=%s\n", shape, i, 1+(i*3)%4, size, shape)
		}
		fmt.Fprintf(&b, "?checkbox=c%d\n\tbubble_size=%s\n\tbubble_type=round\n?content=x\n?content=y\n&checkbox\n", i, size)
	}
	tree, list := markup.Parse([]byte(b.String()))
	if tree == nil || list.Failed() {
		t.Fatal(list)
	}
	doc, list := layout.Lay(tree, form.Settings{}, layout.Options{})
	if doc == nil {
		t.Fatal(list)
	}
	page := &doc.Pattern.Pages[0]
	for _, dpi := range []int{150, 300} {
		m, err := register.Page(render.Gray(doc.Pages[0], dpi), page, register.Options{})
		if err != nil {
			t.Fatal(err)
		}
		places := register.Places(page)
		wrong := 0
		for i, o := range m.Outlines {
			e := &page.Elements[places[i].Element]
			want := register.Ellipse
			if e.Ours.Shape == "square" {
				want = register.Rectangle
			}
			if o.Shape == want && o.Contrast > 0.9 && o.Slip < 2 {
				continue
			}
			if wrong++; wrong < 4 {
				t.Errorf("at %d dpi a bubble of %s, printed %s, is found as %+v", dpi, e.Name, e.Ours.Shape, o)
			}
		}
	}
}

// A pattern that does not tell how bubbles are printed has round and square ones
// of one size: the lines of a sheet are learned together, apart from those of
// another.
func TestShapesOfOneSizeWithoutOurKey(t *testing.T) {
	source := "?answer_sheet=round\n\telements_count=10\n?answer_sheet=square\n\telements_count=10\n\tbubble_type=square\n" +
		"?grid=Digits\n\tsections_count=4\n?grid=Boxes\n\tsections_count=4\n\tbubble_type=square\n"
	tree, list := markup.Parse([]byte(source))
	if tree == nil || list.Failed() {
		t.Fatal(list)
	}
	doc, list := layout.Lay(tree, form.Settings{}, layout.Options{})
	if doc == nil {
		t.Fatal(list)
	}
	page := doc.Pattern.Pages[0]
	for i := range page.Elements {
		page.Elements[i].Ours = nil
	}
	m, err := register.Page(render.Gray(doc.Pages[0], 150), &page, register.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range register.Places(&page) {
		name := page.Elements[p.Element].Name
		square := strings.HasPrefix(name, "square") || name == "Boxes"
		if o := m.Outlines[i]; square != (o.Shape == register.Rectangle) || o.Contrast < 0.9 {
			t.Fatalf("a bubble of %s is found as %+v", name, o)
		}
	}
}
