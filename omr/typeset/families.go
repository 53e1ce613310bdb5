package typeset

import "strings"

// match says how near an embedded family comes to the one asked for.
type match struct {
	base FaceID // regular face of the embedded family
	bold bool   // the family itself is heavy
	sign bool   // a family of pictographs: letters would be printed instead
}

// families are those of spec/markup.md 6.9 and the embedded ones, in lower
// case. Sans families not named like another are Open Sans.
var families = map[string]match{
	"segoe ui":               {base: openSans},
	"arial":                  {base: liberationSans},
	"arial black":            {base: liberationSans, bold: true},
	"bahnschrift":            {base: openSans},
	"calibri":                {base: carlito},
	"cambria":                {base: caladea},
	"cambria math":           {base: caladea},
	"candara":                {base: openSans},
	"comic sans ms":          {base: openSans},
	"consolas":               {base: liberationMono},
	"constantia":             {base: liberationSerif},
	"corbel":                 {base: openSans},
	"courier new":            {base: liberationMono},
	"ebrima":                 {base: openSans},
	"franklin gothic medium": {base: liberationSans},
	"gabriola":               {base: liberationSerif},
	"gadugi":                 {base: openSans},
	"georgia":                {base: liberationSerif},
	"hololens mdl2 assets":   {base: openSans, sign: true},
	"impact":                 {base: liberationSans, bold: true},
	"ink free":               {base: openSans},
	"javanese text":          {base: openSans},
	"leelawadee ui":          {base: openSans},
	"lucida console":         {base: liberationMono},
	"lucida sans unicode":    {base: openSans},
	"malgun gothic":          {base: openSans},
	"marlett":                {base: openSans, sign: true},
	"microsoft himalaya":     {base: openSans},
	"microsoft jhenghei":     {base: openSans},
	"microsoft new tai lue":  {base: openSans},
	"microsoft phagspa":      {base: openSans},
	"microsoft sans serif":   {base: liberationSans},
	"microsoft tai le":       {base: openSans},
	"microsoft yahei":        {base: openSans},
	"microsoft yi baiti":     {base: openSans},
	"mingliu-extb":           {base: liberationSerif},
	"mongolian baiti":        {base: liberationSerif},
	"ms gothic":              {base: openSans},
	"mv boli":                {base: openSans},
	"myanmar text":           {base: openSans},
	"nirmala ui":             {base: openSans},
	"palatino linotype":      {base: liberationSerif},
	"segoe mdl2 assets":      {base: openSans, sign: true},
	"segoe print":            {base: openSans},
	"segoe script":           {base: openSans},
	"segoe ui emoji":         {base: openSans},
	"segoe ui historic":      {base: openSans},
	"segoe ui symbol":        {base: openSans},
	"simsun":                 {base: liberationSerif},
	"sitka":                  {base: liberationSerif},
	"sylfaen":                {base: liberationSerif},
	"symbol":                 {base: liberationSerif, sign: true},
	"tahoma":                 {base: openSans},
	"times new roman":        {base: liberationSerif},
	"trebuchet ms":           {base: openSans},
	"verdana":                {base: openSans},
	"webdings":               {base: openSans, sign: true},
	"wingdings":              {base: openSans, sign: true},
	"yu gothic":              {base: openSans},
	"open sans":              {base: openSans},
	"liberation sans":        {base: liberationSans},
	"liberation serif":       {base: liberationSerif},
	"liberation mono":        {base: liberationMono},
	"carlito":                {base: carlito},
	"caladea":                {base: caladea},
}

// Resolve is the face that stands in for f. A family of the operator's wins. known
// is false for a family that neither these nor spec/markup.md 6.9 list.
// substituted is true when the text will not say what was asked for: the family is
// unknown, or made of pictographs. The other families are replaced by their
// nearest embedded one without a word, as the specification has it.
func (s *Faces) Resolve(f Font) (id FaceID, substituted, known bool) {
	family := strings.ToLower(strings.TrimSpace(f.Family))
	style := 0
	if f.Bold {
		style++
	}
	if f.Italic {
		style += 2
	}
	if own := s.own[family]; own != nil {
		return nearest(own, style), false, true
	}
	m, known := families[family]
	if m.bold {
		style |= 1
	}
	return m.base + FaceID(style), !known || m.sign, known
}

// nearest is the family's face of the style, or else the one that shares most
// with it: the slant counts more than the weight.
func nearest(own []FaceID, style int) FaceID {
	for _, other := range [4]int{style, style ^ 1, style ^ 2, style ^ 3} {
		if own[other] != noFace {
			return own[other]
		}
	}
	return noFace // not reached: a family has a face
}
