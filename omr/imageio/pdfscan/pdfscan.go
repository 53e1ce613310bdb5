// Package pdfscan finds the pictures of scanned PDF pages: pages that show one
// image and no visible text or drawing, as scanners make them.
//
// In: the bytes of a PDF file (ISO 32000-1). Out: per page the image as it is
// stored, with the turn that shows it upright. It draws nothing: a page with
// anything else on it is ErrNotScan, for a rasteriser. So are encryption, masks
// and filters that it does not know. Damaged cross-reference tables are rebuilt
// from the objects themselves. Time and memory are bounded by the input and the
// limits below. Pure; a File is for one goroutine at a time.
package pdfscan

import (
	"bytes"
	"errors"
	"fmt"
)

// Limits of what a file may claim.
const (
	maxPages   = 10_000
	maxObjects = 2_000_000
	maxDepth   = 64       // of nested objects, page tree nodes, references
	maxContent = 16 << 20 // bytes of a page's content, object streams, tables
)

// ErrNotScan says that a page shows more than one plain image.
var ErrNotScan = errors.New("the page is not one scanned picture")

// File is an opened PDF.
type File struct {
	data    []byte
	entries map[int]entry
	trailer dict
	pages   []dict

	unpacked map[int][]byte // object streams, decoded, by number
	held     int            // bytes of these
}

// Image is the picture of a page as stored.
type Image struct {
	Width, Height int
	Codec         Codec
	Data          []byte // of the codec; Raw: rows padded to whole bytes
	Bits          int    // a component; 1 for CCITT
	Space         Space
	Palette       []byte // Indexed: RGB triples
	Inverted      bool   // Decode array [1 0]
	K             int    // CCITT: below 0 Group 4, 0 Group 3 in one dimension
	BlackIs1      bool   // CCITT
	ByteAlign     bool   // CCITT
	// Orientation shows the picture upright, as EXIF numbers it (1 to 8).
	Orientation int
	DPIX, DPIY  float64 // as placed on the page, of the stored rows and columns
}

// Codec is how the samples are stored.
type Codec uint8

// Codecs.
const (
	Raw Codec = iota
	JPEG
	CCITT
)

// Space is what the samples mean.
type Space uint8

// Colour spaces.
const (
	Gray Space = iota
	RGB
	CMYK
	Indexed
)

// Components are the samples of a pixel.
func (s Space) Components() int {
	switch s {
	case RGB:
		return 3
	case CMYK:
		return 4
	case Gray, Indexed:
	}
	return 1
}

// Open reads the structure of a PDF. ErrNotScan: it is sound, perhaps, but not
// for this package (encrypted).
func Open(data []byte) (*File, error) {
	// Offsets count from the header, which a mail gateway may have pushed down.
	if i := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-")); i > 0 {
		data = data[i:]
	}
	f := &File{data: data, entries: map[int]entry{}, unpacked: map[int][]byte{}}
	if err := f.readTables(); err != nil || f.listPages() != nil {
		f.entries, f.trailer, f.pages = map[int]entry{}, nil, nil
		f.rebuild()
		if err := f.listPages(); err != nil {
			return nil, err
		}
	}
	if f.trailer["Encrypt"] != nil {
		return f, ErrNotScan
	}
	return f, nil
}

// Clone is the same file for another goroutine: what was read on opening is shared,
// what is unpacked later is not.
func (f *File) Clone() *File {
	c := *f
	c.unpacked, c.held = map[int][]byte{}, 0
	return &c
}

// Held is how many unpacked bytes the file keeps for the next page.
func (f *File) Held() int { return f.held }

// Pages is how many pages the file has.
func (f *File) Pages() int { return len(f.pages) }

// Image is the picture of page i, from 0.
func (f *File) Image(i int) (img *Image, err error) {
	if i < 0 || i >= len(f.pages) {
		return nil, fmt.Errorf("page %d of %d", i+1, len(f.pages))
	}
	if f.trailer["Encrypt"] != nil {
		return nil, ErrNotScan
	}
	return f.pageImage(f.pages[i])
}
