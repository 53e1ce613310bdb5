package render

import (
	"encoding/binary"
	"math"
)

// srgbProfile is the colour space of IEC 61966-2-1 as an ICC profile of version
// 4.2 (ICC.1:2004-10): primaries adapted to D50 and the curve as a formula.
func srgbProfile() []byte {
	curve := parametric(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", localized("sRGB")},
		{"cprt", localized("No copyright, use freely")},
		{"wtpt", xyz(0.9642, 1, 0.8249)}, // D50
		// Bradford's adaptation from D65 to D50, and the primaries by it.
		{"chad", fixed("sf32", 1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyz(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyz(0.14307, 0.06061, 0.71410)},
		{"rTRC", curve},
		{"gTRC", curve},
		{"bTRC", curve},
	}
	const header, entry = 128, 12
	out := make([]byte, header, 1024)
	binary.BigEndian.PutUint32(out[8:], 0x04200000) // version 4.2
	copy(out[12:], "mntrRGB XYZ ")
	// Creation date, the same always: the standard's own.
	for i, v := range []uint16{2004, 10, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(out[24+2*i:], v)
	}
	copy(out[36:], "acsp")
	copy(out[68:], xyz(0.9642, 1, 0.8249)[8:])
	out = binary.BigEndian.AppendUint32(out, uint32(len(tags)))
	at := len(out) + entry*len(tags)
	var body []byte
	shared := 0 // where the curve lies that all three channels have
	for _, t := range tags {
		place := at + len(body)
		switch t.name {
		case "rTRC":
			shared = place
		case "gTRC", "bTRC":
			place = shared
		}
		out = append(out, t.name...)
		out = binary.BigEndian.AppendUint32(out, uint32(place))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.data)))
		if place == at+len(body) {
			body = append(body, t.data...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
		}
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

// fixed is an element of numbers with 16 bits of fraction.
func fixed(kind string, values ...float64) []byte {
	b := append([]byte(kind), 0, 0, 0, 0)
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	return b
}

func xyz(x, y, z float64) []byte { return fixed("XYZ ", x, y, z) }

// parametric is the curve of type 3: (ax+b)^g from d on, cx below.
func parametric(g, a, b, c, d float64) []byte {
	numbers := fixed("para", g, a, b, c, d)
	return append(append(append([]byte{}, numbers[:8]...), 0, 3, 0, 0), numbers[8:]...)
}

// localized is a text for all languages.
func localized(text string) []byte {
	const head = 28
	b := append([]byte("mluc"), 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, 1)  // one text
	b = binary.BigEndian.AppendUint32(b, 12) // of a record's size
	b = append(b, "enUS"...)
	b = binary.BigEndian.AppendUint32(b, uint32(2*len(text)))
	b = binary.BigEndian.AppendUint32(b, head)
	for _, c := range []byte(text) {
		b = append(b, 0, c)
	}
	return b
}
