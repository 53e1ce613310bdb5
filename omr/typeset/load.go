package typeset

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"github.com/leafmark/leafmark/omr/fault"
)

// MaxFontFile is the size of the largest font file that is read, bytes.
const MaxFontFile = 64 << 20

// maxFontFiles bounds the fonts of an operator.
const maxFontFiles = 1000

// Load is the embedded fonts and those of an operator, TrueType files by their
// file name; without any it is Default. Their families, as their name tables call them, win over the embedded
// ones; a style that a family lacks is taken from its nearest. Characters that no
// other font has are looked for in them too, in the order of the names.
//
// Faults, with the file in Where: font_unreadable for what is no whole font file;
// font_unsupported for collections, variable fonts, fonts without TrueType
// outlines and web fonts, whose outlines a PDF could not carry; font_ambiguous for
// two files of one family and style.
func Load(named map[string][]byte) (*Faces, error) {
	base := Default()
	if len(named) == 0 {
		return base, nil
	}
	s := &Faces{files: slices.Clone(base.files), fonts: slices.Clone(base.fonts), units: slices.Clone(base.units), own: map[string][]FaceID{}}
	names := slices.Sorted(maps.Keys(named))
	if len(names) > maxFontFiles {
		return nil, &fault.Error{
			Code: "font_unsupported", Kind: fault.TooLarge,
			Cause: fmt.Sprintf("there are %d font files, at most %d are read", len(names), maxFontFiles), Cure: "keep only the fonts that forms use",
		}
	}
	sum := sha256.New()
	of := map[string]string{} // family and style -> file
	for _, name := range names {
		data := named[name]
		f, err := inspect(data)
		if err != nil {
			return nil, refusedFont(name, err)
		}
		id := FaceID(len(s.files))
		for _, family := range f.families {
			key := fmt.Sprintf("%s\x00%d", family, f.style)
			if first, taken := of[key]; taken {
				if bytes.Equal(named[first], data) {
					continue
				}
				return nil, &fault.Error{
					Code: "font_ambiguous", Kind: fault.Invalid, Where: fault.Where{File: name},
					Cause: fmt.Sprintf("%s is the family %q in the style %s, as %s is", name, family, styleNames[f.style], first), Cure: "keep one of the two",
				}
			}
			of[key] = name
			if s.own[family] == nil {
				s.own[family] = slices.Repeat([]FaceID{noFace}, len(styleNames))
			}
			s.own[family][f.style] = id
		}
		s.files = append(s.files, file{f.postscript, data})
		s.fonts = append(s.fonts, func() *font.Font { return f.font })
		s.units = append(s.units, sync.OnceValue(func() Metrics { return unitMetrics(f.font) }))
		s.extra = append(s.extra, id)
		digest := sha256.Sum256(data)
		sum.Write(digest[:])
	}
	s.digest = hex.EncodeToString(sum.Sum(nil))
	s.shapers.New = func() any { return newShaper(s) }
	return s, nil
}

// noFace stands for a style that a family does not have.
const noFace = ^FaceID(0)

// styleNames are the styles as offsets: bold is 1, italic 2.
var styleNames = [4]string{"regular", "bold", "italic", "bold italic"}

func refusedFont(name string, err error) error {
	f := &fault.Error{
		Code: "font_unreadable", Kind: fault.Invalid, Where: fault.Where{File: name},
		Cause: fmt.Sprintf("the font file %s is damaged or no font: %v", name, err), Cure: "replace the file by a whole TrueType font (.ttf)", Err: err,
	}
	var u unsupportedFont
	if errors.As(err, &u) {
		f.Code, f.Kind = "font_unsupported", fault.Unsupported
		f.Cause = fmt.Sprintf("the font file %s is %s", name, u.what)
		f.Cure = u.cure
	}
	return f
}

// unsupportedFont is a whole font that cannot be used.
type unsupportedFont struct{ what, cure string }

func (u unsupportedFont) Error() string { return u.what }

// inspected is a font file that can be used.
type inspected struct {
	font       *font.Font
	families   []string // in lower case
	postscript string
	style      int // offset: see styleNames
}

// inspect reads a font file and tries its tables.
func inspect(data []byte) (f inspected, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading it failed: %v", r)
		}
	}()
	if len(data) > MaxFontFile {
		return f, unsupportedFont{fmt.Sprintf("%d MB large", len(data)>>20), fmt.Sprintf("use a font file of at most %d MB", MaxFontFile>>20)}
	}
	const static = "use a static TrueType font (.ttf)"
	switch {
	case bytes.HasPrefix(data, []byte("ttcf")):
		return f, unsupportedFont{"a collection of fonts", "unpack the collection into a .ttf file a font"}
	case bytes.HasPrefix(data, []byte("wOFF")), bytes.HasPrefix(data, []byte("wOF2")):
		return f, unsupportedFont{"a web font", static}
	case bytes.HasPrefix(data, []byte("OTTO")):
		return f, unsupportedFont{"an OpenType font with PostScript outlines", static}
	}
	if err := directory(data); err != nil {
		return f, err
	}
	tables, err := ot.NewLoader(bytes.NewReader(data))
	if err != nil {
		return f, err
	}
	if tables.HasTable(ot.MustNewTag("fvar")) {
		return f, unsupportedFont{"a variable font", "use the static font files of the family, one a style"}
	}
	for _, need := range []string{"head", "maxp", "hhea", "hmtx", "loca", "glyf", "cmap", "name"} {
		if !tables.HasTable(ot.MustNewTag(need)) {
			return f, fmt.Errorf("it has no table %q", need)
		}
	}
	face, err := font.ParseTTF(bytes.NewReader(data))
	if err != nil {
		return f, err
	}
	f.font = face.Font
	name, err := tables.RawTable(ot.MustNewTag("name"))
	if err != nil {
		return f, err
	}
	f.families = nameRecords(name, nameFamily)
	if len(f.families) == 0 {
		return f, errors.New("it does not say its family")
	}
	if ps := nameRecords(name, namePostScript); len(ps) > 0 {
		f.postscript = postScript(ps[0])
	}
	if f.postscript == "" {
		f.postscript = postScript(f.families[0])
	}
	for i := range f.families {
		f.families[i] = strings.ToLower(strings.TrimSpace(f.families[i]))
	}
	slices.Sort(f.families)
	f.families = slices.Compact(f.families)
	if f.style, err = styleOf(tables); err != nil {
		return f, err
	}
	return f, tryFont(face)
}

// directory checks that all tables lie inside the file: a reader would make room
// for what they claim.
func directory(data []byte) error {
	if len(data) < 12 {
		return fmt.Errorf("it has %d bytes", len(data))
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return errors.New("it ends in its directory")
		}
		if from, n := binary.BigEndian.Uint32(data[at+8:]), binary.BigEndian.Uint32(data[at+12:]); uint64(from)+uint64(n) > uint64(len(data)) {
			return fmt.Errorf("its table %q lies outside the file", data[at:at+4])
		}
	}
	return nil
}

// tryFont draws what every font must have, so that a damaged table shows now.
func tryFont(face *font.Face) error {
	if face.Upem() == 0 {
		return errors.New("its em has no size")
	}
	m := unitMetrics(face.Font)
	if m.Ascent+m.Descent <= 0 || m.Ascent+m.Descent > 20 {
		return errors.New("its line height makes no sense")
	}
	const sample = 512
	var text []rune
	for it := face.Cmap.Iter(); len(text) < sample && it.Next(); {
		r, gid := it.Char()
		toSegments(face, gid)
		text = append(text, r)
	}
	if len(text) == 0 {
		return errors.New("it has no characters")
	}
	var harf shaping.HarfbuzzShaper
	var split shaping.Segmenter
	for _, dir := range []di.Direction{di.DirectionLTR, di.DirectionRTL} {
		in := shaping.Input{Text: text, RunEnd: len(text), Direction: dir, Size: fixed.I(int(face.Upem())), FontFeatures: noLigatures, Language: language.NewLanguage("und")}
		for _, part := range split.Split(in, oneFace{face}) {
			for _, g := range harf.ShapeNoExtents(part).Glyphs {
				toSegments(face, g.GlyphID)
			}
		}
	}
	return nil
}

// oneFace is a fontmap of one face.
type oneFace struct{ face *font.Face }

// ResolveFace implements shaping.Fontmap.
func (o oneFace) ResolveFace(rune) *font.Face { return o.face }

// styleOf reads the style from OS/2 fsSelection, else from head macStyle
// (ISO/IEC 14496-22).
func styleOf(tables *ot.Loader) (int, error) {
	style := 0
	if os2, err := tables.RawTable(ot.MustNewTag("OS/2")); err == nil && len(os2) >= 64 {
		selection := binary.BigEndian.Uint16(os2[62:])
		if selection&(1<<5) != 0 {
			style++
		}
		if selection&1 != 0 {
			style += 2
		}
		return style, nil
	}
	head, err := tables.RawTable(ot.MustNewTag("head"))
	if err != nil || len(head) < 46 {
		return 0, errors.New("its table \"head\" is cut off")
	}
	return int(binary.BigEndian.Uint16(head[44:]) & 3), nil
}

// Name identifiers of the name table.
const (
	nameFamily     = 1
	namePostScript = 6
)

// nameRecords are the names of a kind in all languages, those of Windows first.
func nameRecords(table []byte, id uint16) (out []string) {
	if len(table) < 6 {
		return nil
	}
	storage := int(binary.BigEndian.Uint16(table[4:]))
	for _, platform := range []uint16{3, 0, 1} {
		for i := range int(binary.BigEndian.Uint16(table[2:])) {
			at := 6 + 12*i
			if at+12 > len(table) {
				break
			}
			r := table[at:]
			from := storage + int(binary.BigEndian.Uint16(r[10:]))
			to := from + int(binary.BigEndian.Uint16(r[8:]))
			if binary.BigEndian.Uint16(r) != platform || binary.BigEndian.Uint16(r[6:]) != id || to > len(table) {
				continue
			}
			if s := decodeName(table[from:to], platform != 1); s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// decodeName reads UTF-16, or Mac Roman as far as it is ASCII.
func decodeName(b []byte, wide bool) string {
	if !wide {
		if bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 }) {
			return ""
		}
		return strings.TrimSpace(string(b))
	}
	var units []uint16
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, binary.BigEndian.Uint16(b[i:]))
	}
	return strings.TrimSpace(string(utf16.Decode(units)))
}

// postScript is a name as PDF may carry it.
func postScript(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune("[](){}<>/%", r) {
			return -1
		}
		return r
	}, s)
}
