package imageio

import "bytes"

// applyEXIF takes orientation and, when nothing better is known, the resolution
// from an Exif block. A damaged one says nothing.
func applyEXIF(block []byte, info *Info) {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	t, ok := newTIFFData(block)
	if !ok || t.big {
		return
	}
	d, _, err := t.directory(t.first())
	if err != nil {
		return
	}
	info.Orientation = d.int(tagOrientation, 1)
	if info.DPIX == 0 {
		info.DPIX, info.DPIY = d.dpi()
	}
}
