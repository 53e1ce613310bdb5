package pdfscan

import "math"

// matrix is [a b c d e f] of ISO 32000-1, 8.3.3.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// then is m followed by n.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// reader looks through the content of a page for its one image.
type reader struct {
	f     *File
	image *stream
	place matrix // of the unit square that the image fills
	found int
	forms int
}

// pageImage finds the one image that a page shows.
func (f *File) pageImage(page dict) (*Image, error) {
	content, err := f.content(page["Contents"])
	if err != nil {
		return nil, err
	}
	if annotated(f, page) {
		return nil, ErrNotScan
	}
	r := reader{f: f}
	resources, _ := f.resolve(page["Resources"]).(dict)
	if err := r.read(content, resources, identity, 0); err != nil {
		return nil, err
	}
	if r.found != 1 {
		return nil, ErrNotScan
	}
	return f.describe(r.image, r.place, page)
}

// annotated tells whether something visible may lie on the page beside its
// content: a stamp, a filled field, an ink stroke that viewers draw by its points.
func annotated(f *File, page dict) bool {
	return f.anyAnnotation(page, func(dict) bool { return true })
}

// Unpainted tells whether page i has an annotation that only its own program
// draws: of a kind that rasterisers leave out when the file has no picture of it.
func (f *File) Unpainted(i int) bool {
	if i < 0 || i >= len(f.pages) {
		return false
	}
	return f.anyAnnotation(f.pages[i], func(a dict) bool {
		switch f.resolve(a["Subtype"]) {
		case name("Line"), name("Polygon"), name("PolyLine"), name("Stamp"), name("Caret"):
			return f.resolve(a["AP"]) == nil
		}
		return false
	})
}

// anyAnnotation asks about the annotations of a page that a viewer shows (12.5).
func (f *File) anyAnnotation(page dict, is func(dict) bool) bool {
	annotations, _ := f.resolve(page["Annots"]).(array)
	for _, o := range annotations {
		a, ok := f.resolve(o).(dict)
		if !ok {
			continue
		}
		const hidden = 1<<1 | 1<<5
		flags, _ := f.resolve(a["F"]).(float64)
		if int(flags)&hidden != 0 || f.emptyBox(a["Rect"]) {
			continue
		}
		switch f.resolve(a["Subtype"]) {
		case name("Link"), name("Popup"):
			continue
		}
		if is(a) {
			return true
		}
	}
	return false
}

// emptyBox tells a rectangle without extent, as signatures have that nobody sees.
func (f *File) emptyBox(o object) bool {
	r, _ := f.resolve(o).(array)
	if len(r) != 4 {
		return false
	}
	var v [4]float64
	for i := range v {
		v[i], _ = f.resolve(r[i]).(float64)
	}
	return v[0] == v[2] || v[1] == v[3]
}

// content is a page's content, its parts joined.
func (f *File) content(o object) ([]byte, error) {
	switch v := f.resolve(o).(type) {
	case *stream:
		return f.decode(v, maxContent)
	case array:
		var all []byte
		for _, part := range v {
			s, ok := f.resolve(part).(*stream)
			if !ok {
				continue
			}
			b, err := f.decode(s, maxContent-len(all))
			if err != nil {
				return nil, err
			}
			all = append(append(all, b...), '\n')
		}
		return all, nil
	}
	return nil, ErrNotScan
}

// state is what q and Q save and restore.
type state struct {
	matrix matrix
	hidden bool // text rendering mode 3: recognised text under a scan
}

// read goes through a content stream (8.2, table 51). Operators that draw
// anything but an image end it with ErrNotScan.
func (r *reader) read(content []byte, resources dict, at matrix, depth int) error {
	if depth > 4 {
		return ErrNotScan
	}
	l := lexer{data: content}
	now := state{matrix: at}
	var saved []state
	var operands []object
	number := func(i int) float64 { v, _ := operands[i].(float64); return v }
	for {
		o, err := l.next(0, false)
		if err == errEnd { //nolint:errorlint // our own value, never wrapped
			return nil
		}
		if err != nil {
			return ErrNotScan
		}
		op, ok := o.(operator)
		if !ok {
			if operands = append(operands, o); len(operands) > 64 {
				return ErrNotScan
			}
			continue
		}
		switch op {
		case "q":
			if saved = append(saved, now); len(saved) > 1000 {
				return ErrNotScan
			}
		case "Q":
			if len(saved) > 0 {
				now, saved = saved[len(saved)-1], saved[:len(saved)-1]
			}
		case "cm":
			if len(operands) != 6 {
				return ErrNotScan
			}
			var m matrix
			for i := range m {
				m[i] = number(i)
			}
			now.matrix = m.then(now.matrix)
		case "Tr":
			now.hidden = len(operands) == 1 && number(0) == 3
		case "Tj", "TJ", "'", "\"":
			if !now.hidden {
				return ErrNotScan
			}
		case "Do":
			if len(operands) != 1 {
				return ErrNotScan
			}
			n, _ := operands[0].(name)
			if err := r.do(n, resources, now.matrix, depth); err != nil {
				return err
			}
		case "gs":
			if len(operands) != 1 || r.translucent(operands[0], resources) {
				return ErrNotScan
			}
		case "w", "J", "j", "M", "d", "ri", "i", "BT", "ET", "Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*",
			"m", "l", "c", "v", "y", "h", "re", "n", "W", "W*", "MP", "DP", "BMC", "BDC", "EMC", "BX", "EX",
			"CS", "cs", "SC", "SCN", "sc", "scn", "G", "g", "RG", "rg", "K", "k":
			// Nothing is drawn by these. A clip may hide the image's edges, which then are read too.
		default:
			return ErrNotScan
		}
		operands = operands[:0]
	}
}

// translucent tells whether a graphics state changes how an image looks.
func (r *reader) translucent(o object, resources dict) bool {
	n, _ := o.(name)
	all, _ := r.f.resolve(resources["ExtGState"]).(dict)
	g, ok := r.f.resolve(all[n]).(dict)
	if !ok {
		return false
	}
	alpha, given := r.f.resolve(g["ca"]).(float64)
	mask := r.f.resolve(g["SMask"])
	blend := r.f.resolve(g["BM"])
	return given && alpha != 1 || mask != nil && mask != name("None") || blend != nil && blend != name("Normal") && blend != name("Compatible")
}

// do draws an external object: the image, or a form that holds it.
func (r *reader) do(n name, resources dict, at matrix, depth int) error {
	all, _ := r.f.resolve(resources["XObject"]).(dict)
	s, ok := r.f.resolve(all[n]).(*stream)
	if !ok {
		return ErrNotScan
	}
	switch r.f.resolve(s.dict["Subtype"]) {
	case name("Image"):
		r.image, r.place = s, at
		if r.found++; r.found > 1 {
			return ErrNotScan
		}
		return nil
	case name("Form"):
		if r.forms++; r.forms > 16 || s.dict["Group"] != nil && r.f.translucentGroup(s.dict["Group"]) {
			return ErrNotScan
		}
		if m, ok := r.f.resolve(s.dict["Matrix"]).(array); ok && len(m) == 6 {
			var own matrix
			for i := range own {
				own[i], _ = r.f.resolve(m[i]).(float64)
			}
			at = own.then(at)
		}
		inner, ok := r.f.resolve(s.dict["Resources"]).(dict)
		if !ok {
			inner = resources
		}
		content, err := r.f.decode(s, maxContent)
		if err != nil {
			return err
		}
		return r.read(content, inner, at, depth+1)
	}
	return ErrNotScan
}

// translucentGroup tells a knockout or isolated group, whose look we do not work out.
func (f *File) translucentGroup(o object) bool {
	g, _ := f.resolve(o).(dict)
	return g["K"] == true
}

// describe reads an image's dictionary (8.9.5).
func (f *File) describe(s *stream, place matrix, page dict) (*Image, error) {
	either := func(long, short name) object {
		if v := f.resolve(s.dict[long]); v != nil {
			return v
		}
		return f.resolve(s.dict[short])
	}
	whole := func(long, short name, def float64) int {
		v, ok := either(long, short).(float64)
		if !ok {
			v = def
		}
		return int(min(max(v, 0), 1<<24))
	}
	img := &Image{Width: whole("Width", "W", 0), Height: whole("Height", "H", 0), Bits: whole("BitsPerComponent", "BPC", 8)}
	if img.Width == 0 || img.Height == 0 || f.resolve(s.dict["SMask"]) != nil || f.resolve(s.dict["Mask"]) != nil {
		return nil, ErrNotScan
	}
	stencil := either("ImageMask", "IM") == true
	if stencil {
		img.Bits = 1
	} else if !f.space(img, either("ColorSpace", "CS")) {
		img.Space = Gray
		if either("ColorSpace", "CS") != nil {
			return nil, ErrNotScan
		}
	}
	if d, ok := either("Decode", "D").(array); ok && len(d) >= 2 {
		lo, _ := f.resolve(d[0]).(float64)
		hi, _ := f.resolve(d[1]).(float64)
		switch {
		case img.Space == Indexed:
			if lo != 0 {
				return nil, ErrNotScan
			}
		case lo == 1 && hi == 0:
			img.Inverted = true
		case lo != 0 || hi != 1:
			return nil, ErrNotScan
		}
	}
	// Rows of unpacked samples, and a byte a row where a predictor was used.
	limit := img.Height * ((img.Width*img.Space.Components()*img.Bits+7)/8 + 1)
	data, codec, params, err := f.unwrap(s, max(limit, 1024)+1024)
	if err != nil {
		return nil, err
	}
	img.Data = data
	switch codec {
	case "DCTDecode", "DCT":
		if img.Codec = JPEG; img.Space == CMYK || img.Space == Indexed {
			return nil, ErrNotScan // whose inks mean what depends on marks of the writing program
		}
	case "CCITTFaxDecode", "CCF":
		img.Codec = CCITT
		if img.Bits = 1; img.Space != Indexed {
			img.Space = Gray
		}
		k, _ := f.resolve(params["K"]).(float64)
		columns, ok := f.resolve(params["Columns"]).(float64)
		if !ok {
			columns = 1728
		}
		if k > 0 || int(columns) != img.Width {
			return nil, ErrNotScan
		}
		img.K = int(k)
		img.BlackIs1 = f.resolve(params["BlackIs1"]) == true
		img.ByteAlign = f.resolve(params["EncodedByteAlign"]) == true
	default:
		switch img.Bits {
		case 1, 2, 4, 8, 16:
		default:
			return nil, errSyntax
		}
		if len(data) < limit-img.Height {
			return nil, errSyntax // the rest would be read as paper
		}
	}
	f.orient(img, place, page)
	return img, nil
}

// space reads a colour space (8.6).
func (f *File) space(img *Image, o object) bool {
	switch v := o.(type) {
	case name:
		switch v {
		case "DeviceGray", "G", "CalGray":
			img.Space = Gray
		case "DeviceRGB", "RGB", "CalRGB":
			img.Space = RGB
		case "DeviceCMYK", "CMYK":
			img.Space = CMYK
		default:
			return false
		}
		return true
	case array:
		if len(v) == 0 {
			return false
		}
		kind, _ := f.resolve(v[0]).(name)
		switch {
		case len(v) == 1 || kind == "CalGray" || kind == "CalRGB":
			return f.space(img, kind)
		case kind == "ICCBased":
			s, ok := f.resolve(v[1]).(*stream)
			if !ok {
				return false
			}
			switch f.resolve(s.dict["N"]) {
			case 1.0:
				img.Space = Gray
			case 3.0:
				img.Space = RGB
			case 4.0:
				img.Space = CMYK
			default:
				return false
			}
			return true
		case (kind == "Indexed" || kind == "I") && len(v) == 4:
			return f.indexed(img, v)
		}
	}
	return false
}

// indexed reads a palette (8.6.6.3) into RGB triples.
func (f *File) indexed(img *Image, v array) bool {
	var base Image
	if !f.space(&base, f.resolve(v[1])) || base.Space == CMYK || base.Space == Indexed {
		return false
	}
	var table []byte
	switch t := f.resolve(v[3]).(type) {
	case text:
		table = t
	case *stream:
		b, err := f.decode(t, 4096)
		if err != nil {
			return false
		}
		table = b
	}
	if base.Space == Gray {
		rgb := make([]byte, 0, 3*len(table))
		for _, g := range table {
			rgb = append(rgb, g, g, g)
		}
		table = rgb
	}
	img.Space, img.Palette = Indexed, table
	return len(table) >= 3
}

// orient finds the quarter turn and the mirroring that show the image as the
// page does, and its resolution there. A slight turn, as deskewing leaves it, is
// ignored: whoever looks for the page finds it turned as well.
func (f *File) orient(img *Image, place matrix, page dict) {
	turn := 0
	if v, ok := f.resolve(page["Rotate"]).(float64); ok {
		turn = ((int(v)/90)%4 + 4) % 4
	}
	// Where the image's right and down point on the page, y down.
	right, down := [2]float64{place[0], -place[1]}, [2]float64{-place[2], place[3]}
	for range turn { // clockwise: x goes to y, y to -x
		right, down = [2]float64{-right[1], right[0]}, [2]float64{-down[1], down[0]}
	}
	side := func(v [2]float64) int { // 0 right, 1 down, 2 left, 3 up
		if math.Abs(v[0]) >= math.Abs(v[1]) {
			if v[0] >= 0 {
				return 0
			}
			return 2
		}
		if v[1] >= 0 {
			return 1
		}
		return 3
	}
	img.Orientation = orientations[side(right)][side(down)]
	if img.Orientation == 0 {
		img.Orientation = 1
	}
	if w := math.Hypot(place[0], place[1]); w > 0 {
		img.DPIX = float64(img.Width) / w * 72
	}
	if h := math.Hypot(place[2], place[3]); h > 0 {
		img.DPIY = float64(img.Height) / h * 72
	}
}

// orientations are EXIF's numbers by where the stored rows' right and the
// columns' down point when shown.
var orientations = [4][4]int{
	0: {1: 1, 3: 4},
	1: {2: 6, 0: 5},
	2: {3: 3, 1: 2},
	3: {0: 8, 2: 7},
}
