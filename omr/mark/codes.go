package mark

import (
	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/pattern"
)

// CodeRead is what was read of one barcode element.
type CodeRead struct {
	Element int // in the page's Elements
	Kind    string
	Text    string
	Tries   int   // crops it took; 0: not read
	Err     error // why not
}

// margins are how much of its box's side is added around a code, try by try:
// the quiet zone, then a box that was drawn too tight or printed shifted.
var margins = [3]float64{0.12, 0.35, 0.9}

// readCodes decodes every barcode of the page on straightened crops.
func readCodes(v view, p *pattern.Page) []CodeRead {
	var out []CodeRead
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.Type != pattern.Barcode && e.Type != pattern.BarcodeMade {
			continue
		}
		r := CodeRead{Element: i, Kind: e.BarcodeType}
		kind, known := barcode.Known(e.BarcodeType)
		var kinds []string
		if known {
			kinds = []string{kind}
		}
		for try, m := range margins {
			g := v.m.Straight(v.g, e.Box.Grow(m*min(e.Box.W, e.Box.H)))
			if g == nil {
				break
			}
			got, err := barcode.Decode(g, kinds)
			if err == nil {
				r.Text, r.Tries, r.Err = got.Text, try+1, nil
				if got.Kind != "" {
					r.Kind = got.Kind
				}
				break
			}
			r.Err = err
		}
		out = append(out, r)
	}
	return out
}
