package task

import (
	"bytes"
	"io"
	"reflect"
	"testing"
)

// FuzzPayload: any bytes are refused or give a submission that encodes and
// decodes to itself; nothing panics, and memory follows the bytes that are there.
func FuzzPayload(f *testing.F) {
	threshold := 30
	for _, sub := range []Submission{
		{Kind: Generate, Generate: &GenerateJob{Markup: []byte("?text=a"), Settings: []byte("{}"), Images: map[string][]byte{"a.png": {1, 2}}, Formats: []string{"png"}}},
		{Kind: Recognize, Recognize: &RecognizeJob{Images: [][]byte{{1}, {}}, Names: []string{"a"}, Pattern: []byte("{}"), Format: "csv", Threshold: &threshold, First: true}},
	} {
		r, err := encodePayload(sub)
		if err != nil {
			f.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-1])
		f.Add(append(bytes.Clone(b), 0))
	}
	f.Add([]byte("LMK1\x00\xff\xff\xff\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		sub, err := decodePayload(bytes.NewReader(b))
		if err != nil {
			return
		}
		r, err := encodePayload(sub)
		if err != nil {
			t.Fatalf("decoded, but not encoded: %v", err)
		}
		again, err := decodePayload(r)
		if err != nil || !reflect.DeepEqual(sub, again) {
			t.Fatalf("%+v became %+v, %v", sub, again, err)
		}
	})
}

// FuzzKey: a key is ours only if it is exactly what we would write.
func FuzzKey(f *testing.F) {
	for _, key := range []string{payloadKey("a"), outcomeKey("a", 3), fileKey("a", 1, 12), "task/a.b", "task//.payload", "task/a.01.0", "x"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		b, ok := parseKey(key)
		if !ok {
			return
		}
		if b.attempt == 0 && key != payloadKey(b.id) || b.attempt > 0 && !bytes.HasPrefix([]byte(key), []byte(resultKey(b.id, b.attempt, ""))) {
			t.Fatalf("%q was read as %+v", key, b)
		}
	})
}

// Any single changed, missing or added byte of a payload is noticed.
func TestPayloadDamageIsNoticed(t *testing.T) {
	r, err := encodePayload(Submission{Kind: Generate, Generate: &GenerateJob{
		Markup: bytes.Repeat([]byte("?text=a\n"), 20), Settings: []byte("{}"), Images: map[string][]byte{"a.png": {1, 2, 3}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(what string, at int, b []byte) {
		if _, err := decodePayload(bytes.NewReader(b)); err == nil {
			t.Errorf("%s at %d of %d was not noticed", what, at, len(whole))
		}
	}
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 1 << (i % 8)
		refuse("a changed bit", i, changed)
		refuse("an end", i, whole[:i])
	}
	refuse("an added byte", len(whole), append(bytes.Clone(whole), 0))
}
