package heif

import (
	"errors"
	"image"
)

// turn sums up the transformative properties (23008-12, 6.5.10 to 6.5.12 and
// 14496-12, 12.1.4), which apply in order: a crop of the picture as stored, then a
// turn.
func (f *File) turn(chain []property) error {
	f.Orientation = 1
	f.crop = image.Rectangle{Max: f.size}
	for _, p := range chain {
		r := reader{data: p.content}
		switch p.kind {
		case "irot":
			f.Orientation = compose(f.Orientation, [4]int{1, 8, 3, 6}[r.u8()&3])
		case "imir":
			f.Orientation = compose(f.Orientation, [2]int{4, 2}[r.u8()&1])
		case "clap":
			if err := f.aperture(&r); err != nil {
				return err
			}
		}
		if r.over {
			return errCutOff
		}
	}
	f.Width, f.Height = f.crop.Dx(), f.crop.Dy()
	return nil
}

// aperture crops the picture as it is turned so far.
func (f *File) aperture(r *reader) error {
	w, h := f.crop.Dx(), f.crop.Dy()
	if f.Orientation >= 5 {
		w, h = h, w
	}
	cw, okW := quotient(r)
	ch, okH := quotient(r)
	x, okX := centre(r, w-cw)
	y, okY := centre(r, h-ch)
	if r.over || !okW || !okH || !okX || !okY || cw < 1 || ch < 1 || x < 0 || y < 0 || x+cw > w || y+ch > h {
		return errors.New("its crop is out of range")
	}
	sw, sh := f.crop.Dx(), f.crop.Dy()
	ax, ay := stored(f.Orientation, x, y, sw, sh)
	bx, by := stored(f.Orientation, x+cw-1, y+ch-1, sw, sh)
	f.crop = image.Rect(min(ax, bx), min(ay, by), max(ax, bx)+1, max(ay, by)+1).Add(f.crop.Min)
	return nil
}

// quotient is a size; parts of pixels are cut off.
func quotient(r *reader) (int, bool) {
	n, d := r.u32(), r.u32()
	if d == 0 || n/d > 1<<20 {
		return 0, false
	}
	return int(n / d), true
}

// centre is where a crop begins that leaves rest pixels and whose centre lies off
// the picture's by a fraction.
func centre(r *reader, rest int) (int, bool) {
	n, d := int64(int32(r.u32())), int64(r.u32())
	if d == 0 {
		return 0, false
	}
	v := 2*n + int64(rest)*d
	if v < 0 {
		return 0, false
	}
	return int(v / (2 * d)), v/(2*d) <= 1<<20
}

// compose is the orientation of a picture that is turned by first, then by then.
func compose(first, then int) int {
	// Two pixels of a picture that is no square tell all eight apart.
	const w, h = 4, 3
	tw, th := w, h
	if first >= 5 {
		tw, th = h, w
	}
	for o := 1; o <= 8; o++ {
		same := true
		for _, p := range [2]image.Point{{}, {X: 1}} {
			x, y := stored(then, p.X, p.Y, tw, th)
			x, y = stored(first, x, y, w, h)
			ox, oy := stored(o, p.X, p.Y, w, h)
			same = same && x == ox && y == oy
		}
		if same {
			return o
		}
	}
	return 1
}

// stored is where pixel (x, y) of a turned picture comes from, w × h as stored.
func stored(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
