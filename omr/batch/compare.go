package batch

import (
	"fmt"
	"slices"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// compare holds the pattern of copy i against that of the first. Moved bubbles
// are a fault. Other differences in what recognition looks at (names, values,
// codes, crops, keys) give every copy a pattern of its own; texts that stand
// elsewhere are only hints for registration and leave the shared pattern.
func (p *printer) compare(i int, got *pattern.Pattern) *fault.Error {
	if p.shared == nil {
		p.shared = got
		return nil
	}
	if where := moved(p.shared, got); where != "" {
		return &fault.Error{
			Code: "LM721", Kind: fault.Invalid,
			Cause: fmt.Sprintf("on the copy for line %d of the data %s than on the copy for line %d: what is filled in must not move bubbles",
				p.Table.Line(i), where, p.Table.Line(0)),
			Cure: "give the texts that change room of their own: a block with a fixed height, or a place below the bubbles",
		}
	}
	if p.apart == "" {
		p.apart = differs(p.shared, got)
	}
	if p.apart == "" {
		p.shared.Ours.Printed = common(p.shared.Ours.Printed, got.Ours.Printed)
	}
	return nil
}

// moved says what stands elsewhere on b than on a; "": all bubbles are in place.
func moved(a, b *pattern.Pattern) string {
	for n := range a.Pages {
		x, y := bubbles(&a.Pages[n]), bubbles(&b.Pages[n])
		for k := range min(len(x), len(y)) {
			if x[k].box != y[k].box {
				return fmt.Sprintf("%s %q of page %d has a bubble at other coordinates (%.0f, %.0f instead of %.0f, %.0f)",
					y[k].of.Type, y[k].of.Name, n+1, y[k].box.X, y[k].box.Y, x[k].box.X, x[k].box.Y)
			}
		}
		if len(x) != len(y) {
			return fmt.Sprintf("page %d has another number of bubbles (%d instead of %d)", n+1, len(y), len(x))
		}
	}
	return ""
}

// bubble is a place to mark and the element it belongs to.
type bubble struct {
	box geom.PageRect
	of  *pattern.Element
}

func bubbles(p *pattern.Page) []bubble {
	var out []bubble
	for i := range p.Elements {
		e := &p.Elements[i]
		e.EachBubble(func(b *pattern.Bubble) bool {
			out = append(out, bubble{b.Box, e})
			return true
		})
	}
	return out
}

// differs says what else recognition would see differently; "": nothing.
func differs(a, b *pattern.Pattern) string {
	for n := range a.Pages {
		x, y := &a.Pages[n], &b.Pages[n]
		if len(x.Elements) != len(y.Elements) {
			return fmt.Sprintf("the number of elements on page %d", n+1)
		}
		for k := range x.Elements {
			if what := unlike(&x.Elements[k], &y.Elements[k]); what != "" {
				return fmt.Sprintf("the %s of %s %q on page %d", what, x.Elements[k].Type, x.Elements[k].Name, n+1)
			}
		}
	}
	switch {
	case !slices.Equal(a.Ours.Keys, b.Ours.Keys):
		return "the answer key"
	case !slices.EqualFunc(a.Ours.Crops, b.Ours.Crops, func(x, y pattern.CropInfo) bool {
		return x.Page == y.Page && x.Element == y.Element && x.Name == y.Name && slices.Equal(x.When, y.When)
	}):
		return "the pictures to cut out"
	}
	return ""
}

// unlike names the first property in which two elements differ.
func unlike(a, b *pattern.Element) string {
	switch {
	case a.Type != b.Type:
		return "kind"
	case a.Name != b.Name:
		return "name"
	case a.Box != b.Box:
		return "place"
	case a.Value != b.Value || a.Target != b.Target:
		return "value"
	case a.BarcodeType != b.BarcodeType || a.QRVersion != b.QRVersion:
		return "code"
	}
	var values []string
	a.EachBubble(func(x *pattern.Bubble) bool { values = append(values, x.Value); return true })
	k, same := 0, true
	b.EachBubble(func(x *pattern.Bubble) bool {
		same = k < len(values) && values[k] == x.Value
		k++
		return same
	})
	if !same || k != len(values) {
		return "values"
	}
	for i := range a.Questions {
		if i >= len(b.Questions) || a.Questions[i].Name != b.Questions[i].Name {
			return "questions"
		}
		for j := range a.Questions[i].Answers {
			if j >= len(b.Questions[i].Answers) || a.Questions[i].Answers[j].Name != b.Questions[i].Answers[j].Name {
				return "answers"
			}
		}
	}
	if a.Ours != nil && b.Ours != nil && !slices.Equal(a.Ours.Symbols, b.Ours.Symbols) {
		return "printed symbols"
	}
	return ""
}

// common are the hints that both copies print, in the order of a.
func common(a, b []pattern.PrintedBox) []pattern.PrintedBox {
	in := make(map[pattern.PrintedBox]bool, len(b))
	for _, x := range b {
		in[x] = true
	}
	return slices.DeleteFunc(a, func(x pattern.PrintedBox) bool { return !in[x] })
}
