package typeset

import (
	"bytes"
	"fmt"
	"math"
	"sync"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
)

// Faces are the embedded fonts and those of an operator. An embedded file is
// parsed when it is first needed. Safe for concurrent use.
type Faces struct {
	files    []file
	fonts    []func() *font.Font // parsed once
	units    []func() Metrics    // for a size of 1 px, without LineHeight
	shapers  sync.Pool           // *shaper: faces of the shaping library are for one goroutine
	outlines sync.Map            // glyphKey -> []Segment
	own      map[string][]FaceID // families of the operator by style, in lower case
	extra    []FaceID            // all faces of the operator
	digest   string              // of their files
}

type glyphKey struct {
	face  FaceID
	glyph uint32
}

// Default is the embedded fonts, shared by the whole process.
var Default = sync.OnceValue(newFaces)

func newFaces() *Faces {
	s := &Faces{files: files()}
	for i, f := range s.files {
		s.fonts = append(s.fonts, sync.OnceValue(func() *font.Font {
			face, err := font.ParseTTF(bytes.NewReader(f.data))
			if err != nil {
				panic(fmt.Sprintf("typeset: embedded font %s: %v", f.name, err)) //nolint:forbidigo // the file is embedded and pinned by hash
			}
			return face.Font
		}))
		s.units = append(s.units, sync.OnceValue(func() Metrics { return unitMetrics(s.fonts[i]()) }))
	}
	s.shapers.New = func() any { return newShaper(s) }
	return s
}

// Digest tells the faces from the embedded ones alone, whose digest is empty: a
// form is what it is in its fonts.
func (s *Faces) Digest() string { return s.digest }

// File is the TrueType file of a face, for whoever embeds a subset of it. Not to be changed.
func (s *Faces) File(id FaceID) []byte { return s.files[id].data }

// Name is the PostScript name of a face.
func (s *Faces) Name(id FaceID) string { return s.files[id].name }

// Count is the number of faces; FaceIDs run from 0.
func (s *Faces) Count() int { return len(s.files) }

// Metrics are the lengths of a font that lines are built from, px.
type Metrics struct {
	Ascent, Descent float64 // above and below the baseline, both positive
	LineGap         float64
	CapHeight       float64
	XHeight         float64
	UnderlineOffset float64 // centre of the rule, from the baseline, y down
	UnderlineWidth  float64
	StrikeOffset    float64 // centre of the rule, from the baseline, y down: negative
	StrikeWidth     float64
	LineHeight      int // ascent + descent + gap, rounded up (spec/markup.md 9.5)
}

// Metrics are those of the face that stands in for f, at its size.
func (s *Faces) Metrics(f Font) Metrics {
	id, _, _ := s.Resolve(f)
	return s.metrics(id, f.Size)
}

func (s *Faces) metrics(id FaceID, size float64) Metrics {
	m := s.units[id]()
	for _, v := range []*float64{
		&m.Ascent, &m.Descent, &m.LineGap, &m.CapHeight, &m.XHeight,
		&m.UnderlineOffset, &m.UnderlineWidth, &m.StrikeOffset, &m.StrikeWidth,
	} {
		*v *= size
	}
	m.LineHeight = lineHeight(m.Ascent + m.Descent + m.LineGap)
	return m
}

func unitMetrics(f *font.Font) Metrics {
	face := font.NewFace(f)
	px := func(units float32) float64 { return float64(units) / float64(f.Upem()) }
	var m Metrics
	if e, ok := face.FontHExtents(); ok {
		m.Ascent, m.Descent, m.LineGap = px(e.Ascender), -px(e.Descender), px(e.LineGap)
	}
	m.CapHeight, m.XHeight = px(face.LineMetric(font.CapHeight)), px(face.LineMetric(font.XHeight))
	// The tables give the upper edge of the rules.
	m.UnderlineWidth = px(face.LineMetric(font.UnderlineThickness))
	m.UnderlineOffset = -px(face.LineMetric(font.UnderlinePosition)) + m.UnderlineWidth/2
	m.StrikeWidth = px(face.LineMetric(font.StrikethroughThickness))
	m.StrikeOffset = -px(face.LineMetric(font.StrikethroughPosition)) + m.StrikeWidth/2
	return m
}

// lineHeight rounds up, but not for the dust of floating point.
func lineHeight(natural float64) int { return int(math.Ceil(natural - 1e-6)) }

// Outline is the glyph's shape in em units; nil for a blank. Not to be changed.
func (s *Faces) Outline(id FaceID, glyph uint32) []Segment {
	key := glyphKey{id, glyph}
	if got, ok := s.outlines.Load(key); ok {
		return got.([]Segment)
	}
	face := font.NewFace(s.fonts[id]())
	out := toSegments(face, font.GID(glyph))
	s.outlines.Store(key, out)
	return out
}

func toSegments(face *font.Face, glyph font.GID) []Segment {
	o, ok := face.GlyphDataOutline(glyph)
	if !ok || len(o.Segments) == 0 {
		return nil
	}
	k := 1 / float32(face.Upem())
	out := make([]Segment, len(o.Segments))
	for i, seg := range o.Segments {
		switch seg.Op {
		case ot.SegmentOpMoveTo:
			out[i].Op = MoveTo
		case ot.SegmentOpLineTo:
			out[i].Op = LineTo
		case ot.SegmentOpQuadTo:
			out[i].Op = QuadTo
		case ot.SegmentOpCubeTo:
			out[i].Op = CubeTo
		}
		for j := range seg.ArgsSlice() {
			out[i].Args[j] = [2]float32{seg.Args[j].X * k, seg.Args[j].Y * k}
		}
	}
	return out
}

// Ink is the box of what the line's glyphs draw, relative to the left end of
// its baseline, y down, px. ok is false for a line without ink. Control points
// count, so the box may be a trifle larger than the ink.
func (s *Faces) Ink(l Line) (x0, y0, x1, y1 float64, ok bool) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, r := range l.Runs {
		for _, g := range r.Glyphs {
			for _, seg := range s.Outline(r.Face, g.ID) {
				for _, a := range seg.Args[:seg.Op.points()] {
					x, y := r.X+g.X+float64(a[0])*r.Size, g.Y-float64(a[1])*r.Size
					x0, x1 = min(x0, x), max(x1, x)
					y0, y1 = min(y0, y), max(y1, y)
				}
			}
		}
	}
	return x0, y0, x1, y1, x0 <= x1
}

// points is the number of Args that the command uses.
func (o SegmentOp) points() int {
	switch o {
	case QuadTo:
		return 2
	case CubeTo:
		return 3
	}
	return 1
}
