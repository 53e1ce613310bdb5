package layout

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
)

// maxPicture is the largest picture, in pixels (spec/markup.md 16.3, LM602).
const maxPicture = 64_000_000

// maxPictures is what all pictures of a form may take in memory, in bytes: an
// adversary's 200 blank ones of 64 megapixels would take 50 GB.
const maxPictures = 1 << 30

// hold counts a picture that the document keeps; false when there is no room for it.
func (l *layouter) hold(img image.Image) bool {
	b := img.Bounds()
	each := 4
	switch img.(type) {
	case drawing:
		each = 0 // its pixels count where it is drawn
	case *image.Gray, *image.Paletted, *image.Alpha:
		each = 1
	case *image.YCbCr:
		each = 3
	case *image.RGBA64, *image.NRGBA64:
		each = 8
	}
	l.held += each * b.Dx() * b.Dy()
	return l.held <= maxPictures
}

// errPictures is what keeps a picture from being used when there are too many.
var errPictures = fmt.Errorf("the pictures of the form take over %d MiB of memory together", maxPictures>>20)

// picture is a provided picture, decoded when first used.
type picture struct {
	image image.Image
	err   error
}

// image lays out an Image (spec/markup.md 10.8, 9.7).
func (l *layouter) image(e *form.Element, f frame, y int) int {
	name, pic := l.pictureFor(e)
	if pic == nil {
		return y
	}
	w, h := l.pictureSize(e, pic, f.w)
	x := int(math.Round(aligned(enum(e, form.AttrAlign, form.AlignLeft), float64(f.x), float64(f.w), float64(w))))
	x, top, absolute := l.position(e, x, y)
	at := box(x, top, w, h)
	if absolute {
		l.checkAbsolute(e, at)
	}
	if pic = l.sized(e, pic, w, h); pic == nil {
		return y
	}
	l.picture(name, pic, at)
	// An image with y pushes the flow below itself, also when it stands
	// elsewhere: published forms put a logo above the title that way.
	return max(y, top+h)
}

// drawing is a picture without pixels of its own: it is drawn at the size at which
// it is printed.
type drawing interface {
	Raster(w, h int) (image.Image, error)
}

// drawn is a drawing at a size.
type drawn struct {
	of   drawing
	w, h int
}

// sized is the picture for w × h px; nil when it cannot be drawn so large, which is
// said.
func (l *layouter) sized(e *form.Element, pic image.Image, w, h int) image.Image {
	d, ok := pic.(drawing)
	if !ok {
		return pic
	}
	at := drawn{d, w, h}
	if img := l.drawn[at]; img != nil {
		return img
	}
	err := fmt.Errorf("it would be %d × %d px", w, h)
	if w <= maxPicture/h {
		if l.mute > 0 {
			return pic // only measured
		}
		if l.held > maxPictures {
			err = errPictures
		} else if pic, err = d.Raster(w, h); err == nil {
			if l.hold(pic) {
				l.drawn[at] = pic
				return pic
			}
			err = errPictures
		}
	}
	l.fail(e, "LM602", fmt.Sprintf("image %q cannot be used: %v", brief(e.Name), err), "give it a smaller width and height")
	return nil
}

// picture draws a picture at its place.
func (l *layouter) picture(name string, pic image.Image, at geom.PageRect) {
	l.sheet.add(images, Item{Picture: &Picture{Box: at, Image: pic, Name: name}})
	l.sheet.print("picture", at)
}

// absolute tells whether the source gives a place on the page.
func absolute(e *form.Element) bool {
	_, x := e.Int(form.AttrX)
	_, y := e.Int(form.AttrY)
	return x || y
}

// position applies x and y of e (page coordinates) to the place the flow gives
// it. absolute is true when either is set.
func (l *layouter) position(e *form.Element, x, y int) (int, int, bool) {
	px, okX := e.Int(form.AttrX)
	py, okY := e.Int(form.AttrY)
	if okX {
		x = px
	}
	if okY {
		y = py
	}
	return x, y, okX || okY
}

// pictureSize is the printed size: as given, the other side by the aspect
// ratio, or a page px an image pixel, shrunk to the content width.
func (l *layouter) pictureSize(e *form.Element, pic image.Image, avail int) (w, h int) {
	nw, nh := pic.Bounds().Dx(), pic.Bounds().Dy()
	w, h = whole(e, form.AttrWidth, 0), whole(e, form.AttrHeight, 0)
	scaled := func(side, by, of int) int { return max(int(math.Round(float64(side)*float64(by)/float64(of))), 1) }
	switch {
	case w > 0 && h > 0:
	case w > 0:
		h = scaled(nh, w, nw)
	case h > 0:
		w = scaled(nw, h, nh)
	default:
		w, h = nw, nh
		if w > avail {
			l.warn(e, "LM510", fmt.Sprintf("image %q is %d px wide and was shrunk to the %d px there are", brief(e.Name), nw, avail),
				"give width or height, or a smaller picture")
			w, h = avail, scaled(nh, avail, nw)
		}
	}
	return w, h
}

// pictureFor finds and decodes the picture that e names: the exact name, then
// any case, then the part after the last slash.
func (l *layouter) pictureFor(e *form.Element) (string, image.Image) {
	names := make([]string, 0, len(l.opt.Images))
	for n := range l.opt.Images {
		names = append(names, n)
	}
	sort.Strings(names)
	asked := strings.TrimSpace(e.Name)
	name, ok := findName(names, asked)
	if !ok {
		provided := "none were provided"
		if len(names) > 0 {
			shown := names[:min(len(names), 10)]
			provided = "provided: " + strings.Join(shown, ", ")
		}
		l.fail(e, "LM601", fmt.Sprintf("image %q was not provided; %s", asked, provided), "send the image with the request under this name")
		return "", nil
	}
	p := l.pictures[name]
	if p == nil {
		p = l.decode(l.opt.Images[name])
		l.pictures[name] = p
	}
	if p.err != nil {
		l.fail(e, "LM602", fmt.Sprintf("image %q cannot be used: %v", asked, p.err), "send a PNG, JPEG, GIF, BMP, TIFF or SVG of at most 64 megapixels")
		return "", nil
	}
	return name, p.image
}

func findName(names []string, asked string) (string, bool) {
	if slices.Contains(names, asked) {
		return asked, true
	}
	base := func(s string) string { return s[strings.LastIndexAny(s, `/\`)+1:] }
	for _, same := range []func(n string) bool{
		func(n string) bool { return strings.EqualFold(n, asked) },
		func(n string) bool { return strings.EqualFold(n, base(asked)) },
		func(n string) bool { return strings.EqualFold(base(n), base(asked)) },
	} {
		if i := slices.IndexFunc(names, same); i >= 0 {
			return names[i], true
		}
	}
	return "", false
}

func (l *layouter) decode(data []byte) *picture {
	if l.opt.Decode == nil {
		return &picture{err: errors.New("this call decodes no pictures")}
	}
	if l.held > maxPictures {
		return &picture{err: errPictures}
	}
	img, err := l.opt.Decode(data)
	if err != nil {
		return &picture{err: err}
	}
	b := img.Bounds()
	if b.Empty() || b.Dx()*b.Dy() > maxPicture {
		return &picture{err: fmt.Errorf("its size is %d × %d px", b.Dx(), b.Dy())}
	}
	if !l.hold(img) {
		return &picture{err: errPictures}
	}
	return &picture{image: img}
}

// unused reports pictures that no element shows (LM603).
func (l *layouter) unused() {
	var names []string
	for n := range l.opt.Images {
		if l.pictures[n] == nil {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	for _, n := range names {
		l.warn(nil, "LM603", fmt.Sprintf("image %q was provided but is not used", n), "remove it from the request, or name it in an image element")
	}
}

// checkAbsolute reports an absolutely placed element that leaves the page
// (LM501) or meets a marker or the page identifier (LM502).
func (l *layouter) checkAbsolute(e *form.Element, at geom.PageRect) {
	if _, ok := e.Int(form.AttrX); !ok {
		at = l.flipped(at)
	}
	if paper := l.settings.paper(); !paper.Contains(at) {
		l.misplaced[e] = true
		l.fail(e, "LM501", fmt.Sprintf("%s covers x %.0f to %.0f, y %.0f to %.0f; the page is %.0f × %.0f px", describe(e), at.X, at.X+at.W, at.Y, at.Y+at.H, paper.W, paper.H),
			"move it or make it smaller")
	}
	if !l.checkFiducials(e, at) {
		l.misplaced[e] = true
	}
}

// checkFiducials reports what meets a positioning marker or the page
// identifier, with the room that these need around them (spec/markup.md 8.5).
func (l *layouter) checkFiducials(e *form.Element, at geom.PageRect) bool {
	what, cure := l.fiducialAt(at)
	if what != "" {
		l.fail(e, "LM502", describe(e)+" overlaps "+what, cure)
	}
	return what == ""
}

// fiducialAt is the marker or identifier that at meets, and how not to; empty where
// there is none.
func (l *layouter) fiducialAt(at geom.PageRect) (what, cure string) {
	for _, m := range l.settings.markers() {
		if m.Box.Grow(markerGuard).Overlaps(at) {
			return fmt.Sprintf("the positioning marker at x %.0f, y %.0f (%.0f × %.0f px)", m.Box.X, m.Box.Y, m.Box.W, m.Box.H),
				fmt.Sprintf("leave %d px around the markers free", markerGuard)
		}
	}
	if id := l.settings.identifier(); len(l.form.Pages) > 1 && id.Grow(identifierGuard).Overlaps(at) {
		return fmt.Sprintf("the page identifier at x %.0f, y %.0f", id.X, id.Y),
			fmt.Sprintf("leave %d px around it free", identifierGuard)
	}
	return "", ""
}

// checkPictures reports pictures that the flow carried off the page or to a marker.
// The form is made: markers are drawn above, and whether a scanner tells them from
// the picture depends on the picture.
func (l *layouter) checkPictures() {
	paper := l.settings.paper()
	for _, it := range l.sheet.items[images] {
		e := it.source
		at, ok := it.visible()
		if !ok || e == nil || absolute(e) {
			continue
		}
		if out := math.Max(-at.X, at.X+at.W-paper.W); out > 0 && l.once("LM504 "+l.paths[e]) {
			l.warn(e, "LM504", fmt.Sprintf("%s passes the edge of the page by %.0f px", describe(e), out), "give it a smaller width")
		}
		if what, cure := l.fiducialAt(at); what != "" && l.once("LM502 "+l.paths[e]) {
			l.warn(e, "LM502", describe(e)+" overlaps "+what, cure)
		}
	}
}
