package heif_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio/heif"
	"github.com/leafmark/leafmark/omr/imageio/heif/hevc"
)

// A file is put together from streams of the hevc package, so that every way to
// write one is under the test's control.

func u8(v int) []byte  { return []byte{byte(v)} }
func u16(v int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(v)) }
func u32(v int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func box(kind string, parts ...[]byte) []byte {
	content := cat(parts...)
	return cat(u32(8+len(content)), []byte(kind), content)
}

func fullBox(kind string, version, flags int, parts ...[]byte) []byte {
	return box(kind, cat(u32(version<<24|flags), cat(parts...)))
}

type entry struct {
	id    int
	kind  string
	data  []byte
	props []int // from 1
	idat  bool
	open  bool // its place has no length: up to the end
	parts int  // extents
}

type recipe struct {
	entries []entry
	props   [][]byte
	refs    [][]byte
	primary int
	wide    bool // 32-bit identifiers, long property indices
	late    bool // the meta box behind the data
	drop    string
}

func (r recipe) bytes() []byte {
	ftyp := box("ftyp", []byte("heic"), u32(0), []byte("mif1heic"))
	id, version := u16, 0
	if r.wide {
		id, version = u32, 1
	}
	build := func(base int) ([]byte, []byte) {
		var infos, places, assoc, mdat, idat []byte
		for _, e := range r.entries {
			infos = append(infos, fullBox("infe", 2+version, 0, id(e.id), u16(0), []byte(e.kind), u8(0))...)
			method, at := 0, base+len(mdat)
			if e.idat {
				method, at = 1, len(idat)
				idat = append(idat, e.data...)
			} else {
				mdat = append(mdat, e.data...)
			}
			n := max(e.parts, 1)
			places = append(places, cat(id(e.id), u16(method), u16(0), u16(n))...)
			for i := range n {
				from, to := len(e.data)*i/n, len(e.data)*(i+1)/n
				length := to - from
				if e.open {
					length = 0
				}
				places = append(places, cat(u32(at+from), u32(length))...)
			}
			assoc = append(assoc, cat(id(e.id), u8(len(e.props)))...)
			for _, p := range e.props {
				if r.wide {
					assoc = append(assoc, u16(p|0x8000)...)
				} else {
					assoc = append(assoc, byte(p|0x80))
				}
			}
		}
		n := len(r.entries)
		count := u16(n)
		if r.wide {
			count = u32(n)
		}
		parts := map[string][]byte{
			"hdlr": fullBox("hdlr", 0, 0, u32(0), []byte("pict"), make([]byte, 13)),
			"pitm": fullBox("pitm", version, 0, id(r.primary)),
			"iloc": fullBox("iloc", 1+version, 0, u16(0x4400), count, places),
			"iinf": fullBox("iinf", version, 0, count, infos),
			"iprp": box("iprp", box("ipco", r.props...), fullBox("ipma", version, version, u32(n), assoc)),
			"iref": fullBox("iref", version, 0, r.refs...),
			"idat": box("idat", idat),
		}
		var meta []byte
		for _, kind := range []string{"hdlr", "pitm", "iloc", "iinf", "iprp", "iref", "idat"} {
			if kind != r.drop {
				meta = append(meta, parts[kind]...)
			}
		}
		return fullBox("meta", 0, 0, meta), box("mdat", mdat)
	}
	if r.late {
		meta, mdat := build(len(ftyp) + 8)
		return cat(ftyp, mdat, meta)
	}
	sized, _ := build(0)
	meta, mdat := build(len(ftyp) + len(sized) + 8)
	return cat(ftyp, meta, mdat)
}

func (r recipe) ref(kind string, from int, to ...int) []byte {
	id := u16
	if r.wide {
		id = u32
	}
	out := cat(id(from), u16(len(to)))
	for _, t := range to {
		out = append(out, id(t)...)
	}
	return box(kind, out)
}

func ispe(w, h int) []byte { return fullBox("ispe", 0, 0, u32(w), u32(h)) }

func nclx(matrix, full int) []byte {
	return box("colr", []byte("nclx"), u16(1), u16(13), u16(matrix), u8(full<<7))
}

func clap(w, h, x, xd, y, yd int) []byte {
	return box("clap", u32(w), u32(1), u32(h), u32(1), u32(x), u32(xd), u32(y), u32(yd))
}

// stream is a stream of the hevc package as an item: its decoder configuration and
// its data with lengths of 4 bytes, and what it decodes to.
func stream(tb testing.TB, name string) (config, data []byte, p *hevc.Picture, luma *image.Gray) {
	tb.Helper()
	file, err := os.ReadFile("hevc/testdata/" + name + ".hevc")
	if err != nil {
		tb.Fatal(err)
	}
	var sets []byte
	n := 0
	var nals [][]byte
	for i, part := range bytes.Split(file, []byte{0, 0, 1}) {
		if i == 0 {
			continue
		}
		nal := bytes.TrimRight(part, "\x00")
		nals = append(nals, nal)
		if kind := nal[0] >> 1; kind >= 32 && kind <= 34 {
			sets = append(sets, cat(u8(int(kind)), u16(1), u16(len(nal)), nal)...)
			n++
		} else if kind < 32 {
			data = append(data, cat(u32(len(nal)), nal)...)
		}
	}
	config = box("hvcC", make([]byte, 21), u8(0xff), u8(n), sets)
	var d hevc.Decoder
	if p, err = d.Decode(nals); err != nil {
		tb.Fatal(err)
	}
	luma = image.NewGray(image.Rect(0, 0, p.Width, p.Height))
	d.Draw(luma, image.Point{}, p.FullRange || !p.Signalled)
	return config, data, p, luma
}

func open(tb testing.TB, data []byte) (*heif.File, *image.Gray) {
	tb.Helper()
	if !heif.Is(data) {
		tb.Fatal("not told")
	}
	f, err := heif.Open(data)
	if err != nil {
		tb.Fatal(err)
	}
	g, err := f.Luma()
	if err != nil {
		tb.Fatal(err)
	}
	if g.Rect != image.Rect(0, 0, f.Width, f.Height) {
		tb.Fatalf("%v in place of %d × %d", g.Rect, f.Width, f.Height)
	}
	return f, g
}

func same(tb testing.TB, what string, got *image.Gray, want func(x, y int) uint8) {
	tb.Helper()
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			if g, w := got.GrayAt(x, y).Y, want(x, y); g != w {
				tb.Fatalf("%s: %d at (%d, %d) in place of %d", what, g, x, y, w)
			}
		}
	}
}

func one(tb testing.TB) (recipe, *image.Gray) {
	config, data, p, luma := stream(tb, "x265-420")
	return recipe{
		entries: []entry{{id: 1, kind: "hvc1", data: data, props: []int{1, 2}}},
		props:   [][]byte{config, ispe(p.Width, p.Height)},
		primary: 1,
	}, luma
}

func TestSingle(t *testing.T) {
	plain, luma := one(t)
	whole := func(x, y int) uint8 { return luma.GrayAt(x, y).Y }
	tests := map[string]func(r *recipe){
		"plain":      func(*recipe) {},
		"wide":       func(r *recipe) { r.wide = true },
		"late":       func(r *recipe) { r.late = true },
		"idat":       func(r *recipe) { r.entries[0].idat = true },
		"to the end": func(r *recipe) { r.entries[0].open = true },
		"extents":    func(r *recipe) { r.entries[0].parts = 5 },
		"others":     func(r *recipe) { r.entries = append(r.entries, entry{id: 9, kind: "Exif", data: []byte("x")}) },
		"identity": func(r *recipe) {
			r.entries = append(r.entries, entry{id: 7, kind: "iden", idat: true})
			r.refs = append(r.refs, r.ref("dimg", 7, 1))
			r.primary = 7
		},
	}
	for name, change := range tests {
		r := plain
		r.entries = append([]entry{}, plain.entries...)
		change(&r)
		f, g := open(t, r.bytes())
		if f.Orientation != 1 || g.Rect != luma.Rect {
			t.Errorf("%s: %+v", name, f)
		}
		same(t, name, g, whole)
	}
}

// The orientation and the crop are those of the properties in their order.
func TestTurnAndCrop(t *testing.T) {
	plain, luma := one(t)
	w, h := luma.Rect.Dx(), luma.Rect.Dy()
	irot := func(n int) []byte { return box("irot", u8(n)) }
	imir := func(n int) []byte { return box("imir", u8(n)) }
	for name, tt := range map[string]struct {
		props       [][]byte
		orientation int
		crop        image.Rectangle
	}{
		"90 to the left":     {[][]byte{irot(1)}, 8, luma.Rect},
		"180":                {[][]byte{irot(2)}, 3, luma.Rect},
		"90 to the right":    {[][]byte{irot(3)}, 6, luma.Rect},
		"top and bottom":     {[][]byte{imir(0)}, 4, luma.Rect},
		"left and right":     {[][]byte{imir(1)}, 2, luma.Rect},
		"turn, then mirror":  {[][]byte{irot(3), imir(1)}, 5, luma.Rect},
		"mirror, then turn":  {[][]byte{imir(1), irot(3)}, 7, luma.Rect},
		"four turns":         {[][]byte{irot(1), irot(2), irot(1)}, 1, luma.Rect},
		"crop":               {[][]byte{clap(100, 50, 3, 1, -2, 1)}, 1, image.Rect(29, 25, 129, 75)},
		"crop off by a half": {[][]byte{clap(101, 51, 1, 2, 1, 2)}, 1, image.Rect(26, 27, 127, 78)},
		// To the right by a quarter: x of the turned picture is h-1-y of the stored one.
		"turn, then crop": {[][]byte{irot(3), clap(30, 40, -37, 1, -56, 1)}, 6, image.Rect(0, h-30, 40, h)},
		"crop, then turn": {[][]byte{clap(40, 30, -56, 1, 37, 1), irot(3)}, 6, image.Rect(0, h-30, 40, h)},
		"crop and crop":   {[][]byte{clap(100, 100, -26, 1, -2, 1), clap(10, 20, -45, 1, -40, 1)}, 1, image.Rect(0, 0, 10, 20)},
	} {
		r := plain
		r.props = append(append([][]byte{}, plain.props...), tt.props...)
		props := []int{1, 2}
		for i := range tt.props {
			props = append(props, 3+i)
		}
		r.entries = []entry{{id: 1, kind: "hvc1", data: plain.entries[0].data, props: props}}
		f, g := open(t, r.bytes())
		if f.Orientation != tt.orientation {
			t.Errorf("%s: orientation %d in place of %d", name, f.Orientation, tt.orientation)
		}
		if g.Rect.Size() != tt.crop.Size() {
			t.Errorf("%s: %v in place of %v", name, g.Rect, tt.crop)
			continue
		}
		same(t, name, g, func(x, y int) uint8 { return luma.GrayAt(x+tt.crop.Min.X, y+tt.crop.Min.Y).Y })
	}
	for name, p := range map[string][]byte{
		"too wide":  clap(w+1, h, 0, 1, 0, 1),
		"beyond":    clap(w-1, h, 2, 1, 0, 1),
		"by zero":   clap(w, h, 0, 0, 0, 1),
		"nothing":   clap(0, h, 0, 1, 0, 1),
		"cut off":   box("clap", u32(1)),
		"far above": clap(1, 1, 0, 1, -1<<31, 1),
	} {
		r := plain
		r.props = append(append([][]byte{}, plain.props...), p)
		r.entries = []entry{{id: 1, kind: "hvc1", data: plain.entries[0].data, props: []int{1, 2, 3}}}
		if _, err := heif.Open(r.bytes()); err == nil {
			t.Errorf("a crop %s is taken", name)
		}
	}
}

func grid(tb testing.TB, columns, rows, w, h int, names ...string) (recipe, []*image.Gray) {
	r := recipe{primary: 100}
	var luma []*image.Gray
	var ids []int
	for i, name := range names {
		config, data, p, l := stream(tb, name)
		luma = append(luma, l)
		r.props = append(r.props, config, ispe(p.Width, p.Height))
		r.entries = append(r.entries, entry{id: i + 1, kind: "hvc1", data: data, props: []int{2*i + 1, 2*i + 2}})
		ids = append(ids, i+1)
	}
	r.props = append(r.props, ispe(w, h))
	r.entries = append(r.entries, entry{
		id: 100, kind: "grid", idat: true, props: []int{len(r.props)},
		data: cat(u8(0), u8(0), u8(rows-1), u8(columns-1), u16(w), u16(h)),
	})
	r.refs = [][]byte{r.ref("dimg", 100, ids...)}
	return r, luma
}

func TestGrid(t *testing.T) {
	names := []string{"x265-420", "hm-slices", "x265-deblock", "hm-pcm", "x265-qp51", "hm-dependent"}
	r, luma := grid(t, 3, 2, 3*152-20, 2*104-3, names...)
	data := r.bytes()
	f, g := open(t, data)
	if f.Width != 436 || f.Height != 205 || f.Decoded != 436*205 {
		t.Fatalf("%+v", f)
	}
	same(t, "grid", g, func(x, y int) uint8 { return luma[y/104*3+x/152].GrayAt(x%152, y%104).Y })

	for name, change := range map[string]func(r *recipe){
		"a tile too few":       func(r *recipe) { r.refs = [][]byte{r.ref("dimg", 100, 1, 2, 3, 4, 5)} },
		"a tile that is not":   func(r *recipe) { r.refs = [][]byte{r.ref("dimg", 100, 1, 2, 3, 4, 5, 77)} },
		"a grid of itself":     func(r *recipe) { r.refs = [][]byte{r.ref("dimg", 100, 1, 2, 3, 4, 5, 100)} },
		"no tiles":             func(r *recipe) { r.refs = nil },
		"a picture too large":  func(r *recipe) { r.props[12] = ispe(3*152+1, 2*104) },
		"another size":         func(r *recipe) { r.props[12] = ispe(435, 205) },
		"tiles of other sizes": func(r *recipe) { r.props[3] = ispe(152, 96) },
		"a tile of other size": func(r *recipe) {
			for i := range 6 {
				r.props[2*i+1] = ispe(160, 104)
			}
		},
		"a turned tile": func(r *recipe) {
			r.props = append(r.props, box("irot", u8(1)))
			r.entries[2].props = []int{5, 6, len(r.props)}
		},
		"tiles up to the end": func(r *recipe) {
			for i := range 6 {
				r.entries[i].open = true
			}
		},
		"a tile cut off": func(r *recipe) { r.entries[5].data = r.entries[5].data[:len(r.entries[5].data)/2] },
	} {
		r, _ := grid(t, 3, 2, 3*152-20, 2*104-3, names...)
		change(&r)
		if f, err := heif.Open(r.bytes()); err == nil {
			if _, err = f.Luma(); err == nil {
				t.Errorf("%s: a picture", name)
			}
		}
	}
}

// What decides the range: the file, then the stream, then full.
func TestRange(t *testing.T) {
	config, data, p, full := stream(t, "hm-pcm") // tells nothing
	if p.Signalled {
		t.Fatal("the stream tells its range")
	}
	r := recipe{entries: []entry{{id: 1, kind: "hvc1", data: data, props: []int{1, 2}}}, props: [][]byte{config, ispe(p.Width, p.Height)}, primary: 1}
	_, g := open(t, r.bytes())
	same(t, "untold", g, func(x, y int) uint8 { return full.GrayAt(x, y).Y })
	video := func(x, y int) uint8 {
		return uint8(min(max(((int(full.GrayAt(x, y).Y)-16)*255+109)/219, 0), 255))
	}
	r.props = append(r.props, nclx(6, 0))
	r.entries[0].props = []int{1, 2, 3}
	_, g = open(t, r.bytes())
	same(t, "video", g, func(x, y int) uint8 {
		if full.GrayAt(x, y).Y < 16 {
			return 0
		}
		return video(x, y)
	})
	r.props[2] = nclx(6, 1)
	_, g = open(t, r.bytes())
	same(t, "full", g, func(x, y int) uint8 { return full.GrayAt(x, y).Y })

	r.props[2] = nclx(0, 1)
	f, err := heif.Open(r.bytes())
	if err != nil {
		t.Fatal(err)
	}
	var u heif.UnsupportedError
	if _, err := f.Luma(); !errors.As(err, &u) {
		t.Errorf("green for luma: %v", err)
	}
}

func TestAlpha(t *testing.T) {
	config, data, p, luma := stream(t, "x265-420")
	configA, dataA, _, alpha := stream(t, "x265-gray")
	for _, premultiplied := range []bool{false, true} {
		r := recipe{
			entries: []entry{
				{id: 1, kind: "hvc1", data: data, props: []int{1, 2}},
				{id: 2, kind: "hvc1", data: dataA, props: []int{3, 2, 4}},
			},
			props:   [][]byte{config, ispe(p.Width, p.Height), configA, fullBox("auxC", 0, 0, []byte("urn:mpeg:hevc:2015:auxid:1\x00"))},
			primary: 1,
		}
		r.refs = [][]byte{r.ref("auxl", 2, 1)}
		if premultiplied {
			r.refs = append(r.refs, r.ref("prem", 1, 2))
		}
		_, g := open(t, r.bytes())
		same(t, "alpha", g, func(x, y int) uint8 {
			v, a := int(luma.GrayAt(x, y).Y), int(alpha.GrayAt(x, y).Y)
			if premultiplied {
				return uint8(min(v+255-a, 255))
			}
			return uint8((v*a + 255*(255-a) + 127) / 255)
		})
		// Other auxiliary pictures change nothing.
		r.props[3] = fullBox("auxC", 0, 0, []byte("urn:com:apple:photo:2020:aux:hdrgainmap\x00"))
		_, g = open(t, r.bytes())
		same(t, "gain map", g, func(x, y int) uint8 { return luma.GrayAt(x, y).Y })
	}
}

func TestRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		change      func(r *recipe)
		unsupported string // part of the message; empty: damaged
	}{
		"AVIF":        {func(r *recipe) { r.entries[0].kind = "av01" }, "AVIF"},
		"JPEG":        {func(r *recipe) { r.entries[0].kind = "jpeg" }, "jpeg"},
		"overlay":     {func(r *recipe) { r.entries[0].kind = "iovl" }, "laid over"},
		"unknown":     {func(r *recipe) { r.props = append(r.props, box("wxyz")); r.entries[0].props = []int{1, 2, 3} }, "wxyz"},
		"no table":    {func(r *recipe) { r.drop = "iloc" }, ""},
		"no kinds":    {func(r *recipe) { r.drop = "iinf" }, "coding"},
		"no primary":  {func(r *recipe) { r.drop = "pitm" }, ""},
		"no handler":  {func(r *recipe) { r.drop = "hdlr" }, ""},
		"no props":    {func(r *recipe) { r.drop = "iprp" }, ""},
		"no config":   {func(r *recipe) { r.entries[0].props = []int{2} }, ""},
		"no size":     {func(r *recipe) { r.entries[0].props = []int{1} }, ""},
		"property 99": {func(r *recipe) { r.entries[0].props = []int{1, 2, 99} }, ""},
		"other item":  {func(r *recipe) { r.primary = 4 }, ""},
		"properties": {func(r *recipe) {
			for range 5 {
				r.entries = append(r.entries, entry{id: 1, kind: "hvc1", data: r.entries[0].data, props: slices.Repeat([]int{1, 2}, 120)})
			}
		}, ""},
		"no data":      {func(r *recipe) { r.entries[0].data = nil }, ""},
		"half a unit":  {func(r *recipe) { r.entries[0].data = r.entries[0].data[:100] }, ""},
		"smaller size": {func(r *recipe) { r.props[1] = ispe(80, 40) }, ""},
		"larger size":  {func(r *recipe) { r.props[1] = ispe(153, 104) }, ""},
		"iden of self": {func(r *recipe) {
			r.entries[0].kind = "iden"
			r.refs = append(r.refs, r.ref("dimg", 1, 1))
		}, ""},
	} {
		r, _ := one(t)
		tt.change(&r)
		f, err := heif.Open(r.bytes())
		if err == nil {
			_, err = f.Luma()
		}
		var u heif.UnsupportedError
		switch {
		case err == nil:
			t.Errorf("%s: a picture", name)
		case errors.As(err, &u) != (tt.unsupported != "") || !strings.Contains(err.Error(), tt.unsupported):
			t.Errorf("%s: %v", name, err)
		}
	}
	film := cat(box("ftyp", []byte("hevc"), u32(0), []byte("hevcmsf1")), box("moov", make([]byte, 20)))
	var u heif.UnsupportedError
	if _, err := heif.Open(film); !heif.Is(film) || !errors.As(err, &u) {
		t.Errorf("a sequence: %v", err)
	}
	for _, data := range []string{"", "ftyp", "\x00\x00\x00\x14ftypmp42\x00\x00\x00\x00isom", "\x00\x00\x00\x14ftypisom\x00\x00mif1xxxx"} {
		if heif.Is([]byte(data)) {
			t.Errorf("%q is told to be HEIF", data)
		}
	}
}

// A file that is cut off anywhere is no picture.
func TestCutOff(t *testing.T) {
	r, _ := grid(t, 2, 1, 300, 100, "x265-420", "hm-slices")
	for _, late := range []bool{false, true} {
		r.late = late
		data := r.bytes()
		for n := 0; n < len(data); n += 1 + n/100 {
			f, err := heif.Open(data[:n])
			if err == nil {
				_, err = f.Luma()
			}
			if err == nil {
				t.Fatalf("%d of %d bytes are a picture", n, len(data))
			}
		}
	}
}

// FuzzOpen: whatever the bytes, a picture or an error.
func FuzzOpen(f *testing.F) {
	r, _ := one(f)
	f.Add(r.bytes())
	r.wide, r.late = true, true
	r.props = append(r.props, box("irot", u8(1)), clap(40, 30, -56, 1, 37, 1), nclx(6, 0))
	r.entries[0].props = []int{1, 2, 3, 4, 5}
	f.Add(r.bytes())
	r, _ = grid(f, 2, 2, 300, 200, "hm-slices", "x265-qp51", "hm-dependent", "x265-deblock")
	f.Add(r.bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := heif.Open(data)
		if err != nil {
			return
		}
		if file.Width < 1 || file.Height < 1 || file.Orientation < 1 || file.Orientation > 8 || file.Decoded < file.Width*file.Height {
			t.Fatalf("%+v", file)
		}
		if file.Decoded > 1<<20 {
			return
		}
		g, err := file.Luma()
		if err == nil && g.Rect != image.Rect(0, 0, file.Width, file.Height) {
			t.Fatalf("%v, %+v", g.Rect, file)
		}
	})
}
