package markup_test

import (
	"os"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/markup"
)

// TestHostile reads sources of 4 MiB that repeat one thing: time and memory must
// stay linear, or this test takes hours.
func TestHostile(t *testing.T) {
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (4<<20-len(head)-len(tail))/len(unit)) + tail
	}
	json := `{"element_type":"Template","children":[{"element_type":"Page","children":[{"element_type":"Text","name":"a"`
	for _, tt := range []struct{ name, source, want string }{
		{"signs", fill("", "#", ""), "LM411"},
		{"questions", fill("", "#\n", ""), "LM106"},
		{"parentheses", fill("#a\n\t", "(", ""), "LM412"},
		{"markers", fill("#a\n\t", "()", ""), "LM106"},
		{"one long symbol", fill("#a\n\t(", "\u0301", ")"), "LM412"},
		{"attributes", fill("?text=a\n", "\ta=\n", ""), "LM106"},
		{"lines of a text", fill("?text=a\n", "b\n", "&b"), "LM205"},
		{"blank lines", fill("?text=a\n", "\n", "?text=b"), "LM106"},
		{"list", fill("?answer_sheet=a\n\telements_count=1\n\tanswers_list=", "(a)", ""), "LM106"},
		{"closings", fill("", "&block\n", ""), "LM205"},
		{"properties", fill(json, `,"nam":1`, "}]}]}"), "LM305"},
		{"names", fill(json, `,"name":"a"`, "}]}]}"), "LM106"},
		{"children", fill(json+"},", "0,", "]}]}"), "LM112"},
		{"values", fill(`{"element_type":"Template","x":[`, "[],", "]}"), "LM106"},
		{"escapes", fill(`{"element_type":"`, `\ud800`, `"}`), "LM111"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, l := markup.Parse([]byte(tt.source))
			if len(l) == 0 || l[0].Code != tt.want && l[len(l)-1].Code != tt.want {
				t.Errorf("got %s, want %s", notes(l), tt.want)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"survey.txt", "survey.json"} {
		b.Run(name, func(b *testing.B) {
			source, err := os.ReadFile("testdata/forms/" + name)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				if _, l := markup.Parse(source); l.Failed() {
					b.Fatal(l)
				}
			}
		})
	}
}
