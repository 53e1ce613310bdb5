package conformance

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/leafmark/leafmark/omr/imageio"
)

// refused checks that a task ended in Error, without results, and says why.
func (c *client) refused(what, kind string, body object, says ...string) answer {
	c.t.Helper()
	a := c.run(kind, body)
	if a.ResponseStatusCode != "Error" || a.Results != nil || a.Error == nil {
		c.t.Errorf("%s: %.300s", what, a.raw)
		return a
	}
	text := strings.Join(a.Error.Messages, "\n")
	for _, s := range says {
		if !strings.Contains(text, s) {
			c.t.Errorf("%s: %q does not say %q", what, text, s)
		}
	}
	for _, leak := range []string{"goroutine", ".go:", "panic", "/tmp/", "internal error", "LM900"} {
		if strings.Contains(text, leak) {
			c.t.Errorf("%s: a message that tells what it should not: %q", what, text)
		}
	}
	return a
}

// healthy checks that the server goes on working after whatever was sent.
func (c *client) healthy() {
	c.t.Helper()
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, data := c.must(http.MethodGet, path, nil); status != http.StatusOK {
			c.t.Errorf("%s: %d %s", path, status, data)
		}
	}
	c.ok(generateKind, markup(poll))
}

func white(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return g
}

// desk is a photo of anything but a sheet.
func desk(seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 67))
	m := image.NewRGBA(image.Rect(0, 0, 1200, 1600))
	for y := range 1600 {
		for x := range 1200 {
			v := uint8(90 + 60*((x/97+y/131)%2) + r.IntN(20))
			m.SetRGBA(x, y, color.RGBA{R: v, G: v - 30, B: v / 2, A: 255})
		}
	}
	return m
}

func TestCheck63To67RefusedInTheTask(t *testing.T) {
	_, c := node(t)
	pages, pattern := c.form(poll)
	otherPages, otherPattern := c.form(quiz)
	page := decode(t, pages[0])

	half := encode(t, page.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(image.Rect(0, 0, 2480, 700)))
	mirrored := image.NewGray(page.Bounds())
	for y := range page.Bounds().Dy() {
		for x := range page.Bounds().Dx() {
			mirrored.Set(page.Bounds().Dx()-1-x, y, page.At(x, y))
		}
	}
	jpeg, err := imageio.EncodeJPEG(page, 85, 300)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(pages[0])
	flipped[len(flipped)/2] ^= 0xff

	for _, at := range []struct {
		what           string
		image, pattern []byte
		says           string
	}{
		{"63: a text for an image", []byte("this is no image"), pattern, "LM811"},
		{"63: the pattern for an image", pattern, pattern, "LM811"},
		{"63: a truncated PNG", pages[0][:len(pages[0])/2], pattern, "LM811"},
		{"63: a damaged PNG", flipped, pattern, "LM811"},
		{"63: a PNG's first bytes", pages[0][:8], pattern, "LM811"},
		{"63: a truncated JPEG", jpeg[:len(jpeg)/4], pattern, "LM8"},
		{"63: one pixel", encode(t, white(1, 1)), pattern, "LM8"},
		{"63: a line of pixels", encode(t, white(20000, 1)), pattern, "LM8"},
		{"63: a thumbnail", encode(t, white(100, 140)), pattern, "LM8"},
		{"64: a text for a pattern", pages[0], []byte("no pattern"), "LM821"},
		{"64: an image for a pattern", pages[0], pages[0], "LM821"},
		{"64: JSON of another kind", pages[0], []byte(`{"a":1}`), "LM821"},
		{"64: an array", pages[0], []byte(`[]`), "LM821"},
		{"64: pages that are a text", pages[0], []byte(`{"Version":"1.0","Pages":"x"}`), "LM821"},
		{"64: no pages", pages[0], []byte(`{"Version":"1.0","Name":"x","Pages":[]}`), "LM821"},
		{"64: a truncated pattern", pages[0], pattern[:len(pattern)/2], "LM821"},
		{"64: a higher version", pages[0], bytes.Replace(pattern, []byte(`"Version": "1.0"`), []byte(`"Version": "9.0"`), 1), "LM822"},
		{"64: a page without height", pages[0], bytes.Replace(pattern, []byte(`"Height"`), []byte(`"Hight"`), 1), "LM821"},
		{"67: a desk without a sheet", encode(t, desk(1)), pattern, "LM80"},
		{"67: a blank page", encode(t, white(2480, 3508)), pattern, "LM805"},
		{"67: a black page", encode(t, image.NewGray(image.Rect(0, 0, 2480, 3508))), pattern, "LM80"},
		{"67: another form's sheet", otherPages[0], pattern, "LM80"},
		{"67: another form's pattern", pages[0], otherPattern, "LM80"},
		{"67: a sheet of which most is missing", half, pattern, "LM80"},
		{"67: a mirrored sheet", encode(t, mirrored), pattern, "LM80"},
	} {
		a := c.refused(at.what, recognizeKind, filled(at.image, at.pattern), at.says)
		if a.Error != nil && testing.Verbose() {
			t.Logf("%s: %q", at.what, a.Error.Messages)
		}
	}

	c.refused("65: a mistake in line 3", generateKind, markup("?text=a\n?text=b\n&block\n"), "line 3", "LM205")
	c.refused("65: JSON with a mistake in line 3", generateKind, markup("{\n\"element_type\": \"Template\",\n\"children\": [,]\n}"), "line 3")
	c.refused("65: bytes that are no text", generateKind, object{"markupFile": b64([]byte{0xff, 0xfe, 0xfd, 0, 1, 2, 3})})
	c.refused("66: a picture that was not sent", generateKind, markup("?image=crest.png\n"), "LM601", "crest.png", "line 1")
	broken := markup("?image=crest.png\n" + poll)
	broken["images"] = object{"crest.png": b64([]byte("no picture"))}
	c.refused("66: a picture that is none", generateKind, broken, "LM602")
	c.healthy()
}

// bomb is a PNG of size x size pixels, one bit each, all of one colour, and so
// a thousandth of what it unpacks to.
func bomb(t *testing.T, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	chunk := func(kind string, data []byte) {
		head := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		body := append([]byte(kind), data...)
		out.Write(head)
		out.Write(body)
		out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
	}
	out.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(size))
	head = binary.BigEndian.AppendUint32(head, uint32(size))
	chunk("IHDR", append(head, 1, 0, 0, 0, 0))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	row := make([]byte, 1+(size+7)/8)
	for range size {
		if _, err := z.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return out.Bytes()
}

// claims are files of a few bytes whose headers claim 60,000 x 60,000 pixels.
func claims() map[string][]byte {
	le16, le32 := binary.LittleEndian.AppendUint16, binary.LittleEndian.AppendUint32
	gif := le16(le16([]byte("GIF89a"), 60000), 60000)
	gif = append(gif, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, ',')
	gif = le16(le16(le16(le16(gif, 0), 0), 60000), 60000)
	gif = append(gif, 0, 2, 2, 0x4c, 1, 0, ';')

	bmp := le32(append([]byte("BM"), 0, 0, 0, 0, 0, 0, 0, 0), 54)
	bmp = le32(le32(le32(bmp, 40), 60000), 60000)
	bmp = le16(le16(bmp, 1), 24)
	bmp = append(bmp, make([]byte, 24)...)

	tiff := le32([]byte("II*\x00"), 8)
	tags := [][3]uint32{{256, 4, 60000}, {257, 4, 60000}, {258, 3, 8}, {259, 3, 1}, {262, 3, 1}, {273, 4, 200}, {277, 3, 1}, {278, 4, 60000}, {279, 4, 100}}
	tiff = le16(tiff, uint16(len(tags)))
	for _, tag := range tags {
		tiff = le32(le32(le16(le16(tiff, uint16(tag[0])), uint16(tag[1])), 1), tag[2])
	}
	tiff = append(le32(tiff, 0), make([]byte, 300)...)

	jpeg := []byte{0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xea, 0x60, 0xea, 0x60, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9}
	return map[string][]byte{"GIF": gif, "BMP": bmp, "TIFF": tiff, "JPEG": jpeg}
}

// allocated is how much was allocated since the process began.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// Check 68: small files of huge pictures are refused by their headers, in either
// kind of task, before anything of their size is allocated.
func TestCheck68Bombs(t *testing.T) {
	_, c := node(t)
	_, pattern := c.form(poll)
	files := claims()
	files["PNG of 30,000 px"] = bomb(t, 30000)
	files["PNG of 60,000 px"] = bomb(t, 60000)
	for name, data := range files {
		says := "LM81" // too large, or damaged
		if strings.HasPrefix(name, "PNG") {
			says = "LM813"
		}
		picture := markup("?image=crest.png\n" + poll)
		picture["images"] = object{"crest.png": b64(data)}
		before, start := allocated(), time.Now()
		c.refused(name, recognizeKind, filled(data, pattern), says)
		c.refused(name+" in a form", generateKind, picture, "LM602")
		took, grown := time.Since(start), allocated()-before
		t.Logf("%s: %d bytes refused twice in %v, %d KiB allocated", name, len(data), took, grown>>10)
		if took > 5*time.Second {
			t.Errorf("%s: refused after %v", name, took)
		}
		// A request is held a few times over on its way; a plane would be gigabytes.
		if bound := uint64(64<<20 + 60*len(data)); grown > bound {
			t.Errorf("%s: %d MiB allocated, at most %d expected", name, grown>>20, bound>>20)
		}
	}
	c.healthy()
}

// Whatever is sent where an answer of HTTP level is due gets a problem that every
// client can parse, and leaves nothing behind.
func TestCheck56To62And75BadRequests(t *testing.T) {
	_, c := node(t)
	pages, pattern := c.form(poll)
	good := map[string]object{generateKind: markup(poll), recognizeKind: filled(pages[0], pattern)}
	with := func(kind, member string, value any) string {
		body := object{}
		for k, v := range good[kind] {
			body[k] = v
		}
		body[member] = value
		return string(body.json(t))
	}
	huge := strings.Repeat("A", 7<<20)
	type request struct {
		what, kind, body string
		status           int
		says             string
	}
	var all []request
	for _, kind := range []string{generateKind, recognizeKind} {
		whole := string(good[kind].json(t))
		for _, at := range []request{
			{what: "nothing", body: ""},
			{what: "blanks", body: " \n"},
			{what: "null", body: "null"},
			{what: "an array", body: "[]"},
			{what: "a text", body: `"x"`},
			{what: "a number", body: "7"},
			{what: "no members", body: "{}"},
			{what: "truncated", body: whole[:len(whole)-40], says: "offset"},
			{what: "two documents", body: whole + whole},
			{what: "bytes", body: "\x00\x01\xff"},
			{what: "too deep", body: strings.Repeat("[", 10000)},
			{what: "a format that is none", body: with(kind, "outputFormat", "Docx"), says: "outputFormat"},
		} {
			at.kind, at.status = kind, http.StatusBadRequest
			all = append(all, at)
		}
	}
	all = append(all, []request{
		{"an empty source", generateKind, with(generateKind, "markupFile", ""), 400, "markupFile"},
		{"a number as source", generateKind, with(generateKind, "markupFile", 5), 400, "markupFile"},
		{"an object as source", generateKind, with(generateKind, "markupFile", object{}), 400, "markupFile"},
		{"no Base64", generateKind, with(generateKind, "markupFile", "§§§"), 400, "markupFile"},
		{"a source beyond 4 MiB", generateKind, with(generateKind, "markupFile", huge), 400, "markupFile"},
		{"a picture that is no Base64", generateKind, with(generateKind, "images", object{"a.png": "%%%"}), 400, "images.a.png"},
		{"pictures in an array", generateKind, with(generateKind, "images", []string{"AAAA"}), 400, "images"},
		{"settings in an array", generateKind, with(generateKind, "settings", []int{1}), 400, "settings"},
		{"a paper that is none", generateKind, with(generateKind, "settings", object{"paperSize": "A7"}), 400, "paperSize"},
		{"a font that is too small", generateKind, with(generateKind, "settings", object{"fontSize": -3}), 400, "fontSize"},
		{"a margin that is too wide", generateKind, with(generateKind, "settings", object{"pageMarginLeft": 99999}), 400, "pageMarginLeft"},
		{"no pattern", recognizeKind, with(recognizeKind, "omrFile", nil), 400, "omrFile"},
		{"a pattern that is no Base64", recognizeKind, with(recognizeKind, "omrFile", "_*_"), 400, "omrFile"},
		{"no image", recognizeKind, with(recognizeKind, "images", []string{}), 400, "images"},
		{"an empty image", recognizeKind, with(recognizeKind, "images", []string{""}), 400, "images"},
		{"an object as images", recognizeKind, with(recognizeKind, "images", object{}), 400, "images"},
		{"numbers as images", recognizeKind, with(recognizeKind, "images", []int{1, 2}), 400, "images"},
		{"a threshold beyond 100", recognizeKind, with(recognizeKind, "recognitionThreshold", 101), 400, "recognitionThreshold"},
		{"a threshold in words", recognizeKind, with(recognizeKind, "recognitionThreshold", "much"), 400, "recognitionThreshold"},
	}...)
	for _, at := range all {
		status, head, data, err := c.call(t.Context(), http.MethodPost, postPath(at.kind), []byte(at.body))
		if err != nil {
			t.Errorf("%s: %s: %v", at.kind, at.what, err)
			continue
		}
		if status != at.status || !strings.Contains(string(data), at.says) {
			t.Errorf("%s: %s: %d %.300s", at.kind, at.what, status, data)
		}
		if lack := problem(status, head, data); lack != "" {
			t.Errorf("%s: %s: %s: %.300s", at.kind, at.what, lack, data)
		}
	}
	for _, id := range []string{"", "abc", "../../x", "11111111-2222-4333-8444-55555555555g", strings.Repeat("1", 5000)} {
		status, head, data, err := c.call(t.Context(), http.MethodGet, getPath(recognizeKind, id), nil)
		if err != nil || status != http.StatusBadRequest || problem(status, head, data) != "" || !strings.Contains(string(data), `"id"`) {
			t.Errorf("id %.20q: %d %v %.300s", id, status, err, data)
		}
	}
	c.healthy()
}

// stream is a body without a length that never ends.
type stream struct{}

func (stream) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	return len(p), nil
}

// Check 69, with the limits of a real server: a body that never ends is refused,
// and what was read of it is let go.
func TestCheck69EndlessBody(t *testing.T) {
	_, c := node(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+postPath(recognizeKind),
		io.MultiReader(strings.NewReader(`{"omrFile":"`), stream{}))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusRequestEntityTooLarge && res.StatusCode != http.StatusBadRequest || problem(res.StatusCode, res.Header, data) != "" {
		t.Errorf("%d %v %.300s", res.StatusCode, err, data)
	}
	c.healthy()
}

// A pattern that lacks a key, or has another kind of value there, is refused or
// read; it never ends the worker nor reads another answer than the whole one.
func TestPatternsWithKeysMissing(t *testing.T) {
	_, c := node(t)
	pages, pattern := c.form(poll)
	whole := string(c.ok(recognizeKind, filled(pages[0], pattern)).file(t, 0))

	var tree any
	if err := json.Unmarshal(pattern, &tree); err != nil {
		t.Fatal(err)
	}
	var changes []func() (what string, undo func())
	var walk func(at any, path string)
	walk = func(at any, path string) {
		switch node := at.(type) {
		case map[string]any:
			for key, old := range node {
				changes = append(changes, func() (string, func()) {
					delete(node, key)
					return path + "." + key + " missing", func() { node[key] = old }
				})
				for _, value := range []any{nil, "x", -1.5, []any{}, map[string]any{}, 1e300} {
					changes = append(changes, func() (string, func()) {
						node[key] = value
						return fmt.Sprintf("%s.%s = %v", path, key, value), func() { node[key] = old }
					})
				}
				walk(old, path+"."+key)
			}
		case []any:
			for i := range min(len(node), 2) {
				walk(node[i], fmt.Sprintf("%s[%d]", path, i))
			}
		}
	}
	walk(tree, "")
	// A seeded part of them: each costs a sheet.
	r := rand.New(rand.NewPCG(64, 1))
	r.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
	image := base64.StdEncoding.EncodeToString(pages[0])
	ids := map[string]string{}
	for _, change := range changes[:min(len(changes), 60)] {
		what, undo := change()
		data, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		undo()
		ids[c.post(recognizeKind, object{"images": []string{image}, "omrFile": b64(data)})] = what
	}
	read := 0
	for id, what := range ids {
		a := c.wait(recognizeKind, id)
		switch a.ResponseStatusCode {
		case "Ok":
			read++
			for _, line := range strings.Split(string(a.file(t, 0)), "\n") {
				if _, value, _ := strings.Cut(line, ","); value != "" && value != `""` && value != "Value," {
					t.Errorf("%s: made up %q; the whole pattern gives %q", what, line, whole)
				}
			}
		case "Error":
			if text := strings.Join(a.Error.Messages, " "); strings.Contains(text, "LM900") {
				t.Errorf("%s: %s", what, text)
			}
		default:
			t.Errorf("%s: %s", what, a.raw)
		}
	}
	t.Logf("%d of %d changed patterns were still read", read, len(ids))
	c.healthy()
}

// Hundreds of bad requests, some left half way, leave no goroutine behind.
func TestBadRequestsLeakNothing(t *testing.T) {
	s, c := node(t)
	_, pattern := c.form(poll)
	settle := func() int {
		c.http.CloseIdleConnections()
		n := runtime.NumGoroutine()
		for range 100 {
			time.Sleep(20 * time.Millisecond)
			n = min(n, runtime.NumGoroutine())
		}
		return n
	}
	before := settle()
	for n := range 100 {
		c.must(http.MethodPost, postPath(generateKind), []byte("{"))
		c.must(http.MethodGet, getPath(recognizeKind, "abc"), nil)
		c.must(http.MethodPost, postPath(recognizeKind), filled([]byte("text"), pattern).json(t))
		half, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+postPath(recognizeKind),
			io.MultiReader(strings.NewReader(`{"omrFile":"AAAA`), &failing{}))
		if err != nil {
			t.Fatal(err)
		}
		half.Header.Set("Authorization", "Bearer "+c.token)
		if res, err := c.http.Do(half); err == nil {
			_ = res.Body.Close()
			t.Fatalf("request %d: a body that broke off was answered", n)
		}
	}
	c.healthy()
	if after := settle(); after > before+5 {
		stack := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after:\n%s", before, after, stack[:runtime.Stack(stack, true)])
	}
}

// failing is a client that goes away in the middle of its body.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
