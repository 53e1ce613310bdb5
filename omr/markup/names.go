package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// txtNames are the names of elements in TXT markup.
var txtNames = func() []string {
	var names []string
	for _, k := range form.Kinds() {
		if s, ok := form.Lookup(k); ok && s.TXT != "" {
			names = append(names, s.TXT)
		}
	}
	return names
}()

var kindsByTXT = func() map[string]form.Kind {
	m := map[string]form.Kind{}
	for _, k := range form.Kinds() {
		if s, ok := form.Lookup(k); ok && s.TXT != "" {
			m[s.TXT] = k
		}
	}
	return m
}()

// kindsByJSON takes the JSON names and the TXT names, without underscores
// (spec/markup.md 4.4).
var kindsByJSON = func() map[string]form.Kind {
	m := map[string]form.Kind{}
	for name, k := range kindsByTXT {
		m[bare(name)] = k
	}
	for _, k := range form.Kinds() {
		m[bare(string(k))] = k
	}
	return m
}()

var jsonNames = func() []string {
	var names []string
	for _, k := range form.Kinds() {
		names = append(names, string(k))
	}
	return names
}()

// properties are all property names that some element has.
var properties = func() map[string]bool {
	m := map[string]bool{"name": true, "image_path": true, "answers_string": true}
	for _, k := range form.Kinds() {
		s, _ := form.Lookup(k)
		for _, a := range s.Attrs {
			m[string(a.Name)] = true
			for _, alias := range a.Aliases {
				m[alias] = true
			}
		}
	}
	return m
}()

func kindOfTXT(word string) form.Kind { return kindsByTXT[word] }

func kindOfJSON(name string) form.Kind { return kindsByJSON[bare(strings.TrimSpace(name))] }

// bare is a name in lower case without underscores and hyphens.
func bare(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "_", ""), "-", "")
}

// didYouMean ends a sentence with the name that was probably meant, if one is near.
func didYouMean(word string, names []string) string {
	if name := nearest(word, names); name != "" {
		return ", the nearest name is " + name
	}
	return ""
}

// nearest is the name within a third of the word's length, at most 3, in edits;
// "" when there is none. Words shorter than 3 letters are too near to all.
func nearest(word string, names []string) string {
	const longest = 40 // bytes; no name is that long
	if len(word) < 3 || len(word) > longest {
		return ""
	}
	best, found := min(3, len(word)/3), ""
	for _, name := range names {
		if d := distance(strings.ToLower(word), strings.ToLower(name)); d < best || d == best && found == "" {
			best, found = d, name
		}
	}
	return found
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour: optimal string alignment.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range row {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
