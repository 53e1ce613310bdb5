package batch

import (
	"crypto/sha256"
	"image"
	"strings"
	"sync"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
)

// maxPicturePixels bounds a picture inside a form (spec/api.md 1.8, LM602).
const maxPicturePixels = 64_000_000

// mostPictures is how many decoded pictures are kept: those that all copies show
// stay, portraits come and go.
const mostPictures = 32

// pictures are the decoded images of a form.
type pictures struct {
	mu      sync.Mutex
	decoded map[[sha256.Size]byte]*picture
	asked   int
}

type picture struct {
	decode func() (image.Image, error)
	asked  int // when it was asked for last
}

// decode reads a picture once, however many copies show it.
func (p *pictures) decode(data []byte) (image.Image, error) {
	key := sha256.Sum256(data)
	p.mu.Lock()
	if p.decoded == nil {
		p.decoded = map[[sha256.Size]byte]*picture{}
	}
	got, ok := p.decoded[key]
	if !ok {
		if len(p.decoded) >= mostPictures {
			p.forget()
		}
		got = &picture{decode: sync.OnceValues(func() (image.Image, error) {
			return imageio.DecodePicture(data, imageio.Options{MaxPixels: maxPicturePixels})
		})}
		p.decoded[key] = got
	}
	p.asked++
	got.asked = p.asked
	p.mu.Unlock()
	return got.decode()
}

// forget drops the picture that was not asked for the longest.
func (p *pictures) forget() {
	var oldest [sha256.Size]byte
	first := p.asked + 1
	for key, x := range p.decoded {
		if x.asked < first {
			oldest, first = key, x.asked
		}
	}
	delete(p.decoded, oldest)
}

// shown are the pictures that a copy shows: those of others are not unused.
func shown(f *form.Form, all map[string][]byte) map[string][]byte {
	if len(all) == 0 {
		return all
	}
	names := map[string]bool{}
	for name := range ImageNames(f) {
		names[strings.ToLower(name)] = true
	}
	out := map[string][]byte{}
	for name, data := range all {
		if names[strings.ToLower(name)] {
			out[name] = data
		}
	}
	if len(out) < len(names) {
		return all // found in another way (spec/markup.md 10.8)
	}
	return out
}

// ImageNames are the names of the pictures that a form shows, blanks around them
// dropped, in document order.
func ImageNames(f *form.Form) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var walk func(e *form.Element) bool
		walk = func(e *form.Element) bool {
			if e.Kind == form.Image && !yield(strings.TrimSpace(e.Name)) {
				return false
			}
			for _, c := range e.Children {
				if !walk(c) {
					return false
				}
			}
			return true
		}
		for _, p := range f.Pages {
			if !walk(p) {
				return
			}
		}
	}
}

// Images are the names of the pictures that the copies show, each once.
func Images(f *form.Form, t *Table) []string {
	var names []string
	said := map[string]bool{}
	for i := range t.Len() {
		for name := range ImageNames(fill(f, t, i)) {
			if !said[name] {
				said[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// fill is the form with the fields of row i, from 0.
func fill(f *form.Form, t *Table, i int) *form.Form {
	return form.Expand(f, func(field string) (string, bool) { return t.Value(i, field) })
}
