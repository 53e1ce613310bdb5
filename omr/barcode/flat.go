package barcode

import (
	"cmp"
	"image"
	"math"
	"slices"
	"strconv"

	"github.com/makiuchi-d/gozxing"

	"github.com/leafmark/leafmark/omr/internal/plane"
)

// DecodeFlat reads one code of the given symbologies from a crop that a map has
// laid flat, place being where the symbol should be. Beyond what Decode tries
// first it undoes blur and low resolution: linear codes are read from the means of
// strips across the bars, sharpened, which vote; Aztec codes are sampled at the
// places of their modules. Thorough: blurs are taken back too, which takes some
// tens of ms where nothing can be read. Fault: unreadable_code.
func DecodeFlat(g *image.Gray, place image.Rectangle, names []string, thorough bool) (Reading, error) {
	wanted := wantedKinds(names)
	if g.Bounds().Dx() >= leastSide && g.Bounds().Dy() >= leastSide && len(wanted) > 0 {
		f := flat{g: plane.Crop(g, g.Bounds()), from: g.Bounds().Min, wanted: wanted, thorough: thorough}
		f.place = place.Sub(f.from).Intersect(f.g.Rect)
		for _, k := range wanted {
			for _, format := range k.formats {
				if twoDimensional(format) {
					f.matrix = append(f.matrix, format)
				} else {
					f.linear = append(f.linear, format)
				}
			}
		}
		if r, ok := f.read(); ok {
			for i := range r.Points {
				r.Points[i] = r.Points[i].Add(f.from)
			}
			return r, nil
		}
	}
	return Reading{}, unreadable("no code can be read here", "print it larger or scan the sheet sharper, flat and evenly lit")
}

// flat is a crop being read.
type flat struct {
	g              *image.Gray
	from           image.Point
	place          image.Rectangle
	wanted         []*kind
	linear, matrix []gozxing.BarcodeFormat
	thorough       bool
}

// read tries the cheap and likely first.
func (f *flat) read() (Reading, bool) {
	if slices.ContainsFunc(f.wanted, func(k *kind) bool { return k.name == arucoName }) {
		if r, ok := f.readTag(); ok {
			return r, true
		}
	}
	if r, ok := unframed(f.g).readOwn(f.wanted); ok {
		return r, true
	}
	if len(f.linear) > 0 || slices.ContainsFunc(f.wanted, func(k *kind) bool { return k.oneRow() && !k.upright }) {
		if r, ok := f.readBars(); ok {
			return r, true
		}
	}
	if len(f.matrix) > 0 {
		return f.readMatrix()
	}
	return Reading{}, false
}

// readTag looks for a tag by its outline, then takes it to be where its place or
// all ink is: a stroke that touches the frame spoils the outline alone. Few px a
// cell are sharpened.
func (f *flat) readTag() (Reading, bool) {
	pictures := []*image.Gray{f.g, sharpened(f.g)}
	const mostClear = 120_000 // px
	if f.thorough && f.g.Rect.Dx()*f.g.Rect.Dy() <= mostClear {
		pictures = append(pictures, cleared(f.g, blurs[2].deviation, blurs[2].rounds))
	}
	for _, g := range pictures {
		if text, corners, ok := readAruco(g); ok {
			return Reading{Kind: arucoName, Text: text, Points: unframed(g).pointsOf(corners)}, true
		}
		dark, light := float64(plane.Percentile(g, 0.02)), float64(plane.Percentile(g, 0.9))
		if light-dark < leastContrast {
			continue
		}
		for _, b := range []image.Rectangle{f.place, inkBox(g)} {
			x0, y0, x1, y1 := float64(b.Min.X), float64(b.Min.Y), float64(b.Max.X), float64(b.Max.Y)
			quad := [4][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
			if x1-x0 < 2*tagSide || y1-y0 < 2*tagSide {
				continue
			}
			for _, share := range [3]float64{0.5, 0.4, 0.6} {
				if n, ok := readTag(g, quad, uint8(dark+share*(light-dark))); ok {
					return Reading{Kind: arucoName, Text: strconv.Itoa(n), Points: unframed(g).pointsOf(quad)}, true
				}
			}
		}
	}
	return Reading{}, false
}

// readMatrix shows the crop to the library as it is, sharpened, at other sizes; an
// Aztec code is sampled as well.
func (f *flat) readMatrix() (Reading, bool) {
	paper := plane.Percentile(f.g, 0.9)
	base := plane.Pad(f.g, frame, paper)
	w, h := f.g.Rect.Dx(), f.g.Rect.Dy()
	asIs := newView(base, false, func(x, y float64) (float64, float64) { return x - frame, y - frame })
	readers := matrixReaders(f.matrix)
	try := func(v view) (Reading, bool) {
		for _, r := range readers {
			if found, ok := r.read(v, f.wanted); ok {
				return found, true
			}
		}
		return Reading{}, false
	}
	if r, ok := try(asIs); ok {
		return r, true
	}
	if r, ok := f.readSampled(f.g); ok {
		return r, true
	}
	if max(w, h) <= smallSide && w*h*4 <= largeArea {
		if r, ok := try(asIs.scaled(sharpened(plane.Enlarge(base, 2)), 0.5)); ok {
			return r, true
		}
	} else if r, ok := try(newView(sharpened(base), false, asIs.back)); ok {
		return r, true
	}
	if min(w, h) >= 200 {
		if r, ok := try(asIs.scaled(plane.Half(base), 2)); ok {
			return r, true
		}
	}
	const mostClear = 120_000 // px; a larger symbol of as many modules is not lost to blur
	if f.thorough && w*h <= mostClear {
		for _, b := range blurs[2:4] {
			if r, ok := f.readSampled(cleared(f.g, b.deviation, b.rounds)); ok {
				return r, true
			}
		}
	}
	return Reading{}, false
}

// cleared is g with a blur taken back, as in resolved, both ways.
func cleared(g *image.Gray, deviation float64, rounds int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	paper := float64(plane.Percentile(g, 0.95))
	kernel := gauss(deviation)
	const little = 0.5
	seen, guess := make([]float64, w*h), make([]float64, w*h)
	for i := range seen {
		seen[i] = max(paper-float64(g.Pix[i/w*g.Stride+i%w]), little)
	}
	copy(guess, seen)
	soft, ratio := make([]float64, w*h), make([]float64, w*h)
	from, to := make([]float64, h), make([]float64, h)
	both := func(dst, src []float64) {
		for y := range h {
			smooth(dst[y*w:][:w], src[y*w:][:w], kernel)
		}
		for x := range w {
			for y := range h {
				from[y] = dst[y*w+x]
			}
			smooth(to, from, kernel)
			for y := range h {
				dst[y*w+x] = to[y]
			}
		}
	}
	for range rounds {
		both(soft, guess)
		for i := range ratio {
			ratio[i] = seen[i] / max(soft[i], little)
		}
		both(soft, ratio)
		for i := range guess {
			guess[i] *= soft[i]
		}
	}
	out := image.NewGray(g.Rect)
	for i, v := range guess {
		out.Pix[i] = uint8(min(max(paper-v, 0), 255))
	}
	return out
}

// sharpened is g with what a slight blur took put back (unsharp mask).
func sharpened(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	const reach = 3
	column := make([]int, w) // sums of 2 reach + 1 rows
	at := func(y int) []uint8 { return g.Pix[min(max(y, 0), h-1)*g.Stride:][:w] }
	for y := -reach; y <= reach; y++ {
		for x, v := range at(y) {
			column[x] += int(v)
		}
	}
	const area = (2*reach + 1) * (2*reach + 1)
	for y := range h {
		sum := 0
		for x := -reach; x <= reach; x++ {
			sum += column[min(max(x, 0), w-1)]
		}
		row, to := at(y), out.Pix[y*out.Stride:]
		for x := range w {
			v := int(row[x])
			to[x] = uint8(min(max(v+3*(v*area-sum)/(2*area), 0), 255))
			sum += column[min(x+reach+1, w-1)] - column[max(x-reach, 0)]
		}
		next, last := at(y+reach+1), at(y-reach)
		for x := range column {
			column[x] += int(next[x]) - int(last[x])
		}
	}
	return out
}

// oneRow tells the kinds whose bars run through from top to bottom.
func (k *kind) oneRow() bool {
	switch k.name {
	case "Code11", "MSI", "Standard2of5", "IATA2of5", "Matrix2of5", "DataLogic2of5", "DatabarOmniDirectional", "DatabarTruncated", "DatabarLimited", "DatabarExpanded":
		return true
	}
	return false
}

// grid is a size that a matrix symbol may have: which of its modules are known
// beforehand.
type grid struct {
	format gozxing.BarcodeFormat
	side   int
	known  func(x, y int) (dark, known bool)
}

// grids are the sizes of a symbology whose modules would be px wide or wider in a
// symbol of so many px.
func grids(format gozxing.BarcodeFormat, px float64) (all []grid) {
	const least = 1.5 // px a module
	add := func(side int, known func(x, y int) (bool, bool)) {
		if float64(side)*least <= px {
			all = append(all, grid{format, side, known})
		}
	}
	switch format {
	case gozxing.BarcodeFormat_AZTEC: // ISO/IEC 24778, 5
		eye := func(side, rings int) func(x, y int) (bool, bool) {
			return func(x, y int) (bool, bool) {
				ring := max(abs(x-side/2), abs(y-side/2))
				return ring%2 == 0, ring <= rings
			}
		}
		for side := 15; side <= 27; side += 4 {
			add(side, eye(side, 4))
		}
		for layers := 1; layers <= 32; layers++ {
			side := 14 + 4*layers
			side += 1 + 2*((side/2-1)/15) // the lines of the reference grid
			add(side, eye(side, 6))
		}
	case gozxing.BarcodeFormat_QR_CODE: // ISO/IEC 18004, 6.3; the corner without a finder at each turn
		for version := 1; version <= 40; version++ {
			side := 17 + 4*version
			for turn := range 4 {
				add(side, func(x, y int) (bool, bool) {
					for range turn {
						x, y = y, side-1-x
					}
					fx, fy := min(x, side-1-x), min(y, side-1-y)
					switch {
					case fx <= 7 && fy <= 7 && (x <= 7 || y <= 7):
						ring := max(abs(fx-3), abs(fy-3))
						return ring != 2 && ring != 4, true
					case x == 6 && y > 7 && y < side-8, y == 6 && x > 7 && x < side-8:
						return (x+y)%2 == 0, true
					}
					return false, false
				})
			}
		}
	case gozxing.BarcodeFormat_DATA_MATRIX: // ISO/IEC 16022, 5.5
		for _, side := range [...]int{10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40, 44, 48, 52, 64, 72, 80, 88, 96, 104, 120, 132, 144} {
			for turn := range 4 {
				add(side, func(x, y int) (bool, bool) {
					for range turn {
						x, y = y, side-1-x
					}
					switch {
					case x == 0 || y == side-1:
						return true, true
					case y == 0:
						return x%2 == 0, true
					case x == side-1:
						return y%2 == 1, true
					}
					return false, false
				})
			}
		}
	}
	return all
}

// readSampled samples the modules where a symbol of each size would have them,
// mends the parts that are known, and shows the clean symbol to the library.
func (f *flat) readSampled(g *image.Gray) (Reading, bool) {
	boxes := []image.Rectangle{f.place}
	if b := inkBox(g); b != f.place {
		boxes = append(boxes, b)
	}
	type guess struct {
		grid
		box   image.Rectangle
		score float64
	}
	for _, format := range f.matrix {
		var guesses []guess
		for _, box := range boxes {
			w, h := box.Dx(), box.Dy()
			if min(w, h) < leastSide || 4*w > 5*h || 4*h > 5*w {
				continue
			}
			for _, c := range grids(format, float64(min(w, h))) {
				guesses = append(guesses, guess{grid: c, box: box, score: c.score(g, box)})
			}
		}
		slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.score, a.score) })
		readers := matrixReaders([]gozxing.BarcodeFormat{format})
		for _, c := range guesses[:min(len(guesses), 4)] {
			const leastScore = 0.3
			if c.score < leastScore {
				break
			}
			clean := c.clean(modules(g, c.box, c.side))
			for _, r := range readers {
				if found, ok := r.read(unframed(clean), f.wanted); ok {
					found.Points = unframed(f.g).corners()
					return found, true
				}
			}
		}
	}
	return Reading{}, false
}

// score is how well the known modules agree: 1 wholly, 0 as by chance.
func (c grid) score(g *image.Gray, box image.Rectangle) float64 {
	dx, dy := float64(box.Dx())/float64(c.side), float64(box.Dy())/float64(c.side)
	var sums [2]float64
	var n [2]int
	lo, hi := 255.0, 0.0
	for y := range c.side {
		for x := range c.side {
			dark, known := c.known(x, y)
			if !known {
				continue
			}
			v := bilinear(g, float64(box.Min.X)+(float64(x)+0.5)*dx, float64(box.Min.Y)+(float64(y)+0.5)*dy)
			lo, hi = min(lo, v), max(hi, v)
			i := 0
			if dark {
				i = 1
			}
			sums[i] += v
			n[i]++
		}
	}
	if hi-lo < leastContrast/2 || n[0] == 0 || n[1] == 0 {
		return 0
	}
	return (sums[0]/float64(n[0]) - sums[1]/float64(n[1])) / (hi - lo)
}

// clean draws the symbol anew.
func (c grid) clean(m []uint8) *image.Gray {
	const px, quiet = 4, 4
	level := halfway(m)
	out := image.NewGray(image.Rect(0, 0, (c.side+2*quiet)*px, (c.side+2*quiet)*px))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			mx, my := x/px-quiet, y/px-quiet
			v := uint8(255)
			if mx >= 0 && my >= 0 && mx < c.side && my < c.side {
				dark, known := c.known(mx, my)
				if known && dark || !known && m[my*c.side+mx] < level {
					v = 0
				}
			}
			out.Pix[y*out.Stride+x] = v
		}
	}
	return out
}

// modules are the means of side × side cells of a box, stretched to the range
// between its darkest and lightest twentieth.
func modules(g *image.Gray, box image.Rectangle, side int) []uint8 {
	dx, dy := float64(box.Dx())/float64(side), float64(box.Dy())/float64(side)
	out := make([]uint8, side*side)
	for y := range side {
		for x := range side {
			sum := 0.0
			for _, o := range [5][2]float64{{0.5, 0.5}, {0.3, 0.5}, {0.7, 0.5}, {0.5, 0.3}, {0.5, 0.7}} {
				sum += bilinear(g, float64(box.Min.X)+(float64(x)+o[0])*dx, float64(box.Min.Y)+(float64(y)+o[1])*dy)
			}
			out[y*side+x] = uint8(sum / 5)
		}
	}
	sorted := slices.Clone(out)
	slices.Sort(sorted)
	lo, hi := float64(sorted[len(sorted)/20]), float64(sorted[len(sorted)*19/20])
	for i, v := range out {
		out[i] = uint8(min(max((float64(v)-lo)*254/max(hi-lo, 1), 0), 254))
	}
	return out
}

// halfway is the level between two groups of values (Otsu, 1979).
func halfway(values []uint8) uint8 {
	var histogram [256]int
	total := 0
	for _, v := range values {
		histogram[v]++
		total += int(v)
	}
	best, level := -1.0, uint8(128)
	below, sum := 0, 0
	for t := range 255 {
		below += histogram[t]
		sum += t * histogram[t]
		above := len(values) - below
		if below == 0 || above == 0 {
			continue
		}
		d := float64(sum)/float64(below) - float64(total-sum)/float64(above)
		if v := d * d * float64(below) * float64(above); v > best {
			best, level = v, uint8(t+1)
		}
	}
	return level
}

// inkBox is what the ink in the middle of a crop spans: grown from there until a
// line without ink, as the quiet zone is.
func inkBox(g *image.Gray) image.Rectangle {
	dark, light := int(plane.Percentile(g, 0.05)), int(plane.Percentile(g, 0.95))
	if light-dark < leastContrast {
		return image.Rectangle{}
	}
	level := uint8((dark + light) / 2)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	columns, rows := make([]int, w), make([]int, h)
	for y := range h {
		for x, v := range g.Pix[y*g.Stride:][:w] {
			if v < level {
				columns[x]++
				rows[y]++
			}
		}
	}
	span := func(n []int) (from, to int) {
		from, to = len(n)/2, len(n)/2+1
		gap := max(len(n)/40, 2)
		for i, empty := from, 0; i >= 0 && empty <= gap; i-- {
			if empty++; n[i] > 0 {
				from, empty = i, 0
			}
		}
		for i, empty := to, 0; i < len(n) && empty <= gap; i++ {
			if empty++; n[i] > 0 {
				to, empty = i+1, 0
			}
		}
		return from, to
	}
	x0, x1 := span(columns)
	y0, y1 := span(rows)
	return image.Rect(x0, y0, x1, y1)
}

// bilinear is the luma at a point of a plane that begins at (0, 0), clamped.
func bilinear(g *image.Gray, x, y float64) float64 {
	x, y = min(max(x-0.5, 0), float64(g.Rect.Dx()-1)), min(max(y-0.5, 0), float64(g.Rect.Dy()-1))
	ix, iy := int(x), int(y)
	jx, jy := min(ix+1, g.Rect.Dx()-1), min(iy+1, g.Rect.Dy()-1)
	fx, fy := x-math.Floor(x), y-math.Floor(y)
	at := func(i, j int) float64 { return float64(g.Pix[j*g.Stride+i]) }
	return (at(ix, iy)*(1-fx)+at(jx, iy)*fx)*(1-fy) + (at(ix, jy)*(1-fx)+at(jx, jy)*fx)*fy
}

func abs(v int) int { return max(v, -v) }

// Find looks for one code of a symbology on a whole page that lies upright: once,
// as it is, without the costly tries that a crop is worth. Fault: unreadable_code.
func Find(g *image.Gray, name string) (Reading, error) {
	wanted := wantedKinds([]string{name})
	for _, k := range wanted {
		v := unframed(g)
		readers := matrixReaders(k.formats)
		if len(readers) == 0 {
			readers = linearReaders(k.formats)
		}
		for _, r := range readers {
			if result := r.attempt(v.bitmap(true), wanted); result != nil {
				if name, text, ok := interpret(result, wanted); ok {
					return Reading{Kind: name, Text: text, Points: v.points(result)}, nil
				}
			}
		}
	}
	return Reading{}, unreadable("no code can be read on the page", "print it larger or scan the sheet sharper, flat and evenly lit")
}
