package v5_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	v5 "github.com/leafmark/leafmark/internal/api/v5"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/fault"
)

func generated(status task.Status, out task.Outcome) row {
	return row{sent: task.Submission{Kind: task.Generate}, status: status, outcome: out}
}

func recognized(out task.Outcome) row {
	return row{sent: task.Submission{Kind: task.Recognize}, status: task.Done, outcome: out}
}

var pages = []task.File{
	{Name: "form.png", Type: "Png", Data: []byte{0xfb, 0xff, 0xfe}},
	{Name: "form.omr", Type: "Omr", Data: []byte(`{"Version":"1.0"}`)},
}

const notFound = `"responseStatusCode":"TaskNotFound","results":null,"error":{"messages":["There is no such task, or its results are older than 24 hours."],"warnings":[]}}`

// TestStates is the table of spec/api.md 4.1, byte by byte.
func TestCheck32And33States(t *testing.T) {
	results := `[{"type":"Png","data":"+//+"},{"type":"Omr","data":"` + base64.StdEncoding.EncodeToString(pages[1].Data) + `"}]`
	for name, c := range map[string]struct {
		row  row
		want string
		wait string // Retry-After
	}{
		"queued":  {generated(task.Queued, task.Outcome{}), `"responseStatusCode":"NotReady","results":null,"error":null}`, "1"},
		"running": {generated(task.Running, task.Outcome{}), `"responseStatusCode":"NotReady","results":null,"error":null}`, "1"},
		"done":    {generated(task.Done, task.Outcome{Files: pages}), `"responseStatusCode":"Ok","results":` + results + `,"error":null}`, ""},
		"warned": {
			generated(task.Done, task.Outcome{Files: pages, Warnings: []string{`a "b" <c> é`}}),
			`"responseStatusCode":"Ok","results":` + results + `,"error":null,"warnings":["a \"b\" <c> é"]}`, "",
		},
		"failed": {
			generated(task.Failed, task.Outcome{Messages: []string{"line 14, column 1: LM205 No."}, Warnings: []string{"w"}}),
			`"responseStatusCode":"Error","results":null,"error":{"messages":["line 14, column 1: LM205 No."],"warnings":["w"]}}`, "",
		},
		"failed without words": {
			generated(task.Failed, task.Outcome{}),
			`"responseStatusCode":"Error","results":null,"error":{"messages":["LM900 The server could not finish the task: submit it again."],"warnings":[]}}`, "",
		},
		"cancelled": {generated(task.Cancelled, task.Outcome{}), notFound, ""},
		"partly lost": {
			generated(task.Done, task.Outcome{Files: pages[1:], Missing: 1}),
			`"responseStatusCode":"PartiallyNotFound","results":` + `[{"type":"Omr","data":"` + base64.StdEncoding.EncodeToString(pages[1].Data) + `"}]` +
				`,"error":{"messages":["Some result files can no longer be had: submit the task again."],"warnings":[]}}`, "",
		},
		"lost": {
			generated(task.Done, task.Outcome{Missing: 2}),
			`"responseStatusCode":"ResultDataLost","results":null,"error":{"messages":["The result files can no longer be had: submit the task again."],"warnings":[]}}`, "",
		},
		"nothing": {
			generated(task.Done, task.Outcome{}),
			`"responseStatusCode":"NoAnyResultData","results":null,"error":{"messages":["The task is done and has no result files."],"warnings":[]}}`, "",
		},
	} {
		s := start(v5.Deps{})
		id := s.tasks.add("A", c.row)
		for range 2 { // check 36: a GET consumes nothing
			w := s.call("GET", gg+"?id="+id, "")
			if got, want := accepted(t, w), `{"id":"`+id+`",`+c.want; got != want {
				t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
			}
			if w.Header().Get("Retry-After") != c.wait || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: Retry-After %q, Cache-Control %q", name, w.Header().Get("Retry-After"), w.Header().Get("Cache-Control"))
			}
		}
	}
}

func TestWarningsInErrorForTheLetterOfTheDocumentation(t *testing.T) {
	s := start(v5.Deps{WarningsInError: true})
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages, Warnings: []string{"w"}}))
	body := accepted(t, s.call("GET", gg+"?id="+id, ""))
	if !strings.HasSuffix(body, `,"error":{"messages":[],"warnings":["w"]}}`) {
		t.Error(body)
	}
	id = s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages}))
	if body := accepted(t, s.call("GET", gg+"?id="+id, "")); !strings.HasSuffix(body, `,"error":null}`) {
		t.Error(body)
	}
}

func TestAtMostHundredMessages(t *testing.T) {
	s := start(v5.Deps{})
	id := s.tasks.add("A", generated(task.Failed, task.Outcome{Messages: strings.Split(strings.Repeat("m ", 130)+"m", " ")}))
	var got struct{ Error struct{ Messages []string } }
	if err := json.Unmarshal([]byte(accepted(t, s.call("GET", gg+"?id="+id, ""))), &got); err != nil {
		t.Fatal(err)
	}
	if n := len(got.Error.Messages); n != 100 || got.Error.Messages[99] != "There are 32 more." {
		t.Errorf("%d messages, the last %q", n, got.Error.Messages[n-1])
	}
}

func TestCheck34ObjectByAccept(t *testing.T) {
	s := start(v5.Deps{})
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages}))
	for accept, kind := range map[string]string{
		"text/plain": quoted, "": quoted, "*/*": quoted, "application/json": quoted, "image/png": quoted,
		"text/json": "text/json; charset=utf-8", "text/json, application/json": quoted, "text/json, */*;q=0.1": quoted,
	} {
		w := s.call("GET", gg+"?id="+id, "", "Accept", accept)
		accepted(t, w)
		if got := w.Header().Get("Content-Type"); got != kind {
			t.Errorf("Accept %q: %q, want %q", accept, got, kind)
		}
	}
}

func TestCheck39And92CropsAndBase64(t *testing.T) {
	s := start(v5.Deps{})
	crop := bytes.Repeat([]byte{0xff, 0xfb, 0xfe, 0}, 40)
	id := s.tasks.add("A", recognized(task.Outcome{Files: []task.File{
		{Name: "result.csv", Type: "Csv", Data: []byte("Element Name,Value,\n")},
		{Name: `Day"Text`, Type: "Png", Data: crop, Crop: true},
	}}))
	body := accepted(t, s.call("GET", gr+"?id="+id, ""))
	var got struct{ Results []map[string]string }
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Results) != 2 || got.Results[1]["name"] != `Day"Text` {
		t.Fatalf("results %v", got.Results)
	}
	if _, there := got.Results[0]["name"]; there {
		t.Error("the table has a name")
	}
	if data, err := base64.StdEncoding.Strict().DecodeString(got.Results[1]["data"]); err != nil || !bytes.Equal(data, crop) {
		t.Errorf("data %v, %v", data, err)
	}
}

func TestCheck47And48Cancel(t *testing.T) {
	for _, c := range []struct {
		kind        task.Kind
		paths       []string
		get, strays string
	}{
		{
			task.Generate,
			[]string{base + "/GenerateTemplate", base + "/GenerateTemplate/CancelGenerateTemplate", base + "/v5/GenerateTemplate"},
			gg, base + "/RecognizeTemplate",
		},
		{
			task.Recognize,
			[]string{base + "/RecognizeTemplate", base + "/RecognizeTemplate/CancelRecognizeTemplate"},
			gr, base + "/GenerateTemplate",
		},
	} {
		for _, path := range c.paths {
			s := start(v5.Deps{})
			id := s.tasks.add("A", row{sent: task.Submission{Kind: c.kind}, status: task.Done, outcome: task.Outcome{Files: pages}})
			problem(t, s.call("DELETE", c.strays+"?id="+id, "{}"), 404, "not_found")
			problem(t, s.call("DELETE", path+"?id="+id, "{}", "Authorization", "Bearer B"), 404, "not_found")
			if body := accepted(t, s.call("GET", c.get+"?id="+id, "")); !strings.Contains(body, `"Ok"`) {
				t.Fatalf("a stranger cancelled: %s", body)
			}
			for range 2 { // again: 200 again
				w := s.call("DELETE", path+"?id="+id, "{}", "Content-Type", "application/json")
				if body := accepted(t, w); body != "" || w.Header().Get("Content-Length") != "0" || w.Header().Get("Content-Type") != "" {
					t.Errorf("%s: %q %v", path, body, w.Header())
				}
			}
			if body := accepted(t, s.call("GET", c.get+"?id="+id, "")); !strings.HasSuffix(body, notFound) {
				t.Errorf("%s: then %s", path, body)
			}
		}
	}
	s := start(v5.Deps{})
	problem(t, s.call("DELETE", base+"/GenerateTemplate?id="+taskID, ""), 404, "not_found")
	field(t, s.call("DELETE", base+"/GenerateTemplate", ""), "id")
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages}))
	accepted(t, s.call("DELETE", base+"/GenerateTemplate?id="+id, strings.Repeat(" ", 64<<10)))
	problem(t, s.call("DELETE", base+"/GenerateTemplate?id="+id, strings.Repeat(" ", 64<<10+1)), 413, "too_large")
}

func TestCheck49To51NoOneElsesTask(t *testing.T) {
	s := start(v5.Deps{})
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages}))
	unknown := "11111111-2222-4333-8444-555555555555"
	for name, body := range map[string]string{
		"unknown":    accepted(t, s.call("GET", gg+"?id="+unknown, "")),
		"foreign":    accepted(t, s.call("GET", gg+"?id="+id, "", "Authorization", "Bearer B")),
		"other kind": accepted(t, s.call("GET", gr+"?id="+id, "")),
	} {
		if want := `{"id":"` + id + `",` + notFound; strings.ReplaceAll(body, unknown, id) != want {
			t.Errorf("%s: %s", name, body)
		}
	}
}

func TestRetentionIsToldAsItIs(t *testing.T) {
	s := start(v5.Deps{Retention: 90 * time.Second})
	if body := accepted(t, s.call("GET", gg+"?id="+taskID, "")); !strings.Contains(body, "older than 1m30s") {
		t.Error(body)
	}
}

func TestCheck73And87IDs(t *testing.T) {
	s := start(v5.Deps{})
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages}))
	digits := strings.ReplaceAll(id, "-", "")
	for _, query := range []string{
		"id=" + id, "ID=" + strings.ToUpper(id), "Id=" + digits, "id=" + strings.ToUpper(digits),
		"id=%22" + id + "%22", "id=%7B" + id + "%7D", "id={" + id + "}", "id=%22%7B" + id + "%7D%22", "id=" + id + "&",
		"&&id=" + id + "&&", "x=%zz&id=" + id, "id=" + id + "&id=" + strings.ToUpper(id), "%69d=" + id, "id=+" + id + "%0A",
	} {
		if body := accepted(t, s.call("GET", gg+"?"+query, "")); !strings.HasPrefix(body, `{"id":"`+id+`","responseStatusCode":"Ok"`) {
			t.Errorf("%s: %s", query, body)
		}
	}
	for _, query := range []string{
		"", "id=", "id=abc", "id=../../x", "id=" + id + "&id=11111111-2222-4333-8444-555555555555", "id=" + id + "&id=",
		"id=" + id + "x", "id=" + strings.ReplaceAll(id, "-", "_"), "id={" + id, "id=%22" + id, "id=%zz", "i=" + id,
		"id=" + strings.Repeat("g", 32), "id=" + digits[:31] + "é",
	} {
		field(t, s.call("GET", gg+"?"+query, ""), "id")
	}
}

func TestCheck88AnswersAreCompressedOnlyWhenAsked(t *testing.T) {
	s := start(v5.Deps{})
	big := task.File{Name: "form.png", Type: "Png", Data: bytes.Repeat([]byte("leafmark"), 1000)}
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: []task.File{big, pages[1]}}))
	plain := accepted(t, s.call("GET", gg+"?id="+id, ""))
	for coding, packed := range map[string]bool{
		"gzip": true, "gzip, deflate, br": true, "*": true, "GZIP;q=0.5": true,
		"identity": false, "gzip;q=0": false, "*;q=0": false, "br": false, "gzip;q=0, *": false, "": false,
	} {
		w := s.call("GET", gg+"?id="+id, "", "Accept-Encoding", coding)
		if w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
			t.Errorf("%q: length %s of %d", coding, w.Header().Get("Content-Length"), w.Body.Len())
		}
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("Accept-Encoding %q: compressed %v", coding, got)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Error("no Vary")
		}
		var body io.Reader = w.Body
		if packed {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if got, _ := io.ReadAll(body); string(got) != plain {
			t.Errorf("%q: another body", coding)
		}
	}
	small := s.tasks.add("A", generated(task.Running, task.Outcome{}))
	if w := s.call("GET", gg+"?id="+small, "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Error("a small answer is compressed")
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s := start(v5.Deps{})
	id := s.tasks.add("A", generated(task.Done, task.Outcome{Files: pages}))
	get, head := s.call("GET", gg+"?id="+id, ""), s.call("HEAD", gg+"?id="+id, "")
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != get.Header().Get("Content-Length") {
		t.Errorf("HEAD: %d, %d bytes, %v", head.Code, head.Body.Len(), head.Header())
	}
}

func TestCheck76FaultsOfServices(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{&fault.Error{Code: "queue_full", Kind: fault.Unavailable, Cause: "SECRET", Err: fmt.Errorf("SECRET")}, 503, "unavailable"},
		{fmt.Errorf("sql: SECRET"), 500, "internal"},
		{&fault.Error{Code: "disk", Kind: fault.Internal, Cause: "SECRET", Cure: "SECRET"}, 500, "internal"},
	} {
		s := start(v5.Deps{})
		s.tasks.fault = c.err
		for method, target := range map[string]string{"GET": gg + "?id=" + taskID, "DELETE": base + "/GenerateTemplate?id=" + taskID, "POST": pg} {
			w := s.call(method, target, generation(""))
			problem(t, w, c.status, c.code)
			if strings.Contains(w.Body.String(), "SECRET") {
				t.Errorf("%s: the answer tells what the log alone may: %s", method, w.Body)
			}
			if after := w.Header().Get("Retry-After"); (after != "") != (c.status == 503) || len(after) > 1 && after > "30" {
				t.Errorf("%s %d: Retry-After %q", method, c.status, after)
			}
		}
	}
}
