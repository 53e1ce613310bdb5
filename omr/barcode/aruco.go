package barcode

import (
	_ "embed"
	"encoding/binary"
	"image"
	"math"
	"strconv"
	"sync"

	"github.com/leafmark/leafmark/omr/internal/plane"
)

// Fiducial tags of 5 × 5 cells in a black frame, which forms of 2018 carry as
// "aruco" (spec/markup.md 6.8). Their generation does not say which of the two
// dictionaries of that size it used; no tag of one is a tag of the other at any
// turn, so both are read.
const (
	tagCells  = 5
	tagSide   = tagCells + 2 // with the frame
	arucoTags = 1024
)

//go:embed data/aruco5x5.bin
var aruco5x5 []byte

// arucoNumbers maps the cells at every turn to the tag's number.
var arucoNumbers = sync.OnceValue(func() map[uint32]int {
	numbers := map[uint32]int{}
	add := func(cells uint32, number int) {
		for range 4 {
			numbers[cells] = number
			cells = turnCells(cells)
		}
	}
	// The original dictionary: five words of five bits, each for two bits of the
	// number (Garrido-Jurado and others, 2014).
	words := [4]uint32{0b10000, 0b10111, 0b01001, 0b01110}
	for n := range arucoTags {
		var cells uint32
		for row := range tagCells {
			cells = cells<<tagCells | words[n>>(2*(tagCells-1-row))&3]
		}
		add(cells, n)
	}
	for n := range len(aruco5x5) / 4 {
		add(binary.BigEndian.Uint32(aruco5x5[4*n:]), n)
	}
	return numbers
})

// turnCells turns 25 cells, the first at bit 24, by a quarter.
func turnCells(cells uint32) (turned uint32) {
	for y := range tagCells {
		for x := range tagCells {
			turned = turned<<1 | cells>>(24-((tagCells-1-x)*tagCells+y))&1
		}
	}
	return turned
}

// readAruco finds a tag: a dark blob whose four corners span a frame of black
// cells around a code of a dictionary. No cell is guessed.
func readAruco(g *image.Gray) (text string, corners [4][2]float64, ok bool) {
	const leastTag = 3 * tagSide // px; printed boxes and letters are smaller
	dark, light := plane.Percentile(g, 0.02), plane.Percentile(g, 0.9)
	if int(light)-int(dark) < 40 {
		return "", corners, false
	}
	// Several thresholds instead of one: shadows and blur move the edge.
	for _, share := range []float64{0.5, 0.35, 0.65} {
		threshold := uint8(float64(dark) + share*float64(light-dark))
		for _, b := range blobs(g, threshold) {
			if b.box.Dx() < leastTag || b.box.Dy() < leastTag {
				continue
			}
			for _, quad := range [][4][2]float64{b.upright, b.tilted} {
				if number, found := readTag(g, quad, threshold); found {
					return strconv.Itoa(number), quad, true
				}
			}
		}
	}
	return "", corners, false
}

// blob is connected dark pixels: its box, and its corners as the extremes along
// the diagonals and along the axes.
type blob struct {
	box             image.Rectangle
	upright, tilted [4][2]float64 // top left, top right, bottom right, bottom left
}

// blobs labels what is darker than threshold, 4-connected.
func blobs(g *image.Gray, threshold uint8) []blob {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	seen := make([]bool, w*h)
	var all []blob
	var stack []int32
	for start := range seen {
		if seen[start] || g.Pix[start/w*g.Stride+start%w] >= threshold {
			continue
		}
		first := image.Pt(start%w, start/w)
		ends := [8]image.Point{first, first, first, first, first, first, first, first}
		stack = append(stack[:0], int32(start))
		seen[start] = true
		for len(stack) > 0 {
			at := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			x, y := at%w, at/w
			extremes(&ends, x, y)
			for _, n := range [4]image.Point{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
				if n.X < 0 || n.Y < 0 || n.X >= w || n.Y >= h {
					continue
				}
				if i := n.Y*w + n.X; !seen[i] && g.Pix[n.Y*g.Stride+n.X] < threshold {
					seen[i] = true
					stack = append(stack, int32(i))
				}
			}
		}
		all = append(all, blobOf(ends))
	}
	return all
}

// extremes keeps the outermost pixels: by x+y and x−y, then by x and y.
func extremes(ends *[8]image.Point, x, y int) {
	better := [8]bool{
		x+y < ends[0].X+ends[0].Y, x-y > ends[1].X-ends[1].Y, x+y > ends[2].X+ends[2].Y, x-y < ends[3].X-ends[3].Y,
		y < ends[4].Y, x > ends[5].X, y > ends[6].Y, x < ends[7].X,
	}
	for i, yes := range better {
		if yes {
			ends[i] = image.Pt(x, y)
		}
	}
}

func blobOf(ends [8]image.Point) blob {
	b := blob{box: image.Rect(ends[7].X, ends[4].Y, ends[5].X+1, ends[6].Y+1)}
	outward := [8][2]float64{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0.5, 0}, {1, 0.5}, {0.5, 1}, {0, 0.5}}
	for i := range 4 {
		b.upright[i] = [2]float64{float64(ends[i].X) + outward[i][0], float64(ends[i].Y) + outward[i][1]}
		b.tilted[i] = [2]float64{float64(ends[i+4].X) + outward[i+4][0], float64(ends[i+4].Y) + outward[i+4][1]}
	}
	return b
}

// readTag samples the cells of a quadrilateral; ok where the frame is black
// throughout and the code is in a dictionary.
func readTag(g *image.Gray, quad [4][2]float64, threshold uint8) (number int, ok bool) {
	if !squarish(quad) {
		return 0, false
	}
	// Paper around the frame: a table's rules go on.
	const around = 0.3
	paper := 0
	for i := range tagSide {
		for _, at := range [4][2]int{{-1, i}, {tagSide, i}, {i, -1}, {i, tagSide}} {
			if darkShare(g, quad, at[0], at[1], threshold) < around {
				paper++
			}
		}
	}
	if paper < 3*tagSide {
		return 0, false
	}
	var cells uint32
	for row := range tagSide {
		for col := range tagSide {
			dark := darkShare(g, quad, row, col, threshold)
			frame := row == 0 || col == 0 || row == tagSide-1 || col == tagSide-1
			switch {
			case frame && dark < 0.7, dark > 0.3 && dark < 0.7:
				return 0, false
			case !frame:
				cells <<= 1
				if dark < 0.5 {
					cells |= 1
				}
			}
		}
	}
	number, ok = arucoNumbers()[cells]
	return number, ok
}

// squarish tells whether all sides are alike, up to the slant of a photo.
func squarish(quad [4][2]float64) bool {
	const most = 1.6
	shortest, longest := math.Inf(1), 0.0
	for i := range quad {
		next := quad[(i+1)%4]
		side := math.Hypot(next[0]-quad[i][0], next[1]-quad[i][1])
		shortest, longest = math.Min(shortest, side), math.Max(longest, side)
	}
	return longest <= most*shortest
}

// darkShare samples the middle of one cell.
func darkShare(g *image.Gray, quad [4][2]float64, row, col int, threshold uint8) float64 {
	const samples = 4
	dark := 0
	for i := range samples {
		for j := range samples {
			v := (float64(row) + 0.25 + 0.5*(float64(i)+0.5)/samples) / tagSide
			u := (float64(col) + 0.25 + 0.5*(float64(j)+0.5)/samples) / tagSide
			x, y := between(quad, u, v)
			px, py := int(x), int(y)
			inside := px >= 0 && py >= 0 && px < g.Rect.Dx() && py < g.Rect.Dy()
			if inside && g.Pix[py*g.Stride+px] < threshold {
				dark++ // beyond the picture is paper
			}
		}
	}
	return float64(dark) / (samples * samples)
}

// between is the projective image of (u, v) of the unit square (Heckbert,
// Fundamentals of Texture Mapping, 1989, 2.2.3).
func between(q [4][2]float64, u, v float64) (x, y float64) {
	dx1, dy1 := q[1][0]-q[2][0], q[1][1]-q[2][1]
	dx2, dy2 := q[3][0]-q[2][0], q[3][1]-q[2][1]
	sx, sy := q[0][0]-q[1][0]+q[2][0]-q[3][0], q[0][1]-q[1][1]+q[2][1]-q[3][1]
	det := dx1*dy2 - dx2*dy1
	if det == 0 {
		return -1, -1
	}
	g, h := (sx*dy2-dx2*sy)/det, (dx1*sy-sx*dy1)/det
	w := g*u + h*v + 1
	x = ((q[1][0]-q[0][0]+g*q[1][0])*u + (q[3][0]-q[0][0]+h*q[3][0])*v + q[0][0]) / w
	y = ((q[1][1]-q[0][1]+g*q[1][1])*u + (q[3][1]-q[0][1]+h*q[3][1])*v + q[0][1]) / w
	return x, y
}
