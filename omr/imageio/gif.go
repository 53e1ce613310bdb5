package imageio

import (
	"compress/lzw"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"

	"github.com/leafmark/leafmark/omr/fault"
)

// gifFile is a GIF whose blocks have been walked. Its pictures are its frames, each
// laid on those before it.
type gifFile struct {
	width, height int
	frames        []gifFrame

	mu     sync.Mutex
	canvas *gifCanvas // luma as the last frame decoded left it; nil: none yet
	ready  int        // frames up to it
}

type gifFrame struct {
	rect        image.Rectangle
	interlaced  bool
	palette     []byte // RGB triples
	transparent int    // index; -1: none
	disposal    byte
	codeBits    int
	data        []byte // sub-blocks
}

// How a frame leaves the canvas (GIF89a, 23.c.iv).
const (
	gifToBackground = 2
	gifToPrevious   = 3
)

// maxGIFPixels of all frames together: each costs a canvas, whatever its own size.
const maxGIFPixels = 2_000_000_000

var errGIFCut = errors.New("it ends within a block")

func openGIF(data []byte, _ Options) (container, error) {
	if len(data) < 13 {
		return nil, errGIFCut
	}
	f := &gifFile{width: int(binary.LittleEndian.Uint16(data[6:])), height: int(binary.LittleEndian.Uint16(data[8:]))}
	global, at, err := gifPalette(data, 13, data[10])
	if err != nil {
		return nil, err
	}
	next := gifFrame{transparent: -1}
	for {
		if at >= len(data) {
			return nil, errGIFCut
		}
		switch data[at] {
		case 0x3b: // the trailer
			if len(f.frames) == 0 {
				return nil, errors.New("it holds no picture")
			}
			if len(f.frames) > 1 && f.width*f.height > maxGIFPixels/len(f.frames) {
				return nil, &fault.Error{
					Code: "image_too_large", Kind: fault.TooLarge,
					Cause: fmt.Sprintf("the file holds %d pictures of %d × %d pixels", len(f.frames), f.width, f.height),
					Cure:  "send the pages as files of their own",
				}
			}
			return f, nil
		case 0x21: // an extension
			if at+2 >= len(data) {
				return nil, errGIFCut
			}
			kind, body := data[at+1], at+2
			if at, err = gifBlocks(data, body); err != nil {
				return nil, err
			}
			if kind == 0xf9 && data[body] >= 4 {
				next.disposal = data[body+1] >> 2 & 7
				if data[body+1]&1 != 0 {
					next.transparent = int(data[body+4])
				}
			}
		case 0x2c: // a frame
			if at+11 > len(data) {
				return nil, errGIFCut
			}
			field := func(i int) int { return int(binary.LittleEndian.Uint16(data[at+1+2*i:])) }
			next.rect = image.Rect(field(0), field(1), field(0)+field(2), field(1)+field(3))
			flags := data[at+9]
			next.interlaced = flags&0x40 != 0
			if next.palette, at, err = gifPalette(data, at+10, flags); err != nil {
				return nil, err
			}
			if len(next.palette) == 0 {
				next.palette = global
			}
			if at >= len(data) {
				return nil, errGIFCut
			}
			next.codeBits = int(data[at])
			from := at + 1
			if at, err = gifBlocks(data, from); err != nil {
				return nil, err
			}
			next.data = data[from:at]
			f.frames = append(f.frames, next)
			next = gifFrame{transparent: -1}
		case 0: // padding of some writers
			at++
		default:
			return nil, fmt.Errorf("a block of kind %d", data[at])
		}
	}
}

// gifPalette reads the colour table that flags announce.
func gifPalette(data []byte, at int, flags byte) (palette []byte, next int, err error) {
	if flags&0x80 == 0 {
		return nil, at, nil
	}
	n := 3 << (flags&7 + 1)
	if at+n > len(data) {
		return nil, 0, errGIFCut
	}
	return data[at : at+n], at + n, nil
}

// gifBlocks steps over sub-blocks and their end.
func gifBlocks(data []byte, at int) (next int, err error) {
	for at < len(data) {
		n := int(data[at])
		at += 1 + n
		if n == 0 {
			return at, nil
		}
	}
	return 0, errGIFCut
}

func (f *gifFile) pictures() int { return len(f.frames) }
func (f *gifFile) close() error  { return nil }

func (f *gifFile) picture(i int, info *Info) (picture, error) {
	info.Width, info.Height = f.width, f.height
	return gifPicture{f, i}, nil
}

type gifPicture struct {
	*gifFile
	index int
}

// key is the last frame up to i that covers all before it.
func (f *gifFile) key(i int) int {
	screen := image.Rect(0, 0, f.width, f.height)
	for ; i > 0; i-- {
		if f.frames[i].rect == screen && f.frames[i].transparent < 0 {
			break
		}
	}
	return i
}

func (p gifPicture) luma(int, int) (*image.Gray, int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := p.key(p.index)
	if p.canvas == nil || p.index < p.ready-1 || from > p.ready {
		p.canvas, p.ready = newGIFCanvas(p.width, p.height, 1), from
	}
	for ; p.ready <= p.index; p.ready++ {
		if err := p.canvas.lay(&p.frames[p.ready]); err != nil {
			p.canvas = nil
			return nil, 1, err
		}
	}
	g := image.NewGray(image.Rect(0, 0, p.width, p.height))
	copy(g.Pix, p.canvas.pix)
	return g, 1, nil
}

func (p gifPicture) color() (image.Image, error) {
	c := newGIFCanvas(p.width, p.height, 4)
	for i := p.key(p.index); i <= p.index; i++ {
		if err := c.lay(&p.frames[i]); err != nil {
			return nil, err
		}
	}
	return &image.NRGBA{Pix: c.pix, Stride: 4 * p.width, Rect: image.Rect(0, 0, p.width, p.height)}, nil
}

// gifCanvas is what the frames are laid on: luma over white, or RGBA.
type gifCanvas struct {
	rect  image.Rectangle
	depth int // bytes a pixel: 1 or 4
	pix   []uint8
	last  *gifFrame
	saved []uint8 // as it was before last, where last leaves it so
}

func newGIFCanvas(w, h, depth int) *gifCanvas {
	c := &gifCanvas{rect: image.Rect(0, 0, w, h), depth: depth, pix: make([]uint8, w*h*depth)}
	c.clear(c.rect)
	return c
}

// clear makes a part transparent.
func (c *gifCanvas) clear(r image.Rectangle) {
	empty := uint8(255)
	if c.depth == 4 {
		empty = 0
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.pix[(y*c.rect.Dx()+r.Min.X)*c.depth:][:r.Dx()*c.depth]
		for i := range row {
			row[i] = empty
		}
	}
}

// lay draws the next frame.
func (c *gifCanvas) lay(f *gifFrame) error {
	if !f.rect.In(c.rect) || f.rect.Empty() {
		return errors.New("a frame lies outside its screen")
	}
	if f.codeBits < 2 || f.codeBits > 8 {
		return fmt.Errorf("codes of %d bits", f.codeBits)
	}
	if c.last != nil {
		switch c.last.disposal {
		case gifToBackground:
			c.clear(c.last.rect)
		case gifToPrevious:
			copy(c.pix, c.saved)
		}
	}
	if f.disposal == gifToPrevious {
		c.saved = append(c.saved[:0], c.pix...)
	}
	c.last = f
	var levels [256]uint8
	for i := range len(f.palette) / 3 {
		levels[i] = lumaOf(f.palette[3*i], f.palette[3*i+1], f.palette[3*i+2])
	}
	r := lzw.NewReader(&gifData{data: f.data}, lzw.LSB, f.codeBits)
	defer func() { _ = r.Close() }() // it holds nothing
	w, h := f.rect.Dx(), f.rect.Dy()
	row := make([]uint8, w)
	for i := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			return fmt.Errorf("row %d of %d: %w", i+1, h, err)
		}
		y := i
		if f.interlaced {
			y = gifRow(i, h)
		}
		to := c.pix[((f.rect.Min.Y+y)*c.rect.Dx()+f.rect.Min.X)*c.depth:][:w*c.depth]
		for x, v := range row {
			switch {
			case int(v) == f.transparent:
			case 3*int(v) >= len(f.palette):
				return errors.New("a colour that its palette does not have")
			case c.depth == 1:
				to[x] = levels[v]
			default:
				p := f.palette[3*int(v):]
				to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = p[0], p[1], p[2], 255
			}
		}
	}
	return nil
}

// gifRow is where the i-th row of an interlaced frame belongs (GIF89a, appendix E).
func gifRow(i, h int) int {
	for _, pass := range [4][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} { // start, step
		n := (h - pass[0] + pass[1] - 1) / pass[1]
		if i < n {
			return pass[0] + i*pass[1]
		}
		i -= max(n, 0)
	}
	return 0
}

// gifData reads sub-blocks as one stream.
type gifData struct {
	data []byte
	left int // of the block
}

// ReadByte implements io.ByteReader, which is all that lzw wants.
func (g *gifData) ReadByte() (byte, error) {
	if g.left == 0 {
		if len(g.data) == 0 || g.data[0] == 0 {
			return 0, io.EOF
		}
		g.left, g.data = int(g.data[0]), g.data[1:]
	}
	b := g.data[0]
	g.left, g.data = g.left-1, g.data[1:]
	return b, nil
}

// Read implements io.Reader.
func (g *gifData) Read(to []byte) (int, error) {
	if len(to) == 0 {
		return 0, nil
	}
	b, err := g.ReadByte()
	if err != nil {
		return 0, err
	}
	to[0] = b
	return 1, nil
}
