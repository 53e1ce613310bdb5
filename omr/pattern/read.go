package pattern

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
)

// Read parses and checks a pattern file. The list holds warnings: LM852, an
// element of unknown type is skipped; LM853, a trigger's target is missing. The
// error is pattern_invalid (LM821) or pattern_version (LM822), with the path of
// the key that is wrong.
func Read(b []byte) (*Pattern, fault.List, error) {
	if len(b) > MaxBytes {
		return nil, nil, tooLarge("", fmt.Sprintf("the file has %d bytes", len(b)), fmt.Sprintf("at most %d", MaxBytes))
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if err := checkSyntax(b); err != nil {
		return nil, nil, err
	}
	r := reader{}
	p, err := r.root(b)
	if err != nil {
		return nil, nil, err
	}
	r.checkTriggers(p)
	return p, r.warnings, nil
}

func checkSyntax(b []byte) error {
	if len(bytes.TrimSpace(b)) == 0 {
		return invalid("", "", "the file is empty", "a JSON object")
	}
	if !utf8.Valid(b) {
		return invalid("", "", "the file is not UTF-8", "JSON in UTF-8")
	}
	if depthOf(b) > maxDepth {
		return invalid("", "", fmt.Sprintf("the file nests deeper than %d levels", maxDepth), "a pattern as it was generated")
	}
	if !json.Valid(b) {
		var raw json.RawMessage
		err := json.Unmarshal(b, &raw)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line := 1 + bytes.Count(b[:syntax.Offset], []byte("\n"))
			return invalid("", "", fmt.Sprintf("not JSON: %s, at byte %d (line %d)", syntax, syntax.Offset, line), "a JSON object")
		}
		return invalid("", "", "not JSON", "a JSON object")
	}
	return nil
}

// invalid is LM821: what is wrong with which element's key, and what was expected.
func invalid(path, element, found, expected string) error {
	var cause string
	switch {
	case element != "" && path != "":
		cause = fmt.Sprintf("%s of element %q: %s; expected %s", path, element, found, expected)
	case path != "":
		cause = fmt.Sprintf("%s: %s; expected %s", path, found, expected)
	default:
		cause = fmt.Sprintf("%s; expected %s", found, expected)
	}
	return &fault.Error{
		Code: "pattern_invalid", Kind: fault.Invalid, Where: fault.Where{Path: path},
		Cause: "the pattern is damaged: " + cause,
		Cure:  "send the .omr file as it was generated",
	}
}

func tooLarge(path, found, limit string) error {
	if path != "" {
		found = path + ": " + found
	}
	return &fault.Error{
		Code: "pattern_invalid", Kind: fault.TooLarge, Where: fault.Where{Path: path},
		Cause: fmt.Sprintf("the pattern is too large: %s; expected %s", found, limit),
		Cure:  "split the form",
	}
}

// reader carries what reading counts and reports.
type reader struct {
	warnings    fault.List
	bubbleCount int
}

// maxWarnings is as many as an answer of the API lists (spec/api.md 5.4).
const maxWarnings = 100

func (r *reader) warn(code, path, cause, cure string) {
	if len(r.warnings) == maxWarnings {
		return
	}
	if len(r.warnings) == maxWarnings-1 {
		path, cause, cure = "", "more elements have warnings than are listed", "see the first ones"
	}
	r.warnings = append(r.warnings, &fault.Error{
		Code: code, Kind: fault.Invalid, Severity: fault.SeverityWarning,
		Where: fault.Where{Path: path}, Cause: cause, Cure: cure,
	})
}

func (r *reader) root(b []byte) (*Pattern, error) {
	b = bytes.TrimSpace(b)
	if b[0] != '{' {
		return nil, invalid("", "", "the file holds "+kindOf(b), "a JSON object")
	}
	o := readObject(b)
	p := &Pattern{}
	var err error
	if p.Version, err = version(o.take("Version")); err != nil {
		return nil, err
	}
	f := fields{o: &o}
	p.Name = f.text("Name")
	p.TemplateID = f.text("TemplateId")
	p.Finalized = f.flag("FinalizationComplete", false)
	p.Generated = f.flag("IsGenerated", false)
	pages := f.list("Pages")
	if f.err != nil {
		return nil, f.err
	}
	n := 0
	if pages != nil {
		for range items(pages) {
			n++
		}
	}
	if n == 0 {
		return nil, invalid("Pages", "", "the pattern has no page", "a list of at least one page")
	}
	if n > MaxPages {
		return nil, tooLarge("Pages", fmt.Sprintf("%d pages", n), fmt.Sprintf("at most %d", MaxPages))
	}
	p.Pages = make([]Page, n)
	for i, raw := range items(pages) {
		if err := r.page(&p.Pages[i], raw, fmt.Sprintf("Pages[%d]", i)); err != nil {
			return nil, err
		}
	}
	if raw := o.peek("Leafmark"); raw != nil {
		ext, err := readExtension(raw)
		if err != nil {
			return nil, err
		}
		if ext != nil {
			o.take("Leafmark")
			p.Ours = ext
			link(p)
		}
	}
	p.extra = o.rest()
	return p, nil
}

// version refuses a major version above 1 (LM822); a missing one counts as 1.0.
func version(raw []byte) (string, error) {
	if raw == nil {
		return "", nil
	}
	s := string(raw)
	if raw[0] == '"' {
		s = strings.TrimSpace(unquote(raw))
	}
	major, _, _ := strings.Cut(s, ".")
	v, err := strconv.ParseUint(major, 10, 32)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && v > 1:
		return "", &fault.Error{
			Code: "pattern_version", Kind: fault.Invalid, Where: fault.Where{Path: "Version"},
			Cause: fmt.Sprintf("the pattern has version %s, this build reads 1.x", clip(s)),
			Cure:  "update Leafmark, or generate the form anew",
		}
	case err != nil:
		return "", invalid("Version", "", "is "+clip(string(raw)), `"1.0"`)
	}
	return s, nil
}

func (r *reader) page(p *Page, raw []byte, path string) error {
	if raw[0] != '{' {
		return invalid(path, "", "is "+kindOf(raw), "an object")
	}
	o := readObject(raw)
	f := fields{o: &o, path: path}
	p.Width = f.size("Width")
	p.Height = f.size("Height")
	p.RotationMarker = f.text("RotationPointPosition")
	p.ImageFormat = f.text("ImageFormat")
	if v := o.peek("ImageName"); v != nil {
		name := f.text("ImageName")
		p.ImageName = &name
	}
	o.take("ImageName")
	data := f.text("ImageData")
	list := f.list("Elements")
	if f.err != nil {
		return f.err
	}
	var err error
	if p.ImageData, err = imageData(data); err != nil {
		return invalid(f.at("ImageData"), "", "is not base64", "null or the base64 picture of the blank page")
	}
	if list != nil {
		known := 0
		for i, raw := range items(list) {
			typ, err := elementType(raw, path, i)
			if err != nil {
				return err
			}
			if typ == typeElement {
				known++
			}
		}
		p.Elements = make([]Element, 0, known)
		for i, raw := range items(list) {
			if err := r.element(p, raw, path, i); err != nil {
				return err
			}
		}
	}
	p.extra = o.rest()
	return nil
}

// imageData decodes the blank page's picture; a data URL's head is tolerated.
func imageData(s string) ([]byte, error) {
	if strings.HasPrefix(s, "data:") {
		_, s, _ = strings.Cut(s, ",")
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, nil
	}
	return base64.StdEncoding.DecodeString(s)
}

// checkTriggers warns of triggers whose target is on no page (LM853).
func (r *reader) checkTriggers(p *Pattern) {
	names := map[string]bool{}
	triggers := 0
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			if p.Pages[i].Elements[j].Type == ReplaceTrigger {
				triggers++
			}
		}
	}
	if triggers == 0 {
		return
	}
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			if e := &p.Pages[i].Elements[j]; e.Type != ReplaceTrigger {
				names[e.Name] = true
			}
		}
	}
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			e := &p.Pages[i].Elements[j]
			if e.Type == ReplaceTrigger && !names[e.Target] {
				r.warn("LM853", e.Path+".Target",
					fmt.Sprintf("%s.Target of element %q: there is no element %q", e.Path, clip(e.Name), clip(e.Target)),
					"the trigger is ignored")
			}
		}
	}
}

// fields reads typed members of an object and keeps the first fault.
type fields struct {
	o     *object
	path  string // of the object, or of the list that it is an item of
	item  bool
	index int
	name  string // of the element, for messages
	err   error
}

// where is the object's path; built when asked for, a fault being rare.
func (f *fields) where() string {
	if f.item {
		return fmt.Sprintf("%s[%d]", f.path, f.index)
	}
	return f.path
}

func (f *fields) at(key string) string {
	if path := f.where(); path != "" {
		return path + "." + key
	}
	return key
}

func (f *fields) fail(key, found, expected string) {
	if f.err == nil {
		f.err = invalid(f.at(key), f.name, found, expected)
	}
}

// text is a string, or a number or flag as spelled; null and missing are empty.
func (f *fields) text(key string) string {
	raw := f.o.take(key)
	switch {
	case raw == nil:
		return ""
	case raw[0] == '"':
		return unquote(raw)
	case raw[0] == '{', raw[0] == '[':
		f.fail(key, "is "+kindOf(raw), "a text")
		return ""
	}
	return string(raw)
}

// flag is a JSON boolean or a string holding one.
func (f *fields) flag(key string, missing bool) bool {
	raw := f.o.take(key)
	if raw == nil {
		return missing
	}
	s := string(raw)
	if raw[0] == '"' {
		s = unquote(raw)
	}
	switch {
	case strings.EqualFold(s, "true"):
		return true
	case strings.EqualFold(s, "false"):
		return false
	}
	f.fail(key, "is "+clip(string(raw)), "true or false")
	return missing
}

// list is a raw JSON list; null and missing are nil.
func (f *fields) list(key string) []byte {
	raw := f.o.take(key)
	if raw == nil {
		return nil
	}
	if raw[0] != '[' {
		f.fail(key, "is "+kindOf(raw), "a list")
		return nil
	}
	return raw
}

// maxCoordinate bounds every number of the geometry, px.
const maxCoordinate = 1e6

// number is a JSON number or a string holding one; ok is false when it is missing.
func (f *fields) number(key string) (v float64, ok bool) {
	raw := f.o.take(key)
	if raw == nil {
		return 0, false
	}
	v, ok = parseNumber(raw)
	switch {
	case !ok:
		f.fail(key, "is "+clip(string(raw)), "a number")
	case math.Abs(v) > maxCoordinate:
		f.fail(key, "is "+clip(string(raw)), "a number of at most 1000000")
	}
	return v, true
}

// parseNumber reads JSON's number grammar, quoted or not: ParseFloat alone
// would take Inf, NaN, 0x10 and 1_0 too.
func parseNumber(raw []byte) (float64, bool) {
	if raw[0] == '"' {
		raw = bytes.TrimSpace([]byte(unquote(raw)))
		if len(raw) == 0 || !json.Valid(raw) {
			return 0, false
		}
	}
	if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, false
	}
	if v == 0 {
		v = 0 // -0 would be written as "-0"
	}
	return v, true
}

// place is a required coordinate.
func (f *fields) place(key string) float64 {
	v, ok := f.number(key)
	if !ok {
		f.fail(key, "is missing", "a number")
	}
	return v
}

// size is a required length above zero.
func (f *fields) size(key string) float64 {
	v, ok := f.number(key)
	switch {
	case !ok:
		f.fail(key, "is missing", "a size above 0")
	case v <= 0:
		f.fail(key, "is "+formatNumber(v), "a size above 0")
	}
	return v
}

// optionalSize is a length of zero or more; missing counts as zero.
func (f *fields) optionalSize(key string) float64 {
	v, _ := f.number(key)
	if v < 0 {
		f.fail(key, "is "+formatNumber(v), "a size of 0 or more")
	}
	return v
}

// integer is a whole number within bounds; ok is false when it is missing.
func (f *fields) integer(key string, lo, hi int) (v int, ok bool) {
	x, ok := f.number(key)
	if !ok || f.err != nil {
		return 0, ok
	}
	if x != math.Trunc(x) || x < float64(lo) || x > float64(hi) {
		f.fail(key, "is "+formatNumber(x), fmt.Sprintf("a whole number from %d to %d", lo, hi))
		return 0, true
	}
	return int(x), true
}

func (f *fields) box() geom.PageRect {
	return geom.PageRect{X: f.place("Left"), Y: f.place("Top"), W: f.size("Width"), H: f.size("Height")}
}

// looseBox is a box of which parts may be missing or zero.
func (f *fields) looseBox() geom.PageRect {
	x, _ := f.number("Left")
	y, _ := f.number("Top")
	return geom.PageRect{X: x, Y: y, W: f.optionalSize("Width"), H: f.optionalSize("Height")}
}

// kindOf names what a raw value is.
func kindOf(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "a flag"
	case 'n':
		return "null"
	}
	return "a number"
}

// clip shortens what a message repeats of the file.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
