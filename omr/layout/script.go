package layout

import (
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// figure is a whole number as the page prints it: with digits of the writing
// system where the settings ask for native ones, in Hebrew with letters
// (spec/markup.md 9.9).
func (l *layouter) figure(n int) string {
	w := l.settings.Writing
	if !w.NativeNumbers {
		return strconv.Itoa(n)
	}
	if w.System == form.Hebrew && n > 0 {
		return hebrewNumeral(n)
	}
	return l.digits(strconv.Itoa(n))
}

// digits is s with native digits in the place of ASCII ones, where the settings
// ask for them. Hebrew has none.
func (l *layouter) digits(s string) string {
	zero, ok := map[form.WritingSystem]rune{
		form.Arabic: '٠', form.Persian: '۰', form.Urdu: '۰', form.Bengali: '০',
	}[l.settings.Writing.System]
	if !ok || !l.settings.Writing.NativeNumbers {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return zero + r - '0'
		}
		return r
	}, s)
}

// hebrewNumeral writes a number in letters: thousands apart by a geresh, 15 and 16
// as 9 + 6 and 9 + 7. Neither gereshayim nor final forms are used, as in lists.
func hebrewNumeral(n int) string {
	if n >= 1000 {
		head := hebrewNumeral(n/1000) + "׳"
		if n%1000 == 0 {
			return head
		}
		return head + hebrewNumeral(n%1000)
	}
	var b strings.Builder
	for n >= 400 {
		b.WriteRune('ת')
		n -= 400
	}
	for _, d := range []struct {
		value  int
		letter string
	}{
		{300, "ש"},
		{200, "ר"},
		{100, "ק"},
		{90, "צ"},
		{80, "פ"},
		{70, "ע"},
		{60, "ס"},
		{50, "נ"},
		{40, "מ"},
		{30, "ל"},
		{20, "כ"},
		{16, "טז"},
		{15, "טו"},
		{10, "י"},
		{9, "ט"},
		{8, "ח"},
		{7, "ז"},
		{6, "ו"},
		{5, "ה"},
		{4, "ד"},
		{3, "ג"},
		{2, "ב"},
		{1, "א"},
	} {
		if n >= d.value {
			b.WriteString(d.letter)
			n -= d.value
		}
	}
	return b.String()
}
