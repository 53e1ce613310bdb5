package imageio_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"testing"

	"github.com/leafmark/leafmark/omr/imageio"
)

// jpegTIFF is a little-endian TIFF of one picture whose strips are JPEG streams
// (TIFF Technical Note 2); tables go into a tag of their own when apart says so.
func jpegTIFF(w, h, rows, photometric int, strips [][]byte, apart bool) []byte {
	var body bytes.Buffer
	body.WriteString("II*\x00\x00\x00\x00\x00")
	var tables []byte
	if apart {
		tables = []byte{0xff, 0xd8}
		for i, s := range strips {
			bare := []byte{0xff, 0xd8}
			at := 2
			for s[at+1] != 0xda {
				n := 2 + int(binary.BigEndian.Uint16(s[at+2:]))
				if s[at+1] == 0xdb || s[at+1] == 0xc4 {
					if i == 0 {
						tables = append(tables, s[at:at+n]...)
					}
				} else {
					bare = append(bare, s[at:at+n]...)
				}
				at += n
			}
			strips[i] = append(bare, s[at:]...)
		}
		tables = append(tables, 0xff, 0xd9)
	}
	le := binary.LittleEndian
	var offsets, counts []byte
	for _, s := range strips {
		offsets = le.AppendUint32(offsets, uint32(body.Len()))
		counts = le.AppendUint32(counts, uint32(len(s)))
		body.Write(s)
	}
	put := func(b []byte) uint32 {
		at := body.Len()
		body.Write(b)
		return uint32(at)
	}
	n := uint32(len(strips))
	entries := [][4]uint32{ // tag, type, count, value
		{256, 4, 1, uint32(w)},
		{257, 4, 1, uint32(h)},
		{258, 3, 1, 8},
		{259, 3, 1, 7},
		{262, 3, 1, uint32(photometric)},
		{273, 4, n, put(offsets)},
		{277, 3, 1, map[bool]uint32{true: 1, false: 3}[photometric < 2]},
		{278, 4, 1, uint32(rows)},
		{279, 4, n, put(counts)},
	}
	if n == 1 {
		entries[5][3], entries[8][3] = le.Uint32(offsets), le.Uint32(counts)
	}
	if apart {
		entries = append(entries, [4]uint32{347, 7, uint32(len(tables)), put(tables)})
	}
	out := body.Bytes()
	le.PutUint32(out[4:], uint32(len(out)))
	out = le.AppendUint16(out, uint16(len(entries)))
	for _, e := range entries {
		out = le.AppendUint16(le.AppendUint16(out, uint16(e[0])), uint16(e[1]))
		out = le.AppendUint32(le.AppendUint32(out, e[2]), e[3])
	}
	return le.AppendUint32(out, 0)
}

func TestJPEGInTIFF(t *testing.T) {
	const w, h = 150, 101
	gray, rgb := image.NewGray(image.Rect(0, 0, w, h)), image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := motif(x/2, y/2)
			rgb.Set(x, y, c)
			gray.Set(x, y, color.GrayModel.Convert(c))
		}
	}
	for _, tt := range []struct {
		name        string
		img         draw.Image
		photometric int
		rows        int
		apart       bool
		inverted    bool
	}{
		{"gray, one strip", gray, 1, h, false, false},
		{"gray, strips, tables apart", gray, 1, 32, true, false},
		{"white is zero", gray, 0, 48, true, true},
		{"colours, strips", rgb, 6, 16, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var strips [][]byte
			want := image.NewGray(image.Rect(0, 0, w, h))
			for y := 0; y < h; y += tt.rows {
				part := image.Image(gray.SubImage(image.Rect(0, y, w, min(y+tt.rows, h))))
				if tt.img != draw.Image(gray) {
					part = rgb.SubImage(image.Rect(0, y, w, min(y+tt.rows, h)))
				}
				data := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, part, &jpeg.Options{Quality: 92}) })
				strips = append(strips, data)
				alone, err := imageio.Decode(data, imageio.Options{})
				if err != nil {
					t.Fatal(err)
				}
				draw.Draw(want, image.Rect(0, y, w, min(y+tt.rows, h)), alone.Gray, image.Point{}, draw.Src)
			}
			file := jpegTIFF(w, h, tt.rows, tt.photometric, strips, tt.apart)
			got, err := imageio.Decode(file, imageio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for y := range h {
				for x := range w {
					v := want.GrayAt(x, y).Y
					if tt.inverted {
						v = 255 - v
					}
					if g := got.Gray.GrayAt(x, y).Y; g != v {
						t.Fatalf("pixel (%d, %d) is %d, want %d", x, y, g, v)
					}
				}
			}
			half, err := imageio.Decode(file, imageio.Options{Shrink: 2})
			if err != nil || half.Shrink != 2 {
				t.Fatalf("by %d, %v", half.Shrink, err)
			}
			meansOf(t, half, func(x, y int) float64 { return float64(got.Gray.GrayAt(x, y).Y) }, 2, 12) // what is clamped is not linear
			for cut := len(file) - 20; cut > 8; cut -= 97 {
				if _, err := imageio.Decode(file[:cut], imageio.Options{}); err == nil {
					t.Fatalf("cut to %d of %d bytes it is still a picture", cut, len(file))
				}
			}
			if _, _, err := imageio.DecodeColor(file, imageio.Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}
