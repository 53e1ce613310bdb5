package omr_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pdfObjects are the bodies of a PDF's objects by number.
func pdfObjects(t *testing.T, data []byte) map[int][]byte {
	t.Helper()
	all := map[int][]byte{}
	for _, m := range regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)\nendobj\n`).FindAllSubmatch(data, -1) {
		n, err := strconv.Atoi(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		all[n] = m[2]
	}
	return all
}

// inflated is the data of an object that is a stream.
func inflated(t *testing.T, object []byte) []byte {
	t.Helper()
	_, data, ok := bytes.Cut(object, []byte("\nstream\n"))
	if !ok {
		t.Fatalf("no stream in %.80q", object)
	}
	data = bytes.TrimSuffix(data, []byte("\nendstream"))
	if !bytes.Contains(object[:bytes.Index(object, []byte("stream"))], []byte("/Filter")) {
		return data
	}
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// numberAfter is the whole number that follows a key.
func numberAfter(t *testing.T, b []byte, key string) int {
	t.Helper()
	m := regexp.MustCompile(regexp.QuoteMeta(key) + ` \[?(\d+)`).FindSubmatch(b)
	if m == nil {
		t.Fatalf("no %s in %.300q", key, b)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPDFIsArchivable: what ISO 19005-2 (PDF/A-2a) and ISO 14289-1 (PDF/UA-1)
// demand of a file like ours; the numbers are clauses of ISO 19005-2.
func TestPDFIsArchivable(t *testing.T) {
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			data := page(t, p.name, p.settings, "pdf").Pages[0].Data
			tool(t, data, "qpdf", "--check")
			if !bytes.HasPrefix(data, []byte("%PDF-1.7\n%")) || data[10] < 128 || !bytes.HasSuffix(data, []byte("%%EOF\n")) { // 6.1.2
				t.Errorf("begins with %q", data[:16])
			}
			if !regexp.MustCompile(`/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]`).Match(data) { // 6.1.3
				t.Error("no file identifier")
			}
			objects := pdfObjects(t, data)
			for n, o := range objects {
				for _, m := range regexp.MustCompile(`/Filter (\S+)`).FindAllSubmatch(o[:min(len(o), 300)], -1) { // 6.1.7
					if string(m[1]) != "/FlateDecode" {
						t.Errorf("object %d has the filter %s", n, m[1])
					}
				}
				dictionary, _, _ := bytes.Cut(o, []byte("\nstream\n"))
				for _, bad := range []string{"/Encrypt", "/JavaScript", "/EmbeddedFiles", "/Interpolate true", "/Alternates", "/TR ", "/BM ", "/AA ", "/OpenAction"} {
					if bytes.Contains(dictionary, []byte(bad)) {
						t.Errorf("object %d has %s", n, bad)
					}
				}
				if bytes.Contains(dictionary, []byte("/FontDescriptor ")) && bytes.Contains(dictionary, []byte("/CIDFontType2")) &&
					!bytes.Contains(dictionary, []byte("/CIDToGIDMap /Identity")) { // 6.2.11.3.2
					t.Errorf("object %d: %s", n, dictionary)
				}
				if bytes.Contains(dictionary, []byte("/Type /FontDescriptor")) && !bytes.Contains(dictionary, []byte("/FontFile2 ")) { // 6.2.11.4
					t.Errorf("font %d is not embedded: %s", n, dictionary)
				}
				if bytes.Contains(dictionary, []byte("/Subtype /Type0")) && !bytes.Contains(dictionary, []byte("/ToUnicode ")) { // 6.2.11.7
					t.Errorf("font %d has no Unicode: %s", n, dictionary)
				}
			}
			catalog := objects[numberAfter(t, data[bytes.LastIndex(data, []byte("trailer")):], "/Root")]
			for _, want := range []string{"/MarkInfo << /Marked true >>", "/Lang (", "/DisplayDocTitle true", "/S /GTS_PDFA1"} { // 6.7.2, 6.7.4
				if !bytes.Contains(catalog, []byte(want)) {
					t.Errorf("no %s in the catalog %s", want, catalog)
				}
			}
			metadata := objects[numberAfter(t, catalog, "/Metadata")]
			if bytes.Contains(metadata[:80], []byte("/Filter")) { // 6.6.2.1: readable without a PDF library
				t.Error("the metadata are compressed")
			}
			said := inflated(t, metadata)
			for _, want := range []string{"<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<dc:title>", "<pdfaProperty:name>part<"} { // 6.6.2.3, 6.6.4
				if !bytes.Contains(said, []byte(want)) {
					t.Errorf("no %s in the metadata", want)
				}
			}
			for x := xml.NewDecoder(bytes.NewReader(said)); ; {
				if _, err := x.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("the metadata are no XML: %v", err)
				}
			}
			checkProfile(t, inflated(t, objects[numberAfter(t, catalog, "/DestOutputProfile")]))
			checkMarked(t, objects)
		})
	}
}

// checkProfile: an ICC profile whose three primaries add up to its white
// (6.2.3, ICC.1:2004-10).
func checkProfile(t *testing.T, icc []byte) {
	t.Helper()
	if len(icc) < 132 || int(binary.BigEndian.Uint32(icc)) != len(icc) || string(icc[36:40]) != "acsp" || string(icc[12:24]) != "mntrRGB XYZ " {
		t.Fatalf("no ICC profile of a monitor: %.40q", icc)
	}
	var sum [3]float64
	tags := map[string]bool{}
	for i := range int(binary.BigEndian.Uint32(icc[128:])) {
		e := icc[132+12*i:]
		name, at, n := string(e[:4]), int(binary.BigEndian.Uint32(e[4:])), int(binary.BigEndian.Uint32(e[8:]))
		if at%4 != 0 || at+n > len(icc) {
			t.Fatalf("tag %s lies at %d, %d bytes", name, at, n)
		}
		tags[name] = true
		if strings.HasSuffix(name, "XYZ") {
			for k := range sum {
				sum[k] += float64(int32(binary.BigEndian.Uint32(icc[at+8+4*k:]))) / 65536
			}
		}
	}
	for _, want := range []string{"desc", "cprt", "wtpt", "chad", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"} {
		if !tags[want] {
			t.Errorf("no tag %s", want)
		}
	}
	for k, white := range []float64{0.9642, 1, 0.8249} {
		if math.Abs(sum[k]-white) > 0.0005 {
			t.Errorf("the primaries add up to %.4f, D50 is %.4f", sum[k], white)
		}
	}
}

// checkMarked: everything that is drawn is tagged or an artifact, every tag is of
// one element of the structure, and each page is read in its order (6.7.2.2,
// 6.7.3; ISO 14289-1, 7.1, 7.18.3).
func checkMarked(t *testing.T, objects map[int][]byte) {
	t.Helper()
	pages := 0
	for n, o := range objects {
		if !bytes.Contains(o, []byte("/Type /Page ")) {
			continue
		}
		pages++
		if !bytes.Contains(o, []byte("/Tabs /S")) || numberAfter(t, o, "/StructParents") < 0 {
			t.Errorf("page %d: %s", n, o)
		}
		depth, states, count := 0, 0, 0
		for _, line := range strings.Split(string(inflated(t, objects[numberAfter(t, o, "/Contents")])), "\n") {
			switch {
			case strings.HasSuffix(line, " BDC"), strings.HasSuffix(line, " BMC"):
				depth++
				if strings.Contains(line, "/MCID ") {
					if numberAfter(t, []byte(line), "/MCID") != count {
						t.Errorf("content %d is %s", count, line)
					}
					count++
				}
			case line == "EMC":
				depth--
			case strings.HasSuffix(line, " TJ"), strings.HasSuffix(line, " S"), strings.HasSuffix(line, " f"), line == "f", strings.HasSuffix(line, "Do Q"):
				if depth != 1 {
					t.Fatalf("%q lies in %d marked contents", line, depth)
				}
			}
			words := strings.Fields(line)
			for _, w := range words {
				switch w {
				case "q":
					states++
				case "Q":
					states--
				}
			}
		}
		if depth != 0 || states != 0 || count == 0 {
			t.Errorf("page %d ends in %d marked contents, %d states, after %d contents", n, depth, states, count)
		}
		var found []int
		for _, e := range objects {
			if !bytes.Contains(e, []byte("/Type /StructElem")) || !bytes.Contains(e, []byte("/Pg "+strconv.Itoa(n)+" 0 R")) {
				continue
			}
			k := regexp.MustCompile(`/K (?:\[([^\]]*)\]|(\d+))`).FindSubmatch(e)
			if k == nil {
				t.Fatalf("an element without contents: %s", e)
			}
			for _, word := range regexp.MustCompile(`\d+ 0 R|\d+`).FindAllString(string(k[1])+string(k[2]), -1) {
				if mcid, err := strconv.Atoi(word); err == nil {
					found = append(found, mcid)
				}
			}
			if bytes.Contains(e, []byte("/S /Figure")) && !bytes.Contains(e, []byte("/Alt <FEFF")) {
				t.Errorf("a figure without words: %s", e)
			}
		}
		slices.Sort(found)
		for i, mcid := range found {
			if i != mcid {
				t.Fatalf("page %d: contents %v", n, found)
			}
		}
		if len(found) != count {
			t.Errorf("page %d: %d contents, %d of them in the structure", n, count, len(found))
		}
	}
	if pages == 0 {
		t.Error("no page")
	}
}

// TestPDFReadsInOrder: read aloud, the form says what its source says, the letters
// in bubbles beside their answers.
func TestPDFReadsInOrder(t *testing.T) {
	for name, texts := range map[string][]string{
		"pair": {
			"Rowing club", "Season survey", "M-0042", "Member", "A. Sample", "1. How often do you row?", "A", "Weekly", "B", "Monthly", "C", "Rarely",
			"2. Rate the boats", "4", "3", "2", "1", "Contact", "Mail", "Phone", "Favourite day", "Saturday", "Another day:", "which one",
			"Boats", "Boat", "Used", "Single", "Double", "Training", "True", "False", "On time", "Well led", "PIN:", "0", "9", "Crew :", "8",
			"3.", "A", "B", "C", "No.", "Answer", "Skip", "1", "A", "B", "2", "A", "B", "Thank you",
		},
		"exam": {"Sailing licence, theory", "Mark one bubble a line.", "Candidate:", "Session", "Morning", "Afternoon", "Another:", "1.", "A", "B", "C", "D", "40.", "Page 1 of 1"},
	} {
		data := page(t, name, pages[slices.IndexFunc(pages, func(p struct{ name, settings string }) bool { return p.name == name })].settings, "pdf").Pages[0].Data
		said := string(tool(t, data, "pdfinfo", "-struct-text"))
		at := 0
		for _, text := range texts {
			i := strings.Index(said[at:], `"`+text)
			if i < 0 {
				t.Fatalf("%s: %q is not said, or not after what comes before it: %s", name, text, said)
			}
			at += i + len(text)
		}
		if !strings.Contains(said, "H1") || name == "exam" && strings.Count(said, "Figure") != 2 {
			t.Errorf("%s: the heading or a figure is missing: %s", name, said)
		}
	}
}
