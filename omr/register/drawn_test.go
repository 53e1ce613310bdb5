package register_test

import (
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/register"
)

// Drawn symbols are told apart, and found where they stand a little off.
func TestDrawSymbol(t *testing.T) {
	values := []string{"A", "B", "5", "120", "Q"}
	for _, v := range values {
		d, ok := register.DrawSymbol(v, "Arial", register.Ellipse, 60, 60, 0.72)
		if !ok {
			t.Fatalf("%s is not drawn", v)
		}
		var off [register.GlyphCells * register.GlyphCells]uint8
		for i := range off {
			if x, y := i%register.GlyphCells-1, i/register.GlyphCells-2; x >= 0 && y >= 0 {
				off[i] = d.Cells[y*register.GlyphCells+x] / 2
			}
		}
		for _, o := range values {
			other, _ := register.DrawSymbol(o, "Arial", register.Ellipse, 60, 60, 0.72)
			like, dx, dy := other.Match(&off)
			if o == v && (like < 0.95 || dx != 1 || dy != 2) {
				t.Errorf("%s is itself by %.2f at %d,%d", v, like, dx, dy)
			}
			if o != v && like > 0.9 {
				t.Errorf("%s looks like %s: %.2f", v, o, like)
			}
		}
	}
}

func TestDrawSymbolRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		symbol, family string
		w, h           float64
	}{
		"blank":          {"", "Arial", 60, 60},
		"space":          {" ", "Arial", 60, 60},
		"no family":      {"A", "", 60, 60},
		"strange family": {"A", "No Such Family", 60, 60},
		"no such glyph":  {"\U000F0000", "Arial", 60, 60},
		"far too long":   {strings.Repeat("M", 5000), "Arial", 60, 60},
		"no room":        {"A", "Arial", 8, 60},
	} {
		if _, ok := register.DrawSymbol(c.symbol, c.family, register.Ellipse, c.w, c.h, 0.72); ok {
			t.Errorf("%s is drawn", name)
		}
	}
}
