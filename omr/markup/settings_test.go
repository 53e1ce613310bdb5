package markup_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// TestParseSettings reads settings in the spellings of spec/markup.md 4.2, 7.1
// and spec/api.md 3.8. Each row must come out as its canonical JSON.
func TestParseSettings(t *testing.T) {
	const all = `{"paperSize":"Letter","orientation":"Horizontal","pageMarginLeft":50,"pageMarginRight":0,"fontFamily":"Arial","fontSize":10.5,"fontStyle":"Bold","bubbleColor":"Red","bubbleSize":"Large","overflow":"clip","rotationMarkerPosition":"BottomLeft2","referencePointOffsetTop":1,"referencePointOffsetBottom":2,"referencePointOffsetLeft":3,"referencePointOffsetRight":4,"multiselect":false}`
	tests := []struct{ name, source, want string }{
		{"empty", "", "{}"},
		{"blank", " \n", "{}"},
		{"null", "null", "{}"},
		{"array of PHP", "[]", "{}"},
		{"object", "{}", "{}"},
		{"all nulls", `{"paperSize":null,"orientation":null,"pageMarginLeft":null,"fontFamily":null,"fontSize":null,"fontStyle":null,"bubbleColor":null,"bubbleSize":null,"outputFormat":null}`, "{}"},
		{"canonical", all, all},
		{"Pascal case", `{"PaperSize":"LETTER","BubbleColor":"red"}`, `{"paperSize":"Letter","bubbleColor":"Red"}`},
		{"underscores and hyphens", `{"paper_size":"legal","font-size":"13","page_margin_left":"210"}`, `{"paperSize":"Legal","pageMarginLeft":210,"fontSize":13}`},
		{"numbers for names", `{"PaperSize":1,"orientation":1,"fontStyle":3,"bubbleSize":50,"bubbleColor":18}`, `{"paperSize":"Letter","orientation":"Horizontal","fontStyle":"Italic","bubbleColor":"LightGray","bubbleSize":"Extralarge"}`},
		{"numbers in quotes", `{"PaperSize":"3"}`, `{"paperSize":"Legal"}`},
		{"comma and comment", "{\"PaperSize\": 2, // A4\n}", `{"paperSize":"A4"}`},
		{"byte order mark", "\ufeff{\"fontSize\":12}", `{"fontSize":12}`},
		{"unknown members", `{"outputFormat":"Png","x":{"y":[1]},"fontSize":9}`, `{"fontSize":9}`},
		{"styles", `{"fontStyle":["bold","Italic"]}`, `{"fontStyle":"Bold, Italic"}`},
		{"regular is given", `{"fontStyle":"regular"}`, `{"fontStyle":"Regular"}`},
		{"colour by number code", `{"bubbleColor":"#123456"}`, `{"bubbleColor":"#123456"}`},
		{"alias", `{"rotationPointPosition":"topleft1"}`, `{"rotationMarkerPosition":"TopLeft1"}`},
		{"last wins", `{"fontSize":9,"FontSize":10}`, `{"fontSize":10}`},
		{"empty texts", `{"paperSize":"","fontFamily":" "}`, `{}`},
		{"writing", `{"writingSystem":"hebrew","nativeNumber":true,"longWordHandling":"Draw over"}`, `{"writingSystem":"Hebrew","nativeNumbers":true,"longWordHandling":"drawover"}`},
		{"odd family", `{"fontFamily":"<A> & \"B\""}`, `{"fontFamily":"<A> & \"B\""}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, l := markup.ParseSettings([]byte(tt.source))
			if l.Failed() {
				t.Fatal(l)
			}
			got := markup.FormatSettings(s)
			if string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			again, l := markup.ParseSettings(got)
			if len(l) > 0 || !reflect.DeepEqual(again, s) {
				t.Errorf("read back: %+v, %v", again, l)
			}
		})
	}
}

func TestBadSettings(t *testing.T) {
	tests := []struct{ name, source, notes, path string }{
		{"paper", `{"paperSize":"A7"}`, "1:14 LM310 error", "paperSize"},
		{"paper by number", `{"PaperSize":9}`, "1:14 LM310 error", "paperSize"},
		{"orientation", `{"orientation":true}`, "1:16 LM310 error", "orientation"},
		{"margin", `{"pageMarginLeft":1001}`, "1:19 LM304 error", "pageMarginLeft"},
		{"margin below zero", `{"pageMarginRight":-1}`, "1:20 LM304 error", "pageMarginRight"},
		{"margin with a fraction", `{"pageMarginRight":1.5}`, "1:20 LM304 error", "pageMarginRight"},
		{"font size", `{"fontSize":3}`, "1:13 LM304 error", "fontSize"},
		{"font size beyond numbers", `{"fontSize":1e999}`, "1:13 LM304 error", "fontSize"},
		{"font style", `{"fontStyle":"fat"}`, "1:14 LM310 error", "fontStyle"},
		{"colour", `{"bubbleColor":"rde"}`, "1:16 LM311 error", "bubbleColor"},
		{"no colour", `{"bubbleColor":"transparent"}`, "1:16 LM311 error", "bubbleColor"},
		{"bubble size", `{"bubbleSize":31}`, "1:15 LM310 error", "bubbleSize"},
		{"family", `{"fontFamily":7}`, "1:15 LM304 error", "fontFamily"},
		{"flag", `{"multiselect":"perhaps"}`, "1:16 LM304 error", "multiselect"},
		{"writing system", `{"writingSystem":"Latin"}`, "1:18 LM310 error", "writingSystem"},
		{"long words", `{"longWordHandling":"clip"}`, "1:21 LM310 error", "longWordHandling"},
		{"escape", `{"fontFamily":"a\u0000"}`, "1:17 LM103 error", "fontFamily"},
		{"syntax", `{"fontSize":}`, "1:13 LM110 error", ""},
		{"more after the end", `{}{}`, "1:3 LM110 error", ""},
		{"no object", `[1]`, "1:1 LM111 error", ""},
		{"too long", `{"a":"` + strings.Repeat("x", 4<<20) + `"}`, "1:1 LM106 error", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, l := markup.ParseSettings([]byte(tt.source))
			if got := notes(l); got != tt.notes {
				t.Fatalf("got %s, want %s", got, tt.notes)
			}
			if l[0].Where.Path != tt.path {
				t.Errorf("path %q, want %q", l[0].Where.Path, tt.path)
			}
			if !reflect.DeepEqual(s, form.Settings{}) {
				t.Errorf("a value came out: %+v", s)
			}
			if fault.KindOf(l) == fault.Internal {
				t.Errorf("%v is called a fault of ours", l)
			}
		})
	}
}
