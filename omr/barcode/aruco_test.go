package barcode_test

import (
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/internal/plane"
)

// tag prints rows of cells (# white, as the dictionaries write 1) in their frame
// with cells of px pixels, paper around.
func tag(px int, rows ...string) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 9*px, 9*px))
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			cx, cy := x/px-1, y/px-1
			white := cx < 0 || cy < 0 || cx > 6 || cy > 6
			if cx >= 1 && cy >= 1 && cx <= 5 && cy <= 5 {
				white = rows[cy-1][cx-1] == '#'
			}
			if white {
				g.Pix[y*g.Stride+x] = 240
			} else {
				g.Pix[y*g.Stride+x] = 15
			}
		}
	}
	return g
}

// The original dictionary's number 7 = 0000000111₂: rows 00 00 00 01 11.
var seven = []string{"#....", "#....", "#....", "#.###", ".###."}

// Number 0 of DICT_5X5_1000, bytes 162, 217, 94, 0: 10100010 11011001 01011110 0.
var zero5x5 = []string{"#.#..", ".#.##", ".##..", "#.#.#", "###.."}

func TestAruco(t *testing.T) {
	for want, rows := range map[string][]string{"7": seven, "0": zero5x5} {
		for _, px := range []int{3, 6, 15} {
			for angle := 0.0; angle < 360; angle += 20 {
				turned, _ := plane.Turn(plane.Pad(tag(px, rows...), 10, 240), angle*math.Pi/180, 240)
				got, err := barcode.Decode(turned, []string{"aruco"})
				if err != nil && px == 3 {
					continue // cells of 3 px, turned, may be left unread, never misread
				}
				if err != nil || got.Text != want || got.Kind != "Aruco" {
					t.Errorf("tag %s, %d px, turned by %v: %+v, %v", want, px, angle, got, err)
				}
			}
		}
	}
	// One cell wrong, mirrored, without a frame: no tag.
	damaged := append([]string{"##..."}, seven[1:]...)
	if got, err := barcode.Decode(tag(8, damaged...), []string{"aruco"}); err == nil {
		t.Errorf("a tag with a wrong cell is read: %+v", got)
	}
	var mirrored []string
	for _, row := range zero5x5 {
		var b strings.Builder
		for i := range row {
			fmt.Fprintf(&b, "%c", row[len(row)-1-i])
		}
		mirrored = append(mirrored, b.String())
	}
	if got, err := barcode.Decode(tag(8, mirrored...), []string{"aruco"}); err == nil {
		t.Errorf("a mirrored tag is read: %+v", got)
	}
	if got, err := barcode.Decode(tag(8, seven...), nil); err == nil {
		t.Errorf("a tag that nobody asked for is read: %+v", got)
	}
}
