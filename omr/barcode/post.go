package barcode

import (
	"fmt"
	"math"
	"strings"
)

// swissPostSymbol is a consignment of the Swiss post in Code 128: 18 digits that
// begin with 98 or 99, or an international number such as RM123456785CH.
func swissPostSymbol(value string) (*Symbol, error) {
	v := strings.ToUpper(strings.NewReplacer(".", "", " ", "", "-", "").Replace(value))
	if len(v) == 13 && !digitsOnly(v) {
		if err := checkS10(v); err != nil {
			return nil, err
		}
		s, err := code128Symbol(v)
		if err == nil {
			s.Text = v[:2] + " " + v[2:5] + " " + v[5:8] + " " + v[8:11] + " " + v[11:]
		}
		return s, err
	}
	if err := onlyDigits(v); err != nil {
		return nil, err
	}
	if len(v) != 18 || v[0] != '9' || v[1] < '8' {
		return nil, fmt.Errorf("a consignment has 18 digits that begin with 98 or 99, or 13 characters such as RM123456785CH")
	}
	s, err := code128Symbol(v)
	if err == nil {
		s.Text = v[:2] + "." + v[2:4] + "." + v[4:10] + "." + v[10:]
	}
	return s, err
}

// checkS10 verifies the check digit of an international number (UPU S10).
func checkS10(v string) error {
	letters := v[:2] + v[11:]
	if strings.Trim(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || !digitsOnly(v[2:11]) {
		return fmt.Errorf("%s is not two letters, nine digits and a country", v)
	}
	sum := 0
	for i, w := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += w * int(v[2+i]-'0')
	}
	want := byte('0' + (11-sum%11)%10) // 10 is 0
	if sum%11 == 0 {
		want = '5'
	}
	if v[10] != want {
		return wrongCheck(v, 11, want, v[10])
	}
	return nil
}

// eparcelSymbol is Australia Post's parcel label in GS1-128: the article number
// (01) and the consignment (91), with or without brackets.
func eparcelSymbol(value string) (*Symbol, error) {
	v := strings.ReplaceAll(value, " ", "")
	if !strings.HasPrefix(v, "(") && len(v) > 18 && strings.HasPrefix(v, "01") && v[16:18] == "91" {
		v = "(01)" + v[2:16] + "(91)" + v[18:]
	}
	all, err := elementsOf(v)
	if err != nil {
		return nil, err
	}
	if len(all) < 2 || all[0].ai != "01" || all[1].ai != "91" {
		return nil, fmt.Errorf("a parcel has an article number (01) and a consignment (91)")
	}
	return gs1Code128Symbol(v)
}

// Sizes of the Swiss payment code (SIX, QR-bill 2.3, 6.4), mm.
const (
	swissSide, swissCross = 46.0, 7.0
	swissMost             = 997 // characters
	swissLines            = 31
	pxPerMM               = 300 / 25.4
)

// swissQRSymbol is the payment part of a QR bill: QR code with error correction
// M and the Swiss cross in its middle.
func swissQRSymbol(value string) (*Symbol, error) {
	lines := strings.Split(strings.ReplaceAll(value, "\r\n", "\n"), "\n")
	if lines[0] != "SPC" {
		return nil, fmt.Errorf("line 1 is %s; a Swiss payment begins with SPC", quoted(lines[0]))
	}
	if len(lines) < swissLines || lines[swissLines-1] != "EPD" {
		return nil, fmt.Errorf("line %d is not EPD, the trailer of a Swiss payment", swissLines)
	}
	if n := len([]rune(value)); n > swissMost {
		return nil, fmt.Errorf("it has %d characters; a Swiss payment has at most %d", n, swissMost)
	}
	s, err := qrOfVersion(value, 0, false)
	if err != nil {
		return nil, err
	}
	s.QuietX, s.QuietY = 5, 5
	s.Module = max(int(math.Round(swissSide*pxPerMM/float64(s.Width))), 3)
	s.drawCross()
	return s, nil
}

// drawCross puts the white-framed black square with the white cross into the
// middle: 7 mm of 46 mm, in whole modules.
func (s *Symbol) drawCross() {
	side := int(math.Round(float64(s.Width) * swissCross / swissSide))
	if side%2 == 0 {
		side++ // a QR code has an odd number of modules
	}
	from := (s.Width - side) / 2
	middle := float64(side) / 2
	arm, thick := middle*0.62, middle*0.21
	for y := range side {
		for x := range side {
			dx, dy := math.Abs(float64(x)+0.5-middle), math.Abs(float64(y)+0.5-middle)
			frame := max(dx, dy) > middle-1
			cross := dx <= max(thick, 0.5) && dy <= arm || dy <= max(thick, 0.5) && dx <= arm
			s.dark[(from+y)*s.Width+from+x] = !frame && !cross
		}
	}
}
