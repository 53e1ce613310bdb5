package randomform_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/internal/randomform"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
)

// The generator reaches the whole language: every kind of element and both
// markups, in forms that do not print over their own bubbles.
func TestRandomFormsCoverTheLanguage(t *testing.T) {
	seen := map[form.Kind]bool{}
	attrs := map[form.Attr]bool{}
	var walk func(e *form.Element)
	walk = func(e *form.Element) {
		seen[e.Kind] = true
		for a := range e.Attrs {
			attrs[a] = true
		}
		for _, c := range e.Children {
			walk(c)
		}
	}
	both := map[bool]bool{}
	for seed := uint64(1); seed <= 40; seed++ {
		f := randomform.Draw(rand.New(rand.NewPCG(seed, 3)))
		both[bytes.HasPrefix([]byte(f.Source), []byte("{"))] = true
		tree, list := markup.Parse([]byte(f.Source))
		if tree == nil || list.Failed() {
			t.Fatalf("seed %d: %v\n%s", seed, list, f.Source)
		}
		for _, p := range tree.Pages {
			walk(p)
		}
		doc, list := layout.Lay(tree, f.Settings, randomform.LayoutOptions())
		if doc == nil {
			t.Fatalf("seed %d: %v", seed, list)
		}
		if over := randomform.Covered(doc.Pattern, "text", "picture"); len(over) > 0 {
			t.Errorf("seed %d prints over its bubbles: %v\n%s", seed, over, f.Source)
		}
	}
	seen[form.Template] = true // the root of every JSON form
	for _, k := range form.Kinds() {
		if !seen[k] {
			t.Errorf("no form has a %s", k)
		}
	}
	if !both[true] || !both[false] {
		t.Error("one of the markups is missing")
	}
	t.Logf("%d attributes are used", len(attrs))
}
