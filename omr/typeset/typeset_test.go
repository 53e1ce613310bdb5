package typeset_test

import (
	"math"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/typeset"
)

var body = typeset.Font{Family: "Segoe UI", Size: 50} // 12 pt

func said(l typeset.Line) string {
	var b strings.Builder
	for _, r := range l.Runs {
		for _, g := range r.Glyphs {
			b.WriteString(g.Text)
		}
	}
	return b.String()
}

// TestFamilies holds the map of spec/markup.md 6.9.
func TestFamilies(t *testing.T) {
	f := typeset.Default()
	for _, c := range []struct {
		font        typeset.Font
		want        string
		substituted bool
		known       bool
	}{
		{typeset.Font{Family: "Segoe UI"}, "OpenSans-Regular", false, true},
		{typeset.Font{Family: "SEGOE ui ", Bold: true}, "OpenSans-Bold", false, true},
		{typeset.Font{Family: "Calibri", Italic: true}, "Carlito-Italic", false, true},
		{typeset.Font{Family: "Arial", Bold: true, Italic: true}, "LiberationSans-BoldItalic", false, true},
		{typeset.Font{Family: "Arial Black"}, "LiberationSans-Bold", false, true},
		{typeset.Font{Family: "Times New Roman"}, "LiberationSerif", false, true},
		{typeset.Font{Family: "Cambria"}, "Caladea-Regular", false, true},
		{typeset.Font{Family: "Cambria Math", Bold: true}, "Caladea-Bold", false, true},
		{typeset.Font{Family: "Georgia", Italic: true}, "LiberationSerif-Italic", false, true},
		{typeset.Font{Family: "Courier New"}, "LiberationMono", false, true},
		{typeset.Font{Family: "Consolas", Bold: true}, "LiberationMono-Bold", false, true},
		{typeset.Font{Family: "Lucida Console"}, "LiberationMono", false, true},
		{typeset.Font{Family: "Wingdings"}, "OpenSans-Regular", true, true},
		{typeset.Font{Family: "Papyrus"}, "OpenSans-Regular", true, false},
	} {
		id, substituted, known := f.Resolve(c.font)
		if f.Name(id) != c.want || substituted != c.substituted || known != c.known {
			t.Errorf("%+v: %s, substituted %v, known %v; want %s, %v, %v", c.font, f.Name(id), substituted, known, c.want, c.substituted, c.known)
		}
	}
}

// TestLineHeight: natural height rounded up to whole px (spec/markup.md 9.5).
func TestLineHeight(t *testing.T) {
	f := typeset.Default()
	for family, want := range map[string]int{
		"Segoe UI":        69, // (2189+600)/2048·50 = 68.09
		"Arial":           58, // (1854+434+67)/2048·50 = 57.50
		"Times New Roman": 58, // (1825+443+87)/2048·50 = 57.50
		"Courier New":     57, // (1705+615)/2048·50 = 56.64
	} {
		m := f.Metrics(typeset.Font{Family: family, Size: 50})
		if m.LineHeight != want {
			t.Errorf("%s: line height %d, want %d", family, m.LineHeight, want)
		}
		if m.CapHeight < 25 || m.CapHeight > 40 || m.UnderlineOffset <= 0 || m.StrikeOffset >= 0 {
			t.Errorf("%s: implausible metrics %+v", family, m)
		}
	}
}

func TestWrapping(t *testing.T) {
	f := typeset.Default()
	text := "The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs."
	for _, width := range []float64{300, 500, 777, 1000} {
		lines := f.Lines(text, body, width)
		var words []string
		for i, l := range lines {
			if l.Width > width+0.1 || l.Wide {
				t.Errorf("width %v: line %q is %.1f px wide", width, said(l), l.Width)
			}
			s := said(l)
			if strings.HasPrefix(s, " ") || i < len(lines)-1 && strings.HasSuffix(s, " ") {
				t.Errorf("line %q keeps the blank of the break", s)
			}
			words = append(words, s)
			// Greedy: the next line's first word would not have fitted.
			if i+1 < len(lines) {
				next, _, _ := strings.Cut(said(lines[i+1]), " ")
				if f.Width(s+" "+next, body) <= width {
					t.Errorf("width %v: %q would have held %q", width, s, next)
				}
			}
		}
		if got := strings.Join(words, " "); got != text {
			t.Errorf("width %v: text became %q", width, got)
		}
	}
}

func TestBreaksBlanksAndTabs(t *testing.T) {
	f := typeset.Default()
	for _, c := range []struct {
		name, text string
		width      float64
		want       []string
	}{
		{"hard breaks", "one\ntwo\r\n\nfour", 0, []string{"one", "two", "", "four"}},
		{"several blanks kept", "a    b", 0, []string{"a    b"}},
		{"leading blanks kept", "   a", 2000, []string{"   a"}},
		{"hyphen is an opportunity", "semi-detached", 200, []string{"semi-", "detached"}},
		{"no-break space", "a\u00a0b", 40, []string{"a\u00a0b"}},
		{"empty", "", 100, []string{""}},
	} {
		var got []string
		for _, l := range f.Lines(c.text, body, c.width) {
			got = append(got, said(l))
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	// A TAB jumps to the next multiple of 118 px, also from exactly one.
	for _, c := range []struct {
		text string
		x    float64
	}{{"\tx", 118}, {"\t\t\tx", 354}, {"i\tx", 118}, {"mmm\tx", 236}} {
		l := f.Lines(c.text, body, 0)[0]
		if got := l.Runs[len(l.Runs)-1].X; got != c.x {
			t.Errorf("%q: text after the TAB at %v, want %v", c.text, got, c.x)
		}
	}
	if w := f.Width("ab  ", body); w != f.Width("ab", body) {
		t.Errorf("trailing blanks count: %v", w)
	}
}

func TestLongWord(t *testing.T) {
	f := typeset.Default()
	lines := f.Lines("a Donaudampfschifffahrtsgesellschaft b", body, 300)
	if len(lines) != 3 || lines[0].Wide || !lines[1].Wide || lines[2].Wide {
		t.Fatalf("%d lines, want three with the middle one too wide: %+v", len(lines), lines)
	}
	if lines[1].Width <= 300 {
		t.Errorf("the long word is said to be %v px wide", lines[1].Width)
	}
}

// TestKerning: pairs are drawn together, ligatures stay apart.
func TestKerning(t *testing.T) {
	f := typeset.Default()
	arial := typeset.Font{Family: "Arial", Size: 100}
	if pair, apart := f.Width("AV", arial), f.Width("A", arial)+f.Width("V", arial); pair >= apart {
		t.Errorf("AV is %v px, its letters %v: no kerning", pair, apart)
	}
	l := f.Lines("office", body, 0)[0]
	if n := len(l.Runs[0].Glyphs); n != 6 {
		t.Errorf("office has %d glyphs, want 6", n)
	}
	if big := f.Width("office", typeset.Font{Family: "Segoe UI", Size: 100}); math.Abs(big-2*l.Width) > 1e-6 {
		t.Errorf("twice the size is %v px, the single size %v", big, l.Width)
	}
}

func TestScripts(t *testing.T) {
	f := typeset.Default()
	for script, text := range map[string]string{
		"Latin":    "Příliš žluťoučký kůň, Ő ș ł",
		"Greek":    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
		"Cyrillic": "Съешь ещё этих мягких булок",
		"Hebrew":   "דג סקרן שט בים מאוכזב",
		"Arabic":   "نص حكيم له سر قاطع",
		"Hindi":    "ऋषियों को सताने वाले दुष्ट",
		"Chinese":  "天地玄黄宇宙洪荒",
		"Japanese": "いろはにほへと",
		"Korean":   "키스의 고유조건은 입술끼리",
		"Bengali":  "আমি চিনি গো চিনি তোমারে ০১২৩",
		"Persian":  "پژوهشگران ۰۱۲۳",
		"Armenian": "Բել դղյակի ձախ ժամն",
		"Signs":    "→ ✓ ☐ ★ € ₹ ½ ≤ ①",
	} {
		for _, family := range []string{"Segoe UI", "Times New Roman", "Courier New"} {
			font := typeset.Font{Family: family, Size: 50}
			if m := f.Missing(text, font); m != nil {
				t.Errorf("%s in %s: missing %q", script, family, string(m))
			}
			for _, r := range f.Lines(text, font, 0)[0].Runs {
				for _, g := range r.Glyphs {
					if g.ID == 0 {
						t.Errorf("%s in %s: %q has no glyph", script, family, g.Text)
					}
				}
			}
		}
	}
	if m := f.Missing("a\U0001F980b𓀀\U0001F980", body); string(m) != "\U0001F980𓀀" {
		t.Errorf("missing %q, want the crab and the hieroglyph once each", string(m))
	}
}

// TestBidi: right-to-left text runs from the right, numbers inside it do not.
func TestBidi(t *testing.T) {
	f := typeset.Default()
	for text, want := range map[string]string{
		"שלום":          "םולש",
		"שלום 123 עולם": "םלוע 123 םולש",
		"ab שלום cd":    "ab םולש cd",
	} {
		l := f.Lines(text, body, 0)[0]
		if got := said(l); got != want {
			t.Errorf("%q is drawn %q, want %q", text, got, want)
		}
		x := 0.0
		for _, r := range l.Runs {
			if math.Abs(r.X-x) > 1e-6 {
				t.Errorf("%q: run at %v, want %v", text, r.X, x)
			}
			x += r.Width
		}
	}
	lines := f.Lines("שלום עולם שלום עולם שלום עולם", body, 300)
	if len(lines) < 2 {
		t.Fatal("right-to-left text does not wrap")
	}
	for _, l := range lines {
		if l.Width > 300 {
			t.Errorf("right-to-left line is %v px wide", l.Width)
		}
	}
}

func TestInk(t *testing.T) {
	f := typeset.Default()
	x0, y0, x1, y1, ok := f.Ink(f.Lines("H", body, 0)[0])
	m := f.Metrics(body)
	if !ok || math.Abs(-y0-m.CapHeight) > 1 || math.Abs(y1) > 0.5 || x0 <= 0 || x1 <= x0 {
		t.Errorf("ink of H is %v..%v, %v..%v; cap height %v", x0, x1, y0, y1, m.CapHeight)
	}
	if _, _, _, _, ok := f.Ink(f.Lines("  ", body, 0)[0]); ok {
		t.Error("blanks have ink")
	}
}

func TestConcurrent(t *testing.T) {
	f := typeset.Default()
	want := f.Width("concurrent Текст שלום", body)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if got := f.Width("concurrent Текст שלום", body); got != want {
					t.Errorf("width %v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzLines(f *testing.F) {
	for _, s := range []string{"plain text", "a\tb\n\nc", "שלום 12 ab", "ع\u200dم\u202e", "\u2067x\u2069", "é́́", "\U0001F469\u200d\U0001F52C x", "\x1c\x1d", strings.Repeat("m", 200)} {
		f.Add(s, 200.0)
	}
	faces := typeset.Default()
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if !utf8.ValidString(s) || len(s) > 2000 || math.IsNaN(width) {
			return
		}
		faces.Missing(s, body)
		for _, l := range faces.Lines(s, body, width) {
			if width > 0 && l.Width > width+1 && !l.Wide && strings.Trim(said(l), " \t") != "" && len(l.Runs) > 0 && l.Runs[0].X == 0 {
				t.Errorf("%q at %v: line %q is %v px wide and not said to be", s, width, said(l), l.Width)
			}
			if l.Height < 69 || l.Ascent <= 0 || math.IsNaN(l.Width) {
				t.Errorf("%q: line %+v", s, l)
			}
		}
	})
}

func BenchmarkLines(b *testing.B) {
	f := typeset.Default()
	for b.Loop() {
		f.Lines("The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs.", body, 700)
	}
}

// TestFlow: a width for every line, asked for in turn, with what cannot be broken.
func TestFlow(t *testing.T) {
	f := typeset.Default()
	text := "one two three four five six seven\neight"
	widths := []float64{200, 400, 150}
	var asked []typeset.Break
	lines := f.Flow(text, body, func(b typeset.Break) float64 {
		asked = append(asked, b)
		return widths[min(b.Line, 2)]
	})
	if len(asked) != len(lines) {
		t.Fatalf("asked %d times for %d lines", len(asked), len(lines))
	}
	top := 0.0
	for i, l := range lines {
		word, _, _ := strings.Cut(said(l), " ")
		if asked[i].Line != i || asked[i].Top != top || math.Abs(asked[i].Need-f.Width(word, body)) > 0.1 {
			t.Errorf("line %d (%q) was asked for as %+v", i, said(l), asked[i])
		}
		if l.Wide || l.Width > widths[min(i, 2)] {
			t.Errorf("line %d is %v px wide, wide %v", i, l.Width, l.Wide)
		}
		top += l.Height
	}
	if said(lines[0]) != "one two" || said(lines[len(lines)-1]) != "eight" {
		t.Errorf("first %q, last %q", said(lines[0]), said(lines[len(lines)-1]))
	}
}

// TestSoftHyphens: a break at one shows a hyphen that fits, no break shows nothing.
func TestSoftHyphens(t *testing.T) {
	f := typeset.Default()
	text := "Donau\u00addampf\u00adschiff\u00adfahrt"
	if w, plain := f.Width(text, body), f.Width("Donaudampfschifffahrt", body); math.Abs(w-plain) > 1e-6 {
		t.Errorf("unbroken soft hyphens take %v px", w-plain)
	}
	lines := f.Lines(text, body, 300)
	if len(lines) < 2 {
		t.Fatal("not broken")
	}
	for i, l := range lines {
		s := said(l)
		if l.Wide || l.Width > 300 || strings.HasSuffix(s, "-") != (i < len(lines)-1) {
			t.Errorf("line %d: %q, %v px", i, s, l.Width)
		}
	}
	if got := f.Width(said(lines[0])[:len("Donau")]+"dampf-", body); got > 300 && strings.Contains(said(lines[0]), "dampf") {
		t.Errorf("%q was not counted with its hyphen", said(lines[0]))
	}
}

// TestDirection: a paragraph begins at the right where that is said, whatever its letters.
func TestDirection(t *testing.T) {
	f := typeset.Default()
	rtl := body
	rtl.RTL = true
	if got := said(f.Lines("abc!", rtl, 0)[0]); got != "!abc" {
		t.Errorf("%q, want the mark at the left end", got)
	}
	if got := said(f.Lines("abc שלום 12", rtl, 0)[0]); got != "12 םולש abc" {
		t.Errorf("%q", got)
	}
	if got := said(f.Lines("abc!", body, 0)[0]); got != "abc!" {
		t.Errorf("%q", got)
	}
}

// Texts that are pairs, isolates or soft hyphens throughout take time in their
// length, or this test takes hours; nothing of them is lost.
func TestHostileTexts(t *testing.T) {
	for _, unit := range []string{"(a) ", "${a}", "([{", "(א) ", "（漢）", "\u2067א", "\u202bא", "ab\u00ad", "\u2066a\u2069 "} {
		text := strings.Repeat(unit, 200_000/len(unit))
		var got strings.Builder
		count := 0
		for _, l := range typeset.Default().Lines(text, body, 1000) {
			for _, r := range l.Runs {
				count += len(r.Glyphs)
			}
			got.WriteString(said(l))
		}
		want := strings.Count(text, "a") + strings.Count(text, "א") + strings.Count(text, "漢")
		if have := strings.Count(got.String(), "a") + strings.Count(got.String(), "א") + strings.Count(got.String(), "漢"); have != want || count < want {
			t.Errorf("%q: %d letters of %d, %d glyphs", unit, have, want, count)
		}
	}
}
