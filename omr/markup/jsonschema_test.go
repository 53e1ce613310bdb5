package markup_test

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

var update = flag.Bool("update", false, "write docs/form.schema.json anew")

// docs/form.schema.json is what the table of elements says, so that neither can
// go stale.
func TestJSONSchemaFile(t *testing.T) {
	const path = "../../docs/form.schema.json"
	if *update {
		if err := os.WriteFile(path, markup.JSONSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, markup.JSONSchema()) {
		t.Error("docs/form.schema.json differs from the table of elements: run go test ./omr/markup -run TestJSONSchemaFile -update")
	}
}

// schema compiles the JSON Schema, which checks it against the draft's own.
func schema(t *testing.T) func(source string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(markup.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("http://node.test"+markup.SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("http://node.test" + markup.SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return func(source string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(source))
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		return compiled.Validate(value)
	}
}

// What the writer writes is by the schema, whatever the form.
func TestJSONSchemaTakesWhatIsWritten(t *testing.T) {
	validate := schema(t)
	for name, source := range forms(t) {
		f, _ := markup.Parse(source)
		out, list := markup.Write(f, markup.JSON)
		if list.Failed() {
			t.Fatal(list)
		}
		if err := validate(string(out)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for seed := range uint64(100) {
		d := &draw{Rand: rand.New(rand.NewPCG(seed, 11))}
		out, list := markup.Write(&form.Form{Pages: []*form.Element{d.element(form.Template, form.Page)}}, markup.JSON)
		if list.Failed() {
			t.Fatal(list)
		}
		if err := validate(string(out)); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, out)
		}
	}
}

// What the reader takes and refuses in canonical spelling, the schema does too.
func TestJSONSchemaAgreesWithTheReader(t *testing.T) {
	validate := schema(t)
	tests := []struct {
		name, source string
		fine         bool
	}{
		{"least", jsonPage(``), true},
		{"own data", jsonPage(`{"element_type":"Text","name":"x","id":7,"tags":["a"]}`), true},
		{"sentinels", jsonPage(`{"element_type":"Barcode","name":"a","value":"v","x":-1,"y":-1,"height":-1,"qr_version":"Auto","align":null},{"element_type":"EmptyLine","height":0,"name":null,"children":null}`), true},
		{"aliases", jsonPage(`{"element_type":"Container","type":"footer","children":[{"element_type":"Block","border_type":"square","children":null}]}`), false}, // children of a block must be there
		{"aliases, whole", jsonPage(`{"element_type":"Container","type":"footer","children":[{"element_type":"block","border_type":"square","children":[]}]}`), true},
		{"picture by its path", jsonPage(`{"element_type":"Image","image_path":"a.png"}`), true},
		{"no picture", jsonPage(`{"element_type":"Image"}`), false},
		{"unknown element", jsonPage(`{"element_type":"Tekst","name":"x"}`), false},
		{"element in a wrong place", jsonPage(`{"element_type":"Answer","name":"x","children":[]}`), false},
		{"no page", `{"element_type":"Template","children":[{"element_type":"Text","name":"x"}]}`, false},
		{"no name", jsonPage(`{"element_type":"Text"}`), false},
		{"required attribute missing", jsonPage(`{"element_type":"Barcode","name":"x"}`), false},
		{"malformed list", jsonPage(`{"element_type":"AnswerSheet","name":"a","elements_count":1,"answers_list":[true]}`), false},
		{"no answers", jsonPage(`{"element_type":"ChoiceBox","question_text":"Q"}`), false},
		{"type missing", jsonPage(`{"name":"x"}`), false},
	}
	for _, tt := range tests {
		err := validate(tt.source)
		if (err == nil) != tt.fine {
			t.Errorf("%s: the schema says %v\n%s", tt.name, err, tt.source)
		}
		_, list := markup.Parse([]byte(tt.source))
		if list.Failed() == tt.fine {
			t.Errorf("%s: the reader says %v\n%s", tt.name, list, tt.source)
		}
	}
}
