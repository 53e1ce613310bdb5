package synth

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// Parameter is a member of Effects or Pen by the name that tables and command
// lines use.
type Parameter struct {
	Name   string
	Help   string   // with the unit
	Lo, Hi float64  // what makes sense
	Words  []string // instead of numbers
}

// effect is how a parameter of Effects is reached, and from which value on it is
// worth a word in a table: below that it is on every picture.
type effect struct {
	Parameter
	seen float64 // 0: never told
	real func(e *Effects) *float64
	num  func(e *Effects) *int
}

func effects() []effect {
	real := func(name, help string, lo, hi, seen float64, at func(e *Effects) *float64) effect {
		return effect{Parameter{Name: name, Help: help, Lo: lo, Hi: hi}, seen, at, nil}
	}
	count := func(name, help string, lo, hi, seen float64, at func(e *Effects) *int) effect {
		return effect{Parameter{Name: name, Help: help, Lo: lo, Hi: hi}, seen, nil, at}
	}
	return []effect{
		count("long-side", "of a photo, px", 200, 8000, 0, func(e *Effects) *int { return &e.LongSide }),
		real("dpi", "of a scan; 0: a photo", 0, 1200, 0, func(e *Effects) *float64 { return &e.DPI }),
		real("dpi-y", "down the sheet, as a fax's", 0, 1200, 0, func(e *Effects) *float64 { return &e.DPIY }),
		count("jpeg", "quality", 1, 100, 0, func(e *Effects) *int { return &e.JPEG }),
		count("bits", "1: black and white only", 0, 8, 0, func(e *Effects) *int { return &e.Bits }),
		real("print-scale", "percent larger than it should be", -5, 5, 0.8, func(e *Effects) *float64 { return &e.PrintScale }),
		real("print-stretch", "percent higher against its width", -5, 5, 0.4, func(e *Effects) *float64 { return &e.PrintStretch }),
		real("print-shear", "degrees", -3, 3, 0.3, func(e *Effects) *float64 { return &e.PrintShear }),
		real("print-shift", "of the print on the sheet, px at 300 dpi", -60, 60, 0, func(e *Effects) *float64 { return &e.PrintShift }),
		real("print-wobble", "shifts that change from bubble to bubble, px at 300 dpi", 0, 6, 1.5, func(e *Effects) *float64 { return &e.PrintWobble }),
		count("toner-gaps", "streaks and spots without toner", 0, 20, 1, func(e *Effects) *int { return &e.TonerGaps }),
		real("low-toner", "share of the toner missing", 0, 1, 0.15, func(e *Effects) *float64 { return &e.LowToner }),
		real("heavy-print", "growth of every stroke, px at 300 dpi", 0, 3, 0.4, func(e *Effects) *float64 { return &e.HeavyPrint }),
		count("photocopy", "generations of copies", 0, 5, 1, func(e *Effects) *int { return &e.Generations }),
		real("ghost", "darkness of a second impression", 0, 1, 0.05, func(e *Effects) *float64 { return &e.Ghost }),
		real("curl", "shift of the paper by its bend, px at 300 dpi", 0, 60, 15, func(e *Effects) *float64 { return &e.Curl }),
		count("folds", "creases", 0, 3, 1, func(e *Effects) *int { return &e.Folds }),
		real("fold-depth", "shift at a crease, px at 300 dpi", 0, 40, 0, func(e *Effects) *float64 { return &e.FoldDepth }),
		real("crumple", "shift of crumpled paper, px at 300 dpi", 0, 40, 2, func(e *Effects) *float64 { return &e.Crumple }),
		count("coffee", "rings of cups", 0, 5, 1, func(e *Effects) *int { return &e.Stains }),
		count("grease", "spots", 0, 10, 1, func(e *Effects) *int { return &e.Grease }),
		count("holes", "punched at the left edge", 0, 4, 1, func(e *Effects) *int { return &e.Holes }),
		count("staples", "at a corner", 0, 3, 1, func(e *Effects) *int { return &e.Staples }),
		real("torn-corner", "share of the short side missing", 0, 0.5, 0.01, func(e *Effects) *float64 { return &e.TornCorner }),
		real("dog-ear", "share of the short side folded over", 0, 0.5, 0.01, func(e *Effects) *float64 { return &e.DogEar }),
		real("cut-edge", "share of the sheet beyond the picture", 0, 0.5, 0.005, func(e *Effects) *float64 { return &e.CutEdge }),
		count("cut-side", "0 left, 1 top, 2 right, 3 bottom", 0, 3, 0, func(e *Effects) *int { return &e.CutSide }),
		count("thumb", "fingers over corners and edges", 0, 4, 1, func(e *Effects) *int { return &e.Thumbs }),
		real("margin", "desk around the sheet, share of the frame", 0, 0.5, 0, func(e *Effects) *float64 { return &e.Margin }),
		real("rotation", "degrees clockwise", -360, 360, 20, func(e *Effects) *float64 { return &e.Rotation }),
		real("tilt", "degrees", 0, 60, 12, func(e *Effects) *float64 { return &e.Tilt }),
		real("tilt-direction", "degrees", 0, 360, 0, func(e *Effects) *float64 { return &e.TiltDirection }),
		real("lens", "distortion at the corners; above 0 a barrel", -0.2, 0.2, 0.012, func(e *Effects) *float64 { return &e.Lens }),
		real("white", "gray level of lit paper", 1, 255, 0, func(e *Effects) *float64 { return &e.White }),
		real("black", "gray level of the darkest ink", 0, 200, 60, func(e *Effects) *float64 { return &e.Black }),
		real("contrast", "steepness of the tone curve", 0, 8, 1.8, func(e *Effects) *float64 { return &e.Contrast }),
		real("exposure", "stops", -4, 2, 0.25, func(e *Effects) *float64 { return &e.Exposure }),
		real("gradient", "fall of light across the sheet", 0, 1, 0.3, func(e *Effects) *float64 { return &e.Gradient }),
		real("vignette", "fall of light in the corners", 0, 1, 0.25, func(e *Effects) *float64 { return &e.Vignette }),
		real("shadow", "share of the light taken", 0, 1, 0.05, func(e *Effects) *float64 { return &e.Shadow }),
		real("phone-shadow", "share of the light taken", 0, 1, 0.05, func(e *Effects) *float64 { return &e.PhoneShadow }),
		real("glare", "1: burnt out", 0, 2, 0.1, func(e *Effects) *float64 { return &e.Glare }),
		real("blur", "px of the picture", 0, 12, 1.3, func(e *Effects) *float64 { return &e.Blur }),
		real("blur-varies", "more of it at one side, px of the picture", 0, 12, 0.8, func(e *Effects) *float64 { return &e.BlurVaries }),
		real("motion", "px of the picture", 0, 40, 1.5, func(e *Effects) *float64 { return &e.Motion }),
		real("noise", "gray levels", 0, 60, 5, func(e *Effects) *float64 { return &e.Noise }),
		real("moire", "contrast of its waves", 0, 1, 0.03, func(e *Effects) *float64 { return &e.Moire }),
		count("dust", "specks", 0, 1000, 40, func(e *Effects) *int { return &e.Dust }),
		count("streaks", "lines of a dirty feeder", 0, 20, 1, func(e *Effects) *int { return &e.Streaks }),
		real("feed-wobble", "uneven feed, px at 300 dpi", 0, 20, 2, func(e *Effects) *float64 { return &e.FeedWobble }),
		real("black-border", "share of the picture's width", 0, 0.2, 0.001, func(e *Effects) *float64 { return &e.BlackBorder }),
		real("threshold", "gray level that becomes black at 1 bit", 1, 255, 0, func(e *Effects) *float64 { return &e.Threshold }),
		real("dither", "1: error diffusion at 1 bit", 0, 1, 0.5, func(e *Effects) *float64 { return &e.Dither }),
		count("dropped-lines", "of a fax", 0, 200, 1, func(e *Effects) *int { return &e.DroppedLines }),
	}
}

func (f effect) get(e *Effects) float64 {
	if f.real != nil {
		return *f.real(e)
	}
	return float64(*f.num(e))
}

// Parameters are the members of Effects that Set knows, and papers and desks.
func Parameters() []Parameter {
	var out []Parameter
	for _, f := range effects() {
		out = append(out, f.Parameter)
	}
	return append(out,
		Parameter{Name: "paper", Help: "what the form is printed on", Words: slices.Clone(paperNames[:])},
		Parameter{Name: "desk", Help: "what the sheet lies on", Words: slices.Clone(deskNames[:])},
		Parameter{Name: "format", Help: "of the file", Words: slices.Clone(formatNames[:])},
		Parameter{Name: "grey", Help: "1: no colour", Hi: 1})
}

var (
	paperNames  = [...]string{"office", "recycled", "grained", "yellowed", "newsprint", "show-through", "ruled", "glossy"}
	deskNames   = [...]string{"wood", "plain", "dark", "cloth", "lid", "grey-lid", "black-lid"}
	formatNames = [...]string{"jpeg", "png", "tiff"}
)

// Set gives a member a value as a command line writes it: a number, or a word
// for paper, desk and format. Faults: bad_effect.
func (e *Effects) Set(name, value string) error {
	words := func(names []string, set func(i int)) error {
		for i, n := range names {
			if n == value {
				set(i)
				return nil
			}
		}
		return badEffect(name, value, "use one of "+strings.Join(names, ", "))
	}
	switch name {
	case "paper":
		return words(paperNames[:], func(i int) { e.Paper = Paper(i) })
	case "desk":
		return words(deskNames[:], func(i int) { e.Desk = Desk(i) })
	case "format":
		return words(formatNames[:], func(i int) { e.Format = Format(i) })
	case "grey":
		e.Grey = value != "0" && value != "false"
		return nil
	}
	for _, f := range effects() {
		if f.Name != name {
			continue
		}
		v, err := f.parse(value)
		if err != nil {
			return err
		}
		if f.real != nil {
			*f.real(e) = v
		} else {
			*f.num(e) = int(math.Round(v))
		}
		return nil
	}
	return badEffect(name, value, "there is no such effect; the names are told by leafmark synth --help")
}

func badEffect(name, value, cure string) error {
	return &fault.Error{Code: "bad_effect", Kind: fault.Invalid, Cause: fmt.Sprintf("effect %s=%s", name, value), Cure: cure}
}

// Names are the effects that are strong enough to tell, for tables per effect.
func (e Effects) Names() []string {
	var out []string
	for _, f := range effects() {
		if v := math.Abs(f.get(&e)); f.seen > 0 && v >= f.seen {
			out = append(out, f.Name)
		}
	}
	if e.Paper != Office {
		out = append(out, paperNames[e.Paper])
	}
	switch {
	case e.DPI > 0 && e.DPI < 140:
		out = append(out, "low-dpi")
	case e.DPI > 320:
		out = append(out, "high-dpi")
	}
	if e.JPEG > 0 && e.JPEG < 50 && e.Format == JPEG {
		out = append(out, "low-quality")
	}
	switch {
	case e.Bits == 1 && e.DPI == 204:
		out = append(out, "fax")
	case e.Bits == 1:
		out = append(out, "1-bit")
	case e.Grey:
		out = append(out, "grey")
	}
	return out
}

// Names are the pen's, its style, and what else it does.
func (p Pen) Names() []string {
	var out []string
	if p.Name != "" {
		out = append(out, p.Name)
	}
	out = append(out, p.Style.String())
	for _, h := range []struct {
		name string
		on   bool
	}{
		{"erasures", p.Erasures > 0},
		{"strays", p.Strays > 0},
		{"off-centre", p.OffCentre > 0.05},
		{"corrections", p.Corrections > 0},
		{"smudges", p.Smudges > 0},
		{"words", p.Words > 0},
		{"words-over", p.WordsOver > 0},
	} {
		if h.on {
			out = append(out, h.name)
		}
	}
	return out
}

// penMember is how a habit of a Pen is reached.
type penMember struct {
	Parameter
	real func(p *Pen) *float64
	num  func(p *Pen) *int
}

func habits() []penMember {
	return []penMember{
		{Parameter{Name: "pen-width", Help: "of a stroke, px at 300 dpi", Lo: 1, Hi: 80}, func(p *Pen) *float64 { return &p.Width }, nil},
		{Parameter{Name: "pen-opacity", Help: "of a stroke", Lo: 0.02, Hi: 1}, func(p *Pen) *float64 { return &p.Opacity }, nil},
		{Parameter{Name: "jitter", Help: "of marks about the middle, sizes of the bubble", Lo: 0, Hi: 0.5}, func(p *Pen) *float64 { return &p.Jitter }, nil},
		{Parameter{Name: "off-centre", Help: "of all marks one way, sizes of the bubble", Lo: 0, Hi: 0.5}, func(p *Pen) *float64 { return &p.OffCentre }, nil},
		{Parameter{Name: "erasures", Help: "share of empty bubbles", Lo: 0, Hi: 1}, func(p *Pen) *float64 { return &p.Erasures }, nil},
		{Parameter{Name: "corrections", Help: "share of fields with a cancelled mark", Lo: 0, Hi: 1}, func(p *Pen) *float64 { return &p.Corrections }, nil},
		{Parameter{Name: "smudges", Help: "share of marks", Lo: 0, Hi: 1}, func(p *Pen) *float64 { return &p.Smudges }, nil},
		{Parameter{Name: "strays", Help: "slips of the pen", Lo: 0, Hi: 200}, nil, func(p *Pen) *int { return &p.Strays }},
		{Parameter{Name: "words", Help: "handwriting beside bubbles", Lo: 0, Hi: 100}, nil, func(p *Pen) *int { return &p.Words }},
		{Parameter{Name: "words-over", Help: "handwriting over bubbles", Lo: 0, Hi: 50}, nil, func(p *Pen) *int { return &p.WordsOver }},
	}
}

// Habits are the members of Pen that Set knows.
func Habits() []Parameter {
	var out []Parameter
	for _, h := range habits() {
		out = append(out, h.Parameter)
	}
	return out
}

// Set gives a habit a value. Faults: bad_effect.
func (p *Pen) Set(name, value string) error {
	for _, h := range habits() {
		if h.Name != name {
			continue
		}
		v, err := h.parse(value)
		if err != nil {
			return err
		}
		if h.real != nil {
			*h.real(p) = v
		} else {
			*h.num(p) = int(math.Round(v))
		}
		return nil
	}
	return badEffect(name, value, "no pen has that habit")
}

func (p Parameter) parse(value string) (float64, error) {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || !(v >= p.Lo && v <= p.Hi) {
		return 0, badEffect(p.Name, value, fmt.Sprintf("give a number from %g to %g (%s)", p.Lo, p.Hi, p.Help))
	}
	return v, nil
}

// PenNamed is a pen by its name and, after a colon, its style: "pencil",
// "ballpoint-blue:tick". Faults: bad_pen.
func PenNamed(text string) (Pen, error) {
	name, style, styled := strings.Cut(text, ":")
	var pens []string
	for _, p := range Pens() {
		pens = append(pens, p.Name)
		if p.Name != name {
			continue
		}
		for i, s := range styleNames {
			if !styled || s == style {
				return p.As(Style(i)), nil
			}
		}
		return Pen{}, &fault.Error{
			Code: "bad_pen", Kind: fault.Invalid, Cause: fmt.Sprintf("pen %s: no style %q", name, style),
			Cure: "use one of " + strings.Join(styleNames[:], ", "),
		}
	}
	return Pen{}, &fault.Error{
		Code: "bad_pen", Kind: fault.Invalid, Cause: fmt.Sprintf("no pen %q", name), Cure: "use one of " + strings.Join(pens, ", "),
	}
}
