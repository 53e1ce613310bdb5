package render

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// trueType is what a PDF needs of a TrueType file (ISO/IEC 14496-22).
type trueType struct {
	tables     map[string][]byte
	unitsPerEm int
	longLoca   bool
	glyphs     int
	metrics    int // numberOfHMetrics
}

func parseTrueType(data []byte) (*trueType, error) {
	if len(data) < 12 {
		return nil, fmt.Errorf("a font file of %d bytes", len(data))
	}
	f := &trueType{tables: map[string][]byte{}}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return nil, fmt.Errorf("a font file that ends in its directory")
		}
		offset, n := int(binary.BigEndian.Uint32(data[at+8:])), int(binary.BigEndian.Uint32(data[at+12:]))
		if offset+n > len(data) {
			return nil, fmt.Errorf("font table %q lies outside the file", data[at:at+4])
		}
		f.tables[string(data[at:at+4])] = data[offset : offset+n]
	}
	for name, least := range map[string]int{"head": 54, "maxp": 6, "hhea": 36, "hmtx": 4, "loca": 4, "glyf": 0} {
		if t, ok := f.tables[name]; !ok || len(t) < least {
			return nil, fmt.Errorf("a font without the table %q", name)
		}
	}
	head := f.tables["head"]
	f.unitsPerEm = int(binary.BigEndian.Uint16(head[18:]))
	f.longLoca = binary.BigEndian.Uint16(head[50:]) != 0
	f.glyphs = int(binary.BigEndian.Uint16(f.tables["maxp"][4:]))
	f.metrics = int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	size := 2
	if f.longLoca {
		size = 4
	}
	if f.unitsPerEm == 0 || f.metrics == 0 || len(f.tables["loca"]) < size*(f.glyphs+1) || len(f.tables["hmtx"]) < 4*f.metrics {
		return nil, fmt.Errorf("a font whose tables do not agree")
	}
	return f, nil
}

// advance is a glyph's width in 1/1000 em, as PDF wants it.
func (f *trueType) advance(glyph uint32) float64 {
	i := min(int(glyph), f.metrics-1)
	return float64(binary.BigEndian.Uint16(f.tables["hmtx"][4*i:])) * 1000 / float64(f.unitsPerEm)
}

// global is a length of the head or hhea table in 1/1000 em.
func (f *trueType) global(table string, offset int) float64 {
	v := int16(binary.BigEndian.Uint16(f.tables[table][offset:]))
	return float64(v) * 1000 / float64(f.unitsPerEm)
}

func (f *trueType) outline(glyph int) []byte {
	if glyph < 0 || glyph >= f.glyphs {
		return nil
	}
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.longLoca {
		from, to = int(binary.BigEndian.Uint32(loca[4*glyph:])), int(binary.BigEndian.Uint32(loca[4*glyph+4:]))
	} else {
		from, to = 2*int(binary.BigEndian.Uint16(loca[2*glyph:])), 2*int(binary.BigEndian.Uint16(loca[2*glyph+2:]))
	}
	if from >= to || to > len(glyf) {
		return nil
	}
	return glyf[from:to]
}

// components are the glyphs that a composite glyph is made of.
func components(outline []byte) []int {
	if len(outline) < 10 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return nil
	}
	const (
		words   = 0x0001
		scale   = 0x0008
		more    = 0x0020
		xyScale = 0x0040
		matrix  = 0x0080
	)
	var all []int
	for at := 10; at+4 <= len(outline); {
		flags := binary.BigEndian.Uint16(outline[at:])
		all = append(all, int(binary.BigEndian.Uint16(outline[at+2:])))
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&xyScale != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			break
		}
	}
	return all
}

// subset is a font file with the outlines of used glyphs only, their numbers
// kept: the others are empty, those after the last are gone.
func (f *trueType) subset(used []uint32) []byte {
	keep := map[int]bool{0: true}
	queue := []int{0}
	for _, g := range used {
		queue = append(queue, int(g))
	}
	last := 0
	for len(queue) > 0 {
		g := queue[0]
		queue = queue[1:]
		if g >= f.glyphs {
			continue
		}
		last = max(last, g)
		for _, c := range components(f.outline(g)) {
			if !keep[c] {
				keep[c] = true
				queue = append(queue, c)
			}
		}
		keep[g] = true
	}
	count := last + 1
	var glyf []byte
	loca := make([]byte, 4*(count+1))
	for g := range count {
		binary.BigEndian.PutUint32(loca[4*g:], uint32(len(glyf)))
		if keep[g] {
			glyf = append(glyf, f.outline(g)...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
		}
	}
	binary.BigEndian.PutUint32(loca[4*count:], uint32(len(glyf)))

	metrics := min(f.metrics, count)
	hmtx := slices.Clone(f.tables["hmtx"][:min(len(f.tables["hmtx"]), 4*metrics+2*max(0, count-metrics))])
	head, maxp, hhea := slices.Clone(f.tables["head"]), slices.Clone(f.tables["maxp"]), slices.Clone(f.tables["hhea"])
	binary.BigEndian.PutUint16(head[50:], 1) // long loca
	binary.BigEndian.PutUint32(head[8:], 0)  // the file's checksum, set below
	binary.BigEndian.PutUint16(maxp[4:], uint16(count))
	binary.BigEndian.PutUint16(hhea[34:], uint16(metrics))
	return assemble(map[string][]byte{
		"head": head, "maxp": maxp, "hhea": hhea, "hmtx": hmtx, "loca": loca, "glyf": glyf,
		"cvt ": f.tables["cvt "], "fpgm": f.tables["fpgm"], "prep": f.tables["prep"],
	})
}

// assemble writes a font file.
func assemble(tables map[string][]byte) []byte {
	var names []string
	for name, t := range tables {
		if len(t) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	n := len(names)
	power := 1
	log := 0
	for power*2 <= n {
		power *= 2
		log++
	}
	out := make([]byte, 12+16*n)
	binary.BigEndian.PutUint32(out, 0x00010000)
	binary.BigEndian.PutUint16(out[4:], uint16(n))
	binary.BigEndian.PutUint16(out[6:], uint16(16*power))
	binary.BigEndian.PutUint16(out[8:], uint16(log))
	binary.BigEndian.PutUint16(out[10:], uint16(16*(n-power)))
	head := 0
	for i, name := range names {
		t := tables[name]
		entry := out[12+16*i:]
		copy(entry, name)
		binary.BigEndian.PutUint32(entry[4:], checksum(t))
		binary.BigEndian.PutUint32(entry[8:], uint32(len(out)))
		binary.BigEndian.PutUint32(entry[12:], uint32(len(t)))
		if name == "head" {
			head = len(out)
		}
		out = append(out, t...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	// checkSumAdjustment, ISO/IEC 14496-22 5.2.6.
	binary.BigEndian.PutUint32(out[head+8:], 0xb1b0afba-checksum(out))
	return out
}

func checksum(t []byte) (sum uint32) {
	for i := 0; i < len(t); i += 4 {
		var word [4]byte
		copy(word[:], t[i:])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}
