package omr

import (
	"fmt"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// identifier is what the code of page i says and where it stands; nil: none. Of
// our patterns that another program wrote again, without our key, form and
// place are known all the same (spec/markup.md 8.4).
func identifier(p *pattern.Pattern, i int) *pattern.Identifier {
	if p.Ours == nil {
		return conventional(p, i)
	}
	for k := range p.Ours.Identifiers {
		if p.Ours.Identifiers[k].Page == i {
			return &p.Ours.Identifiers[k]
		}
	}
	return conventional(p, i)
}

// conventional is the identifier that our forms print: beyond one page each has
// one, below one another with the right markers and of their size. A form of one
// page has none; that of another form at its place tells that the sheet is not
// ours, though its markers and half of its bubbles may be.
func conventional(p *pattern.Pattern, i int) *pattern.Identifier {
	page := &p.Pages[i]
	if !ourID(p.TemplateID) {
		return nil
	}
	var right geom.PageRect
	for _, m := range page.Markers {
		if m.Kind == pattern.CornerMarker && m.Box.X > right.X {
			right = m.Box
		}
	}
	if right.X < page.Width/2 {
		return nil
	}
	return &pattern.Identifier{
		Page: i, Text: fmt.Sprintf("LM1:%s:%d/%d", p.TemplateID, i+1, len(p.Pages)),
		Box: pattern.Box{right.X, (page.Height - right.H) / 2, right.W, right.H},
	}
}

// ourID tells whether an identifier looks like those of our forms: 12 characters
// of base32 (spec/pattern.md 3).
func ourID(id string) bool {
	const length, base32 = 12, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	return len(id) == length && strings.Trim(id, base32) == ""
}
