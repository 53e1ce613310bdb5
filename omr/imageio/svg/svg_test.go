package svg_test

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio/svg"
)

const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100" `

// draw draws what is in a view of 100 × 100 at 100 × 100 px.
func draw(t *testing.T, body string) image.Image {
	t.Helper()
	d, err := svg.Parse([]byte(head + ">" + body + "</svg>"))
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	img, err := d.Raster(100, 100)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return img
}

// at is a pixel as "rrggbb aa"; "-" for a transparent one.
func at(img image.Image, x, y int) string {
	c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	if c.A == 0 {
		return "-"
	}
	s := fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B)
	if c.A != 255 {
		s += fmt.Sprintf(" %02x", c.A)
	}
	return s
}

// TestShapes probes pixels of every feature: "x,y colour".
func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"rect", `<rect x="10" y="20" width="30" height="40" fill="red"/>`, []string{"10,20 ff0000", "39,59 ff0000", "9,20 -", "40,20 -", "10,60 -"}},
		{"rounded rect", `<rect width="40" height="40" rx="20"/>`, []string{"20,20 000000", "0,0 -", "4,4 -", "20,0 000000", "39,39 -"}},
		{"circle", `<circle cx="50" cy="50" r="20" fill="#0f0"/>`, []string{"50,50 00ff00", "31,50 00ff00", "29,50 -", "36,36 00ff00", "34,34 -"}},
		{"ellipse", `<ellipse cx="50" cy="50" rx="40" ry="10"/>`, []string{"12,50 000000", "50,42 000000", "50,38 -"}},
		{"polygon", `<polygon points="10,10 90,10 10,90"/>`, []string{"20,20 000000", "80,80 -"}},
		{"line", `<line x1="0" y1="50" x2="100" y2="50" stroke="blue" stroke-width="10"/>`, []string{"50,46 0000ff", "50,54 0000ff", "50,44 -", "50,56 -"}},
		{"polyline is filled too", `<polyline points="10 10 90 10 90 90" fill="teal"/>`, []string{"80,20 008080"}},
		{"path with compact numbers", `<path d="M10 10h80v80h-80z"/>`, []string{"10,10 000000", "89,89 000000", "90,50 -"}},
		{"relative moves and several parts", `<path d="m10 10 20 0 0 20-20 0zm50 0h20v20h-20z"/>`, []string{"15,15 000000", "65,15 000000", "45,15 -"}},
		{"cubic", `<path d="M0 100C0 0 100 0 100 100"/>`, []string{"50,30 000000", "50,20 -"}},
		{"smooth cubic", `<path d="M0 50C0 0 50 0 50 50S100 100 100 50" fill="none" stroke="black" stroke-width="4"/>`, []string{"50,50 000000", "25,12 000000", "75,87 000000"}},
		{"quadratic", `<path d="M0 100Q50 0 100 100"/>`, []string{"50,55 000000", "50,45 -"}},
		{"smooth quadratic", `<path d="M0 50Q25 0 50 50T100 50" fill="none" stroke="black" stroke-width="4"/>`, []string{"25,25 000000", "75,75 000000"}},
		{"arc with flags run together", `<path d="M30 50a20 20 0 01.5 0M30 50A20 20 0 0170 50z"/>`, []string{"50,40 000000", "50,28 -", "50,60 -"}},
		{"even-odd", `<path fill-rule="evenodd" d="M0 0h100v100h-100zM25 25h50v50h-50z"/>`, []string{"10,10 000000", "50,50 -"}},
		{"non-zero", `<path d="M0 0h100v100h-100zM25 25h50v50h-50z"/>`, []string{"50,50 000000"}},
		{"non-zero hole", `<path d="M0 0h100v100h-100zM25 25v50h50v-50z"/>`, []string{"50,50 -", "10,10 000000"}},
		{"transforms", `<g transform="translate(50,50) scale(2)"><rect width="10" height="10" transform="rotate(90)"/></g>`, []string{"35,60 000000", "60,60 -", "31,69 000000"}},
		{"scale by one number", `<rect width="10" height="10" transform="scale(5)"/>`, []string{"45,45 000000", "55,45 -"}},
		{"rotate about a point, skew", `<rect x="40" y="0" width="20" height="50" transform="rotate(180 50 50)"/><rect width="10" height="10" transform="skewX(45)"/>`, []string{"50,90 000000", "50,20 -", "15,9 000000"}},
		{"stroke scales", `<line x1="0" y1="5" x2="10" y2="5" stroke="red" transform="scale(10)"/>`, []string{"50,46 ff0000", "50,54 ff0000", "50,44 -"}},
		{
			"caps", `<path d="M20 20h60" stroke="red" stroke-width="20" stroke-linecap="square"/><path d="M20 60h60" stroke="red" stroke-width="20" stroke-linecap="round"/><path d="M20 90h60" stroke="red" stroke-width="10"/>`,
			[]string{"11,11 ff0000", "12,60 ff0000", "11,51 -", "18,90 -"},
		},
		{
			"joins", `<path d="M10 40h30v30" fill="none" stroke="red" stroke-width="10"/><path d="M60 40h30v30" fill="none" stroke="red" stroke-width="10" stroke-linejoin="bevel"/>`,
			[]string{"44,35 ff0000", "94,35 -", "91,38 ff0000"},
		},
		{"round join", `<path d="M10 40h30v30" fill="none" stroke="red" stroke-width="20" stroke-linejoin="round"/>`, []string{"46,33 ff0000", "49,31 -"}},
		{"miter limit", `<path d="M10 50L90 45L10 40" fill="none" stroke="red" stroke-width="4"/>`, []string{"98,45 -"}},
		{"dashes", `<path d="M0 50h100" stroke="red" stroke-width="10" stroke-dasharray="10 20" stroke-dashoffset="-5"/>`, []string{"2,50 -", "10,50 ff0000", "20,50 -", "40,50 ff0000"}},
		{"odd dashes repeat", `<path d="M0 50h100" stroke="red" stroke-width="10" stroke-dasharray="20"/>`, []string{"10,50 ff0000", "30,50 -", "50,50 ff0000"}},
		{"opacity", `<rect width="50" height="50" fill="red" fill-opacity="50%" opacity=".5"/>`, []string{"20,20 ff0000 40"}},
		{"group opacity", `<g opacity="0.5"><rect width="60" height="60" fill="red"/><rect x="30" width="60" height="60" fill="blue"/></g>`, []string{"10,10 ff0000 80", "45,10 0000ff 80"}},
		{
			"colours", `<rect width="10" height="10" fill="rgb(255, 50%,0)"/><rect x="10" width="10" height="10" fill="rgba(0,0,255,.5)"/><g color="#123456"><rect x="20" width="10" height="10" fill="currentColor"/></g><rect x="30" width="10" height="10" fill="#0000ff80"/><rect x="40" width="10" height="10" fill="none"/>`,
			[]string{"5,5 ff8000", "15,5 0000ff 80", "25,5 123456", "35,5 0000ff 80", "45,5 -"},
		},
		{
			"style sheet", `<style>rect{fill:red} .b{fill:blue;stroke:none} #c{fill:lime} rect.d{fill:teal} /* . */</style><rect width="10" height="10"/><rect class="a b" x="20" width="10" height="10"/><rect id="c" class="b" x="40" width="10" height="10"/><rect class="d" x="60" width="10" height="10"/><rect class="b" style="fill:navy" x="80" width="10" height="10"/>`,
			[]string{"5,5 ff0000", "25,5 0000ff", "45,5 00ff00", "65,5 008080", "85,5 000080"},
		},
		{"inherited", `<g fill="red" stroke="blue" stroke-width="4"><g fill="lime"><rect x="10" y="10" width="40" height="40"/></g></g>`, []string{"30,30 00ff00", "9,30 0000ff"}},
		{"display and visibility", `<rect width="10" height="10" display="none"/><g visibility="hidden"><rect x="20" width="10" height="10"/><rect x="40" width="10" height="10" visibility="visible"/></g>`, []string{"5,5 -", "25,5 -", "45,5 000000"}},
		{
			"use and symbol", `<defs><rect id="r" width="10" height="10" fill="red"/><symbol id="s" viewBox="0 0 10 10"><rect width="10" height="10"/></symbol></defs><use xlink:href="#r" x="50"/><use href="#s" x="0" y="50" width="20" height="40"/>`,
			[]string{"5,5 -", "55,5 ff0000", "10,70 000000", "10,55 -"},
		},
		{"clip path", `<clipPath id="k"><circle cx="50" cy="50" r="20"/></clipPath><rect width="100" height="100" clip-path="url(#k)"/>`, []string{"50,50 000000", "10,10 -"}},
		{"linear gradient", `<linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient><rect width="100" height="50" fill="url(#g)"/>`, []string{"0,10 fe0001", "99,10 0100fe", "50,10 7e0081"}},
		{
			"gradient by reference, in user space, reflected", `<linearGradient id="a"><stop offset="0" stop-color="#fff"/><stop offset="100%" stop-color="#000"/></linearGradient><linearGradient id="g" xlink:href="#a" gradientUnits="userSpaceOnUse" x1="0" x2="50" spreadMethod="reflect"/><rect width="100" height="50" fill="url(#g)"/>`,
			[]string{"0,10 fcfcfc", "49,10 030303", "99,10 fcfcfc"},
		},
		{"radial gradient", `<radialGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="red" stop-opacity="0"/></radialGradient><rect width="100" height="100" fill="url(#g)"/>`, []string{"0,0 -", "50,50 ff0000 fb"}},
		{"other namespaces", `<metadata><x/></metadata><i:x xmlns:i="http://example.com/"><rect width="100" height="100"/></i:x><title>t</title>`, []string{"50,50 -"}},
		{"a text in the definitions alone", `<defs><text>x</text></defs><rect width="10" height="10"/>`, []string{"5,5 000000"}},
		{"nested svg", `<svg x="50" y="50" width="50" height="50" viewBox="0 0 10 10"><rect width="5" height="5"/></svg>`, []string{"60,60 000000", "80,80 -"}},
	} {
		img := draw(t, c.body)
		for _, w := range c.want {
			var x, y int
			place, colour, _ := strings.Cut(w, " ")
			if _, err := fmt.Sscanf(place, "%d,%d", &x, &y); err != nil {
				t.Fatal(err)
			}
			if got := at(img, x, y); got != colour {
				t.Errorf("%s: %d,%d is %s, want %s", c.name, x, y, got, colour)
			}
		}
	}
}

// TestSmooth: edges between pixels are covered in part.
func TestSmooth(t *testing.T) {
	img := draw(t, `<rect x="10.5" y="10.25" width="20" height="20"/>`)
	if a, b := at(img, 10, 20), at(img, 20, 10); a != "000000 80" || b != "000000 bf" {
		t.Errorf("half covered is %s, three quarters %s", a, b)
	}
}

func TestSize(t *testing.T) {
	for attrs, want := range map[string]image.Point{
		`width="200" height="50"`:               {X: 200, Y: 50},
		`width="1in" height="25.4mm"`:           {X: 300, Y: 300},
		`width="72pt"`:                          {X: 300, Y: 300},
		`height="40px"`:                         {X: 40, Y: 40},
		`width="100%" height="100%"`:            {X: 100, Y: 100},
		``:                                      {X: 100, Y: 100},
		`preserveAspectRatio="none" width="10"`: {X: 10, Y: 10},
	} {
		d, err := svg.Parse([]byte(head + attrs + "/>"))
		if err != nil {
			t.Fatal(err)
		}
		if w, h := d.Size(); w != want.X || h != want.Y {
			t.Errorf("%s: %d × %d, want %v", attrs, w, h, want)
		}
	}
	// The aspect of the view is kept inside the picture, unless it says none.
	for aspect, want := range map[string]string{"xMidYMid meet": "10,50 - 50,50 000000", "xMinYMin": "10,50 000000 150,50 -", "none": "10,50 000000 190,50 000000", "xMidYMid slice": "10,50 000000 190,50 000000"} {
		d, err := svg.Parse([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="200" height="100" preserveAspectRatio="` + aspect + `"><rect width="10" height="10"/></svg>`))
		if err != nil {
			t.Fatal(err)
		}
		img, err := d.Raster(200, 100)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(want)
		for i := 0; i < len(words); i += 2 {
			var x, y int
			_, _ = fmt.Sscanf(words[i], "%d,%d", &x, &y)
			if got := at(img, x, y); got != words[i+1] {
				t.Errorf("%s: %s is %s", aspect, words[i], got)
			}
		}
	}
}

// TestRefused: what would be missing from the picture is a fault, and so is what
// takes too long.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ source, code, says string }{
		"text":           {head + `><text>x</text></svg>`, "image_unsupported", "<text>"},
		"image":          {head + `><image href="file:///etc/passwd"/></svg>`, "image_unsupported", "<image>"},
		"filter":         {head + `><rect filter="url(#f)" width="1" height="1"/></svg>`, "image_unsupported", "filter"},
		"mask":           {head + `><g style="mask:url(#m)"/></svg>`, "image_unsupported", "mask"},
		"pattern":        {head + `><pattern id="p"/><rect width="9" height="9" fill="url(#p)"/></svg>`, "image_unsupported", "<pattern>"},
		"script":         {head + `><script>1</script></svg>`, "image_unsupported", "<script>"},
		"selector":       {head + `><style>g > rect{fill:red}</style></svg>`, "image_unsupported", "style rule"},
		"colour":         {head + `><rect width="9" height="9" fill="hsl(1,2%,3%)"/></svg>`, "image_unsupported", "hsl"},
		"cut off":        {head + `><g>`, "image_unreadable", ""},
		"entity":         {`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + head + `>&a;</svg>`, "image_unreadable", ""},
		"no size":        {`<svg xmlns="http://www.w3.org/2000/svg"/>`, "image_unreadable", "viewBox"},
		"other root":     {`<html/>`, "image_unreadable", "root"},
		"bad path":       {head + `><path d="M 1 x"/></svg>`, "image_unreadable", "path"},
		"no gradient":    {head + `><rect width="9" height="9" fill="url(#no)"/></svg>`, "image_unreadable", "no"},
		"use of itself":  {head + `><g id="a"><use href="#a"/></g></svg>`, "image_too_large", "nested"},
		"laughter":       {head + `><g id="a"><rect width="1" height="1"/></g>` + laughter() + `</svg>`, "image_too_large", "use"},
		"deep":           {head + ">" + strings.Repeat("<g>", 200) + strings.Repeat("</g>", 200) + "</svg>", "image_too_large", "nested"},
		"many crossings": {head + `><path d="M0 0` + strings.Repeat("l50 100l50 -100l-100 0", 150_000) + `"/></svg>`, "image_too_large", "crossings"},
	} {
		d, err := svg.Parse([]byte(c.source))
		if err == nil {
			_, err = d.Raster(2000, 2000)
		}
		if f := fault.As(err); f == nil || f.Code != c.code || !strings.Contains(f.Cause, c.says) || f.Cure == "" {
			t.Errorf("%s: %v, want %s about %q", name, err, c.code, c.says)
		}
	}
	d, _ := svg.Parse([]byte(head + "/>"))
	if _, err := d.Raster(100_000, 100_000); fault.As(err) == nil {
		t.Error("a picture of ten gigapixels is drawn")
	}
}

// laughter doubles a group forty times.
func laughter() string {
	var b strings.Builder
	last := "a"
	for i := range 40 {
		id := fmt.Sprint("x", i)
		fmt.Fprintf(&b, `<g id="%s"><use href="#%s"/><use href="#%s"/></g>`, id, last, last)
		last = id
	}
	return b.String()
}

func TestIs(t *testing.T) {
	for s, want := range map[string]bool{
		"<svg/>": true, "\ufeff <?xml version='1.0'?><!-- x --><svg>": true, "<!DOCTYPE svg><svg>": true, "<?xml version='1.0'?><html>": false, "GIF89a<svg": false, "": false,
	} {
		if svg.Is([]byte(s)) != want {
			t.Errorf("%q", s)
		}
	}
}

// FuzzDraw: nothing panics, nothing is larger than asked for.
func FuzzDraw(f *testing.F) {
	for _, s := range []string{
		`<path d="M0 0a1 1 0 0 1 5 5T3 3z" stroke="red" stroke-dasharray="1 2"/>`, `<rect width="1e9" height="1e-9" rx="3" transform="matrix(1 2 3 4 5 6)"/>`,
		`<linearGradient id="g" gradientTransform="scale(0)"><stop/><stop offset="1"/></linearGradient><circle r="5" fill="url(#g)"/>`,
		`<radialGradient id="g" fx="9" r="0.001"><stop/><stop offset="1"/></radialGradient><circle r="50%" fill="url(#g)" stroke="url(#g)"/>`,
		`<clipPath id="c"><path d="M0 0z"/></clipPath><g clip-path="url(#c)" opacity=".5"><line x2="9" stroke="red"/></g>`, `<style>.a{fill:red}</style><polygon class="a" points="1 1 2 2"/>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 2000 {
			return
		}
		d, err := svg.Parse([]byte(head + ">" + body + "</svg>"))
		if err != nil {
			if fault.As(err) == nil {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		img, err := d.Raster(40, 30)
		if err == nil && img.Bounds() != image.Rect(0, 0, 40, 30) {
			t.Errorf("drawn at %v", img.Bounds())
		}
	})
}

func BenchmarkRaster(b *testing.B) {
	d, err := svg.Parse([]byte(head + `><circle cx="50" cy="50" r="45" fill="teal" stroke="black" stroke-width="3"/><path d="M20 80C20 20 80 20 80 80z" fill="red" opacity=".5"/></svg>`))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := d.Raster(600, 600); err != nil {
			b.Fatal(err)
		}
	}
}
