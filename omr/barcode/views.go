package barcode

import (
	"image"
	"iter"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"

	"github.com/leafmark/leafmark/omr/internal/plane"
)

// view is the picture as it is shown to the readers once.
type view struct {
	gray    *image.Gray
	turned  bool                                  // of no use for readers that find any turn themselves
	back    func(x, y float64) (float64, float64) // to the picture's coordinates
	bitmaps map[bool]*gozxing.BinaryBitmap
}

func newView(g *image.Gray, turned bool, back func(x, y float64) (float64, float64)) view {
	return view{g, turned, back, map[bool]*gozxing.BinaryBitmap{}}
}

const (
	frame     = 24        // px of paper put around a crop that has no quiet zone
	smallSide = 320       // px; crops smaller than that are enlarged too
	largeArea = 1_500_000 // px; above it only shrunken pictures are turned
)

// views yields the picture in the order of success per cost: as it is, half,
// enlarged where small, then turned to the directions in which bars run (bars)
// and, crops alone, by a few fixed angles (fixed: Aztec and Data Matrix are found
// only near the upright and have no bars).
func views(g *image.Gray, bars, fixed bool) iter.Seq[view] {
	return func(yield func(view) bool) {
		b := g.Bounds()
		paper := plane.Percentile(g, 0.9)
		base := plane.Pad(g, frame, paper)
		asIs := newView(base, false, func(x, y float64) (float64, float64) {
			return x - frame + float64(b.Min.X), y - frame + float64(b.Min.Y)
		})
		if !yield(asIs) {
			return
		}
		half := asIs.scaled(plane.Half(base), 2)
		if min(b.Dx(), b.Dy()) >= 2*leastSide && !yield(half) {
			return
		}
		if max(b.Dx(), b.Dy()) < 2*smallSide || min(b.Dx(), b.Dy()) < smallSide/2 {
			for _, n := range []int{2, 3} {
				if b.Dx()*b.Dy()*n*n > largeArea {
					break
				}
				if !yield(asIs.scaled(plane.Enlarge(base, n), 1/float64(n))) {
					return
				}
			}
		}
		if b.Dx()*b.Dy() > largeArea && !yield(half.scaled(plane.Half(half.gray), 2)) {
			return
		}
		turning := asIs
		if b.Dx()*b.Dy() > largeArea {
			turning = half
		}
		var angles []float64
		if bars {
			angles = barAngles(turning.gray)
			if b.Dx()*b.Dy() > largeArea {
				angles = angles[:min(len(angles), 2)] // a page has rules; a crop may be of anything
			}
		}
		if fixed && b.Dx()*b.Dy() <= largeArea {
			angles = append(angles, math.Pi/4, math.Pi/8, -math.Pi/8, math.Pi/16, -math.Pi/16, math.Pi/5, -math.Pi/5)
		}
		for _, angle := range angles {
			turned, back := plane.Turn(turning.gray, angle, paper)
			v := newView(turned, true, func(x, y float64) (float64, float64) { return turning.back(back(x, y)) })
			if !yield(v) {
				return
			}
		}
	}
}

// unframed is the picture without paper around it, whose luma may differ from
// the paper at the crop's edge; our own readers need none.
func unframed(g *image.Gray) view {
	b := g.Bounds()
	return newView(plane.Crop(g, b), false, func(x, y float64) (float64, float64) {
		return x + float64(b.Min.X), y + float64(b.Min.Y)
	})
}

// bitmap is the view in black and white, made once for all readers.
func (v view) bitmap(local bool) *gozxing.BinaryBitmap {
	if v.bitmaps[local] == nil {
		v.bitmaps[local] = bitmapOf(v.gray, local)
	}
	return v.bitmaps[local]
}

// scaled is v drawn with pixels of size px of v's.
func (v view) scaled(g *image.Gray, px float64) view {
	return newView(g, v.turned, func(x, y float64) (float64, float64) { return v.back(x*px, y*px) })
}

// points maps a result's points to the picture.
func (v view) points(result *gozxing.Result) []image.Point {
	var all []image.Point
	for _, p := range result.GetResultPoints() {
		if p == nil {
			continue
		}
		x, y := v.back(p.GetX(), p.GetY())
		all = append(all, image.Pt(int(math.Round(x)), int(math.Round(y))))
	}
	return all
}

// corners are the picture's own, where a reader does not say more.
func (v view) corners() []image.Point {
	w, h := float64(v.gray.Rect.Dx()), float64(v.gray.Rect.Dy())
	return v.pointsOf([4][2]float64{{0, 0}, {w, 0}, {w, h}, {0, h}})
}

func (v view) pointsOf(corners [4][2]float64) []image.Point {
	var all []image.Point
	for _, c := range corners {
		x, y := v.back(c[0], c[1])
		all = append(all, image.Pt(int(math.Round(x)), int(math.Round(y))))
	}
	return all
}

// barAngles are the turns (radians, at most four) that lay bars upright: the
// strongest directions among blocks whose gradients all run one way (structure
// tensor, Bigün and Granlund 1987).
func barAngles(g *image.Gray) []float64 {
	const (
		block    = 16   // px
		coherent = 0.75 // text and bubbles reach 0.5
		bins     = 90   // of 2 degrees
		apart    = 5    // bins between two peaks
		straight = 0.01 // radians; seen upright already
	)
	var energy [bins]float64
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	for by := 1; by+block < h; by += block {
		for bx := 1; bx+block < w; bx += block {
			var xx, yy, xy float64
			for y := by; y < by+block; y++ {
				row, above, below := g.Pix[y*g.Stride:], g.Pix[(y-1)*g.Stride:], g.Pix[(y+1)*g.Stride:]
				for x := bx; x < bx+block; x++ {
					dx, dy := float64(int(row[x+1])-int(row[x-1])), float64(int(below[x])-int(above[x]))
					xx += dx * dx
					yy += dy * dy
					xy += dx * dy
				}
			}
			sum := xx + yy
			if sum < block*block*100 || math.Hypot(xx-yy, 2*xy) < coherent*sum {
				continue
			}
			angle := math.Atan2(2*xy, xx-yy) / 2 // −90° to 90°
			bin := int(math.Floor(angle/math.Pi*bins+0.5)+bins) % bins
			energy[bin] += sum
		}
	}
	at := func(i int) float64 { return energy[(i+bins)%bins] }
	smooth := make([]float64, bins)
	order := make([]int, bins)
	for i := range smooth {
		order[i] = i
		smooth[i] = at(i-1) + 2*at(i) + at(i+1)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case smooth[a] > smooth[b]:
			return -1
		case smooth[a] < smooth[b]:
			return 1
		}
		return 0
	})
	var angles []float64
	var taken []int
	for _, i := range order {
		if smooth[i] == 0 || len(angles) == 4 {
			break
		}
		if slices.ContainsFunc(taken, func(j int) bool {
			d := (i - j + bins) % bins
			return min(d, bins-d) < apart
		}) {
			continue
		}
		taken = append(taken, i)
		offset := (at(i+1) - at(i-1)) / (at(i-1) + at(i) + at(i+1) + 1)
		angle := (float64(i) + offset) * math.Pi / bins
		if angle > math.Pi/2 {
			angle -= math.Pi
		}
		if math.Abs(angle) > straight {
			angles = append(angles, -angle)
		}
	}
	return angles
}
