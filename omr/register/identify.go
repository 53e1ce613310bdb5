package register

import (
	"image"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// identify reads the page's own code through the map and compares it with what
// the pattern expects (spec/markup.md 8.4): "" when it agrees or cannot be read.
// It notes in m what the code says for this page: that it names it, and the copy.
func identify(g *image.Gray, m *Map, id *pattern.Identifier) (code, why string) {
	if id == nil || id.Text == "" {
		return "", ""
	}
	box := geom.PageRect{X: id.Box[0], Y: id.Box[1], W: id.Box[2], H: id.Box[3]}
	for _, margin := range [2]float64{0.2, 0.5} {
		crop := m.Straight(g, box.Grow(margin*box.W))
		if crop == nil || !printedOn(crop) {
			return "", ""
		}
		size := crop.Rect.Size()
		inset := margin / (1 + 2*margin)
		dx, dy := int(inset*float64(size.X)), int(inset*float64(size.Y))
		got, err := barcode.DecodeFlat(crop, image.Rect(dx, dy, size.X-dx, size.Y-dy), []string{"QR"}, true)
		if err != nil {
			continue
		}
		m.Copy = copyOf(got.Text, id.Text)
		m.Named = got.Text == id.Text || m.Copy > 0
		return compareIdentifier(got.Text, id.Text)
	}
	return "", ""
}

// printedOn tells whether a twelfth of a picture is darker than its paper by a
// quarter: a code is so for a third and more, and looking for one on bare paper
// costs as much as reading a page.
func printedOn(g *image.Gray) bool {
	var counts [256]int
	n := 0
	for y := range g.Rect.Dy() {
		for _, v := range g.Pix[y*g.Stride:][:g.Rect.Dx()] {
			counts[v]++
		}
		n += g.Rect.Dx()
	}
	paper, above := 255, 0
	for paper > 0 && above+counts[paper] < n/10 {
		above += counts[paper]
		paper--
	}
	dark := 0
	for v := range paper * 3 / 4 {
		dark += counts[v]
	}
	return dark*12 >= n
}

// copyOf is the number of a person's copy behind an identifier; 0: none.
func copyOf(got, want string) int {
	tail, ok := strings.CutPrefix(got, want+":")
	n, err := strconv.Atoi(tail)
	if !ok || err != nil || n < 1 {
		return 0
	}
	return n
}

// compareIdentifier tells a foreign form, and a foreign page of this form. A
// person's copy number may follow (LM1:<form>:<page>/<pages>[:<copy>]).
func compareIdentifier(got, want string) (code, why string) {
	g, w := strings.Split(got, ":"), strings.Split(want, ":")
	if len(g) < 3 || len(w) < 3 || g[0] != w[0] {
		return "", "" // somebody's own code at this place
	}
	switch {
	case g[1] != w[1]:
		return "wrong_form", "its code names the form " + g[1] + ", the pattern " + w[1]
	case g[2] != w[2]:
		return "wrong_page", "its code names page " + g[2] + ", the pattern page " + w[2]
	}
	return "", ""
}
