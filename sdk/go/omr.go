package leafmark

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Form is what a printable form is made from.
type Form struct {
	Markup   []byte            // the source, TXT or JSON markup
	Images   map[string][]byte // pictures by the markup's names
	Settings *Settings         // nil: the defaults
	Format   string            // Png (default), Pdf, Jpg
}

// Settings of the page; zero values are the server's defaults.
type Settings struct {
	PaperSize       string `json:"paperSize,omitempty"`   // A4, Letter, Legal, …
	Orientation     string `json:"orientation,omitempty"` // Vertical, Horizontal
	PageMarginLeft  *int   `json:"pageMarginLeft,omitempty"`
	PageMarginRight *int   `json:"pageMarginRight,omitempty"`
	FontFamily      string `json:"fontFamily,omitempty"`
	FontSize        int    `json:"fontSize,omitempty"` // points
	FontStyle       string `json:"fontStyle,omitempty"`
	BubbleColor     string `json:"bubbleColor,omitempty"`
	BubbleSize      string `json:"bubbleSize,omitempty"`
}

// File is a file of a task.
type File struct {
	Name string `json:"name"`
	Type string `json:"type"` // Png, Pdf, Omr, Csv …
	Size int64  `json:"size"`
	Data []byte `json:"-"`
}

// Printable is a generated form.
type Printable struct {
	ID      string
	Pages   []File // to print
	Pattern []byte // to keep: recognition needs it
}

// Scan is a picture of a filled sheet and the pattern of its form.
type Scan struct {
	Image     []byte // PNG, JPEG …
	Pattern   []byte // from the same generation as the printed form
	Threshold *int   // percent of a bubble that must be dark; nil: estimated from the sheet
}

// Sheet is what was read of one sheet.
type Sheet struct {
	Page         int           `json:"page"`
	Form         string        `json:"form"`
	Answers      []Answer      `json:"answers"`
	Warnings     []string      `json:"warnings"`
	Registration *Registration `json:"registration"`
	Error        *SheetError   `json:"error"`
}

// Answer is one row.
type Answer struct {
	Name       string   `json:"name"`
	Value      string   `json:"value"`
	Values     []string `json:"values"`
	Confidence float64  `json:"confidence"` // 0 to 1
	Doubt      string   `json:"doubt"`      // why a person should look; empty: no need
}

// Registration tells how well the page was found.
type Registration struct {
	Method   string  `json:"method"`
	Turn     int     `json:"turn"`
	Residual float64 `json:"residual_px"`
}

// SheetError tells why a sheet was refused.
type SheetError struct {
	Code  string `json:"code"`
	Cause string `json:"message"`
	Cure  string `json:"cure"`
}

// Task is accepted work.
type Task struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Status  string    `json:"status"` // queued, running, done, failed, cancelled
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Sheets  []Sheet   `json:"sheets"`
	Files   []File    `json:"files"`
	Error   *Problem  `json:"error"`
}

// Problem is why a task failed.
type Problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Generate makes a printable form and waits for it.
func (c *Client) Generate(ctx context.Context, f Form) (*Printable, error) {
	id, err := c.SubmitForm(ctx, f)
	if err != nil {
		return nil, err
	}
	task, err := c.Wait(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &Printable{ID: id}
	for _, file := range task.Files {
		if file.Data, err = c.File(ctx, id, file.Name); err != nil {
			return nil, err
		}
		if file.Type == "Omr" {
			out.Pattern = file.Data
		} else {
			out.Pages = append(out.Pages, file)
		}
	}
	if out.Pattern == nil {
		return nil, fmt.Errorf("leafmark: task %s has no pattern among its files", id)
	}
	return out, nil
}

// Recognize reads a filled sheet and waits for its answers, with confidence and
// doubt.
func (c *Client) Recognize(ctx context.Context, s Scan) ([]Sheet, error) {
	id, err := c.SubmitScan(ctx, s)
	if err != nil {
		return nil, err
	}
	task, err := c.Wait(ctx, id)
	if err != nil {
		return nil, err
	}
	return task.Sheets, nil
}

// SubmitForm posts a form source and returns the task's id at once.
func (c *Client) SubmitForm(ctx context.Context, f Form) (string, error) {
	body, err := json.Marshal(struct {
		Markup   []byte            `json:"markupFile"`
		Images   map[string][]byte `json:"images,omitempty"`
		Settings *Settings         `json:"settings,omitempty"`
		Format   string            `json:"outputFormat,omitempty"`
	}{f.Markup, f.Images, f.Settings, f.Format})
	if err != nil {
		return "", err
	}
	return c.submit(ctx, "/v5.0/omr/GenerateTemplate/PostGenerateTemplate", body)
}

// SubmitScan posts a filled sheet and returns the task's id at once.
func (c *Client) SubmitScan(ctx context.Context, s Scan) (string, error) {
	body, err := json.Marshal(struct {
		Images    [][]byte `json:"images"`
		Pattern   []byte   `json:"omrFile"`
		Threshold *int     `json:"recognitionThreshold,omitempty"`
	}{[][]byte{s.Image}, s.Pattern, s.Threshold})
	if err != nil {
		return "", err
	}
	return c.submit(ctx, "/v5.0/omr/RecognizeTemplate/PostRecognizeTemplate", body)
}

func (c *Client) submit(ctx context.Context, path string, body []byte) (string, error) {
	data, err := c.do(ctx, request{method: http.MethodPost, path: path, body: body, key: newKey()})
	if err != nil {
		return "", err
	}
	var id string
	if err := json.Unmarshal(data, &id); err != nil {
		return "", fmt.Errorf("leafmark: the server answered a submission without an id: %w", err)
	}
	return id, nil
}

// Task is the state of a task; wait is how long the server may hold the answer
// until the task is final (at most 30 s).
func (c *Client) Task(ctx context.Context, id string, wait time.Duration) (*Task, error) {
	q := url.Values{}
	if wait > 0 {
		q.Set("wait", min(wait, 30*time.Second).String())
	}
	data, err := c.do(ctx, request{method: http.MethodGet, path: "/api/v1/tasks/" + url.PathEscape(id), query: q})
	if err != nil {
		return nil, err
	}
	var t Task
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("leafmark: the task's answer cannot be read: %w", err)
	}
	return &t, nil
}

// Wait returns the task when it is done; *TaskError when it failed,
// ErrCancelled when it was cancelled, ctx's error when the context ends first.
func (c *Client) Wait(ctx context.Context, id string) (*Task, error) {
	for {
		t, err := c.Task(ctx, id, 30*time.Second)
		if err != nil {
			return nil, err
		}
		switch t.Status {
		case "done":
			return t, nil
		case "cancelled":
			return nil, fmt.Errorf("task %s: %w", id, ErrCancelled)
		case "failed":
			e := &TaskError{ID: id}
			if t.Error != nil {
				e.Code, e.Detail = t.Error.Code, t.Error.Detail
			}
			return nil, e
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// File fetches a file of a task by its name.
func (c *Client) File(ctx context.Context, id, name string) ([]byte, error) {
	return c.do(ctx, request{
		method: http.MethodGet,
		path:   "/api/v1/tasks/" + url.PathEscape(id) + "/files/" + url.PathEscape(name),
	})
}

// CancelForm cancels a generation, CancelScan a recognition; results that are
// there already are deleted.
func (c *Client) CancelForm(ctx context.Context, id string) error {
	return c.cancel(ctx, "/v5.0/omr/GenerateTemplate", id)
}

// CancelScan cancels a recognition.
func (c *Client) CancelScan(ctx context.Context, id string) error {
	return c.cancel(ctx, "/v5.0/omr/RecognizeTemplate", id)
}

func (c *Client) cancel(ctx context.Context, path, id string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: path, query: url.Values{"id": {id}}})
	return err
}
