package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/leafmark/leafmark/omr/geom"
)

// minItem is fewer bytes than any real item of the extension's lists takes; it
// bounds what decoding a list allocates.
const minItem = 20

// readExtension decodes the key Leafmark; nil for a schema that is not ours.
func readExtension(raw []byte) (*Extension, error) {
	if raw[0] != '{' {
		return nil, invalid("Leafmark", "", "is "+kindOf(raw), "an object")
	}
	o := readObject(raw)
	f := fields{o: &o, path: "Leafmark"}
	schema, ok := f.integer("schema", 0, maxCoordinate)
	if f.err != nil {
		return nil, f.err
	}
	if !ok || schema != Schema {
		return nil, nil
	}
	for _, m := range o.members {
		if m.raw == nil || m.raw[0] != '[' {
			continue
		}
		n := 0
		for range items(m.raw) {
			n++
		}
		if n*minItem > len(m.raw) {
			return nil, invalid(f.at(clip(m.key)), "", fmt.Sprintf("has %d items in %d bytes", n, len(m.raw)), "whole items")
		}
	}
	ext := &Extension{}
	if err := json.Unmarshal(raw, ext); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, invalid("Leafmark."+wrong.Field, "", "is a "+wrong.Value, wrong.Type.String())
		}
		return nil, invalid("Leafmark", "", "cannot be read", "what generation wrote")
	}
	for _, k := range extensionKeys {
		o.take(k)
	}
	ext.extra = o.rest()
	return ext, nil
}

// extensionKeys are the members of Extension in the file.
var extensionKeys = []string{
	"schema", "source", "dpi", "language", "direction", "markers", "identifiers", "elements",
	"printed", "crops", "triggers", "scores", "keys",
}

// link points elements at what was printed for them. An entry that does not fit
// the element's bubbles is left unused: another program has changed the file.
func link(p *Pattern) {
	for i := range p.Ours.Elements {
		info := &p.Ours.Elements[i]
		if info.Page < 0 || info.Page >= len(p.Pages) {
			continue
		}
		elements := p.Pages[info.Page].Elements
		if info.Element < 0 || info.Element >= len(elements) {
			continue
		}
		e := &elements[info.Element]
		n := 0
		e.EachBubble(func(*Bubble) bool { n++; return true })
		if (len(info.Symbols) == 0 || len(info.Symbols) == n) && info.Single.apply(e, n) {
			e.Ours = info
		}
	}
}

// apply gives the n bubbles of an element their own boxes; false for entries that
// do not fit them.
func (i *SingleInfo) apply(e *Element, n int) bool {
	if i == nil {
		return true
	}
	if len(i.Shapes) != n || len(i.Boxes) != n || len(i.Outlines) != n {
		return false
	}
	k, fit := 0, true
	e.EachBubble(func(b *Bubble) bool {
		fit = i.Boxes[k].inside(b.Box)
		k++
		return fit
	})
	if !fit {
		return false
	}
	k = 0
	e.EachBubble(func(b *Bubble) bool {
		b.Box = i.Boxes[k].Rect()
		k++
		return true
	})
	return true
}

// inside tells whether b lies in the middle of r.
func (b Box) inside(r geom.PageRect) bool {
	const slack = 1 // px; of another program's rounding
	own, c, d := b.Rect(), b.Rect().Center(), r.Center()
	return own.W > 0 && own.H > 0 && own.W <= r.W+slack && own.H <= r.H+slack &&
		math.Abs(c.X-d.X) <= slack && math.Abs(c.Y-d.Y) <= slack
}

// described is the extension to write: its Elements are gathered from the
// pattern's own when those carry some.
func (p *Pattern) described() *Extension {
	if p.Ours == nil {
		return nil
	}
	ext := *p.Ours
	if ext.Schema == 0 {
		ext.Schema = Schema
	}
	var gathered []ElementInfo
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			if info := p.Pages[i].Elements[j].Ours; info != nil {
				at := *info
				at.Page, at.Element = i, j
				gathered = append(gathered, at)
			}
		}
	}
	if gathered != nil {
		ext.Elements = gathered
	}
	return &ext
}
